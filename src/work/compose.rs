//! From what was prepared to signed entries in the store.

use std::collections::HashMap;

use probity_keys::SigningKey;
use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge::{self, Targets};
use probity_ledger::format::body::{Body, MAX_BODY, Opening};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{
    Entry, Header, Link, MAX_ENTRY, Payload, Subject, assemble, sig_structure,
};
use probity_ledger::format::hash::{EntryHash, Index};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Kind, Relation};

use super::reading::Reading;
use super::{WorkError, World};
use crate::store::{Attachment, Head, NewEntry, Store as _};

/// How far a clock may stand behind the previous entry, in seconds.
const MAX_BEHIND: i64 = 5 * 60;

/// How far it may be ahead of it without being confirmed, in seconds.
const MAX_AHEAD: i64 = 30 * 24 * 3600;

/// A record that is ready to be signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its kind.
    pub kind: &'static Kind,
    /// The ledger or a case.
    pub subject: Subject,
    /// The role in which it is signed.
    pub role: String,
    /// Its links. [`LinkTo::Before`] names the draft before it in the same batch.
    pub links: Vec<(Relation, LinkTo)>,
    /// What stands in clear.
    pub clear: ClearFields,
    /// Its answers.
    pub answers: Answers,
    /// Files to be sealed beside it.
    pub attachments: Vec<Attachment>,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTo {
    /// An entry of the ledger.
    Entry(EntryHash),
    /// The draft directly before in the same batch.
    Before,
}

/// Where the chain stands while a batch is composed.
#[derive(Clone, Debug)]
pub struct Chain {
    head: Head,
    gov: EntryHash,
    cases: HashMap<Subject, Option<EntryHash>>,
    authority: Option<Authority>,
}

/// An entry that was signed, and what is stored with it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The entry.
    pub entry: Entry,
    new: NewEntry,
}

impl Chain {
    /// The chain of a ledger that is about to begin.
    #[must_use]
    pub fn empty() -> Self {
        Self { head: Head::EMPTY, gov: EntryHash::ZERO, cases: HashMap::new(), authority: None }
    }

    /// The chain as an open ledger has it, with the heads of the cases that the drafts name.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, drafts: &[Draft]) -> Result<Self, WorkError> {
        let mut cases = HashMap::new();
        for draft in drafts {
            if !cases.contains_key(&draft.subject) {
                cases.insert(draft.subject.clone(), reading.case_head(&draft.subject)?);
            }
        }
        Ok(Self {
            head: reading.store.head(),
            gov: reading.gov,
            cases,
            authority: Some(reading.authority.clone()),
        })
    }

    /// The head before anything of the batch.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// Signs a draft as the next entry, judges it as any verifier would, and moves on.
    ///
    /// # Errors
    /// An entry that is too large, or would not be genuine.
    pub fn sign(
        &mut self,
        world: &World,
        draft: &Draft,
        origin: &str,
        key: &SigningKey,
        time: i64,
    ) -> Result<Signed, WorkError> {
        let body = seal_answers(world, draft)?;
        let links = draft
            .links
            .iter()
            .map(|(relation, to)| Link {
                rel: relation.name().to_owned(),
                entry: match to {
                    LinkTo::Entry(hash) => *hash,
                    LinkTo::Before => self.head.hash,
                },
            })
            .collect();
        let header = Header {
            kid: key.public().kid(),
            origin: origin.to_owned(),
            subject: draft.subject.clone(),
            time,
        };
        let payload = Payload {
            seq: Index(self.head.size.0),
            prev: self.head.hash,
            gov: self.gov,
            case: self.case_head(&draft.subject),
            kind: draft.kind.name.to_owned(),
            version: draft.kind.version,
            role: draft.role.clone(),
            links,
            clear: draft.clear.to_value(),
            body: body
                .iter()
                .map(|(name, opening)| (name.to_owned(), opening.commitment(name)))
                .collect(),
        };
        let (protected, payload) = (header.to_bytes(), payload.to_bytes());
        let signature = key.sign(&sig_structure(&protected, &payload));
        let bytes = assemble(&protected, &payload, &signature);
        if bytes.len() > MAX_ENTRY {
            return Err(WorkError::refused(
                format!(
                    "the entry would be {} bytes long, expected at most {MAX_ENTRY}",
                    bytes.len()
                ),
                "link fewer entries",
            ));
        }
        let entry = Entry::parse(&bytes).map_err(|fault| judge::entry_fault(&fault))?;
        judge::judge(&mut self.authority, &entry, &Trusted)?;
        let encoded = body.to_bytes();
        judge::open_body(&entry, &encoded)?;
        self.advance(&entry);
        let attachments = draft.attachments.clone();
        Ok(Signed { entry, new: NewEntry { entry: bytes, body: encoded, attachments } })
    }

    fn case_head(&self, subject: &Subject) -> Option<EntryHash> {
        self.cases.get(subject).copied().flatten()
    }

    fn advance(&mut self, entry: &Entry) {
        self.head = Head {
            size: probity_ledger::format::hash::Size(self.head.size.0 + 1),
            hash: entry.hash(),
        };
        if entry.is_governance() {
            self.gov = entry.hash();
        }
        let subject = &entry.header().subject;
        if subject.case().is_some() {
            self.cases.insert(subject.clone(), Some(entry.hash()));
        }
    }
}

