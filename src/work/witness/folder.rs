//! The folder of a witness, which is no school's home:
//!
//! ```text
//! witness.toml             its verifier key, and whether it signs unattended; written last
//! key.pem                  its key: encrypted PKCS#8, or plain for unattended use
//! lock                     held by the one process that signs; says who it is
//! ledgers/<id>.logs        the vkeys that may sign heads of one ledger, one a line
//! ledgers/<id>.seen        the newest head that it cosigned, with the log's line and its own
//! proofs/<id>-<n>.rewritten  a request whose signed head contradicts a cosigned one of its size
//! proofs/<id>-<n>.unproven   one that wasn't shown to continue what was cosigned
//! proofs/<id>-<n>.seen       what was cosigned by then
//! ```
//!
//! `id` is the beginning of the SHA-256 of the ledger's origin, `n` that of the request's.
//! Every file is written whole and is on the medium, with its name, when writing it returns: a
//! cosignature leaves only after that ([`super::Witness::answer`]).
//!
//! What this does not protect: a folder that is put back to an older state makes the witness
//! forget what it cosigned since. A witness whose folder was lost begins anew, with a new key.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_ledger::format::clip::clipped;
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::format::note::{Checkpoint, MAX_NOTE, VerifierKey};
use serde::{Deserialize, Serialize};

use crate::store::Lock;
use crate::store::barrier::Barrier;
use crate::store::disk::{Disk, sync_above};
use crate::work::{WorkError, input};

/// The version of the layout that this program writes.
const LAYOUT: u32 = 1;

/// Why a request was refused and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The log signed two heads of one size: proof, whoever sent it.
    Rewritten,
    /// The proof doesn't hold. Anybody who has a newer head can send such a request.
    Unproven,
}

impl Against {
    const fn extension(self) -> &'static str {
        match self {
            Self::Rewritten => "rewritten",
            Self::Unproven => "unproven",
        }
    }

    /// Most that are kept of one ledger: whoever sends more adds nothing to them, and those that
    /// anybody can send leave room for the others.
    const fn most(self) -> usize {
        match self {
            Self::Rewritten => 64,
            Self::Unproven => 16,
        }
    }
}

/// What a witness is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of the layout.
    pub layout: u32,
    /// The witness's verifier key.
    pub vkey: String,
    /// Whether the key lies unencrypted, to sign without anybody there.
    pub unattended: bool,
}

impl Config {
    /// Reads the text of `witness.toml`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<(Self, WitnessKey), String> {
        let config: Self = toml::from_str(text).map_err(|error| input::toml_fault(&error, 300))?;
        if config.layout > LAYOUT {
            return Err(format!("layout {}, expected {LAYOUT}", config.layout));
        }
        let key = WitnessKey::parse(&config.vkey).map_err(|fault| fault.to_string())?;
        Ok((config, key))
    }
}

/// A witness's folder.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

/// What a witness keeps of one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The ledger's origin.
    pub origin: String,
    /// The keys that may sign its heads.
    pub logs: Vec<VerifierKey>,
}

/// How many hexadecimal digits of a hash name a file.
const DIGITS: usize = 32;

fn id(bytes: &[u8]) -> String {
    let mut digits = Sha256Hash::of(bytes).to_string();
    digits.truncate(DIGITS);
    digits
}

fn missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

impl Folder {
    /// A folder on that disk.
    #[must_use]
    pub fn on(path: PathBuf, disk: Arc<dyn Disk>) -> Self {
        Self { path, disk }
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder of a new witness. Nobody may be told of it before this returns.
    ///
    /// # Errors
    /// When there is a witness already, and what the system says.
    pub fn create(&self, config: &Config, key: &str) -> Result<(), WorkError> {
        let settings = self.path.join("witness.toml");
        if self.disk.exists(&settings).map_err(WorkError::file("opening", &settings))? {
            return Err(WorkError::refused(
                format!("{} holds a witness already", self.path.display()),
                "use it, or name another folder with --dir",
            ));
        }
        for folder in ["ledgers", "proofs"] {
            let folder = self.path.join(folder);
            self.disk.create_dir(&folder).map_err(WorkError::file("making", &folder))?;
        }
        sync_above(&*self.disk, &self.path, Barrier::WitnessFolder)
            .map_err(WorkError::file("making", &self.path))?;
        let text = toml::to_string(config).map_err(|error| {
            WorkError::refused(format!("settings can't be written: {error}"), "report this")
        })?;
        // A key without settings is what an interrupted beginning leaves: nobody knows it.
        self.keep(&self.path.join("key.pem"), key.as_bytes())?;
        self.keep(&settings, text.as_bytes())
    }

    /// What this witness is.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub fn config(&self) -> Result<(Config, WitnessKey), WorkError> {
        let path = self.path.join("witness.toml");
        let text = self.disk.read(&path, input::MAX_SMALL).map_err(|error| {
            if missing(&error) {
                WorkError::refused(
                    format!("there is no witness in {}", self.path.display()),
                    "make one with `probity witness new NAME`, or name its folder with --dir",
                )
            } else {
                WorkError::file("reading", &path)(error)
            }
        })?;
        let broken = |why: String| {
            WorkError::refused(
                format!("{} can't be read: {why}", path.display()),
                "take it from a backup that is not older than the newest cosignature",
            )
        };
        let text = std::str::from_utf8(&text).map_err(|_| broken("it is not UTF-8".to_owned()))?;
        Config::parse(text).map_err(broken)
    }

