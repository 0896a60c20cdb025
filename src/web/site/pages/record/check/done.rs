//! What comes after a signature: what the record still lacks, and who has to be told.

use maud::html;
use probity_ledger::records::days::SECONDS_IN_72_HOURS;

use crate::web::site::layout::{self, sentence};
use crate::web::site::pages::shown;
use crate::web::site::parts::{self, Tone};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::record::complete;
use crate::work::time;

pub(super) fn done(visit: &Visit) -> Answer {
    let sight = visit.sight()?;
    let (record, missing) = visit.read(|reading| {
        let asked = visit.param("entry");
        sight.may_ask(asked)?;
        let record = sight.record(reading, reading.resolve(asked)?)?;
        let missing = complete::still_missing(reading, std::slice::from_ref(&record.entry))?;
        Ok((record, missing))
    })?;
    let entry = record.index();
    let kind = record.entry.says().kind;
    let aware = record.answers().and_then(|answers| answers.integer("aware"));
    let pressing =
        aware.filter(|_| kind == "breach-report").map(|aware| aware + SECONDS_IN_72_HOURS);
    let body = html! {
        (parts::panel("Signed", &html! { p { (record.title()) ", record " (entry) } }))
        (parts::summary_list(&[
            ("Record", vec![entry.to_string()], None),
            ("Signed", vec![time::words(record.entry.says().time)], None),
        ]))
        (parts::details("Its hash, by which it can be found and checked", &html! { p.hash { (record.entry.hash()) } }))
        h2 { "What happens next" }
        @if missing.is_empty() {
            p { "Nobody else has to sign this record." }
        } @else {
            @let (lacks, faults): (Vec<&str>, Vec<&str>) = missing.iter().map(|lack| lack.why.as_str())
                .partition(|why| why.starts_with("missing: "));
            p { (parts::tag(Tone::Open, "Not complete yet")) @if !lacks.is_empty() { " It becomes complete with:" } }
            @if !lacks.is_empty() {
                ul { @for lack in &lacks { li { (sentence(lack.trim_start_matches("missing: "))) } } }
            }
            @if !faults.is_empty() {
                p { "Why it doesn\u{2019}t count by itself:" }
                ul { @for fault in &faults { li { (sentence(fault)) } } }
            }
            p { "Others see it under " a href="/waiting" { "what waits for their signature" } "." }
        }
        @if let Some(until) = pressing {
            (parts::warning(&html! { "Tell the head teacher and the data protection officer now. The 72 hours to notify \
                the regulator run until " (time::words(until)) "." }))
        }
        @if visit.query("unconfirmed").is_some() {
            (parts::warning(&html! { "What you signed is kept, but no confirmation covers it yet. Tell whoever runs the record book." }))
        }
        @if let Some(case) = record.entry.subject().case() {
            p { (parts::link_button(&shown::where_case(case), "See what is still to be done in the case")) }
            p.quiet { "The case is " (case) "." }
        }
        ul {
            li { a href={ "/entry/" (entry) } { "Look at the record" } }
            li { a href={ "/record/" (kind) } { "Record another one of the same kind" } }
            li { a href="/record" { "Record something else" } }
            li { a href="/" { "Go to the front page" } }
        }
    };
    Ok(Reply::Page(layout::frame(visit, "Signed", &body, false)))
}
