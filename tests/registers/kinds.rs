//! Registers of kinds of record that this program may not know yet: each runs once all its kinds
//! are there.

use serde_json::{Value as Json, json};

use crate::common::{DPO, HEAD, OFFICE, School, day, index, now};
use crate::{only_row, rows, says};

/// Whether every kind is there.
fn known(kinds: &[&str]) -> bool {
    let absent: Vec<&&str> =
        kinds.iter().filter(|kind| probity_ledger::records::newest(kind).is_none()).collect();
    if !absent.is_empty() {
        eprintln!("left out: there is no kind {absent:?} yet");
    }
    absent.is_empty()
}

/// Records a document; its entry and case.
#[track_caller]
fn record(
    school: &School,
    kind: &str,
    by: &str,
    answers: &Json,
    more: &[&str],
) -> (String, String) {
    let file = school.file("answers.json", answers.to_string());
    let report = school.record(kind, by, &[&["--from-json", &file], more].concat());
    let case = report["case"].as_str().unwrap_or_default().to_owned();
    (index(&report["entry"]).to_string(), case)
}

// Branch `requests`.
#[test]
fn a_request_is_answered_in_its_register() {
    if !known(&["request", "request-step", "request-answer"]) {
        return;
    }
    let school = School::begun();
    let request = json!({"type": "subject-access", "channel": "letter", "received": day(-20),
                         "requester": "subject", "subject": "adult-0042"});
    let (entry, case) = record(&school, "request", OFFICE, &request, &["--case", "new"]);
    let row = only_row(&school, "requests");
    says(&row, &[("received", &day(-20)), ("days-taken", "20"), ("state", "open")]);
    let step = json!({"step": "acknowledged", "done": day(-18)});
    record(&school, "request-step", OFFICE, &step, &["--case", &case]);
    let answer = json!({"answered": day(-1), "outcome": "granted", "serious-harm": true,
                        "reasons": "Kept apart."});
    let link = format!("answers={entry}");
    record(&school, "request-answer", DPO, &answer, &["--case", &case, "--link", &link]);
    let row = only_row(&school, "requests");
    let steps = format!("acknowledged: {}", day(-18));
    says(
        &row,
        &[("outcome", "granted"), ("days-taken", "19"), ("state", "answered"), ("steps", &steps)],
    );
    assert!(!row.to_string().contains("Kept apart"), "{row:#}");
}

// Branch `requests`.
#[test]
fn complaints_are_listed_with_their_steps() {
    if !known(&["complaint", "complaint-step"]) {
        return;
    }
    let school = School::begun();
    let complaint = json!({"received": day(-9), "about": "A letter.", "complainant": "parent"});
    let (_, case) = record(&school, "complaint", OFFICE, &complaint, &["--case", "new"]);
    let step = json!({"step": "outcome", "done": day(-2), "outcome": "not-upheld"});
    record(&school, "complaint-step", OFFICE, &step, &["--case", &case]);
    says(
        &only_row(&school, "complaints"),
        &[
            ("outcome", "not-upheld"),
            ("acknowledged", &day(-2)),
            ("days-taken", "7"),
            ("state", "closed"),
        ],
    );
}

// Branch `requests`.
#[test]
fn images_that_are_removed_close_a_withdrawal() {
    if !known(&["image-removal"]) {
        return;
    }
    let school = School::begun();
    let withdrawal = json!({"received": now() - 60, "subject": "pupil-7f3a", "capacity": "parent",
                            "places": ["School website"]});
    let (entry, case) =
        record(&school, "consent-withdrawal", OFFICE, &withdrawal, &["--case", "new"]);
    let removal = json!({"place": "school website", "done": day(0), "confirmation-sent": day(0)});
    let link = format!("removes={entry}");
    record(&school, "image-removal", OFFICE, &removal, &["--case", &case, "--link", &link]);
    says(&only_row(&school, "withdrawals"), &[("places-open", ""), ("state", "closed")]);
}

