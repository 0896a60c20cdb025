//! New keys: a person's own is made, or the public half is taken in of one that is held elsewhere.

use std::path::Path;

use probity_keys::{PublicKey, SigningKey, public_to_pem};

use super::passphrase::{Passphrase, check_new, encrypt};
use super::{KeyFile, Keyring, checked_name};
use crate::work::holder::Holder;
use crate::work::{WorkError, World};

impl Keyring {
    /// Makes a person's key. A private half that was made before and has no public one, since
    /// that was interrupted, is taken up: with the passphrase that opens it.
    ///
    /// # Errors
    /// A name that is taken, a weak passphrase, or what the system says; a private half that the
    /// passphrase doesn't open.
    pub fn create(
        &self,
        world: &World,
        name: &str,
        passphrase: &Passphrase,
    ) -> Result<KeyFile, WorkError> {
        let file = checked_name(name)?;
        let (private, shared) = (self.path(&file, "pem"), self.path(&file, "pub"));
        if !is_there(&private) {
            // Before anything is made for it.
            check_new(passphrase)?;
        }
        let _lock = self.making()?;
        if is_there(&shared) {
            return Err(WorkError::refused(
                format!("{} exists already", shared.display()),
                "choose another name; nothing is overwritten",
            ));
        }
        let public = if is_there(&private) {
            let key = Self::open_private(&file, &private, passphrase).map_err(|error| {
                WorkError::refused(
                    format!(
                        "{} has no public half, since its making was interrupted or that file was \
                         lost, and can't be taken up: {error}",
                        private.display()
                    ),
                    "give the passphrase that it was made with; if nobody ever signed with it, \
                     move the file away and make another",
                )
            })?;
            key.public()
        } else {
            let key = SigningKey::generate(|seed| world.fill(seed))?;
            self.keep(&private, encrypt(world, &key, passphrase)?.as_bytes(), true)?;
            key.public()
        };
        self.keep(&shared, public_to_pem(&public).as_bytes(), false)?;
        Ok(KeyFile { name: file, public, holder: Holder::File })
    }

    /// Keeps the public half of a key that lies elsewhere.
    ///
    /// # Errors
    /// A name that is taken by another key, or what the system says.
    pub fn import_public(&self, name: &str, public: &PublicKey) -> Result<KeyFile, WorkError> {
        let file = checked_name(name)?;
        let path = self.path(&file, "pub");
        let _lock = self.making()?;
        let offered = self.offered(name, public)?;
        if !is_there(&path) {
            self.keep(&path, public_to_pem(public).as_bytes(), false)?;
        }
        Ok(offered)
    }

    /// The key file that importing a public half would give. Nothing is written.
    ///
    /// # Errors
    /// A name that is taken by another key, or what the system says.
    pub fn offered(&self, name: &str, public: &PublicKey) -> Result<KeyFile, WorkError> {
        let file = checked_name(name)?;
        if !is_there(&self.path(&file, "pub")) {
            return Ok(KeyFile { name: file, public: *public, holder: Holder::Elsewhere });
        }
        let known = self.public(name)?;
        if known.public != *public {
            return Err(WorkError::refused(
                format!("another key goes by the name `{file}`"),
                "choose another name for this one",
            ));
        }
        Ok(known)
    }

    /// Refuses a name under which a private half is held already.
    ///
    /// # Errors
    /// That; or a name that can't name a file.
    pub(in crate::work) fn refuse_taken(&self, name: &str) -> Result<(), WorkError> {
        let file = checked_name(name)?;
        match self.holder(&file)? {
            Holder::Elsewhere => Ok(()),
            holder => Err(WorkError::refused(
                format!("`{file}` has its private half already: {holder}"),
                "choose another name; nothing is overwritten",
            )),
        }
    }

    /// Keeps the public half of a key, and who holds the private one.
    ///
    /// # Errors
    /// A name that is taken, or what the system says.
    pub fn keep_held(
        &self,
        name: &str,
        public: &PublicKey,
        holder: &Holder,
    ) -> Result<KeyFile, WorkError> {
        let file = checked_name(name)?;
        self.make_folder(&self.folder)?;
        self.refuse_taken(name)?;
        let known = self.import_public(name, public)?;
        if let Some(text) = holder.to_text() {
            self.keep(&self.path(&file, "held"), text.as_bytes(), true)?;
        }
        Ok(KeyFile { holder: holder.clone(), ..known })
    }
}

/// Whether a file has anything in it: an earlier version claimed a name by an empty one.
fn is_there(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}
