//! Training in data protection: what was taught, to whom, and until when it counts.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};

const COLUMNS: [Column; 9] = [
    Column::main("held", "day"),
    Column::main("course", "what was taught"),
    Column::more("provider", "by whom"),
    Column::more("minutes", "how long"),
    Column::main("roles", "which roles were trained"),
    Column::main("people", "how many people"),
    Column::more("attendees", "their references"),
    Column::main("expires", "last day on which it counts"),
    Column::main("state", "current, expired, or without an end"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "training",
    title: "Training",
    about: "One row a training.",
    source: "Art 24, 32(4), 39(1)(b) UK GDPR; policy §5, §9.9",
    kinds: &["training"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("training").into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let state = match of.day("expires") {
        Cell::Day(day) if day < book.today() => "expired",
        Cell::Day(_) => "current",
        Cell::Gone(_) => "not-known",
        _ => "no-end-set",
    };
    let cells = [
        of.day("held"),
        of.text("course"),
        of.text("provider"),
        of.number("minutes"),
        of.texts("roles-trained"),
        of.number("people-count"),
        of.texts("attendees"),
        of.day("expires"),
        Cell::word(state),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
