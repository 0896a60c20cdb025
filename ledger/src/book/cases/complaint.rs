//! A complaint about data protection: from receipt to its outcome.

use super::{State, named, signed};
use crate::book::due::{End, end_of_complaint};
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let complaints = book.standing_in(case, "complaint");
    let end =
        |complaint: &Item| book.get(&complaint.hash).map(|one| end_of_complaint(book, &[one]));
    let mut open = complaints.iter().filter(|one| matches!(end(one), Some(End::Open)));
    let Some(complaint) = open.next().copied() else {
        return match complaints.last().and_then(|last| end(last)) {
            Some(End::On(_, by)) => ended(by),
            Some(End::NotKnown(lost)) => {
                State::closed("how it ended is not known", format!("{} was erased", named(lost)))
            }
            Some(End::Open) | None => State::new("begun", "there is no complaint on record")
                .then("record the complaint: `record complaint`"),
        };
    };
    let steps = book.following(complaint, Relation::About, "complaint-step");
    let acknowledged = steps.iter().any(|step| step.text("step") == Some("acknowledged"));
    let mut state = if acknowledged {
        State::new("under enquiry", format!("{} is acknowledged", named(complaint)))
            .then("tell the complainant how it goes: `record complaint-step --step progress-told`")
            .then("end it with its outcome: `record complaint-step --step outcome`")
    } else {
        State::new(
            "to be acknowledged",
            format!("{} is on record, and no acknowledgement", named(complaint)),
        )
        .then("acknowledge it, and record it: `record complaint-step --step acknowledged`")
    };
    for other in open {
        state = state.lacking(format!("{} is on record, and no outcome", named(other)));
    }
    state
}

/// A case of which all complaints ended, by what ended the newest.
pub(super) fn ended(by: &Item) -> State {
    let outcome = by.text("outcome").or(by.text("step")).unwrap_or_default();
    State::closed(
        format!("ended: {}", outcome.replace('-', " ")),
        format!("it ended ({})", signed(by)),
    )
}
