//! All cases, and the story of one.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::due::Due;
use probity_ledger::records::kind::Kind;

use super::shown;
use crate::web::site::cache::{Known, Weight};
use crate::web::site::parts::{self, Question, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::history::{self, CaseView, Line, Query, View};
use crate::work::preview;
use crate::work::reading::Reading;
use crate::work::sight::Person;
use crate::work::{WorkError, follow, looks, time};

/// So many cases a page.
const EACH: usize = 100;

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/cases", read(list)).route("/case/{case}", read(show))
}

fn list(visit: &Visit) -> Answer {
    let name = visit.query("name").unwrap_or_default().to_lowercase();
    let state = visit.query("state").unwrap_or_default();
    if !visit.sight()?.is_everything() {
        return own(visit, &name);
    }
    let cases = cache::cases(&visit.site)?;
    let mut found: Vec<_> = cases
        .value()
        .into_iter()
        .flat_map(|cases| cases.all.values())
        .filter(|line| line.case.contains(&name) || line.state.to_lowercase().contains(&name))
        .filter(|line| match state {
            "open" => !line.closed,
            "closed" => line.closed,
            "missing" => line.missing > 0 && !line.closed,
            _ => true,
        })
        .collect();
    found.sort_by_key(|line| (line.closed, std::cmp::Reverse(line.newest)));
    let (page, pages) = shown::page_of(visit.query("page"), found.len(), EACH);
    let here: Vec<_> =
        found.iter().skip((page - 1) * EACH).take(EACH).map(|line| shown::case(line)).collect();
    let states = [("open", "Open"), ("missing", "Something is missing"), ("closed", "Closed")];
    let base = format!("/cases?name={}&state={}&", shown::escaped(&name), shown::escaped(state));
    let body = html! {
        (shown::filter("/cases", &html! {
            (Question { name: "name", label: "Part of its name or state", value: &name, ..Question::default() }.text())
            (Question { name: "state", label: "How it stands", value: state, ..Question::default() }.select(&states))
        }))
        (shown::standing(visit, &cases)?)
        @if let Some(known) = cases.value() {
            p role="status" { (found.len()) @if found.len() == 1 { " case" } @else { " cases" } }
            @if known.all.is_empty() {
                p { "A case begins with its first record, such as a breach report, a consent or a request. "
                    a href="/record" { "Record something" } }
            }
        }
        @if !here.is_empty() { (parts::task_list(&here)) }
        (shown::paging(&base, page, pages))
    };
    Ok(Reply::Page(layout::page(visit, "Cases", &body)))
}

/// The cases of the records that somebody may see who doesn't see everything, the one with the newest
/// of them first.
fn own(visit: &Visit, name: &str) -> Answer {
    let own = cache::own(&visit.site, visit.person()?)?;
    let cases = own.value().into_iter().flat_map(|own| &own.cases);
    let mut found: Vec<_> = cases.filter(|(case, _)| case.contains(name)).collect();
    found.sort_by_key(|(_, newest)| std::cmp::Reverse(**newest));
    let (page, pages) = shown::page_of(visit.query("page"), found.len(), EACH);
    let here = found.iter().skip((page - 1) * EACH).take(EACH);
    let body = html! {
        (shown::filter("/cases", &html! {
            (Question { name: "name", label: "Part of its name", value: name, ..Question::default() }.text())
        }))
        p { "These are the cases of all records that you can see." }
        @if let Known::Now(_) = own {
            p role="status" { (found.len()) @if found.len() == 1 { " case" } @else { " cases" } }
            ul { @for (case, _) in here { li { a href={ "/case/" (case) } { (case) } } } }
            (shown::paging(&format!("/cases?name={}&", shown::escaped(name)), page, pages))
        } @else { p { "They are being looked for. " a href=(visit.path) { "Look again" } } }
    };
    Ok(Reply::Page(layout::page(visit, "Cases", &body)))
}

/// A case, as it stands or stood, for who reads everything. That they look is noted before.
pub fn open(
    visit: &Visit,
    case: &str,
    at: Option<i64>,
) -> Result<std::sync::Arc<CaseView>, WorkError> {
    let person = visit.person()?;
    person.sight.everything("a whole case")?;
    let now = visit.world().now();
    let make = |reading: &Reading, _: Option<&CaseView>| {
        CaseView::open(reading, case, at, now)
            .map_err(|error| if at.is_none() { none(visit, case) } else { error })
    };
    let name = format!("case {case} {at:?} {}", time::iso_day(now));
    let view = cache::fresh(&visit.site, &name, |_| true, make)?;
    visit.read(|reading| {
        if !looks::is_on(visit.home())? {
            return Ok(());
        }
        let records = view.entries.iter().map(|entry| reading.shown(entry.line.entry));
        looks::note(visit.home(), visit.world(), person, &records.collect::<Result<Vec<_>, _>>()?)
    })?;
    Ok(view)
}

impl Weight for CaseView {
    fn weight(&self) -> usize {
        self.entries.len() * 8192
    }
}

fn none(visit: &Visit, case: &str) -> WorkError {
    if visit.lacks {
        let fact = format!("the case {case} can\u{2019}t be read, or there is none");
        return WorkError::refused(fact, "look for it among all cases");
    }
    WorkError::refused(format!("there is no case {case}"), "look for it among all cases")
}

