//! A complaint about data protection: from receipt to its outcome.

use super::{State, named, of, signed};
use crate::book::item::Book;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let Some(complaint) = of(book, case, "complaint").next() else {
        return State::new("begun", "there is no complaint on record")
            .then("record the complaint: `record complaint`");
    };
    let step = |step: &str| {
        of(book, case, "complaint-step").rfind(move |item| item.text("step") == Some(step))
    };
    if let Some(end) = step("outcome").or_else(|| step("withdrawn")) {
        let outcome = end.text("outcome").or(end.text("step")).unwrap_or_default();
        return State::closed(
            format!("ended: {}", outcome.replace('-', " ")),
            format!("it ended ({})", signed(end)),
        );
    }
    if step("acknowledged").is_none() {
        return State::new(
            "to be acknowledged",
            format!("{} is on record, and no acknowledgement", named(complaint)),
        )
        .then("acknowledge it, and record it: `record complaint-step --step acknowledged`");
    }
    State::new("under enquiry", format!("{} is acknowledged", named(complaint)))
        .then("tell the complainant how it goes: `record complaint-step --step progress-told`")
        .then("end it with its outcome: `record complaint-step --step outcome`")
}
