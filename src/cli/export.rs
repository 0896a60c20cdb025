//! `export`: an evidence bundle.

use std::path::{Path, PathBuf};

use probity_ledger::verify::words::count;
use serde_json::json;

use super::verify::print_verdict;
use super::{Context, Ended};
use crate::work::export::{self, Audience, Choice, Exported};
use crate::work::{WorkError, bag, pdf, time};

mod report;
mod sending;
mod tiles;

use self::sending::Sending;

/// Write an evidence bundle that an inspector can check without this program
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For whom it is: regulator, or subject:REF for a person's own copy
    ///
    /// regulator, with --case REF: the case whole, and what was in force at its date: policies,
    /// training, DPIAs, checks of suppliers, appointments. Subject references and legal advice are
    /// withheld.
    ///
    /// subject:REF: the records whose fields name the reference REF, and the steps of the same case
    /// that follow these and name nobody else. Other references, people who aren't appointed in this
    /// book, text and files of records that name others, and legal advice are withheld. Answers to
    /// requests and steps that the person wasn't told of stay out without a trace, unless they are
    /// named with --entry.
    ///
    /// See docs/guide/handing-out.md.
    #[arg(long = "for", value_name = "WHO")]
    audience: Option<String>,
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
    /// Leave entries out of a person's own copy, so that nothing in it tells of them
    #[arg(long, value_name = "ENTRY", num_args = 1..)]
    leave_out: Vec<String>,
    /// Enclose the proof that this bundle continues a head that its reader has: a checkpoint, a
    /// timestamp (with its .txt beside it) or an older bundle
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    continues: Option<PathBuf>,
    /// Show what would be enclosed and withheld, and why, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    sending: Sending,
    /// The zip file to write
    #[arg(long, short, value_name = "FILE.zip", required_unless_present_any = ["dry_run", "tiles"])]
    output: Option<PathBuf>,
    /// Instead, write the whole ledger without sealed answers and documents to this new folder, as
    /// files that a web server can offer to others who follow it (C2SP tlog-tiles)
    ///
    /// What stands in clear in an entry is in them: the school's name; when, by which key, in which
    /// case, role and kind; who was appointed as what, by key, and revoked; what was decided; what was
    /// erased, and on which ground; and why a time is said to be wrong.
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = [
            "audience", "all", "cases", "kinds", "since", "until", "entries", "withhold", "leave_out", "continues", "dry_run",
            "encrypt", "output", "pdf",
        ]
    )]
    tiles: Option<PathBuf>,
    /// Print the bundle's page to FILE.pdf beside it, with the browser that this machine has
    #[arg(long, conflicts_with_all = ["dry_run", "encrypt"])]
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
    if let Some(folder) = &args.tiles {
        return tiles::run(context, folder);
    }
    if let Some(output) = &args.output
        && output.extension().is_none_or(|end| !end.eq_ignore_ascii_case("zip"))
    {
        return Err(WorkError::refused(
            format!("`{}` is no name of a zip file", output.display()),
            "end the name in .zip",
        ));
    }
    let home = context.home()?;
    let choice = choice(args)?;
    let Some(output) = args.output.as_ref().filter(|_| !args.dry_run) else {
        let preview = export::preview(&home, &choice)?;
        if context.json() {
            let (schedule, summary) = (&preview.lines, &preview.summary);
            context.print_json(&json!({ "schedule": schedule, "summary": summary }));
        } else {
            report::print_preview(context, &preview);
        }
        return Ok(Ended::Well);
    };
    let pdf = args.pdf.then(|| output.with_extension("pdf"));
    pdf.as_deref().map_or(Ok(()), bag::refuse_existing)?;
    let password = args.sending.password(context)?;
    let done = match &password {
        Some(password) => {
            export::export_encrypted(&context.world, &home, &choice, output, password)?
        }
        None => export::export(&context.world, &home, &choice, output)?,
    };
    let printed = print_pdf(context, args, &done, pdf.as_deref());
    let pdf = pdf.filter(|_| printed.is_ok());
    if let Some(password) = password.as_ref().filter(|_| args.sending.is_made()) {
        // First of all: without it the file is worth nothing, and nobody can tell it again.
        report::show_password(context, password);
    }
    say_done(context, args, &done, pdf.as_deref());
    if args.sending.encrypt {
        context.say("");
        report::say_how_to_send(context);
    }
    printed.map(|()| Ended::Well)
}

fn choice(args: &Args) -> Result<Choice, WorkError> {
    let day = |fact: String| WorkError::refused(fact, "write days as 2026-11-21");
    Ok(Choice {
        seen: None,
        audience: args.audience.as_deref().map_or(Ok(Audience::Anyone), audience)?,
        all: args.all,
        cases: args.cases.iter().map(|case| case.to_lowercase()).collect(),
        kinds: args.kinds.iter().map(|kind| kind.to_lowercase()).collect(),
        since: args.since.as_deref().map(time::read_day).transpose().map_err(day)?,
        until: args.until.as_deref().map(time::read_end_of_day).transpose().map_err(day)?,
        entries: args.entries.clone(),
        leave_out: args.leave_out.clone(),
        withhold: args.withhold.clone(),
        continues: args.continues.clone(),
    })
}

fn audience(text: &str) -> Result<Audience, WorkError> {
    let lower = text.to_lowercase();
    match lower.split_once(':') {
        None if lower == "regulator" => Ok(Audience::Regulator),
        Some(("subject", reference)) => Ok(Audience::Subject(reference.to_owned())),
        None if lower == "subject" => Err(WorkError::refused(
            "whose copy it is, is not said",
            "say --for subject:REF with the person's reference",
        )),
        _ => Err(WorkError::refused(
            format!("`{text}` is nobody for whom there are rules"),
            "say --for regulator or --for subject:REF, or withhold by hand with --withhold",
        )),
    }
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

fn say_done(context: &Context, args: &Args, done: &Exported, pdf: Option<&Path>) {
    if context.json() {
        context.print_json(&json!({
            "file": done.path.display().to_string(),
            "entries": done.entries,
            "chosen": done.chosen,
            "documents": done.documents,
            "page_carries": done.page_carries,
            "transparent": done.transparent,
            "legal_advice": done.summary.legal_advice,
            "encrypted": args.sending.encrypt,
            "summary": done.summary,
            "verdict": done.verdict,
            "pdf": pdf.map(|pdf| pdf.display().to_string()),
        }));
        return;
    }
    context.print(format_args!(
        "{}  {}, {}",
        done.path.display(),
        report::held(&done.summary),
        count(done.documents as u64, "document", "documents")
    ));
    if !done.page_carries {
        context.say(
            "\nThere is more in it than a browser can hold at once: the page inside comes without the \
             records. Drop the zip on it, or give smaller bundles, by case or by span.",
        );
    }
    if done.transparent == 0 {
        context.say(
            "\nIt holds no transparent statements (for other people's tools): the log key isn't on \
             this machine, or the bundle is too large for them. It is complete without.",
        );
    }
    report::say_summary(context, &done.summary);
    if context.quiet() {
        return;
    }
    context.say("\nWhoever gets this also sees who was appointed as what; --withhold name leaves the names out.");
    if args.sending.encrypt {
        context.say("\nChecked before it was encrypted, and decrypted again from the disk:\n");
    } else {
        context.say("\nRead again from the disk and checked:\n");
    }
    print_verdict(context, &done.verdict, super::verify::Voices::Head, true);
    if let Some(pdf) = pdf {
        context.say(format_args!("\nPrinted, for reading: {}", pdf.display()));
    }
}
