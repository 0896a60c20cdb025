//! Cases of a supplier, a meeting, or anything else.

use super::{State, named, newest, signed};
use crate::book::item::Book;
use crate::records::days::written;
use crate::records::ground_fault_of;

pub(super) fn state(book: &Book<'_>, case: &str) -> State {
    if let Some(check) = newest(book, case, "supplier-check") {
        return supplier(book, check);
    }
    match book.of_case(case).next_back() {
        Some(last) => State::new("on record", format!("the newest is {}", signed(last))),
        None => State::new("begun", "nothing is on record"),
    }
}

fn supplier(book: &Book<'_>, check: &crate::book::item::Item) -> State {
    let conclusion = check.text("conclusion").unwrap_or("not concluded").replace('-', " ");
    let mut state = State::new(conclusion, format!("{} says so", named(check)));
    if let Some(fault) = ground_fault_of(&check.answers, book.today()) {
        state = state.lacking(fault).then("check the supplier anew: `record supplier-check`");
    }
    match check.day("expires") {
        Some(day) if day < book.today() => {
            state.lacking(format!("its agreement ran out on {}", written(day)))
        }
        Some(day) => state.then(format!("check it again by {}", written(day))),
        None => state,
    }
}
