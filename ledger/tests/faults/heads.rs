//! The ends of a whole ledger: its checkpoint, and a head kept from earlier.

use probity_ledger::book::fault::Code;
use probity_ledger::format::hash::{Index, RootHash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::tree;
use probity_ledger::verify::bundle::entry_hashes;
use probity_ledger::verify::ledger::{Damage, DocumentState, Older, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};
use probity_ledger::verify::verdict::{Continuity, Verdict};

use crate::common::bundle::{self, checkpoint};
use crate::common::{Book, DPO, HEAD, LOG, ORIGIN, OTHER_LOG, intact, log_key, not_genuine, note};

fn with_checkpoint(book: &Book, checkpoint: &[u8]) -> Verdict {
    book.walk(&Reader::default(), Some(checkpoint))
}

#[test]
fn missing_genesis_and_head() {
    let mut book = Book::empty();
    not_genuine(&book.verify(), Code::MissingGenesis, None);
    assert_eq!(book.verify().root, None, "nothing has no head to be quoted");
    book.add(crate::common::genesis());
    not_genuine(&book.verify(), Code::MissingHead, None);
}

#[test]
fn a_checkpoint_of_any_size_within() {
    let book = Book::school();
    for size in 2..=book.len() {
        let verdict = with_checkpoint(&book, &checkpoint(&book, size, LOG));
        intact(&verdict);
        assert_eq!(verdict.checkpoint, Some(Size(size)));
        assert_eq!((verdict.size, verdict.root), (Size(8), Some(book.root(8))));
    }
}

#[test]
fn checkpoint_of_another_form() {
    not_genuine(&with_checkpoint(&Book::school(), b"checkpoint"), Code::Checkpoint, None);
    not_genuine(&with_checkpoint(&Book::school(), b""), Code::Checkpoint, None);
}

#[test]
fn checkpoint_of_another_origin() {
    let book = Book::school();
    let other = Checkpoint::sign("example.org/other", Size(8), book.root(8), &LOG.key());
    not_genuine(&with_checkpoint(&book, &other), Code::Origin, None);
}

#[test]
fn checkpoint_of_another_size() {
    let book = Book::school();
    for size in [0, 1, 9, 1 << 50] {
        let other = Checkpoint::sign(ORIGIN, Size(size), book.root(8), &LOG.key());
        not_genuine(&with_checkpoint(&book, &other), Code::Size, None);
    }
}

/// Entries that were given out are gone.
#[test]
fn checkpoint_of_more_entries_than_there_are() {
    let mut book = Book::school();
    let given_out = checkpoint(&book, 8, LOG);
    book.written.truncate(7);
    not_genuine(&with_checkpoint(&book, &given_out), Code::Size, None);
}

#[test]
fn checkpoint_of_another_key() {
    let book = Book::school();
    for key in [OTHER_LOG, HEAD] {
        let other = checkpoint(&book, 8, key);
        not_genuine(&with_checkpoint(&book, &other), Code::CheckpointSignature, None);
    }
}

/// Each log key signs the sizes above its own entry, up to the next one's.
#[test]
fn checkpoint_of_another_time_than_its_key() {
    let mut book = Book::school();
    book.add(log_key(OTHER_LOG));
    for (size, key) in [(8, LOG), (9, OTHER_LOG)] {
        intact(&with_checkpoint(&book, &checkpoint(&book, size, key)));
    }
    for (size, key) in [(8, OTHER_LOG), (9, LOG)] {
        let other = checkpoint(&book, size, key);
        not_genuine(&with_checkpoint(&book, &other), Code::CheckpointSignature, None);
    }
}

#[test]
fn checkpoint_of_another_root() {
    let book = Book::school();
    for (size, root) in [(8, book.root(7)), (7, book.root(8)), (8, RootHash([7; 32]))] {
        let other = Checkpoint::sign(ORIGIN, Size(size), root, &LOG.key());
        not_genuine(&with_checkpoint(&book, &other), Code::Root, None);
    }
}

#[test]
fn damage_ends_what_is_relied_on() {
    let (book, reader) = (Book::school(), Reader::default());
    let mut walk = Walk::begin(&reader, None, false);
    for written in &book.written[..4] {
        let looked = Looked::at(written.bytes.clone(), |_| BodyState::Closed);
        assert!(walk.step(&looked, &|_, _| DocumentState::Absent));
    }
    assert_eq!(walk.size(), Size(4));
    let (found, expected) = ("another sum".to_owned(), "the sum".to_owned());
    walk.damage(Damage { index: Index(4), found, expected });
    let verdict = walk.finish();
    not_genuine(&verdict, Code::Journal, 4);
    assert_eq!(verdict.intact_before, Some(4));
}

#[test]
fn a_fault_says_how_much_is_intact_before_it() {
    let mut book = Book::school();
    book.written[5].bytes.push(0);
    let verdict = book.verify();
    not_genuine(&verdict, Code::Encoding, 5);
    assert_eq!(verdict.intact_before, Some(5));
}

/// A head that was kept, alone or with the bundle that it came in.
fn kept(book: &Book, size: u64, with_bundle: bool) -> Reader {
    let bundle = bundle::of(book, size, &[], LOG);
    let (checkpoint, entries) = entry_hashes(&bundle.seal()).expect("a bundle");
    let entries = if with_bundle { entries } else { Vec::new() };
    Reader { older: Some(Older { checkpoint, entries }), ..Reader::default() }
}

/// The same ledger up to entry 4, and then another.
fn forked() -> Book {
    let mut book = Book::school();
    book.written.truncate(5);
    let mut other = Book::with_dpo();
    for index in 3..5 {
        other.written.push(book.written[index].clone());
    }
    other.add(note(DPO, "dpo"));
    other.add(note(HEAD, "headteacher"));
    other.add(note(HEAD, "headteacher"));
    other
}

/// The ledger that a head is of, if the report says that it is another one.
fn other_ledger(verdict: &Verdict) -> Option<&str> {
    match &verdict.continuity {
        Some(Continuity::DoesNotContinue { other_ledger, .. }) => other_ledger.as_deref(),
        other => panic!("{other:?}"),
    }
}

fn first_difference(verdict: &Verdict) -> Option<u64> {
    match &verdict.continuity {
        Some(Continuity::DoesNotContinue { first_difference, .. }) => first_difference.map(|i| i.0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ledger_continues_its_own_older_heads() {
    let book = Book::school();
    for size in 2..=8 {
        for with_bundle in [false, true] {
            let verdict = book.walk(&kept(&book, size, with_bundle), None);
            intact(&verdict);
            let (size, root) = (Size(size), book.root(size));
            assert_eq!(
                verdict.continuity,
                Some(Continuity::Continues { size, root, signed: true })
            );
        }
    }
}

#[test]
fn does_not_continue_a_bare_head() {
    let verdict = forked().walk(&kept(&Book::school(), 7, false), None);
    not_genuine(&verdict, Code::DoesNotContinue, None);
    assert_eq!(other_ledger(&verdict), None, "it is the same ledger, written anew");
    assert_eq!(first_difference(&verdict), None);
    intact(&forked().walk(&kept(&Book::school(), 5, false), None));
}

#[test]
fn does_not_continue_names_the_first_difference_that_an_older_bundle_shows() {
    // The older bundle holds entries 0, 1, 2, 6 (governance) and 7.
    let verdict = forked().walk(&kept(&Book::school(), 8, true), None);
    not_genuine(&verdict, Code::DoesNotContinue, 6);
    assert_eq!(first_difference(&verdict), Some(6));
}

#[test]
fn does_not_continue_a_longer_ledger() {
    let mut book = Book::school();
    let reader = kept(&book, 8, true);
    book.written.truncate(6);
    not_genuine(&book.walk(&reader, None), Code::DoesNotContinue, None);
}

#[test]
fn does_not_continue_another_origin() {
    let book = Book::school();
    let other = Checkpoint::sign("example.org/other", Size(8), book.root(8), &LOG.key());
    let checkpoint = Checkpoint::parse(&other).expect("a checkpoint");
    let reader =
        Reader { older: Some(Older { checkpoint, entries: Vec::new() }), ..Reader::default() };
    for verdict in [book.walk(&reader, None), bundle::whole(&book).verify_for(&reader)] {
        not_genuine(&verdict, Code::DoesNotContinue, None);
        assert_eq!(other_ledger(&verdict), Some("example.org/other"));
    }
    let fault = book.walk(&reader, None).fault.expect("named");
    assert_eq!(fault.found, format!("ledger {ORIGIN}"));
    // Of this ledger, and of another root.
    let other = Checkpoint::sign(ORIGIN, Size(8), RootHash([7; 32]), &LOG.key());
    let checkpoint = Checkpoint::parse(&other).expect("a checkpoint");
    let reader =
        Reader { older: Some(Older { checkpoint, entries: Vec::new() }), ..Reader::default() };
    let fault = book.walk(&reader, None).fault.expect("named");
    assert_eq!(fault.found, book.root(8).to_string());
}

/// The older head is compared all the same when its signature is another's, and the report
/// says so.
#[test]
fn an_older_head_that_another_key_signed() {
    let book = Book::school();
    for (key, expected) in [(LOG, true), (OTHER_LOG, false)] {
        let checkpoint = Checkpoint::parse(&checkpoint(&book, 6, key)).expect("a checkpoint");
        let reader =
            Reader { older: Some(Older { checkpoint, entries: Vec::new() }), ..Reader::default() };
        let verdict = book.walk(&reader, None);
        intact(&verdict);
        let Some(Continuity::Continues { signed, .. }) = verdict.continuity else {
            panic!("{:?}", verdict.continuity)
        };
        assert_eq!(signed, expected);
    }
}

#[test]
fn a_bundle_with_the_same_head() {
    let book = Book::school();
    let verdict = bundle::of(&book, 8, &[4], LOG).verify_for(&kept(&book, 8, true));
    intact(&verdict);
    assert!(matches!(verdict.continuity, Some(Continuity::Continues { .. })));
}

#[test]
fn a_bundle_that_lacks_entries_cannot_tell() {
    let book = Book::school();
    let verdict = bundle::of(&book, 8, &[4], LOG).verify_for(&kept(&book, 5, true));
    intact(&verdict);
    assert_eq!(verdict.continuity, Some(Continuity::CannotTell { size: Size(5) }));
}

#[test]
fn a_bundle_of_another_head_of_the_same_size() {
    let other = forked();
    let verdict = bundle::whole(&other).verify_for(&kept(&Book::school(), 8, false));
    not_genuine(&verdict, Code::DoesNotContinue, None);
}

#[test]
fn a_bundle_that_differs_from_an_older_one() {
    let other = forked();
    let verdict = bundle::whole(&other).verify_for(&kept(&Book::school(), 8, true));
    not_genuine(&verdict, Code::DoesNotContinue, 6);
    assert_eq!(first_difference(&verdict), Some(6));
}

/// A bundle of everything holds the proof itself: the root of its first entries, which a bare
/// older head either has or contradicts.
#[test]
fn a_bundle_of_everything_against_a_bare_head_of_fewer_entries() {
    let book = Book::school();
    for size in 2..8 {
        let verdict = bundle::whole(&book).verify_for(&kept(&book, size, false));
        intact(&verdict);
        assert!(!verdict.fingerprint.compared, "nobody brought a fingerprint");
        let (size, root) = (Size(size), book.root(size));
        assert_eq!(verdict.continuity, Some(Continuity::Continues { size, root, signed: true }));
    }
    let verdict = bundle::whole(&forked()).verify_for(&kept(&book, 7, false));
    not_genuine(&verdict, Code::DoesNotContinue, None);
    assert_eq!(first_difference(&verdict), None);
}

/// Every ledger begins with nothing, so an empty head tells nothing of any.
#[test]
fn a_bundle_cannot_tell_what_an_empty_head_became() {
    for root in [tree::empty_root(), RootHash([7; 32])] {
        let empty = Checkpoint::sign(ORIGIN, Size(0), root, &LOG.key());
        let checkpoint = Checkpoint::parse(&empty).expect("a checkpoint");
        let older = Some(Older { checkpoint, entries: Vec::new() });
        let reader = Reader { older, ..Reader::default() };
        let verdict = bundle::whole(&Book::school()).verify_for(&reader);
        intact(&verdict);
        assert_eq!(verdict.continuity, Some(Continuity::CannotTell { size: Size(0) }));
    }
}

/// Another ledger altogether, under the same origin.
#[test]
fn a_bundle_of_another_fingerprint() {
    let mut other = Book::empty();
    other.add(crate::common::genesis().at(5));
    other.add(crate::common::appointment(HEAD, &["headteacher"]));
    let verdict = bundle::whole(&other).verify_for(&kept(&Book::school(), 8, true));
    not_genuine(&verdict, Code::DoesNotContinue, 0);
    assert_ne!(verdict.fingerprint.hash, Some(Book::school().hash(0)));
}
