//! One entry with everything around it, and the story of a case.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use probity_ledger::book::cases::{self, State};
use probity_ledger::book::item::Book;
use probity_ledger::book::judge;
use probity_ledger::book::linter::{self, Found};
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records::facts::{Author, Finding};
use probity_ledger::records::kind::Relation;
use serde::Serialize;

use super::words::{self, Answer, forwards};
use super::{Aftermath, Line, Since};
use crate::store::Store as _;
use crate::work::book::{self, Scope};
use crate::work::circumstances::{About, Circumstances};
use crate::work::desk::Desk;
use crate::work::erase::{self, Gone};
use crate::work::home::create_private;
use crate::work::reading::{Reading, Record};
use crate::work::record::others::{advised, content_of};
use crate::work::{WorkError, minute, paper, time};

/// A link of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Linked {
    /// The relation.
    pub relation: String,
    /// The earlier entry's place, or null when it isn't here.
    pub entry: Option<Index>,
    /// The earlier entry's hash.
    pub hash: EntryHash,
    /// In words: `decides on entry 5, Breach report by Amina Khan`.
    pub words: String,
}

/// A file that an entry names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its own name.
    pub name: String,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256Hash,
}

/// One entry with everything around it. As JSON it is the object of `probity show ENTRY --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// What lists show of it.
    #[serde(flatten)]
    pub line: Line,
    /// The thumbprint of its author's key.
    pub key: String,
    /// The appointment under which it was signed.
    pub appointment: Option<Index>,
    /// What stands in clear in the entry.
    pub clear: Vec<Answer>,
    /// Its answered fields, in the order of the questions.
    pub fields: Vec<Answer>,
    /// The fields that were left unanswered.
    pub unanswered: Vec<String>,
    /// The fields that were erased, and by what.
    pub erased: Vec<Gone>,
    /// The files that it names.
    pub documents: Vec<FileView>,
    /// The earlier entries that it links to.
    pub links: Vec<Linked>,
    /// What an inspector would ask about, as it stood then.
    pub findings: Vec<Finding>,
    /// What has happened since.
    pub since: Since,
}

/// The story of a case. As JSON it is the object of `probity show CASE --json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseView {
    /// The case.
    pub case: String,
    /// In which state it is and why, what is missing, and what comes next.
    pub state: State,
    /// What contradicts itself across records, of this case.
    pub found: Vec<Found>,
    /// Its entries, oldest first.
    pub entries: Vec<View>,
    /// What is not complete in it: each an entry and what it lacks.
    pub incomplete: Vec<(Index, String)>,
}

impl View {
    /// One entry.
    ///
    /// # Errors
    /// No such entry, or damage.
    pub fn open(reading: &Reading, index: Index) -> Result<Self, WorkError> {
        let record = reading.shown(index)?;
        let after = Aftermath::of(reading, std::slice::from_ref(&record))?;
        Self::of(reading, &after, &record)
    }

    pub(super) fn of(
        reading: &Reading,
        after: &Aftermath,
        record: &Record,
    ) -> Result<Self, WorkError> {
        let (fields, unanswered) = words::answers(record);
        let kid = record.entry.says().kid;
        let key = reading.authority.key(&kid);
        let appointment = key.and_then(|key| key.appointment_below(record.index()));
        let findings = findings(reading, after, record, None)?;
        let mut since = Since::of(reading, after, record)?;
        if findings.iter().any(|finding| finding.rule == SELF_APPROVED) {
            since.words.extend(counter_signed(reading, after, record)?);
        }
        Ok(Self {
            line: Line::of(reading, after, record),
            key: kid.to_string(),
            appointment: appointment.map(|appointment| appointment.index),
            clear: words::clear(reading, record),
            fields,
            unanswered,
            erased: erase::gone(reading, record)?,
            documents: documents(record),
            links: links(reading, after, record)?,
            findings,
            since,
        })
    }
}

