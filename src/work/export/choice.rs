//! Which entries a bundle is about, and which it needs beside them so that they can be checked.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::records;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::Reading;

/// What to put into a bundle.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Everything.
    pub all: bool,
    /// Whole cases.
    pub cases: Vec<String>,
    /// Every record of these kinds.
    pub kinds: Vec<String>,
    /// From this moment on.
    pub since: Option<i64>,
    /// Up to this moment.
    pub until: Option<i64>,
    /// Single entries, as the user names them.
    pub entries: Vec<String>,
    /// Fields to withhold: `FIELD`, or `ENTRY:FIELD` for one entry.
    pub withhold: Vec<String>,
}

/// The entries that are asked for.
pub(super) fn select(reading: &Reading, choice: &Choice) -> Result<BTreeSet<Index>, WorkError> {
    let size = reading.store.head().size.0;
    let mut chosen = BTreeSet::new();
    for case in &choice.cases {
        let found = reading.store.lookup(&Term::Case(case.clone()))?;
        if found.is_empty() {
            return Err(WorkError::refused(
                format!("there is no case {case}"),
                "see `probity log`",
            ));
        }
        chosen.extend(found);
    }
    for kind in &choice.kinds {
        if records::newest(kind).is_none() {
            return Err(WorkError::refused(
                format!("there is no kind `{kind}`"),
                "see `probity kinds`",
            ));
        }
        chosen.extend(reading.store.lookup(&Term::Kind(kind.clone()))?);
    }
    for entry in &choice.entries {
        chosen.insert(reading.resolve(entry)?);
    }
    let named = !(choice.cases.is_empty() && choice.kinds.is_empty() && choice.entries.is_empty());
    let span = choice.since.is_some() || choice.until.is_some();
    if !named && !span && !choice.all {
        return Err(WorkError::refused(
            "nothing is chosen",
            "say --all, --case REF, --kind KIND, --since DAY, --until DAY or --entry ENTRY",
        ));
    }
    if choice.all || !named {
        chosen.extend((0..size).map(Index));
    }
    if span {
        let mut kept = BTreeSet::new();
        for index in chosen {
            let time = reading.record(index)?.entry.header().time;
            if choice.since.is_none_or(|since| time >= since)
                && choice.until.is_none_or(|until| time <= until)
            {
                kept.insert(index);
            }
        }
        chosen = kept;
    }
    if chosen.is_empty() {
        return Err(WorkError::refused("no entry is of that choice", "see `probity log`"));
    }
    Ok(chosen)
}

/// The chosen entries and everything that proves them.
pub(super) fn surround(
    reading: &Reading,
    chosen: &BTreeSet<Index>,
    size: Size,
) -> Result<BTreeSet<Index>, WorkError> {
    let mut all = chosen.clone();
    all.insert(Index(size.0 - 1));
    all.extend(reading.store.governance()?);
    all.extend(reading.store.lookup(&Term::Kind("acceptance".to_owned()))?);
    let mut newest_of: BTreeMap<String, Index> = BTreeMap::new();
    for index in chosen {
        if let Subject::Case(case) = &reading.record(*index)?.entry.header().subject {
            let newest = newest_of.entry(case.clone()).or_insert(*index);
            *newest = (*newest).max(*index);
        }
    }
    for (case, newest) in newest_of {
        let entries = reading.store.lookup(&Term::Case(case))?;
        all.extend(entries.into_iter().filter(|index| *index < newest));
    }
    Ok(all)
}
