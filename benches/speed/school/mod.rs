//! A made-up school, begun as a real one is: keys in encrypted files, genesis, appointments
//! and acceptances, all by the program's own actions. Keys stay unlocked, since a passphrase
//! costs 170 ms and the rows ask what comes after it.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use probity::work::home::Home;
use probity::work::init::{self, Begin};
use probity::work::keyring::{Keyring, Passphrase};
use probity::work::people::{self, Appoint};
use probity::work::reading::Reading;
use probity::work::{World, compose, record};
use probity_keys::SigningKey;
use probity_ledger::records::answers::Answers;

use crate::support::Outcome;

pub mod drafts;
pub mod ledgers;

/// The passphrase of every key.
pub const PASSPHRASE: &str = "benchmarks measure nobody in particular";

/// Name, role, and how many of a hundred notes are theirs.
const PEOPLE: [(&str, &str, usize); 8] = [
    ("Amina Okafor", "headteacher", 5),
    ("Ruth Bell", "administrator", 44),
    ("Priya Raman", "dpo", 22),
    ("Joe Marsh", "cctv-caretaker", 14),
    ("Tom Fielding", "asset-owner", 4),
    ("Gareth Lloyd", "chair-of-governors", 3),
    ("Nia Hughes", "gdpr-lead", 5),
    ("Sam Carter", "staff", 3),
];

/// How often the seven others are appointed anew over a ledger's years: with what begins it,
/// about sixty governance entries.
pub const REAPPOINTMENTS: u64 = 6;

/// The clock of a ledger that is being made: it runs through some years, to end now.
static NOW: AtomicI64 = AtomicI64::new(0);

/// Sets the clock of [`world`], in POSIX seconds.
pub fn set_clock(now: i64) {
    NOW.store(now, Ordering::Relaxed);
}

/// The world of a ledger that is being made.
pub fn world() -> World {
    World::real().with_clock(|| NOW.load(Ordering::Relaxed))
}

/// Somebody who signs.
pub struct Person {
    /// Their name.
    pub name: &'static str,
    /// Their role.
    pub role: &'static str,
    /// How many of a hundred notes are theirs.
    pub weight: usize,
    /// Their key, unlocked.
    pub key: SigningKey,
}

/// The school: its home and the people whose keys are at hand.
pub struct School {
    /// Where its records are.
    pub home: Home,
    /// Who signs.
    pub people: Vec<Person>,
}

impl School {
    /// Begins the record book in a folder that doesn't exist yet.
    ///
    /// # Errors
    /// Whatever an action refuses.
    pub fn begin(folder: &Path) -> Outcome<Self> {
        let (world, home) = (world(), Home::locate(Some(folder.to_owned()))?);
        let keyring = Keyring::of(&home);
        for (name, _, _) in PEOPLE {
            keyring.create(&world, name, &passphrase())?;
        }
        let school = Self::unlock(home)?;
        let begin = Begin {
            school: "Northfield Primary School".to_owned(),
            controller: "Governing Body of Northfield Primary School".to_owned(),
            name: PEOPLE[0].0.to_owned(),
            role: PEOPLE[0].1.to_owned(),
            origin: None,
            answers: Answers::default(),
            practice: true,
            continues: None,
        };
        init::begin(&world, &school.home, &begin, &school.people[0].key)?;
        let mut reading = school.write("appoint")?;
        school.appoint(&mut reading)?;
        for person in &school.people {
            let prepared = people::accept(&world, &reading, &keyring, person.name, false)?;
            compose::append(&world, &mut reading, &prepared.drafts, &person.key)?;
        }
        record::close(reading, &keyring)?;
        Ok(school)
    }

    /// Unlocks the keys of a school that was begun.
    ///
    /// # Errors
    /// Key files that are not there.
    pub fn unlock(home: Home) -> Outcome<Self> {
        let keyring = Keyring::of(&home);
        let people = PEOPLE
            .iter()
            .map(|&(name, role, weight)| {
                Ok(Person { name, role, weight, key: keyring.unlock(name, &passphrase())? })
            })
            .collect::<Outcome<_>>()?;
        Ok(Self { home, people })
    }

    /// Opens the record book for writing.
    ///
    /// # Errors
    /// What the store says.
    pub fn write(&self, doing: &str) -> Outcome<Reading> {
        Ok(record::open_for_writing(&self.home, doing, &world())?)
    }

    /// The head appoints everybody else, for the first time or anew.
    ///
    /// # Errors
    /// Whatever the action refuses.
    pub fn appoint(&self, reading: &mut Reading) -> Outcome {
        let (world, keyring) = (world(), Keyring::of(&self.home));
        let head = &self.people[0];
        for person in &self.people[1..] {
            let wanted = Appoint {
                name: person.name.to_owned(),
                roles: vec![person.role.to_owned()],
                by: head.name.to_owned(),
                role: None,
                public: None,
                same_person_as: None,
                called: None,
                from: None,
                until: None,
                key_made: Some("by-holder-school-machine".to_owned()),
                qualifications: None,
                date_confirmed: true,
            };
            let prepared = people::appoint(&world, reading, &keyring, &wanted)?;
            compose::append(&world, reading, &prepared.drafts, &head.key)?;
        }
        Ok(())
    }

    /// The people of these roles.
    pub fn in_roles(&self, roles: &[&str]) -> Vec<usize> {
        (0..self.people.len()).filter(|at| roles.contains(&self.people[*at].role)).collect()
    }
}

fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE.to_owned())
}
