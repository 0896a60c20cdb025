//! From a row to the answers of a record: what a mapping says of it, and every fault with the
//! column in which it stands.
//!
//! Blanks around a cell mean nothing, and neither do line breaks in an answer of one line. Words
//! of a choice are taken whatever their letter case, with blanks for hyphens. A group whose cells
//! are all blank is left out, constants and all.

use std::collections::HashMap;

use jiff::fmt::strtime::{self, BrokenDownTime};
use probity_ledger::format::clip::clipped;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::{self, AnswerFault};
use probity_ledger::records::kind::Form;
use serde_json::{Map, Value as Json};

use super::mapping::{Mapping, Shape, Source};
use super::sheet::{Row, Sheet};
use crate::work::WorkError;
use crate::work::given::{Given, moments};
use crate::work::time::{read_date, read_moment};

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The columns in which it stands; none when it is about the row.
    pub columns: Vec<String>,
    /// What was found, and what was expected.
    pub reason: String,
}

impl std::fmt::Display for CellFault {
    /// ``column `Type`: kind: expected …``
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.columns.iter().map(|name| format!("`{}`", clipped(name, 60)));
        match self.columns.len() {
            0 => f.write_str(&self.reason),
            1 => write!(f, "column {}: {}", some(names, ", "), self.reason),
            _ => write!(f, "columns {}: {}", some(names, ", "), self.reason),
        }
    }
}

/// The first few of several: a mapping may say as many as it likes.
fn some(all: impl Iterator<Item = String>, between: &str) -> String {
    const MOST: usize = 10;
    all.take(MOST).collect::<Vec<_>>().join(between)
}

/// A mapping that was brought together with the columns of a register.
pub struct Bound<'a> {
    mapping: &'a Mapping,
    places: HashMap<&'a str, usize>,
    columns: usize,
    now: i64,
}

impl<'a> Bound<'a> {
    /// Finds every column that the mapping names.
    ///
    /// # Errors
    /// One that isn't there, or is there twice.
    pub fn new(mapping: &'a Mapping, sheet: &Sheet<'_>, now: i64) -> Result<Self, WorkError> {
        let mut places = HashMap::new();
        for column in mapping.columns() {
            let name = clipped(&column.name, 60);
            let Some(at) = sheet.column(&column.name) else {
                let known: Vec<String> =
                    sheet.columns().iter().take(60).map(|name| clipped(name, 60)).collect();
                return Err(WorkError::refused(
                    format!(
                        "the mapping names the column `{name}` at line {}, which the register doesn't \
                         have",
                        column.line
                    ),
                    format!("its columns are: {}", known.join(", ")),
                ));
            };
            if sheet.is_twice(&column.name) {
                return Err(WorkError::refused(
                    format!("the register has the column `{name}` twice"),
                    "rename one of them in a copy of the register, and import that",
                ));
            }
            places.insert(column.name.as_str(), at);
        }
        Ok(Self { mapping, places, columns: sheet.columns().len(), now })
    }

    /// By what a row shares its case with others.
    #[must_use]
    pub fn case_of(&self, row: &Row) -> Option<String> {
        let column = self.mapping.case.as_ref()?;
        let cell = self.cell(row, &column.name);
        (!cell.is_empty()).then(|| cell.to_lowercase())
    }

    /// The answers of a row.
    ///
    /// # Errors
    /// Every fault in it.
    pub fn answers(&self, row: &Row) -> Result<Answers, Vec<CellFault>> {
        if let Some(reason) = row.misfit(self.columns) {
            return Err(vec![CellFault { columns: Vec::new(), reason }]);
        }
        let (mut document, mut faults) = (Map::new(), Vec::new());
        for (field, shape) in &self.mapping.answers {
            match self.value(&field.form, shape, row) {
                Ok(found) => {
                    let value = found.into_json();
                    document.extend(value.map(|value| (field.name.to_owned(), value)));
                }
                Err(mut fault) => {
                    fault.reason = format!("{}: {}", field.name, fault.reason);
                    faults.push((field.name, fault));
                }
            }
        }
        let mut given = Given::at(self.now);
        given.document(self.mapping.kind, Json::Object(document));
        let more = match given.checked(self.mapping.kind) {
            Ok(given) if faults.is_empty() => return Ok(given.answers),
            Ok(_) => Vec::new(),
            Err(WorkError::Answers(more)) => more,
            Err(other) => {
                return Err(vec![CellFault { columns: Vec::new(), reason: other.to_string() }]);
            }
        };
        for fault in more {
            let name = match &fault {
                AnswerFault::Missing { field, .. } => field,
                AnswerFault::Form { field, .. } | AnswerFault::Unknown { field, .. } => {
                    field.as_str()
                }
            };
            // What could not be read is not missing, too.
            if !faults.iter().any(|(known, _)| *known == name) {
                let columns = self.mapping.columns_of(name);
                let fault = CellFault { columns, reason: fault.to_string() };
                let place = self.mapping.answers.iter().find(|(known, _)| known.name == name);
                faults.push((place.map_or("", |(field, _)| field.name), fault));
            }
        }
        Err(faults.into_iter().map(|(_, fault)| fault).collect())
    }

