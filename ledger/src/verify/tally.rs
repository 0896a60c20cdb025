//! What the entries say together: which keys signed, who accepted, what is withheld, in
//! doubt, incomplete, or out of order in time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use probity_keys::Kid;

use super::chunks::Chunks;
use super::outside::{Anchor, existed_by_at};
use super::verdict::{
    CaseReport, Doubtful, ErasedOf, ExistedBy, FieldsOf, KeyReport, Stated, StepBack, Verdict,
};
use crate::book::acts::{Acts, accepts_own_key, answer};
use crate::book::authority::Authority;
use crate::book::clear::ClearFields;
use crate::book::judge::Judged;
use crate::format::body::Body;
use crate::format::entry::{Entry, Said};
use crate::format::hash::{EntryHash, Index};
use crate::records::facts::PersonId;

#[derive(Clone, Debug, Default)]
struct KeyTally {
    roles: BTreeSet<String>,
    entries: u64,
    accepted: bool,
}

#[derive(Clone, Debug)]
struct CaseTally {
    entries: u64,
    newest: Index,
    newest_hash: EntryHash,
    whole: bool,
}

/// Facts so far. Entries come in ascending order.
#[derive(Debug, Default)]
pub struct Tally {
    keys: BTreeMap<Kid, KeyTally>,
    names: BTreeMap<PersonId, String>,
    /// Keys with the appointments under which they signed, each pair once, and its place.
    standings: Vec<(Kid, Option<Index>)>,
    places: HashMap<(Kid, Option<Index>), u32>,
    /// For each entry, the number of its author's standing.
    authors: Chunks<u32>,
    /// Where entries follow each other without a gap: the index of the first, and how many
    /// entries were noted before it.
    runs: Vec<(Index, usize)>,
    cases: BTreeMap<String, CaseTally>,
    acts: Acts,
    stated: Vec<Stated>,
    withheld: Vec<FieldsOf>,
    clock: Vec<StepBack>,
    times: Option<(i64, i64)>,
    closed: bool,
    /// Whether older entries, with which these may belong together, are not looked at.
    partial: bool,
    /// Governance entries among those, with their authors' standings: newer ones may rest on them.
    older: Vec<(Index, Kid, Option<Index>)>,
    unjudged: BTreeSet<String>,
    /// Which entries couldn't be judged whole, ascending.
    unjudged_at: Vec<Index>,
    anchors: Vec<Anchor>,
}

/// Fields that entries lack and no complete erasure names: each the first of its sort.
#[derive(Debug, Default)]
pub(super) struct Unexplained {
    /// One that nothing explains.
    pub gone: Option<(Index, String)>,
    /// One that may be erased, by what can't be judged.
    pub may_be_erased: Option<(Index, String)>,
}

/// Fields by name, each with its place in the list.
fn by_name(fields: &[String]) -> BTreeMap<&str, usize> {
    fields.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect()
}

impl Tally {
    /// Of entries whose bodies nobody opens: what they leave out is no finding then.
    #[must_use]
    pub fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// The same of the newest entries alone: which acts are complete can't be told then.
    #[must_use]
    pub fn partial(self) -> Self {
        Self { partial: true, ..self }
    }

    /// Takes into account who signed a governance entry before those that are looked at.
    pub(super) fn note_older(&mut self, index: Index, kid: Kid, appointment: Option<Index>) {
        self.older.push((index, kid, appointment));
    }

    /// Takes an entry into account, after it was judged.
    pub fn note(
        &mut self,
        entry: &Entry,
        judged: &Judged,
        body: Option<&Body>,
        authority: &Authority,
    ) {
        let (said, own, index) = (entry.says(), entry.own_words(), entry.index());
        if let Some(statement) = entry.statement() {
            // Two keys signed: the statement's, and that of whoever entered it.
            self.note_key(&own);
            self.stated.push(Stated {
                entry: index,
                by: said.kid.to_string(),
                entered_by: own.kid.to_string(),
                after: statement.after().0,
            });
        }
        let key = self.note_key(&said);
        if said.kind == "acceptance" && accepts_own_key(entry, authority) {
            key.accepted = true;
        }
        let standing = self.standing(said.kid, judged.appointment);
        let follows = self.runs.last().is_some_and(|(first, before)| {
            first.0 + (self.authors.len() - before) as u64 == index.0
        });
        if !follows {
            self.runs.push((index, self.authors.len()));
        }
        self.authors.push(standing);
        if judged.unjudged.is_some() || judged.appointment.is_none() {
            self.unjudged_at.push(index);
        }
        if let Some(fault) = &judged.unjudged {
            self.unjudged.insert(format!("{} ({})", fault.found, fault.code.name()));
        }
        self.note_name(judged, body);
        self.note_anchor(index, judged);
        self.note_time(index, own.time);
        self.note_case(entry);
        if !self.closed {
            self.note_withheld(entry, body);
        }
        if !self.closed && !self.partial {
            self.acts.note(entry, judged, body, authority);
        }
    }

