//! The slots from which body keys derive.
//!
//! ```text
//! 0    32  "probity-bodykeys1", then zeros
//! 32·(n+1) 32 slot n: random bytes, or zeros once it was overwritten to forget
//! ```
//!
//! Slots are filled with random bytes and synced in blocks ahead of use, so that they cost
//! an append nothing. A number is used once: a store opened for writing starts behind all
//! slots that the file or the journal knows, whether used or not, so that neither a crash
//! nor a file put back from a backup brings a number up again.
//!
//! What this doesn't protect: whoever reads this file reads every body that isn't erased.

use std::ops::Range;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::barrier::Barrier;
use super::disk::{Disk, DiskFile, How};
use super::{StoreError, fill_random};

const MAGIC: &str = "probity-bodykeys1";
/// How long a slot is.
pub(super) const SLOT: u64 = 32;
/// How many slots whoever opens a ledger fills when the first one is needed.
pub(super) const FIRST_BLOCK: u64 = 32;
const LARGEST_BLOCK: u64 = 4096;

/// The bytes of a slot, wiped when dropped. They are read in place, and moving the pointer leaves no
/// copy behind.
pub(super) type Slot = Box<Zeroizing<[u8; 32]>>;

/// The file of slots.
pub(super) struct Bodykeys {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// The next unused slot and the end of those filled by this opening.
    fresh: Range<u64>,
    block: u64,
}

fn header() -> [u8; 32] {
    let mut header = [0; 32];
    header[..MAGIC.len()].copy_from_slice(MAGIC.as_bytes());
    header
}

impl Bodykeys {
    /// Makes a file without slots. The caller syncs the folder.
    pub(super) fn create(disk: &dyn Disk, path: &Path) -> Result<(), StoreError> {
        disk.replace(path, &header(), Some(Barrier::SlotsHeader))
            .map_err(StoreError::io("writing", path))
    }

    /// Opens the file; `None` when it isn't there.
    pub(super) fn open(disk: &dyn Disk, path: &Path, how: How) -> Result<Option<Self>, StoreError> {
        let file = match disk.open(path, how) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io("opening", path)(error)),
        };
        let mut found = [0; 32];
        let whole = match file.read_exact_at(0, &mut found) {
            Ok(()) => true,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(StoreError::io("reading", path)(error)),
        };
        if !whole || found != header() {
            let found: &[u8] = if whole { &found } else { b"" };
            let format = MAGIC.len() - 1;
            if found.starts_with(&MAGIC.as_bytes()[..format])
                && found[format].is_ascii_digit()
                && found[format] != b'1'
            {
                return Err(StoreError::NewerFormat {
                    path: path.to_owned(),
                    found: format!("format {}", char::from(found[format])),
                    expected: "format 1",
                });
            }
            return Err(StoreError::ForeignFile {
                path: path.to_owned(),
                found: found.escape_ascii().to_string(),
                expected: MAGIC,
            });
        }
        Ok(Some(Self { path: path.to_owned(), file, fresh: 0..0, block: FIRST_BLOCK }))
    }

    /// The bytes of a slot; `None` when the file ends before it.
    pub(super) fn slot(&self, number: u64) -> Result<Option<Slot>, StoreError> {
        let mut slot = Slot::default();
        let Some(offset) = offset(number) else { return Ok(None) };
        match self.file.read_exact_at(offset, &mut slot[..]) {
            Ok(()) => Ok(Some(slot)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(StoreError::io("reading", &self.path)(error)),
        }
    }

    /// Unused slots and their numbers, on the medium already. `used` is the first number that
    /// the journal doesn't know.
    pub(super) fn take(&mut self, used: u64, count: usize) -> Result<Vec<(u64, Slot)>, StoreError> {
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            if self.fresh.is_empty() {
                self.fill(used)?;
            }
            let left = (count - taken.len()) as u64;
            let numbers = self.fresh.start..self.fresh.end.min(self.fresh.start + left);
            self.read(numbers.clone(), &mut taken)?;
            self.fresh.start = numbers.end;
        }
        Ok(taken)
    }

    /// Overwrites with zeros every slot that `live` doesn't name, but for those that are kept
    /// for what comes: what was sealed under them never opens again.
    pub(super) fn forget(&self, live: &dyn Fn(u64) -> bool) -> Result<(), StoreError> {
        let length = self.file.length().map_err(StoreError::io("reading", &self.path))?;
        let filled = length.div_ceil(SLOT).saturating_sub(1);
        let last = if self.fresh.is_empty() { filled } else { self.fresh.start.min(filled) };
        let mut number = 0;
        while number < last {
            let dead = (number..last).take_while(|number| !live(*number)).take(4096).count() as u64;
            if dead > 0 {
                let zeros = vec![0; usize::try_from(dead * SLOT).unwrap_or(0)];
                let at = offset(number).unwrap_or_default();
                self.file.write_at(at, &zeros).map_err(StoreError::io("writing", &self.path))?;
            }
            number += dead.max(1);
        }
        self.file.sync(Barrier::Forgotten).map_err(StoreError::io("syncing", &self.path))
    }

    /// Reads slots that were just filled.
    fn read(&self, numbers: Range<u64>, into: &mut Vec<(u64, Slot)>) -> Result<(), StoreError> {
        let changed = |slot| StoreError::BodykeysChanged { path: self.path.clone(), slot };
        let length = usize::try_from((numbers.end - numbers.start) * SLOT).unwrap_or(0);
        let mut bytes = Zeroizing::new(vec![0; length]);
        let at = offset(numbers.start).ok_or_else(|| changed(numbers.start))?;
        match self.file.read_exact_at(at, &mut bytes) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Err(changed(numbers.start));
            }
            Err(error) => return Err(StoreError::io("reading", &self.path)(error)),
        }
        for (number, slot) in numbers.zip(bytes.as_chunks::<32>().0) {
            if *slot == [0; 32] {
                return Err(changed(number));
            }
            let mut kept = Slot::default();
            kept.copy_from_slice(slot);
            into.push((number, kept));
        }
        Ok(())
    }

    fn fill(&mut self, used: u64) -> Result<(), StoreError> {
        let length = self.file.length().map_err(StoreError::io("reading", &self.path))?;
        // A torn last slot counts as used, too.
        let filled = length.div_ceil(SLOT).saturating_sub(1);
        let start = filled.max(used);
        let block = self.block;
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(block * SLOT).unwrap_or(0)]);
        fill_random(&mut bytes)?;
        let at = offset(start)
            .ok_or(StoreError::BodykeysChanged { path: self.path.clone(), slot: start })?;
        self.file.write_at(at, &bytes).map_err(StoreError::io("writing", &self.path))?;
        self.file.sync(Barrier::Slots).map_err(StoreError::io("syncing", &self.path))?;
        self.fresh = start..start + block;
        self.block = (block * 2).min(LARGEST_BLOCK);
        Ok(())
    }
}

fn offset(number: u64) -> Option<u64> {
    number.checked_add(1)?.checked_mul(SLOT)
}
