//! The mapping of a register: which column becomes which answer, as a file of TOML.
//!
//! ```text
//! origin = "Breach log of the office, 2019 to 2025"    # what it was, and who kept it
//! case = "No"                          # rows with one value here share a case; else each has its own
//! header = 3                           # the row with the columns' names, if it isn't the first
//! dates = ["%d/%m/%Y"]                 # how days are written; times likewise for moments
//! [field]
//! what-happened = "Details"            # a column, as it is
//! aware = { columns = ["Date", "Time"], format = "%d/%m/%Y %H:%M", hour = "12:00" }
//! kind = { column = "Type", values = { "Theft" = "loss-theft" } }
//! media = { column = "Media", split = "/" }
//! sensitivity = { constant = "not assessed" }
//! [[field.purposes]]                   # a group; one block for each item of a list
//! purpose = { constant = "website" }
//! decision = { column = "Web", values = { "Y" = "given", "N" = "refused" } }
//! ```
//!
//! Everything in it is checked before the first row is read, and its text is kept in the `import`
//! record, so that whoever doubts a record can follow each answer back to its cell.

use jiff::civil::{DateTime, datetime};
use jiff::fmt::strtime;
use probity_ledger::format::clip::clipped;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Field, Form, Kind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Register;
use super::sheet::Layout;
use crate::work::WorkError;
use crate::work::forms::Document;
use crate::work::given::moments;

/// A mapping that was read and checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The kind of record that each row becomes.
    pub kind: &'static Kind,
    /// What the register was, and who kept it.
    pub origin: String,
    /// The column by which rows share a case.
    pub case: Option<Column>,
    /// How the file is written.
    pub layout: Layout,
    /// Each answer, and where it comes from.
    pub answers: Vec<(&'static Field, Shape)>,
}

/// A column that a mapping names.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, as the mapping has it.
    pub name: String,
    /// The line of the mapping.
    pub line: usize,
}

/// How an answer is put together.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One value.
    One(Source),
    /// A list, cut out of one cell.
    Split(Source, String),
    /// A list, item by item.
    Items(Vec<Self>),
    /// The members of a group; or `from` and `to` of a span.
    Group(Vec<(&'static str, Form, Self)>),
}

/// Where one value comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Cells, put together with a blank between them.
    pub columns: Vec<Column>,
    /// What is answered in every row instead.
    pub constant: Option<String>,
    /// What stands in the cell, and what it means.
    pub values: Vec<(String, String)>,
    /// How days and moments are written.
    pub formats: Vec<String>,
    /// The hour of days that have none.
    pub hour: Option<String>,
}

/// Most faults of a mapping that are named.
const MOST: usize = 20;

/// The sides of a span.
const SIDES: [&str; 2] = ["from", "to"];

impl Mapping {
    /// Reads a mapping for a register.
    ///
    /// # Errors
    /// Every fault in it, with its line.
    pub fn read(register: Register, text: &str) -> Result<Self, WorkError> {
        let document = Document::parse("the mapping", text)?;
        let mut reader = Reader {
            document: &document,
            dates: Vec::new(),
            times: Vec::new(),
            faults: Vec::new(),
        };
        let mapping = reader.mapping(register);
        let mut faults = reader.faults;
        faults.sort();
        let named: Vec<String> = faults.iter().take(MOST).map(Fault::to_string).collect();
        match mapping {
            Some(mapping) if named.is_empty() => Ok(mapping),
            _ => Err(WorkError::refused(
                format!("the mapping: {}", named.join("; ")),
                format!("`probity import --map-template {}` shows all of it", register.name()),
            )),
        }
    }

    /// Every column that it names.
    #[must_use]
    pub fn columns(&self) -> Vec<&Column> {
        let mut all = Vec::new();
        for (_, shape) in &self.answers {
            shape.columns(&mut all);
        }
        all.extend(&self.case);
        all
    }

    /// The columns that an answer comes from.
    #[must_use]
    pub fn columns_of(&self, field: &str) -> Vec<String> {
        let mut all = Vec::new();
        for (_, shape) in self.answers.iter().filter(|(known, _)| known.name == field) {
            shape.columns(&mut all);
        }
        all.into_iter().map(|column| column.name.clone()).collect()
    }

    /// The columns that go into free text as they are, each with its field.
    #[must_use]
    pub fn free_text(&self) -> Vec<(String, &'static str)> {
        let mut all = Vec::new();
        for (field, shape) in &self.answers {
            if takes_text(&field.form) {
                let mut columns = Vec::new();
                shape.columns(&mut columns);
                all.extend(columns.into_iter().map(|column| (column.name.clone(), field.name)));
            }
        }
        all
    }
}

/// Whether people write what they like into it.
fn takes_text(form: &Form) -> bool {
    match form {
        Form::Text | Form::Long => true,
        Form::List(inner) => takes_text(inner),
        Form::Group(members) => members.iter().any(|member| takes_text(&member.form)),
        _ => false,
    }
}

