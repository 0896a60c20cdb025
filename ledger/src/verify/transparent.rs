//! Step 9b of a bundle: entries that are there a second time, as transparent statements.
//!
//! Each must be its entry with a receipt by the log key, for the place that its proof shows
//! under the checkpoint ([`Receipts`]). All three were checked before. There need not be any.

use probity_keys::Signature;

use super::container::{Files, number};
use crate::book::fault::{Code, Fault};
use crate::format::entry::Entry;
use crate::format::note::{Checkpoint, VerifierKey};
use crate::format::proof::Proof;
use crate::format::receipt::Receipts;

/// Checks the transparent statement of each entry that has one.
///
/// # Errors
/// [`Code::Transparent`], at the first entry whose statement is another.
pub(super) fn check<'a>(
    files: &Files,
    entries: impl Iterator<Item = &'a Entry>,
    checkpoint: &Checkpoint,
    log: Option<&VerifierKey>,
) -> Result<(), Fault> {
    let receipts = log.map(|log| Receipts::new(checkpoint, *log.key()));
    let mut good: Option<Signature> = None;
    for entry in entries {
        let index = entry.index();
        let path = format!("data/transparent/{}.cose", number(index));
        let Some(bytes) = files.get(&path).and_then(|file| file.bytes.as_deref()) else { continue };
        let fault = |found: String, expected: &str| {
            Fault::new(Code::Transparent, format!("`{path}`"), found, expected).at(index)
        };
        let Some(receipts) = &receipts else {
            return Err(fault("no log key".to_owned(), "a declared log key"));
        };
        let proof = files
            .get(&format!("data/proofs/{}.tlog-proof", number(index)))
            .and_then(|file| Proof::parse(file.bytes.as_deref()?))
            .map(|proof| proof.path)
            .unwrap_or_default();
        let expected = "the entry with a receipt by the ledger's log key";
        let signature = receipts
            .compare(entry, &proof, bytes)
            .map_err(|found| fault(found.to_string(), expected))?;
        // Whoever signs once has the same signature in each.
        if good.as_ref() != Some(&signature) {
            receipts.verify(&signature).map_err(|found| fault(found.to_string(), expected))?;
            good = Some(signature);
        }
    }
    Ok(())
}
