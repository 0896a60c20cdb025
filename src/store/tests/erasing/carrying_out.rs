//! Erasing that fails, waits or asks for too much: nothing that stays is lost, and nothing that was to
//! go is given up.

use super::*;

/// Once the entry is there, no opening for writing gets past what can't be carried out.
#[test]
fn what_could_not_be_carried_out_is_not_put_on_record() {
    let home = ledger(9);
    let path = home.path().join("journal");
    let mut journal = fs::read(&path).expect("read");
    let old = words(1).into_bytes();
    let at = journal.windows(old.len()).position(|window| window == old).expect("entry 1");
    journal[at] ^= 1;
    fs::write(&path, &journal).expect("written");
    let mut store = open(home.path(), &writer()).expect("opened");
    let head = store.head();
    let error = store.append_erasing(head, vec![new(9)], erase(4, None)).expect_err("refused");
    assert!(matches!(error, StoreError::CannotErase(_)), "{error}");
    assert!(error.to_string().contains("entry 1 at byte"), "{error}");
    let hint = error.hint().expect("a remedy");
    assert!(hint.contains("`probity verify`") && hint.contains("`probity restore`"), "{hint}");
    assert!(fs::read(&path).expect("read") == journal, "the journal was written");
    assert!(!home.path().join("erasing").exists());
    assert_eq!(store.head(), head);
    assert!(store.body(Index(4)).expect("read").is_some());
    drop(store);
    extend(&mut open(home.path(), &writer()).expect("opened"), 10);
}

/// A ledger of three entries and one with two words and a document; its store, the hash of the
/// document and its file.
fn with_letter(home: &Path) -> (LocalStore, Sha256Hash, std::path::PathBuf) {
    let text = b"a letter";
    let sha256 = Sha256Hash::of(text);
    let mut store = open(home, &writer()).expect("opened");
    let body = [&b"the letter "[..], &sha256.0].concat();
    let one = NewEntry { body, attachments: vec![attachment(text)], ..new(3) };
    store.append(store.head(), vec![one]).expect("appended");
    let mut files = fs::read_dir(home.join("documents")).expect("listed");
    let file = files.next().expect("one").expect("listed").path();
    (store, sha256, file)
}

#[test]
fn a_damaged_document_that_stays_does_not_hold_up_the_erasing() {
    for length in [4, crate::store::MAX_DOCUMENT + 65] {
        let home = ledger(3);
        let (mut store, sha256, path) = with_letter(home.path());
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_len(length).expect("damaged");
        drop(file);
        let what = erase(3, Some(&["letter"]));
        store.append_erasing(store.head(), vec![new(4)], what).expect("erased");
        let left = store.body(Index(3)).expect("read").expect("a part").body;
        assert_eq!(left, [&b"the  "[..], &sha256.0].concat());
        drop(store);
        assert!(!home.path().join("erasing").exists());
        drop(open(home.path(), &writer()).expect("opened"));
    }
}

/// What the system doesn't give may be there tomorrow: nobody is made to lose it by an erasure,
/// nor kept from writing.
#[test]
fn a_document_that_stays_and_cannot_be_read_is_asked_about_before() {
    let home = ledger(3);
    let (mut store, sha256, path) = with_letter(home.path());
    let aside = home.path().join("aside");
    fs::rename(&path, &aside).expect("moved");
    fs::create_dir(&path).expect("made");
    fs::write(path.join("within"), b"no document").expect("written");
    let journal = || fs::read(home.path().join("journal")).expect("read");
    let before = journal();
    let what = || erase(3, Some(&["letter"]));
    let head = store.head();
    let error = store.append_erasing(head, vec![new(4)], what()).expect_err("refused");
    assert!(matches!(error, StoreError::DocumentHoldsUp { .. }), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("moved out of its folder")));
    assert!(journal() == before, "the journal was written");
    assert!(!home.path().join("erasing").exists());
    fs::remove_dir_all(&path).expect("removed");
    fs::rename(&aside, &path).expect("moved");
    store.append_erasing(head, vec![new(4)], what()).expect("erased");
    assert_eq!(store.document(Index(3), sha256).expect("read").as_deref(), Some(&b"a letter"[..]));
}

/// Whichever reading call fails, and whenever, the document is there afterwards.
#[test]
fn no_document_that_stays_is_lost_because_a_reading_call_fails() {
    for number in 0.. {
        let home = ledger(3);
        let (store, sha256, _) = with_letter(home.path());
        drop(store);
        let disk = Faulty::new(Arc::new(RealDisk));
        let options = Options { disk: Arc::new(disk.clone()), ..options() };
        let mut store = LocalStore::open(home.path(), &writer(), &options).expect("opened");
        disk.arm(Fault::Reading, number);
        let head = store.head();
        let done = store.append_erasing(head, vec![new(4)], erase(3, Some(&["letter"])));
        drop(store);
        let struck = disk.heal();
        let store = open(home.path(), &writer()).expect("opened");
        let document = store.document(Index(3), sha256).expect("read");
        assert_eq!(document.as_deref(), Some(&b"a letter"[..]), "reading {number}: {done:?}");
        assert_eq!(store.head().size > head.size, done.is_ok() || is_unfinished(&done));
        if !struck {
            assert!(number > 10 && done.is_ok(), "{number} readings");
            break;
        }
    }
}

fn is_unfinished(done: &Result<Head, StoreError>) -> bool {
    matches!(done, Err(StoreError::Unfinished(_)))
}

