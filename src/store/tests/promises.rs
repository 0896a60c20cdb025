//! What people were told by a store, and what they must find afterwards ([`Told::check`]):
//!
//! - every entry that was acknowledged is there, with its body and its documents;
//! - of a batch that was not acknowledged, all is there or nothing;
//! - a slot is used once;
//! - every checkpoint that was ever given out is a prefix of what is there, and the kept one
//!   is the newest of them or newer; so no size ever has two roots;
//! - evidence from outside that was kept is there, once and whole;
//! - what was erased is gone, with its slot, its documents and the index, once the entry that
//!   completes the erasure is acknowledged, or found by a writer; until then all of it is there;
//! - bytes that were cut from the journal lie in a file beside it;
//! - what an interrupted beginning leaves is no ledger, or an empty one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use probity_ledger::format::hash::{RootHash, Size};
use probity_ledger::format::tree::{leaf_hash, root_at, root_of};

use super::simulated::Simulated;
use super::*;

/// Three folders that a beginning has to make.
pub const LEDGER: &str = "/srv/school/ledger";

/// A promise that was broken.
pub type Broken = String;

/// How a life ended before its steps did.
#[derive(Debug)]
pub enum Ended {
    /// The disk said no.
    Failed,
    Broken(Broken),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Io { .. } | StoreError::Poisoned(_) | StoreError::SyncFailed(_) => {
                Self::Failed
            }
            other => Self::Broken(other.to_string()),
        }
    }
}

fn require(promise: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if promise { Ok(()) } else { Err(what()) }
}

fn text<E: std::fmt::Display>(what: &str) -> impl FnOnce(E) -> Broken {
    move |error| format!("{what}: {error}")
}

/// What somebody does with a ledger.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// One entry with a document.
    Single,
    /// So many entries at once, every fourth with two documents.
    Bulk(u64),
    /// As `work::checkpoint::give_out`.
    Checkpoint,
    /// Keeps evidence over what is there now.
    Evidence,
    /// The process ends as it should, and another one goes on.
    Again,
    /// An entry that completes the erasure of all of this one.
    EraseAll(u64),
    /// One that completes the erasure of its last document.
    ErasePart(u64),
}

/// What people were told, and what they may find.
#[derive(Clone, Default)]
pub struct Told {
    pub begun: bool,
    pub entries: Vec<Vec<u8>>,
    /// A batch that was neither acknowledged nor refused.
    pub flight: Vec<Vec<u8>>,
    /// Checkpoints given out.
    given: BTreeMap<u64, RootHash>,
    /// Evidence that was kept: the size and the bytes.
    evidence: Vec<(Size, Vec<u8>)>,
    /// Torn ends that an opening finds on the medium.
    pub torn: Vec<Vec<u8>>,
    /// What was erased.
    erased: Vec<Erased>,
    /// What is, if the batch in flight is there.
    erasing: Option<Erased>,
}

/// What was erased of an entry.
#[derive(Clone)]
struct Erased {
    erase: Erase,
    /// The slot and the files of the body that was there.
    slot: u64,
    files: Vec<String>,
}

fn documents_of(entry: &[u8]) -> Vec<Vec<u8>> {
    // As many as there are plus signs at its end.
    let named = entry.iter().rposition(|byte| *byte != b'+').map_or(0, |last| last + 1);
    let count = entry.len() - named;
    (0..count).map(|number| [entry, number.to_string().as_bytes()].concat()).collect()
}

/// A body with the hashes of its documents.
fn body_of(entry: &[u8]) -> Vec<u8> {
    let hashes =
        documents_of(entry).iter().flat_map(|document| Sha256Hash::of(document).0).collect();
    [b"the body of ".to_vec(), entry.to_vec(), hashes].concat()
}

/// An entry of a life; what two lives write in the same place differs.
fn entry(life: &str, number: u64, documents: usize) -> Vec<u8> {
    format!("{}-{life}{}", words(number), "+".repeat(documents)).into_bytes()
}

fn made_of(entry: &[u8]) -> NewEntry {
    let attachments = documents_of(entry).iter().map(|bytes| attachment(bytes)).collect();
    NewEntry { entry: entry.to_vec(), body: body_of(entry), attachments }
}

