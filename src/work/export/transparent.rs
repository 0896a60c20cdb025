//! Every entry once more as a SCITT Transparent Statement, for tools that know COSE and nothing
//! of this program. A bundle is as good without: where the log's private key isn't on this
//! machine, or the bundle would outgrow its bounds, they are left out.

use std::collections::BTreeMap;

use probity_ledger::format::entry::Entry;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::receipt::Receipts;
use probity_ledger::verify::container::{MAX_KEPT, MAX_MEMBERS, keeps_bytes, number};

use super::super::WorkError;
use super::super::keyring::Keyring;
use super::super::reading::Reading;

/// Files that come into a bundle after these: tag files and pages.
const LATER: usize = 8;

/// Adds the transparent statement of each entry that is among the files, and says how many
/// there are: all or none.
///
/// # Errors
/// When an entry or a proof among the files is none, which doesn't happen.
pub fn lay_out(
    reading: &Reading,
    keyring: &Keyring,
    checkpoint: &Checkpoint,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<usize, WorkError> {
    let Some(log) = reading.authority.log_key(checkpoint.size) else { return Ok(0) };
    let Ok(key) = keyring.log_key(log.key()) else { return Ok(0) };
    let receipts = Receipts::new(checkpoint, *log.key());
    let signature = receipts.sign(&key);
    let damaged = |what: String| WorkError::refused(what, "run `probity verify`");
    let mut statements = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("data/entries/")) {
        let entry = Entry::parse(bytes).map_err(|fault| damaged(format!("{path}: {fault}")))?;
        let file = number(entry.index());
        let proof = files
            .get(&format!("data/proofs/{file}.tlog-proof"))
            .and_then(|proof| Proof::parse(proof))
            .ok_or_else(|| damaged(format!("entry {} has no proof", entry.index())))?;
        statements.insert(
            format!("data/transparent/{file}.cose"),
            receipts.statement(&entry, &proof.path, &signature),
        );
    }
    let kept = |(path, bytes): (&String, &Vec<u8>)| {
        if keeps_bytes(path) { bytes.len() as u64 } else { 0 }
    };
    let bytes: u64 = files.iter().chain(&statements).map(kept).sum();
    if files.len() + statements.len() + LATER > MAX_MEMBERS || bytes > MAX_KEPT {
        return Ok(0);
    }
    let count = statements.len();
    files.append(&mut statements);
    Ok(count)
}
