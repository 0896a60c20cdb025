//! Erasing: what is found of it afterwards, whoever looks and wherever they look.

use std::fs;
use std::sync::Arc;

use probity_ledger::format::cbor::Value;

use super::super::bodykeys::Bodykeys;
use super::super::disk::{How, RealDisk};
use super::super::journal::{Holds, frames};
use super::super::{RawJournal, respelled_erasing, seal};
use super::derived::copy_folder;
use super::faulty::{Fault, Faulty};
use super::quick::Quick;
use super::*;

mod carrying_out;

fn secret(number: u64) -> String {
    format!("the body of {number}")
}

fn erase(index: u64, fields: Option<&[&str]>) -> Vec<Erase> {
    let fields = fields.map(|all| all.iter().map(|name| (*name).to_owned()).collect());
    vec![Erase { index: Index(index), fields }]
}

/// Appends an entry that completes the erasure of all of an entry.
fn erased(store: &mut LocalStore, index: u64) {
    let next = store.head().size.0;
    store.append_erasing(store.head(), vec![new(next)], erase(index, None)).expect("erased");
}

/// The bytes of every file below a folder.
fn everything(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).expect("listed") {
        let path = item.expect("listed").path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            let bytes = fs::read(&path).expect("read");
            found.push((path, bytes));
        }
    }
    found
}

fn holds(folder: &Path, wanted: &[u8]) -> Vec<std::path::PathBuf> {
    let all = everything(folder).into_iter();
    all.filter(|(_, bytes)| bytes.windows(wanted.len()).any(|window| window == wanted))
        .map(|(path, _)| path)
        .collect()
}

fn slot_of(home: &Path, number: u64) -> Vec<u8> {
    let keys = fs::read(home.join("bodykeys")).expect("read");
    let at = usize::try_from(32 * (number + 1)).expect("small");
    keys[at..at + 32].to_vec()
}

#[test]
fn no_file_holds_the_old_slot_or_opens_the_old_body() {
    let home = ledger(9);
    let mut store = open(home.path(), &writer()).expect("opened");
    let stored = all(&store).expect("read").swap_remove(4);
    let slot = slot_of(home.path(), stored.slot);
    assert_eq!(holds(home.path(), &slot).len(), 1, "the search finds what is there");
    let sealed = stored.sealed.clone();
    erased(&mut store, 4);
    assert!(holds(home.path(), &slot).is_empty(), "the old slot");
    // The old bytes stay in the journal, and nothing opens them any more.
    assert_eq!(holds(home.path(), &sealed).len(), 1);
    let keys = Bodykeys::open(&RealDisk, &home.path().join("bodykeys"), How::Read);
    let keys = keys.expect("read").expect("there");
    let hash = store.hash(Index(4)).expect("there");
    for number in 0.. {
        let Some(slot) = keys.slot(number).expect("read") else { break };
        let opened = seal::open_body(&slot, stored.slot, hash, &sealed);
        assert!(opened.is_err(), "slot {number} opens it");
    }
    assert_eq!(store.body(Index(4)).expect("read"), None);
    assert!(store.body(Index(3)).expect("read").is_some());
    assert!(!home.path().join("erasing").exists());
}

/// A process that ended between its slot and its frame may have left the same answers under
/// another slot: in a torn end that was kept aside, or in a sealed file.
#[test]
fn what_an_interrupted_append_left_does_not_open_either() {
    let home = ledger(3);
    let journal = home.path().join("journal");
    let before = fs::read(&journal).expect("read");
    let text = b"a letter that was read twice";
    let mut store = open(home.path(), &writer()).expect("opened");
    let batch = vec![NewEntry { attachments: vec![attachment(text)], ..new(3) }];
    store.append(store.head(), batch.clone()).expect("appended");
    let lost = all(&store).expect("read").swap_remove(3);
    drop(store);
    // The frame is torn, and the same record is signed again.
    let whole = fs::read(&journal).expect("read");
    fs::write(&journal, &whole[..whole.len() - 1]).expect("written");
    fs::remove_dir_all(home.path().join("tiles")).ok();
    let mut store = open(home.path(), &writer()).expect("opened");
    assert!(store.recovered().is_some());
    store.append(store.head(), batch).expect("appended");
    let slot = slot_of(home.path(), lost.slot);
    assert!(slot != [0; 32] && whole.len() > before.len());
    erased(&mut store, 3);
    assert_eq!(slot_of(home.path(), lost.slot), [0; 32]);
    assert!(holds(home.path(), &slot).is_empty());
}

