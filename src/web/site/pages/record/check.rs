//! Check your answers; what is signed, in words; signing; and what comes after.

#![allow(clippy::needless_pass_by_value, reason = "a page takes the form that it answers")]

use axum::Router;
use axum::http::StatusCode;
use maud::html;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Class;

use self::done::done;
use self::elsewhere::request;
use self::files::file;
use self::ready::ready;
use self::throwing::{ask_throwing, throw_away};
use self::words::{exception_link, signable, so_far};
use super::form::place;
use super::{about, advice, draft_of, drafts, owner, steps};
use crate::web::site::fields::Fields;
use crate::web::site::layout::{capital, sentence};
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::drafts::{DATE, Draft, EXCEPTION, Outcome};
use crate::work::{WorkError, time, ways};

mod done;
mod elsewhere;
mod files;
mod ready;
mod throwing;
mod words;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/draft/{id}", read(look).merge(act(sign)))
        .route("/draft/{id}/file/{number}", read(file))
        .route("/draft/{id}/throw-away", read(ask_throwing).merge(act(throw_away)))
        .route("/draft/{id}/date", act(confirm_date))
        .route("/draft/{id}/request", act(request))
        .route("/done/{entry}", read(done))
}

fn look(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    match draft.signed {
        Some(entry) => Ok(Reply::Go(format!("/done/{entry}"))),
        None => show(visit, &draft, Vec::new(), None),
    }
}

/// Why the page is shown again.
type Wrong = Vec<(Option<&'static str>, String)>;

fn sign(visit: &Visit, fields: Fields) -> Answer {
    let draft = draft_of(visit)?;
    if let Some(entry) = draft.signed {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    if visit.lacks {
        return show(visit, &draft, Vec::new(), None);
    }
    let owner = owner(visit)?;
    let key = match visit.unlock(&fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => {
            return show(visit, &draft, vec![(Some("passphrase"), error.to_string())], None);
        }
    };
    let shown = fields.text("shown").to_owned();
    let signed =
        visit.apart(|| drafts(visit).sign(visit.world(), (&draft.id, owner), &shown, &key));
    drop(key);
    match signed {
        Ok(Outcome::Signed(written)) => {
            let entry = written.entries.last().map_or(Index(0), Entry::index);
            let unconfirmed = if written.no_checkpoint.is_some() { "?unconfirmed=1" } else { "" };
            Ok(Reply::Go(format!("/done/{entry}{unconfirmed}")))
        }
        Ok(Outcome::Already(entry)) => Ok(Reply::Go(format!("/done/{entry}"))),
        Ok(Outcome::Changed) => {
            let meanwhile =
                "What you were shown has changed meanwhile: look, then sign again".to_owned();
            show(visit, &draft, vec![(None, meanwhile)], None)
        }
        Err(error) => show(visit, &draft, vec![(None, error.to_string())], error.hint()),
    }
}

fn confirm_date(visit: &Visit, _: Fields) -> Answer {
    let whose = (visit.param("id"), owner(visit)?);
    let draft = drafts(visit).change(visit.world(), whose, |draft| {
        draft.say(DATE, "yes");
        Ok(())
    })?;
    Ok(Reply::Go(format!("/draft/{}", draft.id)))
}

fn show(visit: &Visit, draft: &Draft, wrong: Wrong, hint: Option<String>) -> Answer {
    let kind = draft.kind()?;
    let ready = visit.refuse_damaged().and_then(|()| ready(visit, draft));
    let mut errors: Vec<(Option<String>, String)> =
        wrong.iter().map(|(at, text)| (at.map(str::to_owned), capital(text))).collect();
    let (mut remedy, mut clock) = (hint, false);
    match &ready {
        Ok(_) => {}
        Err(WorkError::Answers(faults)) => {
            let placed = faults.iter().map(|fault| place(kind, fault));
            for (at, text) in about::wrong(visit, draft)?.into_iter().chain(placed) {
                // Said once of each question.
                if errors.iter().all(|(known, _)| *known != at) {
                    errors.push((at, text));
                }
            }
        }
        Err(_) if !visit.lacks && !about::wrong(visit, draft)?.is_empty() => {
            errors.extend(about::wrong(visit, draft)?);
        }
        Err(WorkError::Refused { .. })
            if !visit.lacks
                && kind.class == Class::Permission
                && draft.said(EXCEPTION).is_none()
                && super::signers(visit, kind)?.is_some() =>
        {
            let titles = super::signers(visit, kind)?.unwrap_or_default();
            let own = visit.person()?.titles();
            errors.push((
                None,
                format!("As {own} you can\u{2019}t sign this. It is signed by: {titles}"),
            ));
            remedy = Some("ask one of them to record it".to_owned());
        }
        Err(error) => {
            errors.push((None, capital(&ways::fact(error))));
            remedy = error.hint().or(remedy);
            clock = error.hint().is_some_and(|hint| hint.contains("confirm-date"));
        }
    }
    let link = |at: &str| match at.strip_prefix("a.").and_then(|path| path.split('.').next()) {
        Some(field) => steps::change(kind, &draft.id, field),
        None if at == "passphrase" => "#passphrase".to_owned(),
        None => steps::change(kind, &draft.id, "case"),
    };
    let summary = html! {
        @if !errors.is_empty() {
            div.summary role="alert" tabindex="-1" autofocus {
                h2 { "There is a problem" }
                ul {
                    @for (at, text) in &errors {
                        li { @match at { Some(at) => a href=(link(at)) { (text) }, None => (text) } }
                    }
                }
                @if let Some(remedy) = remedy.filter(|remedy| !remedy.contains("--") && !remedy.contains('`')) {
                    p { (sentence(&remedy)) }
                }
            }
        }
    };
    let advice = advice::beside(visit, kind, &draft.answers, &draft.files)?;
    let body = html! {
        @match &ready {
            Ok(ready) => (signable(visit, (draft, kind), ready, &advice, errors.iter()
                .find(|(at, _)| at.as_deref() == Some("passphrase")).map(|(_, text)| text.as_str()))),
            Err(_) => {
                (so_far(visit, draft, kind)?)
                (advice)
                @if clock {
                    (parts::form(visit, &format!("/draft/{}/date", draft.id), false, &html! {
                        p { "The newest record is more than 30 days old. Today is " (time::words(visit.world().now())) "." }
                        (parts::button("That date is right"))
                    }))
                }
                (parts::link_button(&steps::change(kind, &draft.id, "case"), "Go through the answers"))
                (exception_link(draft, kind))
            }
        }
        p { a href={ "/draft/" (draft.id) "/throw-away" } { "Throw this draft away" } }
    };
    let title = "Check your answers, then sign";
    let whole = html! { (parts::back("/record")) (summary) h1 { (title) } (body) };
    let page = layout::frame(visit, title, &whole, !errors.is_empty());
    Ok(if errors.is_empty() {
        Reply::Page(page)
    } else {
        Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page)
    })
}
