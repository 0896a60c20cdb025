//! What happens between two tries: an erasure, another history, files of somebody else on the
//! medium, a record book that begins.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use probity_keys::SigningKey;
use probity_ledger::book::erasing::Ground;
use probity_ledger::verify::ledger::Reader;

use super::{Book, Copy, HEAD, Quick, State, backup, copy_all, intact, key, restore, world};
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, DiskFile, How, RealDisk};
use crate::store::{Mode, StoreError};
use crate::work::WorkError;
use crate::work::backup::Note;
use crate::work::erase::{self, ToErase};
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::people::{self, Appoint};
use crate::work::reading::Reading;
use crate::work::record::{self, Prepared};

const DPO: &str = "Priya Raman";

fn dpo() -> SigningKey {
    SigningKey::from_seed([2; 32])
}

/// This machine's disk, until a number of syncs is done: then half of the next write happens, and
/// nothing more.
#[derive(Clone)]
struct Ending(Arc<Mutex<Ends>>);

struct Ends {
    left: usize,
    struck: bool,
    synced: Vec<(PathBuf, Barrier)>,
}

impl Ending {
    fn behind(left: usize) -> Self {
        Self(Arc::new(Mutex::new(Ends { left, struck: false, synced: Vec::new() })))
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> io::Result<()> {
        let mut ends = self.ends();
        if ends.left > 0 {
            return Ok(());
        }
        ends.struck = true;
        Err(io::Error::other("no power"))
    }

    fn sync(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        self.change()?;
        let mut ends = self.ends();
        ends.left -= 1;
        ends.synced.push((path.to_owned(), barrier));
        Ok(())
    }

    fn is_torn_next(&self) -> bool {
        let ends = self.ends();
        ends.left == 0 && !ends.struck
    }
}

struct EndingFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    disk: Ending,
}

impl DiskFile for EndingFile {
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if self.disk.is_torn_next() {
            self.file.write_at(offset, &bytes[..bytes.len() / 2])?;
        }
        self.disk.change()?;
        self.file.write_at(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.disk.change()?;
        self.file.set_len(length)
    }

    fn sync(&self, barrier: Barrier) -> io::Result<()> {
        self.disk.sync(&self.path, barrier)
    }
}

impl Disk for Ending {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        if how == How::Create && !path.exists() {
            self.change()?;
        }
        let file = Quick.open(path, how)?;
        Ok(Box::new(EndingFile { file, path: path.to_owned(), disk: self.clone() }))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        self.change()?;
        Quick.lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        Quick.create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change()?;
        Quick.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        Quick.remove(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        Quick.list(dir)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.change()?;
        Quick.remove_folder(path)
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        self.sync(path, barrier)
    }
}

/// A record with a document.
struct Noted {
    entry: u64,
    /// Of its slot, in units of 32 bytes from the start of the file.
    place: u64,
    slot: [u8; 32],
}

/// What a medium holds, as far as restoring takes notice of it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    note: String,
    journal: u64,
    slots: Vec<u8>,
    checkpoint: Vec<u8>,
    documents: usize,
}

impl Book {
    /// Entries 0 to 3: there is somebody who can agree to an erasure.
    fn with_dpo() -> Self {
        let book = Self::begin();
        Keyring::of(&book.home()).import_public(DPO, &dpo().public()).expect("a key");
        let wanted = Appoint {
            name: DPO.to_owned(),
            roles: vec!["dpo".to_owned()],
            by: HEAD.to_owned(),
            role: None,
            public: None,
            same_person_as: None,
            called: None,
            from: None,
            until: None,
            key_made: None,
            qualifications: None,
            date_confirmed: false,
        };
        let appointed =
            book.prepared(|reading, keys| people::appoint(&world(), reading, keys, &wanted));
        book.signed(&appointed, &key());
        let accepted =
            book.prepared(|reading, keys| people::accept(&world(), reading, keys, DPO, false));
        book.signed(&accepted, &dpo());
        book
    }

