//! Frames in memory, and what an opening makes of broken ones.

use std::fs;

use probity_ledger::format::hash::{Index, RootHash, Size};
use probity_ledger::format::tree::{leaf_hash, root_of};

use super::super::disk::{Disk, RealDisk};
use super::super::frame::{self, Parts};
use super::super::journal::{self, Behind, Damage, ReadAt, frames, valid_frame_after};
use super::*;

fn sample() -> (Vec<u8>, Vec<u64>) {
    let mut bytes = journal::MAGIC.to_vec();
    let mut starts = Vec::new();
    let batches: [&[Parts<'_>]; 3] =
        [&[(b"a", 0, b"xx"), (b"bb", 1, b"")], &[(b"ccc", 2, b"yyy")], &[(b"d", 9, b"z")]];
    let mut next = 0;
    for batch in batches {
        starts.push(bytes.len() as u64);
        let (frame, offsets) = frame::encode(Index(next), batch).expect("it fits");
        assert_eq!(offsets.len(), batch.len());
        bytes.extend(frame);
        next += batch.len() as u64;
    }
    starts.push(bytes.len() as u64);
    (bytes, starts)
}

fn read(bytes: &[u8]) -> (Vec<Stored>, Option<Damage>) {
    let (mut entries, mut damage) = (Vec::new(), None);
    for frame in frames(bytes) {
        match frame {
            Ok(frame) => entries.extend(frame.records().map(|record| record.to_stored())),
            Err(found) => damage = Some(found),
        }
    }
    (entries, damage)
}

#[test]
fn frames_come_back_as_written() {
    let (bytes, starts) = sample();
    let (entries, damage) = read(&bytes);
    assert_eq!(damage, None);
    let seen: Vec<_> = entries.iter().map(|e| (e.index.0, e.entry.as_slice(), e.slot)).collect();
    assert_eq!(seen, [(0, &b"a"[..], 0), (1, b"bb", 1), (2, b"ccc", 2), (3, b"d", 9)]);
    let offsets: Vec<_> = frames(&bytes).map(|f| f.expect("whole").offset).collect();
    assert_eq!(offsets, starts[..3]);
}

#[test]
fn every_changed_bit_is_damage_at_its_own_frame() {
    let (bytes, starts) = sample();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let (entries, damage) = read(&changed);
            let damage = damage.expect("a changed bit shows");
            let frame = starts.iter().rposition(|start| *start <= at as u64);
            assert_eq!(damage.offset, frame.map_or(0, |frame| starts[frame]), "byte {at}");
            assert_eq!(damage.index.0, entries.len() as u64);
            let followed = frame.is_none_or(|frame| frame < 2);
            let after = valid_frame_after(&changed[..], damage.offset).expect("memory reads");
            assert_eq!(after != Behind::Nothing, followed, "byte {at}");
            assert_ne!(after, Behind::Unknown, "byte {at}");
        }
    }
}

#[test]
fn every_truncation_leaves_whole_frames_and_at_most_one_torn_one() {
    let (bytes, starts) = sample();
    for length in 0..bytes.len() {
        let (entries, damage) = read(&bytes[..length]);
        let whole = starts.iter().filter(|start| **start <= length as u64).count();
        assert_eq!(entries.len(), [0, 0, 2, 3, 4][whole], "length {length}");
        let clean = starts.contains(&(length as u64));
        assert_eq!(damage.is_none(), clean, "length {length}");
        assert!(damage.is_none_or(|damage| damage.torn == (length >= 16)));
    }
}

#[test]
fn a_damaged_frame_gives_what_it_still_holds() {
    let (mut bytes, starts) = sample();
    let first = usize::try_from(starts[0]).expect("small");
    bytes[first + 24] ^= 1;
    let damage = read(&bytes).1.expect("the checksum is wrong");
    let salvaged: Vec<_> = damage.salvage.iter().map(|s| (s.index.0, &s.entry[..])).collect();
    assert_eq!(salvaged, [(0, &b"a"[..]), (1, b"bb")]);
    assert!(damage.to_string().contains("at byte 16, where entry 0 should begin"));
}

#[test]
fn a_frame_with_a_right_checksum_may_still_be_wrong() {
    let header = journal::MAGIC.to_vec();
    let (skipping, _) = frame::encode(Index(7), &[(b"a", 0, b"")]).expect("it fits");
    let damage = read(&[&header[..], &skipping].concat()).1.expect("entry 7 is not entry 0");
    assert!(!damage.torn && damage.found.contains("entry 7"), "{damage}");

    let (mut counting, _) = frame::encode(Index(0), &[(b"a", 0, b"")]).expect("it fits");
    counting[19] = 2;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&counting[4..24]), &counting[28..]);
    counting[24..28].copy_from_slice(&crc.to_be_bytes());
    let damage = read(&[&header[..], &counting].concat()).1.expect("one entry is not two");
    assert!(!damage.torn && damage.found.contains("1 entries"), "{damage}");
}

