//! What a witness is asked to cosign: the body of C2SP tlog-witness `add-checkpoint`, which also
//! goes by stick and by e-mail.
//!
//! ```text
//! old <size that the witness saw last, or 0>
//! <hash of the consistency proof, base64>        0 to 63 lines
//!
//! <the checkpoint>
//! ```
//!
//! What it doesn't say: whom the witness is to trust. The log's key is known to it before.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::hash::Size;
use super::note::{Checkpoint, CheckpointFault, MAX_NOTE, decimal};

/// Most hashes of a consistency proof.
pub const MAX_PROOF: usize = 63;

/// Most bytes of a request: the longest checkpoint, 63 lines of 45 bytes, the first line and
/// the empty one.
pub const MAX_SUBMISSION: usize = MAX_NOTE + MAX_PROOF * 45 + 32;

/// A request to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// How many entries the head covered that the witness cosigned last; 0 for none.
    pub old: Size,
    /// That the checkpoint extends that head.
    pub proof: Vec<[u8; 32]>,
    /// The head to be cosigned, not judged here.
    pub checkpoint: Checkpoint,
}

/// Why bytes are not a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionFault {
    /// Longer than [`MAX_SUBMISSION`].
    #[error("the request is longer than a checkpoint and a proof can be")]
    Long,
    /// The lines before the checkpoint are of another form.
    #[error("the request doesn't begin with `old SIZE`, at most 63 hashes and an empty line")]
    Head,
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointFault),
    /// The proof would lead to an older head.
    #[error("the request is for {size} entries and says that {old} were seen")]
    Backwards {
        /// The size that the request says was seen.
        old: Size,
        /// The size of its checkpoint.
        size: Size,
    },
}

impl Submission {
    /// Reads a request.
    ///
    /// # Errors
    /// [`SubmissionFault`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SubmissionFault> {
        if bytes.len() > MAX_SUBMISSION {
            return Err(SubmissionFault::Long);
        }
        let ((old, proof), checkpoint) = head(bytes).ok_or(SubmissionFault::Head)?;
        let checkpoint = Checkpoint::parse(checkpoint)?;
        if old > checkpoint.size {
            return Err(SubmissionFault::Backwards { old, size: checkpoint.size });
        }
        Ok(Self { old, proof, checkpoint })
    }

    /// The bytes of the request.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("old {}\n", self.old);
        for hash in &self.proof {
            head.push_str(&STANDARD.encode(hash));
            head.push('\n');
        }
        head.push('\n');
        [head.as_bytes(), self.checkpoint.bytes()].concat()
    }
}

/// What stands before the checkpoint: the size and the proof.
type Head = (Size, Vec<[u8; 32]>);

/// Splits a request into its head and the bytes of the checkpoint.
fn head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let mut rest = bytes;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        Some(line)
    };
    let old = Size(decimal(line()?.strip_prefix("old ")?)?);
    let mut proof = Vec::new();
    loop {
        let hash = line()?;
        if hash.is_empty() {
            return Some(((old, proof), rest));
        }
        if proof.len() == MAX_PROOF {
            return None;
        }
        proof.push(STANDARD.decode(hash).ok()?.try_into().ok()?);
    }
}

#[cfg(test)]
mod tests {
    use probity_keys::SigningKey;

    use super::*;
    use crate::format::hash::RootHash;

    fn request(old: u64, hashes: usize) -> Submission {
        let key = SigningKey::from_seed([9; 32]);
        let note = Checkpoint::sign("hill.example", Size(412), RootHash([7; 32]), &key);
        let checkpoint = Checkpoint::parse(&note).expect("a checkpoint");
        Submission { old: Size(old), proof: vec![[3; 32]; hashes], checkpoint }
    }

    #[test]
    fn a_request_has_one_spelling() {
        for (old, hashes) in [(0, 0), (0, 63), (5, 1), (412, 0)] {
            let request = request(old, hashes);
            assert_eq!(Submission::parse(&request.to_bytes()), Ok(request));
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let good = String::from_utf8(request(5, 2).to_bytes()).expect("text");
        let refused = |text: &str| Submission::parse(text.as_bytes()).expect_err(text);
        let hash = STANDARD.encode([3; 32]);
        for other in [
            good.replacen("old 5", "old 05", 1),
            good.replacen("old 5", "old -5", 1),
            good.replacen("old 5", "old  5", 1),
            good.replacen("old 5", "Old 5", 1),
            good.replacen("old 5", "old 9007199254740992", 1),
            good.replacen("old 5\n", "", 1),
            good.replacen("old 5", "old 5\r", 1),
            good.replacen(&hash, &hash[..43], 1),
            good.replacen(&hash, &STANDARD.encode([3; 33]), 1),
            good.replacen(&hash, &format!(" {hash}"), 1),
            good.replacen("\n\n", "\n", 1),
            "old 5\n".to_owned(),
            "old 5".to_owned(),
            String::new(),
        ] {
            assert_eq!(refused(&other), SubmissionFault::Head, "{other:?}");
        }
        let many = String::from_utf8(request(5, 64).to_bytes()).expect("text");
        assert_eq!(refused(&many), SubmissionFault::Head);
        let above = String::from_utf8(request(413, 0).to_bytes()).expect("text");
        assert!(matches!(refused(&above), SubmissionFault::Backwards { .. }));
        let form = good.replacen("\n\n", "\n\n\n", 1);
        assert!(matches!(refused(&form), SubmissionFault::Checkpoint(_)));
        assert_eq!(refused(&"x".repeat(MAX_SUBMISSION)), SubmissionFault::Head);
        assert_eq!(refused(&"x".repeat(MAX_SUBMISSION + 1)), SubmissionFault::Long);
    }
}
