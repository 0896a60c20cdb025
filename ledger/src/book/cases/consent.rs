//! A consent: what was given, what was withdrawn, and whether every copy is dealt with.

use super::{State, named, newest, of};
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let withdrawal = of(book, case, "consent-withdrawal")
        .find(|withdrawal| {
            !open_places(book, withdrawal).is_empty() || unconfirmed(book, withdrawal)
        })
        .or_else(|| newest(book, case, "consent-withdrawal"));
    match (newest(book, case, "consent"), withdrawal) {
        (_, Some(withdrawal)) => withdrawn(book, withdrawal),
        (Some(consent), None) => given(book, consent),
        (None, None) => match newest(book, case, "photography-permit") {
            Some(permit) => State::new("permitted", format!("{} permits it", named(permit))),
            None => State::new("begun", "there is no consent on record"),
        },
    }
}

fn given(book: &Book<'_>, consent: &Item) -> State {
    let until = consent.day("until").filter(|until| *until < book.today());
    if let Some(until) = until {
        let day = crate::records::days::written(until);
        return State::new("run out", format!("{} held until {day}", named(consent)))
            .then("ask again, if it is still wanted: `record consent`");
    }
    let refused = consent.list("purposes").iter().any(|purpose| {
        purpose.get("decision").and_then(|decision| decision.as_text()) == Some("refused")
    });
    let state = if refused { "answered, some purposes refused" } else { "given" };
    State::new(state, format!("{} says so", named(consent)))
}

/// The places of a withdrawal that no removal names.
pub(crate) fn open_places<'a>(book: &Book<'_>, withdrawal: &'a Item) -> Vec<&'a str> {
    let removed: Vec<String> = book
        .linking(withdrawal, Relation::Removes)
        .filter_map(|removal| removal.text("place"))
        .map(str::to_lowercase)
        .collect();
    withdrawal.texts("places").filter(|place| !removed.contains(&place.to_lowercase())).collect()
}

/// Whether nothing says that the family was told.
fn unconfirmed(book: &Book<'_>, withdrawal: &Item) -> bool {
    !book
        .linking(withdrawal, Relation::Removes)
        .any(|removal| removal.day("confirmation-sent").is_some())
}

fn withdrawn(book: &Book<'_>, withdrawal: &Item) -> State {
    let open = open_places(book, withdrawal);
    let what = named(withdrawal);
    if withdrawal.texts("places").next().is_none() {
        return State::new("withdrawn, copies to be looked for", format!("{what} names no place"))
            .then(
                "look for copies, and record where they were: `record correction`, or each removal",
            );
    }
    if !open.is_empty() {
        let mut state = State::new(
            "withdrawn, copies are left",
            format!("{what} names places that no removal closes"),
        );
        for place in &open {
            state = state.lacking(format!("no record says that copies were removed from: {place}"));
        }
        return state.then("remove them, and record each: `record image-removal`");
    }
    if unconfirmed(book, withdrawal) {
        return State::new(
            "withdrawn, to be confirmed",
            format!("every place of {what} is closed"),
        )
        .lacking("nothing says that the removal was confirmed to whoever withdrew")
        .then("send the confirmation, and record it with the last removal");
    }
    State::closed("withdrawn and closed", format!("every place of {what} is closed and confirmed"))
}
