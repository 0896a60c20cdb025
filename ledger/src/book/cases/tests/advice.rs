//! Whose advice on a DPIA or its screening counts, and for what: else the head reads that the data
//! protection officer advised who did not.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, group, text};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

#[test]
fn a_screening_waits_for_somebody_else_s_review_and_then_for_its_approval() {
    let case = "dpia-2026-001";
    let screened =
        |outcome| Story::default().then("dpia-screening", case, &[("outcome", text(outcome))]);
    let required = screened("proceed-with-dpia");
    required.is(case, "a DPIA is to be written", &["the DPIA itself", "record dpia"]);
    let mut story = screened("proceed").then("dpo-advice", case, &[]);
    let waiting = "the screening waits for the data protection officer";
    story.is(case, waiting, &["record dpo-advice"]);
    story = story.to(Relation::Advises, 0);
    story.last().person = story.0[0].person;
    story.is(case, waiting, &["record dpo-advice"]);
    story.last().person = [9; 16];
    story.is(case, "screened: no DPIA required", &["approve the screening"]);
    story.last().kind = "note".to_owned();
    story.is(case, waiting, &[]);
    let story = story.then("dpia-approval", case, &[]).deciding("approved");
    story.is(case, "approved", &["review it by 1 April 2027"]);
    // What was approved before it was found that a DPIA is required is no decision on one.
    let story = story.then("dpia-screening", case, &[("dpia-required", Value::Bool(true))]);
    story.is(case, "a DPIA is to be written", &[]);
}

#[test]
fn signatures_on_documents_tell_how_far_a_dpia_is() {
    let case = "dpia-2026-001";
    let advice = [("recommendation", text("proceed"))];
    let story = Story::default().then("dpo-advice", case, &advice);
    story.is(case, "waits for the controller's decision", &["record dpia-approval"]);
    let story = story.then("dpia-approval", case, &[]).deciding("approved");
    story.is(case, "approved", &["record risk-acceptance"]);
    let story = story.then("risk-acceptance", case, &[]);
    story.is(case, "approved", &[]);
    story.says_nothing_of(case, &["record risk-acceptance", "have the risks accepted"]);
}

#[test]
fn advice_and_approval_count_for_the_dpia_that_they_follow() {
    let case = "dpia-2026-001";
    let controls = Value::Array(vec![group(&[("id", "C1")])]);
    let (open, done) =
        (group(&[("control", "lock")]), group(&[("control", "gate"), ("completed", "2026-09-01")]));
    let story = Story::default()
        .then("dpo-advice", case, &[])
        .then("dpia-approval", case, &[])
        .deciding("approved")
        .then(
            "dpia",
            case,
            &[
                ("controls", controls),
                ("responsibilities", Value::Array(vec![open.clone(), done, open.clone()])),
            ],
        );
    story.is(
        case,
        "waits for the data protection officer's advice",
        &["record dpo-advice", "record control-approval", "2 controls are not put in place"],
    );
    let mut story = story.then("note", case, &[]).to(Relation::Approves, 2);
    story.is(case, "waits for the data protection officer's advice", &["record control-approval"]);
    story.last().kind = "control-approval".to_owned();
    story.says_nothing_of(case, &["record control-approval"]);
    let one = [("responsibilities", Value::Array(vec![open]))];
    let story = Story::default().then("dpia", case, &one);
    story.is(
        case,
        "waits for the data protection officer's advice",
        &["1 control is not put in place"],
    );
    story.says_nothing_of(case, &["record control-approval"]);
    let story = Story::default().then("dpia", case, &[]);
    story.says_nothing_of(case, &["put in place", "processing must not start"]);
}

/// The program takes advice from anybody, and says what it lacks.
#[test]
fn only_the_data_protection_officers_advice_ends_the_wait_for_it() {
    let case = "dpia-2026-001";
    let advised = |story: Story| {
        let answers = [("recommendation", text("proceed"))];
        story.then("dpo-advice", case, &answers).to(Relation::Advises, 0)
    };
    let lack = "signed as Caretaker, a role that may not sign this";
    let story = || advised(Story::default().then("dpia", case, &[])).lacking(lack);
    story().is(case, "waits for the data protection officer's advice", &["record dpo-advice"]);
    advised(story()).is(case, "waits for the controller's decision", &[]);
    let screened = advised(Story::default().then("dpia-screening", case, &[]));
    screened.is(case, "screened: no DPIA required", &[]);
    let screened = screened.lacking(lack);
    screened.is(case, "the screening waits for the data protection officer", &[]);
    // On documents alone.
    Story::default().then("dpo-advice", case, &[]).lacking(lack).is(case, "begun", &[]);
}

/// Else the head is told that nobody advised, or to approve what must not be.
#[test]
fn advice_on_paper_and_a_screening_that_says_no_are_told() {
    let case = "dpia-2026-001";
    let story = Story::default()
        .then("dpia", case, &[])
        .then("paper-signature", case, &[("role", text("dpo"))])
        .to(Relation::Advises, 0);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.contains("advised on by entry 1"), "{why}");
    let no = [("outcome", text("do-not-proceed"))];
    let story = Story::default().then("dpia-screening", case, &no);
    story.is(case, "screened: not to proceed", &[]);
    story.says_nothing_of(case, &["record dpia-approval"]);
}
