//! The key files of a home: one encrypted file for each person, and the log's key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::{
    KeyFileError, PublicKey, Signer, SigningKey, check_passphrase, key_from_pem, key_to_pem,
    log_key_from_pem, log_key_to_pem, public_from_pem, public_to_pem,
};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::holder::{self, Ask, Holder, Secret};
use super::home::Home;
use super::{WorkError, World, input};
use crate::store::Lock;
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, sync_above};

/// A passphrase, wiped from memory when dropped.
pub type Passphrase = Zeroizing<String>;

/// Whether a file has anything in it: an earlier version claimed a name by an empty one.
fn is_there(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// A key file of a person.
#[derive(Clone, Debug)]
pub struct KeyFile {
    /// The name that the file goes by.
    pub name: String,
    /// The public key.
    pub public: PublicKey,
    /// Who holds the private half.
    pub holder: Holder,
}

/// The file name that a person's name gives: letters and digits, words joined by hyphens.
#[must_use]
pub fn file_name(name: &str) -> String {
    let mut out = String::new();
    for c in name.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

fn checked_name(name: &str) -> Result<String, WorkError> {
    let file = file_name(name);
    if file.is_empty() || file == "log" || file.starts_with("log-") || file.len() > 100 {
        return Err(WorkError::refused(
            format!("`{name}` can't name a key file"),
            "use the person's name, in letters",
        ));
    }
    Ok(file)
}

/// The passphrase in NFC, in one allocation: a growing one would leave copies behind.
pub(super) fn normalised(passphrase: &Passphrase) -> Passphrase {
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

pub(super) fn encrypt(
    world: &World,
    key: &SigningKey,
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, WorkError> {
    let normal = normalised(passphrase);
    check_passphrase(&normal)?;
    Ok(Zeroizing::new(key_to_pem(key, normal.as_bytes(), world.random()?, world.random()?)))
}

/// The key files of a home.
#[derive(Clone, Debug)]
pub struct Keyring {
    folder: PathBuf,
    requests: PathBuf,
    disk: Arc<dyn Disk>,
}

impl Keyring {
    /// The key files of that home.
    #[must_use]
    pub fn of(home: &Home) -> Self {
        Self { folder: home.keys(), requests: home.requests(), disk: Arc::clone(home.disk()) }
    }

    /// Where the requests to these keys' owners wait, and to others'.
    pub(super) fn requests(&self) -> &Path {
        &self.requests
    }

    /// Writes a file whole, or in place of another: after a crash there is the old content or
    /// the new one. A private one is readable by its owner alone.
    fn keep(&self, path: &Path, content: &[u8], private: bool) -> Result<(), WorkError> {
        let folder = path.parent().unwrap_or(&self.folder);
        self.disk
            .replace(path, content, Some(Barrier::Key))
            .and_then(|()| if private { Ok(()) } else { self.disk.share(path) })
            .and_then(|()| self.disk.sync_dir(folder, Barrier::KeyName))
            .map_err(WorkError::file("writing", path))
    }

    /// Where a key's memory lies.
    #[must_use]
    pub fn seen_path(&self, name: &str) -> PathBuf {
        self.path(name, "seen")
    }

    /// Keeps a file beside the keys, in place of one of that name.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_beside(&self, file: &str, content: &[u8]) -> Result<PathBuf, WorkError> {
        self.keep_in(&self.folder, file, content)?;
        Ok(self.folder.join(file))
    }

    /// Keeps a file in another folder of the home, as durably and privately as a key; the folder
    /// is made if it isn't there.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn keep_in(
        &self,
        folder: &Path,
        file: &str,
        content: &[u8],
    ) -> Result<(), WorkError> {
        self.make_folder(folder)?;
        self.keep(&folder.join(file), content, true)
    }

    fn make_folder(&self, folder: &Path) -> Result<(), WorkError> {
        if folder.exists() {
            return Ok(());
        }
        self.disk
            .create_dir(folder)
            .and_then(|()| sync_above(&*self.disk, folder, Barrier::KeyFolder))
            .map_err(WorkError::file("making", folder))
    }

    /// Keeps other processes from making a key while this one does. The file stays: whoever waits for
    /// one that is removed would hold nothing.
    pub(super) fn making(&self) -> Result<Option<Lock>, WorkError> {
        self.held("making", "another key is being made here just now")
    }

    /// Keeps other processes from signing with a key of this home between what it remembers and what
    /// it will.
    pub(super) fn remembering(&self) -> Result<Option<Lock>, WorkError> {
        self.held("remembering", "a key of this folder is being used just now")
    }

    fn held(&self, file: &str, busy: &str) -> Result<Option<Lock>, WorkError> {
        self.make_folder(&self.folder)?;
        let lock = Lock::take_if_any(&*self.disk, &self.folder.join(file), busy);
        lock.map_err(|_| WorkError::refused(busy, "try again in a moment"))
    }

    /// Refuses a file of the record book's own folder, where the keys lie.
    ///
    /// # Errors
    /// When it lies there.
    pub fn refuse_own_file(&self, path: &Path) -> Result<(), WorkError> {
        let home = self.folder.parent().and_then(|home| home.canonicalize().ok());
        let Some((home, file)) = home.zip(path.canonicalize().ok()) else { return Ok(()) };
        // What the page keeps for a draft are copies of what somebody chose.
        let own = file.starts_with(&home) && !file.starts_with(home.join("page"));
        if file.is_file() && own {
            return Err(WorkError::refused(
                format!("{} lies in the record book's own folder, with the keys", path.display()),
                "it would be kept in the book for ever; name the file that you mean, elsewhere",
            ));
        }
        Ok(())
    }

    fn path(&self, file: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{file}.{extension}"))
    }

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

    /// The public key of that name.
    ///
    /// # Errors
    /// When there is no such file, or it isn't a key.
    pub fn public(&self, name: &str) -> Result<KeyFile, WorkError> {
        let file = checked_name(name)?;
        let path = self.path(&file, "pub");
        let pem = input::text(&path, input::MAX_SMALL).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                WorkError::refused(
                    format!("there is no key of the name `{file}` in {}", self.folder.display()),
                    format!("see `probity key list`, or make one with `probity key new {file}`"),
                )
            } else {
                WorkError::file("reading", &path)(error)
            }
        })?;
        let public =
            public_from_pem(&pem).map_err(|error| WorkError::Key { name: file.clone(), error })?;
        let holder = self.holder(&file)?;
        Ok(KeyFile { name: file, public, holder })
    }

    /// Who holds the private half of the key of that file name.
    fn holder(&self, file: &str) -> Result<Holder, WorkError> {
        if self.path(file, "pem").exists() {
            return Ok(Holder::File);
        }
        let path = self.path(file, "held");
        let text = match input::text(&path, input::MAX_SMALL) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Holder::Elsewhere);
            }
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        Holder::parse(&text).map_err(|fault| {
            WorkError::refused(
                format!("{} doesn't say where the key is held: {fault}", path.display()),
                "take it from a backup, or remove it and name the holder anew with `probity key new`",
            )
        })
    }

    /// The home whose keys these are.
    pub(super) fn home(&self) -> &Path {
        self.folder.parent().unwrap_or(&self.folder)
    }

    /// Refuses a name under which a private half is held already.
    ///
    /// # Errors
    /// That; or a name that can't name a file.
    pub(super) fn refuse_taken(&self, name: &str) -> Result<(), WorkError> {
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

    /// What signs for a person, wherever their key is held. Whoever can say the passphrase or the
    /// PIN that it takes is asked.
    ///
    /// # Errors
    /// As [`Keyring::unlock`]; or a holder that isn't there or refuses.
    pub fn signer(&self, name: &str, ask: Ask<'_>) -> Result<Box<dyn Signer>, WorkError> {
        let known = self.public(name)?;
        if known.holder == Holder::File {
            let passphrase = ask(&Secret::Passphrase(name))?;
            return Ok(Box::new(self.unlock(name, &passphrase)?));
        }
        holder::signer((&known.name, &known.public), &known.holder, self.home(), ask)
    }

    /// Every key, by name.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self) -> Result<Vec<KeyFile>, WorkError> {
        let names = self.names()?;
        Ok(names.iter().filter_map(|name| self.public(name).ok()).collect())
    }

    /// What is wrong with files that [`Keyring::list`] leaves out: one that is damaged keeps nobody
    /// from using another.
    ///
    /// # Errors
    /// What the system says.
    pub fn unreadable(&self) -> Result<Vec<WorkError>, WorkError> {
        let names = self.names()?;
        Ok(names.iter().filter_map(|name| self.public(name).err()).collect())
    }

    fn names(&self) -> Result<Vec<String>, WorkError> {
        let mut names = Vec::new();
        if !self.folder.exists() {
            return Ok(Vec::new());
        }
        let reading = || WorkError::file("reading", &self.folder);
        for entry in std::fs::read_dir(&self.folder).map_err(reading())? {
            let name = entry.map_err(reading())?.file_name();
            if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".pub")) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

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
    fn open_private(
        name: &str,
        path: &Path,
        passphrase: &Passphrase,
    ) -> Result<SigningKey, WorkError> {
        let pem = input::text(path, input::MAX_SMALL).map(Zeroizing::new).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                WorkError::refused(
                    format!("the private key of `{name}` is not on this machine"),
                    "sign where it lies",
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
