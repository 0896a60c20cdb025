use super::*;

const CASE: &str = "breach-2026-001";

fn reported() -> Records {
    let mut records = Records::default();
    let aware = moment("2026-03-28T14:00:00Z");
    records.within(CASE, "breach-report", "2026-03-28", &[("aware", Value::Int(aware))]);
    records
}

fn told(records: &mut Records, whom: &str, at: &str) {
    let signed = &at[..10];
    let answers = [("whom", texts(&[whom])), ("told-at", Value::Int(moment(at)))];
    records.within(CASE, "breach-told", signed, &answers);
}

#[test]
fn the_clock_runs_over_the_change_of_the_clocks_until_the_regulator_is_told() {
    let mut records = reported();
    let end = When::Moment(moment("2026-03-31T14:00:00Z"));
    let due = records.one("2026-03-30", "breach-72h");
    assert_eq!((due.when, due.state), (end, State::Open));
    assert_eq!(due.source, crate::book::rules::rule("breach-72h").expect("a rule").source);
    assert_eq!(records.one("2026-04-01", "breach-72h").state, State::Overdue);
    told(&mut records, "police", "2026-03-29T09:00:00Z");
    assert_eq!(records.one("2026-03-30", "breach-72h").state, State::Open);
    told(&mut records, "regulator", "2026-03-31T14:00:01Z");
    let due = records.one("2026-04-01", "breach-72h");
    assert_eq!(due.state, State::Met { on: When::Moment(moment("2026-03-31T14:00:01Z")) });
    assert!(due.is_late(), "a second too late");
    // What was notified late isn't made good by deciding afterwards that it need not have been.
    let no = [("notify-regulator", Value::Bool(false)), ("risk", text("unlikely"))];
    records.within(CASE, "breach-decision", "2026-04-02", &no);
    assert!(records.one("2026-04-03", "breach-72h").is_late());
}

#[test]
fn a_decision_not_to_notify_ends_it_and_is_never_late() {
    let mut records = reported();
    let no = [("notify-regulator", Value::Bool(false)), ("risk", text("unlikely"))];
    records.within(CASE, "breach-decision", "2026-04-02", &no);
    let due = records.one("2026-04-03", "breach-72h");
    assert!(matches!(due.state, State::Met { .. }) && !due.is_late(), "{due:#?}");
    assert!(worked(due.legal.as_ref()).1.contains("entry 1 decides"));
    // Decided again when more is known.
    let yes = [("notify-regulator", Value::Bool(true)), ("risk", text("likely"))];
    records.within(CASE, "breach-decision", "2026-04-03", &yes);
    assert_eq!(records.one("2026-04-04", "breach-72h").state, State::Overdue);
}

#[test]
fn an_old_breach_that_was_imported_is_history_until_somebody_takes_it_up() {
    let mut records = reported();
    records.0[0].marks.imported = true;
    assert_eq!(records.one("2026-04-01", "breach-72h").state, State::Overdue);
    records.0[0].time = moment("2026-04-01T12:00:00Z");
    records.within(CASE, "breach-report", "2026-04-01", &[]);
    let due = records.one("2026-04-02", "breach-72h");
    assert_eq!((due.state, due.is_late()), (State::Imported, false));
    let said = imported(&records.due("2026-04-02"));
    assert!(said.is_some_and(|said| said.starts_with("1 imported case has no end on record")));
    let yes = [("notify-regulator", Value::Bool(true)), ("risk", text("likely"))];
    let decided = records.within(CASE, "breach-decision", "2026-04-03", &yes);
    assert_eq!(records.one("2026-04-04", "breach-72h").state, State::Overdue);
    records.0.remove(decided);
    told(&mut records, "regulator", "2026-03-30T14:00:00Z");
    assert!(matches!(records.one("2026-04-04", "breach-72h").state, State::Met { .. }));
}

