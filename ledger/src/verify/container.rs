//! Steps 1 and 2 of a bundle: which paths may be there, how large files may be, and
//! whether the bag's manifests fit them.
//!
//! A bundle is hostile input. Whoever unpacks it asks [`relative_paths`] before the first
//! byte is read and stops each file at [`size_bound`].

use std::collections::{BTreeMap, BTreeSet};

use crate::book::fault::{Code, Fault};
use crate::format::body::MAX_BODY;
use crate::format::entry::MAX_ENTRY;
use crate::format::hash::{Index, Sha256Hash, Size};
use crate::format::note::{MAX_NOTE, decimal};
use crate::format::receipt::MAX_STATEMENT;

/// Most members of a bundle, folders included.
pub const MAX_MEMBERS: usize = 100_000;

/// Most bytes of all files together, uncompressed: 4 GiB.
pub const MAX_TOTAL: u64 = 4 << 30;

/// Most bytes of the files that verification holds in memory ([`keeps_bytes`]), together:
/// 512 MiB.
pub const MAX_KEPT: u64 = 512 << 20;

/// Most bytes of a reading copy: 256 MiB.
const MAX_COPY: u64 = 256 << 20;

/// Most bytes of a manifest: 32 MiB. The longest line has 160 bytes, and there are at most
/// [`MAX_MEMBERS`].
const MAX_MANIFEST: u64 = 32 << 20;

/// Most bytes of a checkpoint, a policy, a file of outside times, `bagit.txt` or `bag-info.txt`.
const MAX_TEXT: u64 = MAX_NOTE as u64;

/// Most bytes of a proof: a checkpoint, and at most 64 short lines.
const MAX_PROOF: u64 = MAX_TEXT + 4096;

/// One file of a bundle.
#[derive(Clone, Debug)]
pub struct File {
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256Hash,
    /// Its bytes; documents are hashed as they are read and not kept.
    pub bytes: Option<Vec<u8>>,
}

/// The files of a bundle by path below its top folder.
pub type Files = BTreeMap<String, File>;

/// The part that a path plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of the four `BagIt` files.
    Tag,
    /// `data/entries/<N>.cose`.
    Entry(Index),
    /// `data/bodies/<N>.cbor`.
    Body(Index),
    /// `data/proofs/<N>.tlog-proof`.
    Proof(Index),
    /// `data/transparent/<N>.cose`.
    Transparent(Index),
    /// `data/documents/<sha256>/file.<ext>`.
    Document(Sha256Hash),
    /// `data/times/<m>.…`: outside evidence over the first `m` entries.
    Time(Size, Time),
    /// Any other file that has its place.
    Named,
}

/// What a file under `data/times/` is. Numbers of evidence begin with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Time {
    /// `<m>.txt`: the head's text.
    Text,
    /// `<m>.consistency`: the proof that the bundle's head extends it.
    Consistency,
    /// `<m>.<k>.note`: a checkpoint of that head.
    Note(u64),
    /// `<m>.<k>.tsr`: a timestamp over the text.
    Token(u64),
}

fn container(what: impl Into<String>, found: impl Into<String>, expected: &str) -> Fault {
    Fault::new(Code::Container, what, found, expected)
}

/// The tag files, in the order of their manifest.
pub const TAG_FILES: [&str; 4] =
    ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"];

const NAMED: [&str; 7] = [
    "data/checkpoint",
    "data/policy.txt",
    "data/entries.jsonl",
    "data/entries.csv",
    "data/schedule.csv",
    "data/index.html",
    "data/checking-by-hand.md",
];

/// The part that a path below the top folder plays, if it may be there.
#[must_use]
pub fn part(path: &str) -> Option<Part> {
    if TAG_FILES.contains(&path) {
        return Some(Part::Tag);
    }
    if NAMED.contains(&path) {
        return Some(Part::Named);
    }
    let (folder, name) = path.strip_prefix("data/")?.split_once('/')?;
    match folder {
        "entries" => index(name.strip_suffix(".cose")?).map(Part::Entry),
        "bodies" => index(name.strip_suffix(".cbor")?).map(Part::Body),
        "proofs" => index(name.strip_suffix(".tlog-proof")?).map(Part::Proof),
        "transparent" => index(name.strip_suffix(".cose")?).map(Part::Transparent),
        "documents" => {
            let (hash, file) = name.split_once('/')?;
            let extension = file.strip_prefix("file.")?;
            let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            let good = (1..=8).contains(&extension.len()) && extension.bytes().all(lower);
            let hash: [u8; 32] = hex::decode(hash).ok()?.try_into().ok()?;
            (good && name.starts_with(&hex::encode(hash)))
                .then_some(Part::Document(Sha256Hash(hash)))
        }
        "times" => time(name).map(|(size, time)| Part::Time(size, time)),
        _ => None,
    }
}

