//! Tests of the store. Entries are words here: `case kind signer [gov] [link…]`.

use std::path::Path;

use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use tempfile::TempDir;

use super::disk::Disk;
use super::{
    Attachment, Erase, EvidenceForm, Head, LocalStore, Mode, NOTHING_LEFT, NewEntry, Options,
    Source, Store, StoreError, Stored, Term, Terms,
};

mod barriers;
mod conformance;
mod crashes;
mod derived;
mod engine;
mod erasing;
pub(crate) mod faulty;
mod journal;
mod promises;
pub(crate) mod quick;
mod secrets;
pub(crate) mod simulated;

fn terms(entry: &[u8]) -> Option<Terms> {
    let text = std::str::from_utf8(entry).ok()?;
    let mut words = text.split(' ').take_while(|word| !word.starts_with('#'));
    let (case, kind, author) = (words.next()?, words.next()?, words.next()?);
    let (mut governance, mut links) = (false, Vec::new());
    for word in words {
        if word == "gov" {
            governance = true;
        } else {
            links.push(EntryHash(hex::decode(word).ok()?.try_into().ok()?));
        }
    }
    Some(Terms {
        case: case.to_owned(),
        kind: kind.to_owned(),
        kid: signer(author),
        links,
        governance,
        statement: None,
    })
}

fn signer(name: &str) -> [u8; 32] {
    let mut kid = [0; 32];
    kid[..name.len()].copy_from_slice(name.as_bytes());
    kid
}

/// Whether a store answers nothing more.
fn is_silence(error: &StoreError) -> bool {
    matches!(error, StoreError::Poisoned(_) | StoreError::SyncFailed(_))
}

fn options() -> Options {
    // Small blocks, so that small ledgers have tiles.
    let patience = std::time::Duration::ZERO;
    Options { block: 4, patience, forget, ..Options::new(terms) }
}

/// What is left of a body of these tests: nothing, or all but the words that are named.
#[allow(clippy::unnecessary_wraps, reason = "of the form that the store takes")]
fn forget(body: &[u8], fields: Option<&[String]>) -> Option<Vec<u8>> {
    let Some(fields) = fields else { return Some(NOTHING_LEFT.to_vec()) };
    let mut left = body.to_vec();
    for field in fields {
        let word = hex::decode(field).unwrap_or_else(|_| field.clone().into_bytes());
        while let Some(at) = left.windows(word.len()).position(|window| window == word) {
            left.drain(at..at + word.len());
        }
    }
    Some(left)
}

fn writer() -> Mode {
    Mode::Write("a test".to_owned())
}

fn create(dir: &Path) -> LocalStore {
    LocalStore::create(dir, "a test", &options()).expect("a new ledger")
}

fn open(dir: &Path, mode: &Mode) -> Result<LocalStore, StoreError> {
    LocalStore::open(dir, mode, &options())
}

/// The words of entry `number`: three cases, two kinds, links to nothing.
fn words(number: u64) -> String {
    let governance = if number.is_multiple_of(5) { " gov" } else { "" };
    format!("dpia-2025-00{} kind-{} k{}{governance} #{number}", number % 3, number % 2, number % 4)
}

fn new(number: u64) -> NewEntry {
    NewEntry {
        entry: words(number).into_bytes(),
        body: format!("the body of {number}").into_bytes(),
        attachments: Vec::new(),
    }
}

fn attachment(bytes: &[u8]) -> Attachment {
    Attachment {
        sha256: Sha256Hash::of(bytes),
        size: bytes.len() as u64,
        source: Source::Bytes(bytes.to_vec()),
    }
}

/// Appends entries up to `size`, in batches of one and two.
fn extend(store: &mut dyn Store, size: u64) {
    while store.head().size.0 < size {
        let next = store.head().size.0;
        let last = (next + 1 + next % 2).min(size);
        store.append(store.head(), (next..last).map(new).collect()).expect("appended");
    }
}

/// A ledger of `size` entries, closed.
fn ledger(size: u64) -> TempDir {
    let dir = TempDir::new().expect("a folder");
    extend(&mut create(dir.path()), size);
    dir
}

fn all(store: &dyn Store) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::new();
    store.range(Index(0), Index(store.head().size.0), &mut |stored| {
        found.push(stored);
        Ok(())
    })?;
    Ok(found)
}

/// Everything a store answers.
fn answers(store: &dyn Store) -> String {
    let size = store.head().size.0;
    let terms = [
        Term::Case("dpia-2025-001".to_owned()),
        Term::Case("dpia-2025-00".to_owned()),
        Term::Kind("kind-1".to_owned()),
        Term::Signer(signer("k2")),
        Term::LinksTo(EntryHash::ZERO),
    ];
    let lookups: Vec<_> = terms.iter().map(|term| store.lookup(term).expect("found")).collect();
    let nodes: Vec<_> = (0..8_u8)
        .flat_map(|level| (0..=size).map(move |index| (level, index)))
        .map(|(level, index)| store.nodes().node(level, index))
        .collect();
    let bodies: Vec<_> = (0..size).map(|i| store.body(Index(i)).expect("a body")).collect();
    let tree = (store.head(), store.root(), store.governance().expect("read"));
    let entries = (all(store).expect("read"), store.find_hash_prefix("A").expect("found"));
    format!("{tree:?} {lookups:?} {nodes:?} {bodies:?} {entries:?}")
}

fn same(head: Head, size: u64) {
    assert_eq!(head.size.0, size);
}
