use super::*;

const CASE: &str = "request-2026-001";

fn requested(kind: &str, received: &str) -> Records {
    let mut records = Records::default();
    let answers = [
        ("type", text(kind)),
        ("received", text(received)),
        ("requester", text("parent")),
        ("written", Value::Bool(true)),
    ];
    records.within(CASE, "request", received, &answers);
    records
}

fn step(records: &mut Records, name: &str, done: &str) -> usize {
    records.within(CASE, "request-step", done, &[("step", text(name)), ("done", text(done))])
}

fn answer(records: &mut Records, answered: &str) {
    let answers = [("answered", text(answered)), ("outcome", text("granted"))];
    let index = records.within(CASE, "request-answer", answered, &answers);
    records.link(index, Relation::Answers, 0);
}

#[test]
fn limit_and_targets_stand_side_by_side() {
    let records = requested("subject-access", "2026-01-31");
    let due = records.one("2026-02-10", "sar-answer");
    assert_eq!(due.title, "Answer the request for access");
    assert_eq!((due.rule, due.when, due.state), ("sar-month", on("2026-03-02"), State::Open));
    assert_eq!(
        worked(due.legal.as_ref()).1,
        "received 31 January 2026; no 31 February, so 28 February; a Saturday, so Monday 2 March \
         2026"
    );
    let (target, words) = worked(due.target.as_ref());
    assert_eq!(target, on("2026-02-15"));
    assert!(words.contains("15 days, by default"), "{words}");
    assert_eq!(records.one("2026-02-10", "sar-acknowledge").when, on("2026-02-15"));
    assert_eq!(records.one("2026-02-10", "sar-internal").when, on("2026-02-28"));
    assert_eq!(records.one("2026-03-02", "sar-answer").state, State::Open, "the day itself");
    assert_eq!(records.one("2026-03-03", "sar-answer").state, State::Overdue);
}

/// Nobody can tell from the book whether it was answered before it came here.
#[test]
fn what_had_passed_before_it_was_imported_is_history() {
    let imported = |signed: &str| {
        let mut records = requested("erasure", "2026-01-31");
        records.0[0].time = moment(&format!("{signed}T12:00:00Z"));
        records.0[0].marks.imported = true;
        records
    };
    let mut records = imported("2026-03-03");
    for rule in ["sar-answer", "sar-acknowledge", "sar-internal"] {
        let due = records.one("2026-06-01", rule);
        assert_eq!((due.state, due.is_late()), (State::Imported, false), "{rule}");
        assert!(!due.missed_target(moment("2026-06-01T12:00:00Z")) && !due.state.is_to_do());
    }
    assert_eq!(
        imported_words(&records).as_deref(),
        Some("1 imported case has no end on record; the limit had passed before the import.")
    );
    // The limit's own day is not before the import; and what was signed here is no history.
    let due = imported("2026-03-02").one("2026-06-01", "sar-answer");
    assert_eq!(due.state, State::Overdue);
    assert_eq!(imported_words(&imported("2026-03-02")), None);
    let mut signed = imported("2026-03-03");
    signed.0[0].marks.imported = false;
    assert_eq!(signed.one("2026-06-01", "sar-answer").state, State::Overdue);
    answer(&mut records, "2026-02-20");
    assert_eq!(records.one("2026-06-01", "sar-answer").state, met("2026-02-20"));
    assert_eq!(imported_words(&records), None);
}

fn imported_words(records: &Records) -> Option<String> {
    imported(&records.due("2026-06-01"))
}

#[test]
fn an_answer_meets_the_limit_by_its_own_day() {
    let mut records = requested("erasure", "2026-01-31");
    answer(&mut records, "2026-03-03");
    let due = records.one("2026-06-01", "sar-answer");
    assert_eq!(due.state, met("2026-03-03"));
    assert!(due.is_late());
    let acknowledged = records.one("2026-06-01", "sar-acknowledge");
    assert_eq!(acknowledged.state, met("2026-03-03"), "an answer acknowledges, too");
    let mut records = requested("erasure", "2026-01-31");
    step(&mut records, "acknowledged", "2026-02-03");
    answer(&mut records, "2026-03-02");
    assert!(!records.one("2026-06-01", "sar-answer").is_late());
    assert_eq!(records.one("2026-06-01", "sar-acknowledge").state, met("2026-02-03"));
}

