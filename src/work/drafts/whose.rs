//! Whose a draft is: one that is damaged, and one whose key is no longer in force.

use probity_ledger::format::clip::clipped;

use super::{Draft, Drafts, kind_named, one};
use crate::work::WorkError;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::sight::Person;

/// A draft that can't be read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Its name.
    pub id: String,
    /// The kind.
    pub kind: String,
    /// The name of the key whose it is.
    pub(super) owner: String,
    /// What is wrong with it.
    why: String,
}

impl Damaged {
    /// What its file still tells; `None` when it doesn't even tell whose it is. A draft's file
    /// begins with its kind and its owner, and neither holds a character that JSON would escape.
    pub(super) fn of(id: &str, bytes: &[u8], error: &serde_json::Error) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (kind, rest) = text.strip_prefix("{\"kind\":\"")?.split_once('"')?;
        let (owner, _) = rest.strip_prefix(",\"owner\":\"")?.split_once('"')?;
        Some(Self {
            id: id.to_owned(),
            kind: kind.to_owned(),
            owner: owner.to_owned(),
            why: clipped(&error.to_string(), 100),
        })
    }

    /// What its kind is called by people.
    #[must_use]
    pub fn title(&self) -> &str {
        kind_named(&self.kind).map_or(self.kind.as_str(), |kind| kind.title)
    }

    pub(super) fn refused(&self) -> WorkError {
        WorkError::refused(
            format!("this draft is damaged: {}", self.why),
            "throw it away where you begin a record, and begin anew",
        )
    }
}

impl Drafts {
    /// What this owner was writing and nobody can read any more.
    ///
    /// # Errors
    /// What the system says.
    pub fn damaged(&self, owner: &str) -> Result<Vec<Damaged>, WorkError> {
        let damaged = |id: String| self.read(&id, owner).ok()?.err();
        Ok(self.ids()?.into_iter().filter_map(damaged).collect())
    }

    /// Gives one owner's drafts to another, who is the same person with another key.
    ///
    /// # Errors
    /// What the system says.
    pub fn inherit(&self, from: &str, to: &str) -> Result<(), WorkError> {
        let _one = one();
        for id in self.ids()? {
            if let Ok(Ok(draft)) = self.read(&id, from) {
                self.keep(&Draft { owner: to.to_owned(), ..draft })?;
            }
        }
        Ok(())
    }
}

/// The other key files of a person, as far as their keys are not in force: revoked, or without an
/// appointment that holds now.
///
/// # Errors
/// What the system says, or a file that isn't a key.
pub fn earlier_keys(
    reading: &Reading,
    keyring: &Keyring,
    person: &Person,
    now: i64,
) -> Result<Vec<String>, WorkError> {
    let files = keyring.list()?.into_iter().filter(|file| file.name != person.key);
    let theirs =
        files.filter(|file| reading.authority.person(&file.public.kid()) == Some(person.id));
    let over = theirs.filter(|file| Person::of(reading, keyring, &file.name, now).is_err());
    Ok(over.map(|file| file.name).collect())
}
