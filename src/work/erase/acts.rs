//! Which erasures are complete, which wait, and what a signature would carry out.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::authority::Authority;
use probity_ledger::book::erasing::{Erasure, Erasures};
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records;
use probity_ledger::records::kind::Relation;

use super::allowed::{Going, is_untold, left, may_go, refuse_untold, rules_of};
use super::words;
use crate::store::{Erase, Store as _, Term};
use crate::work::WorkError;
use crate::work::history::judged;
use crate::work::reading::{Reading, Record};

/// What the data protection officer's advice on these entries, signed at a moment (POSIX seconds),
/// would have erased, in words; empty if nothing.
///
/// # Errors
/// What may not be erased; damage.
pub(in crate::work) fn foretell(
    reading: &Reading,
    on: &[Index],
    person: Option<[u8; 16]>,
    at: i64,
) -> Result<Vec<String>, WorkError> {
    let known = standing(reading, &erasures_on(reading, on)?)?;
    let (mut said, mut all) = (Vec::new(), Vec::new());
    let Some(person) = person else { return Ok(said) };
    let mut hashes = BTreeSet::new();
    for index in on {
        hashes.insert(reading.store.hash(*index)?);
    }
    for erasure in known.would_complete(&hashes, person) {
        let going = going(reading, erasure, &reading.entry(erasure.index)?, on)?;
        if going.named.is_empty() {
            continue;
        }
        said.push(format!(
            "This completes the erasure in entry {}, and it is carried out at once.",
            erasure.index
        ));
        said.extend(words(reading, &going.named)?);
        all.push(going);
    }
    may_go(reading, &all, at)?;
    Ok(said)
}

/// What is left of what an erasure names, while these entries are agreed to. An erasure in one
/// frame with its completion is not on record yet.
fn going(
    reading: &Reading,
    erasure: &Erasure,
    entry: &Entry,
    agreed: &[Index],
) -> Result<Going, WorkError> {
    Ok(Going {
        erasure: Some(erasure.index).filter(|index| index.0 < reading.size().0),
        named: left(reading, &erasure.targets)?,
        rules: rules_of(reading, entry)?,
        agreed: agreed.to_vec(),
    })
}

/// What erasures these entries make complete, of those that were not before: the last of them is
/// about to be appended.
///
/// # Errors
/// What may not be erased; damage.
pub(in crate::work) fn completed(
    reading: &Reading,
    authority: &Authority,
    frame: &[(&Entry, &[u8])],
) -> Result<Vec<Erase>, WorkError> {
    let kind = |entry: &Entry| entry.says().kind.to_owned();
    let bears = |entry: &Entry| matches!(kind(entry).as_str(), "erasure" | "dpo-advice");
    let (mut advised, mut about) = (Vec::new(), BTreeSet::new());
    for (entry, _) in frame.iter().filter(|(entry, _)| bears(entry)) {
        for link in entry.says().links {
            let Some(at) = reading.find(&link.entry)? else { continue };
            if link.rel == Relation::Advises.name() {
                advised.push(at);
            } else if link.rel == Relation::About.name() && kind(entry) == "erasure" {
                about.insert(at);
            }
        }
    }
    let erases = frame.iter().any(|(entry, _)| kind(entry) == "erasure");
    let old = erasures_on(reading, &advised)?;
    if !erases && old.is_empty() {
        return Ok(Vec::new());
    }
    let mut old = around(reading, &old)?;
    for rule in about {
        old.insert(rule);
        old.extend(advice_on(reading, &reading.store.hash(rule)?)?);
    }
    let mut known = gather(reading, &old, is_untold)?;
    let before: BTreeSet<Index> = known.complete().map(|erasure| erasure.index).collect();
    for (entry, body) in frame {
        let kind = records::find(entry.says().kind, entry.says().version);
        let body = Body::parse(body).ok();
        known.note(entry, &judged(authority, entry, kind), body.as_ref());
    }
    let mut all = Vec::new();
    for erasure in known.complete().filter(|erasure| !before.contains(&erasure.index)) {
        let new = frame.iter().map(|(entry, _)| *entry).find(|new| new.index() == erasure.index);
        let entry = match new {
            Some(new) => new.clone(),
            None => reading.entry(erasure.index)?,
        };
        all.push(going(reading, erasure, &entry, &advised)?);
    }
    all.retain(|going| !going.named.is_empty());
    let at = frame.last().map_or(0, |(entry, _)| entry.own_words().time);
    may_go(reading, &all, at)?;
    let mut erase: BTreeMap<Index, Option<BTreeSet<String>>> = BTreeMap::new();
    for named in all.iter().flat_map(|going| &going.named) {
        let fields = erase.entry(named.entry).or_insert_with(|| Some(BTreeSet::new()));
        match (fields.as_mut(), named.fields()) {
            (Some(fields), Some(more)) => fields.extend(more.map(str::to_owned)),
            _ => *fields = None,
        }
    }
    let erase = erase.into_iter().map(|(index, fields)| Erase {
        index,
        fields: fields.map(|fields| fields.into_iter().collect()),
    });
    Ok(erase.collect())
}

