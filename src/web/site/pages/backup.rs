//! Backups: where, when, and making one.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use maud::{Markup, html};

use crate::web::site::Shared;
use crate::web::site::fields::Fields;
use crate::web::site::jobs::Finished;
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit, act, read};
use crate::work::backup::{self, Done, State};
use crate::work::{WorkError, synced, time};

use super::signing::{framed, sentence};

/// Its addresses.
pub fn routes() -> Router<Shared> {
    Router::new().route("/backup", read(show).merge(act(begin)))
}

/// Whoever writes to folders of the server's machine sits at it, or acts for the controller.
fn refuse(visit: &Visit) -> Result<(), WorkError> {
    visit.sight()?.everything("the backup")?;
    visit.in_charge("a backup")
}

fn show(visit: &Visit) -> Answer {
    refuse(visit)?;
    page(visit, "", true, None)
}

fn page(visit: &Visit, folder: &str, keys: bool, error: Option<(&'static str, String)>) -> Answer {
    let media = backup::media(visit.home())?;
    let (size, behind) =
        visit.read(|reading| Ok((reading.size().0, backup::behind(reading, &media)?)))?;
    let rows: Vec<Vec<Markup>> = media
        .iter()
        .zip(behind)
        .map(|(medium, erasure)| {
            vec![
                html! {
                    (medium.path.display())
                    @if let Some(index) = erasure {
                        br;
                        strong { "May still open what was erased" }
                        " with " a href={ "/entry/" (index) } { "record " (index) }
                    }
                },
                html! { (time::words(medium.at)) },
                html! { (medium.size) },
                html! { (size.saturating_sub(medium.size)) },
            ]
        })
        .collect();
    let newest = media.iter().max_by_key(|medium| medium.at);
    let usual = newest.map(|medium| medium.path.display().to_string()).unwrap_or_default();
    let value = if folder.is_empty() { &usual } else { folder };
    let wrong =
        |at: &str| error.as_ref().filter(|(of, _)| *of == at).map(|(_, text)| text.as_str());
    let inner = html! {
        (Question {
            name: "folder", label: "Folder of the backup", value, error: wrong("folder"),
            hint: Some("On a disk or memory stick at the machine that keeps the record book, such as E:\\probity-backup or \
                        /media/stick/probity-backup. A new folder, or one that holds a backup of this record book."),
            ..Question::default()
        }.text())
        (Question { name: "keys", label: "Keys", ..Question::default() }.boxes(
            &[("yes", "Back the keys up, too: people's own are encrypted, the record book's own is not")],
            if keys { &["yes"] } else { &[] },
        ))
        (Question {
            name: "passphrase", label: "Your passphrase", error: wrong("passphrase"),
            hint: Some("A backup takes everything along, so your passphrase is asked for once more."),
            ..Question::default()
        }.passphrase())
        (parts::button("Back up and check the copy"))
    };
    let body = html! {
        p { "A copy of everything on another disk or memory stick, which is then checked. What was erased here \
             since is overwritten there, so bring every backup up to date after an erasure." }
        (parts::warning(&html! {
            "Whoever has the backup can read every answer: keep it encrypted and locked away."
        }))
        @if rows.is_empty() { p { "This record book was never backed up from here." } }
        @else { (parts::table("Backups so far", &["Folder", "When", "Records in it", "Newer here"], &rows)) }
        h2 { "Back up now" }
        (parts::form(visit, "/backup", false, &inner))
    };
    Ok(framed(visit, "Backup", "/settings", error, &body))
}

fn begin(visit: &Visit, fields: Fields) -> Answer {
    refuse(visit)?;
    let typed = fields.text("folder").to_owned();
    let keys = fields.has("keys");
    let folder = PathBuf::from(&typed);
    if !folder.is_absolute() {
        let fact = if typed.is_empty() {
            "Enter a folder"
        } else {
            "Enter the whole path of the folder, from its drive or root"
        };
        return page(visit, &typed, keys, Some(("folder", fact.to_owned())));
    }
    if let Err(error) = synced::refuse(&folder, "a backup", false) {
        return page(visit, &typed, keys, Some(("folder", sentence(&error))));
    }
    if let Err(error) = visit.unlock(&fields.secret("passphrase")) {
        return page(visit, &typed, keys, Some(("passphrase", sentence(&error))));
    }
    let (site, world) = (Arc::clone(&visit.site), *visit.world());
    let key = visit.person()?.key.clone();
    let job = visit.site.jobs.begin(visit.world(), &key, "Backing up", move |job| {
        let done = backup::backup(&world, &site.home, &folder, keys, &|done| job.at(done))?;
        if done.note.state != State::Whole {
            return Err(WorkError::refused(
                format!("the copy in {} was checked and is NOT as it should be", folder.display()),
                "don't rely on it: check the record book itself, and back up to another disk",
            ));
        }
        Ok(Finished::Page("The backup is made and checked".to_owned(), report(&done)))
    })?;
    Ok(Reply::Go(format!("/task/{job}")))
}

fn report(done: &Done) -> Markup {
    let (note, absent) = (&done.note, done.report.verdict.absent_documents.len());
    html! {
        (parts::summary_list(&[
            ("Folder", vec![done.folder.display().to_string()], None),
            ("When", vec![note.on.clone()], None),
            ("Records", vec![format!("{}, {} of them new there", note.size, note.size - done.before)], None),
            ("Documents", vec![note.documents.to_string()], None),
        ]))
        p { "The copy was read back: it is intact." }
        @if absent > 0 { p { (absent) " documents are absent, here and in the backup." } }
        @if !done.damaged_keys.is_empty() {
            p { "These key files are damaged, here and in the backup: " (done.damaged_keys.join(", "))
                ". Take good ones from an older backup, or have new keys made and appointed." }
        }
        @if !done.changed_keys.is_empty() {
            p { "These key files took the place of others in the backup: " (done.changed_keys.join(", "))
                ". If nobody changed a passphrase or a key since the last backup, have their owners try them before \
                 another disk or stick that has the older ones is brought up to date." }
        }
        @if let Some(other) = &done.copied_from {
            p { "This backup was a copy of the one in " (other.display()) ", made without this program. It is on the \
                 list by itself from now on, and so is the other." }
        }
        @if note.keys { p { "The keys are in it: people's own are encrypted, the record book's own is NOT." } }
        @else { p { "No keys are in it: keep copies of the key files elsewhere." } }
        p { "Take the disk or stick out, and keep it encrypted and locked away. Once in a while, put it into \
             another machine and check it there." }
        p { a href="/backup" { "Back to the backups" } }
    }
}
