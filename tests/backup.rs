//! Backing up, bringing up to date, restoring: by the program as people use it. What happens when
//! either ends halfway is in `src/work/backup/tests.rs`.

mod common;
#[path = "backup/kept.rs"]
mod kept;
#[path = "backup/minute.rs"]
mod minute;

use std::path::{Path, PathBuf};

use common::{BEGUN, CHAIR, HEAD, OFFICE, SCHOOL, School, Snapshot, files, index};
use serde_json::json;

/// A school with a document, and a folder for its backup.
fn school() -> (School, String) {
    let school = School::begun();
    let letter = school.file("letter.pdf", files::pdf("letter"));
    school.record("note", OFFICE, &["--text", "With a file.", "--attach", &letter]);
    let medium = school.path("medium").display().to_string();
    (school, medium)
}

/// Another home of the same people.
fn at<'a>(home: &'a str, line: &[&'a str]) -> Vec<&'a str> {
    line.iter().copied().chain(["--home", home]).collect()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found
}

/// The files below a folder that hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let content = std::fs::read(path).expect("readable");
        content.windows(bytes.len()).any(|window| window == bytes)
    };
    all_files(folder).into_iter().filter(holds).collect()
}

#[test]
fn what_was_backed_up_is_restored_and_people_go_on_with_their_own_keys() {
    let (school, medium) = school();
    let done = school.json(["backup", &medium]);
    assert_eq!(
        (&done["state"], &done["size"], &done["new"], &done["documents"], &done["keys"]),
        (&json!("whole"), &json!(BEGUN + 1), &json!(BEGUN + 1), &json!(1), &json!(true))
    );
    // It is a home by its shape, so it can be checked and read where it is.
    let (status, there) = school.verify([&medium]);
    let (_, here) = school.verify([""; 0]);
    assert_eq!((status, &there["root"], &there["verdict"]), (0, &here["root"], &json!("intact")));
    assert!(!Path::new(&medium).join("ledger/tiles").exists(), "what derives is not copied");

    let new = school.path("new/home").display().to_string();
    let ran = school.ok(at(&new, &["restore", &medium]));
    assert!(ran.out.contains(&format!("{} records", BEGUN + 1)), "{}", ran.out);
    assert!(ran.out.contains("What was recorded after that is not in it"), "{}", ran.out);
    assert!(ran.out.contains("probity verify --since FILE"), "{}", ran.out);
    let (status, restored) = school.verify([&new]);
    assert_eq!((status, &restored["root"]), (0, &here["root"]));
    assert_eq!(restored["absent_documents"], json!([]));
    for (by, kept) in [(CHAIR, "by the chair"), (HEAD, "by the head")] {
        school.ok(at(&new, &["record", "note", "--by", by, "--text", kept]));
    }
    assert_eq!(index(&school.verify([&new]).1["size"]), BEGUN + 3);
    // The medium holds what was restored, so the new home knows it.
    let known = school.lines(at(&new, &["backup", "--list"]));
    assert_eq!((&known[0]["folder"], &known[0]["new_since"]), (&json!(medium), &json!(2)));
    #[cfg(unix)]
    for (file, mode) in [("keys/log.pem", 0o600), ("keys/hannah-price.pem", 0o600)] {
        assert_eq!(common::mode(&Path::new(&new).join(file)), mode, "{file}");
        assert_eq!(common::mode(&Path::new(&medium).join(file)), mode, "{file}");
    }
    // A second time nothing is overwritten, and neither is anything written in the backup.
    school.refused(at(&new, &["restore", &medium])).says("holds a record book already", "--home");
    school
        .refused(at(&medium, &["record", "note", "--by", HEAD, "--text", "no", "--yes"]))
        .says("is a backup, in which nothing is written", "restore");
}

