//! Verification of an evidence bundle: Appendix B of the format page, step by step.
//!
//! Nothing in a bundle is believed. Its policy, its reading copies and its checkpoint are
//! claims that have to follow from the entries; and what the entries claim about keys holds
//! only as far as the reader knows the fingerprint from elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::container::{self, Files, Part, number};
use super::ledger::{Reader, check_checkpoint_signature};
use super::outside::{MOST_PIECES, Outside, Trust};
use super::remembered::Now;
use super::tally::Tally;
use super::times::{self, Head};
use super::transparent;
use super::verdict::{AbsentDocument, Continuity, Outcome, Subject, Verdict};
use crate::book::authority::Authority;
use crate::book::fault::{Code, Fault};
use crate::book::judge::{self, Targets};
use crate::format::body::Body;
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index, RootHash, Sha256Hash};
use crate::format::jsonl;
use crate::format::note::Checkpoint;
use crate::format::policy::Policy;
use crate::format::proof::Proof;
use crate::format::tree;
use crate::records::{self, kind::Kind};

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
    let mut bundle = match read(files) {
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
    let bundle = read(files)?;
    let hashes = bundle.entries.iter().map(|(index, entry)| (*index, entry.hash())).collect();
    Ok((bundle.checkpoint, hashes))
}

/// Steps 1 to 4a.
fn read(files: &Files) -> Result<Bundle<'_>, Fault> {
    container::check_places(files)?;
    container::check_bag(files)?;
    let checkpoint = bytes(files, "data/checkpoint").ok_or_else(|| {
        Fault::new(Code::Checkpoint, "`data/checkpoint`", "no such file", "a checkpoint")
    })?;
    let checkpoint = Checkpoint::parse(checkpoint).map_err(|fault| {
        Fault::new(Code::Checkpoint, "`data/checkpoint`", fault.to_string(), "a checkpoint")
    })?;
    if checkpoint.size.0 < 2 {
        let found = checkpoint.size.to_string();
        return Err(Fault::new(Code::Size, "the checkpoint's size", found, "at least 2"));
    }
    let mut entries = BTreeMap::new();
    for (path, file) in files {
        if let (Some(Part::Entry(index)), Some(bytes)) = (container::part(path), &file.bytes) {
            entries.insert(index, bytes.as_slice());
        }
    }
    let mut kinds = BTreeMap::new();
    let entries = entries
        .into_iter()
        .map(|(index, bytes)| {
            let entry = read_entry(index, bytes, &checkpoint).map_err(|f| f.at(index))?;
            let said = entry.says();
            let kind = records::find(said.kind, said.version);
            kinds.extend(kind.filter(|_| entry.foreign_typ().is_none()).map(|kind| (index, kind)));
            Ok((index, entry.without_clear()))
        })
        .collect::<Result<BTreeMap<Index, Entry>, Fault>>()?;
    let mut statements = HashMap::new();
    for (index, entry) in &entries {
        if let Some((statement, _)) = entry.carried() {
            statements.entry(statement).or_insert(*index);
        }
    }
    let by_hash = entries.iter().map(|(index, entry)| (entry.hash(), *index)).collect();
    Ok(Bundle {
        files,
        checkpoint,
        entries,
        by_hash,
        statements,
        kinds,
        authority: None,
        disclosed_documents: BTreeSet::new(),
    })
}

fn bytes<'a>(files: &'a Files, path: &str) -> Option<&'a [u8]> {
    files.get(path)?.bytes.as_deref()
}

fn read_entry(index: Index, bytes: &[u8], checkpoint: &Checkpoint) -> Result<Entry, Fault> {
    let entry = Entry::parse(bytes).map_err(|fault| judge::entry_fault(&fault))?;
    if entry.index() != index {
        return Err(Fault::new(
            Code::Name,
            "the index in its file name",
            index.to_string(),
            entry.index().to_string(),
        ));
    }
    if entry.origin() != checkpoint.origin {
        return Err(Fault::new(
            Code::Origin,
            "the ledger that it belongs to",
            entry.origin(),
            checkpoint.origin.clone(),
        ));
    }
    Ok(entry)
}

