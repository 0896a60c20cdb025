//! Evidence bundles: the files of one, changed by a script, and the zip's own bytes.
//!
//! The attacker here has no key. Whatever they change, a bundle that is called intact shows
//! nothing but what its authors signed: every entry, proof, disclosed field and document is
//! one of the honest bundle's. Leaving things out is allowed where the format allows it.

use std::fs::File as Disk;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::sync::LazyLock;

use probity::work::bag::{self, Found};
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash};
use probity_ledger::format::jsonl;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::tree;
use probity_ledger::verify::bundle::{entry_hashes, verify};
use probity_ledger::verify::container::{
    BAGIT, File, Files, MAX_MEMBERS, Part, TAG_FILES, keeps_bytes, manifest, part, size_bound,
};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use super::seeds::{self, Parts};
use super::short;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// An honest bundle and the reader who knows its fingerprint.
struct Honest {
    parts: Parts,
    reader: Reader,
}

static HONEST: LazyLock<Vec<Honest>> = LazyLock::new(|| {
    // One in eight: verifying all of them first would take longer than a short run.
    let mut all: Vec<Parts> = seeds::bundles("intact").into_iter().step_by(8).collect();
    let statements = |parts: &Parts| parts.keys().any(|path| path.starts_with("data/transparent/"));
    all.extend(seeds::bundles("intact").into_iter().find(statements));
    all.push(unpacked("bundle.zip"));
    all.into_iter()
        .map(|mut parts| {
            remanifest(&mut parts);
            let fingerprint = parts.get("data/entries/00000000.cose").map(|b| tree::leaf_hash(b));
            Honest { parts, reader: Reader { fingerprint, ..Reader::default() } }
        })
        .filter(|one| verify(&files(&one.parts), &one.reader).verdict == Outcome::Intact)
        .collect()
});

/// A zip that `make_seeds` left, as the program itself reads it, with its documents.
fn unpacked(name: &str) -> Parts {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds").join(name);
    let Ok(Found::Files(files)) = bag::read(&path) else { panic!("{name} is a bundle") };
    let mut parts = Parts::new();
    for (path, file) in files {
        parts.insert(path, file.bytes.unwrap_or_default());
    }
    for (path, bytes) in documents() {
        assert!(parts.insert(path, bytes).is_some(), "the seed discloses its documents");
    }
    // Reading copies are only hashed, so that they may as well be empty.
    parts
}

/// The documents in the seed, which reading a bundle only hashes.
fn documents() -> Vec<(String, Vec<u8>)> {
    ["Homework app: names and marks, nothing else.\n", "%PDF-1.4 not really\n"]
        .iter()
        .zip(["txt", "pdf"])
        .map(|(text, extension)| {
            let hash = Sha256Hash::of(text.as_bytes());
            (format!("data/documents/{hash}/file.{extension}"), text.as_bytes().to_vec())
        })
        .collect()
}

fn files(parts: &Parts) -> Files {
    let file = |path: &str, bytes: &Vec<u8>| File {
        size: bytes.len() as u64,
        sha256: Sha256Hash::of(bytes),
        bytes: keeps_bytes(path).then(|| bytes.clone()),
    };
    parts.iter().map(|(path, bytes)| (path.clone(), file(path, bytes))).collect()
}

fn remanifest(parts: &mut Parts) {
    let list = |parts: &Parts, wanted: &dyn Fn(&str) -> bool| {
        let chosen = parts.iter().filter(|(path, _)| wanted(path));
        manifest(chosen.map(|(path, bytes)| (path.as_str(), Sha256Hash::of(bytes)))).into_bytes()
    };
    parts.insert("bagit.txt".to_owned(), BAGIT.as_bytes().to_vec());
    parts.entry("bag-info.txt".to_owned()).or_default();
    let payload = list(parts, &|path| path.starts_with("data/"));
    parts.insert("manifest-sha256.txt".to_owned(), payload);
    let tags = list(parts, &|path| TAG_FILES[..3].contains(&path));
    parts.insert("tagmanifest-sha256.txt".to_owned(), tags);
}

/// Derives `entries.jsonl` anew from whatever can be read.
fn recopy(parts: &mut Parts) {
    let mut copy = String::new();
    for (path, bytes) in parts.range("data/entries/".to_owned()..) {
        let Some(Part::Entry(_)) = part(path) else { break };
        let Ok(entry) = Entry::parse(bytes) else { continue };
        let body = path.replace("entries", "bodies").replace(".cose", ".cbor");
        let body = parts.get(&body).and_then(|body| Body::parse(body).ok());
        copy.push_str(&jsonl::line(&entry, body.as_ref()));
    }
    parts.insert("data/entries.jsonl".to_owned(), copy.into_bytes());
}

