//! One frame: its bytes, read strictly and written. The layout is in [`super::journal`].

use std::fmt;
use std::io;

use probity_ledger::format::hash::Index;

use super::journal::{Frame, Holds, MAX_PAYLOAD, ReadAt, Record, Resealed};
use super::{MAX_ENTRY, Stored};

/// The length of a frame before its payload.
pub(super) const FRAME_HEADER: usize = 28;
pub(super) const FRAME_MAGIC: &[u8; 4] = b"PJF1";
const TYPE_ENTRIES: u8 = 1;
const TYPE_RESEALED: u8 = 2;

/// An entry, its slot and its sealed body.
pub(super) type Parts<'a> = (&'a [u8], u64, &'a [u8]);

/// What a frame's first 28 bytes say.
pub(super) struct Header {
    kind: u8,
    zero: [u8; 3],
    first: u64,
    count: u32,
    length: u32,
    crc: u32,
}

impl Header {
    /// `None` when the bytes don't begin as a frame.
    fn parse(bytes: &[u8; FRAME_HEADER]) -> Option<Self> {
        bytes.starts_with(FRAME_MAGIC).then(|| Self {
            kind: bytes[4],
            zero: [bytes[5], bytes[6], bytes[7]],
            first: u64_at(bytes, 8),
            count: u32_at(bytes, 16),
            length: u32_at(bytes, 20),
            crc: u32_at(bytes, 24),
        })
    }
}

/// Why bytes are not the frame that should stand there.
pub(super) struct Fault {
    pub(super) torn: bool,
    pub(super) found: String,
    pub(super) expected: String,
}

pub(super) fn fault(torn: bool, found: impl fmt::Display, expected: impl fmt::Display) -> Fault {
    Fault { torn, found: found.to_string(), expected: expected.to_string() }
}

/// A header and a payload that fit together by length and checksum, whatever they mean.
pub(super) fn read_whole<S: ReadAt + ?Sized>(
    source: &S,
    offset: u64,
    length: u64,
) -> Result<(Header, Vec<u8>), Fault> {
    let unreadable = |error: io::Error| fault(false, error, "a frame that can be read");
    let left = length.saturating_sub(offset);
    if left < FRAME_HEADER as u64 {
        return Err(fault(
            true,
            format_args!("{left} bytes"),
            format_args!("a frame's header of {FRAME_HEADER} bytes"),
        ));
    }
    let mut head = [0; FRAME_HEADER];
    source.fill(offset, &mut head).map_err(unreadable)?;
    let Some(header) = Header::parse(&head) else {
        return Err(fault(true, quoted(&head[..4]), quoted(FRAME_MAGIC)));
    };
    let room = (left - FRAME_HEADER as u64).min(u64::from(MAX_PAYLOAD));
    if u64::from(header.length) > room {
        return Err(fault(
            true,
            format_args!("a payload of {} bytes", header.length),
            format_args!("at most {room}"),
        ));
    }
    let mut payload = vec![0; header.length as usize];
    source.fill(offset + FRAME_HEADER as u64, &mut payload).map_err(unreadable)?;
    let crc = checksum(&head, &payload);
    if crc != header.crc {
        return Err(fault(
            true,
            format_args!("a frame with the checksum {crc:08x}"),
            format_args!("{:08x}", header.crc),
        ));
    }
    Ok((header, payload))
}

/// How long the frame is that may begin at `offset`; `None` when it doesn't fit before `length`.
pub(super) fn whole_length<S: ReadAt + ?Sized>(
    source: &S,
    offset: u64,
    length: u64,
) -> io::Result<Option<u64>> {
    let Some(left) = length.saturating_sub(offset).checked_sub(FRAME_HEADER as u64) else {
        return Ok(None);
    };
    let mut head = [0; FRAME_HEADER];
    source.fill(offset, &mut head)?;
    let payload = u64::from(u32_at(&head, 20));
    let fits = payload <= left.min(u64::from(MAX_PAYLOAD));
    Ok(fits.then_some(payload + FRAME_HEADER as u64))
}

