//! Bringing a copy of a record book up to date, in an order in which an interruption leaves
//! something that can be restored.
//!
//! 1. slots that the copy lacks, synced: nothing uses them yet. One that the copy has and the
//!    source has overwritten stays until step 4;
//! 2. documents that it lacks, synced with their names: nothing names them yet;
//! 3. the journal's new end, synced. An interruption up to here leaves the older records whole,
//!    within it a number of whole frames, and from here on all of them are there;
//! 4. slots that were overwritten with zeros since, overwritten in the same places and synced;
//!    other differences are damage of the source, and stay out of the copy. Before, the copy
//!    still opens what was erased. Which ones they are, its note says from before step 1 on:
//!    records that tell of an erasure and slots that were not overwritten don't go together, so
//!    whoever restores what an interruption left finishes this step, or leaves those records out.
//!    The same holds for slots that were empty when they were first copied;
//! 5. documents that are gone from the source, and that no record there names any more;
//! 6. the checkpoint, which counts only what is there, and what came from outside.
//!
//! After an interruption, the next backup first makes what can be restored of the copy its new
//! ground: once step 4 has begun, nothing older can be restored, and a note that names a longer
//! journal would say that it can.
//!
//! A restored book is copied by the same steps into a folder that has nothing yet.
//!
//! What this doesn't protect: a medium that never overwrites in place keeps old slots where no
//! program sees them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, DiskFile, How, sync_above};
use crate::store::journal::{Damage, Frames, MAGIC};
use crate::work::WorkError;

/// Most bytes that are held at a time.
const CHUNK: usize = 1 << 18;

/// The length of a slot, and of the header before the first one.
const SLOT: u64 = 32;

/// Most bytes of a file of settings or keys, or of a checkpoint.
pub(super) const MAX_FILE: u64 = 1 << 20;

/// What a home says of witnesses and timestamp services.
pub(super) const OUTSIDE: [&str; 2] = ["policy.txt", "tsa-roots.pem"];

/// A source and its copy, each laid out as a home.
pub(super) struct Copy<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) from: &'a Path,
    pub(super) to: &'a Path,
    /// Is told how many documents were looked at.
    pub(super) progress: &'a dyn Fn(u64),
}

