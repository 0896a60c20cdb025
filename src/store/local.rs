//! The engine for one machine: a journal, and what derives from it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use probity_keys::wiping_stack;
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::note::MAX_NOTE;
use probity_ledger::format::tree::{Nodes, leaf_hash};

use super::barrier::Barrier;
use super::bodykeys::Bodykeys;
use super::disk::{Disk, DiskFile, How};
use super::erase::{Erase, Forget, NOTHING_LEFT};
use super::error::SLOTS_UNREAD;
use super::evidence;
use super::find::{self, Finder};
use super::frame;
use super::index::{Lookup, Mark};
use super::journal::{Damage, Record};
use super::lock::{self, Lock};
use super::opening::{self, Cut};
use super::options::{Mode, Options, is_sync};
use super::tiles::{self, Tiles};
use super::{
    Evidence, EvidenceForm, Head, NewEntry, Opened, RawJournal, ReadTerms, Store, StoreError,
    Stored, Term, raw,
};

/// A ledger in a folder. See the [module](super) for what is durable when.
pub struct LocalStore {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) dir: PathBuf,
    pub(super) terms: ReadTerms,
    pub(super) forget: Forget,
    pub(super) journal: Box<dyn DiskFile>,
    pub(super) bodykeys: Option<Bodykeys>,
    /// Why the slots can't be read, if the disk says no.
    unread: Option<String>,
    pub(super) tiles: Tiles,
    lookup: Mutex<Lookup>,
    finder: Mutex<Finder>,
    block: u64,
    /// Held by a writer for as long as the store is open.
    lock: Option<Lock>,
    poisoned: Option<String>,
    failed: Arc<OnceLock<String>>,
    cut: Option<Cut>,
    damage: Option<Damage>,
}

impl LocalStore {
    /// Takes the writer's lock, so that a caller can read what there is (above all the kept
    /// checkpoint) and nobody changes it before [`LocalStore::open_locked`].
    ///
    /// # Errors
    /// [`StoreError::NoLedger`], [`StoreError::JournalLost`], [`StoreError::NewerFormat`],
    /// [`StoreError::ForeignFile`], [`StoreError::InUse`].
    pub fn lock(dir: &Path, writer: &str, options: &Options) -> Result<Lock, StoreError> {
        open_journal(&options.disk, dir, How::Write)?;
        lock::take(&*options.disk, &dir.join("lock"), writer)
    }

    /// Opens a ledger for writing whose lock the caller has taken.
    ///
    /// # Errors
    /// As [`LocalStore::open`].
    pub fn open_locked(dir: &Path, lock: Lock, options: &Options) -> Result<Self, StoreError> {
        Self::open_with(dir, &Mode::Write(String::new()), Some(lock), options)
    }

    /// Opens a ledger. For writing: an end that a crash left is cut ([`LocalStore::recovered`]);
    /// any other damage, and a journal that doesn't continue the checkpoint, is an error. For
    /// reading: what stands before the damage is there, [`LocalStore::damage`] tells.
    ///
    /// # Errors
    /// [`StoreError::NoLedger`], [`StoreError::JournalLost`], [`StoreError::NewerFormat`],
    /// [`StoreError::ForeignFile`]; for writing also [`StoreError::InUse`], [`StoreError::Damaged`],
    /// [`StoreError::DoesNotContinueCheckpoint`], [`StoreError::NoBodykeys`].
    pub fn open(dir: &Path, mode: &Mode, options: &Options) -> Result<Self, StoreError> {
        let lock = match mode {
            Mode::Write(writer) => Some(Self::lock(dir, writer, options)?),
            Mode::Read | Mode::Browse => None,
        };
        Self::open_with(dir, mode, lock, options)
    }

    fn open_with(
        dir: &Path,
        mode: &Mode,
        lock: Option<Lock>,
        options: &Options,
    ) -> Result<Self, StoreError> {
        options.check_synced()?;
        Self::opened_with(dir, mode, lock, options).map_err(|error| options.note(error))
    }

