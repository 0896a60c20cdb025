//! Which answers of an entry go along.

use std::collections::BTreeSet;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::body::Body;
use probity_ledger::format::hash::Index;
use probity_ledger::records;
use probity_ledger::records::facts::PersonId;
use probity_ledger::verify::words::count;

use crate::work::WorkError;
use crate::work::reading::{Reading, Record};
use crate::work::schedule::Line;

/// Fields to withhold.
pub(super) struct Withhold {
    everywhere: BTreeSet<String>,
    in_entry: BTreeSet<(Index, String)>,
}

impl Withhold {
    pub(super) fn read(reading: &Reading, given: &[String]) -> Result<Self, WorkError> {
        let mut this = Self { everywhere: BTreeSet::new(), in_entry: BTreeSet::new() };
        for text in given {
            let (entry, field) = match text.rsplit_once(':') {
                Some((entry, field)) => (Some(reading.resolve(entry)?), field),
                None => (None, text.as_str()),
            };
            if !records::KINDS.iter().any(|kind| kind.field(field).is_some()) {
                return Err(WorkError::refused(
                    format!("no kind of record has a field `{field}`"),
                    "see the fields with `probity kinds KIND`",
                ));
            }
            match entry {
                Some(index) => {
                    if reading.record(index)?.entry.payload().commitment(field).is_none() {
                        return Err(WorkError::refused(
                            format!("entry {index} has no field `{field}`"),
                            format!("see its fields with `probity show {index}`"),
                        ));
                    }
                    this.in_entry.insert((index, field.to_owned()));
                }
                None => {
                    this.everywhere.insert(field.to_owned());
                }
            }
        }
        Ok(this)
    }

    pub(super) fn covers(&self, index: Index, field: &str) -> bool {
        self.everywhere.contains(field) || self.in_entry.contains(&(index, field.to_owned()))
    }
}

/// Answers that hold legal advice and go along, so that nobody hands them out unseen.
pub(super) fn legal_advice(
    reading: &Reading,
    chosen: &BTreeSet<Index>,
    withhold: &Withhold,
) -> Result<Vec<(Index, &'static str)>, WorkError> {
    let mut found = Vec::new();
    for index in chosen {
        let record = reading.record(*index)?;
        let (Some(kind), Some(answers)) = (record.kind, record.answers()) else { continue };
        let privileged = kind.body_fields().filter(|field| field.privileged);
        let shown = privileged
            .filter(|field| !answers.lacks(field.name) && !withhold.covers(*index, field.name));
        found.extend(shown.map(|field| (*index, field.name)));
    }
    Ok(found)
}

/// The name that a record of this bundle gives to a person.
pub(super) fn name_disclosed(record: &Record, body: Option<&Body>) -> Option<(PersonId, String)> {
    let person = match &record.clear {
        Some(ClearFields::Genesis { person, .. } | ClearFields::Appointment { person, .. }) => {
            *person
        }
        _ => return None,
    };
    let name = &body?.get("name")?.value;
    Some((person, name.as_text()?.to_owned()))
}

/// The fields that go along: of chosen entries all but the withheld, of the others the names of
/// who was appointed or accepted.
pub(super) fn disclose(
    record: &Record,
    body: &Body,
    chosen: &BTreeSet<Index>,
    withhold: &Withhold,
) -> Body {
    let index = record.index();
    let names = record.entry.is_governance() || record.entry.payload().kind == "acceptance";
    body.only(|field| {
        (chosen.contains(&index) || (names && field == "name")) && !withhold.covers(index, field)
    })
}

/// The line of the schedule about an entry.
pub(super) fn line(record: &Record, body: Option<&Body>, chosen: bool, documents: u64) -> Line {
    let withheld: Vec<String> = record
        .entry
        .payload()
        .body
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| body.is_none_or(|body| body.get(name).is_none()))
        .collect();
    let mut enclosed = if chosen { "entry, answers" } else { "entry" }.to_owned();
    if documents > 0 {
        enclosed = format!("{enclosed}, {}", count(documents, "document", "documents"));
    }
    let reason = match (&record.body, chosen) {
        (None, _) => "erased",
        (Some(_), true) => "withheld by the sender",
        (Some(_), false) => "not chosen: enclosed to prove order and authority",
    };
    Line { entry: record.index(), enclosed, withheld, reason }
}
