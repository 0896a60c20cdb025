use serde_json::{Value as Json, json};

use super::{Made, at, value};
use crate::records::kind::Relation;

#[test]
fn a_request_runs_until_its_newest_answer() {
    let mut made = Made::default();
    let case = "request-2026-001";
    let request = made.in_case(
        case,
        "request",
        "2026-05-02 09:00",
        json!({"type": "subject-access", "received": "2026-05-01", "subject": "adult-0042",
               "requester": "subject", "channel": "letter"}),
    );
    let step = json!({"step": "acknowledged", "done": "2026-05-03"});
    made.in_case(case, "request-step", "2026-05-03 09:00", step);
    let row = made.only_row("requests", "2026-05-20");
    row.says(&[
        ("type", "subject-access"),
        ("received", "2026-05-01"),
        ("steps", "acknowledged: 2026-05-03"),
        ("due", "2026-06-01"),
        ("answered", ""),
        ("days-taken", "19"),
        ("state", "open"),
    ]);
    assert!(row.at("due-how").contains("received 1 May 2026"), "{}", row.at("due-how"));
    made.only_row("requests", "2026-06-01").says(&[("state", "open")]);
    made.only_row("requests", "2026-06-02").says(&[("state", "overdue")]);
    // It was taken over after its limit: whether it was answered then, nobody wrote down here.
    made.0[request].marks.imported = true;
    made.only_row("requests", "2026-06-02").says(&[("state", "overdue")]);
    let signed = std::mem::replace(&mut made.0[request].time, at("2026-06-02 09:00"));
    let row = made.only_row("requests", "2026-06-03");
    row.says(&[("due", "2026-06-01"), ("state", "not-known-imported")]);
    (made.0[request].time, made.0[request].marks.imported) = (signed, false);
    let answer = json!({"answered": "2026-05-29", "outcome": "partly-granted",
                        "serious-harm": true, "withheld": ["A letter."]});
    let answer = made.in_case(case, "request-answer", "2026-05-29 09:00", answer);
    made.link(answer, Relation::Answers, request);
    let row = made.only_row("requests", "2026-12-31");
    row.says(&[("outcome", "partly-granted"), ("days-taken", "28"), ("state", "answered")]);
    assert_eq!(row.entries(), [0, 1, 2]);
    // Serious harm can be read from no cell.
    let all: Vec<String> = row.row.cells.iter().map(super::Cell::words).collect();
    assert!(!all.join("\n").contains("letter."), "{all:?}");
}

#[test]
fn two_requests_of_one_case_keep_their_own_answers() {
    let mut made = Made::default();
    let case = "request-2026-001";
    for kind in ["erasure", "objection"] {
        let answers = json!({"type": kind, "received": "2026-05-01"});
        made.in_case(case, "request", "2026-05-02 09:00", answers);
    }
    let answer = json!({"answered": "2026-05-29", "outcome": "granted"});
    let answer = made.in_case(case, "request-answer", "2026-05-29 09:00", answer);
    made.link(answer, Relation::Answers, 1);
    let rows = made.rows("requests", "2026-06-01");
    rows[0].says(&[("type", "erasure"), ("state", "open")]);
    rows[1].says(&[("type", "objection"), ("state", "answered")]);
    // A request that corrects the second takes its place, and its answer with it.
    let again = json!({"type": "objection", "received": "2026-05-02"});
    let again = made.in_case(case, "request", "2026-06-02 09:00", again);
    made.link(again, Relation::Corrects, 1);
    let rows = made.rows("requests", "2026-06-02");
    assert_eq!(rows.len(), 2);
    rows[1].says(&[("received", "2026-05-02"), ("state", "answered"), ("days-taken", "27")]);
    rows[0].says(&[("state", "overdue")]);
    assert_eq!(rows[1].entries(), [1, 2, 3]);
}