/// Else the caretaker could stop the 72 hours in which the regulator has to be notified.
#[test]
fn only_a_decision_by_somebody_who_may_decide_ends_it() {
    let mut records = reported();
    let no = [("notify-regulator", Value::Bool(false)), ("risk", text("high"))];
    let decided = records.within(CASE, "breach-decision", "2026-03-29", &no);
    records.0[decided].marks.lacks = vec!["signed as CCTV caretaker".to_owned()];
    assert_eq!(records.one("2026-03-30", "breach-72h").state, State::Open);
    records.none("2026-03-30", "breach-people");
    records.0[decided].marks = Marks { by_exception: true, ..Marks::default() };
    assert_eq!(records.one("2026-04-01", "breach-72h").state, State::Overdue);
    records.none("2026-04-01", "breach-people");
    // It hides no decision that counts; and ratified, it counts itself.
    let mut records = reported();
    let yes = [("notify-regulator", Value::Bool(true)), ("risk", text("high"))];
    records.within(CASE, "breach-decision", "2026-03-28", &yes);
    let later = records.within(CASE, "breach-decision", "2026-03-29", &no);
    records.0[later].marks.by_exception = true;
    assert_eq!(records.one("2026-04-01", "breach-72h").state, State::Overdue);
    assert_eq!(records.one("2026-04-01", "breach-people").entry, Index(1));
    records.0[later].marks.by_exception = false;
    assert!(matches!(records.one("2026-04-01", "breach-72h").state, State::Met { .. }));
}

/// Else whoever may not decide takes a decision away by correcting it, or by an older signature.
#[test]
fn only_what_counts_and_came_later_takes_the_place_of_a_decision() {
    let no = [("notify-regulator", Value::Bool(false)), ("tell-people", text("no"))];
    let yes = [("notify-regulator", Value::Bool(false)), ("tell-people", text("yes"))];
    let mut records = reported();
    records.within(CASE, "breach-decision", "2026-03-28", &yes);
    let later = records.within(CASE, "breach-decision", "2026-03-29", &no);
    records.link(later, Relation::Corrects, 1);
    records.0[later].marks.lacks = vec!["signed as Administrator".to_owned()];
    assert_eq!(records.one("2026-04-01", "breach-people").entry, Index(1));
    assert!(matches!(records.one("2026-04-01", "breach-72h").state, State::Met { .. }));
    records.0[later].marks.lacks.clear();
    records.none("2026-04-01", "breach-people");
    // Signed before the decision in the book, and entered after it.
    records.0[later].links.clear();
    records.0[later].is_statement = true;
    records.0[later].time = records.0[1].time - 60;
    assert_eq!(records.one("2026-04-01", "breach-people").entry, Index(1));
}

/// Else what a retention rule erased of a closed breach is told as a broken limit.
#[test]
fn what_was_erased_of_a_closed_breach_is_owed_no_more() {
    let mut records = reported();
    told(&mut records, "regulator", "2026-03-29T09:00:00Z");
    let yes = [("notify-regulator", Value::Bool(true)), ("tell-people", text("no"))];
    records.within(CASE, "breach-decision", "2026-03-30", &yes);
    records.erase(1);
    let due = records.one("2026-04-04", "breach-72h");
    assert_eq!(due.state, State::Overdue);
    assert!(worked(due.legal.as_ref()).1.contains("entry 1 was erased"));
    records.within(CASE, "breach-review", "2026-04-03", &[("outcome", text("closed"))]);
    records.none("2026-04-04", "breach-72h");
    // The same of the people concerned; what was never told is still owed.
    for (erased, closed, owed) in
        [(true, true, false), (true, false, true), (false, true, true), (false, false, true)]
    {
        let mut records = reported();
        let yes = [("notify-regulator", Value::Bool(false)), ("tell-people", text("yes"))];
        records.within(CASE, "breach-decision", "2026-03-30", &yes);
        if erased {
            told(&mut records, "people-concerned", "2026-03-31T09:00:00Z");
            records.erase(2);
        }
        if closed {
            records.within(CASE, "breach-review", "2026-04-03", &[("outcome", text("closed"))]);
        }
        if owed {
            assert_eq!(records.one("2026-04-04", "breach-people").state, State::Open);
        } else {
            records.none("2026-04-04", "breach-people");
        }
    }
}

/// A letter to the regulator may be about anything; where it is all there is, it is named.
#[test]
fn a_letter_to_the_regulator_is_no_notification() {
    let mut records = reported();
    let letter = |direction| [("direction", text(direction))];
    records.within(CASE, "regulator-contact", "2026-03-28", &letter("from-regulator"));
    let named = |records: &Records| {
        let due = records.one("2026-03-30", "breach-72h");
        assert_eq!(due.state, State::Open);
        worked(due.legal.as_ref()).1.contains("is a letter to the regulator")
    };
    assert!(!named(&records));
    records.within(CASE, "regulator-contact", "2026-03-29", &letter("to-regulator"));
    assert!(named(&records));
    told(&mut records, "regulator", "2026-03-29T09:00:00Z");
    let due = records.one("2026-03-30", "breach-72h");
    assert!(matches!(due.state, State::Met { .. }));
    assert!(!worked(due.legal.as_ref()).1.contains("letter"));
}