impl Copy<'_> {
    /// Makes the folders.
    pub(super) fn begin(&self) -> Result<(), WorkError> {
        for folder in ["ledger/documents", "keys"] {
            let folder = self.to.join(folder);
            self.disk.create_dir(&folder).map_err(WorkError::file("making", &folder))?;
        }
        Ok(())
    }

    /// Copies slots from byte `start` of the file on. One that is empty in the source and not on
    /// the copy stays as it is: records on the copy may need it until [`Copy::forget`].
    pub(super) fn new_slots(&self, start: u64) -> Result<(), WorkError> {
        let (from, to) = self.both("ledger/bodykeys");
        let start = start / SLOT * SLOT;
        let done = self.open(&from, &to).and_then(|(source, copy)| {
            slots_of_both(&*source, &*copy, start, &mut |at, slots, there| {
                for (mine, copied) in slots.as_chunks_mut::<32>().0.iter_mut().zip(there) {
                    if *mine == [0; 32] {
                        mine.copy_from_slice(copied);
                    }
                }
                copy.write_at(at, slots)
            })?;
            copy.sync(Barrier::CopySlots)
        });
        done.map_err(WorkError::file("copying to", &to))
    }

    /// Copies documents that aren't there. One that goes from the source meanwhile is passed over.
    pub(super) fn documents(&self) -> Result<u64, WorkError> {
        let (from, to) = self.both("ledger/documents");
        let (source, there) = (documents(&from)?, documents(&to)?);
        // A document never changes: one that differs from its copy is damaged, here or there, and
        // verification says which.
        let missing = source.iter().filter(|(name, _)| !there.contains_key(*name));
        for (done, (name, _)) in (1..).zip(missing) {
            self.document(&from.join(name), &to.join(name))?;
            (self.progress)(done);
        }
        self.disk
            .sync_dir(&to, Barrier::CopyDocumentNames)
            .map_err(WorkError::file("syncing", &to))?;
        Ok(source.len() as u64)
    }

    fn document(&self, from: &Path, to: &Path) -> Result<(), WorkError> {
        let source = match self.disk.open(from, How::Read) {
            Ok(source) => source,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(WorkError::file("reading", from)(error)),
        };
        let part = to.with_extension("part");
        let copied = self.disk.open(&part, How::Create).and_then(|copy| {
            let end = source.length()?;
            copy.set_len(end)?;
            stream(&*source, &*copy, 0, end)?;
            copy.sync(Barrier::CopyDocument)?;
            drop(copy);
            self.disk.rename(&part, to)
        });
        copied.map_err(WorkError::file("copying to", to))
    }

    /// Copies the journal's bytes from `start` to `end`, where it then ends.
    pub(super) fn journal(&self, start: u64, end: u64) -> Result<(), WorkError> {
        let (from, to) = self.both("ledger/journal");
        let done = self.open(&from, &to).and_then(|(source, copy)| {
            stream(&*source, &*copy, start, end)?;
            copy.set_len(end)?;
            copy.sync(Barrier::CopyJournal)
        });
        done.map_err(WorkError::file("copying to", &to))
    }

    /// The slots that were overwritten in the source and not on the copy, and all that are empty
    /// from byte `known` of the file on: records that were copied to the medium may need those
    /// until the record that erased them is there, too. As places in the file in units of a slot.
    pub(super) fn to_forget(&self, known: u64) -> Result<Vec<u64>, WorkError> {
        let (from, to) = self.both("ledger/bodykeys");
        let mut found = Vec::new();
        let done = self.open(&from, &to).and_then(|(source, copy)| {
            slots_of_both(&*source, &*copy, 0, &mut |at, slots, there| {
                let slots = slots.as_chunks::<32>().0.iter().zip(there);
                for (place, (mine, copied)) in (at / SLOT..).zip(slots) {
                    if *mine == [0; 32] && (*copied != [0; 32] || place * SLOT >= known) {
                        found.push(place);
                    }
                }
                Ok(())
            })
        });
        done.map(|()| found).map_err(WorkError::file("comparing", &to))
    }

    /// Overwrites slots of the copy, given as by [`Copy::to_forget`].
    pub(super) fn forget(&self, places: impl IntoIterator<Item = u64>) -> Result<(), WorkError> {
        let to = self.to.join("ledger/bodykeys");
        let done = self.disk.open(&to, How::Write).and_then(|copy| {
            let end = copy.length()?;
            let inside = |place: u64| {
                let at = place.checked_mul(SLOT)?;
                at.checked_add(SLOT).is_some_and(|behind| behind <= end).then_some(at)
            };
            for at in places.into_iter().filter_map(inside).filter(|at| *at > 0) {
                copy.write_at(at, &[0; 32])?;
            }
            wait_for_slots(&*copy)
        });
        done.map_err(WorkError::file("writing", &to))
    }

    /// The files among the copy's documents that the source doesn't have.
    pub(super) fn gone(&self) -> Result<Vec<String>, WorkError> {
        let (from, to) = self.both("ledger/documents");
        let source = documents(&from)?;
        Ok(files(&to)?.into_keys().filter(|name| !source.contains_key(name)).collect())
    }

    /// Removes these of the copy's documents, and what an interruption or somebody who read the
    /// copy left: unfinished files, and files that derive from others.
    pub(super) fn remove_gone(&self, gone: &[String]) -> Result<(), WorkError> {
        let to = self.to.join("ledger/documents");
        for name in gone {
            let path = to.join(name);
            self.disk.remove(&path).map_err(WorkError::file("removing", &path))?;
        }
        for derived in ["ledger/tiles", "ledger/index"] {
            let folder = self.to.join(derived);
            self.disk.remove_folder(&folder).map_err(WorkError::file("removing", &folder))?;
        }
        Ok(())
    }

    /// Copies evidence from outside, and whom the school names as its witnesses and services, each
    /// in the way that is given.
    pub(super) fn outside(
        &self,
        each: &mut dyn FnMut(&str) -> Result<(), WorkError>,
    ) -> Result<(), WorkError> {
        let evidence = files(&self.from.join("ledger/times"))?;
        if !evidence.is_empty() {
            let folder = self.to.join("ledger/times");
            self.disk.create_dir(&folder).map_err(WorkError::file("making", &folder))?;
            for name in evidence.into_keys() {
                each(&format!("ledger/times/{name}"))?;
            }
            self.sync_names("ledger/times")?;
        }
        OUTSIDE.iter().try_for_each(|name| each(name))
    }

    /// Copies a small file; nothing, if the source has none.
    pub(super) fn file(&self, name: &str) -> Result<(), WorkError> {
        let (from, to) = self.both(name);
        let bytes = match self.disk.read(&from, MAX_FILE) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(WorkError::file("reading", &from)(error)),
        };
        let same = self.disk.read(&to, MAX_FILE).is_ok_and(|there| there == **bytes);
        if same { Ok(()) } else { self.put(name, &bytes) }
    }

    /// Puts a small file with this content on the copy.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), WorkError> {
        let to = self.to.join(name);
        self.disk
            .replace(&to, bytes, Some(Barrier::CopyFile))
            .map_err(WorkError::file("copying to", &to))
    }

    /// Syncs the names in all folders.
    pub(super) fn names(&self) -> Result<(), WorkError> {
        ["ledger/documents", "ledger", "keys", ""].iter().try_for_each(|name| self.sync_names(name))
    }

    /// Syncs the names in one of its folders.
    pub(super) fn sync_names(&self, name: &str) -> Result<(), WorkError> {
        let folder = self.to.join(name);
        self.disk.sync_dir(&folder, Barrier::CopyNames).map_err(WorkError::file("syncing", &folder))
    }

    fn both(&self, name: &str) -> (PathBuf, PathBuf) {
        (self.from.join(name), self.to.join(name))
    }

    fn open(&self, from: &Path, to: &Path) -> io::Result<(Box<dyn DiskFile>, Box<dyn DiskFile>)> {
        Ok((self.disk.open(from, How::Read)?, self.disk.open(to, How::Create)?))
    }
}

