//! Bundles on the disk: a zip or the folder that it unpacks to, read as hostile input and
//! written whole or not at all.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File as Disk;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use memchr::memmem;
use probity_ledger::book::fault::{Code, Fault};
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::verify::container::{
    self, File, Files, MAX_KEPT, MAX_MEMBERS, MAX_TOTAL, Member,
};
use sha2::{Digest as _, Sha256};
use zip::result::{ZipError, ZipResult};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::home::{create_private, sync_folder};
use super::{WorkError, World};

/// What reading a bundle came to.
pub enum Found {
    /// Its files, as far as the container allows them.
    Files(Files),
    /// The container itself is not one of a bundle.
    Fault(Fault),
}

fn container(what: impl Into<String>, found: impl Into<String>, expected: &str) -> Found {
    Found::Fault(Fault::new(Code::Container, what, found, expected))
}

/// Whether a path looks like a bundle: a zip, or a folder that holds a bag.
#[must_use]
pub fn looks_like_bundle(path: &Path) -> bool {
    if path.is_dir() {
        return bag_folder(path).is_some();
    }
    Disk::open(path).is_ok_and(|file| open_zip(file).is_ok())
}

/// The folder that holds the bag: this one, or the only one in it.
fn bag_folder(path: &Path) -> Option<PathBuf> {
    if path.join("bagit.txt").exists() {
        return Some(path.to_owned());
    }
    let mut inside = std::fs::read_dir(path).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    match (inside.next(), inside.next()) {
        (Some(only), None) if only.join("bagit.txt").exists() => Some(only),
        _ => None,
    }
}

/// Reads a bundle.
///
/// # Errors
/// When it can't be read at all: no such file, no permission, neither a zip nor a folder.
pub fn read(path: &Path) -> Result<Found, WorkError> {
    if path.is_dir() {
        let folder = bag_folder(path).ok_or_else(|| {
            WorkError::refused(
                format!("{} holds no evidence bundle", path.display()),
                "name the zip file, or the folder that it unpacked to",
            )
        })?;
        return read_folder(&folder).map_err(WorkError::file("reading", path));
    }
    let file = Disk::open(path).map_err(WorkError::file("reading", path))?;
    let mut second = Disk::open(path).map_err(WorkError::file("reading", path))?;
    match open_zip(file) {
        Ok(mut archive) => {
            if is_encrypted(&mut archive) {
                return Err(WorkError::refused(
                    format!("{} is encrypted, so what is in it can't be checked", path.display()),
                    "unpack it with 7-Zip and its password, then verify the zip that was in it",
                ));
            }
            Ok(read_zip(archive, &mut second))
        }
        Err(ZipError::Io(error))
            if !matches!(
                error.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::FileTooLarge
            ) =>
        {
            Err(WorkError::file("reading", path)(error))
        }
        Err(error) if has_end_record(&mut second) => Ok(container(
            "the zip file",
            error.to_string(),
            "a zip that can be read, of at most 100000 members",
        )),
        Err(_) => Err(WorkError::refused(
            format!("{} is neither a zip file nor a folder", path.display()),
            "name an evidence bundle",
        )),
    }
}

/// Reads a bundle that is in memory.
///
/// # Errors
/// When it is no zip.
pub fn read_bytes(bytes: &[u8]) -> Result<Found, WorkError> {
    let zip = open_zip(io::Cursor::new(bytes));
    let zip = zip.map_err(|error| WorkError::refused(error.to_string(), "try again"))?;
    Ok(read_zip(zip, &mut io::Cursor::new(bytes)))
}

/// Whether everything in it is encrypted: a bundle on its way, and no bundle yet.
fn is_encrypted<S: Read + Seek>(archive: &mut ZipArchive<Metered<S>>) -> bool {
    let mut members =
        (0..archive.len()).map(|at| archive.by_index_raw(at).is_ok_and(|one| one.encrypted()));
    members.next() == Some(true) && members.all(|encrypted| encrypted)
}

