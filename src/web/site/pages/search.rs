//! Looking for records: by words, kind, case, author and day, or by a document.

use axum::Router;
use axum::http::StatusCode;
use maud::html;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::records;

use super::shown;
use crate::web::site::cache::Known;
use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::history::{self, Line, Query};
use crate::work::{WorkError, time, ways};

/// So many are shown on a page.
const EACH: usize = 25;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/search", read(show)).route("/search", act(by_document))
}

fn show(visit: &Visit) -> Answer {
    page(visit, None)
}

fn page(visit: &Visit, no_file: Option<&str>) -> Answer {
    let said = |name: &str| visit.query(name).unwrap_or_default();
    let names = ["text", "kind", "case", "by", "since", "until", "document"];
    let asked = names.iter().any(|name| visit.query(name).is_some());
    let (found, wrong) = if asked {
        match query(visit).and_then(|query| look(visit, query)) {
            Ok(found) => (found, None),
            Err(error) => (None, Some(error)),
        }
    } else {
        (None, None)
    };
    let mut base = "/search?".to_owned();
    for (name, said) in names.iter().filter_map(|name| Some((name, visit.query(name)?))) {
        base.extend([*name, "=", &shown::escaped(said), "&"]);
    }
    let kinds: Vec<(&str, &str)> = {
        let mut kinds: Vec<_> = records::KINDS.iter().map(|kind| (kind.name, kind.title)).collect();
        kinds.sort_by_key(|(_, title)| title.to_lowercase());
        kinds.dedup();
        kinds
    };
    let body = html! {
        (shown::filter("/search", &html! {
            (Question { name: "text", label: "Words", hint: Some("Records in which all of them occur"), value: said("text"), ..Question::default() }.text())
            (parts::details("More", &html! {
                (Question { name: "kind", label: "Kind of record", value: said("kind"), ..Question::default() }.select(&kinds))
                (Question { name: "case", label: "Case", hint: Some("Such as breach-2026-003"), value: said("case"), ..Question::default() }.text())
                (Question { name: "by", label: "Signed by", hint: Some("A person's name"), value: said("by"), ..Question::default() }.text())
                (Question { name: "since", label: "Signed on this day or later", hint: Some("Such as 21/11/2026"), value: said("since"), ..Question::default() }.text())
                (Question { name: "until", label: "Signed on this day or earlier", value: said("until"), ..Question::default() }.text())
                (Question { name: "document", label: "The number of a document (SHA-256)", hint: Some("64 digits and letters, as they stand where a record names its files"), value: said("document"), ..Question::default() }.text())
            }))
        }))
        @if asked && wrong.is_none() {
            h2 { "Found" }
            @if let Some(found) = &found {
                p role="status" {
                    @match found.all { 0 => "Nothing.", 1 => "1 record.", many => { (many) " records, the newest first." } }
                }
                (parts::task_list(&found.here.iter().map(shown::record).collect::<Vec<_>>()))
                (shown::paging(&base, found.page, found.pages))
            } @else {
                (parts::inset(&html! { p role="status" {
                    "All records are being read for the search, which takes some seconds. "
                    a href=(visit.path) { "Look again" }
                } }))
            }
        }
        h2 { "Which records name a document?" }
        (parts::form(visit, "/search", true, &html! {
            (Question { name: "file", label: "The document", hint: Some("It is compared byte for byte, and not kept."), error: no_file, ..Question::default() }.files(false))
            (parts::button("Look for it"))
        }))
    };
    let title = "Search";
    if let Some(text) = no_file {
        let errors = parts::error_summary(&[(Some("file"), text.to_owned())]);
        let page = layout::page_with_errors(visit, title, &errors, &body);
        return Ok(Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    Ok(match wrong {
        None => Reply::Page(layout::page(visit, title, &body)),
        Some(error) => {
            let fact = ways::fact(&error);
            let text = match ways::remedy(&error) {
                Some(remedy) => format!("{fact}. {}", layout::sentence(&remedy)),
                None => fact,
            };
            let errors = parts::error_summary(&[(None, layout::sentence(&text))]);
            Reply::Status(
                StatusCode::UNPROCESSABLE_ENTITY,
                layout::page_with_errors(visit, title, &errors, &body),
            )
        }
    })
}

fn query(visit: &Visit) -> Result<Query, WorkError> {
    let day = |fact: String| WorkError::refused(fact, "write days as 21/11/2026");
    let own = |name: &str| visit.query(name).map(str::to_owned);
    let document = visit.query("document").map(sha256).transpose()?;
    let until = visit.query("until").map(time::read_end_of_day).transpose().map_err(day)?;
    Ok(Query {
        case: own("case").map(|case| case.to_lowercase()),
        kind: own("kind"),
        by: own("by"),
        since: visit.query("since").map(time::read_day).transpose().map_err(day)?,
        before: until.map(|until| until + 1),
        document,
        text: own("text"),
        ..Query::default()
    })
}

fn sha256(text: &str) -> Result<Sha256Hash, WorkError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = hex::decode(&digits).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Sha256Hash).ok_or_else(|| {
        WorkError::refused(
            "that is no SHA-256",
            "copy all 64 digits and letters, or choose the file itself",
        )
    })
}

