use serde_json::json;

use super::Made;
use crate::book::item::Marks;
use crate::format::hash::Index;
use crate::records::kind::Relation;

const CASE: &str = "dpia-2026-001";

/// A screening, a DPIA, advice and approval.
fn assessed() -> Made {
    let mut made = Made::default();
    made.in_case(
        CASE,
        "dpia-screening",
        "2026-03-01 09:00",
        json!({"initiative": "Homework app", "outcome": "proceed-with-dpia",
               "dpia-required": true, "screened": "2026-02-27", "review-date": "2026-06-01"}),
    );
    let dpia = made.in_case(
        CASE,
        "dpia",
        "2026-03-10 09:00",
        json!({"initiative": "Homework app, two classes", "processing": "planned"}),
    );
    let advice = made.in_case(
        CASE,
        "dpo-advice",
        "2026-03-12 09:00",
        json!({"recommendation": "restrict", "concerns": ["Chat is open."]}),
    );
    made.link(advice, Relation::Advises, dpia);
    let approval = made.in_case(
        CASE,
        "dpia-approval",
        "2026-03-14 09:00",
        json!({"advice-followed": false, "overruled-by": "Hannah Price",
               "overruled-reasons": "Chat is needed.", "review-date": "2027-03-01"}),
    );
    made.0[approval].decision = Some("approved");
    made.link(approval, Relation::Approves, dpia);
    made
}

#[test]
fn a_dpia_shows_what_was_required_advised_decided_and_overruled() {
    let made = assessed();
    let row = made.only_row("dpias", "2026-09-01");
    assert_eq!(row.entries(), [0, 1, 2, 3]);
    row.says(&[
        ("initiative", "Homework app, two classes"),
        ("screened", "2026-02-27"),
        ("screening-outcome", "proceed-with-dpia"),
        ("required", "yes"),
        ("assessed", "2026-03-10"),
        ("processing", "planned"),
        ("advice", "restrict"),
        ("advised-by", "Hannah Price, Headteacher; 2026-03-12"),
        ("decision", "approved"),
        ("overruled", "yes; Hannah Price"),
        ("overruled-reasons", "Chat is needed."),
        ("stale", ""),
        ("review", "2027-03-01"),
        ("state", "approved"),
    ]);
    assert_eq!(made.only_row("dpias", "2027-03-01").at("state"), "approved");
    assert_eq!(made.only_row("dpias", "2027-03-02").at("state"), "review-overdue");
    let row = made.only_row("dpias", "2026-03-11");
    row.says(&[
        ("advice", ""),
        ("decision", ""),
        // As it falls due: half a year after the DPIA, for which nothing is planned yet.
        ("review", "2026-09-10"),
        ("state", "not-decided"),
    ]);
}

#[test]
fn a_review_sets_the_next_day_and_a_correction_makes_the_approval_stale() {
    let mut made = assessed();
    let review = json!({"reviewed": "2026-08-01", "outcome": "no-change",
                        "next-review": "2026-12-01"});
    made.in_case(CASE, "dpia-review", "2026-08-01 09:00", review);
    let row = made.only_row("dpias", "2026-09-01");
    row.says(&[("review", "2026-12-01"), ("last-review", "2026-08-01; no-change")]);
    let correction = made.in_case(CASE, "correction", "2026-09-02 09:00", json!({}));
    made.link(correction, Relation::Corrects, 1);
    made.0[3].marks.stale = vec![Index(5)];
    let row = made.only_row("dpias", "2026-09-02");
    row.says(&[("stale", "entry 5"), ("state", "stale")]);
    assert_eq!(
        row.row.marks,
        [
            "entry 1: corrected by entry 5",
            "entry 3: stale: what it rests on was corrected by entry 5"
        ]
    );
}

#[test]
fn what_lacks_a_signature_or_stands_under_an_exception_is_not_called_approved() {
    let mut made = assessed();
    made.0[3].marks.lacks = vec!["missing: the DPO's advice on this exact content".to_owned()];
    let row = made.only_row("dpias", "2026-09-01");
    assert_eq!(row.at("state"), "incomplete");
    assert_eq!(
        row.row.marks,
        ["entry 3: incomplete: missing: the DPO's advice on this exact content"]
    );
    made.0[3].marks.by_exception = true;
    assert_eq!(made.only_row("dpias", "2026-09-01").at("state"), "by-exception");
    // A refusal by whoever may not refuse, too.
    made.0[3].decision = Some("refused");
    assert_eq!(made.only_row("dpias", "2026-09-01").at("state"), "by-exception");
    made.0[3].marks = Marks::default();
    made.only_row("dpias", "2026-09-01").says(&[("state", "refused"), ("review", "")]);
}

