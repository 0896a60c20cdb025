//! Who may sign as what: appointing, accepting, revoking, and a new log key.

use std::collections::BTreeSet;
use std::path::Path;

use probity_keys::{Kid, PublicKey, public_from_pem};
use probity_ledger::book::authority::KeyRecord;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::records::{self, roles};
use probity_ledger::verify::words::count;

use super::holder::Holder;
use super::keyring::{Keyring, file_name};
use super::reading::Reading;
use super::record::{Wanted, prepare};
use super::{WorkError, World, input, record::Prepared, time};
use crate::store::{Store as _, Term};

/// How a key came to be, as an appointment states it.
pub const KEY_MADE: &[&str] =
    &["by-holder-own-device", "by-holder-school-machine", "made-for-holder"];

/// An appointment that somebody wants to make.
#[derive(Clone, Debug)]
pub struct Appoint {
    /// The person's name; their key file goes by it.
    pub name: String,
    /// The roles.
    pub roles: Vec<String>,
    /// Who appoints.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// The public key, if it comes from a file.
    pub public: Option<std::path::PathBuf>,
    /// A person who has another key already.
    pub same_person_as: Option<String>,
    /// From when: POSIX seconds; now, if not said.
    pub from: Option<i64>,
    /// Until when, not included.
    pub until: Option<i64>,
    /// One of [`KEY_MADE`].
    pub key_made: Option<String>,
    /// Qualifications, in the person's own words.
    pub qualifications: Option<String>,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
}

/// The kind of that name.
///
/// # Errors
/// When this program has none, which would be a fault in it.
pub fn kind(name: &str) -> Result<&'static Kind, WorkError> {
    records::newest(name)
        .ok_or_else(|| WorkError::refused(format!("this program knows no `{name}`"), "report this"))
}

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

