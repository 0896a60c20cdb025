//! What every page refers to: stylesheet, script, picture, and the statement on accessibility.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use crate::web::site::Shared;
use crate::web::site::layout::{self, ICON, SCRIPT, STYLE, asset};
use crate::web::site::visit::{Answer, Reply, Visit, open};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    let file = |kind: &'static str, content: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], content) })
    };
    Router::new()
        .route(&asset("style.css", STYLE), file("text/css; charset=utf-8", STYLE))
        .route(&asset("page.js", SCRIPT), file("text/javascript; charset=utf-8", SCRIPT))
        .route("/assets/icon.svg", file("image/svg+xml", ICON))
        .layer(middleware::map_response(keep))
        .route("/accessibility", open(accessibility))
}

/// Their addresses change when they do.
async fn keep(mut response: Response) -> Response {
    let always = HeaderValue::from_static("private, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, always);
    response
}

fn accessibility(visit: &Visit) -> Answer {
    let body = html! {
        p { "These pages are made to be used by as many people as possible. You should be able to:" }
        ul {
            li { "enlarge the text to 200% without anything going off the screen" }
            li { "do everything with the keyboard alone" }
            li { "do everything with a screen reader" }
            li { "do everything with JavaScript switched off; clocks then stand still, files can't be dropped, \
                  and a long task's page has to be loaded anew" }
        }
        h2 { "How accessible they are" }
        p { "The aim is the Web Content Accessibility Guidelines 2.2 at level AA. Before a version is given out, a \
             program tests every sort of page for it, at the widths of a telephone and of a desk, and looks that \
             nothing goes off the screen at 200% and 400%. One whole task, recording a look at CCTV images, is \
             tested with the keyboard alone and with JavaScript switched off. Programs find a part of all faults: \
             nobody has yet tried these pages with a screen reader, or tested them with the people that they are \
             for." }
        h2 { "What is not accessible" }
        ul {
            li { "Wide tables and the drawing of the record book scroll sideways in a frame of their own; the \
                  drawing stands below it as a table." }
            li { "The page locks after some minutes without use. With JavaScript it says so a minute before. \
                  Without, what is sent too late is given back once to whoever unlocks again, but without \
                  its files." }
            li { "Documents that your school attaches are shown as they are. Evidence bundles hold a page of \
                  their own, made to the same standard." }
        }
        h2 { "Telling us" }
        p { "If something keeps you from using these pages, tell whoever runs them in your school; they can \
             report it to the developers. Anything here can also be done with the program's commands." }
    };
    Ok(Reply::Page(layout::page(visit, "Accessibility", &body)))
}
