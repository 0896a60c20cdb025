//! What a form sent: its fields as text, and its files, which go to the disk as they come.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, header};
use probity_ledger::format::hash::Sha256Hash;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::store::MAX_DOCUMENT;
use crate::work::keyring::Passphrase;
use crate::work::{WorkError, World, home};

/// Most bytes of all text in a form.
const MAX_TEXT: usize = 2 << 20;

/// Most bytes of a form that anybody may send, such as the one that unlocks.
const MAX_SHORT: usize = 64 << 10;

/// Most bytes of a form with all its files.
pub const MAX_FORM: usize = 1 << 30;

/// Longest name of a field or a file.
const MAX_NAME: usize = 300;

/// Most fields, and most files.
const MAX_FIELDS: usize = 5000;
const MAX_FILES: usize = 50;

/// Fields that are kept nowhere: passphrases, and what belongs to one session.
const SECRET: &[&str] = &["passphrase", "again", "old", "token"];

/// How long the next piece of a form may let itself be waited for.
const PIECE: Duration = Duration::from_secs(30);

/// So long a form may come as slowly as it likes; then so many bytes a second, all in all.
const GRACE: Duration = Duration::from_secs(20);
const PACE: u64 = 32 << 10;

/// At most so often is told that pieces come.
const TELL: Duration = Duration::from_secs(1);

/// Told again and again while the pieces of a form with files come in.
pub(super) type Coming = Box<dyn Fn() + Send>;

/// How fast a form has come in so far.
struct Pace {
    begun: Instant,
    bytes: u64,
    coming: Coming,
    told: Option<Instant>,
}

impl Pace {
    fn begin(coming: Coming) -> Self {
        Self { begun: Instant::now(), bytes: 0, coming, told: None }
    }

    /// Counts a piece that took until now.
    fn count(&mut self, bytes: usize) -> Result<(), WorkError> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if is_slow(self.bytes, self.begun.elapsed(), GRACE, PACE) {
            return Err(slow());
        }
        if bytes > 0 && self.told.is_none_or(|told| told.elapsed() >= TELL) {
            (self.coming)();
            self.told = Some(Instant::now());
        }
        Ok(())
    }
}

/// Whether so many bytes in that time are fewer than `pace` a second, once the time of grace is over.
pub(super) fn is_slow(bytes: u64, since: Duration, grace: Duration, pace: u64) -> bool {
    since > grace && bytes / since.as_secs().max(1) < pace
}

/// A file that came in, under a name of its own in the folder of uploads. It is removed when this is
/// dropped, unless somebody keeps it.
#[derive(Debug)]
pub struct Upload {
    /// The question that it answers.
    pub field: String,
    /// What its owner calls it: a bare name.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// How long it is.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256Hash,
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Already moved to where it is kept, or of no use any more.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The fields of a form, in their order.
#[derive(Default)]
pub struct Fields {
    texts: Vec<(String, Zeroizing<String>)>,
    /// Its files.
    pub files: Vec<Upload>,
}

impl Fields {
    /// What a field says, without blanks around it; nothing if it isn't there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// What a field says, or `None` if it says nothing.
    #[must_use]
    pub fn said(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Everything that fields of one name say, such as boxes that are ticked.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.texts.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.trim())
    }

