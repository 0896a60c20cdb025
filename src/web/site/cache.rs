//! What many visitors ask alike, worked out once for each state of the record book. It is kept in
//! memory alone, as plain as pages show it, until something else takes its place or the server ends.
//! What is kept together has at most [`MOST_BYTES`], as far as that can be estimated.
//!
//! What is read from all records takes seconds in a large record book. It is worked out
//! [`beside`] those who wait for other things, from a copy of the record book, one such thing at a
//! time; meanwhile its page shows what was known before, and says so.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use probity_ledger::format::hash::{EntryHash, Index, Size};

use super::Shared;
use crate::store::Store as _;
use crate::work::history::{self, Line};
use crate::work::reading::Reading;
use crate::work::{WorkError, texts};

mod whole;

pub use whole::{cases, due, own, texts, waiting};

/// Most things that are kept; the one that was asked for least lately goes first.
const MOST: usize = 200;

/// Most bytes that they have together; the newest is kept, whatever it has.
const MOST_BYTES: usize = 512 << 20;

/// A record book of so many records is read while its visitor waits.
const SMALL: u64 = 2000;

/// Most records of which is kept how lists show them.
const MOST_LINES: usize = 5000;

/// So many new records are taken into account while a visitor waits.
const FEW: u64 = 50;

/// So long a visitor waits for what is worked out beside.
const GLANCE: Duration = Duration::from_millis(40);

/// Most things that wait to be worked out.
const QUEUE: usize = 8;

/// Why something could not be worked out counts for ten seconds.
const AGAIN: Duration = Duration::from_secs(10);

/// What a value takes in memory, in bytes, roughly.
pub trait Weight: Send + Sync + 'static {
    /// So many.
    fn weight(&self) -> usize;
}

/// A state of the record book.
#[derive(Clone, Copy, PartialEq, Eq)]
struct At {
    head: EntryHash,
    size: Size,
}

impl At {
    fn of(reading: &Reading) -> Self {
        let head = reading.store.head();
        Self { head: head.hash, size: head.size }
    }
}

struct Kept {
    at: At,
    value: Arc<dyn Any + Send + Sync>,
    weight: usize,
    used: u64,
}

/// Why something could not be worked out: a fact and a remedy.
struct Failed {
    at: At,
    since: Instant,
    fact: String,
    remedy: Option<String>,
}

#[derive(Default)]
struct All {
    kept: HashMap<String, Kept>,
    weight: usize,
    clock: u64,
    failed: HashMap<String, Failed>,
}

impl All {
    fn remove(&mut self, name: &str) {
        let weight = self.kept.remove(name).map_or(0, |kept| kept.weight);
        self.weight = self.weight.saturating_sub(weight);
    }

    fn make_room(&mut self, weight: usize) {
        while self.kept.len() >= MOST || self.weight.saturating_add(weight) > MOST_BYTES {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else { return };
            self.remove(&oldest);
        }
    }
}

/// How lists show records at one state of the record book.
#[derive(Default)]
struct Lines {
    at: Option<At>,
    known: HashMap<Index, Line>,
}

/// What is kept, and what is being worked out.
#[derive(Default)]
pub struct Cache {
    all: Mutex<All>,
    lines: Mutex<Lines>,
    making: Mutex<HashSet<String>>,
    made: Condvar,
    /// Only one thing is worked out beside at a time: others need the processors.
    beside: Mutex<()>,
}

/// As long as it lives, nobody else makes what has that name.
struct Turn {
    site: Shared,
    name: String,
}

impl Turn {
    /// Waits until nobody else makes what has that name.
    fn wait(site: &Shared, name: &str) -> Self {
        let cache = &site.cache;
        let mut making = cache.making();
        while making.contains(name) {
            making = cache.made.wait(making).unwrap_or_else(PoisonError::into_inner);
        }
        Self::begin(site, name, &mut making)
    }

    /// Unless somebody makes it, or `most` things are being made.
    fn now(site: &Shared, name: &str, most: usize) -> Option<Self> {
        let mut making = site.cache.making();
        let free = making.len() < most && !making.contains(name);
        free.then(|| Self::begin(site, name, &mut making))
    }

    fn begin(site: &Shared, name: &str, making: &mut HashSet<String>) -> Self {
        making.insert(name.to_owned());
        Self { site: Arc::clone(site), name: name.to_owned() }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.site.cache.making().remove(&self.name);
        self.site.cache.made.notify_all();
    }
}

impl Cache {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn making(&self) -> MutexGuard<'_, HashSet<String>> {
        self.making.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under a name, and the state of the record book at which it was true.
    fn find<T: Weight>(&self, name: &str) -> Option<(At, Arc<T>)> {
        let mut all = self.all();
        all.clock += 1;
        let clock = all.clock;
        let kept = all.kept.get_mut(name)?;
        kept.used = clock;
        Some((kept.at, Arc::clone(&kept.value).downcast().ok()?))
    }

