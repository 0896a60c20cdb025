//! Holds: what may not be erased for now.
//!
//! A hold that can't be read any more, or that doesn't say what it holds, holds everything: nobody
//! can tell what was meant.

use std::collections::BTreeSet;

use probity_ledger::book::holding;
use probity_ledger::book::item::Book;
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::kind::Relation;

use crate::work::WorkError;
use crate::work::book::{self, Scope};
use crate::work::reading::{Reading, Record};

/// A hold that nobody has released.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Its entry.
    pub index: Index,
    scope: What,
    /// The entries that it is about.
    about: Vec<EntryHash>,
}

#[derive(Clone, Debug)]
enum What {
    Everything,
    Kind(String),
    Subject(String),
    /// The hold's own case, and those of what it is about.
    Cases(Vec<Subject>),
}

/// The holds that stand.
///
/// # Errors
/// Damage.
pub fn holds(reading: &Reading) -> Result<Vec<Hold>, WorkError> {
    let items = book::items(reading, Scope::Kinds(&["hold", "hold-release"]), i64::MAX)?;
    let book = Book::new(&items, i64::MAX);
    let held: BTreeSet<Index> = holding::in_force(&book).map(|hold| hold.index).collect();
    held.into_iter().map(|index| Hold::of(reading, &reading.record(index)?)).collect()
}

/// Refuses an entry that a hold holds.
pub(super) fn refuse(reading: &Reading, holds: &[Hold], index: Index) -> Result<(), WorkError> {
    if holds.is_empty() {
        return Ok(());
    }
    let record = reading.record(index)?;
    for hold in holds {
        if hold.covers(reading, &record)? {
            return Err(WorkError::refused(
                format!(
                    "entry {index} may not be erased: the hold in entry {} holds it",
                    hold.index
                ),
                format!(
                    "see why with `probity show {}`; a representative of the controller can release it \
                     with `probity record hold-release --link about={}`",
                    hold.index, hold.index
                ),
            ));
        }
    }
    Ok(())
}

impl Hold {
    fn of(reading: &Reading, record: &Record) -> Result<Self, WorkError> {
        let text = |name: &str| record.answers().and_then(|answers| answers.text(name));
        let about: Vec<EntryHash> = record
            .links()
            .iter()
            .filter(|(relation, _)| *relation == Relation::About)
            .map(|(_, hash)| *hash)
            .collect();
        let scope = match text("scope") {
            Some("kind") => text("kind-held").map(|kind| What::Kind(kind.to_owned())),
            Some("subject") => text("subject").map(|person| What::Subject(person.to_owned())),
            Some("case") => {
                let mut cases = vec![record.entry.subject().clone()];
                for hash in &about {
                    if let Some(at) = reading.find(hash)? {
                        cases.push(reading.entry(at)?.subject().clone());
                    }
                }
                cases.retain(|case| case.case().is_some());
                (!cases.is_empty() || !about.is_empty()).then_some(What::Cases(cases))
            }
            _ => None,
        };
        Ok(Self { index: record.index(), scope: scope.unwrap_or(What::Everything), about })
    }

    fn covers(&self, reading: &Reading, record: &Record) -> Result<bool, WorkError> {
        if self.about.contains(&record.entry.hash()) {
            return Ok(true);
        }
        let subject = record.entry.subject();
        match &self.scope {
            What::Everything => Ok(true),
            What::Kind(kind) => Ok(record.entry.says().kind == *kind),
            What::Cases(cases) => Ok(cases.contains(subject)),
            What::Subject(person) => {
                // What one record of a case says of whom, its others needn't repeat.
                let named = |record: &Record| names(record, person);
                Ok(named(record) || reading.case(subject)?.iter().any(named))
            }
        }
    }
}

/// Whether any answer is, or holds, this reference.
fn names(record: &Record, person: &str) -> bool {
    record.body.iter().flat_map(Body::iter).any(|(_, opening)| holds_text(&opening.value, person))
}

fn holds_text(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Text(text) => text.eq_ignore_ascii_case(wanted),
        Value::Array(items) => items.iter().any(|item| holds_text(item, wanted)),
        Value::Map(pairs) => pairs.iter().any(|(_, value)| holds_text(value, wanted)),
        _ => false,
    }
}
