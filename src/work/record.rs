//! Preparing a record: everything is read, checked and resolved, and nothing is written.
//!
//! What comes out ([`Prepared`]) is shown to the author before a key is unlocked. After
//! that, [`sign`] takes the lock, looks whether the case or a linked entry changed
//! meanwhile, and appends.

use std::fmt::Write as _;
use std::path::PathBuf;

use probity_keys::{Kid, PublicKey, Signer};
use probity_ledger::book::clear::{ClearFields, Decision};
use probity_ledger::format::body::Document;
use probity_ledger::format::clip::clipped;
use probity_ledger::format::entry::{Entry, Subject};
use probity_ledger::format::hash::{EntryHash, Sha256Hash};
use probity_ledger::records::answers::Answers;
use probity_ledger::records::facts::Finding;
use probity_ledger::records::kind::{Also, Kind, Relation};

use super::compose::{self, Appended, Draft, LinkTo};
use super::desk::Desk;
use super::home::Home;
use super::keyring::{Keyring, file_name};
use super::reading::Reading;
use super::{WorkError, World, batch, seen, time};
use crate::store::{Cut, Mode};

pub mod choices;
pub mod complete;
pub mod kinds;
pub mod log_key;
pub(in crate::work) mod others;
mod prepare;

pub use kinds::kind;
pub use prepare::{Preparing, check_answers, prepare, usual_targets};
pub(crate) use prepare::{prepare_statement, would_erase};

/// The case that a record belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseChoice {
    /// None named: that of the linked entry, or none for kinds that belong to no case.
    Unsaid,
    /// The next free one; with a name, of that name.
    New(Option<String>),
    /// This one, which exists.
    Existing(String),
}

impl CaseChoice {
    /// Reads `new`, `NAME-new`, or a case.
    ///
    /// # Errors
    /// When it has another form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_lowercase();
        let text = lower.as_str();
        if text == "new" {
            return Ok(Self::New(None));
        }
        if let Some(name) = text.strip_suffix("-new") {
            return if CASE_NAMES.contains(&name) {
                Ok(Self::New(Some(name.to_owned())))
            } else {
                Err(format!("cases are named {}", CASE_NAMES.join(", ")))
            };
        }
        match Subject::parse(text) {
            Some(Subject::Case(case)) => Ok(Self::Existing(case)),
            _ => Err(format!(
                "`{}` is not `new` or a case such as breach-2026-003",
                clipped(text, 60)
            )),
        }
    }
}

/// What cases may be named after.
pub const CASE_NAMES: &[&str] =
    &["dpia", "breach", "cctv", "consent", "request", "complaint", "meeting", "supplier", "other"];

/// What the author gives for one record.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The kind.
    pub kind: &'static Kind,
    /// Name of the author's key.
    pub by: String,
    /// The role; may be left out by who holds exactly one that fits.
    pub role: Option<String>,
    /// The case.
    pub case: CaseChoice,
    /// The answers.
    pub answers: Answers,
    /// The decision, for kinds that have one.
    pub decision: Option<Decision>,
    /// Clear fields of other kinds: an entry's index and a reason, or a size and a hash.
    pub clear: Option<ClearFields>,
    /// Files.
    pub attach: Vec<PathBuf>,
    /// Links, each a relation and what the author named.
    pub links: Vec<(Relation, String)>,
    /// An exception under which it is signed.
    pub exception: Option<Exception>,
    /// Whether the date was confirmed, though it is more than 30 days after the last entry.
    pub date_confirmed: bool,
    /// In a batch: the records with one word here share the new case that the first of them
    /// begins.
    pub together: Option<String>,
    /// Whether it was taken over by the `import` that begins its batch, and links it.
    pub imported: bool,
}

impl Wanted {
    /// A record of a kind by somebody, with nothing else said.
    #[must_use]
    pub fn new(kind: &'static Kind, by: &str) -> Self {
        Self {
            kind,
            by: by.to_owned(),
            role: None,
            case: CaseChoice::Unsaid,
            answers: Answers::default(),
            decision: None,
            clear: None,
            attach: Vec::new(),
            links: Vec::new(),
            exception: None,
            date_confirmed: false,
            together: None,
            imported: false,
        }
    }
}

/// Why a rule is not kept, and who must ratify that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The rule.
    pub rule: String,
    /// The reason.
    pub reason: String,
    /// The role that must ratify.
    pub ratify_role: String,
    /// By when: a day such as 2026-11-21; the default is ten working days.
    pub ratify_by: Option<String>,
}