/// Whether the signature of an end-of-central-directory record stands near the file's end.
fn has_end_record(file: &mut Disk) -> bool {
    let length = file.seek(SeekFrom::End(0)).unwrap_or_default();
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_END))).is_ok()
        && file.take(LONGEST_END).read_to_end(&mut tail).is_ok()
        && memmem::find(&tail, b"PK\x05\x06").is_some()
}

/// Most bytes of a zip's list of members.
const MAX_DIRECTORY: u64 = 48 << 20;

/// Most bytes that are read beside the list to find its end.
const MAX_SEARCH: u64 = 1 << 20;

/// What the end of a zip says of its list of members.
struct End {
    /// How many there are, by its own count or by what is listed.
    count: u64,
    /// How many bytes the list has.
    size: u64,
    /// Where the list begins.
    start: u64,
}

/// Longest end of a zip: a record with the longest comment.
const LONGEST_END: u64 = 22 + 65_535;

/// The end of a zip; `None` unless there is just one record that the file can end with, and it
/// leads to a list. Readers differ in which of several they believe. The library takes ten times
/// the bytes of a list that it reads, and believes how many members are promised, so that this is
/// looked at first.
fn directory(file: &mut (impl Read + Seek)) -> io::Result<Option<End>> {
    let length = file.seek(SeekFrom::End(0))?;
    // A record of Zip64 may have its locator before.
    let base = length.saturating_sub(LONGEST_END + 20);
    file.seek(SeekFrom::Start(base))?;
    let mut tail = Vec::new();
    file.by_ref().take(LONGEST_END + 20).read_to_end(&mut tail)?;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    // Every place at which a whole record could stand, also within another one's comment.
    let records: Vec<usize> =
        memmem::find_iter(&tail, b"PK\x05\x06").filter(|at| at + 22 <= tail.len()).collect();
    let ending = records.iter().copied().find(|at| {
        at + 22 + usize::from(u16::from_le_bytes([tail[at + 20], tail[at + 21]])) == tail.len()
    });
    let (Some(at), Some(last)) = (ending, records.last().copied()) else {
        return Ok(None);
    };
    if at != last {
        return Ok(None);
    }
    let mut end = base + at as u64;
    let (mut count, mut size) = (number(&tail[at + 10..at + 12]), number(&tail[at + 12..at + 16]));
    let mut stated = number(&tail[at + 16..at + 20]);
    let locator = at.checked_sub(20).map(|start| &tail[start..at]);
    if let Some(locator) = locator.filter(|locator| locator.starts_with(b"PK\x06\x07")) {
        let mut record = [0; 56];
        let place = number(&locator[8..16]);
        // Beyond the file, there are systems that can't even look.
        let within = place < length && file.seek(SeekFrom::Start(place)).is_ok();
        if within && file.read_exact(&mut record).is_ok() && record.starts_with(b"PK\x06\x06") {
            (count, size, end) = (number(&record[32..40]), number(&record[40..48]), place);
            stated = number(&record[48..56]);
        }
    }
    // With bytes before the zip that its numbers don't count, readers differ in what they take
    // for its beginning.
    let Some(start) = end.checked_sub(size).filter(|start| *start == stated) else {
        return Ok(None);
    };
    if count <= MAX_MEMBERS as u64 && size <= MAX_DIRECTORY {
        count = count.max(listed(file, start) as u64);
    }
    Ok(Some(End { count, size, start }))
}

/// A file of which no more than a budget is read.
struct Metered<S> {
    file: BufReader<S>,
    left: Rc<Cell<u64>>,
}

impl<S: Read> Read for Metered<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64).ok_or_else(|| {
            let what = "its list of members is longer than it says";
            io::Error::new(io::ErrorKind::FileTooLarge, what)
        })?;
        self.left.set(left);
        Ok(read)
    }
}

