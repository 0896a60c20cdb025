//! Tree nodes and entry offsets, kept flat so that opening needn't read the whole journal.
//! All of it derives from the journal and is made anew whenever anything is off.
//!
//! ```text
//! offsets      u64 per entry: where in the journal its record begins
//! hashes       32 bytes per entry: its hash
//! nodes        32 bytes per complete node of level 8, 16, 24…, in the order of completion
//! governance   u64 per governance entry: its index
//! resealed     two u64 per body that was sealed anew: its entry, and where in the journal it
//!              stands
//! state        what the five files hold, with checksums; replaced whole, last
//! ```
//!
//! A node of another level is computed from at most 128 of the next level below that is kept.
//! In `nodes`, (level 8j, index i) is completed by node k = (i+1)·256^(j−1) − 1 of level 8, as
//! the j-th; before it there are k + k/256 + k/256² + … nodes, rounded down.
//!
//! Nothing here is synced. A crash leaves files that are short or hold something else, which
//! their checksums show when they are next opened, or an older state.
//!
//! What this doesn't protect: checksums find accidents. Whoever rewrites these files with
//! right checksums gets false proofs, which don't verify, and false answers to "where";
//! verification doesn't read them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::tree::{Frontier, Nodes, row_above};

use super::disk::{Disk, DiskFile, How};

const MAGIC: &[u8; 16] = b"probity-tiles-03";

