//! A consent: what was given, what was withdrawn, and whether every copy is dealt with.

use super::{State, named, newest, standing};
use crate::book::item::{Book, Item};
use crate::book::registers::{Left, left_of_consents};
use crate::records::kind::Relation;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let withdrawals: Vec<&Item> = standing(book, case, "consent-withdrawal").collect();
    let open = withdrawals.iter().find(|withdrawal| {
        let removals = removals(book, withdrawal);
        !open_places(withdrawal, &removals).is_empty() || !confirmed(&removals)
    });
    let withdrawal = open.or(withdrawals.last());
    match (newest(book, case, "consent"), withdrawal) {
        (_, Some(withdrawal)) => withdrawn(book, case, withdrawal),
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

/// The removals that a withdrawal led to.
fn removals<'a>(book: &Book<'a>, withdrawal: &'a Item) -> Vec<&'a Item> {
    book.standing_links(withdrawal, Relation::Removes, "image-removal")
}

/// The places of a withdrawal that no removal names.
fn open_places<'a>(withdrawal: &'a Item, removals: &[&Item]) -> Vec<&'a str> {
    let removed: Vec<String> = removals
        .iter()
        .filter_map(|removal| removal.text("place"))
        .map(str::to_lowercase)
        .collect();
    withdrawal.texts("places").filter(|place| !removed.contains(&place.to_lowercase())).collect()
}

/// Whether a removal says that the family was told.
fn confirmed(removals: &[&Item]) -> bool {
    removals.iter().any(|removal| removal.day("confirmation-sent").is_some())
}

fn withdrawn<'a>(book: &Book<'a>, case: &str, withdrawal: &'a Item) -> State {
    let removals = removals(book, withdrawal);
    let open = open_places(withdrawal, &removals);
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
    if !confirmed(&removals) {
        return State::new(
            "withdrawn, to be confirmed",
            format!("every place of {what} is closed"),
        )
        .lacking("nothing says that the removal was confirmed to whoever withdrew")
        .then("send the confirmation, and record it with the last removal");
    }
    let done = format!("every place of {what} is closed and confirmed");
    match left_of_consents(book, case) {
        Some(Left::Later(consent)) => given(book, consent),
        Some(Left::Part(consent, purposes)) => {
            let purposes = purposes.join(", ").replace('-', " ");
            let why = format!("{done}, and {} stands for {purposes}", named(consent));
            State::new("withdrawn in part", why)
        }
        None => State::closed("withdrawn and closed", done),
    }
}
