//! The RFC 9162 tree: vectors, the standard's own recursive definitions, and Cloudflare's
//! `tlog_tiles`.

mod common;

use common::vectors;
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::tree::{self, Leaves};
type Hash = [u8; 32];

/// Leaf `n` of every tree here: the number in two bytes.
fn leaf(n: u64) -> EntryHash {
    tree::leaf_hash(&u16::try_from(n).expect("small").to_be_bytes())
}

fn leaves(count: u64) -> Vec<EntryHash> {
    (0..count).map(leaf).collect()
}

fn small(number: u64) -> usize {
    usize::try_from(number).expect("small")
}

/// The definitions of RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1, as they stand there.
mod definition {
    use sha2::{Digest as _, Sha256};

    use super::{EntryHash, Hash};

    fn split(count: usize) -> usize {
        let mut k = 1;
        while k * 2 < count {
            k *= 2;
        }
        k
    }

    pub fn root(leaves: &[EntryHash]) -> Hash {
        if let [leaf] = leaves {
            return leaf.0;
        }
        let (left, right) = leaves.split_at(split(leaves.len()));
        Sha256::digest([&[1][..], &root(left), &root(right)].concat()).into()
    }

    pub fn path(index: usize, leaves: &[EntryHash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut path, last) = if index < k {
            (path(index, left), root(right))
        } else {
            (path(index - k, right), root(left))
        };
        path.push(last);
        path
    }

    pub fn subproof(old: usize, leaves: &[EntryHash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole { Vec::new() } else { vec![root(leaves)] };
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, last) = if old <= k {
            (subproof(old, left, whole), root(right))
        } else {
            (subproof(old - k, right, false), root(left))
        };
        proof.push(last);
        proof
    }
}

#[test]
fn every_inclusion_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("tree").iter().filter(|v| v.name.starts_with("inclusion-")) {
        let (size, index) = (vector.number("size"), vector.number("index"));
        let (leaf, root) = (EntryHash(vector.hash("leaf")), RootHash(vector.hash("root")));
        let path = vector.hashes("path");
        let good = tree::verify_inclusion(leaf, Index(index), Size(size), &path, root);
        assert_eq!(good, vector.refused.is_none(), "{}", vector.name);
        if good {
            let all = leaves(size);
            assert_eq!(all[small(index)], leaf, "{}", vector.name);
            assert_eq!(definition::root(&all), root.0, "{}", vector.name);
            assert_eq!(definition::path(small(index), &all), path, "{}", vector.name);
        }
    }
}

#[test]
fn every_consistency_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("tree").iter().filter(|v| v.name.starts_with("consistency-")) {
        let (old, new) = (vector.number("old"), vector.number("new"));
        let (old_root, new_root) = (vector.hash("old-root"), vector.hash("new-root"));
        let path = vector.hashes("path");
        let good = tree::verify_consistency(
            Size(old),
            RootHash(old_root),
            Size(new),
            RootHash(new_root),
            &path,
        );
        assert_eq!(good, vector.refused.is_none(), "{}", vector.name);
        if good {
            let all = leaves(new);
            assert_eq!(definition::root(&all[..small(old)]), old_root, "{}", vector.name);
            assert_eq!(definition::root(&all), new_root, "{}", vector.name);
            assert_eq!(definition::subproof(small(old), &all, true), path, "{}", vector.name);
        }
    }
}

#[test]
fn roots_and_proofs_are_those_of_the_definition() {
    for size in 1..=70 {
        let all = leaves(size);
        let nodes = Leaves(&all);
        assert_eq!(tree::root_of(&all).0, definition::root(&all), "{size}");
        assert_eq!(tree::root_at(&nodes, Size(size)), Some(tree::root_of(&all)), "{size}");
        for index in 0..size {
            let path = tree::inclusion(&nodes, Index(index), Size(size));
            assert_eq!(path, Some(definition::path(small(index), &all)), "{index} of {size}");
            let path = tree::consistency(&nodes, Size(index + 1), Size(size));
            let expected = definition::subproof(small(index) + 1, &all, true);
            assert_eq!(path, Some(expected), "{} to {size}", index + 1);
        }
    }
}

