//! Appointing somebody: who and as what, how they get their key, and the signature.

use axum::Router;
use maud::html;
use probity_ledger::records::roles::{REPRESENTATIVES, ROLES};

use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{self, Ask, Step, framed, framed_all, sentence};
use crate::web::site::pages::start::new_passphrase;
use crate::web::site::parts::{self, Question, typed_date};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::people::{self, Appoint};
use crate::work::record::Written;
use crate::work::sight::Person;
use crate::work::{WorkError, input, time};

/// Its address.
pub fn routes() -> Router<Shared> {
    Router::new().route("/people/appoint", read(ask).merge(act(appoint)))
}

/// What a form says, kept from page to page.
#[derive(Clone, Debug, Default)]
struct Given {
    name: String,
    roles: Vec<String>,
    key: String,
    until: String,
    qualifications: String,
    called: String,
    same: String,
    from: String,
}

impl Given {
    fn of(fields: &Fields) -> Self {
        let until = match typed_date(fields, "until") {
            typed if typed.is_empty() => fields.text("until").to_owned(),
            typed => typed,
        };
        Self {
            name: fields.text("name").to_owned(),
            roles: fields.all("role").map(str::to_owned).collect(),
            key: fields.text("key").to_owned(),
            until,
            qualifications: fields.text("qualifications").to_owned(),
            called: fields.text("called").to_owned(),
            same: fields.text("same").to_owned(),
            from: fields.text("from").to_owned(),
        }
    }

    fn hidden(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("name", self.name.clone()),
            ("key", self.key.clone()),
            ("until", self.until.clone()),
            ("qualifications", self.qualifications.clone()),
            ("called", self.called.clone()),
            ("same", self.same.clone()),
            ("from", self.from.clone()),
        ];
        all.extend(self.roles.iter().map(|role| ("role", role.clone())));
        all
    }
}

fn ask(visit: &Visit) -> Answer {
    refuse(visit)?;
    let mut given = Given {
        name: visit.query("name").unwrap_or_default().to_owned(),
        same: visit.query("same").unwrap_or_default().to_owned(),
        ..Given::default()
    };
    match visit.query("for") {
        Some("dpo") => given.roles.push("dpo".to_owned()),
        Some("second") => {
            // Whichever of the two the visitor isn't.
            let head = visit.person()?.roles.iter().any(|role| role == "headteacher");
            given.roles.push(if head { "chair-of-governors" } else { "headteacher" }.to_owned());
        }
        _ => {}
    }
    Ok(form(visit, &given, &[]))
}

