//! Public keys in files: what a person hands over to be appointed.
//!
//! PEM text with the label `PUBLIC KEY` around a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7)
//! whose algorithm is id-Ed25519, 1.3.101.112, without parameters (RFC 8410 §4).
//!
//! The file is not signed. Whoever receives one should compare the key's thumbprint with its
//! holder by another way before appointing it.

use ::pkcs8::SubjectPublicKeyInfoRef;
use ::pkcs8::der::asn1::BitStringRef;
use ::pkcs8::der::pem::{LineEnding, PemLabel};
use ::pkcs8::der::{self, Document};
use ed25519_dalek::pkcs8::{ALGORITHM_ID, ALGORITHM_OID};

use crate::ed25519::PublicKey;
use crate::pem::{KeyFileError, read_pem};

/// A public key as a file, PEM text with LF line ends.
#[must_use]
pub fn public_to_pem(key: &PublicKey) -> String {
    write_public(key)
}

/// Reads a public key file and admits the key.
///
/// # Errors
///
/// A [`KeyFileError`]; [`KeyFileError::Key`] if the key breaks the key rule.
pub fn public_from_pem(pem: &str) -> Result<PublicKey, KeyFileError> {
    const LABEL: &str = SubjectPublicKeyInfoRef::PEM_LABEL;
    const MALFORMED: KeyFileError = KeyFileError::Malformed { expected: LABEL };
    let file = read_pem(pem, LABEL)?;
    let info: SubjectPublicKeyInfoRef<'_> = file.decode_msg().map_err(|_| MALFORMED)?;
    if info.algorithm.oid != ALGORITHM_OID {
        return Err(KeyFileError::NotEd25519 { found: info.algorithm.oid.to_string() });
    }
    let bytes = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
    match (info.algorithm.parameters, bytes.try_into()) {
        (None, Ok(bytes)) => Ok(PublicKey::from_bytes(bytes)?),
        _ => Err(MALFORMED),
    }
}

fn write_public(key: &PublicKey) -> String {
    let encode = |bytes: &[u8]| -> Result<String, der::Error> {
        let info = SubjectPublicKeyInfoRef {
            algorithm: ALGORITHM_ID,
            subject_public_key: BitStringRef::new(0, bytes)?,
        };
        Document::encode_msg(&info)?.to_pem(SubjectPublicKeyInfoRef::PEM_LABEL, LineEnding::LF)
    };
    encode(&key.to_bytes()).expect("a public key of 32 bytes encodes as DER and PEM")
}
