//! A notice about a key: its holder says once, for every record book in which it signs, that it is
//! suspect, lost or replaced. Each school enters the file, as what a `key-notice` rests on.
//!
//! ```text
//! d2 84 ‖ bstr(protected header) ‖ a0 ‖ bstr(payload) ‖ bstr(64-byte signature)
//!
//! protected header   {1: -19, 4: kid of who signs, 15: {6: iat}, 16: typ}
//! payload            {kid, what, reason, suspect-since}
//! ```
//!
//! It is no entry and no statement: another `typ`, no ledger that it is meant for, and no place in
//! one. Who may speak for a key is judged where its holder is known, by a ledger's authority: the
//! key itself, or another key of the same person.
//!
//! What it shows: that whoever held the signing key said this. A thief can say it of the key that
//! they stole, which ends its use for them, and can name any moment before: how far back the doubt
//! goes is for whoever revokes the key to say, after asking its holder.

use probity_keys::{BadSignature, Kid, PublicKey, Signature};

use super::cbor::{Item, Value};
use super::signed::{
    EntryFault, Envelope, assemble, encoded_header, read_header, read_time, shape, sig_structure,
};

/// Longest notice in bytes.
pub const MAX_NOTICE: usize = 4096;

/// Longest reason in bytes.
pub const MAX_REASON: usize = 2000;

/// The media type that marks a notice (RFC 9596).
pub const TYP: &str = "application/vnd.probity.key-notice+cose";

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It may be, or was, in other hands.
    Suspect,
    /// Nobody has it any more, as far as is known.
    Lost,
    /// Another took its place.
    Replaced,
}

impl What {
    /// Each, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Suspect, Self::Lost, Self::Replaced];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspect => "suspect",
            Self::Lost => "lost",
            Self::Replaced => "replaced",
        }
    }

    /// The one that a word means.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == word)
    }
}

/// What a notice says, and who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The key that it is about.
    pub kid: Kid,
    /// What became of it.
    pub what: What,
    /// Earliest moment at which it may have been in other hands: POSIX seconds.
    pub suspect_since: Option<i64>,
    /// What happened.
    pub reason: Option<String>,
    /// The key that signs.
    pub signer: Kid,
    /// When, as its clock claimed: POSIX seconds.
    pub time: i64,
}

/// A notice as it was read: its exact bytes and what they say.
#[derive(Clone, Debug)]
pub struct SignedNotice {
    bytes: Vec<u8>,
    envelope: Envelope<(Kid, i64)>,
    notice: Notice,
}

/// Why bytes are not a notice about a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeFault {
    /// Longer than [`MAX_NOTICE`].
    #[error("it is {found} bytes long, expected at most 4096")]
    TooLarge {
        /// Length in bytes.
        found: usize,
    },
    /// Not strict CBOR, or of another structure.
    #[error("{0}")]
    Form(#[from] EntryFault),
    /// Something else that is signed.
    #[error("its type is {}, expected {TYP}", super::clip::clipped(found, 80))]
    Typ {
        /// The type that it names.
        found: String,
    },
    /// A moment that a notice can't name.
    #[error("it is suspect since {since}, after it was signed ({signed}): POSIX seconds")]
    Ahead {
        /// Since when the key is suspect.
        since: i64,
        /// When the notice was signed.
        signed: i64,
    },
    /// A key that was replaced is not one that was in other hands.
    #[error("it says since when the key is suspect, and that it was replaced")]
    SuspectAndReplaced,
}

impl Notice {
    /// Whether it can be said, whatever it is about.
    ///
    /// # Errors
    /// A moment that lies ahead, or two things at once.
    pub const fn check(&self) -> Result<(), NoticeFault> {
        match (self.what, self.suspect_since) {
            (What::Replaced, Some(_)) => Err(NoticeFault::SuspectAndReplaced),
            (_, Some(since)) if since > self.time => {
                Err(NoticeFault::Ahead { since, signed: self.time })
            }
            _ => Ok(()),
        }
    }

