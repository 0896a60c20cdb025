//! Statements: what somebody signed elsewhere, entered by somebody else. What is wrong with the
//! entry, with the statement, and with where it stands; and that everything else takes the
//! statement's word.

use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Entry, Header, Link, Subject};
use probity_ledger::format::hash::{Commitment, EntryHash, Index, Sha256Hash};
use probity_ledger::format::statement::{MAX_STATEMENT, Stated, Statement, StatementFault};
use probity_ledger::verify::verdict::Verdict;

use crate::common::{
    BREACH, Book, DEPUTY, DPO, Draft, HEAD, Holder, LOG, STRANGER, acceptance, appointment,
    both_cannot_check, both_intact, both_not_genuine, bundle, entering, genesis, not_genuine, note,
    revocation, sign,
};

/// Where the statement of [`stated`] stands.
const AT: u64 = 8;

/// The eight entries of a school, and at 8 a note that the data protection officer signed
/// elsewhere, changed before they signed it.
fn stated(draft: Draft, change: impl FnOnce(&mut Header, &mut Stated)) -> Book {
    let mut book = Book::school();
    let (statement, body) = book.statement(&draft, change);
    let by = Draft { subject: draft.subject, ..entering(HEAD, "headteacher") };
    book.enter(by, &statement, &body);
    book
}

fn from_home() -> Draft {
    note(DPO, "dpo").case(BREACH).link("about", Book::school().hash(4))
}

/// The same with bytes that somebody else made in the statement's place.
fn carried(bytes: &[u8]) -> Book {
    let mut book = Book::school();
    let (_, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), bytes, &body);
    book
}

fn key_of(verdict: &Verdict, holder: Holder) -> (u64, Vec<String>) {
    let kid = holder.kid().to_string();
    let key = verdict.keys.iter().find(|key| key.kid == kid).expect("the key signed");
    (key.entries, key.roles.clone())
}

/// What is signed at home counts as its author's, and both keys are seen.
#[test]
fn a_statement_counts_as_its_authors() {
    let book = stated(from_home(), |_, _| ());
    both_intact(&book);
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        assert_eq!(key_of(&verdict, DPO), (4, vec!["dpo".to_owned()]));
        assert_eq!(key_of(&verdict, HEAD), (6, vec!["headteacher".to_owned()]));
        let [one] = verdict.stated.as_slice() else { panic!("one statement: {verdict:?}") };
        assert_eq!((one.entry, one.after), (Index(8), Index(7)));
        assert_eq!(
            (&*one.by, &*one.entered_by),
            (&*DPO.kid().to_string(), &*HEAD.kid().to_string())
        );
        assert_eq!(verdict.entries, 9);
    }
    let entry = book.entry(8);
    let said = entry.says();
    assert_eq!((said.kind, said.role, said.kid), ("note", "dpo", DPO.kid()));
    assert_eq!(entry.own_words().kind, "statement");
}

/// Somebody who stays away from the school for a week isn't a clock that ran backwards.
#[test]
fn an_older_statement_is_no_step_back_of_the_clock() {
    let book = stated(from_home(), |header, _| header.time -= 100);
    both_intact(&book);
    assert!(book.verify().clock.is_empty());
}

