//! `restore`: a record book from a backup, verified before it is there.

use std::path::PathBuf;

use probity_ledger::verify::ledger::Reader;
use serde_json::json;

use super::key::forget_seen;
use super::verify::{Voices, print_verdict};
use super::{Context, Ended};
use crate::work::backup::{self, Restored, State};
use crate::work::home::Home;
use crate::work::{WorkError, synced, verify};

/// Make a record book from a backup, in a folder that holds none
///
/// It is verified before it takes its place. What was recorded after the backup is not in it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the backup
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// A checkpoint or bundle that it must continue: an older backup than that is refused
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// Where nobody has a newer backup: go on from this one, although keys on this machine signed
    /// over more. Say what was lost, how, and where that is minuted; what the keys remember is put
    /// aside in keys/, and kept
    #[arg(long, value_name = "REASON")]
    accept_loss: Option<String>,
    /// The code of the record book, from the minutes
    #[arg(long, value_name = "CODE")]
    fingerprint: Option<String>,
    /// Make it in a folder that a cloud service or a roaming profile keeps in step, although
    /// what is erased stays there and two machines would make two books of it
    #[arg(long)]
    allow_synced_folder: bool,
}

/// Runs the command.
///
/// # Errors
/// A home that has a record book, a folder that is no backup, a disk that fails.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    synced::refuse(home.path(), "a record book", args.allow_synced_folder)?;
    let fingerprint = verify::fingerprint_given(args.fingerprint.as_deref())?;
    let older = args.since.as_deref().map(verify::read_older).transpose()?;
    let progress = context.progress("restoring");
    let restored = backup::restore(
        &context.world,
        &home,
        &args.folder,
        Reader { fingerprint, older, ..Reader::default() },
        args.accept_loss.as_deref(),
        &|done| {
            progress.at(done);
        },
    );
    progress.end();
    let restored = restored?;
    if context.json() {
        context.print_json(&json!({
            "restored": restored.done(),
            "home": home.path().display().to_string(),
            "backup": restored.note,
            "kept_keys": restored.kept_keys,
            "other_keys": restored.other_keys,
            "on_tokens": restored.on_tokens,
            "left_behind": restored.left_behind,
            "no_media": restored.no_media,
            "unused": restored.unused.as_ref().map(|folder| folder.display().to_string()),
            "put_aside": restored.put_aside.iter().map(forget_seen::as_json).collect::<Vec<_>>(),
            "verdict": restored.report.verdict,
        }));
    }
    if !restored.done() {
        refused(context, &restored);
        return Ok(Ended::NotGenuine);
    }
    report(context, args, &home, &restored);
    Ok(Ended::Well)
}

fn refused(context: &Context, restored: &Restored) {
    if !context.json() {
        context.print("The backup was checked, and nothing was restored:\n");
        print_verdict(context, &restored.report.verdict, Voices::Both, false);
    }
    context.say(
        "\nLook for a newer or a sound backup. If there is none: a backup that is only older than\n\
         what somebody holds is restored without --since, and with --accept-loss REASON where keys\n\
         on this machine signed over more; what is missing in it stays missing. Keep the backup\n\
         as it is, and tell your DPO.",
    );
}

fn report(context: &Context, args: &Args, home: &Home, restored: &Restored) {
    let Restored {
        note, report, kept_keys, other_keys, on_tokens, keys, left_behind, unused, ..
    } = restored;
    let size = report.verdict.size;
    if !context.json() {
        let when = if note.state == State::Unfinished {
            format!(
                "an unfinished backup that was last whole on {} with {} records; all that was \
                 copied whole since is in it",
                note.on, note.size
            )
        } else {
            format!("the backup of {}", note.on)
        };
        context.print(context.wrap(&format!(
            "Restored in {}: the record book of {} with {size} records, as in {when}. It was \
             verified: it is intact.",
            home.path().display(),
            note.school,
        )));
        let compared = if args.since.is_some() {
            "It continues the checkpoint or bundle that you gave. If anybody holds a newer one"
        } else {
            "If anybody holds a newer checkpoint, bundle or confirmation"
        };
        context.print(format_args!(
            "\n{}",
            context.wrap(&format!(
                "What was recorded after that is not in it. {compared}, run `probity verify --since \
                 FILE` before anything is recorded here: going on from an older copy makes a second \
                 history of the book, and whoever holds a newer one will see that."
            ))
        ));
    }
    if !keys {
        context.say(
            "\nNo keys were in the backup: put the files of keys/ back from where you keep them.",
        );
    }
    if !kept_keys.is_empty() {
        context.say(format_args!(
            "\nThese key files were here already, with another content, and stayed as they were: {}",
            kept_keys.join(", ")
        ));
    }
    if !other_keys.is_empty() {
        context.say(format_args!(
            "\nAnother key goes by this name here, so that nothing of the backup's key of that name was \
             copied: {}\nGive the files here another name, and copy the backup's keys/NAME.pem and \
             keys/NAME.pub yourself.",
            other_keys.join(", ")
        ));
    }
    if !left_behind.is_empty() {
        context.say(format_args!(
            "\nThese files in keys/ of the backup are none that a backup makes, and were left there: {}",
            left_behind.join(", ")
        ));
    }
    if let Some(unused) = unused {
        context.say(format_args!(
            "\nA record book had been begun here, without a record. It was put aside: {}",
            unused.display()
        ));
    }
    if !on_tokens.is_empty() {
        context.say(format_args!(
            "\nThese keys are on tokens. Which library speaks to a token isn't taken from a backup: say it\n\
             again, with `probity key new NAME --pkcs11 LIBRARY --key-id HEX`: {}",
            on_tokens.join(", ")
        ));
    }
    restored.put_aside.iter().for_each(|one| forget_seen::say(context, one));
    context.say(
        "\nUse one record book only: if the old machine still works, take the book off it.\n\
         Of the media to which it was backed up, only those are known here that `probity backup --list`\n\
         names. Every other one still opens what is erased from now on, and no erasure names it: back up\n\
         to each of them once with `probity backup DIR`, or destroy it.",
    );
    if let Some(why) = &restored.no_media {
        context.say(format_args!(
            "note: the media that the backup knew of are not on that list: {why}"
        ));
    }
}
