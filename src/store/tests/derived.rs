//! Tiles and index may be lost, broken or another ledger's: the answers stay the same.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use probity_ledger::format::tree::{Frontier, Nodes as _};

use super::super::disk::RealDisk;
use super::super::tiles::Tiles;
use super::*;

mod index;

const SIZE: u64 = 22;

/// A ledger with tiles, a tail behind them, two erasures in the middle, and an index that has read
/// all of it.
fn sound() -> TempDir {
    let home = ledger(9);
    let mut store = open(home.path(), &writer()).expect("opened");
    for (index, fields) in [(4, None), (6, Some(vec!["body".to_owned()]))] {
        let (next, what) = (store.head().size.0, vec![Erase { index: Index(index), fields }]);
        store.append_erasing(store.head(), vec![new(next)], what).expect("erased");
    }
    extend(&mut store, SIZE);
    drop(answers(&store));
    drop(store);
    home
}

/// Only the journal and the slots: whatever is derived is made anew in memory.
fn truth(home: &Path) -> String {
    let bare = TempDir::new().expect("a folder");
    for name in ["journal", "bodykeys"] {
        fs::copy(home.join(name), bare.path().join(name)).expect("copied");
    }
    answers(&open(bare.path(), &Mode::Read).expect("opened"))
}

fn unimpressed(what: &str, ruin: impl Fn(&Path)) {
    for mode in [Mode::Read, Mode::Browse, writer()] {
        let home = sound();
        let before = truth(home.path());
        ruin(home.path());
        let mut store = open(home.path(), &mode).expect("opened");
        assert!(answers(&store) == before, "{what}, {mode:?}");
        if mode == writer() {
            extend(&mut store, SIZE + 9);
            let after = truth(home.path());
            assert!(answers(&store) == after, "{what}, grown");
            drop(store);
            let store = open(home.path(), &Mode::Browse).expect("opened");
            assert!(answers(&store) == after, "{what}, grown and opened again");
        }
    }
}

fn each_file(dir: &Path, ruin: &mut dyn FnMut(&Path)) {
    for item in fs::read_dir(dir).expect("listed") {
        let path = item.expect("listed").path();
        if path.is_dir() { each_file(&path, ruin) } else { ruin(&path) }
    }
}

#[test]
fn nothing_is_wrong() {
    unimpressed("nothing", |_| ());
}

#[test]
fn folders_are_gone() {
    unimpressed("tiles gone", |home| fs::remove_dir_all(home.join("tiles")).expect("removed"));
    unimpressed("index gone", |home| fs::remove_dir_all(home.join("index")).expect("removed"));
}

#[test]
fn a_file_of_the_tiles_is_gone_short_or_changed() {
    for name in ["state", "offsets", "hashes", "governance", "resealed"] {
        unimpressed(name, |home| fs::remove_file(home.join("tiles").join(name)).expect("removed"));
        unimpressed(name, |home| {
            let path = home.join("tiles").join(name);
            let bytes = fs::read(&path).expect("read");
            fs::write(path, &bytes[..bytes.len() - 3]).expect("written");
        });
        unimpressed(name, |home| {
            let path = home.join("tiles").join(name);
            let mut bytes = fs::read(&path).expect("read");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 4;
            fs::write(path, bytes).expect("written");
        });
    }
}

#[test]
fn the_inner_nodes_are_gone_short_or_changed() {
    let home = TempDir::new().expect("a folder");
    let mut store = create(home.path());
    store.append(Head::EMPTY, (0..600).map(new).collect()).expect("appended");
    drop(store);
    let expected = truth(home.path());
    let path = home.path().join("tiles/nodes");
    let bytes = fs::read(&path).expect("read");
    assert_eq!(bytes.len(), 64);
    let changed = |at: usize| {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        changed
    };
    for ruined in [vec![], bytes[..63].to_vec(), changed(0), changed(32), changed(63)] {
        fs::write(&path, &ruined).expect("written");
        let store = open(home.path(), &Mode::Read).expect("opened");
        assert!(answers(&store) == expected);
    }
    fs::remove_file(&path).expect("removed");
    assert!(answers(&open(home.path(), &writer()).expect("opened")) == expected);
    assert_eq!(fs::read(&path).expect("made anew"), bytes);
}

