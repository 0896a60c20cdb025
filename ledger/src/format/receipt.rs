//! An entry as a SCITT Transparent Statement (RFC 9943 section 7): the entry with a COSE
//! Receipt (RFC 9942 section 5.2.1) of its place in the ledger.
//!
//! ```text
//! d2 84 ‖ bstr(protected) ‖ a1 19018a 81 ‖ bstr(receipt) ‖ bstr(payload) ‖ bstr(signature)
//!
//! receipt        d2 84 ‖ bstr(head) ‖ a1 19018c a1 20 81 ‖ bstr(proof) ‖ f6 ‖ bstr(log's signature)
//! head           {1: -19, 4: kid of the log, 15: {1: origin, 2: "ledger"}, 16: typ, 395: 1}
//! proof          [size, index, [hash from the leaf upward …]]
//! signed bytes   ["Signature1", head, h'', root]
//! ```
//!
//! Entry, path and checkpoint give every byte but the log's 64. So nothing here parses: what
//! was found is compared with what must stand there.
//!
//! The log key signs checkpoints and receipts. A note's text begins with a letter, digit, dot,
//! slash or hyphen and never with the `84` of a `Sig_structure`; and the payload of an entry's is a
//! map, where that of a receipt's is 32 bytes of hash. So neither signature can be taken for
//! another. What a receipt does not cover: the size, which is the checkpoint's.

use probity_keys::{Kid, PublicKey, Signature, SigningKey};

use super::cbor::{self, Value};
use super::entry::{ALG_ED25519, Entry, MAX_ENTRY, sig_structure};
use super::hash::Size;
use super::note::Checkpoint;

/// The media type that marks a receipt (RFC 9943 section 10.2).
pub const TYP: &str = "application/scitt-receipt+cose";

/// Longest transparent statement in bytes.
pub const MAX_STATEMENT: usize = MAX_ENTRY + 4096;

/// `RFC9162_SHA256` among the verifiable data structures (RFC 9942 section 5.1).
const RFC9162_SHA256: i64 = 1;

/// The label of the data structure (RFC 9942 section 2).
const VDS: i64 = 395;

/// `{394: [`: an unprotected header with one receipt, up to that.
const RECEIPTS: [u8; 5] = [0xa1, 0x19, 0x01, 0x8a, 0x81];

/// `{396: {-1: [`: an unprotected header with one inclusion proof, up to that.
const PROOFS: [u8; 7] = [0xa1, 0x19, 0x01, 0x8c, 0xa1, 0x20, 0x81];

/// The receipts under one checkpoint. All have the same header and the same signed bytes.
#[derive(Clone, Debug)]
pub struct Receipts {
    log: PublicKey,
    size: Size,
    head: Vec<u8>,
    signed: Vec<u8>,
}

/// Why bytes are not the transparent statement of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFault {
    /// Other bytes than entry, proof and checkpoint give.
    #[error("other bytes than its entry, its proof and the checkpoint give")]
    Bytes,
    /// The log's signature in it.
    #[error("a receipt whose signature doesn't verify")]
    Signature,
}

impl Receipts {
    /// The receipts under a checkpoint by the log key of its size.
    #[must_use]
    pub fn new(checkpoint: &Checkpoint, log: PublicKey) -> Self {
        let Kid(kid) = log.kid();
        let claims =
            Value::map([(1, Value::text(&*checkpoint.origin)), (2, Value::text("ledger"))]);
        let head = Value::map([
            (1, Value::Int(ALG_ED25519)),
            (4, Value::bytes(kid)),
            (15, claims),
            (16, Value::text(TYP)),
            (VDS, Value::Int(RFC9162_SHA256)),
        ])
        .to_bytes();
        let signed = sig_structure(&head, &checkpoint.root.0);
        Self { log, size: checkpoint.size, head, signed }
    }

    /// The receipt's protected header.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The bytes that the log signs.
    #[must_use]
    pub fn signed_bytes(&self) -> &[u8] {
        &self.signed
    }

    /// The log's signature, for every receipt under this checkpoint. The checkpoint's own makes
    /// sure that no other root is ever signed for its size.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> Signature {
        key.sign(&self.signed)
    }

    /// The transparent statement of an entry whose place the path proves.
    #[must_use]
    pub fn statement(&self, entry: &Entry, path: &[[u8; 32]], signature: &Signature) -> Vec<u8> {
        let (mut bytes, after) = self.around(entry, path);
        bytes.extend(signature.0);
        bytes.extend(after);
        bytes
    }

    /// Requires that bytes are the transparent statement of an entry, but for the log's
    /// signature, which is returned and not verified.
    ///
    /// # Errors
    /// [`StatementFault::Bytes`].
    pub fn compare(
        &self,
        entry: &Entry,
        path: &[[u8; 32]],
        bytes: &[u8],
    ) -> Result<Signature, StatementFault> {
        let (before, after) = self.around(entry, path);
        bytes
            .strip_prefix(before.as_slice())
            .and_then(|rest| rest.strip_suffix(after))
            .and_then(|signature| signature.try_into().ok())
            .map(Signature)
            .ok_or(StatementFault::Bytes)
    }

    /// Verifies a signature of the log.
    ///
    /// # Errors
    /// [`StatementFault::Signature`].
    pub fn verify(&self, signature: &Signature) -> Result<(), StatementFault> {
        self.log.verify(&self.signed, signature).map_err(|_| StatementFault::Signature)
    }

    /// What stands before the log's signature, and what after it.
    fn around<'a>(&self, entry: &'a Entry, path: &[[u8; 32]]) -> (Vec<u8>, &'a [u8]) {
        let mut proof = Vec::new();
        cbor::write_head(&mut proof, 4, 3);
        cbor::write_head(&mut proof, 0, self.size.0);
        cbor::write_head(&mut proof, 0, entry.index().0);
        cbor::write_head(&mut proof, 4, path.len() as u64);
        for hash in path {
            cbor::write_bytes(&mut proof, hash);
        }
        let mut receipt = vec![0xd2, 0x84];
        cbor::write_bytes(&mut receipt, &self.head);
        receipt.extend(PROOFS);
        cbor::write_bytes(&mut receipt, &proof);
        receipt.push(0xf6);
        cbor::write_head(&mut receipt, 2, 64);

        let (before, after) = entry.around_unprotected();
        let mut bytes = Vec::with_capacity(entry.bytes().len() + receipt.len() + 80);
        bytes.extend_from_slice(before);
        bytes.extend(RECEIPTS);
        cbor::write_head(&mut bytes, 2, receipt.len() as u64 + 64);
        bytes.extend(receipt);
        (bytes, after)
    }
}
