//! The exported tiles, read by the crate `tlog_tiles` as a client would: from the checkpoint and
//! the log's files alone, it computes every entry's proof of place.

use std::path::{Path, PathBuf};

use probity::work::static_tiles;
use tlog_tiles::{
    Error, Hash, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record,
    prove_tree, record_hash,
};

use super::support::{STAFF, School};

/// Tiles of 256 hashes, as C2SP has them.
const HEIGHT: u8 = 8;

/// A folder of tiles. The crate names paths as its forerunner did: with the height, and with
/// `data` for entries.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, tile: &Tile) -> PathBuf {
        let path = tile.path();
        let path = path.strip_prefix("tile/8/").expect("a path of height 8");
        self.0.join("tile").join(path.replacen("data/", "entries/", 1))
    }

    fn read(&self, tile: &Tile) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.path(tile))
    }
}

impl TileReader for Folder {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile| self.read(tile).map_err(|error| Error::InvalidInput(error.to_string()));
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// The entries of a bundle of them: each behind its length in two bytes.
fn entries(bundle: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut entries) = (bundle, Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry);
        rest = after;
    }
    assert_eq!(rest, b"", "the last entry is whole");
    entries
}

/// The head, as the crate reads it; it takes no signature lines.
fn head(folder: &Path) -> tlog_tiles::Checkpoint {
    let note = std::fs::read_to_string(folder.join("checkpoint")).expect("a checkpoint");
    let (text, _) = note.split_once("\n\n").expect("an empty line");
    tlog_tiles::Checkpoint::from_bytes(format!("{text}\n").as_bytes()).expect("a checkpoint")
}

/// Every file of the tiles, below the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut waiting, mut files) = (vec![folder.join("tile")], Vec::new());
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn tlog_tiles_proves_every_entry_from_them() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::small(folder.path()).expect("the school can be made");
    let mut older: Option<(u64, Hash)> = None;
    for (step, more) in [0, 242, 300].into_iter().enumerate() {
        let texts: Vec<String> = (0..more).map(|n| format!("Note {n} of step {step}.")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        if !texts.is_empty() {
            school.batch(super::support::HEAD, &texts).expect("they can be signed");
        }
        let tiles = folder.path().join(format!("tiles-{step}"));
        let done = static_tiles::export(&school.world, &school.home, &tiles).expect("it works");
        let head = head(&tiles);
        assert_eq!(head.origin(), "example.org/northfield");
        assert_eq!(head.size(), [14, 256, 556][step]);
        assert_eq!((head.size(), head.hash().0), (done.checkpoint.size.0, done.checkpoint.root.0));

        let reader = Folder(tiles.clone());
        let hashes = TileHashReader::new(head.size(), *head.hash(), &reader);
        let mut expected: Vec<PathBuf> = Vec::new();
        let mut place = 0;
        for tile in Tile::new_tiles(HEIGHT, 0, head.size()) {
            expected.push(reader.path(&tile));
            if tile.level() > 0 {
                continue;
            }
            let mut data = tile;
            data.set_is_data();
            expected.push(reader.path(&data));
            let bundle = reader.read(&data).expect("entries for each tile of their hashes");
            let entries = entries(&bundle);
            assert_eq!(entries.len(), usize::try_from(tile.width()).expect("small"));
            for entry in entries {
                let proof = prove_record(head.size(), place, &hashes).expect("it can be proven");
                let leaf = record_hash(entry);
                check_record(&proof, head.size(), *head.hash(), place, leaf).expect("it is there");
                place += 1;
            }
        }
        assert_eq!(place, head.size());
        expected.sort();
        assert_eq!(files(&tiles), expected, "just the tiles that there are");
        assert_eq!(done.tiles, expected.len() as u64);
        if let Some((size, root)) = older {
            let proof = prove_tree(head.size(), size, &hashes).expect("it can be proven");
            check_tree(&proof, head.size(), *head.hash(), size, root).expect("it goes on");
        }
        older = Some((head.size(), *head.hash()));

        // One bit of a tile of hashes, and the entry beside can't be proven any more. (The crate
        // itself lets a full tile pass unseen where its subtree is one of few.)
        let bent = Tile::new_tiles(HEIGHT, 0, head.size())[0];
        let mut bytes = reader.read(&bent).expect("a tile");
        let leaf = Hash(bytes[..32].try_into().expect("32 bytes"));
        bytes[33] ^= 1;
        std::fs::write(reader.path(&bent), bytes).expect("it can be changed");
        let proof = prove_record(head.size(), 0, &hashes);
        let taken = proof.and_then(|p| check_record(&p, head.size(), *head.hash(), 0, leaf));
        assert!(taken.is_err(), "a bent tile is taken");
    }
}

/// The tiles say nothing that a record answers, and are there whole or not at all.
#[test]
fn tiles_hold_entries_and_no_answers() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let school = School::small(folder.path()).expect("the school can be made");
    let tiles = folder.path().join("tiles");
    static_tiles::export(&school.world, &school.home, &tiles).expect("it works");
    let mut all = Vec::new();
    for file in files(&tiles) {
        all.extend(std::fs::read(file).expect("readable"));
    }
    for words in ["The last one.", "One of three.", "Homework app", STAFF, "dpia.txt"] {
        let found = all.windows(words.len()).any(|part| part == words.as_bytes());
        assert!(!found, "the tiles disclose {words}");
    }
    let policy = std::fs::read_to_string(tiles.join("policy.txt")).expect("a policy");
    assert!(policy.starts_with("log example.org/northfield+") && policy.ends_with("quorum none\n"));
    let refused = static_tiles::export(&school.world, &school.home, &tiles);
    assert!(refused.expect_err("it exists").to_string().ends_with("exists already"));
    let missing = folder.path().join("no/such/folder");
    assert!(static_tiles::export(&school.world, &school.home, &missing).is_err());
    // Without the log's key there is no head to give out; nothing is left of the attempt.
    school.batch(super::support::HEAD, &["One more."]).expect("it can be signed");
    std::fs::remove_file(school.home.ledger().join("checkpoint")).expect("the kept head");
    std::fs::remove_file(school.home.keys().join("log.pem")).expect("the log's key");
    let other = folder.path().join("other");
    assert!(static_tiles::export(&school.world, &school.home, &other).is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").flatten().collect();
    assert!(left.iter().all(|entry| !entry.file_name().to_string_lossy().contains(".part")));
    assert!(!other.exists());
}
