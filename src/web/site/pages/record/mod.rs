//! Recording: a kind is chosen, its questions are answered, the answers are checked, and signed.
//!
//! | file | holds |
//! |---|---|
//! | `form` | a kind's questions as inputs, and what was typed as answers |
//! | `about` | role, case, decision and earlier records |
//! | `steps` | the pages on which they are answered |
//! | `check` | check your answers, what is signed in words, signing, and what comes after |
//! | `usual` | what somebody usually records in their roles |
//! | `document` | signing documents |
//! | `advice` | the data protection officer's advice, beside a decision |

use axum::Router;
use maud::{Markup, html};
use probity_ledger::records::kind::{Class, Clear, Kind, Signers};
use probity_ledger::records::roles;
use serde_json::Map;

use self::steps::Step;
use crate::web::site::fields::Fields;
use crate::web::site::layout::{capital, kinds_named};
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::drafts::{Damaged, Draft, Drafts};
use crate::work::record::CASE_NAMES;
use crate::work::record::kinds::recordable;
use crate::work::{WorkError, follow, time};

mod about;
mod advice;
mod check;
mod document;
mod form;
mod steps;
mod usual;

pub use usual::usual;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/record", read(choose))
        .route("/record/{kind}", read(begin).merge(act(take_first)))
        .route("/draft/{id}/answer/{step}", read(answer).merge(act(take)))
        .merge(check::routes())
        .merge(document::routes())
}

/// Kinds that are recorded day by day, in the order in which they are shown.
const EVERYDAY: &[&str] = &[
    "cctv-access",
    "breach-report",
    "consent",
    "consent-withdrawal",
    "request",
    "request-step",
    "request-answer",
    "image-removal",
    "complaint",
    "meeting-log",
    "training",
    "disposal",
    "action",
    "action-done",
    "note",
];

/// Kinds that have a page of their own.
const ELSEWHERE: &[&str] = &["anchor"];

/// The kinds that are recorded here.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    recordable().filter(|kind| !ELSEWHERE.contains(&kind.name))
}

fn drafts(visit: &Visit) -> Drafts {
    Drafts::of(visit.home())
}

/// Whose drafts they are.
fn owner(visit: &Visit) -> Result<&str, WorkError> {
    Ok(&visit.person()?.key)
}

fn draft_of(visit: &Visit) -> Result<Draft, WorkError> {
    drafts(visit).open(visit.param("id"), owner(visit)?)
}

fn kind_of(visit: &Visit) -> Result<&'static Kind, WorkError> {
    let name = visit.param("kind");
    kinds().find(|kind| kind.name == name).ok_or_else(|| {
        WorkError::refused("there is no such kind of record", "choose one from the list of kinds")
    })
}

fn choose(visit: &Visit) -> Answer {
    let person = visit.person()?;
    let own = drafts(visit).list(visit.world(), &person.key)?;
    let damaged = drafts(visit).damaged(&person.key)?;
    let usual = usual(&person.roles);
    // Whoever reads everything keeps the records, and usually records whatever there is every day.
    let keeps = person.sight.is_everything();
    let everyday = usual::everyday().filter(|kind| keeps && follow::may_sign(person, kind));
    let mut first = usual;
    for kind in everyday {
        if first.iter().all(|known| known.name != kind.name) {
            first.push(kind);
        }
    }
    let rest = kinds().filter(|kind| first.iter().all(|known| known.name != kind.name));
    let (more, others): (Vec<&Kind>, Vec<&Kind>) =
        rest.partition(|kind| follow::may_sign(person, kind));
    let body = html! {
        (unsigned(visit, &own, &damaged))
        h2 { "What you usually record" }
        (list(&first, None))
        h2 { "Documents" }
        ul.kinds { li { a href="/sign" { "Sign documents" } p { "Approve files, or advise on them, exactly as they are." } } }
        @if !more.is_empty() {
            h2 { "More that you may sign as " (person.titles()) }
            @if keeps { (by_sort(&more)) } @else { (parts::details("Show all of it", &by_sort(&more))) }
        }
        @if !others.is_empty() {
            h2 { "For other roles" }
            p { "What happened can be recorded by anybody, and the record then says that its author's role does \
                 not usually sign it. What permits something cannot." }
            (parts::details("Show them", &list(&others, Some("Signed by: "))))
        }
    };
    Ok(Reply::Page(layout::page(visit, "Record", &body)))
}

