//! The secret half of a key.
//!
//! A secret is 32 bytes, the *seed* (the private key of RFC 8032 §5.1.5). It lives in memory
//! only while a [`SigningKey`] does, is wiped when that is dropped, and has no way out but
//! through the key files of this crate. It lies behind a pointer, so that moving the key
//! leaves no copy behind.

use core::fmt;

use ed25519_dalek::Signer as _;
use zeroize::{Zeroize, Zeroizing};

use crate::ed25519::{PublicKey, Signature};
use crate::wipe::wiping_stack;

/// An Ed25519 secret with its public key; wiped from memory when dropped.
///
/// There is no `Clone` and no `Display`, and `Debug` shows the public key alone.
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
    /// The key of a seed: 32 bytes from a source of randomness fit for keys
    /// (RFC 8032 §5.1.5). The copy that is passed in is wiped; the caller wipes its own. A new
    /// key is better made by [`generate`](Self::generate), where there is no other copy.
    #[must_use]
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = wiping_stack(|| Self(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))));
        seed.zeroize();
        key
    }

    /// A new key, whose seed `fill` writes from a source of randomness fit for keys.
    ///
    /// # Errors
    ///
    /// What `fill` returns.
    pub fn generate<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        wiping_stack(|| {
            let mut seed = Zeroizing::new([0; 32]);
            fill(&mut seed)?;
            Ok(Self::from_seed(*seed))
        })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        // Admitted without asking: it is a multiple of the base point, so of order L or 1, and
        // the clamped scalar, a multiple of 8 from 2^254 up to 2^255, is no multiple of L: the
        // least such that 8 divides is 8L, above 2^255. Encoding makes it canonical.
        PublicKey::admitted(self.0.verifying_key())
    }

    /// Signs `message` (RFC 8032 §5.1.6: the same key and message give the same signature).
    ///
    /// What may be signed is for the caller to see to: a person's key signs nothing but
    /// `Sig_structure`s, which begin `84 6a`; a log key signs nothing but notes, which are text.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.signing(|sign| sign(message))
    }

    /// Signs many messages: `work` gets what [`sign`](Self::sign) does, and the stack is wiped
    /// once, after all of them.
    pub fn signing<T>(&self, work: impl FnOnce(&dyn Fn(&[u8]) -> Signature) -> T) -> T {
        wiping_stack(|| work(&|message| Signature(self.0.sign(message).to_bytes())))
    }

    /// The seed, for the key files.
    pub(crate) fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public()).finish_non_exhaustive()
    }
}
