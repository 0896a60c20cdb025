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

    /// Requires that none of the words stand among what is missing or comes next.
    fn says_nothing_of(&self, case: &str, words: &[&str]) {
        let found = state(&Book::new(&self.0, NOW), case);
        let all = [found.missing.join("\n"), found.next.join("\n")].join("\n");
        for word in words {
            assert!(!all.contains(word), "`{word}` is missing or next: {found:#?}");
        }
    }

    fn closed(&self, case: &str) -> bool {
        state(&Book::new(&self.0, NOW), case).closed
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
    // Data that stay at home need none.
    let none = |country: &str| {
        let answers = [("ground", text("none")), ("countries", texts(&[country]))];
        Story::default().then("supplier-check", case, &answers)
    };
    none("England").says_nothing_of(case, &["ground", "record supplier-check"]);
    none("France").is(case, "not concluded", &["no ground is given", "record supplier-check"]);
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

/// Else a conflict of interests that is on record changes nothing for whoever reads the case.
#[test]
fn who_is_excluded_and_signs_is_named() {
    let case = "dpia-2026-001";
    let conflict = |story: Story, excluded| {
        let person = text(&hex::encode([7; 16]));
        let answers = [("person-id", person), ("excluded", Value::Bool(excluded))];
        story.then("conflict", case, &answers)
    };
    let decided = |story: Story, person| {
        let mut story = story.then("dpia-approval", case, &[]).deciding("approved");
        story.last().person = [person; 16];
        story
    };
    let before = conflict(decided(Story::default(), 7), true);
    before.says_nothing_of(case, &["excluded"]);
    let story = decided(decided(before, 8), 7);
    let words = "Amina Okafor is excluded from this case by entry 1, and signed entry 3";
    story.is(case, "approved", &[words]);
    story.says_nothing_of(case, &["signed entry 2", "entry 0 (DPIA approval)"]);
    // Lifted again, what comes after is as good as anybody's.
    let lifted = decided(conflict(decided(Story::default(), 8), false), 7);
    lifted.says_nothing_of(case, &["excluded"]);
}

/// A release by somebody who may not release it leaves the hold where it is.
#[test]
fn a_hold_stands_until_a_release_that_lacks_nothing() {
    let case = "other-2026-001";
    let mut story = Story::default()
        .then("hold", case, &[("scope", text("case"))])
        .then("hold-release", case, &[])
        .to(Relation::About, 0);
    story.says_nothing_of(case, &["while entry 0 holds it"]);
    story.last().marks.by_exception = true;
    story.is(case, "on record", &["while entry 0 holds it"]);
}

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
}

