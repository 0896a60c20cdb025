//! From a backup to a record book: copied beside its place, verified there, and only then given
//! its name. An interruption leaves no ledger, and the next try begins anew.

use std::path::{Path, PathBuf};

use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;
use zeroize::Zeroizing;

use super::copy::{self, Copy};
use super::note::{self, Note, State};
use super::{KEY_KINDS, busy, check_apart};
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, How};
use crate::store::{LocalStore, Lock};
use crate::work::holder::Holder;
use crate::work::home::{Home, restrict};
use crate::work::keyring::file_name;
use crate::work::reading::options;
use crate::work::seen::{self, PutAside};
use crate::work::verify::{self, Asked, Report};
use crate::work::{WorkError, World, input};

/// Where a book is put together before it is verified.
const STAGE: &str = "restoring";

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub note: Note,
    /// The verdict on what was restored. Unless it is intact, nothing is there.
    pub report: Report,
    /// Key files that were there already, with another content, and stayed as they were.
    pub kept_keys: Vec<String>,
    /// Names by which another key goes here than in the backup: nothing of the backup's was copied.
    pub other_keys: Vec<String>,
    /// Keys on tokens: whoever wrote to the medium could have named a library of their own, so that
    /// each is taken anew.
    pub on_tokens: Vec<String>,
    /// Files beside the backup's keys that no backup made; they were left there.
    pub left_behind: Vec<String>,
    /// Whether the backup has keys.
    pub keys: bool,
    /// Why the other media that the backup knew of could not be taken over, if so.
    pub no_media: Option<String>,
    /// Where a ledger is now that was begun here, and in which nothing was ever recorded.
    pub unused: Option<PathBuf>,
    /// What signers of this home remembered and is lost, where that was accepted.
    pub put_aside: Vec<PutAside>,
}

impl Restored {
    /// Whether the record book is there.
    #[must_use]
    pub fn done(&self) -> bool {
        self.report.verdict.verdict == Outcome::Intact
    }
}

/// Restores a backup into a home that holds no ledger. It must continue the older head that the
/// reader brings, and what signers of this home remember; unless it is accepted, for a reason,
/// that what they saw is lost: then that is put aside, and kept.
///
/// # Errors
/// A home with a ledger, a folder that is no backup, what the disks say. Nothing that opens as
/// a ledger is there then.
pub fn restore(
    world: &World,
    home: &Home,
    folder: &Path,
    mut reader: Reader,
    accept_loss: Option<&str>,
    progress: &dyn Fn(u64),
) -> Result<Restored, WorkError> {
    let folder = std::path::absolute(folder).map_err(WorkError::file("finding", folder))?;
    refuse_ledger(home)?;
    let note = Note::read(&folder)?.ok_or_else(|| {
        WorkError::refused(
            format!("there is no backup in {}: it has no backup.toml", folder.display()),
            "name the folder that `probity backup` made; a home that was copied by other means is \
             used with --home FOLDER",
        )
    })?;
    check_apart(home.path(), &folder)?;
    if accept_loss.is_none() {
        reader.remembered.extend(seen::of_signers(home)?);
    }
    let disk = &**home.disk();
    let stage = home.path().join(STAGE);
    disk.create_dir(home.path()).map_err(WorkError::file("making", home.path()))?;
    let lock = home.path().join("restore.lock");
    let held = disk.lock(&lock).map_err(WorkError::file("locking", &lock))?;
    let held = held.ok_or_else(|| busy(home.path()))?;
    // Another restoring may have ended meanwhile.
    let restored = refuse_ledger(home)
        .and_then(|()| restore_locked(home, &folder, note, &reader, &stage, progress));
    drop(held);
    // Left behind, it would only be one file more.
    let _ = disk.remove(&lock);
    let mut restored = restored?;
    if let (Some(reason), true) = (accept_loss, restored.done()) {
        // An interruption before this leaves keys that refuse, and say what to do.
        restored.put_aside = seen::accept_loss(world, home, None, reason)?;
    }
    Ok(restored)
}

