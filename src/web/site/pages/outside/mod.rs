//! What people outside say of the record book: confirmations to hand over and their answers, outside
//! confirmers in use, timestamps, the half page for the minutes, and the anchor under all of it.

use axum::Router;
use maud::{Markup, html};
use probity_ledger::format::note::{Checkpoint, MAX_NOTE};
use probity_ledger::format::policy::Policy;
use probity_ledger::format::timestamp::Token;

use crate::store::{Evidence, EvidenceForm, Store as _};
use crate::web::site::Shared;
use crate::web::site::fields::{Fields, Upload};
use crate::web::site::layout;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::anchor::{self, Anchor};
use crate::work::checkpoint::{self, attach, request};
use crate::work::minute::{Minute, doubts, in_groups};
use crate::work::reading::Reading;
use crate::work::record::{Written, open_for_writing};
use crate::work::witnesses::{self, Wanted};
use crate::work::{WorkError, input, time, timestamp};

use super::signing::{self, Ask, Step, framed, sentence};

mod network;

/// The question whose answer is wrong, and why.
type Wrong = Option<(&'static str, String)>;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/outside", read(overview))
        .route("/outside/confirmation", act(confirmation))
        .route("/outside/request", act(ask_confirmer))
        .route("/outside/answer", act(answer))
        .route("/outside/confirmer", act(add))
        .route("/outside/drop", act(drop_confirmer))
        .route("/outside/minute", read(minute))
        .route("/outside/timestamp", act(ask_stamp))
        .route("/outside/stamp", act(stamp))
        .route("/outside/anchor", read(anchor_ask).merge(act(anchor_sign)))
        .merge(network::routes())
}

fn overview(visit: &Visit) -> Answer {
    visit.sight()?.everything("confirmation from outside")?;
    page(visit, None)
}

/// One kept piece of evidence, in words.
fn evidence(reading: &Reading, own: &Policy) -> Result<Vec<[String; 3]>, WorkError> {
    let mut all = reading.store.evidence()?;
    all.sort_by_key(|one| std::cmp::Reverse((one.size, one.number)));
    all.iter().map(|which| described(reading, own, *which)).collect()
}

fn described(reading: &Reading, own: &Policy, which: Evidence) -> Result<[String; 3], WorkError> {
    let over = format!("the first {} records", which.size);
    let bytes = match reading.store.read_evidence(which) {
        Ok(bytes) => bytes,
        Err(error) => return Ok([over, format!("It can't be read: {error}"), String::new()]),
    };
    let (by, when) = match which.form {
        EvidenceForm::Token => match Token::read_whatever_it_is_over(&bytes) {
            Ok(token) => (format!("Timestamp by {}", token.authority), time::words(token.time)),
            Err(fault) => (format!("Timestamp that can't be read: {fault}"), String::new()),
        },
        EvidenceForm::Note => match Checkpoint::parse(&bytes) {
            Ok(note) => {
                let names = note.lines().map(|line| line.name().to_owned());
                let names: Vec<String> =
                    names.filter(|name| *name != reading.authority.origin).collect();
                let times = own.witnesses.iter().filter_map(|witness| witness.key.as_ref());
                let times = times.flat_map(|key| key.valid(&note));
                let times: Vec<String> = times
                    .filter_map(|one| Some(time::words(i64::try_from(one.time).ok()?)))
                    .collect();
                (format!("Confirmed by {}", names.join(", ")), times.join("; "))
            }
            Err(fault) => (format!("Confirmation that can't be read: {fault}"), String::new()),
        },
    };
    Ok([over, by, when])
}

