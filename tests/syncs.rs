//! What a ledger rests on outside its own folder, settings and keys, is on the medium before
//! its first entry is written; a key before anybody is told of it; and so a backup, the list of
//! backups, the policy, what the page keeps, and files that are handed out.
//!
//! The disk here is this machine's. It writes down what is changed and what is synced, and is
//! deaf to one barrier if asked. (`src/store/tests` has a disk that really forgets; settings
//! and keys are not read through it.)

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use probity::store::barrier::Barrier;
use probity::store::disk::{Disk, DiskFile, How, RealDisk};
use probity::work::World;
use probity::work::backup::{self, State};
use probity::work::bag;
use probity::work::home::{self, Home};
use probity::work::init::{self, Begin};
use probity::work::keyring::Keyring;
use probity::work::record::CaseChoice;
use probity::work::witnesses::{self, Wanted};
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::records::answers::Answers;
use probity_ledger::verify::ledger::Reader;
use support::{HEAD, School};
use zeroize::Zeroizing;

mod support;

/// What would be lost if the power failed now, and what was already missing when the first
/// frame was synced.
#[derive(Default)]
struct Notes {
    contents: BTreeSet<PathBuf>,
    names: BTreeSet<PathBuf>,
    at_first_frame: Option<Vec<PathBuf>>,
    /// What was missing whenever something was waited for.
    at: Vec<(Barrier, Vec<PathBuf>)>,
}

impl Notes {
    fn unsynced(&self) -> Vec<PathBuf> {
        self.contents.union(&self.names).cloned().collect()
    }
}

#[derive(Clone, Default)]
struct Noting {
    notes: Arc<Mutex<Notes>>,
    deaf: Option<Barrier>,
}

impl Noting {
    fn note(&self, act: impl FnOnce(&mut Notes)) {
        act(&mut self.notes.lock().expect("one thread"));
    }
}

struct NotingFile(Box<dyn DiskFile>, PathBuf, Noting);

impl DiskFile for NotingFile {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.2.note(|notes| {
            notes.contents.insert(self.1.clone());
        });
        self.0.write_at(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.2.note(|notes| {
            notes.contents.insert(self.1.clone());
        });
        self.0.set_len(length)
    }

    fn sync(&self, barrier: Barrier) -> io::Result<()> {
        self.2.note(|notes| {
            if self.2.deaf != Some(barrier) {
                notes.contents.remove(&self.1);
            }
            let unsynced = notes.unsynced();
            notes.at.push((barrier, unsynced));
            if barrier == Barrier::Frame && notes.at_first_frame.is_none() {
                notes.at_first_frame = Some(notes.unsynced());
            }
        });
        self.0.sync(barrier)
    }
}

impl Disk for Noting {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        let new = !path.exists();
        let file = RealDisk.open(path, how)?;
        if new {
            self.note(|notes| {
                notes.names.insert(path.to_owned());
            });
        }
        Ok(Box::new(NotingFile(file, path.to_owned(), self.clone())))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        RealDisk.lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let new = path.ancestors().filter(|folder| !folder.exists()).map(Path::to_owned);
        self.note(|notes| notes.names.extend(new));
        RealDisk.create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.note(|notes| {
            notes.names.remove(from);
            notes.names.insert(to.to_owned());
            // A content that is only in memory goes by the new name.
            if notes.contents.remove(from) {
                notes.contents.insert(to.to_owned());
            } else {
                notes.contents.remove(to);
            }
        });
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)?;
        // Until its folder is synced, it may be there again.
        self.note(|notes| {
            notes.names.insert(path.to_owned());
            notes.contents.remove(path);
        });
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let there = path.exists();
        RealDisk.remove_folder(path)?;
        self.note(|notes| {
            notes.names.retain(|name| !name.starts_with(path));
            notes.contents.retain(|file| !file.starts_with(path));
            notes.names.extend(there.then(|| path.to_owned()));
        });
        Ok(())
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        if self.deaf != Some(barrier) {
            self.note(|notes| notes.names.retain(|name| name.parent() != Some(path)));
        }
        RealDisk.sync_dir(path, barrier)
    }

    fn share(&self, path: &Path) -> io::Result<()> {
        RealDisk.share(path)
    }
}

