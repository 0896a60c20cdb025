//! The limits of the law and the policy that run from one day or moment, each as its rule says.

use jiff::civil::Date;

use super::school::{School, Terms};
use super::working::{Working, days_later, months_later};
use super::{When, Worked};
use crate::records::days::{SECONDS_IN_72_HOURS, written, written_time};

/// Complaints are acknowledged within 30 days if they were received on this day or later.
pub const COMPLAINTS_FROM: Date = Date::constant(2026, 6, 19);

/// Days for acknowledging a complaint; the day after receipt is the first.
const COMPLAINT_DAYS: i64 = 30;

/// School days for making an educational record available.
const RECORD_SCHOOL_DAYS: u16 = 15;

/// Months from a request for exam marks, and days from the announcement of results.
const EXAM_MONTHS: i64 = 5;
const EXAM_DAYS: i64 = 40;

/// Weeks within which the regulator answers a consultation, and the further ones it may take.
const CONSULTATION_WEEKS: i64 = 8;
const CONSULTATION_MORE_WEEKS: i64 = 6;

/// Years for which images are kept after a pupil has left.
const IMAGE_YEARS: i64 = 3;

/// The regulator is notified within 72 elapsed hours of awareness (POSIX seconds): weekends count,
/// and a clock change moves nothing but the time on the wall.
#[must_use]
pub fn breach_72h(aware: i64) -> Worked {
    let due = aware.saturating_add(SECONDS_IN_72_HOURS);
    let words = format!("aware {}; 72 hours later is {}", written_time(aware), written_time(due));
    Worked { rule: "breach-72h", due: When::Moment(due), words }
}

/// A complaint is acknowledged within 30 days, the day after receipt being the first. `None` for
/// one that was received before the law asked for it.
#[must_use]
pub fn complaint(received: Date) -> Option<Worked> {
    if received < COMPLAINTS_FROM {
        return None;
    }
    let first = format!("received {}; the day after is day 1", written(received));
    let mut working = Working::begin("complaint", received, first);
    working.days(COMPLAINT_DAYS, true);
    working.roll();
    Some(working.done())
}

/// Exam marks that are asked for before results are announced: the earlier of 5 months from the
/// request and the 40th day of the announcement, the day of the announcement being the first.
/// `None` when results were announced by then: the usual month applies. Neither is moved from a
/// day off.
#[must_use]
pub fn exam_marks(received: Date, announced: Option<Date>) -> Option<Worked> {
    if announced.is_some_and(|announced| announced <= received) {
        return None;
    }
    let received_on = format!("received {}", written(received));
    let mut months = Working::begin("exam-marks", received, received_on.clone());
    months.months(EXAM_MONTHS, false);
    let Some(announced) = announced else {
        months.say("or 40 days from the announcement of results, if that is earlier");
        months.stays();
        return Some(months.done());
    };
    let end = days_later(announced, EXAM_DAYS - 1);
    let mut working = Working::begin("exam-marks", months.day(), received_on);
    working.say(format!("5 months later is {}", written(months.day())));
    working.say(format!(
        "results announced on {}, and the 40th day from then is {}",
        written(announced),
        written(end)
    ));
    let earlier = end.min(months.day());
    working.go_to(earlier, format!("the earlier is {}", When::Day(earlier).written()));
    working.stays();
    Some(working.done())
}

/// Whether a request for an educational record runs in school days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordRight {
    /// It does.
    Applies,
    /// It does, if what is not on record is as it has to be.
    If(&'static str),
    /// It doesn't: why. The request is one for access.
    Not(&'static str),
}

/// Whether a parent has the right to the educational record: a written request, at a school in
/// England that a local authority maintains (no nursery), or at a non-maintained special school.
#[must_use]
pub fn record_right(
    school: &School,
    requester: Option<&str>,
    written: Option<bool>,
) -> RecordRight {
    use RecordRight::{Applies, If, Not};
    match (school.nation.as_deref(), school.kind.as_deref()) {
        (Some("wales" | "scotland" | "northern-ireland"), _) => {
            return Not("these regulations are England's");
        }
        (_, Some("la-maintained" | "non-maintained-special") | None) => {}
        (_, Some(_)) => return Not("these regulations name no school of this type"),
    }
    match (requester, written) {
        (Some("parent") | None, Some(true) | None) => {}
        (Some("parent") | None, Some(false)) => return Not("it was not in writing"),
        (Some(_), _) => return Not("it is a parent's right, and somebody else asks"),
    }
    match (school.kind.is_some(), school.nation.is_some(), requester.is_some() && written.is_some())
    {
        (false, _, _) => If("if the school is maintained or a non-maintained special school"),
        (_, false, _) => If("if the school is in England"),
        (_, _, false) => If("if it is a parent's request in writing"),
        _ => Applies,
    }
}

/// The educational record is made available within 15 school days of a parent's written request.
#[must_use]
pub fn edu_record(received: Date, right: &RecordRight, terms: &Terms) -> Worked {
    let first = format!("received {}", written(received));
    let mut working = Working::begin("edu-record", received, first);
    if let RecordRight::If(condition) = right {
        working.say(*condition);
    }
    match terms.school_days_after(received, RECORD_SCHOOL_DAYS) {
        Ok(end) => {
            let clause = format!(
                "the {RECORD_SCHOOL_DAYS}th school day after is {}",
                When::Day(end).written()
            );
            working.go_to(end, clause);
            working.done()
        }
        Err(why) => {
            working.say(why);
            working.open()
        }
    }
}

/// The regulator answers a consultation within 8 weeks of it, or 6 more.
#[must_use]
pub fn dpia_consult(sent: i64, extended: bool) -> Worked {
    let day = When::Moment(sent).day().unwrap_or(Date::MAX);
    let mut working = Working::begin("dpia-consult", day, format!("sent {}", written(day)));
    let end = days_later(day, CONSULTATION_WEEKS * 7);
    working.go_to(end, format!("8 weeks later is {}", When::Day(end).written()));
    if extended {
        let end = days_later(end, CONSULTATION_MORE_WEEKS * 7);
        working.go_to(end, format!("extended by 6 weeks: {}", When::Day(end).written()));
    }
    working.done()
}

/// Images go at most 3 years after the pupil has left.
#[must_use]
pub fn image_3y(left: Date) -> Worked {
    let mut working = Working::begin("image-3y", left, format!("left {}", written(left)));
    let end = months_later(left, IMAGE_YEARS * 12);
    working.go_to(end, format!("3 years later is {}", When::Day(end).written()));
    working.done()
}

/// Footage goes when the camera's own period has passed. `first` says from which day.
#[must_use]
pub fn cctv_delete(from: Date, days: i64, first: &str) -> Worked {
    let mut working = Working::begin("cctv-delete", from, first);
    working.days(days, false);
    working.done()
}

#[cfg(test)]
#[path = "tests/limits.rs"]
mod tests;
