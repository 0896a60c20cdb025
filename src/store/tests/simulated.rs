//! A disk in memory that keeps apart what a program sees and what is on the medium.
//!
//! A write, a length or a name is first only seen. A sync of a file puts its content on the
//! medium, a sync of a folder its names, and nothing else does. When the power fails, any
//! part of what was not synced may be there, in any order ([`Survives`]): none of it, all of
//! it, contents without names, names without contents, lengths without bytes, some writes
//! and not others, a write up to any byte. A name and what it names are independent; one
//! rename is there or isn't.
//!
//! One named barrier can be ignored: it says that it is done and does nothing, which is what
//! a program would be without that call.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::super::barrier::Barrier;
use super::super::disk::{Disk, DiskFile, How};

/// What a failure of the power leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Survives {
    Nothing,
    Everything,
    /// Contents without names.
    Contents,
    /// Names without contents.
    Names,
    /// Names, and files of the new length whose new bytes are zeros.
    Lengths,
    /// All but the second half of the last write of each file.
    LastTorn,
    /// All but one change of names: the one with this number, of those not synced.
    AllNamesBut(usize),
    /// Of the changes of names, none but the one with this number: the last may come first.
    OneName(usize),
    /// Any of it, each write up to any byte; the number begins the sequence of chances.
    Some(u64),
}

/// A sequence of numbers that is the same in every run (the finaliser of `SplitMix64`).
pub struct Chances(pub u64);

impl Chances {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[derive(Clone, Debug)]
enum Write {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

#[derive(Clone, Debug, Default)]
struct Content {
    seen: Vec<u8>,
    kept: Vec<u8>,
    unsynced: Vec<Write>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// One change of names within a folder: a name that goes, a name that comes.
#[derive(Clone, Debug)]
struct Naming {
    gone: Option<PathBuf>,
    new: Option<(PathBuf, Node)>,
}

type Names = BTreeMap<PathBuf, Node>;

#[derive(Default)]
struct Medium {
    files: Vec<Content>,
    seen: Names,
    kept: Names,
    unsynced: Vec<Naming>,
    locks: BTreeMap<PathBuf, Weak<()>>,
}

/// The disk. Clones see the same medium.
#[derive(Clone)]
pub struct Simulated {
    medium: Arc<Mutex<Medium>>,
    ignored: Option<Barrier>,
}

fn apply(bytes: &mut Vec<u8>, write: &Write) {
    match write {
        Write::Length(length) => bytes.resize(*length, 0),
        Write::Bytes(start, new) => {
            let end = start + new.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*start..end].copy_from_slice(new);
        }
    }
}

fn rename(names: &mut Names, naming: &Naming) {
    if let Some(gone) = &naming.gone {
        names.remove(gone);
    }
    if let Some((path, node)) = &naming.new {
        names.insert(path.clone(), *node);
    }
}

impl Naming {
    fn is_in(&self, folder: &Path) -> bool {
        let path = self.gone.as_ref().or(self.new.as_ref().map(|(path, _)| path));
        path.and_then(|path| path.parent()) == Some(folder)
    }
}

impl Content {
    fn write(&mut self, write: Write) {
        apply(&mut self.seen, &write);
        self.unsynced.push(write);
    }

    fn sync(&mut self) {
        self.kept.clone_from(&self.seen);
        self.unsynced.clear();
    }

