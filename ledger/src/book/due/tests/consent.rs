use super::*;

fn purposes(decision: &str) -> Value {
    Value::Array(vec![group(&[("purpose", text("website")), ("decision", text(decision))])])
}

fn consent(records: &mut Records, signed: &str, subject: &str, from: Option<&str>) -> usize {
    let mut answers = vec![("subject", text(subject)), ("purposes", purposes("given"))];
    answers.extend(from.map(|day| ("from", text(day))));
    records.add("consent", signed, &answers)
}

#[test]
fn consent_is_asked_again_when_the_school_year_begins() {
    let mut records = Records::default();
    consent(&mut records, "2025-09-10", "s-1", None);
    consent(&mut records, "2025-10-01", "s-2", None);
    let due = records.one("2026-06-01", "consent-year-2026");
    assert_eq!((due.when, due.state), (on("2026-09-01"), State::Open));
    assert_eq!(due.title, "Ask for consent again for the school year 2026/27");
    assert!(worked(due.target.as_ref()).1.contains("2 of 2"));
    records.none("2026-06-01", "consent-year-2025");
    assert_eq!(records.one("2026-09-02", "consent-year-2026").state, State::Overdue);
    // One was asked in July for the new year, the other in September.
    consent(&mut records, "2026-07-03", "s-1", Some("2026-09-01"));
    let due = records.one("2026-09-02", "consent-year-2026");
    assert!(worked(due.target.as_ref()).1.contains("1 of 2"));
    assert_eq!(due.entry, Index(1));
    consent(&mut records, "2026-09-08", "s-2", None);
    let due = records.one("2026-09-09", "consent-year-2026");
    assert_eq!((due.state, due.is_late()), (met("2026-09-08"), true));
    assert_eq!(records.one("2026-09-09", "consent-year-2027").state, State::Open);
}

#[test]
fn a_calendar_says_when_the_school_year_begins() {
    let mut records = Records::default();
    consent(&mut records, "2025-09-10", "s-1", None);
    let term = group(&[("from", text("2026-09-07")), ("to", text("2026-12-18"))]);
    let answers = [("school-year", text("2026/27")), ("terms", Value::Array(vec![term]))];
    records.add("calendar", "2026-05-01", &answers);
    assert_eq!(records.one("2026-06-01", "consent-year-2026").when, on("2026-09-07"));
}

#[test]
fn a_refusal_and_a_withdrawal_need_no_asking() {
    let mut records = Records::default();
    let answers = [("subject", text("s-1")), ("purposes", purposes("refused"))];
    records.add("consent", "2025-09-10", &answers);
    records.none("2026-06-01", "consent-year");
    let given = consent(&mut records, "2025-09-11", "s-2", None);
    records.one("2026-06-01", "consent-year-2026");
    let received = ("received", Value::Int(moment("2026-06-02T10:00:00Z")));
    let withdrawal = records.add("consent-withdrawal", "2026-06-02", &[received]);
    records.link(withdrawal, Relation::Withdraws, given);
    records.none("2026-06-03", "consent-year");
}

#[test]
fn a_withdrawal_is_open_until_every_place_is_closed_and_confirmed() {
    let mut records = Records::default();
    let received = ("received", Value::Int(moment("2026-10-05T10:00:00Z")));
    let answers = [received, ("places", texts(&["website", "hall display"]))];
    let withdrawal =
        records.within("consent-2026-001", "consent-withdrawal", "2026-10-05", &answers);
    let words = |records: &Records| {
        let due = records.one("2026-12-01", "withdrawal-places");
        (due.state, due.legal.expect("it is owed").words)
    };
    let (state, text_1) = words(&records);
    assert_eq!(state, State::Open);
    assert!(text_1.ends_with("still open: website, hall display"), "{text_1}");
    let mut remove = |place, done, sent: Option<&str>| {
        let mut answers = vec![("place", text(place)), ("done", text(done))];
        answers.extend(sent.map(|day| ("confirmation-sent", text(day))));
        let removal = records.within("consent-2026-001", "image-removal", done, &answers);
        records.link(removal, Relation::Removes, withdrawal);
        words(&records)
    };
    let (state, left) = remove(" Website", "2026-10-06", None);
    assert!(state == State::Open && left.ends_with("still open: hall display"), "{left}");
    let (state, left) = remove("hall display", "2026-10-07", None);
    assert!(state == State::Open && left.contains("no confirmation is sent"), "{left}");
    let (state, _) = remove("hall display", "2026-10-08", Some("2026-10-09"));
    assert_eq!(state, met("2026-10-09"));
    let due = records.one("2026-12-01", "withdrawal-places");
    assert!(!due.is_late(), "the law has no number of days");
    assert_eq!(due.when, When::Moment(moment("2026-10-05T10:00:00Z")));
}

