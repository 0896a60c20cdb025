use super::*;
use crate::book::rules::When;
use crate::book::rules::targets::{By, Unit};
use crate::records::days::day;

fn date(text: &str) -> Date {
    day(text).expect("a day")
}

fn clock(received: &str) -> Clock {
    Clock::received(date(received), true)
}

fn awaited(what: &'static str, asked: &str, arrived: Option<&str>) -> Awaited {
    Awaited { what, asked: date(asked), arrived: arrived.map(date) }
}

fn told(day: &str) -> Extended {
    Extended { on: date(day), told: true }
}

fn clarified(asked: &str, answered: Option<&str>) -> Clarified {
    Clarified { asked: date(asked), answered: answered.map(date) }
}

fn due(worked: &Worked, text: &str) {
    assert_eq!(worked.due, When::Day(date(text)), "{}", worked.words);
}

#[test]
fn the_clock_starts_when_the_last_of_what_was_asked_for_arrives() {
    let mut clock = clock("2026-03-02");
    clock.awaited = vec![
        awaited("a fee", "2026-03-04", Some("2026-03-06")),
        awaited("proof of identity", "2026-03-03", Some("2026-03-12")),
    ];
    assert_eq!(clock.start(), Some(date("2026-03-12")));
    let limit = clock.limit();
    due(&limit, "2026-04-13");
    assert_eq!(
        limit.words,
        "received 2 March 2026; proof of identity, asked for on 3 March 2026, arrived on 12 \
         March 2026; the clock starts when the last of them arrives: 12 March 2026; a month later \
         is 12 April; a Sunday, so Monday 13 April 2026"
    );
}

#[test]
fn nothing_is_due_while_proof_is_awaited() {
    let mut clock = clock("2026-03-02");
    clock.awaited = vec![awaited("proof of identity", "2026-03-03", None)];
    let limit = clock.limit();
    assert_eq!((limit.due, clock.start()), (When::NotKnown, None));
    assert!(
        limit.words.ends_with(
            "proof of identity was asked for on 3 March 2026 and has not arrived: the clock \
             starts when it does"
        ),
        "{}",
        limit.words
    );
}

#[test]
fn what_is_asked_for_after_the_limit_has_passed_changes_nothing() {
    let mut clock = clock("2026-03-02");
    clock.awaited = vec![awaited("proof of identity", "2026-04-03", None)];
    clock.clarified = vec![clarified("2026-04-10", Some("2026-05-10"))];
    let limit = clock.limit();
    due(&limit, "2026-04-02");
    assert!(limit.words.contains("changes nothing"), "{}", limit.words);
}

#[test]
fn a_request_keeps_the_rule_of_its_own_day() {
    due(&clock("2019-08-14").limit(), "2019-09-16");
    due(&clock("2019-08-15").limit(), "2019-09-16");
    due(&clock("2019-08-13").limit(), "2019-09-16");
    due(&clock("2019-07-30").limit(), "2019-09-02");
    due(&clock("2019-07-31").limit(), "2019-09-02");
    due(&clock("2019-05-30").limit(), "2019-07-01");
    let words = clock("2019-06-04").limit().words;
    assert_eq!(
        words,
        "received 4 June 2019; counted from the day after, as it was for requests before 15 August \
         2019: 5 June 2019; a month later is Friday 5 July 2019"
    );
}

#[test]
fn a_question_pauses_the_clock_from_asking_to_its_answer() {
    let mut clock = clock("2026-03-02");
    clock.clarified = vec![clarified("2026-03-10", Some("2026-03-15"))];
    let limit = clock.limit();
    due(&limit, "2026-04-08");
    assert_eq!(
        limit.words,
        "received 2 March 2026; a month later is 2 April 2026; clarification asked for on 10 March \
         2026 and answered on 15 March 2026, so 6 days more: 8 April 2026"
    );
    clock.received = date("2026-02-04");
    clock.clarified = vec![clarified("2026-02-10", Some("2026-02-10"))];
    assert!(clock.limit().words.contains("1 day more by the regulator's guidance"));
}

#[test]
fn an_open_question_stops_the_clock_and_says_what_is_left() {
    let mut clock = clock("2026-03-02");
    clock.clarified = vec![clarified("2026-03-10", None)];
    let limit = clock.limit();
    assert_eq!(limit.due, When::NotKnown);
    // 10 March to 2 April, both included.
    assert!(limit.words.ends_with("24 days will be left after the answer"), "{}", limit.words);
    clock.clarified = vec![clarified("2026-03-10", Some("2026-03-20"))];
    due(&clock.limit(), "2026-04-13");
}

#[test]
fn pauses_that_overlap_count_each_day_once_and_none_before_the_start() {
    let mut clock = clock("2026-03-02");
    clock.clarified = vec![
        clarified("2026-03-10", Some("2026-03-15")),
        clarified("2026-03-13", Some("2026-03-18")),
    ];
    due(&clock.limit(), "2026-04-13");
    clock.awaited = vec![awaited("proof of identity", "2026-03-03", Some("2026-03-16"))];
    // From 16 to 18 March: three days after the start.
    due(&clock.limit(), "2026-04-20");
}

#[test]
fn a_question_on_the_days_over_which_a_limit_rolls_leaves_a_working_day() {
    // The month ends on Saturday 28 February, and rolls to Monday.
    let mut clock = clock("2026-01-31");
    clock.clarified = vec![clarified("2026-03-02", Some("2026-03-10"))];
    let limit = clock.limit();
    due(&limit, "2026-03-11");
    assert!(limit.words.contains("not before the day after the answer"), "{}", limit.words);
}