#[test]
fn bringing_up_to_date_copies_what_is_new_and_leaves_no_older_copy() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    // The documents that are there stay the same files.
    let documents = || all_files(&Path::new(&medium).join("ledger/documents"));
    let before = documents();
    let stamp = |path: &PathBuf| std::fs::metadata(path).and_then(|m| m.modified()).expect("time");
    let old = stamp(&before[0]);
    let map = school.file("map.pdf", files::pdf("map"));
    school.record("note", HEAD, &["--text", "With another.", "--attach", &map]);
    assert_eq!(school.lines(["backup", "--list"])[0]["new_since"], 1);
    let done = school.json(["backup", &medium]);
    assert_eq!(
        (&done["size"], &done["new"], &done["documents"]),
        (&json!(BEGUN + 2), &json!(1), &json!(2))
    );
    assert_eq!((documents().len(), stamp(&before[0])), (2, old));
    let list = school.lines(["backup", "--list"]);
    assert_eq!((list.len(), &list[0]["new_since"]), (1, &json!(0)), "one medium: {list:?}");
    let ledger = |root: &Path| std::fs::read(root.join("ledger/journal")).expect("a journal");
    assert!(ledger(Path::new(&medium)) == ledger(&school.home()));
    // Another medium is a second one, until it is said to be no more.
    let other = school.path("other").display().to_string();
    school.ok(["backup", &other]);
    assert_eq!(school.lines(["backup", "--list"]).len(), 2);
    school.ok(["backup", "--forget", &other]);
    let left = school.lines(["backup", "--list"]);
    assert_eq!((left.len(), &left[0]["folder"]), (1, &json!(medium)));
    school.refused(["backup", "--forget", &other]).says("is on record here", "--list");
}

#[test]
fn a_slot_that_was_overwritten_is_nowhere_on_the_medium_once_it_is_up_to_date() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let slots = school.home().join("ledger/bodykeys");
    let mut bytes = std::fs::read(&slots).expect("slots");
    // One that opens a record, and one that nothing uses yet.
    // (Each program fills a block of 32, and uses the first.)
    let (used, unused) = (bytes.len() - 32 * 32, bytes.len() - 32);
    let gone: Vec<Vec<u8>> = [used, unused].map(|at| bytes[at..at + 32].to_vec()).to_vec();
    for slot in &gone {
        assert_eq!(holding(Path::new(&medium), slot).len(), 1);
    }
    bytes[unused..unused + 32].fill(0);
    std::fs::write(&slots, &bytes).expect("overwritten");
    school.ok(["backup", &medium]);
    assert_eq!(holding(Path::new(&medium), &gone[1]), [""; 0].map(PathBuf::from));
    assert_eq!(holding(Path::new(&medium), &gone[0]).len(), 1, "the search finds");

    // One that a record needs is damage of the book, and stays on the medium.
    bytes[used..used + 32].fill(0);
    std::fs::write(&slots, &bytes).expect("overwritten");
    let ran = school.run(["backup", &medium]);
    assert_eq!(ran.status, 2, "{ran:#?}");
    assert!(ran.err.contains("is damaged: slot"), "{}", ran.err);
    assert_eq!(holding(Path::new(&medium), &gone[0]).len(), 1);
}

