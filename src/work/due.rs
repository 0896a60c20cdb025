//! What falls due, from the ledger: which records it is read from, and the same as a calendar
//! file.
//!
//! A calendar goes to people who don't see the record book, so it says only what the program's
//! own words say: what is to be done, for which case, by which rule. What somebody wrote into a
//! record stays out (RFC 5545; one event for each deadline, under a name that stays the same when
//! its day moves).

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use probity_ledger::book::due::{self, Due, When};
use probity_ledger::book::item::Book;
use probity_ledger::book::linter::{self, Found, UNREADABLE};
use probity_ledger::book::rules::school::School;
use probity_ledger::format::hash::Index;

use super::WorkError;
use super::book::{Scope, items};
use super::home::Home;
use super::notice;
use super::reading::Reading;
use super::{anchor, backup, time};

/// Everything that falls due or fell due by what was on record at a moment (POSIX seconds), and
/// what contradicts itself across records.
///
/// # Errors
/// Damage.
pub fn due(reading: &Reading, at: i64) -> Result<(Vec<Due>, Vec<Found>), WorkError> {
    let kinds: Vec<&str> = kinds().collect();
    told(reading, Scope::Kinds(&kinds), at)
}

/// The kinds of record that it is read from.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    due::KINDS.iter().chain(linter::READS).copied().chain(["key-notice"])
}

fn told(reading: &Reading, scope: Scope<'_>, at: i64) -> Result<(Vec<Due>, Vec<Found>), WorkError> {
    let items = items(reading, scope, at)?;
    let book = Book::new(&items, at);
    let mut all = due::due(&book, &school(reading)?);
    for more in notice::due(reading, at)? {
        let before = |one: &Due| one.when.order() <= more.when.order();
        all.insert(all.partition_point(before), more);
    }
    Ok((all, linter::findings(&book)))
}

/// The same with what is due for the record book itself in its home: anchors and backups.
///
/// # Errors
/// Damage. A policy or a list of backups that can't be read is told in its place.
pub fn of_home(
    home: &Home,
    reading: &Reading,
    at: i64,
) -> Result<(Vec<Due>, Vec<Found>), WorkError> {
    let (mut all, found) = due(reading, at)?;
    let own = anchor::due(home, reading, at)?.into_iter().chain(backup::due(home, reading, at)?);
    for one in own {
        let before = |other: &Due| other.when.order() <= one.when.order();
        all.insert(all.partition_point(before), one);
    }
    Ok((all, found))
}

/// The same from all records, whatever their kind: what [`due()`] leaves out must make no
/// difference.
///
/// # Errors
/// Damage.
pub fn from_all(reading: &Reading, at: i64) -> Result<(Vec<Due>, Vec<Found>), WorkError> {
    told(reading, Scope::All, at)
}

/// What the first record says of the school.
///
/// # Errors
/// Damage.
pub fn school(reading: &Reading) -> Result<School, WorkError> {
    if reading.store.slots_unread().is_some() {
        // Nothing opens at all, and whoever reads was warned.
        return Ok(School::default());
    }
    let genesis = reading.record(Index(0))?;
    Ok(genesis.answers().map(School::of).unwrap_or_default())
}

/// Open deadlines as a calendar, and on the day of writing a word for each record that can't be
/// opened: whose deadlines are missing must be seen where they are missed. `found` is what is known of
/// the records, `now` the moment of writing in POSIX seconds; `book` tells this record book's events
/// from another's.
#[must_use]
pub fn calendar(all: &[Due], found: &[Found], book: &str, now: i64) -> String {
    let stamp = utc(now);
    let mut out = String::new();
    let mut line = |line: &str| fold(line, &mut out);
    for head in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//probity//due//EN", "CALSCALE:GREGORIAN"]
    {
        line(head);
    }
    let mut event = |uid: &str, start: &str, summary: &str, why: &str| {
        for part in [
            "BEGIN:VEVENT",
            &format!("UID:{}", text(&format!("{uid}.{book}"))),
            &format!("DTSTAMP:{stamp}"),
            start,
            &format!("SUMMARY:{}", text(summary)),
            &format!("DESCRIPTION:{}", text(why)),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ] {
            line(part);
        }
    };
    for one in all.iter().filter(|one| one.state.is_to_do()) {
        let start = match one.when {
            When::Day(day) => on(day),
            When::Moment(moment) => format!("DTSTART:{}", utc(moment)),
            When::NotKnown => continue,
        };
        let summary = match &one.case {
            Some(case) => format!("{} ({case})", one.title),
            None => format!("{} (entry {})", one.title, one.entry),
        };
        event(&one.uid, &start, &summary, &format!("Rule {}: {}", one.rule, one.source));
    }
    let damaged = found.iter().filter(|one| one.rule == UNREADABLE);
    for (one, today) in damaged.zip(std::iter::repeat(time::local_day(now)).flatten()) {
        event(
            &format!("{UNREADABLE}.{}", one.entry),
            &on(today),
            &format!("Deadlines may be missing: record {} can't be opened", one.entry),
            "Tell the data protection officer, and run `probity verify`.",
        );
    }
    fold("END:VCALENDAR", &mut out);
    out
}

fn on(day: Date) -> String {
    format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d"))
}

/// A moment as `20260302T150000Z`.
fn utc(moment: i64) -> String {
    let moment = Timestamp::from_second(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A value of type TEXT (RFC 5545 §3.3.11).
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Appends a line, folded so that none has more than 75 octets (RFC 5545 §3.1).
fn fold(line: &str, out: &mut String) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        let _ = write!(out, "{c}");
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use probity_ledger::book::due::State;

    use super::*;

    fn one(title: &str, when: When, state: State) -> Due {
        Due {
            rule: "policy-year",
            title: title.to_owned(),
            about: Some("Policy of Jo Bloggs".to_owned()),
            case: None,
            entry: Index(7),
            when,
            legal: None,
            target: None,
            source: "policy §14",
            state,
            uid: "policy-year-7".to_owned(),
            corrected: None,
        }
    }

    #[test]
    fn a_calendar_has_what_is_open_and_nothing_that_somebody_wrote() {
        let day = When::Day(jiff::civil::date(2026, 3, 2));
        let all = [
            one("review the policy; adopt, publish", day, State::Open),
            one("answer within 72 hours", When::Moment(1_774_965_600), State::Overdue),
            one("done", day, State::Met { on: day }),
            one("past before it was imported", day, State::Imported),
            one("nobody knows when", When::NotKnown, State::Open),
        ];
        let calendar = calendar(&all, &[], "9f2c", 1_774_965_600);
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2);
        assert!(calendar.contains("SUMMARY:review the policy\\; adopt\\, publish (entry 7)\r\n"));
        assert!(calendar.contains("DTSTART;VALUE=DATE:20260302\r\n"));
        assert!(calendar.contains("DTSTART:20260331T140000Z\r\n"));
        assert!(calendar.contains("UID:policy-year-7.9f2c\r\n"));
        assert!(!calendar.contains("Bloggs"), "{calendar}");
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let title = "é".repeat(100);
        let day = When::Day(jiff::civil::date(2026, 3, 2));
        let calendar = calendar(&[one(&title, day, State::Open)], &[], "9f2c", 0);
        assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "{calendar}");
        let unfolded = calendar.replace("\r\n ", "");
        assert!(unfolded.contains(&title));
    }
}
