//! Whether the record book is sound, for the front page: checked whole in the background when it has
//! grown, and at least once an hour, so that no page waits for it. Checking takes all processors, so
//! as long as a check takes, for twenty times as long there is none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use probity_ledger::format::hash::Size;
use probity_ledger::verify::ledger::Reader;

use super::Shared;
use crate::work::verify::{self, Asked, Report};
use crate::work::{WorkError, time, ways};

/// So long a page waits for a check that has just begun; small books are checked by then.
const GLANCE: Duration = Duration::from_millis(400);

/// What was found counts for an hour: files can be damaged without the record book growing.
const COUNTS: Duration = Duration::from_secs(3600);

/// So many times as long as a check takes, the next one waits.
const REST: u32 = 20;

/// What could not be checked, or not all of it, is tried again after ten seconds.
const AGAIN: Duration = Duration::from_secs(10);

/// What the newest check found.
#[derive(Clone)]
pub struct Checked {
    /// What it found, or why nothing could be checked: a fact and a remedy.
    pub report: Result<Arc<Report>, (String, Option<String>)>,
    /// When it ended, in words.
    pub at: String,
    /// How many records there were when it began.
    size: Size,
    took: Duration,
    ended: Instant,
}

impl Checked {
    fn is_stale(&self, size: Size) -> bool {
        let since = self.ended.elapsed();
        let counts = match &self.report {
            Ok(report) if report.unread.is_empty() => COUNTS,
            Ok(_) => AGAIN.max(self.took * REST),
            Err(_) => AGAIN,
        };
        since >= counts || (self.size != size && since >= self.took * REST)
    }
}

#[derive(Default)]
struct Known {
    newest: Option<Checked>,
    running: bool,
}

/// What is known of it.
#[derive(Default)]
pub struct Health {
    known: Mutex<Known>,
}

impl Health {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest check, and how many records have come since; begins another one if there are any.
///
/// # Errors
/// A record book that can't be opened.
pub fn look(site: &Shared) -> Result<(Option<Checked>, u64), WorkError> {
    let size = site.shelf.read(|reading| Ok(reading.size()))?;
    let begin = {
        let mut known = site.health.known();
        let stale = known.newest.as_ref().is_none_or(|newest| newest.is_stale(size));
        let begin = stale && !known.running;
        known.running |= begin;
        begin
    };
    if begin {
        let running = Running(Arc::clone(site));
        // Without a thread, `running` goes, and the next page tries again.
        let _ = std::thread::Builder::new().spawn(move || check(&running, size));
    }
    let begun = Instant::now();
    let first = || {
        let known = site.health.known();
        known.running && known.newest.is_none()
    };
    while begun.elapsed() < GLANCE && first() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let newest = site.health.known().newest.clone();
    let since = newest.as_ref().map_or(size.0, |newest| size.0.saturating_sub(newest.size.0));
    Ok((newest, since))
}

/// A check that is under way, however it ends.
struct Running(Shared);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.health.known().running = false;
    }
}

fn check(running: &Running, size: Size) {
    let (site, begun) = (&running.0, Instant::now());
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        verify::home(&site.home, &Reader::default(), &Asked::default(), &|_| ())
    }));
    let report = match found {
        Ok(Ok(report)) => Ok(Arc::new(report)),
        Ok(Err(error)) => Err((ways::fact(&error), ways::remedy(&error))),
        Err(_) => Err(("the check itself has a fault".to_owned(), Some("report this".to_owned()))),
    };
    let at = time::words(site.world.now());
    let (took, ended) = (begun.elapsed(), Instant::now());
    site.health.known().newest = Some(Checked { report, at, size, took, ended });
}
