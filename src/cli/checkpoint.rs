//! `checkpoint`: a head to keep outside the school.

use std::path::PathBuf;

use probity_ledger::format::note::Checkpoint;
use serde_json::json;

use super::{Context, Ended};
use crate::work::keyring::Keyring;
use crate::work::record::open_for_writing;
use crate::work::{WorkError, checkpoint};

/// Sign the newest head, to be kept by somebody outside
///
/// Whoever keeps it can later see whether anything before it was changed or removed, with
/// `probity verify --since FILE`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write it to this file
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A log key that isn't here, or a record book that contradicts an earlier checkpoint.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let home = context.home()?;
    let mut reading = open_for_writing(&home, "checkpoint", &context.world)?;
    let note = checkpoint::give_out(&mut reading, &Keyring::of(&home))?;
    if let Some(path) = &args.output {
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).open(path);
        file.and_then(|mut file| std::io::Write::write_all(&mut file, &note))
            .map_err(WorkError::file("writing", path))?;
    }
    let text = String::from_utf8_lossy(&note);
    if context.json() {
        let parsed = Checkpoint::parse(&note)
            .map_err(|fault| WorkError::refused(fault.to_string(), "run `probity verify`"))?;
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
