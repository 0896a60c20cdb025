//! Erasing: bodies without what was erased, under new slots, and the old slots overwritten.
//!
//! ```text
//! 0  all that is read later is read once: what could not be carried out is refused
//! 1  ledger/erasing says what has to be done; synced, its name too; ledger/index/ is removed
//! 2  the entry that completes the erasure is appended: from here on it is carried out
//! 3  documents that stay, then the bodies, are sealed anew under fresh slots; synced
//! 4  every slot that no body uses is overwritten with zeros; synced
//! 5  the sealed files of the old bodies are removed; their folder is synced
//! 6  ledger/index/ is removed, should somebody have made it anew; ledger/ is synced
//! 7  ledger/erasing is removed
//! ```
//!
//! After a crash before 2 the entry isn't there, and the next opening for writing removes the
//! file; after a later one, that opening does all again from 3. Doing a step twice changes
//! nothing.
//!
//! Slots that no body uses (4) are not only the old ones: a process that ended between taking a
//! slot and writing its frame leaves sealed files and torn frames (`journal.cut-*`), which may
//! hold the same answers.
//!
//! What this can't do: flash memory, snapshots and swap may keep old bytes, and so do copies
//! of the folder.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;

use probity_keys::wiping_stack;
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::{self, Item, Value};
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::format::tree::leaf_hash;

use super::barrier::Barrier;
use super::bodykeys::Slot;
use super::local::LocalStore;
use super::{
    Attachment, DocumentRef, FileId, Head, NewEntry, Opened, Source, Store as _, StoreError,
    documents, frame, seal, tiles,
};

/// A body of which nothing is left: an empty map.
pub const NOTHING_LEFT: &[u8] = &[0xa0];

/// Longest `ledger/erasing`.
const MAX_ERASING: u64 = 16 << 20;

/// Most values in it. Each takes dozens of bytes in memory, and one byte in a file that somebody made
/// for that; a file or a body of which all is erased takes a few.
const MAX_VALUES: u64 = 1 << 20;

/// Most bytes of sealed bodies in one frame, unless a single one is longer.
const FRAME: usize = 8 << 20;

/// What is to be erased of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erase {
    /// The entry.
    pub index: Index,
    /// The names of its fields; `None` for all of them.
    pub fields: Option<Vec<String>>,
}

/// Takes fields out of a body's bytes: all, or those named. `None` when they aren't a body.
pub type Forget = fn(&[u8], Option<&[String]>) -> Option<Vec<u8>>;

/// As bodies of records are (section 6 of the format page).
#[must_use]
pub fn forget(body: &[u8], fields: Option<&[String]>) -> Option<Vec<u8>> {
    let Some(fields) = fields else { return Some(NOTHING_LEFT.to_vec()) };
    if body == NOTHING_LEFT {
        return Some(body.to_vec());
    }
    let body = Body::parse(body).ok()?;
    Some(body.only(|name| !fields.iter().any(|field| field == name)).to_bytes())
}

/// What `ledger/erasing` says.
struct Todo {
    /// The entry that completes the erasure.
    index: Index,
    hash: EntryHash,
    erase: Vec<Erase>,
    /// The sealed documents of the bodies as they were.
    files: Vec<FileId>,
    /// Those that are sealed anew: they are told here before they are there, so that whoever
    /// finishes what was interrupted finds those that no body came to name.
    made: Vec<FileId>,
}

impl Todo {
    fn to_bytes(&self) -> Vec<u8> {
        let number = |index: Index| Value::Int(i64::try_from(index.0).unwrap_or(i64::MAX));
        let erase = |one: &Erase| {
            let fields = one.fields.as_ref().map_or(Value::Null, |fields| {
                Value::Array(fields.iter().map(|name| Value::text(&**name)).collect())
            });
            Value::Array(vec![number(one.index), fields])
        };
        let files =
            |all: &[FileId]| Value::Array(all.iter().map(|file| Value::bytes(file.0)).collect());
        Value::map([
            ("v", Value::Int(1)),
            ("entry", number(self.index)),
            ("hash", Value::bytes(self.hash.0)),
            ("erase", Value::Array(self.erase.iter().map(erase).collect())),
            ("files", files(&self.files)),
            ("made", files(&self.made)),
        ])
        .to_bytes()
    }

