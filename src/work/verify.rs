//! Verification of what lies on a disk: a home, a bundle, one entry, a document in either.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use probity_ledger::book::judge;
use probity_ledger::format::body::{Body, Document};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::records::roles;
use probity_ledger::verify::bundle;
use probity_ledger::verify::container::{self, Files, Part, number};
use probity_ledger::verify::ledger::{self, BodyState, DocumentState, Given, Older, Reader, Walk};
use probity_ledger::verify::verdict::{Outcome, Subject, Verdict};
use serde::Serialize;

use super::WorkError;
use super::bag::{self, Found};
use super::document::hash_file;
use super::home::Home;
use crate::store::{RawJournal, StoreError, Stored, journal};

/// Where a document is named.
#[derive(Clone, Debug, Serialize)]
pub struct Mention {
    /// The entry.
    pub entry: Index,
    /// Its kind.
    pub kind: String,
    /// What was decided, for kinds that decide.
    pub decision: Option<String>,
    /// The role in which it was signed.
    pub role: String,
    /// The name that the file had.
    pub name: String,
    /// When: POSIX seconds, as claimed.
    pub time: i64,
}

/// A document that was looked for.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentReport {
    /// The file as it was given.
    pub file: String,
    /// Its SHA-256.
    pub sha256: Sha256Hash,
    /// Where it is named.
    pub mentions: Vec<Mention>,
}

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
}

impl Report {
    /// What it comes to: a document that is nowhere named makes it "not genuine", an entry
    /// that isn't sound too.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let missing = self.documents.iter().any(|document| document.mentions.is_empty());
        match self.verdict.verdict {
            Outcome::Intact if missing => Outcome::NotGenuine,
            outcome => outcome,
        }
    }
}

