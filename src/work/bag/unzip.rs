//! A zip, read as hostile input: its end, its list of members and the bytes of each, by rule 4 of
//! "Container" (section 13 of the format page). What readers of zips differ in is refused, so that
//! every unpacker sees what is judged here.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use memchr::memmem;
use probity_ledger::verify::container::MAX_MEMBERS;

/// Most bytes of the list of members.
const MAX_LIST: u64 = 48 << 20;

/// Longest end of a zip: a record with the longest comment.
const LONGEST_END: u64 = 22 + 65_535;

/// A number of 16 bits, or of 32, that another one stands for.
const FULL: [u64; 2] = [0xffff, 0xffff_ffff];

/// Why a zip isn't read.
pub(super) enum Refused {
    /// Nothing in it says that it is a zip.
    NoZip,
    /// Everything in it is encrypted: a bundle on its way, and no bundle yet.
    Encrypted,
    /// What was found, and in which member if it is in one.
    Broken(Option<String>, String),
    /// The system can't read it.
    Io(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn broken(found: impl Into<String>) -> Refused {
    Refused::Broken(None, found.into())
}

/// A zip whose end and list are in order.
pub(super) struct Zip<S> {
    from: BufReader<S>,
    length: u64,
    /// How many bytes of it the members take that were unpacked.
    taken: u64,
    /// What is in it, in the order of the list.
    pub(super) members: Vec<Member>,
}

/// A member, as the list has it.
#[derive(Clone)]
pub(super) struct Member {
    /// Its whole name.
    pub(super) name: String,
    /// Whether it is a folder.
    pub(super) folder: bool,
    flags: u64,
    method: u64,
    crc: u64,
    sizes: Sizes,
    offset: u64,
    /// What the upper half of its external attributes says.
    mode: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Sizes {
    packed: u64,
    unpacked: u64,
}

/// What the end says of the list of members.
struct End {
    count: u64,
    size: u64,
    start: u64,
    /// Where the list has to end.
    at: u64,
}

/// The number in `bytes`, of which the last counts most.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The length of 16 bits that `bytes` begins with.
fn length(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) | usize::from(bytes[1]) << 8
}

impl<S: Read + Seek> Zip<S> {
    /// Reads the end and the list.
    pub(super) fn open(from: S) -> Result<Self, Refused> {
        let mut from = BufReader::new(from);
        let length = from.seek(SeekFrom::End(0))?;
        let End { count, size, start, at } = end(&mut from, length)?;
        if count > MAX_MEMBERS as u64 || size > MAX_LIST {
            return Err(broken(format!("{count} members are listed in {size} bytes")));
        }
        // With bytes before the zip that its numbers don't count, readers differ in what they take
        // for its beginning.
        if start.checked_add(size) != Some(at) {
            return Err(broken(format!("its list of members doesn't lie from {start} to {at}")));
        }
        let list = bytes_at(&mut from, start, size)?;
        let members = listed(&list, count)?;
        if !members.is_empty() && members.iter().all(|member| member.flags & 1 != 0) {
            return Err(Refused::Encrypted);
        }
        for member in &members {
            member.check()?;
        }
        Ok(Self { from, length, taken: 0, members })
    }

    /// The bytes of a member, measured and checked as they are read. Members that lie over each other would
    /// have the same bytes unpacked any number of times.
    pub(super) fn unpack(&mut self, index: usize) -> Result<Unpacking<impl BufRead>, Refused> {
        let member = self.members[index].clone();
        let header = match member.offset {
            beyond if beyond > self.length => Err(broken("no header before it")),
            offset => local_header(&mut self.from, offset),
        };
        let header = header.map_err(|refused| refused.of(&member.name))?;
        if !header.agrees(&member) {
            let found = "the header before it says something else than the list";
            return Err(broken(found).of(&member.name));
        }
        let whole = header.length.saturating_add(member.sizes.packed);
        self.taken = self.taken.saturating_add(whole);
        if member.offset.saturating_add(whole) > self.length || self.taken > self.length {
            let found = "bytes that lie beyond the end, or members that lie over each other";
            return Err(broken(found).of(&member.name));
        }
        Ok(Unpacking {
            from: (&mut self.from).take(member.sizes.packed),
            inflate: (member.method == 8).then(|| Decompress::new(false)),
            ended: false,
            crc: Crc::new(),
            size: 0,
            member,
        })
    }
}

impl Refused {
    fn of(self, name: &str) -> Self {
        match self {
            Self::Broken(None, found) => Self::Broken(Some(name.to_owned()), found),
            other => other,
        }
    }
}

fn bytes_at(from: &mut (impl Read + Seek), at: u64, length: u64) -> Result<Vec<u8>, Refused> {
    from.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    if from.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Err(broken("a part that lies beyond its end"));
    }
    Ok(bytes)
}

/// The one record that the file can end with, or the Zip64 record before it. Readers differ in
/// which of several they believe.
fn end(from: &mut (impl Read + Seek), length: u64) -> Result<End, Refused> {
    let base = length.saturating_sub(LONGEST_END);
    let tail = bytes_at(from, base, length - base)?;
    let mut signs = memmem::find_iter(&tail, b"PK\x05\x06").peekable();
    if signs.peek().is_none() {
        return Err(Refused::NoZip);
    }
    // Every place at which a whole record could stand, also within another one's comment.
    let records: Vec<usize> = signs.filter(|at| at + 22 <= tail.len()).collect();
    let ends = |at: usize| at as u64 + 22 + number(&tail[at + 20..at + 22]) == tail.len() as u64;
    let Some(last) = records.last().copied() else {
        return Err(broken("an end that is cut off"));
    };
    if !ends(last) || records.iter().filter(|at| ends(**at)).count() > 1 {
        return Err(broken("it doesn't end with one record that leads to its list of members"));
    }
    let at = base + last as u64;
    let record = &tail[last..last + 20];
    let said = [(4, 6), (6, 8), (8, 10), (10, 12), (12, 16), (16, 20)]
        .map(|(begin, end)| number(&record[begin..end]));
    let large = if at < 20 { None } else { end64(from, at - 20)? };
    let (stands, place) = match large {
        None => (said, at),
        Some(large) => {
            let same = |said: u64, large: u64, full: u64| said == large || said == full;
            let halves = said.iter().zip(large).enumerate();
            let mut halves =
                halves.map(|(at, (said, large))| same(*said, large, FULL[usize::from(at > 3)]));
            if !halves.all(|same| same) {
                return Err(broken("a Zip64 record that says something else than its end"));
            }
            (large, at - 76)
        }
    };
    let [disk, list_disk, here, count, size, start] = stands;
    if disk != 0 || list_disk != 0 || here != count {
        return Err(broken("more than one volume"));
    }
    Ok(End { count, size, start, at: place })
}

/// The numbers of the Zip64 record, if a locator of one stands at `at`; the record stands right
/// before it.
fn end64(from: &mut (impl Read + Seek), at: u64) -> Result<Option<[u64; 6]>, Refused> {
    let locator = bytes_at(from, at, 20)?;
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let (disk, place, disks) =
        (number(&locator[4..8]), number(&locator[8..16]), number(&locator[16..]));
    if at < 56 || place != at - 56 || disk != 0 || disks > 1 {
        return Err(broken("a Zip64 record that doesn't stand before its locator"));
    }
    let record = bytes_at(from, place, 56)?;
    if !record.starts_with(b"PK\x06\x06") || number(&record[4..12]) != 44 {
        return Err(broken("a Zip64 record of another form"));
    }
    let numbers = [(16, 20), (20, 24), (24, 32), (32, 40), (40, 48), (48, 56)];
    Ok(Some(numbers.map(|(begin, end)| number(&record[begin..end]))))
}

/// The members of a list that holds that many and nothing else.
fn listed(list: &[u8], count: u64) -> Result<Vec<Member>, Refused> {
    let mut members = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let cut_off = || broken(format!("{} members, and something else", members.len()));
        let header = rest.get(..46).filter(|header| header.starts_with(b"PK\x01\x02"));
        let header = header.ok_or_else(cut_off)?;
        let two = |at: usize| number(&header[at..at + 2]);
        let four = |at: usize| number(&header[at..at + 4]);
        let [name, extra, comment] = [28, 30, 32].map(|at| length(&header[at..]));
        let behind = rest.get(46..46 + name + extra + comment).ok_or_else(cut_off)?;
        rest = &rest[46 + behind.len()..];
        let (name, behind) = behind.split_at(name);
        let Ok(text) = std::str::from_utf8(name) else {
            return Err(broken("a name that is not UTF-8"));
        };
        let mut sizes = Sizes { packed: four(20), unpacked: four(24) };
        let mut offset = four(42);
        let numbers = [&mut sizes.unpacked, &mut sizes.packed, &mut offset];
        extras(&behind[..extra], name, numbers).map_err(|refused| refused.of(text))?;
        members.push(Member {
            name: text.to_owned(),
            folder: text.ends_with('/'),
            flags: two(8),
            method: two(10),
            crc: four(16),
            sizes,
            offset,
            mode: two(40),
        });
    }
    if members.len() as u64 != count {
        return Err(broken(format!("{} members, and its end counts {count}", members.len())));
    }
    Ok(members)
}

