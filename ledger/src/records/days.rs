//! Days and moments: what a day is in the school's own zone, and how it is written.
//!
//! Law counts in days as people see them on the wall, so a moment becomes a day in
//! Europe/London. Spans of hours are counted in elapsed seconds and never touch the zone.
//! There is no clock here: every moment is an argument.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::answers::Answers;
use crate::format::cbor::Value;

/// The law's 72 hours for a breach, elapsed.
pub const SECONDS_IN_72_HOURS: i64 = 72 * 60 * 60;

/// A span of days, and of moments where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// First and last moment, in POSIX seconds, if moments were given.
    pub times: Option<(i64, i64)>,
}

/// The zone in which schools count days. Its data come with the program.
///
/// # Panics
/// Never: the data are there in every build.
#[must_use]
pub fn london() -> TimeZone {
    TimeZoneDatabase::bundled()
        .get("Europe/London")
        .expect("the bundled zone data have Europe/London")
}

/// The day in London at a moment; `None` beyond the years 1 to 9999.
#[must_use]
pub fn day_at(time: i64) -> Option<Date> {
    Timestamp::from_second(time).ok().map(|moment| moment.to_zoned(london()).date())
}

/// The day that `YYYY-MM-DD` spells, if there is one; no other spelling.
#[must_use]
pub fn day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    let year = text[..4].parse().ok().filter(|year| *year > 0)?;
    Date::new(year, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()
}

/// The last second of a day in London.
#[must_use]
pub fn end_of(day: Date) -> Option<i64> {
    let midnight = day.tomorrow().ok()?.to_zoned(london()).ok()?;
    Some(midnight.timestamp().as_second() - 1)
}

/// A day as people write it: 21 November 2026.
#[must_use]
pub fn written(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A moment as people write it: 21 November 2026, 14:02 GMT.
#[must_use]
pub fn written_time(time: i64) -> String {
    match Timestamp::from_second(time) {
        Ok(moment) => moment.to_zoned(london()).strftime("%-d %B %Y, %H:%M %Z").to_string(),
        Err(_) => format!("second {time}"),
    }
}

/// When a record's matter happened, unless that is not answered or not known.
#[must_use]
pub fn occurred(answers: &Answers) -> Option<Span> {
    let value = answers.get("occurred")?;
    match (value.get("from")?, value.get("to")?) {
        (Value::Text(from), Value::Text(to)) => {
            Some(Span { from: day(from)?, to: day(to)?, times: None })
        }
        (Value::Int(from), Value::Int(to)) => {
            Some(Span { from: day_at(*from)?, to: day_at(*to)?, times: Some((*from, *to)) })
        }
        _ => None,
    }
}

/// The latest moment at which a decision can have been taken, by what the record says: the
/// end of what `occurred` or `decided-by` names, and never later than the signature.
#[must_use]
pub fn done_by(answers: &Answers, signed: i64) -> i64 {
    let decided = || answers.get("decided-by")?.get("date")?.as_text().and_then(day);
    let end = match occurred(answers) {
        Some(Span { times: Some((_, to)), .. }) => Some(to),
        Some(span) => end_of(span.to),
        None => decided().and_then(end_of),
    };
    end.map_or(signed, |end| end.min(signed))
}

impl Answers {
    /// The answer as a day.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<Date> {
        self.text(name).and_then(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        assert!(day("2024-02-29").is_some());
        for other in
            ["2026-02-29", "20260228", "2026-2-28", "0000-01-01", "2026-13-01", "2026-05", ""]
        {
            assert_eq!(day(other), None, "{other}");
        }
    }

    #[test]
    fn a_moment_falls_on_the_day_in_london() {
        // 23:30 UTC on 30 June 2026 is half past midnight on 1 July in British Summer Time.
        assert_eq!(day_at(1_782_862_200), day("2026-07-01"));
        assert_eq!(written_time(1_782_862_200), "1 July 2026, 00:30 BST");
        assert_eq!(day_at(i64::MAX), None);
    }

    #[test]
    fn a_day_ends_an_hour_earlier_in_summer() {
        let end = |text| day(text).and_then(end_of);
        assert_eq!(end("2026-03-28"), Some(1_774_742_399));
        assert_eq!(end("2026-03-29"), Some(1_774_742_400 + 23 * 3600 - 1));
    }
}
