//! The home of one installation: where its keys, its ledger and its settings lie.
//!
//! ```text
//! config.toml
//! keys/       NAME.pem (encrypted) or NAME.held, NAME.pub, NAME.seen, log.pem
//! page/       what the page keeps: drafts, uploads, how often a passphrase was tried
//! requests/   what is to be signed elsewhere, see [`super::elsewhere`]
//! ledger/     see [`crate::store`]
//! ```

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::reading::terms;
use super::{WorkError, input};
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, How, RealDisk};
use crate::store::{LocalStore, Options, StoreError};

/// The version of the home's layout that this program writes.
const LAYOUT: u32 = 1;

/// What to do about settings that are missing or damaged. Without its second line, a record book for
/// practice would sign as a real one.
const SETTINGS_LOST: &str = "take it from a backup, or write the line `layout = 1` into it, and the \
                             line `practice = true` as well if the record book is for practice alone";

/// Settings of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the layout.
    pub layout: u32,
    /// Whether everything here is for practice.
    #[serde(default)]
    pub practice: bool,
}

/// An installation's folder.
#[derive(Clone, Debug)]
pub struct Home {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    failed: Arc<OnceLock<String>>,
}

impl Home {
    /// The home that the user names, or else the platform's data folder.
    ///
    /// # Errors
    /// When none is named and the platform has no such folder.
    pub fn locate(named: Option<PathBuf>) -> Result<Self, WorkError> {
        let path = if let Some(path) = named {
            path
        } else {
            let system = directories::BaseDirs::new().ok_or_else(|| {
                WorkError::refused(
                    "this system names no data folder",
                    "say where with --home FOLDER",
                )
            })?;
            default_folder(system.data_local_dir(), system.data_dir())
        };
        Ok(Self::on(path, Arc::new(RealDisk)))
    }

    /// A home whose files are written through another disk than this machine's; they are
    /// read from this machine's.
    #[must_use]
    pub fn on(path: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Self { path, disk, failed: Arc::default() }
    }

    /// What a sync of its ledger said that failed, if one did, for all that this process opens of
    /// it by this home.
    #[must_use]
    pub fn failed(&self) -> &Arc<OnceLock<String>> {
        &self.failed
    }

    /// Where its files are written.
    #[must_use]
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where key files lie.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.path.join("keys")
    }

    /// Where requests wait for their statements.
    #[must_use]
    pub fn requests(&self) -> PathBuf {
        self.path.join("requests")
    }

    /// Where the page keeps what is its own: drafts, uploads, what was tried.
    #[must_use]
    pub fn page(&self) -> PathBuf {
        self.path.join("page")
    }

    /// Where bundles wait on the page to be fetched.
    #[must_use]
    pub fn bundles(&self) -> PathBuf {
        self.page().join("exports")
    }

    /// Removes the bundles that wait to be fetched. One that can't be removed stays until the page
    /// sweeps.
    pub fn remove_bundles(&self) {
        let listed = std::fs::read_dir(self.bundles()).into_iter().flatten().flatten();
        for path in listed.map(|file| file.path()) {
            let _ = std::fs::remove_file(path);
        }
    }

    /// Where the ledger lies.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join("ledger")
    }

    /// Whether a ledger was begun here. One whose journal was lost counts, too: nobody may begin
    /// another in its place ([`Home::refuse_lost`]).
    #[must_use]
    pub fn has_ledger(&self) -> bool {
        match self.is_new() {
            Ok(()) => false,
            // What can't be read is for nobody to write over.
            Err(StoreError::Io { path, .. }) => {
                let gone = |error: io::Error| error.kind() == io::ErrorKind::NotFound;
                !path.symlink_metadata().is_err_and(gone)
            }
            Err(_) => true,
        }
    }

    fn is_new(&self) -> Result<(), StoreError> {
        LocalStore::check_new(&self.ledger(), &Options::new(terms))
    }

    /// Refuses what is left of a ledger whose journal was lost, with what to do about it.
    ///
    /// # Errors
    /// [`StoreError::JournalLost`].
    pub fn refuse_lost(&self) -> Result<(), WorkError> {
        match self.is_new() {
            Err(error @ StoreError::JournalLost { .. }) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The settings.
    ///
    /// # Errors
    /// When there are none, they can't be read, or a newer program wrote them.
    pub fn config(&self) -> Result<Config, WorkError> {
        let path = self.path.join("config.toml");
        let text = match input::text(&path, input::MAX_SMALL) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.has_ledger() => {
                return Err(WorkError::refused(
                    format!(
                        "there is a record book in {}, and its settings, {}, are missing",
                        self.path.display(),
                        path.display()
                    ),
                    SETTINGS_LOST,
                ));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(WorkError::refused(
                    format!("there is no record book in {}", self.path.display()),
                    "begin one with `probity init`, or name its folder with --home",
                ));
            }
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let layout =
            text.parse::<toml::Table>().ok().and_then(|table| table.get("layout")?.as_integer());
        if let Some(found) = layout.filter(|found| *found > i64::from(LAYOUT)) {
            return Err(WorkError::refused(
                format!("{} is of layout {found}, expected {LAYOUT}", path.display()),
                "a newer probity wrote it; use that one, this one changes nothing",
            ));
        }
        toml::from_str(&text).map_err(|error| {
            WorkError::refused(
                format!("{} can't be read: {}", path.display(), error.message()),
                SETTINGS_LOST,
            )
        })
    }

    /// Makes the folders and writes the settings. Their names are on the medium once the ledger
    /// is: its beginning syncs the folders in which it stands.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(&self, practice: bool) -> Result<(), WorkError> {
        let keys = self.keys();
        self.disk.create_dir(&keys).map_err(WorkError::file("making", &keys))?;
        restrict(&keys, 0o700)?;
        let path = self.path.join("config.toml");
        let text = toml::to_string(&Config { layout: LAYOUT, practice }).map_err(|error| {
            WorkError::refused(format!("settings can't be written: {error}"), "report this")
        })?;
        self.disk
            .replace(&path, text.as_bytes(), Some(Barrier::Settings))
            .and_then(|()| self.disk.share(&path))
            .map_err(WorkError::file("writing", &path))
    }
}