#[test]
fn nothing_is_proven_beyond_the_size() {
    let all = leaves(5);
    let nodes = Leaves(&all);
    assert_eq!(tree::inclusion(&nodes, Index(5), Size(5)), None);
    assert_eq!(tree::inclusion(&nodes, Index(0), Size(6)), None, "a leaf is missing");
    assert_eq!(tree::consistency(&nodes, Size(6), Size(5)), None);
    assert_eq!(tree::consistency(&nodes, Size(5), Size(6)), None, "a leaf is missing");
    assert_eq!(tree::root_at(&nodes, Size(6)), None);
    assert_eq!(tree::root_at(&nodes, Size(0)), Some(tree::empty_root()));
}

/// Another's store of nodes, in another's order.
struct Theirs(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Theirs {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[small(*index)]).collect())
    }
}

impl Theirs {
    fn push(&mut self, count: u64, leaf: EntryHash) {
        let leaf = tlog_tiles::Hash(leaf.0);
        let more = tlog_tiles::stored_hashes_for_record_hash(count, leaf, self).expect("stored");
        self.0.extend(more);
    }
}

fn theirs(path: &[Hash]) -> Vec<tlog_tiles::Hash> {
    path.iter().map(|hash| tlog_tiles::Hash(*hash)).collect()
}

fn ours(path: &[tlog_tiles::Hash]) -> Vec<Hash> {
    path.iter().map(|hash| hash.0).collect()
}

#[test]
fn tlog_tiles_makes_and_takes_the_same_proofs() {
    let mut store = Theirs(Vec::new());
    for size in 1..=70 {
        store.push(size - 1, leaf(size - 1));
        let all = leaves(size);
        let nodes = Leaves(&all);
        let root = tree::root_of(&all);
        let their_root = tlog_tiles::tree_hash(size, &store).expect("stored");
        assert_eq!(root.0, their_root.0);
        for index in 0..size {
            let leaf = all[small(index)];
            let mine = tree::inclusion(&nodes, Index(index), Size(size)).expect("below size");
            let other = tlog_tiles::prove_record(size, index, &store).expect("below size");
            assert_eq!(mine, ours(&other), "{index} of {size}");
            assert!(tree::verify_inclusion(leaf, Index(index), Size(size), &ours(&other), root));
            let leaf = tlog_tiles::Hash(leaf.0);
            let check = |path: &[Hash]| {
                tlog_tiles::check_record(&theirs(path), size, their_root, index, leaf).is_ok()
            };
            assert!(check(&mine), "{index} of {size}");
            if let Some(shorter) = mine.get(1..) {
                assert!(!check(shorter), "{index} of {size}");
            }
            let old = index + 1;
            let old_root = tree::root_of(&all[..small(old)]);
            let mine = tree::consistency(&nodes, Size(old), Size(size)).expect("not beyond size");
            let other = tlog_tiles::prove_tree(size, old, &store).expect("not beyond size");
            assert_eq!(mine, ours(&other), "{old} to {size}");
            assert!(tree::verify_consistency(Size(old), old_root, Size(size), root, &ours(&other)));
            let old_root = tlog_tiles::Hash(old_root.0);
            let checked = tlog_tiles::check_tree(&theirs(&mine), size, their_root, old, old_root);
            assert!(checked.is_ok(), "{old} to {size}");
        }
    }
}

/// The program keeps these nodes and proves from them: a node under another's name is a false proof.
#[test]
fn every_node_is_told_once_and_by_its_own_name() {
    let all = leaves(70);
    let mut frontier = tree::Frontier::default();
    let mut told = std::collections::BTreeMap::new();
    for leaf in &all {
        frontier.push(*leaf, &mut |level, index, hash| {
            assert_eq!(told.insert((level, index), hash), None, "{index} of level {level}");
        });
    }
    for ((level, index), hash) in &told {
        let (start, end) = (index << level, (index + 1) << level);
        assert_eq!(definition::root(&all[small(start)..small(end)]), *hash, "{index} of {level}");
    }
    // 70 = 64 + 4 + 2: complete subtrees of n leaves have 2n - 1 nodes.
    assert_eq!(told.len(), 127 + 7 + 3);
}

#[test]
fn from_nothing_to_something_there_is_nothing_to_prove() {
    let all = leaves(5);
    for size in 0..=5 {
        let path = tree::consistency(&Leaves(&all), Size(0), Size(size));
        assert_eq!(path, Some(Vec::new()), "0 to {size}");
    }
}
