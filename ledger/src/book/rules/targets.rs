//! Time limits that a school sets for itself, beside those of the law.
//!
//! A policy's `targets` name a rule, a number and a unit. The policy that was in force on the day
//! from which a limit runs counts: of those that apply to the rule, the one implemented last (or
//! adopted, or recorded, where that day is not given). A version that a later one had replaced by
//! that day sets nothing, whatever the later one says; nor does one without its authority. Without
//! any, the program has the targets of policy §13 and its own for interim acts:
//!
//! ```text
//! sar-acknowledge  15 days   a request is acknowledged
//! sar-month        15 days   it is answered
//! sar-internal     28 days   it is answered, at the latest
//! ratification     10 working days
//! dpia-advice      14 days   an approval may wait for the DPO's advice
//! ```
//!
//! A target for `sar-targets` is read by its detail: for acknowledging, for the internal limit, or
//! else for the answer. Targets count whole days after the day from which they run, and are not
//! moved from weekends: the school said a number, and keeps it or doesn't.

use jiff::civil::Date;

use super::days::{why_off, working_days_after};
use super::school::Terms;
use super::working::{Working, count, days_later, months_later};
use super::{When, Worked};
use crate::book::item::{Book, Item};
use crate::book::lasting::{lasting, same_name};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::days::written_time;

/// What a target is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Elapsed hours; whole days where only a day is known.
    Hours,
    /// Days, whichever they are.
    Days,
    /// Days that are neither on a weekend nor bank holidays.
    WorkingDays,
    /// Days on which the school is open.
    SchoolDays,
    /// Months.
    Months,
    /// Years.
    Years,
}

/// Who sets a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The policy in this entry.
    Policy(Index),
    /// The program, where no policy does.
    Default,
    /// The rule itself.
    Rule,
}

/// A school's own time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// How many.
    pub number: i64,
    /// Of what.
    pub unit: Unit,
    /// Who sets it.
    pub by: By,
}

/// The targets that policies set, newest first.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    set: Vec<Set>,
}

/// What one policy sets for one rule, from a day and before another.
#[derive(Clone, Copy, Debug)]
struct Set {
    from: Date,
    before: Date,
    rule: &'static str,
    target: Target,
}

/// The rules that a policy can tighten.
const RULES: &[&str] = &[
    "sar-acknowledge",
    "sar-month",
    "sar-internal",
    "breach-72h",
    "breach-people",
    "complaint",
    "complaint-outcome",
    "edu-record",
    "exam-marks",
    "dpia-review",
    "policy-year",
    "withdrawal-places",
    "ratification",
    "dpia-advice",
    "privacy-notice-review",
    "ropa",
];

/// Working days and school days are counted one by one, and no target needs more of them.
const MOST_COUNTED: i64 = 2_000;

/// What holds without a policy that says otherwise.
const DEFAULTS: &[(&str, i64, Unit)] = &[
    ("sar-acknowledge", 15, Unit::Days),
    ("sar-month", 15, Unit::Days),
    ("sar-internal", 28, Unit::Days),
    ("ratification", 10, Unit::WorkingDays),
    ("dpia-advice", 14, Unit::Days),
];

impl Unit {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "hours" => Self::Hours,
            "days" => Self::Days,
            "working-days" => Self::WorkingDays,
            "school-days" => Self::SchoolDays,
            "months" => Self::Months,
            "years" => Self::Years,
            _ => return None,
        })
    }

    const fn singular(self) -> &'static str {
        match self {
            Self::Hours => "hour",
            Self::Days => "day",
            Self::WorkingDays => "working day",
            Self::SchoolDays => "school day",
            Self::Months => "month",
            Self::Years => "year",
        }
    }
}

impl Targets {
    /// The targets of a book's policies.
    #[must_use]
    pub fn of(book: &Book<'_>) -> Self {
        let mut set: Vec<(Index, Set)> = Vec::new();
        let in_force = |policy: &Item| policy.is_whole();
        for (policy, later) in lasting(book, "policy", title) {
            let later = later.into_iter().filter(|later| in_force(later)).map(applies_from);
            let (from, before) = (applies_from(policy), later.min().unwrap_or(Date::MAX));
            if !in_force(policy) {
                continue;
            }
            set.extend(policy.list("targets").iter().filter_map(|group| {
                let text = |name| group.get(name).and_then(Value::as_text);
                let rule = rule_named(text("rule")?, text("detail"))?;
                let number = group.get("number").and_then(Value::as_int)?;
                let unit = text("unit").and_then(Unit::named)?;
                let target = Target { number, unit, by: By::Policy(policy.index) };
                Some((policy.index, Set { from, before, rule, target }))
            }));
        }
        set.sort_by_key(|(index, set)| std::cmp::Reverse((set.from, *index)));
        Self { set: set.into_iter().map(|(_, set)| set).collect() }
    }