    fn cell<'r>(&self, row: &'r Row, column: &str) -> &'r str {
        self.places.get(column).map_or("", |at| row.cell(*at))
    }

    fn value(&self, form: &Form, shape: &Shape, row: &Row) -> Result<Found, CellFault> {
        match (form, shape) {
            (Form::List(inner), Shape::Items(items)) => {
                let (mut found, mut from_cells) = (Vec::new(), true);
                for item in items {
                    let item = self.value(inner, item, row)?;
                    from_cells &= !matches!(item, Found::Constant(_));
                    found.extend(item.into_json());
                }
                Ok(Found::of((!found.is_empty()).then_some(Json::Array(found)), from_cells))
            }
            (Form::List(inner), Shape::Split(source, split)) => {
                let Some(text) = self.text(source, row)? else { return Ok(Found::Nothing) };
                let items: Vec<Json> = text
                    .split(split.as_str())
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| answer(inner, source, item))
                    .filter_map(Result::transpose)
                    .collect::<Result<_, String>>()
                    .map_err(|reason| fault(source, reason))?;
                let items = (!items.is_empty()).then_some(Json::Array(items));
                Ok(Found::of(items, source.constant.is_none()))
            }
            (_, Shape::Group(parts)) => {
                let (mut members, mut from_cells, mut constant) = (Map::new(), false, true);
                for (name, form, part) in parts {
                    let found = self.value(form, part, row).map_err(|mut fault| {
                        fault.reason = format!("{name}: {}", fault.reason);
                        fault
                    })?;
                    from_cells |= matches!(found, Found::Cells(_));
                    constant &= matches!(found, Found::Constant(_));
                    members.extend(found.into_json().map(|json| ((*name).to_owned(), json)));
                }
                if !from_cells && !constant {
                    return Ok(Found::Nothing);
                }
                let json = match form {
                    Form::Occurred => span(&members),
                    _ => Json::Object(members),
                };
                Ok(Found::of(Some(json), from_cells))
            }
            (form, Shape::One(source)) => {
                let Some(text) = self.text(source, row)? else { return Ok(Found::Nothing) };
                let json = answer(form, source, &text).map_err(|reason| fault(source, reason))?;
                Ok(Found::of(json, source.constant.is_none()))
            }
            // A mapping that was read has shapes that fit.
            _ => Ok(Found::Nothing),
        }
    }

    /// The text of a source; none where its cells are blank.
    fn text(&self, source: &Source, row: &Row) -> Result<Option<String>, CellFault> {
        if let Some(constant) = &source.constant {
            return Ok(Some(constant.clone()));
        }
        let cells = source.columns.iter().map(|column| self.cell(row, &column.name));
        let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        if let Some(cell) = cells.iter().find(|cell| is_failed(cell)) {
            return Err(fault(
                source,
                format!("`{}` is a failure of the spreadsheet and no value", clipped(cell, 20)),
            ));
        }
        Ok((!cells.is_empty()).then(|| cells.join(" ")))
    }
}

/// What a spreadsheet program saves where a formula failed or a column was too narrow.
fn is_failed(cell: &str) -> bool {
    const FAILED: [&str; 8] =
        ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"];
    FAILED.contains(&cell) || (cell.len() > 2 && cell.bytes().all(|byte| byte == b'#'))
}

/// An answer, and whether a cell gave it.
enum Found {
    Nothing,
    Constant(Json),
    Cells(Json),
}

impl Found {
    fn of(json: Option<Json>, from_cells: bool) -> Self {
        match json {
            None => Self::Nothing,
            Some(json) if from_cells => Self::Cells(json),
            Some(json) => Self::Constant(json),
        }
    }

    fn into_json(self) -> Option<Json> {
        match self {
            Self::Nothing => None,
            Self::Constant(json) | Self::Cells(json) => Some(json),
        }
    }
}

fn fault(source: &Source, reason: String) -> CellFault {
    let columns = source.columns.iter().map(|column| column.name.clone()).collect();
    CellFault { columns, reason }
}

