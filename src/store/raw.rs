//! The journal as it is, for verification: nothing derived is read, nothing is written, no
//! lock is taken.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use probity_keys::wiping_stack;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::format::tree::leaf_hash;

use super::bodykeys::Bodykeys;
use super::disk::{Disk, DiskFile, How, RealDisk};
use super::frame::FRAME_HEADER;
use super::journal::{Behind, Damage, Frame, Frames, MAGIC, MAX_PAYLOAD, Place, valid_frame_after};
use super::local::no_journal;
use super::{DocumentRef, Opened, StoreError, Stored, documents, frame, seal};

/// A journal and what its bodies need to be opened.
pub struct RawJournal {
    disk: Arc<dyn Disk>,
    documents: PathBuf,
    journal: Box<dyn DiskFile>,
    bodykeys: Option<Bodykeys>,
    /// What the disk said, if the slots can't be read.
    unread: Option<String>,
    /// Where bodies stand that were sealed anew, by entry; found when the first body is opened.
    anew: OnceLock<HashMap<Index, u64>>,
    /// The same of a journal that grew since, and how long it was.
    later: Mutex<(u64, HashMap<Index, u64>)>,
}

impl RawJournal {
    /// Opens the journal in a ledger's folder.
    ///
    /// # Errors
    /// [`StoreError::NoLedger`], [`StoreError::JournalLost`], or what the disk says. A journal whose header is wrong is
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
                return Err(no_journal(&disk, dir));
            }
            Err(error) => return Err(StoreError::io("opening", &path)(error)),
        };
        let (mut bodykeys, mut unread) = (None, None);
        match Bodykeys::open(&*disk, &dir.join("bodykeys"), How::Read) {
            Ok(opened) => bodykeys = opened,
            // Then no body opens, and what signatures and proofs show can still be told.
            Err(StoreError::ForeignFile { .. }) => {}
            Err(StoreError::Io { source, .. }) => unread = Some(source.to_string()),
            Err(error) => return Err(error),
        }
        let (anew, later) = (OnceLock::new(), Mutex::default());
        let documents = dir.join("documents");
        Ok(Self { disk, documents, journal, bodykeys, unread, anew, later })
    }

    /// What the disk said, if the slots can't be read: then no body opens.
    #[must_use]
    pub fn slots_unread(&self) -> Option<&str> {
        self.unread.as_deref()
    }

    /// The journal's frames; ends after the first damage.
    #[must_use]
    pub fn frames(&self) -> Frames<'_, dyn DiskFile> {
        Frames::new(&*self.journal)
    }

    /// Whether damage is what a write leaves that never came to its end: the next writer cuts it
    /// off, unless a head that was given out counts it.
    #[must_use]
    pub fn is_unfinished(&self, damage: &Damage) -> bool {
        // Behind something longer than any frame that holds nothing of one, nobody looks for hours.
        let longest = FRAME_HEADER as u64 + u64::from(MAX_PAYLOAD);
        let left = self.journal.length().map(|length| length.saturating_sub(damage.offset));
        let worth_it = !damage.salvage.is_empty() || left.is_ok_and(|left| left <= longest);
        let behind = || valid_frame_after(&*self.journal, damage.offset);
        damage.torn && worth_it && matches!(behind(), Ok(Behind::Nothing))
    }

    /// The journal's entries, in their order, some at a time; ends after the first damage.
    #[must_use]
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks { frames: self.frames(), frame: None, damage: None, most: FIRST_BLOCK }
    }

    /// The same from byte `offset` on, where the frame with entry `first` begins, for a reader
    /// who knows who signs.
    #[must_use]
    pub fn blocks_from(&self, offset: u64, first: Index) -> Blocks<'_> {
        let frames = Frames::from(&*self.journal, offset, first);
        Blocks { frames, most: LARGEST_BLOCK, ..self.blocks() }
    }

    /// The same, one by one.
    pub fn entries(&self) -> impl Iterator<Item = Result<Stored, Damage>> {
        self.blocks().flat_map(|block| match block {
            Ok(block) => block.into_iter().map(Ok).collect(),
            Err(damage) => vec![Err(damage)],
        })
    }

    /// An entry's newest body; [`super::NOTHING_LEFT`] when all of it was erased, `None` when its
    /// slot was overwritten and no other body stands in its place.
    ///
    /// # Errors
    /// As [`super::Store::body`].
    pub fn body(&self, stored: &Stored) -> Result<Option<Opened>, StoreError> {
        let Stored { index, entry, slot, sealed } = stored;
        wiping_stack(|| self.open_body(*index, leaf_hash(entry), *slot, sealed))
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
        let keys = self.bodykeys.as_ref();
        let known = match self.anew()?.get(&index) {
            None => unseal(keys, index, entry, slot, sealed),
            Some(offset) => self.unseal_anew(index, entry, *offset),
        };
        if matches!(known, Ok(Some(_))) {
            return known;
        }
        // Overwritten: by somebody who erased it meanwhile, perhaps, or is at it just now.
        self.later(index)?.map_or(known, |offset| self.unseal_anew(index, entry, offset))
    }

    fn unseal_anew(
        &self,
        index: Index,
        entry: EntryHash,
        offset: u64,
    ) -> Result<Option<Opened>, StoreError> {
        let (slot, sealed) =
            read_resealed(&*self.journal, index, offset).map_err(self.unreadable())?;
        unseal(self.bodykeys.as_ref(), index, entry, slot, &sealed)
    }

    fn unreadable(&self) -> impl FnOnce(std::io::Error) -> StoreError {
        let path = self.documents.with_file_name("journal");
        move |error| StoreError::io("reading", &path)(error)
    }

    fn anew(&self) -> Result<&HashMap<Index, u64>, StoreError> {
        if let Some(found) = self.anew.get() {
            return Ok(found);
        }
        let found = frame::find_resealed(&*self.journal, MAGIC.len() as u64);
        let found = found.map_err(self.unreadable())?.0.into_iter().collect();
        Ok(self.anew.get_or_init(|| found))
    }

    /// Where the newest body of an entry stands now, if it was sealed anew.
    fn later(&self, index: Index) -> Result<Option<u64>, StoreError> {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let length = self.journal.length().map_err(self.unreadable())?;
        if later.0 != length {
            let found = frame::find_resealed(&*self.journal, MAGIC.len() as u64);
            *later = (length, found.map_err(self.unreadable())?.0.into_iter().collect());
        }
        Ok(later.1.get(&index).copied())
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

    /// As [`RawJournal::document`], of an entry whose hash is known, while others may erase: a
    /// document whose file went is looked for in the body that took the place of the one that
    /// named it.
    ///
    /// # Errors
    /// As [`super::Store::document`].
    pub fn document_now(
        &self,
        index: Index,
        entry: EntryHash,
        slot: u64,
        named: &DocumentRef,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let answer = self.document(index, slot, named);
        if !matches!(answer, Ok(None) | Err(StoreError::DocumentAbsent { .. })) {
            return answer;
        }
        let Some(offset) = self.later(index)? else { return answer };
        let Some(opened) = self.unseal_anew(index, entry, offset)? else { return answer };
        if opened.slot == slot {
            return answer;
        }
        match opened.documents.iter().find(|document| document.sha256 == named.sha256) {
            Some(named) => self.document(index, opened.slot, named),
            None => Ok(None),
        }
    }
}

