use super::*;

#[test]
fn the_actions_of_a_record_are_ticked_off_one_by_one() {
    let mut records = Records::default();
    let action =
        |id, what, due| group(&[("id", text(id)), ("text", text(what)), ("due", text(due))]);
    let list = Value::Array(vec![
        action("1", "Encrypt the laptops", "2026-11-01"),
        action("2", "Train the office", "2026-12-01"),
        group(&[("id", text("3")), ("text", text("no day"))]),
    ]);
    let report = records.add("breach-investigation", "2026-10-01", &[("recommendations", list)]);
    assert_eq!(records.due("2026-10-02").len(), 2);
    let tick = |records: &mut Records, how| {
        let answers = [("done", text("2026-10-20")), ("how", text(how))];
        let done = records.add("action-done", "2026-10-20", &answers);
        records.link(done, Relation::About, report);
    };
    tick(&mut records, "done as agreed, see page 12");
    assert_eq!(records.one("2026-11-02", "action-1").state, State::Overdue, "it names none");
    tick(&mut records, "encrypt the laptops: finished");
    assert_eq!(records.one("2026-11-02", "action-1").state, met("2026-10-20"));
    assert_eq!(records.one("2026-11-02", "action-2").state, State::Open);
    tick(&mut records, "number 2");
    assert_eq!(records.one("2026-11-02", "action-2").state, met("2026-10-20"));
}

#[test]
fn a_control_is_done_when_its_plan_says_so_and_a_single_action_by_any_tick() {
    let mut records = Records::default();
    let control = group(&[
        ("risk", text("R1")),
        ("control", text("lobby")),
        ("deadline", text("2026-11-01")),
        ("completed", text("2026-10-30")),
    ]);
    records.within(
        "dpia-2026-001",
        "dpia",
        "2026-10-01",
        &[("responsibilities", Value::Array(vec![control]))],
    );
    assert_eq!(records.one("2026-11-02", "action-1").state, met("2026-10-30"));
    let mut records = Records::default();
    let action = group(&[("what", text("ask parents")), ("due", text("2026-11-01"))]);
    let screening =
        records.add("dpia-screening", "2026-10-01", &[("actions", Value::Array(vec![action]))]);
    let done = records.add("action-done", "2026-10-20", &[("done", text("2026-10-19"))]);
    records.link(done, Relation::About, screening);
    assert_eq!(records.one("2026-11-02", "action-1").state, met("2026-10-19"));
}

/// Controls of a DPIA bear the mark of their risk, and a risk has several.
#[test]
fn a_mark_that_several_actions_bear_ticks_none_of_them_off() {
    let control = |what, id| {
        group(&[
            ("risk", text("R1")),
            ("id", text(id)),
            ("control", text(what)),
            ("deadline", text("2026-11-01")),
        ])
    };
    let list = vec![control("Encrypt laptops", "C1"), control("Train staff", "C2")];
    let mut records = Records::default();
    let answers = [("responsibilities", Value::Array(list))];
    let dpia = records.within("dpia-2026-001", "dpia", "2026-10-01", &answers);
    let tick = |records: &mut Records, how| {
        let answers = [("done", text("2026-10-20")), ("how", text(how))];
        let done = records.add("action-done", "2026-10-20", &answers);
        records.link(done, Relation::About, dpia);
    };
    tick(&mut records, "All done for R1");
    assert_eq!(records.one("2026-11-02", "action-1").state, State::Overdue);
    tick(&mut records, "Encrypt laptops, for R1, before C2");
    assert_eq!(records.one("2026-11-02", "action-1").state, met("2026-10-20"));
    assert_eq!(records.one("2026-11-02", "action-2").state, State::Overdue);
    tick(&mut records, "C2 (R1)");
    assert_eq!(records.one("2026-11-02", "action-2").state, met("2026-10-20"));
}

#[test]
fn a_hold_is_reviewed_until_it_is_released() {
    let mut records = Records::default();
    let hold = records.add("hold", "2026-10-01", &[("review-date", text("2026-12-01"))]);
    assert_eq!(records.one("2026-12-02", "hold-review").state, State::Overdue);
    let release = records.add("hold-release", "2026-11-30", &[]);
    records.link(release, Relation::About, hold);
    records.0[release].marks.by_exception = true;
    assert_eq!(records.one("2026-12-02", "hold-review").state, State::Overdue, "not ratified");
    records.0[release].marks.by_exception = false;
    assert_eq!(records.one("2026-12-02", "hold-review").state, met("2026-11-30"));
}

