//! What stands where: for each term, the entries that show it, in sled.
//!
//! ```text
//! key    tag (c case, k kind, s signer, l link) · u16 length · term · u32 block number
//! value  CBOR array of up to 512 indices, ascending
//! "read" CBOR [1, size, root of the tree of that size, sum]
//! ```
//!
//! The index follows the journal in blocks when something is looked up, and records how
//! far it has read. `sum` adds up the checksums of all blocks, so that a block that was
//! lost shows at opening. Whatever is off, absent, or held by another process: the journal
//! answers instead, more slowly.
//!
//! What this doesn't protect: only accidents show. Verification doesn't ask the index.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::{Index, RootHash, Size};
use probity_ledger::format::tree::root_at;

use super::local::{LocalStore, Mode};
use super::{Store as _, StoreError, Term, Terms};

const FORMAT: u64 = 1;
const READ: &[u8] = b"read";
const BLOCK: usize = 512;
/// Entries between two writes to sled.
const STRIDE: u64 = 4096;

/// Why the index doesn't answer.
#[derive(Debug)]
enum Off {
    /// Another process has it open.
    Held,
    /// It isn't what it was, or sled can't read it.
    Broken,
    /// It has read further than this store's journal goes.
    Ahead,
    /// The journal itself couldn't be read.
    Journal(StoreError),
}

impl From<sled::Error> for Off {
    fn from(error: sled::Error) -> Self {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match error {
            sled::Error::Io(error)
                if matches!(error.kind(), InvalidData | InvalidInput | UnexpectedEof) =>
            {
                Self::Broken
            }
            // Among them what sled makes of a lock that another process holds.
            sled::Error::Io(_) => Self::Held,
            _ => Self::Broken,
        }
    }
}

/// The index, opened when it is first asked.
pub(super) struct Lookup {
    dir: PathBuf,
    state: State,
    may_begin_anew: bool,
}

enum State {
    Unopened,
    Open(Postings),
    Off,
}

impl Lookup {
    pub(super) fn new(dir: PathBuf, mode: &Mode) -> Self {
        // sled writes whenever it is opened, which a mere reader may not.
        let state = if *mode == Mode::Read { State::Off } else { State::Unopened };
        Self { dir, state, may_begin_anew: true }
    }

    pub(super) fn find(
        &mut self,
        store: &LocalStore,
        term: &Term,
    ) -> Result<Vec<Index>, StoreError> {
        loop {
            match self.ask(store, term) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => return scan(store, term),
                Err(Off::Journal(error)) => return Err(error),
                Err(Off::Broken) if self.may_begin_anew => {
                    self.may_begin_anew = false;
                    self.state = State::Unopened;
                    // sled's folder is removed without asking: the journal has it all.
                    if std::fs::remove_dir_all(&self.dir).is_err() {
                        self.state = State::Off;
                    }
                }
                Err(_) => self.state = State::Off,
            }
        }
    }

    /// `None` when the journal is to be read instead. sled may panic over broken files.
    fn ask(&mut self, store: &LocalStore, term: &Term) -> Result<Option<Vec<Index>>, Off> {
        let asked = catch_unwind(AssertUnwindSafe(|| {
            if matches!(self.state, State::Unopened) {
                self.state = State::Open(Postings::open(&self.dir)?);
            }
            let State::Open(postings) = &mut self.state else { return Ok(None) };
            postings.follow(store)?;
            let found = postings.find(&key(term))?;
            Ok(Some(found.into_iter().map(Index).collect()))
        }));
        asked.unwrap_or(Err(Off::Broken))
    }
}

/// Reads all entries.
fn scan(store: &LocalStore, term: &Term) -> Result<Vec<Index>, StoreError> {
    let wanted = key(term);
    let mut found = Vec::new();
    store.records(0, store.head().size.0, &mut |record| {
        let terms = (store.terms)(record.entry);
        if terms.is_some_and(|terms| keys(&terms).contains(&wanted)) {
            found.push(record.index);
        }
        Ok(())
    })?;
    Ok(found)
}

fn key(term: &Term) -> Vec<u8> {
    match term {
        Term::Case(case) => tagged(b'c', case.as_bytes()),
        Term::Kind(kind) => tagged(b'k', kind.as_bytes()),
        Term::Signer(kid) => tagged(b's', kid),
        Term::LinksTo(hash) => tagged(b'l', &hash.0),
    }
}

