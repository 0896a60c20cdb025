//! A register as a table: CSV as spreadsheet programs write it.
//!
//! Taken are UTF-8 with or without its mark, Windows-1252 where the mapping says so, line breaks
//! of any system, commas, semicolons and tabs, quotes as RFC 4180 has them, and a first line
//! `sep=;`. The first row that holds anything names the columns, or the one that the mapping says. Rows are numbered as a spreadsheet shows them: the
//! names are row 1, a cell may have line breaks in it, empty lines count.
//!
//! What this does not see: what a program showed and didn't save, such as the hour of a date.

use csv::{Reader, ReaderBuilder, StringRecord};
use probity_ledger::format::clip::clipped;

use crate::work::WorkError;

mod encoding;

pub use encoding::decode;

/// Most columns of a register.
const MAX_COLUMNS: usize = 10_000;

/// How the file is written, as far as the mapping says.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Whether it is Windows-1252 instead of UTF-8.
    pub windows_1252: bool,
    /// What stands between cells; found by itself when it isn't said.
    pub delimiter: Option<u8>,
    /// The number of the row that names the columns; the first that holds anything.
    pub header: Option<usize>,
}

/// A register that is being read, row by row.
pub struct Sheet<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    columns: Vec<String>,
    row: usize,
    /// The line on which the byte at `counted` stands.
    line: usize,
    counted: usize,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    /// Its number, as a spreadsheet shows it.
    pub number: usize,
    /// The line of the file on which it begins.
    pub line: usize,
    cells: StringRecord,
}

impl<'a> Sheet<'a> {
    /// Begins to read: names of columns only. Where the delimiter isn't said, it is the one by
    /// which most of `wanted` are found among them.
    ///
    /// # Errors
    /// A first row that names no columns.
    pub fn open(text: &'a str, layout: &Layout, wanted: &[&str]) -> Result<Self, WorkError> {
        let (text, said, first_line) = match after_sep(text) {
            Some((delimiter, rest)) => (rest, Some(delimiter), 2),
            None => (text, None, 1),
        };
        let delimiter = layout.delimiter.or(said);
        let tried = delimiter.map_or_else(|| b",;\t".to_vec(), |only| vec![only]);
        let mut best: Option<((usize, usize), Self)> = None;
        let mut failed: Option<WorkError> = None;
        for delimiter in tried {
            let mut sheet = Self::with(text, delimiter, first_line);
            let header =
                survey(text, delimiter, first_line).and_then(|()| sheet.header(layout.header));
            let named = match header {
                Ok(named) => named,
                Err(error) => {
                    failed.get_or_insert(error);
                    continue;
                }
            };
            sheet.columns = named.map(|row| row.cells().map(name).collect()).unwrap_or_default();
            let found = wanted.iter().filter(|name| sheet.column(name).is_some()).count();
            let fits = (found, sheet.columns.len());
            if best.as_ref().is_none_or(|(others, _)| fits > *others) {
                best = Some((fits, sheet));
            }
        }
        // Another delimiter hides what is wrong, and then the columns are not found.
        let found = best.as_ref().is_some_and(|((found, _), _)| *found == wanted.len());
        if let Some(error) = failed.filter(|_| !found) {
            return Err(error);
        }
        let named = best.map(|(_, sheet)| sheet);
        named.filter(|sheet| sheet.columns.iter().any(|name| !name.is_empty())).ok_or_else(|| {
            WorkError::refused(
                "no row names the columns",
                "write what each column holds into the first row, or say in the mapping which row \
                 it is: header = 3",
            )
        })
    }

    /// The row that names the columns.
    fn header(&mut self, number: Option<usize>) -> Result<Option<Row>, WorkError> {
        while let Some(row) = self.next().transpose()? {
            if number.is_none_or(|number| row.number == number) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn with(text: &'a str, delimiter: u8, first_line: usize) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self { text, reader, columns: Vec::new(), row: 0, line: first_line, counted: 0 }
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The place of a column, whatever its letter case.
    #[must_use]
    pub fn column(&self, wanted: &str) -> Option<usize> {
        let wanted = name(wanted).to_lowercase();
        self.columns.iter().position(|known| known.to_lowercase() == wanted)
    }

    /// Whether two columns have that name.
    #[must_use]
    pub fn is_twice(&self, wanted: &str) -> bool {
        let wanted = name(wanted).to_lowercase();
        self.columns.iter().filter(|known| known.to_lowercase() == wanted).count() > 1
    }

    /// The next row that holds anything.
    ///
    /// # Errors
    /// What the reader can't make out.
    #[allow(clippy::should_implement_trait, reason = "it lends its text while it reads")]
    pub fn next(&mut self) -> Option<Result<Row, WorkError>> {
        loop {
            let mut cells = StringRecord::new();
            let start = self.position();
            match self.reader.read_record(&mut cells) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    let fact = format!("the register can't be read: {error}");
                    return Some(Err(WorkError::refused(
                        clipped(&fact, 300),
                        "save it anew as `CSV UTF-8`",
                    )));
                }
            }
            let written = self.written(start);
            self.row += 1 + self.pass(start, written);
            let row = Row { number: self.row, line: self.line, cells };
            if row.cells().any(|cell| !tidy(cell).is_empty()) {
                return Some(Ok(row));
            }
        }
    }

    /// What was read last, from where it begins.
    fn written(&self, start: usize) -> &'a str {
        self.text.get(start..self.position()).unwrap_or_default()
    }

