//! Registers by the real program: what they say on the terminal, as JSON and as CSV, and what they
//! refuse. Days are tried on a book whose clock is moved, without the program.

use std::path::Path;

use common::{CARETAKER, CHAIR, DPO, HEAD, OFFICE, School, day, index, text, year};
use serde_json::{Value as Json, json};

mod common;
#[path = "registers/days.rs"]
mod days;
#[path = "registers/kinds.rs"]
mod kinds;

/// The rows of a register.
#[track_caller]
fn rows(school: &School, register: &str) -> Vec<Json> {
    school.lines(["register", register])
}

#[track_caller]
fn only_row(school: &School, register: &str) -> Json {
    let mut rows = rows(school, register);
    assert_eq!(rows.len(), 1, "{rows:#?}");
    rows.remove(0)
}

/// Holds cells against what they have to say.
#[track_caller]
fn says(row: &Json, expected: &[(&str, &str)]) {
    for (column, text) in expected {
        let cell = &row["cells"][column];
        let said = cell.as_str().unwrap_or_else(|| if cell.is_null() { "" } else { "no cell" });
        assert_eq!(said, *text, "{column} of {row:#}");
    }
}

fn entry(report: &Json) -> String {
    index(&report["entry"]).to_string()
}

/// A report of a breach, and the case that it began.
fn reported(school: &School, what: &str) -> (String, String) {
    let report = school.record(
        "breach-report",
        OFFICE,
        &[
            "--case",
            "new",
            "--aware",
            &format!("{} 09:00", day(-1)),
            "--occurred",
            &day(-3),
            "--kind",
            "loss-theft",
            "--people-count",
            "12",
            "--what-happened",
            what,
        ],
    );
    (entry(&report), text(&report["case"]))
}

#[test]
fn the_registers_are_listed_with_what_they_are_and_where_they_come_from() {
    let school = School::nothing();
    let listed = school.ok(["register"]).out;
    for line in ["breaches", "Art 33(5)", "processing-activities", "Art 30(1)", "consents"] {
        assert!(listed.contains(line), "{line}: {listed}");
    }
    let lines = school.lines(["register"]);
    assert_eq!(lines.len(), probity_ledger::book::registers::REGISTERS.len());
    let breaches = lines.iter().find(|line| line["register"] == "breaches").expect("listed");
    assert_eq!(breaches["columns"][0]["name"], "what-happened");
    assert!(breaches["kinds"].as_array().expect("kinds").contains(&json!("breach-report")));
}

#[test]
fn a_breach_has_a_row_that_names_its_entries_and_their_correction() {
    let school = School::begun();
    let (report, case) = reported(&school, "A register was left on a bus.");
    school.record(
        "breach-decision",
        HEAD,
        &["--case", &case, "--risk", "unlikely", "--notify-regulator", "no"],
    );
    let link = format!("corrects={report}");
    let correction =
        school.record("correction", OFFICE, &["--link", &link, "--what-changed", "It was a tram."]);
    let row = only_row(&school, "breaches");
    assert_eq!(row["case"], case.as_str());
    assert_eq!(row["at"], day(0).as_str());
    assert_eq!(row["entries"].as_array().map(Vec::len), Some(2));
    let mark = format!("entry {report}: corrected by entry {}", entry(&correction));
    assert_eq!(row["marks"], json!([mark]));
    says(
        &row,
        &[
            ("what-happened", "A register was left on a bus."),
            ("occurred", &day(-3)),
            ("days-to-record", "3"),
            ("people", "12"),
            ("risk", "unlikely"),
            ("notify-regulator", "no"),
            ("notified", ""),
            ("reasons", ""),
            ("state", "decided"),
        ],
    );
    // On the terminal the day is one that people read, and the rest can be had.
    let shown = school.ok(["register", "breaches"]);
    assert!(shown.out.contains(&case) && shown.out.contains("A register was left"), "{shown:#?}");
    assert!(shown.err.contains("more columns with --full, --csv FILE or --json"), "{shown:#?}");
    let full = school.ok(["register", "breaches", "--full"]).out;
    let occurred = probity::work::time::day_words(&day(-3));
    assert!(full.contains(&format!("occurred: {occurred}")), "{full}");
    assert!(full.contains("nothing under: ") && full.contains("marked: entry"), "{full}");
}

