//! Bank holidays of England and Wales, for any year, and the working days between them.
//!
//! ```text
//! New Year's Day             1 January; on a weekend, the Monday after
//! Good Friday, Easter Monday two days before and one day after Easter Sunday
//! early May                  first Monday in May
//! spring, summer             last Mondays in May and August
//! Christmas and Boxing Day   25 and 26 December; what falls on a weekend is kept on the next
//!                            days that are neither
//! ```
//!
//! Easter Monday, the last Mondays and 26 or 27 December stand in Schedule 1 to the Banking and
//! Financial Dealings Act 1971; New Year's Day and early May are proclaimed each year; Good
//! Friday and Christmas Day are holidays at common law. Days that were moved or given once are in
//! two tables. What is proclaimed after this was written isn't known here, and neither are the
//! holidays of Scotland and Northern Ireland.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

/// A bank holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankHoliday {
    /// The day on which it is kept: the substitute day, where there is one.
    pub day: Date,
    /// Its name, as it stands within a sentence.
    pub name: &'static str,
}

/// Holidays that were kept on another day than the rule's, once: that day, and the other.
const MOVED: &[(Date, Date)] = &[
    (Date::constant(1995, 5, 1), Date::constant(1995, 5, 8)),
    (Date::constant(2002, 5, 27), Date::constant(2002, 6, 4)),
    (Date::constant(2012, 5, 28), Date::constant(2012, 6, 4)),
    (Date::constant(2020, 5, 4), Date::constant(2020, 5, 8)),
    (Date::constant(2022, 5, 30), Date::constant(2022, 6, 2)),
];

/// Holidays that were given once.
const GIVEN: &[BankHoliday] = &[
    given(1999, 12, 31, "the millennium bank holiday"),
    given(2002, 6, 3, "the Golden Jubilee"),
    given(2011, 4, 29, "the royal wedding"),
    given(2012, 6, 5, "the Diamond Jubilee"),
    given(2022, 6, 3, "the Platinum Jubilee"),
    given(2022, 9, 19, "the State Funeral of Queen Elizabeth II"),
    given(2023, 5, 8, "the Coronation of King Charles III"),
];

const fn given(year: i16, month: i8, day: i8, name: &'static str) -> BankHoliday {
    BankHoliday { day: Date::constant(year, month, day), name }
}

/// The bank holidays of a year, in order: the days on which they are kept. One that falls on a
/// weekend stands here by its substitute day alone.
#[must_use]
pub fn bank_holidays(year: i16) -> Vec<BankHoliday> {
    let mut found = Vec::with_capacity(10);
    let mut add = |day: Option<Date>, name| found.extend(day.map(|day| BankHoliday { day, name }));
    let on = |month, day| Date::new(year, month, day).ok();
    match on(1, 1).map(Date::weekday) {
        Some(Weekday::Saturday) => add(on(1, 3), "the substitute day for New Year's Day"),
        Some(Weekday::Sunday) => add(on(1, 2), "the substitute day for New Year's Day"),
        _ => add(on(1, 1), "New Year's Day"),
    }
    let easter = easter(year);
    add(easter.map(|sunday| sunday.saturating_sub(2.days())), "Good Friday");
    add(easter.map(|sunday| sunday.saturating_add(1.day())), "Easter Monday");
    let monday = |month, nth| on(month, 1)?.nth_weekday_of_month(nth, Weekday::Monday).ok();
    add(monday(5, 1), "the early May bank holiday");
    add(monday(5, -1), "the spring bank holiday");
    add(monday(8, -1), "the summer bank holiday");
    match on(12, 25).map(Date::weekday) {
        Some(Weekday::Friday) => {
            add(on(12, 25), "Christmas Day");
            add(on(12, 28), "the substitute day for Boxing Day");
        }
        Some(Weekday::Saturday) => {
            add(on(12, 27), "the substitute day for Christmas Day");
            add(on(12, 28), "the substitute day for Boxing Day");
        }
        Some(Weekday::Sunday) => {
            add(on(12, 26), "Boxing Day");
            add(on(12, 27), "the substitute day for Christmas Day");
        }
        _ => {
            add(on(12, 25), "Christmas Day");
            add(on(12, 26), "Boxing Day");
        }
    }
    for holiday in &mut found {
        if let Some((_, kept)) = MOVED.iter().find(|(moved, _)| *moved == holiday.day) {
            holiday.day = *kept;
        }
    }
    found.extend(GIVEN.iter().filter(|holiday| holiday.day.year() == year));
    found.sort_by_key(|holiday| holiday.day);
    found
}

/// Easter Sunday, by the rule for the Gregorian calendar that was published anonymously in 1876.
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, of_century) = (year_number / 100, year_number % 100);
    let moved_by_moon = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * golden + century - century / 4 - moved_by_moon + 15) % 30;
    let to_sunday =
        (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
    let late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    let day = full_moon + to_sunday - 7 * late + 114;
    Date::new(year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?).ok()
}

/// Why nobody works on a day: "a Saturday", "Good Friday"; `None` for a working day.
#[must_use]
pub fn why_off(day: Date) -> Option<&'static str> {
    match day.weekday() {
        Weekday::Saturday => Some("a Saturday"),
        Weekday::Sunday => Some("a Sunday"),
        _ => bank_holidays(day.year()).iter().find(|holiday| holiday.day == day).map(|h| h.name),
    }
}

/// Whether a day is neither on a weekend nor a bank holiday.
#[must_use]
pub fn is_working_day(day: Date) -> bool {
    why_off(day).is_none()
}

/// The day itself if it is a working day, else the next one.
#[must_use]
pub fn next_working_day(day: Date) -> Date {
    let mut found = day;
    while !is_working_day(found) {
        let Ok(next) = found.tomorrow() else { break };
        found = next;
    }
    found
}

/// The last of `number` working days after a day, which itself doesn't count.
#[must_use]
pub fn working_days_after(day: Date, number: u16) -> Date {
    (0..number).fold(day, |found, _| next_working_day(found.tomorrow().unwrap_or(found)))
}

#[cfg(test)]
#[path = "tests/days.rs"]
mod tests;
