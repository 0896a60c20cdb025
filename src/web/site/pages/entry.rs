//! One record with everything around it, and its documents.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::records::kind::Relation;
use probity_ledger::records::spoken::spoken;

use super::shown;
use crate::store::Store as _;
use crate::web::site::parts::{self, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, layout};
use crate::work::follow::{self, Follow};
use crate::work::history::{Answer as Said, FileView, View};
use crate::work::reading::{Reading, Record};
use crate::work::sight::Sight;
use crate::work::{WorkError, looks, time};

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/entry/{entry}", read(show))
        .route("/entry/{entry}/document/{sha256}", read(download))
}

/// A record that somebody may see. That they look is noted before it is shown.
fn record(visit: &Visit, reading: &Reading) -> Result<Record, WorkError> {
    let person = visit.person()?;
    let asked = visit.param("entry");
    person.sight.may_ask(asked)?;
    let index = reading.resolve(asked).map_err(|_| {
        let fact = match asked {
            number if visit.lacks => {
                format!("record {number} can\u{2019}t be read, or there is none")
            }
            _ => "there is no such record".to_owned(),
        };
        WorkError::refused(fact, "look for it among the newest, or search")
    })?;
    let record = person.sight.record(reading, index)?;
    looks::note(visit.home(), visit.world(), person, std::slice::from_ref(&record))?;
    Ok(record)
}

fn show(visit: &Visit) -> Answer {
    let person = visit.person()?;
    let (view, follows) = visit.read(|reading| {
        let record = record(visit, reading)?;
        let mut view = View::open(reading, record.index())?;
        guard(reading, &person.sight, &mut view)?;
        Ok((view, follow::on(&record, person)))
    })?;
    let title = format!("Record {}: {}", view.line.entry, view.line.heading());
    Ok(Reply::Page(layout::page(visit, &title, &body(&view, &follows))))
}

/// Takes from a record's page what its reader may not see of other records.
fn guard(reading: &Reading, sight: &Sight, view: &mut View) -> Result<(), WorkError> {
    if sight.is_everything() {
        return Ok(());
    }
    let seen = |index: Index| Ok::<_, WorkError>(sight.of_record(&reading.shown(index)?));
    for link in &mut view.links {
        if let Some(at) = link.entry
            && !seen(at)?
        {
            link.words = format!("is linked to record {at}");
            link.entry = None;
        }
    }
    let mut own = Vec::new();
    for later in std::mem::take(&mut view.since.links) {
        if seen(later.entry)? {
            own.push(later);
        }
    }
    view.since.links = own;
    let mut own = Vec::new();
    for later in std::mem::take(&mut view.since.on_same_files) {
        if seen(later.entry)? {
            own.push(later);
        }
    }
    view.since.on_same_files = own;
    // What an inspector would ask about is told from records around it.
    view.findings.clear();
    Ok(())
}

fn body(view: &View, follows: &[Follow]) -> Markup {
    let line = &view.line;
    html! {
        p {
            @if line.marks.is_empty() { (parts::tag(Tone::Good, "signed")) }
            @for mark in &line.marks { (parts::tag(Tone::Open, mark)) " " }
        }
        @if !view.since.lacks.is_empty() {
            (parts::warning(&html! { "Not complete. " @for why in &view.since.lacks { (layout::sentence(why)) " " } }))
        }
        (parts::summary_list(&about(view)))
        @if let Some(case) = &line.case { p { a href=(shown::where_case(case)) { "The whole case " (case) } } }
        h2 { "What it says" }
        (parts::summary_list(&view.clear.iter().chain(&view.fields).map(|said| answer(said, &view.documents)).collect::<Vec<_>>()))
        @if !view.erased.is_empty() {
            h2 { "Erased" }
            ul { @for gone in &view.erased { li { (layout::sentence(&gone.words())) } } }
        }
        (documents(line.entry, &view.documents))
        (around(view))
        @if !follows.is_empty() {
            h2 { "What can follow" }
            ul { @for follow in follows { li { (follows_with(view, follow)) } } }
        }
        (proof(view))
    }
}

fn about(view: &View) -> Vec<parts::Row<'static>> {
    let line = &view.line;
    let mut rows = vec![
        ("Signed by", vec![line.signed_by()], None),
        ("Signed at", vec![time::words(line.time)], None),
    ];
    if let Some(by) = &line.entered_by {
        rows.push(("Entered by", vec![by.clone()], None));
    }
    rows.push(("Case", vec![line.case.clone().unwrap_or_else(|| "none".to_owned())], None));
    rows
}

fn answer<'a>(answer: &'a Said, documents: &[FileView]) -> parts::Row<'a> {
    let name = if answer.question.is_empty() { &answer.name } else { &answer.question };
    // What follows the question is advice to whoever answers it.
    let name = name.split([':', ';']).next().unwrap_or(name);
    // Of its files, what tells them from any other stands below, where they are downloaded.
    let exact: Vec<String> =
        documents.iter().map(|file| format!("SHA-256 {}", file.sha256)).collect();
    let mut lines = answer.words.clone();
    lines.retain(|line| !exact.iter().any(|known| line.trim_start() == known));
    if answer.privileged {
        lines.insert(0, "Legal advice: it is withheld from a regulator's copy.".to_owned());
    }
    (name, lines, None)
}

