//! What stands before the entries that are looked at, when somebody who verified the first N
//! entries earlier, and kept their checkpoint, looks only at what is new.
//!
//! Nothing of it is believed. The kept root is what the first N entries hash to, so whatever
//! is read of them is held against it:
//!
//! ```text
//! tree        the complete subtrees of the first N must hash to the root: log N hashes
//! head        entry N−1, by an inclusion proof
//! authority   the governance entries, each named by the `gov` of a later one, from the head down
//! a case      its newest entry before N, by an inclusion proof
//! a link      the entry that it leads to, by an inclusion proof
//! ```
//!
//! What this can't show: that an entry is the *newest* of its case before N, or that no entry
//! before N carries a statement that is entered again. An index that hides one would let a fork
//! of that case, or the second entry, pass here. Verifying the whole shows it.
//!
//! Whatever doesn't fit is no finding but the end of this short way ([`Unproven`]): the files
//! beside the journal may be off, and verifying the whole tells.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use probity_keys::Kid;

use super::known::Known;
use crate::book::authority::Authority;
use crate::book::judge::{self, Judged, Targets, Trusting};
use crate::format::body::Body;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use crate::format::tree::{
    Frontier, Nodes, consistency, inclusion, root_at, row_above, verify_consistency,
    verify_inclusion,
};

/// Why the short way ends: in words, what didn't fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unproven(pub &'static str);

/// Where older entries are read. All of it may lie.
pub trait Before: Sync {
    /// The tree's nodes.
    fn nodes(&self) -> &dyn Nodes;
    /// An entry's bytes.
    fn entry(&self, index: Index) -> Option<Vec<u8>>;
    /// An entry's body, if it can be opened.
    fn body(&self, index: Index) -> Option<Vec<u8>>;
    /// The governance entries, ascending.
    fn governance(&self) -> Option<Vec<Index>>;
    /// The entries of a case, ascending.
    fn case(&self, case: &str) -> Option<Vec<Index>>;
    /// An entry that carries the statement with that hash, if there is one; `None` when that can't
    /// be told.
    #[allow(clippy::option_option, reason = "not known and none are two things")]
    fn stated(&self, statement: &Sha256Hash) -> Option<Option<Index>>;
    /// The entry with that hash.
    fn find(&self, hash: &EntryHash) -> Option<Index>;
}

/// The entries before N, as far as they were needed.
pub(super) struct Since<'a> {
    before: &'a dyn Before,
    pub(super) size: Size,
    pub(super) root: RootHash,
    cases: HashMap<String, Option<EntryHash>>,
    /// Where the entries of these cases are said to stand.
    places: HashMap<String, Vec<Index>>,
    /// Entries that links lead to, with their subjects.
    linked: HashMap<EntryHash, String>,
    /// Entries that statements name, by place.
    followed: HashMap<Index, EntryHash>,
    /// Statements that older entries carry.
    stated: HashMap<Sha256Hash, Index>,
    nodes: Remembered<'a>,
}

/// Nodes that proofs need again and again, kept once they were asked for.
struct Remembered<'a> {
    before: &'a dyn Before,
    /// Those above the tiles, of which there are two for 256 entries.
    above: Mutex<HashMap<(u8, u64), [u8; 32]>>,
    tiles: Mutex<HashMap<u64, Tile>>,
}

/// Levels within a tile: one path through it takes as many hashes as all of it.
const TILE: u8 = 8;
/// Most tiles that are kept: 16 KiB each.
const TILES: usize = 1024;

/// All nodes over 256 leaves but the highest, level by level.
struct Tile(Vec<[u8; 32]>);

impl Tile {
    fn over(mut nodes: Vec<[u8; 32]>) -> Self {
        let mut row = 0;
        while nodes.len() - row > 2 {
            let above = row_above(&nodes[row..]);
            row = nodes.len();
            nodes.extend(above);
        }
        Self(nodes)
    }

    /// The node at `index` of `level`, counted within this tile.
    fn node(&self, level: u8, index: usize) -> Option<[u8; 32]> {
        let below = (2 << TILE) - (2 << (TILE - level));
        self.0.get(below + index).copied()
    }
}

impl Remembered<'_> {
    /// A leaf that need not be proven: its tile isn't hashed for it.
    fn leaf(&self, index: u64) -> Option<[u8; 32]> {
        let tiles = self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        let within = usize::try_from(index % (1 << TILE)).ok()?;
        match tiles.get(&(index >> TILE)) {
            Some(tile) => tile.node(0, within),
            None => self.before.nodes().node(0, index),
        }
    }
}

