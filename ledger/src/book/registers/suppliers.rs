//! Suppliers who process personal data for the school: what was checked, on which ground data
//! leave the country, and until when the agreement runs (Article 28, Chapter V UK GDPR).

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::lasting::{newest_of, supplier};
use crate::format::cbor::Value;
use crate::records::ground_fault_of;

const COLUMNS: [Column; 17] = [
    Column::main("supplier", "who"),
    Column::main("service", "what for"),
    Column::more("countries", "where data are processed"),
    Column::main("ground", "the ground on which data leave the country, as recorded"),
    Column::more("ground-detail", "more about it"),
    Column::more("ground-fault", "why a transfer can't rest on it on the day"),
    Column::more("sub-processors", "whom the supplier uses"),
    Column::more("binding", "documents that bind the supplier"),
    Column::more("assurances", "documents that are mere assurances"),
    Column::more("breach-clause", "whether the supplier has to tell of breaches"),
    Column::more("deletion-at-end", "whether data are deleted at the end"),
    Column::more("settings", "settings that have to be kept"),
    Column::more("agreement-signed", "day of the agreement"),
    Column::main("expires", "last day of the agreement"),
    Column::more("checked", "who checked, and on which day"),
    Column::main("conclusion", "what the check came to"),
    Column::main("state", "current, expired, unsuitable or without a good ground on the day"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "suppliers",
    title: "Suppliers",
    about: "One row a supplier and service, by the newest check of it.",
    source: "Art 28, 44 to 49 UK GDPR; policy §7.2, §12",
    kinds: &["supplier-check"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    newest_of(book, "supplier-check", supplier).into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let documents = |wanted: &str| {
        of.list("documents-checked", |document| {
            let part = |name| document.get(name).and_then(Value::as_text);
            Cell::some(part("title").filter(|_| part("binding") == Some(wanted)), Cell::text)
        })
    };
    let fault = ground_fault_of(&item.answers, book.today());
    let state = if item.text("conclusion") == Some("unsuitable") {
        "unsuitable"
    } else if fault.is_some() {
        "no-good-ground"
    } else if item.day("expires").is_some_and(|day| day < book.today()) {
        "expired"
    } else {
        "current"
    };
    let cells = [
        of.text("supplier"),
        of.text("service"),
        of.texts("countries"),
        of.word("ground"),
        of.text("ground-detail"),
        Cell::some(fault, Cell::text),
        of.texts("sub-processors"),
        documents("binding"),
        documents("mere-assurance"),
        of.truth("breach-clause"),
        of.truth("deletion-at-end"),
        of.text("settings"),
        of.day("agreement-signed"),
        of.day("expires"),
        Cell::many([of.signed_by(), of.signed()]),
        of.word("conclusion"),
        Cell::word(state),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
