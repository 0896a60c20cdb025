//! What changes between showing and signing: the file, the case, the clock, the writer.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use probity::store::barrier::Barrier;
use probity::store::disk::{Disk, DiskFile, How, RealDisk};
use probity::store::{LocalStore, Mode, Options};
use probity::work::World;
use probity::work::keyring::Keyring;
use probity::work::people::{self, Appoint};
use probity::work::reading::{Reading, terms};
use probity::work::record::CaseChoice;
use probity_ledger::records::kind::Relation;

use crate::common::files::{one_letter_changed, pdf};
use crate::common::inside::{approval, note, words};
use crate::common::{BEGUN, HEAD, OFFICE, OWNER, School, index, now, text, year};

#[test]
fn a_file_that_changes_after_it_was_shown_is_not_signed() {
    let (school, world) = (School::begun(), World::real());
    let bytes = pdf("Plan A");
    let path = school.path("plan.pdf");
    school.file("plan.pdf", &bytes);
    let prepared = school.prepare(&world, &approval(HEAD, &path)).expect("a good record");
    let journal = school.journal();
    school.file("plan.pdf", one_letter_changed(&bytes, "Plan"));
    let (error, hint) = words(school.sign(&world, &prepared, HEAD));
    assert!(error.contains("plan.pdf has changed: found"), "{error}");
    assert!(hint.contains("sign again"), "{hint}");
    std::fs::remove_file(&path).expect("the file goes");
    assert!(school.sign(&world, &prepared, HEAD).is_err());
    assert!(school.journal() == journal);
    school.file("plan.pdf", &bytes);
    assert_eq!(school.sign(&world, &prepared, HEAD).expect("the same bytes").len(), 1);
}

#[test]
fn what_was_shown_before_somebody_signed_in_the_case_is_not_signed() {
    let (school, world) = (School::begun(), World::real());
    let case = format!("other-{}-001", year());
    let begins = note(HEAD, "mine", CaseChoice::New(Some("other".to_owned())));
    let prepared = school.prepare(&world, &begins).expect("a good record");
    school.record("note", OFFICE, &["--text", "theirs", "--case", "other-new"]);
    let journal = school.journal();
    let (error, hint) = words(school.sign(&world, &prepared, HEAD));
    assert!(error == format!("somebody signed in {case} meanwhile"), "{error}");
    assert!(hint.contains(&format!("probity show {case}")), "{hint}");

    let follows = note(HEAD, "mine", CaseChoice::Existing(case.clone()));
    let prepared = school.prepare(&world, &follows).expect("a good record");
    assert!(school.journal() == journal);
    school.record("note", OFFICE, &["--text", "more", "--case", &case]);
    let (error, _) = words(school.sign(&world, &prepared, HEAD));
    assert!(error.contains("meanwhile"), "{error}");

    // About a linked entry, too; but what happens elsewhere stops nobody.
    let mut about = note(HEAD, "on that", CaseChoice::Unsaid);
    about.links.push((Relation::About, "1".to_owned()));
    let prepared = school.prepare(&world, &about).expect("a good record");
    school.record("note", OFFICE, &["--text", "a word", "--link", "about=1"]);
    let (error, _) = words(school.sign(&world, &prepared, HEAD));
    assert_eq!(error, "somebody signed about a linked entry meanwhile");
    let prepared = school.prepare(&world, &about).expect("a good record");
    school.record("note", OFFICE, &["--text", "elsewhere", "--case", "meeting-new"]);
    let signed = school.sign(&world, &prepared, HEAD).expect("nothing of its own changed");
    assert_eq!(signed[0].index().0, BEGUN + 4);
}

#[test]
fn a_key_that_was_revoked_or_exchanged_after_it_was_shown_signs_nothing() {
    let (school, world) = (School::begun(), World::real());
    let prepared =
        school.prepare(&world, &note(OWNER, "x", CaseChoice::Unsaid)).expect("a good record");
    let (error, _) = words(school.sign(&world, &prepared, OFFICE));
    assert!(error.contains("the unlocked key is not that of bryn-hughes"), "{error}");
    school.ok(["revoke", OWNER, "--by", HEAD, "--reason", "paused"]);
    let journal = school.journal();
    let (error, _) = words(school.sign(&world, &prepared, OWNER));
    assert!(error.contains("would not be a genuine record"), "{error}");
    assert!(school.journal() == journal);
}

