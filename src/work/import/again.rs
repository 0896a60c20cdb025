//! What was taken over before: the same file, or rows that are on record already.
//!
//! A register that is kept goes on growing, and whoever imports it again means its new rows. A row
//! is on record already if an earlier import of the same register made a record of the same kind
//! with the same answers of it. Each such record stands for one row: a file with three equal rows,
//! two of which were taken over, has one new row.
//!
//! What this does not tell: that a row is the same one where its words or the mapping changed, or
//! where answers of its record were erased.

use std::collections::{HashMap, VecDeque};

use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::Relation;
use sha2::{Digest as _, Sha256};

use super::{Read, ReadRow, Register, spans};
use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::reading::{Reading, Record};

/// Most spans that a sentence names.
pub(super) const SAID: usize = 20;

/// Most spans that the `import` names; its text holds so many beside the mapping.
pub(super) const KEPT: usize = 500;

/// Refuses a file that was imported already: each of its rows would stand twice.
pub(super) fn refuse_file(
    reading: &Reading,
    register: Register,
    sha256: &Sha256Hash,
) -> Result<(), WorkError> {
    for index in reading.store.lookup(&Term::Document(*sha256))? {
        let record = reading.record(index)?;
        let answers = record.answers();
        let same = answers.and_then(|answers| answers.text("register")) == Some(register.name());
        if record.entry.says().kind == "import" && same {
            return Err(WorkError::refused(
                format!(
                    "this file was imported already, by entry {index}: what was taken over would \
                     be on record twice"
                ),
                format!(
                    "see what was taken over with `probity show {index}`; to import rows that were \
                     left out, put them into a file of their own"
                ),
            ));
        }
    }
    Ok(())
}

/// Finds the rows that are on record already, and says in each which record that is.
pub(super) fn find(
    reading: &Reading,
    register: Register,
    read: &mut Read,
) -> Result<(), WorkError> {
    // Only the rows of this file are held, whatever the record book has.
    let mut waiting: HashMap<[u8; 32], VecDeque<usize>> = HashMap::new();
    for (at, row) in read.rows.iter().enumerate() {
        if let Ok(answers) = &row.answers {
            waiting.entry(digest(answers)).or_default().push_back(at);
        }
    }
    let imports = reading.store.lookup(&Term::Kind("import".to_owned()))?;
    if imports.is_empty() || waiting.is_empty() {
        return Ok(());
    }
    let of_kind = reading.store.lookup(&Term::Kind(read.kind.name.to_owned()))?;
    for index in imports {
        let import = reading.shown(index)?;
        // Whose answers were erased may have been of any register.
        let other = import.answers().and_then(|answers| answers.text("register"));
        if other.is_some_and(|other| other != register.name()) {
            continue;
        }
        let hash = import.entry.hash();
        for at in reading.store.lookup(&Term::LinksTo(hash))? {
            if waiting.is_empty() {
                return Ok(());
            }
            if of_kind.binary_search(&at).is_err() {
                continue;
            }
            let record = reading.shown(at)?;
            if record.links().contains(&(Relation::About, hash)) {
                take(&mut waiting, &mut read.rows, &record);
            }
        }
    }
    Ok(())
}

/// Gives a record to the first row that would say the same.
fn take(waiting: &mut HashMap<[u8; 32], VecDeque<usize>>, rows: &mut [ReadRow], record: &Record) {
    let Some(digest) = record.answers().map(digest) else { return };
    let Some(places) = waiting.get_mut(&digest) else { return };
    let row = places.pop_front().and_then(|at| rows.get_mut(at));
    if places.is_empty() {
        waiting.remove(&digest);
    }
    if let Some(row) = row {
        let case = record.entry.subject().case().map(ToString::to_string);
        row.already = Some(Already { entry: record.index(), case });
    }
}

/// The record that a row became before.
#[derive(Clone, Debug)]
pub(super) struct Already {
    /// Its place.
    pub entry: Index,
    /// Its case.
    pub case: Option<String>,
}

/// What was answered, with nothing of what was not.
fn digest(answers: &Answers) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for name in answers.0.keys() {
        let Some(value) = answers.get(name) else { continue };
        for part in [name.as_bytes(), &value.to_bytes()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().into()
}

/// `rows 2 to 5, as entries 11 to 14`, with so many spans at most; none if there are no such rows.
pub(super) fn words(rows: &[ReadRow], most: usize) -> Option<String> {
    let found = || rows.iter().filter_map(|row| Some((row.number, row.already.as_ref()?)));
    let numbers: Vec<usize> = found().map(|(number, _)| number).collect();
    let mut entries: Vec<usize> = found()
        .map(|(_, already)| usize::try_from(already.entry.0).unwrap_or(usize::MAX))
        .collect();
    entries.sort_unstable();
    let (row, entry) = match numbers.len() {
        0 => return None,
        1 => ("row", "entry"),
        _ => ("rows", "entries"),
    };
    Some(format!("{row} {}, as {entry} {}", spans(&numbers, most), spans(&entries, most)))
}

/// Refuses rows that are on record already, unless they are to be left out and others remain.
pub(super) fn refuse_rows(
    read: &Read,
    register: Register,
    only_new: bool,
) -> Result<(), WorkError> {
    let Some(words) = words(&read.rows, SAID) else { return Ok(()) };
    let first = read.rows.iter().find_map(|row| row.already.as_ref());
    let first = first.map_or(Index(0), |already| already.entry);
    let known = read.rows.iter().filter(|row| row.already.is_some()).count();
    let total = read.rows.len();
    if register == Register::Dpia {
        return Err(WorkError::refused(
            format!(
                "this assessment is on record already, as entry {first}, and would stand twice"
            ),
            format!("see it with `probity show {first}`; what has changed is recorded in its case"),
        ));
    }
    if known == total {
        return Err(WorkError::refused(
            format!("no row is new; on record already: {words}"),
            format!("see what was taken over with `probity show {first}`"),
        ));
    }
    if only_new {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "{known} of {total} rows were taken over already, and would be on record twice: {words}"
        ),
        format!(
            "see them with `probity show {first}`; import the others alone with --only-new, or put \
             them into a file of their own"
        ),
    ))
}
