//! C2SP tlog-cosignature, the Ed25519 form: what a witness adds to a checkpoint.
//!
//! A cosignature is a signature line under the witness's name and key id, whose base64 holds
//! `key id (4) ‖ time (8, big-endian POSIX seconds) ‖ signature (64)`. The signed bytes are
//!
//! ```text
//! cosignature/v1
//! time <decimal>
//! <the checkpoint's three lines>
//! ```
//!
//! It says that at this time this was the largest consistent head that the witness knew of that
//! ledger. What it doesn't say: that anything in the ledger is true, or who the witness is; and
//! the name isn't signed, so no key may serve two witnesses.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_keys::{PublicKey, Signature, SigningKey};

use super::note::{
    Checkpoint, MAX_NOTE, SignatureLine, VerifierKeyFault, is_key_name, key_id, vkey_parts,
    vkey_text,
};

/// The type of key in a witness's vkey and key id.
const COSIGNATURE: u8 = 0x04;

/// The latest time that a cosignature can name, in POSIX seconds.
pub const MAX_TIME: u64 = (1 << 53) - 1;

/// A verifier key of a witness: key name, key id, Ed25519 public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    id: [u8; 4],
    key: PublicKey,
}

/// One cosignature as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// When the witness says to have made it, in POSIX seconds.
    pub time: u64,
    /// Over [`cosigned`] of that time and the checkpoint's text.
    pub signature: Signature,
}

/// Why a signature line of a witness is no cosignature of that checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureFault {
    /// Not 76 bytes.
    #[error("its base64 isn't a key id, a time and a signature")]
    Form,
    /// The time is above [`MAX_TIME`].
    #[error("its time is beyond all times")]
    Time,
    /// The signature is not valid for this text and time.
    #[error("it doesn't verify for this checkpoint")]
    Signature,
}

/// Why lines can't be added to a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Not a signature line of a note, with its newline.
    #[error("it is no signature line `— NAME BASE64`")]
    Form,
    /// The note has that line already.
    #[error("the checkpoint has that line already")]
    Twice,
    /// The note would be longer than 1 MiB.
    #[error("the checkpoint would be longer than 1 MiB")]
    TooLong,
}

impl WitnessKey {
    /// The verifier key of a witness of that name; `None` when it can't be a key name: empty, or
    /// with `+`, white space or control characters.
    #[must_use]
    pub fn new(name: &str, key: PublicKey) -> Option<Self> {
        let id = key_id(name, COSIGNATURE, &key.to_bytes());
        (is_key_name(name) && !name.chars().any(|c| c < ' ')).then(|| Self {
            name: name.to_owned(),
            id,
            key,
        })
    }

    /// Reads `name+id+base64`.
    ///
    /// # Errors
    /// [`VerifierKeyFault`].
    pub fn parse(text: &str) -> Result<Self, VerifierKeyFault> {
        let (name, id, key) = vkey_parts(text, COSIGNATURE).ok_or(VerifierKeyFault::Witness)?;
        if key_id(name, COSIGNATURE, &key) != id {
            return Err(VerifierKeyFault::Witness);
        }
        Self::new(name, PublicKey::from_bytes(&key)?).ok_or(VerifierKeyFault::Witness)
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key id that its lines begin with.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// What this witness's lines on a checkpoint are worth, in their order.
    #[must_use]
    pub fn judge(&self, checkpoint: &Checkpoint) -> Vec<Result<Cosignature, CosignatureFault>> {
        let own = checkpoint.lines().filter(|line| line.is_by(&self.name, self.id));
        own.map(|line| self.judge_line(checkpoint.text(), line)).collect()
    }

    /// The valid cosignatures of this witness on a checkpoint, in their order.
    #[must_use]
    pub fn valid(&self, checkpoint: &Checkpoint) -> Vec<Cosignature> {
        self.judge(checkpoint).into_iter().flatten().collect()
    }

    /// Whether a line goes by this witness's name and key id.
    #[must_use]
    pub fn owns(&self, line: &SignatureLine) -> bool {
        line.is_by(&self.name, self.id)
    }

    /// What one line is worth under the text of a head ([`Checkpoint::text`]).
    ///
    /// # Errors
    /// [`CosignatureFault`], also when the line isn't this witness's.
    pub fn judge_line(
        &self,
        text: &str,
        line: &SignatureLine,
    ) -> Result<Cosignature, CosignatureFault> {
        let (time, signature) = line
            .signature()
            .split_first_chunk::<8>()
            .filter(|_| self.owns(line))
            .ok_or(CosignatureFault::Form)?;
        let time = u64::from_be_bytes(*time);
        let signature = Signature(signature.try_into().map_err(|_| CosignatureFault::Form)?);
        if time > MAX_TIME {
            return Err(CosignatureFault::Time);
        }
        let found = self.key.verify(cosigned(text, time).as_bytes(), &signature);
        found.map_err(|_| CosignatureFault::Signature)?;
        Ok(Cosignature { time, signature })
    }
}

impl std::fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&vkey_text(&self.name, self.id, COSIGNATURE, &self.key.to_bytes()))
    }
}

/// The bytes that a witness signs.
#[must_use]
pub fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Cosigns a head: the signature line, with its newline; `None` when the name can't stand in a
/// line or the time is above [`MAX_TIME`]. The caller has checked that the head extends what
/// this witness saw, and has made that durable.
#[must_use]
pub fn cosign(text: &str, time: u64, name: &str, key: &SigningKey) -> Option<String> {
    let witness = WitnessKey::new(name, key.public()).filter(|_| time <= MAX_TIME)?;
    let mut data = witness.id.to_vec();
    data.extend_from_slice(&time.to_be_bytes());
    data.extend_from_slice(&key.sign(cosigned(text, time).as_bytes()).0);
    Some(format!("\u{2014} {name} {}\n", STANDARD.encode(data)))
}

/// A note with more signature lines behind those that it has, each given with its newline; no
/// byte before them changes.
///
/// # Errors
/// [`LineFault`].
pub fn with_lines(note: &Checkpoint, lines: &[String]) -> Result<Vec<u8>, LineFault> {
    let mut bytes = note.bytes().to_vec();
    let mut there: Vec<SignatureLine> = note.lines().cloned().collect();
    for line in lines {
        let parsed = line.strip_suffix('\n').and_then(SignatureLine::parse);
        let parsed = parsed.filter(|_| !line.contains(|c| c < ' ' && c != '\n'));
        let parsed = parsed.ok_or(LineFault::Form)?;
        if there.contains(&parsed) {
            return Err(LineFault::Twice);
        }
        bytes.extend_from_slice(line.as_bytes());
        there.push(parsed);
    }
    if bytes.len() > MAX_NOTE { Err(LineFault::TooLong) } else { Ok(bytes) }
}
