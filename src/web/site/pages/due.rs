//! What falls due, by which rule, and how it was computed; the same as a calendar file.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::due::{Due, State, imported};
use probity_ledger::book::linter::UNREADABLE;
use probity_ledger::format::hash::Index;

use super::shown;
use crate::store::Store as _;
use crate::web::site::cache::Known;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::{WorkError, due};

/// So many a page.
const EACH: usize = 50;

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/due", read(list)).route("/due.ics", read(calendar))
}

fn list(visit: &Visit) -> Answer {
    visit.sight()?.everything("what falls due")?;
    let (text, state) =
        (visit.query("text").unwrap_or_default(), visit.query("state").unwrap_or("open"));
    let (falls, now) = (cache::due(&visit.site)?, visit.world().now());
    let wanted = text.to_lowercase();
    let matches = |one: &&Due| {
        let words =
            [Some(one.title.as_str()), one.about.as_deref(), one.case.as_deref(), Some(one.rule)];
        let says = words.into_iter().flatten().any(|words| words.to_lowercase().contains(&wanted));
        says && match state {
            "overdue" => shown::is_overdue(one, now),
            "done" => matches!(one.state, State::Met { .. }),
            "all" => true,
            _ => one.state.is_to_do(),
        }
    };
    let known = falls.value();
    let all: Vec<&Due> = known.into_iter().flat_map(|known| &known.all).filter(matches).collect();
    let imported = known.and_then(|known| imported(&known.all));
    let overdue = known.into_iter().flat_map(|known| &known.all);
    let overdue = overdue.filter(|one| shown::is_overdue(one, now)).count();
    let found = known.map(|known| known.found.as_slice()).unwrap_or_default();
    let damaged: Vec<_> = found.iter().filter(|one| one.rule == UNREADABLE).collect();
    let (page, pages) = shown::page_of(visit.query("page"), all.len(), EACH);
    let states = [("open", "To be done"), ("overdue", "Overdue"), ("done", "Done"), ("all", "All")];
    let base = format!("/due?text={}&state={}&", shown::escaped(text), shown::escaped(state));
    let body = html! {
        (shown::standing(visit, &falls)?)
        p { @if known.is_none() {} @else if overdue > 0 { strong { (overdue) " overdue." } }
            @else if visit.lacks || !damaged.is_empty() { "Of what can still be read, nothing is overdue." } @else { "Nothing is overdue." }
            " " a href="/due.ics" { "Download as a calendar" }
            " (it holds no personal data), or " a href="/due/feed" { "have your calendar program fetch it" } "." }
        @if let Some(imported) = imported { p { (imported) } }
        @if !damaged.is_empty() {
            (parts::inset(&html! { p { strong { "Deadlines may be missing: " }
                "some answers can't be opened. Tell the data protection officer. Records "
                @for one in damaged.iter().take(12) { a href={ "/entry/" (one.entry) } { (one.entry) } " " } } }))
        }
        (shown::filter("/due", &html! {
            (Question { name: "text", label: "Words", value: text, ..Question::default() }.text())
            (Question { name: "state", label: "Which", value: state, ..Question::default() }.select(&states))
        }))
        @if known.is_some() { p role="status" { (count(all.len(), state, text)) } }
        ul.tasks { @for one in all.iter().skip((page - 1) * EACH).take(EACH) { (item(one, now)) } }
        (shown::paging(&base, page, pages))
        @if !found.is_empty() {
            h2 { "What doesn't fit together across records" }
            ul { @for one in found.iter().take(EACH) { li {
                (layout::sentence(&one.text)) " " a href={ "/entry/" (one.entry) } { "Record " (one.entry) }
            } }
            @if found.len() > EACH { li { "and " (found.len() - EACH) " more" } } }
        }
    };
    Ok(Reply::Page(layout::page(visit, "What falls due", &body)))
}

/// How many deadlines there are of those that are asked for.
fn count(found: usize, state: &str, text: &str) -> String {
    let of = match state {
        "overdue" => "overdue",
        "done" => "done",
        "all" => "on record",
        _ => "still to be kept",
    };
    let with = if text.is_empty() { "" } else { ", with these words" };
    match found {
        0 => format!("No deadline is {of}{with}."),
        1 => format!("1 deadline is {of}{with}."),
        many => format!("{many} deadlines are {of}{with}."),
    }
}

fn item(one: &Due, now: i64) -> Markup {
    let (tone, word) = shown::due_tag(one, now);
    html! {
        li {
            div {
                a href=(shown::where_due(one)) {
                    (one.title) @if let Some(about) = &one.about { ": " span.foreign { (about) } }
                    @if let Some(case) = &one.case { " (" (case) ")" }
                }
                br; (shown::due_when(one, now))
                @if let State::Met { on } = one.state { ", done " (on.written()) }
                (parts::details("How that was computed", &html! {
                    @if let Some(legal) = &one.legal { p { "By law: " (legal.due.written()) ". " (layout::sentence(&legal.words)) } }
                    @if let Some(target) = &one.target { p { "The school's own target: " (target.due.written()) ". " (layout::sentence(&target.words)) } }
                    p { "Rule " (one.rule) ": " (one.source) ". From " a href={ "/entry/" (one.entry) } { "record " (one.entry) } "." }
                    @if let Some(by) = one.corrected { p { "That record was corrected by " a href={ "/entry/" (by) } { "record " (by) } ": check its days." } }
                }))
            }
            (parts::tag(tone, word))
        }
    }
}

fn calendar(visit: &Visit) -> Answer {
    visit.sight()?.everything("the calendar of what falls due")?;
    let falls = cache::due(&visit.site)?;
    let Known::Now(falls) = &falls else {
        return Err(WorkError::refused(
            "the newest records are still being taken into account",
            "wait some seconds, then download it again",
        ));
    };
    let book = visit.read(|reading| {
        reading.check_whole()?;
        Ok(reading.store.hash(Index(0))?.short())
    })?;
    let text = due::calendar(&falls.all, &falls.found, &book, visit.world().now());
    Ok(Reply::File(
        "what-falls-due.ics".to_owned(),
        "text/calendar; charset=utf-8",
        text.into_bytes(),
    ))
}
