//! The RFC 9162 Merkle tree over entry bytes: hashing (section 2.1.1), inclusion proofs
//! (2.1.3) and consistency proofs (2.1.4).
//!
//! ```text
//! leaf   SHA-256(0x00 ‖ entry bytes)
//! node   SHA-256(0x01 ‖ left ‖ right)
//! ```
//!
//! A node is named by its level (0 for leaves) and its index in that level; only complete
//! subtrees are ever stored, so a stored node never changes as the tree grows. This module
//! asks for stored nodes through [`Nodes`] and reads nothing itself.

use sha2::{Digest as _, Sha256};

use super::hash::{EntryHash, Index, RootHash, Size};

/// The hash of an entry: its leaf hash in the tree.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> EntryHash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    EntryHash(hasher.finalize().into())
}

/// The hash of an inner node.
#[must_use]
pub fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The nodes above these of one level, each over two; a last one without a neighbour has none.
#[must_use]
pub fn row_above(row: &[[u8; 32]]) -> Vec<[u8; 32]> {
    row.as_chunks().0.iter().map(|[left, right]| node_hash(left, right)).collect()
}

/// The root of the empty tree: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> RootHash {
    RootHash(Sha256::digest([]).into())
}

/// The right edge of a growing tree: one hash for each complete subtree, largest first.
/// All that is needed to add leaves and to know the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<[u8; 32]>,
}

impl Frontier {
    /// Takes up a frontier that was kept; `None` when the number of peaks doesn't fit the size.
    #[must_use]
    pub fn from_peaks(size: Size, peaks: Vec<[u8; 32]>) -> Option<Self> {
        (peaks.len() == size.0.count_ones() as usize).then_some(Self { size: size.0, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> Size {
        Size(self.size)
    }

    /// The complete subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[[u8; 32]] {
        &self.peaks
    }

    /// Adds a leaf. `completed` is told of every node that is now complete, from the leaf
    /// upward: level, index in that level, hash.
    ///
    /// # Panics
    /// Never: whichever way a frontier is made, its peaks fit its size.
    pub fn push(&mut self, leaf: EntryHash, completed: &mut impl FnMut(u8, u64, [u8; 32])) {
        let mut hash = leaf.0;
        let mut index = self.size;
        let mut level = 0;
        completed(level, index, hash);
        while index & 1 == 1 {
            let left = self.peaks.pop().expect("an odd index has a complete left sibling");
            hash = node_hash(&left, &hash);
            index >>= 1;
            level += 1;
            completed(level, index, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root at the present size.
    #[must_use]
    pub fn root(&self) -> RootHash {
        fold_right(&self.peaks).map_or_else(empty_root, RootHash)
    }
}

/// The root over leaves that are all at hand.
#[must_use]
pub fn root_of(leaves: &[EntryHash]) -> RootHash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.push(*leaf, &mut |_, _, _| ());
    }
    frontier.root()
}

/// Where stored nodes come from.
pub trait Nodes {
    /// The node at `index` of `level`, if it is complete and stored.
    fn node(&self, level: u8, index: u64) -> Option<[u8; 32]>;

    /// The `count` leaves from index `first` on, if all of them are stored.
    fn leaves(&self, first: u64, count: usize) -> Option<Vec<[u8; 32]>> {
        (first..).take(count).map(|index| self.node(0, index)).collect()
    }
}

/// Nodes over leaves that are all at hand, computed when asked for.
pub struct Leaves<'a>(pub &'a [EntryHash]);

impl Nodes for Leaves<'_> {
    fn node(&self, level: u8, index: u64) -> Option<[u8; 32]> {
        let width = 1_usize.checked_shl(u32::from(level))?;
        let start = usize::try_from(index).ok()?.checked_mul(width)?;
        let leaves = self.0.get(start..start.checked_add(width)?)?;
        Some(root_of(leaves).0)
    }
}

/// The root of the first `size` leaves, from stored nodes.
#[must_use]
pub fn root_at(nodes: &dyn Nodes, size: Size) -> Option<RootHash> {
    if size.0 == 0 {
        return Some(empty_root());
    }
    range_hash(nodes, 0, size.0).map(RootHash)
}

/// The inclusion proof of a leaf in the tree of `size` leaves: the sibling hashes from the
/// leaf's own upward. `None` when a node is missing or the index is not below the size.
#[must_use]
pub fn inclusion(nodes: &dyn Nodes, index: Index, size: Size) -> Option<Vec<[u8; 32]>> {
    if index.0 >= size.0 {
        return None;
    }
    let (mut start, mut end) = (0, size.0);
    let mut path = Vec::new();
    while end - start > 1 {
        let split = start + largest_power_below(end - start);
        if index.0 < split {
            path.push(range_hash(nodes, split, end)?);
            end = split;
        } else {
            path.push(range_hash(nodes, start, split)?);
            start = split;
        }
    }
    path.reverse();
    Some(path)
}

/// The consistency proof from `old` to `new` leaves. Empty when they are equal or `old` is 0.
#[must_use]
pub fn consistency(nodes: &dyn Nodes, old: Size, new: Size) -> Option<Vec<[u8; 32]>> {
    if old > new {
        return None;
    }
    if old.0 == 0 || old == new {
        return Some(Vec::new());
    }
    let (mut start, mut end) = (0, new.0);
    let mut whole = true;
    let mut path = Vec::new();
    while old.0 != end {
        let split = start + largest_power_below(end - start);
        if old.0 <= split {
            path.push(range_hash(nodes, split, end)?);
            end = split;
        } else {
            path.push(range_hash(nodes, start, split)?);
            start = split;
            whole = false;
        }
    }
    if !whole {
        path.push(range_hash(nodes, start, end)?);
    }
    path.reverse();
    Some(path)
}

/// Whether `path` proves that the leaf stands at `index` under `root` (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(
    leaf: EntryHash,
    index: Index,
    size: Size,
    path: &[[u8; 32]],
    root: RootHash,
) -> bool {
    if index.0 >= size.0 {
        return false;
    }
    let (mut node, mut last) = (index.0, size.0 - 1);
    let mut hash = leaf.0;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root.0
}