// Branch `requests`.
#[test]
fn meetings_suppliers_sharing_and_disposal_have_their_registers() {
    if !known(&["meeting-log", "supplier-check", "sharing", "disposal"]) {
        return;
    }
    let school = School::begun();
    let meeting = json!({"host": "Joe Marsh", "held": day(-1), "adults-count": 1,
                         "pupils-count": 1});
    record(&school, "meeting-log", OFFICE, &meeting, &["--case", "new"]);
    says(&only_row(&school, "meetings"), &[("one-to-one", "safeguarding lead told: not-said")]);
    let supplier = json!({"supplier": "Acme Ltd", "ground": "adequacy", "expires": day(-1),
                          "documents-checked": [{"title": "Contract", "binding": "binding"}]});
    record(&school, "supplier-check", OFFICE, &supplier, &["--case", "new"]);
    says(&only_row(&school, "suppliers"), &[("binding", "Contract"), ("state", "expired")]);
    let shared = json!({"recipient": "Next school", "reason": "Moved.", "content-class": "exam",
                        "method": "courier", "sent": day(-4)});
    record(&school, "sharing", OFFICE, &shared, &[]);
    says(&only_row(&school, "sharing"), &[("days-to-receipt", "4"), ("state", "not-confirmed")]);
    let gone = json!({"record-class": "Old registers", "method": "shredded", "disposed": day(0)});
    record(&school, "disposal", OFFICE, &gone, &[]);
    says(&only_row(&school, "disposal"), &[("records", "Old registers"), ("method", "shredded")]);
}

// Branch `school`.
#[test]
fn actions_activities_training_and_notices_have_their_registers() {
    if !known(&["action", "action-done", "processing-activity", "training", "privacy-notice"]) {
        return;
    }
    let school = School::begun();
    let action = json!({"what": "Encrypt laptops", "owner": "Joe Marsh", "due": day(-3)});
    let (entry, _) = record(&school, "action", HEAD, &action, &["--link", "about=1"]);
    let row = only_row(&school, "actions");
    says(&row, &[("about", "1"), ("days-overdue", "3"), ("state", "overdue")]);
    let link = format!("about={entry}");
    let done = json!({"done": day(0), "outcome": "done"});
    record(&school, "action-done", HEAD, &done, &["--link", &link]);
    says(&only_row(&school, "actions"), &[("done", &day(0)), ("state", "done")]);
    for purpose in ["Lunch", "Lunch and allergies"] {
        let activity = json!({"name": "Catering", "purposes": [purpose], "basis": "public-task"});
        record(&school, "processing-activity", HEAD, &activity, &[]);
    }
    let row = only_row(&school, "processing-activities");
    says(&row, &[("purposes", "Lunch and allergies"), ("basis", "public-task")]);
    let training = json!({"course": "Basics", "held": day(-2), "expires": day(-1)});
    record(&school, "training", HEAD, &training, &[]);
    says(&only_row(&school, "training"), &[("state", "expired")]);
    let notice = json!({"title": "For parents", "audience": ["parents"], "published": day(-2)});
    record(&school, "privacy-notice", HEAD, &notice, &[]);
    says(&only_row(&school, "privacy-notices"), &[("audience", "parents"), ("state", "current")]);
}

// Branch `school`.
#[test]
fn a_hold_stays_in_force_until_a_representative_releases_it() {
    if !known(&["hold", "hold-release"]) {
        return;
    }
    let school = School::begun();
    let hold = json!({"scope": "subject", "subject": "adult-0042", "reason": "A claim."});
    let (entry, _) = record(&school, "hold", OFFICE, &hold, &[]);
    says(&only_row(&school, "holds"), &[("held", "adult-0042"), ("state", "in-force")]);
    let link = format!("about={entry}");
    let release = json!({"reason": "Settled."});
    record(&school, "hold-release", HEAD, &release, &["--link", &link]);
    says(&only_row(&school, "holds"), &[("release-reason", "Settled."), ("state", "released")]);
}

