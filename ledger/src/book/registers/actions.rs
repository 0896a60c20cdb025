//! What somebody undertook to do, and whether it is done. Only records of kind `action` are here:
//! a recommendation or control that somebody is to see to gets one.

use super::cell::Cell;
use super::of::{Of, days_between};
use super::row::{Row, numbers};
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;

const COLUMNS: [Column; 10] = [
    Column::main("action", "what is to be done"),
    Column::main("owner", "who sees to it"),
    Column::main("due", "by when"),
    Column::more("reason", "why"),
    Column::more("about", "the entries that it comes from"),
    Column::more("raised", "who recorded it, and on which day"),
    Column::main("done", "day on which it was done"),
    Column::more("how", "how, and what came of it"),
    Column::more("days-overdue", "days past its due day, on the day asked for or when it was done"),
    Column::main("state", "open, overdue, done, not needed or replaced"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "actions",
    title: "Actions",
    about: "One row an action. The newest record that it is done counts.",
    source: "Art 5(2), 24 UK GDPR; policy §9.8, App 3",
    kinds: &["action", "action-done"],
    with_linked: true,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("action").into_iter().map(|item| row(book, item)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let ends = book.standing_links(item, Relation::About, "action-done");
    let end = ends.last().copied();
    let of_end = |read: fn(Of<'_, '_>) -> Cell| Cell::some(end, |end| read(Of::new(book, end)));
    let due = item.day("due");
    let until = match end {
        Some(end) => end.day("done"),
        None => Some(book.today()),
    };
    let late = until.filter(|until| due.is_some_and(|due| due < *until));
    let about: Vec<_> = book.linked(item, Relation::About).map(|to| to.index).collect();
    let state = match end {
        Some(_) => match of_end(|of| of.word("outcome")) {
            Cell::Empty | Cell::Gone(_) => Cell::word("done"),
            outcome => outcome,
        },
        None => Cell::word(if late.is_some() { "overdue" } else { "open" }),
    };
    let cells = [
        of.text("what"),
        of.text("owner"),
        of.day("due"),
        of.text("reason"),
        if about.is_empty() { Cell::Empty } else { Cell::text(numbers(&about)) },
        Cell::many([of.signed_by(), of.signed()]),
        of_end(|of| of.day("done")),
        of_end(|of| of.text("how")),
        days_between(due, late),
        state,
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(ends).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}
