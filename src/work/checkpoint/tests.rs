//! Real records and real checkpoints over a ledger on a disk that forgets: signing, closing
//! and giving out end at every change, the power fails, another life signs something else in
//! the same place, gives out checkpoints and loses its power, too. No size ever has two
//! roots, and what was signed is there.
//!
//! Settings and keys lie on this machine's disk, which keeps them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::SigningKey;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::records::answers::Answers;
use probity_ledger::verify::ledger::Reader;
use tempfile::TempDir;

use super::give_out;
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, DiskFile, How, RealDisk};
use crate::store::tests::faulty::{Fault, Faulty};
use crate::store::tests::simulated::{Simulated, Survives};
use crate::store::{Mode, Store as _, StoreError};
use crate::work::home::Home;
use crate::work::init::{self, Begin};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::kind;
use crate::work::record::{self, Wanted, open_for_writing};
use crate::work::verify::{self, Asked};
use crate::work::{WorkError, World};

const HEAD: &str = "Amina Okafor";

/// Everything under a folder is on one disk, all else on this machine's.
struct Split {
    folder: PathBuf,
    inside: Faulty,
}

impl Split {
    fn of(&self, path: &Path) -> &dyn Disk {
        if path.starts_with(&self.folder) { &self.inside } else { &RealDisk }
    }
}

impl Disk for Split {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        self.of(path).open(path, how)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        self.of(path).lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.of(path).create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.of(from).rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.of(path).remove(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.of(dir).list(dir)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.of(path).remove_folder(path)
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        self.of(path).sync_dir(path, barrier)
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed([1; 32])
}

/// What people were told.
#[derive(Clone, Default)]
struct Told {
    signed: BTreeMap<u64, EntryHash>,
    given: BTreeMap<u64, RootHash>,
}

struct School {
    folder: TempDir,
    disk: Simulated,
}

impl School {
    /// Entries 0 and 1, all on the medium.
    fn begin() -> Self {
        let folder = TempDir::new().expect("a folder");
        let disk = Simulated::new();
        disk.create_dir(&folder.path().join("home/ledger")).expect("folders");
        let disk = disk.after_power_failure(Survives::Everything);
        let school = Self { folder, disk };
        let home = school.home(&Faulty::new(Arc::new(school.disk.clone())));
        let begin = Begin {
            school: "Northfield Primary School".to_owned(),
            controller: "Governing body".to_owned(),
            name: HEAD.to_owned(),
            role: "headteacher".to_owned(),
            origin: Some("northfield.example/records".to_owned()),
            answers: Answers::default(),
            practice: false,
            continues: None,
        };
        init::begin(&World::real(), &home, &begin, &key()).expect("a record book");
        Keyring::of(&home).import_public(HEAD, &key().public()).expect("a key");
        Self { disk: school.disk.after_power_failure(Survives::Nothing), ..school }
    }

    fn home(&self, ledger: &Faulty) -> Home {
        let path = self.folder.path().join("home");
        let split = Split { folder: path.join("ledger"), inside: ledger.clone() };
        Home::on(path, Arc::new(split))
    }
}

impl Told {
    /// Signs two notes, and gives out a checkpoint after each as `probity checkpoint` does.
    fn live(&mut self, home: &Home, life: &str) -> Result<(), WorkError> {
        let (world, keyring) = (World::real(), Keyring::of(home));
        for number in 0..2 {
            let mut wanted = Wanted::new(kind("note")?, HEAD);
            wanted.answers.set("text", Value::text(format!("{life}, {number}")));
            let reading = Reading::open(home, &Mode::Read)?;
            let prepared = record::prepare(&world, &reading, &keyring, &wanted)?;
            drop(reading);
            for entry in record::sign(&world, home, &prepared, &key())?.entries {
                self.signed.insert(entry.index().0, entry.hash());
            }
            let mut reading = open_for_writing(home, "checkpoint", &world)?;
            let note = give_out(&mut reading, &keyring)?;
            let given = Checkpoint::parse(&note).expect("a checkpoint");
            let before = self.given.insert(given.size.0, given.root);
            assert!(before.is_none_or(|before| before == given.root), "two roots for one size");
        }
        Ok(())
    }