/// What a member's extra field changes: numbers that don't fit, in their order. A name in it is
/// the name.
fn extras<'a>(
    mut extra: &[u8],
    name: &[u8],
    numbers: impl IntoIterator<Item = &'a mut u64>,
) -> Result<(), Refused> {
    let mut numbers = Some(numbers);
    while extra.len() >= 4 {
        let part = length(&extra[2..]);
        let Some(content) = extra.get(4..4 + part) else {
            return Err(broken("an extra field that is cut off"));
        };
        match number(&extra[..2]) {
            1 => {
                let Some(numbers) = numbers.take() else {
                    return Err(broken("two Zip64 fields"));
                };
                let mut large = content.chunks_exact(8);
                for full in numbers.into_iter().filter(|number| **number == FULL[1]) {
                    let Some(large) = large.next() else {
                        return Err(broken("a Zip64 field that is too short"));
                    };
                    *full = number(large);
                }
            }
            0x7075 if content.get(5..) != Some(name) => {
                return Err(broken("a second name"));
            }
            _ => {}
        }
        extra = &extra[4 + part..];
    }
    Ok(())
}

impl Member {
    fn check(&self) -> Result<(), Refused> {
        let kind = self.mode & 0o170_000;
        let found = if self.flags & 1 != 0 {
            "it is encrypted"
        } else if !matches!(self.method, 0 | 8) {
            "it is packed in another way"
        } else if !matches!((kind, self.folder), (0, _) | (0o040_000, true) | (0o100_000, false)) {
            "it is a link or a device"
        } else if self.folder && self.sizes.unpacked > 0 {
            "it is a folder with content"
        } else {
            return Ok(());
        };
        Err(broken(found).of(&self.name))
    }
}

