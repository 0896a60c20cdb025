//! A backup, a refresh and a restore end at changes that they make ([`changes`]), in every way that a
//! disk can fail. What was whole before can still be restored, and the next try succeeds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::SigningKey;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::answers::Answers;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use super::copy::Copy;
use super::{Done, State, backup, is_backup, media, restore};
use crate::store::tests::faulty::{Fault, Faulty};
use crate::store::tests::quick::Quick;
use crate::work::home::Home;
use crate::work::init::{self, Begin};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::kind;
use crate::work::record::{self, Wanted};
use crate::work::verify::{self, Asked};
use crate::work::{WorkError, World};

mod again;

const HEAD: &str = "Amina Okafor";

const FAULTS: [Fault; 5] = [Fault::Power, Fault::Done, Fault::Lost, Fault::Full, Fault::ReadOnly];

/// The changes at which to end: every one where the process is gone, every third where it goes on with
/// an error after it made the change, and every seventh where it didn't make it.
fn changes(fault: Fault) -> impl Iterator<Item = u64> {
    (0..).step_by(match fault {
        Fault::Power => 1,
        Fault::Done => 3,
        _ => 7,
    })
}

fn world() -> World {
    World::real()
}

fn key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

struct Book {
    folder: tempfile::TempDir,
    disk: Faulty,
}

impl Book {
    /// Entries 0 and 1.
    fn begin() -> Self {
        let book = Self {
            folder: tempfile::tempdir().expect("a folder"),
            disk: Faulty::new(Arc::new(Quick)),
        };
        let begin = Begin {
            school: "Northfield Primary School".to_owned(),
            controller: "Governing body".to_owned(),
            name: HEAD.to_owned(),
            role: "headteacher".to_owned(),
            origin: Some("northfield.example/records".to_owned()),
            answers: Answers::default(),
            continues: None,
            practice: false,
        };
        let home = book.home();
        init::begin(&World::real(), &home, &begin, &key()).expect("a record book");
        Keyring::of(&home).import_public(HEAD, &key().public()).expect("a key");
        book
    }

