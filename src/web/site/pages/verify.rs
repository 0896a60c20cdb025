//! Checking: the record book with everything that is kept, a bundle that somebody brings, a document.
//! What the reader trusts is the reader's own: the school's code, the confirmers, the services.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::format::hash::Index;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};
use probity_ledger::verify::words::{Voice, indices, sentences};

use super::front::without_commands;
use crate::web::site::fields::{Fields, Upload};
use crate::web::site::jobs::Finished;
use crate::web::site::parts::{self, Question, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::search::DocumentReport;
use crate::work::sight::Sight;
use crate::work::verify::{self, Asked, Report};
use crate::work::{WorkError, World, home, time, ways};

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/verify", read(show)).route("/verify", act(check))
}

fn show(visit: &Visit) -> Answer {
    Ok(Reply::Page(page(visit, None)))
}

fn page(visit: &Visit, wrong: Option<(&str, String, &Fields)>) -> Markup {
    let error = |form: &str| {
        wrong.as_ref().filter(|(of, _, _)| *of == form).map(|(_, text, _)| text.as_str())
    };
    let code = |form: &str| {
        let typed = wrong
            .as_ref()
            .filter(|(of, _, _)| *of == form)
            .map(|(_, _, fields)| fields.text("code"));
        typed.unwrap_or_default().to_owned()
    };
    let body = html! {
        (form(visit, "home", "Check the record book", error("home"), &code("home"), &html! {
            p { "Every record, its signature, its place and its answers are checked, and everything that is kept from outside." }
        }))
        (form(visit, "document", "Was exactly this file signed?", error("document"), &code("document"), &html! {
            (Question { name: "documents", label: "The document", hint: Some("It is compared byte for byte, and not kept."), ..Question::default() }.files(true))
        }))
        (form(visit, "bundle", "Check a bundle", error("bundle"), &code("bundle"), &html! {
            p { "A bundle is a zip file that a school hands out. It may be this school's or another's." }
            (Question { name: "bundle", label: "The bundle", ..Question::default() }.files(false))
            (parts::details("Was a certain document signed in it?", &Question { name: "named", label: "The document", ..Question::default() }.files(true)))
        }))
        h2 { "Hand records out" }
        @if visit.who.as_ref().is_some_and(|person| person.sight.is_everything()) {
            p { a href="/export" { "Make a bundle for somebody" } }
        }
        p { a href="/chain" { "See the chain as a drawing" } }
    };
    let title = "Check and hand out";
    match &wrong {
        Some((_, text, _)) => layout::page_with_errors(
            visit,
            title,
            &parts::error_summary(&[(None, layout::sentence(text))]),
            &body,
        ),
        None => layout::page(visit, title, &body),
    }
}

fn form(
    visit: &Visit,
    what: &str,
    title: &str,
    wrong: Option<&str>,
    code: &str,
    inner: &Markup,
) -> Markup {
    let trust = html! {
        div.field {
            label for={ "code-" (what) } { "The school's code" }
            p.hint id={ "code-" (what) "-hint" } { "From the minutes. Without it, the check only shows that the records fit together." }
            input type="text" id={ "code-" (what) } name="code" value=(code) autocomplete="off" aria-describedby={ "code-" (what) "-hint" };
        }
        @for (name, label, hint) in TRUST {
            div.field {
                label for={ (name) "-" (what) } { (label) }
                p.hint id={ (name) "-" (what) "-hint" } { (hint) }
                div.drop { input type="file" id={ (name) "-" (what) } name=(name) multiple[*name == "since"] aria-describedby={ (name) "-" (what) "-hint" }; }
            }
        }
    };
    html! {
        section {
            h2 { (title) }
            @if let Some(wrong) = wrong { p.error { span.hidden { "Error: " } (layout::sentence(wrong)) } }
            (parts::form(visit, "/verify", true, &html! {
                input type="hidden" name="what" value=(what);
                (inner)
                (parts::details("What you bring yourself: the school's code, files that you kept", &trust))
                (parts::button("Check"))
            }))
        }
    }
}

