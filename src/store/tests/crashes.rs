//! The power fails before every single change to the disk, and the disk then has only what
//! was synced, or that and some of the rest. Whatever was acknowledged must be there.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::disk::{Disk, DiskFile, How, parent};
use super::*;

/// What a crash leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaves {
    Nothing,
    Contents,
    Names,
    Everything,
    /// Files have their new length, but the new bytes are zeros.
    Lengths,
}

#[derive(Clone, Default)]
struct Content {
    now: Vec<u8>,
    synced: Vec<u8>,
}

type File = Arc<Mutex<Content>>;

#[derive(Default)]
struct Medium {
    now: BTreeMap<PathBuf, File>,
    synced: BTreeMap<PathBuf, File>,
    /// Changes until the power fails.
    left: u32,
}

#[derive(Clone)]
struct Forgetful(Arc<Mutex<Medium>>);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Forgetful {
    fn new(left: u32) -> Self {
        Self(Arc::new(Mutex::new(Medium { left, ..Medium::default() })))
    }

    /// The medium, unless the power has failed.
    fn change(&self) -> io::Result<MutexGuard<'_, Medium>> {
        let mut medium = locked(&self.0);
        medium.left = medium.left.checked_sub(1).ok_or_else(|| io::Error::other("no power"))?;
        Ok(medium)
    }

    /// The disk after the power is back; without power again after `left` changes.
    fn crash(&self, leaves: Leaves, left: u32) -> Self {
        let medium = locked(&self.0);
        let names = match leaves {
            Leaves::Names | Leaves::Everything => &medium.now,
            _ => &medium.synced,
        };
        let copy = |file: &File| {
            let content = locked(file);
            let mut bytes = match leaves {
                Leaves::Contents | Leaves::Everything => content.now.clone(),
                Leaves::Nothing | Leaves::Names | Leaves::Lengths => content.synced.clone(),
            };
            if leaves == Leaves::Lengths {
                bytes.resize(content.now.len(), 0);
            }
            Arc::new(Mutex::new(Content { now: bytes.clone(), synced: bytes }))
        };
        let now: BTreeMap<_, _> = names.iter().map(|(k, file)| (k.clone(), copy(file))).collect();
        Self(Arc::new(Mutex::new(Medium { synced: now.clone(), now, left })))
    }
}

struct Open(File, Forgetful);

