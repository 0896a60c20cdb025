//! What an entry says by itself: its form, its body and its signature. None of it depends on
//! its place, so many entries can be looked at side by side, ahead of the walk that then
//! goes through them in order ([`super::ledger`]).
//!
//! A signature can be checked before anybody knows whether the key had any authority there,
//! because an entry names its key by thumbprint: whichever appointment declares it, it is the
//! same key. Where the key isn't known yet, the walk checks the signature itself.

use std::collections::HashMap;

use probity_keys::{BadSignature, Kid, PreparedKey, PublicKey, Signed, WORTH_A_TABLE, verify_many};

use crate::book::authority::Authority;
use crate::book::fault::{Code, Fault};
use crate::book::judge::{self, Which};
use crate::format::body::Body;
use crate::format::entry::{Entry, EntryFault};

/// Most keys that get a table: 640 KiB each.
const MAX_TABLES: usize = 24;

/// What the store holds of a body.
#[derive(Clone, Debug)]
pub enum BodyState {
    /// The opened bytes.
    Open(Vec<u8>),
    /// It was not asked for.
    Closed,
    /// Nothing of it is left: erased, as entries have to say.
    Erased,
    /// It should be there and can't be opened.
    Unreadable(String),
}

/// An entry that was looked at.
#[derive(Debug)]
pub struct Looked {
    entry: Result<Entry, EntryFault>,
    body: Option<Result<Body, Fault>>,
    /// Of the entry, and of the statement that it carries.
    signatures: [Option<Result<(), BadSignature>>; 2],
}

impl Looked {
    /// Reads an entry's bytes, and holds the body that `open` has for it against its
    /// commitments.
    #[must_use]
    pub fn at(entry: Vec<u8>, open: impl FnOnce(&Entry) -> BodyState) -> Self {
        let entry = Entry::from_vec(entry);
        let body = entry.as_ref().ok().and_then(|entry| match open(entry) {
            BodyState::Open(bytes) => Some(judge::open_body(entry, &bytes)),
            BodyState::Closed | BodyState::Erased => None,
            BodyState::Unreadable(why) => {
                let fault = Fault::new(Code::Body, "its body", why, "a body that opens");
                Some(Err(fault))
            }
        });
        Self { entry, body, signatures: [None; 2] }
    }

    /// The entry, if its bytes are one.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref().ok()
    }

    /// The body, if it was opened and is what the entry commits to.
    #[must_use]
    pub fn body(&self) -> Option<&Body> {
        self.body.as_ref()?.as_ref().ok()
    }

    /// The entry, or what is wrong with its bytes.
    ///
    /// # Errors
    /// [`Code::Encoding`] or [`Code::Shape`].
    pub fn parsed(&self) -> Result<&Entry, Fault> {
        self.entry.as_ref().map_err(judge::entry_fault)
    }

    /// The body, or what is wrong with it; `None` when it was not asked for.
    ///
    /// # Errors
    /// [`Code::Body`] or [`Code::Commitment`].
    pub fn opened(&self) -> Result<Option<&Body>, Fault> {
        self.body.as_ref().map(Result::as_ref).transpose().map_err(Fault::clone)
    }

    /// Whether a signature of the entry is that of its key; the answer that was found ahead, if
    /// one was.
    ///
    /// # Errors
    /// As [`PublicKey::verify`].
    pub fn check(&self, which: Which, key: &PublicKey) -> Result<(), BadSignature> {
        match (&self.entry, self.signatures[which as usize]) {
            (_, Some(answer)) => answer,
            (Ok(entry), None) => judge::check_signature(entry, which, key),
            (Err(_), None) => Err(BadSignature::RDiffers),
        }
    }

    /// The entry, if its bytes are one.
    #[must_use]
    pub fn into_entry(self) -> Option<Entry> {
        self.entry.ok()
    }
}

/// The signatures in an entry, and whose they say that they are.
fn signatures(entry: &Entry) -> impl Iterator<Item = (Which, Kid)> {
    let own = (Which::Entry, entry.own_words().kid);
    let stated = entry.statement().map(|statement| (Which::Statement, statement.says().kid));
    [Some(own), stated].into_iter().flatten()
}

/// A key that may have signed.
#[derive(Debug)]
struct Signer {
    key: PublicKey,
    signed: u64,
    table: Option<PreparedKey>,
}

/// The keys that are known so far, and tables for those that sign much.
#[derive(Debug, Default)]
pub struct Signers {
    keys: HashMap<Kid, Signer>,
    tables: usize,
}

impl Signers {
    /// Takes up the keys that were appointed so far.
    pub fn learn(&mut self, authority: &Authority) {
        if authority.keys().len() == self.keys.len() {
            return;
        }
        for (kid, record) in authority.keys() {
            let signer = || Signer { key: record.key, signed: 0, table: None };
            self.keys.entry(*kid).or_insert_with(signer);
        }
    }

    /// Counts who signed these entries, and returns the keys that now deserve a table
    /// ([`Signers::keep`]).
    pub fn count<'a>(&mut self, entries: impl Iterator<Item = &'a Looked>) -> Vec<PublicKey> {
        for entry in entries.filter_map(Looked::entry) {
            for kid in signatures(entry).map(|(_, kid)| kid) {
                if let Some(signer) = self.keys.get_mut(&kid) {
                    signer.signed += 1;
                }
            }
        }
        let mut busy: Vec<&Signer> = self
            .keys
            .values()
            .filter(|signer| signer.table.is_none() && signer.signed >= WORTH_A_TABLE)
            .collect();
        busy.sort_by_key(|signer| std::cmp::Reverse(signer.signed));
        busy.truncate(MAX_TABLES - self.tables);
        busy.iter().map(|signer| signer.key).collect()
    }

    /// Keeps tables that were computed.
    pub fn keep(&mut self, tables: Vec<PreparedKey>) {
        for table in tables {
            if let Some(signer) = self.keys.get_mut(&table.key().kid())
                && signer.table.is_none()
            {
                signer.table = Some(table);
                self.tables += 1;
            }
        }
    }

    /// Checks the signatures of entries whose keys are known. Some 500 at once are best.
    pub fn check<'a>(&self, entries: impl Iterator<Item = &'a mut Looked>) {
        let mut waiting = Vec::new();
        for looked in entries {
            let Looked { entry: Ok(entry), signatures: answers, .. } = looked else { continue };
            for ((which, kid), answer) in signatures(entry).zip(answers) {
                let Some(signer) = self.keys.get(&kid) else { continue };
                let (signed, signature) = match (which, entry.statement()) {
                    (Which::Statement, Some(stated)) => (stated.signed_bytes(), stated.signature()),
                    _ => (entry.signed_bytes(), entry.signature()),
                };
                match &signer.table {
                    Some(table) => waiting.push((answer, table, signed, *signature)),
                    None => *answer = Some(signer.key.verify(&signed, signature)),
                }
            }
        }
        let batch: Vec<Signed<'_>> = waiting
            .iter()
            .map(|(_, table, signed, signature)| (*table, signed.as_slice(), signature))
            .collect();
        let answers = verify_many(&batch);
        for ((place, ..), answer) in waiting.into_iter().zip(answers) {
            *place = Some(answer);
        }
    }
}