impl<S: Seek> Seek for Metered<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Opens a zip whose list is within the bounds; what follows has bounds of its own.
fn open_zip<S: Read + Seek>(mut file: S) -> ZipResult<ZipArchive<Metered<S>>> {
    let invalid = |why: &'static str| Err(ZipError::InvalidArchive(why.into()));
    let Some(End { count, size, start }) = directory(&mut file)? else {
        return invalid("it doesn't end with one record that leads to its list of members");
    };
    if count > MAX_MEMBERS as u64 || size > MAX_DIRECTORY {
        let what = format!("{count} members are listed in {size} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what).into());
    }
    file.rewind()?;
    let left = Rc::new(Cell::new(size + MAX_SEARCH));
    let archive = ZipArchive::new(Metered { file: BufReader::new(file), left: Rc::clone(&left) })?;
    left.set(u64::MAX);
    // The library goes on to an earlier record when one doesn't suit it.
    if archive.central_directory_start() != start {
        return invalid("another list of members than the one that its end names");
    }
    Ok(archive)
}

fn read_zip<S: Read + Seek>(
    mut archive: ZipArchive<Metered<S>>,
    raw: &mut (impl Read + Seek),
) -> Found {
    let listed = listed(raw, archive.central_directory_start());
    if listed != archive.len() {
        let found = format!("{listed} members are listed, {} of different names", archive.len());
        return container("the zip file", found, "every path once");
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let member = match archive.by_index_raw(index) {
            Ok(member) => member,
            Err(error) => return container("the zip file", error.to_string(), "readable members"),
        };
        let Ok(name) = std::str::from_utf8(member.name_raw()).map(str::to_owned) else {
            return container("a path", "a name that is not UTF-8", "UTF-8");
        };
        let kind = member.unix_mode().map_or(0, |mode| mode & 0o170_000);
        let folder = name.ends_with('/');
        if !matches!((kind, folder), (0, _) | (0o040_000, true) | (0o100_000, false)) {
            return container("a member", format!("`{name}` is a link or a device"), "plain files");
        }
        let stored =
            matches!(member.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
        if member.encrypted() || !stored {
            return container(
                "a member",
                format!("`{name}` is encrypted or packed in another way"),
                "stored or deflated files",
            );
        }
        if folder && member.size() > 0 {
            return container(
                "a member",
                format!("`{name}` is a folder with content"),
                "plain files",
            );
        }
        if !local_header_agrees(raw, &member, name.as_bytes()) {
            return container(
                "a member",
                format!("the header before `{name}` says something else than the directory"),
                "one and the same name and size",
            );
        }
        members.push(Member { name, folder });
        if members.len() > MAX_MEMBERS {
            return container("the bundle", "more than 100000 members", "at most 100000");
        }
    }
    let paths = match container::relative_paths(&members, true) {
        Ok(paths) => paths,
        Err(fault) => return Found::Fault(fault),
    };
    let (mut files, mut room) = (Files::new(), Room::default());
    for (index, path) in paths.into_iter().enumerate() {
        let Some(path) = path else { continue };
        let member = match archive.by_index(index) {
            Ok(member) => member,
            Err(error) => {
                return container(format!("`{path}`"), error.to_string(), "a readable member");
            }
        };
        let declared = member.size();
        match read_file(member, &path, &mut room) {
            Ok(Ok(file)) if file.size == declared => {
                files.insert(path, file);
            }
            Ok(Ok(_)) => {
                return container(format!("`{path}`"), "another length", "the declared length");
            }
            Ok(Err(fault)) => return Found::Fault(fault),
            Err(error) => {
                return container(format!("`{path}`"), error.to_string(), "a readable member");
            }
        }
    }
    Found::Files(files)
}

/// How many members the central directory lists. Of several with one name, the archive has
/// only the last.
fn listed(raw: &mut (impl Read + Seek), start: u64) -> usize {
    let mut directory = BufReader::new(raw);
    if directory.seek(SeekFrom::Start(start)).is_err() {
        return 0;
    }
    let (mut count, mut header) = (0, [0; 46]);
    while directory.read_exact(&mut header).is_ok() && header.starts_with(b"PK\x01\x02") {
        let behind: i64 = [28, 30, 32]
            .map(|at| i64::from(header[at]) | i64::from(header[at + 1]) << 8)
            .iter()
            .sum();
        if directory.seek_relative(behind).is_err() {
            break;
        }
        count += 1;
    }
    count
}

/// Whether the local header names the same file, so that every unpacker sees what we see.
fn local_header_agrees<R: Read>(
    raw: &mut (impl Read + Seek),
    member: &zip::read::ZipFile<'_, R>,
    name: &[u8],
) -> bool {
    let mut header = [0; 30];
    let start = raw.seek(SeekFrom::Start(member.header_start()));
    if start.is_err() || raw.read_exact(&mut header).is_err() || &header[..4] != b"PK\x03\x04" {
        return false;
    }
    let two = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let four = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let mut found = vec![0; two(26)];
    if raw.read_exact(&mut found).is_err() || found != name {
        return false;
    }
    // Another method would make another unpacker see other bytes.
    let method = match member.compression() {
        CompressionMethod::Stored => 0,
        _ => 8,
    };
    if two(8) != method {
        return false;
    }
    // With bit 3 the sizes follow the data; with Zip64 they stand in an extra field.
    let later = two(6) & 8 != 0;
    let same = |local: u32, central: u64| local == u32::MAX || u64::from(local) == central;
    later
        || (four(14) == member.crc32()
            && same(four(18), member.compressed_size())
            && same(four(22), member.size()))
}

/// What was taken of a bundle so far, in bytes.
#[derive(Default)]
struct Room {
    total: u64,
    kept: u64,
}

/// Reads one file, stopping at its bound and at those of the whole.
fn read_file(mut from: impl Read, path: &str, room: &mut Room) -> io::Result<Result<File, Fault>> {
    let bound = container::size_bound(path);
    let keep = container::keeps_bytes(path);
    let mut hasher = Sha256::new();
    let (mut size, mut kept) = (0_u64, Vec::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        room.total += read as u64;
        room.kept += if keep { read as u64 } else { 0 };
        if size > bound || room.total > MAX_TOTAL || room.kept > MAX_KEPT {
            return Ok(Err(Fault::new(
                Code::Container,
                format!("the size of `{path}`"),
                "more bytes than a bundle may hold there",
                format!("at most {bound}, and 4 GiB in all, 512 MiB without documents and copies"),
            )));
        }
        hasher.update(&buffer[..read]);
        if keep {
            kept.extend_from_slice(&buffer[..read]);
        }
    }
    let sha256 = Sha256Hash(hasher.finalize().into());
    Ok(Ok(File { size, sha256, bytes: keep.then_some(kept) }))
}

fn read_folder(folder: &Path) -> io::Result<Found> {
    let mut waiting = vec![(folder.to_owned(), String::new())];
    let (mut members, mut places) = (Vec::new(), Vec::new());
    while let Some((path, prefix)) = waiting.pop() {
        for entry in std::fs::read_dir(&path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                return Ok(container("a path", "a name that is not UTF-8", "UTF-8"));
            };
            let name = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                waiting.push((entry.path(), format!("{name}/")));
            } else if !kind.is_file() {
                return Ok(container(
                    "a member",
                    format!("`{name}` is a link or a device"),
                    "plain files",
                ));
            }
            members.push(Member { name, folder: kind.is_dir() });
            places.push(entry.path());
            if members.len() > MAX_MEMBERS {
                return Ok(container("the bundle", "more than 100000 members", "at most 100000"));
            }
        }
    }
    let paths = match container::relative_paths(&members, false) {
        Ok(paths) => paths,
        Err(fault) => return Ok(Found::Fault(fault)),
    };
    let (mut files, mut room) = (Files::new(), Room::default());
    for (path, place) in paths.into_iter().zip(places) {
        let Some(path) = path else { continue };
        match read_file(Disk::open(place)?, &path, &mut room)? {
            Ok(file) => files.insert(path, file),
            Err(fault) => return Ok(Found::Fault(fault)),
        };
    }
    Ok(Found::Files(files))
}

