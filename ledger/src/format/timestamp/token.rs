//! Items 1 to 5 of section 15: a response, the token in it, its signer and its signature.

use super::TokenFault;
use super::algorithms::{Algorithm, Hash, identifier};
use super::certificate::Certificate;
use super::der::{
    BIT_STRING, BOOLEAN, Element, Elements, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE,
    SET, UTF8_STRING, constructed, primitive,
};
use super::time;
use crate::format::clip::clipped;

/// Longest file that is read.
pub const MAX_TOKEN: usize = 1 << 20;

/// Most certificates in one token.
pub(super) const MAX_CERTIFICATES: usize = 16;

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
const SIGNING_CERTIFICATE: &[u8] =
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0c];
const SIGNING_CERTIFICATE_V2: &[u8] =
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];

/// A timestamp whose items 1 to 5 hold: the key of the certificate in it signed that these
/// bytes existed then. Whose key that is, [`Token::leads_to`] asks.
#[derive(Clone, Debug)]
pub struct Token {
    /// When: POSIX seconds.
    pub time: i64,
    /// The last common name in the subject of the signer's certificate, or nothing. A claim.
    pub authority: String,
    /// The request's number, if it had one: the digits of a number without sign.
    pub nonce: Option<Vec<u8>>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) signer: usize,
}

/// What the signer of a token says.
struct Info {
    time: i64,
    nonce: Option<Vec<u8>>,
}

/// The parts of a `SignedData`.
struct Signed<'a> {
    content: &'a [u8],
    certificates: Vec<Element<'a>>,
    signer: Element<'a>,
}

/// The parts of a `SignerInfo`.
struct Signer<'a> {
    identifier: Element<'a>,
    hash: Hash,
    attributes: Element<'a>,
    algorithm: Algorithm,
    signature: &'a [u8],
}

impl Token {
    /// Reads the answer of a timestamp authority and holds it against the bytes that it should
    /// be over. Pure: neither clock nor network, and nothing of it is believed.
    ///
    /// # Errors
    /// [`TokenFault`], the first in the order of the items.
    pub fn read(response: &[u8], over: &[u8]) -> Result<Self, TokenFault> {
        Self::read_over(response, Some(over))
    }

    /// The same of a token whatever it is over: item 2 is left out.
    ///
    /// # Errors
    /// [`TokenFault`], but [`TokenFault::OtherBytes`].
    pub fn read_whatever_it_is_over(response: &[u8]) -> Result<Self, TokenFault> {
        Self::read_over(response, None)
    }

    fn read_over(response: &[u8], over: Option<&[u8]>) -> Result<Self, TokenFault> {
        if response.len() > MAX_TOKEN {
            return Err(TokenFault::Form("it is longer than 1 MiB"));
        }
        let token = granted(response)?;
        let form = TokenFault::Form;
        let signed =
            signed_data(&token).ok_or(form("its token is not CMS SignedData with one signer"))?;
        if signed.certificates.len() > MAX_CERTIFICATES {
            return Err(TokenFault::Signer("it carries more than 16 certificates"));
        }
        let (info, imprint) =
            info(signed.content).ok_or(form("its content is not a TSTInfo of version 1"))?;
        let signer =
            signer(&signed.signer).ok_or(TokenFault::Signer("its signer's part can't be read"))?;
        if over.is_some_and(|over| !imprint.fits(over)) {
            return Err(TokenFault::OtherBytes);
        }
        // A certificate that can't be read signs nothing and stands in no chain.
        let certificates: Vec<Certificate> =
            signed.certificates.iter().filter_map(|one| Certificate::read(one.whole)).collect();
        let at = certificates
            .iter()
            .position(|one| signer.is(one))
            .ok_or(TokenFault::Signer("the signer's certificate is not in it"))?;
        let by = &certificates[at];
        check_attributes(&signer, signed.content, by)?;
        if !by.only_for_time_stamping() {
            return Err(TokenFault::Signer(
                "the signer's certificate is not for time stamping alone",
            ));
        }
        if !by.may_sign() {
            return Err(TokenFault::Signer("the signer's certificate may not sign"));
        }
        let mut attributes = signer.attributes.whole.to_vec();
        attributes[0] = SET;
        if !by.key().verifies(signer.algorithm, signer.hash, &attributes, signer.signature) {
            return Err(TokenFault::Signature);
        }
        let authority = by.common_name();
        Ok(Self { time: info.time, nonce: info.nonce, authority, certificates, signer: at })
    }
}

