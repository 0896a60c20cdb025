//! Verification of what lies on a disk: a home, a bundle, one entry, a document in either.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use probity_keys::{PreparedKey, wiping_stack};
use probity_ledger::format::body::{Body, Document};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::verify::bundle;
use probity_ledger::verify::container::{self, Files, Part, number};
use probity_ledger::verify::kept::Kept;
use probity_ledger::verify::ledger::{self, DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked, Signers};
use probity_ledger::verify::verdict::{Outcome, Subject, Verdict};
use rayon::prelude::*;
use serde::Serialize;

use self::since::Beside;
use super::bag::{self, Found};
use super::document::hash_file;
use super::home::Home;
use super::reading::{options, read_checkpoint};
use super::search::{DocumentReport, Search};
use super::{WorkError, seen};
use crate::parallel;
use crate::store::disk::RealDisk;
use crate::store::{
    Blocks, CutEnd, DocumentRef, LocalStore, Mode, NOTHING_LEFT, Options, RawJournal, StoreError,
    Stored, cut_ends, journal,
};

pub use self::trust::{read_older, read_policy, read_roots};
pub use self::unread::Unread;

mod evidence;
mod since;
mod trust;
mod unread;

/// One entry that was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct EntryReport {
    /// Its place.
    pub entry: Index,
    /// Its hash.
    pub hash: EntryHash,
    /// Whether it stands before the first failure.
    pub sound: bool,
    /// Its kind.
    pub kind: String,
    /// The role in which it was signed.
    pub role: String,
    /// When: POSIX seconds, as claimed.
    pub time: i64,
}

/// A verdict with what was asked beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The verdict on the whole.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The documents that were looked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentReport>,
    /// The entry that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryReport>,
    /// Ends of a home's journal that were cut and lie beside it: what an interrupted write left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<CutEnd>,
    /// Files of a home beside its records that can't be read: without them the check is not complete.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

impl Report {
    /// What it comes to: a document that is nowhere named makes it "not genuine"; one that
    /// could stand in what this copy leaves out, or what can't be read, can't be checked.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let missing = || self.documents.iter().filter(|one| one.mentions.is_empty());
        match self.verdict.verdict {
            Outcome::Intact if missing().any(|one| one.looked_for && one.untold.is_empty()) => {
                Outcome::NotGenuine
            }
            Outcome::Intact if missing().next().is_some() || !self.unread.is_empty() => {
                Outcome::CannotCheck
            }
            outcome => outcome,
        }
    }

    /// Refuses a check that is not complete, where something is done that rests on it.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn refuse_unread(&self, home: &Home) -> Result<(), WorkError> {
        // What a key remembers says nothing of whether a copy is whole.
        let mut unread = self.unread.iter().filter(|unread| !unread.file.starts_with("keys/"));
        let Some(Unread { file, found, .. }) = unread.next() else { return Ok(()) };
        Err(WorkError::refused(
            format!("{} can't be read: {found}", home.path().join(file).display()),
            "give your account the right to it, or move away what stands in its place, then try again",
        ))
    }
}

/// What to look for beside the verdict.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Documents, as file name and hash.
    pub documents: Vec<(String, Sha256Hash)>,
    /// An entry of a home.
    pub entry: Option<Index>,
    /// Leaves the answers of a home closed: faster, and says less.
    pub closed: bool,
    /// Looks only at what is newer than the older head that the reader brings, if what is
    /// stored proves the rest by it; else at everything.
    pub only_new: bool,
}

impl Asked {
    /// Hashes the files that are looked for.
    ///
    /// # Errors
    /// Files that can't be read.
    pub fn documents(files: &[std::path::PathBuf]) -> Result<Self, WorkError> {
        let documents = files
            .iter()
            .map(|path| Ok((path.display().to_string(), hash_file(path)?.1)))
            .collect::<Result<_, WorkError>>()?;
        Ok(Self { documents, ..Self::default() })
    }
}

/// Reads a fingerprint as people copy it: 64 hexadecimal digits, in groups or not.
///
/// # Errors
/// A sentence that says what was expected.
pub fn read_fingerprint(text: &str) -> Result<EntryHash, String> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    hex::decode(&digits)
        .ok()
        .and_then(|bytes| EntryHash::try_from(bytes.as_slice()).ok())
        .ok_or_else(|| {
            format!("{} digits, expected the 64 hexadecimal digits of a fingerprint", digits.len())
        })
}

