//! Many records at once: all are prepared before the first is signed, and all are compared
//! with the ledger under its lock before the first is written.
//!
//! What is written together is one frame of the journal, whole or not at all. A batch that is
//! too large for one frame becomes several; then a failure between two of them leaves the
//! earlier ones written, and [`stopped`] says which.

use std::collections::{BTreeMap, HashMap};

use probity_ledger::format::entry::{Entry, Subject};

use super::compose::Draft;
use super::keyring::Keyring;
use super::reading::Reading;
use super::record::{Prepared, Preparing, Wanted};
use super::{WorkError, World};

/// Most records in one frame.
pub const MAX_RECORDS: usize = 10_000;

/// Most bytes in one frame, as far as they can be told before signing. The journal holds four
/// times as many.
pub const MAX_BYTES: usize = 16 << 20;

/// Most records of one run: ten full frames. What is prepared is held in memory.
pub const MAX_RUN: usize = 100_000;

/// Most faulty records of a run that are complained about.
pub const MAX_FAULTS: usize = 1_000;

/// Prepares records one after another, each when it is asked for, and writes nothing. Those
/// that begin a case get consecutive numbers, or share one ([`Wanted::together`]). What is the same for all of them, such as their
/// author's key, is read once.
pub fn prepare_all<'a>(
    world: &World,
    reading: &'a Reading,
    keyring: &'a Keyring,
    wanted: impl IntoIterator<Item = Wanted> + 'a,
) -> impl Iterator<Item = Result<Prepared, WorkError>> + 'a {
    let mut preparing = Preparing::new(world, reading, keyring);
    // The ledger doesn't know the cases that earlier records of the batch begin.
    let mut begun: BTreeMap<String, String> = BTreeMap::new();
    let mut shared: HashMap<String, Subject> = HashMap::new();
    wanted.into_iter().map(move |mut one| {
        let together = one.together.take();
        let mut prepared = preparing.prepare(one)?;
        if prepared.new_case {
            if let Some(case) = together.as_ref().and_then(|word| shared.get(word)) {
                prepared.join(case);
                prepared.new_case = false;
                return Ok(prepared);
            }
            let free = prepared.record().subject.as_str().to_owned();
            let last = begun.get(&free).map(|last| preparing.next_case_after(last));
            let next = last.transpose()?.unwrap_or_else(|| free.clone());
            prepared.join(&Subject::Case(next.clone()));
            begun.insert(free, next);
            if let Some(word) = together {
                shared.insert(word, prepared.record().subject.clone());
            }
        }
        Ok(prepared)
    })
}

/// The frames into which a batch is split. An exception and its record stay together.
#[must_use]
pub fn frames(prepared: &[Prepared]) -> Vec<&[Prepared]> {
    split(prepared, |one| one.drafts.iter().map(estimate).sum())
}

fn split<T>(all: &[T], size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut frames = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, one) in all.iter().enumerate() {
        let size = size(one);
        if at > start && (at - start == MAX_RECORDS || bytes + size > MAX_BYTES) {
            frames.push(&all[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < all.len() {
        frames.push(&all[start..]);
    }
    frames
}

/// The bytes of a record in the journal, rather too many than too few: entry and sealed body.
fn estimate(draft: &Draft) -> usize {
    let fields = draft.kind.body_fields().map(|field| {
        let value = draft.answers.get(field.name).map_or(1, |value| value.to_bytes().len());
        2 * field.name.len() + 110 + value
    });
    1024 + 64 * (draft.links.len() + draft.attachments.len()) + fields.sum::<usize>()
}

/// A batch of several frames that stopped between two of them.
#[must_use]
pub fn stopped(written: &[Entry], error: &WorkError) -> WorkError {
    let (Some(first), Some(last)) = (written.first(), written.last()) else {
        return WorkError::refused(error.to_string(), error.hint().unwrap_or_default());
    };
    WorkError::refused(
        format!(
            "entries {} to {} were written, and the rest was not: {error}",
            first.index(),
            last.index()
        ),
        "record only the rest; see what is there with `probity log`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_split_by_number_and_by_size() {
        let lengths = |all: &[usize]| -> Vec<usize> {
            split(all, |size| *size).iter().map(|frame| frame.len()).collect()
        };
        assert_eq!(lengths(&[]), [0usize; 0]);
        assert_eq!(lengths(&vec![1; MAX_RECORDS]), [MAX_RECORDS]);
        assert_eq!(lengths(&vec![1; MAX_RECORDS + 1]), [MAX_RECORDS, 1]);
        assert_eq!(lengths(&[MAX_BYTES / 2, MAX_BYTES / 2, 1, MAX_BYTES]), [2, 1, 1]);
        // One that is too large by itself is left to the store to refuse.
        assert_eq!(lengths(&[MAX_BYTES + 1]), [1]);
    }
}
