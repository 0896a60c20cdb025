//! When an act is complete: who must have signed, in which role, on which content, and what
//! paper and exceptions can and can't stand for.

#![allow(clippy::disallowed_methods, reason = "the crate itself touches nothing; its tests may")]

mod common;

use common::bundle::{body_path, whole};
use common::{Book, DEPUTY, DPO, Draft, HEAD, Holder, appointment};
use probity_ledger::book::acts::Acts;
use probity_ledger::book::judge::{Trusting, judge};
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::records::find;
use probity_ledger::verify::verdict::Verdict;

/// The head teacher; the data protection officer at 2; the deputy at 3.
fn school() -> Book {
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book
}

fn approval(file: &Value, decision: &str) -> Draft {
    Draft::new("dpia-approval", HEAD, "headteacher")
        .with_clear("decision", Value::text(decision))
        .answer("documents", Value::Array(vec![file.clone()]))
}

fn advice(by: Holder, role: &str, file: &Value) -> Draft {
    Draft::new("dpo-advice", by, role)
        .answer("recommendation", Value::text("proceed"))
        .answer("documents", Value::Array(vec![file.clone()]))
}

fn paper(by: Holder, role: &str, person_id: Option<Holder>) -> Draft {
    paper_as("dpo", by, role, person_id)
}

/// Signed on paper in the first role, and recorded in the second.
fn paper_as(signed_as: &str, by: Holder, role: &str, person_id: Option<Holder>) -> Draft {
    let draft = Draft::new("paper-signature", by, role)
        .answer("person", Value::text("Somebody on paper"))
        .answer("role", Value::text(signed_as));
    match person_id {
        None => draft,
        Some(holder) => draft.answer("person-id", Value::text(hex::encode(holder.person()))),
    }
}

/// The lacks of the whole ledger, each as `entry: why`.
fn lacks(book: &Book) -> Vec<String> {
    let verdict = book.verify();
    assert_eq!(verdict.fault, None);
    in_words(&verdict)
}

fn in_words(verdict: &Verdict) -> Vec<String> {
    verdict.incomplete.iter().map(|act| format!("{}: {}", act.entry, act.why)).collect()
}

const MISSING: &str = "4: missing: the DPO's advice on this exact content";

#[test]
fn an_approval_is_complete_with_advice_on_the_same_bytes() {
    let mut book = school();
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved"));
    assert_eq!(lacks(&book), [MISSING]);
    let mut other = book.clone();
    let changed = other.document("dpia.pdf", b"the assessment, changed");
    other.add(advice(DPO, "dpo", &changed));
    assert_eq!(lacks(&other), [MISSING]);
    book.add(advice(DPO, "dpo", &file));
    assert!(lacks(&book).is_empty());
}

#[test]
fn advice_in_another_role_or_by_the_approver_does_not_count() {
    let mut book = Book::begun();
    book.add(appointment(DPO, &["administrator", "dpo"]));
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved"));
    book.add(advice(DPO, "administrator", &file));
    assert!(lacks(&book).contains(&MISSING.to_owned()));
    // The head is also the officer, with a second key.
    let second = Holder(6);
    let mut book = school();
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved"));
    let as_officer = common::appointment_as(second, HEAD, &["dpo"]);
    book.add(as_officer.by(DEPUTY, "deputy-headteacher"));
    book.add(advice(second, "dpo", &file));
    assert_eq!(lacks(&book), [MISSING]);
}

#[test]
fn a_refusal_lacks_nothing_and_gives_nothing() {
    let mut book = school();
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "refused"));
    assert!(lacks(&book).is_empty());
}

#[test]
fn content_that_is_not_disclosed_cannot_be_told() {
    let mut book = school();
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved"));
    book.add(advice(DPO, "dpo", &file));
    let without = |body: &mut Vec<u8>| {
        let open = Body::parse(body).expect("a body");
        *body = open.only(|field| field != "documents").to_bytes();
    };
    let verdict = whole(&book).change(&body_path(4), without).with_copy().verify();
    assert!(in_words(&verdict)[0].contains("can't be told"), "{:?}", verdict.incomplete);
}