/// Reads the fingerprint that a user gave, if one was given.
///
/// # Errors
/// As [`read_fingerprint`].
pub fn fingerprint_given(text: Option<&str>) -> Result<Option<EntryHash>, WorkError> {
    text.map(read_fingerprint)
        .transpose()
        .map_err(|fact| WorkError::refused(fact, "copy the whole code from the minutes"))
}

/// Reads what the reader kept, a memory of a signer's key or what [`read_older`] takes, into the
/// reader.
///
/// # Errors
/// As [`read_older`], and a memory that isn't as it was written.
pub fn read_kept(path: &Path, reader: &mut Reader) -> Result<(), WorkError> {
    let mut first = [0; 16];
    let is_file = File::open(path).and_then(|mut file| file.read(&mut first));
    if is_file.is_ok() && seen::is_memory(&first) {
        reader.remembered.extend(seen::remembered(path)?);
        return Ok(());
    }
    reader.older = Some(read_older(path)?);
    Ok(())
}

/// Verifies the ledger of a home. `progress` is told how many entries were gone through, now and then.
///
/// # Errors
/// When there is no ledger, or files can't be read at all.
pub fn home(
    home: &Home,
    reader: &Reader,
    asked: &Asked,
    progress: &dyn Fn(u64),
) -> Result<Report, WorkError> {
    home.config()?;
    refuse_newer(home)?;
    let mut reader = reader.clone();
    let (remembered, forgotten) = seen::of_home(home);
    reader.remembered.extend(remembered);
    let reader = &reader;
    let length = || std::fs::metadata(home.ledger().join("journal")).map(|file| file.len()).ok();
    loop {
        let before = length();
        let (mut report, torn) = home_once(home, reader, asked, progress)?;
        // What looks like half a write may be one that another program is just making, or has made
        // since: then the journal is longer now.
        if torn && (is_being_written(home) || length() != before) {
            std::thread::sleep(PATIENCE);
            if length() != before {
                continue;
            }
        }
        report.unread.extend(forgotten);
        match cut_ends(&RealDisk, &home.ledger()) {
            Ok(cut) => report.cut = cut,
            Err(StoreError::Io { path, source, .. }) => {
                report.unread.push(Unread::new(home, &path, source));
            }
            Err(error) => return Err(error.into()),
        }
        return Ok(report);
    }
}

/// How long a write of another program may take between two looks.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(300);

/// Whether a writer holds the lock.
fn is_being_written(home: &Home) -> bool {
    let lock = File::open(home.ledger().join("lock"));
    lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock)))
}

/// The report, and whether the journal ends in what an interrupted write leaves.
fn home_once(
    home: &Home,
    reader: &Reader,
    asked: &Asked,
    progress: &dyn Fn(u64),
) -> Result<(Report, bool), WorkError> {
    options(home).check_synced()?;
    let raw = RawJournal::open(&home.ledger())?;
    let mut unread = Vec::new();
    let mut asked = asked.clone();
    if let Some(found) = raw.slots_unread() {
        // Answers that aren't looked at say nothing against the records.
        asked.closed = true;
        unread.push(Unread::slots(home, found));
    }
    let checkpoint = read_checkpoint(home);
    let head_is_untold = match &checkpoint {
        Ok(kept) => kept.as_deref().is_some_and(|kept| Checkpoint::parse(kept).is_err()),
        Err(_) => true,
    };
    let checkpoint = checkpoint.unwrap_or_else(|error| {
        unread.push(Unread::new(home, &home.ledger().join("checkpoint"), error));
        None
    });
    let beside = (checkpoint.as_deref(), evidence::kept(home, &mut unread));
    let only_new =
        if asked.only_new { only_new(home, &raw, reader, &beside, &asked, progress) } else { None };
    let (mut report, torn) = if let Some(report) = only_new {
        (report, false)
    } else {
        let (kept, evidence) = beside;
        let walk = Walk::begin(reader, kept, !asked.closed)
            .with_evidence(evidence::claimed(home), evidence);
        let mut going = Going::new(&raw, walk, reader, kept, &asked);
        going.head_is_untold = head_is_untold;
        let torn = going.over(raw.blocks(), progress);
        (going.report(), torn)
    };
    if raw.slots_unread().is_some() {
        report.documents.iter_mut().for_each(|document| document.looked_for = false);
    }
    report.unread = unread;
    Ok((report, torn))
}

