//! Bundles taken apart, changed, and put together again so that what follows the change fits.

use std::collections::BTreeMap;
use std::path::Path;

use probity::work::bag::{self, Found};
use probity_keys::SigningKey;
use probity_ledger::format::body::Body;
use probity_ledger::format::entry::{Entry, Header, Payload, assemble, sig_structure};
use probity_ledger::format::hash::{EntryHash, Index, Sha256Hash, Size};
use probity_ledger::format::jsonl;
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::tree::{self, Leaves};
use probity_ledger::verify::container::{TAG_FILES, manifest, number};
use zip::ZipArchive;

/// The files of a bundle by path below its top folder.
pub type Parts = BTreeMap<String, Vec<u8>>;

/// Takes a zip apart.
pub fn unpack(path: &Path) -> Parts {
    let file = std::fs::File::open(path).expect("the bundle is there");
    let mut archive = ZipArchive::new(file).expect("the bundle is a zip");
    let mut parts = Parts::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("the member can be read");
        let name = member.name().expect("names are UTF-8").into_owned();
        let (_, rest) = name.split_once('/').expect("all lies in one folder");
        let mut bytes = Vec::new();
        std::io::copy(&mut member, &mut bytes).expect("the member can be unpacked");
        parts.insert(rest.to_owned(), bytes);
    }
    parts
}

/// Lays the files into a folder.
pub fn lay_out(parts: &Parts, folder: &Path) {
    for (path, bytes) in parts {
        let path = folder.join(path);
        let parent = path.parent().expect("every file is in a folder");
        std::fs::create_dir_all(parent).expect("a folder can be made in a temporary one");
        std::fs::write(path, bytes).expect("a file can be written in a temporary folder");
    }
}

/// Makes the manifests anew.
pub fn remanifest(parts: &mut Parts) {
    let list = |parts: &Parts, wanted: &dyn Fn(&str) -> bool| {
        let chosen = parts.iter().filter(|(path, _)| wanted(path));
        manifest(chosen.map(|(path, bytes)| (path.as_str(), Sha256Hash::of(bytes))))
    };
    let payload = list(parts, &|path| path.starts_with("data/"));
    parts.insert("manifest-sha256.txt".to_owned(), payload.into_bytes());
    let tags = list(parts, &|path| TAG_FILES[..3].contains(&path));
    parts.insert("tagmanifest-sha256.txt".to_owned(), tags.into_bytes());
}

/// Whether the program reads the zip and finds the same files as before.
pub fn same_files(found: &Found, parts: &Parts) -> bool {
    let Found::Files(files) = found else { return false };
    files.len() == parts.len()
        && files.iter().zip(parts).all(|((path, file), (other, bytes))| {
            path == other
                && file.size == bytes.len() as u64
                && file.sha256 == Sha256Hash::of(bytes)
                && file.bytes.as_ref().is_none_or(|found| found == bytes)
        })
}

pub fn entry_path(index: u64) -> String {
    format!("data/entries/{}.cose", number(Index(index)))
}

pub fn body_path(index: u64) -> String {
    format!("data/bodies/{}.cbor", number(Index(index)))
}

pub fn proof_path(index: u64) -> String {
    format!("data/proofs/{}.tlog-proof", number(Index(index)))
}

pub fn transparent_path(index: u64) -> String {
    format!("data/transparent/{}.cose", number(Index(index)))
}

pub fn entry(parts: &Parts, index: u64) -> Entry {
    Entry::parse(&parts[&entry_path(index)]).expect("an entry of a good bundle")
}

/// An entry signed anew after a change of its header or payload.
pub fn forge(
    parts: &Parts,
    index: u64,
    key: &SigningKey,
    change: impl FnOnce(&mut Header, &mut Payload),
) -> Vec<u8> {
    let entry = entry(parts, index);
    let (header, payload) = entry.own();
    let (mut header, mut payload) = (header.clone(), payload.clone());
    header.kid = key.public().kid();
    change(&mut header, &mut payload);
    let (protected, payload) = (header.to_bytes(), payload.to_bytes());
    let signature = key.sign(&sig_structure(&protected, &payload));
    assemble(&protected, &payload, &signature)
}

