//! Signing a request that came from another school, with a key that lies here: the request comes in,
//! is shown in words, and the statement goes out. Also on a machine that has no record book.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::Router;
use maud::html;

use crate::web::site::fields::Fields;
use crate::web::site::pages::signing::{Words, framed, passphrase, sentence};
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act_open, open};
use crate::web::site::{Shared, Site};
use crate::work::document::hash_file;
use crate::work::elsewhere::{self, Asked};
use crate::work::preview::Preview;
use crate::work::{WorkError, home, input, time};

/// A request that nobody signed is removed after a day.
const DAY: Duration = Duration::from_secs(86_400);

/// Most requests that wait here unsigned, and most bytes of them all. One that waits alone may be
/// as long as a form.
const MOST: usize = 20;
const MOST_BYTES: u64 = 256 << 20;

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/sign-elsewhere", open(ask).merge(act_open(sign)))
}

fn folder(site: &Site) -> PathBuf {
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
    match kept(visit, id).and_then(|folder| opened(visit, &folder)) {
        Ok(asked) => Ok(words(visit, &asked, id, None)),
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

/// The files that were taken in before, by the name that the form carries.
fn kept(visit: &Visit, id: &str) -> Result<PathBuf, WorkError> {
    let good = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let path = folder(&visit.site).join(id);
    if good && path.is_dir() {
        return Ok(path);
    }
    Err(WorkError::refused("the request is not here any more", "choose its file again"))
}

fn keep(visit: &Visit, fields: &Fields) -> Result<String, WorkError> {
    let all = folder(&visit.site);
    forget(&all, DAY);
    // Whoever reads a request once more needs it once.
    let is_same = |path: &PathBuf| {
        let hash = hash_file(&path.join("request")).ok().map(|(_, hash)| hash);
        fields.files_of("request").any(|file| Some(file.sha256) == hash)
    };
    let (same, others): (Vec<PathBuf>, _) = waiting(&all).into_iter().partition(is_same);
    find_room(&others, fields.files.iter().map(|file| file.size).sum())?;
    let id = hex::encode(visit.world().random::<16>()?);
    let folder = all.join(&id);
    home::make_private_folder(&folder)?;
    let mut number = 0;
    for file in &fields.files {
        let name = if file.field == "request" {
            "request".to_owned()
        } else {
            number += 1;
            format!("document-{number}")
        };
        let to = folder.join(name);
        std::fs::rename(&file.path, &to).map_err(WorkError::file("keeping", &to))?;
    }
    for path in &same {
        std::fs::remove_dir_all(path).map_err(WorkError::file("removing", path))?;
    }
    Ok(id)
}

/// The folders of all requests that wait here.
fn waiting(all: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(all).into_iter().flatten().filter_map(Result::ok);
    listed.map(|entry| entry.path()).collect()
}

/// Refuses one more of so many bytes where too much waits.
fn find_room(waiting: &[PathBuf], bytes: u64) -> Result<(), WorkError> {
    let files = waiting.iter().flat_map(std::fs::read_dir).flatten().filter_map(Result::ok);
    let there: u64 = files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    if waiting.len() < MOST && (waiting.is_empty() || there.saturating_add(bytes) <= MOST_BYTES) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "too much waits here unsigned: at most {MOST} requests, and {} MiB of them all, may",
            MOST_BYTES >> 20
        ),
        "sign what was read before, or come again tomorrow: what nobody signs goes after a day",
    ))
}

/// Removes requests that were read and not signed.
pub fn sweep(site: &Site) {
    forget(&folder(site), DAY);
}

