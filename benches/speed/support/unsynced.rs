//! This machine's disk, but nothing waits for it: what an append costs beside the sync.

use std::io;
use std::path::Path;

use probity::store::barrier::Barrier;
use probity::store::disk::{Disk, DiskFile, How, RealDisk};

/// A disk whose syncs do nothing.
pub struct Unsynced;

struct File(Box<dyn DiskFile>);

impl Disk for Unsynced {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File(RealDisk.open(path, how)?)))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        RealDisk.lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)
    }

    fn sync_dir(&self, _path: &Path, _: Barrier) -> io::Result<()> {
        Ok(())
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, bytes)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync(&self, _: Barrier) -> io::Result<()> {
        Ok(())
    }
}
