//! Signing documents: what a signature on files means, in words, and where it belongs.

use std::collections::BTreeSet;

use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::book::judge::documents;
use probity_ledger::format::body::Document;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::records::goes_against;
use probity_ledger::records::roles::DPO;

use super::WorkError;
use super::compose::LinkTo;
use super::reading::{Reading, Record};
use super::record::{CaseChoice, Prepared, others};
use crate::store::{Store as _, Term};

/// The kinds of record that a signature on a document makes.
pub const KINDS: [&str; 3] = ["approval", "dpia-approval", "dpo-advice"];

/// The sentence that is signed when the author gives none.
#[must_use]
pub fn wording(kind: &str, decision: Decision, files: usize) -> String {
    let what = if files == 1 { "the file named here" } else { "the files named here" };
    let role = if kind == "dpia-approval" { "On behalf of the controller, " } else { "" };
    match decision {
        Decision::Approved => format!("{role}I approve exactly {what}."),
        Decision::ApprovedWithConditions => {
            format!("{role}I approve exactly {what}, on the conditions named here.")
        }
        Decision::Refused => format!("{role}I refuse to approve exactly {what}."),
    }
}

/// The one DPIA case in which one of these files was signed before, if there is one.
///
/// # Errors
/// When they were signed in several cases; damage.
pub fn case_of_files(reading: &Reading, hashes: &[Sha256Hash]) -> Result<CaseChoice, WorkError> {
    let mut cases = BTreeSet::new();
    for sha256 in hashes {
        for index in reading.store.lookup(&Term::Document(*sha256))? {
            let record = reading.record(index)?;
            if !KINDS.contains(&record.entry.says().kind) {
                continue;
            }
            let case = record.entry.subject().case().filter(|case| case.starts_with("dpia-"));
            let named = record.body.as_ref().map(documents).unwrap_or_default();
            if let Some(case) = case
                && named.iter().any(|document| hashes.contains(&document.sha256))
            {
                cases.insert(case.to_owned());
            }
        }
    }
    let names: Vec<String> = cases.into_iter().collect();
    match names.as_slice() {
        [] => Ok(CaseChoice::Unsaid),
        [only] => Ok(CaseChoice::Existing(only.clone())),
        several => Err(WorkError::refused(
            format!("these files were signed in several cases: {}", several.join(", ")),
            "say which one is meant, with --case",
        )),
    }
}

/// The files that are attached in a case, the newest record first, each once.
///
/// # Errors
/// Damage.
pub fn attached_in(reading: &Reading, case: &str) -> Result<Vec<(Index, Document)>, WorkError> {
    let mut found: Vec<(Index, Document)> = Vec::new();
    for record in reading.case(&Subject::Case(case.to_owned()))?.iter().rev() {
        for document in record.body.iter().flat_map(documents) {
            if !found.iter().any(|(_, known)| known.sha256 == document.sha256) {
                found.push((record.index(), document));
            }
        }
    }
    Ok(found)
}

/// What the data protection officer has advised in a case, or on this content wherever it is filed,
/// oldest first.
///
/// # Errors
/// Damage.
pub fn advice(
    reading: &Reading,
    case: Option<&str>,
    content: &[[u8; 32]],
) -> Result<Vec<Record>, WorkError> {
    let mut all = others::advice_on(reading, content)?;
    for record in case.map(|case| reading.shown_case(case)).transpose()?.unwrap_or_default() {
        let advises = record.entry.says().kind == "dpo-advice";
        if advises && all.iter().all(|known| known.index() != record.index()) {
            all.push(record);
        }
    }
    all.sort_by_key(Record::index);
    Ok(all)
}

/// Whether the newest advice on exactly this content stands against what is decided.
///
/// # Errors
/// Damage.
pub fn is_against_advice(reading: &Reading, prepared: &Prepared) -> Result<bool, WorkError> {
    let draft = prepared.record();
    let ClearFields::Decision(decision) = &draft.clear else { return Ok(false) };
    let pointed = draft.links.iter().filter_map(|(relation, to)| match to {
        LinkTo::Entry(hash) if others::POINTING.contains(relation) => Some(hash.0),
        _ => None,
    });
    let documents = prepared.documents.iter().map(|document| document.sha256.0);
    let content: Vec<[u8; 32]> = pointed.chain(documents).collect();
    let all = others::advice_on(reading, &content)?;
    let newest = all.iter().rfind(|record| DPO.contains(&record.entry.says().role));
    let recommended = newest.and_then(|record| record.answers()?.text("recommendation"));
    Ok(recommended.is_some_and(|advice| goes_against(Some(decision.name()), advice)))
}
