//! A consent: what was given, what was withdrawn, and whether every copy is dealt with. What stands for
//! each purpose, the register of consents tells.

use super::{State, named, newest};
use crate::book::item::{Book, Item};
use crate::book::registers::{consents_of, withdrawals_of};
use crate::book::withdrawal::CarriedOut;
use crate::format::cbor::Value;
use crate::records::answers::part;
use crate::records::days::written;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    let withdrawals = withdrawals_of(book, case);
    let is_open = |withdrawal: &&&Item| {
        let carried_out = CarriedOut::of(book, withdrawal);
        carried_out.done().is_none() && carried_out.lost.is_none()
    };
    if let Some(open) = withdrawals.iter().find(is_open) {
        return to_carry_out(open, &CarriedOut::of(book, open));
    }
    if let Some(stands) = stands(book, case) {
        return stands;
    }
    match withdrawals.last() {
        Some(withdrawal) => match CarriedOut::of(book, withdrawal).lost {
            Some(lost) => State::closed(
                "withdrawn, whether it was carried out is not known",
                format!("{} was erased", named(lost)),
            ),
            None => State::closed(
                "withdrawn and closed",
                format!("every place of {} is closed and confirmed", named(withdrawal)),
            ),
        },
        None => match newest(book, case, "photography-permit") {
            Some(permit) => State::new("permitted", format!("{} permits it", named(permit))),
            None => State::new("begun", "there is no consent on record"),
        },
    }
}

/// What stands of the consents of a case; `None` once nothing but withdrawals counts, or if there
/// are none.
fn stands(book: &Book<'_>, case: &str) -> Option<State> {
    let of_case = consents_of(book, case);
    let (consent, is_last) = of_case.newest?;
    let says = format!("{} says so", named(consent));
    if let Some((consent, day)) = of_case.later.filter(|_| of_case.given.is_empty()) {
        let day = written(day);
        let gives = |group: &Value| part(group, "decision") == Some("given");
        let gives = consent.list("purposes").iter().any(gives);
        return Some(State::new(
            if gives { "given for later" } else { "refused for later" },
            format!("{} counts from {day}", named(consent)),
        ));
    }
    let given: Vec<String> = of_case.given.iter().map(|one| one.replace('-', " ")).collect();
    let not: Vec<(&str, &[String])> = [
        ("refused", of_case.refused.as_slice()),
        ("withdrawn", &of_case.withdrawn),
        ("run out", &of_case.lapsed),
    ]
    .into_iter()
    .filter(|(_, purposes)| !purposes.is_empty())
    .collect();
    let why = |says: String| {
        let words = not.iter().map(|(how, purposes)| format!("{how}: {}", purposes.join(", ")));
        std::iter::once(says).chain(words).collect::<Vec<_>>().join("; ")
    };
    if given.is_empty() && !not.is_empty() {
        return match not[0] {
            ("run out", _) => Some(run_out(consent)),
            ("refused", _) => Some(State::new("refused", why(says))),
            // Taken back, and nothing after it: the case is told by its withdrawals.
            _ if !is_last => None,
            _ => Some(State::new("given anew, but a withdrawal stands", why(says))),
        };
    }
    if given.is_empty() {
        // What it says of purposes can't be told.
        if consent.day("until").is_some_and(|until| until < book.today()) {
            return Some(run_out(consent));
        }
        if !is_last {
            return None;
        }
    }
    let refuses = |group: &Value| part(group, "decision") == Some("refused");
    let refused = consent.list("purposes").iter().any(refuses);
    let stands = |group: &Value| {
        part(group, "purpose").is_some_and(|purpose| of_case.given.contains(purpose))
    };
    let all_given = is_last && consent.list("purposes").iter().all(stands);
    let state = match not.first() {
        _ if all_given => "given",
        Some(("withdrawn", _)) => "withdrawn in part",
        Some(("run out", _)) => "given, some purposes run out",
        None if !refused => "given",
        _ => "answered, some purposes refused",
    };
    let says = if not.is_empty() {
        says
    } else {
        format!("{} stands for {}", named(consent), given.join(", "))
    };
    Some(State::new(state, why(says)))
}

fn run_out(consent: &Item) -> State {
    let until = consent.day("until").map(written).unwrap_or_default();
    State::new("run out", format!("{} held until {until}", named(consent)))
        .then("ask again, if it is still wanted: `record consent`")
}

/// A withdrawal of which something is left to do.
fn to_carry_out(withdrawal: &Item, carried_out: &CarriedOut<'_>) -> State {
    let what = named(withdrawal);
    if withdrawal.list("places").is_empty() && carried_out.removals.is_empty() {
        return State::new("withdrawn, copies to be looked for", format!("{what} names no place"))
            .then(
                "look for copies, and record where they were: `record correction`, or each removal",
            );
    }
    if carried_out.open.is_empty() {
        return State::new(
            "withdrawn, to be confirmed",
            format!("every place of {what} is closed"),
        )
        .lacking("nothing says that the removal was confirmed to whoever withdrew")
        .then("send the confirmation, and record it with the last removal");
    }
    let state = State::new(
        "withdrawn, copies are left",
        format!("{what} names places that no removal closes"),
    );
    let left = carried_out.open.iter().fold(state, |state, place| {
        state.lacking(format!("no record says that copies were removed from: {place}"))
    });
    left.then("remove them, and record each: `record image-removal`")
}