    /// Requires that [`Todo::parse`] will read it: once the erasure is on record, no opening for
    /// writing gets past a file that can't be read.
    fn check_length(&self) -> Result<(), StoreError> {
        let bytes = self.to_bytes();
        if bytes.len() as u64 <= MAX_ERASING
            && cbor::count(&bytes).is_ok_and(|values| values <= MAX_VALUES)
        {
            return Ok(());
        }
        Err(StoreError::ErasureTooLarge { bodies: self.erase.len(), files: self.files.len() })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        if cbor::count(bytes).ok()? > MAX_VALUES {
            return None;
        }
        let item = cbor::read(bytes).ok()?;
        let index = |item: &Item<'_>| Some(Index(u64::try_from(item.as_int()?).ok()?));
        let erase = |one: &Item<'_>| {
            let [at, fields] = one.as_array()? else { return None };
            let name = |name: &Item<'_>| name.as_text().map(str::to_owned);
            let fields = match fields {
                Item::Null => None,
                list => Some(list.as_array()?.iter().map(name).collect::<Option<_>>()?),
            };
            Some(Erase { index: index(at)?, fields })
        };
        let file = |file: &Item<'_>| Some(FileId(file.as_bytes()?.try_into().ok()?));
        // As an earlier version left it, nothing is told of files that are sealed anew.
        let none = Item::Array(Vec::new());
        let whole = item.exactly(["v", "hash", "made", "entry", "erase", "files"]);
        let earlier = || {
            let [v, hash, entry, erased, files] =
                item.exactly(["v", "hash", "entry", "erase", "files"])?;
            Some([v, hash, &none, entry, erased, files])
        };
        let [v, hash, made, entry, erased, files] = whole.or_else(earlier)?;
        if v.as_int() != Some(1) {
            return None;
        }
        Some(Self {
            index: index(entry)?,
            hash: EntryHash(hash.as_bytes()?.try_into().ok()?),
            erase: erased.as_array()?.iter().map(erase).collect::<Option<_>>()?,
            files: files.as_array()?.iter().map(file).collect::<Option<_>>()?,
            made: made.as_array()?.iter().map(file).collect::<Option<_>>()?,
        })
    }
}

/// Reads what `ledger/erasing` may say and writes it again, for tests that hand over what nobody wrote;
/// `None` for what can't be read.
#[must_use]
pub fn respelled(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(Todo::parse(bytes)?.to_bytes())
}

/// A body that is about to be sealed anew.
struct Sealing {
    index: Index,
    hash: EntryHash,
    body: Vec<u8>,
    number: u64,
    slot: Slot,
    documents: Vec<DocumentRef>,
}

impl LocalStore {
    fn erasing(&self) -> PathBuf {
        self.dir.join("erasing")
    }

    /// Whether an erasure that is on record waits to be carried out, as a reader finds it.
    ///
    /// # Errors
    /// Anything the disk says.
    pub fn is_erasing(&self) -> Result<bool, StoreError> {
        let path = self.erasing();
        let Some(todo) = self.read_todo()? else { return Ok(false) };
        let todo = Todo::parse(&todo).ok_or_else(|| foreign(path, &todo))?;
        self.stands(&todo)
    }

    /// Whether the entry that completes an erasure is there. Where that can't be read, nobody can
    /// tell, and least of all give the erasure up.
    fn stands(&self, todo: &Todo) -> Result<bool, StoreError> {
        if todo.index.0 >= self.tiles.size() {
            return Ok(false);
        }
        let leaf = self.tiles.leaf(todo.index.0).ok_or_else(tiles::unreadable);
        let leaf = leaf.map_err(StoreError::io("reading", &self.dir.join("tiles")))?;
        Ok(leaf == todo.hash)
    }

