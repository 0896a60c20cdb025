//! A record book that lies open between questions, for a server that is asked often.
//!
//! It is opened anew when the journal has changed, whoever wrote it, and put away when nobody has
//! asked for a while, so that other processes can use the index.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::WorkError;
use super::home::Home;
use super::reading::Reading;
use crate::store::Mode;

/// What of the journal shows that it has changed.
type Stamp = (u64, Option<SystemTime>);

struct Open {
    reading: Reading,
    stamp: Stamp,
    used: Instant,
}

/// A home's record book, open or not.
pub struct Shelf {
    home: Home,
    open: Mutex<Option<Open>>,
}

impl Shelf {
    /// The record book of a home; it is opened when somebody asks.
    #[must_use]
    pub fn of(home: Home) -> Self {
        Self { home, open: Mutex::new(None) }
    }

    /// Asks something of the record book as it is now. One question at a time.
    ///
    /// # Errors
    /// As [`Reading::open`], and what `ask` says.
    pub fn read<T>(
        &self,
        ask: impl FnOnce(&Reading) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let mut open = self.open();
        let stamp = self.stamp();
        if open.as_ref().is_none_or(|open| open.stamp != stamp) {
            *open = None;
            let reading = Reading::open(&self.home, &Mode::Browse)?;
            *open = Some(Open { reading, stamp, used: Instant::now() });
        }
        match open.as_mut() {
            Some(open) => {
                open.used = Instant::now();
                ask(&open.reading)
            }
            None => Err(WorkError::refused("the record book is not open", "try again")),
        }
    }

    /// Does something that opens the record book itself, such as signing: it is put away before.
    ///
    /// # Errors
    /// What `act` says.
    pub fn apart<T>(&self, act: impl FnOnce() -> Result<T, WorkError>) -> Result<T, WorkError> {
        let mut open = self.open();
        *open = None;
        act()
    }

    /// Puts it away if nobody has asked for so long.
    pub fn put_away_after(&self, idle: Duration) {
        let mut open = self.open();
        if open.as_ref().is_some_and(|open| open.used.elapsed() >= idle) {
            *open = None;
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(|poisoned| {
            // What was asked when something went wrong is not trusted to be whole.
            let mut open = PoisonError::into_inner(poisoned);
            *open = None;
            self.open.clear_poison();
            open
        })
    }

    fn stamp(&self) -> Stamp {
        let journal = std::fs::metadata(self.home.ledger().join("journal"));
        journal.map_or((0, None), |journal| (journal.len(), journal.modified().ok()))
    }
}
