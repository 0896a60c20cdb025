//! The files that are attached: measured, each once, and set as the answer that names them.

use std::path::PathBuf;

use probity_ledger::format::body::Document;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Form, Kind};

use crate::store::Attachment;
use crate::work::WorkError;
use crate::work::document::Attached;
use crate::work::keyring::Keyring;

type Documents = (Vec<Document>, Vec<Attachment>);

pub(super) fn attach(
    keyring: &Keyring,
    kind: &Kind,
    answers: &mut Answers,
    files: &[PathBuf],
) -> Result<Documents, WorkError> {
    if files.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let Some(field) = kind.documents_field() else {
        return Err(WorkError::refused(
            format!("a `{}` takes no files", kind.name),
            "attach them to a `note` in the same case",
        ));
    };
    for path in files {
        keyring.refuse_own_file(path)?;
    }
    let attached =
        files.iter().map(|path| Attached::measure(path)).collect::<Result<Vec<_>, _>>()?;
    let mut documents: Vec<Document> = Vec::new();
    for one in &attached {
        if documents.iter().any(|known| known.sha256 == one.document.sha256) {
            return Err(WorkError::refused(
                format!(
                    "`{}` has the same bytes as another file that is attached",
                    one.document.name
                ),
                "attach each file once",
            ));
        }
        documents.push(one.document.clone());
    }
    let mut values: Vec<Value> = documents.iter().map(Document::to_value).collect();
    let value = if matches!(field.form, Form::Doc) && values.len() == 1 {
        values.remove(0)
    } else {
        Value::Array(values)
    };
    answers.set(field.name, value);
    Ok((documents, attached.iter().map(Attached::attachment).collect()))
}
