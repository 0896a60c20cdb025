//! What retention rules propose for erasure. Nothing is ever erased because of it alone.
//!
//! A rule proposes records of the kinds that it names, once its period is over since:
//!
//! ```text
//! record-made          the day on which a record was signed
//! case-closed          the day of the newest record of a case that is closed, and of which nothing
//!                      is due
//! end-of-school-year   31 August of the school year in which it was signed
//! ```
//!
//! When a pupil or a member of staff left, or something was superseded, no record tells: of such
//! rules it is said that somebody has to look. A rule that a newer one continues or corrects
//! proposes nothing; nor does one that a correction corrects, which says in words what is right, or
//! that the data protection officer advised against last.
//!
//! An erasure under a rule takes what the rule proposes, and nothing else. Where no
//! record tells when the time began, the kind alone is compared.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan as _};
use probity_ledger::book::cases;
use probity_ledger::book::due::{School, State, due};
use probity_ledger::book::erasing::{self, Named, Target};
use probity_ledger::book::item::Book;
use probity_ledger::book::linter;
use probity_ledger::format::entry::{Entry, Subject};
use probity_ledger::format::hash::Index;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::Relation;
use probity_ledger::records::roles::DPO;
use probity_ledger::records::{self, days};
use serde::Serialize;

use super::acts::{advice_on, linking};
use super::allowed::{check, is_untold};
use super::consents::{self, Consents};
use super::{hold, holds};
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
    let mut together = Together { reading, at, consents: None, all: BTreeMap::new() };
    for index in reading.store.lookup(&Term::Kind("retention-rule".to_owned()))? {
        let rule = reading.record(index)?;
        if rule.entry.says().time <= at && stands(reading, &rule)? {
            all.extend(of_rule(&mut together, &rule, at)?);
        }
    }
    Ok(all)
}

/// What is proposed of each pupil's consents and withdrawals: a proposal alone, and all of them
/// together, may be erased. The consents are read once, where one asks for them.
struct Together<'r> {
    reading: &'r Reading,
    at: i64,
    consents: Option<Consents>,
    all: BTreeMap<usize, Vec<Named>>,
}

impl Together<'_> {
    /// Takes up an entry beside those of its own proposal, unless a consent would stand again.
    fn take(
        &mut self,
        index: Index,
        proposal: &mut BTreeMap<usize, Vec<Named>>,
    ) -> Result<bool, WorkError> {
        if !consents::are_about(self.reading.entry(index)?.says().kind) {
            return Ok(true);
        }
        let consents = match &mut self.consents {
            Some(consents) => consents,
            none => none.insert(Consents::of(self.reading, self.at)?),
        };
        let Some(pupil) = consents.pupil(index) else { return Ok(true) };
        let whole = Named::from(&Target { entry: index, fields: None });
        let sets = [proposal.entry(pupil).or_default(), self.all.entry(pupil).or_default()];
        let may = sets
            .iter()
            .all(|set| consents.may_go(pupil, set.iter().chain(std::iter::once(&whole))));
        if may {
            for set in sets {
                set.push(whole.clone());
            }
        }
        Ok(may)
    }
}

/// Signed by somebody who may, and not replaced by a newer one.
fn stands(reading: &Reading, rule: &Record) -> Result<bool, WorkError> {
    let hash = rule.entry.hash();
    let authorised = rule.kind.is_some_and(|kind| kind.admits(rule.entry.says().role));
    let corrected = linking(reading, &hash, Relation::Corrects, "retention-rule")?;
    Ok(authorised && continued_by(reading, rule)?.is_none() && corrected.is_empty())
}

/// The newest rule that continues a rule.
fn continued_by(reading: &Reading, rule: &Record) -> Result<Option<Index>, WorkError> {
    let hash = rule.entry.hash();
    Ok(linking(reading, &hash, Relation::Continues, "retention-rule")?.into_iter().max())
}

/// The newest record that corrects a rule, of whatever kind.
fn corrected_by(reading: &Reading, rule: &Record) -> Result<Option<Index>, WorkError> {
    let hash = rule.entry.hash();
    let mut by = linking(reading, &hash, Relation::Corrects, "correction")?;
    by.extend(linking(reading, &hash, Relation::Corrects, "retention-rule")?);
    Ok(by.into_iter().max())
}

/// Why nothing is erased under a rule for now.
enum Why {
    Corrected(Index),
    Continued(Index),
    /// The data protection officer's newest advice on it.
    Advised(Index),
    /// The same, where nobody can tell any more what it was.
    Untold(Index),
}

