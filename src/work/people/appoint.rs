//! Appointments: of somebody new, of somebody once more, and of a new key in an old one's place.

use std::path::Path;

use probity_keys::{Kid, PublicKey, public_from_pem};
use probity_ledger::book::clear::ClearFields;
use probity_ledger::format::cbor::Value;
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::kind::Form;

use super::keys::key_of;
use super::roles::{sorted_roles, titles};
use crate::work::keyring::{Keyring, file_name};
use crate::work::reading::Reading;
use crate::work::record::{Prepared, Wanted, kind, prepare};
use crate::work::{WorkError, World, input, time};

/// How a key came to be, as an appointment states it.
#[must_use]
pub fn key_made() -> Vec<&'static str> {
    let field = kind("appointment").ok().and_then(|kind| kind.field("key-made"));
    match field.map(|field| field.form) {
        Some(Form::Choice(words)) => words.to_vec(),
        _ => Vec::new(),
    }
}

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
    /// What they are called on record from now on, if not as before.
    pub called: Option<String>,
    /// From when: POSIX seconds; now, if not said.
    pub from: Option<i64>,
    /// Until when, not included.
    pub until: Option<i64>,
    /// One of [`key_made`].
    pub key_made: Option<String>,
    /// Qualifications, in the person's own words.
    pub qualifications: Option<String>,
    /// Whether the date was confirmed.
    pub date_confirmed: bool,
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
    let (person, name) = person_for(world, reading, keyring, &key.public, wanted)?;
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
    record.answers.set("name", Value::text(&*name));
    for (field, value) in
        [("key-made", &wanted.key_made), ("qualifications", &wanted.qualifications)]
    {
        if let Some(value) = value {
            record.answers.set(field, Value::text(&**value));
        }
    }
    let stays = wanted.called.is_none() && !goes_by(&wanted.name, &name);
    let mut prepared = prepare(world, reading, keyring, &record)?;
    let roles = sorted_roles(&wanted.roles)?;
    prepared.notes = until_now(world.now(), reading, &key.public.kid(), (&roles, from));
    if stays {
        prepared.notes.push(format!(
            "On record this person is {name}, and stays so. To have them called {0} from now on, add \
             --called \"{0}\"",
            wanted.name
        ));
    }
    if let Some(until) = wanted.until.filter(|until| *until <= world.now()) {
        prepared.notes.push(format!(
            "This appointment is over since {}: with it the key can sign nothing",
            time::words(until)
        ));
    }
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

/// What a key is appointed as now, and what of that a new appointment ends: at once, whenever its
/// own time begins.
fn until_now(
    now: i64,
    reading: &Reading,
    kid: &Kid,
    (roles, from): (&[String], i64),
) -> Vec<String> {
    let newest = reading.authority.key(kid).and_then(|record| record.appointments.last());
    let over = |until: Option<i64>| until.is_some_and(|until| until <= now);
    let Some(newest) = newest.filter(|newest| !over(newest.until)) else { return Vec::new() };
    let known = titles(&newest.roles);
    if newest.from > now {
        return vec![format!(
            "Appointed until now, from {} on: {known}. This takes its place",
            time::words(newest.from)
        )];
    }
    let mut notes = vec![format!("Until now: {known}")];
    let ends: Vec<String> =
        newest.roles.iter().filter(|role| !roles.contains(role)).cloned().collect();
    if from > now {
        notes.push(format!(
            "This ENDS: {known}, at once; until {} this key can sign nothing. To leave no gap, \
             appoint without --from, or wait until that day",
            time::words(from)
        ));
    } else if !ends.is_empty() {
        notes.push(format!(
            "This ENDS: {}; to keep it, name it among the roles, too",
            titles(&ends)
        ));
    }
    notes
}

/// Whose key it is, and the name to write: the person who has it already, the one who is named
/// as the same, or somebody new.
fn person_for(
    world: &World,
    reading: &Reading,
    keyring: &Keyring,
    key: &PublicKey,
    wanted: &Appoint,
) -> Result<(PersonId, String), WorkError> {
    let known = reading.authority.key(&key.kid());
    if let Some((record, revoked)) =
        known.and_then(|record| Some((record, record.revoked.as_ref()?)))
    {
        let newer = keyring.list()?.into_iter().find(|file| {
            let theirs = reading.authority.key(&file.public.kid());
            theirs.is_some_and(|key| key.person == record.person && key.revoked.is_none())
        });
        return Err(WorkError::refused(
            format!(
                "the key of `{}` was revoked by entry {}; it never returns",
                wanted.name, revoked.index
            ),
            newer.map_or_else(
                || {
                    "make a new key with `probity key new`, and appoint that with --same-person-as"
                        .to_owned()
                },
                |newer| format!("their key in force goes by `{}`: appoint that", newer.name),
            ),
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
        (Some(person), None) => {
            let holder = reading.name(&person).unwrap_or(&wanted.name);
            // A key may go by any one name here; of two, one may be another person's.
            let files = keyring.list()?.into_iter().filter(|file| file.public == *key).count();
            let sure = wanted.public.is_none() && files < 2;
            if !sure && !goes_by(&wanted.name, holder) {
                return Err(WorkError::refused(
                    format!(
                        "this key is appointed already, and is {holder}'s: expected a key of {}",
                        wanted.name
                    ),
                    format!(
                        "look which file it is; to appoint {holder} to something else, say their name"
                    ),
                ));
            }
            person
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
    let name = match &wanted.called {
        Some(called) => {
            let anothers_key = keyring.public(called).is_ok_and(|file| {
                let holder = reading.authority.person(&file.public.kid());
                holder.is_some_and(|other| other != person)
            });
            if reading.is_anothers_name(called, &person) || anothers_key {
                return Err(WorkError::refused(
                    format!("somebody else is appointed under the name `{called}`"),
                    "use a name that tells them apart",
                ));
            }
            called.clone()
        }
        None => reading.name(&person).unwrap_or(&wanted.name).to_owned(),
    };
    Ok((person, name))
}

/// Whether a key of that name may be this person's: `Ruth Bell` and `Ruth Bell 2` are Ruth Bell's.
fn goes_by(name: &str, holder: &str) -> bool {
    let (name, holder) = (file_name(name), file_name(holder));
    let rest = name.strip_prefix(&holder);
    let number = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(number))
}

/// The appointment of a new key to the holder of an old one, in the same roles for as long. Who
/// appoints is still to be said.
///
/// # Errors
/// No such key, or one that is not in force; a file of the new key's that can't be read.
pub fn successor(
    now: i64,
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
    if let Some(until) = newest.until.filter(|until| *until <= now) {
        return Err(WorkError::refused(
            format!("the appointment of `{name}` is over since {}", time::words(until)),
            "appoint them anew with `probity appoint`, with this key or another",
        ));
    }
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
        called: None,
        from: (newest.from > now).then_some(newest.from),
        until: newest.until,
        key_made: None,
        qualifications: None,
        date_confirmed: false,
    })
}
