//! The three-part verdict: is it intact, whose word is it, what is missing.
//!
//! Never a bare "pass". Each part is data here; the sentences are in [`super::words`].

use probity_keys::Kid;
use serde::Serialize;

use crate::book::acts::Incomplete;
use crate::book::fault::Fault;
use crate::format::hash::{EntryHash, Index, RootHash, Sha256Hash, Size};

/// What the steps came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every step passed.
    Intact,
    /// A step found something that is not genuine.
    NotGenuine,
    /// Nothing false was found, but something could not be judged.
    CannotCheck,
}

impl Outcome {
    /// The exit status that says the same.
    #[must_use]
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Intact => 0,
            Self::NotGenuine => 1,
            Self::CannotCheck => 2,
        }
    }
}

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A whole ledger.
    Ledger,
    /// An evidence bundle.
    Bundle,
}

/// One key that signed.
#[derive(Clone, Debug, Serialize)]
pub struct KeyReport {
    /// Thumbprint, 64 hexadecimal digits.
    pub kid: String,
    /// The holder's lasting identifier, 32 hexadecimal digits.
    pub person: String,
    /// The holder's name, where a record discloses it.
    pub name: Option<String>,
    /// The roles in which it signed, sorted.
    pub roles: Vec<String>,
    /// How many entries it signed.
    pub entries: u64,
    /// Whether its holder accepted an appointment with it.
    pub accepted: bool,
    /// The key that appointed it.
    pub appointed_by: Option<String>,
    /// The entry that revoked it.
    pub revoked_by: Option<Index>,
}

/// An entry that carries what somebody signed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// The entry.
    pub entry: Index,
    /// The key that signed the statement.
    pub by: String,
    /// The key that entered it.
    pub entered_by: String,
    /// The newest entry that the statement's author knew of, and vouches for.
    pub after: Index,
}

/// Fields of one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldsOf {
    /// The entry.
    pub entry: Index,
    /// Field names, in the order of the encoding.
    pub fields: Vec<String>,
    /// Whether nothing of the entry is disclosed, but perhaps a name.
    pub bare: bool,
}

/// Fields of one entry that an erasure names and that are not there any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasedOf {
    /// The entry.
    pub entry: Index,
    /// Field names, in the order of the encoding.
    pub fields: Vec<String>,
    /// The erasure.
    pub by: Index,
    /// Its ground.
    pub ground: &'static str,
    /// When it was signed, as claimed: POSIX seconds.
    #[serde(skip)]
    pub time: i64,
    /// The key that signed it.
    #[serde(skip)]
    pub kid: Kid,
}

/// A document that is named and not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AbsentDocument {
    /// The entry that names it.
    pub entry: Index,
    /// Its own name.
    pub name: String,
    /// Its hash.
    pub sha256: Sha256Hash,
}

/// An entry whose author's key may have been in other hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubtful {
    /// The entry.
    pub entry: Index,
    /// The revocation that casts the doubt.
    pub revocation: Index,
    /// Since when: POSIX seconds.
    pub suspect_since: i64,
    /// Whether it is the key's own signature, or the appointment that the author's authority
    /// rests on.
    pub through_appointment: bool,
}

/// One case, as far as it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseReport {
    /// Its name.
    pub case: String,
    /// How many of its entries are there.
    pub entries: u64,
    /// The newest of them.
    pub newest: Index,
    /// Whether all before the newest are there.
    pub whole: bool,
}

/// A claimed time that is earlier than that of the entry before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StepBack {
    /// The later entry, with the earlier time.
    pub entry: Index,
    /// By how much, in seconds.
    pub seconds: i64,
}

/// How the ledger relates to a head that the reader kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Continuity {
    /// It extends the older head, or is the same.
    Continues {
        /// The older head's size.
        size: Size,
        /// The older head's root.
        root: RootHash,
        /// Whether the older checkpoint carries the signature of this ledger's log key.
        signed: bool,
    },
    /// It contradicts the older head.
    DoesNotContinue {
        /// The older head's size.
        size: Size,
        /// The older head's root.
        root: RootHash,
        /// Whether the older checkpoint carries the signature of this ledger's log key.
        signed: bool,
        /// The first entry that differs, where an older bundle allows to name it.
        first_difference: Option<Index>,
        /// The ledger that the older head is of, if that is another one.
        other_ledger: Option<String>,
    },
    /// Bundles alone don't hold the proof.
    CannotTell {
        /// The older head's size.
        size: Size,
    },
}

/// What a piece of outside evidence is worth to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Worth {
    /// Valid, by somebody whom the reader named.
    Trusted,
    /// Valid, by somebody whom only the school vouches for.
    Claimed,
    /// Not valid.
    Invalid,
}

/// A cosignature or a timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutsideReport {
    /// The size of the head that it stands over.
    pub size: Size,
    /// The file that it stands in.
    pub file: String,
    /// The witness's key name, or the common name of the timestamp's signer; empty for a token
    /// that isn't valid.
    pub by: String,
    /// Its time: POSIX seconds; none for what isn't valid.
    pub time: Option<i64>,
    /// What it is worth.
    pub state: Worth,
}

/// A head that the reader's quorum confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Witnessed {
    /// Its size.
    pub size: Size,
    /// When: POSIX seconds.
    pub time: i64,
}

/// Entries below that size existed by that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExistedBy {
    /// The size.
    pub below: Size,
    /// POSIX seconds.
    pub time: i64,
}

/// Entries above that index were not signed before that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NotBefore {
    /// The anchor's index.
    pub above: Index,
    /// POSIX seconds.
    pub time: i64,
}

