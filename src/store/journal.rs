//! The journal: the one file that is the truth.
//!
//! ```text
//! 0   16  "probity-journal1"
//! then frames, each directly behind the one before:
//! 0    4  "PJF1"
//! 4    1  type: 1, entries; 2, bodies that are sealed anew without what was erased
//! 5    3  zero
//! 8    8  index of the first entry; for bodies: how many entries stand before
//! 16   4  number of entries or bodies, at least 1
//! 20   4  length of the payload, at most 64 MiB
//! 24   4  CRC-32C (Castagnoli) of bytes 4..24 and the payload
//! 28      payload: for each entry
//!           u32 length, entry · u64 slot · u32 length, sealed body
//!         or for each body
//!           u64 index of its entry · u64 slot · u32 length, sealed body
//! ```
//!
//! All numbers are big-endian. A frame is one write; its entries stand or fall together.
//! The reader is strict: lengths must add up to the byte, indices go on without a gap, and
//! every byte is either checked by the CRC or compared. Of the bodies of an entry, the last one
//! counts.
//!
//! What this doesn't protect: a CRC finds accidents, not intent.

use std::io;

use probity_ledger::format::hash::Index;

use super::Stored;
use super::disk::DiskFile;
use super::frame::{
    FRAME_HEADER, FRAME_MAGIC, Fault, fault, parse_record, quoted, read_frame, read_whole,
    record_length, records, resealed, salvage, whole_length,
};

/// The first bytes of every journal; the digit is the format.
pub const MAGIC: &[u8; 16] = b"probity-journal1";

/// Longest payload of a frame.
pub const MAX_PAYLOAD: u32 = 64 << 20;

/// Bytes with a length that can be read anywhere: a file, or a slice in tests.
pub trait ReadAt {
    /// How many there are.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self) -> io::Result<u64>;
    /// Fills the buffer from `offset` on.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` at the end.
    fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for [u8] {
    fn length(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let found = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(buffer.len())?))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(found);
        Ok(())
    }
}

impl ReadAt for dyn DiskFile + '_ {
    fn length(&self) -> io::Result<u64> {
        DiskFile::length(self)
    }

    fn fill(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(offset, buffer)
    }
}

/// A place in the journal that is not a whole frame with the right entries.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the journal is damaged at byte {offset}, where entry {index} should begin: found {found}, expected {expected}"
)]
pub struct Damage {
    /// Where the frame begins, in bytes from the start of the journal.
    pub offset: u64,
    /// The first entry that it should hold.
    pub index: Index,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Whether an interrupted write could have left this: a frame that is short or fails its
    /// checksum. A frame with a right checksum that is wrong in another way was written so.
    pub torn: bool,
    /// What can still be read as records of that frame. Nothing vouches for it here; an
    /// entry's signature and hash may.
    pub salvage: Vec<Stored>,
    /// Whether the first record behind the salvaged ones is what can't be read; otherwise the
    /// damage lies in what stands before or around them.
    pub cut_short: bool,
}

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Entries with their bodies.
    Entries,
    /// Bodies of earlier entries, sealed anew without what was erased.
    Resealed,
}

impl Holds {
    pub(super) const fn what(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Resealed => "bodies of earlier entries",
        }
    }
}

/// A frame that passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it begins.
    pub offset: u64,
    /// The index of its first entry, or of the first entry behind it.
    pub first: Index,
    /// What it holds.
    pub holds: Holds,
    /// How many of these.
    pub count: u32,
    pub(super) payload: Vec<u8>,
}

/// A place between two entries of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    index: Index,
    at: usize,
}

/// One entry of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place in the ledger.
    pub index: Index,
    /// Where its record begins, in bytes from the start of the journal.
    pub offset: u64,
    /// Its bytes.
    pub entry: &'a [u8],
    /// The slot of its body.
    pub slot: u64,
    /// Its sealed body.
    pub sealed: &'a [u8],
}

/// A body of an earlier entry, sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed<'a> {
    /// The entry.
    pub index: Index,
    /// Where it begins, in bytes from the start of the journal.
    pub offset: u64,
    /// Its slot.
    pub slot: u64,
    /// The sealed body.
    pub sealed: &'a [u8],
}

impl Record<'_> {
    /// A copy that stands alone.
    #[must_use]
    pub fn to_stored(&self) -> Stored {
        Stored {
            index: self.index,
            entry: self.entry.to_vec(),
            slot: self.slot,
            sealed: self.sealed.to_vec(),
        }
    }
}

impl Frame {
    /// Where the next frame begins.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset + (FRAME_HEADER + self.payload.len()) as u64
    }

    /// Where its first entry stands.
    pub(super) fn start(&self) -> Place {
        Place { index: self.first, at: 0 }
    }

    /// The entry at a place, and the place behind it; `None` at the end.
    pub(super) fn record(&self, place: Place) -> Option<(Record<'_>, Place)> {
        let bytes = self.entries().get(place.at..)?;
        let offset = self.offset + (FRAME_HEADER + place.at) as u64;
        let record = parse_record(bytes, place.index.0, offset)?;
        let length = usize::try_from(record_length(record.entry, record.sealed)).ok()?;
        Some((record, Place { index: Index(place.index.0 + 1), at: place.at + length }))
    }

    /// Its entries.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        records(self.entries(), self.offset, self.first)
    }

    /// Its bodies of earlier entries.
    pub fn resealed(&self) -> impl Iterator<Item = Resealed<'_>> {
        let payload: &[u8] = if self.holds == Holds::Resealed { &self.payload } else { &[] };
        resealed(payload, self.offset)
    }

    /// How many entries the journal has behind it.
    #[must_use]
    pub fn next(&self) -> Index {
        match self.holds {
            Holds::Entries => Index(self.first.0 + u64::from(self.count)),
            Holds::Resealed => self.first,
        }
    }

    fn entries(&self) -> &[u8] {
        if self.holds == Holds::Entries { &self.payload } else { &[] }
    }
}

