//! Verification of a whole ledger: every entry in order, from its own bytes.
//!
//! The caller hands over what the journal holds, looked at ([`super::look`]), frame by frame;
//! index and tiles play no part.

use std::collections::BTreeMap;

use super::kept::Kept;
use super::known::Known;
use super::look::Looked;
use super::remembered::{Now, Remembered};
use super::since::{Around, Before, Since, Unproven};
use super::tally::{Tally, Unexplained};
use super::verdict::{AbsentDocument, Continuity, Outcome, Subject, Verdict};
use probity_keys::PublicKey;

use crate::book::authority::Authority;
use crate::book::clear::ClearFields;
use crate::book::fault::{Code, Fault};
use crate::book::judge::{self, Judged, Which};
use crate::format::body::{Body, Document};
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index, RootHash, Size};
use crate::format::note::{Checkpoint, CheckpointFault};
use crate::format::policy::Policy;
use crate::format::timestamp::Roots;
use crate::format::tree::Frontier;
use crate::records;

/// What the store holds of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentState {
    /// It is there, with this hash and size.
    Present,
    /// It is not there.
    Absent,
    /// Something else is there, or it can't be opened.
    Differs,
}

/// A place where the stored journal can't be read.
#[derive(Clone, Debug)]
pub struct Damage {
    /// The first entry that is lost.
    pub index: Index,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

/// What the reader brings.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The fingerprint, from the minutes.
    pub fingerprint: Option<EntryHash>,
    /// A head kept from earlier.
    pub older: Option<Older>,
    /// Heads that signers' keys remember.
    pub remembered: Vec<Remembered>,
    /// The witnesses that the reader trusts, and how many are enough.
    pub policy: Option<Policy>,
    /// The roots of the timestamp authorities that the reader trusts.
    pub tsa_roots: Option<Roots>,
}

/// A head kept from earlier.
#[derive(Clone, Debug)]
pub struct Older {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Entry hashes by index, when it came with a bundle.
    pub entries: Vec<(Index, EntryHash)>,
}

/// The walk over a whole ledger.
pub struct Walk<'a> {
    pub(super) reader: &'a Reader,
    kept: Option<Result<Checkpoint, CheckpointFault>>,
    pub(super) authority: Option<Authority>,
    pub(super) frontier: Frontier,
    head: EntryHash,
    gov: EntryHash,
    known: Known,
    pub(super) tally: Tally,
    pub(super) verdict: Verdict,
    /// The witnesses that the school names.
    pub(super) claimed: Option<Policy>,
    /// Evidence from outside that the ledger's home keeps.
    pub(super) evidence: Vec<Kept>,
    /// The root at each size that evidence is over, once the walk was there.
    pub(super) roots: BTreeMap<Size, Option<RootHash>>,
    kept_root: Option<RootHash>,
    older_root: Option<RootHash>,
    /// The root at the size of each head that is remembered, as far as the walk has come.
    remembered: Vec<Option<RootHash>>,
    genesis: Option<Entry>,
    first_difference: Option<Index>,
    pub(super) since: Option<Since<'a>>,
    unproven: Option<Unproven>,
}

/// Whether an entry tells of a key that what it signed earlier is not to be relied on.
fn casts_doubt(entry: &Entry) -> bool {
    let said = entry.says();
    let kind = records::find(said.kind, said.version);
    let clear = kind.and_then(|kind| ClearFields::parse(kind.clear, said.clear).ok());
    matches!(clear, Some(ClearFields::Revocation { suspect_since: Some(_), .. }))
}

fn differs(code: Code, what: &str, found: EntryHash, expected: EntryHash) -> Result<(), Fault> {
    if found == expected {
        Ok(())
    } else {
        Err(Fault::new(code, what, found.short(), expected.short()))
    }
}

