//! `export`: an evidence bundle.

use std::path::{Path, PathBuf};

use probity_ledger::verify::words::count;
use serde_json::json;

use super::verify::print_verdict;
use super::{Context, Ended};
use crate::work::export::{self, Choice, Exported};
use crate::work::{WorkError, pdf, time};

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
    /// Print the bundle's page to FILE.pdf beside it, with the browser that this machine has
    #[arg(long)]
    pdf: bool,
    /// The browser that prints: an Edge, Chrome or Chromium
    #[arg(long, value_name = "PROGRAM", env = "PROBITY_BROWSER")]
    browser: Option<PathBuf>,
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
    let pdf = args.pdf.then(|| args.output.with_extension("pdf"));
    if let Some(pdf) = pdf.as_ref().filter(|pdf| pdf.exists()) {
        return Err(WorkError::refused(
            format!("{} exists already", pdf.display()),
            "choose another name; nothing is overwritten",
        ));
    }
    let done = export::export(&context.world, &home, &choice, &args.output)?;
    let printed = print_pdf(context, args, &done, pdf.as_deref());
    if context.json() {
        context.print_json(&json!({
            "file": done.path.display().to_string(),
            "entries": done.entries,
            "chosen": done.chosen,
            "documents": done.documents,
            "page_carries": done.page_carries,
            "legal_advice": done.legal_advice,
            "verdict": done.verdict,
            "pdf": pdf.filter(|_| printed.is_ok()).map(|pdf| pdf.display().to_string()),
        }));
        return printed.map(|()| Ended::Well);
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
    if !done.page_carries {
        context.say(
            "\nThere is more in it than a browser can hold at once: the page inside comes without the \
             records. Drop the zip on it, or give smaller bundles, by case or by span.",
        );
    }
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
    printed?;
    if let Some(pdf) = pdf {
        context.say(format_args!("\nPrinted, for reading: {}", pdf.display()));
    }
    Ok(Ended::Well)
}

/// Prints the bundle's page, if that was asked for. The bundle is written by then.
fn print_pdf(
    context: &Context,
    args: &Args,
    done: &Exported,
    to: Option<&Path>,
) -> Result<(), WorkError> {
    let Some(to) = to else { return Ok(()) };
    if !done.page_carries {
        return Err(WorkError::refused(
            format!("there is too much in {} to print", done.path.display()),
            "give smaller bundles, by case or by span; the bundle itself is written",
        ));
    }
    let (page, outcome) = (&done.page, done.verdict.verdict);
    pdf::print(&context.world, page, outcome, to, args.browser.as_deref())
}