#[test]
fn a_complaint_is_closed_by_its_outcome_which_also_acknowledges_it() {
    let mut made = Made::default();
    let case = "complaint-2026-001";
    let answers = json!({"received": "2026-07-01", "about": "A letter went astray."});
    made.in_case(case, "complaint", "2026-07-01 09:00", answers);
    let row = made.only_row("complaints", "2026-07-11");
    row.says(&[
        ("acknowledge-by", "2026-07-31"),
        ("acknowledged", ""),
        ("days-taken", "10"),
        ("state", "open"),
    ]);
    let row = made.only_row("complaints", "2026-08-01");
    row.says(&[("state", "acknowledgement-overdue")]);
    let step = json!({"step": "outcome", "done": "2026-07-15", "outcome": "upheld"});
    made.in_case(case, "complaint-step", "2026-07-15 09:00", step);
    let cctv = json!({"received": "2026-07-02", "what": "A camera.", "cameras": ["C2"],
                      "outcome": "open"});
    made.in_case("cctv-2026-001", "cctv-complaint", "2026-07-02 09:00", cctv);
    let rows = made.rows("complaints", "2026-07-20");
    rows[0].says(&[
        ("acknowledged", "2026-07-15"),
        ("outcome", "upheld"),
        ("days-taken", "14"),
        ("state", "closed"),
    ]);
    rows[1].says(&[("about", "A camera."), ("cameras", "C2"), ("state", "open")]);
    made.0[1].answers.set("step", value(json!("withdrawn")));
    made.0[1].answers.set("outcome", value(json!(null)));
    let rows = made.rows("complaints", "2026-07-20");
    rows[0].says(&[("outcome", "withdrawn"), ("acknowledged", ""), ("state", "closed")]);
}

#[test]
fn the_cctv_register_marks_who_and_what_is_not_on_the_list() {
    let mut made = Made::default();
    let case = "cctv-2026-001";
    let viewed = at("2026-05-01 10:00");
    let access = json!({
        "cameras": ["Gate", "Yard"], "footage-from": viewed - 7200, "footage-to": viewed - 3600,
        "viewed-from": viewed, "viewed-to": viewed + 60, "reason": "damage", "outcome": "clip",
        "storage-place": "Safe", "delete-by": "2026-05-31",
    });
    let first = made.in_case(case, "cctv-access", "2026-05-01 11:00", access.clone());
    made.0[first].role = "cctv-caretaker".to_owned();
    let second = made.in_case(case, "cctv-access", "2026-05-01 11:30", access);
    made.0[second].role = "administrator".to_owned();
    made.0[second].marks.lacks =
        vec!["signed as Administrator, a role that may not sign this".to_owned()];
    let told = json!({"recipient": "A neighbour", "organisation": "other",
                      "other-reason": "Asked.", "disclosed": viewed});
    made.in_case(case, "cctv-disclosure", "2026-05-02 09:00", told);
    let deletion = json!({"deleted": at("2026-06-02 09:00")});
    let deletion = made.in_case(case, "cctv-deletion", "2026-06-02 09:00", deletion);
    made.link(deletion, Relation::About, first);
    let rows = made.rows("cctv", "2026-06-01");
    rows[0].says(&[
        ("what", "access"),
        ("when", "2026-05-01T09:00:00Z/2026-05-01T09:01:00Z"),
        ("cameras", "Gate; Yard"),
        ("authority", "listed"),
        ("copy", "Safe"),
        ("state", "deletion-overdue"),
    ]);
    rows[1].says(&[("authority", "unlisted"), ("by", "Hannah Price, Administrator")]);
    assert_eq!(
        rows[1].row.marks,
        ["incomplete: signed as Administrator, a role that may not sign this"]
    );
    rows[2].says(&[
        ("what", "disclosure"),
        ("recipient", "A neighbour; other"),
        ("authority", "unlisted"),
        ("detail", "Asked."),
    ]);
    let rows = made.rows("cctv", "2026-06-02");
    rows[0].says(&[("deleted", "2026-06-02T08:00:00Z"), ("state", "deleted-late")]);
    assert_eq!(rows[0].entries(), [0, 3]);
}

