//! Permissions that were taken although a rule stood against them: which role has to ratify each,
//! by when, and whether it did.

use super::cell::Cell;
use super::of::Of;
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;
use crate::records::{self, roles};

const COLUMNS: [Column; 9] = [
    Column::main("rule", "the rule that stands against it"),
    Column::main("what", "the record that was signed under it"),
    Column::more("reason", "why it couldn't wait"),
    Column::main("taken-by", "who took it, in which role"),
    Column::more("taken", "on which day"),
    Column::main("ratify-role", "the role that has to ratify it"),
    Column::main("ratify-by", "last day for that"),
    Column::more("ratifications", "who ratified it, on which day, whether or not that counts"),
    Column::main("state", "ratified, open, overdue, or without a record under it"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "exceptions",
    title: "Exceptions",
    about: "One row an exception. It is ratified when another person did so in the role that it \
            names, with a key or on paper.",
    source: "Art 5(2), 24 UK GDPR",
    kinds: &["exception", "ratification", "paper-signature"],
    with_linked: true,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.of_kind("exception").map(|item| row(book, item)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let under: Vec<&Item> = book.linking(item, Relation::Excepts).collect();
    let mut ratifications = book.standing_links(item, Relation::Ratifies, "ratification");
    ratifications.extend(book.standing_links(item, Relation::Ratifies, "paper-signature"));
    let overdue = item.day("ratify-by").is_some_and(|day| day < book.today());
    let state = match under.iter().any(|item| item.marks.by_exception) {
        _ if under.is_empty() => "nothing-under-it",
        false => "ratified",
        true if overdue => "overdue",
        true => "open",
    };
    let cells = [
        of.text("rule"),
        Cell::many(under.iter().map(|item| {
            let title = records::newest(&item.kind).map_or(item.kind.as_str(), |kind| kind.title);
            Cell::text(format!("{title} (entry {})", item.index))
        })),
        of.text("reason"),
        of.signed_by(),
        of.signed(),
        of.read("ratify-role", |role| {
            Cell::some(role.as_text(), |role| Cell::text(roles::title(role)))
        }),
        of.day("ratify-by"),
        Cell::many(ratifications.iter().map(|item| {
            let of = Of::new(book, item);
            let who = match of.text("person") {
                Cell::Empty => of.signed_by(),
                person => person.labelled("on paper"),
            };
            Cell::many([who, of.signed()])
        })),
        Cell::word(state),
    ];
    let basis: Vec<&Item> =
        std::iter::once(item).chain(under.iter().copied()).chain(ratifications).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}
