//! Small lists by key that the page keeps as files of JSON in the home's `page/` folder.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::work::{WorkError, home, input};

/// What is kept there; nothing where there is no such file.
///
/// # Errors
/// A file that can't be read: with `remedy`, what to do about it.
pub(super) fn read<T: DeserializeOwned>(
    path: &Path,
    remedy: &str,
) -> Result<BTreeMap<String, T>, WorkError> {
    let bytes = match input::bytes(path, input::MAX_SMALL) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(WorkError::file("reading", path)(error)),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        WorkError::refused(format!("{} can't be read: {error}", path.display()), remedy)
    })
}

/// Keeps it, in the place of what was there.
///
/// # Errors
/// What the system says.
pub(super) fn write<T: Serialize>(path: &Path, all: &BTreeMap<String, T>) -> Result<(), WorkError> {
    let text = serde_json::to_string(all).unwrap_or_default();
    home::replace_private(path, text.as_bytes())
}