/// The file name of an index: decimal, at least eight digits.
#[must_use]
pub fn number(index: Index) -> String {
    format!("{:08}", index.0)
}

fn index(text: &str) -> Option<Index> {
    let index = Index(text.parse().ok()?);
    (number(index) == text && index.0 < 1 << 53).then_some(index)
}

fn time(name: &str) -> Option<(Size, Time)> {
    let number = |text: &str| decimal(text).filter(|number| *number > 0);
    let (size, rest) = name.split_once('.')?;
    let size = Size(decimal(size)?);
    match rest.split_once('.') {
        None if rest == "txt" => Some((size, Time::Text)),
        None if rest == "consistency" => Some((size, Time::Consistency)),
        Some((count, "note")) => Some((size, Time::Note(number(count)?))),
        Some((count, "tsr")) => Some((size, Time::Token(number(count)?))),
        _ => None,
    }
}

/// How many bytes of a file at that path are read at most.
#[must_use]
pub fn size_bound(path: &str) -> u64 {
    match part(path) {
        Some(Part::Entry(_)) => MAX_ENTRY as u64,
        Some(Part::Body(_)) => MAX_BODY as u64,
        Some(Part::Document(_)) => MAX_TOTAL,
        Some(Part::Proof(_)) => MAX_PROOF,
        Some(Part::Transparent(_)) => MAX_STATEMENT as u64,
        Some(Part::Tag) if path.contains("manifest") => MAX_MANIFEST,
        Some(Part::Tag | Part::Time(..)) => MAX_TEXT,
        _ if matches!(path, "data/checkpoint" | "data/policy.txt") => MAX_TEXT,
        _ => MAX_COPY,
    }
}

/// Whether the bytes at that path are kept, or only hashed.
#[must_use]
pub fn keeps_bytes(path: &str) -> bool {
    match part(path) {
        Some(Part::Document(_)) | None => false,
        Some(Part::Named) => {
            matches!(path, "data/checkpoint" | "data/policy.txt" | "data/entries.jsonl")
        }
        Some(
            Part::Tag
            | Part::Entry(_)
            | Part::Body(_)
            | Part::Proof(_)
            | Part::Transparent(_)
            | Part::Time(..),
        ) => true,
    }
}

/// A member's name as a container lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The whole name.
    pub name: String,
    /// Whether it is a folder.
    pub folder: bool,
}

/// Checks every member's name and returns the path below the top folder for each file, in the
/// order given (`None` for folders). With `has_top`, all names begin with one top folder.
///
/// # Errors
/// [`Code::Container`].
pub fn relative_paths(members: &[Member], has_top: bool) -> Result<Vec<Option<String>>, Fault> {
    if members.len() > MAX_MEMBERS {
        return Err(container(
            "the bundle",
            format!("{} members", members.len()),
            "at most 100000",
        ));
    }
    let mut top: Option<&str> = None;
    let mut seen = BTreeSet::new();
    let mut paths = Vec::with_capacity(members.len());
    for member in members {
        let name = member.name.strip_suffix('/').filter(|_| member.folder).unwrap_or(&member.name);
        check_path(&member.name, name)?;
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(container(
                "a path",
                format!("`{name}` twice, or again in other letters"),
                "every path once",
            ));
        }
        let relative = if has_top {
            let (first, rest) = name.split_once('/').unwrap_or((name, ""));
            if *top.get_or_insert(first) != first {
                return Err(container("the bundle", "more than one top folder", "one top folder"));
            }
            if rest.is_empty() && !member.folder {
                return Err(container(
                    "a path",
                    format!("`{name}`"),
                    "everything in one top folder",
                ));
            }
            rest
        } else {
            name
        };
        paths.push((!member.folder).then(|| relative.to_owned()));
    }
    // An unpacker would make only one of the two.
    for member in members.iter().filter(|member| !member.folder) {
        let below = format!("{}/", member.name.to_ascii_lowercase());
        if seen.range(below.clone()..).next().is_some_and(|path| path.starts_with(&below)) {
            return Err(container(
                "a path",
                format!("one below the file `{}`", member.name),
                "a folder",
            ));
        }
    }
    if let Some(top) = top {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if top.len() > 255 || !top.bytes().all(plain) {
            return Err(container("the top folder", format!("`{top}`"), "A-Z a-z 0-9 . _ - only"));
        }
    }
    Ok(paths)
}

