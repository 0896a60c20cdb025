//! What is about to be signed, in words, before a key is unlocked; and the same for programs.

use std::fmt::Write as _;

use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::form::to_json;
use probity_ledger::records::kind::{Clear, Form};
use probity_ledger::records::roles;
use serde_json::{Map, Value as Json, json};

pub use self::value::clean;
use self::value::lines;
use crate::work::compose::{Draft, LinkTo};
use crate::work::reading::Reading;
use crate::work::record::Prepared;
use crate::work::{WorkError, time};

mod value;

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
    let school = match reading.record(Index(0))?.clear {
        Some(ClearFields::Genesis { school, .. }) => school,
        _ => reading.authority.origin.clone(),
    };
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
    let draft = one.record();
    if let Some(decision) = decision_of_another(draft) {
        line(out, &decision);
    }
    let heading = one.heading.as_deref().map_or_else(
        || format!("You sign as {}: {}", roles::title(&draft.role), draft.kind.title),
        clean,
    );
    line(out, &heading);
    for note in &one.notes {
        line(out, &clean(note));
    }
    line(out, "");
    let mut fact = |name: &str, text: &str| {
        let _ = writeln!(out, "  {name:<11}{}", clean(text));
    };
    fact("by", &format!("{} (key {})", one.name, one.by));
    fact("school", school);
    if let Some(case) = draft.subject.case() {
        fact("case", &format!("{case}{}", if one.new_case { " (new)" } else { "" }));
    }
    for (name, text) in clear_words(&draft.clear) {
        fact(name, &text);
    }
    for (relation, linked) in &one.linked {
        fact(&relation.name().replace('-', " "), linked);
    }
    answers(out, draft, None);
    if !one.documents.is_empty() {
        line(out, "");
        line(out, "  Exactly these files:");
    }
    for document in &one.documents {
        let _ = writeln!(
            out,
            "  - {}, {} bytes\n    SHA-256 {}",
            clean(&document.name),
            document.size,
            document.sha256
        );
    }
    if let [exception, _] = one.drafts.as_slice() {
        answers(out, exception, Some("Under an exception:"));
    }
    if !one.findings.is_empty() {
        line(out, "");
        line(out, "  An inspector may ask:");
    }
    for finding in &one.findings {
        line(out, &format!("  - {}", clean(&finding.text)));
    }
    others(out, draft);
}

/// `You record a decision by Margaret Hill, Chair of governors, of 3 September 2026`.
fn decision_of_another(draft: &Draft) -> Option<String> {
    let decided = draft.answers.get("decided-by")?;
    let part = |name: &str| decided.get(name).and_then(Value::as_text);
    let role = part("role").map_or(String::new(), |role| format!(", {}", roles::title(role)));
    let day = part("date").map_or(String::new(), |day| format!(", of {}", time::day_words(day)));
    Some(clean(&format!("You record a decision by {}{role}{day}", part("person")?)))
}

fn answers(out: &mut String, draft: &Draft, heading: Option<&str>) {
    let mut first = true;
    for field in draft.kind.body_fields() {
        let Some(value) = draft.answers.get(field.name) else { continue };
        if matches!(field.form, Form::Doc | Form::List(Form::Doc)) {
            continue;
        }
        if std::mem::take(&mut first) {
            line(out, "");
            if let Some(heading) = heading {
                line(out, &format!("  {heading}"));
            }
        }
        // What follows the question is advice to whoever answers it.
        let question = field.ask.split([':', ';']).next().unwrap_or(field.ask);
        match lines(&field.form, value).as_slice() {
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

fn clear_words(clear: &ClearFields) -> Vec<(&'static str, String)> {
    match clear {
        ClearFields::Decision(decision) => vec![("decision", decision.name().replace('-', " "))],
        ClearFields::Anchor { size, evidence } => vec![
            ("over", format!("the first {size} entries")),
            ("evidence", format!("SHA-256 {evidence}")),
        ],
        ClearFields::ClockCorrection { entry, reason } => {
            vec![("entry", entry.to_string()), ("reason", reason.replace('-', " "))]
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

/// Whose signatures the act needs beside this one.
fn others(out: &mut String, draft: &Draft) {
    if matches!(draft.clear, ClearFields::Decision(Decision::Refused)) {
        return;
    }
    for (at, also) in draft.kind.also.iter().enumerate() {
        if at == 0 {
            line(out, "");
        }
        let names: Vec<&str> = also.roles.iter().map(|role| roles::title(role)).collect();
        line(out, &format!("  Complete only with: {} ({})", also.what, names.join(" or ")));
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
