//! Evidence bundles: what was chosen, what proves it, and nothing else.
//!
//! Every bundle holds entry n−1, the whole governance chain, and the acceptances, bare
//! unless chosen; and for each case of a chosen entry the entries before it, bare, so that
//! nobody can say that something was left out. Bare entries disclose no answers but the names
//! of those who were appointed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge;
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::{jsonl, policy, tree};
use probity_ledger::records;
use probity_ledger::records::facts::PersonId;
use probity_ledger::verify::container::{self, TAG_FILES, number};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};
use probity_ledger::verify::words::count;

use super::home::Home;
use super::keyring::Keyring;
use super::reading::{Reading, Record};
use super::record::open_for_writing;
use super::schedule::{self, Line};
use super::{WorkError, World, bag, checkpoint, document, time};
use crate::store::{Store as _, StoreError, Term};

/// What to put into a bundle.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Everything.
    pub all: bool,
    /// Whole cases.
    pub cases: Vec<String>,
    /// Every record of these kinds.
    pub kinds: Vec<String>,
    /// From this moment on.
    pub since: Option<i64>,
    /// Up to this moment.
    pub until: Option<i64>,
    /// Single entries, as the user names them.
    pub entries: Vec<String>,
    /// Fields to withhold: `FIELD`, or `ENTRY:FIELD` for one entry.
    pub withhold: Vec<String>,
}

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// The verdict on it, read again from the disk.
    pub verdict: Verdict,
    /// How many entries it holds.
    pub entries: usize,
    /// How many of them were chosen, and so are disclosed.
    pub chosen: usize,
    /// How many documents.
    pub documents: usize,
    /// Answers in it that hold legal advice: entry and field.
    pub legal_advice: Vec<(Index, &'static str)>,
}

/// Fields to withhold.
struct Withhold {
    everywhere: BTreeSet<String>,
    in_entry: BTreeSet<(Index, String)>,
}

impl Withhold {
    fn read(reading: &Reading, given: &[String]) -> Result<Self, WorkError> {
        let mut this = Self { everywhere: BTreeSet::new(), in_entry: BTreeSet::new() };
        for text in given {
            let (entry, field) = match text.rsplit_once(':') {
                Some((entry, field)) => (Some(reading.resolve(entry)?), field),
                None => (None, text.as_str()),
            };
            if !records::KINDS.iter().any(|kind| kind.field(field).is_some()) {
                return Err(WorkError::refused(
                    format!("no kind of record has a field `{field}`"),
                    "see the fields with `probity kinds KIND`",
                ));
            }
            match entry {
                Some(index) => {
                    if reading.record(index)?.entry.payload().commitment(field).is_none() {
                        return Err(WorkError::refused(
                            format!("entry {index} has no field `{field}`"),
                            format!("see its fields with `probity show {index}`"),
                        ));
                    }
                    this.in_entry.insert((index, field.to_owned()));
                }
                None => {
                    this.everywhere.insert(field.to_owned());
                }
            }
        }
        Ok(this)
    }

    fn covers(&self, index: Index, field: &str) -> bool {
        self.everywhere.contains(field) || self.in_entry.contains(&(index, field.to_owned()))
    }
}

