//! Requests by those whom the data are about: whether the school has to answer, or waits itself.

use crate::book::story::{Story, text};
use crate::format::cbor::Value;

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
        step(story, asked).is(case, &waits, &[]);
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
}
