//! What a backup says of itself (`backup.toml` in its folder), and what a home remembers of its
//! backups (`backups.toml`): where, when, how far. Neither holds a secret.
//!
//! What this doesn't protect: both are notes that anybody can change who can write there. What
//! a backup holds is told by verifying it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::barrier::Barrier;
use crate::store::disk::Disk;
use crate::work::home::Home;
use crate::work::{WorkError, input};

/// The version of a backup's layout that this program writes.
const LAYOUT: u32 = 1;

/// The name of the file in a backup's folder.
pub(super) const NOTE: &str = "backup.toml";

const MEDIA: &str = "backups.toml";

/// Most bytes of either file.
const MOST: u64 = 1 << 20;

const HEADER: &str = "\
# A backup of a record book, made by `probity backup`. To use it: probity restore FOLDER
# Don't write in this folder: a record book that goes on from a copy is another record book.
# It opens every answer, and keys/log.pem is not encrypted: keep it like the school's own disk.
";

/// Whether all of a backup is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was verified, and nothing was changed since.
    Whole,
    /// It is being brought up to date, or that was interrupted. What the note says is the last
    /// time that it was whole.
    Unfinished,
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Version of the layout.
    pub layout: u32,
    /// Whether all of it is there.
    pub state: State,
    /// A random name of this medium, 16 hexadecimal digits.
    pub medium: String,
    /// The school's name.
    pub school: String,
    /// The ledger's origin.
    pub origin: String,
    /// The ledger's fingerprint, 64 hexadecimal digits.
    pub fingerprint: String,
    /// When it was last whole, POSIX seconds; 0 for never.
    pub at: i64,
    /// The same in words.
    pub on: String,
    /// How many entries it had then.
    pub size: u64,
    /// The root over them, 64 hexadecimal digits; empty when there were none.
    pub root: String,
    /// How many bytes its journal had then.
    pub journal: u64,
    /// How many bytes its file of slots had then.
    pub slots: u64,
    /// How many documents it had then.
    pub documents: u64,
    /// Whether it has the keys.
    pub keys: bool,
    /// While it is unfinished: how many bytes its journal is to have.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub toward: u64,
    /// While it is unfinished: the slots that are overwritten once the journal has them, as places
    /// in the file in units of 32 bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Note {
    /// The note of a medium that has nothing yet.
    pub(super) fn first(medium: [u8; 8]) -> Self {
        Self {
            layout: LAYOUT,
            state: State::Unfinished,
            medium: hex::encode(medium),
            school: String::new(),
            origin: String::new(),
            fingerprint: String::new(),
            at: 0,
            on: "never".to_owned(),
            size: 0,
            root: String::new(),
            journal: 0,
            slots: 0,
            documents: 0,
            keys: false,
            toward: 0,
            forget: Vec::new(),
        }
    }

    /// The note in a folder; `None` if there is none.
    ///
    /// # Errors
    /// A note that can't be read, or that a newer program wrote.
    pub fn read(folder: &Path) -> Result<Option<Self>, WorkError> {
        let path = folder.join(NOTE);
        let text = match input::text(&path, MOST) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
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
        let note: Self = toml::from_str(&text).map_err(|error| {
            WorkError::refused(
                format!("{} can't be read: {}", path.display(), error.message()),
                "the medium may be failing; back up to another one, and keep this one as it is",
            )
        })?;
        Ok(Some(note))
    }

    pub(super) fn write(&self, disk: &dyn Disk, folder: &Path) -> Result<(), WorkError> {
        let path = folder.join(NOTE);
        let text = format!("{HEADER}\n{}", to_toml(self)?);
        disk.replace(&path, text.as_bytes(), Some(Barrier::BackupNote))
            .and_then(|()| disk.sync_dir(folder, Barrier::BackupNoteName))
            .map_err(WorkError::file("writing", &path))
    }
}

/// A place to which this record book was backed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medium {
    /// Its random name, 16 hexadecimal digits.
    pub id: String,
    /// Its folder, as it was last called.
    pub path: PathBuf,
    /// When it was last brought up to date, POSIX seconds.
    pub at: i64,
    /// How many entries it had then.
    pub size: u64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Media {
    #[serde(default)]
    medium: Vec<Medium>,
}

/// The places to which this record book was backed up, oldest refresh first. One that was not
/// brought up to date since an erasure still holds what was erased.
///
/// # Errors
/// A list that can't be read.
pub fn media(home: &Home) -> Result<Vec<Medium>, WorkError> {
    let path = home.path().join(MEDIA);
    let text = match input::text(&path, MOST) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(WorkError::file("reading", &path)(error)),
    };
    let Media { mut medium } = toml::from_str(&text).map_err(|error| {
        WorkError::refused(
            format!("{} can't be read: {}", path.display(), error.message()),
            "move it away; back up to every medium again, and the list is made anew",
        )
    })?;
    medium.sort_by_key(|medium| medium.at);
    Ok(medium)
}

/// Remembers that a medium was brought up to date.
pub(super) fn remember(home: &Home, medium: Medium) -> Result<(), WorkError> {
    let mut all = media(home)?;
    // Sticks that take turns may all go by one path, so only their own names tell them apart.
    all.retain(|known| known.id != medium.id);
    all.push(medium);
    keep(home, all)
}

/// Strikes a medium that is no more off the list, by its folder or its random name.
///
/// # Errors
/// When none or several go by that name.
pub fn forget(home: &Home, name: &Path) -> Result<Medium, WorkError> {
    let mut all = media(home)?;
    let whole = std::path::absolute(name).unwrap_or_else(|_| name.to_owned());
    let goes = |known: &Medium| known.path == whole || Path::new(&known.id) == name;
    let found: Vec<Medium> = all.iter().filter(|known| goes(known)).cloned().collect();
    match found.as_slice() {
        [one] => {
            all.retain(|known| known.id != one.id);
            keep(home, all)?;
            Ok(one.clone())
        }
        [] => Err(WorkError::refused(
            format!("no backup in {} is on record here", name.display()),
            "see `probity backup --list`",
        )),
        several => Err(WorkError::refused(
            format!("{} media were backed up to as {}", several.len(), name.display()),
            "give the medium's own name, from `probity backup --list`",
        )),
    }
}

fn keep(home: &Home, medium: Vec<Medium>) -> Result<(), WorkError> {
    let path = home.path().join(MEDIA);
    let text = to_toml(&Media { medium })?;
    home.disk()
        .replace(&path, text.as_bytes(), Some(Barrier::Media))
        .map_err(WorkError::file("writing", &path))
}

fn to_toml(value: &impl Serialize) -> Result<String, WorkError> {
    toml::to_string(value).map_err(|error| {
        WorkError::refused(format!("a note can't be written: {error}"), "report this")
    })
}
