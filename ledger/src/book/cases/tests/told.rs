//! What a state is told from, in a case of any sort: from the records of its moment that count, and
//! with the entry that tells so.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, group, text, texts};
use crate::format::cbor::Value;

/// The state rests on decisions by those who may decide, and on what the regulator says of each risk.
#[test]
fn what_does_not_count_decides_nothing() {
    let case = "breach-2026-001";
    let mut story = Story::default().then("breach-report", case, &[]).then(
        "breach-decision",
        case,
        &[("notify-regulator", Value::Bool(false))],
    );
    story.is(case, "decided, to be investigated", &[]);
    story.last().marks.by_exception = true;
    story.is(case, "waits for the decision whether to notify", &["record breach-decision"]);

    let case = "dpia-2026-001";
    let red = |id| Value::Array(vec![group(&[("id", id), ("level-after", "high")])]);
    let low = Value::Array(vec![group(&[("id", "R1"), ("level", "low")])]);
    let story = Story::default().then("dpia", case, &[("risks", red("R1"))]).then(
        "risk-acceptance",
        case,
        &[("risks", low)],
    );
    let waiting = "waits for the data protection officer's advice";
    story.says_nothing_of(case, &["processing must not start"]);
    let mut story = story;
    story.last().marks.by_exception = true;
    story.is(case, waiting, &["processing must not start: a high risk remains"]);
    let answers = [
        ("risks", texts(&["R1"])),
        ("outcome", text("prohibition")),
        ("reply-received", text("2026-09-30")),
    ];
    let story = story.then("ico-consultation", case, &answers);
    story.is(case, waiting, &["the regulator prohibits it (entry 2"]);
    let story = story.then("dpia", case, &[("risks", red("R9"))]);
    story.is(case, waiting, &["a high risk remains after the controls", "record ico-consultation"]);
    story.says_nothing_of(case, &["prohibits it"]);
}

#[test]
fn a_case_is_told_as_it_stood_on_a_day() {
    let case = "complaint-2026-001";
    let mut story = Story::default().then("complaint", case, &[]);
    let end = [("step", text("withdrawn"))];
    story = story.then("complaint-step", case, &end);
    story.last().time = NOW + 1;
    story.is(case, "to be acknowledged", &[]);
    assert!(state(&Book::new(&story.0, NOW + 1), case).closed);
}

#[test]
fn a_case_without_its_first_record_says_which_to_write() {
    for (case, next) in [
        ("dpia-2026-001", "record dpia-screening"),
        ("breach-2026-001", "record breach-report"),
        ("request-2026-001", "record request"),
        ("complaint-2026-001", "record complaint"),
        ("consent-2026-001", ""),
        ("other-2026-001", ""),
    ] {
        Story::default().is(case, "begun", &[next]);
        assert!(!Story::default().closed(case), "{case}");
    }
    Story::default().is("cctv-2026-001", "recorded", &[]);
}

#[test]
fn a_state_names_the_entry_that_tells_so_and_who_signed_it() {
    let why = |story: &Story, case: &str| state(&Book::new(&story.0, NOW), case).why;
    let case = "request-2026-001";
    let received = [("received", text("2026-09-14"))];
    let story = Story::default().then("request", case, &received);
    let begun = "entry 0 (Request), received on 14 September 2026, is on record, and no answer";
    assert_eq!(why(&story, case), begun);
    let undated = Story::default().then("request", case, &[]);
    assert_eq!(why(&undated, case), "entry 0 (Request) is on record, and no answer");
    let story = story.then("request-answer", case, &[]);
    let answered = "it was answered (entry 1, signed as Headteacher by Amina Okafor)";
    assert_eq!(why(&story, case), answered);
}