#[test]
fn an_exception_waits_for_its_role() {
    let mut records = Records::default();
    let answers = [("rule", text("authority")), ("ratify-role", text("chair-of-governors"))];
    let exception = records.add("exception", "2026-12-18", &answers);
    let due = records.one("2026-12-19", "ratification");
    // Christmas, Boxing Day's substitute and New Year's Day are no working days.
    assert_eq!(due.when, on("2027-01-06"));
    assert_eq!(due.title, "Ratify the exception, as Chair of governors");
    let ratify = |records: &mut Records, role: &str, person| {
        let index = records.add("ratification", "2026-12-21", &[]);
        records.0[index].role = role.to_owned();
        records.0[index].person = person;
        records.link(index, Relation::Ratifies, exception);
    };
    ratify(&mut records, "dpo", [2; 16]);
    ratify(&mut records, "chair-of-governors", [1; 16]);
    assert_eq!(records.one("2026-12-22", "ratification").state, State::Open, "role and person");
    let paper = [("role", text("chair-of-governors")), ("date", text("2026-12-20"))];
    let paper = records.add("paper-signature", "2026-12-22", &paper);
    records.link(paper, Relation::Ratifies, exception);
    assert_eq!(records.one("2026-12-22", "ratification").state, met("2026-12-20"));
    // It names nobody who is known, and what stands under the exception still waits.
    records.0[exception].marks.unratified = true;
    assert_eq!(records.one("2026-12-22", "ratification").state, State::Open);
    let mut records = Records::default();
    records.add("exception", "2026-12-18", &[("ratify-by", text("2026-12-23"))]);
    assert_eq!(records.one("2026-12-19", "ratification").when, on("2026-12-23"));
}

#[test]
fn an_approval_before_the_advice_waits_14_days_for_it() {
    let mut records = Records::default();
    let case = "dpia-2026-001";
    let dpia = records.within(case, "dpia", "2026-10-01", &[]);
    let approval = records.within(case, "dpia-approval", "2026-10-02", &[]);
    records.link(approval, Relation::Approves, dpia);
    records.0[approval].decision = Some("approved");
    let due = records.one("2026-10-03", "dpia-advice");
    assert_eq!((due.when, due.state), (on("2026-10-16"), State::Open));
    let advise = |records: &mut Records, role: &str, on: usize| {
        let advice = records.within(case, "dpo-advice", "2026-10-10", &[]);
        records.0[advice].role = role.to_owned();
        records.link(advice, Relation::Advises, on);
    };
    advise(&mut records, "staff", dpia);
    advise(&mut records, "dpo", approval);
    assert_eq!(records.one("2026-10-11", "dpia-advice").state, State::Open, "on other content");
    advise(&mut records, "dpo", dpia);
    assert_eq!(records.one("2026-10-11", "dpia-advice").state, met("2026-10-10"));
    // On paper, by somebody who is not known here, it doesn't complete the approval.
    let lack = "the DPO's advice on this exact content: signed on paper by S. Rao, recorded by \
                entry 4; it can't be shown that two people signed";
    records.0[approval].marks.lacks = vec![lack.to_owned()];
    assert_eq!(records.one("2026-10-11", "dpia-advice").state, State::Open);
    records.0[approval].marks.lacks = vec!["signed as Staff, a role that may not".to_owned()];
    assert_eq!(records.one("2026-10-11", "dpia-advice").state, met("2026-10-10"));
    // An approval after the advice waits for nothing.
    let later = records.within(case, "dpia-approval", "2026-10-12", &[]);
    records.link(later, Relation::Approves, dpia);
    records.0[later].decision = Some("approved");
    assert_eq!(records.one("2026-10-13", "dpia-advice").entry, Index(1));
}

#[test]
fn letters_to_and_from_the_regulator_are_answered() {
    let mut records = Records::default();
    let contact = |direction, sent: &str| {
        vec![
            ("direction", text(direction)),
            ("sent", Value::Int(moment(&format!("{sent}T09:00:00Z")))),
            ("reference", text("IC-123")),
        ]
    };
    records.add("regulator-contact", "2026-09-20", &contact("to-regulator", "2026-09-20"));
    let mut asked = contact("from-regulator", "2026-10-01");
    asked.push(("reply-due", text("2026-10-15")));
    records.add("regulator-contact", "2026-10-01", &asked);
    let due = records.one("2026-10-16", "regulator-reply");
    assert_eq!((due.title.as_str(), due.state), ("Reply to the regulator", State::Overdue));
    assert!(due.legal.is_some());
    records.add("regulator-contact", "2026-10-14", &contact("from-regulator", "2026-10-14"));
    records.add("regulator-contact", "2026-10-16", &contact("to-regulator", "2026-10-15"));
    let due = records.one("2026-10-17", "regulator-reply");
    assert!(matches!(due.state, State::Met { .. }) && !due.is_late());
}

