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
//! An entry is stored, hashed and verified as the bytes that were signed; it is never
//! encoded anew.

use std::fmt;
use std::ops::Range;

use probity_keys::{Kid, Signature};

use super::cbor::{self, CborError, Item, ItemKey, Reader, Value};
use super::hash::{Commitment, EntryHash, Index};
use super::tree;

/// Longest entry in bytes: the limit of C2SP tlog-tiles.
pub const MAX_ENTRY: usize = 65_535;

/// Most links and most committed fields of one entry.
pub const MAX_ITEMS: usize = 256;

/// COSE algorithm number of Ed25519 (RFC 9864).
pub const ALG_ED25519: i64 = -19;

/// The media type that marks an entry (RFC 9596).
pub const TYP: &str = "application/vnd.probity.entry+cose";

/// What an entry is about: the ledger itself or one case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The ledger itself.
    Ledger,
    /// A case, such as `breach-2026-003`.
    Case(String),
}

/// The protected header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Thumbprint of the author's key.
    pub kid: Kid,
    /// The ledger's origin (`iss`).
    pub origin: String,
    /// The ledger or the case (`sub`).
    pub subject: Subject,
    /// When the author says that they signed: POSIX seconds (`iat`).
    pub time: i64,
}

/// A reference to an earlier entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The relation's name.
    pub rel: String,
    /// The earlier entry.
    pub entry: EntryHash,
}

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

/// An entry as it was read: its exact bytes and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    bytes: Vec<u8>,
    hash: EntryHash,
    header: Header,
    payload: Payload,
    foreign_typ: Option<String>,
    /// Where the contents of the protected header and of the payload stand in the bytes.
    parts: [Range<usize>; 2],
    signature: Signature,
}

/// Why bytes are not an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// Longer than [`MAX_ENTRY`].
    #[error("it is {found} bytes long, expected at most 65535")]
    TooLarge {
        /// Length in bytes.
        found: usize,
    },
    /// Not strict CBOR, in the part that is named.
    #[error("its {part} is {error}")]
    Encoding {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        error: CborError,
    },
    /// CBOR, but not of an entry's structure.
    #[error("its {place} is not of an entry's form: expected {expected}")]
    Shape {
        /// Which part.
        place: &'static str,
        /// What should stand there.
        expected: &'static str,
    },
}

const fn shape(place: &'static str, expected: &'static str) -> EntryFault {
    EntryFault::Shape { place, expected }
}

fn encoding(part: &'static str) -> impl Fn(CborError) -> EntryFault {
    move |error| EntryFault::Encoding { part, error }
}

impl Subject {
    /// Reads `sub`: `ledger`, or a case of the form `NAME-YEAR-NNN`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "ledger" {
            return Some(Self::Ledger);
        }
        is_case(text).then(|| Self::Case(text.to_owned()))
    }

    /// The text as it stands in `sub`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ledger => "ledger",
            Self::Case(case) => case,
        }
    }

    /// The case, if it is one.
    #[must_use]
    pub fn case(&self) -> Option<&str> {
        match self {
            Self::Ledger => None,
            Self::Case(case) => Some(case),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `[a-z]+(-[a-z]+)*-[0-9]{4}-[0-9]{3,}`
fn is_case(text: &str) -> bool {
    let mut parts: Vec<&str> = text.split('-').collect();
    let (Some(number), Some(year)) = (parts.pop(), parts.pop()) else { return false };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    number.len() >= 3
        && digits(number)
        && year.len() == 4
        && digits(year)
        && !parts.is_empty()
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The rule for names of kinds, fields, roles and relations: `[a-z][a-z0-9-]{0,63}`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The rule for a ledger's origin: 1 to 255 bytes of `[a-z0-9./-]`.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'/' | b'-')
        })
}

/// Requires a map whose text keys are exactly `names` (in any order of `names`) and returns
/// its values in the order of `names`.
pub(crate) fn exactly<'a, const N: usize>(
    value: &'a Value,
    names: [&str; N],
) -> Option<[&'a Value; N]> {
    if value.as_map()?.len() != N {
        return None;
    }
    let mut found = [const { &Value::Null }; N];
    for (place, name) in found.iter_mut().zip(names) {
        *place = value.get(name)?;
    }
    Some(found)
}

