//! What a record is about, beside its answers: role, case, decision, earlier records.

use maud::{Markup, html};
use probity_ledger::records::form::DECISIONS;
use probity_ledger::records::kind::{Clear, Form, Kind, Relation};
use probity_ledger::records::roles;
use serde_json::{Map, Value as Json, json};

use super::steps;
use crate::web::site::fields::Fields;
use crate::web::site::layout::capital;
use crate::web::site::parts::Question;
use crate::web::site::visit::Visit;
use crate::work::drafts::{CLOCK, Draft, ENTRY, ON_SOMETHING, ROLE};
use crate::work::history::forwards;
use crate::work::record::choices::{self, Choice};
use crate::work::record::kinds::CLOCK_REASONS;
use crate::work::record::{CASE_NAMES, usual_targets};
use crate::work::{WorkError, time};

/// Kinds that only follow a record of a case that there is.
const FOLLOWS: &[&str] = &["request-step", "image-removal"];

/// What there is to choose from.
pub struct About {
    roles: Vec<String>,
    cases: Vec<Choice>,
    links: Vec<(Relation, bool, Vec<Choice>)>,
}

/// Answers so far, and what stands beside them, whether they are kept in a draft or not yet.
pub struct SoFar<'a> {
    /// The answers.
    pub answers: &'a Map<String, Json>,
    /// The role.
    pub role: Option<&'a str>,
    /// A draft, once there is one.
    pub draft: Option<&'a Draft>,
}

/// What the visitor can choose for a record of this kind.
pub fn gather(visit: &Visit, kind: &Kind, so_far: &SoFar<'_>) -> Result<About, WorkError> {
    let person = visit.person()?;
    let fitting: Vec<String> =
        person.roles.iter().filter(|role| kind.admits(role)).cloned().collect();
    let roles = if fitting.is_empty() { person.roles.clone() } else { fitting };
    let case = so_far.answers.get("case").and_then(Json::as_str);
    let case = case.filter(|case| !case.ends_with("new")).map(str::to_lowercase);
    let mut relations = choices::relations(kind);
    for (relation, _) in links_of(so_far.answers) {
        if !relations.iter().any(|(known, _)| *known == relation) {
            relations.push((relation, false));
        }
    }
    visit.read(|reading| {
        let readable =
            case.filter(|case| choices::may_read(reading, &person.sight, case).unwrap_or(false));
        let now = visit.world().now();
        let links = relations.into_iter().map(|(relation, must)| {
            let found =
                choices::targets(reading, &person.sight, (kind, relation), readable.as_deref())?;
            Ok((relation, must, found))
        });
        Ok(About {
            roles,
            cases: choices::cases(reading, &person.sight, kind, now)?,
            links: links.collect::<Result<_, WorkError>>()?,
        })
    })
}

/// The links that are said so far.
fn links_of(answers: &Map<String, Json>) -> Vec<(Relation, String)> {
    let all = answers.get("links").and_then(Json::as_array).into_iter().flatten();
    all.filter_map(|link| {
        let relation = Relation::named(link.get("rel")?.as_str()?)?;
        Some((relation, link.get("entry")?.as_str()?.to_owned()))
    })
    .collect()
}

/// The record that a link of this relation leads to, as it is said so far.
pub fn link_of(answers: &Map<String, Json>, relation: Relation) -> Option<String> {
    links_of(answers).into_iter().find(|(known, _)| *known == relation).map(|(_, entry)| entry)
}

/// What an address says beforehand: `?case=`, `?link=REL:ENTRY`, `?decision=`.
pub fn from_query(visit: &Visit, kind: &Kind) -> Map<String, Json> {
    let mut answers = Map::new();
    let link = visit.query("link").and_then(|link| link.split_once(':'));
    if let Some((relation, entry)) = link {
        answers.insert("links".to_owned(), json!([{ "rel": relation, "entry": entry }]));
    }
    let begins = kind.case.is_some() && usual_targets(kind, true).is_none() && link.is_none();
    let case = visit.query("case").or_else(|| begins.then_some("new"));
    if let Some(case) = case {
        answers.insert("case".to_owned(), case.into());
    }
    // A link may say which of a question's words it is about, such as who was told of a breach.
    for field in kind.body_fields() {
        let Some(word) = visit.query(field.name) else { continue };
        let answer = match field.form {
            Form::Choice(words) if words.contains(&word) => json!(word),
            Form::List(Form::Choice(words)) if words.contains(&word) => json!([word]),
            _ => continue,
        };
        answers.insert(field.name.to_owned(), answer);
    }
    answers
}

