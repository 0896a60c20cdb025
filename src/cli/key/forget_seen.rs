//! `key forget-seen`: an older copy goes on for good, and what a key saw beyond it is put aside.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::cli::{Context, Ended};
use crate::work::home::Home;
use crate::work::keyring::{Keyring, file_name};
use crate::work::seen::{self, PutAside};
use crate::work::{WorkError, elsewhere};

/// What `key forget-seen` is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The person's name
    name: String,
    /// What was lost, how, and where it is minuted that the record book goes on without it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Where there is no record book: a request of the school that is refused, or is older than
    /// what was signed
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A memory that fits; no reason; what the system says.
pub fn run(context: &Context, home: &Home, args: &Args) -> Result<Ended, WorkError> {
    let name = file_name(&args.name);
    let put = match &args.request {
        Some(path) => {
            let request = elsewhere::read_request(path)?;
            let request = elsewhere::Request::parse(&request)?;
            seen::accept_loss_of(&context.world, &Keyring::of(home), &name, &request, &args.reason)?
        }
        None => seen::accept_loss(&context.world, home, Some(&name), &args.reason)?.pop(),
    };
    let Some(put) = put else {
        return Err(WorkError::refused(
            format!("what the key of {} remembers fits, or it remembers nothing", args.name),
            "nothing has to be put aside; check the name with `probity key list`",
        ));
    };
    if context.json() {
        context.print_json(&as_json(&put));
    } else {
        context.print(put.kept.display());
    }
    say(context, &put);
    Ok(Ended::Well)
}

/// What was put aside, as data.
pub fn as_json(put: &PutAside) -> Json {
    json!({
        "name": put.name,
        "kept": put.kept.display().to_string(),
        "remembered": put.lines.iter().map(|line| json!({
            "fingerprint": line.fingerprint.to_string(),
            "size": line.size.0,
            "root": line.root.to_string(),
        })).collect::<Vec<_>>(),
        "size": put.now.size.0,
        "root": put.now.root.to_string(),
    })
}

/// Says what it means, and what comes next.
pub fn say(context: &Context, put: &PutAside) {
    for words in put.words() {
        context.say(format_args!("\n{}", context.wrap(&format!("Put aside: {words}."))));
    }
    context.say(context.wrap(&format!(
        "What the key remembered is kept in {}: it proves what was there. Tell the data protection officer \
         and the chair of governors today: records that are lost are a breach of availability. Put it on \
         record (`probity record breach-report --case new`) and have it minuted. Whoever holds a newer \
         checkpoint or bundle will see for ever that this record book does not continue it.",
        put.kept.display()
    )));
}
