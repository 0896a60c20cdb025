//! What a medium has of small files is not given away for something damaged; and each medium stays on
//! the list.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{all_files, at, school};
use crate::common::{HEAD, School, Snapshot};

/// Where a test school's keys lie, of the headteacher.
const PEM: &str = "keys/hannah-price.pem";
const PUB: &str = "keys/hannah-price.pub";
const SEEN: &str = "keys/hannah-price.seen";
const EVIDENCE: &str = "ledger/times/7.1.note";
const ASIDE: &str = "keys/hannah-price.seen-3-0123abcd.txt";

fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = all_files(folder).into_iter();
    files.map(|path| (path.clone(), std::fs::read(&path).expect("readable"))).collect()
}

/// The text with another letter in one place, counted from the end of what stands between the marks.
fn other_letter(pem: &str, from_end: usize) -> String {
    let end = pem.find("\n-----END").expect("a mark");
    let at = end - from_end;
    let letter = if &pem[at..=at] == "A" { "B" } else { "A" };
    format!("{}{letter}{}", &pem[..at], &pem[at + 1..])
}

/// A school whose backup has every such file.
fn with_small_files() -> (School, String) {
    let (school, medium) = school();
    let home = school.home();
    school.record("note", HEAD, &["--text", "So that a key remembers."]);
    std::fs::write(home.join("policy.txt"), "# Nobody yet.\nquorum none\n").expect("a policy");
    std::fs::write(home.join(ASIDE), "What the key remembered.\n").expect("a file");
    let note = school.path("note").display().to_string();
    school.ok(["checkpoint", "-o", &note]);
    std::fs::create_dir_all(home.join("ledger/times")).expect("a folder");
    std::fs::copy(&note, home.join(EVIDENCE)).expect("evidence");
    school.run(["backup", &medium]);
    for file in [PEM, PUB, SEEN, EVIDENCE, ASIDE, "keys/log.pem", "policy.txt"] {
        assert!(Path::new(&medium).join(file).exists(), "{file}");
    }
    (school, medium)
}

#[test]
fn what_is_damaged_here_takes_the_place_of_nothing_on_the_medium() {
    let (school, medium) = with_small_files();
    let (home, to) = (school.home(), Path::new(&medium));
    // There is something new, which doesn't get there either.
    school.record("note", HEAD, &["--text", "Newer."]);
    let before = bytes_of(to);
    let text = |file: &str| std::fs::read_to_string(home.join(file)).expect("text");
    let (pem, seen, log) = (text(PEM), text(SEEN), text("keys/log.pem"));
    let root = seen.trim_end().rsplit(' ').nth(1).expect("a root").to_owned();
    let put_back = "put it in the place of the damaged one";
    for (file, damaged, fact, remedy) in [
        (PEM, String::new(), "is damaged: ", put_back),
        (PEM, pem[..pem.len() / 2].to_owned(), "is damaged: ", put_back),
        // In what is sealed, and in the random bytes before it.
        (PEM, other_letter(&pem, 20), "one of the two is damaged", "change the passphrase of this"),
        (
            PEM,
            other_letter(&pem, 104),
            "one of the two is damaged",
            "change the passphrase of this",
        ),
        ("keys/log.pem", String::new(), "is damaged: ", put_back),
        ("keys/log.pem", other_letter(&log, 20), "isn't the log key that", put_back),
        (PUB, String::new(), "is damaged: ", put_back),
        (PUB, text("keys/owen-reid.pub"), "two keys with one private half", "was appointed"),
        (SEEN, String::new(), "is not a memory as it was written", put_back),
        (SEEN, seen.replace(&root, &"0".repeat(64)), "records are not those that it", put_back),
        ("policy.txt", String::new(), "the policy has no quorum line", put_back),
        (EVIDENCE, text(EVIDENCE)[..40].to_owned(), "it never changes", "`probity verify` on each"),
        (ASIDE, "Nothing.\n".to_owned(), "it never changes", "`probity verify` on each"),
    ] {
        let whole = std::fs::read(home.join(file)).expect("a file");
        assert_ne!(damaged.as_bytes(), whole, "{file}");
        std::fs::write(home.join(file), &damaged).expect("damaged");
        school.refused(["backup", &medium]).says(fact, remedy);
        school.refused(["backup", &medium]).says(file, "");
        // Nor is the good one taken away.
        school.refused(["backup", &medium, "--without-keys"]).says(fact, remedy);
        assert!(bytes_of(to) == before, "{file}: the medium is untouched");
        std::fs::write(home.join(file), whole).expect("put back");
    }
    // As an editor may save them.
    for file in [PEM, "policy.txt"] {
        let saved = text(file).replace('\n', "\r\n");
        std::fs::write(home.join(file), saved).expect("saved");
    }
    school.run(["backup", &medium]);
    assert_ne!(bytes_of(to), before, "now it is brought up to date");
    assert_eq!(std::fs::read(to.join(PEM)).expect("a key"), text(PEM).as_bytes());
}

#[test]
fn a_damaged_file_on_the_medium_is_mended_by_the_good_one() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    for file in [PEM, PUB, SEEN, "keys/log.pem"] {
        std::fs::write(Path::new(&medium).join(file), "").expect("damaged");
    }
    let done = school.json(["backup", &medium]);
    let mended = ["hannah-price.pem", "hannah-price.pub", "log.pem"];
    assert_eq!((&done["changed_keys"], &done["damaged_keys"]), (&json!(mended), &json!([])));
    for file in [PEM, PUB, SEEN, "keys/log.pem"] {
        let read = |root: &Path| std::fs::read(root.join(file)).expect("a file");
        assert_eq!(read(Path::new(&medium)), read(&school.home()), "{file}");
    }
}

