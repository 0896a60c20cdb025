//! Erasures: who may sign them, what they may name, when they are complete, and what is then
//! missing for a reason.

use std::collections::BTreeSet;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::erasing::{Erasures, Ground, MOST_ERASED, Named, Target};
use probity_ledger::book::fault::Code;
use probity_ledger::book::judge::{Trusting, judge};
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::verify::verdict::{Outcome, Verdict};
use probity_ledger::verify::words::{Voice, sentences};

use crate::common::bundle;
use crate::common::{
    BREACH, Book, DEPUTY, DPO, Draft, HEAD, Holder, LOG, STRANGER, appointment, both_intact,
    both_not_genuine, entering, intact, not_genuine, note,
};

/// The school's administrator.
pub const CLERK: Holder = Holder(5);

/// What the withheld fields of a verdict are: by entry.
pub type Fields = Vec<(u64, Vec<String>)>;

/// Entries 2 to 4 appoint the data protection officer, the administrator and the deputy; 5 is a
/// note whose text and document are to be erased, 6 another.
pub fn school() -> Book {
    let mut book = Book::with_dpo();
    book.add(appointment(CLERK, &["administrator", "staff"]));
    book.add(appointment(DEPUTY, &["deputy-headteacher", "dpo-nominee"]));
    let document = book.document("letter.pdf", b"%PDF-1.7 a letter");
    let noted = note(HEAD, "headteacher").case(BREACH);
    book.add(noted.answer("documents", Value::Array(vec![document])));
    book.add(note(DPO, "dpo"));
    book
}

pub fn erasure(by: Holder, role: &str, entries: &[(u64, Option<&[&str]>)]) -> Draft {
    let target = |(entry, fields): &(u64, Option<&[&str]>)| Target {
        entry: Index(*entry),
        fields: fields.map(|all| all.iter().map(|name| (*name).to_owned()).collect()),
    };
    let entries = entries.iter().map(target).collect();
    let clear = ClearFields::Erasure { entries, ground: Ground::Request };
    Draft::new("erasure", by, role).clear(&clear)
}

/// Entry 7 of [`school`]: the head has the text of entry 5 erased.
pub fn of_text(book: &Book) -> Draft {
    erasure(HEAD, "headteacher", &[(5, Some(&["text"]))]).link("erases", book.hash(5))
}

pub fn advice(by: Holder, role: &str, on: EntryHash, word: &str) -> Draft {
    Draft::new("dpo-advice", by, role)
        .answer("recommendation", Value::text(word))
        .link("advises", on)
}

pub fn rule(by: Holder, role: &str) -> Draft {
    Draft::new("retention-rule", by, role).answer("record-class", Value::text("notes"))
}

/// Takes fields out of an entry's body, as whoever carries an erasure out does.
pub fn forget(book: &mut Book, entry: usize, fields: &[&str]) {
    book.forget(entry, fields);
    if fields.contains(&"documents") {
        book.documents.clear();
    }
}

pub fn withheld(verdict: &Verdict) -> Fields {
    verdict.withheld.iter().map(|of| (of.entry.0, of.fields.clone())).collect()
}

/// Entry, fields, erasure.
pub fn erased(verdict: &Verdict) -> Vec<(u64, String, u64)> {
    let all = verdict.erased.iter();
    all.map(|of| (of.entry.0, of.fields.join(" "), of.by.0)).collect()
}

/// The whole ledger and a bundle of it say that the fields are erased, and nothing is missing.
#[track_caller]
fn both_erased(book: &Book, expected: &[(u64, &str, u64)]) {
    for verdict in [book.verify(), bundle::whole(book).verify()] {
        intact(&verdict);
        let found = erased(&verdict);
        let found: Vec<(u64, &str, u64)> =
            found.iter().map(|(entry, fields, by)| (*entry, fields.as_str(), *by)).collect();
        assert_eq!(found, expected);
        assert_eq!(withheld(&verdict), Fields::new());
        let acts: Vec<&str> = verdict.incomplete.iter().map(|act| act.kind.as_str()).collect();
        assert!(!acts.contains(&"erasure"), "{acts:?}");
    }
}

