//! Drafts: records that somebody is still writing. They are unsigned, belong to one key, and are
//! nobody else's to see; a later key of the same person inherits those of a key that is no longer in
//! force.
//!
//! ```text
//! page/drafts/ID/draft.json       what was answered, as it was typed
//! page/drafts/ID/files/N/NAME     what was attached
//! ```
//!
//! An answer counts here as a document's answer does ([`Given::document`]): what can't be read stays
//! as it was typed, and is a fault until it is mended. A draft that was signed keeps nothing but the
//! number of its entry, for a day, so that sending it twice signs it once. Drafts hold answers in the
//! clear, for their owner's account alone; no backup takes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::form::AnswerFault;
use probity_ledger::records::kind::{Clear, Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::given::Given;
use super::home::{self, Home};
use super::people::kind as kind_named;
use super::reading::Reading;
use super::record::others::POINTING;
use super::record::{CaseChoice, Exception, Prepared, Wanted, log_key, prepare};
use super::{WorkError, World, input, sign, time};
use crate::work::keyring::Keyring;

pub mod known;
mod signing;
mod whose;

pub use signing::Outcome;
pub use whose::{Damaged, earlier_keys};

/// Kinds that are a word on an earlier record, or on files: without either they say nothing.
pub const ON_SOMETHING: &[&str] = &["approval", "dpia-approval", "dpo-advice", "control-approval"];

/// Most drafts of one person.
const MOST: usize = 200;

/// A draft that was signed is forgotten after a day.
const REMEMBERED: i64 = 24 * 3600;

/// One change at a time, so that two pages that are open at once lose nothing.
static ONE: Mutex<()> = Mutex::new(());

/// A file of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its number within the draft.
    pub number: u32,
    /// What its owner calls it.
    pub name: String,
    /// How long it is.
    pub size: u64,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A record that somebody is writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    #[serde(skip)]
    pub id: String,
    /// The kind.
    pub kind: String,
    /// The name of the key whose it is.
    pub owner: String,
    /// When it was changed last.
    pub changed: i64,
    /// Answers by field name, and `case`, `decision` and `links`, as a document has them.
    pub answers: Map<String, Json>,
    /// What isn't an answer: [`ROLE`], an exception, what stands in clear.
    pub beside: BTreeMap<String, String>,
    /// Its files.
    pub files: Vec<Attachment>,
    /// What a signature of it that began was to write.
    signing: Option<signing::Begun>,
    /// The entry that it became.
    pub signed: Option<u64>,
}

/// The role in which it is signed.
pub const ROLE: &str = "role";
/// The rule that isn't kept; beside it [`REASON`], [`RATIFY_ROLE`] and [`RATIFY_BY`].
pub const EXCEPTION: &str = "exception";
/// Why it can't wait.
pub const REASON: &str = "exception-reason";
/// The role that has to ratify it.
pub const RATIFY_ROLE: &str = "ratify-role";
/// Last day for that.
pub const RATIFY_BY: &str = "ratify-by";
/// The entry whose time is wrong.
pub const ENTRY: &str = "clear-entry";
/// Why it is wrong.
pub const CLOCK: &str = "clear-reason";
/// Whether today's date was confirmed.
pub const DATE: &str = "date-confirmed";

