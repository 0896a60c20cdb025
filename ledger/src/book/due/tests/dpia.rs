use super::*;

const CASE: &str = "dpia-2026-001";

fn completed(review: Option<&str>) -> Records {
    let mut records = Records::default();
    let mut answers =
        vec![("initiative", text("Video lessons")), ("completed", text("2026-05-04"))];
    answers.extend(review.map(|day| ("review-date", text(day))));
    records.within(CASE, "dpia", "2026-05-05", &answers);
    records
}

#[test]
fn a_review_is_due_as_planned_within_a_year_and_else_after_six_months() {
    for (planned, due) in [
        (Some("2026-09-30"), "2026-09-30"),
        (Some("2027-05-04"), "2027-05-04"),
        (Some("2028-05-04"), "2027-05-04"),
        (None, "2026-11-04"),
    ] {
        let found = completed(planned).one("2026-06-01", "dpia-review");
        assert_eq!(found.when, on(due), "{planned:?}");
        assert_eq!(found.about.as_deref(), Some("Video lessons"));
        assert!(found.legal.is_none(), "the law has no number of months");
    }
    let late = completed(Some("2028-05-04")).one("2026-06-01", "dpia-review");
    assert!(worked(late.target.as_ref()).1.contains("earlier than the next review planned"));
    let unplanned = completed(None).one("2026-06-01", "dpia-review");
    assert!(worked(unplanned.target.as_ref()).1.contains("6 months, by the rule"));
}

#[test]
fn a_review_meets_one_date_and_sets_the_next() {
    let mut records = completed(Some("2026-10-01"));
    let answers = [
        ("reviewed", text("2026-10-05")),
        ("outcome", text("no-change")),
        ("next-review", text("2027-04-01")),
    ];
    records.within(CASE, "dpia-review", "2026-10-06", &answers);
    let mut due = records.due("2026-11-01");
    due.retain(|due| due.rule == "dpia-review");
    assert_eq!((due[0].state, due[0].is_late()), (met("2026-10-05"), true));
    assert_eq!((due[1].when, due[1].state), (on("2027-04-01"), State::Open));
    let stopped = [("reviewed", text("2026-12-01")), ("outcome", text("stopped"))];
    records.within(CASE, "dpia-review", "2026-12-01", &stopped);
    let open = records.due("2027-12-01").into_iter().filter(|due| due.state != met("2026-12-01"));
    assert!(
        open.into_iter().all(|due| due.state == met("2026-10-05")),
        "what stopped isn't reviewed"
    );
}

#[test]
fn an_approval_may_plan_an_earlier_review_and_a_refusal_none() {
    let mut records = completed(Some("2027-05-04"));
    let approval =
        records.within(CASE, "dpia-approval", "2026-05-10", &[("review-date", text("2026-12-01"))]);
    records.0[approval].decision = Some("approved");
    assert_eq!(records.one("2026-06-01", "dpia-review").when, on("2026-12-01"));
    records.0[approval].decision = Some("refused");
    records.none("2026-06-01", "dpia-review");
    // What nobody has ratified yet plans it as well, unless it was put right since.
    records.0[approval].decision = Some("approved");
    records.0[approval].marks.by_exception = true;
    assert_eq!(records.one("2026-06-01", "dpia-review").when, on("2026-12-01"));
    let anew =
        records.within(CASE, "dpia-approval", "2026-05-11", &[("review-date", text("2027-01-10"))]);
    records.0[anew].decision = Some("approved");
    records.0[anew].marks.by_exception = true;
    records.link(anew, Relation::Corrects, approval);
    assert_eq!(records.one("2026-06-01", "dpia-review").when, on("2027-01-10"));
}

#[test]
fn a_screening_that_needed_no_dpia_is_reviewed_and_gives_way_to_one() {
    let mut records = Records::default();
    let answers = [
        ("outcome", text("proceed")),
        ("screened", text("2026-05-04")),
        ("review-date", text("2027-01-04")),
    ];
    records.within(CASE, "dpia-screening", "2026-05-04", &answers);
    assert_eq!(records.one("2026-06-01", "dpia-review").when, on("2027-01-04"));
    records.within(CASE, "dpia", "2026-07-01", &[("completed", text("2026-07-01"))]);
    assert_eq!(records.one("2026-07-02", "dpia-review").when, on("2027-01-01"));
}

