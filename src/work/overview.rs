//! All cases at a glance, and what falls due, as a page shows them that is asked often: worked out
//! once, and then anew only as far as new entries touch it.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::book::cases;
use probity_ledger::book::due::{Due, State};
use probity_ledger::book::item::{Book, Item};
use probity_ledger::book::linter::Found;
use probity_ledger::format::hash::{Index, Size};
use serde::Serialize;

use super::book::{Scope, items, untouched};
use super::reading::Reading;
use super::{WorkError, due, time};
use crate::store::Store as _;

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseLine {
    /// The case.
    pub case: String,
    /// In which state it is.
    pub state: String,
    /// What tells so.
    pub why: String,
    /// The first thing that comes next.
    pub next: Option<String>,
    /// How much is missing.
    pub missing: usize,
    /// Whether a record closes it.
    pub closed: bool,
    /// How many records it has.
    pub entries: usize,
    /// The newest of them.
    pub newest: Index,
    /// When that was signed: POSIX seconds.
    pub time: i64,
}

/// All cases.
#[derive(Clone, Debug)]
pub struct Cases {
    /// By name.
    pub all: BTreeMap<String, CaseLine>,
    size: Size,
    day: String,
}

/// Kinds that change how other cases than their own stand.
const EVERYWHERE: &[&str] = &[
    "hold",
    "hold-release",
    "paper-signature",
    "ratification",
    "revocation",
    "erasure",
    "policy",
    "calendar",
];

/// What the state of a case is told by beside its own records.
const BESIDE: &[&str] = &["hold", "hold-release", "policy", "calendar"];

impl Cases {
    /// All cases as they stand now, from all records.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, now: i64) -> Result<Self, WorkError> {
        let items: Vec<Item> = items(reading, Scope::All, now)?;
        let book = Book::new(&items, now);
        let all = book.cases().filter_map(|case| Some((case.to_owned(), line(&book, case)?)));
        Ok(Self { all: all.collect(), size: reading.size(), day: time::iso_day(now) })
    }

    /// The same from what was told before on this day: cases that nothing has touched since stay as
    /// they were told. `None` where new entries may touch all.
    ///
    /// # Errors
    /// Damage.
    pub fn further(&self, reading: &Reading, now: i64) -> Result<Option<Self>, WorkError> {
        let (size, day) = (reading.size(), time::iso_day(now));
        if self.day != day || self.size > size {
            return Ok(None);
        }
        let Some(touched) = touched(reading, self.size, size)? else { return Ok(None) };
        let mut all = self.all.clone();
        for case in touched {
            let items = items(reading, Scope::Case(&case, BESIDE), now)?;
            all.extend(line(&Book::new(&items, now), &case).map(|line| (case, line)));
        }
        Ok(Some(Self { all, size, day }))
    }

    /// Whether they were told on the day of a moment.
    #[must_use]
    pub fn is_of_day(&self, now: i64) -> bool {
        self.day == time::iso_day(now)
    }

    /// Those that no record closes, the one that was touched last first.
    #[must_use]
    pub fn open(&self) -> Vec<&CaseLine> {
        let mut open: Vec<&CaseLine> = self.all.values().filter(|line| !line.closed).collect();
        open.sort_by_key(|line| std::cmp::Reverse(line.newest));
        open
    }
}

/// The cases that entries from one size to another touch; `None` where they may touch all.
fn touched(reading: &Reading, from: Size, to: Size) -> Result<Option<BTreeSet<String>>, WorkError> {
    const FEW: u64 = 50;
    if to.0 - from.0 > FEW {
        return Ok(None);
    }
    let mut found = BTreeSet::new();
    for index in (from.0..to.0).map(Index) {
        let entry = reading.entry(index)?;
        if EVERYWHERE.contains(&entry.says().kind) {
            return Ok(None);
        }
        found.extend(entry.subject().case().map(str::to_owned));
        for link in entry.says().links {
            let Some(at) = reading.store.find_hash(&link.entry)? else { continue };
            let linked = reading.entry(at)?;
            if matches!(linked.says().kind, "erasure" | "retention-rule") {
                // What completes an erasure carries it out.
                return Ok(None);
            }
            found.extend(linked.subject().case().map(str::to_owned));
            // What completes an act may be linked to what the act is on.
            for later in reading.store.lookup(&crate::store::Term::LinksTo(link.entry))? {
                found.extend(reading.entry(later)?.subject().case().map(str::to_owned));
            }
        }
    }
    Ok(Some(found))
}

fn line(book: &Book<'_>, case: &str) -> Option<CaseLine> {
    let newest = book.of_case(case).next_back()?;
    let state = cases::state(book, case);
    Some(CaseLine {
        case: case.to_owned(),
        state: state.state,
        why: state.why,
        next: state.next.into_iter().next(),
        missing: state.missing.len(),
        closed: state.closed,
        entries: book.of_case(case).count(),
        newest: newest.index,
        time: newest.time,
    })
}

/// What falls due.
#[derive(Clone, Debug)]
pub struct FallsDue {
    /// All of it.
    pub all: Vec<Due>,
    /// What contradicts itself across records.
    pub found: Vec<Found>,
    /// From this moment on something of it may be overdue that isn't yet.
    pub until: i64,
}

impl FallsDue {
    /// What falls due now.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, now: i64) -> Result<Self, WorkError> {
        let (all, found) = due::due(reading, now)?;
        let day = time::read_end_of_day(&time::iso_day(now)).unwrap_or(now);
        let next = all
            .iter()
            .filter(|one| one.state == State::Open)
            .map(|one| one.limit().order())
            .filter(|limit| *limit >= now)
            .min();
        let until = next.map_or(day, |next| next.min(day));
        Ok(Self { all, found, until })
    }

    /// Whether nothing else falls due than when the record book had so many records.
    ///
    /// # Errors
    /// Damage.
    pub fn untouched(reading: &Reading, from: Size) -> Result<bool, WorkError> {
        let kinds: Vec<&str> = due::kinds().collect();
        untouched(reading, &kinds, from)
    }

    /// What is still to be done.
    pub fn open(&self) -> impl Iterator<Item = &Due> {
        self.all.iter().filter(|one| one.state.is_to_do())
    }
}
