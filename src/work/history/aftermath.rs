//! What later entries did to earlier ones: to all of them, from one walk over the whole ledger,
//! or to a few, from those entries that the index finds around them. Both give the same answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use probity_keys::Kid;
use probity_ledger::book::acts::Acts;
use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge::{self, Judged};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::records;
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::kind::{Clear, Kind, Relation};
use serde::Serialize;

use super::rfc3339;
use crate::store::{Store as _, Term};
use crate::work::WorkError;
use crate::work::erase::{self, Explained};
use crate::work::reading::{Reading, Record};

/// The relations by which a signature rests on the content of an entry.
const RESTS_ON: [Relation; 3] = [Relation::Approves, Relation::Advises, Relation::SignsOff];

/// The records that stand under an exception which nobody ratified.
///
/// # Errors
/// Damage.
pub(in crate::work) fn by_exception(
    reading: &Reading,
    exception: EntryHash,
) -> Result<Vec<Record>, WorkError> {
    let mut under = Vec::new();
    for index in reading.store.lookup(&Term::LinksTo(exception))? {
        let record = reading.record(index)?;
        if record.links().contains(&(Relation::Excepts, exception)) {
            under.push(record);
        }
    }
    let after = Aftermath::around(reading, &under, i64::MAX)?;
    under.retain(|act| after.is_by_exception(act.index()));
    Ok(under)
}

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

/// How many entries a walk over the ledger passes in the time that it takes to look around one.
const AROUND: u64 = 100;

/// What later entries did to earlier ones.
#[derive(Default)]
pub struct Aftermath {
    hashes: HashMap<Index, EntryHash>,
    places: HashMap<EntryHash, Index>,
    since: HashMap<EntryHash, Vec<(Relation, Index)>>,
    lacking: BTreeMap<Index, Vec<String>>,
    clocks: BTreeMap<Index, Vec<Index>>,
    files: HashMap<Sha256Hash, Vec<Index>>,
    people: HashMap<Index, PersonId>,
    notes: BTreeSet<Index>,
    imports: BTreeSet<EntryHash>,
    explained: Option<Explained>,
    /// By what it is on: advice on erasing that can't be opened.
    untold: HashMap<EntryHash, Index>,
}

