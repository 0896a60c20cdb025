//! Sealed attachments: one file each in `ledger/documents/`, under a random name that says
//! nothing. An attachment is hashed while it is read for sealing, so that the file that is
//! kept is the one that was signed, even if somebody writes to it meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::{Index, Sha256Hash};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::barrier::Barrier;
use super::bodykeys::Slot;
use super::disk::{Disk, How};
use super::{Attachment, DocumentRef, FileId, MAX_DOCUMENT, Source, StoreError, fill_random, seal};

/// More than sealing adds to a document.
const SEAL: u64 = 64;

fn path(dir: &Path, file: FileId) -> PathBuf {
    dir.join(file.to_string())
}

/// What a document is written to before it has its name.
fn part(dir: &Path, file: FileId) -> PathBuf {
    dir.join(format!("{file}.part"))
}

/// A name that says nothing.
pub(super) fn new_id() -> Result<FileId, StoreError> {
    let mut id = [0; 16];
    fill_random(&mut id)?;
    Ok(FileId(id))
}

/// Reads, compares, seals and syncs an attachment under a new name. The caller syncs the folder.
pub(super) fn keep(
    disk: &dyn Disk,
    dir: &Path,
    slot: &Slot,
    attachment: &Attachment,
) -> Result<DocumentRef, StoreError> {
    keep_as(disk, dir, slot, attachment, new_id()?)
}

/// The same under a name that was chosen before.
pub(super) fn keep_as(
    disk: &dyn Disk,
    dir: &Path,
    slot: &Slot,
    attachment: &Attachment,
    id: FileId,
) -> Result<DocumentRef, StoreError> {
    let mut plain = read_source(attachment)?;
    let sealed = seal::seal_document(slot, id, &mut plain)?;

    let part = part(dir, id);
    let written = write(disk, &part, &sealed).and_then(|()| {
        disk.rename(&part, &path(dir, id)).map_err(StoreError::io("renaming", &part))
    });
    if let Err(error) = written {
        // Whatever stands there is sealed and named by nothing.
        let _ = disk.remove(&part);
        return Err(error);
    }
    Ok(DocumentRef { sha256: attachment.sha256, file: id, size: attachment.size })
}

/// Returns when the names of kept documents are on the medium: something is about to name them.
pub(super) fn settle(disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
    disk.sync_dir(dir, Barrier::DocumentNames).map_err(StoreError::io("syncing", dir))
}

/// Removes documents that nothing names any more, whole or half written. Those that are gone
/// already are no fault.
pub(super) fn forget(disk: &dyn Disk, dir: &Path, files: &[FileId]) -> Result<(), StoreError> {
    for path in files.iter().flat_map(|file| [path(dir, *file), part(dir, *file)]) {
        match disk.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io("removing", &path)(error));
            }
            _ => {}
        }
    }
    disk.sync_dir(dir, Barrier::DocumentsGone).map_err(StoreError::io("syncing", dir))
}

fn write(disk: &dyn Disk, part: &Path, sealed: &[u8]) -> Result<(), StoreError> {
    let file = disk.open(part, How::Create).map_err(StoreError::io("making", part))?;
    file.write_at(0, sealed).map_err(StoreError::io("writing", part))?;
    file.sync(Barrier::Document).map_err(StoreError::io("syncing", part))
}

/// Takes back documents of a batch that wasn't appended.
pub(super) fn discard(disk: &dyn Disk, dir: &Path, kept: &[DocumentRef]) {
    for document in kept {
        // Left behind, it would only take up room.
        let _ = disk.remove(&path(dir, document.file));
    }
}

fn read_source(attachment: &Attachment) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let name = match &attachment.source {
        Source::Path(path) => path.display().to_string(),
        Source::Bytes(_) => format!("document {}", attachment.sha256.short()),
    };
    if attachment.size > MAX_DOCUMENT {
        return Err(StoreError::DocumentTooLarge { name, found: attachment.size });
    }
    let (plain, found) = match &attachment.source {
        Source::Path(path) => File::open(path)
            .and_then(|file| read_hashing(file, attachment.size))
            .map_err(StoreError::io("reading", path))?,
        Source::Bytes(bytes) => (Zeroizing::new(bytes.clone()), Sha256Hash::of(bytes)),
    };
    let found_size = plain.len() as u64;
    if found != attachment.sha256 || found_size != attachment.size {
        return Err(StoreError::DocumentChanged {
            name,
            found,
            found_size,
            expected: attachment.sha256,
            expected_size: attachment.size,
        });
    }
    Ok(plain)
}

/// All that there is, up to one byte more than expected, and its hash.
fn read_hashing(file: impl Read, expected: u64) -> io::Result<(Zeroizing<Vec<u8>>, Sha256Hash)> {
    // Allocated whole, so that no smaller copy of it stays behind in memory.
    let room = usize::try_from(expected).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(room + 1));
    let mut file = file.take(expected + 1);
    let mut hasher = Sha256::new();
    let mut chunk = Zeroizing::new(vec![0; 1 << 16]);
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok((plain, Sha256Hash(hasher.finalize().into()))),
            Ok(read) => {
                hasher.update(&chunk[..read]);
                plain.extend_from_slice(&chunk[..read]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Opens a kept document and compares its hash.
pub(super) fn open(
    disk: &dyn Disk,
    dir: &Path,
    slot: &Slot,
    index: Index,
    document: &DocumentRef,
) -> Result<Vec<u8>, StoreError> {
    let unreadable = |found| StoreError::DocumentUnreadable {
        index,
        sha256: document.sha256,
        file: document.file,
        found,
    };
    let path = path(dir, document.file);
    let sealed = match disk.read(&path, MAX_DOCUMENT + SEAL) {
        Ok(sealed) => sealed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::DocumentAbsent { index, sha256: document.sha256 });
        }
        Err(error) => return Err(StoreError::io("reading", &path)(error)),
    };
    let mut plain = seal::open_document(slot, document.file, &sealed).map_err(unreadable)?;
    if Sha256Hash::of(&plain) != document.sha256 {
        return Err(unreadable("a document with another hash"));
    }
    Ok(std::mem::take(&mut *plain))
}
