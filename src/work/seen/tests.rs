//! A memory follows a record book, and has one spelling.

use probity_ledger::book::clear::Continues;
use probity_ledger::format::hash::{EntryHash, RootHash, Size};

use super::file::FIRST;
use super::{Seen, parse, read};
use crate::work::World;
use crate::work::home::Home;
use crate::work::keyring::Keyring;

fn seen(size: u64) -> Seen {
    Seen {
        origin: "hill.example/records".to_owned(),
        fingerprint: EntryHash([1; 32]),
        size: Size(size),
        root: RootHash([2; 32]),
        entry: EntryHash([3; 32]),
    }
}

/// A third record book that continues a second of the same name, which continued a first: the
/// first is remembered no more, and kept aside.
#[test]
fn a_memory_follows_from_book_to_book() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::locate(Some(folder.path().join("home"))).expect("a home");
    let (world, keyring) = (World::real(), Keyring::of(&home));
    let book = |number: u8, size: u64| Seen { fingerprint: EntryHash([number; 32]), ..seen(size) };
    let (first, second, third) = (book(1, 7), book(2, 3), book(3, 2));
    let whole =
        |one: &Seen| Continues { fingerprint: one.fingerprint, size: one.size, root: one.root };
    let sign = |one: &Seen, continues: Option<Continues>| {
        one.check(&keyring, "ruth", continues, &|_| Some(one.root))?;
        one.succeed(&world, &keyring, "ruth", continues)?;
        one.remember(&keyring, "ruth")
    };
    sign(&first, None).expect("signed");
    let less = Continues { size: Size(6), ..whole(&first) };
    let refused = sign(&second, Some(less)).expect_err("a record is missing").to_string();
    assert!(refused.contains("first 6 entries, and ruth signed over 7"), "{refused}");
    let other = Continues { root: RootHash([9; 32]), ..whole(&first) };
    assert!(sign(&second, Some(other)).is_err(), "seven other entries");
    sign(&second, Some(whole(&first))).expect("signed");
    // Of later entries than the key saw nothing is known.
    let more = Continues { size: Size(9), root: RootHash([9; 32]), ..whole(&second) };
    sign(&third, Some(more)).expect("signed");
    assert_eq!(read(&keyring.seen_path("ruth")).expect("a memory"), [third]);
    let aside = std::fs::read_dir(home.keys()).expect("listed").count();
    assert_eq!(aside, 4, "the memory, two books aside, and what was refused");
    assert!(sign(&first, None).is_err(), "the first is continued, and not gone on with");
}

/// A line that was half written, or that somebody changed by hand, is not taken for another
/// memory.
#[test]
fn a_memory_has_one_spelling() {
    let good = format!("{FIRST}\n{}\n", seen(7).line());
    assert_eq!(parse(&good), Some(vec![seen(7)]));
    assert_eq!(parse(&format!("{FIRST}\n")), Some(Vec::new()));
    let upper = good.replace("03030303\n", "0303030A\n");
    for bad in [
        "",
        FIRST,
        good.trim_end(),
        &good[..good.len() - 2],
        &good.replace(" 7 ", " 07 "),
        &good.replace(" 7 ", " 0 "),
        &good.replace(" 7 ", "  7 "),
        &good.replace("v1", "v2"),
        &good.replace("hill", "Hill"),
        &format!("{good}{}\n", seen(3).line()),
        &format!("{good}\n"),
        &upper,
    ] {
        assert_eq!(parse(bad), None, "{bad}");
    }
}
