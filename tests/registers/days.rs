//! A register as it stood on each of several days, on a book that was kept on these days.

use probity::store::{Mode, Store as _};
use probity::work::reading::Reading;
use probity::work::record::{CaseChoice, Wanted};
use probity::work::register::{Filled, fill, moment, named};
use probity::work::{World, time};
use probity_ledger::book::registers::Row;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Entry;
use probity_ledger::records::kind::Relation;

use support::{DPO, HEAD, School};

#[path = "../support/mod.rs"]
mod support;

/// 21 September 2026, as everything of the small school.
fn monday() -> i64 {
    support::NOW
}

fn thursday() -> i64 {
    support::NOW + 3 * 86400
}

fn saturday() -> i64 {
    support::NOW + 5 * 86400
}

/// A clock that is a year ahead.
fn wrong() -> i64 {
    support::NOW + 365 * 86400
}

fn on(school: &mut School, clock: fn() -> i64) {
    school.world = World::real().with_clock(clock);
}

fn wanted(kind: &str, by: &str, case: &str) -> Wanted {
    let kind = probity_ledger::records::newest(kind).expect("a kind");
    let mut wanted = Wanted::new(kind, by);
    wanted.case = CaseChoice::Existing(case.to_owned());
    wanted
}

/// A breach, reported on Monday, corrected on Thursday, decided on Saturday.
fn kept(folder: &std::path::Path) -> (School, String) {
    let mut school = School::begin(folder, World::real().with_clock(monday)).expect("begun");
    school.appoint(DPO, "dpo").expect("appointed");
    let mut report = wanted("breach-report", HEAD, "");
    report.case = CaseChoice::New(None);
    report.answers.set("aware", Value::Int(monday() - 60));
    report.answers.set("what-happened", Value::text("A letter went astray."));
    let report = school.record(&report).expect("recorded");
    let case = report.subject().as_str().to_owned();
    on(&mut school, thursday);
    correct(&school, &report);
    on(&mut school, saturday);
    let mut decision = wanted("breach-decision", HEAD, &case);
    decision.answers.set("risk", Value::text("unlikely"));
    decision.answers.set("notify-regulator", Value::Bool(false));
    decision.answers.set("justification", Value::text("It came back unopened."));
    school.record(&decision).expect("recorded");
    (school, case)
}

fn correct(school: &School, report: &Entry) {
    let kind = probity_ledger::records::newest("correction").expect("a kind");
    let mut correction = Wanted::new(kind, HEAD);
    correction.answers.set("what-changed", Value::text("It was a parcel."));
    correction.links.push((Relation::Corrects, report.index().to_string()));
    school.record(&correction).expect("recorded");
}

fn breaches(school: &School, day: &str) -> Filled {
    let reading = Reading::open(&school.home, &Mode::Browse).expect("the book opens");
    let at = moment(&school.world, Some(day)).expect("a day that has been");
    fill(&reading, named("breaches").expect("a register"), at).expect("read")
}

fn plain(filled: &Filled, row: &Row, column: &str) -> String {
    row.cell(filled.register, column).expect("a column").plain()
}

#[test]
fn each_day_has_its_own_register_and_later_ones_change_none_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let (school, case) = kept(folder.path());
    assert_eq!(breaches(&school, "2026-09-20").rows.len(), 0);
    let mut seen = Vec::new();
    for day in ["2026-09-21", "2026-09-23", "2026-09-24", "2026-09-25", "2026-09-26"] {
        let filled = breaches(&school, day);
        let [row] = filled.rows.as_slice() else { panic!("one row: {filled:#?}") };
        assert_eq!(row.case.as_deref(), Some(case.as_str()));
        let state = plain(&filled, row, "state");
        seen.push((filled.day(), row.marks.len(), state, filled.later.len()));
    }
    let said =
        |day: &str, marks, state: &str, later| (day.to_owned(), marks, state.to_owned(), later);
    assert_eq!(
        seen,
        [
            said("21 September 2026", 0, "reported", 1),
            said("23 September 2026", 0, "reported", 1),
            said("24 September 2026", 1, "reported", 1),
            said("25 September 2026", 1, "reported", 1),
            said("26 September 2026", 1, "decided", 0),
        ]
    );
    let filled = breaches(&school, "2026-09-26");
    assert_eq!(plain(&filled, &filled.rows[0], "reasons"), "not notified: It came back unopened.");
}

#[test]
fn a_record_of_a_wrong_clock_is_named_rather_than_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut school, _) = kept(folder.path());
    on(&mut school, wrong);
    let mut report = wanted("breach-report", HEAD, "");
    report.case = CaseChoice::New(None);
    report.answers.set("aware", Value::Int(monday()));
    report.date_confirmed = true;
    let report = school.record(&report).expect("recorded");
    on(&mut school, saturday);
    let filled = breaches(&school, "2026-09-26");
    assert_eq!(filled.rows.len(), 1);
    assert_eq!(filled.later, [report.index()]);
    assert!(school.read().expect("opens").store.head().size.0 > report.index().0);
}

#[test]
fn a_day_ends_at_midnight_in_london() {
    let world = World::real().with_clock(saturday);
    // 23:59:59 BST.
    assert_eq!(
        moment(&world, Some("2026-09-26")).ok(),
        time::read_moment("2026-09-26T22:59:59Z", None).ok()
    );
    assert_eq!(moment(&world, None).ok(), moment(&world, Some("26 September 2026")).ok());
    assert!(moment(&world, Some("2026-09-27")).is_err());
}
