//! Holds: what may not be erased or disposed of for now, and why.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::holding;
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;

const COLUMNS: [Column; 9] = [
    Column::main("scope", "a case, a person, a kind of record, or everything"),
    Column::main("held", "which one"),
    Column::main("reason", "why"),
    Column::more("placed-by", "who placed it, in which role"),
    Column::main("placed", "on which day"),
    Column::main("review", "day by which it is to be looked at again"),
    Column::more("released", "who released it, and on which day"),
    Column::more("release-reason", "why it was released"),
    Column::main("state", "in force, review overdue, released, or release incomplete"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "holds",
    title: "Holds on erasure",
    about: "One row a hold. A release that lacks its authority releases nothing.",
    source: "Art 17(3)(e), 18 UK GDPR",
    kinds: &["hold", "hold-release"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("hold").into_iter().map(|item| row(book, item)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let releases = book.standing_links(item, Relation::About, "hold-release");
    let released = holding::release(book, item);
    let release = released.or(releases.last().copied());
    let overdue = item.day("review-date").is_some_and(|day| day < book.today());
    let state = match release {
        Some(_) if released.is_some() => "released",
        Some(_) => "release-incomplete",
        None if overdue => "review-overdue",
        None => "in-force",
    };
    let held = match item.text("scope") {
        Some("case") => Cell::some(item.case.as_deref(), Cell::text),
        Some("subject") => of.text("subject"),
        Some("kind") => of.text("kind-held"),
        _ => Cell::many([of.text("subject"), of.text("kind-held")]),
    };
    let cells = [
        of.word("scope"),
        held,
        of.text("reason"),
        of.signed_by(),
        of.signed(),
        of.day("review-date"),
        Cell::some(release, |release| {
            let of = Of::new(book, release);
            Cell::many([of.signed_by(), of.signed()])
        }),
        Cell::some(release, |release| Of::new(book, release).text("reason")),
        Cell::word(state),
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(releases).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}