#[test]
fn another_book_a_newer_state_another_history_and_other_things_are_refused_untouched() {
    let (school, medium) = school();
    let before = Snapshot::of(&school.home());
    school.record("note", HEAD, &["--text", "The newest."]);
    school.ok(["backup", &medium]);
    let there = || {
        let files = all_files(Path::new(&medium)).into_iter();
        files.map(|path| (std::fs::read(&path).expect("readable"), path)).collect::<Vec<_>>()
    };
    let kept = there();

    let other = School::begin();
    other
        .refused(["backup", &medium])
        .says(&format!("a backup of another record book: {SCHOOL}"), "name another folder");
    // This book, as it was.
    std::fs::remove_dir_all(school.home()).expect("removed");
    before.restore(&school.home());
    school
        .refused(["backup", &medium])
        .says("is newer than this record book", "restore that backup instead");
    // And going on from there.
    school.record("note", HEAD, &["--text", "Another, in its place."]);
    school.record("note", HEAD, &["--text", "And one more, so that this one is longer."]);
    school.refused(["backup", &medium]).says("differ from byte", "keep both as they are");
    assert!(there() == kept, "the medium is untouched");

    let full = school.path("full");
    std::fs::create_dir(&full).expect("a folder");
    std::fs::write(full.join("holiday.jpg"), "x").expect("a file");
    school
        .refused(["backup", &full.display().to_string()])
        .says("holds other things, and no backup", "probity-backup");
    let own = school.home().join("keys/backup").display().to_string();
    school.refused(["backup", &own]).says("lie in each other", "USB stick");
    let above = school.path("").display().to_string();
    school.refused(["backup", &above]).says("lie in each other", "");
    school
        .refused(["restore", &full.display().to_string(), "--home", "elsewhere"])
        .says("no backup", "the folder that `probity backup` made");
    std::fs::write(Path::new(&medium).join("backup.toml"), "layout = 2\n").expect("a note");
    school.refused(["backup", &medium]).says("of layout 2, expected 1", "a newer probity");
    school.refused(["restore", &medium, "--home", "elsewhere"]).says("of layout 2", "newer");
    std::fs::write(Path::new(&medium).join("backup.toml"), "torn").expect("a note");
    school.refused(["backup", &medium]).says("can't be read", "another one");
}

#[test]
fn a_damaged_backup_is_found_when_it_is_refreshed_and_when_it_is_restored() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let whole = Snapshot::of(Path::new(&medium));
    let documents = all_files(&Path::new(&medium).join("ledger/documents"));
    let new = school.path("new").display().to_string();
    for file in [
        Path::new(&medium).join("ledger/journal"),
        Path::new(&medium).join("ledger/checkpoint"),
        documents[0].clone(),
    ] {
        let mut bytes = std::fs::read(&file).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).expect("written");
        let ran = school.run(at(&new, &["restore", &medium]));
        assert_eq!(ran.status, 1, "{}: {ran:#?}", file.display());
        assert!(ran.out.contains("nothing was restored"), "{}", ran.out);
        assert!(
            !Path::new(&new).join("ledger").exists() && !Path::new(&new).join("restoring").exists()
        );
        if file.ends_with("journal") {
            school
                .refused(["backup", &medium])
                .says("differ from byte", "`probity verify` on each");
        } else {
            let ran = school.run(["backup", &medium]);
            // The checkpoint is copied anew; a document that is there is not.
            let expected = i32::from(!file.ends_with("checkpoint"));
            assert_eq!(ran.status, expected, "{}: {ran:#?}", file.display());
        }
        std::fs::remove_dir_all(&medium).expect("removed");
        whole.restore(Path::new(&medium));
    }
    // Shorter than it says: the checkpoint beside it counts more.
    let journal = Path::new(&medium).join("ledger/journal");
    let bytes = std::fs::read(&journal).expect("readable");
    std::fs::write(&journal, &bytes[..bytes.len() - 1]).expect("written");
    school.refused(["backup", &medium]).says("is damaged", "another one");
    assert_eq!(school.run(at(&new, &["restore", &medium])).status, 1);
    // Another ledger's note.
    std::fs::remove_dir_all(&medium).expect("removed");
    whole.restore(Path::new(&medium));
    let note = Path::new(&medium).join("backup.toml");
    let words = std::fs::read_to_string(&note).expect("a note");
    let other = words.replace(&format!("size = {}", BEGUN + 1), "size = 12");
    std::fs::write(&note, other).expect("written");
    school.refused(at(&new, &["restore", &medium])).says("speaks of another", "another backup");
    std::fs::write(&note, words).expect("written");
    school.ok(at(&new, &["restore", &medium]));
}

