//! What is wrong with a draft: with its answers, as they are typed, and with the record that it would
//! become.

use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::AnswerFault;
use probity_ledger::records::kind::{Clear, Kind};
use serde_json::Value as Json;

use super::{Draft, ON_SOMETHING};
use crate::work::given::Given;
use crate::work::reading::Reading;
use crate::work::record::Prepared;
use crate::work::record::others::POINTING;
use crate::work::{WorkError, sign, time};

impl Draft {
    pub(super) fn given(&self, kind: &Kind, now: i64) -> Result<Given, WorkError> {
        let mut given = Given::at(now);
        given.document(kind, Json::Object(self.answers.clone()));
        given.checked(kind)
    }

    /// Its answers as far as they can be read.
    ///
    /// # Errors
    /// A kind that this program doesn't know.
    pub fn readable(&self, now: i64) -> Result<Answers, WorkError> {
        let mut given = Given::at(now);
        given.document(self.kind()?, Json::Object(self.answers.clone()));
        Ok(given.answers)
    }

    /// Everything that is wrong with its answers.
    ///
    /// # Errors
    /// A kind that this program doesn't know.
    pub fn faults(&self, now: i64) -> Result<Vec<AnswerFault>, WorkError> {
        let kind = self.kind()?;
        let mut faults = match self.given(kind, now) {
            Ok(given) => {
                let mut faults = demanded(kind, &given);
                faults.extend(times(kind, &given, now));
                faults
            }
            Err(WorkError::Answers(faults)) => faults,
            Err(error) => return Err(error),
        };
        let documents = kind.documents_field().filter(|field| field.required);
        if let Some(field) = documents.filter(|_| self.files.is_empty()) {
            faults.push(AnswerFault::Missing { field: field.name, ask: field.ask });
        }
        let decides = kind.clear == Clear::Decision && !self.answers.contains_key("decision");
        if decides {
            let ask = probity_ledger::records::form::DECISION_ASK;
            faults.push(AnswerFault::Missing { field: "decision", ask });
        }
        Ok(faults)
    }
}

/// What else must be answered: whoever overrules the data protection officer says why, and who;
/// whoever leaves the regulator or the people concerned untold of a risk says why.
fn demanded(kind: &Kind, given: &Given) -> Vec<AnswerFault> {
    let said = &given.answers;
    let mut names: Vec<&str> = Vec::new();
    if kind.name == "dpia-approval" && said.truth("advice-followed") == Some(false) {
        names.extend(["overruled-reasons", "overruled-by"]);
    }
    if kind.name == "breach-decision" {
        let risk = matches!(said.text("risk"), Some("likely" | "high"));
        if risk && said.truth("notify-regulator") == Some(false) {
            names.push("justification");
        }
        if said.text("tell-people") == Some("exempt") {
            names.push("exemption");
        }
    }
    names
        .into_iter()
        .filter_map(|name| kind.field(name))
        .filter(|field| given.answers.lacks(field.name))
        .map(|field| AnswerFault::Missing { field: field.name, ask: field.ask })
        .collect()
}

/// Questions about what has happened.
const PAST: &[&str] =
    &["aware", "told-at", "received", "footage-from", "footage-to", "viewed-from", "viewed-to"];

/// What has happened is not still to come, and ends after it begins. On record either would be a
/// finding; a slip is told where it is typed.
fn times(kind: &Kind, given: &Given, now: i64) -> Vec<AnswerFault> {
    let said = &given.answers;
    let today = time::iso_day(now).parse().ok();
    let mut faults = Vec::new();
    let mut wrong = |field: &str, reason: String| {
        faults.push(AnswerFault::Form { field: field.to_owned(), reason });
    };
    for name in PAST.iter().filter(|name| kind.field(name).is_some()) {
        let later = match said.integer(name) {
            Some(at) => at > now,
            None => said.day(name).zip(today).is_some_and(|(day, today)| day > today),
        };
        if later {
            wrong(name, format!("this is still to come; it is {} now", time::words(now)));
        }
    }
    for (from, to) in [("footage-from", "footage-to"), ("viewed-from", "viewed-to")] {
        if said.integer(from).zip(said.integer(to)).is_some_and(|(from, to)| to < from) {
            wrong(to, "the end is before the beginning".to_owned());
        }
    }
    faults
}

/// What only the record as a whole shows to be lacking: that it says what it is on, and whether the
/// data protection officer's advice is followed where it stands against what is decided.
pub(super) fn unsaid(reading: &Reading, prepared: &Prepared) -> Result<(), WorkError> {
    let draft = prepared.record();
    let (kind, answers) = (draft.kind, &draft.answers);
    let missing = |name: &str| {
        let field = kind.field(name);
        let faults = field.map(|field| AnswerFault::Missing { field: field.name, ask: field.ask });
        Err(WorkError::Answers(faults.into_iter().collect()))
    };
    let pointing = draft.links.iter().any(|(relation, _)| POINTING.contains(relation));
    if ON_SOMETHING.contains(&kind.name) && prepared.documents.is_empty() && !pointing {
        return missing("documents");
    }
    if answers.lacks("advice-followed")
        && kind.field("advice-followed").is_some()
        && sign::is_against_advice(reading, prepared)?
    {
        return missing("advice-followed");
    }
    Ok(())
}