impl Draft {
    /// Its kind.
    ///
    /// # Errors
    /// When this program doesn't know it.
    pub fn kind(&self) -> Result<&'static Kind, WorkError> {
        kind_named(&self.kind)
    }

    /// What stands beside the answers under that name.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&str> {
        self.beside.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Says something beside the answers; nothing takes it back.
    pub fn say(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.beside.remove(name);
        } else {
            self.beside.insert(name.to_owned(), text.to_owned());
        }
    }

    fn given(&self, kind: &Kind, now: i64) -> Result<Given, WorkError> {
        let mut given = Given::at(now);
        given.document(kind, Json::Object(self.answers.clone()));
        given.checked(kind)
    }

    /// Its answers as far as they can be read.
    ///
    /// # Errors
    /// A kind that this program doesn't know.
    pub fn readable(&self, now: i64) -> Result<Answers, WorkError> {
        let mut given = Given::at(now);
        given.document(self.kind()?, Json::Object(self.answers.clone()));
        Ok(given.answers)
    }

    /// Everything that is wrong with its answers.
    ///
    /// # Errors
    /// A kind that this program doesn't know.
    pub fn faults(&self, now: i64) -> Result<Vec<AnswerFault>, WorkError> {
        let kind = self.kind()?;
        let mut faults = match self.given(kind, now) {
            Ok(given) => {
                let mut faults = demanded(kind, &given);
                faults.extend(times(kind, &given, now));
                faults
            }
            Err(WorkError::Answers(faults)) => faults,
            Err(error) => return Err(error),
        };
        let documents = kind.documents_field().filter(|field| field.required);
        if let Some(field) = documents.filter(|_| self.files.is_empty()) {
            faults.push(AnswerFault::Missing { field: field.name, ask: field.ask });
        }
        let decides = kind.clear == Clear::Decision && !self.answers.contains_key("decision");
        if decides {
            let ask = probity_ledger::records::form::DECISION_ASK;
            faults.push(AnswerFault::Missing { field: "decision", ask });
        }
        Ok(faults)
    }

    fn exception(&self) -> Option<Exception> {
        let by = self.said(RATIFY_BY);
        let written = |text: &str| time::read_date(text).map(|day| day.to_string());
        Some(Exception {
            rule: self.said(EXCEPTION)?.to_owned(),
            reason: self.said(REASON).unwrap_or_default().to_owned(),
            ratify_role: self.said(RATIFY_ROLE).unwrap_or_default().to_owned(),
            ratify_by: by.map(|text| written(text).unwrap_or_else(|| text.to_owned())),
        })
    }
}

/// What else must be answered: whoever overrules the data protection officer says why, and who;
/// whoever leaves the regulator or the people concerned untold of a risk says why.
fn demanded(kind: &Kind, given: &Given) -> Vec<AnswerFault> {
    let said = &given.answers;
    let mut names: Vec<&str> = Vec::new();
    if kind.name == "dpia-approval" && said.truth("advice-followed") == Some(false) {
        names.extend(["overruled-reasons", "overruled-by"]);
    }
    if kind.name == "breach-decision" {
        let risk = matches!(said.text("risk"), Some("likely" | "high"));
        if risk && said.truth("notify-regulator") == Some(false) {
            names.push("justification");
        }
        if said.text("tell-people") == Some("exempt") {
            names.push("exemption");
        }
    }
    names
        .into_iter()
        .filter_map(|name| kind.field(name))
        .filter(|field| given.answers.lacks(field.name))
        .map(|field| AnswerFault::Missing { field: field.name, ask: field.ask })
        .collect()
}

/// Questions about what has happened.
const PAST: &[&str] =
    &["aware", "told-at", "received", "footage-from", "footage-to", "viewed-from", "viewed-to"];

/// What has happened is not still to come, and ends after it begins. On record either would be a
/// finding; a slip is told where it is typed.
fn times(kind: &Kind, given: &Given, now: i64) -> Vec<AnswerFault> {
    let said = &given.answers;
    let today = time::iso_day(now).parse().ok();
    let mut faults = Vec::new();
    let mut wrong = |field: &str, reason: String| {
        faults.push(AnswerFault::Form { field: field.to_owned(), reason });
    };
    for name in PAST.iter().filter(|name| kind.field(name).is_some()) {
        let later = match said.integer(name) {
            Some(at) => at > now,
            None => said.day(name).zip(today).is_some_and(|(day, today)| day > today),
        };
        if later {
            wrong(name, format!("this is still to come; it is {} now", time::words(now)));
        }
    }
    for (from, to) in [("footage-from", "footage-to"), ("viewed-from", "viewed-to")] {
        if said.integer(from).zip(said.integer(to)).is_some_and(|(from, to)| to < from) {
            wrong(to, "the end is before the beginning".to_owned());
        }
    }
    faults
}

