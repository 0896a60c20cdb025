//! What later entries did to earlier ones, from one walk over the whole ledger.

use std::collections::{BTreeMap, HashMap};

use probity_keys::Kid;
use probity_ledger::book::acts::Acts;
use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge::{self, Judged};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records;
use probity_ledger::records::kind::{Kind, Relation};
use serde::Serialize;

use super::rfc3339;
use crate::store::Store as _;
use crate::work::WorkError;
use crate::work::reading::Reading;

/// The relations by which a signature rests on the content of an entry.
const RESTS_ON: [Relation; 3] = [Relation::Approves, Relation::Advises, Relation::SignsOff];

/// How an unratified exception begins in [`Acts::incomplete`].
const BY_EXCEPTION: &str = "signed by exception";

/// A reason to doubt who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The revocation that says so.
    pub revocation: Index,
    /// Since when the key may have been in other hands.
    #[serde(serialize_with = "rfc3339")]
    pub suspect_since: i64,
    /// Whether it isn't the author's own key that is suspect, but the one that appointed it.
    pub through_appointment: bool,
}

/// What later entries did to earlier ones.
pub struct Aftermath {
    hashes: Vec<EntryHash>,
    places: HashMap<EntryHash, Index>,
    since: HashMap<EntryHash, Vec<(Relation, Index)>>,
    lacking: BTreeMap<Index, Vec<String>>,
    clocks: BTreeMap<Index, Vec<Index>>,
    files: HashMap<Sha256Hash, Vec<Index>>,
}

