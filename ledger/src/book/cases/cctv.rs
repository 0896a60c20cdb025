//! CCTV: cameras, views of the images, clips kept, complaints, covert monitoring.

use super::{State, named, newest, signed};
use crate::book::due::{End, end_of_complaint};
use crate::book::item::{Book, Item};
use crate::book::standing::cctv_complaints;
use crate::records::days::{day_at, written};
use crate::records::kind::Relation;

/// What is open comes first, and only a case of which nothing is open is closed by what ended.
pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let (mut open, mut ended) = (Vec::new(), Vec::new());
    for covert in book.standing_in(case, "covert-authorisation") {
        let ends = book.following(covert, Relation::About, "covert-end");
        match ends.first() {
            Some(end) => ended
                .push(State::closed("covert monitoring ended", format!("{} says so", signed(end)))),
            None if covert.is_erased() => {
                ended.push(State::closed("erased", format!("{} was erased", named(covert))));
            }
            None => open.push(monitored(covert, book.at())),
        }
    }
    for recorded in cctv_complaints(book) {
        let Some(complaint) = recorded.last().copied() else { continue };
        if complaint.case.as_deref() != Some(case) {
            continue;
        }
        match end_of_complaint(book, &recorded) {
            End::On(_, by) => {
                let outcome = by.text("outcome").or(by.text("step")).unwrap_or("answered");
                ended.push(State::closed(
                    format!("complaint: {}", outcome.replace('-', " ")),
                    format!("{} says so", signed(by)),
                ));
            }
            End::NotKnown(lost) => ended.push(State::closed(
                "how the complaint ended is not known",
                format!("{} was erased", named(lost)),
            )),
            End::Open => open.push(
                State::new("a complaint is open", format!("{} has no outcome", named(complaint)))
                    .then("answer it, and record the outcome as a correction or a new entry"),
            ),
        }
    }
    open.extend(kept(&kept_clips(book, case)));
    if let Some(first) = open.into_iter().reduce(|mut first, other| {
        first.missing.extend(other.missing);
        first.next.extend(other.next);
        first.why = if first.state == other.state {
            format!("{}; {}", first.why, other.why)
        } else {
            format!("{}; {}: {}", first.why, other.state, other.why)
        };
        first
    }) {
        return first;
    }
    // Covert monitoring before a complaint, and the newest of each.
    if let Some(end) = ended.into_iter().reduce(|first, other| {
        let covert = first.state.starts_with("covert") && !other.state.starts_with("covert");
        if covert { first } else { other }
    }) {
        return end;
    }
    match newest(book, case, "cctv-camera") {
        Some(camera) => {
            let status = camera.text("status").unwrap_or("recorded").replace('-', " ");
            State::new(format!("camera {status}"), format!("{} says so", named(camera)))
        }
        None => State::new("recorded", "what was viewed or disclosed is on record"),
    }
}

/// Stills and clips that are kept, if there are any.
fn kept(kept: &[&Item]) -> Option<State> {
    let first = kept.first()?;
    let clips = if kept.len() == 1 { "a still or clip is" } else { "stills or clips are" };
    let state = State::new(
        format!("{clips} kept"),
        format!("{} took one, and no record says that it was deleted", named(first)),
    );
    Some(kept.iter().fold(state, |state, access| match access.day("delete-by") {
        Some(day) => state.then(format!(
            "delete what entry {} took by {}, and record it: `record cctv-deletion`",
            access.index.0,
            written(day)
        )),
        None => {
            state.lacking(format!("no day is set for deleting what entry {} took", access.index.0))
        }
    }))
}

/// The views at which a still or clip was taken that no deletion is about.
fn kept_clips<'a>(book: &Book<'a>, case: &str) -> Vec<&'a Item> {
    let mut taken = book.standing_in(case, "cctv-access");
    taken.retain(|access| matches!(access.text("outcome"), Some("still" | "clip")));
    taken.retain(|access| book.standing_links(access, Relation::About, "cctv-deletion").is_empty());
    taken
}

/// Covert monitoring that nothing ends, at a moment.
fn monitored(covert: &Item, at: i64) -> State {
    let started = covert.integer("start").is_some_and(|start| start <= at);
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
