//! The journal as it is, for verification: nothing derived is read, nothing is written, no
//! lock is taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::wiping_stack;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::format::tree::leaf_hash;

use super::bodykeys::Bodykeys;
use super::disk::{Disk, DiskFile, How, RealDisk};
use super::journal::{Damage, Frame, Frames, Place, Record};
use super::{DocumentRef, Opened, StoreError, Stored, documents, seal};

/// A journal and what its bodies need to be opened.
pub struct RawJournal {
    disk: Arc<dyn Disk>,
    documents: PathBuf,
    journal: Box<dyn DiskFile>,
    bodykeys: Option<Bodykeys>,
}

impl RawJournal {
    /// Opens the journal in a ledger's folder.
    ///
    /// # Errors
    /// [`StoreError::NoLedger`], or what the disk says. A journal whose header is wrong is
    /// opened; its first frame is then damage.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(RealDisk), dir)
    }

    /// As [`RawJournal::open`], on another disk.
    ///
    /// # Errors
    /// As [`RawJournal::open`].
    pub fn open_on(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("journal");
        let journal = match disk.open(&path, How::Read) {
            Ok(journal) => journal,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NoLedger(dir.to_owned()));
            }
            Err(error) => return Err(StoreError::io("opening", &path)(error)),
        };
        let bodykeys = Bodykeys::open(&*disk, &dir.join("bodykeys"), How::Read)?;
        Ok(Self { documents: dir.join("documents"), disk, journal, bodykeys })
    }

    /// The journal's frames; ends after the first damage.
    #[must_use]
    pub fn frames(&self) -> Frames<'_, dyn DiskFile> {
        Frames::new(&*self.journal)
    }

    /// The journal's entries, in their order, some at a time; ends after the first damage.
    #[must_use]
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks { frames: self.frames(), frame: None, damage: None, most: FIRST_BLOCK }
    }

    /// The same from byte `offset` on, where the frame with entry `first` begins.
    #[must_use]
    pub fn blocks_from(&self, offset: u64, first: Index) -> Blocks<'_> {
        Blocks { frames: Frames::from(&*self.journal, offset, first), ..self.blocks() }
    }

    /// The same, one by one.
    pub fn entries(&self) -> impl Iterator<Item = Result<Stored, Damage>> {
        self.blocks().flat_map(|block| match block {
            Ok(block) => block.into_iter().map(Ok).collect(),
            Err(damage) => vec![Err(damage)],
        })
    }

    /// An entry's body; `None` when it was erased.
    ///
    /// # Errors
    /// As [`super::Store::body`].
    pub fn body(&self, stored: &Stored) -> Result<Option<Opened>, StoreError> {
        body(self.bodykeys.as_ref(), stored)
    }

    /// As [`RawJournal::body`], for an entry whose hash is known. Whoever opens many wipes the
    /// stack after all of them ([`wiping_stack`]).
    ///
    /// # Errors
    /// As [`super::Store::body`].
    pub fn open_body(
        &self,
        index: Index,
        entry: EntryHash,
        slot: u64,
        sealed: &[u8],
    ) -> Result<Option<Opened>, StoreError> {
        unseal(self.bodykeys.as_ref(), index, entry, slot, sealed)
    }

    /// A document that an opened body names; `slot` is that of the body. `None` when it was
    /// erased.
    ///
    /// # Errors
    /// As [`super::Store::document`].
    pub fn document(
        &self,
        index: Index,
        slot: u64,
        named: &DocumentRef,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        open_document(&*self.disk, &self.documents, self.bodykeys.as_ref(), index, slot, named)
    }
}

/// Most entries in the first block. Each may hold twice as many as the one before, so that
/// whoever reads them knows early who signs.
const FIRST_BLOCK: usize = 64;
/// Most entries in a block.
const LARGEST_BLOCK: usize = 2048;
/// Most bytes in a block of more than one entry.
const BLOCK_BYTES: usize = 4 << 20;