#[test]
fn a_second_writer_is_told_who_writes_and_readers_are_not_kept_out() {
    let school = School::begun();
    let writer = Mode::Write("backup, since noon".to_owned());
    let held = LocalStore::open(&school.inside().ledger(), &writer, &Options::new(terms));
    let held = held.expect("nobody else writes");
    let note = ["record", "note", "--by", OFFICE, "--text", "x"];
    let refusal = school.refused(note);
    refusal.says(
        &format!("process {} (backup, since noon)", std::process::id()),
        "wait until it is done",
    );
    school.refused(["export", "--all", "-o", "x.zip"]).says("another process", "wait");
    assert_eq!(school.log(&[]).len() as u64, BEGUN);
    assert_eq!(school.verify([""; 0]).0, 0);
    drop(held);
    school.ok(note);
}

type Meanwhile = Box<dyn FnOnce() + Send>;

/// This machine's disk, on which somebody is quicker to take the lock.
struct Quicker(Mutex<Option<Meanwhile>>);

impl Disk for Quicker {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        RealDisk.open(path, how)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        let meanwhile = self.0.lock().expect("one thread").take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        RealDisk.lock(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(dir)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_folder(path)
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        RealDisk.sync_dir(path, barrier)
    }
}

#[test]
fn what_a_checkpoint_counts_is_not_cut_though_it_was_given_out_while_the_writer_waited() {
    let school = Arc::new(School::begun());
    let journal = school.home().join("ledger/journal");
    // Another process signs and gives out a checkpoint; then the disk loses the frame's end.
    let other = Arc::clone(&school);
    let meanwhile = move || {
        other.record("note", OFFICE, &["--text", "quicker"]);
        let journal = other.home().join("ledger/journal");
        let whole = std::fs::read(&journal).expect("a journal");
        std::fs::write(&journal, &whole[..whole.len() - 1]).expect("a shorter one");
    };
    let disk = Quicker(Mutex::new(Some(Box::new(meanwhile))));
    let options = Options { disk: Arc::new(disk), ..Options::new(terms) };
    let mode = Mode::Write("a test".to_owned());
    let before = std::fs::metadata(&journal).expect("a journal").len();
    let (error, _) = words(Reading::open_with(&school.inside(), &mode, &options));
    assert!(error.contains("does not continue the newest checkpoint"), "{error}");
    assert!(std::fs::metadata(&journal).expect("a journal").len() > before, "nothing was cut");
}

#[test]
fn a_checkpoint_that_cannot_be_signed_at_closing_is_told_and_the_record_stands() {
    let school = School::begun();
    let (key, away) = (school.home().join("keys/log.pem"), school.path("log.pem"));
    let line = ["record", "note", "--by", OFFICE, "--text", "x"];
    assert!(!school.ok(line).err.contains("no checkpoint"), "all is well");
    std::fs::rename(&key, &away).expect("the log key goes elsewhere");
    let said = school.ok(line).err;
    assert!(said.contains("is kept, but no checkpoint covers it yet: no file in"), "{said}");
    assert!(said.contains("take keys/log.pem from a backup"), "{said}");
    std::fs::rename(&away, &key).expect("the log key comes back");
    assert_eq!(school.log(&[]).len() as u64, BEGUN + 2);
    assert_eq!(school.json(["checkpoint"])["size"], BEGUN + 2);
}

fn hour_behind() -> i64 {
    now() - 3600
}

fn forty_days_ahead() -> i64 {
    now() + 40 * 86400
}