/// Refuses a home with a record book, or with what is left of one whose journal was lost: what
/// opens records that no backup has may be among it.
fn refuse_ledger(home: &Home) -> Result<(), WorkError> {
    home.refuse_lost()?;
    if !home.has_ledger() {
        return Ok(LocalStore::check_new(&home.ledger(), &options(home))?);
    }
    Err(WorkError::refused(
        format!("{} holds a record book already", home.path().display()),
        "name a new folder with --home FOLDER; nothing is overwritten",
    ))
}

fn restore_locked(
    home: &Home,
    folder: &Path,
    note: Note,
    reader: &Reader,
    stage: &Path,
    progress: &dyn Fn(u64),
) -> Result<Restored, WorkError> {
    let disk = &**home.disk();
    clear(disk, stage)?;
    let copy = Copy { disk, from: folder, to: stage, progress };
    copy.begin()?;
    copy_all(&copy, &note)?;
    let staged = Home::on(stage.to_owned(), home.disk().clone());
    let report = verify::home(&staged, reader, &Asked::default(), progress);
    let report = report.and_then(|report| report.refuse_unread(&staged).map(|()| report));
    let report = match report {
        Ok(report) if report.verdict.verdict == Outcome::Intact && fits(&note, &report) => report,
        other => {
            clear(disk, stage)?;
            return match other {
                Ok(report) if report.verdict.verdict != Outcome::Intact => {
                    let keys = Keys { any: note.keys, ..Keys::default() };
                    Ok(restored(note, report, keys, None))
                }
                Ok(report) => Err(not_as_noted(folder, &note, &report)),
                Err(error) => Err(error),
            };
        }
    };
    let (keys, unused) = settle(home, folder, stage, progress)?;
    // The book is there: that the list isn't is no reason to say otherwise.
    let no_media = note::take_over(home, folder).err().map(|error| error.to_string());
    // It holds what is restored, and so what may be erased from here on.
    note::remember_beside(home, note.medium_at(folder))?;
    Ok(Restored { no_media, ..restored(note, report, keys, unused) })
}

fn restored(note: Note, report: Report, keys: Keys, unused: Option<PathBuf>) -> Restored {
    let Keys { any: keys, kept: kept_keys, others: other_keys, on_tokens, left_behind } = keys;
    let put_aside = Vec::new();
    Restored {
        note,
        report,
        kept_keys,
        other_keys,
        on_tokens,
        left_behind,
        keys,
        unused,
        no_media: None,
        put_aside,
    }
}

/// Whether what was verified is what the backup says of itself.
fn fits(note: &Note, report: &Report) -> bool {
    let verdict = &report.verdict;
    let root = verdict.root.map(|root| root.to_string()).unwrap_or_default();
    let same = verdict.size.0 == note.size && root == note.root;
    let fingerprint = verdict.fingerprint.hash.map(|hash| hash.to_string());
    let ledger = fingerprint.as_deref() == Some(&note.fingerprint);
    ledger && (same || note.state == State::Unfinished && verdict.size.0 >= note.size)
}

fn not_as_noted(folder: &Path, note: &Note, report: &Report) -> WorkError {
    WorkError::refused(
        format!(
            "the backup in {} verifies with {} entries, but its backup.toml speaks of another \
             record book or of {} entries",
            folder.display(),
            report.verdict.size,
            note.size
        ),
        "somebody wrote in that folder; keep it as it is, and look for another backup",
    )
}

/// Copies settings and ledger to where they are verified.
fn copy_all(copy: &Copy<'_>, note: &Note) -> Result<(), WorkError> {
    let path = copy.from.join("ledger/journal");
    let length = std::fs::metadata(&path).map(|file| file.len());
    let length = length.map_err(WorkError::file("reading", &path))?;
    let end = match note.state {
        State::Whole => length,
        State::Unfinished => {
            let whole = copy::whole_frames(copy.disk, &path);
            match whole.map_err(WorkError::file("reading", &path))? {
                (end, None) => end,
                // Not left by an interruption: verification names it.
                (_, Some(_)) => length,
            }
        }
    };
    // Where slots were to be overwritten, it is all that was to be copied or all that was whole.
    let behind = note.forget.is_empty() || end == note.toward;
    let end = if behind { end } else { note.journal };
    copy.new_slots(0)?;
    if behind && !note.forget.is_empty() {
        copy.forget(note.forget.iter())?;
    }
    copy.documents()?;
    copy.journal(0, end)?;
    copy.outside(&mut |name| copy.file(name))?;
    copy.file("ledger/checkpoint")?;
    copy.file("config.toml")?;
    copy.names()
}

