//! Timestamps over the newest head: asking for them, by file or network, and keeping what comes
//! back.
//!
//! ```text
//! <home>/asked/<m>-<nonce>.tsq    each request that isn't answered yet, with its number
//! ledger/times/<m>.<k>.tsr        each answer, as it came
//! <home>/tsa-roots.pem            the roots of the services that the school uses, if it wants
//! ```
//!
//! A request is over exactly the three lines that the log key signed, so that cosignatures which
//! come later change nothing. An answer is kept only if it repeats the number of a request made
//! here, is over that head as the ledger still has it, and its signature holds. Whether a reader
//! trusts the service is the reader's affair; the school's own roots only tell it early.

use std::path::{Path, PathBuf};

use probity_ledger::format::hash::Size;
use probity_ledger::format::note::{Checkpoint, head_text};
use probity_ledger::format::timestamp::{MAX_TOKEN, Request, Roots, Token, TokenFault};
use probity_ledger::format::tree;

use super::home::Home;
use super::keyring::Keyring;
use super::outside::refuse_ahead;
use super::reading::Reading;
use super::record::open_for_writing;
use super::verify::read_roots;
use super::{WorkError, World, bag, checkpoint, input, witnesses};
use crate::store::{Evidence, EvidenceForm, Store as _};

/// Most requests that wait for an answer; the oldest of more are forgotten.
const MOST_WAITING: usize = 100;

/// A request over the newest head.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The head's size.
    pub size: Size,
    /// The head's text, which the timestamp will be over.
    pub text: String,
    /// The request.
    pub request: Request,
}

/// A timestamp that was kept.
#[derive(Clone, Debug)]
pub struct Stamped {
    /// Its file in `ledger/times/`.
    pub kept: Evidence,
    /// The head's text.
    pub text: String,
    /// What it says.
    pub token: Token,
    /// Whether roots that the school has stand behind it; nothing where it has none.
    pub trusted: Option<bool>,
}

/// Makes a request over everything that is there now, and remembers its number.
///
/// # Errors
/// When no checkpoint can be given out.
pub fn ask(world: &World, home: &Home) -> Result<Asked, WorkError> {
    let mut reading = open_for_writing(home, "timestamp", world)?;
    let own = witnesses::policy(home)?;
    let note = checkpoint::give_outside(&mut reading, &Keyring::of(home), &own)?;
    drop(reading);
    let head = Checkpoint::parse(&note)
        .map_err(|fault| WorkError::refused(fault.to_string(), "run `probity verify`"))?;
    let nonce: [u8; 8] = world.random()?;
    let request = Request::new(head.text().as_bytes(), nonce);
    let folder = waiting_folder(home);
    std::fs::create_dir_all(&folder).map_err(WorkError::file("making", &folder))?;
    forget_oldest(&folder)?;
    bag::write_new(world, &folder.join(file_name(head.size, &request)), &request.to_bytes())?;
    Ok(Asked { size: head.size, text: head.text().to_owned(), request })
}

/// Takes back a request to which no answer came, so that it stands in no other's way.
pub fn withdraw(home: &Home, asked: &Asked) {
    // One that can't be removed is dropped as the oldest some day.
    let _ = std::fs::remove_file(waiting_folder(home).join(file_name(asked.size, &asked.request)));
}

/// Checks the answer to a request that was made here, and keeps it.
///
/// # Errors
/// An answer to no request of this record book, over other bytes, dated ahead, or that doesn't
/// hold; with roots, also one that none of them stands behind.
pub fn attach(
    world: &World,
    home: &Home,
    response: &[u8],
    roots: Option<&Path>,
) -> Result<Stamped, WorkError> {
    let roots = roots.map(read_roots).transpose()?;
    let (named, roots) = match roots {
        Some(roots) => (true, Some(roots)),
        None => (false, own_roots(home)?),
    };
    let mut reading = open_for_writing(home, "timestamp", world)?;
    let (path, text, size, token) = find_request(home, &reading, response)?;
    let trusted = roots.as_ref().map(|roots| token.leads_to(roots));
    if let (true, Some(Err(fault))) = (named, trusted) {
        return Err(WorkError::refused(
            format!("the timestamp holds, but {fault}"),
            "take the root certificate from the service itself; without --tsa-roots it is kept unjudged",
        ));
    }
    refuse_ahead(world, &token.authority, token.time)?;
    let kept = reading.store.keep_evidence(size, EvidenceForm::Token, response)?;
    drop(reading);
    // Only now: an interruption before this loses nothing.
    let _ = std::fs::remove_file(&path);
    Ok(Stamped { kept, text, token, trusted: trusted.map(|found| found.is_ok()) })
}

