//! A long task: how far it is, and then what came of it.

use axum::Router;
use maud::html;

use crate::web::site::jobs::Finished;
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/task/{job}", read(show))
}

fn show(visit: &Visit) -> Answer {
    let job =
        visit.site.jobs.find(visit.param("job"), &visit.person()?.key).ok_or_else(|| {
            WorkError::refused("there is no such task any more", "begin it again")
        })?;
    let ended = job.ended(|ended| match ended {
        Ok(finished) => Ok(finished.clone()),
        Err(error) => Err((error.to_string(), error.hint())),
    });
    match ended {
        Some(Ok(Finished::Go(to))) => return Ok(Reply::Go(to)),
        Some(Ok(Finished::Page(title, body))) => {
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
