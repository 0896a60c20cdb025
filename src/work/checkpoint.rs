//! Heads given out: signed on demand, over what is durable, one root for a size for ever; what
//! is asked of witnesses ([`request`]), and what becomes of their answers ([`attach`]).

use probity_ledger::format::hash::Size;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;

use super::WorkError;
use super::keyring::Keyring;
use super::reading::Reading;
use crate::store::Store as _;

pub mod attach;
pub mod known;
pub mod request;

/// The checkpoint of everything that is there now: the kept one if it covers that already,
/// else a new one, kept before it is returned. The ledger is open for writing.
///
/// # Errors
/// When the log key isn't here, or the ledger doesn't extend the kept checkpoint.
pub fn give_out(reading: &mut Reading, keyring: &Keyring) -> Result<Vec<u8>, WorkError> {
    let size = reading.store.head().size;
    if size < Size(2) {
        return Err(WorkError::refused(
            format!("the record book has {size} entries, expected at least 2"),
            "run `probity verify`",
        ));
    }
    if let Some(kept) = reading.store.checkpoint()? {
        let parsed = parse(&kept)?;
        // Never a second root for one size, and never a head that leaves the kept one behind.
        reading.store.check_checkpoint(parsed.size, parsed.root)?;
        if parsed.size == size {
            return Ok(kept);
        }
    }
    let log = reading.authority.log_key(size).ok_or_else(|| {
        WorkError::refused("the ledger declares no log key", "run `probity verify`")
    })?;
    let key = keyring.log_key(log.key())?;
    let note = Checkpoint::sign(&reading.authority.origin, size, reading.store.root(), &key);
    reading.store.keep_checkpoint(&note)?;
    Ok(note)
}

/// The same for somebody outside: refused where kept evidence confirms another history. What
/// stays in the house, a backup above all, goes on.
///
/// # Errors
/// As [`give_out`] and [`known::refuse_contradicted`].
pub fn give_outside(
    reading: &mut Reading,
    keyring: &Keyring,
    own: &Policy,
) -> Result<Vec<u8>, WorkError> {
    known::refuse_contradicted(reading, own)?;
    give_out(reading, keyring)
}

/// Reads a checkpoint that this record book gave out.
fn parse(note: &[u8]) -> Result<Checkpoint, WorkError> {
    Checkpoint::parse(note).map_err(|fault| {
        WorkError::refused(
            format!("the kept checkpoint is damaged: {fault}"),
            "run `probity verify`",
        )
    })
}

#[cfg(test)]
mod tests;
