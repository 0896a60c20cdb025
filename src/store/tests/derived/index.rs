//! The index: held by others, damaged, of another format, cut by a crash, or of before an erasure.

use super::*;

#[test]
fn the_index_is_in_use_elsewhere() {
    let home = sound();
    let expected = truth(home.path());
    let first = open(home.path(), &Mode::Browse).expect("opened");
    assert!(answers(&first) == expected);
    let second = open(home.path(), &Mode::Browse).expect("opened");
    assert!(answers(&second) == expected);
    let third = open(home.path(), &writer()).expect("opened");
    assert!(answers(&third) == expected);
    assert!(home.path().join("index").exists());
}

/// Opens the index as sled has it, whose lock outlives an earlier opening by a moment.
fn sled(home: &Path) -> sled::Db {
    let open = || sled::open(home.join("index"));
    let pause = || std::thread::sleep(Duration::from_millis(2));
    let opened = (0..2500).find_map(|_| open().inspect_err(|_| pause()).ok());
    opened.unwrap_or_else(|| open().expect("opened"))
}

#[test]
fn an_index_is_free_for_others_as_soon_as_it_is_closed() {
    let home = sound();
    for _ in 0..100 {
        // Threads of sled have something to write.
        fs::remove_dir_all(home.path().join("index")).expect("removed");
        let store = open(home.path(), &Mode::Browse).expect("opened");
        let found = store.lookup(&Term::Kind("kind-1".to_owned())).expect("found");
        assert_eq!(found.len(), 11);
        let lock = fs::File::open(home.path().join("index/db")).expect("opened");
        assert!(lock.try_lock().is_err(), "all of the journal was read into memory instead");
        drop(store);
        lock.try_lock().expect("free");
    }
}

#[test]
fn a_block_of_the_index_is_gone_changed_or_an_older_one() {
    let home = sound();
    let keys: Vec<_> = sled(home.path()).iter().keys().map(|key| key.expect("read")).collect();
    // Three cases, two kinds, four signers, and how far it has read.
    assert_eq!(keys.len(), 10);
    for key in &keys {
        unimpressed("a block gone", |home| {
            sled(home).remove(key).expect("removed").expect("was there");
        });
        unimpressed("a block changed", |home| {
            let db = sled(home);
            let mut value = db.get(key).expect("read").expect("there").to_vec();
            let last = value.len() - 1;
            value[last] ^= 1;
            db.insert(key, value).expect("written");
        });
        unimpressed("a block under another number", |home| {
            let db = sled(home);
            let value = db.remove(key).expect("removed").expect("was there");
            let mut other = key.to_vec();
            other[3] ^= 1;
            db.insert(other, value).expect("written");
        });
    }
    let old: Vec<_> = sled(home.path()).iter().map(|pair| pair.expect("read")).collect();
    let mut store = open(home.path(), &writer()).expect("opened");
    extend(&mut store, SIZE + 20);
    let expected = truth(home.path());
    assert!(answers(&store) == expected);
    drop(store);
    for (key, value) in old.iter().filter(|(key, _)| **key != *b"read") {
        sled(home.path()).insert(key, value).expect("written");
        let store = open(home.path(), &Mode::Browse).expect("opened");
        assert!(answers(&store) == expected);
    }
}

#[test]
fn the_index_is_of_an_older_format() {
    unimpressed("an older format", |home| {
        let db = sled(home);
        db.clear().expect("emptied");
        let mut read = Vec::new();
        ciborium::into_writer(&(1, 9, [7_u8; 32], 0), &mut read).expect("written");
        db.insert("read", read).expect("written");
        db.insert(b"k\0\x06kind-1\0\0\0\0", b"\x81\x03").expect("written");
    });
}

