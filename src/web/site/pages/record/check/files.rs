//! A draft's files, beside what is signed, and each to be downloaded.

use maud::{Markup, html};
use probity_ledger::records::kind::{Form, Kind};

use crate::web::site::pages::record::{draft_of, drafts, steps};
use crate::web::site::pages::shown;
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::drafts::Draft;
use crate::work::{WorkError, input, preview};

/// Texts up to this many bytes are shown where they are signed.
const SHOWN: u64 = 64 << 10;

pub(super) fn files(visit: &Visit, draft: &Draft, kind: &Kind) -> Markup {
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

pub(super) fn file(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    let number = visit.param("number").parse().unwrap_or(u32::MAX);
    let (_, path) = drafts(visit).file(&draft, number)?;
    let bytes = input::bytes(&path, crate::store::MAX_DOCUMENT)
        .map_err(WorkError::file("reading", &path))?;
    let name = draft.files.iter().find(|file| file.number == number).map(|file| file.name.clone());
    // Never as what it says that it is: nothing that somebody sent runs here.
    Ok(Reply::File(name.unwrap_or_default(), "application/octet-stream", bytes))
}
