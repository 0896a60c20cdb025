//! One entry: a tagged `COSE_Sign1` (RFC 9052 section 4.2) whose author signs the chain.
//!
//! ```text
//! d2 84 ‖ bstr(protected header) ‖ a0 ‖ bstr(payload) ‖ bstr(64-byte signature)
//!
//! protected header   {1: -19, 4: kid, 15: {1: iss, 2: sub, 6: iat}, 16: typ}
//! payload            {seq, prev, gov, case, kind, v, role, links, clear, body}
//! signed bytes       ["Signature1", protected header, h'', payload]
//! ```
//!
//! `prev`, `gov` and `case` are part of what is signed, so nobody can change an earlier
//! entry and keep a later one without the private key that signed the later one. What
//! this doesn't stop: whoever holds the keys can write other entries in their place; only
//! something kept outside the ledger shows that.
//!
//! An entry of the kind `statement` carries what somebody else signed on another machine
//! ([`super::statement`]). Whoever asks who decided what asks [`Entry::says`], which gives the
//! statement's author, role and content there; [`Entry::own`] is for judging and copying.
//!
//! An entry is stored, hashed and verified as the bytes that were signed; it is never
//! encoded anew.

use probity_keys::Signature;

use super::cbor::{Item, Value};
use super::hash::{Commitment, EntryHash, Index, Sha256Hash};
pub(crate) use super::signed::exactly;
pub use super::signed::{
    ALG_ED25519, EntryFault, Header, Link, MAX_ITEMS, Said, Subject, assemble, is_name, is_origin,
    sig_structure,
};
use super::signed::{Content, Envelope, Writer, entry_hash, number, shape};
use super::statement::{self, Statement, StatementFault};
use super::tree;

/// Longest entry in bytes: the limit of C2SP tlog-tiles.
pub const MAX_ENTRY: usize = 65_535;

/// The media type that marks an entry (RFC 9596).
pub const TYP: &str = "application/vnd.probity.entry+cose";

/// The payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Place in the ledger.
    pub seq: Index,
    /// Hash of entry seq−1; zero at 0.
    pub prev: EntryHash,
    /// Hash of the latest earlier governance entry; zero at 0.
    pub gov: EntryHash,
    /// Hash of the latest earlier entry of the same case, if there is one.
    pub case: Option<EntryHash>,
    /// The record kind.
    pub kind: String,
    /// The kind's version.
    pub version: u64,
    /// The role in which the author signs.
    pub role: String,
    /// References to earlier entries.
    pub links: Vec<Link>,
    /// The fields that rules of authority read: a map with text keys.
    pub clear: Value,
    /// Commitment by field name, in the order of the encoding.
    pub body: Vec<(String, Commitment)>,
}

/// Where an entry stands: what it claims of its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Place in the ledger.
    pub seq: Index,
    /// Hash of entry seq−1; zero at 0.
    pub prev: EntryHash,
    /// Hash of the latest earlier governance entry; zero at 0.
    pub gov: EntryHash,
    /// Hash of the latest earlier entry of the same case, if there is one.
    pub case: Option<EntryHash>,
}

/// An entry as it was read: its exact bytes and what they say.
#[derive(Clone, Debug)]
pub struct Entry {
    bytes: Vec<u8>,
    hash: EntryHash,
    envelope: Envelope,
    payload: Payload,
    carried: Option<Box<Carried>>,
}

/// What an entry of kind `statement` carries.
#[derive(Clone, Debug)]
struct Carried {
    hash: Sha256Hash,
    statement: Result<Statement, StatementFault>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Entry {}

impl Header {
    /// The encoded protected header of an entry.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes_as(TYP)
    }
}

impl Payload {
    /// The encoded payload.
    ///
    /// # Panics
    /// When a number exceeds 2⁵³−1, or two fields of the body have one name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Writer::new(10);
        payload.number("v", self.version);
        payload.hash("gov", Some(self.gov));
        payload.number("seq", self.seq.0);
        payload.body(&self.body);
        payload.hash("case", self.case);
        payload.text("kind", &self.kind);
        payload.hash("prev", Some(self.prev));
        payload.text("role", &self.role);
        payload.value("clear", &self.clear);
        payload.links(&self.links);
        payload.finish()
    }

    fn read(content: &Item<'_>) -> Result<Self, EntryFault> {
        let [version, gov, seq, body, case, kind, prev, role, clear, links] = content
            .exactly(["v", "gov", "seq", "body", "case", "kind", "prev", "role", "clear", "links"])
            .ok_or(shape(
                "payload",
                "exactly seq, prev, gov, case, kind, v, role, links, clear, body",
            ))?;
        let Content { kind, version, role, links, clear, body } =
            Content::read([version, body, kind, role, clear, links])?;
        Ok(Self {
            seq: number(seq).map(Index).ok_or(shape("seq", "an index"))?,
            prev: entry_hash(prev).ok_or(shape("prev", "32 bytes"))?,
            gov: entry_hash(gov).ok_or(shape("gov", "32 bytes"))?,
            case: match case {
                Item::Null => None,
                other => Some(entry_hash(other).ok_or(shape("case", "32 bytes or null"))?),
            },
            kind,
            version,
            role,
            links,
            clear,
            body,
        })
    }
}

