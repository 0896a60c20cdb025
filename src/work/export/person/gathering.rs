//! Which entries belong to a person's own copy: those that name the reference, and what follows
//! these within their cases. The rules stand in [`super`].

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::Index;
use probity_ledger::records;
use probity_ledger::records::kind::Relation;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::erase::Explained;
use crate::work::export::choice::Chosen;
use crate::work::export::named::{references, takes_references};
use crate::work::reading::{Reading, Record};

/// Relations by which an entry outside a case belongs to another.
const OWN_RELATIONS: [Relation; 4] =
    [Relation::Corrects, Relation::Withdraws, Relation::Removes, Relation::Answers];

/// What was gathered.
pub(super) struct Gathered {
    /// What goes along.
    pub chosen: Chosen,
    /// What could have, and why it doesn't.
    pub left_out: BTreeMap<Index, &'static str>,
    /// The entries that name the reference, wherever they went.
    pub own: BTreeSet<Index>,
    /// All other references in the record book.
    pub others: BTreeSet<String>,
}

/// Gathers the entries of a copy, with those that the sender adds and without those removed.
pub(super) fn gather(
    reading: &Reading,
    (reference, explained): (&str, &Explained),
    by_sender: &BTreeSet<Index>,
    removed: &BTreeSet<Index>,
) -> Result<Gathered, WorkError> {
    let (mut chosen, left_out, others) = (Chosen::default(), BTreeMap::new(), BTreeSet::new());
    for index in by_sender {
        chosen.add(*index, "added by the sender");
    }
    let mut gathering =
        Gathering { reading, reference, explained, by_sender, removed, chosen, left_out, others };
    let own = gathering.own()?;
    if !own.is_empty() {
        gathering.around(own.union(by_sender).copied().collect())?;
        gathering.alone()?;
        gathering.resting()?;
    }
    let Gathering { chosen, left_out, others, .. } = gathering;
    Ok(Gathered { chosen, left_out, own, others })
}

/// Why an entry stays out of a person's copy unless the sender names it.
pub(super) fn never_told(record: &Record) -> Option<&'static str> {
    let told = |field| record.answers().and_then(|answers| answers.truth(field)) == Some(true);
    let text = |field| record.answers().and_then(|answers| answers.text(field));
    match record.entry.says().kind {
        "request-answer" => Some("an answer to a request may tell what is withheld"),
        "request-step" if !told("subject-told") => Some("who asked was not told of this step"),
        "sharing" if text("content-class") == Some("child-protection-file") => {
            Some("it tells of a child protection file: ask the safeguarding lead")
        }
        "covert-authorisation" | "covert-end" => Some("it tells of covert monitoring"),
        _ => None,
    }
}

/// The entries of a copy while they are gathered.
struct Gathering<'a> {
    reading: &'a Reading,
    reference: &'a str,
    explained: &'a Explained,
    by_sender: &'a BTreeSet<Index>,
    removed: &'a BTreeSet<Index>,
    chosen: Chosen,
    left_out: BTreeMap<Index, &'static str>,
    others: BTreeSet<String>,
}