    fn parts(&self) -> (Vec<u8>, Vec<u8>) {
        let claims = Value::map([(6, Value::Int(self.time))]);
        let payload = Value::map([
            ("kid", Value::bytes(self.kid.0)),
            ("what", Value::text(self.what.name())),
            ("reason", self.reason.as_deref().map_or(Value::Null, Value::text)),
            ("suspect-since", self.suspect_since.map_or(Value::Null, Value::Int)),
        ]);
        (encoded_header(self.signer, |out| claims.write(out), TYP), payload.to_bytes())
    }

    /// The bytes that its signer signs.
    #[must_use]
    pub fn to_sign(&self) -> Vec<u8> {
        let (protected, payload) = self.parts();
        sig_structure(&protected, &payload)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self, signature: &Signature) -> Vec<u8> {
        let (protected, payload) = self.parts();
        assemble(&protected, &payload, signature)
    }

    fn read(content: &Item<'_>, (signer, time): (Kid, i64)) -> Result<Self, EntryFault> {
        let [kid, what, reason, since] = content
            .exactly(["kid", "what", "reason", "suspect-since"])
            .ok_or(shape("payload", "exactly kid, what, reason, suspect-since"))?;
        let kid = kid.as_bytes().and_then(|kid| <[u8; 32]>::try_from(kid).ok());
        let reason = match reason {
            Item::Null => None,
            other => Some(
                other
                    .as_text()
                    .filter(|text| !text.is_empty() && text.len() <= MAX_REASON)
                    .ok_or(shape("reason", "null, or text of 1 to 2000 bytes"))?
                    .to_owned(),
            ),
        };
        let suspect_since = match since {
            Item::Null => None,
            other => Some(
                other
                    .as_int()
                    .filter(|time| *time >= 0)
                    .ok_or(shape("suspect-since", "null, or POSIX seconds"))?,
            ),
        };
        Ok(Self {
            kid: Kid(kid.ok_or(shape("kid of the payload", "32 bytes"))?),
            what: what
                .as_text()
                .and_then(What::named)
                .ok_or(shape("what", "suspect, lost or replaced"))?,
            suspect_since,
            reason,
            signer,
            time,
        })
    }
}

impl SignedNotice {
    /// Reads a notice from exactly these bytes. Whose signature it is is judged elsewhere, with
    /// [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`NoticeFault`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoticeFault> {
        if bytes.len() > MAX_NOTICE {
            return Err(NoticeFault::TooLarge { found: bytes.len() });
        }
        let header_of = |header: &Item<'_>| {
            let (kid, claims, typ) = read_header(header)?;
            // Another type may well have other claims.
            let time = match claims.labelled([6]) {
                Some([iat]) => read_time(iat)?,
                None if typ != TYP => 0,
                None => return Err(shape("claims", "exactly the label 6")),
            };
            Ok(((kid, time), typ.to_owned()))
        };
        // A payload is read once it is known to be one of a notice.
        let (outer, ()) = Envelope::read_as(bytes, header_of, |_| Ok(()))?;
        if outer.typ != TYP {
            return Err(NoticeFault::Typ { found: outer.typ });
        }
        let by = outer.header;
        let (envelope, notice) =
            Envelope::read_as(bytes, header_of, |content| Notice::read(content, by))?;
        notice.check()?;
        Ok(Self { bytes: bytes.to_vec(), envelope, notice })
    }

    /// What it says.
    #[must_use]
    pub const fn says(&self) -> &Notice {
        &self.notice
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its signature.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.envelope.signature
    }

    /// Checks its signature by the key that it names.
    ///
    /// # Errors
    /// A signature that isn't of this key over these bytes.
    pub fn verify(&self, key: &PublicKey) -> Result<(), BadSignature> {
        key.verify(&self.envelope.signed_bytes(&self.bytes), &self.envelope.signature)
    }
}
