//! Who may sign as what, at which index: the fold over the governance entries.
//!
//! A signature by key K at index i counts if the newest appointment of K below i names the
//! role, K isn't revoked below i, and `from ≤ iat < until`. Later entries never change
//! that; so one fold over all governance entries answers for every index.

use std::collections::{BTreeMap, HashMap};

use probity_keys::{Kid, PublicKey};

use super::clear::ClearFields;
use super::fault::{Code, Fault};
use crate::format::entry::{Entry, Said};
use crate::format::hash::{EntryHash, Index, Size};
use crate::format::note::VerifierKey;
use crate::records::facts::PersonId;

/// A key's appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// The entry that makes it.
    pub index: Index,
    /// That entry's hash.
    pub entry: EntryHash,
    /// The roles that it gives, sorted.
    pub roles: Vec<String>,
    /// From when: POSIX seconds.
    pub from: i64,
    /// Until when, not included.
    pub until: Option<i64>,
    /// Who made it: the key of its author.
    pub by: Kid,
}

/// A key's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The entry that revokes it.
    pub index: Index,
    /// When, as its author says: POSIX seconds.
    pub time: i64,
    /// Since when it may have been in other hands.
    pub suspect_since: Option<i64>,
}

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// The key.
    pub key: PublicKey,
    /// Whose it is, for ever.
    pub person: PersonId,
    /// Its appointments, oldest first.
    pub appointments: Vec<Appointment>,
    /// Its end.
    pub revoked: Option<Revocation>,
}

impl KeyRecord {
    /// The appointment that decides at `index`: the newest below it.
    #[must_use]
    pub fn appointment_below(&self, index: Index) -> Option<&Appointment> {
        self.appointments.iter().rev().find(|appointment| appointment.index < index)
    }

    /// Its appointments below `index`, oldest first.
    fn below(&self, index: Index) -> impl DoubleEndedIterator<Item = &Appointment> {
        self.appointments.iter().filter(move |appointment| appointment.index < index)
    }

    /// Whether it is revoked below `index`.
    #[must_use]
    pub fn revoked_below(&self, index: Index) -> Option<&Revocation> {
        self.revoked.as_ref().filter(|revocation| revocation.index < index)
    }
}

/// Everything that the governance entries so far add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The ledger's origin.
    pub origin: String,
    /// The hash of entry 0.
    pub fingerprint: EntryHash,
    /// The establishment's name.
    pub school: String,
    keys: BTreeMap<Kid, KeyRecord>,
    /// The first appointment of each person.
    people: HashMap<PersonId, Index>,
    /// The key that each entry appoints.
    appointed: HashMap<EntryHash, Kid>,
    logs: Vec<(Index, VerifierKey)>,
    blind_from: Option<Index>,
}

fn governance(what: &str, found: impl Into<String>, expected: &str) -> Fault {
    Fault::new(Code::Governance, what, found, expected)
}

impl Authority {
    /// Begins with entry 0, which declares the first key. Its signature and form are judged by
    /// [`super::judge`].
    ///
    /// # Errors
    /// [`Code::Governance`] when the declarations contradict each other.
    pub fn begin(entry: &Entry, clear: &ClearFields) -> Result<Self, Fault> {
        let ClearFields::Genesis { school, log, key, person, roles, .. } = clear else {
            return Err(Fault::new(
                Code::Genesis,
                "entry 0",
                entry.own_words().kind,
                "a genesis entry",
            ));
        };
        if log.key() == key {
            return Err(governance(
                "the log key",
                "the representative's own key",
                "a key of its own",
            ));
        }
        let first = Appointment {
            index: Index(0),
            entry: entry.hash(),
            roles: roles.clone(),
            from: 0,
            until: None,
            by: key.kid(),
        };
        let record =
            KeyRecord { key: *key, person: *person, appointments: vec![first], revoked: None };
        Ok(Self {
            origin: entry.origin().to_owned(),
            fingerprint: entry.hash(),
            school: school.clone(),
            keys: BTreeMap::from([(key.kid(), record)]),
            people: HashMap::from([(*person, Index(0))]),
            appointed: HashMap::from([(entry.hash(), key.kid())]),
            logs: vec![(Index(0), log.clone())],
            blind_from: None,
        })
    }

    /// Begins with an entry 0 that this program can't read: nothing is known, and nothing that
    /// follows can be judged.
    #[must_use]
    pub fn unreadable(entry: &Entry) -> Self {
        Self {
            origin: entry.origin().to_owned(),
            fingerprint: entry.hash(),
            school: String::new(),
            keys: BTreeMap::new(),
            people: HashMap::new(),
            appointed: HashMap::new(),
            logs: Vec::new(),
            blind_from: Some(Index(0)),
        }
    }

