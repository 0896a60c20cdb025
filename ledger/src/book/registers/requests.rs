//! Requests of people for their rights, and how they were answered (policy §13).
//!
//! What was withheld, and why, stands in the answer itself and not here, so that the register can
//! be shown without telling of serious harm.

use super::cell::Cell;
use super::gather::{linking, of_kind, standing, standing_of};
use super::of::{Of, days_between};
use super::row::Row;
use super::{Column, Register};
use crate::book::item::{Book, Item};
use crate::records::kind::Relation;

const COLUMNS: [Column; 14] = [
    Column::main("type", "which right"),
    Column::main("received", "day of receipt"),
    Column::more("channel", "how it came"),
    Column::more("requester", "who asks, as what"),
    Column::more("authority", "whether somebody who asks for another showed that they may"),
    Column::more("child-capacity", "whether the child's own understanding was considered"),
    Column::main("reference", "the reference of the person concerned"),
    Column::more("scope", "what is asked for"),
    Column::more("steps", "each step that was taken, with its day"),
    Column::main("answered", "day of the answer"),
    Column::main(
        "days-taken",
        "days from receipt to answer, or to the day asked for while it is open",
    ),
    Column::main("outcome", "what the answer was"),
    Column::more("method", "how the answer was given"),
    Column::main("state", "open or answered"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "requests",
    title: "Requests of people for their rights",
    about: "One row a request; the newest answer to it counts. Days are counted plainly from \
            receipt, whatever stops or moves the limit.",
    source: "Art 12, 15 to 22 UK GDPR; SI 2005/1437; policy §13",
    kinds: &["request", "request-step", "request-answer"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    standing_of(book, "request").into_iter().map(|item| row(book, item)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item) -> Row {
    let of = Of::new(book, item);
    let answers = belonging(book, item, "request-answer", Relation::Answers);
    let steps = belonging(book, item, "request-step", Relation::About);
    let answer = answers.last().copied();
    let of_answer =
        |read: fn(Of<'_, '_>) -> Cell| Cell::some(answer, |answer| read(Of::new(book, answer)));
    let received = item.day("received");
    let answered = answer.and_then(|answer| answer.day("answered"));
    let open = answer.is_none().then(|| book.today());
    let cells = [
        of.word("type"),
        of.day("received"),
        of.word("channel"),
        of.word("requester"),
        of.word("authority"),
        of.word("child-capacity"),
        of.text("subject"),
        of.text("scope"),
        Cell::many(steps.iter().map(|step| {
            let of = Of::new(book, step);
            match of.day("done") {
                Cell::Empty => of.word("step"),
                done => done.under(of.word("step")),
            }
        })),
        of_answer(|of| of.day("answered")),
        days_between(received, answered.or(open)),
        of_answer(|of| of.word("outcome")),
        of_answer(|of| of.word("method")),
        Cell::word(if answer.is_some() { "answered" } else { "open" }),
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(steps).chain(answers).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}

/// What links to a request, or belongs to its case if that has no other request.
fn belonging<'a>(
    book: &Book<'a>,
    request: &'a Item,
    kind: &str,
    relation: Relation,
) -> Vec<&'a Item> {
    let case: Vec<&Item> = request.case.iter().flat_map(|case| book.of_case(case)).collect();
    let mut found = linking(book, request, relation, kind);
    if standing(book, &of_kind(&case, "request")).len() == 1 {
        found.extend(standing(book, &of_kind(&case, kind)));
        found.sort_by_key(|item| item.index);
        found.dedup_by_key(|item| item.index);
    }
    found
}
