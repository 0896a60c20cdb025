//! What a ledger is opened for, and with what.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use probity_ledger::format::hash::{RootHash, Size};

use super::disk::{Disk, RealDisk};
use super::erase::{self, Forget};
use super::{ReadTerms, StoreError};

/// What a ledger is opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To read. Nothing in the ledger's folder is written, whatever state it is in.
    Read,
    /// To read and look things up. Only `index/` may be written.
    Browse,
    /// To write. Takes the lock; another writer is told this text, which should say what is
    /// being done and since when.
    Write(String),
}

/// What a store is opened with.
#[derive(Clone)]
pub struct Options {
    /// Reads an entry's terms.
    pub terms: ReadTerms,
    /// Takes fields out of a body.
    pub forget: Forget,
    /// Size and root of a checkpoint whose signature the caller has checked.
    pub checkpoint: Option<(Size, RootHash)>,
    /// Where the files are.
    pub disk: Arc<dyn Disk>,
    /// What a sync of this ledger said that failed, for all in this process that open it: while it
    /// is set, nothing is answered ([`StoreError::SyncFailed`]).
    pub failed: Arc<OnceLock<String>>,
    /// Whether the files of `tiles/` are held against their checksums when they are opened,
    /// which reads all of them. Whoever proves each answer by a root that they know needn't.
    pub checksums: bool,
    /// How many entries may be missing from `tiles/` before it is written.
    pub block: u64,
    /// How long a reader that finds a torn end waits (several times) before it looks again:
    /// a writer may be at it.
    pub patience: Duration,
}

impl Options {
    /// The usual ones: this machine's disk and no checkpoint.
    #[must_use]
    pub fn new(terms: ReadTerms) -> Self {
        Self {
            terms,
            forget: erase::forget,
            checkpoint: None,
            disk: Arc::new(RealDisk),
            failed: Arc::default(),
            checksums: true,
            block: 256,
            patience: Duration::from_millis(25),
        }
    }

    /// Refuses a ledger of which a sync failed in this process.
    ///
    /// # Errors
    /// [`StoreError::SyncFailed`].
    pub fn check_synced(&self) -> Result<(), StoreError> {
        self.failed.get().map_or(Ok(()), |why| Err(StoreError::SyncFailed(why.clone())))
    }

    /// Notes a sync that failed.
    pub(super) fn note(&self, error: StoreError) -> StoreError {
        if !is_sync(&error) {
            return error;
        }
        StoreError::SyncFailed(self.failed.get_or_init(|| error.to_string()).clone())
    }
}

/// Whether a sync failed.
pub(super) fn is_sync(error: &StoreError) -> bool {
    matches!(error, StoreError::Io { doing: "syncing", .. })
}
