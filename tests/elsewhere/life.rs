//! The life of keys: a new one, a lost one of the first representative, a new key of the book
//! itself, a key that serves several schools, a book that continues another.

use serde_json::json;

use super::common::{BEGUN, CARETAKER, CHAIR, DPO, HEAD, OFFICE, School, answer, index, text};

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

/// Where one passphrase opens the new key and the one that appoints it, its holder didn't choose it,
/// and the record doesn't say so; of a key that lay there before, it says nothing.
#[test]
fn how_a_rotated_key_was_made_is_said_as_far_as_it_is_known() {
    let school = School::begun();
    let rotate = |name: &str, more: &[&str]| {
        let line = ["key", "rotate", name, "--by", HEAD, "--as", "headteacher", "--yes"];
        let told = school.json(line.iter().chain(more));
        school.show(index(&told["appointment"]))
    };
    assert_eq!(answer(&rotate(OFFICE, &[]), "key-made"), "made-for-holder");
    let said = rotate(CARETAKER, &["--key-made", "by-holder-school-machine"]);
    assert_eq!(answer(&said, "key-made"), "by-holder-school-machine");
    school.ok(["key", "new", &format!("{DPO} 2")]);
    let line = ["key", "rotate", DPO, "--by", HEAD, "--as", "headteacher", "--yes"];
    let ran = school.ok(line);
    assert!(ran.err.contains("how the key was made is not said"), "{}", ran.err);
    let odd = ["key", "rotate", CHAIR, "--by", HEAD, "--key-made", "found"];
    school.refused(odd).says("found", "");
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// A revocation can't be taken back: where a name may mean a key that is lost and one in force, it
/// is taken for neither.
#[test]
fn a_name_that_may_mean_several_keys_revokes_none() {
    let school = School::begun();
    let kid = |file: &str| {
        let all = school.lines(["key", "list"]);
        let found = all.iter().find(|one| one["file"] == file).expect("listed");
        text(&found["kid"])[..8].to_owned()
    };
    let lost = kid("sunita-rao");
    for half in ["pem", "pub"] {
        let path = school.home().join(format!("keys/sunita-rao.{half}"));
        std::fs::remove_file(path).expect("it is lost");
    }
    school.ok(["key", "new", DPO]);
    let new = kid("sunita-rao");
    let revoke = |name: &str| {
        ["revoke", name, "--by", HEAD, "--as", "headteacher", "--reason", "key-lost"]
            .map(str::to_owned)
    };
    let several = format!("may mean several keys: {lost} (in force, no file here), {new} (");
    school.refused(revoke(DPO)).says(&several, "thumbprint");
    let same = ["appoint", DPO, "--same-person-as", DPO, "--role", "dpo", "--by", HEAD];
    school.ok([&same[..], &["--as", "headteacher"]].concat());
    for line in [revoke(DPO).to_vec(), vec!["key".to_owned(), "rotate".to_owned(), DPO.to_owned()]]
    {
        let by = ["--by".to_owned(), CHAIR.to_owned()];
        let line = if line[0] == "key" { [line, by.to_vec()].concat() } else { line };
        school.refused(line).says("may mean several keys", "thumbprint");
    }
    school.ok(revoke(&lost));
    let all = school.lines(["key", "list"]);
    let revoked: Vec<String> =
        all.iter().filter(|one| !one["revoked"].is_null()).map(|one| text(&one["kid"])).collect();
    assert_eq!(revoked.len(), 1);
    assert!(revoked[0].starts_with(&lost), "{revoked:?}");
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// A key that was made for an earlier try lies there under the next name; and after quiet weeks the
/// date has to be confirmed.
#[test]
fn a_key_made_at_home_takes_the_next_name_that_is_free() {
    let (school, at_home) = (School::begun(), School::nothing());
    school.ok(["key", "new", &format!("{DPO} 2")]);
    at_home.ok(["key", "new", DPO]);
    let public = at_home.home().join("keys/sunita-rao.pub").display().to_string();
    let rotate = ["key", "rotate", DPO, "--by", HEAD, "--as", "headteacher", "--pub", &public];
    let before = school.journal();
    let shown = school.ok([&rotate[..], &["--confirm-date", "--dry-run"]].concat());
    assert!(shown.out.contains("You revoke, for ever, the key of Sunita Rao"), "{}", shown.out);
    assert!(school.journal() == before);
    let told = school.json([&rotate[..], &["--yes"]].concat());
    assert_eq!(text(&told["name"]), format!("{DPO} 3"));
    assert_eq!(school.verify([""; 0]).0, 0);
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

/// A new key that was damaged before it was declared would keep the book without confirmations.
#[test]
fn a_damaged_new_key_of_the_book_is_put_aside() {
    let school = School::begun();
    let next = school.home().join("keys/log-next.pem");
    for damaged in [&b"no key"[..], &[0xff; 9]] {
        std::fs::write(&next, damaged).expect("written");
        school.ok(["record", "log-key", "--by", HEAD, "--as", "headteacher", "--yes"]);
        assert_eq!(school.json(["checkpoint"])["size"], school.log(&[]).len());
    }
    let kept = |number: u32| school.home().join(format!("keys/log-damaged-{number}.pem"));
    assert_eq!(std::fs::read(kept(0)).expect("kept"), b"no key");
    assert!(kept(1).exists());
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
