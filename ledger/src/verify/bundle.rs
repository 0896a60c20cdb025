//! Verification of an evidence bundle: Appendix B of the format page, step by step.
//!
//! Nothing in a bundle is believed. Its policy, its reading copies and its checkpoint are
//! claims that have to follow from the entries; and what the entries claim about keys holds
//! only as far as the reader knows the fingerprint from elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::container::Files;
use super::ledger::Reader;
use super::tally::Tally;
use super::verdict::{Subject, Verdict};
use crate::book::authority::Authority;
use crate::book::fault::Fault;
use crate::book::judge::{self, Targets};
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index, Sha256Hash};
use crate::format::note::Checkpoint;
use crate::records::kind::Kind;

mod claims;
mod contents;
mod older;
mod place;
mod reading;

/// A bundle whose entries could be read.
struct Bundle<'a> {
    files: &'a Files,
    checkpoint: Checkpoint,
    /// Without their clear fields; [`Bundle::whole`] has them.
    entries: BTreeMap<Index, Entry>,
    by_hash: HashMap<EntryHash, Index>,
    /// The first entry that carries a statement, by its hash.
    statements: HashMap<Sha256Hash, Index>,
    /// What each entry is on record as, where that is known.
    kinds: BTreeMap<Index, &'static Kind>,
    authority: Option<Authority>,
    disclosed_documents: BTreeSet<Sha256Hash>,
}

/// Verifies a bundle from its files.
#[must_use]
pub fn verify(files: &Files, reader: &Reader) -> Verdict {
    let mut verdict = Verdict::begin(Subject::Bundle);
    let mut tally = Tally::default();
    let mut bundle = match reading::read(files) {
        Ok(bundle) => bundle,
        Err(fault) => {
            verdict.find(fault);
            return verdict;
        }
    };
    for fault in bundle.entries.values().filter_map(judge::foreign_typ) {
        verdict.find(fault);
    }
    if let Err(fault) = bundle.check(reader, &mut tally, &mut verdict) {
        verdict.find(fault);
    }
    verdict.size = bundle.checkpoint.size;
    verdict.root = Some(bundle.checkpoint.root);
    tally.report(bundle.authority.as_ref(), &mut verdict);
    verdict.origin = Some(bundle.checkpoint.origin.clone());
    verdict.fingerprint.hash = bundle.entries.get(&Index(0)).map(Entry::hash);
    verdict.entries = bundle.entries.len() as u64;
    verdict
}

/// The hash of every entry, in order, for comparison with a newer bundle or ledger.
///
/// # Errors
/// The fault, when the bundle can't be read that far.
pub fn entry_hashes(files: &Files) -> Result<(Checkpoint, Vec<(Index, EntryHash)>), Fault> {
    let bundle = reading::read(files)?;
    let hashes = bundle.entries.iter().map(|(index, entry)| (*index, entry.hash())).collect();
    Ok((bundle.checkpoint, hashes))
}

fn bytes<'a>(files: &'a Files, path: &str) -> Option<&'a [u8]> {
    files.get(path)?.bytes.as_deref()
}

impl Bundle<'_> {
    /// An entry with its clear fields. They can take fifty times the room of their bytes, so
    /// those of one entry at a time are held.
    fn whole(entry: &Entry) -> Entry {
        Entry::parse(entry.bytes()).expect("its bytes were parsed before")
    }

    /// Steps 4b to 12.
    fn check(
        &mut self,
        reader: &Reader,
        tally: &mut Tally,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        for entry in self.entries.values() {
            self.check_proof(entry).map_err(|fault| fault.at(entry.index()))?;
        }
        verdict.fingerprint.compared =
            reader.fingerprint.is_some() && self.entries.contains_key(&Index(0));
        self.check_ends(reader)?;
        let chain = self.governance_chain()?;
        self.check_neighbours(&chain)?;
        self.check_entries(tally, verdict)?;
        self.check_documents()?;
        let heads = self.check_claims(reader, tally, verdict)?;
        self.check_copy()?;
        for path in self.files.keys() {
            if let "data/index.html"
            | "data/entries.csv"
            | "data/schedule.csv"
            | "bag-info.txt"
            | "data/checking-by-hand.md" = path.as_str()
            {
                verdict.reading_copies.push(path.clone());
            }
        }
        self.check_older(reader, &heads, verdict)?;
        self.check_remembered(reader, verdict)
    }
}

impl Targets for Bundle<'_> {
    fn subject_before(&self, hash: &EntryHash, index: Index) -> Result<Option<&str>, &'static str> {
        let Some(target) = self.by_hash.get(hash) else { return Ok(None) };
        if *target >= index {
            return Err("a later entry");
        }
        Ok(self.entries.get(target).map(|entry| entry.subject().as_str()))
    }

    fn hash_at(&self, index: Index) -> Option<EntryHash> {
        self.entries.get(&index).map(Entry::hash)
    }

    fn stated_before(&self, statement: &Sha256Hash, index: Index) -> Option<Index> {
        self.statements.get(statement).copied().filter(|first| *first < index)
    }

    fn commits_to(&self, index: Index, field: &str) -> Option<bool> {
        Some(self.kinds.get(&index)?.field(field).is_some())
    }
}
