//! Handing out: what goes into a bundle, what will be withheld and why, and the file itself.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::records::spoken::spoken;

use crate::web::site::fields::Fields;
use crate::web::site::jobs::{Finished, Secret};
use crate::web::site::layout::capital;
use crate::web::site::parts::{self, Question, error_summary};
use crate::web::site::stored::Stored;
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, Site, layout};
use crate::work::export::{self, Audience, Choice, Exported, Password, Preview, Summary};
use crate::work::preview::clean;
use crate::work::record::kinds::recordable;
use crate::work::{WorkError, home, time, ways};

/// A bundle is removed after so long, and a password that nobody asked for forgotten.
const KEPT: Duration = Duration::from_secs(3600);

/// So many lines of the schedule are shown.
const MOST: usize = 300;

/// Their addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/export", read(show))
        .route("/export", act(ask))
        .route("/export/file/{name}", read(fetch))
}

/// The names of the questions.
const NAMES: &[&str] =
    &["whole", "cases", "kinds", "since", "until", "entries", "for", "subject", "withhold"];

/// What was answered.
#[derive(Default)]
struct Asked(Vec<(&'static str, String)>);

impl Asked {
    fn of(fields: &Fields) -> Self {
        Self(NAMES.iter().map(|name| (*name, fields.text(name).to_owned())).collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text.as_str())
            .unwrap_or_default()
    }

    fn words(&self, name: &str) -> Vec<String> {
        self.text(name)
            .split([',', ' ', '\n'])
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    }

    fn choice(&self) -> Result<Choice, (&'static str, WorkError)> {
        let day =
            |name| move |fact: String| (name, WorkError::refused(fact, "write days as 21/11/2026"));
        let said = |name| Some(self.text(name)).filter(|text| !text.is_empty());
        let audience = match self.text("for") {
            "regulator" => Audience::Regulator,
            "person" => {
                let Some(reference) = said("subject") else {
                    let remedy = "give the reference that stands for the person in the records";
                    let fact = "whose copy it is, is not said";
                    return Err(("subject", WorkError::refused(fact, remedy)));
                };
                Audience::Subject(reference.to_owned())
            }
            _ => Audience::Anyone,
        };
        let choice = Choice {
            all: self.text("whole") == "yes",
            cases: self.words("cases"),
            kinds: self.words("kinds"),
            since: said("since").map(time::read_day).transpose().map_err(day("since"))?,
            until: said("until").map(time::read_end_of_day).transpose().map_err(day("until"))?,
            entries: self.words("entries"),
            withhold: self.words("withhold"),
            audience,
            ..Choice::default()
        };
        let nothing = choice.cases.is_empty()
            && choice.kinds.is_empty()
            && choice.entries.is_empty()
            && choice.since.is_none()
            && choice.until.is_none()
            && !choice.all;
        if nothing && !matches!(choice.audience, Audience::Subject(_)) {
            let remedy = "choose everything, a case, a kind, days or records";
            return Err(("cases", WorkError::refused("nothing is chosen", remedy)));
        }
        Ok(choice)
    }
}

fn show(visit: &Visit) -> Answer {
    visit.sight()?.everything("handing out records")?;
    let said = |name: &str| visit.query(name).unwrap_or_default().to_owned();
    let asked = Asked(vec![
        ("cases", said("case")),
        ("kinds", said("kind")),
        ("entries", said("entry")),
        ("for", said("for")),
    ]);
    Ok(Reply::Page(layout::page(visit, TITLE, &questions(visit, &asked, None))))
}

const TITLE: &str = "Hand out records";

fn questions(visit: &Visit, asked: &Asked, wrong: Option<(&str, &str)>) -> Markup {
    let question = |name: &'static str, label: &'static str, hint: Option<&'static str>| {
        let error = wrong.filter(|(field, _)| *field == name).map(|(_, text)| text);
        let value = asked.text(name).to_owned();
        (value, name, label, hint, error)
    };
    let line =
        |(value, name, label, hint, error): (String, &str, &str, Option<&str>, Option<&str>)| {
            Question { name, label, hint, value: &value, error, ..Question::default() }.text()
        };
    let audience = Question {
        name: "for",
        label: "Who gets it?",
        value: asked.text("for"),
        hint: Some(
            "For the regulator, what was in force goes along, and references to people and legal advice are withheld. \
                    For a person, only what is about them goes along.",
        ),
        ..Question::default()
    };
    let whole = [("yes", "Everything")];
    html! {
        p { "A bundle holds records with what proves them, and a page that checks them in any browser. Before it is made you see what goes along and what is withheld." }
        (parts::form(visit, "/export", false, &html! {
            (audience.radios(&[("", "Anybody: I decide myself what is withheld"), ("regulator", "The regulator"), ("person", "A person who asks for their own data")]))
            div.for-person { (line(question("subject", "The person's reference", Some("As it stands in the records; only for a person's own copy")))) }
            (line(question("cases", "Cases", Some("Such as breach-2026-003; several with spaces between them"))))
            (kind_question(asked, wrong))
            (line(question("entries", "Single records", Some("Their numbers, such as 17 21"))))
            (line(question("since", "Signed on this day or later", Some("Such as 21/11/2026"))))
            (line(question("until", "Signed on this day or earlier", None)))
            (Question { name: "whole", label: "Or the whole record book", value: asked.text("whole"), ..Question::default() }
                .boxes(&whole, &[asked.text("whole")]))
            (line(question("withhold", "Answers to withhold", Some("If one answer is to stay with the school: the record's number, a colon and the answer's name, such as 90:reason"))))
            (parts::button("See what goes along"))
        }))
    }
}

/// One kind of record, of all that there are.
fn kind_question(asked: &Asked, wrong: Option<(&str, &str)>) -> Markup {
    let mut kinds: Vec<(&str, &str)> = recordable().map(|kind| (kind.name, kind.title)).collect();
    kinds.sort_unstable_by_key(|(_, title)| *title);
    Question {
        name: "kinds",
        label: "All records of one kind",
        value: asked.text("kinds"),
        error: wrong.filter(|(field, _)| *field == "kinds").map(|(_, text)| text),
        ..Question::default()
    }
    .select(&kinds)
}

fn ask(visit: &Visit, fields: Fields) -> Answer {
    visit.sight()?.everything("handing out records")?;
    let asked = Asked::of(&fields);
    let again = |field: &str, error: &WorkError| {
        let fact = ways::fact(error);
        let remedy = ways::remedy(error);
        let text = remedy.map_or_else(|| fact.clone(), |remedy| format!("{fact}: {remedy}"));
        let text = layout::sentence(&text);
        let errors = error_summary(&[(Some(field), text.clone())]);
        let body = questions(visit, &asked, Some((field, &text)));
        Ok(Reply::Status(
            StatusCode::UNPROCESSABLE_ENTITY,
            layout::page_with_errors(visit, TITLE, &errors, &body),
        ))
    };
    let choice = match asked.choice() {
        Ok(choice) => choice,
        Err((field, error)) => return again(field, &error),
    };
    let found = match export::preview(visit.home(), &choice) {
        Ok(found) => found,
        Err(error) => return again("cases", &error),
    };
    let changed = fields.has("make") && fields.text("seen") != found.digest();
    if fields.has("make") && !changed {
        let choice = Choice { seen: Some(found.digest()), ..choice };
        return make(visit, choice, fields.text("encrypt") == "yes");
    }
    let body = html! {
        @if changed {
            (parts::warning(&html! { "Something was recorded meanwhile, so that this is not what you saw. Look again before it is made." }))
        }
        (preview(visit, &asked, &found))
    };
    Ok(Reply::Page(layout::page(visit, "What goes along", &body)))
}

fn preview(visit: &Visit, asked: &Asked, found: &Preview) -> Markup {
    let summary = &found.summary;
    // What only proves the order and the authority of the others is no news to whoever sends it.
    let (proofs, enclosed): (Vec<_>, Vec<_>) =
        found.lines.iter().take(MOST).partition(|line| export::only_proves(line));
    let rows: Vec<Vec<Markup>> = enclosed.iter().map(|line| vec![
        html! { a href={ "/entry/" (line.entry) } { (line.entry) } },
        html! { (line.record) br; span.quiet { (time::day_words(&line.date)) ", " (line.signed_as) } },
        html! { (line.enclosed) br; span.quiet { (line.why) } },
        html! { @for one in &line.withheld { p { strong { (capital(&spoken(&one.field))) } ": " (one.why) } } },
    ]).collect();
    html! {
        p { (summary.chosen) " of " (summary.entries) " records go along with their answers, the others to prove these. "
            (summary.answers) " answers go along; " (summary.withheld) @if summary.withheld == 1 { " is" } @else { " are" } " withheld or erased of what you chose." }
        @if !summary.legal_advice.is_empty() {
            (parts::warning(&html! { "Legal advice goes along: "
                @for (entry, field) in &summary.legal_advice { "record " (entry) " (" (field.replace('-', " ")) ") " } }))
        }
        @if !summary.left_out.is_empty() {
            h2 { "Left out without a trace" }
            ul { @for one in &summary.left_out { li { "Record " (one.entry) ": " (one.why) } } }
        }
        (look(summary))
        (also(summary))
        (parts::table("What is enclosed", &["Record", "What", "Enclosed", "Withheld"], &rows))
        @if !proofs.is_empty() {
            (parts::details(&format!("Without any answers, to prove the others: {}", proofs.len()), &html! {
                p { "Their answers stay here. That each was signed, by whom and in which place, goes along." }
                ul { @for line in &proofs { li { a href={ "/entry/" (line.entry) } { "Record " (line.entry) } ", " (line.record) ", "
                    (time::day_words(&line.date)) } } }
            }))
        }
        @if found.lines.len() > MOST { p { "and " (found.lines.len() - MOST) " more; the bundle's own schedule has them all." } }
        (parts::form(visit, "/export", false, &html! {
            @for (name, text) in &asked.0 { input type="hidden" name=(name) value=(text); }
            input type="hidden" name="seen" value=(found.digest());
            (Question { name: "encrypt", label: "For sending by e-mail", ..Question::default() }
                .boxes(&[("yes", "Encrypt it; a password is made and shown once")], &[]))
            button.button name="make" value="yes" { "Make the bundle" }
        }))
        p { a href="/export" { "Choose again" } }
    }
}

/// What no rule can judge.
fn look(summary: &Summary) -> Markup {
    html! {
        @if !summary.look.is_empty() {
            h2 { "Read these before you send it" }
            p { "No rule can judge whether somebody else is named in them." }
            ul { @for look in &summary.look { li {
                a href={ "/entry/" (look.entry) } { "Record " (look.entry) ", " (look.record) } ": "
                (look.fields.iter().map(|one| format!("{} ({})", one.field.replace('-', " "), one.what)).collect::<Vec<_>>().join(", "))
            } } }
        }
    }
}

/// Files that were withheld with an answer and go along with another.
fn also(summary: &Summary) -> Markup {
    html! {
        @if !summary.along.is_empty() {
            (parts::warning(&html! { "Files of answers that are withheld go along all the same, because other answers name them:" }))
            ul { @for one in &summary.along { li {
                (clean(&one.file)) ", withheld with record " (one.entry) " (" (one.field.replace('-', " ")) "), goes along with record " (one.with)
                " (" (one.with_field.replace('-', " ")) ")"
            } } }
        }
    }
}

fn make(visit: &Visit, choice: Choice, encrypt: bool) -> Answer {
    let person = visit.person()?;
    let folder = visit.home().bundles();
    home::make_private_folder(&folder)?;
    let name = hex::encode(visit.world().random::<16>()?);
    let site = Shared::clone(&visit.site);
    let task =
        visit.site.jobs.begin(visit.world(), &person.key, "Making the bundle", move |_| {
            let path = folder.join(format!("{name}.zip"));
            let password = if encrypt { Some(Password::generate(&site.world)?) } else { None };
            let done = site.shelf.beside(|| match &password {
                Some(password) => {
                    export::export_encrypted(&site.world, &site.home, &choice, &path, password)
                }
                None => export::export(&site.world, &site.home, &choice, &path),
            })?;
            home::restrict(&path, 0o600)?;
            let (title, page) = ("The bundle is ready".to_owned(), ready(&name, &done));
            Ok(match password {
                Some(password) => Finished::Locked(title, page, Secret::of(password)),
                None => Finished::Page(title, page),
            })
        })?;
    Ok(Reply::Go(format!("/task/{task}")))
}

fn ready(name: &str, done: &Exported) -> Markup {
    html! {
        p { "It holds " (done.entries) " records, " (done.chosen) " of them with answers, and " (done.documents)
            " documents. It was read again and checked." }
        p { (parts::link_button(&format!("/export/file/{name}"), "Download it")) }
        p { "It can be downloaded within an hour, again if that broke off. Then it is removed from here; sooner, if something is erased." }
        (look(&done.summary))
        (also(&done.summary))
        @if !done.page_carries { p { "Its page has to be given the bundle, because there are too many records to carry in it." } }
    }
}

/// Where the password of a bundle is asked for, at `to`, while it can be shown; or what to do.
pub(super) fn ask_password(visit: &Visit, to: &str, is_there: bool) -> Markup {
    html! {
        @if is_there {
            p { "The bundle is encrypted. Its password is shown once and kept nowhere: have pen and paper at hand." }
            (parts::form(visit, to, false, &parts::button("Show the password")))
        } @else {
            (parts::warning(&html! { "The password was shown, or nobody asked for it within an hour. It is kept nowhere." }))
            p { "If nobody wrote it down, the file can't be opened: " a href="/export" { "make the bundle again" } "." }
        }
    }
}

/// The password itself, for the one time that it is shown.
pub(super) fn password(password: &Password) -> Markup {
    html! {
        (parts::warning(&html! { "Write the password down now: it isn't shown again. Give it by telephone or in person, never by e-mail." }))
        p.clock { code { (password.text()) } }
        (parts::details("Spelt out", &html! { @for group in password.spelt() { p { (group.as_str()) } } }))
    }
}

fn fetch(visit: &Visit) -> Answer {
    visit.sight()?.everything("handing out records")?;
    let name = visit.param("name");
    let gone = || WorkError::refused("this bundle is not here any more", "make it again");
    if name.len() != 32 || !name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(gone());
    }
    let path = visit.home().bundles().join(format!("{name}.zip"));
    // It stays until its hour is over: a download may break off, and looking is no download.
    let stored = Stored::open(&path).map_err(|_| gone())?;
    let file = format!("records-{}.zip", time::iso_day(visit.world().now()));
    Ok(Reply::Stored(file, "application/zip", stored))
}

