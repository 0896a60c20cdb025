//! A ledger opened: its store, who may sign in it, and what its records say.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use probity_keys::Kid;
use probity_ledger::book::authority::Authority;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::fault::Fault;
use probity_ledger::book::judge::{self, Trusting};
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::{Entry, Subject};
use probity_ledger::format::hash::{EntryHash, Index, RootHash, Size};
use probity_ledger::format::note::{Checkpoint, MAX_NOTE};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::{Earlier, PersonId};
use probity_ledger::records::kind::{Kind, Relation};
use probity_ledger::records::{self, roles};

use super::home::Home;
use super::keyring::file_name;
use super::{WorkError, backup};
use crate::store::{LocalStore, Mode, Options, Store as _, StoreError, Term, Terms};

/// A ledger opened to be read or written.
pub struct Reading {
    /// Its store.
    pub store: LocalStore,
    /// Who may sign.
    pub authority: Authority,
    /// The newest governance entry.
    pub gov: EntryHash,
    names: BTreeMap<PersonId, String>,
    /// Why it may lack records, if it does.
    lacks: Option<String>,
}

/// A record as it can be read.
#[derive(Clone, Debug)]
pub struct Record {
    /// The entry.
    pub entry: Entry,
    /// Its kind, when this program knows it.
    pub kind: Option<&'static Kind>,
    /// What stands in clear.
    pub clear: Option<ClearFields>,
    /// Its answers; `None` when the body was erased, or can't be opened.
    pub body: Option<Body>,
    /// Who signed.
    pub person: PersonId,
    links: Vec<(Relation, EntryHash)>,
    answers: Option<Answers>,
}

impl Record {
    /// Its place.
    #[must_use]
    pub fn index(&self) -> Index {
        self.entry.index()
    }

    /// Its answers by field name.
    #[must_use]
    pub fn answers(&self) -> Option<&Answers> {
        self.answers.as_ref()
    }

    /// The fields that it commits to, in the order of the questions.
    #[must_use]
    pub fn field_names(&self) -> Vec<&str> {
        match self.kind {
            Some(kind) => kind.body_fields().map(|field| field.name).collect(),
            None => self.entry.says().body.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }

    /// The fields that aren't there: erased, or not to be opened. A home keeps all others.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        let held = |name: &str| self.body.as_ref().is_some_and(|body| body.get(name).is_some());
        self.field_names().into_iter().filter(|name| !held(name)).collect()
    }

    /// Its links of known relations.
    #[must_use]
    pub fn links(&self) -> &[(Relation, EntryHash)] {
        &self.links
    }

    /// What its kind is called by people.
    #[must_use]
    pub fn title(&self) -> &str {
        self.kind.map_or(self.entry.says().kind, |kind| kind.title)
    }

    /// The decision that stands in clear.
    #[must_use]
    pub fn decision(&self) -> Option<&'static str> {
        match &self.clear {
            Some(ClearFields::Decision(decision)) => Some(decision.name()),
            _ => None,
        }
    }

    /// Whether it is an exception that a ratification in that role ratifies.
    #[must_use]
    pub fn is_ratified_as(&self, role: &str) -> bool {
        let wanted = self.answers.as_ref().and_then(|answers| answers.text("ratify-role"));
        self.entry.says().kind == "exception" && wanted.is_none_or(|wanted| wanted == role)
    }

    /// The record as a check of a later one sees it.
    #[must_use]
    pub fn earlier(&self) -> Earlier<'_> {
        Earlier {
            index: self.index(),
            hash: self.entry.hash(),
            kind: self.entry.says().kind,
            role: self.entry.says().role,
            person: self.person,
            time: self.entry.says().time,
            decision: self.decision(),
            links: &self.links,
            answers: self.answers.as_ref(),
        }
    }
}

/// Reads what the store indexes out of an entry's bytes.
#[must_use]
pub fn terms(bytes: &[u8]) -> Option<Terms> {
    let entry = Entry::parse(bytes).ok()?;
    Some(Terms {
        case: entry.subject().as_str().to_owned(),
        kind: entry.says().kind.to_owned(),
        kid: entry.says().kid.0,
        links: entry.says().links.iter().map(|link| link.entry).collect(),
        governance: entry.is_governance(),
        statement: entry.carried().map(|(statement, _)| statement),
    })
}