#[test]
fn one_part_goes_and_the_rest_stays_with_its_documents() {
    let home = ledger(2);
    let (kept, gone) = (attachment(b"a plan that stays"), attachment(b"a letter that goes"));
    let body = [&b"words "[..], &kept.sha256.0, b" more ", &gone.sha256.0].concat();
    let mut store = open(home.path(), &writer()).expect("opened");
    let one = NewEntry { body, attachments: vec![kept.clone(), gone.clone()], ..new(2) };
    store.append(store.head(), vec![one]).expect("appended");
    let files = |home: &Path| fs::read_dir(home.join("documents")).expect("listed").count();
    assert_eq!(files(home.path()), 2);
    let field = hex::encode(gone.sha256.0);
    let what = erase(2, Some(&[&field]));
    store.append_erasing(store.head(), vec![new(3)], what).expect("erased");
    for store in [store, open(home.path(), &Mode::Read).expect("opened")] {
        let opened = store.body(Index(2)).expect("read").expect("not all of it");
        assert_eq!(opened.body, [&b"words "[..], &kept.sha256.0, b" more "].concat());
        let document = store.document(Index(2), kept.sha256).expect("read");
        assert_eq!(document.as_deref(), Some(&b"a plan that stays"[..]));
        let none = store.document(Index(2), gone.sha256);
        assert!(matches!(none, Err(StoreError::NoDocument { .. })));
    }
    assert_eq!(files(home.path()), 1);
    let raw = RawJournal::open(home.path()).expect("opened");
    let stored = raw.entries().nth(2).expect("there").expect("whole");
    let opened = raw.body(&stored).expect("read").expect("opens");
    let named = opened.documents.first().expect("one");
    let bytes = raw.document(Index(2), opened.slot, named).expect("read");
    assert_eq!(bytes.as_deref(), Some(&b"a plan that stays"[..]));
}

/// Whoever looks without tiles, with older ones, or at the journal alone, finds the same.
#[test]
fn tiles_old_new_or_none_say_the_same() {
    let home = ledger(9);
    let old = everything(&home.path().join("tiles"));
    let mut store = open(home.path(), &writer()).expect("opened");
    erased(&mut store, 4);
    erased(&mut store, 2);
    let what = erase(6, Some(&["body"]));
    store.append_erasing(store.head(), vec![new(11)], what).expect("erased");
    let expected = answers(&store);
    drop(store);
    let same = |why: &str| {
        let store = open(home.path(), &Mode::Read).expect("opened");
        assert_eq!(answers(&store), expected, "{why}");
        assert_eq!(store.body(Index(4)).expect("read"), None, "{why}");
        let part = store.body(Index(6)).expect("read").expect("a part");
        assert_eq!(part.body, b"the  of 6", "{why}");
    };
    same("as they are");
    extend(&mut open(home.path(), &writer()).expect("opened"), 12);
    fs::remove_dir_all(home.path().join("tiles")).expect("removed");
    same("none");
    drop(open(home.path(), &writer()).expect("opened"));
    same("made anew");
    for (path, bytes) in old {
        fs::write(path, bytes).expect("written");
    }
    same("older ones");
    // More than fits in memory is written to the tiles, too.
    let mut store = open(home.path(), &writer()).expect("opened");
    extend(&mut store, 30);
    drop(store);
    let store = open(home.path(), &Mode::Read).expect("opened");
    assert_eq!(store.body(Index(2)).expect("read"), None);
    assert_eq!(store.body(Index(20)).expect("read").expect("whole").body, secret(20).into_bytes());
}

