//! What several kinds ask about the days that they name: that what is due is set and hasn't
//! passed, that what happened isn't still to come, and that a span doesn't run backwards.

use jiff::civil::Date;

use super::days::{day_at, written};
use super::facts::{Facts, Finding};

/// Asks about a day by which something is due: whether it is set, and whether it has passed.
pub(super) fn due(
    rule: &'static str,
    what: &str,
    day: Option<Date>,
    facts: &Facts<'_>,
) -> Option<Finding> {
    match day {
        None => Some(Finding::new(rule, format!("no day is set for {what}"))),
        Some(day) if Some(day) < day_at(facts.time) => {
            Some(Finding::new(rule, format!("{what} was due on {}", written(day))))
        }
        Some(_) => None,
    }
}

/// Asks about a day on which something is said to have happened: whether it is still to come.
pub(super) fn still_to_come(what: &str, day: Option<Date>, facts: &Facts<'_>) -> Option<Finding> {
    let (day, today) = (day?, day_at(facts.time)?);
    (day > today).then(|| {
        Finding::new("future", format!("{what} is dated {}, after this record", written(day)))
    })
}

/// Asks about two days of which the second can't come first. `what` names the second and the
/// first: "the fee ends", "the registration".
pub(super) fn backwards(
    (later, second): (&str, Option<Date>),
    (earlier, first): (&str, Option<Date>),
) -> Option<Finding> {
    let (first, second) = (first?, second?);
    (second < first).then(|| {
        Finding::new(
            "time-order",
            format!("{later} on {}, before {earlier} on {}", written(second), written(first)),
        )
    })
}