impl Shape {
    fn columns<'a>(&'a self, into: &mut Vec<&'a Column>) {
        match self {
            Self::One(source) | Self::Split(source, _) => into.extend(&source.columns),
            Self::Items(items) => items.iter().for_each(|item| item.columns(into)),
            Self::Group(members) => members.iter().for_each(|(_, _, part)| part.columns(into)),
        }
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fault {
    /// What is missing stands nowhere, and comes last.
    line: usize,
    reason: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            usize::MAX => f.write_str(&self.reason),
            line => write!(f, "line {line}: {}", self.reason),
        }
    }
}

type Value<'a> = Spanned<DeValue<'a>>;

struct Reader<'a> {
    document: &'a Document<'a>,
    dates: Vec<String>,
    times: Vec<String>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn mapping(&mut self, register: Register) -> Option<Mapping> {
        const KNOWN: [&str; 10] = [
            "register",
            "kind",
            "origin",
            "case",
            "encoding",
            "delimiter",
            "header",
            "dates",
            "times",
            "field",
        ];
        let table = &self.document.table;
        for key in table.keys() {
            self.known(key, &KNOWN);
        }
        if let Some((said, line)) = self.text(table, "register")
            && said != register.name()
        {
            self.fault(
                line,
                format!("it maps {}, and {} are imported", quoted(&said), register.name()),
            );
        }
        let kind = self.kind(register, table)?;
        let origin = self.text(table, "origin");
        if let Some((origin, line)) = &origin {
            self.leaf(&Form::Text, origin, *line, "origin: ");
        } else {
            self.missing("origin is not said: what the register was, and who kept it");
        }
        self.dates = self.formats(table, "dates", false);
        self.times = self.formats(table, "times", true);
        let case = self.text(table, "case").map(|(name, line)| Column { name, line });
        let layout = self.layout(table);
        let answers = self.answers(kind, table);
        Some(Mapping { kind, origin: origin?.0, case, layout, answers })
    }

    fn kind(&mut self, register: Register, table: &DeTable<'a>) -> Option<&'static Kind> {
        let may = register.kinds();
        let (name, line) = match self.text(table, "kind") {
            Some(said) => said,
            None => (register.usual_kind().to_owned(), usize::MAX),
        };
        let found = may.iter().copied().find(|kind| kind.name == name);
        if found.is_none() {
            let names: Vec<&str> = may.iter().map(|kind| kind.name).collect();
            let reason =
                format!("kind: expected one of {}, found {}", names.join(", "), quoted(&name));
            self.fault(line, reason);
        }
        found
    }

    fn layout(&mut self, table: &DeTable<'a>) -> Layout {
        let mut layout = Layout::default();
        if let Some((name, line)) = self.text(table, "encoding") {
            match name.to_lowercase().as_str() {
                "utf-8" => {}
                "windows-1252" => layout.windows_1252 = true,
                _ => self.fault(
                    line,
                    format!("encoding: expected utf-8 or windows-1252, found {}", quoted(&name)),
                ),
            }
        }
        if let Some((name, line)) = self.raw(table, "delimiter") {
            match name.as_str() {
                "," | ";" | "\t" => layout.delimiter = name.bytes().next(),
                "tab" => layout.delimiter = Some(b'\t'),
                _ => self.fault(
                    line,
                    format!("delimiter: expected \",\", \";\" or \"tab\", found {}", quoted(&name)),
                ),
            }
        }
        if let Some((number, line)) = self.text(table, "header") {
            layout.header = number.parse().ok().filter(|number| *number > 0);
            if layout.header.is_none() {
                let reason =
                    format!("header: expected the number of a row, found {}", quoted(&number));
                self.fault(line, reason);
            }
        }
        layout
    }

    fn answers(
        &mut self,
        kind: &'static Kind,
        table: &DeTable<'a>,
    ) -> Vec<(&'static Field, Shape)> {
        let mut answers = Vec::new();
        let Some(value) = table.get("field") else {
            self.missing("it maps no column: [field] is missing");
            return answers;
        };
        let line = self.document.line_of(value);
        let DeValue::Table(named) = value.get_ref() else {
            self.fault(line, "field: expected a table, [field]".to_owned());
            return answers;
        };
        let fields: Vec<&'static Field> = kind.body_fields().collect();
        for (key, value) in named {
            let Some(field) = fields.iter().copied().find(|field| field.name == key.get_ref())
            else {
                let names: Vec<&'static str> = fields.iter().map(|field| field.name).collect();
                let meant = meant(key.get_ref(), &names);
                let reason = format!("{} has no field {}{meant}", kind.name, quoted(key.get_ref()));
                self.fault(self.document.line_of(key), reason);
                continue;
            };
            if let Some(shape) = self.shape(&field.form, value, &format!("{}: ", field.name)) {
                answers.push((field, shape));
            }
        }
        if named.is_empty() {
            self.fault(line, "it maps no column yet: take the # away from what applies".to_owned());
            return answers;
        }
        for field in fields.iter().filter(|field| field.required && !named.contains_key(field.name))
        {
            if !matches!(field.form, Form::Doc | Form::List(Form::Doc)) {
                self.missing(&format!(
                    "{} has to be answered, and nothing maps it: {}",
                    field.name, field.ask
                ));
            }
        }
        answers
    }

    fn shape(&mut self, form: &Form, value: &Value<'a>, path: &str) -> Option<Shape> {
        let line = self.document.line_of(value);
        match (form, value.get_ref()) {
            (Form::Doc | Form::List(Form::Doc), _) => {
                self.fault(
                    line,
                    format!("{path}files are not mapped; the register is attached whole"),
                );
                None
            }
            (Form::List(inner), DeValue::Array(items)) => {
                let items = items.iter().zip(1..).filter_map(|(item, at)| {
                    self.shape(inner, item, &format!("{path}item {at}: "))
                });
                Some(Shape::Items(items.collect()))
            }
            (Form::List(inner), _) if matches!(inner, Form::Group(_)) => {
                Some(Shape::Items(vec![self.shape(inner, value, path)?]))
            }
            (Form::List(inner), _) => {
                let (source, split) = self.source(inner, value, path, true)?;
                Some(match split {
                    Some(split) => Shape::Split(source, split),
                    None => Shape::Items(vec![Shape::One(source)]),
                })
            }
            (Form::Group(members), DeValue::Table(table)) => {
                let asked =
                    members.iter().map(|member| (member.name, member.form, member.required));
                Some(self.group(&asked.collect::<Vec<_>>(), table, line, path))
            }
            (Form::Group(members), _) => {
                let names: Vec<&str> = members.iter().map(|member| member.name).collect();
                self.fault(line, format!("{path}expected a table of {}", names.join(", ")));
                None
            }
            (Form::Occurred, DeValue::Table(table))
                if SIDES.iter().any(|side| table.contains_key(*side)) =>
            {
                // Each side is a day or a moment, as an answer of its own would be.
                let sides = SIDES.map(|side| (side, Form::Occurred, true));
                Some(self.group(&sides, table, line, path))
            }
            _ => self.source(form, value, path, false).map(|(source, _)| Shape::One(source)),
        }
    }

    fn group(
        &mut self,
        asked: &[(&'static str, Form, bool)],
        table: &DeTable<'a>,
        line: usize,
        path: &str,
    ) -> Shape {
        let names: Vec<&'static str> = asked.iter().map(|(name, ..)| *name).collect();
        let mut parts = Vec::new();
        for (key, value) in table {
            self.known(key, &names);
            let found = asked.iter().find(|(name, ..)| *name == key.get_ref());
            if let Some((name, form, _)) = found
                && let Some(shape) = self.shape(form, value, &format!("{path}{name}: "))
            {
                parts.push((*name, *form, shape));
            }
        }
        for (name, ..) in asked.iter().filter(|(name, _, must)| *must && !table.contains_key(*name))
        {
            self.fault(line, format!("{path}{name} has to be answered, and nothing maps it"));
        }
        Shape::Group(parts)
    }

    /// A column by its name alone, or a table that says more; and by what a cell is split.
    fn source(
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
    fn leaf(&mut self, form: &Form, text: &str, line: usize, path: &str) {
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
    fn formats(&mut self, table: &DeTable<'a>, name: &str, with_hour: bool) -> Vec<String> {
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

    /// Something that is said in one text, with its line; none where it is left blank.
    fn text(&mut self, table: &DeTable<'a>, name: &str) -> Option<(String, usize)> {
        let (text, line) = self.raw(table, name)?;
        let text = text.trim();
        (!text.is_empty()).then(|| (text.to_owned(), line))
    }

    fn raw(&mut self, table: &DeTable<'a>, name: &str) -> Option<(String, usize)> {
        let value = table.get(name)?;
        let line = self.document.line_of(value);
        match value.get_ref() {
            DeValue::String(text) => Some((text.to_string(), line)),
            DeValue::Integer(_) | DeValue::Datetime(_) | DeValue::Boolean(_) => {
                Some((self.document.written(value).to_owned(), line))
            }
            _ => {
                self.fault(line, format!("{}: expected a text", clipped(name, 60)));
                None
            }
        }
    }

    fn known(&mut self, key: &Spanned<toml::de::DeString<'a>>, known: &[&'static str]) {
        let name = key.get_ref().as_ref();
        if !known.contains(&name) {
            let meant = meant(name, known);
            let reason = format!("expected {}, found {}{meant}", known.join(", "), quoted(name));
            self.fault(self.document.line_of(key), reason);
        }
    }

    fn missing(&mut self, reason: &str) {
        self.fault(usize::MAX, reason.to_owned());
    }

    fn fault(&mut self, line: usize, reason: String) {
        self.faults.push(Fault { line, reason });
    }
}

/// A text that is left blank on purpose.
fn blank(value: &Value<'_>) -> Option<(String, usize)> {
    matches!(value.get_ref(), DeValue::String(text) if text.trim().is_empty())
        .then(|| (String::new(), 0))
}

fn quoted(text: &str) -> String {
    format!("`{}`", clipped(text, 60))
}

fn meant(name: &str, known: &[&'static str]) -> String {
    form::nearest(name, known.iter().copied())
        .map_or(String::new(), |meant| format!("; did you mean `{meant}`?"))
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
