//! What stands where: for each term, the entries that show it, in sled.
//!
//! ```text
//! mark      the first 16 bytes of SHA-256(tag ‖ term)
//!           tag: c case, k kind, s signer, l link, t statement, d document
//! key       u16 bucket: the first 10 bits of the mark · u32 block number
//! value     runs, one behind the other, each of ascending marks:
//!           mark · length in bytes of what follows · first index · steps to the next ones
//!           (the numbers as LEB128)
//! "read"    CBOR [4, size, root of the tree of that size, whole, resealed, sums]
//!           whole: whether every body could be opened, or is erased
//!           resealed: how many bodies in the journal were sealed anew by erasures
//!           sums: u32 per bucket, the checksums of its blocks added up
//! ```
//!
//! The index follows the journal when something is looked up, and records how far it has
//! read. Of what this process appends it is told, so that it needn't read that again. What is too
//! little to be worth writing stays in memory and is read again by the next
//! process. A bucket is held against its sum whenever it is read, so that a block that was
//! lost, is an older one or another ledger's shows. Where sled can't be used, since nothing
//! may be written or another process holds it, all of the journal is read into memory: that
//! takes some seconds and 100 MB for a million entries.
//!
//! Terms of documents come from sealed bodies, so this folder tells whoever has a document
//! and the folder that the document is named here. **Erasing a body must remove the whole folder**;
//! it is made anew without what can't be opened any more. One of before an erasure that somebody
//! put back has read fewer bodies that were sealed anew than there are; it is removed, too, when
//! something is next looked up.
//!
//! What this doesn't protect: only accidents show. Verification doesn't ask the index. Two
//! terms with one mark can be made by trying 2^64 of them; each would find the other's entries.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use probity_keys::wiping_stack;
use probity_ledger::format::hash::{Index, RootHash, Size};
use probity_ledger::format::tree::root_at;
use sha2::{Digest as _, Sha256};

use crate::parallel;

use super::disk::{Disk as _, RealDisk};
use super::journal::Record;
use super::local::LocalStore;
use super::options::Mode;
use super::{DocumentRef, Store as _, StoreError, Term, Terms};

const FORMAT: u64 = 4;
const READ: &[u8] = b"read";
const BUCKETS: usize = 1024;
/// A block that has reached this many bytes is left alone, and another one begun.
const BLOCK: usize = 2048;
/// Most entries that are read before they are written to sled.
const STRIDE: u64 = 1 << 16;
/// Most entries that are held beside what is written: some 16 MB.
const MOST_NOTED: u64 = 2 * STRIDE;
/// What stands before the hash of a document that a body names: `"sha256"` and the head of 32
/// bytes, in the only CBOR that bodies have.
const NAMES: &[u8] = b"\x66sha256\x58\x20";

/// Longest that closing waits for sled: a thread of it may hold the lock some milliseconds longer
/// than the database is open, and whoever opens it then is told of a lock as if another process
/// had it. Another process that takes the lock in that moment is waited for, too, but no longer.
const LINGERS: Duration = Duration::from_secs(1);

/// sled's database, whose lock is free when this is dropped.
struct Database {
    db: Option<sled::Db>,
    dir: PathBuf,
}

impl Database {
    fn open(dir: &Path) -> Result<Self, Off> {
        let config = sled::Config::new().path(dir).cache_capacity(16 << 20).flush_every_ms(None);
        Ok(Self { db: Some(config.open()?), dir: dir.to_owned() })
    }
}

impl std::ops::Deref for Database {
    type Target = sled::Db;

