//! What the author gives, by options, as a document or as a filled-in form, gathered with every
//! fault in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use probity_ledger::book::clear::Decision;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::clip::clipped;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::{self, AnswerFault, DECISIONS};
use probity_ledger::records::kind::{Clear, Form, Kind, Relation};
use serde_json::Value as Json;

use super::record::CaseChoice;
use super::{WorkError, forms};

pub(in crate::work) mod moments;

/// What a document or a form may say beside the answers.
pub const BESIDE: [&str; 4] = ["case", "decision", "links", "attach"];

/// Answers and what goes with them.
#[derive(Debug, Default)]
pub struct Given {
    /// The answers.
    pub answers: Answers,
    /// The decision.
    pub decision: Option<Decision>,
    /// The case.
    pub case: Option<CaseChoice>,
    /// Links, as the author names them.
    pub links: Vec<(Relation, String)>,
    /// Files.
    pub attach: Vec<PathBuf>,
    now: i64,
    faults: Vec<Said>,
    by_form: bool,
    /// Where the form has each of its names.
    lines: BTreeMap<String, usize>,
}

/// A fault, and the line of a form on which it stands.
#[derive(Debug)]
struct Said {
    fault: AnswerFault,
    line: Option<usize>,
}

impl Given {
    /// Nothing given yet; a time of day without its day is on the day of `now`.
    #[must_use]
    pub fn at(now: i64) -> Self {
        Self { now, ..Self::default() }
    }

    /// Takes an option that may have been repeated. It replaces what a document said.
    pub fn option<T: AsRef<str>>(&mut self, kind: &Kind, name: &str, texts: &[T]) {
        let Some(field) = kind.field(name) else {
            self.answers.set(name, Value::Null);
            return;
        };
        self.answers.0.remove(name);
        self.lines.remove(name);
        self.faults.retain(|said| !about(&said.fault, name));
        let value = texts
            .iter()
            .map(|text| moments::in_text(&field.form, text.as_ref(), self.now))
            .collect::<Result<Vec<String>, String>>()
            .and_then(|texts| form::from_options(&field.form, &texts));
        match value {
            Ok(value) => self.answers.set(name, value),
            Err(reason) => self.fault(name, reason),
        }
    }

    /// Takes a document: answers by field name, and beside them `case`, `decision`, `links` and
    /// `attach`.
    pub fn document(&mut self, kind: &Kind, document: Json) {
        let Json::Object(members) = document else {
            self.fault("document", "expected an object of answers, found something else");
            return;
        };
        for (name, member) in members {
            if let Err(reason) = self.member(kind, &name, member) {
                self.fault(&name, reason);
            }
        }
    }

    /// Takes a filled-in form, as [`forms::template`] prints it.
    ///
    /// # Errors
    /// When it is no TOML. Every other fault is kept for [`Given::checked`].
    pub fn form(&mut self, kind: &Kind, text: &str) -> Result<(), WorkError> {
        let form = forms::read(kind, text, self.now)?;
        self.by_form = true;
        for found in form.members {
            // As faults name it.
            self.lines.insert(clipped(&found.name, 100), found.line);
            if let Err(reason) = self.member(kind, &found.name, found.value) {
                self.fault(&found.name, reason);
            }
        }
        let faults = form.faults.into_iter();
        self.faults.extend(faults.map(|(line, fault)| Said { fault, line: Some(line) }));
        Ok(())
    }

    fn member(&mut self, kind: &Kind, name: &str, mut member: Json) -> Result<(), String> {
        if let Some(field) = kind.field(name) {
            if matches!(field.form, Form::Doc | Form::List(Form::Doc)) {
                return Err(
                    "files are named by attaching them, with --attach or `attach`".to_owned()
                );
            }
            moments::in_json(&field.form, &mut member, self.now)?;
            self.answers.set(name, form::from_json(&field.form, &member)?);
            return Ok(());
        }
        match name {
            "decision" if kind.clear == Clear::Decision => {
                let word = form::from_json(&Form::Choice(DECISIONS), &member)?;
                self.decision = word.as_text().and_then(Decision::named);
            }
            "case" => {
                let case = member.as_str().ok_or("expected a case, or `new`")?;
                self.case = Some(CaseChoice::parse(case)?);
            }
            "links" => self.links = each(&member, link)?,
            "attach" => self.attach = each(&member, |path| path.as_str().map(PathBuf::from))?,
            // The check names it, and the field that was probably meant.
            _ => self.answers.set(name, Value::Null),
        }
        Ok(())
    }

    fn fault(&mut self, name: &str, reason: impl Into<String>) {
        let fault = AnswerFault::Form { field: name.to_owned(), reason: reason.into() };
        self.faults.push(Said { fault, line: None });
    }

