//! Roles by the names that people give them, and how many representatives hold a key in force.

use std::collections::BTreeSet;

use probity_keys::Kid;
use probity_ledger::book::authority::KeyRecord;
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::roles;

use crate::work::WorkError;
use crate::work::keyring::{distance, file_name};
use crate::work::reading::Reading;

/// The role that somebody means: its name or its title, in any case, with spaces or hyphens.
///
/// # Errors
/// A role that doesn't exist.
pub fn role_named(text: &str) -> Result<String, WorkError> {
    let wanted = file_name(&text.replace(['\'', '’'], ""));
    let spellings =
        |role: &roles::Role| [role.name.to_owned(), file_name(&role.title.replace('\'', ""))];
    if let Some(role) = roles::ROLES.iter().find(|role| spellings(role).contains(&wanted)) {
        return Ok(role.name.to_owned());
    }
    let far =
        |role: &&roles::Role| spellings(role).iter().map(|name| distance(name, &wanted)).min();
    let near = roles::ROLES.iter().min_by_key(far);
    let near = near.filter(|role| far(role) <= Some(wanted.chars().count().div_ceil(3)));
    let meant = near.map_or(String::new(), |role| format!("; did you mean `{}`?", role.name));
    Err(WorkError::refused(
        format!("`{text}` is no role{meant}"),
        "see the roles with `probity appoint --help`",
    ))
}

/// Role names, sorted, each known.
///
/// # Errors
/// A role that doesn't exist, or none.
pub fn sorted_roles(given: &[String]) -> Result<Vec<String>, WorkError> {
    let mut roles = given.iter().map(|role| role_named(role)).collect::<Result<Vec<_>, _>>()?;
    roles.sort();
    roles.dedup();
    if roles.is_empty() {
        return Err(WorkError::refused("no role is named", "add --role ROLE"));
    }
    Ok(roles)
}

pub(super) fn titles(names: &[String]) -> String {
    names.iter().map(|name| roles::title(name)).collect::<Vec<_>>().join(", ")
}

/// How many of the controller's representatives, beside one person, hold a key in force.
#[must_use]
pub fn other_representatives(reading: &Reading, now: i64, beside: Option<PersonId>) -> usize {
    representatives(reading, now, |_, record| Some(record.person) != beside)
}

/// How many of the controller's representatives hold one of these keys, and that is in force.
pub(super) fn representatives(
    reading: &Reading,
    now: i64,
    counts: impl Fn(&Kid, &KeyRecord) -> bool,
) -> usize {
    let people: BTreeSet<PersonId> = reading
        .authority
        .keys()
        .filter(|(kid, record)| record.revoked.is_none() && counts(kid, record))
        .filter(|(_, record)| is_representative_now(record, now))
        .map(|(_, record)| record.person)
        .collect();
    people.len()
}

fn is_representative_now(record: &KeyRecord, now: i64) -> bool {
    record.appointments.last().is_some_and(|newest| {
        newest.from <= now
            && newest.until.is_none_or(|until| now < until)
            && newest.roles.iter().any(|role| roles::is_representative(role))
    })
}