/// Where a home lies if nobody names another place: on this machine. Windows has another folder
/// that follows its user from machine to machine, in which an earlier version of this program
/// began its homes; one that is there is still found.
fn default_folder(local: &Path, roaming: &Path) -> PathBuf {
    let [local, roaming] = [local, roaming].map(|folder| folder.join("probity"));
    let begun = |path: &Path| Home::on(path.to_owned(), Arc::new(RealDisk)).has_ledger();
    if local != roaming && !begun(&local) && begun(&roaming) { roaming } else { local }
}

/// A path without links, as far as it exists.
#[must_use]
pub fn settled(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    whole
        .ancestors()
        .find_map(|above| {
            let real = above.canonicalize().ok()?;
            Some(real.join(whole.strip_prefix(above).ok()?))
        })
        .unwrap_or(whole)
}

/// Makes a file that must not exist yet, readable as the mode says.
///
/// # Errors
/// What the system says.
pub fn create_private(path: &Path, mode: u32) -> Result<std::fs::File, WorkError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            WorkError::refused(
                format!("{} exists already", path.display()),
                "choose another name; nothing is overwritten",
            )
        } else {
            WorkError::file("making", path)(error)
        }
    })
}

/// Makes a folder that its owner alone may read, if there is none.
///
/// # Errors
/// What the system says.
pub fn make_private_folder(folder: &Path) -> Result<(), WorkError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(WorkError::file("making", folder))?;
    if std::fs::symlink_metadata(folder).is_ok_and(|found| found.is_symlink()) {
        return Err(WorkError::refused(
            format!("{} is a link to somewhere else", folder.display()),
            "remove the link; what is private stays in the home itself",
        ));
    }
    Ok(())
}

/// Replaces a file that its owner alone may read, whole or not at all; makes its folder if there is
/// none.
///
/// # Errors
/// What the system says.
pub fn replace_private(path: &Path, content: &[u8]) -> Result<(), WorkError> {
    replace_private_on(&RealDisk, path, content)
}

/// The same through another disk than this machine's.
///
/// # Errors
/// As [`replace_private`].
pub fn replace_private_on(disk: &dyn Disk, path: &Path, content: &[u8]) -> Result<(), WorkError> {
    if let Some(folder) = path.parent() {
        make_private_folder(folder)?;
    }
    let beside = path.with_extension("new");
    match disk.remove(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(WorkError::file("removing", &beside)(error));
        }
        _ => {}
    }
    drop(create_private(&beside, 0o600)?);
    let written = disk.open(&beside, How::Write).and_then(|file| {
        file.write_at(0, content)?;
        file.sync(Barrier::Private)
    });
    written
        .and_then(|()| disk.rename(&beside, path))
        .and_then(|()| disk.sync_dir(folder_of(path), Barrier::PrivateName))
        .map_err(WorkError::file("writing", path))
}

