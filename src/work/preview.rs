//! What is about to be signed, in words, before a key is unlocked: in parts, for whoever shows them.

use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::{Also, Field, Form};
use probity_ledger::records::roles;

pub use self::value::{chosen, clean, lines};
use super::compose::Draft;
use super::reading::Reading;
use super::record::Prepared;
use super::{WorkError, time};

mod value;

/// An answer, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The field that it answers.
    pub field: &'static str,
    /// The question.
    pub question: &'static str,
    /// One line, or several for long text and for lists.
    pub lines: Vec<String>,
}

/// What one prepared record says. Nothing in it can move a cursor or turn its own direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// `You record a decision by Margaret Hill, Chair of governors, of 3 September 2026`.
    pub decision_of_another: Option<String>,
    /// `You sign as Headteacher: DPIA approval`.
    pub heading: String,
    /// What its author should know, beside the record itself.
    pub notes: Vec<String>,
    /// Who, for which school, in which case, and what stands in clear: each under its name.
    pub facts: Vec<(String, String)>,
    /// What was answered.
    pub answers: Vec<Answer>,
    /// The files, byte for byte.
    pub documents: Vec<Document>,
    /// What the exception says under which it stands.
    pub exception: Vec<Answer>,
    /// What an inspector may ask.
    pub findings: Vec<String>,
    /// What the act needs beside this signature and has: `the DPO's advice on this exact content
    /// (entry 3, DPO's advice by Priya Raman)`.
    pub given: Vec<String>,
    /// Whose signatures it needs yet: `the DPO's advice on this exact content (Data protection
    /// officer)`.
    pub needs: Vec<String>,
}

/// The school's name, as the first record has it.
///
/// # Errors
/// Damage in the first record of the book.
pub fn school(reading: &Reading) -> Result<String, WorkError> {
    Ok(match reading.record(Index(0))?.clear {
        Some(ClearFields::Genesis { school, .. }) => school,
        _ => reading.authority.origin.clone(),
    })
}

impl Preview {
    /// Of a record that is to be signed for this school.
    #[must_use]
    pub fn of(one: &Prepared, school: &str) -> Self {
        let draft = one.record();
        let heading = one.heading.as_deref().map_or_else(
            || format!("You sign as {}: {}", roles::title(&draft.role), draft.kind.title),
            clean,
        );
        let named =
            |document: &Document| Document { name: clean(&document.name), ..document.clone() };
        Self {
            decision_of_another: decision_of_another(draft),
            heading,
            notes: one.notes.iter().map(|note| clean(note)).collect(),
            facts: facts(one, school),
            answers: answers(draft),
            documents: one.documents.iter().map(named).collect(),
            exception: match one.drafts.as_slice() {
                [exception, _] => answers(exception),
                _ => Vec::new(),
            },
            findings: one.findings.iter().map(|finding| clean(&finding.text)).collect(),
            given: given(one),
            needs: needs(one),
        }
    }
}

fn facts(one: &Prepared, school: &str) -> Vec<(String, String)> {
    let draft = one.record();
    let mut facts = vec![
        ("by".to_owned(), format!("{} (key {})", one.name, one.by)),
        ("school".to_owned(), school.to_owned()),
    ];
    if let Some(case) = draft.subject.case() {
        let new = if one.new_case { " (new)" } else { "" };
        facts.push(("case".to_owned(), format!("{case}{new}")));
    }
    facts.extend(clear_words(&draft.clear).into_iter().map(|(name, text)| (name.to_owned(), text)));
    for (relation, linked) in &one.linked {
        facts.push((relation.name().replace('-', " "), linked.clone()));
    }
    facts.into_iter().map(|(name, text)| (name, clean(&text))).collect()
}

fn decision_of_another(draft: &Draft) -> Option<String> {
    let decided = draft.answers.get("decided-by")?;
    let part = |name: &str| decided.get(name).and_then(Value::as_text);
    let role = part("role").map_or(String::new(), |role| format!(", {}", roles::title(role)));
    let day = part("date").map_or(String::new(), |day| format!(", of {}", time::day_words(day)));
    Some(clean(&format!("You record a decision by {}{role}{day}", part("person")?)))
}

/// A question without the advice to whoever answers it.
#[must_use]
pub fn question(field: &Field) -> &'static str {
    field.ask.split([':', ';']).next().unwrap_or(field.ask)
}

fn answers(draft: &Draft) -> Vec<Answer> {
    let mut all = Vec::new();
    for field in draft.kind.body_fields() {
        let Some(value) = draft.answers.get(field.name) else { continue };
        if matches!(field.form, Form::Doc | Form::List(Form::Doc)) {
            continue;
        }
        let lines = lines(&field.form, value);
        all.push(Answer { field: field.name, question: question(field), lines });
    }
    all
}

fn clear_words(clear: &ClearFields) -> Vec<(&'static str, String)> {
    match clear {
        ClearFields::Decision(decision) => vec![("decision", decision.name().replace('-', " "))],
        ClearFields::Anchor { size, evidence } => vec![
            ("over", format!("the first {size} records")),
            ("evidence", format!("SHA-256 {evidence}")),
        ],
        ClearFields::ClockCorrection { entry, reason } => {
            vec![("record", entry.to_string()), ("reason", reason.replace('-', " "))]
        }
        ClearFields::LogKey { .. } => vec![("log key", "a new one, made when you sign".to_owned())],
        ClearFields::Appointment { key, roles: names, from, until, .. } => {
            let titles: Vec<&str> = names.iter().map(|name| roles::title(name)).collect();
            let until = until.map(|until| format!(" until {}", time::words(until)));
            vec![
                ("as", titles.join(", ")),
                ("key", key.kid().to_string()),
                ("from", format!("{}{}", time::words(*from), until.unwrap_or_default())),
            ]
        }
        ClearFields::Revocation { kid, suspect_since } => {
            let mut facts = vec![("key", kid.to_string())];
            facts.extend(
                suspect_since.map(|since| ("suspect", format!("since {}", time::words(since)))),
            );
            facts
        }
        // What goes and what stays is told before; the ground stands here.
        ClearFields::Erasure { ground, .. } => vec![("ground", ground.name().to_owned())],
        ClearFields::Genesis { .. } | ClearFields::Statement { .. } | ClearFields::Nothing => {
            Vec::new()
        }
    }
}

/// A refusal needs nobody else's signature.
fn refuses(draft: &Draft) -> bool {
    matches!(draft.clear, ClearFields::Decision(Decision::Refused))
}

fn given(one: &Prepared) -> Vec<String> {
    let given = one.given.iter().filter(|_| !refuses(one.record()));
    given.map(|(also, by)| clean(&format!("{} ({by})", also.what))).collect()
}

fn needs(one: &Prepared) -> Vec<String> {
    let draft = one.record();
    if refuses(draft) {
        return Vec::new();
    }
    let is_given = |also: &Also| one.given.iter().any(|(given, _)| given.what == also.what);
    let words = |also: &Also| {
        let names: Vec<&str> = also.roles.iter().map(|role| roles::title(role)).collect();
        format!("{} ({})", also.what, names.join(" or "))
    };
    draft.kind.also.iter().filter(|also| !is_given(also)).map(words).collect()
}