#[test]
fn nodes_of_all_levels_are_those_of_the_tree() {
    const LEAVES: u64 = (1 << 16) + 700;
    let home = TempDir::new().expect("a folder");
    let mut tiles = Tiles::empty(16);
    let (mut frontier, mut nodes) = (Frontier::default(), HashMap::new());
    for number in 0..LEAVES {
        let hash = EntryHash(Sha256Hash::of(&number.to_be_bytes()).0);
        frontier.push(hash, &mut |level, index, node| {
            nodes.insert((level, index), node);
        });
        tiles.push(number, hash, number, false);
        if [300, 70, LEAVES - 300].contains(&number) {
            tiles.save(&RealDisk, home.path()).expect("written");
        }
    }
    // Part of it is in the files and part in memory, and then all in the files.
    for _ in 0..2 {
        for level in 0..18 {
            for index in 0..=LEAVES >> level {
                assert_eq!(tiles.node(level, index), nodes.get(&(level, index)).copied());
            }
        }
        let tile: Option<Vec<_>> = (256..512).map(|index| tiles.node(0, index)).collect();
        assert_eq!(tiles.leaves(256, 256), tile);
        assert!(tiles.leaves(LEAVES - 256, 256).is_some());
        assert_eq!(tiles.leaves(LEAVES - 255, 256), None);
        assert_eq!(tiles.leaves(u64::MAX, 256), None);
        assert_eq!(tiles.node(63, 1), None);
        assert_eq!(tiles.node(64, 0), None);
        tiles.save(&RealDisk, home.path()).expect("written");
        tiles = Tiles::load(&RealDisk, home.path(), true).expect("sound");
    }
    // A node so far down that none of the tree's peaks is computed from it.
    let path = home.path().join("nodes");
    let mut bytes = fs::read(&path).expect("read");
    bytes[40] ^= 1;
    fs::write(&path, bytes).expect("written");
    assert!(Tiles::load(&RealDisk, home.path(), true).is_none());
}

#[test]
fn any_byte_of_the_state_is_changed() {
    let home = sound();
    let expected = truth(home.path());
    let path = home.path().join("tiles/state");
    let state = fs::read(&path).expect("read");
    for at in 0..state.len() {
        let mut changed = state.clone();
        changed[at] ^= 0x21;
        fs::write(&path, changed).expect("written");
        let store = open(home.path(), &Mode::Read).expect("opened");
        assert!(answers(&store) == expected, "byte {at}");
    }
}

#[test]
fn the_index_is_scrambled() {
    unimpressed("index cut short", |home| {
        each_file(&home.join("index"), &mut |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        });
    });
    unimpressed("index emptied", |home| {
        each_file(&home.join("index"), &mut |path| fs::write(path, []).expect("written"));
    });
    for part in 0..8 {
        unimpressed("index overwritten", |home| {
            each_file(&home.join("index"), &mut |path| {
                let mut bytes = fs::read(path).expect("read");
                let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                let start = used * part / 8;
                let end = used.min(start + 40);
                bytes[start..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
                fs::write(path, bytes).expect("written");
            });
        });
    }
}

#[test]
fn tiles_and_index_are_another_ledgers() {
    for other_size in [SIZE, SIZE + 10, SIZE - 10] {
        let other = TempDir::new().expect("a folder");
        let mut store = create(other.path());
        let odd = NewEntry { entry: b"breach-2024-001 kind-1 k2 gov".to_vec(), ..new(0) };
        store.append(Head::EMPTY, vec![odd]).expect("appended");
        extend(&mut store, other_size);
        drop(answers(&store));
        drop(store);
        for name in ["tiles", "index"] {
            let copy = kept_copy(other.path(), name);
            unimpressed("another ledger's", |home| put_back(home, name, copy.path()));
        }
    }
}

