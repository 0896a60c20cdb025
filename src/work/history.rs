//! Reading what is on record: lists of entries, one entry with everything around it, the story
//! of a case, and what later entries did to an earlier one.
//!
//! What this doesn't do: check signatures, order or proofs. It reads what is written, and
//! opens each answer against its commitment; whether the ledger is genuine,
//! `probity verify` tells.

use probity_keys::Kid;
use probity_ledger::book::judge;
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records::kind::Relation;
use probity_ledger::records::{common, roles};
use serde::{Serialize, Serializer};

use super::WorkError;
use super::reading::{Reading, Record};
use super::time;
use crate::store::{Store as _, Term};

mod aftermath;
mod since;
mod view;
mod words;

pub use aftermath::{Aftermath, Doubt, doubt, judged};
pub(in crate::work) use aftermath::{bears_on_acts, by_exception};
pub use since::{ByException, KeyEnd, Later, Since};
pub use view::documents_to_save;
pub use view::{CaseView, FileView, Linked, View, save_documents};
pub use words::{Answer, forwards, spoken, value_words};

/// One entry in a list. As JSON it is a line of `probity log --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its place.
    pub entry: Index,
    /// Its hash.
    pub hash: EntryHash,
    /// When its author says that they signed: POSIX seconds; as JSON RFC 3339 in UTC.
    #[serde(serialize_with = "rfc3339")]
    pub time: i64,
    /// Name of its kind.
    pub kind: String,
    /// Version of its kind.
    pub version: u64,
    /// What its kind is called by people.
    pub title: String,
    /// Its case, or null.
    pub case: Option<String>,
    /// The role in which it was signed.
    pub role: String,
    /// Its author's name, or the beginning of their key's thumbprint.
    pub signer: String,
    /// Whoever entered it, if its author signed it elsewhere.
    pub entered_by: Option<String>,
    /// Its author's lasting identifier.
    pub person: String,
    /// The decision that stands in clear, or null.
    pub decision: Option<&'static str>,
    /// Who decided, when it wasn't the author.
    #[serde(skip)]
    pub decided_by: Option<String>,
    /// Short words for what a reader must know: `corrected`, `withdrawn`, `incomplete`,
    /// `by exception`, `stale`, `doubtful`, `without effect`, `imported`, `erased`,
    /// `partly erased`, `can't be opened`.
    pub marks: Vec<&'static str>,
}

impl Line {
    /// A record as a line.
    #[must_use]
    pub fn of(reading: &Reading, after: &Aftermath, record: &Record) -> Self {
        let said = record.entry.says();
        Self {
            entry: record.index(),
            hash: record.entry.hash(),
            time: said.time,
            kind: said.kind.to_owned(),
            version: said.version,
            title: record.title().to_owned(),
            case: record.entry.subject().case().map(str::to_owned),
            role: said.role.to_owned(),
            signer: reading.signer(&record.entry),
            entered_by: reading.entered_by(&record.entry),
            person: hex::encode(record.person),
            decision: record.decision(),
            decided_by: decided_by(record),
            marks: marks(reading, after, record),
        }
    }

    /// Title and decision: `DPIA approval: approved with conditions`.
    #[must_use]
    pub fn heading(&self) -> String {
        match self.decision {
            Some(decision) => format!("{}: {}", self.title, spoken(decision)),
            None => self.title.clone(),
        }
    }

    /// Name and role: `Amina Khan, Headteacher`.
    #[must_use]
    pub fn signed_by(&self) -> String {
        format!("{}, {}", self.signer, roles::title(&self.role))
    }
}

