//! Withdrawals that have to stay while a consent stands that they took back.
//!
//! One that links to a consent tells by that, even when its answers are gone, whose consent it took
//! back. One that links to none tells it by the pupil's reference alone: without that the register
//! would show the consent again (Art 7(3) UK GDPR).

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::erasing::Target;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;

use super::acts::linking;
use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};

/// The newest consent under each pupil's reference that still tells it.
pub(super) struct Consents(BTreeMap<String, Index>);

impl Consents {
    /// Those that are on record, but for some.
    pub(super) fn of(reading: &Reading, but: &BTreeSet<Index>) -> Result<Self, WorkError> {
        let mut all = BTreeMap::new();
        for index in reading.store.lookup(&Term::Kind("consent".to_owned()))? {
            if !but.contains(&index) {
                let record = reading.record(index)?;
                let subject = record.answers().and_then(|answers| answers.text("subject"));
                all.extend(subject.map(|subject| (subject.to_owned(), index)));
            }
        }
        Ok(Self(all))
    }

    /// The consent that would stand again without this withdrawal.
    pub(super) fn without(
        &self,
        reading: &Reading,
        withdrawal: &Record,
    ) -> Result<Option<Index>, WorkError> {
        let subject = withdrawal.answers().and_then(|answers| answers.text("subject"));
        let found = subject.and_then(|subject| self.0.get(subject)).copied();
        let hash = withdrawal.entry.hash();
        let anew = linking(reading, &hash, Relation::Corrects, "consent-withdrawal")?;
        Ok(found.filter(|_| anew.is_empty()))
    }
}

/// Whether it tells by its pupil's reference alone what it took back.
pub(super) fn is_unlinked(withdrawal: &Record) -> bool {
    withdrawal.entry.says().kind == "consent-withdrawal"
        && !withdrawal.links().iter().any(|(relation, _)| *relation == Relation::Withdraws)
}

/// Refuses a withdrawal without which a consent would stand again that isn't erased with it.
pub(super) fn refuse(reading: &Reading, targets: &[Target]) -> Result<(), WorkError> {
    let mut unlinked = Vec::new();
    for target in targets {
        let record = reading.record(target.entry)?;
        let takes = |fields: &Vec<String>| fields.iter().any(|field| field == "subject");
        if is_unlinked(&record) && target.fields.as_ref().is_none_or(takes) {
            unlinked.push(record);
        }
    }
    if unlinked.is_empty() {
        return Ok(());
    }
    let going = targets.iter().map(|target| target.entry).collect();
    let consents = Consents::of(reading, &going)?;
    for withdrawal in unlinked {
        if let Some(consent) = consents.without(reading, &withdrawal)? {
            return Err(WorkError::refused(
                format!(
                    "entry {} may not be erased: it is a withdrawal that links to no consent, and \
                     without it the consent in entry {consent} would stand again",
                    withdrawal.index()
                ),
                format!("erase entry {consent} before it, or with it"),
            ));
        }
    }
    Ok(())
}