#[test]
fn a_document_is_found_where_it_was_kept() {
    let home = ledger(20);
    let mut store = open(home.path(), &writer()).expect("opened");
    let document = |name: &str| Term::Document(attachment(name.as_bytes()).sha256);
    for (number, names) in [(20, vec!["plan", "plan"]), (21, vec!["advice", "plan"]), (22, vec![])]
    {
        let attachments = names.iter().map(|name| attachment(name.as_bytes())).collect();
        let new = NewEntry { attachments, ..new(number) };
        store.append(store.head(), vec![new]).expect("appended");
    }
    // A body may name a document that isn't kept with it.
    let sha256 = attachment(b"letter").sha256;
    let body = [b"\xa1\x66sha256\x58\x20", &sha256.0[..], b"!"].concat();
    store.append(store.head(), vec![NewEntry { body, ..new(23) }]).expect("appended");
    extend(&mut store, 40);
    let slot = usize::try_from(all(&store).expect("read")[21].slot).expect("small");
    drop(store);
    let check = |expected: [&[u64]; 4]| {
        for mode in [Mode::Browse, Mode::Read, Mode::Browse] {
            let store = open(home.path(), &mode).expect("opened");
            for (name, expected) in
                ["plan", "advice", "another", "letter"].into_iter().zip(expected)
            {
                let found = store.lookup(&document(name)).expect("looked up");
                assert_eq!(
                    found,
                    expected.iter().copied().map(Index).collect::<Vec<_>>(),
                    "{name}"
                );
            }
        }
    };
    let slots = home.path().join("bodykeys");
    let kept = fs::read(&slots).expect("read");
    let change = |byte: fn(&u8) -> u8| {
        let mut bytes = kept.clone();
        // Slot 0 stands behind the header.
        bytes[32 * slot + 32..32 * slot + 64].iter_mut().for_each(|slot| *slot = byte(slot));
        fs::write(&slots, bytes).expect("written");
    };
    // What can't be opened while the index is made may be put right later.
    change(|byte| byte ^ 0x40);
    check([&[20], &[], &[], &[23]]);
    fs::write(&slots, &kept).expect("written");
    check([&[20, 21], &[21], &[], &[23]]);
    // What was erased is gone from an index that is made anew.
    fs::remove_dir_all(home.path().join("index")).expect("removed");
    check([&[20, 21], &[21], &[], &[23]]);
    change(|_| 0);
    fs::remove_dir_all(home.path().join("index")).expect("removed");
    check([&[20], &[], &[], &[23]]);
}

/// What the index is told of an append is what it would have read: of documents that are kept and
/// that are only named, of links, and across what is handed over to sled and what was missed.
#[test]
fn what_was_appended_is_found_as_if_it_had_been_read() {
    let home = ledger(3);
    let mut store = open(home.path(), &writer()).expect("opened");
    let named = attachment(b"letter").sha256;
    let linked = EntryHash(Sha256Hash::of(b"some entry").0);
    let terms = [
        Term::Document(attachment(b"plan").sha256),
        Term::Document(named),
        Term::LinksTo(linked),
        Term::Case("dpia-2025-001".to_owned()),
        Term::Kind("kind-0".to_owned()),
        Term::Signer(signer("k3")),
    ];
    for round in 0..30_u64 {
        let from = store.head().size.0;
        let batch = (from..from + 1 + round % 3).map(|number| {
            let plain = new(number);
            match number % 4 {
                0 => NewEntry { attachments: vec![attachment(b"plan")], ..plain },
                1 => {
                    let body = [b"\xa1\x66sha256\x58\x20", &named.0[..], b"!"].concat();
                    NewEntry { body, ..plain }
                }
                2 => {
                    let words = words(number);
                    let (before, behind) = words.split_once(" #").expect("a number");
                    let entry = format!("{before} {linked} {linked} #{behind}").into_bytes();
                    NewEntry { entry, ..plain }
                }
                _ => plain,
            }
        });
        store.append(store.head(), batch.collect()).expect("appended");
        if round % 7 == 6 {
            continue;
        }
        let read = open(home.path(), &Mode::Read).expect("opened");
        for term in &terms {
            let found = store.lookup(term).expect("looked up");
            assert!(!found.is_empty() || round < 4, "{term:?}");
            assert_eq!(found, read.lookup(term).expect("looked up"), "{term:?}, round {round}");
        }
    }
}