    fn deref(&self) -> &sled::Db {
        self.db.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.db.take());
        // Where the file is gone, so is the lock.
        let Ok(lock) = fs::File::open(self.dir.join("db")) else { return };
        let began = Instant::now();
        while let Err(fs::TryLockError::WouldBlock) = lock.try_lock()
            && began.elapsed() < LINGERS
        {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Why the index doesn't answer.
#[derive(Debug)]
enum Off {
    /// Another process has it open, or it can't be written.
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
    /// Whether sled may be used.
    kept: bool,
    may_begin_anew: bool,
    open: Option<Box<Postings>>,
}

impl Lookup {
    pub(super) fn new(dir: PathBuf, mode: &Mode) -> Self {
        // sled writes whenever it is opened, which a mere reader may not.
        Self { dir, kept: *mode != Mode::Read, may_begin_anew: true, open: None }
    }

    /// Closes it: its folder is about to be removed.
    pub(super) fn close(&mut self) {
        self.open = None;
        self.may_begin_anew = true;
    }

    /// Takes up what was appended behind the first `size` entries, if it has read just those.
    /// Nothing is written; what is too much to be held is read from the journal when something is
    /// looked up.
    pub(super) fn note(&mut self, size: Size, appended: impl ExactSizeIterator<Item = Vec<Mark>>) {
        let Some(open) = self.open.as_mut().filter(|open| open.size == size.0) else { return };
        let to = size.0 + appended.len() as u64;
        if to - open.read.size > MOST_NOTED {
            return;
        }
        for (index, marks) in (size.0..).zip(appended) {
            open.recent.extend(marks.into_iter().map(|mark| (mark, index)));
        }
        open.size = to;
    }

    pub(super) fn find(
        &mut self,
        store: &LocalStore,
        term: &Term,
    ) -> Result<Vec<Index>, StoreError> {
        while self.kept {
            match self.ask(store, term) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => self.kept = false,
                Err(Off::Journal(error)) => return Err(error),
                Err(off) => {
                    self.open = None;
                    let anew = self.may_begin_anew && matches!(off, Off::Broken);
                    self.may_begin_anew = false;
                    // sled's folder is removed without asking: the journal has it all. Of a link, what
                    // it leads to would stay, and tell of documents that are erased later.
                    self.kept = anew && RealDisk.remove_folder(&self.dir).is_ok();
                }
            }
            if !self.kept {
                self.open = None;
            }
        }
        let open = self.open.get_or_insert_with(|| Box::new(Postings::in_memory()));
        match open.follow(store).and_then(|_| open.find(mark(term))) {
            Ok(found) => Ok(found),
            Err(Off::Journal(error)) => Err(error),
            Err(off) => unreachable!("what is only in memory can't be {off:?}"),
        }
    }

    /// `None` when sled's part can't tell. sled may panic over broken files.
    fn ask(&mut self, store: &LocalStore, term: &Term) -> Result<Option<Vec<Index>>, Off> {
        let asked = catch_unwind(AssertUnwindSafe(|| {
            if self.open.is_none() {
                self.open = Some(Box::new(Postings::open(&self.dir, store)?));
            }
            let Some(open) = &mut self.open else { return Ok(None) };
            if open.follow(store)? {
                // sled notes where its pages lie when it is opened, and until then reads all
                // that was written since. Better now than in front of the next user.
                self.open = None;
                return self.ask(store, term);
            }
            // What couldn't be opened then may have been put right.
            let told = open.whole || !matches!(term, Term::Document(_));
            told.then(|| open.find(mark(term))).transpose()
        }));
        asked.unwrap_or(Err(Off::Broken))
    }
}

/// A term, as the index knows it.
pub(super) type Mark = [u8; 16];

pub(super) fn mark(term: &Term) -> Mark {
    match term {
        Term::Case(case) => tagged(b'c', case.as_bytes()),
        Term::Kind(kind) => tagged(b'k', kind.as_bytes()),
        Term::Signer(kid) => tagged(b's', kid),
        Term::LinksTo(hash) => tagged(b'l', &hash.0),
        Term::Statement(hash) => tagged(b't', &hash.0),
        Term::Document(sha256) => tagged(b'd', &sha256.0),
    }
}

/// The marks of an entry and of its body, which comes with the documents that are kept with it.
pub(super) fn marks<'a>(
    terms: &'a Terms,
    body: Option<(&'a [u8], &'a [DocumentRef])>,
) -> impl Iterator<Item = Mark> + use<'a> {
    let clear = [
        tagged(b'c', terms.case.as_bytes()),
        tagged(b'k', terms.kind.as_bytes()),
        tagged(b's', &terms.kid),
    ];
    clear
        .into_iter()
        .chain(terms.links.iter().map(|hash| tagged(b'l', &hash.0)))
        .chain(terms.statement.iter().map(|hash| tagged(b't', &hash.0)))
        .chain(body.into_iter().flat_map(documents).map(|sha256| tagged(b'd', sha256)))
}

/// The marks of a record, each with its index, and whether its body could be opened.
fn shown(store: &LocalStore, record: &Record<'_>) -> (Vec<(Mark, u64)>, bool) {
    let opened = store.open_record(record);
    let whole = opened.is_ok();
    let opened = opened.ok().flatten();
    let terms = (store.terms)(record.entry);
    let body = opened.as_ref().map(|opened| (&*opened.body, &*opened.documents));
    let marks = terms.iter().flat_map(|terms| marks(terms, body));
    (marks.map(|mark| (mark, record.index.0)).collect(), whole)
}

/// The documents that were kept with a body, and those that it only names.
fn documents<'a>(
    (body, kept): (&'a [u8], &'a [DocumentRef]),
) -> impl Iterator<Item = &'a [u8; 32]> {
    let named = memchr::memmem::find_iter(body, NAMES);
    let named = named.filter_map(|at| body[at + NAMES.len()..].first_chunk());
    kept.iter().map(|document| &document.sha256.0).chain(named)
}

