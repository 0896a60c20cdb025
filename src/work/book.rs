//! From the ledger to the items that the book adds up: which are read, and what later entries
//! did to each.

use std::collections::BTreeSet;

use probity_ledger::book::item::{Item, Marks};
use probity_ledger::format::hash::Index;

use super::WorkError;
use super::history::Aftermath;
use super::reading::{Reading, Record};
use crate::store::{Store as _, Term};

/// Which records are read.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// All of them.
    All,
    /// Those of these kinds.
    Kinds(&'a [&'a str]),
    /// Those of these kinds, the earlier ones that they link to, and the later ones that link to
    /// them.
    Around(&'a [&'a str]),
    /// Those of a case, the earlier ones that they link to, and those of these kinds.
    Case(&'a str, &'a [&'a str]),
}

/// The items of a scope as they stood at a moment (POSIX seconds), in the order of the ledger.
///
/// # Errors
/// Damage.
pub fn items(reading: &Reading, scope: Scope<'_>, at: i64) -> Result<Vec<Item>, WorkError> {
    let records: Vec<Record> = places(reading, scope)?
        .into_iter()
        .map(|index| reading.record(index))
        .filter(|record| record.as_ref().map_or(true, |record| record.entry.says().time <= at))
        .collect::<Result<_, WorkError>>()?;
    let after = Aftermath::as_of(reading, &records, at)?;
    Ok(records.into_iter().map(|record| item(reading, &after, &record)).collect())
}

/// The entries of a scope whose authors claim a later time than a moment. A clock that was wrong
/// puts them there, so whoever asks how things stand now has to be told.
///
/// # Errors
/// Damage.
pub fn later(reading: &Reading, scope: Scope<'_>, at: i64) -> Result<Vec<Index>, WorkError> {
    let mut found = Vec::new();
    for index in places(reading, scope)? {
        if reading.entry(index)?.says().time > at {
            found.push(index);
        }
    }
    Ok(found)
}

fn places(reading: &Reading, scope: Scope<'_>) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = BTreeSet::new();
    let kinds = match scope {
        Scope::All => return Ok((0..reading.store.head().size.0).map(Index).collect()),
        Scope::Kinds(kinds) => kinds,
        Scope::Around(kinds) => {
            for index in places(reading, Scope::Kinds(kinds))? {
                let entry = reading.entry(index)?;
                found.insert(index);
                found.extend(reading.store.lookup(&Term::LinksTo(entry.hash()))?);
                for link in entry.says().links {
                    found.extend(reading.find(&link.entry)?);
                }
            }
            return Ok(found);
        }
        Scope::Case(case, kinds) => {
            for index in reading.store.lookup(&Term::Case(case.to_owned()))? {
                found.insert(index);
                for link in reading.entry(index)?.says().links {
                    found.extend(reading.find(&link.entry)?);
                }
            }
            kinds
        }
    };
    for kind in kinds {
        found.extend(reading.store.lookup(&Term::Kind((*kind).to_owned()))?);
    }
    Ok(found)
}

fn item(reading: &Reading, after: &Aftermath, record: &Record) -> Item {
    let (said, index) = (record.entry.says(), record.index());
    Item {
        index,
        hash: record.entry.hash(),
        kind: said.kind.to_owned(),
        case: record.entry.subject().case().map(str::to_owned),
        role: said.role.to_owned(),
        person: record.person,
        signer: reading.signer(&record.entry),
        time: said.time,
        decision: record.decision(),
        links: record.links().to_vec(),
        answers: record.answers().cloned().unwrap_or_default(),
        marks: Marks {
            erased: record.body.is_none(),
            lacks: after.lacks(index).map(str::to_owned).collect(),
            by_exception: after.is_by_exception(index),
            stale: after.stale(&record.entry),
        },
    }
}
