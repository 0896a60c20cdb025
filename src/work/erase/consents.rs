//! Answers that have to stay while a consent is on record that they overrule.
//!
//! A withdrawal, a refusal or an objection tells by its answers what it overrules, and by whom it
//! was said: without them the register may show a consent as given again that was taken back (Art
//! 7(3) UK GDPR), that the pupil refuses, or to which a parent objects (Protection of Freedoms Act
//! 2012 s.26). So the register is asked, with these answers and without them: for no purpose may a
//! consent stand afterwards that didn't before, neither now nor on a day to come.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use probity_ledger::book::erasing::Named;
use probity_ledger::book::item::{Book, Item, Loss};
use probity_ledger::book::registers;
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::part;
use probity_ledger::records::days;

use crate::work::WorkError;
use crate::work::book::{self, Scope};
use crate::work::reading::Reading;

const KINDS: [&str; 2] = ["consent", "consent-withdrawal"];

/// Everything that is on record of consents, apart for each pupil.
pub(super) struct Consents {
    at: i64,
    pupils: Vec<Vec<Item>>,
    places: HashMap<Index, usize>,
}

/// What would stand again.
struct Again {
    purpose: String,
    /// The consents that give it.
    by: Vec<Index>,
}

/// Whether records of this kind say anything of consents.
pub(super) fn are_about(kind: &str) -> bool {
    KINDS.contains(&kind)
}

impl Consents {
    /// Those on record, to be asked at a moment (POSIX seconds).
    pub(super) fn of(reading: &Reading, at: i64) -> Result<Self, WorkError> {
        let items = book::items(reading, Scope::Kinds(&KINDS), i64::MAX)?;
        // Whatever names one reference, or links to what does, is of one pupil.
        let hashes: HashMap<_, usize> = items.iter().zip(0..).map(|(i, n)| (i.hash, n)).collect();
        let mut whose: Vec<usize> = (0..items.len()).collect();
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for (n, item) in items.iter().enumerate() {
            if let Some(subject) = item.text("subject") {
                join(&mut whose, n, *named.entry(subject).or_insert(n));
            }
            for to in item.links.iter().filter_map(|(_, hash)| hashes.get(hash)) {
                join(&mut whose, n, *to);
            }
        }
        let of: Vec<usize> = (0..items.len()).map(|n| root(&mut whose, n)).collect();
        let (mut pupils, mut places) = (Vec::<Vec<Item>>::new(), HashMap::new());
        let mut known: HashMap<usize, usize> = HashMap::new();
        for (item, of) in items.into_iter().zip(of) {
            let pupil = *known.entry(of).or_insert(pupils.len());
            if pupil == pupils.len() {
                pupils.push(Vec::new());
            }
            places.insert(item.index, pupil);
            pupils[pupil].push(item);
        }
        Ok(Self { at, pupils, places })
    }

    /// The pupil of whom a record tells.
    pub(super) fn pupil(&self, index: Index) -> Option<usize> {
        self.places.get(&index).copied()
    }

    /// Whether what is named of a pupil's records may go together.
    pub(super) fn may_go<'n>(&self, pupil: usize, named: impl Iterator<Item = &'n Named>) -> bool {
        self.again(pupil, named).is_none()
    }

    /// What would stand again without what is named of a pupil's records.
    fn again<'n>(&self, pupil: usize, named: impl Iterator<Item = &'n Named>) -> Option<Again> {
        let before = self.pupils.get(pupil)?;
        let mut after = before.clone();
        for named in named {
            for item in after.iter_mut().filter(|item| item.index == named.entry) {
                item.answers.0.retain(|field, _| !named.names(field));
                if item.answers.0.is_empty() {
                    item.marks.gone = Some(Loss::Erased);
                }
            }
        }
        self.moments(before).into_iter().find_map(|at| {
            let (had, has) = (given(before, at), given(&after, at));
            let (reference, purpose) = has.difference(&had).next()?.clone();
            let gives = |item: &&Item| {
                let said = |group| part(group, "purpose").zip(part(group, "decision"));
                let wanted = Some((purpose.as_str(), "given"));
                item.text("subject") == Some(&reference)
                    && item.list("purposes").iter().any(|group| said(group) == wanted)
            };
            let by = after.iter().filter(gives).map(|item| item.index).collect();
            Some(Again { purpose, by })
        })
    }

    /// Now, and when consents begin to count that don't yet.
    fn moments(&self, items: &[Item]) -> BTreeSet<i64> {
        let begins = |item: &Item| item.day("from").and_then(days::end_of);
        let later = items.iter().flat_map(|item| [begins(item), Some(item.time)]);
        let later = later.flatten().filter(|moment| *moment > self.at);
        std::iter::once(self.at).chain(later).collect()
    }
}

/// The references and purposes for which a consent stands at a moment.
fn given(items: &[Item], at: i64) -> BTreeSet<(String, String)> {
    let Some(register) = registers::find("consents") else { return BTreeSet::new() };
    let mut all = BTreeSet::new();
    for row in register.rows(&Book::new(items, at)) {
        let cell =
            |column| row.cell(register, column).map(registers::Cell::plain).unwrap_or_default();
        let reference = cell("reference");
        for purpose in cell("consented").split("; ").filter(|purpose| !purpose.is_empty()) {
            // Behind it may stand who gave it.
            let purpose = purpose.split(" (").next().unwrap_or(purpose);
            all.insert((reference.clone(), purpose.to_owned()));
        }
    }
    all
}

/// Refuses answers without which a consent would stand again that isn't erased with them.
pub(super) fn refuse(reading: &Reading, named: &[&Named], at: i64) -> Result<(), WorkError> {
    let mut theirs = false;
    for named in named {
        theirs |= are_about(reading.entry(named.entry)?.says().kind);
    }
    if !theirs {
        return Ok(());
    }
    let consents = Consents::of(reading, at)?;
    let mut pupils: BTreeMap<usize, Vec<&Named>> = BTreeMap::new();
    for named in named {
        if let Some(pupil) = consents.pupil(named.entry) {
            pupils.entry(pupil).or_default().push(named);
        }
    }
    for (pupil, named) in pupils {
        if let Some(Again { purpose, by }) = consents.again(pupil, named.iter().copied()) {
            let going: BTreeSet<Index> = named.iter().map(|named| named.entry).collect();
            return Err(WorkError::refused(
                format!(
                    "{} may not be erased: without {} the consent in {} would stand again, for {}",
                    entries(&going),
                    if going.len() == 1 { "it" } else { "them" },
                    entries(&by.iter().copied().collect()),
                    purpose.replace('-', " ")
                ),
                format!(
                    "erase {} before, or in the same erasure; where a consent in it still counts \
                     for something else, put on record first what holds today",
                    entries(&by.iter().copied().collect())
                ),
            ));
        }
    }
    Ok(())
}

fn entries(all: &BTreeSet<Index>) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, [])) => format!("entry {last}"),
        Some((last, first)) => format!("entries {} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// The first of those that belong together with one.
fn root(whose: &mut [usize], mut of: usize) -> usize {
    while let Some(next) = whose.get(of).copied().filter(|next| *next != of) {
        let further = whose.get(next).copied().unwrap_or(next);
        if let Some(place) = whose.get_mut(of) {
            *place = further;
        }
        of = further;
    }
    of
}

fn join(whose: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(whose, one), root(whose, other));
    if let Some(place) = whose.get_mut(one.max(other)) {
        *place = one.min(other);
    }
}
