//! What a store promises to those who use it.

use std::fs;

use probity_ledger::format::tree::{leaf_hash, root_of};

use super::*;

#[test]
fn what_goes_in_comes_out_now_and_after_opening_again() {
    let home = TempDir::new().expect("a folder");
    let mut store = create(home.path());
    assert_eq!(store.head(), Head::EMPTY);
    grow(&mut store, 11);
    let before = answers(&store);
    drop(store);
    for mode in [Mode::Read, Mode::Browse, writer()] {
        let store = open(home.path(), &mode).expect("opened");
        assert!(answers(&store) == before, "{mode:?}");
        let leaves: Vec<_> = (0..11).map(|n| leaf_hash(words(n).as_bytes())).collect();
        assert_eq!(store.root(), root_of(&leaves));
        assert_eq!(store.entry(Index(7)).expect("there"), words(7).as_bytes());
        assert_eq!(store.hash(Index(7)).expect("there"), leaves[7]);
        let prefix = &leaves[7].to_string()[..12];
        assert_eq!(store.find_hash_prefix(prefix).expect("found"), [Index(7)]);
        assert_eq!(store.governance().expect("read"), [Index(0), Index(5), Index(10)]);
        let body = store.body(Index(7)).expect("opens").expect("not erased");
        assert_eq!(body.body, b"the body of 7");
        assert!(matches!(store.entry(Index(11)), Err(StoreError::NoEntry { .. })));
    }
}

#[test]
fn a_batch_appends_only_to_the_head_that_was_signed() {
    let home = ledger(2);
    let mut store = open(home.path(), &writer()).expect("opened");
    let head = store.head();
    grow(&mut store, 3);
    let refused = store.append(head, vec![new(3)]);
    assert!(matches!(refused, Err(StoreError::HeadMoved { expected, .. }) if expected == head));
    let wrong = Head { hash: EntryHash::ZERO, ..store.head() };
    assert!(matches!(store.append(wrong, vec![new(3)]), Err(StoreError::HeadMoved { .. })));
    same(store.append(store.head(), Vec::new()).expect("nothing to do"), 3);
    same(store.append(store.head(), vec![new(3)]).expect("the head"), 4);
}

#[test]
fn a_second_writer_is_told_of_the_first_and_readers_are_not_kept_out() {
    let home = ledger(2);
    let first = open(home.path(), &Mode::Write("counting sheep".to_owned())).expect("opened");
    let Err(StoreError::InUse { holder }) = open(home.path(), &writer()) else {
        panic!("two writers");
    };
    assert!(holder.contains("counting sheep") && holder.contains(&std::process::id().to_string()));
    assert!(open(home.path(), &Mode::Read).is_ok());
    drop(first);
    assert!(open(home.path(), &writer()).is_ok());
}

#[test]
fn a_ledger_is_never_written_over_nor_made_by_opening() {
    let home = ledger(2);
    assert!(matches!(
        LocalStore::create(home.path(), "a test", &options()),
        Err(StoreError::AlreadyThere(_))
    ));
    let empty = TempDir::new().expect("a folder");
    assert!(matches!(open(empty.path(), &writer()), Err(StoreError::NoLedger(_))));
    assert_eq!(fs::read_dir(empty.path()).expect("listed").count(), 0);
}

#[test]
fn reading_writes_nothing() {
    let home = ledger(6);
    let list = |dir: &Path| {
        let mut found: Vec<_> = walk(dir);
        found.sort();
        found
    };
    fs::remove_file(home.path().join("tiles/state")).expect("removed");
    let before = list(home.path());
    let mut store = open(home.path(), &Mode::Read).expect("opened");
    drop(answers(&store));
    assert!(matches!(store.append(store.head(), vec![new(6)]), Err(StoreError::ReadOnly)));
    assert!(matches!(store.keep_checkpoint(b"note"), Err(StoreError::ReadOnly)));
    drop(store);
    assert_eq!(before, list(home.path()));
}

fn walk(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for item in fs::read_dir(dir).expect("listed") {
        let path = item.expect("listed").path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            let bytes = fs::read(&path).expect("read");
            found.push((path, bytes));
        }
    }
    found
}

#[test]
fn what_cannot_be_kept_is_refused_before_anything_is_written() {
    let home = ledger(2);
    let mut store = open(home.path(), &writer()).expect("opened");
    let head = store.head();
    let before = fs::read(home.path().join("journal")).expect("read");
    let mut refused = |entry: Vec<u8>, body: Vec<u8>| {
        let batch = vec![new(2), NewEntry { entry, body, attachments: Vec::new() }];
        store.append(head, batch).expect_err("refused")
    };
    let long = format!("a b c #{}", "x".repeat(65_535)).into_bytes();
    assert!(matches!(refused(long, vec![]), StoreError::NotAnEntry { position: 1, .. }));
    assert!(matches!(refused(vec![], vec![]), StoreError::NotAnEntry { position: 1, .. }));
    assert!(matches!(refused(b"?".to_vec(), vec![]), StoreError::NotAnEntry { .. }));
    let large = vec![0; (1 << 20) + 1];
    assert!(matches!(refused(b"a b c".to_vec(), large), StoreError::BodyTooLarge { .. }));
    let many = (2..70).map(|n| NewEntry { body: vec![0; 1 << 20], ..new(n) }).collect();
    assert!(matches!(store.append(head, many), Err(StoreError::BatchTooLarge { .. })));
    assert_eq!(fs::read(home.path().join("journal")).expect("read"), before);
    grow(&mut store, 3);
}

#[test]
fn a_checkpoint_is_replaced_whole() {
    let home = ledger(2);
    let mut store = open(home.path(), &writer()).expect("opened");
    assert_eq!(store.checkpoint().expect("read"), None);
    store.keep_checkpoint(b"a longer first one").expect("kept");
    store.keep_checkpoint(b"second").expect("kept");
    assert_eq!(store.checkpoint().expect("read").as_deref(), Some(&b"second"[..]));
}

#[test]
fn the_raw_journal_says_the_same_without_anything_derived() {
    let home = ledger(9);
    let store = open(home.path(), &Mode::Read).expect("opened");
    fs::remove_dir_all(home.path().join("tiles")).expect("removed");
    let raw = store.verify_source().expect("opened");
    let entries: Vec<_> = raw.blocks().flat_map(|block| block.expect("whole")).collect();
    assert_eq!(entries, all(&store).expect("read"));
    let body = raw.body(&entries[4]).expect("opens").expect("not erased");
    assert_eq!(body.body, b"the body of 4");
}

#[test]
fn an_error_of_the_callers_ends_the_reading() {
    let home = ledger(5);
    let store = open(home.path(), &Mode::Read).expect("opened");
    let mut seen = 0;
    let ended = store.range(Index(1), Index(5), &mut |stored| {
        seen = stored.index.0;
        if seen == 3 { Err(StoreError::Caller("enough".into())) } else { Ok(()) }
    });
    assert!(matches!(ended, Err(StoreError::Caller(_))));
    assert_eq!(seen, 3);
    let beyond = store.range(Index(4), Index(6), &mut |_| Ok(()));
    assert!(matches!(beyond, Err(StoreError::NoEntry { .. })));
}