    fn home(&self) -> Home {
        Home::on(self.folder.path().join("home"), Arc::new(self.disk.clone()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A note with a document.
    fn note(&self, text: &str) {
        let (home, world) = (self.home(), World::real());
        let file = self.path("attached.txt");
        std::fs::write(&file, text).expect("a file");
        let reading = Reading::open(&home, &crate::store::Mode::Read).expect("it opens");
        let mut wanted = Wanted::new(kind("note").expect("a kind"), HEAD);
        wanted.answers.set("text", Value::text(text));
        wanted.attach.push(file);
        let keyring = Keyring::of(&home);
        let prepared = record::prepare(&world, &reading, &keyring, &wanted).expect("prepared");
        drop(reading);
        record::sign(&world, &home, &prepared, &key()).expect("signed");
    }

    fn back_up(&self, to: &Path) -> Result<Done, WorkError> {
        backup(&World::real(), &self.home(), to, true, &|_| ())
    }

    /// The same book and its backup in another folder.
    fn copied(&self) -> Self {
        let book = Self {
            folder: tempfile::tempdir().expect("a folder"),
            disk: Faulty::new(Arc::new(Quick)),
        };
        copy_all(self.folder.path(), book.folder.path());
        // The medium is the one that it was, and only lies elsewhere.
        let list = book.home().path().join("backups.toml");
        if let Ok(text) = std::fs::read_to_string(&list) {
            let folder = |book: &Self| book.folder.path().display().to_string();
            let moved = text.replace(&folder(self), &folder(&book));
            std::fs::write(&list, moved).expect("a list");
        }
        book
    }

    /// Overwrites the last slot, which nothing uses, as an erasure does; what it was.
    fn overwrite_unused(&self) -> [u8; 32] {
        let path = self.home().ledger().join("bodykeys");
        let mut slots = std::fs::read(&path).expect("slots");
        let (_, last) = slots.split_last_chunk_mut::<32>().expect("slots");
        let gone = std::mem::take(last);
        std::fs::write(&path, slots).expect("overwritten");
        assert_ne!(gone, [0; 32]);
        gone
    }

    /// What can be restored of a medium: how many entries, all of them sound.
    fn restorable(from: &Path) -> Result<u64, WorkError> {
        Ok(Self::restored(from)?.0)
    }

    /// The same, with the slots.
    fn restored(from: &Path) -> Result<(u64, Slots), WorkError> {
        let to = tempfile::tempdir().expect("a folder");
        let home = Home::on(to.path().join("restored"), Arc::new(Quick));
        let restored = restore(&world(), &home, from, Reader::default(), None, &|_| ())?;
        let fault = &restored.report.verdict.fault;
        assert!(restored.done(), "{fault:?}");
        assert_eq!(intact(&home), Some(restored.report.verdict.size.0));
        let slots = std::fs::read(home.ledger().join("bodykeys")).expect("slots");
        Ok((restored.report.verdict.size.0, Slots(slots)))
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("readable");
        if path.is_dir() {
            copy_all(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).expect("copied");
        }
    }
}

struct Slots(Vec<u8>);

impl Slots {
    fn contains(&self, slot: &[u8; 32]) -> bool {
        self.0.as_chunks::<32>().0.contains(slot)
    }
}

/// How many entries a home has, if it opens at all.
fn intact(home: &Home) -> Option<u64> {
    if !home.has_ledger() {
        return None;
    }
    let verdict = verify::home(home, &Reader::default(), &Asked::default(), &|_| ());
    let verdict = verdict.expect("it can be verified").verdict;
    assert_eq!(verdict.verdict, Outcome::Intact, "{:?}", verdict.fault);
    assert!(verdict.absent_documents.is_empty(), "{:?}", verdict.absent_documents);
    Some(verdict.size.0)
}

#[test]
fn a_first_backup_that_ends_anywhere_is_none_or_whole_records_and_can_be_made_again() {
    let book = Book::begin();
    book.note("The first.");
    let mut ends = 0;
    for fault in FAULTS {
        for number in changes(fault) {
            let medium = tempfile::tempdir().expect("a folder");
            let to = medium.path().join("new/backup");
            book.disk.arm(fault, number);
            let backed = book.back_up(&to);
            if !book.disk.heal() {
                assert_eq!(backed.expect("nothing failed").note.state, State::Whole);
                break;
            }
            ends += 1;
            let at = format!("{fault:?} at change {number}: {backed:?}");
            // From the first slot that is there, the home knows the medium: it opens something.
            let slots = std::fs::metadata(to.join("ledger/bodykeys")).map_or(0, |file| file.len());
            let known = media(&book.home()).expect("a list");
            assert!(slots <= 32 || known.iter().any(|medium| medium.path == to), "{at}");
            if backed.is_ok_and(|done| done.note.state == State::Whole) {
                assert_eq!(Book::restorable(&to).expect("reported as done"), 3);
            } else if let Ok(found) = Book::restorable(&to) {
                // Nothing was promised; what is there is whole.
                assert!(found <= 3, "{at}");
            }
            let again = book.back_up(&to).unwrap_or_else(|error| panic!("{at}, then: {error}"));
            assert_eq!((again.note.state, again.note.size), (State::Whole, 3), "{at}");
        }
    }
    println!("{ends} ends");
}

#[test]
fn a_refresh_that_ends_anywhere_leaves_what_was_whole_before() {
    let before = Book::begin();
    before.note("Before.");
    before.back_up(&before.path("backup")).expect("a backup");
    before.note("One that is new.");
    before.note("Another.");
    let gone = before.overwrite_unused();
    let mut ends = 0;
    for fault in FAULTS {
        for number in changes(fault) {
            let book = before.copied();
            let to = book.path("backup");
            book.disk.arm(fault, number);
            let backed = book.back_up(&to);
            if !book.disk.heal() {
                break;
            }
            ends += 1;
            let at = format!("{fault:?} at change {number}: {backed:?}");
            let whole = backed.is_ok_and(|done| done.note.state == State::Whole);
            let restored = Book::restored(&to);
            let (found, slots) = restored.unwrap_or_else(|error| panic!("{at}, then: {error}"));
            assert!((3..=5).contains(&found) && (!whole || found == 5), "{at}: {found}");
            // Records that may tell of an erasure never come with what was erased.
            assert!(found < 5 || !slots.contains(&gone), "{at}: {found}");
            let again = book.back_up(&to).unwrap_or_else(|error| panic!("{at}, then: {error}"));
            assert_eq!((again.note.state, again.note.size), (State::Whole, 5), "{at}");
            let (found, slots) = Book::restored(&to).expect("it is whole");
            assert!(found == 5 && !slots.contains(&gone), "{at}");
            let known = media(&book.home()).expect("a list");
            assert_eq!(known.len(), 1, "one medium, whatever happened: {known:?}");
        }
    }
    println!("{ends} ends");
}

#[test]
fn a_restoring_that_ends_anywhere_leaves_no_record_book_or_all_of_it() {
    let book = Book::begin();
    book.note("A record.");
    let from = book.path("backup");
    book.back_up(&from).expect("a backup");
    let (mut ends, mut done) = (0, 0);
    for fault in FAULTS {
        for number in changes(fault) {
            let target = tempfile::tempdir().expect("a folder");
            let disk = Faulty::new(Arc::new(Quick));
            let home = Home::on(target.path().join("new/home"), Arc::new(disk.clone()));
            disk.arm(fault, number);
            let restored = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
            if !disk.heal() {
                assert!(restored.expect("nothing failed").done());
                break;
            }
            ends += 1;
            let at = format!("{fault:?} at change {number}");
            if let Some(found) = intact(&home) {
                assert_eq!(found, 3, "{at}");
                done += 1;
                continue;
            }
            assert!(restored.is_err(), "{at}: reported as done, and nothing is there");
            let again = restore(&world(), &home, &from, Reader::default(), None, &|_| ());
            assert!(again.unwrap_or_else(|error| panic!("{at}, then: {error}")).done());
            assert_eq!(intact(&home), Some(3), "{at}");
            assert!(!home.path().join("restoring").exists(), "{at}");
        }
    }
    println!("{ends} ends, {done} of them behind the last step");
}

#[test]
fn documents_that_nothing_names_go_from_the_medium_too() {
    let book = Book::begin();
    book.note("A record.");
    let to = book.path("backup");
    book.back_up(&to).expect("a backup");
    assert!(is_backup(&to) && !is_backup(book.home().path()));
    let documents = |root: &Path| {
        let found = std::fs::read_dir(root.join("ledger/documents")).expect("a folder");
        found.map(|entry| entry.expect("readable").path()).collect::<Vec<_>>()
    };
    assert_eq!(documents(&to).len(), 1);
    let [mine] = &documents(book.home().path())[..] else { panic!("one document") };
    // Nothing names this one; the other one the book has lost, and the medium keeps it.
    std::fs::write(to.join("ledger/documents").join("ab".repeat(16)), "old").expect("a document");
    std::fs::remove_file(mine).expect("removed");
    std::fs::create_dir_all(to.join("ledger/index")).expect("what a reader of the copy left");
    let done = book.back_up(&to).expect("a backup");
    assert_eq!((done.note.state, done.report.verdict.absent_documents.len()), (State::Whole, 0));
    assert_eq!(documents(&to).len(), 1);
    assert_eq!(documents(&to)[0].file_name(), mine.file_name());
    assert!(!to.join("ledger/index").exists());
}

/// Of a link, what it leads to would stay, and go on telling which documents were named.
#[cfg(unix)]
#[test]
fn an_index_on_the_medium_that_is_a_link_is_told_of() {
    let book = Book::begin();
    let to = book.path("backup");
    book.back_up(&to).expect("a backup");
    let (link, away) = (to.join("ledger/index"), book.path("away"));
    std::fs::create_dir(&away).expect("a folder");
    std::os::unix::fs::symlink(&away, &link).expect("a link");
    let error = book.back_up(&to).expect_err("refused").to_string();
    assert!(error.contains(&format!("found a link to {}", away.display())), "{error}");
    assert!(link.is_symlink() && away.is_dir());
    assert_eq!(Book::restorable(&to).expect("it can be restored"), 2);
    std::fs::remove_file(&link).expect("removed");
    assert_eq!(book.back_up(&to).expect("a backup").note.state, State::Whole);
}

/// Slots that are empty when they are first copied are named in the note, too: the records on the
/// medium may need them until the erasure is there.
#[test]
fn what_is_to_be_forgotten_holds_every_slot_that_is_empty_and_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let slots = |home: &str, filled: &[u8]| {
        let ledger = folder.path().join(home).join("ledger");
        std::fs::create_dir_all(&ledger).expect("a folder");
        let bytes: Vec<u8> = filled.iter().flat_map(|byte| [*byte; 32]).collect();
        std::fs::write(ledger.join("bodykeys"), bytes).expect("slots");
    };
    slots("from", &[9, 1, 0, 0, 2, 0, 0, 3, 0]);
    slots("to", &[9, 1, 0, 7, 2, 0, 7]);
    let disk = Quick;
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let copy = Copy { disk: &disk, from: &from, to: &to, progress: &|_| () };
    assert_eq!(copy.to_forget(5 * 32).expect("compared"), [3, 5, 6, 8]);
    assert_eq!(copy.to_forget(9 * 32).expect("compared"), [3, 6]);
}

/// A book whose slots are damaged doesn't overwrite those of its backup.
#[test]
fn damaged_slots_leave_the_medium_as_it_was() {
    let book = Book::begin();
    book.note("A record.");
    let to = book.path("backup");
    book.back_up(&to).expect("a backup");
    let slots = book.home().ledger().join("bodykeys");
    let whole = std::fs::read(&slots).expect("slots");
    let copied = std::fs::read(to.join("ledger/bodykeys")).expect("slots");
    let mut zeroed = whole.clone();
    zeroed[32..].fill(0);
    let mut spoilt = whole.clone();
    spoilt[32..].fill(7);
    for damage in [&zeroed[..], &spoilt[..], &whole[..whole.len() - 32]] {
        std::fs::write(&slots, damage).expect("damaged");
        // Where the book can still be opened, the copy is left whole or refused.
        let _ = book.back_up(&to);
        assert_eq!(
            std::fs::read(to.join("ledger/bodykeys")).expect("slots")[..copied.len()],
            copied
        );
    }
}
