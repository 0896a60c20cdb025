//! The one Ed25519 rule: which keys are admitted, and which signatures are accepted.
//!
//! RFC 8032 leaves room: verifiers differ over small-order keys, over encodings that are
//! not canonical, and over whether the equation is multiplied by the cofactor 8. Two honest
//! verifiers could then disagree about one ledger. Here nothing is left open.
//!
//! A **key** is 32 bytes, the little-endian y with the sign of x in the top bit, and is
//! refused for the first of these faults:
//!
//! 1. y is not below p = 2²⁵⁵ − 19;
//! 2. the sign bit is set where x = 0 (y = 1 or y = p − 1);
//! 3. no point of the curve has this y;
//! 4. the point has small order: 8·A is the identity;
//! 5. the point has mixed order: L·A is not the identity, L being the order of the group
//!    that the base point B generates.
//!
//! A **signature** is 64 bytes, R then S, and is refused for the first of these faults:
//!
//! 1. S, little-endian, is not below L;
//! 2. R is `01 00 … 00`, the encoding of the identity;
//! 3. R is not, byte for byte, the encoding of \[S\]B − \[k\]A, where
//!    k = SHA-512(R ‖ A ‖ message) mod L.
//!
//! R needs no rule about decoding, canonical form or order of its own. B and an admitted A
//! lie in the group of order L, so \[S\]B − \[k\]A does, and its encoding is canonical; an R
//! that equals it byte for byte has the same properties, and the only point of small order
//! in that group is the identity. For admitted keys the accept set is therefore that of
//! `verify_strict` in ed25519-dalek; `tests/vectors.rs` holds the two against each other.

use core::cmp::Ordering;
use core::fmt;

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Verifier, VerifyingKey};
use thiserror::Error;

use crate::kid::Kid;

/// Why 32 bytes are not a key that may sign: the first fault, in the order of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum KeyFault {
    /// The coordinate y is not reduced: a second spelling of another key.
    #[error("key refused: y is not below p")]
    YNotBelowP,
    /// x is zero, and yet its sign is given as negative: a second spelling.
    #[error("key refused: sign bit at x = 0")]
    SignAtZero,
    /// No point of the curve has this y.
    #[error("key refused: not a point of the curve")]
    NotOnCurve,
    /// The point is one of the eight whose order divides 8: anyone can sign for it.
    #[error("key refused: small order")]
    SmallOrder,
    /// The point has a component of small order, over which verifiers disagree.
    #[error("key refused: mixed order")]
    MixedOrder,
}

/// Why a signature is refused: the first fault, in the order of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum BadSignature {
    /// S is a second spelling of a smaller number, or no number that a signer makes.
    #[error("signature refused: S is not below L")]
    SNotBelowL,
    /// R is the identity, which no honest signer makes.
    #[error("signature refused: R is the identity")]
    IdentityR,
    /// R is not what the key, the message and S give: another key, another message, or
    /// changed bytes. Which of these it is can't be told.
    #[error("signature refused: R differs from the encoding of [S]B - [k]A")]
    RDiffers,
}

/// An Ed25519 public key that the rule admits: there is no other way to make one.
///
/// Compared, ordered and hashed by its 32 bytes.
#[derive(Clone, Copy)]
pub struct PublicKey(VerifyingKey);

/// An Ed25519 signature: 64 bytes, R then S (RFC 8032 §5.1.6). Any 64 bytes are one; only
/// [`PublicKey::verify`] says whether it is good.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature(pub [u8; 64]);

/// The encoding of the identity (x = 0, y = 1).
pub(crate) const IDENTITY: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

impl PublicKey {
    /// Admits a key of 32 bytes (RFC 8032 §5.1.5), at enrolment and at verification alike.
    ///
    /// # Errors
    ///
    /// The first [`KeyFault`] in the order of the rule.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyFault> {
        if !y_is_below_p(bytes) {
            return Err(KeyFault::YNotBelowP);
        }
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotOnCurve)?;
        let point = key.to_edwards();
        // With y < p, encoding the point again differs only where a sign was given to x = 0.
        // Such a y is always on the curve, so the order of these two faults can't matter.
        if point.compress() != CompressedEdwardsY(*bytes) {
            return Err(KeyFault::SignAtZero);
        }
        if point.is_small_order() {
            return Err(KeyFault::SmallOrder);
        }
        if !point.is_torsion_free() {
            return Err(KeyFault::MixedOrder);
        }
        Ok(Self(key))
    }

    /// A key that the rule is known to admit, because it was made from a secret.
    pub(crate) const fn admitted(key: VerifyingKey) -> Self {
        Self(key)
    }

    /// The 32 bytes of the key, as [`from_bytes`](Self::from_bytes) took them.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The point A.
    pub(crate) fn point(&self) -> EdwardsPoint {
        self.0.to_edwards()
    }

    /// The name by which entries refer to this key.
    #[must_use]
    pub fn kid(&self) -> Kid {
        Kid::of(self)
    }

    /// Checks that `signature` was made over exactly `message` with this key's secret.
    ///
    /// # Errors
    ///
    /// The first [`BadSignature`] in the order of the rule.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let (r, s) = (signature.r(), signature.s());
        // Asked here and not left to the call below, so that no feature that another crate
        // may switch on in ed25519-dalek (`legacy_compatibility`) can widen the rule.
        if bool::from(Scalar::from_canonical_bytes(s).is_none()) {
            return Err(BadSignature::SNotBelowL);
        }
        if r == IDENTITY {
            return Err(BadSignature::IdentityR);
        }
        // `verify` recomputes the encoding of [S]B - [k]A and compares it with R's bytes. What
        // `verify_strict` adds, that neither R nor A has small order, holds already.
        self.0
            .verify(message, &ed25519_dalek::Signature::from_components(r, s))
            .map_err(|_| BadSignature::RDiffers)
    }
}

impl Signature {
    /// The first half: the encoding of the point R.
    #[must_use]
    pub fn r(&self) -> [u8; 32] {
        *self.halves().0
    }

    /// The second half: the number S, little-endian.
    #[must_use]
    pub fn s(&self) -> [u8; 32] {
        *self.halves().1
    }

    fn halves(&self) -> (&[u8; 32], &[u8; 32]) {
        let (r, rest) = self.0.split_first_chunk().expect("64 bytes hold 32");
        let s = rest.first_chunk().expect("64 less 32 bytes are 32");
        (r, s)
    }
}

/// Whether the low 255 bits are below 2²⁵⁵ − 19, whose bytes are `ed ff … ff 7f`.
fn y_is_below_p(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    high & 0x7f != 0x7f || *low < 0xed || middle.iter().any(|byte| *byte != 0xff)
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes() == other.0.as_bytes()
    }
}

impl Eq for PublicKey {}

impl core::hash::Hash for PublicKey {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.0.as_bytes().hash(state);
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_bytes().cmp(other.0.as_bytes())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}
