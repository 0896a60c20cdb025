//! Files of a home beside its records that can't be read. They stop no verification: it goes on
//! without them, says so, and is not complete.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::work::home::Home;

/// A file that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its place in the home.
    pub file: String,
    /// What was found instead.
    pub found: String,
    /// What was not checked therefore.
    #[serde(skip)]
    without: &'static str,
}

impl Unread {
    /// A file against which the records are held otherwise.
    pub(in crate::work) fn new(home: &Home, path: &Path, found: impl fmt::Display) -> Self {
        let file = path.strip_prefix(home.path()).unwrap_or(path).display().to_string();
        let file = file.replace(std::path::MAIN_SEPARATOR, "/");
        Self { file, found: found.to_string(), without: "the records were not held against it" }
    }

    /// The file that opens the answers.
    pub(super) fn slots(home: &Home, found: &str) -> Self {
        let without = "no answers and documents were opened";
        Self { without, ..Self::new(home, &home.ledger().join("bodykeys"), found) }
    }
}

/// A sentence on it, without its full stop.
impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, found, without } = self;
        write!(
            f,
            "`{file}` can't be read ({found}), so {without}, and this check is not complete. Give \
             the account of this program the right to it; if something else stands there, move that \
             away, and restore the newest backup into another folder to see what belongs there"
        )
    }
}