fn check_path(whole: &str, name: &str) -> Result<(), Fault> {
    let bad = name.contains(['\\', ':'])
        || name.chars().any(char::is_control)
        || name.split('/').any(|part| matches!(part, "" | "." | ".."));
    if bad {
        return Err(container(
            "a path",
            format!("`{}`", whole.escape_debug()),
            "a relative path without empty parts, `.`, `..`, backslash, colon or control characters",
        ));
    }
    Ok(())
}

/// Step 1, as far as paths tell: only files that have a place, and none without its entry.
///
/// # Errors
/// [`Code::Container`].
pub fn check_places(files: &Files) -> Result<(), Fault> {
    let mut folders = BTreeSet::new();
    for path in files.keys() {
        let lacks_entry = match part(path) {
            None => {
                return Err(container(
                    "a file",
                    format!("`{path}`"),
                    "only files of an evidence bundle",
                ));
            }
            Some(Part::Body(index) | Part::Proof(index) | Part::Transparent(index)) => {
                !files.contains_key(&format!("data/entries/{}.cose", number(index)))
            }
            Some(Part::Document(hash)) if !folders.insert(hash) => {
                return Err(container(
                    "a document's folder",
                    format!("two files beside `{path}`"),
                    "one file",
                ));
            }
            Some(_) => false,
        };
        if lacks_entry {
            return Err(container("a file", format!("`{path}`"), "the entry that it belongs to"));
        }
    }
    Ok(())
}

/// The content of `bagit.txt`.
pub const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The manifest of these files: path and hash, sorted by path.
#[must_use]
pub fn manifest<'a>(files: impl IntoIterator<Item = (&'a str, Sha256Hash)>) -> String {
    let sorted: BTreeMap<&str, Sha256Hash> = files.into_iter().collect();
    let mut text = String::new();
    for (path, hash) in sorted {
        text.extend([&hash.to_string(), "  ", path, "\n"]);
    }
    text
}

/// Step 2: the tag files are there, of their form, and every hash is the one listed.
///
/// # Errors
/// [`Code::Manifest`].
pub fn check_bag(files: &Files) -> Result<(), Fault> {
    for name in TAG_FILES {
        if !files.contains_key(name) {
            return Err(Fault::new(
                Code::Manifest,
                format!("`{name}`"),
                "no such file",
                "a BagIt bag",
            ));
        }
    }
    let text = |name: &str| files.get(name).and_then(|file| file.bytes.as_deref());
    if text("bagit.txt") != Some(BAGIT.as_bytes()) {
        return Err(Fault::new(
            Code::Manifest,
            "`bagit.txt`",
            "another text",
            "BagIt 1.0 in UTF-8",
        ));
    }
    let hashes = |wanted: &dyn Fn(&str) -> bool| {
        let chosen = files.iter().filter(|(path, _)| wanted(path));
        manifest(chosen.map(|(path, file)| (path.as_str(), file.sha256)))
    };
    let payload = hashes(&|path| path.starts_with("data/"));
    compare_manifest("manifest-sha256.txt", text("manifest-sha256.txt"), &payload)?;
    let tags = hashes(&|path| TAG_FILES[..3].contains(&path));
    compare_manifest("tagmanifest-sha256.txt", text("tagmanifest-sha256.txt"), &tags)
}

/// Names the first line that differs from the manifest that the files give.
fn compare_manifest(name: &str, found: Option<&[u8]>, expected: &str) -> Result<(), Fault> {
    let found = found.unwrap_or_default();
    if found == expected.as_bytes() {
        return Ok(());
    }
    // Only the lines that the files give are held; a hostile manifest can have any number.
    let actual: BTreeSet<&[u8]> = expected.lines().map(str::as_bytes).collect();
    let mut left = actual.clone();
    let mut only_listed = None;
    for line in found.split(|byte| *byte == b'\n') {
        left.remove(line);
        if only_listed.is_none() && !line.is_empty() && !actual.contains(line) {
            only_listed = Some(line);
        }
    }
    let only_actual = left.first().copied();
    let words = |line: Option<&[u8]>| match line {
        Some(line) => String::from_utf8_lossy(&line[..line.len().min(1200)]).into_owned(),
        None => "nothing".to_owned(),
    };
    if only_listed.is_none() && only_actual.is_none() {
        return Err(Fault::new(
            Code::Manifest,
            format!("`{name}`"),
            "lines out of order or repeated",
            "one line for each file, sorted by path",
        ));
    }
    Err(Fault::new(
        Code::Manifest,
        format!("`{name}` and the files"),
        format!("files give: {}", words(only_actual)),
        format!("listed: {}", words(only_listed)),
    ))
}
