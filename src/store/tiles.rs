//! Tree nodes and entry offsets, kept flat so that opening needn't read the whole journal.
//! All of it derives from the journal and is made anew whenever anything is off.
//!
//! ```text
//! offsets      u64 per entry: where in the journal its record begins
//! hashes       32 bytes per complete node, in the order in which nodes are completed
//! governance   u64 per governance entry: its index
//! state        what the three files hold, with checksums; replaced whole, last
//! ```
//!
//! In `hashes`, node (level l, index i) is completed by leaf k = (i+1)·2^l − 1, as the l-th
//! node after that leaf; before leaf k there are 2k − (number of ones in k) nodes.
//!
//! What this doesn't protect: checksums find accidents. Whoever rewrites these files with
//! right checksums gets false proofs, which don't verify, and false answers to "where";
//! verification doesn't read them.

use std::path::Path;

use probity_ledger::format::hash::{EntryHash, RootHash, Size};
use probity_ledger::format::tree::{Frontier, Nodes};

use super::disk::{Disk, DiskFile, How};

const MAGIC: &[u8; 16] = b"probity-tiles-01";

/// Longest `state` in bytes: the numbers, and 64 peaks.
const MAX_STATE: u64 = 4096;

/// A flat file: what the state counts of it, and what was added since.
struct Flat {
    name: &'static str,
    file: Option<Box<dyn DiskFile>>,
    kept: u64,
    crc: u32,
    tail: Vec<u8>,
}

impl Flat {
    fn new(name: &'static str) -> Self {
        Self { name, file: None, kept: 0, crc: 0, tail: Vec::new() }
    }

    /// Opens a file that holds at least `kept` bytes with this checksum.
    fn load(disk: &dyn Disk, dir: &Path, name: &'static str, kept: u64, crc: u32) -> Option<Self> {
        let file = disk.open(&dir.join(name), How::Read).ok()?;
        let mut found = 0;
        let mut chunk = vec![0; 1 << 16];
        let mut at = 0;
        while at < kept {
            let size = usize::try_from(kept - at).map_or(chunk.len(), |left| left.min(chunk.len()));
            file.read_exact_at(at, &mut chunk[..size]).ok()?;
            found = crc32c::crc32c_append(found, &chunk[..size]);
            at += size as u64;
        }
        (found == crc).then(|| Self { name, file: Some(file), kept, crc, tail: Vec::new() })
    }

    fn read<const N: usize>(&self, offset: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        if let Some(at) = offset.checked_sub(self.kept) {
            let at = usize::try_from(at).ok()?;
            bytes.copy_from_slice(self.tail.get(at..at.checked_add(N)?)?);
        } else {
            self.file.as_ref()?.read_exact_at(offset, &mut bytes).ok()?;
        }
        Some(bytes)
    }

    fn len(&self) -> u64 {
        self.kept + self.tail.len() as u64
    }

    /// Writes the tail. A file that wasn't there, or wasn't right, is written
    /// beside and renamed, since a reader may have it open.
    fn save(&mut self, disk: &dyn Disk, dir: &Path) -> std::io::Result<()> {
        let path = dir.join(self.name);
        if self.file.is_some() {
            let file = disk.open(&path, How::Write)?;
            file.write_at(self.kept, &self.tail)?;
        } else {
            disk.replace(&path, &self.tail, None)?;
        }
        self.file = Some(disk.open(&path, How::Read)?);
        self.crc = crc32c::crc32c_append(self.crc, &self.tail);
        self.kept += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }
}

/// What is known of the journal without reading it.
pub(super) struct Tiles {
    offsets: Flat,
    hashes: Flat,
    governance: Flat,
    frontier: Frontier,
    /// The last entry's hash.
    pub(super) head: EntryHash,
    /// Where the last frame ends.
    pub(super) end: u64,
    /// The first slot that no entry uses.
    pub(super) slots: u64,
    saved: u64,
}

impl Tiles {
    /// Of a journal without frames, whose header ends at `end`.
    pub(super) fn empty(end: u64) -> Self {
        Self {
            offsets: Flat::new("offsets"),
            hashes: Flat::new("hashes"),
            governance: Flat::new("governance"),
            frontier: Frontier::default(),
            head: EntryHash::ZERO,
            end,
            slots: 0,
            saved: 0,
        }
    }

