//! The tables that travel in a bundle for people: `entries.csv` and `schedule.csv`. Reading
//! copies; nothing is decided by them.

use probity_ledger::format::hash::Index;
use probity_ledger::records::roles;

use super::WorkError;
use super::hidden::turns_or_hides;
use super::reading::Record;
use super::time;

/// One line of the schedule.
#[derive(Clone, Debug)]
pub struct Line {
    /// The entry.
    pub entry: Index,
    /// What of it is enclosed, in words.
    pub enclosed: String,
    /// The fields that are withheld.
    pub withheld: Vec<String>,
    /// Why.
    pub reason: &'static str,
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
pub fn entries(
    records: &[Record],
    signer: impl Fn(&Record) -> String,
) -> Result<Vec<u8>, WorkError> {
    let head =
        ["seq", "time", "kind", "role", "case", "signer", "hash"].map(str::to_owned).to_vec();
    let rows = records.iter().map(|record| {
        let (header, payload) = (record.entry.header(), record.entry.payload());
        vec![
            record.index().to_string(),
            time::rfc3339(header.time),
            payload.kind.clone(),
            payload.role.clone(),
            header.subject.as_str().to_owned(),
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
pub fn schedule(
    lines: &[Line],
    record: impl Fn(Index) -> Option<Record>,
) -> Result<Vec<u8>, WorkError> {
    let head = [
        "number",
        "entry",
        "date",
        "record",
        "signed as",
        "case",
        "enclosed",
        "withheld",
        "why withheld",
    ]
    .map(str::to_owned)
    .to_vec();
    let rows = lines.iter().zip(1..).filter_map(|(line, number)| {
        let record = record(line.entry)?;
        let (header, payload) = (record.entry.header(), record.entry.payload());
        Some(vec![
            number.to_string(),
            line.entry.to_string(),
            time::iso_day(header.time),
            record.title().to_owned(),
            roles::title(&payload.role).to_owned(),
            header.subject.as_str().to_owned(),
            line.enclosed.clone(),
            line.withheld.join(", "),
            if line.withheld.is_empty() { String::new() } else { line.reason.to_owned() },
        ])
    });
    csv(std::iter::once(head).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::harmless;

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
}
