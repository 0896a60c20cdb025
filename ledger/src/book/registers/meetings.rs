//! Video meetings with pupils, and what protected them.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};

const COLUMNS: [Column; 17] = [
    Column::main("held", "day of the meeting"),
    Column::more("started", "when it began"),
    Column::more("minutes", "how long it was"),
    Column::main("host", "who hosted it"),
    Column::more("platform", "on which platform"),
    Column::main("purpose", "what for"),
    Column::main("adults", "how many adults"),
    Column::main("pupils", "how many pupils"),
    Column::more("roles-present", "in which roles the adults were there"),
    Column::more("second-adult", "whether a second adult was there"),
    Column::more("waiting-room", "whether people had to be let in"),
    Column::more("passcode", "whether a passcode was needed"),
    Column::more("locked", "whether it was locked once all were there"),
    Column::more("recorded", "whether it was recorded, and whether all consented to that"),
    Column::main(
        "one-to-one",
        "one adult alone with one pupil: whether the safeguarding lead was told",
    ),
    Column::more("incident", "what went wrong"),
    Column::more("logged-by", "who signed the record, in which role"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "meetings",
    title: "Video meetings with pupils",
    about: "One row a meeting. One adult alone with one pupil is told apart, whether or not the \
            safeguarding lead was told.",
    source: "Art 5(1)(f), 32 UK GDPR; the school's DPIA of the platform",
    kinds: &["meeting-log"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("meeting-log").into_iter().map(|item| row(book, item)).collect()
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let alone = item.integer("adults-count") == Some(1)
        && item.integer("pupils-count") == Some(1)
        && item.truth("second-adult") != Some(true);
    let told = match of.word("safeguarding-told") {
        Cell::Empty => Cell::word("not-said"),
        told => told,
    };
    let cells = [
        of.day("held"),
        of.moment("started"),
        of.number("minutes"),
        of.text("host"),
        of.text("platform"),
        of.text("purpose"),
        of.number("adults-count"),
        of.number("pupils-count"),
        of.texts("roles-present"),
        of.truth("second-adult"),
        of.truth("waiting-room"),
        of.truth("passcode"),
        of.truth("locked"),
        Cell::many([of.truth("recorded"), of.truth("recording-consents").labelled("consents")]),
        if alone { told.labelled("safeguarding lead told") } else { Cell::Empty },
        of.text("incident"),
        of.signed_by(),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