#[test]
fn an_empty_or_oversized_frame_is_not_written() {
    assert!(frame::encode(Index(0), &[]).is_none());
    let large = vec![0; journal::MAX_PAYLOAD as usize];
    assert!(frame::encode(Index(0), &[(b"a", 0, &large)]).is_none());
}

#[test]
fn opening_cuts_any_torn_end_and_keeps_its_bytes() {
    // Below a block, so that no tiles have read further than the journal goes.
    let home = ledger(3);
    let path = home.path().join("journal");
    let whole = fs::read(&path).expect("read");
    let starts: Vec<u64> = frames(&whole).map(|f| f.expect("whole").offset).collect();
    for length in 16..whole.len() {
        fs::write(&path, &whole[..length]).expect("written");
        let before = read(&whole[..length]).0.len() as u64;
        let reader = open(home.path(), &Mode::Read).expect("readable");
        same(reader.head(), before);
        assert_eq!(fs::read(&path).expect("read").len(), length, "reading changes nothing");

        let mut store = open(home.path(), &writer()).expect("recovered");
        same(store.head(), before);
        let end = starts.iter().rfind(|s| **s <= length as u64).map_or(16, |start| *start);
        if let Some(cut) = store.recovered() {
            assert_eq!(
                fs::read(&cut.kept).expect("kept"),
                whole[usize::try_from(end).expect("small")..length]
            );
            fs::remove_file(&cut.kept).expect("removed");
            assert!(reader.damage().is_some());
        } else {
            assert!(reader.damage().is_none());
        }
        extend(&mut store, before + 1);
        drop(store);
        same(open(home.path(), &Mode::Read).expect("whole again").head(), before + 1);
    }
}

#[test]
fn opening_refuses_damage_that_is_no_torn_end() {
    let home = ledger(3);
    let path = home.path().join("journal");
    let whole = fs::read(&path).expect("read");
    let last = frames(&whole).last().expect("frames").expect("whole").offset;
    for at in 0..usize::try_from(last).expect("small") {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        fs::write(&path, &changed).expect("written");
        let error = open(home.path(), &writer()).err().expect("refused");
        let expected = match error {
            StoreError::Damaged(_) => at >= 16,
            StoreError::ForeignFile { .. } => at < 16,
            _ => false,
        };
        assert!(expected, "byte {at}: {error}");
        assert_eq!(fs::read(&path).expect("read"), changed);
        if at >= 16 {
            let reader = open(home.path(), &Mode::Read).expect("readable up to there");
            assert!(reader.damage().is_some());
            assert!(all(&reader).is_ok());
        }
    }
}

#[test]
fn a_frame_of_another_type_is_never_cut() {
    let home = ledger(2);
    let path = home.path().join("journal");
    let mut bytes = fs::read(&path).expect("read");
    let (mut later, _) = frame::encode(Index(2), &[(b"a b c", 0, b"")]).expect("it fits");
    later[4] = 2;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&later[4..24]), &later[28..]);
    later[24..28].copy_from_slice(&crc.to_be_bytes());
    bytes.extend(later);
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(open(home.path(), &writer()), Err(StoreError::Damaged(_))));
    assert_eq!(fs::read(&path).expect("read"), bytes);
}

/// Bytes that count how many of them are read.
struct Counted<'a>(&'a [u8], std::cell::Cell<usize>);

impl ReadAt for Counted<'_> {
    fn length(&self) -> std::io::Result<u64> {
        self.0.length()
    }

    fn fill(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.1.set(self.1.get() + buffer.len());
        self.0.fill(offset, buffer)
    }
}

/// Beginnings of frames, each of which promises the rest of the bytes.
fn beginnings(bytes: usize) -> Vec<u8> {
    let mut made = Vec::new();
    while made.len() < bytes {
        let rest = u32::try_from(bytes - made.len()).expect("small").saturating_sub(28);
        made.extend(b"PJF1\x01\0\0\0");
        made.extend([0; 12]);
        made.extend(rest.to_be_bytes());
        made.extend([0xab; 4]);
    }
    made
}

