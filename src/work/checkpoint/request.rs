//! What a school hands to a witness: its newest checkpoint, and the proof that it extends the
//! one that the witness saw last.

use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Witness;
use probity_ledger::format::submission::Submission;
use probity_ledger::format::tree;

use super::parse;
use crate::store::{EvidenceForm, Store as _};
use crate::work::WorkError;
use crate::work::reading::Reading;

/// The largest head that a witness is known to have cosigned: from what is kept of its answers;
/// 0 when there is none.
///
/// # Errors
/// Anything the disk says.
pub fn last_cosigned(reading: &Reading, witness: &WitnessKey) -> Result<Size, WorkError> {
    let kept = reading.store.evidence()?;
    for which in kept.iter().rev().filter(|which| which.form == EvidenceForm::Note) {
        // What was damaged since is no reason not to ask again.
        let Ok(note) = Checkpoint::parse(&reading.store.read_evidence(*which)?) else { continue };
        if note.origin == reading.authority.origin && !witness.valid(&note).is_empty() {
            return Ok(note.size);
        }
    }
    Ok(Size(0))
}

/// A witness that says to have seen less than it cosigned.
#[must_use]
pub fn forgot(seen: Size, cosigned: Size) -> WorkError {
    WorkError::refused(
        format!("the witness says that it saw {seen} entries, and it cosigned {cosigned}"),
        "it forgot, and could cosign another history: use it no more until you know why",
    )
}

/// Refuses to prove from a size below what each of these witnesses is known to have cosigned.
///
/// # Errors
/// When none of them can have seen so few, and anything the disk says.
pub fn refuse_forgotten(
    reading: &Reading,
    witnesses: &[Witness],
    from: Size,
) -> Result<(), WorkError> {
    let mut least = None;
    for witness in witnesses {
        let Some(key) = &witness.key else { return Ok(()) };
        let cosigned = last_cosigned(reading, key)?;
        least = Some(least.map_or(cosigned, |least: Size| least.min(cosigned)));
    }
    match least.filter(|least| from < *least) {
        Some(least) => Err(forgot(from, least)),
        None => Ok(()),
    }
}

/// The request to cosign a checkpoint of this ledger, from the size that the witness saw last.
///
/// # Errors
/// When the witness saw more than the checkpoint covers, or what is stored doesn't prove it.
pub fn request(reading: &Reading, note: &[u8], old: Size) -> Result<Vec<u8>, WorkError> {
    // What others cosigned is none of this witness's affair, and makes the request longer.
    let checkpoint = parse(note)?;
    let log = reading.authority.log_key(checkpoint.size);
    let checkpoint = log.and_then(|log| checkpoint.alone(log)).unwrap_or(checkpoint);
    let (size, root) = (checkpoint.size, checkpoint.root);
    if old > size {
        return Err(WorkError::refused(
            format!("the witness has seen {old} entries, and there are {size}"),
            "find out whether this record book was put back from an older backup",
        ));
    }
    let nodes = reading.store.nodes();
    let proof = tree::consistency(nodes, old, size).unwrap_or_default();
    let old_root = tree::root_at(nodes, old).unwrap_or(root);
    if old.0 > 0 && !tree::verify_consistency(old, old_root, size, root, &proof) {
        return Err(WorkError::refused(
            "the stored tree doesn't prove its own growth",
            "delete the folder ledger/tiles; it is made again from the journal",
        ));
    }
    Ok(Submission { old, proof, checkpoint }.to_bytes())
}