impl Nodes for Remembered<'_> {
    fn node(&self, level: u8, index: u64) -> Option<[u8; 32]> {
        let nodes = self.before.nodes();
        if level >= TILE {
            let mut above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(node) = above.get(&(level, index)) {
                return Some(*node);
            }
            let node = nodes.node(level, index)?;
            above.insert((level, index), node);
            return Some(node);
        }
        let number = index >> (TILE - level);
        let within = usize::try_from(index - (number << (TILE - level))).ok()?;
        let mut tiles = self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tile) = tiles.get(&number) {
            return tile.node(level, within);
        }
        // The last one may not be full yet.
        let Some(leaves) = nodes.leaves(number << TILE, 1 << TILE) else {
            return nodes.node(level, index);
        };
        if tiles.len() == TILES {
            tiles.clear();
        }
        tiles.entry(number).or_insert_with(|| Tile::over(leaves)).node(level, within)
    }
}

/// So many of a case's newest entries are looked at before all entries are, to find the one that
/// a link leads to.
const OWN_CASE: usize = 256;

/// How things stand at N.
pub(super) struct Standing {
    pub(super) frontier: Frontier,
    pub(super) head: EntryHash,
    pub(super) gov: EntryHash,
    pub(super) authority: Option<Authority>,
    /// The governance entries.
    pub(super) governance: Vec<Governing>,
}

/// A governance entry before N.
pub(super) struct Governing {
    pub(super) index: Index,
    /// Whose key signed what it puts on record.
    pub(super) kid: Kid,
    pub(super) judged: Judged,
    /// Its body, where that opens.
    pub(super) body: Option<Body>,
}

impl<'a> Since<'a> {
    /// Takes up the first `size` entries under their root.
    pub(super) fn begin(
        before: &'a dyn Before,
        size: Size,
        root: RootHash,
    ) -> Result<(Self, Standing), Unproven> {
        let this = Self {
            before,
            size,
            root,
            cases: HashMap::new(),
            places: HashMap::new(),
            linked: HashMap::new(),
            followed: HashMap::new(),
            stated: HashMap::new(),
            nodes: Remembered { before, above: Mutex::default(), tiles: Mutex::default() },
        };
        let frontier = this.frontier()?;
        let last = size.0.checked_sub(1).ok_or(Unproven("an empty checkpoint"))?;
        let last = this.entry(Index(last))?;
        let newest = if last.is_governance() { last.hash() } else { last.place().gov };
        let (authority, governance) = this.authority(newest)?;
        let head = last.hash();
        Ok((this, Standing { frontier, head, gov: newest, authority, governance }))
    }

    /// Entry 0.
    pub(super) fn first(&self) -> Result<Entry, Unproven> {
        self.entry(Index(0))
    }

    fn frontier(&self) -> Result<Frontier, Unproven> {
        let (mut start, mut peaks) = (0_u64, Vec::new());
        for level in (0..u64::BITS).rev().filter(|level| self.size.0 >> level & 1 == 1) {
            let short = u8::try_from(level).expect("64 levels fit a byte");
            let peak = self.nodes.node(short, start >> level);
            peaks.push(peak.ok_or(Unproven("the stored tree ends before the checkpoint"))?);
            start += 1 << level;
        }
        Frontier::from_peaks(self.size, peaks)
            .filter(|frontier| frontier.root() == self.root)
            .ok_or(Unproven("the stored tree is not that of the checkpoint"))
    }

    /// An entry before N, proven by the root.
    fn entry(&self, index: Index) -> Result<Entry, Unproven> {
        let off = Unproven("an older entry is not what the checkpoint counts");
        let bytes = self.before.entry(index).ok_or(off)?;
        let entry = Entry::from_vec(bytes).map_err(|_| off)?;
        let path = inclusion(&self.nodes, index, self.size).ok_or(off)?;
        let proven = verify_inclusion(entry.hash(), index, self.size, &path, self.root);
        if proven && entry.index() == index { Ok(entry) } else { Err(off) }
    }

