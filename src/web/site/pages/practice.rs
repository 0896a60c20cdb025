//! The practice school: going there, coming back, throwing it away.

use axum::Router;
use maud::html;

use crate::web::site::fields::Fields;
use crate::web::site::jobs::Finished;
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, act_open, open};
use crate::web::site::{Shared, layout, practice};
use crate::work::{WorkError, tour};

/// Whose job it is to make one: nobody needs to be unlocked for it.
const MAKER: &str = "practice school";

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/practice", open(about).merge(act_open(enter)))
        .route("/practice/making/{job}", open(making))
        .route("/practice/leave", act_open(leave))
        .route("/practice/throw-away", act_open(throw_away))
}

fn about(visit: &Visit) -> Answer {
    if visit.site.practice.is() {
        let body = html! {
            p { "This school and its people are made up; keys and signatures are real. Nothing that you do \
                 here reaches your own school's records." }
            p { "Here everybody's passphrase is: " strong { (tour::PASSPHRASE) } }
            (parts::form(visit, "/practice/leave", false, &parts::button("Go back to your own school")))
            h2 { "Throw it away" }
            p { "Everything in it is deleted. You can have another one made at any time." }
            (parts::form(visit, "/practice/throw-away", false, &html! {
                button.button.danger { "Throw the made-up school away" }
            }))
        };
        return Ok(Reply::Page(layout::page(visit, "The made-up school", &body)));
    }
    refuse_stranger(visit)?;
    let body = html! {
        p { "Try everything with a school that is made up: a head teacher, a chair of governors, a data \
             protection officer and three more people, with some records. Every page says PRACTICE." }
        p { "It lies beside your own school's records and never touches them. You can throw it away when \
             you like. Making it takes about half a minute." }
        (parts::form(visit, "/practice", false, &parts::button(
            if practice::is_there(&visit.site) { "Open the made-up school" } else { "Make a made-up school" }
        )))
    };
    Ok(Reply::Page(layout::page(visit, "Try with a made-up school", &body)))
}

/// Once there is a record book, only who has unlocked it has files made beside it.
fn refuse_stranger(visit: &Visit) -> Result<(), WorkError> {
    if visit.home().has_ledger() && visit.who.is_none() {
        return Err(WorkError::refused(
            "a made-up school is opened from within",
            "unlock the record book first",
        ));
    }
    Ok(())
}

fn enter(visit: &Visit, _: Fields) -> Answer {
    if visit.site.practice.is() {
        return Ok(Reply::Go("/".to_owned()));
    }
    refuse_stranger(visit)?;
    if practice::is_there(&visit.site) {
        return Ok(Reply::Change("/".to_owned(), Some(practice::pass(&visit.site)?)));
    }
    let (site, world) = (visit.site.clone(), *visit.world());
    let job =
        visit.site.jobs.begin(visit.world(), MAKER, "Making a made-up school", move |job| {
            let steps = std::cell::Cell::new(0);
            practice::make(&site, &world, &|_| {
                steps.set(steps.get() + 1);
                job.at(steps.get());
            })?;
            Ok(Finished::Go("/".to_owned()))
        })?;
    // From the moment at which it is there, the browser sees it.
    Ok(Reply::Change(format!("/practice/making/{job}"), Some(practice::pass(&visit.site)?)))
}

fn making(visit: &Visit) -> Answer {
    let Some(job) = visit.site.jobs.find(visit.param("job"), MAKER) else {
        return Ok(Reply::Go("/".to_owned()));
    };
    let failed = job.ended(|ended| match ended {
        Ok(_) => None,
        Err(error) => Some((error.to_string(), error.hint().unwrap_or_default())),
    });
    match failed {
        None => {}
        Some(None) => return Ok(Reply::Go("/".to_owned())),
        Some(Some((fact, hint))) => return Err(WorkError::refused(fact, hint)),
    }
    let (done, _) = job.progress();
    let body = html! {
        div data-job="" aria-live="polite" {
            p { @if done > 0 { (done) " steps done." } @else { "It has begun." } }
            progress aria-label=(job.title) {}
        }
        noscript { p { a href=(visit.path) { "Look again" } } }
    };
    Ok(Reply::Page(layout::page(visit, &job.title, &body)))
}

fn leave(_: &Visit, _: Fields) -> Answer {
    Ok(Reply::Change("/".to_owned(), None))
}

fn throw_away(visit: &Visit, _: Fields) -> Answer {
    practice::throw_away(&visit.site)?;
    Ok(Reply::Change("/".to_owned(), None))
}