#[test]
fn a_policy_replaces_the_periods_of_the_form() {
    let mut records = completed(None);
    let target = group(&[
        ("rule", text("dpia-review")),
        ("number", Value::Int(3)),
        ("unit", text("months")),
    ]);
    let answers = [("implemented", text("2026-01-01")), ("targets", Value::Array(vec![target]))];
    records.add("policy", "2026-01-01", &answers);
    assert_eq!(records.one("2026-06-01", "dpia-review").when, on("2026-08-04"));
}

#[test]
fn what_an_approval_rests_on_was_corrected() {
    let mut records = completed(Some("2027-05-04"));
    let approval = records.within(CASE, "dpia-approval", "2026-05-10", &[]);
    records.0[approval].decision = Some("approved");
    records.none("2026-06-01", "dpia-review-stale");
    let correction = records.within(CASE, "correction", "2026-06-15", &[]);
    records.link(correction, Relation::Corrects, 0);
    records.0[approval].marks.stale = vec![Index(u64::try_from(correction).expect("small"))];
    let due = records.one("2026-07-01", "dpia-review-stale");
    assert_eq!((due.when, due.state), (on("2026-06-15"), State::Open));
    records.within(CASE, "dpia-review", "2026-07-03", &[("reviewed", text("2026-07-02"))]);
    assert_eq!(records.one("2026-07-04", "dpia-review-stale").state, met("2026-07-02"));
}

#[test]
fn a_ground_of_transfer_falls() {
    let mut records = Records::default();
    let transfer =
        group(&[("country", text("United States")), ("ground", text("eu-us-privacy-shield"))]);
    let answers = [("completed", text("2020-05-04")), ("transfers", Value::Array(vec![transfer]))];
    records.within("dpia-2020-001", "dpia", "2020-05-04", &answers);
    records.none("2020-07-15", "transfer-ground");
    let due = records.one("2020-07-16", "transfer-ground");
    assert_eq!((due.when, due.source), (on("2020-07-16"), "CJEU C-311/18"));
    let check = [("supplier", text("Blue Slate")), ("ground", text("eu-us-privacy-shield"))];
    records.add("supplier-check", "2020-06-01", &check);
    let found = records.due("2020-08-01");
    assert_eq!(found.iter().filter(|due| due.rule == "transfer-ground").count(), 2);
    // Checked again on another ground: nothing is left to review.
    records.add(
        "supplier-check",
        "2020-08-02",
        &[("supplier", text("Blue Slate")), ("ground", text("adequacy"))],
    );
    let found = records.due("2020-08-03");
    assert_eq!(found.iter().filter(|due| due.rule == "transfer-ground").count(), 1);
    // What names a ground after its fall was never good: its own findings say so.
    let mut records = Records::default();
    records.add("supplier-check", "2020-07-16", &check);
    records.none("2020-08-01", "transfer-ground");
}

