//! The registers that law and policy ask for: any day, sorted, filtered, as CSV.

use std::cmp::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::book::registers::{Cell, Column, REGISTERS, Register, Row};
use probity_ledger::records::spoken::spoken;

use super::shown;
use crate::web::site::cache::{How, Known, Step, Weight};
use crate::web::site::layout::capital;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::reading::Reading;
use crate::work::register::{self, Filled};
use crate::work::{WorkError, time};

/// So many rows a page.
const EACH: usize = 50;

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/registers", read(list)).route("/registers/{name}", read(show))
}

/// A register with what it is searched by.
struct Table {
    filled: Filled,
    /// Of each row, everything in small letters.
    text: Vec<String>,
    /// Which rows were chosen by which filter and order: the newest of these.
    chosen: Mutex<Vec<(String, Arc<Vec<u32>>)>>,
}

/// So many choices of rows are kept with a register.
const CHOICES: usize = 8;

impl Table {
    fn of(filled: Filled) -> Self {
        let text = filled.rows.iter().map(text_of).collect();
        Self { filled, text, chosen: Mutex::default() }
    }

    /// The rows that are asked for, by their number.
    fn choose(&self, filter: &str, sort: &str) -> Arc<Vec<u32>> {
        let name = format!("{sort}\n{filter}");
        let kept = || self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rows)) = kept().iter().find(|(known, _)| *known == name) {
            return Arc::clone(rows);
        }
        let rows = chosen(self.filled.register, &self.filled.rows, &self.text, filter, sort);
        let rows = Arc::new(rows);
        let mut kept = kept();
        if kept.len() >= CHOICES {
            kept.remove(0);
        }
        kept.push((name, Arc::clone(&rows)));
        rows
    }

    fn rows<'a>(&'a self, numbers: &'a [u32]) -> impl ExactSizeIterator<Item = &'a Row> {
        numbers.iter().map(|number| &self.filled.rows[*number as usize])
    }
}

impl Weight for Table {
    fn weight(&self) -> usize {
        let text: usize = self.text.iter().map(String::len).sum();
        4 * text + self.text.len() * (256 + CHOICES * size_of::<u32>())
    }
}

fn list(visit: &Visit) -> Answer {
    visit.sight()?.everything("the list of registers")?;
    let body = html! {
        p { "Each register is made from the records themselves, as they stood on any day." }
        ul.tasks {
            @for register in REGISTERS {
                li { div {
                    a href={ "/registers/" (register.name) } { (register.title) }
                    br; span.quiet { (register.source) }
                } }
            }
        }
    };
    Ok(Reply::Page(layout::page(visit, "Registers", &body)))
}

fn table(visit: &Visit, register: &'static Register, at: i64) -> Result<Known<Table>, WorkError> {
    cache::beside(
        &visit.site,
        How {
            name: format!("register {} {at}", register.name),
            holds: |_: &Table| true,
            further: move |reading: &Reading, _: &Table, from| {
                register::untouched(reading, register, from).map(Step::same_if)
            },
            whole: move |reading: &Reading| Ok(Table::of(register::fill(reading, register, at)?)),
        },
    )
}

fn text_of(row: &Row) -> String {
    let mut text = row.case.clone().unwrap_or_default();
    for words in row.cells.iter().map(Cell::words).chain(row.marks.iter().cloned()) {
        text.push('\n');
        text.push_str(&words);
    }
    text.to_lowercase()
}

/// The question for the day once more, with what is wrong with it.
fn no_such_day(visit: &Visit, register: &Register, typed: &str) -> Reply {
    let error = "Enter a day that there is, such as 21/11/2026";
    let form = shown::filter(
        &format!("/registers/{}", register.name),
        &html! {
            (Question { name: "at", label: "As it stood at the end of a day", hint: Some("Such as 21/11/2026; today if empty"),
                value: typed, error: Some(error), ..Question::default() }.text())
        },
    );
    let errors = parts::error_summary(&[(Some("at"), error.to_owned())]);
    let page = layout::page_with_errors(visit, register.title, &errors, &form);
    Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page)
}

