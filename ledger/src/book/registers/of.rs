//! Reading a record's answers as cells.
//!
//! A field that a record doesn't have at all was erased if an entry that erases stands on the
//! record; one that is there and null was not answered. Of a record whose answers are erased as a
//! whole, or can't be opened, every cell says so.

use jiff::civil::Date;

use super::cell::{self, Cell, Gone};
use crate::book::item::{Book, Item};
use crate::format::cbor::Value;
use crate::format::hash::Index;
use crate::records::days;
use crate::records::kind::Relation;
use crate::records::roles;

/// The answers of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of<'b, 'a> {
    book: &'b Book<'a>,
    /// The record.
    pub item: &'a Item,
}

impl<'b, 'a> Of<'b, 'a> {
    pub(super) const fn new(book: &'b Book<'a>, item: &'a Item) -> Self {
        Self { book, item }
    }

    /// What an answer reads as, with one rule for what is gone.
    pub(super) fn read(&self, name: &str, cell: impl FnOnce(&Value) -> Cell) -> Cell {
        match self.item.answers.0.get(name) {
            Some(Value::Null) => Cell::Empty,
            Some(value) => cell(value),
            None => self.gone().map_or(Cell::Empty, Cell::Gone),
        }
    }

    /// Why an answer isn't there that the record had.
    fn gone(&self) -> Option<Gone> {
        if self.item.is_unreadable() {
            return Some(Gone::Unreadable);
        }
        let by = self.erased_by();
        (self.item.marks.gone.is_some() || by.is_some()).then_some(Gone::Erased(by))
    }

    /// The newest entry that erased something of it.
    pub(super) fn erased_by(&self) -> Option<Index> {
        self.book.linking(self.item, Relation::Erases).next_back().map(|erasure| erasure.index)
    }

    pub(super) fn text(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_text(), Cell::text))
    }

    pub(super) fn word(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_text(), Cell::word))
    }

    pub(super) fn day(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_text().and_then(days::day), Cell::Day))
    }

    pub(super) fn moment(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_int(), Cell::Moment))
    }

    pub(super) fn number(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_int(), Cell::Number))
    }

    pub(super) fn truth(&self, name: &str) -> Cell {
        self.read(name, |value| Cell::some(value.as_bool(), Cell::Truth))
    }

    /// Two moments that bound something.
    pub(super) fn span(&self, from: &str, to: &str) -> Cell {
        match (self.moment(from), self.moment(to)) {
            (Cell::Empty, end) => end,
            (start, Cell::Empty) => start,
            (start, end) if start == end => start,
            (start, end) => Cell::Span(Box::new(start), Box::new(end)),
        }
    }

    /// The texts of a list.
    pub(super) fn texts(&self, name: &str) -> Cell {
        self.list(name, |item| Cell::some(item.as_text(), Cell::text))
    }

    /// The words of a list.
    pub(super) fn words(&self, name: &str) -> Cell {
        self.list(name, |item| Cell::some(item.as_text(), Cell::word))
    }

    pub(super) fn list(&self, name: &str, cell: impl Fn(&Value) -> Cell) -> Cell {
        self.read(name, |value| Cell::many(value.as_array().unwrap_or_default().iter().map(cell)))
    }

    /// The members of each group of a list, joined: `Ireland, adequacy`.
    pub(super) fn groups(&self, name: &str, members: &[&str]) -> Cell {
        self.list(name, |group| {
            let parts: Vec<&str> = members
                .iter()
                .filter_map(|member| group.get(member).and_then(Value::as_text))
                .collect();
            if parts.is_empty() { Cell::Empty } else { Cell::text(parts.join(", ")) }
        })
    }

    /// The names of the attached files.
    pub(super) fn documents(&self) -> Cell {
        self.groups("documents", &["name"])
    }

    /// When it happened, as the record says.
    pub(super) fn occurred(&self) -> Cell {
        self.read("occurred", cell::occurred)
    }

    /// Who signed it, in which role.
    pub(super) fn signed_by(&self) -> Cell {
        Cell::text(format!("{}, {}", self.item.signer, roles::title(&self.item.role)))
    }

    /// The day on which it was signed.
    pub(super) fn signed(&self) -> Cell {
        Cell::Day(self.item.signed_on())
    }
}

/// Days from one to another, if both are known.
pub(super) fn days_between(from: Option<Date>, to: Option<Date>) -> Cell {
    Cell::some(from.zip(to), |(from, to)| Cell::Number(i64::from((to - from).get_days())))
}