#[test]
fn a_clock_that_is_behind_or_far_ahead_is_refused_until_somebody_says_that_it_is_right() {
    let school = School::begun();
    let real = World::real();
    let (behind, ahead) = (real.with_clock(hour_behind), real.with_clock(forty_days_ahead));
    let mut mine = note(HEAD, "x", CaseChoice::Unsaid);
    let (error, hint) = words(school.prepare(&behind, &mine));
    assert!(
        error.contains("this machine's clock says") && error.contains("but entry 12 was signed at"),
        "{error}"
    );
    assert!(hint.contains("set the clock") && hint.contains("clock-correction"), "{hint}");
    let (error, hint) = words(school.prepare(&ahead, &mine));
    assert!(error.contains("more than 30 days after entry 12"), "{error}");
    assert!(hint.contains("--confirm-date"), "{hint}");
    // A clock that changes after it was shown is looked at again.
    let prepared = school.prepare(&real, &mine).expect("a good record");
    let journal = school.journal();
    assert!(words(school.sign(&behind, &prepared, HEAD)).0.contains("this machine's clock says"));
    assert!(words(school.sign(&ahead, &prepared, HEAD)).0.contains("more than 30 days"));
    assert!(school.journal() == journal);

    // Confirmed by mistake: the correction of the clock lets the right time go on.
    mine.date_confirmed = true;
    let prepared = school.prepare(&ahead, &mine).expect("a confirmed date");
    school.sign(&ahead, &prepared, HEAD).expect("a confirmed date");
    let line = ["record", "note", "--by", OFFICE, "--text", "x"];
    school
        .refused(line)
        .says("but entry 13 was signed at", "probity record clock-correction --entry 13");
    school.record("clock-correction", OFFICE, &["--entry", "13", "--reason", "wrong-date-typed"]);
    assert_eq!(index(&school.json(line)["entry"]), 15);
    let (status, verdict) = school.verify([""; 0]);
    assert_eq!((status, index(&verdict["clock"][0]["entry"])), (0, 14), "the step back is listed");
    assert_eq!(school.show(13)["since"]["clock_corrections"], serde_json::json!([14]));
}

/// Two that change one file at once would each write what they read, and one of them for nothing: a
/// witness, a medium that still holds what was erased, the newest head that a key signed over, or
/// the book's new key.
#[test]
fn what_another_process_is_changing_is_not_changed_meanwhile() {
    let school = School::begun();
    let backup = school.path("stick").display().to_string();
    let witness = School::nothing();
    let line = text(&witness.json(["witness", "new", "council.example/w", "--unattended"])["vkey"]);
    for (lock, line, says) in [
        ("policy.lock", &["witness", "use", &line][..], "another process"),
        ("backups.lock", &["backup", &backup], "another process"),
        ("keys/remembering", &["record", "note", "--by", HEAD, "--text", "x"], "just now"),
        ("keys/making", &["record", "log-key", "--by", HEAD, "--as", "headteacher"], "just now"),
    ] {
        let held = RealDisk.lock(&school.home().join(lock)).expect("locks").expect("free");
        let refusal = school.refused(line);
        refusal.says(says, "");
        drop(held);
        school.ok(line);
    }
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// The key that came along would be kept nowhere, and of a rotated key the old one stay in force.
#[test]
fn a_name_that_is_taken_before_an_appointment_is_signed_stops_it() {
    let (school, world, elsewhere) = (School::begun(), World::real(), School::nothing());
    elsewhere.ok(["key", "new", "Nina West"]);
    let public = elsewhere.home().join("keys/nina-west.pub");
    let wanted = Appoint {
        name: "Nina West".to_owned(),
        roles: vec!["staff".to_owned()],
        by: HEAD.to_owned(),
        role: Some("headteacher".to_owned()),
        public: Some(public.clone()),
        same_person_as: None,
        called: None,
        from: None,
        until: None,
        key_made: None,
        qualifications: None,
        date_confirmed: false,
    };
    let home = school.inside();
    let reading = Reading::open(&home, &Mode::Read).expect("a record book");
    let prepared = people::appoint(&world, &reading, &Keyring::of(&home), &wanted);
    let prepared = prepared.expect("the name is free");
    drop(reading);
    school.ok(["key", "new", "Nina West"]);
    let journal = school.journal();
    let (error, hint) = words(school.sign(&world, &prepared, HEAD));
    assert!(error.contains("another key goes by the name `nina-west`"), "{error}");
    assert!(hint.contains("another name"), "{hint}");
    assert!(school.journal() == journal);
}