fn risk(members: &[(&'static str, &str)]) -> Value {
    let members: Vec<(&str, Value)> =
        members.iter().map(|(name, word)| (*name, text(word))).collect();
    Value::Array(vec![group(&members)])
}

#[test]
fn processing_must_not_start_while_a_high_risk_remains_unconsulted() {
    for (high, members) in [
        (true, vec![("id", "R1"), ("impact-after", "major"), ("likelihood-after", "likely")]),
        (true, vec![("id", "R1"), ("level-after", "high")]),
        (true, vec![("id", "R1"), ("called-high-by", "the author")]),
        (false, vec![("id", "R1"), ("called-high-by", "the author"), ("level-after", "low")]),
        (false, vec![("id", "R1"), ("impact-after", "major"), ("likelihood-after", "unlikely")]),
        (false, vec![("id", "R1"), ("level-before", "high")]),
    ] {
        let mut records = Records::default();
        records.within(CASE, "dpia", "2026-05-05", &[("risks", risk(&members))]);
        let found = records.due("2026-06-01");
        let consult = found.iter().filter(|due| due.rule == "dpia-consult").count();
        assert_eq!(consult == 1, high, "{members:?}");
    }
    let mut records = Records::default();
    records.within(
        CASE,
        "dpia",
        "2026-05-05",
        &[("risks", risk(&[("id", "R1"), ("level-after", "high")]))],
    );
    let sent = moment("2026-05-08T09:00:00Z");
    records.within(CASE, "ico-consultation", "2026-05-08", &[("sent", Value::Int(sent))]);
    let due = records.one("2026-06-01", "dpia-consult-0");
    assert!(matches!(due.state, State::Met { .. }));
    assert!(due.title.starts_with("Processing must not start"));
    // Who signed this acceptance may not, and nobody has ratified it.
    let lower = risk(&[("id", "R1"), ("level", "low")]);
    let accepted = records.within(CASE, "risk-acceptance", "2026-05-19", &[("risks", lower)]);
    records.0[accepted].marks.by_exception = true;
    records.one("2026-06-01", "dpia-consult-0");
    // Another risk is accepted, which says nothing of this one.
    let other = risk(&[("id", "R2"), ("level", "low")]);
    records.within(CASE, "risk-acceptance", "2026-05-20", &[("risks", other)]);
    records.one("2026-06-01", "dpia-consult-0");
    // Accepted at a lower level later: nothing is left to consult on.
    let lower = risk(&[("id", "R1"), ("level", "low")]);
    records.within(CASE, "risk-acceptance", "2026-06-02", &[("risks", lower)]);
    records.none("2026-06-03", "dpia-consult-0");
}

#[test]
fn the_regulator_has_eight_weeks_or_six_more() {
    let mut records = Records::default();
    let sent = ("sent", Value::Int(moment("2026-05-08T09:00:00Z")));
    records.within(CASE, "ico-consultation", "2026-05-08", std::slice::from_ref(&sent));
    let due = records.one("2026-06-01", "dpia-consult-reply");
    assert_eq!((due.when, due.state), (on("2026-07-03"), State::Open));
    let answers = [sent, ("extended", Value::Bool(true)), ("reply-received", text("2026-08-10"))];
    let follow = records.within(CASE, "ico-consultation", "2026-08-10", &answers);
    records.link(follow, Relation::About, 0);
    let reply = records.one("2026-09-01", "dpia-consult-reply");
    assert_eq!((reply.state, reply.when), (met("2026-08-10"), on("2026-08-14")));
    assert_eq!(reply.uid, due.uid, "calendars keep the event");
}

/// Otherwise the regulator's reply is overdue for ever, though it came.
#[test]
fn a_consultation_that_is_recorded_again_and_again_is_one() {
    let mut records = Records::default();
    let sent = || ("sent", Value::Int(moment("2026-05-08T09:00:00Z")));
    records.within(CASE, "ico-consultation", "2026-05-08", &[sent()]);
    let extended = [sent(), ("extended", Value::Bool(true)), ("reply-due", text("2026-08-10"))];
    records.within(CASE, "ico-consultation", "2026-06-20", &extended);
    let due = records.one("2026-07-10", "dpia-consult-reply");
    assert_eq!((due.when, due.state), (on("2026-08-14"), State::Open));
    assert_eq!(worked(due.target.as_ref()).0, on("2026-08-10"));
    let replied = [sent(), ("outcome", text("advice")), ("reply-received", text("2026-08-07"))];
    records.within(CASE, "ico-consultation", "2026-08-08", &replied);
    let due = records.one("2026-08-20", "dpia-consult-reply");
    assert_eq!((due.when, due.state), (on("2026-08-14"), met("2026-08-07")));
    // Another one has its own reply.
    let another = [("sent", Value::Int(moment("2026-09-01T09:00:00Z")))];
    records.within(CASE, "ico-consultation", "2026-09-01", &another);
    let due = records.due("2026-09-02");
    assert_eq!(due.iter().filter(|due| due.uid.starts_with("dpia-consult-reply")).count(), 2);
    // Letters of other cases that went out with it, and those of no case, have theirs.
    let mut records = Records::default();
    records.within(CASE, "ico-consultation", "2026-05-08", &[sent()]);
    records.within("dpia-2026-002", "ico-consultation", "2026-05-08", &[sent()]);
    records.add("ico-consultation", "2026-05-08", &[sent()]);
    records.add("ico-consultation", "2026-05-08", &[sent()]);
    records.0[0].answers.set("reply-received", text("2026-05-20"));
    let due = records.due("2026-08-01");
    let replies: Vec<_> = due
        .iter()
        .filter(|due| due.uid.starts_with("dpia-consult-reply"))
        .map(|due| (due.entry.0, due.state))
        .collect();
    let open = |entry| (entry, State::Overdue);
    assert_eq!(replies, [(0, met("2026-05-20")), open(1), open(2), open(3)]);
}

/// Else putting right when the regulator was asked makes its reply overdue that came long ago.
#[test]
fn a_reply_to_a_consultation_counts_however_that_was_corrected_since() {
    let moment = |time| Value::Int(moment(time));
    let mistyped = || ("sent", moment("2026-05-08T09:00:00Z"));
    let right = [("sent", moment("2026-05-09T09:00:00Z"))];
    for sent in [None, Some(mistyped())] {
        let mut records = Records::default();
        records.within(CASE, "ico-consultation", "2026-05-10", &[mistyped()]);
        let mut answers = vec![("reply-received", text("2026-06-12"))];
        answers.extend(sent);
        let reply = records.within(CASE, "ico-consultation", "2026-06-13", &answers);
        records.link(reply, Relation::About, 0);
        let anew = records.within(CASE, "ico-consultation", "2026-06-14", &right);
        records.link(anew, Relation::Corrects, 0);
        let due = records.due("2026-08-01");
        let due = due.iter().find(|due| due.entry == Index(2)).expect("it is due");
        assert_eq!(due.state, met("2026-06-12"));
    }
}

/// What the regulator was asked last year about another risk says nothing of this one, and what it
/// prohibits doesn't start.
#[test]
fn the_regulator_is_consulted_about_each_high_risk_of_the_newest_dpia() {
    let mut records = Records::default();
    let high = |id| [("risks", risk(&[("id", id), ("level-after", "high")]))];
    let sent = |day: &str| ("sent", Value::Int(moment(&format!("{day}T09:00:00Z"))));
    let asked = |id| ("risks", texts(&[id]));
    let first = records.within(CASE, "dpia", "2025-05-05", &high("R1"));
    records.within(CASE, "ico-consultation", "2025-05-08", &[sent("2025-05-08"), asked("R1")]);
    let is_met = |records: &Records, at: &str| {
        let mut due = records.due(at);
        due.retain(|due| due.title.starts_with("Processing must not start"));
        matches!(due.remove(0).state, State::Met { .. })
    };
    assert!(is_met(&records, "2025-06-01"));
    // Written anew to mend a slip, it is the DPIA about which the regulator was asked.
    let anew = records.within(CASE, "dpia", "2025-06-02", &high("R1"));
    records.link(anew, Relation::Corrects, first);
    assert!(is_met(&records, "2025-06-03"));
    records.within(CASE, "dpia", "2026-05-05", &high("R9"));
    assert!(!is_met(&records, "2026-05-06"));
    records.within(CASE, "ico-consultation", "2026-05-08", &[sent("2026-05-08"), asked("R1")]);
    assert!(!is_met(&records, "2026-05-09"), "about another risk");
    records.within(CASE, "ico-consultation", "2026-05-10", &[sent("2026-05-10"), asked("R9")]);
    assert!(is_met(&records, "2026-05-11"));
    let replied = [sent("2026-05-10"), asked("R9"), ("outcome", text("prohibition"))];
    records.within(CASE, "ico-consultation", "2026-06-10", &replied);
    let due = records.due("2026-06-11");
    let stop = due.iter().find(|due| due.title.contains("prohibits it")).expect("it is due");
    assert_eq!(stop.state, State::Open);
}

#[test]
fn each_dpia_of_a_case_has_the_approval_that_follows_it() {
    let mut records = Records::default();
    let approve = |records: &mut Records, signed: &str, review: &str| {
        let answers = [("review-date", text(review))];
        let approval = records.within(CASE, "dpia-approval", signed, &answers);
        records.0[approval].decision = Some("approved");
    };
    // Before any DPIA: of documents, and of none of these.
    approve(&mut records, "2026-04-01", "2026-05-10");
    records.within(CASE, "dpia", "2026-05-04", &[("completed", text("2026-05-04"))]);
    approve(&mut records, "2026-05-10", "2026-12-01");
    records.within(CASE, "dpia", "2026-07-01", &[("completed", text("2026-07-01"))]);
    approve(&mut records, "2026-07-10", "2027-02-01");
    let mut due = records.due("2026-07-11");
    due.retain(|due| due.rule == "dpia-review");
    let found: Vec<(Index, When, State)> =
        due.iter().map(|due| (due.entry, due.when, due.state)).collect();
    assert_eq!(
        found,
        [
            (Index(1), on("2026-12-01"), met("2026-07-01")),
            (Index(3), on("2027-02-01"), State::Open)
        ]
    );
    assert_eq!(
        worked(due[0].target.as_ref()).1,
        "completed 4 May 2026; the next review planned for Tuesday 1 December 2026"
    );
}

#[test]
fn a_review_says_that_it_counts_from_one() {
    let mut records = completed(None);
    records.within(CASE, "dpia-review", "2026-10-05", &[("reviewed", text("2026-10-05"))]);
    let due = records.due("2026-11-01");
    let words: Vec<&str> = due.iter().map(|due| worked(due.target.as_ref()).1).collect();
    assert!(words[0].starts_with("completed 4 May 2026; "), "{words:?}");
    assert!(words[1].starts_with("reviewed 5 October 2026; "), "{words:?}");
}

#[test]
fn a_dpia_that_corrects_what_was_approved_is_no_review_of_itself() {
    let mut records = completed(Some("2027-05-04"));
    let approval = records.within(CASE, "dpia-approval", "2026-05-10", &[]);
    records.0[approval].decision = Some("approved");
    let anew = records.within(CASE, "dpia", "2026-06-15", &[("completed", text("2026-06-15"))]);
    records.link(anew, Relation::Corrects, 0);
    records.0[approval].marks.stale = vec![Index(u64::try_from(anew).expect("small"))];
    let due = records.one("2026-07-01", "dpia-review-stale");
    assert_eq!(due.state, State::Open);
    assert_eq!(
        worked(due.legal.as_ref()).1,
        "entry 2 corrects what it rests on, since 15 June 2026"
    );
}

#[test]
fn a_review_on_or_after_the_day_of_its_fall_meets_a_fallen_ground() {
    for (reviewed, state) in [
        ("2020-07-15", State::Open),
        ("2020-07-16", met("2020-07-16")),
        ("2020-08-10", met("2020-08-10")),
    ] {
        let mut records = Records::default();
        let transfer = group(&[("ground", text("eu-us-privacy-shield"))]);
        let answers =
            [("completed", text("2020-05-04")), ("transfers", Value::Array(vec![transfer]))];
        records.within(CASE, "dpia", "2020-05-04", &answers);
        records.within(CASE, "dpia-review", reviewed, &[("reviewed", text(reviewed))]);
        records.within(CASE, "dpia-review", "2020-08-20", &[("reviewed", text("2020-08-20"))]);
        let due = records.one("2020-08-12", "transfer-ground");
        assert_eq!(due.state, state, "{reviewed}");
    }
}

#[test]
fn the_regulator_has_replied_once_its_outcome_is_not_waited_for() {
    let sent = || ("sent", Value::Int(moment("2026-05-08T09:00:00Z")));
    for (outcome, state) in [("waiting", State::Open), ("agreed", met("2026-05-20"))] {
        let mut records = Records::default();
        records.within(CASE, "ico-consultation", "2026-05-08", &[sent()]);
        // It links to nothing, and follows the first.
        let answers = [sent(), ("outcome", text(outcome))];
        records.within(CASE, "ico-consultation", "2026-05-20", &answers);
        let due = records.due("2026-06-01");
        let first = due.iter().find(|due| due.entry == Index(0)).expect("it is due");
        assert_eq!(first.state, state, "{outcome}");
    }
}

/// Else what the controller refused, or a review stopped, is owed for ever; and a refusal by whoever
/// may not refuse takes away the review.
#[test]
fn what_was_ended_by_whoever_may_end_it_is_owed_no_more() {
    let mut records = Records::default();
    let risks = risk(&[("id", "R1"), ("level-after", "high")]);
    let dpia = [("risks", risks), ("completed", text("2026-05-01"))];
    records.within(CASE, "dpia", "2026-05-01", &dpia);
    let decided = records.within(CASE, "dpia-approval", "2026-05-02", &[]);
    records.0[decided].decision = Some("refused");
    records.none("2026-06-01", "dpia");
    records.0[decided].marks.by_exception = true;
    records.one("2026-06-01", "dpia-review");
    records.one("2026-06-01", "dpia-consult-");
    let stopped = [("reviewed", text("2026-05-03")), ("outcome", text("stopped"))];
    records.within(CASE, "dpia-review", "2026-05-03", &stopped);
    records.none("2026-06-01", "dpia-consult-");
    assert!(matches!(records.one("2026-06-01", "dpia-review").state, State::Met { .. }));
}

/// The school may not start what the regulator prohibits, however often it asks.
#[test]
fn a_prohibition_is_not_lifted_by_asking_again() {
    let mut records = Records::default();
    let risks = risk(&[("id", "R1"), ("level-after", "high")]);
    records.within(CASE, "dpia", "2026-05-01", &[("risks", risks)]);
    let consult = |records: &mut Records, signed: &str, outcome: &str| {
        let sent = moment(&format!("{signed}T09:00:00Z"));
        let answers = [
            ("outcome", text(outcome)),
            ("sent", Value::Int(sent)),
            ("reply-received", text(signed)),
        ];
        records.within(CASE, "ico-consultation", signed, &answers)
    };
    consult(&mut records, "2026-05-08", "prohibition");
    consult(&mut records, "2026-05-09", "waiting");
    let due = records.one("2026-06-01", "dpia-consult-0");
    assert_eq!(due.state, State::Open);
    assert!(due.title.ends_with("prohibits it"), "{}", due.title);
    consult(&mut records, "2026-05-10", "advice");
    let due = records.one("2026-06-01", "dpia-consult-0");
    assert!(matches!(due.state, State::Met { .. }), "{due:?}");
}

fn file(byte: u8) -> (&'static str, Value) {
    ("documents", Value::Array(vec![group(&[("sha256", Value::bytes(vec![byte; 32]))])]))
}

/// Else nobody is told to look again at a DPIA whose approved file was replaced.
#[test]
fn an_approval_of_a_file_that_was_replaced_calls_for_a_review() {
    let mut records = Records::default();
    records.within(CASE, "dpia", "2026-05-04", &[file(7)]);
    let answers = [file(7), ("review-date", text("2026-08-04"))];
    let approval = records.within(CASE, "dpia-approval", "2026-05-10", &answers);
    records.0[approval].decision = Some("approved");
    assert_eq!(records.one("2026-06-01", "dpia-review-0").when, on("2026-08-04"));
    records.none("2026-06-01", "dpia-review-stale");
    let anew = records.within(CASE, "dpia", "2026-06-15", &[file(8)]);
    records.link(anew, Relation::Corrects, 0);
    let due = records.one("2026-07-01", "dpia-review-stale");
    assert_eq!((due.when, due.state), (on("2026-06-15"), State::Open));
    assert_eq!(
        worked(due.legal.as_ref()).1,
        "it is on other content than the DPIA that stands, entry 2, since 15 June 2026"
    );
    let reviewed = [("reviewed", text("2026-07-02"))];
    let review = records.within(CASE, "dpia-review", "2026-07-03", &reviewed);
    assert_eq!(records.one("2026-07-04", "dpia-review-stale").state, met("2026-07-02"));
    records.0.remove(review);
    // Nor is it reviewed when the approval of the old file planned it.
    assert_eq!(records.one("2026-07-01", "dpia-review-0").when, on("2026-12-15"));
    let answers = [file(8), ("review-date", text("2026-09-01"))];
    let approval = records.within(CASE, "dpia-approval", "2026-07-02", &answers);
    records.0[approval].decision = Some("approved");
    records.none("2026-07-03", "dpia-review-stale");
    assert_eq!(records.one("2026-07-03", "dpia-review-0").when, on("2026-09-01"));
}
