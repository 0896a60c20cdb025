//! The text around a key file, and what can be wrong with the file (RFC 7468).

use ::pkcs8::der::{ErrorKind, SecretDocument};
use thiserror::Error;

use crate::ed25519::KeyFault;
use crate::pkcs8::MAX_PBKDF2_ROUNDS;

/// Why a key file can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyFileError {
    /// The text is not PEM (RFC 7468).
    #[error("not a key file: expected PEM text that begins with -----BEGIN {expected}-----")]
    NotPem {
        /// The label that was expected.
        expected: &'static str,
    },
    /// The PEM text holds something else, such as a key that is not encrypted.
    #[error("not the expected key file: found {found:?}, expected {expected:?}")]
    Label {
        /// The label found.
        found: String,
        /// The label expected.
        expected: &'static str,
    },
    /// Inside the PEM text is not the structure that its label promises.
    #[error("the key file is damaged: expected the structure of {expected:?}")]
    Malformed {
        /// The label of the file.
        expected: &'static str,
    },
    /// The key is encrypted in a way that is not supported.
    #[error("the key file is encrypted by {found}, expected PBES2 with scrypt or PBKDF2 and AES")]
    UnsupportedEncryption {
        /// The object identifier of the algorithm found.
        found: String,
    },
    /// The file asks for so much memory or time that it looks made to do harm.
    #[error(
        "the key file asks for too much work: found {found}, expected at most {MAX_PBKDF2_ROUNDS} \
         rounds of PBKDF2, or scrypt with N·r·128 up to 1 GiB and N·r·p up to 2^26"
    )]
    TooCostly {
        /// What it asks for.
        found: String,
    },
    /// The passphrase doesn't open the file. A damaged file can look the same.
    #[error("wrong passphrase, or a damaged key file: what it decrypts to is not a key")]
    WrongPassphrase,
    /// The file holds a key of another algorithm.
    #[error("the file holds a key for algorithm {found}, expected Ed25519 (1.3.101.112)")]
    NotEd25519 {
        /// The object identifier of the algorithm found.
        found: String,
    },
    /// A version 2 file names a public key that is not that of its private key.
    #[error("the two halves of the key differ: found public key {found}, expected {expected}")]
    PublicKeyDiffers {
        /// The public key in the file, in hex.
        found: String,
        /// The public key of the private key, in hex.
        expected: String,
    },
    /// The public key breaks the key rule.
    #[error(transparent)]
    Key(#[from] KeyFault),
}

/// The DER inside a PEM text, if its label is `expected`.
pub(crate) fn read_pem(pem: &str, expected: &'static str) -> Result<SecretDocument, KeyFileError> {
    let (label, document) = SecretDocument::from_pem(pem).map_err(|error| match error.kind() {
        ErrorKind::Pem(_) => KeyFileError::NotPem { expected },
        _ => KeyFileError::Malformed { expected },
    })?;
    if label == expected {
        Ok(document)
    } else {
        Err(KeyFileError::Label { found: label.chars().take(80).collect(), expected })
    }
}
