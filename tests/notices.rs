//! `key notice`: one file about a key, entered by each school that the key serves.

use std::path::Path;
use std::process::Command;

use common::{CHAIR, DPO, HEAD, School, answer, day, findings, index, json_lines, text};
use serde_json::{Value as Json, json};

mod common;

/// The data protection officer's second key.
const SECOND: &str = "Sunita Rao 2";

/// Somebody who makes a key of their own.
fn officer(keys: &[&str]) -> School {
    let officer = School::nothing();
    for key in keys {
        officer.ok(["key", "new", key]);
    }
    officer
}

fn public(officer: &School, name: &str) -> String {
    let file = probity::work::keyring::file_name(name);
    officer.home().join(format!("keys/{file}.pub")).display().to_string()
}

/// A school that has a head and a chair, and buys its officer from outside.
fn school(name: &str, officer: &School) -> School {
    let school = School::nothing();
    school.ok([
        "init",
        "--school",
        name,
        "--controller",
        "Its Governing Body",
        "--name",
        HEAD,
        "--as",
        "headteacher",
        "--second",
        CHAIR,
        "--second-role",
        "chair-of-governors",
    ]);
    appoint(&school, officer, DPO, &[]);
    school
}

fn appoint(school: &School, officer: &School, key: &str, more: &[&str]) {
    let line = ["appoint", key, "--role", "dpo", "--by", HEAD, "--pub", &public(officer, key)];
    school.ok(line.iter().chain(more));
}

fn since() -> String {
    format!("{} 00:00", day(-1))
}

/// Writes a notice; its file.
fn notice(officer: &School, name: &str, more: &[&str]) -> String {
    let number = std::fs::read_dir(officer.path("")).expect("a folder").count();
    let file = officer.path(&format!("{number}.notice")).display().to_string();
    let line = ["key", "notice", name, "-o", &file];
    officer.json(line.iter().chain(more));
    file
}

fn attach(file: &str) -> [&str; 7] {
    ["key", "notice", "--attach", file, "--by", CHAIR, "--yes"]
}

/// What Python makes of a notice.
fn judged(file: &str, key: &str) -> Json {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/notices.py");
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let output = Command::new(python).arg(judge).args([file, key]).output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    json_lines(&String::from_utf8(output.stdout).expect("text")).pop().unwrap_or_default()
}

#[test]
fn another_program_takes_and_refuses_the_same_notices() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/key-notice");
    assert_eq!(judged(&vectors.display().to_string(), ""), Json::Null);
}

#[test]
fn one_notice_serves_every_school_and_each_revokes_the_key() {
    let officer = officer(&[DPO]);
    let schools = ["Hillside", "Lakeside"].map(|name| school(name, &officer));
    let reason = "the laptop was stolen on a train";
    let file = notice(
        &officer,
        DPO,
        &["--what", "suspect", "--suspect-since", &since(), "--reason", reason],
    );
    let said = judged(&file, &public(&officer, DPO));
    assert_eq!((&said["what"], &said["reason"]), (&json!("suspect"), &json!(reason)));
    assert_eq!(said["kid"], said["signer"]);
    for school in &schools {
        let shown = school.ok(attach(&file).iter().chain(&["--dry-run"]));
        for words in ["The key is Sunita Rao’s", "signed by the key itself", "This ends nothing"]
        {
            assert!(shown.out.contains(words), "{words}: {shown:#?}");
        }
        let entered = school.json(attach(&file));
        assert_eq!((&entered["kind"], findings(&entered)), (&json!("key-notice"), Vec::new()));
        let entry = index(&entered["entry"]);
        let view = school.show(entry);
        assert_eq!(view["version"], 2, "{view:#}");
        assert_eq!(answer(&view, "kid"), &said["kid"]);
        // Its file travels with it, byte for byte, and is the school's to show.
        let (status, verdict) = school.verify(["--document", &file]);
        assert_eq!((status, &verdict["verdict"]), (0, &json!("intact")), "{verdict:#}");
        let folder = school.path("unpacked");
        let saved = ["show", &entry.to_string(), "--save", &folder.display().to_string()];
        school.ok(saved);
        let kept: Vec<_> = std::fs::read_dir(&folder).expect("a folder").collect();
        let kept = kept[0].as_ref().expect("a file").path();
        assert_eq!(std::fs::read(kept).expect("kept"), std::fs::read(&file).expect("the notice"));
        school.ok(["export", "--all", "-o", &school.path("all.zip").display().to_string()]);
        school.refused(attach(&file)).says("was entered already, as entry", "have the key revoked");
        // A representative is asked to end the key, with the options that the notice gives.
        let due = |state: &str| -> Vec<Json> {
            let all = school.lines(["due"]);
            let fits = |one: &Json| one["rule"] == "key-notice-revoke" && one["state"] == state;
            all.into_iter().filter(fits).collect()
        };
        let open = due("open");
        assert_eq!(open.len(), 1, "{:#?}", school.lines(["due"]));
        assert_eq!((index(&open[0]["entry"]), &open[0]["about"]), (entry, &json!(DPO)));
        let title = text(&open[0]["title"]);
        let options = title.split_once("probity revoke NAME ").expect("a command").1;
        let options = options.strip_suffix("`)").expect("the end of a command");
        let [reason, moment] = options
            .split_once(" --suspect-since ")
            .map(|(reason, moment)| [reason, moment.trim_matches('"')])
            .expect("since when");
        assert_eq!(reason, "--reason key-suspect");
        school.ok([
            "revoke",
            DPO,
            "--by",
            CHAIR,
            "--reason",
            "key-suspect",
            "--suspect-since",
            moment,
        ]);
        assert_eq!(due("open"), Vec::<Json>::new());
        assert_eq!(school.verify::<&str>([]).0, 0);
    }
}