#[test]
fn an_unknown_register_or_day_is_refused_with_what_was_meant() {
    let school = School::begun();
    school
        .refused(["register", "breach"])
        .says("there is no register `breach`", "see `probity register`; is it one of breaches?");
    school
        .refused(["register", "consent-withdrawal"])
        .says("there is no register `consent-withdrawal`", "is it one of consents, withdrawals?");
    school
        .refused(["register", "nonsense"])
        .says("no register `nonsense`", "see `probity register`");
    school
        .refused(["register", "breaches", "--at", "yesterday"])
        .says("`yesterday` is not a day", "write days as 2026-11-21");
    school
        .refused(["register", "breaches", "--at", &day(1)])
        .says("is still to come", "name today or a day before it");
}

#[test]
fn a_day_before_the_first_record_has_an_empty_register() {
    let school = School::begun();
    reported(&school, "A letter went astray.");
    let empty = school.ok(["register", "breaches", "--at", &day(-1)]);
    assert_eq!(empty.out, "");
    assert!(empty.err.contains("Nothing on record belongs in it."), "{empty:#?}");
    assert_eq!(school.lines(["register", "breaches", "--at", &day(-1)]).len(), 0);
    assert_eq!(school.lines(["register", "breaches", "--at", &day(0)]).len(), 1);
    // As a file it still says which register it is of, by its columns.
    let file = school.path("empty.csv");
    school.ok(["register", "breaches", "--at", &day(-1), "--csv", &file.display().to_string()]);
    let written = std::fs::read_to_string(file).expect("written");
    assert!(written.starts_with("\u{feff}entries,case,what happened,"), "{written}");
    assert_eq!(written.matches("\r\n").count(), 1);
}

/// What people, or those who mean harm, may write into a field.
const HOSTILE: [&str; 12] = [
    "=cmd|' /C calc'!A0",
    "+44 20 7946 0000",
    "-1+1",
    "@SUM(1+1)*cmd|'x'!A0",
    "  =HYPERLINK(\"https://evil.example\")",
    "\t=1+1",
    "a\r\n=1+1",
    "\"quoted\", with commas, and a \"\" in it",
    "fdp.\u{202e}exe \u{2066}hidden\u{2069}",
    "\u{feff}=1+1",
    "＝1+1",
    "Zoë O’Neill – नमस्ते, 家",
];

#[test]
fn a_file_for_a_spreadsheet_acts_on_nothing_and_reads_as_it_was_written() {
    let school = School::begun();
    for (at, hostile) in HOSTILE.iter().enumerate() {
        let answers = json!({
            "aware": probity::work::World::real().now() - 60,
            "what-happened": hostile,
            "possible-misuse": format!("{hostile}{hostile}"),
            "people-kinds": [hostile.replace(['\t', '\r', '\n'], " "), "staff"],
            "people-count": at,
        });
        let file = school.file(&format!("{at}.json"), answers.to_string());
        school.record("breach-report", OFFICE, &["--case", "new", "--from-json", &file]);
    }
    let path = school.path("breaches.csv");
    let file = path.display().to_string();
    let wrote = school.json(["register", "breaches", "--csv", &file]);
    assert_eq!(wrote, json!({ "file": file, "rows": HOSTILE.len() }));
    assert_eq!(common::mode(&path), 0o600);
    judge(&school, &path, "breaches");
    // No second register goes over it, and nothing is left beside it.
    let before = std::fs::read(&path).expect("written");
    school
        .refused(["register", "breaches", "--csv", &file])
        .says("exists already", "choose another name; nothing is overwritten");
    assert!(std::fs::read(&path).expect("still there") == before);
    let beside = std::fs::read_dir(path.parent().expect("a folder")).expect("a folder");
    let names = beside.map(|entry| entry.expect("a file").file_name());
    assert!(!names.into_iter().any(|name| name.to_string_lossy().ends_with(".part")));
    // On the terminal nothing acts either.
    for shown in
        [school.ok(["register", "breaches"]), school.ok(["register", "breaches", "--full"])]
    {
        assert!(
            !shown.out.contains(['\u{202e}', '\u{2066}', '\u{feff}', '\t', '\r']),
            "{shown:#?}"
        );
        assert!(shown.out.contains("fdp.\\u{202e}exe"), "{shown:#?}");
    }
}

