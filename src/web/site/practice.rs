//! The practice school: a made-up one beside the school's own, in `page/practice` of its home.
//!
//! It is a [`Site`] of its own, with its own record book, keys, sessions and jobs, behind the same
//! address. Which of the two a browser sees, a cookie says; so nothing that is done in one can reach
//! the other. Its keys all have one passphrase, which everybody there is told: so the cookie is a
//! pass that only who was let in has, until the server ends. Over a network nobody acts for the
//! controller there ([`super::visit::Visit::in_charge`]).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::{Shared, Site};
use crate::work::home::{self, Home};
use crate::work::{WorkError, World, tour};

/// What a school's own site knows of its practice school; or that it is one.
#[derive(Default)]
pub struct Practice {
    beside: Mutex<Option<Shared>>,
    /// Only one is made at a time.
    making: Mutex<()>,
    pass: OnceLock<String>,
    is: bool,
}

impl Practice {
    /// Whether the site that has this is a practice school.
    #[must_use]
    pub const fn is(&self) -> bool {
        self.is
    }

    fn beside(&self) -> MutexGuard<'_, Option<Shared>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn folder(home: &Home) -> PathBuf {
    home.page().join("practice")
}

/// Whether there is one, made to its end: that is written last.
fn is_whole(folder: &Path) -> bool {
    folder.join("PRACTICE-README.txt").is_file()
}

/// Whether a site has a practice school beside it.
#[must_use]
pub fn is_there(site: &Site) -> bool {
    is_whole(&folder(&site.home))
}

/// What the cookie of a browser says that is let into the practice school beside a site.
///
/// # Errors
/// No randomness.
pub fn pass(site: &Site) -> Result<String, WorkError> {
    if let Some(pass) = site.practice.pass.get() {
        return Ok(pass.clone());
    }
    let new = hex::encode(site.world.random::<16>()?);
    Ok(site.practice.pass.get_or_init(|| new).clone())
}

/// The practice school beside a site, for a browser with this cookie.
#[must_use]
pub fn entered(site: &Shared, cookie: &str) -> Option<Shared> {
    let admits = site.practice.pass.get().is_some_and(|pass| pass == cookie);
    if admits { of(site) } else { None }
}

/// The practice school beside a site; `None` where there is none.
#[must_use]
pub fn of(site: &Shared) -> Option<Shared> {
    let folder = folder(&site.home);
    let mut beside = site.practice.beside();
    if site.practice.is || !is_whole(&folder) {
        *beside = None;
        return None;
    }
    if beside.is_none() {
        let home = Home::on(folder.join("home"), Arc::clone(site.home.disk()));
        let practice = Practice { is: true, ..Practice::default() };
        let (names, patience) = (site.names.clone(), site.sessions.patience());
        *beside = Some(Site::of(home, site.world, names, site.secure, patience, practice));
    }
    beside.clone()
}

/// Makes one, unless there is one; `tell` hears each step.
///
/// # Errors
/// What the tour says; another that is being made.
pub fn make(site: &Site, world: &World, tell: &dyn Fn(&str)) -> Result<(), WorkError> {
    let Ok(_one) = site.practice.making.try_lock() else {
        return Err(WorkError::refused(
            "somebody else has a made-up school made at this moment",
            "wait a minute, then try again",
        ));
    };
    let folder = folder(&site.home);
    if is_whole(&folder) {
        return Ok(());
    }
    *site.practice.beside() = None;
    remove(&folder)?;
    home::make_private_folder(&site.home.page())?;
    tour::tour(world, &folder, tell).map(drop)
}

/// Throws a practice school away. The site is the practice school's own.
///
/// # Errors
/// A site that is none; what the system says.
pub fn throw_away(site: &Site) -> Result<(), WorkError> {
    let folder = site.home.path().parent().filter(|_| site.practice.is);
    let folder = folder.ok_or_else(|| {
        WorkError::refused("this is not a made-up school", "nothing was thrown away")
    })?;
    // First the sign that it is whole: whatever happens, it is not opened again.
    let sign = folder.join("PRACTICE-README.txt");
    std::fs::remove_file(&sign).map_err(WorkError::file("removing", &sign))?;
    site.shelf.apart(|| remove(folder))
}

fn remove(folder: &Path) -> Result<(), WorkError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(WorkError::file("removing", folder)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::super::guard::Names;
    use super::*;
    use crate::store::disk::RealDisk;

    fn site(path: PathBuf) -> Shared {
        let home = Home::on(path, Arc::new(RealDisk));
        let address = SocketAddr::from(([127, 0, 0, 1], 7820));
        let (names, patience) = (Names::of(address, &[], false), Duration::from_secs(300));
        Site::of(home, World::real(), names, false, patience, Practice::default())
    }

    #[test]
    fn a_practice_school_is_another_site_and_can_be_thrown_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = site(folder.path().join("home"));
        assert!(
            of(&own).is_none() && throw_away(&own).is_err(),
            "the school's own is never thrown away"
        );
        make(&own, &World::real(), &|_| ()).expect("made");
        let other = of(&own).expect("there");
        assert!(other.practice.is() && !own.practice.is());
        assert!(other.home.config().expect("settings").practice);
        assert!(!own.home.has_ledger() && other.home.has_ledger());
        assert!(of(&other).is_none(), "there is none within it");
        for guess in ["", "practice", "x"] {
            assert!(entered(&own, guess).is_none(), "nobody was let in yet");
        }
        let pass = pass(&own).expect("a pass");
        assert_eq!(pass, super::pass(&own).expect("the same"));
        assert!(entered(&own, &pass).is_some() && entered(&own, &pass[1..]).is_none());
        let kept = own.home.page().join("start.json");
        std::fs::write(&kept, "{}").expect("written");
        throw_away(&other).expect("thrown away");
        assert!(of(&own).is_none() && !own.home.page().join("practice").exists());
        assert!(kept.exists());
    }
}
