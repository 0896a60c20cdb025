//! Deadlines against tables that another program made, with another table of holidays; and what
//! must hold of any request: a limit never falls before its start nor on a day off, and no pause
//! brings it forward.

mod common;

use common::vectors;
use jiff::Timestamp;
use jiff::civil::Date;
use probity_ledger::book::rules::days::{bank_holidays, is_working_day, working_days_after};
use probity_ledger::book::rules::requests::{Awaited, Clarified, Clock, Extended};
use probity_ledger::book::rules::school::Terms;
use probity_ledger::book::rules::targets::{By, Target, Unit};
use probity_ledger::book::rules::{When, Worked, limits};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The rows of a table, each cut at its spaces.
fn rows(name: &str, least: usize) -> Vec<Vec<String>> {
    let vector = vectors::one("deadlines", name);
    let text = String::from_utf8(vector.content).expect("a table is text");
    let rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect();
    assert!(rows.len() >= least, "{name}: only {} rows", rows.len());
    rows
}

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

fn seconds(text: &str) -> i64 {
    text.parse::<Timestamp>().expect("a moment").as_second()
}

fn day(worked: &Worked) -> Date {
    match worked.due {
        When::Day(day) => day,
        other => panic!("{other:?}: {}", worked.words),
    }
}

fn check(name: &str, least: usize, limit: impl Fn(&[String]) -> Worked) {
    for row in rows(name, least) {
        let worked = limit(&row);
        let expected = row.last().expect("a row has columns");
        assert_eq!(day(&worked), date(expected), "{name}, {row:?}: {}", worked.words);
        let shown = When::Day(date(expected)).written();
        let words = &worked.words;
        assert!(
            words.contains(&shown)
                || words.contains(&shown[shown.find(' ').expect("a weekday") + 1..]),
            "{words}"
        );
    }
}

#[test]
fn an_answer_is_due_when_the_table_says() {
    let request = |row: &[String]| Clock::received(date(&row[0]), true);
    check("sar-month", 260, |row| request(row).limit());
    check("sar-month-day-after", 400, |row| request(row).limit());
    check("sar-extend", 260, |row| {
        let mut clock = request(row);
        clock.extended = Some(told(clock.received));
        clock.limit()
    });
}

#[test]
fn a_clarification_adds_its_days() {
    check("sar-clarify", 400, |row| {
        let mut clock = Clock::received(date(&row[0]), true);
        clock.extended = (row[1] == "3").then_some(told(clock.received));
        let clarified = row[2].split(',').map(|pause| {
            let (asked, answered) = pause.split_once('/').expect("two days");
            Clarified { asked: date(asked), answered: Some(date(answered)) }
        });
        clock.clarified = clarified.collect();
        clock.limit()
    });
}

#[test]
fn a_complaint_is_acknowledged_when_the_table_says() {
    check("complaint", 700, |row| limits::complaint(date(&row[0])).expect("the law asks for it"));
}

#[test]
fn ten_working_days_are_the_tables() {
    for row in rows("working-days", 1000) {
        assert_eq!(working_days_after(date(&row[0]), 10), date(&row[1]), "{row:?}");
    }
}

#[test]
fn the_72_hours_of_a_breach_pass_the_change_of_the_clocks() {
    let table = vectors::one("deadlines", "breach-72h");
    let text = String::from_utf8(table.content).expect("a table is text");
    let mut changes = 0;
    for line in text.lines() {
        let parts: Vec<&str> = line.split(" | ").collect();
        let (aware, end) = parts[0].split_once(' ').expect("two moments");
        let worked = limits::breach_72h(seconds(aware));
        assert_eq!(worked.due, When::Moment(seconds(end)), "{line}");
        assert_eq!(worked.words, format!("aware {}; 72 hours later is {}", parts[1], parts[2]));
        changes += usize::from(parts[1].ends_with("GMT") != parts[2].ends_with("GMT"));
    }
    assert!(changes > 80, "only {changes} rows cross a change");
}

#[test]
fn words_show_how_a_date_came_about() {
    for (received, words) in [
        (
            "2026-01-31",
            "received 31 January 2026; no 31 February, so 28 February; a Saturday, so Monday 2 \
             March 2026",
        ),
        ("2027-01-01", "received 1 January 2027; a month later is Monday 1 February 2027"),
        (
            "2024-11-25",
            "received 25 November 2024; a month later is 25 December; Christmas Day, so Friday 27 \
             December 2024",
        ),
        ("2028-01-31", "received 31 January 2028; no 31 February, so Tuesday 29 February 2028"),
        (
            "2026-12-01",
            "received 1 December 2026; a month later is 1 January 2027; New Year's Day, so Monday \
             4 January 2027",
        ),
    ] {
        assert_eq!(Clock::received(date(received), true).limit().words, words);
    }
}

/// A day around which many things happen.
fn days() -> impl Strategy<Value = Date> {
    (0_i64..9000).prop_map(|days| {
        date("2018-05-25").checked_add(jiff::Span::new().days(days)).expect("a day")
    })
}

fn told(on: Date) -> Extended {
    Extended { on, told: true }
}

fn after(day: Date, days: i64) -> Date {
    day.checked_add(jiff::Span::new().days(days)).expect("a day")
}

/// Pauses and things asked for, as days after receipt.
type Steps = Vec<(i64, Option<i64>)>;

