//! A drawing of the chain: records in their order, who signed over whom, what was confirmed from
//! outside, what was erased, who was appointed. A table says the same.

use std::sync::Arc;

use axum::Router;
use maud::{Markup, html};
use probity_ledger::format::hash::Index;
use probity_ledger::records;

use crate::store::Store as _;
use crate::web::site::cache::Weight;
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::chain::{self, Act, Cover, Link};
use crate::work::sight::Sight;
use crate::work::time;

/// So many records a page.
const EACH: u64 = 100;

/// The height of a row, the width of the drawing, where the chain runs and where words begin.
const ROW: usize = 30;
const WIDTH: usize = 900;
const CHAIN: usize = 130;
const WORDS: usize = 160;

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/chain", read(show))
}

/// A part of the chain as one visitor may see it.
struct Drawing {
    links: Vec<Link>,
    covers: Vec<Cover>,
    size: u64,
}

impl Weight for Vec<Cover> {
    fn weight(&self) -> usize {
        self.len() * 256
    }
}

impl Weight for Vec<Link> {
    fn weight(&self) -> usize {
        self.len() * 512
    }
}

fn show(visit: &Visit) -> Answer {
    let person = visit.person()?;
    let size = visit.read(|reading| Ok(reading.size().0))?;
    let last = visit
        .query("to")
        .and_then(|to| to.parse().ok())
        .map_or(size, |to: u64| to.saturating_add(1).min(size));
    let from = last.saturating_sub(EACH);
    let kept = visit.read(|reading| Ok(reading.store.evidence()?.len()))?;
    let all = cache::fresh(
        &visit.site,
        &format!("covers {kept}"),
        |_| true,
        |reading, _| chain::covers(reading, visit.home()),
    )?;
    let links: Arc<Vec<Link>> = cache::fresh(
        &visit.site,
        &format!("chain {from} {last}"),
        |_| true,
        |reading, _| chain::links(reading, Index(from), Index(last)),
    )?;
    let drawing = Drawing {
        links: seen(&links, &person.sight, &hex::encode(person.id)),
        covers: all
            .iter()
            .filter(|cover| cover.size.0 > from && cover.size.0 <= last)
            .cloned()
            .collect(),
        size,
    };
    let newest = all.iter().filter(|cover| cover.size.0 >= last).map(Cover::words).next_back();
    let body = html! {
        p { "Every record holds a number computed from the one before it (its hash), so that none can be changed, \
             taken out or put in between without breaking all that follow. Arcs show which earlier record \
             somebody signed over." }
        p { "Records " (from) " to " (last.saturating_sub(1)) " of " (size) ". "
            @match &newest {
                Some(words) => { (words) ", and so all that are shown here." },
                None => "Nobody outside has confirmed the newest of these.",
            }
            @if visit.who.as_ref().is_some_and(|person| person.sight.is_everything()) {
                " " a href="/outside" { "Confirmations and timestamps" }
            }
        }
        div.full.drawing role="region" aria-label="The chain, drawn" tabindex="0" { (drawing.svg()) }
        (parts::details("The same as a table", &drawing.table()))
        nav.paging aria-label="Pages" {
            @if from > 0 { a href={ "/chain?to=" (from - 1) } { "Older records" } " " }
            @if last < size { a href={ "/chain?to=" ((last - 1 + EACH).min(size - 1)) } { "Newer records" } }
        }
    };
    Ok(Reply::Page(layout::page(visit, "The chain", &body)))
}

/// What of the chain somebody may see: of other records only that they are there.
fn seen(links: &[Link], sight: &Sight, own: &str) -> Vec<Link> {
    let may = |link: &Link| {
        let kind = records::find(&link.kind, link.version);
        sight.is_everything()
            || hex::encode(link.person) == own
            || kind.is_some_and(|kind| sight.of_kind(kind))
    };
    links
        .iter()
        .map(|link| {
            if may(link) {
                return link.clone();
            }
            Link {
                entry: link.entry,
                title: "a record that is not shown to you".to_owned(),
                kind: String::new(),
                version: 0,
                signed_by: String::new(),
                person: [0; 16],
                time: 0,
                over: Vec::new(),
                act: Act::Records,
                erased: false,
            }
        })
        .collect()
}