/// How many letters have to be changed, added or left out to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, a) in one.chars().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], at + 1);
        for (column, b) in other.chars().enumerate() {
            let change = corner + usize::from(a != b);
            corner = row[column + 1];
            row[column + 1] = change.min(corner + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
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

/// Prepares an appointment.
///
/// # Errors
/// No such key, a person that is unclear, and everything [`prepare`] refuses.
pub fn appoint(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    wanted: &Appoint,
) -> Result<Prepared, WorkError> {
    let key = match &wanted.public {
        Some(path) => keyring.offered(&wanted.name, &read_public(path)?)?,
        None => keyring.public(&wanted.name)?,
    };
    let (person, name) = person_for(world, reading, &key.public, wanted)?;
    let by = keyring.public(&wanted.by)?;
    if reading.authority.person(&by.public.kid()) == Some(person) {
        return Err(WorkError::refused(
            format!(
                "`{}` and `{}` are the same person; nobody appoints themselves",
                wanted.by, wanted.name
            ),
            "have another of the controller's representatives appoint",
        ));
    }
    let from = wanted.from.unwrap_or_else(|| world.now());
    if wanted.until.is_some_and(|until| until <= from) {
        return Err(WorkError::refused(
            format!(
                "the appointment would end on {}, before it begins",
                time::words(wanted.until.unwrap_or_default())
            ),
            "give an --until after --from",
        ));
    }
    let mut record = Wanted::new(kind("appointment")?, &wanted.by);
    record.role.clone_from(&wanted.role);
    record.date_confirmed = wanted.date_confirmed;
    record.clear = Some(ClearFields::Appointment {
        person,
        key: key.public,
        roles: sorted_roles(&wanted.roles)?,
        from,
        until: wanted.until,
    });
    record.answers.set("name", Value::text(name));
    for (field, value) in
        [("key-made", &wanted.key_made), ("qualifications", &wanted.qualifications)]
    {
        if let Some(value) = value {
            record.answers.set(field, Value::text(&**value));
        }
    }
    let mut prepared = prepare(world, reading, keyring, &record)?;
    prepared.notes = until_now(world, reading, &key.public.kid(), &sorted_roles(&wanted.roles)?);
    prepared.keeps = wanted.public.is_some().then(|| (wanted.name.clone(), key.public));
    Ok(prepared)
}

/// Reads the public half of a key that somebody sent.
///
/// # Errors
/// A file that can't be read, or is none.
pub fn read_public(path: &Path) -> Result<PublicKey, WorkError> {
    let pem = input::text(path, input::MAX_SMALL).map_err(WorkError::file("reading", path))?;
    public_from_pem(&pem)
        .map_err(|error| WorkError::Key { name: path.display().to_string(), error })
}

/// The appointment of a new key to the holder of an old one, in the same roles for as long. Who
/// appoints is still to be said.
///
/// # Errors
/// No such key, or one that is not in force; a file of the new key's that can't be read.
pub fn successor(
    reading: &Reading,
    keyring: &Keyring,
    name: &str,
    public: Option<&Path>,
) -> Result<Appoint, WorkError> {
    let kid = key_of(reading, keyring, name)?;
    let record = reading.authority.key(&kid).filter(|record| record.revoked.is_none());
    let newest = record.and_then(|record| Some((record.person, record.appointments.last()?)));
    let (person, newest) = newest.ok_or_else(|| {
        WorkError::refused(
            format!("the key of `{name}` is not in force"),
            "give them a new one with `probity key new` and `probity appoint --same-person-as`",
        )
    })?;
    let holder = reading.name(&person).unwrap_or(name).to_owned();
    let offered = public.map(read_public).transpose()?;
    let taken = |next: &String| {
        if let Some(public) = &offered {
            return keyring.offered(next, public).is_err();
        }
        // One that was made here and not appointed is taken up.
        let known = keyring.public(next).ok();
        known.is_some_and(|known| reading.authority.key(&known.public.kid()).is_some())
    };
    let free = (2..1000_u32).map(|number| format!("{holder} {number}")).find(|next| !taken(next));
    Ok(Appoint {
        name: free.unwrap_or_else(|| holder.clone()),
        roles: newest.roles.clone(),
        by: String::new(),
        role: None,
        public: public.map(Path::to_owned),
        same_person_as: Some(holder),
        from: None,
        until: newest.until,
        key_made: None,
        qualifications: None,
        date_confirmed: false,
    })
}

/// What a key is appointed as now, and what of that a new appointment ends.
fn until_now(world: &World, reading: &Reading, kid: &Kid, roles: &[String]) -> Vec<String> {
    let newest = reading.authority.key(kid).and_then(|record| record.appointments.last());
    let over = |until: Option<i64>| until.is_some_and(|until| until <= world.now());
    let Some(newest) = newest.filter(|newest| !over(newest.until)) else { return Vec::new() };
    let mut notes = vec![format!("Until now: {}", titles(&newest.roles))];
    let ends: Vec<String> =
        newest.roles.iter().filter(|role| !roles.contains(role)).cloned().collect();
    if !ends.is_empty() {
        notes.push(format!(
            "This ENDS: {}; to keep it, name it among the roles, too",
            titles(&ends)
        ));
    }
    notes
}

fn titles(names: &[String]) -> String {
    names.iter().map(|name| roles::title(name)).collect::<Vec<_>>().join(", ")
}

/// How many of the controller's representatives, beside one person, hold a key in force.
#[must_use]
pub fn other_representatives(reading: &Reading, now: i64, beside: Option<PersonId>) -> usize {
    let people: BTreeSet<PersonId> = reading
        .authority
        .keys()
        .filter(|(_, record)| record.revoked.is_none() && Some(record.person) != beside)
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

/// Whose key it is, and the name to write: the person who has it already, the one who is named
/// as the same, or somebody new.
fn person_for(
    world: &World,
    reading: &Reading,
    key: &PublicKey,
    wanted: &Appoint,
) -> Result<(PersonId, String), WorkError> {
    let known = reading.authority.key(&key.kid());
    if let Some(revoked) = known.and_then(|record| record.revoked.as_ref()) {
        return Err(WorkError::refused(
            format!(
                "the key of `{}` was revoked by entry {}; it never returns",
                wanted.name, revoked.index
            ),
            "make a new key with `probity key new`, and appoint that with --same-person-as",
        ));
    }
    let named =
        wanted.same_person_as.as_deref().map(|name| reading.person_named(name)).transpose()?;
    let person = match (known.map(|record| record.person), named) {
        (Some(known), Some(named)) if known != named => {
            return Err(WorkError::refused(
                format!("the key of `{}` belongs to somebody else", wanted.name),
                "a key belongs to one person for ever; make a new one",
            ));
        }
        (Some(person), _) | (None, Some(person)) => person,
        (None, None) => {
            if reading.person_named(&wanted.name).is_ok() {
                return Err(WorkError::refused(
                    format!("somebody of the name `{}` is appointed with another key", wanted.name),
                    format!(
                        "if it is the same person, add --same-person-as \"{}\"; if not, use a name \
                         that tells them apart",
                        wanted.name
                    ),
                ));
            }
            world.random()?
        }
    };
    let name = reading.name(&person).unwrap_or(&wanted.name).to_owned();
    Ok((person, name))
}

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
        let record = reading.record(index)?;
        if record.entry.says().kind == "acceptance" && record.entry.says().kid == *kid {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

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
    prepared.notes = what_ends(world, reading, &kid);
    Ok(prepared)
}

/// Whose key a revocation ends, and what that leaves.
fn what_ends(world: &World, reading: &Reading, kid: &Kid) -> Vec<String> {
    let Some(record) = reading.authority.key(kid) else { return Vec::new() };
    let held = record.appointments.last().map(|newest| titles(&newest.roles)).unwrap_or_default();
    let name = reading.name(&record.person).unwrap_or("somebody unnamed");
    let now = world.now();
    let left: BTreeSet<PersonId> = reading
        .authority
        .keys()
        .filter(|(other, record)| {
            *other != kid && record.revoked.is_none() && is_representative_now(record, now)
        })
        .map(|(_, record)| record.person)
        .collect();
    vec![
        format!("You revoke, for ever, the key of {name}, {held} ({})", kid.short()),
        "Its earlier signatures stay valid.".to_owned(),
        format!(
            "After this, {} of the controller {} a key in force.",
            count(left.len() as u64, "representative", "representatives"),
            if left.len() == 1 { "has" } else { "have" }
        ),
    ]
}

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
