//! What can go wrong with keeping bytes: the fact, what was found and what was expected;
//! [`StoreError::hint`] gives the remedy.

use std::io;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};

use super::journal::Damage;
use super::{FileId, Head, MAX_BODY, MAX_DOCUMENT, MAX_ENTRY};

/// What is wrong with a body whose slot is in a file that the disk doesn't give.
pub(super) const SLOTS_UNREAD: &str = "a file of slots that can't be read";

/// Why a store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk said no.
    #[error("{doing} {} failed: {source}", path.display())]
    Io {
        /// What was being done: "reading", "writing", "syncing"…
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no ledger.
    #[error("no ledger in {}: found no journal", .0.display())]
    NoLedger(PathBuf),
    /// There is one already.
    #[error("{} already holds a ledger: found a journal, expected none", .0.display())]
    AlreadyThere(PathBuf),
    /// The journal of a ledger was lost, and what is left of it would be written over.
    #[error("{} has {found}, but no journal with entries: found what is left of a ledger, expected all of it or nothing", path.display())]
    JournalLost {
        /// The ledger's folder.
        path: PathBuf,
        /// What is left.
        found: &'static str,
    },
    /// A file of the ledger begins with something else.
    #[error("{} begins with {found:?}, expected {expected:?}", path.display())]
    ForeignFile {
        /// Which file.
        path: PathBuf,
        /// Its first bytes, as text.
        found: String,
        /// What stands there in a ledger of this program.
        expected: &'static str,
    },
    /// The ledger is of a later format than this program knows.
    #[error("{} has a newer format than this program knows: found {found}, expected {expected}", path.display())]
    NewerFormat {
        /// Which file.
        path: PathBuf,
        /// What was found.
        found: String,
        /// What this program reads and writes.
        expected: &'static str,
    },
    /// The journal is damaged in a way that is not simply a torn end.
    #[error(transparent)]
    Damaged(Box<Damage>),
    /// An entry in the journal is not the one that the tree was built from.
    #[error(
        "entry {index} at byte {offset} of the journal has the hash {found}, expected {expected}"
    )]
    EntryChanged {
        /// Which entry.
        index: Index,
        /// Where its record begins.
        offset: u64,
        /// The hash of what was read.
        found: EntryHash,
        /// The hash in the tree.
        expected: EntryHash,
    },
    /// The journal ends before the newest checkpoint, or holds other entries.
    #[error(
        "the journal does not continue the newest checkpoint: found {found}, expected the root {expected} over {size} entries"
    )]
    DoesNotContinueCheckpoint {
        /// The checkpoint's size.
        size: Size,
        /// The checkpoint's root.
        expected: RootHash,
        /// What the journal has.
        found: String,
    },
    /// Another process writes.
    #[error("the ledger is being written by another process: found {holder}, expected none")]
    InUse {
        /// What the lock file says of it.
        holder: String,
    },
    /// The ledger grew since the caller looked.
    #[error("the ledger has moved on: found {} entries ending in {}, expected {} ending in {}", found.size, found.hash.short(), expected.size, expected.hash.short())]
    HeadMoved {
        /// What the caller signed against.
        expected: Head,
        /// What there is.
        found: Head,
    },
    /// No such entry.
    #[error("no entry {index}: found {size} entries")]
    NoEntry {
        /// What was asked for.
        index: Index,
        /// How many there are.
        size: Size,
    },
    /// Bytes that are no entry were to be appended.
    #[error(
        "entry {position} of the batch is refused: found {found}, expected a signed entry of at most {MAX_ENTRY} bytes"
    )]
    NotAnEntry {
        /// Its place in the batch, from 0.
        position: usize,
        /// What is wrong with it.
        found: String,
    },
    /// A body is too large.
    #[error(
        "the body of entry {position} of the batch is too large: found {found} bytes, expected at most {MAX_BODY}"
    )]
    BodyTooLarge {
        /// Its place in the batch, from 0.
        position: usize,
        /// Its size.
        found: usize,
    },
    /// A batch doesn't fit into a frame.
    #[error("the batch is too large: found {found} bytes, expected at most {expected}")]
    BatchTooLarge {
        /// Its size as a frame.
        found: u64,
        /// The limit.
        expected: u64,
    },
    /// A document is too large.
    #[error("{name} is too large: found {found} bytes, expected at most {MAX_DOCUMENT}")]
    DocumentTooLarge {
        /// The document's path or hash.
        name: String,
        /// Its size.
        found: u64,
    },
    /// A document is not what was signed.
    #[error(
        "{name} has changed: found {found_size} bytes with the hash {found}, expected {expected_size} bytes with the hash {expected}"
    )]
    DocumentChanged {
        /// The document's path or hash.
        name: String,
        /// The hash of what was read.
        found: Sha256Hash,
        /// How much was read.
        found_size: u64,
        /// The hash that was signed.
        expected: Sha256Hash,
        /// The size that was signed.
        expected_size: u64,
    },
    /// A body doesn't open.
    #[error(
        "the body of entry {index} can't be read: found {found}, expected what slot {slot} of bodykeys opens"
    )]
    BodyUnreadable {
        /// Whose body.
        index: Index,
        /// Its slot.
        slot: u64,
        /// What is wrong.
        found: &'static str,
    },
    /// The entry's body names no such document.
    #[error("entry {index} has no document with the hash {sha256}")]
    NoDocument {
        /// Which entry.
        index: Index,
        /// What was asked for.
        sha256: Sha256Hash,
    },
    /// A document's sealed file is not there.
    #[error("document {sha256} of entry {index} is not there: found no sealed file, expected one")]
    DocumentAbsent {
        /// Whose document.
        index: Index,
        /// Which one.
        sha256: Sha256Hash,
    },
    /// A document's sealed file doesn't open.
    #[error(
        "document {sha256} of entry {index} can't be read: found {found}, expected the sealed file {file}"
    )]
    DocumentUnreadable {
        /// Whose document.
        index: Index,
        /// Which one.
        sha256: Sha256Hash,
        /// The name of its sealed file.
        file: FileId,
        /// What is wrong.
        found: &'static str,
    },
    /// There are no slots.
    #[error("{} is missing: found no slots, expected those that the journal's bodies are sealed with", .0.display())]
    NoBodykeys(PathBuf),
    /// A slot that was just filled isn't there any more.
    #[error("{} has changed: found slot {slot} empty, expected the random bytes written to it", path.display())]
    BodykeysChanged {
        /// The file.
        path: PathBuf,
        /// The slot's number.
        slot: u64,
    },
    /// A store that was opened for reading was asked to write.
    #[error("the ledger was opened for reading only")]
    ReadOnly,
    /// A write failed of which it can't be known what it left: this store answers nothing more.
    #[error("a write failed, so what is on the medium is unknown: {0}")]
    Poisoned(String),
    /// A sync failed: whatever it left, a second one may succeed without having written anything,
    /// and what is read may stand in memory alone. Nothing of this ledger is answered any more, not
    /// even to who opens it anew, until the machine was restarted.
    #[error("the disk failed while records were being saved, so what is on it is unknown: {0}")]
    SyncFailed(String),
    /// Something else wrote to the journal while this store held the lock.
    #[error("{} has changed: found {found} bytes, expected {expected}", path.display())]
    JournalChanged {
        /// The file.
        path: PathBuf,
        /// How long it is.
        found: u64,
        /// Where the last frame ends that this store knows.
        expected: u64,
    },
    /// The entry that completes an erasure was written, and what it names is not erased yet.
    #[error("the erasure is on record, and was not carried out to its end: {0}")]
    Unfinished(String),
    /// An erasure was asked for that could not be carried out. Nothing was written.
    #[error("the erasure could not be carried out, so it was not put on record: {0}")]
    CannotErase(String),
    /// An erasure was asked for of which no note could be kept. Nothing was written.
    #[error(
        "{bodies} records with {files} documents are too many for one erasure, so it was not put on record"
    )]
    ErasureTooLarge {
        /// How many bodies it touches.
        bodies: usize,
        /// How many documents these have.
        files: usize,
    },
    /// A document that an erasure leaves can't be read.
    #[error("{}, which the erasure leaves, can't be read: {source}", path.display())]
    DocumentHoldsUp {
        /// Its sealed file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system has no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Randomness(String),
    /// What the caller's own function returned while entries were read to it.
    #[error(transparent)]
    Caller(Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// The remedy, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Io { doing, source, .. } => about_io(doing, source.kind()),
            Self::Poisoned(_) => {
                "look at the disk (space, cable, system log), then start again: nothing that was acknowledged depends on this write"
            }
            Self::SyncFailed(_) => {
                "end this program, copy the whole folder to another medium, restart the computer (starting the program again is not enough), and run `probity verify` before anything else; look at the disk (cable, system log)"
            }
            Self::Unfinished(_) => {
                "look at the disk (space, cable, system log), then run any command that writes, such as `probity checkpoint`: it finishes the erasure"
            }
            Self::CannotErase(_) => {
                "run `probity verify`, which names the damage; then restore the newest backup into another folder with `probity restore`, and erase there"
            }
            Self::ErasureTooLarge { .. } => "erase fewer records at a time, one step after another",
            Self::DocumentHoldsUp { .. } => {
                "look at the disk (cable, system log), then try again; a file that can't be read any more can be moved out of its folder, and the erasure goes on without it"
            }
            Self::NoLedger(_) => {
                "give the right home with --home, or begin a ledger with `probity init`"
            }
            Self::AlreadyThere(_) => "give another --home; a ledger is never written over",
            Self::JournalLost { .. } => {
                "put the file `journal` back, or restore the newest backup into another folder with `probity restore`; if a record book is really to be begun anew here, move this folder away first"
            }
            Self::BodykeysChanged { .. } | Self::JournalChanged { .. } => {
                "find out what else writes to this folder (a synchroniser, a second program), and stop it"
            }
            Self::ForeignFile { .. } => {
                "restore the newest backup into another folder with `probity restore`; put no single file back"
            }
            Self::NewerFormat { .. } => "use the newer version of the program that wrote it",
            Self::Damaged(_)
            | Self::EntryChanged { .. }
            | Self::DoesNotContinueCheckpoint { .. } => {
                "keep a copy of the folder as it is, check the disk, and restore the newest backup into another folder with `probity restore`; what stands before the damage can still be read"
            }
            Self::InUse { .. } => "wait until it is done, or end that process",
            Self::HeadMoved { .. } => "look at what was added, then sign again",
            Self::NoEntry { .. } | Self::NoDocument { .. } => "`probity log` shows what there is",
            Self::BatchTooLarge { .. } => "append fewer records at a time",
            Self::BodyTooLarge { .. } => "attach long texts as documents",
            Self::DocumentTooLarge { .. } => "split it, or record its hash and keep it elsewhere",
            Self::DocumentChanged { .. } => {
                "let nobody write to it meanwhile, look at it again, and sign again"
            }
            Self::BodyUnreadable { found, .. } if *found == SLOTS_UNREAD => {
                "give your account the right to `ledger/bodykeys`; if something else stands in its place, move that away and look with `probity verify`"
            }
            Self::BodyUnreadable { .. }
            | Self::DocumentAbsent { .. }
            | Self::DocumentUnreadable { .. }
            | Self::NoBodykeys(_) => {
                "restore the newest backup into another folder with `probity restore`; put no older bodykeys back, which open what was erased since; signatures and proofs hold without them"
            }
            Self::ReadOnly | Self::NotAnEntry { .. } | Self::Randomness(_) | Self::Caller(_) => {
                return None;
            }
        })
    }

    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}

