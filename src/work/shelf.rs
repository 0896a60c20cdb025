//! A record book that lies open between questions, for a server that is asked often.
//!
//! It is opened anew when the journal, the slots or the newest checkpoint have changed, whoever wrote
//! them, and put away when nobody has asked for a while, so that other processes can use the index.
//! While an erasure is carried out nothing is kept open. Questions are short, and asked side by side;
//! what takes long is asked of a copy.

use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant, SystemTime};

use super::WorkError;
use super::home::Home;
use super::reading::Reading;
use crate::store::Mode;

/// What of the files shows that they have changed.
type Stamp = [(u64, Option<SystemTime>, [u64; 3]); 3];

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
}

/// A home's record book, open or not.
pub struct Shelf {
    home: Home,
    /// Many ask at once; whoever opens it or puts it away waits for them, and they for them.
    open: RwLock<Option<Open>>,
    /// Held by whoever writes.
    turn: Mutex<()>,
    used: Mutex<Instant>,
    /// Whether something went wrong within an answer: what is open is not trusted to be whole then.
    doubted: AtomicBool,
}

/// Tells the shelf when an answer ends by a fault.
struct Watch<'a>(&'a AtomicBool);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// So often the record book may change between opening it and asking; then nothing else is let in
/// until the question is answered.
const TRIES: usize = 3;

impl Shelf {
    /// The record book of a home; it is opened when somebody asks.
    #[must_use]
    pub fn of(home: Home) -> Self {
        Self {
            home,
            open: RwLock::new(None),
            turn: Mutex::new(()),
            used: Mutex::new(Instant::now()),
            doubted: AtomicBool::new(false),
        }
    }

    /// Asks something of the record book as it is now. Several can ask at once, and whoever signs
    /// waits for all of them: what takes long is asked of a [`Shelf::copy`].
    ///
    /// # Errors
    /// As [`Reading::open`], and what `ask` says.
    pub fn read<T>(
        &self,
        ask: impl FnOnce(&Reading) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let _mine = Mine::take()?;
        if self.is_erasing() {
            *self.alone() = None;
            return ask(&Reading::open(&self.home, &Mode::Read)?);
        }
        if self.doubted.swap(false, Ordering::Relaxed) {
            *self.alone() = None;
        }
        let _watch = Watch(&self.doubted);
        for _ in 0..TRIES {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = open.as_ref().filter(|open| open.stamp == self.stamp()) {
                self.note_use();
                return ask(&open.reading);
            }
            drop(open);
            self.renew(&mut self.alone())?;
        }
        let mut open = self.alone();
        ask(self.renew(&mut open)?)
    }

    /// Opens it anew if it has changed.
    fn renew<'a>(&self, open: &'a mut Option<Open>) -> Result<&'a Reading, WorkError> {
        let stamp = self.stamp();
        let kept = open.take().filter(|open| open.stamp == stamp);
        let fresh = match kept {
            Some(kept) => kept,
            // What was open is closed by now: only one can have the index.
            None => Open { reading: Reading::open(&self.home, &Mode::Browse)?, stamp },
        };
        self.note_use();
        Ok(&open.insert(fresh).reading)
    }

    /// The record book opened once more, for what takes long: it keeps nobody from anything, and
    /// reads all of the journal before it finds something.
    ///
    /// # Errors
    /// As [`Reading::open`].
    pub fn copy(&self) -> Result<Reading, WorkError> {
        Reading::open(&self.home, &Mode::Read)
    }

    /// Whether an erasure is under way: what is read meanwhile is not to be kept.
    #[must_use]
    pub fn is_erasing(&self) -> bool {
        self.home.ledger().join("erasing").exists()
    }

    /// Does something that opens the record book itself, such as signing: it is put away before.
    ///
    /// # Errors
    /// What `act` says.
    pub fn apart<T>(&self, act: impl FnOnce() -> Result<T, WorkError>) -> Result<T, WorkError> {
        let _mine = Mine::take()?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = self.alone();
        *open = None;
        act()
    }

    /// Does something that takes long and writes nothing that is read here, such as handing out:
    /// others read meanwhile, and whoever wants to write waits.
    ///
    /// # Errors
    /// What `act` says.
    pub fn beside<T>(&self, act: impl FnOnce() -> Result<T, WorkError>) -> Result<T, WorkError> {
        let _mine = Mine::take()?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        act()
    }

    /// Puts it away if nobody has asked for so long.
    pub fn put_away_after(&self, idle: Duration) {
        // Whoever has it now is asking.
        let Ok(mut open) = self.open.try_write() else { return };
        if self.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed() >= idle {
            *open = None;
        }
    }

    fn note_use(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Nobody else asks as long as the caller holds it.
    fn alone(&self) -> RwLockWriteGuard<'_, Option<Open>> {
        self.open.write().unwrap_or_else(|poisoned| {
            let mut open = PoisonError::into_inner(poisoned);
            *open = None;
            self.open.clear_poison();
            open
        })
    }

    fn stamp(&self) -> Stamp {
        // Whether records may be missing rests on the checkpoint.
        let names = ["journal", "bodykeys", "checkpoint"];
        names.map(|name| stamp(&self.home.ledger().join(name)))
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
    use std::sync::Barrier;

    use super::super::World;
    use super::super::tour::tour;
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

    /// Else a page keeps saying "damaged, sign nothing more" after what was damaged is back, or never
    /// says it of what is damaged while the book lies open.
    #[test]
    fn a_checkpoint_that_changes_is_looked_at_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = tour(&World::real(), &folder.path().join("school"), &|_| ()).expect("a school");
        let home = Home::locate(Some(made.home)).expect("a home");
        let path = home.ledger().join("checkpoint");
        let shelf = Shelf::of(home);
        let lacks = || shelf.read(|reading| Ok(reading.lacks().is_some())).expect("read");
        assert!(!lacks());
        let good = std::fs::read(&path).expect("a checkpoint");
        std::fs::write(&path, "").expect("emptied");
        assert!(lacks());
        std::fs::write(&path, good).expect("put back");
        assert!(!lacks());
    }

    #[test]
    fn several_ask_at_once_and_a_fault_in_one_answer_spoils_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = tour(&World::real(), &folder.path().join("school"), &|_| ()).expect("a school");
        let shelf = Shelf::of(Home::locate(Some(made.home)).expect("a home"));
        let both = Barrier::new(2);
        let ask = || {
            shelf.read(|reading| {
                // Each waits within its answer until the other has come.
                both.wait();
                Ok(reading.size())
            })
        };
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(ask);
            (ask().expect("answered"), other.join().expect("no fault").expect("answered"))
        });
        assert!(first == second && first.0 > 0);
        let fault = std::thread::scope(|scope| {
            scope.spawn(|| shelf.read(|_| -> Result<(), WorkError> { panic!("on purpose") })).join()
        });
        assert!(fault.is_err());
        assert_eq!(shelf.read(|reading| Ok(reading.size())).expect("answered"), first);
        assert!(!shelf.doubted.load(Ordering::Relaxed));
        // Handing out keeps nobody from reading.
        let read = || std::thread::scope(|scope| scope.spawn(|| shelf.read(|_| Ok(()))).join());
        assert!(shelf.beside(|| Ok(read())).expect("done").expect("no fault").is_ok());
    }
}