impl Header {
    /// The encoded protected header.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let claims = Value::map([
            (1, Value::text(&*self.origin)),
            (2, Value::text(self.subject.as_str())),
            (6, Value::Int(self.time)),
        ]);
        Value::map([
            (1, Value::Int(ALG_ED25519)),
            (4, Value::bytes(self.kid.0)),
            (15, claims),
            (16, Value::text(TYP)),
        ])
        .to_bytes()
    }

    /// The header, and the `typ` if it is another than [`TYP`].
    fn read(header: &Item<'_>) -> Result<(Self, Option<String>), EntryFault> {
        integer_keys(header, shape("protected header", "a map with integer keys"))?;
        let [alg, kid, claims, typ] = header
            .labelled([1, 4, 15, 16])
            .ok_or(shape("protected header", "exactly the labels 1, 4, 15 and 16"))?;
        if *alg != Item::Int(ALG_ED25519) {
            return Err(shape("algorithm", "-19"));
        }
        let typ = typ.as_text().ok_or(shape("typ", "text"))?;
        let kid = kid
            .as_bytes()
            .and_then(|kid| <[u8; 32]>::try_from(kid).ok())
            .ok_or(shape("kid", "32 bytes"))?;
        integer_keys(claims, shape("claims", "a map with integer keys"))?;
        let [iss, sub, iat] =
            claims.labelled([1, 2, 6]).ok_or(shape("claims", "exactly the labels 1, 2 and 6"))?;
        let origin = iss
            .as_text()
            .filter(|text| is_origin(text))
            .ok_or(shape("iss", "an origin of 1 to 255 of a-z 0-9 . / -"))?
            .to_owned();
        let subject = sub
            .as_text()
            .and_then(Subject::parse)
            .ok_or(shape("sub", "`ledger` or a case such as `breach-2026-003`"))?;
        let time = iat.as_int().filter(|time| *time >= 0).ok_or(shape("iat", "POSIX seconds"))?;
        let foreign_typ = (typ != TYP).then(|| typ.to_owned());
        Ok((Self { kid: Kid(kid), origin, subject, time }, foreign_typ))
    }
}

/// Requires a map with integer keys.
fn integer_keys(item: &Item<'_>, fault: EntryFault) -> Result<(), EntryFault> {
    let pairs =
        item.as_map().filter(|pairs| pairs.iter().all(|(key, _)| matches!(key, ItemKey::Int(_))));
    pairs.map(|_| ()).ok_or(fault)
}

impl Payload {
    /// The encoded payload.
    ///
    /// # Panics
    /// When a number exceeds 2⁵³−1, or two fields of the body have one name.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let number = |n: u64| Value::Int(i64::try_from(n).expect("indices stay below 2^53"));
        let links = self.links.iter().map(|link| {
            Value::map([("rel", Value::text(&*link.rel)), ("entry", Value::bytes(link.entry.0))])
        });
        let body = self.body.iter().map(|(name, hash)| (name.as_str(), Value::bytes(hash.0)));
        Value::map([
            ("seq", number(self.seq.0)),
            ("prev", Value::bytes(self.prev.0)),
            ("gov", Value::bytes(self.gov.0)),
            ("case", self.case.map_or(Value::Null, |hash| Value::bytes(hash.0))),
            ("kind", Value::text(&*self.kind)),
            ("v", number(self.version)),
            ("role", Value::text(&*self.role)),
            ("links", Value::Array(links.collect())),
            ("clear", self.clear.clone()),
            ("body", Value::map(body)),
        ])
        .to_bytes()
    }

    fn read(content: &Item<'_>) -> Result<Self, EntryFault> {
        let [version, gov, seq, body, case, kind, prev, role, clear, links] = content
            .exactly(["v", "gov", "seq", "body", "case", "kind", "prev", "role", "clear", "links"])
            .ok_or(shape(
                "payload",
                "exactly seq, prev, gov, case, kind, v, role, links, clear, body",
            ))?;
        let number = |value: &Item<'_>| value.as_int().and_then(|n| u64::try_from(n).ok());
        let hash = |value: &Item<'_>| value.as_bytes().and_then(|b| EntryHash::try_from(b).ok());
        let name =
            |value: &Item<'_>| value.as_text().filter(|text| is_name(text)).map(str::to_owned);
        Ok(Self {
            seq: number(seq).map(Index).ok_or(shape("seq", "an index"))?,
            prev: hash(prev).ok_or(shape("prev", "32 bytes"))?,
            gov: hash(gov).ok_or(shape("gov", "32 bytes"))?,
            case: match case {
                Item::Null => None,
                other => Some(hash(other).ok_or(shape("case", "32 bytes or null"))?),
            },
            kind: name(kind).ok_or(shape("kind", "a name"))?,
            version: number(version).filter(|v| *v > 0).ok_or(shape("v", "a version from 1"))?,
            role: name(role).ok_or(shape("role", "a name"))?,
            links: links
                .as_array()
                .filter(|links| links.len() <= MAX_ITEMS)
                .and_then(|links| links.iter().map(parse_link).collect())
                .ok_or(shape("links", "at most 256 of {rel: name, entry: 32 bytes}"))?,
            clear: text_keys(clear)
                .then(|| clear.to_value())
                .ok_or(shape("clear", "a map of names"))?,
            body: body
                .as_map()
                .filter(|pairs| pairs.len() <= MAX_ITEMS)
                .and_then(|pairs| pairs.iter().map(parse_commitment).collect())
                .ok_or(shape("body", "at most 256 of name: 32 bytes"))?,
        })
    }

    /// The commitment to the field of that name.
    #[must_use]
    pub fn commitment(&self, field: &str) -> Option<Commitment> {
        self.body.iter().find(|(name, _)| name == field).map(|(_, commitment)| *commitment)
    }
}