/// A page of what is found, newest first.
#[derive(Default)]
struct Found {
    all: usize,
    here: Vec<Line>,
    page: usize,
    pages: usize,
}

/// What a visitor may see of what is found; `None` while the records are being read.
fn look(visit: &Visit, mut query: Query) -> Result<Option<Found>, WorkError> {
    let sight = visit.sight()?;
    let own =
        if sight.is_everything() { None } else { Some(cache::own(&visit.site, visit.person()?)?) };
    let own = match &own {
        None => None,
        Some(Known::Now(own)) => Some(own.places.as_slice()),
        Some(_) => return Ok(None),
    };
    // Nothing but their own is looked through, and so all of that.
    query.among = own.map(<[_]>::to_vec);
    // Whoever doesn't see everything doesn't learn either which cases there are.
    let narrow = query.case.is_some() || query.document.is_some();
    if query.text.is_some() || (!narrow && (query.since.is_some() || query.before.is_some())) {
        let Known::Now(texts) = cache::texts(&visit.site)? else { return Ok(None) };
        let text = query.text.take().unwrap_or_default();
        let mut found = texts.find(&text, query.since.take(), query.before.take());
        found.retain(|index| own.is_none_or(|own| own.binary_search(index).is_ok()));
        query.among = Some(found);
    }
    let listed = visit.read(|reading| {
        let found = history::places(reading, &query)?;
        let (page, pages) = shown::page_of(visit.query("page"), found.len(), EACH);
        let newest_first: Vec<Index> =
            found.iter().rev().skip((page - 1) * EACH).take(EACH).copied().collect();
        let here = cache::lines(&visit.site, reading, &newest_first)?;
        Ok(Found { all: found.len(), here, page, pages })
    });
    match listed {
        Ok(mut found) => {
            found.here.retain(|line| sight.of_line(line));
            Ok(Some(found))
        }
        Err(_) if !sight.is_everything() => Ok(Some(Found::default())),
        Err(WorkError::Refused { fact, .. }) => {
            Err(WorkError::refused(fact, "look at how it is written, or leave it out"))
        }
        Err(error) => Err(error),
    }
}

fn by_document(visit: &Visit, fields: Fields) -> Answer {
    match fields.files_of("file").next() {
        Some(file) => Ok(Reply::Go(format!("/search?document={}", file.sha256))),
        None => page(visit, Some("Choose the document")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documents_hash_is_taken_in_groups_and_nothing_else_is() {
        assert!(sha256(&"ab12 ".repeat(16)).is_ok());
        for wrong in ["", "ab", &"zz".repeat(32), &"ab".repeat(33)] {
            assert!(sha256(wrong).is_err(), "{wrong}");
        }
    }
}