fn show(visit: &Visit) -> Answer {
    visit.sight()?.everything("this register")?;
    let name = visit.param("name");
    let (name, csv) = name.strip_suffix(".csv").map_or((name, false), |name| (name, true));
    let register =
        REGISTERS.iter().copied().find(|register| register.name == name).ok_or_else(|| {
            WorkError::refused("there is no such register", "choose one from the list of registers")
        })?;
    let day = visit.query("at");
    let Ok(at) = register::moment(visit.world(), day) else {
        return Ok(no_such_day(visit, register, day.unwrap_or_default()));
    };
    let known = table(visit, register, at)?;
    let (filter, sort) =
        (visit.query("filter").unwrap_or_default(), visit.query("sort").unwrap_or_default());
    let every = visit.query("columns") == Some("all");
    let asked = Asked { register, day, filter, sort, every };
    if csv {
        visit.read(Reading::check_whole)?;
        return asked.csv(&known, at);
    }
    let standing = shown::standing(visit, &known)?;
    let Some(table) = known.value() else {
        return Ok(Reply::Page(layout::page(visit, register.title, &standing)));
    };
    let (filled, numbers) = (&table.filled, table.choose(filter, sort));
    let (page, pages) = shown::page_of(visit.query("page"), numbers.len(), EACH);
    let here: Vec<&Row> = table.rows(&numbers).skip((page - 1) * EACH).take(EACH).collect();
    let body = html! {
        (standing)
        p { (register.about) " " span.quiet { (register.source) } }
        (shown::filter(&format!("/registers/{}", register.name), &html! {
            (Question { name: "at", label: "As it stood at the end of a day", hint: Some("Such as 21/11/2026; today if empty"),
                value: day.unwrap_or_default(), ..Question::default() }.text())
            (Question { name: "filter", label: "Only rows with these words", value: filter, ..Question::default() }.text())
            @if !sort.is_empty() { input type="hidden" name="sort" value=(sort); }
            @if every { input type="hidden" name="columns" value="all"; }
        }))
        p role="status" { (count(table, filter, pages, here.len(), page)) ", at the end of " (filled.day()) "." }
        p {
            @if !filter.is_empty() { a href=(asked.download()) { "Download these rows (CSV)" } " · " }
            a href=(Asked { filter: "", ..asked }.download()) { "Download the whole register (CSV)" }
            " · "
            @if every { a href=(asked.address(sort, false)) { "Fewer columns" } }
            @else { a href=(asked.address(sort, true)) { "All columns" } }
        }
        @if !filled.unreadable.is_empty() {
            (parts::inset(&html! { p { strong { "Rows may be missing or say too much: " }
                "the answers of some records can't be opened. Tell the data protection officer. Records "
                @for entry in filled.unreadable.iter().take(12) { a href={ "/entry/" (entry) } { (entry) } " " } } }))
        }
        @if !filled.later.is_empty() {
            (parts::inset(&html! { p { (filled.later.len()) " records claim a later time and are not in it: "
                @for entry in filled.later.iter().take(12) { a href={ "/entry/" (entry) } { (entry) } " " } } }))
        }
        @if here.is_empty() { p { @if visit.lacks { "Nothing that can still be read belongs in it." } @else { "Nothing on record belongs in it." } } } @else { (asked.table(&here)) }
        (shown::paging(&format!("{}&", asked.address(sort, every)), page, pages))
    };
    Ok(Reply::Page(layout::page(visit, register.title, &body)))
}

fn count(table: &Table, filter: &str, pages: usize, here: usize, page: usize) -> String {
    let all = table.filled.rows.len();
    let rows = if all == 1 { "1 row".to_owned() } else { format!("{all} rows") };
    match (filter.is_empty(), pages) {
        (true, _) => rows,
        (false, 1) => format!("{here} of {rows}"),
        (false, pages) => format!("page {page} of {pages} of those with these words, of {rows}"),
    }
}