#[test]
fn consent_that_was_not_asked_for_again_stays_overdue_until_the_next_summer() {
    let mut records = Records::default();
    consent(&mut records, "2025-06-10", "s-1", None);
    assert_eq!(records.one("2026-06-01", "consent-year-2025").state, State::Overdue);
    records.none("2026-06-01", "consent-year-2024");
}

#[test]
fn consent_of_the_first_day_is_the_new_year_s() {
    let mut records = Records::default();
    consent(&mut records, "2025-07-10", "s-1", Some("2025-09-01"));
    records.none("2025-10-01", "consent-year-2025");
    records.one("2025-10-01", "consent-year-2026");
}

#[test]
fn a_withdrawal_names_the_pupil_and_ends_what_was_given_before() {
    let mut records = Records::default();
    consent(&mut records, "2025-09-10", "s-1", None);
    let withdraw = |records: &mut Records, at: &str| {
        let received = Value::Int(moment(&format!("{at}T10:00:00Z")));
        records.add("consent-withdrawal", at, &[("subject", text("s-1")), ("received", received)])
    };
    // Withdrawn before it was given again.
    let earlier = withdraw(&mut records, "2025-09-09");
    assert_eq!(records.one("2026-06-01", "consent-year-2026").state, State::Open);
    records.0[earlier].marks.gone = Some(crate::book::item::Loss::Erased);
    withdraw(&mut records, "2025-09-10");
    records.none("2026-06-01", "consent-year-2026");
}

#[test]
fn a_withdrawal_on_the_first_day_of_the_year_ends_the_asking() {
    let mut records = Records::default();
    let given = consent(&mut records, "2025-09-10", "s-1", None);
    let received = Value::Int(moment("2026-09-01T10:00:00Z"));
    let withdrawal = records.add("consent-withdrawal", "2026-09-01", &[("received", received)]);
    records.link(withdrawal, Relation::Withdraws, given);
    assert_eq!(records.one("2026-09-02", "consent-year-2026").state, met("2026-09-01"));
}

#[test]
fn a_withdrawal_without_places_is_open_until_somebody_has_looked() {
    let mut records = Records::default();
    let received = ("received", Value::Int(moment("2026-10-05T10:00:00Z")));
    let withdrawal = records.add("consent-withdrawal", "2026-10-05", &[received]);
    let words = |records: &Records| {
        let due = records.one("2026-12-01", "withdrawal-places");
        worked(due.legal.as_ref()).1.to_owned()
    };
    assert!(words(&records).ends_with("no places are listed where copies were looked for"));
    let removal = records.add("image-removal", "2026-10-06", &[("place", text("website"))]);
    records.link(removal, Relation::Removes, withdrawal);
    assert!(words(&records).ends_with("every place is closed, and no confirmation is sent"));
}

#[test]
fn a_corrected_consent_stays_withdrawn_and_of_its_own_year() {
    let mut records = Records::default();
    let given = consent(&mut records, "2025-09-10", "s-1", None);
    let received = Value::Int(moment("2026-06-02T10:00:00Z"));
    let answers = [("received", received)];
    let withdrawal = records.add("consent-withdrawal", "2026-06-02", &answers);
    records.link(withdrawal, Relation::Withdraws, given);
    let mended = consent(&mut records, "2026-06-03", "s-1", None);
    records.link(mended, Relation::Corrects, given);
    records.none("2026-06-04", "consent-year");
    // A form of last year that is mended in the new one isn't asked for again by that.
    let mut records = Records::default();
    let given = consent(&mut records, "2025-09-10", "s-1", None);
    let mended = consent(&mut records, "2026-09-03", "s-1", None);
    records.link(mended, Relation::Corrects, given);
    assert_eq!(records.one("2026-09-04", "consent-year-2026").state, State::Overdue);
}

/// A pupil who left isn't waited for in every year to come.
#[test]
fn a_consent_that_ran_out_is_asked_for_again_in_the_next_year_alone() {
    let mut records = Records::default();
    let given = consent(&mut records, "2024-09-10", "s-1", None);
    records.0[given].answers.set("until", text("2025-08-31"));
    assert_eq!(records.one("2025-09-02", "consent-year-2025").state, State::Overdue);
    records.none("2025-09-02", "consent-year-2026");
    records.none("2026-09-02", "consent-year");
    // One that stands is asked for again, however old it is.
    consent(&mut records, "2024-09-10", "s-2", None);
    let due = records.one("2026-09-02", "consent-year-2026");
    assert!(worked(due.target.as_ref()).1.contains("1 of 1"));
}
