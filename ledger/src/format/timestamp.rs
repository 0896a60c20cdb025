//! RFC 3161 timestamps, by section 15 of the format page.
//!
//! A timestamp authority signs that bytes with this hash existed at this time:
//!
//! ```text
//! TimeStampResp   status, token
//!   token         CMS SignedData, one signer, with the signer's certificates
//!     TSTInfo     version 1, hash of the bytes, time, the request's number
//!     attributes  what is signed: the hash of the TSTInfo, that of the certificate
//! ```
//!
//! [`Token::read`] asks whether the token holds in itself (items 1 to 5), [`Token::leads_to`]
//! whether the reader's own roots stand behind its key (items 6 and 7), all at the token's own
//! time: an authority's certificate that has expired since takes nothing from what it signed.
//!
//! What this does not show: that the authority is honest, that its key was still its own (nobody
//! is asked about revocation), and that nothing came after.

mod algorithms;
mod certificate;
mod chain;
mod der;
mod request;
mod time;
mod token;

pub use chain::{MAX_ROOTS_FILE, Roots};
pub use request::Request;
pub use token::{MAX_TOKEN, Token};

/// Why bytes are no timestamp of other bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// Not of the form.
    #[error("it is not a timestamp: {0}")]
    Form(&'static str),
    /// The authority gave none; its words, if it said any.
    #[error("the timestamp service refused it{}", if .0.is_empty() { String::new() } else { format!(": {}", .0.trim_end_matches('.')) })]
    Refused(String),
    /// Over something else.
    #[error("it is over other bytes")]
    OtherBytes,
    /// The signed attributes don't fit.
    #[error("its signed attributes are not in order: {0}")]
    Attributes(&'static str),
    /// The signer, or its certificate.
    #[error("its signer is not in order: {0}")]
    Signer(&'static str),
    /// The signature is wrong, or by an algorithm or key that isn't taken.
    #[error("its signature doesn't verify")]
    Signature,
    /// The answer to another request.
    #[error("it answers another request: its number (nonce) is not the one that was asked with")]
    Nonce,
}

/// Why no root stands behind a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// No chain leads to a root that was given.
    #[error("no chain of certificates leads to a root that was given")]
    NoRoot,
    /// One that would lead there, or the signer's own, wasn't valid at the token's time.
    #[error("a certificate of its chain was not valid at that time")]
    NotValidThen,
}

/// Why a file of roots can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsFault {
    /// Too long.
    #[error("it is longer than 4 MiB")]
    Long,
    /// Not text.
    #[error("it is not text: certificates are expected as PEM")]
    Text,
    /// No certificate in it.
    #[error("there is no certificate in it: expected at least one, as PEM")]
    None,
    /// Too many.
    #[error("there are more than 1,000 certificates in it")]
    Many,
    /// One isn't base64.
    #[error("certificate {0} in it is not base64")]
    Base64(usize),
    /// One is no certificate.
    #[error("certificate {0} in it can't be read")]
    Certificate(usize),
    /// The last one has no end.
    #[error("its last certificate is cut off")]
    Cut,
}
