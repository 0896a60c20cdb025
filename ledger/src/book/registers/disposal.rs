//! Records that were disposed of, by which rule and how (Article 5(1)(e) UK GDPR). What was erased
//! in the record book itself isn't here: that leaves its own entries.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};

const COLUMNS: [Column; 9] = [
    Column::main("disposed", "day"),
    Column::main("records", "which class of records"),
    Column::main("rule", "the retention rule"),
    Column::main("method", "how"),
    Column::more("quantity", "how much"),
    Column::more("contractor", "by which contractor"),
    Column::main("certificate", "the certificate of destruction"),
    Column::more("files", "the names of the files with it"),
    Column::more("signed-by", "who signed the record, in which role"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "disposal",
    title: "Disposal of records",
    about: "One row each time.",
    source: "Art 5(1)(e), (2) UK GDPR; policy §7.3",
    kinds: &["disposal"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("disposal").into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let by_contractor = item.text("method") == Some("contractor");
    let cells = [
        of.day("disposed"),
        of.text("record-class"),
        of.text("retention-rule"),
        of.word("method"),
        of.text("quantity"),
        of.text("contractor"),
        match of.text("certificate") {
            Cell::Empty if by_contractor => Cell::word("missing"),
            certificate => certificate,
        },
        of.documents(),
        of.signed_by(),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
