//! What others signed on the content of an act that is about to be shown: that no one person gives
//! two of the signatures that it needs, so that nobody signs what can't count; and which of them
//! are there already.

use std::collections::BTreeSet;

use probity_keys::Kid;
use probity_ledger::book::acts::Acts;
use probity_ledger::format::body::Document;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records;
use probity_ledger::records::kind::{Also, Class, Kind, On, Relation};
use probity_ledger::records::spoken::spoken;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::history::judged;
use crate::work::reading::{Reading, Record};

/// The relations by which a signature points at what it is on.
pub(in crate::work) const POINTING: [Relation; 3] =
    [Relation::Approves, Relation::Advises, Relation::SignsOff];

/// One person never gives both of two required signatures.
pub(super) fn check_another_person(
    reading: &Reading,
    kind: &Kind,
    (kid, role): (&Kid, &str),
    links: &[(Relation, Index)],
    documents: &[Document],
) -> Result<(), WorkError> {
    let person = reading.authority.person(kid);
    let pointed = pointed(links);
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
    let content = content(reading, &pointed, documents)?;
    for index in on_any(reading, &content)? {
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

/// The signatures on its content that an act needs and that are there already: which, and the
/// entries that give it, in words.
pub(in crate::work) fn given(
    reading: &Reading,
    kind: &'static Kind,
    kid: &Kid,
    links: &[(Relation, Index)],
    documents: &[Document],
) -> Result<Vec<(&'static Also, String)>, WorkError> {
    let wanted: Vec<&Also> = kind.also.iter().filter(|also| also.on == On::Content).collect();
    let Some(person) = reading.authority.person(kid).filter(|_| !wanted.is_empty()) else {
        return Ok(Vec::new());
    };
    let content = content(reading, &pointed(links), documents)?;
    let (mut all, mut each) = (Acts::default(), Vec::new());
    for index in on_any(reading, &content)? {
        let record = reading.record(index)?;
        let said = record.entry.says();
        let judged =
            judged(&reading.authority, &record.entry, records::find(said.kind, said.version));
        let mut alone = Acts::default();
        for acts in [&mut all, &mut alone] {
            acts.note(&record.entry, &judged, record.body.as_ref(), &reading.authority);
        }
        each.push((with_advice(reading.described(&record), &record), alone));
    }
    let on_some = |also: &Also, acts: &Acts| {
        content.iter().any(|item| acts.is_given(also, std::slice::from_ref(item), person))
    };
    let there = wanted.into_iter().filter(|also| all.is_given(also, &content, person));
    Ok(there
        .map(|also| {
            let by = each.iter().filter(|(_, alone)| on_some(also, alone));
            let words: Vec<&str> = by.map(|(words, _)| words.as_str()).collect();
            (also, words.join("; "))
        })
        .collect())
}

/// What the data protection officer recommends stands beside their name.
fn with_advice(words: String, record: &Record) -> String {
    match record.answers().and_then(|answers| answers.text("recommendation")) {
        Some(advice) => format!("{words}: {}", spoken(advice)),
        None => words,
    }
}

/// The advice of the data protection officer on this content, wherever it is filed, oldest first.
///
/// # Errors
/// Damage.
pub(in crate::work) fn advice_on(
    reading: &Reading,
    content: &[[u8; 32]],
) -> Result<Vec<Record>, WorkError> {
    let mut found = Vec::new();
    for index in on_any(reading, content)? {
        if reading.entry(index)?.says().kind != "dpo-advice" {
            continue;
        }
        let record = reading.shown(index)?;
        if content_of(&record).iter().any(|item| content.contains(item)) {
            found.push(record);
        }
    }
    Ok(found)
}

/// Where the advice stands that an act is complete with: on its content, in whatever case.
///
/// # Errors
/// Damage.
pub(in crate::work) fn advised(
    reading: &Reading,
    kind: &Kind,
    content: &[[u8; 32]],
) -> Result<Vec<Index>, WorkError> {
    if !kind.also.iter().any(|also| also.on == On::Content && also.kind == "dpo-advice") {
        return Ok(Vec::new());
    }
    Ok(advice_on(reading, content)?.iter().map(Record::index).collect())
}

/// What these links point at as what is signed.
pub(super) fn pointed(links: &[(Relation, Index)]) -> Vec<Index> {
    let pointing = links.iter().filter(|(relation, _)| POINTING.contains(relation));
    pointing.map(|(_, index)| *index).collect()
}

/// The content of an act, by hash.
pub(super) fn content(
    reading: &Reading,
    pointed: &[Index],
    documents: &[Document],
) -> Result<Vec<[u8; 32]>, WorkError> {
    let mut content: Vec<[u8; 32]> = documents.iter().map(|document| document.sha256.0).collect();
    for index in pointed {
        content.push(reading.store.hash(*index)?.0);
    }
    Ok(content)
}

/// The entries that link or name any of this.
fn on_any(reading: &Reading, content: &[[u8; 32]]) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = BTreeSet::new();
    for item in content {
        found.extend(reading.store.lookup(&Term::LinksTo(EntryHash(*item)))?);
        found.extend(reading.store.lookup(&Term::Document(Sha256Hash(*item)))?);
    }
    Ok(found)
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

/// The content of an act that is on record, by hash.
pub(in crate::work) fn content_of(record: &Record) -> Vec<[u8; 32]> {
    let documents = record.body.iter().flat_map(probity_ledger::book::judge::documents);
    record
        .links()
        .iter()
        .filter(|(rel, _)| POINTING.contains(rel))
        .map(|(_, hash)| hash.0)
        .chain(documents.map(|document| document.sha256.0))
        .collect()
}
