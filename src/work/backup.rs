//! Backups: one copy of a record book on each medium, brought up to date in place.
//!
//! ```text
//! DIR/backup.toml        what it is, when it was last whole ([`Note`])
//! DIR/config.toml, keys/, ledger/journal, bodykeys, documents/, checkpoint   as in a home
//! DIR/backups.toml       the media that the home knew then
//! ```
//!
//! A slot that was overwritten to forget is overwritten on the medium too, the next time that
//! the medium is brought up to date, and no older copy of it stays there. Until then that medium
//! still opens what was erased: so the home remembers its media ([`media`]).
//!
//! A medium is only ever brought forward. One that holds another book, a newer state of this
//! one, or other bytes where both should have the same is refused untouched: it may be the only
//! evidence left. It counts as whole once its copy was verified as any ledger is.
//!
//! What this doesn't protect: whoever has the medium has the book, with every answer. Files that
//! were read back at once may come from memory: whether the medium itself can be read, only a
//! check after it was taken out tells.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

mod copy;
mod due;
mod note;
mod restore;
mod small;

pub use due::{behind, due};
pub use note::{Medium, Note, Places, State, forget, media, parse_media};
pub use restore::{Restored, restore};

use self::copy::Copy;
use self::small::{Found, Small};
use super::home::{Home, settled};
use super::keyring::Keyring;
use super::reading::Reading;
use super::record::open_for_writing;
use super::verify::{self, Asked, Report};
use super::{WorkError, World, checkpoint, time};
use crate::store::disk::Disk;
use crate::store::{Mode, Store as _};

/// What was backed up.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where.
    pub folder: PathBuf,
    /// What the medium says of itself now. It is whole unless the check of the copy failed.
    pub note: Note,
    /// How many entries it had before.
    pub before: u64,
    /// The verdict on the copy.
    pub report: Report,
    /// Key files that were on the medium with another content. Whether a new one opens, only its
    /// owner's passphrase tells.
    pub changed_keys: Vec<String>,
    /// Key files that are damaged, here and on the medium, which had no good one.
    pub damaged_keys: Vec<String>,
    /// Where the medium is of which this one was a copy, made without this program. It has a random
    /// name of its own now.
    pub copied_from: Option<PathBuf>,
}

/// Whether a folder is a backup and no home.
#[must_use]
pub fn is_backup(folder: &Path) -> bool {
    folder.join(note::NOTE).exists()
}

/// Backs a record book up to a folder, and verifies the copy.
///
/// # Errors
/// A folder that holds something else, another book or a newer state of this one; small files that
/// are damaged, where the medium has others; a book that can't be opened for writing; what the disks
/// say. Where the older backup was touched, it can
/// still be restored, and says that it is unfinished.
pub fn backup(
    world: &World,
    home: &Home,
    folder: &Path,
    keys: bool,
    progress: &dyn Fn(u64),
) -> Result<Done, WorkError> {
    let folder = std::path::absolute(folder).map_err(WorkError::file("finding", folder))?;
    home.config()?;
    check_apart(home.path(), &folder)?;
    let disk = &**home.disk();
    let known = known(&folder)?;
    let reading = Reading::open(home, &Mode::Read)?;
    let fingerprint = reading.authority.fingerprint;
    let copy = Copy { disk, from: home.path(), to: &folder, progress };
    if let Some(known) = &known {
        check_same(known, &fingerprint, &folder)?;
        check_forward(home, known, reading.store.head().size, &folder)?;
        // Before any of it is touched, and once more while nobody writes.
        Small { copy: &copy, reading: &reading }.check(home)?;
    }
    let mut note = match known {
        Some(known) => known,
        None => Note::first(world.random()?),
    };
    let before = note.size;
    note.state = State::Unfinished;
    note.school.clone_from(&reading.authority.school);
    note.origin.clone_from(&reading.authority.origin);
    note.fingerprint = fingerprint.to_string();
    drop(reading);

    let new = !folder.exists();
    copy.begin()?;
    // Some network drives have no locks; then the book's own has to do.
    let _lock = match disk.lock(&folder.join("ledger/lock")) {
        Ok(None) => return Err(busy(&folder)),
        held => held.ok(),
    };
    let copied_from = name_apart(world, home, &mut note, &folder)?;
    note.write(disk, &folder)?;
    if new {
        copy::sync_folders(disk, &folder)?;
    }
    note::begin(home, note.medium_at(&folder))?;
    // Documents never change, so all that are there can be copied while others write.
    copy.documents()?;
    let mut found = Found::default();
    let head = copy_locked(world, home, &copy, &mut note, keys, &mut found)?;
    if !keys {
        remove_keys(disk, &folder)?;
    }
    copy.names()?;

    let reader = Reader { fingerprint: Some(fingerprint), ..Reader::default() };
    let report = verify::home(
        &Home::on(folder.clone(), home.disk().clone()),
        &reader,
        &Asked::default(),
        progress,
    )?;
    report.refuse_unread(&Home::on(folder.clone(), home.disk().clone()))?;
    if is_this(&report, head.size, head.root) {
        note.state = State::Whole;
        (note.toward, note.forget) = (0, Places::default());
        note.at = world.now();
        note.on = time::words(note.at);
        note.size = head.size.0;
        note.root = head.root.to_string();
        note.journal = head.journal;
        note.slots = head.slots;
        note.keys = keys;
        note.write(disk, &folder)?;
        note::remember(home, note.medium_at(&folder))?;
        note::hand_over(&copy)?;
    }
    let Found { changed: changed_keys, damaged: damaged_keys } = found;
    Ok(Done { folder, note, before, report, changed_keys, damaged_keys, copied_from })
}