impl CaseView {
    /// The story of a case as it stood at a moment (POSIX seconds); with none, as it stands `now`,
    /// with all its entries, also those whose clock was ahead.
    ///
    /// # Errors
    /// No such case, or none yet at that moment; damage.
    pub fn open(
        reading: &Reading,
        case: &str,
        at: Option<i64>,
        now: i64,
    ) -> Result<Self, WorkError> {
        let mut records = reading.shown_case(case)?;
        if records.is_empty() {
            return Err(WorkError::refused(
                format!("there is no case {case}"),
                "see the cases with `probity log`",
            ));
        }
        let first = records[0].entry.says().time;
        let newest = records.iter().map(|record| record.entry.says().time).max();
        let at = at.unwrap_or_else(|| newest.map_or(now, |newest| newest.max(now)));
        records.retain(|record| record.entry.says().time <= at);
        if records.is_empty() {
            return Err(WorkError::refused(
                format!("case {case} began later, on {}", time::words(first)),
                "name a later day",
            ));
        }
        let after = Aftermath::as_of(reading, &records, at)?;
        let beside: Vec<&str> =
            linter::BESIDE.iter().chain(&["hold", "hold-release", "calendar"]).copied().collect();
        let items = book::items(reading, Scope::Case(case, &beside), at)?;
        let whole = Book::new(&items, at);
        let state = cases::state(&whole, case);
        let mut found = linter::findings(&whole);
        found.retain(|found| found.case.as_deref() == Some(case));
        let entries = records
            .iter()
            .map(|record| View::of(reading, &after, record))
            .collect::<Result<Vec<_>, WorkError>>()?;
        let incomplete = entries
            .iter()
            .flat_map(|view| view.since.lacks.iter().map(|why| (view.line.entry, why.clone())))
            .collect();
        Ok(Self { case: case.to_owned(), state, found, entries, incomplete })
    }
}

fn documents(record: &Record) -> Vec<FileView> {
    let named = record.body.iter().flat_map(judge::documents);
    named
        .map(|document| FileView {
            name: document.name,
            media_type: document.media_type,
            size: document.size,
            sha256: document.sha256,
        })
        .collect()
}

fn links(reading: &Reading, after: &Aftermath, record: &Record) -> Result<Vec<Linked>, WorkError> {
    let links = record.entry.says().links.iter();
    links
        .map(|link| {
            let how = Relation::named(&link.rel).map_or_else(|| words::spoken(&link.rel), forwards);
            let entry = after.place(&link.entry);
            let words = match entry {
                Some(at) => {
                    let linked = reading.shown(at)?;
                    let by = reading.signer(&linked.entry);
                    format!("{how} entry {at}, {} by {by}", linked.title())
                }
                None => format!("{how} an entry that is not here ({})", link.entry.short()),
            };
            Ok(Linked { relation: link.rel.clone(), entry, hash: link.entry, words })
        })
        .collect()
}

/// The rule that asks why somebody approved what they wrote.
const SELF_APPROVED: &str = "self-approved";

/// The first later signature on the same content with which nobody would ask any more why its
/// author approved what they wrote.
fn counter_signed(
    reading: &Reading,
    after: &Aftermath,
    record: &Record,
) -> Result<Option<String>, WorkError> {
    let index = record.index();
    let on_files =
        documents(record).into_iter().flat_map(|file| after.on_file(&file.sha256).to_vec());
    let mut later: Vec<Index> =
        after.again(&record.entry, index).into_iter().chain(on_files).collect();
    later.retain(|at| *at > index);
    later.sort_unstable();
    later.dedup();
    for at in later {
        let now = findings(reading, after, record, Some(at))?;
        if now.iter().all(|finding| finding.rule != SELF_APPROVED) {
            let other = reading.shown(at)?;
            return Ok(Some(format!(
                "its author approved what they wrote; counter-signed in entry {at}, {} by {}",
                other.title(),
                reading.signer_and_role(&other.entry)
            )));
        }
    }
    Ok(None)
}

/// What its author could have been asked about when it was signed; or, with a later entry in
/// view, once that stood there, too.
fn findings(
    reading: &Reading,
    after: &Aftermath,
    record: &Record,
    later: Option<Index>,
) -> Result<Vec<Finding>, WorkError> {
    let (Some(kind), Some(answers)) = (record.kind, record.answers()) else {
        return Ok(Vec::new());
    };
    let (said, index) = (record.entry.says(), record.index());
    let linked = record.links().iter().filter_map(|(_, hash)| after.place(hash));
    let advised = advised(reading, kind, &content_of(record))?;
    let linked: Vec<Index> = linked.chain(later).chain(advised).collect();
    let below = later.map_or(index, |later| Index(later.0 + 1));
    let key = reading.authority.key(&said.kid);
    let held = key.and_then(|key| key.appointment_below(index)).map(|found| found.roles.clone());
    let author = Author {
        person: record.person,
        role: said.role,
        roles: held.as_deref().unwrap_or_default(),
    };
    let around =
        Circumstances::gather(&mut Desk::showing(reading), record.entry.subject(), &linked, below)?;
    let about =
        About { author, time: said.time, decision: record.decision(), links: record.links() };
    let mut found = around.findings(kind, answers, &about);
    found.extend(minute::differences(reading, kind, answers, index));
    found.extend(paper::never_held(reading, kind, answers, index));
    Ok(found)
}