/// A key, and with it a ledger whose first entries it signs. What was not on the medium when
/// the key was acknowledged, and when the first frame was.
fn begin(deaf: Option<Barrier>) -> [Vec<PathBuf>; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Noting { deaf, ..Noting::default() };
    let home = Home::on(folder.path().join("a/b/home"), Arc::new(disk.clone()));
    let (world, keyring) = (World::real(), Keyring::of(&home));
    let passphrase = Zeroizing::new("Quite-long enough 4 tests!".to_owned());
    keyring.create(&world, "Hannah Price", &passphrase).expect("a key");
    let after_key = disk.notes.lock().expect("one thread").unsynced();
    let key = keyring.unlock("Hannah Price", &passphrase).expect("the key opens");
    let begin = Begin {
        school: "Hillside Primary School".to_owned(),
        controller: "Governing Body".to_owned(),
        name: "Hannah Price".to_owned(),
        role: "headteacher".to_owned(),
        origin: Some("hillside.example/records".to_owned()),
        answers: Answers::default(),
        practice: false,
        continues: None,
    };
    init::begin(&world, &home, &begin, &key).expect("a record book");
    let mut notes = disk.notes.lock().expect("one thread");
    let at_first_frame = notes.at_first_frame.take().expect("a frame was synced");
    let inside = |paths: Vec<PathBuf>| {
        let paths = paths
            .into_iter()
            .map(|path| path.strip_prefix(folder.path()).expect("in this folder").to_owned());
        // What the lock says helps people and nothing rests on it.
        paths.filter(|path| !path.ends_with("ledger/lock")).collect()
    };
    [inside(after_key), inside(at_first_frame)]
}

#[test]
fn settings_and_keys_are_on_the_medium_before_the_first_frame() {
    let [after_key, at_first_frame] = begin(None);
    assert_eq!(after_key, [""; 0].map(PathBuf::from));
    assert_eq!(at_first_frame, [""; 0].map(PathBuf::from));
}

#[test]
fn without_any_one_of_their_barriers_something_is_missing() {
    for barrier in Barrier::HOME {
        let [after_key, at_first_frame] = begin(Some(barrier));
        let (at, missing) = match barrier {
            Barrier::Settings => (&at_first_frame, "a/b/home/config.toml"),
            Barrier::Key => (&after_key, "a/b/home/keys/hannah-price.pem"),
            Barrier::KeyName => (&at_first_frame, "a/b/home/keys/log.pem"),
            _ => (&after_key, "a/b/home/keys"),
        };
        assert!(at.iter().any(|path| path == Path::new(missing)), "{barrier:?}: {at:?}");
    }
}