/// An iterator over entries, some at a time: at most 2,048, and at most 4 MiB unless a single
/// one is larger.
pub struct Blocks<'a> {
    frames: Frames<'a, dyn DiskFile>,
    /// The frame that is being taken apart, and how far.
    frame: Option<(Frame, Place)>,
    damage: Option<Damage>,
    most: usize,
}

impl Iterator for Blocks<'_> {
    type Item = Result<Vec<Stored>, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        let (mut block, mut bytes) = (Vec::new(), 0);
        while self.damage.is_none() {
            let Some((frame, place)) = &mut self.frame else {
                match self.frames.next() {
                    Some(Ok(frame)) => {
                        let place = frame.start();
                        self.frame = Some((frame, place));
                    }
                    Some(Err(damage)) => self.damage = Some(damage),
                    None => break,
                }
                continue;
            };
            let Some((record, next)) = frame.record(*place) else {
                self.frame = None;
                continue;
            };
            let length = record.entry.len() + record.sealed.len();
            if !block.is_empty() && (block.len() == self.most || bytes + length > BLOCK_BYTES) {
                self.most = (self.most * 2).min(LARGEST_BLOCK);
                return Some(Ok(block));
            }
            bytes += length;
            block.push(record.to_stored());
            *place = next;
        }
        if block.is_empty() { self.damage.take().map(Err) } else { Some(Ok(block)) }
    }
}

pub(super) fn body(
    bodykeys: Option<&Bodykeys>,
    stored: &Stored,
) -> Result<Option<Opened>, StoreError> {
    let Stored { index, entry, slot, sealed } = stored;
    wiping_stack(|| unseal(bodykeys, *index, leaf_hash(entry), *slot, sealed))
}

/// Opens the body of a record; `None` when it was erased. Whoever opens many wipes the stack
/// after all of them.
pub(super) fn open(
    bodykeys: Option<&Bodykeys>,
    record: &Record<'_>,
) -> Result<Option<Opened>, StoreError> {
    unseal(bodykeys, record.index, leaf_hash(record.entry), record.slot, record.sealed)
}

fn unseal(
    bodykeys: Option<&Bodykeys>,
    index: Index,
    entry: EntryHash,
    number: u64,
    sealed: &[u8],
) -> Result<Option<Opened>, StoreError> {
    let unreadable = |found| StoreError::BodyUnreadable { index, slot: number, found };
    let bodykeys = bodykeys.ok_or_else(|| unreadable("no file of slots"))?;
    let slot = bodykeys.slot(number)?.ok_or_else(|| unreadable("a file that ends before it"))?;
    if **slot == [0; 32] {
        return Ok(None);
    }
    seal::open_body(&slot, number, entry, sealed).map(Some).map_err(unreadable)
}

pub(super) fn document(
    disk: &dyn Disk,
    dir: &Path,
    bodykeys: Option<&Bodykeys>,
    stored: &Stored,
    sha256: Sha256Hash,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(opened) = body(bodykeys, stored)? else { return Ok(None) };
    let index: Index = stored.index;
    let named = opened.documents.iter().find(|document| document.sha256 == sha256);
    let named = named.ok_or(StoreError::NoDocument { index, sha256 })?;
    open_document(disk, dir, bodykeys, index, stored.slot, named)
}

fn open_document(
    disk: &dyn Disk,
    dir: &Path,
    bodykeys: Option<&Bodykeys>,
    index: Index,
    slot: u64,
    named: &DocumentRef,
) -> Result<Option<Vec<u8>>, StoreError> {
    let slot = bodykeys.and_then(|bodykeys| bodykeys.slot(slot).transpose()).transpose()?;
    match slot {
        None => Err(StoreError::NoDocument { index, sha256: named.sha256 }),
        Some(slot) if **slot == [0; 32] => Ok(None),
        Some(slot) => documents::open(disk, dir, &slot, index, named).map(Some),
    }
}
