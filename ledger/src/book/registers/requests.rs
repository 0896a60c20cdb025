//! Requests of people for their rights, and how they were answered (policy §13).
//!
//! The limit is the one that [`crate::book::due`] computes, with the words that show how it came
//! about. What was withheld, and why, stands in the answer itself and not here, so that the
//! register can be shown without telling of serious harm.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::limits::{self, Limit};
use super::of::{Of, days_between};
use super::row::Row;
use super::{Column, Register};
use crate::book::due::Answered;
use crate::book::item::{Book, Item};
use crate::format::hash::Index;
use crate::records::days::written;
use crate::records::kind::Relation;

const COLUMNS: [Column; 17] = [
    Column::main("type", "which right"),
    Column::main("received", "day of receipt"),
    Column::more("channel", "how it came"),
    Column::more("requester", "who asks, as what"),
    Column::more("authority", "whether somebody who asks for another showed that they may"),
    Column::more("child-capacity", "whether the child's own understanding was considered"),
    Column::main("reference", "the reference of the person concerned"),
    Column::more("scope", "what is asked for"),
    Column::more("steps", "each step that was taken, with its day"),
    Column::main("due", "the legal limit of the answer"),
    Column::more("due-how", "how that day came about"),
    Column::more("target", "the school's own limit, where it sets one"),
    Column::main("answered", "day of the first answer that stands"),
    Column::more(
        "days-taken",
        "days from receipt to that, or to the day asked for while it is open",
    ),
    Column::main("outcome", "what the newest answer was, and its day where that is another"),
    Column::more("method", "how that was given"),
    Column::main(
        "state",
        "open, overdue, not known (imported), answered, answered late, or not certain, as the \
         answer was corrected in words",
    ),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "requests",
    title: "Requests of people for their rights",
    about: "One row a request. Days taken are counted plainly from receipt; the limit is computed \
            with all that stops or moves it. An answer that continues or corrects another takes \
            its place, and one whose day is still to come ends nothing before that day.",
    source: "Art 12, 15 to 22 UK GDPR; SI 2005/1437; policy §13",
    kinds: &["request", "request-step", "request-answer", "genesis", "policy", "calendar"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let limits = limits::legal(book, "Answer the ");
    book.standing("request").into_iter().map(|item| row(book, item, &limits)).collect()
}

fn row<'a>(book: &Book<'a>, item: &'a Item, limits: &BTreeMap<Index, Limit>) -> Row {
    let of = Of::new(book, item);
    let answered_by = Answered::of(book, item);
    let Answered { out: answers, to_come, continued } = &answered_by;
    let doubted = answered_by.doubted(book);
    let steps = book.following(item, Relation::About, "request-step");
    let newest = |read: fn(Of<'_, '_>) -> Cell| {
        Cell::some(answers.last(), |answer| read(Of::new(book, answer)))
    };
    let limit = limits.get(&item.index);
    let of_limit = |read: fn(&Limit) -> Cell| limit.map_or(Cell::Empty, read);
    let received = item.day("received");
    let answered = answers.iter().filter_map(|answer| answer.day("answered")).min();
    let open = answers.is_empty().then(|| book.today());
    let state = match (answers.is_empty(), limit.is_some_and(|limit| limit.late)) {
        (true, true) => "overdue",
        (true, false) if limit.is_some_and(|limit| limit.imported) => "not-known-imported",
        (true, false) => "open",
        // When it was answered, an erased answer doesn't tell.
        (false, true) if answered.is_some() => "answered-late",
        (false, _) if doubted.is_some() => "answered-not-certain",
        (false, _) => "answered",
    };
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
        of_limit(|limit| limit.due.clone()),
        of_limit(|limit| Cell::text(limit.words.as_str())),
        of_limit(|limit| limit.target.clone()),
        answered.map_or_else(|| newest(|of| of.day("answered")), Cell::Day),
        days_between(received, answered.or(open)),
        match answers.last().and_then(|answer| answer.day("answered")) {
            Some(day) if Some(day) != answered => {
                newest(|of| of.word("outcome")).under(Cell::Day(day))
            }
            _ => newest(|of| of.word("outcome")),
        },
        newest(|of| of.word("method")),
        Cell::word(state),
    ];
    let doubted = doubted.map(|(answer, correction)| {
        format!(
            "entry {}, by whose day it is answered, was corrected by entry {}: check that day",
            answer.index, correction.index
        )
    });
    let waiting = to_come.iter().map(|(answer, day)| {
        format!("entry {} is to go out on {}, and ends nothing yet", answer.index, written(*day))
    });
    let marks: Vec<String> = doubted.into_iter().chain(waiting).collect();
    let later = to_come.iter().map(|(answer, _)| *answer);
    let all = answers.iter().chain(continued).copied().chain(later);
    let basis: Vec<&Item> = std::iter::once(item).chain(steps).chain(all).collect();
    Row::new(book, &COLUMNS, &basis, cells).marked(marks)
}
