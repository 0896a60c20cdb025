//! A new record book: home, log key, first representative, entries 0 and 1.

use std::path::Path;

use probity_keys::Signer;
use probity_ledger::book::clear::{ClearFields, Continues};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Subject, is_origin};
use probity_ledger::format::hash::EntryHash;
use probity_ledger::format::note::VerifierKey;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::roles;
use probity_ledger::verify::ledger::Reader;

use super::compose::{Chain, Draft, Signed};
use super::home::Home;
use super::keyring::{Keyring, file_name};
use super::people::sorted_roles;
use super::reading::options;
use super::record::check_answers;
use super::record::kind;
use super::{WorkError, World, time, verify};
use crate::store::{LocalStore, Store as _};

/// What a new record book begins with.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The establishment's name.
    pub school: String,
    /// The controller's legal name.
    pub controller: String,
    /// The first representative's name.
    pub name: String,
    /// Their role.
    pub role: String,
    /// The ledger's origin; made from the school's name if not given.
    pub origin: Option<String>,
    /// Further answers of the genesis record.
    pub answers: Answers,
    /// Whether all of it is for practice.
    pub practice: bool,
    /// The last known head of the record book that it takes the place of.
    pub continues: Option<Continues>,
}

/// What was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The hash of entry 0, to be minuted.
    pub fingerprint: EntryHash,
    /// The ledger's origin.
    pub origin: String,
}

/// Checks what a record book would begin with, and returns its origin and answers, before a
/// key is made.
///
/// # Errors
/// A home that has a ledger, a role that may not begin one, answers of another form.
pub fn check(world: &World, home: &Home, begin: &Begin) -> Result<(String, Answers), WorkError> {
    home.refuse_lost()?;
    if home.has_ledger() {
        return Err(WorkError::refused(
            format!("{} holds a record book already", home.path().display()),
            "use it, or name another folder with --home",
        ));
    }
    sorted_roles(std::slice::from_ref(&begin.role))?;
    if !roles::is_representative(&begin.role) {
        return Err(WorkError::refused(
            format!("{} does not act for the controller", begin.role),
            format!("the first key is a representative's: {}", roles::REPRESENTATIVES.join(", ")),
        ));
    }
    let origin = match &begin.origin {
        Some(origin) if is_origin(origin) => origin.clone(),
        Some(origin) => {
            return Err(WorkError::refused(
                format!("`{origin}` is no origin"),
                "use lower-case letters, digits, dots, slashes and hyphens, such as a web address",
            ));
        }
        None => default_origin(world, &begin.school)?,
    };
    let mut answers = begin.answers.clone();
    fill_name(&mut answers, "establishment", "name", &begin.school);
    fill_name(&mut answers, "controller", "legal-name", &begin.controller);
    answers.set("name", Value::text(&*begin.name));
    check_answers(kind("genesis")?, &answers)?;
    Ok((origin, answers))
}

/// A name that no other school's ledger has: the school's own, and eight random digits.
fn default_origin(world: &World, school: &str) -> Result<String, WorkError> {
    let plain: String = file_name(school)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(60)
        .collect();
    let name = plain.trim_matches('-');
    let random: [u8; 4] = world.random()?;
    Ok(format!("{}/{}", if name.is_empty() { "school" } else { name }, hex::encode(random)))
}

/// Sets one name in a group of answers, unless it is there.
fn fill_name(answers: &mut Answers, group: &str, member: &str, name: &str) {
    let mut members: Vec<(String, Value)> = answers
        .get(group)
        .and_then(Value::as_map)
        .unwrap_or_default()
        .iter()
        .filter(|(key, _)| key.to_string() != member)
        .map(|(key, value)| (key.to_string(), value.clone()))
        .collect();
    members.push((member.to_owned(), Value::text(name)));
    let value = Value::map(members.iter().map(|(key, value)| (key.as_str(), value.clone())));
    answers.set(group, value);
}

