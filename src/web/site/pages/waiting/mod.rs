//! What waits for the visitor's signature, and requests that went out to be signed elsewhere.

use std::path::{Path, PathBuf};

use axum::Router;
use maud::{Markup, html};

use crate::store::Mode;
use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, Site, cache, layout};
use crate::work::elsewhere::{self, Entering, Pending};
use crate::work::reading::Reading;
use crate::work::record::Wanted;
use crate::work::record::kind;
use crate::work::waiting::Waiting;
use crate::work::{WorkError, time};

use super::shown;
use super::signing::{self, Ask, Step, framed, sentence};

mod foreign;
mod laid;

/// Removes what was read and not signed.
pub fn sweep(site: &Site) {
    laid::sweep(&foreign::folder(site));
    laid::sweep(&folder(site));
}

/// Where the statements lie that were read.
fn folder(site: &Site) -> PathBuf {
    site.home.page().join("entering")
}

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/waiting", read(list))
        .route("/waiting/request/{name}", read(request))
        .route("/waiting/enter", read(ask).merge(act(enter)))
        .merge(foreign::routes())
}

fn list(visit: &Visit) -> Answer {
    let waits = cache::waiting(&visit.site, visit.person()?)?;
    let mine = waits.value().map(Vec::as_slice).unwrap_or_default();
    let out = requests(visit)?;
    let tasks: Vec<Task<'_>> = mine.iter().map(task).collect();
    let rows: Vec<Vec<Markup>> = out
        .iter()
        .map(|one| {
            let request = &one.request;
            vec![
                html! { (request.signer) },
                html! { (request.kind.title) @if let Some(case) = request.subject.case() { " (" (case) ")" } },
                html! { (time::words(request.expires)) },
                html! { a href={ "/waiting/request/" (one.name) } {
                    "Download" span.hidden { " the request for " (request.signer) } } },
            ]
        })
        .collect();
    let body = html! {
        @if visit.query("done").is_some() {
            (parts::inset(&html! { p role="status" { "It is signed and entered." } }))
        }
        (signing::unconfirmed(visit))
        (shown::standing(visit, &waits)?)
        @if tasks.is_empty() && waits.value().is_some() { p { @if visit.lacks { "Of what can still be read, nothing waits for your signature." } @else { "Nothing waits for your signature." } } } @else { (parts::task_list(&tasks)) }
        h2 { "Signed elsewhere" }
        p { "Whoever has their key on another machine signs there: a request goes to them, and a statement comes \
             back." }
        @if rows.is_empty() { p { "No request waits for its answer." } }
        @else { (parts::table("Requests that wait", &["For", "What", "Until", "File"], &rows)) }
        p { a href="/waiting/enter" { "Enter a statement that came back" } }
        p { a href="/sign-elsewhere" { "Sign something for another school" } }
    };
    Ok(Reply::Page(layout::page(visit, "What waits for a signature", &body)))
}

/// What waits, as a line of a list.
pub fn task(one: &Waiting) -> Task<'_> {
    Task {
        what: html! { (one.what) },
        to: Some(one.act.clone()),
        tag: (Tone::Open, "Waits for you"),
    }
}

/// Requests hold answers, so only who reads everything sees those for others.
fn requests(visit: &Visit) -> Result<Vec<Pending>, WorkError> {
    let (all, own) = (visit.sight()?.is_everything(), visit.person()?.kid);
    let out = elsewhere::waiting(visit.world(), visit.home())?;
    Ok(out.into_iter().filter(|one| all || one.request.key == own).collect())
}

fn request(visit: &Visit) -> Answer {
    let name = visit.param("name");
    let found = requests(visit)?.into_iter().find(|one| one.name.to_string() == name);
    let found = found.ok_or_else(|| {
        WorkError::refused("that request was answered or has expired", "make a new one")
    })?;
    let file = crate::work::keyring::file_name(&found.request.signer);
    Ok(Reply::File(
        format!("{}-for-{file}.request", found.request.kind.name),
        "application/octet-stream",
        found.bytes(visit.home())?,
    ))
}