    /// Who may sign at N: the governance entries from the one that the head names down to entry
    /// 0, each of them named by the one above it.
    fn authority(
        &self,
        newest: EntryHash,
    ) -> Result<(Option<Authority>, Vec<Governing>), Unproven> {
        let off = Unproven("the governance entries don't lead to the head");
        let indices = self.before.governance().ok_or(off)?;
        let (mut authority, mut last, mut all) = (None, EntryHash::ZERO, Vec::new());
        for index in indices.into_iter().filter(|index| index.0 < self.size.0) {
            let bytes = self.before.entry(index).ok_or(off)?;
            let entry = Entry::from_vec(bytes).map_err(|_| off)?;
            if entry.place().gov != last || entry.index() != index {
                return Err(off);
            }
            last = entry.hash();
            let judged = judge::judge(&mut authority, &entry, &Trusting).map_err(|_| off)?;
            let body = self.before.body(index);
            let body = body.and_then(|body| judge::open_body(&entry, &body).ok());
            all.push(Governing { index, kid: entry.says().kid, judged, body });
        }
        if last == newest { Ok((authority, all)) } else { Err(off) }
    }

    /// The newest entry of a case before N.
    pub(super) fn newest_of(&mut self, case: &str) -> Result<Option<EntryHash>, Unproven> {
        if let Some(known) = self.cases.get(case) {
            return Ok(*known);
        }
        self.look_up(case)?;
        let newest = self.places.get(case).and_then(|places| places.last().copied());
        let newest = newest.map(|index| self.entry(index)).transpose()?;
        if newest.as_ref().is_some_and(|entry| entry.subject().case() != Some(case)) {
            return Err(Unproven("the index names an entry of another case"));
        }
        let newest = newest.map(|entry| entry.hash());
        self.cases.insert(case.to_owned(), newest);
        Ok(newest)
    }

    /// Asks the index where the entries of a case before N stand.
    fn look_up(&mut self, case: &str) -> Result<(), Unproven> {
        if !self.places.contains_key(case) {
            let found = self.before.case(case).ok_or(Unproven("the index can't be read"))?;
            let older = found.into_iter().filter(|index| index.0 < self.size.0).collect();
            self.places.insert(case.to_owned(), older);
        }
        Ok(())
    }

    /// The place of an older entry: most links lead to the entry's own case.
    fn find(&mut self, entry: &Entry, hash: &EntryHash) -> Result<Option<Index>, Unproven> {
        if let Some(case) = entry.subject().case() {
            self.look_up(case)?;
            let newest = self.places.get(case).into_iter().flatten().rev().take(OWN_CASE);
            let own = newest.copied().find(|index| self.nodes.leaf(index.0) == Some(hash.0));
            if own.is_some() {
                return Ok(own);
            }
        }
        Ok(self.before.find(hash).filter(|index| index.0 < self.size.0))
    }

    /// Looks the entries up that these links lead to and that aren't known.
    pub(super) fn resolve(&mut self, entry: &Entry, known: &Known) -> Result<(), Unproven> {
        for link in entry.says().links {
            let hash = &link.entry;
            if known.subject_before(hash, entry.index()).is_ok() || self.linked.contains_key(hash) {
                continue;
            }
            let found = self.find(entry, hash)?;
            let found = self.entry(found.ok_or(Unproven("a link leads to no older entry"))?)?;
            if found.hash() != *hash {
                return Err(Unproven("the hashes beside the journal are not those of the entries"));
            }
            self.linked.insert(*hash, found.subject().to_string());
        }
        Ok(())
    }

    /// Looks up what a statement names of the older entries, and whether one carries it already.
    pub(super) fn resolve_statement(&mut self, entry: &Entry) -> Result<(), Unproven> {
        let Some((hash, statement)) = entry.carried() else { return Ok(()) };
        let stated = self.before.stated(&hash).ok_or(Unproven("the index can't be read"))?;
        if let Some(index) = stated.filter(|index| index.0 < self.size.0) {
            if self.entry(index)?.carried().is_none_or(|(carried, _)| carried != hash) {
                return Err(Unproven("the index names an entry of another statement"));
            }
            self.stated.insert(hash, index);
        }
        let Ok(statement) = statement else { return Ok(()) };
        let (after, _) = statement.after();
        if after.0 < self.size.0 && !self.followed.contains_key(&after) {
            let hash = self.entry(after)?.hash();
            self.followed.insert(after, hash);
        }
        Ok(())
    }

    /// The root of fewer entries, as the stored tree has it. It may lie.
    pub(super) fn stored_root(&self, size: Size) -> Option<RootHash> {
        (size < self.size).then(|| root_at(&self.nodes, size))?
    }

    /// The root of fewer entries, if `root` is it.
    pub(super) fn earlier_root(&self, size: Size, root: RootHash) -> Option<RootHash> {
        let path = consistency(&self.nodes, size, self.size)?;
        verify_consistency(size, root, self.size, self.root, &path).then_some(root)
    }
}

