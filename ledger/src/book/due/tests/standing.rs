use super::*;

fn policy(records: &mut Records, approved: &str, review: Option<&str>) -> usize {
    let mut answers = vec![("title", text("Data protection")), ("approved", text(approved))];
    answers.extend(review.map(|day| ("next-review", text(day))));
    records.add("policy", approved, &answers)
}

#[test]
fn a_policy_is_reviewed_every_year() {
    for (review, due) in [
        (None, "2020-07-04"),
        (Some("2020-03-01"), "2020-03-01"),
        (Some("2020-07-31"), "2020-07-31"),
        (Some("2021-07-31"), "2020-07-04"),
    ] {
        let mut records = Records::default();
        policy(&mut records, "2019-07-04", review);
        assert_eq!(records.one("2019-08-01", "policy-year").when, on(due), "{review:?}");
    }
}

#[test]
fn the_next_version_meets_it() {
    let mut records = Records::default();
    let old = policy(&mut records, "2025-07-04", None);
    let answers =
        [("title", text("Data protection and privacy")), ("approved", text("2026-07-10"))];
    let new = records.add("policy", "2026-07-12", &answers);
    records.link(new, Relation::Continues, old);
    let mut due = records.due("2026-08-01");
    due.sort_by_key(|due| due.entry);
    assert_eq!((due[0].state, due[0].is_late()), (met("2026-07-10"), true));
    assert_eq!((due[1].state, due[1].when), (State::Open, on("2027-07-10")));
    assert_eq!(due[1].about.as_deref(), Some("Data protection and privacy"));
}

#[test]
fn the_fee_is_renewed_yearly() {
    let mut records = Records::default();
    records.add("registration", "2025-10-01", &[("fee-expiry", text("2026-10-14"))]);
    let due = records.one("2026-10-01", "fee");
    assert_eq!((due.when, due.state), (on("2026-10-14"), State::Open));
    assert!(due.legal.is_some());
    assert_eq!(records.one("2026-10-15", "fee").state, State::Overdue);
    records.add("registration", "2026-10-16", &[("registered", text("2026-10-13"))]);
    let mut due = records.due("2026-10-17");
    due.sort_by_key(|due| due.entry);
    assert_eq!((due[0].state, due[0].is_late()), (met("2026-10-13"), false));
    assert_eq!(due[1].when, on("2027-10-13"));
}

#[test]
fn what_runs_out_is_met_by_the_next_of_its_kind() {
    for (kind, rule, name, field) in [
        ("supplier-check", "supplier-expiry", "supplier", "expires"),
        ("training", "training-expiry", "course", "expires"),
        ("privacy-notice", "privacy-notice-review", "title", "next-review"),
        ("processing-activity", "ropa", "name", "next-review"),
    ] {
        let mut records = Records::default();
        let named = |name_of: &str, day: &str| vec![(name, text(name_of)), (field, text(day))];
        records.add(kind, "2025-10-01", &named("Blue Slate", "2026-10-01"));
        records.add(kind, "2025-10-01", &named("Green Chalk", "2026-10-02"));
        records.add(kind, "2026-09-15", &named("BLUE SLATE ", "2027-10-01"));
        let due = records.due("2026-10-03");
        assert!(due.iter().all(|due| due.rule == rule), "{kind}");
        let states: Vec<State> = due.iter().map(|due| due.state).collect();
        assert_eq!(states, [met("2026-09-15"), State::Overdue, State::Open], "{kind}");
        assert_eq!(due[1].about.as_deref(), Some("Green Chalk"));
    }
}

#[test]
fn what_has_ended_is_not_reviewed() {
    let mut records = Records::default();
    let answers = [
        ("name", text("Lunch accounts")),
        ("next-review", text("2026-10-01")),
        ("ended", text("2026-09-01")),
    ];
    records.add("processing-activity", "2025-10-01", &answers);
    let answers = [
        ("supplier", text("Blue Slate")),
        ("expires", text("2026-10-01")),
        ("conclusion", text("unsuitable")),
    ];
    records.add("supplier-check", "2025-10-01", &answers);
    assert_eq!(records.due("2026-10-03"), []);
}

