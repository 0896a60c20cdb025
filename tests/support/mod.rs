//! A small school whose keys need no passphrase, for the tests that look at bytes.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::Command;

use probity::store::{Mode, Store as _};
use probity::work::home::Home;
use probity::work::init::{self, Begin};
use probity::work::keyring::Keyring;
use probity::work::people::{self, Appoint, Revoke};
use probity::work::reading::Reading;
use probity::work::record::{self, CaseChoice, Prepared, Wanted, kind};
use probity::work::{WorkError, World};
use probity_keys::SigningKey;
use probity_ledger::book::clear::Decision;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Entry;
use probity_ledger::records::answers::Answers;
use probity_ledger::records::kind::Relation;

pub mod bundle;

/// When everything happens: 21 September 2026.
pub const NOW: i64 = 1_790_000_000;

pub const HEAD: &str = "Amina Okafor";
pub const DPO: &str = "Priya Raman";
pub const STAFF: &str = "Joe Marsh";

/// A clock that stands still, and real randomness.
pub fn world() -> World {
    World::real().with_clock(|| NOW)
}

/// The key of one of the people; nobody else has such a seed.
pub fn key(name: &str) -> SigningKey {
    let mut seed = [7; 32];
    for (to, byte) in seed.iter_mut().zip(name.bytes()) {
        *to = byte;
    }
    SigningKey::from_seed(seed)
}

/// A record book in a folder.
pub struct School {
    pub home: Home,
    pub world: World,
    folder: PathBuf,
}

impl School {
    /// Entries 0 and 1, by the head.
    pub fn begin(folder: &Path, world: World) -> Result<Self, WorkError> {
        let home = Home::locate(Some(folder.join("home")))?;
        let begin = Begin {
            school: "Northfield Primary School".to_owned(),
            controller: "Governing body".to_owned(),
            name: HEAD.to_owned(),
            role: "headteacher".to_owned(),
            origin: Some("example.org/northfield".to_owned()),
            answers: Answers::default(),
            practice: false,
            continues: None,
        };
        init::begin(&world, &home, &begin, &key(HEAD))?;
        let school = Self { home, world, folder: folder.to_owned() };
        school.keyring().import_public(HEAD, &key(HEAD).public())?;
        Ok(school)
    }

    /// The record book of a folder in which [`School::begin`] made one.
    pub fn at(folder: &Path, world: World) -> Result<Self, WorkError> {
        let home = Home::locate(Some(folder.join("home")))?;
        Ok(Self { home, world, folder: folder.to_owned() })
    }

    /// Fourteen entries in eleven frames, two of which hold more than one; documents at 5, 6
    /// and 7; a case; a revocation.
    pub fn small(folder: &Path) -> Result<Self, WorkError> {
        let school = Self::begin(folder, world())?;
        school.appoint(DPO, "dpo")?;
        school.appoint(STAFF, "staff")?;
        school.accept(DPO)?;
        let paper = school.file("dpia.txt", "Homework app: names and marks, nothing else.\n")?;
        let letter = school.file("letter.pdf", "%PDF-1.4 not really\n")?;
        school.note(HEAD, "A note with a file.", CaseChoice::Unsaid, Some(letter))?;
        let advice =
            school.dpia(DPO, "dpo-advice", &paper, CaseChoice::New(Some("dpia".to_owned())))?;
        let case = CaseChoice::Existing(advice.subject().as_str().to_owned());
        school.dpia(HEAD, "dpia-approval", &paper, case.clone())?;
        school.batch(STAFF, &["One of three.", "Two of three.", "Three of three."])?;
        school.revoke(STAFF, Some(NOW - 60))?;
        school.note(DPO, "In the case.", case, None)?;
        school.note(HEAD, "The last one.", CaseChoice::Unsaid, None)?;
        Ok(school)
    }

    pub fn keyring(&self) -> Keyring {
        Keyring::of(&self.home)
    }

    pub fn file(&self, name: &str, text: &str) -> Result<PathBuf, WorkError> {
        let path = self.folder.join(name);
        std::fs::write(&path, text).map_err(WorkError::file("writing", &path))?;
        Ok(path)
    }

    pub fn read(&self) -> Result<Reading, WorkError> {
        Reading::open(&self.home, &Mode::Browse)
    }