#[test]
fn a_hash_leads_to_its_place_however_often_it_is_asked() {
    let home = ledger(20);
    let mut store = open(home.path(), &writer()).expect("opened");
    for size in [20, 33] {
        extend(&mut store, size);
        for index in (0..size).map(Index) {
            let hash = store.hash(index).expect("there");
            assert_eq!(store.find_hash(&hash).expect("found"), Some(index));
            let mut other = hash;
            other.0[31] ^= 1;
            assert_eq!(store.find_hash(&other).expect("looked for"), None);
            let digits = hash.to_string();
            for length in [11, 12, 63, 64] {
                let found = store.find_hash_prefix(&digits[..length]).expect("found");
                assert_eq!(found, [index], "{length} digits");
            }
            let last = if digits.ends_with('0') { "1" } else { "0" };
            let other = format!("{}{last}", &digits[..63]);
            assert!(store.find_hash_prefix(&other).expect("looked for").is_empty());
        }
    }
    assert_eq!(store.find_hash_prefix("").expect("found").len(), 33);
    let hash = store.hash(Index(3)).expect("there").to_string();
    for text in ["g", "0g", "é", "aé", "+1", &format!("{hash}0"), &format!("{hash}00")] {
        assert!(store.find_hash_prefix(text).expect("looked for").is_empty(), "{text}");
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    each_file(from, &mut |path| {
        let to = to.join(path.strip_prefix(from).expect("within"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::copy(path, to).expect("copied");
    });
}

/// Puts a copy in the place of `tiles` or `index`.
fn put_back(home: &Path, name: &str, copy: &Path) {
    let to = home.join(name);
    fs::remove_dir_all(&to).expect("removed");
    copy_folder(copy, &to);
}

/// A copy of a ledger's folder `name`, and the folder that holds it.
fn kept_copy(home: &Path, name: &str) -> TempDir {
    let copy = TempDir::new().expect("a folder");
    copy_folder(&home.join(name), copy.path());
    copy
}

#[test]
fn tiles_and_index_are_older() {
    for size in [5, 9, SIZE - 1] {
        let home = ledger(size);
        drop(answers(&open(home.path(), &writer()).expect("opened")));
        for name in ["tiles", "index"] {
            let older = kept_copy(home.path(), name);
            unimpressed("older", |home| put_back(home, name, older.path()));
        }
    }
}

/// A life in which the end was lost after tiles and index had read it, and other entries
/// were written in its place; as many, fewer or more.
#[test]
fn tiles_and_index_are_newer_and_of_an_end_that_was_lost() {
    let journal = |home: &Path| home.join("journal");
    for lost in [1, 2, 7, SIZE - 1] {
        for after in [SIZE - 3, SIZE, SIZE + 6] {
            // The longer life, with all that derives from it.
            let home = sound();
            let newer: Vec<_> =
                ["tiles", "index"].map(|name| (name, kept_copy(home.path(), name))).into();
            // Its end is lost: the journal is as it was when it was smaller.
            let bytes = fs::read(journal(home.path())).expect("read");
            let frames = super::super::journal::frames(&bytes);
            let keep = frames.map(|frame| frame.expect("whole"));
            let keep =
                keep.take_while(|frame| frame.first.0 + u64::from(frame.count) <= SIZE - lost);
            let end = keep.last().map_or(16, |frame| frame.end());
            fs::write(journal(home.path()), &bytes[..usize::try_from(end).expect("small")])
                .expect("written");
            // The next writer finds tiles and index that have read more than there is.
            let mut store = open(home.path(), &writer()).expect("opened");
            assert!(store.head().size.0 <= SIZE - lost);
            assert!(answers(&store) == truth(home.path()), "the end is lost");
            // The same shapes in the same places, so that only what they say tells them apart.
            let other = |number| NewEntry {
                entry: words(number).replace("kind", "kine").into_bytes(),
                ..new(number)
            };
            while store.head().size.0 < after {
                let next = store.head().size.0;
                let batch = (next..next + 1 + next % 2).map(other).collect();
                store.append(store.head(), batch).expect("appended");
            }
            assert!(answers(&store) == truth(home.path()), "other entries");
            drop(store);
            // Copies of the longer life come back, each alone and both.
            for names in [&["tiles"][..], &["index"], &["tiles", "index"]] {
                for mode in [Mode::Read, Mode::Browse, writer()] {
                    for (name, copy) in newer.iter().filter(|(name, _)| names.contains(name)) {
                        put_back(home.path(), name, copy.path());
                    }
                    let expected = truth(home.path());
                    let store = open(home.path(), &mode).expect("opened");
                    assert!(
                        answers(&store) == expected,
                        "{names:?} of a longer life, {lost} lost, now {after}, {mode:?}"
                    );
                }
            }
        }
    }
}