#[test]
fn a_risk_is_accepted_anew_in_its_case() {
    let mut records = Records::default();
    records.within(
        "dpia-2026-001",
        "risk-acceptance",
        "2026-01-10",
        &[("until", text("2026-07-10"))],
    );
    records.within(
        "dpia-2026-002",
        "risk-acceptance",
        "2026-01-10",
        &[("until", text("2026-07-10"))],
    );
    records.within(
        "dpia-2026-001",
        "risk-acceptance",
        "2026-07-01",
        &[("until", text("2027-01-10"))],
    );
    let due = records.due("2026-07-11");
    let states: Vec<(Option<&str>, State)> =
        due.iter().map(|due| (due.case.as_deref(), due.state)).collect();
    assert_eq!(
        states,
        [
            (Some("dpia-2026-001"), met("2026-07-01")),
            (Some("dpia-2026-002"), State::Overdue),
            (Some("dpia-2026-001"), State::Open),
        ]
    );
}

/// Else an accepted risk runs out unseen, because another one of the case was accepted later.
#[test]
fn a_risk_is_accepted_anew_only_by_what_names_it() {
    const CASE: &str = "dpia-2026-001";
    let accept = |records: &mut Records, signed: &str, ids: &[&str], until: &str| {
        let risks = ids.iter().map(|id| group(&[("id", text(id))])).collect();
        let answers = [("risks", Value::Array(risks)), ("until", text(until))];
        records.within(CASE, "risk-acceptance", signed, &answers)
    };
    let first = |records: &Records| {
        let due = records.due("2027-01-01");
        let first = due.iter().find(|due| due.rule == "acceptance-until").expect("it is due");
        assert_eq!(first.entry, Index(0));
        first.state
    };
    let mut records = Records::default();
    accept(&mut records, "2026-01-10", &["R1", "R3"], "2026-12-31");
    accept(&mut records, "2026-02-10", &["R2"], "2027-12-31");
    accept(&mut records, "2026-03-10", &["R1"], "2027-12-31");
    assert_eq!(first(&records), State::Overdue, "R3 is not accepted anew");
    let last = accept(&mut records, "2026-04-10", &["R3", "R4"], "2027-12-31");
    assert_eq!(first(&records), met("2026-04-10"));
    records.0[last].marks.by_exception = true;
    assert_eq!(first(&records), State::Overdue, "nobody has ratified it");
    // A new DPIA assesses all of them.
    let dpia = records.within(CASE, "dpia", "2026-05-10", &[]);
    assert_eq!(first(&records), met("2026-05-10"));
    // One in which a slip was mended is no other, whatever stands between.
    records.0[dpia].time = records.0[0].time - 1;
    records.0.swap(0, dpia);
    let (from, to) = (records.0[0].index, records.0[dpia].index);
    (records.0[0].index, records.0[dpia].index) = (to, from);
    let again = records.within(CASE, "dpia", "2026-06-10", &[]);
    records.link(again, Relation::Corrects, 0);
    let due = records.due("2027-01-01");
    let first = due.iter().find(|due| due.entry == Index(4)).expect("it is due");
    assert_eq!((first.rule, first.state), ("acceptance-until", State::Overdue));
}