    /// The text of the key file.
    ///
    /// # Errors
    /// What the system says.
    pub fn key(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, WorkError> {
        let path = self.path.join("key.pem");
        let pem = self.disk.read(&path, input::MAX_SMALL);
        pem.map(zeroize::Zeroizing::new).map_err(WorkError::file("reading", &path))
    }

    /// Takes the lock of the one process that signs.
    ///
    /// # Errors
    /// When another one holds it.
    pub fn lock(&self, doing: &str) -> Result<Lock, WorkError> {
        Ok(Lock::take(&*self.disk, &self.path.join("lock"), doing)?)
    }

    /// What is known of a ledger; `None` when this witness has nothing to do with it.
    ///
    /// # Errors
    /// What the system says, or a file that was damaged.
    pub fn known(&self, origin: &str) -> Result<Option<Known>, WorkError> {
        self.read_logs(&self.ledger(origin, "logs")).map(|known| {
            // Another origin under the same name would need half a collision of SHA-256.
            known.filter(|known| known.origin == origin)
        })
    }

    /// Every ledger that this witness has to do with, by origin.
    ///
    /// # Errors
    /// As [`Folder::known`].
    pub fn ledgers(&self) -> Result<Vec<Known>, WorkError> {
        let folder = self.path.join("ledgers");
        let names = self.disk.list(&folder).map_err(WorkError::file("reading", &folder))?;
        let logs = names.iter().filter(|name| name.strip_suffix(".logs").is_some());
        let read = logs.map(|name| self.read_logs(&folder.join(name)));
        let mut found: Vec<Known> = read.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        found.sort_by(|one, other| one.origin.cmp(&other.origin));
        Ok(found)
    }

    fn read_logs(&self, path: &Path) -> Result<Option<Known>, WorkError> {
        let text = match self.disk.read(path, input::MAX_SMALL) {
            Ok(text) => text,
            Err(error) if missing(&error) => return Ok(None),
            Err(error) => return Err(WorkError::file("reading", path)(error)),
        };
        let lines = std::str::from_utf8(&text).unwrap_or_default().lines();
        let logs: Vec<VerifierKey> =
            lines.map(VerifierKey::parse).collect::<Result<_, _>>().unwrap_or_default();
        let Some(origin) = logs.first().map(|log| log.name().to_owned()) else {
            return Err(WorkError::refused(
                format!("{} holds no log keys", path.display()),
                "take it from a backup, or write the ledger's verifier keys into it, one a line",
            ));
        };
        Ok(Some(Known { origin, logs }))
    }

    /// Has a key sign heads of its ledger from now on; whether that is new.
    ///
    /// # Errors
    /// What the system says.
    pub fn add(&self, log: &VerifierKey) -> Result<bool, WorkError> {
        let known = self.known(log.name())?;
        let logs = known.map(|known| known.logs).unwrap_or_default();
        if logs.contains(log) {
            return Ok(false);
        }
        let all: Vec<&VerifierKey> = logs.iter().chain([log]).collect();
        self.keep_logs(log.name(), &all)?;
        Ok(true)
    }

    /// Has a key sign no more heads of its ledger: the ledger's origin, and the key. It is named by its
    /// verifier key or by the beginning of its thumbprint, eight digits or more.
    ///
    /// # Errors
    /// No such key, several, or the only one of its ledger; what the system says.
    pub fn remove(&self, named: &str) -> Result<VerifierKey, WorkError> {
        let named = named.trim();
        let vkey = VerifierKey::parse(named.strip_prefix("log ").unwrap_or(named).trim()).ok();
        let is = |log: &VerifierKey| match &vkey {
            Some(vkey) => log == vkey,
            None => named.len() >= 8 && log.key().kid().to_string().starts_with(named),
        };
        let ledgers = self.ledgers()?;
        let found: Vec<(&Known, &VerifierKey)> = ledgers
            .iter()
            .flat_map(|known| known.logs.iter().map(move |log| (known, log)))
            .filter(|(_, log)| is(log))
            .collect();
        let [(known, log)] = *found.as_slice() else {
            return Err(WorkError::refused(
                match found.len() {
                    0 => format!(
                        "no record book is looked after with a log key `{}`",
                        clipped(named, 200)
                    ),
                    several => format!("{several} log keys begin with `{named}`"),
                },
                "give the line that it was added by; or eight digits of it and more, as \
                 `probity witness list --json` shows it",
            ));
        };
        let rest: Vec<&VerifierKey> = known.logs.iter().filter(|other| *other != log).collect();
        if rest.is_empty() {
            return Err(WorkError::refused(
                format!("it is the only log key that may sign for {}", known.origin),
                "add the new one first, with `probity witness add`",
            ));
        }
        self.keep_logs(&known.origin, &rest)?;
        Ok(log.clone())
    }

    fn keep_logs(&self, origin: &str, logs: &[&VerifierKey]) -> Result<(), WorkError> {
        let text: String = logs.iter().flat_map(|log| [log.to_string(), "\n".to_owned()]).collect();
        self.keep(&self.ledger(origin, "logs"), text.as_bytes())
    }

    /// The newest head of a ledger that was cosigned, and when.
    ///
    /// # Errors
    /// What the system says, or a file that was damaged: nothing is cosigned then.
    pub fn seen(
        &self,
        origin: &str,
        own: &WitnessKey,
    ) -> Result<Option<(Checkpoint, u64)>, WorkError> {
        let path = self.ledger(origin, "seen");
        let note = match self.disk.read(&path, MAX_NOTE as u64) {
            Ok(note) => note,
            Err(error) if missing(&error) => return Ok(None),
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let checkpoint = Checkpoint::parse(&note).ok().filter(|seen| seen.origin == origin);
        let time = checkpoint.as_ref().and_then(|seen| Some(own.valid(seen).first()?.time));
        checkpoint.zip(time).map(Some).ok_or_else(|| {
            WorkError::refused(
                format!("{} is not a head that this witness cosigned", path.display()),
                "find out what happened to it; without it this witness can't go on for that ledger",
            )
        })
    }

    /// Keeps the newest head of a ledger, cosigned.
    ///
    /// # Errors
    /// What the system says: then the cosignature may not leave.
    pub fn keep_seen(&self, origin: &str, note: &[u8]) -> Result<(), WorkError> {
        self.keep(&self.ledger(origin, "seen"), note)
    }

    /// Keeps a refused request with what was seen, both as they are. Returns the request's file;
    /// `None` when so many are kept that one more says nothing new.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep_proof(
        &self,
        origin: &str,
        against: Against,
        request: &[u8],
        seen: &[u8],
    ) -> Result<Option<PathBuf>, WorkError> {
        let name = format!("{}-{}", id(origin.as_bytes()), id(request));
        let path = |extension| self.path.join("proofs").join(format!("{name}.{extension}"));
        let asked = path(against.extension());
        let kept = self.proofs(origin, against)?;
        if kept.contains(&asked) {
            return Ok(Some(asked));
        }
        if kept.len() >= against.most() {
            return Ok(None);
        }
        // The request comes last: where it is, the other one is, too.
        self.keep(&path("seen"), seen)?;
        self.keep(&asked, request)?;
        Ok(Some(asked))
    }

    /// The requests that were refused and kept.
    ///
    /// # Errors
    /// What the system says.
    pub fn proofs(&self, origin: &str, against: Against) -> Result<Vec<PathBuf>, WorkError> {
        let folder = self.path.join("proofs");
        let names = self.disk.list(&folder).map_err(WorkError::file("reading", &folder))?;
        let (own, extension) = (format!("{}-", id(origin.as_bytes())), against.extension());
        let is_it = |name: &String| {
            name.strip_prefix(&own).and_then(|rest| rest.rsplit_once('.')).map(|(_, end)| end)
                == Some(extension)
        };
        let requests = names.into_iter().filter(is_it);
        let mut found: Vec<PathBuf> = requests.map(|name| folder.join(name)).collect();
        found.sort();
        Ok(found)
    }

    fn ledger(&self, origin: &str, extension: &str) -> PathBuf {
        self.path.join("ledgers").join(format!("{}.{extension}", id(origin.as_bytes())))
    }

    /// Writes a file whole, readable by its owner alone; it is on the medium when this returns.
    fn keep(&self, path: &Path, content: &[u8]) -> Result<(), WorkError> {
        let folder = path.parent().unwrap_or(&self.path);
        self.disk
            .replace(path, content, Some(Barrier::Witness))
            .and_then(|()| self.disk.sync_dir(folder, Barrier::WitnessName))
            .map_err(WorkError::file("writing", path))
    }
}

/// The settings of a new witness.
#[must_use]
pub fn config(own: &WitnessKey, unattended: bool) -> Config {
    Config { layout: LAYOUT, vkey: own.to_string(), unattended }
}