/// Reads an answer that somebody handed over.
///
/// # Errors
/// When it can't be read, or is longer than an answer is.
pub fn read_answer(path: &Path) -> Result<Vec<u8>, WorkError> {
    input::bytes(path, MAX_TOKEN as u64).map_err(WorkError::file("reading", path))
}

/// Writes a kept timestamp and what it is over into a folder, for somebody to keep: together they
/// show later whether the record book continues this head.
///
/// A file that is there and holds just this, such as the text that another service's timestamp is
/// over, too, is left as it is.
///
/// # Errors
/// When another file of that name exists, or what the system says.
pub fn hand_out(
    world: &World,
    stamped: &Stamped,
    response: &[u8],
    folder: &Path,
) -> Result<[PathBuf; 2], WorkError> {
    let paths =
        [folder.join(format!("{}.txt", stamped.kept.size)), folder.join(stamped.kept.to_string())];
    let files = paths.iter().zip([stamped.text.as_bytes(), response]);
    let there = |path: &Path, bytes: &[u8]| {
        input::bytes(path, MAX_TOKEN as u64).is_ok_and(|found| found == bytes)
    };
    let missing: Vec<_> = files.filter(|(path, bytes)| !there(path, bytes)).collect();
    for (path, _) in &missing {
        bag::refuse_existing(path)?;
    }
    for (path, bytes) in missing {
        bag::write_new(world, path, bytes)?;
    }
    Ok(paths)
}

fn file_name(size: Size, request: &Request) -> String {
    format!("{size}-{}.tsq", hex::encode(request.nonce()))
}

fn waiting_folder(home: &Home) -> PathBuf {
    home.path().join("asked")
}

fn own_roots(home: &Home) -> Result<Option<Roots>, WorkError> {
    let path = home.path().join("tsa-roots.pem");
    if path.exists() { read_roots(&path).map(Some) } else { Ok(None) }
}

/// The requests that wait, by file.
fn waiting(folder: &Path) -> Result<Vec<PathBuf>, WorkError> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(WorkError::file("reading", folder)(error)),
    };
    let paths = listed.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "tsq")).collect();
    paths.sort();
    Ok(paths)
}

fn forget_oldest(folder: &Path) -> Result<(), WorkError> {
    let mut paths = waiting(folder)?;
    if paths.len() < MOST_WAITING {
        return Ok(());
    }
    paths.sort_by_key(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok());
    for path in &paths[..=paths.len() - MOST_WAITING] {
        std::fs::remove_file(path).map_err(WorkError::file("removing", path))?;
    }
    Ok(())
}

/// The request that an answer is to.
fn find_request(
    home: &Home,
    reading: &Reading,
    response: &[u8],
) -> Result<(PathBuf, String, Size, Token), WorkError> {
    let refused = |fault: &TokenFault| {
        WorkError::refused(
            format!("this is no timestamp over a head of this record book: {fault}"),
            "make a request with `probity timestamp --request FILE.tsq`, and attach the answer to it",
        )
    };
    let mut wrong = None;
    for path in waiting(&waiting_folder(home))? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let size = name.split('-').next().and_then(|size| size.parse().ok()).map(Size);
        let bytes = input::bytes(&path, input::MAX_SMALL).ok();
        let request = bytes.and_then(|bytes| Request::parse(&bytes));
        let (Some(size), Some(request)) = (size, request) else { continue };
        let root = tree::root_at(reading.store.nodes(), size);
        let Some(root) = root.filter(|_| size <= reading.store.head().size) else { continue };
        let text = head_text(&reading.authority.origin, size, root);
        match request.answered_by(response, text.as_bytes()) {
            Ok(token) => return Ok((path, text, size, token)),
            Err(fault) => {
                // The nearest miss says most.
                let rank = |fault: &TokenFault| match fault {
                    TokenFault::OtherBytes => 0,
                    TokenFault::Nonce => 1,
                    _ => 2,
                };
                if wrong.as_ref().is_none_or(|known| rank(&fault) > rank(known)) {
                    wrong = Some(fault);
                }
            }
        }
    }
    Err(wrong.map_or_else(
        || {
            WorkError::refused(
                "no request of this record book waits for an answer",
                "make one with `probity timestamp --request FILE.tsq`",
            )
        },
        |fault| refused(&fault),
    ))
}
