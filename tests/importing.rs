//! Existing registers taken over by the program itself: what is written, what is shown of it,
//! and everything that is refused, with nothing written.

mod common;

use std::fmt::Write as _;

use common::{
    BEGUN, CARETAKER, DPO, HEAD, OFFICE, School, answer, day, findings, index, text, year,
};
use serde_json::{Value as Json, json};

const MAP: &str = "origin = 'Breach log of the office, kept since 2019'\ncase = 'No'\ndates = ['%d/%m/%Y']\n\
[field]\naware = { column = 'Date', hour = '09:00' }\nwhat-happened = 'What'\n\
kind = { column = 'Type', values = { 'Theft' = 'loss-theft' } }\npeople-count = 'People'\n";

const LOG: &str = "No,Date,What,Type,People,Remarks\r\n\
1,05/03/2024,A bag left on a bus,Theft,12,seen by a governor\r\n\
2,11/09/2024,\"A letter, misdirected\",Human error,1,\r\n\
1,06/03/2024,The bag was found,,,\r\n";

fn import<'a>(register: &'a str, file: &'a str, map: &'a str) -> Vec<&'a str> {
    vec!["import", register, file, "--map", map, "--by", OFFICE]
}

#[test]
fn a_breach_log_becomes_records_that_say_where_they_come_from() {
    let school = School::begun();
    let (log, map) =
        (school.file("breaches.csv", format!("\u{feff}{LOG}")), school.file("map.toml", MAP));
    let reports = school.lines(import("breaches", &log, &map));
    assert_eq!(reports.len(), 4);
    let y = year();
    let cases: Vec<&Json> = reports.iter().map(|report| &report["case"]).collect();
    let (first, second) = (format!("breach-{y}-001"), format!("breach-{y}-002"));
    assert_eq!(cases, [&Json::Null, &json!(first), &json!(second), &json!(first)]);

    let view = school.show(BEGUN);
    assert_eq!(view["kind"], "import");
    for (name, value) in [
        ("register", json!("breaches")),
        ("origin", json!("Breach log of the office, kept since 2019")),
        ("rows", json!(3)),
        ("taken", json!(3)),
        ("mapping", json!(MAP.trim_end())),
    ] {
        assert_eq!(answer(&view, name), &value, "{name}");
    }
    // The file is kept whole.
    let folder = school.path("saved");
    school.ok(["show", &BEGUN.to_string(), "--save", folder.to_str().expect("UTF-8")]);
    assert_eq!(
        std::fs::read(folder.join("breaches.csv")).expect("the file"),
        format!("\u{feff}{LOG}").into_bytes()
    );

    for (at, report) in reports.iter().enumerate().skip(1) {
        let view = school.show(&report["entry"]);
        assert_eq!(view["kind"], "breach-report");
        assert_eq!(view["marks"], json!(["imported"]));
        assert_eq!(view["links"][0]["relation"], "about");
        assert_eq!(view["links"][0]["entry"], BEGUN, "row {at}");
        let told = "it was imported from an existing register, and not witnessed";
        assert!(findings(&view).contains(&told.to_owned()), "{view:#}");
        // What was shown before signing is what every reader is shown.
        assert_eq!(report["findings"], view["findings"]);
    }
    assert_eq!(answer(&school.show(BEGUN + 1), "kind"), "loss-theft");
    assert_eq!(answer(&school.show(BEGUN + 1), "aware"), &json!(1_709_629_200));
    let said = school.ok(["log", "--kind", "breach-report"]).out;
    assert_eq!(said.matches("imported").count(), 3, "{said}");
    assert_eq!(school.verify([""; 0]).0, 0);

    // What is about the import doesn't come from it, and neither does the next record of a case.
    school.record(
        "note",
        HEAD,
        &["--text", "checked against the log", "--link", &format!("about={BEGUN}")],
    );
    school.record("breach-report", OFFICE, &["--case", &first, "--aware", "2024-03-07 10:00"]);
    let marks = |entry: u64| school.show(entry)["marks"].clone();
    assert_eq!((marks(BEGUN + 4), marks(BEGUN + 5)), (json!([]), json!([])));
}

