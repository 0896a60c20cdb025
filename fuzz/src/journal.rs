//! The journal as a file, and a whole home with one file exchanged.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use probity::store::barrier::Barrier;
use probity::store::disk::{Disk, DiskFile, How};
use probity::store::journal::{self, Behind, Holds, MAGIC, MAX_PAYLOAD};
use probity::store::{LocalStore, Mode, Options, RawJournal, Store as _, Stored, Term};
use probity::work::reading::terms;
use probity_ledger::format::entry::MAX_ENTRY;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::format::tree;

use super::{seeds, short};

/// Bytes of a frame before its payload.
const HEADER: usize = 28;

/// The journal, as it is and with checksums that fit.
pub fn journal(data: &[u8]) {
    frames(data);
    let mended = mended(data);
    if mended != data {
        frames(&mended);
    }
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// The checksum that belongs to the frame at `at`, if its payload is there.
fn checksum(data: &[u8], at: usize) -> Option<u32> {
    let length = four(data, at + 20).filter(|length| *length <= MAX_PAYLOAD)? as usize;
    let payload = data.get(at + HEADER..(at + HEADER).checked_add(length)?)?;
    Some(crc32c::crc32c_append(crc32c::crc32c(&data[at + 4..at + 24]), payload))
}

/// The same bytes with right checksums in every frame that has its length.
fn mended(data: &[u8]) -> Vec<u8> {
    let mut mended = data.to_vec();
    let mut at = MAGIC.len();
    while let Some(crc) = checksum(&mended, at) {
        mended[at + 24..at + 28].copy_from_slice(&crc.to_be_bytes());
        at += HEADER + four(&mended, at + 20).unwrap_or(0) as usize;
    }
    mended
}

/// Every entry that the reader gives stands in a frame with a right checksum, at the place
/// that it names.
fn frames(data: &[u8]) {
    let (mut next, mut end) = (0, MAGIC.len());
    for found in journal::frames(data) {
        let frame = match found {
            Ok(frame) => frame,
            Err(damage) => {
                short(&damage);
                assert_eq!(damage.index, Index(next));
                for (stored, index) in damage.salvage.iter().zip(next..) {
                    assert_eq!(stored.index, Index(index));
                    let part = [&stored.entry[..], &stored.slot.to_be_bytes()].concat();
                    assert!(data.windows(part.len()).any(|window| window == part));
                }
                let behind = journal::valid_frame_after(data, damage.offset);
                if let Behind::Frame(at) = behind.expect("bytes in memory can be read") {
                    let at = usize::try_from(at).expect("it lies in memory");
                    assert!(at as u64 > damage.offset);
                    assert_eq!(checksum(data, at), four(data, at + 24));
                }
                return;
            }
        };
        let start = usize::try_from(frame.offset).expect("it lies in memory");
        assert!(data.starts_with(MAGIC));
        assert_eq!(start, end, "no byte between two frames");
        assert_eq!(frame.first, Index(next));
        let kind = if frame.holds == Holds::Entries { 1 } else { 2 };
        assert_eq!(data[start..start + 8], [b'P', b'J', b'F', b'1', kind, 0, 0, 0]);
        assert_eq!(checksum(data, start), four(data, start + 24), "the checksum is right");
        end = usize::try_from(frame.end()).expect("it lies in memory");
        let mut at = start + HEADER;
        for record in frame.records() {
            assert_eq!((record.index, record.offset), (Index(next), at as u64));
            assert_eq!(four(data, at), u32::try_from(record.entry.len()).ok());
            assert_eq!(&data[at + 4..at + 4 + record.entry.len()], record.entry);
            at += 16 + record.entry.len() + record.sealed.len();
            assert_eq!(&data[at - record.sealed.len()..at], record.sealed);
            next += 1;
        }
        for body in frame.resealed() {
            assert_eq!(body.offset, at as u64);
            assert!(body.index < Index(next), "a body of an entry that stands before it");
            assert_eq!(data[at..at + 8], body.index.0.to_be_bytes());
            assert_eq!(data[at + 8..at + 16], body.slot.to_be_bytes());
            assert_eq!(four(data, at + 16), u32::try_from(body.sealed.len()).ok());
            at += 20 + body.sealed.len();
            assert_eq!(&data[at - body.sealed.len()..at], body.sealed);
        }
        assert_eq!(frame.next(), Index(next));
        assert_eq!(at, end, "lengths add up");
    }
    assert_eq!(end, data.len(), "without damage, every byte was read");
}

/// The entries of a journal, read as the format page says and in another way than the store does:
/// up to the first frame that isn't whole, or isn't the next.
fn plain(data: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = MAGIC.len();
    if !data.starts_with(MAGIC) {
        return found;
    }
    while let Some(crc) = checksum(data, at) {
        let end = at + HEADER + four(data, at + 20).unwrap_or(0) as usize;
        let head = |kind: u8| {
            let first = (found.len() as u64).to_be_bytes();
            [&[b'P', b'J', b'F', b'1', kind, 0, 0, 0], &first[..]].concat()
        };
        if four(data, at + 24) != Some(crc) {
            break;
        }
        if data[at..at + 16] == head(2) && are_bodies(&data[at..end], found.len() as u64) {
            at = end;
            continue;
        }
        if data[at..at + 16] != head(1) {
            break;
        }
        let (mut inside, mut place) = (Vec::new(), at + HEADER);
        while place < end {
            let Some(entry) = four(data, place).map(|length| length as usize) else { break };
            let Some(sealed) = four(data, place + 12 + entry).map(|length| length as usize) else {
                break;
            };
            if entry == 0 || entry > MAX_ENTRY || place + 16 + entry + sealed > end {
                break;
            }
            inside.push(&data[place + 4..place + 4 + entry]);
            place += 16 + entry + sealed;
        }
        if place != end
            || inside.is_empty()
            || four(data, at + 16) != u32::try_from(inside.len()).ok()
        {
            break;
        }
        found.extend(inside);
        at = end;
    }
    found
}

/// Whether a frame holds bodies of earlier entries, as many as it says and nothing else.
fn are_bodies(frame: &[u8], size: u64) -> bool {
    let (mut place, mut count) = (HEADER, 0);
    while place < frame.len() {
        let Some(index) = frame.get(place..place + 8) else { return false };
        let Some(sealed) = four(frame, place + 16) else { return false };
        let index = index.iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        place += 20 + sealed as usize;
        count += 1;
        if index >= size {
            return false;
        }
    }
    place == frame.len() && count > 0 && four(frame, 16) == Some(count)
}

/// The same journal with a body of entry 0 behind it, as if it had been sealed anew.
fn resealed(whole: &[u8]) -> Vec<u8> {
    let entries = plain(whole);
    let Some(first) = entries.first() else { return whole.to_vec() };
    let at = MAGIC.len() + HEADER + 4 + first.len();
    let length = four(whole, at + 8).unwrap_or(0) as usize;
    let sealed = &whole[at..at + 12 + length];
    let mut payload = vec![0; 8];
    payload.extend(sealed);
    let mut frame = vec![b'P', b'J', b'F', b'1', 2, 0, 0, 0];
    frame.extend((entries.len() as u64).to_be_bytes());
    frame.extend(1_u32.to_be_bytes());
    frame.extend(u32::try_from(payload.len()).unwrap_or(0).to_be_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(&frame[4..]), &payload);
    frame.extend(crc.to_be_bytes());
    frame.extend(payload);
    [whole, &frame].concat()
}

/// The files of a home that `make_seeds` made, by their names below `ledger/`.
static HOME: LazyLock<BTreeMap<&'static str, Arc<[u8]>>> = LazyLock::new(|| {
    FILES.iter().map(|name| (*name, seeds::made(&format!("home/{name}")).into())).collect()
});