/// Kinds by the sort of case to which they belong; those that belong to none come last.
fn by_sort(kinds: &[&Kind]) -> Markup {
    let sorts = CASE_NAMES.iter().copied().map(Some).chain([None]);
    html! {
        @for sort in sorts {
            @let here: Vec<&Kind> = kinds.iter().copied().filter(|kind| kind.case == sort).collect();
            @if !here.is_empty() {
                h3 { (sort.map_or("Without a case of its own".to_owned(), |sort| capital(&about::sort(sort)))) }
                (list(&here, None))
            }
        }
    }
}

fn unsigned(visit: &Visit, own: &[Draft], damaged: &[Damaged]) -> Markup {
    if own.is_empty() && damaged.is_empty() {
        return html! {};
    }
    // Of a damaged one there is nothing left to lose.
    let throw_away = |id: &str, hidden: &str| {
        let inner = html! { button.plain { "Throw away" span.hidden { " " (hidden) } } };
        parts::form(visit, &format!("/draft/{id}/throw-away"), false, &inner)
    };
    html! {
        h2 { "Not signed yet" }
        ul.kinds {
            @for draft in own {
                @let title = draft.kind().map_or(draft.kind.as_str(), |kind| kind.title);
                li {
                    a href={ "/draft/" (draft.id) } { (title) }
                    p { "Changed " (time::words(draft.changed)) ". Only you see it." }
                    p { a href={ "/draft/" (draft.id) "/throw-away" } { "Throw away"
                        span.hidden { " " (title) ", changed " (time::words(draft.changed)) } } }
                }
            }
            @for draft in damaged {
                li {
                    (draft.title())
                    p { "This draft is damaged and can't be read any more." }
                    (throw_away(&draft.id, &format!("{}, damaged", draft.title())))
                }
            }
        }
    }
}

fn list(kinds: &[&Kind], signers: Option<&str>) -> Markup {
    html! {
        ul.kinds {
            @for kind in kinds {
                li {
                    a href={ "/record/" (kind.name) } { (kind.title) }
                    p { (kinds_named(kind.about)) }
                    @if let (Some(words), Signers::OneOf(names)) = (signers, kind.signers) {
                        @let titles: Vec<&str> = names.iter().map(|role| roles::title(role)).collect();
                        p.quiet { (words) (titles.join(", ")) }
                    }
                }
            }
        }
    }
}

/// Refuses what this person can't record, before anything is typed.
fn refuse_foreign(visit: &Visit, kind: &Kind) -> Result<(), WorkError> {
    let bound = kind.class == Class::Governance || kind.clear == Clear::LogKey;
    match signers(visit, kind)? {
        Some(titles) if bound => Err(WorkError::refused(
            format!("this is signed by: {titles}"),
            "ask one of them to record it",
        )),
        _ => Ok(()),
    }
}

/// Who signs a kind, in words, where the visitor isn't among them.
fn signers(visit: &Visit, kind: &Kind) -> Result<Option<String>, WorkError> {
    let Signers::OneOf(names) = kind.signers else { return Ok(None) };
    if follow::may_sign(visit.person()?, kind) {
        return Ok(None);
    }
    let titles: Vec<&str> = names.iter().map(|role| roles::title(role)).collect();
    Ok(Some(titles.join(", ")))
}

fn begin(visit: &Visit) -> Answer {
    let kind = kind_of(visit)?;
    visit.refuse_damaged()?;
    refuse_foreign(visit, kind)?;
    steps::first(visit, kind)
}

fn take_first(visit: &Visit, fields: Fields) -> Answer {
    let kind = kind_of(visit)?;
    refuse_foreign(visit, kind)?;
    let draft = drafts(visit).begin(visit.world(), owner(visit)?, kind, Map::new())?;
    let first = steps::steps(kind).first().copied().unwrap_or(Step::All);
    steps::take(visit, &draft, first, fields)
}

fn answer(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    if let Some(entry) = draft.signed {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    let step = Step::named(draft.kind()?, visit.param("step"))?;
    steps::again(visit, &draft, step)
}

fn take(visit: &Visit, fields: Fields) -> Answer {
    let draft = draft_of(visit)?;
    let step = Step::named(draft.kind()?, visit.param("step"))?;
    steps::take(visit, &draft, step, fields)
}
