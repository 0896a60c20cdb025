//! Whether a bundle continues what was kept: an older head that the reader brings, and those that
//! signers' keys remember.

use super::Bundle;
use crate::book::fault::{Code, Fault};
use crate::format::hash::{EntryHash, Index, RootHash};
use crate::format::tree;
use crate::verify::ledger::Reader;
use crate::verify::remembered::Now;
use crate::verify::times::Head;
use crate::verify::verdict::{Continuity, Outcome, Verdict};

impl Bundle<'_> {
    /// Step 12.
    pub(super) fn check_older(
        &self,
        reader: &Reader,
        heads: &[Head<'_>],
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        let (Some(older), Some(authority)) = (&reader.older, &self.authority) else {
            return Ok(());
        };
        if verdict.verdict == Outcome::NotGenuine {
            return Ok(());
        }
        let (size, root) = (older.checkpoint.size, older.checkpoint.root);
        let signed =
            authority.log_key(size).is_some_and(|log| older.checkpoint.verify(log).is_ok());
        let first_difference = older
            .entries
            .iter()
            .find(|(index, hash)| {
                self.entries.get(index).is_some_and(|entry| entry.hash() != *hash)
            })
            .map(|(index, _)| *index);
        let foreign = older.checkpoint.origin != self.checkpoint.origin;
        let other_ledger = foreign.then(|| older.checkpoint.origin.clone());
        let same_size = size == self.checkpoint.size;
        let confirmed = heads.iter().find(|head| head.size == size).map(|head| head.root);
        let contradicts = foreign
            || first_difference.is_some()
            || (same_size && root != self.checkpoint.root)
            || confirmed.is_some_and(|found| found != root)
            || self.root_of_first(size.0).is_some_and(|found| found != root);
        if contradicts {
            verdict.continuity = Some(Continuity::DoesNotContinue {
                size,
                root,
                signed,
                first_difference,
                other_ledger,
            });
            let fault = Fault::new(
                Code::DoesNotContinue,
                format!("the head of {} at {size} entries", older.checkpoint.origin),
                format!("ledger {} with another content", self.checkpoint.origin),
                root.to_string(),
            );
            return Err(match first_difference {
                Some(index) => fault.at(index),
                None => fault,
            });
        }
        let proven =
            same_size || confirmed == Some(root) || self.root_of_first(size.0) == Some(root);
        verdict.continuity = Some(if proven {
            Continuity::Continues { size, root, signed }
        } else {
            Continuity::CannotTell { size }
        });
        Ok(())
    }

    /// As [`Bundle::check_older`], for heads that signers' keys remember.
    pub(super) fn check_remembered(
        &self,
        reader: &Reader,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        let Some(genesis) = self.entries.get(&Index(0)) else { return Ok(()) };
        let whole = Self::whole(genesis);
        for one in reader.remembered.iter().filter(|one| one.concerns(&whole)) {
            let now = match one.size {
                same if same == self.checkpoint.size => Now::Root(self.checkpoint.root),
                // An older bundle than the memory shows nothing.
                other => self.root_of_first(other.0).map_or(Now::Unknown, Now::Root),
            };
            one.compare(genesis.hash(), now, verdict)?;
        }
        Ok(())
    }

    /// The root of the first entries, where the bundle has them all.
    fn root_of_first(&self, size: u64) -> Option<RootHash> {
        let first: Vec<EntryHash> =
            self.entries.range(..Index(size)).map(|(_, entry)| entry.hash()).collect();
        (first.len() as u64 == size && size > 0).then(|| tree::root_of(&first))
    }
}