    /// Whether there is such a field, as of a button or a box.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.texts.iter().any(|(known, _)| known == name)
    }

    /// All names and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Takes out a question and all that belongs to it, such as an item of a list.
    pub fn forget(&mut self, name: &str) {
        let belongs = |known: &str| {
            known
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        };
        self.texts.retain(|(known, _)| !belongs(known));
    }

    /// A passphrase, exactly as it was typed.
    #[must_use]
    pub fn secret(&self, name: &str) -> Passphrase {
        let found = self.texts.iter().find(|(known, _)| known == name);
        Zeroizing::new(found.map(|(_, text)| text.to_string()).unwrap_or_default())
    }

    /// Files that answer one question; one that was left empty isn't there.
    pub fn files_of(&self, field: &str) -> impl Iterator<Item = &Upload> {
        self.files.iter().filter(move |file| file.field == field)
    }

    /// Reads a form without files, as anybody may send it.
    ///
    /// # Errors
    /// As [`Fields::read`]; one with files.
    pub(super) async fn read_short(request: Request) -> Result<Self, WorkError> {
        let kind = kind_of(request.headers());
        if kind != "application/x-www-form-urlencoded" {
            return Err(broken(format!("`{kind}` is no form without files")));
        }
        Self::of_text(&whole(request.into_body(), MAX_SHORT).await?)
    }

    /// Reads the text of a form of either kind as far as it is short, and none of its files.
    ///
    /// # Errors
    /// As [`Fields::read_short`].
    pub(super) async fn read_texts(request: Request) -> Result<Self, WorkError> {
        let (head, body) = request.into_parts();
        let bytes = whole(body, MAX_SHORT).await?;
        if kind_of(&head.headers) != "multipart/form-data" {
            return Self::of_text(&bytes);
        }
        let again = Request::from_parts(head, Body::from(bytes.to_vec()));
        let mut form =
            Multipart::from_request(again, &()).await.map_err(|error| broken(error.body_text()))?;
        // All of it is here already.
        let (mut fields, mut pace) = (Self::default(), Pace::begin(Box::new(|| ())));
        while let Some(mut part) = next(&mut form).await? {
            if part.file_name().is_some() {
                continue;
            }
            let name = part.name().unwrap_or_default().to_owned();
            let mut text = Zeroizing::new(Vec::with_capacity(4096));
            while let Some(piece) = piece(&mut part, &mut pace).await? {
                text.extend_from_slice(&piece);
            }
            let text = std::str::from_utf8(&text).map_err(|error| broken(error.to_string()))?;
            fields.add(name, Zeroizing::new(text.to_owned()))?;
        }
        Ok(fields)
    }

    /// What was typed and may be held for a while.
    pub(super) fn into_typed(self) -> Vec<(String, Zeroizing<String>)> {
        let typed = |(name, text): &(String, Zeroizing<String>)| {
            !text.trim().is_empty() && !SECRET.contains(&name.as_str())
        };
        self.texts.into_iter().filter(typed).collect()
    }

    fn of_text(bytes: &[u8]) -> Result<Self, WorkError> {
        let mut fields = Self::default();
        for (name, text) in form_urlencoded::parse(bytes) {
            fields.add(name.into_owned(), Zeroizing::new(text.into_owned()))?;
        }
        Ok(fields)
    }

    /// Reads a form of either kind; its files go into `uploads`. While one with files comes in,
    /// `coming` is told, at most once a second.
    ///
    /// # Errors
    /// What isn't a form, is too long or comes too slowly; what the disk says.
    pub(super) async fn read(
        request: Request,
        world: World,
        uploads: &Path,
        coming: Coming,
    ) -> Result<Self, WorkError> {
        let kind = kind_of(request.headers());
        if kind == "multipart/form-data" {
            let form = Multipart::from_request(request, &())
                .await
                .map_err(|error| broken(error.body_text()))?;
            return Self::parts(form, world, uploads, coming).await;
        }
        if kind != "application/x-www-form-urlencoded" {
            return Err(broken(format!("`{kind}` is no form")));
        }
        Self::of_text(&whole(request.into_body(), MAX_TEXT).await?)
    }

    async fn parts(
        mut form: Multipart,
        world: World,
        uploads: &Path,
        coming: Coming,
    ) -> Result<Self, WorkError> {
        let mut fields = Self::default();
        let (mut room, mut pace) = (MAX_TEXT, Pace::begin(coming));
        while let Some(mut part) = next(&mut form).await? {
            pace.count(0)?;
            let name = part.name().unwrap_or_default().to_owned();
            if name.len() > MAX_NAME || part.file_name().is_some_and(|file| file.len() > MAX_NAME) {
                return Err(too_much(format!(
                    "a name in the form is longer than {MAX_NAME} bytes"
                )));
            }
            room = room.checked_sub(name.len()).ok_or_else(long)?;
            if let Some(file) = part.file_name().map(str::to_owned) {
                if fields.files.len() >= MAX_FILES {
                    return Err(too_much(format!("more than {MAX_FILES} files")));
                }
                let upload = receive(&mut part, (&name, &file), world, uploads, &mut pace).await?;
                // A question for a file that nobody chose one for.
                if upload.size > 0 || !file.is_empty() {
                    fields.files.push(upload);
                }
                continue;
            }
            // One allocation: a text that grows leaves copies behind.
            let mut text = Zeroizing::new(Vec::with_capacity(4096));
            while let Some(piece) = piece(&mut part, &mut pace).await? {
                room = room.checked_sub(piece.len()).ok_or_else(long)?;
                text.extend_from_slice(&piece);
            }
            let text = std::str::from_utf8(&text).map_err(|error| broken(error.to_string()))?;
            fields.add(name, Zeroizing::new(text.to_owned()))?;
        }
        Ok(fields)
    }

    pub(super) fn add(&mut self, name: String, text: Zeroizing<String>) -> Result<(), WorkError> {
        if self.texts.len() >= MAX_FIELDS {
            return Err(too_much(format!("more than {MAX_FIELDS} fields")));
        }
        // Browsers end lines with CR LF; records have LF alone.
        let text =
            if text.contains('\r') { Zeroizing::new(text.replace("\r\n", "\n")) } else { text };
        self.texts.push((name, text));
        Ok(())
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Passphrases are among them.
        f.debug_set().entries(self.texts.iter().map(|(name, _)| name)).finish()
    }
}

