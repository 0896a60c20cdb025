//! Erasing answers for ever: what, why, the words, the signature, and the second person's agreement.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::book::erasing::Ground;
use probity_ledger::format::hash::Index;

use crate::store::{Store as _, Term};
use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::layout;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::erase::{self, ToErase, retention};
use crate::work::record::Written;
use crate::work::{WorkError, backup, time};

use super::signing::{self, Ask, Step, framed, framed_all, sentence};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/erase", read(overview))
        .route("/erase/choose", read(choose).merge(act(prepare)))
        .route("/erase/approve/{entry}", read(agree_ask).merge(act(agree)))
        .route("/erase/done", read(done))
}

const GROUNDS: &[(&str, &str)] = &[
    ("retention", "The school's retention rules: it is no longer needed"),
    ("request", "The person asked for it (Article 17)"),
    ("withdrawal", "Consent was withdrawn"),
    ("court", "A court or the regulator ordered it"),
];

fn overview(visit: &Visit) -> Answer {
    visit.sight()?.everything("erasing")?;
    let now = visit.world().now();
    let (proposed, waiting) = visit.read(|reading| {
        let all = reading.store.lookup(&Term::Kind("erasure".to_owned()))?;
        Ok((retention::proposals(reading, now)?, erase::waiting(reading, all.into_iter())?))
    })?;
    let rows: Vec<Vec<Markup>> = proposed
        .iter()
        .filter(|one| !one.entries.is_empty() || one.held > 0 || one.cannot.is_some())
        .map(|one| {
            let entries: Vec<String> = one.entries.iter().map(ToString::to_string).collect();
            vec![
                html! { (one.class) " (" a href={ "/entry/" (one.rule) } { "rule " (one.rule) } ")" },
                html! { (one.kind) },
                html! {
                    @if let Some(cannot) = &one.cannot { (cannot) }
                    @else { (entries.len()) " past it" @if one.held > 0 { ", " (one.held) " more under a hold" } }
                },
                html! {
                    @if !entries.is_empty() {
                        a href={ "/erase/choose?rule=" (one.rule) "&ground=retention&entries=" (entries.join("+")) } {
                            "Erase" span.hidden { " these: " (one.class) ", " (one.kind) } }
                    }
                },
            ]
        })
        .collect();
    let body = html! {
        p { "What is erased is gone for ever: answers, the files attached to them, and the keys that they were \
             sealed with. That a record was signed, by whom and when, stays, and everything can still be checked." }
        p { "Two people sign: a representative of the school says what goes and why; the data protection officer \
             agrees. Either may come first." }
        p { (parts::link_button("/erase/choose", "Choose what to erase")) }
        @if !waiting.is_empty() {
            h2 { "Waits for the data protection officer" }
            ul { @for index in &waiting { li { a href={ "/erase/approve/" (index) } { "Erasure in record " (index) } } } }
        }
        h2 { "Past its retention" }
        @if rows.is_empty() { p { "Nothing, by the retention rules that are on record." } }
        @else { (parts::table("By the school's retention rules", &["Rule", "Kind", "How many", "Erase"], &rows)) }
        (copies(visit)?)
    };
    Ok(framed(visit, "Erase answers for ever", "/settings", None, &body))
}

/// What still holds what was erased.
fn copies(visit: &Visit) -> Result<Markup, WorkError> {
    let media = backup::media(visit.home())?;
    let asked = erase::still_asked(visit.world(), visit.home());
    Ok(html! {
        h2 { "What other copies still hold" }
        p { "Copies that were handed out are out of reach." }
        @if media.is_empty() { p { "A copy of the record book that somebody made before still holds what is erased here." } }
        @else {
            p { "These backups hold it until they are brought up to date:" }
            ul {
                @for medium in &media {
                    li { (medium.path.display()) " (of " (time::day_words(&time::iso_day(medium.at))) ")" }
                }
            }
            p { a href="/backup" { "Bring a backup up to date" } }
        }
        @for line in &asked { p { (layout::sentence(line)) } }
    })
}

/// What a form says.
struct Given {
    entries: String,
    ground: String,
    rule: String,
    fields: Vec<String>,
}

fn choose(visit: &Visit) -> Answer {
    visit.sight()?.everything("erasing")?;
    let text = |name: &str| visit.query(name).unwrap_or_default().to_owned();
    let given = Given {
        entries: text("entries"),
        ground: text("ground"),
        rule: text("rule"),
        fields: Vec::new(),
    };
    Ok(form(visit, &given, &[]))
}

/// The fields that can be erased, where one record is named.
fn fields_of(visit: &Visit, entries: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = entries.split_whitespace().collect();
    let [one] = words.as_slice() else { return Vec::new() };
    let found = visit.read(|reading| {
        let record = reading.record(reading.resolve(one)?)?;
        let missing = record.missing();
        let left = record.field_names().into_iter().filter(|name| !missing.contains(name));
        Ok(left
            .map(|name| {
                let ask =
                    record.kind.and_then(|kind| kind.field(name)).map_or(name, |field| field.ask);
                (name.to_owned(), ask.to_owned())
            })
            .collect())
    });
    found.unwrap_or_default()
}