fn page(visit: &Visit, error: Wrong) -> Answer {
    let own = witnesses::policy(visit.home())?;
    let (kept, line, log) = visit.read(|reading| {
        let log = reading.authority.log_key(reading.size());
        let line = log.map(|log| (format!("log {log}"), log.key().kid().to_string()));
        Ok((evidence(reading, &own)?, line, reading.size()))
    })?;
    let wrong =
        |at: &str| error.as_ref().filter(|(name, _)| *name == at).map(|(_, text)| text.as_str());
    let rows: Vec<Vec<Markup>> =
        kept.iter().map(|row| row.iter().map(|cell| html! { (cell) }).collect()).collect();
    let done = visit.query("done").map(|done| match done {
        "answer" => "The answer holds and is kept.",
        "stamp" => "The timestamp holds and is kept. Take it into the record book next.",
        "anchor" => "It is signed: every later record is shown not to be older.",
        "confirmer" => "The outside confirmers in use are changed.",
        _ => "Done.",
    });
    let body = html! {
        @if let Some(done) = done { (parts::inset(&html! { p role="status" { (done) } })) }
        (signing::unconfirmed(visit))
        p { "Without anybody outside, the record book rests on the school's own word. Somebody who keeps a \
             confirmation can tell later whether any of the " (log) " records so far was changed or removed." }
        h2 { "Hand a confirmation over" }
        p { "Give it to the clerk, the council or your data protection officer, to keep. It tells nothing of what \
             the records say." }
        (parts::form(visit, "/outside/confirmation", false, &parts::button("Download a confirmation")))
        p { a href="/outside/minute" { "Half page for the minutes of a meeting" } }
        h2 { "Outside confirmers" }
        p { "An outside confirmer, such as a neighbouring school or the council, signs that the record book \
             only ever grew since they saw it last. A request goes to them; their answer comes back." }
        @if own.witnesses.is_empty() { p { "None is in use yet." } }
        @for witness in &own.witnesses {
            div.confirmer {
                h3 { (witness.name) }
                (parts::form(visit, "/outside/request", false, &html! {
                    input type="hidden" name="name" value=(witness.name);
                    button.button.secondary { "Download a request for " (witness.name) }
                }))
                (parts::form(visit, "/outside/drop", false, &html! {
                    input type="hidden" name="name" value=(witness.name);
                    button.button.secondary { "Stop using " (witness.name) }
                }))
            }
        }
        (network::ask_all(visit, &own))
        (parts::form(visit, "/outside/answer", true, &html! {
            (Question {
                name: "answer", label: "An answer that came back", error: wrong("answer"), ..Question::default()
            }.files(false))
            (parts::button("Check and keep it"))
        }))
        (parts::details("Use another outside confirmer", &html! {
            @if let Some((line, kid)) = &line {
                p { "They need this line, to know your record book by:" }
                p { code { (line) } }
                p { "Compare with them by telephone: the record book's own key is " code { (kid) } "." }
            }
            (parts::form(visit, "/outside/confirmer", false, &html! {
                (Question {
                    name: "line", label: "The line that they gave you", error: wrong("line"),
                    hint: Some("It begins with \u{201c}witness\u{201d}, or is their key alone."),
                    ..Question::default()
                }.text())
                (Question {
                    name: "address", label: "Their address on the network, if they have one", error: wrong("address"),
                    hint: Some("It begins with https://. Without one, requests and answers go as files."),
                    ..Question::default()
                }.text())
                (parts::button("Use them"))
            }))
        }))
        h2 { "Timestamps" }
        p { "A timestamp service says when the records existed. The request holds a number and nothing of what the \
             records say." }
        (network::ask_service(visit, wrong("service")))
        p { "Or take the request to a machine that has a network, and bring the answer back:" }
        (parts::form(visit, "/outside/timestamp", false, &html! {
            button.button.secondary { "Download a timestamp request" }
        }))
        (parts::form(visit, "/outside/stamp", true, &html! {
            (Question {
                name: "stamp", label: "The service's answer", error: wrong("stamp"),
                hint: Some("A file whose name usually ends with .tsr."), ..Question::default()
            }.files(false))
            (parts::button("Check and keep it"))
        }))
        h2 { "What is kept" }
        @if rows.is_empty() { p { "Nothing from outside yet." } }
        @else {
            (parts::table("Confirmations and timestamps", &["Over", "By whom", "When, by their word"], &rows))
            p { (parts::link_button("/outside/anchor", "Take the newest into the record book")) }
        }
    };
    let body = html! { (body) };
    Ok(framed(visit, "Confirmation from outside", "/settings", error, &body))
}

