//! The forms of answers: one check of values, and the ways by which values come in and go out.
//!
//! ```text
//! form        value                         JSON                       on the command line
//! text …      text                          string                     as it is
//! date        text YYYY-MM-DD               string                     2026-05-01
//! time        integer, POSIX seconds        integer                    integer (a)
//! bool        bool                          true, false                yes, no, true, false
//! count       integer from 0                integer                    12
//! choice      text, one of the words        string                     the word
//! hash        32 bytes                      64 hexadecimal digits      64 hexadecimal digits
//! doc         {name, type, size, sha256}    the same, sha256 as hex    by attaching the file
//! occurred    {from, to} or {unknown}       the same                   DAY, FROM/TO, unknown: WHY
//! roles       sorted list of role names     array                      a,b
//! list        array of a form               array                      the option repeated
//! group       map                           object                     key=value; key=value
//! ```
//!
//! (a) The program turns written times into seconds before they come here.
//!
//! Whatever the way in, [`check_value`] decides. An unanswered question has one spelling at
//! each place: the whole field null, a member of a group left out.

mod answers;
mod json;
mod option;

pub use answers::{
    AnswerFault, DECISION_ASK, DECISIONS, answers_from_json, check_answers, nearest,
};
pub use json::{from_json, to_json};
pub use option::{from_option, from_options};

use super::days;
use super::kind::{Field, Form};
use super::roles;
use crate::format::cbor::{Key, MAX_INTEGER, Value};

/// The longest line of text, in characters.
pub const MAX_TEXT: usize = 4096;

/// The longest long text, in bytes of UTF-8: 200 KiB.
pub const MAX_LONG: usize = 200 * 1024;

/// Checks a value against its form.
///
/// # Errors
/// The reason, in words: what was expected and what was found.
pub fn check_value(form: &Form, value: &Value) -> Result<(), String> {
    match (form, value) {
        (Form::Text | Form::Person, Value::Text(text)) => check_line(text),
        (Form::Long, Value::Text(text)) => check_long(text),
        (Form::Ref, Value::Text(text)) => check_ref(text),
        (Form::Date, Value::Text(text)) if days::day(text).is_some() => Ok(()),
        (Form::Choice(words), Value::Text(text)) if words.contains(&text.as_str()) => Ok(()),
        (Form::Time | Form::Count, Value::Int(0..=MAX_INTEGER)) | (Form::Bool, Value::Bool(_)) => {
            Ok(())
        }
        (Form::Hash, Value::Bytes(bytes)) if bytes.len() == 32 => Ok(()),
        (Form::Doc, Value::Map(_)) => check_members(DOC, value),
        (Form::Occurred, Value::Map(_)) => check_occurred(value),
        (Form::Roles, Value::Array(items)) => check_roles(items),
        (Form::List(inner), Value::Array(items)) => {
            if items.is_empty() {
                return Err("expected at least one item, found an empty list".to_owned());
            }
            for (at, item) in items.iter().enumerate() {
                check_value(inner, item).map_err(|reason| format!("item {}: {reason}", at + 1))?;
            }
            Ok(())
        }
        (Form::Group(fields), Value::Map(_)) => check_members(fields, value),
        _ => Err(expected(form, &shown(value))),
    }
}

/// The members of a document's map.
pub(super) const DOC: &[Field] = &[
    Field::required("name", Form::Text, "name of the file"),
    Field::required("type", Form::Text, "its media type"),
    Field::required("size", Form::Count, "its size in bytes"),
    Field::required("sha256", Form::Hash, "SHA-256 of its bytes"),
];

/// What a form looks like, for messages and pages.
#[must_use]
pub fn describe(form: &Form) -> String {
    match form {
        Form::Text => "a line of text".to_owned(),
        Form::Long => "text".to_owned(),
        Form::Date => "a day as YYYY-MM-DD".to_owned(),
        Form::Time => "a moment".to_owned(),
        Form::Bool => "yes or no".to_owned(),
        Form::Count => "a whole number from 0".to_owned(),
        Form::Choice(words) => format!("one of {}", words.join(", ")),
        Form::Ref => {
            "a reference of 4 to 64 small letters, digits and hyphens with a digit in it".to_owned()
        }
        Form::Person => "a person's name".to_owned(),
        Form::Hash => "a SHA-256 of 64 hexadecimal digits".to_owned(),
        Form::Doc => "an attached file".to_owned(),
        Form::Occurred => "a day, a span FROM/TO, or unknown with a reason".to_owned(),
        Form::Roles => "role names, sorted".to_owned(),
        Form::List(inner) => format!("a list, each item {}", describe(inner)),
        Form::Group(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            format!("a group of {}", names.join(", "))
        }
    }
}

/// The house form of a refusal.
fn expected(form: &Form, found: &str) -> String {
    format!("expected {}, found {found}", describe(form))
}