    fn keep<T: Weight>(&self, name: &str, at: At, value: &Arc<T>) {
        let weight = value.weight();
        let mut all = self.all();
        all.remove(name);
        all.make_room(weight);
        all.clock += 1;
        let used = all.clock;
        let value: Arc<dyn Any + Send + Sync> = Arc::<T>::clone(value);
        all.weight += weight;
        all.failed.remove(name);
        all.kept.insert(name.to_owned(), Kept { at, value, weight, used });
    }

    /// Waits for what is being made, but not long.
    fn glance(&self, name: &str) {
        let until = Instant::now() + GLANCE;
        let mut making = self.making();
        while making.contains(name) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            making = self.made.wait_timeout(making, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn fail(&self, name: &str, at: At, error: &WorkError) {
        let (fact, remedy) = (error.to_string(), error.hint());
        let mut all = self.all();
        all.failed.retain(|_, failed| failed.since.elapsed() < AGAIN);
        all.failed.insert(name.to_owned(), Failed { at, since: Instant::now(), fact, remedy });
    }

    fn failure(&self, name: &str, at: At) -> Option<WorkError> {
        let all = self.all();
        let failed = all.failed.get(name)?;
        (failed.at == at && failed.since.elapsed() < AGAIN).then(|| WorkError::Refused {
            fact: failed.fact.clone(),
            remedy: failed.remedy.clone(),
        })
    }
}

/// What is kept under a name for the record book as it is now, if it still `holds`; else it is made,
/// from what was kept before if there is something. For what takes no long time.
///
/// # Errors
/// What `make` says.
pub fn fresh<T: Weight>(
    site: &Shared,
    name: &str,
    holds: impl Fn(&T) -> bool,
    make: impl FnOnce(&Reading, Option<&T>) -> Result<T, WorkError>,
) -> Result<Arc<T>, WorkError> {
    let cache = &site.cache;
    let known = |reading: &Reading| {
        let at = At::of(reading);
        let kept = cache.find::<T>(name);
        Ok(kept.filter(|(then, value)| *then == at && holds(value)).map(|(_, value)| value))
    };
    if let Some(value) = site.shelf.read(known)? {
        return Ok(value);
    }
    let _turn = Turn::wait(site, name);
    site.shelf.read(|reading| {
        if let Some(value) = known(reading)? {
            return Ok(value);
        }
        let before = cache.find::<T>(name);
        let made = Arc::new(make(reading, before.as_ref().map(|(_, value)| value.as_ref()))?);
        if !site.shelf.is_erasing() {
            cache.keep(name, At::of(reading), &made);
        }
        Ok(made)
    })
}

/// What is known of something that is read from all records.
pub enum Known<T> {
    /// How it stands now.
    Now(Arc<T>),
    /// How it stood when the record book had so many records; it has more since, or a day has passed.
    Before(Arc<T>, Size),
    /// It is being worked out for the first time since the server began.
    Coming,
}

impl<T> Known<T> {
    /// It, as far as it is known.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Now(value) | Self::Before(value, _) => Some(value),
            Self::Coming => None,
        }
    }
}

/// What few new records make of something.
pub enum Step<T> {
    /// They change nothing.
    Same,
    /// This.
    Now(T),
    /// That isn't quickly told.
    Unknown,
}

impl<T> From<Option<T>> for Step<T> {
    fn from(known: Option<T>) -> Self {
        known.map_or(Self::Unknown, Self::Now)
    }
}

impl<T> Step<T> {
    /// For what can't be worked out further, only be left as it is.
    pub const fn same_if(same: bool) -> Self {
        if same { Self::Same } else { Self::Unknown }
    }
}

/// How something is worked out.
pub struct How<Holds, Further, Whole> {
    /// Under which name it is kept.
    pub name: String,
    /// Whether what was worked out still counts if no record has come since.
    pub holds: Holds,
    /// From what was known before, if that is quick: few records have come since.
    pub further: Further,
    /// From all records.
    pub whole: Whole,
}

