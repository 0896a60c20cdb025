//! What an author signs, be it an entry or a statement: a tagged `COSE_Sign1` (RFC 9052 section
//! 4.2) with the same protected header, and in its payload what they put on record.
//!
//! ```text
//! d2 84 ‖ bstr(protected header) ‖ a0 ‖ bstr(payload) ‖ bstr(64-byte signature)
//!
//! protected header   {1: -19, 4: kid, 15: {1: iss, 2: sub, 6: iat}, 16: typ}
//! signed bytes       ["Signature1", protected header, h'', payload]
//! ```
//!
//! [`Said`] is what is on record: by whom, when, as what, and which content. An entry has it from
//! its own payload or, if it carries a statement, from that ([`super::entry::Entry::says`]).

use std::fmt;
use std::ops::Range;

use probity_keys::{Kid, Signature};

use super::cbor::{self, CborError, Item, ItemKey, MAX_INTEGER, Reader, Value};
use super::hash::{Commitment, EntryHash, Index};

/// Most links and most committed fields of one entry.
pub const MAX_ITEMS: usize = 256;

/// COSE algorithm number of Ed25519 (RFC 9864).
pub const ALG_ED25519: i64 = -19;

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

/// What an author puts on record, and who they are.
///
/// For an entry that carries a statement this is what the statement says. Place, previous hashes
/// and case are those of the entry ([`super::entry::Place`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// Thumbprint of the author's key.
    pub kid: Kid,
    /// When the author says that they signed: POSIX seconds.
    pub time: i64,
    /// The record kind.
    pub kind: &'a str,
    /// The kind's version.
    pub version: u64,
    /// The role in which the author signs.
    pub role: &'a str,
    /// References to earlier entries.
    pub links: &'a [Link],
    /// The fields that rules of authority read: a map with text keys.
    pub clear: &'a Value,
    /// Commitment by field name, in the order of the encoding.
    pub body: &'a [(String, Commitment)],
}

impl Said<'_> {
    /// The commitment to the field of that name.
    #[must_use]
    pub fn commitment(&self, field: &str) -> Option<Commitment> {
        self.body.iter().find(|(name, _)| name == field).map(|(_, commitment)| *commitment)
    }
}

/// Why bytes are not an entry, or not a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// Longer than [`MAX_ENTRY`](super::entry::MAX_ENTRY).
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
    /// CBOR, but of another structure.
    #[error("its {place} has another form: expected {expected}")]
    Shape {
        /// Which part.
        place: &'static str,
        /// What should stand there.
        expected: &'static str,
    },
}

pub(super) const fn shape(place: &'static str, expected: &'static str) -> EntryFault {
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
    /// The encoded protected header of a signed object of this type.
    #[must_use]
    pub(super) fn to_bytes_as(&self, typ: &str) -> Vec<u8> {
        let claims = |out: &mut Vec<u8>| {
            cbor::write_head(out, 5, 3);
            cbor::write_int(out, 1);
            cbor::write_text(out, &self.origin);
            cbor::write_int(out, 2);
            cbor::write_text(out, self.subject.as_str());
            cbor::write_int(out, 6);
            cbor::write_int(out, self.time);
        };
        encoded_header(self.kid, claims, typ)
    }

    /// The header, and the `typ`.
    fn read(header: &Item<'_>) -> Result<(Self, String), EntryFault> {
        let (kid, claims, typ) = read_header(header)?;
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
        let time = read_time(iat)?;
        Ok((Self { kid, origin, subject, time }, typ.to_owned()))
    }
}

/// The parts of a protected header: whose key, the claims, and the `typ`.
pub(super) fn read_header<'a>(
    header: &'a Item<'a>,
) -> Result<(Kid, &'a Item<'a>, &'a str), EntryFault> {
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
    Ok((Kid(kid), claims, typ))
}

/// The encoded protected header with these parts; `claims` writes the claims.
pub(super) fn encoded_header(kid: Kid, claims: impl FnOnce(&mut Vec<u8>), typ: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(192);
    cbor::write_head(&mut out, 5, 4);
    cbor::write_int(&mut out, 1);
    cbor::write_int(&mut out, ALG_ED25519);
    cbor::write_int(&mut out, 4);
    cbor::write_bytes(&mut out, &kid.0);
    cbor::write_int(&mut out, 15);
    claims(&mut out);
    cbor::write_int(&mut out, 16);
    cbor::write_text(&mut out, typ);
    out
}

/// The claim `iat`.
pub(super) fn read_time(iat: &Item<'_>) -> Result<i64, EntryFault> {
    iat.as_int().filter(|time| *time >= 0).ok_or(shape("iat", "POSIX seconds"))
}

/// Requires a map with integer keys.
fn integer_keys(item: &Item<'_>, fault: EntryFault) -> Result<(), EntryFault> {
    let pairs =
        item.as_map().filter(|pairs| pairs.iter().all(|(key, _)| matches!(key, ItemKey::Int(_))));
    pairs.map(|_| ()).ok_or(fault)
}

/// The members of a payload that every signed object has.
pub(super) struct Content {
    pub(super) kind: String,
    pub(super) version: u64,
    pub(super) role: String,
    pub(super) links: Vec<Link>,
    pub(super) clear: Value,
    pub(super) body: Vec<(String, Commitment)>,
}