#[test]
fn a_dry_run_shows_what_each_row_becomes_and_writes_nothing() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", LOG), school.file("map.toml", MAP));
    let before = school.journal();
    let mut line = import("breaches", &log, &map);
    line.push("--dry-run");
    let said = school.ok(&line);
    let y = year();
    for part in [
        format!("row 2: breach-report in breach-{y}-001 (new)\n"),
        format!("row 3: breach-report in breach-{y}-002 (new)\n"),
        format!("row 4: breach-report in breach-{y}-001\n"),
        "    aware: 5 March 2024, 09:00 GMT\n".to_owned(),
        "    kind: loss theft\n".to_owned(),
        "    ask: it was imported from an existing register, and not witnessed\n".to_owned(),
        "the import itself: import in ledger\n".to_owned(),
        "    rows: 3\n".to_owned(),
    ] {
        assert!(said.out.contains(&part), "{part}: {}", said.out);
    }
    for part in [
        "no record has what stands in `Remarks`; it is kept in the attached file alone",
        "what stands in `What` (what-happened) goes into the records as it is; look through it for pupils' names",
        "the file is kept whole beside the records, with every name that stands in it",
        "3 rows: 3 records to sign",
        "nothing was signed",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    let objects = school.lines(line);
    assert_eq!(objects.len(), 4);
    assert_eq!(objects[0]["row"], 2);
    assert_eq!(objects[0]["answers"]["people-count"], 12);
    assert_eq!(objects[0]["links"], json!([{ "rel": "about", "entry": "the import before it" }]));
    assert_eq!(objects[3]["kind"], "import");
    assert!(school.journal() == before);
}

const FAULTY: &str = "No,Date,What,Type,People\n1,05/03/2024,a,Theft,12\n2,31/02/2024,b,Fire,\n3,05/04/2024,c,,some\n4,05/05/2024,d,,\n";

#[test]
fn a_faulty_row_is_named_with_its_column_and_stops_everything() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", FAULTY), school.file("map.toml", MAP));
    let line = import("breaches", &log, &map);
    school.refused(&line).says(
        "2 of 4 rows can't be recorded, so nothing was written",
        "mend them, or leave them out with --skip-faulty; --dry-run shows every row",
    );
    let said = school.run(&line).err;
    assert!(said.contains("error: row 3: column `Date`: aware: expected a form such as %d/%m/%Y, found `31/02/2024`; column `Type`: kind: "), "{said}");
    assert!(said.contains("error: row 4: column `People`: people-count: "), "{said}");
    // The dry run shows good and faulty ones, and fails as the import would.
    let before = school.journal();
    let ran = school.run(line.iter().chain(&["--dry-run"]));
    assert_eq!(ran.status, 2);
    assert!(
        ran.out.contains("row 2: breach-report")
            && ran.out.contains("row 3: refused\n    column `Date`: "),
        "{}",
        ran.out
    );
    let ran = school.run(line.iter().chain(&["--dry-run", "--json"]));
    let objects = common::json_lines(&ran.out);
    assert_eq!(objects.len(), 4, "{}", ran.out);
    assert_eq!(objects[1]["faults"][0]["columns"], json!(["Date"]));
    assert!(school.journal() == before);
}

#[test]
fn faulty_rows_are_left_out_when_that_is_said_and_the_import_says_which() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", FAULTY), school.file("map.toml", MAP));
    let mut line = import("breaches", &log, &map);
    line.push("--skip-faulty");
    let said = school.ok(&line);
    assert!(
        said.err.contains("2 rows are left out.") && said.err.contains("error: row 3: "),
        "{}",
        said.err
    );
    let view = school.show(BEGUN);
    assert_eq!((answer(&view, "rows"), answer(&view, "taken")), (&json!(4), &json!(2)));
    assert!(text(answer(&view, "mapping")).ends_with("\n\n# Left out: rows 3 to 4\n"), "{view:#}");
    assert_eq!(school.log(&["--kind", "breach-report"]), [BEGUN + 1, BEGUN + 2]);
    // None at all is no import.
    let none = school.file("none.csv", "No,Date,What,Type,People\n1,soon,a,,\n");
    let mut line = import("breaches", &none, &map);
    line.push("--skip-faulty");
    school.refused(line).says("1 of 1 rows can't be recorded", "mend the mapping or the register");
}

