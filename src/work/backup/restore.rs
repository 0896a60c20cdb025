//! From a backup to a record book: copied beside its place, verified there, and only then given
//! its name. An interruption leaves no ledger, and the next try begins anew.

use std::path::Path;

use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;
use zeroize::Zeroizing;

use super::copy::{self, Copy};
use super::note::{self, Note, State};
use super::{busy, check_apart};
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, How};
use crate::store::{RawJournal, journal};
use crate::work::holder::Holder;
use crate::work::home::{Home, restrict};
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
    /// Keys on tokens: whoever wrote to the medium could have named a library of their own, so that
    /// each is taken anew.
    pub on_tokens: Vec<String>,
    /// Whether the backup has keys.
    pub keys: bool,
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
    if home.has_ledger() {
        return Err(WorkError::refused(
            format!("{} holds a record book already", home.path().display()),
            "name a new folder with --home FOLDER; nothing is overwritten",
        ));
    }
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
    let restored = restore_locked(home, &folder, note, &reader, &stage, progress);
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
    let report = match report {
        Ok(report) if report.verdict.verdict == Outcome::Intact && fits(&note, &report) => report,
        other => {
            clear(disk, stage)?;
            return match other {
                Ok(report) if report.verdict.verdict != Outcome::Intact => {
                    let (kept_keys, keys, put_aside) = (Vec::new(), note.keys, Vec::new());
                    let on_tokens = Vec::new();
                    Ok(Restored { note, report, kept_keys, on_tokens, keys, put_aside })
                }
                Ok(report) => Err(not_as_noted(folder, &note, &report)),
                Err(error) => Err(error),
            };
        }
    };
    let Settled { keys, kept_keys, on_tokens } = settle(home, folder, stage, progress)?;
    // It holds what is restored, and so what may be erased from here on.
    note::remember(home, note.medium_at(folder))?;
    Ok(Restored { note, report, kept_keys, on_tokens, keys, put_aside: Vec::new() })
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
    let length =
        std::fs::metadata(&path).map(|file| file.len()).map_err(WorkError::file("reading", &path));
    let end = match note.state {
        State::Whole => length?,
        State::Unfinished => whole_frames(copy.from, length?)?,
    };
    // Where slots were to be overwritten, it is all that was to be copied or all that was whole.
    let behind = note.forget.is_empty() || end == note.toward;
    let end = if behind { end } else { note.journal };
    copy.new_slots(0)?;
    if behind && !note.forget.is_empty() {
        copy.forget(&note.forget)?;
    }
    copy.documents()?;
    copy.journal(0, end)?;
    copy.outside()?;
    copy.file("ledger/checkpoint")?;
    copy.file("config.toml")?;
    copy.names()
}

/// Where the last whole frame of an unfinished backup ends: what stands behind it is what an
/// interruption left.
fn whole_frames(folder: &Path, length: u64) -> Result<u64, WorkError> {
    let raw = RawJournal::open(&folder.join("ledger"))?;
    let mut end = length.min(journal::MAGIC.len() as u64);
    for frame in raw.frames() {
        match frame {
            Ok(frame) => end = frame.end(),
            Err(damage) if damage.torn => break,
            // Not left by an interruption: verification names it.
            Err(_) => return Ok(length),
        }
    }
    Ok(end)
}

/// What became of the keys.
struct Settled {
    keys: bool,
    kept_keys: Vec<String>,
    on_tokens: Vec<String>,
}

/// Puts what was verified in its place: settings and keys first, the ledger last and at once.
fn settle(
    home: &Home,
    folder: &Path,
    stage: &Path,
    progress: &dyn Fn(u64),
) -> Result<Settled, WorkError> {
    let disk = &**home.disk();
    let (from_stage, from_medium) = (
        Copy { disk, from: stage, to: home.path(), progress },
        Copy { disk, from: folder, to: home.path(), progress },
    );
    disk.create_dir(&home.keys()).map_err(WorkError::file("making", &home.keys()))?;
    restrict(&home.keys(), 0o700)?;
    from_stage.file("config.toml")?;
    copy::OUTSIDE.iter().try_for_each(|name| from_stage.file(name))?;
    let here = copy::files(&home.keys())?;
    let names = copy::files(&folder.join("keys"))?.into_keys();
    let part = |name: &String| Path::new(name).extension().is_some_and(|kind| kind == "part");
    let names: Vec<String> = names.filter(|name| !part(name)).collect();
    let (mut kept_keys, mut on_tokens) = (Vec::new(), Vec::new());
    for name in &names {
        let inside = format!("keys/{name}");
        if here.contains_key(name) {
            // A passphrase may have been changed here since, or a newer head remembered.
            let read = |root: &Path| {
                let path = root.join(&inside);
                let bytes = input::bytes(&path, input::MAX_SMALL).map(Zeroizing::new);
                bytes.map_err(WorkError::file("reading", &path))
            };
            if read(home.path())? != read(folder)? {
                kept_keys.push(name.clone());
            }
            continue;
        }
        if let Some(key) = name.strip_suffix(".held") {
            let path = folder.join(&inside);
            let text =
                input::text(&path, input::MAX_SMALL).map_err(WorkError::file("reading", &path))?;
            if Holder::parse(&text) != Ok(Holder::Agent) {
                on_tokens.push(key.to_owned());
                continue;
            }
        }
        from_medium.file(&inside)?;
        if Path::new(name).extension().is_some_and(|kind| kind == "pub") {
            let path = home.path().join(&inside);
            disk.share(&path).map_err(WorkError::file("sharing", &path))?;
        }
    }
    // A ledger without settings would be none, and be in the way of the next try.
    from_medium.sync_names("keys")?;
    from_medium.sync_names("")?;
    put_in_place(home, stage)?;
    copy::sync_folders(disk, home.path())?;
    clear(disk, stage)?;
    Ok(Settled { keys: !names.is_empty(), kept_keys, on_tokens })
}

fn put_in_place(home: &Home, stage: &Path) -> Result<(), WorkError> {
    let (disk, ledger) = (&**home.disk(), home.ledger());
    if ledger.exists() {
        // A beginning that was interrupted: nothing was ever acknowledged in it.
        let aside = (1..10_000)
            .map(|number| home.path().join(format!("ledger.unused-{number}")))
            .find(|path| !path.exists())
            .unwrap_or_else(|| home.path().join("ledger.unused"));
        disk.rename(&ledger, &aside).map_err(WorkError::file("moving away", &ledger))?;
    }
    disk.rename(&stage.join("ledger"), &ledger)
        .and_then(|()| disk.sync_dir(home.path(), Barrier::RestoredName))
        .map_err(WorkError::file("moving", &ledger))
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
    }
    match std::fs::remove_dir_all(stage) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(WorkError::file("removing", stage)(error))
        }
        _ => Ok(()),
    }
}
