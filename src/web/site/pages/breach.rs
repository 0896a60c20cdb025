//! The breach room: the clock, who was told, what Article 33(3) still lacks, the decision.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::cases::room::{Room, Told};
use probity_ledger::book::due::{Due, State, When};
use probity_ledger::book::item::Book;
use probity_ledger::format::hash::Index;
use probity_ledger::records::days::SECONDS_IN_72_HOURS;
use probity_ledger::records::spoken::spoken;

use super::{cases, shown};
use crate::web::site::cache::Weight;
use crate::web::site::parts::{self, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::book::{Scope, items};
use crate::work::reading::Reading;
use crate::work::{WorkError, time};

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/breach/{case}", read(show))
}

/// Who is to be told of a breach, in the order in which it presses.
const WHOM: &[(&str, &str)] = &[
    ("dpo", "The data protection officer"),
    ("regulator", "The regulator"),
    ("people-concerned", "The people concerned"),
    ("headteacher", "The headteacher"),
    ("chair-of-governors", "The chair of governors"),
    ("processor", "The processors"),
];

fn show(visit: &Visit) -> Answer {
    let case = visit.param("case").to_lowercase();
    if !visit.sight()?.is_everything() {
        return Ok(Reply::Go(format!("/case/{case}")));
    }
    let view = cases::open(visit, &case, None)?;
    let now = visit.world().now();
    let make = |reading: &Reading, _: Option<&Room>| {
        let items = items(reading, Scope::Case(&case, &[]), now)?;
        Ok(Room::of(&Book::new(&items, now), &case))
    };
    let room =
        cache::fresh(&visit.site, &format!("room {case} {}", time::iso_day(now)), |_| true, make)?;
    let unreasoned = visit.read(|reading| unreasoned(reading, &room))?;
    let due = cache::due(&visit.site)?;
    let falls = shown::of_case(&due, &case);
    let limit = falls.iter().copied().find(|one| one.rule == "breach-72h");
    let body = html! {
        (shown::standing(visit, &due)?)
        @if let Some(risk) = &unreasoned {
            (parts::warning(&html! { "The decision says that the risk is " (spoken(risk)) " and that the regulator is \
                not notified, and gives no reason. Notify it within the 72 hours, or decide again and say why." }))
        }
        @match room.aware.filter(|(at, _)| *at > now) {
            Some((at, report)) => (parts::warning(&html! {
                "By " a href={ "/entry/" (report) } { "record " (report) } " the school becomes aware on "
                (time::words(at)) ", which is still to come: the 72 hours can\u{2019}t be counted. Correct that record."
            })),
            None => @if due.value().is_some() { (clock(limit, room.aware.filter(|_| unreasoned.is_some()), now)) },
        }
        @if room.still_occurring { (parts::warning(&html! { "The newest report says that it is still going on." })) }
        (cases::state(&view, visit.person()?))
        h2 { "The decision" }
        (decision(&room, &case))
        h2 { "Who was told" }
        p { "By what is on record here. Somebody may have been told without its being recorded." }
        (who_was_told(&room, &case))
        h2 { "What the regulator has to be told" }
        (article(&room, &case))
        (cases::next_kinds(visit, &case)?)
        @let others: Vec<_> = falls.iter().filter(|one| one.rule != "breach-72h").map(|one| shown::due(one, now)).collect();
        @if !others.is_empty() { h2 { "What else falls due" } (parts::task_list(&others)) }
        p { a href={ "/case/" (case) } { "The whole case, record by record" } }
        p { a href={ "/export?case=" (case) "&for=regulator" } { "Make the regulator's copy of this case" } }
    };
    Ok(Reply::Page(layout::page(visit, &format!("Breach room: {case}"), &body)))
}

impl Weight for Room {
    fn weight(&self) -> usize {
        (self.told.len() + self.parts.len() + 1) * 256
    }
}

