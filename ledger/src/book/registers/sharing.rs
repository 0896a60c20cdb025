//! Personal data given to others: to whom, on which ground, how, and whether it arrived. A child
//! protection file goes apart from the pupil's file and needs its receipt (Keeping children safe
//! in education; policy §8).

use super::cell::Cell;
use super::of::{Of, days_between};
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};

const COLUMNS: [Column; 12] = [
    Column::main("sent", "day"),
    Column::main("recipient", "to whom"),
    Column::main("content", "which sort of content"),
    Column::main("reason", "why it may be shared"),
    Column::more("basis", "the lawful basis"),
    Column::main("method", "how it went"),
    Column::more("sent-apart", "whether it went apart from the pupil's file"),
    Column::more("reference", "the reference of the person concerned"),
    Column::main("receipt-confirmed", "day on which the recipient confirmed receipt"),
    Column::more(
        "days-to-receipt",
        "days from sending to that, or to the day asked for without it",
    ),
    Column::more("sent-by", "who signed the record, in which role"),
    Column::main("state", "receipt confirmed, or not"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "sharing",
    title: "Data shared with others",
    about: "One row each time.",
    source: "Art 5(2), 6 UK GDPR; Keeping children safe in education; policy §8",
    kinds: &["sharing"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("sharing").into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let confirmed = item.day("receipt-confirmed");
    let state = match of.day("receipt-confirmed") {
        Cell::Gone(_) => "not-known",
        Cell::Empty => "not-confirmed",
        _ => "confirmed",
    };
    let cells = [
        of.day("sent"),
        of.text("recipient"),
        of.word("content-class"),
        of.text("reason"),
        of.word("basis"),
        of.word("method"),
        of.truth("sent-apart"),
        of.text("subject"),
        of.day("receipt-confirmed"),
        days_between(item.day("sent"), Some(confirmed.unwrap_or_else(|| book.today()))),
        of.signed_by(),
        Cell::word(state),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
