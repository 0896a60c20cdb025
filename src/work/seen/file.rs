//! The file of a memory: it has one spelling, and is read and written whole.

use std::path::Path;

use probity_ledger::format::entry::is_origin;
use probity_ledger::format::hash::{EntryHash, RootHash, Size};

use super::Seen;
use crate::work::keyring::Keyring;
use crate::work::{WorkError, input};

pub(super) const FIRST: &str = "probity-seen/v1";

/// Most bytes of a memory: some thousand record books.
pub const MAX_SEEN: u64 = 1 << 20;

impl Seen {
    pub(super) fn line(&self) -> String {
        format!("{} {} {} {} {}", self.origin, self.fingerprint, self.size, self.root, self.entry)
    }

    /// One line of a memory.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let parts: Vec<&str> = line.split(' ').collect();
        let [origin, fingerprint, size, root, entry] = parts.as_slice() else { return None };
        let hash = |text: &str| <[u8; 32]>::try_from(hex::decode(text).ok()?).ok();
        let seen = Self {
            origin: (*origin).to_owned(),
            fingerprint: EntryHash(hash(fingerprint)?),
            size: Size(size.parse().ok()?),
            root: RootHash(hash(root)?),
            entry: EntryHash(hash(entry)?),
        };
        (is_origin(origin) && seen.size.0 > 0 && seen.line() == line).then_some(seen)
    }
}

/// Reads a memory: none, if there is no such file.
///
/// # Errors
/// What the system says, or a file of another form.
pub fn read(path: &Path) -> Result<Vec<Seen>, WorkError> {
    match input::text(path, MAX_SEEN) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(WorkError::file("reading", path)(error)),
        Ok(text) => parse(&text).ok_or_else(|| {
            WorkError::refused(
                format!("{} is not a memory as it was written", path.display()),
                "take it from a backup; without it nothing tells whether a record book went back",
            )
        }),
    }
}

/// Writes a memory.
pub(super) fn write(keyring: &Keyring, name: &str, mut all: Vec<Seen>) -> Result<(), WorkError> {
    all.sort();
    let mut text = format!("{FIRST}\n");
    for one in &all {
        text.push_str(&one.line());
        text.push('\n');
    }
    keyring.keep_beside(&format!("{name}.seen"), text.as_bytes()).map(drop)
}

/// Whether a file looks like a memory.
#[must_use]
pub fn is_memory(bytes: &[u8]) -> bool {
    bytes.starts_with(FIRST.as_bytes())
}

/// Reads the text of a memory; `None` if it has another form.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Seen>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    if lines.next() != Some(FIRST) {
        return None;
    }
    let all = lines.map(Seen::parse).collect::<Option<Vec<Seen>>>()?;
    all.is_sorted().then_some(all)
}