#[test]
fn a_notice_about_a_lost_key_is_signed_by_another_of_the_same_person() {
    let officer = officer(&[DPO, SECOND, "Ann Other"]);
    let school = school("Hillside", &officer);
    let by_second = notice(&officer, DPO, &["--what", "lost", "--signed-by", SECOND]);
    let said = judged(&by_second, &public(&officer, SECOND));
    assert_ne!(said["kid"], said["signer"]);
    school.refused(attach(&by_second)).says("which was never appointed here", "same person");
    appoint(&school, &officer, "Ann Other", &[]);
    let by_other =
        notice(&officer, DPO, &["--what", "replaced", "--signed-by", "Ann Other", "--yes"]);
    school.refused(attach(&by_other)).says("which is another person's", "same person");
    appoint(&school, &officer, SECOND, &["--same-person-as", DPO]);
    let shown = school.ok(attach(&by_second));
    assert!(shown.err.contains("by another key of the same person"), "{shown:#?}");
    assert!(shown.err.contains("--reason key-lost"), "{shown:#?}");
    // A key that was ended speaks for no other, but still against itself.
    school.ok(["revoke", SECOND, "--by", HEAD, "--reason", "paused"]);
    let late = notice(
        &officer,
        DPO,
        &["--what", "lost", "--signed-by", SECOND, "--reason", "said after its own end"],
    );
    school.refused(attach(&late)).says("which was revoked by entry", "in force here");
    let itself = notice(&officer, SECOND, &["--what", "suspect", "--suspect-since", &since()]);
    let shown = school.ok(attach(&itself));
    assert!(shown.err.contains("The key was revoked by entry"), "{shown:#?}");
    assert!(!shown.err.contains("It ends nothing yet"), "{shown:#?}");
}

#[test]
fn what_is_no_notice_for_this_school_is_refused() {
    let officer = officer(&[DPO, "Ann Other"]);
    let school = school("Hillside", &officer);
    let good = notice(&officer, DPO, &["--what", "lost"]);
    let bytes = std::fs::read(&good).expect("the notice");
    let stranger = notice(&officer, "Ann Other", &["--what", "lost"]);
    school.refused(attach(&stranger)).says("was never appointed in this record book", "which key");
    let tampered: Vec<u8> = {
        let mut bytes = bytes.clone();
        let at = bytes.windows(4).position(|word| word == b"lost").expect("what it says");
        // A reason of one letter where there was none would be longer: another time is not.
        let time = bytes.windows(2).position(|head| head == [0x06, 0x1a]).expect("a time");
        assert!(time < at);
        bytes[time + 5] ^= 1;
        bytes
    };
    let file = |name: &str, content: &[u8]| school.file(name, content);
    let not_signed = "is not as it was signed";
    school.refused(attach(&file("tampered.notice", &tampered))).says(not_signed, "again");
    let mut forged = bytes.clone();
    *forged.last_mut().expect("a byte") ^= 1;
    school.refused(attach(&file("forged.notice", &forged))).says(not_signed, "again");
    let no_notice = "is no notice about a key";
    let trailing = [&bytes[..], &[0]].concat();
    school.refused(attach(&file("trailing.notice", &trailing))).says(no_notice, "key notice");
    let at = bytes.windows(10).position(|word| word == b"key-notice").expect("a type");
    let mut other = bytes.clone();
    other[at..at + 3].copy_from_slice(b"kex");
    school.refused(attach(&file("typ.notice", &other))).says("its type is", "key notice");
    school.refused(attach(&file("long.notice", &[0xd2; 4097]))).says("at most 4096", "");
    school.refused(attach(&file("words.notice", b"my key is lost"))).says(no_notice, "key notice");
    school.refused(attach(&school.path("none").display().to_string())).says("there is no file", "");
    school.ok(attach(&good));
}

#[test]
fn what_cannot_be_said_is_not_signed() {
    let officer = officer(&[DPO]);
    let file = officer.path("a.notice").display().to_string();
    let refused = |more: &[&str]| {
        let line = ["key", "notice", DPO, "-o", &file];
        let refusal = officer.refused(line.iter().chain(more));
        assert!(!Path::new(&file).exists(), "{more:?}");
        refusal
    };
    refused(&["--what", "suspect"]).says("needs the time", "--suspect-since");
    let ahead = format!("{} 00:00", day(2));
    refused(&["--what", "suspect", "--suspect-since", &ahead]).says("after it was signed", "past");
    refused(&["--what", "replaced", "--suspect-since", &since()])
        .says("and that it was replaced", "");
    refused(&["--what", "lost", "--reason", &"x".repeat(2001)]).says("2001 bytes long", "shortly");
    refused(&["--what", "lost", "--signed-by", "Nobody"]).says("no key of the name", "key list");
    let taken = officer.file("taken.notice", "something");
    officer
        .refused(["key", "notice", DPO, "-o", &taken, "--what", "lost"])
        .says("exists already", "nothing is overwritten");
}