/// What became of the keys.
#[derive(Default)]
struct Keys {
    any: bool,
    kept: Vec<String>,
    others: Vec<String>,
    on_tokens: Vec<String>,
    left_behind: Vec<String>,
}

/// Puts what was verified in its place: settings and keys first, the ledger last and at once.
/// What became of the keys, and where a ledger is now that was in the way.
fn settle(
    home: &Home,
    folder: &Path,
    stage: &Path,
    progress: &dyn Fn(u64),
) -> Result<(Keys, Option<PathBuf>), WorkError> {
    let disk = &**home.disk();
    let held = claim(home, stage)?;
    let (from_stage, from_medium) = (
        Copy { disk, from: stage, to: home.path(), progress },
        Copy { disk, from: folder, to: home.path(), progress },
    );
    disk.create_dir(&home.keys()).map_err(WorkError::file("making", &home.keys()))?;
    restrict(&home.keys(), 0o700)?;
    from_stage.file("config.toml")?;
    copy::OUTSIDE.iter().try_for_each(|name| from_stage.file(name))?;
    let keys = copy_keys(home, &from_medium)?;
    // A ledger without settings would be none, and be in the way of the next try.
    from_medium.sync_names("keys")?;
    from_medium.sync_names("")?;
    let unused = put_in_place(home, stage, held)?;
    copy::sync_folders(disk, home.path())?;
    clear(disk, stage)?;
    Ok((keys, unused))
}

/// Copies the key files that a backup makes, and no others: whoever wrote to the medium may have
/// put anything there.
fn copy_keys(home: &Home, copy: &Copy<'_>) -> Result<Keys, WorkError> {
    let here = copy::files(&home.keys())?;
    let mut keys = Keys::default();
    let there = copy::files(&copy.from.join("keys"))?;
    for name in there.keys().filter_map(|name| name.strip_suffix(".pub")) {
        if is_of_another_key(home, copy.from, name)? {
            keys.others.push(name.to_owned());
        }
    }
    for name in there.into_keys() {
        let (inside, held) = (format!("keys/{name}"), held_name(&name));
        let kind = Path::new(&name).extension();
        if !is_key_file(&name) {
            match held {
                Some(key) => keys.on_token(key),
                // An interruption leaves such a file.
                None if kind.is_some_and(|kind| kind == "part") => {}
                None => keys.left_behind.push(name.escape_debug().to_string()),
            }
            continue;
        }
        keys.any = true;
        if name.split('.').next().is_some_and(|key| keys.others.iter().any(|other| other == key)) {
            continue;
        }
        if here.contains_key(&name) {
            // A passphrase may have been changed here since, or a newer head remembered.
            let path = Path::new(&inside);
            if key_file(&home.path().join(path))? != key_file(&copy.from.join(path))? {
                keys.kept.push(name);
            }
            continue;
        }
        if let Some(key) = held {
            let path = copy.from.join(&inside);
            let text =
                input::text(&path, input::MAX_SMALL).map_err(WorkError::file("reading", &path))?;
            if Holder::parse(&text) != Ok(Holder::Agent) {
                keys.on_token(key);
                continue;
            }
        }
        copy.file(&inside)?;
        if kind.is_some_and(|kind| kind == "pub") {
            let path = home.path().join(&inside);
            copy.disk.share(&path).map_err(WorkError::file("sharing", &path))?;
        }
    }
    Ok(keys)
}