/// Else a slip in the day of the answer takes the limit out of the list while nobody has answered.
#[test]
fn an_answer_meets_the_limit_on_its_day_and_not_before() {
    let mut records = requested("erasure", "2026-01-31");
    answer(&mut records, "2026-03-20");
    records.0[1].time = moment("2026-02-20T12:00:00Z");
    for rule in ["sar-answer", "sar-acknowledge", "sar-internal"] {
        assert!(records.one("2026-02-25", rule).state.is_to_do(), "{rule}");
    }
    assert_eq!(records.one("2026-02-25", "sar-answer").state, State::Open);
    assert_eq!(records.one("2026-03-19", "sar-answer").state, State::Overdue);
    assert_eq!(records.one("2026-03-20", "sar-answer").state, met("2026-03-20"));
}

/// Else a supplement that is announced makes a request overdue that was answered in time.
#[test]
fn a_supplement_still_to_come_takes_no_answers_place() {
    let mut records = requested("erasure", "2026-01-31");
    answer(&mut records, "2026-02-10");
    answer(&mut records, "2026-03-20");
    records.link(2, Relation::Continues, 1);
    records.0[2].time = moment("2026-02-20T12:00:00Z");
    assert_eq!(records.one("2026-03-10", "sar-answer").state, met("2026-02-10"));
}

/// Else the day of a slip is counted, and a late answer is called in time.
#[test]
fn an_answer_that_continues_another_meets_the_limit_by_its_own_day() {
    let mut records = requested("erasure", "2026-01-31");
    answer(&mut records, "2026-02-10");
    answer(&mut records, "2026-03-20");
    assert!(!records.one("2026-04-01", "sar-answer").is_late(), "more came out afterwards");
    records.link(2, Relation::Continues, 1);
    let due = records.one("2026-04-01", "sar-answer");
    assert_eq!((due.state, due.is_late()), (met("2026-03-20"), true));
    // The first is recorded anew as what goes on from the other: the later record stands.
    answer(&mut records, "2026-02-11");
    records.link(3, Relation::Corrects, 1);
    records.link(3, Relation::Continues, 2);
    assert_eq!(records.one("2026-04-01", "sar-answer").state, met("2026-02-11"));
    records.0[3].answers.set("answered", text("2026-03-25"));
    assert_eq!(records.one("2026-04-01", "sar-answer").state, met("2026-03-25"));
    // A slip mended in the first leaves the other to go on from it.
    records.0[3].answers.set("answered", text("2026-02-11"));
    records.0[3].links.pop();
    assert_eq!(records.one("2026-04-01", "sar-answer").state, met("2026-03-20"));
}

#[test]
fn identity_moves_the_start_and_a_question_pauses_the_clock() {
    let mut records = requested("subject-access", "2026-03-02");
    step(&mut records, "identity-asked", "2026-03-03");
    assert_eq!(records.one("2026-03-05", "sar-answer").when, When::NotKnown);
    step(&mut records, "identity-received", "2026-03-12");
    assert_eq!(records.one("2026-03-12", "sar-answer").when, on("2026-04-13"));
    step(&mut records, "clarification-asked", "2026-03-16");
    let due = records.one("2026-05-20", "sar-answer");
    assert_eq!((due.when, due.state), (When::NotKnown, State::Open), "it stands still");
    step(&mut records, "clarification-answered", "2026-03-18");
    assert_eq!(records.one("2026-03-19", "sar-answer").when, on("2026-04-15"));
    extend(&mut records, "2026-04-15", Some(true));
    let due = records.one("2026-04-16", "sar-answer");
    assert_eq!((due.rule, due.when), ("sar-extend", on("2026-06-15")));
    assert_eq!(due.uid, records.one("2026-03-12", "sar-answer").uid, "calendars keep the event");
}

