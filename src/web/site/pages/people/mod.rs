//! Who may sign as what: the list, and what can be done with each key.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::records::roles;

use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::people::{self, KeyLine};
use crate::work::record::Written;
use crate::work::time;
use crate::work::{WorkError, keyring};

use super::signing::{self, Ask, Step, framed, sentence};
use super::start::new_passphrase;

mod appoint;
mod revoke;
mod wait;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people", read(list))
        .route("/people/accept", read(accept).merge(act(accepted)))
        .route("/people/passphrase", read(passphrase).merge(act(change)))
        .route("/people/key/{kid}", read(key))
        .merge(appoint::routes())
        .merge(revoke::routes())
        .merge(wait::routes())
}

/// Every key that the visitor may know of: all, or their own.
fn lines(visit: &Visit) -> Result<Vec<KeyLine>, WorkError> {
    let (all, own) = (visit.sight()?.is_everything(), visit.person()?.kid.to_string());
    let lines = visit.read(|reading| people::list(Some(reading), &visit.keyring()))?;
    Ok(lines.into_iter().filter(|line| all || line.kid == own).collect())
}

fn line(visit: &Visit, kid: &str) -> Result<KeyLine, WorkError> {
    lines(visit)?
        .into_iter()
        .find(|line| line.kid == kid)
        .ok_or_else(|| WorkError::refused("there is no such key", "look at the list of people"))
}

/// Whose key it is.
fn name_of(line: &KeyLine) -> &str {
    line.name.as_deref().or(line.file.as_deref()).unwrap_or("somebody")
}

/// The name by which `work` finds a key: its file, or its holder.
fn handle(line: &KeyLine) -> &str {
    line.file.as_deref().or(line.name.as_deref()).unwrap_or_default()
}

fn titles(line: &KeyLine) -> String {
    line.roles.iter().map(|role| roles::title(role)).collect::<Vec<_>>().join(", ")
}

fn standing(line: &KeyLine, now: i64) -> (Tone, &'static str) {
    if line.revoked.is_some() {
        (Tone::Bad, "Revoked")
    } else if line.appointment.is_none() {
        (Tone::Plain, "Not appointed")
    } else if line.until.is_some_and(|until| until <= now) {
        (Tone::Plain, "Ended")
    } else if line.from.is_some_and(|from| now < from) {
        (Tone::Plain, "Not begun")
    } else if line.accepted.is_none() {
        (Tone::Open, "Not accepted")
    } else {
        (Tone::Good, "In force")
    }
}

fn list(visit: &Visit) -> Answer {
    let (lines, now) = (lines(visit)?, visit.world().now());
    let own = visit.person()?.kid.to_string();
    let represents = appoint::represents(visit.person()?);
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            let (tone, words) = standing(line, now);
            let live = line.revoked.is_none() && line.appointment.is_some();
            vec![
                html! { (name_of(line)) },
                html! {
                    @if line.roles.is_empty() { "None" } @else { (titles(line)) }
                    @if let Some(until) = line.until { br; "until " (time::words(until)) }
                },
                html! { (parts::tag(tone, words)) },
                html! { (if line.private { "On this machine" } else { "Elsewhere" }) },
                html! {
                    ul.acts {
                        @if line.kid == own && live && line.accepted.is_none() {
                            li { a href="/people/accept" { "Accept" } }
                        } @else if live && line.accepted.is_none() {
                            li { a href={ "/people/wait/" (line.kid) } {
                                "Have it accepted" span.hidden { " by " (name_of(line)) } } }
                        }
                        @if line.file.is_some() {
                            li { a href={ "/people/key/" (line.kid) } {
                                "Public key, as a file" span.hidden { " of " (name_of(line)) } } }
                        }
                        @if represents && live && line.kid != own {
                            li { a href={ "/people/revoke/" (line.kid) } {
                                "Revoke the key" span.hidden { " of " (name_of(line)) } } }
                        }
                        @if line.appointment.is_some() {
                            @if let Some(index) = line.appointment {
                                li { a href={ "/entry/" (index) } {
                                    "Record of the appointment" span.hidden { " of " (name_of(line)) } } }
                            }
                        } @else if let Some(file) = line.file.as_ref().filter(|_| represents) {
                            li { a href={ "/people/appoint?name=" (file) } {
                                "Appoint" span.hidden { " " (file) } } }
                        }
                    }
                },
            ]
        })
        .collect();
    let done = visit.query("done").map(|done| match done {
        "appointed" => "The appointment is signed.",
        "accepted" => "You have accepted your appointment.",
        "revoked" => "The key is revoked. Its earlier signatures stay as they are.",
        "passphrase" => "Your passphrase is changed.",
        _ => "Done.",
    });
    let everything = visit.sight()?.is_everything();
    let body = html! {
        @if let Some(done) = done { (parts::inset(&html! { p role="status" { (done)
            @if everything { " " a href="/start/tasks" { "What to do next" } } } })) }
        (signing::unconfirmed(visit))
        p { "Each signs with a key of their own. A representative of the school appoints; whoever is \
             appointed accepts." }
        @if represents { p { (parts::link_button("/people/appoint", "Appoint somebody")) } }
        (parts::table("People and their keys", &["Name", "Roles", "State", "Key", "What can be done"], &rows))
        (parts::details("What these words mean", &html! {
            dl.rows {
                div { dt { "Appointed" } dd { "A representative of the school has signed that this key is theirs, and as \
                    what they sign. The record of the appointment says so." } }
                div { dt { "Accepted" } dd { "They have signed that the key is theirs and that they take the role on." } }
                div { dt { "Public key" } dd { "A small file with which others check their signatures. It is no secret: \
                    nobody can sign with it." } }
                div { dt { "Revoke" } dd { "The key ends for good, as when somebody leaves or has lost the passphrase. What \
                    it signed before stays as it is." } }
            }
        }))
        p { a href="/people/passphrase" { "Change my passphrase" } }
        p { a href="/waiting" { "What waits for my signature" } }
    };
    Ok(Reply::Page(layout::page(visit, "People", &body)))
}

