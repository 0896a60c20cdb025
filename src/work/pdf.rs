//! A bundle's page on paper: printed to PDF by the browser that the machine has.
//!
//! The page holds its own load event back until it has checked and shown everything
//! (`#print`), and only then a browser prints. What it came to stands in the PDF's title. A
//! browser's exit status says nothing: one that found no page ends well, too. So the file
//! decides: it is whole, and its title ends in the verdict that was expected.
//!
//! The browser gets a folder of its own beside the PDF, with a profile of its own (or a
//! running browser would take the call over), and no network. It isn't in the system's folder
//! for temporary files, which some packaged browsers don't share.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use probity_ledger::verify::verdict::Outcome;

use super::home::restrict;
use super::{WorkError, World, bag};

/// How long a browser may take before it is ended.
const LONGEST: Duration = Duration::from_secs(600);

/// How long a browser that has written its file may go on before it is ended.
const AFTERWARDS: Duration = Duration::from_secs(3);

const BY_HAND: &str = "unzip the bundle, open data/index.html in any browser, wait for the verdict and choose Print; or \
     name a Chromium, Chrome or Edge with --browser";

/// Prints a page to a new file.
///
/// # Errors
/// No browser, one that prints nothing or something else than `expected`, a file that exists.
/// Nothing half-written stays behind.
pub fn print(
    world: &World,
    page: &[u8],
    expected: Outcome,
    to: &Path,
    browser: Option<&Path>,
) -> Result<(), WorkError> {
    bag::refuse_existing(to)?;
    let browser = match browser {
        Some(path) => path.to_owned(),
        None => find_browser()
            .ok_or_else(|| WorkError::refused("no browser was found that prints", BY_HAND))?,
    };
    let to = std::path::absolute(to).map_err(WorkError::file("finding", to))?;
    let folder = Folder::beside(world, &to)?;
    let (source, out) = (folder.0.join("index.html"), folder.0.join("out.pdf"));
    fs::write(&source, page).map_err(WorkError::file("writing", &source))?;
    let ended = run(&browser, &folder.0, &source, &out)?;
    let printed = fs::read(&out).unwrap_or_default();
    if !is_whole(&printed) {
        return Err(WorkError::refused(
            format!("{} printed nothing{ended}", browser.display()),
            BY_HAND,
        ));
    }
    if !contains(&printed, title(expected).as_bytes()) {
        return Err(WorkError::refused(
            format!("{} printed a page that doesn't say `{}`", browser.display(), title(expected)),
            format!("it may be too old to check the bundle: {BY_HAND}"),
        ));
    }
    restrict(&out, 0o600)?;
    fs::rename(&out, &to).map_err(WorkError::file("writing", &to))
}

/// How the page's title ends once it has checked the bundle.
const fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Intact => "checked: intact",
        Outcome::NotGenuine => "checked: not genuine",
        Outcome::CannotCheck => "checked: cannot check",
    }
}

/// A folder for the browser, removed with all that it left there.
struct Folder(PathBuf);

