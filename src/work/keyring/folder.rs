//! The folder of the keys: what is written there is on the medium, and one process at a time makes a
//! key or signs with one.

use std::path::{Path, PathBuf};

use super::Keyring;
use crate::store::Lock;
use crate::store::barrier::Barrier;
use crate::store::disk::sync_above;
use crate::work::WorkError;

impl Keyring {
    /// Writes a file whole, or in place of another: after a crash there is the old content or
    /// the new one. A private one is readable by its owner alone.
    pub(super) fn keep(&self, path: &Path, content: &[u8], private: bool) -> Result<(), WorkError> {
        let folder = path.parent().unwrap_or(&self.folder);
        self.disk
            .replace(path, content, Some(Barrier::Key))
            .and_then(|()| if private { Ok(()) } else { self.disk.share(path) })
            .and_then(|()| self.disk.sync_dir(folder, Barrier::KeyName))
            .map_err(WorkError::file("writing", path))
    }

    /// Keeps a file beside the keys, in place of one of that name.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_beside(&self, file: &str, content: &[u8]) -> Result<PathBuf, WorkError> {
        self.keep_in(&self.folder, file, content)?;
        Ok(self.folder.join(file))
    }

    /// Keeps a file in another folder of the home, as durably and privately as a key; the folder
    /// is made if it isn't there.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn keep_in(
        &self,
        folder: &Path,
        file: &str,
        content: &[u8],
    ) -> Result<(), WorkError> {
        self.make_folder(folder)?;
        self.keep(&folder.join(file), content, true)
    }

    pub(super) fn make_folder(&self, folder: &Path) -> Result<(), WorkError> {
        if folder.exists() {
            return Ok(());
        }
        self.disk
            .create_dir(folder)
            .and_then(|()| sync_above(&*self.disk, folder, Barrier::KeyFolder))
            .map_err(WorkError::file("making", folder))
    }

    /// Keeps other processes from making a key while this one does. The file stays: whoever waits for
    /// one that is removed would hold nothing.
    pub(in crate::work) fn making(&self) -> Result<Option<Lock>, WorkError> {
        self.held("making", "another key is being made here just now")
    }

    /// Keeps other processes from signing with a key of this home between what it remembers and what
    /// it will.
    pub(in crate::work) fn remembering(&self) -> Result<Option<Lock>, WorkError> {
        self.held("remembering", "a key of this folder is being used just now")
    }

    fn held(&self, file: &str, busy: &str) -> Result<Option<Lock>, WorkError> {
        self.make_folder(&self.folder)?;
        let lock = Lock::take_if_any(&*self.disk, &self.folder.join(file), busy);
        lock.map_err(|_| WorkError::refused(busy, "try again in a moment"))
    }

    /// Refuses a file of the record book's own folder, where the keys lie.
    ///
    /// # Errors
    /// When it lies there.
    pub fn refuse_own_file(&self, path: &Path) -> Result<(), WorkError> {
        let home = self.folder.parent().and_then(|home| home.canonicalize().ok());
        let Some((home, file)) = home.zip(path.canonicalize().ok()) else { return Ok(()) };
        // What the page keeps for a draft are copies of what somebody chose.
        let own = file.starts_with(&home) && !file.starts_with(home.join("page"));
        if file.is_file() && own {
            return Err(WorkError::refused(
                format!("{} lies in the record book's own folder, with the keys", path.display()),
                "it would be kept in the book for ever; name the file that you mean, elsewhere",
            ));
        }
        Ok(())
    }
}
