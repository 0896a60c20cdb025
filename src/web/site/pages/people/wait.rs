//! An appointment that waits for its holder: how they accept it, here or on their own machine, with a
//! file that is ready to be given to them and a draft of what to write.

use axum::Router;
use maud::html;

use super::revoke::revoked;
use super::{handle, line, name_of, titles};
use crate::store::Mode;
use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::pages::letters::draft;
use crate::web::site::pages::signing;
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::reading::Reading;
use crate::work::{elsewhere, people, time};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/people/wait/{kid}", read(wait).merge(act(request)))
        .route("/people/revoked/{kid}", read(revoked))
}

fn wait(visit: &Visit) -> Answer {
    let line = line(visit, visit.param("kid"))?;
    let (name, titles) = (name_of(&line), titles(&line));
    let school = visit.read(|reading| Ok(reading.authority.school.clone()))?;
    let asked: Vec<_> = elsewhere::waiting(visit.world(), visit.home())?
        .into_iter()
        .filter(|one| {
            one.request.key.to_string() == line.kid && one.request.kind.name == "acceptance"
        })
        .collect();
    let body = html! {
        @if visit.query("done").is_some() {
            (parts::inset(&html! { p role="status" { "The appointment is signed." } }))
        }
        (signing::unconfirmed(visit))
        @if line.accepted.is_some() {
            p { (name) " has accepted the appointment as " (titles) "." }
        } @else if line.private {
            p { "The key of " (name) " is on this machine. They accept here:" }
            ol {
                li { "You lock the page." }
                li { (name) " chooses their name, types their own passphrase, and unlocks." }
                li { "On the front page they find that their acceptance waits." }
            }
            (parts::form(visit, "/lock", false, &parts::button(&format!("Lock the page, so that {name} can unlock it"))))
            (draft(&format!("A message to {name}"), &format!(
                "Dear {name},\n\nyou are appointed as {titles} in the data protection record book of {school}. \
                 Please accept: unlock the record book with your own passphrase, and follow \u{201c}Accept your \
                 appointment\u{201d} on its front page.\n"
            )))
        } @else {
            p { "The key of " (name) " is on their own machine. They sign there that they accept:" }
            ol {
                li {
                    @if let Some(newest) = asked.last() {
                        "Give them this file, by stick or e-mail: "
                        a href={ "/waiting/request/" (newest.name) } { "request for " (name) } ". It can be answered \
                        until " (time::words(newest.request.expires)) "."
                    } @else { "You make a file that asks them." }
                }
                li { "They sign it on their machine and send back another file, the statement." }
                li { "You " a href="/waiting/enter" { "enter the statement" } " here." }
            }
            (parts::form(visit, &format!("/people/wait/{}", line.kid), false, &parts::button(
                if asked.is_empty() { "Make the file" } else { "Make a new file" }
            )))
            (draft(&format!("A message to {name}"), &format!(
                "Dear {name},\n\nyou are appointed as {titles} in the data protection record book of {school}. \
                 Please sign the attached request with your own key: open your probity, choose \u{201c}Sign \
                 something for another school\u{201d}, and send me the statement that it gives you. Delete the \
                 request then.\n"
            )))
        }
        p { a href="/start/tasks" { "What to do next" } " · " a href="/people" { "People" } }
    };
    let title = if line.accepted.is_some() {
        format!("{name} has accepted")
    } else {
        format!("This waits for {name}")
    };
    Ok(Reply::Page(crate::web::site::layout::page(visit, &title, &body)))
}

fn request(visit: &Visit, _: Fields) -> Answer {
    visit.sight()?.everything("asking for an acceptance")?;
    let line = line(visit, visit.param("kid"))?;
    let practice = visit.practice();
    visit.apart(|| {
        let reading = Reading::open(visit.home(), &Mode::Browse)?;
        let prepared =
            people::accept(visit.world(), &reading, &visit.keyring(), handle(&line), false)?;
        let wish = elsewhere::Wish { days: elsewhere::DAYS, practice };
        elsewhere::keep_request(visit.world(), visit.home(), &reading, &prepared, wish)
    })?;
    Ok(Reply::Go(format!("/people/wait/{}", line.kid)))
}