/// A value as a refusal names it: briefly.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => quoted(text),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Array(_) => "a list".to_owned(),
        Value::Map(_) => "a group".to_owned(),
    }
}

/// The beginning of a text in quotes, fit for a terminal.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().nth(40).is_some() { format!("'{short}…'") } else { format!("'{short}'") }
}

fn check_line(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("expected text, found none".to_owned())
    } else if text.chars().count() > MAX_TEXT {
        Err(format!("expected at most {MAX_TEXT} characters, found {}", text.chars().count()))
    } else if let Some(control) = text.chars().find(|c| c.is_control()) {
        Err(format!("expected one line of text, found the control character {control:?}"))
    } else {
        Ok(())
    }
}

fn check_long(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("expected text, found none".to_owned())
    } else if text.len() > MAX_LONG {
        Err(format!("expected at most {MAX_LONG} bytes of text, found {}", text.len()))
    } else if let Some(control) =
        text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        Err(format!("expected text, found the control character {control:?}"))
    } else {
        Ok(())
    }
}

/// A random reference. What looks like a unique pupil number or a date of birth is refused.
fn check_ref(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    let shaped = (4..=64).contains(&bytes.len())
        && bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && bytes.iter().any(u8::is_ascii_digit);
    if !shaped {
        return Err(expected(&Form::Ref, &quoted(text)));
    }
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if bytes.len() == 13 && bytes[0].is_ascii_lowercase() && digits(&bytes[1..12]) {
        return Err("expected a random reference, found what looks like a pupil number".to_owned());
    }
    let hyphens: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] == b'-').collect();
    let only_digits = bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-');
    if only_digits
        && ((bytes.len() == 10 && matches!(hyphens[..], [4, 7] | [2, 5]))
            || days::day(text).is_some())
    {
        return Err("expected a random reference, found what looks like a date".to_owned());
    }
    Ok(())
}

fn check_occurred(value: &Value) -> Result<(), String> {
    let wrong = || expected(&Form::Occurred, "another group");
    let pairs = value.as_map().ok_or_else(wrong)?;
    match (value.get("from"), value.get("to"), value.get("unknown"), pairs.len()) {
        (None, None, Some(Value::Text(reason)), 1) => {
            check_long(reason).map_err(|reason| format!("unknown: {reason}"))
        }
        (Some(Value::Int(from)), Some(Value::Int(to)), None, 2) => {
            check_value(&Form::Time, &Value::Int(*from)).map_err(|why| format!("from: {why}"))?;
            check_value(&Form::Time, &Value::Int(*to)).map_err(|why| format!("to: {why}"))?;
            in_order(from <= to)
        }
        (Some(Value::Text(from)), Some(Value::Text(to)), None, 2) => {
            let parsed = |name: &str, text: &str| {
                days::day(text)
                    .ok_or_else(|| format!("{name}: {}", expected(&Form::Date, &quoted(text))))
            };
            in_order(parsed("from", from)? <= parsed("to", to)?)
        }
        _ => Err(wrong()),
    }
}

fn in_order(is: bool) -> Result<(), String> {
    if is { Ok(()) } else { Err("expected FROM before TO, found it after".to_owned()) }
}

fn check_roles(items: &[Value]) -> Result<(), String> {
    let mut last: Option<&str> = None;
    for item in items {
        let name = item.as_text().ok_or_else(|| expected(&Form::Roles, &shown(item)))?;
        if roles::find(name).is_none() {
            return Err(format!("expected the name of a role, found {}", quoted(name)));
        }
        if last.is_some_and(|last| last >= name) {
            return Err(format!("expected roles in order and once each, found {}", quoted(name)));
        }
        last = Some(name);
    }
    if last.is_some() { Ok(()) } else { Err("expected a role, found an empty list".to_owned()) }
}

/// The members of a group: only known ones, the required ones there, none of them null.
fn check_members(fields: &[Field], value: &Value) -> Result<(), String> {
    let pairs = value.as_map().unwrap_or_default();
    if pairs.is_empty() {
        return Err("expected an answer, found an empty group".to_owned());
    }
    for (at, (key, member)) in pairs.iter().enumerate() {
        let field = match key {
            Key::Text(name) => fields.iter().find(|field| field.name == name),
            Key::Int(_) => None,
        };
        let Some(field) = field else {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            return Err(format!(
                "expected {}, found {}",
                names.join(", "),
                quoted(&key.to_string())
            ));
        };
        if pairs[..at].iter().any(|(other, _)| other == key) {
            return Err(format!("expected {} once, found it twice", field.name));
        }
        check_value(&field.form, member).map_err(|reason| format!("{}: {reason}", field.name))?;
    }
    match fields.iter().find(|field| field.required && value.get(field.name).is_none()) {
        Some(field) => Err(format!("expected {} ({}), found nothing", field.name, field.ask)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
