//! Reads a bundle before anything in it is judged: its places, its manifest, its checkpoint and its
//! entries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Bundle, bytes};
use crate::book::fault::{Code, Fault};
use crate::book::judge;
use crate::format::entry::Entry;
use crate::format::hash::Index;
use crate::format::note::Checkpoint;
use crate::records;
use crate::verify::container::{self, Files, Part};

/// Steps 1 to 4a.
pub(super) fn read(files: &Files) -> Result<Bundle<'_>, Fault> {
    container::check_places(files)?;
    container::check_bag(files)?;
    let checkpoint = bytes(files, "data/checkpoint").ok_or_else(|| {
        Fault::new(Code::Checkpoint, "`data/checkpoint`", "no such file", "a checkpoint")
    })?;
    let checkpoint = Checkpoint::parse(checkpoint).map_err(|fault| {
        Fault::new(Code::Checkpoint, "`data/checkpoint`", fault.to_string(), "a checkpoint")
    })?;
    if checkpoint.size.0 < 2 {
        let found = checkpoint.size.to_string();
        return Err(Fault::new(Code::Size, "the checkpoint's size", found, "at least 2"));
    }
    let mut entries = BTreeMap::new();
    for (path, file) in files {
        if let (Some(Part::Entry(index)), Some(bytes)) = (container::part(path), &file.bytes) {
            entries.insert(index, bytes.as_slice());
        }
    }
    let mut kinds = BTreeMap::new();
    let entries = entries
        .into_iter()
        .map(|(index, bytes)| {
            let entry = read_entry(index, bytes, &checkpoint).map_err(|f| f.at(index))?;
            let said = entry.says();
            let kind = records::find(said.kind, said.version);
            kinds.extend(kind.filter(|_| entry.foreign_typ().is_none()).map(|kind| (index, kind)));
            Ok((index, entry.without_clear()))
        })
        .collect::<Result<BTreeMap<Index, Entry>, Fault>>()?;
    let mut statements = HashMap::new();
    for (index, entry) in &entries {
        if let Some((statement, _)) = entry.carried() {
            statements.entry(statement).or_insert(*index);
        }
    }
    let by_hash = entries.iter().map(|(index, entry)| (entry.hash(), *index)).collect();
    Ok(Bundle {
        files,
        checkpoint,
        entries,
        by_hash,
        statements,
        kinds,
        authority: None,
        disclosed_documents: BTreeSet::new(),
    })
}

fn read_entry(index: Index, bytes: &[u8], checkpoint: &Checkpoint) -> Result<Entry, Fault> {
    let entry = Entry::parse(bytes).map_err(|fault| judge::entry_fault(&fault))?;
    if entry.index() != index {
        return Err(Fault::new(
            Code::Name,
            "the index in its file name",
            index.to_string(),
            entry.index().to_string(),
        ));
    }
    if entry.origin() != checkpoint.origin {
        return Err(Fault::new(
            Code::Origin,
            "the ledger that it belongs to",
            entry.origin(),
            checkpoint.origin.clone(),
        ));
    }
    Ok(entry)
}