/// Everything that links may lead to.
pub(super) struct Around<'a, 'b> {
    pub(super) known: &'a Known,
    pub(super) since: Option<&'a Since<'b>>,
}

impl Targets for Around<'_, '_> {
    fn subject_before(&self, hash: &EntryHash, at: Index) -> Result<Option<&str>, &'static str> {
        let older = || self.since.and_then(|since| since.linked.get(hash));
        self.known
            .subject_before(hash, at)
            .or_else(|unknown| older().map(|subject| Some(subject.as_str())).ok_or(unknown))
    }

    fn hash_at(&self, index: Index) -> Option<EntryHash> {
        let Some(since) = self.since else { return self.known.hash_at(index) };
        match index.0.checked_sub(since.size.0) {
            None => since.followed.get(&index).copied(),
            Some(behind) => self.known.hash_at(Index(behind)),
        }
    }

    fn stated_before(&self, statement: &Sha256Hash, index: Index) -> Option<Index> {
        let older = self.since.and_then(|since| since.stated.get(statement).copied());
        older.or_else(|| self.known.stated_before(statement, index))
    }

    fn commits_to(&self, index: Index, field: &str) -> Option<bool> {
        // Behind a kept head, places here aren't indices; erasures end the short way there.
        if self.since.is_some() { None } else { self.known.commits_to(index, field) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::tree::{Leaves, leaf_hash};

    /// A tree, and nothing else.
    struct Tree<N>(N);

    impl<N: Nodes + Sync> Before for Tree<N> {
        fn nodes(&self) -> &dyn Nodes {
            &self.0
        }

        fn entry(&self, _: Index) -> Option<Vec<u8>> {
            None
        }

        fn body(&self, _: Index) -> Option<Vec<u8>> {
            None
        }

        fn governance(&self) -> Option<Vec<Index>> {
            None
        }

        fn case(&self, _: &str) -> Option<Vec<Index>> {
            None
        }

        fn stated(&self, _: &Sha256Hash) -> Option<Option<Index>> {
            None
        }

        fn find(&self, _: &EntryHash) -> Option<Index> {
            None
        }
    }

    fn remembered(before: &dyn Before) -> Remembered<'_> {
        Remembered { before, above: Mutex::default(), tiles: Mutex::default() }
    }

    /// Else new entries would never be proven this way, and everything be verified each time.
    #[test]
    fn nodes_that_are_kept_are_those_of_the_tree() {
        const LEAVES: u64 = 3 * 256 + 77;
        let all: Vec<_> = (0..LEAVES).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (tree, before) = (Leaves(&all), Tree(Leaves(&all)));
        let kept = remembered(&before);
        // At first they are computed, and then kept.
        for _ in 0..2 {
            for level in 0..=10 {
                for index in 0..=(LEAVES >> level) + 1 {
                    assert_eq!(kept.node(level, index), tree.node(level, index), "{level} {index}");
                }
            }
            for index in 0..=LEAVES {
                assert_eq!(kept.leaf(index), tree.node(0, index));
            }
        }
        assert_eq!(kept.tiles.lock().expect("whole").len(), 3);
        assert_eq!(kept.node(0, u64::MAX), None);
        let root = root_at(&kept, Size(LEAVES)).expect("stored");
        for index in [0, 255, 256, 700, LEAVES - 1] {
            let path = inclusion(&kept, Index(index), Size(LEAVES)).expect("stored");
            let leaf = leaf_hash(&index.to_be_bytes());
            assert!(verify_inclusion(leaf, Index(index), Size(LEAVES), &path, root));
        }
    }

    /// However many tiles are asked for, what is kept is bounded.
    #[test]
    fn kept_tiles_are_bounded() {
        struct Endless;
        impl Nodes for Endless {
            fn node(&self, _: u8, index: u64) -> Option<[u8; 32]> {
                Some(leaf_hash(&index.to_be_bytes()).0)
            }
        }
        let before = Tree(Endless);
        let kept = remembered(&before);
        for tile in 0..=TILES as u64 {
            let leaf = leaf_hash(&(tile << 8).to_be_bytes()).0;
            assert_eq!(kept.node(0, tile << 8), Some(leaf));
            assert!(kept.tiles.lock().expect("whole").len() <= TILES);
        }
        assert_eq!(kept.tiles.lock().expect("whole").len(), 1);
    }
}