/// The risk, where the regulator is not notified although one is likely, and no reason is given.
fn unreasoned(reading: &Reading, room: &Room) -> Result<Option<String>, WorkError> {
    let Some(decision) = room.decision.filter(|_| room.notify == Some(false)) else {
        return Ok(None);
    };
    let record = reading.shown(decision)?;
    let said = record.answers().filter(|said| said.lacks("justification"));
    let risk = said.and_then(|said| said.text("risk"));
    Ok(risk.filter(|risk| matches!(*risk, "likely" | "high")).map(str::to_owned))
}

/// The deadline for telling the regulator; none where the law sets none. It runs on where nothing
/// says why the regulator isn't told of a risk.
fn clock(limit: Option<&Due>, runs_on: Option<(i64, Index)>, now: i64) -> Markup {
    let Some(limit) = limit else {
        return parts::inset(&html! {
            p { "No clock runs: no report says when the school became aware." }
        });
    };
    let worked = limit.legal.as_ref().map(|worked| layout::sentence(&worked.words));
    let when = limit.legal.as_ref().map_or(limit.when, |worked| worked.due);
    html! {
        @let runs_on = runs_on.map(|(aware, _)| aware + SECONDS_IN_72_HOURS);
        @match (limit.state, runs_on.map_or(when, When::Moment)) {
            (State::Met { .. }, When::Moment(until)) if runs_on.is_some() => (running(until, now)),
            (State::Met { on }, When::NotKnown) => {
                (parts::inset(&html! { p { "No clock runs: it was decided on " (on.written())
                    " that the regulator is not notified." } }))
            }
            (State::Met { on }, _) => {
                section.health.good aria-label="The 72 hours" {
                    h2 { "The regulator was told" }
                    p { (on.written()) @if limit.is_late() { ", " strong { "after the 72 hours had passed" } } "." }
                }
            }
            (State::Imported, _) => {
                (parts::inset(&html! { p { "No clock runs: the 72 hours had passed before this was \
                    imported. Whether the regulator was told is not on record." } }))
            }
            (_, When::Moment(until)) => (running(until, now)),
            _ => p { "When the regulator is to be told is not known." },
        }
        @if let Some(worked) = worked { p.quiet { (worked) " (Article 33(1) UK GDPR)" } }
        @if let Some(target) = &limit.target { p.quiet { "The school's own target: " (target.due.written()) "." } }
    }
}

fn running(until: i64, now: i64) -> Markup {
    html! {
        section class={ "health " (if until < now { "bad" } else { "open" }) } aria-label="The 72 hours" {
            h2 { @if until < now { "The 72 hours have passed" } @else { "Left to notify the regulator" } }
            p.clock { time data-until=(until) datetime=(time::rfc3339(until)) { (left(until - now)) } }
            p { "Until " (time::words(until)) "." }
        }
    }
}

/// How much time is left, as the clock of the page says it.
fn left(seconds: i64) -> String {
    let words = |seconds: i64| format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
    if seconds < 0 { format!("passed {} ago", words(-seconds)) } else { words(seconds) }
}

fn told_words(told: &Told) -> Markup {
    html! {
        a href={ "/entry/" (told.entry) } { (time::words(told.at)) }
        @if let Some(reference) = &told.reference { ", their reference " span.foreign { (reference) } }
    }
}