/// Waits until slots that were overwritten are so on the medium.
pub(super) fn wait_for_slots(copy: &dyn DiskFile) -> io::Result<()> {
    copy.sync(Barrier::CopyForgotten)
}

/// Syncs the names of the folders in which a new copy stands.
pub(super) fn sync_folders(disk: &dyn Disk, to: &Path) -> Result<(), WorkError> {
    sync_above(disk, to, Barrier::CopyFolder).map_err(WorkError::file("syncing above", to))
}

/// The files of a folder with their lengths; none if there is no such folder.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, u64>, WorkError> {
    let reading = || WorkError::file("reading", folder);
    let mut found = BTreeMap::new();
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(error) => return Err(reading()(error)),
    };
    for entry in listed {
        let entry = entry.map_err(reading())?;
        let about = match entry.metadata() {
            Ok(about) => about,
            // It went meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(reading()(error)),
        };
        if let (true, Ok(name)) = (about.is_file(), entry.file_name().into_string()) {
            found.insert(name, about.len());
        }
    }
    Ok(found)
}

/// The sealed documents of a folder.
fn documents(folder: &Path) -> Result<BTreeMap<String, u64>, WorkError> {
    let mut found = files(folder)?;
    let is_name = |name: &str| name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit());
    found.retain(|name, _| is_name(name));
    Ok(found)
}

