//! Confirmations and timestamps over the network, as tasks: what the answers are is checked as if they
//! had come as files. Nothing of the records leaves the machine, and the record book is free while
//! anybody is waited for.

use std::sync::Arc;

use axum::Router;
use maud::{Markup, html};
use probity_ledger::format::policy::Policy;

use super::{Wrong, page};
use crate::web::sender::Sender;
use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::jobs::Finished;
use crate::web::site::layout::sentence;
use crate::web::site::parts::{self, Question, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act};
use crate::web::stamp;
use crate::web::submit::{self, Submitted};
use crate::work::home::{Home, replace_private};
use crate::work::{WorkError, time};

/// Most bytes of a service's address.
const MAX_ADDRESS: usize = 1000;

/// Its addresses.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/outside/submit", act(send)).route("/outside/service", act(service))
}

/// The button that asks every confirmer who has an address.
pub(super) fn ask_all(visit: &Visit, own: &Policy) -> Markup {
    let reached = own.witnesses.iter().filter(|one| one.key.is_some() && one.url.is_some());
    let names: Vec<&str> = reached.map(|witness| witness.name.as_str()).collect();
    html! {
        @if !names.is_empty() {
            (parts::form(visit, "/outside/submit", false, &html! {
                p { "Over the network, you can ask " (names.join(", ")) " at once. A request says how many records \
                     there are, and a number over all of them; nothing of what they say." }
                (parts::button("Ask them now"))
            }))
        }
    }
}

/// The form that asks a timestamp service.
pub(super) fn ask_service(visit: &Visit, wrong: Option<&str>) -> Markup {
    let known = known(visit.home());
    parts::form(
        visit,
        "/outside/service",
        false,
        &html! {
            (Question {
                name: "service", label: "Address of a timestamp service", value: &known, error: wrong,
                hint: Some("Your council or your data protection officer can name one. It begins with https:// or http://."),
                ..Question::default()
            }.text())
            (parts::button("Ask the service now"))
        },
    )
}

/// Over the network, a server is told to call others only by who acts for the controller.
fn refuse(visit: &Visit, what: &str) -> Result<(), WorkError> {
    visit.sight()?.everything(what)?;
    visit.in_charge(what)
}

fn send(visit: &Visit, _: Fields) -> Answer {
    refuse(visit, "asking outside confirmers")?;
    let (site, world) = (Arc::clone(&visit.site), *visit.world());
    let key = visit.person()?.key.clone();
    let job = visit.site.jobs.begin(
        visit.world(),
        &key,
        "Asking the outside confirmers",
        move |job| {
            let mut asked = 0;
            let sender = Sender { world: &world, home: &site.home, shelf: Some(&site.shelf) };
            let done = submit::submit(sender, &[], &mut |_| {
                asked += 1;
                job.at(asked);
            })?;
            Ok(Finished::Page("What the outside confirmers answered".to_owned(), answers(&done)))
        },
    )?;
    Ok(Reply::Go(format!("/task/{job}")))
}

fn answers(done: &[Submitted]) -> Markup {
    html! {
        @for one in done {
            h2 { (one.witness) }
            @match &one.result {
                Ok(attached) => {
                    p { (parts::tag(Tone::Good, "Confirmed")) " The first " (attached.size) " records, on "
                        (attached.by.iter().map(|(_, at)| time::words(i64::try_from(*at).unwrap_or(i64::MAX)))
                            .collect::<Vec<_>>().join(", ")) ". The answer holds and is kept." }
                }
                Err(error) => {
                    p { (parts::tag(Tone::Bad, "Not confirmed")) " " (sentence(&error.to_string()))
                        @if let Some(hint) = error.hint() { " " (sentence(&hint)) } }
                }
            }
        }
        p { a href="/outside" { "Back to confirmation from outside" } }
    }
}

fn service(visit: &Visit, fields: Fields) -> Answer {
    refuse(visit, "asking a timestamp service")?;
    let url = fields.text("service").to_owned();
    let bad = |fact: &str| -> Wrong { Some(("service", fact.to_owned())) };
    if url.is_empty() {
        return page(visit, bad("Enter the address of a timestamp service"));
    }
    if url.len() > MAX_ADDRESS || !["https://", "http://"].iter().any(|way| url.starts_with(way)) {
        return page(visit, bad("Enter an address that begins with https:// or http://"));
    }
    let (site, world) = (Arc::clone(&visit.site), *visit.world());
    let key = visit.person()?.key.clone();
    let job =
        visit.site.jobs.begin(visit.world(), &key, "Asking the timestamp service", move |_| {
            let sender = Sender { world: &world, home: &site.home, shelf: Some(&site.shelf) };
            stamp::stamp(sender, &url, None)?;
            // The next one is asked there, too; if this can't be kept, it is typed again.
            let _ = replace_private(&kept(&site.home), url.as_bytes());
            Ok(Finished::Go("/outside?done=stamp".to_owned()))
        })?;
    Ok(Reply::Go(format!("/task/{job}")))
}

fn kept(home: &Home) -> std::path::PathBuf {
    home.page().join("timestamp-service")
}

/// The service that was asked last.
fn known(home: &Home) -> String {
    let text = crate::work::input::text(&kept(home), MAX_ADDRESS as u64).unwrap_or_default();
    text.trim().to_owned()
}