/// Most entries in the first block of the whole journal. Each may hold twice as many as the one before, so that
/// whoever reads them knows early who signs.
const FIRST_BLOCK: usize = 64;
/// Most entries in a block: two are held at a time, which take a good four KiB an entry once they
/// are parsed.
const LARGEST_BLOCK: usize = 1024;
/// Most bytes in a block of more than one entry.
const BLOCK_BYTES: usize = 4 << 20;

/// An iterator over entries, some at a time: at most 1,024, and at most 4 MiB unless a single
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

/// Reads the slot and the bytes of a body that was sealed anew.
pub(super) fn read_resealed(
    journal: &dyn DiskFile,
    index: Index,
    offset: u64,
) -> std::io::Result<(u64, Vec<u8>)> {
    let mut head = [0; frame::RESEALED_HEAD];
    journal.read_exact_at(offset, &mut head)?;
    let [.., l0, l1, l2, l3] = head;
    let length = u32::from_be_bytes([l0, l1, l2, l3]).min(MAX_PAYLOAD) as usize;
    let mut bytes = head.to_vec();
    bytes.resize(frame::RESEALED_HEAD + length, 0);
    journal.read_exact_at(offset + head.len() as u64, &mut bytes[frame::RESEALED_HEAD..])?;
    let body = frame::parse_resealed(&bytes, offset).filter(|body| body.index == index);
    let body = body.ok_or(std::io::ErrorKind::InvalidData)?;
    Ok((body.slot, body.sealed.to_vec()))
}

/// Opens a body; `None` when its slot was overwritten. Whoever opens many wipes the stack after
/// all of them.
pub(super) fn unseal(
    bodykeys: Option<&Bodykeys>,
    index: Index,
    entry: EntryHash,
    number: u64,
    sealed: &[u8],
) -> Result<Option<Opened>, StoreError> {
    let unreadable = |found| StoreError::BodyUnreadable { index, slot: number, found };
    let bodykeys =
        bodykeys.ok_or_else(|| unreadable("no file of slots, or none with the right header"))?;
    let slot = bodykeys.slot(number)?.ok_or_else(|| unreadable("a file that ends before it"))?;
    if **slot == [0; 32] {
        return Ok(None);
    }
    seal::open_body(&slot, number, entry, sealed).map(Some).map_err(unreadable)
}

/// Opens a document that a body names; `slot` is that of the body.
pub(super) fn open_document(
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