/// What a home's ledger is opened with.
#[must_use]
pub fn options(home: &Home) -> Options {
    let (disk, failed) = (Arc::clone(home.disk()), Arc::clone(home.failed()));
    Options { disk, failed, ..Options::new(terms) }
}

impl Reading {
    /// Opens the ledger of a home.
    ///
    /// # Errors
    /// When there is none, it is damaged where authority is read, or it contradicts the newest
    /// checkpoint given out.
    pub fn open(home: &Home, mode: &Mode) -> Result<Self, WorkError> {
        Self::open_with(home, mode, &options(home))
    }

    /// As [`Reading::open`], with other options than the usual ones.
    ///
    /// # Errors
    /// As [`Reading::open`].
    pub fn open_with(home: &Home, mode: &Mode, options: &Options) -> Result<Self, WorkError> {
        home.config()?;
        let ledger = home.ledger();
        if matches!(mode, Mode::Write(_)) && backup::is_backup(home.path()) {
            return Err(WorkError::refused(
                format!("{} is a backup, in which nothing is written", home.path().display()),
                "use the record book itself; if it is lost, `probity restore` makes it anew from \
                 this backup",
            ));
        }
        let Mode::Write(writer) = mode else {
            // The checkpoint first: a writer may go on meanwhile.
            let kept = read_checkpoint(home);
            let store = LocalStore::open(&ledger, mode, options)?;
            if store.head().size.0 == 0 {
                home.refuse_lost()?;
            }
            let mut reading = Self::from_store(store)?;
            reading.lacks = reading.what_it_lacks(kept);
            return Ok(reading);
        };
        home.refuse_lost()?;
        // The tail may only be cut where no checkpoint counts it, so the writer needs to know
        // the newest one; and whether that is the ledger's own, authority tells. The lock
        // comes first, so that nobody gives out a newer one meanwhile.
        let lock = LocalStore::lock(&ledger, writer, options)?;
        let reading = Self::from_store(LocalStore::open(&ledger, &Mode::Read, options)?)?;
        let kept = reading.store.checkpoint()?;
        let checkpoint = kept.map(|kept| reading.own_checkpoint(&kept)).transpose();
        let checkpoint = checkpoint.map_err(|fault| bad_checkpoint(&fault))?;
        drop(reading);
        let options = Options { checkpoint, ..options.clone() };
        Self::from_store(LocalStore::open_locked(&ledger, lock, &options)?)
    }

    /// Size and root of a kept checkpoint, if it is this ledger's own.
    fn own_checkpoint(&self, kept: &[u8]) -> Result<(Size, RootHash), String> {
        let kept = Checkpoint::parse(kept).map_err(|fault| fault.to_string())?;
        let log = self.authority.log_key(kept.size);
        if log.is_none_or(|log| kept.verify(log).is_err()) {
            return Err("it is not signed by this ledger's log key".to_owned());
        }
        Ok((kept.size, kept.root))
    }

    fn what_it_lacks(&self, kept: io::Result<Option<Vec<u8>>>) -> Option<String> {
        if let Some(damage) = self.store.damage() {
            return Some(damage.to_string());
        }
        if let Some(unread) = self.store.slots_unread() {
            return Some(format!("no answers can be opened: {unread}"));
        }
        let kept = match kept {
            Ok(kept) => kept?,
            Err(error) => return Some(format!("the kept checkpoint can't be read: {error}")),
        };
        match self.own_checkpoint(&kept) {
            Ok((size, root)) => {
                self.store.check_checkpoint(size, root).err().map(|error| error.to_string())
            }
            Err(fault) => Some(bad_checkpoint(&fault).to_string()),
        }
    }

    /// What is wrong, if the record book was opened for reading and may lack records: it is damaged,
    /// and what stands before the damage is there alone, or it isn't the one that the newest
    /// checkpoint was given out of, or what tells that can't be read.
    #[must_use]
    pub fn lacks(&self) -> Option<&str> {
        self.lacks.as_deref()
    }

