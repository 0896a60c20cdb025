//! Where drafts are kept: beginning one, changing it, and throwing it away.

use std::collections::BTreeMap;
use std::path::PathBuf;

use probity_ledger::records::kind::Kind;
use serde_json::{Map, Value as Json};

use super::{Damaged, Draft, Drafts, gone, one};
use crate::work::given::moments;
use crate::work::{WorkError, World, home, input};

/// Most drafts of one person.
const MOST: usize = 200;

/// A draft that was signed is forgotten after a day.
const REMEMBERED: i64 = 24 * 3600;

impl Draft {
    /// What was typed as a clock alone gets its day, now that it is known.
    fn date(&mut self, now: i64) {
        let Ok(kind) = self.kind() else { return };
        for (name, answer) in &mut self.answers {
            if let Some(field) = kind.field(name) {
                moments::date(&field.form, answer, now);
            }
        }
    }
}

impl Drafts {
    fn all(&self) -> PathBuf {
        self.home.page().join("drafts")
    }

    pub(super) fn folder(&self, id: &str) -> Result<PathBuf, WorkError> {
        let whole = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if whole { Ok(self.all().join(id)) } else { Err(gone()) }
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// Too many already; what the system says.
    pub fn begin(
        &self,
        world: &World,
        owner: &str,
        kind: &Kind,
        answers: Map<String, Json>,
    ) -> Result<Draft, WorkError> {
        let _one = one();
        if self.list(world, owner)?.len() >= MOST {
            return Err(WorkError::refused(
                format!("you have {MOST} unsigned drafts"),
                "sign some of them, or throw some away",
            ));
        }
        let mut draft = Draft {
            id: hex::encode(world.random::<16>()?),
            kind: kind.name.to_owned(),
            owner: owner.to_owned(),
            changed: world.now(),
            answers,
            beside: BTreeMap::new(),
            files: Vec::new(),
            signing: None,
            signed: None,
        };
        draft.date(world.now());
        self.keep(&draft)?;
        Ok(draft)
    }

    pub(super) fn keep(&self, draft: &Draft) -> Result<(), WorkError> {
        let folder = self.folder(&draft.id)?;
        home::make_private_folder(&self.all())?;
        home::make_private_folder(&folder)?;
        let text = serde_json::to_vec(draft).map_err(|error| {
            WorkError::refused(format!("a draft can't be written: {error}"), "report this")
        })?;
        if text.len() as u64 > input::MAX_ANSWERS {
            return Err(WorkError::refused(
                "these answers are too long for one record",
                "put the long ones into a file, and attach it",
            ));
        }
        home::replace_private(&folder.join("draft.json"), &text)
    }

    /// A draft of this owner.
    ///
    /// # Errors
    /// When there is none, or it is damaged: another person's draft isn't there, either.
    pub fn open(&self, id: &str, owner: &str) -> Result<Draft, WorkError> {
        self.read(id, owner)?.map_err(|damaged| damaged.refused())
    }

    /// A draft of this owner, as far as it can be read.
    pub(super) fn read(&self, id: &str, owner: &str) -> Result<Result<Draft, Damaged>, WorkError> {
        let path = self.folder(id)?.join("draft.json");
        let bytes = match input::bytes(&path, input::MAX_ANSWERS) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(gone()),
            Err(error) => return Err(WorkError::file("reading", &path)(error)),
        };
        let draft = match serde_json::from_slice::<Draft>(&bytes) {
            Ok(draft) => Ok(Draft { id: id.to_owned(), ..draft }),
            Err(error) => Err(Damaged::of(id, &bytes, &error).ok_or_else(gone)?),
        };
        let whose = match &draft {
            Ok(draft) => &draft.owner,
            Err(damaged) => &damaged.owner,
        };
        if whose == owner { Ok(draft) } else { Err(gone()) }
    }

    /// The names of all drafts, whosever they are.
    pub(super) fn ids(&self) -> Result<Vec<String>, WorkError> {
        let all = self.all();
        let names = match std::fs::read_dir(&all) {
            Ok(names) => names,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(WorkError::file("reading", &all)(error)),
        };
        Ok(names.flatten().filter_map(|name| name.file_name().into_string().ok()).collect())
    }

    /// What this owner is writing, the newest first. What was signed more than a day ago is forgotten.
    ///
    /// # Errors
    /// What the system says.
    pub fn list(&self, world: &World, owner: &str) -> Result<Vec<Draft>, WorkError> {
        let mut found = Vec::new();
        for id in self.ids()? {
            let Ok(draft) = self.open(&id, owner) else { continue };
            match draft.signed {
                Some(_) if world.now() - draft.changed > REMEMBERED => self.remove(&id)?,
                Some(_) => {}
                None => found.push(draft),
            }
        }
        found.sort_by_key(|draft| std::cmp::Reverse(draft.changed));
        Ok(found)
    }

    /// Changes a draft.
    ///
    /// # Errors
    /// No such draft, one that was signed, what `change` says.
    pub fn change(
        &self,
        world: &World,
        (id, owner): (&str, &str),
        change: impl FnOnce(&mut Draft) -> Result<(), WorkError>,
    ) -> Result<Draft, WorkError> {
        let _one = one();
        let mut draft = self.open(id, owner)?;
        if let Some(entry) = draft.signed {
            return Err(WorkError::refused(
                format!("this draft was signed, as record {entry}"),
                "to change what it says, record a correction",
            ));
        }
        change(&mut draft)?;
        draft.changed = world.now();
        draft.date(draft.changed);
        self.keep(&draft)?;
        Ok(draft)
    }

    /// Throws a draft away, a damaged one, too.
    ///
    /// # Errors
    /// No such draft; what the system says.
    pub fn throw_away(&self, id: &str, owner: &str) -> Result<(), WorkError> {
        let _one = one();
        drop(self.read(id, owner)?);
        self.remove(id)
    }

    fn remove(&self, id: &str) -> Result<(), WorkError> {
        let folder = self.folder(id)?;
        match std::fs::remove_dir_all(&folder) {
            // Another page did it at the same moment.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(WorkError::file("removing", &folder)),
        }
    }
}