/// The promises of a backup, a refresh with a slot overwritten, or a restoring that a
/// failure of the power could break, with the files that would be missing.
fn broken(deaf: Option<Barrier>) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let real = School::begin(folder.path(), World::real()).expect("a record book");
    let file = real.file("attached.txt", "attached").expect("a file");
    real.note(HEAD, "With a file.", CaseChoice::Unsaid, Some(file.clone())).expect("signed");
    let disk = Noting { deaf, ..Noting::default() };
    let home = Home::on(real.home.path().to_owned(), Arc::new(disk.clone()));
    let medium = folder.path().join("stick/backup");
    let back_up = || {
        let done = backup::backup(&World::real(), &home, &medium, true, &|_| ());
        assert_eq!(done.expect("a backup").note.state, State::Whole);
    };
    back_up();
    // Until it was whole once, nothing is promised of the medium.
    let first = disk.notes.lock().expect("one thread").at.len();
    // This one nothing names, and a reader of the copy left an index.
    let gone = medium.join("ledger/documents").join("ab".repeat(16));
    let index = medium.join("ledger/index");
    std::fs::write(&gone, "old").expect("a document");
    std::fs::create_dir(&index).expect("a folder");
    let slots = real.home.ledger().join("bodykeys");
    let mut bytes = std::fs::read(&slots).expect("slots");
    let unused = bytes.len() - 32;
    bytes[unused..].fill(0);
    std::fs::write(&slots, bytes).expect("overwritten");
    real.note(HEAD, "With another.", CaseChoice::Unsaid, Some(file)).expect("signed");
    back_up();
    let (at, left) = {
        let notes = disk.notes.lock().expect("one thread");
        (notes.at.clone(), notes.unsynced())
    };
    let inside = |path: &Path, what: &str| path.starts_with(medium.join(what));
    // From the first slot that is on it, the home knows the medium.
    let list = real.home.path().join("backups.toml");
    let slots = at.iter().find(|(barrier, _)| *barrier == Barrier::CopySlots);
    if slots.expect("slots were copied").1.contains(&list) {
        return Some("CopySlots: backups.toml".to_owned());
    }
    let whole = at.iter().rposition(|(barrier, _)| *barrier == Barrier::BackupNote);
    let mut broken = Vec::new();
    for (number, (barrier, missing)) in at.iter().enumerate().skip(first) {
        let promised = |path: &&PathBuf| match barrier {
            // Nothing is changed on a backup that still calls itself whole.
            Barrier::CopySlots => path.ends_with("backup.toml"),
            Barrier::CopyJournal => {
                inside(path, "ledger/bodykeys")
                    || inside(path, "ledger/documents") && !path.ends_with("ledger/documents")
            }
            Barrier::CopyForgotten => path.ends_with("ledger/journal") && inside(path, "ledger"),
            Barrier::BackupNote => {
                Some(number) == whole
                    && inside(path, "")
                    && !path.ends_with("backup.toml.part")
                    && !path.ends_with("ledger/lock")
            }
            _ => false,
        };
        let missing: Vec<_> = missing.iter().filter(promised).collect();
        if !missing.is_empty() {
            broken.push(format!("{barrier:?}: {missing:?}"));
        }
    }
    if !broken.is_empty() {
        return Some(broken.join("; "));
    }
    let own = |path: &&PathBuf| !path.ends_with("ledger/lock") && !path.ends_with("restore.lock");
    if left.contains(&list) {
        return Some("at the end: backups.toml".to_owned());
    }
    assert!(!gone.exists() && !index.exists(), "they stay on the medium");
    let left = left.into_iter().filter(|path| !path.starts_with(real.home.path()));
    if let Some(path) = left.collect::<Vec<_>>().iter().find(own) {
        return Some(format!("at the end: {}", path.display()));
    }
    let disk = Noting { deaf, ..Noting::default() };
    let home = Home::on(folder.path().join("new/home"), Arc::new(disk.clone()));
    backup::restore(&World::real(), &home, &medium, Reader::default(), None, &|_| ())
        .expect("restored");
    let (at, left) = {
        let notes = disk.notes.lock().expect("one thread");
        (notes.at.clone(), notes.unsynced())
    };
    // Whatever becomes of the list, the record book is there, and somebody writes in it.
    let ledger = home.ledger();
    if at.iter().any(|(barrier, missing)| *barrier == Barrier::Media && missing.contains(&ledger)) {
        return Some(format!("restored, before the list: {}", ledger.display()));
    }
    // What is left of its slots was overwritten on the medium.
    let stage = home.path().join("restoring");
    let left = left.into_iter().filter(|path| !path.starts_with(&stage));
    left.collect::<Vec<_>>().iter().find(own).map(|path| format!("restored: {}", path.display()))
}