/// Else a second run, by somebody who wasn't sure of the first, doubles every row.
#[test]
fn a_register_is_taken_over_once() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", LOG), school.file("map.toml", MAP));
    let mut dry = import("breaches", &log, &map);
    dry.push("--dry-run");
    school.ok(&dry);
    school.ok(import("breaches", &log, &map));
    let entries = school.log(&["--kind", "breach-report"]);
    let told = format!("imported already, by entry {BEGUN}");
    school.refused(import("breaches", &log, &map)).says(&told, "into a file of their own");
    let copy = school.file("copy of breaches.csv", LOG);
    school.refused(import("breaches", &copy, &map)).says(&told, "probity show");
    assert_eq!(school.log(&["--kind", "breach-report"]), entries);
    // A file of its own, or the same one as another register, is none of that.
    let more = school.file("more.csv", "No,Date,What,Type,People\n3,05/04/2024,A key,,1\n");
    school.ok(import("breaches", &more, &map));
    let consents = "origin = 'x'\n[field]\nsubject = 'No'\n";
    let consents = school.file("consents.toml", consents);
    let other = school.run(import("consents", &log, &consents));
    assert!(!other.err.contains("imported already"), "{}", other.err);
}

/// A register goes on being kept after it was taken over, and each old row stands once.
#[test]
fn a_register_that_grew_or_was_saved_anew_is_not_taken_over_twice() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", LOG), school.file("map.toml", MAP));
    school.ok(import("breaches", &log, &map));
    let entries = school.log(&["--kind", "breach-report"]);
    // Saved anew, in other bytes: nothing in it is new.
    let saved = LOG.replace("\r\n", "\n").replace(',', ";").replace("letter; mis", "letter, mis");
    let saved = school.file("saved.csv", saved);
    let there = format!("rows 2 to 4, as entries {} to {}", BEGUN + 1, BEGUN + 3);
    let told = format!("no row is new; on record already: {there}");
    school.refused(import("breaches", &saved, &map)).says(&told, "probity show");
    let mut line = import("breaches", &saved, &map);
    line.push("--only-new");
    school.refused(line).says(&told, "");
    // Two rows more, one of them of a case that is there.
    let more = "3,05/04/2024,A key,,1,\n1,07/03/2024,The driver was thanked,,,\n";
    let grown = school.file("grown.csv", format!("{LOG}{more}"));
    school.refused(import("breaches", &grown, &map)).says(
        &format!("3 of 5 rows were taken over already, and would be on record twice: {there}"),
        "--only-new",
    );
    let mut line = import("breaches", &grown, &map);
    line.push("--dry-run");
    school.refused(&line).says("3 of 5 rows were taken over already", "a file of their own");
    line.push("--only-new");
    let said = school.ok(&line);
    let known = format!("row 2: left out, being on record already as entry {}\n", BEGUN + 1);
    assert!(said.out.contains(&known), "{}", said.out);
    assert!(said.err.contains("5 rows: 2 records to sign"), "{}", said.err);
    assert_eq!(school.lines(&line)[0], json!({ "row": 2, "already": BEGUN + 1 }));
    assert_eq!(school.log(&["--kind", "breach-report"]), entries);

    let mut line = import("breaches", &grown, &map);
    line.push("--only-new");
    let reports = school.lines(line);
    let y = year();
    let cases: Vec<&Json> = reports.iter().map(|report| &report["case"]).collect();
    let (third, first) = (format!("breach-{y}-003"), format!("breach-{y}-001"));
    assert_eq!(cases, [&Json::Null, &json!(third), &json!(first)]);
    let view = school.show(&reports[0]["entry"]);
    assert_eq!((answer(&view, "rows"), answer(&view, "taken")), (&json!(5), &json!(2)));
    let left = format!("\n\n# Left out, being on record already: {there}\n");
    assert!(text(answer(&view, "mapping")).ends_with(&left), "{view:#}");
    assert_eq!(school.show(&reports[2]["entry"])["marks"], json!(["imported"]));
    // What both imports took over is known to a third.
    let again = school.file("again.csv", format!("{LOG}{more}4,06/04/2024,x,,lots,\n"));
    let mut line = import("breaches", &again, &map);
    school.refused(&line).says("5 of 6 rows were taken over already", "");
    line.extend(["--only-new", "--skip-faulty"]);
    school.refused(line).says("1 of 1 rows can't be recorded", "mend the mapping");
    assert_eq!(school.verify([""; 0]).0, 0);
}

