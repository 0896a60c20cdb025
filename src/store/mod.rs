//! Keeps bytes durably. This room knows nothing of the rules: an entry is bytes, a hash and
//! a few terms by which it can be found ([`Terms`]), which a function that the caller gives
//! reads out of it.
//!
//! ```text
//! ledger/journal       append-only frames, each checksummed: the truth
//! ledger/bodykeys      32-byte slots, from which the keys of sealed bodies derive
//! ledger/documents/    sealed attachments under random names
//! ledger/checkpoint    newest checkpoint given out
//! ledger/times/        evidence from outside, as it was received
//! ledger/erasing       what an erasure has still to do, while it is carried out
//! ledger/lock          held by the one writer; says who it is
//! ledger/tiles/        entry hashes, tree nodes and entry offsets, derived
//! ledger/index/        sled: what stands where, derived
//! ```
//!
//! # What is durable when
//! When [`Store::append`] returns `Ok`, the whole batch is on the medium, as far as the
//! operating system can tell:
//!
//! 1. the slots that the batch uses were synced before (in blocks, ahead of use);
//! 2. each attachment is written under a temporary name, synced and renamed, and then the
//!    directory is synced. A crash up to here leaves sealed files that nothing names;
//! 3. the batch is written as one frame behind the last one, and the journal is synced. A
//!    crash within leaves a bad last frame, which the next opening cuts, or a whole one,
//!    which it keeps: nobody was told either way;
//! 4. the caller gets its answer. Tree nodes, offsets and index follow in blocks. A crash
//!    that loses or tears them loses nothing: they are never synced, their checksums tell,
//!    and the next opening reads from the journal what they lack.
//!
//! Each sync on the way has a name, and with it what breaks without it ([`barrier::Barrier`]).
//!
//! After a failed write of the journal or the slots the store answers nothing more
//! ([`StoreError::Poisoned`]), and the next opening looks at what is there. After a failed sync
//! nothing in this process does ([`StoreError::SyncFailed`]): what it left on the medium can't be
//! known, and a second one may succeed without having written anything.
//!
//! # What this doesn't protect
//! Checksums find accidents. Whoever can write these files can write other ones with right
//! checksums; that shows only to verification, which reads the journal alone
//! ([`RawJournal`]) and believes neither `tiles/` nor `index/`. Sealing serves forgetting,
//! not secrecy: the slots lie beside what they seal.

use std::path::PathBuf;

use probity_ledger::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::tree::Nodes;

mod append;
pub mod barrier;
mod beginning;
mod bodykeys;
pub mod disk;
mod documents;
mod erase;
mod error;
mod evidence;
mod find;
mod frame;
mod index;
pub mod journal;
mod local;
mod lock;
mod opening;
mod options;
mod raw;
mod seal;
mod tiles;

pub use erase::{Erase, Forget, NOTHING_LEFT, respelled as respelled_erasing};
pub use error::StoreError;
pub use evidence::{Evidence, EvidenceForm, MAX_EVIDENCE};
pub use local::LocalStore;
pub use lock::Lock;
pub use opening::{Cut, CutEnd, cut_ends};
pub use options::{Mode, Options};
pub use raw::{Blocks, RawJournal};

/// Most bytes that an attachment may have.
pub const MAX_DOCUMENT: u64 = 256 << 20;

/// Most bytes that a body may have.
pub const MAX_BODY: usize = 1 << 20;

/// Most bytes that an entry may have, the limit of C2SP tlog-tiles.
pub const MAX_ENTRY: usize = 65_535;

/// The newest entry, which every append names: compare and swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: Size,
    /// The hash of the last one; [`EntryHash::ZERO`] when there is none.
    pub hash: EntryHash,
}

impl Head {
    /// The head of an empty ledger.
    pub const EMPTY: Self = Self { size: Size(0), hash: EntryHash::ZERO };
}

/// Where an attachment's bytes come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, read once while it is sealed.
    Path(PathBuf),
    /// Bytes at hand.
    Bytes(Vec<u8>),
}

