use super::*;
use crate::records::days::day;

#[test]
fn every_rule_of_the_law_is_there_with_its_source() {
    for id in [
        "breach-72h",
        "breach-content",
        "breach-people",
        "dpia-content",
        "dpia-advice",
        "dpia-consult",
        "dpia-review",
        "ropa",
        "fee",
        "sar-month",
        "sar-clarify",
        "sar-extend",
        "sar-targets",
        "edu-record",
        "exam-marks",
        "complaint",
        "biometric",
        "transfer-ground",
        "consent-year",
        "cctv-delete",
        "image-3y",
        "policy-year",
        "covert-end",
    ] {
        let rule = rule(id).unwrap_or_else(|| panic!("no rule {id}"));
        assert!(!rule.source.is_empty() && !rule.text.is_empty() && !rule.title.is_empty(), "{id}");
    }
    assert!(rule("no-such-rule").is_none());
}

#[test]
fn versions_of_a_rule_follow_each_other_without_gap_or_overlap() {
    for id in ["sar-month", "sar-clarify"] {
        let versions: Vec<&Rule> = RULES.iter().filter(|rule| rule.id == id).collect();
        assert_eq!(versions.len(), 2, "{id}");
        let (until, from) = (versions[0].until, versions[1].from);
        assert_eq!(until.and_then(|day| day.tomorrow().ok()), from, "{id}");
    }
    let on = |id, text| in_force(id, day(text).expect("a day")).expect("in force");
    assert!(on("sar-month", "2019-08-14").text.contains("the day after"));
    assert!(!on("sar-month", "2019-08-15").text.contains("the day after"));
    assert!(on("sar-clarify", "2026-02-04").source.contains("guidance"));
    assert!(on("sar-clarify", "2026-02-05").source.contains("2025"));
    assert_eq!(in_force("complaint", day("2026-06-18").expect("a day")), None);
    assert!(in_force("complaint", day("2026-06-19").expect("a day")).is_some());
    assert_eq!(rule("sar-month"), in_force("sar-month", day("2026-01-01").expect("a day")));
}

#[test]
fn a_rule_whose_source_was_not_read_says_so_on_the_page() {
    let unread = RULES.iter().filter(|rule| rule.reading == Reading::Account).count();
    assert!(unread > 0);
    let page = page();
    assert!(page.contains("because its text could not be read."), "the head explains it");
    assert_eq!(page.matches("because its text could not be read, on ").count(), unread);
    assert!(page.contains("no legal advice"));
    for rule in RULES {
        assert!(page.contains(rule.text) && page.contains(rule.source), "{}", rule.id);
    }
}

#[test]
fn the_regulator_has_a_name_on_every_day() {
    for day in [Date::MIN, Date::constant(2018, 5, 25), Date::MAX] {
        assert_eq!(regulator(day), "Information Commissioner's Office");
    }
}

#[test]
fn a_ground_of_transfer_falls_on_its_day() {
    let fallen = grounds::fell("eu-us-privacy-shield").map(|fall| fall.day);
    assert_eq!(fallen, day("2020-07-16"));
    assert_eq!(grounds::fell("adequacy"), None);
    let shield = RULES.iter().find(|rule| rule.title.contains("Privacy Shield"));
    let last = shield.and_then(|rule| rule.until).and_then(|day| day.tomorrow().ok());
    assert_eq!(last, fallen, "page and table agree");
}

#[test]
fn days_and_moments_compare_as_people_do() {
    let monday = When::Day(Date::constant(2026, 3, 2));
    // 23:59:59 and midnight in London.
    let (last, next) = (When::Moment(1_772_495_999), When::Moment(1_772_496_000));
    assert!(!last.is_after(monday), "a day lasts to its end");
    assert!(next.is_after(monday));
    assert!(next.is_after(last) && !last.is_after(last));
    assert!(!When::NotKnown.is_after(monday) && !monday.is_after(When::NotKnown));
    assert!(last.order() <= monday.order() && monday.order() < next.order());
    assert!(next.order() < When::NotKnown.order());
    assert_eq!(monday.written(), "Monday 2 March 2026");
    let json = serde_json::to_string(&[monday, last, When::NotKnown]).expect("JSON");
    assert_eq!(json, r#"["2026-03-02","2026-03-02T23:59:59Z",null]"#);
}

#[test]
fn a_day_at_the_end_of_the_calendar_is_sorted_before_what_is_not_known() {
    assert!(When::Day(Date::MAX).order() < When::NotKnown.order());
}

#[test]
fn the_page_names_each_rule_once_with_the_days_on_which_it_is_in_force() {
    let page = page();
    for rule in RULES {
        assert_eq!(page.matches(&format!("\n## {}\n", rule.id)).count(), 1, "{}", rule.id);
    }
    for words in [
        "\n- In force: as long as policy or record says so\n",
        "\n- In force: from 19 June 2026\n",
        "\n- In force: until 4 February 2026\n",
        "\n- In force: from 12 July 2016 until 15 July 2020\n",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
