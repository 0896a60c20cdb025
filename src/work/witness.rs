//! A witness: somebody outside the school who keeps the newest head that they saw of a ledger,
//! and cosigns another one only after they have checked that it extends theirs (C2SP
//! tlog-witness). The same rules serve a file on a stick and a request over the network.
//!
//! What a witness knows of a ledger is its log key and heads: no entry, no name, no record.
//! What its word doesn't show: that anything in the ledger is true, and nothing at all when
//! the witness is the school itself under another name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use probity_keys::{SigningKey, key_from_pem, log_key_from_pem, log_key_to_pem};
use probity_ledger::format::cosignature::{WitnessKey, cosign, with_lines};
use probity_ledger::format::hash::Size;
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::policy::Policy;
use probity_ledger::format::submission::{MAX_SUBMISSION, Submission};
use probity_ledger::format::tree;
use zeroize::Zeroizing;

use super::keyring::{self, Passphrase};
use super::{WorkError, World, bag, input, time};
use crate::store::Lock;
use crate::store::disk::RealDisk;

pub mod folder;

pub use folder::Folder;
use folder::{Against, Known};

/// How far the clock may lie behind the last cosignature of a ledger, in seconds. Within that,
/// the time of the last one is signed again; beyond, somebody has to look at the clock.
const SETBACK: u64 = 300;

/// How far the clock may lie after the last time that is known to have been right, in seconds,
/// before somebody has to confirm it: a time that was cosigned can't be taken back.
const MAX_AHEAD: u64 = 30 * 24 * 3600;

/// How many ledgers can be answered at the same time.
const LANES: usize = 64;

/// Where a witness's folder lies, unless it is named.
///
/// # Errors
/// When none is named and the platform has no data folder.
pub fn locate(named: Option<PathBuf>) -> Result<Folder, WorkError> {
    let path = match named {
        Some(path) => path,
        None => directories::BaseDirs::new()
            .ok_or_else(|| {
                WorkError::refused(
                    "this system names no data folder",
                    "say where with --dir FOLDER",
                )
            })?
            // Not the one that roams: a witness on two machines would forget what it cosigned.
            .data_local_dir()
            .join("probity-witness"),
    };
    Ok(Folder::on(path, Arc::new(RealDisk)))
}

/// The verifier key that a new witness of that name would have, before a key is made.
///
/// # Errors
/// A name that can't stand in a checkpoint.
pub fn check_name(name: &str) -> Result<(), WorkError> {
    let key = SigningKey::from_seed([1; 32]).public();
    if WitnessKey::new(name, key).is_some() && name.len() <= 200 && name.is_ascii() {
        return Ok(());
    }
    Err(WorkError::refused(
        format!("`{name}` can't name a witness"),
        "use a web address without https://, such as borough.example/data-team: no spaces, no +",
    ))
}

/// Makes a witness: its folder and its key. With a passphrase the key opens for nobody else;
/// without one it lies unencrypted, to sign when nobody is there.
///
/// # Errors
/// A name that can't be one, a weak passphrase, a witness that is there already.
pub fn create(
    world: &World,
    folder: &Folder,
    name: &str,
    passphrase: Option<&Passphrase>,
) -> Result<WitnessKey, WorkError> {
    check_name(name)?;
    let key = SigningKey::generate(|seed| world.fill(seed))?;
    let own = WitnessKey::new(name, key.public()).ok_or_else(|| {
        WorkError::refused(format!("`{name}` can't name a witness"), "choose another name")
    })?;
    let pem = match passphrase {
        Some(passphrase) => keyring::encrypt(world, &key, passphrase)?,
        None => Zeroizing::new(log_key_to_pem(&key).to_string()),
    };
    folder.create(&folder::config(&own, passphrase.is_none()), &pem)?;
    Ok(own)
}

/// The log keys that a text names: one verifier key, or the log lines of a policy.
///
/// # Errors
/// When it is neither.
pub fn read_logs(text: &str) -> Result<Vec<VerifierKey>, WorkError> {
    let trimmed = text.trim();
    let one = VerifierKey::parse(trimmed.strip_prefix("log ").unwrap_or(trimmed).trim());
    if let Ok(log) = one {
        return Ok(vec![log]);
    }
    let policy = Policy::parse(text.as_bytes()).or_else(|_| {
        // The line that a school hands over is a policy without its end.
        Policy::parse(format!("{text}\nquorum none\n").as_bytes())
    });
    match policy.map(|policy| policy.logs) {
        Ok(logs) if !logs.is_empty() => Ok(logs),
        _ => Err(WorkError::refused(
            "that is no log's verifier key and no policy that names one",
            "ask the school for the line that `probity checkpoint --log-key` prints",
        )),
    }
}