#[test]
fn one_adult_alone_with_one_pupil_is_told_apart() {
    let mut made = Made::default();
    let meeting = |adults: u64, pupils: u64, told: Option<&str>| {
        json!({"host": "Joe Marsh", "held": "2026-05-01", "adults-count": adults,
               "pupils-count": pupils, "safeguarding-told": told})
    };
    for answers in [meeting(1, 1, None), meeting(1, 1, Some("yes")), meeting(2, 1, None)] {
        made.in_case("meeting-2026-001", "meeting-log", "2026-05-01 12:00", answers);
    }
    let rows = made.rows("meetings", "2026-05-01");
    let told: Vec<String> = rows.iter().map(|row| row.at("one-to-one")).collect();
    assert_eq!(told, ["safeguarding lead told: not-said", "safeguarding lead told: yes", ""]);
}

#[test]
fn a_late_answer_says_so_and_a_later_one_does_not_make_it_late() {
    let mut made = Made::default();
    let case = "request-2026-001";
    let answers = json!({"type": "erasure", "received": "2026-05-01"});
    made.in_case(case, "request", "2026-05-01 09:00", answers);
    let answer = json!({"answered": "2026-06-02", "outcome": "granted"});
    let late = made.in_case(case, "request-answer", "2026-06-02 09:00", answer);
    made.only_row("requests", "2026-06-30").says(&[("state", "answered-late")]);
    made.0[late].answers.set("answered", value(json!("2026-06-01")));
    made.only_row("requests", "2026-06-30").says(&[("state", "answered")]);
    // More came out afterwards; the answer itself was in time.
    let more = json!({"answered": "2026-06-20", "outcome": "partly-granted"});
    made.in_case(case, "request-answer", "2026-06-20 09:00", more);
    let row = made.only_row("requests", "2026-06-30");
    row.says(&[
        ("answered", "2026-06-01"),
        ("outcome", "2026-06-20: partly-granted"),
        ("days-taken", "31"),
        ("state", "answered"),
    ]);
}

/// A request for erasure, and an answer to it that is dated by a slip.
fn slipped() -> Made {
    let mut made = Made::default();
    let case = "request-2026-001";
    let answers = json!({"type": "erasure", "received": "2026-10-01"});
    made.in_case(case, "request", "2026-10-01 09:00", answers);
    let answer = json!({"answered": "2026-10-10", "outcome": "refused"});
    let answer = made.in_case(case, "request-answer", "2026-11-20 09:00", answer);
    made.link(answer, Relation::Answers, 0);
    made
}

/// Else the register says "granted on 10 October" and "in time", which no record says.
#[test]
fn an_answer_that_continues_another_takes_its_day_and_its_outcome() {
    for relation in [Relation::Continues, Relation::Corrects] {
        let mut made = slipped();
        made.only_row("requests", "2026-11-20").says(&[
            ("answered", "2026-10-10"),
            ("outcome", "refused"),
            ("state", "answered"),
        ]);
        let words = made.in_case("request-2026-001", "correction", "2026-11-20 10:00", json!({}));
        made.link(words, Relation::Corrects, 1);
        let answer = json!({"answered": "2026-11-20", "outcome": "granted"});
        let right = made.in_case("request-2026-001", "request-answer", "2026-11-20 11:00", answer);
        made.link(right, Relation::Answers, 0);
        made.link(right, relation, 1);
        let row = made.only_row("requests", "2026-11-20");
        row.says(&[
            ("due", "2026-11-02"),
            ("answered", "2026-11-20"),
            ("days-taken", "50"),
            ("outcome", "granted"),
            ("state", "answered-late"),
        ]);
        assert!(row.entries().contains(&1), "{row:#?}");
        // What continues it is itself recorded anew, and need not say again what it continues.
        let answer = json!({"answered": "2026-11-21", "outcome": "granted"});
        let again = made.in_case("request-2026-001", "request-answer", "2026-11-22 11:00", answer);
        made.link(again, Relation::Answers, 0);
        made.link(again, Relation::Corrects, right);
        made.only_row("requests", "2026-11-22")
            .says(&[("answered", "2026-11-21"), ("state", "answered-late")]);
    }
}