#[test]
fn beginnings_of_frames_without_end_cost_a_few_readings() {
    let home = ledger(2);
    let path = home.path().join("journal");
    let mut bytes = fs::read(&path).expect("read");
    let end = bytes.len();
    bytes.extend(beginnings(28 << 12));
    let counted = Counted(&bytes[end..], 0.into());
    assert_eq!(valid_frame_after(&counted, 0).expect("memory reads"), Behind::Unknown);
    assert!(counted.1.get() < 8 * (28 << 12), "{} bytes read", counted.1.get());
    // What is not known to hold nothing is not cut.
    fs::write(&path, &bytes).expect("written");
    assert!(matches!(open(home.path(), &writer()), Err(StoreError::Damaged(_))));
    assert_eq!(fs::read(&path).expect("read"), bytes);
    // A few are looked into, and what stands behind them is found.
    let (mut few, _) = sample();
    few.splice(16..16, beginnings(56));
    assert_eq!(valid_frame_after(&few[..], 16).expect("memory reads"), Behind::Frame(72));
    fs::write(&path, &bytes[..end + 56]).expect("written");
    assert!(open(home.path(), &writer()).expect("cut").recovered().is_some());
}

/// As a file system may leave them that keeps room ready.
#[cfg(target_os = "linux")]
#[test]
fn zeros_behind_the_last_frame_are_kept_without_writing_them() {
    use std::os::unix::fs::MetadataExt as _;
    let home = ledger(2);
    let path = home.path().join("journal");
    let whole = fs::read(&path).expect("read");
    let zeros = 8 << 20;
    fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(whole.len() as u64 + zeros))
        .expect("it grows");
    let store = open(home.path(), &writer()).expect("recovered");
    let kept = &store.recovered().expect("cut").kept;
    let metadata = fs::metadata(kept).expect("kept");
    assert_eq!((metadata.len(), fs::read(&path).expect("read")), (zeros, whole));
    assert!(metadata.blocks() * 512 < 1 << 20, "{} blocks on the disk", metadata.blocks());
}

#[test]
fn a_newer_journal_is_refused() {
    let home = ledger(2);
    RealDisk.replace(&home.path().join("journal"), b"probity-journal2....", None).expect("written");
    for mode in [Mode::Read, writer()] {
        assert!(matches!(open(home.path(), &mode), Err(StoreError::NewerFormat { .. })));
    }
}

#[test]
fn what_a_checkpoint_counts_is_never_cut() {
    let home = ledger(3);
    let path = home.path().join("journal");
    let leaves: Vec<_> = (0..3).map(|n| leaf_hash(words(n).as_bytes())).collect();
    let options = Options { checkpoint: Some((Size(3), root_of(&leaves))), ..options() };
    LocalStore::open(home.path(), &writer(), &options).map(drop).expect("it continues");

    let other = Options { checkpoint: Some((Size(3), RootHash::ZERO)), ..options.clone() };
    for mode in [Mode::Read, writer()] {
        let refused = LocalStore::open(home.path(), &mode, &other).err();
        assert!(matches!(refused, Some(StoreError::DoesNotContinueCheckpoint { .. })));
    }

    let whole = fs::read(&path).expect("read");
    let last = frames(&whole).last().expect("frames").expect("whole");
    for length in [usize::try_from(last.offset).expect("small"), whole.len() - 1] {
        fs::write(&path, &whole[..length]).expect("written");
        let refused = LocalStore::open(home.path(), &writer(), &options).err();
        assert!(matches!(refused, Some(StoreError::DoesNotContinueCheckpoint { .. })));
        assert_eq!(fs::read(&path).expect("read").len(), length);
    }
}

/// Where a lock doesn't hold, or somebody removed its file, another writer's frame stands where the
/// next one is to be written.
#[test]
fn a_frame_is_never_written_over_what_somebody_else_appended() {
    let home = ledger(3);
    let path = home.path().join("journal");
    let mut store = open(home.path(), &writer()).expect("opened");
    let mut theirs = fs::read(&path).expect("read");
    theirs.extend(b"what another program wrote");
    fs::write(&path, &theirs).expect("written");
    let refused = store.append(store.head(), vec![new(3)]);
    assert!(matches!(refused, Err(StoreError::JournalChanged { .. })), "{refused:?}");
    assert_eq!(fs::read(&path).expect("read"), theirs);
}

/// Whatever became of the slots, what was signed and when can still be told.
#[test]
fn with_a_foreign_file_of_slots_entries_are_read_and_nothing_is_written() {
    let home = ledger(3);
    let path = home.path().join("bodykeys");
    let mut slots = fs::read(&path).expect("read");
    slots[0] ^= 1;
    fs::write(&path, &slots).expect("written");
    let refused = open(home.path(), &writer()).err();
    assert!(matches!(refused, Some(StoreError::ForeignFile { .. })), "{refused:?}");
    let reader = open(home.path(), &Mode::Read).expect("readable");
    assert_eq!(reader.entry(Index(1)).expect("an entry"), words(1).as_bytes());
    assert!(matches!(reader.body(Index(1)), Err(StoreError::BodyUnreadable { .. })));
    let raw = reader.verify_source().expect("readable");
    assert_eq!(raw.entries().flatten().count(), 3);
}
