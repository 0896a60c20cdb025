//! A request for a person's rights: from receipt to the answer.

use super::{State, named, newest, of, signed};
use crate::book::item::{Book, Item};
use crate::records::days::written;

/// What was asked for and not given yet: the step that asks, the one that ends it, in words.
const WAITS: [(&str, &str, &str); 4] = [
    ("identity-asked", "identity-received", "proof of identity"),
    ("authority-asked", "authority-received", "proof of authority"),
    ("fee-asked", "fee-received", "the fee"),
    ("clarification-asked", "clarification-answered", "the clarification"),
];

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let Some(request) = of(book, case, "request").next() else {
        return State::new("begun", "there is no request on record")
            .then("record the request: `record request`");
    };
    if let Some(answer) = newest(book, case, "request-answer") {
        let outcome = answer.text("outcome").unwrap_or("not disclosed").replace('-', " ");
        return State::closed(
            format!("answered: {outcome}"),
            format!("it was answered ({})", signed(answer)),
        );
    }
    let steps = |step: &str| {
        of(book, case, "request-step").rfind(move |item| item.text("step") == Some(step))
    };
    let waits = WAITS.iter().find_map(|(asked, given, what)| {
        let asked = steps(asked)?;
        let later = steps(given).is_some_and(|given| given.index > asked.index);
        (!later).then_some((asked, *what))
    });
    let mut state = match waits {
        Some((asked, what)) => State::new(
            format!("waits for {what}"),
            format!("{} asks for it, and no record says that it came", named(asked)),
        )
        .then(format!("when it comes, record the step; if it doesn't, ask again for {what}")),
        None => State::new(
            "to be answered",
            format!("{} is on record, and no answer", received(request)),
        )
        .then("search, and record it: `record request-step --step searched`")
        .then("answer, and record it: `record request-answer`"),
    };
    if steps("acknowledged").is_none() {
        state = state.lacking("nothing says that the request was acknowledged");
    }
    state
}

fn received(request: &Item) -> String {
    match request.day("received") {
        Some(day) => format!("{}, received on {},", named(request), written(day)),
        None => named(request),
    }
}
