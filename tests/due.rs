//! What falls due, as people ask for it: days with their rule and working, a case as it stood on a
//! day, a calendar that other programs read.

mod common;
#[path = "walks/script.rs"]
mod script;

use std::process::Command;

use common::{HEAD, OFFICE, School, year};
use probity::store::Mode;
use probity::work::due;
use probity::work::reading::Reading;
use probity_ledger::book::due::{Due, State};
use serde_json::Value as Json;

/// A request that came on the last day of January: no such day in February, and a Saturday there.
fn school_with_a_request() -> (School, String) {
    let school = School::begun();
    let case = format!("request-{}-001", year());
    school.record(
        "request",
        OFFICE,
        &["--case", "new", "--type", "subject-access", "--received", "2026-01-31"],
    );
    (school, case)
}

fn of_rule<'a>(lines: &'a [Json], rule: &str) -> Vec<&'a Json> {
    lines.iter().filter(|line| line["rule"] == rule).collect()
}

#[test]
fn a_request_s_month_is_shown_with_its_working() {
    let (school, case) = school_with_a_request();
    let said = school.ok(["due", "--case", &case]).out;
    assert!(said.contains("Monday 2 March 2026"), "{said}");
    assert!(said.contains("no 31 February, so 28 February"), "{said}");
    assert!(said.contains("Art 12(3)") && said.contains("OVERDUE"), "{said}");

    let lines = school.lines(["due", "--case", &case]);
    let month = of_rule(&lines, "sar-month");
    assert_eq!(month.len(), 1, "{lines:#?}");
    assert_eq!(month[0]["when"], "2026-03-02");
    assert_eq!(month[0]["state"], "overdue");
    assert_eq!(month[0]["case"], case.as_str());
}

#[test]
fn what_is_overdue_or_does_not_fit_fails_only_when_asked() {
    let (school, case) = school_with_a_request();
    assert_eq!(school.run(["due", "--case", &case]).status, 0);
    assert_eq!(school.run(["due", "--case", &case, "--fail-on", "overdue"]).status, 1);
    assert_eq!(school.run(["due", "--case", &case, "--fail-on", "finding"]).status, 0);
    for (summary, status) in [("Lessons without webcams", 0), ("Webcams with consent only", 1)] {
        school.record(
            "processing-activity",
            OFFICE,
            &["--name", "Lessons by video", "--basis", "public-task"],
        );
        school.record(
            "policy",
            common::CHAIR,
            &["--title", "Lessons at home", "--summary", summary],
        );
        let ran = school.run(["due", "--fail-on", "finding"]);
        assert_eq!(ran.status, status, "{}", ran.out);
    }
}

/// What `due` calls done, the register of exceptions and the verdict mustn't call open. Nothing falls
/// due from what stands under this one.
#[test]
fn an_exception_is_ratified_when_what_stands_under_it_is() {
    let school = School::begun();
    let exception = ["--exception", "r", "--exception-reason", "x", "--ratify-role", "headteacher"];
    let plan = school.file("plan.txt", "a lock");
    let control = ["--case", "dpia-new", "--controls", "risk=R1; control=lock", "--attach", &plan];
    school.record("control-approval", OFFICE, &[&control[..], &exception].concat());
    let is_open = || {
        let due = school.lines(["due", "--all"]);
        let states = of_rule(&due, "ratification").into_iter().map(|one| one["state"] == "open");
        states.collect::<Vec<bool>>()
    };
    assert_eq!(is_open(), [true]);
    let on_paper = |id: &[&str]| {
        let date = common::day(0);
        let line = ["--person", HEAD, "--role", "headteacher", "--date", &date, "--what", "agreed"];
        let line = [&line[..], &["--link", "ratifies=13"], id].concat();
        school.record("paper-signature", OFFICE, &line);
    };
    on_paper(&[]);
    assert_eq!(is_open(), [true], "a name alone doesn't show that it was another person");
    let head = common::text(&school.show(7)["person"]);
    on_paper(&["--person-id", &head]);
    assert_eq!(is_open(), [false]);
}

#[test]
fn an_answer_ends_what_was_due_and_a_case_is_told_as_it_stood() {
    let (school, case) = school_with_a_request();
    school.record(
        "request-answer",
        HEAD,
        &["--case", &case, "--answered", "2026-03-01", "--outcome", "granted"],
    );
    let open = school.lines(["due", "--case", &case]);
    assert!(of_rule(&open, "sar-month").is_empty(), "{open:#?}");
    let all = school.lines(["due", "--case", &case, "--all"]);
    assert_eq!(of_rule(&all, "sar-month")[0]["state"]["met"]["on"], "2026-03-01");

    let told = school.json(["show", &case]);
    assert_eq!(told["state"]["state"], "answered: granted");
    assert_eq!(told["state"]["closed"], true);
    let refusal = school.refused(["show", &case, "--at", "2026-01-01"]);
    assert!(refusal.error.contains("began later"), "{}", refusal.error);
}

