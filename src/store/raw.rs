//! The journal as it is, for verification: nothing derived is read, nothing is written, no
//! lock is taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::format::tree::leaf_hash;

use super::bodykeys::Bodykeys;
use super::disk::{Disk, DiskFile, How, RealDisk};
use super::journal::{Damage, Frames};
use super::{Opened, StoreError, Stored, documents, seal};

/// A journal and what its bodies need to be opened.
pub struct RawJournal {
    disk: Arc<dyn Disk>,
    documents: PathBuf,
    journal: Box<dyn DiskFile>,
    bodykeys: Option<Bodykeys>,
}

impl RawJournal {
    /// Opens the journal in a ledger's folder.
    ///
    /// # Errors
    /// [`StoreError::NoLedger`], or what the disk says. A journal whose header is wrong is
    /// opened; its first frame is then damage.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(RealDisk), dir)
    }

    /// As [`RawJournal::open`], on another disk.
    ///
    /// # Errors
    /// As [`RawJournal::open`].
    pub fn open_on(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("journal");
        let journal = match disk.open(&path, How::Read) {
            Ok(journal) => journal,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NoLedger(dir.to_owned()));
            }
            Err(error) => return Err(StoreError::io("opening", &path)(error)),
        };
        let bodykeys = Bodykeys::open(&*disk, &dir.join("bodykeys"), How::Read)?;
        Ok(Self { documents: dir.join("documents"), disk, journal, bodykeys })
    }

    /// The journal's frames; ends after the first damage.
    #[must_use]
    pub fn frames(&self) -> Frames<'_, dyn DiskFile> {
        Frames::new(&*self.journal)
    }

    /// The journal's entries, in their order; ends after the first damage.
    pub fn entries(&self) -> impl Iterator<Item = Result<Stored, Damage>> {
        self.frames().flat_map(|frame| match frame {
            Ok(frame) => frame.records().map(|record| Ok(record.to_stored())).collect(),
            Err(damage) => vec![Err(damage)],
        })
    }

    /// An entry's body; `None` when it was erased.
    ///
    /// # Errors
    /// As [`super::Store::body`].
    pub fn body(&self, stored: &Stored) -> Result<Option<Opened>, StoreError> {
        body(self.bodykeys.as_ref(), stored)
    }

    /// An entry's document; `None` when it was erased.
    ///
    /// # Errors
    /// As [`super::Store::document`].
    pub fn document(
        &self,
        stored: &Stored,
        sha256: Sha256Hash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        document(&*self.disk, &self.documents, self.bodykeys.as_ref(), stored, sha256)
    }
}

pub(super) fn body(
    bodykeys: Option<&Bodykeys>,
    stored: &Stored,
) -> Result<Option<Opened>, StoreError> {
    let unreadable =
        |found| StoreError::BodyUnreadable { index: stored.index, slot: stored.slot, found };
    let bodykeys = bodykeys.ok_or_else(|| unreadable("no file of slots"))?;
    let slot =
        bodykeys.slot(stored.slot)?.ok_or_else(|| unreadable("a file that ends before it"))?;
    if **slot == [0; 32] {
        return Ok(None);
    }
    let entry = leaf_hash(&stored.entry);
    seal::open_body(&slot, stored.slot, entry, &stored.sealed).map(Some).map_err(unreadable)
}

pub(super) fn document(
    disk: &dyn Disk,
    dir: &Path,
    bodykeys: Option<&Bodykeys>,
    stored: &Stored,
    sha256: Sha256Hash,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(opened) = body(bodykeys, stored)? else { return Ok(None) };
    let index: Index = stored.index;
    let named = opened.documents.iter().find(|document| document.sha256 == sha256);
    let named = named.ok_or(StoreError::NoDocument { index, sha256 })?;
    let slot = bodykeys.and_then(|bodykeys| bodykeys.slot(stored.slot).transpose());
    let slot = slot.transpose()?.ok_or(StoreError::NoDocument { index, sha256 })?;
    documents::open(disk, dir, &slot, index, named).map(Some)
}