/// Else whoever may not decide takes away what the controller decided, and its review with it.
#[test]
fn what_does_not_count_hides_no_approval() {
    let mut made = assessed();
    let refusal = made.in_case(CASE, "dpia-approval", "2026-04-01 09:00", json!({}));
    made.0[refusal].decision = Some("refused");
    made.0[refusal].marks.by_exception = true;
    let says = [("decision", "approved"), ("review", "2027-03-01"), ("state", "approved")];
    made.only_row("dpias", "2026-09-01").says(&says);
    made.link(refusal, Relation::Corrects, 3);
    made.only_row("dpias", "2026-09-01").says(&says);
    // Signed before the approval, and entered after it.
    made.0[refusal].marks = Marks::default();
    made.0[refusal].links.clear();
    made.0[refusal].is_statement = true;
    made.0[refusal].time = made.0[3].time - 60;
    made.only_row("dpias", "2026-09-01").says(&says);
    // In the same second it isn't before it.
    for later in [0, 60] {
        made.0[refusal].time = made.0[3].time + later;
        made.only_row("dpias", "2026-09-01").says(&[("review", ""), ("state", "refused")]);
    }
}

/// Else the register tells a later day than falls due, or one that is over.
#[test]
fn the_review_is_the_one_that_falls_due() {
    let mut made = assessed();
    made.0[3].answers.set("review-date", crate::format::cbor::Value::text("2029-03-01"));
    let at = |made: &Made, day: &str, review: &str, state: &str| {
        made.only_row("dpias", day).says(&[("review", review), ("state", state)]);
    };
    at(&made, "2026-09-01", "2027-03-10", "approved");
    at(&made, "2027-03-11", "2027-03-10", "review-overdue");
    let stopped = json!({"reviewed": "2027-03-12", "outcome": "stopped"});
    made.in_case(CASE, "dpia-review", "2027-03-12 09:00", stopped);
    at(&made, "2027-03-12", "", "stopped");
    made.in_case(CASE, "dpia", "2027-03-13 09:00", json!({}));
    at(&made, "2027-03-13", "2027-09-13", "stale");
}

#[test]
fn a_screening_alone_says_whether_a_dpia_is_needed() {
    let mut made = Made::default();
    let answers = json!({"initiative": "Poster", "outcome": "proceed", "dpia-required": false});
    made.in_case(CASE, "dpia-screening", "2026-03-01 09:00", answers);
    // Advice on another matter makes no row of its own.
    made.in_case("other-2026-001", "dpo-advice", "2026-03-01 09:00", json!({}));
    let row = made.only_row("dpias", "2026-09-01");
    row.says(&[("required", "no"), ("state", "no-dpia-required"), ("screened", "2026-03-01")]);
}

#[test]
fn overruled_advice_is_listed_whether_or_not_the_decision_says_so() {
    let mut made = assessed();
    let row = made.only_row("overruled-advice", "2026-09-01");
    assert_eq!(row.entries(), [2, 3]);
    row.says(&[
        ("advice", "restrict"),
        ("concerns", "Chat is open."),
        ("decision", "approved"),
        ("overruled-by", "Hannah Price"),
        ("reasons", "Chat is needed."),
        ("state", "said-with-reasons"),
    ]);
    made.0[3].answers.set("overruled-reasons", crate::format::cbor::Value::Null);
    let row = made.only_row("overruled-advice", "2026-09-01");
    assert_eq!(row.at("state"), "said-without-reasons-or-name");
    made.0[3].answers.set("advice-followed", crate::format::cbor::Value::Bool(true));
    assert_eq!(made.only_row("overruled-advice", "2026-09-01").at("state"), "not-said");
    // With conditions it may be just what was advised.
    made.0[3].decision = Some("approved-with-conditions");
    assert_eq!(made.rows("overruled-advice", "2026-09-01").len(), 0);
    made.erase(2);
    made.0[3].decision = Some("approved");
    assert_eq!(made.rows("overruled-advice", "2026-09-01").len(), 0);
}

#[test]
fn advice_on_other_content_overrules_nothing_and_late_advice_says_so() {
    let mut made = assessed();
    made.0[3].answers.set("advice-followed", crate::format::cbor::Value::Null);
    made.0[2].links.clear();
    assert_eq!(made.rows("overruled-advice", "2026-09-01").len(), 0);
    let late = json!({"recommendation": "do-not-proceed"});
    let late = made.in_case(CASE, "dpo-advice", "2026-04-01 09:00", late);
    made.link(late, Relation::Advises, 1);
    assert_eq!(made.only_row("overruled-advice", "2026-09-01").at("state"), "advised-afterwards");
    // The same file is the same content.
    made.0[late].links.clear();
    for (at, name) in [(3, "a.pdf"), (late, "b.pdf")] {
        use crate::format::cbor::Value;
        let file = Value::map([("name", Value::text(name)), ("sha256", Value::bytes(vec![7; 32]))]);
        made.0[at].answers.set("documents", Value::Array(vec![file]));
    }
    assert_eq!(made.rows("overruled-advice", "2026-09-01").len(), 1);
}

