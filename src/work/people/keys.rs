//! The keys that people sign with: which one a name means, whose it is, and the list of them all.

use probity_keys::Kid;
use probity_ledger::format::hash::Index;

use super::accept::accepted_by;
use crate::work::WorkError;
use crate::work::holder::Holder;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;

/// The name of the person whose key a name means.
#[must_use]
pub fn holder(reading: &Reading, keyring: &Keyring, name: &str) -> Option<String> {
    let kid = key_of(reading, keyring, name).ok()?;
    reading.name(&reading.authority.person(&kid)?).map(str::to_owned)
}

/// The key that a name means: a key file's, or the only one in force of the person of that name; or
/// the key whose thumbprint begins so. Where the name may mean several, none is taken for it: what
/// is revoked never returns.
///
/// # Errors
/// No such key, or several.
pub fn key_of(reading: &Reading, keyring: &Keyring, name: &str) -> Result<Kid, WorkError> {
    let printed = name.len() >= THUMBPRINT && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let begins = |kid: &Kid| printed && kid.to_string().starts_with(&name.to_ascii_lowercase());
    let keys = || reading.authority.keys().map(|(kid, record)| (*kid, record));
    let found: Vec<Kid> = keys().map(|(kid, _)| kid).filter(begins).collect();
    match found.as_slice() {
        [] => {}
        [one] => return Ok(*one),
        several => return Err(ambiguous(reading, keyring, name, several)),
    }
    let file = keyring.public(name).ok().map(|file| file.public.kid());
    let person = match (reading.person_named(name), file) {
        (Ok(person), _) => person,
        (Err(_), Some(file)) => return Ok(file),
        (Err(error), None) => return Err(error),
    };
    let in_force = keys().filter(|(_, record)| record.person == person && record.revoked.is_none());
    let mut meant: Vec<Kid> = in_force.map(|(kid, _)| kid).collect();
    if let Some(file) = file.filter(|file| !meant.contains(file)) {
        meant.push(file);
    }
    match meant.as_slice() {
        [one] => Ok(*one),
        [] => Err(WorkError::refused(
            format!("`{name}` holds no key that is not revoked"),
            "see `probity key list`",
        )),
        several => Err(ambiguous(reading, keyring, name, several)),
    }
}

/// As many digits of a thumbprint as lists show.
const THUMBPRINT: usize = 8;

fn ambiguous(reading: &Reading, keyring: &Keyring, name: &str, kids: &[Kid]) -> WorkError {
    let files = keyring.list().unwrap_or_default();
    let words = kids.iter().map(|kid| {
        let state = match reading.authority.key(kid) {
            None => "never appointed",
            Some(record) if record.revoked.is_some() => "revoked",
            Some(_) => "in force",
        };
        let file = files.iter().find(|file| file.public.kid() == *kid);
        let file = file.map_or("no file here".to_owned(), |file| format!("file {}", file.name));
        format!("{} ({state}, {file})", kid.short())
    });
    WorkError::refused(
        format!("`{name}` may mean several keys: {}", words.collect::<Vec<_>>().join(", ")),
        "name the one that you mean by these digits of its thumbprint in place of the name",
    )
}

/// One key, as a list shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KeyLine {
    /// The name of its file, if it has one here.
    pub file: Option<String>,
    /// The holder's name, if it is appointed.
    pub name: Option<String>,
    /// Its thumbprint.
    pub kid: String,
    /// Whether its private half is in a file here.
    pub private: bool,
    /// Where its private half is, if it has any file here: `file`, `ssh-agent`, `pkcs11` or
    /// `elsewhere`.
    pub held: Option<&'static str>,
    /// The label of the token that holds it.
    pub token: Option<String>,
    /// The roles of its newest appointment.
    pub roles: Vec<String>,
    /// From when: POSIX seconds.
    pub from: Option<i64>,
    /// Until when.
    pub until: Option<i64>,
    /// The entry of that appointment.
    pub appointment: Option<Index>,
    /// The entry by which its holder accepted.
    pub accepted: Option<Index>,
    /// The entry that revoked it.
    pub revoked: Option<Index>,
}

/// Every key that is in the record book or has a file here.
///
/// # Errors
/// Files that can't be read, or damage.
pub fn list(reading: Option<&Reading>, keyring: &Keyring) -> Result<Vec<KeyLine>, WorkError> {
    let files = keyring.list()?;
    let mut lines = Vec::new();
    if let Some(reading) = reading {
        for (kid, record) in reading.authority.keys() {
            let file = files.iter().find(|file| file.public.kid() == *kid);
            let newest = record.appointments.last();
            lines.push(KeyLine {
                file: file.map(|file| file.name.clone()),
                name: reading.name(&record.person).map(str::to_owned),
                kid: kid.to_string(),
                private: file.is_some_and(|file| file.holder == Holder::File),
                held: file.map(|file| file.holder.name()),
                token: file.and_then(|file| file.holder.token()).map(str::to_owned),
                roles: newest.map(|newest| newest.roles.clone()).unwrap_or_default(),
                from: newest.map(|newest| newest.from),
                until: newest.and_then(|newest| newest.until),
                appointment: newest.map(|newest| newest.index),
                accepted: match newest {
                    Some(newest) => accepted_by(reading, kid, newest.index)?,
                    None => None,
                },
                revoked: record.revoked.as_ref().map(|revoked| revoked.index),
            });
        }
        lines.sort_by_key(|line| line.appointment);
    }
    for file in files {
        if !lines.iter().any(|line| line.kid == file.public.kid().to_string()) {
            lines.push(KeyLine {
                file: Some(file.name),
                name: None,
                kid: file.public.kid().to_string(),
                private: file.holder == Holder::File,
                held: Some(file.holder.name()),
                token: file.holder.token().map(str::to_owned),
                roles: Vec::new(),
                from: None,
                until: None,
                appointment: None,
                accepted: None,
                revoked: None,
            });
        }
    }
    Ok(lines)
}
