//! The beginning of a record book, and the making of a key, end at every change that they make, in
//! every way that a disk can fail. The next try succeeds, and nothing that somebody was told of is
//! lost.

use std::sync::Arc;

use probity_keys::SigningKey;
use probity_ledger::verify::verdict::Outcome;
use zeroize::Zeroizing;

use super::*;
use crate::store::Mode;
use crate::store::tests::faulty::{Fault, Faulty};
use crate::store::tests::quick::Quick;
use crate::work::keyring::Passphrase;
use crate::work::reading::Reading;
use crate::work::record;
use crate::work::verify::Asked;

const FAULTS: [Fault; 5] = [Fault::Power, Fault::Lost, Fault::Done, Fault::Full, Fault::ReadOnly];

const NAME: &str = "Hannah Price";

/// A home in a new folder, on a disk that fails when it is told to.
fn home() -> (tempfile::TempDir, Faulty, Home) {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Faulty::new(Arc::new(Quick));
    let home = Home::on(folder.path().join("new/home"), Arc::new(disk.clone()));
    (folder, disk, home)
}

fn begin_there(home: &Home) -> Result<Begun, WorkError> {
    let begin = Begin {
        school: "Hillside Primary School".to_owned(),
        controller: "Governing Body".to_owned(),
        name: NAME.to_owned(),
        role: "headteacher".to_owned(),
        origin: Some("hillside.example/records".to_owned()),
        answers: Answers::default(),
        practice: false,
        continues: None,
    };
    super::begin(&World::real(), home, &begin, &SigningKey::from_seed([1; 32]))
}

/// Opens the book as the next command does, gives out a checkpoint, and verifies.
fn is_whole(home: &Home, at: &str) {
    let reading = Reading::open(home, &Mode::Write("a test".to_owned())).expect(at);
    record::close(reading, &Keyring::of(home)).expect(at);
    let asked = Asked::default();
    let verdict = verify::home(home, &Reader::default(), &asked, &|_| ()).expect(at).verdict;
    assert_eq!((verdict.verdict, verdict.size.0), (Outcome::Intact, 2), "{at}");
}

#[test]
fn a_beginning_that_ends_anywhere_is_a_record_book_or_can_be_begun_again() {
    let (mut ends, mut halves) = (0, 0);
    for fault in FAULTS {
        for number in 0.. {
            let (_folder, disk, home) = home();
            disk.arm(fault, number);
            let begun = begin_there(&home);
            if !disk.heal() {
                begun.expect("nothing failed");
                is_whole(&home, "nothing failed");
                break;
            }
            ends += 1;
            let at = format!("{fault:?} at change {number}: {begun:?}");
            // The next process: this one says nothing more after a failed sync.
            let home = Home::on(home.path().to_owned(), home.disk().clone());
            if home.has_ledger() {
                is_whole(&home, &at);
                continue;
            }
            assert!(begun.is_err(), "{at}: reported as begun, and it isn't there");
            let journal = std::fs::metadata(home.ledger().join("journal"));
            let half = journal.is_ok_and(|file| file.len() > 16);
            begin_there(&home).unwrap_or_else(|error| panic!("{at}, then: {error}"));
            is_whole(&home, &at);
            let names = std::fs::read_dir(home.ledger()).expect("a folder");
            let names = names.filter_map(|item| item.ok()?.file_name().into_string().ok());
            let kept = names.filter(|name| name.starts_with("journal.cut-")).count();
            assert_eq!(kept, usize::from(half), "{at}: the half of a frame is kept");
            halves += kept;
        }
    }
    assert!(ends > 100 && halves > 0, "{ends} ends, {halves} of them within the first frame");
}

fn passphrase(text: &str) -> Passphrase {
    Zeroizing::new(text.to_owned())
}

#[test]
fn a_key_whose_making_ends_anywhere_is_made_or_taken_up_by_its_passphrase() {
    let (world, right) = (World::real(), passphrase("Quite-long enough 4 tests!"));
    let mut taken_up = 0;
    for fault in [Fault::Power, Fault::Done, Fault::Full] {
        for number in 0.. {
            let (_folder, disk, home) = home();
            let keyring = Keyring::of(&home);
            disk.arm(fault, number);
            let made = keyring.create(&world, NAME, &right);
            if !disk.heal() {
                made.expect("nothing failed");
                break;
            }
            let at = format!("{fault:?} at change {number}: {made:?}");
            assert!(keyring.list().is_ok(), "{at}: other keys can't be listed");
            if let Ok(known) = keyring.public(NAME) {
                let key = keyring.unlock(NAME, &right).expect(&at);
                assert_eq!(key.public(), known.public, "{at}");
                continue;
            }
            assert!(made.is_err(), "{at}: reported as made, and it isn't there");
            let private = home.keys().join("hannah-price.pem");
            let before = std::fs::read(&private).ok();
            if before.is_some() {
                let wrong = passphrase("Another long one, 4 nothing!");
                let refused = keyring.create(&world, NAME, &wrong).expect_err("another's key");
                assert!(refused.to_string().contains("no public half"), "{refused}");
                taken_up += 1;
            }
            let made = keyring.create(&world, NAME, &right);
            let made = made.unwrap_or_else(|error| panic!("{at}, then: {error}"));
            let key = keyring.unlock(NAME, &right).expect("the key opens");
            assert_eq!(key.public(), made.public, "{at}");
            if before.is_some() {
                assert_eq!(std::fs::read(&private).ok(), before, "{at}: what was there is kept");
            }
        }
    }
    assert!(taken_up > 3, "{taken_up} were taken up");
}

#[test]
fn a_name_that_an_earlier_version_claimed_by_an_empty_file_is_free() {
    let (_folder, _disk, home) = home();
    let (keyring, right) = (Keyring::of(&home), passphrase("Quite-long enough 4 tests!"));
    std::fs::create_dir_all(home.keys()).expect("a folder");
    for extension in ["pem", "pub"] {
        std::fs::write(home.keys().join(format!("hannah-price.{extension}")), "").expect("a file");
    }
    keyring.create(&World::real(), NAME, &right).expect("the name is free");
    let taken = keyring.create(&World::real(), NAME, &right).expect_err("the name is taken");
    assert!(taken.to_string().contains("exists already"), "{taken}");
    keyring.unlock(NAME, &right).expect("it is the first one");
}

#[test]
fn a_weak_passphrase_leaves_nothing() {
    let (folder, _disk, home) = home();
    let refused = Keyring::of(&home).create(&World::real(), NAME, &passphrase("weak"));
    assert!(refused.is_err());
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
}

#[test]
fn two_do_not_make_a_key_at_once() {
    let (_folder, disk, home) = home();
    let keyring = Keyring::of(&home);
    std::fs::create_dir_all(home.keys()).expect("a folder");
    let held = crate::store::disk::Disk::lock(&disk, &home.keys().join("making")).expect("a lock");
    let refused = keyring
        .create(&World::real(), NAME, &passphrase("Quite-long enough 4 tests!"))
        .expect_err("another process is at it");
    assert!(refused.to_string().contains("just now"), "{refused}");
    drop(held);
    let public = SigningKey::from_seed([7; 32]).public();
    keyring.import_public(NAME, &public).expect("nobody is at it");
    // Were it removed, one who waits for it and one who makes it anew would both hold it.
    assert!(home.keys().join("making").exists(), "the file stays");
}