impl Folder {
    fn beside(world: &World, path: &Path) -> Result<Self, WorkError> {
        let random: [u8; 8] = world.random()?;
        // No dot in front: some packaged browsers don't see hidden folders.
        let folder = path.with_file_name(format!("printing-{}", hex::encode(random)));
        fs::create_dir(&folder).map_err(WorkError::file("making", &folder))?;
        let made = Self(folder);
        restrict(&made.0, 0o700)?;
        Ok(made)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A browser that is just ending may still write to its profile.
        for _ in 0..20 {
            if fs::remove_dir_all(&self.0).is_ok() || !self.0.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Lets the browser print; says how it ended, in words that follow a fact.
fn run(browser: &Path, folder: &Path, source: &Path, out: &Path) -> Result<String, WorkError> {
    let talk = folder.join("browser.log");
    let log = File::create(&talk).map_err(WorkError::file("writing", &talk))?;
    let also = log.try_clone().map_err(WorkError::file("writing", &talk))?;
    let mut child = Command::new(browser)
        .args([
            "--headless=new",
            "--disable-gpu",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            // The newer and the older name; a browser ignores the one that it doesn't know.
            "--no-pdf-header-footer",
            "--print-to-pdf-no-header",
            "--generate-pdf-document-outline",
        ])
        .arg(joined("--user-data-dir=", folder.join("profile").as_os_str()))
        .arg(joined("--print-to-pdf=", out.as_os_str()))
        .arg(format!("{}#print", file_url(source)))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(also)
        .spawn()
        .map_err(WorkError::file("starting", browser))?;
    let ended = wait(&mut child, out);
    let said = fs::read_to_string(&talk).unwrap_or_default();
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("").trim();
    Ok(match (ended, last) {
        (Ended::TooLate, _) => " within ten minutes".to_owned(),
        (Ended::InTime, "") => String::new(),
        (Ended::InTime, last) => format!(" (it said: {last})"),
    })
}

/// How a browser ended.
#[derive(Clone, Copy, Debug)]
enum Ended {
    /// By itself, or once its file was written.
    InTime,
    /// It took too long.
    TooLate,
}

/// Waits until the browser ends, or has written its file and stays.
fn wait(child: &mut Child, out: &Path) -> Ended {
    let begun = Instant::now();
    let mut written: Option<Instant> = None;
    loop {
        if !matches!(child.try_wait(), Ok(None)) {
            return Ended::InTime;
        }
        if written.is_none() && fs::read(out).is_ok_and(|bytes| is_whole(&bytes)) {
            written = Some(Instant::now());
        }
        let stays = written.is_some_and(|since| since.elapsed() > AFTERWARDS);
        if stays || begun.elapsed() > LONGEST {
            let _ = child.kill();
            let _ = child.wait();
            return if stays { Ended::InTime } else { Ended::TooLate };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn joined(option: &str, value: &OsStr) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(value);
    argument
}

/// Whether a file is a PDF with its end.
fn is_whole(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(1024)..];
    bytes.starts_with(b"%PDF-") && contains(tail, b"%%EOF")
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// An absolute path as a URL (RFC 8089): `/a b` as `file:///a%20b`, `C:\x` as `file:///C:/x`.
fn file_url(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let mut url = String::from(match text.strip_prefix("//") {
        Some(_) => "file:",
        None if text.starts_with('/') => "file://",
        None => "file:///",
    });
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            b':' if cfg!(windows) => url.push(':'),
            byte if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            byte => url.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]),
        }
    }
    url
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase()
}

/// The browser of this machine that prints: Edge, Chrome or Chromium where each system has it.
fn find_browser() -> Option<PathBuf> {
    candidates().into_iter().find(|path| path.is_file())
}

fn candidates() -> Vec<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if cfg!(windows) {
        let edge = Path::new("Microsoft/Edge/Application/msedge.exe");
        let chrome = Path::new("Google/Chrome/Application/chrome.exe");
        let chromium = Path::new("Chromium/Application/chrome.exe");
        let (program, older, own) =
            (folder("ProgramFiles"), folder("ProgramFiles(x86)"), folder("LOCALAPPDATA"));
        let places = [
            (&older, edge),
            (&program, edge),
            (&program, chrome),
            (&older, chrome),
            (&own, chrome),
            (&own, chromium),
        ];
        places.iter().filter_map(|(base, rest)| Some(base.as_ref()?.join(rest))).collect()
    } else if cfg!(target_os = "macos") {
        let names = ["Google Chrome", "Microsoft Edge", "Chromium"];
        let bases = [
            Some(PathBuf::from("/Applications")),
            folder("HOME").map(|home| home.join("Applications")),
        ];
        let inside =
            |base: &PathBuf, name: &str| base.join(format!("{name}.app/Contents/MacOS/{name}"));
        names
            .iter()
            .flat_map(|name| bases.iter().flatten().map(move |base| inside(base, name)))
            .collect()
    } else {
        let names = [
            "chromium",
            "chromium-browser",
            "google-chrome-stable",
            "google-chrome",
            "microsoft-edge-stable",
            "microsoft-edge",
        ];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_url_that_every_browser_reads_alike() {
        assert_eq!(file_url(Path::new("/a b/ü#%?/x.html")), "file:///a%20b/%C3%BC%23%25%3F/x.html");
    }

    #[test]
    fn only_a_pdf_with_its_end_is_whole() {
        assert!(is_whole(b"%PDF-1.7\n...\n%%EOF\n"));
        assert!(!is_whole(b"%PDF-1.7\n..."));
        assert!(!is_whole(b""));
        assert!(!is_whole(b"<html>%%EOF"));
    }
}