impl Content {
    /// Reads `v`, `body`, `kind`, `role`, `clear` and `links`, in this order.
    pub(super) fn read(
        [version, body, kind, role, clear, links]: [&Item<'_>; 6],
    ) -> Result<Self, EntryFault> {
        let name =
            |value: &Item<'_>| value.as_text().filter(|text| is_name(text)).map(str::to_owned);
        Ok(Self {
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
}

/// A number from 0 on.
pub(super) fn number(value: &Item<'_>) -> Option<u64> {
    value.as_int().and_then(|n| u64::try_from(n).ok())
}

/// The hash of an entry.
pub(super) fn entry_hash(value: &Item<'_>) -> Option<EntryHash> {
    value.as_bytes().and_then(|bytes| EntryHash::try_from(bytes).ok())
}

/// A payload that is being written. Its members are told in the order of their encoding, shorter
/// names first; every reader refuses another order.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// A payload of so many members.
    pub(super) fn new(members: u64) -> Self {
        let mut out = Vec::with_capacity(768);
        cbor::write_head(&mut out, 5, members);
        Self(out)
    }

    /// Its encoding.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// A value of any form.
    pub(super) fn value(&mut self, name: &str, value: &Value) {
        value.write(self.member(name));
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        cbor::write_text(self.member(name), text);
    }

    /// A number.
    pub(super) fn number(&mut self, name: &str, number: u64) {
        write_number(self.member(name), number);
    }

    /// The hash of an entry, or null.
    pub(super) fn hash(&mut self, name: &str, hash: Option<EntryHash>) {
        let out = self.member(name);
        match hash {
            Some(hash) => cbor::write_bytes(out, &hash.0),
            None => Value::Null.write(out),
        }
    }

    /// A place in a ledger and the hash of the entry there.
    pub(super) fn place(&mut self, name: &str, (index, hash): (Index, EntryHash)) {
        let out = self.member(name);
        cbor::write_head(out, 4, 2);
        write_number(out, index.0);
        cbor::write_bytes(out, &hash.0);
    }

    /// Links.
    pub(super) fn links(&mut self, links: &[Link]) {
        let out = self.member("links");
        cbor::write_head(out, 4, links.len() as u64);
        for link in links {
            cbor::write_head(out, 5, 2);
            cbor::write_text(out, "rel");
            cbor::write_text(out, &link.rel);
            cbor::write_text(out, "entry");
            cbor::write_bytes(out, &link.entry.0);
        }
    }

    /// Commitments, whose names are put in order.
    pub(super) fn body(&mut self, body: &[(String, Commitment)]) {
        let mut fields: Vec<&(String, Commitment)> = body.iter().collect();
        fields.sort_by_key(|(name, _)| (name.len(), name));
        let distinct = fields.windows(2).all(|two| two[0].0 != two[1].0);
        assert!(distinct, "a payload is built with distinct fields");
        let out = self.member("body");
        cbor::write_head(out, 5, fields.len() as u64);
        for (name, hash) in fields {
            cbor::write_text(out, name);
            cbor::write_bytes(out, &hash.0);
        }
    }

    fn member(&mut self, name: &str) -> &mut Vec<u8> {
        cbor::write_text(&mut self.0, name);
        &mut self.0
    }
}

fn write_number(out: &mut Vec<u8>, number: u64) {
    let number = i64::try_from(number).ok().filter(|number| *number <= MAX_INTEGER);
    cbor::write_int(out, number.expect("indices stay below 2^53"));
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

/// Puts a signed object together.
#[must_use]
pub fn assemble(protected: &[u8], payload: &[u8], signature: &Signature) -> Vec<u8> {
    let mut out = Vec::with_capacity(protected.len() + payload.len() + 80);
    out.extend([0xd2, 0x84]);
    cbor::write_bytes(&mut out, protected);
    out.push(0xa0);
    cbor::write_bytes(&mut out, payload);
    cbor::write_bytes(&mut out, &signature.0);
    out
}

/// A signed object whose outer form was read; its payload is still to be understood.
#[derive(Clone, Debug)]
pub(super) struct Envelope<H = Header> {
    pub(super) header: H,
    pub(super) typ: String,
    /// Where the contents of the protected header and of the payload stand in the bytes.
    pub(super) parts: [Range<usize>; 2],
    pub(super) signature: Signature,
}

impl Envelope {
    /// Reads exactly these bytes, and hands the payload to `read`. Every byte is read as strict
    /// CBOR before the structure is looked at.
    pub(super) fn read<T>(
        bytes: &[u8],
        read: impl FnOnce(&Item<'_>) -> Result<T, EntryFault>,
    ) -> Result<(Self, T), EntryFault> {
        Self::read_as(bytes, Header::read, read)
    }
}

impl<H> Envelope<H> {
    /// The same with a header of another form, which comes with its `typ`.
    pub(super) fn read_as<T>(
        bytes: &[u8],
        header_of: impl FnOnce(&Item<'_>) -> Result<(H, String), EntryFault>,
        read: impl FnOnce(&Item<'_>) -> Result<T, EntryFault>,
    ) -> Result<(Self, T), EntryFault> {
        let mut reader = Reader::new(bytes);
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
        let (header, typ) = header_of(&header)?;
        let payload_read = read(&content)?;
        let place = |part: &[u8]| {
            let start = part.as_ptr().addr() - bytes.as_ptr().addr();
            start..start + part.len()
        };
        let parts = [place(protected), place(payload)];
        Ok((Self { header, typ, parts, signature }, payload_read))
    }

    /// What was signed of the bytes that were read.
    pub(super) fn signed_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let [protected, payload] = self.parts.clone().map(|part| &bytes[part]);
        sig_structure(protected, payload)
    }
}
