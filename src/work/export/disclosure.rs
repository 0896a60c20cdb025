//! Which answers go along, and why each of the others doesn't. Fields are withheld whole, since
//! that is what a commitment covers; a reason never tells what stood in one.

use std::collections::BTreeSet;

use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records;
use probity_ledger::records::kind::Field;

use super::named::{is_privileged, takes_references};
use super::person::Person;
use super::plan::Part;
use crate::work::WorkError;
use crate::work::erase::Explained;
use crate::work::reading::{Reading, Record};

/// Why a field of an entry that was not asked for stays out.
pub(super) const NOT_CHOSEN: &str = "not chosen: enclosed to prove order and authority";
/// Why a field stays out because the sender names it.
/// Of a name that goes along otherwise, since it tells who may sign.
const UNREADABLE: &str = "can't be opened";

const BY_SENDER: &str = "withheld by the sender";
/// Why the regulator doesn't get a reference.
const REFERENCE: &str = "subject reference, if there is any";
/// Why nobody gets legal advice by rule.
pub(super) const LEGAL_ADVICE: &str = "legal advice, if there is any";
/// Why nothing is disclosed of a kind whose fields aren't known.
pub(super) const UNKNOWN_KIND: &str = "a kind that this program doesn't know";

/// The rules of one bundle.
pub(super) struct Rules {
    sender: BySender,
    audience: ByAudience,
    explained: Explained,
}

/// The rules that come with whom a bundle is for.
pub(super) enum ByAudience {
    /// None.
    Anyone,
    /// No references of people, no legal advice.
    Regulator,
    /// Nothing of others.
    Subject(Person),
}

impl Rules {
    /// The rules of an audience, and what the sender withholds beside them.
    ///
    /// # Errors
    /// A field that no record has, or that the entry named with it hasn't.
    pub fn new(
        reading: &Reading,
        audience: ByAudience,
        withhold: &[String],
        explained: Explained,
    ) -> Result<Self, WorkError> {
        Ok(Self { sender: BySender::read(reading, withhold)?, audience, explained })
    }

    /// The complete erasures that name an entry, and what makes them complete.
    pub fn erasures(&self, index: Index) -> BTreeSet<Index> {
        self.explained.enclosed(index)
    }

    /// Refuses a field that the sender leaves out and that none of these entries would show: a
    /// misspelt one would go along unseen.
    pub fn refuse_idle(&self, parts: &[Part]) -> Result<(), WorkError> {
        let shows = |part: &Part, field: &str| {
            let there = part.record.entry.says().commitment(field).is_some();
            there && (part.chosen || shows_bare(&part.record, field))
        };
        let idle = |field: &str| !parts.iter().any(|part| shows(part, field));
        if let Some(field) = self.sender.everywhere.iter().find(|field| idle(field)) {
            return Err(WorkError::refused(
                format!("none of the chosen entries has a field `{field}`"),
                "see the fields of one with `probity show ENTRY`",
            ));
        }
        let idle = |(index, field): &&(Index, String)| {
            !parts.iter().any(|part| part.record.index() == *index && shows(part, field))
        };
        match self.sender.in_entry.iter().find(idle) {
            None => Ok(()),
            Some((index, field)) => Err(WorkError::refused(
                format!("`{field}` of entry {index} would not go along anyway"),
                "see what goes along with --dry-run",
            )),
        }
    }

    /// As [`refuse_unexplained`].
    pub fn refuse_unexplained(&self, record: &Record) -> Result<(), WorkError> {
        refuse_unexplained(&self.explained, record)
    }

    /// Why a field of an entry stays out; `None` when it goes along.
    pub fn withheld(&self, record: &Record, chosen: bool, field: &str) -> Option<String> {
        let held = record.body.as_ref().filter(|body| body.get(field).is_some());
        let Some(body) = held else {
            // What can't be opened without an erasure is refused where it is chosen.
            let why = self.explained.why(record.index(), field);
            let other = if shows_bare(record, field) { UNREADABLE } else { NOT_CHOSEN };
            return Some(why.unwrap_or_else(|| other.to_owned()));
        };
        if self.sender.covers(record.index(), field) {
            return Some(BY_SENDER.to_owned());
        }
        if !chosen {
            return (!shows_bare(record, field)).then(|| NOT_CHOSEN.to_owned());
        }
        let value = body.get(field).map_or(&Value::Null, |opening| &opening.value);
        let known = record.kind.and_then(|kind| kind.field(field));
        match (&self.audience, known) {
            (ByAudience::Anyone, _) => None,
            (_, None) => Some(UNKNOWN_KIND.to_owned()),
            (ByAudience::Regulator, Some(known)) => regulator(known).map(str::to_owned),
            (ByAudience::Subject(person), Some(known)) => {
                person.withheld(record, known, value).map(str::to_owned)
            }
        }
    }
}

/// Whether an answer goes along with an entry that nobody chose: who may sign is told by name.
fn shows_bare(record: &Record, field: &str) -> bool {
    let names = record.entry.is_governance() || record.entry.says().kind == "acceptance";
    names && field == "name"
}

/// Refuses an entry of which answers are missing that no complete erasure names: a bundle that
/// called them erased would be believed.
pub(super) fn refuse_unexplained(explained: &Explained, record: &Record) -> Result<(), WorkError> {
    if explained.all_missing(record) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!("the answers of entry {} can't be opened, and no erasure says why", record.index()),
        "run `probity verify`, and restore the newest backup that is intact",
    ))
}

/// Decided by the field and not by its answer, so that what is withheld tells nothing about it.
fn regulator(field: &Field) -> Option<&'static str> {
    if is_privileged(field) {
        Some(LEGAL_ADVICE)
    } else if takes_references(&field.form) {
        Some(REFERENCE)
    } else {
        None
    }
}

/// Fields that the sender names.
struct BySender {
    everywhere: BTreeSet<String>,
    in_entry: BTreeSet<(Index, String)>,
}

impl BySender {
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
                    if reading.record(index)?.entry.says().commitment(field).is_none() {
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