    fn prepared<T>(&self, prepare: impl FnOnce(&Reading, &Keyring) -> Result<T, WorkError>) -> T {
        let home = self.home();
        let reading = Reading::open(&home, &Mode::Read).expect("it opens");
        prepare(&reading, &Keyring::of(&home)).expect("prepared")
    }

    fn signed(&self, prepared: &Prepared, key: &SigningKey) -> u64 {
        let written = record::sign(&world(), &self.home(), prepared, key).expect("signed");
        written.entries.last().expect("an entry").index().0
    }

    fn size(&self) -> u64 {
        Reading::open(&self.home(), &Mode::Read).expect("it opens").size().0
    }

    fn noted(&self, text: &str) -> Noted {
        let entry = self.size();
        self.note(text);
        let slots = std::fs::read(self.home().ledger().join("bodykeys")).expect("slots");
        let slots = slots.as_chunks::<32>().0;
        // Each writer fills a block of 32, and uses the first.
        let place = slots.len() - 32;
        assert_ne!(slots[place], [0; 32]);
        Noted { entry, place: place as u64, slot: slots[place] }
    }

    /// Erases a whole record, as two people do.
    fn erase(&self, entry: u64) {
        let wanted = ToErase {
            entries: vec![entry.to_string()],
            fields: Vec::new(),
            ground: Ground::Request,
            rule: None,
            by: HEAD.to_owned(),
            role: None,
            date_confirmed: false,
        };
        let mut asked =
            self.prepared(|reading, keys| erase::prepare(&world(), reading, keys, &wanted));
        let erasure = self.signed(&asked.remove(0), &key()).to_string();
        let agreed = self.prepared(|reading, keys| {
            erase::approve(&world(), reading, keys, (&erasure, DPO, None), false)
        });
        self.signed(&agreed, &dpo());
    }

    /// Backs up until so many syncs are done; whether that ended it.
    fn ends_behind(&self, syncs: usize) -> bool {
        let disk = Ending::behind(syncs);
        let home = Home::on(self.home().path().to_owned(), Arc::new(disk.clone()));
        let done = backup(&world(), &home, &self.path("backup"), true, &|_| ());
        let struck = disk.ends().struck;
        assert!(struck || done.is_ok_and(|done| done.note.state == State::Whole), "{syncs}");
        struck
    }

    fn held(&self) -> Held {
        let to = self.path("backup");
        let ledger = to.join("ledger");
        Held {
            note: std::fs::read_to_string(to.join("backup.toml")).expect("a note"),
            journal: std::fs::metadata(ledger.join("journal")).expect("a journal").len(),
            slots: std::fs::read(ledger.join("bodykeys")).expect("slots"),
            checkpoint: std::fs::read(ledger.join("checkpoint")).unwrap_or_default(),
            documents: std::fs::read_dir(ledger.join("documents")).expect("a folder").count(),
        }
    }

    /// How much can be restored of the medium; none of it opens what is `gone` from a size on.
    fn found(&self, gone: &[(u64, [u8; 32])], at: &str) -> u64 {
        let restored = Self::restored(&self.path("backup"));
        let (found, slots) = restored.unwrap_or_else(|error| panic!("{at}, then: {error}"));
        for (size, slot) in gone {
            assert!(found < *size || !slots.contains(slot), "{at}: {found}");
        }
        found
    }
}

