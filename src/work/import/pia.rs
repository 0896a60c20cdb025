//! A DPIA that was written with the French regulator's program PIA (LINCnil/pia), from the JSON
//! that it exports: `{pia, answers, measures, evaluations, comments}`.
//!
//! ```text
//! pia.name, author_name, dpos_names        initiative, author, DPO
//! pia.created_at to updated_at             when it was written
//! answers 111, 112 / 113 / 121 / 122 / 123 context / codes / data / flows / assets
//! answers 211, 212 / 213 / 215             a purpose and its basis / necessity / retention
//! answers 211 to 215, 221 to 227           principles, each with what its evaluation says
//! answers 321 to 326, 331 …, 341 …         three risks with severity and likelihood
//! evaluations 3.2, 3.3, 3.4                the same risks after further measures; who does what
//! measures                                 controls of the risks that name them
//! pia.concerned_people_…, people_names     consultation
//! ```
//!
//! Its four levels become the lowest two and the highest two of five, so that what stands in its
//! upper quarter stands in a red cell here. An evaluation as acceptable is a yes to the question
//! of a principle, as improvable a potentially, as to be fixed a no.
//!
//! What this does not do: it takes no opinion, approval or refusal for the people who are named in
//! it. What has no question here, or is somebody else's to sign, is listed and stays in the
//! attached file. Nothing is guessed from prose.

use std::collections::{BTreeSet, HashMap};

use probity_ledger::format::clip::clipped;
use probity_ledger::records;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::MAX_TEXT;
use probity_ledger::records::kind::Kind;
use serde_json::{Map, Value as Json, json};

use self::html::text_of;
use super::cells::CellFault;
use super::{Order, Read, ReadRow, Register};
use crate::work::WorkError;
use crate::work::given::Given;

mod html;

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

/// The risks that PIA asks about, by the number of their section.
const RISKS: [(u64, &str); 3] =
    [(2, "Unauthorised access to data"), (3, "Unwanted change of data"), (4, "Loss of data")];

/// PIA's levels of severity and likelihood, from 1.
const SEVERITY: [(&str, &str); 4] = [
    ("negligible", "insignificant"),
    ("limited", "minor"),
    ("significant", "major"),
    ("maximum", "severe"),
];
const LIKELIHOOD: [(&str, &str); 4] = [
    ("negligible", "very-unlikely"),
    ("limited", "unlikely"),
    ("significant", "likely"),
    ("maximum", "very-likely"),
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

/// What was taken of an export.
#[derive(Debug)]
pub struct Taken {
    /// The answers of a `dpia`.
    ///
    /// # Errors
    /// What the kind can't have, such as a text that is too long.
    pub answers: Result<Answers, WorkError>,
    /// What it was and who wrote it.
    pub origin: String,
    /// What was left out, each in words.
    pub left: Vec<String>,
}

/// Reads an export.
///
/// # Errors
/// When it is no such export, or names no assessment.
pub fn take(bytes: &[u8], kind: &'static Kind, now: i64) -> Result<Taken, WorkError> {
    let again = "export the assessment from PIA once more, as JSON";
    let text = std::str::from_utf8(bytes)
        .map_err(|_| WorkError::refused("the assessment is not UTF-8 text", again))?;
    let export: Json =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            WorkError::refused(format!("the assessment is not JSON: {error}"), again)
        })?;
    let Some(Json::Object(pia)) = export.get("pia") else {
        return Err(WorkError::refused("this is no assessment that PIA exported", again));
    };
    let by_place = |member: &str| {
        let items = export.get(member).and_then(Json::as_array).into_iter().flatten();
        // The first of two with one place counts.
        items
            .rev()
            .map(|item| (item.get("reference_to").map(plain).unwrap_or_default(), item))
            .collect()
    };
    let mut found = Assessment {
        export: &export,
        pia,
        answers: by_place("answers"),
        evaluations: by_place("evaluations"),
        used: BTreeSet::new(),
        document: Map::new(),
        left: Vec::new(),
    };
    found.identity()?;
    found.description();
    found.principles();
    found.risks();
    found.consultation();
    found.rest();
    let Assessment { document, left, .. } = found;
    let origin = origin(&document);
    let mut given = Given::at(now);
    given.document(kind, Json::Object(document));
    Ok(Taken { answers: given.checked(kind).map(|given| given.answers), origin, left })
}

/// The same, as the one row of a register.
pub(super) fn read(bytes: &[u8], order: &Order, now: i64) -> Result<Read, WorkError> {
    let kind = records::newest(Register::Dpia.usual_kind()).ok_or_else(|| {
        WorkError::refused("this program knows no kind `dpia`", "use a newer version of it")
    })?;
    let taken = take(bytes, kind, now)?;
    let mut mapping = String::from("An export of PIA, the program of the CNIL.");
    for one in &taken.left {
        mapping.push_str("\nLeft out: ");
        mapping.push_str(one);
    }
    let answers = taken
        .answers
        .map_err(|error| vec![CellFault { columns: Vec::new(), reason: error.to_string() }]);
    let row = ReadRow { name: "the assessment".to_owned(), number: 1, together: None, answers };
    let mut notes: Vec<String> =
        taken.left.into_iter().map(|one| format!("no answer has {one}")).collect();
    notes.push(
        "all of it is kept in the attached file, with every name that stands in it".to_owned(),
    );
    let origin = order.origin.clone().unwrap_or(taken.origin);
    Ok(Read { kind, origin, mapping, rows: vec![row], notes })
}

