//! The name of a key: its COSE Key Thumbprint (RFC 9679).
//!
//! The thumbprint is the SHA-256 of the key's required members as deterministic CBOR, the map
//! `{1: 1, -1: 6, -2: key}` (kty OKP, crv Ed25519, x), so:
//!
//! ```text
//! kid = SHA-256( a3 01 01 20 06 21 58 20 ‖ 32-byte public key )
//! ```
//!
//! A name says nothing about who holds the key; only an appointment in a ledger does.

use core::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::ed25519::PublicKey;

/// All that goes before the key: `{1: 1, -1: 6, -2:` and the head of 32 bytes.
const PREFIX: [u8; 8] = [0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20];

/// The thumbprint of a public key, 32 bytes (RFC 9679). `Display` writes all 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(pub [u8; 32]);

/// Why a text is not a thumbprint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a key thumbprint: found {found:?}, expected 64 lower-case hex digits")]
pub struct KidFault {
    /// The text as given, its first 80 characters.
    pub found: String,
}

impl Kid {
    /// The thumbprint of `key`.
    pub(crate) fn of(key: &PublicKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(PREFIX);
        hash.update(key.to_bytes());
        Self(hash.finalize().into())
    }

    /// Reads 64 lower-case hex digits, the only spelling.
    ///
    /// # Errors
    ///
    /// [`KidFault`] for anything else, upper-case digits included.
    pub fn from_hex(text: &str) -> Result<Self, KidFault> {
        let mut bytes = [0; 32];
        let well_spelt = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        if well_spelt && hex::decode_to_slice(text, &mut bytes).is_ok() {
            Ok(Self(bytes))
        } else {
            Err(KidFault { found: text.chars().take(80).collect() })
        }
    }

    /// The first 8 hex digits: for people to read, never to decide by.
    #[must_use]
    pub fn short(&self) -> String {
        hex::encode(&self.0[..4])
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}