#[test]
fn paper_counts_only_for_somebody_else_who_is_appointed() {
    let approved = || {
        let mut book = school();
        let file = book.document("dpia.pdf", b"the assessment");
        let act = book.add(approval(&file, "approved"));
        (book, file, act)
    };
    let on = |draft: Draft, file: &Value, act| {
        draft.link("advises", act).answer("documents", Value::Array(vec![file.clone()]))
    };
    // An invented person, nobody, the approver: it can't be shown that two people signed.
    for id in [Some(Holder(77)), None, Some(HEAD)] {
        let (mut book, file, act) = approved();
        book.add(on(paper(DEPUTY, "deputy-headteacher", id), &file, act));
        let found = lacks(&book);
        assert!(found[0].contains("can't be shown that two people signed"), "{found:?}");
    }
    // The approver may not be the one who records it.
    let (mut book, file, act) = approved();
    book.add(on(paper(HEAD, "headteacher", Some(DPO)), &file, act));
    assert_eq!(lacks(&book).len(), 1);
    // Linked as being about it only, a scan of the same file is no advice.
    let (mut book, file, act) = approved();
    let scan = paper(DEPUTY, "deputy-headteacher", Some(DPO)).link("about", act);
    book.add(scan.answer("documents", Value::Array(vec![file])));
    assert_eq!(lacks(&book), [MISSING]);
    // Somebody else who is appointed, recorded by a third: complete, and said to be on paper.
    let (mut book, file, act) = approved();
    book.add(on(paper(DEPUTY, "deputy-headteacher", Some(DPO)), &file, act));
    assert!(lacks(&book).is_empty());
    let on_paper = book.verify().on_paper;
    assert!(
        on_paper[0].why.contains("signed on paper by “Somebody on paper”, recorded by entry 5")
    );
    // A real signature stands before paper, whichever came first.
    book.add(advice(DPO, "dpo", &file));
    assert!(book.verify().on_paper.is_empty());
}

/// A policy, which only a chair may sign, by the data protection officer under an exception.
fn excepted(book: &mut Book) -> usize {
    let mut exception = Draft::new("exception", DPO, "dpo");
    for (field, text) in
        [("rule", "authority"), ("reason", "urgent"), ("ratify-role", "headteacher")]
    {
        exception = exception.answer(field, Value::text(text));
    }
    let exception = book.add(exception);
    book.add(Draft::new("policy", DPO, "dpo").link("excepts", exception));
    4
}

#[test]
fn an_exception_waits_for_its_role_and_for_another_person() {
    let mut book = school();
    let at = excepted(&mut book);
    let exception = book.hash(at);
    let missing = "5: signed by exception; ratification by Headteacher is missing";
    assert_eq!(lacks(&book), [missing]);
    book.add(Draft::new("ratification", DPO, "dpo").link("ratifies", exception));
    assert_eq!(lacks(&book), [missing]);
    book.add(common::note(HEAD, "headteacher").link("ratifies", exception));
    assert_eq!(lacks(&book), [missing], "a note is no ratification");
    let ratification = Draft::new("ratification", HEAD, "headteacher");
    book.add(ratification.link("ratifies", exception));
    assert!(lacks(&book).is_empty());
}

/// Nobody without a key could ratify otherwise.
#[test]
fn an_exception_is_ratified_on_paper_by_its_role_and_another_person() {
    let mut book = school();
    let at = excepted(&mut book);
    let exception = book.hash(at);
    let missing = "5: signed by exception; ratification by Headteacher is missing";
    for (signed_as, person) in [
        ("headteacher", Some(DPO)),
        ("headteacher", None),
        ("headteacher", Some(Holder(77))),
        ("dpo", Some(HEAD)),
    ] {
        let draft = paper_as(signed_as, DEPUTY, "deputy-headteacher", person);
        book.add(draft.link("ratifies", exception));
        assert_eq!(lacks(&book), [missing]);
    }
    let draft = paper_as("headteacher", DEPUTY, "deputy-headteacher", Some(HEAD));
    book.add(draft.link("ratifies", exception));
    assert!(lacks(&book).is_empty());
    let words = "its exception was ratified: signed on paper by “Somebody on paper”";
    let on_paper = book.verify().on_paper;
    let on_paper: Vec<_> = on_paper.iter().map(|act| (act.entry.0, act.why.as_str())).collect();
    assert_eq!(on_paper, [(5, format!("{words}, recorded by entry 10").as_str())]);
}

