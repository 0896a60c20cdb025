//! What is laid out from the ledger while records are prepared, or compared with it under its
//! lock: each thing is fetched once, however many records of a batch ask for it.
//!
//! A desk belongs to one [`Reading`] and shows the ledger as that has it. What fails is asked
//! again: only answers are kept. Records are kept up to [`MOST`], beside those of one case,
//! which are needed together.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::{EntryHash, Index};

use super::WorkError;
use super::reading::{Reading, Record};
use crate::store::{Store as _, Term};

/// So many records are kept at hand before all are put away, so that a batch that links to
/// everything doesn't hold the whole ledger in memory.
const MOST: usize = 10_000;

/// Records, each shared with whoever asked for it.
pub(crate) type Records = Rc<[Rc<Record>]>;

/// What was fetched already.
pub(crate) struct Desk<'a> {
    /// Where it is fetched from.
    pub reading: &'a Reading,
    read: fn(&Reading, Index) -> Result<Record, WorkError>,
    records: HashMap<Index, Rc<Record>>,
    cases: HashMap<Subject, Records>,
    places: HashMap<Subject, Rc<[Index]>>,
    policies: Option<Records>,
    free: HashMap<(String, i16), String>,
    promised: Option<BTreeSet<String>>,
    named: HashMap<String, Index>,
    linking: HashMap<EntryHash, usize>,
}

impl<'a> Desk<'a> {
    /// An empty one.
    pub fn of(reading: &'a Reading) -> Self {
        Self::reading_by(reading, Reading::record)
    }

    /// An empty one for what is only shown: answers that can't be opened are left out.
    pub fn showing(reading: &'a Reading) -> Self {
        Self::reading_by(reading, Reading::shown)
    }

    fn reading_by(
        reading: &'a Reading,
        read: fn(&Reading, Index) -> Result<Record, WorkError>,
    ) -> Self {
        Self {
            reading,
            read,
            records: HashMap::new(),
            cases: HashMap::new(),
            places: HashMap::new(),
            policies: None,
            free: HashMap::new(),
            promised: None,
            named: HashMap::new(),
            linking: HashMap::new(),
        }
    }

    /// As [`Reading::record`], or as [`Reading::shown`].
    pub fn record(&mut self, index: Index) -> Result<Rc<Record>, WorkError> {
        if let Some(known) = self.records.get(&index) {
            return Ok(Rc::clone(known));
        }
        let record = Rc::new((self.read)(self.reading, index)?);
        if self.records.len() >= MOST {
            self.records.clear();
            self.cases.clear();
        }
        self.records.insert(index, Rc::clone(&record));
        Ok(record)
    }

    /// As [`Reading::records`].
    pub fn records(&mut self, indices: &[Index]) -> Result<Records, WorkError> {
        indices.iter().map(|index| self.record(*index)).collect()
    }

    /// The places of a case's entries, oldest first; none for the ledger itself.
    pub fn places(&mut self, subject: &Subject) -> Result<Rc<[Index]>, WorkError> {
        if let Some(known) = self.places.get(subject) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[Index]> = match subject {
            Subject::Ledger => Rc::new([]),
            Subject::Case(case) => self.reading.store.lookup(&Term::Case(case.clone()))?.into(),
        };
        self.places.insert(subject.clone(), Rc::clone(&found));
        Ok(found)
    }

    /// The records of a case, oldest first; none for the ledger itself.
    pub fn case(&mut self, subject: &Subject) -> Result<Records, WorkError> {
        if let Some(known) = self.cases.get(subject) {
            return Ok(Rc::clone(known));
        }
        let places = self.places(subject)?;
        let found = self.records(&places)?;
        self.cases.insert(subject.clone(), Rc::clone(&found));
        Ok(found)
    }

    /// As [`Reading::case_head`].
    pub fn case_head(&mut self, subject: &Subject) -> Result<Option<EntryHash>, WorkError> {
        let places = self.places(subject)?;
        Ok(places.last().map(|index| self.reading.store.hash(*index)).transpose()?)
    }

    /// Every policy, oldest first.
    pub fn policies(&mut self) -> Result<Records, WorkError> {
        if let Some(known) = &self.policies {
            return Ok(Rc::clone(known));
        }
        let places = self.reading.store.lookup(&Term::Kind("policy".to_owned()))?;
        let found = self.records(&places)?;
        self.policies = Some(Rc::clone(&found));
        Ok(found)
    }

    /// The next free case of that name and year that no request which waits is to begin.
    pub fn next_case(
        &mut self,
        (name, year): (&str, i16),
        promised: impl FnOnce() -> Result<BTreeSet<String>, WorkError>,
    ) -> Result<String, WorkError> {
        let key = (name.to_owned(), year);
        if let Some(known) = self.free.get(&key) {
            return Ok(known.clone());
        }
        if self.promised.is_none() {
            self.promised = Some(promised()?);
        }
        let next = self.reading.next_case(name, year)?;
        let found = if self.is_promised(&next) { self.next_case_after(&next)? } else { next };
        self.free.insert(key, found.clone());
        Ok(found)
    }

    /// The next one behind it. A request that was never answered leaves a gap in the numbers, until
    /// the next new case takes its place.
    pub fn next_case_after(&self, case: &str) -> Result<String, WorkError> {
        let mut next = numbered_after(case);
        while self.is_promised(&next) || self.reading.has_case(&next)? {
            next = numbered_after(&next);
        }
        Ok(next)
    }

    fn is_promised(&self, case: &str) -> bool {
        self.promised.as_ref().is_some_and(|promised| promised.contains(case))
    }

    /// As [`Reading::resolve`].
    pub fn resolve(&mut self, text: &str) -> Result<Index, WorkError> {
        if let Some(known) = self.named.get(text) {
            return Ok(*known);
        }
        let found = self.reading.resolve(text)?;
        self.named.insert(text.to_owned(), found);
        Ok(found)
    }

    /// How many entries link to that one.
    pub fn linking_to(&mut self, hash: &EntryHash) -> Result<usize, WorkError> {
        if let Some(known) = self.linking.get(hash) {
            return Ok(*known);
        }
        let found = self.reading.store.lookup(&Term::LinksTo(*hash))?.len();
        self.linking.insert(*hash, found);
        Ok(found)
    }
}

/// `breach-2026-004` after `breach-2026-003`.
fn numbered_after(case: &str) -> String {
    let (name, number) = case.rsplit_once('-').unwrap_or((case, ""));
    format!("{name}-{:03}", number.parse::<u64>().map_or(1, |number| number + 1))
}
