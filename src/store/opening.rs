//! Opening: what the tiles tell, the rest of the journal, and what to do about its end.
//!
//! A crash while a frame is written leaves a bad frame at the end of the journal, which
//! nobody was told is kept. Such a frame is cut, and its bytes stay beside the journal.
//! It must be one that a torn write could have left, with surely no whole frame behind it, and
//! no checkpoint may count its entries. Anything else is damage, and nothing is written.
//!
//! What this doesn't protect: a disk that loses the end of a frame that was synced leaves
//! the same picture. [`Cut`] says so to whoever reports it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use probity_ledger::format::hash::{Index, RootHash, Size};
use probity_ledger::format::tree::{leaf_hash, root_at};
use serde::Serialize;

use super::barrier::Barrier;
use super::disk::{Disk, DiskFile, How, sync_above};
use super::frame;
use super::journal::{self, Behind, Damage, Frames, Holds};
use super::tiles::{self, Tiles};
use super::{ReadTerms, StoreError};

/// The end of a journal that was cut when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What was there. It was probably never acknowledged, but a failing disk could have
    /// left the same.
    pub damage: Damage,
    /// How many bytes were cut.
    pub bytes: u64,
    /// Where they are kept.
    pub kept: PathBuf,
}

impl Cut {
    /// What was cut, as it is found from now on.
    #[must_use]
    pub fn end(&self) -> CutEnd {
        let file = self.kept.file_name().map(|name| name.to_string_lossy().into_owned());
        CutEnd { file: file.unwrap_or_default(), offset: self.damage.offset, bytes: self.bytes }
    }
}

/// An end that was cut, at one time or another, and lies beside the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CutEnd {
    /// The name of the file in the ledger's folder.
    pub file: String,
    /// Where it stood, in bytes from the start of the journal.
    pub offset: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

/// A sentence on it.
impl fmt::Display for CutEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an unfinished write of {} bytes was cut from the end of the record book, and is kept \
             as `ledger/{}`. The program or the machine stopped while it was written, and nobody \
             was told that it is recorded. Should a record be missing that somebody saw confirmed, \
             the disk may have lost it: keep that file, and compare with the newest backup",
            self.bytes, self.file
        )
    }
}

/// How the names of such files begin.
const CUT: &str = "journal.cut-";

/// The ends of a ledger that were cut, in the order of their places.
///
/// # Errors
/// What the system says when the folder or a file can't be read.
pub fn cut_ends(disk: &dyn Disk, dir: &Path) -> Result<Vec<CutEnd>, StoreError> {
    let mut ends = Vec::new();
    for file in disk.list(dir).map_err(StoreError::io("reading", dir))? {
        let offset = file.strip_prefix(CUT).and_then(|rest| rest.split('-').next());
        let Some(offset) = offset.and_then(|offset| offset.parse().ok()) else { continue };
        let path = dir.join(&file);
        let opened = disk.open(&path, How::Read).and_then(|file| file.length());
        let bytes = opened.map_err(StoreError::io("reading", &path))?;
        ends.push(CutEnd { file, offset, bytes });
    }
    ends.sort_by(|a, b| (a.offset, &a.file).cmp(&(b.offset, &b.file)));
    Ok(ends)
}

/// Requires a journal's first bytes; a later digit is a later format.
pub(super) fn check_header(file: &dyn DiskFile, path: &Path) -> Result<(), StoreError> {
    const EXPECTED: &str = "probity-journal1";
    let mut found = [0; journal::MAGIC.len()];
    let length = file.length().map_err(StoreError::io("reading", path))?;
    let found = &mut found[..usize::try_from(length).map_or(16, |length| length.min(16))];
    file.read_exact_at(0, found).map_err(StoreError::io("reading", path))?;
    if found == journal::MAGIC {
        return Ok(());
    }
    if let [name @ .., digit] = &*found
        && journal::MAGIC.starts_with(name)
        && name.len() == 15
        && digit.is_ascii_digit()
    {
        return Err(StoreError::NewerFormat {
            path: path.to_owned(),
            found: format!("journal format {}", char::from(*digit)),
            expected: "journal format 1",
        });
    }
    Err(StoreError::ForeignFile {
        path: path.to_owned(),
        found: found.escape_ascii().to_string(),
        expected: EXPECTED,
    })
}