fn who_was_told(room: &Room, case: &str) -> Markup {
    let rows: Vec<Vec<Markup>> = WHOM
        .iter()
        .map(|(whom, words)| {
            let first = room.first(whom);
            let owed = match *whom {
                "regulator" => room.notify,
                "people-concerned" => room.tell_people.as_deref().map(|word| word == "yes"),
                "processor" => Some(false),
                _ => Some(true),
            };
            let state = match (first, owed) {
                (Some(_), _) => parts::tag(Tone::Good, "told"),
                (None, Some(true)) => parts::tag(Tone::Open, "nothing on record yet"),
                (None, Some(false)) if *whom == "processor" => {
                    parts::tag(Tone::Plain, "if one is involved")
                }
                (None, Some(false)) => parts::tag(Tone::Plain, "decided: not told"),
                (None, None) => parts::tag(Tone::Open, "to be decided"),
            };
            let when = html! {
                @match first {
                    Some(told) => (told_words(told)),
                    None => a href={ "/record/breach-told?case=" (case) "&whom=" (whom) } {
                        @if owed == Some(false) { "Record it, if they were told" } @else { "Record that they were told" }
                        span.hidden { ": " (words) }
                    },
                }
            };
            let when = html! {
                (when)
                @if let Some(letter) = room.letter.filter(|_| *whom == "regulator") {
                    ". " a href={ "/entry/" (letter) } { "Record " (letter) }
                    " is a letter to the regulator, and doesn't say that it was told of this"
                }
            };
            vec![html! { (words) }, state, when]
        })
        .collect();
    let known =
        |told: &&Told| told.whom.iter().any(|one| !WHOM.iter().any(|(whom, _)| whom == one));
    html! {
        (parts::table("Told of the breach", &["Who", "State", "When"], &rows))
        @let others: Vec<_> = room.told.iter().filter(known).collect();
        @if !others.is_empty() {
            ul { @for told in others { li {
                (told.whom.iter().map(|one| spoken(one)).collect::<Vec<_>>().join(", ")) ": " (told_words(told))
            } } }
        }
    }
}

fn decision(room: &Room, case: &str) -> Markup {
    html! {
        @match room.decision {
            None => {
                p { "Nothing is decided yet." }
                p { (parts::link_button(&format!("/record/breach-decision?case={case}"), "Record the decision")) }
            }
            Some(entry) => {
                p {
                    @match room.notify {
                        Some(true) => "The regulator is notified. ",
                        Some(false) => "The regulator is not notified. ",
                        None => "The decision's answers can't be read. ",
                    }
                    @match room.tell_people.as_deref() {
                        Some("yes") => "The people concerned are told. ",
                        Some("no") => "The people concerned are not told. ",
                        Some(other) => { "Telling the people concerned: " (spoken(other)) ". " }
                        None => "Nothing is said of the people concerned. ",
                    }
                    a href={ "/entry/" (entry) } { "The decision, record " (entry) }
                }
            }
        }
    }
}

fn article(room: &Room, case: &str) -> Markup {
    let lacking = room.lacking().count();
    let rows: Vec<Vec<Markup>> = room
        .parts
        .iter()
        .map(|part| {
            let link = |entry: Option<Index>, none: &'static str, tone| html! {
                @match entry {
                    Some(entry) => a href={ "/entry/" (entry) } { "record " (entry) },
                    None => (parts::tag(tone, none)),
                }
            };
            let own = part.point != "33(3)(b)";
            vec![
                html! { (layout::sentence(part.what).trim_end_matches('.')) " " span.quiet { "Art " (part.point) } },
                if own { link(part.recorded, "not recorded", Tone::Open) } else { html! { "as appointed" } },
                if room.notify == Some(false) {
                    link(part.told, "decided: not told", Tone::Plain)
                } else {
                    link(part.told, "to be told", Tone::Open)
                },
            ]
        })
        .collect();
    html! {
        @if room.notify == Some(false) {
            p { "It was decided that the regulator is not notified, so none of this is on its way to it. The school \
                 keeps it on record all the same (Article 33(5) UK GDPR)." }
        } @else if lacking == 0 {
            p { "Everything that Article 33(3) asks for was told to the regulator, by what is on record." }
        } @else {
            p { (lacking) " of " (room.parts.len()) " are still to be told, by what is on record. What isn't known \
                 yet may follow in phases (Article 33(4) UK GDPR)." }
        }
        (parts::table("What Article 33(3) UK GDPR asks for", &["What", "On record here", "Told to the regulator"], &rows))
        p { a href={ "/record/breach-told?case=" (case) "&whom=regulator" } { "Record what the regulator was told" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_says_what_is_left_in_words() {
        assert_eq!(left(72 * 3600), "72 h 00 min");
        assert_eq!(left(3 * 3600 + 5 * 60 + 59), "3 h 05 min");
        assert_eq!(left(-60), "passed 0 h 01 min ago");
    }

    #[test]
    fn without_a_limit_there_is_no_clock() {
        assert!(!clock(None, None, 0).into_string().contains("data-until"));
    }
}