    pub(super) fn append_and_erase(
        &mut self,
        expected: Head,
        batch: Vec<NewEntry>,
        erase: Vec<Erase>,
    ) -> Result<Head, StoreError> {
        self.writable()?;
        let found = self.head();
        if found != expected {
            return Err(StoreError::HeadMoved { expected, found });
        }
        let Some(last) = batch.last() else { return Ok(found) };
        let index = Index(found.size.0 + batch.len() as u64 - 1);
        let hash = leaf_hash(&last.entry);
        let files = self.look_ahead(&erase)?;
        // As long as it can become: with every file sealed anew.
        let mut todo = Todo { index, hash, erase, made: files.clone(), files };
        todo.check_length()?;
        todo.made.clear();
        let path = self.erasing();
        // An index that can't be removed would hold up everything once the entry is there.
        if let Err(error) = self.write_todo(&todo).and_then(|()| self.forget_index()) {
            let _ = self.disk.remove(&path);
            return Err(self.poison_if_unknown(error));
        }
        let head = match self.append_batch(expected, batch) {
            Ok(head) => head,
            Err(error) => {
                // Poisoned, the next opening decides; otherwise nothing was appended.
                if !matches!(error, StoreError::Poisoned(_) | StoreError::SyncFailed(_)) {
                    let _ = self.disk.remove(&path);
                }
                return Err(error);
            }
        };
        self.carry_out(&mut todo).map_err(|error| {
            self.poison(&error);
            StoreError::Unfinished(error.to_string())
        })?;
        Ok(head)
    }

    /// Reads all that carrying out an erasure reads, while it can still be refused: once it is on
    /// record, no opening for writing gets past it. Returns the sealed documents, as they are, of the
    /// bodies that are sealed anew.
    fn look_ahead(&self, erase: &[Erase]) -> Result<Vec<FileId>, StoreError> {
        let mut files = Vec::new();
        for one in erase.iter().filter(|one| one.index.0 < self.tiles.size()) {
            let Some(opened) = self.opened(one.index)? else { continue };
            let left = self.left_of(one, &opened)?;
            // What isn't sealed anew goes on naming its documents.
            if left == opened.body {
                continue;
            }
            files.extend(opened.documents.iter().map(|document| document.file));
            for document in still_named(&opened, &left) {
                drop(self.staying(one.index, document)?);
            }
        }
        self.live_slots().map_err(|error| {
            if is_damage(&error) { StoreError::CannotErase(error.to_string()) } else { error }
        })?;
        Ok(files)
    }

    /// What is left of a body.
    fn left_of(&self, one: &Erase, opened: &Opened) -> Result<Vec<u8>, StoreError> {
        (self.forget)(&opened.body, one.fields.as_deref()).ok_or(StoreError::BodyUnreadable {
            index: one.index,
            slot: opened.slot,
            found: "a body of another form",
        })
    }

    /// Carries out what an interrupted process left to be done, or removes what it left of an
    /// erasure that was not completed.
    pub(super) fn finish_erasing(&mut self) -> Result<(), StoreError> {
        let path = self.erasing();
        let Some(bytes) = self.read_todo()? else { return Ok(()) };
        let mut todo = Todo::parse(&bytes).ok_or_else(|| foreign(path.clone(), &bytes))?;
        if self.stands(&todo)? {
            self.forget_unnamed(&todo)?;
            return self.carry_out(&mut todo);
        }
        self.disk.remove(&path).map_err(StoreError::io("removing", &path))
    }