fn tagged(tag: u8, term: &[u8]) -> Mark {
    let hash = Sha256::new().chain_update([tag]).chain_update(term).finalize();
    *hash.first_chunk().expect("SHA-256 has 32 bytes")
}

fn bucket(mark: Mark) -> usize {
    usize::from(u16::from_be_bytes([mark[0], mark[1]]) >> 6)
}

/// How far sled's part of the index has read.
struct Read {
    size: u64,
    root: RootHash,
    whole: bool,
    /// How many bodies the journal had that were sealed anew.
    resealed: u64,
    sums: Vec<u32>,
}

impl Read {
    /// Nothing.
    fn none(resealed: u64) -> Self {
        Self { size: 0, root: RootHash::ZERO, whole: true, resealed, sums: vec![0; BUCKETS] }
    }
}

struct Postings {
    /// `None` when everything stays in memory.
    db: Option<Database>,
    read: Read,
    /// What was read since, and up to where.
    recent: Vec<(Mark, u64)>,
    size: u64,
    whole: bool,
}

impl Postings {
    fn in_memory() -> Self {
        Self { db: None, read: Read::none(0), recent: Vec::new(), size: 0, whole: true }
    }

    fn open(dir: &Path, store: &LocalStore) -> Result<Self, Off> {
        let db = Database::open(dir)?;
        let resealed = store.tiles.count_resealed();
        let read = match db.get(READ)? {
            None => {
                db.clear()?;
                Read::none(resealed)
            }
            Some(read) => {
                type Fields = (u64, u64, [u8; 32], bool, u64, Vec<u32>);
                let (format, size, root, whole, resealed, sums): Fields =
                    ciborium::from_reader(&*read).map_err(|_| Off::Broken)?;
                if format != FORMAT || sums.len() != BUCKETS {
                    return Err(Off::Broken);
                }
                Read { size, root: RootHash(root), whole, resealed, sums }
            }
        };
        if read.size > store.head().size.0 || read.resealed > resealed {
            return Err(if store.may_write() { Off::Broken } else { Off::Ahead });
        }
        // Of before an erasure: it may tell of documents that are erased.
        if read.resealed < resealed {
            return Err(Off::Broken);
        }
        if read.size > 0 && root(store, read.size)? != read.root {
            return Err(Off::Broken);
        }
        Ok(Self { db: Some(db), size: read.size, whole: read.whole, read, recent: Vec::new() })
    }

    /// Reads what the journal has and the index hasn't. Returns whether much of it was
    /// written.
    fn follow(&mut self, store: &LocalStore) -> Result<bool, Off> {
        let size = store.head().size.0;
        let written = self.read.size;
        while self.size < size {
            let to = size.min(self.size + STRIDE);
            let (recent, whole) = (&mut self.recent, &mut self.whole);
            let before = recent.len();
            let read = store.runs(self.size, to, &mut |run| {
                let shown = parallel::map_runs(run, |run| {
                    wiping_stack(|| run.into_iter().map(|record| shown(store, &record)).collect())
                });
                for (marks, opened) in shown {
                    recent.extend(marks);
                    *whole &= opened;
                }
                Ok(())
            });
            if let Err(error) = read {
                self.recent.truncate(before);
                return Err(Off::Journal(error));
            }
            self.size = to;
            self.write_enough(store)?;
        }
        self.write_enough(store)?;
        Ok(self.read.size - written >= STRIDE)
    }

    /// Hands over to sled what was read and noted, if that is worth it.
    fn write_enough(&mut self, store: &LocalStore) -> Result<(), Off> {
        if self.db.is_some() && self.size - self.read.size >= store.index_block() {
            self.write(root(store, self.size)?)?;
        }
        Ok(())
    }

    /// Hands over to sled what was read. All of it becomes visible at once, with the record of
    /// how far it goes.
    fn write(&mut self, root: RootHash) -> Result<(), Off> {
        let Some(db) = &self.db else { return Ok(()) };
        self.recent.sort_unstable();
        self.recent.dedup();
        let mut batch = sled::Batch::default();
        let mut sums = self.read.sums.clone();
        for run in self.recent.chunk_by(|a, b| bucket(a.0) == bucket(b.0)) {
            let bucket = bucket(run[0].0);
            let prefix = u16::try_from(bucket).expect("there are 1024 buckets").to_be_bytes();
            let (mut number, mut block) = (0_u32, Vec::new());
            if let Some(last) = db.scan_prefix(prefix).next_back() {
                let (key, value) = last?;
                number = key.last_chunk().map_or(0, |number| u32::from_be_bytes(*number));
                if value.len() < BLOCK {
                    sums[bucket] = sums[bucket].wrapping_sub(check(&key, &value));
                    block = value.to_vec();
                } else {
                    number = number.checked_add(1).ok_or(Off::Broken)?;
                }
            }
            for postings in run.chunk_by(|a, b| a.0 == b.0) {
                encode(postings, &mut block);
            }
            let key = [&prefix[..], &number.to_be_bytes()].concat();
            sums[bucket] = sums[bucket].wrapping_add(check(&key, &block));
            batch.insert(key, block);
        }
        let mut read = Vec::new();
        let resealed = self.read.resealed;
        let fields = (FORMAT, self.size, root.0, self.whole, resealed, &sums);
        ciborium::into_writer(&fields, &mut read).map_err(|_| Off::Broken)?;
        batch.insert(READ, read);
        db.apply_batch(batch)?;
        self.recent.clear();
        self.read = Read { size: self.size, root, whole: self.whole, resealed, sums };
        Ok(())
    }