/// Puts the name of a file or folder that is handed out on the medium: syncs the folder that it is
/// in, where systems have that.
///
/// # Errors
/// What the system says.
pub fn sync_folder(path: &Path) -> Result<(), WorkError> {
    sync_folder_on(&RealDisk, path)
}

/// The same through another disk than this machine's.
///
/// # Errors
/// As [`sync_folder`].
pub fn sync_folder_on(disk: &dyn Disk, path: &Path) -> Result<(), WorkError> {
    let folder = folder_of(path);
    disk.sync_dir(folder, Barrier::OutName).map_err(WorkError::file("syncing", folder))
}

/// The folder in which a file or folder stands.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Lets only the owner read a file or folder, on systems that have such modes.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub fn restrict(path: &Path, mode: u32) -> Result<(), WorkError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(WorkError::file("setting the permissions of", path))
}

/// Lets only the owner read a file or folder, on systems that have such modes.
///
/// # Errors
/// None on this system, where a user's data folder is that user's by inheritance.
#[cfg(not(unix))]
pub fn restrict(_path: &Path, _mode: u32) -> Result<(), WorkError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal;

    #[test]
    fn a_home_begins_on_this_machine_and_one_that_roams_is_still_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let (local, roaming) = (folder.path().join("Local"), folder.path().join("Roaming"));
        assert_eq!(default_folder(&local, &roaming), local.join("probity"));
        let begin = |under: &Path| {
            let ledger = under.join("probity/ledger");
            std::fs::create_dir_all(&ledger).expect("folders");
            std::fs::write(ledger.join("journal"), [b'x'; 17]).expect("a journal");
        };
        begin(&roaming);
        assert_eq!(default_folder(&local, &roaming), roaming.join("probity"));
        begin(&local);
        assert_eq!(default_folder(&local, &roaming), local.join("probity"));
    }

    #[test]
    fn half_of_a_first_frame_is_no_record_book_unless_there_was_a_head_to_give_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::on(folder.path().to_owned(), Arc::new(RealDisk));
        let ledger = home.ledger();
        let begun = |bytes: &[u8]| {
            std::fs::create_dir_all(&ledger).expect("a folder");
            std::fs::write(ledger.join("journal"), bytes).expect("a journal");
            home.has_ledger()
        };
        let half = [journal::MAGIC, &b"PJF1 and half of what should follow"[..]].concat();
        assert!(!begun(b"") && !begun(journal::MAGIC) && !begun(&half));
        assert!(begun(b"something else, that is longer"), "it is for nobody to write over");
        std::fs::write(ledger.join("checkpoint"), "a head").expect("a checkpoint");
        assert!(begun(&half), "it is damaged, and not there to be begun");
    }

    /// Else the page offers to begin a record book where one was lost, and refuses only after five
    /// questions and a passphrase; and settings that are missing send people in a circle.
    #[test]
    fn what_is_left_of_a_lost_record_book_is_no_place_to_begin_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::on(folder.path().to_owned(), Arc::new(RealDisk));
        let ledger = home.ledger();
        let nowhere = home.config().expect_err("refused");
        assert!(nowhere.hint().is_some_and(|hint| hint.contains("begin one")), "{nowhere}");
        std::fs::create_dir_all(&ledger).expect("a folder");
        std::fs::write(ledger.join("bodykeys"), [0; 32]).expect("no slots");
        assert!(!home.has_ledger() && home.refuse_lost().is_ok(), "an interrupted beginning");
        std::fs::write(ledger.join("checkpoint"), "a head").expect("a checkpoint");
        for journal in [None, Some(journal::MAGIC)] {
            if let Some(bytes) = journal {
                std::fs::write(ledger.join("journal"), bytes).expect("a journal");
            }
            assert!(home.has_ledger(), "{journal:?}");
            let lost = home.refuse_lost().expect_err("refused");
            let hint = lost.hint().expect("a remedy");
            assert!(hint.contains("put the file `journal` back"), "{lost}: {hint}");
        }
        let hint = home.config().expect_err("refused").hint().expect("a remedy");
        assert!(hint.contains("`layout = 1`") && hint.contains("`practice = true`"), "{hint}");
    }
}
