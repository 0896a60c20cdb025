use super::*;
use crate::book::item::Marks;
use crate::format::hash::EntryHash;
use crate::records::answers::Answers;
use crate::records::days::day;

fn date(text: &str) -> Date {
    day(text).expect("a day")
}

/// A policy that applies from a day, with its targets: rule, number, unit, detail.
fn policy(index: u64, from: &str, targets: &[(&str, i64, &str, &str)]) -> Item {
    let mut answers = Answers::default();
    answers.set("implemented", Value::text(from));
    let group = |(rule, number, unit, detail): &(&str, i64, &str, &str)| {
        Value::map([
            ("rule", Value::text(*rule)),
            ("number", Value::Int(*number)),
            ("unit", Value::text(*unit)),
            ("detail", Value::text(*detail)),
        ])
    };
    answers.set("targets", Value::Array(targets.iter().map(group).collect()));
    Item {
        index: Index(index),
        hash: EntryHash([u8::try_from(index).expect("small"); 32]),
        kind: "policy".to_owned(),
        case: None,
        role: "chair-of-governors".to_owned(),
        person: [1; 16],
        signer: "R. Hale".to_owned(),
        time: 1_700_000_000,
        is_statement: false,
        decision: None,
        links: Vec::new(),
        answers,
        marks: Marks::default(),
    }
}

#[test]
fn a_policy_replaces_the_defaults_from_its_own_day() {
    let items = [
        policy(5, "2026-01-01", &[("sar-month", 10, "working-days", "")]),
        policy(6, "2026-09-01", &[("sar-month", 20, "days", ""), ("breach-72h", 24, "hours", "")]),
    ];
    let targets = Targets::of(&Book::new(&items, i64::MAX));
    let on = |rule, text| targets.on(rule, date(text)).map(|t| (t.number, t.unit, t.by));
    assert_eq!(on("sar-month", "2025-12-31"), Some((15, Unit::Days, By::Default)));
    assert_eq!(on("sar-month", "2026-08-31"), Some((10, Unit::WorkingDays, By::Policy(Index(5)))));
    assert_eq!(on("sar-month", "2026-09-01"), Some((20, Unit::Days, By::Policy(Index(6)))));
    assert_eq!(on("breach-72h", "2026-08-31"), None);
    assert_eq!(on("breach-72h", "2026-09-01"), Some((24, Unit::Hours, By::Policy(Index(6)))));
    assert_eq!(on("sar-internal", "2026-09-01"), Some((28, Unit::Days, By::Default)));
    assert_eq!(on("unheard-of", "2026-09-01"), None);
}

#[test]
fn a_target_for_requests_is_read_by_its_detail() {
    let items = [policy(
        5,
        "2026-01-01",
        &[
            ("sar-targets", 5, "days", "Acknowledgement"),
            ("sar-targets", 25, "days", "internal limit"),
            ("sar-targets", 12, "days", ""),
            ("unheard-of", 1, "days", ""),
            ("complaint", 1, "fortnights", ""),
        ],
    )];
    let targets = Targets::of(&Book::new(&items, i64::MAX));
    let on = |rule| targets.on(rule, date("2026-05-01")).map(|target| target.number);
    assert_eq!(on("sar-acknowledge"), Some(5));
    assert_eq!(on("sar-internal"), Some(25));
    assert_eq!(on("sar-month"), Some(12));
    assert_eq!(on("complaint"), None, "a unit that isn't known counts nothing");
}

#[test]
fn a_target_counts_in_its_own_unit_and_says_where_it_comes_from() {
    let start = date("2026-03-27");
    let end = |number, unit, by| {
        Target { number, unit, by }.from_day("x", start, 0, &Terms::default(), "began")
    };
    for (number, unit, due) in [
        (15, Unit::Days, "2026-04-11"),
        (10, Unit::WorkingDays, "2026-04-14"),
        (2, Unit::Months, "2026-05-27"),
        (1, Unit::Years, "2027-03-27"),
        (25, Unit::Hours, "2026-03-29"),
    ] {
        assert_eq!(end(number, unit, By::Default).due, When::Day(date(due)), "{number} {unit:?}");
    }
    let words = end(15, Unit::Days, By::Policy(Index(7))).words;
    assert_eq!(
        words,
        "began; 15 days, by the policy in entry 7: Saturday 11 April 2026 (a Saturday)"
    );
    let without = end(5, Unit::SchoolDays, By::Default);
    assert_eq!(without.due, When::NotKnown);
    assert!(without.words.ends_with("cannot be computed: no term calendar"), "{}", without.words);
    let paused = Target { number: 15, unit: Unit::Days, by: By::Default };
    let paused = paused.from_day("x", start, 6, &Terms::default(), "began");
    assert_eq!(paused.due, When::Day(date("2026-04-17")));
    assert!(paused.words.contains("6 days that the clock stood still"), "{}", paused.words);
}