fn extend(records: &mut Records, done: &str, told: Option<bool>) {
    let step = step(records, "extended", done);
    if let Some(told) = told {
        records.0[step].answers.set("subject-told", Value::Bool(told));
    }
}

/// Else whoever asked waits two months longer without ever having heard why.
#[test]
fn an_extension_of_which_nobody_was_told_extends_nothing() {
    let extended = |told| {
        let mut records = requested("subject-access", "2026-10-20");
        extend(&mut records, "2026-11-10", told);
        records
    };
    let due = extended(Some(true)).one("2026-11-11", "sar-answer");
    assert_eq!((due.rule, due.when), ("sar-extend", on("2027-01-20")));
    assert!(
        worked(due.legal.as_ref()).1.ends_with("was told on 10 November 2026, within the month")
    );
    let mut records = extended(Some(false));
    let due = records.one("2026-11-11", "sar-answer");
    assert_eq!((due.rule, due.when), ("sar-month", on("2026-11-20")));
    // Whether they were told is not answered: it counts, and nothing says that they were.
    let due = extended(None).one("2026-11-11", "sar-answer");
    assert_eq!((due.rule, due.when), ("sar-extend", on("2027-01-20")));
    let words = worked(due.legal.as_ref()).1.to_owned();
    assert!(words.contains("extended on 10 November 2026") && words.ends_with("isn't on record"));
    assert!(!words.contains("extension was told"), "{words}");
    // Told after all, in time, and too late.
    extend(&mut records, "2026-11-18", Some(true));
    assert_eq!(records.one("2026-11-19", "sar-answer").when, on("2027-01-20"));
    let mut records = extended(None);
    extend(&mut records, "2026-11-23", Some(true));
    assert_eq!(records.one("2026-11-24", "sar-answer").when, on("2026-11-20"));
}

#[test]
fn an_authority_that_was_asked_for_at_once_is_awaited() {
    let mut records = Records::default();
    let answers = [
        ("type", text("subject-access")),
        ("received", text("2026-03-02")),
        ("authority", text("asked")),
    ];
    records.within(CASE, "request", "2026-03-02", &answers);
    assert_eq!(records.one("2026-03-05", "sar-answer").when, When::NotKnown);
    step(&mut records, "authority-received", "2026-03-09");
    assert_eq!(records.one("2026-03-09", "sar-answer").when, on("2026-04-09"));
}

#[test]
fn proof_that_nobody_asked_for_moves_nothing() {
    let mut records = requested("subject-access", "2026-03-02");
    step(&mut records, "identity-received", "2026-03-12");
    assert_eq!(records.one("2026-03-12", "sar-answer").when, on("2026-04-02"));
}

#[test]
fn a_question_pauses_requests_for_access_alone() {
    let mut records = requested("rectification", "2026-03-02");
    step(&mut records, "clarification-asked", "2026-03-03");
    assert_eq!(records.one("2026-03-12", "sar-answer").when, on("2026-04-02"));
}

#[test]
fn an_educational_record_runs_in_school_days_where_the_right_is() {
    let mut records = requested("educational-record", "2026-10-16");
    let without = records.one("2026-10-20", "sar-answer");
    assert_eq!((without.rule, without.when), ("edu-record", When::NotKnown));
    assert!(worked(without.legal.as_ref()).1.ends_with("cannot be computed: no term calendar"));
    let span = |from, to| group(&[("from", text(from)), ("to", text(to))]);
    let terms =
        Value::Array(vec![span("2026-09-02", "2026-12-18"), span("2027-01-04", "2027-07-21")]);
    let closures = Value::Array(vec![span("2026-10-26", "2026-10-30")]);
    records.add(
        "calendar",
        "2026-10-17",
        &[("school-year", text("2026/27")), ("terms", terms), ("closures", closures)],
    );
    assert_eq!(records.one("2026-10-20", "sar-answer").when, on("2026-11-13"));
    records.none("2026-10-20", "sar-internal");
    let academy =
        School { kind: Some("academy-or-free".to_owned()), nation: Some("england".to_owned()) };
    let due = records.due_for("2026-10-20", &academy);
    let answer = due.iter().find(|due| due.uid.starts_with("sar-answer")).expect("it is due");
    assert_eq!((answer.rule, answer.when), ("sar-month", on("2026-11-16")));
    assert!(worked(answer.legal.as_ref()).1.starts_with("no right to the educational record"));
}