/// The same with what is signed as raw bytes, for what no type of ours can hold.
pub fn forge_raw(protected: &[u8], payload: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(&sig_structure(protected, payload));
    assemble(protected, payload, &signature)
}

/// Checkpoint, proofs and reading copy anew over entries that are all there, signed by the log
/// key. `entries.jsonl` stays as it is when an entry can't be read.
pub fn reseal(parts: &mut Parts, origin: &str, log: &SigningKey) {
    let mut leaves = Vec::new();
    while let Some(bytes) = parts.get(&entry_path(leaves.len() as u64)) {
        leaves.push(tree::leaf_hash(bytes));
    }
    reseal_as(parts, origin, log, &leaves);
    recopy(parts);
}

/// Checkpoint and proofs over these leaves.
pub fn reseal_as(parts: &mut Parts, origin: &str, log: &SigningKey, leaves: &[EntryHash]) {
    let size = Size(leaves.len() as u64);
    let note = Checkpoint::sign(origin, size, tree::root_of(leaves), log);
    set_checkpoint(parts, &note, leaves);
}

/// Another checkpoint, and in every proof too. Transparent statements, which need not be there, go.
pub fn set_checkpoint(parts: &mut Parts, note: &[u8], leaves: &[EntryHash]) {
    parts.retain(|path, _| !path.starts_with("data/transparent/"));
    let size = Size(leaves.len() as u64);
    for index in 0..size.0 {
        if parts.contains_key(&entry_path(index)) {
            let path = tree::inclusion(&Leaves(leaves), Index(index), size).unwrap_or_default();
            let proof = Proof { index: Index(index), path, checkpoint: note.to_vec() };
            parts.insert(proof_path(index), proof.to_bytes());
        }
    }
    parts.insert("data/checkpoint".to_owned(), note.to_vec());
}

/// `entries.jsonl` anew.
pub fn recopy(parts: &mut Parts) {
    let mut copy = String::new();
    for (path, bytes) in parts.range("data/entries/".to_owned()..) {
        if !path.starts_with("data/entries/") {
            break;
        }
        let Ok(entry) = Entry::parse(bytes) else { return };
        let body = parts.get(&body_path(entry.index().0)).and_then(|body| Body::parse(body).ok());
        copy.push_str(&jsonl::line(&entry, body.as_ref()));
    }
    parts.insert("data/entries.jsonl".to_owned(), copy.into_bytes());
}

/// Reads a bundle as the program does.
pub fn read(path: &Path) -> Option<Found> {
    bag::read(path).ok()
}

/// A zip of stored members under any names and modes, each name as it is given.
pub fn plain_zip(members: &[(String, Vec<u8>, u32)]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    let number = |n: usize| u32::try_from(n).expect("test bundles are small").to_le_bytes();
    let short = |n: usize| u16::try_from(n).expect("names are short").to_le_bytes();
    for (name, bytes, mode) in members {
        let start = zip.len();
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 33, 0];
        common.extend(crc32(bytes).to_le_bytes());
        common.extend(number(bytes.len()));
        common.extend(number(bytes.len()));
        common.extend(short(name.len()));
        common.extend([0, 0]);
        zip.extend(b"PK\x03\x04");
        zip.extend(&common);
        zip.extend(name.as_bytes());
        zip.extend(bytes);
        directory.extend(b"PK\x01\x02");
        directory.extend([20, 3]);
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((mode << 16).to_le_bytes());
        directory.extend(number(start));
        directory.extend(name.as_bytes());
    }
    let start = zip.len();
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend(short(members.len()));
    zip.extend(short(members.len()));
    zip.extend(number(directory.len()));
    zip.extend(number(start));
    zip.extend([0, 0]);
    zip
}

/// CRC-32 as zip uses it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