/// A newer version may know that the deputy is the officer, or that nobody is.
#[test]
fn advice_by_somebody_whose_standing_cannot_be_judged_completes_nothing() {
    let mut book = school();
    book.add(appointment(DEPUTY, &["dpo"]).version(2));
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved"));
    book.add(advice(DEPUTY, "dpo", &file));
    let found = in_words(&book.verify());
    assert!(found.contains(&MISSING.replace('4', "5")), "{found:?}");
}

#[test]
fn an_exception_lifts_the_role_and_no_other_signature() {
    let mut book = school();
    let at = excepted(&mut book);
    let exception = book.hash(at);
    let file = book.document("dpia.pdf", b"the assessment");
    book.add(approval(&file, "approved").link("excepts", exception));
    let found = lacks(&book);
    assert!(found.contains(&"6: missing: the DPO's advice on this exact content".to_owned()));
}

#[test]
fn what_is_no_exception_excepts_nothing() {
    let mut book = school();
    let genesis = book.hash(0);
    book.add(Draft::new("policy", DPO, "dpo").link("excepts", genesis));
    let ratification = Draft::new("ratification", HEAD, "headteacher");
    book.add(ratification.link("ratifies", genesis));
    let found = lacks(&book);
    assert!(found.iter().any(|one| one.contains("a role that may not sign this")), "{found:?}");
    assert!(found.iter().any(|one| one.contains("not one that is here")), "{found:?}");
}

#[test]
fn an_exception_whose_role_is_withheld_cannot_be_told() {
    let mut book = school();
    let at = excepted(&mut book);
    let ratification = Draft::new("ratification", DPO, "dpo");
    book.add(ratification.link("ratifies", book.hash(at)));
    let without = |body: &mut Vec<u8>| {
        let open = Body::parse(body).expect("a body");
        *body = open.only(|field| field != "ratify-role").to_bytes();
    };
    let verdict = whole(&book).change(&body_path(4), without).with_copy().verify();
    assert!(in_words(&verdict)[0].contains("can't be told"), "{:?}", verdict.incomplete);
}

/// The program asks before an act whether the other signature is there.
#[test]
fn a_signature_is_there_for_its_content_and_for_another_person() {
    let mut book = school();
    let (file, other) = (book.document("plan.pdf", b"a plan"), book.document("b.pdf", b"another"));
    let hash = |bytes: &[u8]| [Sha256Hash::of(bytes).0];
    let kind = find("dpia-approval", 1).expect("a known kind");
    let [also] = kind.also else { panic!("the DPO's advice alone") };
    let acts = |book: &Book| {
        let (mut authority, mut acts) = (None, Acts::default());
        for (at, written) in book.written.iter().enumerate() {
            let entry = book.entry(at);
            let judged = judge(&mut authority, &entry, &Trusting).expect("it is genuine");
            let body = written.body.as_deref().map(|bytes| Body::parse(bytes).expect("a body"));
            let known = authority.as_ref().expect("it begins with entry 0");
            acts.note(&entry, &judged, body.as_ref(), known);
        }
        acts
    };
    book.add(approval(&file, "approved"));
    assert!(!acts(&book).is_given(also, &hash(b"a plan"), HEAD.person()));
    book.add(advice(DPO, "dpo", &other));
    assert!(!acts(&book).is_given(also, &hash(b"a plan"), HEAD.person()));
    book.add(advice(DPO, "dpo", &file));
    assert!(acts(&book).is_given(also, &hash(b"a plan"), HEAD.person()));
    assert!(!acts(&book).is_given(also, &hash(b"a plan"), DPO.person()), "by nobody else");
}
