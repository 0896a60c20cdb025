//! Times as people write and read them: Europe/London, with the zone shown.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The school's time zone.
///
/// # Panics
/// Never: the zone's data is built into the program.
#[must_use]
pub fn london() -> TimeZone {
    TimeZone::get("Europe/London").expect("time zone data is built in")
}

fn zoned(time: i64) -> Option<Zoned> {
    Some(Timestamp::from_second(time).ok()?.to_zoned(london()))
}

/// Reads a moment: POSIX seconds, RFC 3339, or `2026-11-21 14:02` as the clock on the wall.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_moment(text: &str) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_second());
    }
    let civil = text.replacen(' ', "T", 1).parse::<DateTime>();
    let midnight =
        || text.parse::<Date>().map(|day| day.to_datetime(jiff::civil::time(0, 0, 0, 0)));
    civil
        .or_else(|_| midnight())
        .ok()
        .and_then(|civil| civil.to_zoned(london()).ok())
        .map(|zoned| zoned.timestamp().as_second())
        .ok_or_else(|| {
            format!("`{text}` is not a time such as 2026-11-21 14:02 or 2026-11-21T14:02:00Z")
        })
}

/// The first second of a day.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_day(text: &str) -> Result<i64, String> {
    let day: Date =
        text.trim().parse().map_err(|_| format!("`{text}` is not a day such as 2026-11-21"))?;
    day.to_zoned(london())
        .map(|zoned| zoned.timestamp().as_second())
        .map_err(|_| format!("`{text}` is out of range"))
}

/// The last second of a day.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_end_of_day(text: &str) -> Result<i64, String> {
    let day: Date =
        text.trim().parse().map_err(|_| format!("`{text}` is not a day such as 2026-11-21"))?;
    let next = day.tomorrow().map_err(|_| format!("`{text}` is out of range"))?;
    next.to_zoned(london())
        .map(|zoned| zoned.timestamp().as_second() - 1)
        .map_err(|_| format!("`{text}` is out of range"))
}

/// `2026-11-21` in London.
#[must_use]
pub fn iso_day(time: i64) -> String {
    zoned(time).map_or_else(String::new, |zoned| zoned.date().to_string())
}

/// The year in London.
#[must_use]
pub fn year(time: i64) -> i16 {
    zoned(time).map_or(1970, |zoned| zoned.year())
}

/// `2026-11-21T14:02:00Z`.
#[must_use]
pub fn rfc3339(time: i64) -> String {
    Timestamp::from_second(time).map_or_else(|_| String::new(), |time| time.to_string())
}

/// `21 November 2026, 14:02 GMT`.
#[must_use]
pub fn words(time: i64) -> String {
    probity_ledger::verify::words::moment(time)
}

/// A day as stored, `2026-11-21`, as `21 November 2026`.
#[must_use]
pub fn day_words(iso: &str) -> String {
    iso.parse::<Date>().map_or_else(|_| iso.to_owned(), |day| day.strftime("%-d %B %Y").to_string())
}
