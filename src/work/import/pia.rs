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
use serde_json::{Map, Value as Json};

use self::evaluation::Evaluation;
use self::html::text_of;
use super::cells::CellFault;
use super::{Order, Read, ReadRow, Register};
use crate::work::WorkError;
use crate::work::given::Given;
mod evaluation;
mod html;
mod parts;
mod risks;

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
    let row = ReadRow {
        name: "the assessment".to_owned(),
        number: 1,
        together: None,
        answers,
        already: None,
    };
    let mut notes: Vec<String> =
        taken.left.into_iter().map(|one| format!("left out: {one}")).collect();
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

    fn evaluation(&mut self, place: &str) -> Option<Evaluation> {
        let found = Evaluation::of(self.evaluations.get(place)?);
        self.used.insert(format!("evaluation {place}"));
        Some(found)
    }
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
