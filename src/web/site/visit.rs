//! One request: who asks and what was asked. Pages are plain functions of a [`Visit`]; here they
//! become routes, and only here is decided who gets to a page.
//!
//! | maker | a page that |
//! |---|---|
//! | [`read`] | is shown to who has unlocked |
//! | [`act`] | takes a form from who has unlocked |
//! | [`open`] | is shown to everybody |
//! | [`act_open`] | takes a form from everybody, such as the one that unlocks |
//!
//! A form counts only with the token of its session, and forms of who isn't unlocked have no files.
//! Whoever isn't unlocked is sent to unlock, and then to where they wanted to go. What they sent when
//! their session had just locked is given back to them once, without files and passphrases.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use maud::{Markup, html};
use probity_keys::KeyFileError;
use probity_ledger::records::roles;

use super::fields::Fields;
use super::guard::comes_from_elsewhere;
use super::session::{Found, Held};
use super::stored::Stored;
use super::{Book, Shared, Site, layout, practice};
use crate::work::home::Home;
use crate::work::keyring::{Keyring, Passphrase};
use crate::work::reading::Reading;
use crate::work::sight::{Person, Sight};
use crate::work::{WorkError, World};

/// One request.
pub struct Visit {
    /// What all share.
    pub site: Shared,
    /// Who has unlocked this session.
    pub who: Option<Person>,
    /// Its session.
    pub session: Found,
    /// The school's name, where there is a record book.
    pub school: Option<String>,
    /// Whether the record book may lack records ([`Reading::lacks`]).
    pub lacks: bool,
    /// The path that was asked for, with its query.
    pub path: String,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

/// What a page answers.
pub enum Reply {
    /// A page.
    Page(Markup),
    /// A page with another status than 200.
    Status(StatusCode, Markup),
    /// See there: a path of this server.
    Go(String),
    /// See there, with a new session's cookie; with none, the cookie is taken away.
    Enter(String, Option<String>),
    /// See there, from now on in the practice school by this pass, or back in the school's own.
    Change(String, Option<String>),
    /// A file to keep: its name, its media type, its bytes.
    File(String, &'static str, Vec<u8>),
    /// The same of a file that lies on the disk.
    Stored(String, &'static str, Stored),
    /// Something that is shown as it is, by itself: text or a picture.
    Raw(&'static str, Vec<u8>),
}

/// A page's answer, or what stands in its way.
pub type Answer = Result<Reply, WorkError>;

impl Visit {
    /// A part of the path, such as the entry in `/record/17`.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        find(&self.params, name).unwrap_or_default()
    }

    /// What the query says, unless it is empty.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whoever has unlocked; pages made by [`read`] and [`act`] always have somebody.
    ///
    /// # Errors
    /// When nobody has.
    pub fn person(&self) -> Result<&Person, WorkError> {
        self.who
            .as_ref()
            .ok_or_else(|| WorkError::refused("this page is locked", "unlock it with your own key"))
    }

    /// What they may read.
    ///
    /// # Errors
    /// When nobody has unlocked.
    pub fn sight(&self) -> Result<&Sight, WorkError> {
        Ok(&self.person()?.sight)
    }

    /// Clock and randomness.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.site.world
    }

    /// The home.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.site.home
    }

    /// Its keys.
    #[must_use]
    pub fn keyring(&self) -> Keyring {
        Keyring::of(&self.site.home)
    }

    /// Whether all of this is for practice.
    #[must_use]
    pub fn practice(&self) -> bool {
        self.site.home.config().is_ok_and(|config| config.practice)
    }

    /// Asks something of the record book as it is now.
    ///
    /// # Errors
    /// As [`crate::work::shelf::Shelf::read`].
    pub fn read<T>(
        &self,
        ask: impl FnOnce(&Reading) -> Result<T, WorkError>,
    ) -> Result<T, WorkError> {
        self.site.shelf.read(ask)
    }

    /// Does something that opens the record book itself, such as signing.
    ///
    /// # Errors
    /// What `act` says.
    pub fn apart<T>(&self, act: impl FnOnce() -> Result<T, WorkError>) -> Result<T, WorkError> {
        self.site.shelf.apart(act)
    }

    /// Refuses what makes this machine act towards others, unless the visitor sits at it or acts for the
    /// controller. Whoever acts in a practice school acts for nobody.
    ///
    /// # Errors
    /// Anybody else.
    pub fn in_charge(&self, what: &str) -> Result<(), WorkError> {
        let representative = self.person()?.roles.iter().any(|role| roles::is_representative(role));
        // Without TLS, this server is reached from its own machine alone.
        if !self.site.secure || representative && !self.site.practice.is() {
            return Ok(());
        }
        if self.site.practice.is() {
            return Err(WorkError::refused(
                format!("over the network, {what} is not begun from a made-up school"),
                "try it at the machine itself",
            ));
        }
        Err(WorkError::refused(
            format!("over the network, {what} is begun by a representative of the school"),
            "ask one of them, or do it at the machine itself",
        ))
    }

