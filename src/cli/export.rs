//! `export`: an evidence bundle.

use std::path::PathBuf;

use probity_ledger::verify::words::count;
use serde_json::json;

use super::verify::print_verdict;
use super::{Context, Ended};
use crate::work::export::{self, Choice};
use crate::work::{WorkError, time};

/// Write an evidence bundle that an inspector can check without this program
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Everything
    #[arg(long, conflicts_with_all = ["cases", "kinds", "entries"])]
    all: bool,
    /// A whole case; repeat for several
    #[arg(long = "case", value_name = "REF")]
    cases: Vec<String>,
    /// Every record of a kind; repeat for several
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// From this day on
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Up to this day, included
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Single entries, by index, hash or CASE/KIND
    #[arg(long = "entry", value_name = "ENTRY", num_args = 1..)]
    entries: Vec<String>,
    /// Leave out a field everywhere (FIELD), or in one entry (ENTRY:FIELD)
    #[arg(long, value_name = "FIELD", num_args = 1..)]
    withhold: Vec<String>,
    /// The zip file to write
    #[arg(long, short, value_name = "FILE.zip")]
    output: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// A choice that names nothing, a file that exists, damage.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    if args.output.extension().is_none_or(|end| !end.eq_ignore_ascii_case("zip")) {
        return Err(WorkError::refused(
            format!("`{}` is no name of a zip file", args.output.display()),
            "end the name in .zip",
        ));
    }
    let home = context.home()?;
    let day = |fact: String| WorkError::refused(fact, "write days as 2026-11-21");
    let choice = Choice {
        all: args.all,
        cases: args.cases.iter().map(|case| case.to_lowercase()).collect(),
        kinds: args.kinds.iter().map(|kind| kind.to_lowercase()).collect(),
        since: args.since.as_deref().map(time::read_day).transpose().map_err(day)?,
        until: args.until.as_deref().map(time::read_end_of_day).transpose().map_err(day)?,
        entries: args.entries.clone(),
        withhold: args.withhold.clone(),
    };
    let done = export::export(&context.world, &home, &choice, &args.output)?;
    if context.json() {
        context.print_json(&json!({
            "file": done.path.display().to_string(),
            "entries": done.entries,
            "chosen": done.chosen,
            "documents": done.documents,
            "legal_advice": done.legal_advice,
            "verdict": done.verdict,
        }));
        return Ok(Ended::Well);
    }
    let chosen = if done.chosen == done.entries {
        String::new()
    } else {
        format!(" ({} chosen, the others to prove order and authority)", done.chosen)
    };
    context.print(format_args!(
        "{}  {}{chosen}, {}",
        done.path.display(),
        count(done.entries as u64, "entry", "entries"),
        count(done.documents as u64, "document", "documents")
    ));
    for (entry, field) in &done.legal_advice {
        context.say(format_args!(
            "\nEntry {entry} shows legal advice (`{field}`) to whoever gets this; leave it out with \
             --withhold {field}"
        ));
    }
    if !context.quiet() {
        context.say("\nWhoever gets this also sees who was appointed as what; --withhold name leaves the names out.");
        context.say("\nRead again from the disk and checked:\n");
        print_verdict(context, &done.verdict, super::verify::Voices::Head, true);
    }
    Ok(Ended::Well)
}
