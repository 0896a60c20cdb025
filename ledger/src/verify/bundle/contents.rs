//! That each entry may say what it says, and that its answers and documents are those that it names.

use super::{Bundle, bytes};
use crate::book::fault::{Code, Fault};
use crate::book::judge;
use crate::format::hash::Sha256Hash;
use crate::verify::container::{self, Part, number};
use crate::verify::tally::Tally;
use crate::verify::verdict::{AbsentDocument, Verdict};

impl Bundle<'_> {
    /// Step 8.
    pub(super) fn check_entries(
        &mut self,
        tally: &mut Tally,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        let mut authority = None;
        for (index, entry) in &self.entries {
            let entry = &Self::whole(entry);
            let judged =
                judge::judge(&mut authority, entry, self).map_err(|fault| fault.at(*index))?;
            if let Some(fault) = &judged.unjudged {
                verdict.find(fault.clone());
            }
            let path = format!("data/bodies/{}.cbor", number(*index));
            let body = bytes(self.files, &path)
                .map(|bytes| judge::open_body(entry, bytes))
                .transpose()
                .map_err(|fault| fault.at(*index))?;
            for document in body.iter().flat_map(judge::documents) {
                self.disclosed_documents.insert(document.sha256);
                let found = self.document(document.sha256);
                match found {
                    None => verdict.absent_documents.push(AbsentDocument {
                        entry: *index,
                        name: document.name,
                        sha256: document.sha256,
                    }),
                    Some(file) if file.sha256 != document.sha256 || file.size != document.size => {
                        return Err(Fault::new(
                            Code::Document,
                            format!("document `{}`", document.name),
                            format!("{} bytes, SHA-256 {}", file.size, file.sha256),
                            format!("{} bytes, SHA-256 {}", document.size, document.sha256),
                        )
                        .at(*index));
                    }
                    Some(_) => {}
                }
            }
            if let Some(authority) = &authority {
                tally.note(entry, &judged, body.as_ref(), authority);
            }
        }
        self.authority = authority;
        Ok(())
    }

    fn document(&self, hash: Sha256Hash) -> Option<&container::File> {
        let folder = format!("data/documents/{hash}/");
        self.files
            .range(folder.clone()..)
            .next()
            .filter(|(path, _)| path.starts_with(&folder))
            .map(|(_, file)| file)
    }

    pub(super) fn check_documents(&self) -> Result<(), Fault> {
        for path in self.files.keys() {
            if let Some(Part::Document(hash)) = container::part(path)
                && !self.disclosed_documents.contains(&hash)
            {
                return Err(Fault::new(
                    Code::Container,
                    "a document",
                    format!("`{path}`"),
                    "only documents that a disclosed field names",
                ));
            }
        }
        Ok(())
    }
}