/// A field that is gone without a complete erasure is a fault of the whole ledger; a bundle has
/// it withheld.
#[track_caller]
pub fn unexplained(book: &Book, entry: u64) {
    not_genuine(&book.verify(), Code::Body, entry);
    let verdict = bundle::whole(book).verify();
    intact(&verdict);
    assert_eq!(erased(&verdict), []);
    assert_eq!(withheld(&verdict).first().map(|of| of.0), Some(entry));
}

#[test]
fn complete_once_the_dpo_agrees() {
    for word in ["proceed", "proceed-with-changes"] {
        let mut book = school();
        let act = of_text(&book);
        let act = book.add(act);
        book.add(advice(DPO, "dpo", act, word));
        both_intact(&book);
        forget(&mut book, 5, &["text"]);
        both_erased(&book, &[(5, "text", 7)]);
    }
}

#[test]
fn the_verdict_says_in_words_what_was_erased() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 5, &["text"]);
    let verdict = book.verify();
    let said = |voice| sentences(&verdict, voice).join("\n");
    let head = "1 answer in record 5 was erased on 21 September 2026 because whom they are about \
                asked for it (record 7); what they said is gone and can't be checked.";
    assert!(said(Voice::Head).contains(head), "{}", said(Voice::Head));
    let line = format!(
        "Erased: entry 5 `text` (entry 7, ground request, signed by key {}).",
        HEAD.kid().short()
    );
    assert!(said(Voice::Inspector).contains(&line), "{}", said(Voice::Inspector));
}

#[test]
fn without_advice_the_fields_are_withheld() {
    let mut book = school();
    let act = of_text(&book);
    book.add(act);
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
    let verdict = bundle::whole(&book).verify();
    let lacks: Vec<(u64, &str)> =
        verdict.incomplete.iter().map(|act| (act.entry.0, act.kind.as_str())).collect();
    assert_eq!(lacks, [(7, "erasure")]);
}

#[test]
fn advice_against_it_does_not_count() {
    for word in ["do-not-proceed", "restrict"] {
        let mut book = school();
        let act = of_text(&book);
        let act = book.add(act);
        book.add(advice(DPO, "dpo", act, word));
        forget(&mut book, 5, &["text"]);
        unexplained(&book, 5);
    }
}

#[test]
fn advice_whose_recommendation_is_withheld_counts() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 5, &["text"]);
    forget(&mut book, 8, &["recommendation"]);
    let verdict = bundle::whole(&book).verify();
    assert_eq!(erased(&verdict), [(5, "text".to_owned(), 7)]);
}

#[test]
fn advice_by_the_same_person_or_in_another_role_does_not_count() {
    let mut book = school();
    let act = of_text(&book).by(DEPUTY, "deputy-headteacher");
    let act = book.add(act);
    book.add(advice(DEPUTY, "dpo-nominee", act, "proceed"));
    book.add(advice(HEAD, "headteacher", act, "proceed"));
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
    book.add(advice(DPO, "dpo", act, "proceed"));
    both_erased(&book, &[(5, "text", 7)]);
}

#[test]
fn a_signature_on_paper_does_not_count() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    let paper = Draft::new("paper-signature", CLERK, "staff").link("advises", act);
    let paper = paper.answer("role", Value::text("dpo"));
    book.add(paper.answer("person-id", Value::text(hex::encode(DPO.person()))));
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
}

#[test]
fn advice_on_the_rule_counts_before_and_after() {
    for before in [true, false] {
        let mut book = school();
        let rule = book.add(rule(HEAD, "headteacher"));
        let agreed = advice(DPO, "dpo", rule, "proceed");
        if before {
            book.add(agreed.clone());
        }
        let act = of_text(&book).link("about", rule);
        let act = if before { (book.add(act), 9) } else { (book.add(act), 8) };
        if !before {
            book.add(agreed);
        }
        forget(&mut book, 5, &["text"]);
        both_erased(&book, &[(5, "text", act.1)]);
    }
}

