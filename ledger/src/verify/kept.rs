//! Outside evidence that a ledger's own home keeps, held against the ledger.
//!
//! The root at each size is what the entries themselves give, so that no proof is needed. A note
//! that carries the ledger's own signature, or evidence by somebody whom the reader trusts, over
//! another head is proof: this ledger was rewritten, cut, or restored from an old copy and carried
//! on since. What this can't show: evidence that whoever rewrote it has removed.

use super::ledger::Walk;
use super::outside::{Outside, Trust};
use super::since::Since;
use super::verdict::Outcome;
use crate::book::authority::Authority;
use crate::book::fault::{Code, Fault};
use crate::format::hash::{RootHash, Size};
use crate::format::note::{Checkpoint, head_text};
use crate::format::policy::Policy;
use crate::format::timestamp::Token;

/// What a piece of evidence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A checkpoint with cosignatures.
    Note,
    /// An RFC 3161 response.
    Token,
}

/// A piece of evidence, as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its file, as the report names it.
    pub file: String,
    /// The size of the head that it is over, by its file's name.
    pub size: Size,
    /// What it is.
    pub form: Form,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Walk<'_> {
    /// Takes evidence along that the ledger's home keeps, and the witnesses that the school
    /// names. Before the first step.
    #[must_use]
    pub fn with_evidence(mut self, claimed: Option<Policy>, evidence: Vec<Kept>) -> Self {
        for kept in &evidence {
            let root = self.since.as_ref().and_then(|since| since.root_at(kept.size));
            self.roots.insert(kept.size, root);
        }
        (self.claimed, self.evidence) = (claimed, evidence);
        self
    }

    /// Judges all of it at the end of the walk.
    pub(super) fn check_evidence(&mut self) {
        if self.verdict.verdict == Outcome::NotGenuine {
            return;
        }
        let Some(authority) = &self.authority else { return };
        let trust = Trust {
            policy: self.reader.policy.as_ref(),
            roots: self.reader.tsa_roots.as_ref(),
            claimed: self.claimed.as_ref(),
            authority,
        };
        let mut outside = Outside::new(trust);
        if let Some(checkpoint) = self.kept_checkpoint() {
            outside.note("ledger/checkpoint", checkpoint);
        }
        let mut contradiction = None;
        for kept in &self.evidence {
            let root = self.roots.get(&kept.size).copied().flatten();
            let fits = match kept.form {
                Form::Note => note(kept, root, authority, trust, &mut outside),
                Form::Token => token(kept, root, authority, &mut outside),
            };
            if let Err(expected) = fits {
                let found = match root {
                    Some(root) => root.to_string(),
                    None => format!("only {} entries", self.frontier.size()),
                };
                let what =
                    format!("the head of {} entries that `{}` confirms", kept.size, kept.file);
                contradiction.get_or_insert(Fault::new(
                    Code::DoesNotContinue,
                    what,
                    found,
                    expected,
                ));
            }
        }
        outside.report(self.tally.anchors(), &mut self.verdict);
        if let Some(fault) = contradiction {
            self.verdict.find(fault);
        }
    }
}

/// Judges a note; what it says instead, if it contradicts the ledger.
fn note(
    kept: &Kept,
    root: Option<RootHash>,
    authority: &Authority,
    trust: Trust<'_>,
    outside: &mut Outside<'_>,
) -> Result<(), String> {
    let note = Checkpoint::parse(&kept.bytes).ok();
    let note = note.filter(|note| note.size == kept.size && note.origin == authority.origin);
    let Some(note) = note else {
        outside.unfit(&kept.file, kept.size);
        return Ok(());
    };
    let signed = authority.log_key(note.size).is_some_and(|log| note.verify(log).is_ok());
    if root == Some(note.root) && signed {
        outside.note(&kept.file, &note);
        return Ok(());
    }
    outside.unfit(&kept.file, kept.size);
    let confirmed = trust.policy.is_some_and(|policy| !policy.cosigned(&note).is_empty());
    if root != Some(note.root) && (signed || confirmed) {
        return Err(note.root.to_string());
    }
    Ok(())
}

/// Judges a token; what it says instead, if it contradicts the ledger.
fn token(
    kept: &Kept,
    root: Option<RootHash>,
    authority: &Authority,
    outside: &mut Outside<'_>,
) -> Result<(), String> {
    if let Some(root) = root {
        let text = head_text(&authority.origin, kept.size, root);
        if Token::read(&kept.bytes, text.as_bytes()).is_ok() {
            outside.token(&kept.file, kept.size, &text, &kept.bytes);
            return Ok(());
        }
    }
    outside.unfit(&kept.file, kept.size);
    match Token::read_whatever_it_is_over(&kept.bytes) {
        Ok(other) if outside.leads_to_roots(&other) => Err("another head".to_owned()),
        _ => Ok(()),
    }
}

impl Since<'_> {
    /// The root of no more entries than are relied on.
    fn root_at(&self, size: Size) -> Option<RootHash> {
        if size == self.size {
            return Some(self.root);
        }
        self.earlier_root(size, self.stored_root(size)?)
    }
}
