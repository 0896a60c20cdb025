//! A timestamp authority in memory, with fixed keys: honest tokens, and faulty ones that are
//! signed all the same. (`tests/support/tsa.rs` has one made by openssl.)

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};

/// One element of DER.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut all = vec![tag];
    match length {
        0..=0x7f => all.push(u8::try_from(length).expect("short")),
        0x80..=0xff => all.extend([0x81, u8::try_from(length).expect("short")]),
        0x100..=0xffff => {
            all.push(0x82);
            all.extend(u16::try_from(length).expect("short").to_be_bytes());
        }
        _ => {
            all.push(0x84);
            all.extend(u32::try_from(length).expect("short").to_be_bytes());
        }
    }
    all.extend_from_slice(content);
    all
}

/// A SEQUENCE of parts.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// An object identifier.
pub fn oid(arcs: &[u32]) -> Vec<u8> {
    let mut content = vec![u8::try_from(arcs[0] * 40 + arcs[1]).expect("small")];
    for arc in &arcs[2..] {
        let mut digits = vec![u8::try_from(arc & 0x7f).expect("seven bits")];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    element(6, &content)
}

pub const SIGNED_DATA: &[u32] = &[1, 2, 840, 113_549, 1, 7, 2];
pub const TST_INFO: &[u32] = &[1, 2, 840, 113_549, 1, 9, 16, 1, 4];
pub const CONTENT_TYPE: &[u32] = &[1, 2, 840, 113_549, 1, 9, 3];
pub const MESSAGE_DIGEST: &[u32] = &[1, 2, 840, 113_549, 1, 9, 4];
pub const SIGNING_CERTIFICATE: &[u32] = &[1, 2, 840, 113_549, 1, 9, 16, 2, 12];
pub const SIGNING_CERTIFICATE_V2: &[u32] = &[1, 2, 840, 113_549, 1, 9, 16, 2, 47];
pub const SHA_256: &[u32] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
pub const ECDSA_SHA_256: &[u32] = &[1, 2, 840, 10045, 4, 3, 2];
pub const EC_PUBLIC_KEY: &[u32] = &[1, 2, 840, 10045, 2, 1];
pub const P_256: &[u32] = &[1, 2, 840, 10045, 3, 1, 7];
pub const KEY_IDENTIFIER: &[u32] = &[2, 5, 29, 14];
pub const KEY_USAGE: &[u32] = &[2, 5, 29, 15];
pub const BASIC_CONSTRAINTS: &[u32] = &[2, 5, 29, 19];
pub const NAME_CONSTRAINTS: &[u32] = &[2, 5, 29, 30];
pub const EXTENDED_KEY_USAGE: &[u32] = &[2, 5, 29, 37];
pub const TIME_STAMPING: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 8];
pub const CODE_SIGNING: &[u32] = &[1, 3, 6, 1, 5, 5, 7, 3, 3];

/// A key on P-256, whose number this is.
pub fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).expect("a key")
}

/// An ECDSA signature with SHA-256, as DER.
pub fn sign(key: &SigningKey, bytes: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign_prehash(&Sha256::digest(bytes)).expect("a signature");
    let (r, s) = signature.split_bytes();
    sequence(&[&integer(&r), &integer(&s)])
}

fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
    let mut content = number[start..].to_vec();
    if content[0] >= 0x80 {
        content.insert(0, 0);
    }
    element(2, &content)
}

/// A name of one common name.
pub fn name(common: &str) -> Vec<u8> {
    let pair = sequence(&[&oid(&[2, 5, 4, 3]), &element(12, common.as_bytes())]);
    sequence(&[&element(0x31, &pair)])
}

/// An extension.
pub fn extension(kind: &[u32], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { element(1, &[0xff]) } else { Vec::new() };
    sequence(&[&oid(kind), &critical, &element(4, value)])
}

/// The extensions of a signer's certificate as they should be.
pub fn for_time_stamping() -> Vec<Vec<u8>> {
    vec![
        extension(KEY_USAGE, true, &element(3, &[6, 0xc0])),
        extension(EXTENDED_KEY_USAGE, true, &sequence(&[&oid(TIME_STAMPING)])),
    ]
}

/// The extensions of an authority, with a path length or without.
pub fn for_certifying(longest: Option<u8>) -> Vec<Vec<u8>> {
    let longest = longest.map_or_else(Vec::new, |longest| element(2, &[longest]));
    vec![
        extension(BASIC_CONSTRAINTS, true, &sequence(&[&element(1, &[0xff]), &longest])),
        extension(KEY_USAGE, true, &element(3, &[1, 0x06])),
    ]
}

/// A certificate to be made.
#[derive(Clone)]
pub struct Cert {
    pub subject: &'static str,
    pub issuer: &'static str,
    pub serial: u8,
    pub from: &'static str,
    pub until: &'static str,
    pub extensions: Vec<Vec<u8>>,
}

impl Cert {
    pub fn new(subject: &'static str, issuer: &'static str, serial: u8) -> Self {
        let (from, until) = ("260101000000Z", "360101000000Z");
        Self { subject, issuer, serial, from, until, extensions: for_time_stamping() }
    }

    pub fn authority(subject: &'static str, issuer: &'static str, serial: u8) -> Self {
        Self { extensions: for_certifying(None), ..Self::new(subject, issuer, serial) }
    }