/// A journal put back from before the erasure doesn't fit tiles from after it.
#[test]
fn tiles_that_name_bodies_which_are_not_there_are_made_anew() {
    let home = ledger(8);
    let mut store = open(home.path(), &writer()).expect("opened");
    extend(&mut store, 11);
    let before = fs::read(home.path().join("journal")).expect("read");
    let next = store.head().size.0;
    store.append(store.head(), vec![new(next)]).expect("appended");
    let after_entry = fs::read(home.path().join("journal")).expect("read").len();
    store.append_erasing(store.head(), vec![new(next + 1)], erase(4, None)).expect("erased");
    extend(&mut store, 16);
    drop(store);
    let mut journal = fs::read(home.path().join("journal")).expect("read");
    assert!(journal.starts_with(&before) && after_entry > before.len());
    // The last frame of bodies is cut off.
    let kinds: Vec<(Holds, u64)> = frames(&journal)
        .map(|frame| frame.map(|frame| (frame.holds, frame.offset)).expect("whole"))
        .collect();
    let (_, offset) = kinds.iter().find(|(holds, _)| *holds == Holds::Resealed).expect("one");
    journal.truncate(usize::try_from(*offset).expect("small"));
    fs::write(home.path().join("journal"), &journal).expect("written");
    let store = open(home.path(), &Mode::Read).expect("opened");
    assert_eq!(store.head().size.0, next + 2);
    // Its slot is gone, and no body stands in its place.
    assert_eq!(store.body(Index(4)).expect("read"), None);
    assert!(store.body(Index(5)).expect("read").is_some());
}

/// Whoever has the ledger open while something is erased sees it as it was, or as it is.
#[test]
fn readers_see_either_state() {
    let home = ledger(3);
    let text = b"a letter";
    let mut store = open(home.path(), &writer()).expect("opened");
    let sha256 = Sha256Hash::of(text);
    let body = [&b"the letter "[..], &sha256.0].concat();
    let one = NewEntry { body: body.clone(), attachments: vec![attachment(text)], ..new(3) };
    store.append(store.head(), vec![one]).expect("appended");
    let reader = open(home.path(), &Mode::Read).expect("opened");
    let raw = RawJournal::open(home.path()).expect("opened");
    let stored = all(&reader).expect("read").swap_remove(3);
    let opened = raw.body(&stored).expect("read").expect("opens");
    assert_eq!(opened.body, body);
    // A part: the rest and its document are found behind what the reader knew.
    let what = erase(3, Some(&["letter"]));
    store.append_erasing(store.head(), vec![new(4)], what).expect("erased");
    let left = [&b"the  "[..], &sha256.0].concat();
    assert_eq!(reader.body(Index(3)).expect("read").expect("a part").body, left);
    assert_eq!(raw.body(&stored).expect("read").expect("a part").body, left);
    assert_eq!(reader.document(Index(3), sha256).expect("read").as_deref(), Some(&text[..]));
    let hash = reader.hash(Index(3)).expect("there");
    let named = opened.documents.first().expect("one");
    let now = raw.document_now(Index(3), hash, opened.slot, named).expect("read");
    assert_eq!(now.as_deref(), Some(&text[..]));
    // All of it.
    erased(&mut store, 3);
    assert_eq!(reader.body(Index(3)).expect("read"), None);
    assert_eq!(reader.document(Index(3), sha256).expect("read"), None);
    assert_eq!(raw.body(&stored).expect("read").expect("nothing left").body, NOTHING_LEFT);
    assert_eq!(raw.document_now(Index(3), hash, opened.slot, named).expect("read"), None);
}