/// Else a slip in another case's number reopens a request that was answered.
#[test]
fn an_answer_to_another_request_continues_none_of_this_one() {
    let mut made = slipped();
    let other = json!({"type": "erasure", "received": "2026-11-01"});
    let other = made.in_case("request-2026-002", "request", "2026-11-21 09:00", other);
    let answer = json!({"answered": "2026-11-21", "outcome": "granted"});
    let answer = made.in_case("request-2026-002", "request-answer", "2026-11-21 10:00", answer);
    made.link(answer, Relation::Answers, other);
    made.link(answer, Relation::Continues, 1);
    let rows = made.rows("requests", "2026-11-22");
    rows[0].says(&[("answered", "2026-10-10"), ("state", "answered")]);
    rows[1].says(&[("answered", "2026-11-21"), ("state", "answered")]);
}

/// Else what was corrected in words is told as in time to whoever asks.
#[test]
fn an_answer_that_was_corrected_in_words_is_not_called_in_time() {
    let mut made = slipped();
    let words = made.in_case("request-2026-001", "correction", "2026-11-21 09:00", json!({}));
    made.link(words, Relation::Corrects, 1);
    let row = made.only_row("requests", "2026-11-21");
    row.says(&[("answered", "2026-10-10"), ("state", "answered-not-certain")]);
    assert_eq!(
        row.row.marks,
        [
            "entry 1: corrected by entry 2",
            "entry 1, by whose day it is answered, was corrected by entry 2: check that day"
        ]
    );
    // A late one stays late; another that went out on the day makes it certain.
    made.0[1].answers.set("answered", value(json!("2026-11-03")));
    assert_eq!(made.only_row("requests", "2026-11-21").at("state"), "answered-late");
    made.0[1].answers.set("answered", value(json!("2026-10-10")));
    let same = json!({"answered": "2026-10-10", "outcome": "refused"});
    made.in_case("request-2026-001", "request-answer", "2026-11-21 10:00", same);
    assert_eq!(made.only_row("requests", "2026-11-21").at("state"), "answered");
}

/// Else a slip of a month takes the legal limit out of every list before anybody answers.
#[test]
fn an_answer_whose_day_is_still_to_come_leaves_the_request_open() {
    let mut made = slipped();
    made.0[1].time = at("2026-10-12 09:00");
    made.0[1].answers.set("answered", value(json!("2026-11-12")));
    let row = made.only_row("requests", "2026-10-20");
    row.says(&[("answered", ""), ("outcome", ""), ("days-taken", "19"), ("state", "open")]);
    assert_eq!(row.row.marks, ["entry 1 is to go out on 12 November 2026, and ends nothing yet"]);
    assert_eq!(row.entries(), [0, 1]);
    assert_eq!(made.only_row("requests", "2026-11-03").at("state"), "overdue");
    assert_eq!(made.only_row("requests", "2026-11-11").at("state"), "overdue");
    let row = made.only_row("requests", "2026-11-12");
    row.says(&[("answered", "2026-11-12"), ("state", "answered-late")]);
    assert_eq!(row.row.marks, [""; 0]);
}

#[test]
fn the_educational_record_is_counted_by_the_school_that_the_first_record_names() {
    let mut made = Made::default();
    let school = json!({"type": "la-maintained", "nation": "england"});
    made.add("genesis", "2026-01-01 09:00", school);
    let answers = json!({"type": "educational-record", "received": "2026-05-01",
                         "requester": "parent", "written": true});
    made.in_case("request-2026-001", "request", "2026-05-01 09:00", answers);
    let row = made.only_row("requests", "2026-05-20");
    // Fifteen school days can't be counted without a calendar.
    row.says(&[("due", "not-known-yet"), ("state", "open")]);
    let calendar = json!({"school-year": "2025/26",
                          "terms": [{"from": "2026-04-13", "to": "2026-07-21"}],
                          "closures": [{"from": "2026-05-25", "to": "2026-05-29"}]});
    made.add("calendar", "2026-01-02 09:00", calendar);
    made.only_row("requests", "2026-05-20").says(&[("due", "2026-06-01")]);
}