    fn opened_with(
        dir: &Path,
        mode: &Mode,
        lock: Option<Lock>,
        options: &Options,
    ) -> Result<Self, StoreError> {
        let disk = &*options.disk;
        let how = if lock.is_some() { How::Write } else { How::Read };
        let journal = open_journal(&options.disk, dir, how)?;
        let keys_path = dir.join("bodykeys");
        let (mut bodykeys, mut unread) = (None, None);
        match Bodykeys::open(disk, &keys_path, how) {
            Ok(opened) => bodykeys = opened,
            // Entries and proofs can be read without it.
            Err(StoreError::ForeignFile { .. }) if lock.is_none() => {}
            Err(error @ StoreError::Io { .. }) if lock.is_none() => {
                unread = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
        if lock.is_some() && bodykeys.is_none() {
            return Err(StoreError::NoBodykeys(keys_path));
        }

        let mut tiles = opening::load_tiles(disk, dir, &*journal, options.checksums);
        let (mut cut, mut damage) = (None, None);
        if lock.is_some() {
            if let Err(damage) = opening::catch_up(&mut tiles, &*journal, options.terms) {
                cut = Some(opening::cut(disk, dir, &*journal, damage, options.checkpoint)?);
            }
            opening::settle(disk, dir, &*journal, tiles.size() == 0)?;
        } else {
            damage =
                opening::catch_up_reading(&mut tiles, &*journal, options.terms, options.patience);
        }
        if let Some(checkpoint) = options.checkpoint {
            opening::check_checkpoint(&tiles, dir, checkpoint)?;
        }
        let mut store = Self {
            disk: Arc::clone(&options.disk),
            dir: dir.to_owned(),
            terms: options.terms,
            forget: options.forget,
            journal,
            bodykeys,
            unread,
            tiles,
            lookup: Mutex::new(Lookup::new(dir.join("index"), mode)),
            finder: Mutex::default(),
            block: options.block,
            lock,
            poisoned: None,
            failed: Arc::clone(&options.failed),
            cut,
            damage,
        };
        if store.lock.is_some() {
            store.finish_erasing()?;
            store.save_tiles();
        }
        Ok(store)
    }

    /// The journal of the same ledger as it is, for verification.
    ///
    /// # Errors
    /// As [`RawJournal::open`].
    pub fn verify_source(&self) -> Result<RawJournal, StoreError> {
        RawJournal::open_on(Arc::clone(&self.disk), &self.dir)
    }

    /// The end that was cut when the ledger was opened for writing.
    #[must_use]
    pub fn recovered(&self) -> Option<&Cut> {
        self.cut.as_ref()
    }

    /// Where reading ends early, when the ledger was opened for reading.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Why the slots can't be read, when the ledger was opened for reading and the disk says no: then
    /// no body opens.
    #[must_use]
    pub fn slots_unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// Requires that the journal continues a checkpoint.
    ///
    /// # Errors
    /// [`StoreError::DoesNotContinueCheckpoint`]; what the disk says.
    pub fn check_checkpoint(&self, size: Size, root: RootHash) -> Result<(), StoreError> {
        opening::check_checkpoint(&self.tiles, &self.dir, (size, root))
    }

    /// Where the frame behind the first `size` entries begins, in bytes from the start of the
    /// journal; `None` when the ledger is shorter. A checkpoint always counts whole frames.
    #[must_use]
    pub fn frame_at(&self, size: Size) -> Option<u64> {
        if size.0 == self.tiles.size() {
            return Some(self.tiles.end);
        }
        let record = self.tiles.offset(size.0).filter(|_| size.0 < self.tiles.size())?;
        record.checked_sub(frame::FRAME_HEADER as u64)
    }

    pub(super) fn writable(&self) -> Result<(), StoreError> {
        self.whole()?;
        if self.lock.is_some() { Ok(()) } else { Err(StoreError::ReadOnly) }
    }

    /// Whether this store holds the lock.
    pub(super) fn may_write(&self) -> bool {
        self.lock.is_some()
    }

    /// How many entries the index reads before it writes.
    pub(super) fn index_block(&self) -> u64 {
        self.block.saturating_mul(2)
    }

    fn whole(&self) -> Result<(), StoreError> {
        if let Some(why) = self.failed.get() {
            return Err(StoreError::SyncFailed(why.clone()));
        }
        self.poisoned.as_ref().map_or(Ok(()), |why| Err(StoreError::Poisoned(why.clone())))
    }

    /// From here on nothing is answered.
    pub(super) fn poison(&mut self, error: &StoreError) -> StoreError {
        let why = error.to_string();
        if is_sync(error) {
            return StoreError::SyncFailed(self.failed.get_or_init(|| why).clone());
        }
        self.poisoned = Some(why.clone());
        StoreError::Poisoned(why)
    }

    pub(super) fn poison_if_unknown(&mut self, error: StoreError) -> StoreError {
        if is_sync(&error) { self.poison(&error) } else { error }
    }

    /// Brings `tiles/` up to date when enough is missing. They are derived: should this fail,
    /// what is missing is read from the journal next time, and this store doesn't try again.
    pub(super) fn save_tiles(&mut self) {
        if self.tiles.unsaved() >= self.block
            && self.tiles.save(&*self.disk, &self.dir.join("tiles")).is_err()
        {
            self.block = u64::MAX;
        }
    }

    /// Reads the entries `from..to`, each compared with its hash.
    pub(super) fn records(
        &self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(Record<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.runs(from, to, &mut |run| run.into_iter().try_for_each(&mut *each))
    }

    /// The same, some that lie together at a time: at most 1,024.
    pub(super) fn runs(
        &self,
        from: u64,
        to: u64,
        each: &mut dyn FnMut(Vec<Record<'_>>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const WINDOW: u64 = 1 << 20;
        // Between two entries there may be bodies that were sealed anew.
        const LONGEST: u64 = 4 << 20;
        const MOST: u64 = 1 << 10;
        self.whole()?;
        let path = self.dir.join("journal");
        let size = self.tiles.size();
        if to > size {
            return Err(StoreError::NoEntry { index: Index(size.max(from)), size: Size(size) });
        }
        let mut index = from;
        let mut window = Vec::new();
        while index < to {
            let places =
                self.tiles.places(index, to.min(index + MOST)).ok_or_else(tiles::unreadable);
            let (places, after) =
                places.map_err(StoreError::io("reading", &self.dir.join("tiles")))?;
            let Some((start, _)) = places.first().copied() else { break };
            // As many entries as fit a window, at least one; a record ends before the next.
            let ends = places.iter().skip(1).map(|(start, _)| *start).chain([after]);
            let fitting = ends.clone().take_while(|end| end.saturating_sub(start) < WINDOW);
            let fitting = fitting.count().max(1);
            let end = ends.take(fitting).last().unwrap_or(start).max(start);
            let end = end.min(start.saturating_add(LONGEST));
            window.resize(usize::try_from(end - start).unwrap_or_default(), 0);
            self.journal
                .read_exact_at(start, &mut window)
                .map_err(StoreError::io("reading", &path))?;
            let mut run = Vec::with_capacity(fitting);
            for (offset, expected) in places.into_iter().take(fitting) {
                let bytes = offset
                    .checked_sub(start)
                    .and_then(|skip| window.get(usize::try_from(skip).ok()?..));
                let record = bytes.and_then(|bytes| frame::parse_record(bytes, index, offset));
                let found = record.map_or(EntryHash::ZERO, |record| leaf_hash(record.entry));
                match record {
                    Some(record) if found == expected => run.push(record),
                    _ => {
                        each(run)?;
                        let index = Index(index);
                        return Err(StoreError::EntryChanged { index, offset, found, expected });
                    }
                }
                index += 1;
            }
            each(run)?;
        }
        Ok(())
    }

    fn stored(&self, index: Index) -> Result<Stored, StoreError> {
        let mut stored = None;
        self.records(index.0, index.0.saturating_add(1), &mut |record| {
            stored = Some(record.to_stored());
            Ok(())
        })?;
        stored.ok_or(StoreError::NoEntry { index, size: Size(self.tiles.size()) })
    }
}

impl LocalStore {
    /// Opens the body of a record: the newest that there is. Whoever opens many wipes the stack
    /// after all of them.
    pub(super) fn open_record(&self, record: &Record<'_>) -> Result<Option<Opened>, StoreError> {
        let (index, hash) = (record.index, leaf_hash(record.entry));
        let keys = self.bodykeys.as_ref();
        let known = match self.tiles.resealed(index) {
            None => raw::unseal(keys, index, hash, record.slot, record.sealed),
            Some(offset) => {
                let (slot, sealed) = self.read_resealed(index, offset)?;
                raw::unseal(keys, index, hash, slot, &sealed)
            }
        };
        if let Ok(Some(opened)) = known {
            return Ok(Some(opened).filter(|opened| opened.body != NOTHING_LEFT));
        }
        // Erased since this store was opened, perhaps: by somebody who writes meanwhile, and may
        // be at its slot just now.
        let newer = frame::find_resealed(&*self.journal, self.tiles.end)
            .map_err(StoreError::io("reading", &self.dir.join("journal")))?;
        let newer = newer.0.into_iter().rev().find(|(of, _)| *of == index);
        let Some((_, offset)) = newer else { return known };
        let (slot, sealed) = self.read_resealed(index, offset)?;
        let opened = raw::unseal(keys, index, hash, slot, &sealed)?;
        Ok(opened.filter(|opened| opened.body != NOTHING_LEFT))
    }

    /// The slot and the bytes of a body that was sealed anew.
    pub(super) fn read_resealed(
        &self,
        index: Index,
        offset: u64,
    ) -> Result<(u64, Vec<u8>), StoreError> {
        raw::read_resealed(&*self.journal, index, offset)
            .map_err(StoreError::io("reading", &self.dir.join("journal")))
    }

    /// The newest body of an entry.
    pub(super) fn opened(&self, index: Index) -> Result<Option<Opened>, StoreError> {
        let mut opened = None;
        wiping_stack(|| {
            self.records(index.0, index.0.saturating_add(1), &mut |record| {
                opened = self.open_record(&record).map_err(|error| self.by_slots(error))?;
                Ok(())
            })
        })?;
        Ok(opened)
    }

    /// The same error, where it is because the slots can't be read: no backup is needed then.
    fn by_slots(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::BodyUnreadable { index, slot, .. } if self.unread.is_some() => {
                StoreError::BodyUnreadable { index, slot, found: SLOTS_UNREAD }
            }
            other => other,
        }
    }

    /// Tells the index, if it is open, what was appended behind the first `size` entries.
    pub(super) fn note_appended(
        &mut self,
        size: Size,
        appended: impl ExactSizeIterator<Item = Vec<Mark>>,
    ) {
        self.lookup.get_mut().unwrap_or_else(PoisonError::into_inner).note(size, appended);
    }

    /// Removes the index as a whole: it tells which documents were named.
    pub(super) fn forget_index(&mut self) -> Result<(), StoreError> {
        self.lookup.get_mut().unwrap_or_else(PoisonError::into_inner).close();
        let path = self.dir.join("index");
        self.disk.remove_folder(&path).map_err(|source| {
            // Nothing that the program could try again removes it, so whoever reads this has to.
            let what = format!(
                "{source}. The erasure needs it gone: end other programs that have this record book \
                 open, then delete it by hand, a link with what it leads to, and no other file; it \
                 is made anew"
            );
            StoreError::io("removing", &path)(std::io::Error::new(source.kind(), what))
        })
    }
}

/// The journal in a ledger's folder, whose header is right.
fn open_journal(
    disk: &Arc<dyn Disk>,
    dir: &Path,
    how: How,
) -> Result<Box<dyn DiskFile>, StoreError> {
    let path = dir.join("journal");
    let journal = match disk.open(&path, how) {
        Ok(journal) => journal,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(no_journal(disk, dir));
        }
        Err(error) => return Err(StoreError::io("opening", &path)(error)),
    };
    opening::check_header(&*journal, &path)?;
    Ok(journal)
}

/// Why there is no journal to open: none was begun, or it was lost, and nobody is to begin another.
pub(super) fn no_journal(disk: &Arc<dyn Disk>, dir: &Path) -> StoreError {
    let options = Options { disk: Arc::clone(disk), ..Options::new(|_| None) };
    match LocalStore::check_new(dir, &options) {
        Err(error @ (StoreError::JournalLost { .. } | StoreError::Io { .. })) => error,
        _ => StoreError::NoLedger(dir.to_owned()),
    }
}

impl Store for LocalStore {
    fn head(&self) -> Head {
        Head { size: Size(self.tiles.size()), hash: self.tiles.head }
    }

    fn append(&mut self, expected: Head, batch: Vec<NewEntry>) -> Result<Head, StoreError> {
        self.append_batch(expected, batch)
    }

    fn append_erasing(
        &mut self,
        expected: Head,
        batch: Vec<NewEntry>,
        erase: Vec<Erase>,
    ) -> Result<Head, StoreError> {
        self.append_and_erase(expected, batch, erase)
    }

    fn entry(&self, index: Index) -> Result<Vec<u8>, StoreError> {
        self.stored(index).map(|stored| stored.entry)
    }

    fn hash(&self, index: Index) -> Result<EntryHash, StoreError> {
        self.whole()?;
        let size = Size(self.tiles.size());
        let hash = self.tiles.leaf(index.0).filter(|_| index.0 < size.0);
        hash.ok_or(StoreError::NoEntry { index, size })
    }

    fn range(
        &self,
        from: Index,
        to: Index,
        each: &mut dyn FnMut(Stored) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.records(from.0, to.0, &mut |record| each(record.to_stored()))
    }

    fn body(&self, index: Index) -> Result<Option<Opened>, StoreError> {
        self.opened(index)
    }

    fn document(&self, index: Index, sha256: Sha256Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let dir = self.dir.join("documents");
        // Once more, when it was sealed anew between the two.
        let mut before = None;
        loop {
            let Some(opened) = self.opened(index)? else { return Ok(None) };
            let named = opened.documents.iter().find(|document| document.sha256 == sha256);
            let named = named.ok_or(StoreError::NoDocument { index, sha256 })?;
            let slot = opened.slot;
            let keys = self.bodykeys.as_ref();
            match raw::open_document(&*self.disk, &dir, keys, index, slot, named) {
                Ok(None) | Err(StoreError::DocumentAbsent { .. }) if before != Some(slot) => {
                    before = Some(slot);
                }
                answer => return answer,
            }
        }
    }

    fn lookup(&self, term: &Term) -> Result<Vec<Index>, StoreError> {
        self.whole()?;
        let mut lookup = self.lookup.lock().unwrap_or_else(PoisonError::into_inner);
        lookup.find(self, term)
    }

    fn find_hash(&self, hash: &EntryHash) -> Result<Option<Index>, StoreError> {
        self.whole()?;
        let mut finder = self.finder.lock().unwrap_or_else(PoisonError::into_inner);
        let found = finder.find(&self.tiles, hash);
        found.map_err(StoreError::io("reading", &self.dir.join("tiles/hashes")))
    }

    fn find_hash_prefix(&self, prefix: &str) -> Result<Vec<Index>, StoreError> {
        self.whole()?;
        find::by_prefix(&self.tiles, prefix)
            .map_err(StoreError::io("reading", &self.dir.join("tiles/hashes")))
    }

    fn governance(&self) -> Result<Vec<Index>, StoreError> {
        self.whole()?;
        let found = self.tiles.governance().ok_or_else(tiles::unreadable);
        let found = found.map_err(StoreError::io("reading", &self.dir.join("tiles/governance")))?;
        Ok(found.into_iter().map(Index).collect())
    }

    fn nodes(&self) -> &dyn Nodes {
        &self.tiles
    }

    fn root(&self) -> RootHash {
        self.tiles.root()
    }

    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.whole()?;
        let path = self.dir.join("checkpoint");
        match self.disk.read(&path, MAX_NOTE as u64) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("reading", &path)(error)),
        }
    }

    fn keep_checkpoint(&mut self, note: &[u8]) -> Result<(), StoreError> {
        self.writable()?;
        let path = self.dir.join("checkpoint");
        let kept = self
            .disk
            .replace(&path, note, Some(Barrier::Checkpoint))
            .and_then(|()| self.disk.sync_dir(&self.dir, Barrier::CheckpointName))
            .map_err(StoreError::io("syncing", &path));
        kept.map_err(|error| self.poison_if_unknown(error))
    }

    fn keep_evidence(
        &mut self,
        size: Size,
        form: EvidenceForm,
        bytes: &[u8],
    ) -> Result<Evidence, StoreError> {
        self.writable()?;
        let kept = evidence::keep(&*self.disk, &self.dir, size, form, bytes);
        kept.map_err(|error| self.poison_if_unknown(error))
    }

    fn evidence(&self) -> Result<Vec<Evidence>, StoreError> {
        self.whole()?;
        evidence::list(&*self.disk, &self.dir)
    }

    fn read_evidence(&self, which: Evidence) -> Result<Vec<u8>, StoreError> {
        self.whole()?;
        evidence::read(&*self.disk, &self.dir, which)
    }
}