/// What to do about what the disk said, by the kind of it.
fn about_io(doing: &str, kind: io::ErrorKind) -> &'static str {
    use io::ErrorKind;
    let reads = matches!(doing, "reading" | "opening");
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room on the disk, then try again: nothing that was acknowledged depends on this write"
        }
        ErrorKind::ReadOnlyFilesystem => {
            "this disk can't be written, and what is on it can still be read; if it could be written before, it may be failing: copy the whole folder to another medium first, and go on there"
        }
        ErrorKind::PermissionDenied => {
            "give your account the right to it; what somebody did under another account, such as the administrator's, made the file theirs"
        }
        ErrorKind::NotFound => {
            "look whether its disk is there, and whether somebody moved it; if it is lost, restore the newest backup into another folder with `probity restore`"
        }
        ErrorKind::IsADirectory | ErrorKind::NotADirectory => {
            "something else stands in its place: move that away, and look with `probity verify` whether anything is missing then"
        }
        ErrorKind::FileTooLarge if reads => {
            "this program writes no such file: move it away, and look with `probity verify` whether anything is missing then"
        }
        ErrorKind::FileTooLarge if doing == "keeping evidence in" => {
            "name the file that the witness or the timestamp service gave"
        }
        ErrorKind::FileTooLarge => {
            "this disk or account takes no file of that size: copy the whole folder to a disk that does, and go on there"
        }
        _ if reads => "look at the disk (cable, system log), then try again",
        _ => {
            "look at the disk (space, cable, system log), then start again: nothing that was acknowledged depends on this write"
        }
    }
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(Box::new(damage))
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    fn hint(doing: &'static str, kind: ErrorKind) -> &'static str {
        let error = StoreError::io(doing, Path::new("ledger/journal"))(kind.into());
        error.hint().expect("a remedy")
    }

    /// Else whoever may not open a file, or has a medium that can't be written, is sent to look at a
    /// cable; and who only read is told of a write.
    #[test]
    fn what_to_do_is_told_by_what_the_disk_said() {
        let read_only = hint("opening", ErrorKind::ReadOnlyFilesystem);
        assert!(read_only.contains("copy the whole folder to another medium"), "{read_only}");
        assert!(
            hint("opening", ErrorKind::PermissionDenied).contains("give your account the right")
        );
        assert!(hint("writing", ErrorKind::StorageFull).contains("make room"));
        assert!(hint("making", ErrorKind::NotFound).contains("probity restore"));
        for kind in [ErrorKind::IsADirectory, ErrorKind::NotADirectory, ErrorKind::FileTooLarge] {
            assert!(hint("reading", kind).contains("move"), "{kind:?}");
        }
        for (doing, writes) in [("reading", false), ("opening", false), ("syncing", true)] {
            assert_eq!(hint(doing, ErrorKind::Other).contains("this write"), writes, "{doing}");
        }
    }
}
