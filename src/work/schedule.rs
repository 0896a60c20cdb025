//! The tables that travel in a bundle for people: `entries.csv` and `schedule.csv`. Reading
//! copies; nothing is decided by them.

use probity_ledger::format::hash::Index;
use probity_ledger::records::roles;
use serde::Serialize;

use super::WorkError;
use super::hidden::turns_or_hides;
use super::reading::Record;
use super::time;

/// One line of the schedule.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// The entry.
    pub entry: Index,
    /// The day on which it was signed.
    pub date: String,
    /// What its kind is called.
    pub record: String,
    /// The role in which it was signed, as people call it.
    pub signed_as: String,
    /// Its case, or `ledger`.
    pub case: String,
    /// What of it is enclosed, in words.
    pub enclosed: String,
    /// The fields that are withheld.
    pub withheld: Vec<Withheld>,
    /// Why the entry is enclosed.
    pub why: String,
}

/// A field that is withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Its name.
    pub field: String,
    /// Why.
    pub why: String,
}

impl Line {
    /// The columns of the schedule.
    pub const COLUMNS: [&str; 10] = [
        "number",
        "entry",
        "date",
        "record",
        "signed as",
        "case",
        "enclosed",
        "withheld",
        "why withheld",
        "why enclosed",
    ];

    /// The line about a record.
    #[must_use]
    pub fn new(
        number: u64,
        record: &Record,
        enclosed: String,
        why: String,
        withheld: Vec<Withheld>,
    ) -> Self {
        let said = record.entry.says();
        Self {
            number,
            entry: record.index(),
            date: time::iso_day(said.time),
            record: record.title().to_owned(),
            signed_as: roles::title(said.role).to_owned(),
            case: record.entry.subject().as_str().to_owned(),
            enclosed,
            withheld,
            why,
        }
    }

    /// Its cells, under [`Line::COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let withheld: Vec<&str> = self.withheld.iter().map(|one| one.field.as_str()).collect();
        vec![
            self.number.to_string(),
            self.entry.to_string(),
            self.date.clone(),
            self.record.clone(),
            self.signed_as.clone(),
            self.case.clone(),
            self.enclosed.clone(),
            withheld.join(", "),
            self.reasons(),
            self.why.clone(),
        ]
    }

    /// One reason alone, or each with its fields.
    fn reasons(&self) -> String {
        let mut by_reason: Vec<(&str, Vec<&str>)> = Vec::new();
        for Withheld { field, why } in &self.withheld {
            match by_reason.iter_mut().find(|(known, _)| known == why) {
                Some((_, fields)) => fields.push(field),
                None => by_reason.push((why, vec![field])),
            }
        }
        if let [(why, _)] = by_reason.as_slice() {
            return (*why).to_owned();
        }
        let each = by_reason.iter().map(|(why, fields)| format!("{}: {why}", fields.join(", ")));
        each.collect::<Vec<_>>().join("; ")
    }
}

/// Writes rows as CSV that a spreadsheet opens as text: with a byte-order mark, and with
/// cells that would start a formula made harmless.
///
/// # Errors
/// Never in practice: the rows are written to memory.
pub fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, WorkError> {
    let failed = |error: &dyn std::fmt::Display| {
        WorkError::refused(format!("a table can't be written: {error}"), "report this")
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| harmless(cell)))
            .map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

/// What begins a formula in some spreadsheet, in the widths in which people type it.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell that no spreadsheet takes for a formula, and in which nothing is hidden: control
/// characters and those that turn the direction of writing are spelt out.
fn harmless(cell: &str) -> String {
    // Blanks before a formula don't stop every spreadsheet; tab and line end are looked at alone.
    let first = cell.trim_start_matches(|c: char| c.is_whitespace() || turns_or_hides(c));
    let acts = first.starts_with(FORMULA) || cell.starts_with(['\t', '\r', '\n']);
    let mut out = String::with_capacity(cell.len() + 1);
    if acts {
        out.push('\'');
    }
    for c in cell.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(c),
            c if c.is_control() || turns_or_hides(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// `entries.csv`.
///
/// # Errors
/// As [`csv()`].
pub fn entries<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    signer: impl Fn(&Record) -> String,
) -> Result<Vec<u8>, WorkError> {
    let head =
        ["seq", "time", "kind", "role", "case", "signer", "hash"].map(str::to_owned).to_vec();
    let rows = records.into_iter().map(|record| {
        let said = record.entry.says();
        vec![
            record.index().to_string(),
            time::rfc3339(said.time),
            said.kind.to_owned(),
            said.role.to_owned(),
            record.entry.subject().as_str().to_owned(),
            signer(record),
            record.entry.hash().to_string(),
        ]
    });
    csv(std::iter::once(head).chain(rows))
}

/// `schedule.csv`: what is enclosed and what is withheld, numbered.
///
/// # Errors
/// As [`csv()`].
pub fn schedule(lines: &[Line]) -> Result<Vec<u8>, WorkError> {
    let head = Line::COLUMNS.map(str::to_owned).to_vec();
    csv(std::iter::once(head).chain(lines.iter().map(Line::cells)))
}

#[cfg(test)]
mod tests {
    use super::{Line, Withheld, harmless};

    #[test]
    fn nothing_in_a_cell_is_calculated_or_hidden() {
        for (cell, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+44 20", "'+44 20"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\rx", "'\rx"),
            ("\nx", "'\nx"),
            ("  =1", "'  =1"),
            ("\u{a0}=1", "'\u{a0}=1"),
            ("\u{feff}=1", "'\\u{feff}=1"),
            ("＝1+1", "'＝1+1"),
            ("fdp.\u{202e}exe", "fdp.\\u{202e}exe"),
            ("\u{1b}[2J\0", "\\u{1b}[2J\\u{0}"),
            ("two\r\nlines", "two\r\nlines"),
            ("a = b, \"c\"", "a = b, \"c\""),
            ("Zoë O’Neill – नमस्ते", "Zoë O’Neill – नमस्ते"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn each_reason_stands_beside_its_fields_unless_there_is_only_one() {
        let withheld = |all: &[(&str, &str)]| {
            let all = all.iter().map(|(field, why)| Withheld {
                field: (*field).to_owned(),
                why: (*why).to_owned(),
            });
            let line = Line {
                number: 1,
                entry: probity_ledger::format::hash::Index(7),
                date: String::new(),
                record: String::new(),
                signed_as: String::new(),
                case: String::new(),
                enclosed: String::new(),
                withheld: all.collect(),
                why: String::new(),
            };
            line.cells()[7..9].to_vec()
        };
        assert_eq!(withheld(&[]), ["", ""]);
        assert_eq!(withheld(&[("a", "erased"), ("b", "erased")]), ["a, b", "erased"]);
        assert_eq!(
            withheld(&[("a", "erased"), ("b", "by hand"), ("c", "erased")]),
            ["a, b, c", "a, c: erased; b: by hand"]
        );
    }
}
