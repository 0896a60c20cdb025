//! The front page: whether the record book is sound, what falls due, what was written last.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::due::{Due, State};
use probity_ledger::verify::verdict::Outcome;
use probity_ledger::verify::words::{Voice, sentences};

use crate::web::site::health::{self, Checked};
use crate::web::site::parts::{self, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, layout};
use crate::work::history::{self, Line, Query};
use crate::work::{due, time};

/// So many of what falls due, and of the newest records.
const FEW: usize = 8;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/", read(front))
}

fn front(visit: &Visit) -> Answer {
    let sight = visit.sight()?.clone();
    let now = visit.world().now();
    let (checked, since) = health::look(&visit.site)?;
    let (falls_due, newest) = visit.read(|reading| {
        let falls_due = if sight.is_everything() { due::due(reading, now)?.0 } else { Vec::new() };
        let query = Query {
            limit: Some(if sight.is_everything() { FEW } else { 200 }),
            ..Query::default()
        };
        let mut newest = history::list(reading, &query)?;
        newest.retain(|line| sight.of_line(line));
        newest.reverse();
        newest.truncate(FEW);
        Ok((falls_due, newest))
    })?;
    let open: Vec<&Due> =
        falls_due.iter().filter(|one| !matches!(one.state, State::Met { .. })).collect();
    let body = html! {
        (sound(checked.as_ref(), since))
        p { (parts::link_button("/record", "Record something")) a href="/sign" { "Sign a document" } }
        @if !open.is_empty() {
            h2 { "What falls due" }
            (parts::task_list(&open.iter().take(FEW).map(|one| task(one)).collect::<Vec<_>>()))
            @if open.len() > FEW { p { a href="/due" { "All " (open.len()) } } }
        }
        h2 { "Newest records" }
        @if newest.is_empty() { p { "None yet." } }
        (parts::task_list(&newest.iter().map(line).collect::<Vec<_>>()))
    };
    Ok(Reply::Page(layout::page(visit, "Front page", &body)))
}

/// The newest verdict in words.
fn sound(checked: Option<&Checked>, since: u64) -> Markup {
    let Some(checked) = checked else {
        return html! {
            div.health.open { h2 { "Being checked" } p { "The record book is being checked. " a href="/" { "Look again" } } }
        };
    };
    let (tone, heading, said) = match &checked.report {
        Ok(report) => {
            let said = sentences(&report.verdict, Voice::Head);
            match report.outcome() {
                Outcome::Intact => ("good", "The records fit together", said),
                Outcome::NotGenuine => ("bad", "The records do not fit together", said),
                Outcome::CannotCheck => ("open", "The records can't be checked", said),
            }
        }
        Err((fact, hint)) => {
            let said = [Some(fact), hint.as_ref()].into_iter().flatten();
            let said = said.map(|text| layout::sentence(text)).collect();
            ("bad", "The records can't be checked", said)
        }
    };
    html! {
        section class={ "health " (tone) } aria-label="Whether the record book is sound" {
            h2 { (heading) }
            @for sentence in said { p { (sentence) } }
            p.quiet {
                "Checked on " (checked.at) "."
                @if since > 0 { " " (since) " newer " (if since == 1 { "record is" } else { "records are" }) " being checked." }
            }
        }
    }
}

/// One thing that falls due.
fn task(one: &Due) -> Task<'_> {
    let (tone, word) = match one.state {
        State::Overdue => (Tone::Bad, "overdue"),
        State::Open => (Tone::Open, "to do"),
        State::Met { .. } => (Tone::Good, "done"),
    };
    let when = one.when.written();
    Task {
        what: html! {
            (one.title)
            @if let Some(about) = &one.about { ": " span.foreign { (about) } }
            @if let Some(case) = &one.case { " (" (case) ")" }
            br; span.quiet { (when) }
        },
        to: Some(match &one.case {
            Some(case) => format!("/case/{case}"),
            None => format!("/entry/{}", one.entry),
        }),
        tag: (tone, word),
    }
}

/// One record in a list.
fn line(line: &Line) -> Task<'_> {
    let mark = line.marks.first().copied();
    Task {
        what: html! {
            (line.heading()) @if let Some(case) = &line.case { " (" (case) ")" }
            br; span.quiet { (line.signed_by()) ", " (time::words(line.time)) }
        },
        to: Some(format!("/entry/{}", line.entry)),
        tag: mark.map_or((Tone::Good, "signed"), |mark| (Tone::Open, mark)),
    }
}
