//! What a damaged home still does, and what it says meanwhile: nobody takes a part for the whole,
//! and one bad file stops nothing that doesn't need it.

use std::fs;

use probity::store::{Mode, Store as _};
use probity::work::reading::Reading;
use probity::work::verify::{self, Asked};
use probity_ledger::format::hash::Index;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use crate::common::{BEGUN, HEAD, OFFICE, School, day, index, year};

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

/// It may be all that is left of a record that somebody was told is kept, on a disk that lost it.
#[test]
fn what_was_cut_from_the_end_is_told_and_where_it_is_kept() {
    let school = School::begun();
    let before = school.journal().len();
    school.record("note", OFFICE, &["--text", "one"]);
    assert!(school.verify([""; 0]).1.get("cut").is_none());
    let whole = school.journal();
    let torn = [&whole[..], &whole[before..before + 40]].concat();
    fs::write(journal(&school), &torn).expect("written");

    let told = school.ok(["record", "note", "--by", OFFICE, "--text", "two"]).err;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = format!("journal.cut-{}-1", whole.len());
    assert!(told.contains("40 bytes") && told.contains(&name), "{told}");
    assert_eq!(
        fs::read(school.home().join("ledger").join(&name)).expect("kept"),
        torn[whole.len()..]
    );
    let again = school.ok(["record", "note", "--by", OFFICE, "--text", "three"]).err;
    assert!(!again.contains("journal.cut-"), "{again}");

    // The records are none the worse, and whoever looks is told.
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()));
    let cut = serde_json::json!([{ "file": name, "offset": whole.len(), "bytes": 40 }]);
    assert_eq!(verdict["cut"], cut);
    let words = school.ok(["verify"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("of 40 bytes was cut") && words.contains(&name), "{words}");
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

/// Changes a bit of what opens the answers of an entry.
fn spoil(school: &School, entry: u64) {
    let reading = Reading::open(&school.inside(), &Mode::Read).expect("opened");
    let slot = reading.store.body(Index(entry)).expect("opens").expect("is there").slot;
    drop(reading);
    let path = school.home().join("ledger/bodykeys");
    let mut slots = fs::read(&path).expect("read");
    slots[32 * (usize::try_from(slot).expect("small") + 1)] ^= 1;
    fs::write(&path, &slots).expect("written");
}

/// Else one bad sector hides every case and every deadline of the school; or worse, the deadline of
/// the very request that it hit is gone and nobody sees it.
#[test]
fn answers_that_cant_be_opened_hide_no_other_record_and_are_named() {
    let school = School::begun();
    let asked = |subject: &str| {
        let options = ["--case", "new", "--type", "subject-access", "--scope", "all of it"];
        let day = day(-3);
        let more = ["--received", &day, "--subject", subject];
        index(&school.record("request", OFFICE, &[&options[..], &more].concat())["entry"])
    };
    let (damaged, whole) = (asked("p-1111"), asked("p-2222"));
    let due = || school.ok(["due"]);
    let before = due();
    assert!(!before.out.contains("can't be opened"), "{}", before.out);
    assert!(before.out.contains("request-2026-001") || before.out.contains("-001"));
    spoil(&school, damaged);

    // What falls due: the other request as before, and the damaged one by its place.
    let found = format!("entry {damaged}, request-{}-001: its answers can't be opened", year());
    let said = due();
    let words = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&found), "{words}");
    assert!(words.contains(&format!("request-{}-002, entry {whole}", year())), "{words}");
    assert_eq!(school.run(["due", "--fail-on", "finding"]).status, 1);
    let last = said.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(last.contains("Of what can be opened, nothing is overdue."), "{last}");
    let calendar = school.path("due.ics").display().to_string();
    school.ok(["due", "--ics", &calendar]);
    let calendar = fs::read_to_string(calendar).expect("written").replace("\r\n ", "");
    let event = format!("SUMMARY:Deadlines may be missing: record {damaged} can't be opened");
    assert!(calendar.contains(&event), "{calendar}");
    assert!(calendar.contains(&format!("(request-{}-002)", year())), "{calendar}");

    // Lists, cases and registers show the rest, and nothing of it as erased.
    let listed = school.ok(["log", "--kind", "request"]).out;
    assert_eq!(listed.matches("can't be opened").count(), 1, "{listed}");
    assert_eq!(school.log(&["--text", "p-2222"]), [whole]);
    let case = school.ok(["show", &format!("request-{}-001", year())]).out;
    assert!(case.contains("can't be opened") && !case.contains("erased and"), "{case}");
    let file = school.path("requests.csv").display().to_string();
    let told = school.ok(["register", "requests", "--csv", &file]);
    let warned = told.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        warned.contains(&format!("the answers of entry {damaged} can't be opened")),
        "{warned}"
    );
    let rows = fs::read_to_string(file).expect("written");
    assert!(rows.contains("can't be opened") && !rows.contains("erased"), "{rows}");

    // But nobody goes on from what can't be read.
    let says = format!("the body of entry {damaged} can't be read");
    let step = ["--step", "acknowledged", "--done", &day(-2), "--subject-told", "yes"];
    let case = format!("request-{}-001", year());
    let by = ["record", "request-step", "--by", OFFICE, "--case", &case];
    school.refused([&by[..], &step].concat()).says(&says, "restore");
}

/// Whoever signs is known by their key; what they are called may be unreadable.
#[test]
fn a_damaged_name_of_a_signer_stops_no_signature_and_no_reading() {
    let school = School::begun();
    spoil(&school, 3);

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