/// The numbers of the rows in which all words occur, in the order that is asked for: `column`, or
/// `-column`.
fn chosen(
    register: &Register,
    rows: &[Row],
    text: &[String],
    filter: &str,
    sort: &str,
) -> Vec<u32> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let matches = |text: &String| words.iter().all(|word| text.contains(word.as_str()));
    let numbered = (0..).zip(rows).zip(text);
    let mut found: Vec<(u32, &Row)> =
        numbered.filter(|(_, text)| matches(text)).map(|(row, _)| row).collect();
    let (name, down) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    let turned = |order: Ordering| if down { order.reverse() } else { order };
    if let Some(at) = register.columns.iter().position(|column| column.name == name) {
        found.sort_by_cached_key(|(_, row)| Key::of(row.cells.get(at), down));
    } else if name == "case" {
        found.sort_by(|(_, a), (_, b)| turned(a.case.cmp(&b.case)));
    } else if name == "entries" {
        found.sort_by(|(_, a), (_, b)| turned(a.entries.cmp(&b.entries)));
    }
    found.into_iter().map(|(number, _)| number).collect()
}

/// What a cell is sorted by: numbers by size, all else as it is written; what is empty comes last.
#[derive(PartialEq, Eq)]
struct Key {
    empty: bool,
    number: i64,
    text: String,
    down: bool,
}

impl Key {
    fn of(cell: Option<&Cell>, down: bool) -> Self {
        let number = match cell {
            Some(Cell::Number(number) | Cell::Elapsed(number) | Cell::Moment(number)) => {
                Some(*number)
            }
            _ => None,
        };
        let text =
            cell.filter(|_| number.is_none()).map(Cell::plain).unwrap_or_default().to_lowercase();
        Self { empty: cell.is_none_or(Cell::is_empty), number: number.unwrap_or(0), text, down }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = (self.number, &self.text).cmp(&(other.number, &other.text));
        self.empty.cmp(&other.empty).then(if self.down { by_value.reverse() } else { by_value })
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How a register is looked at.
#[derive(Clone, Copy)]
struct Asked<'a> {
    register: &'static Register,
    day: Option<&'a str>,
    filter: &'a str,
    sort: &'a str,
    every: bool,
}

impl Asked<'_> {
    fn address(&self, sort: &str, every: bool) -> String {
        let columns = if every { "&columns=all" } else { "" };
        format!("/registers/{}?{}{columns}", self.register.name, self.query(sort))
    }

    fn query(&self, sort: &str) -> String {
        let day = self.day.map(|day| format!("&at={}", shown::escaped(day))).unwrap_or_default();
        let (filter, sort) = (shown::escaped(self.filter), shown::escaped(sort));
        format!("filter={filter}&sort={sort}{day}")
    }

    /// Where the rows that are shown, on all pages, are a file: the same rows in the same order.
    fn download(&self) -> String {
        format!("/registers/{}.csv?{}", self.register.name, self.query(self.sort))
    }

    fn csv(&self, known: &Known<Table>, at: i64) -> Answer {
        let Known::Now(table) = known else {
            return Err(WorkError::refused(
                "the newest records are still being taken into account",
                "wait some seconds, then download the register again",
            ));
        };
        let numbers = table.choose(self.filter, self.sort);
        let part = if self.filter.is_empty() { "" } else { "-part" };
        let name = format!("{}-{}{part}.csv", self.register.name, time::iso_day(at));
        let bytes = table.filled.csv_of(table.rows(&numbers))?;
        Ok(Reply::File(name, "text/csv; charset=utf-8", bytes))
    }

    /// The columns that are shown, each with its place in a row and its heading.
    fn columns(&self) -> Vec<(usize, &'static Column, String)> {
        let all = self.register.columns.iter().enumerate();
        let shown = all.filter(|(_, column)| self.every || column.main);
        shown.map(|(at, column)| (at, column, capital(&spoken(column.name)))).collect()
    }

    fn head(&self, name: &str, words: &str, about: &str) -> Markup {
        let (sorted, next) = match self.sort {
            sort if sort == name => (Some("ascending"), format!("-{name}")),
            sort if sort.strip_prefix('-') == Some(name) => (Some("descending"), name.to_owned()),
            _ => (None, name.to_owned()),
        };
        html! {
            th scope="col" aria-sort=[sorted] {
                a href=(self.address(&next, self.every)) title=(about) { (words) }
                @match sorted { Some("ascending") => span aria-hidden="true" { " ▲" }, Some(_) => span aria-hidden="true" { " ▼" }, None => {} }
            }
        }
    }

