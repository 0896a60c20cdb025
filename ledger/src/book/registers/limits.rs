//! The limits that registers show, as [`crate::book::due`] computes them.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use crate::book::due::{State, When, due};
use crate::book::item::Book;
use crate::book::rules::school::School;
use crate::format::hash::Index;

/// One legal limit.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    /// When it ends.
    pub due: Cell,
    /// How that came about.
    pub words: String,
    /// The school's own limit for the same.
    pub target: Cell,
    /// Whether it was missed, or has passed with nothing done.
    pub late: bool,
    /// Whether it had passed before the record was imported, and no end is on record.
    pub imported: bool,
}

/// The legal limits of a book's records whose title begins so, by the record from which they
/// follow. The school is the one of the first record, if the book has it.
pub(super) fn legal(book: &Book<'_>, title: &str) -> BTreeMap<Index, Limit> {
    let school = book.of_kind("genesis").next().map(|first| School::of(&first.answers));
    let limits = due(book, &school.unwrap_or_default()).into_iter().filter_map(|due| {
        let legal = due.legal.as_ref().filter(|_| due.title.starts_with(title))?;
        let limit = Limit {
            due: cell(legal.due),
            words: legal.words.clone(),
            target: Cell::some(due.target.as_ref(), |target| cell(target.due)),
            late: due.is_late(),
            imported: due.state == State::Imported,
        };
        Some((due.entry, limit))
    });
    limits.collect()
}

/// The records of which something is overdue by a rule.
pub(super) fn overdue(book: &Book<'_>, rule: &str) -> BTreeSet<Index> {
    let all = due(book, &School::default()).into_iter();
    let overdue = all.filter(|due| due.rule == rule && due.state == State::Overdue);
    overdue.map(|due| due.entry).collect()
}

fn cell(when: When) -> Cell {
    match when {
        When::Day(day) => Cell::Day(day),
        When::Moment(moment) => Cell::Moment(moment),
        When::NotKnown => Cell::word("not-known-yet"),
    }
}
