//! Reading a filled-in form: every answer in the form that its question asks for, every fault
//! with its line.

use std::collections::HashSet;

use probity_ledger::format::clip::clipped;
use probity_ledger::records::form::{self, AnswerFault, describe};
use probity_ledger::records::kind::{Field, Form, Kind};
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Document;
use crate::work::WorkError;
use crate::work::given::{BESIDE, moments};

/// What a form says.
#[derive(Debug, Default)]
pub struct Filled {
    /// Answers, and what stands beside them, in the order in which they are written.
    pub members: Vec<Member>,
    /// What is wrong with others, each with its line.
    pub faults: Vec<(usize, AnswerFault)>,
}

/// One answer, or one thing beside them.
#[derive(Debug)]
pub struct Member {
    /// Its name; of a field, or `case`, `decision`, `links` and `attach`.
    pub name: String,
    /// The line on which it begins.
    pub line: usize,
    /// What a JSON document would say in its place.
    pub value: Json,
}

/// Reads a form; a time of day without its day is on the day of `now` (POSIX seconds). Names
/// that the kind doesn't know are given as null, and are refused with the other answers.
///
/// # Errors
/// When it is no TOML.
pub fn read(kind: &Kind, text: &str, now: i64) -> Result<Filled, WorkError> {
    let document = Document::parse("the form", text)?;
    let mut reader = Reader {
        document: &document,
        now,
        field: String::new(),
        seen: HashSet::new(),
        faults: Vec::new(),
    };
    let mut members = Vec::new();
    reader.table(kind, &document.table, &mut members);
    members.sort_by_key(|member| member.line);
    reader.faults.sort_by_key(|(line, _)| *line);
    Ok(Filled { members, faults: reader.faults })
}

struct Reader<'a> {
    document: &'a Document<'a>,
    now: i64,
    /// The name that is being read, as faults name it.
    field: String,
    seen: HashSet<String>,
    faults: Vec<(usize, AnswerFault)>,
}

impl Reader<'_> {
    fn table(&mut self, kind: &Kind, table: &DeTable<'_>, into: &mut Vec<Member>) {
        for (key, value) in table {
            let (name, line) = (key.get_ref().as_ref(), self.document.line_of(key));
            name.clone_into(&mut self.field);
            if !self.seen.insert(name.to_owned()) {
                self.fault(line, "it is answered twice".to_owned());
                continue;
            }
            let value = if let Some(field) = kind.field(name) {
                let faults = self.faults.len();
                // What is left of an answer with a fault in it would be found wanting again.
                self.value(&field.form, value, "").filter(|_| self.faults.len() == faults)
            } else if BESIDE.contains(&name) {
                as_json(value.get_ref())
            } else if let ("record", DeValue::Table(table)) = (name, value.get_ref()) {
                self.table(kind, table, into);
                None
            } else if let Some(list) = list_that_asks(kind, name) {
                self.fault(
                    line,
                    format!(
                        "it is asked within {list}; take the # away from the line [[{list}]] above it"
                    ),
                );
                None
            } else {
                Some(Json::Null)
            };
            into.extend(value.map(|value| Member { name: name.to_owned(), line, value }));
        }
    }

    /// A value as JSON has it, checked; none where nothing is answered, or a fault was found.
    fn value(&mut self, form: &Form, value: &Spanned<DeValue<'_>>, path: &str) -> Option<Json> {
        match (form, value.get_ref()) {
            (Form::Doc | Form::List(Form::Doc), _) => {
                self.refuse(value, path, "files are named in `attach`")
            }
            (Form::List(inner), DeValue::Array(items)) => {
                let found: Vec<Json> = items
                    .iter()
                    .zip(1..)
                    .filter_map(|(item, at)| self.value(inner, item, &format!("{path}item {at}: ")))
                    .collect();
                (!found.is_empty()).then_some(Json::Array(found))
            }
            // As on the command line, one is a list of one.
            (Form::List(inner), _) => {
                self.value(inner, value, path).map(|item| Json::Array(vec![item]))
            }
            (Form::Group(fields), DeValue::Table(table)) => self.group(fields, value, table, path),
            (Form::Occurred, DeValue::Table(table)) => self.occurred(value, table, path),
            (Form::Roles, DeValue::Array(items)) => {
                let names = items.iter().filter_map(|item| self.value(&Form::Text, item, path));
                let names: Vec<String> =
                    names.filter_map(|name| name.as_str().map(str::to_owned)).collect();
                if names.is_empty() { None } else { self.leaf(form, value, &names.join(","), path) }
            }
            _ => match text(self.document, form, value) {
                Ok(text) if text.is_empty() => None,
                Ok(text) => self.leaf(form, value, &text, path),
                Err(found) => {
                    let reason = format!("expected {}, found {found}", describe(form));
                    self.refuse(value, path, &reason)
                }
            },
        }
    }

    /// Words in the forms of the command line.
    fn leaf<T>(&mut self, form: &Form, at: &Spanned<T>, text: &str, path: &str) -> Option<Json> {
        let value =
            moments::in_text(form, text, self.now).and_then(|text| form::from_option(form, &text));
        match value {
            Ok(value) => Some(form::to_json(&value)),
            Err(reason) => self.refuse(at, path, &reason),
        }
    }

    fn group(
        &mut self,
        fields: &[Field],
        at: &Spanned<DeValue<'_>>,
        table: &DeTable<'_>,
        path: &str,
    ) -> Option<Json> {
        let (mut members, faults) = (Map::new(), self.faults.len());
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(field) = fields.iter().find(|field| field.name == name) {
                let value = self.value(&field.form, value, &format!("{path}{name}: "));
                members.extend(value.map(|value| (name.to_owned(), value)));
                continue;
            }
            let known: Vec<&'static str> = fields.iter().map(|field| field.name).collect();
            let meant = form::nearest(name, known.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!("; did you mean '{meant}'?"));
            self.fault(
                self.document.line_of(key),
                format!(
                    "{path}expected {}, found '{}'{meant}",
                    known.join(", "),
                    clipped(name, 100)
                ),
            );
        }
        if members.is_empty() {
            return None;
        }
        // Those with a fault of their own are not missing.
        let missing = fields.iter().filter(|f| f.required && !members.contains_key(f.name));
        for field in missing.filter(|_| self.faults.len() == faults).collect::<Vec<_>>() {
            let reason = format!("{} is not answered: {}", field.name, field.ask);
            self.refuse(at, path, &reason);
        }
        Some(Json::Object(members))
    }

    /// `{from, to}` or `{unknown}`.
    fn occurred(
        &mut self,
        at: &Spanned<DeValue<'_>>,
        table: &DeTable<'_>,
        path: &str,
    ) -> Option<Json> {
        let mut members = Map::new();
        for (key, value) in table {
            let text = text(self.document, &Form::Text, value).unwrap_or_default();
            if !text.is_empty() {
                members.insert(key.get_ref().to_string(), text.into());
            }
        }
        if members.is_empty() {
            return None;
        }
        let mut json = Json::Object(members);
        let checked = moments::in_json(&Form::Occurred, &mut json, self.now)
            .and_then(|()| form::from_json(&Form::Occurred, &json));
        match checked {
            Ok(_) => Some(json),
            Err(reason) => self.refuse(at, path, &reason),
        }
    }

    fn refuse<T>(&mut self, at: &Spanned<T>, path: &str, reason: &str) -> Option<Json> {
        self.fault(self.document.line_of(at), format!("{path}{reason}"));
        None
    }

    fn fault(&mut self, line: usize, reason: String) {
        self.faults.push((line, AnswerFault::Form { field: self.field.clone(), reason }));
    }
}