/// Ends a refresh behind each of its syncs, erases a record, and ends the next one behind each.
fn end_twice(before: &Book, gone: &[(u64, [u8; 32])], erased: &Noted) {
    let (mut once_held, mut ends) = (BTreeSet::new(), 0);
    for syncs in 0.. {
        let once = before.copied();
        if !once.ends_behind(syncs) {
            break;
        }
        if !once_held.insert(once.held()) {
            continue;
        }
        let at = format!("behind {syncs}");
        let first = once.found(gone, &at);
        once.erase(erased.entry);
        let gone = [gone, &[(once.size(), erased.slot)][..]].concat();
        let mut twice_held = BTreeSet::new();
        for syncs in 0.. {
            let twice = once.copied();
            if !twice.ends_behind(syncs) {
                break;
            }
            if !twice_held.insert(twice.held()) {
                continue;
            }
            ends += 1;
            let at = format!("{at}, then behind {syncs}");
            let second = twice.found(&gone, &at);
            assert!(second >= first, "{at}: {second} entries, and {first} before");
            let done = twice.back_up(&twice.path("backup"));
            let done = done.unwrap_or_else(|error| panic!("{at}, then: {error}"));
            assert_eq!(done.note.state, State::Whole, "{at}");
            assert_eq!(twice.found(&gone, &at), twice.size(), "{at}");
        }
    }
    println!("{} ends, and {ends} after them", once_held.len());
    assert!(once_held.len() > 3 && ends > 3 * once_held.len());
}

#[test]
fn two_interruptions_with_an_erasure_between_leave_what_can_be_restored() {
    let book = Book::with_dpo();
    book.note("Before.");
    book.back_up(&book.path("backup")).expect("a backup");
    let erased = book.noted("On the medium when it is erased.");
    end_twice(&book, &[], &erased);
}

#[test]
fn two_interruptions_of_two_erasures_leave_what_can_be_restored() {
    let book = Book::with_dpo();
    let first = book.noted("Erased first.");
    book.back_up(&book.path("backup")).expect("a backup");
    let second = book.noted("Erased between.");
    book.erase(first.entry);
    end_twice(&book, &[(book.size(), first.slot)], &second);
}

/// A refresh ended between a record and its erasure, and the book was put back to before that: what
/// stands on the medium behind the older ground can't be opened, and becomes no ground.
#[test]
fn a_book_that_was_put_back_leaves_what_can_be_restored() {
    let book = Book::with_dpo();
    book.note("Before.");
    let whole = book.back_up(&book.path("backup")).expect("a backup").note;
    let noted = book.noted("Erased, and put back.");
    let back = book.copied();
    book.erase(noted.entry);
    let is_between = |half: &Book| {
        let to = half.path("backup");
        let note = Note::read(&to).expect("read").expect("a note");
        let length = |path: PathBuf| std::fs::metadata(path).expect("a file").len();
        let slots = length(to.join("ledger/bodykeys"));
        !note.forget.is_empty() && slots == length(half.home().ledger().join("bodykeys"))
    };
    let half = (0..20)
        .map(|syncs| {
            let half = book.copied();
            assert!(half.ends_behind(syncs), "{syncs}");
            half
        })
        .find(is_between)
        .expect("slots come before the journal");
    let to = half.path("backup");
    std::fs::copy(back.home().ledger().join("journal"), to.join("ledger/journal")).expect("copied");
    assert_eq!(half.found(&[], "in between"), whole.size);
    for syncs in 0.. {
        let again = back.copied();
        std::fs::remove_dir_all(again.path("backup")).expect("removed");
        copy_all(&to, &again.path("backup"));
        if !again.ends_behind(syncs) {
            assert!(syncs > 3);
            break;
        }
        let at = format!("behind {syncs}");
        assert!(again.found(&[], &at) >= whole.size, "{at}");
        let done = again.back_up(&again.path("backup")).expect("a backup");
        assert_eq!(done.note.state, State::Whole, "{at}");
        assert_eq!(again.found(&[], &at), again.size(), "{at}");
    }
}

