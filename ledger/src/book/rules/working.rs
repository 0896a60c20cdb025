//! How a date comes about, step by step, with the words that say so.
//!
//! A month ends on the same date of a later month, or on that month's last day when it has no
//! such date. A limit that would end on a weekend or bank holiday ends on the next working day.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::days::{is_working_day, next_working_day, why_off};
use super::{When, Worked};
use crate::records::days::written;

/// Spans beyond this are no deadlines, and no arithmetic is tried with them.
const MOST: i64 = 100_000;

/// A computation so far.
#[derive(Clone, Debug)]
pub(super) struct Working {
    rule: &'static str,
    clauses: Vec<String>,
    day: Date,
}

/// A day that many days later.
pub(super) fn days_later(day: Date, days: i64) -> Date {
    later(day, Span::new().try_days(days.clamp(0, MOST)))
}

/// The same date that many months later, or the last day of a month that has no such date.
pub(super) fn months_later(day: Date, months: i64) -> Date {
    later(day, Span::new().try_months(months.clamp(0, MOST)))
}

fn later(day: Date, span: Result<Span, jiff::Error>) -> Date {
    span.map_or(Date::MAX, |span| day.saturating_add(span))
}

/// The working day on which a limit ends that would end on `day`.
pub(super) fn rolled(day: Date) -> Date {
    next_working_day(day)
}

/// The number in words, as people say it of days and months.
pub(super) fn count(number: i64, unit: &str) -> String {
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

impl Working {
    /// It begins on a day, and `first` says why: "received 31 January 2026".
    pub(super) fn begin(rule: &'static str, day: Date, first: impl Into<String>) -> Self {
        Self { rule, clauses: vec![first.into()], day }
    }

    /// The day so far.
    pub(super) const fn day(&self) -> Date {
        self.day
    }

    /// Says something that moves no day.
    pub(super) fn say(&mut self, clause: impl Into<String>) {
        self.clauses.push(clause.into());
    }

    /// Says something, and goes on from another day.
    pub(super) fn go_to(&mut self, day: Date, clause: impl Into<String>) {
        self.day = day;
        self.say(clause);
    }

    /// Goes on by months. `last` says that nothing but a roll can follow.
    pub(super) fn months(&mut self, months: i64, last: bool) {
        let (from, to) = (self.day, months_later(self.day, months));
        let shown = self.shown(to, last);
        let clause = if to.day() < from.day() {
            let year = if to.year() == from.year() {
                String::new()
            } else {
                to.strftime(" %Y").to_string()
            };
            format!("no {} {}{year}, so {shown}", from.day(), to.strftime("%B"))
        } else {
            let span = match months {
                1 => "a month".to_owned(),
                12 => "a year".to_owned(),
                months => count(months, "month"),
            };
            format!("{span} later is {shown}")
        };
        self.go_to(to, clause);
    }

    /// Goes on by days. `last` says that nothing but a roll can follow.
    pub(super) fn days(&mut self, days: i64, last: bool) {
        let to = days_later(self.day, days);
        let shown = self.shown(to, last);
        self.go_to(to, format!("{} later is {shown}", count(days, "day")));
    }

    /// How a day is written: with its weekday if it is the result, without its year if a roll
    /// follows that states it.
    fn shown(&self, day: Date, last: bool) -> String {
        match (last, is_working_day(day)) {
            (true, true) => When::Day(day).written(),
            (true, false) if day.year() == self.day.year() => day.strftime("%-d %B").to_string(),
            _ => written(day),
        }
    }

    /// Ends on a working day.
    pub(super) fn roll(&mut self) {
        if let Some(why) = why_off(self.day) {
            let to = rolled(self.day);
            self.go_to(to, format!("{why}, so {}", When::Day(to).written()));
        }
    }

    /// Says of a limit that doesn't move that it ends on a day on which nobody works.
    pub(super) fn stays(&mut self) {
        if let Some(why) = why_off(self.day) {
            let before = self.day.saturating_sub(1.day());
            let mut before = before;
            while !is_working_day(before) && before > Date::MIN {
                before = before.saturating_sub(1.day());
            }
            self.say(format!(
                "{why}, and this limit doesn't move: the last working day before is {}",
                When::Day(before).written()
            ));
        }
    }

    /// The deadline is the day so far.
    pub(super) fn done(self) -> Worked {
        let due = When::Day(self.day);
        self.with(due)
    }

    /// The deadline can't be told.
    pub(super) fn open(self) -> Worked {
        self.with(When::NotKnown)
    }

    fn with(self, due: When) -> Worked {
        Worked { rule: self.rule, due, words: self.clauses.join("; ") }
    }
}
