//! The first run: a school's record book from nothing, one question a page, and what is to be done
//! next. Before there is a record book, whoever sits at the machine may begin one; then this leads to
//! what is left to do.

use axum::Router;
use axum::http::StatusCode;
use maud::{Markup, html};
use probity_ledger::records::roles;

use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act_open, open};
use crate::web::site::{Shared, layout};
use crate::work::WorkError;
use crate::work::keyring::Keyring;
use crate::work::start::{self, Draft, NOT_SAID};

use super::signing::{framed, sentence};

mod own;
mod tasks;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/start", open(welcome))
        .route("/start/passphrase", open(choose).merge(act_open(begin)))
        .route("/start/{question}", open(ask).merge(act_open(answer)))
        .merge(own::routes())
        .merge(tasks::routes())
}

/// The questions, in their order; each page's address ends with its name.
const QUESTIONS: &[&str] = &["school", "form", "controller", "name", "role"];

fn begun(visit: &Visit) -> Option<Answer> {
    visit.home().has_ledger().then(|| Ok(Reply::Go("/start/tasks".to_owned())))
}

fn welcome(visit: &Visit) -> Answer {
    if let Some(elsewhere) = begun(visit) {
        return elsewhere;
    }
    let kept = Draft::read(visit.home())?;
    let goes_on = kept != Draft::default();
    let body = html! {
        p { "Here your school keeps what it has to show about data protection: who decided what, when, on \
             which document. Each record is signed by a person with a key of their own, and none can be \
             changed afterwards without it being seen." }
        p { "You begin it as head teacher, chair, or another representative of the school. It takes five \
             questions and a passphrase: under five minutes. You can do it alone; others join later." }
        p { (parts::link_button(&format!("/start/{}", kept.missing().unwrap_or("passphrase")),
            if goes_on { "Go on where you stopped" } else { "Begin your school's record book" })) }
        h2 { "Only looking?" }
        p { "Have a school made up and try everything with it. Nothing there counts, and you can throw it \
             away." }
        (parts::form(visit, "/practice", false, &html! {
            button.button.secondary { "Try with a made-up school" }
        }))
        h2 { "Signing for schools elsewhere?" }
        p { a href="/sign-elsewhere" { "Sign something for another school" } }
        p { a href="/start/own-key" { "Make a key of your own" } }
        (parts::details("Where all of this is kept", &html! {
            p { "In the folder " code { (visit.home().path().display()) } " on this machine, and nowhere else. \
                 Nothing is sent anywhere." }
        }))
    };
    Ok(Reply::Page(layout::page(visit, "Welcome", &body)))
}

fn ask(visit: &Visit) -> Answer {
    if let Some(elsewhere) = begun(visit) {
        return elsewhere;
    }
    let question = known(visit.param("question"))?;
    let kept = Draft::read(visit.home())?;
    show(visit, question, value(&kept, question), None)
}

fn known(question: &str) -> Result<&'static str, WorkError> {
    QUESTIONS
        .iter()
        .find(|known| **known == question)
        .copied()
        .ok_or_else(|| WorkError::refused("there is no such question", "begin at the first page"))
}

fn value<'a>(draft: &'a Draft, question: &str) -> &'a str {
    match question {
        "school" => &draft.school,
        "form" => &draft.form,
        "controller" => &draft.controller,
        "name" => &draft.name,
        _ => &draft.role,
    }
}

fn answer(visit: &Visit, fields: Fields) -> Answer {
    if let Some(elsewhere) = begun(visit) {
        return elsewhere;
    }
    let question = known(visit.param("question"))?;
    let given = fields.text(question).to_owned();
    let checked = match question {
        "form" => {
            choice(&given, &start::forms(), "choose the type of school, or that you don't know")
        }
        "role" => {
            let names: Vec<&str> = start::first_roles().iter().map(|(name, _)| *name).collect();
            choice(&given, &names, "choose your role")
        }
        "school" => start::checked("the school's name", &given),
        "controller" => start::checked("the controller's name", &given),
        _ => start::checked("your name", &given),
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => return show(visit, question, &given, Some(&error)),
    };
    let mut kept = Draft::read(visit.home())?;
    match question {
        "school" => kept.school = checked,
        "form" => kept.form = checked,
        "controller" => kept.controller = checked,
        "name" => kept.name = checked,
        _ => kept.role = checked,
    }
    kept.keep(visit.home())?;
    Ok(Reply::Go(format!("/start/{}", kept.missing().unwrap_or("passphrase"))))
}