/// What to look for beside the verdict.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Documents, as file name and hash.
    pub documents: Vec<(String, Sha256Hash)>,
    /// An entry of a home.
    pub entry: Option<Index>,
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
        Ok(Self { documents, entry: None })
    }

    fn reports(&self) -> Vec<DocumentReport> {
        let report = |(file, sha256): &(String, Sha256Hash)| DocumentReport {
            file: file.clone(),
            sha256: *sha256,
            mentions: Vec::new(),
        };
        self.documents.iter().map(report).collect()
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

/// Reads the head that the reader kept: a checkpoint, or a bundle that is itself intact.
///
/// # Errors
/// When it is neither, or a bundle that is not intact.
pub fn read_older(path: &Path) -> Result<Older, WorkError> {
    if bag::looks_like_bundle(path) {
        let refused = |found: String| {
            WorkError::refused(
                format!("the older bundle {} can't be compared: {found}", path.display()),
                "use an older checkpoint or bundle that is intact",
            )
        };
        let files = match bag::read(path)? {
            Found::Files(files) => files,
            Found::Fault(fault) => return Err(refused(fault.to_string())),
        };
        let verdict = bundle::verify(&files, &Reader::default());
        if let Some(fault) = verdict.fault {
            return Err(refused(fault.to_string()));
        }
        let (checkpoint, entries) =
            bundle::entry_hashes(&files).map_err(|fault| refused(fault.to_string()))?;
        return Ok(Older { checkpoint, entries });
    }
    let bytes = std::fs::read(path).map_err(WorkError::file("reading", path))?;
    let checkpoint = Checkpoint::parse(&bytes).map_err(|fault| {
        WorkError::refused(
            format!("{} is neither a checkpoint nor a bundle: {fault}", path.display()),
            "give the file `ledger/checkpoint` of an older copy, or an older bundle",
        )
    })?;
    if checkpoint.size.0 < 2 {
        return Err(WorkError::refused(
            format!("{} counts {} entries, expected at least 2", path.display(), checkpoint.size),
            "use another checkpoint",
        ));
    }
    Ok(Older { checkpoint, entries: Vec::new() })
}

/// Verifies the ledger of a home. `progress` is told after each entry.
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
    let raw = RawJournal::open(&home.ledger())?;
    let checkpoint_path = home.ledger().join("checkpoint");
    let checkpoint = match std::fs::read(&checkpoint_path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(WorkError::file("reading", &checkpoint_path)(error)),
    };
    let mut walk = Walk::begin(reader, checkpoint.as_deref());
    let mut documents = asked.reports();
    let mut entry = None;
    for found in raw.entries() {
        match found {
            Ok(stored) => {
                if !step(&mut walk, &raw, &stored, asked, &mut documents, &mut entry) {
                    break;
                }
                progress(walk.size().0);
            }
            Err(damage) => {
                // What can still be read of the damaged frame tells which entry is the first
                // that is not as it was signed.
                let next = walk.size().0;
                let sound =
                    damage.salvage.iter().filter(|stored| stored.index.0 >= next).all(|stored| {
                        step(&mut walk, &raw, stored, asked, &mut documents, &mut entry)
                    });
                if sound {
                    let index = if damage.cut_short { Index(walk.size().0) } else { damage.index };
                    walk.damage(ledger::Damage {
                        index,
                        found: damage.found,
                        expected: damage.expected,
                    });
                }
            }
        }
    }
    let verdict = walk.finish();
    if let Some(entry) = &mut entry {
        entry.sound = verdict.verdict != Outcome::NotGenuine
            || verdict.intact_before.is_some_and(|sound| entry.entry.0 < sound);
    }
    Ok(Report { verdict, documents, entry })
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

fn step(
    walk: &mut Walk<'_>,
    raw: &RawJournal,
    stored: &Stored,
    asked: &Asked,
    documents: &mut [DocumentReport],
    entry: &mut Option<EntryReport>,
) -> bool {
    let body = match raw.body(stored) {
        Ok(Some(opened)) => BodyState::Open(opened.body),
        Ok(None) => {
            BodyState::Unreadable("its key was overwritten and no entry says why".to_owned())
        }
        Err(error) => BodyState::Unreadable(error.to_string()),
    };
    let given = Given { entry: stored.entry.clone(), body };
    let good = walk.step(&given, &|_, document| document_state(raw, stored, document));
    if good && let (Ok(parsed), BodyState::Open(bytes)) = (Entry::parse(&given.entry), &given.body)
    {
        if let Ok(body) = Body::parse(bytes) {
            note_mentions(&parsed, &body, documents);
        }
        if asked.entry == Some(parsed.index()) {
            *entry = Some(entry_report(&parsed));
        }
    }
    good
}

fn document_state(raw: &RawJournal, stored: &Stored, document: &Document) -> DocumentState {
    match raw.document(stored, document.sha256) {
        Ok(Some(bytes)) if bytes.len() as u64 == document.size => {
            if Sha256Hash::of(&bytes) == document.sha256 {
                DocumentState::Present
            } else {
                DocumentState::Differs
            }
        }
        Ok(None) | Err(StoreError::NoDocument { .. }) => DocumentState::Absent,
        Ok(Some(_)) | Err(_) => DocumentState::Differs,
    }
}

fn entry_report(entry: &Entry) -> EntryReport {
    EntryReport {
        entry: entry.index(),
        hash: entry.hash(),
        sound: false,
        kind: entry.payload().kind.clone(),
        role: entry.payload().role.clone(),
        time: entry.header().time,
    }
}

fn note_mentions(entry: &Entry, body: &Body, reports: &mut [DocumentReport]) {
    if reports.is_empty() {
        return;
    }
    for document in judge::documents(body) {
        for report in reports.iter_mut().filter(|report| report.sha256 == document.sha256) {
            report.mentions.push(Mention {
                entry: entry.index(),
                kind: entry.payload().kind.clone(),
                decision: entry
                    .payload()
                    .clear
                    .get("decision")
                    .and_then(|decision| decision.as_text().map(str::to_owned)),
                role: roles::title(&entry.payload().role).to_owned(),
                name: document.name.clone(),
                time: entry.header().time,
            });
        }
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
            let mut verdict = Verdict::begin(Subject::Bundle, reader.fingerprint.is_some());
            verdict.find(fault);
            return Ok(Report { verdict, documents: asked.reports(), entry: None });
        }
    };
    let verdict = bundle::verify(&files, reader);
    let mut documents = asked.reports();
    if verdict.verdict != Outcome::NotGenuine {
        for (entry, body) in disclosed(&files) {
            note_mentions(&entry, &body, &mut documents);
        }
    }
    Ok(Report { verdict, documents, entry: None })
}

/// The entries of a bundle that was verified, with their disclosed bodies.
fn disclosed(files: &Files) -> impl Iterator<Item = (Entry, Body)> {
    files.iter().filter_map(|(path, file)| {
        let Some(Part::Entry(_)) = container::part(path) else { return None };
        let entry = Entry::parse(file.bytes.as_deref()?).ok()?;
        let body = files.get(&format!("data/bodies/{}.cbor", number(entry.index())))?;
        let body = Body::parse(body.bytes.as_deref()?).ok()?;
        Some((entry, body))
    })
}
