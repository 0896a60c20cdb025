//! All answers of a record together: every fault at once, so that nobody corrects a form six
//! times.

use serde::Serialize;
use serde_json::Value as Json;

use super::{check_value, from_json};
use crate::format::clip::clipped;
use crate::records::answers::Answers;
use crate::records::kind::{Clear, Form, Kind};

/// What is wrong with one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum AnswerFault {
    /// The kind has no such field.
    #[error("{kind} has no field '{field}'{}", meant(.nearest.as_deref()))]
    Unknown {
        /// Name of the kind.
        kind: &'static str,
        /// What was given.
        field: String,
        /// The field that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A field that must be answered is not.
    #[error("{field} is not answered: {ask}")]
    Missing {
        /// Name of the field.
        field: &'static str,
        /// The question.
        ask: &'static str,
    },
    /// The answer has another form than the question asks for.
    #[error("{field}: {reason}")]
    Form {
        /// Name of the field.
        field: String,
        /// What was expected and what was found.
        reason: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default()
}

/// Checks all answers of a record against its kind: no unknown field, every required one
/// answered, every answer in its form.
///
/// # Errors
/// Every fault, in the order of the fields; unknown fields last.
pub fn check_answers(kind: &Kind, answers: &Answers) -> Result<(), Vec<AnswerFault>> {
    let mut faults = Vec::new();
    for field in kind.body_fields() {
        match answers.get(field.name) {
            None if field.required => {
                faults.push(AnswerFault::Missing { field: field.name, ask: field.ask });
            }
            None => {}
            Some(value) => {
                if let Err(reason) = check_value(&field.form, value) {
                    faults.push(AnswerFault::Form { field: field.name.to_owned(), reason });
                }
            }
        }
    }
    let unknown = answers.0.keys().filter(|name| kind.field(name).is_none());
    faults.extend(unknown.map(|name| no_such_field(kind, name)));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The answers, and for kinds that have one the decision, of a JSON document: the one that
/// [`crate::records::schema::json_schema`] describes, once written times have become seconds.
///
/// # Errors
/// Every fault, as [`check_answers`] finds them.
pub fn answers_from_json(
    kind: &Kind,
    document: &Json,
) -> Result<(Answers, Option<String>), Vec<AnswerFault>> {
    let Json::Object(members) = document else {
        let reason = "expected an object of answers, found something else".to_owned();
        return Err(vec![AnswerFault::Form { field: "document".to_owned(), reason }]);
    };
    let (mut answers, mut decision, mut faults) = (Answers::default(), None, Vec::new());
    for (name, member) in members {
        if name == "decision" && kind.clear == Clear::Decision {
            match from_json(&Form::Choice(DECISIONS), member) {
                Ok(word) => decision = word.as_text().map(str::to_owned),
                Err(reason) => faults.push(form_fault(name, reason)),
            }
        } else if let Some(field) = kind.field(name) {
            match from_json(&field.form, member) {
                Ok(value) => answers.set(name, value),
                Err(reason) => faults.push(form_fault(name, reason)),
            }
        } else {
            faults.push(no_such_field(kind, name));
        }
    }
    let missing = kind.body_fields().filter(|f| f.required && !members.contains_key(f.name));
    faults.extend(missing.map(|f| AnswerFault::Missing { field: f.name, ask: f.ask }));
    if kind.clear == Clear::Decision && !members.contains_key("decision") {
        faults.push(AnswerFault::Missing { field: "decision", ask: DECISION_ASK });
    }
    if faults.is_empty() { Ok((answers, decision)) } else { Err(faults) }
}

/// The question whose answer stands in clear.
pub const DECISION_ASK: &str = "approved, approved with conditions, or refused";

/// The decisions that stand in clear.
pub const DECISIONS: &[&str] = &["approved", "approved-with-conditions", "refused"];

fn form_fault(field: &str, reason: String) -> AnswerFault {
    AnswerFault::Form { field: field.to_owned(), reason }
}

fn no_such_field(kind: &Kind, name: &str) -> AnswerFault {
    let nearest = nearest(name, kind.body_fields().map(|field| field.name));
    AnswerFault::Unknown { kind: kind.name, field: clipped(name, 100), nearest }
}

/// The one of `known` that was probably meant by `name`, if any is near enough.
pub fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    // Nothing that long is a slip of a known name, and comparing would take its time.
    let near = (name.len() <= 128).then_some(known);
    near.into_iter()
        .flatten()
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3))
        .min()
        .map(|(_, known)| known)
}

/// Levenshtein's distance: how many letters must be put in, left out or exchanged.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let exchanged = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
