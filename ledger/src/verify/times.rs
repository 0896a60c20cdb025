//! Step 9c: the files under `data/times/`. Each head there is one that the bundle extends, and
//! each note in it is the log's; what cosignatures and tokens are worth is judged in
//! [`super::outside`].

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::container::{Files, Part, Time, part};
use super::outside::Outside;
use crate::book::authority::Authority;
use crate::book::fault::{Code, Fault};
use crate::format::hash::{RootHash, Size};
use crate::format::note::{Checkpoint, head_text};
use crate::format::tree;

/// One head that somebody outside spoke of.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) size: Size,
    pub(super) root: RootHash,
    text: String,
    files: BTreeMap<Time, (&'a str, &'a [u8])>,
}

/// Most signature lines of all notes that stand there.
const MAX_LINES: usize = 100_000;

fn path(size: Size, name: &str) -> String {
    format!("`data/times/{size}.{name}`")
}

fn fault(what: String, found: &str, expected: impl Into<String>) -> Fault {
    Fault::new(Code::Times, what, found, expected)
}

/// All of step 9c but for the signatures of notes.
pub(super) fn read<'a>(files: &'a Files, checkpoint: &Checkpoint) -> Vec<Result<Head<'a>, Fault>> {
    let mut heads: BTreeMap<Size, BTreeMap<Time, (&str, &[u8])>> = BTreeMap::new();
    let mut lines = 0;
    for (path, file) in files.range("data/times/".to_owned()..) {
        if let (Some(Part::Time(size, time)), Some(bytes)) = (part(path), &file.bytes) {
            heads.entry(size).or_default().insert(time, (path, bytes));
            if let Time::Note(_) = time {
                // Its text has three lines, and an empty one.
                lines += bytes.split(|byte| *byte == b'\n').count().saturating_sub(5);
            }
        }
    }
    if lines > MAX_LINES {
        let what = "the notes under `data/times/`".to_owned();
        return vec![Err(fault(what, "too many signature lines", format!("at most {MAX_LINES}")))];
    }
    heads.into_iter().map(|(size, files)| Head::read(size, files, checkpoint)).collect()
}

impl<'a> Head<'a> {
    fn read(
        size: Size,
        files: BTreeMap<Time, (&'a str, &'a [u8])>,
        checkpoint: &Checkpoint,
    ) -> Result<Self, Fault> {
        let whole = checkpoint.size;
        if size.0 < 2 || size > whole {
            let what = "the size of a head under `data/times/`".to_owned();
            return Err(fault(what, &size.to_string(), format!("2 to {whole}")));
        }
        let text = files.get(&Time::Text).map(|(_, bytes)| *bytes);
        let text = text.ok_or_else(|| {
            fault(path(size, "txt"), "no such file", "the head that is confirmed")
        })?;
        let root = root_in(text, &checkpoint.origin, size).ok_or_else(|| {
            fault(path(size, "txt"), "another text", "origin, size and root of that head")
        })?;
        let proof = files.get(&Time::Consistency).map(|(_, bytes)| *bytes);
        let name = path(size, "consistency");
        if size == whole {
            if root != checkpoint.root {
                let expected = checkpoint.root.to_string();
                return Err(fault(path(size, "txt"), "another root than the bundle's", expected));
            }
            if proof.is_some() {
                return Err(fault(name, "a proof", "none: it is the bundle's own head"));
            }
        } else {
            let proof = proof.ok_or_else(|| fault(name.clone(), "no such file", "a proof"))?;
            let proof = consistency(proof)
                .ok_or_else(|| fault(name.clone(), "another text", "at most 63 lines of hashes"))?;
            if !tree::verify_consistency(size, root, whole, checkpoint.root, &proof) {
                return Err(fault(
                    name,
                    "a proof that leads elsewhere",
                    format!("one that the bundle's head of {whole} entries extends that of {size}"),
                ));
            }
        }
        let text = head_text(&checkpoint.origin, size, root);
        for (time, (name, bytes)) in &files {
            if let Time::Note(_) = time
                && Checkpoint::parse(bytes).ok().is_none_or(|note| note.text() != text)
            {
                return Err(fault(
                    format!("`{name}`"),
                    "another text",
                    "a checkpoint of that head",
                ));
            }
        }
        Ok(Self { size, root, text, files })
    }

    /// The rest of step 9c: each note is signed by the log key at that size.
    pub(super) fn check_signatures(&self, authority: &Authority) -> Result<(), Fault> {
        for (name, note) in self.notes() {
            let log = authority.log_key(self.size);
            let signed = log.is_some_and(|log| note.verify(log).is_ok());
            if !signed {
                let expected =
                    log.map_or_else(|| "a declared log key".to_owned(), ToString::to_string);
                return Err(fault(format!("`{name}`"), "no signature of this ledger", expected));
            }
        }
        Ok(())
    }

    fn notes(&self) -> impl Iterator<Item = (&'a str, Checkpoint)> {
        let notes = self.files.iter().filter(|(time, _)| matches!(time, Time::Note(_)));
        notes.filter_map(|(_, (name, bytes))| Some((*name, Checkpoint::parse(bytes).ok()?)))
    }

    /// Hands over what is to be judged.
    pub(super) fn judge(&self, outside: &mut Outside<'_>) {
        for (name, note) in self.notes() {
            outside.note(name, &note);
        }
        for (time, (name, bytes)) in &self.files {
            if let Time::Token(_) = time {
                outside.token(name, self.size, &self.text, bytes);
            }
        }
    }
}

/// The root in a head's text of that origin and size.
fn root_in(text: &[u8], origin: &str, size: Size) -> Option<RootHash> {
    let root = std::str::from_utf8(text).ok()?.split('\n').nth(2)?;
    let root = RootHash(STANDARD.decode(root).ok()?.try_into().ok()?);
    (head_text(origin, size, root).as_bytes() == text).then_some(root)
}

/// Reads a consistency proof's file.
fn consistency(bytes: &[u8]) -> Option<Vec<[u8; 32]>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.strip_suffix('\n')?.split('\n');
    let hashes: Option<Vec<_>> =
        lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
    hashes.filter(|hashes| hashes.len() <= 63)
}

/// Writes a consistency proof's file.
#[must_use]
pub fn consistency_file(hashes: &[[u8; 32]]) -> String {
    hashes.iter().flat_map(|hash| [STANDARD.encode(hash), "\n".to_owned()]).collect()
}
