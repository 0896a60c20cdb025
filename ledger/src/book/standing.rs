//! What stands, and what belongs to it: one rule for what falls due, for the state of cases, for
//! registers and for holds.
//!
//! ```text
//! stands     what no later record of its kind in its case corrects; what was erased stands, and says
//!            nothing
//! follows    what links to a record, or to one whose place it took; and what of its case links to
//!            none of its kind and comes before the next of them
//! decides    what is complete, and what no complete correction took the place of: one by somebody
//!            who may not decide takes nothing away
//! ```
//!
//! A statement that was signed elsewhere and entered later takes the place of nothing that was
//! signed after it.

use std::collections::BTreeMap;

use super::item::{Book, Item};
use crate::format::hash::Index;
use crate::records::kind::Relation;

impl<'a> Book<'a> {
    /// The newest correction of an item.
    #[must_use]
    pub fn correction(&self, of: &Item) -> Option<&'a Item> {
        self.linking(of, Relation::Corrects).next_back()
    }

    /// Whether a later item of the same kind corrects one, and so takes its place.
    #[must_use]
    pub fn is_replaced(&self, item: &Item) -> bool {
        self.linking(item, Relation::Corrects).any(|later| is_version(later, item))
    }

    /// An item, and the earlier ones of its kind whose place it has taken.
    #[must_use]
    pub fn versions(&self, item: &'a Item) -> Vec<&'a Item> {
        let mut found = vec![item];
        let mut at = 0;
        while let Some(newer) = found.get(at).copied() {
            for older in self.linked(newer, Relation::Corrects).filter(|to| is_version(newer, to)) {
                if found.iter().all(|known| known.index != older.index) {
                    found.push(older);
                }
            }
            at += 1;
        }
        found
    }

    /// Where an item, or the first whose place it has taken, was recorded.
    #[must_use]
    pub fn first_version(&self, item: &'a Item) -> Index {
        self.versions(item).iter().map(|version| version.index).min().unwrap_or(item.index)
    }

    /// The items of a kind that stand, oldest first.
    #[must_use]
    pub fn standing(&self, kind: &str) -> Vec<&'a Item> {
        self.of_kind(kind).filter(|item| !self.is_replaced(item)).collect()
    }

    /// The items of a kind in a case that stand, oldest first.
    #[must_use]
    pub fn standing_in(&self, case: &str, kind: &str) -> Vec<&'a Item> {
        let of_kind = |item: &&Item| item.kind == kind && !self.is_replaced(item);
        self.of_case(case).filter(of_kind).collect()
    }

    /// The items of a kind that stand and link to one, or to one whose place it has taken, oldest
    /// first.
    #[must_use]
    pub fn standing_links(&self, to: &'a Item, wanted: Relation, kind: &str) -> Vec<&'a Item> {
        let versions = self.versions(to).into_iter();
        let mut found: Vec<&Item> = versions
            .flat_map(|version| self.linking(version, wanted))
            .filter(|later| later.kind == kind && !self.is_replaced(later))
            .collect();
        in_order(&mut found);
        found
    }

    /// The items of a kind that stand and belong to one: those that link to it, and those of its
    /// case that link to none of its kind and follow it before another of its kind does.
    #[must_use]
    pub fn following(&self, item: &'a Item, relation: Relation, kind: &str) -> Vec<&'a Item> {
        let mut found = self.standing_links(item, relation, kind);
        let versions = self.versions(item);
        let case = item.case.as_deref();
        let mut newest: Option<&Item> = None;
        for other in case.into_iter().flat_map(|case| self.of_case(case)) {
            if other.kind == item.kind {
                newest = Some(other);
            }
            let follows =
                newest.is_some_and(|newest| versions.iter().any(|v| v.index == newest.index));
            let elsewhere = || self.linked(other, relation).any(|to| to.kind == item.kind);
            if follows && other.kind == kind && !self.is_replaced(other) && !elsewhere() {
                found.push(other);
            }
        }
        in_order(&mut found);
        found
    }

    /// Those of some items that decide: complete, and with no complete correction, oldest first.
    #[must_use]
    pub fn deciding(&self, items: impl IntoIterator<Item = &'a Item>) -> Vec<&'a Item> {
        let replaced = |item: &Item| {
            let mut later = self.linking(item, Relation::Corrects);
            later.any(|later| is_version(later, item) && later.is_whole())
        };
        let decides = |item: &&Item| item.is_whole() && !replaced(item);
        items.into_iter().filter(decides).collect()
    }

    /// The newest item of a kind in a case that decides.
    #[must_use]
    pub fn decision(&self, case: &str, kind: &str) -> Option<&'a Item> {
        newest(self.deciding(self.of_case(case).filter(|item| item.kind == kind)))
    }

    /// The newest item of a kind in a case that decides; without one, the newest that stands.
    #[must_use]
    pub fn decision_or_newest(&self, case: &str, kind: &str) -> Option<&'a Item> {
        self.decision(case, kind).or_else(|| newest(self.standing_in(case, kind)))
    }
}

/// Whether a correction can take the place of what it corrects: of the same kind in the same case, or in
/// one where that had none. A slip in a number ends nothing in another case.
fn is_version(later: &Item, of: &Item) -> bool {
    later.kind == of.kind && (of.case.is_none() || later.case == of.case)
}

/// The newest of some items, which come oldest first. A statement takes the place of nothing that
/// was signed after it.
pub(super) fn newest<'a>(items: impl IntoIterator<Item = &'a Item>) -> Option<&'a Item> {
    items.into_iter().reduce(|before, item| {
        if item.is_statement && item.time < before.time { before } else { item }
    })
}

/// Puts items into the order of the ledger, each once.
pub(super) fn in_order(items: &mut Vec<&Item>) {
    items.sort_by_key(|item| item.index);
    items.dedup_by_key(|item| item.index);
}

/// The complaints about CCTV that stand, each as it was recorded, oldest first: their kind asks to
/// record one again in its case when it is answered, and the day of receipt tells which it is.
pub(super) fn cctv_complaints<'a>(book: &Book<'a>) -> Vec<Vec<&'a Item>> {
    let mut all: Vec<Vec<&Item>> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for item in book.standing("cctv-complaint") {
        let next = all.len();
        let which = item.case.as_deref().zip(item.text("received"));
        let at = which.map_or(next, |which| *known.entry(which).or_insert(next));
        if at == next {
            all.push(Vec::new());
        }
        all[at].push(item);
    }
    all
}
