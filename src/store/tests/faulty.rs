//! A disk whose calls fail when they are told to, over any other disk.
//!
//! Every change (a write, a length, a new file or folder, a rename, a removal, a sync) and
//! every reading call has a number. A write is two changes, so that it can also fail in its
//! middle.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::barrier::Barrier;
use super::super::disk::{Disk, DiskFile, How};

/// What a call says that was made to fail and might be tried again.
pub const INJECTED: &str = "an injected fault";

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// One change doesn't happen.
    Lost,
    /// One change happens and is reported as failed.
    Done,
    /// From this change on, nothing that takes up room.
    Full,
    /// From this change on, no change at all: the system has made the disk read-only.
    ReadOnly,
    /// From this change on, the process isn't there any more.
    Power,
    /// One reading call.
    Reading,
}

#[derive(Default)]
struct Plan {
    fault: Option<(Fault, u64)>,
    changes: u64,
    readings: u64,
    struck: bool,
}

/// The disk. Clones follow the same plan.
#[derive(Clone)]
pub struct Faulty {
    inner: Arc<dyn Disk>,
    plan: Arc<Mutex<Plan>>,
}

impl Faulty {
    pub fn new(inner: Arc<dyn Disk>) -> Self {
        Self { inner, plan: Arc::default() }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the call of that number fail, counted from now.
    pub fn arm(&self, fault: Fault, number: u64) {
        *self.plan() = Plan { fault: Some((fault, number)), ..Plan::default() };
    }

    /// From here on all is well; whether the fault has struck.
    pub fn heal(&self) -> bool {
        std::mem::take(&mut *self.plan()).struck
    }

    /// Does a change, unless its turn to fail has come.
    fn change<T>(&self, grows: bool, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let mut plan = self.plan();
        let number = plan.changes;
        plan.changes += 1;
        let error = match plan.fault {
            Some((Fault::Lost, at)) if at == number => io::Error::other(INJECTED),
            Some((Fault::Done, at)) if at == number => {
                act()?;
                io::Error::other(INJECTED)
            }
            Some((Fault::Full, at)) if number >= at && grows => io::ErrorKind::StorageFull.into(),
            Some((Fault::ReadOnly, at)) if number >= at => io::ErrorKind::ReadOnlyFilesystem.into(),
            Some((Fault::Power, at)) if number >= at => io::Error::other("no power"),
            _ => return act(),
        };
        plan.struck = true;
        Err(error)
    }

    fn reading<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let mut plan = self.plan();
        let number = plan.readings;
        plan.readings += 1;
        if matches!(plan.fault, Some((Fault::Reading, at)) if at == number) {
            plan.struck = true;
            return Err(io::Error::other(INJECTED));
        }
        act()
    }

    fn is_read_only(&self) -> bool {
        let mut plan = self.plan();
        let read_only = matches!(plan.fault, Some((Fault::ReadOnly, at)) if plan.changes >= at);
        plan.struck |= read_only;
        read_only
    }
}

struct FaultyFile(Box<dyn DiskFile>, Faulty);

impl DiskFile for FaultyFile {
    fn length(&self) -> io::Result<u64> {
        self.1.reading(|| self.0.length())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.reading(|| self.0.read_at(offset, buffer))
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        self.1.change(true, || self.0.write_at(offset, first))?;
        self.1.change(true, || self.0.write_at(offset + first.len() as u64, second))
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.1.change(false, || self.0.set_len(length))
    }

    fn sync(&self, barrier: Barrier) -> io::Result<()> {
        self.1.change(false, || self.0.sync(barrier))
    }
}

impl Disk for Faulty {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        if how != How::Read && self.is_read_only() {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let file = if how == How::Create && !self.inner.exists(path)? {
            self.change(true, || self.inner.open(path, how))?
        } else {
            self.reading(|| self.inner.open(path, how))?
        };
        Ok(Box::new(FaultyFile(file, self.clone())))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        let lock = self.change(true, || self.inner.lock(path))?;
        Ok(lock.map(|file| Box::new(FaultyFile(file, self.clone())) as Box<dyn DiskFile>))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.change(true, || self.inner.create_dir(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(false, || self.inner.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(false, || self.inner.remove(path))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.reading(|| self.inner.list(dir))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.change(false, || self.inner.remove_folder(path))
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        self.change(false, || self.inner.sync_dir(path, barrier))
    }
}
