//! Who signs, in which of the roles that they hold now, and what nobody else can sign.

use probity_keys::Kid;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::{Class, Clear, Kind, Signers};

use super::Preparing;
use crate::store::Store as _;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::{WorkError, time};

/// Who signs, as the key file and the ledger have it.
#[derive(Clone)]
pub(super) struct Signer {
    /// The name by which the author gave the key.
    given: String,
    /// The key file's name.
    pub(super) file: String,
    pub(super) kid: Kid,
    pub(super) held: Vec<String>,
    /// The author's name, for the preview.
    pub(super) name: String,
}

impl Preparing<'_> {
    /// Who signs with the key of that name; the last one is remembered.
    pub(super) fn signer(&mut self, by: &str) -> Result<Signer, WorkError> {
        if let Some(known) = self.author.as_ref().filter(|known| known.given == by) {
            return Ok(known.clone());
        }
        let key = self.keyring.public(by)?;
        let kid = key.public.kid();
        let reading = self.desk.reading;
        let held = held_roles(reading, self.keyring, &kid, &key.name, self.now)?;
        let person = reading.authority.person(&kid);
        let name = person.and_then(|person| reading.name(&person)).unwrap_or(&key.name).to_owned();
        let signer = Signer { given: by.to_owned(), file: key.name, kid, held, name };
        self.author = Some(signer.clone());
        Ok(signer)
    }
}

/// The roles that the author holds now, with their appointment in force.
fn held_roles(
    reading: &Reading,
    keyring: &Keyring,
    kid: &Kid,
    name: &str,
    now: i64,
) -> Result<Vec<String>, WorkError> {
    let next = Index(reading.store.head().size.0);
    let Some(record) = reading.authority.key(kid) else {
        return Err(WorkError::refused(
            format!("the key of `{name}` has no appointment in this record book"),
            format!("have it appointed: `probity appoint {name} --role ROLE --by NAME --as ROLE`"),
        ));
    };
    if let Some(revoked) = &record.revoked {
        let theirs = |kid: &Kid| {
            let other = reading.authority.key(kid);
            other.is_some_and(|other| other.person == record.person && other.revoked.is_none())
        };
        let other = keyring.list()?.into_iter().find(|file| theirs(&file.public.kid()));
        return Err(WorkError::refused(
            format!("the key of `{name}` was revoked by entry {}", revoked.index),
            other.map_or_else(
                || "make a new key with `probity key new`, and have it appointed".to_owned(),
                |other| format!("the same person has another key: sign with --by {}", other.name),
            ),
        ));
    }
    let appointment = record.appointment_below(next);
    let roles = appointment.map(|appointment| appointment.roles.clone()).unwrap_or_default();
    match appointment {
        Some(a) if now < a.from => Err(WorkError::refused(
            format!("the appointment of `{name}` begins on {}", time::words(a.from)),
            "sign then, or have it appointed from today",
        )),
        Some(a) if a.until.is_some_and(|until| now >= until) => Err(WorkError::refused(
            format!(
                "the appointment of `{name}` ended on {}",
                time::words(a.until.unwrap_or_default())
            ),
            "have the key appointed anew",
        )),
        _ => Ok(roles),
    }
}

pub(super) fn choose_role(
    kind: &Kind,
    wanted: Option<&str>,
    held: &[String],
    name: &str,
) -> Result<String, WorkError> {
    if let Some(role) = wanted {
        return if held.iter().any(|known| known == role) {
            Ok(role.to_owned())
        } else {
            Err(WorkError::refused(
                format!("`{name}` is not appointed as {role}, but as {}", held.join(", ")),
                in_whose_role(kind, held),
            ))
        };
    }
    let fitting: Vec<&String> = held.iter().filter(|role| kind.admits(role)).collect();
    let choices = if fitting.is_empty() { held.iter().collect() } else { fitting };
    match choices.as_slice() {
        [only] => Ok((*only).clone()),
        several => {
            let names: Vec<&str> = several.iter().map(|role| role.as_str()).collect();
            Err(WorkError::refused(
                format!("`{name}` holds several roles: {}", names.join(", ")),
                "say in which one you sign, with --as",
            ))
        }
    }
}

/// Where a role isn't held: one that is, if it may sign this kind; else whoever may. An appointment to
/// that role would end the roles that are held, so it isn't the way.
fn in_whose_role(kind: &Kind, held: &[String]) -> String {
    match (held.iter().find(|role| kind.admits(role)), kind.signers) {
        (Some(role), _) => format!("say --as {role}"),
        (None, Signers::OneOf(may)) => format!(
            "have somebody sign who is appointed as {}: a `{}` is theirs to sign",
            may.join(" or "),
            kind.name
        ),
        (None, _) => "sign in a role that is held".to_owned(),
    }
}

/// A governance record by anyone else would not be genuine: there is nothing to except.
pub(super) fn refuse_ungenuine(kind: &Kind, role: &str) -> Result<(), WorkError> {
    match kind.signers {
        Signers::OneOf(may)
            if (kind.class == Class::Governance || kind.clear == Clear::Erasure)
                && !may.contains(&role) =>
        {
            Err(WorkError::refused(
                format!("`{}` is signed by {}, not by {role}", kind.name, may.join(", ")),
                "have one of them sign",
            ))
        }
        _ => Ok(()),
    }
}