#[test]
fn an_index_block_overflows_into_the_next() {
    let home = TempDir::new().expect("a folder");
    let mut store = create(home.path());
    for round in 1..=6_u64 {
        let batch = |from: u64| (from..from + 900).map(new).collect();
        let head = store.head();
        store.append(head, batch(head.size.0)).expect("appended");
        let found = store.lookup(&Term::Kind("kind-1".to_owned())).expect("found");
        let expected: Vec<_> = (0..900 * round).filter(|n| n % 2 == 1).map(Index).collect();
        assert_eq!(found, expected);
    }
    let found = store.lookup(&Term::Case("dpia-2025-002".to_owned())).expect("found");
    assert_eq!(found.len(), 1800);
    drop(store);
    let second = |key: &sled::IVec| key.ends_with(&[0, 0, 0, 1]);
    let keys = sled(home.path()).iter().keys().map(|key| key.expect("read")).collect::<Vec<_>>();
    assert!(keys.iter().any(second));
}

/// sled has no disk of ours underneath, so this is what can be done: its folder as it is on
/// the disk while it is being written, at many points of a ledger's life, and each of its
/// files then cut, as a crash may leave it.
#[test]
fn the_index_is_as_a_crash_may_leave_it_while_it_catches_up() {
    let home = TempDir::new().expect("a folder");
    let mut store = create(home.path());
    let mut copies = Vec::new();
    for size in 1..=SIZE {
        extend(&mut store, size);
        let found = store.lookup(&Term::Kind("kind-0".to_owned())).expect("found");
        assert_eq!(found.len() as u64, size.div_ceil(2));
        if size % 3 == 1 || size == SIZE {
            // sled is open and writes when it likes.
            copies.push(kept_copy(home.path(), "index"));
        }
    }
    drop(store);
    let expected = truth(home.path());
    let mut looked = 0;
    for copy in &copies {
        let mut files = Vec::new();
        each_file(copy.path(), &mut |path| files.push(path.to_owned()));
        for file in files {
            let inside = file.strip_prefix(copy.path()).expect("within");
            let bytes = fs::read(&file).expect("read");
            let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            for part in 0..=4 {
                // Cut, or of its length with zeros behind what was written.
                for length in [used * part / 4, bytes.len()] {
                    put_back(home.path(), "index", copy.path());
                    let mut left = bytes[..used * part / 4].to_vec();
                    left.resize(length, 0);
                    fs::write(home.path().join("index").join(inside), left).expect("written");
                    let store = open(home.path(), &Mode::Browse).expect("opened");
                    assert!(answers(&store) == expected, "{} cut at {part}/4", inside.display());
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 100, "{looked} states");
}

/// Else whoever has a document that was erased, and the folder, is told again that it was named.
#[test]
fn an_index_of_before_an_erasure_that_is_put_back_is_removed() {
    let home = ledger(9);
    let mut store = open(home.path(), &writer()).expect("opened");
    let letter = attachment(b"a letter that goes");
    let one = NewEntry { attachments: vec![letter.clone()], ..new(9) };
    store.append(store.head(), vec![one]).expect("appended");
    extend(&mut store, 12);
    let term = Term::Document(letter.sha256);
    assert_eq!(store.lookup(&term).expect("found"), [Index(9)]);
    drop(store);
    let mark = crate::store::index::mark(&term);
    let told = || {
        let values = sled(home.path()).iter().values().map(|value| value.expect("read"));
        values.filter(|value| value.windows(mark.len()).any(|window| window == mark)).count()
    };
    assert_eq!(told(), 1, "the search finds what is there");
    let before = kept_copy(home.path(), "index");
    let mut store = open(home.path(), &writer()).expect("opened");
    let what = vec![Erase { index: Index(9), fields: None }];
    store.append_erasing(store.head(), vec![new(12)], what).expect("erased");
    extend(&mut store, 22);
    assert_eq!(store.lookup(&term).expect("looked up"), []);
    drop(store);
    let kind = Term::Kind("kind-1".to_owned());
    for term in [&term, &kind] {
        for mode in [Mode::Browse, writer()] {
            put_back(home.path(), "index", before.path());
            assert_eq!(told(), 1, "it tells of the document");
            let store = open(home.path(), &mode).expect("opened");
            let expected = open(home.path(), &Mode::Read).expect("opened").lookup(term);
            assert_eq!(store.lookup(term).expect("looked up"), expected.expect("looked up"));
            drop(store);
            assert_eq!(told(), 0, "{mode:?}, {term:?}");
        }
    }
}
