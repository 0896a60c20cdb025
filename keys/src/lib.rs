//! Who may sign: Ed25519 identities, their key files and their thumbprints.
//!
//! Everything that probity says about a signature rests on four rules, one in each module:
//!
//! | module | rule | source |
//! |---|---|---|
//! | [`PublicKey`], [`Signature`] | which keys are admitted, which signatures accepted | RFC 8032 §5.1, made strict |
//! | [`PreparedKey`], [`verify_many`] | the same, for many signatures of few keys | – |
//! | [`Kid`] | how a key is named | COSE Key Thumbprint, RFC 9679 |
//! | [`Signer`] | who can sign with a key, wherever its secret lies; what comes from elsewhere is checked | – |
//! | [`key_from_pem`], [`key_to_pem`] and the others | how keys are kept in files | PKCS#8 (RFC 5958), PBES2 (RFC 8018), scrypt (RFC 7914), RFC 8410 |
//! | [`check_passphrase`] | which passphrases may protect a key | the school's password policy |
//!
//! The crate reads no file, no clock and no source of randomness: whoever calls it brings
//! the bytes, the seed, the salt and the initialisation vector.
//!
//! # What this does not protect
//!
//! A signature shows that a key was used, not whose hand used it. Secrets are wiped from
//! memory when they are dropped, and from the stack ([`wiping_stack`]), but a machine that is watched while a key is open, or whose
//! memory is written to disk, can still give them away. An encrypted key file is as strong as
//! its passphrase: whoever copies the file may try passphrases for as long as they like.

#![forbid(unsafe_code)]

mod ed25519;
mod kid;
mod many;
mod passphrase;
mod pem;
mod pkcs8;
mod signer;
mod signing;
mod spki;
mod wipe;

pub use ed25519::{BadSignature, KeyFault, PublicKey, Signature};
pub use kid::{Kid, KidFault};
pub use many::{PreparedKey, Signed, WORTH_A_TABLE, verify_many};
pub use passphrase::{
    MIN_CHARACTERS, MIN_WORDS, MissingFromPassphrase, WeakPassphrase, check_passphrase,
};
pub use pem::KeyFileError;
pub use pkcs8::{
    OpeningCost, key_from_pem, key_to_pem, log_key_from_pem, log_key_to_pem, opening_cost,
    sealed_in_one_act,
};
pub use signer::{Sign, SignError, Signer, signing};
pub use signing::SigningKey;
pub use spki::{public_from_pem, public_to_pem};
pub use wipe::wiping_stack;
