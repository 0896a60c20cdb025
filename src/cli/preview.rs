//! What is about to be signed, in words, before a key is unlocked; and the same for programs.

use std::fmt::Write as _;

use probity_ledger::format::cbor::Value;
use probity_ledger::records::form::to_json;
use probity_ledger::records::kind::Clear;
use serde_json::{Map, Value as Json, json};

use crate::work::WorkError;
use crate::work::compose::{Draft, LinkTo};
pub use crate::work::preview::clean;
use crate::work::preview::{self, Answer, Preview};
use crate::work::reading::Reading;
use crate::work::record::Prepared;

/// More records than this are not shown one by one.
const MANY: usize = 3;

/// The preview of one record, or of a batch.
///
/// # Errors
/// Damage in the first record of the book, where the school's name stands.
pub fn words(
    reading: &Reading,
    prepared: &[Prepared],
    practice: bool,
) -> Result<String, WorkError> {
    let school = preview::school(reading)?;
    Ok(words_for(&school, prepared, practice))
}

/// The same where there is no record book: the school is the one that is named.
#[must_use]
pub fn words_for(school: &str, prepared: &[Prepared], practice: bool) -> String {
    let mut out = String::new();
    if practice {
        line(&mut out, "PRACTICE: nothing that is signed here counts");
        line(&mut out, "");
    }
    let first_of_its_kind = |at: usize| {
        prepared.get(at).is_some_and(|one| {
            prepared
                .iter()
                .take(at)
                .all(|before| before.record().kind.name != one.record().kind.name)
        })
    };
    // Of many, the first of each kind; a batch has one kind, or begins with an `import`.
    let shown = if prepared.len() > MANY {
        (0..prepared.len()).take_while(|at| first_of_its_kind(*at)).count()
    } else {
        prepared.len()
    };
    for (at, one) in prepared.iter().take(shown).enumerate() {
        if at > 0 {
            line(&mut out, "");
        }
        describe(&mut out, one, school);
    }
    if shown < prepared.len() {
        line(&mut out, "");
        line(
            &mut out,
            &format!(
                "… and {} more of the same kind; --dry-run shows each of them.",
                prepared.len() - shown
            ),
        );
        all_findings(&mut out, prepared);
    }
    out.trim_end().to_owned()
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn describe(out: &mut String, one: &Prepared, school: &str) {
    let preview = Preview::of(one, school);
    for text in preview.decision_of_another.iter().chain([&preview.heading]).chain(&preview.notes) {
        line(out, text);
    }
    line(out, "");
    for (name, text) in &preview.facts {
        let _ = writeln!(out, "  {name:<11}{text}");
    }
    answers(out, &preview.answers, None);
    if !preview.documents.is_empty() {
        line(out, "");
        line(out, "  Exactly these files:");
    }
    for document in &preview.documents {
        let _ = writeln!(
            out,
            "  - {}, {} bytes\n    SHA-256 {}",
            document.name, document.size, document.sha256
        );
    }
    answers(out, &preview.exception, Some("Under an exception:"));
    if !preview.findings.is_empty() {
        line(out, "");
        line(out, "  An inspector may ask:");
    }
    for finding in &preview.findings {
        line(out, &format!("  - {finding}"));
    }
    if !preview.given.is_empty() || !preview.needs.is_empty() {
        line(out, "");
    }
    for given in &preview.given {
        line(out, &format!("  Already there: {given}"));
    }
    for need in &preview.needs {
        line(out, &format!("  Complete only with: {need}"));
    }
}

fn answers(out: &mut String, answers: &[Answer], heading: Option<&str>) {
    if answers.is_empty() {
        return;
    }
    line(out, "");
    if let Some(heading) = heading {
        line(out, &format!("  {heading}"));
    }
    for Answer { question, lines, .. } in answers {
        match lines.as_slice() {
            [only] => line(out, &format!("  {question}: {only}")),
            several => {
                line(out, &format!("  {question}:"));
                for one in several {
                    line(out, &format!("    {one}"));
                }
            }
        }
    }
}

/// The findings of a batch, each with how often it occurs.
fn all_findings(out: &mut String, prepared: &[Prepared]) {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for finding in prepared.iter().flat_map(|one| &one.findings) {
        match counted.iter_mut().find(|(text, _)| *text == finding.text) {
            Some((_, count)) => *count += 1,
            None => counted.push((&finding.text, 1)),
        }
    }
    if !counted.is_empty() {
        line(out, "An inspector may ask, of all of them:");
    }
    for (text, count) in counted {
        let records = if count == 1 { "record" } else { "records" };
        line(out, &format!("- {} ({count} {records})", clean(text)));
    }
}

/// Everything of a record that is known before it is signed, as one object.
#[must_use]
pub fn payload(one: &Prepared) -> Json {
    let mut object = draft(one.record());
    object.insert("new_case".to_owned(), one.new_case.into());
    object.insert("signer".to_owned(), one.name.as_str().into());
    object.insert("findings".to_owned(), json!(one.findings));
    let exception = match one.drafts.as_slice() {
        [exception, _] => Json::Object(draft(exception)),
        _ => Json::Null,
    };
    object.insert("exception".to_owned(), exception);
    Json::Object(object)
}

fn draft(draft: &Draft) -> Map<String, Json> {
    let links: Vec<Json> = draft
        .links
        .iter()
        .map(|(relation, to)| match to {
            LinkTo::Entry(hash) => json!({ "rel": relation.name(), "entry": hash.to_string() }),
            LinkTo::Before => json!({ "rel": relation.name(), "entry": "the exception before it" }),
            LinkTo::First => json!({ "rel": relation.name(), "entry": "the import before it" }),
        })
        .collect();
    // The new log key is made when it is signed; what stands in the draft is the present one.
    let clear = match draft.kind.clear {
        Clear::LogKey => json!({ "log": null }),
        _ => to_json(&draft.clear.to_value()),
    };
    let answers: Map<String, Json> = draft
        .kind
        .body_fields()
        .map(|field| {
            let value = draft.answers.get(field.name).unwrap_or(&Value::Null);
            (field.name.to_owned(), to_json(value))
        })
        .collect();
    let members = [
        ("kind", draft.kind.name.into()),
        ("version", draft.kind.version.into()),
        ("role", draft.role.as_str().into()),
        ("subject", draft.subject.as_str().into()),
        ("links", Json::Array(links)),
        ("clear", clear),
        ("answers", Json::Object(answers)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