    pub fn appoint(&self, name: &str, role: &str) -> Result<Entry, WorkError> {
        self.keyring().import_public(name, &key(name).public())?;
        let wanted = Appoint {
            name: name.to_owned(),
            roles: vec![role.to_owned()],
            by: HEAD.to_owned(),
            role: None,
            public: None,
            same_person_as: None,
            called: None,
            from: None,
            until: None,
            key_made: None,
            qualifications: None,
            date_confirmed: false,
        };
        let reading = self.read()?;
        let prepared = people::appoint(&self.world, &reading, &self.keyring(), &wanted)?;
        drop(reading);
        self.sign(HEAD, &prepared)
    }

    pub fn accept(&self, name: &str) -> Result<Entry, WorkError> {
        let reading = self.read()?;
        let prepared = people::accept(&self.world, &reading, &self.keyring(), name, false)?;
        drop(reading);
        self.sign(name, &prepared)
    }

    pub fn revoke(&self, name: &str, suspect_since: Option<i64>) -> Result<Entry, WorkError> {
        let wanted = Revoke {
            name: name.to_owned(),
            by: HEAD.to_owned(),
            role: None,
            reason: "role-ended".to_owned(),
            suspect_since,
            date_confirmed: false,
        };
        let reading = self.read()?;
        let prepared = people::revoke(&self.world, &reading, &self.keyring(), &wanted)?;
        drop(reading);
        self.sign(HEAD, &prepared)
    }

    pub fn note(
        &self,
        by: &str,
        text: &str,
        case: CaseChoice,
        file: Option<PathBuf>,
    ) -> Result<Entry, WorkError> {
        let mut wanted = Self::wanted("note", by)?;
        wanted.answers.set("text", Value::text(text));
        wanted.case = case;
        wanted.attach.extend(file);
        self.record(&wanted)
    }

    fn dpia(
        &self,
        by: &str,
        name: &str,
        file: &Path,
        case: CaseChoice,
    ) -> Result<Entry, WorkError> {
        let mut wanted = Self::wanted(name, by)?;
        if name == "dpo-advice" {
            wanted.answers.set("recommendation", Value::text("proceed"));
            wanted.answers.set("advice", Value::text("Look again after a year."));
        } else {
            wanted.decision = Some(Decision::Approved);
            wanted.answers.set("advice-followed", Value::Bool(true));
            wanted.answers.set("review-date", Value::text("2027-09-21"));
        }
        wanted.attach.push(file.to_owned());
        wanted.case = case;
        self.record(&wanted)
    }

    /// Notes about entry 0, in one frame.
    pub fn batch(&self, by: &str, texts: &[&str]) -> Result<Vec<Entry>, WorkError> {
        let reading = self.read()?;
        let mut all = Vec::new();
        for text in texts {
            let mut wanted = Self::wanted("note", by)?;
            wanted.answers.set("text", Value::text(*text));
            wanted.links.push((Relation::About, "0".to_owned()));
            all.push(record::prepare(&self.world, &reading, &self.keyring(), &wanted)?);
        }
        drop(reading);
        Ok(record::sign_all(&self.world, &self.home, &all, &key(by))?.entries)
    }

    fn wanted(name: &str, by: &str) -> Result<Wanted, WorkError> {
        Ok(Wanted::new(kind(name)?, by))
    }

    pub fn record(&self, wanted: &Wanted) -> Result<Entry, WorkError> {
        let reading = self.read()?;
        let prepared = record::prepare(&self.world, &reading, &self.keyring(), wanted)?;
        drop(reading);
        self.sign(&wanted.by.clone(), &prepared)
    }

    fn sign(&self, name: &str, prepared: &Prepared) -> Result<Entry, WorkError> {
        let mut written = record::sign(&self.world, &self.home, prepared, &key(name))?;
        written
            .entries
            .pop()
            .ok_or_else(|| WorkError::refused("nothing was signed", "look into this test"))
    }

    /// How many entries there are.
    pub fn size(&self) -> Result<u64, WorkError> {
        Ok(self.read()?.store.head().size.0)
    }
}

/// Whether the environment asks for the long run.
pub fn full() -> bool {
    std::env::var_os("PROBITY_FULL").is_some_and(|value| value == "1")
}

/// The Python that has the judges' packages.
pub fn python() -> Command {
    let python = std::env::var_os("PROBITY_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONPATH", root().join("tests/verifier"));
    command
}

/// The folder of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made in a temporary one");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("files have types").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
