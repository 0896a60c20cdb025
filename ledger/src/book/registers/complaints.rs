//! Complaints about how the school handles personal data, those about CCTV among them
//! (section 164A of the Data Protection Act 2018, since 19 June 2026; policy §10.8).

use super::cell::Cell;
use super::gather::newest;
use super::limits::{self, Limit};
use super::of::{Of, days_between};
use super::row::Row;
use super::{Column, Register};
use crate::book::due::{End, end_of_complaint};
use crate::book::item::{Book, Item};
use crate::book::standing::cctv_complaints;
use crate::records::kind::Relation;

const COLUMNS: [Column; 14] = [
    Column::main("received", "day of receipt"),
    Column::main("about", "what it is about"),
    Column::more("complainant", "who complains, as what"),
    Column::more("channel", "how it came"),
    Column::more("reference", "the reference of the person concerned"),
    Column::more("cameras", "which cameras, of one about CCTV"),
    Column::more("acknowledge-by", "the legal limit of the acknowledgement"),
    Column::more("acknowledge-by-how", "how that day came about"),
    Column::main("acknowledged", "day of the acknowledgement"),
    Column::more("steps", "each step that was taken, with its day"),
    Column::main("outcome", "what it came to"),
    Column::more("closed", "day of the outcome or of its withdrawal"),
    Column::main(
        "days-taken",
        "days from receipt to outcome, or to the day asked for while it is open",
    ),
    Column::main("state", "open, acknowledgement overdue, closed or not known"),
];

/// The register.
pub(super) const REGISTER: Register = Register {
    name: "complaints",
    title: "Complaints",
    about: "One row a complaint. It is closed by an outcome or by being withdrawn; an outcome not \
            otherwise acknowledged acknowledges it. One about CCTV that is recorded again in its \
            case, as received on the same day, is one complaint.",
    source: "s.164A Data Protection Act 2018; policy §10.8",
    kinds: &["complaint", "complaint-step", "cctv-complaint", "policy"],
    with_linked: false,
    columns: &COLUMNS,
    rows,
};

fn rows(book: &Book<'_>) -> Vec<Row> {
    let limits = limits::legal(book, "Acknowledge the complaint");
    let limit = |item: &Item| limits.get(&item.index);
    let mut rows: Vec<Row> = book
        .standing("complaint")
        .into_iter()
        .map(|item| complaint(book, item, limit(item)))
        .collect();
    let about_cctv = cctv_complaints(book).into_iter().filter_map(|recorded| {
        let newest = recorded.last().copied()?;
        Some(about_cctv(book, newest, &recorded, limit(newest)))
    });
    rows.extend(about_cctv);
    rows.sort_by(|one, other| one.entries.cmp(&other.entries));
    rows
}

fn complaint<'a>(book: &Book<'a>, item: &'a Item, limit: Option<&Limit>) -> Row {
    let of = Of::new(book, item);
    let steps = book.following(item, Relation::About, "complaint-step");
    let day_of = |wanted: &[&str]| {
        let fits = |step: &&&Item| step.text("step").is_some_and(|step| wanted.contains(&step));
        steps.iter().filter(fits).filter_map(|step| step.day("done")).min()
    };
    let ending = ["outcome", "withdrawn"];
    let end = day_of(&ending);
    let ended = end_of_complaint(book, &[item]);
    let outcomes: Vec<&Item> = steps
        .iter()
        .copied()
        .filter(|step| step.text("step").is_some_and(|step| ending.contains(&step)))
        .collect();
    let acknowledged = day_of(&["acknowledged"]).or(day_of(&["outcome"]));
    let (by, how) = acknowledge_by(limit);
    let late = acknowledged.is_none() && limit.is_some_and(|limit| limit.late);
    let cells = [
        of.day("received"),
        of.text("about"),
        of.word("complainant"),
        of.word("channel"),
        of.text("subject"),
        Cell::Empty,
        by,
        how,
        Cell::some(acknowledged, Cell::Day),
        Cell::many(steps.iter().map(|step| {
            let of = Of::new(book, step);
            match of.day("done") {
                Cell::Empty => of.word("step"),
                done => done.under(of.word("step")),
            }
        })),
        Cell::some(outcomes.last().copied(), |step| {
            let of = Of::new(book, step);
            match of.word("outcome") {
                Cell::Empty => of.word("step"),
                outcome => outcome,
            }
        }),
        Cell::some(end, Cell::Day),
        days_between(
            item.day("received"),
            end.or(matches!(ended, End::Open).then(|| book.today())),
        ),
        Cell::word(state(ended, late)),
    ];
    let basis: Vec<&Item> = std::iter::once(item).chain(steps.iter().copied()).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}

fn about_cctv<'a>(
    book: &Book<'a>,
    item: &'a Item,
    recorded: &[&'a Item],
    limit: Option<&Limit>,
) -> Row {
    let of = Of::new(book, item);
    let ended = end_of_complaint(book, recorded);
    let (closed, by) = match ended {
        End::On(day, by) => (Some(day), Some(by)),
        End::Open | End::NotKnown(_) => (None, None),
    };
    // By its own record, which has the day of the answer and may have none, or by a step of it.
    let by_step = by.filter(|by| by.kind != item.kind);
    let answered = by_step.map_or(item.day("answered"), |_| closed);
    let open = matches!(ended, End::Open);
    let (by, how) = acknowledge_by(limit);
    let cells = [
        of.day("received"),
        of.text("what"),
        Cell::Empty,
        Cell::Empty,
        newest(book, recorded, |of| of.text("subject")),
        newest(book, recorded, |of| of.texts("cameras")),
        by,
        how,
        answered.map_or_else(|| of.day("answered"), Cell::Day),
        Cell::many(by_step.map(|step| {
            let of = Of::new(book, step);
            Cell::Day(step.day("done").unwrap_or_else(|| step.signed_on())).under(of.word("step"))
        })),
        by_step.map_or_else(
            || of.word("outcome"),
            |step| {
                let of = Of::new(book, step);
                match of.word("outcome") {
                    Cell::Empty => of.word("step"),
                    outcome => outcome,
                }
            },
        ),
        answered.map_or_else(|| of.day("answered"), Cell::Day),
        days_between(item.day("received"), answered.or(open.then(|| book.today()))),
        Cell::word(state(ended, limit.is_some_and(|limit| limit.late))),
    ];
    let basis: Vec<&Item> = recorded.iter().copied().chain(by_step).collect();
    Row::new(book, &COLUMNS, &basis, cells)
}

fn acknowledge_by(limit: Option<&Limit>) -> (Cell, Cell) {
    limit.map_or((Cell::Empty, Cell::Empty), |limit| {
        (limit.due.clone(), Cell::text(limit.words.as_str()))
    })
}

const fn state(ended: End<'_>, late: bool) -> &'static str {
    match (ended, late) {
        (End::On(..), _) => "closed",
        (End::NotKnown(_), _) => "not-known",
        (End::Open, true) => "acknowledgement-overdue",
        (End::Open, false) => "open",
    }
}
