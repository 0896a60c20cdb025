//! C2SP signed notes and tree-head checkpoints.
//!
//! A note is text that ends in a newline, an empty line, and signature lines
//! `— <key name> <base64 of key id ‖ signature>`. A checkpoint's text is three lines:
//!
//! ```text
//! <origin>
//! <size, decimal without leading zeros>
//! <root, base64>
//! ```
//!
//! The log key's type is 0x01 (Ed25519), its name the origin. Lines by unknown keys are
//! kept and ignored; that is how witnesses add theirs. What a checkpoint does not say: who
//! decided anything; it is signed by the log key, which lies unencrypted beside the ledger.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_keys::{KeyFault, PublicKey, Signature, SigningKey};
use sha2::{Digest as _, Sha256};

use super::entry::is_origin;
use super::hash::{RootHash, Size};

/// Longest note in bytes that is read.
pub const MAX_NOTE: usize = 1 << 20;

const ED25519: u8 = 0x01;

/// A verifier key of a log: key name, key id, Ed25519 public key (C2SP signed-note "vkey").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: PublicKey,
}

/// Why text is not a verifier key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyFault {
    /// Not `name+id+base64`, or the id is not the one that name and key give.
    #[error("not a verifier key of the form NAME+ID+BASE64 with type 1 and its own key id")]
    Form,
    /// The same of a witness's key, whose type is 4.
    #[error(
        "not a witness's verifier key of the form NAME+ID+BASE64 with type 4 and its own key id"
    )]
    Witness,
    /// The key itself breaks the key rule.
    #[error("the verifier key's public key is refused: {0}")]
    Key(#[from] KeyFault),
}

impl VerifierKey {
    /// The verifier key of a log of that name.
    #[must_use]
    pub fn new(name: &str, key: PublicKey) -> Self {
        Self { name: name.to_owned(), id: key_id(name, ED25519, &key.to_bytes()), key }
    }

    /// Reads `name+id+base64`.
    ///
    /// # Errors
    /// [`VerifierKeyFault`].
    pub fn parse(text: &str) -> Result<Self, VerifierKeyFault> {
        let (name, id, key) = vkey_parts(text, ED25519).ok_or(VerifierKeyFault::Form)?;
        let expected = key_id(name, ED25519, &key);
        if !is_origin(name) || expected != id {
            return Err(VerifierKeyFault::Form);
        }
        Ok(Self { name: name.to_owned(), id: expected, key: PublicKey::from_bytes(&key)? })
    }

    /// The key's name: the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&vkey_text(&self.name, self.id, ED25519, &self.key.to_bytes()))
    }
}

pub(super) fn key_id(name: &str, kind: u8, key: &[u8; 32]) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', kind]);
    hasher.update(key);
    let digest: [u8; 32] = hasher.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The three parts of a vkey of that type: name, key id as it stands there, public key.
pub(super) fn vkey_parts(text: &str, kind: u8) -> Option<(&str, [u8; 4], [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, data) = (parts.next()?, parts.next()?, parts.next()?);
    let data = STANDARD.decode(data).ok()?;
    let (found, key) = data.split_first()?;
    let mut bytes = [0; 4];
    hex::decode_to_slice(id, &mut bytes).ok()?;
    (*found == kind && hex::encode(bytes) == id)
        .then(|| Some((name, bytes, key.try_into().ok()?)))
        .flatten()
}

pub(super) fn vkey_text(name: &str, id: [u8; 4], kind: u8, key: &[u8; 32]) -> String {
    let mut data = vec![kind];
    data.extend_from_slice(key);
    format!("{name}+{}+{}", hex::encode(id), STANDARD.encode(data))
}

pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('+') && !name.chars().any(char::is_whitespace)
}

/// One signature line of a note, whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureLine {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl SignatureLine {
    /// Reads `— NAME BASE64`, without a newline.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, data) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let data = STANDARD.decode(data).ok()?;
        let (id, signature) = data.split_first_chunk::<4>()?;
        (is_key_name(name) && !signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: *id,
            signature: signature.to_vec(),
        })
    }

    /// The key name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// What stands behind the key id: for a log a signature, for a witness time and signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether it goes by this name and key id.
    #[must_use]
    pub fn is_by(&self, name: &str, id: [u8; 4]) -> bool {
        self.name == name && self.id == id
    }
}

/// The line as it stands in a note, without a newline.
impl std::fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let data = [&self.id[..], &self.signature].concat();
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(data))
    }
}

/// A checkpoint as it was read: a claim until its signature is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    bytes: Vec<u8>,
    text: String,
    /// The ledger's origin.
    pub origin: String,
    /// How many entries it covers.
    pub size: Size,
    /// The root over them.
    pub root: RootHash,
    lines: Vec<SignatureLine>,
}

/// Why bytes are not a checkpoint, or not one by the log's key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// Not a signed note with a checkpoint's text.
    #[error("it is not a checkpoint: {0}")]
    Form(&'static str),
    /// No signature by the log's key verifies.
    #[error("{found}, expected one by the log's key {expected}")]
    Signature {
        /// What stands there.
        found: &'static str,
        /// The verifier key that should have signed.
        expected: String,
    },
}

