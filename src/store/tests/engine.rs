//! What the engine for one machine promises beyond what every engine does
//! ([`super::conformance`]).

use std::fs;

use super::*;

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
    extend(&mut store, 3);
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
