//! `probity show`: one entry with everything around it, or the story of a case.

use std::path::{Path, PathBuf};

use probity_ledger::format::entry::Subject;
use probity_ledger::records::days;

use super::log::{open, to_json};
use super::table::safe;
use super::{Context, Ended};
use crate::work::erase::Gone;
use crate::work::history::{Answer, CaseView, View, save_documents, spoken};
use crate::work::reading::Reading;
use crate::work::{WorkError, time};

/// Show one entry with everything around it, or the story of a case
///
/// An entry is named by its index (17), the first digits of its hash (9f2c71), or a case and
/// a kind (breach-2026-003/breach-decision, the newest of that kind). A case is named as
/// breach-2026-003. Signatures are not checked here: `probity verify` does that.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Index, beginning of a hash, CASE/KIND, or CASE
    #[arg(value_name = "ENTRY|CASE")]
    what: String,
    /// Only what has happened since
    #[arg(long)]
    since_only: bool,
    /// The case as it stood at the end of this day [default: now]
    #[arg(long, value_name = "DAY")]
    at: Option<String>,
    /// Exit with status 1 if anything is found that an inspector would ask about
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Write the entry's documents into this folder; nothing there is overwritten
    #[arg(long, value_name = "FOLDER")]
    save: Option<PathBuf>,
}

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Something is found that an inspector would ask about.
    Finding,
}

/// The last second of a day, or now when none is named.
pub(super) fn moment_at(context: &Context, day: Option<&str>) -> Result<i64, WorkError> {
    let Some(text) = day else { return Ok(context.world.now()) };
    let read = time::read_date(text).and_then(days::end_of);
    read.ok_or_else(|| {
        WorkError::refused(format!("`{}` is not a day", safe(text)), "write days as 2026-11-21")
    })
}

/// Runs the command.
///
/// # Errors
/// No such entry or case; damage; documents that can't be written.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let reading = open(context)?;
    if let Some(Subject::Case(case)) = Subject::parse(&args.what.to_lowercase()) {
        if args.save.is_some() {
            return Err(WorkError::refused(
                format!("{case} is a case, and documents are saved entry by entry"),
                format!("see its entries with `probity show {case}`, then name one"),
            ));
        }
        let at = args.at.as_deref().map(|day| moment_at(context, Some(day))).transpose()?;
        let view = CaseView::open(&reading, &case, at, context.world.now())?;
        if context.json() {
            context.print_json(&to_json(&view)?);
        } else {
            show_case(context, &view, args.since_only);
        }
        let found =
            !view.found.is_empty() || view.entries.iter().any(|entry| !entry.findings.is_empty());
        return Ok(ended(args, found));
    }
    if args.at.is_some() {
        return Err(WorkError::refused(
            "an entry never changes, so it stood on that day as it stands now",
            "name a case to see how it stood",
        ));
    }
    let view = View::open(&reading, reading.resolve(&args.what)?)?;
    if let Some(folder) = &args.save {
        save(context, &reading, &view, folder)?;
    }
    match (context.json(), args.since_only) {
        (true, true) => context.print_json(&to_json(&view.since)?),
        (true, false) => context.print_json(&to_json(&view)?),
        (false, true) => show_since(context, &view),
        (false, false) => show_entry(context, &view),
    }
    Ok(ended(args, !view.findings.is_empty()))
}

fn ended(args: &Args, found: bool) -> Ended {
    if found && args.fail_on.is_some() { Ended::NotGenuine } else { Ended::Well }
}

fn save(context: &Context, reading: &Reading, view: &View, folder: &Path) -> Result<(), WorkError> {
    if view.documents.is_empty() {
        context.say(format!("Entry {} has no documents.", view.line.entry));
        return Ok(());
    }
    let (saved, erased) = save_documents(reading, view, folder)?;
    for path in saved {
        context.say(format!("Saved {}", safe(&path.display().to_string())));
    }
    for name in erased {
        context.say(format!("Erased, and not to be had: {}", safe(&name)));
    }
    Ok(())
}

fn show_entry(context: &Context, view: &View) {
    let line = &view.line;
    let kind = format!("{} version {}", line.kind, line.version);
    context.print(format!("Entry {}  {}", line.entry, safe(&line.heading())));
    if !line.marks.is_empty() {
        context.print(format!("Marked: {}", line.marks.join(", ")));
    }
    context.print("");
    let key = format!("{} (appointed by entry {})", view.key, appointed(view));
    for (name, value) in [
        ("hash", line.hash.to_string()),
        ("kind", kind),
        ("signed at", time::words(line.time)),
        ("signed by", line.signed_by()),
        ("entered by", line.entered_by.clone().unwrap_or_default()),
        ("key", key),
        ("case", line.case.clone().unwrap_or_else(|| "none".to_owned())),
    ] {
        if !value.is_empty() {
            context.print(format!("{name:<10} {}", safe(&value)));
        }
    }
    show_answers(context, view);
    let links: Vec<String> = view.links.iter().map(|link| link.words.clone()).collect();
    list(context, "Links", &links);
    let findings: Vec<String> = view
        .findings
        .iter()
        .map(|finding| format!("{} ({})", finding.text, finding.rule))
        .collect();
    list(context, "What an inspector would ask about", &findings);
    list(context, "The same file is also in", &view.since.earlier(line.entry));
    context.print("");
    show_since(context, view);
}

