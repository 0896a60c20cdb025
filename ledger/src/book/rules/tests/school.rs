use super::*;
use crate::book::story::{NOW, Story};
use crate::records::days::day;

fn date(text: &str) -> Date {
    day(text).expect("a day")
}

fn groups(spans: &[(&str, &str)]) -> Value {
    let group = |(from, to): &(&str, &str)| {
        Value::map([("from", Value::text(*from)), ("to", Value::text(*to))])
    };
    Value::Array(spans.iter().map(group).collect())
}

/// A calendar's answers: terms and closures.
fn calendar(terms: &[(&str, &str)], closures: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    answers.set("terms", groups(terms));
    answers.set("closures", groups(closures));
    answers
}

fn terms(calendars: &[Answers]) -> Terms {
    let mut years: Vec<Year> = calendars.iter().filter_map(Year::of).collect();
    years.sort_by_key(|year| year.whole);
    Terms { years }
}

fn two_years() -> Terms {
    terms(&[
        calendar(
            &[
                ("2026-09-02", "2026-12-18"),
                ("2027-01-04", "2027-03-24"),
                ("2027-04-12", "2027-07-21"),
            ],
            &[
                ("2026-10-26", "2026-10-30"),
                ("2027-02-15", "2027-02-19"),
                ("2027-05-31", "2027-06-04"),
            ],
        ),
        calendar(&[("2027-09-01", "2027-12-17")], &[("2027-09-01", "2027-09-01")]),
    ])
}

#[test]
fn holidays_closures_weekends_and_bank_holidays_are_no_school_days() {
    let terms = two_years();
    for (text, open) in [
        ("2026-09-01", false),
        ("2026-09-02", true),
        ("2026-09-05", false),
        ("2026-10-28", false),
        ("2026-11-02", true),
        ("2026-12-21", false),
        ("2027-05-03", false),
        ("2027-05-04", true),
        ("2027-09-01", false),
        ("2027-09-02", true),
    ] {
        assert_eq!(terms.is_school_day(date(text)), open, "{text}");
    }
}

#[test]
fn fifteen_school_days_pass_over_half_term() {
    let end = |text| two_years().school_days_after(date(text), 15);
    // 19 to 23 October, then 2 to 13 November.
    assert_eq!(end("2026-10-16"), Ok(date("2026-11-13")));
    // A request on a day on which the school is closed begins with the next school day.
    assert_eq!(end("2026-10-28"), Ok(date("2026-11-20")));
}

#[test]
fn fifteen_school_days_pass_over_the_summer_into_the_next_calendar() {
    // 20 and 21 July, then 2 September to 20 September.
    assert_eq!(two_years().school_days_after(date("2027-07-19"), 15), Ok(date("2027-09-20")));
    assert_eq!(two_years().school_days_after(date("2027-08-10"), 1), Ok(date("2027-09-02")));
}

#[test]
fn what_no_calendar_covers_cannot_be_computed() {
    let none = Terms::default().school_days_after(date("2026-10-01"), 15);
    assert_eq!(none, Err("cannot be computed: no term calendar".to_owned()));
    let before = two_years().school_days_after(date("2026-06-10"), 15);
    assert_eq!(
        before,
        Err("cannot be computed: no term calendar covers 10 June 2026".to_owned()),
        "the days of June aren't known to be holidays"
    );
    let beyond = two_years().school_days_after(date("2027-12-10"), 15);
    let why = beyond.expect_err("the calendar ends");
    assert!(
        why.starts_with("cannot be computed: the term calendar ends on 17 December 2027"),
        "{why}"
    );
    // A year between is missing.
    let gap = terms(&[
        calendar(&[("2026-09-02", "2027-07-21")], &[]),
        calendar(&[("2028-09-04", "2029-07-20")], &[]),
    ]);
    assert!(gap.school_days_after(date("2027-07-19"), 15).is_err());
    assert!(gap.school_days_after(date("2028-02-01"), 15).is_err());
    assert!(gap.school_days_after(Date::MAX, 1).is_err());
}

#[test]
fn a_school_year_begins_by_its_calendar_or_on_1_september() {
    let terms = two_years();
    assert_eq!(terms.school_year_begins(2026), date("2026-09-02"));
    assert_eq!(terms.school_year_begins(2030), date("2030-09-01"));
    assert!(terms.knows_beginning(2027) && !terms.knows_beginning(2030));
}

#[test]
fn a_faulty_calendar_is_no_trap() {
    let backwards = terms(&[calendar(&[("2026-12-18", "2026-09-02")], &[])]);
    assert!(backwards.is_empty());
    let empty = terms(&[Answers::default()]);
    assert!(empty.is_empty());
    let endless = terms(&[calendar(&[("2026-09-02", "9999-12-31")], &[])]);
    assert!(endless.school_days_after(date("9999-12-30"), 15).is_err());
}

#[test]
fn a_school_is_what_its_first_record_says() {
    let mut genesis = Answers::default();
    genesis.set("type", Value::text("la-maintained"));
    genesis.set("nation", Value::text("england"));
    let school = School::of(&genesis);
    assert_eq!(school.kind.as_deref(), Some("la-maintained"));
    assert_eq!(school.nation.as_deref(), Some("england"));
}

#[test]
fn the_newest_calendar_of_a_school_year_counts() {
    let with = |year: &str, from: &str| {
        let terms = groups(&[(from, "2026-12-18")]);
        [("school-year", Value::text(year)), ("terms", terms)]
    };
    let begins = |story: &Story| Terms::of(&Book::new(&story.0, NOW)).school_year_begins(2026);
    let story =
        || Story::default().then("calendar", "other-2026-001", &with("2026/27", "2026-09-02"));
    assert_eq!(begins(&story()), date("2026-09-02"));
    let newer = |year: &str| story().then("calendar", "other-2026-001", &with(year, "2026-09-07"));
    assert_eq!(begins(&newer("2026/27")), date("2026-09-07"));
    // Written another way it is another year's, until it says that it takes the place.
    assert_eq!(begins(&newer("2026-2027")), date("2026-09-02"));
    for relation in [Relation::Continues, Relation::Corrects] {
        assert_eq!(begins(&newer("2026-2027").to(relation, 0)), date("2026-09-07"), "{relation:?}");
    }
    assert_eq!(begins(&newer("2026-2027").to(Relation::About, 0)), date("2026-09-02"));
}

/// A calendar of one day at the end of a year says nothing of the time behind it.
#[test]
fn a_calendar_of_one_day_bridges_no_gap() {
    let gap = terms(&[
        calendar(&[("2026-09-02", "2027-07-21")], &[]),
        calendar(&[("2027-07-21", "2027-07-21")], &[]),
        calendar(&[("2028-09-04", "2029-07-20")], &[]),
    ]);
    assert!(gap.school_days_after(date("2027-07-19"), 15).is_err());
}
