//! Signing a request that came from another school, with a key that lies here: the request comes in,
//! is shown in words, and the statement goes out. Also on a machine that has no record book.
//!
//! What was shown is what is signed: the digest of the request goes along with the form, and where
//! another one lies there by now, that one is shown and nothing is signed.

use std::path::{Path, PathBuf};

use axum::Router;
use maud::html;
use probity_ledger::format::hash::Sha256Hash;

use super::laid;
use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{Words, framed, passphrase, sentence};
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act_open, open};
use crate::web::site::{Shared, Site};
use crate::work::elsewhere::{self, Asked};
use crate::work::preview::Preview;
use crate::work::{WorkError, input, time};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/sign-elsewhere", open(ask).merge(act_open(sign)))
}

/// Where the requests lie that were read.
pub fn folder(site: &Site) -> PathBuf {
    site.home.page().join("foreign")
}

/// Where there is a record book, only who has unlocked it.
fn refuse_stranger(visit: &Visit) -> Result<(), WorkError> {
    if visit.home().has_ledger() && visit.who.is_none() {
        return Err(WorkError::refused("this page is locked", "unlock it with your own key"));
    }
    Ok(())
}

fn ask(visit: &Visit) -> Answer {
    if visit.home().has_ledger() && visit.who.is_none() {
        return Ok(Reply::Go("/unlock?next=%2Fsign-elsewhere".to_owned()));
    }
    let Some(id) = visit.query("id") else { return Ok(first(visit, None)) };
    match laid::kept(&folder(&visit.site), id).and_then(|folder| opened(visit, &folder)) {
        Ok(opened) => Ok(words(visit, &opened, id, None)),
        Err(error) => Ok(first(visit, Some(("request", sentence(&error))))),
    }
}

fn first(visit: &Visit, error: Option<(&'static str, String)>) -> Reply {
    let wrong =
        |name: &str| error.as_ref().filter(|(at, _)| *at == name).map(|(_, text)| text.as_str());
    let inner = html! {
        (Question {
            name: "request", label: "The request that you were given", error: wrong("request"),
            hint: Some("A file whose name ends with .request."), ..Question::default()
        }.files(false))
        (Question {
            name: "documents", label: "Documents that came beside it, if any", error: wrong("documents"),
            ..Question::default()
        }.files(true))
        (parts::button("Read it"))
    };
    let body = html! {
        p { "Another school asks you to sign something. You read it here, sign it with your own key, and send \
             back the statement that you get. It holds none of the answers." }
        (parts::form(visit, "/sign-elsewhere", true, &inner))
    };
    framed(visit, "Sign something for another school", back(visit), error, &body)
}

fn back(visit: &Visit) -> &'static str {
    if visit.home().has_ledger() { "/waiting" } else { "/start" }
}

fn sign(visit: &Visit, fields: Fields) -> Answer {
    refuse_stranger(visit)?;
    let signs = fields.text("step") == "sign";
    let id = if signs {
        fields.text("id").to_owned()
    } else if fields.files_of("request").next().is_none() {
        return Ok(first(visit, Some(("request", "Choose the request's file".to_owned()))));
    } else {
        match laid::keep(visit, &folder(&visit.site), "request", &fields) {
            Ok(id) => id,
            Err(error) => return Ok(first(visit, Some(("request", sentence(&error))))),
        }
    };
    let folder = match laid::kept(&folder(&visit.site), &id) {
        Ok(folder) => folder,
        Err(error) => return Ok(first(visit, Some(("request", sentence(&error))))),
    };
    let opened = match opened(visit, &folder) {
        Ok(opened) => opened,
        Err(error) => {
            if !signs {
                // Nobody was told where it lies. What can't be removed now goes with the day.
                let _ = std::fs::remove_dir_all(&folder);
            }
            return Ok(first(visit, Some(("request", sentence(&error)))));
        }
    };
    if !signs {
        // The words have an address of their own, which a browser can ask for again.
        return Ok(Reply::Go(format!("/sign-elsewhere?id={id}")));
    }
    if fields.text("seen") != opened.digest {
        let fact = "The request that lies here is not the one that you were shown. Read it again, then sign";
        return Ok(words(visit, &opened, &id, Some(("words", fact.to_owned()))));
    }
    let asked = &opened.asked;
    // A session signs with its own key alone.
    if visit.who.as_ref().is_some_and(|person| person.key != asked.key.name) {
        let fact = format!(
            "The request is for {}, and you have unlocked with another key",
            asked.request.signer
        );
        return Ok(words(visit, &opened, &id, Some(("passphrase", fact))));
    }
    let key = match visit.unlock_as(&asked.key.name, &fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => {
            return Ok(words(visit, &opened, &id, Some(("passphrase", sentence(&error)))));
        }
    };
    let to = folder.join("statement");
    asked.sign(visit.world(), &visit.keyring(), &key, &to)?;
    let most = probity_ledger::format::statement::MAX_STATEMENT as u64;
    let statement = input::bytes(&to, most).map_err(WorkError::file("reading", &to))?;
    // What is signed is not needed any more, and holds answers.
    std::fs::remove_dir_all(&folder).map_err(WorkError::file("removing", &folder))?;
    let name = format!("{}-by-{}.statement", asked.request.kind.name, asked.key.name);
    Ok(Reply::File(name, "application/octet-stream", statement))
}

/// A request that was looked through, and the digest of its bytes.
struct Opened {
    asked: Asked,
    digest: String,
}

fn opened(visit: &Visit, folder: &Path) -> Result<Opened, WorkError> {
    let bytes = elsewhere::read_request(&folder.join("request"))?;
    let documents = laid::documents(folder)?;
    let given = elsewhere::given_files(&documents)?;
    let asked = Asked::open(visit.world(), &visit.keyring(), &bytes, &given)?;
    Ok(Opened { asked, digest: Sha256Hash::of(&bytes).to_string() })
}

fn words(
    visit: &Visit,
    Opened { asked, digest }: &Opened,
    id: &str,
    error: Option<(&'static str, String)>,
) -> Reply {
    let request = &asked.request;
    let preview = Preview::of(&asked.prepared(), &request.school);
    let wrong = error.as_ref().filter(|(at, _)| *at == "passphrase").map(|(_, text)| text.as_str());
    let inner = html! {
        input type="hidden" name="step" value="sign";
        input type="hidden" name="id" value=(id);
        input type="hidden" name="seen" value=(digest);
        (passphrase(wrong))
        (parts::button("Sign, and get the statement"))
    };
    let body = html! {
        @if request.practice { (parts::warning(&html! { "PRACTICE: nothing that is signed here counts" })) }
        div id="words" tabindex="-1" { (Words::fixed(&preview).whole()) }
        p { "It can be entered until " (time::words(request.expires)) "." }
        p { "What linked records say, and what an inspector may ask, is the school's word." }
        (parts::form(visit, "/sign-elsewhere", false, &inner))
        p { "Send the statement back to the school, and delete the request." }
    };
    framed(visit, &format!("{} asks you to sign", request.school), "/sign-elsewhere", error, &body)
}
