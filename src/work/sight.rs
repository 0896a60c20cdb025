//! What a person may read on the page, by the roles in which they are in force.
//!
//! Representatives, the data protection officer, and those who keep or govern the school's data
//! protection read everything. Everybody else reads what they signed, the kinds of record that their
//! roles sign, and what they are asked to sign. This orders a shared page; it protects nothing
//! against whoever can read the home's files (`docs/threat-model.md`).

use std::collections::{BTreeMap, BTreeSet};

use probity_keys::Kid;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::records::facts::PersonId;
use probity_ledger::records::kind::{Kind, Signers};
use probity_ledger::records::roles;

use super::WorkError;
use super::history::Line;
use super::keyring::Keyring;
use super::reading::{Reading, Record};
use crate::store::{Store as _, Term};

/// Who reads everything, beside [`roles::REPRESENTATIVES`] and [`roles::DPO`].
const KEEPERS: &[&str] = &[roles::ADMINISTRATOR, "gdpr-lead", "data-protection-governor"];

/// What somebody may read.
#[derive(Clone, Debug)]
pub struct Sight {
    all: bool,
    roles: Vec<String>,
    person: PersonId,
}

impl Sight {
    /// That of a person in these roles.
    #[must_use]
    pub fn of(person: PersonId, held: &[String]) -> Self {
        let everything = |role: &String| {
            let role = role.as_str();
            [roles::REPRESENTATIVES, roles::DPO, KEEPERS].iter().any(|group| group.contains(&role))
        };
        Self { all: held.iter().any(everything), roles: held.to_vec(), person }
    }

    /// Whether it is everything: registers, whole cases, exports, erasures and settings, too.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        self.all
    }

    /// Whether records of a kind are among it.
    #[must_use]
    pub fn of_kind(&self, kind: &Kind) -> bool {
        self.all
            || matches!(kind.signers, Signers::OneOf(names)
                if self.roles.iter().any(|role| names.contains(&role.as_str())))
    }

    /// Whether a record is among it.
    #[must_use]
    pub fn of_record(&self, record: &Record) -> bool {
        record.person == self.person || record.kind.map_or(self.all, |kind| self.of_kind(kind))
    }

    /// Whether the record of an entry is among it.
    fn of_entry(&self, reading: &Reading, entry: &Entry) -> bool {
        let said = entry.says();
        let kind = probity_ledger::records::find(said.kind, said.version);
        reading.authority.person(&said.kid).unwrap_or_default() == self.person
            || kind.map_or(self.all, |kind| self.of_kind(kind))
    }

    /// Whether a line of a list is among it.
    #[must_use]
    pub fn of_line(&self, line: &Line) -> bool {
        let kind = probity_ledger::records::find(&line.kind, line.version);
        self.all
            || line.person == hex::encode(self.person)
            || kind.is_some_and(|kind| self.of_kind(kind))
    }

    /// Refuses other names of a record than its number to who doesn't read everything: a case and a
    /// kind, or how a hash begins, would tell which records there are.
    ///
    /// # Errors
    /// Such a name.
    pub fn may_ask(&self, entry: &str) -> Result<(), WorkError> {
        if self.all || entry.parse::<u64>().is_ok() {
            return Ok(());
        }
        Err(WorkError::refused(
            "that is no number of a record",
            "look for it among the newest, or search",
        ))
    }

    /// A record, if it is among it.
    ///
    /// # Errors
    /// When it isn't, or there is no such record.
    pub fn record(&self, reading: &Reading, index: Index) -> Result<Record, WorkError> {
        let record = reading.shown(index)?;
        if self.of_record(&record) {
            return Ok(record);
        }
        Err(self.refuse(&format!("record {index}")))
    }

    /// Refuses what isn't everything to somebody who doesn't read everything.
    ///
    /// # Errors
    /// When they don't.
    pub fn everything(&self, what: &str) -> Result<(), WorkError> {
        if self.all { Ok(()) } else { Err(self.refuse(what)) }
    }

    fn refuse(&self, what: &str) -> WorkError {
        let titles: Vec<&str> = self.roles.iter().map(|role| roles::title(role)).collect();
        WorkError::refused(
            format!("{what} is not shown to you as {}", titles.join(", ")),
            "ask the head teacher, the data protection officer or the school office",
        )
    }
}

