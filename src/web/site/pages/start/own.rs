//! A key of one's own on a machine that has no record book, for who signs for schools elsewhere, such as
//! an external data protection officer.

use axum::Router;
use maud::html;

use super::new_passphrase;
use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{framed, sentence};
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act_open, open};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/start/own-key", open(ask).merge(act_open(make)))
        .route("/start/own-key/{name}", open(public))
}

/// Where there is a record book, keys are made when somebody is appointed.
fn refuse(visit: &Visit) -> Result<(), WorkError> {
    if visit.home().has_ledger() {
        return Err(WorkError::refused(
            "this machine has a record book, in which keys are made by appointing",
            "unlock it, and go to the people",
        ));
    }
    Ok(())
}

fn ask(visit: &Visit) -> Answer {
    refuse(visit)?;
    let keys = visit.keyring().list()?;
    match visit.query("made") {
        Some(made) if keys.iter().any(|key| key.name == made) => {
            let body = html! {
                p { "Give the school this file, and compare the key with them by telephone. It opens nothing: \
                     whoever has it can only tell your signatures from others'." }
                p { a.button href={ "/start/own-key/" (made) } { "Download the public file" } }
                p { "The key itself stays on this machine, in a file that your passphrase opens." }
                p { a href="/sign-elsewhere" { "Sign something for another school" } }
            };
            Ok(Reply::Page(layout::page(visit, "Your key is made", &body)))
        }
        _ => Ok(form(visit, "", None)),
    }
}

fn form(visit: &Visit, name: &str, error: Option<(&'static str, String)>) -> Reply {
    let wrong = error.as_ref().map(|(at, text)| (*at, text.as_str()));
    let inner = html! {
        (Question {
            name: "name",
            label: "Your name",
            value: name,
            error: wrong.filter(|(at, _)| *at == "name").map(|(_, text)| text),
            autocomplete: Some("name"),
            ..Question::default()
        }.text())
        (new_passphrase("Your passphrase", wrong))
        (parts::button("Make my key"))
    };
    let body = html! {
        p { "For people who sign for schools whose record books are elsewhere. The school appoints your key; what \
             you are to sign comes to you as a file." }
        (parts::warning(&html! { "Nobody can reset the passphrase. If you lose it, the school appoints a new key." }))
        (parts::form(visit, "/start/own-key", false, &inner))
    };
    framed(visit, "Make a key of your own", "/start", error, &body)
}

fn make(visit: &Visit, fields: Fields) -> Answer {
    refuse(visit)?;
    let (name, new) = (fields.text("name").to_owned(), fields.secret("passphrase"));
    if name.is_empty() {
        return Ok(form(visit, &name, Some(("name", "Enter your name".to_owned()))));
    }
    if *new != *fields.secret("again") {
        let fact = "The two passphrases are not the same. Type both again";
        return Ok(form(visit, &name, Some(("again", fact.to_owned()))));
    }
    match visit.keyring().create(visit.world(), &name, &new) {
        Ok(made) => Ok(Reply::Go(format!("/start/own-key?made={}", encoded(&made.name)))),
        Err(error @ WorkError::Weak(_)) => {
            Ok(form(visit, &name, Some(("passphrase", sentence(&error)))))
        }
        Err(error) => Ok(form(visit, &name, Some(("name", sentence(&error))))),
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn public(visit: &Visit) -> Answer {
    refuse(visit)?;
    let file = visit.keyring().public(visit.param("name"))?;
    let pem = probity_keys::public_to_pem(&file.public);
    Ok(Reply::File(format!("{}.pub", file.name), "application/x-pem-file", pem.into_bytes()))
}