    fn find(&self, mark: Mark) -> Result<Vec<Index>, Off> {
        let (bucket, mut sum, mut found) = (bucket(mark), 0_u32, Vec::new());
        let prefix = u16::try_from(bucket).expect("there are 1024 buckets").to_be_bytes();
        for pair in self.db.iter().flat_map(|db| db.scan_prefix(prefix)) {
            let (key, value) = pair?;
            sum = sum.wrapping_add(check(&key, &value));
            decode(&value, mark, &mut found).ok_or(Off::Broken)?;
        }
        let known = found.last().is_none_or(|last| last.0 < self.read.size);
        if sum != self.read.sums[bucket] || !known || !found.is_sorted() {
            return Err(Off::Broken);
        }
        for (own, index) in &self.recent {
            // An entry may show a term twice.
            if *own == mark && found.last() != Some(&Index(*index)) {
                found.push(Index(*index));
            }
        }
        Ok(found)
    }
}

/// Appends the indices of one mark to a block.
fn encode(postings: &[(Mark, u64)], block: &mut Vec<u8>) {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for (_, index) in postings {
        write_number(index - before, &mut bytes);
        before = *index;
    }
    block.extend(postings[0].0);
    write_number(bytes.len() as u64, block);
    block.extend(bytes);
}

/// The indices of a mark in a block; `None` when it isn't a block.
fn decode(mut block: &[u8], wanted: Mark, found: &mut Vec<Index>) -> Option<()> {
    while let Some((mark, rest)) = block.split_first_chunk() {
        block = rest;
        let length = usize::try_from(read_number(&mut block)?).ok()?;
        let mut postings;
        (postings, block) = block.split_at_checked(length)?;
        if *mark == wanted {
            found.reserve(length);
            let mut index = 0_u64;
            while let [step, rest @ ..] = postings {
                // Nearly all steps of what is found often are a byte.
                let step = if *step < 0x80 {
                    postings = rest;
                    u64::from(*step)
                } else {
                    read_number(&mut postings)?
                };
                index = index.checked_add(step)?;
                found.push(Index(index));
            }
        }
    }
    block.is_empty().then_some(())
}

fn write_number(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    into.push(number.to_le_bytes()[0]);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte;
        (byte, *bytes) = bytes.split_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn root(store: &LocalStore, size: u64) -> Result<RootHash, Off> {
    root_at(store.nodes(), Size(size)).ok_or(Off::Broken)
}

fn check(key: &[u8], value: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_without_being_looked_up_is_bounded() {
        let mut lookup = Lookup::new(PathBuf::from("index"), &Mode::Read);
        let one = tagged(b'c', b"a case");
        lookup.note(Size(0), std::iter::once(vec![one]));
        assert!(lookup.open.is_none(), "nobody has looked anything up");
        lookup.open = Some(Box::new(Postings::in_memory()));
        let noted = |lookup: &mut Lookup, from: u64, count: u64| {
            let count = usize::try_from(count).expect("small");
            lookup.note(Size(from), vec![vec![one]; count].into_iter());
            let open = lookup.open.as_ref().expect("it is open");
            (open.size, open.recent.len() as u64)
        };
        assert_eq!(noted(&mut lookup, 1, 1), (0, 0), "what stands between wasn't read");
        assert_eq!(noted(&mut lookup, 0, MOST_NOTED - 1), (MOST_NOTED - 1, MOST_NOTED - 1));
        assert_eq!(noted(&mut lookup, MOST_NOTED - 1, 2), (MOST_NOTED - 1, MOST_NOTED - 1));
        assert_eq!(noted(&mut lookup, MOST_NOTED - 1, 1), (MOST_NOTED, MOST_NOTED));
        assert_eq!(noted(&mut lookup, MOST_NOTED, 1), (MOST_NOTED, MOST_NOTED));
    }
}