fn marks(reading: &Reading, after: &Aftermath, record: &Record) -> Vec<&'static str> {
    let (entry, index) = (&record.entry, record.index());
    let linked = |relation| after.linked_by(&entry.hash(), relation).next().is_some();
    let unreadable = after.is_unreadable(record);
    [
        ("corrected", linked(Relation::Corrects)),
        ("withdrawn", linked(Relation::Withdraws)),
        ("incomplete", after.lacks(index).next().is_some()),
        ("by exception", after.is_by_exception(index)),
        ("stale", !after.stale(entry).is_empty()),
        ("doubtful", doubt(&reading.authority, &entry.says().kid, index).is_some()),
        ("without effect", is_without_effect(reading, after, record)),
        ("imported", is_imported(after, record)),
        ("erased", record.body.is_none() && !unreadable),
        ("partly erased", record.body.is_some() && !record.missing().is_empty() && !unreadable),
        ("can't be opened", unreadable),
    ]
    .into_iter()
    .filter_map(|(mark, holds)| holds.then_some(mark))
    .collect()
}

/// Whether it is a ratification that ratifies nothing.
fn is_without_effect(reading: &Reading, after: &Aftermath, record: &Record) -> bool {
    let role = record.entry.says().role;
    let ratifies = |hash| {
        let exception = after.place(hash).and_then(|at| reading.shown(at).ok());
        exception.is_some_and(|exception| exception.is_ratified_as(role))
    };
    record.entry.says().kind == "ratification"
        && !record
            .links()
            .iter()
            .any(|(relation, hash)| *relation == Relation::Ratifies && ratifies(hash))
}

/// Whether it was taken over from an existing register.
pub(super) fn is_imported(after: &Aftermath, record: &Record) -> bool {
    let mut about = record.links().iter().filter(|(relation, _)| *relation == Relation::About);
    record.kind.is_some_and(|kind| common::imported(kind).is_some())
        && about.any(|(_, hash)| after.is_import(hash))
}

/// Who made the decision that a record is of, when it wasn't its author.
fn decided_by(record: &Record) -> Option<String> {
    record.answers()?.get("decided-by")?.get("person")?.as_text().map(str::to_owned)
}

/// What to list. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Entries of this case.
    pub case: Option<String>,
    /// Entries of this kind.
    pub kind: Option<String>,
    /// Entries that this person signed, with any of their keys.
    pub by: Option<String>,
    /// Signed at or after: POSIX seconds.
    pub since: Option<i64>,
    /// Signed before: POSIX seconds.
    pub before: Option<i64>,
    /// Entries that name the document with this hash.
    pub document: Option<Sha256Hash>,
    /// Words that all occur in its answers, its documents' names or its kind's title.
    pub text: Option<String>,
    /// Only these, ascending, such as those that [`super::texts::Texts`] finds.
    pub among: Option<Vec<Index>>,
    /// At most so many, the newest.
    pub limit: Option<usize>,
}

impl Query {
    /// Whether records have to be read to tell which of them it finds.
    const fn asks_records(&self) -> bool {
        self.since.is_some()
            || self.before.is_some()
            || self.document.is_some()
            || self.text.is_some()
    }
}

/// The entries that a query finds, newest last.
///
/// # Errors
/// A case or person that isn't there; damage.
pub fn list(reading: &Reading, query: &Query) -> Result<Vec<Line>, WorkError> {
    if query.asks_records() {
        listed(reading, &read_through(reading, query)?)
    } else {
        lines(reading, &places(reading, query)?)
    }
}

/// Where the entries stand that a query finds, ascending. Only words, days and documents make it
/// read records; all else the index knows.
///
/// # Errors
/// As [`list`].
pub fn places(reading: &Reading, query: &Query) -> Result<Vec<Index>, WorkError> {
    if query.asks_records() {
        return Ok(read_through(reading, query)?.iter().map(Record::index).collect());
    }
    let mut candidates = candidates(reading, query)?;
    let limit = query.limit.unwrap_or(usize::MAX);
    Ok(candidates.split_off(candidates.len().saturating_sub(limit)))
}