fn note(size: Size, root: RootHash) -> Vec<u8> {
    [&size.0.to_be_bytes()[..], &root.0].concat()
}

fn parse_note(note: &[u8]) -> Result<(Size, RootHash), Broken> {
    let (size, root) = note.split_first_chunk::<8>().ok_or("the kept checkpoint is torn")?;
    let root = root.try_into().map_err(|_| "the kept checkpoint is torn")?;
    Ok((Size(u64::from_be_bytes(*size)), RootHash(root)))
}

/// The usual options, on that disk.
pub fn on(disk: Arc<dyn Disk>) -> Options {
    Options { disk, ..options() }
}

/// Opens for writing as `work::reading` does: what is kept is read under the lock.
fn open_for_writing(disk: &Arc<dyn Disk>) -> Result<LocalStore, Ended> {
    let (dir, options) = (Path::new(LEDGER), on(Arc::clone(disk)));
    let lock = LocalStore::lock(dir, "a test", &options)?;
    let reader = LocalStore::open(dir, &Mode::Read, &options)?;
    let kept = reader.checkpoint()?;
    let checkpoint = kept.as_deref().map(parse_note).transpose().map_err(Ended::Broken)?;
    Ok(LocalStore::open_locked(dir, lock, &Options { checkpoint, ..options })?)
}

/// As `work::checkpoint::give_out`.
fn give_out(store: &mut LocalStore) -> Result<(Size, RootHash), Ended> {
    let size = store.head().size;
    if let Some(kept) = store.checkpoint()? {
        let (kept_size, root) = parse_note(&kept).map_err(Ended::Broken)?;
        store.check_checkpoint(kept_size, root)?;
        if kept_size == size {
            return Ok((size, root));
        }
    }
    let root = store.root();
    store.keep_checkpoint(&note(size, root))?;
    Ok((size, root))
}

impl Told {
    fn open(&mut self, disk: &Arc<dyn Disk>) -> Result<LocalStore, Ended> {
        let store = if self.begun {
            open_for_writing(disk)?
        } else {
            let created = LocalStore::create(Path::new(LEDGER), "a test", &on(Arc::clone(disk)))?;
            self.begun = true;
            created
        };
        let found = self.agrees(&store).map_err(Ended::Broken)?;
        // What a writer finds is synced by then: it counts from here on.
        self.erased = self.erased_in(&found);
        self.erasing = None;
        self.entries = found.into_iter().map(|stored| stored.entry).collect();
        self.flight.clear();
        Ok(store)
    }

    /// What is erased where these entries are.
    fn erased_in(&self, found: &[Stored]) -> Vec<Erased> {
        let there = found.len() > self.entries.len();
        let more = self.erasing.iter().filter(|_| there);
        self.erased.iter().chain(more).cloned().collect()
    }

    /// Whether the entries of a store are what may be there.
    pub fn agrees(&self, store: &LocalStore) -> Result<Vec<Stored>, Broken> {
        let stored = all(store).map_err(text("reading"))?;
        let found: Vec<_> = stored.iter().map(|stored| stored.entry.clone()).collect();
        let Some(more) = found.strip_prefix(&self.entries[..]) else {
            return Err(format!("{} entries of {}, or others", found.len(), self.entries.len()));
        };
        require(more.is_empty() || more == self.flight, || {
            format!("{} entries that nobody wrote, or half of a batch", more.len())
        })?;
        Ok(stored)
    }

    fn append(&mut self, store: &mut LocalStore, batch: &[Vec<u8>]) -> Result<(), Ended> {
        let head = store.head();
        self.flight = batch.to_vec();
        let made = batch.iter().map(|entry| made_of(entry)).collect();
        let appended = match &self.erasing {
            None => store.append(head, made),
            Some(erased) => store.append_erasing(head, made, vec![erased.erase.clone()]),
        };
        match appended {
            Ok(_) => {
                self.entries.append(&mut self.flight);
                self.erased.extend(self.erasing.take());
            }
            // The entry is there, and the next writer carries it out.
            Err(StoreError::Unfinished(_)) => return Err(Ended::Failed),
            Err(error @ (StoreError::Poisoned(_) | StoreError::SyncFailed(_))) => {
                let silent = [
                    store.append(store.head(), vec![new(0)]).err(),
                    store.keep_checkpoint(b"").err(),
                    store.checkpoint().err(),
                    store.entry(Index(0)).err(),
                ];
                let silent = silent.iter().all(|answer| answer.as_ref().is_some_and(is_silence));
                require(silent, || "a poisoned store answers".to_owned()).map_err(Ended::Broken)?;
                return Err(error.into());
            }
            Err(StoreError::Io { .. } | StoreError::DocumentHoldsUp { .. }) => {
                // Refused: nothing of it is there, and the store goes on.
                require(store.head() == head, || "a refused batch moved the head".to_owned())
                    .map_err(Ended::Broken)?;
                self.flight.clear();
                self.erasing = None;
            }
            Err(other) => return Err(other.into()),
        }
        Ok(())
    }

