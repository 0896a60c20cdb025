//! The page: a school's records kept in a browser, by several people at once.
//!
//! ```text
//! listen → guard → visit → pages/… → work
//!          names   session, token,   (a page reads, prepares, asks `work`, and shows)
//!          origin  fields, uploads
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `guard` | under which names it is reached, who may send, what each answer carries |
//! | `session` | cookies, and who unlocked them |
//! | `attempts` | how often a passphrase may be guessed |
//! | `feeds` | secret addresses from which calendar programs fetch what falls due |
//! | `visit` | one request: who asks, what was asked; and from functions to routes |
//! | `fields` | what a form sent, and files as they come in |
//! | `rest` | what still comes of a form that was answered |
//! | `stored` | a file on the disk as it goes out |
//! | `health` | whether the record book is sound, checked in the background |
//! | `cache` | what many ask alike, worked out once for each state of the record book |
//! | `jobs` | what takes longer than a page should: it runs beside, and tells how far it is |
//! | `once` | what came of forms that sign, so that none signs twice |
//! | `practice` | a made-up school beside the school's own |
//! | `layout`, `parts` | the frame of every page, and what pages are made of |
//! | `assets/` | one stylesheet, and one script that no page needs |
//! | `pages/` | one file for each part of the page, with its own routes |
//!
//! Nothing here holds the ledger's lock between two requests, and no page decides what a record
//! must be.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;

use self::attempts::Attempts;
use self::cache::Cache;
use self::feeds::Feeds;
use self::guard::Names;
use self::health::Health;
use self::jobs::Jobs;
use self::once::Once;
use self::practice::Practice;
use self::session::Sessions;
use super::listen;
use crate::work::home::Home;
use crate::work::shelf::Shelf;
use crate::work::{WorkError, World};

mod attempts;
mod cache;
mod feeds;
mod fields;
mod guard;
mod health;
mod jobs;
mod kept;
mod layout;
mod once;
mod pages;
mod parts;
mod practice;
mod rest;
pub mod session;
mod stored;
mod visit;

/// How long a connection may last: as long as sending a large file over a slow network takes.
const LIFE: Duration = Duration::from_secs(3600);

/// The record book is put away when nobody asked for so long.
const IDLE: Duration = Duration::from_secs(3);

/// So often files are looked for that are of no use any more, from the beginning on.
const SWEEP: Duration = Duration::from_secs(60);

/// What all requests share.
pub struct Site {
    home: Home,
    world: World,
    names: Names,
    /// Whether it is reached by HTTPS.
    secure: bool,
    sessions: Sessions,
    attempts: Attempts,
    feeds: Feeds,
    jobs: Jobs,
    shelf: Shelf,
    health: Health,
    practice: Practice,
    cache: Cache,
    once: Once,
    /// Whether a record book was seen in the home.
    begun: AtomicBool,
}

/// The site, as each request holds it.
type Shared = Arc<Site>;

/// What a home holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Book {
    /// A record book.
    There,
    /// None yet.
    NotBegun,
    /// None, though there was one, or others reach the page: whoever came first would begin one.
    Gone,
}

/// How the page is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names by which it is reached, beside this machine's own at a loopback address.
    pub names: Vec<String>,
    /// Certificates and private key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// A session locks after so long without use.
    pub patience: Duration,
}

/// A server that has its address and isn't serving yet.
pub struct Ready {
    listener: TcpListener,
    serving: listen::Serving,
    /// What to open in a browser.
    pub url: String,
    /// Where it listens.
    pub address: SocketAddr,
}