    /// Refuses what others would take for the whole of it, such as a calendar.
    ///
    /// # Errors
    /// When it may lack records.
    pub fn check_whole(&self) -> Result<(), WorkError> {
        self.lacks().map_or(Ok(()), |lacks| {
            Err(WorkError::refused(
                format!("records and deadlines may be missing: {lacks}"),
                "run `probity verify`, and restore the newest backup into another folder with \
                 `probity restore`",
            ))
        })
    }

    /// How many entries there are.
    #[must_use]
    pub fn size(&self) -> Size {
        self.store.head().size
    }

    /// Takes an open store and works out who may sign.
    ///
    /// # Errors
    /// Damage, or governance entries that are not genuine.
    pub fn from_store(store: LocalStore) -> Result<Self, WorkError> {
        let mut authority = None;
        let mut gov = EntryHash::ZERO;
        let mut names = BTreeMap::new();
        for index in store.governance()? {
            let entry = parse(&store, index)?;
            if entry.place().gov != gov {
                return Err(WorkError::refused(
                    format!("entry {index} doesn't follow the governance entry before it"),
                    "run `probity verify`; it names what is damaged",
                ));
            }
            let judged =
                judge::judge(&mut authority, &entry, &Trusting).map_err(|f| f.at(index))?;
            gov = entry.hash();
            let person = match &judged.clear {
                Some(
                    ClearFields::Genesis { person, .. } | ClearFields::Appointment { person, .. },
                ) => *person,
                _ => continue,
            };
            // Who it is, the entry itself says; what they are called may be unreadable.
            let body = open_body(&store, &entry).ok().flatten();
            let name = body.as_ref().and_then(|body| body.get("name"));
            if let Some(name) = name.and_then(|opening| opening.value.as_text()) {
                names.insert(person, name.to_owned());
            }
        }
        let authority = authority.ok_or_else(|| {
            WorkError::refused(
                "the record book is empty",
                "run `probity verify`, and restore a backup",
            )
        })?;
        Ok(Self { store, authority, gov, names, lacks: None })
    }

    /// A person's name, from their newest appointment.
    #[must_use]
    pub fn name(&self, person: &PersonId) -> Option<&str> {
        self.names.get(person).map(String::as_str)
    }