    pub fn live(&mut self, disk: &Arc<dyn Disk>, life: &str, steps: &[Step]) -> Result<(), Ended> {
        let mut store = self.open(disk)?;
        for step in steps {
            let next = store.head().size.0;
            match step {
                Step::Single => self.append(&mut store, &[entry(life, next, 1)])?,
                Step::Bulk(count) => {
                    let documents = |number: u64| if number.is_multiple_of(4) { 2 } else { 0 };
                    let numbers = next..next + count;
                    let batch = numbers.map(|number| entry(life, number, documents(number)));
                    self.append(&mut store, &batch.collect::<Vec<_>>())?;
                }
                Step::Checkpoint => {
                    let (size, root) = give_out(&mut store)?;
                    let before = self.given.insert(size.0, root);
                    require(before.is_none_or(|before| before == root), || {
                        format!("two checkpoints over {size} entries")
                    })
                    .map_err(Ended::Broken)?;
                }
                Step::Evidence => {
                    let bytes = format!("what {life} was told from outside over {next}");
                    let kept = (Size(next), bytes.into_bytes());
                    store.keep_evidence(kept.0, EvidenceForm::Token, &kept.1)?;
                    self.evidence.push(kept);
                }
                Step::EraseAll(of) | Step::ErasePart(of) => {
                    let Some(opened) = store.body(Index(*of))? else { continue };
                    let last =
                        opened.documents.last().map(|document| hex::encode(document.sha256.0));
                    let fields = match step {
                        Step::EraseAll(_) => None,
                        _ => Some(last.into_iter().collect()),
                    };
                    self.erasing = Some(Erased {
                        erase: Erase { index: Index(*of), fields },
                        slot: opened.slot,
                        files: opened.documents.iter().map(|d| d.file.to_string()).collect(),
                    });
                    self.append(&mut store, &[entry(life, next, 0)])?;
                }
                Step::Again => {
                    drop(store);
                    store = self.open(disk)?;
                }
            }
        }
        Ok(())
    }

    /// Whether the ledger on this disk is what people were told; opens it as a reader and
    /// as a writer.
    pub fn check(&self, disk: &Simulated) -> Result<(), Broken> {
        self.check_torn(disk)?;
        let shared: Arc<dyn Disk> = Arc::new(disk.clone());
        let reader = LocalStore::open(Path::new(LEDGER), &Mode::Read, &on(Arc::clone(&shared)));
        match reader {
            Ok(reader) => drop(self.agrees(&reader)?),
            Err(StoreError::NoLedger(_)) if !self.begun => {}
            Err(error) => return Err(format!("a reader is refused: {error}")),
        }
        let store = match open_for_writing(&shared) {
            Ok(store) => store,
            Err(Ended::Broken(why)) if !self.begun && why.starts_with("no ledger in") => {
                return Ok(());
            }
            Err(Ended::Broken(why)) => return Err(why),
            Err(Ended::Failed) => return Err("a sound disk fails".to_owned()),
        };
        self.check_torn(disk)?;
        self.check_store(&store)?;
        self.check_erased(&store, disk)
    }