/// An approval at home, with advice at home, is a complete act; one in a role that may not is
/// on record and incomplete.
#[test]
fn acts_are_complete_by_what_statements_say() {
    let mut book = Book::school();
    let target = book.hash(4);
    let advice = Draft::new("dpo-advice", DPO, "dpo")
        .link("advises", target)
        .answer("recommendation", Value::text("proceed"));
    let approval = |by, role| {
        Draft::new("dpia-approval", by, role)
            .link("approves", target)
            .clear(&ClearFields::Decision(Decision::Approved))
    };
    let (statement, body) = book.statement(&advice, |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    let (statement, body) = book.statement(&approval(HEAD, "headteacher"), |_, _| ());
    book.enter(entering(DPO, "dpo"), &statement, &body);
    both_intact(&book);
    assert_eq!(book.verify().incomplete, []);
    let (statement, body) = book.statement(&approval(DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    both_intact(&book);
    let verdict = book.verify();
    assert!(
        verdict
            .incomplete
            .iter()
            .all(|lack| lack.entry == Index(10) && lack.kind == "dpia-approval")
    );
    assert!(!verdict.incomplete.is_empty());
}

/// The deputy accepts their appointment on their own machine.
#[test]
fn an_acceptance_can_be_stated() {
    let mut book = Book::school();
    let accept = acceptance(DEPUTY, "deputy-headteacher", book.hash(6));
    let (statement, body) = book.statement(&accept, |_, _| ());
    book.enter(entering(DPO, "dpo"), &statement, &body);
    both_intact(&book);
    let kid = DEPUTY.kid().to_string();
    assert!(book.verify().keys.iter().any(|key| key.kid == kid && key.accepted));
}

/// A suspect key casts doubt on what it stated, and not on what others stated through it.
#[test]
fn doubt_follows_the_statements_key() {
    let mut book = stated(from_home(), |_, _| ());
    let (statement, body) = book.statement(&note(HEAD, "headteacher"), |_, _| ());
    book.enter(entering(DPO, "dpo"), &statement, &body);
    book.add(revocation(DPO, Some(1)));
    both_intact(&book);
    let doubtful: Vec<u64> = book.verify().doubtful.iter().map(|doubt| doubt.entry.0).collect();
    assert_eq!(doubtful, [3, 4, 7, 8]);
}

#[test]
fn entry_with_fields() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter_with(entering(HEAD, "headteacher"), &statement, &body, |_, payload| {
        payload.body = vec![("text".to_owned(), Commitment([1; 32]))];
    });
    both_not_genuine(&book, Code::Fields, AT);
}

#[test]
fn entry_with_links() {
    let book = Book::school();
    let target = book.hash(4);
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    for (links, found) in [(1, "a link"), (2, "2 links")] {
        let mut book = book.clone();
        let by = (0..links).fold(entering(HEAD, "headteacher"), |by, _| by.link("about", target));
        book.enter(by, &statement, &body);
        both_not_genuine(&book, Code::Links, AT);
        assert_eq!(book.verify().fault.expect("named").found, found);
    }
}

/// Entry 1 appoints whoever began the ledger, and nothing that was signed elsewhere does.
#[test]
fn a_statement_cannot_be_entry_1() {
    let mut book = Book::empty();
    book.add(genesis());
    let (statement, body) = book.statement(&note(HEAD, "headteacher"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    not_genuine(&book.verify(), Code::Governance, 1);
    not_genuine(&bundle::whole(&book).verify(), Code::GovernanceChain, 1);
}

#[test]
fn entry_with_other_clear_fields() {
    let bare = Value::map([("statement", Value::bytes([]))]);
    let long = Value::map([("statement", Value::bytes(vec![0; MAX_STATEMENT + 1]))]);
    let text = Value::map([("statement", Value::text("a statement"))]);
    let more = Value::map([("statement", Value::bytes([1])), ("more", Value::Null)]);
    for clear in [Value::Map(Vec::new()), bare, long, text, more] {
        let mut book = Book::school();
        book.add_with(entering(HEAD, "headteacher"), |_, payload| payload.clear = clear);
        both_not_genuine(&book, Code::Clear, AT);
    }
}

#[test]
fn entry_by_somebody_without_appointment() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(STRANGER, "staff"), &statement, &body);
    both_not_genuine(&book, Code::UnknownKey, AT);
}

#[test]
fn entry_in_a_role_not_held() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(DEPUTY, "headteacher"), &statement, &body);
    both_not_genuine(&book, Code::NotInForce, AT);
}

#[test]
fn statement_that_is_none() {
    let book = Book::school();
    let (good, _) = book.statement(&note(DPO, "dpo"), |_, _| ());
    let mut twice = good.clone();
    twice.extend(&good);
    let short = &good[..good.len() - 1];
    for bytes in [&[0xf6][..], &book.written[7].bytes, &twice, short, &good[1..]] {
        both_not_genuine(&carried(bytes), Code::Statement, AT);
    }
}

/// What another type's signature says is not taken for a statement's.
#[test]
fn statement_of_another_type() {
    let book = Book::school();
    let (good, _) = book.statement(&note(DPO, "dpo"), |_, _| ());
    let good = Statement::parse(&good).expect("a statement");
    let (header, stated) = good.parts();
    let as_entry = sign(DPO, &header.to_bytes(), &stated.to_bytes());
    assert!(matches!(Statement::parse(&as_entry), Err(StatementFault::Typ { .. })));
    both_not_genuine(&carried(&as_entry), Code::Statement, AT);
}

/// Nor is a statement an entry.
#[test]
fn statement_in_an_entrys_place() {
    let book = Book::school();
    let (good, _) = book.statement(&note(DPO, "dpo"), |_, _| ());
    assert!(Entry::parse(&good).is_err());
}

#[test]
fn statement_for_another_ledger() {
    let book = stated(from_home(), |header, _| "example.org/other".clone_into(&mut header.origin));
    both_not_genuine(&book, Code::Statement, AT);
}

#[test]
fn statement_for_another_case() {
    let other = Subject::parse("breach-2026-002").expect("a case");
    both_not_genuine(&stated(from_home(), |header, _| header.subject = other), Code::Statement, AT);
    both_not_genuine(
        &stated(from_home(), |header, _| header.subject = Subject::Ledger),
        Code::Statement,
        AT,
    );
}