pub(super) fn read_frame<S: ReadAt + ?Sized>(
    source: &S,
    offset: u64,
    length: u64,
    next: Index,
) -> Result<Frame, Fault> {
    let (header, payload) = read_whole(source, offset, length)?;
    let holds = match (header.kind, header.zero) {
        (TYPE_ENTRIES, [0, 0, 0]) => Holds::Entries,
        (TYPE_RESEALED, [0, 0, 0]) => Holds::Resealed,
        (kind, zero) => {
            return Err(fault(
                false,
                format_args!("a frame of type {kind} with {zero:?} behind it"),
                "type 1 or 2 and three zeros (a newer version of the program may have written it)",
            ));
        }
    };
    if next.0 != header.first {
        return Err(fault(
            false,
            format_args!("a frame that begins with entry {}", header.first),
            format_args!("entry {next}"),
        ));
    }
    let frame = Frame { offset, first: next, holds, count: header.count, payload };
    let (mut count, mut used) = (0, 0);
    for record in frame.records() {
        count += 1;
        used += record_length(record.entry, record.sealed);
    }
    for body in frame.resealed().take_while(|body| body.index < next) {
        count += 1;
        used += resealed_length(body.sealed);
    }
    if count == 0 || count != u64::from(header.count) || used != u64::from(header.length) {
        return Err(fault(
            false,
            format_args!("{count} {} in {used} bytes", holds.what()),
            format_args!("{} in {}", header.count.max(1), header.length),
        ));
    }
    Ok(frame)
}

/// The records at the front of a payload, as far as they can be read.
pub(super) fn records(
    payload: &[u8],
    frame: u64,
    first: Index,
) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0;
    (first.0..).map_while(move |index| {
        let record = parse_record(payload.get(at..)?, index, frame + (FRAME_HEADER + at) as u64)?;
        at += usize::try_from(record_length(record.entry, record.sealed)).ok()?;
        Some(record)
    })
}

/// The record at the front of `bytes`; `None` unless it is whole.
pub(super) fn parse_record(bytes: &[u8], index: u64, offset: u64) -> Option<Record<'_>> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    if length == 0 || length > MAX_ENTRY {
        return None;
    }
    let (entry, rest) = rest.split_at_checked(length)?;
    let (slot, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let sealed = rest.get(..u32::from_be_bytes(*length) as usize)?;
    Some(Record { index: Index(index), offset, entry, slot: u64::from_be_bytes(*slot), sealed })
}

/// The bodies at the front of a payload of such, as far as they can be read.
pub(super) fn resealed(payload: &[u8], frame: u64) -> impl Iterator<Item = Resealed<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let body = parse_resealed(payload.get(at..)?, frame + (FRAME_HEADER + at) as u64)?;
        at += usize::try_from(resealed_length(body.sealed)).ok()?;
        Some(body)
    })
}

/// The body sealed anew at the front of `bytes`; `None` unless it is whole.
pub(super) fn parse_resealed(bytes: &[u8], offset: u64) -> Option<Resealed<'_>> {
    let (index, rest) = bytes.split_first_chunk::<8>()?;
    let (slot, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let sealed = rest.get(..u32::from_be_bytes(*length) as usize)?;
    let (index, slot) = (Index(u64::from_be_bytes(*index)), u64::from_be_bytes(*slot));
    Some(Resealed { index, offset, slot, sealed })
}

/// What stands before a body that is sealed anew: index, slot and length.
pub(super) const RESEALED_HEAD: usize = 20;

/// How many bytes a body sealed anew takes.
pub(super) fn resealed_length(sealed: &[u8]) -> u64 {
    (RESEALED_HEAD + sealed.len()) as u64
}

/// How many bytes a record takes.
pub(super) fn record_length(entry: &[u8], sealed: &[u8]) -> u64 {
    (16 + entry.len() + sealed.len()) as u64
}

