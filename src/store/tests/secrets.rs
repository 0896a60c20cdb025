//! Sealing, slots and documents.

use std::collections::BTreeSet;
use std::fs;

use super::super::seal;
use super::*;

fn slots(home: &Path) -> Vec<u64> {
    all(&open(home, &Mode::Read).expect("opened")).expect("read").iter().map(|s| s.slot).collect()
}

#[test]
fn no_slot_number_is_used_twice() {
    let home = ledger(3);
    let keys = home.path().join("bodykeys");
    for size in [4, 5, 40, 41] {
        let mut store = open(home.path(), &writer()).expect("opened");
        let before = fs::metadata(&keys).expect("there").len();
        assert_eq!(fs::metadata(&keys).expect("there").len(), before, "opening takes no slots");
        extend(&mut store, size);
    }
    // Torn, or put back from a backup that is older than the journal.
    for length in [32 * 200 + 7, 32 * 3] {
        fs::File::options().write(true).open(&keys).and_then(|f| f.set_len(length)).expect("set");
        let mut store = open(home.path(), &writer()).expect("opened");
        let size = store.head().size.0 + 1;
        extend(&mut store, size);
        assert!(store.body(Index(size - 1)).expect("opens").is_some());
    }
    let slots = slots(home.path());
    assert_eq!(slots.iter().collect::<BTreeSet<_>>().len(), slots.len(), "{slots:?}");
}

#[test]
fn a_sealed_body_shows_nothing_and_opens_only_in_its_place() {
    let home = ledger(3);
    let journal = fs::read(home.path().join("journal")).expect("read");
    assert!(!journal.windows(8).any(|bytes| bytes == b"the body"));
    let store = open(home.path(), &Mode::Read).expect("opened");
    let stored = all(&store).expect("read");
    let raw = store.verify_source().expect("opened");
    assert!(raw.body(&stored[0]).expect("opens").is_some());
    let misplaced = [
        Stored { sealed: stored[1].sealed.clone(), ..stored[0].clone() },
        Stored { entry: stored[1].entry.clone(), ..stored[0].clone() },
        Stored { slot: stored[1].slot, ..stored[0].clone() },
        Stored { slot: 1 << 60, ..stored[0].clone() },
        Stored { slot: u64::MAX, ..stored[0].clone() },
    ];
    for stored in misplaced {
        assert!(matches!(raw.body(&stored), Err(StoreError::BodyUnreadable { .. })));
    }
    for at in 0..stored[0].sealed.len() {
        let mut changed = stored[0].clone();
        changed.sealed[at] ^= 1;
        assert!(raw.body(&changed).is_err(), "byte {at}");
        changed.sealed.truncate(at);
        assert!(raw.body(&changed).is_err(), "length {at}");
    }
}

#[test]
fn a_sealed_body_has_the_shape_of_the_standard() {
    let slot = Box::new(zeroize::Zeroizing::new([7; 32]));
    let entry = EntryHash([1; 32]);
    let sealed = seal::seal_body(&slot, 3, entry, b"body", &[]).expect("sealed");
    // [h'a10103', {5: h'nonce'}, h'…']: [h'body', []] has 7 bytes, the tag 16.
    assert_eq!(sealed[..8], [0x83, 0x43, 0xa1, 0x01, 0x03, 0xa1, 0x05, 0x4c]);
    assert_eq!(sealed[20], 0x57);
    assert_eq!(sealed.len(), 21 + 7 + 16);
    let again = seal::seal_body(&slot, 3, entry, b"body", &[]).expect("sealed");
    assert_ne!(sealed, again, "nonces are random");
    assert!(seal::open_body(&slot, 4, entry, &sealed).is_err());
    assert_eq!(seal::open_body(&slot, 3, entry, &sealed).map(|o| o.body), Ok(b"body".to_vec()));
}

#[test]
fn an_overwritten_slot_is_an_erased_body_and_other_bytes_are_a_fault() {
    let home = ledger(3);
    let keys = home.path().join("bodykeys");
    let at = usize::try_from(32 * (slots(home.path())[1] + 1)).expect("small");
    let mut bytes = fs::read(&keys).expect("read");
    bytes[at] ^= 1;
    fs::write(&keys, &bytes).expect("written");
    let store = open(home.path(), &Mode::Read).expect("opened");
    assert!(matches!(store.body(Index(1)), Err(StoreError::BodyUnreadable { .. })));
    bytes[at..at + 32].fill(0);
    fs::write(&keys, &bytes).expect("written");
    assert_eq!(store.body(Index(1)).expect("read"), None);
    assert_eq!(store.document(Index(1), Sha256Hash::ZERO).expect("read"), None);
    assert!(store.body(Index(2)).expect("opens").is_some());
}

