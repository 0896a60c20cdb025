//! What an assessment is, what it says of principles and of whom it was discussed with; and what
//! of it has no place.

use probity_ledger::format::clip::clipped;
use probity_ledger::records::form::MAX_TEXT;
use serde_json::{Value as Json, json};

use super::evaluation::Evaluation;
use super::html::text_of;
use super::{Assessment, is_blank, plain};
use crate::work::WorkError;
use crate::work::time::iso_day;

/// The questions on principles, by the number of PIA's question.
const PRINCIPLES: [(u64, &str); 12] = [
    (211, "Are the purposes specific, explicit and lawful?"),
    (212, "On which lawful basis does the processing rest?"),
    (213, "Are the data adequate, relevant and no more than needed?"),
    (214, "Are the data accurate and kept up to date?"),
    (215, "Is it settled how long the data are kept?"),
    (221, "Are the people concerned told about the processing?"),
    (222, "Is consent asked for where it is relied on?"),
    (223, "Can people see their data and take them elsewhere?"),
    (224, "Can people have their data corrected and erased?"),
    (225, "Can people restrict the processing and object to it?"),
    (226, "Are the duties of processors settled in a contract?"),
    (227, "Are data that leave the country protected as well there?"),
];

/// Most parts that are named as left out.
const MOST_LEFT: usize = 500;

/// Members that say nothing about the assessment.
const TECHNICAL: [&str; 18] = [
    "id",
    "pia_id",
    "status",
    "dbVersion",
    "tableName",
    "serverUrl",
    "numberOfQuestions",
    "objectStore",
    "progress",
    "is_example",
    "is_archive",
    "structure_id",
    "structure_data",
    "lock_version",
    "created_at",
    "updated_at",
    "concerned_people_status",
    "dpo_status",
];

