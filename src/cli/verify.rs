//! `verify`: the verdict, never a bare pass.

use std::path::{Path, PathBuf};

use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Continuity, Outcome, Verdict};
use probity_ledger::verify::words::{Voice, indices, sentences};
use serde_json::json;

use super::table::safe;
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::home::Home;
use crate::work::reading::Reading;
use crate::work::search::DocumentReport;
use crate::work::verify::{self, Asked, Report};
use crate::work::{WorkError, bag, time};

/// Check that records are as signed: a record book, a bundle, an entry, or a document against
/// them
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A bundle, the folder of a record book, or an entry [default: your record book]
    subject: Option<String>,
    /// A file that should be named in the records, byte for byte; repeat for several
    #[arg(long = "document", value_name = "FILE", conflicts_with_all = ["without_answers", "only_new"])]
    documents: Vec<PathBuf>,
    /// The code of the record book, from the minutes
    #[arg(long, value_name = "CODE")]
    fingerprint: Option<String>,
    /// An older head that it must continue: a checkpoint, with witnesses' signatures or without; a
    /// timestamp (12.1.tsr, with 12.txt beside it); a bundle; or what a key remembers (NAME.seen)
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// The witnesses that you trust, and how many are enough (C2SP tlog-policy); what the record
    /// book or bundle says about its witnesses is never believed
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The root certificates of the timestamp services that you trust, as PEM
    #[arg(long, value_name = "FILE")]
    tsa_roots: Option<PathBuf>,
    /// Look only at what is newer than the checkpoint given with --since, and rely for the rest on
    /// having verified it then; whenever anything doesn't fit, everything is verified
    #[arg(long, requires = "since")]
    only_new: bool,
    /// Leave the answers and documents of a record book closed: faster, and says less
    #[arg(long)]
    without_answers: bool,
    /// For whom to speak
    #[arg(long, value_name = "WHO", default_value = "both")]
    voice: Voices,
    /// End with status 1 on this, too; repeat for several
    #[arg(long, value_name = "WHAT")]
    fail_on: Vec<FailOn>,
}

/// For whom the verdict is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Voices {
    /// The person in charge.
    Head,
    /// An inspector.
    Inspector,
    /// One after the other.
    Both,
}

/// What else ends with status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Entries by a key that may have been in other hands.
    Suspect,
    /// Acts that lack a signature.
    Incomplete,
}

/// Runs the command.
///
/// # Errors
/// What can't be read or checked at all.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let fingerprint = verify::fingerprint_given(args.fingerprint.as_deref())?;
    let policy = args.policy.as_deref().map(verify::read_policy).transpose()?;
    let (policy, unusable) = policy.unzip();
    if let Some(path) = &args.policy {
        for line in unusable.into_iter().flatten() {
            context.say(format_args!(
                "Warning: line {line} of {} names a key that can't be used: whatever it signs doesn't count.",
                safe(&path.display().to_string())
            ));
        }
    }
    let tsa_roots = args.tsa_roots.as_deref().map(verify::read_roots).transpose()?;
    let mut reader = Reader { fingerprint, policy, tsa_roots, ..Reader::default() };
    if let Some(path) = &args.since {
        verify::read_kept(path, &mut reader)?;
    }
    let asked = Asked {
        closed: args.without_answers,
        only_new: args.only_new,
        ..Asked::documents(&args.documents)?
    };
    let report = look(context, args, &reader, asked)?;
    let ended = ended(&report, &args.fail_on);
    if context.json() {
        let mut object = json!(report);
        if let Some(object) = object.as_object_mut() {
            let words = |voice| json!(sentences(&report.verdict, voice));
            object.insert("head".to_owned(), words(Voice::Head));
            object.insert("inspector".to_owned(), words(Voice::Inspector));
        }
        context.print_json(&object);
    } else {
        print_documents(context, &report);
        print_entry(context, &report);
        print_verdict(context, &report.verdict, args.voice, false);
        for unread in &report.unread {
            context.print("");
            context.print(context.wrap(&safe(&format!("Beside the records: {unread}."))));
        }
        for end in &report.cut {
            context.print("");
            context.print(context.wrap(&safe(&format!("Beside the records: {end}."))));
        }
    }
    say_way_on(context, &report.verdict);
    Ok(ended)
}

/// Where nobody's checkpoint but a key's memory contradicts the record book: what is done about
/// it if the newer records are lost for good.
pub fn say_way_on(context: &Context, verdict: &Verdict) {
    if let Some(Continuity::DoesNotContinue { signed: false, .. }) = verdict.continuity {
        context.say(
            "\nIf it is a key's memory that this contradicts, newer records are lost for good, and that is\n\
             minuted: `probity key forget-seen NAME --reason TEXT` puts aside what the key remembers.",
        );
    }
}

fn look(
    context: &Context,
    args: &Args,
    reader: &Reader,
    mut asked: Asked,
) -> Result<Report, WorkError> {
    let home = |path: Option<&Path>| match path {
        Some(path) => Home::locate(Some(path.to_owned())),
        None => context.home(),
    };
    let Some(subject) = &args.subject else {
        return verify_home(context, &home(None)?, reader, &asked);
    };
    let path = Path::new(subject);
    // A bare number names an entry; a file of that name is given as ./17.
    let number = subject.bytes().all(|b| b.is_ascii_digit());
    if !number && path.exists() {
        if path.is_dir() && !bag::looks_like_bundle(path) {
            return verify_home(context, &home(Some(path))?, reader, &asked);
        }
        if asked.closed || asked.only_new {
            return Err(WorkError::refused(
                "--without-answers and --only-new are for a whole record book, and this is a bundle",
                "leave them out: a bundle is verified whole",
            ));
        }
        return verify::bundle(path, reader, &asked);
    }
    let here = home(None)?;
    if !here.has_ledger() {
        return Err(WorkError::refused(
            format!("there is no file `{subject}`, and no record book to look for an entry in"),
            "to check a bundle: probity verify evidence.zip; to check a document in it, add --document FILE",
        ));
    }
    let entry = Reading::open(&here, &Mode::Browse)?.resolve(subject).map_err(|error| {
        WorkError::refused(
            format!("there is no file `{subject}`, and {error}"),
            "name a bundle, a record book's folder, or an entry; a file with such a name is given as ./NAME",
        )
    })?;
    asked.entry = Some(entry);
    // Whether an entry is sound, only the whole below it tells.
    asked.only_new = false;
    verify_home(context, &here, reader, &asked)
}