impl DiskFile for Open {
    fn length(&self) -> io::Result<u64> {
        Ok(locked(&self.0).now.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let content = locked(&self.0);
        let start =
            usize::try_from(offset).map_or(content.now.len(), |at| at.min(content.now.len()));
        let read = buffer.len().min(content.now.len() - start);
        buffer[..read].copy_from_slice(&content.now[start..start + read]);
        Ok(read)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // The power may fail in the middle of a write, too.
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        for (start, part) in [(start, first), (start + first.len(), second)] {
            let _medium = self.1.change()?;
            let mut content = locked(&self.0);
            let length = content.now.len().max(start + part.len());
            content.now.resize(length, 0);
            content.now[start..start + part.len()].copy_from_slice(part);
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let _medium = self.1.change()?;
        locked(&self.0).now.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let _medium = self.1.change()?;
        let mut content = locked(&self.0);
        content.synced = content.now.clone();
        Ok(())
    }
}

impl Disk for Forgetful {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        let found = locked(&self.0).now.get(path).cloned();
        let file = match (found, how) {
            (Some(file), _) => file,
            (None, How::Create) => {
                Arc::clone(self.change()?.now.entry(path.to_owned()).or_default())
            }
            (None, _) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Box::new(Open(file, self.clone())))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        self.open(path, How::Create).map(Some)
    }

    fn create_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut medium = self.change()?;
        let file = medium.now.remove(from).ok_or(io::ErrorKind::NotFound)?;
        medium.now.insert(to.to_owned(), file);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change()?.now.remove(path).map(drop).ok_or(io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.change()?;
        let within = |name: &PathBuf| parent(name) == path;
        let here: Vec<_> = medium
            .now
            .iter()
            .filter(|(name, _)| within(name))
            .map(|(n, f)| (n.clone(), f.clone()))
            .collect();
        medium.synced.retain(|name, _| !within(name));
        medium.synced.extend(here);
        Ok(())
    }
}

fn with(disk: &Forgetful) -> Options {
    Options { disk: Arc::new(disk.clone()), ..options() }
}

/// What was acknowledged: entries, and the newest checkpoint.
#[derive(Clone, Copy, Default, Debug)]
struct Acknowledged {
    size: u64,
    checkpoint: u64,
}

/// Opens (or makes) the ledger and appends to it until `size` or until the power fails.
fn work(disk: &Forgetful, size: u64, seen: &mut Acknowledged) -> Result<(), StoreError> {
    let home = Path::new("home/ledger");
    let mut store = match LocalStore::open(home, &writer(), &with(disk)) {
        Err(StoreError::NoLedger(_)) if seen.size == 0 => {
            LocalStore::create(home, "a test", &with(disk))?
        }
        opened => opened?,
    };
    while store.head().size.0 < size {
        let next = store.head().size.0;
        let attachments = vec![attachment(format!("document {next}").as_bytes())];
        let batch = vec![NewEntry { attachments, ..new(next) }, new(next + 1)];
        seen.size = store.append(store.head(), batch)?.size.0;
        store.keep_checkpoint(&seen.size.to_be_bytes())?;
        seen.checkpoint = seen.size;
    }
    Ok(())
}

fn check(disk: &Forgetful, seen: &Acknowledged, what: &str) {
    let opened = LocalStore::open(Path::new("home/ledger"), &writer(), &with(disk));
    let store = match opened {
        Ok(store) => store,
        Err(StoreError::NoLedger(_)) if seen.size == 0 => return,
        Err(error) => panic!("{what}: {error}"),
    };
    let size = store.head().size.0;
    assert!(size == seen.size || size == seen.size + 2, "{what}: {size} of {}", seen.size);
    let note = store.checkpoint().expect("read").map_or(0, |note| {
        u64::from_be_bytes(note.try_into().expect("a checkpoint is replaced whole"))
    });
    assert!((seen.checkpoint..=size).contains(&note), "{what}: checkpoint of {note}");
    let mut slots = BTreeSet::new();
    for stored in all(&store).expect("read") {
        assert_eq!(stored.entry, words(stored.index.0).into_bytes());
        assert!(slots.insert(stored.slot), "{what}: slot {} twice", stored.slot);
        let body = store.body(stored.index).expect("opens").expect("not erased");
        assert_eq!(body.documents.len(), usize::from(stored.index.0 % 2 == 0));
        for document in body.documents {
            let read = store.document(stored.index, document.sha256).expect("opens");
            assert_eq!(read, Some(format!("document {}", stored.index).into_bytes()));
        }
    }
}

#[test]
fn what_was_acknowledged_survives_any_crash() {
    use Leaves::{Contents, Everything, Lengths, Names, Nothing};
    for left in 0.. {
        let disk = Forgetful::new(left);
        let mut seen = Acknowledged::default();
        let finished = work(&disk, 8, &mut seen).is_ok();
        for leaves in [Nothing, Contents, Names, Everything, Lengths] {
            let what = format!("{left} changes, {leaves:?} left");
            check(&disk.crash(leaves, u32::MAX), &seen, &what);
            // And once more, while it recovers and goes on.
            for again in (0..60).step_by(7) {
                let second = disk.crash(leaves, again);
                let mut seen = seen;
                let _ = work(&second, seen.size + 4, &mut seen);
                let what = format!("{what}, then {again} more");
                let third = second.crash(Nothing, u32::MAX);
                check_after(&third, &seen, &what);
            }
        }
        // Only the process ended: the next one finds all of it, and then the power fails.
        locked(&disk.0).left = u32::MAX;
        if let Ok(store) = LocalStore::open(Path::new("home/ledger"), &writer(), &with(&disk)) {
            let found = Acknowledged { size: store.head().size.0, ..seen };
            drop(store);
            check(&disk.crash(Nothing, u32::MAX), &found, &format!("killed after {left} changes"));
        }
        if finished {
            assert!(left > 100, "the power failed often");
            return;
        }
    }
}

/// As [`check`], when an unacknowledged batch of the first life may have been kept.
fn check_after(disk: &Forgetful, seen: &Acknowledged, what: &str) {
    let size = LocalStore::open(Path::new("home/ledger"), &Mode::Read, &with(disk))
        .map_or(0, |store| store.head().size.0);
    let size = size.clamp(seen.size, seen.size + 2);
    check(disk, &Acknowledged { size, ..*seen }, what);
}
