//! What an answer names, as far as the form of its field tells: references, people, free text and
//! files. What stands within free text or a file, no form tells.

use std::collections::BTreeSet;

use probity_ledger::format::cbor::Value;
use probity_ledger::records::kind::{Field, Form};

use crate::work::reading::Record;

/// What one answer names.
#[derive(Debug, Default)]
pub(super) struct Named<'a> {
    /// References of people.
    pub refs: BTreeSet<&'a str>,
    /// Names of people.
    pub people: BTreeSet<&'a str>,
    /// What somebody wrote in words of their own, lines and longer texts.
    pub texts: Vec<&'a str>,
    /// Whether one of these texts is longer than a line.
    pub long: bool,
    /// Whether there is a file.
    pub files: bool,
}

impl<'a> Named<'a> {
    /// What the answer to a field names.
    pub fn in_answer(field: &Field, value: &'a Value) -> Self {
        let mut named = Self::default();
        named.read(&field.form, value);
        named
    }

    fn read(&mut self, form: &Form, value: &'a Value) {
        match (form, value) {
            (Form::Ref, Value::Text(text)) => {
                self.refs.insert(text);
            }
            (Form::Person, Value::Text(text)) => {
                self.people.insert(text);
            }
            (Form::Text, Value::Text(text)) => self.texts.push(text),
            (Form::Long, Value::Text(text)) => {
                self.texts.push(text);
                self.long = true;
            }
            // Why a day isn't known is told in free words.
            (Form::Occurred, value) => {
                if let Some(reason) = value.get("unknown").and_then(Value::as_text) {
                    self.texts.push(reason);
                    self.long = true;
                }
            }
            (Form::Doc, Value::Map(_)) => {
                self.files = true;
                self.texts.extend(value.get("name").and_then(Value::as_text));
            }
            (Form::List(inner), Value::Array(items)) => {
                for item in items {
                    self.read(inner, item);
                }
            }
            (Form::Group(fields), value) => {
                for field in *fields {
                    if let Some(member) = value.get(field.name) {
                        self.read(&field.form, member);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a form has a place for a reference, at any depth.
pub(super) fn takes_references(form: &Form) -> bool {
    match form {
        Form::Ref => true,
        Form::List(inner) => takes_references(inner),
        Form::Group(fields) => fields.iter().any(|field| takes_references(&field.form)),
        _ => false,
    }
}

/// Whether a field, or a part of it, is marked as holding legal advice.
pub(super) fn is_privileged(field: &Field) -> bool {
    fn within(form: &Form) -> bool {
        match form {
            Form::List(inner) => within(inner),
            Form::Group(fields) => fields.iter().any(is_privileged),
            _ => false,
        }
    }
    field.privileged || within(&field.form)
}

/// The references that a record names in its fields.
pub(super) fn references(record: &Record) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (Some(kind), Some(answers)) = (record.kind, record.answers()) else { return found };
    for field in kind.body_fields() {
        if let Some(value) = answers.get(field.name) {
            let named = Named::in_answer(field, value);
            found.extend(named.refs.into_iter().map(str::to_owned));
        }
    }
    found
}

/// Everything in a text that is spelt as a reference could be, joined to other words by hyphens
/// or not.
pub(super) fn spelt_as_references(text: &str) -> BTreeSet<String> {
    let text = text.to_ascii_lowercase();
    let mut found = BTreeSet::new();
    for run in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let ends: Vec<usize> =
            run.match_indices('-').map(|(at, _)| at).chain([run.len()]).collect();
        let starts = [0].into_iter().chain(ends.iter().map(|end| end + 1));
        for (at, start) in starts.enumerate() {
            let parts = ends.iter().skip(at).filter_map(|end| run.get(start..*end));
            found.extend(parts.take_while(|part| part.len() <= 64).map(str::to_owned));
        }
    }
    found.retain(|part| part.len() >= 4);
    found
}

#[cfg(test)]
mod tests {
    use super::spelt_as_references;

    #[test]
    fn a_reference_is_found_in_a_text_wherever_words_end() {
        let found = spelt_as_references("told P-1111's mother, (p-22222)-and see p-3333-photo.");
        for reference in ["p-1111", "p-22222", "p-3333", "p-3333-photo", "told"] {
            assert!(found.contains(reference), "{reference}: {found:?}");
        }
        for other in ["p-111", "p-2222", "p-333", "and"] {
            assert!(!found.contains(other), "{other}: {found:?}");
        }
        // What only grows with the text, and not with its square.
        assert!(spelt_as_references(&"a-".repeat(30_000)).len() <= 64);
    }
}
