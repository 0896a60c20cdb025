//! A form from the empty page to the signed record, through the program itself.

mod common;

use common::{BEGUN, CARETAKER, CHAIR, HEAD, OFFICE, School, answer, index};
use serde_json::json;

/// Every kind that `record` writes, with what its own options ask beside a form.
fn kinds(school: &School) -> Vec<String> {
    let kinds = school.json(["kinds"]);
    let names = kinds.as_array().expect("a list").iter().map(|kind| common::text(&kind["name"]));
    let own = ["genesis", "appointment", "acceptance", "revocation", "statement", "erasure"];
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

#[test]
fn every_kind_prints_a_form_that_holds_nothing_and_needs_no_record_book() {
    let school = School::nothing();
    let kinds = kinds(&school);
    assert!(kinds.len() >= 18, "{kinds:?}");
    for kind in &kinds {
        let form = school.ok(["record", kind, "--template"]).out;
        assert!(form.parse::<toml::Table>().expect("TOML").is_empty(), "{kind}");
        assert!(form.contains("--form FILE --dry-run"), "{kind}: {form}");
    }
    assert!(!school.home().exists(), "nothing is written");
}

#[test]
fn a_filled_in_form_is_signed_as_it_says() {
    let school = School::begun();
    let empty = school.ok(["record", "cctv-access", "--template"]).out;
    let filled = empty
        .replace("#case = \"\"", "case = \"new\"")
        .replace("#cameras = [\"\"]", "cameras = [\"gate\", \"hall\"]")
        .replace("#footage-from = \"\"", "footage-from = \"01/07/2026 10:00\"")
        .replace("#footage-to = \"\"", "footage-to = 2026-07-01 10:30")
        .replace("#viewed-from = \"\"", "viewed-from = 2026-07-02T09:00:00+01:00")
        .replace("#viewed-to = \"\"", "viewed-to = \"2 July 2026 09:10\"")
        .replace("#reason = \"\"", "reason = \"damage\"")
        .replace("#outcome = \"\"", "outcome = \"viewed\"")
        .replace("#detail = \"\"", "detail = \"\"\"\na window,\nbroken\n\"\"\"")
        .replace("#authorised-by = \"\"", "authorised-by = \"\"");
    assert_eq!(
        filled.lines().filter(|line| !line.starts_with('#') && line.contains(" = ")).count(),
        10
    );
    let file = school.file("access.toml", &filled);
    let report = school.record("cctv-access", CARETAKER, &["--form", &file]);
    assert_eq!(index(&report["entry"]), BEGUN);
    let view = school.show(BEGUN);
    assert_eq!(view["case"], report["case"]);
    for (name, value) in [
        ("cameras", json!(["gate", "hall"])),
        ("footage-from", json!(1_782_896_400)),
        ("footage-to", json!(1_782_898_200)),
        ("viewed-from", json!(1_782_979_200)),
        ("viewed-to", json!(1_782_979_800)),
        ("detail", json!("a window,\nbroken")),
    ] {
        assert_eq!(answer(&view, name), &value, "{name}");
    }
    assert!(view["unanswered"].as_array().expect("a list").contains(&json!("authorised-by")));
    // An option counts more than the form, and the form may come by standard input.
    let mut command = school.command([
        "record",
        "cctv-access",
        "--by",
        CARETAKER,
        "--outcome",
        "still",
        "--form",
        "-",
        "--dry-run",
        "--json",
    ]);
    command.stdin(std::fs::File::open(&file).expect("the form"));
    let shown = command.output().expect("it runs");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(shown["answers"]["outcome"], "still");
}

#[test]
fn a_form_says_decision_files_and_links() {
    let school = School::begun();
    let note = school.record("note", OFFICE, &["--text", "a plan", "--case", "dpia-new"]);
    school.file("plan.pdf", "%PDF plan");
    let form = school.file(
        "approval.toml",
        format!(
            "\u{feff}decision = 'approved'\r\nattach = ['plan.pdf']\r\ncase = '{}'\r\nwording = 'I approve this'\r\n\
             [[links]]\r\nrel = 'approves'\r\nentry = {}\r\n",
            common::text(&note["case"]),
            note["entry"]
        ),
    );
    let report = school.record("approval", CHAIR, &["--form", &form]);
    let view = school.show(&report["entry"]);
    assert_eq!(view["decision"], "approved");
    assert_eq!(view["documents"][0]["name"], "plan.pdf");
    assert_eq!(view["links"][0]["entry"], note["entry"]);
    assert_eq!(view["case"], note["case"]);
}

#[test]
fn a_list_of_groups_is_a_block_for_each() {
    let school = School::begun();
    let form = school.file(
        "consent.toml",
        "case = 'new'\nsubject = 'p-0001'\n[[purposes]]\npurpose = 'website'\ndecision = 'given'\n[[purposes]]\npurpose = 'press'\ndecision = 'refused'\n",
    );
    let report = school.record("consent", OFFICE, &["--form", &form]);
    let view = school.show(&report["entry"]);
    assert_eq!(
        answer(&view, "purposes"),
        &json!([{ "purpose": "website", "decision": "given" }, { "purpose": "press", "decision": "refused" }])
    );
}

#[test]
fn what_is_wrong_in_a_form_is_refused_with_its_line() {
    let school = School::begun();
    let refused = |kind: &str, content: &str| {
        let form = school.file("form.toml", content);
        school.refused(["record", kind, "--by", HEAD, "--form", &form])
    };
    let refusal = refused(
        "breach-report",
        "case = 'new'\n\naware = 'yesterday'\nkind = 'spilt-milk'\npeple-count = 3\n",
    );
    refusal.says("line 3: aware: `yesterday` is not a time", "--template");
    refusal.says("line 4: kind: expected one of loss-theft, ", "");
    refusal
        .says("line 5: breach-report has no field 'peple-count'; did you mean 'people-count'?", "");
    refused("breach-report", "case = 'new'\naware = “noon”")
        .says("the form can't be read at line 2", "straight quotes");
    refused("note", "text = 'a'\ncase = 'nowhere'")
        .says("line 2: case: `nowhere` is not `new`", "--template");
    refused("note", "").says("text is not answered", "--template");
    let empty = school.ok(["record", "dpia-screening", "--template"]).out;
    refused("dpia-screening", &empty).says("questions is not answered", "");
    let both = school.file("note.json", "{}");
    let form = school.file("form.toml", "text = 'a'");
    school
        .refused(["record", "note", "--by", HEAD, "--form", &form, "--from-json", &both])
        .says("cannot be used with", "");
    school
        .refused(["record", "note", "--by", HEAD, "--form", &form, "--from-jsonl", &both])
        .says("cannot be used with", "");
    school
        .refused(["record", "note", "--by", HEAD, "--form", "nowhere.toml"])
        .says("there is no file nowhere.toml", "check how the name is written");
    let latin = school.file("latin.toml", b"text = 'caf\xe9'");
    school.refused(["record", "note", "--by", HEAD, "--form", &latin]).says("not UTF-8", "");
}

#[test]
fn what_options_alone_say_is_still_asked_for() {
    let school = School::begun();
    let form = school.file("clock.toml", "detail = 'the battery was flat'");
    let refusal = school.refused(["record", "clock-correction", "--by", OFFICE, "--form", &form]);
    refusal.says("--entry <ENTRY>", "");
    let report = school.record(
        "clock-correction",
        OFFICE,
        &["--form", &form, "--entry", "3", "--reason", "computer-clock-wrong"],
    );
    assert_eq!(answer(&school.show(&report["entry"]), "detail"), "the battery was flat");
}