/// What is kept under a name, worked out further if few records have come since, and else beside.
///
/// # Errors
/// What is damaged.
pub fn beside<T, Holds, Further, Whole>(
    site: &Shared,
    how: How<Holds, Further, Whole>,
) -> Result<Known<T>, WorkError>
where
    T: Weight,
    Holds: Fn(&T) -> bool,
    Further: FnOnce(&Reading, &T, Size) -> Result<Step<T>, WorkError>,
    Whole: FnOnce(&Reading) -> Result<T, WorkError> + Send + 'static,
{
    let How { name, holds, further, whole } = how;
    let cache = &site.cache;
    let at = site.shelf.read(|reading| Ok(At::of(reading)))?;
    let known = |at: At| {
        let kept = cache.find::<T>(&name);
        kept.filter(|(then, value)| *then == at && holds(value)).map(|(_, value)| value)
    };
    if let Some(value) = known(at) {
        return Ok(Known::Now(value));
    }
    if at.size.0 <= SMALL {
        let make = |reading: &Reading, _: Option<&T>| whole(reading);
        return Ok(Known::Now(fresh(site, &name, holds, make)?));
    }
    let near = |(then, value): &(At, Arc<T>)| {
        holds(value) && then.size <= at.size && at.size.0 - then.size.0 <= FEW
    };
    if cache.find::<T>(&name).is_some_and(|kept| near(&kept))
        && let Some(value) = catch_up(site, &name, &near, further)?
    {
        return Ok(Known::Now(value));
    }
    if let Some(error) = cache.failure(&name, at) {
        return Err(error);
    }
    // Whoever comes while it is under way sees what was known before.
    if begin(site, &name, at, whole) {
        cache.glance(&name);
    }
    if let Some(value) = known(at) {
        return Ok(Known::Now(value));
    }
    let Some((then, value)) = cache.find::<T>(&name) else { return Ok(Known::Coming) };
    // What was erased since is not shown again.
    let whole_text = site.shelf.read(|reading| texts::takes_nothing(reading, then.size))?;
    Ok(if whole_text { Known::Before(value, then.size) } else { Known::Coming })
}

/// Works out what few new records change.
fn catch_up<T: Weight>(
    site: &Shared,
    name: &str,
    near: &impl Fn(&(At, Arc<T>)) -> bool,
    further: impl FnOnce(&Reading, &T, Size) -> Result<Step<T>, WorkError>,
) -> Result<Option<Arc<T>>, WorkError> {
    let cache = &site.cache;
    let Some(_turn) = Turn::now(site, name, usize::MAX) else { return Ok(None) };
    let Some(kept) = cache.find::<T>(name).filter(near) else { return Ok(None) };
    let (then, value) = kept;
    site.shelf.read(|reading| {
        let at = At::of(reading);
        if then == at {
            return Ok(Some(value));
        }
        let made = match further(reading, &value, then.size)? {
            Step::Same => value,
            Step::Now(made) => Arc::new(made),
            Step::Unknown => return Ok(None),
        };
        if !site.shelf.is_erasing() {
            cache.keep(name, at, &made);
        }
        Ok(Some(made))
    })
}

/// Begins to work something out beside, unless that is being done. Tells whether it began.
fn begin<T: Weight>(
    site: &Shared,
    name: &str,
    at: At,
    whole: impl FnOnce(&Reading) -> Result<T, WorkError> + Send + 'static,
) -> bool {
    let Some(turn) = Turn::now(site, name, QUEUE) else { return false };
    // Without a thread, the turn ends, and the next visitor tries again.
    let begun = std::thread::Builder::new().spawn(move || {
        let Turn { site, name } = &turn;
        let _one = site.cache.beside.lock().unwrap_or_else(PoisonError::into_inner);
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let erasing = site.shelf.is_erasing();
            let reading = site.shelf.copy()?;
            let made = Arc::new(whole(&reading)?);
            if !erasing && !site.shelf.is_erasing() {
                site.cache.keep(name, At::of(&reading), &made);
            }
            Ok(())
        }));
        let fault = || WorkError::refused("this has a fault of the program", "report this");
        if let Err(error) = made.unwrap_or_else(|_| Err(fault())) {
            site.cache.fail(name, at, &error);
        }
    });
    begun.is_ok()
}

/// Some records as lists show them, in the order in which they are given.
///
/// # Errors
/// Damage.
pub fn lines(site: &Shared, reading: &Reading, places: &[Index]) -> Result<Vec<Line>, WorkError> {
    let at = Some(At::of(reading));
    let kept = || site.cache.lines.lock().unwrap_or_else(PoisonError::into_inner);
    let mut here: HashMap<Index, Line> = {
        let kept = kept();
        let same = kept.at == at;
        let known = |place: &Index| Some((*place, kept.known.get(place).filter(|_| same)?.clone()));
        places.iter().filter_map(known).collect()
    };
    let new: Vec<Index> =
        places.iter().copied().filter(|place| !here.contains_key(place)).collect();
    let made = history::lines(reading, &new)?;
    if !site.shelf.is_erasing() {
        let mut kept = kept();
        if kept.at != at || kept.known.len() + new.len() > MOST_LINES {
            *kept = Lines { at, known: HashMap::new() };
        }
        kept.known.extend(new.iter().copied().zip(made.iter().cloned()));
    }
    here.extend(new.into_iter().zip(made));
    Ok(places.iter().filter_map(|place| here.remove(place)).collect())
}

/// The records that came after a state of the record book, newest first; at most so many.
#[must_use]
pub fn since(now: Size, then: Size, most: usize) -> Vec<Index> {
    (then.0..now.0).rev().take(most).map(Index).collect()
}