impl Drawing {
    /// The middle of a record's row; rows go from the newest down to the oldest.
    fn y(&self, entry: Index) -> Option<usize> {
        let newest = self.links.last()?.entry.0;
        let oldest = self.links.first()?.entry.0;
        let down = newest.checked_sub(entry.0).filter(|_| entry.0 >= oldest)?;
        let covers = self.covers.iter().filter(|cover| cover.size.0 > entry.0).count();
        Some(ROW / 2 + (usize::try_from(down).ok()? + covers) * ROW)
    }

    fn height(&self) -> usize {
        (self.links.len() + self.covers.len()) * ROW
    }

    fn svg(&self) -> Markup {
        let height = self.height().max(ROW);
        html! {
            svg xmlns="http://www.w3.org/2000/svg" role="group" aria-labelledby="chain-title chain-about"
                width=(WIDTH) height=(height) viewBox={ "0 0 " (WIDTH) " " (height) } {
                title id="chain-title" { "The chain of " (self.size) " records" }
                desc id="chain-about" { "Newest on top. The table below says the same in words." }
                line.line x1=(CHAIN) y1="0" x2=(CHAIN) y2=(height) {}
                @for link in &self.links { (self.arcs(link)) }
                @for link in &self.links { (self.node(link)) }
                @for (at, cover) in self.covers.iter().enumerate() { (self.cover(at, cover)) }
            }
        }
    }

    /// From a record to the earlier ones that its author signed over.
    fn arcs(&self, link: &Link) -> Markup {
        let Some(y) = self.y(link.entry) else { return html! {} };
        html! {
            @for over in &link.over {
                @match self.y(*over) {
                    Some(to) => {
                        @let reach = CHAIN.saturating_sub(20 + (to - y).min(1000) / 10);
                        path.arc d={ "M" (CHAIN) " " (y) " C" (reach) " " (y) " " (reach) " " (to) " " (CHAIN) " " (to) } {
                            title { (layout::sentence(&over_words(link, *over))) }
                        }
                    }
                    None => {
                        path.arc d={ "M" (CHAIN) " " (y) " l-24 10" } { title { (layout::sentence(&over_words(link, *over))) } }
                    }
                }
            }
        }
    }

    fn node(&self, link: &Link) -> Markup {
        let Some(y) = self.y(link.entry) else { return html! {} };
        html! {
            g.node {
                title { (words(link)) }
                @match link.act {
                    Act::Appoints | Act::Governs => rect.governs x=(CHAIN - 8) y=(y - 8) width="16" height="16" {},
                    Act::Revokes | Act::Erases => path.takes d={ "M" (CHAIN - 9) " " (y + 8) " h18 l-9 -17 z" } {},
                    Act::Records => circle.records cx=(CHAIN) cy=(y) r="8" {},
                }
                a href={ "/entry/" (link.entry) } {
                    text x=(WORDS) y=(y + 5) {
                        (link.entry) " " (clipped(&link.title, 44))
                        @if link.act != Act::Records { " [" (link.act.word()) "]" }
                        @if link.erased { " [erased]" }
                        @if !link.signed_by.is_empty() { " · " (clipped(&link.signed_by, 40)) }
                    }
                }
            }
        }
    }

    fn cover(&self, at: usize, cover: &Cover) -> Markup {
        // Above the newest record that it covers, the last of several on top.
        let Some(below) = cover.size.0.checked_sub(1).and_then(|last| self.y(Index(last))) else {
            return html! {};
        };
        let same = self.covers[..at].iter().filter(|other| other.size == cover.size).count();
        let y = below.saturating_sub((same + 1) * ROW);
        html! {
            g.cover {
                title { (said(cover)) }
                line x1="10" y1=(y) x2=(WIDTH - 10) y2=(y) {}
                text x=(WORDS) y=(y + 5) { (clipped(&said(cover), 90)) }
            }
        }
    }