fn form(visit: &Visit, given: &Given, errors: &[(&'static str, String)]) -> Reply {
    let wrong =
        |at: &str| errors.iter().find(|(name, _)| *name == at).map(|(_, text)| text.as_str());
    let ticked: Vec<&str> = given.roles.iter().map(String::as_str).collect();
    let choices: Vec<(&str, &str)> = ROLES.iter().map(|role| (role.name, role.title)).collect();
    let here = visit.keyring().public(&given.name).is_ok() && !given.name.is_empty();
    let inner = html! {
        input type="hidden" name="same" value=(given.same);
        (Question {
            name: "name", label: "Name of the person", value: &given.name, error: wrong("name"),
            hint: Some("In full, as it is to stand beside what they sign."), ..Question::default()
        }.text())
        (Question {
            name: "role", label: "As what", error: wrong("role"),
            hint: Some("One or more. If they are appointed already, tick what they are to keep, too."),
            ..Question::default()
        }.boxes(&choices, &ticked))
        (Question {
            name: "key", label: "Their key", value: if here { "known" } else { &given.key },
            error: wrong("key"), ..Question::default()
        }.radios(&[
            ("here", "They are here now, and choose a passphrase on this machine"),
            ("file", "They made a key on their own machine, and gave me its public file"),
            ("known", "Their key is in the list of people already"),
        ]))
        (Question {
            name: "public", label: "Public key file, if they made the key themselves", error: wrong("public"),
            hint: Some("Its name ends with .pub. Compare its code with them by telephone before you sign."),
            ..Question::default()
        }.files(false))
        (Question {
            name: "until", label: "Day from which it is over, if there is one", value: &given.until, error: wrong("until"),
            hint: Some("Leave it empty if no end is set."),
            ..Question::default()
        }.date())
        (Question {
            name: "qualifications", label: "Qualifications for the role, if you want them on record",
            value: &given.qualifications, error: wrong("qualifications"), ..Question::default()
        }.text())
        (Question {
            name: "called", label: "What they are called from now on, if that changes", value: &given.called,
            error: wrong("called"), hint: Some("After a slip or a marriage. Leave it empty if the name stays."),
            ..Question::default()
        }.text())
        (parts::button("Continue"))
    };
    let body = html! {
        p { "You sign an appointment as a representative of the school. Whoever is appointed then accepts with \
             their own key." }
        (parts::form(visit, "/people/appoint", true, &inner))
    };
    let errors: Vec<(Option<&str>, String)> =
        errors.iter().map(|(at, text)| (Some(*at), text.clone())).collect();
    framed_all(visit, "Appoint somebody", "/people", &errors, &body)
}

/// Which question an error belongs to, as far as that can be told.
fn at(error: &WorkError) -> &'static str {
    let text = error.to_string();
    if text.contains("somebody else is appointed under") {
        "called"
    } else if text.contains("role") {
        "role"
    } else if text.contains("end on") {
        "until"
    } else {
        "name"
    }
}

fn appoint(visit: &Visit, fields: Fields) -> Answer {
    let mut given = Given::of(&fields);
    let keyring = visit.keyring();
    let signed = |name: &str, written: &Written| {
        let kid = keyring.public(name)?.public.kid();
        signing::after(&format!("/people/wait/{kid}?done=appointed"), written)
    };
    if let Some(written) = signing::before(visit, &fields) {
        return signed(&given.name, &written);
    }
    if let Err(errors) = check(visit, &given, &fields) {
        return Ok(form(visit, &given, &errors));
    }
    // Whoever may not appoint makes no key here, either: one's own role decides, before anything is made.
    refuse(visit)?;
    let known = keyring.public(&given.name).is_ok();
    if given.key == "here" && !known {
        if fields.text("step") != "key" {
            return Ok(choose(visit, &given, None));
        }
        let new = fields.secret("passphrase");
        if *new != *fields.secret("again") {
            let fact = "The two passphrases are not the same. Type both again";
            return Ok(choose(visit, &given, Some(("again", fact.to_owned()))));
        }
        if let Err(error) = keyring.create(visit.world(), &given.name, &new) {
            return Ok(choose(visit, &given, Some(("passphrase", sentence(&error)))));
        }
    }
    if given.from.is_empty() {
        given.from = visit.world().now().to_string();
    }
    let public = fields.files_of("public").next().map(|file| file.path.clone());
    let wanted = wanted(visit, &given, public)?;
    // The file is there in the first of two steps only.
    let kept = wanted.public.as_ref().map_or(Ok(()), |path| {
        keyring.import_public(&given.name, &people::read_public(path)?).map(drop)
    });
    let prepared = kept.and_then(|()| {
        visit.read(|reading| people::appoint(visit.world(), reading, &keyring, &wanted))
    });
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return Ok(form(visit, &given, &[(at(&error), sentence(&error))])),
    };
    let hidden = given.hidden();
    let more = if given.key == "file" {
        html! { (parts::warning(&html! {
            "Compare the key above with " (given.name) " by telephone: whoever exchanged the file could sign in \
             their name."
        })) }
    } else {
        html! {}
    };
    let ask = Ask {
        title: "Sign the appointment",
        to: "/people/appoint",
        hidden,
        back: "/people",
        more,
        button: "Sign the appointment",
    };
    match signing::step(visit, &fields, &ask, &[prepared])? {
        Step::Show(reply) => Ok(reply),
        Step::Signed(written) => signed(&given.name, &written),
    }
}