    fn check(&self, home: &Home, what: &str) {
        let mode = Mode::Write("a test".to_owned());
        let mut reading =
            Reading::open(home, &mode).unwrap_or_else(|error| panic!("{what}: {error}"));
        for (index, hash) in &self.signed {
            let found = reading.store.hash(Index(*index));
            assert_eq!(found.ok(), Some(*hash), "{what}: entry {index}");
        }
        for (size, root) in &self.given {
            let kept = reading.store.check_checkpoint(Size(*size), *root);
            kept.unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        let note = give_out(&mut reading, &Keyring::of(home));
        note.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
}

/// A life whose disk fails at a change; only the disk's own words end it.
fn live(school: &School, disk: &Simulated, told: &mut Told, life: &str, at: u64) -> bool {
    let faulty = Faulty::new(Arc::new(disk.clone()));
    // Each life is another one's alternative: what a key remembers of those isn't its past.
    let _ = std::fs::remove_file(school.home(&faulty).keys().join("amina-okafor.seen"));
    faulty.arm(Fault::Power, at);
    match told.live(&school.home(&faulty), life) {
        Ok(())
        | Err(WorkError::Store(
            StoreError::Io { .. } | StoreError::Poisoned(_) | StoreError::SyncFailed(_),
        )) => {}
        Err(error) => panic!("{life}, change {at}: {error}"),
    }
    faulty.heal()
}

#[test]
fn no_size_ever_has_two_roots_wherever_the_power_fails() {
    let school = School::begin();
    let sound = |disk: &Simulated| school.home(&Faulty::new(Arc::new(disk.clone())));
    for at in 0.. {
        let disk = school.disk.after_power_failure(Survives::Everything);
        let mut told = Told::default();
        let struck = live(&school, &disk, &mut told, "one", at);
        for survives in [Survives::Nothing, Survives::Lengths, Survives::Some(at)] {
            let what = format!("change {at}, then {survives:?}");
            told.check(&sound(&disk.after_power_failure(survives)), &what);
            let next = disk.after_power_failure(survives);
            let mut told = told.clone();
            live(&school, &next, &mut told, "two", 5 + 11 * (at % 7));
            let what = format!("{what}, then another life");
            told.check(&sound(&next.after_power_failure(Survives::Some(at))), &what);
        }
        // Only the process ended.
        let mut others = told.clone();
        live(&school, &disk, &mut others, "other", u64::MAX);
        others.check(&sound(&disk.after_power_failure(Survives::Nothing)), "another process");
        if !struck {
            assert_eq!(told.given.len(), 2, "a life without a fault");
            assert!(at > 40, "the power failed {at} times");
            return;
        }
    }
}

/// Else a page that goes on would build on entries, and tell people of entries, that a power cut
/// takes away: after a failed sync, what is read may stand in memory alone.
#[test]
fn after_a_failed_sync_nothing_in_this_process_is_answered() {
    let school = School::begin();
    let (mut syncs, mut others) = (0, 0);
    for at in 0.. {
        let disk = school.disk.after_power_failure(Survives::Everything);
        let faulty = Faulty::new(Arc::new(disk));
        let home = school.home(&faulty);
        let _ = std::fs::remove_file(home.keys().join("amina-okafor.seen"));
        faulty.arm(Fault::Done, at);
        let ended = Told::default().live(&home, "one");
        if !faulty.heal() {
            break;
        }
        let again = || {
            // Whoever asks brings a home of their own making, as the page's parts do.
            let home = home.clone();
            let read = Reading::open(&home, &Mode::Read).err();
            let write = open_for_writing(&home, "a test", &World::real()).err();
            let verified =
                verify::home(&home, &Reader::default(), &Asked::default(), &|_| ()).err();
            [read, write, verified]
        };
        let failed =
            |error: &WorkError| matches!(error, WorkError::Store(StoreError::SyncFailed(_)));
        if ended.as_ref().is_err_and(failed) {
            assert!(again().iter().all(|error| error.as_ref().is_some_and(failed)), "change {at}");
            // Another process looks at what is there.
            Reading::open(&school.home(&faulty), &Mode::Read).expect("another process");
            syncs += 1;
        } else {
            assert!(!again().iter().flatten().any(failed), "change {at}");
            others += 1;
        }
    }
    assert!(syncs > 3 && others > 3, "{syncs} syncs and {others} other changes failed");
}
