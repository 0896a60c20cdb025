//! Before a head goes to somebody outside or into minutes: whether it is one with what people
//! outside confirmed before. Whoever gives it out puts their name to it; a check comes too late
//! then.
//!
//! What this can't show: evidence that whoever rewrote the record book has removed, and timestamps,
//! which count for whom the reader trusts (`probity verify` holds those against the book).

use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;
use probity_ledger::format::tree::root_at;

use crate::store::{EvidenceForm, Store as _};
use crate::work::WorkError;
use crate::work::reading::Reading;

/// Refuses a record book of which kept evidence confirms another head: one that its own log key
/// signed, or a witness of the school's policy cosigned.
///
/// # Errors
/// That; or evidence that can't be read.
pub fn refuse_contradicted(reading: &Reading, own: &Policy) -> Result<(), WorkError> {
    let entries = reading.store.head().size;
    for which in reading.store.evidence()? {
        if which.form != EvidenceForm::Note {
            continue;
        }
        let Ok(note) = Checkpoint::parse(&reading.store.read_evidence(which)?) else { continue };
        let here = (note.size <= entries).then(|| root_at(reading.store.nodes(), note.size));
        if note.origin != reading.authority.origin || here.flatten() == Some(note.root) {
            continue;
        }
        let log = reading.authority.log_key(note.size);
        let signed = log.is_some_and(|log| note.verify(log).is_ok());
        if signed || !own.cosigned(&note).is_empty() {
            return Err(WorkError::refused(
                format!(
                    "the first {} records of this record book are not those that were confirmed outside \
                     (ledger/times/{which})",
                    note.size
                ),
                "nothing was given out. The record book was rewritten, or an older copy was carried on: run \
                 `probity verify`, keep everything as it is, and tell the data protection officer and the \
                 chair of governors today",
            ));
        }
    }
    Ok(())
}