#[test]
fn an_administrator_needs_a_rule_by_somebody_else() {
    let by_clerk = |book: &Book| of_text(book).by(CLERK, "administrator");
    // No rule.
    let mut book = school();
    let act = by_clerk(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
    // A rule that nobody with authority signed; then one that somebody did.
    for (by, role, complete) in [(DPO, "dpo", false), (HEAD, "headteacher", true)] {
        let mut book = school();
        let rule = book.add(rule(by, role));
        let act = by_clerk(&book).link("about", rule);
        let act = book.add(act);
        book.add(advice(DPO, "dpo", act, "proceed"));
        forget(&mut book, 5, &["text"]);
        if complete { both_erased(&book, &[(5, "text", 8)]) } else { unexplained(&book, 5) }
    }
    // Their own, signed as a representative.
    let mut book = school();
    book.add(appointment(CLERK, &["administrator", "deputy-headteacher"]));
    let own = book.add(rule(CLERK, "deputy-headteacher"));
    let act = by_clerk(&book).link("about", own);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
}

#[test]
fn a_whole_record_and_its_document() {
    let mut book = school();
    let act = erasure(HEAD, "headteacher", &[(5, None), (6, Some(&["text"]))]);
    let act = act.link("erases", book.hash(5)).link("erases", book.hash(6));
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    both_intact(&book);
    forget(&mut book, 5, &["text", "documents", "occurred", "decided-by"]);
    forget(&mut book, 6, &["text"]);
    assert!(book.written[5].body.is_none());
    both_erased(&book, &[(5, "text occurred documents decided-by", 7), (6, "text", 7)]);
}

#[test]
fn of_two_erasures_of_one_field_the_first_is_named() {
    let mut book = school();
    for _ in 0..2 {
        let act = of_text(&book);
        let act = book.add(act);
        book.add(advice(DPO, "dpo", act, "proceed"));
    }
    forget(&mut book, 5, &["text"]);
    both_erased(&book, &[(5, "text", 7)]);
}

#[test]
fn a_field_that_no_erasure_names_is_missing() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 5, &["text", "occurred"]);
    not_genuine(&book.verify(), Code::Body, 5);
    let verdict = bundle::whole(&book).verify();
    assert_eq!(erased(&verdict), [(5, "text".to_owned(), 7)]);
    assert_eq!(withheld(&verdict), [(5, vec!["occurred".to_owned()])]);
}

#[test]
fn a_fault_elsewhere_comes_before_a_missing_field() {
    let mut book = school();
    forget(&mut book, 5, &["text"]);
    book.add(note(STRANGER, "staff"));
    not_genuine(&book.verify(), Code::UnknownKey, 7);
}

/// A missing field is found at the end of all entries, before the checkpoint is looked at.
#[test]
fn a_missing_field_comes_before_the_checkpoint() {
    let mut book = school();
    forget(&mut book, 5, &["text"]);
    let verdict = book.walk(&probity_ledger::verify::ledger::Reader::default(), Some(b"no note"));
    not_genuine(&verdict, Code::Body, 5);
}

#[test]
fn an_erased_field_that_somebody_still_holds_is_checked() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    both_erased(&book, &[]);
    let other = book.written[6].body.clone();
    book.written[5].body = other;
    both_not_genuine(&book, Code::Commitment, 5);
}

#[test]
fn a_bundle_without_the_advice_has_the_fields_withheld() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    book.add(note(HEAD, "headteacher"));
    forget(&mut book, 5, &["text"]);
    let with = bundle::of(&book, 10, &[5, 7, 8], LOG).verify();
    assert_eq!(erased(&with), [(5, "text".to_owned(), 7)]);
    let without = bundle::of(&book, 10, &[5, 7], LOG).verify();
    intact(&without);
    assert_eq!(erased(&without), []);
    assert!(withheld(&without).contains(&(5, vec!["text".to_owned()])));
}

#[test]
fn role_that_may_not_erase() {
    for (by, role) in [(DPO, "dpo"), (CLERK, "staff")] {
        let mut book = school();
        let act = of_text(&book).by(by, role);
        book.add(act);
        both_not_genuine(&book, Code::Role, 7);
    }
}

