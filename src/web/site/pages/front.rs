//! The front page: whether the record book is sound, what waits for a signature, what falls due, which
//! cases are open, what was written last.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::due::Due;
use probity_ledger::format::hash::Index;
use probity_ledger::verify::verdict::Outcome;

use super::record::usual;
use super::{shown, verify};
use crate::web::site::cache::Known;
use crate::web::site::health::{self, Checked};
use crate::web::site::parts::{self, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::WorkError;
use crate::work::history::Line;
use crate::work::waiting::Waiting;

/// So many of each list.
const FEW: usize = 8;

/// So many kinds of record are begun from here.
const USUAL: usize = 4;

/// How a command of a terminal begins in a sentence.
const COMMAND: &str = "`probity ";

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/", read(front))
}

fn front(visit: &Visit) -> Answer {
    let person = visit.person()?;
    let sight = &person.sight;
    let (checked, since) = health::look(&visit.site)?;
    let waits_for_me = cache::waiting(&visit.site, visit.person()?)?;
    let mine = waits_for_me.value().map(Vec::as_slice).unwrap_or_default();
    let newest = newest(visit)?;
    let whole = if sight.is_everything() {
        Some((cache::due(&visit.site)?, cache::cases(&visit.site)?))
    } else {
        None
    };
    let body = html! {
        @if sight.is_everything() { (sound(checked.as_ref(), since, true)) (begin(visit, &person.roles)) }
        // Whoever doesn't keep the records comes to write one down.
        @else { (begin(visit, &person.roles)) (sound(checked.as_ref(), since, false)) }
        @if !mine.is_empty() || !matches!(waits_for_me, Known::Now(_)) {
            h2 { "Waiting for your signature" }
            (shown::standing(visit, &waits_for_me)?)
            (parts::task_list(&mine.iter().take(FEW).map(waits).collect::<Vec<_>>()))
            p { a href="/waiting" { "Everything that waits" } }
        }
        @if let Some((due, cases)) = &whole {
            h2 { "What falls due" }
            (shown::standing(visit, due)?)
            @if let Some(due) = due.value() { (falls_due(visit, &due.open().collect::<Vec<_>>())) }
            h2 { "Cases in progress" }
            (shown::standing(visit, cases)?)
            @if let Some(cases) = cases.value() {
                @let open = cases.open();
                @if open.is_empty() { p { (none(visit, "None.")) } } @else {
                    (parts::task_list(&open.iter().take(FEW).map(|line| shown::case(line)).collect::<Vec<_>>()))
                }
                @if !cases.all.is_empty() { p { a href="/cases" { "All cases" } } }
            }
        }
        h2 { "Newest records" }
        @match &newest {
            Some(newest) if newest.is_empty() => p { (none(visit, "None yet.")) },
            Some(newest) => (parts::task_list(&newest.iter().map(shown::record).collect::<Vec<_>>())),
            None => p { "Those that you can see are being looked for. " a href="/" { "Look again" } },
        }
    };
    Ok(Reply::Page(layout::page(visit, "Front page", &body)))
}

/// That there is nothing, as far as that can be told.
fn none(visit: &Visit, words: &'static str) -> &'static str {
    if visit.lacks { "None that can still be read." } else { words }
}

/// What people in these roles usually record; nothing more is signed on a damaged record book.
fn begin(visit: &Visit, roles: &[String]) -> Markup {
    if visit.lacks {
        return html! {};
    }
    html! {
        h2 { "Record" }
        p {
            @for kind in usual(roles).into_iter().take(USUAL) {
                (parts::link_button(&format!("/record/{}", kind.name), kind.title))
            }
            a.button.secondary href="/record" { "Something else" }
            a href="/sign" { "Sign a document" }
        }
    }
}

/// The newest records that the visitor may see, newest first; `None` until it is known which.
fn newest(visit: &Visit) -> Result<Option<Vec<Line>>, WorkError> {
    let newest = |places: &mut dyn DoubleEndedIterator<Item = Index>| {
        let newest: Vec<Index> = places.rev().take(FEW).collect();
        visit.read(|reading| cache::lines(&visit.site, reading, &newest)).map(Some)
    };
    if visit.sight()?.is_everything() {
        let size = visit.read(|reading| Ok(reading.size()))?;
        return newest(&mut (0..size.0).map(Index));
    }
    let Known::Now(own) = cache::own(&visit.site, visit.person()?)? else { return Ok(None) };
    newest(&mut own.places.iter().copied())
}

fn falls_due(visit: &Visit, open: &[&Due]) -> Markup {
    let now = visit.world().now();
    html! {
        @if open.is_empty() { p { @if visit.lacks { "Nothing that can still be read." } @else { "Nothing, by what is on record." } } } @else {
            (parts::task_list(&open.iter().take(FEW).map(|one| shown::due(one, now)).collect::<Vec<_>>()))
            @if open.len() > FEW { p { a href="/due" { "All " (open.len()) " that fall due" } } }
        }
    }
}

fn waits(one: &Waiting) -> Task<'_> {
    Task {
        what: html! { (one.what) },
        to: Some(one.act.clone()),
        tag: (Tone::Open, "waits for you"),
    }
}

