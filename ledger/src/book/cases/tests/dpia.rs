//! A DPIA on its way from screening to review: whether it is decided, and its review due.

use crate::book::cases::state;
use crate::book::item::{Book, Loss};
use crate::book::story::{NOW, Story, group, text};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::answers::Answers;
use crate::records::kind::Relation;

#[test]
fn a_dpia_goes_from_screening_to_review() {
    let case = "dpia-2026-001";
    let story = Story::default();
    story.is(case, "begun", &["record dpia-screening"]);
    let story = story.then("dpia-screening", case, &[("dpia-required", Value::Bool(true))]);
    story.is(case, "a DPIA is to be written", &["record dpia"]);
    let red = group(&[("id", "R1"), ("impact-after", "severe"), ("likelihood-after", "likely")]);
    let story = story.then("dpia", case, &[("risks", Value::Array(vec![red]))]);
    story.is(
        case,
        "waits for the data protection officer's advice",
        &["processing must not start"],
    );
    let story = story
        .then("dpo-advice", case, &[("recommendation", text("restrict"))])
        .to(Relation::Advises, 1);
    story.is(case, "waits for the controller's decision", &["record dpia-approval"]);
    let story = story
        .then("dpia-approval", case, &[("review-date", text("2026-09-01"))])
        .deciding("approved")
        .to(Relation::Approves, 1);
    story.is(
        case,
        "approved",
        &["the review was due on 1 September 2026", "record risk-acceptance"],
    );
    let story = story.then("dpia-review", case, &[("outcome", text("changes-needed"))]);
    story.is(case, "approved", &["asks for changes"]);
}

#[test]
fn an_approval_that_lacks_a_signature_or_is_stale_says_so() {
    let case = "dpia-2026-001";
    let mut story = Story::default()
        .then("dpia-approval", case, &[])
        .deciding("approved-with-conditions")
        .lacking("missing: the DPO's advice on this exact content");
    story.is(case, "approved with conditions, not complete yet", &["the DPO's advice"]);
    story.last().marks.lacks.clear();
    story.last().marks.stale.push(Index(7));
    story.is(case, "approved with conditions, but stale", &["changed by entry 7"]);
    let refused = Story::default().then("dpia-approval", case, &[]).deciding("refused");
    refused.is(case, "refused", &[]);
}

#[test]
fn an_approval_tells_when_its_review_is_due_and_whether_it_is_whole() {
    let case = "dpia-2026-001";
    for (day, words) in [
        ("2026-10-02", "review it by 2 October 2026"),
        ("2026-10-01", "review it by 1 October 2026"),
        ("2026-09-30", "the review was due on 30 September 2026"),
    ] {
        let mut story = Story::default()
            .then("dpia-approval", case, &[("review-date", text(day))])
            .deciding("approved");
        story.is(case, "approved", &[words]);
        story.last().marks.by_exception = true;
        story.is(case, "approved, not complete yet", &["nobody has ratified it"]);
    }
    let refused = Story::default().then("dpia-approval", case, &[]).deciding("refused");
    assert!(refused.closed(case));
    refused.says_nothing_of(case, &["review"]);
}

#[test]
fn a_review_stops_a_dpia_or_asks_for_changes_or_leaves_it() {
    let case = "dpia-2026-001";
    let reviewed = |outcome| {
        let story = Story::default().then("dpia-approval", case, &[]).deciding("approved");
        story.then("dpia-review", case, &[("outcome", text(outcome))])
    };
    reviewed("stopped").is(case, "stopped", &[]);
    assert!(reviewed("stopped").closed(case));
    reviewed("changes-needed").is(case, "approved", &["asks for changes"]);
    reviewed("no-change").is(case, "approved", &[]);
    reviewed("no-change").says_nothing_of(case, &["asks for changes"]);
    assert!(!reviewed("no-change").closed(case));
    // Where there are documents alone, what is approved next are the changed ones.
    for outcome in ["changes-needed", "new-dpia"] {
        let story = reviewed(outcome).then("dpia-approval", case, &[]).deciding("approved");
        story.is(case, "approved", &[]);
        story.says_nothing_of(case, &["asks for changes"]);
    }
}