    /// What was erased left nothing behind.
    fn check_erased(&self, store: &LocalStore, disk: &Simulated) -> Result<(), Broken> {
        let ledger = Path::new(LEDGER);
        let erased = self.erased_in(&self.agrees(store)?);
        let (keys, files) = (disk.files(ledger), disk.files(&ledger.join("documents")));
        require(!keys.contains_key("erasing"), || "an erasure is not done".to_owned())?;
        let slots = keys.get("bodykeys").map(Vec::as_slice).unwrap_or_default();
        for one in &erased {
            let at = usize::try_from(32 * (one.slot + 1)).expect("small");
            let zero = slots.get(at..at + 32).is_some_and(|slot| slot == [0; 32]);
            require(zero, || format!("an overwritten slot is back: {}", one.slot))?;
            for file in &one.files {
                let there = files.contains_key(file);
                require(!there, || "an erased document is there".to_owned())?;
            }
        }
        let index = disk.files(&ledger.join("index"));
        require(erased.is_empty() || index.is_empty(), || "the index is there".to_owned())
    }

    /// What is left of a body.
    fn left_of(stored: &Stored, erased: &[Erased]) -> Vec<u8> {
        let named = erased.iter().filter(|one| one.erase.index == stored.index);
        named.fold(body_of(&stored.entry), |body, one| {
            forget(&body, one.erase.fields.as_deref()).expect("a body")
        })
    }

    fn check_torn(&self, disk: &Simulated) -> Result<(), Broken> {
        let files = disk.files(Path::new(LEDGER));
        for torn in &self.torn {
            let kept = files.iter().any(|(name, bytes)| match name.as_str() {
                "journal" => bytes.windows(torn.len()).any(|window| window == torn),
                name => name.starts_with("journal.cut-") && bytes == torn,
            });
            require(kept, || "bytes that were cut are in no file".to_owned())?;
        }
        Ok(())
    }

    fn check_store(&self, store: &LocalStore) -> Result<(), Broken> {
        let found = self.agrees(store)?;
        let erased = self.erased_in(&found);
        let mut slots = BTreeSet::new();
        for stored in &found {
            require(slots.insert(stored.slot), || format!("slot {} twice", stored.slot))?;
            let left = Self::left_of(stored, &erased);
            let body = store.body(stored.index).map_err(text("a body can't be opened"))?;
            if left == NOTHING_LEFT {
                require(body.is_none(), || "what was erased is still there".to_owned())?;
                continue;
            }
            let body = body.ok_or("a body is gone")?;
            if left != body_of(&stored.entry) {
                let same = body.body == body_of(&stored.entry);
                require(!same, || "what was erased is still there, in part".to_owned())?;
            }
            require(body.body == left, || "another body".to_owned())?;
            let mut expected = documents_of(&stored.entry);
            expected.retain(|document| {
                let hash = Sha256Hash::of(document).0;
                left.windows(hash.len()).any(|window| window == hash)
            });
            require(body.documents.len() == expected.len(), || "other documents".to_owned())?;
            for (document, expected) in body.documents.iter().zip(expected) {
                let read = store.document(stored.index, document.sha256);
                let read = read.map_err(text("a document can't be opened"))?;
                require(read == Some(expected), || "another document".to_owned())?;
            }
        }
        let leaves: Vec<_> = found.iter().map(|stored| leaf_hash(&stored.entry)).collect();
        require(store.root() == root_of(&leaves), || "another root".to_owned())?;
        for (size, root) in &self.given {
            let now = root_at(store.nodes(), Size(*size));
            require(now == Some(*root), || format!("another root over {size} entries"))?;
        }
        self.check_evidence(store)?;
        let kept = store.checkpoint().map_err(text("the checkpoint"))?;
        let kept = kept.as_deref().map(parse_note).transpose()?;
        let kept = kept.map_or(0, |(size, _)| size.0);
        let newest = self.given.last_key_value().map_or(0, |(size, _)| *size);
        require(kept >= newest, || {
            format!("the checkpoint over {newest} entries was given out, {kept} is kept")
        })
    }

    fn check_evidence(&self, store: &LocalStore) -> Result<(), Broken> {
        let listed = store.evidence().map_err(text("evidence"))?;
        for (size, bytes) in &self.evidence {
            let same: Vec<_> = listed.iter().filter(|kept| kept.size == *size).collect();
            require(!same.is_empty(), || "evidence is gone".to_owned())?;
            let read = same.iter().map(|kept| store.read_evidence(**kept));
            let read = read.collect::<Result<Vec<_>, _>>().map_err(text("evidence"))?;
            let there = read.iter().filter(|read| *read == bytes).count();
            require(there == 1, || format!("other evidence over {size}, or twice"))?;
        }
        Ok(())
    }
}