fn origin(document: &Map<String, Json>) -> String {
    let said =
        |name: &str| document.get(name).and_then(Json::as_str).map(|text| clipped(text, 200));
    let author = said("author").map_or(String::new(), |author| format!(" by {author}"));
    format!("Assessment \"{}\" in the program PIA{author}", said("initiative").unwrap_or_default())
}

/// An export that is being taken apart.
struct Assessment<'a> {
    export: &'a Json,
    pia: &'a Map<String, Json>,
    answers: HashMap<String, &'a Json>,
    evaluations: HashMap<String, &'a Json>,
    /// What was taken, as it is named in `left`.
    used: BTreeSet<String>,
    document: Map<String, Json>,
    left: Vec<String>,
}

impl<'a> Assessment<'a> {
    fn identity(&mut self) -> Result<(), WorkError> {
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
            text.parse::<jiff::Timestamp>()
                .ok()
                .map(|time| crate::work::time::iso_day(time.as_second()))
        };
        let (from, to) = (day("created_at"), day("updated_at"));
        if let Some(from) = from.clone().or_else(|| to.clone()) {
            let to = to.filter(|to| *to >= from).unwrap_or_else(|| from.clone());
            self.set("occurred", json!({ "from": from, "to": to }));
        }
        Ok(())
    }

    fn description(&mut self) {
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

    fn principles(&mut self) {
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

    fn risks(&mut self) {
        let (mut risks, mut controls, mut duties) = (Vec::new(), Vec::new(), Vec::new());
        for (section, head) in RISKS {
            let (id, first) = (format!("pia-3.{section}"), 300 + section * 10);
            let evaluation = self.evaluation(&format!("3.{section}"));
            let mut about = Vec::new();
            for (number, title) in [(1, "Impacts"), (2, "Threats"), (3, "Sources"), (4, "Measures")]
            {
                let items = self.list(first + number);
                if !items.is_empty() {
                    about.push(format!("{title}: {}", items.join("; ")));
                }
                if number == 4 {
                    self.controls(&id, &items, &mut controls, &mut duties);
                }
            }
            let before = [
                self.gauge(first + 5, "impact-before", "Severity", &SEVERITY, &mut about),
                self.gauge(first + 6, "likelihood-before", "Likelihood", &LIKELIHOOD, &mut about),
            ];
            let mut risk = json!({ "id": id, "head": head, "scale": "five-by-five" });
            for (name, level) in before.into_iter().flatten() {
                risk[name] = level.into();
            }
            if let Some(evaluation) = &evaluation {
                about.extend(evaluation.words());
                for (name, level, levels) in [
                    ("impact-after", evaluation.gauges.0, &SEVERITY),
                    ("likelihood-after", evaluation.gauges.1, &LIKELIHOOD),
                ] {
                    if let Some((_, level)) = at(levels, level) {
                        risk[name] = (*level).into();
                    }
                }
                duties.extend(evaluation.duty(&id));
            }
            if !about.is_empty() {
                risk["description"] = about.join("\n").into();
                risks.push(risk);
            }
        }
        for (name, items) in
            [("risks", risks), ("controls", controls), ("responsibilities", duties)]
        {
            if !items.is_empty() {
                self.set(name, items.into());
            }
        }
    }

    /// The measures that a risk names, as controls where their sort is known.
    fn controls(
        &mut self,
        risk: &str,
        titles: &[String],
        controls: &mut Vec<Json>,
        duties: &mut Vec<Json>,
    ) {
        let titles: BTreeSet<&str> = titles.iter().map(String::as_str).collect();
        for measure in self.items("measures") {
            let Some(title) = measure.get("title").and_then(Json::as_str).map(text_of) else {
                continue;
            };
            let id = measure.get("id").map(plain).unwrap_or_default();
            if title.is_empty() || !titles.contains(title.as_str()) {
                continue;
            }
            if let Some(evaluation) = self.evaluation(&format!("3.1.{id}")) {
                duties.extend(evaluation.duty(risk));
            }
            let content = measure.get("content").and_then(Json::as_str).map(text_of);
            let content = content.filter(|content| !content.is_empty());
            let text =
                content.map_or_else(|| title.clone(), |content| format!("{title}: {content}"));
            let slug = measure.get("placeholder").and_then(Json::as_str).unwrap_or_default();
            let kind = if slug.contains("PIA_TEC_") || slug.contains("PIA_SEC_") {
                "technical"
            } else if slug.contains("PIA_ORG_") {
                "procedure"
            } else {
                continue;
            };
            self.used.insert(format!("measure {id}"));
            controls.push(json!({ "risk": risk, "kind": kind, "text": text }));
        }
    }

    fn consultation(&mut self) {
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
    fn rest(&mut self) {
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

    fn set(&mut self, field: &str, value: Json) {
        self.document.insert(field.to_owned(), value);
    }

    fn text(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            self.set(field, text.into());
        }
    }

    /// An answer of one line; named as left out when it is longer than a line may be.
    fn line(&mut self, field: &str, text: &str, from: &str) {
        let line = joined(text);
        if line.chars().count() <= MAX_TEXT {
            self.set(field, line.into());
        } else {
            self.left.push(format!("{from}: it is too long for {field}"));
        }
    }

    /// A list, an item for each line.
    fn lines(&mut self, field: &str, text: &str, from: &str) {
        let items: Vec<&str> = text
            .lines()
            .map(|line| line.trim_start_matches("- ").trim())
            .filter(|line| !line.is_empty())
            .collect();
        if items.iter().any(|item| item.chars().count() > MAX_TEXT) {
            self.left.push(format!("{from}: a line of it is too long for {field}"));
        } else if !items.is_empty() {
            self.set(field, items.into());
        }
    }

    /// A text of the assessment itself.
    fn own(&mut self, member: &str) -> Option<String> {
        let text = text_of(self.pia.get(member)?.as_str()?);
        self.used.insert(member.to_owned());
        (!text.is_empty()).then_some(text)
    }

    fn items(&self, member: &str) -> impl Iterator<Item = &'a Json> + use<'a> {
        self.export.get(member).and_then(Json::as_array).into_iter().flatten()
    }

    fn data(&mut self, number: u64) -> Option<&'a Json> {
        let found = self.answers.get(&number.to_string())?;
        self.used.insert(format!("answer {number}"));
        found.get("data")
    }

    /// The text of an answer.
    fn answer(&mut self, number: u64) -> Option<String> {
        let text = self.data(number)?.get("text")?.as_str().map(text_of)?;
        (!text.is_empty()).then_some(text)
    }

    /// The same on one line, if a line may be so long; it stands among the principles, too.
    fn one_line(&mut self, number: u64) -> Option<String> {
        let line = self.answer(number).map(|text| joined(&text))?;
        (line.chars().count() <= MAX_TEXT).then_some(line)
    }

    fn list(&mut self, number: u64) -> Vec<String> {
        let items = self.data(number).and_then(|data| data.get("list")).and_then(Json::as_array);
        let items = items.into_iter().flatten().filter_map(Json::as_str).map(text_of);
        items.filter(|item| !item.is_empty()).collect()
    }

    /// A level and why: the words go into `about`.
    fn gauge(
        &mut self,
        number: u64,
        field: &'static str,
        title: &str,
        levels: &[(&'static str, &'static str); 4],
        about: &mut Vec<String>,
    ) -> Option<(&'static str, &'static str)> {
        let gauge = self.data(number)?.get("gauge").and_then(Json::as_i64).unwrap_or_default();
        let level = at(levels, gauge);
        let why = self.answer(number).map_or(String::new(), |why| format!(": {why}"));
        if level.is_some() || !why.is_empty() {
            let name = level.map_or("not rated", |(theirs, _)| theirs);
            about.push(format!("{title}, with the measures that are planned: {name}{why}"));
        }
        level.map(|(_, ours)| (field, *ours))
    }

    fn evaluation(&mut self, place: &str) -> Option<Evaluation> {
        let found = Evaluation::of(self.evaluations.get(place)?);
        self.used.insert(format!("evaluation {place}"));
        Some(found)
    }
}

/// What an evaluator says of one place.
struct Evaluation {
    status: i64,
    comment: String,
    plan: String,
    gauges: (i64, i64),
    officer: String,
    deadline: Option<String>,
}

impl Evaluation {
    fn of(json: &Json) -> Self {
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
            deadline: crate::work::time::read_date(day).map(|day| day.to_string()),
        }
    }

    fn says_something(&self) -> bool {
        !(self.comment.is_empty() && self.plan.is_empty() && self.officer.is_empty())
    }

    fn words(&self) -> Vec<String> {
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
    fn duty(&self, risk: &str) -> Option<Json> {
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

/// A level from 1 to 4; nought is none.
fn at<T>(levels: &[T; 4], gauge: i64) -> Option<&T> {
    usize::try_from(gauge).ok()?.checked_sub(1).and_then(|at| levels.get(at))
}

fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number or text as it is spoken of.
fn plain(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// Whether there is nothing in it that anybody said.
fn is_blank(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::Number(number) => number.as_i64() == Some(0),
        Json::String(text) => text_of(text).is_empty(),
        Json::Array(items) => items.iter().all(is_blank),
        Json::Object(members) => members.values().all(is_blank),
    }
}

#[cfg(test)]
mod tests;