#[test]
fn a_high_risk_stops_processing_until_the_regulator_has_replied() {
    let case = "dpia-2026-001";
    let stop = "processing must not start";
    let rated = |members: &[(&str, &str)]| {
        let risks = Value::Array(vec![group(members)]);
        Story::default().then("dpia", case, &[("risks", risks)])
    };
    let waiting = "waits for the data protection officer's advice";
    let high = rated(&[("level-after", "high")]);
    high.is(case, waiting, &[stop, "record ico-consultation"]);
    rated(&[("level-after", "low")]).says_nothing_of(case, &[stop]);
    rated(&[("impact-after", "severe"), ("likelihood-after", "likely")]).is(case, waiting, &[stop]);
    let asked = high.then("ico-consultation", case, &[]);
    asked.is(case, waiting, &[stop, "has not replied"]);
    asked.says_nothing_of(case, &["record ico-consultation"]);
    let replied = asked.then("ico-consultation", case, &[("reply-received", text("2026-09-30"))]);
    replied.says_nothing_of(case, &[stop]);
    // The newest DPIA counts.
    let story = rated(&[("level-after", "high")]).then("dpia", case, &[]);
    story.says_nothing_of(case, &[stop]);
    // As where it falls due: whoever calls a risk high counts, unless it was rated afterwards; and a
    // risk stands as it was accepted last.
    rated(&[("called-high-by", "Priya Raman")]).is(case, waiting, &[stop]);
    rated(&[("called-high-by", "Priya Raman"), ("level-after", "low")])
        .says_nothing_of(case, &[stop]);
    let accepted = |story: Story, id: &str, level: &str| {
        let risks = Value::Array(vec![group(&[("id", id), ("level", level)])]);
        story.then("risk-acceptance", case, &[("risks", risks)])
    };
    let high = || rated(&[("id", "R1"), ("level-after", "high")]);
    accepted(high(), "R1", "low").says_nothing_of(case, &[stop]);
    accepted(high(), "R2", "low").is(case, waiting, &[stop]);
    let low = rated(&[("id", "R1"), ("level-after", "low")]);
    accepted(low, "R1", "high").is(case, waiting, &[stop]);
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

#[test]
fn a_breach_lists_those_alone_who_were_not_told() {
    let case = "breach-2026-001";
    let told = |story: Story, whom: &[&str], content: &[&str]| {
        story.then("breach-told", case, &[("whom", texts(whom)), ("content", texts(content))])
    };
    let story = told(Story::default().then("breach-report", case, &[]), &["dpo"], &[]);
    story.is(case, "waits for the decision whether to notify", &["headteacher", "chair"]);
    story.says_nothing_of(case, &["that the data protection officer", "still going on"]);
    let story = told(story, &["headteacher", "chair-of-governors"], &[]);
    story.says_nothing_of(case, &["was told"]);
    let no = [("notify-regulator", Value::Bool(false)), ("tell-people", text("no"))];
    let decided = "decided, to be investigated";
    let story = story.then("breach-decision", case, &no);
    story.is(case, decided, &[]);
    story.says_nothing_of(case, &["regulator", "people concerned"]);
    let yes = [("notify-regulator", Value::Bool(true)), ("tell-people", text("yes"))];
    let story = told(story.then("breach-decision", case, &yes), &["people-concerned"], &["nature"]);
    story.is(case, decided, &["--whom regulator"]);
    story.says_nothing_of(case, &["--whom people-concerned", "still to be told"]);
    // What others were told isn't told to the regulator.
    let story = told(story, &["regulator"], &["nature", "dpo-contact", "measures"]);
    story.is(case, decided, &["still to be told to the regulator: the likely consequences"]);
    story.says_nothing_of(case, &["--whom regulator", "the measures taken", "can be learnt"]);
    let story = told(story, &["regulator"], &["consequences"]);
    story.says_nothing_of(case, &["still to be told"]);
}

#[test]
fn a_breach_goes_on_until_a_measure_is_on_record_and_a_review_closes_it() {
    let case = "breach-2026-001";
    let going = |still| {
        let story = Story::default().then("breach-report", case, &[]);
        story.then("breach-report", case, &[("still-occurring", Value::Bool(still))])
    };
    let words = ["record breach-measure"];
    going(true).is(case, "waits for the decision whether to notify", &words);
    going(false).says_nothing_of(case, &words);
    let story = going(true).then("breach-measure", case, &[]);
    story.says_nothing_of(case, &words);
    let story = story.then("breach-decision", case, &[]);
    let story = story.then("breach-investigation", case, &[]);
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-review"]);
    let story = story.then("breach-review", case, &[("outcome", text("actions-open"))]);
    story.is(case, "reviewed, work is open", &[]);
    assert!(!story.closed(case));
    story.then("breach-review", case, &[("outcome", text("closed"))]).is(case, "closed", &[]);
}

#[test]
fn a_report_or_decision_after_its_review_opens_a_breach_again() {
    let case = "breach-2026-001";
    let closed = || {
        let story = Story::default().then("breach-report", case, &[]);
        let story = story.then("breach-decision", case, &[]);
        let story = story.then("breach-investigation", case, &[]);
        story.then("breach-review", case, &[("outcome", text("closed"))])
    };
    assert!(closed().closed(case));
    let again = [("still-occurring", Value::Bool(true))];
    let story = closed().then("breach-report", case, &again);
    assert!(!story.closed(case));
    story.is(case, "investigated and signed off, to be reviewed", &["record breach-measure"]);
    let mut again = closed().then("breach-decision", case, &[]);
    assert!(!again.closed(case));
    // One that doesn't count opens nothing, nor does one that was signed before the review.
    again.last().marks.by_exception = true;
    assert!(again.closed(case));
    again.last().marks.by_exception = false;
    again.last().is_statement = true;
    assert!(!again.closed(case));
    again.last().time = again.0[3].time - 1;
    assert!(again.closed(case));
    let story = story.then("breach-review", case, &[("outcome", text("closed"))]);
    assert!(story.closed(case));
}

/// A consent to these purposes, its withdrawal for some of them, and every copy removed.
fn taken_back(case: &str, given: &[&str], withdrawn: &[&str]) -> Story {
    let story = consented(Story::default(), case, given)
        .then(
            "consent-withdrawal",
            case,
            &[
                ("purposes", texts(withdrawn)),
                ("places", texts(&["Website"])),
                ("received", Value::Int(NOW - 900)),
            ],
        )
        .to(Relation::Withdraws, 0);
    let answers = [("place", text("Website")), ("confirmation-sent", text("2026-09-30"))];
    story.then("image-removal", case, &answers).to(Relation::Removes, 1)
}

fn consented(story: Story, case: &str, given: &[&str]) -> Story {
    let one = |purpose: &&str| group(&[("purpose", *purpose), ("decision", "given")]);
    let purposes = Value::Array(given.iter().map(one).collect());
    story.then("consent", case, &[("purposes", purposes), ("subject", text("pupil-7f3a"))])
}

/// What is closed goes by retention rules, and what still stands must not.
#[test]
fn a_case_is_not_closed_while_a_consent_stands_or_came_anew() {
    let case = "consent-2026-001";
    let whole = taken_back(case, &["website", "press"], &["website", "press"]);
    whole.is(case, "withdrawn and closed", &[]);
    assert!(whole.closed(case));
    let part = taken_back(case, &["website", "press"], &["website"]);
    part.is(case, "withdrawn in part", &[]);
    assert!(!part.closed(case));
    let again = consented(whole, case, &["website"]);
    again.is(case, "given", &[]);
    assert!(!again.closed(case));
    // A form of before that is recorded afterwards is taken back as well.
    let mut late = consented(taken_back(case, &["website"], &[]), case, &["website"]);
    late.last().answers.set("from", text("2026-09-01"));
    late.is(case, "withdrawn and closed", &[]);
}

/// The clerk mends the places of a withdrawal whose copies were removed already.
#[test]
fn a_corrected_withdrawal_takes_the_place_of_the_first() {
    let case = "consent-2026-001";
    let places = |places: &[&str]| [("places", texts(places))];
    let story = Story::default()
        .then("consent-withdrawal", case, &places(&["Web site", "Hall"]))
        .then("image-removal", case, &[("place", text("Hall"))])
        .to(Relation::Removes, 0)
        .then("consent-withdrawal", case, &places(&["Website", "Hall"]))
        .to(Relation::Corrects, 0);
    story.is(case, "withdrawn, copies are left", &["removed from: Website"]);
    story.says_nothing_of(case, &["removed from: Web site", "removed from: Hall"]);
    let answers = [("place", text("Website")), ("confirmation-sent", text("2026-09-30"))];
    let story = story.then("image-removal", case, &answers).to(Relation::Removes, 2);
    assert!(story.closed(case));
}

#[test]
fn a_consent_runs_out_after_its_last_day() {
    let case = "consent-2026-001";
    let until = |day| Story::default().then("consent", case, &[("until", text(day))]);
    until("2026-10-01").is(case, "given", &[]);
    until("2026-09-30").is(case, "run out", &["record consent"]);
    let purposes = |decision| {
        let purposes = Value::Array(vec![group(&[("decision", decision)])]);
        Story::default().then("consent", case, &[("purposes", purposes)])
    };
    purposes("given").is(case, "given", &[]);
    purposes("refused").is(case, "answered, some purposes refused", &[]);
    let permit = Story::default().then("photography-permit", case, &[]);
    permit.is(case, "permitted", &[]);
}

#[test]
fn a_withdrawal_that_is_open_is_told_before_a_later_one_that_is_closed() {
    let case = "consent-2026-001";
    let story = Story::default()
        .then("consent-withdrawal", case, &[("places", texts(&["Website"]))])
        .then("consent-withdrawal", case, &[("places", texts(&["Prospectus"]))])
        .then(
            "image-removal",
            case,
            &[("place", text("prospectus")), ("confirmation-sent", text("2026-09-30"))],
        )
        .to(Relation::Removes, 1);
    story.is(case, "withdrawn, copies are left", &["from: Website", "record image-removal"]);
    // Every place of the first is closed, and nobody told the family.
    let story =
        story.then("image-removal", case, &[("place", text("website"))]).to(Relation::Removes, 0);
    story.is(case, "withdrawn, to be confirmed", &[]);
    let story = Story::default().then("consent-withdrawal", case, &[]);
    story.is(case, "withdrawn, copies to be looked for", &["look for copies"]);
    assert!(!story.closed(case));
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

#[test]
fn a_complaint_about_cctv_is_open_until_it_has_an_outcome() {
    let case = "cctv-2026-001";
    Story::default().then("cctv-complaint", case, &[]).is(case, "a complaint is open", &["answer"]);
    let with =
        |outcome| Story::default().then("cctv-complaint", case, &[("outcome", text(outcome))]);
    with("open").is(case, "a complaint is open", &["answer it"]);
    with("partly-upheld").is(case, "complaint: partly upheld", &[]);
    assert!(with("partly-upheld").closed(case) && !with("open").closed(case));
    // Recorded again when it is answered; another one stays open.
    let received = |story: Story, day, outcome| {
        let answers = [("received", text(day)), ("outcome", text(outcome))];
        story.then("cctv-complaint", case, &answers)
    };
    let story = received(Story::default(), "2026-09-01", "open");
    let other = received(story, "2026-09-02", "upheld");
    other.is(case, "a complaint is open", &["answer it"]);
    assert!(received(other, "2026-09-01", "not-upheld").closed(case));
    let camera = Story::default().then("cctv-camera", case, &[("status", text("in-use"))]);
    camera.is(case, "camera in use", &[]);
}

#[test]
fn every_clip_that_is_kept_is_named() {
    let case = "cctv-2026-001";
    let story = Story::default()
        .then("cctv-access", case, &[("outcome", text("viewed"))])
        .then("cctv-access", case, &[("outcome", text("still"))])
        .then("cctv-access", case, &[("outcome", text("clip")), ("delete-by", text("2026-10-20"))]);
    story.is(
        case,
        "stills or clips are kept",
        &["no day is set for deleting what entry 1 took", "entry 2 took by 20 October 2026"],
    );
    // What else is said of a clip doesn't delete it.
    let story = story.then("note", case, &[]).to(Relation::About, 1);
    let story = story.then("cctv-deletion", case, &[]).to(Relation::About, 2);
    story.is(case, "a still or clip is kept", &["what entry 1 took"]);
    story.says_nothing_of(case, &["entry 2", "entry 0"]);
}

#[test]
fn covert_monitoring_has_started_from_its_moment_on() {
    let case = "cctv-2026-002";
    for (start, expected) in [
        (NOW - 1, "covert monitoring without its approval"),
        (NOW, "covert monitoring without its approval"),
        (NOW + 1, "covert monitoring, to be approved before it starts"),
    ] {
        let start = [("start", Value::Int(start))];
        let story = Story::default().then("covert-authorisation", case, &start);
        story.lacking("missing: approval").is(case, expected, &["record approval"]);
    }
    let story = Story::default().then("covert-authorisation", case, &[]);
    let story = story.then("note", case, &[]).to(Relation::About, 0);
    story.is(case, "covert monitoring", &["record covert-end"]);
}

#[test]
fn a_supplier_s_agreement_runs_out_after_its_last_day() {
    let case = "supplier-2026-001";
    let until = |day| Story::default().then("supplier-check", case, &[("expires", text(day))]);
    until("2026-09-30").is(case, "not concluded", &["ran out on 30 September 2026"]);
    until("2026-10-01").is(case, "not concluded", &["check it again by 1 October 2026"]);
    until("2026-10-01").says_nothing_of(case, &["ran out"]);
}

#[test]
fn a_hold_is_named_in_its_own_case_or_in_every_one() {
    let (case, other) = ("other-2026-001", "other-2026-002");
    let held = |scope| {
        let story = Story::default().then("note", case, &[]);
        story.then("hold", other, &[("scope", text(scope))])
    };
    held("case").says_nothing_of(case, &["entry 1 holds"]);
    held("case").is(other, "on record", &["entry 1 holds"]);
    held("everything").is(case, "on record", &["entry 1 holds"]);
    // Only what releases it ends it, and only what is done ticks an action off.
    let story = held("everything").then("note", other, &[]).to(Relation::About, 1);
    story.is(case, "on record", &["entry 1 holds"]);
    let story = Story::default().then("action", case, &[]).then("note", case, &[]);
    let story = story.to(Relation::About, 0);
    story.is(case, "on record", &["do what entry 0 asks for: an action"]);
    // What takes its place is to be done, and done once what it replaced was.
    let story = story.then("action", case, &[]).to(Relation::Corrects, 0);
    story.is(case, "on record", &["do what entry 2 asks for"]);
    story.says_nothing_of(case, &["entry 0"]);
    let story = story.then("action-done", case, &[]).to(Relation::About, 0);
    story.says_nothing_of(case, &["asks for"]);
    // A release by whoever may not release leaves the hold.
    let story = held("everything").then("hold-release", other, &[]).to(Relation::About, 1);
    story.says_nothing_of(case, &["entry 1 holds"]);
    let story = story.lacking("signed as Caretaker, a role that may not sign this");
    story.is(case, "on record", &["entry 1 holds"]);
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

#[test]
fn a_withdrawal_with_an_open_place_is_told_although_another_place_is_confirmed() {
    let case = "consent-2026-001";
    let removed = |story: Story, place: &str, of: usize| {
        let sent = [("place", text(place)), ("confirmation-sent", text("2026-09-30"))];
        story.then("image-removal", case, &sent).to(Relation::Removes, of)
    };
    let places = [("places", texts(&["Website", "Prospectus"]))];
    let story = Story::default().then("consent-withdrawal", case, &places).then(
        "consent-withdrawal",
        case,
        &[("places", texts(&["Hall"]))],
    );
    let story = removed(removed(story, "Website", 0), "Hall", 1);
    story.is(case, "withdrawn, copies are left", &["from: Prospectus"]);
    removed(story, "Prospectus", 0).is(case, "withdrawn and closed", &[]);
}

/// What is closed goes by retention rules: nothing may be open in it.
#[test]
fn a_case_is_closed_only_once_all_that_was_begun_in_it_has_ended() {
    let case = "request-2026-001";
    let answer = |story: Story, to| {
        let outcome = [("outcome", text("granted"))];
        story.then("request-answer", case, &outcome).to(Relation::Answers, to)
    };
    let received = [("received", text("2026-09-14"))];
    let story = Story::default().then("request", case, &received).then("request", case, &received);
    let story = answer(story, 0);
    story.is(case, "to be answered", &["acknowledged"]);
    assert!(!story.closed(case));
    assert!(answer(story, 1).closed(case));

    let case = "complaint-2026-001";
    let end = [("step", text("outcome")), ("outcome", text("upheld"))];
    let story = Story::default().then("complaint", case, &[]).then("complaint", case, &[]);
    let story = story.then("complaint-step", case, &end).to(Relation::About, 0);
    story.is(case, "to be acknowledged", &[]);
    let story = story.then("complaint-step", case, &end).to(Relation::About, 1);
    story.is(case, "ended: upheld", &[]);
    // An outcome that was a slip for something else.
    let told = [("step", text("progress-told"))];
    let story = story.then("complaint-step", case, &told).to(Relation::Corrects, 3);
    assert!(!story.closed(case));

    let case = "breach-2026-001";
    let reviewed = |story: Story| {
        story.then("breach-investigation", case, &[]).then(
            "breach-review",
            case,
            &[("outcome", text("closed"))],
        )
    };
    let mut story = reviewed(Story::default().then("breach-report", case, &[]).then(
        "breach-decision",
        case,
        &[],
    ));
    assert!(story.closed(case));
    story.0[1].marks.by_exception = true;
    let words = ["a decision whether to notify", "record breach-decision"];
    story.is(case, "reviewed, without a decision whether to notify", &words);
    assert!(!story.closed(case));
    story = story.then("breach-told", case, &[("whom", texts(&["regulator"]))]);
    assert!(story.closed(case));
    story.0.truncate(3);
    story.is(case, "investigated and signed off, to be reviewed", &words);

    let case = "cctv-2026-001";
    let covert = |story: Story| story.then("covert-authorisation", case, &[]);
    let story = covert(covert(Story::default())).then("covert-end", case, &[]);
    let story = story.to(Relation::About, 1);
    story.is(case, "covert monitoring", &["record covert-end"]);
    assert!(story.then("covert-end", case, &[]).to(Relation::About, 0).closed(case));
    let clip = [("outcome", text("clip")), ("delete-by", text("2026-10-20"))];
    let story = Story::default().then("cctv-access", case, &clip).then(
        "cctv-complaint",
        case,
        &[("outcome", text("upheld"))],
    );
    story.is(case, "a still or clip is kept", &["by 20 October 2026"]);
    let story = story.then("cctv-deletion", case, &[]).to(Relation::About, 0);
    story.is(case, "complaint: upheld", &[]);
    assert!(story.closed(case));
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

/// Else processing starts although what falls due says that it must not.
#[test]
fn a_corrected_acceptance_or_consultation_counts_no_more() {
    let case = "dpia-2026-001";
    let stop = "processing must not start";
    let high = |ids: &[&str]| {
        let one = |id: &&str| group(&[("id", *id), ("level-after", "high")]);
        let risks = Value::Array(ids.iter().map(one).collect());
        Story::default().then("dpia", case, &[("risks", risks)])
    };
    let accepted = |story: Story, id| {
        let low = Value::Array(vec![group(&[("id", id), ("level", "low")])]);
        story.then("risk-acceptance", case, &[("risks", low)])
    };
    let story = accepted(high(&["R1"]), "R1");
    story.says_nothing_of(case, &[stop]);
    let mended = accepted(story, "R2").to(Relation::Corrects, 1);
    mended.is(case, "waits for the data protection officer's advice", &[stop]);
    let consulted = |story: Story, ids: &[&str], outcome: &str| {
        let answers = [
            ("risks", texts(ids)),
            ("outcome", text(outcome)),
            ("reply-received", text("2026-09-30")),
        ];
        story.then("ico-consultation", case, &answers)
    };
    let story = consulted(high(&["R1", "R2"]), &["R1", "R2"], "advice");
    story.says_nothing_of(case, &[stop]);
    let story = consulted(story, &["R1"], "advice").to(Relation::Corrects, 1);
    story.is(case, "waits for the data protection officer's advice", &[stop]);
    // To ask again lifts no prohibition.
    let story = consulted(consulted(high(&["R1"]), &["R1"], "prohibition"), &["R1"], "waiting");
    let words = ["the regulator prohibits it (entry 1", "has not replied"];
    story.is(case, "waits for the data protection officer's advice", &words);
    consulted(story, &["R1"], "advice").says_nothing_of(case, &[stop]);
    // A word of the DPIA that is mended forgets no acceptance; another rating does.
    let again = |story: Story, level: &str| {
        let risks = Value::Array(vec![group(&[("id", "R1"), ("level-after", level)])]);
        story.then("dpia", case, &[("risks", risks)]).to(Relation::Corrects, 0)
    };
    let low = |level| {
        let risks = Value::Array(vec![group(&[("id", "R1"), ("level-after", level)])]);
        accepted(Story::default().then("dpia", case, &[("risks", risks)]), "R1")
    };
    again(low("high"), "high").says_nothing_of(case, &[stop]);
    again(low("medium"), "high").is(
        case,
        "waits for the data protection officer's advice",
        &[stop],
    );
}

/// Else the school's own word says that the family agreed, where somebody's objection stands.
#[test]
fn a_consent_is_told_by_what_stands_for_each_purpose() {
    let case = "consent-2026-001";
    let answered = |story: Story, purpose, decision, capacity| {
        let purposes = Value::Array(vec![group(&[("purpose", purpose), ("decision", decision)])]);
        let answers =
            [("purposes", purposes), ("subject", text("s-1")), ("capacity", text(capacity))];
        story.then("consent", case, &answers)
    };
    let story = answered(Story::default(), "website", "refused", "pupil");
    let story = answered(story, "website", "given", "parent");
    story.is(case, "refused", &[]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.contains("website (by the pupil)"), "{why}");
    let story = answered(Story::default(), "biometric", "given", "parent");
    let received = [("received", Value::Int(NOW - 900)), ("places", texts(&["Library"]))];
    let story = story.then("consent-withdrawal", case, &received).to(Relation::Withdraws, 0);
    let removed = [("place", text("library")), ("confirmation-sent", text("2026-09-30"))];
    let story = story.then("image-removal", case, &removed).to(Relation::Removes, 1);
    assert!(story.closed(case));
    let story = answered(story, "biometric", "given", "parent");
    story.is(case, "given anew, but a withdrawal stands", &[]);
    assert!(!story.closed(case));
    let mut story = answered(Story::default(), "website", "given", "parent");
    story.is(case, "given", &[]);
    story.last().answers.set("from", text("2027-09-01"));
    story.is(case, "given for later", &[]);
    // Taken back from elsewhere.
    let story = answered(Story::default(), "website", "given", "parent");
    let story = story.then("consent-withdrawal", "consent-2026-002", &received);
    story.to(Relation::Withdraws, 0).is(case, "withdrawn, copies are left", &["from: Library"]);
}

/// Else the office hears "done" where copies are left, or never.
#[test]
fn places_are_compared_by_their_letters_and_need_no_list() {
    let case = "consent-2026-001";
    let removed = |story: Story, place| {
        let answers = [("place", text(place)), ("confirmation-sent", text("2026-09-30"))];
        story.then("image-removal", case, &answers).to(Relation::Removes, 0)
    };
    let places = [("places", texts(&["School web-site", "Newsletter"]))];
    let story = Story::default().then("consent-withdrawal", case, &places);
    let story = removed(removed(story, "school web site"), "newsletter ");
    assert!(story.closed(case));
    let unlisted = Story::default().then("consent-withdrawal", case, &[]);
    unlisted.is(case, "withdrawn, copies to be looked for", &["look for copies"]);
    assert!(removed(unlisted, "Website").closed(case));
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

/// Else the clerk is sent after what was put right, and an answered complaint stays open.
#[test]
fn corrected_views_and_authorisations_and_answered_complaints_are_over() {
    let case = "cctv-2026-001";
    let clip = [("outcome", text("clip")), ("delete-by", text("2026-10-20"))];
    let story = Story::default()
        .then("cctv-access", case, &clip)
        .then("cctv-access", case, &clip)
        .to(Relation::Corrects, 0)
        .then("cctv-deletion", case, &[])
        .to(Relation::About, 0);
    story.is(case, "recorded", &[]);
    let story = Story::default()
        .then("covert-authorisation", case, &[])
        .lacking("missing: approval")
        .then("covert-authorisation", case, &[])
        .to(Relation::Corrects, 0)
        .then("covert-end", case, &[])
        .to(Relation::About, 0);
    story.is(case, "covert monitoring ended", &[]);
    story.says_nothing_of(case, &["missing: approval"]);
    let complaint =
        |answers: &[(&str, Value)]| Story::default().then("cctv-complaint", case, answers);
    assert!(complaint(&[("answered", text("2026-09-30"))]).closed(case));
    let end = [("step", text("outcome")), ("outcome", text("not-upheld"))];
    let story = complaint(&[]).then("complaint-step", case, &end).to(Relation::About, 0);
    story.is(case, "complaint: not upheld", &[]);
}

/// Else what went by a retention rule opens its case again, and the rest never goes.
#[test]
fn what_was_erased_opens_no_case_again() {
    let erased = |mut story: Story, entries: &[usize]| {
        for entry in entries {
            story.0[*entry].answers = crate::records::answers::Answers::default();
            story.0[*entry].marks.gone = Some(crate::book::item::Loss::Erased);
        }
        story
    };
    let case = "complaint-2026-001";
    let step = |story: Story, step| story.then("complaint-step", case, &[("step", text(step))]);
    let ended = || step(step(Story::default().then("complaint", case, &[]), "enquiry"), "outcome");
    let story = erased(ended(), &[1, 2]);
    story.is(case, "how it ended is not known", &[]);
    assert!(story.closed(case));
    // What was erased before another step didn't end it.
    let story = step(Story::default().then("complaint", case, &[]), "acknowledged");
    assert!(!erased(step(story, "enquiry"), &[1]).closed(case));

    let case = "request-2026-001";
    let story = Story::default().then("request", case, &[]).then("request-answer", case, &[]);
    assert!(erased(story, &[1]).closed(case));

    let case = "breach-2026-001";
    let story = Story::default()
        .then("breach-report", case, &[])
        .then("breach-told", case, &[("whom", texts(&["dpo"]))])
        .then("breach-decision", case, &[("notify-regulator", Value::Bool(true))])
        .then("breach-review", case, &[("outcome", text("closed"))]);
    story.is(case, "closed", &["the chair of governors was told"]);
    let story = erased(story, &[1, 2, 3]);
    assert!(story.closed(case));
    story.says_nothing_of(case, &["was told"]);
    let mut open = story;
    open.0.truncate(3);
    open.is(case, "decided, to be investigated", &["told isn't known: entry 1"]);

    let case = "consent-2026-001";
    let story = Story::default()
        .then("consent-withdrawal", case, &[("places", texts(&["Website"]))])
        .then("image-removal", case, &[("place", text("website"))])
        .to(Relation::Removes, 0);
    assert!(!story.closed(case));
    assert!(erased(story, &[1]).closed(case));
}

/// Else a slip that was put right stays among what is missing for ever.
#[test]
fn what_a_correction_put_right_is_missing_no_more() {
    let case = "other-2026-001";
    let lack = "signed as Caretaker, a role that may not sign this";
    let story = Story::default().then("breach-decision", case, &[]).lacking(lack);
    story.is(case, "on record", &[lack]);
    let story = story.then("breach-decision", case, &[]).to(Relation::Corrects, 0);
    story.says_nothing_of(case, &[lack]);
    let excludes = |person: u8| {
        let id = text(&hex::encode([person; 16]));
        [("person-id", id), ("excluded", Value::Bool(true))]
    };
    let story = Story::default().then("conflict", case, &excludes(7));
    let story = story.then("conflict", case, &excludes(8)).to(Relation::Corrects, 0);
    let mut story = story.then("note", case, &[]);
    story.last().person = [7; 16];
    story.says_nothing_of(case, &["is excluded"]);
    story.last().person = [8; 16];
    story.is(case, "on record", &["is excluded from this case by entry 1"]);
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

/// Else the room says that the regulator was told all, by a record that was put right since.
#[test]
fn what_was_told_by_mistake_is_still_to_be_told() {
    let case = "breach-2026-001";
    let told = |story: Story, content: &[&str]| {
        let answers = [("whom", texts(&["regulator"])), ("content", texts(content))];
        story.then("breach-told", case, &answers)
    };
    let yes = [("notify-regulator", Value::Bool(true))];
    let story = Story::default().then("breach-report", case, &[]);
    let all = ["nature", "dpo-contact", "consequences", "measures"];
    let story = told(story.then("breach-decision", case, &yes), &all);
    story.says_nothing_of(case, &["still to be told"]);
    let story = told(story, &["nature"]).to(Relation::Corrects, 2);
    story.is(
        case,
        "decided, to be investigated",
        &["still to be told to the regulator: the likely"],
    );
    let room = super::room::Room::of(&Book::new(&story.0, NOW), case);
    assert_eq!(room.lacking().count(), 3);
}
