//! The key files of a home: one encrypted file for each person, and the log's key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::{PublicKey, Signer, public_from_pem};
use unicode_normalization::UnicodeNormalization as _;

use super::holder::{self, Ask, Holder, Secret};
use super::home::Home;
use super::{WorkError, input};
use crate::store::disk::Disk;

mod folder;
mod log_key;
mod making;
mod passphrase;

pub use passphrase::{Passphrase, check_new};
pub(super) use passphrase::{encrypt, normalised};

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

/// How many letters have to be changed, added or left out to make one word of the other.
pub(super) fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, a) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], at + 1);
        for (column, b) in other.chars().enumerate() {
            let change = corner + usize::from(a != b);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
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

    /// Where a key's memory lies.
    #[must_use]
    pub fn seen_path(&self, name: &str) -> PathBuf {
        self.path(name, "seen")
    }

    fn path(&self, file: &str, extension: &str) -> PathBuf {
        self.folder.join(format!("{file}.{extension}"))
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
                self.none_of_the_name(&file)
            } else {
                WorkError::file("reading", &path)(error)
            }
        })?;
        let public =
            public_from_pem(&pem).map_err(|error| WorkError::Key { name: file.clone(), error })?;
        let holder = self.holder(&file)?;
        Ok(KeyFile { name: file, public, holder })
    }

    /// A slip is more likely than a key that nobody made yet, so the names that are there come first.
    fn none_of_the_name(&self, file: &str) -> WorkError {
        let known = self.list().unwrap_or_default().into_iter().map(|key| key.name);
        let is_near = |(letters, name): &(usize, String)| {
            *letters <= 2.max(name.chars().count() / 4) || name.split('-').any(|word| word == file)
        };
        let mut near: Vec<(usize, String)> =
            known.map(|name| (distance(&name, file), name)).filter(is_near).collect();
        near.sort();
        let near: Vec<String> =
            near.into_iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
        let hint = if near.is_empty() {
            format!("see `probity key list`, or make one with `probity key new {file}`")
        } else {
            format!("did you mean {}? All that are here: `probity key list`", near.join(" or "))
        };
        let folder = self.folder.display();
        WorkError::refused(format!("there is no key of the name `{file}` in {folder}"), hint)
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
}