impl Entry {
    /// Reads an entry from exactly these bytes. Signature, chain and authority are judged
    /// elsewhere.
    ///
    /// # Errors
    /// [`EntryFault`] names the part that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryFault> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryFault::TooLarge { found: bytes.len() });
        }
        Self::from_vec(bytes.to_vec())
    }

    /// As [`Entry::parse`], and keeps the bytes.
    ///
    /// # Errors
    /// As [`Entry::parse`].
    pub fn from_vec(bytes: Vec<u8>) -> Result<Self, EntryFault> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryFault::TooLarge { found: bytes.len() });
        }
        let (envelope, payload) = Envelope::read(&bytes, Payload::read)?;
        let carried = Carried::of(&envelope, &payload);
        Ok(Self { hash: tree::leaf_hash(&bytes), envelope, payload, carried, bytes })
    }

    /// The same entry with null in place of what its clear fields say; its bytes stay. For
    /// whoever holds many entries: a list of nulls takes thirty times the room of its bytes.
    #[must_use]
    pub(crate) fn without_clear(mut self) -> Self {
        self.payload.clear = Value::Null;
        if let Some(carried) = &mut self.carried {
            carried.statement = Err(StatementFault::NotHeld);
        }
        self
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What stands before its empty unprotected header, and what after it.
    pub(crate) fn around_unprotected(&self) -> (&[u8], &[u8]) {
        let [protected, _] = &self.envelope.parts;
        (&self.bytes[..protected.end], &self.bytes[protected.end + 1..])
    }

    /// The entry's hash.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        self.hash
    }

    /// Who says what: the author of the statement that it carries, or else its own author.
    ///
    /// Where the statement can't be read this is what the entry itself says; judging it
    /// names that fault.
    #[must_use]
    pub fn says(&self) -> Said<'_> {
        self.statement().map_or_else(|| self.own_words(), Statement::says)
    }

    /// Who entered it, as what, and what stands in the entry itself. For an entry that carries a
    /// statement this is not what is on record: [`Entry::says`].
    #[must_use]
    pub fn own_words(&self) -> Said<'_> {
        let (header, payload) = self.own();
        Said {
            kid: header.kid,
            time: header.time,
            kind: &payload.kind,
            version: payload.version,
            role: &payload.role,
            links: &payload.links,
            clear: &payload.clear,
            body: &payload.body,
        }
    }

    /// The entry's own header and payload, for whoever judges, copies or encodes it. They don't
    /// say what is on record where it carries a statement: [`Entry::says`].
    #[must_use]
    pub fn own(&self) -> (&Header, &Payload) {
        (&self.envelope.header, &self.payload)
    }

    /// The statement that it carries, if it carries one that can be read.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        self.carried.as_ref()?.statement.as_ref().ok()
    }

    /// The hash of the bytes that it carries as a statement, and the statement, or why they are
    /// none; `None` for an entry of another kind.
    #[must_use]
    pub fn carried(&self) -> Option<(Sha256Hash, Result<&Statement, &StatementFault>)> {
        self.carried.as_ref().map(|carried| (carried.hash, carried.statement.as_ref()))
    }

    /// Whether it is of kind `statement`, in a version or of a type that isn't known: a newer
    /// reader finds in it what its openings open, and this one can't.
    #[must_use]
    pub fn carries_unread(&self) -> bool {
        let (kind, version) = statement::CARRIER;
        let known = self.payload.version == version && self.foreign_typ().is_none();
        &*self.payload.kind == kind && !known
    }

    /// The ledger that it belongs to.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.envelope.header.origin
    }

    /// The ledger itself, or the case that it belongs to.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.envelope.header.subject
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        let Payload { seq, prev, gov, case, .. } = self.payload;
        Place { seq, prev, gov, case }
    }

    /// The type that it names, if that is not [`TYP`]: this version can't judge such an entry.
    #[must_use]
    pub fn foreign_typ(&self) -> Option<&str> {
        Some(self.envelope.typ.as_str()).filter(|typ| *typ != TYP)
    }

    /// The place that it claims.
    #[must_use]
    pub fn index(&self) -> Index {
        self.payload.seq
    }

    /// The bytes that the author of the entry itself signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.envelope.signed_bytes(&self.bytes)
    }

    /// The signature of the entry itself.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.envelope.signature
    }

    /// Whether it decides who may sign: the kinds that `gov` chains.
    #[must_use]
    pub fn is_governance(&self) -> bool {
        is_governance(&self.payload.kind)
    }
}

impl Carried {
    /// What stands in the clear field of an entry of kind `statement`, version 1. Whether
    /// anything else stands there is judged elsewhere.
    fn of(envelope: &Envelope, payload: &Payload) -> Option<Box<Self>> {
        let carries =
            envelope.typ == TYP && (&*payload.kind, payload.version) == statement::CARRIER;
        let bytes = payload.clear.get("statement").filter(|_| carries)?.as_bytes()?;
        Some(Box::new(Self { hash: Sha256Hash::of(bytes), statement: Statement::parse(bytes) }))
    }
}

/// Whether a kind belongs to the governance chain.
#[must_use]
pub fn is_governance(kind: &str) -> bool {
    matches!(kind, "genesis" | "appointment" | "revocation" | "log-key" | "anchor")
}
