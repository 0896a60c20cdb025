//! What a damaged home still does, and what it says meanwhile: nobody takes a part for the whole,
//! and one bad file stops nothing that doesn't need it.

use std::fs;

use probity::store::{Mode, Store as _};
use probity::work::reading::Reading;
use probity::work::verify::{self, Asked};
use probity_ledger::format::hash::Index;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use crate::common::{BEGUN, HEAD, OFFICE, School};

/// Commands that only read, and what they are asked.
const READING: [&[&str]; 5] =
    [&["log"], &["due"], &["show", "1"], &["register", "breaches"], &["key", "list"]];

fn journal(school: &School) -> std::path::PathBuf {
    school.home().join("ledger/journal")
}

#[track_caller]
fn all_warn(school: &School) {
    for command in READING {
        let ran = school.run(command.iter().chain(&["--quiet"]));
        assert_eq!(ran.status, 0, "{command:?}: {}", ran.err);
        let said = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("records and deadlines may be missing here"), "{command:?}: {said}");
        assert!(said.contains("`probity verify`"), "{command:?}: {said}");
    }
    for command in [&["due", "--ics"][..], &["register", "breaches", "--csv"]] {
        let file = school.path("made");
        let name = file.display().to_string();
        let refusal = school.refused(command.iter().copied().chain([name.as_str()]));
        assert!(refusal.error.contains("may be missing"), "{}", refusal.error);
        assert!(!file.exists());
    }
}

#[test]
fn readers_say_when_records_may_be_missing() {
    let school = School::begun();
    let before = school.journal();
    school.record("note", OFFICE, &["--text", "the newest"]);
    for command in READING {
        let ran = school.run(command.iter());
        assert!(ran.status == 0 && !ran.err.contains("missing"), "{command:?}: {}", ran.err);
    }
    let whole = school.journal();

    let mut damaged = whole.clone();
    let middle = before.len() - 200;
    damaged[middle] ^= 1;
    fs::write(journal(&school), &damaged).expect("written");
    all_warn(&school);

    // An older one, whole in itself, beside the checkpoint that was given out of the newer one.
    fs::write(journal(&school), &before).expect("written");
    all_warn(&school);

    fs::write(journal(&school), &whole).expect("written");
    assert!(!school.run(["log"]).err.contains("missing"));
}

#[test]
fn a_damaged_log_key_can_be_replaced() {
    let school = School::begun();
    let path = school.home().join("keys/log.pem");
    fs::write(&path, "no key").expect("written");
    school.record("note", OFFICE, &["--text", "no checkpoint counts this one"]);
    let refusal = school.refused(["checkpoint"]);
    assert!(refusal.error.contains("log.pem is damaged"), "{}", refusal.error);
    assert!(refusal.hint.contains("record log-key"), "{}", refusal.hint);
    school.record("log-key", HEAD, &["--reason", "key-lost"]);
    school.ok(["checkpoint"]);
    let aside = school.home().join("keys/log-damaged-0.pem");
    assert_eq!(fs::read_to_string(aside).expect("kept"), "no key");
    assert_eq!(school.verify::<&str>([]).0, 0);
}

#[test]
fn a_damaged_key_file_stops_nobody_else() {
    let school = School::begun();
    fs::write(school.home().join("keys/somebody.pub"), "").expect("written");
    let ran = school.ok(["key", "list"]);
    assert!(ran.err.contains("somebody"), "{}", ran.err);
    school.record("note", OFFICE, &["--text", "signed beside it"]);
}

/// Whoever signs is known by their key; what they are called may be unreadable.
#[test]
fn a_damaged_name_of_a_signer_stops_no_signature_and_no_reading() {
    let school = School::begun();
    let reading = Reading::open(&school.inside(), &Mode::Read).expect("opened");
    let slot = reading.store.body(Index(3)).expect("opens").expect("is there").slot;
    drop(reading);
    let path = school.home().join("ledger/bodykeys");
    let mut slots = fs::read(&path).expect("read");
    slots[32 * (usize::try_from(slot).expect("small") + 1)] ^= 1;
    fs::write(&path, &slots).expect("written");

    school.record("note", OFFICE, &["--text", "signed all the same"]);
    school.ok(["show", &BEGUN.to_string()]);
    school.ok(["key", "list"]);
    let (status, report) = school.verify::<&str>([]);
    assert_eq!(status, 1);
    assert!(report.to_string().contains("the body of entry 3 can't be read"), "{report}");
}

/// Else somebody is told to call the data protection officer because of a large import.
#[test]
fn a_frame_that_is_finished_while_it_is_looked_at_is_no_damage() {
    let school = School::begun();
    let (path, whole) = (journal(&school), school.journal());
    fs::write(&path, &whole[..whole.len() - 40]).expect("written");
    let finish = |done: u64| {
        if done > 0 {
            fs::write(&path, &whole).expect("written");
        }
    };
    let report = verify::home(&school.inside(), &Reader::default(), &Asked::default(), &finish);
    assert_eq!(report.expect("looked at").verdict.verdict, Outcome::Intact);

    // What nobody finishes is told.
    fs::write(&path, &whole[..whole.len() - 40]).expect("written");
    let report = verify::home(&school.inside(), &Reader::default(), &Asked::default(), &|_| ());
    assert_eq!(report.expect("looked at").verdict.verdict, Outcome::NotGenuine);
}