/// Removes what is older than its hour, whole or left half made by a server that was killed.
pub fn sweep(site: &Site) {
    site.jobs.forget_passwords(KEPT);
    let Ok(listed) = std::fs::read_dir(site.home.bundles()) else { return };
    for path in listed.filter_map(Result::ok).map(|entry| entry.path()) {
        let age = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
        if age.and_then(|age| age.elapsed().ok()).is_some_and(|age| age >= KEPT) {
            // One that can't be removed now is tried again a minute later.
            let _ = std::fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> Asked {
        Asked(pairs.iter().map(|(name, text)| (*name, (*text).to_owned())).collect())
    }

    #[test]
    fn nothing_is_never_taken_for_everything() {
        assert!(asked(&[]).choice().is_err());
        assert!(asked(&[("for", "regulator")]).choice().is_err());
        let choice =
            asked(&[("cases", "Breach-2026-001, dpia-2026-002")]).choice().expect("chosen");
        assert_eq!(choice.cases, ["breach-2026-001", "dpia-2026-002"]);
        assert!(!choice.all);
    }

    #[test]
    fn a_persons_copy_says_whose() {
        let (field, _) = asked(&[("for", "person")]).choice().expect_err("whose?");
        assert_eq!(field, "subject");
        let choice = asked(&[("for", "person"), ("subject", "p-1")]).choice().expect("chosen");
        assert_eq!(choice.audience, Audience::Subject("p-1".to_owned()));
    }
}