/// Under an exception, too: an erasure can't be made good afterwards.
#[test]
fn role_that_may_not_erase_under_an_exception() {
    let mut book = school();
    let exception = Draft::new("exception", DPO, "dpo");
    let exception = book.add(exception.answer("ratify-role", Value::text("headteacher")));
    let act = of_text(&book).by(DPO, "dpo").link("excepts", exception);
    book.add(act);
    both_not_genuine(&book, Code::Role, 8);
}

#[test]
fn role_is_named_before_an_unknown_field() {
    let mut book = school();
    let act = erasure(DPO, "dpo", &[(5, Some(&["colour"]))]).link("erases", book.hash(5));
    book.add(act);
    both_not_genuine(&book, Code::Role, 7);
}

#[test]
fn clear_names_a_field_that_the_entry_has_not() {
    for (entry, field) in [(5, "colour"), (0, "school"), (3, "key"), (6, "subject")] {
        let mut book = school();
        let act = erasure(HEAD, "headteacher", &[(entry, Some(&[field]))]);
        let act = act.link("erases", book.hash(5));
        book.add(act);
        both_not_genuine(&book, Code::Clear, 7);
    }
}

/// Of an entry that is not in the bundle, nobody can tell.
#[test]
fn clear_names_a_field_of_an_entry_outside() {
    let mut book = school();
    let act = erasure(HEAD, "headteacher", &[(5, Some(&["colour"]))]);
    let act = act.link("erases", book.hash(5));
    book.add(act);
    intact(&bundle::of(&book, 8, &[7], LOG).verify());
    not_genuine(&bundle::of(&book, 8, &[5, 7], LOG).verify(), Code::Clear, 7);
}

/// Of an entry of an unknown kind, nobody can tell either.
#[test]
fn clear_names_a_field_of_an_unknown_kind() {
    let mut book = school();
    book.add(Draft::new("novelty", HEAD, "headteacher").answer("what", Value::text("new")));
    let act = erasure(HEAD, "headteacher", &[(7, Some(&["colour"]))]);
    let act = act.link("erases", book.hash(7));
    book.add(act);
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        assert_eq!(verdict.verdict, Outcome::CannotCheck, "{:?}", verdict.fault);
    }
}

#[test]
fn clear_of_another_form() {
    let list = |items: Vec<Value>| Value::Array(items);
    let one = |entry: i64, fields: Value| list(vec![Value::Int(entry), fields]);
    let names = |names: &[&str]| list(names.iter().map(|name| Value::text(*name)).collect());
    let many: Vec<Value> = (0..=MOST_ERASED).map(|_| one(5, Value::Null)).collect();
    let entries = [
        list(Vec::new()),
        list(many),
        list(vec![one(6, Value::Null), one(5, Value::Null)]),
        list(vec![one(5, Value::Null), one(5, Value::Null)]),
        list(vec![one(-1, Value::Null)]),
        list(vec![one(7, Value::Null)]),
        list(vec![one(5, Value::Null), one(8, Value::Null)]),
        list(vec![one(5, names(&[]))]),
        list(vec![one(5, names(&["text", "documents"]))]),
        list(vec![one(5, names(&["text", "text"]))]),
        list(vec![one(5, names(&["Text"]))]),
        list(vec![one(5, Value::text("text"))]),
        list(vec![list(vec![Value::Int(5)])]),
        list(vec![Value::Int(5)]),
        Value::Null,
    ];
    for entries in entries {
        let mut book = school();
        let act = of_text(&book).with_clear("entries", entries);
        book.add(act);
        both_not_genuine(&book, Code::Clear, 7);
    }
}

#[test]
fn clear_with_an_unknown_ground() {
    for ground in [Value::text("untidy"), Value::Null] {
        let mut book = school();
        let act = of_text(&book).with_clear("ground", ground);
        book.add(act);
        both_not_genuine(&book, Code::Clear, 7);
    }
}