    /// Unlocks the visitor's own key for one signature. Guessing has to wait.
    ///
    /// # Errors
    /// A wrong passphrase, or a try that comes too early.
    pub fn unlock(&self, passphrase: &Passphrase) -> Result<probity_keys::SigningKey, WorkError> {
        // Counted apart, so that who can't unlock the page keeps nobody from signing in it.
        let key = &self.person()?.key;
        self.try_key(key, &format!("{key} (signing)"), passphrase)
    }

    /// The same for a key file by its own name, such as of who isn't unlocked yet.
    ///
    /// # Errors
    /// As [`Visit::unlock`]; no such key file.
    pub fn unlock_as(
        &self,
        key: &str,
        passphrase: &Passphrase,
    ) -> Result<probity_keys::SigningKey, WorkError> {
        self.try_key(key, key, passphrase)
    }

    /// Refuses what would be signed on a record book that may lack records.
    ///
    /// # Errors
    /// One that may.
    pub fn refuse_damaged(&self) -> Result<(), WorkError> {
        if !self.lacks {
            return Ok(());
        }
        Err(WorkError::refused(
            "this record book is damaged, or an older one: nothing is signed on it",
            "tell the data protection officer today; what you were writing is kept",
        ))
    }

    fn try_key(
        &self,
        key: &str,
        counted: &str,
        passphrase: &Passphrase,
    ) -> Result<probity_keys::SigningKey, WorkError> {
        if passphrase.is_empty() {
            return Err(WorkError::refused("Type your passphrase", "it is asked for each time"));
        }
        let now = self.world().now();
        let tried = self.site.attempts.one(counted, now, || self.keyring().unlock(key, passphrase));
        tried.map_err(|error| match error {
            WorkError::Key { error: KeyFileError::WrongPassphrase, .. } => WorkError::refused(
                "That is not the passphrase. Look at Caps Lock, and type it again",
                "if you are sure of it, the key file may be damaged: take it from a backup",
            ),
            other => other,
        })
    }

