//! What a backup says of itself (`backup.toml` in its folder), and what a home remembers of its
//! backups (`backups.toml`): where, when, how far. Neither holds a secret.
//!
//! What this doesn't protect: both are notes that anybody can change who can write there. What
//! a backup holds is told by verifying it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use probity_ledger::format::clip::clipped;
use serde::{Deserialize, Serialize};

use super::copy::Copy;
use crate::store::Lock;
use crate::store::barrier::Barrier;
use crate::store::disk::Disk;
use crate::work::home::Home;
use crate::work::{WorkError, input, time};

/// The version of a backup's layout that this program writes.
const LAYOUT: u32 = 1;

/// The name of the file in a backup's folder.
pub(super) const NOTE: &str = "backup.toml";

const MEDIA: &str = "backups.toml";

/// Most bytes of either file, which somebody else's stick may bring: a note of a hundred thousand
/// erased slots, each far from the next, or some thousand media. Read as TOML, each byte takes dozens.
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
    /// How many bytes its journal had then; more, where an interrupted backup came further and the
    /// next one goes on from there. So much of it can be restored, whatever happens to the rest.
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
    /// in the file in units of 32 bytes; written as `3-17,20`.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    pub forget: Places,
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
            forget: Places::default(),
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
        Self::parse(&text, &path).map(Some)
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// As [`Note::read`]; `path` is where the text lies, for the message.
    pub fn parse(text: &str, path: &Path) -> Result<Self, WorkError> {
        let layout =
            text.parse::<toml::Table>().ok().and_then(|table| table.get("layout")?.as_integer());
        if let Some(found) = layout.filter(|found| *found > i64::from(LAYOUT)) {
            return Err(WorkError::refused(
                format!("{} is of layout {found}, expected {LAYOUT}", path.display()),
                "a newer probity wrote it; use that one, this one changes nothing",
            ));
        }
        toml::from_str(text).map_err(|error| {
            WorkError::refused(
                format!("{} can't be read: {}", path.display(), input::toml_fault(&error, 300)),
                "the medium may be failing; back up to another one, and keep this one as it is",
            )
        })
    }

    /// The text of a note.
    ///
    /// # Errors
    /// Numbers that TOML doesn't have.
    pub fn to_text(&self) -> Result<String, WorkError> {
        Ok(format!("{HEADER}\n{}", to_toml(self)?))
    }

    pub(super) fn write(&self, disk: &dyn Disk, folder: &Path) -> Result<(), WorkError> {
        let path = folder.join(NOTE);
        let text = self.to_text()?;
        if text.len() as u64 > MOST {
            return Err(WorkError::refused(
                format!(
                    "{} would be {} bytes long, expected at most {MOST}",
                    path.display(),
                    text.len()
                ),
                "back up to a new folder; this one is as it was",
            ));
        }
        disk.replace(&path, text.as_bytes(), Some(Barrier::BackupNote))
            .and_then(|()| disk.sync_dir(folder, Barrier::BackupNoteName))
            .map_err(WorkError::file("writing", &path))
    }
}

/// Places of slots in their file, in units of 32 bytes; those that follow each other together, as they
/// are written. A few bytes of a note can name millions, so they are never held one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<(u64, u64)>);

impl Places {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One after another, as they were given.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }
}

impl FromIterator<u64> for Places {
    fn from_iter<I: IntoIterator<Item = u64>>(places: I) -> Self {
        let mut parts: Vec<(u64, u64)> = Vec::new();
        for place in places {
            match parts.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(place) => *last = place,
                _ => parts.push((place, place)),
            }
        }
        Self(parts)
    }
}

mod ranges {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::Places;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Ranges(String),
        /// As earlier versions wrote them.
        Each(Vec<u64>),
    }

    impl Serialize for Places {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let words = self.0.iter().map(|(first, last)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            });
            to.serialize_str(&words.collect::<Vec<_>>().join(","))
        }
    }

    impl<'de> Deserialize<'de> for Places {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let text = match Written::deserialize(from)? {
                Written::Ranges(text) => text,
                Written::Each(places) if places.iter().all(|place| *place <= LAST) => {
                    return Ok(places.into_iter().collect());
                }
                Written::Each(_) => return Err(D::Error::custom(TOO_FAR)),
            };
            let (mut parts, mut left) = (Vec::new(), MOST_PLACES);
            for part in text.split(',').filter(|part| !part.is_empty()) {
                let (first, last) = part.split_once('-').unwrap_or((part, part));
                let number = |text: &str| text.parse::<u64>().map_err(D::Error::custom);
                let (first, last) = (number(first)?, number(last)?);
                if last > LAST {
                    return Err(D::Error::custom(TOO_FAR));
                }
                let Some(more) = last.checked_sub(first) else {
                    return Err(D::Error::custom("slots that end before they begin"));
                };
                left = left
                    .checked_sub(more + 1)
                    .ok_or_else(|| D::Error::custom("more slots than a record book has"))?;
                parts.push((first, last));
            }
            Ok(Self(parts))
        }
    }

    /// The last place that a file can have.
    const LAST: u64 = u64::MAX / 32 - 1;

    const TOO_FAR: &str = "a slot in a place that no file has";

    /// What a note is believed to name: 2 GiB of slots, which are gone through one by one.
    const MOST_PLACES: u64 = 1 << 26;
}

