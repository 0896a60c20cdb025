//! The files of a draft: taken in, and left out again.

use std::path::{Path, PathBuf};

use super::{Attachment, Draft, Drafts, gone};
use crate::work::{WorkError, World, document, home};

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

    /// Takes a file into a draft: it is moved from where it lies.
    ///
    /// # Errors
    /// One that is there already, or can't be attached; what the system says.
    pub fn take(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        name: &str,
        from: &Path,
    ) -> Result<Draft, WorkError> {
        let (size, sha256) = document::hash_file(from)?;
        self.change(world, (id, owner), |draft| {
            if draft.files.iter().any(|known| known.sha256 == sha256.to_string()) {
                return Ok(());
            }
            let number = draft.files.iter().map(|file| file.number + 1).max().unwrap_or(0);
            let sha256 = sha256.to_string();
            let file = Attachment { number, name: name.to_owned(), size, sha256 };
            let to = self.place(id, &file)?;
            if let Some(folder) = to.parent() {
                for folder in folder.parent().into_iter().chain([folder]) {
                    home::make_private_folder(folder)?;
                }
            }
            std::fs::rename(from, &to).map_err(WorkError::file("moving", &to))?;
            draft.files.push(file);
            Ok(())
        })
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
        let taken = self.take(world, whose, name, &path);
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
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(WorkError::file("removing", &path)(error))
                }
                _ => Ok(()),
            }
        })
    }
}