/// The kept checkpoint and the evidence from outside, as far as they can be read.
type BesideRecords<'a> = (Option<&'a [u8]>, Vec<Kept>);

/// The report on what is new, if that is intact. Whatever else it comes to, everything is to be
/// verified: then the whole ledger tells what is wrong, and not the files beside it.
fn only_new(
    home: &Home,
    raw: &RawJournal,
    reader: &Reader,
    (checkpoint, evidence): &BesideRecords<'_>,
    asked: &Asked,
    progress: &dyn Fn(u64),
) -> Option<Report> {
    let older = reader.older.as_ref()?;
    let size = older.checkpoint.size;
    let options = Options { checksums: false, ..options(home) };
    let before = LocalStore::open(&home.ledger(), &Mode::Browse, &options).ok()?;
    let before = Beside(before);
    let offset = before.behind(size)?;
    let walk = Walk::begin_behind(reader, *checkpoint, !asked.closed, &before).ok()?;
    let walk = walk.with_evidence(evidence::claimed(home), evidence.clone());
    let mut going = Going::new(raw, walk, reader, *checkpoint, asked);
    going.over(raw.blocks_from(offset, Index(size.0)), progress);
    let whole = going.sound && going.walk.unproven().is_none();
    let report = going.report();
    Some(report).filter(|report| whole && report.verdict.verdict == Outcome::Intact)
}

/// An entry that was looked at, and where its documents lie.
struct Line {
    looked: Looked,
    slot: u64,
    documents: Vec<DocumentRef>,
}

/// How many entries one task looks at: enough for signatures to be checked together.
const TASK: usize = 512;

/// Looks at entries side by side.
fn look(raw: &RawJournal, signers: &mut Signers, stored: Vec<Stored>, asked: &Asked) -> Vec<Line> {
    let mut lines = parallel::map_runs(stored, |run| {
        wiping_stack(|| run.into_iter().map(|stored| line(raw, stored, asked)).collect())
    });
    let busy = signers.count(lines.iter().map(|line| &line.looked));
    signers.keep(busy.into_par_iter().map(PreparedKey::new).collect());
    lines.par_chunks_mut(TASK).for_each(|task| {
        signers.check(task.iter_mut().map(|line| &mut line.looked));
    });
    lines
}

fn line(raw: &RawJournal, stored: Stored, asked: &Asked) -> Line {
    let Stored { index, entry, slot, sealed } = stored;
    let (mut documents, mut used) = (Vec::new(), slot);
    let looked = Looked::at(entry, |entry| {
        if asked.closed {
            return BodyState::Closed;
        }
        let stored = (index, entry.hash(), slot, sealed.as_slice());
        open(raw, stored, &mut documents, &mut used)
    });
    Line { looked, slot: used, documents }
}

fn open(
    raw: &RawJournal,
    (index, entry, slot, sealed): (Index, EntryHash, u64, &[u8]),
    documents: &mut Vec<DocumentRef>,
    used: &mut u64,
) -> BodyState {
    match raw.open_body(index, entry, slot, sealed) {
        Ok(Some(opened)) if opened.body == NOTHING_LEFT => BodyState::Erased,
        Ok(Some(opened)) => {
            (*documents, *used) = (opened.documents, opened.slot);
            BodyState::Open(opened.body)
        }
        Ok(None) => {
            BodyState::Unreadable("its key was overwritten and no entry says why".to_owned())
        }
        Err(error) => BodyState::Unreadable(error.to_string()),
    }
}

/// A verification under way.
struct Going<'a> {
    raw: &'a RawJournal,
    walk: Walk<'a>,
    reader: &'a Reader,
    /// The kept checkpoint.
    kept: Option<&'a [u8]>,
    search: Search,
    asked: &'a Asked,
    entry: Option<EntryReport>,
    /// Whether everything so far was found sound.
    sound: bool,
    /// Whether what is gone through stands in a damaged frame.
    salvaging: bool,
    /// Whether there is a kept checkpoint that doesn't tell what it counts.
    head_is_untold: bool,
}