#[test]
fn records_that_stand_only_on_an_unfinished_medium_are_not_overwritten() {
    let book = Book::begin();
    book.note("Before.");
    let (older, to) = (book.copied(), book.path("backup"));
    let whole = book.back_up(&to).expect("a backup").note;
    book.note("On the medium alone.");
    book.back_up(&to).expect("a backup");
    // As if it had ended before it was called whole.
    Note { state: State::Unfinished, ..whole }.write(&Quick, &to).expect("a note");
    let journal = to.join("ledger/journal");
    let kept = std::fs::read(&journal).expect("a journal");
    let error = older.back_up(&to).expect_err("the medium has more");
    assert!(error.to_string().contains("is newer than this record book"), "{error}");
    older.note("In its place.");
    older.note("And one more, so that this one is longer.");
    let error = older.back_up(&to).expect_err("the medium has others");
    assert!(error.to_string().contains("differ from byte"), "{error}");
    assert_eq!(std::fs::read(&journal).expect("a journal"), kept);
    // A frame that is not whole is nobody's record.
    std::fs::write(&journal, &kept[..kept.len() - 1]).expect("torn");
    let done = older.back_up(&to).expect("a backup");
    assert_eq!((done.note.state, done.note.size), (State::Whole, 5));
}

/// Another history, from which this book was put back, had these slots overwritten.
#[test]
fn slots_that_the_book_uses_again_are_left_alone() {
    let book = Book::begin();
    book.note("Before.");
    let whole = book.back_up(&book.path("backup")).expect("a backup").note;
    let used = book.noted("In a slot that is named on the medium.");
    for toward in [whole.journal, whole.journal + 1000] {
        let book = book.copied();
        let to = book.path("backup");
        let (state, forget) = (State::Unfinished, [used.place].into_iter().collect());
        let note = Note { state, toward, forget, ..whole.clone() };
        note.write(&Quick, &to).expect("a note");
        let done = book.back_up(&to).expect("a backup");
        assert_eq!((done.note.state, done.note.size), (State::Whole, 4), "{toward}");
        assert!(done.note.forget.is_empty() && Book::restorable(&to).is_ok());
    }
}

#[test]
fn a_place_that_no_file_has_is_overwritten_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger");
    std::fs::create_dir_all(&ledger).expect("a folder");
    std::fs::write(ledger.join("bodykeys"), [9_u8; 64]).expect("slots");
    let (disk, path) = (Quick, folder.path());
    let copy = Copy { disk: &disk, from: path, to: path, progress: &|_| () };
    copy.forget([0, 2, u64::MAX / 32, u64::MAX]).expect("nothing to do");
    assert_eq!(std::fs::read(ledger.join("bodykeys")).expect("slots"), [9; 64]);
}

#[test]
fn where_a_body_does_not_open_no_document_goes_from_the_medium() {
    let book = Book::begin();
    let noted = book.noted("A record.");
    let to = book.path("backup");
    book.back_up(&to).expect("a backup");
    let path = book.home().ledger().join("bodykeys");
    let mut slots = std::fs::read(&path).expect("slots");
    let at = usize::try_from(noted.place).expect("a place") * 32;
    slots[at..at + 32].fill(7);
    std::fs::write(&path, slots).expect("damaged");
    let documents = book.home().ledger().join("documents");
    for document in std::fs::read_dir(documents).expect("a folder") {
        std::fs::remove_file(document.expect("readable").path()).expect("removed");
    }
    let done = book.back_up(&to).expect("a backup");
    assert_eq!((done.note.state, done.report.verdict.absent_documents.len()), (State::Whole, 0));
    assert_eq!(book.held().documents, 1);
}

