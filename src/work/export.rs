//! Evidence bundles: what was chosen, what proves it, and nothing else.
//!
//! Every bundle holds entry n−1, the whole governance chain, and the acceptances, bare
//! unless chosen; and for each case of a chosen entry the entries before it, bare, so that
//! nobody can say that something was left out. Bare entries disclose no answers but the names
//! of those who were appointed. A person's own copy is the one that leaves entries of a case out.
//!
//! ```text
//! choice       which entries, and what proves them
//! regulator    the rules of a regulator's copy
//! person       the rules of a person's own copy
//! named        what an answer names
//! disclosure   which answers go along, and why each other doesn't
//! plan         all of this together: the schedule, the preview and the report
//! layout       the files of a bundle
//! outside      cosignatures, timestamps, and the head that is continued
//! transparent  every entry as a transparent statement
//! page         the page in it
//! encrypted    the zip around it, for e-mail
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use probity_ledger::format::note::Checkpoint;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use self::choice::{Audience, Choice, LeftOut};
pub use self::encrypted::Password;
pub use self::plan::{Along, Look, LookAt, Summary};
use self::plan::{Part, Plan};
use super::home::Home;
use super::keyring::Keyring;
use super::reading::Reading;
use super::record::open_for_writing;
use super::schedule::{Line, Withheld};
use super::{WorkError, World, bag, checkpoint, verify, witnesses};
use crate::store::{Mode, Store as _};

mod choice;
mod disclosure;
mod encrypted;
mod layout;
mod named;
mod outside;
mod page;
mod person;
mod plan;
mod regulator;
mod transparent;

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// The verdict on it, read again from the disk; of an encrypted one before it was encrypted.
    pub verdict: Verdict,
    /// How many entries it holds.
    pub entries: usize,
    /// How many of them were chosen, and so are disclosed.
    pub chosen: usize,
    /// How many documents.
    pub documents: usize,
    /// Whether its page carries the records, or has to be given the bundle.
    pub page_carries: bool,
    /// The page itself.
    pub page: Vec<u8>,
    /// How many entries have a transparent statement: all of them, or none.
    pub transparent: usize,
    /// What the sender should know.
    pub summary: Summary,
}

/// What an export would come to.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The schedule.
    pub lines: Vec<Line>,
    /// What the sender should know.
    pub summary: Summary,
}

impl Preview {
    fn of(plan: &Plan) -> Self {
        Self { lines: plan.lines(Part::named_documents), summary: plan.summary() }
    }

    /// Tells it from another: SHA-256 of all that it says, hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(format!("{self:?}")))
    }
}

/// Says what a bundle would hold, and writes nothing.
///
/// # Errors
/// A choice that names nothing, damage.
pub fn preview(home: &Home, choice: &Choice) -> Result<Preview, WorkError> {
    let reading = Reading::open(home, &Mode::Browse)?;
    checkpoint::known::refuse_contradicted(&reading, &witnesses::policy(home)?)?;
    let plan = Plan::make(&reading, choice, reading.store.head().size)?;
    Ok(Preview::of(&plan))
}

/// Whether none of a record's answers go along: it proves the order and the authority of the others.
#[must_use]
pub fn only_proves(line: &Line) -> bool {
    let whole = |one: &Withheld| one.why == disclosure::NOT_CHOSEN;
    !line.withheld.is_empty() && line.withheld.iter().all(whole)
}

/// Writes a bundle and verifies it from the disk.
///
/// # Errors
/// A choice that names nothing, a file that exists, a log key that isn't here, damage. Nothing
/// half-written stays behind.
pub fn export(
    world: &World,
    home: &Home,
    choice: &Choice,
    path: &Path,
) -> Result<Exported, WorkError> {
    write(world, home, choice, path, None)
}

/// Verifies a bundle in memory and writes an encrypted zip around it: nothing of it comes to the
/// disk in clear.
///
/// # Errors
/// As [`export()`].
pub fn export_encrypted(
    world: &World,
    home: &Home,
    choice: &Choice,
    path: &Path,
    password: &Password,
) -> Result<Exported, WorkError> {
    write(world, home, choice, path, Some(password))
}

fn write(
    world: &World,
    home: &Home,
    choice: &Choice,
    path: &Path,
    password: Option<&Password>,
) -> Result<Exported, WorkError> {
    bag::refuse_existing(path)?;
    let practice = home.config()?.practice;
    let own = witnesses::policy(home)?;
    let continues = choice.continues.as_deref().map(verify::read_older).transpose()?;
    let mut reading = open_for_writing(home, "export", world)?;
    let policy = witnesses::for_bundle(home, &reading, reading.size())?;
    let plan = Plan::make(&reading, choice, reading.store.head().size)?;
    if choice.seen.as_ref().is_some_and(|seen| *seen != Preview::of(&plan).digest()) {
        return Err(WorkError::refused(
            "something was recorded since this was looked at, and nothing was made",
            "look at what goes along once more",
        ));
    }
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(home), &own)?;
    let checkpoint = Checkpoint::parse(&note).map_err(|fault| {
        WorkError::refused(format!("the checkpoint is damaged: {fault}"), "run `probity verify`")
    })?;
    let checkpoint = outside::cosigned(&reading, checkpoint)?;
    let mut files = BTreeMap::new();
    let documents = layout::lay_out(&reading, &plan, &checkpoint, policy, &mut files)?;
    let continues = continues.as_ref().map(|older| &older.checkpoint);
    outside::lay_out(&reading, &plan, &own, (&checkpoint, continues), &mut files)?;
    let transparent = transparent::lay_out(&reading, &Keyring::of(home), &checkpoint, &mut files)?;
    let top = layout::top_name(&reading, checkpoint.size, practice);
    let finish = |files: &mut _| layout::finish_bag(&reading, files, world.now(), practice);
    let page_carries = page::enclose(&top, &mut files, finish)?;
    finish(&mut files);
    drop(reading);
    // Written beside its name, read again and verified, and only then given its name.
    let (part, verdict) = match password {
        None => {
            let part = bag::write_part(world, path, &top, &files)?;
            let verdict = check(bag::read(part.path())?, path)?;
            (part, verdict)
        }
        Some(password) => {
            let bundle = Zeroizing::new(bag::to_bounded_zip(&top, &files)?);
            let verdict = check(bag::read_bytes(&bundle)?, path)?;
            (encrypted::write_part(world, path, &bundle, password)?, verdict)
        }
    };
    part.keep(path)?;
    let page = files.remove(page::PATH).unwrap_or_default();
    let summary = plan.summary();
    Ok(Exported {
        path: path.to_owned(),
        verdict,
        entries: summary.entries,
        chosen: summary.chosen,
        documents,
        page_carries,
        page,
        transparent,
        summary,
    })
}

/// Verifies a bundle that was read again; one that isn't intact is an error, since nobody should
/// hand it on.
fn check(found: bag::Found, path: &Path) -> Result<Verdict, WorkError> {
    let verdict = match found {
        bag::Found::Files(files) => {
            probity_ledger::verify::bundle::verify(&files, &Reader::default())
        }
        bag::Found::Fault(fault) => return Err(fault.into()),
    };
    match (verdict.verdict, &verdict.fault) {
        (Outcome::NotGenuine, Some(fault)) => Err(WorkError::refused(
            format!("the bundle {} does not verify: {fault}", path.display()),
            "don't hand it on; run `probity verify` on the record book",
        )),
        _ => Ok(verdict),
    }
}
