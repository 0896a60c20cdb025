//! Withdrawals of consent, open until every place where copies were found is dealt with and the
//! family was told (policy §11.3).

use super::cell::Cell;
use super::consents::taken_back;
use super::of::{Of, days_between};
use super::row::{Row, numbers};
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::book::withdrawal::CarriedOut;
use crate::records::days;
use crate::records::kind::Relation;

const COLUMNS: [Column; 11] = [
    Column::main("reference", "the pupil's reference"),
    Column::main("received", "when it reached the school"),
    Column::more("by", "who withdrew, as what"),
    Column::main("purposes", "what it withdraws; all purposes where none is named"),
    Column::more("withdraws", "the entries whose consent it takes back"),
    Column::more("places", "where copies were found"),
    Column::more("places-closed", "where they were removed, and when"),
    Column::main("places-open", "where they still are, as far as is on record"),
    Column::more("confirmed", "when confirmation was sent, last"),
    Column::main("state", "open, closed or not known"),
    Column::main("days-open", "days from receipt until it was closed, or until the day asked for"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "withdrawals",
    title: "Withdrawals of consent",
    about: "One row a withdrawal. It is closed when every place that it lists was dealt with and a \
            confirmation was sent.",
    source: "Art 7(3) UK GDPR; policy §2.2, §11.3",
    kinds: &["consent", "consent-withdrawal", "image-removal"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    book.standing("consent-withdrawal").into_iter().map(|item| row(book, item)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let carried_out = CarriedOut::of(book, item);
    let CarriedOut { removals, open, confirmed, .. } = &carried_out;
    let received = item.integer("received").and_then(days::day_at);
    let unknown = carried_out.lost.is_some() || matches!(of.texts("places"), Cell::Gone(_));
    let closed = carried_out.done().filter(|_| !unknown);
    let consents: Vec<_> =
        book.linked(item, Relation::Withdraws).map(|consent| consent.index).collect();
    let cells = [
        reference(book, item),
        of.moment("received"),
        of.word("capacity"),
        match of.words("purposes") {
            Cell::Empty => Cell::word("all"),
            purposes => purposes,
        },
        if consents.is_empty() { Cell::Empty } else { Cell::text(numbers(&consents)) },
        of.texts("places"),
        Cell::many(removals.iter().map(|later| {
            let of = Of::new(book, later);
            match (of.text("place"), later.day("done")) {
                (Cell::Text(place), Some(day)) => Cell::many([Cell::text(place), Cell::Day(day)]),
                (place, _) => place,
            }
        })),
        Cell::many(open.iter().map(|place| Cell::text(*place))),
        Cell::some(*confirmed, Cell::Day),
        Cell::word(match closed {
            _ if unknown => "not-known",
            Some(_) => "closed",
            None => "open",
        }),
        days_between(received, Some(closed.unwrap_or_else(|| book.today()))),
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(removals.iter().copied()).collect();
    Row::new(book, &COLUMNS, &basis, cells).marked(under_another(book, item))
}

/// The consents that it takes back and that give another reference than its own.
fn under_another<'a>(book: &Book<'a>, item: &'a Item) -> Vec<String> {
    let Some(own) = item.text("subject") else { return Vec::new() };
    let consents = taken_back(book, item).into_iter();
    let others = consents.filter_map(|consent| {
        let theirs = consent.text("subject").filter(|theirs| *theirs != own)?;
        Some(format!("entry {}, which it takes back, gives another: {theirs}", consent.index))
    });
    others.collect()
}

/// The withdrawal's own reference, or that of the consent that it takes back.
fn reference(book: &Book<'_>, item: &Item) -> Cell {
    match Of::new(book, item).text("subject") {
        Cell::Text(reference) => Cell::Text(reference),
        own => book
            .linked(item, Relation::Withdraws)
            .map(|consent| Of::new(book, consent).text("subject"))
            .find(|cell| !cell.is_empty())
            .unwrap_or(own),
    }
}
