//! Beginning a ledger: the order in which its files get there, and what an interrupted beginning
//! leaves.

use std::path::Path;

use super::barrier::Barrier;
use super::bodykeys::{Bodykeys, FIRST_BLOCK, SLOT};
use super::disk::{Disk, How};
use super::{LocalStore, Options, StoreError, journal, lock};

/// How long `bodykeys` is without any slot.
const BODYKEYS_HEADER: u64 = 32;

/// How many slots interrupted beginnings leave at most, though somebody tried again and again: a
/// block each. A ledger in use has more after a few writes.
const SLOTS_LEFT: u64 = 8 * FIRST_BLOCK;

/// How many sealed documents they leave at most.
const DOCUMENTS_LEFT: usize = 256;

impl LocalStore {
    /// Makes an empty ledger in a folder and opens it for writing.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`]; [`StoreError::JournalLost`]; [`StoreError::InUse`]; what the
    /// disk says.
    pub fn create(dir: &Path, writer: &str, options: &Options) -> Result<Self, StoreError> {
        options.check_synced()?;
        Self::created(dir, writer, options).map_err(|error| options.note(error))
    }

    fn created(dir: &Path, writer: &str, options: &Options) -> Result<Self, StoreError> {
        let disk = &*options.disk;
        let documents = dir.join("documents");
        disk.create_dir(&documents).map_err(StoreError::io("making", &documents))?;
        let lock = lock::take(disk, &dir.join("lock"), writer)?;
        Self::check_new(dir, options)?;
        let journal = dir.join("journal");
        if length_of(disk, &journal)? > journal::MAGIC.len() as u64 {
            // Half of a first frame, whose bytes are kept.
            return Self::open_locked(dir, lock, options);
        }
        // Slots that are there may be those of a journal that is found again: they stay, and others
        // are filled behind them.
        let bodykeys = dir.join("bodykeys");
        if length_of(disk, &bodykeys)? <= BODYKEYS_HEADER {
            Bodykeys::create(disk, &bodykeys)?;
        }
        disk.sync_dir(dir, Barrier::SlotsName).map_err(StoreError::io("syncing", dir))?;
        // The journal comes last: where there is one, all the rest is there. Its name is
        // synced while it is opened, with those of the folders above.
        disk.replace(&journal, journal::MAGIC, Some(Barrier::JournalHeader))
            .map_err(StoreError::io("writing", &journal))?;
        Self::open_locked(dir, lock, options)
    }

    /// Whether a ledger can be begun in a folder, which need not be there yet. Writes nothing.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`], [`StoreError::JournalLost`], what the system says.
    pub fn check_new(dir: &Path, options: &Options) -> Result<(), StoreError> {
        let disk = &*options.disk;
        let path = dir.join("journal");
        let length = length_of(disk, &path)?;
        let begun = || disk.open(&path, How::Read).and_then(|file| journal::is_begun(&*file));
        if length > 0 && begun().map_err(StoreError::io("reading", &path))? {
            return Err(StoreError::AlreadyThere(dir.to_owned()));
        }
        // A journal without a whole frame, and no head given out, is an interrupted beginning:
        // nothing was ever acknowledged in it.
        match left_of_lost(disk, dir, length >= journal::MAGIC.len() as u64)? {
            Some(found) => Err(StoreError::JournalLost { path: dir.to_owned(), found }),
            None => Ok(()),
        }
    }
}

/// What tells that a journal was lost. Slots and documents of a first frame that never came may lie
/// beside one that only has its header, but not those of many records.
fn left_of_lost(
    disk: &dyn Disk,
    dir: &Path,
    has_header: bool,
) -> Result<Option<&'static str>, StoreError> {
    let checkpoint = dir.join("checkpoint");
    if disk.exists(&checkpoint).map_err(StoreError::io("opening", &checkpoint))? {
        return Ok(Some("a checkpoint"));
    }
    let (slots, most) = if has_header { (SLOTS_LEFT, DOCUMENTS_LEFT) } else { (0, 0) };
    let bodykeys = length_of(disk, &dir.join("bodykeys"))?;
    if bodykeys > BODYKEYS_HEADER + slots * SLOT {
        return Ok(Some("slots in bodykeys"));
    }
    let documents = dir.join("documents");
    let names = match disk.list(&documents) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        listed => listed.map_err(StoreError::io("reading", &documents))?,
    };
    let is_document =
        |name: &String| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let found = names.iter().filter(|name| is_document(name)).count();
    Ok((found > most).then_some("sealed documents"))
}

/// How long a file is; 0 when it isn't there.
fn length_of(disk: &dyn Disk, path: &Path) -> Result<u64, StoreError> {
    match disk.open(path, How::Read) {
        Ok(file) => file.length().map_err(StoreError::io("reading", path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(StoreError::io("opening", path)(error)),
    }
}