fn verify_home(
    context: &Context,
    home: &Home,
    reader: &Reader,
    asked: &Asked,
) -> Result<Report, WorkError> {
    context.warn_if_synced(home);
    let progress = context.progress("checking");
    let report = verify::home(home, reader, asked, &|done| progress.at(done));
    progress.end();
    report
}

fn ended(report: &Report, fail_on: &[FailOn]) -> Ended {
    let verdict = &report.verdict;
    let suspect = fail_on.contains(&FailOn::Suspect) && !verdict.doubtful.is_empty();
    let incomplete = fail_on.contains(&FailOn::Incomplete) && !verdict.incomplete.is_empty();
    match report.outcome() {
        Outcome::Intact if suspect || incomplete => Ended::NotGenuine,
        Outcome::Intact => Ended::Well,
        Outcome::NotGenuine => Ended::NotGenuine,
        Outcome::CannotCheck => Ended::CannotCheck,
    }
}

fn print_documents(context: &Context, report: &Report) {
    for document in &report.documents {
        let file = safe(&document.file);
        if !document.mentions.is_empty() {
            print_mentions(context, &file, document);
        } else if !document.looked_for {
            let why = if report.verdict.verdict == Outcome::Intact {
                "no answers could be opened, as"
            } else {
                "the check ended at a failure, which"
            };
            context.print(context.wrap(&format!(
                "Whether anybody signed {file} was not looked for: {why} is told below (SHA-256 {}).\n",
                document.sha256
            )));
        } else if document.untold.is_empty() {
            context.print(context.wrap(&format!(
                "{file} is NOT a file that anybody signed here. One changed letter, or saving it anew, \
                 makes another file (SHA-256 {}).\n",
                document.sha256
            )));
        } else {
            context.print(context.wrap(&format!(
                "Whether {file} was signed can't be told from this copy: the documents of entry {} are \
                 left out of it. Ask the school for them (SHA-256 {}).\n",
                indices(&document.untold),
                document.sha256
            )));
        }
    }
}

fn print_mentions(context: &Context, file: &str, document: &DocumentReport) {
    let judged = document.mentions.iter().any(|mention| !mention.unjudged);
    let records = if judged { "signed records" } else { "records that could not be judged" };
    context.print(format_args!(
        "{file} is named, byte for byte, in {records} (SHA-256 {}):",
        document.sha256
    ));
    for mention in &document.mentions {
        let decision = mention
            .decision
            .as_deref()
            .map(|decision| format!(": {}", safe(&decision.replace('-', " "))))
            .unwrap_or_default();
        let mut marks: Vec<String> = mention
            .undone
            .iter()
            .map(|undone| match undone.relation {
                "withdraws" => format!("WITHDRAWN by entry {}", undone.by),
                _ => format!("CORRECTED by entry {}", undone.by),
            })
            .collect();
        if mention.doubtful {
            marks.push("in doubt: the author's key is suspect".to_owned());
        }
        if mention.unjudged {
            marks.push("NOT JUDGED: this doesn't show that anybody signed it".to_owned());
        }
        let marks =
            if marks.is_empty() { String::new() } else { format!(" -- {}", marks.join(", ")) };
        context.print(format_args!(
            "  entry {}: {}{decision}, signed as {}, {}{marks}",
            mention.entry,
            safe(&mention.title),
            safe(&mention.role),
            time::words(mention.time)
        ));
    }
    let standing =
        document.mentions.iter().rev().find(|one| one.decision.is_some() && !one.unjudged);
    if let (Some(newest), true) = (standing, document.mentions.len() > 1) {
        context.print(format_args!("  The newest decision on it is entry {}.", newest.entry));
    }
    context.print("");
}

fn print_entry(context: &Context, report: &Report) {
    if let Some(entry) = &report.entry {
        let sound = if entry.sound { "is as it was signed" } else { "can't be relied on" };
        context.print(format_args!(
            "Entry {} ({}, signed as {}, {}) {sound}. Hash {}.\n",
            entry.entry,
            safe(&entry.kind),
            safe(&entry.role),
            time::words(entry.time),
            entry.hash
        ));
    }
}

/// Prints a verdict in words, as data or as talk.
pub fn print_verdict(context: &Context, verdict: &Verdict, voices: Voices, talk: bool) {
    let out = |line: &str| if talk { context.say(line) } else { context.print(line) };
    let paragraphs = |voice| {
        for (count, sentence) in sentences(verdict, voice).iter().enumerate() {
            if count > 0 {
                out("");
            }
            out(&context.wrap(&safe(sentence)));
        }
    };
    match voices {
        Voices::Head => paragraphs(Voice::Head),
        Voices::Inspector => paragraphs(Voice::Inspector),
        Voices::Both => {
            out("For the person in charge");
            out("------------------------");
            paragraphs(Voice::Head);
            out("");
            out("For an inspector");
            out("----------------");
            paragraphs(Voice::Inspector);
        }
    }
}
