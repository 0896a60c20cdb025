//! The end of a key.

use axum::Router;
use maud::html;

use super::{line, name_of};
use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{self, Ask, Step, framed_all, sentence};
use crate::web::site::parts::{self, Question, typed_date};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::people::{self, Revoke};
use crate::work::record::Written;
use crate::work::time;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/revoke/{kid}", read(ask).merge(act(revoke)))
}

const REASONS: &[(&str, &str)] = &[
    ("role-ended", "They no longer have the role"),
    ("paused", "They are away for some time"),
    ("key-lost", "The key or its passphrase is lost"),
    ("key-suspect", "Somebody else may have had the key or its passphrase"),
    ("replaced", "They have another key now"),
];

fn ask(visit: &Visit) -> Answer {
    form(visit, "", "", &[])
}

fn form(visit: &Visit, reason: &str, since: &str, errors: &[(&'static str, String)]) -> Answer {
    let line = line(visit, visit.param("kid"))?;
    let wrong =
        |at: &str| errors.iter().find(|(name, _)| *name == at).map(|(_, text)| text.as_str());
    let inner = html! {
        (Question {
            name: "reason", label: "Why", value: reason, error: wrong("reason"), ..Question::default()
        }.radios(REASONS))
        (Question {
            name: "since", label: "Since when may somebody else have had it?", value: since,
            hint: Some("Only if somebody may have: the earliest moment. All that the key ever signed is then in doubt, but for what \
                        somebody outside had confirmed before that moment."),
            error: wrong("since"), ..Question::default()
        }.moment())
        (parts::button("Continue"))
    };
    let body = html! {
        p { "A key that is revoked never comes back. What it signed before stays as it is, unless somebody else may have had it." }
        (parts::form(visit, &visit.path, false, &inner))
    };
    let errors: Vec<(Option<&str>, String)> =
        errors.iter().map(|(at, text)| (Some(*at), text.clone())).collect();
    let title = format!("Revoke the key of {}", name_of(&line));
    Ok(framed_all(visit, &title, "/people", &errors, &body))
}

fn revoke(visit: &Visit, fields: Fields) -> Answer {
    let line = line(visit, visit.param("kid"))?;
    let signed = |written: &Written| {
        if let Some(file) = &line.file {
            visit.site.sessions.end_all_of(file);
        }
        signing::after(&format!("/people/revoked/{}", line.kid), written)
    };
    if let Some(written) = signing::before(visit, &fields) {
        return signed(&written);
    }
    let reason = fields.text("reason").to_owned();
    let day = typed_date(&fields, "since");
    let typed = format!("{day} {}", fields.text("since-time"));
    let carried = fields.text("since");
    let since = if carried.is_empty() { typed.trim() } else { carried }.to_owned();
    let mut errors = Vec::new();
    if !REASONS.iter().any(|(name, _)| *name == reason) {
        errors.push(("reason", "Choose why".to_owned()));
    }
    let moment =
        Some(since.as_str()).filter(|since| !since.is_empty()).map(time::read_moment_or_day);
    if reason == "key-suspect" && moment.is_none() {
        errors.push((
            "since",
            "Enter the earliest moment at which somebody else may have had it".to_owned(),
        ));
    }
    let moment = if let Ok(moment) = moment.transpose() {
        moment
    } else {
        errors.push(("since", "Enter a day, and a time such as 09:00".to_owned()));
        None
    };
    if !errors.is_empty() {
        return form(visit, &reason, &since, &errors);
    }
    let wanted = Revoke {
        // By its thumbprint: a name may mean another of their keys.
        name: line.kid.clone(),
        by: visit.person()?.key.clone(),
        role: None,
        reason: reason.clone(),
        suspect_since: moment,
        date_confirmed: false,
    };
    let prepared =
        visit.read(|reading| people::revoke(visit.world(), reading, &visit.keyring(), &wanted));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return form(visit, &reason, &since, &[("reason", sentence(&error))]),
    };
    let to = format!("/people/revoke/{}", line.kid);
    let ask = Ask {
        title: "Sign the revocation",
        to: &to,
        hidden: vec![("reason", reason), ("since", since)],
        back: &to,
        more: html! {},
        button: "Sign and revoke for ever",
    };
    match signing::step(visit, &fields, &ask, &[prepared])? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&written),
    }
}

/// What can follow: a new key for the same person.
pub fn revoked(visit: &Visit) -> Answer {
    let line = line(visit, visit.param("kid"))?;
    let name = name_of(&line);
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let next =
        format!("/people/appoint?name={}&same={}", encode(&format!("{name} 2")), encode(name));
    let body = html! {
        (signing::unconfirmed(visit))
        p { "What it signed before stays as it is; if somebody else may have had it, the check says what is in doubt." }
        p { a href=(next) { "Give " (name) " a new key" } }
        p { a href="/people" { "Back to the people" } }
    };
    let title = format!("The key of {name} is revoked");
    Ok(Reply::Page(crate::web::site::layout::page(visit, &title, &body)))
}
