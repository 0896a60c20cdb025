use serde_json::json;

use super::{Made, at, value};
use crate::records::kind::Relation;

const CASE: &str = "breach-2026-001";

/// A laptop is lost on 1 May; all that follows up to the review.
fn laptop() -> Made {
    let mut made = Made::default();
    let report = made.in_case(
        CASE,
        "breach-report",
        "2026-05-04 10:00",
        json!({
            "aware": at("2026-05-03 18:00"),
            "occurred": {"from": "2026-05-01", "to": "2026-05-02"},
            "kind": "loss-theft",
            "nature": ["confidentiality", "availability"],
            "what-happened": "A laptop was left on a train.",
            "people-count": 10,
            "likely-consequences": "Addresses become known.",
            "possible-misuse": null,
        }),
    );
    let measure = json!({"measure": "The account was closed."});
    made.in_case(CASE, "breach-measure", "2026-05-04 11:00", measure);
    let decision = made.in_case(
        CASE,
        "breach-decision",
        "2026-05-05 09:00",
        json!({"risk": "high", "notify-regulator": true, "tell-people": "yes",
               "delay-reasons": "The train company was closed."}),
    );
    made.link(decision, Relation::Decides, report);
    for (whom, told) in [("dpo", "2026-05-04 10:30"), ("regulator", "2026-05-06 18:01")] {
        let answers = json!({"whom": [whom], "told-at": at(told), "reference": "IC-1"});
        made.in_case(CASE, "breach-told", told, answers);
    }
    made.in_case(
        CASE,
        "breach-told",
        "2026-05-07 09:00",
        json!({"whom": ["people-concerned"], "told-at": at("2026-05-07 09:00"),
               "people-count": 10}),
    );
    made
}

#[test]
fn a_case_is_one_row_with_what_article_33_5_asks_for() {
    let row = laptop().only_row("breaches", "2026-06-01");
    assert_eq!(row.row.case.as_deref(), Some(CASE));
    assert_eq!(row.entries(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(row.row.marks, [""; 0]);
    row.says(&[
        ("what-happened", "A laptop was left on a train."),
        ("type", ""),
        ("kind", "loss-theft"),
        ("nature", "confidentiality; availability"),
        ("aware", "2026-05-03T17:00:00Z"),
        ("occurred", "2026-05-01/2026-05-02"),
        ("recorded", "2026-05-04T09:00:00Z"),
        ("days-to-record", "3"),
        ("people", "10"),
        ("records", ""),
        ("likely-consequences", "Addresses become known."),
        ("possible-misuse", ""),
        ("remedies", "The account was closed."),
        ("risk", "high"),
        ("notify-regulator", "yes"),
        ("decided-by", "Hannah Price, Headteacher; 2026-05-05"),
        ("notified", "2026-05-06T17:01:00Z"),
        ("hours-to-notify", "72:01"),
        ("reference", "IC-1"),
        ("reasons", "late: The train company was closed."),
        ("people-told", "decided: yes; told: 2026-05-07T08:00:00Z; people: 10"),
        ("state", "decided"),
    ]);
}

#[test]
fn the_row_is_as_it_stood_on_the_day() {
    let made = laptop();
    assert_eq!(made.rows("breaches", "2026-05-03").len(), 0);
    let row = made.only_row("breaches", "2026-05-04");
    row.says(&[("risk", ""), ("notified", ""), ("hours-to-notify", ""), ("state", "reported")]);
    assert_eq!(row.entries(), [0, 1, 3]);
}

#[test]
fn a_later_report_adds_answers_and_never_moves_awareness_forward() {
    let mut made = laptop();
    let aware = at("2026-05-05 08:00");
    let second = json!({"aware": aware, "people-count": 30, "kind": null});
    made.in_case(CASE, "breach-report", "2026-05-08 09:00", second);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("people", "30"), ("kind", "loss-theft"), ("aware", "2026-05-03T17:00:00Z")]);
    // One that corrects the first takes its place, its awareness too.
    let third = json!({"aware": aware, "people-count": 40});
    let third = made.in_case(CASE, "breach-report", "2026-05-09 09:00", third);
    made.link(third, Relation::Corrects, 0);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("people", "40"), ("kind", ""), ("aware", "2026-05-05T07:00:00Z")]);
    assert_eq!(row.row.marks, ["entry 0: corrected by entry 7"]);
    assert!(row.entries().contains(&0));
}

