//! A long task: how far it is, and then what came of it. Looking changes nothing, whoever looks: a
//! password that can be shown once is asked for by a form.

use std::sync::Arc;

use axum::Router;
use maud::html;

use super::export;
use crate::web::site::fields::Fields;
use crate::web::site::jobs::{Finished, Job};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/task/{job}", read(show).merge(act(reveal)))
}

/// The task that the address names, if its visitor began it.
fn named(visit: &Visit) -> Result<Arc<Job>, WorkError> {
    let found = visit.site.jobs.find(visit.param("job"), &visit.person()?.key);
    found.ok_or_else(|| WorkError::refused("there is no such task any more", "begin it again"))
}

/// Shows a bundle's password, a single time.
fn reveal(visit: &Visit, _: Fields) -> Answer {
    // Whoever had the bundle made may have lost their role meanwhile.
    visit.sight()?.everything("handing out records")?;
    let ended = named(visit)?.ended(|ended| ended.as_ref().ok().cloned());
    if let Some(Some(Finished::Locked(title, body, secret))) = ended
        && let Some(password) = secret.take()
    {
        let body = html! { (export::password(&password)) (body) };
        return Ok(Reply::Page(layout::page(visit, &title, &body)));
    }
    // There it says that it was shown.
    Ok(Reply::Go(format!("/task/{}", visit.param("job"))))
}

fn show(visit: &Visit) -> Answer {
    let job = named(visit)?;
    let ended = job.ended(|ended| match ended {
        Ok(finished) => Ok(finished.clone()),
        Err(error) => Err((error.to_string(), error.hint())),
    });
    match ended {
        Some(Ok(Finished::Go(to))) => return Ok(Reply::Go(to)),
        Some(Ok(Finished::Page(title, body))) => {
            return Ok(Reply::Page(layout::page(visit, &title, &body)));
        }
        Some(Ok(Finished::Locked(title, body, secret))) => {
            let to = format!("/task/{}", visit.param("job"));
            let body = html! { (export::ask_password(visit, &to, secret.is_there())) (body) };
            return Ok(Reply::Page(layout::page(visit, &title, &body)));
        }
        Some(Err((fact, hint))) => {
            return Err(match hint {
                Some(hint) => WorkError::refused(fact, hint),
                None => WorkError::Refused { fact, remedy: None },
            });
        }
        None => {}
    }
    let (done, of) = job.progress();
    let body = html! {
        div data-job="" aria-live="polite" {
            @if of > 0 {
                p { (done) " of " (of) " done." }
                progress max=(of) value=(done) aria-label=(job.title) {}
            } @else {
                p { @if done > 0 { (done) " done." } @else { "It has begun." } }
                progress aria-label=(job.title) {}
            }
        }
        noscript { p { a href=(visit.path) { "Look again" } } }
    };
    Ok(Reply::Page(layout::page(visit, &job.title, &body)))
}
