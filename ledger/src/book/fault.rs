//! What a check found wrong: one code for each kind of fault, the same in every verifier.
//!
//! The codes and the order in which they are looked for are part of the format
//! (`docs/format.md`, Appendix B), so that two verifiers name the same fault first.

use serde::{Serialize, Serializer};

use crate::format::clip::clipped;
use crate::format::hash::Index;

/// Longest text of a fault, in characters. What is found comes from hostile files.
const LONGEST: usize = 300;

/// The kind of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// Not strict CBOR, or too long.
    Encoding,
    /// Not an entry's structure.
    Shape,
    /// Another type of signed object.
    Typ,
    /// Another ledger's entry.
    Origin,
    /// Not the index that its place demands.
    Seq,
    /// Does not follow the entry before.
    Prev,
    /// Does not name the latest governance entry.
    Gov,
    /// Does not name the latest entry of its case.
    Case,
    /// The author's key was never appointed.
    UnknownKey,
    /// A declared key breaks the key rule.
    KeyRule,
    /// The signature doesn't verify.
    Signature,
    /// The key had no appointment in force for the role.
    NotInForce,
    /// A kind or version that this program doesn't know.
    KindUnknown,
    /// Not the fields of its kind.
    Fields,
    /// Not the clear fields of its kind.
    Clear,
    /// Carries no statement that can be entered there.
    Statement,
    /// Carries a statement that an earlier entry carries.
    Duplicate,
    /// Lacks a required link, or links to no earlier entry.
    Links,
    /// The role may not sign a governance entry of this kind.
    Role,
    /// Breaks a rule of appointments, revocations or log keys.
    Governance,
    /// A body that can't be read.
    Body,
    /// A field that isn't what the entry commits to.
    Commitment,
    /// A document that isn't what the record names.
    Document,
    /// A zip, a path or a file that has no place in a bundle.
    Container,
    /// A manifest that doesn't fit the files.
    Manifest,
    /// Not a checkpoint.
    Checkpoint,
    /// A checkpoint not signed by the ledger's log key.
    CheckpointSignature,
    /// A transparent statement that isn't the entry with a receipt by the ledger's log key.
    Transparent,
    /// Outside evidence over a head that the bundle doesn't extend.
    Times,
    /// Another root than the entries give.
    Root,
    /// Fewer entries than a checkpoint counts.
    Size,
    /// An inclusion proof that doesn't prove.
    Proof,
    /// File name, proof and entry disagree about the index.
    Name,
    /// A proof that ends in another checkpoint.
    CopyOfCheckpoint,
    /// Entry 0 is missing.
    MissingGenesis,
    /// Entry 0 is not the expected first entry.
    Genesis,
    /// The last entry that the checkpoint covers is missing.
    MissingHead,
    /// The chain of governance entries is broken.
    GovernanceChain,
    /// The enclosed policy names another log key.
    Policy,
    /// The reading copy differs from the entries.
    Jsonl,
    /// The ledger does not extend a head that is known from elsewhere.
    DoesNotContinue,
    /// The stored journal is damaged.
    Journal,
}

impl Code {
    /// The code as it stands in JSON, vectors and the format page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Shape => "shape",
            Self::Typ => "typ",
            Self::Origin => "origin",
            Self::Seq => "seq",
            Self::Prev => "prev",
            Self::Gov => "gov",
            Self::Case => "case",
            Self::UnknownKey => "unknown-key",
            Self::KeyRule => "key-rule",
            Self::Signature => "signature",
            Self::NotInForce => "not-in-force",
            Self::KindUnknown => "kind-unknown",
            Self::Fields => "fields",
            Self::Clear => "clear",
            Self::Statement => "statement",
            Self::Duplicate => "duplicate",
            Self::Links => "links",
            Self::Role => "role",
            Self::Governance => "governance",
            Self::Body => "body",
            Self::Commitment => "commitment",
            Self::Document => "document",
            Self::Container => "container",
            Self::Manifest => "manifest",
            Self::Checkpoint => "checkpoint",
            Self::CheckpointSignature => "checkpoint-signature",
            Self::Transparent => "transparent",
            Self::Times => "times",
            Self::Root => "root",
            Self::Size => "size",
            Self::Proof => "proof",
            Self::Name => "name",
            Self::CopyOfCheckpoint => "copy-of-checkpoint",
            Self::MissingGenesis => "missing-genesis",
            Self::Genesis => "genesis",
            Self::MissingHead => "missing-head",
            Self::GovernanceChain => "governance-chain",
            Self::Policy => "policy",
            Self::Jsonl => "jsonl",
            Self::DoesNotContinue => "does-not-continue",
            Self::Journal => "journal",
        }
    }

    /// Whether the fault only means that this program can't judge, not that the record is
    /// not genuine.
    #[must_use]
    pub const fn cannot_check(self) -> bool {
        matches!(self, Self::Typ | Self::KindUnknown)
    }
}

/// Words of somebody else in a sentence of ours: one line of bounded length in quotation marks, that
/// can't end them itself.
#[must_use]
pub fn quoted(words: &str) -> String {
    in_quotes(words, 80)
}

fn in_quotes(words: &str, longest: usize) -> String {
    let shown = words.chars().filter(|c| !c.is_control()).take(longest);
    let mut plain: String =
        shown.map(|c| if matches!(c, '\u{201c}' | '\u{201d}') { '"' } else { c }).collect();
    if words.chars().count() > longest {
        plain.push('…');
    }
    format!("“{plain}”")
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One fault: where, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}{what}: found {found}, expected {expected}", self.place())]
pub struct Fault {
    /// Its kind.
    pub code: Code,
    /// The entry that fails, unless the fault is in the whole.
    pub entry: Option<Index>,
    /// What fails, in a few words: "its previous hash", "field `reason`".
    pub what: String,
    /// What stands there.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

impl Fault {
    /// A fault of the whole. Each text is kept up to its first 300 characters.
    pub fn new(
        code: Code,
        what: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            code,
            entry: None,
            what: clipped(&what.into(), LONGEST),
            found: clipped(&found.into(), LONGEST),
            expected: clipped(&expected.into(), LONGEST),
        }
    }

    /// The same fault, in the entry at that index.
    #[must_use]
    pub fn at(mut self, index: Index) -> Self {
        self.entry = Some(index);
        self
    }

    /// The fault in a sentence of ours: whatever a hostile file says in it stands in quotation marks that
    /// it can't end.
    #[must_use]
    pub fn told(&self) -> String {
        let [what, found, expected] = [&self.what, &self.found, &self.expected]
            .map(|text| in_quotes(&text.replace('`', "'"), LONGEST));
        format!("{}{what}: found {found}, expected {expected}", self.place())
    }

    fn place(&self) -> String {
        self.entry.map(|index| format!("entry {index}: ")).unwrap_or_default()
    }
}
