//! Verifying only what is new since a checkpoint that somebody kept. Where the new entries
//! begin and what they stand on is read from the files beside the journal; none of it is
//! believed ([`probity_ledger::verify::since`]).

use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash, Size};
use probity_ledger::format::tree::Nodes;
use probity_ledger::verify::since::Before;

use crate::store::{LocalStore, Store, Term};

/// Older entries, as the files beside the journal have them.
pub(super) struct Beside(pub(super) LocalStore);

impl Beside {
    /// Where in the journal the first entry behind `size` begins.
    pub(super) fn behind(&self, size: Size) -> Option<u64> {
        self.0.frame_at(size)
    }
}

impl Before for Beside {
    fn nodes(&self) -> &dyn Nodes {
        self.0.nodes()
    }

    fn entry(&self, index: Index) -> Option<Vec<u8>> {
        self.0.entry(index).ok()
    }

    fn body(&self, index: Index) -> Option<Vec<u8>> {
        Some(self.0.body(index).ok()??.body)
    }

    fn governance(&self) -> Option<Vec<Index>> {
        self.0.governance().ok()
    }

    fn case(&self, case: &str) -> Option<Vec<Index>> {
        self.0.lookup(&Term::Case(case.to_owned())).ok()
    }

    fn stated(&self, statement: &Sha256Hash) -> Option<Option<Index>> {
        Some(self.0.lookup(&Term::Statement(*statement)).ok()?.first().copied())
    }

    fn find(&self, hash: &EntryHash) -> Option<Index> {
        self.0.find_hash(hash).ok()?
    }
}