fn key(visit: &Visit) -> Answer {
    let line = line(visit, visit.param("kid"))?;
    let file = line.file.as_deref().unwrap_or_default();
    let pem = probity_keys::public_to_pem(&visit.keyring().public(file)?.public);
    Ok(Reply::File(format!("{file}.pub"), "application/x-pem-file", pem.into_bytes()))
}

fn accept(visit: &Visit) -> Answer {
    accept_step(visit, &Fields::default())
}

fn accepted(visit: &Visit, fields: Fields) -> Answer {
    accept_step(visit, &fields)
}

fn accept_step(visit: &Visit, fields: &Fields) -> Answer {
    let signed = |written: &Written| signing::after("/people?done=accepted", written);
    if let Some(written) = signing::before(visit, fields) {
        return signed(&written);
    }
    let key = &visit.person()?.key;
    let prepared = visit
        .read(|reading| people::accept(visit.world(), reading, &visit.keyring(), key, false))?;
    let ask = Ask {
        title: "Accept your appointment",
        to: "/people/accept",
        hidden: Vec::new(),
        back: "/waiting",
        more: html! { p { "By accepting you confirm that this key is yours, that you alone know its \
        passphrase, and that you take the role on." } },
        button: "Sign and accept",
    };
    match signing::step(visit, fields, &ask, &[prepared])? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&written),
    }
}

fn passphrase(visit: &Visit) -> Answer {
    Ok(passphrase_page(visit, None))
}

fn passphrase_page(visit: &Visit, error: Option<(&'static str, String)>) -> Reply {
    let wrong = error.as_ref().map(|(at, text)| (*at, text.as_str()));
    let inner = html! {
        (Question {
            name: "old",
            label: "Your passphrase until now",
            error: wrong.filter(|(at, _)| *at == "old").map(|(_, text)| text),
            ..Question::default()
        }.passphrase())
        (new_passphrase("Your new passphrase", wrong))
        (parts::button("Change it"))
    };
    let body = html! {
        p { "Your key stays the same; only what opens its file changes. A copy of the file that somebody made \
             before still opens with the old passphrase: if you fear that, have the key revoked instead." }
        (parts::warning(&html! { "Nobody can reset it." }))
        (parts::form(visit, "/people/passphrase", false, &inner))
    };
    framed(visit, "Change your passphrase", "/people", error, &body)
}

fn change(visit: &Visit, fields: Fields) -> Answer {
    let person = visit.person()?;
    let new = fields.secret("passphrase");
    if *new != *fields.secret("again") {
        let fact = "The two new passphrases are not the same. Type both again";
        return Ok(passphrase_page(visit, Some(("again", fact.to_owned()))));
    }
    if let Err(error) = keyring::check_new(&new) {
        return Ok(passphrase_page(visit, Some(("passphrase", sentence(&error)))));
    }
    let old = fields.secret("old");
    // Guessing has to wait here, too.
    if let Err(error) = visit.unlock(&old) {
        return Ok(passphrase_page(visit, Some(("old", sentence(&error)))));
    }
    visit.keyring().change_passphrase(visit.world(), &person.key, &old, &new)?;
    visit.site.sessions.end_all_of(&person.key);
    let cookie = visit.site.sessions.unlock(visit.world(), visit.session.id, &person.key)?;
    Ok(Reply::Enter("/people?done=passphrase".to_owned(), Some(cookie)))
}