/// Item 1, the outer part: the token's `ContentInfo`.
fn granted(response: &[u8]) -> Result<Element<'_>, TokenFault> {
    let form = TokenFault::Form("it is not one DER TimeStampResp");
    let mut outer = Element::only(response, SEQUENCE).ok_or(form.clone())?.inside();
    let status = outer.take(SEQUENCE).ok_or(form.clone())?;
    let mut inside = status.inside();
    let code = inside.take(INTEGER).and_then(|code| code.unsigned()).ok_or(form.clone())?;
    let words = inside.optional(SEQUENCE).ok_or(form.clone())?;
    inside.optional(BIT_STRING).and_then(|_| inside.end()).ok_or(form.clone())?;
    if code != [0] && code != [1] {
        let words = words.and_then(|words| words.inside().take(UTF8_STRING));
        let words = words.map(|words| clipped(&String::from_utf8_lossy(words.content), 100));
        return Err(TokenFault::Refused(words.unwrap_or_default()));
    }
    let token = outer.take(SEQUENCE).ok_or(form.clone())?;
    outer.end().ok_or(form)?;
    Ok(token)
}

fn signed_data<'a>(token: &Element<'a>) -> Option<Signed<'a>> {
    let mut outer = token.inside();
    if outer.take(OID)?.content != SIGNED_DATA {
        return None;
    }
    let explicit = outer.take(constructed(0))?;
    outer.end()?;
    let mut inside = Element::only(explicit.content, SEQUENCE)?.inside();
    inside.take(INTEGER)?;
    inside.take(SET)?;
    let mut content = inside.take(SEQUENCE)?.inside();
    if content.take(OID)?.content != TST_INFO {
        return None;
    }
    let octets = Element::only(content.take(constructed(0))?.content, OCTET_STRING)?;
    content.end()?;
    let certificates = match inside.optional(constructed(0))? {
        Some(set) => set.inside().all()?,
        None => Vec::new(),
    };
    inside.optional(constructed(1))?;
    let signers = inside.take(SET)?;
    inside.end()?;
    let mut signers = signers.inside();
    let signer = signers.take(SEQUENCE)?;
    signers.end()?;
    Some(Signed { content: octets.content, certificates, signer })
}

/// What a token is over.
struct Imprint<'a> {
    hash: Option<Hash>,
    digest: &'a [u8],
}

impl Imprint<'_> {
    fn fits(&self, bytes: &[u8]) -> bool {
        self.hash.is_some_and(|hash| hash.of(bytes) == self.digest)
    }
}

/// `TSTInfo` of version 1.
fn info(content: &[u8]) -> Option<(Info, Imprint<'_>)> {
    let mut inside = Element::only(content, SEQUENCE)?.inside();
    if inside.take(INTEGER)?.content != [1] {
        return None;
    }
    inside.take(OID)?;
    let mut imprint = inside.take(SEQUENCE)?.inside();
    let algorithm = imprint.take(SEQUENCE)?;
    let digest = imprint.take(OCTET_STRING)?.content;
    imprint.end()?;
    identifier(&algorithm)?;
    inside.take(INTEGER)?;
    let moment = time::generalized(inside.take(GENERALIZED_TIME)?.content, true)?;
    inside.optional(SEQUENCE)?;
    if let Some(ordering) = inside.optional(BOOLEAN)? {
        ordering.truth()?;
    }
    // One with a sign is no number that we ask with, and is carried as it stands.
    let nonce = inside.optional(INTEGER)?;
    let nonce = nonce.map(|nonce| nonce.unsigned().unwrap_or(nonce.content).to_vec());
    inside.optional(constructed(0))?;
    inside.optional(constructed(1))?;
    inside.end()?;
    let imprint = Imprint { hash: Hash::named(&algorithm), digest };
    (moment >= 0).then_some((Info { time: moment, nonce }, imprint))
}

fn signer<'a>(element: &Element<'a>) -> Option<Signer<'a>> {
    let mut inside = element.inside();
    inside.take(INTEGER)?;
    let identifier = inside.any()?;
    let digest = inside.take(SEQUENCE)?;
    let attributes = inside.take(constructed(0))?;
    let algorithm = inside.take(SEQUENCE)?;
    let signature = inside.take(OCTET_STRING)?.content;
    inside.optional(constructed(1))?;
    inside.end()?;
    let (hash, algorithm) = (Hash::named(&digest)?, Algorithm::named(&algorithm)?);
    if algorithm.hash.is_some_and(|named| named != hash) {
        return None;
    }
    Some(Signer { identifier, hash, attributes, algorithm, signature })
}

impl Signer<'_> {
    /// Whether a certificate is the one that this signer is identified by.
    fn is(&self, certificate: &Certificate) -> bool {
        let named = || {
            let mut inside = self.identifier.inside();
            let (issuer, serial) = (inside.take(SEQUENCE)?, inside.take(INTEGER)?);
            inside.end()?;
            Some(certificate.issuer == issuer.whole && certificate.serial == serial.whole)
        };
        match self.identifier.tag {
            SEQUENCE => named().unwrap_or(false),
            tag if tag == primitive(0) => certificate.has_key_identifier(self.identifier.content),
            _ => false,
        }
    }
}