    fn table(&self, rows: &[&Row]) -> Markup {
        let (title, columns) = (self.register.title, self.columns());
        html! {
            div.table role="region" aria-label=(title) tabindex="0" {
                table {
                    caption { (title) span.hidden { " (the column headings sort)" } }
                    thead { tr {
                        (self.head("entries", "Recorded in", "the records that a row rests on"))
                        (self.head("case", "Case", "the case"))
                        @for (_, column, words) in &columns { (self.head(column.name, words, column.about)) }
                        th scope="col" { "Marks" }
                    } }
                    tbody { @for row in rows { tr {
                        td data-column="Recorded in" {
                            span { @for entry in row.entries.iter().take(6) { a href={ "/entry/" (entry) } { (entry) } " " }
                            @if row.entries.len() > 6 { "and " (row.entries.len() - 6) " more" } }
                        }
                        td data-column="Case" { span { @if let Some(case) = &row.case { a href=(shown::where_case(case)) { (case) } } } }
                        @for (at, _, words) in &columns {
                            td data-column=(words) { span { (row.cells.get(*at).map(Cell::words).unwrap_or_default()) } }
                        }
                        td data-column="Marks" { span { (row.marks.join("; ")) } }
                    } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use probity_ledger::book::registers::find;
    use probity_ledger::format::hash::Index;

    fn rows(register: &Register, at: usize, cells: Vec<Cell>) -> Vec<Row> {
        (0..)
            .zip(cells)
            .map(|(number, cell)| {
                let mut all = vec![Cell::Empty; register.columns.len()];
                all[at] = cell;
                Row {
                    case: Some(format!("breach-2026-00{number}")),
                    entries: vec![Index(number)],
                    cells: all,
                    marks: Vec::new(),
                }
            })
            .collect()
    }

    fn order(register: &Register, rows: &[Row], filter: &str, sort: &str) -> Vec<u64> {
        let text: Vec<String> = rows.iter().map(text_of).collect();
        let numbers = chosen(register, rows, &text, filter, sort);
        numbers.iter().map(|number| rows[*number as usize].entries[0].0).collect()
    }

    #[test]
    fn numbers_are_sorted_by_size_and_what_is_empty_comes_last_either_way() {
        let register = find("breaches").expect("there");
        let at = register.columns.iter().position(|column| column.name == "people").expect("there");
        let rows = rows(
            register,
            at,
            vec![Cell::Number(30), Cell::Empty, Cell::Number(4), Cell::Number(100)],
        );
        assert_eq!(order(register, &rows, "", "people"), [2, 0, 3, 1]);
        assert_eq!(order(register, &rows, "", "-people"), [3, 0, 2, 1]);
        assert_eq!(order(register, &rows, "", "no-such-column"), [0, 1, 2, 3]);
        assert_eq!(order(register, &rows, "", "-case"), [3, 2, 1, 0]);
    }

    #[test]
    fn all_words_of_a_filter_occur_in_a_row() {
        let register = find("breaches").expect("there");
        let cells =
            ["a lost list", "a lost key", "an e-mail"].map(|text| Cell::Text(text.to_owned()));
        let rows = rows(register, 0, cells.into());
        assert_eq!(order(register, &rows, "LOST", ""), [0, 1]);
        assert_eq!(order(register, &rows, "lost 2026-001", ""), [1]);
        assert!(order(register, &rows, "lost e-mail", "").is_empty());
    }

    #[test]
    fn a_columns_heading_turns_the_order_around_and_breaks_no_address() {
        let register = find("breaches").expect("there");
        let asked = Asked { register, day: None, filter: "a&b=\"", sort: "people", every: false };
        let head = asked.head("people", "People", "about").into_string();
        assert!(
            head.contains("aria-sort=\"ascending\"") && head.contains("sort=-people"),
            "{head}"
        );
        assert!(head.contains("filter=a%26b%3D%22"), "{head}");
    }
}