fn ask(visit: &Visit) -> Answer {
    let Some(id) = visit.query("id") else { return Ok(enter_page(visit, None)) };
    read_again(visit, id, &Fields::default())
}

fn enter_page(visit: &Visit, error: Option<(&'static str, String)>) -> Reply {
    let wrong =
        |name: &str| error.as_ref().filter(|(at, _)| *at == name).map(|(_, text)| text.as_str());
    let inner = html! {
        (Question {
            name: "statement", label: "The statement that came back", error: wrong("statement"),
            hint: Some("It says that somebody signed, and holds no answers."), ..Question::default()
        }.files(false))
        (Question {
            name: "documents", label: "Documents that were too large to travel with the request",
            hint: Some("Usually there are none."), error: wrong("documents"), ..Question::default()
        }.files(true))
        (parts::button("Read it"))
    };
    let body = html! {
        p { "It is held against the request that waits here, and shown before you enter it." }
        (parts::form(visit, "/waiting/enter", true, &inner))
    };
    framed(visit, "Enter a statement", "/waiting", error, &body)
}

fn enter(visit: &Visit, fields: Fields) -> Answer {
    if let Some(written) = signing::before(visit, &fields) {
        return signing::after("/waiting?done=1", &written);
    }
    if fields.text("step") == "sign" {
        return read_again(visit, fields.text("id"), &fields);
    }
    let Some(file) = fields.files_of("statement").next() else {
        return Ok(enter_page(
            visit,
            Some(("statement", "Choose the statement\u{2019}s file".to_owned())),
        ));
    };
    let id = match laid::keep(visit, &folder(&visit.site), "statement", &fields) {
        Ok(id) => id,
        Err(error) => return Ok(enter_page(visit, Some(("statement", sentence(&error))))),
    };
    let laid = laid::kept(&folder(&visit.site), &id)?;
    match opened(visit, &laid) {
        // The words have an address of their own, which a browser can ask for again.
        Ok(_) => Ok(Reply::Go(format!("/waiting/enter?id={id}"))),
        Err(error) => {
            // Nobody was told where it lies. What can't be removed now goes with the day.
            let _ = std::fs::remove_dir_all(&laid);
            // Its path here says nothing to anybody.
            let path = laid.join("statement").display().to_string();
            let text = sentence(&error).replace(&path, &file.name);
            Ok(enter_page(visit, Some(("statement", text))))
        }
    }
}

fn opened(visit: &Visit, laid: &Path) -> Result<Entering, WorkError> {
    visit.apart(|| {
        let reading = Reading::open(visit.home(), &Mode::Browse)?;
        let by = Wanted::new(kind("statement")?, &visit.person()?.key);
        let given = elsewhere::given_files(&laid::documents(laid)?)?;
        let file = laid.join("statement");
        elsewhere::prepare(visit.world(), visit.home(), &reading, &file, &by, (None, &given))
    })
}

/// Shows what a statement puts on record, or enters it where the form says that it was shown.
fn read_again(visit: &Visit, id: &str, fields: &Fields) -> Answer {
    let read =
        laid::kept(&folder(&visit.site), id).and_then(|laid| Ok((opened(visit, &laid)?, laid)));
    let (entering, laid) = match read {
        Ok(read) => read,
        Err(error) => return Ok(enter_page(visit, Some(("statement", sentence(&error))))),
    };
    let ask = Ask {
        title: "Enter this statement",
        to: "/waiting/enter",
        hidden: vec![("id", id.to_owned())],
        back: "/waiting/enter",
        more: html! {
            p { "You sign that you entered it. What it says stays the word of whoever signed it." }
        },
        button: "Enter it",
    };
    let shown = std::slice::from_ref(&entering.record);
    let step = signing::step_by(visit, fields, &ask, shown, |key| {
        elsewhere::enter(visit.world(), visit.home(), &entering, key)
    })?;
    match step {
        Step::Show(page) => Ok(page),
        Step::Signed(written) => {
            // What was entered is not needed any more; what can't be removed now goes with the day.
            let _ = std::fs::remove_dir_all(&laid);
            signing::after("/waiting?done=1", &written)
        }
    }
}
