//! The files of a draft: taken in, shown, held against what was taken in, and left out again.
//!
//! They lie where other programs can reach them, and a failure of the power may cut them. So size
//! and hash stand in `draft.json`, the file is on the medium before it is named there, and nothing
//! else is ever shown, signed or given out in its place.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use probity_ledger::format::body::Document;
use probity_ledger::format::clip::clipped;
use probity_ledger::format::hash::Sha256Hash;

use super::{Attachment, Draft, Drafts, gone};
use crate::store::barrier::Barrier;
use crate::store::disk::How;
use crate::work::{WorkError, World, document, home, input};

/// So much of a file's name is said where something is wrong with it.
const NAME: usize = 100;

impl Attachment {
    /// Whether a file of this size and hash is the one that was taken in.
    fn is(&self, size: u64, sha256: &Sha256Hash) -> bool {
        self.size == size && self.sha256 == sha256.to_string()
    }

    fn changed(&self, found: &str) -> WorkError {
        WorkError::refused(
            format!(
                "the file {} changed since it was attached: found {found}, expected {} bytes with the SHA-256 {}",
                clipped(&self.name, NAME),
                self.size,
                self.sha256
            ),
            "attach it again, or leave it out, and look at it before you sign",
        )
    }
}

impl Draft {
    /// Refuses a record that would hold other files than those that were taken in.
    pub(super) fn refuse_changed(&self, documents: &[Document]) -> Result<(), WorkError> {
        for (file, found) in self.files.iter().zip(documents) {
            if !file.is(found.size, &found.sha256) {
                let found = format!("{} bytes with the SHA-256 {}", found.size, found.sha256);
                return Err(file.changed(&found));
            }
        }
        if self.files.len() == documents.len() {
            return Ok(());
        }
        Err(WorkError::refused(
            format!(
                "the record would hold {} files, expected the {} that are attached",
                documents.len(),
                self.files.len()
            ),
            "report this",
        ))
    }
}

impl Drafts {
    /// Where a file of a draft lies.
    ///
    /// # Errors
    /// No such file.
    pub fn file(&self, draft: &Draft, number: u32) -> Result<(&'static str, PathBuf), WorkError> {
        let file = draft.files.iter().find(|file| file.number == number).ok_or_else(|| {
            WorkError::refused("this draft has no such file", "look at the draft again")
        })?;
        let path = self.place(&draft.id, file)?;
        Ok((document::media_type(&file.name), path))
    }

    pub(super) fn place(&self, id: &str, file: &Attachment) -> Result<PathBuf, WorkError> {
        let name = Path::new(&file.name).file_name().ok_or_else(gone)?;
        Ok(self.folder(id)?.join("files").join(file.number.to_string()).join(name))
    }

    /// A file of a draft as it was taken in, to be read by its owner.
    ///
    /// # Errors
    /// No such file; one that changed since; what the system says.
    pub fn content(&self, draft: &Draft, number: u32) -> Result<Vec<u8>, WorkError> {
        let (_, path) = self.file(draft, number)?;
        let file = draft.files.iter().find(|file| file.number == number).ok_or_else(gone)?;
        let bytes = match input::bytes(&path, crate::store::MAX_DOCUMENT) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(file.changed("no such file"));
            }
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let sha256 = Sha256Hash::of(&bytes);
        if file.is(bytes.len() as u64, &sha256) {
            return Ok(bytes);
        }
        Err(file.changed(&format!("{} bytes with the SHA-256 {sha256}", bytes.len())))
    }

    /// Where the files of a draft lie. One of another length is told here; whether the bytes are those
    /// that were taken in, [`Draft::refuse_changed`] tells of what is signed.
    pub(super) fn places(&self, draft: &Draft) -> Result<Vec<PathBuf>, WorkError> {
        let place = |file: &Attachment| {
            let path = self.place(&draft.id, file)?;
            match std::fs::metadata(&path) {
                Ok(found) if found.len() == file.size => Ok(path),
                Ok(found) => Err(file.changed(&format!("{} bytes", found.len()))),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    Err(file.changed("no such file"))
                }
                Err(error) => Err(WorkError::file("reading", &path)(error)),
            }
        };
        draft.files.iter().map(place).collect()
    }

    /// Takes a file into a draft: it is moved from where it lies, if it still is what came in. One
    /// that is there already takes its own place, which may have been damaged.
    ///
    /// # Errors
    /// One that can't be attached, or changed on its way; what the system says.
    pub fn take(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        name: &str,
        (from, expected): (&Path, Sha256Hash),
    ) -> Result<Draft, WorkError> {
        let (size, sha256) = document::hash_file(from)?;
        if sha256 != expected {
            return Err(WorkError::refused(
                format!(
                    "the file {} changed while it was taken in: found the SHA-256 {sha256}, expected {expected}",
                    clipped(name, NAME)
                ),
                "attach it again",
            ));
        }
        self.change(world, (id, owner), |draft| {
            let sha256 = sha256.to_string();
            let known = draft.files.iter().find(|known| known.sha256 == sha256).cloned();
            let number = draft.files.iter().map(|file| file.number + 1).max().unwrap_or(0);
            let is_known = known.is_some();
            let name = name.to_owned();
            let file = known.unwrap_or(Attachment { number, name, size, sha256 });
            self.put(id, from, &file)?;
            if !is_known {
                draft.files.push(file);
            }
            Ok(())
        })
    }

    /// Moves a file to where a draft has it. It is on the medium before the draft names it.
    fn put(&self, id: &str, from: &Path, file: &Attachment) -> Result<(), WorkError> {
        let (disk, draft, to) = (self.home.disk(), self.folder(id)?, self.place(id, file)?);
        let files = draft.join("files");
        let own = files.join(file.number.to_string());
        for folder in [&files, &own] {
            home::make_private_folder(folder)?;
        }
        disk.rename(from, &to).map_err(WorkError::file("moving", &to))?;
        disk.open(&to, How::Write)
            .and_then(|moved| moved.sync(Barrier::Attached))
            .map_err(WorkError::file("syncing", &to))?;
        for folder in [own, files, draft] {
            disk.sync_dir(&folder, Barrier::AttachedName)
                .map_err(WorkError::file("syncing", &folder))?;
        }
        Ok(())
    }

    /// Takes a file into a draft that an earlier record keeps.
    ///
    /// # Errors
    /// As [`Drafts::take`].
    pub fn take_bytes(
        &self,
        world: &World,
        whose: (&str, &str),
        name: &str,
        bytes: &[u8],
    ) -> Result<Draft, WorkError> {
        let uploads = self.home.page().join("uploads");
        let path = uploads.join(format!("{}.upload", hex::encode(world.random::<16>()?)));
        home::replace_private(&path, bytes)?;
        let taken = self.take(world, whose, name, (&path, Sha256Hash::of(bytes)));
        // Moved, or of no use.
        let _ = std::fs::remove_file(&path);
        taken
    }

    /// Takes a file out of a draft.
    ///
    /// # Errors
    /// No such draft or file.
    pub fn leave_out(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        number: u32,
    ) -> Result<Draft, WorkError> {
        self.change(world, (id, owner), |draft| {
            let (_, path) = self.file(draft, number)?;
            draft.files.retain(|file| file.number != number);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(WorkError::file("removing", &path)(error))
                }
                _ => Ok(()),
            }
        })
    }
}
