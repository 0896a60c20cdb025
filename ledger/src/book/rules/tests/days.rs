use proptest::prelude::*;

use super::*;
use crate::records::days::day;

/// The bank holidays of England and Wales as GOV.UK listed them, year by year.
const LISTED: &str = "\
2020: 01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28
2021: 01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28
2022: 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27
2023: 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26
2024: 01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26
2025: 01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26
2026: 01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28
2027: 01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28
2028: 01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26";

/// Easter Sundays as almanacs print them.
const EASTERS: &str = "\
2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05 2027-03-28 \
2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09 2035-03-25 \
2036-04-13 2037-04-05 2038-04-25 2039-04-10 2040-04-01";

#[test]
fn an_answer_is_never_due_on_a_listed_bank_holiday() {
    for line in LISTED.lines() {
        let (year, days) = line.split_once(": ").expect("a year and its days");
        let listed: Vec<Date> =
            days.split(' ').map(|text| day(&format!("{year}-{text}")).expect("a day")).collect();
        let computed = bank_holidays(year.parse().expect("a year"));
        assert_eq!(computed.iter().map(|h| h.day).collect::<Vec<_>>(), listed, "{year}");
        assert!(listed.iter().all(|day| !is_working_day(*day)), "{year}");
    }
}

#[test]
fn easter_is_the_almanacs() {
    for text in EASTERS.split(' ') {
        let sunday = day(text).expect("a day");
        assert_eq!(easter(sunday.year()), Some(sunday));
        assert_eq!(
            why_off(sunday.yesterday().expect("a day").yesterday().expect("a day")),
            Some("Good Friday")
        );
        assert_eq!(why_off(sunday.tomorrow().expect("a day")), Some("Easter Monday"));
    }
}

/// Easter by its definition: the Sunday after the church's full moon, which is counted from the
/// golden number, the corrections for sun and moon, and the epact.
fn easter_by_epact(year: i32) -> Date {
    let golden = year % 19 + 1;
    let century = year / 100 + 1;
    let sun = 3 * century / 4 - 12;
    let moon = (8 * century + 5) / 25 - 5;
    let mut epact = (11 * golden + 20 + moon - sun).rem_euclid(30);
    if (epact == 25 && golden > 11) || epact == 24 {
        epact += 1;
    }
    // The moon that is full on or after 21 March.
    let mut moon_day = 44 - epact;
    if moon_day < 21 {
        moon_day += 30;
    }
    let march = Date::new(i16::try_from(year).expect("a year"), 3, 1).expect("a day");
    let full = march.checked_add((moon_day - 1).days()).expect("a day");
    full.nth_weekday(1, Weekday::Sunday).expect("a Sunday follows")
}

#[test]
fn easter_follows_its_definition_in_every_year() {
    for year in 1583..=4099 {
        assert_eq!(easter(year), Some(easter_by_epact(i32::from(year))), "{year}");
    }
}

#[test]
fn a_holiday_that_falls_on_a_weekend_is_kept_on_a_working_day_of_its_own() {
    for year in 2020..=2400 {
        let holidays = bank_holidays(year);
        assert!(holidays.len() >= 8, "{year}");
        assert!(holidays.is_sorted_by(|a, b| a.day < b.day), "{year}: two on one day");
        for holiday in holidays {
            let weekday = holiday.day.weekday();
            assert!(!matches!(weekday, Weekday::Saturday | Weekday::Sunday), "{holiday:?}");
        }
    }
}

#[test]
fn substitutes_say_whose_they_are() {
    let off = |text| day(text).and_then(why_off);
    assert_eq!(off("2021-12-25"), Some("a Saturday"));
    assert_eq!(off("2021-12-27"), Some("the substitute day for Christmas Day"));
    assert_eq!(off("2021-12-28"), Some("the substitute day for Boxing Day"));
    assert_eq!(off("2022-12-26"), Some("Boxing Day"));
    assert_eq!(off("2022-12-27"), Some("the substitute day for Christmas Day"));
    assert_eq!(off("2022-01-03"), Some("the substitute day for New Year's Day"));
    assert_eq!(off("2020-05-04"), None, "the early May holiday was kept on 8 May");
    assert_eq!(off("2022-05-30"), None, "the spring holiday was kept on 2 June");
    assert_eq!(off("2023-05-08"), Some("the Coronation of King Charles III"));
}

#[test]
fn ten_working_days_pass_over_easter() {
    let end = working_days_after(day("2026-03-27").expect("a day"), 10);
    assert_eq!(Some(end), day("2026-04-14"));
    assert_eq!(working_days_after(end, 0), end);
}

#[test]
fn the_end_of_the_calendar_is_no_trap() {
    assert!(next_working_day(Date::MAX) <= Date::MAX);
    assert!(working_days_after(Date::MAX, 3) <= Date::MAX);
    assert!(!bank_holidays(9999).is_empty());
    let _ = (bank_holidays(-9999), bank_holidays(0), why_off(Date::MIN));
}

proptest! {
    #[test]
    fn the_next_working_day_is_the_first_one(year in 1990_i16..2200, month in 1_i8..=12, of in 1_i8..=28) {
        let start = Date::new(year, month, of).expect("a day");
        let next = next_working_day(start);
        prop_assert!(next >= start && is_working_day(next));
        prop_assert!((next - start).get_days() <= 4);
        let mut between = start;
        while between < next {
            prop_assert!(!is_working_day(between));
            between = between.tomorrow().expect("a day");
        }
    }
}