impl<'a> Going<'a> {
    fn new(
        raw: &'a RawJournal,
        walk: Walk<'a>,
        reader: &'a Reader,
        kept: Option<&'a [u8]>,
        asked: &'a Asked,
    ) -> Self {
        let search = Search::begin(&asked.documents);
        let (entry, sound, salvaging) = (None, true, false);
        let head_is_untold = false;
        Self { raw, walk, reader, kept, search, asked, entry, sound, salvaging, head_is_untold }
    }

    /// Goes over the journal, or the end of it. Returns whether it ends in what an interrupted
    /// write leaves.
    fn over(&mut self, mut blocks: Blocks<'_>, progress: &dyn Fn(u64)) -> bool {
        let mut signers = Signers::default();
        let mut block = Vec::new();
        // Two blocks at a time: one is looked at on all processors while the one before it,
        // looked at already, is gone through in order.
        while self.sound {
            if let Some(authority) = self.walk.authority() {
                signers.learn(authority);
            }
            let (raw, asked) = (self.raw, self.asked);
            let next = blocks.next();
            let (next, ()) = rayon::join(
                || next.map(|next| next.map(|stored| look(raw, &mut signers, stored, asked))),
                || self.through(&block),
            );
            progress(self.walk.size().0);
            match next {
                _ if !self.sound => {}
                None => break,
                Some(Ok(looked)) => block = looked,
                Some(Err(damage)) => {
                    let torn = damage.torn;
                    self.damage(&mut signers, damage);
                    return torn;
                }
            }
        }
        false
    }

    fn report(self) -> Report {
        let Self { walk, search, mut entry, .. } = self;
        let verdict = walk.finish();
        if let Some(entry) = &mut entry {
            entry.sound = verdict.verdict != Outcome::NotGenuine
                || verdict.intact_before.is_some_and(|sound| entry.entry.0 < sound);
        }
        let documents = search.finish(&verdict);
        Report { verdict, documents, entry, cut: Vec::new(), unread: Vec::new() }
    }

    /// Goes through entries in order, up to the first that isn't sound.
    fn through(&mut self, lines: &[Line]) {
        self.sound = self.sound && lines.iter().all(|line| self.step(line));
    }

    fn step(&mut self, line: &Line) -> bool {
        let raw = self.raw;
        let good = self
            .walk
            .step(&line.looked, &|index, document| document_state(raw, index, line, document));
        if good && let Some(entry) = line.looked.entry() {
            // What was erased may have named any document.
            if self.salvaging {
                self.search.note_links(entry);
            } else if !self.asked.closed {
                self.search.note(entry, line.looked.body());
            }
            if self.asked.entry == Some(entry.index()) {
                self.entry = Some(entry_report(entry));
            }
        }
        good
    }

    /// What can still be read of the damaged frame tells which entry is the first that is not
    /// as it was signed. Of a write that never came to its end nobody was told that it is kept, and
    /// the next writer cuts it off: nothing of that is read.
    fn damage(&mut self, signers: &mut Signers, damage: journal::Damage) {
        let next = self.walk.size().0;
        if !self.head_is_untold && self.given_out() <= next && self.raw.is_unfinished(&damage) {
            let found = format!("what an unfinished write leaves ({})", damage.found);
            let (index, expected) = (damage.index, damage.expected);
            self.walk.damage(ledger::Damage { index, found, expected });
            self.sound = false;
            return;
        }
        self.salvaging = true;
        let salvaged = damage.salvage.into_iter().filter(|stored| stored.index.0 >= next);
        let lines = look(self.raw, signers, salvaged.collect(), self.asked);
        self.through(&lines);
        if self.sound {
            let index = if damage.cut_short { Index(self.walk.size().0) } else { damage.index };
            let (found, expected) = (damage.found, damage.expected);
            self.walk.damage(ledger::Damage { index, found, expected });
            self.sound = false;
        }
    }
}