fn steps() -> impl Strategy<Value = Steps> {
    vec((0_i64..130, option::weighted(0.95, 0_i64..60)), 0..4)
}

fn clock(
    received: Date,
    access: bool,
    awaited: &Steps,
    clarified: &Steps,
    extended: Option<i64>,
) -> Clock {
    let span = |(asked, length): &(i64, Option<i64>)| {
        (after(received, *asked), length.map(|length| after(received, asked + length)))
    };
    Clock {
        received,
        access,
        awaited: awaited
            .iter()
            .map(span)
            .map(|(asked, arrived)| Awaited { what: "proof of identity", asked, arrived })
            .collect(),
        clarified: clarified
            .iter()
            .map(span)
            .map(|(asked, answered)| Clarified { asked, answered })
            .collect(),
        extended: extended.map(|days| told(after(received, days))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_limit_never_falls_before_its_start_nor_on_a_day_off(
        received in days(), access: bool, awaited in steps(), clarified in steps(),
        told in option::of(0_i64..120),
    ) {
        let clock = clock(received, access, &awaited, &clarified, told);
        let (limit, month) = (clock.limit(), clock.month());
        prop_assert!(!limit.words.is_empty());
        if let When::Day(end) = limit.due {
            let start = clock.start().expect("a limit has a start");
            prop_assert!(received <= start && start < end, "{}", limit.words);
            prop_assert!((end - start).get_days() >= 28);
            prop_assert!(is_working_day(end), "{}", limit.words);
            if let When::Day(month) = month.due {
                prop_assert!(month <= end && is_working_day(month), "{}", limit.words);
            }
        }
    }

    #[test]
    fn a_pause_never_brings_a_limit_forward(
        received in days(), awaited in steps(), clarified in steps(),
        told in option::of(0_i64..120), pause in (0_i64..130, 0_i64..60),
    ) {
        let before = clock(received, true, &awaited, &clarified, told);
        let mut more = clarified;
        more.push((pause.0, Some(pause.1)));
        let after = clock(received, true, &awaited, &more, told);
        if let (When::Day(one), When::Day(other)) = (before.month().due, after.month().due) {
            prop_assert!(one <= other, "{} / {}", before.month().words, after.month().words);
        }
        if let (When::Day(one), When::Day(other)) = (before.limit().due, after.limit().due) {
            prop_assert!(one <= other, "{} / {}", before.limit().words, after.limit().words);
        }
    }

    #[test]
    fn proof_that_arrives_later_never_brings_a_limit_forward(
        received in days(), asked in 0_i64..30, waits in 0_i64..60, longer in 0_i64..30,
    ) {
        let end = |waits| clock(received, true, &vec![(asked, Some(waits))], &vec![], None).limit();
        prop_assert!(day(&end(waits)) <= day(&end(waits + longer)));
        let without = clock(received, true, &vec![], &vec![], None).limit();
        prop_assert!(day(&without) <= day(&end(waits)));
    }

    #[test]
    fn a_pause_has_no_effect_on_other_rights(received in days(), clarified in steps()) {
        let plain = clock(received, false, &vec![], &vec![], None).limit();
        prop_assert_eq!(clock(received, false, &vec![], &clarified, None).limit(), plain);
    }

    #[test]
    fn after_an_answer_some_time_is_left(received in days(), asked in 0_i64..40, length in 0_i64..90) {
        let paused = clock(received, true, &vec![], &vec![(asked, Some(length))], None);
        let end = day(&paused.limit());
        let plain = day(&clock(received, true, &vec![], &vec![], None).limit());
        if after(received, asked) <= plain {
            prop_assert!(end > after(received, asked + length), "{}", paused.limit().words);
        } else {
            prop_assert_eq!(end, plain);
        }
    }

    #[test]
    fn a_later_receipt_never_gives_an_earlier_limit(received in days(), days in 0_i64..40) {
        let later = after(received, days);
        // The rule that counted from the day after gave way to a stricter one.
        prop_assume!(received >= date("2019-08-15") || later < date("2019-08-15"));
        let limit = |received| day(&Clock::received(received, true).limit());
        prop_assert!(limit(received) <= limit(later));
        if let (Some(one), Some(other)) = (limits::complaint(received), limits::complaint(later)) {
            prop_assert!(day(&one) <= day(&other));
            prop_assert!(is_working_day(day(&one)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_number_in_a_policy_is_a_trap(received in days(), number in any::<i64>(), moment in any::<i64>()) {
        let terms = Terms::default();
        for unit in [Unit::Hours, Unit::Days, Unit::WorkingDays, Unit::SchoolDays, Unit::Months, Unit::Years] {
            let target = Target { number, unit, by: By::Default };
            let worked = target.from_day("sar-month", received, 0, &terms, "received");
            prop_assert!(worked.due.day().is_none_or(|day| day >= received));
            let worked = target.from_moment("breach-72h", moment, &terms, "aware");
            prop_assert!(!worked.words.is_empty());
        }
        let _ = limits::breach_72h(moment);
        let _ = limits::dpia_consult(moment, true);
    }
}

#[test]
fn months_that_end_on_holidays_move_past_all_of_them() {
    for year in 2020..=2040 {
        for holiday in bank_holidays(year) {
            let received = holiday.day.checked_sub(jiff::Span::new().months(1)).expect("a day");
            let limit = Clock::received(received, true).limit();
            assert!(is_working_day(day(&limit)) && day(&limit) != holiday.day, "{}", limit.words);
        }
    }
}
