//! `appoint`: who may sign as what.

use std::path::PathBuf;

use probity_keys::Signer;
use probity_ledger::records::roles::ROLES;

use super::confirm::Confirm;
use super::record::finish::{beside, finish};
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::holder::Holder;
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::people::{self, Appoint};
use crate::work::reading::Reading;
use crate::work::record;
use crate::work::{WorkError, time};

/// Appoint a person's key to one or more roles
#[derive(Debug, clap::Args)]
#[command(after_long_help = the_roles())]
pub struct Args {
    /// Name of the person who is appointed
    name: String,
    /// A role; repeat for several
    #[arg(long = "role", value_name = "ROLE", required = true, num_args = 1..)]
    roles: Vec<String>,
    /// Name of the representative who appoints
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The role in which they appoint
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// The person's public key, if it was made on another machine
    #[arg(long = "pub", value_name = "FILE")]
    public: Option<PathBuf>,
    /// Name of a person already appointed, who gets this key as another one
    #[arg(long, value_name = "NAME")]
    same_person_as: Option<String>,
    /// What they are called on record from now on, such as after a marriage or a slip [default: as before]
    #[arg(long, value_name = "NAME")]
    called: Option<String>,
    /// First day [default: now]; what the key was appointed as before ends at once all the same
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Day from which it is over
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// How the key came to be
    #[arg(long, value_name = "HOW", value_parser = people::key_made())]
    key_made: Option<String>,
    /// Qualifications for the role
    #[arg(long, value_name = "TEXT")]
    qualifications: Option<String>,
    #[command(flatten)]
    confirm: Confirm,
}

/// The roles, each with its title.
fn the_roles() -> String {
    let lines: Vec<String> =
        ROLES.iter().map(|role| format!("  {:<26}{}", role.name, role.title)).collect();
    format!("Roles, by name or by title:\n{}", lines.join("\n"))
}

/// Runs the command.
///
/// # Errors
/// Everything that would make the appointment not genuine, and a wrong passphrase.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let day = |text: &Option<String>| {
        text.as_deref()
            .map(time::read_day)
            .transpose()
            .map_err(|fact| WorkError::refused(fact, "write days as 2026-11-21"))
    };
    let wanted = Appoint {
        name: args.name.clone(),
        roles: args.roles.clone(),
        by: args.by.clone(),
        role: args.role.clone(),
        public: args.public.clone(),
        same_person_as: args.same_person_as.clone(),
        called: args.called.clone(),
        from: day(&args.from)?,
        until: day(&args.until)?,
        key_made: args.key_made.clone(),
        qualifications: args.qualifications.clone(),
        date_confirmed: args.confirm.date_confirmed(),
    };
    let home = context.home()?;
    appoint_now(context, &home, &wanted, &Plan::Ask(&args.confirm))?;
    if args.confirm.choices().dry_run {
        return Ok(Ended::Well);
    }
    let elsewhere = Keyring::of(&home)
        .public(&args.name)
        .is_ok_and(|key| matches!(key.holder, Holder::Elsewhere));
    if elsewhere {
        context.say(format_args!(
            "\nNow {} accepts where their key lies. Write the request for it, and hand it to them:\n\
             probity accept --by \"{}\" --request accept.request",
            args.name, args.name
        ));
    } else {
        context.say(format_args!(
            "\nNow {} accepts with their own key: probity accept --by \"{}\"",
            args.name, args.name
        ));
    }
    Ok(Ended::Well)
}

/// How the author's key comes to be open.
pub enum Plan<'a> {
    /// Show, ask and unlock.
    Ask(&'a Confirm),
    /// It is open already.
    Unlocked(&'a dyn Signer),
}

/// Appoints somebody.
///
/// # Errors
/// As [`run`].
pub fn appoint_now(
    context: &Context,
    home: &Home,
    wanted: &Appoint,
    plan: &Plan<'_>,
) -> Result<(), WorkError> {
    let keyring = Keyring::of(home);
    let reading = Reading::open(home, &Mode::Browse)?;
    let prepared = people::appoint(&context.world, &reading, &keyring, wanted)?;
    match plan {
        Plan::Ask(confirm) => {
            finish(context, home, reading, vec![prepared], &confirm.choices()).map(|_| ())
        }
        Plan::Unlocked(key) => {
            drop(reading);
            let written = record::sign(&context.world, home, &prepared, *key)?;
            beside(context, &written);
            Ok(())
        }
    }
}
