//! C2SP tlog-proof `@v1`: one entry's place under a checkpoint, in one text file.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index <decimal>
//! <base64 of a sibling hash>          zero or more, from the leaf upward
//!                                     an empty line
//! <the checkpoint, byte for byte>
//! ```
//!
//! The optional `extra` line is refused: nothing of ours is carried where no signature
//! covers it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::hash::Index;
use super::note::decimal;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A proof as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The entry's index.
    pub index: Index,
    /// Sibling hashes from the leaf upward.
    pub path: Vec<[u8; 32]>,
    /// The checkpoint's exact bytes.
    pub checkpoint: Vec<u8>,
}

impl Proof {
    /// The text of the proof.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.index);
        for hash in &self.path {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint);
        bytes
    }

    /// Reads a proof; `None` when any line has another form.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(2).position(|two| two == b"\n\n")?;
        let mut lines = std::str::from_utf8(&bytes[..end]).ok()?.split('\n');
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let index = Index(decimal(lines.next()?.strip_prefix("index ")?)?);
        let path = lines
            .map(|line| STANDARD.decode(line).ok()?.try_into().ok())
            .collect::<Option<Vec<[u8; 32]>>>()?;
        // A path longer than 63 hashes can't belong to a tree of at most 2^53 leaves.
        (path.len() <= 63).then(|| Self { index, path, checkpoint: bytes[end + 2..].to_vec() })
    }
}