impl Signed {
    /// What goes into the store.
    #[must_use]
    pub fn into_new(self) -> NewEntry {
        self.new
    }
}

/// Links were resolved in this ledger while the record was prepared.
struct Trusted;

impl Targets for Trusted {
    fn subject_before(&self, _: &EntryHash, _: Index) -> Result<Option<&str>, &'static str> {
        Ok(None)
    }
}

/// Commits to every field of the kind, each with a fresh salt.
fn seal_answers(world: &World, draft: &Draft) -> Result<Body, WorkError> {
    let mut fields = Vec::new();
    for field in draft.kind.body_fields() {
        let value = draft.answers.get(field.name).cloned().unwrap_or(Value::Null);
        fields.push((field.name.to_owned(), Opening::new(world.random()?, value)));
    }
    let body = Body::new(fields);
    let length = body.to_bytes().len();
    if length > MAX_BODY {
        return Err(WorkError::refused(
            format!("the answers are {length} bytes long, expected at most {MAX_BODY}"),
            "put long text into a file and attach it",
        ));
    }
    Ok(body)
}

/// Refuses a clock that can't be right in view of the newest entry.
///
/// # Errors
/// When it is more than five minutes behind, or more than 30 days ahead and not `confirmed`.
pub fn check_clock(
    reading: &Reading,
    kind: &Kind,
    now: i64,
    confirmed: bool,
) -> Result<(), WorkError> {
    let head = reading.store.head();
    let Some(last) = head.size.0.checked_sub(1) else { return Ok(()) };
    if kind.name == "clock-correction" {
        return Ok(());
    }
    let newest = reading.record(Index(last))?;
    let time = newest.entry.header().time;
    if now < time - MAX_BEHIND {
        return Err(WorkError::refused(
            format!(
                "this machine's clock says {}, but entry {last} was signed at {}",
                super::time::words(now),
                super::time::words(time)
            ),
            format!(
                "set the clock; if entry {last} carries the wrong time, record a clock-correction: \
                 `probity record clock-correction --entry {last} --reason TEXT`"
            ),
        ));
    }
    if now > time + MAX_AHEAD && !confirmed {
        return Err(WorkError::refused(
            format!(
                "this machine's clock says {}, more than 30 days after entry {last} ({})",
                super::time::words(now),
                super::time::words(time)
            ),
            "if the date is right, say so with --confirm-date; a wrong one stays for ever",
        ));
    }
    Ok(())
}

/// Signs drafts one after another and appends them as one frame.
///
/// # Errors
/// Anything [`Chain::sign`] refuses, a head that moved meanwhile, or the store's errors. Nothing
/// of the batch is written then.
pub fn append(
    world: &World,
    reading: &mut Reading,
    drafts: &[Draft],
    key: &SigningKey,
) -> Result<Vec<Entry>, WorkError> {
    let time = world.now();
    let mut chain = Chain::of(reading, drafts)?;
    let head = chain.head();
    let origin = reading.authority.origin.clone();
    let signed = drafts
        .iter()
        .map(|draft| chain.sign(world, draft, &origin, key, time))
        .collect::<Result<Vec<Signed>, WorkError>>()?;
    let entries = signed.iter().map(|signed| signed.entry.clone()).collect();
    reading.store.append(head, signed.into_iter().map(Signed::into_new).collect())?;
    reading.gov = chain.gov;
    if let Some(authority) = chain.authority {
        reading.authority = authority;
    }
    Ok(entries)
}
