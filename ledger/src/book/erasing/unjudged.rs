//! What bears on erasures and can't be judged (Appendix B of the format page, "Unjudged erasures"):
//! a newer reader may find there what explains a missing field.

use std::collections::{HashMap, HashSet};

use super::{DPO, Erasure, Erasures, People, linked};
use crate::book::judge::Judged;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index};
use crate::records::facts::PersonId;
use crate::records::kind::Relation;

/// What can't be judged, as far as it may explain what is missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Unjudged {
    /// The newest erasure of a form that isn't known: it may name whatever stands below it.
    pub(super) erasure: Option<Index>,
    /// Whether there is a statement in a form that isn't known: a rule or advice may be in it.
    statement: bool,
    /// Who signed a rule; `None` where that can't be told.
    rules: HashMap<EntryHash, Option<PersonId>>,
    /// By what is advised on: who did, two at most.
    advice: HashMap<EntryHash, HashSet<Option<PersonId>>>,
}

impl Unjudged {
    /// Takes an entry into account whose kind, version or type isn't known.
    pub(super) fn note_unknown(&mut self, entry: &Entry, judged: &Judged) {
        let person = judged.person.filter(|_| judged.appointment.is_some());
        match entry.says().kind {
            "erasure" => self.erasure = Some(entry.index()),
            "statement" => self.statement = true,
            "retention-rule" => self.note_rule(entry, person),
            "dpo-advice" if DPO.contains(&entry.says().role) => self.note_advice(entry, person),
            _ => {}
        }
    }

    /// Takes a retention rule into account.
    pub(super) fn note_rule(&mut self, entry: &Entry, person: Option<PersonId>) {
        self.rules.insert(entry.hash(), person);
    }

    /// Takes advice into account.
    pub(super) fn note_advice(&mut self, entry: &Entry, person: Option<PersonId>) {
        for target in linked(entry, Relation::Advises) {
            let people = self.advice.entry(target).or_default();
            if people.len() < 2 {
                people.insert(person);
            }
        }
    }

    /// Whether an erasure that isn't complete would be, if what can't be judged spoke for it.
    pub(super) fn may_complete(
        &self,
        erasures: &Erasures,
        erasure: &Erasure,
        advised: &HashMap<EntryHash, People>,
    ) -> bool {
        if self.statement {
            return true;
        }
        // Where one of the two isn't known, they may be different people.
        let another = |person: Option<PersonId>| person.is_none() || person != erasure.person;
        let rules: HashMap<EntryHash, Option<PersonId>> = erasures
            .rules_of(erasure)
            .map(|(hash, rule)| (hash, Some(rule.person)))
            .chain(erasure.about.iter().filter_map(|hash| Some((*hash, *self.rules.get(hash)?))))
            .collect();
        if erasure.administrator && !rules.values().any(|person| another(*person)) {
            return false;
        }
        let mut on = rules.keys().chain([&erasure.hash]);
        on.any(|hash| {
            let sure = advised.get(hash).into_iter().flatten().map(|person| Some(*person));
            let open = self.advice.get(hash).into_iter().flatten().copied();
            sure.chain(open).any(another)
        })
    }
}
