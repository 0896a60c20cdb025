//! `backup`: one copy of the record book on another medium, brought up to date in place.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::table::safe;
use super::verify::{Voices, print_verdict, say_way_on};
use super::{Context, Ended};
use crate::store::{Mode, Store as _};
use crate::work::backup::{self, Done, Medium, State};
use crate::work::home::Home;
use crate::work::reading::Reading;
use crate::work::{WorkError, synced, time};

/// Back the record book up to another medium, and check the copy
///
/// The first time, everything is copied; later, what is new. What was erased here since is
/// overwritten there, so bring every medium up to date after an erasure. The copy is verified
/// before it counts. `probity restore FOLDER` makes a record book from it.
///
/// The backup opens every answer, as the record book's own folder does, and its keys/log.pem is
/// not encrypted; people's keys are. Keep it encrypted and locked away.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the backup, on another medium: a new one, or one that holds a backup of this
    /// record book
    #[arg(value_name = "DIR", required_unless_present_any = ["list", "forget"])]
    folder: Option<PathBuf>,
    /// Leave people's keys and the log's key out, and remove those that are there
    #[arg(long, conflicts_with_all = ["list", "forget"])]
    without_keys: bool,
    /// Back up to a folder that a cloud service or a roaming profile keeps in step, although its
    /// older versions keep what is erased
    #[arg(long, conflicts_with_all = ["list", "forget"])]
    allow_synced_folder: bool,
    /// Say where the record book was backed up, when, and what is new since
    #[arg(long, conflicts_with_all = ["folder", "forget"])]
    list: bool,
    /// Take a medium that was destroyed off the list: its folder, or its own name
    #[arg(long, value_name = "DIR", conflicts_with = "folder")]
    forget: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A folder that holds something else, a newer state or another record book; a disk that fails.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    context.warn_if_synced(&home);
    if args.list {
        return list(context, &home);
    }
    if let Some(medium) = &args.forget {
        let gone = backup::forget(&home, medium)?;
        context.say(format_args!(
            "{} is off the list. If it still exists somewhere, it still opens what it held.",
            gone.path.display()
        ));
        return Ok(Ended::Well);
    }
    let folder = args.folder.as_deref().unwrap_or(Path::new("."));
    synced::refuse(folder, "a backup", args.allow_synced_folder)?;
    let progress = context.progress("backing up");
    let done = backup::backup(&context.world, &home, folder, !args.without_keys, &|done| {
        progress.at(done);
    });
    progress.end();
    let done = done?;
    if done.note.state != State::Whole {
        return Ok(failed(context, &done));
    }
    report(context, &done);
    Ok(Ended::Well)
}

fn failed(context: &Context, done: &Done) -> Ended {
    if context.json() {
        context.print_json(&json!({
            "folder": done.folder.display().to_string(),
            "state": done.note.state,
            "verdict": done.report.verdict,
        }));
    } else {
        context.print("The copy was checked and is NOT as it should be:\n");
        print_verdict(context, &done.report.verdict, Voices::Both, false);
    }
    say_way_on(context, &done.report.verdict);
    context.say(format_args!(
        "\nDon't rely on the backup in {}. Run `probity verify` on the record book itself: if that\n\
         is intact, the medium is failing; back up to another one.",
        done.folder.display()
    ));
    Ended::NotGenuine
}

fn report(context: &Context, done: &Done) {
    let Done { folder, note, before, report, changed_keys, damaged_keys, copied_from } = done;
    if context.json() {
        context.print_json(&json!({
            "folder": folder.display().to_string(),
            "state": note.state,
            "medium": note.medium,
            "fingerprint": note.fingerprint,
            "size": note.size,
            "root": note.root,
            "new": note.size - before,
            "documents": note.documents,
            "keys": note.keys,
            "at": note.at,
            "absent_documents": report.verdict.absent_documents,
            "changed_keys": changed_keys,
            "damaged_keys": damaged_keys,
            "copied_from": copied_from.as_ref().map(|folder| folder.display().to_string()),
        }));
        return;
    }
    let keys = if note.keys {
        "The keys are in it: people's own are encrypted, keys/log.pem is NOT."
    } else {
        "No keys are in it: keep copies of the files in keys/ elsewhere."
    };
    context.print(context.wrap(&format!(
        "Backed up to {} on {}: {} and {}, {} new there. The copy was read back and verified: it is \
         intact.",
        folder.display(),
        note.on,
        counted(note.size, "record"),
        counted(note.documents, "document"),
        counted(note.size - before, "record"),
    )));
    let absent = report.verdict.absent_documents.len() as u64;
    if absent > 0 {
        context.print(context.wrap(&format!(
            "Absent, here and in the backup: {}. `probity verify` names what is absent.",
            counted(absent, "document")
        )));
    }
    if !damaged_keys.is_empty() {
        context.print(context.wrap(&format!(
            "These key files are damaged, here and in the backup: {}. Take good ones from an older \
             backup, or have new keys made and appointed.",
            damaged_keys.join(", ")
        )));
    }
    if !changed_keys.is_empty() {
        context.say(format_args!(
            "\n{}",
            context.wrap(&format!(
                "These key files took the place of others on the medium: {}. If nobody changed a \
                 passphrase or a key since the last backup, have their owners try them before another \
                 medium that has the older ones is brought up to date.",
                changed_keys.join(", ")
            ))
        ));
    }
    if let Some(other) = copied_from {
        context.say(format_args!(
            "\n{}",
            context.wrap(&format!(
                "This backup was a copy of the one in {}, made without this program. It has a name of \
                 its own from now on, and both are on the list.",
                other.display()
            ))
        ));
    }
    context.say(format_args!(
        "\n{}",
        context.wrap(&format!(
            "{keys} Whoever has the medium can read every answer: keep it encrypted and locked away. \
             Take it out, and once in a while put it into another machine and run `probity verify \
             {}` there.",
            folder.display()
        ))
    ));
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn list(context: &Context, home: &Home) -> Result<Ended, WorkError> {
    home.config()?;
    let media = backup::media(home)?;
    let reading = Reading::open(home, &Mode::Read)?;
    let size = reading.store.head().size.0;
    let behind = backup::behind(&reading, &media)?;
    let new = |medium: &Medium| size.saturating_sub(medium.size);
    if context.json() {
        for (medium, erasure) in media.iter().zip(&behind) {
            context.print_json(&json!({
                "medium": medium.id,
                "folder": medium.path.display().to_string(),
                "at": medium.at,
                "size": medium.size,
                "new_since": new(medium),
                "behind_erasure": erasure.map(|index| index.0),
            }));
        }
        return Ok(Ended::Well);
    }
    if media.is_empty() {
        context.print("This record book was never backed up from here.");
        context.say("Do it now: probity backup DIR, with a folder on a USB stick or another disk.");
    }
    for (medium, erasure) in media.iter().zip(&behind) {
        context.print(format_args!(
            "{}  {}  {}, {} newer  {}{}",
            medium.id,
            if medium.at == 0 { "never finished".to_owned() } else { time::words(medium.at) },
            counted(medium.size, "record"),
            new(medium),
            safe(&medium.path.display().to_string()),
            erasure.map_or_else(String::new, |index| format!(
                "  MAY STILL OPEN what was erased with entry {index}"
            )),
        ));
    }
    Ok(Ended::Well)
}
