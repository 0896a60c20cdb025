//! Sign-offs and covert monitoring: who may not give them, and what nobody can permit.

use serde_json::json;

use crate::common::{CARETAKER, CHAIR, DPO, HEAD, OFFICE, School, day, findings, index, year};

/// Covert monitoring of a place, from the day after tomorrow.
fn covert(by: &str, area: &str, last: &str) -> Vec<String> {
    let start = (crate::common::now() + 2 * 86400).to_string();
    [
        "record",
        "covert-authorisation",
        "--by",
        by,
        "--case",
        "new",
        "--suspected",
        "yes",
        "--telling-would-prejudice",
        "yes",
        "--reasons",
        "thefts go on",
        "--area",
        "beside the hall",
        "--area-kind",
        area,
        "--start",
        &start,
        "--longest-end",
        last,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A school whose head is a member of the leadership group.
fn led() -> School {
    let school = School::begun();
    school.ok(["appoint", HEAD, "--role", "headteacher", "leadership-group", "--by", CHAIR]);
    school
}

#[test]
fn covert_cameras_in_toilets_and_changing_rooms_are_refused_whoever_signs() {
    let (school, last) = (led(), day(10));
    let private = || covert(HEAD, "toilet-or-changing", &last);
    let refusal =
        "covert cameras in toilets and changing rooms can't be permitted (covert-private)";
    let remedy = "never recorded as permitted; ask your data protection officer";
    school.refused(private()).says(refusal, remedy);
    // Neither by an exception, nor for trial, nor among others in a file.
    let excepting = ["--exception", "policy 10.4", "--exception-reason", "it goes on there"];
    let excepting = excepting.into_iter().chain(["--ratify-role", "chair-of-governors"]);
    school.refused(private().into_iter().chain(excepting.map(str::to_owned))).says(refusal, remedy);
    school.refused(private().into_iter().chain(["--dry-run".to_owned()])).says(refusal, remedy);
    let document = |area: &str| {
        json!({
            "suspected": true, "telling-would-prejudice": true, "reasons": "thefts go on",
            "area": "beside the hall", "area-kind": area, "longest-end": last, "case": "new",
            "start": crate::common::now() + 2 * 86400,
        })
        .to_string()
    };
    let lines = format!("{}\n{}\n", document("store"), document("toilet-or-changing"));
    let file = school.file("covert.jsonl", lines);
    let several = ["record", "covert-authorisation", "--by", HEAD, "--from-jsonl", &file];
    school.refused(several).says("1 of 2 lines can't be recorded", "mend them");
    assert!(school.run(several).err.contains(refusal));
    // A camera that is there is a fact, and taken with what it is asked about.
    let camera = ["--case", "new", "--camera", "9", "--location", "beside the hall"].to_vec();
    let place = ["--area", "toilet-or-changing", "--status", "in-use"].to_vec();
    let report = school.record("cctv-camera", CARETAKER, &[camera, place].concat());
    let asked = findings(&report);
    assert!(asked.contains(&"the camera looks into a toilet or changing room".to_owned()));
    // Elsewhere it may be permitted.
    school.ok(covert(HEAD, "store", &last));
}

#[test]
fn covert_monitoring_needs_its_role_a_last_day_and_another_persons_approval() {
    let (school, last) = (led(), day(10));
    school
        .refused(covert(OFFICE, "store", &last))
        .says("administrator may not sign it; leadership-group may", "--exception RULE");
    let mut endless = covert(HEAD, "store", &last);
    endless.truncate(endless.len() - 2);
    school.refused(endless).says("longest-end is not answered", "probity kinds");
    let act = index(&school.json(covert(HEAD, "store", &last))["entry"]);
    let link = format!("approves={act}");
    let approve = ["record", "approval", "--by", HEAD, "--as", "headteacher"];
    school
        .refused(approve.into_iter().chain(["--decision", "approved", "--link", &link]))
        .says("you signed entry", "another person");
    let by_chair = ["--decision", "approved", "--link", &link];
    school.record("approval", CHAIR, &by_chair);
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);

    let elsewhere = ["record", "covert-end", "--by", OFFICE, "--case", "new", "--ended"];
    let ended = crate::common::now().to_string();
    school
        .refused(elsewhere.into_iter().chain([ended.as_str()]))
        .says("has to say which entry it is about", "--link about=ENTRY");
}

#[test]
fn a_sign_off_needs_its_role_its_report_and_another_person_for_each_role() {
    let school = School::begun();
    school.ok(["appoint", DPO, "--role", "dpo", "acting-headteacher", "--by", CHAIR]);
    let case = format!("breach-{}-001", year());
    let aware = crate::common::now().to_string();
    school.record("breach-report", OFFICE, &["--case", "new", "--aware", &aware]);
    let signoff = |by: &str, role: &str| {
        ["record", "breach-signoff", "--by", by, "--as", role, "--case", &case].map(str::to_owned)
    };
    school
        .refused(signoff(CHAIR, "chair-of-governors"))
        .says("has to say which entry it signs off", "--link signs-off=ENTRY");
    let report = ["--case", &case, "--as", "dpo", "--description", "x", "--type", "near-miss"];
    school.record("breach-investigation", DPO, &report);
    school
        .refused(signoff(OFFICE, "administrator"))
        .says("administrator may not sign it; headteacher, acting-headteacher, dpo", "--exception");
    school.ok(signoff(DPO, "dpo"));
    school
        .refused(signoff(DPO, "acting-headteacher"))
        .says("(Sign-off of a breach investigation) on the same content", "another person");
    // Once more in the same role replaces nothing, and is no second person.
    school.ok(signoff(DPO, "dpo"));
    school.ok(signoff(CHAIR, "chair-of-governors"));
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 1);
    school.ok(signoff(HEAD, "headteacher"));
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);
}