/// Item 3.
fn check_attributes(
    signer: &Signer,
    content: &[u8],
    certificate: &Certificate,
) -> Result<(), TokenFault> {
    let fault = TokenFault::Attributes;
    let mut values: Vec<(&[u8], Element)> = Vec::new();
    let all = signer.attributes.inside().all().ok_or(fault("they can't be read"))?;
    for attribute in all {
        let (name, value) = attribute_of(&attribute).ok_or(fault("they can't be read"))?;
        if let Some(value) = value {
            if values.iter().any(|(known, _)| *known == name) {
                return Err(fault("one of them stands there twice"));
            }
            values.push((name, value));
        }
    }
    let value = |wanted: &[u8]| values.iter().find(|(name, _)| *name == wanted).map(|(_, v)| *v);
    let kind = value(CONTENT_TYPE).ok_or(fault("no content type"))?;
    if kind.tag != OID || kind.content != TST_INFO {
        return Err(fault("another content type"));
    }
    let digest = value(MESSAGE_DIGEST).ok_or(fault("no message digest"))?;
    if digest.tag != OCTET_STRING || digest.content != signer.hash.of(content) {
        return Err(fault("another message digest"));
    }
    let (older, newer) = (value(SIGNING_CERTIFICATE), value(SIGNING_CERTIFICATE_V2));
    if older.is_none() && newer.is_none() {
        return Err(fault("no signing certificate"));
    }
    let fits = older.is_none_or(|older| first_hash(&older, false, certificate) == Some(true))
        && newer.is_none_or(|newer| first_hash(&newer, true, certificate) == Some(true));
    if fits { Ok(()) } else { Err(fault("another signing certificate")) }
}

/// An attribute's name and, for those that count, its one value.
fn attribute_of<'a>(attribute: &Element<'a>) -> Option<(&'a [u8], Option<Element<'a>>)> {
    if attribute.tag != SEQUENCE {
        return None;
    }
    let mut inside = attribute.inside();
    let (name, set) = (inside.take(OID)?.content, inside.take(SET)?);
    inside.end()?;
    if ![CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2].contains(&name)
    {
        return Some((name, None));
    }
    let mut values = set.inside();
    let value = values.any()?;
    values.end()?;
    Some((name, Some(value)))
}

/// Whether the first hash of a signing certificate attribute is that of the certificate.
fn first_hash(value: &Element, newer: bool, certificate: &Certificate) -> Option<bool> {
    let mut list = Element::only(value.whole, SEQUENCE)?.inside().take(SEQUENCE)?.inside();
    let mut first = Elements(list.take(SEQUENCE)?.content);
    let hash = match newer.then(|| first.optional(SEQUENCE)).flatten() {
        Some(Some(named)) => Hash::named(&named)?,
        _ => Hash::Sha256,
    };
    let digest = first.take(OCTET_STRING)?.content;
    let expected = if newer { hash.of(&certificate.whole) } else { sha1(&certificate.whole) };
    Some(digest == expected)
}

/// SHA-1 names a certificate here, beside a signature that covers it; it is no signature's hash.
fn sha1(bytes: &[u8]) -> Vec<u8> {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::timestamp::der::element;

    /// Kept answers of openssl, by keys of each sort.
    const KEPT: [&str; 6] = [
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-1.txt"),
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-2.txt"),
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-3.txt"),
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-4.txt"),
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-5.txt"),
        include_str!("../../../../tests/vectors/timestamp/tokens-by-openssl-hold-6.txt"),
    ];

    /// Whoever names RSA means no key on a curve, and the other way round.
    #[test]
    fn a_key_verifies_by_algorithms_of_its_own_sort_alone() {
        let named = |oid: &[u8]| {
            let algorithm = element(SEQUENCE, &element(OID, oid));
            let algorithm = Element::only(&algorithm, SEQUENCE).expect("an element");
            Algorithm::named(&algorithm).expect("an algorithm")
        };
        let rsa = named(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]);
        let ecdsa = named(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
        let mut sorts = [0, 0];
        for kept in KEPT {
            let part = |name: &str| {
                let line = kept.lines().find_map(|line| line.strip_prefix(name));
                hex::decode(line.expect("a line").trim()).expect("digits")
            };
            let (over, response) = (part("over:"), part("bytes:"));
            let token = Token::read(&response, &over).expect("it holds");
            let whole = granted(&response).expect("it was read");
            let signed = signed_data(&whole).expect("it was read");
            let by = signer(&signed.signer).expect("it was read");
            let mut attributes = by.attributes.whole.to_vec();
            attributes[0] = SET;
            let key = token.certificates[token.signer].key();
            let holds = |named| key.verifies(named, by.hash, &attributes, by.signature);
            let (by_rsa, by_ecdsa) = (holds(rsa), holds(ecdsa));
            assert_ne!(by_rsa, by_ecdsa, "{kept}");
            sorts[usize::from(by_rsa)] += 1;
        }
        assert!(sorts.iter().all(|number| *number > 0), "{sorts:?}");
    }
}
