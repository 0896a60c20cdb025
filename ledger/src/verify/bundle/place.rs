//! That each entry has its place: in the tree, in the chain of governance entries, after the entry
//! before it and in its case.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Bundle, bytes};
use crate::book::fault::{Code, Fault};
use crate::book::judge;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index};
use crate::format::proof::Proof;
use crate::format::tree;
use crate::verify::container::number;
use crate::verify::ledger::Reader;

impl Bundle<'_> {
    pub(super) fn check_proof(&self, entry: &Entry) -> Result<(), Fault> {
        let path = format!("data/proofs/{}.tlog-proof", number(entry.index()));
        let proof = bytes(self.files, &path).ok_or_else(|| {
            Fault::new(Code::Proof, format!("`{path}`"), "no such file", "a proof")
        })?;
        let proof = Proof::parse(proof).ok_or_else(|| {
            Fault::new(
                Code::Proof,
                format!("`{path}`"),
                "another text",
                "a tlog-proof of version 1",
            )
        })?;
        if proof.index != entry.index() {
            return Err(Fault::new(
                Code::Name,
                "the index in its proof",
                proof.index.to_string(),
                entry.index().to_string(),
            ));
        }
        if proof.checkpoint != self.checkpoint.bytes() {
            return Err(Fault::new(
                Code::CopyOfCheckpoint,
                "the checkpoint in its proof",
                "other bytes",
                "those of `data/checkpoint`",
            ));
        }
        let (size, root) = (self.checkpoint.size, self.checkpoint.root);
        if tree::verify_inclusion(entry.hash(), proof.index, size, &proof.path, root) {
            return Ok(());
        }
        let expected = format!("one that leads to the root {}", root.short());
        Err(Fault::new(Code::Proof, "its proof of place", "one that leads elsewhere", expected))
    }

    pub(super) fn check_ends(&self, reader: &Reader) -> Result<(), Fault> {
        let genesis = self.entries.get(&Index(0)).ok_or_else(|| {
            Fault::new(Code::MissingGenesis, "the bundle", "no entry 0", "the ledger's first entry")
                .at(Index(0))
        })?;
        judge::check_genesis(&Self::whole(genesis)).map_err(|fault| fault.at(Index(0)))?;
        if let Some(expected) = reader.fingerprint.filter(|given| *given != genesis.hash()) {
            return Err(Fault::new(
                Code::Genesis,
                "the fingerprint",
                genesis.hash().to_string(),
                expected.to_string(),
            )
            .at(Index(0)));
        }
        let last = Index(self.checkpoint.size.0 - 1);
        if !self.entries.contains_key(&last) {
            let expected = "the last entry that the checkpoint covers";
            return Err(Fault::new(
                Code::MissingHead,
                "the bundle",
                format!("no entry {last}"),
                expected,
            )
            .at(last));
        }
        Ok(())
    }

    /// Step 6, first part: from the newest governance entry down to entry 0.
    pub(super) fn governance_chain(&self) -> Result<BTreeMap<Index, EntryHash>, Fault> {
        let fault = |found: String, expected: &str| {
            Fault::new(Code::GovernanceChain, "the chain of governance entries", found, expected)
        };
        let last = &self.entries[&Index(self.checkpoint.size.0 - 1)];
        let mut chain = BTreeMap::new();
        let mut below = Index(self.checkpoint.size.0);
        let mut holder = last.index();
        let mut next = if last.is_governance() { last.hash() } else { last.place().gov };
        loop {
            let entry =
                self.by_hash.get(&next).and_then(|index| self.entries.get(index)).ok_or_else(
                    || {
                        let found = format!("no entry {}", next.short());
                        fault(found, "every entry of the chain").at(holder)
                    },
                )?;
            let index = entry.index();
            if !entry.is_governance() {
                let found = format!("a `{}`", entry.own_words().kind);
                return Err(fault(found, "governance entries only").at(index));
            }
            if index >= below {
                return Err(
                    fault(format!("entry {index} after {below}"), "falling indices").at(holder)
                );
            }
            chain.insert(index, next);
            if index.0 == 0 {
                break;
            }
            below = index;
            holder = index;
            next = entry.place().gov;
        }
        if !chain.contains_key(&Index(1)) {
            return Err(fault("no entry 1".to_owned(), "the appointment at entry 1").at(Index(1)));
        }
        match self.entries.values().find(|e| e.is_governance() && !chain.contains_key(&e.index())) {
            None => Ok(chain),
            Some(stray) => {
                Err(fault("an entry beside the chain".to_owned(), "one chain").at(stray.index()))
            }
        }
    }

    /// Step 6, second part, and step 7.
    pub(super) fn check_neighbours(&self, chain: &BTreeMap<Index, EntryHash>) -> Result<(), Fault> {
        let compare = |code, what: &str, found: EntryHash, expected: EntryHash, index| {
            if found == expected {
                Ok(())
            } else {
                Err(Fault::new(code, what, found.short(), expected.short()).at(index))
            }
        };
        for (index, entry) in &self.entries {
            let expected =
                chain.range(..index).next_back().map_or(EntryHash::ZERO, |(_, hash)| *hash);
            compare(Code::Gov, "its governance hash", entry.place().gov, expected, *index)?;
        }
        let mut cases: HashMap<&str, (&Entry, BTreeSet<Option<EntryHash>>)> = HashMap::new();
        for (index, entry) in &self.entries {
            let before = index.0.checked_sub(1).map(|before| self.entries.get(&Index(before)));
            let expected = match before {
                None => Some(EntryHash::ZERO),
                Some(neighbour) => neighbour.map(Entry::hash),
            };
            if let Some(expected) = expected {
                compare(Code::Prev, "its previous hash", entry.place().prev, expected, *index)?;
            }
            self.check_case(entry, &cases).map_err(|fault| fault.at(*index))?;
            if let Some(case) = entry.subject().case() {
                let seen = cases.entry(case).or_insert_with(|| (entry, BTreeSet::new()));
                seen.0 = entry;
                seen.1.insert(entry.place().case);
            }
        }
        Ok(())
    }

    fn check_case(
        &self,
        entry: &Entry,
        cases: &HashMap<&str, (&Entry, BTreeSet<Option<EntryHash>>)>,
    ) -> Result<(), Fault> {
        let claimed = entry.place().case;
        let words = |hash: Option<EntryHash>| hash.map_or("none".to_owned(), |hash| hash.short());
        let fault = |expected: &str| {
            Err(Fault::new(Code::Case, "its case's previous hash", words(claimed), expected))
        };
        let Some(case) = entry.subject().case() else {
            return if claimed.is_none() { Ok(()) } else { fault("none, outside a case") };
        };
        let earlier = cases.get(case);
        match claimed {
            None if earlier.is_some() => fault("the latest earlier entry of the case"),
            Some(hash) if self.by_hash.contains_key(&hash) => match earlier {
                Some((newest, _)) if newest.hash() == hash => Ok(()),
                _ => fault("the latest earlier entry of the case"),
            },
            Some(_) if earlier.is_some_and(|(_, claims)| claims.contains(&claimed)) => {
                fault("an entry that no other entry of the case follows")
            }
            None | Some(_) => Ok(()),
        }
    }
}
