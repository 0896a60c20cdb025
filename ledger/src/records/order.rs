//! Days that can't be: later than the record that tells of them, or in the wrong order.

use jiff::civil::Date;

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};

/// That a day which is answered in `field` lies after the record. `what` begins the sentence:
/// "it was sent".
pub(super) fn in_future(
    answers: &Answers,
    facts: &Facts<'_>,
    field: &str,
    what: &str,
) -> Option<Finding> {
    let (told, today) = (answers.day(field)?, day_at(facts.time)?);
    let text = || format!("{what} on {}, after this record", written(told));
    (told > today).then(|| Finding::new("future", text()))
}

/// That `later` lies before `earlier`, which it can't.
pub(super) fn reversed(earlier: Option<Date>, later: Option<Date>, text: &str) -> Option<Finding> {
    let wrong = earlier.zip(later).is_some_and(|(earlier, later)| later < earlier);
    wrong.then(|| Finding::new("time-order", text))
}
