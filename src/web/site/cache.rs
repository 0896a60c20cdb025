//! What many visitors ask alike, worked out once for each state of the record book. It is kept in
//! memory alone, as plain as pages show it, until something else takes its place or the server ends.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use probity_ledger::format::hash::EntryHash;

use super::visit::Visit;
use crate::store::Store as _;
use crate::work::WorkError;
use crate::work::history::{self, Line, Query};
use crate::work::overview::{Cases, FallsDue};
use crate::work::reading::Reading;

/// Most things that are kept; the one that was asked for least lately goes first.
const MOST: usize = 200;

/// So many of the newest records are looked through for those that somebody may see.
const NEWEST: usize = 200;

struct Kept {
    head: EntryHash,
    value: Arc<dyn Any + Send + Sync>,
    used: u64,
}

#[derive(Default)]
struct All {
    kept: HashMap<String, Kept>,
    clock: u64,
}

/// What is kept.
#[derive(Default)]
pub struct Cache {
    all: Mutex<All>,
}

impl Cache {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under a name, and the head of the record book at which it was true.
    fn find<T: Send + Sync + 'static>(&self, name: &str) -> Option<(EntryHash, Arc<T>)> {
        let mut all = self.all();
        all.clock += 1;
        let clock = all.clock;
        let kept = all.kept.get_mut(name)?;
        kept.used = clock;
        Some((kept.head, Arc::clone(&kept.value).downcast().ok()?))
    }

    fn keep<T: Send + Sync + 'static>(&self, name: &str, head: EntryHash, value: &Arc<T>) {
        let mut all = self.all();
        if all.kept.len() >= MOST && !all.kept.contains_key(name) {
            let oldest = all.kept.iter().min_by_key(|(_, kept)| kept.used);
            let oldest = oldest.map(|(name, _)| name.clone());
            oldest.and_then(|oldest| all.kept.remove(&oldest));
        }
        all.clock += 1;
        let used = all.clock;
        let value: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(value);
        all.kept.insert(name.to_owned(), Kept { head, value, used });
    }
}

/// What is kept under a name for the record book as it is now, if it still `holds`; else it is made,
/// from what was kept before if there is something.
///
/// # Errors
/// What `make` says.
pub fn fresh<T: Send + Sync + 'static>(
    visit: &Visit,
    name: &str,
    holds: impl Fn(&T) -> bool,
    make: impl FnOnce(&Reading, Option<&T>) -> Result<T, WorkError>,
) -> Result<Arc<T>, WorkError> {
    visit.read(|reading| {
        let head = reading.store.head().hash;
        let before = visit.site.cache.find::<T>(name);
        match before {
            Some((at, value)) if at == head && holds(&value) => Ok(value),
            before => {
                let before = before.as_ref().map(|(_, value)| value.as_ref());
                let made = Arc::new(make(reading, before)?);
                visit.site.cache.keep(name, head, &made);
                Ok(made)
            }
        }
    })
}

/// What falls due.
///
/// # Errors
/// Damage.
pub fn due(visit: &Visit) -> Result<Arc<FallsDue>, WorkError> {
    let now = visit.world().now();
    let make = |reading: &Reading, _: Option<&FallsDue>| FallsDue::of(reading, now);
    fresh(visit, "due", |known| now <= known.until, make)
}

/// All cases.
///
/// # Errors
/// Damage.
pub fn cases(visit: &Visit) -> Result<Arc<Cases>, WorkError> {
    let now = visit.world().now();
    let today = crate::work::time::iso_day(now);
    let make = |reading: &Reading, before: Option<&Cases>| Cases::of(reading, before, now);
    fresh(visit, &format!("cases {today}"), |_| true, make)
}

/// The newest records, newest first, whoever may see them.
///
/// # Errors
/// Damage.
pub fn newest(visit: &Visit) -> Result<Arc<Vec<Line>>, WorkError> {
    fresh(
        visit,
        "newest",
        |_| true,
        |reading, _| {
            let query = Query { limit: Some(NEWEST), ..Query::default() };
            let mut lines = history::list(reading, &query)?;
            lines.reverse();
            Ok(lines)
        },
    )
}
