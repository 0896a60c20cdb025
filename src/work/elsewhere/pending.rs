//! Requests that were given out and not answered yet: `requests/NAME.request` in the home, each
//! a copy of the file that was given out, readable by its owner alone. Removed once answered or
//! expired.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::format::statement::Stated;

use super::request::{MAX_REQUEST, Request};
use crate::work::home::Home;
use crate::work::keyring::Keyring;
use crate::work::{WorkError, World, input};

const ENDING: &str = ".request";

/// A request that waits for its statement.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What names it.
    pub name: Sha256Hash,
    /// The request.
    pub request: Request,
}

/// Keeps a copy of a request that is about to be given out.
pub(super) fn keep(home: &Home, request: &Request, bytes: &[u8]) -> Result<(), WorkError> {
    let name = Request::name(&request.stated());
    Keyring::of(home).keep_in(&home.requests(), &format!("{name}{ENDING}"), bytes)
}

/// The requests that wait, oldest first. Those that have expired are removed. What can't be read
/// stays where it is: another version of this program may have made it, and somebody may have
/// signed it.
///
/// # Errors
/// What the system says.
pub fn waiting(world: &World, home: &Home) -> Result<Vec<Pending>, WorkError> {
    let mut found = Vec::new();
    for (path, request) in kept(&home.requests())? {
        if world.now() < request.expires {
            found.push(Pending { name: Request::name(&request.stated()), request });
        } else {
            home.disk().remove(&path).map_err(WorkError::file("removing", &path))?;
        }
    }
    found.sort_by_key(|one| (one.request.made, one.name));
    Ok(found)
}

/// The cases that requests which wait in this folder are to begin. Nothing is removed.
pub(in crate::work) fn promised(now: i64, folder: &Path) -> Result<BTreeSet<String>, WorkError> {
    let waiting = kept(folder)?.into_iter().map(|(_, request)| request);
    let new = waiting.filter(|request| request.new_case && now < request.expires);
    Ok(new.filter_map(|request| request.subject.case().map(str::to_owned)).collect())
}

/// The requests in a folder, expired or not.
fn kept(folder: &Path) -> Result<Vec<(PathBuf, Request)>, WorkError> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    let reading = || WorkError::file("reading", folder);
    for item in std::fs::read_dir(folder).map_err(reading())? {
        let path = item.map_err(reading())?.path();
        if path.extension().is_none_or(|extension| extension != "request") {
            continue;
        }
        // It may have been entered or removed since the folder was listed.
        let Ok(bytes) = input::bytes(&path, MAX_REQUEST) else { continue };
        let Ok(request) = Request::parse(&bytes) else { continue };
        found.push((path, request));
    }
    Ok(found)
}

/// The request that a statement answers.
pub(super) fn answered_by(
    world: &World,
    home: &Home,
    stated: &Stated,
) -> Result<Option<Pending>, WorkError> {
    let name = Request::name(stated);
    Ok(waiting(world, home)?.into_iter().find(|one| one.name == name))
}

/// Takes a request back that was made here: by the file that was given out or the copy that waits,
/// or by the first digits of that copy's name.
///
/// # Errors
/// None that waits, or several; what the system says.
pub fn withdraw(world: &World, home: &Home, named: &str) -> Result<Pending, WorkError> {
    let all = waiting(world, home)?;
    let name = match input::bytes(Path::new(named), MAX_REQUEST) {
        Ok(bytes) => Request::name(&Request::parse(&bytes)?.stated()).to_string(),
        Err(_) => named.trim_end_matches(ENDING).to_ascii_lowercase(),
    };
    let found = all.into_iter().filter(|one| one.name.to_string().starts_with(&name));
    let mut found: Vec<Pending> = found.filter(|_| name.len() >= FEWEST_DIGITS).collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => {
            let path = one.path(home);
            home.disk().remove(&path).map_err(WorkError::file("removing", &path))?;
            Ok(one)
        }
        (Some(_), false) => Err(WorkError::refused(
            format!("`{named}` may mean several requests that wait here"),
            "give more of the file's name: `probity sign --waiting` shows it",
        )),
        (None, _) => Err(WorkError::refused(
            format!("no request that waits here is meant by `{named}`"),
            "give the request's file, or the first 8 digits of the file's name that \
             `probity sign --waiting` shows",
        )),
    }
}

/// As few digits name a request.
const FEWEST_DIGITS: usize = 8;

impl Pending {
    /// Takes up one that a user gave as a file.
    pub(super) fn given(request: Request) -> Self {
        Self { name: Request::name(&request.stated()), request }
    }

    /// Where the copy that waits here lies.
    #[must_use]
    pub fn path(&self, home: &Home) -> PathBuf {
        home.requests().join(format!("{}{ENDING}", self.name))
    }

    /// The file as it was given out.
    ///
    /// # Errors
    /// What the system says.
    pub fn bytes(&self, home: &Home) -> Result<Vec<u8>, WorkError> {
        let path = self.path(home);
        input::bytes(&path, MAX_REQUEST).map_err(WorkError::file("reading", &path))
    }

    /// Removes the copy that waits here, if there is one.
    pub(super) fn remove(&self, home: &Home) {
        // What can't be removed now goes when it expires.
        let _ = home.disk().remove(&self.path(home));
    }
}