    /// Only this is on the medium.
    fn after(&self, survives: Survives, chances: &mut Chances) -> Vec<u8> {
        let mut kept = self.kept.clone();
        match survives {
            Survives::Nothing | Survives::Names => {}
            Survives::Everything
            | Survives::Contents
            | Survives::AllNamesBut(_)
            | Survives::OneName(_) => kept.clone_from(&self.seen),
            Survives::Lengths => kept.resize(self.seen.len(), 0),
            Survives::LastTorn => {
                let last = self.unsynced.len().saturating_sub(1);
                for (at, write) in self.unsynced.iter().enumerate() {
                    match write {
                        Write::Bytes(start, bytes) if at == last => {
                            let half = bytes[..bytes.len() / 2].to_vec();
                            apply(&mut kept, &Write::Bytes(*start, half));
                        }
                        whole => apply(&mut kept, whole),
                    }
                }
            }
            Survives::Some(_) => {
                for write in &self.unsynced {
                    match (chances.below(4), write) {
                        (0, _) => {}
                        (1, Write::Bytes(start, bytes)) => {
                            let torn = chances.below(bytes.len() as u64 + 1);
                            let torn = usize::try_from(torn).expect("a length in memory");
                            apply(&mut kept, &Write::Bytes(*start, bytes[..torn].to_vec()));
                        }
                        (_, whole) => apply(&mut kept, whole),
                    }
                }
                // The length may be there before the bytes.
                if chances.below(4) == 0 {
                    kept.resize(self.seen.len(), 0);
                }
            }
        }
        kept
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Simulated {
    /// An empty disk that has one folder, the root.
    pub fn new() -> Self {
        let root = Names::from([(PathBuf::from("/"), Node::Folder)]);
        let medium = Medium { seen: root.clone(), kept: root, ..Medium::default() };
        Self { medium: Arc::new(Mutex::new(medium)), ignored: None }
    }

    /// The same disk, deaf to one barrier.
    pub fn ignoring(self, ignored: Option<Barrier>) -> Self {
        Self { ignored, ..self }
    }

    /// What there is when the power is back.
    pub fn after_power_failure(&self, survives: Survives) -> Self {
        let medium = locked(&self.medium);
        let mut chances = Chances(if let Survives::Some(seed) = survives { seed } else { 0 });
        let mut names = match survives {
            Survives::Nothing | Survives::Contents => medium.kept.clone(),
            Survives::Some(_) => {
                let mut names = medium.kept.clone();
                for naming in &medium.unsynced {
                    if chances.below(2) == 0 {
                        rename(&mut names, naming);
                    }
                }
                names
            }
            Survives::AllNamesBut(without) => {
                let mut names = medium.kept.clone();
                let namings = medium.unsynced.iter().enumerate();
                namings.filter(|(at, _)| *at != without).for_each(|(_, n)| rename(&mut names, n));
                names
            }
            Survives::OneName(only) => {
                let mut names = medium.kept.clone();
                medium.unsynced.iter().skip(only).take(1).for_each(|n| rename(&mut names, n));
                names
            }
            _ => medium.seen.clone(),
        };
        // Without its folder, nothing can be reached.
        let all = names.clone();
        let is_folder = |path: &Path| all.get(path) == Some(&Node::Folder);
        names.retain(|path, _| path.ancestors().skip(1).all(is_folder));
        let files = medium
            .files
            .iter()
            .map(|content| {
                let kept = content.after(survives, &mut chances);
                Content { seen: kept.clone(), kept, unsynced: Vec::new() }
            })
            .collect();
        let after = Medium { files, seen: names.clone(), kept: names, ..Medium::default() };
        Self { medium: Arc::new(Mutex::new(after)), ignored: self.ignored }
    }

    /// What a program sees in the files of a folder, by name.
    pub fn files(&self, folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let medium = locked(&self.medium);
        let inside = medium.seen.iter().filter(|(path, _)| path.parent() == Some(folder));
        inside
            .filter_map(|(path, node)| {
                let Node::File(file) = node else { return None };
                let name = path.file_name()?.to_str()?.to_owned();
                Some((name, medium.files[*file].seen.clone()))
            })
            .collect()
    }

    /// How many changes of names are not synced.
    pub fn unsynced_names(&self) -> usize {
        locked(&self.medium).unsynced.len()
    }

    fn with<T>(&self, file: usize, act: impl FnOnce(&mut Content) -> T) -> T {
        act(&mut locked(&self.medium).files[file])
    }

    fn name(medium: &mut Medium, naming: Naming) {
        rename(&mut medium.seen, &naming);
        medium.unsynced.push(naming);
    }
}

struct Open {
    file: usize,
    disk: Simulated,
    /// The lock, while this is open.
    _held: Option<Arc<()>>,
}

impl DiskFile for Open {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.with(self.file, |content| content.seen.len() as u64))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.with(self.file, |content| {
            let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.seen.len());
            let read = buffer.len().min(content.seen.len() - start);
            buffer[..read].copy_from_slice(&content.seen[start..start + read]);
            Ok(read)
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        self.disk.with(self.file, |content| content.write(Write::Bytes(start, bytes.to_vec())));
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        self.disk.with(self.file, |content| content.write(Write::Length(length)));
        Ok(())
    }

    fn sync(&self, barrier: Barrier) -> io::Result<()> {
        if self.disk.ignored != Some(barrier) {
            self.disk.with(self.file, Content::sync);
        }
        Ok(())
    }
}

impl Disk for Simulated {
    fn open(&self, path: &Path, how: How) -> io::Result<Box<dyn DiskFile>> {
        let mut medium = locked(&self.medium);
        let file = match (medium.seen.get(path), how) {
            (Some(Node::File(file)), _) => *file,
            (Some(Node::Folder), _) => return Err(io::ErrorKind::IsADirectory.into()),
            (None, How::Create) => {
                let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
                if medium.seen.get(parent) != Some(&Node::Folder) {
                    return Err(io::ErrorKind::NotFound.into());
                }
                let file = medium.files.len();
                medium.files.push(Content::default());
                let new = Some((path.to_owned(), Node::File(file)));
                Self::name(&mut medium, Naming { gone: None, new });
                file
            }
            (None, _) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Box::new(Open { file, disk: self.clone(), _held: None }))
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskFile>>> {
        self.open(path, How::Create)?;
        let mut medium = locked(&self.medium);
        if medium.locks.get(path).is_some_and(|held| held.strong_count() > 0) {
            return Ok(None);
        }
        let Some(Node::File(file)) = medium.seen.get(path).copied() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let held = Arc::new(());
        medium.locks.insert(path.to_owned(), Arc::downgrade(&held));
        Ok(Some(Box::new(Open { file, disk: self.clone(), _held: Some(held) })))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut medium = locked(&self.medium);
        let mut above: Vec<_> = path.ancestors().collect();
        above.reverse();
        for folder in above {
            match medium.seen.get(folder) {
                Some(Node::Folder) => {}
                Some(Node::File(_)) => return Err(io::ErrorKind::AlreadyExists.into()),
                None => {
                    let new = Some((folder.to_owned(), Node::Folder));
                    Self::name(&mut medium, Naming { gone: None, new });
                }
            }
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        assert_eq!(from.parent(), to.parent(), "nothing is moved from folder to folder");
        let mut medium = locked(&self.medium);
        let node = *medium.seen.get(from).ok_or(io::ErrorKind::NotFound)?;
        let new = Some((to.to_owned(), node));
        Self::name(&mut medium, Naming { gone: Some(from.to_owned()), new });
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut medium = locked(&self.medium);
        if !medium.seen.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Self::name(&mut medium, Naming { gone: Some(path.to_owned()), new: None });
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        if locked(&self.medium).seen.get(dir) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(self.files(dir).into_keys().collect())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let mut medium = locked(&self.medium);
        let mut below: Vec<PathBuf> =
            medium.seen.keys().filter(|name| name.starts_with(path)).cloned().collect();
        below.reverse();
        for gone in below {
            Self::name(&mut medium, Naming { gone: Some(gone), new: None });
        }
        Ok(())
    }

    fn sync_dir(&self, path: &Path, barrier: Barrier) -> io::Result<()> {
        let mut medium = locked(&self.medium);
        if medium.seen.get(path) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if self.ignored == Some(barrier) {
            return Ok(());
        }
        let (here, elsewhere) =
            std::mem::take(&mut medium.unsynced).into_iter().partition(|naming| naming.is_in(path));
        medium.unsynced = elsewhere;
        let here: Vec<Naming> = here;
        for naming in &here {
            rename(&mut medium.kept, naming);
        }
        Ok(())
    }
}