#[test]
fn links_that_an_erasure_requires() {
    let mut book = school();
    let mut act = of_text(&book);
    act.links.clear();
    book.add(act);
    both_not_genuine(&book, Code::Links, 7);
}

/// What somebody signed elsewhere has the fields of its own kind.
#[test]
fn a_field_of_what_was_signed_elsewhere() {
    let mut book = school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    let erases = book.hash(7);
    let act = erasure(HEAD, "headteacher", &[(7, Some(&["text"]))]).link("erases", erases);
    let act = book.add(act);
    book.add(advice(DPO, "dpo", act, "proceed"));
    forget(&mut book, 7, &["text"]);
    both_erased(&book, &[(7, "text", 8)]);
}

#[test]
fn advice_that_recommends_nothing_does_not_count() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    book.add(Draft::new("dpo-advice", DPO, "dpo").link("advises", act));
    forget(&mut book, 5, &["text"]);
    unexplained(&book, 5);
}

/// No erasure takes away what speaks against it.
#[test]
fn an_objection_that_is_erased_is_no_agreement() {
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher"));
    let objection = book.add(advice(DPO, "dpo", on, "do-not-proceed"));
    let both: &[(u64, Option<&[&str]>)] = &[(5, Some(&["text"])), (8, Some(&["recommendation"]))];
    let act = erasure(HEAD, "headteacher", both).link("erases", book.hash(5));
    book.add(act.link("erases", objection).link("about", on));
    forget(&mut book, 5, &["text"]);
    forget(&mut book, 8, &["recommendation"]);
    unexplained(&book, 5);
}

/// The erasures of a book.
fn known(book: &Book) -> Erasures {
    let (mut authority, mut known) = (None, Erasures::default());
    for (at, written) in book.written.iter().enumerate() {
        let entry = book.entry(at);
        let judged = judge(&mut authority, &entry, &Trusting).expect("it is genuine");
        let body = written.body.as_deref().map(|bytes| Body::parse(bytes).expect("a body"));
        known.note(&entry, &judged, body.as_ref());
    }
    known
}

/// What the erasure at an index lacks.
fn lacks(known: &Erasures, index: u64) -> Option<String> {
    known.lacks(known.get(Index(index)).expect("an erasure"))
}

fn supports(known: &Erasures, index: u64) -> Vec<u64> {
    let erasure = known.get(Index(index)).expect("an erasure");
    known.supports(erasure).iter().map(|index| index.0).collect()
}

fn completed_with(known: &Erasures, index: u64) -> u64 {
    known.completed_with(known.get(Index(index)).expect("an erasure")).0
}

/// Those that somebody would complete by advising on these entries.
fn would_complete(known: &Erasures, on: &[EntryHash], by: Holder) -> Vec<u64> {
    let on: BTreeSet<EntryHash> = on.iter().copied().collect();
    known.would_complete(&on, by.person()).map(|erasure| erasure.index.0).collect()
}

#[test]
fn the_dpo_is_asked_for_what_their_advice_would_complete() {
    let mut book = school();
    let act = of_text(&book);
    let act = book.add(act);
    let before = known(&book);
    assert!(before.get(Index(6)).is_none());
    let lack = lacks(&before, 7).expect("it lacks advice");
    assert!(lack.starts_with("missing: the DPO's advice on this erasure"), "{lack}");
    assert_eq!(supports(&before, 7), [0; 0]);
    assert_eq!(would_complete(&before, &[act], DPO), [7]);
    assert_eq!(would_complete(&before, &[act], HEAD), [0; 0], "its own author");
    assert_eq!(would_complete(&before, &[book.hash(5)], DPO), [0; 0], "on something else");
    assert_eq!(would_complete(&before, &[], DPO), [0; 0]);
    assert!(!before.is_advised(&act, HEAD.person()));
    book.add(advice(DPO, "dpo", act, "proceed"));
    let after = known(&book);
    assert_eq!((lacks(&after, 7), supports(&after, 7)), (None, vec![8]));
    assert_eq!(completed_with(&after, 7), 8);
    assert_eq!(would_complete(&after, &[act], DEPUTY), [0; 0], "nothing is lacking");
    assert!(after.is_advised(&act, HEAD.person()));
    assert!(!after.is_advised(&act, DPO.person()), "by nobody else");
    assert!(!after.is_advised(&book.hash(5), HEAD.person()));
}

