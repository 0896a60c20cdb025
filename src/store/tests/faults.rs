//! Every write, sync and rename fails once, in two ways: it didn't happen, or it happened
//! and was reported as failed. Whatever was acknowledged must be there afterwards.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::super::disk::{Disk, DiskFile, How, RealDisk};
use super::*;

#[derive(Clone)]
struct Faulty {
    left: Arc<AtomicI64>,
    kept: bool,
}

impl Faulty {
    /// Does it, unless its turn to fail has come.
    fn turn<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.left.fetch_sub(1, Ordering::Relaxed) != 0 {
            return act();
        }
        if self.kept {
            act()?;
        }
        Err(io::Error::other("an injected fault"))
    }
}

struct FaultyFile(Box<dyn DiskFile>, Faulty);

impl DiskFile for FaultyFile {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // What didn't happen happened by half.
        let half = || self.0.write_at(offset, &bytes[..bytes.len() / 2]);
        let mut done = false;
        let written = self.1.turn(|| {
            done = true;
            self.0.write_at(offset, bytes)
        });
        if done { written } else { half().and(written) }
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.1.turn(|| self.0.set_len(length))
    }

    fn sync(&self) -> io::Result<()> {
        self.1.turn(|| self.0.sync())
    }
}

impl Disk for Faulty {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        let file = RealDisk.open(path, how)?;
        Ok(Box::new(FaultyFile(file, self.clone())))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        RealDisk.lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.turn(|| RealDisk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.turn(|| RealDisk.sync_dir(path))
    }
}

/// Appends until something fails; how many entries were acknowledged.
fn work(home: &Path, disk: &Faulty) -> (u64, bool) {
    let options = Options { disk: Arc::new(disk.clone()), ..options() };
    let mut acknowledged = 0;
    for size in [3, 9] {
        let opened = if size == 3 {
            LocalStore::create(home, "a test", &options)
        } else {
            LocalStore::open(home, &writer(), &options)
        };
        let Ok(mut store) = opened else { return (acknowledged, true) };
        while store.head().size.0 < size {
            let next = store.head().size.0;
            let attachments = vec![attachment(format!("document {next}").as_bytes())];
            let batch = vec![NewEntry { attachments, ..new(next) }, new(next + 1)];
            match store.append(store.head(), batch) {
                Ok(head) => acknowledged = head.size.0,
                Err(StoreError::Poisoned(_)) => {
                    let again = store.append(store.head(), vec![new(next)]);
                    assert!(matches!(again, Err(StoreError::Poisoned(_))));
                    assert!(matches!(store.entry(Index(0)), Err(StoreError::Poisoned(_))));
                    return (acknowledged, true);
                }
                Err(_) => return (acknowledged, true),
            }
            if store.keep_checkpoint(format!("{acknowledged}").as_bytes()).is_err() {
                return (acknowledged, true);
            }
        }
    }
    (acknowledged, false)
}

#[test]
fn what_was_acknowledged_survives_any_fault() {
    for kept in [false, true] {
        for turn in 0.. {
            let home = TempDir::new().expect("a folder");
            let disk = Faulty { left: Arc::new(AtomicI64::new(turn)), kept };
            let (acknowledged, _) = work(home.path(), &disk);
            let spared = disk.left.load(Ordering::Relaxed) >= 0;
            let opened = open(home.path(), &writer());
            let mut store = match opened {
                Ok(store) => store,
                Err(StoreError::NoLedger(_)) if acknowledged == 0 => create(home.path()),
                Err(error) => panic!("turn {turn}, kept {kept}: {error}"),
            };
            let size = store.head().size.0;
            let once_more = size == acknowledged || size == acknowledged + 2;
            assert!(once_more, "turn {turn}, kept {kept}: {size} of {acknowledged}");
            grow(&mut store, size + 2);
            let mut slots = std::collections::BTreeSet::new();
            for stored in all(&store).expect("read") {
                let number = stored.index.0;
                assert_eq!(stored.entry, words(number).into_bytes());
                assert!(slots.insert(stored.slot));
                let body = store.body(stored.index).expect("opens").expect("not erased");
                for document in body.documents {
                    let read = store.document(stored.index, document.sha256).expect("opens");
                    assert_eq!(read, Some(format!("document {number}").into_bytes()));
                }
            }
            drop(store);
            assert!(open(home.path(), &Mode::Read).expect("opened").damage().is_none());
            if spared {
                assert!(turn > 40, "faults were injected");
                break;
            }
        }
    }
}
