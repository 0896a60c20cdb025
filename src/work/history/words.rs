//! Answers in words: dates and times as people write them, lists and groups line by line.

use probity_keys::Kid;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::erasing::Target;
use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::form::to_json;
use probity_ledger::records::kind::{Clear, Field, Form, Kind, Relation};
pub use probity_ledger::records::spoken::spoken;
use probity_ledger::records::{form, roles};
use probity_ledger::verify::words::count;
use serde::Serialize;
use serde_json::Value as Json;

use super::super::preview::chosen;
use super::super::reading::{Reading, Record};
use super::super::time;

/// One answered question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Name of the field.
    pub name: String,
    /// The question.
    pub question: String,
    /// The answer as it stands in the record.
    pub value: Json,
    /// Whether it holds legal advice.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub privileged: bool,
    /// The answer in words, line by line.
    #[serde(skip)]
    pub words: Vec<String>,
}

/// The answered fields of a record in the order of its kind, and the names of the others.
#[must_use]
pub fn answers(record: &Record) -> (Vec<Answer>, Vec<String>) {
    let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
    let Some(body) = &record.body else { return (answered, unanswered) };
    let fields: Vec<(&str, Option<&Field>)> = match record.kind {
        Some(kind) => kind.body_fields().map(|field| (field.name, Some(field))).collect(),
        None => body.iter().map(|(name, _)| (name, None)).collect(),
    };
    for (name, field) in fields {
        match body.get(name).map(|opening| &opening.value) {
            Some(Value::Null) => unanswered.push(name.to_owned()),
            // Erased: whether it was answered, nobody can tell.
            None => {}
            Some(value) => answered.push(Answer {
                name: name.to_owned(),
                question: field.map(|field| field.ask.to_owned()).unwrap_or_default(),
                value: to_json(value),
                privileged: field.is_some_and(|field| field.privileged),
                words: value_words(field.map(|field| &field.form), value),
            }),
        }
    }
    (answered, unanswered)
}

/// A value in words, line by line.
#[must_use]
pub fn value_words(form: Option<&Form>, value: &Value) -> Vec<String> {
    if let Some(document) = Document::from_value(value) {
        return document_words(&document);
    }
    match (form, value) {
        (Some(Form::Date), Value::Text(day)) => vec![time::day_words(day)],
        (Some(Form::Time), Value::Int(moment)) => vec![time::words(*moment)],
        (Some(Form::Choice(_)), Value::Text(word)) => vec![chosen(word)],
        (Some(Form::Occurred), Value::Map(_)) => vec![occurred(value)],
        (Some(Form::Roles), Value::Array(items)) => {
            let titles: Vec<&str> =
                items.iter().filter_map(Value::as_text).map(roles::title).collect();
            vec![titles.join(", ")]
        }
        (_, Value::Null) => vec!["no answer".to_owned()],
        (_, Value::Bool(truth)) => vec![if *truth { "yes" } else { "no" }.to_owned()],
        (_, Value::Int(number)) => vec![number.to_string()],
        (_, Value::Text(text)) => text.lines().map(str::to_owned).collect(),
        (_, Value::Bytes(bytes)) => vec![hex::encode(bytes)],
        (form, Value::Array(items)) => {
            let inner = if let Some(Form::List(inner)) = form { Some(*inner) } else { None };
            match items.as_slice() {
                [only] => value_words(inner, only),
                items => items.iter().flat_map(|item| bulleted(value_words(inner, item))).collect(),
            }
        }
        (form, Value::Map(pairs)) => {
            let members = if let Some(Form::Group(members)) = form { *members } else { &[] };
            // In the order of the questions; what is not asked for comes last.
            let order = |name: &str| members.iter().position(|member| member.name == name);
            let mut pairs: Vec<(String, &Value)> =
                pairs.iter().map(|(key, value)| (key.to_string(), value)).collect();
            pairs.sort_by_key(|(name, _)| order(name).unwrap_or(members.len()));
            pairs
                .iter()
                .flat_map(|(name, value)| {
                    let member = order(name).and_then(|at| members.get(at));
                    labelled(&spoken(name), value_words(member.map(|member| &member.form), value))
                })
                .collect()
        }
    }
}

/// Name, size and hash of a file.
fn document_words(document: &Document) -> Vec<String> {
    vec![
        format!(
            "{} ({}, {})",
            document.name,
            count(document.size, "byte", "bytes"),
            document.media_type
        ),
        format!("SHA-256 {}", document.sha256),
    ]
}

fn bulleted(lines: Vec<String>) -> Vec<String> {
    lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| format!("{}{line}", if at == 0 { "- " } else { "  " }))
        .collect()
}

fn labelled(name: &str, lines: Vec<String>) -> Vec<String> {
    if let [line] = lines.as_slice()
        && !line.starts_with("- ")
    {
        return vec![format!("{name}: {line}")];
    }
    let indented = lines.into_iter().map(|line| format!("  {line}"));
    std::iter::once(format!("{name}:")).chain(indented).collect()
}

fn occurred(value: &Value) -> String {
    if let Some(reason) = value.get("unknown").and_then(Value::as_text) {
        return format!("not known: {reason}");
    }
    let side = |name: &str| match value.get(name) {
        Some(Value::Int(moment)) => time::words(*moment),
        Some(Value::Text(day)) => time::day_words(day),
        _ => "not known".to_owned(),
    };
    let (from, to) = (side("from"), side("to"));
    if from == to { from } else { format!("{from} to {to}") }
}