/// Bytes that are read as commands.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(*first))
    }

    fn number(&mut self) -> Option<usize> {
        Some(self.byte()? << 8 | self.byte()?)
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        let length = self.byte()?.min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(text.to_vec())
    }
}

/// One command: a file is changed, cut, lengthened, exchanged, removed or renamed.
fn change(parts: &mut Parts, script: &mut Script<'_>) -> Option<()> {
    let command = script.byte()?;
    let pick = |parts: &Parts, at: usize| parts.keys().nth(at % parts.len().max(1)).cloned();
    let path = pick(parts, script.number()?)?;
    let length = parts[&path].len();
    match command % 8 {
        0 => {
            let (at, bits) = (script.number()?, script.byte()?);
            let byte = parts.get_mut(&path)?.get_mut(at % length.max(1))?;
            *byte ^= u8::try_from(bits).unwrap_or(1);
        }
        1 => {
            let (at, text) = (script.number()? % (length + 1), script.text()?);
            let end = (at + text.len()).min(length);
            parts.get_mut(&path)?.splice(at..end, text);
        }
        2 => parts.get_mut(&path)?.truncate(script.number()?),
        3 => {
            let text = script.text()?;
            parts.get_mut(&path)?.extend(text);
        }
        4 => {
            let other = pick(parts, script.number()?)?;
            let bytes = parts[&other].clone();
            parts.insert(path, bytes);
        }
        5 => {
            let other = pick(parts, script.number()?)?;
            let (one, two) = (parts[&path].clone(), parts[&other].clone());
            parts.insert(path, two);
            parts.insert(other, one);
        }
        6 => {
            parts.remove(&path);
        }
        _ => {
            let name = String::from_utf8_lossy(&script.text()?).into_owned();
            let bytes = parts.remove(&path)?;
            parts.insert(name, bytes);
        }
    }
    Some(())
}

/// An honest bundle, changed by the script that the data is.
pub fn bundle(data: &[u8]) {
    let mut script = Script(data);
    let (Some(which), Some(mending)) = (script.byte(), script.byte()) else { return };
    let honest = &HONEST[which % HONEST.len()];
    let mut parts = honest.parts.clone();
    for _ in 0..16 {
        if parts.is_empty() || change(&mut parts, &mut script).is_none() {
            break;
        }
    }
    if mending & 1 == 0 {
        recopy(&mut parts);
    }
    if mending & 2 == 0 {
        remanifest(&mut parts);
    }
    judged(&files(&parts), Some(&parts), honest);
}

/// The verdict, and what an intact bundle may show.
fn judged(files: &Files, bytes: Option<&Parts>, honest: &Honest) {
    let verdict = verify(files, &honest.reader);
    if let Some(fault) = &verdict.fault {
        short(fault);
    }
    let json = serde_json::to_string(&verdict).expect("a verdict is JSON");
    let held: u64 = files.values().map(|file| file.size).sum();
    assert!(json.len() as u64 <= (1 << 16) + 8 * held, "a verdict of {} bytes", json.len());
    if verdict.verdict == Outcome::NotGenuine {
        assert!(verdict.fault.is_some(), "a verdict says why");
        return;
    }
    let listed = files["manifest-sha256.txt"].bytes.as_ref().expect("manifests are kept");
    let listed = String::from_utf8_lossy(listed);
    for (path, file) in files.iter().filter(|(path, _)| path.starts_with("data/")) {
        let line = format!("{}  {path}\n", file.sha256);
        assert!(listed.contains(&line), "a file that the manifest doesn't list: {path}");
    }
    let text = |path: &str| {
        let bytes = honest.parts.get(path).expect("it is in every honest bundle");
        Checkpoint::parse(bytes).expect("an honest checkpoint").text().to_owned()
    };
    let (found, hashes) = entry_hashes(files).expect("it was judged");
    assert_eq!(found.text(), text("data/checkpoint"), "a forged checkpoint");
    for (index, hash) in &hashes {
        assert_eq!(Some(*hash), honest_hash(honest, *index), "a forged entry {index}");
    }
    for (path, file) in files {
        match part(path) {
            Some(Part::Proof(_)) => {
                let bytes = file.bytes.as_ref().expect("proofs are kept");
                let proof = probity_ledger::format::proof::Proof::parse(bytes).expect("judged");
                assert_eq!(proof.checkpoint, found.bytes(), "a proof to another head");
            }
            Some(Part::Body(_)) => {
                let bytes = file.bytes.as_ref().expect("bodies are kept");
                let body = Body::parse(bytes).expect("it was judged");
                let known = honest.parts.get(path).expect("a body was made up");
                let known = Body::parse(known).expect("an honest body");
                for (name, opening) in body.iter() {
                    assert_eq!(Some(opening), known.get(name), "a forged answer {name}");
                }
            }
            Some(Part::Transparent(_)) => {
                let known = honest.parts.get(path).expect("a statement was made up");
                assert_eq!(file.bytes.as_ref(), Some(known), "a forged receipt");
            }
            Some(Part::Document(hash)) => {
                assert_eq!(file.sha256, hash, "a forged document");
                if let Some(bytes) = bytes {
                    assert_eq!(Sha256Hash::of(&bytes[path]), hash);
                }
            }
            found => assert!(found.is_some(), "a file without a place: {path}"),
        }
    }
}

