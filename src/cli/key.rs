//! `key`: a person's key.

use clap::Subcommand;
use serde_json::json;

use super::context::first_line;
use super::table;
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::keyring::{Keyring, file_name};
use crate::work::reading::Reading;
use crate::work::{WorkError, people, time};

pub mod forget_seen;
mod new;
mod notice;
mod rotate;

/// Make, list and protect keys
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key for a person, in a file that only their passphrase opens; or take one that is
    /// held elsewhere
    New(new::Args),
    /// Give a person a new key and end their old one, both signed by another representative
    ///
    /// The new key goes by the same name with a number behind it. What the old key signed stays
    /// valid.
    Rotate(rotate::Args),
    /// Say once, for every school, that a key is suspect, lost or replaced; or enter such a notice
    ///
    /// The key itself signs the notice, or another key of the same person. Each school enters the
    /// file with --attach; that ends nothing until a representative revokes the key.
    Notice(notice::Args),
    /// Go on from an older copy of the record book, although a key signed over more
    ///
    /// Each key remembers the newest head that it signed over, and refuses a record book that went
    /// back. Where newer records are lost for good, and that is minuted, this puts what the key
    /// remembers aside in keys/, and deletes nothing. It says which records are lost.
    ForgetSeen(forget_seen::Args),
    /// List the keys here and in the record book
    List,
    /// Change the passphrase of a key
    Passphrase {
        /// The person's name
        name: String,
        /// Read the new passphrase from the first line of this file
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
}

/// Runs the command.
///
/// # Errors
/// Names that are taken, weak passphrases, files that can't be read.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let keyring = Keyring::of(&home);
    match &args.action {
        Action::New(args) => return new::run(context, &home, args),
        Action::Rotate(args) => return rotate::run(context, &home, args),
        Action::Notice(args) => return notice::run(context, &home, args),
        Action::ForgetSeen(args) => return forget_seen::run(context, &home, args),
        Action::List => list(context, &home, &keyring)?,
        Action::Passphrase { name, new_passphrase_file } => {
            keyring.refuse_held(name)?;
            let old = context.passphrase(&format!("Present passphrase of {name}: "))?;
            let new = if let Some(path) = new_passphrase_file {
                first_line(path)?
            } else {
                // Opened first, so that nobody thinks up a new one for nothing.
                keyring.unlock(name, &old)?;
                context.ask_new_passphrase(name)?
            };
            keyring.change_passphrase(&context.world, name, &old, &new)?;
            drop((old, new));
            context.say("The passphrase is changed. Copies of the old key file still open with the old one.");
        }
    }
    Ok(Ended::Well)
}

fn list(
    context: &Context,
    home: &crate::work::home::Home,
    keyring: &Keyring,
) -> Result<(), WorkError> {
    let reading = if home.has_ledger() { Some(Reading::open(home, &Mode::Browse)?) } else { None };
    if let Some(reading) = &reading {
        super::log::warn(context, reading);
    }
    for damaged in keyring.unreadable()? {
        context.say_once(format!("Warning: {damaged}. It is left out here."));
    }
    let lines = people::list(reading.as_ref(), keyring)?;
    if context.json() {
        for line in &lines {
            context.print_json(&json!(line));
        }
        return Ok(());
    }
    let (mut rows, mut by) = (Vec::new(), Vec::new());
    for line in &lines {
        let entry = |index: Option<probity_ledger::format::hash::Index>| {
            index.map_or_else(|| "no".to_owned(), |index| format!("entry {index}"))
        };
        let state = match (line.revoked, line.appointment) {
            (Some(by), _) => format!("revoked by entry {by}"),
            (None, None) => "not appointed".to_owned(),
            (None, Some(_)) => match line.until {
                Some(until) if until <= context.world.now() => "appointment ended".to_owned(),
                _ if line.from > Some(context.world.now()) => {
                    format!("from {}", time::words(line.from.unwrap_or_default()))
                }
                _ => "in force".to_owned(),
            },
        };
        rows.push(vec![
            line.name.as_deref().or(line.file.as_deref()).unwrap_or("unknown").to_owned(),
            line.roles.join(", "),
            line.kid.get(..8).unwrap_or_default().to_owned(),
            match (line.held, &line.token) {
                (Some("file"), _) => "a file here".to_owned(),
                (_, Some(token)) => format!("token {token}"),
                (Some(held), None) => held.to_owned(),
                (None, _) => "unknown".to_owned(),
            },
            entry(line.appointment),
            entry(line.accepted),
            state,
        ]);
        by.push(match (&line.name, &line.file) {
            (Some(name), Some(file)) if file_name(name) != *file => file.clone(),
            _ => String::new(),
        });
    }
    let mut header = vec!["name", "roles", "key", "held in", "appointed", "accepted", "state"];
    // Only where a key doesn't go by its holder's name.
    if by.iter().any(|name| !name.is_empty()) {
        header.insert(1, "for --by");
        rows.iter_mut().zip(by).for_each(|(row, name)| row.insert(1, name));
    }
    table::print(context, &header, &rows);
    Ok(())
}