    /// The hidden field that every form of this session carries.
    #[must_use]
    pub fn token(&self) -> Markup {
        html! { input type="hidden" name="token" value=(self.session.token); }
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
}

/// A page that is shown to who has unlocked.
pub fn read(page: fn(&Visit) -> Answer) -> MethodRouter<Shared> {
    get(move |site, params, request| visit(site, params, request, Asked::Page(page), true))
}

/// A page that is shown to everybody.
pub fn open(page: fn(&Visit) -> Answer) -> MethodRouter<Shared> {
    get(move |site, params, request| visit(site, params, request, Asked::Page(page), false))
}

/// A page that takes a form from who has unlocked.
pub fn act(action: fn(&Visit, Fields) -> Answer) -> MethodRouter<Shared> {
    post(move |site, params, request| visit(site, params, request, Asked::Form(action), true))
}

/// A page that takes a form from everybody.
pub fn act_open(action: fn(&Visit, Fields) -> Answer) -> MethodRouter<Shared> {
    post(move |site, params, request| visit(site, params, request, Asked::Form(action), false))
}

/// What isn't there.
pub async fn nowhere(state: State<Shared>, params: RawPathParams, request: Request) -> Response {
    visit(state, params, request, Asked::Nothing, false).await
}

#[derive(Clone, Copy)]
enum Asked {
    Page(fn(&Visit) -> Answer),
    Form(fn(&Visit, Fields) -> Answer),
    Nothing,
}

async fn visit(
    State(site): State<Shared>,
    params: RawPathParams,
    request: Request,
    asked: Asked,
    locked: bool,
) -> Response {
    let cookie = cookie_of(request.headers(), &school_cookie(&site));
    let site = cookie.and_then(|cookie| practice::entered(&site, &cookie)).unwrap_or(site);
    let now = site.world.now();
    let cookie = cookie_of(request.headers(), &cookie_name(&site));
    // A page that looks again by itself says so, and keeps no session open by that.
    let counts = !request.headers().contains_key("probity-look");
    let (found, fresh) = match cookie.and_then(|cookie| site.sessions.find(&cookie, now, counts)) {
        Some(found) => (found, None),
        // A cookie of this answer would take the place of one that the browser has kept back.
        None if comes_from_elsewhere(request.headers()) => return come_again(),
        None => match site.sessions.begin(&site.world, None) {
            Ok((cookie, found)) => (found, Some(cookie)),
            Err(error) => return failed(&error),
        },
    };
    let uri = request.uri().clone();
    let mut visit = Visit {
        site: Arc::clone(&site),
        who: None,
        school: None,
        lacks: false,
        session: found,
        path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        params: params.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        query: form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .map(|(name, text)| (name.into_owned(), text.into_owned()))
            .collect(),
    };
    // Files are taken from who is unlocked alone: they would fill the disk. A home without a record
    // book has nobody yet, and signs what another school asks for.
    let files = visit.session.key.is_some() || site.book() == Book::NotBegun;
    let (shared, id) = (Arc::clone(&site), visit.session.id);
    // Files may take longer than a session waits: while they come, somebody is there.
    let coming = Box::new(move || {
        if counts {
            shared.sessions.touch(id, shared.world.now());
        }
    });
    let fields = match asked {
        Asked::Form(_) if files => {
            Some(Fields::read(request, site.world, &uploads(&site), coming).await)
        }
        Asked::Form(_) if !locked => Some(Fields::read_short(request).await),
        Asked::Form(_) if visit.session.was.is_some() => Some(Fields::read_texts(request).await),
        _ => None,
    };
    if fields.is_some() {
        // A form may take long, and the session may have been locked or ended meanwhile.
        match site.sessions.again(visit.session.id, site.world.now()) {
            Some(found) => visit.session = found,
            None => visit.session.key = None,
        }
    }
    let answered = tokio::task::spawn_blocking(move || {
        let answer = answer(&mut visit, asked, fields, locked);
        let mut response = respond(&visit, answer);
        if let Some(cookie) = fresh
            && !response.headers().contains_key(header::SET_COOKIE)
        {
            set_cookie(&mut response, &cookie_name(&visit.site), Some(&cookie), visit.site.secure);
        }
        if matches!(asked, Asked::Form(_)) {
            // What was typed lies in the connection's own memory as long as that lasts.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    });
    answered.await.unwrap_or_else(|_| {
        failed(&WorkError::refused(
            "this page has a fault",
            "look at the newest records to see whether anything was written, and report this",
        ))
    })
}

/// Where files lie that have come in.
pub(super) fn uploads(site: &Site) -> PathBuf {
    site.home.page().join("uploads")
}

fn answer(
    visit: &mut Visit,
    asked: Asked,
    fields: Option<Result<Fields, WorkError>>,
    locked: bool,
) -> Answer {
    let book = visit.site.book();
    if book == Book::There {
        let (key, now, keyring) = (visit.session.key.clone(), visit.world().now(), visit.keyring());
        let found = visit.read(|reading| {
            let who = key.map(|key| Person::of(reading, &keyring, &key, now)).transpose();
            Ok((reading.authority.school.clone(), who, reading.lacks().is_some()))
        });
        match found {
            Ok((school, who, lacks)) => {
                (visit.school, visit.lacks) = (Some(school), lacks);
                match who {
                    Ok(who) => visit.who = who,
                    Err(error) => {
                        // The key is not in force any more: nobody is unlocked with it.
                        visit.site.sessions.end(visit.session.id);
                        if locked {
                            return Err(error);
                        }
                    }
                }
            }
            Err(error) if locked => return Err(error),
            Err(_) => {}
        }
    } else if book == Book::Gone {
        return Err(WorkError::refused(
            "the record book of this page is not where it was",
            "tell whoever keeps this server: is the disk there that it lies on?",
        ));
    } else if locked {
        return Ok(Reply::Go("/start".to_owned()));
    }
    if locked && visit.who.is_none() {
        let back = match asked {
            Asked::Form(_) if fields.is_some_and(|sent| hold(visit, &visit.path, sent)) => "/held",
            Asked::Form(_) => "/",
            _ => &visit.path,
        };
        let back: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        let why = if visit.session.lapsed { "&lapsed=1" } else { "" };
        return Ok(Reply::Go(format!("/unlock?next={back}{why}")));
    }
    match (asked, fields) {
        (Asked::Page(page), _) => page(visit),
        (Asked::Form(action), Some(fields)) => {
            let fields = fields?;
            if fields.text("token") != visit.session.token {
                return Err(WorkError::refused(
                    "this form belongs to an earlier visit, so nothing was done",
                    "go back to the page, load it again, and send it anew",
                ));
            }
            action(visit, fields)
        }
        _ => {
            let body = html! {
                p { "There is nothing under this address." }
                p { a href="/" { "Go to the front page" } }
            };
            Ok(Reply::Status(StatusCode::NOT_FOUND, layout::page(visit, "Page not found", &body)))
        }
    }
}

/// Holds what was typed for `path` in a session that has locked, for whoever had unlocked it; whether
/// there was anything to hold.
pub(super) fn hold(visit: &Visit, path: &str, fields: Result<Fields, WorkError>) -> bool {
    let Ok(fields) = fields else { return false };
    if visit.session.was.is_none() || fields.text("token") != visit.session.token {
        return false;
    }
    let held = Held { path: path.to_owned(), texts: fields.into_typed() };
    if held.texts.is_empty() {
        return false;
    }
    visit.site.sessions.hold(visit.session.id, held);
    true
}

fn respond(visit: &Visit, answer: Answer) -> Response {
    match answer {
        Ok(Reply::Page(page)) => shown(StatusCode::OK, page),
        Ok(Reply::Status(status, page)) => shown(status, page),
        Ok(Reply::Go(to)) => see(&to),
        Ok(Reply::Enter(to, cookie)) => {
            let mut response = see(&to);
            let name = cookie_name(&visit.site);
            set_cookie(&mut response, &name, cookie.as_deref(), visit.site.secure);
            response
        }
        Ok(Reply::Change(to, pass)) => {
            let mut response = see(&to);
            let (name, secure) = (school_cookie(&visit.site), visit.site.secure);
            set_cookie(&mut response, &name, pass.as_deref(), secure);
            response
        }
        Ok(Reply::File(name, kind, bytes)) => kept(&name, kind, Body::from(bytes)),
        Ok(Reply::Stored(name, kind, file)) => kept(&name, kind, Body::new(file)),
        Ok(Reply::Raw(kind, bytes)) => {
            let alone = (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
            ([(header::CONTENT_TYPE, kind), alone], bytes).into_response()
        }
        Err(error) => {
            let body = layout::trouble(&error);
            shown(StatusCode::UNPROCESSABLE_ENTITY, layout::page(visit, "This was not done", &body))
        }
    }
}

/// A file that the browser keeps under this name.
fn kept(name: &str, kind: &'static str, body: Body) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Ok(named) = HeaderValue::from_str(&disposition(name)) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

fn shown(status: StatusCode, page: Markup) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, page.into_string()).into_response()
}

/// Sees to it that a redirection never leaves this server.
fn see(to: &str) -> Response {
    let to = if is_own_path(to) { to } else { "/" };
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Whether it is a path of this server, and no address of another one.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

/// What can be said where no page can be made.
fn failed(error: &WorkError) -> Response {
    let hint = error.hint().map(|hint| format!("\n{hint}")).unwrap_or_default();
    (StatusCode::SERVICE_UNAVAILABLE, format!("{error}{hint}\n")).into_response()
}

/// `attachment` with the name twice: in letters that every browser knows, and as it is.
fn disposition(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let simple: String = name.chars().map(plain).collect();
    let exact: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{exact}")
}

/// The session's cookie. Cookies know no ports, so the name does. With the prefix, browsers take it
/// from this very host under TLS alone.
fn cookie_name(site: &Site) -> String {
    let prefix = if site.secure { "__Host-" } else { "" };
    let practice = if site.practice.is() { "-practice" } else { "" };
    format!("{prefix}probity-{}{practice}", site.names.port())
}

/// The cookie that says which school a browser sees: it is there for the practice school.
fn school_cookie(site: &Site) -> String {
    let prefix = if site.secure { "__Host-" } else { "" };
    format!("{prefix}probity-{}-school", site.names.port())
}

/// A cookie of that name; of two, none can be told to be this server's own.
fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let given = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut own = given
        .flat_map(|all| all.split(';'))
        .filter_map(|one| one.trim().strip_prefix(name)?.strip_prefix('='));
    let first = own.next()?;
    own.next().is_none().then(|| first.to_owned())
}

fn set_cookie(response: &mut Response<Body>, name: &str, cookie: Option<&str>, secure: bool) {
    let secure = if secure { "; Secure" } else { "" };
    let text = match cookie {
        Some(cookie) => format!("{name}={cookie}; Path=/; HttpOnly; SameSite=Strict{secure}"),
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Strict{secure}; Max-Age=0"),
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A link from elsewhere: the browser asks again from here, and brings its cookie.
fn come_again() -> Response {
    let page = html! {
        (maud::DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                title { "probity" }
                meta http-equiv="refresh" content="0";
            }
            body { p { a href="" { "Go on to the page" } } }
        }
    };
    shown(StatusCode::OK, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_stays_on_this_server() {
        for own in ["/", "/record/17?a=b", "/unlock?next=%2F%2Fevil.example"] {
            assert!(is_own_path(own), "{own}");
        }
        for other in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb", "/\t/x"]
        {
            assert!(!is_own_path(other), "{other:?}");
        }
        let to = see("//evil.example");
        assert_eq!(to.headers()[header::LOCATION], "/");
    }

    #[test]
    fn a_downloads_name_breaks_no_header() {
        assert_eq!(
            disposition("Pl\u{e4}ne \"1\".zip\r\n"),
            "attachment; filename=\"Pl_ne__1_.zip__\"; filename*=UTF-8''Pl%C3%A4ne%20%221%22.zip%0D%0A"
        );
    }
}
