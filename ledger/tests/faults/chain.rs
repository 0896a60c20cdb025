//! The place of an entry: origin, index, and the three chains.

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::verify::ledger::Reader;

use crate::common::{
    BREACH, Book, DPO, HEAD, appointment, both_intact, both_not_genuine, bundle, genesis, intact,
    not_genuine, note,
};

const OTHER: EntryHash = EntryHash([7; 32]);

#[test]
fn an_honest_ledger_is_intact() {
    both_intact(&Book::begun());
    both_intact(&Book::with_dpo());
    both_intact(&Book::school());
}

#[test]
fn origin() {
    let mut book = Book::with_dpo();
    book.add_with(note(DPO, "dpo"), |header, _| header.origin = "example.org/other".to_owned());
    both_not_genuine(&book, Code::Origin, 3);
}

#[test]
fn origin_of_entry_0_is_that_of_the_checkpoint() {
    let forged = bundle::whole(&Book::school()).change("data/checkpoint", |bytes| {
        let text = String::from_utf8(bytes.clone()).expect("text");
        *bytes = text.replace("example.org/school", "example.org/other").into_bytes();
    });
    not_genuine(&forged.verify(), Code::Origin, 0);
}

#[test]
fn seq_skipped_and_repeated() {
    for seq in [0, 2, 4, 1 << 40] {
        let mut book = Book::with_dpo();
        book.add_with(note(DPO, "dpo"), |_, payload| payload.seq = Index(seq));
        not_genuine(&book.verify(), Code::Seq, 3);
        not_genuine(&bundle::whole(&book).verify(), Code::Name, 3);
    }
}

/// Two entries of one index, both signed, in a ledger of five.
#[test]
fn two_entries_of_one_index() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    let prev = book.hash(2);
    book.add_with(note(HEAD, "headteacher"), |_, payload| {
        (payload.seq, payload.prev) = (Index(3), prev);
    });
    not_genuine(&book.verify(), Code::Seq, 4);
    not_genuine(&bundle::whole(&book).verify(), Code::Name, 4);
}

#[test]
fn prev() {
    for prev in [EntryHash::ZERO, OTHER, Book::with_dpo().hash(1)] {
        let mut book = Book::with_dpo();
        book.add_with(note(DPO, "dpo"), |_, payload| payload.prev = prev);
        both_not_genuine(&book, Code::Prev, 3);
    }
}

#[test]
fn prev_of_entry_0() {
    let mut book = Book::empty();
    book.add_with(genesis(), |_, payload| payload.prev = OTHER);
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::Prev, 0);
}

/// An entry was taken out of the middle and nothing else was done.
#[test]
fn an_entry_taken_out_of_the_ledger() {
    let mut book = Book::school();
    book.written.remove(5);
    not_genuine(&book.verify(), Code::Seq, 5);
}

#[test]
fn two_entries_that_change_places() {
    let mut book = Book::school();
    book.written.swap(4, 5);
    not_genuine(&book.verify(), Code::Seq, 4);
}

#[test]
fn gov() {
    let older = Book::with_dpo().hash(1);
    for gov in [EntryHash::ZERO, OTHER, older] {
        let mut book = Book::with_dpo();
        book.add_with(note(DPO, "dpo"), |_, payload| payload.gov = gov);
        book.add(note(DPO, "dpo"));
        both_not_genuine(&book, Code::Gov, 3);
    }
}

#[test]
fn gov_of_entry_0() {
    let mut book = Book::empty();
    book.add_with(genesis(), |_, payload| payload.gov = OTHER);
    book.add(appointment(HEAD, &["headteacher"]));
    not_genuine(&book.verify(), Code::Gov, 0);
    not_genuine(&bundle::whole(&book).verify(), Code::Gov, 0);
}

/// `gov` names the entry before, which decides nothing about authority.
#[test]
fn gov_that_is_no_governance_entry() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    let gov = book.hash(3);
    book.add_with(note(DPO, "dpo"), |_, payload| payload.gov = gov);
    book.add(note(DPO, "dpo"));
    both_not_genuine(&book, Code::Gov, 4);
}

/// A case of three entries, the last of which names something else as the one before it.
fn case_naming(name: impl FnOnce(&Book) -> Option<EntryHash>) -> Book {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").case(BREACH));
    book.add(note(DPO, "dpo").case("complaint-2026-001"));
    book.add(note(DPO, "dpo").case(BREACH));
    let named = name(&book);
    book.add_with(note(DPO, "dpo").case(BREACH), |_, payload| payload.case = named);
    book
}