/// Which records somebody may read, for who doesn't read everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Their places, ascending.
    pub places: Vec<Index>,
    /// Their cases, each with the newest of these records in it.
    pub cases: BTreeMap<String, Index>,
    size: Size,
}

impl Own {
    /// Those of the records as they are now.
    ///
    /// # Errors
    /// Damage.
    pub fn of(reading: &Reading, sight: &Sight) -> Result<Self, WorkError> {
        let kinds = probity_ledger::records::KINDS.iter().filter(|kind| sight.of_kind(kind));
        let kinds: BTreeSet<&str> = kinds.map(|kind| kind.name).collect();
        let keys = reading.authority.keys().filter(|(_, record)| record.person == sight.person);
        let terms = kinds.into_iter().map(|kind| Term::Kind(kind.to_owned()));
        let mut found = BTreeSet::new();
        for term in terms.chain(keys.map(|(kid, _)| Term::Signer(kid.0))) {
            found.extend(reading.store.lookup(&term)?);
        }
        let mut own = Self { places: Vec::new(), cases: BTreeMap::new(), size: reading.size() };
        for index in found {
            own.take(reading, sight, index)?;
        }
        Ok(own)
    }

    /// The same from what was known before.
    ///
    /// # Errors
    /// Damage.
    pub fn further(&self, reading: &Reading, sight: &Sight) -> Result<Self, WorkError> {
        let (mut own, size) = (self.clone(), reading.size());
        for index in own.size.0..size.0 {
            own.take(reading, sight, Index(index))?;
        }
        own.size = size;
        Ok(own)
    }

    fn take(&mut self, reading: &Reading, sight: &Sight, index: Index) -> Result<(), WorkError> {
        let entry = reading.entry(index)?;
        if sight.of_entry(reading, &entry) {
            self.places.push(index);
            let case = entry.subject().case().map(str::to_owned);
            self.cases.extend(case.map(|case| (case, index)));
        }
        Ok(())
    }

    /// What they take in memory, roughly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.places.len() * size_of::<Index>() + self.cases.len() * 96
    }
}

/// A person as they stand in the record book now.
#[derive(Clone, Debug)]
pub struct Person {
    /// The name of their key file.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Their lasting identifier.
    pub id: PersonId,
    /// Their key's thumbprint.
    pub kid: Kid,
    /// The roles in which they are in force.
    pub roles: Vec<String>,
    /// What they may read.
    pub sight: Sight,
}

impl Person {
    /// The holder of a key file.
    ///
    /// # Errors
    /// When there is no such file, or its key has no appointment in force.
    pub fn of(
        reading: &Reading,
        keyring: &Keyring,
        key: &str,
        now: i64,
    ) -> Result<Self, WorkError> {
        let file = keyring.public(key)?;
        let kid = file.public.kid();
        let record = reading.authority.key(&kid);
        let newest = record.filter(|record| record.revoked.is_none()).and_then(|record| {
            let newest = record.appointments.last()?;
            let begun = newest.from <= now && newest.until.is_none_or(|until| now < until);
            begun.then(|| (record.person, newest.roles.clone()))
        });
        let Some((id, roles)) = newest else {
            return Err(WorkError::refused(
                format!("the key `{}` is not in force in this record book", file.name),
                "ask a representative of the school to appoint it",
            ));
        };
        let name = reading.name(&id).unwrap_or(&file.name).to_owned();
        let sight = Sight::of(id, &roles);
        Ok(Self { key: file.name, name, id, kid, roles, sight })
    }

    /// Their roles in words.
    #[must_use]
    pub fn titles(&self) -> String {
        self.roles.iter().map(|role| roles::title(role)).collect::<Vec<_>>().join(", ")
    }
}