/// The last known head of an earlier record book: its home, a bundle of it, or a checkpoint with
/// the code that was minuted.
///
/// # Errors
/// What isn't intact, or a checkpoint without a code.
pub fn continued(path: &Path, code: Option<EntryHash>) -> Result<Continues, WorkError> {
    let known = |fingerprint: Option<EntryHash>| match (fingerprint, code) {
        (Some(found), Some(code)) if found != code => Err(WorkError::refused(
            format!("{} is of the record book {found}, expected {code}", path.display()),
            "compare the code in the minutes",
        )),
        (found, code) => found.or(code).ok_or_else(|| {
            WorkError::refused(
                "a checkpoint alone doesn't say which record book it is of",
                "add its code from the minutes, with --continues-code",
            )
        }),
    };
    if path.join("config.toml").is_file() {
        let home = Home::locate(Some(path.to_owned()))?;
        let report = verify::home(&home, &Reader::default(), &verify::Asked::default(), &|_| ())?;
        report.refuse_unread(&home)?;
        if let Some(fault) = report.verdict.fault {
            return Err(WorkError::refused(
                format!("the record book in {} is not intact: {fault}", path.display()),
                "continue the last bundle or checkpoint of it that is intact",
            ));
        }
        let (size, root) = (report.verdict.size, report.verdict.root);
        let root = root.ok_or_else(|| WorkError::refused("it is empty", "name another one"))?;
        return Ok(Continues { fingerprint: known(report.verdict.fingerprint.hash)?, size, root });
    }
    let older = verify::read_older(path)?;
    let first = older.entries.first().filter(|(index, _)| index.0 == 0).map(|(_, hash)| *hash);
    let (size, root) = (older.checkpoint.size, older.checkpoint.root);
    Ok(Continues { fingerprint: known(first)?, size, root })
}

/// Begins a record book: home, log key, entries 0 and 1 in one frame.
///
/// # Errors
/// As [`check`], and what the store says. The key is the first representative's, unlocked.
pub fn begin(
    world: &World,
    home: &Home,
    begin: &Begin,
    key: &dyn Signer,
) -> Result<Begun, WorkError> {
    let (origin, answers) = check(world, home, begin)?;
    let options = options(home);
    LocalStore::check_new(&home.ledger(), &options)?;
    home.create(begin.practice)?;
    let keyring = Keyring::of(home);
    let log = keyring.first_log_key(world)?;
    let person: PersonId = world.random()?;
    let now = world.now();
    let held = vec![begin.role.clone()];
    let genesis = Draft {
        kind: kind("genesis")?,
        subject: Subject::Ledger,
        role: begin.role.clone(),
        links: Vec::new(),
        clear: ClearFields::Genesis {
            school: begin.school.clone(),
            log: VerifierKey::new(&origin, log.public()),
            key: key.public(),
            person,
            roles: held.clone(),
            continues: begin.continues,
        },
        answers,
        attachments: Vec::new(),
        openings: None,
    };
    let mut own = Answers::default();
    own.set("name", Value::text(&*begin.name));
    let appointment = Draft {
        kind: kind("appointment")?,
        clear: ClearFields::Appointment {
            person,
            key: key.public(),
            roles: held,
            from: now,
            until: None,
        },
        answers: own,
        ..genesis.clone()
    };
    let mut chain = Chain::empty();
    let head = chain.head();
    let batch = [genesis, appointment]
        .iter()
        .map(|draft| chain.sign(world, draft, &origin, key, now))
        .collect::<Result<Vec<Signed>, WorkError>>()?;
    let fingerprint = batch.first().map_or(EntryHash::ZERO, |first| first.entry.hash());
    let writer = format!("init, since {}", time::words(now));
    let mut store = LocalStore::create(&home.ledger(), &writer, &options)?;
    store.append(head, batch.into_iter().map(Signed::into_new).collect())?;
    Ok(Begun { fingerprint, origin })
}

/// The fingerprint in groups of eight, as a person copies it into the minutes.
#[must_use]
pub fn grouped(fingerprint: &EntryHash) -> String {
    let digits = fingerprint.to_string();
    let groups: Vec<&str> =
        (0..8).filter_map(|group| digits.get(group * 8..group * 8 + 8)).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests;
