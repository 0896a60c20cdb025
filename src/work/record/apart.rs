//! That no one person gives two of the signatures that an act needs: looked at before anything is
//! shown, so that nobody signs what can't count.

use std::collections::BTreeSet;

use probity_keys::Kid;
use probity_ledger::format::body::Document;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records;
use probity_ledger::records::kind::{Also, Class, Kind, On, Relation};

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};

/// The relations by which a signature points at what it is on.
const POINTING: [Relation; 3] = [Relation::Approves, Relation::Advises, Relation::SignsOff];

/// One person never gives both of two required signatures.
pub(super) fn check_another_person(
    reading: &Reading,
    kind: &Kind,
    (kid, role): (&Kid, &str),
    links: &[(Relation, Index)],
    documents: &[Document],
) -> Result<(), WorkError> {
    let person = reading.authority.person(kid);
    let pointed: Vec<Index> = links
        .iter()
        .filter(|(relation, _)| POINTING.contains(relation))
        .map(|(_, index)| *index)
        .collect();
    if kind.class == Class::Permission {
        check_not_author(reading, kind, person, &pointed)?;
    }
    let of_this_kind = |other: &&&Kind| other.also.iter().any(|also| also.kind == kind.name);
    let counterparts: Vec<&str> = records::KINDS
        .iter()
        .filter(of_this_kind)
        .flat_map(|other| {
            let several = other.also.iter().filter(|also| also.kind == kind.name).count() > 1;
            std::iter::once(other.name).chain(several.then_some(kind.name))
        })
        .chain(kind.also.iter().map(|also| also.kind))
        .collect();
    if counterparts.is_empty() {
        return Ok(());
    }
    let mut content: Vec<[u8; 32]> = documents.iter().map(|document| document.sha256.0).collect();
    for index in &pointed {
        content.push(reading.store.hash(*index)?.0);
    }
    let mut same = BTreeSet::new();
    for item in &content {
        same.extend(reading.store.lookup(&Term::LinksTo(EntryHash(*item)))?);
        same.extend(reading.store.lookup(&Term::Document(Sha256Hash(*item)))?);
    }
    for index in same {
        let entry = reading.entry(index)?;
        let theirs = reading.authority.person(&entry.says().kid) == person;
        // Who signs once more in the same role replaces nothing and gains nothing.
        let again = entry.says().kind == kind.name && entry.says().role == role;
        if !theirs || again || !counterparts.contains(&entry.says().kind) {
            continue;
        }
        let record = reading.record(index)?;
        if content_of(&record).iter().any(|item| content.contains(item)) {
            return Err(by_one_person(index, record.title(), "on the same content"));
        }
    }
    Ok(())
}

/// The author of an act that needs another signature on its own entry doesn't give that, too.
fn check_not_author(
    reading: &Reading,
    kind: &Kind,
    person: Option<[u8; 16]>,
    pointed: &[Index],
) -> Result<(), WorkError> {
    let needs = |also: &Also| also.kind == kind.name && also.on != On::Content && !also.by_author;
    for index in pointed {
        let entry = reading.entry(*index)?;
        let act = records::find(entry.says().kind, entry.says().version);
        if act.is_some_and(|act| act.also.iter().any(needs))
            && reading.authority.person(&entry.says().kid) == person
        {
            return Err(by_one_person(*index, act.map_or("", |act| act.title), "itself"));
        }
    }
    Ok(())
}

fn by_one_person(index: Index, title: &str, on: &str) -> WorkError {
    WorkError::refused(
        format!(
            "you signed entry {index} ({title}) {on}; the two signatures have to be by different \
             people"
        ),
        "have another person sign this one",
    )
}

fn content_of(record: &Record) -> Vec<[u8; 32]> {
    let documents = record.body.iter().flat_map(probity_ledger::book::judge::documents);
    record
        .links()
        .iter()
        .filter(|(rel, _)| POINTING.contains(rel))
        .map(|(_, hash)| hash.0)
        .chain(documents.map(|document| document.sha256.0))
        .collect()
}