#[test]
fn an_extension_counts_if_it_was_told_within_the_month() {
    let mut clock = clock("2026-03-02");
    clock.extended = Some(told("2026-04-02"));
    let limit = clock.limit();
    due(&limit, "2026-06-02");
    assert_eq!(limit.rule, "sar-extend");
    clock.extended = Some(told("2026-04-03"));
    let limit = clock.limit();
    due(&limit, "2026-04-02");
    assert!(limit.words.contains("after the month had ended"), "{}", limit.words);
    // A pause moves the end of the month for the notice, too.
    clock.clarified = vec![clarified("2026-03-30", Some("2026-03-30"))];
    due(&clock.month(), "2026-04-07");
    assert!(clock.is_extended());
    due(&clock.limit(), "2026-06-03");
    // And while the clock stands still, the month hasn't ended.
    clock.clarified = vec![clarified("2026-03-30", None)];
    assert!(clock.is_extended());
    assert_eq!(clock.limit().due, When::NotKnown);
}

#[test]
fn a_question_in_an_extended_request_counts_after_its_first_month() {
    let mut clock = clock("2026-03-02");
    clock.extended = Some(told("2026-03-20"));
    clock.clarified = vec![clarified("2026-05-01", Some("2026-05-10"))];
    due(&clock.limit(), "2026-06-12");
    due(&clock.month(), "2026-04-02");
}

#[test]
fn the_target_runs_and_stops_with_the_clock() {
    let target = Target { number: 15, unit: Unit::Days, by: By::Default };
    let terms = Terms::default();
    let mut clock = clock("2026-03-02");
    due(&clock.target("sar-targets", &target, &terms), "2026-03-17");
    clock.awaited = vec![awaited("proof of identity", "2026-03-03", Some("2026-03-12"))];
    due(&clock.target("sar-targets", &target, &terms), "2026-03-27");
    clock.clarified = vec![clarified("2026-03-15", Some("2026-03-16"))];
    due(&clock.target("sar-targets", &target, &terms), "2026-03-29");
    clock.clarified = vec![clarified("2026-03-15", None)];
    let stopped = clock.target("sar-targets", &target, &terms);
    assert_eq!(stopped.due, When::NotKnown);
    assert!(stopped.words.contains("stood still since 15 March 2026"), "{}", stopped.words);
}

/// The month of a request from 15 August 2019 ended on a Sunday, so its limit alone shows nothing.
#[test]
fn a_request_counts_from_its_own_day_from_15_august_2019_on() {
    for (received, start) in
        [("2019-08-14", "2019-08-15"), ("2019-08-15", "2019-08-15"), ("2019-08-16", "2019-08-16")]
    {
        assert_eq!(clock(received).start(), Some(date(start)), "{received}");
    }
    let mut clock = clock("2019-08-15");
    clock.awaited = vec![awaited("proof of identity", "2019-08-16", Some("2019-08-20"))];
    let words = clock.limit().words;
    assert!(words.contains("the clock starts when the last of them arrives: 20 August"), "{words}");
}

#[test]
fn a_pause_is_the_law_s_from_5_february_2026_on() {
    for (received, by_guidance) in [("2026-02-04", true), ("2026-02-05", false)] {
        let mut clock = clock(received);
        clock.clarified = vec![clarified("2026-02-10", Some("2026-02-10"))];
        let words = clock.limit().words;
        assert_eq!(words.contains("by the regulator's guidance"), by_guidance, "{words}");
    }
}

#[test]
fn what_is_asked_for_while_the_clock_stands_still_is_not_too_late() {
    let mut clock = clock("2026-03-02");
    let late = awaited("a fee", "2026-05-01", Some("2026-05-10"));
    clock.awaited = vec![awaited("proof of identity", "2026-03-03", None), late.clone()];
    let words = clock.limit().words;
    assert!(!words.contains("changes nothing"), "{words}");
    clock.awaited = vec![late];
    clock.clarified = vec![clarified("2026-03-10", None)];
    let words = clock.limit().words;
    assert!(!words.contains("changes nothing"), "{words}");
}

#[test]
fn what_arrives_with_the_request_or_with_something_else_moves_nothing_more() {
    let mut clock = clock("2026-03-02");
    clock.awaited = vec![awaited("proof of identity", "2026-03-02", Some("2026-03-02"))];
    assert_eq!(
        clock.limit().words,
        "received 2 March 2026; a month later is Thursday 2 April 2026"
    );
    clock.awaited = vec![
        awaited("proof of identity", "2026-03-03", Some("2026-03-12")),
        awaited("a fee", "2026-03-04", Some("2026-03-12")),
    ];
    let words = clock.limit().words;
    assert!(words.contains("proof of identity, asked") && !words.contains("a fee"), "{words}");
}

#[test]
fn a_question_on_the_last_days_leaves_a_day_for_the_answer() {
    // The month ends on Saturday 28 February, and rolls to Monday 2 March.
    for (asked, left) in [
        ("2026-02-27", "2 days"),
        ("2026-02-28", "1 day"),
        ("2026-03-01", "1 day"),
        ("2026-03-02", "1 day"),
    ] {
        let mut clock = clock("2026-01-28");
        clock.clarified = vec![clarified(asked, None)];
        let words = clock.limit().words;
        assert!(words.ends_with(&format!("; {left} will be left after the answer")), "{words}");
    }
}