impl Gathering<'_> {
    /// Takes an entry, or notes why it stays out. Says whether it was taken.
    fn take(&mut self, record: &Record, why: &str) -> bool {
        let index = record.index();
        let out = if self.by_sender.contains(&index) {
            None
        } else if self.removed.contains(&index) {
            Some("left out by the sender")
        } else {
            never_told(record)
        };
        match out {
            Some(out) => {
                self.left_out.insert(index, out);
            }
            None => self.chosen.add(index, why),
        }
        out.is_none()
    }

    /// The entries that name the reference, also those that stay out. Notes all other references.
    fn own(&mut self) -> Result<BTreeSet<Index>, WorkError> {
        let takes = records::KINDS
            .iter()
            .filter(|kind| kind.body_fields().any(|field| takes_references(&field.form)));
        let kinds: BTreeSet<&str> = takes.map(|kind| kind.name).collect();
        let mut own = BTreeSet::new();
        for kind in kinds {
            for index in self.reading.store.lookup(&Term::Kind(kind.to_owned()))? {
                let record = self.reading.shown(index)?;
                if !self.explained.all_missing(&record) {
                    self.refuse_unread(index)?;
                    continue;
                }
                let mut named = references(&record);
                if named.remove(self.reference) {
                    own.insert(index);
                    self.take(&record, "names the person's reference");
                }
                self.others.extend(named);
            }
        }
        Ok(own)
    }

    /// Refuses an entry that may name the person, and nobody could tell; unless the sender answers
    /// for leaving it out.
    fn refuse_unread(&mut self, index: Index) -> Result<(), WorkError> {
        if self.removed.contains(&index) {
            self.left_out.insert(index, "can't be opened; left out by the sender");
            return Ok(());
        }
        Err(WorkError::refused(
            format!("the answers of entry {index} can't be opened, and no erasure says why"),
            format!(
                "run `probity verify`, and restore the newest backup that is intact; if none is, say \
                 with --leave-out {index} that the copy goes without it, and tell the person so"
            ),
        ))
    }

    /// Whether an entry was looked at already.
    fn knows(&self, index: Index) -> bool {
        self.chosen.entries.contains_key(&index) || self.left_out.contains_key(&index)
    }

    /// Follows the links that lead to these entries within their cases.
    fn around(&mut self, mut open: Vec<Index>) -> Result<(), WorkError> {
        while let Some(index) = open.pop() {
            let target = self.reading.entry(index)?;
            let hash = target.hash();
            for later in self.reading.store.lookup(&Term::LinksTo(hash))? {
                let record = self.reading.shown(later)?;
                if self.knows(later)
                    || record.entry.subject() != target.subject()
                    || !references(&record).is_empty()
                {
                    continue;
                }
                let belongs = |(relation, to): &(Relation, _)| {
                    *to == hash && OWN_RELATIONS.contains(relation)
                };
                let in_case = target.subject().case().is_some();
                if !in_case && !record.links().iter().any(belongs) {
                    continue;
                }
                // What rests on an entry that stays out is looked at, so that the sender hears
                // of it.
                self.take(&record, &format!("follows entry {index}"));
                open.push(later);
            }
        }
        Ok(())
    }

    /// Takes the steps of cases that name nobody else, where they link to nothing.
    fn alone(&mut self) -> Result<(), WorkError> {
        let mut cases = BTreeSet::new();
        for index in self.chosen.entries.keys().chain(self.left_out.keys()) {
            if let Subject::Case(case) = self.reading.entry(*index)?.subject() {
                cases.insert(case.clone());
            }
        }
        for case in cases {
            let entries = self.reading.shown_case(&case)?;
            let alone = entries
                .iter()
                .all(|record| references(record).iter().all(|other| other == self.reference));
            for record in entries {
                let index = record.index();
                if self.knows(index) || !references(&record).is_empty() {
                    continue;
                }
                let step = record.kind.is_some_and(|kind| kind.case.is_some());
                if alone && step && record.entry.says().links.is_empty() {
                    if self.take(&record, "a step of the person's own case") {
                        self.around(vec![index])?;
                    }
                } else {
                    self.left_out.insert(index, "nothing in it says that it is about this person");
                }
            }
        }
        Ok(())
    }

    /// Puts aside what rests on an entry that stays out, since it would tell of it.
    fn resting(&mut self) -> Result<(), WorkError> {
        let taken: Vec<Index> = self.chosen.entries.keys().copied().collect();
        // Links lead to earlier entries, so one way through suffices.
        for index in taken {
            let record = self.reading.record(index)?;
            if self.by_sender.contains(&index) || references(&record).contains(self.reference) {
                continue;
            }
            for (_, to) in record.links() {
                let to = self.reading.find(to)?;
                if to.is_some_and(|to| self.left_out.contains_key(&to)) {
                    self.chosen.entries.remove(&index);
                    self.left_out.insert(index, "it rests on an entry that stays out");
                    break;
                }
            }
        }
        Ok(())
    }
}