/// A place to which this record book was backed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medium {
    /// Its random name, 16 hexadecimal digits.
    pub id: String,
    /// Its folder, as it was last called.
    pub path: PathBuf,
    /// When it was last brought up to date, POSIX seconds; 0 for never.
    pub at: i64,
    /// How many entries it had then.
    pub size: u64,
}

impl Medium {
    /// When it was last whole, in words.
    #[must_use]
    pub fn of(&self) -> String {
        match self.at {
            0 => "begun, and never finished".to_owned(),
            at => format!("of {}", time::day_words(&time::iso_day(at))),
        }
    }
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
    listed_in(home.path())
}

fn listed_in(folder: &Path) -> Result<Vec<Medium>, WorkError> {
    let path = folder.join(MEDIA);
    let text = match input::text(&path, MOST) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(WorkError::file("reading", &path)(error)),
    };
    parse_media(&text, &path)
}

/// Reads the text of `backups.toml`: the media, oldest refresh first.
///
/// # Errors
/// A text of another form; `path` is where it lies, for the message.
pub fn parse_media(text: &str, path: &Path) -> Result<Vec<Medium>, WorkError> {
    let Media { mut medium } = toml::from_str(text).map_err(|error| {
        WorkError::refused(
            format!("{} can't be read: {}", path.display(), input::toml_fault(&error, 300)),
            "move it away; back up to every medium again, and the list is made anew",
        )
    })?;
    medium.sort_by_key(|medium| medium.at);
    Ok(medium)
}

/// Remembers a medium before anything is copied to it: from then on it may open something.
pub(super) fn begin(home: &Home, medium: Medium) -> Result<(), WorkError> {
    let _lock = changing(home)?;
    let mut all = media(home)?;
    if all.iter().any(|known| known.id == medium.id) {
        return Ok(());
    }
    all.push(medium);
    keep(home, all)
}

/// Remembers that a medium was brought up to date.
pub(super) fn remember(home: &Home, medium: Medium) -> Result<(), WorkError> {
    let _lock = changing(home)?;
    let mut all = media(home)?;
    // Sticks that take turns may all go by one path, so only their own names tell them apart.
    all.retain(|known| known.id != medium.id);
    all.push(medium);
    keep(home, all)
}

/// The same of one on which nothing was written, and which may be a copy of another.
pub(super) fn remember_beside(home: &Home, medium: Medium) -> Result<(), WorkError> {
    let _lock = changing(home)?;
    let mut all = media(home)?;
    all.retain(|known| known.id != medium.id || known.is_beside(&medium.path));
    all.push(medium);
    keep(home, all)
}

/// Puts the list on a medium, so that a book that is restored from it knows of the others.
pub(super) fn hand_over(copy: &Copy<'_>) -> Result<(), WorkError> {
    copy.file(MEDIA)?;
    copy.sync_names("")
}

/// Puts the media that a medium knew of beside those that are known here. Since then, they may have
/// been brought further than it says, and never less far.
///
/// # Errors
/// A list of the medium's that can't be read, or that names what no medium is called; the home's
/// own, that can't be changed.
pub(super) fn take_over(home: &Home, folder: &Path) -> Result<(), WorkError> {
    let theirs = listed_in(folder)?;
    if let Some(odd) = theirs.iter().find(|medium| !medium.is_nameable()) {
        return Err(WorkError::refused(
            format!(
                "{} names a medium `{}` that no backup has made",
                folder.join(MEDIA).display(),
                clipped(&odd.id.escape_debug().to_string(), 60)
            ),
            "back up to every other medium once, and the list is made anew",
        ));
    }
    let _lock = changing(home)?;
    let mut all = media(home)?;
    let known: BTreeSet<String> = all.iter().map(|medium| medium.id.clone()).collect();
    all.extend(theirs.into_iter().filter(|medium| !known.contains(&medium.id)));
    keep(home, all)
}

/// Strikes off what a medium was called in this folder before it was given a name of its own. Another
/// of the former name that isn't there now stays.
pub(super) fn renamed(home: &Home, before: &str, folder: &Path) -> Result<(), WorkError> {
    let _lock = changing(home)?;
    let mut all = media(home)?;
    all.retain(|known| known.id != before || !is_same(&known.path, folder));
    keep(home, all)
}

/// Where another medium of that random name is, as the home remembers it: one of the two is a copy of
/// the other, made without this program. One that is called otherwise now, and isn't there any more
/// by its former name, is one.
pub(super) fn copied_from(
    home: &Home,
    id: &str,
    folder: &Path,
) -> Result<Option<PathBuf>, WorkError> {
    let mut all = media(home)?.into_iter();
    Ok(all.find(|known| known.id == id && known.is_beside(folder)).map(|known| known.path))
}

impl Medium {
    /// Whether it has such a name as media are given, and lies where a folder can.
    #[must_use]
    pub fn is_nameable(&self) -> bool {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let path = self.path.to_str().is_some_and(|path| !path.chars().any(char::is_control));
        self.id.len() == 16 && self.id.bytes().all(digit) && path
    }

