//! The circumstances of a record, and what a check may find in them.
//!
//! A finding never refuses a fact. It says what an inspector would ask about, so that the
//! author sees it before signing and every reader sees it afterwards.

use serde::Serialize;

use super::answers::Answers;
use super::kind::Relation;
use crate::format::hash::{EntryHash, Index};

/// The identifier that a person keeps through changes of key and role: 16 random bytes.
pub type PersonId = [u8; 16];

/// What surrounds a record while it is checked.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Who signs, or signed.
    pub author: Author<'a>,
    /// When: POSIX seconds.
    pub time: i64,
    /// The decision that stands in clear, for kinds that have one.
    pub decision: Option<&'a str>,
    /// The links of the record itself.
    pub links: &'a [(Relation, EntryHash)],
    /// The earlier entries of the same case, oldest first.
    pub case: &'a [Earlier<'a>],
    /// Earlier entries outside the case that the record links to.
    pub linked: &'a [Earlier<'a>],
}

/// The author of a record.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// Their lasting identifier.
    pub person: PersonId,
    /// The role in which this record is signed.
    pub role: &'a str,
    /// Every role that they hold at that index.
    pub roles: &'a [String],
}

/// An earlier entry, as far as it can be read.
#[derive(Clone, Debug)]
pub struct Earlier<'a> {
    /// Its place.
    pub index: Index,
    /// Its hash.
    pub hash: EntryHash,
    /// Its kind.
    pub kind: &'a str,
    /// The role in which it was signed.
    pub role: &'a str,
    /// Who signed it.
    pub person: PersonId,
    /// When: POSIX seconds.
    pub time: i64,
    /// The decision that stands in clear, if its kind has one.
    pub decision: Option<&'a str>,
    /// What it links to.
    pub links: &'a [(Relation, EntryHash)],
    /// Its answers, unless they are withheld or erased.
    pub answers: Option<&'a Answers>,
}

/// Something that a reader should ask about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that speaks, such as `breach-72h`.
    pub rule: &'static str,
    /// What was found, as one plain sentence without a full stop.
    pub text: String,
}

impl Finding {
    /// A finding of `rule`.
    pub fn new(rule: &'static str, text: impl Into<String>) -> Self {
        Self { rule, text: text.into() }
    }
}

impl<'a> Facts<'a> {
    /// The newest earlier entry of `kind` in the case or among the links.
    #[must_use]
    pub fn latest(&self, kind: &str) -> Option<&Earlier<'a>> {
        self.earlier(kind).max_by_key(|e| e.index)
    }

    /// The earlier entries of `kind` in the case and among the links.
    pub fn earlier(&self, kind: &str) -> impl Iterator<Item = &Earlier<'a>> {
        self.case.iter().chain(self.linked).filter(move |e| e.kind == kind)
    }

    /// The earlier entries to which the record links by `relation`, as far as they are at hand.
    pub fn linked_by(&self, relation: Relation) -> impl Iterator<Item = &Earlier<'a>> {
        self.case.iter().chain(self.linked).filter(move |entry| {
            self.links.iter().any(|(rel, hash)| *rel == relation && *hash == entry.hash)
        })
    }

    /// Whether the record links to an entry by `relation`.
    #[must_use]
    pub fn has_link(&self, relation: Relation) -> bool {
        self.links.iter().any(|(rel, _)| *rel == relation)
    }
}

/// The check of a kind in which there is nothing to find.
#[must_use]
pub fn no_findings(_answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    Vec::new()
}