#[test]
fn hours_pass_the_change_of_the_clocks() {
    let target = Target { number: 24, unit: Unit::Hours, by: By::Default };
    // 28 March 2026, 14:00 GMT.
    let worked = target.from_moment("breach-72h", 1_774_706_400, &Terms::default(), "aware");
    assert_eq!(worked.due, When::Moment(1_774_706_400 + 86_400));
    assert_eq!(worked.words, "aware; 24 hours, by default: 29 March 2026, 15:00 BST");
}

#[test]
fn a_policy_may_count_in_any_unit() {
    for (name, unit) in [
        ("hours", Unit::Hours),
        ("days", Unit::Days),
        ("working-days", Unit::WorkingDays),
        ("school-days", Unit::SchoolDays),
        ("months", Unit::Months),
        ("years", Unit::Years),
    ] {
        let items = [policy(5, "2026-01-01", &[("complaint", 2, name, "")])];
        let targets = Targets::of(&Book::new(&items, i64::MAX));
        let found = targets.on("complaint", date("2026-05-01")).map(|target| target.unit);
        assert_eq!(found, Some(unit), "{name}");
    }
}

#[test]
fn either_word_of_the_detail_names_the_internal_limit() {
    for detail in ["internal", "the limit", "Internal target", "LIMIT"] {
        let items = [policy(5, "2026-01-01", &[("sar-targets", 25, "days", detail)])];
        let targets = Targets::of(&Book::new(&items, i64::MAX));
        let on = |rule| targets.on(rule, date("2026-05-01")).map(|target| target.number);
        assert_eq!((on("sar-internal"), on("sar-month")), (Some(25), Some(15)), "{detail}");
    }
}

#[test]
fn a_replaced_version_sets_nothing_from_the_day_of_the_next() {
    let titled = |index, from, title: &str, targets: &[_]| {
        let mut policy = policy(index, from, targets);
        policy.answers.set("title", Value::text(title));
        policy
    };
    let first = titled(5, "2026-01-01", "Data protection", &[("sar-acknowledge", 5, "days", "")]);
    let other = titled(6, "2026-02-01", "Complaints", &[("complaint", 3, "days", "")]);
    let next = titled(7, "2026-09-01", "Data Protection", &[]);
    let on = |items: &[Item], rule, text| {
        let target = Targets::of(&Book::new(items, i64::MAX)).on(rule, date(text));
        target.map(|target| (target.number, target.by))
    };
    let mut items = [first, other, next];
    let (own, by_default) = (Some((5, By::Policy(Index(5)))), Some((15, By::Default)));
    assert_eq!(on(&items, "sar-acknowledge", "2026-08-31"), own);
    assert_eq!(on(&items, "sar-acknowledge", "2026-09-01"), by_default);
    assert_eq!(on(&items, "complaint", "2026-09-01"), Some((3, By::Policy(Index(6)))));
    // What lacks its authority neither sets nor replaces anything.
    items[2].marks.lacks.push("signed as Headteacher, a role that may not sign this".to_owned());
    assert_eq!(on(&items, "sar-acknowledge", "2026-09-01"), own);
    items[0].marks.by_exception = true;
    assert_eq!(on(&items, "sar-acknowledge", "2026-09-01"), by_default);
    // A corrected version was never in force, under whatever title.
    items[0].marks.by_exception = false;
    items[1] = titled(6, "2026-01-01", "Protection of data", &[("sar-acknowledge", 7, "days", "")]);
    items[1].links.push((crate::records::kind::Relation::Corrects, items[0].hash));
    let mended = Some((7, By::Policy(Index(6))));
    assert_eq!(on(&items, "sar-acknowledge", "2026-05-01"), mended);
}
