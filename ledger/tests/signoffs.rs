//! Acts that are complete by signatures on their own entry: a breach investigation by three
//! sign-offs of three people, covert monitoring by the approval of another person.

#![allow(clippy::disallowed_methods, reason = "the crate itself touches nothing; its tests may")]

mod common;

use common::bundle::whole;
use common::{BREACH, Book, DPO, Draft, HEAD, Holder, STRANGER, appointment, appointment_as};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::EntryHash;

const CHAIR: Holder = Holder(5);
const OFFICE: Holder = Holder(6);

/// Head, and at 2 to 4 the DPO, the chair and the office.
fn school() -> Book {
    let mut book = Book::with_dpo();
    book.add(appointment(CHAIR, &["chair-of-governors"]));
    book.add(appointment(OFFICE, &["administrator"]));
    book
}

/// The investigation by the DPO, entry 5 of [`school`].
fn investigated(book: &mut Book) -> EntryHash {
    book.add(
        Draft::new("breach-investigation", DPO, "dpo")
            .case(BREACH)
            .answer("description", Value::text("a link was open to everybody"))
            .answer("type", Value::text("formal")),
    )
}

fn signoff(by: Holder, role: &str, on: EntryHash) -> Draft {
    Draft::new("breach-signoff", by, role).case(BREACH).link("signs-off", on)
}

fn paper(recorder: Holder, role: &str, of: Option<Holder>) -> Draft {
    let draft = Draft::new("paper-signature", recorder, "administrator")
        .case(BREACH)
        .answer("person", Value::text("Somebody on paper"))
        .answer("role", Value::text(role));
    match of {
        None => draft,
        Some(holder) => draft.answer("person-id", Value::text(hex::encode(holder.person()))),
    }
}

/// What is lacking, for whoever reads the ledger and for whoever gets a bundle of it.
#[track_caller]
fn lacks(book: &Book) -> Vec<String> {
    let (own, given) = (book.verify(), whole(book).verify());
    assert_eq!((&own.fault, &given.fault), (&None, &None));
    assert_eq!(own.incomplete, given.incomplete);
    own.incomplete.iter().map(|act| format!("{}: {}", act.entry, act.why)).collect()
}

const HEADS: &str = "5: missing: the head teacher's sign-off";
const DPOS: &str = "5: missing: the DPO's sign-off";
const CHAIRS: &str = "5: missing: the chair's sign-off";
const ONE_PERSON: &str =
    "5: one person gave two of the signatures; they have to be by different people";

#[test]
fn three_sign_offs_by_three_people_complete_an_investigation() {
    let mut book = school();
    let report = investigated(&mut book);
    assert_eq!(lacks(&book), [DPOS, CHAIRS, HEADS]);
    book.add(signoff(CHAIR, "chair-of-governors", report));
    assert_eq!(lacks(&book), [DPOS, HEADS]);
    book.add(signoff(HEAD, "headteacher", report));
    assert_eq!(lacks(&book), [DPOS]);
    // The DPO wrote the report and is one of the three all the same.
    book.add(signoff(DPO, "dpo", report));
    assert!(lacks(&book).is_empty());
    assert!(book.verify().on_paper.is_empty());
}

#[test]
fn a_sign_off_in_another_role_of_another_entry_or_by_another_relation_does_not_count() {
    let mut book = school();
    let report = investigated(&mut book);
    book.add(signoff(HEAD, "headteacher", report));
    book.add(signoff(DPO, "dpo", report));
    for other in [
        signoff(CHAIR, "chair-of-governors", book.hash(6)),
        signoff(CHAIR, "chair-of-governors", report)
            .answer("comments", Value::text("x"))
            .by(OFFICE, "administrator"),
        Draft::new("approval", CHAIR, "chair-of-governors")
            .with_clear("decision", Value::text("approved"))
            .link("approves", report),
    ] {
        let mut book = book.clone();
        book.add(other);
        assert!(lacks(&book).contains(&CHAIRS.to_owned()), "{:?}", lacks(&book));
    }
}