/// Whether `path` proves that the tree of `new` leaves extends the one of `old` leaves
/// (RFC 9162 section 2.1.4.2). Sizes of 0 prove nothing and are refused.
#[must_use]
pub fn verify_consistency(
    old: Size,
    old_root: RootHash,
    new: Size,
    new_root: RootHash,
    path: &[[u8; 32]],
) -> bool {
    if old.0 == 0 || old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let (mut node, mut last) = (old.0 - 1, new.0 - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut siblings = path.iter();
    let first = if old.0.is_power_of_two() {
        old_root.0
    } else {
        match siblings.next() {
            Some(first) => *first,
            None => return false,
        }
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in siblings {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old_root.0 && new_hash == new_root.0
}

/// The hash over leaves `start..end`, where `start` is a multiple of the largest power of
/// two that fits: complete subtrees combined from the right.
fn range_hash(nodes: &dyn Nodes, mut start: u64, end: u64) -> Option<[u8; 32]> {
    let mut peaks = Vec::new();
    while start < end {
        let width = 1 << (end - start).ilog2();
        let level = u8::try_from((end - start).ilog2()).ok()?;
        peaks.push(nodes.node(level, start / width)?);
        start += width;
    }
    fold_right(&peaks)
}

fn fold_right(peaks: &[[u8; 32]]) -> Option<[u8; 32]> {
    peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

/// The largest power of two smaller than `n`, for `n` of at least 2.
fn largest_power_below(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<EntryHash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    #[test]
    fn every_proof_of_every_small_tree_verifies_and_no_other_does() {
        for size in 1..40_u64 {
            let all = leaves(size);
            let usize_ = |n: u64| usize::try_from(n).expect("small");
            let root = root_of(&all);
            assert_eq!(root_at(&Leaves(&all), Size(size)), Some(root));
            for index in 0..size {
                let leaf = all[usize_(index)];
                let path = inclusion(&Leaves(&all), Index(index), Size(size)).expect("stored");
                assert!(verify_inclusion(leaf, Index(index), Size(size), &path, root));
                for other in 0..size + 2 {
                    let good = verify_inclusion(leaf, Index(other), Size(size), &path, root);
                    assert_eq!(good, other == index, "leaf {index} taken for {other} of {size}");
                }
                let mut longer = path.clone();
                longer.push([0; 32]);
                assert!(!verify_inclusion(leaf, Index(index), Size(size), &longer, root));
                for place in 0..path.len() {
                    let mut bent = path.clone();
                    bent[place][0] ^= 1;
                    assert!(!verify_inclusion(leaf, Index(index), Size(size), &bent, root));
                }
            }
            for old in 1..=size {
                let old_root = root_of(&all[..usize_(old)]);
                let path = consistency(&Leaves(&all), Size(old), Size(size)).expect("stored");
                assert!(verify_consistency(Size(old), old_root, Size(size), root, &path));
                let wrong = RootHash([7; 32]);
                assert!(!verify_consistency(Size(old), wrong, Size(size), root, &path));
                assert!(!verify_consistency(Size(old), old_root, Size(size), wrong, &path));
                for place in 0..path.len() {
                    let mut bent = path.clone();
                    bent[place][31] ^= 128;
                    assert!(!verify_consistency(Size(old), old_root, Size(size), root, &bent));
                    assert!(!verify_consistency(
                        Size(old),
                        old_root,
                        Size(size),
                        root,
                        &path[..place]
                    ));
                }
            }
        }
    }

    #[test]
    fn a_kept_frontier_goes_on_as_if_never_put_away() {
        let all = leaves(21);
        let mut whole = Frontier::default();
        for (count, leaf) in (0_u64..).zip(&all) {
            let kept = Frontier::from_peaks(Size(count), whole.peaks().to_vec()).expect("fits");
            assert_eq!(kept, whole);
            assert_eq!(
                Frontier::from_peaks(Size(count + 1), kept.peaks().to_vec()).is_some(),
                (count + 1).count_ones() == count.count_ones()
            );
            whole.push(*leaf, &mut |_, _, _| ());
        }
        assert_eq!(whole.root(), root_of(&all));
    }
}