fn show(visit: &Visit) -> Answer {
    let case = visit.param("case").to_lowercase();
    if !visit.sight()?.is_everything() {
        return own_of(visit, &case);
    }
    let at = visit.query("at").map(time::read_end_of_day).transpose();
    let at = at.map_err(|fact| WorkError::refused(fact, "write days as 21/11/2026"))?;
    let view = open(visit, &case, at)?;
    let due = cache::due(&visit.site)?;
    let falls: Vec<&Due> = shown::of_case(&due, &case);
    let body = html! {
        @if let Some(at) = at {
            (parts::inset(&html! { p { "As it stood at the end of " (time::day_words(&time::iso_day(at))) ". "
                a href={ "/case/" (case) } { "As it stands now" } } }))
        }
        (state(&view, visit.person()?))
        @if at.is_none() {
            (next_kinds(visit, &case)?)
            @if !falls.is_empty() || !matches!(due, Known::Now(_)) {
                h2 { "What falls due in it" }
                (shown::standing(visit, &due)?)
                (parts::task_list(&falls.iter().map(|one| shown::due(one, visit.world().now())).collect::<Vec<_>>()))
            }
        }
        (story(&view))
        h2 { "More of this case" }
        ul {
            @if case.starts_with("breach-") { li { a href={ "/breach/" (case) } { "The breach room" } } }
            li { a href={ "/export?case=" (case) } { "Hand this case out" } }
            li { a href={ "/search?case=" (case) } { "Search in it" } }
        }
        (shown::filter(&format!("/case/{case}"), &Question {
            name: "at", label: "As it stood on a day", hint: Some("Such as 21/11/2026"),
            value: visit.query("at").unwrap_or_default(), ..Question::default()
        }.text()))
    };
    Ok(Reply::Page(layout::page(visit, &format!("Case {case}"), &body)))
}

/// Their own records of a case, for who doesn't read everything.
fn own_of(visit: &Visit, case: &str) -> Answer {
    let sight = visit.sight()?;
    let lines = visit.read(|reading| {
        let query = Query { case: Some(case.to_owned()), ..Query::default() };
        let mut lines: Vec<Line> = history::list(reading, &query).map_err(|_| none(visit, case))?;
        lines.retain(|line| sight.of_line(line));
        Ok(lines)
    })?;
    if lines.is_empty() {
        return Err(none(visit, case));
    }
    let body = html! {
        p { "These are the records of this case that you can see." }
        (parts::task_list(&lines.iter().map(shown::record).collect::<Vec<_>>()))
        (next_kinds(visit, case)?)
    };
    Ok(Reply::Page(layout::page(visit, &format!("Case {case}"), &body)))
}

/// State, what is missing and what comes next.
pub fn state(view: &CaseView, person: &Person) -> Markup {
    let may_sign = |kind: &Kind| follow::may_sign(person, kind);
    let (tone, class) = if view.state.closed { (Tone::Good, "good") } else { (Tone::Open, "open") };
    let state = &view.state;
    html! {
        section class={ "health " (class) } aria-label="How the case stands" {
            h2 { (layout::sentence(&state.state)) }
            p { (parts::tag(tone, if state.closed { "closed" } else { "open" })) " " (layout::sentence(&shown::plainly(&state.why))) }
        }
        @if !state.missing.is_empty() {
            h2 { "Missing" }
            ul { @for one in &state.missing { li { (shown::with_link(one, &view.case, &may_sign)) } } }
        }
        @if !state.next.is_empty() {
            h2 { "Next" }
            ol { @for one in &state.next { li { (shown::with_link(one, &view.case, &may_sign)) } } }
        }
        @if !view.found.is_empty() {
            h2 { "What doesn't fit together" }
            ul { @for found in &view.found { li {
                (layout::sentence(&found.text)) " " a href={ "/entry/" (found.entry) } { "Record " (found.entry) }
            } } }
        }
    }
}

/// What the visitor can record into a case.
pub fn next_kinds(visit: &Visit, case: &str) -> Result<Markup, WorkError> {
    let kinds = follow::in_case(case, visit.person()?);
    Ok(html! {
        @if !kinds.is_empty() {
            h2 { "Record into this case" }
            ul { @for kind in &kinds { li { a href={ "/record/" (kind.kind) "?case=" (case) } { (kind.title) } } } }
        }
    })
}

/// All records of a case, oldest first.
pub fn story(view: &CaseView) -> Markup {
    html! {
        h2 { "The story" }
        ol.story {
            @for entry in &view.entries { li { (told(entry)) } }
        }
    }
}

/// An answer's question, as its own page has it.
fn question(line: &Line, name: &str) -> String {
    let kind = probity_ledger::records::find(&line.kind, line.version);
    let field = kind.and_then(|kind| kind.field(name));
    field.map_or_else(|| name.replace('-', " "), |field| layout::capital(preview::question(field)))
}

fn told(entry: &View) -> Markup {
    let line = &entry.line;
    html! {
        h3 { a href={ "/entry/" (line.entry) } { (line.heading()) } }
        p.quiet { "Record " (line.entry) ", " (time::words(line.time)) ", " (line.signed_by()) }
        @if !line.marks.is_empty() { p { @for mark in &line.marks { (parts::tag(Tone::Open, mark)) " " } } }
        @for link in &entry.links {
            p { @match link.entry {
                Some(at) => a href={ "/entry/" (at) } { (layout::sentence(&link.words)) },
                None => (layout::sentence(&link.words)),
            } }
        }
        @if !entry.fields.is_empty() {
            (parts::details("What it says", &html! {
                dl.rows { @for answer in &entry.fields {
                    div { dt { (question(line, &answer.name)) } dd { @for line in &answer.words { p { (line) } } } }
                } }
            }))
        }
        @for gone in &entry.erased { p { (layout::sentence(&gone.words())) } }
        @for finding in &entry.findings { p { strong { "An inspector would ask: " } (layout::sentence(&finding.text)) } }
        @for words in &entry.since.words { p { strong { "Since: " } (layout::sentence(words)) } }
        @for why in &entry.since.lacks { p { strong { "Not complete: " } (layout::sentence(why)) } }
    }
}