#[test]
fn a_backup_that_is_older_than_what_somebody_holds_is_recognised_as_older() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let older = school.path("older.note").display().to_string();
    school.ok(["checkpoint", "-o", &older]);
    school.record("note", HEAD, &["--text", "After the backup."]);
    let newer = school.path("newer.note").display().to_string();
    school.ok(["checkpoint", "-o", &newer]);
    let bundle = school.path("newer.zip").display().to_string();
    school.ok(["export", "--all", "-o", &bundle]);
    let new = school.path("new").display().to_string();
    for since in [&newer, &bundle] {
        let ran = school.run(at(&new, &["restore", &medium, "--since", since]));
        assert_eq!(ran.status, 1, "{ran:#?}");
        assert!(ran.out.contains("does not continue"), "{}", ran.out);
        assert!(!Path::new(&new).join("ledger").exists(), "nothing is there");
    }
    // What a signer remembers on that machine.
    std::fs::create_dir_all(Path::new(&new).join("keys")).expect("a folder");
    let seen = Path::new(&new).join("keys/hannah-price.seen");
    let head = school.json(["checkpoint"]);
    let memory = |size: u64| {
        let words = [&head["origin"], &json!(school.fingerprint), &json!(size), &head["root"]];
        let words = words.map(|word| word.as_str().map_or(word.to_string(), str::to_owned));
        format!("probity-seen/v1\n{} {}\n", words.join(" "), "0".repeat(64))
    };
    std::fs::write(&seen, memory(BEGUN + 2)).expect("a memory");
    let ran = school.run(at(&new, &["restore", &medium]));
    assert_eq!((ran.status, ran.out.contains("does not continue")), (1, true), "{ran:#?}");
    assert!(ran.err.contains("--accept-loss REASON"), "{}", ran.err);
    // Where it is lost for good, and minuted: then the key goes on, and what it saw is kept.
    let accept = ["restore", &medium, "--accept-loss", "the laptop was stolen, minute 7"];
    let away = school.path("away").display().to_string();
    std::fs::create_dir_all(Path::new(&away).join("keys")).expect("a folder");
    std::fs::copy(&seen, Path::new(&away).join("keys/hannah-price.seen")).expect("copied");
    let restored = school.json(at(&away, &accept));
    let aside = &restored["put_aside"][0];
    assert_eq!(
        (&aside["name"], index(&aside["remembered"][0]["size"])),
        (&json!("hannah-price"), BEGUN + 2)
    );
    let kept = std::fs::read_to_string(aside["kept"].as_str().expect("a path")).expect("kept");
    assert!(
        kept.contains("minute 7")
            && kept.contains(memory(BEGUN + 2).lines().nth(1).expect("a line"))
    );
    assert_eq!(school.verify([&away]).0, 0);
    school.ok(at(&away, &["record", "note", "--by", HEAD, "--text", "Going on."]));
    // Of the same size, and other records.
    std::fs::write(&seen, memory(BEGUN + 1)).expect("a memory");
    assert_eq!(school.run(at(&new, &["restore", &medium, "--since", &older])).status, 1);
    std::fs::write(&seen, "something that a later version remembers\n").expect("a memory");
    let ran = school.ok(at(&new, &["restore", &medium, "--since", &older]));
    assert!(ran.out.contains("It continues the checkpoint"), "{}", ran.out);
    std::fs::remove_file(&seen).expect("removed");
    let (status, verdict) = school.verify([&new, "--since", &newer]);
    assert_eq!((status, &verdict["continuity"]["result"]), (1, &json!("does-not-continue")));
    // Going on makes a second history, and that is seen for ever.
    school.ok(at(&new, &["record", "note", "--by", HEAD, "--text", "Going on."]));
    assert_eq!(school.verify([&new, "--since", &newer]).0, 1);
    let ran = school.run(at("third", &["restore", &medium, "--fingerprint", &"0".repeat(64)]));
    assert_eq!(ran.status, 1, "another book than the one in the minutes: {ran:#?}");
}

