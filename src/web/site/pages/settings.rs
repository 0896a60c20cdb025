//! The parts that are needed now and then, and the log of looking.

use axum::Router;
use maud::{Markup, html};

use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::{looks, time};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/settings", read(settings))
        .route("/settings/looks", read(log).merge(act(switch)))
}

/// Address, name, what it is for, and whether it is for who reads everything.
const PARTS: &[(&str, &str, &str, bool)] = &[
    ("/waiting", "What waits for a signature", "Also requests to and from other machines", false),
    ("/people", "People and keys", "Appoint, accept, revoke, change your passphrase", false),
    (
        "/outside",
        "Confirmation from outside",
        "Confirmations, timestamps, a half page for the minutes",
        true,
    ),
    ("/erase", "Erase answers for ever", "After retention, on request, after a withdrawal", true),
    ("/backup", "Backup", "A checked copy on another disk or memory stick", true),
    ("/verify", "Check and hand out", "Is everything as it was signed? Bundles for others", false),
    ("/chain", "Drawing of the record book", "Who signed over whom", true),
    ("/start/tasks", "What to do next", "The steps after the first run", true),
    ("/settings/looks", "Log of looking", "Who looked at sensitive records", true),
    ("/practice", "Try with a made-up school", "Nothing there counts", false),
    ("/accessibility", "Accessibility", "How these pages can be used", false),
];

fn settings(visit: &Visit) -> Answer {
    let everything = visit.sight()?.is_everything();
    let see = looks::may_see(visit.person()?);
    let shown = PARTS
        .iter()
        .filter(|(to, _, _, all)| (everything || !all) && (*to != "/settings/looks" || see));
    let body = html! {
        ul.tasks {
            @for (to, name, about, _) in shown {
                li { div { a href=(to) { (name) } p.hint { (about) } } }
            }
        }
        (parts::details("Where this record book is kept", &html! {
            p { "In the folder " code { (visit.home().path().display()) } " on this machine." }
        }))
    };
    Ok(Reply::Page(layout::page(visit, "More", &body)))
}

fn log(visit: &Visit) -> Answer {
    let person = visit.person()?;
    let all = looks::list(visit.home(), visit.world(), person)?;
    let on = looks::is_on(visit.home())?;
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .take(500)
        .map(|look| {
            vec![
                html! { (time::words(look.time)) },
                html! { (look.name) },
                html! { a href={ "/entry/" (look.entry) } { "Record " (look.entry) } ", " (look.kind) },
                html! { @if let Some(case) = &look.case { a href={ "/case/" (case) } { (case) } } },
            ]
        })
        .collect();
    let state = Task {
        what: html! { "Looking at sensitive records is noted" },
        to: None,
        tag: if on { (Tone::Good, "On") } else { (Tone::Plain, "Off") },
    };
    let body = html! {
        p { "While it is on, it is noted here when somebody opens a record about a breach, CCTV, consent, a request \
             or a complaint, or a case of them: who, when, at which record. Registers, searches and exports, which \
             show many at once to who may see everything, are not noted. It is kept for twelve months, outside the record book, and \
             seen by representatives of the school and the data protection officer alone. Tell your staff before \
             you switch it on." }
        (parts::task_list(&[state]))
        (parts::form(visit, "/settings/looks", false, &html! {
            input type="hidden" name="on" value=(if on { "no" } else { "yes" });
            (parts::button(if on { "Switch it off" } else { "Switch it on" }))
        }))
        @if rows.is_empty() { p { "Nothing is noted." } }
        @else {
            @if all.len() > rows.len() { p { "The newest " (rows.len()) " of " (all.len()) "." } }
            (parts::table("Looks of the last twelve months", &["When", "Who", "At what", "Case"], &rows))
        }
    };
    Ok(Reply::Page(layout::page(visit, "Log of looking", &body)))
}

fn switch(visit: &Visit, fields: Fields) -> Answer {
    looks::set(visit.home(), visit.person()?, fields.text("on") == "yes")?;
    Ok(Reply::Go("/settings/looks".to_owned()))
}