/// The header before a member.
struct Local {
    /// With its name and extra field.
    length: u64,
    flags: u64,
    method: u64,
    crc: u64,
    sizes: Sizes,
    name: Vec<u8>,
}

fn local_header(from: &mut (impl Read + Seek), offset: u64) -> Result<Local, Refused> {
    let header = bytes_at(from, offset, 30)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(broken("no header before it"));
    }
    let two = |at: usize| number(&header[at..at + 2]);
    let four = |at: usize| number(&header[at..at + 4]);
    let name = bytes_at(from, offset + 30, two(26))?;
    let extra = bytes_at(from, offset + 30 + two(26), two(28))?;
    let mut sizes = Sizes { packed: four(18), unpacked: four(22) };
    if two(6) & 8 == 0 {
        extras(&extra, &name, [&mut sizes.unpacked, &mut sizes.packed])?;
    }
    let length = 30 + two(26) + two(28);
    Ok(Local { length, flags: two(6), method: two(8), crc: four(14), sizes, name })
}

impl Local {
    /// Whether it is of the same file. Another method would make another unpacker see other bytes.
    fn agrees(&self, member: &Member) -> bool {
        // With bit 3 the sizes follow the data.
        let later = self.flags & 8 != 0;
        self.name == member.name.as_bytes()
            && self.method == member.method
            && (later || (self.crc == member.crc && self.sizes == member.sizes))
    }
}

/// A member that is being unpacked. Its end is reached only where length and CRC-32 are those of
/// the list.
pub(super) struct Unpacking<R> {
    from: R,
    inflate: Option<Decompress>,
    ended: bool,
    crc: Crc,
    size: u64,
    member: Member,
}

fn invalid(found: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, found)
}

impl<R: BufRead> Unpacking<R> {
    fn inflated(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(inflate) = &mut self.inflate else {
            return self.from.read(into);
        };
        while !self.ended {
            let packed = self.from.fill_buf()?;
            let (last, before) = (packed.is_empty(), (inflate.total_in(), inflate.total_out()));
            let status = inflate.decompress(packed, into, FlushDecompress::None);
            let status = status.map_err(|_| invalid("packed bytes that can't be unpacked"))?;
            let took = usize::try_from(inflate.total_in() - before.0).unwrap_or_default();
            let gave = usize::try_from(inflate.total_out() - before.1).unwrap_or_default();
            self.from.consume(took);
            self.ended = status == Status::StreamEnd;
            if gave > 0 {
                return Ok(gave);
            }
            if !self.ended && (last || took == 0) {
                return Err(invalid("packed bytes that end too early"));
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Unpacking<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let read = self.inflated(into)?;
        self.crc.update(&into[..read]);
        self.size += read as u64;
        let whole = self.member.sizes.unpacked;
        if self.size > whole || (read == 0 && self.size < whole) {
            return Err(invalid("another length than the list has"));
        }
        if read == 0 && u64::from(self.crc.sum()) != self.member.crc {
            return Err(invalid("another CRC-32 than the list has"));
        }
        Ok(read)
    }
}