    fn note_key(&mut self, said: &Said<'_>) -> &mut KeyTally {
        let key = self.keys.entry(said.kid).or_default();
        if !key.roles.contains(said.role) {
            key.roles.insert(said.role.to_owned());
        }
        key.entries += 1;
        key
    }

    fn note_withheld(&mut self, entry: &Entry, body: Option<&Body>) {
        let fields: Vec<String> = entry
            .says()
            .body
            .iter()
            .filter(|(name, _)| body.is_none_or(|body| body.get(name).is_none()))
            .map(|(name, _)| name.clone())
            .collect();
        if !fields.is_empty() {
            let bare = body.is_none_or(|body| body.iter().all(|(name, _)| name == "name"));
            self.withheld.push(FieldsOf { entry: entry.index(), fields, bare });
        }
    }

    fn note_time(&mut self, index: Index, time: i64) {
        match &mut self.times {
            None => self.times = Some((time, time)),
            Some((_, last)) => {
                if time < *last {
                    self.clock.push(StepBack { entry: index, seconds: *last - time });
                }
                *last = time;
            }
        }
    }

    fn standing(&mut self, kid: Kid, appointment: Option<Index>) -> u32 {
        let standing = (kid, appointment);
        *self.places.entry(standing).or_insert_with(|| {
            self.standings.push(standing);
            u32::try_from(self.standings.len() - 1).expect("fewer than 2^32 appointments")
        })
    }

    /// Takes up the name that a governance entry gives to a person.
    pub(super) fn note_name(&mut self, judged: &Judged, body: Option<&Body>) {
        let Some(ClearFields::Genesis { person, .. } | ClearFields::Appointment { person, .. }) =
            &judged.clear
        else {
            return;
        };
        if let Some(name) = answer(body, "name").and_then(|name| name.as_text()) {
            self.names.insert(*person, name.to_owned());
        }
    }

    /// Takes up what an anchor names.
    pub(super) fn note_anchor(&mut self, entry: Index, judged: &Judged) {
        if let Some(ClearFields::Anchor { size, evidence }) = judged.clear {
            self.anchors.push(Anchor { entry, size, evidence });
        }
    }

    /// The anchors, ascending.
    pub(super) fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    fn note_case(&mut self, entry: &Entry) {
        let Some(case) = entry.subject().case() else { return };
        let previous = entry.place().case;
        match self.cases.get_mut(case) {
            None => {
                let tally = CaseTally {
                    entries: 1,
                    newest: entry.index(),
                    newest_hash: entry.hash(),
                    whole: previous.is_none(),
                };
                self.cases.insert(case.to_owned(), tally);
            }
            Some(tally) => {
                tally.entries += 1;
                tally.whole &= previous == Some(tally.newest_hash);
                tally.newest = entry.index();
                tally.newest_hash = entry.hash();
            }
        }
    }

    /// Writes the facts into a verdict.
    pub fn report(self, authority: Option<&Authority>, verdict: &mut Verdict) {
        if let Some(authority) = authority {
            verdict.school = Some(authority.school.clone()).filter(|school| !school.is_empty());
            verdict.origin = Some(authority.origin.clone());
            verdict.fingerprint.hash = Some(authority.fingerprint);
            verdict.keys = self.key_reports(authority);
            verdict.doubtful = self.doubtful(authority, &verdict.existed_by);
        }
        verdict.entries = self.authors.len() as u64;
        verdict.times = self.times;
        verdict.incomplete = self.acts.incomplete();
        verdict.on_paper = self.acts.on_paper();
        verdict.unjudged_entries = self.unjudged_at.len() as u64;
        verdict.unjudged_from = self.unjudged_at.first().copied();
        verdict.answers_opened = !self.closed;
        (verdict.withheld, verdict.erased) = self.missing();
        verdict.unjudged_at = self.unjudged_at;
        verdict.stated = self.stated;
        verdict.clock = self.clock;
        verdict.unjudged.extend(self.unjudged);
        verdict.cases = self
            .cases
            .into_iter()
            .map(|(case, tally)| CaseReport {
                case,
                entries: tally.entries,
                newest: tally.newest,
                whole: tally.whole,
            })
            .collect();
    }

    /// What entries lack that no complete erasure names.
    pub(super) fn unexplained(&self) -> Unexplained {
        let may_be = self.acts.erasures().may_be_erased();
        let mut found = Unexplained::default();
        for of in self.missing().0 {
            let mut left = by_name(&of.fields);
            let first = |left: &BTreeMap<&str, usize>| {
                let at = left.values().min()?;
                Some((of.entry, of.fields.get(*at)?.clone()))
            };
            let all = first(&left);
            if may_be.below.is_some_and(|erasure| of.entry < erasure) {
                left.clear();
            }
            for (_, target) in may_be.named.get(&of.entry).into_iter().flatten() {
                target.take(&mut left);
            }
            if let Some(gone) = first(&left) {
                found.gone = Some(gone);
                break;
            }
            found.may_be_erased = found.may_be_erased.or(all);
        }
        found
    }

