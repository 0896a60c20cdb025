//! What retention rules propose for erasure. Nothing is ever erased because of it alone.
//!
//! A rule proposes records of the kinds that it names, once its period is over since:
//!
//! ```text
//! record-made          the day on which a record was signed
//! case-closed          the day of the newest record of a case that is closed
//! end-of-school-year   31 August of the school year in which it was signed
//! ```
//!
//! When a pupil or a member of staff left, or something was superseded, no record tells: of such
//! rules it is said that somebody has to look. A rule that a newer one continues or corrects
//! proposes nothing; nor does one that a correction corrects, which says in words what is right.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};
use probity_ledger::book::cases;
use probity_ledger::book::erasing::Target;
use probity_ledger::book::item::Book;
use probity_ledger::book::linter;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::{self, days};
use serde::Serialize;

use super::consents::{self, Consents};
use super::{check, hold, holds, linking};
use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::book::{self, Scope};
use crate::work::reading::{Reading, Record};

/// What a rule proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The retention rule.
    pub rule: Index,
    /// The class of records that it is about, in its own words.
    pub class: String,
    /// A kind of record.
    pub kind: String,
    /// Those past their retention that still hold answers, and that no hold keeps.
    pub entries: Vec<Index>,
    /// How many more are past it, and held.
    pub held: usize,
    /// Why it can't be computed.
    pub cannot: Option<String>,
}

/// From when the time of a rule counts.
#[derive(Clone, Copy)]
enum Trigger {
    Made,
    Closed,
    SchoolYear,
}

/// Everything that is past its retention at a moment (POSIX seconds), by rule and kind.
///
/// # Errors
/// Damage.
pub fn proposals(reading: &Reading, at: i64) -> Result<Vec<Proposal>, WorkError> {
    let mut all = Vec::new();
    for index in reading.store.lookup(&Term::Kind("retention-rule".to_owned()))? {
        let rule = reading.record(index)?;
        if rule.entry.says().time <= at && stands(reading, &rule)? {
            all.extend(of_rule(reading, &rule, at)?);
        }
    }
    Ok(all)
}

/// Signed by somebody who may, and not replaced by a newer one.
fn stands(reading: &Reading, rule: &Record) -> Result<bool, WorkError> {
    let hash = rule.entry.hash();
    let authorised = rule.kind.is_some_and(|kind| kind.admits(rule.entry.says().role));
    let newer = linking(reading, &hash, Relation::Continues, "retention-rule")?;
    let corrected = linking(reading, &hash, Relation::Corrects, "retention-rule")?;
    Ok(authorised && newer.is_empty() && corrected.is_empty())
}

/// The newest record that corrects a rule, of whatever kind.
pub(super) fn corrected_by(reading: &Reading, rule: &Record) -> Result<Option<Index>, WorkError> {
    let hash = rule.entry.hash();
    let mut by = linking(reading, &hash, Relation::Corrects, "correction")?;
    by.extend(linking(reading, &hash, Relation::Corrects, "retention-rule")?);
    Ok(by.into_iter().max())
}