    /// Whether it is still where it was, and that is another folder than this one.
    fn is_beside(&self, folder: &Path) -> bool {
        goes_by(&self.path, &self.id) && !is_same(&self.path, folder)
    }
}

fn is_same(path: &Path, folder: &Path) -> bool {
    let settled = || Some(path.canonicalize().ok()? == folder.canonicalize().ok()?);
    path == folder || settled() == Some(true)
}

/// Whether a folder holds a backup of that random name.
pub(super) fn goes_by(folder: &Path, id: &str) -> bool {
    Note::read(folder).is_ok_and(|note| note.is_some_and(|note| note.medium == id))
}

/// Strikes a medium that is no more off the list, by its folder or its random name.
///
/// # Errors
/// When none or several go by that name.
pub fn forget(home: &Home, name: &Path) -> Result<Medium, WorkError> {
    let _lock = changing(home)?;
    let mut all = media(home)?;
    let whole = std::path::absolute(name).unwrap_or_else(|_| name.to_owned());
    let goes = |known: &Medium| known.path == whole || Path::new(&known.id) == name;
    let found: Vec<Medium> = all.iter().filter(|known| goes(known)).cloned().collect();
    match found.as_slice() {
        [one] => {
            all.retain(|known| known != one);
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

/// Keeps other processes from changing the list between this one's reading and its writing: a medium
/// that is missing from it would not be named after an erasure.
fn changing(home: &Home) -> Result<Option<Lock>, WorkError> {
    let path = home.path().join("backups.lock");
    Ok(Lock::take_if_any(&**home.disk(), &path, "a change of backups.toml")?)
}

fn keep(home: &Home, medium: Vec<Medium>) -> Result<(), WorkError> {
    let path = home.path().join(MEDIA);
    let text = to_toml(&Media { medium })?;
    let disk = home.disk();
    disk.replace(&path, text.as_bytes(), Some(Barrier::Media))
        .and_then(|()| disk.sync_dir(home.path(), Barrier::MediaName))
        .map_err(WorkError::file("writing", &path))
}

fn to_toml(value: &impl Serialize) -> Result<String, WorkError> {
    toml::to_string(value).map_err(|error| {
        WorkError::refused(format!("a note can't be written: {error}"), "report this")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Many slots make a short note; what an earlier version wrote is read, and a note that
    /// names more slots than there can be is refused before they are counted.
    #[test]
    fn slots_that_follow_each_other_stand_together() {
        let note = |forget: Vec<u64>| {
            let forget = forget.into_iter().collect();
            Note { forget, ..Note::first([7; 8]) }
        };
        let read = |text: &str| toml::from_str::<Note>(text);
        let some = note(vec![1, 2, 3, 7, 9, 10]);
        let text = to_toml(&some).expect("a note");
        assert!(text.contains("forget = \"1-3,7,9-10\""), "{text}");
        assert_eq!(read(&text).expect("read"), some);
        let each = text.replace("\"1-3,7,9-10\"", "[1, 2, 3, 7, 9, 10]");
        assert_eq!(read(&each).expect("read"), some);
        let many = note((0..1_000_000).collect());
        let text = to_toml(&many).expect("a note");
        assert!(text.len() < 1000, "{}", text.len());
        assert_eq!(read(&text).expect("read"), many);
        let far = "576460752303423487";
        let (alone, each) = (format!("\"3,{far}\""), format!("[3, {far}]"));
        for bad in ["\"0-18446744073709551615\"", "\"3-x\"", "\"-\"", &alone, &each] {
            assert!(read(&text.replace("\"0-999999\"", bad)).is_err(), "{bad}");
        }
        assert_eq!(
            read(&to_toml(&note(Vec::new())).expect("a note")).expect("read").forget,
            Places::default()
        );
    }

    /// A stick of somebody else's made `restore` take half a gigabyte for the slots that a dozen
    /// bytes name, and more for a note of 16 MiB.
    #[test]
    fn a_note_takes_no_more_than_its_bytes() {
        let text = to_toml(&Note { forget: [1].into_iter().collect(), ..Note::first([7; 8]) });
        let text = text.expect("a note").replace("\"1\"", "\"0-67108863\"");
        let note: Note = toml::from_str(&text).expect("read");
        assert_eq!(note.forget, Places(vec![(0, (1 << 26) - 1)]));
        for bad in ["0-67108864", "0-67108863,0", "3-2"] {
            let text = text.replace("0-67108863", bad);
            assert!(toml::from_str::<Note>(&text).is_err(), "{bad}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        for name in [NOTE, MEDIA] {
            let file = std::fs::File::create(folder.path().join(name)).expect("a file");
            file.set_len(MOST + 1).expect("it grows");
        }
        let errors = [
            Note::read(folder.path()).expect_err("refused"),
            listed_in(folder.path()).expect_err("refused"),
        ];
        for error in errors {
            let said = error.to_string();
            let bound = format!("found {} bytes, expected at most {MOST}", MOST + 1);
            assert!(said.contains(&bound), "{said}");
        }
    }
}