fn appointed(view: &View) -> String {
    // Entry 0 declares the key that signs it.
    view.appointment.map_or_else(|| "0".to_owned(), |index| index.to_string())
}

fn show_answers(context: &Context, view: &View) {
    for answer in view.clear.iter().chain(&view.fields) {
        context.print("");
        context.print(question(answer));
        for line in &answer.words {
            context.print(format!("    {}", safe(line)));
        }
    }
    if !view.unanswered.is_empty() {
        let names: Vec<String> = view.unanswered.iter().map(|name| spoken(name)).collect();
        context.print("");
        context.print(format!("Not answered: {}", safe(&names.join(", "))));
    }
    let erased: Vec<String> = view.erased.iter().map(Gone::words).collect();
    list(context, "Erased", &erased);
}

fn question(answer: &Answer) -> String {
    let privileged = if answer.privileged { " [legal advice: privileged]" } else { "" };
    let asked =
        if answer.question.is_empty() { String::new() } else { format!(" ({})", answer.question) };
    format!("{}{privileged}{asked}", safe(&capital(&spoken(&answer.name))))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn show_since(context: &Context, view: &View) {
    context.print("What has happened since");
    let lines = view.since.sentences(view.line.entry);
    if lines.is_empty() {
        context.print("    nothing that is on record");
    }
    for line in lines {
        context.print(format!("    {}", safe(&line)));
    }
}

fn list(context: &Context, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    context.print("");
    context.print(title);
    for line in lines {
        context.print(format!("    {}", safe(line)));
    }
}

/// Each entry one paragraph, oldest first; then what is not complete.
fn show_case(context: &Context, view: &CaseView, since_only: bool) {
    let count = probity_ledger::verify::words::count(view.entries.len() as u64, "entry", "entries");
    context.print(format!("Case {}, {count}", view.case));
    context.print(format!("State: {}: {}", safe(&view.state.state), safe(&view.state.why)));
    list(context, "Missing", &view.state.missing);
    list(context, "Next", &view.state.next);
    let found: Vec<String> = view
        .found
        .iter()
        .map(|found| format!("entry {}: {} ({})", found.entry, found.text, found.rule))
        .collect();
    list(context, "What doesn't fit together", &found);
    for entry in &view.entries {
        let line = &entry.line;
        let marks = if line.marks.is_empty() {
            String::new()
        } else {
            format!(" [{}]", line.marks.join(", "))
        };
        context.print("");
        context.print(format!("{}  {}{marks}", line.entry, safe(&line.heading())));
        context.print(format!("    {}, {}", time::words(line.time), safe(&line.signed_by())));
        if !since_only {
            for link in &entry.links {
                context.print(format!("    {}", safe(&link.words)));
            }
            for answer in &entry.fields {
                show_short(context, answer);
            }
            for gone in &entry.erased {
                context.print(format!("    {}", safe(&gone.words())));
            }
            for finding in &entry.findings {
                context.print(format!("    ask: {}", safe(&finding.text)));
            }
        }
        // What linked to it within the case has its own paragraph below, and what is lacking
        // comes at the end.
        let since = &entry.since;
        let outside = |at| !view.entries.iter().any(|own| own.line.entry == at);
        let later =
            since.links.iter().chain(since.on_same_files.iter().filter(|on| on.entry > line.entry));
        for later in later.filter(|later| since_only || outside(later.entry)) {
            context.print(format!("    since: {}", safe(&later.words)));
        }
        for words in &since.words {
            context.print(format!("    since: {}", safe(words)));
        }
    }
    let lacking: Vec<String> =
        view.incomplete.iter().map(|(entry, why)| format!("entry {entry}: {why}")).collect();
    if lacking.is_empty() {
        let asked: usize = view.entries.iter().map(|entry| entry.findings.len()).sum();
        let asked = match asked {
            0 => String::new(),
            1 => " 1 question is open (marked 'ask').".to_owned(),
            several => format!(" {several} questions are open (marked 'ask')."),
        };
        context.print(format!("\nNo signature is missing.{asked}"));
    } else {
        list(context, "Not complete", &lacking);
    }
}

fn show_short(context: &Context, answer: &Answer) {
    let name = capital(&spoken(&answer.name));
    match answer.words.as_slice() {
        [words] => context.print(format!("    {}: {}", safe(&name), safe(words))),
        lines => {
            context.print(format!("    {}:", safe(&name)));
            for line in lines {
                context.print(format!("        {}", safe(line)));
            }
        }
    }
}
