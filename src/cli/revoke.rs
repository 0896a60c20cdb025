//! `revoke`: the end of a key.

use super::confirm::Confirm;
use super::record::finish::finish;
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::keyring::Keyring;
use crate::work::people::{self, Revoke};
use crate::work::reading::Reading;
use crate::work::{WorkError, time};

/// Revoke a key, for ever
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the key's holder, or the first 8 digits of the key's thumbprint
    name: String,
    /// Name of the representative who revokes
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The role in which they revoke
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY",
          value_parser = ["role-ended", "paused", "key-lost", "key-suspect", "replaced"])]
    reason: String,
    /// Earliest moment at which the key may have been in other hands, such as "2026-10-02 09:00"
    #[arg(long, value_name = "TIME")]
    suspect_since: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
}

/// Runs the command.
///
/// # Errors
/// No such key, its own holder as author, a wrong passphrase.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let suspect_since = args
        .suspect_since
        .as_deref()
        .map(time::read_moment_or_day)
        .transpose()
        .map_err(|fact| WorkError::refused(fact, "write it as \"2026-10-02 09:00\""))?;
    if args.reason == "key-suspect" && suspect_since.is_none() {
        return Err(WorkError::refused(
            "a suspect key needs the time since when it is suspect",
            "add --suspect-since TIME: the earliest moment at which it may have been in other hands",
        ));
    }
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    let wanted = Revoke {
        name: args.name.clone(),
        by: args.by.clone(),
        role: args.role.clone(),
        reason: args.reason.clone(),
        suspect_since,
        date_confirmed: args.confirm.date_confirmed(),
    };
    let prepared = people::revoke(&context.world, &reading, &Keyring::of(&home), &wanted)?;
    let holder = people::holder(&reading, &Keyring::of(&home), &args.name);
    let ended = finish(context, &home, reading, vec![prepared], &args.confirm.choices())?;
    let again = args.reason.starts_with("key-") || args.reason == "replaced";
    if again && !args.confirm.choices().dry_run {
        let name = holder.as_deref().unwrap_or(&args.name);
        context.say(format_args!(
            "\nTo give {name} a new key:\n\
             probity key new \"{name} 2\"\n\
             probity appoint \"{name} 2\" --same-person-as \"{name}\" --role ROLE --by \"{}\"",
            args.by
        ));
    }
    Ok(ended)
}