    fn read_todo(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.erasing();
        match self.disk.read(&path, MAX_ERASING) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("reading", &path)(error)),
        }
    }

    fn write_todo(&self, todo: &Todo) -> Result<(), StoreError> {
        let path = self.erasing();
        self.disk
            .replace(&path, &todo.to_bytes(), Some(Barrier::Erasing))
            .map_err(StoreError::io("writing", &path))?;
        self.disk
            .sync_dir(&self.dir, Barrier::ErasingName)
            .map_err(StoreError::io("syncing", &self.dir))
    }

    /// Removes documents that were sealed anew, or half so, by a process that ended before a
    /// body named them.
    fn forget_unnamed(&self, todo: &Todo) -> Result<(), StoreError> {
        if todo.made.is_empty() {
            return Ok(());
        }
        let mut unnamed: BTreeSet<FileId> = todo.made.iter().copied().collect();
        for one in todo.erase.iter().filter(|one| one.index.0 < self.tiles.size()) {
            for document in self.opened(one.index)?.iter().flat_map(|opened| &opened.documents) {
                unnamed.remove(&document.file);
            }
        }
        let unnamed: Vec<FileId> = unnamed.into_iter().collect();
        documents::forget(&*self.disk, &self.dir.join("documents"), &unnamed)
    }

    fn carry_out(&mut self, todo: &mut Todo) -> Result<(), StoreError> {
        self.seal_anew(todo)?;
        let live = self.live_slots()?;
        let bodykeys = self.bodykeys.as_ref().ok_or(StoreError::ReadOnly)?;
        bodykeys.forget(&|slot| live.contains(&slot))?;
        documents::forget(&*self.disk, &self.dir.join("documents"), &todo.files)?;
        self.forget_index()?;
        self.disk
            .sync_dir(&self.dir, Barrier::IndexGone)
            .map_err(StoreError::io("syncing", &self.dir))?;
        let path = self.erasing();
        self.disk.remove(&path).map_err(StoreError::io("removing", &path))
    }

    /// Seals bodies anew that still hold what is to be erased.
    fn seal_anew(&mut self, todo: &mut Todo) -> Result<(), StoreError> {
        let mut anew = Vec::new();
        for one in todo.erase.iter().filter(|one| one.index.0 < self.tiles.size()) {
            let Some(opened) = self.opened(one.index)? else { continue };
            let left = self.left_of(one, &opened)?;
            if left != opened.body {
                anew.push((one.index, opened, left));
            }
        }
        if anew.is_empty() {
            return Ok(());
        }
        let named: usize =
            anew.iter().map(|(_, opened, left)| still_named(opened, left).count()).sum();
        todo.made = (0..named).map(|_| documents::new_id()).collect::<Result<_, _>>()?;
        if named > 0 {
            self.write_todo(todo)?;
        }
        let used = self.tiles.slots;
        let bodykeys = self.bodykeys.as_mut().ok_or(StoreError::ReadOnly)?;
        let slots = bodykeys.take(used, anew.len())?;
        let mut kept = Vec::new();
        let ids = todo.made.iter().copied();
        let sealed = self.seal_all_anew(anew, slots, ids, &mut kept).inspect_err(|_| {
            // No frame names them, and what is done again takes other slots.
            documents::discard(&*self.disk, &self.dir.join("documents"), &kept);
        })?;
        self.write_anew(sealed)
    }

    /// What becomes of bodies under new slots. Each document that is sealed again is told in
    /// `kept` before anything else can fail.
    fn seal_all_anew(
        &self,
        anew: Vec<(Index, Opened, Vec<u8>)>,
        slots: impl IntoIterator<Item = (u64, Slot)>,
        mut ids: impl Iterator<Item = FileId>,
        kept: &mut Vec<DocumentRef>,
    ) -> Result<Vec<(Index, u64, Vec<u8>)>, StoreError> {
        let mut sealing = Vec::with_capacity(anew.len());
        for ((index, opened, body), (number, slot)) in anew.into_iter().zip(slots) {
            let hash = self.hash(index)?;
            let first = kept.len();
            self.keep_anew(index, still_named(&opened, &body).zip(&mut ids), &slot, kept)?;
            let documents = kept[first..].to_vec();
            sealing.push(Sealing { index, hash, body, number, slot, documents });
        }
        if !kept.is_empty() {
            documents::settle(&*self.disk, &self.dir.join("documents"))?;
        }
        wiping_stack(|| {
            let seal = |one: Sealing| {
                let Sealing { index, hash, body, number, slot, documents } = one;
                let sealed = seal::seal_body(&slot, number, hash, &body, &documents)?;
                Ok((index, number, sealed))
            };
            sealing.into_iter().map(seal).collect::<Result<Vec<_>, StoreError>>()
        })
    }

    /// Seals documents of an entry again, under these names.
    fn keep_anew<'a>(
        &self,
        index: Index,
        named: impl Iterator<Item = (&'a DocumentRef, FileId)>,
        slot: &Slot,
        kept: &mut Vec<DocumentRef>,
    ) -> Result<(), StoreError> {
        let dir = self.dir.join("documents");
        for (document, id) in named {
            let Some(bytes) = self.staying(index, document)? else { continue };
            let attachment = Attachment {
                sha256: document.sha256,
                size: document.size,
                source: Source::Bytes(bytes),
            };
            kept.push(documents::keep_as(&*self.disk, &dir, slot, &attachment, id)?);
        }
        Ok(())
    }

    /// A document that an erasure leaves. One that was lost before, or damaged, stays so (`None`):
    /// it must not hold up the erasing. Where the system doesn't give it, it may be there
    /// tomorrow, so whoever keeps the ledger decides.
    fn staying(&self, index: Index, document: &DocumentRef) -> Result<Option<Vec<u8>>, StoreError> {
        match self.document(index, document.sha256) {
            Err(StoreError::DocumentAbsent { .. } | StoreError::DocumentUnreadable { .. }) => {
                Ok(None)
            }
            Err(StoreError::Io { path, source, .. })
                if path.starts_with(self.dir.join("documents")) =>
            {
                // Longer than any that was sealed, or cut while it was read.
                if matches!(source.kind(), ErrorKind::FileTooLarge | ErrorKind::UnexpectedEof) {
                    Ok(None)
                } else {
                    Err(StoreError::DocumentHoldsUp { path, source })
                }
            }
            answer => answer,
        }
    }

    fn write_anew(&mut self, mut bodies: Vec<(Index, u64, Vec<u8>)>) -> Result<(), StoreError> {
        let path = self.dir.join("journal");
        let size = Index(self.tiles.size());
        while !bodies.is_empty() {
            let mut bytes = 0;
            let fitting = bodies.iter().take_while(|(_, _, sealed)| {
                bytes += sealed.len();
                bytes <= FRAME
            });
            let fitting = fitting.count().max(1);
            let rest = bodies.split_off(fitting);
            let (frame, offsets) = frame::encode_resealed(size, &bodies)
                .ok_or(StoreError::BatchTooLarge { found: bytes as u64, expected: FRAME as u64 })?;
            // One frame at a time, so that a crash never leaves a torn one before a whole one.
            let start = self.tiles.end;
            self.journal.write_at(start, &frame).map_err(StoreError::io("writing", &path))?;
            self.journal.sync(Barrier::Resealed).map_err(StoreError::io("syncing", &path))?;
            for ((index, slot, _), offset) in bodies.iter().zip(offsets) {
                self.tiles.reseal(*index, start + offset, *slot);
            }
            self.tiles.end = start + frame.len() as u64;
            bodies = rest;
        }
        Ok(())
    }

    /// The slots under which the bodies that count are sealed.
    ///
    /// # Errors
    /// Damage.
    pub fn live_slots(&self) -> Result<BTreeSet<u64>, StoreError> {
        let mut live = BTreeSet::new();
        let anew = self.tiles.all_resealed();
        self.records(0, self.tiles.size(), &mut |record| {
            if !anew.contains_key(&record.index.0) {
                live.insert(record.slot);
            }
            Ok(())
        })?;
        for (index, offset) in anew {
            let (slot, _) = self.read_resealed(Index(*index), *offset)?;
            live.insert(slot);
        }
        Ok(live)
    }
}

/// Whether bytes of the journal are not those that were written.
fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::EntryChanged { .. } => true,
        StoreError::Io { path, source, .. } => {
            path.ends_with("journal")
                && matches!(source.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
        }
        _ => false,
    }
}

/// The documents of a body that what is left of it still names.
fn still_named<'a>(opened: &'a Opened, left: &'a [u8]) -> impl Iterator<Item = &'a DocumentRef> {
    opened.documents.iter().filter(|document| {
        let hash = &document.sha256.0;
        left.windows(hash.len()).any(|window| window == hash)
    })
}

fn foreign(path: PathBuf, found: &[u8]) -> StoreError {
    let first = &found[..found.len().min(16)];
    StoreError::ForeignFile {
        path,
        found: first.escape_ascii().to_string(),
        expected: "what an erasure has to do",
    }
}