#[test]
fn keys_that_changed_since_the_last_backup_are_named_and_damaged_ones_too() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let old = std::fs::read(Path::new(&medium).join(PEM)).expect("a key");
    let new = school.file("new.txt", "another longer passphrase of five words\n");
    school.ok(["key", "passphrase", HEAD, "--new-passphrase-file", &new]);
    let ran = school.ok(["backup", &medium]);
    assert!(
        ran.err.contains("took the place of others on the medium: hannah-price.pem"),
        "{ran:#?}"
    );
    // Whoever knew the old passphrase finds nothing that it opens.
    assert_eq!(super::holding(Path::new(&medium), &old), [""; 0].map(PathBuf::from));
    let ran = school.ok(["backup", &medium]);
    assert!(!ran.err.contains("took the place"), "{ran:#?}");

    std::fs::write(school.home().join("keys/sunita-rao.pem"), "").expect("damaged");
    let first = school.path("first").display().to_string();
    for _ in 0..2 {
        let ran = school.ok(["backup", &first]);
        assert!(ran.out.contains("here and in the backup: sunita-rao.pem"), "{ran:#?}");
    }
}

/// `cp -r`, or what a file manager does.
fn copied(from: &str, to: &str) {
    Snapshot::of(Path::new(from)).restore(Path::new(to));
}

#[test]
fn a_copy_of_a_medium_is_another_medium_and_one_that_was_renamed_is_not() {
    let (school, one) = school();
    let [two, three] = ["two", "three"].map(|name| school.path(name).display().to_string());
    let listed = || {
        let list = school.lines(["backup", "--list"]);
        let folder = |one: &serde_json::Value| one["folder"].as_str().expect("a path").to_owned();
        let mut folders: Vec<String> = list.iter().map(folder).collect();
        folders.sort();
        folders
    };
    let sorted = |all: [&String; 2]| {
        let mut all = all.map(String::clone).to_vec();
        all.sort();
        all
    };
    let id = school.json(["backup", &one])["medium"].clone();
    copied(&one, &two);
    let done = school.json(["backup", &two]);
    assert_eq!(done["copied_from"], json!(one));
    assert_ne!(done["medium"], id, "it has a name of its own");
    assert_eq!(listed(), sorted([&one, &two]));
    let done = school.json(["backup", &one]);
    assert_eq!((&done["medium"], &done["copied_from"]), (&id, &json!(null)));
    assert_eq!(listed(), sorted([&one, &two]));
    // As with another letter of the drive.
    std::fs::rename(&one, &three).expect("renamed");
    let done = school.json(["backup", &three]);
    assert_eq!((&done["medium"], &done["copied_from"]), (&id, &json!(null)));
    assert_eq!(listed(), sorted([&two, &three]));
    // And as one that is mounted in two places.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&three, &one).expect("a link");
        assert_eq!(school.json(["backup", &one])["medium"], id);
        assert_eq!(listed(), sorted([&one, &two]));
    }
}

#[test]
fn what_is_restored_knows_the_media_that_its_backup_knew() {
    let (school, one) = school();
    school.ok(["backup", &one]);
    let two = school.path("two").display().to_string();
    copied(&one, &two);
    let new = school.path("new").display().to_string();
    let ran = school.ok(at(&new, &["restore", &two]));
    assert!(ran.err.contains("still opens what is erased from now on"), "{ran:#?}");
    assert_eq!(school.lines(at(&new, &["backup", "--list"])).len(), 2);
    // Where the list outlived the record book, a copy that is restored from strikes nothing off it.
    std::fs::remove_dir_all(school.home().join("ledger")).expect("lost");
    school.ok(["restore", &two]);
    let list = school.lines(["backup", "--list"]);
    assert_eq!(list.len(), 2, "{list:?}");
    school.ok(["backup", "--forget", &one]);
    assert_eq!(school.lines(["backup", "--list"])[0]["folder"], json!(two));

    // A backup to each of them, and all are known.
    school.ok(at(&new, &["backup", &one]));
    assert_eq!(school.lines(at(&new, &["backup", "--list"])).len(), 2);
}

/// A list that somebody wrote on the stick doesn't come into the home, and the book is restored anyway.
#[test]
fn a_list_of_media_that_no_backup_wrote_is_not_taken_over() {
    let (school, medium) = school();
    school.ok(["backup", &medium]);
    let list = Path::new(&medium).join("backups.toml");
    let good = std::fs::read_to_string(&list).expect("a list");
    let id = good.lines().find(|line| line.starts_with("id")).expect("a name").to_owned();
    for (number, (bad, why)) in [
        (good.replace(&id, "id = \"\\u001b[2J\""), "names a medium `\\u{1b}[2J` that no backup"),
        (good.replace("path = \"", "path = \"/a\\nb"), "that no backup has made"),
        ("nonsense".to_owned(), "can't be read"),
    ]
    .into_iter()
    .enumerate()
    {
        std::fs::write(&list, &bad).expect("written");
        let new = school.path(&format!("new-{number}")).display().to_string();
        let ran = school.ok(at(&new, &["restore", &medium]));
        assert!(ran.err.contains("are not on that list") && ran.err.contains(why), "{ran:#?}");
        assert_eq!(school.lines(at(&new, &["backup", "--list"])).len(), 1);
    }
}
