//! A register of the school's records, as it stood at the end of a day: which records it is made
//! from, and how it is handed out.

use std::path::Path;

use probity_ledger::book::item::Book;
use probity_ledger::book::registers::{ALWAYS, Cell, REGISTERS, Register, Row, find};
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::records::spoken::spoken;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::book::{Scope, items, later};
use super::reading::Reading;
use super::{WorkError, World, bag, schedule, time};

/// A register with its rows.
#[derive(Debug)]
pub struct Filled {
    /// Which one.
    pub register: &'static Register,
    /// The last second of its day.
    pub at: i64,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Entries that it would have been made from, had their authors not claimed a later time.
    pub later: Vec<Index>,
    /// Entries that it is made from, and whose answers can't be opened.
    pub unreadable: Vec<Index>,
}

/// One row, as JSON has it: a line of `probity register NAME --json`.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// The register's name.
    pub register: &'static str,
    /// The day at whose end it stood so.
    pub at: String,
    /// The entries that it rests on.
    pub entries: &'a [Index],
    /// Its case, or null.
    pub case: Option<&'a str>,
    /// By column: text, or null where there is nothing to say.
    pub cells: Map<String, Json>,
    /// What a reader must know of the entries.
    pub marks: &'a [String],
}

/// The register of that name.
///
/// # Errors
/// When there is none.
pub fn named(name: &str) -> Result<&'static Register, WorkError> {
    let name = name.to_lowercase();
    find(&name).ok_or_else(|| {
        let near = |register: &&&Register| {
            let of_kind = register.kinds.iter().any(|kind| *kind == name);
            of_kind || register.name.contains(name.trim_end_matches('s')) && name.len() > 2
        };
        let near: Vec<&str> = REGISTERS.iter().filter(near).map(|register| register.name).collect();
        let remedy = if near.is_empty() {
            "see `probity register`".to_owned()
        } else {
            format!("see `probity register`; is it one of {}?", near.join(", "))
        };
        WorkError::refused(format!("there is no register `{name}`"), remedy)
    })
}

/// The last second of the day that is asked for, or of today.
///
/// # Errors
/// What is no day, or a day that is still to come: nothing stood on it.
pub fn moment(world: &World, day: Option<&str>) -> Result<i64, WorkError> {
    let read = |day: &str| {
        time::read_end_of_day(day)
            .map_err(|fact| WorkError::refused(fact, "write days as 2026-11-21"))
    };
    let today = read(&time::iso_day(world.now()))?;
    let Some(day) = day else { return Ok(today) };
    let at = read(day)?;
    if at > today {
        return Err(WorkError::refused(
            format!("{} is still to come", time::day_words(&time::iso_day(at))),
            "name today or a day before it; a register shows what stood on a day",
        ));
    }
    Ok(at)
}

/// Whether a register is what it was when the record book had so many records.
///
/// # Errors
/// Damage.
pub fn untouched(reading: &Reading, register: &Register, from: Size) -> Result<bool, WorkError> {
    let kinds: Vec<&str> = register.kinds.iter().chain(ALWAYS).copied().collect();
    super::book::untouched(reading, &kinds, from)
}

/// A register as it stood at a moment.
///
/// # Errors
/// Damage.
pub fn fill(reading: &Reading, register: &'static Register, at: i64) -> Result<Filled, WorkError> {
    let kinds: Vec<&str> = register.kinds.iter().chain(ALWAYS).copied().collect();
    let scope = if register.with_linked { Scope::Around(&kinds) } else { Scope::Kinds(&kinds) };
    let items = items(reading, scope, at)?;
    let rows = register.rows(&Book::new(&items, at));
    let later = later(reading, Scope::Kinds(register.kinds), at)?;
    let unreadable = items.iter().filter(|item| item.is_unreadable()).map(|item| item.index);
    Ok(Filled { register, at, rows, later, unreadable: unreadable.collect() })
}

impl Filled {
    /// The day, as people write it.
    #[must_use]
    pub fn day(&self) -> String {
        time::day_words(&time::iso_day(self.at))
    }

    /// Its rows as JSON has them.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|row| {
            let text = |text: String| if text.is_empty() { Json::Null } else { Json::from(text) };
            let cells = self.register.columns.iter().zip(&row.cells);
            Line {
                register: self.register.name,
                at: time::iso_day(self.at),
                entries: &row.entries,
                case: row.case.as_deref(),
                cells: cells.map(|(c, cell)| (c.name.to_owned(), text(cell.plain()))).collect(),
                marks: &row.marks,
            }
        })
    }

    /// The whole as CSV.
    ///
    /// # Errors
    /// As [`schedule::csv`].
    pub fn csv(&self) -> Result<Vec<u8>, WorkError> {
        self.csv_of(self.rows.iter())
    }

    /// The same of some of its rows, in their order.
    ///
    /// # Errors
    /// As [`schedule::csv`].
    pub fn csv_of<'a>(&self, rows: impl Iterator<Item = &'a Row>) -> Result<Vec<u8>, WorkError> {
        let columns = self.register.columns.iter().map(|column| spoken(column.name));
        let head = ["entries", "case"].map(str::to_owned).into_iter().chain(columns);
        let head = head.chain(["marks", "as at"].map(str::to_owned)).collect();
        let rows = rows.map(|row| {
            let entries: Vec<String> = row.entries.iter().map(ToString::to_string).collect();
            let mut cells = vec![entries.join(" "), row.case.clone().unwrap_or_default()];
            cells.extend(row.cells.iter().map(Cell::plain));
            cells.push(row.marks.join("; "));
            cells.push(time::iso_day(self.at));
            cells
        });
        schedule::csv(std::iter::once(head).chain(rows))
    }

    /// Writes it as CSV, over no file that exists.
    ///
    /// # Errors
    /// A file that exists, or what the system says.
    pub fn write_csv(&self, world: &World, path: &Path) -> Result<(), WorkError> {
        bag::write_new(world, path, &self.csv()?)
    }
}
