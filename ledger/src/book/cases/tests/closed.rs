//! When a case of any sort is closed: not before all that was begun in it has ended, and for good
//! although what ended it was erased since.

use crate::book::item::Loss;
use crate::book::story::{Story, text, texts};
use crate::format::cbor::Value;
use crate::records::answers::Answers;
use crate::records::kind::Relation;

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

/// Else what went by a retention rule opens its case again, and the rest never goes.
#[test]
fn what_was_erased_opens_no_case_again() {
    let erased = |mut story: Story, entries: &[usize]| {
        for entry in entries {
            story.0[*entry].answers = Answers::default();
            story.0[*entry].marks.gone = Some(Loss::Erased);
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

    let case = "cctv-2026-001";
    let story = erased(Story::default().then("covert-authorisation", case, &[]), &[0]);
    story.is(case, "erased", &[]);
    assert!(story.closed(case));

    let case = "consent-2026-001";
    let story = Story::default()
        .then("consent-withdrawal", case, &[("places", texts(&["Website"]))])
        .then("image-removal", case, &[("place", text("website"))])
        .to(Relation::Removes, 0);
    assert!(!story.closed(case));
    assert!(erased(story, &[1]).closed(case));
}

/// Else the case is closed where copies are known to be left, or stays open for what nobody can tell.
#[test]
fn a_withdrawal_ends_unknown_only_where_an_erased_removal_may_have_ended_it() {
    let case = "consent-2026-001";
    let removed = |story: Story, place, sent: bool| {
        let mut answers = vec![("place", text(place))];
        answers.extend(sent.then(|| ("confirmation-sent", text("2026-09-30"))));
        story.then("image-removal", case, &answers).to(Relation::Removes, 0)
    };
    let erased = |mut story: Story| {
        story.last().answers = Answers::default();
        story.last().marks.gone = Some(Loss::Erased);
        story
    };
    let taken = |places: &[&str]| {
        Story::default().then("consent-withdrawal", case, &[("places", texts(places))])
    };
    let unknown = "withdrawn, whether it was carried out is not known";
    let both = || taken(&["Website", "Hall"]);
    // It may have closed the last place, or told the family.
    erased(removed(removed(both(), "Website", true), "Hall", false)).is(case, unknown, &[]);
    let again = removed(removed(taken(&["Website"]), "Website", false), "Website", true);
    erased(again).is(case, unknown, &[]);
    // Not both places at once.
    let story = erased(removed(both(), "Hall", true));
    story.is(case, "withdrawn, copies are left", &["Website", "Hall"]);
    assert!(!story.closed(case));
    // Nor is anything open that others closed.
    let again = removed(removed(taken(&["Website"]), "Website", true), "Website", true);
    erased(again).is(case, "withdrawn and closed", &[]);
    // What the withdrawal asked for, nobody can tell.
    erased(taken(&["Website"])).is(case, unknown, &[]);
    let mut story = removed(taken(&["Website", "Hall"]), "Website", true);
    story.0[0].answers = Answers::default();
    story.0[0].marks.gone = Some(Loss::Erased);
    story.is(case, unknown, &[]);
}
