//! A ledger that is nothing but hashes and a log key: as many heads as a test likes, and other
//! histories of the same size.

use probity_keys::SigningKey;
use probity_ledger::format::hash::{EntryHash, RootHash, Size};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::submission::Submission;
use probity_ledger::format::tree::{Leaves, consistency, leaf_hash, root_of};

use super::council::Council;

pub const ORIGIN: &str = "made-up.example/ledger";

/// One history of it. All histories have the first five leaves in common.
#[derive(Clone, Copy)]
pub struct History(pub u64);

pub fn log_key() -> SigningKey {
    SigningKey::from_seed([9; 32])
}

pub fn log() -> VerifierKey {
    VerifierKey::new(ORIGIN, log_key().public())
}

/// A council that looks after it.
pub fn council() -> Council {
    let council = Council::new(&["--unattended"]);
    council.ok(["witness", "add", &format!("log {}", log())]);
    council
}

impl History {
    fn leaves(self, size: u64) -> Vec<EntryHash> {
        let leaf = |n: u64| if n < 5 { format!("{n}") } else { format!("{} {n}", self.0) };
        (0..size).map(|n| leaf_hash(leaf(n).as_bytes())).collect()
    }

    pub fn root(self, size: u64) -> RootHash {
        root_of(&self.leaves(size))
    }

    pub fn head(self, size: u64) -> Checkpoint {
        self.head_by(size, &log_key())
    }

    pub fn head_by(self, size: u64, key: &SigningKey) -> Checkpoint {
        let note = Checkpoint::sign(ORIGIN, Size(size), self.root(size), key);
        Checkpoint::parse(&note).expect("a checkpoint")
    }

    pub fn proof(self, old: u64, size: u64) -> Vec<[u8; 32]> {
        consistency(&Leaves(&self.leaves(size)), Size(old), Size(size)).expect("a proof")
    }

    pub fn request(self, old: u64, size: u64) -> Vec<u8> {
        let (proof, checkpoint) = (self.proof(old, size), self.head(size));
        Submission { old: Size(old), proof, checkpoint }.to_bytes()
    }
}