/// Gives a medium a random name of its own, where it is a copy of another that is still there: with
/// one name, only one of them would be on the list, and the other not be named after an erasure. Where
/// the other is.
fn name_apart(
    world: &World,
    home: &Home,
    note: &mut Note,
    folder: &Path,
) -> Result<Option<PathBuf>, WorkError> {
    let Some(other) = note::copied_from(home, &note.medium, folder)? else { return Ok(None) };
    let disk = &**home.disk();
    let before = std::mem::replace(&mut note.medium, hex::encode(world.random::<8>()?));
    note.write(disk, folder)?;
    // One folder may be mounted in two places: then it goes by the new name in both.
    if note::goes_by(&other, &note.medium) {
        note.medium = before;
        note.write(disk, folder)?;
        return Ok(None);
    }
    note::renamed(home, &before, folder)?;
    Ok(Some(other))
}

/// What was copied under the lock.
struct Head {
    size: Size,
    root: RootHash,
    journal: u64,
    slots: u64,
}

/// The part that needs a book in which nobody writes: few bytes, since nearly all documents are
/// there already.
fn copy_locked(
    world: &World,
    home: &Home,
    copy: &Copy<'_>,
    note: &mut Note,
    keys: bool,
    found: &mut Found,
) -> Result<Head, WorkError> {
    let mut reading = open_for_writing(home, "backup", world)?;
    // A log key that lies elsewhere is no reason to go without a backup; then an older
    // checkpoint is copied.
    let _ = checkpoint::give_out(&mut reading, &Keyring::of(home));
    let length = |name: &str| {
        let path = home.path().join(name);
        std::fs::metadata(&path).map(|file| file.len()).map_err(WorkError::file("reading", &path))
    };
    let head = Head {
        size: reading.store.head().size,
        root: reading.store.root(),
        journal: length("ledger/journal")?,
        slots: length("ledger/bodykeys")?,
    };
    let forget = copy.to_forget(note.slots)?;
    check_slots(&reading, home, note, &head, &forget)?;
    go_on_from(&reading, copy, note)?;
    // From here on the medium says what is under way, before any of it is there.
    note.toward = head.journal;
    note.forget = forget.into_iter().collect();
    note.write(copy.disk, copy.to)?;
    copy.new_slots(note.slots)?;
    note.documents = copy.documents()?;
    copy.journal(note.journal, head.journal)?;
    copy.forget(note.forget.iter())?;
    copy.remove_gone(&unnamed(&reading, copy.gone()?))?;
    let small = Small { copy, reading: &reading };
    copy.outside(&mut |name| small.carry(name, found))?;
    small.carry("config.toml", found)?;
    small.carry("ledger/checkpoint", found)?;
    if keys {
        // Under the lock: what a key remembers is no newer than the records that are copied.
        key_files(home)?.iter().try_for_each(|name| small.carry(name, found))?;
    }
    Ok(head)
}

