//! The record as it would be signed, with what it links, as far as the visitor may see it.

use maud::{Markup, html};
use probity_ledger::book::judge::documents;
use probity_ledger::format::body::Document;
use probity_ledger::records::kind::Kind;

use crate::web::site::layout::capital;
use crate::web::site::pages::record::drafts;
use crate::web::site::pages::record::form::is_file;
use crate::web::site::pages::shown;
use crate::web::site::parts::{self, Row};
use crate::web::site::visit::Visit;
use crate::work::compose::LinkTo;
use crate::work::drafts::Draft;
use crate::work::history::forwards;
use crate::work::holder::Holder;
use crate::work::keyring::KeyFile;
use crate::work::people::other_representatives;
use crate::work::preview::{self, Preview};
use crate::work::reading::{Reading, Record};
use crate::work::record::{Prepared, choices};
use crate::work::sight::Person;
use crate::work::{WorkError, follow, time, waiting};

/// What stands on the page once the answers are good.
pub(super) struct Ready {
    pub(super) preview: Preview,
    pub(super) digest: String,
    pub(super) case: Option<String>,
    pub(super) others: usize,
    pub(super) elsewhere: Vec<(String, String)>,
    pub(super) linked: Vec<Linked>,
}

pub(super) fn ready(visit: &Visit, draft: &Draft) -> Result<Ready, WorkError> {
    visit.read(|reading| {
        let mut prepared = prepared(visit, reading, draft, &draft.owner)?;
        let digest = prepared.digest();
        conceal(reading, visit.person()?, &mut prepared)?;
        let school = preview::school(reading)?;
        let linked = linked(reading, visit.person()?, &prepared)?;
        let own = reading.authority.person(&prepared.kid());
        let files = visit
            .keyring()
            .list()?
            .into_iter()
            .filter(|file: &KeyFile| file.holder != Holder::File);
        let elsewhere = files.filter_map(|file| {
            let kid = file.public.kid();
            let roles = reading.roles_of(&kid);
            let name = reading.authority.person(&kid).and_then(|person| reading.name(&person))?;
            (!roles.is_empty()).then(|| (file.name.clone(), name.to_owned()))
        });
        Ok(Ready {
            digest,
            linked,
            case: prepared
                .record()
                .subject
                .case()
                .map(str::to_owned)
                .filter(|_| !prepared.new_case),
            others: other_representatives(reading, visit.world().now(), own),
            elsewhere: if visit.sight()?.is_everything() && prepared.record().kind.can_be_stated() {
                elsewhere.collect()
            } else {
                Vec::new()
            },
            preview: Preview::of(&prepared, &school),
        })
    })
}

/// A record as it would be signed, unless it links one that the visitor may not see: the words about
/// that one would tell them of it.
fn prepared(
    visit: &Visit,
    reading: &Reading,
    draft: &Draft,
    by: &str,
) -> Result<Prepared, WorkError> {
    let (drafts, person) = (drafts(visit), visit.person()?);
    let wanted = drafts.wanted(visit.world(), reading, draft, by)?;
    follow::refuse_secret(person, wanted.kind)?;
    for (_, entry) in wanted.links.iter().filter(|_| !person.sight.is_everything()) {
        let index = reading.resolve(entry)?;
        let Err(hidden) = person.sight.record(reading, index) else { continue };
        if waiting::of(reading, person)?.iter().all(|one| one.entry != index) {
            return Err(hidden);
        }
    }
    drafts.prepare_wanted(visit.world(), reading, (draft, &wanted))
}

/// Leaves out what would tell the visitor of records that they may not see: those that are linked as
/// a matter of course, and what is found in a case that isn't theirs to read.
fn conceal(reading: &Reading, person: &Person, prepared: &mut Prepared) -> Result<(), WorkError> {
    if person.sight.is_everything() {
        return Ok(());
    }
    let draft = prepared.record();
    let links: Vec<LinkTo> = draft.links.iter().map(|(_, to)| *to).collect();
    let case = draft.subject.case().filter(|_| !prepared.new_case);
    let may_read = case.map(|case| choices::may_read(reading, &person.sight, case)).transpose()?;
    if may_read == Some(false) {
        prepared.findings.clear();
        prepared.given.clear();
        prepared.notes.push(
            "What an inspector may ask is not shown: records of this case are not shown to you"
                .to_owned(),
        );
    }
    for (to, (_, words)) in links.iter().zip(&mut prepared.linked) {
        let LinkTo::Entry(hash) = to else { continue };
        let Some(index) = reading.find(hash)? else { continue };
        if person.sight.record(reading, index).is_err() {
            *words = format!("entry {index}");
        }
    }
    Ok(())
}

/// An earlier record that is linked, as far as the visitor may see it.
pub(super) struct Linked {
    verb: String,
    record: Record,
    signer: String,
}

fn linked(
    reading: &Reading,
    person: &Person,
    prepared: &Prepared,
) -> Result<Vec<Linked>, WorkError> {
    let mut found = Vec::new();
    for (relation, to) in &prepared.record().links {
        let LinkTo::Entry(hash) = to else { continue };
        let Some(index) = reading.find(hash)? else { continue };
        let Ok(record) = person.sight.record(reading, index) else { continue };
        let signer = reading.signer_and_role(&record.entry);
        found.push(Linked { verb: forwards(*relation), record, signer });
    }
    Ok(found)
}

/// What a linked record says, and its files: whoever signs on it sees it.
pub(super) fn linked_words(one: &Linked) -> Markup {
    let (record, index) = (&one.record, one.record.index());
    let answered = record.kind.into_iter().flat_map(Kind::body_fields).filter_map(|field| {
        let answer = record.answers()?.get(field.name)?;
        (!is_file(&field.form))
            .then(|| (capital(preview::question(field)), preview::lines(&field.form, answer)))
    });
    let answered: Vec<(String, Vec<String>)> = answered.collect();
    let rows: Vec<Row<'_>> =
        answered.iter().map(|(what, lines)| (what.as_str(), lines.clone(), None)).collect();
    let files: Vec<Document> = record.body.iter().flat_map(documents).collect();
    html! {
        h2 { "The record that it " (one.verb) }
        p { a href={ "/entry/" (index) } { "Record " (index) } ": " (record.title()) ", " (one.signer) ", "
            (time::words(record.entry.says().time)) }
        @if !rows.is_empty() { (parts::details(&format!("What record {index} says"), &parts::summary_list(&rows))) }
        @if !files.is_empty() {
            ul.files {
                @for file in &files {
                    li { a href={ "/entry/" (index) "/document/" (file.sha256) } { "Download " (preview::clean(&file.name)) }
                        ", " (file.size) " bytes" (shown::exact(file.sha256)) }
                }
            }
        }
    }
}
