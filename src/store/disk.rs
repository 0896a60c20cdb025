//! Every raw file call of this room in one thin place, so that tests can put a disk under
//! it that loses what was not synced. No caching, no retries.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::barrier::Barrier;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An existing file, to read.
    Read,
    /// An existing file, to read and write.
    Write,
    /// A file to read and write, made if it isn't there; only its owner may read it.
    Create,
}

/// An open file. Offsets are in bytes from its start.
pub trait DiskFile: Send + Sync {
    /// How long it is.
    ///
    /// # Errors
    /// What the system says; so for all methods.
    fn length(&self) -> io::Result<u64>;
    /// Reads some bytes; 0 at the end.
    ///
    /// # Errors
    /// As [`DiskFile::length`].
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes.
    ///
    /// # Errors
    /// As [`DiskFile::length`].
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes it this long.
    ///
    /// # Errors
    /// As [`DiskFile::length`].
    fn set_len(&self, length: u64) -> io::Result<()>;
    /// Returns when content and length are on the medium. The barrier says what for; a real
    /// disk takes no notice of it.
    ///
    /// # Errors
    /// As [`DiskFile::length`].
    fn sync(&self, barrier: Barrier) -> io::Result<()>;

    /// Fills the buffer.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends first.
    fn read_exact_at(&self, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            match self.read_at(offset, buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    buffer = &mut buffer[read..];
                    offset += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// A place with files.
pub trait Disk: Send + Sync {
    /// Opens a file.
    ///
    /// # Errors
    /// What the system says; so for all methods.
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>>;
    /// Opens (and makes) a file and locks it against other processes for as long as it is
    /// open; `None` when another one holds it.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>>;
    /// Makes a folder and those above it, for its owner only.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Gives a file a new name, in place of any file of that name.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// The names of the files in a folder, in no order.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Removes a folder with all that is in it, or a file that has its name; one that isn't there
    /// is no fault.
    ///
    /// # Errors
    /// As [`Disk::open`]; and a link, since what it leads to would stay.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// Returns when the names in a folder are on the medium.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()>;

    /// Lets everybody read a file that holds no secret, on systems that have such modes.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn share(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Whether there is a file of that name.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn exists(&self, path: &Path) -> io::Result<bool> {
        match self.open(path, How::Read) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The whole content of a file of at most `most` bytes.
    ///
    /// # Errors
    /// As [`Disk::open`], and `FileTooLarge`.
    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let file = self.open(path, How::Read)?;
        let found = file.length()?;
        if found > most {
            let what = format!("found {found} bytes, expected at most {most}");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
        }
        let length = usize::try_from(found).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(0, &mut bytes)?;
        Ok(bytes)
    }

    /// Puts a file with this content in place of whatever has that name. With a barrier, there
    /// is the old content or the new one after any crash, and the new one once the folder is
    /// synced. Without, a crash may leave anything.
    ///
    /// # Errors
    /// As [`Disk::open`].
    fn replace(&self, path: &Path, bytes: &[u8], content: Option<Barrier>) -> io::Result<()> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = self.open(&part, How::Create)?;
        file.set_len(0)?;
        file.write_at(0, bytes)?;
        if let Some(barrier) = content {
            file.sync(barrier)?;
        }
        drop(file);
        self.rename(&part, path)
    }
}

impl std::fmt::Debug for dyn Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a disk")
    }
}

/// Returns when the names of a new folder, and of those in which it stands, are on the medium.
///
/// # Errors
/// As [`Disk::sync_dir`].
pub fn sync_above(disk: &dyn Disk, dir: &Path, barrier: Barrier) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied};
    for folder in dir.ancestors().skip(1) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        match disk.sync_dir(folder, barrier) {
            // We made nothing in a folder that we may not open, and some file systems have
            // no such call.
            Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput) => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(open(path, how)?))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        let file = open(path, How::Create)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(file))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for item in fs::read_dir(dir)? {
            let item = item?;
            if item.file_type()?.is_file() {
                names.extend(item.file_name().into_string());
            }
        }
        Ok(names)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let removed = fs::symlink_metadata(path).and_then(|there| {
            if there.is_symlink() {
                let to = fs::read_link(path).unwrap_or_default();
                let what = format!("found a link to {}, expected a folder", to.display());
                return Err(io::Error::new(io::ErrorKind::NotADirectory, what));
            }
            if there.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
        });
        match removed {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    #[cfg(unix)]
    fn share(&self, path: &Path) -> io::Result<()> {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o644))
    }

    #[cfg(unix)]
    fn sync_dir(&self, path: &Path, _barrier: Barrier) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Windows has no such call; NTFS journals names in order.
    #[cfg(not(unix))]
    fn sync_dir(&self, _path: &Path, _barrier: Barrier) -> io::Result<()> {
        Ok(())
    }
}

fn open(path: &Path, how: How) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(how != How::Read).create(how == How::Create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }

    #[cfg(unix)]
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&self, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_write(self, bytes, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    bytes = &bytes[written..];
                    offset += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        File::set_len(self, length)
    }

    fn sync(&self, _barrier: Barrier) -> io::Result<()> {
        self.sync_data()
    }
}