#[test]
fn statement_of_a_kind_that_cannot_be_stated() {
    for kind in
        ["genesis", "appointment", "revocation", "log-key", "anchor", "erasure", "statement"]
    {
        let book = stated(from_home(), |_, stated| kind.clone_into(&mut stated.kind));
        both_not_genuine(&book, Code::Statement, AT);
    }
}

#[test]
fn statement_after_an_entry_that_comes_later() {
    for later in [8, 9, 1 << 40] {
        let book = stated(from_home(), |_, stated| stated.after.0 = Index(later));
        both_not_genuine(&book, Code::Statement, AT);
    }
}

/// Its author knew another ledger, or another past of this one.
#[test]
fn statement_after_another_entry() {
    both_not_genuine(
        &stated(from_home(), |_, stated| stated.after.1 = EntryHash([3; 32])),
        Code::Statement,
        AT,
    );
    let other = Book::school().hash(6);
    both_not_genuine(&stated(from_home(), |_, stated| stated.after.1 = other), Code::Statement, AT);
}

/// Where a bundle leaves that entry out, nothing can be said of it.
#[test]
fn statement_after_an_entry_that_is_not_shown() {
    let book = stated(from_home(), |_, stated| stated.after = (Index(5), EntryHash([3; 32])));
    both_not_genuine(&book, Code::Statement, AT);
    crate::common::intact(&bundle::of(&book, 9, &[0, 1, 2, 6, 8], LOG).verify());
}

#[test]
fn statement_that_expired() {
    let now = crate::common::START + 60 * 8;
    both_not_genuine(&stated(from_home(), |_, stated| stated.expires = now), Code::Statement, AT);
    both_not_genuine(&stated(from_home(), |_, stated| stated.expires = 0), Code::Statement, AT);
    both_intact(&stated(from_home(), |_, stated| stated.expires = now + 1));
}

#[test]
fn duplicate() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    book.add(note(HEAD, "headteacher"));
    book.enter(entering(DPO, "dpo"), &statement, &body);
    both_not_genuine(&book, Code::Duplicate, 10);
}

#[test]
fn statement_by_an_unknown_key() {
    both_not_genuine(&stated(note(STRANGER, "dpo"), |_, _| ()), Code::UnknownKey, AT);
}

/// Whoever is appointed after the statement was signed, and before it is entered, signed validly:
/// authority is judged where it is entered.
#[test]
fn statement_by_a_key_that_is_appointed_meanwhile() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(STRANGER, "staff"), |_, _| ());
    book.add(appointment(STRANGER, &["staff"]));
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    both_intact(&book);
}

#[test]
fn statement_with_another_signature() {
    let forged = stated(from_home(), |header, _| header.kid = DEPUTY.kid());
    both_not_genuine(&forged, Code::Signature, AT);
    let (mut bytes, _) = Book::school().statement(&note(DPO, "dpo"), |_, _| ());
    let end = bytes.len() - 40;
    bytes[end] ^= 1;
    both_not_genuine(&carried(&bytes), Code::Signature, AT);
}

/// Its author's key was revoked before it was entered.
#[test]
fn statement_by_a_key_that_is_revoked_meanwhile() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    book.add(revocation(DPO, None));
    book.enter(entering(HEAD, "headteacher"), &statement, &body);
    both_not_genuine(&book, Code::NotInForce, 9);
}

#[test]
fn statement_in_a_role_not_held() {
    both_not_genuine(&stated(note(DPO, "headteacher"), |_, _| ()), Code::NotInForce, AT);
}

/// Before the author's appointment began.
#[test]
fn statement_of_a_time_before_the_appointment() {
    let book = stated(from_home(), |header, _| header.time = crate::common::START - 2000);
    both_not_genuine(&book, Code::NotInForce, AT);
}

#[test]
fn statement_of_an_unknown_kind() {
    both_cannot_check(
        &stated(from_home(), |_, stated| "novelty".clone_into(&mut stated.kind)),
        Code::KindUnknown,
        AT,
    );
    both_cannot_check(&stated(from_home(), |_, stated| stated.version = 99), Code::KindUnknown, AT);
}

#[test]
fn statement_with_a_field_too_few() {
    both_not_genuine(&stated(from_home(), |_, stated| drop(stated.body.pop())), Code::Fields, AT);
}

#[test]
fn statement_with_other_clear_fields() {
    let more = Value::map([("more", Value::Int(1))]);
    both_not_genuine(&stated(from_home(), |_, stated| stated.clear = more), Code::Clear, AT);
    // An entry is corrected by its place, and only one that stands before.
    let clock =
        ClearFields::ClockCorrection { entry: Index(AT), reason: "wrong-time-zone".to_owned() };
    let later = Draft::new("clock-correction", HEAD, "headteacher").clear(&clock);
    both_not_genuine(&stated(later, |_, _| ()), Code::Clear, AT);
}

