//! What falls due, for calendar programs: an address of one's own, and what is fetched from it. That
//! is the one thing which this server gives out without a session.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};
use probity_ledger::book::due::Due;
use probity_ledger::format::hash::Index;

use crate::store::Store as _;
use crate::web::site::Shared;
use crate::web::site::cache::{self, Known};
use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{framed, sentence};
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Visit, act, read};
use crate::work::keyring::Keyring;
use crate::work::sight::Person;
use crate::work::{WorkError, due, time};

/// So often, a second apart, a program that fetches waits for what is being worked out.
const WAITS: usize = 20;

/// Under this name wrong addresses are counted, as wrong passphrases are: it is no key's.
const COUNTED: &str = "(calendar addresses)";

const TITLE: &str = "What falls due, in your calendar";

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/due/feed", read(show).merge(act(change)))
        .route("/calendar/{secret}", get(fetch))
}

fn show(visit: &Visit) -> Answer {
    page(visit, None, None)
}

fn page(visit: &Visit, made: Option<&str>, wrong: Option<String>) -> Answer {
    let body = about(visit, made, wrong.as_deref())?;
    let error = wrong.map(|text| ("passphrase", text));
    Ok(framed(visit, TITLE, "/due", error, &body))
}

fn about(visit: &Visit, made: Option<&str>, wrong: Option<&str>) -> Result<Markup, WorkError> {
    let known = visit.site.feeds.of(&visit.person()?.key)?;
    let form = |todo: &str, words: &str| {
        let inner = html! {
            input type="hidden" name="do" value=(todo);
            @if todo == "make" {
                (Question {
                    name: "passphrase", label: "Your passphrase", error: wrong,
                    hint: Some("The address goes on working when the page is locked, so your passphrase is asked for."),
                    ..Question::default()
                }.passphrase())
            }
            (parts::button(words))
        };
        parts::form(visit, "/due/feed", false, &inner)
    };
    if visit.site.practice.is() {
        return Ok(html! { p { "A made-up school has no address for calendars." } });
    }
    Ok(html! {
        @if let Some(secret) = made {
            (parts::panel("Your address is made", &html! {
                p { "Copy it now into your calendar program, as a calendar to subscribe to. It is not shown again." }
                p { code { (visit.site.names.base()) "/calendar/" (secret) ".ics" } }
            }))
            (parts::warning(&html! { "Whoever has this address can read that calendar: give it to nobody." }))
        }
        p { "A calendar program can fetch what falls due by itself, from an address that is yours alone. It says what \
             is to be done, until when, for which case and by which rule; nothing that somebody wrote into a record." }
        p { "The program has to reach this server: over the school's network, or on this machine. The address \
             opens nothing else, and gives nothing any more when your appointment ends." }
        @match known {
            Some(feed) => {
                p role="status" { "You have had an address since " (time::words(feed.made)) "." }
                (form("make", "Make another address; the one before ends"))
                (form("end", "End the address"))
            },
            None => {
                p role="status" { "You have no such address." }
                (form("make", "Make an address"))
            },
        }
    })
}

fn change(visit: &Visit, fields: Fields) -> Answer {
    let key = &visit.person()?.key;
    if visit.site.practice.is() {
        return Err(WorkError::refused(
            "a made-up school has no address for calendars",
            "leave the made-up school first",
        ));
    }
    if fields.text("do") == "end" {
        visit.site.feeds.end(key)?;
        return show(visit);
    }
    if let Err(error) = visit.unlock(&fields.secret("passphrase")) {
        return page(visit, None, Some(sentence(&error)));
    }
    let secret = visit.site.feeds.make(visit.world(), key)?;
    page(visit, Some(&secret), None)
}

/// What a calendar program gets.
enum Fetched {
    Calendar(String),
    Coming,
    Unknown,
    TooOften,
}

async fn fetch(State(site): State<Shared>, Path(file): Path<String>) -> Response {
    for _ in 0..WAITS {
        let (site, file) = (Shared::clone(&site), file.clone());
        let found = tokio::task::spawn_blocking(move || calendar(&site, &file)).await;
        match found {
            Ok(Ok(Fetched::Calendar(text))) => {
                return ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text)
                    .into_response();
            }
            Ok(Ok(Fetched::Coming)) => tokio::time::sleep(std::time::Duration::from_secs(1)).await,
            Ok(Ok(Fetched::TooOften)) => {
                return (StatusCode::TOO_MANY_REQUESTS, "Too many wrong addresses.\n")
                    .into_response();
            }
            Ok(Ok(Fetched::Unknown)) => {
                return (StatusCode::NOT_FOUND, "There is no such calendar.\n").into_response();
            }
            // What is wrong is said on the page, to people of the school.
            Ok(Err(_)) | Err(_) => break,
        }
    }
    let later = [(header::RETRY_AFTER, "60")];
    (StatusCode::SERVICE_UNAVAILABLE, later, "The calendar can't be made now.\n").into_response()
}

fn calendar(site: &Shared, file: &str) -> Result<Fetched, WorkError> {
    let secret = file.strip_suffix(".ics").unwrap_or_default();
    let now = site.world.now();
    let Some(key) = site.feeds.find(secret)? else {
        let allowed = site.attempts.wrong(COUNTED, now)?;
        return Ok(if allowed { Fetched::Unknown } else { Fetched::TooOften });
    };
    let keyring = Keyring::of(&site.home);
    let found = site.shelf.read(|reading| {
        // A calendar program would take out what isn't there any more.
        reading.check_whole()?;
        let book = reading.store.hash(Index(0))?.short();
        Ok((Person::of(reading, &keyring, &key, now).ok(), book))
    })?;
    let (Some(person), book) = found else {
        // The appointment has ended, and so has the address.
        site.feeds.end(&key)?;
        return Ok(Fetched::Unknown);
    };
    let Known::Now(falls) = cache::due(site)? else { return Ok(Fetched::Coming) };
    let theirs: Vec<Due> = if person.sight.is_everything() {
        falls.all.clone()
    } else {
        let Known::Now(own) = cache::own(site, &person)? else { return Ok(Fetched::Coming) };
        let sees = |one: &&Due| own.places.binary_search(&one.entry).is_ok();
        falls.all.iter().filter(sees).cloned().collect()
    };
    Ok(Fetched::Calendar(due::calendar(&theirs, &falls.found, &book, now)))
}
