//! What an evaluator says of one part of an assessment.

use probity_ledger::records::form::MAX_TEXT;
use serde_json::{Value as Json, json};

use super::html::text_of;
use super::joined;
use crate::work::time::read_date;

/// What an evaluator says of one place.
pub(super) struct Evaluation {
    /// 1 to be fixed, 2 improvable, 3 acceptable.
    pub status: i64,
    comment: String,
    plan: String,
    /// Severity and likelihood after what is to be done; nought is not rated.
    pub gauges: (i64, i64),
    officer: String,
    deadline: Option<String>,
}

impl Evaluation {
    /// As the export has it.
    pub fn of(json: &Json) -> Self {
        let text =
            |name: &str| json.get(name).and_then(Json::as_str).map(text_of).unwrap_or_default();
        let gauge = |name: &str| {
            json.pointer(&format!("/gauges/{name}")).and_then(Json::as_i64).unwrap_or_default()
        };
        let day = text("estimated_implementation_date");
        let day = day.split_once('T').map_or(day.as_str(), |(day, _)| day);
        Self {
            status: json.get("status").and_then(Json::as_i64).unwrap_or_default(),
            comment: text("evaluation_comment"),
            plan: text("action_plan_comment"),
            gauges: (gauge("x"), gauge("y")),
            officer: joined(&text("person_in_charge")),
            deadline: read_date(day).map(|day| day.to_string()),
        }
    }

    /// Whether anybody wrote anything.
    pub fn says_something(&self) -> bool {
        !(self.comment.is_empty() && self.plan.is_empty() && self.officer.is_empty())
    }

    /// All of it in sentences.
    pub fn words(&self) -> Vec<String> {
        let status = match self.status {
            3 => "acceptable",
            2 => "improvable",
            1 => "to be fixed",
            _ => "",
        };
        [("Evaluated as", status), ("Evaluation", &self.comment), ("To be done", &self.plan)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(title, text)| format!("{title}: {text}"))
            .collect()
    }

    /// Who does what by when, if anything is to be done.
    pub fn duty(&self, risk: &str) -> Option<Json> {
        let control = joined(&self.plan);
        if control.is_empty() || control.chars().count() > MAX_TEXT {
            return None;
        }
        let mut duty = json!({ "risk": risk, "control": control });
        if !self.officer.is_empty() {
            duty["officer"] = self.officer.as_str().into();
        }
        if let Some(day) = &self.deadline {
            duty["deadline"] = day.as_str().into();
        }
        Some(duty)
    }
}