/// The tiles if they are this journal's, else none.
pub(super) fn load_tiles(
    disk: &dyn Disk,
    dir: &Path,
    journal: &dyn DiskFile,
    checksums: bool,
) -> Tiles {
    Tiles::load(disk, &dir.join("tiles"), checksums)
        .filter(|tiles| belongs(tiles, journal))
        .unwrap_or_else(|| Tiles::empty(journal::MAGIC.len() as u64))
}

/// Whether the last entry that the tiles count stands in the journal, and where they say.
fn belongs(tiles: &Tiles, file: &dyn DiskFile) -> bool {
    let last = tiles.size() - 1;
    let Some(start) = tiles.offset(last) else { return false };
    let longest = u64::from(journal::MAX_PAYLOAD);
    let length = tiles.entries_end.checked_sub(start).filter(|length| *length <= longest);
    let Some(length) = length else { return false };
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(start, &mut bytes).is_ok()
        && frame::parse_record(&bytes, last, start).is_some_and(|record| {
            frame::record_length(record.entry, record.sealed) == length
                && leaf_hash(record.entry) == tiles.head
        })
        && ends(tiles, file)
}

/// Whether the frames that the tiles count end where they say: with the last entry, or with the
/// last body that was sealed anew.
fn ends(tiles: &Tiles, file: &dyn DiskFile) -> bool {
    if tiles.end == tiles.entries_end {
        return true;
    }
    let Some((index, offset)) = tiles.last_resealed() else { return false };
    let mut head = [0; frame::RESEALED_HEAD];
    if file.read_exact_at(offset, &mut head).is_err() {
        return false;
    }
    let [i0, i1, i2, i3, i4, i5, i6, i7, .., l0, l1, l2, l3] = head;
    let length = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
    let found = u64::from_be_bytes([i0, i1, i2, i3, i4, i5, i6, i7]);
    let end = offset.checked_add(frame::RESEALED_HEAD as u64 + length);
    found == index
        && end == Some(tiles.end)
        && file.length().is_ok_and(|length| length >= tiles.end)
}

/// Reads the journal behind the tiles, up to its end or the first damage.
pub(super) fn catch_up(
    tiles: &mut Tiles,
    journal: &dyn DiskFile,
    terms: ReadTerms,
) -> Result<(), Damage> {
    for frame in Frames::from(journal, tiles.end, Index(tiles.size())) {
        let frame = frame?;
        for record in frame.records() {
            let governance = terms(record.entry).is_some_and(|terms| terms.governance);
            tiles.push(record.offset, leaf_hash(record.entry), record.slot, governance);
        }
        for body in frame.resealed() {
            tiles.reseal(body.index, body.offset, body.slot);
        }
        tiles.end = frame.end();
        if frame.holds == Holds::Entries {
            tiles.entries_end = tiles.end;
        }
    }
    Ok(())
}

/// As [`catch_up`], for a reader: what looks torn may be a frame that is being written.
pub(super) fn catch_up_reading(
    tiles: &mut Tiles,
    journal: &dyn DiskFile,
    terms: ReadTerms,
    patience: Duration,
) -> Option<Damage> {
    let (mut seen, mut still) = (None, 0);
    for _ in 0..40 {
        let Err(damage) = catch_up(tiles, journal, terms) else { return None };
        let now = Some((journal.length().ok(), damage.found.clone()));
        still = if seen == now { still + 1 } else { 0 };
        if !damage.torn || still == 4 {
            return Some(damage);
        }
        seen = now;
        sleep(patience);
    }
    catch_up(tiles, journal, terms).err()
}

