//! Throwing a draft away.

use maud::html;

use crate::web::site::fields::Fields;
use crate::web::site::pages::record::{draft_of, drafts, owner};
use crate::web::site::visit::{Answer, Reply, Visit};
use crate::web::site::{layout, parts};
use crate::work::time;

/// What is thrown away is gone: it is told first what that is.
pub(super) fn ask_throwing(visit: &Visit) -> Answer {
    let draft = draft_of(visit)?;
    if let Some(entry) = draft.signed {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    let title = draft.kind().map_or(draft.kind.as_str(), |kind| kind.title);
    let counted = |many: usize, one: &str| match many {
        1 => format!("1 {one}"),
        many => format!("{many} {one}s"),
    };
    let body = html! {
        p { (title) ", changed " (time::words(draft.changed)) ": "
            (counted(draft.answers.len(), "answer")) " and " (counted(draft.files.len(), "file")) "." }
        p { "Nothing of it is on record. Once thrown away, it can\u{2019}t be brought back." }
        (parts::form(visit, &format!("/draft/{}/throw-away", draft.id), false, &html! {
            button.button.danger { "Throw it away" }
        }))
        p { a href={ "/draft/" (draft.id) } { "Keep it" } }
    };
    Ok(Reply::Page(layout::page(visit, "Throw this draft away?", &body)))
}

pub(super) fn throw_away(visit: &Visit, _: Fields) -> Answer {
    // Somebody may have come back to a page from before it was signed.
    if let Some(entry) = draft_of(visit).ok().and_then(|draft| draft.signed) {
        return Ok(Reply::Go(format!("/done/{entry}")));
    }
    drafts(visit).throw_away(visit.param("id"), owner(visit)?)?;
    Ok(Reply::Go("/record".to_owned()))
}
