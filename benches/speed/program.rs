//! What the benchmark asks of the program, in one place. Whoever changes one of these calls
//! adapts it here, and all rows follow. What the program can't do yet answers `None`, and the
//! row says so.

use std::path::Path;

use probity::store::{Mode, Store as _, Term};
use probity::work::compose::{self, Draft};
use probity::work::export::{self, Choice};
use probity::work::home::Home;
use probity::work::keyring::Keyring;
use probity::work::reading::Reading;
use probity::work::verify::{self, Asked};
use probity::work::{World, batch, record};
use probity_keys::SigningKey;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{Index, Sha256Hash};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::verify::ledger::{Older, Reader};
use probity_ledger::verify::verdict::Outcome as Word;

use crate::support::Outcome;

/// Whether verification opens the bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// Chain, signatures and authority alone.
    Closed,
    /// Each body unsealed and held against its commitments, too.
    Opened,
}

/// Verifies a home as `probity verify` does, and requires that it is intact.
///
/// # Errors
/// Another verdict.
pub fn verify(home: &Home, bodies: Bodies) -> Outcome {
    let asked = Asked { closed: bodies == Bodies::Closed, ..Asked::default() };
    let report = verify::home(home, &Reader::default(), &asked, &|_| ())?;
    intact(report.verdict.verdict)
}

/// Verifies what stands behind a checkpoint that was verified earlier.
///
/// # Errors
/// Another verdict than intact.
pub fn verify_since(home: &Home, checkpoint: &Checkpoint) -> Outcome {
    let older = Older { checkpoint: checkpoint.clone(), entries: Vec::new() };
    let reader = Reader { older: Some(older), ..Reader::default() };
    let asked = Asked { only_new: true, ..Asked::default() };
    let report = verify::home(home, &reader, &asked, &|_| ())?;
    if report.verdict.relied_on.is_none() {
        return Err("everything was verified".into());
    }
    intact(report.verdict.verdict)
}

fn intact(verdict: Word) -> Outcome {
    if verdict == Word::Intact { Ok(()) } else { Err(format!("verdict {verdict:?}").into()) }
}

/// Appends one record durably.
///
/// # Errors
/// What the action refuses.
pub fn append_one(
    world: &World,
    reading: &mut Reading,
    draft: &Draft,
    key: &SigningKey,
) -> Outcome {
    compose::append(world, reading, std::slice::from_ref(draft), key)?;
    Ok(())
}

/// Appends many records, in frames as a batch of that size has them.
///
/// # Errors
/// What the action refuses.
pub fn append_many(
    world: &World,
    reading: &mut Reading,
    drafts: &[Draft],
    key: &SigningKey,
) -> Outcome<Vec<Entry>> {
    let frames: Vec<Vec<&Draft>> =
        drafts.chunks(batch::MAX_RECORDS).map(|frame| frame.iter().collect()).collect();
    let appended = compose::append_all(world, reading, &frames, key)?;
    match appended.failed {
        Some(error) => Err(error.into()),
        None => Ok(appended.entries),
    }
}

/// Brings the index up to date and closes as every command does: a checkpoint is given out.
///
/// # Errors
/// Damage.
pub fn close(reading: Reading, home: &Home) -> Outcome {
    // ADAPT: where closing itself brings the index up to date, the lookup can go.
    reading.store.lookup(&Term::Kind("genesis".to_owned()))?;
    Ok(record::close(reading, &Keyring::of(home))?)
}

/// Opens a home as the commands that look things up do.
///
/// # Errors
/// Damage.
pub fn open(home: &Home) -> Outcome<Reading> {
    Ok(Reading::open(home, &Mode::Browse)?)
}

/// The entries that a term finds.
///
/// # Errors
/// Damage.
pub fn lookup(reading: &Reading, term: &Term) -> Outcome<Vec<Index>> {
    Ok(reading.store.lookup(term)?)
}

/// The term of a document.
pub fn document_term(document: Sha256Hash) -> Term {
    Term::Document(document)
}

/// Exports a case as a bundle, which the program reads again and verifies, and verifies the
/// file once more as its recipient would.
///
/// # Errors
/// What the action refuses; a verdict other than intact.
pub fn export_and_verify(home: &Home, case: &str, path: &Path) -> Outcome<usize> {
    let choice = Choice { cases: vec![case.to_owned()], ..Choice::default() };
    let exported = export::export(&World::real(), home, &choice, path)?;
    let report = verify::bundle(path, &Reader::default(), &Asked::default())?;
    intact(report.verdict.verdict)?;
    Ok(exported.chosen)
}