/// What a witness answers to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It cosigns.
    Cosigned(Cosigned),
    /// It doesn't, and keeps what it knew.
    Refused(Refusal),
}

/// A cosignature, after the head was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The ledger's origin.
    pub origin: String,
    /// The size of the head.
    pub size: Size,
    /// The size of the head that was cosigned before; 0 at first sight.
    pub before: Size,
    /// When.
    pub time: u64,
    /// The signature line, with its newline.
    pub line: String,
    /// The checkpoint with the log's signature and this line.
    pub note: Vec<u8>,
}

/// Why a witness doesn't cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a request, or its old size is above the new one.
    #[error("{0}")]
    Unreadable(String),
    /// The ledger isn't one of this witness's.
    #[error("this witness was not asked to look after `{0}`")]
    UnknownLedger(String),
    /// No valid signature by a key that this witness trusts for the origin.
    #[error("the checkpoint is not signed by a key that this witness knows for `{0}`")]
    NotSigned(String),
    /// The request proves from another size than the one that was cosigned last.
    #[error(
        "this witness last cosigned {seen} entries of that ledger, the request begins at {old} and ends at {size}"
    )]
    Elsewhere {
        /// What was cosigned last; 0 for nothing.
        seen: Size,
        /// Where the request's proof begins.
        old: Size,
        /// What its checkpoint covers.
        size: Size,
    },
    /// Two roots for one size, both signed by the log.
    #[error("history was rewritten: the log signed two different heads over {size} entries")]
    Rewritten {
        /// The size.
        size: Size,
        /// The request, kept with what it contradicts.
        kept: Option<PathBuf>,
    },
    /// The proof doesn't lead from the head that was seen to the new one.
    #[error(
        "the checkpoint over {size} entries was not shown to continue the head over {seen} that this witness cosigned"
    )]
    Inconsistent {
        /// What was cosigned last.
        seen: Size,
        /// What the checkpoint covers.
        size: Size,
        /// The request, kept with what was seen.
        kept: Option<PathBuf>,
    },
    /// A proof of two histories is kept: whichever of them this one is, somebody has to look.
    #[error(
        "history was rewritten: this witness keeps the proof {proof}, and cosigns nothing more of `{origin}`"
    )]
    Proven {
        /// The ledger's origin.
        origin: String,
        /// The name of the file in the folder of proofs.
        proof: String,
    },
    /// The clock went far ahead while the witness ran.
    #[error("the clock says {now}, more than 30 days after what it should say, about {expected}")]
    Ahead {
        /// What the clock says, in words.
        now: String,
        /// What it should say, in words.
        expected: String,
    },
    /// The clock is behind the last cosignature.
    #[error("the clock says {now}, and the last cosignature for this ledger is of {last}")]
    Clock {
        /// What the clock says, in words.
        now: String,
        /// The last time that was signed, in words.
        last: String,
    },
}

/// A witness that is ready to sign. It holds the folder's lock.
pub struct Witness {
    folder: Folder,
    own: WitnessKey,
    key: SigningKey,
    _lock: Lock,
    lanes: Vec<Mutex<()>>,
    right: Mutex<Moment>,
}

/// A time that the clock said when it was right, and when that was by a clock that nobody sets.
#[derive(Clone, Copy, Debug)]
struct Moment {
    time: u64,
    at: Instant,
}

impl Moment {
    /// What the clock should say by now.
    fn expected(self) -> u64 {
        self.time.saturating_add(self.at.elapsed().as_secs())
    }
}

impl Witness {
    /// Opens a witness to sign, by a clock that can be right or was `confirmed`.
    ///
    /// # Errors
    /// When there is none, another process signs for it, its key doesn't open, or the clock is more
    /// than 30 days after its newest cosignature of any ledger and not confirmed.
    pub fn open(
        world: &World,
        folder: Folder,
        doing: &str,
        confirmed: bool,
        passphrase: impl FnOnce(&WitnessKey) -> Result<Passphrase, WorkError>,
    ) -> Result<Self, WorkError> {
        let (config, own) = folder.config()?;
        let time = seconds(world);
        check_clock(&folder, &own, time, confirmed)?;
        let name = || format!("the witness {}", own.name());
        let pem = folder.key()?;
        let pem = std::str::from_utf8(&pem).map_err(|_| {
            WorkError::refused("the witness's key file is not text", "take it from a backup")
        })?;
        let key = if config.unattended {
            log_key_from_pem(pem)
        } else {
            let passphrase = passphrase(&own)?;
            key_from_pem(pem, keyring::normalised(&passphrase).as_bytes())
        };
        let key = key.map_err(|error| WorkError::Key { name: name(), error })?;
        if key.public() != *own.key() {
            return Err(WorkError::refused(
                format!("the key file is not that of {}", name()),
                "the file was damaged or exchanged; take it from a backup",
            ));
        }
        let lock = folder.lock(&format!("{doing}, since {}", time::words(world.now())))?;
        let lanes = (0..LANES).map(|_| Mutex::new(())).collect();
        let right = Mutex::new(Moment { time, at: Instant::now() });
        Ok(Self { folder, own, key, _lock: lock, lanes, right })
    }