    /// What is known of a key.
    #[must_use]
    pub fn key(&self, kid: &Kid) -> Option<&KeyRecord> {
        self.keys.get(kid)
    }

    /// Every key that was ever appointed.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = (&Kid, &KeyRecord)> {
        self.keys.iter()
    }

    /// Whose key it is.
    #[must_use]
    pub fn person(&self, kid: &Kid) -> Option<PersonId> {
        self.keys.get(kid).map(|record| record.person)
    }

    /// Whether somebody was appointed below `index`, with whatever key.
    #[must_use]
    pub fn is_appointed_below(&self, person: &PersonId, index: Index) -> bool {
        self.people.get(person).is_some_and(|first| *first < index)
    }

    /// Whether a person's appointments below `index` name a role at some time between two moments
    /// (POSIX seconds). For the time before any of them began, all of them speak. Those of a revoked
    /// key end with it if `ends_role` says so of the revocation; else they go on until another key
    /// speaks for the person.
    #[must_use]
    pub fn names_role(
        &self,
        person: &PersonId,
        role: &str,
        (from, to): (i64, i64),
        index: Index,
        ends_role: impl Fn(&Revocation) -> bool,
    ) -> bool {
        let names = |appointment: &&Appointment| appointment.roles.iter().any(|held| held == role);
        let theirs: Vec<&KeyRecord> =
            self.keys.values().filter(|record| record.person == *person).collect();
        // The appointment by which each key speaks, and what revoked the key by then.
        let begun: Vec<(&Appointment, Option<&Revocation>)> = theirs
            .iter()
            .filter_map(|record| {
                let newest = record.below(index).rfind(|one| one.from <= to)?;
                let revoked = record.revoked_below(index).filter(|revoked| revoked.time <= from);
                Some((newest, revoked))
            })
            .collect();
        if begun.is_empty() {
            return theirs.iter().flat_map(|record| record.below(index)).any(|one| names(&one));
        }
        let another = begun.iter().any(|(_, revoked)| revoked.is_none());
        begun.iter().any(|(one, revoked)| {
            let ended = revoked.is_some_and(|revoked| another || ends_role(revoked));
            names(one) && !ended && one.until.is_none_or(|until| until > from)
        })
    }

    /// The key that an entry appoints.
    #[must_use]
    pub fn appointed_by(&self, entry: &EntryHash) -> Option<Kid> {
        self.appointed.get(entry).copied()
    }

    /// The log key that signs the checkpoint of `size` entries: that of the latest genesis or
    /// log-key entry below it.
    #[must_use]
    pub fn log_key(&self, size: Size) -> Option<&VerifierKey> {
        self.logs.iter().rev().find(|(index, _)| index.0 < size.0).map(|(_, log)| log)
    }

    /// Whether a key is, or ever was, a person's or the log's in this ledger. A witness's key is
    /// neither.
    #[must_use]
    pub fn uses(&self, key: &PublicKey) -> bool {
        self.keys.contains_key(&key.kid()) || self.logs.iter().any(|(_, log)| log.key() == key)
    }

    /// Whether authority can't be judged at `index`, because a governance entry that this
    /// program can't read stands below it.
    #[must_use]
    pub fn blind_at(&self, index: Index) -> bool {
        self.blind_from.is_some_and(|from| from < index)
    }

    /// Notes a governance entry that this program can't read.
    pub fn blind(&mut self, index: Index) {
        self.blind_from.get_or_insert(index);
    }

    /// The appointment under which what this author says at `index` counts.
    ///
    /// # Errors
    /// [`Code::UnknownKey`] or [`Code::NotInForce`].
    pub fn in_force(&self, said: &Said<'_>, index: Index) -> Result<&Appointment, Fault> {
        let Said { kid, role, time, .. } = *said;
        let fault = |found: String, expected: &str| {
            Err(Fault::new(
                Code::NotInForce,
                format!("its author's key {} has no authority there", kid.short()),
                found,
                expected,
            ))
        };
        let unknown = || {
            Fault::new(
                Code::UnknownKey,
                "its author's key",
                kid.to_string(),
                "a key with an earlier appointment",
            )
        };
        let record = self.keys.get(&kid).ok_or_else(unknown)?;
        let appointment = record.appointment_below(index).ok_or_else(unknown)?;
        if let Some(revoked) = record.revoked_below(index) {
            return fault(
                format!("revoked by entry {}", revoked.index),
                "a key that is not revoked",
            );
        }
        if !appointment.roles.iter().any(|held| held == role) {
            let held = appointment.roles.join(", ");
            return fault(
                format!("role {role}"),
                &format!("a role of its newest appointment, entry {}: {held}", appointment.index),
            );
        }
        if time < appointment.from {
            return fault(
                format!("signed at {time}"),
                &format!("not before {}, when its appointment begins", appointment.from),
            );
        }
        if let Some(until) = appointment.until.filter(|until| time >= *until) {
            return fault(
                format!("signed at {time}"),
                &format!("before {until}, when its appointment ends"),
            );
        }
        Ok(appointment)
    }

    /// Takes a governance entry into account, after everything else about it was checked.
    ///
    /// # Errors
    /// [`Code::Governance`] when it breaks a rule of appointments, revocations or log keys.
    pub fn apply(&mut self, entry: &Entry, clear: &ClearFields) -> Result<(), Fault> {
        // Nothing of governance comes as a statement.
        let (index, author, time) = (entry.index(), entry.own_words().kid, entry.own_words().time);
        if index == Index(1) && !matches!(clear, ClearFields::Appointment { .. }) {
            return Err(Self::not_the_first_appointment(entry.own_words().kind));
        }
        match clear {
            ClearFields::Genesis { .. } => {
                Err(governance("its kind", "a second genesis", "genesis at entry 0 only"))
            }
            ClearFields::Appointment { person, key, roles, from, until } => {
                self.check_appointment(entry, *person, key, roles)?;
                let record = self.keys.entry(key.kid()).or_insert_with(|| KeyRecord {
                    key: *key,
                    person: *person,
                    appointments: Vec::new(),
                    revoked: None,
                });
                record.appointments.push(Appointment {
                    index,
                    entry: entry.hash(),
                    roles: roles.clone(),
                    from: *from,
                    until: *until,
                    by: author,
                });
                self.people.entry(*person).or_insert(index);
                self.appointed.insert(entry.hash(), key.kid());
                Ok(())
            }
            ClearFields::Revocation { kid, suspect_since } => {
                let by = self.person(&author);
                let Some(record) = self.keys.get_mut(kid) else {
                    return Err(governance(
                        "the key that it revokes",
                        kid.to_string(),
                        "a key with an earlier appointment",
                    ));
                };
                if by == Some(record.person) {
                    return Err(governance(
                        "its author",
                        "the holder of the revoked key",
                        "another person",
                    ));
                }
                if let Some(earlier) = &record.revoked {
                    return Err(governance(
                        "the key that it revokes",
                        format!("revoked already by entry {}", earlier.index),
                        "a key that is not revoked",
                    ));
                }
                record.revoked = Some(Revocation { index, time, suspect_since: *suspect_since });
                Ok(())
            }
            ClearFields::LogKey { log } => {
                if self.keys.contains_key(&log.key().kid()) {
                    return Err(governance("the log key", "a person's key", "a key of its own"));
                }
                self.logs.push((index, log.clone()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The fault of an entry 1 of another kind.
    pub(super) fn not_the_first_appointment(kind: &str) -> Fault {
        governance("the kind of entry 1", kind, "the appointment of the key that entry 0 declares")
    }

    fn check_appointment(
        &self,
        entry: &Entry,
        person: PersonId,
        key: &PublicKey,
        roles: &[String],
    ) -> Result<(), Fault> {
        let author = self.person(&entry.own_words().kid);
        if entry.index() == Index(1) {
            let first = self.keys.values().next().map(|record| {
                record.key == *key
                    && record.person == person
                    && record.appointments.iter().all(|first| first.roles == roles)
            });
            return if first == Some(true) {
                Ok(())
            } else {
                Err(governance(
                    "the appointment at entry 1",
                    "another key, person or roles",
                    "the key, person and roles that entry 0 declares",
                ))
            };
        }
        if author == Some(person) {
            return Err(governance(
                "the person that it appoints",
                "its own author",
                "another person",
            ));
        }
        if self.logs.iter().any(|(_, log)| log.key() == key) {
            return Err(governance("the key that it appoints", "a log key", "a key of its own"));
        }
        if let Some(record) = self.keys.get(&key.kid()) {
            if record.person != person {
                return Err(governance(
                    "the key that it appoints",
                    "the key of another person",
                    "a key that belongs to this person",
                ));
            }
            if let Some(revoked) = &record.revoked {
                return Err(governance(
                    "the key that it appoints",
                    format!("a key that entry {} revoked", revoked.index),
                    "a key that was never revoked",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
