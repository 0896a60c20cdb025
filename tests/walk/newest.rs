//! Verifying less than everything: only what is new since a kept checkpoint, or without the
//! answers. Whatever is wrong, the short way never hides it.

use serde_json::{Value as Json, json};

use crate::common::{HEAD, OFFICE, School, Snapshot, day, index, text};

fn told(verdict: &Json, voice: &str) -> String {
    let all = verdict[voice].as_array().expect("sentences");
    all.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// A school with a case, a checkpoint, and then more: in the case, about an older record, and
/// a new person.
struct Kept {
    school: School,
    note: String,
    size: u64,
}

fn kept() -> Kept {
    let school = School::begun();
    school.record("note", OFFICE, &["--case", "other-new", "--text", "one"]);
    let note = school.path("kept.note").display().to_string();
    school.ok(["checkpoint", "-o", &note]);
    let size = index(&school.verify([""; 0]).1["size"]);
    Kept { school, note, size }
}

impl Kept {
    fn go_on(&self) {
        let case = format!("other-{:04}-001", crate::common::year());
        self.school.record("note", OFFICE, &["--case", &case, "--text", "two"]);
        self.school.record(
            "correction",
            OFFICE,
            &["--link", &format!("corrects={}", self.size - 1), "--what-changed", "one is 1"],
        );
        self.school.record("note", HEAD, &["--case", "other-new", "--text", "three"]);
    }

    fn only_new(&self) -> (i32, Json) {
        self.school.verify(["--since", &self.note, "--only-new"])
    }
}

#[test]
fn only_what_is_new_is_looked_at_and_the_verdict_says_so() {
    let kept = kept();
    let (status, verdict) = kept.only_new();
    assert_eq!(
        (status, &verdict["relied_on"], &verdict["entries"]),
        (0, &json!(kept.size), &json!(0))
    );
    kept.go_on();
    let (status, verdict) = kept.only_new();
    assert_eq!(status, 0, "{verdict:#}");
    assert_eq!((&verdict["relied_on"], &verdict["entries"]), (&json!(kept.size), &json!(3)));
    assert_eq!(verdict["continuity"]["result"], "continues");
    let (head, inspector) = (told(&verdict, "head"), told(&verdict, "inspector"));
    assert!(
        head.contains(&format!("The {} records before were not looked at again", kept.size)),
        "{head}"
    );
    assert!(
        inspector.contains(&format!("Not looked at: entries 0 to {}", kept.size - 1)),
        "{inspector}"
    );
    let (_, whole) = kept.school.verify(["--since", &kept.note]);
    assert_eq!((&whole["relied_on"], &whole["root"]), (&Json::Null, &verdict["root"]));
    kept.school.refused(["verify", "--only-new"]).says("--since", "");
}

/// Every byte of the new part: found, and told as the whole verification tells it.
#[test]
fn what_is_wrong_among_the_new_ones_is_found_the_short_way_too() {
    let kept = kept();
    let old = kept.school.journal().len();
    kept.go_on();
    let journal = kept.school.home().join("ledger/journal");
    let good = kept.school.journal();
    for at in (old..good.len()).step_by(211) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&journal, bad).expect("a journal");
        let (status, verdict) = kept.only_new();
        assert_eq!(status, 1, "byte {at}: {verdict:#}");
        let (_, whole) = kept.school.verify(["--since", &kept.note]);
        assert_eq!(verdict["fault"], whole["fault"], "byte {at}");
    }
}

/// A key that may have been in other hands before the checkpoint casts doubt on what was looked at
/// then: whoever asks to be told is told, the short way too.
#[test]
fn doubt_that_a_new_entry_casts_on_older_ones_leads_to_the_long_way() {
    let kept = kept();
    let since = day(-1);
    let role = ["--by", HEAD, "--as", "headteacher", "--reason", "key-lost", "--yes"];
    kept.school.ok([&["revoke", OFFICE, "--suspect-since", &since], &role[..]].concat());
    let line = ["--since", kept.note.as_str(), "--fail-on", "suspect"];
    let (whole, verdict) = kept.school.verify(line);
    assert_eq!(whole, 1, "{verdict:#}");
    assert!(!verdict["doubtful"].as_array().expect("a list").is_empty(), "{verdict:#}");
    let (short, told) = kept.school.verify([&line[..], &["--only-new"]].concat());
    assert_eq!((short, &told["doubtful"]), (1, &verdict["doubtful"]));
}

#[test]
fn files_beside_the_journal_that_are_off_lead_to_the_long_way() {
    let kept = kept();
    kept.go_on();
    let good = Snapshot::of(&kept.school.home());
    for name in ["tiles/state", "tiles/hashes", "tiles/offsets", "tiles/governance"] {
        let path = kept.school.home().join("ledger").join(name);
        let Ok(mut bytes) = std::fs::read(&path) else { continue };
        for byte in &mut bytes {
            *byte ^= 0xff;
        }
        std::fs::write(&path, bytes).expect("written");
        let (status, verdict) = kept.only_new();
        assert_eq!(status, 0, "{name}: {verdict:#}");
        good.restore(&kept.school.home());
    }
    std::fs::remove_dir_all(kept.school.home().join("ledger/index")).expect("an index");
    assert_eq!(kept.only_new().0, 0);
}

#[test]
fn a_rewritten_past_is_found_the_short_way_too() {
    let kept = kept();
    let rewritten = School::nothing();
    let before = Snapshot::of(&kept.school.home());
    before.restore(&rewritten.home());
    kept.go_on();
    let note = kept.school.path("later.note").display().to_string();
    kept.school.ok(["checkpoint", "-o", &note]);
    for words in ["kinder", "much kinder", "and kinder still", "more"] {
        rewritten.record("note", HEAD, &["--text", words]);
    }
    let (status, verdict) = rewritten.verify(["--since", &note, "--only-new"]);
    assert_eq!(
        (status, &verdict["fault"]["code"]),
        (1, &json!("does-not-continue")),
        "{verdict:#}"
    );
    let other = School::begin();
    assert_eq!(other.verify(["--since", &note, "--only-new"]).0, 1);
}

#[test]
fn without_answers_a_wrong_one_is_not_found_and_the_verdict_says_that_nobody_looked() {
    let kept = kept();
    let keys = kept.school.home().join("ledger/bodykeys");
    let mut bytes = std::fs::read(&keys).expect("slots");
    bytes[40..].fill(7);
    std::fs::write(&keys, bytes).expect("written");
    assert_eq!(kept.school.verify([""; 0]).0, 1, "no body opens");
    let (status, verdict) = kept.school.verify(["--without-answers"]);
    assert_eq!((status, &verdict["answers_opened"]), (0, &json!(false)));
    assert_eq!(verdict["withheld"], json!([]));
    assert!(told(&verdict, "head").contains("The answers and documents were not opened"));
    assert!(told(&verdict, "inspector").contains("Bodies not opened: any; answers"));
    let bundle = kept.school.path("all.zip").display().to_string();
    std::fs::write(&bundle, b"PK").expect("written");
    kept.school
        .refused(["verify", &bundle, "--without-answers"])
        .says("for a whole record book", "leave them out");
}
