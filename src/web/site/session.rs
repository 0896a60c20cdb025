//! Who is there: a browser with a session, and the person who unlocked it with their own key.
//!
//! A session is 32 random bytes in a cookie; here lies its SHA-256 alone. It holds no key: a
//! passphrase unlocks a key file for one check or one signature, and both are wiped then. So what a
//! session that was left open gives away is reading. It locks after [`Sessions::patience`] without
//! use, by the machine's clock as well as by a steady one (which stands still while a laptop sleeps);
//! unlocking gives it another cookie and another token. A form that is coming in is use as long as
//! it comes ([`Sessions::touch`]).
//!
//! What was sent or typed in a session that had just locked is held in memory for an hour at most, and given
//! once to the same browser after the same key has unlocked it again ([`Held`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::work::{WorkError, World};

/// Without use for so long, a session locks (the school policy's own limit, §7.1.1).
pub const PATIENCE: Duration = Duration::from_secs(300);

/// A session that nobody has unlocked is forgotten after an hour, and so is what it holds.
const FORGOTTEN: Duration = Duration::from_secs(3600);

/// Most sessions that are unlocked, and most that nobody has unlocked yet; of each sort the one that
/// was not used for the longest time goes first. So nobody is thrown out by who can't unlock.
const MOST: usize = 1000;

/// The name under which a session is kept: the SHA-256 of what its cookie says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId([u8; 32]);

/// A form that was sent when its session had locked: nothing was done with it.
pub struct Held {
    /// Where it was sent.
    pub path: String,
    /// What was typed, without files and passphrases.
    pub texts: Vec<(String, Zeroizing<String>)>,
}

struct Session {
    /// The name of the key file that unlocked it.
    key: Option<String>,
    /// The same until it locked itself.
    was: Option<String>,
    held: Option<(Instant, Held)>,
    token: String,
    used: Instant,
    /// The same by the machine's clock: POSIX seconds.
    clock: i64,
}

impl Session {
    /// Whether it is unlocked, and was not used for so long that it has to lock.
    fn has_lapsed(&self, patience: Duration, now: i64) -> bool {
        let seconds = i64::try_from(patience.as_secs()).unwrap_or(i64::MAX);
        // A clock that was set back locks, too: nobody knows how long it was.
        let by_clock = !(0..seconds).contains(&now.saturating_sub(self.clock));
        self.key.is_some() && (self.used.elapsed() >= patience || by_clock)
    }
}

/// What a request finds of its session.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name here.
    pub id: SessionId,
    /// What its forms must carry.
    pub token: String,
    /// The name of the key file that unlocked it, while it is unlocked.
    pub key: Option<String>,
    /// Whether it was unlocked, and locked itself.
    pub lapsed: bool,
    /// The key that had unlocked it, if it has locked itself since.
    pub was: Option<String>,
}

/// All sessions.
pub struct Sessions {
    all: Mutex<HashMap<SessionId, Session>>,
    patience: Duration,
}