    fn table(&self) -> Markup {
        let mut rows: Vec<Vec<Markup>> = Vec::new();
        for link in self.links.iter().rev() {
            for cover in self.covers.iter().rev().filter(|cover| cover.size.0 == link.entry.0 + 1) {
                rows.push(vec![html! {}, html! { strong { (said(cover)) } }, html! {}, html! {}]);
            }
            rows.push(vec![
                html! { a href={ "/entry/" (link.entry) } { (link.entry) } },
                html! { (link.title) @if link.act != Act::Records { " (" (link.act.word()) ")" } @if link.erased { ", erased" } },
                html! { (link.signed_by) @if link.time != 0 { br; (time::words(link.time)) } },
                html! { @for over in &link.over { a href={ "/entry/" (over) } { (over) } " " } },
            ]);
        }
        parts::table(
            "Records, newest first",
            &["Record", "What", "Signed by", "Signed over"],
            &rows,
        )
    }
}

fn said(cover: &Cover) -> String {
    let when = cover.time.map(|at| format!(" on {}", time::words(at))).unwrap_or_default();
    format!("{}{when}", cover.words())
}

fn words(link: &Link) -> String {
    let what = format!("Record {}: {}", link.entry, link.title);
    if link.signed_by.is_empty() {
        return what;
    }
    format!("{what}, signed by {} on {}", link.signed_by, time::words(link.time))
}

fn over_words(link: &Link, over: Index) -> String {
    format!("{} signed record {} over record {over}", link.signed_by, link.entry)
}

fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use probity_ledger::format::hash::Size;

    fn link(entry: u64, kind: &str, over: &[u64]) -> Link {
        Link {
            entry: Index(entry),
            title: format!("Title of {kind}"),
            kind: kind.to_owned(),
            version: 1,
            signed_by: "Amina Okafor, Headteacher".to_owned(),
            person: [1; 16],
            time: 1_790_852_400,
            over: over.iter().copied().map(Index).collect(),
            act: Act::Records,
            erased: false,
        }
    }

    fn drawing() -> Drawing {
        let cover = |size, by: &str| Cover {
            size: Size(size),
            by: by.to_owned(),
            time: None,
            timestamp: false,
        };
        Drawing {
            links: vec![
                link(4, "consent", &[]),
                link(5, "breach-report", &[]),
                link(6, "correction", &[5, 2]),
            ],
            covers: vec![cover(5, "Council"), cover(5, "Trust")],
            size: 7,
        }
    }

    #[test]
    fn every_record_has_its_row_and_nothing_lies_over_anything_else() {
        let drawing = drawing();
        let rows: Vec<usize> =
            [6, 5, 4].map(|entry| drawing.y(Index(entry)).expect("drawn")).into();
        // Two confirmations lie between record 5 and record 4.
        assert_eq!(rows, [15, 45, 135]);
        assert_eq!(drawing.height(), 5 * ROW);
        assert!(drawing.y(Index(2)).is_none() && drawing.y(Index(7)).is_none());
        let svg = drawing.svg().into_string();
        assert!(svg.contains("y1=\"105\"") && svg.contains("y1=\"75\""), "{svg}");
        assert!(svg.contains("Amina Okafor, Headteacher signed record 6 over record 5"), "{svg}");
        let table = drawing.table().into_string();
        assert!(table.contains("Council confirmed records 0 to 4"), "{table}");
    }

    #[test]
    fn of_what_somebody_may_not_see_only_its_place_is_drawn() {
        let sight = Sight::of([2; 16], &["cctv-operator".to_owned()]);
        let mut drawing = drawing();
        drawing.links = seen(&drawing.links, &sight, &hex::encode([2; 16]));
        let all = drawing.svg().into_string() + &drawing.table().into_string();
        assert!(!all.contains("Amina") && !all.contains("breach-report"), "{all}");
        assert!(all.contains("/entry/5"));
    }
}
