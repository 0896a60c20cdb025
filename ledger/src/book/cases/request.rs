//! A request for a person's rights: from receipt to the answer.

use super::{State, named, signed};
use crate::book::due::{answers_to, waits_for};
use crate::book::item::{Book, Item};
use crate::records::days::written;
use crate::records::kind::Relation;

/// The step that asks for what a clock waits for.
fn asks(what: &str) -> &'static str {
    match what {
        "proof of identity" => "identity-asked",
        "proof of authority" => "authority-asked",
        "the clarification" => "clarification-asked",
        _ => "fee-asked",
    }
}

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let requests = book.standing_in(case, "request");
    let Some(last) = requests.last().copied() else {
        return State::new("begun", "there is no request on record")
            .then("record the request: `record request`");
    };
    let open = |request: &&Item| !request.is_erased() && answers_to(book, request).is_empty();
    let mut open = requests.iter().copied().filter(open);
    let Some(request) = open.next() else {
        let answers = requests.iter().flat_map(|request| answers_to(book, request));
        let Some(answer) = answers.max_by_key(|answer| answer.index) else {
            return State::closed("request erased", format!("{} was erased", named(last)));
        };
        let outcome = answer.text("outcome").unwrap_or("not disclosed").replace('-', " ");
        return State::closed(
            format!("answered: {outcome}"),
            format!("it was answered ({})", signed(answer)),
        );
    };
    let steps = book.following(request, Relation::About, "request-step");
    let step = |name: &str| steps.iter().copied().rfind(|item| item.text("step") == Some(name));
    let mut state = match waits_for(book, request) {
        Some(what) => {
            let asked = step(asks(what)).unwrap_or(request);
            State::new(
                format!("waits for {what}"),
                format!("{} asks for it, and no record says that it came", named(asked)),
            )
            .then(format!("when it comes, record the step; if it doesn't, ask again for {what}"))
        }
        None => State::new(
            "to be answered",
            format!("{} is on record, and no answer", received(request)),
        )
        .then("search, and record it: `record request-step --step searched`")
        .then("answer, and record it: `record request-answer`"),
    };
    if step("acknowledged").is_none() {
        state = state.lacking("nothing says that the request was acknowledged");
    }
    for other in open {
        state = state.lacking(format!("{} is on record, and no answer", received(other)));
    }
    state
}

fn received(request: &Item) -> String {
    match request.day("received") {
        Some(day) => format!("{}, received on {},", named(request), written(day)),
        None => named(request),
    }
}
