//! The registers that law and policy ask for, as they stood at the moment of a [`Book`].
//!
//! A register is one file with one constant [`Register`], and one line in the list
//! [`REGISTERS`]. It reads records and writes nothing: there is no register beside the record
//! book that could say something else. Each row names the entries that it rests on.
//!
//! ```text
//! cell      what stands under a column, and how it becomes text
//! of        a record's answers as cells
//! row       a row, and what a reader must know of the records behind it
//! gather    which records make a row, and which take the place of earlier ones
//! limits    what is due, where a register shows it
//! page      the page docs/registers.md
//! ```
//!
//! What this doesn't do: judge. A register shows what is on record, with what the records
//! themselves lack; whether they are genuine, verification tells, and what should be on record
//! and isn't, no register shows.

use crate::book::item::Book;

mod cell;
mod gather;
mod limits;
mod of;
mod page;
mod row;

pub use cell::{Cell, Gone};
pub use page::page;
pub use row::Row;

/// One register.
#[derive(Debug)]
pub struct Register {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What a row is, and by which rule rows come from records.
    pub about: &'static str,
    /// The law or policy that it comes from.
    pub source: &'static str,
    /// The kinds of record that it reads. Corrections and erasures are always read.
    pub kinds: &'static [&'static str],
    /// Whether it also needs the records to which those link, and that link to them.
    pub with_linked: bool,
    /// Its columns.
    pub columns: &'static [Column],
    rows: fn(&Book<'_>) -> Vec<Row>,
}

/// One column.
#[derive(Debug)]
pub struct Column {
    /// Its name, words joined by hyphens.
    pub name: &'static str,
    /// What stands in it.
    pub about: &'static str,
    /// Whether it is among the few that fit side by side on a terminal.
    pub main: bool,
}

impl Column {
    const fn main(name: &'static str, about: &'static str) -> Self {
        Self { name, about, main: true }
    }

    const fn more(name: &'static str, about: &'static str) -> Self {
        Self { name, about, main: false }
    }
}

impl Register {
    /// Its rows as they stood at the book's moment. The book has to hold the records of the
    /// register's kinds, corrections and erasures.
    #[must_use]
    pub fn rows(&self, book: &Book<'_>) -> Vec<Row> {
        (self.rows)(book)
    }
}

/// Declares each register's file and puts it on the list.
macro_rules! registers {
    ($($file:ident;)*) => {
        $(mod $file;)*

        /// Every register.
        pub static REGISTERS: &[&Register] = &[$(&$file::REGISTER),*];
    };
}

// A new register is one file and one line here; its place is its place in the list and the page.
registers! {
    breaches;
    requests;
    complaints;
    processing_activities;
    dpias;
    overruled_advice;
    consents;
    withdrawals;
    cctv;
    meetings;
    suppliers;
    sharing;
    policies;
    privacy_notices;
    training;
    disposal;
    actions;
    exceptions;
    holds;
}

// A case goes by the same rules.
pub(in crate::book) use breaches::review as review_of_breach;
pub(in crate::book) use consents::{of_case as consents_of, withdrawals as withdrawals_of};

/// The kinds that every register reads beside its own: what tells that an answer was wrong, or is
/// gone.
pub const ALWAYS: &[&str] = &["correction", "erasure"];

/// The register of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Register> {
    REGISTERS.iter().copied().find(|register| register.name == name)
}

#[cfg(test)]
mod tests;