#[test]
fn a_backup_and_what_is_restored_are_on_the_medium_before_they_are_called_whole() {
    assert_eq!(broken(None), None);
}

#[test]
fn without_any_one_of_its_barriers_a_copy_is_not_whole() {
    for barrier in Barrier::COPY {
        let missing = broken(Some(barrier));
        let expected: &[&str] = match barrier {
            Barrier::BackupNote | Barrier::BackupNoteName => &["backup.toml"],
            Barrier::CopySlots | Barrier::CopyForgotten => &["ledger/bodykeys"],
            // Names that came, and two that went.
            Barrier::CopyNames => &["ledger/bodykeys", "documents/abab", "ledger/index"],
            Barrier::CopyDocument | Barrier::CopyDocumentNames => &["ledger/documents/"],
            Barrier::CopyJournal => &["ledger/journal"],
            Barrier::CopyFolder => &["stick"],
            Barrier::RestoredName => &["home/ledger"],
            Barrier::MediaName => &["CopySlots: backups.toml"],
            _ => &["backups.toml"],
        };
        let missing = missing.unwrap_or_else(|| panic!("nothing breaks without {barrier:?}"));
        println!("{barrier:?}: {missing}");
        assert!(expected.iter().all(|name| missing.contains(name)), "{barrier:?}: {missing}");
    }
}

/// The policy that names a school's witnesses is whole after a crash, the old one or the new; and
/// the new one, once it is said that a witness was added.
#[test]
fn a_policy_is_on_the_medium_before_a_witness_counts_as_added() {
    let unsynced = |deaf| {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Noting { deaf, ..Noting::default() };
        let home = Home::on(folder.path().to_owned(), Arc::new(disk.clone()));
        home.create(false).expect("a home");
        let key = probity_keys::SigningKey::from_seed([3; 32]).public();
        let key = WitnessKey::new("borough.example", key).expect("a name").to_string();
        witnesses::add(&home, &Wanted { vkey: &key, name: None, url: None }).expect("added");
        let notes = disk.notes.lock().expect("one thread");
        let policy = folder.path().join("policy.txt");
        [notes.contents.contains(&policy), notes.names.contains(&policy)]
    };
    assert_eq!(unsynced(None), [false, false]);
    assert_eq!(unsynced(Some(Barrier::Policy)), [true, false]);
    assert_eq!(unsynced(Some(Barrier::PolicyName)), [false, true]);
}

/// Else a draft is empty in the morning, failed unlockings are not counted, and a statement that
/// somebody was told is signed isn't in its file.
#[test]
fn files_of_the_page_and_files_that_are_handed_out_are_on_the_medium_before_anybody_is_told() {
    let unsynced = |deaf| {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Noting { deaf, ..Noting::default() };
        let (draft, statement) =
            (folder.path().join("page/draft.json"), folder.path().join("statement.zip"));
        home::replace_private_on(&disk, &draft, b"{}").expect("kept");
        let files = [("text.txt".to_owned(), b"a statement".to_vec())].into();
        let part = bag::write_part(&World::real(), &statement, "top", &files).expect("written");
        // What is written to it goes past this disk.
        disk.note(|notes| _ = notes.contents.insert(part.path().to_owned()));
        part.keep_on(&disk, &statement).expect("kept");
        let notes = disk.notes.lock().expect("one thread");
        [&draft, &statement].map(|path| (notes.contents.contains(path), notes.names.contains(path)))
    };
    let sound = (false, false);
    assert_eq!(unsynced(None), [sound, sound]);
    for barrier in Barrier::FILES {
        let expected = match barrier {
            Barrier::Private => [(true, false), sound],
            Barrier::PrivateName => [(false, true), sound],
            Barrier::Out => [sound, (true, false)],
            _ => [sound, (false, true)],
        };
        assert_eq!(unsynced(Some(barrier)), expected, "{barrier:?}");
    }
}
