//! The log's key: a first one, the next one, and finding the one that the ledger names.

use std::path::Path;

use probity_keys::{KeyFileError, PublicKey, SigningKey, log_key_from_pem, log_key_to_pem};
use zeroize::Zeroizing;

use super::Keyring;
use crate::work::{WorkError, World, input};

impl Keyring {
    /// The log key of a record book that is about to begin: a new one, or the one that an
    /// earlier attempt left. It is not encrypted: it signs heads, no decisions.
    ///
    /// # Errors
    /// What the system says.
    pub fn first_log_key(&self, world: &World) -> Result<SigningKey, WorkError> {
        self.read_or_make(world, &self.path("log", "pem"))
    }

    /// Makes a new log key beside the present one; [`Keyring::promote_log_key`] puts it in place
    /// once the ledger names it.
    ///
    /// # Errors
    /// What the system says.
    pub fn next_log_key(&self, world: &World) -> Result<SigningKey, WorkError> {
        self.read_or_make(world, &self.path("log-next", "pem"))
    }

    fn read_or_make(&self, world: &World, path: &Path) -> Result<SigningKey, WorkError> {
        if path.exists() {
            match log_key_in(path)? {
                Ok(key) => return Ok(key),
                // No signature needs it: nothing names it yet, or nobody can sign with it.
                Err(_) => self.put_aside(path)?,
            }
        }
        let key = SigningKey::generate(|seed| world.fill(seed))?;
        self.keep(path, log_key_to_pem(&key).as_bytes(), true)?;
        Ok(key)
    }

    /// Puts the new log key in place and keeps the old one under its thumbprint.
    ///
    /// # Errors
    /// What the system says.
    pub fn promote_log_key(&self) -> Result<(), WorkError> {
        let (next, present) = (self.path("log-next", "pem"), self.path("log", "pem"));
        // The old key may be what was lost.
        if present.exists() {
            if let Ok(old) = Self::read_log_key(&present) {
                let kept = self.path(&format!("log-{}", old.public().kid().short()), "pem");
                if !kept.exists() {
                    self.keep(&kept, log_key_to_pem(&old).as_bytes(), true)?;
                }
            } else {
                self.put_aside(&present)?;
            }
        }
        // Until that is on the medium, the key serves under its first name.
        self.disk.rename(&next, &present).map_err(WorkError::file("renaming", &next))
    }

    /// Moves a damaged log key away. Nothing can be signed with it, and nothing of it is thrown away.
    fn put_aside(&self, path: &Path) -> Result<(), WorkError> {
        let damaged = |number: u32| self.path(&format!("log-damaged-{number}"), "pem");
        let free = (0..1000).map(damaged).find(|path| !path.exists());
        let aside = free.unwrap_or_else(|| damaged(1000));
        self.disk.rename(path, &aside).map_err(WorkError::file("renaming", path))
    }

    /// The log key that has this public half.
    ///
    /// # Errors
    /// When no file here holds it.
    pub fn log_key(&self, wanted: &PublicKey) -> Result<SigningKey, WorkError> {
        let mut damaged = None;
        // A crash between the entry and the renaming leaves the new key under its first name.
        for file in ["log", "log-next"] {
            let path = self.path(file, "pem");
            if path.exists() {
                match Self::read_log_key(&path) {
                    Ok(key) if key.public() == *wanted => return Ok(key),
                    Ok(_) => {}
                    Err(error) => damaged = damaged.or(Some(error)),
                }
            }
        }
        if let Some(error) = damaged {
            return Err(error);
        }
        Err(WorkError::refused(
            format!(
                "no file in {} holds the log key {}",
                self.folder.display(),
                wanted.kid().short()
            ),
            "take keys/log.pem from a backup, or declare a new one with `probity record log-key`",
        ))
    }

    fn read_log_key(path: &Path) -> Result<SigningKey, WorkError> {
        log_key_in(path)?.map_err(|error| {
            WorkError::refused(
                format!("{} is damaged: {error}", path.display()),
                "take keys/log.pem from a backup, or declare a new one with `probity record \
                 log-key --reason key-lost`",
            )
        })
    }
}

/// The log key in a file, or why what is there is none.
fn log_key_in(path: &Path) -> Result<Result<SigningKey, KeyFileError>, WorkError> {
    let bytes = input::bytes(path, input::MAX_SMALL)
        .map(Zeroizing::new)
        .map_err(WorkError::file("reading", path))?;
    // What is no text is no key either.
    Ok(log_key_from_pem(std::str::from_utf8(&bytes).unwrap_or_default()))
}