/// The records that a query finds, ascending.
fn read_through(reading: &Reading, query: &Query) -> Result<Vec<Record>, WorkError> {
    let words: Vec<String> =
        query.text.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let limit = query.limit.unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for index in candidates(reading, query)?.into_iter().rev() {
        if found.len() >= limit {
            break;
        }
        let record = reading.shown(index)?;
        if matches(&record, query) && mentions(&record, &words) {
            found.push(record);
        }
    }
    found.reverse();
    Ok(found)
}

/// Some entries as lists show them, in the order in which they are given.
///
/// # Errors
/// Damage.
pub fn lines(reading: &Reading, places: &[Index]) -> Result<Vec<Line>, WorkError> {
    let records: Vec<Record> =
        places.iter().map(|index| reading.shown(*index)).collect::<Result<_, _>>()?;
    listed(reading, &records)
}

fn listed(reading: &Reading, records: &[Record]) -> Result<Vec<Line>, WorkError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let after = Aftermath::of(reading, records)?;
    Ok(records.iter().map(|record| Line::of(reading, &after, record)).collect())
}

fn keys_of(reading: &Reading, name: &str) -> Result<Vec<Kid>, WorkError> {
    let person = reading.person_named(name)?;
    let theirs = reading.authority.keys().filter(|(_, record)| record.person == person);
    Ok(theirs.map(|(kid, _)| *kid).collect())
}

/// The entries that the index finds, ascending: all those that it can tell.
fn candidates(reading: &Reading, query: &Query) -> Result<Vec<Index>, WorkError> {
    let mut found = query.among.clone();
    let mut keep = |mut places: Vec<Index>| {
        places.sort_unstable();
        places.dedup();
        match &mut found {
            Some(found) => found.retain(|index| places.binary_search(index).is_ok()),
            None => found = Some(places),
        }
    };
    if let Some(case) = &query.case {
        let of_case = reading.store.lookup(&Term::Case(case.clone()))?;
        if of_case.is_empty() {
            return Err(WorkError::refused(
                format!("there is no case {case}"),
                "see `probity log`",
            ));
        }
        keep(of_case);
    }
    if let Some(document) = query.document {
        keep(reading.store.lookup(&Term::Document(document))?);
    }
    if let Some(kind) = &query.kind {
        keep(reading.store.lookup(&Term::Kind(kind.clone()))?);
    }
    if let Some(name) = &query.by {
        let mut signed = Vec::new();
        for kid in keys_of(reading, name)? {
            signed.extend(reading.store.lookup(&Term::Signer(kid.0))?);
        }
        keep(signed);
    }
    Ok(found.unwrap_or_else(|| (0..reading.store.head().size.0).map(Index).collect()))
}

/// What the index doesn't tell.
fn matches(record: &Record, query: &Query) -> bool {
    let time = record.entry.says().time;
    query.document.is_none_or(|document| names(record, &document))
        && query.since.is_none_or(|since| time >= since)
        && query.before.is_none_or(|before| time < before)
}

fn names(record: &Record, document: &Sha256Hash) -> bool {
    record.body.iter().flat_map(judge::documents).any(|named| named.sha256 == *document)
}

/// Whether all words occur, whatever their case.
fn mentions(record: &Record, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let text = text_of(record);
    words.iter().all(|word| text.contains(word.as_str()))
}

/// Everything in which words are looked for, in small letters.
pub(super) fn text_of(record: &Record) -> String {
    let mut text = format!("{}\n{}\n", record.title(), record.entry.says().kind);
    for (_, opening) in record.body.iter().flat_map(Body::iter) {
        collect_text(&opening.value, &mut text);
    }
    text.to_lowercase()
}

fn collect_text(value: &Value, into: &mut String) {
    match value {
        Value::Text(text) => {
            into.push_str(text);
            into.push('\n');
        }
        Value::Array(items) => items.iter().for_each(|item| collect_text(item, into)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| collect_text(value, into)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Bytes(_) => {}
    }
}

/// A time as JSON has it.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it serialises so")]
fn rfc3339<S: Serializer>(time: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time::rfc3339(*time))
}

#[cfg(test)]
mod tests;