/// Writes a bundle and verifies it from the disk.
///
/// # Errors
/// A choice that names nothing, a file that exists, a log key that isn't here, damage. Nothing
/// half-written stays behind.
pub fn export(
    world: &World,
    home: &Home,
    choice: &Choice,
    path: &Path,
) -> Result<Exported, WorkError> {
    if path.exists() {
        return Err(WorkError::refused(
            format!("{} exists already", path.display()),
            "choose another name; nothing is overwritten",
        ));
    }
    let practice = home.config()?.practice;
    let mut reading = open_for_writing(home, "export", world)?;
    let note = checkpoint::give_out(&mut reading, &Keyring::of(home))?;
    let checkpoint = Checkpoint::parse(&note).map_err(|fault| {
        WorkError::refused(format!("the checkpoint is damaged: {fault}"), "run `probity verify`")
    })?;
    let chosen = select(&reading, choice)?;
    let withhold = Withhold::read(&reading, &choice.withhold)?;
    let all = surround(&reading, &chosen, checkpoint.size)?;
    let legal_advice = legal_advice(&reading, &chosen, &withhold)?;
    let mut files = BTreeMap::new();
    let documents = lay_out(&reading, &chosen, &all, &withhold, &checkpoint, &mut files)?;
    finish_bag(&reading, &mut files, world.now(), practice);
    let top = top_name(&reading, checkpoint.size, practice);
    drop(reading);
    // Written beside its name, read again and verified, and only then given its name.
    let part = bag::write_part(world, path, &top, &files)?;
    let verdict = check(part.path())?;
    part.keep(path)?;
    Ok(Exported {
        path: path.to_owned(),
        verdict,
        entries: all.len(),
        chosen: chosen.len(),
        documents,
        legal_advice,
    })
}

/// Answers that hold legal advice and go along, so that nobody hands them out unseen.
fn legal_advice(
    reading: &Reading,
    chosen: &BTreeSet<Index>,
    withhold: &Withhold,
) -> Result<Vec<(Index, &'static str)>, WorkError> {
    let mut found = Vec::new();
    for index in chosen {
        let record = reading.record(*index)?;
        let (Some(kind), Some(answers)) = (record.kind, record.answers()) else { continue };
        let privileged = kind.body_fields().filter(|field| field.privileged);
        let shown = privileged
            .filter(|field| !answers.lacks(field.name) && !withhold.covers(*index, field.name));
        found.extend(shown.map(|field| (*index, field.name)));
    }
    Ok(found)
}

/// Reads the bundle again and verifies it; one that isn't intact is an error, since nobody
/// should hand it on.
fn check(path: &Path) -> Result<Verdict, WorkError> {
    let verdict = match bag::read(path)? {
        bag::Found::Files(files) => {
            probity_ledger::verify::bundle::verify(&files, &Reader::default())
        }
        bag::Found::Fault(fault) => return Err(fault.into()),
    };
    match (verdict.verdict, &verdict.fault) {
        (Outcome::NotGenuine, Some(fault)) => Err(WorkError::refused(
            format!("the bundle {} does not verify: {fault}", path.display()),
            "don't hand it on; run `probity verify` on the record book",
        )),
        _ => Ok(verdict),
    }
}

fn select(reading: &Reading, choice: &Choice) -> Result<BTreeSet<Index>, WorkError> {
    let size = reading.store.head().size.0;
    let mut chosen = BTreeSet::new();
    for case in &choice.cases {
        let found = reading.store.lookup(&Term::Case(case.clone()))?;
        if found.is_empty() {
            return Err(WorkError::refused(
                format!("there is no case {case}"),
                "see `probity log`",
            ));
        }
        chosen.extend(found);
    }
    for kind in &choice.kinds {
        if records::newest(kind).is_none() {
            return Err(WorkError::refused(
                format!("there is no kind `{kind}`"),
                "see `probity kinds`",
            ));
        }
        chosen.extend(reading.store.lookup(&Term::Kind(kind.clone()))?);
    }
    for entry in &choice.entries {
        chosen.insert(reading.resolve(entry)?);
    }
    let named = !(choice.cases.is_empty() && choice.kinds.is_empty() && choice.entries.is_empty());
    let span = choice.since.is_some() || choice.until.is_some();
    if !named && !span && !choice.all {
        return Err(WorkError::refused(
            "nothing is chosen",
            "say --all, --case REF, --kind KIND, --since DAY, --until DAY or --entry ENTRY",
        ));
    }
    if choice.all || !named {
        chosen.extend((0..size).map(Index));
    }
    if span {
        let mut kept = BTreeSet::new();
        for index in chosen {
            let time = reading.record(index)?.entry.header().time;
            if choice.since.is_none_or(|since| time >= since)
                && choice.until.is_none_or(|until| time <= until)
            {
                kept.insert(index);
            }
        }
        chosen = kept;
    }
    if chosen.is_empty() {
        return Err(WorkError::refused("no entry is of that choice", "see `probity log`"));
    }
    Ok(chosen)
}

