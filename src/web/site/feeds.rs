//! Addresses under which calendar programs fetch what falls due. Each holds 32 random bytes, and who
//! has it reads that calendar and nothing else; in `page/feeds.json` lies its SHA-256 alone. Each key
//! has one at most. It ends when its holder ends it or makes another one, and reads nothing once the
//! key is not in force.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::kept;
use crate::work::{WorkError, World};

/// An address that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// The SHA-256 of its secret, in hexadecimal digits.
    sha256: String,
    /// When it was made: POSIX seconds.
    pub made: i64,
}

/// All of them, by the name of the key file.
pub struct Feeds {
    path: PathBuf,
    one: Mutex<()>,
}

impl Feeds {
    /// Those that are kept in this folder, which is made when something is.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("feeds.json"), one: Mutex::new(()) }
    }

    /// That of a key.
    ///
    /// # Errors
    /// A list that can't be read.
    pub fn of(&self, key: &str) -> Result<Option<Feed>, WorkError> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.read()?.remove(key))
    }

    /// Makes a key's address anew, and returns its secret, which is kept nowhere.
    ///
    /// # Errors
    /// What the system says.
    pub fn make(&self, world: &World, key: &str) -> Result<String, WorkError> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let secret = hex::encode(world.random::<32>()?);
        let mut all = self.read()?;
        all.insert(key.to_owned(), Feed { sha256: digest(&secret), made: world.now() });
        self.write(&all)?;
        Ok(secret)
    }

    /// Ends that of a key.
    ///
    /// # Errors
    /// What the system says.
    pub fn end(&self, key: &str) -> Result<(), WorkError> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.read()?;
        if all.remove(key).is_some() {
            self.write(&all)?;
        }
        Ok(())
    }

    /// The key whose address has that secret.
    ///
    /// # Errors
    /// A list that can't be read.
    pub fn find(&self, secret: &str) -> Result<Option<String>, WorkError> {
        let whole = secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit());
        if !whole {
            return Ok(None);
        }
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, wanted) = (self.read()?, digest(secret));
        Ok(all.into_iter().find(|(_, feed)| feed.sha256 == wanted).map(|(key, _)| key))
    }

    fn read(&self) -> Result<BTreeMap<String, Feed>, WorkError> {
        kept::read(
            &self.path,
            "whoever runs this machine can remove the file; then all calendars end",
        )
    }

    fn write(&self, all: &BTreeMap<String, Feed>) -> Result<(), WorkError> {
        kept::write(&self.path, all)
    }
}

fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_until_it_is_ended_or_made_anew_and_its_secret_lies_nowhere() {
        let folder = tempfile::tempdir().expect("a folder");
        let (world, page) = (World::real(), folder.path().join("page"));
        // Each time another server.
        let feeds = || Feeds::in_folder(&page);
        assert_eq!(feeds().of("amina").expect("read"), None);
        let first = feeds().make(&world, "amina").expect("made");
        let joes = feeds().make(&world, "joe").expect("made");
        assert_eq!(first.len(), 64);
        assert_eq!(feeds().find(&first).expect("read").as_deref(), Some("amina"));
        assert_eq!(feeds().find(&joes).expect("read").as_deref(), Some("joe"));
        let text = std::fs::read_to_string(page.join("feeds.json")).expect("there");
        assert!(!text.contains(&first) && text.contains(&digest(&first)), "{text}");
        for wrong in
            ["", &first[1..], &digest(&first), &"0".repeat(64), "../feeds", &"é".repeat(32)]
        {
            assert_eq!(feeds().find(wrong).expect("read"), None, "{wrong}");
        }
        let second = feeds().make(&world, "amina").expect("made");
        assert_eq!(feeds().find(&first).expect("read"), None, "the old one has ended");
        assert_eq!(feeds().find(&second).expect("read").as_deref(), Some("amina"));
        feeds().end("amina").expect("ended");
        assert_eq!(feeds().find(&second).expect("read"), None);
        assert_eq!(feeds().find(&joes).expect("read").as_deref(), Some("joe"));
    }
}