    /// What was kept; `None` when it is absent or off in any way.
    pub(super) fn load(disk: &dyn Disk, dir: &Path) -> Option<Self> {
        let bytes = disk.read(&dir.join("state"), MAX_STATE).ok()?;
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(body) != u32::from_be_bytes(*crc) {
            return None;
        }
        let mut fields = Fields(body.strip_prefix(MAGIC)?);
        let (size, end, slots, governance) =
            (fields.u64()?, fields.u64()?, fields.u64()?, fields.u64()?);
        let head = EntryHash(fields.take()?);
        let (offsets_crc, hashes_crc, governance_crc) =
            (fields.u32()?, fields.u32()?, fields.u32()?);
        let (peaks, rest) = fields.0.as_chunks::<32>();
        let frontier = Frontier::from_peaks(Size(size), peaks.to_vec())?;
        if size == 0 || size > 1 << 48 || governance > size || !rest.is_empty() {
            return None;
        }
        let tiles = Self {
            offsets: Flat::load(disk, dir, "offsets", size * 8, offsets_crc)?,
            hashes: Flat::load(disk, dir, "hashes", nodes_before(size) * 32, hashes_crc)?,
            governance: Flat::load(disk, dir, "governance", governance * 8, governance_crc)?,
            frontier,
            head,
            end,
            slots,
            saved: size,
        };
        (tiles.leaf(size - 1)? == head && tiles.peaks_stand()).then_some(tiles)
    }

    /// Whether the peaks in the state are the nodes in the file.
    fn peaks_stand(&self) -> bool {
        let size = self.size();
        let mut start = 0;
        let mut peaks = self.frontier.peaks().iter();
        (0..u64::BITS).rev().filter(|bit| size >> bit & 1 == 1).all(|bit| {
            let level = u8::try_from(bit).expect("64 levels fit a byte");
            let peak = self.node(level, start >> bit);
            start += 1 << bit;
            peak.is_some() && peak.as_ref() == peaks.next()
        })
    }

    /// Takes up the next entry.
    pub(super) fn push(&mut self, offset: u64, hash: EntryHash, slot: u64, governance: bool) {
        if governance {
            self.governance.tail.extend(self.size().to_be_bytes());
        }
        self.offsets.tail.extend(offset.to_be_bytes());
        let hashes = &mut self.hashes.tail;
        self.frontier.push(hash, &mut |_, _, node| hashes.extend(node));
        self.head = hash;
        self.slots = self.slots.max(slot.saturating_add(1));
    }

    pub(super) fn size(&self) -> u64 {
        self.frontier.size().0
    }

    /// How many entries the files don't hold yet.
    pub(super) fn unsaved(&self) -> u64 {
        self.size() - self.saved
    }

    pub(super) fn root(&self) -> RootHash {
        self.frontier.root()
    }

    pub(super) fn offset(&self, index: u64) -> Option<u64> {
        self.offsets.read(index.checked_mul(8)?).map(u64::from_be_bytes)
    }

    pub(super) fn leaf(&self, index: u64) -> Option<EntryHash> {
        self.node(0, index).map(EntryHash)
    }

    pub(super) fn governance(&self) -> Option<Vec<u64>> {
        (0..self.governance.len() / 8)
            .map(|at| self.governance.read(at * 8).map(u64::from_be_bytes))
            .collect()
    }

    /// Writes what the files don't hold yet; the state comes last.
    pub(super) fn save(&mut self, disk: &dyn Disk, dir: &Path) -> std::io::Result<()> {
        disk.create_dir(dir)?;
        for flat in [&mut self.offsets, &mut self.hashes, &mut self.governance] {
            flat.save(disk, dir)?;
        }
        let mut state = MAGIC.to_vec();
        for number in [self.size(), self.end, self.slots, self.governance.len() / 8] {
            state.extend(number.to_be_bytes());
        }
        state.extend(self.head.0);
        for flat in [&self.offsets, &self.hashes, &self.governance] {
            state.extend(flat.crc.to_be_bytes());
        }
        state.extend(self.frontier.peaks().as_flattened());
        state.extend(crc32c::crc32c(&state).to_be_bytes());
        disk.replace(&dir.join("state"), &state, None)?;
        self.saved = self.size();
        Ok(())
    }
}

impl Nodes for Tiles {
    fn node(&self, level: u8, index: u64) -> Option<[u8; 32]> {
        let after = index.checked_add(1)?.checked_mul(1_u64.checked_shl(level.into())?)?;
        if after > self.size() {
            return None;
        }
        let position = nodes_before(after - 1) + u64::from(level);
        self.hashes.read(position.checked_mul(32)?)
    }
}

/// How many nodes are complete when there are `leaves` leaves.
fn nodes_before(leaves: u64) -> u64 {
    2 * leaves - u64::from(leaves.count_ones())
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }
}
