//! From what was prepared to signed entries in the store.

use std::collections::HashMap;

use probity_keys::{PreparedKey, PublicKey, Sign, Signer, signing};
use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge::{self, Trusting, Which};
use probity_ledger::format::body::{Body, MAX_BODY, Opening};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{
    Entry, Header, Link, MAX_ENTRY, Payload, Subject, assemble, is_governance, sig_structure,
};
use probity_ledger::format::hash::{Commitment, EntryHash, Index, Size};
use probity_ledger::format::tree::leaf_hash;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::verify::look::{BodyState, Looked, Signers};

use super::desk::Desk;
use super::erase;
use super::reading::Reading;
use super::{WorkError, World};
use crate::parallel;
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
    /// Its links. [`LinkTo::Before`] and [`LinkTo::First`] name drafts of the same batch.
    pub links: Vec<(Relation, LinkTo)>,
    /// What stands in clear.
    pub clear: ClearFields,
    /// Its answers.
    pub answers: Answers,
    /// Files to be sealed beside it.
    pub attachments: Vec<Attachment>,
    /// For a statement that is entered: what opens *its* commitments. The entry has none.
    pub openings: Option<Body>,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTo {
    /// An entry of the ledger.
    Entry(EntryHash),
    /// The draft directly before in the same batch.
    Before,
    /// The first draft of the batch, however many frames it has.
    First,
}

impl Draft {
    /// The entries that stand already and that it links.
    #[must_use]
    pub fn linked_entries(&self) -> Vec<(Relation, EntryHash)> {
        let links = self.links.iter().filter_map(|(relation, to)| match to {
            LinkTo::Entry(hash) => Some((*relation, *hash)),
            LinkTo::Before | LinkTo::First => None,
        });
        links.collect()
    }
}

/// Where the chain stands while a batch is composed.
#[derive(Debug)]
pub struct Chain {
    place: Place,
    judge: Judge,
}

/// Where the next entry goes.
#[derive(Debug)]
struct Place {
    head: Head,
    gov: EntryHash,
    cases: HashMap<Subject, Option<EntryHash>>,
    /// The first entry that was signed from here on.
    first: Option<EntryHash>,
}

/// Judges what was signed as any verifier would.
#[derive(Debug)]
struct Judge {
    authority: Option<Authority>,
    signers: Signers,
}

/// An entry that was signed and judged, and what is stored with it.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The entry.
    pub entry: Entry,
    new: NewEntry,
}

/// An entry that was signed, and that nobody has looked at yet.
struct Unjudged {
    entry: Vec<u8>,
    body: Vec<u8>,
    attachments: Vec<Attachment>,
}

impl Chain {
    /// The chain of a ledger that is about to begin.
    #[must_use]
    pub fn empty() -> Self {
        let place =
            Place { head: Head::EMPTY, gov: EntryHash::ZERO, cases: HashMap::new(), first: None };
        Self { place, judge: Judge { authority: None, signers: Signers::default() } }
    }

    /// The chain as an open ledger has it, with the heads of the cases that the drafts name.
    ///
    /// # Errors
    /// Damage.
    pub fn of<'a>(
        reading: &Reading,
        drafts: impl IntoIterator<Item = &'a Draft>,
    ) -> Result<Self, WorkError> {
        let mut cases = HashMap::new();
        for draft in drafts {
            if !cases.contains_key(&draft.subject) {
                cases.insert(draft.subject.clone(), reading.case_head(&draft.subject)?);
            }
        }
        let place = Place { head: reading.store.head(), gov: reading.gov, cases, first: None };
        let authority = Some(reading.authority.clone());
        Ok(Self { place, judge: Judge { authority, signers: Signers::default() } })
    }

    /// The head before anything of the batch.
    #[must_use]
    pub fn head(&self) -> Head {
        self.place.head
    }

    /// Signs a draft as the next entry, judges it as any verifier would, and moves on.
    ///
    /// # Errors
    /// An entry that is too large, or would not be genuine.
    ///
    /// # Panics
    /// Never: what was judged is there.
    pub fn sign(
        &mut self,
        world: &World,
        draft: &Draft,
        origin: &str,
        key: &dyn Signer,
        time: i64,
    ) -> Result<Signed, WorkError> {
        let body = commit(world, draft)?;
        let signed =
            signing(key, |sign| self.place.sign(draft, body, origin, key.public(), sign, time))?;
        let mut judged = self.judge.check(vec![signed])?;
        Ok(judged.pop().expect("one was judged"))
    }
}

impl Place {
    /// Signs drafts as the next entries.
    fn sign_all(
        &mut self,
        world: &World,
        drafts: &[&Draft],
        origin: &str,
        key: &dyn Signer,
        time: i64,
    ) -> Result<Vec<Unjudged>, WorkError> {
        // Salts, commitments and bodies don't depend on the chain.
        let committed = parallel::map(drafts.to_vec(), |draft| commit(world, draft));
        let drafts = drafts.iter().zip(committed);
        let public = key.public();
        signing(key, |sign| {
            drafts
                .map(|(draft, body)| self.sign(draft, body?, origin, public, sign, time))
                .collect()
        })
    }

