//! What a case's story comes to: the state that a head teacher reads first.

use super::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, group, text, texts};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::kind::Relation;

impl Story {
    /// Requires the state, and words among what is missing or comes next.
    fn is(&self, case: &str, expected: &str, words: &[&str]) {
        let found = state(&Book::new(&self.0, NOW), case);
        assert_eq!(found.state, expected, "{found:#?}");
        let all = [found.missing.join("\n"), found.next.join("\n")].join("\n");
        for word in words {
            assert!(all.contains(word), "`{word}` is neither missing nor next: {found:#?}");
        }
    }
}

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
fn a_breach_says_who_was_not_told_and_what_article_33_still_lacks() {
    let case = "breach-2026-001";
    let story = Story::default().then(
        "breach-report",
        case,
        &[("aware", Value::Int(NOW - 5000)), ("still-occurring", Value::Bool(true))],
    );
    story.is(
        case,
        "waits for the decision whether to notify",
        &["no measure is on record", "the chair of governors was told", "record breach-decision"],
    );
    let story = story
        .then(
            "breach-told",
            case,
            &[("whom", texts(&["dpo", "headteacher", "chair-of-governors"]))],
        )
        .then("breach-measure", case, &[])
        .then(
            "breach-decision",
            case,
            &[("notify-regulator", Value::Bool(true)), ("tell-people", text("yes"))],
        );
    story.is(
        case,
        "decided, to be investigated",
        &["--whom regulator", "--whom people-concerned", "record breach-investigation"],
    );
    let story = story.then(
        "breach-told",
        case,
        &[("whom", texts(&["regulator", "people-concerned"])), ("content", texts(&["nature"]))],
    );
    story.is(case, "decided, to be investigated", &["the likely consequences"]);
    let story = story.then("breach-investigation", case, &[]).lacking("missing: a sign-off");
    story.is(case, "investigated, waits for sign-offs", &["record breach-signoff"]);
    let mut story = story;
    story.last().marks.lacks.clear();
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-review"]);
    let story = story.then("breach-review", case, &[("outcome", text("closed"))]);
    story.is(case, "closed", &[]);
    assert!(state(&Book::new(&story.0, NOW), case).closed);
}

#[test]
fn a_withdrawal_stays_open_until_every_place_is_closed_and_confirmed() {
    let case = "consent-2026-001";
    let story = Story::default().then("consent", case, &[]);
    story.is(case, "given", &[]);
    let story = story
        .then("consent-withdrawal", case, &[("places", texts(&["Website", "prospectus"]))])
        .to(Relation::Withdraws, 0);
    story.is(case, "withdrawn, copies are left", &["Website", "prospectus"]);
    let removal = |story: Story, answers: &[(&str, Value)]| {
        story.then("image-removal", case, answers).to(Relation::Removes, 1)
    };
    let story = removal(story, &[("place", text("website"))]);
    story.is(case, "withdrawn, copies are left", &["from: prospectus"]);
    let story = removal(story, &[("place", text("prospectus"))]);
    story.is(case, "withdrawn, to be confirmed", &["nothing says that the removal was confirmed"]);
    let confirmed = [("place", text("prospectus")), ("confirmation-sent", text("2026-09-30"))];
    removal(story, &confirmed).is(case, "withdrawn and closed", &[]);
}

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
fn a_complaint_is_acknowledged_and_ended() {
    let case = "complaint-2026-001";
    let story = Story::default().then("complaint", case, &[]);
    story.is(case, "to be acknowledged", &["--step acknowledged"]);
    let story = story.then("complaint-step", case, &[("step", text("acknowledged"))]);
    story.is(case, "under enquiry", &["--step outcome"]);
    let end = [("step", text("outcome")), ("outcome", text("partly-upheld"))];
    story.then("complaint-step", case, &end).is(case, "ended: partly upheld", &[]);
}

#[test]
fn clips_are_kept_until_their_deletion_is_on_record() {
    let case = "cctv-2026-001";
    let clip = [("outcome", text("clip")), ("delete-by", text("2026-10-20"))];
    let story = Story::default().then("cctv-access", case, &clip);
    story.is(case, "a still or clip is kept", &["by 20 October 2026"]);
    let story = story.then("cctv-deletion", case, &[]).to(Relation::About, 0);
    story.is(case, "recorded", &[]);
}

#[test]
fn covert_monitoring_is_approved_before_it_starts_and_ends() {
    let case = "cctv-2026-002";
    let start = [("start", Value::Int(NOW - 10))];
    let mut story =
        Story::default().then("covert-authorisation", case, &start).lacking("missing: approval");
    story.is(case, "covert monitoring without its approval", &["record approval"]);
    story.last().marks.lacks.clear();
    story.is(case, "covert monitoring", &["record covert-end"]);
    let story = story.then("covert-end", case, &[]).to(Relation::About, 0);
    story.is(case, "covert monitoring ended", &[]);
}

#[test]
fn a_supplier_whose_ground_fell_is_to_be_checked_anew() {
    let case = "supplier-2026-001";
    let answers = [("conclusion", text("suitable")), ("ground", text("eu-us-privacy-shield"))];
    let story = Story::default().then("supplier-check", case, &answers);
    story.is(case, "suitable", &["16 July 2020", "record supplier-check"]);
}

#[test]
fn work_holds_and_exceptions_are_named_in_any_case() {
    let case = "other-2026-001";
    let mut story = Story::default().then("note", case, &[]);
    story.last().marks.by_exception = true;
    let story = story
        .then("action", case, &[("what", text("change the lock")), ("owner", text("Kofi Mensah"))])
        .then("hold", case, &[("scope", text("case"))]);
    story.is(
        case,
        "on record",
        &["nobody has ratified it", "change the lock, Kofi Mensah", "while entry 2 holds it"],
    );
    let story = story
        .then("action-done", case, &[])
        .to(Relation::About, 1)
        .then("hold-release", case, &[])
        .to(Relation::About, 2);
    let found = state(&Book::new(&story.0, NOW), case);
    assert!(found.next.is_empty(), "{found:#?}");
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
