//! The rows, in the order of the table.

use std::cell::OnceCell;

use probity::work::home::Home;

use crate::school::ledgers;
use crate::support::Outcome;
use crate::support::clock::{Duel, digits};
use crate::support::report::Line;

mod append;
mod bulk;
mod bundle;
mod commands;
mod disk;
mod git;
mod growth;
mod lookup;
mod memory;
mod opening;
mod page;
mod parts;
mod since;
mod verify;

/// A row or a group of rows that is measured together.
pub struct Row {
    /// Its name on the command line.
    pub name: &'static str,
    /// Which ledgers it reads.
    reads: fn(&Bench) -> Vec<u64>,
    /// Measures it.
    pub run: fn(&Bench, &mut Report) -> Outcome,
}

/// Every row.
pub static ROWS: &[Row] = &[
    Row { name: "append", reads: |b| vec![b.medium], run: append::run },
    Row { name: "bulk", reads: |_| vec![], run: bulk::run },
    Row { name: "verify", reads: |b| vec![b.medium], run: verify::run },
    Row { name: "memory", reads: |b| vec![b.small, b.large], run: memory::run },
    Row { name: "opening", reads: |b| vec![b.large], run: opening::run },
    Row { name: "since", reads: |b| vec![b.large], run: since::run },
    Row { name: "lookup", reads: |b| vec![b.large], run: lookup::run },
    Row { name: "disk", reads: |b| vec![b.small, b.large], run: disk::run },
    Row { name: "bundle", reads: |b| vec![b.large], run: bundle::run },
    Row { name: "page", reads: |b| vec![b.medium], run: page::run },
    Row { name: "git", reads: |b| vec![b.small], run: git::run },
    Row { name: "parts", reads: |b| vec![b.medium], run: parts::run },
    Row { name: "commands", reads: |b| vec![b.medium], run: commands::run },
    Row { name: "growth", reads: Bench::sizes, run: growth::run },
];

/// What came out.
#[derive(Default)]
pub struct Report {
    /// Rows of the table.
    pub lines: Vec<Line>,
    /// Further sections of the page: the name of their markers, and their text.
    pub sections: Vec<(&'static str, String)>,
    /// The plot of growth.
    pub plot: Option<String>,
}

/// What all rows are told, and what one row has measured for another.
pub struct Bench {
    /// Size of the large ledger.
    pub large: u64,
    /// Size of the ledger that whole rounds go over.
    pub medium: u64,
    /// Size of the small ledger, in which every 33rd record has a document.
    pub small: u64,
    /// How many rounds.
    pub rounds: usize,
    full: OnceCell<memory::Full>,
}

impl Bench {
    /// With a large ledger of that size.
    pub fn new(entries: u64, rounds: usize) -> Self {
        Self {
            large: entries,
            medium: entries.min(100_000),
            small: entries.min(10_000),
            rounds: rounds.max(1),
            full: OnceCell::new(),
        }
    }

    /// The sizes at which growth is measured: powers of ten from 1,000 up to the large one.
    fn sizes(&self) -> Vec<u64> {
        std::iter::successors(Some(1000), |size| Some(size * 10))
            .take_while(|size| *size <= self.large)
            .collect()
    }

    /// Makes the ledgers that these rows read, before anything is measured.
    ///
    /// # Errors
    /// What can't be made.
    pub fn prepare(&self, rows: &[&Row]) -> Outcome {
        let mut sizes: Vec<u64> = rows.iter().flat_map(|row| (row.reads)(self)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        for size in sizes {
            ledgers::settle(&ledgers::of_size(size)?)?;
        }
        Ok(())
    }

    fn home(size: u64) -> Outcome<Home> {
        ledgers::of_size(size)
    }

    /// The program's own full verification of the large ledger, measured once for all rows.
    fn full(&self) -> Outcome<&memory::Full> {
        if self.full.get().is_none() {
            let measured = memory::full(self)?;
            let _ = self.full.set(measured);
        }
        self.full.get().ok_or_else(|| "no full verification was measured".into())
    }
}

/// `1.18 times (quartiles 1.15 to 1.22)`.
fn times(duel: &Duel) -> String {
    let ratio = &duel.ratio;
    format!(
        "{} times (quartiles {} to {})",
        digits(ratio.median()),
        digits(ratio.quantile(0.25)),
        digits(ratio.quantile(0.75))
    )
}

/// A count with its thousands set apart.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