#[test]
fn a_step_belongs_to_the_complaint_that_it_names() {
    let mut made = Made::default();
    let case = "complaint-2026-001";
    let complaint = |day: &str| json!({ "received": day });
    let first = made.in_case(case, "complaint", "2026-07-01 09:00", complaint("2026-07-01"));
    made.in_case(case, "complaint", "2026-07-02 09:00", complaint("2026-07-02"));
    let step = json!({ "step": "acknowledged", "done": "2026-07-03" });
    let step = made.in_case(case, "complaint-step", "2026-07-03 09:00", step);
    let acknowledged = |made: &Made| -> Vec<String> {
        made.rows("complaints", "2026-07-04").iter().map(|row| row.at("acknowledged")).collect()
    };
    assert_eq!(acknowledged(&made), ["", "2026-07-03"], "it follows the second");
    made.link(step, Relation::About, first);
    assert_eq!(acknowledged(&made), ["2026-07-03", ""]);
}

#[test]
fn a_complaint_about_cctv_is_closed_by_an_outcome_or_an_answer() {
    for (answers, state) in [
        (json!({}), "open"),
        (json!({ "outcome": "open" }), "open"),
        (json!({ "outcome": "upheld" }), "closed"),
        (json!({ "answered": "2026-07-03" }), "closed"),
    ] {
        let mut made = Made::default();
        made.add("cctv-complaint", "2026-07-02 09:00", answers.clone());
        assert_eq!(made.only_row("complaints", "2026-07-04").at("state"), state, "{answers}");
    }
}

#[test]
fn a_complaint_about_cctv_that_is_recorded_again_has_one_row() {
    let mut made = Made::default();
    let mut record = |day: &str, answers: Json| {
        made.in_case("cctv-2026-001", "cctv-complaint", day, answers);
    };
    let first = json!({"received": "2026-07-02", "what": "A camera.", "cameras": ["C2"],
                       "outcome": "open"});
    record("2026-07-02 09:00", first);
    record("2026-07-03 09:00", json!({"received": "2026-07-03", "what": "Another."}));
    let answer = json!({"received": "2026-07-02", "what": "A camera at the gate.",
                        "outcome": "upheld", "answered": "2026-07-10"});
    record("2026-07-10 09:00", answer);
    let rows = made.rows("complaints", "2026-09-01");
    assert_eq!(rows.len(), 2);
    rows[0].says(&[
        ("about", "A camera at the gate."),
        ("cameras", "C2"),
        ("closed", "2026-07-10"),
        ("state", "closed"),
    ]);
    assert_eq!(rows[0].entries(), [0, 2]);
    rows[1].says(&[("state", "acknowledgement-overdue")]);
}

/// Else the register says "late" or "open" of what was done, once the record of it was erased.
#[test]
fn what_was_erased_is_late_or_open_for_nobody() {
    let mut made = Made::default();
    let case = "request-2026-001";
    let request = json!({"type": "subject-access", "received": "2026-05-01"});
    made.in_case(case, "request", "2026-05-01 09:00", request);
    let answer = json!({"answered": "2026-05-20", "outcome": "granted"});
    let answer = made.in_case(case, "request-answer", "2026-06-20 09:00", answer);
    made.only_row("requests", "2026-07-01").says(&[("state", "answered")]);
    made.erase(answer);
    made.only_row("requests", "2026-07-01").says(&[("state", "answered")]);
    let mut made = Made::default();
    let case = "complaint-2026-001";
    made.in_case(case, "complaint", "2026-07-01 09:00", json!({"received": "2026-07-01"}));
    let step = json!({"step": "outcome", "outcome": "upheld", "done": "2026-07-02"});
    let step = made.in_case(case, "complaint-step", "2026-07-02 09:00", step);
    made.only_row("complaints", "2026-12-01").says(&[("state", "closed")]);
    made.erase(step);
    made.only_row("complaints", "2026-12-01").says(&[("state", "not-known")]);
    // One about CCTV ends by a step of it, too.
    let mut made = Made::default();
    let received = json!({"received": "2026-07-01"});
    made.in_case("cctv-2026-001", "cctv-complaint", "2026-07-01 09:00", received);
    let step = json!({"step": "outcome", "outcome": "not-upheld", "done": "2026-07-05"});
    let step = made.in_case("cctv-2026-001", "complaint-step", "2026-07-06 09:00", step);
    made.link(step, Relation::About, 0);
    let row = made.only_row("complaints", "2026-12-01");
    row.says(&[("state", "closed"), ("outcome", "not-upheld"), ("closed", "2026-07-05")]);
}