fn check(visit: &Visit, given: &Given, fields: &Fields) -> Result<(), Vec<(&'static str, String)>> {
    let mut errors = Vec::new();
    if given.name.is_empty() {
        errors.push(("name", "Enter the person's name".to_owned()));
    }
    match people::sorted_roles(&given.roles) {
        Ok(_) => {}
        Err(_) if given.roles.is_empty() => {
            errors.push(("role", "Tick at least one role".to_owned()));
        }
        Err(error) => errors.push(("role", sentence(&error))),
    }
    if !["here", "file", "known"].contains(&given.key.as_str()) {
        errors.push(("key", "Choose how they get their key".to_owned()));
    }
    let first = fields.text("step").is_empty();
    if given.key == "here" && first && visit.keyring().public(&given.name).is_ok() {
        let text = "There is a key of this name already. Choose that it is in the list, or add to the name \
                    what tells the two apart";
        errors.push(("name", text.to_owned()));
    }
    if let Some(file) = fields.files_of("public").next().filter(|_| given.key == "file")
        && people::read_public(&file.path).is_err()
    {
        let bytes = input::bytes(&file.path, input::MAX_SMALL).unwrap_or_default();
        let text = if String::from_utf8_lossy(&bytes).contains("PRIVATE KEY") {
            "This is their secret key file: delete it here, and ask for the one whose name ends with .pub"
        } else {
            "This is no public key file: its name ends with .pub"
        };
        errors.push(("public", text.to_owned()));
    }
    if given.key == "file" && first && fields.files_of("public").next().is_none() {
        errors.push(("public", "Choose their public key file".to_owned()));
    }
    match time::read_day(&given.until) {
        _ if given.until.is_empty() => {}
        Ok(until) if until > visit.world().now() => {}
        Ok(_) => errors
            .push(("until", "That day is over. Enter one to come, or leave it empty".to_owned())),
        Err(_) => {
            errors.push(("until", "Enter a day, such as 31 8 2027, or leave it empty".to_owned()));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Whether somebody may appoint, and end a key.
pub fn represents(person: &Person) -> bool {
    person.roles.iter().any(|role| REPRESENTATIVES.contains(&role.as_str()))
}

/// Whoever isn't a representative can't appoint; `work` refuses that, too, but only once there is a key.
fn refuse(visit: &Visit) -> Result<(), WorkError> {
    let person = visit.person()?;
    if represents(person) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!("{} can't appoint as {}", person.name, person.titles()),
        "ask the head teacher or another representative of the school",
    ))
}

fn wanted(
    visit: &Visit,
    given: &Given,
    public: Option<std::path::PathBuf>,
) -> Result<Appoint, WorkError> {
    let until = Some(given.until.as_str()).filter(|until| !until.is_empty());
    let until = until.map(time::read_day).transpose();
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Ok(Appoint {
        name: given.name.clone(),
        roles: given.roles.clone(),
        by: visit.person()?.key.clone(),
        role: None,
        public,
        same_person_as: text(&given.same),
        called: text(&given.called),
        from: given.from.parse().ok(),
        until: until.map_err(|fact| WorkError::refused(fact, "write days as 2026-11-21"))?,
        key_made: match given.key.as_str() {
            "here" => Some("by-holder-school-machine".to_owned()),
            "file" => Some("by-holder-own-device".to_owned()),
            _ => None,
        },
        qualifications: text(&given.qualifications),
        date_confirmed: false,
    })
}

/// The new person's own page: they choose their passphrase.
fn choose(visit: &Visit, given: &Given, error: Option<(&'static str, String)>) -> Reply {
    let wrong = error.as_ref().map(|(at, text)| (*at, text.as_str()));
    let inner = html! {
        @for (name, value) in given.hidden() { input type="hidden" name=(name) value=(value); }
        input type="hidden" name="step" value="key";
        (new_passphrase("Passphrase", wrong))
        (parts::button("Make the key"))
    };
    let body = html! {
        p { "Now " strong { (given.name) } " sits down here and chooses a passphrase. Nobody else looks on: with \
             it, things are signed in the name of " (given.name) "." }
        (parts::warning(&html! {
            "Nobody can reset this. If it is lost, a representative of the school gives them a new key; their \
             old signatures stay good."
        }))
        (parts::form(visit, "/people/appoint", false, &inner))
    };
    framed(visit, &format!("{}: choose a passphrase", given.name), "/people/appoint", error, &body)
}