/// Cuts the bad end of a journal, if it may be cut.
pub(super) fn cut(
    disk: &dyn Disk,
    dir: &Path,
    file: &dyn DiskFile,
    damage: Damage,
    checkpoint: Option<(Size, RootHash)>,
) -> Result<Cut, StoreError> {
    let path = dir.join("journal");
    let behind = journal::valid_frame_after(file, damage.offset)
        .map_err(StoreError::io("reading", &path))?;
    if !damage.torn || behind != Behind::Nothing {
        return Err(damage.into());
    }
    if let Some((size, expected)) = checkpoint
        && size.0 > damage.index.0
    {
        let found = format!("{} entries and then damage at byte {}", damage.index, damage.offset);
        return Err(StoreError::DoesNotContinueCheckpoint { size, expected, found });
    }
    let length = file.length().map_err(StoreError::io("reading", &path))?;
    let bytes = length.saturating_sub(damage.offset);
    let kept = free_name(disk, dir, damage.offset)?;
    if let Err(error) = copy(disk, file, damage.offset, bytes, &kept) {
        // On a full disk, every try would leave another part of it behind.
        let _ = disk.remove(&kept);
        return Err(StoreError::io("writing", &kept)(error));
    }
    disk.sync_dir(dir, Barrier::CutName).map_err(StoreError::io("syncing", dir))?;
    // The copy is on the medium: a crash from here on loses none of these bytes. That the
    // journal is short is synced with all that is found in it ([`settle`]).
    file.set_len(damage.offset).map_err(StoreError::io("shortening", &path))?;
    Ok(Cut { damage, bytes, kept })
}

/// Syncs what was found. A process may have ended between a write and its sync, and what it
/// wrote be no further than in memory; from here on it counts.
///
/// A journal without a frame may stand in folders that were only just made. Later, the first
/// entry was acknowledged after this was done once.
///
/// After a sync that failed, a system may keep bytes in memory as if they were written, and
/// then this tells nothing: that is one more reason to look at a disk that reports errors.
pub(super) fn settle(
    disk: &dyn Disk,
    dir: &Path,
    journal: &dyn DiskFile,
    empty: bool,
) -> Result<(), StoreError> {
    journal.sync(Barrier::Found).map_err(StoreError::io("syncing", &dir.join("journal")))?;
    // A copy of a ledger without documents may have left their empty folder out.
    let documents = dir.join("documents");
    disk.create_dir(&documents).map_err(StoreError::io("making", &documents))?;
    disk.sync_dir(dir, Barrier::FoundNames).map_err(StoreError::io("syncing", dir))?;
    if empty {
        sync_above(disk, dir, Barrier::Above).map_err(StoreError::io("syncing above", dir))?;
    }
    Ok(())
}

fn free_name(disk: &dyn Disk, dir: &Path, offset: u64) -> Result<PathBuf, StoreError> {
    let mut number = 1_u32;
    loop {
        let name = dir.join(format!("{CUT}{offset}-{number}"));
        if !disk.exists(&name).map_err(StoreError::io("opening", &name))? {
            return Ok(name);
        }
        number += 1;
    }
}

fn copy(
    disk: &dyn Disk,
    from: &dyn DiskFile,
    offset: u64,
    bytes: u64,
    to: &Path,
) -> std::io::Result<()> {
    let file = disk.open(to, How::Create)?;
    let mut chunk = vec![0; 1 << 16];
    let mut done = 0;
    while done < bytes {
        let size = usize::try_from(bytes - done).map_or(chunk.len(), |left| left.min(chunk.len()));
        from.read_exact_at(offset + done, &mut chunk[..size])?;
        // Room that a file system kept ready is zeros, and may be more than the disk has left.
        if chunk[..size].iter().any(|byte| *byte != 0) {
            file.write_at(done, &chunk[..size])?;
        }
        done += size as u64;
    }
    file.set_len(bytes)?;
    file.sync(Barrier::CutCopy)
}

/// Requires that the journal goes on from a checkpoint.
pub(super) fn check_checkpoint(
    tiles: &Tiles,
    dir: &Path,
    (size, expected): (Size, RootHash),
) -> Result<(), StoreError> {
    let found = if size.0 > tiles.size() {
        format!("{} entries", tiles.size())
    } else {
        match root_at(tiles, size) {
            Some(root) if root == expected => return Ok(()),
            Some(root) => format!("the root {root}"),
            // That is the disk's doing, and says nothing of the journal.
            None => {
                return Err(StoreError::io("reading", &dir.join("tiles"))(tiles::unreadable()));
            }
        }
    };
    Err(StoreError::DoesNotContinueCheckpoint { size, expected, found })
}