/// One answer, checked; none where its value means that there is none.
fn answer(form: &Form, source: &Source, text: &str) -> Result<Option<Json>, String> {
    let translated = source.values.iter().find(|(cell, _)| *cell == text.to_lowercase());
    let text = match translated {
        // It is written as the answer itself.
        _ if source.constant.is_some() => text.to_owned(),
        Some((_, answer)) if answer.is_empty() => return Ok(None),
        Some((_, answer)) => answer.clone(),
        None => plain(form, source, text)?,
    };
    if matches!(form, Form::Time | Form::Occurred) && is_bare(&text) {
        return Err(format!(
            "expected a day, or a day and the clock such as 2026-11-21 14:02, found `{}`",
            clipped(&text, 60)
        ));
    }
    let text = moments::in_text(form, &text, 0)?;
    form::from_option(form, &text).map(|value| Some(form::to_json(&value)))
}

/// Whether a moment, or a side of a span, is a number or a clock without a day: a spreadsheet's day,
/// a year, an hour. Nobody who keeps a register counts in seconds since 1970.
fn is_bare(text: &str) -> bool {
    let number = |text: &str| text.trim().parse::<i64>().is_ok();
    let clock = |text: &str| read_moment(text, None).is_err() && read_moment(text, Some(0)).is_ok();
    let moment = |text: &str| read_date(text).is_some() || read_moment(text, Some(0)).is_ok();
    let read = |text: &str| number(text) || moment(text);
    let mut spans = text.match_indices('/').filter_map(|(at, _)| {
        let (from, to) = (text.get(..at)?, text.get(at + 1..)?);
        Some([from, to]).filter(|sides| sides.iter().all(|side| read(side)))
    });
    number(text)
        || clock(text)
        || (read_date(text).is_none()
            && spans.any(|sides| sides.iter().any(|side| number(side) || clock(side))))
}

/// What stands in a cell, in the words of the command line.
fn plain(form: &Form, source: &Source, text: &str) -> Result<String, String> {
    Ok(match form {
        Form::Text | Form::Person | Form::Ref => one_line(text),
        Form::Bool => match text.to_lowercase().as_str() {
            "y" => "yes".to_owned(),
            "n" => "no".to_owned(),
            other => other.to_owned(),
        },
        Form::Choice(words) => {
            let word = one_line(text).to_lowercase().replace([' ', '_'], "-");
            if words.contains(&word.as_str()) { word } else { text.to_owned() }
        }
        Form::Date | Form::Time | Form::Occurred => when(form, source, text)?,
        _ => text.to_owned(),
    })
}

fn one_line(text: &str) -> String {
    if text.contains(['\n', '\r', '\t']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

/// A day as `2026-11-21`, a moment as `2026-11-21 14:02:00` of the clock on the wall.
fn when(form: &Form, source: &Source, text: &str) -> Result<String, String> {
    let hour = source.hour.as_deref().filter(|_| matches!(form, Form::Time));
    if source.formats.is_empty() {
        let day = read_date(text);
        return Ok(match (day, hour) {
            (Some(day), Some(hour)) => format!("{day} {hour}"),
            _ => text.to_owned(),
        });
    }
    let read = |format: &String| {
        let read = strtime::parse(format, text).ok()?;
        written(&read, hour)
    };
    source.formats.iter().find_map(read).ok_or_else(|| {
        let forms = some(source.formats.iter().map(|format| clipped(format, 60)), " or ");
        format!("expected a form such as {forms}, found `{}`", clipped(text, 60))
    })
}

fn written(read: &BrokenDownTime, hour: Option<&str>) -> Option<String> {
    // A year of two digits is no year that anybody means, nor is one of three.
    let day = read.to_date().ok().filter(|day| day.year() >= 1000)?;
    Some(match (read.hour(), hour) {
        (Some(_), _) => format!("{day} {}", read.to_time().ok()?),
        (None, Some(hour)) => format!("{day} {hour}"),
        (None, None) => day.to_string(),
    })
}

/// A span of two sides, each of which was read as if it were all of it.
fn span(sides: &Map<String, Json>) -> Json {
    let side = |name: &str| sides.get(name).and_then(|side| side.get(name)).cloned();
    let (from, to) = (side("from"), side("to"));
    let members = [("from", from.clone().or_else(|| to.clone())), ("to", to.or(from))];
    Json::Object(
        members.into_iter().filter_map(|(name, side)| Some((name.to_owned(), side?))).collect(),
    )
}
