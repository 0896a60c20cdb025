//! The whole ledger as C2SP tlog-tiles: files that any web server can offer as they are, and
//! from which others compute what they like to be proven.
//!
//! ```text
//! checkpoint                     the signed head
//! tile/<L>/<N>[.p/<W>]           256 hashes of level 8·L, or the W that there are
//! tile/entries/<N>[.p/<W>]       256 entries, each behind its length in two bytes
//! policy.txt                     the log's key and the school's witnesses, as a tlog-policy
//! ```
//!
//! N is in groups of three digits: 1234067 is `x001/x234/067`. What they disclose: every entry
//! as it was signed, so when and by which key, in which case, role and kind, and what stands in
//! clear: the school's name, appointments and revocations by key, decisions, what was erased on which
//! ground, why a time is said to be wrong. What they don't: any sealed answer or document. They
//! prove nothing to somebody who takes the log's key from the same server.
//!
//! Entries are read 256 at a time and of the tree no more is held than the last tile of each
//! level, so that the memory that this takes does not grow with the ledger.

use std::fs;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::{EntryHash, Index, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::tree::{Frontier, leaf_hash, root_of};

use super::home::{Home, sync_folder};
use super::keyring::Keyring;
use super::record::open_for_writing;
use super::{WorkError, World, checkpoint, witnesses};
use crate::store::Store as _;

/// Hashes in a full tile, and entries in a full bundle of them.
const WIDTH: usize = 256;

/// What was written.
#[derive(Clone, Debug)]
pub struct Tiled {
    /// The folder.
    pub folder: PathBuf,
    /// The head that the tiles lead to.
    pub checkpoint: Checkpoint,
    /// How many files of tiles and entries there are.
    pub tiles: u64,
}

/// Writes the tiles of the whole ledger into a new folder.
///
/// # Errors
/// A folder that exists, a log key that isn't here, damage. Nothing half-written stays behind.
pub fn export(world: &World, home: &Home, folder: &Path) -> Result<Tiled, WorkError> {
    refuse_existing(folder)?;
    let mut reading = open_for_writing(home, "export", world)?;
    let own = witnesses::policy(home)?;
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(home), &own)?;
    let checkpoint = Checkpoint::parse(&note).map_err(|fault| {
        WorkError::refused(format!("the checkpoint is damaged: {fault}"), "run `probity verify`")
    })?;
    let part = PartFolder::begin(world, folder)?;
    let mut tiles = Tiles { folder: part.path().to_owned(), levels: Vec::new(), written: 0 };
    let mut tree = Frontier::default();
    let size = checkpoint.size.0;
    for from in (0..size).step_by(WIDTH) {
        let to = size.min(from + WIDTH as u64);
        let (mut bundle, mut hashes) = (Vec::new(), Vec::with_capacity(WIDTH));
        reading.store.range(Index(from), Index(to), &mut |stored| {
            // An entry has at most 65,535 bytes.
            let length = u16::try_from(stored.entry.len()).unwrap_or_default();
            bundle.extend(length.to_be_bytes());
            bundle.extend(&stored.entry);
            hashes.push(leaf_hash(&stored.entry));
            Ok(())
        })?;
        for hash in &hashes {
            tree.push(*hash, &mut |_, _, _| ());
        }
        tiles.entries(from / WIDTH as u64, hashes.len(), &bundle)?;
        tiles.leaves(&hashes)?;
    }
    if tree.root() != checkpoint.root || tree.size() != Size(size) {
        return Err(WorkError::refused(
            format!("the entries lead to another root than the checkpoint of {size}"),
            "run `probity verify`",
        ));
    }
    tiles.finish()?;
    let policy = witnesses::for_bundle(home, &reading, checkpoint.size)?;
    write(&part.path().join("checkpoint"), &note)?;
    write(&part.path().join("policy.txt"), policy.as_bytes())?;
    let written = tiles.written;
    part.keep(folder)?;
    Ok(Tiled { folder: folder.to_owned(), checkpoint, tiles: written })
}

/// The right edge of the tree: of each level of tiles the last one, not full yet.
struct Tiles {
    folder: PathBuf,
    levels: Vec<Level>,
    written: u64,
}

#[derive(Default)]
struct Level {
    full: u64,
    hashes: Vec<[u8; 32]>,
}

impl Tiles {
    fn leaves(&mut self, hashes: &[EntryHash]) -> Result<(), WorkError> {
        for hash in hashes {
            let mut next = Some(hash.0);
            let mut level = 0;
            while let Some(hash) = next {
                if self.levels.len() == level {
                    self.levels.push(Level::default());
                }
                self.levels[level].hashes.push(hash);
                next = self.full_tile(level)?;
                level += 1;
            }
        }
        Ok(())
    }

    /// Writes the last tile of a level if it is full, and gives the hash over it, which stands
    /// in the next level.
    fn full_tile(&mut self, level: usize) -> Result<Option<[u8; 32]>, WorkError> {
        let Level { full, hashes } = &mut self.levels[level];
        if hashes.len() < WIDTH {
            return Ok(None);
        }
        let (number, hashes) = (*full, std::mem::take(hashes));
        *full += 1;
        self.tile(level, number, &hashes)?;
        let below: Vec<EntryHash> = hashes.into_iter().map(EntryHash).collect();
        Ok(Some(root_of(&below).0))
    }

