//! A decision was taken in an emergency by somebody who has no key, and nobody wrote it down.
//! Weeks later the office records it: who decided, when, why it is late, and who has to stand by
//! it.

use serde_json::json;

use super::{intact, says};
use crate::common::{DPO, HEAD, OFFICE, OWNER, School, day, findings, since, year};

#[test]
fn an_emergency_decision_is_recorded_weeks_later_and_ratified() {
    let school = School::begun();
    let plan = ["--text", "Video calls home during the flood", "--case", "dpia-new"];
    assert_eq!(school.record("note", OWNER, &plan)["entry"], 13);
    let case = format!("dpia-{}-001", year());
    let (then, review) = (day(-40), day(30));
    let decided = format!("person=Jo Lane; role=headteacher; date={then}");
    let late = [
        "record",
        "dpia-approval",
        "--by",
        OFFICE,
        "--link",
        "approves=13",
        "--decision",
        "approved",
        "--occurred",
        &then,
        "--decided-by",
        &decided,
        "--review-date",
        &review,
    ];
    // The office gives no permission in its own name.
    school.refused(late).says("administrator may not sign it", "in an emergency add --exception");
    let exception = [
        "--exception",
        "the controller's representative approves",
        "--exception-reason",
        "the head of that time had no key and has retired",
        "--ratify-role",
        "headteacher",
    ];
    let recorded = school.json(late.iter().chain(&exception));
    assert_eq!((&recorded["exception_entry"], &recorded["entry"]), (&json!(14), &json!(15)));
    says(
        &findings(&recorded).join("\n"),
        &[
            "it is recorded long after",
            "decided as Headteacher by somebody who has not signed",
            "signed as Administrator, a role that may not sign this",
            "the DPO has not advised",
        ],
    );
    says(
        &school.ok(["log", "--case", &case]).out,
        &["DPIA approval: approved, decided by Jo Lane", "incomplete, by exception"],
    );
    intact(&school, &[15]);

    // The present head stands by it, and the officer advises on what it approved.
    let reasons = ["--link", "ratifies=14", "--reasons", "the calls were needed"];
    school.record("ratification", HEAD, &reasons);
    intact(&school, &[15]);
    let advice =
        ["--link", "advises=13", "--recommendation", "proceed", "--advice", "No recording"];
    school.record("dpo-advice", DPO, &advice);
    let view = school.show(15);
    assert_eq!((&view["marks"], &view["since"]["complete"]), (&json!([]), &json!(true)));
    says(&since(&view), &["signed by exception (entry 14), ratified by entry 16"]);
    // How it came about is still said, for ever.
    says(&findings(&view).join("\n"), &["it is recorded long after", "has not signed"]);
    says(&school.ok(["show", "15"]).out, &["Jo Lane", "(late-entry)", "(not-signed)"]);
    intact(&school, &[]);
}
