//! From the hash of an entry to its place. All hashes lie side by side in `tiles/`, so that
//! looking through a million of them takes some 10 ms; a process that asks often gets a table.

use std::io;

use hashbrown::HashTable;
use probity_ledger::format::hash::{EntryHash, Index};

use super::tiles::{Tiles, unreadable};

/// So many questions are answered by looking through all hashes: about as long as filling
/// the table takes.
const PATIENCE: u32 = 3;

/// Finds whole hashes, faster when it is asked more often.
#[derive(Default)]
pub(super) struct Finder {
    asked: u32,
    /// Indices by the first bytes of their hash.
    table: HashTable<u64>,
    /// How many entries the table holds.
    size: u64,
}

impl Finder {
    pub(super) fn find(&mut self, tiles: &Tiles, hash: &EntryHash) -> io::Result<Option<Index>> {
        self.asked = self.asked.saturating_add(1);
        if self.asked <= PATIENCE {
            return Ok(by_bytes(tiles, &hash.0, None)?.first().copied());
        }
        self.fill(tiles)?;
        let found = self.table.find(spread(&hash.0), |index| tiles.leaf(*index) == Some(*hash));
        Ok(found.copied().map(Index))
    }

    fn fill(&mut self, tiles: &Tiles) -> io::Result<()> {
        let spread_of = |index: &u64| tiles.leaf(*index).map_or(0, |leaf| spread(&leaf.0));
        let new = usize::try_from(tiles.size() - self.size).unwrap_or_default();
        self.table.reserve(new, spread_of);
        let filled = tiles.each_leaf(self.size, &mut |index, leaf| {
            self.table.insert_unique(spread(leaf), index, spread_of);
        });
        self.size = tiles.size();
        filled.ok_or_else(unreadable)
    }
}

/// A hash is spread evenly as it is.
fn spread(hash: &[u8; 32]) -> u64 {
    hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// The entries whose hash begins with these hexadecimal digits, ascending; none when they
/// aren't.
pub(super) fn by_prefix(tiles: &Tiles, digits: &str) -> io::Result<Vec<Index>> {
    let Some((whole, half)) = digits.split_at_checked(digits.len() & !1) else {
        return Ok(Vec::new());
    };
    let half = half.chars().next().map(|digit| digit.to_digit(16));
    match (hex::decode(whole), half) {
        (Ok(bytes), None) if bytes.len() <= 32 => by_bytes(tiles, &bytes, None),
        (Ok(bytes), Some(Some(half))) if bytes.len() < 32 => by_bytes(tiles, &bytes, Some(half)),
        _ => Ok(Vec::new()),
    }
}

/// The entries whose hash begins with these bytes, and then with this half of a byte.
fn by_bytes(tiles: &Tiles, bytes: &[u8], half: Option<u32>) -> io::Result<Vec<Index>> {
    let mut found = Vec::new();
    let read = tiles.each_leaf(0, &mut |index, leaf| {
        if leaf.starts_with(bytes)
            && half.is_none_or(|half| u32::from(leaf[bytes.len()] >> 4) == half)
        {
            found.push(Index(index));
        }
    });
    read.map(|()| found).ok_or_else(unreadable)
}
