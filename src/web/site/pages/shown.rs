//! How records, cases and deadlines are shown wherever they are listed.

use maud::{Markup, html};
use probity_ledger::book::due::{Due, State};
use probity_ledger::book::rules::When;
use probity_ledger::records::kind::{Class, Kind, Signers};
use probity_ledger::records::roles;

use crate::web::site::cache::{self, Known};
use crate::web::site::layout::sentence;
use crate::web::site::parts::{self, Task, Tone};
use crate::web::site::visit::Visit;
use crate::work::WorkError;
use crate::work::history::Line;
use crate::work::overview::{CaseLine, FallsDue};
use crate::work::time;

/// One record in a list.
pub fn record(line: &Line) -> Task<'_> {
    let mark = line.marks.first().copied();
    Task {
        what: html! {
            (line.heading()) @if let Some(case) = &line.case { " (" (case) ")" }
            br; span.quiet { "Record " (line.entry) ", " (line.signed_by()) ", " (time::words(line.time)) }
        },
        to: Some(format!("/entry/{}", line.entry)),
        tag: mark.map_or((Tone::Good, "signed"), |mark| (Tone::Open, mark)),
    }
}

/// One thing that falls due, as it stands now.
pub fn due(one: &Due, now: i64) -> Task<'_> {
    Task {
        what: html! {
            (one.title)
            @if let Some(about) = &one.about { ": " span.foreign { (about) } }
            @if let Some(case) = &one.case { " (" (case) ")" }
            br; span.quiet { (due_when(one, now)) }
        },
        to: Some(where_due(one)),
        tag: due_tag(one, now),
    }
}

/// What falls due in a case, as far as that is known.
pub fn of_case<'a>(due: &'a Known<FallsDue>, case: &str) -> Vec<&'a Due> {
    let all = due.value().into_iter().flat_map(|due| &due.all);
    all.filter(|one| one.case.as_deref() == Some(case)).collect()
}

/// Whether a deadline has passed, also since it was worked out earlier today.
pub fn is_overdue(one: &Due, now: i64) -> bool {
    let passed = one.limit() != When::NotKnown && When::Moment(now).is_after(one.limit());
    one.state == State::Overdue || one.state == State::Open && passed
}

/// Whether it is to be done without delay, from a moment that has come: law sets no last day.
fn is_pressing(one: &Due, now: i64) -> bool {
    let owed = one.legal.is_some() && one.limit() == When::NotKnown;
    owed && When::Moment(now).is_after(one.when)
}

/// By when it is to be done, or since when it waits to be.
pub fn due_when(one: &Due, now: i64) -> String {
    let since = if is_pressing(one, now) { "Since " } else { "" };
    format!("{since}{}", one.when.written())
}

/// How a deadline stands now.
pub fn due_tag(one: &Due, now: i64) -> (Tone, &'static str) {
    match one.state {
        State::Met { .. } => (Tone::Good, "done"),
        State::Imported => (Tone::Open, "not known: imported"),
        _ if is_overdue(one, now) => (Tone::Bad, "overdue"),
        _ if is_pressing(one, now) => (Tone::Bad, "to do at once"),
        _ if one.missed_target(now) => (Tone::Bad, "past the school's target"),
        _ => (Tone::Open, "to do"),
    }
}

/// The page on which it is done.
pub fn where_due(one: &Due) -> String {
    match &one.case {
        Some(case) => where_case(case),
        None => format!("/entry/{}", one.entry),
    }
}

/// A case's own page; a breach has its room.
pub fn where_case(case: &str) -> String {
    if case.starts_with("breach-") { format!("/breach/{case}") } else { format!("/case/{case}") }
}

/// One case in a list.
pub fn case(line: &CaseLine) -> Task<'_> {
    Task {
        what: html! {
            (line.case) ": " (line.state)
            @if let Some(next) = &line.next { br; span.quiet { "Next: " (plainly(next)) } }
        },
        to: Some(where_case(&line.case)),
        tag: if line.closed {
            (Tone::Good, "closed")
        } else if line.missing > 0 {
            (Tone::Open, "something is missing")
        } else {
            (Tone::Open, "open")
        },
    }
}

/// A sentence that names how something is recorded, without that.
pub fn plainly(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('`') {
        let Some((_, behind)) = after.split_once('`') else { break };
        let before =
            before.strip_suffix(": ").or_else(|| before.strip_suffix(" (")).unwrap_or(before);
        out.push_str(before);
        rest =
            if text.contains("(`") { behind.strip_prefix(')').unwrap_or(behind) } else { behind };
    }
    out.push_str(rest);
    out
}

