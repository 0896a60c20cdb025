//! What a signer's key remembers: `keys/NAME.seen`, the newest head of each record book that it
//! signed over. So every signer is a witness of what they saw.
//!
//! ```text
//! probity-seen/v1
//! ORIGIN FINGERPRINT SIZE ROOT ENTRY      one line for each record book, sorted
//! ```
//!
//! FINGERPRINT, ROOT (over the first SIZE entries) and ENTRY (the hash of the newest of them) are
//! hexadecimal. It is written before a signature leaves, over what stood there already: an
//! interruption leaves a memory of something that was there, and never a signature that nobody
//! remembers. Once an entry is kept, the memory takes it in, too.
//!
//! Where records are lost for good and that is minuted, what no longer fits is put aside: into a
//! file `keys/NAME.seen-….txt` that says why, and nothing is deleted ([`accept_loss`]).
//!
//! What this doesn't protect: whoever can write the folder can change the memory. It isn't signed,
//! and is worth what the signer's own machine is worth.

use probity_ledger::book::clear::{ClearFields, Continues};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::tree::root_at;
use probity_ledger::records::kind::Clear;

use super::elsewhere::Request;
use super::keyring::Keyring;
use super::reading::Reading;
use super::{WorkError, World};
use crate::store::Store as _;

mod aside;
mod contradiction;
mod file;
mod memories;

pub use aside::{PutAside, accept_loss, accept_loss_of};
pub use file::{MAX_SEEN, is_memory, parse, read};
pub(super) use memories::of_signers;
pub use memories::{of_home, remembered};

/// A head of a record book that a key signed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The ledger's origin.
    pub origin: String,
    /// Its first entry.
    pub fingerprint: EntryHash,
    /// How many entries it had.
    pub size: Size,
    /// The root over them.
    pub root: RootHash,
    /// The newest of them.
    pub entry: EntryHash,
}

/// The root over the first entries of a record book, as it is now; `None` when it has fewer.
pub type RootOfFirst<'a> = &'a dyn Fn(Size) -> Option<RootHash>;

impl Seen {
    /// The head of an open record book.
    #[must_use]
    pub fn of(reading: &Reading) -> Self {
        let head = reading.store.head();
        Self {
            origin: reading.authority.origin.clone(),
            fingerprint: reading.authority.fingerprint,
            size: head.size,
            root: reading.store.root(),
            entry: head.hash,
        }
    }

    /// The head that a request names.
    #[must_use]
    pub fn of_request(request: &Request) -> Self {
        Self {
            origin: request.origin.clone(),
            fingerprint: request.fingerprint,
            size: request.checkpoint.size,
            root: request.checkpoint.root,
            entry: request.after().1,
        }
    }

    /// Refuses a record book that isn't the one that this key signed over, or went back since;
    /// what shows it is kept beside the key. A new one `continues` an earlier one, with all that
    /// this key signed over.
    ///
    /// # Errors
    /// That; or a memory that can't be read.
    pub fn check(
        &self,
        keyring: &Keyring,
        name: &str,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> Result<(), WorkError> {
        let all = read(&keyring.seen_path(name))?;
        match all.iter().find(|known| self.contradicts(known, continues, root_of_first)) {
            None => Ok(()),
            Some(known) => {
                let kept = self.keep_proof(keyring, name, known)?;
                let earlier = continues.filter(|earlier| earlier.fingerprint == known.fingerprint);
                Err(match earlier {
                    Some(earlier) => known.not_whole(&earlier, name, &kept),
                    None => self.contradiction(known, name, &kept),
                })
            }
        }
    }

    /// Whether this head is not one that goes on from a remembered one.
    fn contradicts(
        &self,
        known: &Self,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> bool {
        known.origin == self.origin
            && !continues.is_some_and(|earlier| known.is_continued_by(&earlier))
            && (known.fingerprint != self.fingerprint
                || root_of_first(known.size) != Some(known.root))
    }

    /// Whether a new record book goes on from this head, or from a later one of the same book: what
    /// that one was can't be told here.
    fn is_continued_by(&self, earlier: &Continues) -> bool {
        earlier.fingerprint == self.fingerprint
            && (earlier.size > self.size
                || (earlier.size == self.size && earlier.root == self.root))
    }

    /// Refuses a request that was made before the newest head that this key signed over: nothing
    /// in it can be held against that, and nothing is wrong with it.
    ///
    /// # Errors
    /// That; or a memory that can't be read.
    pub fn check_age(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let newer = |known: &Self| {
            (&known.origin, known.fingerprint) == (&self.origin, self.fingerprint)
                && known.size > self.size
        };
        match read(&keyring.seen_path(name))?.into_iter().find(newer) {
            None => Ok(()),
            Some(known) => Err(WorkError::refused(
                format!(
                    "the request was made when the record book had {} entries, and {name} has signed over \
                     {} since",
                    self.size, known.size
                ),
                format!(
                    "ask the school for a new request of the same; it can't be told from this one whether \
                     the book went back. If the school says that it restored an older copy, and that is \
                     minuted, see `probity key forget-seen {name} --help`"
                ),
            )),
        }
    }

    /// Holds this head against what a key remembers, and has the key remember it. No other process
    /// does so in between: of two, the older head would be written last.
    ///
    /// # Errors
    /// As [`Seen::check`]; what the system says.
    pub fn take_up(
        &self,
        world: &World,
        keyring: &Keyring,
        name: &str,
        continues: Option<Continues>,
        root_of_first: RootOfFirst<'_>,
    ) -> Result<(), WorkError> {
        let _lock = keyring.remembering()?;
        self.check(keyring, name, continues, root_of_first)?;
        self.succeed(world, keyring, name, continues)?;
        self.remember(keyring, name)
    }

    /// Remembers this head, which goes on from what was taken up before.
    ///
    /// # Errors
    /// What the system says.
    pub fn go_on(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let _lock = keyring.remembering()?;
        self.remember(keyring, name)
    }

    /// Remembers this head, if it is newer than what is remembered.
    fn remember(&self, keyring: &Keyring, name: &str) -> Result<(), WorkError> {
        let mut all = read(&keyring.seen_path(name))?;
        let same =
            |one: &&mut Self| one.origin == self.origin && one.fingerprint == self.fingerprint;
        match all.iter_mut().find(same) {
            Some(known) if known.size >= self.size => return Ok(()),
            Some(known) => known.clone_from(self),
            None => all.push(self.clone()),
        }
        file::write(keyring, name, all)
    }
}

/// Holds an open record book against what a key remembers of it, and has the key remember it.
///
/// # Errors
/// As [`Seen::take_up`].
pub fn sign_over(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    name: &str,
) -> Result<(), WorkError> {
    let seen = Seen::of(reading);
    let continues = continued_by(&reading.entry(Index(0))?);
    seen.take_up(world, keyring, name, continues, &|size| root_of_first(reading, size))
}

/// The root over the first entries of an open record book.
fn root_of_first(reading: &Reading, size: Size) -> Option<RootHash> {
    (size <= reading.store.head().size).then(|| root_at(reading.store.nodes(), size))?
}

/// The record book that one continues, by its genesis entry.
pub(super) fn continued_by(genesis: &Entry) -> Option<Continues> {
    match ClearFields::parse(Clear::Genesis, genesis.own_words().clear) {
        Ok(ClearFields::Genesis { continues, .. }) => continues,
        _ => None,
    }
}

#[cfg(test)]
mod tests;
