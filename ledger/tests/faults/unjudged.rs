//! What this version can't judge: foreign types, unknown kinds and versions, and what
//! follows a governance entry that it can't read.

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use crate::common::bundle::{self, body_path};
use crate::common::{
    Book, DPO, Draft, HEAD, LOG, OTHER_LOG, STRANGER, appointment, both_cannot_check,
    both_not_genuine, cannot_check, entering, genesis, log_key, not_genuine, note, revocation, set,
};
use crate::erasing::{advice, erasure, forget};

fn foreign(header: &mut Value, _: &mut Value) {
    set(header, 16, Value::text("application/vnd.probity.statement+cose"));
}

fn unknown() -> Draft {
    Draft::new("weather-report", DPO, "dpo").answer("text", Value::text("rain"))
}

#[test]
fn typ() {
    let mut book = Book::with_dpo();
    book.add_values(note(DPO, "dpo"), foreign);
    book.add(note(DPO, "dpo"));
    both_cannot_check(&book, Code::Typ, 3);
    assert_eq!(book.verify().unjudged.len(), 1);
    assert_eq!(book.verify().verdict.exit_status(), 2);
}

#[test]
fn kind_unknown() {
    for draft in [
        unknown(),
        note(DPO, "dpo").version(2),
        Draft::new("forgetting", DPO, "dpo"),
        Draft::new("novelty", DPO, "dpo"),
    ] {
        let mut book = Book::with_dpo();
        book.add(draft);
        book.add(note(DPO, "dpo"));
        both_cannot_check(&book, Code::KindUnknown, 3);
    }
}

/// How much this version can't judge, and from where on.
#[test]
fn what_can_not_be_judged_is_counted() {
    let mut book = Book::with_dpo();
    book.add(unknown());
    book.add(note(DPO, "dpo"));
    book.add(unknown());
    let mut above = Book::with_dpo();
    above.add(appointment(STRANGER, &["staff"]).version(2));
    above.add(note(DPO, "dpo"));
    above.add(note(STRANGER, "staff"));
    for book in [book, above] {
        for verdict in [book.verify(), bundle::whole(&book).verify()] {
            assert_eq!((verdict.unjudged_entries, verdict.unjudged_from), (2, Some(Index(3))));
        }
    }
}

/// Of several things that can't be judged the first is named; a type comes before a kind,
/// since a bundle's entries are all read before any is judged.
#[test]
fn the_first_is_named() {
    let mut book = Book::with_dpo();
    book.add(unknown());
    book.add(unknown());
    both_cannot_check(&book, Code::KindUnknown, 3);
    book.add_values(note(DPO, "dpo"), foreign);
    cannot_check(&book.verify(), Code::KindUnknown, 3);
    cannot_check(&bundle::whole(&book).verify(), Code::Typ, 5);
}

#[test]
fn what_is_not_genuine_takes_over() {
    let mut book = Book::with_dpo();
    book.add(unknown());
    book.add(note(STRANGER, "dpo"));
    both_not_genuine(&book, Code::UnknownKey, 4);
}

/// Chain, key, signature, force and body of an entry of unknown kind are checked.
#[test]
fn an_unknown_kind_is_still_signed_and_in_its_place() {
    let mut book = Book::with_dpo();
    book.add_changed(unknown(), |bytes| *bytes.last_mut().expect("bytes") ^= 1);
    both_not_genuine(&book, Code::Signature, 3);
    let mut book = Book::with_dpo();
    book.add(unknown().by(STRANGER, "dpo"));
    both_not_genuine(&book, Code::UnknownKey, 3);
    let mut book = Book::with_dpo();
    book.add(unknown().by(DPO, "staff"));
    both_not_genuine(&book, Code::NotInForce, 3);
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    book.add_with(unknown(), |_, payload| payload.prev = payload.gov);
    both_not_genuine(&book, Code::Prev, 4);
    let mut book = Book::with_dpo();
    book.add(unknown());
    book.written[3].body = Some(vec![0xa0]);
    both_not_genuine(&book, Code::Body, 3);
    let mut book = Book::with_dpo();
    book.add(unknown());
    let bundle = bundle::whole(&book).change(&body_path(3), |bytes| {
        *bytes.last_mut().expect("bytes") ^= 1;
    });
    not_genuine(&bundle.with_copy().verify(), Code::Commitment, 3);
}

/// Its links and clear fields are not judged, nor its role.
#[test]
fn an_unknown_kind_may_look_as_it_likes() {
    let mut book = Book::with_dpo();
    let hash = probity_ledger::format::hash::EntryHash([7; 32]);
    book.add(unknown().link("likes", hash).with_clear("mood", Value::text("fair")));
    both_cannot_check(&book, Code::KindUnknown, 3);
}

/// The appointment at 3 has a version that this program doesn't know.
fn blind() -> Book {
    let mut book = Book::with_dpo();
    book.add(appointment(STRANGER, &["headteacher"]).version(2));
    book
}

#[test]
fn an_unknown_governance_version() {
    both_cannot_check(&blind(), Code::KindUnknown, 3);
    let mut book = Book::with_dpo();
    book.add_values(appointment(STRANGER, &["staff"]), foreign);
    both_cannot_check(&book, Code::Typ, 3);
}

