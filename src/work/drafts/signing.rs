//! Signing a draft once, and only if it still says what its author was shown.

use probity_keys::Kid;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Clear;

use super::{Draft, Drafts, one};
use crate::store::Mode;
use crate::work::elsewhere::{self, Wish};
use crate::work::reading::Reading;
use crate::work::record::{self, Written, log_key};
use crate::work::{WorkError, World};

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// It was signed.
    Signed(Written),
    /// It was signed before, as this entry.
    Already(Index),
    /// Somebody signed something meanwhile that it builds on: it has to be looked at again.
    Changed,
}

impl Drafts {
    /// Signs a draft that its owner was shown with this digest ([`record::Prepared::digest`]).
    ///
    /// # Errors
    /// As [`Drafts::prepare`] and [`record::sign`]. Nothing is written then.
    pub fn sign(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        shown: &str,
        key: &probity_keys::SigningKey,
    ) -> Result<Outcome, WorkError> {
        let _one = one();
        let mut draft = self.open(id, owner)?;
        if let Some(entry) = draft.signed {
            return Ok(Outcome::Already(Index(entry)));
        }
        let reading = Reading::open(&self.home, &Mode::Browse)?;
        if let Some(entry) = written_before(&reading, &draft, &key.public().kid())? {
            self.forget(world, draft, entry)?;
            return Ok(Outcome::Already(entry));
        }
        let prepared = self.prepare(world, &reading, &draft, owner)?;
        if prepared.digest() != shown {
            return Ok(Outcome::Changed);
        }
        // A crash between here and the end is seen by what is there then.
        draft.begun = Some(reading.size().0);
        self.keep(&draft)?;
        drop(reading);
        let signed = match prepared.record().kind.clear {
            Clear::LogKey => log_key::sign(world, &self.home, prepared, key),
            _ => record::sign(world, &self.home, &prepared, key),
        };
        match signed {
            Ok(written) => {
                if let Some(entry) = written.entries.last() {
                    // The entry stands, whatever becomes of its draft.
                    let _ = self.forget(world, draft, entry.index());
                }
                Ok(Outcome::Signed(written))
            }
            Err(error) => {
                draft.begun = None;
                self.keep(&draft)?;
                Err(error)
            }
        }
    }

    /// Keeps of a draft the number of its entry alone.
    fn forget(&self, world: &World, mut draft: Draft, entry: Index) -> Result<(), WorkError> {
        draft.signed = Some(entry.0);
        draft.changed = world.now();
        draft.answers.clear();
        draft.beside.clear();
        draft.files.clear();
        self.keep(&draft)?;
        let files = self.folder(&draft.id)?.join("files");
        match std::fs::remove_dir_all(&files) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(WorkError::file("removing", &files)(error))
            }
            _ => Ok(()),
        }
    }

    /// Makes a request of a draft, for somebody whose key lies elsewhere: the file to give to them.
    ///
    /// # Errors
    /// As [`Drafts::prepare`] and [`elsewhere::make_request`].
    pub fn request(
        &self,
        world: &World,
        reading: &Reading,
        draft: &Draft,
        signer: &str,
    ) -> Result<Vec<u8>, WorkError> {
        let prepared = self.prepare(world, reading, draft, signer)?;
        let practice = self.home.config()?.practice;
        let wish = Wish { days: elsewhere::DAYS, practice };
        let uploads = self.home.page().join("uploads");
        crate::work::home::make_private_folder(&uploads)?;
        let to = uploads.join(format!("{}.request", hex::encode(world.random::<16>()?)));
        let made = elsewhere::make_request(world, &self.home, reading, &prepared, wish, &to)
            .and_then(|_| elsewhere::read_request(&to));
        // A copy waits among the requests; this one goes to whoever asked.
        let _ = std::fs::remove_file(&to);
        made
    }
}

/// The entry that a signature wrote which was interrupted before its draft was forgotten.
fn written_before(reading: &Reading, draft: &Draft, kid: &Kid) -> Result<Option<Index>, WorkError> {
    let Some(begun) = draft.begun else { return Ok(None) };
    for index in (begun..reading.size().0).map(Index) {
        let entry = reading.entry(index)?;
        if entry.says().kid == *kid && entry.says().kind == draft.kind {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