/// What stands in clear in an entry, in words.
#[must_use]
pub fn clear(reading: &Reading, record: &Record) -> Vec<Answer> {
    let Some(fields) = record.entry.says().clear.as_map() else { return Vec::new() };
    let said = record.clear.as_ref().map(|clear| clear_words(reading, clear)).unwrap_or_default();
    fields
        .iter()
        .map(|(key, value)| {
            let name = key.to_string();
            let words = said
                .iter()
                .find(|(known, _)| *known == name)
                .map_or_else(|| value_words(None, value), |(_, words)| vec![words.clone()]);
            let question = question(record.kind, &name).to_owned();
            Answer { name, question, value: to_json(value), privileged: false, words }
        })
        .collect()
}

fn question(kind: Option<&Kind>, name: &str) -> &'static str {
    match (kind.map(|kind| kind.clear), name) {
        (Some(Clear::Decision), "decision") => form::DECISION_ASK,
        (_, "format") => "version of the format",
        (_, "school") => "name of the establishment",
        (_, "log") => "key that signs the record book's heads",
        (_, "key") => "public key",
        (_, "person") => "whose key it is",
        (_, "roles") => "what they may sign as",
        (_, "continues") => "the record book before this one",
        (_, "from") => "from when",
        (_, "until") => "until when",
        (_, "kid") => "the key that ends",
        (_, "suspect-since") => "since when it may have been in other hands",
        (_, "size") => "how many entries it stands over",
        (_, "evidence") => "SHA-256 of the evidence",
        (_, "entry") => "the entry that carries a wrong time",
        (_, "reason") => "why",
        (_, "entries") => "what is erased of which entries",
        (_, "ground") => "on which ground",
        _ => "",
    }
}

fn clear_words(reading: &Reading, clear: &ClearFields) -> Vec<(&'static str, String)> {
    let who =
        |person: &[u8; 16]| reading.name(person).map_or_else(|| hex::encode(person), str::to_owned);
    let titles = |held: &[String]| -> String {
        held.iter().map(|role| roles::title(role)).collect::<Vec<_>>().join(", ")
    };
    let key = |key: &probity_keys::PublicKey| {
        format!("{} (key {})", hex::encode(key.to_bytes()), key.kid().short())
    };
    match clear {
        ClearFields::Genesis { key: first, person, roles, continues, .. } => vec![
            ("key", key(first)),
            ("person", who(person)),
            ("roles", titles(roles)),
            (
                "continues",
                continues.map_or_else(
                    || "none".to_owned(),
                    |earlier| format!("{} at {} entries", earlier.fingerprint, earlier.size),
                ),
            ),
        ],
        ClearFields::Appointment { person, key: theirs, roles, from, until } => vec![
            ("person", who(person)),
            ("key", key(theirs)),
            ("roles", titles(roles)),
            ("from", time::words(*from)),
            ("until", until.map_or_else(|| "no end set".to_owned(), time::words)),
        ],
        ClearFields::Revocation { kid, suspect_since } => vec![
            ("kid", key_of(reading, kid)),
            ("suspect-since", suspect_since.map_or_else(|| "never".to_owned(), time::words)),
        ],
        ClearFields::Decision(decision) => vec![("decision", spoken(decision.name()))],
        ClearFields::Erasure { entries, ground } => {
            let what = |target: &Target| match &target.fields {
                None => format!("entry {}: all answers", target.entry),
                Some(fields) => format!("entry {}: {}", target.entry, fields.join(", ")),
            };
            let entries: Vec<String> = entries.iter().map(what).collect();
            vec![("entries", entries.join("; ")), ("ground", spoken(ground.name()))]
        }
        _ => Vec::new(),
    }
}

fn key_of(reading: &Reading, kid: &Kid) -> String {
    let person = reading.authority.person(kid);
    match person.and_then(|person| reading.name(&person)) {
        Some(name) => format!("{} ({name})", kid.short()),
        None => kid.to_string(),
    }
}

/// A relation seen from the later entry: "approves".
#[must_use]
pub fn forwards(relation: Relation) -> String {
    match relation {
        Relation::Advises => "advises on".to_owned(),
        Relation::Decides => "decides on".to_owned(),
        Relation::Excepts => "stands under the exception in".to_owned(),
        Relation::Removes => "removes images after".to_owned(),
        Relation::About => "is about".to_owned(),
        other => spoken(other.name()),
    }
}

/// A relation seen from the earlier entry: "approved by". The decision of the later entry tells
/// an approval from a refusal.
#[must_use]
pub fn backwards(relation: Relation, decision: Option<&str>) -> &'static str {
    match (relation, decision) {
        (Relation::Approves, Some("refused")) => "refused by",
        (Relation::Approves, Some("approved-with-conditions")) => "approved with conditions by",
        (Relation::Approves, _) => "approved by",
        (Relation::Corrects, _) => "corrected by",
        (Relation::Accepts, _) => "accepted by",
        (Relation::Advises, _) => "advised on by",
        (Relation::Ratifies, _) => "ratified by",
        (Relation::Excepts, _) => "used by",
        (Relation::Withdraws, _) => "withdrawn by",
        (Relation::Removes, _) => "images removed by",
        (Relation::Decides, _) => "decided on by",
        (Relation::SignsOff, _) => "signed off by",
        (Relation::Answers, _) => "answered by",
        (Relation::Erases, _) => "named by the erasure in",
        (Relation::Continues, _) => "continued by",
        (Relation::About, _) => "taken up by",
    }
}