fn honest_hash(honest: &Honest, index: Index) -> Option<EntryHash> {
    let path = format!("data/entries/{index:08}", index = index.0);
    honest.parts.get(&format!("{path}.cose")).map(|bytes| tree::leaf_hash(bytes))
}

/// A zip as it comes from outside.
pub fn bundle_zip(data: &[u8]) {
    zip_as_it_is(data);
    let mended = mended(data);
    if mended != data {
        zip_as_it_is(&mended);
    }
}

/// The same zip with right checksums for the members that are stored as they are, so that
/// changes reach what lies behind them.
fn mended(zip: &[u8]) -> Vec<u8> {
    let mut mended = zip.to_vec();
    let two =
        |at: usize| Some(usize::from(u16::from_le_bytes(zip.get(at..at + 2)?.try_into().ok()?)));
    let four = |at: usize| Some(u32::from_le_bytes(zip.get(at..at + 4)?.try_into().ok()?) as usize);
    let mut mend = |at: usize| {
        // A member of the directory, and the header before its data.
        let local = four(at + 42)?;
        let start = local.checked_add(30 + two(local + 26)? + two(local + 28)?)?;
        let bytes = zip.get(start..start.checked_add(four(at + 20)?)?)?;
        if two(at + 10)? == 0 && zip.get(local..)?.starts_with(b"PK\x03\x04") {
            let crc = crc32fast::hash(bytes).to_le_bytes();
            mended.get_mut(at + 16..at + 20)?.copy_from_slice(&crc);
            mended.get_mut(local + 14..local + 18)?.copy_from_slice(&crc);
        }
        Some(())
    };
    let starts = zip.windows(4).enumerate().filter(|(_, four)| four == b"PK\x01\x02");
    for (at, _) in starts.take(100) {
        mend(at);
    }
    mended
}

fn zip_as_it_is(data: &[u8]) {
    let path = std::env::temp_dir().join(format!("probity-fuzz-{}.zip", std::process::id()));
    Disk::create(&path)
        .and_then(|mut file| file.write_all(data))
        .expect("a file can be written in a temporary folder");
    let found = bag::read(&path);
    let _ = bag::looks_like_bundle(&path);
    // Left behind, it would be written over by the next run.
    let _ = std::fs::remove_file(&path);
    match found {
        Err(error) => short(&error),
        Ok(Found::Fault(fault)) => short(&fault),
        Ok(Found::Files(files)) => {
            assert!(files.len() <= MAX_MEMBERS);
            for (path, file) in &files {
                assert!(file.size <= size_bound(path));
                assert_eq!(file.bytes.is_some(), keeps_bytes(path));
                if let Some(bytes) = &file.bytes {
                    assert_eq!(file.size, bytes.len() as u64);
                    assert_eq!(file.sha256, Sha256Hash::of(bytes));
                }
            }
            let honest = HONEST.last().expect("the seed is intact");
            judged(&files, None, honest);
        }
    }
}

/// Scripts: nothing, every command once, and each way of mending.
pub fn seeds() -> Vec<Vec<u8>> {
    let bases = u8::try_from(HONEST.len()).unwrap_or(u8::MAX);
    let mut found: Vec<Vec<u8>> =
        (0..bases).flat_map(|base| (0..4).map(move |mending| vec![base, mending])).collect();
    for command in 0..8 {
        for file in [0_u8, 3, 7, 11, 20, 30] {
            for base in [0, bases - 1] {
                let mut script = vec![base, 0, command, 0, file, 0, 9, 5];
                script.extend_from_slice(b"a b\n\x01data/entries/00000009.cose");
                found.push(script);
            }
        }
    }
    found
}

/// The zips of the seed, and the same bundle with nothing packed.
pub fn zips() -> Vec<Vec<u8>> {
    let packed = seeds::made("bundle.zip");
    let mut archive = ZipArchive::new(Cursor::new(&packed)).expect("the seed is a zip");
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a member");
        let name = member.name().expect("names are UTF-8").into_owned();
        let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        stored.start_file(name, plain).expect("a member");
        std::io::copy(&mut member, &mut stored).expect("it can be unpacked");
    }
    let stored = stored.finish().expect("a zip").into_inner();
    vec![packed, seeds::made("small.zip"), stored]
}
