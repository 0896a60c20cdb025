//! The acceptance of an appointment by the holder of the key.

use probity_keys::Kid;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::Relation;

use crate::store::{Store as _, Term};
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{Prepared, Wanted, kind, prepare};
use crate::work::{WorkError, World};

/// Prepares the acceptance of a key's newest appointment by its holder.
///
/// # Errors
/// When there is none, or it is accepted already.
pub fn accept(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    by: &str,
    date_confirmed: bool,
) -> Result<Prepared, WorkError> {
    let key = keyring.public(by)?;
    let kid = key.public.kid();
    let appointment =
        reading.authority.key(&kid).and_then(|record| record.appointments.last()).ok_or_else(
            || {
                WorkError::refused(
                    format!("the key of `{by}` has no appointment to accept"),
                    "have it appointed first, with `probity appoint`",
                )
            },
        )?;
    if let Some(revoked) = reading.authority.key(&kid).and_then(|record| record.revoked.as_ref()) {
        return Err(WorkError::refused(
            format!("the key of `{by}` was revoked by entry {}", revoked.index),
            "accept with the new key, by its own name: `probity key list` shows it",
        ));
    }
    if let Some(earlier) = accepted_by(reading, &kid, appointment.index)? {
        return Err(WorkError::refused(
            format!("the appointment of `{by}` is accepted already, by entry {earlier}"),
            "nothing is left to do",
        ));
    }
    let mut record = Wanted::new(kind("acceptance")?, by);
    record.date_confirmed = date_confirmed;
    record.role = appointment.roles.first().cloned();
    record.links.push((Relation::Accepts, appointment.index.to_string()));
    let person = reading.authority.person(&kid);
    if let Some(name) = person.and_then(|person| reading.name(&person)) {
        record.answers.set("name", Value::text(name));
    }
    prepare(world, reading, keyring, &record)
}

/// The entry by which a key accepted the appointment at `index`.
///
/// # Errors
/// Damage.
pub fn accepted_by(reading: &Reading, kid: &Kid, index: Index) -> Result<Option<Index>, WorkError> {
    let appointment = reading.store.hash(index)?;
    for index in reading.store.lookup(&Term::LinksTo(appointment))? {
        let entry = reading.entry(index)?;
        if entry.says().kind == "acceptance" && entry.says().kid == *kid {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
