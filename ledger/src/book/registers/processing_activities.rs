//! The record of processing activities (Article 30 UK GDPR), the school's map of its data.
//!
//! An activity that is recorded again replaces what was recorded of it before. The article also
//! asks for the controller's and the DPO's names and contacts: these stand in the record book's
//! first entry and in the appointments.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::lasting::{newest_of, same_name};

const COLUMNS: [Column; 16] = [
    Column::main("activity", "the processing activity"),
    Column::main("owner", "who answers for it in the school"),
    Column::main("purposes", "what it is for"),
    Column::more("people", "whose data"),
    Column::more("data", "which sorts of data"),
    Column::more("special-data", "which special categories"),
    Column::more("recipients", "who is given them"),
    Column::more("processors", "who processes them for the school"),
    Column::more("transfers", "to which countries, on which ground"),
    Column::main("retention", "how long they are kept"),
    Column::more("security", "how they are protected"),
    Column::main("basis", "the lawful basis"),
    Column::more("condition", "the condition for special categories"),
    Column::main("next-review", "when it is to be looked at again"),
    Column::more("ended", "since when it is no longer done"),
    Column::main("state", "current, review overdue or ended"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "processing-activities",
    title: "Record of processing activities",
    about: "One row an activity, as it was recorded last. Activities that have ended stay, marked \
            so. Controller and DPO are named in the record book's first entries.",
    source: "Art 30(1) UK GDPR; policy §1.2",
    kinds: &["processing-activity"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let name = |item: &Item| item.text("name").and_then(same_name);
    newest_of(book, "processing-activity", name).into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let cells = [
        of.text("name"),
        of.text("owner"),
        of.texts("purposes"),
        of.texts("people-kinds"),
        of.texts("data-types"),
        of.texts("special-data"),
        of.texts("recipients"),
        of.texts("processors"),
        of.groups("transfers", &["country", "ground", "detail"]),
        of.text("retention"),
        of.text("security"),
        of.word("basis"),
        of.text("condition"),
        of.day("next-review"),
        of.day("ended"),
        state(book, item),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}

fn state(book: &Book<'_>, item: &Item) -> Cell {
    let today = book.today();
    Cell::word(if item.day("ended").is_some_and(|day| day <= today) {
        "ended"
    } else if item.day("next-review").is_some_and(|day| day < today) {
        "review-overdue"
    } else {
        "current"
    })
}
