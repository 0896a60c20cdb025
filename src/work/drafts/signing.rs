//! Signing a draft once, and only if it still says what its author was shown.
//!
//! Before anything is written, the draft keeps the digests of what is going to be: after a crash,
//! only an entry that says just that is the draft's own, whatever else was signed since.

use probity_keys::Kid;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records::kind::{Clear, Kind, Relation};
use serde::{Deserialize, Serialize};

use super::{DATE, Draft, Drafts, one};
use crate::store::{Mode, Store as _, Term};
use crate::work::compose::{self, LinkTo};
use crate::work::elsewhere::{self, Wish};
use crate::work::keyring::Keyring;
use crate::work::reading::{Reading, Record};
use crate::work::record::{self, Prepared, Written, log_key};
use crate::work::{WorkError, World};

/// What a signature that began was to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Begun {
    /// How many entries the record book had.
    size: u64,
    /// The digest of what the draft said.
    draft: String,
    /// The digest of each entry that was to follow, in their order.
    entries: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It was signed.
    Signed(Written),
    /// It was signed before, as this entry.
    Already(Index),
    /// Somebody signed something meanwhile that it builds on: it has to be looked at again.
    Changed,
}

impl Drafts {
    /// Signs a draft that its owner was shown with this digest ([`record::Prepared::digest`]).
    ///
    /// # Errors
    /// As [`Drafts::prepare`] and [`record::sign`]; a draft that was changed after an interrupted
    /// signature had written it. Nothing is written then.
    pub fn sign(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        shown: &str,
        key: &probity_keys::SigningKey,
    ) -> Result<Outcome, WorkError> {
        let _one = one();
        let mut draft = self.open(id, owner)?;
        if let Some(entry) = draft.signed {
            return Ok(Outcome::Already(Index(entry)));
        }
        let reading = Reading::open(&self.home, &Mode::Browse)?;
        if written_before(&reading, &draft)?.is_some() {
            drop(reading);
            return self.take_up(world, draft);
        }
        let prepared = self.prepare(world, &reading, &draft, owner)?;
        if prepared.digest() != shown {
            return Ok(Outcome::Changed);
        }
        self.begin_signing(&mut draft, &reading, &prepared)?;
        drop(reading);
        let written = match prepared.record().kind.clear {
            Clear::LogKey => log_key::sign(world, &self.home, prepared, key),
            _ => record::sign(world, &self.home, &prepared, key),
        }?;
        if let Some(entry) = written.entries.last() {
            // The entry stands, whatever becomes of its draft.
            let _ = self.forget(world, draft, entry.index());
        }
        Ok(Outcome::Signed(written))
    }

    /// Ends a signature that was interrupted once it had written the draft's entry.
    fn take_up(&self, world: &World, draft: Draft) -> Result<Outcome, WorkError> {
        // What a reader finds may be no further than in memory. A writer syncs what it finds, and
        // only then may the draft, the last other copy, be forgotten.
        let reading = record::open_for_writing(&self.home, "a signature", world)?;
        let Some((begun, entry)) = written_before(&reading, &draft)? else {
            return Ok(Outcome::Changed);
        };
        if begun.draft != draft.digest() {
            return Err(WorkError::refused(
                format!("this draft was signed as record {entry}, and was changed after that"),
                "to change what the record says, record a correction, and throw this draft away",
            ));
        }
        // That no checkpoint can be given out takes nothing from the entry.
        let _ = record::close(reading, &Keyring::of(&self.home));
        self.forget(world, draft, entry)?;
        Ok(Outcome::Already(entry))
    }

    /// A crash between here and the end is seen by what is there then.
    pub(super) fn begin_signing(
        &self,
        draft: &mut Draft,
        reading: &Reading,
        prepared: &Prepared,
    ) -> Result<(), WorkError> {
        let digest = |one| Saying::to_come(one, prepared.kid()).digest();
        let entries = prepared.drafts.iter().map(digest).collect();
        draft.signing = Some(Begun { size: reading.size().0, draft: draft.digest(), entries });
        self.keep(draft)
    }

    /// Keeps of a draft the number of its entry alone.
    fn forget(&self, world: &World, mut draft: Draft, entry: Index) -> Result<(), WorkError> {
        draft.signed = Some(entry.0);
        draft.changed = world.now();
        draft.answers.clear();
        draft.beside.clear();
        draft.files.clear();
        draft.signing = None;
        self.keep(&draft)?;
        let files = self.folder(&draft.id)?.join("files");
        match std::fs::remove_dir_all(&files) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(WorkError::file("removing", &files)(error))
            }
            _ => Ok(()),
        }
    }

    /// Makes a request of a draft, for somebody whose key lies elsewhere: the file to give to them.
    ///
    /// # Errors
    /// As [`Drafts::prepare`] and [`elsewhere::make_request`].
    pub fn request(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        signer: &str,
    ) -> Result<Vec<u8>, WorkError> {
        let prepared = self.prepare(world, reading, draft, signer)?;
        let practice = self.home.config()?.practice;
        let wish = Wish { days: elsewhere::DAYS, practice };
        let uploads = self.home.page().join("uploads");
        crate::work::home::make_private_folder(&uploads)?;
        let to = uploads.join(format!("{}.request", hex::encode(world.random::<16>()?)));
        let made = elsewhere::make_request(world, &self.home, reading, &prepared, wish, &to)
            .and_then(|_| elsewhere::read_request(&to));
        // A copy waits among the requests; this one goes to whoever asked.
        let _ = std::fs::remove_file(&to);
        made
    }
}