/// Takes an address for the page of a home, which may have no record book yet.
///
/// # Errors
/// An address that others reach without TLS, without a name or without a record book; one that is taken;
/// certificates that can't be used.
pub fn prepare(
    home: Home,
    world: World,
    address: SocketAddr,
    options: &Options,
) -> Result<Ready, WorkError> {
    let own = address.ip().is_loopback();
    if !own && options.tls.is_none() {
        return Err(WorkError::refused(
            format!(
                "others can reach {address}, and what they type would cross the network unencrypted"
            ),
            "add --tls-cert FILE and --tls-key FILE, or listen at 127.0.0.1",
        ));
    }
    if !own && options.names.is_empty() {
        return Err(WorkError::refused(
            format!("the name by which others reach {address} is not known"),
            "add --name, such as --name records.school.example",
        ));
    }
    if !own && !home.has_ledger() {
        return Err(WorkError::refused(
            format!(
                "there is no record book in {}, and whoever reached {address} first would begin one",
                home.path().display()
            ),
            "begin it at this machine, with `probity serve` alone or `probity init`; if there should be one, look \
             whether its disk is there and --home is right",
        ));
    }
    let tls = match &options.tls {
        Some((certificates, key)) => Some(listen::tls(certificates, key)?),
        None => None,
    };
    let (listener, address) = listen::bind(address)?;
    let secure = tls.is_some();
    let names = Names::of(address, &options.names, secure);
    let url = names.url(address);
    let site = Site::of(home, world, names, secure, options.patience, Practice::default());
    let router = router(&site);
    Ok(Ready { listener, serving: listen::Serving { router, tls, life: LIFE }, url, address })
}

impl Site {
    /// Whether the home has its record book, and may have none: nobody begins another one where the
    /// first is only out of sight, as on a drive that went away.
    fn book(&self) -> Book {
        if self.home.has_ledger() {
            self.begun.store(true, Ordering::Relaxed);
            return Book::There;
        }
        let awaited = self.begun.load(Ordering::Relaxed) || !self.names.is_here();
        if awaited { Book::Gone } else { Book::NotBegun }
    }

    /// The site of a home.
    fn of(
        home: Home,
        world: World,
        names: Names,
        secure: bool,
        patience: Duration,
        practice: Practice,
    ) -> Shared {
        let site = Arc::new(Self {
            attempts: Attempts::in_folder(&home.page()),
            feeds: Feeds::in_folder(&home.page()),
            shelf: Shelf::of(home.clone()),
            home,
            world,
            names,
            secure,
            sessions: Sessions::new(patience),
            jobs: Jobs::default(),
            health: Health::default(),
            practice,
            cache: Cache::default(),
            once: Once::default(),
            begun: AtomicBool::new(false),
        });
        let watched = Arc::downgrade(&site);
        thread::spawn(move || {
            let mut swept: Option<Instant> = None;
            while let Some(site) = watched.upgrade() {
                site.shelf.put_away_after(IDLE);
                site.sessions.forget_old();
                if swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
                    fields::sweep(&visit::uploads(&site));
                    pages::sweep(&site);
                    swept = Some(Instant::now());
                }
                drop(site);
                thread::sleep(IDLE / 2);
            }
        });
        site
    }
}

fn router(site: &Shared) -> Router {
    pages::routes()
        .fallback(visit::nowhere)
        .method_not_allowed_fallback(visit::nowhere)
        // `fields` has closer limits, for text and for each file.
        .layer(DefaultBodyLimit::max(fields::MAX_FORM))
        .layer(middleware::from_fn_with_state(Arc::clone(site), guard::guard))
        .layer(middleware::from_fn(rest::read_out))
        .with_state(Arc::clone(site))
}

impl Ready {
    /// Serves until the process is told to end.
    ///
    /// # Errors
    /// As [`listen::serve`].
    pub fn serve(self) -> Result<(), WorkError> {
        listen::serve(self.listener, self.serving)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::RealDisk;

    /// Whoever came first over the network would begin the school's record book.
    #[test]
    fn others_reach_no_home_without_a_record_book() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::on(folder.path().join("not-mounted"), Arc::new(RealDisk));
        let options = Options {
            names: vec!["records.school.example".to_owned()],
            tls: Some((folder.path().join("no.pem"), folder.path().join("no.key"))),
            patience: Duration::from_secs(300),
        };
        let address = SocketAddr::from(([192, 0, 2, 1], 7717));
        let refused =
            prepare(home.clone(), World::real(), address, &options).err().expect("refused");
        assert!(refused.to_string().contains("whoever reached 192.0.2.1:7717 first"), "{refused}");
        assert!(refused.hint().is_some_and(|hint| hint.contains("whether its disk is there")));
        // And none is begun once it went away.
        let names = Names::of(address, &options.names, true);
        let site =
            Site::of(home, World::real(), names, true, options.patience, Practice::default());
        assert_eq!(site.book(), Book::Gone);
    }
}