#[test]
fn an_administrator_s_erasure_is_completed_through_a_rule_by_somebody_else() {
    // Without a rule no advice completes it.
    let mut book = school();
    let act = of_text(&book).by(CLERK, "administrator");
    let act = book.add(act);
    assert_eq!(would_complete(&known(&book), &[act], DPO), [0; 0]);
    let lack = lacks(&known(&book), 7).expect("it lacks a rule");
    assert!(lack.starts_with("missing: a retention rule by another person"), "{lack}");
    // With their own neither.
    let mut book = school();
    book.add(appointment(CLERK, &["administrator", "deputy-headteacher"]));
    let own = book.add(rule(CLERK, "deputy-headteacher"));
    let act = of_text(&book).by(CLERK, "administrator").link("about", own);
    let act = book.add(act);
    assert_eq!(would_complete(&known(&book), &[own, act], DPO), [0; 0]);
    // With another's, on itself or on the rule.
    let mut book = school();
    let on = book.add(rule(HEAD, "headteacher"));
    let act = of_text(&book).by(CLERK, "administrator").link("about", on);
    let act = book.add(act);
    for reached in [vec![act], vec![on], vec![act, on]] {
        assert_eq!(would_complete(&known(&book), &reached, DPO), [8]);
    }
    assert_eq!(would_complete(&known(&book), &[on], CLERK), [0; 0]);
    book.add(advice(DPO, "dpo", on, "proceed"));
    let known = known(&book);
    assert_eq!((lacks(&known, 8), supports(&known, 8)), (None, vec![7, 9]));
    assert_eq!(completed_with(&known, 8), 9);
}

#[test]
fn an_erasure_names_the_fields_that_it_lists_or_all() {
    let target = |fields: Option<&[&str]>| Target {
        entry: Index(5),
        fields: fields.map(|all| all.iter().map(|name| (*name).to_owned()).collect()),
    };
    for (fields, names) in [
        (Some(&["text", "what"][..]), [true, false]),
        (Some(&["wha"]), [false, false]),
        (None, [true, true]),
    ] {
        let target = target(fields);
        let named = Named::from(&target);
        assert_eq!(["text", "te"].map(|field| named.names(field)), names, "{target:?}");
        assert_eq!(["text", "te"].map(|field| target.names(field)), names, "{target:?}");
    }
}

/// Whoever takes another answer of the advice away doesn't make it an objection.
#[test]
fn advice_counts_while_its_recommendation_is_not_what_was_erased() {
    for (field, complete) in [("advice", true), ("recommendation", false)] {
        let mut book = school();
        let on = book.add(rule(HEAD, "headteacher"));
        let agreed = book.add(advice(DPO, "dpo", on, "proceed"));
        forget(&mut book, 8, &["recommendation"]);
        let both: &[(u64, Option<&[&str]>)] = &[(5, Some(&["text"])), (8, Some(&[field]))];
        let act = erasure(HEAD, "headteacher", both).link("erases", book.hash(5));
        book.add(act.link("erases", agreed).link("about", on));
        assert_eq!(lacks(&known(&book), 9).is_none(), complete, "{field}");
    }
}

/// Whoever is refused is told who may.
#[test]
fn a_refusal_says_which_roles_act() {
    let expected = |draft: Draft| {
        let mut book = school();
        book.add(draft);
        let verdict = book.verify();
        not_genuine(&verdict, Code::Role, 7);
        verdict.fault.expect("named").expected
    };
    let erasing = of_text(&school()).by(DPO, "dpo");
    assert_eq!(expected(erasing), "a role that acts for the controller, or administrator");
    let appointing = appointment(STRANGER, &["staff"]).by(CLERK, "administrator");
    assert_eq!(expected(appointing), "a role that acts for the controller");
}