impl<'a> Walk<'a> {
    /// Begins. `checkpoint` is the newest that the ledger's own home kept; `opened` says
    /// whether the entries come with their bodies.
    #[must_use]
    pub fn begin(reader: &'a Reader, checkpoint: Option<&[u8]>, opened: bool) -> Self {
        let verdict = Verdict::begin(Subject::Ledger);
        Self {
            reader,
            kept: checkpoint.map(Checkpoint::parse),
            authority: None,
            frontier: Frontier::default(),
            head: EntryHash::ZERO,
            gov: EntryHash::ZERO,
            known: Known::default(),
            tally: if opened { Tally::default() } else { Tally::closed() },
            verdict,
            claimed: None,
            evidence: Vec::new(),
            roots: BTreeMap::new(),
            kept_root: None,
            older_root: None,
            remembered: vec![None; reader.remembered.len()],
            genesis: None,
            first_difference: None,
            since: None,
            unproven: None,
        }
    }

    /// Begins behind the head that the reader kept: only what is new is looked at, and what it
    /// stands on is proven by that head's root.
    ///
    /// # Errors
    /// [`Unproven`] when what is stored of the older entries doesn't fit that head, or none
    /// was kept.
    pub fn begin_behind(
        reader: &'a Reader,
        checkpoint: Option<&[u8]>,
        opened: bool,
        before: &'a dyn Before,
    ) -> Result<Self, Unproven> {
        let older = reader.older.as_ref().ok_or(Unproven("no checkpoint was kept"))?;
        let (size, root) = (older.checkpoint.size, older.checkpoint.root);
        let (since, standing) = Since::begin(before, size, root)?;
        let mut this = Self::begin(reader, checkpoint, opened);
        this.tally = this.tally.partial();
        for one in &standing.governance {
            this.tally.note_name(&one.judged, one.body.as_ref());
            this.tally.note_anchor(one.index, &one.judged);
            this.tally.note_older(one.index, one.kid, one.judged.appointment);
            // Who signs above it can't be told, and no newer entry says so.
            if let Some(fault) = &one.judged.unjudged {
                this.verdict.find(fault.clone());
            }
        }
        this.kept_root = match this.kept_checkpoint() {
            Some(kept) if kept.size == size => Some(root),
            Some(kept) if kept.size < size => since.earlier_root(kept.size, kept.root),
            _ => None,
        };
        this.verdict.fingerprint.compared = reader.fingerprint.is_some();
        let fingerprint = standing.authority.as_ref().map(|authority| authority.fingerprint);
        if reader.fingerprint.is_some_and(|given| Some(given) != fingerprint) {
            return Err(Unproven("the fingerprint is another one"));
        }
        this.older_root = Some(root);
        this.genesis = Some(since.first()?);
        for (one, found) in reader.remembered.iter().zip(&mut this.remembered) {
            *found = match one.size {
                same if same == size => Some(root),
                earlier if earlier < size => since.earlier_root(earlier, one.root),
                _ => None,
            };
        }
        this.authority = standing.authority;
        this.frontier = standing.frontier;
        this.head = standing.head;
        this.gov = standing.gov;
        this.verdict.relied_on = Some(size);
        this.since = Some(since);
        Ok(this)
    }

    /// Why the walk stopped, if it is because what an entry stands on could not be proven.
    #[must_use]
    pub fn unproven(&self) -> Option<Unproven> {
        self.unproven
    }

    /// How many entries were found sound so far.
    #[must_use]
    pub fn size(&self) -> Size {
        self.frontier.size()
    }

