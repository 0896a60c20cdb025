//! Heads that signers' keys remember, held against whole ledgers and bundles.

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Size};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::remembered::Remembered;

use crate::common::{
    Book, HEAD, LOG, ORIGIN, appointment, bundle, genesis, intact, not_genuine, note,
};

/// What a signer's key remembers of the first entries of a book.
fn remembers(book: &Book, size: u64) -> Reader {
    let head = Remembered {
        by: "ruth".to_owned(),
        origin: ORIGIN.to_owned(),
        fingerprint: book.hash(0),
        size: Size(size),
        root: book.root(size),
    };
    Reader { remembered: vec![head], ..Reader::default() }
}

/// A signer's memory is compared as an older checkpoint is: with the whole, and with a bundle as
/// far as that shows it.
#[test]
fn does_not_continue_what_a_key_remembers() {
    let known = Book::school();
    let mut other = Book::with_dpo();
    for _ in 0..5 {
        other.add(note(HEAD, "headteacher"));
    }
    for size in 2..=8 {
        let reader = remembers(&known, size);
        intact(&known.walk(&reader, None));
        intact(&bundle::whole(&known).verify_for(&reader));
        if size > 3 {
            not_genuine(&other.walk(&reader, None), Code::DoesNotContinue, None);
            let verdict = bundle::whole(&other).verify_for(&reader);
            not_genuine(&verdict, Code::DoesNotContinue, None);
        }
    }
    // A selection shows its own head, and no older one.
    let selection = bundle::of(&other, 8, &[], LOG);
    let verdict = selection.verify_for(&remembers(&known, 8));
    not_genuine(&verdict, Code::DoesNotContinue, None);
    intact(&selection.verify_for(&remembers(&known, 7)));
    // Fewer entries: an older copy. A bundle may just be an older one.
    let older = Book::with_dpo();
    not_genuine(&older.walk(&remembers(&known, 8), None), Code::DoesNotContinue, None);
    intact(&bundle::whole(&older).verify_for(&remembers(&known, 8)));
}

/// Another book of the same origin is named at its first entry, unless it says that it continues
/// the remembered one; a book of another origin is none of the memory's business.
#[test]
fn does_not_continue_another_book_of_the_same_name() {
    let known = Book::school();
    let mut fingerprint = remembers(&known, 8);
    fingerprint.remembered[0].fingerprint = EntryHash([7; 32]);
    not_genuine(&known.walk(&fingerprint, None), Code::DoesNotContinue, 0);
    not_genuine(&bundle::whole(&known).verify_for(&fingerprint), Code::DoesNotContinue, 0);
    let mut elsewhere = fingerprint.clone();
    elsewhere.remembered[0].origin = "example.org/other".to_owned();
    intact(&known.walk(&elsewhere, None));

    let continues = Value::map([
        ("fingerprint", Value::bytes(known.hash(0).0)),
        ("size", Value::Int(8)),
        ("root", Value::bytes(known.root(8).0)),
    ]);
    let mut next = Book::empty();
    next.add(genesis().with_clear("continues", continues));
    next.add(appointment(HEAD, &["headteacher"]));
    intact(&next.walk(&remembers(&known, 8), None));
    intact(&bundle::whole(&next).verify_for(&remembers(&known, 8)));
}
