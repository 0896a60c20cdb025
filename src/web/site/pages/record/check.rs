//! Check your answers; what is signed, in words; signing; and what comes after.

#![allow(clippy::needless_pass_by_value, reason = "a page takes the form that it answers")]

use axum::Router;
use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::book::judge::documents;
use probity_ledger::format::body::Document;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;
use probity_ledger::records::days::SECONDS_IN_72_HOURS;
use probity_ledger::records::kind::{Class, Form, Kind};
use serde_json::Value as Json;

use super::form::{is_file, place};
use super::{about, advice, draft_of, drafts, owner, steps};
use crate::web::site::fields::Fields;
use crate::web::site::layout::{capital, sentence};
use crate::web::site::pages::shown;
use crate::web::site::pages::signing::{Words, passphrase};
use crate::web::site::parts::{self, Question, Row, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, layout};
use crate::work::compose::LinkTo;
use crate::work::drafts::{DATE, Draft, EXCEPTION, Outcome};
use crate::work::history::forwards;
use crate::work::holder::Holder;
use crate::work::keyring::KeyFile;
use crate::work::people::other_representatives;
use crate::work::preview::{self, Preview};
use crate::work::reading::{Reading, Record};
use crate::work::record::kinds::takes_exception;
use crate::work::record::{Prepared, choices, complete};
use crate::work::sight::Person;
use crate::work::{WorkError, input, time, waiting, ways};

/// Texts up to this many bytes are shown where they are signed.
const SHOWN: u64 = 64 << 10;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/draft/{id}", read(look).merge(act(sign)))
        .route("/draft/{id}/file/{number}", read(file))
        .route("/draft/{id}/throw-away", read(ask_throwing).merge(act(throw_away)))
        .route("/draft/{id}/date", act(confirm_date))
        .route("/draft/{id}/request", act(request))
        .route("/done/{entry}", read(done))
}

fn look(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    match draft.signed {
        Some(entry) => Ok(Reply::Go(format!("/done/{entry}"))),
        None => show(visit, &draft, Vec::new(), None),
    }
}

