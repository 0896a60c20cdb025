//! Answers that a record can't have, and cases that it can't belong to.

use serde_json::json;

use crate::common::{BEGUN, CARETAKER, CHAIR, HEAD, OFFICE, School, year};

fn access(more: &[&'static str]) -> Vec<&'static str> {
    let mut line = vec![
        "record",
        "cctv-access",
        "--by",
        CARETAKER,
        "--case",
        "new",
        "--footage-from",
        "2026-07-01 10:00",
        "--footage-to",
        "2026-07-01 11:00",
        "--viewed-from",
        "2026-07-02 10:00",
        "--viewed-to",
        "2026-07-02 10:10",
        "--reason",
        "damage",
        "--outcome",
        "viewed",
    ];
    line.extend(more);
    line
}

#[test]
fn an_unknown_question_is_refused_and_the_one_that_was_meant_is_offered() {
    let school = School::begun();
    school.refused(access(&["--camera", "gate"])).says("--camera", "--cameras");
    let file = school.file("access.json", json!({ "camera": ["gate"] }).to_string());
    let mut line = access(&["--from-json"]);
    let refusal = school.refused(line.drain(..).map(str::to_owned).chain([file]));
    refusal.says("cctv-access has no field 'camera'; did you mean 'cameras'?", "probity kinds");
    refusal.says("cameras is not answered: which cameras", "");
    school
        .refused(["record", "breech-report", "--by", OFFICE])
        .says("there is no kind of record `breech-report`; did you mean `breach-", "probity kinds");
    school
        .refused(["kinds", "breach"])
        .says("no kind of record `breach`", "breach-report, breach-told, breach-measure");
    school.refused(["recrod", "note"]).says("recrod", "record");
    school.refused(["record", "note", "--text", "x"]).says("--by <NAME>", "probity record note");
}

#[test]
fn a_missing_or_ill_formed_answer_is_refused_with_what_was_expected() {
    let school = School::begun();
    school.refused(access(&[])).says("cameras is not answered", "probity kinds");
    school.refused(access(&["--cameras", "gate", "--delete-by", "11/21/2026"])).says(
        "delete-by: `11/21/2026` is not a day such as 2026-11-21 or 21/11/2026",
        "probity kinds",
    );
    // A year of two digits is written every day, and 31/7/2027 works.
    let short = school.refused(access(&["--cameras", "gate", "--delete-by", "31/7/27"]));
    short.says("delete-by: `31/7/27` is not a day such as", "");
    short.says("its year has to have four digits", "");
    school
        .refused(access(&["--cameras", "gate", "--delete-by", "2026-02-30"]))
        .says("found '2026-02-30'", "");
    school
        .refused(["record", "cctv-access", "--by", CARETAKER, "--footage-from", "noon"])
        .says("footage-from: `noon` is not a time such as 2026-11-21 14:02", "");
    let breach = |more: [&'static str; 2]| {
        ["record", "breach-report", "--by", OFFICE, "--case", "new", "--aware", "2026-07-01 10:00"]
            .into_iter()
            .chain(more)
    };
    for count in ["twelve", "12.5", "1e3"] {
        let line =
            breach(["--people-count", "x"]).map(|word| if word == "x" { count } else { word });
        school
            .refused(line)
            .says(&format!("people-count: expected a whole number from 0, found '{count}'"), "");
    }
    school.refused(breach(["--kind", "spilt-milk"])).says("spilt-milk", "");
    school.refused(breach(["--still-occurring", "maybe"])).says("maybe", "");
    school
        .refused([
            "record",
            "consent",
            "--by",
            OFFICE,
            "--case",
            "new",
            "--subject",
            "Jane Doe",
            "--purposes",
            "purpose=press; decision=given",
        ])
        .says("subject: expected", "probity kinds");
    school
        .refused([
            "record",
            "consent",
            "--by",
            OFFICE,
            "--case",
            "new",
            "--subject",
            "p-0001",
            "--purposes",
            "purpose=fame; decision=given",
        ])
        .says("purpose: expected one of website, ", "");
    school
        .refused(["record", "note", "--by", OFFICE, "--text", ""])
        .says("text: ", "probity kinds");
    school
        .refused(["record", "approval", "--by", CHAIR, "--link", "approves=1"])
        .says("has to say what is decided", "--decision, one of approved");
    school
        .refused(["record", "correction", "--by", OFFICE, "--what-changed", "x"])
        .says("has to say which entry it corrects", "--link corrects=ENTRY");
    let corrects =
        ["record", "correction", "--by", OFFICE, "--what-changed", "x", "--link", "corrects=1"];
    school
        .refused(corrects.iter().chain(&["--case", "dpia-2026-001"]))
        .says("entry 1 belongs to no case", "leave the case out");
    school
        .refused(["record", "note", "--by", OFFICE, "--text", "x", "--link", "about=99"])
        .says("there is no entry 99", "probity log");
    school
        .refused(["record", "note", "--by", OFFICE, "--text", "x", "--link", "near=1"])
        .says("`near` is no relation", "");
}

#[test]
fn a_document_that_is_no_json_or_not_there_is_refused() {
    let school = School::begun();
    let line =
        |file: &str| ["record", "note", "--by", OFFICE, "--from-json", file].map(str::to_owned);
    school.refused(line("nowhere.json")).says("nowhere.json", "");
    let broken = school.file("broken.json", "{\"text\": ");
    school.refused(line(&broken)).says("the answers are not JSON", "--schema");
    let list = school.file("list.json", "[]");
    school.refused(line(&list)).says("expected an object of answers", "");
    let empty = school.file("empty.jsonl", "\n\n");
    school
        .refused(["record", "note", "--by", OFFICE, "--from-jsonl", &empty])
        .says("holds no records", "one JSON document a line");
}

#[test]
fn a_case_that_is_unknown_or_of_another_sort_is_refused() {
    let school = School::begun();
    let y = year();
    let breach = |case: &str| {
        ["record", "breach-report", "--by", OFFICE, "--aware", "2026-07-01 10:00", "--case", case]
            .map(str::to_owned)
    };
    school
        .refused(breach(&format!("breach-{y}-007")))
        .says(&format!("there is no case breach-{y}-007"), "--case new");
    school.record("note", OFFICE, &["--text", "x", "--case", "dpia-new"]);
    school
        .refused(breach(&format!("dpia-{y}-001")))
        .says("a `breach-report` belongs to a breach case, not to dpia-", "--case new");
    school
        .refused(breach("dpia-new"))
        .says("belongs to a breach case, not to a dpia case", "--case new");
    school
        .refused(breach("the big one"))
        .says("`the big one` is not `new` or a case", "probity log");
    school
        .refused(["record", "breach-report", "--by", OFFICE, "--aware", "2026-07-01 10:00"])
        .says("belongs to a breach case, and none is named", "--case new");
    school
        .refused(["record", "note", "--by", OFFICE, "--text", "x", "--case", "new"])
        .says("belongs to no one sort of case", "--case NAME-new");
    school
        .refused(["record", "note", "--by", OFFICE, "--text", "x", "--case", "party-new"])
        .says("cases are named dpia, ", "");
}

#[test]
fn a_program_that_asks_for_json_is_refused_in_json() {
    let school = School::begun();
    for line in [vec!["show", "99"], vec!["show"], vec!["record", "note", "--by", OFFICE]] {
        let ran = school.run(line.into_iter().chain(["--json"]));
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{ran:#?}");
        let [refusal] = crate::common::json_lines(&ran.err)[..].to_vec().try_into().expect("one");
        let refusal: serde_json::Value = refusal;
        assert!(refusal["error"].is_string() && refusal["hint"].is_string(), "{refusal}");
    }
}

#[test]
fn who_may_sign_is_recorded_by_commands_of_its_own() {
    let school = School::begun();
    for (kind, command) in [
        ("genesis", "init"),
        ("appointment", "appoint"),
        ("acceptance", "accept"),
        ("revocation", "revoke"),
    ] {
        school.refused(["record", kind, "--by", HEAD]).says(
            &format!("`{kind}` is not recorded this way"),
            &format!("use `probity {command}`"),
        );
    }
    assert_eq!(school.log(&[]).len() as u64, BEGUN);
}