/// Files that a reader brings.
const TRUST: &[(&str, &str, &str)] = &[
    (
        "since",
        "A confirmation or bundle that you kept",
        "The records must continue it. A timestamp comes with its text file: choose both.",
    ),
    (
        "policy",
        "The outside confirmers whom you trust",
        "A file with their keys; what the records say of them is never believed.",
    ),
    ("roots", "Root certificates of timestamp services that you trust", "A PEM file."),
];

fn check(visit: &Visit, fields: Fields) -> Answer {
    let what = fields.text("what").to_owned();
    match begin(visit, &what, &fields) {
        Ok(Start { reader, asked, folder, bundle }) => {
            let task = run(visit, reader, asked, folder, bundle)?;
            Ok(Reply::Go(format!("/task/{task}")))
        }
        Err(error) => {
            let fact = ways::fact(&error);
            let remedy = ways::remedy(&error);
            let text = remedy.map_or_else(|| fact.clone(), |remedy| format!("{fact}: {remedy}"));
            let form = match what.as_str() {
                "bundle" => "bundle",
                "document" => "document",
                _ => "home",
            };
            let shown = page(visit, Some((form, without_folder(&text), &fields)));
            Ok(Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, shown))
        }
    }
}

/// What a check begins with.
struct Start {
    reader: Reader,
    asked: Asked,
    folder: Folder,
    bundle: Option<PathBuf>,
}

/// The files of one check under their own names; gone when it ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is found and removed when the page is next served.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn make(home: &Path, world: &World) -> Result<Self, WorkError> {
        let path =
            home.join("uploads").join(format!("{}.check", hex::encode(world.random::<16>()?)));
        home::make_private_folder(&path)?;
        Ok(Self(path))
    }

    /// Moves a file in, under a part of its own that no name leaves.
    fn take(&self, upload: &Upload, part: &str) -> Result<PathBuf, WorkError> {
        let folder = self.0.join(part);
        home::make_private_folder(&folder)?;
        let path = folder.join(&upload.name);
        std::fs::rename(&upload.path, &path).map_err(WorkError::file("moving", &path))?;
        Ok(path)
    }
}

fn begin(visit: &Visit, what: &str, fields: &Fields) -> Result<Start, WorkError> {
    let folder = Folder::make(&visit.home().page(), visit.world())?;
    let fingerprint = fields
        .said("code")
        .map(verify::read_fingerprint)
        .transpose()
        .map_err(|fact| WorkError::refused(fact, "copy the whole code from the minutes"))?;
    let mut reader = Reader { fingerprint, ..Reader::default() };
    if let Some(policy) = fields.files_of("policy").next() {
        reader.policy = Some(verify::read_policy(&folder.take(policy, "policy")?)?.0);
    }
    if let Some(roots) = fields.files_of("roots").next() {
        reader.tsa_roots = Some(verify::read_roots(&folder.take(roots, "roots")?)?);
    }
    let mut kept = Vec::new();
    for file in fields.files_of("since") {
        kept.push(folder.take(file, "since")?);
    }
    let stamp = kept.iter().find(|path| path.extension().is_some_and(|end| end == "tsr"));
    if let Some(kept) = stamp.or(kept.first()) {
        verify::read_kept(kept, &mut reader)?;
    }
    let documents = fields
        .files
        .iter()
        .filter(|file| matches!(file.field.as_str(), "documents" | "named"))
        .map(|file| (file.name.clone(), file.sha256))
        .collect();
    let asked = Asked { documents, ..Asked::default() };
    if what == "document" && asked.documents.is_empty() {
        return Err(WorkError::refused(
            "no document was chosen",
            "choose the file that should have been signed",
        ));
    }
    let bundle = match what {
        "bundle" => {
            let file = fields.files_of("bundle").next().ok_or_else(|| {
                WorkError::refused(
                    "no bundle was chosen",
                    "choose the zip file that was handed out",
                )
            })?;
            Some(folder.take(file, "bundle")?)
        }
        _ => None,
    };
    Ok(Start { reader, asked, folder, bundle })
}