impl Aftermath {
    /// Walks over a ledger.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading) -> Result<Self, WorkError> {
        let mut all = Self {
            hashes: Vec::new(),
            places: HashMap::new(),
            since: HashMap::new(),
            lacking: BTreeMap::new(),
            clocks: BTreeMap::new(),
            files: HashMap::new(),
        };
        let (mut acts, mut with_body, mut damage) = (Acts::default(), Vec::new(), None);
        let end = Index(reading.store.head().size.0);
        reading.store.range(Index(0), end, &mut |stored| {
            match Entry::parse(&stored.entry) {
                Ok(entry) => {
                    let kind = all.note(&entry);
                    if kind.is_some_and(bears_on_acts) {
                        with_body.push(stored.index);
                    } else {
                        let judged = judged(&reading.authority, &entry, kind);
                        acts.note(&entry, &judged, None, &reading.authority);
                    }
                }
                Err(fault) => {
                    damage.get_or_insert(judge::entry_fault(&fault).at(stored.index));
                }
            }
            Ok(())
        })?;
        if let Some(fault) = damage {
            return Err(fault.into());
        }
        for index in with_body {
            let record = reading.record(index)?;
            let judged = judged(&reading.authority, &record.entry, record.kind);
            acts.note(&record.entry, &judged, record.body.as_ref(), &reading.authority);
            for document in record.body.iter().flat_map(judge::documents) {
                all.files.entry(document.sha256).or_default().push(index);
            }
        }
        for lack in acts.incomplete() {
            all.lacking.entry(lack.entry).or_default().push(lack.why);
        }
        Ok(all)
    }

    fn note(&mut self, entry: &Entry) -> Option<&'static Kind> {
        let (payload, index) = (entry.payload(), entry.index());
        self.hashes.push(entry.hash());
        self.places.insert(entry.hash(), index);
        for link in &payload.links {
            if let Some(relation) = Relation::named(&link.rel) {
                self.since.entry(link.entry).or_default().push((relation, index));
            }
        }
        let kind = records::find(&payload.kind, payload.version)?;
        if let Ok(ClearFields::ClockCorrection { entry, .. }) =
            ClearFields::parse(kind.clear, &payload.clear)
        {
            self.clocks.entry(entry).or_default().push(index);
        }
        Some(kind)
    }

    /// The place of an entry.
    #[must_use]
    pub fn place(&self, hash: &EntryHash) -> Option<Index> {
        self.places.get(hash).copied()
    }

    /// The entries that link to one, oldest first, each with its relation.
    #[must_use]
    pub fn since(&self, hash: &EntryHash) -> &[(Relation, Index)] {
        self.since.get(hash).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entries that link to one by a relation.
    pub fn linked_by(&self, hash: &EntryHash, wanted: Relation) -> impl Iterator<Item = Index> {
        self.since(hash).iter().filter(move |(relation, _)| *relation == wanted).map(|(_, at)| *at)
    }

    /// What an act lacks, beside the ratification of its exception.
    pub fn lacks(&self, index: Index) -> impl Iterator<Item = &str> {
        self.lacking_all(index).filter(|why| !why.starts_with(BY_EXCEPTION))
    }

    /// Everything that an act lacks.
    pub fn lacking_all(&self, index: Index) -> impl Iterator<Item = &str> {
        self.lacking.get(&index).into_iter().flatten().map(String::as_str)
    }

    /// Whether it stands under an exception that nobody ratified.
    #[must_use]
    pub fn is_by_exception(&self, index: Index) -> bool {
        self.lacking_all(index).any(|why| why.starts_with(BY_EXCEPTION))
    }

    /// The clock corrections of an entry.
    #[must_use]
    pub fn clock_corrections(&self, index: Index) -> &[Index] {
        self.clocks.get(&index).map(Vec::as_slice).unwrap_or_default()
    }

    /// The approvals, advice and paper signatures that name a file of these bytes.
    #[must_use]
    pub fn on_file(&self, file: &Sha256Hash) -> &[Index] {
        self.files.get(file).map(Vec::as_slice).unwrap_or_default()
    }

    /// The corrections after an approval or advice of what it rests on: it is stale if there is
    /// one. A correction of a correction counts.
    #[must_use]
    pub fn stale(&self, entry: &Entry) -> Vec<Index> {
        let mut found = Vec::new();
        let mut open: Vec<EntryHash> = rests_on(entry).collect();
        while let Some(hash) = open.pop() {
            for at in self.linked_by(&hash, Relation::Corrects) {
                if found.contains(&at) {
                    continue;
                }
                found.push(at);
                // An index that the walk noted is within what it noted.
                open.extend(usize::try_from(at.0).ok().and_then(|at| self.hashes.get(at)));
            }
        }
        found.retain(|at| *at > entry.index());
        found.sort_unstable();
        found
    }

    /// The entries that link to the same content by the same relation, after `after`.
    #[must_use]
    pub fn again(&self, entry: &Entry, after: Index) -> Vec<Index> {
        let mut found: Vec<Index> = rests_on(entry)
            .flat_map(|hash| self.since(&hash).to_vec())
            .filter(|(relation, at)| RESTS_ON.contains(relation) && *at > after)
            .map(|(_, at)| at)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Why it may be somebody else who signed at `index` with a key: the key itself, or the one that
/// appointed it, was suspect when it was revoked later.
#[must_use]
pub fn doubt(authority: &Authority, kid: &Kid, index: Index) -> Option<Doubt> {
    let record = authority.key(kid)?;
    let own = record.revoked.as_ref().filter(|revoked| index < revoked.index).and_then(|revoked| {
        let suspect_since = revoked.suspect_since?;
        Some(Doubt { revocation: revoked.index, suspect_since, through_appointment: false })
    });
    own.or_else(|| {
        let by = record.appointment_below(index)?;
        let found = doubt(authority, &by.by, by.index)?;
        Some(Doubt { through_appointment: true, ..found })
    })
}

fn rests_on(entry: &Entry) -> impl Iterator<Item = EntryHash> + '_ {
    entry
        .payload()
        .links
        .iter()
        .filter(|link| Relation::named(&link.rel).is_some_and(|rel| RESTS_ON.contains(&rel)))
        .map(|link| link.entry)
}

/// Whether the answers of that kind decide whether acts are complete.
fn bears_on_acts(kind: &Kind) -> bool {
    let points = |relation: &Relation| RESTS_ON.contains(relation);
    !kind.also.is_empty()
        || matches!(kind.name, "exception" | "paper-signature")
        || kind.usual_links.iter().any(points)
        || kind.required_links.iter().any(|group| group.iter().any(points))
}

/// What judging found out when the entry was taken in, as far as acts ask.
fn judged(authority: &Authority, entry: &Entry, kind: Option<&'static Kind>) -> Judged {
    let (header, payload) = (entry.header(), entry.payload());
    let record = authority.key(&header.kid);
    Judged {
        kind,
        clear: kind.and_then(|kind| ClearFields::parse(kind.clear, &payload.clear).ok()),
        person: record.map(|record| record.person),
        appointment: record
            .and_then(|record| record.appointment_below(entry.index()))
            .map(|appointment| appointment.index),
        authorised: kind.is_some_and(|kind| kind.admits(&payload.role)),
        unjudged: None,
    }
}