/// On some file systems `ruth.HELD` and `ruth.held.` are `ruth.held`.
#[test]
fn key_files_that_no_backup_makes_are_left_behind_and_said() {
    let book = Book::begin();
    let from = book.path("backup");
    book.back_up(&from).expect("a backup");
    let agent = "holder = \"ssh-agent\"\n";
    let token = "holder = \"pkcs11\"\nmodule = \"/tmp/theirs.so\"\ntoken = \"t\"\n\
                 serial = \"1\"\nkey = \"a1\"\n";
    for (name, text) in [
        ("ada.held", agent),
        ("amy.held.", token),
        ("bob.held ", token),
        ("eve.Held", agent),
        ("ruth.HELD", token),
        ("sam.held", token),
        ("sam.seen-3-0123abcd.txt", "kept"),
        ("Zoe.pub", "not as it is written"),
        ("a.b.pem", "no name of a person"),
        ("notes.txt", "nothing of ours"),
        ("ruth.pem.part", "half a key"),
    ] {
        std::fs::write(from.join("keys").join(name), text).expect("a file");
    }
    let to = tempfile::tempdir().expect("a folder");
    let home = Home::on(to.path().join("home"), Arc::new(Quick));
    let restored = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
    let restored = restored.expect("restored");
    assert!(restored.done() && restored.keys);
    assert_eq!(restored.on_tokens, ["amy", "bob", "eve", "ruth", "sam"]);
    assert_eq!(restored.left_behind, ["Zoe.pub", "a.b.pem", "notes.txt"]);
    let mut there = Quick.list(&home.keys()).expect("keys");
    there.sort();
    let own = |name: &String| !name.starts_with("amina-okafor.") && name != "log.pem";
    there.retain(own);
    assert_eq!(there, ["ada.held", "sam.seen-3-0123abcd.txt"]);
}

#[test]
fn a_record_book_that_begins_meanwhile_stays_in_its_place() {
    let book = Book::begin();
    book.note("A record.");
    let from = book.path("backup");
    book.back_up(&from).expect("a backup");
    let to = tempfile::tempdir().expect("a folder");
    let home = Home::on(to.path().join("home"), Arc::new(Quick));
    let (ledger, aside) = (home.ledger(), home.path().join("ledger.unused-1"));
    let begins = |_: u64| {
        std::fs::create_dir_all(&ledger).expect("a folder");
        std::fs::write(ledger.join("journal"), [b'x'; 100]).expect("a journal");
    };
    let error = restore(&world(), &home, &from, Reader::default(), None, &begins);
    let error = error.expect_err("there is a record book");
    assert!(error.to_string().contains("holds a record book already"), "{error}");
    assert_eq!(std::fs::read(ledger.join("journal")).expect("a journal"), [b'x'; 100]);
    assert!(!home.path().join("restoring").exists() && !home.path().join("config.toml").exists());

    // One that somebody is just beginning, and then one that nobody went on with.
    std::fs::remove_file(ledger.join("journal")).expect("removed");
    let lock = RealDisk.lock(&ledger.join("lock")).expect("locked").expect("free");
    let error = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
    let error = error.expect_err("somebody is at it");
    assert!(matches!(error, WorkError::Store(StoreError::InUse { .. })), "{error}");
    assert!(ledger.exists() && !aside.exists() && !home.path().join("restoring").exists());
    drop(lock);
    let restored = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
    assert_eq!(restored.expect("restored").unused.as_ref(), Some(&aside));
    assert!(aside.exists());
    assert_eq!(intact(&home), Some(3));

    // What is left of a record book whose journal was lost may open what no backup has.
    std::fs::remove_file(ledger.join("journal")).expect("lost");
    let error = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
    let error = error.expect_err("something is left");
    assert!(matches!(error, WorkError::Store(StoreError::JournalLost { .. })), "{error}");
    assert!(ledger.join("bodykeys").exists());
}

#[test]
fn slots_of_what_was_not_restored_are_overwritten_for_good_before_they_are_removed() {
    let book = Book::begin();
    book.note("A record.");
    let from = book.path("backup");
    book.back_up(&from).expect("a backup");
    let journal = from.join("ledger/journal");
    let mut bytes = std::fs::read(&journal).expect("a journal");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&journal, bytes).expect("damaged");
    let to = tempfile::tempdir().expect("a folder");
    let disk = Ending::behind(usize::MAX);
    let home = Home::on(to.path().join("home"), Arc::new(disk.clone()));
    let restored = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
    assert!(!restored.expect("it was checked").done());
    let slots = home.path().join("restoring/ledger/bodykeys");
    assert!(disk.ends().synced.contains(&(slots, Barrier::CopyForgotten)));
}
