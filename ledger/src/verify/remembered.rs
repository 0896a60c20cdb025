//! Heads that signers' keys remember: what somebody signed over earlier, kept beside their key.
//!
//! A memory is not signed; it is the reader's own, as an older checkpoint is. It is compared where
//! it is of this ledger's origin. A ledger that begins anew and says in its genesis entry that it
//! continues the remembered one doesn't contradict it.

use super::verdict::{Continuity, Verdict};
use crate::book::clear::ClearFields;
use crate::book::fault::{Code, Fault};
use crate::format::entry::Entry;
use crate::format::hash::{EntryHash, Index, RootHash, Size};
use crate::records::kind::Clear;

/// A head that somebody's key signed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Whose key remembers it.
    pub by: String,
    /// The ledger's origin.
    pub origin: String,
    /// Its first entry.
    pub fingerprint: EntryHash,
    /// How many entries it had.
    pub size: Size,
    /// The root over them.
    pub root: RootHash,
}

/// What became of the first entries that a memory counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Now {
    /// They have this root.
    Root(RootHash),
    /// There are fewer.
    Fewer,
    /// This can't be told here.
    Unknown,
}

impl Remembered {
    /// Whether it says anything about this ledger.
    pub(super) fn concerns(&self, genesis: &Entry) -> bool {
        if self.origin != genesis.origin() {
            return false;
        }
        let said = genesis.own_words();
        let continues = match ClearFields::parse(Clear::Genesis, said.clear) {
            Ok(ClearFields::Genesis { continues, .. }) => continues,
            _ => None,
        };
        continues.is_none_or(|earlier| earlier.fingerprint != self.fingerprint)
    }

    /// Holds it against a ledger of that fingerprint.
    pub(super) fn compare(
        &self,
        fingerprint: EntryHash,
        now: Now,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        let other = fingerprint != self.fingerprint;
        let found = match now {
            _ if other => format!("another first entry, {}", fingerprint.short()),
            Now::Root(root) if root == self.root => return Ok(()),
            Now::Unknown => return Ok(()),
            Now::Root(root) => root.to_string(),
            Now::Fewer => "fewer entries".to_owned(),
        };
        verdict.continuity = Some(Continuity::DoesNotContinue {
            size: self.size,
            root: self.root,
            signed: false,
            first_difference: other.then_some(Index(0)),
            other_ledger: None,
        });
        let what =
            format!("the head of {} entries that the key of {} signed over", self.size, self.by);
        let fault = Fault::new(Code::DoesNotContinue, what, found, self.root.to_string());
        Err(if other { fault.at(Index(0)) } else { fault })
    }
}
