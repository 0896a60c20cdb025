//! Requests by those whom the data are about: whether the school has to answer, or waits itself.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, text};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

#[test]
fn a_request_waits_for_what_was_asked() {
    let case = "request-2026-001";
    let step = |story: Story, step: &str| story.then("request-step", case, &[("step", text(step))]);
    let story = Story::default().then("request", case, &[("received", text("2026-09-14"))]);
    story.is(case, "to be answered", &["acknowledged", "record request-answer"]);
    let story = step(step(story, "acknowledged"), "identity-asked");
    story.is(case, "waits for proof of identity", &[]);
    let story = step(story, "identity-received");
    story.is(case, "to be answered", &[]);
    let story = story.then("request-answer", case, &[("outcome", text("partly-granted"))]);
    story.is(case, "answered: partly granted", &[]);
}

#[test]
fn a_request_waits_again_for_what_was_asked_again() {
    let case = "request-2026-001";
    let step = |story: Story, step: &str| story.then("request-step", case, &[("step", text(step))]);
    let access = [("type", text("subject-access"))];
    let begun = || Story::default().then("request", case, &access);
    for (asked, given, what) in [
        ("identity-asked", "identity-received", "proof of identity"),
        ("authority-asked", "authority-received", "proof of authority"),
        ("fee-asked", "fee-received", "the fee"),
        ("clarification-asked", "clarification-answered", "the clarification"),
    ] {
        let waits = format!("waits for {what}");
        // What came before it was asked for is no answer.
        let story = step(step(begun(), given), asked);
        story.is(case, &waits, &[&format!("ask again for {what}"), "was acknowledged"]);
        let story = step(story, given);
        story.is(case, "to be answered", &["--step searched"]);
        let story = step(story, asked);
        story.is(case, &waits, &[]);
        let why = state(&Book::new(&story.0, NOW), case).why;
        assert!(why.starts_with("entry 4 (Step on a request) asks for it"), "{why}");
    }
    let story = step(begun(), "acknowledged");
    story.is(case, "to be answered", &[]);
    story.says_nothing_of(case, &["acknowledged"]);
    assert!(!story.closed(case));
    assert!(story.then("request-answer", case, &[]).closed(case));
}

/// Else "it waits" is told while the limit runs on, or the other way round.
#[test]
fn a_request_waits_where_its_clock_does() {
    let case = "request-2026-001";
    let requested = |answers: &[(&str, Value)]| {
        let received = [("received", text("2026-08-03"))];
        Story::default().then("request", case, &[received.as_slice(), answers].concat())
    };
    let step = |story: Story, step, done| {
        story.then("request-step", case, &[("step", text(step)), ("done", text(done))])
    };
    let access = [("type", text("subject-access"))];
    let asked = |story| step(story, "clarification-asked", "2026-08-10");
    asked(requested(&access)).is(case, "waits for the clarification", &[]);
    asked(requested(&[("type", text("erasure"))])).is(case, "to be answered", &[]);
    step(requested(&access), "fee-asked", "2026-09-20").is(case, "to be answered", &[]);
    let story = step(requested(&access), "identity-received", "2026-08-12");
    step(story, "identity-asked", "2026-08-05").is(case, "to be answered", &[]);
    let asked = requested(&[("type", text("subject-access")), ("authority", text("asked"))]);
    asked.is(case, "waits for proof of authority", &["ask again for proof of authority"]);
    let why = state(&Book::new(&asked.0, NOW), case).why;
    assert!(why.starts_with("entry 0 (Request) asks for it"), "{why}");
}

/// Else the case is called answered a month before anything goes out.
#[test]
fn an_answer_whose_day_is_still_to_come_leaves_the_request_to_be_answered() {
    let case = "request-2026-001";
    let answered = |day| {
        let received = [("received", text("2026-09-14")), ("type", text("erasure"))];
        let answer = [("answered", text(day)), ("outcome", text("granted"))];
        let story = Story::default().then("request", case, &received);
        story.then("request-answer", case, &answer).to(Relation::Answers, 0)
    };
    answered("2026-10-02").is(case, "to be answered", &["--link corrects=1"]);
    assert!(!answered("2026-10-02").closed(case));
    assert!(answered("2026-10-01").closed(case));
    // What was dated a month late is put right.
    let story = answered("2026-11-01");
    let right = [("answered", text("2026-10-01")), ("outcome", text("refused"))];
    let story = story.then("request-answer", case, &right).to(Relation::Answers, 0);
    story.to(Relation::Corrects, 1).is(case, "answered: refused", &[]);
}

/// Else the office takes a correction in words for the day that counts.
#[test]
fn an_answer_that_was_corrected_in_words_says_how_its_day_comes_to_count() {
    let case = "request-2026-001";
    let answer = [("answered", text("2026-09-20")), ("outcome", text("granted"))];
    let story = || {
        let story = Story::default().then("request", case, &[("received", text("2026-09-14"))]);
        story.then("request-answer", case, &answer)
    };
    story().says_nothing_of(case, &["corrects"]);
    let story = story().then("correction", case, &[]).to(Relation::Corrects, 1);
    story.is(case, "answered: granted", &["entry 2 corrects entry 1", "--link corrects=1"]);
    let story = story.then("request-answer", case, &answer).to(Relation::Corrects, 1);
    story.says_nothing_of(case, &["in words"]);
}