#[test]
fn near_misses_and_investigations_show_with_their_causes_and_signatures() {
    let mut made = laptop();
    let investigation = made.in_case(
        CASE,
        "breach-investigation",
        "2026-05-20 09:00",
        json!({"description": "x", "type": "near-miss",
               "root-causes": [{"id": "C1", "text": "No lock."}, {"id": "C2", "text": "No rule."}]}),
    );
    let signoff = made.in_case(CASE, "breach-signoff", "2026-05-21 09:00", json!({}));
    made.link(signoff, Relation::SignsOff, investigation);
    // The chair has no key, and the office records the paper outside the case.
    let paper = json!({"person": "Owen Reid", "role": "chair-of-governors", "date": "2026-05-21",
                       "what": "The report."});
    let paper = made.add("paper-signature", "2026-05-22 09:00", paper);
    made.link(paper, Relation::SignsOff, investigation);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[
        ("type", "near-miss"),
        ("causes", "C1, No lock.; C2, No rule."),
        ("signed-off-by", "Hannah Price, Headteacher; Owen Reid, Chair of governors (on paper)"),
        ("state", "investigated"),
    ]);
    assert!(row.entries().contains(&(paper as u64)));
    // In its case as well, it is one signature.
    made.0[paper].case = Some(CASE.to_owned());
    let signed = made.only_row("breaches", "2026-06-01").at("signed-off-by");
    assert_eq!(signed.matches("Owen Reid").count(), 1, "{signed}");
    made.erase(paper);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("signed-off-by", "Hannah Price, Headteacher; on paper: erased")]);
}

#[test]
fn a_review_closes_a_case_until_a_new_report_opens_it() {
    let mut made = laptop();
    let review = json!({"reviewed": "2026-05-25", "outcome": "closed", "causes": "Haste."});
    made.in_case(CASE, "breach-review", "2026-05-25 09:00", review);
    let row = made.only_row("breaches", "2026-05-31");
    row.says(&[("state", "closed"), ("causes", "Haste.")]);
    made.in_case(CASE, "breach-report", "2026-06-01 09:00", json!({"aware": 1}));
    assert_eq!(made.only_row("breaches", "2026-06-01").at("state"), "decided");
    assert_eq!(made.only_row("breaches", "2026-05-31").at("state"), "closed");
}

#[test]
fn an_erased_answer_is_not_an_unanswered_one() {
    let mut made = laptop();
    made.erase(0);
    let erasure = made.add("erasure", "2026-06-02 09:00", json!({}));
    made.link(erasure, Relation::Erases, 0);
    // On the day before the erasure the answers are gone as well, and nothing says by whom.
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("what-happened", "erased"), ("aware", "erased"), ("hours-to-notify", "")]);
    let row = made.only_row("breaches", "2026-06-02");
    row.says(&[("what-happened", "erased (entry 6)"), ("risk", "high")]);
    assert_eq!(row.row.marks, ["entry 0: erased by entry 6"]);
    // What a second report answers is shown, and that something else is gone, too.
    let second = json!({"aware": at("2026-05-03 18:00"), "people-count": 30, "kind": null});
    made.in_case(CASE, "breach-report", "2026-06-03 09:00", second);
    let row = made.only_row("breaches", "2026-06-03");
    row.says(&[("people", "30"), ("kind", "erased (entry 6)")]);
}

