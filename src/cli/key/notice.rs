//! `key notice`: one file about a key, for every school; and what each school does with it.

use std::path::PathBuf;

use probity_ledger::format::key_notice::What;
use serde_json::json;

use crate::cli::confirm::Confirm;
use crate::cli::record::finish::{finish, show};
use crate::cli::{Context, Ended};
use crate::store::Mode;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::notice::{self, Saying};
use crate::work::reading::Reading;
use crate::work::record::Wanted;
use crate::work::record::kind;
use crate::work::{WorkError, bag, time};

/// What `key notice` is given.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the key that the notice is about
    #[arg(required_unless_present = "attach", conflicts_with = "attach")]
    name: Option<String>,
    /// What became of the key
    #[arg(long, value_name = "WHAT", required_unless_present = "attach", conflicts_with = "attach",
          value_parser = What::ALL.map(What::name))]
    what: Option<String>,
    /// Earliest moment at which it may have been in other hands, such as "2026-10-02 09:00"
    #[arg(long, value_name = "TIME", conflicts_with = "attach")]
    suspect_since: Option<String>,
    /// What happened; name no pupils
    #[arg(long, value_name = "TEXT", conflicts_with = "attach")]
    reason: Option<String>,
    /// Name of another key of the same person that signs, if this one can't
    #[arg(long, value_name = "NAME", conflicts_with = "attach")]
    signed_by: Option<String>,
    /// The file to write, such as sunita-rao.notice
    #[arg(
        short,
        long,
        value_name = "FILE",
        required_unless_present = "attach",
        conflicts_with = "attach"
    )]
    output: Option<PathBuf>,
    /// Enter this notice into the record book
    #[arg(long, value_name = "FILE", requires = "by")]
    attach: Option<PathBuf>,
    /// Name of whoever enters it
    #[arg(long, value_name = "NAME", requires = "attach")]
    by: Option<String>,
    /// The role in which they enter it
    #[arg(long = "as", value_name = "ROLE", requires = "attach")]
    role: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
}

/// Runs it.
///
/// # Errors
/// No such keys, a file that exists; a file that is no notice, or one that doesn't count here.
pub fn run(context: &Context, home: &Home, args: &Args) -> Result<Ended, WorkError> {
    match (&args.attach, &args.by) {
        (Some(file), Some(by)) => attach(context, home, args, file, by),
        _ => write(context, home, args),
    }
}

fn write(context: &Context, home: &Home, args: &Args) -> Result<Ended, WorkError> {
    let (Some(name), Some(to)) = (&args.name, &args.output) else {
        return Err(WorkError::refused(
            "no key or no file is named",
            "see `probity key notice --help`",
        ));
    };
    let what = args.what.as_deref().and_then(What::named).unwrap_or(What::Suspect);
    let saying = Saying {
        name: name.clone(),
        what,
        suspect_since: args
            .suspect_since
            .as_deref()
            .map(time::read_moment_or_day)
            .transpose()
            .map_err(|fact| WorkError::refused(fact, "write it as \"2026-10-02 09:00\""))?,
        reason: args.reason.clone(),
        signed_by: args.signed_by.clone(),
    };
    let keyring = Keyring::of(home);
    bag::refuse_existing(to)?;
    let said = saying.notice(&context.world, &keyring)?;
    let lines = notice::words(&said);
    let asks = context.can_ask() && !args.confirm.choices().yes;
    let words = format!(
        "You say, with the key of {}, to every school that is given this file:\n\n  {}\n",
        saying.signer(),
        lines.join("\n  ")
    );
    show(context, asks, &words);
    if args.confirm.choices().dry_run {
        context.say("This was a dry run: nothing was signed.");
        return Ok(Ended::Well);
    }
    if asks && !context.confirm("Sign this?", false) {
        return Err(WorkError::refused(
            "nothing was signed",
            "run the command again when it is right",
        ));
    }
    let key = context.signer(&keyring, saying.signer())?;
    notice::write(&context.world, &said, &*key, to)?;
    drop(key);
    if context.json() {
        context.print_json(&json!({
            "notice": to.display().to_string(),
            "kid": said.kid.to_string(),
            "signed_by": said.signer.to_string(),
        }));
    } else {
        context.print(to.display());
    }
    context.say(
        "\nGive this file to every school in which the key signs; keys/NAME.seen has a line for each.\n\
         There: probity key notice --attach FILE --by NAME --as ROLE",
    );
    Ok(Ended::Well)
}

fn attach(
    context: &Context,
    home: &Home,
    args: &Args,
    file: &std::path::Path,
    by: &str,
) -> Result<Ended, WorkError> {
    let reading = Reading::open(home, &Mode::Browse)?;
    let mut wanted = Wanted::new(kind("key-notice")?, by);
    wanted.role.clone_from(&args.role);
    wanted.date_confirmed = args.confirm.date_confirmed();
    let entering = notice::attach(&context.world, &reading, &Keyring::of(home), file, &wanted)?;
    let next = entering.in_force.then(|| {
        let options = notice::revoke_options(entering.notice.what, entering.notice.suspect_since);
        format!(
            "\nIt ends nothing yet. A representative other than {} asks them whether it is so, and revokes\n\
             the key:\n\
             probity revoke {} --by NAME --as ROLE {options}",
            entering.holder,
            entering.notice.kid.short()
        )
    });
    let choices = args.confirm.choices();
    let ended = finish(context, home, reading, vec![entering.prepared], &choices)?;
    if let Some(next) = next.filter(|_| !choices.dry_run) {
        context.say(next);
    }
    Ok(ended)
}