    /// Whether an entry lacks fields.
    pub(super) fn lacks_fields(&self) -> bool {
        !self.withheld.is_empty()
    }

    /// The fields that are not there, apart: those that are withheld, and those that complete
    /// erasures name.
    fn missing(&self) -> (Vec<FieldsOf>, Vec<ErasedOf>) {
        let by_entry = self.acts.erasures().erased();
        let (mut withheld, mut erased) = (Vec::new(), Vec::new());
        for of in &self.withheld {
            let Some(named) = by_entry.get(&of.entry) else {
                withheld.push(of.clone());
                continue;
            };
            let mut left = by_name(&of.fields);
            let fields = |mut places: Vec<usize>| {
                places.sort_unstable();
                places.into_iter().map(|at| of.fields[at].clone()).collect::<Vec<String>>()
            };
            for (erasure, target) in named {
                if left.is_empty() {
                    break;
                }
                // The first that names a field is told, so that no bundle makes the report grow
                // with erasures of one field.
                let fields = fields(target.take(&mut left));
                if !fields.is_empty() {
                    let (by, ground) = (erasure.index, erasure.ground.name());
                    let (time, kid) = (erasure.time, erasure.kid);
                    erased.push(ErasedOf { entry: of.entry, fields, by, ground, time, kid });
                }
            }
            if !left.is_empty() {
                let fields = fields(left.into_values().collect());
                withheld.push(FieldsOf { fields, ..of.clone() });
            }
        }
        (withheld, erased)
    }

    fn key_reports(&self, authority: &Authority) -> Vec<KeyReport> {
        self.keys
            .iter()
            .filter_map(|(kid, tally)| {
                let record = authority.key(kid)?;
                Some(KeyReport {
                    kid: kid.to_string(),
                    person: hex::encode(record.person),
                    name: self.names.get(&record.person).cloned(),
                    roles: tally.roles.iter().cloned().collect(),
                    entries: tally.entries,
                    accepted: tally.accepted,
                    appointed_by: record.appointments.last().map(|last| last.by.to_string()),
                    revoked_by: record.revoked.as_ref().map(|revoked| revoked.index),
                })
            })
            .collect()
    }

    /// Each entry with the number of its author's standing.
    fn authors(&self) -> impl Iterator<Item = (Index, u32)> {
        let mut runs = self.runs.iter().peekable();
        let mut next = Index(0);
        self.authors.iter().enumerate().map(move |(at, standing)| {
            if let Some((first, _)) = runs.next_if(|(_, before)| *before == at) {
                next = *first;
            }
            let index = next;
            next.0 += 1;
            (index, *standing)
        })
    }

    /// Entries by a key below its suspect revocation, and entries whose authority rests on such
    /// an appointment, but for those that existed before the suspicion by outside evidence.
    fn doubtful(&self, authority: &Authority, existed_by: &[ExistedBy]) -> Vec<Doubtful> {
        let suspects: BTreeMap<Kid, (Index, i64)> = authority
            .keys()
            .filter_map(|(kid, record)| {
                let revoked = record.revoked.as_ref()?;
                Some((*kid, (revoked.index, revoked.suspect_since?)))
            })
            .collect();
        if suspects.is_empty() {
            return Vec::new();
        }
        let mut marked: BTreeMap<Index, (Index, i64)> = BTreeMap::new();
        let mut doubtful = Vec::new();
        let older = self.older.iter().map(|(index, kid, appointment)| (*index, kid, appointment));
        let looked_at = self.authors().map(|(index, standing)| {
            let (kid, appointment) = &self.standings[standing as usize];
            (index, kid, appointment)
        });
        let first = self.runs.first().map(|(first, _)| *first);
        for (index, kid, appointment) in older.chain(looked_at) {
            let own = suspects.get(kid).filter(|(revoked, _)| index < *revoked);
            // Only what stands before it is marked yet.
            let rests_on = appointment.and_then(|at| marked.get(&at));
            let both = [own.map(|by| (*by, false)), rests_on.map(|by| (*by, true))];
            let existed = existed_by_at(existed_by, index);
            let earliest = both
                .into_iter()
                .flatten()
                .filter(|((_, since), _)| existed.is_none_or(|existed| existed > *since))
                .min_by_key(|((_, since), _)| *since);
            let Some(((revocation, suspect_since), through_appointment)) = earliest else {
                continue;
            };
            marked.insert(index, (revocation, suspect_since));
            if first.is_none_or(|first| index < first) {
                // Of older entries only those are known that others may rest on.
                continue;
            }
            doubtful.push(Doubtful {
                entry: index,
                revocation,
                suspect_since,
                through_appointment,
            });
        }
        doubtful
    }
}
