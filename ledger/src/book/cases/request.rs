//! A request for a person's rights: from receipt to the answer.

use super::{State, named, signed};
use crate::book::due::{Answered, waits_for};
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
    let all: Vec<(&Item, Answered<'_>)> =
        requests.iter().map(|request| (*request, Answered::of(book, request))).collect();
    let mut open =
        all.iter().filter(|(request, answered)| !request.is_erased() && answered.out.is_empty());
    let Some((request, answered)) = open.next() else {
        return answered_all(book, &all, last);
    };
    let steps = book.following(request, Relation::About, "request-step");
    let step = |name: &str| steps.iter().copied().rfind(|item| item.text("step") == Some(name));
    let mut state = match (answered.to_come.first(), waits_for(book, request)) {
        (Some((answer, day)), _) => State::new(
            "to be answered",
            format!(
                "{} is to go out on {}, and until then the request is open",
                named(answer),
                written(*day)
            ),
        )
        .then(format!(
            "send the answer in time; if its day is mistyped, record it anew: `record \
             request-answer --link corrects={}`",
            answer.index
        )),
        (None, Some(what)) => {
            let asked = step(asks(what)).unwrap_or(request);
            State::new(
                format!("waits for {what}"),
                format!("{} asks for it, and no record says that it came", named(asked)),
            )
            .then(format!("when it comes, record the step; if it doesn't, ask again for {what}"))
        }
        (None, None) => State::new(
            "to be answered",
            format!("{} is on record, and no answer", received(request)),
        )
        .then("search, and record it: `record request-step --step searched`")
        .then("answer, and record it: `record request-answer`"),
    };
    if step("acknowledged").is_none() {
        state = state.lacking("nothing says that the request was acknowledged");
    }
    for (other, _) in open {
        state = state.lacking(format!("{} is on record, and no answer", received(other)));
    }
    state
}

/// A case of which every request is answered, or erased.
fn answered_all<'a>(book: &Book<'a>, all: &[(&'a Item, Answered<'a>)], last: &Item) -> State {
    let answers = all.iter().flat_map(|(_, answered)| &answered.out);
    let Some(answer) = answers.max_by_key(|answer| answer.index) else {
        return State::closed("request erased", format!("{} was erased", named(last)));
    };
    let outcome = answer.text("outcome").unwrap_or("not disclosed").replace('-', " ");
    let state = State::closed(
        format!("answered: {outcome}"),
        format!("it was answered ({})", signed(answer)),
    );
    all.iter().filter_map(|(_, answered)| answered.doubted(book)).fold(state, |state, doubted| {
        let (first, correction) = doubted;
        state
            .lacking(format!(
                "entry {} corrects {} in words, and the day of the answer is still counted by that",
                correction.index,
                named(first)
            ))
            .then(format!(
                "have the right day counted: `record request-answer --link corrects={}`",
                first.index
            ))
    })
}

fn received(request: &Item) -> String {
    match request.day("received") {
        Some(day) => format!("{}, received on {},", named(request), written(day)),
        None => named(request),
    }
}
