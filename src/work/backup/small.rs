//! The small files of a home that a backup takes along: key files, memories, what the school says of
//! witnesses and services, evidence from outside. One that is damaged here takes no place on the medium:
//! what stands there may be the last good one.
//!
//! | what | takes the place of another one on the medium |
//! |---|---|
//! | evidence, and memories that were put aside | never: they don't change |
//! | anything else | if it has its form, and isn't plainly the medium's own, damaged |
//!
//! An older key file is not kept beside the newer one: somebody may have changed a passphrase because
//! another knew it, and the older file opens with that for ever.
//!
//! What this doesn't protect: whether a private key opens, only its owner's passphrase tells. So whoever
//! backs up is told which of them changed.

use std::io;
use std::path::Path;

use probity_keys::{log_key_from_pem, opening_cost, public_from_pem, sealed_in_one_act};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;
use probity_ledger::format::timestamp::Roots;
use probity_ledger::format::tree::root_at;
use zeroize::Zeroizing;

use super::copy::{self, Copy, OUTSIDE};
use super::key_files;
use crate::store::{Evidence, Store as _};
use crate::work::WorkError;
use crate::work::holder::Holder;
use crate::work::home::Home;
use crate::work::reading::Reading;
use crate::work::seen;

/// Small files of a home, on their way to a medium.
pub(super) struct Small<'a> {
    pub(super) copy: &'a Copy<'a>,
    pub(super) reading: &'a Reading,
}

/// What was seen of key files on the way.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that took the place of another content.
    pub(super) changed: Vec<String>,
    /// Those that are damaged, and were copied as they are, since the medium had none.
    pub(super) damaged: Vec<String>,
}

type Bytes = Zeroizing<Vec<u8>>;

impl Small<'_> {
    /// Refuses what may not take the place of what the medium has. Nothing is changed.
    pub(super) fn check(&self, home: &Home) -> Result<(), WorkError> {
        let evidence = copy::files(&home.ledger().join("times"))?.into_keys();
        let evidence = evidence.map(|name| format!("ledger/times/{name}"));
        let settings = OUTSIDE.iter().copied().chain(["ledger/checkpoint"]).map(str::to_owned);
        for name in evidence.chain(settings).chain(key_files(home)?) {
            if let (Some(mine), Some(there)) = self.both(&name)? {
                self.may_replace(&name, &mine, &there)?;
            }
        }
        Ok(())
    }

    /// Copies one of them, if it may take the place of what the medium has; nothing, if the home has
    /// none.
    pub(super) fn carry(&self, name: &str, found: &mut Found) -> Result<(), WorkError> {
        let (Some(mine), there) = self.both(name)? else { return Ok(()) };
        if let Some(there) = &there {
            self.may_replace(name, &mine, there)?;
        }
        let same = there.as_ref() == Some(&mine);
        if let Some(file) = name.strip_prefix("keys/") {
            if fault(name, &mine).is_some() {
                found.damaged.push(file.to_owned());
            } else if there.is_some() && !same && is_key(name) {
                found.changed.push(file.to_owned());
            }
        }
        if same { Ok(()) } else { self.copy.put(name, &mine) }
    }

    /// What the home and the medium have of a file.
    fn both(&self, name: &str) -> Result<(Option<Bytes>, Option<Bytes>), WorkError> {
        let read = |folder: &Path| {
            let path = folder.join(name);
            match self.copy.disk.read(&path, copy::MAX_FILE) {
                Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(WorkError::file("reading", &path)(error)),
            }
        };
        let Some(mine) = read(self.copy.from)? else { return Ok((None, None)) };
        Ok((Some(mine), read(self.copy.to)?))
    }

    fn may_replace(&self, name: &str, mine: &[u8], there: &[u8]) -> Result<(), WorkError> {
        if mine == there {
            return Ok(());
        }
        if never_changes(name) {
            return Err(self.differ(
                name,
                "it never changes",
                "neither was changed: run `probity verify` on each, and put the one that holds in the \
                 other's place; where both hold, back up to a new folder",
            ));
        }
        if let Some(fault) = fault(name, mine).or_else(|| self.contradiction(name, mine)) {
            return Err(WorkError::refused(
                format!(
                    "{} is damaged: {fault}; {} differs from it, and stays as it is",
                    self.copy.from.join(name).display(),
                    self.copy.to.join(name).display()
                ),
                "if the one on the medium is good, put it in the place of the damaged one; if not, move \
                 the damaged one away; then back up again",
            ));
        }
        if one_is_the_other_damaged(name, mine, there) {
            return Err(self.differ(
                name,
                "they were sealed with one passphrase in one act: one of the two is damaged",
                "change the passphrase of this key here: if the present one opens it, \
                 the file here is good, and the new one is backed up; if not, put the one on the medium in \
                 its place; then back up again",
            ));
        }
        if self.is_another_half(name, mine, there)? {
            return Err(self.differ(
                name,
                "they are of two keys with one private half: one of the two is damaged",
                "put the one that was appointed in the other's place; then back up again",
            ));
        }
        Ok(())
    }

    fn differ(&self, name: &str, why: &str, remedy: &str) -> WorkError {
        let (here, there) = (self.copy.from.join(name), self.copy.to.join(name));
        let fact = format!("{} and {} differ, and {why}", here.display(), there.display());
        WorkError::refused(fact, remedy)
    }

    /// What a file of the right form says that this record book doesn't bear out.
    fn contradiction(&self, name: &str, mine: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(mine).ok()?;
        let (authority, head) = (&self.reading.authority, self.reading.store.head().size);
        if name == "keys/log.pem" {
            let wanted = authority.log_key(head)?.key();
            let is_wanted =
                |text: &str| log_key_from_pem(text).is_ok_and(|k| k.public() == *wanted);
            let there = self.copy.disk.read(&self.copy.to.join(name), copy::MAX_FILE);
            let there = Zeroizing::new(there.ok()?);
            let there = std::str::from_utf8(&there).ok()?;
            let lost = is_wanted(there) && !is_wanted(text);
            return lost.then(|| "it isn't the log key that the record book names".to_owned());
        }
        if !ends(name, "seen") {
            return None;
        }
        // Of what it knows more than the record book has, verification tells.
        let is_not_so = |one: &seen::Seen| {
            one.fingerprint == authority.fingerprint
                && one.size <= head
                && root_at(self.reading.store.nodes(), one.size) != Some(one.root)
        };
        let all = seen::parse(text)?;
        let one = all.iter().find(|one| is_not_so(one))?;
        Some(format!("the first {} records are not those that it remembers", one.size))
    }

    /// Whether a public half is another one than the medium's, while the private ones are the same.
    fn is_another_half(&self, name: &str, mine: &[u8], there: &[u8]) -> Result<bool, WorkError> {
        let Some(key) = name.strip_prefix("keys/").and_then(|name| name.strip_suffix(".pub"))
        else {
            return Ok(false);
        };
        let public = |bytes| public_from_pem(std::str::from_utf8(bytes).unwrap_or_default()).ok();
        let (mine, there) = (public(mine), public(there));
        if mine == there || there.is_none() {
            return Ok(false);
        }
        let (mine, there) = self.both(&format!("keys/{key}.pem"))?;
        Ok(mine.is_some() && mine == there)
    }
}

