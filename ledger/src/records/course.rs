//! The course of a request: what the records of its case tell so far.
//!
//! It serves the findings on steps and answers. The month begins with receipt or, when proof of
//! identity, an authority or a fee is asked for, with the last of them to arrive (Art 12(3), (6)
//! UK GDPR). Weekends, bank holidays and what a clarification adds move the last day; that is
//! computed where deadlines are, and is left out here, in favour of whoever recorded.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::answers::Answers;
use super::facts::Facts;
use super::kind::Relation;

/// What may be asked for before the month begins: the step that asks, the step with which it
/// arrives, and what it is.
const AWAITED: [(&str, &str, &str); 3] = [
    ("identity-asked", "identity-received", "proof of identity"),
    ("authority-asked", "authority-received", "proof of authority"),
    ("fee-asked", "fee-received", "the fee"),
];

/// Weekends and bank holidays never stand in a row for longer, so a last day is never moved by
/// more days than these.
const LONGEST_HOLIDAY: i64 = 4;

/// A request and the steps that stand before a record of its case.
pub(super) struct Course<'a> {
    request: Option<&'a Answers>,
    steps: Vec<&'a Answers>,
}

impl<'a> Course<'a> {
    /// Of the request that a record links to, or of the newest in its case. `None` when there
    /// is none.
    pub(super) fn of(facts: &Facts<'a>) -> Option<Self> {
        let linked = [Relation::Answers, Relation::About].into_iter().find_map(|relation| {
            facts.linked_by(relation).find(|entry| entry.kind == "request").cloned()
        });
        let request = linked.or_else(|| facts.latest("request").cloned())?;
        let steps = facts.earlier("request-step").filter_map(|entry| entry.answers).collect();
        Some(Self { request: request.answers, steps })
    }

    /// An answer of the request.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.request.and_then(|request| request.text(name))
    }

    /// The day of receipt.
    pub(super) fn received(&self) -> Option<Date> {
        self.request.and_then(|request| request.day("received"))
    }

    /// Whether it is a request under Art 15, of which exam marks are a part. The educational
    /// record is asked for under regulations of its own.
    pub(super) fn is_for_access(&self) -> bool {
        matches!(self.text("type"), Some("subject-access" | "exam-marks"))
    }

    /// Whether such a step stands before.
    pub(super) fn has(&self, step: &str) -> bool {
        self.taken(step).next().is_some()
    }

    /// The steps of that name.
    pub(super) fn taken<'s>(&'s self, step: &'s str) -> impl Iterator<Item = &'a Answers> + 's {
        self.steps.iter().copied().filter(move |taken| taken.text("step") == Some(step))
    }

    /// What was asked for and hasn't arrived since, so that the month hasn't begun.
    pub(super) fn awaits(&self) -> Option<&'static str> {
        AWAITED
            .into_iter()
            .find(|(asked, arrived, _)| self.last(asked) > self.last(arrived))
            .map(|(_, _, what)| what)
    }

    /// The last day on which such a step was taken. No day is earlier than any.
    fn last(&self, step: &str) -> Option<Date> {
        self.taken(step).filter_map(|taken| taken.day("done")).max()
    }

    /// The day on which the month begins, unless something is awaited.
    pub(super) fn begins(&self) -> Option<Date> {
        if self.awaits().is_some() {
            return None;
        }
        let arrived = AWAITED
            .into_iter()
            .filter(|(asked, _, _)| self.has(asked))
            .filter_map(|(_, arrived, _)| self.last(arrived));
        self.received().into_iter().chain(arrived).max()
    }

    /// Whether `day` lies after the first month, wherever holidays may have moved its end.
    pub(super) fn is_after_month(&self, day: Date) -> bool {
        let end = || {
            let moved = LONGEST_HOLIDAY + self.paused()?;
            self.begins()?.checked_add(1.month()).ok()?.checked_add(moved.days()).ok()
        };
        end().is_some_and(|end| day > end)
    }

    /// The days that don't count: from asking for clarification to its answer, both included.
    /// `None` while the answer is awaited.
    fn paused(&self) -> Option<i64> {
        let (asked, answered) = ("clarification-asked", "clarification-answered");
        let Some(first) = self.taken(asked).filter_map(|step| step.day("done")).min() else {
            return Some(0);
        };
        let last = self.last(answered).filter(|last| Some(*last) >= self.last(asked))?;
        Some(i64::from((last - first).get_days()) + 1)
    }
}