#[test]
fn one_person_in_two_roles_is_one_person() {
    // The DPO also acts as head teacher.
    let mut book = Book::begun();
    book.add(appointment(DPO, &["acting-headteacher", "dpo"]));
    book.add(appointment(CHAIR, &["chair-of-governors"]));
    book.add(appointment(OFFICE, &["administrator"]));
    let report = investigated(&mut book);
    book.add(signoff(DPO, "dpo", report));
    book.add(signoff(DPO, "acting-headteacher", report));
    book.add(signoff(CHAIR, "chair-of-governors", report));
    assert_eq!(lacks(&book), [ONE_PERSON]);
    // The head herself signs, too, and so there are three people.
    book.add(signoff(HEAD, "headteacher", report));
    assert!(lacks(&book).is_empty());

    // A second key of the same person.
    let second = Holder(7);
    let mut book = school();
    let report = investigated(&mut book);
    book.add(appointment_as(second, HEAD, &["chair-of-governors"]).by(CHAIR, "chair-of-governors"));
    book.add(signoff(HEAD, "headteacher", report));
    book.add(signoff(DPO, "dpo", report));
    book.add(signoff(second, "chair-of-governors", report));
    assert_eq!(lacks(&book), [ONE_PERSON]);
}

#[test]
fn a_sign_off_on_paper_counts_with_the_persons_id() {
    let signed = || {
        let mut book = school();
        let report = investigated(&mut book);
        book.add(signoff(HEAD, "headteacher", report));
        book.add(signoff(DPO, "dpo", report));
        (book, report)
    };
    let (mut book, report) = signed();
    book.add(paper(OFFICE, "chair-of-governors", Some(CHAIR)).link("signs-off", report));
    assert!(lacks(&book).is_empty());
    let said = &book.verify().on_paper[0].why;
    assert_eq!(
        said,
        "the chair's sign-off: signed on paper by “Somebody on paper”, recorded by entry 8"
    );
    // Nobody, or somebody who was never appointed: it isn't shown that there were three.
    for unknown in [None, Some(STRANGER)] {
        let (mut book, report) = signed();
        book.add(paper(OFFICE, "chair-of-governors", unknown).link("signs-off", report));
        assert!(lacks(&book)[0].contains("can't be shown that two people signed"));
    }
    // The head, again, as chair.
    let (mut book, report) = signed();
    book.add(paper(OFFICE, "chair-of-governors", Some(HEAD)).link("signs-off", report));
    assert_eq!(lacks(&book), [ONE_PERSON]);
    // In a role that is none of the three, or as a paper about it.
    let (mut book, report) = signed();
    book.add(paper(OFFICE, "staff", Some(CHAIR)).link("signs-off", report));
    book.add(paper(OFFICE, "chair-of-governors", Some(CHAIR)).link("about", report));
    assert_eq!(lacks(&book), [CHAIRS]);
}

/// Covert monitoring by a member of the leadership group who is head teacher, entry 5.
fn covert() -> (Book, EntryHash) {
    let mut book = school();
    book.add(
        appointment(HEAD, &["headteacher", "leadership-group"]).by(CHAIR, "chair-of-governors"),
    );
    let act = Draft::new("covert-authorisation", HEAD, "leadership-group")
        .case("cctv-2026-001")
        .answer("area", Value::text("the store"))
        .answer("area-kind", Value::text("store"));
    let act = book.add(act);
    (book, act)
}

fn approval(by: Holder, role: &str, decision: &str, on: EntryHash) -> Draft {
    Draft::new("approval", by, role)
        .case("cctv-2026-001")
        .with_clear("decision", Value::text(decision))
        .link("approves", on)
}

const UNAPPROVED: &str = "6: missing: the controller's representative's approval";

#[test]
fn covert_monitoring_needs_the_approval_of_another_representative() {
    let (book, act) = covert();
    assert_eq!(lacks(&book), [UNAPPROVED]);
    for insufficient in [
        approval(HEAD, "headteacher", "approved", act),
        approval(CHAIR, "chair-of-governors", "refused", act),
        approval(DPO, "dpo", "approved", act),
    ] {
        let mut book = book.clone();
        book.add(insufficient);
        assert_eq!(lacks(&book), [UNAPPROVED]);
    }
    for enough in ["approved", "approved-with-conditions"] {
        let mut book = book.clone();
        book.add(approval(CHAIR, "chair-of-governors", enough, act));
        assert!(lacks(&book).is_empty());
    }
    let mut on_paper = book.clone();
    let minute = paper(OFFICE, "chair-of-governors", Some(CHAIR)).case("cctv-2026-001");
    on_paper.add(minute.clone().link("approves", act));
    assert!(lacks(&on_paper).is_empty());
    // Not when the author puts it on record.
    let mut by_author = book;
    by_author.add(minute.by(HEAD, "headteacher").link("approves", act));
    assert!(lacks(&by_author)[0].contains("can't be shown that two people signed"));
}
