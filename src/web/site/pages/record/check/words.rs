//! What the page says of a draft: what was typed so far, or what is signed, and the passphrase below it.

use maud::{Markup, html};
use probity_ledger::records::kind::Kind;
use serde_json::Value as Json;

use super::elsewhere::ask_elsewhere;
use super::files::files;
use super::ready::{Ready, linked_words};
use crate::web::site::layout::capital;
use crate::web::site::pages::record::form::is_file;
use crate::web::site::pages::record::steps;
use crate::web::site::pages::signing::{Words, passphrase};
use crate::web::site::parts::{self, Row};
use crate::web::site::visit::Visit;
use crate::work::WorkError;
use crate::work::drafts::{Draft, EXCEPTION};
use crate::work::preview;
use crate::work::record::kinds::takes_exception;

/// What was typed, where it can't be prepared yet: as it will be read, as far as it can be.
pub(super) fn so_far(visit: &Visit, draft: &Draft, kind: &Kind) -> Result<Markup, WorkError> {
    let good = draft.readable(visit.world().now())?;
    let answered =
        kind.body_fields().filter_map(|field| Some((field, draft.answers.get(field.name)?)));
    let questions: Vec<(String, Vec<String>, Option<String>)> = answered
        .map(|(field, answer)| {
            let lines = match good.get(field.name) {
                Some(value) => preview::lines(&field.form, value),
                None => typed(answer),
            };
            (
                capital(preview::question(field)),
                lines,
                Some(steps::change(kind, &draft.id, field.name)),
            )
        })
        .collect();
    let rows: Vec<Row<'_>> = questions
        .iter()
        .map(|(what, lines, to)| (what.as_str(), lines.clone(), to.clone()))
        .collect();
    Ok(parts::summary_list(&rows))
}

/// An answer that can't be read, as it was typed: every part of it.
fn typed(answer: &Json) -> Vec<String> {
    match answer {
        Json::String(text) => vec![preview::clean(text)],
        Json::Bool(true) => vec!["yes".to_owned()],
        Json::Bool(false) => vec!["no".to_owned()],
        Json::Array(items) => items.iter().flat_map(typed).collect(),
        Json::Object(parts) => parts.values().flat_map(typed).collect(),
        other => vec![preview::clean(&other.to_string())],
    }
}

pub(super) fn signable(
    visit: &Visit,
    (draft, kind): (&Draft, &Kind),
    ready: &Ready,
    advice: &Markup,
    wrong: Option<&str>,
) -> Markup {
    let preview = &ready.preview;
    let change = |name: &str| match name {
        "by" | "school" | "log key" => None,
        EXCEPTION => Some(format!("/draft/{}/answer/{EXCEPTION}", draft.id)),
        name if kind.field(name).is_some() => Some(steps::change(kind, &draft.id, name)),
        _ => Some(steps::change(kind, &draft.id, "case")),
    };
    let words = Words { preview, change: &change };
    let left = kind.body_fields().filter(|field| !is_file(&field.form));
    let left: Vec<&str> = left
        .filter(|field| preview.answers.iter().all(|answer| answer.field != field.name))
        .map(|field| field.name)
        .collect();
    html! {
        (words.opening())
        h2 { "Your answers" }
        (words.answers())
        @if !left.is_empty() {
            (parts::details(&format!("Not answered: {}", left.len()), &html! {
                ul { @for field in kind.body_fields().filter(|field| left.contains(&field.name)) {
                    li { a href=(steps::change(kind, &draft.id, field.name)) { (capital(preview::question(field))) } }
                } }
            }))
        }
        (files(visit, draft, kind, preview))
        @for one in &ready.linked { (linked_words(one)) }
        (advice)
        (words.closing())
        h2 { "Sign" }
        @if let Some(case) = &ready.case { p { a href={ "/case/" (case) } { "Look at the case " (case) } } }
        (parts::form(visit, &format!("/draft/{}", draft.id), false, &html! {
            input type="hidden" name="shown" value=(ready.digest);
            p { "What you sign is kept for good. It can be corrected by a later record, and not changed." }
            (passphrase(wrong))
            (parts::button("Sign"))
        }))
        p.quiet {
            @if ready.others == 0 { "Nobody can reset a passphrase that is lost." }
            @else { "Nobody can reset a passphrase that is lost; another representative can give you a new key." }
        }
        (exception_link(draft, kind))
        @if !ready.elsewhere.is_empty() && preview.exception.is_empty() { (ask_elsewhere(visit, draft, &ready.elsewhere)) }
    }
}

pub(super) fn exception_link(draft: &Draft, kind: &Kind) -> Markup {
    html! {
        @if takes_exception(kind) && draft.said(EXCEPTION).is_none() {
            (parts::details("If a rule stands against it", &html! {
                p { "In an emergency a rule can be left aside. The record stays marked, and somebody else has to ratify it." }
                p { a href={ "/draft/" (draft.id) "/answer/exception" } { "Sign under an exception" } }
            }))
        } @else if draft.said(EXCEPTION).is_some() {
            p { a href={ "/draft/" (draft.id) "/answer/exception" } { "Change the exception" } }
        }
    }
}
