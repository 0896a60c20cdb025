//! Reading a mapping from top to bottom: what is mapped, and every fault with its line.

use probity_ledger::format::clip::clipped;
use probity_ledger::records::form;
use probity_ledger::records::kind::{Field, Form, Kind};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Column, Mapping, Shape};
use crate::work::forms::Document;
use crate::work::import::Register;
use crate::work::import::sheet::Layout;

/// The sides of a span.
const SIDES: [&str; 2] = ["from", "to"];

/// What is wrong with a mapping.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
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

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

pub(super) struct Reader<'a> {
    pub document: &'a Document<'a>,
    pub dates: Vec<String>,
    pub times: Vec<String>,
    pub faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// All of it; none when it is not told what the rows become.
    pub fn mapping(&mut self, register: Register) -> Option<Mapping> {
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

    /// Something that is said in one text, with its line; none where it is left blank.
    pub fn text(&mut self, table: &DeTable<'a>, name: &str) -> Option<(String, usize)> {
        let (text, line) = self.raw(table, name)?;
        let text = text.trim();
        (!text.is_empty()).then(|| (text.to_owned(), line))
    }

    pub fn raw(&mut self, table: &DeTable<'a>, name: &str) -> Option<(String, usize)> {
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

    pub fn known(&mut self, key: &Spanned<DeString<'a>>, known: &[&'static str]) {
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

    pub fn fault(&mut self, line: usize, reason: String) {
        self.faults.push(Fault { line, reason });
    }
}

/// A text as a refusal names it.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", clipped(text, 60))
}

fn meant(name: &str, known: &[&'static str]) -> String {
    form::nearest(name, known.iter().copied())
        .map_or(String::new(), |meant| format!("; did you mean `{meant}`?"))
}