/// Requires that the book's own slots are not damaged: a copy of them may be the last.
fn check_slots(
    reading: &Reading,
    home: &Home,
    note: &Note,
    head: &Head,
    forget: &[u64],
) -> Result<(), WorkError> {
    let path = home.ledger().join("bodykeys");
    let damaged = |found: String| {
        WorkError::refused(
            format!("{} is damaged: {found}", path.display()),
            "nothing was overwritten on the medium; run `probity verify`, and restore the newest \
             backup into another folder",
        )
    };
    if head.slots < note.slots {
        let (found, before) = (head.slots, note.slots);
        return Err(damaged(format!("it has {found} bytes, and had {before} at the last backup")));
    }
    if forget.is_empty() {
        return Ok(());
    }
    let live = reading.store.live_slots()?;
    // The first place in the file is its header.
    match forget.iter().find(|place| place.checked_sub(1).is_none_or(|slot| live.contains(&slot))) {
        None => Ok(()),
        Some(place) => Err(damaged(format!("slot {place} is empty, and a record needs it"))),
    }
}

/// Makes what an interrupted backup left its new ground: as much as can be restored of it now can
/// be restored whatever becomes of the rest. Where all of its journal is there, slots may be
/// overwritten already, and nothing older can be restored: then that is done to its end. Where
/// only a part is there and slots were to be overwritten, none was: the older ground stays, and
/// what stands behind it is taken away.
///
/// Slots that the book uses are left alone, whatever the note says of them.
fn go_on_from(reading: &Reading, copy: &Copy<'_>, note: &mut Note) -> Result<(), WorkError> {
    let (toward, forget) = (note.toward, std::mem::take(&mut note.forget));
    let path = copy.to.join("ledger/journal");
    let copied = length_if_there(&path)?;
    if copied == note.journal && forget.is_empty() {
        return Ok(());
    }
    let whole = copy::whole_frames(copy.disk, &path).map_err(WorkError::file("reading", &path))?;
    let (end, None) = whole else { return Ok(()) };
    if end < note.journal {
        return Ok(());
    }
    if !forget.is_empty() && end != toward {
        // What is behind the older ground needs slots that may not be on the medium, and the note
        // that says so is about to be replaced. The book has all of it.
        return copy.journal(note.journal, note.journal);
    }
    let dead: Vec<u64> = if forget.is_empty() {
        Vec::new()
    } else {
        let live = reading.store.live_slots()?;
        let is_dead = |place: &u64| place.checked_sub(1).is_some_and(|slot| !live.contains(&slot));
        forget.iter().filter(is_dead).collect()
    };
    // It may have come no further than memory.
    copy.journal(end, end)?;
    copy.forget(dead)?;
    note.journal = end;
    note.toward = 0;
    note.write(copy.disk, copy.to)
}

/// Those of these documents that no record names any more. One that a record names is kept on the
/// medium, although the book has lost it; and so is each one, where a body can't be opened: what
/// that names can't be known.
fn unnamed(reading: &Reading, mut gone: Vec<String>) -> Vec<String> {
    if gone.iter().any(|name| name.len() == 32) {
        for index in 0..reading.store.head().size.0 {
            let opened = match reading.store.body(Index(index)) {
                Ok(Some(opened)) => opened,
                // Nothing of it is left, and so it names nothing.
                Ok(None) => continue,
                Err(_) => return Vec::new(),
            };
            for document in &opened.documents {
                gone.retain(|name| *name != document.file.to_string());
            }
        }
    }
    gone
}

/// Whether a report is that of a sound ledger with this head.
fn is_this(report: &Report, size: Size, root: RootHash) -> bool {
    let verdict = &report.verdict;
    verdict.verdict == Outcome::Intact && verdict.size == size && verdict.root == Some(root)
}

impl Note {
    fn medium_at(&self, folder: &Path) -> Medium {
        let path = PathBuf::from(folder.to_string_lossy().into_owned());
        Medium { id: self.medium.clone(), path, at: self.at, size: self.size }
    }
}

/// The note of a folder to which something can be backed up; `None` when it is new or empty.
fn known(folder: &Path) -> Result<Option<Note>, WorkError> {
    if let Some(note) = Note::read(folder)? {
        return Ok(Some(note));
    }
    let mut there = match std::fs::read_dir(folder) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WorkError::file("reading", folder)(error)),
    };
    // What an interruption may leave before there is a note.
    let ours = |name: &OsStr| {
        ["ledger", "keys", "backup.toml.part"].iter().any(|known| name == *known)
            && !folder.join("ledger/journal").exists()
            && !folder.join("config.toml").exists()
    };
    if there.all(|entry| entry.is_ok_and(|entry| ours(&entry.file_name()))) {
        return Ok(None);
    }
    Err(WorkError::refused(
        format!("{} holds other things, and no backup", folder.display()),
        format!("name a new folder, such as {}", folder.join("probity-backup").display()),
    ))
}

