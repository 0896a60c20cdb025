//! Asking somebody else to sign a draft, on another machine.

use maud::{Markup, html};

use crate::web::site::fields::Fields;
use crate::web::site::pages::record::{draft_of, drafts};
use crate::web::site::parts::{self, Question};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::work::WorkError;
use crate::work::drafts::Draft;

pub(super) fn ask_elsewhere(visit: &Visit, draft: &Draft, people: &[(String, String)]) -> Markup {
    let choices: Vec<(&str, &str)> =
        people.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect();
    let question = Question { name: "signer", label: "Who is to sign it?", ..Question::default() };
    parts::details(
        "Ask somebody else to sign it, on another machine",
        &html! {
            p { "This makes a file for them. It holds the answers and files in the clear: give it to them alone. They \
                 sign it with their own key and send back a statement, which is entered under \u{201c}Waiting\u{201d}." }
            (parts::form(visit, &format!("/draft/{}/request", draft.id), false, &html! {
                (question.select(&choices))
                (parts::button("Download the request"))
            }))
        },
    )
}

pub(super) fn request(visit: &Visit, fields: Fields) -> Answer {
    let draft = draft_of(visit)?;
    let signer = fields.said("signer").ok_or_else(|| {
        WorkError::refused("nobody is chosen to sign it", "go back, and choose who is to sign it")
    })?;
    // A request tells all that is found about the record.
    visit.sight()?.everything("what others are asked to sign")?;
    let bytes =
        visit.read(|reading| drafts(visit).request(visit.world(), reading, &draft, signer))?;
    let name = format!("{}-for-{signer}.request", draft.kind);
    Ok(Reply::File(name, "application/octet-stream", bytes))
}