impl Bundle<'_> {
    /// An entry with its clear fields. They can take fifty times the room of their bytes, so
    /// those of one entry at a time are held.
    fn whole(entry: &Entry) -> Entry {
        Entry::parse(entry.bytes()).expect("its bytes were parsed before")
    }

    /// The disclosed body of an entry, unless it is faulty.
    fn body(&self, index: Index) -> Option<Body> {
        let path = format!("data/bodies/{}.cbor", number(index));
        Body::parse(bytes(self.files, &path)?).ok()
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

    /// As [`Bundle::check_older`], for heads that signers' keys remember.
    fn check_remembered(&self, reader: &Reader, verdict: &mut Verdict) -> Result<(), Fault> {
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

    fn check_proof(&self, entry: &Entry) -> Result<(), Fault> {
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

    fn check_ends(&self, reader: &Reader) -> Result<(), Fault> {
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
    fn governance_chain(&self) -> Result<BTreeMap<Index, EntryHash>, Fault> {
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
    fn check_neighbours(&self, chain: &BTreeMap<Index, EntryHash>) -> Result<(), Fault> {
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

    /// Step 8.
    fn check_entries(&mut self, tally: &mut Tally, verdict: &mut Verdict) -> Result<(), Fault> {
        let mut authority = None;
        for (index, entry) in &self.entries {
            let entry = &Self::whole(entry);
            let judged =
                judge::judge(&mut authority, entry, self).map_err(|fault| fault.at(*index))?;
            if let Some(fault) = &judged.unjudged {
                verdict.find(fault.clone());
            }
            let path = format!("data/bodies/{}.cbor", number(*index));
            let body = bytes(self.files, &path)
                .map(|bytes| judge::open_body(entry, bytes))
                .transpose()
                .map_err(|fault| fault.at(*index))?;
            for document in body.iter().flat_map(judge::documents) {
                self.disclosed_documents.insert(document.sha256);
                let found = self.document(document.sha256);
                match found {
                    None => verdict.absent_documents.push(AbsentDocument {
                        entry: *index,
                        name: document.name,
                        sha256: document.sha256,
                    }),
                    Some(file) if file.sha256 != document.sha256 || file.size != document.size => {
                        return Err(Fault::new(
                            Code::Document,
                            format!("document `{}`", document.name),
                            format!("{} bytes, SHA-256 {}", file.size, file.sha256),
                            format!("{} bytes, SHA-256 {}", document.size, document.sha256),
                        )
                        .at(*index));
                    }
                    Some(_) => {}
                }
            }
            if let Some(authority) = &authority {
                tally.note(entry, &judged, body.as_ref(), authority);
            }
        }
        self.authority = authority;
        Ok(())
    }

    fn document(&self, hash: Sha256Hash) -> Option<&container::File> {
        let folder = format!("data/documents/{hash}/");
        self.files
            .range(folder.clone()..)
            .next()
            .filter(|(path, _)| path.starts_with(&folder))
            .map(|(_, file)| file)
    }

    fn check_documents(&self) -> Result<(), Fault> {
        for path in self.files.keys() {
            if let Some(Part::Document(hash)) = container::part(path)
                && !self.disclosed_documents.contains(&hash)
            {
                return Err(Fault::new(
                    Code::Container,
                    "a document",
                    format!("`{path}`"),
                    "only documents that a disclosed field names",
                ));
            }
        }
        Ok(())
    }

    /// Steps 9a, 9b, 9c and 10. Returns the heads that the bundle is proven to extend.
    fn check_claims(
        &self,
        reader: &Reader,
        tally: &Tally,
        verdict: &mut Verdict,
    ) -> Result<Vec<Head<'_>>, Fault> {
        let Some(authority) = &self.authority else { return Ok(Vec::new()) };
        let size = self.checkpoint.size;
        let settle = |verdict: &mut Verdict, result: Result<(), Fault>| match result {
            Err(fault) if authority.blind_at(Index(size.0)) => {
                verdict.find_unjudged(fault);
                Ok(())
            }
            other => other,
        };
        settle(verdict, check_checkpoint_signature(&self.checkpoint, authority))?;
        let log = authority.log_key(size);
        let statements =
            transparent::check(self.files, self.entries.values(), &self.checkpoint, log);
        settle(verdict, statements)?;
        let mut heads = Vec::new();
        for head in times::read(self.files, &self.checkpoint) {
            let head = head?;
            settle(verdict, head.check_signatures(authority))?;
            heads.push(head);
        }
        self.judge_outside(reader, authority, &heads, tally, verdict);
        settle(verdict, self.check_policy(log.map(ToString::to_string).as_deref()))?;
        Ok(heads)
    }

    /// What cosignatures and tokens are worth; nothing of it changes the verdict.
    fn judge_outside(
        &self,
        reader: &Reader,
        authority: &Authority,
        heads: &[Head<'_>],
        tally: &Tally,
        verdict: &mut Verdict,
    ) {
        let claimed =
            bytes(self.files, "data/policy.txt").and_then(|text| Policy::parse(text).ok());
        let mut outside = Outside::new(Trust {
            policy: reader.policy.as_ref(),
            roots: reader.tsa_roots.as_ref(),
            claimed: claimed.as_ref(),
            authority,
        })
        .at_most(MOST_PIECES);
        outside.note("data/checkpoint", &self.checkpoint);
        for head in heads {
            head.judge(&mut outside);
        }
        outside.report(tally.anchors(), verdict);
    }

    fn check_policy(&self, log: Option<&str>) -> Result<(), Fault> {
        let fault = |found: String, expected: String| {
            Fault::new(Code::Policy, "`data/policy.txt`", found, expected)
        };
        let expected = || format!("the log key {}", log.unwrap_or("that the ledger declares"));
        let text = bytes(self.files, "data/policy.txt")
            .ok_or_else(|| fault("no such file".to_owned(), expected()))?;
        let policy =
            Policy::parse(text).map_err(|found| fault(found, "a tlog-policy".to_owned()))?;
        let named: Vec<String> = policy.logs.iter().map(ToString::to_string).collect();
        match log {
            Some(log) if named.iter().any(|key| key == log) => Ok(()),
            _ => Err(fault(named.join(", "), expected())),
        }
    }

    /// Step 11.
    fn check_copy(&self) -> Result<(), Fault> {
        let found = bytes(self.files, "data/entries.jsonl");
        let mut rest = found.unwrap_or_default();
        let mut same = 0;
        // Line by line: a copy can be several times as long as what it is derived from.
        for (index, entry) in &self.entries {
            let line = jsonl::line(&Self::whole(entry), self.body(*index).as_ref());
            match rest.strip_prefix(line.as_bytes()) {
                Some(behind) => rest = behind,
                None => break,
            }
            same += 1;
        }
        if found.is_some() && rest.is_empty() && same == self.entries.len() {
            return Ok(());
        }
        let fault = Fault::new(
            Code::Jsonl,
            format!("line {} of `data/entries.jsonl`", same + 1),
            "another text",
            "what the entries and bodies give",
        );
        Err(match (found, self.entries.keys().nth(same)) {
            (Some(_), Some(index)) => fault.at(*index),
            _ => fault,
        })
    }

    /// Step 12.
    fn check_older(
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

    /// The root of the first entries, where the bundle has them all.
    fn root_of_first(&self, size: u64) -> Option<RootHash> {
        let first: Vec<EntryHash> =
            self.entries.range(..Index(size)).map(|(_, entry)| entry.hash()).collect();
        (first.len() as u64 == size && size > 0).then(|| tree::root_of(&first))
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
