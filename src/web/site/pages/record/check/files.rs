//! A draft's files as the record would name them, beside what is signed, and each to be downloaded.

use maud::{Markup, html};
use probity_ledger::records::kind::{Form, Kind};

use crate::web::site::pages::record::{draft_of, drafts, steps};
use crate::web::site::pages::shown;
use crate::web::site::parts;
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::document;
use crate::work::drafts::{Attachment, Draft};
use crate::work::preview::{self, Preview};

/// Texts up to this many bytes are shown where they are signed.
const SHOWN: u64 = 64 << 10;

pub(super) fn files(visit: &Visit, draft: &Draft, kind: &Kind, preview: &Preview) -> Markup {
    let Some(field) = kind.documents_field() else { return html! {} };
    if draft.files.is_empty() {
        let to = steps::change(kind, &draft.id, field.name);
        return html! { p { "No files are attached. " a href=(to) { "Attach files" } } };
    }
    let text = |file: &Attachment| {
        let is_text = matches!(document::media_type(&file.name), "text/plain" | "text/csv");
        if !is_text || file.size > SHOWN {
            return None;
        }
        String::from_utf8(drafts(visit).content(draft, file.number).ok()?).ok()
    };
    html! {
        h2 { "Exactly these files" }
        ul.files {
            // In their order, each by its own numbers: what is shown is what is signed.
            @for (file, signed) in draft.files.iter().zip(&preview.documents) {
                li {
                    a href={ "/draft/" (draft.id) "/file/" (file.number) } { "Download " (signed.name) }
                    ", " (signed.size) " bytes"
                    (shown::exact(signed.sha256))
                    @if let Some(text) = text(file) {
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
    let bytes = drafts(visit).content(&draft, number)?;
    let name = draft.files.iter().find(|file| file.number == number).map(|file| file.name.clone());
    // Never as what it says that it is: nothing that somebody sent runs here.
    Ok(Reply::File(name.unwrap_or_default(), "application/octet-stream", bytes))
}
