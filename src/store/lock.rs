//! One writer at a time. The system's lock on `ledger/lock` decides and ends with its
//! process; what stands in the file only tells people who holds it.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::StoreError;
use super::disk::{Disk, DiskFile, How};

const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(40);

/// The writer's lock on a ledger, held until it is dropped.
pub struct Lock(#[expect(dead_code, reason = "the open file is the lock")] Box<dyn DiskFile>);

impl Lock {
    /// Takes the lock that a file is, waiting briefly, and writes down for whom.
    ///
    /// # Errors
    /// [`StoreError::InUse`], and what the disk says.
    pub fn take(disk: &dyn Disk, path: &Path, command: &str) -> Result<Self, StoreError> {
        take(disk, path, command)
    }

    /// The same for a file of which there may be two writers on a machine, where the file system has
    /// locks. Some network drives have none; there, two at once are not kept apart.
    ///
    /// # Errors
    /// [`StoreError::InUse`].
    pub fn take_if_any(
        disk: &dyn Disk,
        path: &Path,
        command: &str,
    ) -> Result<Option<Self>, StoreError> {
        match take(disk, path, command) {
            Err(busy @ StoreError::InUse { .. }) => Err(busy),
            taken => Ok(taken.ok()),
        }
    }
}

/// Takes the lock, waiting briefly, and writes down for whom.
pub(super) fn take(disk: &dyn Disk, path: &Path, command: &str) -> Result<Lock, StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(file) = disk.lock(path).map_err(StoreError::io("locking", path))? {
            let holder = format!("process {} ({command})\n", std::process::id());
            file.set_len(0)
                .and_then(|()| file.write_at(0, holder.as_bytes()))
                .map_err(StoreError::io("writing", path))?;
            return Ok(Lock(file));
        }
        if waited >= PATIENCE {
            return Err(StoreError::InUse { holder: holder(disk, path) });
        }
        sleep(PAUSE);
        waited += PAUSE;
    }
}

/// What the file says; some systems let nobody read a locked file.
fn holder(disk: &dyn Disk, path: &Path) -> String {
    let mut bytes = [0; 256];
    let read =
        disk.open(path, How::Read).and_then(|file| file.read_at(0, &mut bytes)).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..read]);
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return "a process that left no name".to_owned();
    }
    line.chars().filter(|c| !c.is_control()).collect()
}