#[test]
fn several_reports_of_one_breach_count_from_the_earliest_awareness() {
    let mut records = reported();
    let earlier = moment("2026-03-28T08:00:00Z");
    records.within(CASE, "breach-report", "2026-03-29", &[("aware", Value::Int(earlier))]);
    let due = records.one("2026-03-30", "breach-72h");
    assert_eq!(due.when, When::Moment(earlier + 259_200));
    let other = moment("2026-03-29T08:00:00Z");
    records.within(
        "breach-2026-002",
        "breach-report",
        "2026-03-29",
        &[("aware", Value::Int(other))],
    );
    let found = records.due("2026-03-30");
    assert_eq!(found.iter().filter(|due| due.rule == "breach-72h").count(), 2);
}

#[test]
fn a_stricter_policy_stands_beside_the_law() {
    let mut records = reported();
    let target =
        group(&[("rule", text("breach-72h")), ("number", Value::Int(24)), ("unit", text("hours"))]);
    records.add(
        "policy",
        "2026-01-10",
        &[("implemented", text("2026-01-10")), ("targets", Value::Array(vec![target]))],
    );
    let due = records.one("2026-03-30", "breach-72h");
    assert_eq!(due.when, When::Moment(moment("2026-03-31T14:00:00Z")));
    assert_eq!(worked(due.target.as_ref()).0, When::Moment(moment("2026-03-29T14:00:00Z")));
    assert_eq!(due.state, State::Open);
    assert!(due.missed_target(moment("2026-03-30T12:00:00Z")));
    assert!(!due.missed_target(moment("2026-03-29T13:00:00Z")));
}

#[test]
fn people_are_told_without_delay_and_never_overdue_by_itself() {
    let mut records = reported();
    records.none("2026-03-30", "breach-people");
    let yes = [("tell-people", text("yes")), ("risk", text("high"))];
    records.within(CASE, "breach-decision", "2026-03-30", &yes);
    let due = records.one("2026-06-01", "breach-people");
    assert_eq!(due.when, When::Moment(moment("2026-03-30T12:00:00Z")));
    assert_eq!((due.state, due.limit()), (State::Open, When::NotKnown));
    told(&mut records, "people-concerned", "2026-06-02T12:00:00Z");
    let due = records.one("2026-06-03", "breach-people");
    assert!(matches!(due.state, State::Met { .. }) && !due.is_late());
    let exempt = [("tell-people", text("exempt")), ("risk", text("high"))];
    records.within(CASE, "breach-decision", "2026-06-04", &exempt);
    records.none("2026-06-05", "breach-people");
}

#[test]
fn a_breach_outside_any_case_has_its_own_clock() {
    let mut records = Records::default();
    let aware = moment("2026-10-01T09:00:00Z");
    let report = records.add("breach-report", "2026-10-01", &[("aware", Value::Int(aware))]);
    assert_eq!(records.one("2026-10-02", "breach-72h").state, State::Open);
    let answers = [("whom", texts(&["regulator"])), ("told-at", Value::Int(aware + 60))];
    let told = records.add("breach-told", "2026-10-01", &answers);
    records.link(told, Relation::About, report);
    assert!(matches!(records.one("2026-10-05", "breach-72h").state, State::Met { .. }));
    records.0.remove(told);
    let no = [("notify-regulator", Value::Bool(false)), ("tell-people", text("yes"))];
    let decided = records.add("breach-decision", "2026-10-02", &no);
    assert_eq!(records.one("2026-10-05", "breach-72h").state, State::Overdue, "of another breach");
    records.link(decided, Relation::Decides, report);
    assert!(matches!(records.one("2026-10-05", "breach-72h").state, State::Met { .. }));
    assert_eq!(records.one("2026-10-05", "breach-people").state, State::Open);
}

#[test]
fn a_high_risk_is_told_to_people_unless_the_decision_says_otherwise() {
    for (tell, risk, owed) in [
        (None, "high", true),
        (None, "likely", false),
        (Some("yes"), "likely", true),
        (Some("no"), "high", false),
    ] {
        let mut records = reported();
        let mut answers = vec![("risk", text(risk))];
        answers.extend(tell.map(|word| ("tell-people", text(word))));
        records.within(CASE, "breach-decision", "2026-03-30", &answers);
        if owed {
            records.one("2026-03-31", "breach-people");
        } else {
            records.none("2026-03-31", "breach-people");
        }
    }
}
