//! The passphrase of a person's key, and the private half that it locks.

use std::path::Path;

use probity_keys::{SigningKey, check_passphrase, key_from_pem, key_to_pem};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::{Keyring, checked_name};
use crate::work::holder::Holder;
use crate::work::{WorkError, World, input};

/// A passphrase, wiped from memory when dropped.
pub type Passphrase = Zeroizing<String>;

/// The passphrase in NFC, in one allocation: a growing one would leave copies behind.
pub(in crate::work) fn normalised(passphrase: &Passphrase) -> Passphrase {
    let mut normal = Zeroizing::new(String::with_capacity(passphrase.len() * 4));
    normal.extend(passphrase.nfc());
    normal
}

/// Whether a passphrase may protect a person's key.
///
/// # Errors
/// One that is easy to guess.
pub fn check_new(passphrase: &Passphrase) -> Result<(), WorkError> {
    Ok(check_passphrase(&normalised(passphrase))?)
}

pub(in crate::work) fn encrypt(
    world: &World,
    key: &SigningKey,
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, WorkError> {
    let normal = normalised(passphrase);
    check_passphrase(&normal)?;
    Ok(Zeroizing::new(key_to_pem(key, normal.as_bytes(), world.random()?, world.random()?)))
}

impl Keyring {
    /// Unlocks a person's key.
    ///
    /// # Errors
    /// A wrong passphrase, a damaged file, or one that holds another key than its public half.
    pub fn unlock(&self, name: &str, passphrase: &Passphrase) -> Result<SigningKey, WorkError> {
        let known = self.public(name)?;
        self.refuse_held(name)?;
        let path = self.path(&known.name, "pem");
        let key = Self::open_private(&known.name, &path, passphrase)?;
        if key.public() != known.public {
            return Err(WorkError::refused(
                format!(
                    "{} holds key {}, expected {}",
                    path.display(),
                    key.public().kid().short(),
                    known.public.kid().short()
                ),
                "the file was damaged or exchanged; take it from a backup",
            ));
        }
        Ok(key)
    }

    /// The private half in a person's key file.
    pub(super) fn open_private(
        name: &str,
        path: &Path,
        passphrase: &Passphrase,
    ) -> Result<SigningKey, WorkError> {
        let pem = input::text(path, input::MAX_SMALL).map(Zeroizing::new).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                WorkError::refused(
                    format!("the private key of `{name}` is not on this machine"),
                    "sign where it lies: ask for it with `--request FILE`, where the command takes that",
                )
            } else {
                WorkError::file("reading", path)(error)
            }
        })?;
        key_from_pem(&pem, normalised(passphrase).as_bytes())
            .map_err(|error| WorkError::Key { name: name.to_owned(), error })
    }

    /// Refuses a key whose secret is held by something else than a file.
    ///
    /// # Errors
    /// That; or no such key.
    pub fn refuse_held(&self, name: &str) -> Result<(), WorkError> {
        let known = self.public(name)?;
        if !matches!(known.holder, Holder::Agent | Holder::Token(_)) {
            return Ok(());
        }
        Err(WorkError::refused(
            format!(
                "the key of `{}` has no passphrase here: it is held in {}",
                known.name, known.holder
            ),
            known.holder.own_secret(),
        ))
    }

    /// Changes the passphrase of a person's key.
    ///
    /// # Errors
    /// As [`Keyring::unlock`], and a new passphrase that is weak.
    pub fn change_passphrase(
        &self,
        world: &World,
        name: &str,
        old: &Passphrase,
        new: &Passphrase,
    ) -> Result<(), WorkError> {
        let key = self.unlock(name, old)?;
        let pem = encrypt(world, &key, new)?;
        self.keep(&self.path(&checked_name(name)?, "pem"), pem.as_bytes(), true)
    }
}