/// Where the last whole frame of a copied journal ends; 0 if there is no journal. What stands
/// behind it is what an interruption left, or else the damage.
pub(super) fn whole_frames(disk: &dyn Disk, journal: &Path) -> io::Result<(u64, Option<Damage>)> {
    let file = match disk.open(journal, How::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, None)),
        Err(error) => return Err(error),
    };
    let mut end = file.length()?.min(MAGIC.len() as u64);
    for frame in Frames::new(&*file) {
        match frame {
            Ok(frame) => end = frame.end(),
            Err(damage) if damage.torn => break,
            Err(damage) => return Ok((end, Some(damage))),
        }
    }
    Ok((end, None))
}

/// The first byte below `end` in which two files differ, one of which may be shorter.
pub(super) fn first_difference(
    disk: &dyn Disk,
    one: &Path,
    other: &Path,
    end: u64,
) -> io::Result<Option<u64>> {
    let (one, other) = (disk.open(one, How::Read)?, disk.open(other, How::Read)?);
    let both = one.length()?.min(other.length()?).min(end);
    let mut found = None;
    differing(&*one, &*other, both, &mut |at, bytes| {
        let mut there = Zeroizing::new(vec![0; bytes.len()]);
        other.read_exact_at(at, &mut there)?;
        let same = bytes.iter().zip(&**there).take_while(|(a, b)| a == b).count();
        found = Some(at + same as u64);
        Ok(false)
    })?;
    Ok(found.or((both < end).then_some(both)))
}

/// Takes slots of a source: see [`slots_of_both`].
type EachSlots<'a> = &'a mut dyn FnMut(u64, &mut [u8], &[[u8; 32]]) -> io::Result<()>;

/// Hands over the slots of a source from byte `start` on, some at a time: the byte at which they
/// begin, they themselves, and what a copy has in their places, zeros where it has nothing.
fn slots_of_both(
    source: &dyn DiskFile,
    copy: &dyn DiskFile,
    start: u64,
    each: EachSlots<'_>,
) -> io::Result<()> {
    let (end, copied) = (source.length()?, copy.length()?);
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut there = Zeroizing::new(vec![0; CHUNK]);
    let mut at = start;
    while at < end {
        let size = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
        let has = usize::try_from(copied.saturating_sub(at)).map_or(size, |has| has.min(size));
        source.read_exact_at(at, &mut chunk[..size])?;
        copy.read_exact_at(at, &mut there[..has])?;
        there[has..].fill(0);
        each(at, &mut chunk[..size], there.as_chunks::<32>().0)?;
        at += size as u64;
    }
    Ok(())
}

/// Copies bytes from `start` to `end`.
fn stream(from: &dyn DiskFile, to: &dyn DiskFile, start: u64, end: u64) -> io::Result<()> {
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut at = start;
    while at < end {
        let size = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
        from.read_exact_at(at, &mut chunk[..size])?;
        to.write_at(at, &chunk[..size])?;
        at += size as u64;
    }
    Ok(())
}

/// Hands over each part of the first file, up to `end`, that the second hasn't got in the same
/// place, for as long as that says that it should go on.
fn differing(
    from: &dyn DiskFile,
    to: &dyn DiskFile,
    end: u64,
    each: &mut dyn FnMut(u64, &[u8]) -> io::Result<bool>,
) -> io::Result<()> {
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);
    let mut there = Zeroizing::new(vec![0; CHUNK]);
    let length = to.length()?;
    let mut at = 0;
    while at < end {
        let size = usize::try_from(end - at).map_or(CHUNK, |left| left.min(CHUNK));
        from.read_exact_at(at, &mut chunk[..size])?;
        let has = usize::try_from(length.saturating_sub(at)).map_or(size, |has| has.min(size));
        to.read_exact_at(at, &mut there[..has])?;
        if (has < size || chunk[..size] != there[..size]) && !each(at, &chunk[..size])? {
            return Ok(());
        }
        at += size as u64;
    }
    Ok(())
}