fn run(
    visit: &Visit,
    reader: Reader,
    asked: Asked,
    folder: Folder,
    bundle: Option<PathBuf>,
) -> Result<String, WorkError> {
    let person = visit.person()?;
    let (site, sight) = (Shared::clone(&visit.site), person.sight.clone());
    let title = if bundle.is_some() { "Checking the bundle" } else { "Checking every record" };
    let size = visit.read(|reading| Ok(reading.size().0))?;
    visit.site.jobs.begin(visit.world(), &person.key, title, move |job| {
        let (report, sight) = if let Some(path) = &bundle {
            (verify::bundle(path, &reader, &asked), None)
        } else {
            job.of(size);
            (verify::home(&site.home, &reader, &asked, &|done| job.at(done)), Some(sight))
        };
        drop(folder);
        let report = report.map_err(|error| {
            let hint = error.hint().unwrap_or_else(|| "look at the file".to_owned());
            WorkError::refused(without_folder(&error.to_string()), without_folder(&hint))
        })?;
        Ok(Finished::Page("What the check found".to_owned(), found(&report, sight.as_ref())))
    })
}

/// A sentence without the folder in which files were put for a check: people know their names alone.
fn without_folder(text: &str) -> String {
    let word = |word: &str| match word.split_once(".check") {
        Some((_, rest)) => rest.rsplit(['/', '\\']).next().unwrap_or(rest).to_owned(),
        None => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Sentences with the names of files and fields in quotation marks, as people write them.
fn quoted(said: &[String]) -> Vec<String> {
    let one = |text: &String| {
        let mut parts = text.split('`');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (at, part) in parts.enumerate() {
            out.push(if at % 2 == 0 { '\u{201c}' } else { '\u{201d}' });
            out.push_str(part);
        }
        out
    };
    said.iter().map(one).collect()
}

/// A verdict in words without those that name commands of a terminal, and whether there were any. To
/// who doesn't see every record it says how many have something amiss, and names neither them nor files.
pub fn said(verdict: &Verdict, everything: bool) -> (Vec<String>, bool) {
    if everything {
        return without_commands(sentences(verdict, Voice::Head));
    }
    let bare = Verdict {
        incomplete: Vec::new(),
        on_paper: Vec::new(),
        doubtful: Vec::new(),
        absent_documents: Vec::new(),
        stated: Vec::new(),
        erased: Vec::new(),
        ..verdict.clone()
    };
    let (mut said, any) = without_commands(sentences(&bare, Voice::Head));
    let mut count =
        |entries: BTreeSet<Index>, (one, many): (&str, &str), what: &str| match entries.len() {
            0 => {}
            1 => said.push(format!("One record {one} {what}; the school office sees which.")),
            n => said.push(format!("{n} records {many} {what}; the school office sees which.")),
        };
    let incomplete = verdict.incomplete.iter().map(|one| one.entry);
    count(incomplete.collect(), ("is", "are"), "not complete yet");
    let on_paper = verdict.on_paper.iter().map(|one| one.entry);
    count(on_paper.collect(), ("is", "are"), "complete only through a signature on paper");
    let doubtful = verdict.doubtful.iter().map(|one| one.entry);
    count(doubtful.collect(), ("depends", "depend"), "on a key that may have been in other hands");
    let absent = verdict.absent_documents.iter().map(|one| one.entry);
    count(absent.collect(), ("names", "name"), "a document that is not there");
    (said, any)
}

/// What could not be read beside the records, in words.
pub fn unread(report: &Report, everything: bool) -> Vec<String> {
    match report.unread.len() {
        0 => Vec::new(),
        _ if everything => {
            report.unread.iter().map(|one| format!("Beside the records: {one}.")).collect()
        }
        _ => vec![
            "A file beside the records can't be read; the school office sees which.".to_owned(),
        ],
    }
}

/// A report in words. Of records of the own book that somebody may not see, only their place is told.
fn found(report: &Report, sight: Option<&Sight>) -> Markup {
    // A file that nobody signed says nothing against the records: each has its own verdict.
    let (class, heading) = match report.verdict.verdict {
        Outcome::Intact if !report.unread.is_empty() => {
            ("open", "What could be checked is intact, and not everything could be")
        }
        Outcome::Intact => ("good", "Intact: the records are as they were signed"),
        Outcome::NotGenuine => ("bad", "Not genuine: the records are not as they were signed"),
        Outcome::CannotCheck => ("open", "This can't be checked"),
    };
    let everything = sight.is_none_or(Sight::is_everything);
    let (head, _) = said(&report.verdict, everything);
    let (inspector, _) = without_commands(sentences(&report.verdict, Voice::Inspector));
    let (head, inspector) = (quoted(&head), quoted(&inspector));
    let cut = report.cut.iter().filter(|_| everything);
    let cut: Vec<String> = cut.map(|end| format!("Beside the records: {end}.")).collect();
    let unread = unread(report, everything);
    html! {
        @for document in &report.documents { (document_found(document, sight)) }
        section class={ "health " (class) } aria-label="The verdict" { h2 { (heading) }
            @for sentence in head { p { (sentence) } }
        }
        @for sentence in quoted(&unread).into_iter().chain(quoted(&cut)) { p { (sentence) } }
        (parts::details("For an inspector", &html! {
            @if everything {
                @for sentence in inspector { p { (sentence) } }
            } @else { p { "These sentences name records that are not all shown to you; ask the school office." } }
            @for document in &report.documents { p { span.foreign { (document.file) } ": SHA-256 " span.hash { (document.sha256) } } }
        }))
        p { a href="/verify" { "Check something else" } }
    }
}

fn document_found(document: &DocumentReport, sight: Option<&Sight>) -> Markup {
    let may = |kind: &str| {
        let kind = probity_ledger::records::newest(kind);
        sight.is_none_or(|sight| {
            sight.is_everything() || kind.is_some_and(|kind| sight.of_kind(kind))
        })
    };
    html! {
        section {
            h2 { span.foreign { (document.file) } }
            @if document.mentions.is_empty() && document.untold.is_empty() {
                p { (parts::tag(Tone::Bad, "not signed")) " This is not a file that anybody signed here. One changed \
                     letter, or saving it anew, makes another file." }
            } @else if document.mentions.is_empty() {
                p { (parts::tag(Tone::Open, "can't be told")) " The documents of record " (indices(&document.untold))
                    " are left out of this copy. Ask the school for them." }
            } @else {
                p { (parts::tag(Tone::Good, "signed")) " Exactly this file is named in signed records:" }
                ul { @for mention in &document.mentions { li {
                    @if may(&mention.kind) {
                        "Record " (mention.entry) ": " (mention.title)
                        @if let Some(decision) = &mention.decision { ", " strong { (decision.replace('-', " ")) } }
                        ", signed as " (mention.role) ", " (time::words(mention.time))
                        @for undone in &mention.undone {
                            ". " strong { @if undone.relation == "withdraws" { "Withdrawn" } @else { "Corrected" } " by record " (undone.by) }
                        }
                        @if mention.doubtful { ". " strong { "In doubt: the author's key is suspect" } }
                    } @else { "Record " (mention.entry) }
                } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_quotation_marks() {
        let said =
            ["not as it was made: `data/index.html` and `b`.".to_owned(), "Plain.".to_owned()];
        assert_eq!(
            quoted(&said),
            [
                "not as it was made: \u{201c}data/index.html\u{201d} and \u{201c}b\u{201d}.",
                "Plain."
            ]
        );
    }

    #[test]
    fn a_message_names_a_file_and_no_folder_of_this_machine() {
        assert_eq!(
            without_folder("reading /home/x/page/uploads/ab12.check/policy/trust.txt: line 1"),
            "reading trust.txt: line 1"
        );
        assert_eq!(without_folder("nothing here"), "nothing here");
    }
}