/// Reads a journal's frames from its first byte on; ends after the first damage.
#[must_use]
pub fn frames(bytes: &[u8]) -> Frames<'_, [u8]> {
    Frames { source: bytes, at: 0, next: Index(0), done: false }
}

/// An iterator over frames; after damage it ends.
pub struct Frames<'a, S: ReadAt + ?Sized> {
    source: &'a S,
    at: u64,
    next: Index,
    done: bool,
}

impl<'a, S: ReadAt + ?Sized> Frames<'a, S> {
    /// Starts at the first byte of the journal.
    pub fn new(source: &'a S) -> Self {
        Self { source, at: 0, next: Index(0), done: false }
    }

    /// Goes on behind a frame, where entry `next` must begin.
    pub fn from(source: &'a S, at: u64, next: Index) -> Self {
        Self { source, at, next, done: false }
    }

    /// Where the next frame begins.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.at
    }

    fn step(&mut self) -> Result<Option<Frame>, Damage> {
        let length = self.source.length().map_err(|e| self.unreadable(&e))?;
        if self.at == 0 {
            let mut found = [0; MAGIC.len()];
            let whole = self.source.fill(0, &mut found).is_ok();
            if !whole || &found != MAGIC {
                return Err(Damage {
                    offset: 0,
                    index: Index(0),
                    found: if whole { quoted(&found) } else { format!("{length} bytes") },
                    expected: quoted(MAGIC),
                    torn: false,
                    salvage: Vec::new(),
                    cut_short: false,
                });
            }
            self.at = MAGIC.len() as u64;
        }
        if self.at == length {
            return Ok(None);
        }
        let frame = read_frame(self.source, self.at, length, self.next)
            .map_err(|fault| self.damage(fault, length))?;
        self.at = frame.end();
        self.next = frame.next();
        Ok(Some(frame))
    }

    fn damage(&self, fault: Fault, length: u64) -> Damage {
        let (salvage, cut_short) = salvage(self.source, self.at, length, self.next);
        Damage {
            offset: self.at,
            index: self.next,
            found: fault.found,
            expected: fault.expected,
            torn: fault.torn,
            salvage,
            cut_short,
        }
    }

    fn unreadable(&self, error: &io::Error) -> Damage {
        self.damage(fault(false, error, "a journal that can be read"), 0)
    }
}

impl<S: ReadAt + ?Sized> Iterator for Frames<'_, S> {
    type Item = Result<Frame, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let step = self.step().transpose();
        self.done = !matches!(step, Some(Ok(_)));
        step
    }
}

/// What stands behind a place in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// No frame with a right checksum.
    Nothing,
    /// A frame with a right checksum, which begins there.
    Frame(u64),
    /// So many beginnings of frames that looking into all of them would take too long: there may
    /// be a whole one.
    Unknown,
}

/// Whether a journal was begun: it holds a whole frame, or something that no interrupted write of
/// its first one leaves.
///
/// # Errors
/// What the system says while reading.
pub fn is_begun<S: ReadAt + ?Sized>(source: &S) -> io::Result<bool> {
    if source.length()? <= MAGIC.len() as u64 {
        return Ok(false);
    }
    match Frames::new(source).next() {
        None => Ok(false),
        Some(Ok(_)) => Ok(true),
        Some(Err(damage)) => {
            Ok(!damage.torn || valid_frame_after(source, damage.offset)? != Behind::Nothing)
        }
    }
}

/// How often the bytes behind a place are checksummed at most, in multiples of their number. Of
/// an interrupted write there is one beginning, and texts that begin like a frame are rare.
const MOST_CHECKSUMMED: u64 = 4;

/// Whether a frame with a right checksum begins behind `offset`. Reads each byte once in search of
/// beginnings, and `MOST_CHECKSUMMED` times for checksums.
///
/// # Errors
/// What the system says while reading.
pub fn valid_frame_after<S: ReadAt + ?Sized>(source: &S, offset: u64) -> io::Result<Behind> {
    const WINDOW: u64 = 1 << 16;
    let length = source.length()?;
    let mut start = offset + 1;
    let mut budget = length.saturating_sub(start).saturating_mul(MOST_CHECKSUMMED);
    while start + FRAME_HEADER as u64 <= length {
        // Windows overlap by three bytes, so that no "PJF1" falls between two.
        let size = (length - start).min(WINDOW + 3);
        let mut window = vec![0; usize::try_from(size).unwrap_or_default()];
        source.fill(start, &mut window)?;
        for (at, four) in window.windows(FRAME_MAGIC.len()).enumerate() {
            let candidate = start + at as u64;
            if four != FRAME_MAGIC {
                continue;
            }
            let Some(cost) = whole_length(source, candidate, length)? else { continue };
            let Some(left) = budget.checked_sub(cost) else { return Ok(Behind::Unknown) };
            budget = left;
            if read_whole(source, candidate, length).is_ok() {
                return Ok(Behind::Frame(candidate));
            }
        }
        start += WINDOW;
    }
    Ok(Behind::Nothing)
}