fn text_keys(item: &Item<'_>) -> bool {
    let named = |key: &ItemKey<'_>| matches!(key, ItemKey::Text(name) if is_name(name));
    item.as_map().is_some_and(|pairs| pairs.iter().all(|(key, _)| named(key)))
}

fn parse_link(item: &Item<'_>) -> Option<Link> {
    let [rel, entry] = item.exactly(["rel", "entry"])?;
    let rel = rel.as_text().filter(|rel| is_name(rel))?.to_owned();
    Some(Link { rel, entry: EntryHash::try_from(entry.as_bytes()?).ok()? })
}

fn parse_commitment((key, item): &(ItemKey<'_>, Item<'_>)) -> Option<(String, Commitment)> {
    match key {
        ItemKey::Text(name) if is_name(name) => {
            Some(((*name).to_owned(), Commitment::try_from(item.as_bytes()?).ok()?))
        }
        _ => None,
    }
}

/// The bytes that an author signs: RFC 9052 section 4.4 with empty external data.
#[must_use]
pub fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(protected.len() + payload.len() + 24);
    cbor::write_head(&mut out, 4, 4);
    cbor::write_text(&mut out, "Signature1");
    cbor::write_bytes(&mut out, protected);
    cbor::write_bytes(&mut out, &[]);
    cbor::write_bytes(&mut out, payload);
    out
}

/// Puts a signed entry together.
#[must_use]
pub fn assemble(protected: &[u8], payload: &[u8], signature: &Signature) -> Vec<u8> {
    let mut out = vec![0xd2, 0x84];
    cbor::write_bytes(&mut out, protected);
    out.push(0xa0);
    cbor::write_bytes(&mut out, payload);
    cbor::write_bytes(&mut out, &signature.0);
    out
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
        // Every byte is read as strict CBOR before the structure is looked at.
        let mut reader = Reader::new(&bytes);
        let tagged = reader.literal(&[0xd2], "expected tag 18").is_ok();
        let envelope = reader.item().map_err(encoding("envelope"))?;
        reader.end().map_err(encoding("envelope"))?;
        let Some(&[Item::Bytes(protected), ref unprotected, Item::Bytes(payload), ref signature]) =
            envelope.as_array().filter(|_| tagged)
        else {
            return Err(shape("envelope", "tag 18 around [bytes, {}, bytes, bytes]"));
        };
        let header = cbor::read_header(protected).map_err(encoding("protected header"))?;
        let content = cbor::read(payload).map_err(encoding("payload"))?;
        if *unprotected != Item::Map(Vec::new()) {
            return Err(shape("unprotected header", "an empty map"));
        }
        let signature = signature
            .as_bytes()
            .and_then(|signature| signature.try_into().ok())
            .map(Signature)
            .ok_or(shape("signature", "64 bytes"))?;
        let (header, foreign_typ) = Header::read(&header)?;
        let payload_read = Payload::read(&content)?;
        let place = |part: &[u8]| {
            let start = part.as_ptr().addr() - bytes.as_ptr().addr();
            start..start + part.len()
        };
        Ok(Self {
            hash: tree::leaf_hash(&bytes),
            parts: [place(protected), place(payload)],
            payload: payload_read,
            header,
            foreign_typ,
            signature,
            bytes,
        })
    }

    /// The same entry with null in place of what its clear fields say; its bytes stay. For
    /// whoever holds many entries: a list of nulls takes thirty times the room of its bytes.
    #[must_use]
    pub(crate) fn without_clear(mut self) -> Self {
        self.payload.clear = Value::Null;
        self
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What stands before its empty unprotected header, and what after it.
    pub(crate) fn around_unprotected(&self) -> (&[u8], &[u8]) {
        let [protected, _] = &self.parts;
        (&self.bytes[..protected.end], &self.bytes[protected.end + 1..])
    }

    /// The entry's hash.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        self.hash
    }

    /// The protected header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The type that it names, if that is not [`TYP`]: this version can't judge such an entry.
    #[must_use]
    pub fn foreign_typ(&self) -> Option<&str> {
        self.foreign_typ.as_deref()
    }

    /// The payload.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The place that it claims.
    #[must_use]
    pub fn index(&self) -> Index {
        self.payload.seq
    }

    /// The bytes that the author signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let [protected, payload] = self.parts.clone().map(|part| &self.bytes[part]);
        sig_structure(protected, payload)
    }

    /// The author's signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Whether it decides who may sign: the kinds that `gov` chains.
    #[must_use]
    pub fn is_governance(&self) -> bool {
        is_governance(&self.payload.kind)
    }
}

/// Whether a kind belongs to the governance chain.
#[must_use]
pub fn is_governance(kind: &str) -> bool {
    matches!(kind, "genesis" | "appointment" | "revocation" | "log-key" | "anchor")
}