    /// Checks all of it.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn checked(mut self, kind: &Kind) -> Result<Self, WorkError> {
        let documents = kind.documents_field().map(|field| field.name);
        if let Err(more) = form::check_answers(kind, &self.answers) {
            let known = std::mem::take(&mut self.faults);
            let new = more.into_iter().filter(|fault| {
                !matches!(fault, AnswerFault::Missing { field, .. }
                    if Some(*field) == documents || known.iter().any(|said| about(&said.fault, field)))
            });
            let new: Vec<Said> =
                new.map(|fault| Said { fault: beside(fault), line: None }).collect();
            self.faults = known.into_iter().chain(new).collect();
        }
        if self.faults.is_empty() {
            return Ok(self);
        }
        if !self.by_form {
            return Err(WorkError::Answers(
                self.faults.into_iter().map(|said| said.fault).collect(),
            ));
        }
        let line =
            |said: &Said| said.line.or_else(|| self.lines.get(name_of(&said.fault)).copied());
        let mut placed: Vec<(Option<usize>, AnswerFault)> =
            self.faults.iter().map(|said| (line(said), said.fault.clone())).collect();
        // What stands nowhere, because it is missing, comes last.
        placed.sort_by_key(|(line, _)| line.unwrap_or(usize::MAX));
        Err(WorkError::Form(placed))
    }
}

/// A name that no field has may have been meant for one that stands beside the answers.
fn beside(fault: AnswerFault) -> AnswerFault {
    match fault {
        AnswerFault::Unknown { kind, field, nearest: None } => {
            let nearest = form::nearest(&field, BESIDE);
            AnswerFault::Unknown { kind, field, nearest }
        }
        other => other,
    }
}

/// The field that a fault is about.
fn name_of(fault: &AnswerFault) -> &str {
    match fault {
        AnswerFault::Unknown { field, .. } | AnswerFault::Form { field, .. } => field,
        AnswerFault::Missing { field, .. } => field,
    }
}

fn about(fault: &AnswerFault, name: &str) -> bool {
    matches!(fault, AnswerFault::Form { field, .. } if field == name)
}

fn each<T>(list: &Json, read: impl Fn(&Json) -> Option<T>) -> Result<Vec<T>, String> {
    list.as_array()
        .and_then(|items| items.iter().map(read).collect())
        .ok_or_else(|| {
            "expected a list: of paths in `attach`, of {\"rel\": \"about\", \"entry\": \"17\"} in `links`"
                .to_owned()
        })
}

fn link(item: &Json) -> Option<(Relation, String)> {
    let members = item.as_object().filter(|members| members.len() == 2)?;
    let entry = match members.get("entry")? {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    read_link(&format!("{}={entry}", members.get("rel")?.as_str()?)).ok()
}

/// Reads `REL=ENTRY`.
///
/// # Errors
/// What was expected.
pub fn read_link(text: &str) -> Result<(Relation, String), String> {
    let names = || Relation::ALL.map(Relation::name).join(", ");
    let (relation, entry) =
        text.split_once('=').filter(|(_, entry)| !entry.is_empty()).ok_or_else(|| {
            format!("expected REL=ENTRY such as about=17, with REL one of {}", names())
        })?;
    let relation = Relation::named(relation)
        .ok_or_else(|| format!("`{relation}` is no relation, expected one of {}", names()))?;
    Ok((relation, entry.to_owned()))
}

#[cfg(test)]
mod tests {
    use probity_ledger::records::newest;
    use serde_json::json;

    use super::*;

    #[test]
    fn options_override_a_document() {
        let kind = newest("cctv-access").expect("a known kind");
        let mut given = Given::default();
        given.document(
            kind,
            json!({
                "cameras": ["gate"], "footage-from": "2026-07-01 00:30", "footage-to": 1_782_862_260,
                "viewed-from": "bad", "viewed-to": "2026-07-02 09:00", "reason": "safety",
                "outcome": "viewed", "case": "new",
                "occurred": { "from": "2026-07-02", "to": "2026-07-02" },
                "links": [{ "rel": "about", "entry": 3 }],
            }),
        );
        given.option(kind, "viewed-from", &["2026-07-02 08:59"]);
        given.option(kind, "cameras", &["gate", "hall"]);
        let given = given.checked(kind).expect("good answers");
        assert_eq!(given.answers.integer("footage-from"), Some(1_782_862_200));
        assert_eq!(given.answers.list("cameras").len(), 2);
        assert_eq!(given.case, Some(CaseChoice::New(None)));
        assert_eq!(given.links, [(Relation::About, "3".to_owned())]);
    }

    #[test]
    fn every_fault_is_named_once() {
        let kind = newest("cctv-access").expect("a known kind");
        let mut given = Given::default();
        given.document(kind, json!({ "camera": ["gate"], "outcome": "sold", "links": [17] }));
        given.option(kind, "footage-from", &["noon"]);
        let said = given.checked(kind).expect_err("faults").to_string();
        assert!(said.contains("did you mean 'cameras'?"), "{said}");
        assert!(said.contains("cameras is not answered"), "{said}");
        assert!(said.contains("links: expected a list"), "{said}");
        for name in ["outcome", "footage-from"] {
            assert!(said.contains(&format!("{name}: ")), "{said}");
            assert!(!said.contains(&format!("{name} is not answered")), "{said}");
        }
    }

    #[test]
    fn files_and_foreign_decisions_are_refused() {
        let note = newest("note").expect("a known kind");
        let mut given = Given::default();
        given.document(note, json!({ "text": "a", "decision": "approved", "documents": [] }));
        let said = given.checked(note).expect_err("faults").to_string();
        assert!(said.contains("no field 'decision'") && said.contains("attaching"), "{said}");
    }

    #[test]
    fn links_are_read() {
        assert_eq!(read_link("about=17"), Ok((Relation::About, "17".to_owned())));
        assert!(
            read_link("about=").is_err() && read_link("17").is_err() && read_link("x=17").is_err()
        );
    }
}
