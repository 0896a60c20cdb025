//! What a signed record still lacks: other people's signatures, a ratification, a role that
//! may sign it.

use probity_ledger::book::acts::Incomplete;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::Index;

use super::super::WorkError;
use super::super::history::Aftermath;
use super::super::reading::Reading;

/// What these entries lack to be complete, judged by them and by whatever might complete them.
///
/// # Errors
/// Damage.
pub fn still_missing(reading: &Reading, entries: &[Entry]) -> Result<Vec<Incomplete>, WorkError> {
    let own: Vec<Index> = entries.iter().map(Entry::index).collect();
    let after = Aftermath::around(reading, &reading.records(&own)?)?;
    let lacks = |entry: &Entry| {
        let kind = entry.payload().kind.clone();
        let all = after.lacking_all(entry.index()).map(str::to_owned).collect::<Vec<_>>();
        all.into_iter().map(move |why| (kind.clone(), why))
    };
    Ok(entries
        .iter()
        .flat_map(|entry| {
            lacks(entry).map(|(kind, why)| Incomplete { entry: entry.index(), kind, why })
        })
        .collect())
}