#[test]
fn the_index_goes_as_a_whole() {
    let home = ledger(30);
    let text = b"a letter";
    let mut store = open(home.path(), &writer()).expect("opened");
    let one = NewEntry { attachments: vec![attachment(text)], ..new(30) };
    store.append(store.head(), vec![one]).expect("appended");
    let term = Term::Document(Sha256Hash::of(text));
    assert_eq!(store.lookup(&term).expect("found"), [Index(30)]);
    assert!(home.path().join("index").exists());
    let before = everything(&home.path().join("index"));
    erased(&mut store, 30);
    assert!(!home.path().join("index").exists());
    assert_eq!(store.lookup(&term).expect("found"), []);
    drop(store);
    let store = open(home.path(), &Mode::Browse).expect("opened");
    assert_eq!(store.lookup(&term).expect("found"), []);
    assert!(!before.is_empty());
}

/// Else the erasure is on record, every write is refused until the index is gone, and what a link
/// leads to goes on telling whoever has a document that it was named here.
#[cfg(unix)]
#[test]
fn an_index_that_cannot_be_removed_is_told_of_before_anything_is_on_record() {
    let (home, elsewhere) = (ledger(9), TempDir::new().expect("a folder"));
    let (link, away) = (home.path().join("index"), elsewhere.path().join("index"));
    fs::create_dir(&away).expect("made");
    std::os::unix::fs::symlink(&away, &link).expect("linked");
    let mut store = open(home.path(), &writer()).expect("opened");
    assert_eq!(store.lookup(&Term::Kind("kind-1".to_owned())).expect("found").len(), 4);
    let (head, journal) = (store.head(), fs::read(home.path().join("journal")).expect("read"));
    let error = store.append_erasing(head, vec![new(9)], erase(4, None)).expect_err("refused");
    let words = error.to_string();
    assert!(words.contains(&format!("a link to {}", away.display())), "{words}");
    assert!(words.contains("index failed"), "{words}");
    assert!(words.contains("delete it by hand, a link with what it leads to"), "{words}");
    assert!(fs::read(home.path().join("journal")).expect("read") == journal, "it was written");
    assert!(!home.path().join("erasing").exists() && link.is_symlink() && away.is_dir());
    // Nothing is held up, and nothing is gone.
    assert!(store.body(Index(4)).expect("read").is_some());
    extend(&mut store, 10);
    drop(store);

    // Once somebody did as they were told, the erasure goes through.
    fs::remove_dir_all(&away).expect("removed");
    fs::remove_file(&link).expect("removed");
    let mut store = open(home.path(), &writer()).expect("opened");
    erased(&mut store, 4);
    assert_eq!(store.body(Index(4)).expect("read"), None);
}

/// A link that is taken away because of what it leads to hides that from every later erasure.
#[cfg(unix)]
#[test]
fn an_index_that_is_broken_behind_a_link_stays_where_erasing_finds_it() {
    let (home, elsewhere) = (ledger(9), TempDir::new().expect("a folder"));
    let (link, away) = (home.path().join("index"), elsewhere.path().join("index"));
    let kind = Term::Kind("kind-1".to_owned());
    let look = || {
        let store = open(home.path(), &writer()).expect("opened");
        assert_eq!(store.lookup(&kind).expect("found").len(), 4);
    };
    look();
    fs::rename(&link, &away).expect("moved");
    std::os::unix::fs::symlink(&away, &link).expect("linked");
    for (path, bytes) in everything(&away) {
        fs::write(path, bytes.iter().map(|byte| !byte).collect::<Vec<u8>>()).expect("written");
    }
    look();
    assert!(link.is_symlink() && away.is_dir());
}

/// Else the record book can't be written any more once an erasure is on record.
#[test]
fn a_file_in_the_place_of_the_index_goes_as_the_index_does() {
    let home = ledger(9);
    let path = home.path().join("index");
    fs::write(&path, "put here by somebody").expect("written");
    let mut store = open(home.path(), &writer()).expect("opened");
    erased(&mut store, 4);
    assert!(!path.exists());
    extend(&mut store, 11);
}