    /// Who this witness is.
    #[must_use]
    pub fn own(&self) -> &WitnessKey {
        &self.own
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Answers a request. When it cosigns, the head is on the medium before this returns, and
    /// nobody else was answered for the same ledger meanwhile.
    ///
    /// # Errors
    /// What the system says: nothing was given out then.
    pub fn answer(&self, world: &World, request: &[u8]) -> Result<Answer, WorkError> {
        let refused = |refusal| Ok(Answer::Refused(refusal));
        let submission = match Submission::parse(request) {
            Ok(submission) => submission,
            Err(fault) => return refused(Refusal::Unreadable(fault.to_string())),
        };
        let checkpoint = &submission.checkpoint;
        let origin = checkpoint.origin.clone();
        let Some(known) = self.folder.known(&origin)? else {
            return refused(Refusal::UnknownLedger(origin));
        };
        let Some(log) = known.logs.iter().find(|log| checkpoint.verify(log).is_ok()) else {
            return refused(Refusal::NotSigned(origin));
        };
        let _lane = self.lane(&origin);
        let seen = self.folder.seen(&origin, &self.own)?;
        if let Some(refusal) = self.contradicts(&submission, seen.as_ref(), request)? {
            return refused(refusal);
        }
        let proofs = self.folder.proofs(&origin, Against::Rewritten)?;
        if let Some(name) = proofs.first().and_then(|proof| proof.file_name()) {
            let proof = name.to_string_lossy().into_owned();
            return refused(Refusal::Proven { origin, proof });
        }
        let now = seconds(world);
        let expected = self.right().expected();
        if now > expected.saturating_add(MAX_AHEAD) {
            return refused(Refusal::Ahead { now: words(now), expected: words(expected) });
        }
        let last = seen.as_ref().map_or(0, |(_, time)| *time);
        if now.saturating_add(SETBACK) < last {
            return refused(Refusal::Clock { now: words(now), last: words(last) });
        }
        let before = seen.map_or(Size(0), |(seen, _)| seen.size);
        let cosigned = self.cosign(checkpoint, log, before, now.max(last))?;
        self.folder.keep_seen(&origin, &cosigned.note)?;
        *self.right() = Moment { time: now, at: Instant::now() };
        Ok(Answer::Cosigned(cosigned))
    }

    /// Answers what lies in a file: a request, or a checkpoint that the school gave out at first.
    ///
    /// # Errors
    /// A file that can't be read, and as [`Witness::answer`].
    pub fn answer_file(&self, world: &World, path: &Path) -> Result<Answer, WorkError> {
        let most = MAX_SUBMISSION as u64;
        let bytes = input::note(path, most).map_err(WorkError::file("reading", path))?;
        let alone = Checkpoint::parse(&bytes).ok();
        let head = || Submission::parse(&bytes).ok().map(|request| request.checkpoint);
        let Some(checkpoint) = alone.clone().or_else(head) else {
            return self.answer(world, &bytes);
        };
        // A head that was seen needs no proof: the answer to it may have been lost.
        let seen = self.folder.seen(&checkpoint.origin, &self.own)?.map(|(seen, _)| seen);
        let again = seen.is_some_and(|seen| seen.text() == checkpoint.text());
        if !again && alone.is_none() {
            return self.answer(world, &bytes);
        }
        let old = if again { checkpoint.size } else { Size(0) };
        self.answer(world, &Submission { old, proof: Vec::new(), checkpoint }.to_bytes())
    }

    /// Whether a signed head contradicts what was seen, or wasn't shown to extend it.
    fn contradicts(
        &self,
        submission: &Submission,
        seen: Option<&(Checkpoint, u64)>,
        request: &[u8],
    ) -> Result<Option<Refusal>, WorkError> {
        let Submission { old, proof, checkpoint } = submission;
        let (old, size) = (*old, checkpoint.size);
        let Some((seen, _)) = seen else {
            let first = proof.is_empty() && (size.0 > 0 || checkpoint.root == tree::empty_root());
            return Ok(match old {
                Size(0) if first => None,
                Size(0) => Some(Refusal::Inconsistent { seen: old, size, kept: None }),
                _ => Some(Refusal::Elsewhere { seen: Size(0), old, size }),
            });
        };
        let keep =
            |against| self.folder.keep_proof(&checkpoint.origin, against, request, seen.bytes());
        if size == seen.size && checkpoint.root != seen.root {
            return Ok(Some(Refusal::Rewritten { size, kept: keep(Against::Rewritten)? }));
        }
        if old != seen.size {
            return Ok(Some(Refusal::Elsewhere { seen: seen.size, old, size }));
        }
        // Everything extends the empty tree.
        let extends = old == Size(0) && proof.is_empty()
            || tree::verify_consistency(old, seen.root, size, checkpoint.root, proof);
        if extends {
            return Ok(None);
        }
        Ok(Some(Refusal::Inconsistent { seen: seen.size, size, kept: keep(Against::Unproven)? }))
    }

    fn cosign(
        &self,
        checkpoint: &Checkpoint,
        log: &VerifierKey,
        before: Size,
        time: u64,
    ) -> Result<Cosigned, WorkError> {
        let impossible = || WorkError::refused("this head can't be cosigned", "report this");
        let line = cosign(checkpoint.text(), time, self.own.name(), &self.key);
        let line = line.ok_or_else(impossible)?;
        // Other signature lines are nothing that this witness vouches for.
        let note = checkpoint.alone(log).ok_or_else(impossible)?;
        let note = with_lines(&note, std::slice::from_ref(&line)).map_err(|_| impossible())?;
        Ok(Cosigned {
            origin: checkpoint.origin.clone(),
            size: checkpoint.size,
            before,
            time,
            line,
            note,
        })
    }

    /// When the clock was last right.
    fn right(&self) -> MutexGuard<'_, Moment> {
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One answer at a time for each ledger.
    fn lane(&self, origin: &str) -> MutexGuard<'_, ()> {
        let sum = origin
            .bytes()
            .fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
        self.lanes[sum % LANES].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the clock says.
fn seconds(world: &World) -> u64 {
    u64::try_from(world.now()).unwrap_or(0)
}

fn words(time: u64) -> String {
    time::words(i64::try_from(time).unwrap_or(i64::MAX))
}

/// Refuses a clock that went far ahead of the newest cosignature of any ledger, unless it was
/// `confirmed`.
fn check_clock(
    folder: &Folder,
    own: &WitnessKey,
    now: u64,
    confirmed: bool,
) -> Result<(), WorkError> {
    if confirmed {
        return Ok(());
    }
    // A state that was damaged stops its own ledger alone.
    let ledgers = folder.ledgers()?.into_iter();
    let seen = ledgers.filter_map(|known| folder.seen(&known.origin, own).ok().flatten());
    // One that lies ahead was by a wrong clock itself, and says nothing about this one.
    match seen.map(|(_, time)| time).filter(|time| *time <= now).max() {
        Some(newest) if now > newest.saturating_add(MAX_AHEAD) => Err(WorkError::refused(
            format!(
                "this machine's clock says {}, more than 30 days after the newest cosignature of this witness ({})",
                words(now),
                words(newest)
            ),
            "if the date is right, say so with --confirm-date; a wrong one stays for ever, and keeps the witness from cosigning until then",
        )),
        _ => Ok(()),
    }
}

/// Writes the answer to a file that came on a stick: the checkpoint with the cosignature.
///
/// # Errors
/// A file that exists, or what the system says.
pub fn write_reply(world: &World, path: &Path, cosigned: &Cosigned) -> Result<(), WorkError> {
    bag::write_new(world, path, &cosigned.note)
}

/// A ledger as `witness list` tells it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The ledger and its keys.
    pub known: Known,
    /// The newest head that was cosigned, and when.
    pub seen: Option<(Checkpoint, u64)>,
    /// Requests that were kept as proof of two histories.
    pub rewritten: Vec<PathBuf>,
    /// Requests that were kept because they weren't shown to continue what was seen.
    pub unproven: Vec<PathBuf>,
}

/// Every ledger that a witness looks after.
///
/// # Errors
/// When there is no witness, or files of it are damaged.
pub fn list(folder: &Folder) -> Result<(WitnessKey, bool, Vec<Line>), WorkError> {
    let (config, own) = folder.config()?;
    let lines = folder.ledgers()?.into_iter().map(|known| {
        let seen = folder.seen(&known.origin, &own)?;
        let rewritten = folder.proofs(&known.origin, Against::Rewritten)?;
        let unproven = folder.proofs(&known.origin, Against::Unproven)?;
        Ok(Line { known, seen, rewritten, unproven })
    });
    let lines = lines.collect::<Result<Vec<_>, WorkError>>()?;
    Ok((own, config.unattended, lines))
}

#[cfg(test)]
mod tests;
