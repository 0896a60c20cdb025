//! What a signed record still lacks: other people's signatures, a ratification, a role that
//! may sign it.

use probity_ledger::book::acts::Incomplete;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;

use super::super::WorkError;
use super::super::batch::MAX_RECORDS;
use super::super::history::Aftermath;
use super::super::reading::Reading;

/// What these entries lack to be complete, judged by them and by whatever might complete them.
///
/// # Errors
/// Damage.
pub fn still_missing(reading: &Reading, entries: &[Entry]) -> Result<Vec<Incomplete>, WorkError> {
    let mut missing = Vec::new();
    // A frame at a time, so that a large batch isn't read back into memory as a whole.
    for frame in entries.chunks(MAX_RECORDS) {
        let own: Vec<Index> = frame.iter().map(Entry::index).collect();
        let after = Aftermath::around(reading, &reading.records(&own)?, i64::MAX)?;
        missing.extend(frame.iter().flat_map(|entry| {
            after.lacking_all(entry.index()).map(|why| Incomplete {
                entry: entry.index(),
                kind: entry.says().kind.to_owned(),
                why: why.to_owned(),
            })
        }));
    }
    Ok(missing)
}