/// Refuses a backup of another record book.
fn check_same(note: &Note, fingerprint: &EntryHash, folder: &Path) -> Result<(), WorkError> {
    if note.fingerprint == fingerprint.to_string() {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "{} holds a backup of another record book: {} (fingerprint {}…), expected {}…",
            folder.display(),
            note.school,
            note.fingerprint.get(..8).unwrap_or_default(),
            fingerprint.to_string().get(..8).unwrap_or_default(),
        ),
        "name another folder: each record book has its own",
    ))
}

/// Requires that the book goes on from what the medium holds.
fn check_forward(home: &Home, note: &Note, size: Size, folder: &Path) -> Result<(), WorkError> {
    let (here, there) = (home.ledger().join("journal"), folder.join("ledger/journal"));
    let (mine, copied) = (length_if_there(&here)?, length_if_there(&there)?);
    if copied < note.journal {
        return Err(WorkError::refused(
            format!(
                "the backup in {} is damaged: its journal has {copied} bytes, expected {}",
                folder.display(),
                note.journal
            ),
            "the medium may be failing; back up to another one",
        ));
    }
    let told = if note.state == State::Whole {
        copied
    } else {
        let whole = copy::whole_frames(&**home.disk(), &there);
        match whole.map_err(WorkError::file("reading", &there))? {
            // Behind whole frames there may be anything that an interruption leaves; records of
            // which this book knows nothing are whole frames.
            (end, None) => end.max(note.journal),
            // The first bytes, which the first backup may not have brought to the medium.
            (_, Some(damage)) if damage.offset == 0 => note.journal,
            (_, Some(_)) => copied,
        }
    };
    let difference = if copied == 0 {
        None
    } else {
        copy::first_difference(&**home.disk(), &here, &there, copied.max(told))
            .map_err(WorkError::file("comparing", &there))?
    };
    match difference {
        Some(at) if at == mine && mine < copied => Err(WorkError::refused(
            format!(
                "the backup in {} is newer than this record book: it goes on behind the {size} \
                 entries that are here",
                folder.display()
            ),
            "if this record book was put back from an older copy, restore that backup instead; \
             nothing was written",
        )),
        Some(at) if at < told => Err(WorkError::refused(
            format!(
                "the backup in {} and this record book differ from byte {at} of the journal on: \
                 one of the two was damaged or rewritten",
                folder.display()
            ),
            "keep both as they are; run `probity verify` on each, tell your DPO, and back up to \
             another folder",
        )),
        _ => Ok(()),
    }
}

/// How long a file is: 0, if an interruption came before there was one.
fn length_if_there(path: &Path) -> Result<u64, WorkError> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(WorkError::file("reading", path)(error)),
    }
}

/// Refuses folders of which one lies in the other.
fn check_apart(home: &Path, folder: &Path) -> Result<(), WorkError> {
    let (home, folder) = (settled(home), settled(folder));
    if folder.starts_with(&home) || home.starts_with(&folder) {
        return Err(WorkError::refused(
            format!(
                "the backup's folder {} and the record book's {} lie in each other",
                folder.display(),
                home.display()
            ),
            "name a folder on another medium, such as a USB stick",
        ));
    }
    Ok(())
}

fn busy(folder: &Path) -> WorkError {
    WorkError::refused(
        format!("another program is writing in {}", folder.display()),
        "try again when it has ended",
    )
}

/// What the names of key files end in: people's keys and the log's, public halves, who holds the
/// private ones elsewhere, what signers remember, and what was put aside of that.
const KEY_KINDS: [&str; 5] = ["pem", "pub", "held", "seen", "txt"];

/// The key files of a home.
fn key_files(home: &Home) -> Result<Vec<String>, WorkError> {
    let found = copy::files(&home.keys())?;
    let names = found.into_keys().filter(|name| {
        let kind = Path::new(name).extension().and_then(OsStr::to_str);
        kind.is_some_and(|kind| KEY_KINDS.contains(&kind))
    });
    Ok(names.map(|name| format!("keys/{name}")).collect())
}

/// Removes the keys that an earlier backup left.
fn remove_keys(disk: &dyn Disk, folder: &Path) -> Result<(), WorkError> {
    let keys = folder.join("keys");
    for name in copy::files(&keys)?.into_keys() {
        let path = keys.join(name);
        disk.remove(&path).map_err(WorkError::file("removing", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