#[test]
fn without_slots_entries_can_be_read_but_nothing_written() {
    let home = ledger(3);
    let keys = home.path().join("bodykeys");
    fs::write(&keys, b"probity-bodykeys2").expect("written");
    assert!(matches!(open(home.path(), &writer()), Err(StoreError::ForeignFile { .. })));
    assert!(open(home.path(), &Mode::Read).is_ok(), "the entries are read");
    let mut header = b"probity-bodykeys2".to_vec();
    header.resize(64, 0);
    fs::write(&keys, &header).expect("written");
    assert!(matches!(open(home.path(), &writer()), Err(StoreError::NewerFormat { .. })));
    fs::remove_file(&keys).expect("removed");
    assert!(matches!(open(home.path(), &writer()), Err(StoreError::NoBodykeys(_))));
    let store = open(home.path(), &Mode::Read).expect("opened");
    assert!(store.entry(Index(1)).is_ok());
    assert!(matches!(store.body(Index(1)), Err(StoreError::BodyUnreadable { .. })));
}

fn documents(home: &Path) -> Vec<std::path::PathBuf> {
    let listed = fs::read_dir(home.join("documents")).expect("listed");
    listed.map(|item| item.expect("listed").path()).collect()
}

#[test]
fn documents_come_back_and_lie_sealed() {
    let home = ledger(2);
    let elsewhere = TempDir::new().expect("a folder");
    let path = elsewhere.path().join("minutes.txt");
    let text = b"what the governors decided".repeat(9000);
    fs::write(&path, &text).expect("written");
    let mut store = open(home.path(), &writer()).expect("opened");
    let attachments =
        vec![Attachment { source: Source::Path(path), ..attachment(&text) }, attachment(b"")];
    store.append(store.head(), vec![NewEntry { attachments, ..new(2) }]).expect("appended");
    drop(store);
    let store = open(home.path(), &Mode::Read).expect("opened");
    let opened = store.body(Index(2)).expect("opens").expect("not erased");
    assert_eq!(opened.documents.len(), 2);
    let sha256 = Sha256Hash::of(&text);
    assert_eq!(store.document(Index(2), sha256).expect("read").as_ref(), Some(&text));
    let empty = Sha256Hash::of(b"");
    assert_eq!(store.document(Index(2), empty).expect("read"), Some(Vec::new()));
    let none = store.document(Index(2), Sha256Hash::ZERO);
    assert!(matches!(none, Err(StoreError::NoDocument { .. })));
    for path in documents(home.path()) {
        let mut sealed = fs::read(&path).expect("read");
        assert!(!sealed.windows(9).any(|bytes| bytes == b"governors"));
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        fs::write(&path, sealed).expect("written");
    }
    let changed = store.document(Index(2), sha256);
    assert!(matches!(changed, Err(StoreError::DocumentUnreadable { .. })));
    for path in documents(home.path()) {
        fs::remove_file(path).expect("removed");
    }
    let gone = store.document(Index(2), sha256);
    assert!(matches!(gone, Err(StoreError::DocumentAbsent { .. })));
}

#[test]
fn a_document_that_changed_since_it_was_signed_is_refused_and_leaves_nothing() {
    let home = ledger(2);
    let elsewhere = TempDir::new().expect("a folder");
    let path = elsewhere.path().join("minutes.txt");
    let signed = Attachment { source: Source::Path(path.clone()), ..attachment(b"as signed") };
    let mut store = open(home.path(), &writer()).expect("opened");
    for content in [&b"as signeD"[..], b"as signed and more", b"as", b""] {
        fs::write(&path, content).expect("written");
        let attachments = vec![attachment(b"first"), signed.clone()];
        let refused = store.append(store.head(), vec![NewEntry { attachments, ..new(2) }]);
        assert!(matches!(refused, Err(StoreError::DocumentChanged { .. })), "{content:?}");
        assert_eq!(documents(home.path()), Vec::<std::path::PathBuf>::new());
    }
    let attachments = vec![Attachment { size: 1 << 40, ..signed }];
    let refused = store.append(store.head(), vec![NewEntry { attachments, ..new(2) }]);
    assert!(matches!(refused, Err(StoreError::DocumentTooLarge { .. })));
    extend(&mut store, 3);
}