impl Sessions {
    /// None yet; each locks after `patience` without use.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { all: Mutex::new(HashMap::new()), patience }
    }

    /// After so long without use a session locks.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// The session of a cookie; one that has waited too long is locked. It counts as used `now` (POSIX
    /// seconds) unless a page merely looks again by itself.
    pub fn find(&self, cookie: &str, now: i64, counts: bool) -> Option<Found> {
        self.look(id_of(cookie)?, now, counts)
    }

    /// The same session once more, after its form has come in: it may have been locked meanwhile.
    pub fn again(&self, id: SessionId, now: i64) -> Option<Found> {
        self.look(id, now, false)
    }

    /// Counts an unlocked session as used while its form comes in. One that has locked or was ended
    /// meanwhile stays so.
    pub fn touch(&self, id: SessionId, now: i64) {
        let mut all = self.all();
        let open = all
            .get_mut(&id)
            .filter(|session| session.key.is_some() && !session.has_lapsed(self.patience, now));
        if let Some(session) = open {
            (session.used, session.clock) = (Instant::now(), now);
        }
    }

    fn look(&self, id: SessionId, now: i64, counts: bool) -> Option<Found> {
        let mut all = self.all();
        let session = all.get_mut(&id)?;
        let lapsed = session.has_lapsed(self.patience, now);
        if lapsed {
            session.was = session.key.take();
        } else if session.key.is_none() && session.used.elapsed() >= FORGOTTEN {
            all.remove(&id);
            return None;
        }
        if counts {
            (session.used, session.clock) = (Instant::now(), now);
        }
        let (token, key) = (session.token.clone(), session.key.clone());
        Some(Found { id, token, key, lapsed, was: session.was.clone() })
    }

    /// A new session, unlocked with that key or by nobody: its cookie, and what it is found as.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn begin(&self, world: &World, key: Option<String>) -> Result<(String, Found), WorkError> {
        let cookie = hex::encode(world.random::<32>()?);
        let token = hex::encode(world.random::<32>()?);
        let id = SessionId(Sha256::digest(cookie.as_bytes()).into());
        let mut all = self.all();
        let alike = || all.iter().filter(|(_, session)| session.key.is_some() == key.is_some());
        if alike().count() >= MOST {
            let oldest = alike().min_by_key(|(_, session)| session.used).map(|(id, _)| *id);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        let (used, clock) = (Instant::now(), world.now());
        let session =
            Session { key: key.clone(), was: None, held: None, token: token.clone(), used, clock };
        all.insert(id, session);
        Ok((cookie, Found { id, token, key, lapsed: false, was: None }))
    }

    /// Unlocks: the old session ends, and a new one begins. What the old one holds goes along if the
    /// same key had unlocked it.
    ///
    /// # Errors
    /// As [`Sessions::begin`].
    pub fn unlock(&self, world: &World, old: SessionId, key: &str) -> Result<String, WorkError> {
        let (cookie, new) = self.begin(world, Some(key.to_owned()))?;
        let mut all = self.all();
        let old = all.remove(&old).filter(|old| old.was.as_deref() == Some(key));
        if let (Some(old), Some(new)) = (old, all.get_mut(&new.id)) {
            new.held = old.held;
        }
        Ok(cookie)
    }

    /// Holds what was sent in a session that has locked; what it held before goes.
    pub fn hold(&self, id: SessionId, held: Held) {
        if let Some(session) = self.all().get_mut(&id).filter(|session| session.was.is_some()) {
            session.held = Some((Instant::now(), held));
        }
    }

    /// What an unlocked session holds: it is given once.
    pub fn take_held(&self, id: SessionId) -> Option<Held> {
        self.forget_held(FORGOTTEN);
        let mut all = self.all();
        let session = all.get_mut(&id).filter(|session| session.key.is_some())?;
        session.held.take().map(|(_, held)| held)
    }

    /// Forgets what has been held for an hour.
    pub fn forget_old(&self) {
        self.forget_held(FORGOTTEN);
    }

    fn forget_held(&self, after: Duration) {
        for session in self.all().values_mut() {
            if session.held.as_ref().is_some_and(|(since, _)| since.elapsed() >= after) {
                session.held = None;
            }
        }
    }

    /// Ends a session.
    pub fn end(&self, id: SessionId) {
        self.all().remove(&id);
    }

    /// Ends every session that this key unlocked, as when its passphrase changes.
    pub fn end_all_of(&self, key: &str) {
        self.all().retain(|_, session| session.key.as_deref() != Some(key));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn id_of(cookie: &str) -> Option<SessionId> {
    let whole = cookie.len() == 64 && cookie.bytes().all(|b| b.is_ascii_hexdigit());
    whole.then(|| SessionId(Sha256::digest(cookie.as_bytes()).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(sessions: &Sessions, cookie: &str) -> Option<Found> {
        sessions.find(cookie, World::real().now(), true)
    }

    #[test]
    fn unlocking_gives_another_cookie_and_the_old_one_opens_nothing() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (before, found) = sessions.begin(&world, None).expect("begun");
        let after = sessions.unlock(&world, found.id, "amina").expect("unlocked");
        assert!(find(&sessions, &before).is_none());
        let now = find(&sessions, &after).expect("there");
        assert_eq!(now.key.as_deref(), Some("amina"));
        assert_ne!(now.token, found.token);
        for wrong in ["", "0", &after[1..], &"f".repeat(64), "x/../"] {
            assert!(find(&sessions, wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_session_without_use_locks_and_says_so_once() {
        let (sessions, world) = (Sessions::new(Duration::ZERO), World::real());
        let (cookie, _) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        let first = find(&sessions, &cookie).expect("there");
        assert!(first.lapsed && first.key.is_none());
        assert!(!find(&sessions, &cookie).expect("still there").lapsed);
    }

    #[test]
    fn a_laptop_that_slept_or_whose_clock_went_back_is_locked() {
        let world = World::real();
        for step in [PATIENCE.as_secs().cast_signed(), -1] {
            let sessions = Sessions::new(PATIENCE);
            let (cookie, _) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
            let found = sessions.find(&cookie, world.now() + step, true).expect("there");
            assert!(found.lapsed && found.key.is_none(), "{step}");
        }
    }

    #[test]
    fn a_page_that_looks_again_by_itself_keeps_nothing_open() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (cookie, _) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        let (now, half) = (world.now(), PATIENCE.as_secs().cast_signed() / 2);
        for waited in [half, half + 10] {
            assert!(!sessions.find(&cookie, now + waited, false).expect("there").lapsed);
        }
        assert!(sessions.find(&cookie, now + 2 * half + 10, false).expect("there").lapsed);
    }

    #[test]
    fn a_form_that_comes_in_keeps_its_session_open() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (cookie, found) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        let (now, step) = (world.now(), PATIENCE.as_secs().cast_signed() - 10);
        for at in 1..=5 {
            sessions.touch(found.id, now + at * step);
        }
        let after = sessions.again(found.id, now + 6 * step).expect("there");
        assert!(!after.lapsed && after.key.as_deref() == Some("amina"));
        assert!(sessions.find(&cookie, now + 7 * step, true).expect("there").lapsed);
    }

    #[test]
    fn a_form_that_comes_in_opens_nothing_that_was_locked_or_ended() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let begin = || sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        let (now, late) = (world.now(), world.now() + PATIENCE.as_secs().cast_signed() + 10);
        let (cookie, paused) = begin();
        sessions.touch(paused.id, late);
        assert!(
            sessions.find(&cookie, late, false).expect("there").lapsed,
            "a piece came too late"
        );
        sessions.touch(paused.id, late);
        assert!(sessions.again(paused.id, late).expect("there").key.is_none());
        let (cookie, ended) = begin();
        sessions.end(ended.id);
        sessions.touch(ended.id, now);
        assert!(
            sessions.find(&cookie, now, false).is_none() && sessions.again(ended.id, now).is_none()
        );
    }

    #[test]
    fn who_cannot_unlock_throws_nobody_out() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (cookie, _) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        for _ in 0..=MOST {
            sessions.begin(&world, None).expect("begun");
        }
        assert!(find(&sessions, &cookie).is_some());
        assert!(sessions.all().len() <= MOST + 1);
    }

    /// A session that `key` had unlocked, which has locked, and holds something.
    fn locked(sessions: &Sessions, key: &str) -> SessionId {
        let (cookie, found) = sessions.begin(&World::real(), Some(key.to_owned())).expect("begun");
        assert!(find(sessions, &cookie).expect("there").key.is_none(), "it has locked");
        let texts = vec![("a.text".to_owned(), Zeroizing::new("a note".to_owned()))];
        sessions.hold(found.id, Held { path: "/record/note".to_owned(), texts });
        found.id
    }

    #[test]
    fn what_was_sent_too_late_is_given_once_to_the_same_key_alone() {
        let (sessions, world) = (Sessions::new(Duration::ZERO), World::real());
        for (key, given) in [("amina", true), ("joe", false)] {
            let old = locked(&sessions, "amina");
            assert!(sessions.take_held(old).is_none(), "nobody has unlocked it");
            let id =
                id_of(&sessions.unlock(&world, old, key).expect("unlocked")).expect("a cookie");
            assert_eq!(sessions.take_held(id).is_some(), given, "{key}");
            assert!(sessions.take_held(id).is_none(), "{key}, once more");
        }
    }

    #[test]
    fn what_was_sent_too_late_is_forgotten_in_time() {
        let (sessions, world) = (Sessions::new(Duration::ZERO), World::real());
        let old = locked(&sessions, "amina");
        sessions.forget_old();
        sessions.forget_held(Duration::ZERO);
        let id =
            id_of(&sessions.unlock(&world, old, "amina").expect("unlocked")).expect("a cookie");
        assert!(sessions.take_held(id).is_none());
    }

    #[test]
    fn a_session_that_nobody_had_unlocked_holds_nothing() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (_, found) = sessions.begin(&world, None).expect("begun");
        sessions.hold(found.id, Held { path: "/".to_owned(), texts: Vec::new() });
        assert!(sessions.all().values().all(|session| session.held.is_none()));
    }

    #[test]
    fn a_changed_passphrase_ends_that_persons_sessions_alone() {
        let (sessions, world) = (Sessions::new(PATIENCE), World::real());
        let (amina, _) = sessions.begin(&world, Some("amina".to_owned())).expect("begun");
        let (joe, _) = sessions.begin(&world, Some("joe".to_owned())).expect("begun");
        sessions.end_all_of("amina");
        assert!(find(&sessions, &amina).is_none() && find(&sessions, &joe).is_some());
    }
}
