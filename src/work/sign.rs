//! Signing documents: what a signature on files means, in words, and where it belongs.

use std::collections::BTreeSet;

use probity_ledger::book::clear::Decision;
use probity_ledger::book::judge::documents;
use probity_ledger::format::body::Document;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{Index, Sha256Hash};

use super::WorkError;
use super::reading::{Reading, Record};
use super::record::CaseChoice;
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

/// What the data protection officer has advised in a case, oldest first.
///
/// # Errors
/// Damage.
pub fn advice_in(reading: &Reading, case: &str) -> Result<Vec<Record>, WorkError> {
    let mut all = reading.case(&Subject::Case(case.to_owned()))?;
    all.retain(|record| record.entry.says().kind == "dpo-advice");
    Ok(all)
}