#[test]
fn exam_marks_wait_for_results() {
    let mut records = requested("exam-marks", "2026-05-11");
    let due = records.one("2026-06-01", "sar-answer");
    assert_eq!((due.rule, due.when), ("exam-marks", on("2026-10-11")));
    step(&mut records, "results-announced", "2026-08-20");
    assert_eq!(records.one("2026-08-21", "sar-answer").when, on("2026-09-28"));
    let mut records = requested("exam-marks", "2026-08-21");
    step(&mut records, "results-announced", "2026-08-20");
    let due = records.one("2026-08-22", "sar-answer");
    assert_eq!((due.rule, due.when), ("sar-month", on("2026-09-21")));
}

#[test]
fn steps_belong_to_the_request_before_them_or_to_the_one_they_name() {
    let mut records = requested("subject-access", "2026-03-02");
    let answers = [("type", text("subject-access")), ("received", text("2026-03-05"))];
    let second = records.within(CASE, "request", "2026-03-05", &answers);
    let first = step(&mut records, "acknowledged", "2026-03-06");
    step(&mut records, "acknowledged", "2026-03-09");
    records.link(first, Relation::About, 0);
    let mut due = records.due("2026-03-10");
    due.retain(|due| due.uid.starts_with("sar-acknowledge"));
    due.sort_by_key(|due| due.entry);
    assert_eq!(due[0].state, met("2026-03-06"));
    assert_eq!(
        (due[1].entry, due[1].state),
        (Index(u64::try_from(second).expect("small")), met("2026-03-09"))
    );
}

#[test]
fn a_request_that_was_recorded_anew_keeps_its_steps() {
    let mut records = requested("subject-access", "2026-03-02");
    step(&mut records, "acknowledged", "2026-03-04");
    let answers = [("type", text("subject-access")), ("received", text("2026-03-01"))];
    let anew = records.within(CASE, "request", "2026-03-05", &answers);
    records.link(anew, Relation::Corrects, 0);
    let due = records.one("2026-03-06", "sar-acknowledge");
    assert_eq!(due.state, met("2026-03-04"));
    assert_eq!(records.one("2026-03-06", "sar-answer").when, on("2026-04-01"));
}

#[test]
fn an_old_request_keeps_the_rule_of_its_day() {
    let records = requested("subject-access", "2019-06-04");
    let due = records.one("2019-06-10", "sar-answer");
    assert_eq!(due.when, on("2019-07-05"));
    assert!(due.source.contains("policy §13.4"), "{}", due.source);
}

#[test]
fn complaints_are_acknowledged_and_answered() {
    let mut records = Records::default();
    let case = "complaint-2026-001";
    records.within(case, "complaint", "2026-06-19", &[("received", text("2026-06-19"))]);
    let due = records.one("2026-07-20", "complaint-0");
    assert_eq!((due.when, due.state), (on("2026-07-20"), State::Open));
    assert_eq!(records.one("2026-07-21", "complaint-0").state, State::Overdue);
    let outcome = records.one("2026-12-01", "complaint-outcome");
    assert_eq!((outcome.when, outcome.state), (on("2026-06-19"), State::Open));
    let took = |records: &mut Records, step, done| {
        records.within(case, "complaint-step", done, &[("step", text(step))])
    };
    let enquiry = took(&mut records, "enquiry", "2026-06-22");
    assert_eq!(records.one("2026-07-21", "complaint-0").state, State::Overdue, "nobody heard");
    took(&mut records, "acknowledged", "2026-06-25");
    assert_eq!(records.one("2026-07-21", "complaint-0").state, met("2026-06-25"));
    assert_eq!(records.one("2026-07-21", "complaint-outcome").state, State::Open);
    records.0.truncate(enquiry);
    let answers = [("step", text("outcome")), ("done", text("2026-07-10"))];
    records.within(case, "complaint-step", "2026-07-10", &answers);
    let due = records.one("2026-12-01", "complaint-0");
    assert_eq!(due.state, met("2026-07-10"), "an outcome needs no acknowledgement apart");
    assert_eq!(records.one("2026-12-01", "complaint-outcome").state, met("2026-07-10"));
}