#[test]
fn keys_are_left_out_and_taken_away_when_asked_and_other_ones_stay() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let log = Path::new(&medium).join("keys/log.pem");
    assert!(log.exists());
    let ran = school.ok(["backup", &medium, "--without-keys"]);
    assert!(ran.err.contains("No keys are in it"), "{}", ran.err);
    let secret = std::fs::read(school.home().join("keys/log.pem")).expect("a key");
    assert_eq!(holding(Path::new(&medium), &secret), [""; 0].map(PathBuf::from));
    let new = school.path("new").display().to_string();
    let ran = school.ok(at(&new, &["restore", &medium]));
    assert!(ran.err.contains("No keys were in the backup"), "{}", ran.err);
    // Put back by hand; and then a whole backup doesn't overwrite what is there.
    let other = school.path("other");
    std::fs::create_dir_all(other.join("keys")).expect("a folder");
    std::fs::write(other.join("keys/owen-reid.pub"), "not the same\n").expect("a file");
    // The same key under another passphrase, and the private half of who knows which.
    let same = std::fs::read(school.home().join("keys/hannah-price.pub")).expect("a key");
    std::fs::write(other.join("keys/hannah-price.pub"), same).expect("a file");
    for half in ["hannah-price.pem", "sunita-rao.pem"] {
        std::fs::write(other.join("keys").join(half), "not the same\n").expect("a file");
    }
    school.ok(["backup", &medium]);
    let other = other.display().to_string();
    let ran = school.ok(at(&other, &["restore", &medium]));
    assert!(ran.err.contains("stayed as they were: hannah-price.pem"), "{}", ran.err);
    // Halves of two keys under one name would sign nothing, and look as if they could.
    assert!(ran.err.contains("that name was copied: owen-reid, sunita-rao\n"), "{}", ran.err);
    for kept in ["owen-reid.pub", "hannah-price.pem", "sunita-rao.pem"] {
        let kept = std::fs::read_to_string(Path::new(&other).join("keys").join(kept));
        assert_eq!(kept.expect("a file"), "not the same\n");
    }
    for absent in ["owen-reid.pem", "owen-reid.seen", "sunita-rao.pub"] {
        assert!(!Path::new(&other).join("keys").join(absent).exists(), "{absent}");
    }
    assert!(Path::new(&other).join("keys/hannah-price.seen").exists());
}

#[test]
fn a_book_and_a_backup_in_a_synced_folder_are_refused_unless_somebody_insists() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let cloud = school.path("OneDrive - Hillside/probity").display().to_string();
    let init = ["init", "--school", "S", "--controller", "C", "--name", "A B"];
    school.refused(at(&cloud, &init)).says("OneDrive keeps in step", "--allow-synced-folder");
    school.refused(["backup", &cloud]).says("OneDrive keeps in step", "this machine's own disk");
    school.refused(at(&cloud, &["restore", &medium])).says("OneDrive keeps in step", "");
    assert!(!Path::new(&cloud).exists(), "nothing was made");
    let marked = school.path("team");
    std::fs::create_dir(&marked).expect("a folder");
    std::fs::create_dir(marked.join(".dropbox.cache")).expect("a mark");
    let marked = marked.join("probity").display().to_string();
    school.refused(at(&marked, &["restore", &medium])).says("Dropbox keeps in step", "");
    let ran = school.ok(at(&cloud, &["restore", &medium, "--allow-synced-folder"]));
    assert!(ran.out.contains("Restored"), "{}", ran.out);
    let note = ["record", "note", "--by", HEAD, "--text", "x"];
    for line in [&["verify"][..], &["backup", "--list"], &note] {
        let ran = school.ok(at(&cloud, line));
        assert!(ran.err.contains("WARNING: this record book lies in a folder"), "{}", ran.err);
    }
    assert!(!school.ok(["verify"]).err.contains("WARNING"));
}