#[test]
fn statement_without_the_links_of_its_kind() {
    both_not_genuine(&stated(Draft::new("acceptance", DPO, "dpo"), |_, _| ()), Code::Links, AT);
    let unknown = Link { rel: "relates".to_owned(), entry: EntryHash([3; 32]) };
    both_not_genuine(&stated(from_home(), |_, stated| stated.links.push(unknown)), Code::Links, AT);
}

/// A correction stays within its case, wherever it is signed.
#[test]
fn statement_that_corrects_another_case() {
    let target = Book::school().hash(4);
    let draft = Draft::new("correction", DPO, "dpo").link("corrects", target);
    both_not_genuine(&stated(draft, |_, _| ()), Code::Links, AT);
}

#[test]
fn statement_with_other_openings() {
    let mut book = Book::school();
    let (statement, _) = book.statement(&note(DPO, "dpo"), |_, _| ());
    let (_, other) = book.statement(&Draft::new("note", DPO, "dpo"), |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &other);
    both_not_genuine(&book, Code::Commitment, AT);
    let mut book = Book::school();
    let accept = acceptance(DPO, "dpo", book.hash(2));
    let (statement, _) = book.statement(&accept, |_, _| ());
    book.enter(entering(HEAD, "headteacher"), &statement, &other);
    both_not_genuine(&book, Code::Body, AT);
}

/// Another version of the entry's own kind can't be judged, and so what its openings open neither:
/// the statement in it may commit to them.
#[test]
fn entry_of_another_version() {
    for opened in [true, false] {
        let mut book = Book::school();
        let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
        book.enter(entering(HEAD, "headteacher").version(2), &statement, &body);
        if !opened {
            book.written[8].body = None;
        }
        both_cannot_check(&book, Code::KindUnknown, AT);
        assert_eq!(book.verify().withheld.len(), 0);
    }
}

/// The same of another type.
#[test]
fn entry_of_another_type() {
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    let clear = ClearFields::Statement { statement };
    book.add_values(entering(HEAD, "headteacher").clear(&clear), |header, _| {
        crate::common::set(header, 16, Value::text("application/vnd.probity.entry2+cose"));
    });
    book.written[8].body = Some(body.to_bytes());
    both_cannot_check(&book, Code::Typ, AT);
}

/// A document in it is one that a disclosed field names.
#[test]
fn entry_of_another_version_with_a_document() {
    let mut book = Book::school();
    let document = book.document("letter.pdf", b"%PDF-1.7 a letter");
    let draft = note(DPO, "dpo").answer("documents", Value::Array(vec![document]));
    let (statement, body) = book.statement(&draft, |_, _| ());
    book.enter(entering(HEAD, "headteacher").version(2), &statement, &body);
    both_cannot_check(&book, Code::KindUnknown, AT);
    let letter = bundle::document_path(Sha256Hash::of(b"%PDF-1.7 a letter"));
    let other = bundle::whole(&book).put(&letter, "another");
    not_genuine(&other.verify(), Code::Document, AT);
}

/// A body of another form is one whatever the entry's version; and what the entry itself commits
/// to is held against it.
#[test]
fn entry_of_another_version_with_a_faulty_body() {
    for bytes in [
        &[0xa0][..],
        &[0xf6],
        &[0xa1, 0x61, 0x41, 0xf6],
        &[0xa1, 0x64, b't', b'e', b'x', b't', 0xf6],
    ] {
        let mut book = Book::school();
        let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
        book.enter(entering(HEAD, "headteacher").version(2), &statement, &body);
        book.written[8].body = Some(bytes.to_vec());
        both_not_genuine(&book, Code::Body, AT);
    }
    let mut book = Book::school();
    let (statement, body) = book.statement(&note(DPO, "dpo"), |_, _| ());
    let by = entering(HEAD, "headteacher").version(2);
    book.enter_with(by, &statement, &body, |_, payload| {
        payload.body = vec![("text".to_owned(), Commitment([1; 32]))];
    });
    both_not_genuine(&book, Code::Commitment, AT);
}

#[test]
fn a_statement_is_its_bytes_and_of_bounded_length() {
    let (bytes, _) = Book::school().statement(&note(DPO, "dpo"), |_, _| ());
    let (other, _) = Book::school().statement(&note(HEAD, "headteacher"), |_, _| ());
    let read = |bytes: &[u8]| Statement::parse(bytes).expect("a statement");
    assert_eq!(read(&bytes).bytes(), bytes);
    assert!(read(&bytes) == read(&bytes) && read(&bytes) != read(&other));
    let too_large =
        |length| matches!(Statement::parse(&vec![0; length]), Err(StatementFault::TooLarge { .. }));
    assert!(!too_large(MAX_STATEMENT) && too_large(MAX_STATEMENT + 1));
    assert!(too_large(2 * MAX_STATEMENT));
}