/// Else a school that takes over the registers of ten years has hundreds of overdue duties.
#[test]
fn what_had_passed_before_it_was_imported_is_nothing_to_be_done() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", LOG), school.file("map.toml", MAP));
    school.ok(import("breaches", &log, &map));
    let map = "origin = 'Requests folder'\n[field]\ntype = 'What'\nreceived = 'Received'\n";
    let map = school.file("requests.toml", map);
    let list = format!("What,Received\nerasure,2019-05-03\nerasure,{}\n", day(-2));
    let list = school.file("requests.csv", list);
    let reports = school.lines(import("requests", &list, &map));
    let (old, new) = (text(&reports[1]["case"]), text(&reports[2]["case"]));
    let said = school.ok(["due"]);
    assert!(!said.out.contains(&old) && !said.out.contains("breach"), "{}", said.out);
    assert!(said.out.contains(&new) && !said.out.contains("OVERDUE"), "{}", said.out);
    let told = "3 imported cases have no end on record; the limit had passed before the import.";
    assert!(said.err.contains(told), "{}", said.err);
    let all = school.ok(["due", "--all"]).out;
    assert_eq!(all.matches("NOT KNOWN, IMPORTED  ").count(), 5, "{all}");
    let rows = school.ok(["register", "requests", "--json"]).out;
    assert!(rows.contains("not-known-imported") && !rows.contains("overdue"), "{rows}");
    // What is recorded now ends it.
    let given = ["--answered", "2019-06-01", "--outcome", "granted", "--case", &old];
    school.record("request-answer", DPO, &given);
    let told = "2 imported cases have no end on record";
    assert!(school.ok(["due"]).err.contains(told));
}

#[test]
fn rows_that_are_equal_within_a_register_are_each_a_record() {
    let school = School::begun();
    let map = school.file("map.toml", MAP.replace("case = 'No'\n", ""));
    let row = "1,05/03/2024,A letter was misdirected,,1\n";
    let head = "No,Date,What,Type,People\n";
    let log = school.file("two.csv", format!("{head}{row}{row}"));
    assert_eq!(school.lines(import("breaches", &log, &map)).len(), 3);
    // Two of three were taken over.
    let log = school.file("three.csv", format!("{head}{row}{row}{row}"));
    let mut line = import("breaches", &log, &map);
    school.refused(&line).says("2 of 3 rows were taken over already", "--only-new");
    line.push("--only-new");
    assert_eq!(school.lines(line).len(), 2);
    assert_eq!(school.log(&["--kind", "breach-report"]).len(), 3);
    // What somebody recorded here by hand is no row of a register.
    let given = ["--aware", "2024-05-05 09:00", "--what-happened", "x"];
    school.record("breach-report", OFFICE, &[&["--case", "new"][..], &given].concat());
    let log = school.file("other.csv", format!("{head}9,05/05/2024,x,,\n"));
    assert_eq!(school.lines(import("breaches", &log, &map)).len(), 2);
}