#[test]
fn a_complaint_before_the_law_is_owed_an_outcome_alone() {
    let mut records = Records::default();
    records.within(
        "complaint-2026-001",
        "complaint",
        "2026-06-18",
        &[("received", text("2026-06-18"))],
    );
    let due = records.due("2026-12-01");
    assert_eq!(due.len(), 1);
    assert!(due[0].legal.is_none() && due[0].state == State::Open);
    let mut records = Records::default();
    let answers = [
        ("received", text("2026-09-01")),
        ("outcome", text("upheld")),
        ("answered", text("2026-09-20")),
    ];
    records.add("cctv-complaint", "2026-09-21", &answers);
    assert!(records.due("2026-12-01").iter().all(|due| due.state == met("2026-09-20")));
}

#[test]
fn a_request_is_called_what_it_is() {
    for (kind, title) in [
        ("subject-access", "Answer the request for access"),
        ("educational-record", "Answer the request for the educational record"),
        ("exam-marks", "Answer the request for exam marks"),
        ("erasure", "Answer the request for erasure"),
        ("rectification", "Answer the request for rectification"),
        ("restriction", "Answer the request for restriction"),
        ("portability", "Answer the request for portability"),
        ("objection", "Answer the objection"),
        ("other", "Answer the request"),
    ] {
        let due = requested(kind, "2026-05-11").one("2026-05-12", "sar-answer");
        assert_eq!(due.title, title, "{kind}");
    }
}

#[test]
fn a_complaint_about_cctv_is_answered_once_its_outcome_is_not_open() {
    for (outcome, state) in
        [(None, State::Open), (Some("open"), State::Open), (Some("upheld"), met("2026-09-21"))]
    {
        let mut records = Records::default();
        let mut answers = vec![("received", text("2026-09-01"))];
        answers.extend(outcome.map(|word| ("outcome", text(word))));
        records.add("cctv-complaint", "2026-09-21", &answers);
        let due = records.one("2026-09-22", "complaint-outcome");
        assert_eq!(due.state, state, "{outcome:?}");
        let (_, words) = worked(due.legal.as_ref());
        assert_eq!(words, "open since 1 September 2026; the outcome follows without undue delay");
    }
}

/// Its kind asks for a second record when it is answered, and nothing links the two.
#[test]
fn a_complaint_about_cctv_that_is_recorded_again_is_one() {
    let case = "cctv-2026-001";
    let mut records = Records::default();
    let record = |records: &mut Records, signed: &str, received: &str, more: &[(&str, Value)]| {
        let mut answers = vec![("received", text(received))];
        answers.extend(more.iter().cloned());
        records.within(case, "cctv-complaint", signed, &answers);
    };
    record(&mut records, "2026-09-01", "2026-09-01", &[("outcome", text("open"))]);
    record(&mut records, "2026-09-01", "2026-08-31", &[]);
    let answered = [("outcome", text("upheld")), ("answered", text("2026-09-20"))];
    record(&mut records, "2026-09-21", "2026-09-01", &answered);
    let due: Vec<_> =
        records.due("2026-12-01").into_iter().map(|due| (due.entry.0, due.state)).collect();
    // Another complaint of the same case stays as it is.
    let expected = [(1, State::Overdue), (1, State::Open), (2, met("2026-09-20"))];
    for (entry, state) in expected {
        assert!(due.contains(&(entry, state)), "{entry}: {due:?}");
    }
    assert!(due.iter().all(|(entry, _)| *entry != 0), "{due:?}");
}
