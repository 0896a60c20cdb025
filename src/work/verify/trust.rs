//! What a reader brings: whom to trust, and a head that was kept. All of it is the reader's own
//! choice, and none of it is ever taken from what is verified.

use std::path::Path;

use probity_ledger::format::note::{Checkpoint, MAX_NOTE};
use probity_ledger::format::policy::{self, Policy};
use probity_ledger::format::timestamp::{MAX_ROOTS_FILE, Roots, Token};
use probity_ledger::verify::bundle;
use probity_ledger::verify::ledger::{Older, Reader};

use crate::work::bag::{self, Found};
use crate::work::{WorkError, input};

/// Reads the witnesses that the reader trusts, and the lines, counted from 1, of those that can never
/// count: their key is of another type, or isn't as it was handed over.
///
/// # Errors
/// When it is no policy.
pub fn read_policy(path: &Path) -> Result<(Policy, Vec<usize>), WorkError> {
    let text = input::lines(path, input::MAX_SMALL).map_err(WorkError::file("reading", path))?;
    let policy = Policy::parse(&text).map_err(|fault| {
        WorkError::refused(
            format!("{}: {fault}", path.display()),
            "a policy has a line `witness NAME KEY` for each witness you trust, and `quorum none`",
        )
    })?;
    let text = String::from_utf8_lossy(&text);
    let unusable = |line: &str| match policy::words(line).as_slice() {
        ["witness", name, ..] => {
            policy.witnesses.iter().any(|one| one.key.is_none() && one.name == *name)
        }
        _ => false,
    };
    let lines = (1..).zip(text.lines()).filter(|(_, line)| unusable(line)).map(|(at, _)| at);
    let lines = lines.collect();
    Ok((policy, lines))
}

/// Reads the roots of the timestamp services that the reader trusts.
///
/// # Errors
/// When a certificate in it can't be read, or there is none.
pub fn read_roots(path: &Path) -> Result<Roots, WorkError> {
    let most = MAX_ROOTS_FILE as u64;
    let pem = input::bytes(path, most).map_err(WorkError::file("reading", path))?;
    Roots::parse(&pem).map_err(|fault| {
        WorkError::refused(
            format!("{}: {fault}", path.display()),
            "take the root certificate from the timestamp service itself, as PEM",
        )
    })
}

/// Reads the head that the reader kept: a checkpoint, with cosignatures or without; a timestamp, with
/// the text that it is over beside it; or a bundle that is itself intact.
///
/// # Errors
/// When it is neither, or a bundle that is not intact.
pub fn read_older(path: &Path) -> Result<Older, WorkError> {
    if bag::looks_like_bundle(path) {
        let refused = |found: String| {
            WorkError::refused(
                format!("the older bundle {} can't be compared: {found}", path.display()),
                "use an older checkpoint or bundle that is intact",
            )
        };
        let files = match bag::read(path)? {
            Found::Files(files) => files,
            Found::Fault(fault) => return Err(refused(fault.to_string())),
        };
        let verdict = bundle::verify(&files, &Reader::default());
        if let Some(fault) = verdict.fault {
            return Err(refused(fault.to_string()));
        }
        let (checkpoint, entries) =
            bundle::entry_hashes(&files).map_err(|fault| refused(fault.to_string()))?;
        return Ok(Older { checkpoint, entries });
    }
    if path.extension().is_some_and(|extension| extension == "tsr") {
        let stamp =
            input::bytes(path, MAX_NOTE as u64).map_err(WorkError::file("reading", path))?;
        return stamped(path, &stamp);
    }
    let note = input::note(path, MAX_NOTE as u64).map_err(WorkError::file("reading", path))?;
    let checkpoint = Checkpoint::parse(&note).map_err(|fault| {
        WorkError::refused(
            format!("{} is neither a checkpoint nor a bundle: {fault}", path.display()),
            "give the file `ledger/checkpoint` of an older copy, or an older bundle",
        )
    })?;
    if checkpoint.size.0 < 2 {
        return Err(WorkError::refused(
            format!("{} counts {} entries, expected at least 2", path.display(), checkpoint.size),
            "use another checkpoint",
        ));
    }
    Ok(Older { checkpoint, entries: Vec::new() })
}

/// The head that a timestamp is over: the text lies beside it, as `12.txt` beside `12.1.tsr`.
fn stamped(path: &Path, response: &[u8]) -> Result<Older, WorkError> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let size = name.split('.').next().unwrap_or_default();
    let beside = path.with_file_name(format!("{size}.txt"));
    let text = input::text(&beside, MAX_NOTE as u64).map_err(|error| {
        WorkError::refused(
            format!(
                "a timestamp says nothing without the text that it is over: {}: {error}",
                beside.display()
            ),
            "put the .txt that came with the timestamp beside it",
        )
    })?;
    Token::read(response, text.as_bytes()).map_err(|fault| {
        WorkError::refused(
            format!("{} is no timestamp over {}: {fault}", path.display(), beside.display()),
            "put the .txt that came with the timestamp beside it",
        )
    })?;
    let checkpoint = Checkpoint::unsigned(&text).filter(|head| head.size.0 >= 2);
    let checkpoint = checkpoint.ok_or_else(|| {
        WorkError::refused(
            format!("{} is not the text of a head: origin, size and root", beside.display()),
            "put the .txt that came with the timestamp beside it",
        )
    })?;
    Ok(Older { checkpoint, entries: Vec::new() })
}
