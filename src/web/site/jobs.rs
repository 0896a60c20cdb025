//! What takes longer than a page should, such as checking a large record book: it runs beside, its
//! page tells how far it is, and then leads to what came of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::work::export::Password;
use crate::work::{WorkError, World};

/// Most jobs that are remembered; the oldest that has ended goes first.
const MOST: usize = 50;

/// Most that run at a time.
const RUNNING: usize = 4;

/// How a job ended: the path of the page to see, or a page's title and content.
#[derive(Clone)]
pub enum Finished {
    /// See there.
    Go(String),
    /// This is it.
    Page(String, maud::Markup),
    /// The same, and a password that can be shown beside it.
    Locked(String, maud::Markup, Secret),
}

/// A password that is given out a single time. What is cloned is the way to it: there is one.
#[derive(Clone)]
pub struct Secret(Arc<Mutex<Option<(Instant, Password)>>>);

impl Secret {
    /// To be given out once.
    #[must_use]
    pub fn of(password: Password) -> Self {
        Self(Arc::new(Mutex::new(Some((Instant::now(), password)))))
    }

    /// Whether it is still here.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.kept().is_some()
    }

    /// Gives it out; whoever gets it wipes it by dropping it.
    #[must_use]
    pub fn take(&self) -> Option<Password> {
        self.kept().take().map(|(_, password)| password)
    }

    /// Wipes it if it was here for so long.
    fn forget(&self, after: Duration) {
        let mut kept = self.kept();
        if kept.as_ref().is_some_and(|(since, _)| since.elapsed() >= after) {
            *kept = None;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Instant, Password)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job that somebody began.
pub struct Job {
    /// What it does: "Checking every record".
    pub title: String,
    /// The key of who began it: nobody else sees it.
    pub key: String,
    /// How many steps are done.
    done: AtomicU64,
    /// How many there are, if that is known.
    of: AtomicU64,
    ended: Mutex<Option<Result<Finished, WorkError>>>,
    number: u64,
}

impl Job {
    /// Says how far it is.
    pub fn at(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// Says how many steps there are.
    pub fn of(&self, all: u64) {
        self.of.store(all, Ordering::Relaxed);
    }

    /// Steps done, and all of them (0 where that isn't known).
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// How it ended, once; `None` while it runs.
    pub fn ended<T>(&self, look: impl FnOnce(&Result<Finished, WorkError>) -> T) -> Option<T> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(look)
    }

    fn has_ended(&self) -> bool {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// All jobs.
#[derive(Default)]
pub struct Jobs {
    all: Mutex<HashMap<String, Arc<Job>>>,
}

impl Jobs {
    /// Begins one; its name is not to be guessed.
    ///
    /// # Errors
    /// When too many run already.
    pub fn begin(
        &self,
        world: &World,
        key: &str,
        title: &str,
        run: impl FnOnce(&Job) -> Result<Finished, WorkError> + Send + 'static,
    ) -> Result<String, WorkError> {
        let name = hex::encode(world.random::<16>()?);
        let mut all = self.all();
        if all.values().filter(|job| !job.has_ended()).count() >= RUNNING {
            return Err(WorkError::refused(
                format!("{RUNNING} such things are being done already"),
                "wait until one of them has ended, then try again",
            ));
        }
        if all.len() >= MOST {
            let ended = all.iter().filter(|(_, job)| job.has_ended());
            let oldest = ended.min_by_key(|(_, job)| job.number).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        let number = all.values().map(|job| job.number).max().unwrap_or(0) + 1;
        let job = Arc::new(Job {
            title: title.to_owned(),
            key: key.to_owned(),
            done: AtomicU64::new(0),
            of: AtomicU64::new(0),
            ended: Mutex::new(None),
            number,
        });
        let kept = Arc::clone(&job);
        let began = std::thread::Builder::new().spawn(move || {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&job)));
            let ended = ended.unwrap_or_else(|_| {
                Err(WorkError::refused("this has a fault of the program", "report this"))
            });
            *job.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
        });
        if began.is_err() {
            return Err(WorkError::refused(
                "the system gives no thread for this",
                "try again later",
            ));
        }
        all.insert(name.clone(), kept);
        Ok(name)
    }

    /// A job that this key began.
    #[must_use]
    pub fn find(&self, name: &str, key: &str) -> Option<Arc<Job>> {
        self.all().get(name).filter(|job| job.key == key).cloned()
    }

    /// Wipes passwords that nobody has asked for in so long.
    pub fn forget_passwords(&self, after: Duration) {
        for job in self.all().values() {
            job.ended(|ended| {
                if let Ok(Finished::Locked(_, _, secret)) = ended {
                    secret.forget(after);
                }
            });
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Arc<Job>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password() -> Password {
        Password::generate(&World::real()).expect("random bytes")
    }

    /// A job that has ended with such a password.
    fn ended(jobs: &Jobs, secret: &Secret) -> Arc<Job> {
        let finished =
            Finished::Locked("Ready".to_owned(), maud::html! { "It is made." }, secret.clone());
        let name = jobs
            .begin(&World::real(), "amina", "Making", move |_| Ok(finished))
            .expect("it has begun");
        let job = jobs.find(&name, "amina").expect("there");
        while !job.has_ended() {
            std::thread::yield_now();
        }
        job
    }

    /// What a view of a job finds of its password.
    fn seen(job: &Job) -> Secret {
        let found = job.ended(|ended| match ended {
            Ok(Finished::Locked(_, _, secret)) => Some(secret.clone()),
            _ => None,
        });
        found.flatten().expect("it ended with a password")
    }

    #[test]
    fn a_password_is_given_out_once_whoever_looks() {
        let (jobs, secret) = (Jobs::default(), Secret::of(password()));
        let job = ended(&jobs, &secret);
        assert!(seen(&job).is_there() && seen(&job).is_there(), "looking takes nothing");
        assert!(seen(&job).take().is_some());
        assert!(!seen(&job).is_there() && seen(&job).take().is_none() && secret.take().is_none());
    }

    #[test]
    fn a_password_that_nobody_asks_for_is_forgotten_in_time() {
        let (jobs, secret) = (Jobs::default(), Secret::of(password()));
        let job = ended(&jobs, &secret);
        jobs.forget_passwords(Duration::from_secs(3600));
        assert!(seen(&job).is_there());
        jobs.forget_passwords(Duration::ZERO);
        assert!(!seen(&job).is_there());
    }
}
