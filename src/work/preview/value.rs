//! An answer as people read it.

use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::kind::{Field, Form};
use probity_ledger::records::roles;
use probity_ledger::records::spoken::spoken;

use crate::work::time;

/// Text that can't move the cursor, colour the terminal or turn its own direction.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns || (c.is_control() && c != '\t') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The lines of an answer: one, or several for long text and for lists.
#[must_use]
pub fn lines(form: &Form, value: &Value) -> Vec<String> {
    match (form, value) {
        (Form::Long, Value::Text(text)) => text.lines().map(clean).collect(),
        (Form::List(inner), Value::Array(items)) => items
            .iter()
            .flat_map(|item| {
                lines(inner, item)
                    .into_iter()
                    .enumerate()
                    .map(|(at, line)| format!("{}{line}", if at == 0 { "- " } else { "  " }))
            })
            .collect(),
        _ => vec![words(form, value)],
    }
}

/// An answer on one line.
fn words(form: &Form, value: &Value) -> String {
    match (form, value) {
        (Form::Date, Value::Text(day)) => time::day_words(day),
        (Form::Time, Value::Int(seconds)) => time::words(*seconds),
        (Form::Choice(_), Value::Text(word)) => chosen(word),
        (Form::Occurred, value) => occurred(value),
        (Form::Group(fields), value) => group(fields, value),
        (Form::Doc, value) => Document::from_value(value).map_or_else(
            || "a file".to_owned(),
            |d| format!("{}, {} bytes", clean(&d.name), d.size),
        ),
        (Form::Roles, Value::Array(names)) => {
            let titles: Vec<&str> =
                names.iter().filter_map(Value::as_text).map(roles::title).collect();
            titles.join(", ")
        }
        (Form::List(inner), Value::Array(items)) => {
            items.iter().map(|item| words(inner, item)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Bool(true)) => "yes".to_owned(),
        (_, Value::Bool(false)) => "no".to_owned(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Bytes(bytes)) => hex::encode(bytes),
        (_, Value::Text(text)) => clean(text),
        (_, other) => clean(&probity_ledger::records::form::to_json(other).to_string()),
    }
}

/// A word that was chosen, as it is read.
#[must_use]
pub fn chosen(word: &str) -> String {
    match word {
        "by-holder-own-device" => "by its holder, on a device of their own".to_owned(),
        "by-holder-school-machine" => "by its holder, on the school's machine".to_owned(),
        "made-for-holder" => "for its holder, by somebody else".to_owned(),
        other => spoken(other),
    }
}

fn occurred(value: &Value) -> String {
    let side = |name: &str| match value.get(name) {
        Some(Value::Int(seconds)) => time::words(*seconds),
        Some(Value::Text(day)) => time::day_words(day),
        _ => String::new(),
    };
    if let Some(reason) = value.get("unknown").and_then(Value::as_text) {
        return format!("not known: {}", clean(reason));
    }
    let (from, to) = (side("from"), side("to"));
    if from == to { from } else { format!("{from} to {to}") }
}

fn group(fields: &[Field], value: &Value) -> String {
    let members: Vec<String> = fields
        .iter()
        .filter_map(|field| {
            let member = value.get(field.name)?;
            Some(format!("{}: {}", super::question(field), words(&field.form, member)))
        })
        .collect();
    members.join("; ")
}

#[cfg(test)]
mod tests {
    use probity_ledger::records::form::from_option;

    use super::*;

    fn shown(form: &Form, text: &str) -> Vec<String> {
        lines(form, &from_option(form, text).expect("a good answer"))
    }

    #[test]
    fn answers_are_shown_as_people_write_them() {
        assert_eq!(shown(&Form::Date, "2026-11-21"), ["21 November 2026"]);
        assert_eq!(shown(&Form::Time, "1782862200"), ["1 July 2026, 00:30 BST"]);
        assert_eq!(shown(&Form::Bool, "no"), ["no"]);
        assert_eq!(shown(&Form::Choice(&["to-be-told"]), "to-be-told"), ["to be told"]);
        assert_eq!(shown(&Form::Occurred, "2026-11-21"), ["21 November 2026"]);
        assert_eq!(
            shown(&Form::Occurred, "2026-11-21/2026-11-22"),
            ["21 November 2026 to 22 November 2026"]
        );
        assert_eq!(shown(&Form::Occurred, "unknown: no log"), ["not known: no log"]);
        assert_eq!(shown(&Form::Roles, "dpo"), ["Data protection officer"]);
        assert_eq!(shown(&Form::List(&Form::Text), r#"["a","b"]"#), ["- a", "- b"]);
        assert_eq!(shown(&Form::Long, "one\ntwo"), ["one", "two"]);
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c"), "a\\u{1b}[2Jb\\u{202e}c");
        assert_eq!(lines(&Form::Long, &Value::text("one\rtwo")), ["one\\u{d}two"]);
    }
}