impl Draft {
    /// The digest of what it says.
    fn digest(&self) -> String {
        let beside: Vec<_> = self.beside.iter().filter(|(name, _)| *name != DATE).collect();
        let whole = serde_json::to_vec(&(&self.kind, &self.answers, beside, &self.files));
        Sha256Hash::of(&whole.unwrap_or_default()).to_string()
    }
}

/// What an entry says, whatever the salts of its answers are.
struct Saying<'a> {
    kid: Kid,
    kind: &'static Kind,
    subject: &'a Subject,
    role: &'a str,
    links: Vec<Value>,
    clear: Value,
    answers: Vec<Value>,
}

impl<'a> Saying<'a> {
    /// What is to be signed with this key.
    fn to_come(draft: &'a compose::Draft, kid: Kid) -> Self {
        let link = |(relation, to): &(Relation, LinkTo)| match to {
            LinkTo::Entry(hash) => link(relation.name(), Some(hash)),
            LinkTo::Before | LinkTo::First => link(relation.name(), None),
        };
        let answer = |name: &str| draft.answers.get(name).cloned().unwrap_or(Value::Null);
        Self {
            kid,
            kind: draft.kind,
            subject: &draft.subject,
            role: &draft.role,
            links: draft.links.iter().map(link).collect(),
            clear: draft.clear.to_value(),
            answers: draft.kind.body_fields().map(|field| answer(field.name)).collect(),
        }
    }

    /// What somebody signed who had signed `before` in the same batch; `None` if not all of it can
    /// be read.
    fn of(record: &'a Record, before: Option<EntryHash>) -> Option<Self> {
        let (kind, body) = (record.kind?, record.body.as_ref()?);
        let (own, subject) = (record.entry.own_words(), record.entry.subject());
        let links = own.links.iter().map(|to| {
            let known = Some(to.entry) != before;
            link(&to.rel, known.then_some(&to.entry))
        });
        let answer = |name: &str| body.get(name).map(|opening| opening.value.clone());
        Some(Self {
            kid: own.kid,
            kind,
            subject,
            role: own.role,
            links: links.collect(),
            clear: own.clear.clone(),
            answers: kind.body_fields().map(|field| answer(field.name)).collect::<Option<_>>()?,
        })
    }

    fn digest(self) -> String {
        let Self { kid, kind, subject, role, links, clear, answers } = self;
        // A new log key is made while its record is signed.
        let clear = if kind.clear == Clear::LogKey { Value::Null } else { clear };
        let whole = Value::Array(vec![
            Value::text(kid.to_string()),
            Value::text(kind.name),
            Value::text(kind.version.to_string()),
            Value::text(subject.as_str()),
            Value::text(role),
            Value::Array(links),
            clear,
            Value::Array(answers),
        ]);
        Sha256Hash::of(&whole.to_bytes()).to_string()
    }
}

/// A link; to nothing, if to the entry directly before in the same batch.
fn link(relation: &str, to: Option<&EntryHash>) -> Value {
    let to = to.map_or(Value::Null, |hash| Value::bytes(hash.0));
    Value::Array(vec![Value::text(relation), to])
}

/// The entry that a signature wrote which was interrupted before its draft was forgotten, and how
/// it began.
fn written_before<'a>(
    reading: &Reading,
    draft: &'a Draft,
) -> Result<Option<(&'a Begun, Index)>, WorkError> {
    let Some(begun) = &draft.signing else { return Ok(None) };
    let of_kind = reading.store.lookup(&Term::Kind(draft.kind.clone()))?;
    let found = of_kind.into_iter().find(|last| is_there(reading, begun, *last));
    Ok(found.map(|entry| (begun, entry)))
}

/// Whether what began is there, and ends with this entry. What can't be read is something else.
fn is_there(reading: &Reading, begun: &Begun, last: Index) -> bool {
    let first = (last.0 + 1).checked_sub(begun.entries.len() as u64);
    let Some(first) = first.filter(|first| *first >= begun.size && *first <= last.0) else {
        return false;
    };
    let mut before = None;
    begun.entries.iter().zip(first..).all(|(wanted, index)| {
        let Ok(record) = reading.record(Index(index)) else { return false };
        let same = Saying::of(&record, before).is_some_and(|said| said.digest() == *wanted);
        before = Some(record.entry.hash());
        same
    })
}
