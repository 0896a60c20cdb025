//! The verdict on a home, an entry and a bundle, against a code and against an older head.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::common::{BEGUN, HEAD, OFFICE, School, Snapshot, index, text};

fn told(verdict: &Json, voice: &str) -> String {
    let all = verdict[voice].as_array().expect("sentences");
    all.iter().map(text).collect::<Vec<_>>().join("\n")
}

const CLOSING: &str =
    "It doesn't show that they are true, complete, or that the decisions were right.";

#[test]
fn a_home_an_entry_and_a_bundle_have_a_verdict_in_words_and_never_a_bare_pass() {
    let school = School::begun();
    school.record("note", OFFICE, &["--text", "one"]);
    let said = school.ok(["verify"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "For the person in charge",
        "These 14 records of “Hillside Primary School” fit together exactly as signed",
        "For an inspector",
        "Whose word: self-asserted",
        "not compared with any that you hold",
        CLOSING,
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let home = school.home().display().to_string();
    assert_eq!(school.verify([&home]).0, 0, "a home is named by its folder");
    for entry in ["13", &text(&school.show(13)["hash"])[..8]] {
        let ran = school.ok(["verify", entry]);
        assert!(ran.out.starts_with("Entry 13 (note, signed as administrator, "), "{ran:#?}");
        assert!(ran.out.contains("is as it was signed"), "{ran:#?}");
    }
    let (status, verdict) = school.verify(["13"]);
    assert_eq!((status, &verdict["entry"]["sound"]), (0, &true.into()));

    let bundle = school.path("all.zip").display().to_string();
    school.ok(["export", "--all", "-o", &bundle]);
    let (status, verdict) = school.verify([&bundle, "--fingerprint", &school.fingerprint]);
    assert_eq!(
        (status, &verdict["subject"], &verdict["entries"]),
        (0, &"bundle".into(), &14.into())
    );
    assert!(told(&verdict, "head").contains("the record book whose code you gave"));
    assert!(
        told(&verdict, "head").ends_with(CLOSING) && told(&verdict, "inspector").ends_with(CLOSING)
    );

    let other = school.fingerprint.chars().rev().collect::<String>();
    for subject in [&home, &bundle] {
        let (status, verdict) = school.verify([subject, "--fingerprint", &other]);
        assert_eq!((status, &verdict["verdict"]), (1, &"not-genuine".into()), "{subject}");
        assert!(
            told(&verdict, "head").contains("another record book than the one whose code you gave")
        );
    }
    school
        .refused(["verify", "--fingerprint", "9f2c"])
        .says("4 digits, expected the 64", "from the minutes");
}

#[test]
fn a_changed_byte_in_the_book_is_named_and_what_stands_before_it_can_still_be_read() {
    let school = School::begun();
    school.record("note", OFFICE, &["--text", "one"]);
    school.record("note", OFFICE, &["--text", "two"]);
    let journal = school.home().join("ledger/journal");
    let good = school.journal();
    for at in [good.len() - 900, good.len() / 2, 200] {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        std::fs::write(&journal, bad).expect("a journal");
        let (status, verdict) = school.verify([""; 0]);
        assert_eq!((status, &verdict["verdict"]), (1, &"not-genuine".into()), "byte {at}");
        let sound = index(&verdict["intact_before"]);
        assert_eq!(index(&verdict["fault"]["entry"]), sound, "{verdict:#}");
        let head = told(&verdict, "head");
        assert!(head.to_lowercase().contains(&format!("record {sound}")), "{head}");
        assert!(head.contains("Copy this folder, change nothing"), "{head}");
        if sound > 1 {
            assert!(head.contains(&format!("Records 0 to {} are sound", sound - 1)), "{head}");
            let ran = school.run(["log"]);
            assert_eq!(ran.status, 0, "{ran:#?}");
            assert!(ran.err.contains("this record book is damaged"), "{ran:#?}");
            assert!(ran.out.contains("First record"), "{ran:#?}");
        }
        let refused = school.refused(["record", "note", "--by", OFFICE, "--text", "three"]);
        assert!(!refused.error.is_empty());
    }
    std::fs::write(&journal, good).expect("a journal");
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn a_book_continues_the_heads_that_were_given_out_and_a_rewritten_copy_does_not() {
    let school = School::begun();
    let before = Snapshot::of(&school.home());
    let note = school.path("older.note").display().to_string();
    let bundle = school.path("older.zip").display().to_string();
    school.record("note", HEAD, &["--text", "what really happened"]);
    school.ok(["checkpoint", "-o", &note]);
    school.ok(["export", "--entry", "13", "-o", &bundle]);
    school.record("note", HEAD, &["--text", "and then"]);
    for older in [&note, &bundle] {
        let (status, verdict) = school.verify(["--since", older]);
        assert_eq!(status, 0, "{verdict:#}");
        let continuity = &verdict["continuity"];
        assert_eq!(
            (&continuity["result"], &continuity["size"], &continuity["signed"]),
            (&"continues".into(), &14.into(), &true.into())
        );
        assert!(
            told(&verdict, "head").contains("It continues the head of 14 records that you kept")
        );
    }
    between_bundles(&school, &note, &bundle);

    // Somebody puts an old copy back and goes on differently, with the same keys.
    let rewritten = School::nothing();
    before.restore(&rewritten.home());
    for words in ["a kinder story", "and then"] {
        rewritten.record("note", HEAD, &["--text", words]);
    }
    assert_eq!(
        rewritten.verify(["--fingerprint", &school.fingerprint]).0,
        0,
        "by itself it is as good as the first"
    );
    for (older, difference) in [(&note, Json::Null), (&bundle, json!(13))] {
        let (status, verdict) = rewritten.verify(["--since", older]);
        assert_eq!((status, &verdict["verdict"]), (1, &"not-genuine".into()), "{verdict:#}");
        assert_eq!(verdict["continuity"]["result"], "does-not-continue");
        assert_eq!(verdict["continuity"]["first_difference"], difference);
        assert_eq!(verdict["fault"]["code"], "does-not-continue");
        let head = told(&verdict, "head");
        assert!(
            head.contains("It was rewritten, or an old copy was restored and carried on"),
            "{head}"
        );
        let ran = rewritten.run(["verify", "--since", older]);
        assert_eq!(ran.status, 1, "{ran:#?}");
    }
    // A copy that is merely older lacks what was given out.
    let stale = School::nothing();
    before.restore(&stale.home());
    let (status, verdict) = stale.verify(["--since", &note]);
    assert_eq!((status, &verdict["continuity"]["result"]), (1, &"does-not-continue".into()));
    foreign_heads(&school, &note);
}

fn between_bundles(school: &School, note: &str, bundle: &str) {
    let (status, verdict) = school.verify([bundle, "--since", note]);
    assert_eq!((status, &verdict["continuity"]["result"]), (0, &"continues".into()));
    let newer = school.path("newer.zip").display().to_string();
    school.ok(["export", "--all", "-o", &newer]);
    let (status, verdict) = school.verify([newer.as_str(), "--since", note]);
    assert_eq!(status, 0, "{verdict:#}");
    assert!(told(&verdict, "head").contains("the head of 14 records that you kept"), "{verdict:#}");
}

fn foreign_heads(school: &School, note: &str) {
    let other = School::begin();
    assert_ne!(other.fingerprint, school.fingerprint);
    let (status, verdict) = other.verify(["--since", note]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &"does-not-continue".into()));
    let text = school.file("letter.txt", "Dear all");
    school
        .refused(["verify", "--since", &text])
        .says("is neither a checkpoint nor a bundle", "ledger/checkpoint");
    school.refused(["verify", "--since", "nowhere.zip"]).says("nowhere.zip", "");
}

#[test]
fn the_kept_head_stops_a_book_whose_newest_records_were_cut_off() {
    let school = School::begun();
    let before = school.journal();
    school.record("note", HEAD, &["--text", "to be forgotten"]);
    assert!(
        Path::new(&school.home().join("ledger/checkpoint")).exists(),
        "each writing gives out a head"
    );
    std::fs::write(school.home().join("ledger/journal"), before).expect("a journal");
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["fault"]["code"]), (1, &"size".into()), "{verdict:#}");
    school
        .refused(["record", "note", "--by", HEAD, "--text", "instead"])
        .says("does not continue the newest checkpoint", "newest backup");
    assert_eq!(school.log(&[]).len() as u64, BEGUN, "what is there can still be read");
}
