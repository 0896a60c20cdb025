//! Whether the record book is sound, for the front page: checked whole in the background whenever it
//! has grown, so that no page waits for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use probity_ledger::format::hash::Size;
use probity_ledger::verify::ledger::Reader;

use super::Shared;
use crate::work::verify::{self, Asked, Report};
use crate::work::{WorkError, time};

/// So long a page waits for a check that has just begun; small books are checked by then.
const GLANCE: Duration = Duration::from_millis(400);

/// What the newest check found.
#[derive(Clone)]
pub struct Checked {
    /// What it found, or why nothing could be checked: a fact and a remedy.
    pub report: Result<Arc<Report>, (String, Option<String>)>,
    /// When it ended, in words.
    pub at: String,
    /// How many records there were.
    size: Size,
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
        let stale = known.newest.as_ref().is_none_or(|newest| newest.size != size);
        let begin = stale && !known.running;
        known.running |= begin;
        begin
    };
    if begin {
        let site = Arc::clone(site);
        std::thread::spawn(move || check(&site, size));
    }
    let begun = Instant::now();
    while begun.elapsed() < GLANCE && site.health.known().running {
        std::thread::sleep(Duration::from_millis(10));
    }
    let newest = site.health.known().newest.clone();
    let since = newest.as_ref().map_or(size.0, |newest| size.0.saturating_sub(newest.size.0));
    Ok((newest, since))
}

fn check(site: &Shared, size: Size) {
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        verify::home(&site.home, &Reader::default(), &Asked::default(), &|_| ())
    }));
    let report = match found {
        Ok(Ok(report)) => Ok(Arc::new(report)),
        Ok(Err(error)) => Err((error.to_string(), error.hint())),
        Err(_) => Err(("the check itself has a fault".to_owned(), Some("report this".to_owned()))),
    };
    // As many as were read: others may have been written meanwhile.
    let size = report.as_ref().map_or(size, |report| report.verdict.size);
    let mut known = site.health.known();
    known.newest = Some(Checked { report, at: time::words(site.world.now()), size });
    known.running = false;
}
