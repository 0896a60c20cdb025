//! Bundles on the disk: a zip or the folder that it unpacks to, read as hostile input and
//! written whole or not at all.

use std::collections::BTreeMap;
use std::fs::File as Disk;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use probity_ledger::book::fault::{Code, Fault};
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::verify::container::{
    self, File, Files, MAX_KEPT, MAX_MEMBERS, MAX_TOTAL, Member,
};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::home::{create_private, sync_folder_on};
use super::{WorkError, World};
use crate::store::barrier::Barrier;
use crate::store::disk::{self, How, RealDisk};
use unzip::{Refused, Zip};

mod unzip;

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
    // One that is encrypted or broken is told so, and not that it is something else.
    let opened = Disk::open(path).map(Zip::open);
    opened.is_ok_and(|zip| !matches!(zip, Err(Refused::NoZip | Refused::Io(_))))
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
    match read_zip(file) {
        Ok(files) => Ok(Found::Files(files)),
        Err(NotTaken::Fault(fault)) => Ok(Found::Fault(fault)),
        Err(NotTaken::Zip(Refused::Broken(member, found))) => Ok(container(
            member.map_or_else(|| "the zip file".to_owned(), |name| format!("`{name}`")),
            found,
            "a zip that can be read",
        )),
        Err(NotTaken::Zip(Refused::Encrypted)) => Err(WorkError::refused(
            format!("{} is encrypted, so what is in it can't be checked", path.display()),
            "unpack it with 7-Zip and its password, then verify the zip that was in it",
        )),
        Err(NotTaken::Zip(Refused::NoZip)) => Err(WorkError::refused(
            format!("{} is neither a zip file nor a folder", path.display()),
            "name an evidence bundle",
        )),
        Err(NotTaken::Zip(Refused::Io(error))) => Err(WorkError::file("reading", path)(error)),
    }
}

/// Reads a bundle that is in memory.
///
/// # Errors
/// When it is no zip.
pub fn read_bytes(bytes: &[u8]) -> Result<Found, WorkError> {
    match read_zip(io::Cursor::new(bytes)) {
        Ok(files) => Ok(Found::Files(files)),
        Err(NotTaken::Fault(fault)) => Ok(Found::Fault(fault)),
        Err(NotTaken::Zip(_)) => Err(WorkError::refused("it is no zip of a bundle", "try again")),
    }
}

/// Why the files of a zip aren't taken.
enum NotTaken {
    /// It can't be read.
    Zip(Refused),
    /// What is in it is no bundle.
    Fault(Fault),
}

impl From<Refused> for NotTaken {
    fn from(refused: Refused) -> Self {
        Self::Zip(refused)
    }
}

impl From<Fault> for NotTaken {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn read_zip(from: impl Read + Seek) -> Result<Files, NotTaken> {
    let mut zip = Zip::open(from)?;
    let members = zip.members.iter();
    let members: Vec<Member> =
        members.map(|member| Member { name: member.name.clone(), folder: member.folder }).collect();
    let paths = container::relative_paths(&members, true)?;
    let (mut files, mut room) = (Files::new(), Room::default());
    for (index, path) in paths.into_iter().enumerate() {
        let mut member = zip.unpack(index)?;
        let read = match &path {
            Some(path) => read_file(member, path, &mut room).map(|file| file.map(Some)),
            // A folder has no bytes, and its header is held against the list all the same.
            None => member.read(&mut [0]).map(|_| Ok(None)),
        };
        let file = read.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => {
                let what = format!("`{}`", members[index].name);
                NotTaken::Fault(Fault::new(
                    Code::Container,
                    what,
                    error.to_string(),
                    "a readable member",
                ))
            }
            _ => NotTaken::Zip(Refused::Io(error)),
        })??;
        if let (Some(path), Some(file)) = (path, file) {
            files.insert(path, file);
        }
    }
    Ok(files)
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
/// can read it. It gets its name, and is on the medium, by [`Part::keep`].
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
    fill(file, top, files).map_err(WorkError::file("writing", part.path()))?;
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
    file.write_all(bytes).map_err(WorkError::file("writing", part.path()))?;
    drop(file);
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

    /// Gives it its name, once all of it is on the medium.
    ///
    /// # Errors
    /// When something of that name came up meanwhile, or what the system says.
    pub fn keep(self, path: &Path) -> Result<(), WorkError> {
        self.keep_on(&RealDisk, path)
    }

    /// The same through another disk than this machine's.
    ///
    /// # Errors
    /// As [`Part::keep`].
    pub fn keep_on(mut self, disk: &dyn disk::Disk, path: &Path) -> Result<(), WorkError> {
        refuse_existing(path)?;
        // A sync is of a file, whoever wrote to it.
        disk.open(self.path(), How::Write)
            .and_then(|file| file.sync(Barrier::Out))
            .and_then(|()| disk.rename(self.path(), path))
            .map_err(WorkError::file("writing", path))?;
        self.0 = None;
        sync_folder_on(disk, path)
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
