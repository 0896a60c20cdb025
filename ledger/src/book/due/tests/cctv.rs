use super::*;

fn camera(records: &mut Records, status: &str) {
    let answers = [
        ("camera", text("Gate 1")),
        ("status", text(status)),
        ("retention-days", Value::Int(30)),
        ("since", text("2026-09-01")),
    ];
    records.add("cctv-camera", "2026-09-01", &answers);
}

#[test]
fn footage_goes_when_the_cameras_period_has_passed() {
    let mut records = Records::default();
    camera(&mut records, "in-use");
    let due = records.one("2026-09-10", "cctv-delete");
    assert_eq!((due.when, due.about.as_deref()), (on("2026-10-01"), Some("Gate 1")));
    assert!(!due.title.contains("Gate"), "calendars hold no words of records");
    let answers = [
        ("cameras", texts(&["gate 1"])),
        ("footage-to", Value::Int(moment("2026-10-01T10:00:00Z"))),
        ("deleted", Value::Int(moment("2026-10-02T10:00:00Z"))),
    ];
    records.add("cctv-deletion", "2026-10-02", &answers);
    assert_eq!(records.one("2026-10-03", "cctv-delete").when, on("2026-10-31"));
    camera(&mut records, "removed");
    records.none("2026-10-04", "cctv-delete");
}

fn access(outcome: &str, delete_by: Option<&str>) -> Records {
    let mut records = Records::default();
    let mut answers = vec![
        ("cameras", texts(&["Gate 1"])),
        ("footage-to", Value::Int(moment("2026-10-05T10:00:00Z"))),
        ("outcome", text(outcome)),
    ];
    answers.extend(delete_by.map(|day| ("delete-by", text(day))));
    records.add("cctv-access", "2026-10-06", &answers);
    records
}

#[test]
fn what_was_taken_is_deleted_by_its_day_or_the_cameras_period() {
    access("viewed", None).none("2026-10-07", "cctv-copy");
    let mut records = access("clip", Some("2026-12-01"));
    assert_eq!(records.one("2026-10-07", "cctv-copy").when, on("2026-12-01"));
    let deletion = records.add(
        "cctv-deletion",
        "2026-11-20",
        &[("deleted", Value::Int(moment("2026-11-20T10:00:00Z")))],
    );
    assert_eq!(records.one("2026-11-21", "cctv-copy").state, State::Open, "it names nothing");
    records.link(deletion, Relation::About, 0);
    assert!(matches!(records.one("2026-11-21", "cctv-copy").state, State::Met { .. }));
    let mut records = access("still", None);
    let unknown = records.one("2026-10-07", "cctv-copy");
    assert_eq!((unknown.when, unknown.state), (When::NotKnown, State::Open));
    camera(&mut records, "in-use");
    assert_eq!(records.one("2026-10-07", "cctv-copy").when, on("2026-11-04"));
}

#[test]
fn covert_monitoring_ends_by_the_longest_end() {
    let mut records = Records::default();
    let answers = [("longest-end", text("2026-11-01"))];
    let start = records.within("cctv-2026-001", "covert-authorisation", "2026-10-01", &answers);
    assert_eq!(records.one("2026-10-02", "covert-end").when, on("2026-11-01"));
    assert_eq!(records.one("2026-11-02", "covert-end").state, State::Overdue);
    let ended = moment("2026-10-20T15:00:00Z");
    let end = records.within(
        "cctv-2026-001",
        "covert-end",
        "2026-10-20",
        &[("ended", Value::Int(ended))],
    );
    records.link(end, Relation::About, start);
    assert_eq!(
        records.one("2026-11-02", "covert-end").state,
        State::Met { on: When::Moment(ended) }
    );
}
