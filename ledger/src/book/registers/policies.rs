//! Policies in force on the day, and those adopted and still to come (Article 24(2) UK GDPR).
//!
//! A version applies from the day on which it was put into effect, else from its adoption, else
//! from its signature. It is replaced once a later one of the same title, or one that continues
//! it, applies. Its review is overdue on the day that falls due by law and policy, which may be before
//! the one that it sets itself.

use super::cell::Cell;
use super::limits;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::lasting::lasting;
use crate::book::rules::targets::{applies_from, title};

const COLUMNS: [Column; 14] = [
    Column::main("policy", "its title"),
    Column::main("version", "its version"),
    Column::main("adopted-by", "the body that adopted it"),
    Column::main("adopted", "day of its adoption"),
    Column::more("in-force-from", "day from which it applies, as recorded"),
    Column::main("next-review", "day by which it is to be reviewed, as recorded"),
    Column::more("applies-to", "whom it applies to"),
    Column::more("developed-with", "who took part in writing it"),
    Column::more("published", "where it can be read"),
    Column::more("given-to", "who was given it"),
    Column::more("changes", "what changed since the version before"),
    Column::more("signed-by", "who signed, in which role, and on which day"),
    Column::more("files", "the names of the files"),
    Column::main("state", "in force, review overdue, or not in force yet"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "policies",
    title: "Policies in force",
    about: "One row a policy that applies on the day or is still to come. Versions that were \
            replaced are left out; `--at` shows them on their own days.",
    source: "Art 24(2) UK GDPR; policy §14",
    kinds: &["policy"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let overdue = limits::overdue(book, "policy-year");
    lasting(book, "policy", title)
        .into_iter()
        .filter(|(_, later)| !later.iter().any(|later| applies_from(later) <= book.today()))
        .map(|(item, _)| row(book, item, overdue.contains(&item.index)))
        .collect()
}

fn row(book: &Book<'_>, item: &Item, overdue: bool) -> Row {
    let of = Of::new(book, item);
    let today = book.today();
    let state = if applies_from(item) > today {
        "not-in-force-yet"
    } else if overdue || item.day("next-review").is_some_and(|day| day < today) {
        "review-overdue"
    } else {
        "in-force"
    };
    let cells = [
        of.text("title"),
        of.text("policy-version"),
        of.text("ratifying-body"),
        of.day("approved"),
        of.day("implemented"),
        of.day("next-review"),
        of.texts("applies-to"),
        of.texts("developed-with"),
        of.texts("published-where"),
        of.texts("disseminated-to"),
        of.text("change-note"),
        Cell::many([of.signed_by(), of.signed()]),
        of.documents(),
        Cell::word(state),
    ];
    Row::new(book, &COLUMNS, &[item], cells)
}