impl Assessment<'_> {
    pub(super) fn identity(&mut self) -> Result<(), WorkError> {
        let name = self.own("name").filter(|name| name.chars().count() <= MAX_TEXT);
        let name = name.ok_or_else(|| {
            WorkError::refused(
                "the assessment has no name",
                "give it one in PIA, and export it once more",
            )
        })?;
        self.set("initiative", name.into());
        for (member, field) in [("author_name", "author"), ("dpos_names", "dpo-named")] {
            if let Some(text) = self.own(member) {
                self.line(field, &text, member);
            }
        }
        let day = |member: &str| {
            let text = self.pia.get(member)?.as_str()?;
            text.parse::<jiff::Timestamp>().ok().map(|time| iso_day(time.as_second()))
        };
        let (from, to) = (day("created_at"), day("updated_at"));
        if let Some(from) = from.clone().or_else(|| to.clone()) {
            let to = to.filter(|to| *to >= from).unwrap_or_else(|| from.clone());
            self.set("occurred", json!({ "from": from, "to": to }));
        }
        Ok(())
    }

    pub(super) fn description(&mut self) {
        let parts = [
            self.answer(111),
            self.answer(112).map(|text| format!("Responsibilities: {text}")),
            self.own("category").map(|text| format!("Category: {text}")),
        ];
        self.text("context", &parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"));
        for (number, field) in [(113, "codes"), (121, "data-types"), (123, "assets")] {
            if let Some(text) = self.answer(number) {
                self.lines(field, &text, &format!("question {number}"));
            }
        }
        if let Some(text) = self.answer(122) {
            self.set("flows", json!({ "processed": text }));
        }
        for (number, field) in [(213, "necessity"), (215, "retention")] {
            if let Some(text) = self.answer(number) {
                self.text(field, &text);
            }
        }
        let (purpose, basis) = (self.one_line(211), self.one_line(212));
        if let Some(purpose) = purpose {
            let mut item = json!({ "purpose": purpose });
            if let Some(basis) = basis {
                item["basis-stated"] = basis.into();
            }
            self.set("purposes", json!([item]));
        }
    }

    pub(super) fn principles(&mut self) {
        let mut principles = Vec::new();
        for (number, question) in PRINCIPLES {
            let evaluation = self.evaluation(&format!("2.{}.{number}", number / 10 % 10));
            let mut detail: Vec<String> = self.answer(number).into_iter().collect();
            if let Some(evaluation) = &evaluation {
                detail.extend(evaluation.words());
            }
            if detail.is_empty() {
                continue;
            }
            let answer = match evaluation.map(|evaluation| evaluation.status) {
                Some(3) => "yes",
                Some(2) => "potentially",
                Some(1) => "no",
                _ => "not-investigated",
            };
            principles.push(json!({
                "question": question, "answer": answer, "detail": detail.join("\n\n"),
            }));
        }
        if !principles.is_empty() {
            self.set("principles", principles.into());
        }
    }

    pub(super) fn consultation(&mut self) {
        let done = match self.pia.get("concerned_people_searched_opinion") {
            Some(Json::Bool(done)) => Some(*done),
            Some(Json::Number(number)) => Some(number.as_i64() == Some(1)),
            _ => None,
        };
        self.used.insert("concerned_people_searched_opinion".to_owned());
        let Some(done) = done else { return };
        let mut group = json!({ "done": done });
        if let Some(who) = self.own("people_names") {
            let who: Vec<&str> =
                who.split(['\n', ',', ';']).map(str::trim).filter(|who| !who.is_empty()).collect();
            if who.iter().all(|who| who.chars().count() <= MAX_TEXT) {
                group["who"] = who.into();
            }
        }
        for (member, field) in [
            ("concerned_people_opinion", "views"),
            ("concerned_people_searched_content", "why-not"),
        ] {
            if let Some(text) = self.own(member) {
                group[field] = text.into();
            }
        }
        self.set("consultation", group);
    }

    /// Names what was not taken.
    pub(super) fn rest(&mut self) {
        for (member, value) in self.pia {
            let technical = TECHNICAL.contains(&member.as_str());
            if technical || is_blank(value) || self.used.contains(member) {
                continue;
            }
            self.left.push(match member.as_str() {
                "dpo_opinion" => "dpo_opinion: have the DPO record it as `dpo-advice`".to_owned(),
                "validator_name" => {
                    "validator_name: who approves it records a `dpia-approval`".to_owned()
                }
                other => clipped(other, 60),
            });
        }
        for answer in self.items("answers") {
            let number = answer.get("reference_to").map(plain).unwrap_or_default();
            let data = answer.get("data").unwrap_or(&Json::Null);
            if !is_blank(data) && !self.used.contains(&format!("answer {number}")) {
                self.left.push(format!("the answer to question {}", clipped(&number, 20)));
            }
        }
        for measure in self.items("measures") {
            let id = measure.get("id").map(plain).unwrap_or_default();
            if !self.used.contains(&format!("measure {id}")) {
                let title = measure.get("title").and_then(Json::as_str).map(text_of);
                self.left.push(format!(
                    "the measure \"{}\" as a control of a risk",
                    clipped(&title.unwrap_or_default(), 60)
                ));
            }
        }
        for evaluation in self.items("evaluations") {
            let place = evaluation.get("reference_to").map(plain).unwrap_or_default();
            let says = Evaluation::of(evaluation).says_something();
            if says && !self.used.contains(&format!("evaluation {place}")) {
                self.left.push(format!("the evaluation of {}", clipped(&place, 20)));
            }
        }
        let comments = self.items("comments").filter(|comment| !is_blank(comment)).count();
        if comments > 0 {
            self.left
                .push(format!("{comments} of the comments that were made while it was written"));
        }
        let more = self.left.len().saturating_sub(MOST_LEFT);
        if more > 0 {
            self.left.truncate(MOST_LEFT);
            self.left.push(format!("{more} more parts"));
        }
    }
}
