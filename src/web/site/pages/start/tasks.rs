//! What is to be done once the record book has begun, and what waits for others.

use axum::Router;
use maud::html;
use probity_ledger::records::roles;

use crate::store::{Store as _, Term};
use crate::web::site::parts::{self, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, layout};
use crate::work::init::grouped;
use crate::work::people::{self, KeyLine};
use crate::work::{backup, witnesses};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/start/tasks", read(tasks)).route("/start/code", read(code))
}

struct Standing {
    keys: Vec<KeyLine>,
    minuted: bool,
    policy: bool,
}

#[allow(clippy::too_many_lines, reason = "one list of tasks")]
fn tasks(visit: &Visit) -> Answer {
    visit.sight()?.everything("what is left to set up")?;
    let (person, now) = (visit.person()?, visit.world().now());
    let standing = visit.read(|reading| {
        let any = |kind: &str| Ok(!reading.store.lookup(&Term::Kind(kind.to_owned()))?.is_empty());
        let minuted = any("checkpoint-minuted").map_err(|error: crate::store::StoreError| error)?;
        Ok(Standing {
            keys: people::list(Some(reading), &visit.keyring())?,
            minuted,
            policy: any("policy").map_err(|error: crate::store::StoreError| error)?,
        })
    })?;
    let in_force = |line: &&KeyLine| {
        line.revoked.is_none()
            && line.appointment.is_some()
            && line.until.is_none_or(|until| now < until)
    };
    let own = person.kid.to_string();
    let accepted = standing.keys.iter().any(|line| line.kid == own && line.accepted.is_some());
    let find = |fits: &dyn Fn(&str) -> bool| {
        standing
            .keys
            .iter()
            .filter(in_force)
            .filter(|line| line.kid != own)
            .find(|line| line.roles.iter().any(|role| fits(role)))
    };
    let second = find(&|role| roles::is_representative(role));
    let dpo = find(&|role| roles::DPO.contains(&role));
    let saved = backup::media(visit.home()).is_ok_and(|media| !media.is_empty());
    let outside = !witnesses::policy(visit.home())?.witnesses.is_empty();
    let done = |done: bool| if done { (Tone::Good, "Done") } else { (Tone::Open, "To do") };
    let joined = |line: Option<&KeyLine>| match line {
        None => (Tone::Open, "To do"),
        Some(line) if line.accepted.is_some() => (Tone::Good, "Done"),
        Some(_) => (Tone::Plain, "Waits for them"),
    };
    let where_to = |line: Option<&KeyLine>, query: &str| match line {
        None => format!("/people/appoint?for={query}"),
        Some(line) => format!("/people/wait/{}", line.kid),
    };
    let named = |line: Option<&KeyLine>, none: &str| match line.and_then(|line| line.name.clone()) {
        Some(name) => format!("{none}: {name}"),
        None => none.to_owned(),
    };
    let first = [
        Task {
            what: html! { "Accept your own appointment" },
            to: Some(if accepted { "/people".to_owned() } else { "/people/accept".to_owned() }),
            tag: done(accepted),
        },
        Task {
            what: html! { "Write the school's code in the minutes" },
            to: Some("/start/code".to_owned()),
            tag: done(standing.minuted),
        },
        Task {
            what: html! { (named(second, "Give a second representative a key")) },
            to: Some(where_to(second, "second")),
            tag: joined(second),
        },
        Task {
            what: html! { (named(dpo, "Appoint the data protection officer")) },
            to: Some(where_to(dpo, "dpo")),
            tag: joined(dpo),
        },
    ];
    let then = [
        Task {
            what: html! { "Back the record book up to another disk or memory stick" },
            to: Some("/backup".to_owned()),
            tag: done(saved),
        },
        Task {
            what: html! { "Put your data protection policy on record" },
            to: Some("/record/policy".to_owned()),
            tag: done(standing.policy),
        },
        Task {
            what: html! { "Have somebody outside confirm the records" },
            to: Some("/outside".to_owned()),
            tag: done(outside),
        },
        Task {
            what: html! { "Appoint the others who sign: office, caretaker, asset owners" },
            to: Some("/people/appoint".to_owned()),
            tag: (Tone::Plain, "When you like"),
        },
    ];
    let body = html! {
        p { "The record book has begun. You can record things at once; these steps make it sound." }
        h2 { "First" }
        (parts::task_list(&first))
        @if second.is_none() {
            (parts::warning(&html! {
                "While you are the only representative, nobody can give you a new key if you lose yours."
            }))
        }
        h2 { "Then" }
        (parts::task_list(&then))
        p { a href="/" { "Go to the front page" } }
    };
    Ok(Reply::Page(layout::page(visit, "What to do next", &body)))
}

fn code(visit: &Visit) -> Answer {
    visit.sight()?.everything("the school's code")?;
    let (school, code) = visit.read(|reading| {
        Ok((reading.authority.school.clone(), grouped(&reading.authority.fingerprint)))
    })?;
    let body = html! {
        (parts::back("/start/tasks"))
        h1 { "The school's code" }
        p { "It tells the record book of " (school) " from any other. Written in the minutes of your \
             governors, it shows for ever that the book wasn't exchanged for another one." }
        p.code { (code) }
        h2 { "How it gets into the minutes" }
        ol {
            li { "Print the half page: it has the code, and what the record book holds today. "
                 a href="/outside/minute" { "Half page for the minutes" } "." }
            li { "Hand it to the clerk, to be kept with the minutes of the next meeting." }
            li { "After the meeting, put that on record: "
                 a href="/record/checkpoint-minuted" { "Confirmation in the minutes" } "." }
        }
        (super::super::letters::draft("A message to the clerk", &format!(
            "Please put the following into the minutes of the next meeting of the governing body.\n\n\
             The school keeps its data protection records in a book of signed entries. The book of {school} \
             has this code:\n\n{code}\n\nThe code tells nothing about the records. If the book is ever \
             exchanged for another one, this line in the minutes shows it.\n"
        )))
    };
    Ok(Reply::Page(layout::frame(visit, "The school's code", &body, false)))
}
