//! Every entry so far, by hash, for links: in some 50 bytes an entry, since a ledger may have
//! a million and whoever verifies it little memory.
//!
//! ```text
//! hashes     32 bytes an entry, in order, in chunks, so that growing copies nothing
//! subjects   4 bytes an entry: the number of its case
//! kinds      2 bytes an entry: the place of its kind in the list, for what an erasure names
//! places     4 bytes an entry in a hash table, which compares the whole hash
//! ```

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

use super::chunks::Chunks;
use crate::book::judge::Targets;
use crate::format::entry::{Entry, Subject};
use crate::format::hash::{EntryHash, Index, Sha256Hash};
use crate::records::KINDS;
use crate::records::kind::Kind;

/// A case, and the newest entry of it so far.
struct Case {
    name: Box<str>,
    newest: EntryHash,
}

/// Every entry so far.
pub(super) struct Known {
    hashes: Chunks<EntryHash>,
    /// 0 is the ledger itself; case n stands at n − 1 in `cases`.
    subjects: Chunks<u32>,
    /// Places in `KINDS`; the largest number for a kind that is not known.
    kinds: Chunks<u16>,
    places: HashTable<u32>,
    cases: Vec<Case>,
    /// Where statements stand.
    statements: HashMap<Sha256Hash, Index>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            hashes: Chunks::default(),
            subjects: Chunks::default(),
            kinds: Chunks::default(),
            places: HashTable::new(),
            cases: Vec::new(),
            statements: HashMap::new(),
            numbers: HashTable::new(),
            hasher: RandomState::new(),
        }
    }
}

impl Known {
    /// Takes up the next entry.
    ///
    /// # Panics
    /// At the 2³²nd entry.
    pub(super) fn insert(&mut self, entry: &Entry) {
        let hash = entry.hash();
        let subject = match entry.subject() {
            Subject::Ledger => 0,
            Subject::Case(case) => self.note_case(case, hash),
        };
        let place = u32::try_from(self.hashes.len()).expect("fewer than 2^32 entries");
        self.hashes.push(hash);
        self.subjects.push(subject);
        if let Some((statement, _)) = entry.carried() {
            self.statements.entry(statement).or_insert(entry.index());
        }
        self.kinds.push(kind_number(entry));
        let Self { hashes, places, hasher, .. } = self;
        places.insert_unique(hasher.hash_one(hash), place, |place| {
            hasher.hash_one(hashes.get(*place as usize).expect("a place that was taken up"))
        });
    }

    /// The newest entry of a case so far.
    pub(super) fn newest_of(&self, case: &str) -> Option<EntryHash> {
        self.number(case).map(|number| self.cases[number as usize - 1].newest)
    }

    fn number(&self, case: &str) -> Option<u32> {
        let found = |number: &u32| *self.cases[*number as usize - 1].name == *case;
        self.numbers.find(self.hasher.hash_one(case), found).copied()
    }

    fn note_case(&mut self, case: &str, newest: EntryHash) -> u32 {
        if let Some(number) = self.number(case) {
            self.cases[number as usize - 1].newest = newest;
            return number;
        }
        self.cases.push(Case { name: case.into(), newest });
        let number = u32::try_from(self.cases.len()).expect("fewer than 2^32 cases");
        let Self { cases, numbers, hasher, .. } = self;
        numbers.insert_unique(hasher.hash_one(case), number, |number| {
            hasher.hash_one(&*cases[*number as usize - 1].name)
        });
        number
    }
}

/// The place of an entry's kind in the list.
fn kind_number(entry: &Entry) -> u16 {
    let said = entry.says();
    let known = entry.foreign_typ().is_none();
    let named = |kind: &&Kind| kind.name == said.kind && kind.version == said.version;
    let place = KINDS.iter().position(named).filter(|_| known);
    place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX)
}

impl Targets for Known {
    fn commits_to(&self, index: Index, field: &str) -> Option<bool> {
        let kind = self.kinds.get(usize::try_from(index.0).ok()?)?;
        Some(KINDS.get(usize::from(*kind))?.field(field).is_some())
    }

    fn subject_before(&self, hash: &EntryHash, _: Index) -> Result<Option<&str>, &'static str> {
        let found = |place: &u32| self.hashes.get(*place as usize) == Some(hash);
        let place = self.places.find(self.hasher.hash_one(hash), found);
        let place = place.ok_or("no entry before this one has that hash")?;
        let subject = self.subjects.get(*place as usize).expect("as many subjects as hashes");
        let case = subject.checked_sub(1).map(|case| &*self.cases[case as usize].name);
        Ok(Some(case.unwrap_or("ledger")))
    }

    /// Of the entries that were taken up, which begin at 0 only where nothing is relied on.
    fn hash_at(&self, index: Index) -> Option<EntryHash> {
        self.hashes.get(usize::try_from(index.0).ok()?).copied()
    }

    fn stated_before(&self, statement: &Sha256Hash, _: Index) -> Option<Index> {
        self.statements.get(statement).copied()
    }
}