    fn sign(
        &mut self,
        draft: &Draft,
        body: Committed,
        origin: &str,
        key: PublicKey,
        sign: &Sign<'_>,
        time: i64,
    ) -> Result<Unjudged, WorkError> {
        let links = draft
            .links
            .iter()
            .map(|(relation, to)| Link {
                rel: relation.name().to_owned(),
                entry: match to {
                    LinkTo::Entry(hash) => *hash,
                    LinkTo::Before => self.head.hash,
                    LinkTo::First => self.first.unwrap_or(self.head.hash),
                },
            })
            .collect();
        let header = Header {
            kid: key.kid(),
            origin: origin.to_owned(),
            subject: draft.subject.clone(),
            time,
        };
        let payload = Payload {
            seq: Index(self.head.size.0),
            prev: self.head.hash,
            gov: self.gov,
            case: self.cases.get(&draft.subject).copied().flatten(),
            kind: draft.kind.name.to_owned(),
            version: draft.kind.version,
            role: draft.role.clone(),
            links,
            clear: draft.clear.to_value(),
            body: body.commitments,
        };
        let (protected, payload) = (header.to_bytes(), payload.to_bytes());
        let signature = sign(&sig_structure(&protected, &payload))?;
        let entry = assemble(&protected, &payload, &signature);
        if entry.len() > MAX_ENTRY {
            return Err(WorkError::refused(
                format!(
                    "the entry would be {} bytes long, expected at most {MAX_ENTRY}",
                    entry.len()
                ),
                "link fewer entries",
            ));
        }
        let hash = leaf_hash(&entry);
        self.head = Head { size: Size(self.head.size.0 + 1), hash };
        self.first.get_or_insert(hash);
        if is_governance(draft.kind.name) {
            self.gov = hash;
        }
        if draft.subject.case().is_some() {
            self.cases.insert(draft.subject.clone(), Some(hash));
        }
        Ok(Unjudged { entry, body: body.bytes, attachments: draft.attachments.clone() })
    }
}

impl Judge {
    /// Looks at everything as it will be read, and lets nothing through that a verifier would
    /// find fault with.
    fn check(&mut self, entries: Vec<Unjudged>) -> Result<Vec<Signed>, WorkError> {
        let mut looked = parallel::map(entries, |new| {
            let looked = Looked::at(new.entry, |_| BodyState::Open(new.body.clone()));
            (looked, new.body, new.attachments)
        });
        if let Some(authority) = &self.authority {
            self.signers.learn(authority);
        }
        let busy = self.signers.count(looked.iter().map(|(looked, ..)| looked));
        self.signers.keep(busy.into_iter().map(PreparedKey::new).collect());
        let signers = &self.signers;
        parallel::change(&mut looked, 512, |some| {
            signers.check(some.iter_mut().map(|(looked, ..)| looked));
        });
        let judged = looked.into_iter().map(|(looked, body, attachments)| {
            let entry = looked.parsed()?;
            let check = |which: Which, key: &PublicKey| looked.check(which, key);
            judge::judge_with(&mut self.authority, entry, &Trusting, &check)?;
            looked.opened()?;
            let new = NewEntry { entry: entry.bytes().to_vec(), body, attachments };
            Ok(looked.into_entry().map(|entry| Signed { entry, new }))
        });
        Ok(judged.collect::<Result<Vec<_>, WorkError>>()?.into_iter().flatten().collect())
    }
}

impl Signed {
    /// What goes into the store.
    #[must_use]
    pub fn into_new(self) -> NewEntry {
        self.new
    }
}

/// The answers, sealed into commitments, and the body that opens them.
struct Committed {
    commitments: Vec<(String, Commitment)>,
    bytes: Vec<u8>,
}

/// Commits to every field of the kind, each with a fresh salt.
fn commit(world: &World, draft: &Draft) -> Result<Committed, WorkError> {
    if let Some(body) = &draft.openings {
        return Ok(Committed { commitments: Vec::new(), bytes: body.to_bytes() });
    }
    let mut salts = vec![[0; 32]; draft.kind.body_fields().count()];
    world.fill(salts.as_flattened_mut())?;
    let body = Body::new(draft.kind.body_fields().zip(salts).map(|(field, salt)| {
        let value = draft.answers.get(field.name).cloned().unwrap_or(Value::Null);
        (field.name.to_owned(), Opening::new(salt, value))
    }));
    let bytes = body.to_bytes();
    if bytes.len() > MAX_BODY {
        return Err(WorkError::refused(
            format!("the answers are {} bytes long, expected at most {MAX_BODY}", bytes.len()),
            "put long text into a file and attach it",
        ));
    }
    let commitments =
        body.iter().map(|(name, opening)| (name.to_owned(), opening.commitment(name))).collect();
    Ok(Committed { commitments, bytes })
}

