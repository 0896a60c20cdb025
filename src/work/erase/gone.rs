//! What complete erasures have taken away.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::erasing::{Erasures, Ground, Named};
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;
use serde::Serialize;

use super::acts::{explaining, linking};
use crate::store::{Store as _, Term};
use crate::work::reading::{Reading, Record};
use crate::work::{WorkError, time};

/// Fields of an entry that are gone, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// Their names, in the order of the questions.
    pub fields: Vec<String>,
    /// The erasure.
    pub by: Index,
    /// Its ground.
    pub ground: &'static str,
    /// When it was signed, as claimed: POSIX seconds.
    pub time: i64,
    /// Who signed it.
    pub signed_by: String,
}

impl Gone {
    /// In words: `subject, detail: erased on 12 October 2026 by entry 301 (retention), signed by …`.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}: erased on {} by entry {} (ground: {}), signed by {}; what stood there is gone for ever",
            self.fields.join(", "),
            time::day_words(&time::iso_day(self.time)),
            self.by,
            self.ground,
            self.signed_by
        )
    }
}

/// What is gone of an entry, by which complete erasures.
///
/// # Errors
/// Damage.
pub fn gone(reading: &Reading, record: &Record) -> Result<Vec<Gone>, WorkError> {
    let missing = record.missing();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let naming = linking(reading, &record.entry.hash(), Relation::Erases, "erasure")?;
    let known = explaining(reading, &naming.into_iter().collect())?;
    let erased = known.erased();
    let mut all = Vec::new();
    for (erasure, target) in erased.get(&record.index()).into_iter().flatten() {
        let fields = missing.iter().filter(|field| target.names(field));
        all.push(Gone {
            fields: fields.map(|field| (*field).to_owned()).collect(),
            by: erasure.index,
            ground: erasure.ground.name(),
            time: erasure.time,
            signed_by: reading.signer_and_role(&reading.entry(erasure.index)?),
        });
    }
    all.retain(|gone| !gone.fields.is_empty());
    Ok(all)
}

/// All erasures of the ledger.
fn all(reading: &Reading) -> Result<Erasures, WorkError> {
    let all = reading.store.lookup(&Term::Kind("erasure".to_owned()))?;
    explaining(reading, &all.into_iter().collect())
}

/// The entries with which erasures became complete.
///
/// # Errors
/// Damage.
pub fn completing(reading: &Reading) -> Result<BTreeSet<Index>, WorkError> {
    let known = all(reading)?;
    Ok(known.complete().map(|erasure| known.completed_with(erasure)).collect())
}

/// The complete erasures of entries, and the entries that make them complete: for a bundle.
pub(in crate::work) struct Explained {
    /// By entry: what complete erasures name of it.
    by_entry: BTreeMap<Index, Vec<Explanation>>,
    /// By erasure: the rules and the advice that make it complete.
    supports: BTreeMap<Index, BTreeSet<Index>>,
}

/// What one complete erasure names of an entry.
struct Explanation {
    by: Index,
    ground: Ground,
    named: Named,
}

impl Explained {
    /// All erasures of the ledger.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading) -> Result<Self, WorkError> {
        let known = all(reading)?;
        let mut by_entry: BTreeMap<Index, Vec<Explanation>> = BTreeMap::new();
        for (entry, erasures) in known.erased() {
            let each = erasures.into_iter().map(|(erasure, named)| Explanation {
                by: erasure.index,
                ground: erasure.ground,
                named: named.clone(),
            });
            by_entry.insert(entry, each.collect());
        }
        let complete = known.complete();
        let supports = complete.map(|erasure| (erasure.index, known.supports(erasure))).collect();
        Ok(Self { by_entry, supports })
    }

    fn on(&self, index: Index) -> impl Iterator<Item = &Explanation> {
        self.by_entry.get(&index).into_iter().flatten()
    }

    /// The erasures that name an entry, with the rules and the advice that make them complete.
    pub fn enclosed(&self, index: Index) -> BTreeSet<Index> {
        let mut found = BTreeSet::new();
        for one in self.on(index) {
            found.insert(one.by);
            found.extend(self.supports.get(&one.by).into_iter().flatten());
        }
        found
    }

    /// Whether complete erasures name everything that is missing of a record.
    pub fn all_missing(&self, record: &Record) -> bool {
        let named = |field: &&str| self.on(record.index()).any(|one| one.named.names(field));
        record.missing().iter().all(named)
    }

    /// By which entry a field is erased, in words.
    pub fn why(&self, index: Index, field: &str) -> Option<String> {
        let one = self.on(index).find(|one| one.named.names(field))?;
        Some(format!("erased for ever by entry {} (ground: {})", one.by, one.ground.name()))
    }
}