    /// Writes the tiles that aren't full.
    fn finish(&mut self) -> Result<(), WorkError> {
        for level in 0..self.levels.len() {
            let Level { full, hashes } = &mut self.levels[level];
            let (number, hashes) = (*full, std::mem::take(hashes));
            if !hashes.is_empty() {
                self.tile(level, number, &hashes)?;
            }
        }
        Ok(())
    }

    fn tile(&mut self, level: usize, number: u64, hashes: &[[u8; 32]]) -> Result<(), WorkError> {
        self.write(&format!("tile/{level}"), number, hashes.len(), &hashes.concat())
    }

    fn entries(&mut self, number: u64, count: usize, bundle: &[u8]) -> Result<(), WorkError> {
        self.write("tile/entries", number, count, bundle)
    }

    fn write(
        &mut self,
        below: &str,
        number: u64,
        width: usize,
        bytes: &[u8],
    ) -> Result<(), WorkError> {
        let partial = if width < WIDTH { format!(".p/{width}") } else { String::new() };
        let path = self.folder.join(format!("{below}/{}{partial}", groups(number)));
        if let Some(above) = path.parent() {
            fs::create_dir_all(above).map_err(WorkError::file("making", above))?;
        }
        self.written += 1;
        write(&path, bytes)
    }
}

/// A number in groups of three digits, each but the last behind an `x`.
fn groups(number: u64) -> String {
    let mut text = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), WorkError> {
    let file = fs::File::create_new(path);
    file.and_then(|mut file| {
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()
    })
    .map_err(WorkError::file("writing", path))
}

fn refuse_existing(folder: &Path) -> Result<(), WorkError> {
    if folder.symlink_metadata().is_ok() {
        return Err(WorkError::refused(
            format!("{} exists already", folder.display()),
            "choose another name; nothing is overwritten",
        ));
    }
    Ok(())
}

/// A folder beside its later name: removed when dropped.
struct PartFolder(Option<PathBuf>);

impl PartFolder {
    fn begin(world: &World, folder: &Path) -> Result<Self, WorkError> {
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let random: [u8; 8] = world.random()?;
        let name = format!(".{}.{}.part", name.unwrap_or_default(), hex::encode(random));
        let beside = folder.with_file_name(name);
        fs::create_dir(&beside).map_err(WorkError::file("making", &beside))?;
        Ok(Self(Some(beside)))
    }

    fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    fn keep(mut self, folder: &Path) -> Result<(), WorkError> {
        refuse_existing(folder)?;
        fs::rename(self.path(), folder).map_err(WorkError::file("writing", folder))?;
        self.0 = None;
        sync_folder(folder)
    }
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Nothing half-written stays; that it can't be removed changes nothing.
            let _ = fs::remove_dir_all(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_groups_of_three() {
        for (number, text) in [
            (0, "000"),
            (67, "067"),
            (999, "999"),
            (1000, "x001/000"),
            (1_234_067, "x001/x234/067"),
            (1_000_000_000, "x001/x000/x000/000"),
        ] {
            assert_eq!(groups(number), text);
        }
    }

    /// The example of the specification: a tree of 70,000.
    #[test]
    fn which_tiles_there_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut tiles = Tiles { folder: folder.path().to_owned(), levels: Vec::new(), written: 0 };
        let hashes: Vec<EntryHash> = (0..70_000_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        for some in hashes.chunks(WIDTH) {
            tiles.leaves(some).expect("they can be written");
        }
        tiles.finish().expect("they can be written");
        assert_eq!(tiles.written, 273 + 1 + 1 + 1 + 1);
        let size = |path: &str| fs::metadata(folder.path().join(path)).expect(path).len();
        assert_eq!(size("tile/0/272"), 8192);
        assert_eq!(size("tile/0/273.p/112"), 112 * 32);
        assert_eq!(size("tile/1/000"), 8192);
        assert_eq!(size("tile/1/001.p/17"), 17 * 32);
        assert_eq!(size("tile/2/000.p/1"), 32);
        let first = fs::read(folder.path().join("tile/1/000")).expect("a tile");
        assert_eq!(first[..32], root_of(&hashes[..256]).0);
    }

    /// A full tile has no part beside it, and the level above has the hash over it.
    #[test]
    fn a_tree_of_256() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut tiles = Tiles { folder: folder.path().to_owned(), levels: Vec::new(), written: 0 };
        let hashes: Vec<EntryHash> = (0..256_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        tiles.leaves(&hashes).expect("they can be written");
        tiles.finish().expect("they can be written");
        assert_eq!(tiles.written, 2);
        let above = fs::read(folder.path().join("tile/1/000.p/1")).expect("a tile");
        assert_eq!(above, root_of(&hashes).0);
        assert!(folder.path().join("tile/0/000").is_file());
    }
}