/// What only the record as a whole shows to be lacking: that it says what it is on, and whether the
/// data protection officer's advice is followed where it stands against what is decided.
fn unsaid(reading: &Reading, prepared: &Prepared) -> Result<(), WorkError> {
    let draft = prepared.record();
    let (kind, answers) = (draft.kind, &draft.answers);
    let missing = |name: &str| {
        let field = kind.field(name);
        let faults = field.map(|field| AnswerFault::Missing { field: field.name, ask: field.ask });
        Err(WorkError::Answers(faults.into_iter().collect()))
    };
    let pointing = draft.links.iter().any(|(relation, _)| POINTING.contains(relation));
    if ON_SOMETHING.contains(&kind.name) && prepared.documents.is_empty() && !pointing {
        return missing("documents");
    }
    if answers.lacks("advice-followed")
        && kind.field("advice-followed").is_some()
        && sign::is_against_advice(reading, prepared)?
    {
        return missing("advice-followed");
    }
    Ok(())
}

/// The drafts of a home.
#[derive(Clone, Debug)]
pub struct Drafts {
    home: Home,
}

impl Drafts {
    /// Those of a home.
    #[must_use]
    pub fn of(home: &Home) -> Self {
        Self { home: home.clone() }
    }

    fn all(&self) -> PathBuf {
        self.home.page().join("drafts")
    }

    fn folder(&self, id: &str) -> Result<PathBuf, WorkError> {
        let whole = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if whole { Ok(self.all().join(id)) } else { Err(gone()) }
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// Too many already; what the system says.
    pub fn begin(
        &self,
        world: &World,
        owner: &str,
        kind: &Kind,
        answers: Map<String, Json>,
    ) -> Result<Draft, WorkError> {
        let _one = one();
        if self.list(world, owner)?.len() >= MOST {
            return Err(WorkError::refused(
                format!("you have {MOST} unsigned drafts"),
                "sign some of them, or throw some away",
            ));
        }
        let draft = Draft {
            id: hex::encode(world.random::<16>()?),
            kind: kind.name.to_owned(),
            owner: owner.to_owned(),
            changed: world.now(),
            answers,
            beside: BTreeMap::new(),
            files: Vec::new(),
            signing: None,
            signed: None,
        };
        self.keep(&draft)?;
        Ok(draft)
    }

    fn keep(&self, draft: &Draft) -> Result<(), WorkError> {
        let folder = self.folder(&draft.id)?;
        home::make_private_folder(&self.all())?;
        home::make_private_folder(&folder)?;
        let text = serde_json::to_vec(draft).map_err(|error| {
            WorkError::refused(format!("a draft can't be written: {error}"), "report this")
        })?;
        if text.len() as u64 > input::MAX_ANSWERS {
            return Err(WorkError::refused(
                "these answers are too long for one record",
                "put the long ones into a file, and attach it",
            ));
        }
        home::replace_private(&folder.join("draft.json"), &text)
    }

    /// A draft of this owner.
    ///
    /// # Errors
    /// When there is none, or it is damaged: another person's draft isn't there, either.
    pub fn open(&self, id: &str, owner: &str) -> Result<Draft, WorkError> {
        self.read(id, owner)?.map_err(|damaged| damaged.refused())
    }

    /// A draft of this owner, as far as it can be read.
    fn read(&self, id: &str, owner: &str) -> Result<Result<Draft, Damaged>, WorkError> {
        let path = self.folder(id)?.join("draft.json");
        let bytes = match input::bytes(&path, input::MAX_ANSWERS) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(gone()),
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let draft = match serde_json::from_slice::<Draft>(&bytes) {
            Ok(draft) => Ok(Draft { id: id.to_owned(), ..draft }),
            Err(error) => Err(Damaged::of(id, &bytes, &error).ok_or_else(gone)?),
        };
        let whose = match &draft {
            Ok(draft) => &draft.owner,
            Err(damaged) => &damaged.owner,
        };
        if whose == owner { Ok(draft) } else { Err(gone()) }
    }

    /// The names of all drafts, whosever they are.
    fn ids(&self) -> Result<Vec<String>, WorkError> {
        let all = self.all();
        let names = match std::fs::read_dir(&all) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(WorkError::file("reading", &all)(error)),
        };
        Ok(names.flatten().filter_map(|name| name.file_name().into_string().ok()).collect())
    }