fn choice(given: &str, known: &[&str], fact: &str) -> Result<String, WorkError> {
    let found = known.contains(&given) || (given == NOT_SAID && !known.contains(&"headteacher"));
    if found { Ok(given.to_owned()) } else { Err(WorkError::refused(fact, "it can't be left out")) }
}

fn form_words(form: &str) -> &str {
    match form {
        "la-maintained" => "Maintained by a council: community, foundation or voluntary",
        "maintained-nursery" => "Maintained nursery school",
        "pru" => "Pupil referral unit",
        "non-maintained-special" => "Non-maintained special school",
        "academy-or-free" => "Academy or free school",
        "independent" => "Independent school",
        "sixth-form" => "Sixth form college",
        "other" => "Another",
        NOT_SAID => "I don't know, or would rather not say",
        other => other,
    }
}

fn show(visit: &Visit, question: &str, value: &str, error: Option<&WorkError>) -> Answer {
    let at = QUESTIONS.iter().position(|known| *known == question).unwrap_or(0);
    let back =
        at.checked_sub(1).map_or("/start".to_owned(), |at| format!("/start/{}", QUESTIONS[at]));
    let wrong = error.map(sentence);
    let asked = Question {
        name: question,
        value,
        error: wrong.as_deref(),
        heading: true,
        ..Question::default()
    };
    let (title, inner) = match question {
        "school" => {
            let title = "What is the name of the school?";
            (
                title,
                Question { label: title, hint: Some("As it stands on your letters."), ..asked }
                    .text(),
            )
        }
        "form" => {
            let title = "What type of school is it?";
            let mut choices: Vec<(&str, &str)> =
                start::forms().into_iter().map(|form| (form, form_words(form))).collect();
            choices.push((NOT_SAID, form_words(NOT_SAID)));
            let hint = "Some time limits in law depend on it.";
            (title, Question { label: title, hint: Some(hint), ..asked }.radios(&choices))
        }
        "controller" => {
            let title = "Who is the data controller?";
            let hint = "Its full legal name, as in the school's registration with the Information \
                        Commissioner.";
            let inner = html! {
                (Question { label: title, hint: Some(hint), ..asked }.text())
                (parts::details("Who is that?", &html! {
                    p { "The controller answers for the school's data in law. It is never you alone, and never \
                         the data protection officer." }
                    ul {
                        li { "A school that a council maintains: its governing body, such as \u{201c}the \
                              Governing Body of Northfield Primary School\u{201d}." }
                        li { "An academy or free school: the academy trust, such as \u{201c}Northfield Learning \
                              Trust\u{201d}, for all of its schools." }
                        li { "An independent school: its proprietor." }
                        li { "A pupil referral unit without a delegated budget, and a few others: the council." }
                    }
                }))
            };
            (title, inner)
        }
        "name" => {
            let title = "What is your name?";
            let hint = "It stands beside everything that you sign.";
            (
                title,
                Question { label: title, hint: Some(hint), autocomplete: Some("name"), ..asked }
                    .text(),
            )
        }
        _ => {
            let title = "What is your role?";
            let hint = "The first to sign acts for the controller. Everybody else is appointed afterwards.";
            (
                title,
                Question { label: title, hint: Some(hint), ..asked }.radios(&start::first_roles()),
            )
        }
    };
    let inner = html! { (inner) (parts::button("Continue")) };
    let error = wrong.as_deref().map(|text| (Some(question), text.to_owned()));
    let errors: Vec<(Option<&str>, String)> = error.into_iter().collect();
    let body = html! {
        (parts::back(&back))
        (parts::error_summary(&errors))
        p.hint { "Question " (at + 1) " of " (QUESTIONS.len()) }
        (parts::form(visit, &format!("/start/{question}"), false, &inner))
    };
    let page = layout::frame(visit, title, &body, !errors.is_empty());
    Ok(if errors.is_empty() {
        Reply::Page(page)
    } else {
        Reply::Status(StatusCode::UNPROCESSABLE_ENTITY, page)
    })
}