/// The list of groups that asks a question of this name: its header was left behind its `#`.
fn list_that_asks(kind: &Kind, name: &str) -> Option<&'static str> {
    let asks = |form: &Form| matches!(form, Form::List(Form::Group(fields)) if fields.iter().any(|f| f.name == name));
    kind.body_fields().find(|field| asks(&field.form)).map(|field| field.name)
}

/// A value as text: empty when nothing is answered.
///
/// # Errors
/// What was found instead.
fn text(
    document: &Document<'_>,
    form: &Form,
    value: &Spanned<DeValue<'_>>,
) -> Result<String, &'static str> {
    match value.get_ref() {
        // What ends before closing quotes on a line of their own ends with a line break.
        DeValue::String(text) if matches!(form, Form::Long) => Ok(text.trim_end().to_owned()),
        DeValue::String(text) => Ok(text.trim().to_owned()),
        DeValue::Boolean(truth) => match form {
            Form::Bool => Ok(truth.to_string()),
            Form::Choice(words) if words.contains(&"yes") && words.contains(&"no") => {
                Ok(if *truth { "yes" } else { "no" }.to_owned())
            }
            _ => Err(if *truth { "true" } else { "false" }),
        },
        DeValue::Integer(number) if number.radix() == 10 && is_number(form) => {
            Ok(number.as_str().to_owned())
        }
        DeValue::Datetime(moment) if !is_text(form) => Ok(moment.to_string()),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
            Ok(document.written(value).to_owned())
        }
        DeValue::Array(_) => Err("a list"),
        DeValue::Table(_) => Err("a group"),
    }
}

const fn is_number(form: &Form) -> bool {
    matches!(form, Form::Count | Form::Time)
}

const fn is_text(form: &Form) -> bool {
    matches!(form, Form::Text | Form::Long | Form::Person)
}

/// What stands beside the answers, with what is left blank left out.
fn as_json(value: &DeValue<'_>) -> Option<Json> {
    match value {
        DeValue::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.into())
        }
        DeValue::Integer(number) => Some(match number.to_string().parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => number.to_string().into(),
        }),
        DeValue::Float(number) => Some(number.to_string().into()),
        DeValue::Boolean(truth) => Some((*truth).into()),
        DeValue::Datetime(moment) => Some(moment.to_string().into()),
        DeValue::Array(items) => {
            let items: Vec<Json> =
                items.iter().filter_map(|item| as_json(item.get_ref())).collect();
            (!items.is_empty()).then_some(Json::Array(items))
        }
        DeValue::Table(table) => {
            let members: Map<String, Json> = table
                .iter()
                .filter_map(|(key, value)| {
                    Some((key.get_ref().to_string(), as_json(value.get_ref())?))
                })
                .collect();
            (!members.is_empty()).then_some(Json::Object(members))
        }
    }
}
