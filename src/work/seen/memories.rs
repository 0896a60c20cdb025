//! The memories of a home, as verifying and restoring take them.

use std::path::{Path, PathBuf};

use probity_ledger::verify::remembered::Remembered;

use super::Seen;
use super::file::{MAX_SEEN, read};
use crate::work::home::Home;
use crate::work::verify::Unread;
use crate::work::{WorkError, input};

/// What the keys of a home remember, and what of it can't be read or isn't as it was written.
#[must_use]
pub fn of_home(home: &Home) -> (Vec<Remembered>, Vec<Unread>) {
    let (mut all, mut unread) = (Vec::new(), Vec::new());
    let mut forgotten = |path: &Path, error: WorkError| {
        let found = match error {
            WorkError::File { error, .. } => error.to_string(),
            _ => "it is not a memory as it was written".to_owned(),
        };
        unread.push(Unread::new(home, path, found));
    };
    let paths = memories(&home.keys()).unwrap_or_else(|error| {
        forgotten(&home.keys(), error);
        Vec::new()
    });
    for path in paths {
        match remembered(&path) {
            Ok(heads) => all.extend(heads),
            Err(error) => forgotten(&path, error),
        }
    }
    all.sort_by(|a, b| (a.size, &a.by).cmp(&(b.size, &b.by)));
    (all, unread)
}

/// What a memory holds, as verification takes it.
///
/// # Errors
/// As [`read`].
pub fn remembered(path: &Path) -> Result<Vec<Remembered>, WorkError> {
    let by = whose(path);
    Ok(read(path)?.into_iter().map(|one| one.remembered(&by)).collect())
}

/// What the signers of a home remember, for a record book that is to come into it. Whatever
/// else such a file holds is left alone.
///
/// # Errors
/// What the system says of a folder or file that can't be read: nothing is known then of what its
/// key signed over.
pub(in crate::work) fn of_signers(home: &Home) -> Result<Vec<Remembered>, WorkError> {
    let mut all = Vec::new();
    for path in memories(&home.keys())? {
        let by = whose(&path);
        let text = input::text(&path, MAX_SEEN).map_err(WorkError::file("reading", &path))?;
        all.extend(text.lines().filter_map(Seen::parse).map(|one| one.remembered(&by)));
    }
    Ok(all)
}

impl Seen {
    fn remembered(self, by: &str) -> Remembered {
        let Self { origin, fingerprint, size, root, .. } = self;
        Remembered { by: by.to_owned(), origin, fingerprint, size, root }
    }
}

/// The memories in a folder of keys, sorted.
pub(super) fn memories(folder: &Path) -> Result<Vec<PathBuf>, WorkError> {
    let reading = || WorkError::file("reading", folder);
    let mut all = Vec::new();
    if !folder.exists() {
        return Ok(all);
    }
    for item in std::fs::read_dir(folder).map_err(reading())? {
        let path = item.map_err(reading())?.path();
        if path.extension().is_some_and(|extension| extension == "seen") {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// Whose memory a file is.
pub(super) fn whose(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
