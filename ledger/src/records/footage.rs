//! What is asked whenever somebody hands out or deletes recorded images: that the times fit, and
//! which camera's record at hand says how long its images are kept.

use super::answers::Answers;
use super::facts::{Earlier, Facts, Finding};
use crate::format::cbor::Value;

/// That the footage has its two ends in order, and that what was done with it, at the moment in
/// the field `done`, came after it and before the record.
pub(super) fn check_times(
    answers: &Answers,
    facts: &Facts<'_>,
    done: &str,
    findings: &mut Vec<Finding>,
) {
    for (from, to) in [("footage-from", "footage-to"), ("footage-from", done), ("footage-to", done)]
    {
        if let (Some(start), Some(end)) = (answers.integer(from), answers.integer(to))
            && end < start
        {
            findings.push(Finding::new("time-order", format!("{to} is before {from}")));
        }
    }
    if answers.integer(done).is_some_and(|done| done > facts.time) {
        findings.push(Finding::new("future", format!("{done} is after this record was made")));
    }
}

/// The newest record of a camera in the case or among the links, by the camera's name.
pub(super) fn camera<'a>(facts: &'a Facts<'_>, name: &str) -> Option<&'a Earlier<'a>> {
    facts
        .earlier("cctv-camera")
        .filter(|entry| {
            let known = entry.answers.and_then(|answers| answers.text("camera"));
            known.is_some_and(|known| same_camera(known, name))
        })
        .max_by_key(|entry| entry.index)
}

/// Whether two names are one camera's: people write `Gate 2` and `gate 2`.
pub(super) fn same_camera(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The names of the cameras that a record is about.
pub(super) fn names(answers: &Answers) -> impl Iterator<Item = &str> {
    answers.list("cameras").iter().filter_map(Value::as_text)
}
