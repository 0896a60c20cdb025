//! Signing documents: files are chosen, or taken from a case; then it is a draft like any other.

#![allow(clippy::needless_pass_by_value, reason = "a page takes the form that it answers")]

use axum::Router;
use axum::http::StatusCode;
use maud::html;
use probity_ledger::records::newest;
use serde_json::Map;

use super::{drafts, owner, steps};
use crate::store::Store as _;
use crate::web::site::fields::Fields;
use crate::web::site::layout::capital;
use crate::web::site::pages::shown;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;
use crate::work::preview::clean;
use crate::work::record::choices;
use crate::work::sign::{KINDS, attached_in};

/// As the question for the case says that there is none, or that a new one begins.
const NO_CASE: &str = "none";
const NEW: &str = "dpia-new";

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/sign", read(ask).merge(act(take)))
}

fn ask(visit: &Visit) -> Answer {
    visit.refuse_damaged()?;
    let (case, kind) =
        (visit.query("case").unwrap_or_default(), visit.query("kind").unwrap_or_default());
    show(visit, case, kind, &[], Vec::new())
}

type Wrong = Vec<(Option<&'static str>, String)>;

fn take(visit: &Visit, fields: Fields) -> Answer {
    let case = fields.said("case.other").unwrap_or_else(|| fields.text("case")).to_lowercase();
    let kind = fields.text("kind");
    let kept: Vec<&str> = fields.all("kept").collect();
    if fields.has("look") {
        return show(visit, &case, kind, &kept, Vec::new());
    }
    let mut wrong: Wrong = Vec::new();
    let known = KINDS.contains(&kind).then(|| newest(kind)).flatten();
    if known.is_none() {
        wrong.push((Some("kind"), "Choose what your signature means".to_owned()));
    }
    if fields.files.is_empty() && kept.is_empty() {
        wrong.push((Some("files"), "Choose the files that you sign".to_owned()));
    }
    if matches!(case.as_str(), "" | NO_CASE) && known.is_some_and(|kind| kind.name != "approval") {
        let text = "Choose the case that it belongs to, or a new DPIA case";
        wrong.push((Some("case"), text.to_owned()));
    }
    let (Some(kind), true) = (known, wrong.is_empty()) else {
        return show(visit, &case, kind, &kept, wrong);
    };
    let owner = owner(visit)?;
    let sight = visit.sight()?;
    // What is taken from the case is read first, so that nothing is begun when it can't be.
    let taken = visit.read(|reading| {
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let mut taken = Vec::new();
        for (index, document) in attached_in(reading, &case)? {
            if !kept.contains(&document.sha256.to_string().as_str()) {
                continue;
            }
            sight.record(reading, index)?;
            let bytes = reading.store.document(index, document.sha256)?.ok_or_else(|| {
                WorkError::refused(
                    format!("`{}` is not kept any more", clean(&document.name)),
                    "choose the file itself",
                )
            })?;
            taken.push((document.name, bytes));
        }
        Ok(taken)
    })?;
    let mut answers = Map::new();
    let new = if kind.case.is_some() { "new" } else { NEW };
    match case.as_str() {
        "" | NO_CASE => {}
        NEW => _ = answers.insert("case".to_owned(), new.into()),
        case => _ = answers.insert("case".to_owned(), case.into()),
    }
    let drafts = drafts(visit);
    let draft = drafts.begin(visit.world(), owner, kind, answers)?;
    let whose = (draft.id.as_str(), owner);
    let put = || {
        for (name, bytes) in &taken {
            drafts.take_bytes(visit.world(), whose, name, bytes)?;
        }
        for file in &fields.files {
            drafts.take(visit.world(), whose, &file.name, (&file.path, file.sha256))?;
        }
        Ok(())
    };
    if let Err::<(), WorkError>(error) = put() {
        drafts.throw_away(&draft.id, owner)?;
        return show(
            visit,
            &case,
            kind.name,
            &kept,
            vec![(Some("files"), capital(&error.to_string()))],
        );
    }
    let first = steps::steps(kind).first().map_or("all", |step| step.name());
    Ok(Reply::Go(format!("/draft/{}/answer/{first}", draft.id)))
}

fn show(visit: &Visit, case: &str, kind: &str, kept: &[&str], wrong: Wrong) -> Answer {
    let person = visit.person()?;
    let mine = KINDS.iter().filter_map(|name| newest(name));
    let (may, others): (Vec<_>, Vec<_>) =
        mine.partition(|kind| person.roles.iter().any(|role| kind.admits(role)));
    let offered = if may.is_empty() { others } else { may };
    let words: Vec<(&str, String)> = offered
        .iter()
        .map(|kind| (kind.name, format!("{}: {}", kind.title, meaning(kind.name))))
        .collect();
    let choices: Vec<(&str, &str)> =
        words.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let begun = !case.is_empty() && case != NO_CASE && !case.ends_with("new");
    let (mut cases, attached) = visit.read(|reading| {
        let any = newest("approval")
            .map(|kind| choices::cases(reading, &person.sight, kind, visit.world().now()));
        let cases = any.transpose()?.unwrap_or_default();
        if !begun || !choices::may_read(reading, &person.sight, case)? {
            return Ok((cases, Vec::new()));
        }
        Ok((cases, attached_in(reading, case)?))
    })?;
    cases.push((NEW.to_owned(), "A new DPIA case".to_owned()));
    if offered.iter().any(|kind| kind.name == "approval") {
        cases.push((NO_CASE.to_owned(), "None; for an approval alone".to_owned()));
    }
    let case_choices: Vec<(&str, &str)> =
        cases.iter().map(|(case, words)| (case.as_str(), words.as_str())).collect();
    let other = if cases.iter().any(|(known, _)| known == case) { "" } else { case };
    let error =
        |name: &str| wrong.iter().find(|(at, _)| *at == Some(name)).map(|(_, text)| text.as_str());
    let chosen = match choices.as_slice() {
        [(only, _)] => only,
        _ => kind,
    };
    let listed: Vec<(String, String)> = attached
        .iter()
        .map(|(index, document)| {
            let name = clean(&document.name);
            (
                document.sha256.to_string(),
                format!("{name}, {} bytes, attached to record {index}", document.size),
            )
        })
        .collect();
    let boxes: Vec<(&str, &str)> =
        listed.iter().map(|(hash, words)| (hash.as_str(), words.as_str())).collect();
    let inner = html! {
        (Question { name: "kind", label: "What does your signature mean?", value: chosen, error: error("kind"),
            ..Question::default() }.radios(&choices))
        (Question { name: "case", label: "Which case does it belong to?", hint: Some("Its files can then be chosen here."),
            value: case, error: error("case"), ..Question::default() }.select(&case_choices))
        (Question { name: "case.other", label: "Or another case (optional)", hint: Some("Such as dpia-2026-001"),
            value: other, ..Question::default() }.text())
        button.button.secondary name="look" value="1" { "Show the files of this case" }
        @if !boxes.is_empty() {
            (Question { name: "kept", label: "Files that are attached in this case", ..Question::default() }.boxes(&boxes, kept))
            ul {
                @for (index, document) in &attached {
                    li { a href={ "/entry/" (index) "/document/" (document.sha256) } { "Download " (clean(&document.name)) }
                        ", attached to record " (index) (shown::exact(document.sha256)) }
                }
            }
        } @else if begun {
            (parts::inset(&html! { p { "No files are attached in this case that you may read." } }))
        }
        (Question { name: "files", label: "Files from your computer", error: error("files"),
            hint: Some("Choose files, or drop them here. What you sign is exactly these bytes; you can look at them again before you sign."),
            ..Question::default() }.files(true))
        (parts::button("Continue"))
    };
    let title = "Sign documents";
    let body = parts::form(visit, "/sign", true, &inner);
    if wrong.is_empty() {
        return Ok(Reply::Page(layout::page(visit, title, &body)));
    }
    let errors: Vec<(Option<&str>, String)> =
        wrong.iter().map(|(at, text)| (*at, text.clone())).collect();
    let page = layout::page_with_errors(visit, title, &parts::error_summary(&errors), &body);
    Ok(Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

fn meaning(kind: &str) -> &'static str {
    match kind {
        "dpia-approval" => "for the controller, you approve or refuse what an assessment describes",
        "dpo-advice" => "as data protection officer, you advise on it",
        _ => "you approve or refuse exactly these files",
    }
}