#[test]
fn one_erased_field_leaves_the_others() {
    let mut made = laptop();
    made.0[0].answers.0.remove("what-happened");
    let erasure = made.add("erasure", "2026-05-08 09:00", json!({}));
    made.link(erasure, Relation::Erases, 0);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[
        ("what-happened", "erased (entry 6)"),
        ("possible-misuse", ""),
        ("kind", "loss-theft"),
    ]);
    assert_eq!(row.row.marks, ["entry 0: erased in part by entry 6"]);
}

/// Else the register says "notified" where `due` says that the 72 hours are over.
#[test]
fn a_letter_to_the_regulator_is_named_and_is_no_notification() {
    let mut made = laptop();
    let contact = json!({"direction": "to-regulator", "sent": at("2026-05-04 12:00"),
                         "reference": "IC-2"});
    let contact = made.add("regulator-contact", "2026-05-08 12:00", contact);
    made.link(contact, Relation::About, 0);
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("hours-to-notify", "72:01"), ("reference", "IC-2")]);
    // Where nothing says that the regulator was told, it is named.
    made.0[4].answers.set("whom", crate::format::cbor::Value::Array(Vec::new()));
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("notified", "a letter only, entry 6"), ("hours-to-notify", "")]);
    made.0[contact].answers.set("direction", crate::format::cbor::Value::text("from-regulator"));
    assert_eq!(made.only_row("breaches", "2026-06-01").at("notified"), "");
}

#[test]
fn a_review_with_open_actions_keeps_the_case_open() {
    let mut made = laptop();
    let review = json!({"reviewed": "2026-05-25", "outcome": "actions-open"});
    made.in_case(CASE, "breach-review", "2026-05-25 09:00", review);
    assert_eq!(made.only_row("breaches", "2026-05-31").at("state"), "actions-open");
}

#[test]
fn only_signatures_on_the_investigation_sign_it_off() {
    let mut made = laptop();
    let report = made.in_case(CASE, "breach-investigation", "2026-05-20 09:00", json!({}));
    let signed = made.in_case(CASE, "breach-signoff", "2026-05-21 09:00", json!({}));
    let other = made.in_case(CASE, "breach-measure", "2026-05-21 10:00", json!({}));
    made.link(other, Relation::SignsOff, report);
    assert_eq!(made.only_row("breaches", "2026-05-31").at("signed-off-by"), "");
    made.link(signed, Relation::SignsOff, report);
    assert_eq!(
        made.only_row("breaches", "2026-05-31").at("signed-off-by"),
        "Hannah Price, Headteacher"
    );
}

/// Else the register names somebody who may not decide as the one who decided.
#[test]
fn only_a_decision_that_counts_is_shown_and_closes() {
    let mut made = laptop();
    let no = json!({"risk": "unlikely", "notify-regulator": false, "tell-people": "no"});
    let again = made.in_case(CASE, "breach-decision", "2026-05-08 09:00", no);
    made.link(again, Relation::Corrects, 2);
    made.0[again].marks.lacks = vec!["signed as Administrator".to_owned()];
    let row = made.only_row("breaches", "2026-06-01");
    row.says(&[("risk", "high"), ("notify-regulator", "yes"), ("state", "decided")]);
    made.0[2].marks.by_exception = true;
    let review = json!({"outcome": "closed"});
    let review = made.in_case(CASE, "breach-review", "2026-05-09 09:00", review);
    // Whether to notify, a notification tells as well; without either nothing is closed.
    made.only_row("breaches", "2026-06-01").says(&[("risk", ""), ("state", "closed")]);
    made.0[4].answers.set("whom", value(json!(["dpo"])));
    made.only_row("breaches", "2026-06-01").says(&[("risk", ""), ("state", "reported")]);
    made.0[2].marks.by_exception = false;
    made.only_row("breaches", "2026-06-01").says(&[("state", "closed")]);
    made.erase(review);
    made.only_row("breaches", "2026-06-01").says(&[("state", "not-known")]);
}
