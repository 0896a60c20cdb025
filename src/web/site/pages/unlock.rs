//! Unlocking the page with one's own key, and locking it.

use axum::Router;
use maud::{Markup, html};

use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{
    Answer, Reply, Visit, act, act_open, hold as held, is_own_path, open,
};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;
use crate::work::drafts::{Drafts, earlier_keys};
use crate::work::holder::Holder;
use crate::work::sight::Person;
use crate::work::tour;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/unlock", open(ask).merge(act_open(unlock)))
        .route("/lock", act_open(lock))
        .route("/stay", act(stay))
        .route("/hold", act_open(hold))
}

/// Where to go then.
fn next(text: Option<&str>) -> &str {
    text.filter(|text| is_own_path(text)).unwrap_or("/")
}

fn ask(visit: &Visit) -> Answer {
    if !visit.home().has_ledger() {
        return Ok(Reply::Go("/start".to_owned()));
    }
    let next = next(visit.query("next")).to_owned();
    if visit.who.is_some() {
        return Ok(Reply::Go(next));
    }
    let lapsed = visit.query("lapsed").is_some();
    show(visit, &next, lapsed, "", None)
}

fn unlock(visit: &Visit, fields: Fields) -> Answer {
    let to = next(fields.said("next")).to_owned();
    let key = fields.text("key");
    if key.is_empty() {
        return show(visit, &to, false, key, Some(("key", "Choose your name".to_owned())));
    }
    let (keyring, now) = (visit.keyring(), visit.world().now());
    // Where a file lies, and why it can't be used, is not for who hasn't unlocked.
    let Ok(person) = visit.read(|reading| Person::of(reading, &keyring, key, now)) else {
        return show(
            visit,
            &to,
            false,
            "",
            Some(("key", "Choose a name from the list".to_owned())),
        );
    };
    // The key is wiped at once: each signature asks for the passphrase again.
    match visit.unlock_as(&person.key, &fields.secret("passphrase")).map(drop) {
        Ok(()) => {
            // Who can't have these now has them the next time.
            let _ = inherit(visit, &person);
            // Somebody else's draft is not for who comes after them.
            let same = visit.session.was.as_ref().is_none_or(|was| *was == person.key);
            let to = if same || !to.starts_with("/draft/") { to } else { "/".to_owned() };
            let cookie =
                visit.site.sessions.unlock(visit.world(), visit.session.id, &person.key)?;
            Ok(Reply::Enter(to, Some(cookie)))
        }
        Err(error) => show(visit, &to, false, &person.key, Some(("passphrase", error.to_string()))),
    }
}

/// Gives somebody who has a new key what they were writing under one that is no longer in force.
fn inherit(visit: &Visit, person: &Person) -> Result<(), WorkError> {
    let (keyring, now) = (visit.keyring(), visit.world().now());
    let earlier = visit.read(|reading| earlier_keys(reading, &keyring, person, now))?;
    let drafts = Drafts::of(visit.home());
    earlier.iter().try_for_each(|from| drafts.inherit(from, &person.key))
}

fn lock(visit: &Visit, _: Fields) -> Answer {
    visit.site.sessions.end(visit.session.id);
    Ok(Reply::Enter("/unlock".to_owned(), None))
}

/// Somebody is typing, or said that they are still there: that the request came is all.
fn stay(_: &Visit, _: Fields) -> Answer {
    Ok(Reply::Raw("text/plain", Vec::new()))
}

/// Takes what was typed into a form that nobody had sent when the page locked. Where another page of
/// the same browser has kept the session unlocked, nothing is held, and the form stays where it is.
fn hold(visit: &Visit, mut fields: Fields) -> Answer {
    if visit.who.is_some() {
        return Ok(Reply::Raw("text/plain", Vec::new()));
    }
    let to = next(fields.said("held")).to_owned();
    fields.forget("held");
    let next = if held(visit, &to, Ok(fields)) { "%2Fheld" } else { "%2F" };
    Ok(Reply::Go(format!("/unlock?lapsed=1&next={next}")))
}

fn show(
    visit: &Visit,
    next: &str,
    lapsed: bool,
    chosen: &str,
    wrong: Option<(&str, String)>,
) -> Answer {
    let people = visit.read(|reading| {
        let (keyring, now) = (visit.keyring(), visit.world().now());
        let files = keyring.list()?.into_iter().filter(|file| file.holder == Holder::File);
        Ok(files
            .filter_map(|file| Person::of(reading, &keyring, &file.name, now).ok())
            .collect::<Vec<_>>())
    })?;
    let named: Vec<(String, String)> = people
        .iter()
        .map(|person| (person.key.clone(), format!("{}, {}", person.name, person.titles())))
        .collect();
    let choices: Vec<(&str, &str)> =
        named.iter().map(|(key, words)| (key.as_str(), words.as_str())).collect();
    let only = if let [(only, _)] = choices.as_slice() { only } else { chosen };
    let wrong_with =
        |field: &str| wrong.as_ref().filter(|(at, _)| *at == field).map(|(_, text)| text.as_str());
    let key = Question {
        name: "key",
        label: "Who are you?",
        value: only,
        error: wrong_with("key"),
        ..Question::default()
    };
    let passphrase = Question {
        name: "passphrase",
        label: "Your passphrase",
        hint: Some("It is asked for again when you sign something."),
        error: wrong_with("passphrase"),
        ..Question::default()
    };
    let inner = html! {
        input type="hidden" name="next" value=(next);
        @if choices.len() <= 12 { (key.radios(&choices)) } @else { (key.select(&choices)) }
        (passphrase.passphrase())
        (parts::button("Unlock"))
    };
    let kept = next == "/held" || next.starts_with("/draft/");
    let body: Markup = html! {
        @if lapsed {
            (parts::inset(&html! {
                p { "The page was locked, because it was not used for some time." }
                @if kept { p { "What was typed is kept, and shown again to whoever typed it." } }
            }))
        }
        @if visit.site.practice.is() {
            (parts::inset(&html! {
                p { "Here everybody's passphrase is: " strong { (tour::PASSPHRASE) } }
            }))
        }
        (parts::form(visit, "/unlock", false, &inner))
        (parts::details("I have lost my passphrase", &html! {
            p { "Nobody can reset it. Another representative of the school can appoint a new key for you; what \
                 you signed before stays good." }
        }))
    };
    let title = "Unlock the record book";
    Ok(Reply::Page(match &wrong {
        Some((field, text)) => {
            let errors = parts::error_summary(&[(Some(*field), text.clone())]);
            layout::page_with_errors(visit, title, &errors, &body)
        }
        None => layout::page(visit, title, &body),
    }))
}