fn choose(visit: &Visit) -> Answer {
    if let Some(elsewhere) = begun(visit) {
        return elsewhere;
    }
    let kept = Draft::read(visit.home())?;
    match kept.missing() {
        Some(question) => Ok(Reply::Go(format!("/start/{question}"))),
        None => Ok(check(visit, &kept, None)),
    }
}

fn begin(visit: &Visit, fields: Fields) -> Answer {
    if let Some(elsewhere) = begun(visit) {
        return elsewhere;
    }
    let kept = Draft::read(visit.home())?;
    let (first, second) = (fields.secret("passphrase"), fields.secret("again"));
    if *first != *second {
        let fact = "The two passphrases are not the same. Type both again";
        return Ok(check(visit, &kept, Some(("again", fact.to_owned()))));
    }
    let made = visit.apart(|| kept.make(visit.world(), visit.home(), &first));
    if let Err(error) = made {
        return Ok(check(visit, &kept, Some(("passphrase", sentence(&error)))));
    }
    let key = Keyring::of(visit.home()).public(&kept.name)?.name;
    let cookie = visit.site.sessions.unlock(visit.world(), visit.session.id, &key)?;
    Ok(Reply::Enter("/start/tasks".to_owned(), Some(cookie)))
}

/// The rules of passphrases, and two questions for one.
pub fn new_passphrase(label: &str, error: Option<(&str, &str)>) -> Markup {
    let wrong = |at: &str| error.filter(|(name, _)| *name == at).map(|(_, text)| text);
    html! {
        (Question {
            name: "passphrase",
            label,
            hint: Some("At least 14 characters: five or more different words, or with a capital letter, a \
                        number and a symbol."),
            error: wrong("passphrase"),
            ..Question::default()
        }.new_passphrase())
        (Question {
            name: "again",
            label: "The same passphrase again",
            error: wrong("again"),
            ..Question::default()
        }.new_passphrase())
    }
}

fn check(visit: &Visit, kept: &Draft, error: Option<(&'static str, String)>) -> Reply {
    let change = |question: &str| Some(format!("/start/{question}"));
    let rows = [
        ("School", vec![kept.school.clone()], change("school")),
        ("Type of school", vec![form_words(&kept.form).to_owned()], change("form")),
        ("Data controller", vec![kept.controller.clone()], change("controller")),
        ("Your name", vec![kept.name.clone()], change("name")),
        ("Your role", vec![roles::title(&kept.role).to_owned()], change("role")),
    ];
    let wrong = error.as_ref().map(|(at, text)| (*at, text.as_str()));
    let inner = html! {
        (new_passphrase("Your passphrase", wrong))
        (parts::button("Sign and begin the record book"))
    };
    let body = html! {
        (parts::summary_list(&rows))
        h2 { "Choose your passphrase" }
        p { "It opens your key, with which you sign. Nobody else should know it, and it is kept nowhere." }
        (parts::warning(&html! {
            "Nobody can reset this. If you lose it, a second representative of the school gives you a new key; \
             your old signatures stay good."
        }))
        p { "With it you sign as " (roles::title(&kept.role)) ": the record book of " (kept.school)
            " begins, and your key stands for you in it." }
        (parts::form(visit, "/start/passphrase", false, &inner))
    };
    framed(visit, "Check your answers, and choose a passphrase", "/start/role", error, &body)
}
