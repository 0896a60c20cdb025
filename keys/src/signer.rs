//! Whoever can sign with a key: its secret may lie here, in a program beside this one, or in a
//! device that never gives it away.
//!
//! What a holder elsewhere answers is hostile input. It counts as a signature once
//! [`PublicKey::verify`], the rule of every verifier, accepted it for the message that was
//! meant; [`Signer::sign`] sees to that.
//!
//! What this doesn't protect: who else can make the holder sign, and what.

use thiserror::Error;

use crate::ed25519::{PublicKey, Signature};
use crate::signing::SigningKey;

/// A function that signs one message.
pub type Sign<'a> = dyn Fn(&[u8]) -> Result<Signature, SignError> + 'a;

/// Whoever can sign with one key.
pub trait Signer: Send + Sync {
    /// The public key.
    fn public(&self) -> PublicKey;

    /// Asks the holder for a signature. The answer may be anything: use [`sign`](Self::sign).
    ///
    /// # Errors
    /// A holder that can't be reached, or refuses.
    fn ask(&self, message: &[u8]) -> Result<Signature, SignError>;

    /// Signs `message`; what comes back is valid.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), and an answer that is no signature of this key over this message.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let signature = self.ask(message)?;
        match self.public().verify(message, &signature) {
            Ok(()) => Ok(signature),
            Err(fault) => Err(SignError::new(
                format!(
                    "what was answered is no signature of the key {}: {fault}",
                    self.public().kid().short()
                ),
                "don't use this holder of the key until you know why; nothing was signed",
            )),
        }
    }

    /// Signs many messages: `work` is called once, with what [`sign`](Self::sign) does.
    fn sign_many(&self, work: &mut dyn FnMut(&Sign<'_>)) {
        work(&|message| self.sign(message));
    }
}

/// A key whose secret lies here needs no second look at its signatures: dalek computes them from
/// the public key that belongs to the secret.
impl Signer for SigningKey {
    fn public(&self) -> PublicKey {
        Self::public(self)
    }

    fn ask(&self, message: &[u8]) -> Result<Signature, SignError> {
        Ok(Self::sign(self, message))
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        Ok(Self::sign(self, message))
    }

    fn sign_many(&self, work: &mut dyn FnMut(&Sign<'_>)) {
        self.signing(|sign| work(&|message| Ok(sign(message))));
    }
}

/// Signs many messages, and hands on what `work` makes of them.
///
/// # Panics
/// When a signer doesn't call `work`.
pub fn signing<T>(signer: &dyn Signer, work: impl FnOnce(&Sign<'_>) -> T) -> T {
    let (mut work, mut made) = (Some(work), None);
    signer.sign_many(&mut |sign| made = work.take().map(|work| work(sign)).or(made.take()));
    made.expect("a signer calls what it is given")
}

/// Why there is no signature: one fact, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fact}")]
pub struct SignError {
    /// What was found.
    pub fact: String,
    /// What to do about it.
    pub remedy: String,
}

impl SignError {
    /// A failure with its remedy.
    pub fn new(fact: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { fact: fact.into(), remedy: remedy.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers with whatever it was made with.
    struct Elsewhere(PublicKey, Result<Signature, SignError>);

    impl Signer for Elsewhere {
        fn public(&self) -> PublicKey {
            self.0
        }

        fn ask(&self, _: &[u8]) -> Result<Signature, SignError> {
            self.1.clone()
        }
    }

    #[test]
    fn an_answer_counts_for_its_key_and_message_alone() {
        let (own, other) = (SigningKey::from_seed([1; 32]), SigningKey::from_seed([2; 32]));
        let good = own.sign(b"meant");
        let holder = |answer: Signature| Elsewhere(own.public(), Ok(answer));
        assert_eq!(Signer::sign(&holder(good), b"meant"), Ok(good));
        assert_eq!(signing(&holder(good), |sign| sign(b"meant")), Ok(good));
        let mut bent = good;
        bent.0[63] |= 0x80;
        for (name, answer, message) in [
            ("another message", good, &b"other"[..]),
            ("another key", other.sign(b"meant"), b"meant"),
            ("S not below L", bent, b"meant"),
            ("nothing", Signature([0; 64]), b"meant"),
        ] {
            let holder = holder(answer);
            let refused = Signer::sign(&holder, message).expect_err(name);
            assert!(refused.fact.contains("no signature of the key"), "{name}: {refused}");
            assert_eq!(signing(&holder, |sign| sign(message)), Err(refused), "{name}");
        }
        let gone = SignError::new("nobody there", "look for it");
        let silent = Elsewhere(own.public(), Err(gone.clone()));
        assert_eq!(Signer::sign(&silent, b"meant"), Err(gone));
    }

    #[test]
    fn a_key_that_is_here_signs_as_it_always_did() {
        let key = SigningKey::from_seed([7; 32]);
        let signer: &dyn Signer = &key;
        assert_eq!(signer.public(), key.public());
        assert_eq!(signer.sign(b"m"), Ok(key.sign(b"m")));
        let many = signing(signer, |sign| [sign(b"a"), sign(b"b")]);
        assert_eq!(many, [Ok(key.sign(b"a")), Ok(key.sign(b"b"))]);
    }
}
