//! The head is suspended. The chair pauses the head's key within the minute and appoints an
//! acting head, decisions go on, and the head comes back with a new key. Why somebody is away is
//! nobody's business who reads the book.

use serde_json::json;

use super::{appoint, intact, says};
use crate::common::{CHAIR, DPO, HEAD, OFFICE, OWNER, School, now, since, text};

const ACTING: &str = "Priya Nair";

#[test]
fn the_head_is_suspended_and_decisions_go_on() {
    let school = School::begun();
    // The head's last decision before that day.
    let plan = ["--text", "A homework app for year 4", "--case", "dpia-new"];
    assert_eq!(school.record("note", OWNER, &plan)["entry"], 13);
    let case = format!("dpia-{}-001", crate::common::year());
    let advice = ["--case", &case, "--link", "advises=13", "--recommendation", "proceed"];
    school.record("dpo-advice", DPO, &advice);
    let approval = ["--case", &case, "--link", "approves=13", "--decision", "approved"];
    assert_eq!(school.record("dpia-approval", HEAD, &approval)["entry"], 15);

    let said = school.ok(["revoke", HEAD, "--by", CHAIR, "--reason", "paused"]).err;
    says(&said, &["the key of Hannah Price", "Its earlier signatures stay valid"]);
    school
        .refused(["record", "note", "--by", HEAD, "--text", "I am still here"])
        .says("was revoked by entry 16", "probity key new");
    assert_eq!(appoint(&school, ACTING, "acting-headteacher", CHAIR), 17);

    // A breach on the same afternoon: reported, decided, complete.
    let aware = (now() - 3600).to_string();
    let report = school.record(
        "breach-report",
        OFFICE,
        &["--case", "new", "--aware", &aware, "--what-happened", "a letter to the wrong house"],
    );
    let case = text(&report["case"]);
    let decision = school.record(
        "breach-decision",
        ACTING,
        &[
            "--case",
            &case,
            "--risk",
            "unlikely",
            "--notify-regulator",
            "no",
            "--justification",
            "the letter came back unopened",
            "--tell-people",
            "no",
            "--police",
            "not-needed",
            "--dpo-view",
            "agrees",
        ],
    );
    assert_eq!((&decision["findings"], &decision["incomplete"]), (&json!([]), &json!([])));
    let log = school.ok(["log", "--case", &case]).out;
    says(&log, &["Breach decision", "Priya Nair, Acting headteacher"]);

    // What the head decided before stands as it was; of the reason one word is on record.
    let before = school.show(15);
    assert_eq!((&before["marks"], &before["since"]["complete"]), (&json!([]), &json!(true)));
    says(&since(&before), &["its author's key was revoked by entry 16"]);
    let pause = school.show(16);
    let answers = pause["fields"].as_array().expect("answers");
    assert_eq!((answers.len(), &answers[0]["value"]), (1, &json!("paused")));

    // The head is back: a new key, the same person.
    school.ok(["key", "new", "Hannah Price 2"]);
    let back = ["appoint", "Hannah Price 2", "--same-person-as", HEAD, "--role", "headteacher"];
    school.ok(back.iter().chain(&["--by", CHAIR]));
    school.ok(["accept", "--by", "Hannah Price 2"]);
    school.ok(["revoke", ACTING, "--by", CHAIR, "--reason", "role-ended"]);
    school.record("note", "Hannah Price 2", &["--text", "Back in office"]);
    let signed = school.log(&["--by", HEAD]);
    assert!(signed.contains(&15) && signed.ends_with(&[24]), "{signed:?}");
    let verdict = intact(&school, &[]);
    assert_eq!(verdict["doubtful"], json!([]));
}