/// Why the page is shown again.
type Wrong = Vec<(Option<&'static str>, String)>;

fn sign(visit: &Visit, fields: Fields) -> Answer {
    let draft = draft_of(visit)?;
    if let Some(entry) = draft.signed {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    if visit.lacks {
        return show(visit, &draft, Vec::new(), None);
    }
    let owner = owner(visit)?;
    let key = match visit.unlock(&fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => {
            return show(visit, &draft, vec![(Some("passphrase"), error.to_string())], None);
        }
    };
    let shown = fields.text("shown").to_owned();
    let signed =
        visit.apart(|| drafts(visit).sign(visit.world(), (&draft.id, owner), &shown, &key));
    drop(key);
    match signed {
        Ok(Outcome::Signed(written)) => {
            let entry = written.entries.last().map_or(Index(0), Entry::index);
            let unconfirmed = if written.no_checkpoint.is_some() { "?unconfirmed=1" } else { "" };
            Ok(Reply::Go(format!("/done/{entry}{unconfirmed}")))
        }
        Ok(Outcome::Already(entry)) => Ok(Reply::Go(format!("/done/{entry}"))),
        Ok(Outcome::Changed) => {
            let meanwhile =
                "What you were shown has changed meanwhile: look, then sign again".to_owned();
            show(visit, &draft, vec![(None, meanwhile)], None)
        }
        Err(error) => show(visit, &draft, vec![(None, error.to_string())], error.hint()),
    }
}

/// What stands on the page once the answers are good.
struct Ready {
    preview: Preview,
    digest: String,
    case: Option<String>,
    others: usize,
    elsewhere: Vec<(String, String)>,
    linked: Vec<Linked>,
}

/// An earlier record that is linked, as far as the visitor may see it.
struct Linked {
    verb: String,
    record: Record,
    signer: String,
}

fn linked(
    reading: &Reading,
    person: &Person,
    prepared: &Prepared,
) -> Result<Vec<Linked>, WorkError> {
    let mut found = Vec::new();
    for (relation, to) in &prepared.record().links {
        let LinkTo::Entry(hash) = to else { continue };
        let Some(index) = reading.find(hash)? else { continue };
        let Ok(record) = person.sight.record(reading, index) else { continue };
        let signer = reading.signer_and_role(&record.entry);
        found.push(Linked { verb: forwards(*relation), record, signer });
    }
    Ok(found)
}

/// What a linked record says, and its files: whoever signs on it sees it.
fn linked_words(one: &Linked) -> Markup {
    let (record, index) = (&one.record, one.record.index());
    let answered = record.kind.into_iter().flat_map(Kind::body_fields).filter_map(|field| {
        let answer = record.answers()?.get(field.name)?;
        (!is_file(&field.form))
            .then(|| (capital(preview::question(field)), preview::lines(&field.form, answer)))
    });
    let answered: Vec<(String, Vec<String>)> = answered.collect();
    let rows: Vec<Row<'_>> =
        answered.iter().map(|(what, lines)| (what.as_str(), lines.clone(), None)).collect();
    let files: Vec<Document> = record.body.iter().flat_map(documents).collect();
    html! {
        h2 { "The record that it " (one.verb) }
        p { a href={ "/entry/" (index) } { "Record " (index) } ": " (record.title()) ", " (one.signer) ", "
            (time::words(record.entry.says().time)) }
        @if !rows.is_empty() { (parts::details(&format!("What record {index} says"), &parts::summary_list(&rows))) }
        @if !files.is_empty() {
            ul.files {
                @for file in &files {
                    li { a href={ "/entry/" (index) "/document/" (file.sha256) } { "Download " (preview::clean(&file.name)) }
                        ", " (file.size) " bytes" (shown::exact(file.sha256)) }
                }
            }
        }
    }
}

/// A record as it would be signed, unless it links one that the visitor may not see: the words about
/// that one would tell them of it.
fn prepared(
    visit: &Visit,
    reading: &Reading,
    draft: &Draft,
    by: &str,
) -> Result<Prepared, WorkError> {
    let (drafts, person) = (drafts(visit), visit.person()?);
    let wanted = drafts.wanted(visit.world(), reading, draft, by)?;
    for (_, entry) in wanted.links.iter().filter(|_| !person.sight.is_everything()) {
        let index = reading.resolve(entry)?;
        let Err(hidden) = person.sight.record(reading, index) else { continue };
        if waiting::of(reading, person)?.iter().all(|one| one.entry != index) {
            return Err(hidden);
        }
    }
    drafts.prepare_wanted(visit.world(), reading, &wanted)
}

/// Leaves out what would tell the visitor of records that they may not see: those that are linked as
/// a matter of course, and what is found in a case that isn't theirs to read.
fn conceal(reading: &Reading, person: &Person, prepared: &mut Prepared) -> Result<(), WorkError> {
    if person.sight.is_everything() {
        return Ok(());
    }
    let draft = prepared.record();
    let links: Vec<LinkTo> = draft.links.iter().map(|(_, to)| *to).collect();
    let case = draft.subject.case().filter(|_| !prepared.new_case);
    let hidden = case.map(|case| choices::may_read(reading, &person.sight, case)).transpose()?;
    if hidden == Some(false) {
        prepared.findings.clear();
        prepared.given.clear();
        prepared.notes.push(
            "What an inspector may ask is not shown: records of this case are not shown to you"
                .to_owned(),
        );
    }
    for (to, (_, words)) in links.iter().zip(&mut prepared.linked) {
        let LinkTo::Entry(hash) = to else { continue };
        let Some(index) = reading.find(hash)? else { continue };
        if person.sight.record(reading, index).is_err() {
            *words = format!("entry {index}");
        }
    }
    Ok(())
}

fn ready(visit: &Visit, draft: &Draft) -> Result<Ready, WorkError> {
    visit.read(|reading| {
        let mut prepared = prepared(visit, reading, draft, &draft.owner)?;
        let digest = prepared.digest();
        conceal(reading, visit.person()?, &mut prepared)?;
        let school = preview::school(reading)?;
        let linked = linked(reading, visit.person()?, &prepared)?;
        let own = reading.authority.person(&prepared.kid());
        let files = visit
            .keyring()
            .list()?
            .into_iter()
            .filter(|file: &KeyFile| file.holder != Holder::File);
        let elsewhere = files.filter_map(|file| {
            let kid = file.public.kid();
            let roles = reading.roles_of(&kid);
            let name = reading.authority.person(&kid).and_then(|person| reading.name(&person))?;
            (!roles.is_empty()).then(|| (file.name.clone(), name.to_owned()))
        });
        Ok(Ready {
            digest,
            linked,
            case: prepared
                .record()
                .subject
                .case()
                .map(str::to_owned)
                .filter(|_| !prepared.new_case),
            others: other_representatives(reading, visit.world().now(), own),
            elsewhere: if visit.sight()?.is_everything() && prepared.record().kind.can_be_stated() {
                elsewhere.collect()
            } else {
                Vec::new()
            },
            preview: Preview::of(&prepared, &school),
        })
    })
}

fn show(visit: &Visit, draft: &Draft, wrong: Wrong, hint: Option<String>) -> Answer {
    let kind = draft.kind()?;
    let ready = visit.refuse_damaged().and_then(|()| ready(visit, draft));
    let mut errors: Vec<(Option<String>, String)> =
        wrong.iter().map(|(at, text)| (at.map(str::to_owned), capital(text))).collect();
    let (mut remedy, mut clock) = (hint, false);
    match &ready {
        Ok(_) => {}
        Err(WorkError::Answers(faults)) => {
            let placed = faults.iter().map(|fault| place(kind, fault));
            for (at, text) in about::wrong(visit, draft)?.into_iter().chain(placed) {
                // Said once of each question.
                if errors.iter().all(|(known, _)| *known != at) {
                    errors.push((at, text));
                }
            }
        }
        Err(_) if !visit.lacks && !about::wrong(visit, draft)?.is_empty() => {
            errors.extend(about::wrong(visit, draft)?);
        }
        Err(WorkError::Refused { .. })
            if !visit.lacks
                && kind.class == Class::Permission
                && draft.said(EXCEPTION).is_none()
                && super::signers(visit, kind)?.is_some() =>
        {
            let titles = super::signers(visit, kind)?.unwrap_or_default();
            let own = visit.person()?.titles();
            errors.push((
                None,
                format!("As {own} you can\u{2019}t sign this. It is signed by: {titles}"),
            ));
            remedy = Some("ask one of them to record it".to_owned());
        }
        Err(error) => {
            errors.push((None, capital(&ways::fact(error))));
            remedy = error.hint().or(remedy);
            clock = error.hint().is_some_and(|hint| hint.contains("confirm-date"));
        }
    }
    let link = |at: &str| match at.strip_prefix("a.").and_then(|path| path.split('.').next()) {
        Some(field) => steps::change(kind, &draft.id, field),
        None if at == "passphrase" => "#passphrase".to_owned(),
        None => steps::change(kind, &draft.id, "case"),
    };
    let summary = html! {
        @if !errors.is_empty() {
            div.summary role="alert" tabindex="-1" autofocus {
                h2 { "There is a problem" }
                ul {
                    @for (at, text) in &errors {
                        li { @match at { Some(at) => a href=(link(at)) { (text) }, None => (text) } }
                    }
                }
                @if let Some(remedy) = remedy.filter(|remedy| !remedy.contains("--") && !remedy.contains('`')) {
                    p { (sentence(&remedy)) }
                }
            }
        }
    };
    let advice = advice::beside(visit, kind, &draft.answers, &draft.files)?;
    let body = html! {
        @match &ready {
            Ok(ready) => (signable(visit, (draft, kind), ready, &advice, errors.iter()
                .find(|(at, _)| at.as_deref() == Some("passphrase")).map(|(_, text)| text.as_str()))),
            Err(_) => {
                (so_far(visit, draft, kind)?)
                (advice)
                @if clock {
                    (parts::form(visit, &format!("/draft/{}/date", draft.id), false, &html! {
                        p { "The newest record is more than 30 days old. Today is " (time::words(visit.world().now())) "." }
                        (parts::button("That date is right"))
                    }))
                }
                (parts::link_button(&steps::change(kind, &draft.id, "case"), "Go through the answers"))
                (exception_link(draft, kind))
            }
        }
        p { a href={ "/draft/" (draft.id) "/throw-away" } { "Throw this draft away" } }
    };
    let title = "Check your answers, then sign";
    let whole = html! { (parts::back("/record")) (summary) h1 { (title) } (body) };
    let page = layout::frame(visit, title, &whole, !errors.is_empty());
    Ok(if errors.is_empty() {
        Reply::Page(page)
    } else {
        Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page)
    })
}

/// What was typed, where it can't be prepared yet: as it will be read, as far as it can be.
fn so_far(visit: &Visit, draft: &Draft, kind: &Kind) -> Result<Markup, WorkError> {
    let good = draft.readable(visit.world().now())?;
    let answered =
        kind.body_fields().filter_map(|field| Some((field, draft.answers.get(field.name)?)));
    let questions: Vec<(String, Vec<String>, Option<String>)> = answered
        .map(|(field, answer)| {
            let lines = match good.get(field.name) {
                Some(value) => preview::lines(&field.form, value),
                None => typed(answer),
            };
            (
                capital(preview::question(field)),
                lines,
                Some(steps::change(kind, &draft.id, field.name)),
            )
        })
        .collect();
    let rows: Vec<Row<'_>> = questions
        .iter()
        .map(|(what, lines, to)| (what.as_str(), lines.clone(), to.clone()))
        .collect();
    Ok(parts::summary_list(&rows))
}

/// An answer that can't be read, as it was typed: every part of it.
fn typed(answer: &Json) -> Vec<String> {
    match answer {
        Json::String(text) => vec![preview::clean(text)],
        Json::Bool(true) => vec!["yes".to_owned()],
        Json::Bool(false) => vec!["no".to_owned()],
        Json::Array(items) => items.iter().flat_map(typed).collect(),
        Json::Object(parts) => parts.values().flat_map(typed).collect(),
        other => vec![preview::clean(&other.to_string())],
    }
}

fn signable(
    visit: &Visit,
    (draft, kind): (&Draft, &Kind),
    ready: &Ready,
    advice: &Markup,
    wrong: Option<&str>,
) -> Markup {
    let preview = &ready.preview;
    let change = |name: &str| match name {
        "by" | "school" | "log key" => None,
        EXCEPTION => Some(format!("/draft/{}/answer/{EXCEPTION}", draft.id)),
        name if kind.field(name).is_some() => Some(steps::change(kind, &draft.id, name)),
        _ => Some(steps::change(kind, &draft.id, "case")),
    };
    let words = Words { preview, change: &change };
    let left = kind.body_fields().filter(|field| !is_file(&field.form));
    let left: Vec<&str> = left
        .filter(|field| preview.answers.iter().all(|answer| answer.field != field.name))
        .map(|field| field.name)
        .collect();
    html! {
        (words.opening())
        h2 { "Your answers" }
        (words.answers())
        @if !left.is_empty() {
            (parts::details(&format!("Not answered: {}", left.len()), &html! {
                ul { @for field in kind.body_fields().filter(|field| left.contains(&field.name)) {
                    li { a href=(steps::change(kind, &draft.id, field.name)) { (capital(preview::question(field))) } }
                } }
            }))
        }
        (files(visit, draft, kind))
        @for one in &ready.linked { (linked_words(one)) }
        (advice)
        (words.closing())
        h2 { "Sign" }
        @if let Some(case) = &ready.case { p { a href={ "/case/" (case) } { "Look at the case " (case) } } }
        (parts::form(visit, &format!("/draft/{}", draft.id), false, &html! {
            input type="hidden" name="shown" value=(ready.digest);
            p { "What you sign is kept for good. It can be corrected by a later record, and not changed." }
            (passphrase(wrong))
            (parts::button("Sign"))
        }))
        p.quiet {
            @if ready.others == 0 { "Nobody can reset a passphrase that is lost." }
            @else { "Nobody can reset a passphrase that is lost; another representative can give you a new key." }
        }
        (exception_link(draft, kind))
        @if !ready.elsewhere.is_empty() && preview.exception.is_empty() { (ask_elsewhere(visit, draft, &ready.elsewhere)) }
    }
}

fn exception_link(draft: &Draft, kind: &Kind) -> Markup {
    html! {
        @if takes_exception(kind) && draft.said(EXCEPTION).is_none() {
            (parts::details("If a rule stands against it", &html! {
                p { "In an emergency a rule can be left aside. The record stays marked, and somebody else has to ratify it." }
                p { a href={ "/draft/" (draft.id) "/answer/exception" } { "Sign under an exception" } }
            }))
        } @else if draft.said(EXCEPTION).is_some() {
            p { a href={ "/draft/" (draft.id) "/answer/exception" } { "Change the exception" } }
        }
    }
}

fn files(visit: &Visit, draft: &Draft, kind: &Kind) -> Markup {
    let Some(field) = kind.documents_field() else { return html! {} };
    if draft.files.is_empty() {
        let to = steps::change(kind, &draft.id, field.name);
        return html! { p { "No files are attached. " a href=(to) { "Attach files" } } };
    }
    let text = |number: u32| {
        let (media, path) = drafts(visit).file(draft, number).ok()?;
        if !matches!(media, "text/plain" | "text/csv") {
            return None;
        }
        input::text(&path, SHOWN).ok()
    };
    html! {
        h2 { "Exactly these files" }
        ul.files {
            @for file in &draft.files {
                li {
                    a href={ "/draft/" (draft.id) "/file/" (file.number) } { "Download " (preview::clean(&file.name)) }
                    ", " (file.size) " bytes"
                    (shown::exact(&file.sha256))
                    @if let Some(text) = text(file.number) {
                        (parts::details("Show the text", &html! { div.lines { @for line in text.lines() { p { (preview::clean(line)) } } } }))
                    }
                }
            }
        }
        @if matches!(field.form, Form::Doc | Form::List(Form::Doc)) {
            p { a href={ (steps::change(kind, &draft.id, field.name)) } { "Change the files" } }
        }
    }
}

fn ask_elsewhere(visit: &Visit, draft: &Draft, people: &[(String, String)]) -> Markup {
    let choices: Vec<(&str, &str)> =
        people.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
    let question = Question { name: "signer", label: "Who is to sign it?", ..Question::default() };
    parts::details(
        "Ask somebody else to sign it, on another machine",
        &html! {
            p { "This makes a file for them. It holds the answers and files in the clear: give it to them alone. They \
                 sign it with their own key and send back a statement, which is entered under \u{201c}Waiting\u{201d}." }
            (parts::form(visit, &format!("/draft/{}/request", draft.id), false, &html! {
                (question.select(&choices))
                (parts::button("Download the request"))
            }))
        },
    )
}

fn request(visit: &Visit, fields: Fields) -> Answer {
    let draft = draft_of(visit)?;
    let signer = fields.said("signer").ok_or_else(|| {
        WorkError::refused("nobody is chosen to sign it", "go back, and choose who is to sign it")
    })?;
    // A request tells all that is found about the record.
    visit.sight()?.everything("what others are asked to sign")?;
    let bytes =
        visit.read(|reading| drafts(visit).request(visit.world(), reading, &draft, signer))?;
    let name = format!("{}-for-{signer}.request", draft.kind);
    Ok(Reply::File(name, "application/octet-stream", bytes))
}

fn file(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    let number = visit.param("number").parse().unwrap_or(u32::MAX);
    let (_, path) = drafts(visit).file(&draft, number)?;
    let bytes = input::bytes(&path, crate::store::MAX_DOCUMENT)
        .map_err(WorkError::file("reading", &path))?;
    let name = draft.files.iter().find(|file| file.number == number).map(|file| file.name.clone());
    // Never as what it says that it is: nothing that somebody sent runs here.
    Ok(Reply::File(name.unwrap_or_default(), "application/octet-stream", bytes))
}

/// What is thrown away is gone: it is told first what that is.
fn ask_throwing(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    if let Some(entry) = draft.signed {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    let title = draft.kind().map_or(draft.kind.as_str(), |kind| kind.title);
    let counted = |many: usize, one: &str| match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    };
    let body = html! {
        p { (title) ", changed " (time::words(draft.changed)) ": "
            (counted(draft.answers.len(), "answer")) " and " (counted(draft.files.len(), "file")) "." }
        p { "Nothing of it is on record. Once thrown away, it can\u{2019}t be brought back." }
        (parts::form(visit, &format!("/draft/{}/throw-away", draft.id), false, &html! {
            button.button.danger { "Throw it away" }
        }))
        p { a href={ "/draft/" (draft.id) } { "Keep it" } }
    };
    Ok(Reply::Page(layout::page(visit, "Throw this draft away?", &body)))
}

fn throw_away(visit: &Visit, _: Fields) -> Answer {
    // Somebody may have come back to a page from before it was signed.
    if let Some(entry) = draft_of(visit).ok().and_then(|draft| draft.signed) {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    drafts(visit).throw_away(visit.param("id"), owner(visit)?)?;
    Ok(Reply::Go("/record".to_owned()))
}

fn confirm_date(visit: &Visit, _: Fields) -> Answer {
    let whose = (visit.param("id"), owner(visit)?);
    let draft = drafts(visit).change(visit.world(), whose, |draft| {
        draft.say(DATE, "yes");
        Ok(())
    })?;
    Ok(Reply::Go(format!("/draft/{}", draft.id)))
}

fn done(visit: &Visit) -> Answer {
    let sight = visit.sight()?;
    let (record, missing) = visit.read(|reading| {
        let record = sight.record(reading, reading.resolve(visit.param("entry"))?)?;
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