/// Else the case asks for what was done, because the record of it lies in another case.
#[test]
fn what_was_recorded_elsewhere_about_a_case_is_told_in_it() {
    let (school, case) = school_with_a_request();
    let action = ["--case", &case, "--what", "Buy locks.", "--owner", HEAD, "--due", "2026-03-01"];
    let action = school.record("action", HEAD, &action)["entry"].to_string();
    let next = || school.json(["show", &case])["state"]["next"].to_string();
    assert!(next().contains("Buy locks."));
    let link = format!("about={action}");
    let done = ["--done", "2026-02-01", "--outcome", "done", "--link", &link];
    school.record("action-done", OFFICE, &done);
    assert!(!next().contains("Buy locks."), "{}", next());
    let hold = ["--scope", "everything", "--reason", "A claim.", "--review-date", "2027-01-01"];
    school.record("hold", HEAD, &hold);
    assert!(next().contains("nothing of this case is erased"), "{}", next());
}

#[test]
fn days_and_cases_that_are_none_are_refused() {
    let school = School::begun();
    for (arguments, words) in [
        (vec!["due", "--at", "31 February 2026"], "is not a day"),
        (vec!["due", "--case", "request-2026-009"], "there is no case"),
        (vec!["show", "3", "--at", "2026-01-01"], "never changes"),
    ] {
        let refusal = school.refused(&arguments);
        assert!(refusal.error.contains(words), "{}", refusal.error);
    }
    let file = school.file("due.ics", "kept");
    let refusal = school.refused(["due", "--ics", "due.ics"]);
    assert!(refusal.error.contains("exists"), "{}", refusal.error);
    assert_eq!(std::fs::read_to_string(file).expect("text"), "kept");
}

/// Another program reads the calendar, and finds nothing in it that somebody wrote.
#[test]
fn the_calendar_is_one_for_others_and_names_nobody() {
    let (school, _) = school_with_a_request();
    school.record("action", OFFICE, &["--what", "ask Wilbur", "--due", "2027-05-01"]);
    school.ok(["due", "--ics", "due.ics"]);
    let path = school.path("due.ics");
    let bytes = std::fs::read_to_string(&path).expect("text");
    assert!(!bytes.contains("Wilbur"), "{bytes}");
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let judge = "import sys, icalendar\n\
                 calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())\n\
                 events = list(calendar.walk('VEVENT'))\n\
                 assert not any(event.errors for event in events), events\n\
                 assert len({event['UID'] for event in events}) == len(events)\n\
                 print(sorted(str(event['DTSTART'].dt) for event in events))\n";
    let out = Command::new(python).arg("-c").arg(judge).arg(&path).output().expect("Python runs");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{said}{}", String::from_utf8_lossy(&out.stderr));
    assert!(said.contains("2026-03-02") && said.contains("2027-05-01"), "{said}");
}

/// Only some kinds of record are read to tell what falls due. No other may make a difference.
#[test]
fn what_is_read_is_all_that_matters() {
    let school = School::begun();
    script::walk(&school, "breach/breach.walk");
    let at = common::now() + 400 * 86_400;
    let reading = Reading::open(&school.inside(), &Mode::Read).expect("a ledger");
    let read = due::due(&reading, at).expect("deadlines");
    assert!(!read.0.is_empty());
    assert_eq!(read, due::from_all(&reading, at).expect("deadlines"));
}

/// What is due for the newest records of a home, in so many days from now.
fn backups_due(school: &School, days: i64) -> Vec<Due> {
    let home = school.inside();
    let reading = Reading::open(&home, &Mode::Read).expect("a ledger");
    let (all, _) = due::of_home(&home, &reading, common::now() + days * 86_400).expect("deadlines");
    all.into_iter().filter(|one| one.rule == "backup-weekly").collect()
}

/// A backup is due a week after the oldest record that is on no medium, and not once it is there.
#[test]
fn a_backup_falls_due_and_is_not_once_it_was_made() {
    let school = School::begun();
    let told = |options: &[&str]| {
        let lines = school.lines(["due"].iter().chain(options));
        of_rule(&lines, "backup-weekly").into_iter().cloned().collect::<Vec<Json>>()
    };
    let first = told(&[]);
    assert_eq!(first.len(), 1, "{first:#?}");
    assert_eq!((&first[0]["state"], &first[0]["entry"]), (&"open".into(), &0.into()));
    assert!(school.ok(["due"]).out.contains("Backup due: copy the newest records"));
    assert_eq!(school.run(["due", "--fail-on", "overdue"]).status, 0);
    for (days, state) in [(0, State::Open), (6, State::Open), (9, State::Overdue)] {
        let [one] = &backups_due(&school, days)[..] else { panic!("one, in {days} days") };
        assert_eq!((one.state, one.entry.0), (state, 0), "in {days} days");
    }

    let medium = school.path("medium").display().to_string();
    school.ok(["backup", &medium]);
    assert_eq!(told(&[]), Vec::<Json>::new());
    assert!(!school.ok(["due"]).out.contains("Backup due"));
    assert_eq!(backups_due(&school, 400), Vec::new());

    // It is due for what came since, and for no more.
    school.record("note", OFFICE, &["--text", "After the backup."]);
    let next = told(&[]);
    assert_eq!((next.len(), &next[0]["entry"]), (1, &common::BEGUN.into()));
    let [late] = &backups_due(&school, 9)[..] else { panic!("one") };
    assert_eq!(late.state, State::Overdue);
    school.ok(["backup", &medium]);
    assert_eq!(backups_due(&school, 9), Vec::new());
}