const FILES: [&str; 8] = [
    "journal",
    "bodykeys",
    "checkpoint",
    "tiles/state",
    "tiles/offsets",
    "tiles/hashes",
    "tiles/governance",
    "tiles/resealed",
];

/// A home in memory, which nobody may write to.
struct Memory(BTreeMap<PathBuf, Arc<[u8]>>);

struct Bytes(Arc<[u8]>);

impl DiskFile for Bytes {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.0.get(start..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<()> {
        panic!("a reader writes")
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        panic!("a reader cuts")
    }

    fn sync(&self, _: Barrier) -> io::Result<()> {
        panic!("a reader syncs")
    }
}

impl Disk for Memory {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        assert_eq!(how, How::Read, "a reader opens for writing");
        let bytes = self.0.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Bytes(Arc::clone(bytes))))
    }

    fn lock(&self, _: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        panic!("a reader locks")
    }

    fn create_dir(&self, _: &Path) -> io::Result<()> {
        panic!("a reader makes a folder")
    }

    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        panic!("a reader renames")
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        panic!("a reader removes")
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let inside = self.0.keys().filter(|path| path.parent() == Some(dir));
        let names = inside.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        Ok(names.collect())
    }

    fn remove_folder(&self, _: &Path) -> io::Result<()> {
        panic!("a reader removes")
    }

    fn sync_dir(&self, _: &Path, _: Barrier) -> io::Result<()> {
        panic!("a reader syncs")
    }
}

