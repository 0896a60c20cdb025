//! `timestamp`: somebody outside says when the newest head existed.

use std::path::PathBuf;

use probity_ledger::verify::words::moment;
use serde_json::json;

use super::table::safe;
use super::{Context, Ended};
use crate::web::sender::Sender;
use crate::web::stamp;
use crate::work::timestamp::{self, Stamped};
use crate::work::{WorkError, bag};

/// Have a timestamp service confirm when the newest records existed
///
/// Only a hash and a random number leave the machine. What the service signs is kept beside the
/// record book, goes along in evidence bundles, and can be checked without a network by
/// `probity verify --tsa-roots FILE` or by openssl.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("way").required(true))]
pub struct Args {
    /// Ask this timestamp service (RFC 3161): its address, beginning with http or https
    #[arg(long, value_name = "URL", group = "way")]
    tsa: Option<String>,
    /// Make a request file, to be sent to a service by somebody who has a network
    #[arg(long, value_name = "FILE.tsq", group = "way")]
    request: Option<PathBuf>,
    /// Take a service's answer to a request that was made here
    #[arg(long, value_name = "FILE.tsr", group = "way")]
    attach: Option<PathBuf>,
    /// Root certificates of the service, as PEM: refuse an answer that they don't stand behind
    /// [default: tsa-roots.pem in the record book's folder, which only warns]
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    tsa_roots: Option<PathBuf>,
    /// Also write the timestamp, and the text that it is over, into this folder, for somebody
    /// outside to keep
    #[arg(long, short, value_name = "FOLDER", conflicts_with = "request")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A service that can't be reached, an answer that doesn't hold or answers something else.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    if let Some(folder) = args.output.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(WorkError::refused(
            format!("there is no folder {}", folder.display()),
            "make it first, or name another",
        ));
    }
    let (stamped, response) = match (&args.tsa, &args.request, &args.attach) {
        (Some(url), ..) => {
            let sender = Sender { world: &context.world, home: &home, shelf: None };
            stamp::stamp(sender, url, args.tsa_roots.as_deref())?
        }
        (_, Some(path), _) => {
            bag::refuse_existing(path)?;
            let asked = timestamp::ask(&context.world, &home)?;
            bag::write_new(&context.world, path, &asked.request.to_bytes())?;
            if context.json() {
                context.print_json(
                    &json!({ "size": asked.size, "request": path, "text": asked.text }),
                );
            }
            context.say(format_args!(
                "Wrote {}. Have it sent to a timestamp service, such as\n\
                 curl --data-binary @{0} -H 'Content-Type: application/timestamp-query' URL -o answer.tsr\n\
                 and attach the answer: probity timestamp --attach answer.tsr",
                safe(&path.display().to_string())
            ));
            return Ok(Ended::Well);
        }
        (_, _, Some(path)) => {
            let (response, roots) = (timestamp::read_answer(path)?, args.tsa_roots.as_deref());
            (timestamp::attach(&context.world, &home, &response, roots)?, response)
        }
        _ => return Err(WorkError::refused("nothing is asked for", "see --help")),
    };
    // It is kept by now, whatever becomes of the copy.
    tell(context, &stamped);
    if let Some(folder) = &args.output {
        let paths = timestamp::hand_out(&context.world, &stamped, &response, folder)?;
        for path in paths {
            context.say(format_args!("Wrote {}", safe(&path.display().to_string())));
        }
    }
    Ok(Ended::Well)
}

fn tell(context: &Context, stamped: &Stamped) {
    let (size, time) = (stamped.kept.size, stamped.token.time);
    if context.json() {
        context.print_json(&json!({
            "size": size,
            "file": format!("ledger/times/{}", stamped.kept),
            "by": stamped.token.authority,
            "time": time,
            "trusted": stamped.trusted,
        }));
    } else {
        context.print(format_args!(
            "The first {size} records existed by {}, on the word of {}. Kept as ledger/times/{}",
            moment(time),
            safe(&stamped.token.authority),
            stamped.kept
        ));
    }
    if stamped.trusted == Some(false) {
        context.say("Warning: no certificate in tsa-roots.pem stands behind this service.");
    }
    context.say(
        "Next: `probity anchor --by NAME --as ROLE` takes it into the record book, so that later records \
         are shown not to be older.",
    );
}