#[test]
fn only_a_tick_that_stands_ticks_an_action_off() {
    let mut records = Records::default();
    let action = records.add("action", "2026-10-01", &[("due", text("2026-11-01"))]);
    let other = records.add("hold", "2026-10-02", &[]);
    records.link(other, Relation::About, action);
    assert_eq!(records.one("2026-10-21", "action").state, State::Open, "of another kind");
    let done = records.add("action-done", "2026-10-20", &[("done", text("2026-10-19"))]);
    records.link(done, Relation::About, action);
    assert_eq!(records.one("2026-10-21", "action").state, met("2026-10-19"));
    let again = records.add("action-done", "2026-10-22", &[("done", text("2026-10-21"))]);
    records.link(again, Relation::Corrects, done);
    assert_eq!(records.one("2026-10-23", "action").state, State::Open, "it was corrected");
    records.link(again, Relation::About, action);
    assert_eq!(records.one("2026-10-23", "action").state, met("2026-10-21"));
}

#[test]
fn an_exception_is_ratified_by_another_person_in_its_role() {
    for (role, person, state) in [
        ("chair-of-governors", [2; 16], met("2026-12-21")),
        ("chair-of-governors", [1; 16], State::Open),
        ("dpo", [2; 16], State::Open),
    ] {
        let mut records = Records::default();
        let answers = [("ratify-role", text("chair-of-governors"))];
        let exception = records.add("exception", "2026-12-18", &answers);
        let index = records.add("ratification", "2026-12-21", &[]);
        records.0[index].role = role.to_owned();
        records.0[index].person = person;
        records.link(index, Relation::Ratifies, exception);
        assert_eq!(records.one("2026-12-22", "ratification").state, state, "{role}");
        records.0[index].kind = "action-done".to_owned();
        assert_eq!(records.one("2026-12-22", "ratification").state, State::Open);
    }
}

#[test]
fn the_dpo_s_advice_on_paper_is_advice() {
    for (role, relation, state) in [
        ("dpo", Relation::Advises, met("2026-10-10")),
        ("dpo-nominee", Relation::Advises, met("2026-10-10")),
        ("headteacher", Relation::Advises, State::Open),
        ("dpo", Relation::Approves, State::Open),
    ] {
        let mut records = Records::default();
        let case = "dpia-2026-001";
        let dpia = records.within(case, "dpia", "2026-10-01", &[]);
        let approval = records.within(case, "dpia-approval", "2026-10-02", &[]);
        records.link(approval, Relation::Approves, dpia);
        records.0[approval].decision = Some("approved");
        let paper = records.within(case, "paper-signature", "2026-10-10", &[("role", text(role))]);
        records.link(paper, relation, dpia);
        assert_eq!(records.one("2026-10-11", "dpia-advice").state, state, "{role} {relation:?}");
    }
}

#[test]
fn a_letter_is_answered_by_one_in_the_other_direction() {
    let letter = |direction, sent: &str| {
        [("direction", text(direction)), ("sent", Value::Int(moment(&format!("{sent}T09:00:00Z"))))]
    };
    let mut records = Records::default();
    let mut asked = letter("from-regulator", "2026-10-01").to_vec();
    asked.push(("reply-due", text("2026-10-15")));
    let asked = records.add("regulator-contact", "2026-10-01", &asked);
    let state = |records: &Records| records.one("2026-10-20", "regulator-reply").state;
    // Without a reference and a case, only what links to it is near.
    records.add("regulator-contact", "2026-10-02", &letter("to-regulator", "2026-10-02"));
    assert_eq!(state(&records), State::Overdue);
    let link = |records: &mut Records, kind: &str, direction, sent: &str| {
        let index = records.add(kind, sent, &letter(direction, sent));
        records.link(index, Relation::About, asked);
        index
    };
    link(&mut records, "regulator-contact", "from-regulator", "2026-10-03");
    link(&mut records, "action", "to-regulator", "2026-10-04");
    assert_eq!(state(&records), State::Overdue);
    let reply = link(&mut records, "regulator-contact", "to-regulator", "2026-10-05");
    let on = When::Moment(moment("2026-10-05T09:00:00Z"));
    assert_eq!(state(&records), State::Met { on });
    records.0[reply].marks.gone = Some(crate::book::item::Loss::Erased);
    assert_eq!(state(&records), State::Overdue);
}

/// Else an exception is told as ratified by what was said of another, under which nothing stands.
#[test]
fn an_exception_that_was_corrected_is_still_to_be_ratified() {
    let mut records = Records::default();
    let by = [("ratify-by", text("2026-11-01")), ("ratify-role", text("headteacher"))];
    let first = records.add("exception", "2026-10-01", &by);
    records.0[first].marks.unratified = true;
    let again = records.add("exception", "2026-10-02", &by);
    records.link(again, Relation::Corrects, first);
    let ratified = records.add("ratification", "2026-10-03", &[]);
    records.0[ratified].person = [2; 16];
    records.link(ratified, Relation::Ratifies, again);
    let due = records.one("2026-11-02", "ratification");
    assert_eq!((due.entry, due.state), (Index(0), State::Overdue));
}
