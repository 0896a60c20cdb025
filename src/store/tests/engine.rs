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
fn opening_makes_nothing() {
    let empty = TempDir::new().expect("a folder");
    for mode in [Mode::Read, Mode::Browse, writer()] {
        assert!(matches!(open(empty.path(), &mode), Err(StoreError::NoLedger(_))));
    }
    assert_eq!(fs::read_dir(empty.path()).expect("listed").count(), 0);
}

/// Sticks, zips and cloud services may leave empty folders out, and a young book has one.
#[test]
fn a_copy_without_an_empty_folder_takes_documents() {
    let home = ledger(2);
    fs::remove_dir(home.path().join("documents")).expect("it is empty");
    let mut store = open(home.path(), &writer()).expect("opened");
    let letter = attachment(b"a letter");
    let one = NewEntry { attachments: vec![letter.clone()], ..new(2) };
    store.append(store.head(), vec![one]).expect("appended");
    assert_eq!(store.document(Index(2), letter.sha256).expect("read"), Some(b"a letter".to_vec()));
}

/// Slots, documents and a checkpoint belong to the entries of a journal: whoever begins another one
/// over them makes that journal worthless, should it be found again.
#[test]
fn a_ledger_whose_journal_was_lost_is_not_begun_over() {
    let refused = |home: &Path, left: &str| {
        let keys = fs::read(home.join("bodykeys")).ok();
        let Err(error) = LocalStore::create(home, "a test", &options()) else {
            panic!("begun over {left}");
        };
        assert!(
            matches!(&error, StoreError::JournalLost { found, .. } if *found == left),
            "{error}"
        );
        assert!(error.to_string().contains(&home.display().to_string()), "{error}");
        let hint = error.hint().expect("a remedy");
        assert!(hint.contains("put the file `journal` back") && hint.contains("restore"), "{hint}");
        assert!(!home.join("journal").exists(), "{left}");
        assert_eq!(fs::read(home.join("bodykeys")).ok(), keys, "{left}");
    };
    let home = TempDir::new().expect("a folder");
    let mut store = create(home.path());
    let one = NewEntry { attachments: vec![attachment(b"a letter")], ..new(0) };
    store.append(store.head(), vec![one]).expect("appended");
    store.keep_checkpoint(b"note").expect("kept");
    drop(store);
    let path = |name: &str| home.path().join(name);
    let [journal, keys] = ["journal", "bodykeys"].map(|name| fs::read(path(name)).expect("read"));
    fs::remove_file(path("journal")).expect("removed");
    refused(home.path(), "a checkpoint");
    fs::remove_file(path("checkpoint")).expect("removed");
    refused(home.path(), "slots in bodykeys");
    fs::remove_file(path("bodykeys")).expect("removed");
    refused(home.path(), "sealed documents");
    // With the journal, everything is there again.
    fs::write(path("journal"), journal).expect("written");
    fs::write(path("bodykeys"), keys).expect("written");
    let store = open(home.path(), &writer()).expect("opened");
    assert_eq!(store.body(Index(0)).expect("read").expect("whole").body, b"the body of 0");
    let letter = store.document(Index(0), Sha256Hash::of(b"a letter")).expect("read");
    assert_eq!(letter.as_deref(), Some(&b"a letter"[..]));
}

#[test]
fn an_interrupted_beginning_is_begun_again() {
    // Before the journal came.
    let home = TempDir::new().expect("a folder");
    drop(create(home.path()));
    fs::remove_file(home.path().join("journal")).expect("removed");
    extend(&mut create(home.path()), 2);
    // Before the first frame was written, behind its slots.
    let home = ledger(2);
    let path = home.path().join("journal");
    let journal = fs::read(&path).expect("read");
    fs::write(&path, &journal[..16]).expect("written");
    extend(&mut create(home.path()), 2);
}

/// However often it was tried before.
#[test]
fn a_beginning_that_is_interrupted_again_and_again_is_begun_again() {
    let home = ledger(2);
    let path = home.path().join("journal");
    let journal = fs::read(&path).expect("read");
    for length in [16, 20, 16, 16, 20, 20] {
        fs::write(&path, &journal[..length]).expect("written");
        extend(&mut create(home.path()), 2);
    }
}

/// A journal that is found again, or taken from a backup, opens with the slots that lay beside it
/// and with no others: all answers of a school would be gone for ever.
#[test]
fn no_slots_are_written_over_by_a_beginning() {
    let refused = |home: &Path, left: &str| {
        let Err(error) = LocalStore::create(home, "a test", &options()) else {
            panic!("begun over {left}");
        };
        let lost = matches!(&error, StoreError::JournalLost { found, .. } if *found == left);
        assert!(lost, "{error}");
    };
    // Of a ledger in use, the header of its journal is left, or half of its first frame.
    let home = ledger(1);
    for size in 2..=10 {
        extend(&mut open(home.path(), &writer()).expect("opened"), size);
    }
    let path = |name: &str| home.path().join(name);
    let [journal, keys] = ["journal", "bodykeys"].map(|name| fs::read(path(name)).expect("read"));
    for length in [16, 20] {
        fs::write(path("journal"), &journal[..length]).expect("written");
        refused(home.path(), "slots in bodykeys");
        assert_eq!(fs::read(path("journal")).expect("read"), journal[..length]);
        assert!(fs::read(path("bodykeys")).expect("read") == keys, "the slots were written");
    }

    // Of a young one, nothing tells it from a beginning that was interrupted: its slots stay.
    let home = ledger(3);
    let path = home.path().join("journal");
    let journal = fs::read(&path).expect("read");
    fs::write(&path, &journal[..16]).expect("written");
    extend(&mut create(home.path()), 5);
    fs::write(&path, &journal).expect("found again");
    fs::remove_dir_all(home.path().join("tiles")).expect("made anew");
    let store = open(home.path(), &writer()).expect("opened");
    assert_eq!(store.body(Index(2)).expect("opens").expect("whole").body, b"the body of 2");
    drop(store);

    // No first frame names so many documents.
    fs::write(&path, &journal[..16]).expect("written");
    for number in 0..257 {
        let document = home.path().join(format!("documents/{number:032x}"));
        fs::write(document, "sealed").expect("written");
    }
    refused(home.path(), "sealed documents");
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