    fn position(&self) -> usize {
        // The text is in memory, so its places can be counted.
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }

    /// Counts lines up to the row that was read last; how many empty ones stand before it.
    fn pass(&mut self, start: usize, written: &str) -> usize {
        let skipped = written.len() - written.trim_start_matches(['\r', '\n']).len();
        let (before, begins) = (self.text.get(..start).unwrap_or_default(), start + skipped);
        let between = self.text.get(self.counted..begins).unwrap_or_default();
        self.line += between.matches('\n').count();
        self.counted = begins;
        let breaks = written.get(..skipped).unwrap_or_default();
        // The second half of a line break that ended the row before.
        let half = before.ends_with('\r') && breaks.starts_with('\n');
        breaks.matches('\n').count() - usize::from(half)
    }
}

/// Looks through a register before it is read: a row of millions of cells would take their memory,
/// and after a quote that is never closed all that follows is one cell.
fn survey(text: &str, delimiter: u8, first_line: usize) -> Result<(), WorkError> {
    let (mut line, mut row, mut cells) = (first_line, first_line, 1);
    let (mut begins, mut quoted) = (true, false);
    for byte in text.bytes() {
        line += usize::from(byte == b'\n');
        if byte == b'"' {
            // Two quotes within quotes leave and enter again.
            if begins || quoted {
                quoted = !quoted;
                begins = !quoted;
            }
            continue;
        }
        begins = !quoted && (byte == delimiter || byte == b'\n');
        if begins && byte == b'\n' {
            (row, cells) = (line, 1);
        } else if begins {
            cells += 1;
            if cells > MAX_COLUMNS {
                return Err(WorkError::refused(
                    format!("line {row} has more than {MAX_COLUMNS} cells"),
                    "name the file that you mean",
                ));
            }
        }
    }
    if quoted {
        return Err(WorkError::refused(
            format!("line {row}: a quotation mark is opened there and never closed"),
            "close it, or save the register anew as `CSV UTF-8`",
        ));
    }
    Ok(())
}

impl Row {
    /// The cells, as they are.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }

    /// One cell without blanks around it; empty when the row is shorter.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        tidy(self.cells.get(column).unwrap_or_default())
    }

    /// That it has not as many cells as there are columns, if so. Empty ones at the end are none.
    #[must_use]
    pub fn misfit(&self, columns: usize) -> Option<String> {
        let cells = self.cells.len();
        let beyond = self.cells().skip(columns).any(|cell| !tidy(cell).is_empty());
        (cells < columns || beyond)
            .then(|| format!("it has {cells} cells, expected {columns} as in the first row"))
    }
}

impl std::fmt::Display for Row {
    /// `row 14`, or `row 14 (line 17)` where an editor counts differently.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}", self.number)?;
        if self.line == self.number { Ok(()) } else { write!(f, " (line {})", self.line) }
    }
}

