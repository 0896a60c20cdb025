//! What an entry says by itself, looked at ahead, and which keys deserve a table.

use probity_keys::{PreparedKey, WORTH_A_TABLE};
use probity_ledger::book::judge::Which;
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked, Signers};

use crate::common::{Book, DEPUTY, DPO, HEAD, Holder, STRANGER, appointment, note};

fn looked(book: &Book) -> Vec<Looked> {
    let open = |body: &Option<Vec<u8>>| body.clone().map_or(BodyState::Closed, BodyState::Open);
    let written = book.written.iter();
    written.map(|written| Looked::at(written.bytes.clone(), |_| open(&written.body))).collect()
}

/// The keys that a whole walk over this ledger meets.
fn signers(book: &Book) -> Signers {
    let reader = Reader::default();
    let mut walk = Walk::begin(&reader, None, true);
    for looked in looked(book) {
        assert!(walk.step(&looked, &|_, _| DocumentState::Present));
    }
    let mut signers = Signers::default();
    signers.learn(walk.authority().expect("entry 0 was read"));
    signers
}

/// So often this entry, and nothing else.
fn times(book: &Book, index: usize, count: u64) -> Vec<Looked> {
    let bytes = &book.written[index].bytes;
    (0..count).map(|_| Looked::at(bytes.clone(), |_| BodyState::Closed)).collect()
}

/// Whoever shows a record gets its answers from here, and only if they are the ones signed.
#[test]
fn an_entry_that_was_looked_at_gives_its_parts() {
    let book = Book::school();
    for (at, looked) in looked(&book).into_iter().enumerate() {
        let body = looked.body().expect("an open body");
        assert_eq!(Some(&body.to_bytes()), book.written[at].body.as_ref());
        assert_eq!(looked.entry(), Some(&book.entry(at)));
        assert_eq!(looked.into_entry(), Some(book.entry(at)));
    }
    let wrong = book.written[4].body.clone().expect("a body");
    let exchanged = Looked::at(book.written[5].bytes.clone(), |_| BodyState::Open(wrong));
    assert!(exchanged.body().is_none() && exchanged.opened().is_err());
    let closed = Looked::at(book.written[5].bytes.clone(), |_| BodyState::Closed);
    assert!(closed.body().is_none() && closed.opened() == Ok(None));
    let damaged = Looked::at(vec![0xf6], |_| panic!("there is nothing whose body to open"));
    assert!(damaged.parsed().is_err() && damaged.into_entry().is_none());
}

/// Whoever verifies a large ledger has the signatures checked on all processors, ahead of the walk
/// over it, and each of them once.
#[test]
fn what_was_checked_ahead_is_not_checked_again() {
    let book = Book::school();
    let signers = signers(&book);
    let mut looked = looked(&book);
    let author = book.entry(4).says().kid;
    assert_eq!(author, DPO.kid());
    assert!(looked[4].check(Which::Entry, &DPO.public()).is_ok());
    assert!(looked[4].check(Which::Entry, &HEAD.public()).is_err(), "it isn't hers");
    signers.check(looked.iter_mut());
    for looked in &looked {
        assert!(looked.check(Which::Entry, &STRANGER.public()).is_ok(), "by its own key, before");
    }
}

/// A table costs as much as 25 signatures and 640 KiB: too early or too late, and verifying
/// takes longer than it has to.
#[test]
fn a_key_deserves_a_table_once_it_has_signed_enough_and_only_once() {
    let book = Book::school();
    let mut signers = signers(&book);
    assert_eq!(signers.count(times(&book, 4, WORTH_A_TABLE - 1).iter()), []);
    assert_eq!(signers.count(times(&book, 4, 1).iter()), [DPO.public()]);
    // The busiest first; who signs nothing gets none.
    let busy = signers.count(times(&book, 5, WORTH_A_TABLE + 1).iter());
    assert_eq!(busy, [HEAD.public(), DPO.public()]);
    signers.keep(vec![PreparedKey::new(DPO.public())]);
    assert_eq!(signers.count([].iter()), [HEAD.public()]);
    signers.keep(vec![PreparedKey::new(HEAD.public())]);
    assert_eq!(signers.count(times(&book, 4, WORTH_A_TABLE).iter()), []);
    // An unknown key isn't counted, whatever it signs.
    let mut other = Book::begun();
    other.add(note(DEPUTY, "staff"));
    assert_eq!(Signers::default().count(times(&other, 2, 2 * WORTH_A_TABLE).iter()), []);
}

/// Memory stays bounded however many people sign.
#[test]
fn at_most_24_keys_have_a_table() {
    let mut book = Book::begun();
    let people: Vec<Holder> = (20..46).map(Holder).collect();
    for holder in &people {
        book.add(appointment(*holder, &["staff"]));
    }
    for holder in &people {
        book.add(note(*holder, "staff"));
    }
    let mut signers = signers(&book);
    let notes = 2 + people.len();
    let mut busy = Vec::new();
    for at in 0..people.len() {
        busy = signers.count(times(&book, notes + at, WORTH_A_TABLE).iter());
    }
    assert_eq!(busy.len(), 24);
    signers.keep(busy[..20].iter().copied().map(PreparedKey::new).collect());
    assert_eq!(signers.count([].iter()).len(), 4);
}
