//! What a damaged home still does, and what it says meanwhile: nobody takes a part for the whole,
//! and one bad file stops nothing that doesn't need it.

use std::fs;

use probity::store::{Mode, Store as _};
use probity::work::reading::Reading;
use probity::work::verify::{self, Asked};
use probity_ledger::format::hash::Index;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use crate::common::{BEGUN, HEAD, OFFICE, School, Snapshot, day, index, year};

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

/// Else somebody looks with `verify` after the disk was full, records only the rest again, and loses
/// what the next writer cuts off; or a file counts as signed that nobody signed.
#[test]
fn half_of_a_write_that_nobody_was_told_of_is_not_sound_and_names_no_file() {
    let school = School::begun();
    let before = Snapshot::of(&school.home());
    let letter = school.file("letter.txt", "Dear all");
    let first = serde_json::json!({ "text": "one", "attach": [letter] });
    let lines = format!("{first}\n{{\"text\":\"two\"}}\n{{\"text\":\"three\"}}\n");
    let lines = school.file("notes.jsonl", lines);
    school.ok(["record", "note", "--by", HEAD, "--from-jsonl", &lines]);
    let ledger = school.home().join("ledger");
    let read = |name: &str| fs::read(ledger.join(name)).expect("read");
    let (whole, slots, given_out) = (school.journal(), read("bodykeys"), read("checkpoint"));

    // The memory of the key that signed doesn't count it either.
    before.restore(&school.home());
    fs::write(ledger.join("bodykeys"), slots).expect("written");
    fs::write(journal(&school), &whole[..whole.len() - 40]).expect("written");
    let looked = || {
        let (status, verdict) = school.verify(["--document", &letter]);
        assert_eq!((status, &verdict["verdict"]), (1, &"not-genuine".into()), "{verdict:#}");
        let document = &verdict["documents"][0];
        assert_eq!(document["looked_for"], false, "{verdict:#}");
        assert_eq!(document["mentions"], serde_json::json!([]), "{verdict:#}");
        assert_eq!(verdict["fault"]["entry"], verdict["intact_before"], "{verdict:#}");
        (index(&verdict["intact_before"]), verdict["fault"]["found"].to_string())
    };
    let (sound, found) = looked();
    assert_eq!(sound, BEGUN, "{found}");
    assert!(found.contains("what an unfinished write leaves"), "{found}");

    // Of what a head counts that was given out, the record that is damaged is named.
    let kept = read("checkpoint");
    fs::write(ledger.join("checkpoint"), given_out).expect("written");
    let (sound, found) = looked();
    assert_eq!(sound, BEGUN + 2, "{found}");
    assert!(!found.contains("unfinished"), "{found}");

    // The next writer goes on where `verify` said.
    fs::write(ledger.join("checkpoint"), kept).expect("written");
    assert_eq!(index(&school.record("note", HEAD, &["--text", "one"])["entry"]), BEGUN);
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// Else one command sends people to another, which sends them back.
#[test]
fn a_lost_journal_and_lost_settings_are_told_with_a_way_on() {
    let school = School::begun();
    school.ok(["checkpoint"]);
    let backup = school.path("backup").display().to_string();
    school.ok(["backup", &backup]);
    let (whole, ledger) = (school.journal(), school.home().join("ledger"));
    let init =
        ["init", "--school", "S", "--controller", "C", "--name", "New", "--as", "headteacher"];
    let lost = |command: &[&str]| {
        let refusal = school.refused(command.iter());
        refusal
            .says("has a checkpoint, but no journal with entries", "put the file `journal` back");
    };
    fs::remove_file(journal(&school)).expect("removed");
    for command in [
        &[][..],
        &["log"],
        &["show", "1"],
        &["verify"],
        &["verify", "1"],
        &["checkpoint"],
        &["restore", &backup],
        &init,
    ] {
        lost(command);
    }
    fs::write(journal(&school), &whole[..16]).expect("written");
    for command in [&[][..], &["log"], &["checkpoint"], &["restore", &backup], &init] {
        lost(command);
    }
    assert!(!school.home().join("keys/new.pem").exists() && ledger.join("bodykeys").exists());
    fs::write(journal(&school), &whole).expect("put back");

    // Whoever leaves out the second line makes a real record book of one for practice.
    let config = school.home().join("config.toml");
    for found in [None, Some("layout = ")] {
        fs::remove_file(&config).expect("removed");
        if let Some(text) = found {
            fs::write(&config, text).expect("written");
        }
        for command in [&["log"][..], &["verify"], &["checkpoint"]] {
            let refusal = school.refused(command.iter());
            refusal.says(
                "config.toml",
                "the line `layout = 1` into it, and the line `practice = true`",
            );
        }
        fs::write(&config, "layout = 1\n").expect("written");
    }
    school.refused(init).says("holds a record book already", "use it");
    school.ok(["log"]);
}

/// Puts a folder in the place of a file: nobody can read it, whoever they are.
fn bar(path: &std::path::Path) {
    let _ = fs::remove_file(path);
    fs::create_dir_all(path).expect("a folder");
}

/// Else one file that another account wrote keeps a whole school from its records, its deadlines, and
/// from finding out why.
#[test]
fn a_small_file_that_cant_be_read_stops_no_reader() {
    let signs = ["record", "note", "--by", HEAD, "--text", "signed over it"];
    // What it is, whether records may be missing then, and whether anybody can sign.
    for (file, lacks, may_sign) in [
        ("ledger/checkpoint", true, false),
        ("ledger/bodykeys", true, false),
        ("ledger/times/5.1.note", false, true),
        ("ledger/times", false, true),
        ("ledger/journal.cut-900-1/it", false, true),
        ("keys/hannah-price.seen", false, false),
    ] {
        let school = School::begun();
        school.ok(["checkpoint"]);
        bar(&school.home().join(file));
        if file == "ledger/times" {
            fs::remove_dir(school.home().join(file)).expect("removed");
            fs::write(school.home().join(file), "no folder").expect("written");
        }
        if lacks {
            all_warn(&school);
        }
        for command in READING {
            let ran = school.run(command.iter());
            assert_eq!(ran.status, 0, "{file}, {command:?}: {}", ran.err);
            assert_eq!(ran.err.contains("may be missing"), lacks, "{file}: {}", ran.err);
        }
        let (status, report) = school.verify::<&str>([]);
        let named = if file.contains("cut-") { "ledger/journal.cut-900-1" } else { file };
        if report["unread"].is_null() {
            // A folder has a length, too, where systems open it like a file.
            assert!(file.contains("cut-") && status == 0, "{file}: {report}");
        } else {
            assert_eq!((status, &report["verdict"]), (2, &"intact".into()), "{file}: {report}");
            assert_eq!(report["unread"][0]["file"], named, "{report}");
            let words = school.run(["verify"]).out.split_whitespace().collect::<Vec<_>>().join(" ");
            let says = format!("Beside the records: `{named}` can't be read");
            assert!(words.contains(&says), "{words}");
        }
        if may_sign {
            school.ok(signs);
        } else {
            let refusal = school.refused(signs);
            let said = format!("{} {}", refusal.error, refusal.hint);
            assert!(said.contains(file) && !said.contains("probity restore"), "{file}: {said}");
        }
    }
}

/// A link that leads to itself can't be opened at all.
#[cfg(unix)]
#[test]
fn a_checkpoint_that_cant_be_opened_stops_no_reader() {
    let school = School::begun();
    school.ok(["checkpoint"]);
    let path = school.home().join("ledger/checkpoint");
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink(&path, &path).expect("a link");
    all_warn(&school);
    assert_eq!(school.verify::<&str>([]).0, 2);
    let refusal = school.refused(["record", "note", "--by", HEAD, "--text", "signed over it"]);
    refusal.says("ledger/checkpoint", "look at the disk");
}

/// A document that was signed is not called unsigned because its answers can't be opened.
#[test]
fn a_document_is_not_called_unsigned_where_no_answers_can_be_opened() {
    let school = School::begun();
    let file = school.file("plan.txt", "the plan");
    school.ok(["sign", &file, "--by", HEAD, "--decision", "approved"]);
    assert_eq!(school.verify(["--document", &file]).0, 0);
    bar(&school.home().join("ledger/bodykeys"));
    let ran = school.run(["verify", "--document", &file]);
    assert!(ran.status == 2 && ran.out.contains("was not looked for"), "{ran:#?}");
    assert!(!ran.out.contains("NOT a file that anybody signed"), "{}", ran.out);
}

/// A memory that isn't as it was written keeps nobody from the verdict on the records.
#[test]
fn a_damaged_memory_is_named_beside_the_verdict() {
    let school = School::begun();
    fs::write(school.home().join("keys/hannah-price.seen"), "scrawl").expect("written");
    let (status, report) = school.verify::<&str>([]);
    assert_eq!((status, &report["verdict"]), (2, &"intact".into()), "{report}");
    assert_eq!(report["unread"][0]["found"], "it is not a memory as it was written", "{report}");
}

/// Else a list of backups, which is only about backups, hides the deadline of a breach.
#[test]
fn a_list_that_cant_be_read_hides_no_deadline() {
    let school = School::begun();
    let more = ["--received", &day(-3), "--subject", "p-1111"];
    let options = ["--case", "new", "--type", "subject-access", "--scope", "all of it"];
    school.record("request", OFFICE, &[&options[..], &more].concat());
    let case = format!("request-{}-001", year());
    for (file, text, rule) in [
        ("backups.toml", Some("[[medium"), "backup-weekly"),
        ("backups.toml", None, "backup-weekly"),
        ("policy.txt", Some("scrawl"), "anchor-weekly"),
        ("policy.txt", None, "anchor-weekly"),
    ] {
        let path = school.home().join(file);
        match text {
            Some(text) => fs::write(&path, text).expect("written"),
            None => bar(&path),
        }
        let ran = school.ok(["due"]);
        let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&case), "{file}: {words}");
        assert!(words.contains("when it is due can't be told") && words.contains(rule), "{words}");
        assert!(words.contains(file), "{words}");
        school.lines(["due"]);
        let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
    }
    assert!(!school.ok(["due"]).out.contains("can't be told"));
}
