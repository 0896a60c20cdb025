//! What was sent, or typed and not sent, when the page had just locked: it is given back once.

use axum::Router;
use maud::html;

use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, layout};

/// Fields that a page puts into its forms by itself.
const BESIDE: &[&str] = &["about", "then", "shown", "what", "more", "less"];

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/held", read(show))
}

fn show(visit: &Visit) -> Answer {
    let Some(held) = visit.site.sessions.take_held(visit.session.id) else {
        return Ok(Reply::Go("/".to_owned()));
    };
    let typed = held.texts.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str()));
    // The page's script had begun to keep it as a draft.
    let draft = held.texts.iter().any(|(name, text)| name == "then" && text.as_str() == "keep");
    let on = if draft { "Go on with it" } else { "Send it now" };
    let body = html! {
        p { "The page had locked before you sent this, so nothing was done with it. It is given back to you \
             this once: take it up now, or it is gone." }
        p { "Files that you had chosen have to be chosen again, and a passphrase typed again." }
        (parts::form(visit, &held.path, false, &html! {
            @for (name, text) in &held.texts { input type="hidden" name=(name) value=(text.as_str()); }
            (parts::button(on))
        }))
        p { a href="/" { "Throw it away" } }
        h2 { "What you had typed" }
        ul.lines { @for (_, text) in typed { li { p.foreign { (text.as_str()) } } } }
    };
    Ok(Reply::Page(layout::page(visit, "You had typed something", &body)))
}
