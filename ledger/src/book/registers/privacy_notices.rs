//! Privacy notices: which version told whom, from when (Articles 13 and 14 UK GDPR).
//!
//! A notice applies from its publication, and is replaced once a later one of the same title, or
//! one that continues it, is published. One that was never published tells nobody anything.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::lasting::{lasting, same_name};

const COLUMNS: [Column; 9] = [
    Column::main("notice", "its title"),
    Column::main("version", "its version"),
    Column::main("audience", "whom it is for"),
    Column::main("published", "day of its publication"),
    Column::more("where", "where it can be read"),
    Column::more("changes", "what changed"),
    Column::more("processors-added", "processors that it names for the first time"),
    Column::main("next-review", "day by which it is to be looked at again"),
    Column::main("state", "current, review overdue, or not published"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "privacy-notices",
    title: "Privacy notices",
    about: "One row a notice, in the version that is published on the day; versions not published \
            yet have their own row.",
    source: "Art 12 to 14 UK GDPR; policy §6.2",
    kinds: &["privacy-notice"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let name = |item: &Item| item.text("title").and_then(same_name);
    lasting(book, "privacy-notice", name)
        .into_iter()
        .filter(|(_, later)| !later.iter().any(|later| is_published(book, later)))
        .map(|(item, _)| row(book, item))
        .collect()
}

fn is_published(book: &Book<'_>, item: &Item) -> bool {
    item.day("published").is_some_and(|day| day <= book.today())
}

fn row(book: &Book<'_>, item: &Item) -> Row {
    let of = Of::new(book, item);
    let state = if matches!(of.day("published"), Cell::Gone(_)) {
        "not-known"
    } else if !is_published(book, item) {
        "not-published"
    } else if item.day("next-review").is_some_and(|day| day < book.today()) {
        "review-overdue"
    } else {
        "current"
    };
    let cells = [
        of.text("title"),
        of.text("notice-version"),
        of.words("audience"),
        of.day("published"),
        of.texts("published-where"),
        of.text("changes"),
        of.texts("processors-added"),
        of.day("next-review"),
        Cell::word(state),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
