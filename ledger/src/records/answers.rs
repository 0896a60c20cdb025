//! The answers of one record: field name to value, unanswered fields as null.

use std::collections::BTreeMap;

use crate::format::cbor::Value;

/// Answers by field name. A field that is absent counts as unanswered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(pub BTreeMap<String, Value>);

impl Answers {
    /// The answer, or `None` when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }

    /// The answer as text (text, long, date, choice, ref, person).
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_text)
    }

    /// The answer as a truth value.
    #[must_use]
    pub fn truth(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// The answer as an integer (time, count).
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_int)
    }

    /// The answer as a list; empty when there is none.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).unwrap_or_default()
    }

    /// Whether nothing was answered.
    #[must_use]
    pub fn lacks(&self, name: &str) -> bool {
        self.get(name).is_none()
    }

    /// Sets an answer.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }
}

/// The text of a member of a group.
#[must_use]
pub fn part<'a>(group: &'a Value, name: &str) -> Option<&'a str> {
    group.get(name).and_then(Value::as_text)
}