fn of_rule(reading: &Reading, rule: &Record, at: i64) -> Result<Vec<Proposal>, WorkError> {
    let Some(answers) = rule.answers() else { return Ok(Vec::new()) };
    if answers.text("action") != Some("erase") {
        return Ok(Vec::new());
    }
    let class = answers.text("record-class").unwrap_or("records").to_owned();
    let kinds: Vec<String> =
        answers.list("kinds").iter().filter_map(|kind| kind.as_text().map(str::to_owned)).collect();
    let propose = |kind: &str, entries, held, cannot| Proposal {
        rule: rule.index(),
        class: class.clone(),
        kind: kind.to_owned(),
        entries,
        held,
        cannot,
    };
    if let Some(by) = corrected_by(reading, rule)? {
        let why = format!(
            "entry {by} corrects it: record the rule anew, as one that continues it, and have it \
             advised on"
        );
        return Ok(vec![propose("", Vec::new(), 0, Some(why))]);
    }
    let trigger = match answers.text("trigger") {
        Some("record-made") => Trigger::Made,
        Some("case-closed") => Trigger::Closed,
        Some("end-of-school-year") => Trigger::SchoolYear,
        other => {
            let why = format!(
                "when the time begins ({}), no record tells: somebody has to look",
                other.unwrap_or("not said").replace('-', " ")
            );
            return Ok(vec![propose("", Vec::new(), 0, Some(why))]);
        }
    };
    let Some(period) = period(answers.integer("number"), answers.text("unit")) else {
        return Ok(Vec::new());
    };
    if kinds.is_empty() {
        let why = "it names no kinds of record in this book".to_owned();
        return Ok(vec![propose("", Vec::new(), 0, Some(why))]);
    }
    let today = days::day_at(at).unwrap_or(Date::MIN);
    let held = holds(reading)?;
    let (mut closed, mut consents) = (BTreeMap::new(), None);
    let mut all = Vec::new();
    for kind in kinds.iter().filter(|kind| records::newest(kind).is_some()) {
        let (mut entries, mut kept) = (Vec::new(), 0);
        for index in reading.store.lookup(&Term::Kind(kind.clone()))? {
            let entry = reading.entry(index)?;
            let (time, subject) = (entry.says().time, entry.subject());
            let from = match trigger {
                _ if time > at => None,
                Trigger::Made => days::day_at(time),
                Trigger::SchoolYear => days::day_at(time).map(end_of_school_year),
                Trigger::Closed => closed_on(reading, &mut closed, subject, at)?,
            };
            let over = from.and_then(|from| from.checked_add(period).ok());
            if over.is_none_or(|over| over > today) || !can_go(reading, index, &mut consents)? {
                continue;
            }
            if hold::refuse(reading, &held, index).is_ok() {
                entries.push(index);
            } else {
                kept += 1;
            }
        }
        if !entries.is_empty() || kept > 0 {
            all.push(propose(kind, entries, kept, None));
        }
    }
    Ok(all)
}

/// Whether an entry has anything that may be erased at all. The consents are read once, where a
/// withdrawal asks for them.
fn can_go(
    reading: &Reading,
    index: Index,
    consents: &mut Option<Consents>,
) -> Result<bool, WorkError> {
    let record = reading.record(index)?;
    if record.body.is_none() {
        return Ok(false);
    }
    if consents::is_unlinked(&record) {
        let consents = match consents {
            Some(consents) => consents,
            None => consents.insert(Consents::of(reading, &BTreeSet::new())?),
        };
        if consents.without(reading, &record)?.is_some() {
            return Ok(false);
        }
    }
    match check(reading, &record, &Target { entry: index, fields: None }) {
        Ok(()) => Ok(true),
        Err(WorkError::Refused { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn period(number: Option<i64>, unit: Option<&str>) -> Option<Span> {
    let number = number?;
    match unit? {
        "days" => 0.days().try_days(number).ok(),
        "months" => 0.days().try_months(number).ok(),
        "years" | "school-years" => 0.days().try_years(number).ok(),
        _ => None,
    }
}

/// 31 August of the school year that a day belongs to.
fn end_of_school_year(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year().saturating_add(1) } else { day.year() };
    date(year, 8, 31)
}

/// The day of the newest record of a case, if it is closed.
fn closed_on(
    reading: &Reading,
    known: &mut BTreeMap<String, Option<Date>>,
    subject: &Subject,
    at: i64,
) -> Result<Option<Date>, WorkError> {
    let Some(case) = subject.case() else { return Ok(None) };
    if let Some(found) = known.get(case) {
        return Ok(*found);
    }
    let items = book::items(reading, Scope::Case(case, linter::BESIDE), at)?;
    let whole = Book::new(&items, at);
    let newest = whole.of_case(case).map(|item| item.time).max();
    let closed = cases::state(&whole, case).closed;
    let day = newest.filter(|_| closed).and_then(days::day_at);
    known.insert(case.to_owned(), day);
    Ok(day)
}