#[test]
fn a_screening_tells_whether_anything_may_proceed() {
    for (outcome, review, state) in [
        ("do-not-proceed", "2026-12-01", "not-to-proceed"),
        ("do-not-proceed", "2026-03-01", "not-to-proceed"),
        ("proceed", "2026-12-01", "no-dpia-required"),
        ("proceed", "2026-09-01", "no-dpia-required"),
        ("proceed", "2026-08-31", "review-overdue"),
        ("proceed-with-dpia", "2026-12-01", "not-decided"),
    ] {
        let mut made = Made::default();
        let answers = json!({ "outcome": outcome, "review-date": review });
        made.in_case(CASE, "dpia-screening", "2026-02-27 09:00", answers);
        assert_eq!(made.only_row("dpias", "2026-09-01").at("state"), state, "{outcome} {review}");
    }
}

#[test]
fn whether_erased_answers_said_so_is_not_known() {
    let mut made = assessed();
    made.erase(3);
    assert_eq!(made.only_row("overruled-advice", "2026-09-01").at("state"), "not-known");
}

/// Somebody who may not advise calls the record "advice": the program takes it, and says so.
#[test]
fn advice_by_whoever_may_not_give_it_is_not_the_data_protection_officers() {
    let mut made = assessed();
    let other = json!({"recommendation": "proceed"});
    let other = made.in_case(CASE, "dpo-advice", "2026-03-13 09:00", other);
    made.link(other, Relation::Advises, 1);
    made.0[other].marks.lacks = vec!["signed as Caretaker, a role that may not sign this".into()];
    made.only_row("dpias", "2026-09-01").says(&[("advice", "restrict")]);
    let row = made.only_row("overruled-advice", "2026-09-01");
    row.says(&[("advice", "restrict"), ("state", "said-with-reasons")]);
    made.0[3].answers.set("advice-followed", crate::format::cbor::Value::Null);
    made.only_row("overruled-advice", "2026-09-01").says(&[("state", "not-said")]);
    // Nothing was advised, then.
    made.0.swap_remove(2);
    assert_eq!(made.rows("overruled-advice", "2026-09-01").len(), 0);
    made.only_row("dpias", "2026-09-01").says(&[("advice", ""), ("advised-by", "")]);
}

#[test]
fn what_was_overruled_stays_so_whatever_is_advised_afterwards() {
    let mut made = assessed();
    made.0[3].answers.set("advice-followed", crate::format::cbor::Value::Null);
    let later = json!({"recommendation": "proceed"});
    let later = made.in_case(CASE, "dpo-advice", "2026-04-01 09:00", later);
    made.link(later, Relation::Advises, 1);
    let row = made.only_row("overruled-advice", "2026-09-01");
    row.says(&[("advice", "restrict"), ("state", "not-said")]);
    let worse = crate::format::cbor::Value::text("do-not-proceed");
    made.0[later].answers.set("recommendation", worse.clone());
    let row = made.only_row("overruled-advice", "2026-09-01");
    row.says(&[("advice", "restrict"), ("state", "not-said")]);
    // A decision that followed what was advised, and doesn't follow what is advised afterwards.
    made.0[2].answers.set("recommendation", crate::format::cbor::Value::text("proceed"));
    made.0[later].answers.set("recommendation", worse);
    let row = made.only_row("overruled-advice", "2026-09-01");
    row.says(&[("advice", "do-not-proceed"), ("state", "advised-afterwards")]);
    // One that says that it doesn't follow the advice speaks of what was there.
    let mut made = assessed();
    made.0[3].decision = Some("approved-with-conditions");
    let later = json!({"recommendation": "proceed"});
    let later = made.in_case(CASE, "dpo-advice", "2026-04-01 09:00", later);
    made.link(later, Relation::Advises, 1);
    let row = made.only_row("overruled-advice", "2026-09-01");
    row.says(&[("advice", "restrict"), ("state", "said-with-reasons")]);
}

/// The answer that names a file by a hash of these bytes.
fn file(byte: u8) -> crate::format::cbor::Value {
    use crate::format::cbor::Value;
    let file =
        Value::map([("name", Value::text("a.pdf")), ("sha256", Value::bytes(vec![byte; 32]))]);
    Value::Array(vec![file])
}

/// A DPIA whose file was advised on and approved as it is, with no link.
fn on_files() -> Made {
    let mut made = assessed();
    for signature in [2, 3] {
        made.0[signature].links.clear();
    }
    for at in [1, 2, 3] {
        made.0[at].answers.set("documents", file(7));
    }
    made
}