/// Whether a file is written once: evidence from outside, and what was put aside of a memory.
fn never_changes(name: &str) -> bool {
    match name.strip_prefix("ledger/times/") {
        Some(evidence) => Evidence::parse(evidence).is_some(),
        None => ends(name, "txt") && name.starts_with("keys/") && name.contains(".seen-"),
    }
}

/// Whether a file holds a key, or says who does.
fn is_key(name: &str) -> bool {
    let kind = Path::new(name).extension();
    kind.is_some_and(|kind| ["pem", "pub", "held"].iter().any(|known| kind == *known))
}

/// Why a file isn't of the form that its name says; `None` where it is, and where its name says none.
fn fault(name: &str, bytes: &[u8]) -> Option<String> {
    if name == "ledger/checkpoint" {
        return Checkpoint::parse(bytes).err().map(|fault| fault.to_string());
    }
    if name == "tsa-roots.pem" {
        return Roots::parse(bytes).err().map(|fault| fault.to_string());
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return (name == "policy.txt" || name.starts_with("keys/"))
            .then(|| "it is not UTF-8 text".to_owned());
    };
    if name == "policy.txt" {
        // As it is read, whatever an editor made of its ends of lines.
        let lines = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        return Policy::parse(lines.as_bytes()).err();
    }
    let (key, kind) = name.strip_prefix("keys/")?.rsplit_once('.')?;
    match kind {
        // Put aside because it is damaged.
        "pem" if key.starts_with("log-damaged-") => None,
        "pem" if key == "log" || key.starts_with("log-") => {
            log_key_from_pem(text).err().map(|fault| fault.to_string())
        }
        "pem" => opening_cost(text).err().map(|fault| fault.to_string()),
        "pub" => public_from_pem(text).err().map(|fault| fault.to_string()),
        "held" => Holder::parse(text).err(),
        "seen" if seen::parse(text).is_none() => {
            Some("it is not a memory as it was written".to_owned())
        }
        _ => None,
    }
}

/// Whether two files of a person's private key can't both be as they were written.
fn one_is_the_other_damaged(name: &str, mine: &[u8], there: &[u8]) -> bool {
    let (Ok(mine), Ok(there)) = (std::str::from_utf8(mine), std::str::from_utf8(there)) else {
        return false;
    };
    ends(name, "pem") && sealed_in_one_act(mine, there).unwrap_or(false)
}

/// Whether a file's name has that ending.
fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == ending)
}