/// A record that is ready to be shown and signed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// One draft, or an exception and the record that stands under it.
    pub drafts: Vec<Draft>,
    /// Who signs.
    pub name: String,
    /// The key file's name.
    pub by: String,
    /// What an inspector would ask about.
    pub findings: Vec<Finding>,
    /// Linked entries in words, for the preview.
    pub linked: Vec<(Relation, String)>,
    /// Documents, for the preview.
    pub documents: Vec<Document>,
    /// Whether the case is new.
    pub new_case: bool,
    /// What the author should know before signing, beside the record itself.
    pub notes: Vec<String>,
    /// What it is called where it isn't what the reader is about to sign.
    pub heading: Option<String>,
    /// The signatures beside this one that are there already, and the entries that give them, in words.
    pub given: Vec<(&'static Also, String)>,
    /// A public key that came along, with the name by which it is kept here once this is on record.
    pub keeps: Option<(String, PublicKey)>,
    kid: Kid,
    date_confirmed: bool,
    basis: Vec<(Subject, Option<EntryHash>)>,
    linked_state: Vec<(EntryHash, usize)>,
}

impl Prepared {
    /// The record itself: the last draft.
    ///
    /// # Panics
    /// Never: there is always one.
    #[must_use]
    pub fn record(&self) -> &Draft {
        self.drafts.last().expect("a prepared record has a draft")
    }

    /// A record with nothing that it builds on: what somebody is asked to sign elsewhere, and what
    /// carries that.
    pub(crate) fn shown(
        draft: Draft,
        (name, by, kid): (&str, &str, Kid),
        findings: Vec<Finding>,
        linked: Vec<(Relation, String)>,
        documents: Vec<Document>,
        new_case: bool,
        notes: Vec<String>,
    ) -> Self {
        Self {
            drafts: vec![draft],
            name: name.to_owned(),
            by: by.to_owned(),
            findings,
            linked,
            documents,
            new_case,
            notes,
            heading: None,
            keeps: None,
            given: Vec::new(),
            kid,
            date_confirmed: false,
            basis: Vec::new(),
            linked_state: Vec::new(),
        }
    }

    /// A word that changes when anything does that its author was shown, or that it builds on: the
    /// newest entry of its case, and what has happened to the entries that it links.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut whole = String::new();
        for draft in &self.drafts {
            let Draft { kind, subject, role, links, clear, answers, .. } = draft;
            let said = (kind.name, kind.version, subject, role, links, clear, answers);
            let _ = write!(whole, "{said:?}");
        }
        let shown =
            (&self.name, &self.by, &self.kid, &self.findings, &self.linked, &self.documents);
        let around = (self.new_case, &self.notes, &self.given, &self.basis, &self.linked_state);
        let _ = write!(whole, "{shown:?}{around:?}");
        Sha256Hash::of(whole.as_bytes()).to_string()
    }

    /// The author's key.
    #[must_use]
    pub const fn kid(&self) -> Kid {
        self.kid
    }

    /// Puts a record that begins a case into another new case.
    pub fn join(&mut self, new: &Subject) {
        let old = self.record().subject.clone();
        for draft in self.drafts.iter_mut().filter(|draft| draft.subject == old) {
            draft.subject = new.clone();
        }
        for (subject, _) in self.basis.iter_mut().filter(|(subject, _)| *subject == old) {
            *subject = new.clone();
        }
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The entries, in their order.
    pub entries: Vec<Entry>,
    /// Whether one of them completed an erasure, which was carried out.
    pub erased: bool,
    /// Why no checkpoint could be signed over them (the log key may be elsewhere, the disk
    /// full). That takes nothing from them: the next checkpoint covers them, too.
    pub no_checkpoint: Option<WorkError>,
    /// Why a public key that came along is not kept in this home. What it is appointed as stands.
    pub not_kept: Option<Box<WorkError>>,
    /// The end of an unfinished write that was cut before.
    pub cut: Option<Box<Cut>>,
}

/// Signs what was prepared and shown.
///
/// # Errors
/// When the case or a linked entry changed since it was shown, when the key isn't the one that
/// was prepared for, or anything that appending refuses. Nothing is written then.
pub fn sign(
    world: &World,
    home: &Home,
    prepared: &Prepared,
    key: &dyn Signer,
) -> Result<Written, WorkError> {
    sign_all(world, home, std::slice::from_ref(prepared), key)
}

/// Signs several prepared records as one batch: all of them, or none. A batch that is too
/// large for one frame ([`batch::frames`]) is written in several, one after another.
///
/// # Errors
/// As [`sign`]; if an earlier frame was written, the error says so.
pub fn sign_all(
    world: &World,
    home: &Home,
    prepared: &[Prepared],
    key: &dyn Signer,
) -> Result<Written, WorkError> {
    sign_checked(world, home, prepared, key, &|_| Ok(()))
}

