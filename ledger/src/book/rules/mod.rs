//! The law's deadlines, and the days they are counted in.
//!
//! A rule says from which day to which it is in force, where it comes from, and when it was taken
//! from there. Every computation gives the day or moment together with the words that show how
//! it came about, so that a reader can follow it with a calendar on the wall.
//!
//! What this is not: legal advice. It counts days; whether the law applies, people judge.

pub mod days;
pub mod grounds;
pub mod limits;
pub mod page;
pub mod requests;
pub mod school;
pub mod targets;

mod list;
mod working;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::records::days::{day_at, end_of, written_time};

/// When something falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By the end of a day in London.
    Day(Date),
    /// By a moment: POSIX seconds.
    Moment(i64),
    /// It can't be told yet: the words say what is missing.
    NotKnown,
}

/// A deadline, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worked {
    /// The rule by which it was computed.
    pub rule: &'static str,
    /// The day or moment.
    pub due: When,
    /// How the date came about: "received 31 January 2026; no 31 February, so 28 February; a
    /// Saturday, so Monday 2 March 2026".
    pub words: String,
}

/// A rule of law or policy, as it is in force from one day to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, such as `sar-month`. A rule that changed stands several times, with different days.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The law, guidance or policy that it comes from.
    pub source: &'static str,
    /// How the source was read.
    pub reading: Reading,
    /// The day on which it was taken from there.
    pub taken: Date,
    /// First day in force, if it has one.
    pub from: Option<Date>,
    /// Last day in force, if it has one.
    pub until: Option<Date>,
    /// What it says and how it is computed.
    pub text: &'static str,
}

/// How a source was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Its text was read.
    Text,
    /// A part of its text was read.
    Part,
    /// Its text could not be read: the rule is taken from others' account of it.
    Account,
}

pub use list::RULES;
pub use page::page;

/// The regulator's name, from each day on.
const REGULATORS: &[(Date, &str)] = &[(Date::MIN, "Information Commissioner's Office")];

/// The newest version of the rule of that id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().rev().find(|rule| rule.id == id)
}

/// The version of the rule of that id that is in force on a day.
#[must_use]
pub fn in_force(id: &str, day: Date) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id && rule.covers(day))
}

/// The regulator's name on a day. The Data (Use and Access) Act 2025 provides for an Information
/// Commission; the day on which it takes over goes into the table when it is known.
#[must_use]
pub fn regulator(day: Date) -> &'static str {
    let names = REGULATORS.iter().rev().find(|(from, _)| *from <= day);
    names.map_or("regulator", |(_, name)| name)
}

impl Reading {
    /// In words, to follow "read: ".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "its text",
            Self::Part => "a part of its text, the rest by others' account",
            Self::Account => "not; by others' account, because its text could not be read",
        }
    }
}

impl Rule {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

impl Worked {
    /// Says one thing more of how it came about.
    pub(in crate::book) fn say(&mut self, clause: &str) {
        self.words.push_str("; ");
        self.words.push_str(clause);
    }
}

impl When {
    /// The day in London.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Moment(moment) => day_at(moment),
            Self::NotKnown => None,
        }
    }

    /// Whether this is later than `limit`; a day lasts to its end.
    #[must_use]
    pub fn is_after(self, limit: Self) -> bool {
        match (self, limit) {
            (Self::Moment(at), Self::Moment(limit)) => at > limit,
            _ => self.day().zip(limit.day()).is_some_and(|(on, limit)| on > limit),
        }
    }

    /// Its place in time, for sorting: a day by its end, what isn't known last.
    #[must_use]
    pub fn order(self) -> i64 {
        match self {
            Self::Day(day) => end_of(day).unwrap_or(i64::MAX - 1),
            Self::Moment(moment) => moment,
            Self::NotKnown => i64::MAX,
        }
    }

    /// As people write it: "Monday 2 March 2026", "31 March 2026, 15:00 BST".
    #[must_use]
    pub fn written(self) -> String {
        match self {
            Self::Day(day) => day.strftime("%A %-d %B %Y").to_string(),
            Self::Moment(moment) => written_time(moment),
            Self::NotKnown => "not known yet".to_owned(),
        }
    }
}

impl Serialize for When {
    /// A day as `2026-03-02`, a moment as `2026-03-31T14:00:00Z`, nothing as null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Day(day) => serializer.serialize_str(&day.to_string()),
            Self::Moment(at) => match Timestamp::from_second(*at) {
                Ok(moment) => serializer.serialize_str(&moment.to_string()),
                Err(_) => serializer.serialize_none(),
            },
            Self::NotKnown => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests;