impl Why {
    /// What stops a rule, beside advice if that is just given anew.
    fn of(reading: &Reading, rule: &Record, agreed: bool) -> Result<Option<Self>, WorkError> {
        if let Some(by) = corrected_by(reading, rule)? {
            return Ok(Some(Self::Corrected(by)));
        }
        if let Some(by) = continued_by(reading, rule)? {
            return Ok(Some(Self::Continued(by)));
        }
        let advice = advice_on(reading, &rule.entry.hash())?.into_iter().collect::<BTreeSet<_>>();
        for index in advice.into_iter().rev().filter(|_| !agreed) {
            let advice = reading.shown(index)?;
            if DPO.contains(&advice.entry.says().role) {
                let untold = is_untold(&advice);
                let agrees = erasing::agrees(advice.body.as_ref());
                return Ok(match (untold, agrees) {
                    (true, _) => Some(Self::Untold(index)),
                    (false, false) => Some(Self::Advised(index)),
                    (false, true) => None,
                });
            }
        }
        Ok(None)
    }

    /// For a list of what is past its time.
    fn words(&self) -> String {
        match self {
            Self::Corrected(by) => format!(
                "entry {by} corrects it: record the rule anew, as one that continues it, and have \
                 it advised on"
            ),
            Self::Continued(by) => format!("entry {by} continues it"),
            Self::Advised(by) => format!(
                "the data protection officer's newest advice on it, entry {by}, is against it"
            ),
            Self::Untold(by) => format!(
                "the data protection officer's newest advice on it, entry {by}, can't be opened"
            ),
        }
    }

    fn refusal(&self, rule: Index) -> WorkError {
        let newer = || "name the newer rule; if there is none, have it recorded and advised on";
        let advice = "the data protection officer's newest advice on the retention rule in entry";
        match self {
            Self::Corrected(by) => WorkError::refused(
                format!("the retention rule in entry {rule} was corrected by entry {by}"),
                newer(),
            ),
            Self::Continued(by) => WorkError::refused(
                format!("the retention rule in entry {rule} was replaced by entry {by}"),
                newer(),
            ),
            Self::Advised(by) => WorkError::refused(
                format!("{advice} {rule}, entry {by}, is against it"),
                format!("see why with `probity show {by}`"),
            ),
            Self::Untold(by) => WorkError::refused(
                format!(
                    "{advice} {rule}, entry {by}, can't be opened, so nobody can tell whether they \
                     agreed"
                ),
                "run `probity verify`, and restore the newest backup; without one, have them advise \
                 on the rule anew",
            ),
        }
    }
}

/// Refuses a rule under which nothing is erased, and entries that it doesn't propose at a moment.
/// Whether the rule is `agreed` to just now makes earlier advice on it void.
pub(super) fn refuse(
    reading: &Reading,
    (rule, agreed): (Index, bool),
    entries: impl Iterator<Item = Index>,
    at: i64,
) -> Result<(), WorkError> {
    let record = reading.record(rule)?;
    if let Some(why) = Why::of(reading, &record, agreed)? {
        return Err(why.refusal(rule));
    }
    let none = Answers::default();
    let answers = record.answers().unwrap_or(&none);
    if answers.text("action") != Some("erase") {
        return Err(WorkError::refused(
            format!("the retention rule in entry {rule} doesn't say that anything is erased"),
            "name another rule, or have a representative of the controller erase without one",
        ));
    }
    let kinds = kinds(answers);
    let trigger = trigger(answers).ok();
    let period = period(answers.integer("number"), answers.text("unit"));
    let mut times = Times::new(reading, at);
    for index in entries {
        let record = reading.record(index)?;
        if !kinds.iter().any(|kind| kind == record.entry.says().kind) {
            return Err(WorkError::refused(
                format!(
                    "the retention rule in entry {rule} isn't about records such as entry {index} \
                     ({})",
                    record.title()
                ),
                format!("see what it is about with `probity show {rule}`"),
            ));
        }
        let Some(trigger) = trigger else { continue };
        if !times.is_over(trigger, period, &record.entry)? {
            return Err(WorkError::refused(
                format!(
                    "entry {index} isn't past its time by the retention rule in entry {rule} yet"
                ),
                "see what is past it with `probity due`",
            ));
        }
    }
    Ok(())
}