/// Else one new governor's training hides that thirty others have to be trained again.
#[test]
fn only_those_who_were_trained_again_are() {
    type Course = (&'static [&'static str], &'static [&'static str]);
    let train = |records: &mut Records, held: &str, roles: &[&str], people: &[&str]| {
        let answers = [
            ("course", text("Data protection")),
            ("held", text(held)),
            ("roles-trained", texts(roles)),
            ("attendees", texts(people)),
            ("expires", text("2026-10-01")),
        ];
        records.add("training", held, &answers)
    };
    let first = |records: &Records| {
        let due = records.due("2026-11-01");
        due.iter().find(|due| due.entry == Index(0)).expect("it is due").state
    };
    let mut records = Records::default();
    train(&mut records, "2025-10-01", &["teacher", "office"], &[]);
    train(&mut records, "2026-03-01", &["governor"], &[]);
    assert_eq!(first(&records), State::Overdue);
    train(&mut records, "2026-04-01", &["teacher"], &[]);
    assert_eq!(first(&records), State::Overdue);
    train(&mut records, "2026-05-01", &["Office", "governor"], &[]);
    assert_eq!(first(&records), met("2026-05-01"));
    let mut records = Records::default();
    train(&mut records, "2025-10-01", &["teacher"], &["s-1", "s-2"]);
    train(&mut records, "2026-03-01", &["teacher"], &["s-1"]);
    assert_eq!(first(&records), State::Overdue);
    train(&mut records, "2026-04-01", &["teacher"], &["s-2", "s-3"]);
    assert_eq!(first(&records), met("2026-04-01"));
    // The first course, those after it, and whether everybody has been trained again.
    let one: &[&str] = &["s-1"];
    let two: &[&str] = &["s-1", "s-2"];
    let cases: [(Course, &[Course], bool); 8] = [
        ((&["teacher"], two), &[(&["teacher"], two)], true),
        // One of two people, whatever their roles, or if none is named.
        ((&["teacher"], two), &[(&["teacher"], one)], false),
        ((&["teacher"], two), &[(&[], one)], false),
        // Where either names no people, the roles tell.
        ((&["teacher"], one), &[(&["teacher"], &[])], true),
        ((&["teacher"], one), &[(&["office"], &[])], false),
        ((&["teacher"], &[]), &[(&["teacher"], one)], true),
        ((&["teacher", "office"], &[]), &[(&["teacher"], one)], false),
        // One teacher who came again isn't all of them.
        ((&["teacher", "office"], two), &[(&["teacher"], one), (&["office"], &[])], false),
    ];
    for ((roles, people), later, again) in cases {
        let mut records = Records::default();
        train(&mut records, "2025-10-01", roles, people);
        for (roles, people) in later {
            train(&mut records, "2026-03-01", roles, people);
        }
        let expected = if again { met("2026-03-01") } else { State::Overdue };
        assert_eq!(first(&records), expected, "{roles:?} {people:?} {later:?}");
    }
}

/// Else the register shows the newer alone, and the older is overdue for ever.
#[test]
fn a_name_is_the_same_whatever_stands_between_its_letters() {
    let mut records = Records::default();
    let check = |records: &mut Records, supplier: &str, signed: &str, expires: &str| {
        let answers = [("supplier", text(supplier)), ("expires", text(expires))];
        records.add("supplier-check", signed, &answers)
    };
    check(&mut records, "ACME Ltd.", "2025-10-01", "2026-10-01");
    let new = check(&mut records, "Acme Ltd", "2026-09-01", "2027-10-01");
    let due = records.due("2026-11-01");
    assert_eq!(due[0].state, met("2026-09-01"));
    // What continues it, and was corrected since.
    records.0[new].answers.set("supplier", text("Acme plc"));
    records.link(new, Relation::Continues, 0);
    let newer = check(&mut records, "Acme plc", "2026-09-02", "2027-10-01");
    records.link(newer, Relation::Corrects, new);
    assert_eq!(records.due("2026-11-01")[0].state, met("2026-09-02"));
}

#[test]
fn only_another_of_its_kind_that_stands_takes_its_place() {
    let mut records = Records::default();
    let old = policy(&mut records, "2025-07-04", None);
    let other = records.add("hold", "2025-08-01", &[]);
    records.link(other, Relation::Continues, old);
    let is_met = |records: &Records| {
        let due = records.due("2026-06-01");
        let first = due.iter().find(|due| due.rule == "policy-year").expect("it is due");
        assert_eq!(first.entry, Index(0));
        first.state
    };
    assert_eq!(is_met(&records), State::Open, "of another kind");
    let answers = [("title", text("Privacy")), ("approved", text("2026-05-10"))];
    let new = records.add("policy", "2026-05-12", &answers);
    records.link(new, Relation::Continues, old);
    assert_eq!(is_met(&records), met("2026-05-10"));
    records.0[new].marks.gone = Some(crate::book::item::Loss::Erased);
    assert_eq!(is_met(&records), State::Open, "its answers are gone");
}