fn forget(all: &Path, after: Duration) {
    for path in waiting(all) {
        let modified = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
        if modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age >= after) {
            // One that can't be removed now is tried again a minute later.
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

fn sign(visit: &Visit, fields: Fields) -> Answer {
    refuse_stranger(visit)?;
    let signs = fields.text("step") == "sign";
    let id = if signs {
        fields.text("id").to_owned()
    } else if fields.files_of("request").next().is_none() {
        return Ok(first(visit, Some(("request", "Choose the request's file".to_owned()))));
    } else {
        match keep(visit, &fields) {
            Ok(id) => id,
            Err(error) => return Ok(first(visit, Some(("request", sentence(&error))))),
        }
    };
    let folder = match kept(visit, &id) {
        Ok(folder) => folder,
        Err(error) => return Ok(first(visit, Some(("request", sentence(&error))))),
    };
    let asked = match opened(visit, &folder) {
        Ok(asked) => asked,
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
    // A session signs with its own key alone.
    if visit.who.as_ref().is_some_and(|person| person.key != asked.key.name) {
        let fact = format!(
            "The request is for {}, and you have unlocked with another key",
            asked.request.signer
        );
        return Ok(words(visit, &asked, &id, Some(("passphrase", fact))));
    }
    let key = match visit.unlock_as(&asked.key.name, &fields.secret("passphrase")) {
        Ok(key) => key,
        Err(error) => return Ok(words(visit, &asked, &id, Some(("passphrase", sentence(&error))))),
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

fn opened(visit: &Visit, folder: &Path) -> Result<Asked, WorkError> {
    let bytes = elsewhere::read_request(&folder.join("request"))?;
    let listed = std::fs::read_dir(folder).map_err(WorkError::file("reading", folder))?;
    let documents: Vec<PathBuf> = listed
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("document-"))
        .map(|entry| entry.path())
        .collect();
    let given = elsewhere::given_files(&documents)?;
    Asked::open(visit.world(), &visit.keyring(), &bytes, &given)
}

fn words(visit: &Visit, asked: &Asked, id: &str, error: Option<(&'static str, String)>) -> Reply {
    let request = &asked.request;
    let preview = Preview::of(&asked.prepared(), &request.school);
    let wrong = error.as_ref().map(|(_, text)| text.as_str());
    let inner = html! {
        input type="hidden" name="step" value="sign";
        input type="hidden" name="id" value=(id);
        (passphrase(wrong))
        (parts::button("Sign, and get the statement"))
    };
    let body = html! {
        @if request.practice { (parts::warning(&html! { "PRACTICE: nothing that is signed here counts" })) }
        (Words::fixed(&preview).whole())
        p { "It can be entered until " (time::words(request.expires)) "." }
        p { "What linked records say, and what an inspector may ask, is the school's word." }
        (parts::form(visit, "/sign-elsewhere", false, &inner))
        p { "Send the statement back to the school, and delete the request." }
    };
    framed(visit, &format!("{} asks you to sign", request.school), "/sign-elsewhere", error, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request that waits, with one document of so many bytes.
    fn wait(all: &Path, id: usize, bytes: u64) {
        let folder = all.join(format!("{id:032x}"));
        home::make_private_folder(&folder).expect("a folder");
        std::fs::write(folder.join("request"), [b'x'; 10]).expect("written");
        let document = std::fs::File::create(folder.join("document-1")).expect("made");
        document.set_len(bytes).expect("so long");
    }

    #[test]
    fn what_nobody_signed_goes_after_its_time_and_not_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let all = folder.path().join("foreign");
        forget(&all, Duration::ZERO);
        wait(&all, 1, 5);
        forget(&all, DAY);
        assert_eq!(waiting(&all).len(), 1);
        forget(&all, Duration::ZERO);
        assert!(waiting(&all).is_empty());
    }

    #[test]
    fn only_so_many_requests_wait() {
        let folder = tempfile::tempdir().expect("a folder");
        for id in 0..MOST {
            find_room(&waiting(folder.path()), 1000).expect("room");
            wait(folder.path(), id, 1000);
        }
        let refused = find_room(&waiting(folder.path()), 1000).expect_err("too many");
        assert!(refused.to_string().contains("at most 20 requests, and 256 MiB of"), "{refused}");
    }

    #[test]
    fn only_so_many_bytes_wait_unless_one_waits_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        find_room(&waiting(folder.path()), MOST_BYTES + 1).expect("nothing else waits");
        wait(folder.path(), 1, MOST_BYTES - 1000);
        find_room(&waiting(folder.path()), 990).expect("up to the last byte");
        assert!(find_room(&waiting(folder.path()), 991).is_err());
    }
}
