//! Which entries a bundle is about, and which it needs beside them so that they can be checked.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::records;
use serde::Serialize;

use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::Reading;

/// What to put into a bundle.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// What was seen of it ([`super::Preview::digest`]), if it must still be that.
    pub seen: Option<String>,
    /// For whom it is, where that decides what goes along.
    pub audience: Audience,
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
    /// Entries that stay out of a person's own copy, as the user names them.
    pub leave_out: Vec<String>,
    /// Fields to withhold: `FIELD`, or `ENTRY:FIELD` for one entry.
    pub withhold: Vec<String>,
    /// A head that its reader knows: a checkpoint, timestamp or bundle. The proof that this bundle
    /// continues it goes along.
    pub continues: Option<std::path::PathBuf>,
}

/// For whom a bundle is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Whoever the sender has in mind: nothing is added or withheld by rule.
    #[default]
    Anyone,
    /// The regulator, who looks into a case.
    Regulator,
    /// The person of this reference, who asks for their own data.
    Subject(String),
}

/// The entries that are asked for.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Each with the reason why it is enclosed, in words that tell no answer.
    pub entries: BTreeMap<Index, String>,
    /// What the sender has to know and nobody else.
    pub left_out: Vec<LeftOut>,
    /// Whether the earlier entries of their cases go along, so that nobody can say that something
    /// was left out. In a person's own copy they would tell how many there are.
    pub with_cases: bool,
}

/// An entry that could have gone along and doesn't. The bundle doesn't tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The entry.
    pub entry: Index,
    /// Why it stays out.
    pub why: String,
}

impl Chosen {
    /// Adds an entry with a reason; one that is there already keeps its reasons beside the new one.
    pub fn add(&mut self, entry: Index, why: &str) {
        let reasons = self.entries.entry(entry).or_default();
        if reasons.is_empty() {
            why.clone_into(reasons);
        } else if !reasons.split("; ").any(|known| known == why) {
            reasons.push_str("; ");
            reasons.push_str(why);
        }
    }
}

/// The entries of a case.
pub(super) fn of_case(reading: &Reading, case: &str) -> Result<Vec<Index>, WorkError> {
    let found = reading.store.lookup(&Term::Case(case.to_owned()))?;
    if found.is_empty() {
        return Err(WorkError::refused(format!("there is no case {case}"), "see `probity log`"));
    }
    Ok(found)
}

/// The entries that a sender chooses by case, kind, number or time.
pub(super) fn select(reading: &Reading, choice: &Choice) -> Result<Chosen, WorkError> {
    let size = reading.store.head().size.0;
    let mut chosen = Chosen { with_cases: true, ..Chosen::default() };
    for case in &choice.cases {
        for index in of_case(reading, case)? {
            chosen.add(index, &format!("chosen: case {case}"));
        }
    }
    for kind in &choice.kinds {
        if records::newest(kind).is_none() {
            return Err(WorkError::refused(
                format!("there is no kind `{kind}`"),
                "see `probity kinds`",
            ));
        }
        for index in reading.store.lookup(&Term::Kind(kind.clone()))? {
            chosen.add(index, &format!("chosen: kind {kind}"));
        }
    }
    for entry in &choice.entries {
        chosen.add(reading.resolve(entry)?, "chosen by its number");
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
        let why = if span { "chosen by its time" } else { "chosen: everything" };
        (0..size).map(Index).for_each(|index| chosen.add(index, why));
    }
    keep_span(reading, choice, &mut chosen)?;
    if chosen.entries.is_empty() {
        return Err(WorkError::refused("no entry is of that choice", "see `probity log`"));
    }
    Ok(chosen)
}

/// Keeps only what was signed in the span that is asked for.
pub(super) fn keep_span(
    reading: &Reading,
    choice: &Choice,
    chosen: &mut Chosen,
) -> Result<(), WorkError> {
    if choice.since.is_none() && choice.until.is_none() {
        return Ok(());
    }
    let mut kept = BTreeMap::new();
    for (index, why) in std::mem::take(&mut chosen.entries) {
        let time = reading.entry(index)?.says().time;
        if choice.since.is_none_or(|since| time >= since)
            && choice.until.is_none_or(|until| time <= until)
        {
            kept.insert(index, why);
        }
    }
    chosen.entries = kept;
    Ok(())
}

/// What proves the chosen entries, each with what it is there for.
pub(super) fn surround(
    reading: &Reading,
    chosen: &Chosen,
    size: Size,
) -> Result<BTreeMap<Index, &'static str>, WorkError> {
    let mut all = BTreeMap::new();
    if chosen.with_cases {
        for (case, newest) in newest_of_cases(reading, chosen)? {
            let entries = reading.store.lookup(&Term::Case(case))?;
            let before = entries.into_iter().filter(|index| *index < newest);
            all.extend(before.map(|index| (index, "an earlier entry of the case")));
        }
    }
    let newest = Index(size.0 - 1);
    all.insert(newest, "the newest entry, which every bundle holds");
    let accepted = reading.store.lookup(&Term::Kind("acceptance".to_owned()))?;
    all.extend(accepted.into_iter().map(|index| (index, "an appointment was accepted")));
    all.extend(reading.store.governance()?.into_iter().map(|index| (index, "who may sign")));
    Ok(all)
}

/// The cases of the chosen entries, each with the newest of these.
fn newest_of_cases(
    reading: &Reading,
    chosen: &Chosen,
) -> Result<BTreeMap<String, Index>, WorkError> {
    let mut found: BTreeMap<String, Index> = BTreeMap::new();
    for index in chosen.entries.keys() {
        if let Subject::Case(case) = reading.entry(*index)?.subject() {
            let newest = found.entry(case.clone()).or_insert(*index);
            *newest = (*newest).max(*index);
        }
    }
    Ok(found)
}

/// The entries that a user names.
pub(super) fn named(reading: &Reading, given: &[String]) -> Result<BTreeSet<Index>, WorkError> {
    given.iter().map(|text| reading.resolve(text)).collect()
}