#[test]
fn case() {
    both_not_genuine(&case_naming(|_| None), Code::Case, 6);
    both_not_genuine(&case_naming(|book| Some(book.hash(3))), Code::Case, 6);
    both_not_genuine(&case_naming(|book| Some(book.hash(4))), Code::Case, 6);
    both_not_genuine(&case_naming(|book| Some(book.hash(2))), Code::Case, 6);
    both_intact(&case_naming(|book| Some(book.hash(5))));
}

/// A bundle can't know an entry that it lacks; the whole ledger can.
#[test]
fn case_that_names_an_entry_that_is_nowhere() {
    let book = case_naming(|_| Some(OTHER));
    not_genuine(&book.verify(), Code::Case, 6);
    intact(&bundle::whole(&book).verify());
}

#[test]
fn case_that_two_entries_name_as_the_one_before() {
    let mut book = case_naming(|_| Some(OTHER));
    book.add_with(note(DPO, "dpo").case(BREACH), |_, payload| payload.case = Some(OTHER));
    not_genuine(&bundle::whole(&book).verify(), Code::Case, 7);
}

#[test]
fn case_outside_a_case() {
    let mut book = Book::with_dpo();
    book.add_with(note(DPO, "dpo"), |_, payload| payload.case = Some(OTHER));
    both_not_genuine(&book, Code::Case, 3);
}

#[test]
fn case_of_the_first_entry_of_a_case() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo").case("complaint-2026-001"));
    let other = book.hash(3);
    book.add_with(note(DPO, "dpo").case(BREACH), |_, payload| payload.case = Some(other));
    both_not_genuine(&book, Code::Case, 4);
}

#[test]
fn genesis_of_another_kind() {
    let mut book = Book::empty();
    book.add(note(HEAD, "headteacher"));
    book.add(note(HEAD, "headteacher"));
    not_genuine(&book.verify(), Code::Genesis, 0);
    not_genuine(&bundle::whole(&book).verify(), Code::Genesis, 0);
}

#[test]
fn genesis_with_clear_fields_of_another_form() {
    for (name, value) in [
        ("format", Value::Int(2)),
        ("school", Value::text("")),
        ("log", Value::text("log")),
        ("log", Value::text(crate::common::LOG.log().to_string().replace("school", "other"))),
        ("key", Value::bytes([1; 31])),
        ("person", Value::bytes([1; 32])),
        ("roles", Value::Array(Vec::new())),
        ("continues", Value::Map(Vec::new())),
    ] {
        let mut book = Book::empty();
        book.add(genesis().with_clear(name, value));
        book.add(appointment(HEAD, &["headteacher"]));
        both_not_genuine(&book, Code::Genesis, 0);
    }
}

#[test]
fn genesis_with_another_fingerprint() {
    let book = Book::school();
    let mut reader = Reader { fingerprint: Some(book.hash(0)), ..Reader::default() };
    let verdict = book.walk(&reader, None);
    intact(&verdict);
    assert!(verdict.fingerprint.compared);
    intact(&bundle::whole(&book).verify_for(&reader));
    reader.fingerprint = Some(book.hash(1));
    not_genuine(&book.walk(&reader, None), Code::Genesis, 0);
    not_genuine(&bundle::whole(&book).verify_for(&reader), Code::Genesis, 0);
}

/// One bit of the fingerprint is enough, wherever it stands.
#[test]
fn all_32_bytes_of_the_fingerprint_are_compared() {
    let book = Book::begun();
    for byte in 0..32 {
        let mut fingerprint = book.hash(0);
        fingerprint.0[byte] ^= 1;
        let reader = Reader { fingerprint: Some(fingerprint), ..Reader::default() };
        not_genuine(&book.walk(&reader, None), Code::Genesis, 0);
    }
}

/// A school has many cases at once. None may be taken for another when there are more of them.
#[test]
fn many_cases_are_told_apart() {
    let mut book = Book::with_dpo();
    for round in 0..2 {
        for number in 1..=40 {
            book.add(note(DPO, "dpo").case(&format!("request-2026-{number:03}")));
        }
        both_intact(&book);
        assert_eq!(book.verify().cases.len(), 40, "round {round}");
    }
    let other = book.hash(3);
    book.add_with(note(DPO, "dpo").case("request-2026-040"), |_, payload| {
        payload.case = Some(other);
    });
    both_not_genuine(&book, Code::Case, 83);
}
