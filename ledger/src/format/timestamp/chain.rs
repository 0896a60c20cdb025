//! Items 6 and 7: from the signer's certificate to a root that the reader trusts.

use super::certificate::Certificate;
use super::token::Token;
use super::{ChainFault, RootsFault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Most certificates of a chain, root and signer included.
const LONGEST: usize = 8;

/// Most roots in a file.
const MAX_ROOTS: usize = 1000;

/// Longest file of roots that is read.
pub const MAX_ROOTS_FILE: usize = 4 << 20;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates that a reader trusts to say what time it was.
#[derive(Clone, Debug, Default)]
pub struct Roots(Vec<Certificate>);

impl Roots {
    /// Reads a PEM file of certificates. Text around them, which says whose they are, is passed
    /// over.
    ///
    /// # Errors
    /// [`RootsFault`].
    pub fn parse(pem: &[u8]) -> Result<Self, RootsFault> {
        if pem.len() > MAX_ROOTS_FILE {
            return Err(RootsFault::Long);
        }
        let text = std::str::from_utf8(pem).map_err(|_| RootsFault::Text)?;
        let mut roots: Vec<Certificate> = Vec::new();
        let mut within: Option<String> = None;
        for line in text.lines().map(str::trim_ascii_end) {
            match &mut within {
                None if line == BEGIN => within = Some(String::new()),
                None => {}
                Some(digits) if line == END => {
                    let number = roots.len() + 1;
                    let bytes = STANDARD.decode(&digits).map_err(|_| RootsFault::Base64(number))?;
                    let root = Certificate::read(&bytes).ok_or(RootsFault::Certificate(number))?;
                    if number > MAX_ROOTS {
                        return Err(RootsFault::Many);
                    }
                    roots.push(root);
                    within = None;
                }
                Some(digits) => digits.push_str(line),
            }
        }
        match (within, roots.is_empty()) {
            (Some(_), _) => Err(RootsFault::Cut),
            (None, true) => Err(RootsFault::None),
            (None, false) => Ok(Self(roots)),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl Token {
    /// Whether a chain of certificates, each in order at the token's time, leads from its signer
    /// to one of these roots.
    ///
    /// The search goes by distance from the signer, and looks at each certificate once: a
    /// shorter way to a certificate is never worse, neither for the length of the chain nor for
    /// a path length.
    ///
    /// # Errors
    /// [`ChainFault`].
    pub fn leads_to(&self, roots: &Roots) -> Result<(), ChainFault> {
        let mut off = ChainFault::NoRoot;
        let mut sound = |one: &Certificate| {
            if !one.valid_at(self.time) {
                off = ChainFault::NotValidThen;
            }
            one.valid_at(self.time) && !one.has_unknown_critical_extension()
        };
        let signer = &self.certificates[self.signer];
        if !sound(signer) {
            return Err(off);
        }
        let is_root = |one: &Certificate| roots.0.iter().any(|root| root.whole == one.whole);
        if is_root(signer) {
            return Ok(());
        }
        let mut left: Vec<&Certificate> = roots.0.iter().chain(&self.certificates).collect();
        left.retain(|one| one.whole != signer.whole);
        let mut frontier = vec![signer];
        for between in 0..(LONGEST as u64 - 1) {
            let mut next: Vec<&Certificate> = Vec::new();
            left.retain(|above| {
                let reached = frontier.iter().any(|below| {
                    below.issuer == above.subject
                        && above.may_certify(between)
                        && sound(above)
                        && below.signed_by(above)
                });
                if reached {
                    next.push(above);
                }
                !reached
            });
            if next.iter().any(|one| is_root(one)) {
                return Ok(());
            }
            frontier = next;
        }
        Err(off)
    }
}