/// The same with a link to where it is recorded in a case, or who signs that where the reader may not.
pub fn with_link(text: &str, case: &str, may_sign: &dyn Fn(&Kind) -> bool) -> Markup {
    let command = text.split_once("`record ").and_then(|(_, after)| after.split('`').next());
    let mut words = command.unwrap_or_default().split(' ');
    let kind = words.next().and_then(probity_ledger::records::newest);
    let answers: Vec<&str> = words.collect();
    let said: String = answers
        .chunks_exact(2)
        .filter_map(|pair| Some((pair[0].strip_prefix("--")?, pair[1])))
        .flat_map(|(name, answer)| ["&".to_owned(), escaped(name), "=".to_owned(), escaped(answer)])
        .collect();
    html! {
        (sentence(&plainly(text)))
        @match kind {
            Some(kind) if kind.class == Class::Permission && !may_sign(kind) => {
                @if let Signers::OneOf(names) = kind.signers {
                    @let titles: Vec<&str> = names.iter().map(|role| roles::title(role)).collect();
                    " It is signed by: " (titles.join(", ")) "."
                }
            },
            Some(kind) => {
                " " a href={ "/record/" (kind.name) "?case=" (case) (said) } { "Record it" span.hidden { ": " (plainly(text)) } }
            },
            None => {},
        }
    }
}

/// So many of the records that a page doesn't count yet are named on it.
const NEWER: usize = 12;

/// Says so, where what a page shows isn't how things stand now: nothing old passes for new.
///
/// # Errors
/// A record book that can't be opened.
pub fn standing<T>(visit: &Visit, known: &Known<T>) -> Result<Markup, WorkError> {
    let again = html! { a href=(visit.path) { "Look again" } };
    let said = match known {
        Known::Now(_) => return Ok(html! {}),
        Known::Coming => html! {
            p role="status" { "This is being worked out from all records, which takes some seconds. " (again) }
        },
        Known::Before(_, then) => {
            let now = visit.read(|reading| Ok(reading.size()))?;
            let new = now.0.saturating_sub(then.0);
            html! {
                p role="status" {
                    @match new {
                        0 => "This is how it stood earlier, and is being worked out anew. ",
                        1 => "This is how it stood before the newest record, which is being taken into account. ",
                        _ => { "This is how it stood before the newest " (new) " records, which are being taken into account. " }
                    }
                    (again)
                }
                @if new > 0 {
                    p { "Not counted yet: "
                        @for index in cache::since(now, *then, NEWER) { a href={ "/entry/" (index) } { "record " (index) } " " }
                        @if new > NEWER as u64 { "and " (new - NEWER as u64) " more" }
                    }
                }
            }
        }
    };
    Ok(parts::inset(&said))
}

/// What tells a file from any other, for who wants to compare it.
pub fn exact(sha256: impl std::fmt::Display) -> Markup {
    parts::details(
        "Its exact content",
        &html! {
            p { "Two files with the same number here are the same, byte for byte:" }
            p.hash { "SHA-256 " (sha256) }
        },
    )
}

/// Links to another page of the same list.
pub fn paging(base: &str, page: usize, pages: usize) -> Markup {
    html! {
        @if pages > 1 {
            nav.paging aria-label="Pages" {
                @if page > 1 { a href={ (base) "page=" (page - 1) } rel="prev" { "Previous page" } " " }
                span { "Page " (page) " of " (pages) }
                @if page < pages { " " a href={ (base) "page=" (page + 1) } rel="next" { "Next page" } }
            }
        }
    }
}

/// Which page of a list is asked for, from 1, and how many there are.
pub fn page_of(asked: Option<&str>, all: usize, each: usize) -> (usize, usize) {
    let pages = all.div_ceil(each).max(1);
    let page = asked.and_then(|page| page.parse().ok()).unwrap_or(1);
    (usize::clamp(page, 1, pages), pages)
}

/// A form that asks a list for less: it is sent as an address.
pub fn filter(to: &str, inner: &Markup) -> Markup {
    html! {
        form.filter method="get" action=(to) role="search" { (inner) (parts::button("Show")) }
    }
}

/// Text as a part of an address.
pub fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_loses_what_only_a_terminal_knows() {
        for (given, plain) in [
            ("decide whether to notify: `record breach-decision`", "decide whether to notify"),
            (
                "nothing says that he was told (`record breach-told`)",
                "nothing says that he was told",
            ),
            ("do what entry 7 asks for: ring them, Jo", "do what entry 7 asks for: ring them, Jo"),
            ("one ` alone", "one ` alone"),
        ] {
            assert_eq!(plainly(given), plain);
        }
        let link =
            with_link("notify: `record breach-told --whom regulator`", "breach-2026-001", &|_| {
                true
            })
            .into_string();
        assert!(
            link.contains("/record/breach-told?case=breach-2026-001&amp;whom=regulator\""),
            "{link}"
        );
        assert!(
            !with_link("x: `record <script>`", "a-2026-001", &|_| true)
                .into_string()
                .contains("script")
        );
    }

    #[test]
    fn a_page_that_is_not_there_is_the_nearest_one() {
        assert_eq!(page_of(None, 0, 100), (1, 1));
        assert_eq!(page_of(Some("9"), 250, 100), (3, 3));
        assert_eq!(page_of(Some("0"), 250, 100), (1, 3));
        assert_eq!(page_of(Some("x"), 250, 100), (1, 3));
    }
}
