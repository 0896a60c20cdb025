//! What is told in a case of any sort: signatures that it lacks, who is excluded from it, work that is
//! open, and holds.

use crate::book::cases::state;
use crate::book::item::Book;
use crate::book::story::{NOW, Story, text};
use crate::format::cbor::Value;
use crate::records::kind::Relation;

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
    let lifted = decided(conflict(conflict(Story::default(), true), false), 7);
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
