//! Asking: a `TimeStampReq`, and whether an answer is the one to it.

use super::TokenFault;
use super::der::{BOOLEAN, Element, INTEGER, OCTET_STRING, OID, SEQUENCE, element};
use super::token::Token;
use crate::format::hash::Sha256Hash;

const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// A request for a timestamp: over these bytes by their SHA-256, with a number that the answer
/// has to repeat, and for the certificates to be sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    imprint: Sha256Hash,
    nonce: Vec<u8>,
}

impl Request {
    /// Makes one. The caller draws the number.
    #[must_use]
    pub fn new(over: &[u8], random: [u8; 8]) -> Self {
        let mut nonce = random;
        // One spelling, and as long as any other.
        nonce[0] = nonce[0] & 0x3f | 0x40;
        Self { imprint: Sha256Hash::of(over), nonce: nonce.to_vec() }
    }

    /// Its number.
    #[must_use]
    pub fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The bytes to send (`application/timestamp-query`).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let algorithm = element(SEQUENCE, &[element(OID, SHA_256), vec![5, 0]].concat());
        let imprint =
            element(SEQUENCE, &[algorithm, element(OCTET_STRING, &self.imprint.0)].concat());
        let parts = [
            element(INTEGER, &[1]),
            imprint,
            element(INTEGER, &self.nonce),
            element(BOOLEAN, &[0xff]),
        ];
        element(SEQUENCE, &parts.concat())
    }

    /// Reads back what [`Request::to_bytes`] wrote; nothing else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut inside = Element::only(bytes, SEQUENCE)?.inside();
        inside.take(INTEGER)?;
        let mut imprint = inside.take(SEQUENCE)?.inside();
        imprint.take(SEQUENCE)?;
        let digest = imprint.take(OCTET_STRING)?.content;
        let nonce = inside.take(INTEGER)?.content.to_vec();
        let read = Self { imprint: Sha256Hash::try_from(digest).ok()?, nonce };
        (read.nonce.len() == 8 && read.to_bytes() == bytes).then_some(read)
    }

    /// Whether it asks about these bytes.
    #[must_use]
    pub fn is_over(&self, bytes: &[u8]) -> bool {
        Sha256Hash::of(bytes) == self.imprint
    }

    /// Reads the answer to this request: items 1 to 5, and the number.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn answered_by(&self, response: &[u8], over: &[u8]) -> Result<Token, TokenFault> {
        let token = Token::read(response, over)?;
        if token.nonce.as_deref() == Some(self.nonce.as_slice()) {
            Ok(token)
        } else {
            Err(TokenFault::Nonce)
        }
    }
}
