//! Evidence from outside, as it was received: `ledger/times/<m>.<k>.note` (a checkpoint over the
//! first `m` entries with cosignatures) and `<m>.<k>.tsr` (a timestamp token over that head).
//!
//! A file gets its name once its bytes are on the medium, is on the medium under that name when
//! [`keep`] returns, and is never changed. `k` counts from 1 for each `m`. The same bytes are
//! kept once. What the evidence is worth is not this room's affair.

use std::io;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::Size;
use probity_ledger::format::note::MAX_NOTE;

use super::StoreError;
use super::barrier::Barrier;
use super::disk::Disk;

/// Most bytes that a piece of evidence may have.
pub const MAX_EVIDENCE: usize = MAX_NOTE;

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceForm {
    /// A checkpoint with the log's signature and cosignatures.
    Note,
    /// An RFC 3161 `TimeStampResp`.
    Token,
}

/// A piece of evidence that is kept; shown as the name of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The size of the head that it is over: `m`.
    pub size: Size,
    /// Which one it is, from 1: `k`.
    pub number: u64,
    /// What it is.
    pub form: EvidenceForm,
}

impl Evidence {
    /// Reads the name of a file in `ledger/times/`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('.');
        let (Some(size), Some(number), Some(form), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let form = match form {
            "note" => EvidenceForm::Note,
            "tsr" => EvidenceForm::Token,
            _ => return None,
        };
        let found = Self { size: Size(size.parse().ok()?), number: number.parse().ok()?, form };
        (found.number > 0 && found.to_string() == name).then_some(found)
    }
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let form = match self.form {
            EvidenceForm::Note => "note",
            EvidenceForm::Token => "tsr",
        };
        write!(f, "{}.{}.{form}", self.size, self.number)
    }
}

/// Where evidence lies in a ledger's folder.
pub(super) fn folder(ledger: &Path) -> PathBuf {
    ledger.join("times")
}

/// Keeps evidence. The caller holds the writer's lock.
pub(super) fn keep(
    disk: &dyn Disk,
    ledger: &Path,
    size: Size,
    form: EvidenceForm,
    bytes: &[u8],
) -> Result<Evidence, StoreError> {
    let dir = folder(ledger);
    if bytes.len() > MAX_EVIDENCE {
        let what = format!("found {} bytes, expected at most {MAX_EVIDENCE}", bytes.len());
        let what = io::Error::new(io::ErrorKind::FileTooLarge, what);
        return Err(StoreError::io("keeping evidence in", &dir)(what));
    }
    disk.create_dir(&dir).map_err(StoreError::io("making", &dir))?;
    let same_head: Vec<Evidence> =
        list(disk, ledger)?.into_iter().filter(|kept| kept.size == size).collect();
    let mut found = None;
    for kept in same_head.iter().filter(|kept| kept.form == form) {
        if read(disk, ledger, *kept)? == bytes {
            found = Some(*kept);
        }
    }
    let kept = if let Some(found) = found {
        found
    } else {
        let number = same_head.iter().map(|kept| kept.number).max().unwrap_or(0) + 1;
        let new = Evidence { size, number, form };
        let path = dir.join(new.to_string());
        // Nobody else is here, and the number is higher than any: nothing is replaced.
        disk.replace(&path, bytes, Some(Barrier::Evidence))
            .map_err(StoreError::io("writing", &path))?;
        new
    };
    // Also for what was there: whoever wrote it may have been interrupted just before this.
    disk.sync_dir(&dir, Barrier::EvidenceName).map_err(StoreError::io("syncing", &dir))?;
    disk.sync_dir(ledger, Barrier::EvidenceFolder).map_err(StoreError::io("syncing", ledger))?;
    Ok(kept)
}

/// All evidence that is kept, by size and number. Files of other names are passed over.
pub(super) fn list(disk: &dyn Disk, ledger: &Path) -> Result<Vec<Evidence>, StoreError> {
    let dir = folder(ledger);
    let names = match disk.list(&dir) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("reading", &dir)(error)),
    };
    let mut found: Vec<Evidence> = names.iter().filter_map(|name| Evidence::parse(name)).collect();
    found.sort_unstable();
    Ok(found)
}

/// The bytes of one.
pub(super) fn read(disk: &dyn Disk, ledger: &Path, which: Evidence) -> Result<Vec<u8>, StoreError> {
    let path = folder(ledger).join(which.to_string());
    disk.read(&path, MAX_EVIDENCE as u64).map_err(StoreError::io("reading", &path))
}

#[cfg(test)]
mod tests {
    use super::{Evidence, EvidenceForm};
    use probity_ledger::format::hash::Size;

    #[test]
    fn a_name_has_one_spelling() {
        let token = Evidence { size: Size(12), number: 3, form: EvidenceForm::Token };
        assert_eq!(Evidence::parse("12.3.tsr"), Some(token));
        let note = Evidence { form: EvidenceForm::Note, ..token };
        assert_eq!(Evidence::parse("12.3.note"), Some(note));
        let others = [
            "12.0.tsr",
            "012.3.tsr",
            "12.+3.tsr",
            "12.3.tsr.part",
            "12.3.txt",
            "12.3",
            "12.3.",
            "",
        ];
        for other in others {
            assert_eq!(Evidence::parse(other), None, "{other}");
        }
    }
}