impl Aftermath {
    /// What happened to these records. Of others it need not know.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, records: &[Record]) -> Result<Self, WorkError> {
        Self::as_of(reading, records, i64::MAX)
    }

    /// What had happened to these records by a moment (POSIX seconds), as the entries claim
    /// their times.
    ///
    /// # Errors
    /// Damage.
    pub fn as_of(reading: &Reading, records: &[Record], at: i64) -> Result<Self, WorkError> {
        let few = (records.len() as u64).saturating_mul(AROUND) < reading.store.head().size.0;
        if few { Self::around(reading, records, at) } else { Self::of_all(reading, at) }
    }

    /// Walks over the whole ledger.
    pub(super) fn of_all(reading: &Reading, at: i64) -> Result<Self, WorkError> {
        let (mut all, mut acts, mut damage) = (Self::default(), Acts::default(), None);
        let end = Index(reading.store.head().size.0);
        reading.store.range(Index(0), end, &mut |stored| {
            let taken = Entry::parse(&stored.entry)
                .map_err(|fault| judge::entry_fault(&fault).at(stored.index).into())
                .and_then(|entry| {
                    if entry.says().time > at {
                        return Ok(());
                    }
                    all.take(reading, &mut acts, &entry)
                });
            if let Err(error) = taken {
                damage.get_or_insert(error);
            }
            Ok(())
        })?;
        all.explained = Some(Explained::of(reading)?);
        damage.map_or_else(|| Ok(all.finish(&acts)), Err)
    }

    /// Looks at the entries around some records: what they link to, what links to them, to the
    /// content that they sign or to their exception, and the corrections of all that.
    ///
    /// # Errors
    /// Damage.
    pub(in crate::work) fn around(
        reading: &Reading,
        records: &[Record],
        moment: i64,
    ) -> Result<Self, WorkError> {
        // With the entry, where it is already read.
        let mut found: BTreeMap<Index, Option<Entry>> = BTreeMap::new();
        let mut open: Vec<EntryHash> = Vec::new();
        for record in records {
            found.insert(record.index(), Some(record.entry.clone()));
            open.push(record.entry.hash());
            for link in record.entry.says().links {
                if let Some(at) = reading.find(&link.entry)? {
                    found.entry(at).or_default();
                }
                let relation = Relation::named(&link.rel);
                // An erasure may be complete by advice on the rule that it is about.
                let rule =
                    record.entry.says().kind == "erasure" && relation == Some(Relation::About);
                if rule
                    || relation
                        .is_some_and(|rel| RESTS_ON.contains(&rel) || rel == Relation::Excepts)
                {
                    open.push(link.entry);
                }
            }
            for document in record.body.iter().flat_map(judge::documents) {
                // A file and an entry with one hash are the same content.
                open.push(EntryHash(document.sha256.0));
            }
        }
        for kind in records::KINDS.iter().filter(|kind| kind.clear == Clear::ClockCorrection) {
            for at in reading.store.lookup(&Term::Kind(kind.name.to_owned()))? {
                found.entry(at).or_default();
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(hash) = open.pop() {
            if !seen.insert(hash) {
                continue;
            }
            for at in reading.store.lookup(&Term::Document(Sha256Hash(hash.0)))? {
                found.entry(at).or_default();
            }
            for at in reading.store.lookup(&Term::LinksTo(hash))? {
                let known = found.entry(at).or_default();
                let later = match known {
                    Some(later) => later,
                    None => known.insert(reading.entry(at)?),
                };
                if later.says().links.iter().any(|l| l.rel == Relation::Corrects.name()) {
                    open.push(later.hash());
                }
            }
        }
        let (mut all, mut acts) = (Self::default(), Acts::default());
        if records.iter().any(|record| !record.missing().is_empty()) {
            all.explained = Some(Explained::of(reading)?);
        }
        for (at, entry) in found {
            let entry = entry.map_or_else(|| reading.entry(at), Ok)?;
            if entry.says().time <= moment {
                all.take(reading, &mut acts, &entry)?;
            }
        }
        Ok(all.finish(&acts))
    }

    /// Takes an entry into account, in ascending order.
    fn take(&mut self, reading: &Reading, acts: &mut Acts, entry: &Entry) -> Result<(), WorkError> {
        let kind = self.note(entry);
        let judged = judged(&reading.authority, entry, kind);
        self.people.extend(judged.person.map(|person| (entry.index(), person)));
        if !kind.is_some_and(bears_on_acts) {
            acts.note(entry, &judged, None, &reading.authority);
            return Ok(());
        }
        let record = reading.shown(entry.index())?;
        if erase::is_untold_of_erasing(reading, &record)? {
            let on = record.links().iter().filter(|(relation, _)| *relation == Relation::Advises);
            self.untold.extend(on.map(|(_, hash)| (*hash, entry.index())));
            return Ok(());
        }
        acts.note(entry, &judged, record.body.as_ref(), &reading.authority);
        for document in record.body.iter().flat_map(judge::documents) {
            self.files.entry(document.sha256).or_default().push(entry.index());
        }
        Ok(())
    }

    fn finish(mut self, acts: &Acts) -> Self {
        let mut untold: HashMap<Index, Index> = HashMap::new();
        for (on, advice) in &self.untold {
            let itself = self.places.get(on).copied();
            untold
                .extend(self.linked_by(on, Relation::About).chain(itself).map(|at| (at, *advice)));
        }
        for lack in acts.incomplete() {
            let why = match untold.get(&lack.entry).filter(|_| lack.kind == "erasure") {
                Some(advice) => {
                    format!("can't be told: the advice in entry {advice} can't be opened")
                }
                None => lack.why,
            };
            self.lacking.entry(lack.entry).or_default().push(why);
        }
        self
    }

    fn note(&mut self, entry: &Entry) -> Option<&'static Kind> {
        let (said, index) = (entry.says(), entry.index());
        self.hashes.insert(index, entry.hash());
        self.places.insert(entry.hash(), index);
        if said.kind == "note" {
            self.notes.insert(index);
        }
        for link in said.links {
            if let Some(relation) = Relation::named(&link.rel) {
                self.since.entry(link.entry).or_default().push((relation, index));
            }
        }
        if said.kind == "import" {
            self.imports.insert(entry.hash());
        }
        let kind = records::find(said.kind, said.version)?;
        if let Ok(ClearFields::ClockCorrection { entry, .. }) =
            ClearFields::parse(kind.clear, said.clear)
        {
            self.clocks.entry(entry).or_default().push(index);
        }
        Some(kind)
    }

    /// Whether answers of a record are missing that no complete erasure names.
    #[must_use]
    pub fn is_unreadable(&self, record: &Record) -> bool {
        let lacks = |explained: &Explained| !explained.all_missing(record);
        !record.missing().is_empty() && self.explained.as_ref().is_some_and(lacks)
    }

    /// The place of an entry.
    #[must_use]
    pub fn place(&self, hash: &EntryHash) -> Option<Index> {
        self.places.get(hash).copied()
    }

    /// Whether an entry records that a register was taken over.
    #[must_use]
    pub fn is_import(&self, hash: &EntryHash) -> bool {
        self.imports.contains(hash)
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
    /// one. A correction of a correction counts; one that its author calls immaterial, in a note
    /// about both, doesn't.
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
                open.extend(self.hashes.get(&at));
            }
        }
        found.retain(|at| *at > entry.index() && !self.is_immaterial(entry, *at));
        found.sort_unstable();
        found
    }

    /// Whether the author of a signature says of a later change that it is immaterial to it.
    fn is_immaterial(&self, entry: &Entry, change: Index) -> bool {
        let Some(change) = self.hashes.get(&change) else { return false };
        let author = self.people.get(&entry.index());
        let about_change: Vec<Index> = self.linked_by(change, Relation::About).collect();
        self.linked_by(&entry.hash(), Relation::About).any(|note| {
            self.notes.contains(&note)
                && about_change.contains(&note)
                && author.is_some()
                && self.people.get(&note) == author
        })
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
        .says()
        .links
        .iter()
        .filter(|link| Relation::named(&link.rel).is_some_and(|rel| RESTS_ON.contains(&rel)))
        .map(|link| link.entry)
}

/// Whether the answers of that kind decide whether acts are complete.
pub(in crate::work) fn bears_on_acts(kind: &Kind) -> bool {
    let points = |relation: &Relation| RESTS_ON.contains(relation);
    !kind.also.is_empty()
        || matches!(kind.name, "exception" | "paper-signature")
        || kind.usual_links.iter().any(points)
        || kind.required_links.iter().any(|group| group.iter().any(points))
}

/// What judging found out when the entry was taken in, as far as acts ask.
#[must_use]
pub fn judged(authority: &Authority, entry: &Entry, kind: Option<&'static Kind>) -> Judged {
    let said = entry.says();
    let record = authority.key(&said.kid);
    Judged {
        kind,
        clear: kind.and_then(|kind| ClearFields::parse(kind.clear, said.clear).ok()),
        person: record.map(|record| record.person),
        appointment: record
            .and_then(|record| record.appointment_below(entry.index()))
            .map(|appointment| appointment.index),
        authorised: kind.is_some_and(|kind| kind.admits(said.role)),
        unjudged: None,
    }
}
