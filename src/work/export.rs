//! Evidence bundles: what was chosen, what proves it, and nothing else.
//!
//! Every bundle holds entry n−1, the whole governance chain, and the acceptances, bare
//! unless chosen; and for each case of a chosen entry the entries before it, bare, so that
//! nobody can say that something was left out. Bare entries disclose no answers but the names
//! of those who were appointed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::Index;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};

pub use self::choice::Choice;
use self::disclosure::Withhold;
use super::home::Home;
use super::keyring::Keyring;
use super::record::open_for_writing;
use super::{WorkError, World, bag, checkpoint};

mod choice;
mod disclosure;
mod layout;
mod page;

/// What was exported.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// The verdict on it, read again from the disk.
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
    /// Answers in it that hold legal advice: entry and field.
    pub legal_advice: Vec<(Index, &'static str)>,
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
    if path.exists() {
        return Err(WorkError::refused(
            format!("{} exists already", path.display()),
            "choose another name; nothing is overwritten",
        ));
    }
    let practice = home.config()?.practice;
    let mut reading = open_for_writing(home, "export", world)?;
    let note = checkpoint::give_out(&mut reading, &Keyring::of(home))?;
    let checkpoint = Checkpoint::parse(&note).map_err(|fault| {
        WorkError::refused(format!("the checkpoint is damaged: {fault}"), "run `probity verify`")
    })?;
    let chosen = choice::select(&reading, choice)?;
    let withhold = Withhold::read(&reading, &choice.withhold)?;
    let all = choice::surround(&reading, &chosen, checkpoint.size)?;
    let legal_advice = disclosure::legal_advice(&reading, &chosen, &withhold)?;
    let mut files = BTreeMap::new();
    let documents = layout::lay_out(&reading, &chosen, &all, &withhold, &checkpoint, &mut files)?;
    let top = layout::top_name(&reading, checkpoint.size, practice);
    let finish = |files: &mut _| layout::finish_bag(&reading, files, world.now(), practice);
    let page_carries = page::enclose(&top, &mut files, finish)?;
    finish(&mut files);
    drop(reading);
    // Written beside its name, read again and verified, and only then given its name.
    let part = bag::write_part(world, path, &top, &files)?;
    let verdict = check(part.path())?;
    part.keep(path)?;
    let page = files.remove(page::PATH).unwrap_or_default();
    Ok(Exported {
        path: path.to_owned(),
        verdict,
        entries: all.len(),
        chosen: chosen.len(),
        documents,
        page_carries,
        page,
        legal_advice,
    })
}

/// Reads the bundle again and verifies it; one that isn't intact is an error, since nobody
/// should hand it on.
fn check(path: &Path) -> Result<Verdict, WorkError> {
    let verdict = match bag::read(path)? {
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
