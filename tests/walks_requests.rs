//! Requests, complaints, consent and images, meetings, suppliers and sharing, as a school records
//! them: the stories in `walks/requests` and `walks/consent`.

mod common;

#[path = "walks/story.rs"]
mod story;

use std::collections::BTreeSet;

use serde_json::json;

use crate::common::{OFFICE, answer, text, year};
use crate::story::Story;

#[test]
fn an_access_request_from_receipt_to_an_answer_with_an_exemption() {
    let story = Story::of(include_str!("walks/requests/access.md"));
    // The file of the request tells its course in order, and one signature answers for it.
    let case = format!("request-{}-001", year());
    let steps = story.all("request-step");
    let names: Vec<String> = steps.iter().map(|step| text(answer(step, "step"))).collect();
    assert_eq!(
        names,
        [
            "acknowledged",
            "identity-asked",
            "identity-received",
            "clarification-asked",
            "clarification-answered",
            "extended",
            "searched",
            "escalated"
        ]
    );
    assert_eq!(story.school.log(&["--case", &case]).len(), 2 + names.len() + 1);
    let answered = story.shown("request-answer");
    assert_eq!(answered["role"], "dpo");
    assert_eq!(answered["links"][0]["relation"], "answers");
    // What was withheld, and why, stays with the school, question by question.
    let asked = ["answered", "outcome", "exemptions", "withheld", "serious-harm", "reasons"];
    for field in asked {
        answer(&answered, field);
    }
}

#[test]
fn erasure_is_refused_on_a_provision_and_never_on_a_basis_alone() {
    let story = Story::of(include_str!("walks/requests/erasure.md"));
    let answers = story.all("request-answer");
    assert_eq!(answers.len(), 2);
    assert_eq!(answer(&answers[1], "exemptions"), &json!(["Art 17(3)(b) UK GDPR"]));
}

#[test]
fn requests_by_others_for_records_and_with_something_that_is_never_told() {
    Story::of(include_str!("walks/requests/others.md"));
}

#[test]
fn a_complaint_until_its_outcome() {
    let story = Story::of(include_str!("walks/requests/complaint.md"));
    assert_eq!(answer(&story.shown("complaint-step"), "outcome"), "upheld");
}

#[test]
fn suppliers_files_that_move_safeguards_and_disposal() {
    let story = Story::of(include_str!("walks/requests/suppliers.md"));
    let checks = story.all("supplier-check");
    let drawn: Vec<String> = checks.iter().map(|it| text(answer(it, "conclusion"))).collect();
    assert_eq!(drawn, ["suitable", "unsuitable", "suitable-with-settings"]);
}

#[test]
fn consent_until_every_copy_is_gone_and_confirmed() {
    let story = Story::of(include_str!("walks/consent/withdrawal.md"));
    let consent = &story.all("consent")[0];
    assert_eq!(consent["marks"], json!(["withdrawn"]));
    // Whoever reads the book can tell that no place is left.
    let withdrawal = story.shown("consent-withdrawal");
    let places = answer(&withdrawal, "places").as_array().expect("places").iter().map(text);
    let removals = story.all("image-removal").into_iter();
    let removals = removals.filter(|it| it["links"][0]["entry"] == withdrawal["entry"]);
    let confirmed = removals.filter(|it| answer(it, "confirmation-sent").is_string());
    let closed = confirmed.map(|it| text(answer(&it, "place")));
    let (places, closed): (BTreeSet<_>, BTreeSet<_>) = (places.collect(), closed.collect());
    assert_eq!((places.len(), places.difference(&closed).count()), (3, 0), "{places:?} {closed:?}");
}

#[test]
fn photography_is_permitted_before_the_event_by_who_may() {
    let story = Story::of(include_str!("walks/consent/photography.md"));
    let permits = story.all("photography-permit");
    assert!(permits.iter().all(|permit| permit["signer"] != OFFICE));
}

#[test]
fn a_video_call_with_one_pupil_is_on_record_with_its_question() {
    Story::of(include_str!("walks/consent/meetings.md"));
}