/// The chosen entries and everything that proves them.
fn surround(
    reading: &Reading,
    chosen: &BTreeSet<Index>,
    size: Size,
) -> Result<BTreeSet<Index>, WorkError> {
    let mut all = chosen.clone();
    all.insert(Index(size.0 - 1));
    all.extend(reading.store.governance()?);
    all.extend(reading.store.lookup(&Term::Kind("acceptance".to_owned()))?);
    let mut newest_of: BTreeMap<String, Index> = BTreeMap::new();
    for index in chosen {
        if let Subject::Case(case) = &reading.record(*index)?.entry.header().subject {
            let newest = newest_of.entry(case.clone()).or_insert(*index);
            *newest = (*newest).max(*index);
        }
    }
    for (case, newest) in newest_of {
        let entries = reading.store.lookup(&Term::Case(case))?;
        all.extend(entries.into_iter().filter(|index| *index < newest));
    }
    Ok(all)
}

fn lay_out(
    reading: &Reading,
    chosen: &BTreeSet<Index>,
    all: &BTreeSet<Index>,
    withhold: &Withhold,
    checkpoint: &Checkpoint,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<usize, WorkError> {
    let (mut lines, mut copy, mut kept) = (Vec::new(), String::new(), Vec::new());
    let mut documents: BTreeSet<Sha256Hash> = BTreeSet::new();
    for index in all {
        let record = reading.record(*index)?;
        let file = number(*index);
        let body = record.body.as_ref().map(|body| disclose(&record, body, chosen, withhold));
        let body = body.filter(|body| !body.is_empty());
        files.insert(format!("data/entries/{file}.cose"), record.entry.bytes().to_vec());
        files.insert(format!("data/proofs/{file}.tlog-proof"), proof(reading, *index, checkpoint)?);
        let mut enclosed = 0_u64;
        for named in body.iter().flat_map(judge::documents) {
            if documents.contains(&named.sha256) {
                enclosed += 1;
                continue;
            }
            // A document that is gone is left out; verification names it as absent.
            let bytes = match reading.store.document(*index, named.sha256) {
                Ok(bytes) => bytes,
                Err(StoreError::DocumentAbsent { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            if let Some(bytes) = bytes {
                enclosed += 1;
                documents.insert(named.sha256);
                let extension = document::extension(&named.name);
                files.insert(format!("data/documents/{}/file.{extension}", named.sha256), bytes);
            }
        }
        if let Some(body) = &body {
            files.insert(format!("data/bodies/{file}.cbor"), body.to_bytes());
        }
        copy.push_str(&jsonl::line(&record.entry, body.as_ref()));
        lines.push(line(&record, body.as_ref(), chosen.contains(index), enclosed));
        kept.push((record, body));
    }
    files.insert("data/checkpoint".to_owned(), checkpoint.bytes().to_vec());
    files.insert("data/entries.jsonl".to_owned(), copy.into_bytes());
    let log = reading.authority.log_key(checkpoint.size).map(policy::for_log).unwrap_or_default();
    files.insert("data/policy.txt".to_owned(), log.into_bytes());
    let names: BTreeMap<PersonId, String> =
        kept.iter().filter_map(|(record, body)| name_disclosed(record, body.as_ref())).collect();
    let records: Vec<Record> = kept.into_iter().map(|(record, _)| record).collect();
    // Only names that this bundle discloses itself.
    let signer = |record: &Record| {
        let name = names.get(&record.person).map(String::as_str);
        name.map_or_else(|| format!("key {}", record.entry.header().kid.short()), str::to_owned)
    };
    files.insert("data/entries.csv".to_owned(), schedule::entries(&records, signer)?);
    let find = |index: Index| records.iter().find(|record| record.index() == index).cloned();
    files.insert("data/schedule.csv".to_owned(), schedule::schedule(&lines, find)?);
    Ok(documents.len())
}

/// The name that a record of this bundle gives to a person.
fn name_disclosed(record: &Record, body: Option<&Body>) -> Option<(PersonId, String)> {
    let person = match &record.clear {
        Some(ClearFields::Genesis { person, .. } | ClearFields::Appointment { person, .. }) => {
            *person
        }
        _ => return None,
    };
    let name = &body?.get("name")?.value;
    Some((person, name.as_text()?.to_owned()))
}

/// The fields that go along: of chosen entries all but the withheld, of the others the names of
/// who was appointed or accepted.
fn disclose(record: &Record, body: &Body, chosen: &BTreeSet<Index>, withhold: &Withhold) -> Body {
    let index = record.index();
    let names = record.entry.is_governance() || record.entry.payload().kind == "acceptance";
    body.only(|field| {
        (chosen.contains(&index) || (names && field == "name")) && !withhold.covers(index, field)
    })
}

fn line(record: &Record, body: Option<&Body>, chosen: bool, documents: u64) -> Line {
    let withheld: Vec<String> = record
        .entry
        .payload()
        .body
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| body.is_none_or(|body| body.get(name).is_none()))
        .collect();
    let mut enclosed = if chosen { "entry, answers" } else { "entry" }.to_owned();
    if documents > 0 {
        enclosed = format!("{enclosed}, {}", count(documents, "document", "documents"));
    }
    let reason = match (&record.body, chosen) {
        (None, _) => "erased",
        (Some(_), true) => "withheld by the sender",
        (Some(_), false) => "not chosen: enclosed to prove order and authority",
    };
    Line { entry: record.index(), enclosed, withheld, reason }
}

fn proof(reading: &Reading, index: Index, checkpoint: &Checkpoint) -> Result<Vec<u8>, WorkError> {
    let (size, root) = (checkpoint.size, checkpoint.root);
    let path = tree::inclusion(reading.store.nodes(), index, size).unwrap_or_default();
    let leaf = reading.store.hash(index)?;
    if !tree::verify_inclusion(leaf, index, size, &path, root) {
        return Err(WorkError::refused(
            format!("the stored tree doesn't prove entry {index}"),
            "delete the folder ledger/tiles; it is made again from the journal",
        ));
    }
    Ok(Proof { index, path, checkpoint: checkpoint.bytes().to_vec() }.to_bytes())
}

/// The four tag files of the bag.
fn finish_bag(reading: &Reading, files: &mut BTreeMap<String, Vec<u8>>, now: i64, practice: bool) {
    let octets: usize = files.values().map(Vec::len).sum();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut info = format!(
        "Source-Organization: {}\nBagging-Date: {}\nPayload-Oxum: {octets}.{}\n\
         External-Identifier: {} {}\nBag-Software-Agent: probity {}\n",
        one_line(&reading.authority.school),
        time::iso_day(now),
        files.len(),
        reading.authority.origin,
        reading.authority.fingerprint,
        env!("CARGO_PKG_VERSION"),
    );
    if practice {
        info.push_str("External-Description: PRACTICE, everything in it is made up\n");
    }
    let hashes = |files: &BTreeMap<String, Vec<u8>>, wanted: &dyn Fn(&str) -> bool| {
        let chosen = files.iter().filter(|(path, _)| wanted(path));
        container::manifest(chosen.map(|(path, bytes)| (path.as_str(), Sha256Hash::of(bytes))))
    };
    let manifest = hashes(files, &|path| path.starts_with("data/"));
    files.insert("bag-info.txt".to_owned(), info.into_bytes());
    files.insert("bagit.txt".to_owned(), container::BAGIT.into());
    files.insert("manifest-sha256.txt".to_owned(), manifest.into_bytes());
    let tags = hashes(files, &|path| TAG_FILES[..3].contains(&path));
    files.insert("tagmanifest-sha256.txt".to_owned(), tags.into_bytes());
}

/// The name of the top folder.
fn top_name(reading: &Reading, size: Size, practice: bool) -> String {
    let origin: String = reading
        .authority
        .origin
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(80)
        .collect();
    let mark = if practice { "PRACTICE-" } else { "" };
    format!("{mark}evidence-{origin}-{size}")
}