/// Else a DPIA whose file was replaced stays approved, and an inspector is told so.
#[test]
fn an_approval_of_a_file_counts_while_the_dpia_names_that_file() {
    let mut made = on_files();
    let row = made.only_row("dpias", "2026-09-01");
    row.says(&[("stale", ""), ("state", "approved")]);
    assert_eq!(row.row.marks, [""; 0]);
    let anew = made.in_case(CASE, "dpia", "2026-09-02 09:00", json!({"initiative": "App"}));
    made.link(anew, Relation::Corrects, 1);
    for files in [file(8), crate::format::cbor::Value::Null] {
        made.0[anew].answers.set("documents", files);
        let row = made.only_row("dpias", "2026-09-02");
        row.says(&[("decision", "approved"), ("stale", "entry 4"), ("state", "stale")]);
        assert_eq!(
            row.row.marks,
            [
                "entry 1: corrected by entry 4",
                "entry 2: stale: it is on other content than the DPIA that stands, entry 4",
                "entry 3: stale: it is on other content than the DPIA that stands, entry 4",
            ]
        );
    }
    // An approval that lacks a signature has not been one.
    made.0[3].marks.lacks = vec!["missing: the DPO's advice on this exact content".to_owned()];
    made.only_row("dpias", "2026-09-02").says(&[("stale", "entry 4"), ("state", "incomplete")]);
    made.0[3].marks = Marks::default();
    // The same file is the same content, whatever else was corrected.
    made.0[anew].answers.set("documents", file(7));
    made.only_row("dpias", "2026-09-02").says(&[("stale", ""), ("state", "approved")]);
    // Advised on and approved anew.
    made.0[anew].answers.set("documents", file(8));
    let advice = json!({"recommendation": "proceed"});
    let advice = made.in_case(CASE, "dpo-advice", "2026-09-03 09:00", advice);
    let approval = made.in_case(CASE, "dpia-approval", "2026-09-04 09:00", json!({}));
    made.0[approval].decision = Some("approved-with-conditions");
    for at in [advice, approval] {
        made.0[at].answers.set("documents", file(8));
    }
    // What is signed on the old file afterwards takes nothing of that away.
    let wrong = made.in_case(CASE, "dpo-advice", "2026-09-05 09:00", json!({}));
    made.0[wrong].answers.set("recommendation", super::value(json!("do-not-proceed")));
    made.0[wrong].answers.set("documents", file(7));
    made.only_row("dpias", "2026-09-05").says(&[
        ("advice", "proceed"),
        ("decision", "approved-with-conditions"),
        ("stale", ""),
        ("state", "approved"),
    ]);
}

/// Else a refusal of the old file closes a case that nobody has decided.
#[test]
fn a_refusal_of_a_file_that_was_replaced_refuses_nothing() {
    let mut made = on_files();
    made.0[3].decision = Some("refused");
    made.only_row("dpias", "2026-09-01").says(&[("state", "refused")]);
    let anew = made.in_case(CASE, "dpia", "2026-09-02 09:00", json!({}));
    made.link(anew, Relation::Corrects, 1);
    made.0[anew].answers.set("documents", file(8));
    made.only_row("dpias", "2026-09-02").says(&[("state", "stale")]);
}

/// Else nobody sees when what was approved without a DPIA is to be looked at again.
#[test]
fn without_a_dpia_the_newest_record_says_when_it_is_looked_at_again() {
    let mut made = Made::default();
    let says = |made: &Made, day: &str, review: &str, state: &str| {
        made.only_row("dpias", day).says(&[("review", review), ("state", state)]);
    };
    let no = json!({"outcome": "do-not-proceed", "review-date": "2026-12-01"});
    let no = made.in_case(CASE, "dpia-screening", "2026-02-27 09:00", no);
    says(&made, "2026-09-01", "2026-12-01", "not-to-proceed");
    made.0[no].kind = "dpia-approval".to_owned();
    made.0[no].decision = Some("approved");
    says(&made, "2026-12-01", "2026-12-01", "approved");
    says(&made, "2026-12-02", "2026-12-01", "review-overdue");
    let review = |made: &mut Made, day: &str, next: &str| {
        let answers = json!({"outcome": "no-change", "next-review": next});
        made.in_case(CASE, "dpia-review", day, answers)
    };
    let slip = review(&mut made, "2026-12-02 09:00", "2029-06-01");
    says(&made, "2026-12-02", "2029-06-01", "approved");
    // One that was corrected says nothing, though the correction names no day.
    let mended = made.in_case(CASE, "dpia-review", "2026-12-03 09:00", json!({}));
    made.link(mended, Relation::Corrects, slip);
    says(&made, "2026-12-03", "2026-12-01", "review-overdue");
}