/// Writes an entry's documents into a folder, under their own names as far as those are safe.
/// Nothing is overwritten. Returns where each went, and the names of those that were erased.
///
/// # Errors
/// A name that is taken in the folder, a document that can't be opened, what the system says.
pub fn save_documents(
    reading: &Reading,
    view: &View,
    folder: &Path,
) -> Result<(Vec<PathBuf>, Vec<String>), WorkError> {
    std::fs::create_dir_all(folder).map_err(WorkError::file("making", folder))?;
    let (mut saved, mut erased, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for document in &view.documents {
        let Some(bytes) = reading.store.document(view.line.entry, document.sha256)? else {
            erased.push(document.name.clone());
            continue;
        };
        let path = folder.join(free_name(&safe_name(document), &mut taken));
        write_new(&path, &bytes)?;
        saved.push(path);
    }
    Ok((saved, erased))
}

/// Writes documents that lie in no record book into a folder, under their own names as far as
/// those are safe. Nothing is overwritten.
///
/// # Errors
/// A name that is taken in the folder, or what the system says.
pub fn documents_to_save<'a>(
    folder: &Path,
    files: impl Iterator<Item = (&'a probity_ledger::format::body::Document, &'a [u8])>,
) -> Result<Vec<PathBuf>, WorkError> {
    std::fs::create_dir_all(folder).map_err(WorkError::file("making", folder))?;
    let (mut saved, mut taken) = (Vec::new(), Vec::new());
    for (document, bytes) in files {
        let file = FileView {
            name: document.name.clone(),
            media_type: document.media_type.clone(),
            size: document.size,
            sha256: document.sha256,
        };
        let path = folder.join(free_name(&safe_name(&file), &mut taken));
        write_new(&path, bytes)?;
        saved.push(path);
    }
    Ok(saved)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), WorkError> {
    // Neither an existing file nor a link that lies in wait is ever written through; and what lies
    // sealed in the record book is for its owner's eyes outside, too.
    let mut file = create_private(path, 0o600).map_err(|error| match error {
        WorkError::Refused { fact, .. } => {
            WorkError::refused(fact, "name another folder; nothing is overwritten")
        }
        other => other,
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(WorkError::file("writing", path))
}

/// A file name that stays in its folder on every system: no separators, control or direction
/// characters, no name that a system keeps for itself.
pub(super) fn safe_name(document: &FileView) -> String {
    const LONGEST: usize = 120;
    const KEPT: [&str; 4] = ["con", "prn", "aux", "nul"];
    let own = document.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}');
    let clean: String = own
        .chars()
        .filter(|c| !c.is_control() && !hidden(*c))
        .map(|c| if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect();
    let name = clean.trim_start_matches(['.', ' ', '-']).trim_end_matches(['.', ' ']);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let device = first.strip_prefix("com").or_else(|| first.strip_prefix("lpt"));
    let device = device.is_some_and(|number| number.chars().count() == 1);
    if stem.is_empty() {
        format!("document-{}{extension}", document.sha256.short())
    } else if KEPT.contains(&first.as_str()) || device {
        format!("_{stem}{extension}")
    } else {
        format!("{stem}{extension}")
    }
}

/// Numbers the second of two documents with one name.
fn free_name(name: &str, taken: &mut Vec<String>) -> String {
    let (stem, extension) = name
        .rsplit_once('.')
        .map_or((name, String::new()), |(stem, ext)| (stem, format!(".{ext}")));
    let mut free = name.to_owned();
    let mut number = 2;
    while taken.contains(&free.to_lowercase()) {
        free = format!("{stem} ({number}){extension}");
        number += 1;
    }
    taken.push(free.to_lowercase());
    free
}