    /// The certificate of that key, signed by another.
    pub fn make(&self, of: &SigningKey, by: &SigningKey) -> Vec<u8> {
        let algorithm = sequence(&[&oid(ECDSA_SHA_256)]);
        let point = of.verifying_key().to_sec1_point(false);
        let point = [&[0][..], point.as_bytes()].concat();
        let named = sequence(&[&oid(EC_PUBLIC_KEY), &oid(P_256)]);
        let info = sequence(&[&named, &element(3, &point)]);
        let time =
            |text: &str| element(if text.len() == 13 { 0x17 } else { 0x18 }, text.as_bytes());
        let signed = sequence(&[
            &element(0xa0, &element(2, &[2])),
            &element(2, &[self.serial]),
            &algorithm,
            &name(self.issuer),
            &sequence(&[&time(self.from), &time(self.until)]),
            &name(self.subject),
            &info,
            &element(0xa3, &sequence(&[&self.extensions.concat()])),
        ]);
        let signature = [&[0][..], &sign(by, &signed)].concat();
        sequence(&[&signed, &algorithm, &element(3, &signature)])
    }
}

/// As PEM, several one after another.
pub fn pem(certificates: &[&[u8]]) -> Vec<u8> {
    use base64::Engine as _;
    let mut text = String::new();
    for one in certificates {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let digits = base64::engine::general_purpose::STANDARD.encode(one);
        for line in digits.as_bytes().chunks(64) {
            text.push_str(std::str::from_utf8(line).expect("base64"));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text.into_bytes()
}

/// The number of the root's key and that of the signer's.
pub const ROOT_KEY: u8 = 21;
pub const SIGNER_KEY: u8 = 22;

/// The root that stands behind honest tokens.
pub fn root() -> Vec<u8> {
    Cert::authority("Example Root", "Example Root", 1).make(&key(ROOT_KEY), &key(ROOT_KEY))
}

/// The signer's certificate of honest tokens.
pub fn signer() -> Vec<u8> {
    Cert::new("Example TSA", "Example Root", 2).make(&key(SIGNER_KEY), &key(ROOT_KEY))
}

/// A token to be made, part by part.
#[derive(Clone)]
pub struct Stamp {
    /// The bytes that it is over.
    pub over: Vec<u8>,
    /// `YYYYMMDDhhmmssZ`.
    pub time: String,
    /// The first is the signer's.
    pub certificates: Vec<Vec<u8>>,
    pub signer: SigningKey,
    pub status: u8,
    pub version: u8,
    pub nonce: Option<Vec<u8>>,
    pub content_type: Vec<u8>,
    /// Whether each attribute stands there, and with which value.
    pub attributes: Vec<(Vec<u8>, Vec<u8>)>,
    pub identifier: Vec<u8>,
    /// How often the signer's part stands there.
    pub signers: usize,
    /// Replaces the imprint.
    pub imprint: Option<Vec<u8>>,
}

impl Stamp {
    /// An honest one.
    pub fn new(over: &[u8], time: &str) -> Self {
        let certificate = signer();
        Self {
            over: over.to_vec(),
            time: time.to_owned(),
            identifier: sequence(&[&name("Example Root"), &element(2, &[2])]),
            certificates: vec![certificate],
            signer: key(SIGNER_KEY),
            status: 0,
            version: 1,
            nonce: None,
            content_type: oid(TST_INFO),
            attributes: Vec::new(),
            signers: 1,
            imprint: None,
        }
    }

    /// The `TSTInfo`.
    pub fn info(&self) -> Vec<u8> {
        let imprint = self.imprint.clone().unwrap_or_else(|| {
            let digest = element(4, &Sha256::digest(&self.over));
            sequence(&[&sequence(&[&oid(SHA_256), &[5, 0]]), &digest])
        });
        let nonce = self.nonce.as_ref().map_or_else(Vec::new, |nonce| element(2, nonce));
        sequence(&[
            &element(2, &[self.version]),
            &oid(&[1, 2, 3, 4]),
            &imprint,
            &element(2, &[9]),
            &element(0x18, self.time.as_bytes()),
            &nonce,
        ])
    }

    /// The attributes as they should be.
    pub fn usual(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let digest = Sha256::digest(self.info()).to_vec();
        let hash = element(4, &Sha256::digest(&self.certificates[0]));
        let signing = sequence(&[&sequence(&[&sequence(&[&hash])])]);
        vec![
            (oid(CONTENT_TYPE), oid(TST_INFO)),
            (oid(MESSAGE_DIGEST), element(4, &digest)),
            (oid(SIGNING_CERTIFICATE_V2), signing),
        ]
    }

    /// The response.
    pub fn make(&self) -> Vec<u8> {
        let info = self.info();
        let attributes =
            if self.attributes.is_empty() { self.usual() } else { self.attributes.clone() };
        let attributes: Vec<u8> = attributes
            .iter()
            .flat_map(|(kind, value)| sequence(&[kind, &element(0x31, value)]))
            .collect();
        let signature = sign(&self.signer, &element(0x31, &attributes));
        let algorithm = sequence(&[&oid(SHA_256)]);
        let signer = sequence(&[
            &element(2, &[1]),
            &self.identifier,
            &algorithm,
            &element(0xa0, &attributes),
            &sequence(&[&oid(ECDSA_SHA_256)]),
            &element(4, &signature),
        ]);
        let content = sequence(&[&self.content_type, &element(0xa0, &element(4, &info))]);
        let signed = sequence(&[
            &element(2, &[3]),
            &element(0x31, &algorithm),
            &content,
            &element(0xa0, &self.certificates.concat()),
            &element(0x31, &signer.repeat(self.signers)),
        ]);
        let token = sequence(&[&oid(SIGNED_DATA), &element(0xa0, &signed)]);
        let status = sequence(&[&element(2, &[self.status])]);
        if self.status > 1 { sequence(&[&status]) } else { sequence(&[&status, &token]) }
    }
}