/// Whether a step of its own is needed to ask for it.
pub fn show(
    kind: &Kind,
    about: &About,
    so_far: &SoFar<'_>,
    wrong: &[(Option<String>, String)],
) -> Markup {
    let wrong_with = |name: &str| {
        wrong.iter().find(|(at, _)| at.as_deref() == Some(name)).map(|(_, text)| text.as_str())
    };
    let said = |name: &str| so_far.answers.get(name).and_then(Json::as_str).unwrap_or_default();
    let beside = |name: &str| so_far.draft.and_then(|draft| draft.said(name)).unwrap_or_default();
    let titles: Vec<(&str, &str)> =
        about.roles.iter().map(|role| (role.as_str(), roles::title(role))).collect();
    let role = so_far.role.or_else(|| about.roles.first().map(String::as_str)).unwrap_or_default();
    html! {
        input type="hidden" name="about" value="1";
        @if titles.len() > 1 {
            (Question { name: "role", label: "In which role do you sign?", value: role, error: wrong_with("role"),
                ..Question::default() }.radios(&titles))
        }
        (decision(kind, said("decision"), wrong_with("decision")))
        (case(kind, about, said("case"), wrong_with("case")))
        @let (open, folded) = in_order(about, so_far.answers);
        @for (relation, must, found) in open {
            @let name = format!("link.{}", relation.name());
            (link(so_far.answers, (*relation, *must), found, wrong_with(&name).or(wrong_with("links"))))
        }
        @if !folded.is_empty() {
            details {
                summary { "It has to do with an earlier record" }
                div { @for (relation, must, found) in folded { (link(so_far.answers, (*relation, *must), found, None)) } }
            }
        }
        @if kind.clear == Clear::ClockCorrection {
            (Question { name: "entry", label: "Which record has the wrong time?", hint: Some("Its number"),
                value: beside(ENTRY), error: wrong_with("entry"), ..Question::default() }.number())
            (clock(beside(CLOCK)))
        }
    }
}

type Links<'a> = Vec<&'a (Relation, bool, Vec<Choice>)>;

/// The links that must be there or are said already; what may be folded away.
fn in_order<'a>(about: &'a About, answers: &Map<String, Json>) -> (Links<'a>, Links<'a>) {
    let said = links_of(answers);
    about
        .links
        .iter()
        .partition(|(relation, must, _)| *must || said.iter().any(|(known, _)| known == relation))
}

fn decision(kind: &Kind, value: &str, error: Option<&str>) -> Markup {
    if kind.clear != Clear::Decision {
        return html! {};
    }
    let words: Vec<String> =
        DECISIONS.iter().map(|word| capital(&word.replace('-', " "))).collect();
    let choices: Vec<(&str, &str)> =
        DECISIONS.iter().copied().zip(words.iter().map(String::as_str)).collect();
    let label = "What do you decide?";
    Question { name: "decision", label, value, error, ..Question::default() }.radios(&choices)
}

fn clock(value: &str) -> Markup {
    let words: Vec<String> =
        CLOCK_REASONS.iter().map(|word| capital(&word.replace('-', " "))).collect();
    let choices: Vec<(&str, &str)> =
        CLOCK_REASONS.iter().copied().zip(words.iter().map(String::as_str)).collect();
    Question { name: "clock", label: "Why is it wrong?", value, ..Question::default() }
        .radios(&choices)
}

fn case(kind: &Kind, about: &About, value: &str, error: Option<&str>) -> Markup {
    let mut choices: Vec<(String, String)> = Vec::new();
    match kind.case {
        // What follows another record begins nothing.
        Some(_) if FOLLOWS.contains(&kind.name) => {}
        Some(name) => choices.push(("new".to_owned(), format!("A new {} case", sort(name)))),
        None => choices.push((
            "none".to_owned(),
            "The case of the record that it is about, or none".to_owned(),
        )),
    }
    choices.extend(about.cases.iter().cloned());
    if kind.case.is_none() {
        choices.extend(
            CASE_NAMES
                .iter()
                .map(|name| (format!("{name}-new"), format!("A new {} case", sort(name)))),
        );
    }
    let listed = choices.iter().any(|(known, _)| known == value);
    let chosen = if value.is_empty() && kind.case.is_none() { "none" } else { value };
    let choices: Vec<(&str, &str)> =
        choices.iter().map(|(case, words)| (case.as_str(), words.as_str())).collect();
    let question = Question {
        name: "case",
        label: "Which case does it belong to?",
        value: chosen,
        error,
        ..Question::default()
    };
    let other = if listed { "" } else { value };
    html! {
        @if choices.len() <= 4 { (question.radios(&choices)) } @else { (question.select(&choices)) }
        @if about.cases.len() > 3 || !other.is_empty() {
            (Question { name: "case.other", label: "Or another case (optional)",
                hint: Some("Such as breach-2026-003"), value: other, ..Question::default() }.text())
        }
    }
}

fn link(
    answers: &Map<String, Json>,
    (relation, must): (Relation, bool),
    found: &[Choice],
    error: Option<&str>,
) -> Markup {
    let value = links_of(answers).into_iter().find(|(known, _)| *known == relation);
    let value = value.map(|(_, entry)| entry).unwrap_or_default();
    let listed = found.iter().any(|(known, _)| *known == value);
    let optional = if must { "" } else { " (optional)" };
    let label = format!("Which record it {}{optional}", verb(relation));
    let name = format!("link.{}", relation.name());
    let number = format!("{name}.number");
    let choices: Vec<(&str, &str)> =
        found.iter().map(|(entry, words)| (entry.as_str(), words.as_str())).collect();
    let other = if listed { "" } else { &value };
    html! {
        @if found.is_empty() {
            (Question { name: &name, label: &label, hint: Some("The record's number"), value: other, error,
                ..Question::default() }.number())
        } @else {
            (Question { name: &name, label: &label, value: &value, error, ..Question::default() }.select(&choices))
            (Question { name: &number, label: "Or another record, by its number (optional)", value: other,
                ..Question::default() }.number())
        }
    }
}