    /// The names of everybody who was ever appointed, from their newest appointments.
    pub fn appointed_names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }

    /// The person who was appointed under that name.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn person_named(&self, name: &str) -> Result<PersonId, WorkError> {
        let wanted = file_name(name);
        let found: Vec<PersonId> = self
            .names
            .iter()
            .filter(|(_, known)| file_name(known) == wanted)
            .map(|(person, _)| *person)
            .collect();
        match found.as_slice() {
            [person] => Ok(*person),
            [] => Err(WorkError::refused(
                format!("nobody of the name `{name}` is appointed"),
                "see `probity key list`",
            )),
            _ => Err(WorkError::refused(
                format!("{} people are appointed under the name `{name}`", found.len()),
                "name their key file instead",
            )),
        }
    }

    /// Whether anybody but this person is appointed under a name.
    #[must_use]
    pub fn is_anothers_name(&self, name: &str, person: &PersonId) -> bool {
        let wanted = file_name(name);
        self.names.iter().any(|(other, known)| other != person && file_name(known) == wanted)
    }

    /// One entry, without its answers.
    ///
    /// # Errors
    /// No such entry, or damage.
    pub fn entry(&self, index: Index) -> Result<Entry, WorkError> {
        parse(&self.store, index)
    }

    /// One record, for whoever goes on from what it says.
    ///
    /// # Errors
    /// No such entry, or damage, also of nothing but its answers.
    pub fn record(&self, index: Index) -> Result<Record, WorkError> {
        let entry = parse(&self.store, index)?;
        let body = open_body(&self.store, &entry)?;
        Ok(self.with(entry, body))
    }

    /// One record, for whoever shows what is there: answers that can't be opened hide no other
    /// record. Nobody erased those, and [`Aftermath::is_unreadable`] tells.
    ///
    /// [`Aftermath::is_unreadable`]: super::history::Aftermath::is_unreadable
    ///
    /// # Errors
    /// No such entry, or damage of more than its answers.
    pub fn shown(&self, index: Index) -> Result<Record, WorkError> {
        let entry = parse(&self.store, index)?;
        let body = match open_body(&self.store, &entry) {
            Err(WorkError::Store(StoreError::BodyUnreadable { .. }) | WorkError::Fault(_)) => None,
            opened => opened?,
        };
        Ok(self.with(entry, body))
    }

    fn with(&self, entry: Entry, body: Option<Body>) -> Record {
        let said = entry.says();
        let kind = records::find(said.kind, said.version);
        let clear = kind.and_then(|kind| ClearFields::parse(kind.clear, said.clear).ok());
        let links = said
            .links
            .iter()
            .filter_map(|link| Some((Relation::named(&link.rel)?, link.entry)))
            .collect();
        let answers = body.as_ref().map(|body| {
            Answers(body.iter().map(|(name, o)| (name.to_owned(), o.value.clone())).collect())
        });
        let person = self.authority.person(&entry.says().kid).unwrap_or_default();
        Record { entry, kind, clear, body, person, links, answers }
    }

    /// The records at these places.
    ///
    /// # Errors
    /// As [`Reading::record`].
    pub fn records(&self, indices: &[Index]) -> Result<Vec<Record>, WorkError> {
        indices.iter().map(|index| self.record(*index)).collect()
    }

    /// The records of a case, oldest first.
    ///
    /// # Errors
    /// Damage.
    pub fn case(&self, subject: &Subject) -> Result<Vec<Record>, WorkError> {
        match subject {
            Subject::Ledger => Ok(Vec::new()),
            Subject::Case(case) => self.records(&self.store.lookup(&Term::Case(case.clone()))?),
        }
    }

    /// The records of a case, oldest first, for whoever shows them.
    ///
    /// # Errors
    /// As [`Reading::shown`].
    pub fn shown_case(&self, case: &str) -> Result<Vec<Record>, WorkError> {
        let places = self.store.lookup(&Term::Case(case.to_owned()))?;
        places.into_iter().map(|index| self.shown(index)).collect()
    }

    /// The place of the entry with that hash.
    ///
    /// # Errors
    /// Damage.
    pub fn find(&self, hash: &EntryHash) -> Result<Option<Index>, WorkError> {
        Ok(self.store.find_hash(hash)?)
    }

    /// The entry that a user means: an index, the beginning of a hash, or `CASE/KIND` for the
    /// newest of that kind in a case.
    ///
    /// # Errors
    /// When it names none, or several.
    pub fn resolve(&self, text: &str) -> Result<Index, WorkError> {
        let size = self.store.head().size;
        if let Ok(index) = text.parse::<u64>() {
            if index < size.0 {
                return Ok(Index(index));
            }
            return Err(WorkError::refused(
                format!("there is no entry {index}; the newest is {}", size.0.saturating_sub(1)),
                "see `probity log`",
            ));
        }
        let lower = text.to_lowercase();
        if let Some((case, kind)) = lower.split_once('/') {
            let all = self.records(&self.store.lookup(&Term::Case(case.to_owned()))?)?;
            return all
                .iter()
                .rev()
                .find(|record| record.entry.says().kind == kind)
                .map(Record::index)
                .ok_or_else(|| {
                    WorkError::refused(
                        format!("case {case} has no `{kind}`"),
                        format!("see `probity show {case}`"),
                    )
                });
        }
        let hex =
            text.len() >= 4 && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let found =
            if hex { self.store.find_hash_prefix(&text.to_lowercase())? } else { Vec::new() };
        match found.as_slice() {
            [index] => Ok(*index),
            [] => Err(WorkError::refused(
                format!("`{text}` names no entry"),
                "give an index such as 17, the first digits of a hash, or CASE/KIND",
            )),
            several => Err(WorkError::refused(
                format!("`{text}` begins the hashes of {} entries", several.len()),
                "give more digits",
            )),
        }
    }

    /// Whether any entry belongs to that case.
    ///
    /// # Errors
    /// Damage.
    pub fn has_case(&self, case: &str) -> Result<bool, WorkError> {
        Ok(!self.store.lookup(&Term::Case(case.to_owned()))?.is_empty())
    }

    /// The next free case of that name and year.
    ///
    /// # Errors
    /// Damage.
    pub fn next_case(&self, name: &str, year: i16) -> Result<String, WorkError> {
        let taken = |number: u32| self.has_case(&format!("{name}-{year:04}-{number:03}"));
        // Cases are numbered without gaps, so the first free one is found by doubling.
        let mut above = 1;
        while taken(above)? {
            above *= 2;
        }
        let mut below = above / 2;
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            if taken(middle)? { below = middle } else { above = middle }
        }
        Ok(format!("{name}-{year:04}-{above:03}"))
    }

    /// The latest entry of a case.
    ///
    /// # Errors
    /// Damage.
    pub fn case_head(&self, subject: &Subject) -> Result<Option<EntryHash>, WorkError> {
        let Subject::Case(case) = subject else { return Ok(None) };
        let all = self.store.lookup(&Term::Case(case.clone()))?;
        Ok(all.last().map(|index| self.store.hash(*index)).transpose()?)
    }

    /// The roles that a person's key holds now, by the key's newest appointment.
    #[must_use]
    pub fn roles_of(&self, kid: &Kid) -> Vec<String> {
        let next = Index(self.store.head().size.0);
        self.authority
            .key(kid)
            .filter(|record| record.revoked.is_none())
            .and_then(|record| record.appointment_below(next))
            .map(|appointment| appointment.roles.clone())
            .unwrap_or_default()
    }

    /// Who entered what somebody else signed elsewhere, in words; `None` for an entry that its
    /// author signed here.
    #[must_use]
    pub fn entered_by(&self, entry: &Entry) -> Option<String> {
        entry.statement()?;
        let own = entry.own_words();
        Some(format!("{}, {}", self.name_of(&own.kid), roles::title(own.role)))
    }

    /// A name for whoever signed with a key, in words: `Amina Khan (key 1f0c2a9b)`.
    #[must_use]
    pub fn signer(&self, entry: &Entry) -> String {
        self.name_of(&entry.says().kid)
    }

    fn name_of(&self, kid: &Kid) -> String {
        let name =
            self.authority.person(kid).and_then(|person| self.name(&person).map(str::to_owned));
        name.unwrap_or_else(|| format!("key {}", kid.short()))
    }

    /// `entry 3, DPO's advice by Priya Raman`.
    #[must_use]
    pub fn described(&self, record: &Record) -> String {
        let (index, signer) = (record.index(), self.signer(&record.entry));
        format!("entry {index}, {} by {signer}", record.title())
    }

    /// A name and role: `Amina Khan, Headteacher`.
    #[must_use]
    pub fn signer_and_role(&self, entry: &Entry) -> String {
        format!("{}, {}", self.signer(entry), roles::title(entry.says().role))
    }
}