/// As [`sign_all`], with something else that must hold under the lock.
pub(crate) fn sign_checked(
    world: &World,
    home: &Home,
    prepared: &[Prepared],
    key: &dyn Signer,
    check: &dyn Fn(&Reading) -> Result<(), WorkError>,
) -> Result<Written, WorkError> {
    let keyring = Keyring::of(home);
    let doing = prepared.first().map_or("nothing", |first| first.record().kind.name);
    let mut reading = open_for_writing(home, doing, world)?;
    let (mut desk, now) = (Desk::of(&reading), world.now());
    for one in prepared {
        if key.public().kid() != one.kid {
            return Err(WorkError::refused(
                format!("the unlocked key is not that of {}", one.by),
                "unlock the author's own key",
            ));
        }
        one.check_unchanged(now, &mut desk)?;
    }
    drop(desk);
    check(&reading)?;
    for (name, public) in prepared.iter().filter_map(|one| one.keeps.as_ref()) {
        // Somebody may have taken the name since it was shown.
        keyring.offered(name, public)?;
    }
    let signer = prepared.first().map(|first| first.by.as_str());
    if let Some(name) = signer {
        seen::sign_over(world, &reading, &keyring, name)?;
    }
    let frames: Vec<Vec<&Draft>> = batch::frames(prepared)
        .into_iter()
        .map(|frame| frame.iter().flat_map(|one| &one.drafts).collect())
        .collect();
    let Appended { entries, erased, failed } =
        compose::append_all(world, &mut reading, &frames, key)?;
    if erased {
        // They may hold it, in clear.
        home.remove_bundles();
    }
    let failed = match failed {
        Some(error) if entries.is_empty() => return Err(error),
        Some(error) => Some(batch::stopped(&entries, &error)),
        None => None,
    };
    if let Some(name) = signer {
        // The entries stand; the next signature remembers them if this can't be written now.
        let _ = seen::Seen::of(&reading).go_on(&keyring, name);
    }
    let cut = reading.store.recovered().cloned().map(Box::new);
    let no_checkpoint = close(reading, &keyring).err();
    let mut not_kept = None;
    for (name, public) in prepared.iter().filter_map(|one| one.keeps.as_ref()) {
        if let Err(error) = keyring.import_public(name, public) {
            let path = home.keys().join(format!("{}.pub", file_name(name)));
            not_kept = Some(WorkError::refused(
                format!("the public key of {name} is not kept here: {error}"),
                format!("put their file there as {}", path.display()),
            ));
        }
    }
    failed.map_or(
        Ok(Written { entries, erased, no_checkpoint, not_kept: not_kept.map(Box::new), cut }),
        Err,
    )
}

/// Opens a home for writing and says in its lock what for.
///
/// # Errors
/// As [`Reading::open`].
pub fn open_for_writing(home: &Home, doing: &str, world: &World) -> Result<Reading, WorkError> {
    let writer = format!("{doing}, since {}", time::words(world.now()));
    Reading::open(home, &Mode::Write(writer))
}

/// Ends a writing session: gives out a checkpoint over what is there.
///
/// # Errors
/// As [`super::checkpoint::give_out`]; it takes nothing from what was written.
pub fn close(mut reading: Reading, keyring: &Keyring) -> Result<(), WorkError> {
    super::checkpoint::give_out(&mut reading, keyring).map(drop)
}

impl Prepared {
    fn check_unchanged(&self, now: i64, desk: &mut Desk<'_>) -> Result<(), WorkError> {
        compose::check_clock(desk, self.record().kind, now, self.date_confirmed)?;
        for (subject, head) in &self.basis {
            let found = desk.case_head(subject)?;
            if found != *head {
                return Err(WorkError::refused(
                    format!("somebody signed in {subject} meanwhile"),
                    format!("look at it with `probity show {subject}`, then sign again"),
                ));
            }
        }
        if state_of(desk, &self.drafts)? != self.linked_state {
            return Err(WorkError::refused(
                "somebody signed about a linked entry meanwhile",
                "look at it with `probity show ENTRY`, then sign again",
            ));
        }
        Ok(())
    }
}

/// For each linked entry, how many entries link to it: whether something happened to it since.
fn state_of(desk: &mut Desk<'_>, drafts: &[Draft]) -> Result<Vec<(EntryHash, usize)>, WorkError> {
    let mut state = Vec::new();
    for (_, to) in drafts.iter().flat_map(|draft| &draft.links) {
        if let LinkTo::Entry(hash) = to {
            state.push((*hash, desk.linking_to(hash)?));
        }
    }
    Ok(state)
}
