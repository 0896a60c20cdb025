//! CCTV: clips that are kept, complaints about it, and covert monitoring.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, text};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

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

/// Else whoever answers the complaint takes the case for done, and the clip is kept for ever.
#[test]
fn all_that_is_open_is_told_each_in_its_words() {
    let case = "cctv-2026-001";
    let why = |story: &Story| state(&Book::new(&story.0, NOW), case).why;
    let complaint = |story: Story| story.then("cctv-complaint", case, &[]);
    let story = complaint(Story::default());
    let story = story.then("cctv-access", case, &[("outcome", text("clip"))]);
    story.is(case, "a complaint is open", &["answer it", "no day is set"]);
    let kept = "; a still or clip is kept: entry 1 (CCTV image access) took one";
    assert!(why(&story).contains(kept), "{}", why(&story));
    let two = complaint(complaint(Story::default()));
    let each = "entry 0 (CCTV complaint) has no outcome; entry 1 (CCTV complaint) has no outcome";
    assert_eq!(why(&two), each);
}

/// Else a case is told by what ended in it years ago.
#[test]
fn what_ended_is_told_by_the_newest_and_covert_monitoring_first() {
    let case = "cctv-2026-001";
    let complaint =
        |story: Story, outcome| story.then("cctv-complaint", case, &[("outcome", text(outcome))]);
    let covert = |story: Story, entry| {
        let story = story.then("covert-authorisation", case, &[]);
        story.then("covert-end", case, &[]).to(Relation::About, entry)
    };
    let two = complaint(complaint(Story::default(), "upheld"), "not-upheld");
    two.is(case, "complaint: not upheld", &[]);
    covert(two, 2).is(case, "covert monitoring ended", &[]);
    let story = covert(covert(Story::default(), 0), 2);
    story.is(case, "covert monitoring ended", &[]);
    let why = state(&Book::new(&story.0, NOW), case).why;
    assert!(why.starts_with("entry 3, "), "{why}");
}