/// Removes what a server that was killed has left of uploads, and of checks of files that came in.
/// Those of one that runs are younger.
pub(super) fn sweep(uploads: &Path) {
    let old = std::time::SystemTime::now() - Duration::from_secs(2 * 3600);
    for entry in std::fs::read_dir(uploads).into_iter().flatten().flatten() {
        let path = entry.path();
        let left = entry.metadata().and_then(|file| file.modified()).is_ok_and(|at| at < old);
        let sort = path.extension().and_then(|extension| extension.to_str());
        let _ = match sort.filter(|_| left) {
            Some("upload") => std::fs::remove_file(path),
            Some("check") => std::fs::remove_dir_all(path),
            _ => Ok(()),
        };
    }
}

fn kind_of(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("nothing");
    kind.trim().to_lowercase()
}

async fn whole(body: Body, most: usize) -> Result<Zeroizing<Vec<u8>>, WorkError> {
    // Waiting is bounded as a whole: without files, a form is short.
    match timeout(PIECE, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(Zeroizing::new(bytes.to_vec())),
        Ok(Err(_)) => Err(long()),
        Err(_) => Err(slow()),
    }
}

async fn next(form: &mut Multipart) -> Result<Option<Field<'_>>, WorkError> {
    match timeout(PIECE, form.next_field()).await {
        Ok(part) => part.map_err(|error| broken(error.body_text())),
        Err(_) => Err(slow()),
    }
}

async fn piece(
    part: &mut Field<'_>,
    pace: &mut Pace,
) -> Result<Option<axum::body::Bytes>, WorkError> {
    let piece = timeout(PIECE, part.chunk()).await.map_err(|_| slow())?;
    let piece = piece.map_err(|error| broken(error.body_text()))?;
    pace.count(piece.as_ref().map_or(0, axum::body::Bytes::len))?;
    Ok(piece)
}

