//! Answers as options of the command line: short, and forgiving only where nothing is lost.

use super::{check_value, expected, from_json, quoted};
use crate::format::cbor::Value;
use crate::records::kind::{Field, Form};

/// The value that one option gives for a form, checked. For a list it is one item, or the whole
/// list as a JSON array.
///
/// # Errors
/// The reason, in words.
pub fn from_option(form: &Form, text: &str) -> Result<Value, String> {
    let value = convert(form, text)?;
    check_value(form, &value)?;
    Ok(value)
}

/// The value that an option gives that may have been repeated: lists take each of them as an
/// item, anything else exactly one.
///
/// # Errors
/// The reason, in words.
pub fn from_options<T: AsRef<str>>(form: &Form, texts: &[T]) -> Result<Value, String> {
    match (form, texts) {
        (_, [one]) => from_option(form, one.as_ref()),
        (Form::List(_) | Form::Roles, [_, ..]) => {
            let mut all = Vec::new();
            for text in texts {
                if let Value::Array(items) = convert(form, text.as_ref())? {
                    all.extend(items);
                }
            }
            let value = if matches!(form, Form::Roles) { sorted(all) } else { Value::Array(all) };
            check_value(form, &value)?;
            Ok(value)
        }
        _ => Err(format!("expected the option once, found it {} times", texts.len())),
    }
}

fn convert(form: &Form, text: &str) -> Result<Value, String> {
    let wrong = || expected(form, &quoted(text));
    match form {
        Form::Text | Form::Long | Form::Date | Form::Choice(_) | Form::Ref | Form::Person => {
            Ok(Value::text(text))
        }
        Form::Time | Form::Count => whole_number(text).map(Value::Int).ok_or_else(wrong),
        Form::Bool => match text {
            "yes" | "true" => Ok(Value::Bool(true)),
            "no" | "false" => Ok(Value::Bool(false)),
            _ => Err(wrong()),
        },
        Form::Hash => match hex::decode(text) {
            Ok(bytes) if bytes.len() == 32 => Ok(Value::bytes(bytes)),
            _ => Err(wrong()),
        },
        Form::Doc if !text.starts_with('{') => {
            Err(format!("expected a file to be attached, found {}", quoted(text)))
        }
        Form::List(inner) if !text.starts_with('[') => {
            convert(inner, text).map(|item| Value::Array(vec![item]))
        }
        Form::Occurred if !text.starts_with('{') => occurred(text),
        Form::Roles if !text.starts_with('[') => {
            Ok(sorted(text.split(',').map(|name| Value::text(name.trim())).collect()))
        }
        Form::Group(fields) if !text.starts_with('{') => group(fields, text),
        Form::Doc | Form::List(_) | Form::Occurred | Form::Roles | Form::Group(_) => {
            let json = serde_json::from_str(text)
                .map_err(|error| format!("expected JSON, found a fault in it: {error}"))?;
            from_json(form, &json)
        }
    }
}

/// `DAY`, `FROM/TO` or `unknown: REASON`; whole numbers are moments.
fn occurred(text: &str) -> Result<Value, String> {
    if let Some(reason) = text.strip_prefix("unknown:") {
        return Ok(Value::map([("unknown", Value::text(reason.trim()))]));
    }
    let (from, to) = text.split_once('/').unwrap_or((text, text));
    let side = |text: &str| {
        let text = text.trim();
        whole_number(text).map_or_else(|| Value::text(text), Value::Int)
    };
    let value = Value::map([("from", side(from)), ("to", side(to))]);
    check_value(&Form::Occurred, &value)
        .map_err(|_| expected(&Form::Occurred, &quoted(text)))
        .map(|()| value)
}

/// `key=value; key=value`. A key of a list may be repeated.
fn group(fields: &[Field], text: &str) -> Result<Value, String> {
    let mut pairs: Vec<(&'static str, Value)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let known = || fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
        let Some((name, answer)) = part.split_once('=') else {
            return Err(format!(
                "expected key=value with a key of {}, found {}; text with a semicolon in it needs \
                 JSON",
                known(),
                quoted(part)
            ));
        };
        let (name, answer) = (name.trim(), answer.trim());
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            return Err(format!("expected a key of {}, found {}", known(), quoted(name)));
        };
        let value = convert(&field.form, answer).map_err(|why| format!("{name}: {why}"))?;
        match (pairs.iter_mut().find(|(other, _)| *other == name), value) {
            (None, value) => pairs.push((field.name, value)),
            (Some((_, Value::Array(items))), Value::Array(more)) => items.extend(more),
            (Some(_), _) => return Err(format!("expected {name} once, found it twice")),
        }
    }
    Ok(Value::map(pairs))
}

/// Digits only: no sign, no space.
fn whole_number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Role names in order and once each.
fn sorted(mut items: Vec<Value>) -> Value {
    items.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    items.dedup();
    Value::Array(items)
}
