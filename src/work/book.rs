//! From the ledger to the items that the book adds up: which are read, and what later entries
//! did to each.

use std::collections::BTreeSet;

use probity_ledger::book::item::{Item, Loss, Marks};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::records;
use probity_ledger::records::kind::{Clear, Relation};

use super::WorkError;
use super::history::{Aftermath, bears_on_acts, is_imported};
use super::reading::{Reading, Record};
use crate::store::{Store as _, Term};

/// Which records are read.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// All of them.
    All,
    /// Those of these kinds.
    Kinds(&'a [&'a str]),
    /// Those of these kinds, the earlier ones that they link to, and the later ones that link to
    /// them.
    Around(&'a [&'a str]),
    /// Those of a case, the earlier ones that they link to, the later ones that link to them, and
    /// those of these kinds.
    Case(&'a str, &'a [&'a str]),
}

/// The items of a scope as they stood at a moment (POSIX seconds), in the order of the ledger.
///
/// # Errors
/// Damage.
pub fn items(reading: &Reading, scope: Scope<'_>, at: i64) -> Result<Vec<Item>, WorkError> {
    let records: Vec<Record> = places(reading, scope)?
        .into_iter()
        .map(|index| reading.shown(index))
        .filter(|record| record.as_ref().map_or(true, |record| record.entry.says().time <= at))
        .collect::<Result<_, WorkError>>()?;
    let after = Aftermath::as_of(reading, &records, at)?;
    Ok(records.into_iter().map(|record| item(reading, &after, &record)).collect())
}

/// The entries of a scope whose authors claim a later time than a moment. A clock that was wrong
/// puts them there, so whoever asks how things stand now has to be told.
///
/// # Errors
/// Damage.
pub fn later(reading: &Reading, scope: Scope<'_>, at: i64) -> Result<Vec<Index>, WorkError> {
    let mut found = Vec::new();
    for index in places(reading, scope)? {
        if reading.entry(index)?.says().time > at {
            found.push(index);
        }
    }
    Ok(found)
}

fn places(reading: &Reading, scope: Scope<'_>) -> Result<BTreeSet<Index>, WorkError> {
    let mut found = BTreeSet::new();
    let kinds = match scope {
        Scope::All => return Ok((0..reading.store.head().size.0).map(Index).collect()),
        Scope::Kinds(kinds) => kinds,
        Scope::Around(kinds) => {
            for index in places(reading, Scope::Kinds(kinds))? {
                let entry = reading.entry(index)?;
                found.insert(index);
                found.extend(reading.store.lookup(&Term::LinksTo(entry.hash()))?);
                for link in entry.says().links {
                    found.extend(reading.find(&link.entry)?);
                }
            }
            return Ok(found);
        }
        Scope::Case(case, kinds) => {
            for index in reading.store.lookup(&Term::Case(case.to_owned()))? {
                let entry = reading.entry(index)?;
                found.insert(index);
                found.extend(reading.store.lookup(&Term::LinksTo(entry.hash()))?);
                for link in entry.says().links {
                    found.extend(reading.find(&link.entry)?);
                }
            }
            kinds
        }
    };
    for kind in kinds {
        found.extend(reading.store.lookup(&Term::Kind((*kind).to_owned()))?);
    }
    Ok(found)
}

/// Whether the items of some kinds, and those around them, are what they were when the record book
/// had so many records. Never says so wrongly; where telling would take as long as reading them it
/// says no.
///
/// # Errors
/// Damage.
pub fn untouched(reading: &Reading, kinds: &[&str], from: Size) -> Result<bool, WorkError> {
    let ours = |entry: &Entry| {
        kinds.contains(&entry.says().kind)
            // What completes an erasure carries it out.
            || matches!(entry.says().kind, "erasure" | "retention-rule")
    };
    for index in (from.0..reading.size().0).map(Index) {
        let entry = reading.entry(index)?;
        let said = entry.says();
        let bears = records::find(said.kind, said.version)
            .is_none_or(|kind| bears_on_acts(kind) || kind.clear == Clear::ClockCorrection);
        if bears || entry.is_governance() || ours(&entry) {
            return Ok(false);
        }
        for link in said.links {
            let Some(at) = reading.find(&link.entry)? else { return Ok(false) };
            let target = reading.entry(at)?;
            if link.rel == Relation::Corrects.name() || ours(&target) {
                return Ok(false);
            }
            // What is linked to what an act is on may complete the act, and what links to ours is
            // around them.
            let mut near = reading.store.lookup(&Term::LinksTo(link.entry))?;
            for on in target.says().links {
                near.extend(reading.find(&on.entry)?);
            }
            for at in near {
                if ours(&reading.entry(at)?) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

fn item(reading: &Reading, after: &Aftermath, record: &Record) -> Item {
    let (said, index) = (record.entry.says(), record.index());
    Item {
        index,
        hash: record.entry.hash(),
        kind: said.kind.to_owned(),
        case: record.entry.subject().case().map(str::to_owned),
        role: said.role.to_owned(),
        person: record.person,
        signer: reading.signer(&record.entry),
        time: said.time,
        is_statement: record.entry.statement().is_some(),
        decision: record.decision(),
        links: record.links().to_vec(),
        answers: record.answers().cloned().unwrap_or_default(),
        marks: Marks {
            gone: if after.is_unreadable(record) {
                Some(Loss::Unreadable)
            } else {
                record.body.is_none().then_some(Loss::Erased)
            },
            lacks: after.lacks(index).map(str::to_owned).collect(),
            by_exception: after.is_by_exception(index),
            stale: after.stale(&record.entry),
            unratified: said.kind == "exception"
                && after
                    .linked_by(&record.entry.hash(), Relation::Excepts)
                    .any(|under| after.is_by_exception(under)),
            imported: is_imported(after, record),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use probity_ledger::book::registers::REGISTERS;

    use super::*;
    use crate::store::Mode;
    use crate::store::journal::frames;
    use crate::work::home::Home;
    use crate::work::overview::FallsDue;
    use crate::work::tour::tour;
    use crate::work::{World, register};

    /// The record book of the tour as it was after each of its writings.
    #[test]
    fn what_is_said_to_be_untouched_is_what_it_was() {
        let (folder, world) = (tempfile::tempdir().expect("a folder"), World::real());
        let made = tour(&world, &folder.path().join("school"), &|_| ()).expect("a school");
        let home = Home::locate(Some(made.home)).expect("a home");
        let now = world.now();
        let journal = home.ledger().join("journal");
        let whole = fs::read(&journal).expect("read");
        let ends: Vec<u64> = frames(&whole).map(|frame| frame.expect("whole").end()).collect();
        // What a checkpoint counts would be missed in most of them.
        let _ = fs::remove_file(home.ledger().join("checkpoint"));
        let told = |reading: &Reading| {
            let due = FallsDue::of(reading, now).expect("told");
            let mut all = vec![format!("{:?} {:?}", due.all, due.found)];
            for register in REGISTERS.iter().step_by(3) {
                let filled = register::fill(reading, register, now).expect("filled");
                all.push(format!("{:?} {:?}", filled.rows, filled.later));
            }
            all
        };
        let untouched = |reading: &Reading, from| {
            let mut all = vec![FallsDue::untouched(reading, from).expect("told")];
            for register in REGISTERS.iter().step_by(3) {
                all.push(register::untouched(reading, register, from).expect("told"));
            }
            all
        };
        let (mut before, mut kept) = (None, [0, 0]);
        for end in ends {
            fs::write(&journal, &whole[..usize::try_from(end).expect("small")]).expect("cut");
            let _ = fs::remove_dir_all(home.ledger().join("tiles"));
            let reading = Reading::open(&home, &Mode::Read).expect("opened");
            let now = told(&reading);
            if let Some((size, before)) = before {
                let same = untouched(&reading, size);
                let before: Vec<String> = before;
                for ((before, now), same) in before.iter().zip(&now).zip(same) {
                    kept[usize::from(same)] += 1;
                    assert!(!same || before == now, "{size:?}:\n{before}\n{now}");
                }
            }
            before = Some((reading.size(), now));
        }
        // Most writings leave most registers as they are.
        assert!(kept[1] > kept[0], "{kept:?}");
    }
}