fn kinds(answers: &Answers) -> Vec<String> {
    answers.list("kinds").iter().filter_map(|kind| kind.as_text().map(str::to_owned)).collect()
}

/// From when a rule's time counts, or why no record tells.
fn trigger(answers: &Answers) -> Result<Trigger, String> {
    match answers.text("trigger") {
        Some("record-made") => Ok(Trigger::Made),
        Some("case-closed") => Ok(Trigger::Closed),
        Some("end-of-school-year") => Ok(Trigger::SchoolYear),
        other => Err(format!(
            "when the time begins ({}), no record tells: somebody has to look",
            other.unwrap_or("not said").replace('-', " ")
        )),
    }
}

fn of_rule(
    together: &mut Together<'_>,
    rule: &Record,
    at: i64,
) -> Result<Vec<Proposal>, WorkError> {
    let reading = together.reading;
    let Some(answers) = rule.answers() else { return Ok(Vec::new()) };
    if answers.text("action") != Some("erase") {
        return Ok(Vec::new());
    }
    let class = answers.text("record-class").unwrap_or("records").to_owned();
    let propose = |kind: &str, entries, held, cannot| Proposal {
        rule: rule.index(),
        class: class.clone(),
        kind: kind.to_owned(),
        entries,
        held,
        cannot,
    };
    let cannot = |why| Ok(vec![propose("", Vec::new(), 0, Some(why))]);
    if let Some(why) = Why::of(reading, rule, false)? {
        return cannot(why.words());
    }
    let trigger = match trigger(answers) {
        Ok(trigger) => trigger,
        Err(why) => return cannot(why),
    };
    let period = period(answers.integer("number"), answers.text("unit"));
    let kinds = kinds(answers);
    if kinds.is_empty() {
        return cannot("it names no kinds of record in this book".to_owned());
    }
    let held = holds(reading)?;
    let mut times = Times::new(reading, at);
    let mut all = Vec::new();
    for kind in kinds.iter().filter(|kind| records::newest(kind).is_some()) {
        let (mut entries, mut kept, mut proposal) = (Vec::new(), 0, BTreeMap::new());
        for index in reading.store.lookup(&Term::Kind(kind.clone()))? {
            let over = times.is_over(trigger, period, &reading.entry(index)?)?;
            if !over || !can_go(reading, index)? {
                continue;
            }
            if hold::refuse(reading, &held, index).is_err() {
                kept += 1;
            } else if together.take(index, &mut proposal)? {
                entries.push(index);
            }
        }
        if !entries.is_empty() || kept > 0 {
            all.push(propose(kind, entries, kept, None));
        }
    }
    Ok(all)
}

/// Whether the time of records is over, at a moment.
struct Times<'r> {
    reading: &'r Reading,
    at: i64,
    closed: BTreeMap<String, Option<Date>>,
}

impl<'r> Times<'r> {
    fn new(reading: &'r Reading, at: i64) -> Self {
        Self { reading, at, closed: BTreeMap::new() }
    }

    /// Never without a period that can be counted.
    fn is_over(
        &mut self,
        trigger: Trigger,
        period: Option<Span>,
        entry: &Entry,
    ) -> Result<bool, WorkError> {
        let time = entry.says().time;
        let from = match trigger {
            _ if time > self.at => None,
            Trigger::Made => days::day_at(time),
            Trigger::SchoolYear => days::day_at(time).map(end_of_school_year),
            Trigger::Closed => closed_on(self.reading, &mut self.closed, entry.subject(), self.at)?,
        };
        let over = from.zip(period).and_then(|(from, period)| from.checked_add(period).ok());
        Ok(over.is_some_and(|over| over <= days::day_at(self.at).unwrap_or(Date::MIN)))
    }
}

/// Whether an entry has anything that may be erased at all.
fn can_go(reading: &Reading, index: Index) -> Result<bool, WorkError> {
    let record = reading.record(index)?;
    if record.body.is_none() {
        return Ok(false);
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

/// The day of the newest record of a case, if it is closed and nothing of it is still due.
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
    let is_due = || {
        let all = due(&whole, &School::default()).into_iter();
        let mut open = all.filter(|due| matches!(due.state, State::Open | State::Overdue));
        open.any(|due| due.case.as_deref() == Some(case))
    };
    let closed = cases::state(&whole, case).closed && !is_due();
    let day = newest.filter(|_| closed).and_then(days::day_at);
    known.insert(case.to_owned(), day);
    Ok(day)
}