/// Python's CSV reader agrees with our JSON.
#[track_caller]
fn judge(school: &School, csv: &Path, register: &str) {
    let lines = school.run(["register", register, "--json"]).out;
    let lines = school.file(&format!("{register}.jsonl"), lines);
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/registers.py");
    let out = std::process::Command::new(python)
        .env("PYTHONUTF8", "1")
        .arg(script)
        .arg(csv)
        .arg(lines)
        .output()
        .expect("Python runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn every_register_is_a_file_that_python_reads() {
    let school = School::begun();
    for register in probity_ledger::book::registers::REGISTERS {
        let path = school.path(&format!("{}.csv", register.name));
        school.ok(["register", register.name, "--csv", &path.display().to_string()]);
        judge(&school, &path, register.name);
    }
}

#[test]
fn consents_and_withdrawals_stand_as_they_were_said_last() {
    let school = School::begun();
    let given = school.record(
        "consent",
        OFFICE,
        &[
            "--case",
            "new",
            "--subject",
            "pupil-7f3a",
            "--capacity",
            "parent",
            "--purposes",
            "purpose=website; decision=given",
            "--purposes",
            "purpose=press; decision=refused",
            "--until",
            &day(300),
        ],
    );
    let row = only_row(&school, "consents");
    says(&row, &[("reference", "pupil-7f3a"), ("consented", "website"), ("refused", "press")]);
    let link = format!("withdraws={}", entry(&given));
    school.record(
        "consent-withdrawal",
        OFFICE,
        &[
            "--case",
            &text(&given["case"]),
            "--received",
            &format!("{} 00:00", day(0)),
            "--capacity",
            "pupil",
            "--purposes",
            "website",
            "--places",
            "School website",
            "--link",
            &link,
        ],
    );
    let row = only_row(&school, "consents");
    says(&row, &[("consented", ""), ("withdrawn", "website (by the pupil)"), ("refused", "press")]);
    let row = only_row(&school, "withdrawals");
    says(
        &row,
        &[
            ("reference", "pupil-7f3a"),
            ("withdraws", &entry(&given)),
            ("places-open", "School website"),
            ("state", "open"),
            ("days-open", "0"),
        ],
    );
}

#[test]
fn who_looked_at_images_without_being_on_the_list_is_marked() {
    let school = School::begun();
    for by in [CARETAKER, OFFICE] {
        let from = |clock: &str| format!("{} {clock}", day(-1));
        let (viewed, seen) = (from("10:00"), from("10:05"));
        let (start, end) = (from("08:00"), from("08:10"));
        school.record(
            "cctv-access",
            by,
            &[
                "--case",
                "new",
                "--cameras",
                "Gate",
                "--footage-from",
                &start,
                "--footage-to",
                &end,
                "--viewed-from",
                &viewed,
                "--viewed-to",
                &seen,
                "--reason",
                "damage",
                "--outcome",
                "viewed",
            ],
        );
    }
    let rows = rows(&school, "cctv");
    says(&rows[0], &[("authority", "listed"), ("by", "Kofi Mensah, Caretaker at the CCTV desk")]);
    assert_eq!(rows[0]["marks"], json!([]));
    says(&rows[1], &[("authority", "unlisted")]);
    let lacks = "incomplete: signed as Administrator, a role that may not sign this";
    assert_eq!(rows[1]["marks"], json!([lacks]));
}

#[test]
fn an_exception_waits_in_its_register_until_it_is_ratified() {
    let school = School::begun();
    let case = format!("dpia-{}-001", year());
    let report = school.record(
        "risk-acceptance",
        OFFICE,
        &[
            "--case",
            "new",
            "--risks",
            "id=R1; impact=minor; likelihood=unlikely",
            "--exception",
            "asset owners accept risks",
            "--exception-reason",
            "the owner is ill",
            "--ratify-role",
            "headteacher",
        ],
    );
    let row = only_row(&school, "exceptions");
    assert_eq!(row["entries"].as_array().map(Vec::len), Some(2));
    assert_eq!(row["case"], case.as_str());
    let under = format!("Risk acceptance (entry {})", entry(&report));
    says(&row, &[("what", &under), ("state", "open"), ("ratifications", "")]);
    assert!(row["marks"].to_string().contains("by exception, not ratified"), "{row:#}");
    // Whoever the exception names has to ratify it.
    let exception = index(&row["entries"][0]).to_string();
    let wanted = text(&row["cells"]["ratify-role"]);
    let (name, _) = *common::PEOPLE
        .iter()
        .find(|(_, role)| probity_ledger::records::roles::title(role) == wanted)
        .expect("somebody holds that role");
    let link = format!("ratifies={exception}");
    school.record("ratification", name, &["--link", &link, "--reasons", "It could not wait."]);
    let row = only_row(&school, "exceptions");
    says(&row, &[("state", "ratified")]);
    assert_eq!(row["marks"], json!([]));
}

#[test]
fn advice_that_was_overruled_is_listed_with_who_did_it() {
    let school = School::begun();
    let plan = school.file("plan.txt", "A homework app.\n");
    let advice = school.record(
        "dpo-advice",
        DPO,
        &[
            "--case",
            "dpia-new",
            "--attach",
            &plan,
            "--recommendation",
            "do-not-proceed",
            "--advice",
            "Not yet.",
            "--concerns",
            "Chat is open",
        ],
    );
    let case = text(&advice["case"]);
    let approval = |more: &[&str]| {
        let base = ["--case", &case, "--attach", &plan, "--decision", "approved"];
        school.record("dpia-approval", HEAD, &[&base, more].concat())
    };
    approval(&["--advice-followed", "no", "--overruled-by", HEAD, "--overruled-reasons", "Needed"]);
    let row = only_row(&school, "overruled-advice");
    says(
        &row,
        &[
            ("advice", "do-not-proceed"),
            ("concerns", "Chat is open"),
            ("decision", "approved"),
            ("overruled-by", HEAD),
            ("reasons", "Needed"),
            ("state", "said-with-reasons"),
        ],
    );
    approval(&[]);
    let all = rows(&school, "overruled-advice");
    says(&all[1], &[("state", "not-said"), ("reasons", "")]);
    let row = only_row(&school, "dpias");
    says(&row, &[("initiative", "plan.txt"), ("advice", "do-not-proceed"), ("state", "approved")]);
}

#[test]
fn a_policy_is_in_its_register_while_it_is_in_force() {
    let school = School::begun();
    for (version, from) in [("1", day(-20)), ("2", day(-5)), ("3", day(20))] {
        let [approved, review] = [day(-25), day(300)];
        school.record(
            "policy",
            CHAIR,
            &[
                "--title",
                "Data protection",
                "--policy-version",
                version,
                "--approved",
                &approved,
                "--implemented",
                &from,
                "--next-review",
                &review,
            ],
        );
    }
    let rows = rows(&school, "policies");
    says(&rows[0], &[("version", "2"), ("state", "in-force")]);
    says(&rows[1], &[("version", "3"), ("state", "not-in-force-yet")]);
    assert_eq!(rows.len(), 2);
}