/// Else an assessment that lives is closed by what ended the one before.
#[test]
fn a_review_speaks_of_the_dpia_before_it() {
    let case = "dpia-2026-001";
    let reviewed = |outcome| {
        let story = Story::default().then("dpia", case, &[]).then("dpia-approval", case, &[]);
        let story = story.deciding("approved");
        story.then("dpia-review", case, &[("outcome", text(outcome))])
    };
    assert!(reviewed("stopped").closed(case));
    let anew = |story: Story| {
        let story = story.then("dpia", case, &[]).then("dpia-approval", case, &[]);
        story.deciding("approved")
    };
    anew(reviewed("stopped")).is(case, "approved", &[]);
    assert!(!anew(reviewed("stopped")).closed(case));
    for outcome in ["changes-needed", "new-dpia"] {
        reviewed(outcome).is(case, "approved", &["asks for changes"]);
        anew(reviewed(outcome)).says_nothing_of(case, &["asks for changes"]);
    }
    // Reviewed, it is to be reviewed again, and not when it was planned before.
    let mut story = reviewed("no-change");
    story.0[1].answers.set("review-date", text("2026-09-30"));
    story.0[2].answers.set("next-review", text("2027-03-01"));
    story.is(case, "approved", &["review it by 1 March 2027"]);
    story.0.truncate(2);
    story.0[1].answers.set("review-date", text("2029-03-01"));
    story.is(case, "approved", &["review it by 1 October 2027"]);
}

/// Else whoever may not decide closes a DPIA, and takes the place of the controller's decision.
#[test]
fn a_refusal_or_approval_that_is_not_whole_decides_nothing() {
    let case = "dpia-2026-001";
    let decided =
        |story: Story, decision| story.then("dpia-approval", case, &[]).deciding(decision);
    let mut story = decided(Story::default(), "refused");
    assert!(story.closed(case));
    story.last().marks.by_exception = true;
    story.is(case, "refused, not complete yet", &["nobody has ratified it"]);
    assert!(!story.closed(case));
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.starts_with("it was signed by exception"), "{why}");
    for decision in ["refused", "approved"] {
        let mut story = decided(decided(Story::default(), "approved"), decision);
        story.last().marks.by_exception = true;
        story.is(case, "approved", &[]);
        let why = state(&Book::new(&story.0, NOW), case).why;
        assert!(why.starts_with("the controller has decided (entry 0"), "{why}");
        let story = story.to(Relation::Corrects, 0);
        story.is(case, "approved", &[]);
    }
    let lack = "missing: the DPO's advice on this exact content";
    let story = decided(Story::default(), "approved").lacking(lack);
    let next = state(&Book::new(&story.0, NOW), case).next;
    assert!(next[0].contains("record dpo-advice"), "{next:?}");
}

/// The answer that names a file by a hash of these bytes.
fn file(byte: u8) -> (&'static str, Value) {
    let file = Value::map([("name", text("a.pdf")), ("sha256", Value::bytes(vec![byte; 32]))]);
    ("documents", Value::Array(vec![file]))
}

