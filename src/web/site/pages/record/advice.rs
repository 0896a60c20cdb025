//! What the data protection officer has advised, beside the questions of whoever decides.

use maud::{Markup, html};
use probity_ledger::records::kind::{Form, Kind};
use serde_json::{Map, Value as Json};

use crate::web::site::layout::capital;
use crate::web::site::parts;
use crate::web::site::visit::Visit;
use crate::work::drafts::Attachment;
use crate::work::preview::{lines, question};
use crate::work::reading::Record;
use crate::work::record::choices;
use crate::work::{WorkError, sign, time};

/// The advice in the case that was chosen, and that on the same files wherever it is filed; nothing
/// for kinds that don't decide on it.
pub fn beside(
    visit: &Visit,
    kind: &Kind,
    answers: &Map<String, Json>,
    files: &[Attachment],
) -> Result<Markup, WorkError> {
    if kind.name != "dpia-approval" {
        return Ok(html! {});
    }
    let case = answers.get("case").and_then(Json::as_str).filter(|case| !case.ends_with("new"));
    let case = case.map(str::to_lowercase);
    let content: Vec<[u8; 32]> =
        files.iter().filter_map(|file| hex::decode(&file.sha256).ok()?.try_into().ok()).collect();
    if case.is_none() && content.is_empty() {
        return Ok(html! {});
    }
    let sight = visit.sight()?;
    let given: Vec<(String, Record)> = visit.read(|reading| {
        let readable = |case: &&str| choices::may_read(reading, sight, case).unwrap_or(false);
        let mut all = sign::advice(reading, case.as_deref().filter(readable), &content)?;
        all.retain(|record| sight.of_record(record));
        Ok(all.into_iter().map(|record| (reading.signer_and_role(&record.entry), record)).collect())
    })?;
    Ok(html! {
        @if given.is_empty() {
            (parts::inset(&html! { p { "The data protection officer has not advised in this case, nor on these files. The approval \
                is complete only with their advice on exactly the same content." } }))
        }
        @for (signer, record) in &given {
            div.inset {
                h2 { "The data protection officer's advice" }
                p { (signer) ", " (time::words(record.entry.says().time)) ", "
                    a href={ "/entry/" (record.index()) } { "record " (record.index()) } }
                @for field in record.kind.into_iter().flat_map(Kind::body_fields) {
                    @let answer = record.answers().and_then(|answers| answers.get(field.name));
                    @if let Some(answer) = answer.filter(|_| !matches!(field.form, Form::Doc | Form::List(Form::Doc))) {
                        p { strong { (capital(question(field))) ":" } }
                        div.lines { @for line in lines(&field.form, answer) { p { (line) } } }
                    }
                }
            }
        }
    })
}
