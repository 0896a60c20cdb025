//! Guessing takes long: after five wrong passphrases for a key, each further try has to wait, a
//! minute at first, then twice as long each time, an hour at most. What was tried is kept in
//! `page/attempts.json` before a try is looked at, so that ending the server wins nothing. Tries to
//! unlock the page and tries to sign in it are counted apart: who can't unlock keeps nobody from
//! signing. Where the disk is full or can't be written, what was tried is kept in memory: everything
//! can still be read there, and nothing be signed.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use probity_keys::KeyFileError;
use serde::{Deserialize, Serialize};

use super::kept;
use crate::work::WorkError;

/// So many wrong passphrases in a row cost nothing.
const FREE: u32 = 5;

/// The first wait, and the longest, in seconds.
const WAIT: (i64, i64) = (60, 3600);

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Tried {
    wrong: u32,
    last: i64,
}

/// What was tried, by key.
pub struct Attempts {
    path: PathBuf,
    /// One passphrase is tried at a time: each takes much memory and some time. What was tried, where
    /// it can't be written.
    one: Mutex<Option<BTreeMap<String, Tried>>>,
    keep: fn(&Path, &BTreeMap<String, Tried>) -> Result<(), WorkError>,
}

impl Attempts {
    /// Those that are kept in this folder, which is made when something is.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("attempts.json"), one: Mutex::default(), keep: kept::write }
    }

    /// Lets `check` look at one passphrase for a key, if it isn't to wait; counts it as wrong until
    /// it proves right.
    ///
    /// # Errors
    /// When it is too early, what `check` says, or when what was tried can't be kept.
    pub fn one<T>(
        &self,
        key: &str,
        now: i64,
        check: impl FnOnce() -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        let mut memory = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = match &*memory {
            Some(tried) => tried.clone(),
            None => self.read()?,
        };
        let tried = all.get(key).copied().unwrap_or_default();
        // A clock that was set back makes nobody wait longer than the longest wait, nor less.
        let last = tried.last.min(now);
        let until = last.saturating_add(wait(tried.wrong));
        if now < until {
            all.insert(key.to_owned(), Tried { last, ..tried });
            self.write(&all, &mut memory)?;
            return Err(WorkError::refused(
                format!(
                    "{} wrong passphrases were typed: the next try is possible in {} seconds",
                    tried.wrong,
                    until - now
                ),
                "wait, or ask another representative for a new key if the passphrase is lost",
            ));
        }
        let before =
            all.insert(key.to_owned(), Tried { wrong: tried.wrong.saturating_add(1), last: now });
        self.write(&all, &mut memory)?;
        let checked = match check() {
            Ok(checked) => checked,
            Err(error) => {
                let guessed =
                    matches!(&error, WorkError::Key { error: KeyFileError::WrongPassphrase, .. });
                if !guessed {
                    // No guess, but a file that can't be read or the like: it is counted back.
                    match before {
                        Some(before) => all.insert(key.to_owned(), before),
                        None => all.remove(key),
                    };
                    let _ = self.write(&all, &mut memory);
                }
                return Err(error);
            }
        };
        all.remove(key);
        // The passphrase was right; that an old count stays is no reason to refuse it.
        let _ = self.write(&all, &mut memory);
        Ok(checked)
    }

    /// Counts a wrong try where nothing right is kept from anybody by waiting; returns whether it
    /// didn't come too early.
    ///
    /// # Errors
    /// When what was tried can't be kept.
    pub fn wrong(&self, key: &str, now: i64) -> Result<bool, WorkError> {
        let wrong = || -> Result<(), WorkError> {
            Err(WorkError::Key { name: key.to_owned(), error: KeyFileError::WrongPassphrase })
        };
        match self.one(key, now, wrong) {
            Ok(()) | Err(WorkError::Key { .. }) => Ok(true),
            Err(WorkError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn read(&self) -> Result<BTreeMap<String, Tried>, WorkError> {
        kept::read(&self.path, "whoever runs this machine can remove the file")
    }

    fn write(
        &self,
        all: &BTreeMap<String, Tried>,
        memory: &mut Option<BTreeMap<String, Tried>>,
    ) -> Result<(), WorkError> {
        match (self.keep)(&self.path, all) {
            Err(WorkError::File { error, .. }) if can_hold_nothing(error.kind()) => {
                *memory = Some(all.clone());
                Ok(())
            }
            written => {
                *memory = None;
                written
            }
        }
    }
}

/// Whether a disk is full or can't be written.
fn can_hold_nothing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
    )
}