/// Above it, lack of authority says nothing: the appointment may have given it.
#[test]
fn above_an_unknown_governance_version_authority_is_not_judged() {
    for draft in [
        note(STRANGER, "headteacher"),
        note(DPO, "headteacher"),
        note(DPO, "dpo").at(1),
        appointment(HEAD, &["headteacher"]),
        revocation(HEAD, None),
        revocation(STRANGER, None),
        log_key(HEAD),
        genesis(),
    ] {
        let mut book = blind();
        book.add(draft);
        book.add(note(DPO, "dpo"));
        both_cannot_check(&book, Code::KindUnknown, 3);
    }
}

/// A signature by an unknown key can't be checked; one by a known key is.
#[test]
fn above_an_unknown_governance_version_known_keys_are_still_checked() {
    let bad = |by, role| {
        let mut book = blind();
        book.add_changed(note(by, role), |bytes| *bytes.last_mut().expect("bytes") ^= 1);
        book
    };
    both_cannot_check(&bad(STRANGER, "headteacher"), Code::KindUnknown, 3);
    both_not_genuine(&bad(DPO, "dpo"), Code::Signature, 4);
    both_not_genuine(&bad(DPO, "headteacher"), Code::Signature, 4);
}

#[test]
fn above_an_unknown_governance_version_all_else_is_still_checked() {
    let mut book = blind();
    book.add_with(note(DPO, "dpo"), |_, payload| payload.body.clear());
    both_not_genuine(&book, Code::Fields, 4);
    let mut book = blind();
    book.add(revocation(DPO, None).by(DPO, "dpo"));
    both_not_genuine(&book, Code::Role, 4);
    let mut book = blind();
    book.add(note(DPO, "dpo").with_clear("more", Value::Null));
    both_not_genuine(&book, Code::Clear, 4);
    let other = bundle::whole(&blind()).put("data/entries.jsonl", "");
    not_genuine(&other.verify(), Code::Jsonl, 0);
}

/// Anybody could enter a statement there under a made-up signature, so that it counts only if who
/// entered it does: advice in it completes no erasure.
#[test]
fn above_an_unknown_governance_version_a_statement_counts_if_who_entered_it_does() {
    let mut book = blind();
    let noted = book.add(note(DPO, "dpo"));
    let act = erasure(HEAD, "headteacher", &[(4, Some(&["text"]))]).link("erases", noted);
    let act = book.add(act);
    let (statement, body) = book.statement(&advice(DPO, "dpo", act, "proceed"), |_, _| ());
    book.enter(entering(STRANGER, "headteacher"), &statement, &body);
    forget(&mut book, 4, &["text"]);
    let verdict = bundle::whole(&book).verify();
    cannot_check(&verdict, Code::KindUnknown, 3);
    assert_eq!((verdict.erased.len(), verdict.unjudged_entries), (0, 2));
}

/// Below it, everything stands as before.
#[test]
fn below_an_unknown_governance_version_authority_is_judged() {
    let mut book = Book::with_dpo();
    book.add(note(STRANGER, "dpo"));
    book.add(appointment(STRANGER, &["headteacher"]).version(2));
    both_not_genuine(&book, Code::UnknownKey, 3);
    let mut book = Book::with_dpo();
    book.add(appointment(STRANGER, &["headteacher"]).version(2).by(STRANGER, "headteacher"));
    both_not_genuine(&book, Code::UnknownKey, 3);
}

/// A log key of unknown version may have changed who signs checkpoints.
#[test]
fn above_an_unknown_log_key_the_checkpoint_is_not_judged() {
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG).version(2));
    book.add(note(DPO, "dpo"));
    let all = [0, 1, 2, 3, 4];
    for log in [LOG, OTHER_LOG] {
        cannot_check(&bundle::of(&book, 5, &all, log).verify(), Code::KindUnknown, 3);
        let signed = bundle::checkpoint(&book, 5, log);
        cannot_check(&book.walk(&Reader::default(), Some(&signed)), Code::KindUnknown, 3);
    }
    let forged = bundle::of(&book, 5, &all, LOG).put("data/policy.txt", "");
    cannot_check(&forged.verify(), Code::KindUnknown, 3);
    let below = bundle::of(&book, 3, &[0, 1, 2], OTHER_LOG);
    not_genuine(&below.verify(), Code::CheckpointSignature, None);
}

/// An entry 0 that can't be read leaves everything unjudged.
#[test]
fn an_unknown_genesis() {
    let mut book = Book::empty();
    book.add(genesis().version(2));
    book.add(appointment(HEAD, &["headteacher"]));
    book.add(note(STRANGER, "dpo"));
    for verdict in [book.verify(), bundle::whole(&book).verify()] {
        assert_eq!(verdict.verdict, Outcome::CannotCheck, "{:?}", verdict.fault);
        assert_eq!(verdict.fingerprint.hash, Some(book.hash(0)));
    }
    let mut book = Book::empty();
    book.add_values(genesis(), foreign);
    book.add(appointment(HEAD, &["headteacher"]));
    both_cannot_check(&book, Code::Typ, 0);
}

#[test]
fn an_unknown_first_appointment() {
    let mut book = Book::empty();
    book.add(genesis());
    book.add(appointment(DPO, &["headteacher"]).version(2));
    book.add(note(HEAD, "headteacher"));
    both_cannot_check(&book, Code::KindUnknown, 1);
}