/// The keys of an entry's terms, each once.
fn keys(terms: &Terms) -> Vec<Vec<u8>> {
    let mut keys = vec![
        tagged(b'c', terms.case.as_bytes()),
        tagged(b'k', terms.kind.as_bytes()),
        tagged(b's', &terms.kid),
    ];
    keys.extend(terms.links.iter().map(|hash| tagged(b'l', &hash.0)));
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn tagged(tag: u8, term: &[u8]) -> Vec<u8> {
    let mut key = vec![tag];
    // An entry has at most 65,535 bytes, and so has a term; a longer one is in no entry.
    key.extend(u16::try_from(term.len()).unwrap_or(u16::MAX).to_be_bytes());
    key.extend(term);
    key
}

/// How far the index has read.
struct Read {
    size: u64,
    root: RootHash,
    sum: u64,
}

struct Postings {
    db: sled::Db,
    read: Read,
}

impl Postings {
    fn open(dir: &Path) -> Result<Self, Off> {
        let db = sled::Config::new().path(dir).cache_capacity(16 << 20).open()?;
        let Some(read) = db.get(READ)? else {
            db.clear()?;
            return Ok(Self { db, read: Read { size: 0, root: RootHash::ZERO, sum: 0 } });
        };
        let (format, size, root, sum): (u64, u64, [u8; 32], u64) = decode(&read)?;
        let mut found = 0_u64;
        for pair in db.iter() {
            let (key, value) = pair?;
            if *key != *READ {
                found = found.wrapping_add(check(&key, &value));
            }
        }
        if format != FORMAT || found != sum {
            return Err(Off::Broken);
        }
        Ok(Self { db, read: Read { size, root: RootHash(root), sum } })
    }

    /// Reads what the journal has and the index hasn't.
    fn follow(&mut self, store: &LocalStore) -> Result<(), Off> {
        let size = store.head().size.0;
        if self.read.size > size {
            return Err(if store.may_write() { Off::Broken } else { Off::Ahead });
        }
        if self.read.size > 0 && root(store, self.read.size)? != self.read.root {
            return Err(Off::Broken);
        }
        while self.read.size < size {
            let to = size.min(self.read.size + STRIDE);
            let mut new: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
            store
                .records(self.read.size, to, &mut |record| {
                    for key in (store.terms)(record.entry).iter().flat_map(keys) {
                        new.entry(key).or_default().push(record.index.0);
                    }
                    Ok(())
                })
                .map_err(Off::Journal)?;
            self.add(new, to, root(store, to)?)?;
        }
        Ok(())
    }

    /// All of a stride becomes visible at once, with the record of how far it goes.
    fn add(
        &mut self,
        new: BTreeMap<Vec<u8>, Vec<u64>>,
        size: u64,
        root: RootHash,
    ) -> Result<(), Off> {
        let mut batch = sled::Batch::default();
        let mut sum = self.read.sum;
        for (term, indices) in new {
            let (mut number, mut block) = (0_u32, Vec::new());
            if let Some(last) = self.db.scan_prefix(&term).next_back() {
                let (key, value) = last?;
                number = block_number(&key)?;
                block = decode(&value)?;
                sum = sum.wrapping_sub(check(&key, &value));
            }
            block.extend(indices);
            for part in block.chunks(BLOCK) {
                let key = [&term[..], &number.to_be_bytes()].concat();
                let value = encode(&part)?;
                sum = sum.wrapping_add(check(&key, &value));
                batch.insert(key, value);
                number += 1;
            }
        }
        batch.insert(READ, encode(&(FORMAT, size, root.0, sum))?);
        self.db.apply_batch(batch)?;
        self.read = Read { size, root, sum };
        Ok(())
    }

    fn find(&self, term: &[u8]) -> Result<Vec<u64>, Off> {
        let mut found = Vec::new();
        for pair in self.db.scan_prefix(term) {
            found.extend(decode::<Vec<u64>>(&pair?.1)?);
        }
        let ascending = found.is_sorted_by(|a, b| a < b);
        let known = found.last().is_none_or(|last| *last < self.read.size);
        if ascending && known { Ok(found) } else { Err(Off::Broken) }
    }
}

fn root(store: &LocalStore, size: u64) -> Result<RootHash, Off> {
    root_at(store.nodes(), Size(size)).ok_or(Off::Broken)
}

fn block_number(key: &[u8]) -> Result<u32, Off> {
    key.last_chunk::<4>().map(|number| u32::from_be_bytes(*number)).ok_or(Off::Broken)
}

fn check(key: &[u8], value: &[u8]) -> u64 {
    let crc = crc32c::crc32c_append(crc32c::crc32c(key), value);
    u64::from(crc)
}

fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Off> {
    ciborium::from_reader(bytes).map_err(|_| Off::Broken)
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Off> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| Off::Broken)?;
    Ok(bytes)
}