/// Those of these entries that are erasures and wait for a signature.
///
/// # Errors
/// Damage.
pub fn waiting(
    reading: &Reading,
    entries: impl Iterator<Item = Index>,
) -> Result<Vec<Index>, WorkError> {
    let mut erasures = BTreeSet::new();
    for index in entries {
        if reading.entry(index)?.says().kind == "erasure" {
            erasures.insert(index);
        }
    }
    let known = standing(reading, &erasures)?;
    Ok(known.incomplete().map(|act| act.entry).filter(|index| erasures.contains(index)).collect())
}

/// Whether an erasure that waits would be complete with this person's agreement as data protection
/// officer.
///
/// # Errors
/// Damage.
pub fn can_be_agreed_to(
    reading: &Reading,
    index: Index,
    person: [u8; 16],
) -> Result<bool, WorkError> {
    let hash = reading.store.hash(index)?;
    if refuse_untold(reading, &hash).is_err() {
        return Ok(false);
    }
    let (known, on) = (standing(reading, &BTreeSet::from([index]))?, BTreeSet::from([hash]));
    Ok(known.would_complete(&on, person).any(|erasure| erasure.index == index))
}

/// These erasures, with what can make them complete. Advice that can't be opened makes none so.
pub(super) fn standing(
    reading: &Reading,
    erasures: &BTreeSet<Index>,
) -> Result<Erasures, WorkError> {
    gather(reading, &around(reading, erasures)?, is_untold)
}

/// The same for whoever explains what is gone already. Where advice that made an erasure complete
/// can't be opened any more, what it let be erased is still erased, as for everybody who verifies.
pub(super) fn explaining(
    reading: &Reading,
    erasures: &BTreeSet<Index>,
) -> Result<Erasures, WorkError> {
    gather(reading, &around(reading, erasures)?, |_| false)
}

/// Erasures with the entries that can make them complete.
fn around(reading: &Reading, erasures: &BTreeSet<Index>) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = erasures.clone();
    for index in erasures {
        let entry = reading.entry(*index)?;
        found.extend(advice_on(reading, &entry.hash())?);
        for link in entry.says().links.iter().filter(|link| link.rel == "about") {
            found.extend(reading.find(&link.entry)?);
            found.extend(advice_on(reading, &link.entry)?);
        }
    }
    Ok(found)
}

fn gather(
    reading: &Reading,
    entries: &BTreeSet<Index>,
    passed_over: impl Fn(&Record) -> bool,
) -> Result<Erasures, WorkError> {
    let mut known = Erasures::default();
    for index in entries {
        let record = reading.shown(*index)?;
        if record.entry.says().kind == "dpo-advice" && passed_over(&record) {
            continue;
        }
        let judged = judged(&reading.authority, &record.entry, record.kind);
        known.note(&record.entry, &judged, record.body.as_ref());
    }
    Ok(known)
}

pub(super) fn advice_on(reading: &Reading, hash: &EntryHash) -> Result<Vec<Index>, WorkError> {
    linking(reading, hash, Relation::Advises, "dpo-advice")
}

/// The entries of a kind that link to one by a relation.
pub(super) fn linking(
    reading: &Reading,
    hash: &EntryHash,
    relation: Relation,
    kind: &str,
) -> Result<Vec<Index>, WorkError> {
    let mut found = Vec::new();
    for index in reading.store.lookup(&Term::LinksTo(*hash))? {
        let entry = reading.entry(index)?;
        let payload = entry.says();
        let links = payload.links.iter().any(|l| l.rel == relation.name() && l.entry == *hash);
        if links && payload.kind == kind {
            found.push(index);
        }
    }
    Ok(found)
}

/// The erasures among these entries, and those about a retention rule among them.
fn erasures_on(reading: &Reading, entries: &[Index]) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = BTreeSet::new();
    for index in entries {
        let entry = reading.entry(*index)?;
        match entry.says().kind {
            "erasure" => {
                found.insert(*index);
            }
            "retention-rule" => {
                found.extend(linking(reading, &entry.hash(), Relation::About, "erasure")?);
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Whether the data protection officer, another person than `author`, advised on a rule.
pub(super) fn is_advised(
    reading: &Reading,
    rule: Index,
    author: Option<[u8; 16]>,
) -> Result<bool, WorkError> {
    let hash = reading.store.hash(rule)?;
    let mut around: BTreeSet<Index> = advice_on(reading, &hash)?.into_iter().collect();
    around.insert(rule);
    Ok(author.is_some_and(|author| {
        gather(reading, &around, is_untold).is_ok_and(|known| known.is_advised(&hash, author))
    }))
}