// Branch `breach`.
#[test]
fn a_breach_shows_who_was_told_and_what_came_of_it() {
    if !known(&["breach-told", "breach-measure", "breach-investigation", "breach-review"]) {
        return;
    }
    let school = School::begun();
    let aware = now() - 5 * 3600;
    let report = json!({"aware": aware, "what-happened": "A laptop was stolen."});
    let (_, case) = record(&school, "breach-report", OFFICE, &report, &["--case", "new"]);
    let in_case = ["--case", case.as_str()];
    for (whom, told) in [("regulator", aware + 3600 * 3), ("people-concerned", aware + 3600 * 4)] {
        let told = json!({"whom": [whom], "told-at": told, "people-count": 12});
        record(&school, "breach-told", DPO, &told, &in_case);
    }
    record(&school, "breach-measure", OFFICE, &json!({"measure": "Wiped."}), &in_case);
    let found = json!({"description": "x", "type": "near-miss",
                       "root-causes": [{"id": "C1", "text": "No lock."}]});
    let (entry, _) = record(&school, "breach-investigation", DPO, &found, &in_case);
    let link = format!("signs-off={entry}");
    record(
        &school,
        "breach-signoff",
        DPO,
        &json!({}),
        &[&in_case[..], &["--link", &link]].concat(),
    );
    let row = only_row(&school, "breaches");
    says(
        &row,
        &[
            ("type", "near-miss"),
            ("causes", "C1, No lock."),
            ("remedies", "Wiped."),
            ("hours-to-notify", "3:00"),
            ("signed-off-by", "Sunita Rao, Data protection officer"),
            ("state", "investigated"),
        ],
    );
    let review = json!({"reviewed": day(0), "outcome": "closed"});
    record(&school, "breach-review", DPO, &review, &in_case);
    says(&only_row(&school, "breaches"), &[("state", "closed")]);
}

// Branch `breach`.
#[test]
fn a_disclosure_of_images_stands_beside_the_accesses() {
    if !known(&["cctv-disclosure", "cctv-deletion"]) {
        return;
    }
    let school = School::begun();
    let told = json!({"recipient": "A neighbour", "organisation": "other", "other-reason": "Asked.",
                      "disclosed": now() - 60, "cameras": ["Gate"]});
    let (entry, case) = record(&school, "cctv-disclosure", HEAD, &told, &["--case", "new"]);
    let gone = json!({"deleted": now() - 30});
    let link = format!("about={entry}");
    record(&school, "cctv-deletion", HEAD, &gone, &["--case", &case, "--link", &link]);
    let rows = rows(&school, "cctv");
    assert_eq!(rows.len(), 1);
    says(&rows[0], &[("recipient", "A neighbour; other"), ("authority", "unlisted")]);
    assert!(!rows[0]["cells"]["deleted"].is_null(), "{rows:#?}");
}

// Branch `dpia`.
#[test]
fn a_dpia_is_in_its_register_from_screening_to_review() {
    if !known(&["dpia-screening", "dpia", "dpia-review"]) {
        return;
    }
    let school = School::begun();
    let screening = json!({"questions": "short", "initiative": "Homework app", "screened": day(-9),
                           "dpia-required": true, "outcome": "proceed-with-dpia"});
    let (_, case) = record(&school, "dpia-screening", HEAD, &screening, &["--case", "new"]);
    let in_case = ["--case", case.as_str()];
    let dpia = json!({"initiative": "Homework app", "processing": "planned",
                      "completed": day(-5)});
    let (dpia, _) = record(&school, "dpia", HEAD, &dpia, &in_case);
    let link = format!("advises={dpia}");
    let advice = json!({"recommendation": "proceed", "advice": "Go on."});
    record(&school, "dpo-advice", DPO, &advice, &[&in_case[..], &["--link", &link]].concat());
    let link = format!("approves={dpia}");
    let approval = json!({"decision": "approved", "advice-followed": true,
                          "review-date": day(-1)});
    record(&school, "dpia-approval", HEAD, &approval, &[&in_case[..], &["--link", &link]].concat());
    let row = only_row(&school, "dpias");
    says(
        &row,
        &[
            ("required", "yes"),
            ("assessed", &day(-5)),
            ("advice", "proceed"),
            ("decision", "approved"),
            ("overruled", "no"),
            ("state", "review-overdue"),
        ],
    );
    let review = json!({"trigger": "date", "reviewed": day(0), "outcome": "no-change",
                        "next-review": day(300)});
    record(&school, "dpia-review", HEAD, &review, &in_case);
    says(&only_row(&school, "dpias"), &[("review", &day(300)), ("state", "approved")]);
}
