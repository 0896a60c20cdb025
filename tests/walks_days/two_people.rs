//! A school so small that the head leads the project and approves it. Nobody forbids it; it is
//! flagged, and the chair's counter-signature answers for it.

use serde_json::json;

use super::{intact, says};
use crate::common::files::pdf;
use crate::common::{CHAIR, HEAD, School, findings, since, text};

/// Two people and nobody else: entries 0 to 4, and the head's second office in entry 5.
fn small() -> School {
    let mut school = School::nothing();
    let begun = school.json([
        "init",
        "--school",
        "Moorland Primary School",
        "--controller",
        "Governing Body of Moorland Primary School",
        "--name",
        HEAD,
        "--as",
        "headteacher",
        "--second",
        CHAIR,
        "--second-role",
        "chair-of-governors",
        "--second-key-made",
        "by-holder-school-machine",
    ]);
    school.fingerprint = text(&begun["fingerprint"]);
    school.ok(["accept", "--by", HEAD]);
    school.ok(["accept", "--by", CHAIR]);
    // Nobody appoints themselves: the chair gives the head the other office.
    let both = ["appoint", HEAD, "--role", "headteacher", "project-lead", "--by", CHAIR];
    assert_eq!(school.json(both)["entry"], 5);
    school
}

fn plan(school: &School, words: &str) -> String {
    let line = ["--as", "project-lead", "--case", "other-new", "--text", words];
    let plan = school.record("note", HEAD, &line);
    format!("approves={}", plan["entry"])
}

fn approve(school: &School, by: &str, role: &str, what: &str) -> serde_json::Value {
    school.record("approval", by, &["--as", role, "--decision", "approved", "--link", what])
}

#[test]
fn the_head_approves_their_own_plan_and_the_chair_counter_signs() {
    let school = small();
    let what = plan(&school, "A new camera at the gate");
    let own = approve(&school, HEAD, "headteacher", &what);
    assert_eq!(own["entry"], 7);
    assert_eq!(findings(&own), ["its author wrote what it approves, entry 6"]);
    assert!(!since(&school.show(7)).contains("counter-signed"));

    // A second approval by the head clears nothing; the chair's does.
    approve(&school, HEAD, "headteacher", &what);
    assert!(!since(&school.show(7)).contains("counter-signed"));
    let counter = approve(&school, CHAIR, "chair-of-governors", &what);
    assert_eq!((&counter["entry"], &counter["findings"]), (&json!(9), &json!([])));
    says(
        &school.ok(["show", "7"]).out,
        &[
            "its author wrote what it approves, entry 6 (self-approved)",
            "its author approved what they wrote; counter-signed in entry 9, Approval by Owen Reid, \
             Chair of governors",
        ],
    );
    says(&since(&school.show(6)), &["approved by entry 7", "approved by entry 9"]);
    intact(&school, &[]);

    // The other way round nothing is flagged at all.
    let what = plan(&school, "A shed for the bicycles");
    approve(&school, CHAIR, "chair-of-governors", &what);
    assert_eq!(findings(&approve(&school, HEAD, "headteacher", &what)), [""; 0]);
}

#[test]
fn a_refusal_by_the_chair_clears_nothing() {
    let school = small();
    let what = plan(&school, "A camera in the staff room");
    approve(&school, HEAD, "headteacher", &what);
    let refusal = ["--decision", "refused", "--link", &what];
    school.record("approval", CHAIR, &refusal);
    assert!(!since(&school.show(7)).contains("counter-signed"));
    says(&since(&school.show(6)), &["refused by entry 8"]);
}

#[test]
fn the_chair_may_sign_the_same_file_instead() {
    let school = small();
    let what = plan(&school, "A new camera at the gate");
    let drawing = school.file("gate.pdf", pdf("Where the camera looks"));
    let approval = ["--as", "headteacher", "--decision", "approved", "--link", &what];
    school.record("approval", HEAD, &[&approval[..], &["--attach", &drawing]].concat());
    let other = school.file("shed.pdf", pdf("Where the bicycles stand"));
    for (file, clears) in [(&other, false), (&drawing, true)] {
        school.ok(["sign", file, "--by", CHAIR, "--decision", "approved"]);
        let said = since(&school.show(7));
        assert_eq!(said.contains("counter-signed in entry 9"), clears, "{said}");
    }
    intact(&school, &[]);
}