    /// What this owner is writing, the newest first. What was signed more than a day ago is forgotten.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self, world: &World, owner: &str) -> Result<Vec<Draft>, WorkError> {
        let mut found = Vec::new();
        for id in self.ids()? {
            let Ok(draft) = self.open(&id, owner) else { continue };
            match draft.signed {
                Some(_) if world.now() - draft.changed > REMEMBERED => self.remove(&id)?,
                Some(_) => {}
                None => found.push(draft),
            }
        }
        found.sort_by_key(|draft| std::cmp::Reverse(draft.changed));
        Ok(found)
    }

    /// Changes a draft.
    ///
    /// # Errors
    /// No such draft, one that was signed, what `change` says.
    pub fn change(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        change: impl FnOnce(&mut Draft) -> Result<(), WorkError>,
    ) -> Result<Draft, WorkError> {
        let _one = one();
        let mut draft = self.open(id, owner)?;
        if let Some(entry) = draft.signed {
            return Err(WorkError::refused(
                format!("this draft was signed, as record {entry}"),
                "to change what it says, record a correction",
            ));
        }
        change(&mut draft)?;
        draft.changed = world.now();
        self.keep(&draft)?;
        Ok(draft)
    }

    /// Throws a draft away, a damaged one, too.
    ///
    /// # Errors
    /// No such draft; what the system says.
    pub fn throw_away(&self, id: &str, owner: &str) -> Result<(), WorkError> {
        let _one = one();
        drop(self.read(id, owner)?);
        self.remove(id)
    }

    fn remove(&self, id: &str) -> Result<(), WorkError> {
        let folder = self.folder(id)?;
        std::fs::remove_dir_all(&folder).map_err(WorkError::file("removing", &folder))
    }

    /// Where a file of a draft lies.
    ///
    /// # Errors
    /// No such file.
    pub fn file(&self, draft: &Draft, number: u32) -> Result<(&'static str, PathBuf), WorkError> {
        let file = draft.files.iter().find(|file| file.number == number).ok_or_else(|| {
            WorkError::refused("this draft has no such file", "look at the draft again")
        })?;
        let path = self.place(&draft.id, file)?;
        Ok((super::document::media_type(&file.name), path))
    }

    fn place(&self, id: &str, file: &Attachment) -> Result<PathBuf, WorkError> {
        let name = Path::new(&file.name).file_name().ok_or_else(gone)?;
        Ok(self.folder(id)?.join("files").join(file.number.to_string()).join(name))
    }

    /// Takes a file into a draft: it is moved from where it lies.
    ///
    /// # Errors
    /// One that is there already, or can't be attached; what the system says.
    pub fn take(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        name: &str,
        from: &Path,
    ) -> Result<Draft, WorkError> {
        let (size, sha256) = super::document::hash_file(from)?;
        self.change(world, (id, owner), |draft| {
            if draft.files.iter().any(|known| known.sha256 == sha256.to_string()) {
                return Ok(());
            }
            let number = draft.files.iter().map(|file| file.number + 1).max().unwrap_or(0);
            let sha256 = sha256.to_string();
            let file = Attachment { number, name: name.to_owned(), size, sha256 };
            let to = self.place(id, &file)?;
            if let Some(folder) = to.parent() {
                for folder in folder.parent().into_iter().chain([folder]) {
                    home::make_private_folder(folder)?;
                }
            }
            std::fs::rename(from, &to).map_err(WorkError::file("moving", &to))?;
            draft.files.push(file);
            Ok(())
        })
    }

    /// Takes a file into a draft that an earlier record keeps.
    ///
    /// # Errors
    /// As [`Drafts::take`].
    pub fn take_bytes(
        &self,
        world: &World,
        whose: (&str, &str),
        name: &str,
        bytes: &[u8],
    ) -> Result<Draft, WorkError> {
        let uploads = self.home.page().join("uploads");
        let path = uploads.join(format!("{}.upload", hex::encode(world.random::<16>()?)));
        home::replace_private(&path, bytes)?;
        let taken = self.take(world, whose, name, &path);
        // Moved, or of no use.
        let _ = std::fs::remove_file(&path);
        taken
    }

    /// Takes a file out of a draft.
    ///
    /// # Errors
    /// No such draft or file.
    pub fn leave_out(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        number: u32,
    ) -> Result<Draft, WorkError> {
        self.change(world, (id, owner), |draft| {
            let (_, path) = self.file(draft, number)?;
            draft.files.retain(|file| file.number != number);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    Err(WorkError::file("removing", &path)(error))
                }
                _ => Ok(()),
            }
        })
    }

    /// What it asks to be recorded, as its owner's or under another key.
    ///
    /// # Errors
    /// Every fault in its answers.
    pub fn wanted(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        by: &str,
    ) -> Result<Wanted, WorkError> {
        let (kind, now) = (draft.kind()?, world.now());
        let faults = draft.faults(now)?;
        if !faults.is_empty() {
            return Err(WorkError::Answers(faults));
        }
        let given = draft.given(kind, now)?;
        let mut wanted = Wanted::new(kind, by);
        wanted.role = draft.said(ROLE).filter(|_| by == draft.owner).map(str::to_owned);
        wanted.case = given.case.unwrap_or(CaseChoice::Unsaid);
        wanted.decision = given.decision;
        wanted.answers = given.answers;
        wanted.links = given.links;
        wanted.exception = draft.exception();
        wanted.date_confirmed = draft.said(DATE).is_some();
        let places = draft.files.iter().map(|file| self.place(&draft.id, file));
        wanted.attach = places.collect::<Result<_, _>>()?;
        if kind.clear == Clear::ClockCorrection {
            let entry = draft.said(ENTRY).ok_or_else(|| {
                WorkError::refused("it is not said which record's time is wrong", "give its number")
            })?;
            let entry = reading.resolve(entry)?;
            let reason = draft.said(CLOCK).unwrap_or("other").to_owned();
            wanted.clear = Some(ClearFields::ClockCorrection { entry, reason });
            if wanted.links.is_empty() {
                let about = probity_ledger::records::kind::Relation::About;
                wanted.links.push((about, entry.to_string()));
            }
        }
        if sign::KINDS.contains(&kind.name) && !draft.files.is_empty() {
            as_document_signature(reading, draft, &mut wanted)?;
        }
        Ok(wanted)
    }

    /// Prepares what it asks for, to be shown.
    ///
    /// # Errors
    /// As [`Drafts::wanted`] and [`prepare`](fn@prepare).
    pub fn prepare(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        by: &str,
    ) -> Result<Prepared, WorkError> {
        self.prepare_wanted(world, reading, &self.wanted(world, reading, draft, by)?)
    }

    /// The same of what [`Drafts::wanted`] gave.
    ///
    /// # Errors
    /// As [`crate::work::record::prepare`].
    pub fn prepare_wanted(
        &self,
        world: &World,
        reading: &Reading,
        wanted: &Wanted,
    ) -> Result<Prepared, WorkError> {
        let keyring = Keyring::of(&self.home);
        let prepared = match wanted.kind.clear {
            Clear::LogKey => log_key::prepare(world, reading, &keyring, wanted),
            _ => prepare(world, reading, &keyring, wanted),
        }?;
        unsaid(reading, &prepared)?;
        Ok(prepared)
    }
}

/// A signature on files has its wording, and the case in which they were signed before.
fn as_document_signature(
    reading: &Reading,
    draft: &Draft,
    wanted: &mut Wanted,
) -> Result<(), WorkError> {
    let kind = wanted.kind;
    if let (Some(decision), true, true) =
        (wanted.decision, wanted.answers.lacks("wording"), kind.field("wording").is_some())
    {
        let wording = sign::wording(kind.name, decision, draft.files.len());
        let wording = probity_ledger::format::cbor::Value::text(wording);
        wanted.answers.set("wording", wording);
    }
    if wanted.case == CaseChoice::Unsaid && kind.name != "approval" {
        let hashes: Vec<Sha256Hash> = wanted
            .attach
            .iter()
            .map(|path| Ok(super::document::hash_file(path)?.1))
            .collect::<Result<_, WorkError>>()?;
        wanted.case = sign::case_of_files(reading, &hashes)?;
    }
    Ok(())
}

fn one() -> MutexGuard<'static, ()> {
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone() -> WorkError {
    WorkError::refused(
        "there is no such draft of yours here",
        "your drafts are listed where you begin a record",
    )
}

#[cfg(test)]
mod tests;