/// A document to be sealed beside an entry.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The hash that was signed. A file that doesn't have it any more is refused.
    pub sha256: Sha256Hash,
    /// The size that was signed, in bytes, at most [`MAX_DOCUMENT`].
    pub size: u64,
    /// Where to read it.
    pub source: Source,
}

impl Attachment {
    /// The document, whole.
    ///
    /// # Errors
    /// What the system says; `InvalidData` when it isn't what was signed any more.
    pub fn read(&self) -> std::io::Result<Vec<u8>> {
        let bytes = match &self.source {
            Source::Path(path) => std::fs::read(path)?,
            Source::Bytes(bytes) => bytes.clone(),
        };
        if bytes.len() as u64 == self.size && Sha256Hash::of(&bytes) == self.sha256 {
            return Ok(bytes);
        }
        let what = "the file changed since it was measured";
        Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what))
    }
}

/// An entry to be appended, with what belongs to it.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// The signed bytes, at most [`MAX_ENTRY`].
    pub entry: Vec<u8>,
    /// The body's bytes (`name → [salt, value]`), at most [`MAX_BODY`]; they are sealed.
    pub body: Vec<u8>,
    /// Its documents.
    pub attachments: Vec<Attachment>,
}

/// An entry as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place.
    pub index: Index,
    /// Its bytes, as signed.
    pub entry: Vec<u8>,
    /// The slot that its body's key derives from.
    pub slot: u64,
    /// Its body, sealed.
    pub sealed: Vec<u8>,
}

/// A document that a body names, as it lies in `ledger/documents/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRef {
    /// The SHA-256 of its bytes.
    pub sha256: Sha256Hash,
    /// The random name of its sealed file.
    pub file: FileId,
    /// Its size in bytes.
    pub size: u64,
}

/// The random name of a sealed document; lower-case hexadecimal as a file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub [u8; 16]);

impl std::fmt::Display for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A body that was unsealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The body's bytes, as they were given to [`Store::append`].
    pub body: Vec<u8>,
    /// The documents sealed with it.
    pub documents: Vec<DocumentRef>,
    /// The slot that it was sealed under.
    pub slot: u64,
}

/// What an entry shows in clear and can be found by, beside its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// `sub`: the case, or `ledger`.
    pub case: String,
    /// The record's kind; this, author and links are those of a statement that it carries.
    pub kind: String,
    /// The author's key.
    pub kid: [u8; 32],
    /// The entries that it links to.
    pub links: Vec<EntryHash>,
    /// Whether it is a governance entry.
    pub governance: bool,
    /// The hash of the statement that it carries.
    pub statement: Option<Sha256Hash>,
}

/// Reads the terms out of an entry's bytes; `None` when they aren't an entry.
pub type ReadTerms = fn(&[u8]) -> Option<Terms>;

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// Entries of this case (`sub`).
    Case(String),
    /// Entries of this kind.
    Kind(String),
    /// Entries signed by this key.
    Signer([u8; 32]),
    /// Entries that link to the entry with this hash.
    LinksTo(EntryHash),
    /// Entries that carry the statement with this hash.
    Statement(Sha256Hash),
    /// Entries whose body names the document with this hash, or had it kept, as far as their
    /// bodies can be opened.
    Document(Sha256Hash),
}

/// A place that keeps a ledger.
///
/// Every method but [`Store::head`] fails with [`StoreError::Poisoned`] after a failed write and
/// with [`StoreError::SyncFailed`] after a failed sync.
pub trait Store {
    /// The newest entry.
    fn head(&self) -> Head;

    /// Appends a batch, whole or not at all, if `expected` is still the head. When this
    /// returns, the batch is on the medium. An empty batch only compares the head.
    ///
    /// # Errors
    /// [`StoreError::HeadMoved`] when another entry was appended meanwhile; refusals of an
    /// entry, body or document that can't be kept; anything the disk says.
    fn append(&mut self, expected: Head, batch: Vec<NewEntry>) -> Result<Head, StoreError>;