/// Text without blanks around it, those that are no-break spaces included.
fn tidy(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The name of a column, on one line.
fn name(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A first line `sep=;`, by which one spreadsheet program tells another.
fn after_sep(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let said = first.trim_end_matches('\r').trim_matches('"');
    match said.get(..4)?.eq_ignore_ascii_case("sep=").then_some(said.as_bytes())? {
        [_, _, _, _, delimiter @ (b',' | b';' | b'\t')] => Some((*delimiter, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, wanted: &[&str]) -> Vec<(String, Vec<String>)> {
        let mut sheet = Sheet::open(text, &Layout::default(), wanted).expect("columns");
        let mut found = Vec::new();
        while let Some(row) = sheet.next() {
            let row = row.expect("a row");
            let cells = (0..sheet.columns().len()).map(|at| row.cell(at).to_owned());
            found.push((row.to_string(), cells.collect()));
        }
        found
    }

    #[test]
    fn what_spreadsheet_programs_write_is_read() {
        let expected = vec![("row 2".to_owned(), vec!["1".to_owned(), "a, b".to_owned()])];
        for text in [
            "No,What\r\n1,\"a, b\"\r\n",
            "No;What\n1;a, b",
            "No\tWhat\n1\ta, b\n",
            "\"No\";\"What\"\r\n\u{a0}1 ;a, b\r\n;\r\n",
        ] {
            assert_eq!(rows(text, &["no", "What"]), expected, "{text:?}");
        }
        let marked = decode("\u{feff}No;What\r\n1;a, b".into(), &Layout::default());
        assert_eq!(rows(&marked.expect("UTF-8"), &[]), expected);
        let old = decode(b"No,What\r1,\"a, b\"\r".to_vec(), &Layout::default());
        assert_eq!(rows(&old.expect("UTF-8"), &[]), expected);
        let told = rows("sep=;\r\nNo;What\r\n1;a, b", &[]);
        assert_eq!(told, [("row 2 (line 3)".to_owned(), expected[0].1.clone())]);
    }

    #[test]
    fn the_delimiter_is_the_one_by_which_the_columns_are_found() {
        let text = "Date, time and place;What\n1;2\n";
        assert_eq!(rows(text, &["What"])[0].1, ["1", "2"]);
        // Nothing else tells it here.
        assert_eq!(rows(text, &[])[0].1, ["1;2", ""]);
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = "No,What\n1,\"two\nlines\"\n\n\r\n2,b\n,\n3,\"say \"\"x\"\"\"\n";
        let found = rows(text, &[]);
        let numbers: Vec<&str> = found.iter().map(|(number, _)| number.as_str()).collect();
        assert_eq!(numbers, ["row 2", "row 5 (line 6)", "row 7 (line 8)"]);
        assert_eq!(found[0].1[1], "two\nlines");
        assert_eq!(found[2].1[1], "say \"x\"");
    }

    #[test]
    fn titles_above_the_names_are_passed_over_where_the_mapping_says_so() {
        let text = "Breach log,\n,\nNo,What\n1,a\n";
        let layout = |header| Layout { header, delimiter: Some(b','), ..Layout::default() };
        let mut sheet = Sheet::open(text, &layout(Some(3)), &[]).expect("columns");
        assert_eq!(sheet.columns(), ["No", "What"]);
        assert_eq!(sheet.next().map(|row| row.expect("a row").number), Some(4));
        assert_eq!(
            Sheet::open(text, &layout(None), &[]).expect("columns").columns()[0],
            "Breach log"
        );
        let error = Sheet::open(text, &layout(Some(2)), &[]).err().expect("an empty row");
        assert_eq!(error.to_string(), "no row names the columns");
    }

    #[test]
    fn a_row_of_another_length_is_told() {
        let text = "No,What,When\n1,a\n1,a,b,,\n1,a,b,c\n";
        let mut sheet = Sheet::open(text, &Layout::default(), &[]).expect("columns");
        let mut misfit = || sheet.next().and_then(|row| row.expect("a row").misfit(3));
        assert_eq!(misfit().as_deref(), Some("it has 2 cells, expected 3 as in the first row"));
        assert_eq!(misfit(), None);
        assert_eq!(misfit().as_deref(), Some("it has 4 cells, expected 3 as in the first row"));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_refused_where_it_begins() {
        let open = |text: &str| {
            Sheet::open(text, &Layout { delimiter: Some(b','), ..Layout::default() }, &[])
                .map(|_| ())
        };
        let error =
            open("No,What\n1,\"two\nlines\"\n2,\"lost\n3,b\n").expect_err("it swallows the rest");
        assert_eq!(error.to_string(), "line 4: a quotation mark is opened there and never closed");
        for text in
            ["No,What\n1,5\" screen", "No,What\n1,\"a\"\"\"", "No\n\"a\"b\"", "\"No\"\n\"\""]
        {
            assert!(open(text).is_ok(), "{text}");
        }
        // The delimiter that is right isn't passed over for its fault.
        let sheet = Sheet::open("No,What\n1,\"lost\n", &Layout::default(), &["What"]);
        assert!(sheet.err().is_some_and(|error| error.to_string().starts_with("line 2: a quot")));
        let wide = format!("No\n{}\n", ",".repeat(MAX_COLUMNS));
        let error = open(&wide).expect_err("too many cells");
        assert_eq!(error.to_string(), "line 2 has more than 10000 cells");
    }

    #[test]
    fn a_row_has_to_name_the_columns() {
        let commas = Layout { delimiter: Some(b','), ..Layout::default() };
        let error = Sheet::open(",,\n,,\n", &commas, &[]).err().expect("no columns");
        assert_eq!(error.to_string(), "no row names the columns");
    }
}
