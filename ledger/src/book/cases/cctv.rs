//! CCTV: cameras, views of the images, clips kept, complaints, covert monitoring.

use super::{State, named, newest, of, signed};
use crate::book::item::{Book, Item};
use crate::book::lasting::cctv_complaints;
use crate::records::days::{day_at, written};
use crate::records::kind::Relation;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    if let Some(covert) = newest(book, case, "covert-authorisation") {
        return monitored(book, covert);
    }
    let complaints: Vec<&Item> = cctv_complaints(book)
        .into_iter()
        .filter_map(|recorded| recorded.last().copied())
        .filter(|complaint| complaint.case.as_deref() == Some(case))
        .collect();
    let is_open = |complaint: &&&Item| matches!(complaint.text("outcome"), None | Some("open"));
    if let Some(complaint) = complaints.iter().find(is_open).or(complaints.last()) {
        return match complaint.text("outcome") {
            None | Some("open") => {
                State::new("a complaint is open", format!("{} has no outcome", named(complaint)))
                    .then("answer it, and record the outcome as a correction or a new entry")
            }
            Some(outcome) => State::closed(
                format!("complaint: {}", outcome.replace('-', " ")),
                format!("{} says so", signed(complaint)),
            ),
        };
    }
    let kept: Vec<&Item> = kept_clips(book, case);
    if let Some(first) = kept.first() {
        let clips = if kept.len() == 1 { "a still or clip is" } else { "stills or clips are" };
        let mut state = State::new(
            format!("{clips} kept"),
            format!("{} took one, and no record says that it was deleted", named(first)),
        );
        for access in kept {
            state = match access.day("delete-by") {
                Some(day) => state.then(format!(
                    "delete what entry {} took by {}, and record it: `record cctv-deletion`",
                    access.index.0,
                    written(day)
                )),
                None => state.lacking(format!(
                    "no day is set for deleting what entry {} took",
                    access.index.0
                )),
            };
        }
        return state;
    }
    match newest(book, case, "cctv-camera") {
        Some(camera) => {
            let status = camera.text("status").unwrap_or("recorded").replace('-', " ");
            State::new(format!("camera {status}"), format!("{} says so", named(camera)))
        }
        None => State::new("recorded", "what was viewed or disclosed is on record"),
    }
}

/// The views at which a still or clip was taken that no deletion is about.
fn kept_clips<'a>(book: &Book<'a>, case: &str) -> Vec<&'a Item> {
    of(book, case, "cctv-access")
        .filter(|access| matches!(access.text("outcome"), Some("still" | "clip")))
        .filter(|access| {
            !book.linking(access, Relation::About).any(|later| later.kind == "cctv-deletion")
        })
        .collect()
}

fn monitored(book: &Book<'_>, covert: &Item) -> State {
    let end = book.linking(covert, Relation::About).find(|later| later.kind == "covert-end");
    if let Some(end) = end {
        return State::closed("covert monitoring ended", format!("{} says so", signed(end)));
    }
    let started = covert.integer("start").is_some_and(|start| start <= book.at());
    if !covert.marks.lacks.is_empty() {
        let state = if started {
            "covert monitoring without its approval"
        } else {
            "covert monitoring, to be approved before it starts"
        };
        return State::new(state, format!("{} is not complete", named(covert)))
            .then("have the controller's representative approve it: `record approval`");
    }
    let start = covert.integer("start").and_then(day_at).map(written).unwrap_or_default();
    State::new("covert monitoring", format!("{} is approved, from {start}", named(covert)))
        .then("end it with its investigation, and record it: `record covert-end`")
}
