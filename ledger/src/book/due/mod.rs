//! What falls due: from a school's records and a moment, every deadline with the rule that sets
//! it and how its date came about.
//!
//! A record that a later one of the same kind corrects gives way to it; a correction in words
//! leaves the dates as they are, and is named beside them. What was erased has no dates. What the
//! law wants without undue delay is listed from the day on which it became owed. Where a record was
//! imported, and the legal limit of its request or its breach had passed before that day, nobody
//! can tell from the book whether it was kept: that is history, and nothing to be done.
//!
//! What this doesn't tell: deadlines of records that the book wasn't given.

mod breach;
mod cctv;
mod complaints;
mod consent;
mod dpia;
mod making;
mod requests;
mod standing;
mod tasks;

use std::collections::BTreeSet;

use serde::Serialize;

use super::item::Book;
use super::rules::Worked;
use crate::format::hash::Index;

pub(super) use complaints::{End, end as end_of_complaint};
pub(super) use dpia::{ended as dpia_ended, newest_review, open_review, requires_dpia};
pub(super) use requests::{Answered, waits_for};
pub(super) use tasks::lacks_advice;

pub use super::rules::When;
pub use super::rules::school::School;

/// The kinds of record that deadlines follow from, or that end them: a book needs no others.
pub const KINDS: &[&str] = &[
    "action",
    "action-done",
    "breach-decision",
    "breach-investigation",
    "breach-report",
    "breach-review",
    "breach-told",
    "calendar",
    "cctv-access",
    "cctv-camera",
    "cctv-complaint",
    "cctv-deletion",
    "complaint",
    "complaint-step",
    "consent",
    "consent-withdrawal",
    "correction",
    "covert-authorisation",
    "covert-end",
    "dpia",
    "dpia-approval",
    "dpia-review",
    "dpia-screening",
    "dpo-advice",
    "exception",
    "hold",
    "hold-release",
    "ico-consultation",
    "image-removal",
    "paper-signature",
    "policy",
    "privacy-notice",
    "processing-activity",
    "ratification",
    "registration",
    "regulator-contact",
    "request",
    "request-answer",
    "request-step",
    "risk-acceptance",
    "supplier-check",
    "training",
];

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The rule that sets it.
    pub rule: &'static str,
    /// What is to be done, in words of the program's own: no personal data.
    pub title: String,
    /// What it is about, in the record's words, where there are some: a policy's title, a
    /// supplier, an action. Not for calendars.
    pub about: Option<String>,
    /// The case that it belongs to.
    pub case: Option<String>,
    /// The record from which it follows.
    pub entry: Index,
    /// The legal limit; without one the school's own target; without either the day from which it
    /// is owed.
    pub when: When,
    /// The legal limit.
    pub legal: Option<Worked>,
    /// The school's own target.
    pub target: Option<Worked>,
    /// Where the rule comes from.
    pub source: &'static str,
    /// How it stands at the book's moment.
    pub state: State,
    /// A name for calendars that stays the same when the date changes; no personal data.
    pub uid: String,
    /// The newest correction of the record from which it follows: its dates are to be checked.
    pub corrected: Option<Index>,
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Still to be done.
    Open,
    /// Still to be done, and its time has passed.
    Overdue,
    /// Done, late or in time.
    Met {
        /// On which day, or at which moment.
        on: When,
    },
    /// It had passed before the record was imported, and no end of it is on record.
    Imported,
}

impl State {
    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_to_do(self) -> bool {
        matches!(self, Self::Open | Self::Overdue)
    }
}

/// Everything that falls due or fell due, the earliest first; what can't be told yet last.
#[must_use]
pub fn due(book: &Book<'_>, school: &School) -> Vec<Due> {
    let scene = making::Scene::new(book, school);
    let mut all = Vec::new();
    for part in [
        breach::due,
        requests::due,
        complaints::due,
        dpia::due,
        consent::due,
        cctv::due,
        standing::due,
        tasks::due,
    ] {
        all.extend(part(&scene));
    }
    all.sort_by_cached_key(|due| (due.when.order(), due.entry, due.uid.clone()));
    all
}

/// How many imported cases have no end on record, in a sentence; none if there are none.
#[must_use]
pub fn imported(all: &[Due]) -> Option<String> {
    let history = all.iter().filter(|due| due.state == State::Imported);
    let cases: BTreeSet<(Option<&str>, Option<Index>)> =
        history.map(|due| (due.case.as_deref(), due.case.is_none().then_some(due.entry))).collect();
    let (cases, have) = match cases.len() {
        0 => return None,
        1 => ("1 imported case".to_owned(), "has"),
        several => (format!("{several} imported cases"), "have"),
    };
    Some(format!("{cases} {have} no end on record; the limit had passed before the import."))
}

impl Due {
    /// The limit by which its state is judged: the legal one if it can be told, else the target.
    #[must_use]
    pub fn limit(&self) -> When {
        limit(self.legal.as_ref(), self.target.as_ref())
    }

    /// Whether it was done after its limit, or is overdue.
    #[must_use]
    pub fn is_late(&self) -> bool {
        match self.state {
            State::Open | State::Imported => false,
            State::Overdue => true,
            State::Met { on } => on.is_after(self.limit()),
        }
    }

    /// Whether the school's own target was missed, or has passed and nothing is done yet; `now` is
    /// the book's moment.
    #[must_use]
    pub fn missed_target(&self, now: i64) -> bool {
        let on = match self.state {
            State::Imported => return false,
            State::Open | State::Overdue => When::Moment(now),
            State::Met { on } => on,
        };
        self.target.as_ref().is_some_and(|target| on.is_after(target.due))
    }
}

/// The legal limit if it can be told, else the target.
fn limit(legal: Option<&Worked>, target: Option<&Worked>) -> When {
    let known = |worked: &Worked| (worked.due != When::NotKnown).then_some(worked.due);
    legal.and_then(known).or_else(|| target.and_then(known)).unwrap_or(When::NotKnown)
}

#[cfg(test)]
mod tests;
