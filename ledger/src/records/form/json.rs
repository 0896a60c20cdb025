//! Answers as JSON: documents that people and other programs hand over, and the way back.

use serde_json::{Map, Number, Value as Json};

use super::{DOC, check_value, expected, quoted};
use crate::format::cbor::Value;
use crate::records::kind::{Field, Form};

/// The value that a JSON document gives for a form, checked.
///
/// # Errors
/// The reason, in words.
pub fn from_json(form: &Form, json: &Json) -> Result<Value, String> {
    let value = convert(form, json)?;
    check_value(form, &value)?;
    Ok(value)
}

/// Bytes as lower-case hexadecimal digits; maps keep their order.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(number) => Json::Number(Number::from(*number)),
        Value::Text(text) => Json::String(text.clone()),
        Value::Bytes(bytes) => Json::String(hex::encode(bytes)),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(pairs) => {
            Json::Object(pairs.iter().map(|(key, v)| (key.to_string(), to_json(v))).collect())
        }
    }
}

fn convert(form: &Form, json: &Json) -> Result<Value, String> {
    let wrong = || expected(form, &shown(json));
    match (form, json) {
        (
            Form::Text | Form::Long | Form::Date | Form::Choice(_) | Form::Ref | Form::Person,
            Json::String(text),
        ) => Ok(Value::text(text)),
        (Form::Time | Form::Count, Json::Number(number)) => {
            number.as_i64().map(Value::Int).ok_or_else(wrong)
        }
        (Form::Bool, Json::Bool(truth)) => Ok(Value::Bool(*truth)),
        (Form::Hash, Json::String(text)) => hash(text).ok_or_else(wrong),
        (Form::Doc, Json::Object(members)) => group(DOC, members),
        (Form::Occurred, Json::Object(members)) => occurred(members).ok_or_else(wrong),
        (Form::Roles, Json::Array(items)) => each(&Form::Text, items),
        (Form::List(inner), Json::Array(items)) => each(inner, items),
        (Form::Group(fields), Json::Object(members)) => group(fields, members),
        _ => Err(wrong()),
    }
}

fn each(form: &Form, items: &[Json]) -> Result<Value, String> {
    items
        .iter()
        .enumerate()
        .map(|(at, item)| convert(form, item).map_err(|why| format!("item {}: {why}", at + 1)))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}

fn group(fields: &[Field], members: &Map<String, Json>) -> Result<Value, String> {
    let mut pairs = Vec::with_capacity(members.len());
    for (name, member) in members {
        let value = match fields.iter().find(|field| field.name == name) {
            Some(field) => convert(&field.form, member).map_err(|why| format!("{name}: {why}"))?,
            // The check names it, together with what may stand there.
            None => Value::Null,
        };
        pairs.push((name.as_str(), value));
    }
    Ok(Value::map(pairs))
}

fn occurred(members: &Map<String, Json>) -> Option<Value> {
    let pairs = members
        .iter()
        .map(|(name, member)| match member {
            Json::String(text) => Some((name.as_str(), Value::text(text))),
            Json::Number(number) => Some((name.as_str(), Value::Int(number.as_i64()?))),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Value::map(pairs))
}

/// 64 lower-case digits: JSON has one spelling too.
fn hash(text: &str) -> Option<Value> {
    let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let bytes = hex::decode(text).ok().filter(|bytes| lower && bytes.len() == 32)?;
    Some(Value::bytes(bytes))
}

/// A JSON value as a refusal names it.
fn shown(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a group".to_owned(),
    }
}