async fn receive(
    part: &mut Field<'_>,
    (field, file): (&str, &str),
    world: World,
    uploads: &Path,
    pace: &mut Pace,
) -> Result<Upload, WorkError> {
    home::make_private_folder(uploads)?;
    let path = uploads.join(format!("{}.upload", hex::encode(world.random::<16>()?)));
    let mut out = home::create_private(&path, 0o600)?;
    let mut upload = Upload {
        field: field.to_owned(),
        name: bare(file),
        path,
        size: 0,
        sha256: Sha256Hash([0; 32]),
    };
    let mut hash = Sha256::new();
    let failed = |error| WorkError::file("writing", uploads)(error);
    while let Some(piece) = piece(part, pace).await? {
        upload.size += piece.len() as u64;
        if upload.size > MAX_DOCUMENT {
            return Err(WorkError::refused(
                format!("the file {} is longer than {} MiB", upload.name, MAX_DOCUMENT >> 20),
                "go back and choose a shorter one, such as a part of it; or write down its SHA-256 and where \
                 you keep it",
            ));
        }
        hash.update(&piece);
        // Some KiB into the system's memory: that holds nobody up.
        out.write_all(&piece).map_err(failed)?;
    }
    upload.sha256 = Sha256Hash(hash.finalize().into());
    Ok(upload)
}

/// A file's name without folders, as some browsers send them, and without what no file system takes.
fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let last: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    match last.trim().trim_start_matches('.') {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

fn broken(fact: impl std::fmt::Display) -> WorkError {
    WorkError::refused(format!("the form can't be read: {fact}"), "go back and send it again")
}

fn too_much(fact: String) -> WorkError {
    WorkError::refused(fact, "split it over several records")
}

fn long() -> WorkError {
    too_much(format!("the form's text is longer than {} MiB", MAX_TEXT >> 20))
}

fn slow() -> WorkError {
    WorkError::refused("the form came too slowly", "go back and send it again")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_file_keeps_its_bare_name() {
        for (given, kept) in [
            ("plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\amina\\plan.pdf", "plan.pdf"),
            ("...", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("a\u{0}b\nc", "abc"),
        ] {
            assert_eq!(bare(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_form_may_be_slow_for_a_while_and_not_for_long() {
        let seconds = Duration::from_secs;
        let is_slow = |bytes, since| is_slow(bytes, since, GRACE, PACE);
        assert!(!is_slow(0, GRACE), "somebody looks for a file, or the network stands still");
        assert!(is_slow(1 << 20, seconds(60)));
        assert!(!is_slow(256 << 20, seconds(3600)), "the largest file over a slow network");
    }

    #[test]
    fn pieces_that_come_are_told_of_and_not_too_often() {
        let told = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&told);
        let mut pace = Pace::begin(Box::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }));
        let mut after = |bytes: usize, waited: bool| {
            if waited {
                pace.told = Instant::now().checked_sub(TELL);
            }
            pace.count(bytes).expect("fast enough");
            told.load(Ordering::Relaxed)
        };
        assert_eq!(after(0, false), 0, "nothing has come");
        assert_eq!(after(1, false), 1);
        assert_eq!(after(1, false), 1, "that was just said");
        assert_eq!(after(1, true), 2);
        assert_eq!(after(0, true), 2);
    }

    #[test]
    fn texts_are_found_and_passphrases_keep_their_blanks() {
        let mut fields = Fields::default();
        for (name, text) in [("a", " one\r\ntwo "), ("a", "three"), ("p", " secret ")] {
            fields.add(name.to_owned(), Zeroizing::new(text.to_owned())).expect("taken");
        }
        assert_eq!(fields.text("a"), "one\ntwo");
        assert_eq!(fields.all("a").collect::<Vec<_>>(), ["one\ntwo", "three"]);
        assert_eq!(fields.secret("p").as_str(), " secret ");
        assert!(fields.said("none").is_none() && fields.has("a"));
        fields.add("passphrase".to_owned(), Zeroizing::new("secret".to_owned())).expect("taken");
        assert!(fields.into_typed().iter().all(|(name, _)| name != "passphrase"));
    }
}