#[test]
fn a_frame_of_bodies_is_read_strictly() {
    let home = ledger(5);
    let mut store = open(home.path(), &writer()).expect("opened");
    erased(&mut store, 1);
    drop(store);
    let journal = fs::read(home.path().join("journal")).expect("read");
    let last = frames(&journal).last().expect("frames").expect("whole");
    assert_eq!((last.holds, last.first, last.count), (Holds::Resealed, Index(6), 1));
    assert_eq!(last.records().count(), 0);
    let body = last.resealed().next().expect("a body");
    assert_eq!(body.index, Index(1));
    let start = usize::try_from(last.offset).expect("small");
    let mend = |bytes: &mut Vec<u8>| {
        let crc = crc32c::crc32c_append(
            crc32c::crc32c(&bytes[start + 4..start + 24]),
            &bytes[start + 28..],
        );
        bytes[start + 24..start + 28].copy_from_slice(&crc.to_be_bytes());
    };
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = journal.clone();
        change(&mut bytes);
        mend(&mut bytes);
        let damage = frames(&bytes).last().expect("frames").expect_err("damage");
        assert!(!damage.torn, "{damage}");
        assert!(damage.salvage.is_empty());
    };
    refused(&|bytes| bytes[start + 4] = 3);
    refused(&|bytes| bytes[start + 5] = 1);
    // As many entries stand before it as it says, and its body is of one of them.
    refused(&|bytes| bytes[start + 15] = 5);
    refused(&|bytes| bytes[start + 28 + 7] = 6);
    refused(&|bytes| bytes[start + 19] = 2);
    let sized = |bytes: &mut Vec<u8>| {
        let length = u32::try_from(bytes.len() - start - 28).expect("small");
        bytes[start + 20..start + 24].copy_from_slice(&length.to_be_bytes());
    };
    refused(&|bytes| {
        bytes.push(0);
        sized(bytes);
    });
    refused(&|bytes| {
        bytes.pop();
        sized(bytes);
    });
}

/// What fails, or ends with its process, before anything names it leaves no document behind,
/// whole or half, however often it is tried: the next opening removes it.
#[test]
fn a_document_that_was_sealed_anew_for_nothing_goes_again() {
    for fault in [Fault::Lost, Fault::Done, Fault::Power] {
        let (ends, left) = sealed_anew_for_nothing(fault);
        assert!(ends > 10, "{fault:?}: {ends}");
        // Of most calls that fail what was made is taken back at once; a process that ends can't.
        assert!(left > 1 || fault != Fault::Power, "{fault:?}: {left}");
    }
}

/// Ends an erasing at each change in turn. Returns how often it ended, and how often a document
/// was there that nothing named, until the next opening.
fn sealed_anew_for_nothing(fault: Fault) -> (u64, u64) {
    let text = b"a letter";
    let sha256 = Sha256Hash::of(text);
    let (mut ends, mut left) = (0, 0);
    let count = |home: &Path| fs::read_dir(home.join("documents")).expect("listed").count();
    for number in 0.. {
        let home = ledger(3);
        let disk = Faulty::new(Arc::new(RealDisk));
        let options = Options { disk: Arc::new(disk.clone()), ..options() };
        let mut store = LocalStore::open(home.path(), &writer(), &options).expect("opened");
        let body = [&b"the letter "[..], &sha256.0].concat();
        let one = NewEntry { body, attachments: vec![attachment(text)], ..new(3) };
        store.append(store.head(), vec![one]).expect("appended");
        disk.arm(fault, number);
        let done = store.append_erasing(store.head(), vec![new(4)], erase(3, Some(&["letter"])));
        drop(store);
        if !disk.heal() {
            break;
        }
        ends += 1;
        let journal = fs::read(home.path().join("journal")).expect("read");
        let anew = frames(&journal).flatten().any(|frame| frame.holds == Holds::Resealed);
        left += u64::from(!anew && count(home.path()) > 1);
        let store = open(home.path(), &writer()).expect("opened");
        assert_eq!(store.document(Index(3), sha256).expect("read").as_deref(), Some(&text[..]));
        let kept = count(home.path());
        assert_eq!(kept, 1, "change {number}: {kept} documents after {done:?}");
        assert!(!home.path().join("erasing").exists());
    }
    (ends, left)
}
