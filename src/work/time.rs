//! Times as people write and read them: Europe/London, with the zone shown.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use probity_ledger::format::clip::clipped;
use probity_ledger::records::days;

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

/// Reads a day: `2026-11-21`, `21/11/2026`, or `21 November 2026`.
#[must_use]
pub fn read_date(text: &str) -> Option<Date> {
    // A year of two digits is no year that anybody means.
    written(text).filter(|day| day.year() >= 1000)
}

fn written(text: &str) -> Option<Date> {
    let text = text.trim();
    let in_words =
        || ["%d/%m/%Y", "%d %B %Y", "%d %b %Y"].iter().find_map(|f| Date::strptime(f, text).ok());
    days::day(text).or_else(in_words)
}

/// That a text is no day, and how days are written.
#[must_use]
pub fn no_day(text: &str) -> String {
    // Who writes 31/7/27 has written a day, and is told what it lacks.
    let lack = if written(text).is_some() { ": its year has to have four digits" } else { "" };
    format!("`{}` is not a day such as 2026-11-21 or 21/11/2026{lack}", clipped(text.trim(), 60))
}

/// Reads a moment: POSIX seconds from nine digits on, RFC 3339, or a day and the clock on the wall, such as
/// `2026-11-21 14:02` or `21 November 2026, 14:02 GMT`. With `now`, `14:02` alone is today's.
///
/// # Errors
/// A sentence that says what was expected; a day without an hour is no moment.
pub fn read_moment(text: &str, now: Option<i64>) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>()
        && !is_short_number(text)
    {
        return Ok(number);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time.as_second());
    }
    if let Some(day) = read_date(text) {
        return Err(format!("`{}` has no hour; write it as {day} 09:15", clipped(text, 60)));
    }
    let (wall, zone) = match text.rsplit_once(' ') {
        Some((wall, "GMT")) => (wall, TimeZone::UTC),
        Some((wall, "BST")) => (wall, TimeZone::fixed(jiff::tz::offset(1))),
        _ => (text, london()),
    };
    let civil = match wall.rsplit_once([' ', 'T']) {
        Some((day, clock)) => read_date(day.trim_end_matches([',', ' '])).zip(read_clock(clock)),
        None => now.and_then(zoned).map(|now| now.date()).zip(read_clock(wall)),
    };
    civil
        .and_then(|(day, clock)| day.to_datetime(clock).to_zoned(zone).ok())
        .map(|zoned| zoned.timestamp().as_second())
        .ok_or_else(|| {
            format!(
                "`{}` is not a time such as 2026-11-21 14:02, 21/11/2026 14:02 or \
                 2026-11-21T14:02:00Z",
                clipped(text, 60)
            )
        })
}

fn read_clock(text: &str) -> Option<Time> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|form| Time::strptime(form, text).ok())
}

/// Whether a text is a number that nobody means as seconds since 1970, which are long: `2026` is a
/// year, `0915` a clock, `20261121` a day.
#[must_use]
pub fn is_short_number(text: &str) -> bool {
    let text = text.trim();
    (text.len() < 9 || text.starts_with('0')) && text.parse::<i64>().is_ok()
}

/// Reads a moment, or a day for its first second.
///
/// # Errors
/// As [`read_moment`].
pub fn read_moment_or_day(text: &str) -> Result<i64, String> {
    if read_date(text).is_some() { read_day(text) } else { read_moment(text, None) }
}

fn day_of(text: &str) -> Result<Date, String> {
    read_date(text).ok_or_else(|| no_day(text))
}

/// The first second of a day.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_day(text: &str) -> Result<i64, String> {
    day_of(text)?
        .to_zoned(london())
        .map(|zoned| zoned.timestamp().as_second())
        .map_err(|_| format!("`{}` is out of range", clipped(text, 60)))
}

/// The last second of a day.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_end_of_day(text: &str) -> Result<i64, String> {
    let next =
        day_of(text)?.tomorrow().map_err(|_| format!("`{}` is out of range", clipped(text, 60)))?;
    next.to_zoned(london())
        .map(|zoned| zoned.timestamp().as_second() - 1)
        .map_err(|_| format!("`{}` is out of range", clipped(text, 60)))
}

/// `2026-11-21` in London.
#[must_use]
pub fn iso_day(time: i64) -> String {
    zoned(time).map_or_else(String::new, |zoned| zoned.date().to_string())
}

/// A moment on the school's clock: `2026-11-21 14:05`.
#[must_use]
pub fn iso_minute(time: i64) -> String {
    zoned(time).map_or_else(String::new, |zoned| zoned.strftime("%Y-%m-%d %H:%M").to_string())
}

/// The day in London.
#[must_use]
pub fn local_day(time: i64) -> Option<Date> {
    zoned(time).map(|zoned| zoned.date())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_as_they_are_written_and_printed() {
        let moment = Ok(1_795_166_100);
        for text in [
            "2026-11-20 09:15",
            "2026-11-20T09:15",
            "2026-11-20T09:15:00Z",
            "20/11/2026 09:15",
            "20 November 2026, 09:15 GMT",
            "20 Nov 2026 09:15",
            "20 November 2026, 10:15 BST",
            "09:15",
        ] {
            assert_eq!(read_moment(text, Some(1_795_200_000)), moment, "{text}");
        }
        for text in ["2026-11-20", "20/11/2026", "20 November 2026"] {
            let why = read_moment(text, Some(0)).expect_err("no hour");
            assert_eq!(why, format!("`{text}` has no hour; write it as 2026-11-20 09:15"));
            assert_eq!(read_day(text), Ok(1_795_132_800));
            assert_eq!(read_moment_or_day(text), Ok(1_795_132_800));
        }
        for text in ["09:15", "11/20/2026 09:15", "20/11/26 09:15", "noon"] {
            assert!(read_moment(text, None).is_err(), "{text}");
        }
        for text in ["31/7/27", "31 July 27", "31/07/0027", "0027-07-31"] {
            let why = read_day(text).expect_err("which century");
            assert!(why.ends_with("2026-11-21 or 21/11/2026: its year has to have four digits"));
        }
        let why = read_day("7/31/2027").expect_err("no such month");
        assert_eq!(why, "`7/31/2027` is not a day such as 2026-11-21 or 21/11/2026");
    }
}