impl Going<'_> {
    /// How many entries the heads of this ledger count that are known here: what they count was
    /// kept once.
    fn given_out(&self) -> u64 {
        let known = self.walk.authority();
        let kept = self.kept.and_then(|kept| Checkpoint::parse(kept).ok());
        let older = self.reader.older.as_ref().map(|older| &older.checkpoint);
        let heads = kept.iter().chain(older);
        let heads = heads.filter(|head| known.is_none_or(|known| known.origin == head.origin));
        let remembered = self.reader.remembered.iter();
        let remembered = remembered
            .filter(|head| known.is_none_or(|known| known.fingerprint == head.fingerprint));
        let sizes = heads.map(|head| head.size).chain(remembered.map(|head| head.size));
        sizes.map(|size| size.0).max().unwrap_or_default()
    }
}

/// A journal of a later format is nothing that this program could call damaged.
fn refuse_newer(home: &Home) -> Result<(), WorkError> {
    let path = home.ledger().join("journal");
    let mut first = [0; journal::MAGIC.len()];
    let read = File::open(&path).and_then(|mut file| file.read_exact(&mut first));
    let [name @ .., digit] = &first;
    let newer = read.is_ok() && journal::MAGIC.starts_with(name) && matches!(digit, b'2'..=b'9');
    if !newer {
        return Ok(());
    }
    Err(WorkError::Store(StoreError::NewerFormat {
        path,
        found: format!("journal format {}", char::from(*digit)),
        expected: "journal format 1",
    }))
}

fn document_state(
    raw: &RawJournal,
    index: Index,
    line: &Line,
    document: &Document,
) -> DocumentState {
    let named = line.documents.iter().find(|named| named.sha256 == document.sha256);
    let (Some(named), Some(entry)) = (named, line.looked.entry()) else {
        return DocumentState::Absent;
    };
    match raw.document_now(index, entry.hash(), line.slot, named) {
        Ok(Some(bytes)) if bytes.len() as u64 == document.size => {
            if Sha256Hash::of(&bytes) == document.sha256 {
                DocumentState::Present
            } else {
                DocumentState::Differs
            }
        }
        Ok(None) | Err(StoreError::NoDocument { .. } | StoreError::DocumentAbsent { .. }) => {
            DocumentState::Absent
        }
        Ok(Some(_)) | Err(_) => DocumentState::Differs,
    }
}

fn entry_report(entry: &Entry) -> EntryReport {
    EntryReport {
        entry: entry.index(),
        hash: entry.hash(),
        sound: false,
        kind: entry.says().kind.to_owned(),
        role: entry.says().role.to_owned(),
        time: entry.says().time,
    }
}

/// Verifies a bundle.
///
/// # Errors
/// When it can't be read at all.
pub fn bundle(path: &Path, reader: &Reader, asked: &Asked) -> Result<Report, WorkError> {
    let files = match bag::read(path)? {
        Found::Files(files) => files,
        Found::Fault(fault) => {
            let mut verdict = Verdict::begin(Subject::Bundle);
            verdict.find(fault);
            let documents = Search::begin(&asked.documents).finish(&verdict);
            return Ok(Report {
                verdict,
                documents,
                entry: None,
                cut: Vec::new(),
                unread: Vec::new(),
            });
        }
    };
    let verdict = bundle::verify(&files, reader);
    let mut search = Search::begin(&asked.documents);
    if verdict.verdict != Outcome::NotGenuine {
        for (entry, body) in entries(&files) {
            search.note(&entry, body.as_ref());
        }
    }
    let documents = search.finish(&verdict);
    Ok(Report { verdict, documents, entry: None, cut: Vec::new(), unread: Vec::new() })
}

/// The entries of a bundle that was verified, ascending, with their disclosed bodies.
fn entries(files: &Files) -> impl Iterator<Item = (Entry, Option<Body>)> {
    let places = files.iter().filter_map(|(path, file)| match container::part(path) {
        Some(Part::Entry(index)) => Some((index, file)),
        _ => None,
    });
    let places: BTreeMap<Index, &container::File> = places.collect();
    // Parsed one after another: what an entry says takes many times the room of its bytes.
    places.into_values().filter_map(|file| Entry::parse(file.bytes.as_deref()?).ok()).map(|entry| {
        let body = files.get(&format!("data/bodies/{}.cbor", number(entry.index())));
        let body = body.and_then(|body| Body::parse(body.bytes.as_deref()?).ok());
        (entry, body)
    })
}