/// Else a case is called advised on, or approved, by what was signed on another file.
#[test]
fn advice_and_approval_of_a_file_count_while_the_dpia_names_that_file() {
    let case = "dpia-2026-001";
    let advised = |story: Story, byte| {
        story.then("dpo-advice", case, &[("recommendation", text("proceed")), file(byte)])
    };
    let approved =
        |story: Story, byte| story.then("dpia-approval", case, &[file(byte)]).deciding("approved");
    let written = || Story::default().then("dpia", case, &[file(7)]);
    advised(written(), 7).is(case, "waits for the controller's decision", &[]);
    let waits = "waits for the data protection officer's advice";
    let story = advised(written(), 8);
    story.is(case, waits, &["record dpo-advice"]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert_eq!(why, "entry 1 (DPO's advice) is on other content than entry 0 (DPIA)");
    let story = || approved(advised(written(), 7), 7);
    story().is(case, "approved", &[]);
    let anew = |byte| story().then("dpia", case, &[file(byte)]).to(Relation::Corrects, 0);
    anew(8).is(case, waits, &["entry 2 (DPIA approval) is on other content"]);
    // The same file is the same content.
    anew(7).is(case, "approved", &[]);
    // Advised on and approved by the old file once more.
    approved(advised(anew(8), 7), 7).is(case, waits, &["is on other content"]);
    advised(anew(8), 8).is(case, "waits for the controller's decision", &[]);
    approved(advised(anew(8), 8), 8).is(case, "approved", &[]);
    approved(advised(advised(anew(8), 8), 7), 8).says_nothing_of(case, &["on other content"]);
    // A refusal of the old file closes nothing.
    let refused = |byte| advised(written(), 7).then("dpia-approval", case, &[file(byte)]);
    assert!(refused(7).deciding("refused").closed(case));
    assert!(!refused(8).deciding("refused").closed(case));
}

/// Else an approval without biometric data counts for the same product with them, because one annex
/// stayed what it was.
#[test]
fn a_signature_on_some_of_the_files_goes_over_to_no_newer_dpia() {
    let case = "dpia-2026-001";
    let files = |bytes: &[u8]| {
        let all = bytes.iter().map(|byte| {
            Value::map([("name", text("a.pdf")), ("sha256", Value::bytes(vec![*byte; 32]))])
        });
        ("documents", Value::Array(all.collect()))
    };
    let signed = |story: Story, bytes: &[u8]| {
        let advice = [("recommendation", text("proceed")), files(bytes)];
        let story = story.then("dpo-advice", case, &advice);
        story.then("dpia-approval", case, &[files(bytes)]).deciding("approved")
    };
    let first = || signed(Story::default().then("dpia", case, &[files(&[1, 9])]), &[1, 9]);
    first().is(case, "approved", &[]);
    let waits = "waits for the data protection officer's advice";
    let anew = || first().then("dpia", case, &[files(&[2, 9])]);
    anew().is(case, waits, &[]);
    anew().to(Relation::Corrects, 0).is(case, waits, &[]);
    signed(anew(), &[2, 9]).is(case, "approved", &[]);
    // Signed afterwards, it is on the DPIA that names its file beside another.
    signed(Story::default().then("dpia", case, &[files(&[1, 9])]), &[9]).is(case, "approved", &[]);
    // All of its files, and another one beside them.
    let fewer = first().then("dpia", case, &[files(&[9])]).to(Relation::Corrects, 0);
    fewer.is(case, "approved", &[]);
}

/// Else advice on a DPIA as it was before its correction, given afterwards, ends the wait for advice.
#[test]
fn advice_that_links_to_an_older_dpia_is_on_other_content() {
    let case = "dpia-2026-001";
    let story = || Story::default().then("dpia", case, &[]).then("dpia", case, &[]);
    let story = || story().to(Relation::Corrects, 0).then("dpo-advice", case, &[]);
    let waits = "waits for the data protection officer's advice";
    let old = story().to(Relation::Advises, 0);
    old.is(case, waits, &[]);
    let why = state(&Book::new(&old.0, NOW), case).why;
    assert_eq!(why, "entry 2 (DPO's advice) is on other content than entry 1 (DPIA)");
    story().to(Relation::Advises, 1).is(case, "waits for the controller's decision", &[]);
}

/// Else an approval that came on paper, or that outlives the record of its DPIA, approves nothing.
#[test]
fn an_approval_counts_for_the_dpia_before_it_where_files_cant_tell() {
    let case = "dpia-2026-001";
    let files = |bytes: &[u8]| {
        let all = bytes.iter().map(|byte| Value::map([("sha256", Value::bytes(vec![*byte; 32]))]));
        ("documents", Value::Array(all.collect()))
    };
    let story = Story::default().then("dpia", case, &[file(7)]).then("dpia-approval", case, &[]);
    story.deciding("approved").is(case, "approved", &[]);
    let story = Story::default()
        .then("dpia", case, &[files(&[7, 9])])
        .then("dpia", case, &[files(&[8, 9])])
        .to(Relation::Corrects, 0)
        .then("dpia-approval", case, &[files(&[8, 9])]);
    let mut story = story.deciding("approved");
    story.is(case, "approved", &[]);
    story.0[1].answers = Answers::default();
    story.0[1].marks.gone = Some(Loss::Erased);
    story.is(case, "approved", &[]);
}