/// The confirmation over everything that is there now.
fn note(visit: &Visit) -> Result<(Vec<u8>, Reading), WorkError> {
    let mut reading = open_for_writing(visit.home(), "checkpoint", visit.world())?;
    let own = witnesses::policy(visit.home())?;
    let note = checkpoint::give_outside(&mut reading, &visit.keyring(), &own)?;
    Ok((note, reading))
}

fn parsed(note: &[u8]) -> Result<Checkpoint, WorkError> {
    Checkpoint::parse(note).map_err(|fault| {
        WorkError::refused(format!("the confirmation is damaged: {fault}"), "check the record book")
    })
}

fn confirmation(visit: &Visit, _: Fields) -> Answer {
    visit.sight()?.everything("a confirmation")?;
    let note = visit.apart(|| note(visit).map(|(note, _)| note))?;
    let size = parsed(&note)?.size;
    Ok(Reply::File(
        format!("confirmation-of-{size}-records.txt"),
        "text/plain; charset=utf-8",
        note,
    ))
}

fn ask_confirmer(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("a request for a confirmation")?;
    let own = witnesses::policy(visit.home())?;
    let witness = witnesses::named(&own, fields.text("name"))?;
    let (size, request) = visit.apart(|| {
        let (note, reading) = note(visit)?;
        let old = match &witness.key {
            Some(key) => request::last_cosigned(&reading, key)?,
            None => probity_ledger::format::hash::Size(0),
        };
        Ok((reading.size(), request::request(&reading, &note, old)?))
    })?;
    Ok(Reply::File(
        format!("request-for-{}-{size}.txt", witness.name),
        "text/plain; charset=utf-8",
        request,
    ))
}

fn uploaded<'a>(fields: &'a Fields, name: &str) -> Option<&'a Upload> {
    fields.files_of(name).next()
}

fn answer(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("an answer to a request")?;
    let Some(file) = uploaded(&fields, "answer") else {
        return page(visit, Some(("answer", "Choose the file that came back".to_owned())));
    };
    let taken = input::note(&file.path, MAX_NOTE as u64)
        .map_err(WorkError::file("reading", &file.path))
        .and_then(|answer| {
            let own = witnesses::policy(visit.home())?;
            visit.apart(|| {
                let mut reading = open_for_writing(visit.home(), "checkpoint", visit.world())?;
                attach::attach(visit.world(), &mut reading, &own, &answer)
            })
        });
    match taken {
        Ok(_) => Ok(Reply::Go("/outside?done=answer".to_owned())),
        Err(error) => page(visit, Some(("answer", plain(&error, file)))),
    }
}

/// An error about a file that came in, by the name that its owner knows.
fn plain(error: &WorkError, file: &Upload) -> String {
    sentence(error).replace(&file.path.display().to_string(), &file.name)
}

fn add(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("choosing outside confirmers")?;
    let line = fields.text("line");
    if line.is_empty() {
        return page(visit, Some(("line", "Enter the line that they gave you".to_owned())));
    }
    let address = Some(fields.text("address")).filter(|address| !address.is_empty());
    if let Some(Err(error)) = address.map(witnesses::check_url) {
        return page(visit, Some(("address", sentence(&error))));
    }
    let wanted = Wanted { vkey: line, name: None, url: address };
    match visit.apart(|| witnesses::add(visit.home(), &wanted)) {
        Ok(_) => Ok(Reply::Go("/outside?done=confirmer".to_owned())),
        Err(error) => page(visit, Some(("line", sentence(&error)))),
    }
}

fn drop_confirmer(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("choosing outside confirmers")?;
    witnesses::remove(visit.home(), fields.text("name"))?;
    Ok(Reply::Go("/outside?done=confirmer".to_owned()))
}

