//! What falls due in books of made-up records.

use jiff::civil::Date;

use super::*;
use crate::book::item::{Item, Marks};
use crate::format::cbor::Value;
use crate::format::hash::EntryHash;
use crate::records::answers::Answers;
use crate::records::days::day;
use crate::records::kind::Relation;

mod breach;
mod cctv;
mod consent;
mod dpia;
mod requests;
mod standing;
mod tasks;

/// A day.
fn date(text: &str) -> Date {
    day(text).expect("a day")
}

/// The moment of a UTC time.
fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().expect("a moment").as_second()
}

fn text(text: &str) -> Value {
    Value::text(text)
}

fn texts(all: &[&str]) -> Value {
    Value::Array(all.iter().map(|text| Value::text(*text)).collect())
}

fn group(members: &[(&'static str, Value)]) -> Value {
    Value::map(members.iter().cloned())
}

/// Records of a school, in the order in which they were signed.
#[derive(Default)]
struct Records(Vec<Item>);

impl Records {
    /// Adds a record that was signed at noon of a day; answers its index.
    fn add(&mut self, kind: &str, signed: &str, answers: &[(&str, Value)]) -> usize {
        let index = self.0.len();
        let mut given = Answers::default();
        for (name, value) in answers {
            given.set(*name, value.clone());
        }
        self.0.push(Item {
            index: Index(u64::try_from(index).expect("small")),
            hash: EntryHash([u8::try_from(index + 1).expect("small"); 32]),
            kind: kind.to_owned(),
            case: None,
            role: "headteacher".to_owned(),
            person: [1; 16],
            signer: "R. Hale".to_owned(),
            time: moment(&format!("{signed}T12:00:00Z")),
            is_statement: false,
            decision: None,
            links: Vec::new(),
            answers: given,
            marks: Marks::default(),
        });
        index
    }

    /// Adds a record in a case.
    fn within(&mut self, case: &str, kind: &str, signed: &str, answers: &[(&str, Value)]) -> usize {
        let index = self.add(kind, signed, answers);
        self.0[index].case = Some(case.to_owned());
        index
    }

    /// Links a record to another.
    fn link(&mut self, from: usize, relation: Relation, to: usize) {
        let hash = self.0[to].hash;
        self.0[from].links.push((relation, hash));
    }

    /// The answers are gone, as if an entry had erased them.
    fn erase(&mut self, index: usize) {
        self.0[index].answers = Answers::default();
        self.0[index].marks.gone = Some(crate::book::item::Loss::Erased);
    }

    /// What falls due at noon of a day.
    fn due(&self, at: &str) -> Vec<Due> {
        self.due_for(
            at,
            &School { kind: Some("la-maintained".to_owned()), nation: Some("england".to_owned()) },
        )
    }

    fn due_for(&self, at: &str, school: &School) -> Vec<Due> {
        let at = moment(&format!("{at}T12:00:00Z"));
        let found = due(&Book::new(&self.0, at), school);
        // Whoever reads the named kinds alone is told the same.
        assert!(self.0.iter().all(|item| KINDS.contains(&item.kind.as_str())));
        found
    }

    /// The one deadline whose name for calendars begins so.
    fn one(&self, at: &str, key: &str) -> Due {
        let mut found = self.due(at);
        found.retain(|due| due.uid.starts_with(key));
        assert_eq!(found.len(), 1, "{key}: {found:#?}");
        found.remove(0)
    }

    /// Whether nothing falls due under that name.
    fn none(&self, at: &str, key: &str) {
        let found = self.due(at);
        assert!(!found.iter().any(|due| due.uid.starts_with(key)), "{key}: {found:#?}");
    }
}

fn on(text: &str) -> When {
    When::Day(date(text))
}

fn met(text: &str) -> State {
    State::Met { on: on(text) }
}

fn worked(worked: Option<&Worked>) -> (When, &str) {
    worked.map_or((When::NotKnown, ""), |worked| (worked.due, &worked.words))
}

#[test]
fn the_earliest_comes_first_and_what_is_not_known_last() {
    let mut records = Records::default();
    records.add(
        "action",
        "2026-10-01",
        &[("what", text("buy locks")), ("due", text("2026-12-01"))],
    );
    records.add("action", "2026-10-01", &[("what", text("train")), ("due", text("2026-11-01"))]);
    records.within(
        "request-2026-001",
        "request",
        "2026-10-02",
        &[("type", text("educational-record")), ("received", text("2026-10-01"))],
    );
    let due = records.due("2026-11-15");
    let order: Vec<When> = due.iter().map(|due| due.when).collect();
    assert_eq!(order, [on("2026-10-16"), on("2026-11-01"), on("2026-12-01"), When::NotKnown]);
    assert_eq!(due[1].state, State::Overdue);
    assert_eq!(due[1].about.as_deref(), Some("train"));
    assert_eq!(due[2].state, State::Open);
    assert_eq!(due[3].state, State::Open, "what can't be computed is never overdue");
    let names: BTreeSet<&str> = due.iter().map(|due| &*due.uid).collect();
    assert_eq!(names.len(), due.len(), "calendars tell them apart");
    let json = serde_json::to_value(&due[1]).expect("JSON");
    assert_eq!(json["when"], "2026-11-01");
    assert_eq!(json["state"], "overdue");
}

#[test]
fn a_record_that_another_of_its_kind_corrects_gives_way_to_it() {
    let mut records = Records::default();
    let wrong = records.add("action", "2026-10-01", &[("due", text("2026-11-01"))]);
    let right = records.add("action", "2026-10-02", &[("due", text("2026-12-01"))]);
    records.link(right, Relation::Corrects, wrong);
    assert_eq!(records.one("2026-10-03", "action").when, on("2026-12-01"));
    // A correction in words leaves the date, and is named beside it.
    let words = records.add("correction", "2026-10-03", &[("what-changed", text("by Easter"))]);
    records.link(words, Relation::Corrects, right);
    let due = records.one("2026-10-04", "action");
    assert_eq!((due.when, due.corrected), (on("2026-12-01"), Some(Index(2))));
}

#[test]
fn what_was_erased_has_no_dates() {
    let mut records = Records::default();
    let at = records.add("action", "2026-10-01", &[("due", text("2026-11-01"))]);
    records.0[at].marks.gone = Some(crate::book::item::Loss::Erased);
    assert_eq!(records.due("2026-10-03"), []);
}

/// Else what was done in time is told as overdue once the record of it was erased.
#[test]
fn what_ends_something_by_its_kind_ends_it_though_it_was_erased() {
    let mut records = Records::default();
    let link = |records: &mut Records, kind: &str, relation, to| {
        let at = records.add(kind, "2026-10-20", &[]);
        records.link(at, relation, to);
        records.erase(at);
    };
    let action = records.add("action", "2026-10-01", &[("due", text("2026-11-01"))]);
    link(&mut records, "action-done", Relation::About, action);
    assert_eq!(records.one("2026-12-03", "action").state, met("2026-10-20"));
    let hold = records.add("hold", "2026-10-01", &[("review-date", text("2026-11-01"))]);
    link(&mut records, "hold-release", Relation::About, hold);
    assert_eq!(records.one("2026-12-03", "hold-review").state, met("2026-10-20"));
    let received = [("type", text("subject-access")), ("received", text("2026-10-10"))];
    let request = records.add("request", "2026-10-10", &received);
    link(&mut records, "request-answer", Relation::Answers, request);
    assert_eq!(records.one("2026-12-03", "sar-answer").state, met("2026-10-20"));
    let longest = [("longest-end", text("2026-11-01"))];
    let covert = records.add("covert-authorisation", "2026-10-01", &longest);
    link(&mut records, "covert-end", Relation::About, covert);
    assert!(matches!(records.one("2026-12-03", "covert-end").state, State::Met { .. }));
    // Which step it was, its kind doesn't tell.
    let received = [("received", text("2026-10-10"))];
    let complaint = records.add("complaint", "2026-10-10", &received);
    assert_eq!(records.one("2026-12-03", "complaint-outcome").state, State::Open);
    link(&mut records, "complaint-step", Relation::About, complaint);
    records.none("2026-12-03", "complaint");
}

#[test]
fn a_book_as_it_stood_knows_nothing_of_later_records() {
    let mut records = Records::default();
    let action = records.add("action", "2026-10-01", &[("due", text("2026-11-01"))]);
    let done = records.add("action-done", "2026-10-20", &[("done", text("2026-10-19"))]);
    records.link(done, Relation::About, action);
    assert_eq!(records.one("2026-10-19", "action").state, State::Open);
    assert_eq!(records.one("2026-10-20", "action").state, met("2026-10-19"));
}

#[test]
fn every_deadline_names_a_rule_that_the_page_explains() {
    let mut records = Records::default();
    for kind in [
        "request",
        "complaint",
        "cctv-complaint",
        "breach-report",
        "dpia",
        "policy",
        "registration",
        "exception",
        "hold",
        "consent",
        "consent-withdrawal",
        "cctv-camera",
        "calendar",
    ] {
        // Records whose answers are all missing are no trap.
        records.within("other-2026-001", kind, "2026-10-01", &[]);
    }
    for due in records.due("2026-11-01") {
        assert!(crate::book::rules::rule(due.rule).is_some(), "{due:#?}");
        assert!(!due.source.is_empty());
    }
}
