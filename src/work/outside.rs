//! Evidence from outside that fits this record book: over one of its own heads, signed by its log
//! or a timestamp authority as it says. What doesn't fit is left to `verify` to tell of.

use std::collections::BTreeSet;

use probity_ledger::format::hash::{RootHash, Size};
use probity_ledger::format::note::{Checkpoint, head_text};
use probity_ledger::format::policy::Policy;
use probity_ledger::format::timestamp::Token;
use probity_ledger::format::tree;

use super::reading::Reading;
use super::{WorkError, World, time};
use crate::store::{Evidence, EvidenceForm, Store as _};

/// How far the clock of whoever gave evidence may be ahead of this machine's, in seconds: a
/// witness may say a time again that lies five minutes ahead of its own clock, and clocks differ.
const MAX_AHEAD: i64 = 10 * 60;

/// Refuses evidence that is dated ahead: whoever's clock it was, one of the two is wrong, and once
/// it is anchored, everything that comes later contradicts it.
///
/// # Errors
/// When the time lies more than ten minutes after this machine's clock.
pub(super) fn refuse_ahead(world: &World, by: &str, at: i64) -> Result<(), WorkError> {
    let now = world.now();
    if at <= now.saturating_add(MAX_AHEAD) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "{by} dates this {}, which lies ahead: this machine's clock says {}",
            time::words(at),
            time::words(now)
        ),
        format!(
            "look at this machine's clock; if it is right, the clock of {by} was wrong: tell them, and ask again once it is set"
        ),
    ))
}

/// A piece of evidence that fits the ledger.
pub(super) struct Piece {
    /// Which.
    pub which: Evidence,
    /// As it came.
    pub bytes: Vec<u8>,
    /// Who gave it, by its own word: keys of witnesses, or the authority.
    pub sources: BTreeSet<String>,
    held: Held,
}

/// What a piece was read as.
enum Held {
    Note(Checkpoint),
    Token(Token),
}

impl Piece {
    /// Refuses a piece that somebody who counts dates ahead ([`refuse_ahead`]).
    ///
    /// # Errors
    /// When one of its times lies ahead.
    pub fn refuse_ahead(&self, world: &World, own: &Policy) -> Result<(), WorkError> {
        let times = self.holding(own);
        times.iter().try_for_each(|(by, at)| refuse_ahead(world, by, *at))
    }

    /// Those of its sources whose word holds, each with the time that they say. Only witnesses that
    /// the school uses can be told from others who call themselves so.
    pub fn holding(&self, own: &Policy) -> Vec<(String, i64)> {
        match &self.held {
            Held::Token(token) => vec![(token.authority.clone(), token.time)],
            Held::Note(note) => {
                let cosigned = own.cosigned(note).into_iter();
                let by = cosigned.filter_map(|(witness, time)| {
                    Some((witness.key.as_ref()?.name().to_owned(), i64::try_from(time).ok()?))
                });
                by.collect()
            }
        }
    }

    /// The names in the school's policy of the witnesses that cosigned it.
    pub fn cosigned<'a>(&self, own: &'a Policy) -> Vec<&'a str> {
        match &self.held {
            Held::Token(_) => Vec::new(),
            Held::Note(note) => {
                own.cosigned(note).into_iter().map(|(witness, _)| &*witness.name).collect()
            }
        }
    }
}

/// The evidence that is about this ledger's own heads, up to that size.
///
/// # Errors
/// Damage.
pub(super) fn pieces(reading: &Reading, most: Size) -> Result<Vec<Piece>, WorkError> {
    let mut found = Vec::new();
    for which in reading.store.evidence()? {
        let root =
            (2..=most.0).contains(&which.size.0).then(|| root(reading, which.size)).flatten();
        let Some(root) = root else { continue };
        let text = head_text(&reading.authority.origin, which.size, root);
        let bytes = reading.store.read_evidence(which)?;
        let fitting = match which.form {
            EvidenceForm::Token => Token::read(&bytes, text.as_bytes())
                .ok()
                .map(|token| (BTreeSet::from([token.authority.clone()]), Held::Token(token))),
            EvidenceForm::Note => {
                let log = reading.authority.log_key(which.size);
                let note = Checkpoint::parse(&bytes).ok().filter(|note| note.text() == text);
                let signed = note.zip(log).filter(|(note, log)| note.verify(log).is_ok());
                signed.map(|(note, log)| {
                    let by = note
                        .others(log)
                        .map(|line| format!("{}+{}", line.name(), hex::encode(line.id())));
                    (by.collect(), Held::Note(note))
                })
            }
        };
        found.extend(fitting.map(|(sources, held)| Piece { which, bytes, sources, held }));
    }
    Ok(found)
}

/// The root over the first entries.
pub(super) fn root(reading: &Reading, size: Size) -> Option<RootHash> {
    tree::root_at(reading.store.nodes(), size)
}
