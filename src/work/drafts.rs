//! Drafts: records that somebody is still writing. They are unsigned, belong to one key, and are
//! nobody else's to see; a later key of the same person inherits those of a key that is no longer in
//! force.
//!
//! ```text
//! page/drafts/ID/draft.json       what was answered, as it was typed
//! page/drafts/ID/files/N/NAME     what was attached
//! ```
//!
//! An answer counts here as a document's answer does
//! ([`Given::document`](super::given::Given::document)): what can't be read stays as it was typed,
//! and is a fault until it is mended. A draft that was signed keeps nothing but the number of its
//! entry, for a day, so that sending it twice signs it once. Drafts hold answers in the clear, for
//! their owner's account alone; no backup takes them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use probity_ledger::records::kind::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::WorkError;
use super::home::Home;
use super::record::kind as kind_named;

mod faults;
mod files;
mod keeping;
pub mod known;
mod preparing;
mod signing;
mod whose;

pub use signing::Outcome;
pub use whose::{Damaged, earlier_keys};

/// Kinds that are a word on an earlier record, or on files: without either they say nothing.
pub const ON_SOMETHING: &[&str] = &["approval", "dpia-approval", "dpo-advice", "control-approval"];

/// A file of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number within the draft.
    pub number: u32,
    /// What its owner calls it.
    pub name: String,
    /// How long it is.
    pub size: u64,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A record that somebody is writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    #[serde(skip)]
    pub id: String,
    /// The kind.
    pub kind: String,
    /// The name of the key whose it is.
    pub owner: String,
    /// When it was changed last.
    pub changed: i64,
    /// Answers by field name, and `case`, `decision` and `links`, as a document has them.
    pub answers: Map<String, Json>,
    /// What isn't an answer: [`ROLE`], an exception, what stands in clear.
    pub beside: BTreeMap<String, String>,
    /// Its files.
    pub files: Vec<Attachment>,
    /// What a signature of it that began was to write.
    signing: Option<signing::Begun>,
    /// The entry that it became.
    pub signed: Option<u64>,
}

/// The role in which it is signed.
pub const ROLE: &str = "role";
/// The rule that isn't kept; beside it [`REASON`], [`RATIFY_ROLE`] and [`RATIFY_BY`].
pub const EXCEPTION: &str = "exception";
/// Why it can't wait.
pub const REASON: &str = "exception-reason";
/// The role that has to ratify it.
pub const RATIFY_ROLE: &str = "ratify-role";
/// Last day for that.
pub const RATIFY_BY: &str = "ratify-by";
/// The entry whose time is wrong.
pub const ENTRY: &str = "clear-entry";
/// Why it is wrong.
pub const CLOCK: &str = "clear-reason";
/// Whether today's date was confirmed.
pub const DATE: &str = "date-confirmed";

impl Draft {
    /// Its kind.
    ///
    /// # Errors
    /// When this program doesn't know it.
    pub fn kind(&self) -> Result<&'static Kind, WorkError> {
        kind_named(&self.kind)
    }

    /// What stands beside the answers under that name.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&str> {
        self.beside.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Says something beside the answers; nothing takes it back.
    pub fn say(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.beside.remove(name);
        } else {
            self.beside.insert(name.to_owned(), text.to_owned());
        }
    }
}

/// The drafts of a home.
#[derive(Clone, Debug)]
pub struct Drafts {
    home: Home,
}

impl Drafts {
    /// Those of a home.
    #[must_use]
    pub fn of(home: &Home) -> Self {
        Self { home: home.clone() }
    }
}

/// One change at a time, so that two pages that are open at once lose nothing.
static ONE: Mutex<()> = Mutex::new(());

fn one() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone() -> WorkError {
    WorkError::refused(
        "there is no such draft of yours here",
        "your drafts are listed where you begin a record",
    )
}

#[cfg(test)]
mod tests;