/// A file that was written beside its name and not kept yet: removed when dropped.
pub struct Part(Option<PathBuf>);

/// Writes a bundle: one top folder, paths in their order, times that tell nothing. Only its owner
/// can read it. It gets its name by [`Part::keep`].
///
/// # Errors
/// When the file exists, or what the system says.
pub fn write_part(
    world: &World,
    path: &Path,
    top: &str,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Part, WorkError> {
    refuse_existing(path)?;
    refuse_too_large(files)?;
    let (file, part) = Part::begin(world, path)?;
    fill(file, top, files)
        .and_then(|file| file.sync_all())
        .map_err(WorkError::file("writing", part.path()))?;
    Ok(part)
}

/// Refuses what no reader would take.
fn refuse_too_large(files: &BTreeMap<String, Vec<u8>>) -> Result<(), WorkError> {
    if files.len() > MAX_MEMBERS {
        return Err(WorkError::refused(
            format!("the bundle would have {} files, expected at most {MAX_MEMBERS}", files.len()),
            "export a case, a kind or a span of time",
        ));
    }
    let kept = files.iter().filter(|(path, _)| container::keeps_bytes(path));
    let kept: u64 = kept.map(|(_, bytes)| bytes.len() as u64).sum();
    if kept > MAX_KEPT {
        return Err(WorkError::refused(
            format!(
                "the bundle would have {kept} bytes beside its documents, expected at most {MAX_KEPT}"
            ),
            "export a case, a kind or a span of time",
        ));
    }
    Ok(())
}

/// Writes a file that only its owner can read, whole or not at all, over none that exists.
///
/// # Errors
/// When the file exists, or what the system says.
pub fn write_new(world: &World, path: &Path, bytes: &[u8]) -> Result<(), WorkError> {
    refuse_existing(path)?;
    let (mut file, part) = Part::begin(world, path)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(WorkError::file("writing", part.path()))?;
    part.keep(path)
}

/// Refuses to write over a file.
///
/// # Errors
/// When it exists.
pub fn refuse_existing(path: &Path) -> Result<(), WorkError> {
    // A link that leads nowhere is there, too.
    if path.symlink_metadata().is_ok() {
        return Err(WorkError::refused(
            format!("{} exists already", path.display()),
            "choose another name; nothing is overwritten",
        ));
    }
    Ok(())
}

impl Part {
    /// An empty file beside a path, under a name that nobody else takes.
    pub(super) fn begin(world: &World, path: &Path) -> Result<(Disk, Self), WorkError> {
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let random: [u8; 8] = world.random()?;
        let beside = path.with_file_name(format!(".{name}.{}.part", hex::encode(random)));
        let file = create_private(&beside, 0o600)?;
        Ok((file, Self(Some(beside))))
    }

    /// Where it lies for now.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// When something of that name came up meanwhile, or what the system says.
    pub fn keep(mut self, path: &Path) -> Result<(), WorkError> {
        refuse_existing(path)?;
        std::fs::rename(self.path(), path).map_err(WorkError::file("writing", path))?;
        self.0 = None;
        sync_folder(path)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Nothing half-written stays; that it can't be removed changes nothing.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The same bundle as bytes: what the page carries, and what is wrapped for sending.
///
/// # Errors
/// Never in practice: it is written to memory.
pub fn to_zip(top: &str, files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
    fill(io::Cursor::new(Vec::new()), top, files).map(io::Cursor::into_inner)
}

/// The same, if it is no larger than a reader takes.
///
/// # Errors
/// As [`write_part`] where it is too large.
pub fn to_bounded_zip(top: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, WorkError> {
    refuse_too_large(files)?;
    to_zip(top, files).map_err(WorkError::file("making", Path::new(top)))
}

fn fill<W: Write + Seek>(to: W, top: &str, files: &BTreeMap<String, Vec<u8>>) -> io::Result<W> {
    let mut zip = ZipWriter::new(to);
    for (path, bytes) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes.len() >= 1 << 31);
        zip.start_file(format!("{top}/{path}"), options).map_err(io::Error::other)?;
        zip.write_all(bytes)?;
    }
    zip.finish().map_err(io::Error::other)
}