/// The newest checkpoint given out, as it is kept; what is too long to be one, cut short.
///
/// # Errors
/// What the system says.
pub fn read_checkpoint(home: &Home) -> io::Result<Option<Vec<u8>>> {
    let path = home.ledger().join("checkpoint");
    match home.disk().read(&path, MAX_NOTE as u64) {
        Ok(bytes) => Ok(Some(bytes)),
        // What is longer is no checkpoint either; its content doesn't matter.
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Ok(Some(vec![0; MAX_NOTE + 1]))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn bad_checkpoint(found: &str) -> WorkError {
    WorkError::refused(
        format!("the kept checkpoint is damaged: {found}"),
        "run `probity verify`; then copy this folder, and take ledger/checkpoint from a backup",
    )
}

fn parse(store: &LocalStore, index: Index) -> Result<Entry, WorkError> {
    let bytes = store.entry(index)?;
    let entry = Entry::parse(&bytes).map_err(|fault| judge::entry_fault(&fault).at(index))?;
    if entry.index() != index {
        return Err(Fault::new(
            probity_ledger::book::fault::Code::Seq,
            "its index",
            entry.index().to_string(),
            index.to_string(),
        )
        .at(index)
        .into());
    }
    Ok(entry)
}

/// Opens a body and holds it against its commitments; `None` when it was erased.
fn open_body(store: &LocalStore, entry: &Entry) -> Result<Option<Body>, WorkError> {
    let Some(opened) = store.body(entry.index())? else { return Ok(None) };
    Ok(Some(judge::open_body(entry, &opened.body).map_err(|fault| fault.at(entry.index()))?))
}