    /// Appends a batch whose last entry completes an erasure, and carries the erasure out: what
    /// it names is gone when this returns. Interrupted, it is carried out when the ledger is next
    /// opened for writing, if that entry is there, and not at all otherwise.
    ///
    /// # Errors
    /// As [`Store::append`]; [`StoreError::Unfinished`] when the entry is there and the rest
    /// failed.
    fn append_erasing(
        &mut self,
        expected: Head,
        batch: Vec<NewEntry>,
        erase: Vec<Erase>,
    ) -> Result<Head, StoreError>;

    /// The bytes of one entry.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`], or damage.
    fn entry(&self, index: Index) -> Result<Vec<u8>, StoreError>;

    /// The hash of one entry.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`].
    fn hash(&self, index: Index) -> Result<EntryHash, StoreError>;

    /// The entries from `from` up to, but without, `to`, in their order.
    ///
    /// # Errors
    /// [`StoreError::NoEntry`], damage, or whatever `each` returns, which ends the reading.
    fn range(
        &self,
        from: Index,
        to: Index,
        each: &mut dyn FnMut(Stored) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// The body of an entry, without what was erased of it; `None` when nothing of it is left.
    ///
    /// # Errors
    /// [`StoreError::BodyUnreadable`] when its slot is there but doesn't open it.
    fn body(&self, index: Index) -> Result<Option<Opened>, StoreError>;

    /// A document of an entry; `None` when it was erased.
    ///
    /// # Errors
    /// [`StoreError::NoDocument`] when the body names none with this hash, others when its file
    /// is absent or doesn't open.
    fn document(&self, index: Index, sha256: Sha256Hash) -> Result<Option<Vec<u8>>, StoreError>;

    /// The entries that a term finds, ascending.
    ///
    /// # Errors
    /// Damage. An index that is off, absent or in use elsewhere is no error: the journal is
    /// read instead.
    fn lookup(&self, term: &Term) -> Result<Vec<Index>, StoreError>;

    /// The place of the entry with that hash.
    ///
    /// # Errors
    /// Anything the disk says.
    fn find_hash(&self, hash: &EntryHash) -> Result<Option<Index>, StoreError>;

    /// The entries whose hash begins with these hexadecimal digits, ascending.
    ///
    /// # Errors
    /// Anything the disk says.
    fn find_hash_prefix(&self, prefix: &str) -> Result<Vec<Index>, StoreError>;

    /// The governance entries, ascending.
    ///
    /// # Errors
    /// Anything the disk says.
    fn governance(&self) -> Result<Vec<Index>, StoreError>;

    /// The tree's nodes, for proofs.
    fn nodes(&self) -> &dyn Nodes;

    /// The root at the head.
    fn root(&self) -> RootHash;

    /// The newest checkpoint given out.
    ///
    /// # Errors
    /// Anything the disk says.
    fn checkpoint(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces the newest checkpoint, atomically; it is on the medium when this returns.
    ///
    /// # Errors
    /// Anything the disk says.
    fn keep_checkpoint(&mut self, note: &[u8]) -> Result<(), StoreError>;

    /// Keeps evidence from outside over the head of that size; it is on the medium when this
    /// returns, and never changed. The same bytes twice are kept once.
    ///
    /// # Errors
    /// More than [`MAX_EVIDENCE`] bytes, and anything the disk says.
    fn keep_evidence(
        &mut self,
        size: Size,
        form: EvidenceForm,
        bytes: &[u8],
    ) -> Result<Evidence, StoreError>;

    /// All evidence from outside that is kept, by size and number.
    ///
    /// # Errors
    /// Anything the disk says.
    fn evidence(&self) -> Result<Vec<Evidence>, StoreError>;

    /// The bytes of one piece of evidence, as they were given.
    ///
    /// # Errors
    /// Anything the disk says.
    fn read_evidence(&self, which: Evidence) -> Result<Vec<u8>, StoreError>;
}

/// Random bytes from the system.
fn fill_random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| StoreError::Randomness(error.to_string()))
}

#[cfg(test)]
pub(crate) mod tests;