#[test]
fn consents_cctv_and_requests_are_taken_over_too() {
    let school = School::begun();
    let map = school.file(
        "consents.toml",
        "origin = 'Consent forms of 2025'\ncase = 'Ref'\n[field]\nsubject = 'Ref'\ncapacity.constant = 'parent'\nmethod.constant = 'paper form'\n\
         until = 'Until'\n[[field.purposes]]\npurpose.constant = 'website'\ndecision = { column = 'Web', values = { 'Y' = 'given', 'N' = 'refused' } }\n\
         [[field.purposes]]\npurpose.constant = 'press'\ndecision = { column = 'Press', values = { 'Y' = 'given', 'N' = 'refused' } }\n",
    );
    let mut list = "Ref;Web;Press;Until\n".to_owned();
    for number in 1..=40 {
        let _ = writeln!(list, "p-{number:04};Y;N;{}", day(100));
    }
    let list = school.file("consents.csv", list);
    let reports = school.lines(import("consents", &list, &map));
    assert_eq!(reports.len(), 41);
    assert_eq!(text(&reports[40]["case"]), format!("consent-{}-040", year()));
    // Many are told by the first of them.
    let said = school.ok(["show", &BEGUN.to_string()]).out;
    assert!(
        said.contains(&format!("and by 39 more of that kind, up to entry {}", BEGUN + 40)),
        "{said}"
    );

    let map = school.file(
        "cctv.toml",
        "origin = 'CCTV book'\nkind = 'cctv-access'\nencoding = 'windows-1252'\n[field]\ncameras = { column = 'Cameras', split = '+' }\n\
         footage-from = 'From'\nfootage-to = 'To'\nviewed-from = 'Viewed'\nviewed-to = { columns = ['Viewed'] }\nreason = 'Why'\noutcome.constant = 'viewed'\nauthorised-by = 'By'\n",
    );
    let book = school.file(
        "cctv.csv",
        b"Cameras,From,To,Viewed,Why,By\r\ngate + hall,01/07/2024 10:00,01/07/2024 10:30,02/07/2024 09:00,Police request,Zo\xeb\r\n",
    );
    let line = ["import", "cctv", &book, "--map", &map, "--by", CARETAKER];
    let reports = school.lines(line);
    let view = school.show(&reports[1]["entry"]);
    assert_eq!(answer(&view, "cameras"), &json!(["gate", "hall"]));
    assert_eq!(answer(&view, "authorised-by"), "Zoë");
    assert_eq!(answer(&view, "reason"), "police-request");

    let map = school.file(
        "requests.toml",
        "origin = 'Requests folder'\n[field]\ntype = { column = 'What', values = { 'SAR' = 'subject-access' } }\nreceived = 'Received'\n",
    );
    let list = school.file("requests.csv", "What,Received\nSAR,2 March 2025\nErasure,03/04/2025\n");
    let line = [
        "import",
        "requests",
        &list,
        "--map",
        &map,
        "--by",
        DPO,
        "--origin",
        "Requests of 2025, kept by the DPO",
    ];
    let reports = school.lines(line);
    assert_eq!(
        answer(&school.show(&reports[0]["entry"]), "origin"),
        "Requests of 2025, kept by the DPO"
    );
    assert_eq!(answer(&school.show(&reports[2]["entry"]), "type"), "erasure");
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn an_assessment_of_the_program_pia_becomes_a_dpia() {
    let school = School::begun();
    let file = school.file("library.json", include_str!("common/pia.json"));
    let line = ["import", "dpia", &file, "--by", OFFICE];
    let said = school.ok(line.iter().chain(&["--dry-run"]));
    for part in [
        "left out: dpo_opinion: have the DPO record it as `dpo-advice`",
        "left out: validator_name: who approves it records a `dpia-approval`",
        "left out: the answer to question 901",
        "all of it is kept in the attached file",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    assert!(
        said.out.contains(&format!("the assessment: dpia in dpia-{}-001 (new)", year())),
        "{}",
        said.out
    );
    let reports = school.lines(line);
    assert_eq!(reports.len(), 2);
    let import = school.show(&reports[0]["entry"]);
    assert_eq!(
        answer(&import, "origin"),
        "Assessment \"Library loans app\" in the program PIA by Ines Okafor"
    );
    assert_eq!(import["documents"][0]["name"], "library.json");
    let view = school.show(&reports[1]["entry"]);
    assert_eq!(view["marks"], json!(["imported"]));
    assert_eq!(answer(&view, "initiative"), "Library loans app");
    assert_eq!(answer(&view, "risks")[0]["impact-after"], "minor");
    // Exported anew, it says the same.
    let again: Json = serde_json::from_str(include_str!("common/pia.json")).expect("JSON");
    let again = school.file("again.json", again.to_string());
    let told = format!("this assessment is on record already, as entry {}", reports[1]["entry"]);
    for more in [&[][..], &["--only-new"]] {
        let line = [&["import", "dpia", &again, "--by", OFFICE], more].concat();
        school.refused(line).says(&told, "in its case");
    }
    // It is a DPIA like any other: it can be advised on.
    school.record(
        "dpo-advice",
        DPO,
        &["--case", &text(&view["case"]), "--recommendation", "proceed"],
    );
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn more_than_one_frame_links_the_one_import() {
    let school = School::begun();
    let long = "a locked cupboard ".repeat(3_400);
    let map = format!(
        "origin = 'Log'\ncase = 'No'\n[field]\naware = 'When'\nprotections.constant = '{long}'\n"
    );
    let map = school.file("map.toml", map);
    let log = school.file("long.csv", format!("No,When\n{}", "1,2024-03-05 10:00\n".repeat(300)));
    let said = school.ok(import("breaches", &log, &map));
    assert!(said.err.contains("written in 2 parts"), "{}", said.err);
    let last = school.show(BEGUN + 300);
    assert_eq!(last["links"][0]["entry"], BEGUN);
    assert_eq!(last["case"], format!("breach-{}-001", year()));
    assert_eq!(school.verify([""; 0]).0, 0);
}

#[test]
fn an_empty_mapping_is_printed_for_every_register_but_an_assessment() {
    let school = School::nothing();
    for register in ["breaches", "consents", "cctv", "requests"] {
        let page = school.ok(["import", "--map-template", register]).out;
        let table: toml::Table = page.parse().expect("TOML");
        assert_eq!(table["register"].as_str(), Some(register));
    }
    school
        .refused(["import", "--map-template", "dpia"])
        .says("an assessment takes no mapping", "import dpia FILE.json");
    school.refused(["import", "--map-template", "fires"]).says("fires", "--help");
    assert!(!school.home().exists(), "nothing is written");
}

#[test]
fn what_can_t_be_used_is_refused_with_nothing_written() {
    let school = School::begun();
    let (log, map) = (school.file("breaches.csv", LOG), school.file("map.toml", MAP));
    let refused = |line: &[&str]| school.refused(line);
    refused(&["import", "fires", &log, "--by", OFFICE]).says("fires", "--help");
    refused(&["import", "breaches", &log, "--map", &map]).says("--by <NAME>", "");
    refused(&["import", "breaches", "--by", OFFICE]).says("<FILE>", "");
    refused(&["import", "breaches", &log, "--by", OFFICE])
        .says("it is not said which column of the breaches means what", "--map-template breaches");
    refused(&["import", "dpia", &log, "--map", &map, "--by", OFFICE])
        .says("an assessment takes no mapping", "leave --map out");
    refused(&["import", "dpia", &log, "--by", OFFICE])
        .says("the assessment is not JSON", "from PIA once more");
    refused(&["import", "breaches", "nowhere.csv", "--map", &map, "--by", OFFICE])
        .says("there is no file nowhere.csv", "");
    refused(&["import", "breaches", &log, "--map", "nowhere.toml", "--by", OFFICE])
        .says("there is no file nowhere.toml", "");
    refused(&["import", "breaches", &log, "--map", &map, "--by", "Nobody"])
        .says("no key of the name `nobody`", "probity key list");
    refused(&["import", "breaches", &log, "--map", &map, "--by", OFFICE, "--as", "dpo"])
        .says("is not appointed as dpo", "--as administrator");
    let broken = school.file("broken.toml", "origin = 'a'\n[field]\nawares = 'Date'\n");
    refused(&["import", "breaches", &log, "--map", &broken, "--by", OFFICE]).says(
        "the mapping: line 3: breach-report has no field `awares`; did you mean `aware`?",
        "--map-template breaches",
    );
    let other = school.file("other.toml", MAP.replace("'What'", "'Whta'"));
    refused(&["import", "breaches", &log, "--map", &other, "--by", OFFICE]).says(
        "the mapping names the column `Whta` at line 6",
        "its columns are: No, Date, What, Type, People, Remarks",
    );
    for (content, fact) in [
        (&b"PK\x03\x04 a workbook"[..], "this is a workbook or a zip file, and no CSV"),
        (b"\xff\xfeN\0o\0", "this is text in UTF-16"),
        (b"No,Date,What,Type,People\n1,05/03/2024,Caf\xe9,,\n", "line 2 is not UTF-8 text"),
        (b"", "the register is empty"),
        (b"No,Date,What,Type,People\n", "names of columns and no rows"),
        (
            b"No,Date,What,Type,People\n1,05/03/2024,\"lost,,\n",
            "line 2: a quotation mark is opened there and never closed",
        ),
    ] {
        let file = school.file("register.csv", content);
        refused(&["import", "breaches", &file, "--map", &map, "--by", OFFICE]).says(fact, "");
    }
    let mut many = "No,Date,What,Type,People\n".to_owned();
    many.push_str(&"1,,,,x\n".repeat(100_001));
    let many = school.file("many.csv", many);
    refused(&["import", "breaches", &many, "--map", &map, "--by", OFFICE])
        .says("the register has more than 99999 rows", "split it");
    let large = school.path("large.csv");
    let file = std::fs::File::create(&large).expect("a file");
    file.set_len((16 << 20) + 1).expect("a length");
    refused(&["import", "breaches", large.to_str().expect("UTF-8"), "--map", &map, "--by", OFFICE])
        .says("found 16777217 bytes, expected at most 16777216", "can be split");
    assert_eq!(index(&json!(school.log(&[]).len())), BEGUN);
}