/// The bytes of a key file, if it is there.
fn key_file(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, WorkError> {
    match input::bytes(path, input::MAX_SMALL) {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(WorkError::file("reading", path)(error)),
    }
}

/// Whether a key goes by that name here that isn't the backup's: its halves and the other's would
/// be put together. Where there is no public half, nobody can tell of another private one.
fn is_of_another_key(home: &Home, from: &Path, name: &str) -> Result<bool, WorkError> {
    let differ = |kind: &str| {
        let inside = format!("keys/{name}.{kind}");
        let (here, there) = (key_file(&home.path().join(&inside))?, key_file(&from.join(&inside))?);
        Ok::<_, WorkError>((here.is_some(), here.is_some() && here != there))
    };
    match differ("pub")? {
        (true, other) => Ok(other),
        (false, _) => Ok(differ("pem")?.1),
    }
}

impl Keys {
    /// Notes a key on a token, whose file may be there in several spellings.
    fn on_token(&mut self, key: String) {
        self.any = true;
        if !self.on_tokens.contains(&key) {
            self.on_tokens.push(key);
        }
    }
}

/// Whether a key file that a backup makes goes by exactly this name. Other spellings may be another
/// name of the same file: where capitals make no difference, or dots and blanks at the end.
fn is_key_file(name: &str) -> bool {
    let Some((stem, kind)) = name.rsplit_once('.') else { return false };
    let plain = |word: &str| !word.is_empty() && word.len() <= 100 && file_name(word) == word;
    match stem.split_once('.') {
        None => plain(stem) && kind != "txt" && KEY_KINDS.contains(&kind),
        // What was put aside of what a signer remembered: NAME.seen-….txt, and the like.
        Some((key, what)) => {
            let known = ["seen-", "contradiction-"].iter().any(|known| what.starts_with(*known));
            plain(key) && plain(what) && known && kind == "txt"
        }
    }
}

/// The name of the key whose holder a file of this name would tell on any file system.
fn held_name(name: &str) -> Option<String> {
    let bare = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let (key, kind) = bare.rsplit_once('.')?;
    let key = file_name(key);
    (kind.trim().eq_ignore_ascii_case("held") && !key.is_empty()).then_some(key)
}

/// Takes the lock of a ledger that was begun here, if there is one, and so waits for whoever is
/// beginning it. Where a record book came of it, what was put together is removed again.
fn claim(home: &Home, stage: &Path) -> Result<Option<Lock>, WorkError> {
    let (disk, ledger) = (&**home.disk(), home.ledger());
    let held = if ledger.exists() {
        let held = Lock::take(disk, &ledger.join("lock"), "restore");
        held.map(Some).map_err(WorkError::from)
    } else {
        Ok(None)
    };
    let held = held.and_then(|held| refuse_ledger(home).map(|()| held));
    if held.is_err() {
        clear(disk, stage)?;
    }
    held
}

/// Gives the ledger its place; where the one is now that was in the way. Nothing was ever
/// acknowledged in that one, and nobody writes in it while its lock is held.
fn put_in_place(
    home: &Home,
    stage: &Path,
    held: Option<Lock>,
) -> Result<Option<PathBuf>, WorkError> {
    let (disk, ledger) = (&**home.disk(), home.ledger());
    let held = if held.is_some() { held } else { claim(home, stage)? };
    let unused = held.is_some().then(|| {
        (1..10_000)
            .map(|number| home.path().join(format!("ledger.unused-{number}")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| home.path().join("ledger.unused"))
    });
    // Windows moves no folder in which a file is open.
    let held = held.filter(|_| !cfg!(windows));
    if let Some(unused) = &unused {
        disk.rename(&ledger, unused).map_err(WorkError::file("moving away", &ledger))?;
    }
    disk.rename(&stage.join("ledger"), &ledger)
        .and_then(|()| disk.sync_dir(home.path(), Barrier::RestoredName))
        .map_err(WorkError::file("moving", &ledger))?;
    drop(held);
    Ok(unused)
}

/// Removes what an earlier try left; its slots are overwritten first.
fn clear(disk: &dyn Disk, stage: &Path) -> Result<(), WorkError> {
    let slots = stage.join("ledger/bodykeys");
    if let Ok(file) = disk.open(&slots, How::Write) {
        let zeros = vec![0; 1 << 16];
        let mut at = 0;
        while let Some(left) = file.length().ok().and_then(|end| end.checked_sub(at)) {
            let size = usize::try_from(left).map_or(zeros.len(), |left| left.min(zeros.len()));
            if size == 0 || file.write_at(at, &zeros[..size]).is_err() {
                break;
            }
            at += size as u64;
        }
        // What can't be overwritten is removed all the same.
        let _ = copy::wait_for_slots(&*file);
    }
    disk.remove_folder(stage).map_err(WorkError::file("removing", stage))
}