fn wait(wrong: u32) -> i64 {
    let (first, longest) = WAIT;
    match wrong.checked_sub(FREE) {
        None => 0,
        Some(beyond) => first.saturating_mul(1 << beyond.min(10)).min(longest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong() -> Result<(), WorkError> {
        Err(WorkError::Key { name: "x".to_owned(), error: KeyFileError::WrongPassphrase })
    }

    fn text(result: Result<(), WorkError>) -> String {
        result.map_or_else(|error| error.to_string(), |()| "right".to_owned())
    }

    /// Else nobody could read anything in the page just when the disk fails, or guess without end.
    #[test]
    fn where_nothing_can_be_written_guesses_are_counted_in_memory() {
        fn full(_: &Path, _: &BTreeMap<String, Tried>) -> Result<(), WorkError> {
            let error = ErrorKind::StorageFull.into();
            Err(WorkError::File { doing: "writing", path: "attempts.json".to_owned(), error })
        }
        fn denied(_: &Path, _: &BTreeMap<String, Tried>) -> Result<(), WorkError> {
            let error = ErrorKind::PermissionDenied.into();
            Err(WorkError::File { doing: "writing", path: "attempts.json".to_owned(), error })
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut attempts = Attempts::in_folder(folder.path());
        attempts.keep = full;
        assert_eq!(text(attempts.one("amina", 0, || Ok(()))), "right");
        for _ in 0..5 {
            assert!(text(attempts.one("amina", 0, wrong)).contains("wrong passphrase for"));
        }
        assert!(text(attempts.one("amina", 1, || Ok(()))).contains("5 wrong passphrases"));
        assert_eq!(text(attempts.one("amina", 61, || Ok(()))), "right");
        attempts.keep = denied;
        assert!(text(attempts.one("amina", 62, || Ok(()))).contains("attempts.json"));
    }

    #[test]
    fn guessing_waits_longer_each_time_and_a_new_server_remembers() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |now, check: fn() -> Result<(), WorkError>| {
            // Each time another server.
            text(Attempts::in_folder(&folder.path().join("page")).one("amina", now, check))
        };
        let is_wrong = |text: String| text.contains("wrong passphrase for");
        for _ in 0..5 {
            assert!(is_wrong(at(1000, wrong)));
        }
        assert!(at(1059, || Ok(())).contains("5 wrong passphrases"), "also the right one waits");
        assert!(is_wrong(at(1060, wrong)));
        assert!(at(1060 + 119, || Ok(())).contains("6 wrong passphrases"));
        assert_eq!(at(1060 + 120, || Ok(())), "right");
        assert!(is_wrong(at(1060 + 121, wrong)), "a right one makes good");
        let others = Attempts::in_folder(&folder.path().join("page")).one("joe", 1061, || Ok(()));
        assert!(others.is_ok(), "one person's mistakes lock nobody else out");
    }

    #[test]
    fn only_wrong_passphrases_count_and_a_clock_set_back_wins_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let attempts = Attempts::in_folder(&folder.path().join("page"));
        for _ in 0..20 {
            let gone = || Err(WorkError::refused("there is no such key", "look"));
            assert_eq!(text(attempts.one("amina", 1000, gone)), "there is no such key");
        }
        for _ in 0..5 {
            let _ = attempts.one("amina", 1000, wrong);
        }
        assert!(text(attempts.one("amina", 500, || Ok(()))).contains("5 wrong"));
        assert!(text(attempts.one("amina", 559, || Ok(()))).contains("5 wrong"));
        assert_eq!(text(attempts.one("amina", 560, || Ok(()))), "right");
        // Whatever became of the file, nobody is left without what to do about it.
        for bytes in [&b"{"[..], b"", b"\x00\x00", b"{\"Jos\xc3"] {
            std::fs::write(folder.path().join("page/attempts.json"), bytes).expect("written");
            let refused = attempts.one("amina", 2000, || Ok(())).expect_err("unread");
            assert!(refused.to_string().contains("can't be read"), "{refused}");
            assert!(refused.hint().is_some_and(|hint| hint.contains("remove the file")));
        }
    }

    #[test]
    fn nobody_waits_longer_than_an_hour() {
        assert_eq!([wait(4), wait(5), wait(6), wait(10), wait(u32::MAX)], [0, 60, 120, 1920, 3600]);
    }
}