/// The newest verdict in words; what is to be done outside the school is for who keeps the records.
fn sound(checked: Option<&Checked>, since: u64, keeps: bool) -> Markup {
    let Some(checked) = checked else {
        return html! {
            div.health.open {
                h2 { "Being checked" }
                p { "The record book is being checked. " a href="/" { "Look again" } }
            }
        };
    };
    let (tone, heading, said, outside) = match &checked.report {
        Ok(report) => {
            let (mut said, named) = verify::said(&report.verdict, keeps);
            said.extend(verify::unread(report, keeps));
            match report.outcome() {
                Outcome::Intact => ("good", "The records fit together", said, named),
                Outcome::NotGenuine => ("bad", "The records do not fit together", said, false),
                Outcome::CannotCheck if report.verdict.verdict == Outcome::Intact => (
                    "open",
                    "What could be checked fits together, and not everything could be",
                    said,
                    false,
                ),
                Outcome::CannotCheck => ("open", "The records can't be checked", said, false),
            }
        }
        Err((fact, hint)) => {
            let said = [Some(fact), hint.as_ref()].into_iter().flatten();
            let said = said.map(|text| layout::sentence(text)).collect();
            ("bad", "The records can't be checked", said, false)
        }
    };
    html! {
        section class={ "health " (tone) } aria-label="Whether the record book is sound" {
            h2 { (heading) }
            @for sentence in said {
                @let (first, more) = first_of(&sentence);
                p {
                    (first)
                    @if more > 0 { "; and " (more) " more: " a href="/verify" { "check it whole" } "." }
                }
            }
            @if outside && keeps {
                p { "Next: " a href="/outside" { "have somebody outside the school confirm the records" } "." }
            }
            p.quiet {
                "Checked on " (checked.at) "."
                @if since > 0 {
                    " " (since) " newer " (if since == 1 { "record is" } else { "records are" }) " being checked."
                }
            }
        }
    }
}

/// So many things of one sentence are named.
const NAMED: usize = 3;

/// A sentence that lists many things with only the first of them, and how many more there are.
fn first_of(sentence: &str) -> (String, usize) {
    let things: Vec<&str> = sentence.split("; ").collect();
    match things.get(..NAMED) {
        Some(first) if things.len() > 2 * NAMED => (first.join("; "), things.len() - NAMED),
        _ => (sentence.to_owned(), 0),
    }
}

/// Sentences of a verdict without those parts that name commands of a terminal, and whether there
/// were any. What names a field or a file stays: it says what is wrong.
pub fn without_commands(said: Vec<String>) -> (Vec<String>, bool) {
    let mut any = false;
    let plain = said
        .into_iter()
        .map(|paragraph| {
            if !paragraph.contains(COMMAND) {
                return paragraph;
            }
            any = true;
            // A paragraph is whole sentences; what names a command is the advice how to go on.
            let kept: Vec<&str> = paragraph
                .split_inclusive(". ")
                .filter(|sentence| !sentence.contains(COMMAND))
                .collect();
            kept.concat().trim_end().to_owned()
        })
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    (plain, any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_for_a_terminal_is_left_out_and_nothing_else() {
        let said = vec![
            "These 2 records fit together. Next: run `probity checkpoint -o FILE` and send it. All is well.".to_owned(),
            "First failure: entry 9, field `reason`: expected 71, found 9f. Nothing else.".to_owned(),
        ];
        let failure = said[1].clone();
        let (plain, any) = without_commands(said);
        assert_eq!(plain, ["These 2 records fit together. All is well.".to_owned(), failure]);
        assert!(any);
    }

    #[test]
    fn a_list_without_end_is_told_by_its_first() {
        let list = |many: usize| {
            (0..many).map(|nth| format!("record {nth}: a fault")).collect::<Vec<_>>().join("; ")
                + "."
        };
        assert_eq!(first_of(&list(6)), (list(6), 0));
        let first = "record 0: a fault; record 1: a fault; record 2: a fault".to_owned();
        assert_eq!(first_of(&list(1000)), (first, 997));
    }
}