/// Files of a record, to be downloaded.
pub fn documents(entry: Index, files: &[FileView]) -> Markup {
    html! {
        @if !files.is_empty() {
            h2 { "Documents" }
            ul {
                @for file in files {
                    li {
                        a href={ "/entry/" (entry) "/document/" (file.sha256) } { span.foreign { (file.name) } }
                        " " span.quiet { "(" (size_words(file.size)) ")" }
                        (shown::exact(file.sha256))
                    }
                }
            }
        }
    }
}

/// How large a file is, as people say it.
fn size_words(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

fn around(view: &View) -> Markup {
    let line = &view.line;
    html! {
        @if !view.links.is_empty() {
            h2 { "What it rests on" }
            ul {
                @for link in &view.links {
                    li {
                        @match link.entry {
                            Some(at) => a href={ "/entry/" (at) } { (layout::sentence(&link.words)) },
                            None => (layout::sentence(&link.words)),
                        }
                    }
                }
            }
        }
        @if !view.findings.is_empty() {
            h2 { "What an inspector would ask about" }
            ul { @for finding in &view.findings { li { (layout::sentence(&finding.text)) } } }
        }
        h2 { "What has happened since" }
        @let later: Vec<_> = view.since.links.iter()
            .chain(view.since.on_same_files.iter().filter(|on| on.entry > line.entry)).collect();
        @if later.is_empty() && view.since.words.is_empty() { p { "Nothing that is on record." } } @else {
            ul {
                @for one in later.iter().take(MOST_LATER) {
                    li { a href={ "/entry/" (one.entry) } { (layout::sentence(&one.words)) } }
                }
                @if later.len() > MOST_LATER { li { "and " (later.len() - MOST_LATER) " more" } }
                @for words in &view.since.words { li { (layout::sentence(words)) } }
            }
        }
        @let earlier: Vec<_> = view.since.on_same_files.iter().filter(|on| on.entry < line.entry).collect();
        @if !earlier.is_empty() {
            h2 { "The same file is also in" }
            ul { @for one in &earlier { li { a href={ "/entry/" (one.entry) } { "Record " (one.entry) ", " (one.title) } } } }
        }
    }
}

/// An import has thousands of later records.
const MOST_LATER: usize = 50;

fn follows_with(view: &View, follow: &Follow) -> Markup {
    let case = view.line.case.as_deref().map(|case| format!("case={case}&")).unwrap_or_default();
    let link = follow
        .relation
        .map(|relation| format!("link={relation}:{}", view.line.entry))
        .unwrap_or_default();
    let correct = follow.relation == Some(Relation::Corrects.name());
    html! {
        a href={ "/record/" (follow.kind) "?" (case) (link) } {
            @if correct { "Correct it" } @else { (follow.title) }
        }
    }
}

fn proof(view: &View) -> Markup {
    let line = &view.line;
    let appointed = view.appointment.unwrap_or(Index(0));
    parts::details(
        "For an inspector",
        &html! {
            @if !view.unanswered.is_empty() {
                p { "Questions without an answer: "
                    (view.unanswered.iter().map(|name| spoken(name)).collect::<Vec<_>>().join(", ")) "." }
            }
            (parts::summary_list(&[
                ("Hash of the record", vec![line.hash.to_string()], None),
                ("Kind", vec![format!("{} version {}", line.kind, line.version)], None),
                ("Key", vec![view.key.clone()], None),
                ("Appointed by record", vec![appointed.to_string()], None),
                ("Person", vec![line.person.clone()], None),
            ]))
            p { "This page shows what is written. " a href="/verify" { "Check that it is as it was signed" } "." }
        },
    )
}

fn download(visit: &Visit) -> Answer {
    let asked = hex::decode(visit.param("sha256")).ok().and_then(|bytes| bytes.try_into().ok());
    let none =
        || WorkError::refused("this record names no such document", "look at the record again");
    let sha256 = Sha256Hash(asked.ok_or_else(none)?);
    let (name, bytes) = visit.read(|reading| {
        let record = record(visit, reading)?;
        let view = View::open(reading, record.index())?;
        let file = view.documents.iter().find(|file| file.sha256 == sha256).ok_or_else(none)?;
        let bytes = reading.store.document(record.index(), sha256)?.ok_or_else(|| {
            WorkError::refused("the document was erased", "the record says when and why")
        })?;
        Ok((file.name.clone(), bytes))
    })?;
    Ok(Reply::File(name, "application/octet-stream", bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_size_is_said_as_people_say_it() {
        let said = [(0, "0 bytes"), (999, "999 bytes"), (1001, "2 KB"), (2_350_000, "2.3 MB")];
        for (bytes, words) in said {
            assert_eq!(size_words(bytes), words);
        }
    }
}