/// A torn frame of bodies is cut like any other, and the erasure is carried out again.
#[test]
fn a_torn_frame_of_bodies_is_written_again() {
    let home = ledger(5);
    let keep = |home: &Path| {
        let all = everything(home);
        all.into_iter().filter(|(path, _)| path.file_name().is_some_and(|name| name == "bodykeys"))
    };
    let mut store = open(home.path(), &writer()).expect("opened");
    let keys: Vec<_> = keep(home.path()).collect();
    erased(&mut store, 1);
    drop(store);
    // As if the power had failed while the bodies were written.
    for (path, bytes) in keys {
        fs::write(path, bytes).expect("written");
    }
    let path = home.path().join("journal");
    let journal = fs::read(&path).expect("read");
    fs::write(&path, &journal[..journal.len() - 3]).expect("written");
    fs::remove_dir_all(home.path().join("tiles")).ok();
    let hash = open(home.path(), &Mode::Read).expect("opened").hash(Index(5)).expect("there");
    let todo = Value::map([
        ("v", Value::Int(1)),
        ("entry", Value::Int(5)),
        ("hash", Value::bytes(hash.0)),
        ("erase", Value::Array(vec![Value::Array(vec![Value::Int(1), Value::Null])])),
        ("files", Value::Array(Vec::new())),
    ]);
    fs::write(home.path().join("erasing"), todo.to_bytes()).expect("written");
    assert!(open(home.path(), &Mode::Read).expect("opened").is_erasing().expect("read"));
    let store = open(home.path(), &writer()).expect("opened");
    assert!(store.recovered().is_some());
    assert_eq!(store.body(Index(1)).expect("read"), None);
    assert!(!home.path().join("erasing").exists());
    drop(store);
    // What belongs to another journal's entry is nothing to be done here.
    fs::write(home.path().join("erasing"), b"something else").expect("written");
    let refused = open(home.path(), &writer());
    assert!(matches!(refused, Err(StoreError::ForeignFile { .. })));
}

/// Else an erasure stands on record as complete, nothing was erased, and nobody ever does it.
#[test]
fn no_erasure_is_given_up_because_a_reading_call_fails() {
    let (begun, disk) = (ledger(3), Faulty::new(Arc::new(Quick)));
    // Without the folder of documents, which is empty.
    let copy_of = |home: &Path| {
        let copy = TempDir::new().expect("a folder");
        copy_folder(home, copy.path());
        copy
    };
    // Each its own, as another process has.
    let faulty = || Options { disk: Arc::new(disk.clone()), ..options() };
    // The process ends when the entry is there, with the tiles that hold it, and nothing is done yet.
    let interrupted = (0..1_000)
        .map(|number| {
            let home = copy_of(begun.path());
            let mut store = LocalStore::open(home.path(), &writer(), &faulty()).expect("opened");
            disk.arm(Fault::Power, number);
            let done = store.append_erasing(store.head(), vec![new(3)], erase(1, None));
            assert!(done.is_err(), "it was done, and no process ended");
            drop(store);
            disk.heal();
            home
        })
        .find(|home| {
            let store = open(home.path(), &Mode::Read).expect("opened");
            store.is_erasing().expect("read") && home.path().join("tiles/state").exists()
        });
    let interrupted = interrupted.expect("one of them");
    for number in 0.. {
        let home = copy_of(interrupted.path());
        disk.arm(Fault::Reading, number);
        let reader = LocalStore::open(home.path(), &Mode::Read, &faulty());
        let waits = reader.and_then(|reader| reader.is_erasing());
        assert!(
            !matches!(waits, Ok(false)),
            "reading {number}: a reader is told that nothing waits"
        );
        disk.arm(Fault::Reading, number);
        drop(LocalStore::open(home.path(), &writer(), &faulty()));
        let struck = disk.heal();
        let store = open(home.path(), &writer()).expect("opened");
        assert_eq!(store.body(Index(1)).expect("read"), None, "reading {number}");
        if !struck {
            assert!(number > 10, "{number} readings");
            break;
        }
    }
}

/// What names more than can be read again without exhausting the machine is refused before it is on
/// record: afterwards, no opening for writing would get past it.
#[test]
fn an_erasure_that_could_not_be_noted_is_not_put_on_record() {
    let home = ledger(9);
    let mut store = open(home.path(), &writer()).expect("opened");
    let head = store.head();
    let one = |_| Erase { index: Index(1 << 40), fields: None };
    let many: Vec<Erase> = (0..400_000).map(one).collect();
    let error = store.append_erasing(head, vec![new(9)], many).expect_err("refused");
    assert!(matches!(error, StoreError::ErasureTooLarge { bodies: 400_000, .. }), "{error}");
    assert!(error.to_string().contains("400000 records with 0 documents are too many"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("fewer records at a time")), "{error}");
    assert!(!home.path().join("erasing").exists());
    assert_eq!(store.head(), head);

    // And it isn't read, should somebody write it.
    let whole = |erased: usize| {
        let one = Value::Array(vec![Value::Int(0), Value::Null]);
        Value::map([
            ("v", Value::Int(1)),
            ("entry", Value::Int(9)),
            ("hash", Value::bytes([3; 32])),
            ("erase", Value::Array(vec![one; erased])),
            ("files", Value::Array(Vec::new())),
        ])
        .to_bytes()
    };
    let again = respelled_erasing(&whole(1000)).expect("as an earlier version wrote it");
    assert_eq!(respelled_erasing(&again), Some(again));
    assert_eq!(respelled_erasing(&whole(400_000)), None);
}
