//! A record book that lies open between questions, for a server that is asked often.
//!
//! It is opened anew when the journal or the slots have changed, whoever wrote them, and put away when
//! nobody has asked for a while, so that other processes can use the index. While an erasure is
//! carried out nothing is kept open.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::WorkError;
use super::home::Home;
use super::reading::Reading;
use crate::store::Mode;

/// What of the files shows that they have changed.
type Stamp = [(u64, Option<SystemTime>, [u64; 3]); 2];

thread_local! {
    /// Whether this thread has the shelf: it can't be asked within an answer.
    static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// As long as it lives, this thread has the shelf.
struct Mine;

impl Mine {
    fn take() -> Result<Self, WorkError> {
        if ASKED.replace(true) {
            return Err(WorkError::refused(
                "the record book was asked within an answer",
                "this is a fault of the program: report it",
            ));
        }
        Ok(Self)
    }
}

impl Drop for Mine {
    fn drop(&mut self) {
        ASKED.set(false);
    }
}

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
        let _mine = Mine::take()?;
        let mut open = self.open();
        if self.home.ledger().join("erasing").exists() {
            *open = None;
            return ask(&Reading::open(&self.home, &Mode::Read)?);
        }
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
        let _mine = Mine::take()?;
        let mut open = self.open();
        *open = None;
        act()
    }

    /// Puts it away if nobody has asked for so long.
    pub fn put_away_after(&self, idle: Duration) {
        // Whoever has it now is asking.
        let Ok(mut open) = self.open.try_lock() else { return };
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
        ["journal", "bodykeys"].map(|name| stamp(&self.home.ledger().join(name)))
    }
}

fn stamp(path: &Path) -> (u64, Option<SystemTime>, [u64; 3]) {
    let Ok(file) = std::fs::metadata(path) else { return (0, None, [0; 3]) };
    #[cfg(unix)]
    let more = {
        use std::os::unix::fs::MetadataExt as _;
        [file.ino(), file.ctime().cast_unsigned(), file.ctime_nsec().cast_unsigned()]
    };
    #[cfg(not(unix))]
    let more = [0; 3];
    (file.len(), file.modified().ok(), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_within_an_answer_is_told_and_hangs_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::locate(Some(folder.path().to_owned())).expect("a home");
        let shelf = Shelf::of(home);
        let inner = shelf.apart(|| shelf.apart(|| Ok(())));
        assert!(inner.expect_err("refused").to_string().contains("within an answer"));
        assert!(shelf.apart(|| Ok(())).is_ok(), "and it goes on");
    }
}
