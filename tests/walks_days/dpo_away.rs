//! The data protection officer is away, and a DPIA can't wait. Either a nominee stands in, or the
//! approval is given by exception, for the time being, and stood by when the officer is back.

use serde_json::{Value as Json, json};

use super::{appoint, intact, says};
use crate::common::{DPO, HEAD, OWNER, School, day, findings, since, year};

/// Lessons by video, planned in entry 13.
fn planned() -> (School, String) {
    let school = School::begun();
    let plan = ["--text", "Lessons by video while the boiler is mended", "--case", "dpia-new"];
    assert_eq!(school.record("note", OWNER, &plan)["entry"], 13);
    (school, format!("dpia-{}-001", year()))
}

fn advise(school: &School, by: &str, case: &str) -> Json {
    let advice = ["--recommendation", "proceed", "--advice", "Waiting rooms on"];
    let line = ["--case", case, "--link", "advises=13"];
    school.record("dpo-advice", by, &[&line[..], &advice].concat())
}

#[test]
fn a_nominee_stands_in_for_the_data_protection_officer() {
    let (school, case) = planned();
    appoint(&school, "Tom Birch", "dpo-nominee", HEAD);
    advise(&school, "Tom Birch", &case);
    let review = day(300);
    let approval = ["--link", "approves=13", "--decision", "approved", "--review-date", &review];
    let approved = school.record("dpia-approval", HEAD, &approval);
    assert_eq!((&approved["findings"], &approved["incomplete"]), (&json!([]), &json!([])));
    let told = school.ok(["show", &case]).out;
    says(&told, &["Tom Birch, Data protection officer's nominee"]);
    intact(&school, &[]);
}

#[test]
fn nobody_stands_in_and_the_approval_is_by_exception_until_the_officer_is_back() {
    let (school, case) = planned();
    let (until, review) = (day(14), day(13));
    let approval = ["--link", "approves=13", "--decision", "approved", "--review-date", &review];
    let exception = [
        "--exception",
        "dpia-advice",
        "--exception-reason",
        "the boiler broke today, and the officer is in hospital",
        "--ratify-role",
        "dpo",
        "--ratify-by",
        &until,
    ];
    let approved = school.record("dpia-approval", HEAD, &[&approval[..], &exception].concat());
    assert_eq!((&approved["exception_entry"], &approved["entry"]), (&json!(14), &json!(15)));
    // It is recorded, and everything that it owes is said.
    says(&findings(&approved).join("\n"), &["the DPO has not advised on this content"]);
    let lacks = approved["incomplete"].to_string();
    says(&lacks, &["missing: the DPO's advice", "ratification by Data protection officer"]);
    says(&school.ok(["log", "--case", &case]).out, &["incomplete, by exception"]);
    intact(&school, &[15]);
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 1);

    // The officer is back. That the advice came late stays on record.
    let advice = advise(&school, DPO, &case);
    says(&findings(&advice).join("\n"), &["the approval in entry 15 came before this advice"]);
    let reasons = ["--link", "ratifies=14", "--reasons", "I would have advised the same"];
    school.record("ratification", DPO, &reasons);
    let view = school.show(15);
    assert_eq!((&view["marks"], &view["since"]["complete"]), (&json!([]), &json!(true)));
    says(&since(&view), &["signed by exception (entry 14), ratified by entry 17"]);
    says(&findings(&view).join("\n"), &["approval before advice"]);
    intact(&school, &[]);
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);
}
