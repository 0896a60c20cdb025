//! The revocation of a key, and what it ends.

use probity_keys::Kid;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::cbor::Value;
use probity_ledger::verify::words::count;

use super::keys::key_of;
use super::roles::{representatives, titles};
use crate::store::{Store as _, Term};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{Prepared, Wanted, kind, prepare};
use crate::work::{WorkError, World};

/// A revocation that somebody wants to make.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The name that the key goes by, or the holder's.
    pub name: String,
    /// Who revokes.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// Why, one of the kind's choices.
    pub reason: String,
    /// Since when the key may have been in other hands.
    pub suspect_since: Option<i64>,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
}

/// Prepares a revocation.
///
/// # Errors
/// No such key, one that is revoked already, or its own holder as author.
pub fn revoke(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &Revoke,
) -> Result<Prepared, WorkError> {
    let kid = key_of(reading, keyring, &wanted.name)?;
    let record = reading.authority.key(&kid).ok_or_else(|| {
        WorkError::refused(
            format!("the key of `{}` was never appointed", wanted.name),
            "there is nothing to revoke; delete its file if you like",
        )
    })?;
    if let Some(revoked) = &record.revoked {
        return Err(WorkError::refused(
            format!("the key of `{}` was revoked already, by entry {}", wanted.name, revoked.index),
            "nothing is left to do",
        ));
    }
    let by = keyring.public(&wanted.by)?.public.kid();
    if reading.authority.person(&by) == Some(record.person) {
        return Err(WorkError::refused(
            format!("`{}` would revoke their own key", wanted.by),
            "a revocation is signed by another person",
        ));
    }
    if wanted.suspect_since.is_some_and(|since| since > world.now()) {
        return Err(WorkError::refused(
            "the time since when the key is suspect lies ahead",
            "give the earliest moment at which it may have been in other hands",
        ));
    }
    let mut record = Wanted::new(kind("revocation")?, &wanted.by);
    record.role.clone_from(&wanted.role);
    record.date_confirmed = wanted.date_confirmed;
    record.clear = Some(ClearFields::Revocation { kid, suspect_since: wanted.suspect_since });
    record.answers.set("reason", Value::text(&*wanted.reason));
    let mut prepared = prepare(world, reading, keyring, &record)?;
    prepared.notes = what_ends(world, reading, &kid, wanted.suspect_since.is_some())?;
    Ok(prepared)
}

/// Whose key a revocation ends, and what that leaves.
fn what_ends(
    world: &World,
    reading: &Reading,
    kid: &Kid,
    suspect: bool,
) -> Result<Vec<String>, WorkError> {
    let Some(record) = reading.authority.key(kid) else { return Ok(Vec::new()) };
    let signed =
        count(reading.store.lookup(&Term::Signer(kid.0))?.len() as u64, "record", "records");
    let held = record.appointments.last().map(|newest| titles(&newest.roles)).unwrap_or_default();
    let name = reading.name(&record.person).unwrap_or("somebody unnamed");
    let left = representatives(reading, world.now(), |other, _| other != kid);
    Ok(vec![
        format!("You revoke, for ever, the key of {name}, {held} ({})", kid.short()),
        if suspect {
            format!(
                "All that it ever signed, {signed}, is in doubt from then on, but for what somebody \
                 outside had confirmed before that moment; what it says doesn't change."
            )
        } else {
            format!("Its earlier signatures stay valid. It signed {signed}.")
        },
        format!(
            "After this, {} of the controller {} a key in force.",
            count(left as u64, "representative", "representatives"),
            if left == 1 { "has" } else { "have" }
        ),
    ])
}