impl Checkpoint {
    /// Signs a head with the log's key. The caller makes sure that the entries are durable and
    /// that no other root was ever signed for this size.
    #[must_use]
    pub fn sign(origin: &str, size: Size, root: RootHash, key: &SigningKey) -> Vec<u8> {
        let text = head_text(origin, size, root);
        let mut data = key_id(origin, ED25519, &key.public().to_bytes()).to_vec();
        data.extend_from_slice(&key.sign(text.as_bytes()).0);
        format!("{text}\n\u{2014} {origin} {}\n", STANDARD.encode(data)).into_bytes()
    }

    /// Reads a checkpoint without judging its signatures.
    ///
    /// # Errors
    /// [`CheckpointFault::Form`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointFault> {
        let form = CheckpointFault::Form;
        if bytes.len() > MAX_NOTE {
            return Err(form("it is longer than 1 MiB"));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| form("it is not UTF-8"))?;
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(form("it holds control characters"));
        }
        let split = note.rfind("\n\n").ok_or(form("no empty line before the signatures"))?;
        let (text, signatures) = (&note[..=split], &note[split + 2..]);
        let lines = signatures
            .strip_suffix('\n')
            .ok_or(form("no newline at the end"))?
            .split('\n')
            .map(SignatureLine::parse)
            .collect::<Option<Vec<_>>>()
            .ok_or(form("a signature line that is not `— NAME BASE64`"))?;
        let mut head = text[..split].split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (head.next(), head.next(), head.next(), head.next())
        else {
            return Err(form("the text is not the three lines origin, size, root"));
        };
        if !is_origin(origin) {
            return Err(form("its first line is not an origin"));
        }
        let size = decimal(size).ok_or(form("its second line is not a size"))?;
        let root = STANDARD
            .decode(root)
            .ok()
            .and_then(|root| <[u8; 32]>::try_from(root).ok())
            .ok_or(form("its third line is not a root hash in base64"))?;
        Ok(Self {
            bytes: bytes.to_vec(),
            text: text.to_owned(),
            origin: origin.to_owned(),
            size: Size(size),
            root: RootHash(root),
            lines,
        })
    }

    /// A head of which only the text is there, such as a timestamp is over. It carries no
    /// signature, so that nothing verifies.
    #[must_use]
    pub fn unsigned(text: &str) -> Option<Self> {
        // Any line makes it a note; and then there is none.
        let note = format!("{text}\n\u{2014} {} AAAAAAA=\n", text.lines().next()?);
        let note = Self::parse(note.as_bytes()).ok().filter(|note| note.text == text)?;
        Some(Self { bytes: text.as_bytes().to_vec(), lines: Vec::new(), ..note })
    }

    /// Requires exactly one line under the log key's name and id, and that it is valid.
    ///
    /// # Errors
    /// [`CheckpointFault::Signature`].
    pub fn verify(&self, log: &VerifierKey) -> Result<(), CheckpointFault> {
        let fault = |found| CheckpointFault::Signature { found, expected: log.to_string() };
        let mut lines = self.lines.iter().filter(|line| line.is_by(&log.name, log.id));
        let (Some(line), true) = (lines.next(), log.name == self.origin) else {
            return Err(fault("the checkpoint carries no signature of this ledger"));
        };
        if lines.next().is_some() {
            return Err(fault("the checkpoint carries the ledger's signature twice"));
        }
        let signature = line.signature.as_slice().try_into().map(Signature);
        if signature.is_ok_and(|s| log.key.verify(self.text.as_bytes(), &s).is_ok()) {
            Ok(())
        } else {
            Err(fault("the checkpoint's signature doesn't verify"))
        }
    }

    /// How many signature lines are by other keys, such as witnesses.
    #[must_use]
    pub fn other_lines(&self, log: &VerifierKey) -> usize {
        self.others(log).count()
    }

    /// The signature lines by other keys than the log's, in their order.
    pub fn others<'a>(&'a self, log: &'a VerifierKey) -> impl Iterator<Item = &'a SignatureLine> {
        self.lines.iter().filter(|line| !line.is_by(&log.name, log.id))
    }

    /// The same head with the log's signature line alone; `None` when it has none.
    #[must_use]
    pub fn alone(&self, log: &VerifierKey) -> Option<Self> {
        let line = self.lines.iter().find(|line| line.is_by(&log.name, log.id))?;
        Self::parse(format!("{}\n{line}\n", self.text).as_bytes()).ok()
    }

    /// All signature lines, in their order.
    pub fn lines(&self) -> impl Iterator<Item = &SignatureLine> {
        self.lines.iter()
    }

    /// The exact bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text that is signed: three lines, each with its newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The signed text of a head.
#[must_use]
pub fn head_text(origin: &str, size: Size, root: RootHash) -> String {
    format!("{origin}\n{size}\n{}\n", STANDARD.encode(root.0))
}

/// A decimal number in its one spelling.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text && number <= cbor_max()).then_some(number)
}

const fn cbor_max() -> u64 {
    (1 << 53) - 1
}
