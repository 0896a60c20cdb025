//! The life of keys: a new one, a lost one of the first representative, a new key of the book
//! itself, a key that serves several schools, a book that continues another.

use serde_json::json;

use super::common::{BEGUN, CHAIR, DPO, HEAD, School, answer, index, text};

/// The data protection officer gets a new key; the old one signs no more, and both are hers.
#[test]
fn a_key_is_rotated() {
    let school = School::begun();
    let told = school.json(["key", "rotate", DPO, "--by", HEAD, "--as", "headteacher", "--yes"]);
    assert_eq!((index(&told["appointment"]), index(&told["revocation"])), (BEGUN, BEGUN + 1));
    let next = text(&told["name"]);
    school.ok(["accept", "--by", &next]);
    let refusal = school.refused(["record", "note", "--by", DPO, "--text", "old", "--yes"]);
    refusal.says("was revoked by entry", "another key");
    let made = school.record("note", &next, &["--text", "new"]);
    let (old, new) = (school.show(9), school.show(index(&made["entry"])));
    assert_eq!(old["person"], new["person"], "one person: {new:#}");
    assert_eq!(school.verify([""; 0]).0, 0);
    school.refused(["key", "rotate", DPO, "--by", HEAD]).says("", "");
}

/// The head can't do that for themselves; the second representative can, and the book goes on.
#[test]
fn a_lost_first_representative_is_replaced() {
    let school = School::begun();
    let refusal = school.refused(["key", "rotate", HEAD, "--by", HEAD, "--as", "headteacher"]);
    refusal.says("revoke their own key", "another person");
    std::fs::remove_file(school.home().join("keys/hannah-price.pem")).expect("it is lost");
    let rotate = ["--by", CHAIR, "--as", "chair-of-governors", "--reason", "key-lost", "--yes"];
    let told = school.json(["key", "rotate", HEAD].iter().chain(&rotate));
    let next = text(&told["name"]);
    school.ok(["accept", "--by", &next]);
    // With her new key the head appoints again.
    school.ok(["key", "new", "New Teacher"]);
    school.ok([
        "appoint",
        "New Teacher",
        "--role",
        "staff",
        "--by",
        &next,
        "--as",
        "headteacher",
        "--key-made",
        "by-holder-school-machine",
    ]);
    let revocation = school.show(index(&told["revocation"]));
    assert_eq!(answer(&revocation, "reason"), "key-lost");
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// Heads given out before and after a change of the log key verify, and the old key is kept.
#[test]
fn the_key_of_the_book_is_changed() {
    let school = School::begun();
    let before = school.path("before.txt").display().to_string();
    school.ok(["checkpoint", "-o", &before]);
    school.ok(["record", "log-key", "--by", HEAD, "--as", "headteacher", "--yes"]);
    let after = school.path("after.txt").display().to_string();
    school.ok(["checkpoint", "-o", &after]);
    for kept in [&before, &after] {
        let (status, verdict) = school.verify(["--since", kept]);
        assert_eq!((status, &verdict["continuity"]["signed"]), (0, &json!(true)));
    }
    let old = std::fs::read_dir(school.home().join("keys")).expect("listed").filter(|item| {
        let name = item.as_ref().expect("listed").file_name();
        name.to_string_lossy().starts_with("log-")
    });
    assert_eq!(old.count(), 1, "the old key is kept, as the guide says");
}

/// All keys are gone: the new book says for ever which one it takes the place of.
#[test]
fn a_new_book_continues_an_old_one() {
    let old = School::begun();
    let bundle = old.path("all.zip").display().to_string();
    old.ok(["export", "--all", "-o", &bundle]);
    let checkpoint = old.path("head.txt").display().to_string();
    old.ok(["checkpoint", "-o", &checkpoint]);
    let home = old.home().display().to_string();
    let begin = |continues: &[&str]| {
        let new = School::nothing();
        let line = [
            "init",
            "--school",
            "Hillside Primary School",
            "--controller",
            "Governing Body",
            "--name",
            "Someone New",
            "--origin",
            "hillside.example/records",
            "--continues",
        ];
        (new.json(line.iter().chain(continues)), new)
    };
    let code = old.fingerprint.as_str();
    for continues in [&[home.as_str()][..], &[&bundle], &[&checkpoint, "--continues-code", code]] {
        let (_, new) = begin(continues);
        let bundle = new.path("new.zip").display().to_string();
        new.ok(["export", "--all", "-o", &bundle]);
        let lines = std::process::Command::new("unzip")
            .args(["-p", &bundle, "*/data/entries.jsonl"])
            .output()
            .expect("unzip runs");
        let first = String::from_utf8(lines.stdout).expect("text");
        let first: serde_json::Value =
            serde_json::from_str(first.lines().next().expect("an entry")).expect("JSON");
        let continues = &first["clear"]["continues"];
        assert_eq!((&continues["fingerprint"], &continues["size"]), (&json!(code), &json!(BEGUN)));
        assert_eq!(new.verify([""; 0]).0, 0);
    }
    let new = School::nothing();
    let line = |continues: &[&str]| {
        let begin = ["init", "--school", "A", "--controller", "B", "--name", "C", "--continues"];
        [&begin[..], continues].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    new.refused(line(&[&checkpoint])).says("doesn't say which record book", "--continues-code");
    let other = "0".repeat(64);
    new.refused(line(&[&home, "--continues-code", &other]))
        .says("is of the record book", "minutes");
}