/// Nodes are kept at each level that is a multiple of this.
const KEPT_LEVELS: u8 = 8;

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
    fn load(
        disk: &dyn Disk,
        dir: &Path,
        name: &'static str,
        kept: u64,
        crc: u32,
        checked: bool,
    ) -> Option<Self> {
        let file = disk.open(&dir.join(name), How::Read).ok()?;
        if file.length().ok()? < kept {
            return None;
        }
        if !checked {
            return Some(Self { name, file: Some(file), kept, crc, tail: Vec::new() });
        }
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
        self.fill(offset, &mut bytes)?;
        Some(bytes)
    }

    /// Fills the buffer from `offset` on, from the file and the tail behind it.
    fn fill(&self, offset: u64, buffer: &mut [u8]) -> Option<()> {
        let kept = usize::try_from(self.kept.saturating_sub(offset)).unwrap_or(usize::MAX);
        let (kept, added) = buffer.split_at_mut(kept.min(buffer.len()));
        if !kept.is_empty() {
            self.file.as_ref()?.read_exact_at(offset, kept).ok()?;
        }
        if !added.is_empty() {
            let at = usize::try_from(offset.saturating_sub(self.kept)).ok()?;
            added.copy_from_slice(self.tail.get(at..at.checked_add(added.len())?)?);
        }
        Some(())
    }

    fn len(&self) -> u64 {
        self.kept + self.tail.len() as u64
    }

    /// Writes the tail. A file that wasn't there, or wasn't right, is written beside and
    /// renamed, since a reader may have it open.
    fn save(&mut self, disk: &dyn Disk, dir: &Path) -> io::Result<()> {
        let path = dir.join(self.name);
        if self.file.is_some() {
            disk.open(&path, How::Write)?.write_at(self.kept, &self.tail)?;
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
    nodes: Flat,
    governance: Flat,
    resealed: Flat,
    /// Where the newest body of an entry stands that was sealed anew.
    newest: BTreeMap<u64, u64>,
    frontier: Frontier,
    /// The last entry's hash.
    pub(super) head: EntryHash,
    /// Where the last frame ends.
    pub(super) end: u64,
    /// Where the last frame of entries ends.
    pub(super) entries_end: u64,
    /// The first slot that no entry uses.
    pub(super) slots: u64,
    saved: u64,
}

/// What is said where tiles give nothing that should be there: they are shorter than their state
/// says, or the disk doesn't give them.
pub(super) fn unreadable() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

impl Tiles {
    /// Of a journal without frames, whose header ends at `end`.
    pub(super) fn empty(end: u64) -> Self {
        Self {
            offsets: Flat::new("offsets"),
            hashes: Flat::new("hashes"),
            nodes: Flat::new("nodes"),
            governance: Flat::new("governance"),
            resealed: Flat::new("resealed"),
            newest: BTreeMap::new(),
            frontier: Frontier::default(),
            head: EntryHash::ZERO,
            end,
            entries_end: end,
            slots: 0,
            saved: 0,
        }
    }

    /// What was kept; `None` when it is absent or off in any way, as far as `checksums` asks.
    pub(super) fn load(disk: &dyn Disk, dir: &Path, checksums: bool) -> Option<Self> {
        let bytes = disk.read(&dir.join("state"), MAX_STATE).ok()?;
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(body) != u32::from_be_bytes(*crc) {
            return None;
        }
        let mut fields = Fields(body.strip_prefix(MAGIC)?);
        let (size, end, entries_end, slots) =
            (fields.u64()?, fields.u64()?, fields.u64()?, fields.u64()?);
        let (governance, resealed) = (fields.u64()?, fields.u64()?);
        let head = EntryHash(fields.take()?);
        let (offsets_crc, hashes_crc, nodes_crc, governance_crc, resealed_crc) =
            (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
        let (peaks, rest) = fields.0.as_chunks::<32>();
        let frontier = Frontier::from_peaks(Size(size), peaks.to_vec())?;
        if size == 0
            || size > 1 << 48
            || governance > size
            || resealed > 1 << 48
            || !rest.is_empty()
        {
            return None;
        }
        let mut tiles = Self {
            offsets: Flat::load(disk, dir, "offsets", size * 8, offsets_crc, checksums)?,
            hashes: Flat::load(disk, dir, "hashes", size * 32, hashes_crc, checksums)?,
            nodes: Flat::load(
                disk,
                dir,
                "nodes",
                nodes_before(size >> 8) * 32,
                nodes_crc,
                checksums,
            )?,
            governance: Flat::load(
                disk,
                dir,
                "governance",
                governance * 8,
                governance_crc,
                checksums,
            )?,
            resealed: Flat::load(disk, dir, "resealed", resealed * 16, resealed_crc, checksums)?,
            newest: BTreeMap::new(),
            frontier,
            head,
            end,
            entries_end,
            slots,
            saved: size,
        };
        tiles.newest = tiles.read_resealed()?;
        (tiles.leaf(size - 1)? == head && tiles.peaks_stand()).then_some(tiles)
    }

    fn read_resealed(&self) -> Option<BTreeMap<u64, u64>> {
        let mut bytes = vec![0; usize::try_from(self.resealed.len()).ok()?];
        self.resealed.fill(0, &mut bytes)?;
        let (numbers, _) = bytes.as_chunks::<8>();
        let numbers: Vec<u64> = numbers.iter().map(|number| u64::from_be_bytes(*number)).collect();
        // Later ones take the place of earlier ones.
        let pairs = numbers.as_chunks::<2>().0.iter().map(|[index, offset]| (*index, *offset));
        Some(pairs.collect())
    }

    /// Where the last body in the journal stands that was sealed anew, and whose it is.
    pub(super) fn last_resealed(&self) -> Option<(u64, u64)> {
        let last = self.resealed.len().checked_sub(16)?;
        let index = self.resealed.read(last).map(u64::from_be_bytes)?;
        Some((index, self.resealed.read(last + 8).map(u64::from_be_bytes)?))
    }

    /// Where the newest body of an entry stands, if it was sealed anew.
    pub(super) fn resealed(&self, index: Index) -> Option<u64> {
        self.newest.get(&index.0).copied()
    }

    /// All of these.
    pub(super) fn all_resealed(&self) -> &BTreeMap<u64, u64> {
        &self.newest
    }

    /// How many bodies stand in the journal that were sealed anew.
    pub(super) fn count_resealed(&self) -> u64 {
        self.resealed.len() / 16
    }

    /// Takes up a body that was sealed anew.
    pub(super) fn reseal(&mut self, index: Index, offset: u64, slot: u64) {
        for number in [index.0, offset] {
            self.resealed.tail.extend(number.to_be_bytes());
        }
        self.newest.insert(index.0, offset);
        self.slots = self.slots.max(slot.saturating_add(1));
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
        self.hashes.tail.extend(hash.0);
        let nodes = &mut self.nodes.tail;
        self.frontier.push(hash, &mut |level, _, node| {
            if level > 0 && level.is_multiple_of(KEPT_LEVELS) {
                nodes.extend(node);
            }
        });
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

    /// Where the records `from..to` begin, with their hashes, and where the last one ends at
    /// the latest.
    pub(super) fn places(&self, from: u64, to: u64) -> Option<(Vec<(u64, EntryHash)>, u64)> {
        let count = usize::try_from(to.checked_sub(from)?).ok()?;
        let mut offsets = vec![[0; 8]; count];
        let mut hashes = vec![[0; 32]; count];
        self.offsets.fill(from * 8, offsets.as_flattened_mut())?;
        self.hashes.fill(from * 32, hashes.as_flattened_mut())?;
        let offsets = offsets.into_iter().map(u64::from_be_bytes);
        let after = if to < self.size() { self.offset(to)? } else { self.entries_end };
        Some((offsets.zip(hashes.into_iter().map(EntryHash)).collect(), after))
    }

    pub(super) fn leaf(&self, index: u64) -> Option<EntryHash> {
        self.hashes.read(index.checked_mul(32)?).map(EntryHash)
    }

    /// Tells of each entry's hash, in their order; `None` when a file can't be read.
    pub(super) fn each_leaf(&self, from: u64, each: &mut dyn FnMut(u64, &[u8; 32])) -> Option<()> {
        const WINDOW: usize = 1 << 11;
        let mut window = vec![[0; 32]; WINDOW];
        let mut index = from;
        while index < self.size() {
            let left = usize::try_from(self.size() - index).unwrap_or(WINDOW);
            let leaves = &mut window[..left.min(WINDOW)];
            self.hashes.fill(index * 32, leaves.as_flattened_mut())?;
            for leaf in leaves {
                each(index, leaf);
                index += 1;
            }
        }
        Some(())
    }

    pub(super) fn governance(&self) -> Option<Vec<u64>> {
        let mut bytes = vec![0; usize::try_from(self.governance.len()).ok()?];
        self.governance.fill(0, &mut bytes)?;
        Some(bytes.as_chunks().0.iter().map(|index| u64::from_be_bytes(*index)).collect())
    }

    /// Nodes of a level above 0 that are kept, from `first` on.
    ///
    /// Of the lowest such level, those below one node of the next stand side by side, so they
    /// may be asked for together; of others, only one.
    fn kept(&self, level: u8, first: u64, row: &mut [[u8; 32]]) -> Option<()> {
        let above = level - KEPT_LEVELS;
        let completes = ((first + 1) << above) - 1;
        let position = nodes_before(completes) + u64::from(above / KEPT_LEVELS);
        self.nodes.fill(position * 32, row.as_flattened_mut())
    }

    /// Writes what the files don't hold yet; the state comes last.
    pub(super) fn save(&mut self, disk: &dyn Disk, dir: &Path) -> io::Result<()> {
        disk.create_dir(dir)?;
        for flat in [
            &mut self.offsets,
            &mut self.hashes,
            &mut self.nodes,
            &mut self.governance,
            &mut self.resealed,
        ] {
            flat.save(disk, dir)?;
        }
        let mut state = MAGIC.to_vec();
        let counts = [self.governance.len() / 8, self.count_resealed()];
        let places = [self.size(), self.end, self.entries_end, self.slots];
        for number in places.into_iter().chain(counts) {
            state.extend(number.to_be_bytes());
        }
        state.extend(self.head.0);
        for flat in [&self.offsets, &self.hashes, &self.nodes, &self.governance, &self.resealed] {
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
        // What is complete is kept at the level below, and far fewer than 2^64 of it.
        let width = level % KEPT_LEVELS;
        let (below, first) = (level - width, index << width);
        let mut row = vec![[0; 32]; 1 << width];
        if below == 0 {
            self.hashes.fill(first * 32, row.as_flattened_mut())?;
        } else {
            let together = if below == KEPT_LEVELS { row.len() } else { 1 };
            for (first, row) in (first..).step_by(together).zip(row.chunks_mut(together)) {
                self.kept(below, first, row)?;
            }
        }
        while row.len() > 1 {
            row = row_above(&row);
        }
        row.pop()
    }

    fn leaves(&self, first: u64, count: usize) -> Option<Vec<[u8; 32]>> {
        if first.checked_add(count as u64)? > self.size() {
            return None;
        }
        let mut leaves = vec![[0; 32]; count];
        self.hashes.fill(first * 32, leaves.as_flattened_mut())?;
        Some(leaves)
    }
}

/// How many nodes `nodes` holds when there are that many of level 8.
fn nodes_before(complete: u64) -> u64 {
    std::iter::successors(Some(complete), |above| Some(above >> KEPT_LEVELS))
        .take_while(|nodes| *nodes > 0)
        .sum()
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
