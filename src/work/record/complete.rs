//! What a signed record still lacks: other people's signatures, a ratification, a role that
//! may sign it.

use std::collections::BTreeSet;

use probity_ledger::book::acts::{Acts, Incomplete};
use probity_ledger::book::judge::Judged;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;
use probity_ledger::records;
use probity_ledger::records::kind::Relation;

use super::super::WorkError;
use super::super::reading::{Reading, Record};
use crate::store::{Store as _, Term};

/// What these entries lack to be complete, judged by them and by whatever might complete them.
///
/// # Errors
/// Damage.
pub fn still_missing(reading: &Reading, entries: &[Entry]) -> Result<Vec<Incomplete>, WorkError> {
    let own: BTreeSet<Index> = entries.iter().map(Entry::index).collect();
    let mut relevant = own.clone();
    for kind in counterparts(entries) {
        relevant.extend(reading.store.lookup(&Term::Kind(kind.to_owned()))?);
    }
    for exception in exceptions(entries) {
        relevant.extend(reading.find(&exception)?);
        relevant.extend(reading.store.lookup(&Term::LinksTo(exception))?);
    }
    let mut acts = Acts::default();
    for index in relevant {
        let record = reading.record(index)?;
        acts.note(
            &record.entry,
            &judged(reading, &record),
            record.body.as_ref(),
            &reading.authority,
        );
    }
    Ok(acts.incomplete().into_iter().filter(|lack| own.contains(&lack.entry)).collect())
}

/// The kinds whose signatures these entries' acts need.
fn counterparts(entries: &[Entry]) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    for entry in entries {
        let payload = entry.payload();
        let Some(kind) = records::find(&payload.kind, payload.version) else { continue };
        if !kind.also.is_empty() {
            kinds.extend(kind.also.iter().map(|also| also.kind));
            kinds.insert("paper-signature");
        }
    }
    kinds
}

fn exceptions(
    entries: &[Entry],
) -> impl Iterator<Item = probity_ledger::format::hash::EntryHash> + '_ {
    entries
        .iter()
        .flat_map(|entry| &entry.payload().links)
        .filter(|link| link.rel == Relation::Excepts.name())
        .map(|link| link.entry)
}

/// An entry of this ledger was judged when it was appended; what the acts need of that.
fn judged(reading: &Reading, record: &Record) -> Judged {
    let key = reading.authority.key(&record.entry.header().kid);
    Judged {
        kind: record.kind,
        clear: record.clear.clone(),
        person: Some(record.person),
        appointment: key
            .and_then(|key| key.appointment_below(record.index()))
            .map(|appointment| appointment.index),
        authorised: record.kind.is_some_and(|kind| kind.admits(&record.entry.payload().role)),
        unjudged: None,
    }
}
