//! Where one answer comes from: columns or a constant, what cells mean, how days are written.

use jiff::civil::{DateTime, datetime};
use jiff::fmt::strtime;
use probity_ledger::records::form;
use probity_ledger::records::kind::Form;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, Value, quoted};
use super::{Column, Source};
use crate::work::given::moments;

impl<'a> Reader<'a> {
    /// A column by its name alone, or a table that says more; and by what a cell is split.
    pub fn source(
        &mut self,
        form: &Form,
        value: &Value<'a>,
        path: &str,
        list: bool,
    ) -> Option<(Source, Option<String>)> {
        const KNOWN: [&str; 7] =
            ["column", "columns", "constant", "values", "format", "hour", "split"];
        let line = self.document.line_of(value);
        let mut source = Source { formats: self.usual_formats(form), ..Source::default() };
        let table = match value.get_ref() {
            DeValue::String(name) if !name.trim().is_empty() => {
                source.columns.push(Column { name: name.to_string(), line });
                return Some((source, None));
            }
            DeValue::Table(table) => table,
            _ => {
                let reason = "expected a column's name, or a table with column or constant in it";
                self.fault(line, format!("{path}{reason}"));
                return None;
            }
        };
        for key in table.keys() {
            self.known(key, &KNOWN);
        }
        source.columns = self.columns(table, path);
        source.constant = self.text(table, "constant").map(|(text, _)| text);
        if source.columns.is_empty() == source.constant.is_none() {
            let reason = "expected a column or a constant, and not both";
            self.fault(line, format!("{path}{reason}"));
            return None;
        }
        if let Some(constant) = &source.constant {
            self.leaf(form, constant, line, path);
        }
        self.values(form, table, &mut source, path);
        if table.contains_key("format") {
            source.formats = self.formats(table, "format", false);
        }
        if let Some((hour, line)) = self.text(table, "hour") {
            let good = moments::in_text(&Form::Time, &format!("2026-11-21 {hour}"), 0).is_ok();
            if !good || !matches!(form, Form::Time) {
                let reason = "hour: expected an hour such as 12:00, for a moment only";
                self.fault(line, format!("{path}{reason}"));
            }
            source.hour = Some(hour);
        }
        let split = self.raw(table, "split");
        if let Some((_, line)) = split.as_ref().filter(|(text, _)| !list || text.is_empty()) {
            self.fault(
                *line,
                format!("{path}split: expected what stands between the items of a list"),
            );
        }
        Some((source, split.map(|(text, _)| text)))
    }

    fn columns(&mut self, table: &DeTable<'a>, path: &str) -> Vec<Column> {
        let mut columns: Vec<Column> = self
            .text(table, "column")
            .map(|(name, line)| Column { name, line })
            .into_iter()
            .collect();
        let Some(value) = table.get("columns") else { return columns };
        let names = match value.get_ref() {
            DeValue::Array(names) => names
                .iter()
                .map(|name| match name.get_ref() {
                    DeValue::String(text) if !text.trim().is_empty() => {
                        Some((text.to_string(), self.document.line_of(name)))
                    }
                    _ => None,
                })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if let Some(names) = names {
            columns.extend(names.into_iter().map(|(name, line)| Column { name, line }));
        } else {
            let line = self.document.line_of(value);
            self.fault(line, format!("{path}columns: expected a list of names"));
        }
        columns
    }

    fn values(&mut self, form: &Form, table: &DeTable<'a>, source: &mut Source, path: &str) {
        let Some(value) = table.get("values") else { return };
        let DeValue::Table(values) = value.get_ref() else {
            let line = self.document.line_of(value);
            self.fault(
                line,
                format!("{path}values: expected a table, \"in the cell\" = \"answer\""),
            );
            return;
        };
        for (key, value) in values {
            let line = self.document.line_of(value);
            let Some((text, _)) = self.text(values, key.get_ref()).or_else(|| blank(value)) else {
                continue;
            };
            if key.get_ref().trim().is_empty() {
                self.fault(
                    line,
                    format!("{path}values: write what stands in the cell before the ="),
                );
            } else if !text.is_empty() {
                self.leaf(form, &text, line, path);
            }
            source.values.push((key.get_ref().trim().to_lowercase(), text));
        }
    }

    /// An answer that doesn't come from a cell is checked at once.
    pub fn leaf(&mut self, form: &Form, text: &str, line: usize, path: &str) {
        let checked =
            moments::in_text(form, text, 0).and_then(|text| form::from_option(form, &text));
        if let Err(reason) = checked {
            self.fault(line, format!("{path}{reason}"));
        }
    }

    /// The forms of days and moments that hold for all columns.
    fn usual_formats(&self, form: &Form) -> Vec<String> {
        match form {
            Form::Date => self.dates.clone(),
            Form::Time | Form::Occurred => [&self.times[..], &self.dates[..]].concat(),
            _ => Vec::new(),
        }
    }

    /// Forms such as `%d/%m/%Y`, one or several.
    pub fn formats(&mut self, table: &DeTable<'a>, name: &str, with_hour: bool) -> Vec<String> {
        let Some(value) = table.get(name) else { return Vec::new() };
        let line = self.document.line_of(value);
        let texts: Option<Vec<String>> = match value.get_ref() {
            DeValue::String(text) => Some(vec![text.to_string()]),
            DeValue::Array(items) => items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(text.to_string()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        let Some(texts) = texts else {
            self.fault(
                line,
                format!("{name}: expected a form such as \"%d/%m/%Y\", or a list of them"),
            );
            return Vec::new();
        };
        for text in texts.iter().filter(|text| !is_format(text, with_hour)) {
            let usual = if with_hour { "%d/%m/%Y %H:%M" } else { "%d/%m/%Y" };
            self.fault(
                line,
                format!("{name}: expected a form such as {usual}, found {}", quoted(text)),
            );
        }
        texts
    }
}

/// A text that is left blank on purpose.
fn blank(value: &Value<'_>) -> Option<(String, usize)> {
    matches!(value.get_ref(), DeValue::String(text) if text.trim().is_empty())
        .then(|| (String::new(), 0))
}

/// Whether a form tells a whole day, and if need be an hour: what it prints, it reads.
fn is_format(text: &str, with_hour: bool) -> bool {
    const SAMPLE: DateTime = datetime(2021, 11, 23, 14, 5, 0, 0);
    let read = strtime::format(text, SAMPLE).and_then(|printed| strtime::parse(text, printed));
    read.is_ok_and(|read| {
        read.to_date().is_ok_and(|day| day == SAMPLE.date())
            && (read.hour() == Some(14) || !with_hour)
    })
}
