//! What waits for the visitor's signature, and requests that went out to be signed elsewhere.

use axum::Router;
use maud::{Markup, html};

use crate::store::Mode;
use crate::web::site::fields::Fields;
use crate::web::site::parts::{self, Question, Task, Tone};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::web::site::{Shared, cache, layout};
use crate::work::elsewhere::{self, Pending};
use crate::work::people::kind;
use crate::work::reading::Reading;
use crate::work::record::Wanted;
use crate::work::waiting::Waiting;
use crate::work::{WorkError, time};

use super::shown;
use super::signing::{self, framed, sentence};

mod foreign;

pub use foreign::sweep;

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
        @if tasks.is_empty() && waits.value().is_some() { p { "Nothing waits for your signature." } } @else { (parts::task_list(&tasks)) }
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
    Ok(enter_page(visit, None))
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
        (signing::passphrase(wrong("passphrase")))
        (parts::button("Enter it"))
    };
    let body = html! {
        p { "It is held against the request that waits here. You sign that you entered it; what it says stays \
             the word of whoever signed it." }
        (parts::form(visit, "/waiting/enter", true, &inner))
    };
    framed(visit, "Enter a statement", "/waiting", error, &body)
}

fn enter(visit: &Visit, fields: Fields) -> Answer {
    let Some(file) = fields.files_of("statement").next() else {
        return Ok(enter_page(
            visit,
            Some(("statement", "Choose the statement's file".to_owned())),
        ));
    };
    let documents: Vec<_> = fields.files_of("documents").map(|file| file.path.clone()).collect();
    let prepared = visit.apart(|| {
        let reading = Reading::open(visit.home(), &Mode::Browse)?;
        let by = Wanted::new(kind("statement")?, &visit.person()?.key);
        let given = elsewhere::given_files(&documents)?;
        elsewhere::prepare(visit.world(), visit.home(), &reading, &file.path, &by, (None, &given))
    });
    let entering = match prepared {
        Ok(entering) => entering,
        // Its path here says nothing to anybody.
        Err(error) => {
            let text = sentence(&error).replace(&file.path.display().to_string(), &file.name);
            return Ok(enter_page(visit, Some(("statement", text))));
        }
    };
    let key = match visit.unlock(&fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => return Ok(enter_page(visit, Some(("passphrase", sentence(&error))))),
    };
    let entered = visit.apart(|| elsewhere::enter(visit.world(), visit.home(), &entering, &key));
    match entered {
        Ok(written) => signing::after("/waiting?done=1", &written),
        Err(error) => Ok(enter_page(visit, Some(("statement", sentence(&error))))),
    }
}