/// A sort of case, as people write it.
pub fn sort(name: &str) -> String {
    if matches!(name, "cctv" | "dpia") { name.to_uppercase() } else { name.to_owned() }
}

fn verb(relation: Relation) -> String {
    forwards(relation)
}

/// Takes what a form says about it.
pub fn read(fields: &Fields, kind: &Kind, answers: &mut Map<String, Json>) {
    let case = match fields.said("case.other") {
        Some(other) => Some(other),
        None => fields.said("case").filter(|case| *case != "none"),
    };
    put(answers, "case", case.map(Json::from));
    if kind.clear == Clear::Decision {
        put(answers, "decision", fields.said("decision").map(Json::from));
    }
    let mut links = Vec::new();
    for relation in Relation::ALL {
        let name = format!("link.{}", relation.name());
        let number = fields.said(&format!("{name}.number"));
        if let Some(entry) = number.or_else(|| fields.said(&name)) {
            links.push(json!({ "rel": relation.name(), "entry": entry }));
        }
    }
    put(answers, "links", (!links.is_empty()).then_some(Json::Array(links)));
}

/// Takes what stands beside the answers.
pub fn read_beside(fields: &Fields, draft: &mut Draft) {
    if fields.has("role") {
        draft.say(ROLE, fields.text("role"));
    }
    draft.say(ENTRY, fields.text("entry"));
    draft.say(CLOCK, fields.text("clock"));
}

fn put(answers: &mut Map<String, Json>, name: &str, value: Option<Json>) {
    match value {
        Some(value) => answers.insert(name.to_owned(), value),
        None => answers.shift_remove(name),
    };
}

/// What is wrong with it, before anything is prepared: a case, a link or what it is on that must be
/// there.
pub fn wrong(visit: &Visit, draft: &Draft) -> Result<Vec<(Option<String>, String)>, WorkError> {
    let (kind, answers) = (draft.kind()?, &draft.answers);
    let links = links_of(answers);
    let mut wrong = Vec::new();
    if kind.case.is_some() && !answers.contains_key("case") && links.is_empty() {
        let text = "Choose the case that it belongs to, or a new one";
        wrong.push((Some("case".to_owned()), text.to_owned()));
    }
    wrong.extend(on_nothing(visit, draft, &links)?);
    for group in kind.required_links {
        let usual =
            usual_targets(kind, true).is_some_and(|(relation, _)| group.contains(&relation));
        let cased = answers.contains_key("case");
        // Within a case, the link that is usual is found by itself.
        let said = group.iter().any(|wanted| links.iter().any(|(rel, _)| rel == wanted));
        if !(said || usual && cased) {
            let verbs: Vec<String> = group.iter().map(|relation| verb(*relation)).collect();
            let first = group.first().map_or("about", |relation| relation.name());
            wrong.push((
                Some(format!("link.{first}")),
                format!("Say which record it {}", verbs.join(" or ")),
            ));
        }
    }
    Ok(wrong)
}

/// Neither files nor a record, for a kind that is a word on one of them. Within a case the record
/// that is usual is found by itself.
fn on_nothing(
    visit: &Visit,
    draft: &Draft,
    links: &[(Relation, String)],
) -> Result<Option<(Option<String>, String)>, WorkError> {
    let (kind, sight) = (draft.kind()?, visit.sight()?);
    let on = |relation: &Relation| links.iter().any(|(known, _)| known == relation);
    if !ON_SOMETHING.contains(&kind.name)
        || !draft.files.is_empty()
        || kind.usual_links.iter().any(on)
    {
        return Ok(None);
    }
    let case = draft.answers.get("case").and_then(Json::as_str);
    let case = case.filter(|case| !case.ends_with("new")).map(str::to_lowercase);
    if let (Some(case), Some((relation, _))) = (case, usual_targets(kind, true)) {
        let found = visit.read(|reading| {
            let may = choices::may_read(reading, sight, &case).unwrap_or(false);
            let found =
                may.then(|| choices::targets(reading, sight, (kind, relation), Some(&case)));
            found.transpose()
        })?;
        if found.is_none_or(|found| !found.is_empty()) {
            return Ok(None);
        }
    }
    let at = match kind.usual_links.first() {
        Some(relation) if !steps::on_one_page(kind) => format!("link.{}", relation.name()),
        _ => "a.documents".to_owned(),
    };
    let what = if kind.name == "dpo-advice" { "advise on" } else { "decide on" };
    Ok(Some((Some(at), format!("Choose the files or the record that you {what}"))))
}

/// Today, as questions for a day are filled in beforehand.
pub fn today(visit: &Visit) -> String {
    time::iso_day(visit.world().now())
}

/// This minute, for what usually has just ended.
pub fn now(visit: &Visit) -> String {
    time::iso_minute(visit.world().now())
}