    /// Who may sign, as far as the walk has come.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        self.authority.as_ref()
    }

    /// Looks at the next entry. Returns whether to go on.
    pub fn step(
        &mut self,
        looked: &Looked,
        documents: &dyn Fn(Index, &Document) -> DocumentState,
    ) -> bool {
        let index = Index(self.frontier.size().0);
        if let Err(unproven) = self.look_back(looked) {
            self.unproven = Some(unproven);
            return false;
        }
        match self.check(index, looked, documents) {
            Ok(()) if self.since.is_some() && self.tally.lacks_fields() => {
                self.unproven = Some(Unproven("answers are missing that an erasure must name"));
                false
            }
            Ok(()) => true,
            Err(fault) => {
                self.verdict.intact_before = Some(index.0);
                self.verdict.find(fault.at(index));
                false
            }
        }
    }

    /// Notes a place where the journal can't be read. Nothing after it is relied on.
    pub fn damage(&mut self, damage: Damage) {
        let index = Index(self.frontier.size().0.min(damage.index.0));
        self.verdict.intact_before = Some(index.0);
        let fault = Fault::new(Code::Journal, "the stored journal", damage.found, damage.expected);
        self.verdict.find(fault.at(index));
    }

    /// Looks up what an entry stands on, where that is older than what is looked at.
    fn look_back(&mut self, looked: &Looked) -> Result<(), Unproven> {
        let (Some(since), Some(entry)) = (&mut self.since, looked.entry()) else { return Ok(()) };
        // Whether an erasure is complete is told from rules and advice that may be older.
        if entry.says().kind == "erasure" {
            return Err(Unproven("answers are erased by a new entry"));
        }
        if casts_doubt(entry) {
            return Err(Unproven(
                "a new entry says that a key may have been in other hands before",
            ));
        }
        since.resolve(entry, &self.known)?;
        since.resolve_statement(entry)?;
        let Some(case) = entry.subject().case() else { return Ok(()) };
        if self.known.newest_of(case).is_none() && since.newest_of(case)? != entry.place().case {
            return Err(Unproven("the index has another newest entry of a case"));
        }
        Ok(())
    }

    fn check(
        &mut self,
        index: Index,
        looked: &Looked,
        documents: &dyn Fn(Index, &Document) -> DocumentState,
    ) -> Result<(), Fault> {
        let entry = looked.parsed()?;
        self.check_place(index, entry)?;
        let check = |which: Which, key: &PublicKey| looked.check(which, key);
        let targets = Around { known: &self.known, since: self.since.as_ref() };
        let judged = judge::judge_with(&mut self.authority, entry, &targets, &check)?;
        let body = looked.opened()?;
        self.check_documents(index, body, documents)?;
        if let Some(fault) = &judged.unjudged {
            self.verdict.find(fault.clone());
        }
        self.advance(entry, &judged, body);
        Ok(())
    }

    fn check_place(&mut self, index: Index, entry: &Entry) -> Result<(), Fault> {
        let place = entry.place();
        if let Some(authority) = &self.authority
            && entry.origin() != authority.origin
        {
            return Err(Fault::new(
                Code::Origin,
                "the ledger that it belongs to",
                entry.origin(),
                authority.origin.clone(),
            ));
        }
        if place.seq != index {
            return Err(Fault::new(
                Code::Seq,
                "its index",
                place.seq.to_string(),
                index.to_string(),
            ));
        }
        differs(Code::Prev, "its previous hash", place.prev, self.head)?;
        differs(Code::Gov, "its governance hash", place.gov, self.gov)?;
        let case = entry.subject().case();
        let earlier = case.and_then(|case| self.known.newest_of(case));
        // An older one was compared when it was looked up.
        let looked_up = self.since.is_some() && case.is_some() && earlier.is_none();
        if place.case != earlier && !looked_up {
            let words =
                |hash: Option<EntryHash>| hash.map_or("none".to_owned(), |hash| hash.short());
            return Err(Fault::new(
                Code::Case,
                "its case's previous hash",
                words(place.case),
                words(earlier),
            ));
        }
        if index.0 == 0 {
            judge::check_genesis(entry)?;
            self.verdict.fingerprint.compared = self.reader.fingerprint.is_some();
            if let Some(expected) = self.reader.fingerprint.filter(|given| *given != entry.hash()) {
                return Err(Fault::new(
                    Code::Genesis,
                    "the fingerprint",
                    entry.hash().to_string(),
                    expected.to_string(),
                ));
            }
        }
        Ok(())
    }

    fn check_documents(
        &mut self,
        index: Index,
        body: Option<&Body>,
        documents: &dyn Fn(Index, &Document) -> DocumentState,
    ) -> Result<(), Fault> {
        for document in body.into_iter().flat_map(judge::documents) {
            match documents(index, &document) {
                DocumentState::Present => {}
                DocumentState::Absent => self.verdict.absent_documents.push(AbsentDocument {
                    entry: index,
                    name: document.name,
                    sha256: document.sha256,
                }),
                DocumentState::Differs => {
                    return Err(Fault::new(
                        Code::Document,
                        format!("document `{}`", document.name),
                        "other bytes, or bytes that can't be opened",
                        format!("SHA-256 {}", document.sha256),
                    ));
                }
            }
        }
        Ok(())
    }

    fn advance(&mut self, entry: &Entry, judged: &Judged, body: Option<&Body>) {
        let index = entry.index();
        if let Some(authority) = &self.authority {
            self.tally.note(entry, judged, body, authority);
        }
        if let Some(older) = &self.reader.older
            && self.first_difference.is_none()
            && let Ok(at) = older.entries.binary_search_by_key(&index, |(index, _)| *index)
            && older.entries[at].1 != entry.hash()
        {
            self.first_difference = Some(index);
        }
        if index == Index(0) {
            self.genesis = Some(entry.clone());
        }
        self.head = entry.hash();
        if entry.is_governance() {
            self.gov = entry.hash();
        }
        self.known.insert(entry);
        self.frontier.push(entry.hash(), &mut |_, _, _| ());
        let size = self.frontier.size();
        if self.kept_checkpoint().is_some_and(|kept| kept.size == size) {
            self.kept_root = Some(self.frontier.root());
        }
        if self.reader.older.as_ref().is_some_and(|older| older.checkpoint.size == size) {
            self.older_root = Some(self.frontier.root());
        }
        for (one, found) in self.reader.remembered.iter().zip(&mut self.remembered) {
            if one.size == size {
                *found = Some(self.frontier.root());
            }
        }
        if let Some(root) = self.roots.get_mut(&size) {
            *root = Some(self.frontier.root());
        }
    }

    /// Ends: the checkpoints, and the report.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        let size = self.frontier.size();
        if self.verdict.verdict != Outcome::NotGenuine {
            let ends = self.check_begun().and_then(|()| {
                self.check_erased()?;
                self.check_kept()
            });
            if let Err(fault) = ends {
                self.verdict.find(fault);
            }
            self.check_older();
            self.check_remembered();
            self.check_evidence();
        }
        let mut verdict = self.verdict;
        verdict.size = size;
        verdict.root = (size.0 > 0).then(|| self.frontier.root());
        verdict.checkpoint = self.kept.and_then(Result::ok).map(|kept| kept.size);
        self.tally.report(self.authority.as_ref(), &mut verdict);
        verdict
    }

    pub(super) fn kept_checkpoint(&self) -> Option<&Checkpoint> {
        self.kept.as_ref()?.as_ref().ok()
    }

    /// Rule 1: what every ledger begins with is there.
    fn check_begun(&self) -> Result<(), Fault> {
        match self.frontier.size().0 {
            0 => Err(Fault::new(Code::MissingGenesis, "the ledger", "no entries", "entry 0")),
            1 => Err(Fault::new(
                Code::MissingHead,
                "the ledger",
                "entry 0 alone",
                "entry 1, which is written together with entry 0",
            )),
            _ => Ok(()),
        }
    }

    /// Rule 2 (a): every answer that is not there is named by a complete erasure.
    fn check_erased(&mut self) -> Result<(), Fault> {
        let Unexplained { gone, may_be_erased } = self.tally.unexplained();
        let fault = |(index, field): (Index, String), found: &str| {
            let expected = "an answer, or an erasure with all its signatures";
            Fault::new(Code::Body, format!("field `{field}`"), found, expected).at(index)
        };
        if let Some(of) = may_be_erased {
            let found = "no answer; what may have erased it can't be judged";
            self.verdict.find_unjudged(fault(of, found));
        }
        let Some(of) = gone else { return Ok(()) };
        self.verdict.intact_before = Some(of.0.0);
        Err(fault(of, "no answer, and no complete erasure that names it"))
    }

    /// Rule 3: the newest checkpoint given out.
    fn check_kept(&self) -> Result<(), Fault> {
        let size = self.frontier.size();
        if let Some(Err(fault)) = &self.kept {
            let what = "the kept checkpoint";
            return Err(Fault::new(Code::Checkpoint, what, fault.to_string(), "a checkpoint"));
        }
        let (Some(kept), Some(authority)) = (self.kept_checkpoint(), &self.authority) else {
            return Ok(());
        };
        if kept.origin != authority.origin {
            return Err(Fault::new(
                Code::Origin,
                "the kept checkpoint's ledger",
                kept.origin.clone(),
                authority.origin.clone(),
            ));
        }
        if kept.size.0 < 2 || kept.size > size {
            return Err(Fault::new(
                Code::Size,
                "the kept checkpoint's size",
                format!("{} entries, but the ledger has {size}", kept.size),
                format!("2 to {size}"),
            ));
        }
        if !authority.blind_at(Index(kept.size.0)) {
            check_checkpoint_signature(kept, authority)?;
        }
        if self.kept_root != Some(kept.root) {
            return Err(Fault::new(
                Code::Root,
                format!("the root of the first {} entries", kept.size),
                self.kept_root.map_or_else(String::new, |root| root.to_string()),
                kept.root.to_string(),
            ));
        }
        Ok(())
    }

    fn check_remembered(&mut self) {
        let Some(genesis) = &self.genesis else { return };
        for (one, found) in self.reader.remembered.iter().zip(&self.remembered) {
            if !one.concerns(genesis) || self.verdict.verdict == Outcome::NotGenuine {
                continue;
            }
            let now = found.map_or(Now::Fewer, Now::Root);
            if let Err(fault) = one.compare(genesis.hash(), now, &mut self.verdict) {
                self.verdict.find(fault);
            }
        }
    }

    fn check_older(&mut self) {
        let (Some(older), Some(authority)) = (&self.reader.older, &self.authority) else { return };
        let checkpoint = &older.checkpoint;
        let (size, root) = (checkpoint.size, checkpoint.root);
        let signed = authority.log_key(size).is_some_and(|log| checkpoint.verify(log).is_ok());
        let same = checkpoint.origin == authority.origin
            && self.older_root == Some(root)
            && self.first_difference.is_none();
        if same {
            self.verdict.continuity = Some(Continuity::Continues { size, root, signed });
            return;
        }
        let first_difference = self.first_difference;
        let other_ledger =
            Some(checkpoint.origin.clone()).filter(|other| *other != authority.origin);
        self.verdict.continuity = Some(Continuity::DoesNotContinue {
            size,
            root,
            signed,
            first_difference,
            other_ledger,
        });
        let found = match self.older_root {
            _ if checkpoint.origin != authority.origin => format!("ledger {}", authority.origin),
            None => format!("only {} entries", self.frontier.size()),
            Some(found) => found.to_string(),
        };
        let fault = Fault::new(
            Code::DoesNotContinue,
            format!("the head of {} at {size} entries", checkpoint.origin),
            found,
            root.to_string(),
        );
        self.verdict.find(match first_difference {
            Some(index) => fault.at(index),
            None => fault,
        });
    }
}

/// Requires the signature of the log key that governs a checkpoint's size.
///
/// # Errors
/// [`Code::CheckpointSignature`].
pub fn check_checkpoint_signature(
    checkpoint: &Checkpoint,
    authority: &Authority,
) -> Result<(), Fault> {
    let log = authority.log_key(checkpoint.size).ok_or_else(|| {
        Fault::new(Code::CheckpointSignature, "the checkpoint", "no log key", "a declared log key")
    })?;
    checkpoint.verify(log).map_err(|fault| {
        Fault::new(
            Code::CheckpointSignature,
            "the checkpoint",
            fault.to_string(),
            format!("a signature by {log}"),
        )
    })
}
