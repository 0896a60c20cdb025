//! `log-key`: the one record whose content is made while it is signed, since nobody but this
//! program needs the new key.

use probity_keys::Signer;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::note::VerifierKey;

use super::super::home::Home;
use super::super::keyring::Keyring;
use super::super::reading::Reading;
use super::super::{WorkError, World};
use super::{Prepared, Wanted, Written};
use crate::store::Store as _;

/// Prepares a change of the log key. Until it is signed the present key stands in its place.
///
/// # Errors
/// As [`super::prepare`].
pub fn prepare(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &Wanted,
) -> Result<Prepared, WorkError> {
    let present = reading.authority.log_key(reading.store.head().size).ok_or_else(|| {
        WorkError::refused("the ledger declares no log key", "run `probity verify`")
    })?;
    let clear = Some(ClearFields::LogKey { log: present.clone() });
    super::prepare(world, reading, keyring, &Wanted { clear, ..wanted.clone() })
}

/// Makes the new key, declares it, and puts it in the old one's place. A crash in between
/// loses nothing: the new key is found under its first name.
///
/// # Errors
/// As [`super::sign`].
pub fn sign(
    world: &World,
    home: &Home,
    mut prepared: Prepared,
    key: &dyn Signer,
) -> Result<Written, WorkError> {
    let ClearFields::LogKey { log: present } = prepared.record().clear.clone() else {
        return super::sign(world, home, &prepared, key);
    };
    let keyring = Keyring::of(home);
    // Until it is in place: a second change at once would take its file away.
    let _lock = keyring.making()?;
    let mut next = keyring.next_log_key(world)?;
    if next.public() == *present.key() {
        // The last change was declared, and a crash kept it from being put in place.
        keyring.promote_log_key()?;
        next = keyring.next_log_key(world)?;
    }
    let log = VerifierKey::new(present.name(), next.public());
    if let Some(draft) = prepared.drafts.last_mut() {
        draft.clear = ClearFields::LogKey { log };
    }
    let written = super::sign(world, home, &prepared, key)?;
    // The record stands; a key that can't be renamed now still serves under its first name.
    let _ = keyring.promote_log_key();
    Ok(written)
}