/// A whole frame with these entries, the first of which is entry `first`; with it, where in
/// the frame each record begins. `None` when they are none, or don't fit.
#[must_use]
pub(super) fn encode(first: Index, batch: &[Parts<'_>]) -> Option<(Vec<u8>, Vec<u64>)> {
    let length: u64 = batch.iter().map(|(entry, _, sealed)| record_length(entry, sealed)).sum();
    let mut frame = begin(TYPE_ENTRIES, first, batch.len(), length)?;
    let mut offsets = Vec::with_capacity(batch.len());
    for (entry, slot, sealed) in batch {
        offsets.push(frame.len() as u64);
        frame.extend(u32::try_from(entry.len()).ok()?.to_be_bytes());
        frame.extend(*entry);
        frame.extend(slot.to_be_bytes());
        frame.extend(u32::try_from(sealed.len()).ok()?.to_be_bytes());
        frame.extend(*sealed);
    }
    finish(&mut frame);
    Some((frame, offsets))
}

/// A whole frame of bodies that are sealed anew, behind `size` entries; with it, where in the
/// frame each begins. `None` when they are none, or don't fit.
#[must_use]
pub(super) fn encode_resealed(
    size: Index,
    bodies: &[(Index, u64, Vec<u8>)],
) -> Option<(Vec<u8>, Vec<u64>)> {
    let length: u64 = bodies.iter().map(|(_, _, sealed)| resealed_length(sealed)).sum();
    let mut frame = begin(TYPE_RESEALED, size, bodies.len(), length)?;
    let mut offsets = Vec::with_capacity(bodies.len());
    for (index, slot, sealed) in bodies {
        offsets.push(frame.len() as u64);
        frame.extend(index.0.to_be_bytes());
        frame.extend(slot.to_be_bytes());
        frame.extend(u32::try_from(sealed.len()).ok()?.to_be_bytes());
        frame.extend(sealed);
    }
    finish(&mut frame);
    Some((frame, offsets))
}

/// A frame's header, still without its checksum.
fn begin(kind: u8, first: Index, count: usize, length: u64) -> Option<Vec<u8>> {
    let length = u32::try_from(length).ok().filter(|length| *length <= MAX_PAYLOAD)?;
    let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
    let mut frame = Vec::with_capacity(FRAME_HEADER + length as usize);
    frame.extend(FRAME_MAGIC);
    frame.extend([kind, 0, 0, 0]);
    frame.extend(first.0.to_be_bytes());
    frame.extend(count.to_be_bytes());
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    Some(frame)
}

fn finish(frame: &mut [u8]) {
    let crc = checksum(&frame[..FRAME_HEADER], &frame[FRAME_HEADER..]);
    frame[24..28].copy_from_slice(&crc.to_be_bytes());
}

/// Where the bodies sealed anew stand that follow byte `at` of a journal, as index and offset, and
/// where the last whole frame ends. What the frames of entries hold is passed over, unread.
pub(super) fn find_resealed<S: ReadAt + ?Sized>(
    source: &S,
    mut at: u64,
) -> io::Result<(Vec<(Index, u64)>, u64)> {
    let length = source.length()?;
    let mut found = Vec::new();
    while at + FRAME_HEADER as u64 <= length {
        let mut head = [0; FRAME_HEADER];
        source.fill(at, &mut head)?;
        let Some(header) = Header::parse(&head) else { break };
        let end = at + FRAME_HEADER as u64 + u64::from(header.length);
        if end > length {
            break;
        }
        if header.kind == TYPE_RESEALED {
            let Ok(frame) = read_frame(source, at, length, Index(header.first)) else { break };
            found.extend(frame.resealed().map(|body| (body.index, body.offset)));
        }
        at = end;
    }
    Ok((found, at))
}

fn checksum(head: &[u8], payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&head[4..24]), payload)
}

/// Most records that are salvaged of a frame. A writer never puts more than 20,000 into one
/// (10,000 records, each with an exception before it).
const MOST_SALVAGED: usize = 1 << 15;

/// What can still be read as records of a damaged frame, and whether it is the record behind
/// them that is damaged: something stands there that begins no frame, or the journal ends
/// there though the frame's header counts more.
pub(super) fn salvage<S: ReadAt + ?Sized>(
    source: &S,
    offset: u64,
    length: u64,
    next: Index,
) -> (Vec<Stored>, bool) {
    let left = length.saturating_sub(offset).min(u64::from(MAX_PAYLOAD) + FRAME_HEADER as u64);
    let mut bytes = vec![0; usize::try_from(left).unwrap_or(0)];
    if bytes.len() <= FRAME_HEADER || source.fill(offset, &mut bytes).is_err() {
        return (Vec::new(), false);
    }
    let payload = &bytes[FRAME_HEADER..];
    let (mut found, mut end) = (Vec::new(), 0);
    for record in records(payload, offset, next).take(MOST_SALVAGED) {
        end += usize::try_from(record_length(record.entry, record.sealed)).unwrap_or(usize::MAX);
        found.push(record.to_stored());
    }
    let behind = payload.get(end..).unwrap_or_default();
    let cut_short = if behind.is_empty() {
        let missing = found.len() < u32_at(&bytes, 16) as usize;
        missing && payload.len() < u32_at(&bytes, 20) as usize
    } else {
        found.len() < MOST_SALVAGED && !behind.starts_with(FRAME_MAGIC)
    };
    (found, cut_short)
}

pub(super) fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