/// A home whose file number `data[0]` is the rest of the data: nothing is written to it, and
/// verification gives what stands in the journal.
pub fn store(data: &[u8]) {
    let Some((which, content)) = data.split_first() else { return };
    let name = FILES[usize::from(*which) % FILES.len()];
    let mut content = content.to_vec();
    if name == "journal" {
        content = mended(&content);
    }
    if name == "tiles/state"
        && let Some((body, crc)) = content.split_last_chunk_mut::<4>()
    {
        *crc = crc32c::crc32c(body).to_be_bytes();
    }
    let dir = Path::new("ledger");
    let mut files: BTreeMap<PathBuf, Arc<[u8]>> =
        HOME.iter().map(|(name, bytes)| (dir.join(name), Arc::clone(bytes))).collect();
    let journal = if name == "journal" { content.clone() } else { HOME["journal"].to_vec() };
    files.insert(dir.join(name), content.into());
    let disk: Arc<dyn Disk> = Arc::new(Memory(files));
    let entries = plain(&journal);
    raw(&disk, dir, &entries);
    local(&disk, dir, &entries);
}

fn raw(disk: &Arc<dyn Disk>, dir: &Path, entries: &[&[u8]]) {
    let raw = match RawJournal::open_on(Arc::clone(disk), dir) {
        Ok(raw) => raw,
        Err(error) => return short(&error),
    };
    let mut expected = entries.iter().zip(0..);
    for found in raw.blocks() {
        match found {
            Ok(block) => {
                for stored in block {
                    let next = expected.next().expect("an entry that the journal doesn't have");
                    assert_eq!((&stored.entry[..], stored.index), (*next.0, Index(next.1)));
                    body(&raw, &stored);
                }
            }
            Err(damage) => short(&damage),
        }
    }
    assert_eq!(expected.next(), None, "every whole frame is given");
}

fn body(raw: &RawJournal, stored: &Stored) {
    match raw.body(stored) {
        Ok(Some(opened)) => {
            for document in opened.documents.iter().take(4) {
                if let Err(error) = raw.document(stored.index, opened.slot, document) {
                    short(&error);
                }
            }
        }
        Ok(None) => {}
        Err(error) => short(&error),
    }
}

fn local(disk: &Arc<dyn Disk>, dir: &Path, entries: &[&[u8]]) {
    let options =
        Options { disk: Arc::clone(disk), patience: Duration::ZERO, ..Options::new(terms) };
    let store = match LocalStore::open(dir, &Mode::Read, &options) {
        Ok(store) => store,
        Err(error) => return short(&error),
    };
    let size = store.head().size;
    let mut told = 0;
    assert!(size.0 <= entries.len() as u64, "a head that the journal doesn't have");
    for (bytes, index) in entries.iter().zip(0..size.0).take(20) {
        // Tiles and slots are a help: with them off, the same or a refusal.
        if let Ok(hash) = store.hash(Index(index)) {
            assert_eq!(hash, tree::leaf_hash(bytes), "another entry's hash");
        }
        if let Ok(entry) = store.entry(Index(index)) {
            assert_eq!(entry, *bytes, "another entry");
        }
    }
    for index in (0..size.0.min(20)).chain([size.0, u64::MAX]).map(Index) {
        let outcomes = [
            store.entry(index).map(|_| ()).err(),
            store.hash(index).map(|_| ()).err(),
            store.body(index).map(|_| ()).err(),
            store.document(index, Sha256Hash([7; 32])).map(|_| ()).err(),
        ];
        for error in outcomes.iter().flatten() {
            short(error);
            told += 1;
        }
    }
    assert!(told >= 4, "there are no entries behind the last one");
    let _ = tree::root_at(store.nodes(), Size(size.0.min(1 << 20)));
    let _ = (store.root(), store.governance(), store.checkpoint(), store.find_hash_prefix("ab"));
    let _ = store.lookup(&Term::Kind("note".to_owned()));
    let _ = store.range(Index(0), Index(size.0), &mut |_| Ok(()));
}

/// The journal that `make_seeds` made, and beginnings of it.
pub fn journals() -> Vec<Vec<u8>> {
    let whole = seeds::made("home/journal");
    let short = whole[..whole.len() / 2].to_vec();
    let anew = resealed(&whole);
    vec![MAGIC.to_vec(), whole, short, anew]
}

/// Every file of the home in its own place.
pub fn homes() -> Vec<Vec<u8>> {
    let numbered = (0..).zip(FILES);
    numbered
        .map(|(number, name)| {
            let mut seed: Vec<u8> = vec![number];
            seed.extend_from_slice(&HOME[name]);
            seed
        })
        .chain([[&[0], &resealed(&HOME["journal"])[..]].concat()])
        .collect()
}