    /// The target for a rule that holds for what begins on a day.
    #[must_use]
    pub fn on(&self, rule: &str, day: Date) -> Option<Target> {
        let holds = |set: &&Set| set.rule == rule && set.from <= day && day < set.before;
        self.set.iter().find(holds).map(|set| set.target).or_else(|| {
            let default = DEFAULTS.iter().find(|(name, _, _)| *name == rule);
            default.map(|(_, number, unit)| Target {
                number: *number,
                unit: *unit,
                by: By::Default,
            })
        })
    }
}

/// The day from which a policy applies.
pub(in crate::book) fn applies_from(policy: &Item) -> Date {
    let day = policy.day("implemented").or_else(|| policy.day("approved"));
    day.unwrap_or_else(|| policy.signed_on())
}

/// The title by which versions of a policy are known.
pub(in crate::book) fn title(policy: &Item) -> Option<String> {
    policy.text("title").and_then(same_name)
}

fn rule_named(name: &str, detail: Option<&str>) -> Option<&'static str> {
    let name = name.trim();
    if name != "sar-targets" {
        return RULES.iter().copied().find(|rule| *rule == name);
    }
    let detail = detail.unwrap_or_default().to_lowercase();
    Some(if detail.contains("acknowledg") {
        "sar-acknowledge"
    } else if detail.contains("internal") || detail.contains("limit") {
        "sar-internal"
    } else {
        "sar-month"
    })
}

impl Target {
    /// In words: "15 days, by the policy in entry 12".
    #[must_use]
    pub fn words(&self) -> String {
        let span = count(self.number, self.unit.singular());
        match self.by {
            By::Policy(index) => format!("{span}, by the policy in entry {index}"),
            By::Default => format!("{span}, by default"),
            By::Rule => format!("{span}, by the rule"),
        }
    }

    /// When it ends that begins on a day; `days_off` are added, as a pause does it. `first` says
    /// why that day: "received 31 January 2026".
    #[must_use]
    pub fn from_day(
        &self,
        rule: &'static str,
        day: Date,
        days_off: i64,
        terms: &Terms,
        first: &str,
    ) -> Worked {
        let mut working = Working::begin(rule, day, first);
        let short = u16::try_from(self.number.clamp(0, MOST_COUNTED)).unwrap_or(u16::MAX);
        let end = match self.unit {
            Unit::Hours => days_later(day, (self.number.max(0) + 23) / 24),
            Unit::Days => days_later(day, self.number),
            Unit::WorkingDays => working_days_after(day, short),
            Unit::SchoolDays => match terms.school_days_after(day, short) {
                Ok(end) => end,
                Err(why) => {
                    working.say(self.words());
                    working.say(why);
                    return working.open();
                }
            },
            Unit::Months => months_later(day, self.number),
            Unit::Years => months_later(day, self.number.saturating_mul(12)),
        };
        let end = days_later(end, days_off);
        let off = if days_off > 0 {
            format!(", and {} that the clock stood still", count(days_off, "day"))
        } else {
            String::new()
        };
        let weekday = why_off(end).map(|why| format!(" ({why})")).unwrap_or_default();
        let shown = When::Day(end).written();
        working.go_to(end, format!("{}{off}: {shown}{weekday}", self.words()));
        working.done()
    }

    /// When it ends that begins at a moment (POSIX seconds): hours are elapsed seconds, all else
    /// is counted from the day in London.
    #[must_use]
    pub fn from_moment(
        &self,
        rule: &'static str,
        moment: i64,
        terms: &Terms,
        first: &str,
    ) -> Worked {
        if self.unit == Unit::Hours {
            let due = moment.saturating_add(self.number.clamp(0, 1_000_000) * 3600);
            let words = format!("{first}; {}: {}", self.words(), written_time(due));
            return Worked { rule, due: When::Moment(due), words };
        }
        let day = When::Moment(moment).day().unwrap_or(Date::MAX);
        self.from_day(rule, day, 0, terms, first)
    }
}

#[cfg(test)]
#[path = "tests/targets.rs"]
mod tests;
