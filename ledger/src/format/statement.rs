//! A statement: what somebody signs who can't see the head of the ledger, on whatever machine
//! they have. Anybody in force enters it, as an entry of kind `statement`.
//!
//! ```text
//! the form and the protected header of an entry, but for its typ
//! payload   {v, body, kind, role, after: [seq, hash], clear, links, expires}
//! ```
//!
//! `after` names the newest entry that its author knew of. They vouch for the chain up to there,
//! and no further: where the statement stands is said by whoever enters it. The place can't
//! change what was signed, and one statement can't be entered twice or after it expired; but
//! until it expires, whoever holds it decides whether and when it is entered.

use probity_keys::Signature;

use super::cbor::{Item, Value};
use super::hash::{Commitment, EntryHash, Index};
use super::signed::{
    Content, EntryFault, Envelope, Header, Link, Said, Subject, Writer, entry_hash, number, shape,
};

/// Longest statement in bytes, so that the entry that carries it stays below its own limit.
pub const MAX_STATEMENT: usize = 60_000;

/// The media type that marks a statement (RFC 9596).
pub const TYP: &str = "application/vnd.probity.statement+cose";

/// Kind and version of the entries that carry statements.
pub const CARRIER: (&str, u64) = ("statement", 1);

/// What a statement says, beside its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
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
    /// The newest entry that the author knew of.
    pub after: (Index, EntryHash),
    /// It can't be entered at or after this time: POSIX seconds.
    pub expires: i64,
}

/// A statement as it was read: its exact bytes and what they say.
#[derive(Clone, Debug)]
pub struct Statement {
    bytes: Vec<u8>,
    envelope: Envelope,
    stated: Stated,
}

impl PartialEq for Statement {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Statement {}

/// Why bytes are not a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// Longer than [`MAX_STATEMENT`].
    #[error("it is {found} bytes long, expected at most 60000")]
    TooLarge {
        /// Length in bytes.
        found: usize,
    },
    /// Not strict CBOR, or of another structure.
    #[error("{0}")]
    Form(#[from] EntryFault),
    /// Something else that is signed, such as an entry.
    #[error("its type is {found}, expected {TYP}")]
    Typ {
        /// The type that it names.
        found: String,
    },
    /// It was let go of, to save memory.
    #[error("it is not held in memory")]
    NotHeld,
}

impl Header {
    /// The encoded protected header of a statement.
    #[must_use]
    pub fn to_statement_bytes(&self) -> Vec<u8> {
        self.to_bytes_as(TYP)
    }
}

impl Stated {
    /// The encoded payload.
    ///
    /// # Panics
    /// When a number exceeds 2⁵³−1, or two fields of the body have one name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut payload = Writer::new(8);
        payload.number("v", self.version);
        payload.body(&self.body);
        payload.text("kind", &self.kind);
        payload.text("role", &self.role);
        payload.place("after", self.after);
        payload.value("clear", &self.clear);
        payload.links(&self.links);
        payload.value("expires", &Value::Int(self.expires));
        payload.finish()
    }

    pub(crate) fn read(content: &Item<'_>) -> Result<Self, EntryFault> {
        let [version, body, kind, role, after, clear, links, expires] = content
            .exactly(["v", "body", "kind", "role", "after", "clear", "links", "expires"])
            .ok_or(shape("payload", "exactly v, body, kind, role, after, clear, links, expires"))?;
        let Content { kind, version, role, links, clear, body } =
            Content::read([version, body, kind, role, clear, links])?;
        let after = after
            .as_array()
            .and_then(|after| match after {
                [seq, hash] => Some((Index(number(seq)?), entry_hash(hash)?)),
                _ => None,
            })
            .ok_or(shape("after", "an index and the hash of that entry"))?;
        let expires =
            expires.as_int().filter(|time| *time >= 0).ok_or(shape("expires", "POSIX seconds"))?;
        Ok(Self { kind, version, role, links, clear, body, after, expires })
    }
}

impl Statement {
    /// Reads a statement from exactly these bytes. Signature and authority are judged elsewhere.
    ///
    /// # Errors
    /// [`StatementFault`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementFault> {
        if bytes.len() > MAX_STATEMENT {
            return Err(StatementFault::TooLarge { found: bytes.len() });
        }
        let (envelope, stated) = Envelope::read(bytes, Stated::read)?;
        if envelope.typ != TYP {
            return Err(StatementFault::Typ { found: envelope.typ });
        }
        Ok(Self { bytes: bytes.to_vec(), envelope, stated })
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The ledger that it is meant for.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.envelope.header.origin
    }

    /// The ledger itself, or the case that it belongs to.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.envelope.header.subject
    }

    /// Who says what.
    #[must_use]
    pub fn says(&self) -> Said<'_> {
        let (header, stated) = self.parts();
        Said {
            kid: header.kid,
            time: header.time,
            kind: &stated.kind,
            version: stated.version,
            role: &stated.role,
            links: &stated.links,
            clear: &stated.clear,
            body: &stated.body,
        }
    }

    /// Its header and payload.
    #[must_use]
    pub fn parts(&self) -> (&Header, &Stated) {
        (&self.envelope.header, &self.stated)
    }

    /// The newest entry that its author knew of.
    #[must_use]
    pub fn after(&self) -> (Index, EntryHash) {
        self.stated.after
    }

    /// When it can't be entered any more: POSIX seconds.
    #[must_use]
    pub fn expires(&self) -> i64 {
        self.stated.expires
    }

    /// The bytes that its author signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.envelope.signed_bytes(&self.bytes)
    }

    /// Its author's signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.envelope.signature
    }
}