/// The fingerprint, and whether it was compared with one that the reader brought.
#[derive(Clone, Debug, Serialize)]
pub struct Fingerprint {
    /// The hash of entry 0.
    pub hash: Option<EntryHash>,
    /// Whether the reader gave one (which then is equal, or the verdict says otherwise).
    pub compared: bool,
}

/// The whole verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What it comes to.
    pub verdict: Outcome,
    /// What was verified.
    pub subject: Subject,
    /// The first fault.
    pub fault: Option<Fault>,
    /// How many entries before the fault are intact, from entry 0 on (whole ledger only).
    pub intact_before: Option<u64>,
    /// The establishment's name.
    pub school: Option<String>,
    /// The ledger's origin.
    pub origin: Option<String>,
    /// Entry 0's hash.
    pub fingerprint: Fingerprint,
    /// How many entries the ledger has (whole ledger), or its checkpoint counts (bundle).
    pub size: Size,
    /// The root over them.
    pub root: Option<RootHash>,
    /// How many entries at the beginning were not looked at, because the reader verified them
    /// earlier and kept their checkpoint (whole ledger only). Then nothing here is said of
    /// them, and the completeness of acts was not asked.
    pub relied_on: Option<Size>,
    /// How many entries were looked at.
    pub entries: u64,
    /// Claimed time of the first and the last of them: POSIX seconds.
    pub times: Option<(i64, i64)>,
    /// The newest checkpoint given out: its size (whole ledger only).
    pub checkpoint: Option<Size>,
    /// The older head that the reader brought.
    pub continuity: Option<Continuity>,
    /// Keys that signed.
    pub keys: Vec<KeyReport>,
    /// What was signed elsewhere, and entered here.
    pub stated: Vec<Stated>,
    /// Whether the answers were looked at. If not, neither they nor the documents were checked,
    /// and which acts are complete was not asked (whole ledger only).
    pub answers_opened: bool,
    /// Fields that this copy withholds.
    pub withheld: Vec<FieldsOf>,
    /// Fields that are gone for ever, by complete erasures.
    pub erased: Vec<ErasedOf>,
    /// Documents that are named and not there.
    pub absent_documents: Vec<AbsentDocument>,
    /// Entries under suspicion.
    pub doubtful: Vec<Doubtful>,
    /// Acts that lack something.
    pub incomplete: Vec<Incomplete>,
    /// Acts that are complete through a signature on paper.
    pub on_paper: Vec<Incomplete>,
    /// How many entries could not be judged whole: of an unknown kind or type, or above one
    /// that decides about authority.
    pub unjudged_entries: u64,
    /// The first of them.
    pub unjudged_from: Option<Index>,
    /// All of them, ascending.
    #[serde(skip)]
    pub unjudged_at: Vec<Index>,
    /// The cases.
    pub cases: Vec<CaseReport>,
    /// Steps back in time.
    pub clock: Vec<StepBack>,
    /// Evidence from outside: ascending size, then file, then place in the file.
    pub outside: Vec<OutsideReport>,
    /// The heads that the reader's witnesses confirmed, ascending.
    pub witnessed: Vec<Witnessed>,
    /// Whether the reader's witnesses signed, and the reader's list names the logs of other record books
    /// alone.
    #[serde(skip)]
    pub list_of_another: bool,
    /// By when entries existed: pairs that say more than another, ascending.
    pub existed_by: Vec<ExistedBy>,
    /// Before when entries were not signed: likewise.
    pub not_before: Vec<NotBefore>,
    /// What was not judged, in words.
    pub unjudged: Vec<String>,
    /// Files for people whose hashes were checked and nothing more.
    pub reading_copies: Vec<String>,
}

impl Verdict {
    /// A verdict on nothing yet.
    #[must_use]
    pub fn begin(subject: Subject) -> Self {
        Self {
            verdict: Outcome::Intact,
            subject,
            fault: None,
            intact_before: None,
            school: None,
            origin: None,
            fingerprint: Fingerprint { hash: None, compared: false },
            size: Size(0),
            root: None,
            relied_on: None,
            entries: 0,
            times: None,
            checkpoint: None,
            continuity: None,
            keys: Vec::new(),
            stated: Vec::new(),
            answers_opened: true,
            withheld: Vec::new(),
            erased: Vec::new(),
            absent_documents: Vec::new(),
            doubtful: Vec::new(),
            incomplete: Vec::new(),
            on_paper: Vec::new(),
            unjudged_entries: 0,
            unjudged_from: None,
            unjudged_at: Vec::new(),
            cases: Vec::new(),
            clock: Vec::new(),
            outside: Vec::new(),
            witnessed: Vec::new(),
            list_of_another: false,
            existed_by: Vec::new(),
            not_before: Vec::new(),
            unjudged: Vec::new(),
            reading_copies: Vec::new(),
        }
    }

    /// Takes a fault into account: the first that is not genuine decides; what only can't be
    /// judged stands until one comes.
    pub fn find(&mut self, fault: Fault) {
        let outcome =
            if fault.code.cannot_check() { Outcome::CannotCheck } else { Outcome::NotGenuine };
        let replace = match self.verdict {
            Outcome::Intact => true,
            Outcome::CannotCheck => outcome == Outcome::NotGenuine,
            Outcome::NotGenuine => false,
        };
        if replace {
            self.verdict = outcome;
            self.fault = Some(fault);
        }
    }

    /// Takes a fault into account that can only be called unjudged, whatever its code.
    pub fn find_unjudged(&mut self, fault: Fault) {
        if self.verdict == Outcome::Intact {
            self.verdict = Outcome::CannotCheck;
            self.fault = Some(fault);
        }
    }
}