/// Refuses a clock that can't be right in view of the newest entry.
///
/// # Errors
/// When it is more than five minutes behind, or more than 30 days ahead and not `confirmed`.
pub(crate) fn check_clock(
    desk: &mut Desk<'_>,
    kind: &Kind,
    now: i64,
    confirmed: bool,
) -> Result<(), WorkError> {
    let head = desk.reading.store.head();
    let Some(last) = head.size.0.checked_sub(1) else { return Ok(()) };
    if kind.name == "clock-correction" {
        return Ok(());
    }
    let newest = desk.record(Index(last))?;
    // By the clocks on which the chain was written: what was signed elsewhere is older.
    let time = newest.entry.own_words().time;
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
    key: &dyn Signer,
) -> Result<Vec<Entry>, WorkError> {
    let appended = append_all(world, reading, &[drafts.iter().collect()], key)?;
    appended.failed.map_or(Ok(appended.entries), Err)
}

/// What became of several frames.
#[derive(Debug)]
pub struct Appended {
    /// The entries of the frames that were written.
    pub entries: Vec<Entry>,
    /// Whether one of them completed an erasure, which was carried out.
    pub erased: bool,
    /// Why the rest was not: nothing of the frame that failed was written, nor of a later one.
    pub failed: Option<WorkError>,
}

/// How many drafts are signed while those before them are judged and written.
const TASK: usize = 1024;

/// Signs drafts one after another and appends each of `frames` as a frame. While one processor
/// signs, which must go in order, the others judge and seal what was signed before.
///
/// # Errors
/// Damage, before anything is signed.
pub fn append_all(
    world: &World,
    reading: &mut Reading,
    frames: &[Vec<&Draft>],
    key: &dyn Signer,
) -> Result<Appended, WorkError> {
    let time = world.now();
    let Chain { mut place, judge } = Chain::of(reading, frames.iter().flatten().copied())?;
    let origin = reading.authority.origin.clone();
    let mut writing = Writing {
        head: place.head,
        judge,
        frame: Vec::new(),
        appended: Appended { entries: Vec::new(), erased: false, failed: None },
        reading,
    };
    let mut sign = |drafts| place.sign_all(world, drafts, &origin, key, time);
    let mut tasks = frames.iter().flat_map(|frame| {
        let last = frame.chunks(TASK).count();
        (1..).zip(frame.chunks(TASK)).map(move |(nth, drafts)| (drafts, nth == last))
    });
    let mut next = tasks.next().map(|(drafts, ends)| (sign(drafts), ends));
    while let Some((signed, ends)) = next.take() {
        let (following, done) = match tasks.next() {
            Some((drafts, last)) => {
                rayon::join(|| Some((sign(drafts), last)), || writing.take(signed, ends))
            }
            None => (None, writing.take(signed, ends)),
        };
        match done {
            Ok(()) => next = following,
            Err(error) => writing.appended.failed = Some(error),
        }
    }
    Ok(writing.appended)
}

/// A batch that is being written.
struct Writing<'a> {
    reading: &'a mut Reading,
    head: Head,
    judge: Judge,
    frame: Vec<Signed>,
    appended: Appended,
}

impl Writing<'_> {
    /// Takes up what was signed, and writes the frame if this ends it.
    fn take(
        &mut self,
        signed: Result<Vec<Unjudged>, WorkError>,
        ends: bool,
    ) -> Result<(), WorkError> {
        self.frame.extend(self.judge.check(signed?)?);
        if !ends {
            return Ok(());
        }
        let (entries, new): (Vec<Entry>, Vec<NewEntry>) =
            self.frame.drain(..).map(|signed| (signed.entry, signed.new)).unzip();
        let authority = self.judge.authority.as_ref().unwrap_or(&self.reading.authority);
        let bodies = new.iter().map(|new| new.body.as_slice());
        let frame: Vec<(&Entry, &[u8])> = entries.iter().zip(bodies).collect();
        let erase = erase::completed(self.reading, authority, &frame)?;
        self.appended.erased |= !erase.is_empty();
        self.head = if erase.is_empty() {
            self.reading.store.append(self.head, new)?
        } else {
            self.reading.store.append_erasing(self.head, new, erase)?
        };
        if let Some(last) = entries.iter().rfind(|entry| entry.is_governance()) {
            self.reading.gov = last.hash();
            self.reading.authority.clone_from(self.judge.authority.as_ref().ok_or_else(|| {
                WorkError::refused("the record book is empty", "run `probity verify`")
            })?);
        }
        self.appended.entries.extend(entries);
        Ok(())
    }
}
