//! What deadlines need to know about a school: which it is, and on which days it is open.
//!
//! A school day is a day within a term that is no closure, no weekend and no bank holiday. Terms
//! and closures come from the `calendar` records; the newest for a school year counts. A stretch
//! of time that no calendar covers holds no school days, but a limit that would run through it
//! can't be computed: holidays between two covered years are at most 70 days.

use jiff::civil::Date;

use super::days::is_working_day;
use crate::book::item::{Book, Item};
use crate::format::cbor::Value;
use crate::records::answers::Answers;
use crate::records::days::{day, written};
use crate::records::kind::Relation;

/// The longest holiday between two school years, in days.
const LONGEST_HOLIDAY: i32 = 70;

/// A school, as its first record describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct School {
    /// Its type as `genesis` has it, such as `la-maintained`.
    pub kind: Option<String>,
    /// The nation whose education law applies.
    pub nation: Option<String>,
}

/// Days from the first to the last.
type Days = (Date, Date);

/// The terms and closures that are on record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// First and last day of each school year's terms, and the closures within.
    years: Vec<Year>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Year {
    whole: Days,
    terms: Vec<Days>,
    closures: Vec<Days>,
}

impl School {
    /// What the answers of the first record say of the school.
    #[must_use]
    pub fn of(genesis: &Answers) -> Self {
        let text = |name| genesis.text(name).map(str::to_owned);
        Self { kind: text("type"), nation: text("nation") }
    }
}

impl Terms {
    /// The terms of a book's calendars.
    #[must_use]
    pub fn of(book: &Book<'_>) -> Self {
        let calendars: Vec<&Item> = book.of_kind("calendar").collect();
        let replaced = |at: usize| {
            let item = calendars[at];
            let later = &calendars[at + 1..];
            later.iter().any(|other| {
                other.text("school-year") == item.text("school-year")
                    || other.links_to(item, Relation::Continues)
                    || other.links_to(item, Relation::Corrects)
            })
        };
        let kept = (0..calendars.len()).filter(|at| !replaced(*at)).map(|at| calendars[at]);
        let mut years: Vec<Year> = kept.filter_map(|item| Year::of(&item.answers)).collect();
        years.sort_by_key(|year| year.whole);
        Self { years }
    }

    /// Whether no calendar is on record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.years.is_empty()
    }

    /// Whether the school is open.
    #[must_use]
    pub fn is_school_day(&self, day: Date) -> bool {
        let within = |spans: &[Days]| spans.iter().any(|(from, to)| (*from..=*to).contains(&day));
        is_working_day(day)
            && self.years.iter().any(|year| within(&year.terms) && !within(&year.closures))
    }

    /// The last of `number` school days after a day, which itself doesn't count.
    ///
    /// # Errors
    /// Why it can't be computed.
    pub fn school_days_after(&self, start: Date, number: u16) -> Result<Date, String> {
        if self.is_empty() {
            return Err("cannot be computed: no term calendar".to_owned());
        }
        let Some(mut covered) = self.covered_from(start) else {
            return Err(format!("cannot be computed: no term calendar covers {}", written(start)));
        };
        let ends = |covered| {
            format!(
                "cannot be computed: the term calendar ends on {}, before the last of {number} \
                 school days",
                written(covered)
            )
        };
        let (mut found, mut left) = (start, number);
        while left > 0 {
            let Ok(next) = found.tomorrow() else { return Err(ends(covered)) };
            if next > covered {
                covered = self.covered_from(next).ok_or_else(|| ends(covered))?;
            }
            found = next;
            left -= u16::from(self.is_school_day(found));
        }
        Ok(found)
    }

    /// The last day to which calendars cover time from `day` on: `day` lies within a school year,
    /// or in the holiday between two.
    fn covered_from(&self, day: Date) -> Option<Date> {
        let before = self.years.iter().filter(|year| year.whole.0 <= day).map(|year| year.whole.1);
        let last = before.max()?;
        if day <= last {
            return Some(last);
        }
        let next = self.years.iter().map(|year| year.whole).find(|(from, _)| *from > last)?;
        ((next.0 - last).get_days() <= LONGEST_HOLIDAY).then_some(next.1)
    }

    /// The first day of the school year that begins in a calendar year: by the calendar, or 1
    /// September where there is none.
    #[must_use]
    pub fn school_year_begins(&self, year: i16) -> Date {
        let usual = Date::new(year, 9, 1).unwrap_or(Date::MAX);
        let near = |from: &Date| from.year() == year && (8..=10).contains(&from.month());
        self.years.iter().map(|year| year.whole.0).find(near).unwrap_or(usual)
    }

    /// Whether a calendar says when the school year that begins in a calendar year begins.
    #[must_use]
    pub fn knows_beginning(&self, year: i16) -> bool {
        let day = self.school_year_begins(year);
        self.years.iter().any(|year| year.whole.0 == day)
    }
}

impl Year {
    fn of(calendar: &Answers) -> Option<Self> {
        let terms = spans(calendar.list("terms"));
        let first = terms.iter().map(|(from, _)| *from).min()?;
        let last = terms.iter().map(|(_, to)| *to).max()?;
        Some(Self { whole: (first, last), terms, closures: spans(calendar.list("closures")) })
    }
}

fn spans(groups: &[Value]) -> Vec<Days> {
    let end = |group: &Value, name| group.get(name).and_then(Value::as_text).and_then(day);
    let spans = groups.iter().filter_map(|group| Some((end(group, "from")?, end(group, "to")?)));
    spans.filter(|(from, to)| from <= to).collect()
}

#[cfg(test)]
#[path = "tests/school.rs"]
mod tests;
