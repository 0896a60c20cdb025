//! The chain as a picture needs it: records in their order, who signed over whom, and what was
//! confirmed from outside.
//!
//! It tells what is kept and checks nothing: what outside evidence is worth, verification tells.

use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::timestamp::Token;
use serde::Serialize;

use super::home::Home;
use super::reading::Reading;
use super::{WorkError, witnesses};
use crate::store::{EvidenceForm, Store as _};

/// One record in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its place.
    pub entry: Index,
    /// What kind of record it is, for people.
    pub title: String,
    /// Name of its kind.
    pub kind: String,
    /// Version of its kind.
    pub version: u64,
    /// Who signed it, and as what.
    pub signed_by: String,
    /// Its author's lasting identifier.
    pub person: [u8; 16],
    /// When, as claimed: POSIX seconds.
    pub time: i64,
    /// The earlier records that it is linked to, beside the one before it.
    pub over: Vec<Index>,
    /// What it does to others.
    pub act: Act,
    /// Whether its own answers were erased.
    pub erased: bool,
}

/// What a record does to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Act {
    /// It is a record like most.
    Records,
    /// It appoints somebody.
    Appoints,
    /// It ends a key.
    Revokes,
    /// It erases answers.
    Erases,
    /// It begins the record book, or governs it otherwise.
    Governs,
}

impl Act {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Records => "record",
            Self::Appoints => "appointment",
            Self::Revokes => "revocation",
            Self::Erases => "erasure",
            Self::Governs => "governance",
        }
    }

    fn of(kind: &str) -> Self {
        match kind {
            "appointment" => Self::Appoints,
            "revocation" => Self::Revokes,
            "erasure" => Self::Erases,
            "genesis" | "log-key" | "anchor" | "clock-correction" => Self::Governs,
            _ => Self::Records,
        }
    }
}

/// Something from outside over the first records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// How many records it covers.
    pub size: Size,
    /// By whom, as it says.
    pub by: String,
    /// When, as it says: POSIX seconds.
    pub time: Option<i64>,
    /// Whether it is a timestamp; else it is a confirmation.
    pub timestamp: bool,
}

impl Cover {
    /// In words: "Northshire Council confirmed records 0 to 397".
    #[must_use]
    pub fn words(&self) -> String {
        let what = if self.timestamp { "put a timestamp on" } else { "confirmed" };
        let last = self.size.0.saturating_sub(1);
        if last == 0 {
            format!("{} {what} record 0", self.by)
        } else {
            format!("{} {what} records 0 to {last}", self.by)
        }
    }
}

/// The records from one place up to, but without, another.
///
/// # Errors
/// Damage.
pub fn links(reading: &Reading, from: Index, to: Index) -> Result<Vec<Link>, WorkError> {
    (from.0..to.0.min(reading.size().0)).map(|at| link(reading, Index(at))).collect()
}

fn link(reading: &Reading, at: Index) -> Result<Link, WorkError> {
    let record = reading.shown(at)?;
    let said = record.entry.says();
    let mut over = Vec::new();
    for link in said.links {
        over.extend(reading.find(&link.entry)?);
    }
    over.sort_unstable();
    over.dedup();
    Ok(Link {
        entry: at,
        title: record.title().to_owned(),
        kind: said.kind.to_owned(),
        version: said.version,
        signed_by: reading.signer_and_role(&record.entry),
        person: record.person,
        time: said.time,
        over,
        act: Act::of(said.kind),
        erased: record.body.is_none(),
    })
}

/// All that is kept from outside, by size: confirmations of outside confirmers that the school names,
/// and timestamps.
///
/// # Errors
/// What can't be read.
pub fn covers(reading: &Reading, home: &Home) -> Result<Vec<Cover>, WorkError> {
    let policy = witnesses::policy(home)?;
    let named: Vec<(&str, WitnessKey)> = policy
        .witnesses
        .iter()
        .filter_map(|witness| Some((witness.name.as_str(), WitnessKey::parse(&witness.vkey).ok()?)))
        .collect();
    let mut all = Vec::new();
    for kept in reading.store.evidence()? {
        // What can't be read confirms nothing, as what is damaged.
        let Ok(bytes) = reading.store.read_evidence(kept) else { continue };
        match kept.form {
            EvidenceForm::Note => {
                let Ok(checkpoint) = Checkpoint::parse(&bytes) else { continue };
                for (name, key) in &named {
                    all.extend(key.valid(&checkpoint).into_iter().map(|signature| Cover {
                        size: kept.size,
                        by: (*name).to_owned(),
                        time: i64::try_from(signature.time).ok(),
                        timestamp: false,
                    }));
                }
            }
            EvidenceForm::Token => {
                let Ok(token) = Token::read_whatever_it_is_over(&bytes) else { continue };
                let by = Some(token.authority.clone()).filter(|name| !name.is_empty());
                all.push(Cover {
                    size: kept.size,
                    by: by.unwrap_or_else(|| "A timestamp service".to_owned()),
                    time: Some(token.time),
                    timestamp: true,
                });
            }
        }
    }
    all.sort_by_key(|cover| (cover.size, cover.time));
    all.dedup();
    Ok(all)
}