fn form(visit: &Visit, given: &Given, errors: &[(&'static str, String)]) -> Reply {
    let wrong =
        |at: &str| errors.iter().find(|(name, _)| *name == at).map(|(_, text)| text.as_str());
    let known = fields_of(visit, &given.entries);
    let choices: Vec<(&str, &str)> =
        known.iter().map(|(name, ask)| (name.as_str(), ask.as_str())).collect();
    let ticked: Vec<&str> = given.fields.iter().map(String::as_str).collect();
    let inner = html! {
        (Question {
            name: "entries", label: "Which records", value: &given.entries, error: wrong("entries"),
            hint: Some("Their numbers, with blanks between them, such as 17 23."), ..Question::default()
        }.text())
        @if !choices.is_empty() {
            (Question {
                name: "field", label: "Which answers", error: wrong("field"),
                hint: Some("Tick none to erase all of them."), ..Question::default()
            }.boxes(&choices, &ticked))
        }
        (Question {
            name: "ground", label: "Why", value: &given.ground, error: wrong("ground"), ..Question::default()
        }.radios(GROUNDS))
        (Question {
            name: "rule", label: "Retention rule, if it is done under one", value: &given.rule,
            error: wrong("rule"), hint: Some("The number of the record that holds the rule."), ..Question::default()
        }.number())
        (parts::button("Continue"))
    };
    let body = html! {
        @if choices.is_empty() {
            p { "With one number, you can choose single answers on the next page." }
        }
        (parts::form(visit, "/erase/choose", false, &inner))
    };
    let errors: Vec<(Option<&str>, String)> =
        errors.iter().map(|(at, text)| (Some(*at), text.clone())).collect();
    framed_all(visit, "What is to be erased", "/erase", &errors, &body)
}

fn prepare(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("erasing")?;
    let signed = |written: &Written| {
        let entries: Vec<String> =
            written.entries.iter().map(|entry| entry.index().to_string()).collect();
        signing::after(&format!("/erase/done?entries={}", entries.join("+")), written)
    };
    if let Some(written) = signing::before(visit, &fields) {
        return signed(&written);
    }
    let given = Given {
        entries: fields.text("entries").to_owned(),
        ground: fields.text("ground").to_owned(),
        rule: fields.text("rule").to_owned(),
        fields: fields.all("field").map(str::to_owned).collect(),
    };
    let mut errors = Vec::new();
    if given.entries.is_empty() {
        errors.push(("entries", "Enter the numbers of the records".to_owned()));
    }
    let ground = Ground::named(&given.ground);
    if ground.is_none() {
        errors.push(("ground", "Choose why".to_owned()));
    }
    let Some(ground) = ground.filter(|_| errors.is_empty()) else {
        return Ok(form(visit, &given, &errors));
    };
    let wanted = ToErase {
        entries: given.entries.split_whitespace().map(str::to_owned).collect(),
        fields: given.fields.clone(),
        ground,
        rule: Some(given.rule.clone()).filter(|rule| !rule.is_empty()),
        by: visit.person()?.key.clone(),
        role: None,
        date_confirmed: false,
    };
    let prepared =
        visit.read(|reading| erase::prepare(visit.world(), reading, &visit.keyring(), &wanted));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Ok(form(visit, &given, &[("entries", sentence(&error))])),
    };
    let mut hidden =
        vec![("entries", given.entries), ("ground", given.ground), ("rule", given.rule)];
    hidden.extend(given.fields.into_iter().map(|field| ("field", field)));
    let ask = Ask {
        title: "Sign the erasure",
        to: "/erase/choose",
        hidden,
        back: "/erase/choose",
        more: copies(visit)?,
        button: "Sign the erasure",
    };
    match signing::step(visit, &fields, &ask, &prepared)? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&written),
    }
}

fn agree_ask(visit: &Visit) -> Answer {
    agree_step(visit, &Fields::default())
}

fn agree(visit: &Visit, fields: Fields) -> Answer {
    agree_step(visit, &fields)
}

fn agree_step(visit: &Visit, fields: &Fields) -> Answer {
    visit.sight()?.everything("an erasure")?;
    let entry = visit.param("entry").to_owned();
    let signed =
        |written: &Written| signing::after(&format!("/erase/done?entries={entry}"), written);
    if let Some(written) = signing::before(visit, fields) {
        return signed(&written);
    }
    let by = &visit.person()?.key;
    let prepared = visit.read(|reading| {
        let who = (entry.as_str(), by.as_str(), None);
        erase::approve(visit.world(), reading, &visit.keyring(), who, false)
    })?;
    let to = format!("/erase/approve/{entry}");
    let ask = Ask {
        title: "Agree to an erasure",
        to: &to,
        hidden: Vec::new(),
        back: "/waiting",
        more: html! {
            p { a href={ "/entry/" (entry) } { "See the erasure in record " (entry) } }
            (copies(visit)?)
        },
        button: "Sign, and erase it now",
    };
    match signing::step(visit, fields, &ask, &[prepared])? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&written),
    }
}

fn done(visit: &Visit) -> Answer {
    visit.sight()?.everything("erasing")?;
    let text = visit.query("entries").unwrap_or_default();
    let entries: Vec<Index> =
        text.split_whitespace().filter_map(|word| word.parse().ok().map(Index)).collect();
    let waiting = visit.read(|reading| {
        let mut there =
            entries.iter().copied().filter(|index| index.0 < reading.size().0).peekable();
        there.peek().is_some().then(|| erase::waiting(reading, there)).transpose()
    })?;
    let Some(waiting) = waiting else { return Ok(Reply::Go("/erase".to_owned())) };
    let (title, body) = if waiting.is_empty() {
        (
            "It is erased",
            html! { p { "What was erased is gone for ever. That it was, by whom and why, stays on record." } (copies(visit)?) },
        )
    } else {
        (
            "The erasure waits",
            html! {
                p { "Nothing is erased yet. The data protection officer has to agree:" }
                ul { @for index in &waiting { li { a href={ "/erase/approve/" (index) } { "Erasure in record " (index) } } } }
            },
        )
    };
    let body = html! { (signing::unconfirmed(visit)) (body) };
    Ok(framed(visit, title, "/erase", None, &body))
}
