//! The one way in: check everything, sync what the frame will rest on, write the frame,
//! sync, and only then answer.

use probity_keys::wiping_stack;
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::format::tree::leaf_hash;

use super::barrier::Barrier;
use super::bodykeys::Slot;
use super::frame::{self, Parts};
use super::index::{self, Mark};
use super::local::LocalStore;
use super::{DocumentRef, Head, MAX_BODY, MAX_ENTRY, NewEntry, Store as _, StoreError, Terms};
use super::{documents, journal, seal};
use crate::parallel;

/// A new entry with what its frame and the index need.
struct Prepared {
    entry: Vec<u8>,
    hash: EntryHash,
    governance: bool,
    slot: u64,
    sealed: Vec<u8>,
    marks: Vec<Mark>,
}

/// An entry that is about to be sealed: its terms, its slot's number and the slot, its documents.
type Sealing = (NewEntry, Terms, u64, Slot, Vec<DocumentRef>);

impl LocalStore {
    pub(super) fn append_batch(
        &mut self,
        expected: Head,
        batch: Vec<NewEntry>,
    ) -> Result<Head, StoreError> {
        self.writable()?;
        let found = self.head();
        if found != expected {
            return Err(StoreError::HeadMoved { expected, found });
        }
        if batch.is_empty() {
            return Ok(found);
        }
        let terms = self.check_batch(&batch)?;
        let mut kept = Vec::new();
        let prepared =
            self.prepare(batch, terms, &mut kept).and_then(|prepared| {
                let records: Vec<Parts<'_>> = prepared
                    .iter()
                    .map(|new| (new.entry.as_slice(), new.slot, new.sealed.as_slice()))
                    .collect();
                let (bytes, offsets) = frame::encode(Index(self.tiles.size()), &records)
                    .ok_or_else(|| StoreError::BatchTooLarge {
                        found: records.iter().map(|(e, _, s)| frame::record_length(e, s)).sum(),
                        expected: journal::MAX_PAYLOAD.into(),
                    })?;
                Ok((prepared, bytes, offsets))
            });
        let (prepared, bytes, offsets) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                documents::discard(&*self.disk, &self.dir.join("documents"), &kept);
                return Err(self.poison_if_unknown(error));
            }
        };

        // Slots, documents and their names are on the medium: the frame may name them.
        let path = self.dir.join("journal");
        let start = self.tiles.end;
        let found = self.journal.length().map_err(StoreError::io("reading", &path))?;
        if found != start {
            // Where the lock doesn't hold, another one's frame would be written over.
            documents::discard(&*self.disk, &self.dir.join("documents"), &kept);
            return Err(StoreError::JournalChanged { path, found, expected: start });
        }
        let written = self
            .journal
            .write_at(start, &bytes)
            .map_err(StoreError::io("writing", &path))
            .and_then(|()| {
                self.journal.sync(Barrier::Frame).map_err(StoreError::io("syncing", &path))
            });
        if let Err(error) = written {
            // Part of the frame, or all of it, may be there. The next opening decides.
            return Err(self.poison(&error));
        }
        for (new, offset) in prepared.iter().zip(offsets) {
            self.tiles.push(start + offset, new.hash, new.slot, new.governance);
        }
        self.tiles.end = start + bytes.len() as u64;
        self.tiles.entries_end = self.tiles.end;
        self.save_tiles();
        self.note_appended(expected.size, prepared.into_iter().map(|new| new.marks));
        Ok(self.head())
    }

    /// What can be refused before anything is written; the terms of each entry.
    fn check_batch(&self, batch: &[NewEntry]) -> Result<Vec<Terms>, StoreError> {
        let terms = self.terms;
        let read = parallel::map(batch.iter().collect(), |new: &NewEntry| {
            let fits = !new.entry.is_empty() && new.entry.len() <= MAX_ENTRY;
            fits.then(|| terms(&new.entry)).flatten()
        });
        let (mut length, mut terms) = (0, Vec::with_capacity(batch.len()));
        for (position, (new, read)) in batch.iter().zip(read).enumerate() {
            let refused = |found| StoreError::NotAnEntry { position, found };
            terms.push(match read {
                Some(terms) => terms,
                None if new.entry.is_empty() || new.entry.len() > MAX_ENTRY => {
                    return Err(refused(format!("{} bytes", new.entry.len())));
                }
                None => return Err(refused("other bytes".to_owned())),
            });
            if new.body.len() > MAX_BODY {
                return Err(StoreError::BodyTooLarge { position, found: new.body.len() });
            }
            length += frame::record_length(&new.entry, &new.body);
        }
        // Sealing adds a little; what only that makes too large is refused later.
        if length > journal::MAX_PAYLOAD.into() {
            let expected = journal::MAX_PAYLOAD.into();
            return Err(StoreError::BatchTooLarge { found: length, expected });
        }
        Ok(terms)
    }

    fn prepare(
        &mut self,
        batch: Vec<NewEntry>,
        terms: Vec<Terms>,
        kept: &mut Vec<DocumentRef>,
    ) -> Result<Vec<Prepared>, StoreError> {
        let dir = self.dir.join("documents");
        let used = self.tiles.slots;
        let bodykeys = self.bodykeys.as_mut().ok_or(StoreError::ReadOnly)?;
        let slots = bodykeys.take(used, batch.len())?;
        let mut new = Vec::with_capacity(batch.len());
        for ((entry, terms), (number, slot)) in batch.into_iter().zip(terms).zip(slots) {
            let mut documents = Vec::with_capacity(entry.attachments.len());
            for attachment in &entry.attachments {
                let document = documents::keep(&*self.disk, &dir, &slot, attachment)?;
                kept.push(document.clone());
                documents.push(document);
            }
            new.push((entry, terms, number, slot, documents));
        }
        if !kept.is_empty() {
            documents::settle(&*self.disk, &dir)?;
        }
        let seal = |(new, terms, slot, key, documents): Sealing| {
            let hash = leaf_hash(&new.entry);
            let sealed = seal::seal_body(&key, slot, hash, &new.body, &documents)?;
            let marks = index::marks(&terms, Some((&new.body, &documents))).collect();
            let governance = terms.governance;
            Ok(Prepared { entry: new.entry, hash, governance, slot, sealed, marks })
        };
        let sealed = parallel::map_runs(new, |run| {
            wiping_stack(|| run.into_iter().map(seal).collect::<Vec<_>>())
        });
        sealed.into_iter().collect()
    }
}