fn minute(visit: &Visit) -> Answer {
    visit.sight()?.everything("the half page for the minutes")?;
    let own = witnesses::policy(visit.home())?;
    let (kept, school, fingerprint, doubted) = visit.read(|reading| {
        checkpoint::known::refuse_contradicted(reading, &own)?;
        let kept = reading.store.checkpoint()?;
        let school = reading.authority.school.clone();
        Ok((kept, school, reading.authority.fingerprint, doubts(reading)?))
    })?;
    // Signing gives one out; only where the record book's own key wasn't there is there none.
    let note = kept.ok_or_else(|| {
        WorkError::refused("no confirmation was made yet", "download one first, then come back")
    })?;
    let checkpoint = parsed(&note)?;
    let now = visit.world().now();
    let half = Minute {
        school: &school,
        fingerprint: &fingerprint,
        checkpoint: &checkpoint,
        note: &note,
        now,
        practice: visit.practice(),
    };
    let digits = |digits: &str| {
        let [first, second] = in_groups(digits);
        html! { p { code { (first) } } p { code { (second) } } }
    };
    let body = html! {
        div.noprint {
            (parts::back("/outside"))
            @for doubt in &doubted { (parts::warning(&html! { (doubt) })) }
        }
        h1 { "For the minutes: the state of the data protection record book" }
        @if visit.practice() { p { strong { "PRACTICE: everything in this record book is made up" } } }
        dl.rows {
            div { dt { "School" } dd { p { (school) } } }
            div { dt { "Record book" } dd { p { code { (checkpoint.origin) } } } }
            div { dt { "Printed" } dd { p { (time::words(now)) } } }
            div { dt { "Records" } dd { p { (checkpoint.size) } } }
            div { dt { "The school's code" } dd { (digits(&fingerprint.to_string())) } }
            div { dt { "Root of these records" } dd { (digits(&checkpoint.root.to_string())) } }
        }
        p { "The meeting notes that the record book held " (checkpoint.size) " records with this root. If any of \
             them is changed or removed later, whoever has this page can show it. The root tells nothing of what \
             the records say." }
        (layout::drawing(half.drawing()?))
        p { "The picture holds the confirmation itself. Read with a telephone and saved as a file, it is what the \
             record book is checked against." }
        div.noprint {
            p { "Print this page with your browser. After the meeting, put on record that it was minuted: "
                a href="/record/checkpoint-minuted" { "Confirmation in the minutes" } "." }
        }
    };
    Ok(Reply::Page(layout::frame(visit, "Half page for the minutes", &body, false)))
}

fn ask_stamp(visit: &Visit, _: Fields) -> Answer {
    visit.sight()?.everything("a timestamp request")?;
    let asked = visit.apart(|| timestamp::ask(visit.world(), visit.home()))?;
    let name = format!("timestamp-of-{}-records.tsq", asked.size);
    Ok(Reply::File(name, "application/timestamp-query", asked.request.to_bytes()))
}

fn stamp(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("an answer of a timestamp service")?;
    let Some(file) = uploaded(&fields, "stamp") else {
        return page(visit, Some(("stamp", "Choose the service's answer".to_owned())));
    };
    let taken = timestamp::read_answer(&file.path).and_then(|answer| {
        visit.apart(|| timestamp::attach(visit.world(), visit.home(), &answer, None))
    });
    match taken {
        Ok(_) => Ok(Reply::Go("/outside?done=stamp".to_owned())),
        Err(error) => page(visit, Some(("stamp", plain(&error, file)))),
    }
}

fn anchor_ask(visit: &Visit) -> Answer {
    anchor_step(visit, &Fields::default())
}

fn anchor_sign(visit: &Visit, fields: Fields) -> Answer {
    anchor_step(visit, &fields)
}

fn anchor_step(visit: &Visit, fields: &Fields) -> Answer {
    visit.sight()?.everything("evidence from outside")?;
    let signed = |written: &Written| signing::after("/outside?done=anchor", written);
    if let Some(written) = signing::before(visit, fields) {
        return signed(&written);
    }
    let wanted = Anchor { by: visit.person()?.key.clone(), role: None, date_confirmed: false };
    let own = witnesses::policy(visit.home())?;
    let prepared = visit.read(|reading| {
        anchor::anchor(visit.world(), reading, (&visit.keyring(), &own), &wanted)
    })?;
    let ask = Ask {
        title: "Take evidence from outside into the record book",
        to: "/outside/anchor",
        hidden: Vec::new(),
        back: "/outside",
        more: html! { p { "Every record that is signed afterwards is then shown not to be older than this." } },
        button: "Sign it",
    };
    match signing::step(visit, fields, &ask, &[prepared])? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&written),
    }
}
