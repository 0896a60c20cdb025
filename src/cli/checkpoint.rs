//! `checkpoint`: a head to keep outside the school.

use std::path::{Path, PathBuf};

use probity_ledger::format::note::Checkpoint;
use serde_json::json;

use super::table::safe;
use super::{Context, Ended};
use crate::work::keyring::Keyring;
use crate::work::minute::Minute;
use crate::work::reading::Reading;
use crate::work::record::open_for_writing;
use crate::work::{WorkError, checkpoint};

/// Sign the newest head, to be kept by somebody outside
///
/// Whoever keeps it can later see whether anything before it was changed or removed, with
/// `probity verify --since FILE`. `--minute` makes half a page of it for the minutes of a meeting.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write it to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// As half a page for the minutes of the governors: words, digits in groups, a QR code. Print
    /// it in a font of fixed width, without room between the lines
    #[arg(long)]
    minute: bool,
}

/// Runs the command.
///
/// # Errors
/// A log key that isn't here, or a record book that contradicts an earlier checkpoint.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let mut reading = open_for_writing(&home, "checkpoint", &context.world)?;
    let note = checkpoint::give_out(&mut reading, &Keyring::of(&home))?;
    if args.minute {
        return minute(context, args, &reading, &note);
    }
    if let Some(path) = &args.output {
        write(path, &note)?;
    }
    let text = String::from_utf8_lossy(&note);
    if context.json() {
        let parsed = parse(&note)?;
        context.print_json(&json!({
            "origin": parsed.origin,
            "size": parsed.size,
            "root": parsed.root,
            "note": text,
        }));
    } else if args.output.is_none() {
        context.print(text.trim_end());
    }
    context.say("Send this file to somebody outside the school, or put it into the minutes. They check later\n\
         with `probity verify --since FILE` that nothing before it was changed or removed.");
    Ok(Ended::Well)
}

fn write(path: &Path, content: &[u8]) -> Result<(), WorkError> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(path);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, content))
        .map_err(WorkError::file("writing", path))
}

fn parse(note: &[u8]) -> Result<Checkpoint, WorkError> {
    Checkpoint::parse(note)
        .map_err(|fault| WorkError::refused(fault.to_string(), "run `probity verify`"))
}

/// Half a page for the minutes.
fn minute(
    context: &Context,
    args: &Args,
    reading: &Reading,
    note: &[u8],
) -> Result<Ended, WorkError> {
    let checkpoint = parse(note)?;
    let fingerprint = &reading.authority.fingerprint;
    let minute = Minute {
        school: &safe(&reading.authority.school),
        fingerprint,
        checkpoint: &checkpoint,
        note,
        now: context.world.now(),
        practice: context.home()?.config()?.practice,
    };
    let (words, code) = minute.page()?;
    let page = format!("{words}\n{code}");
    if let Some(path) = &args.output {
        write(path, page.as_bytes())?;
    }
    if context.json() {
        context.print_json(&json!({
            "origin": checkpoint.origin,
            "fingerprint": fingerprint,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "note": String::from_utf8_lossy(note),
            "page": page,
        }));
    } else if args.output.is_none() {
        context.print(words);
        for line in code.lines() {
            // Black on white, whatever the terminal's own colours are.
            context.print(format_args!("\u{1b}[30;107m{line}\u{1b}[0m"));
        }
    }
    Ok(Ended::Well)
}
