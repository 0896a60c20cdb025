//! Bundles in memory: the files as they would lie in a bag, open to every forgery, and
//! sealed with manifests that fit them.

use std::collections::{BTreeMap, BTreeSet};

use probity_ledger::format::body::Body;
use probity_ledger::format::entry::Entry;
use probity_ledger::format::hash::{Index, Sha256Hash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::receipt::Receipts;
use probity_ledger::format::tree::{self, Leaves};
use probity_ledger::format::{jsonl, policy};
use probity_ledger::verify::bundle;
use probity_ledger::verify::container::{BAGIT, File, Files, keeps_bytes, manifest, number};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Verdict;

use super::bundle_vector::Brings;
use super::{Book, Holder, LOG, ORIGIN};

/// The files of a bundle but for its manifests.
#[derive(Clone, Debug)]
pub struct Bundle(pub BTreeMap<String, Vec<u8>>);

/// The path of an entry.
pub fn entry_path(index: u64) -> String {
    format!("data/entries/{}.cose", number(Index(index)))
}

/// The path of a body.
pub fn body_path(index: u64) -> String {
    format!("data/bodies/{}.cbor", number(Index(index)))
}

/// The path of a proof.
pub fn proof_path(index: u64) -> String {
    format!("data/proofs/{}.tlog-proof", number(Index(index)))
}

/// The path of a transparent statement.
pub fn transparent_path(index: u64) -> String {
    format!("data/transparent/{}.cose", number(Index(index)))
}

/// The path of a document.
pub fn document_path(hash: Sha256Hash) -> String {
    format!("data/documents/{hash}/file.pdf")
}

/// The head of the first `size` entries, signed.
pub fn checkpoint(book: &Book, size: u64, log: Holder) -> Vec<u8> {
    Checkpoint::sign(ORIGIN, Size(size), book.root(size), &log.key())
}

/// A bundle of the first `size` entries that shows those chosen.
pub fn of(book: &Book, size: u64, chosen: &[u64], log: Holder) -> Bundle {
    let governance = (0..size).filter(|index| book.written[at(*index)].governance);
    let shown: BTreeSet<u64> = chosen.iter().copied().chain(governance).chain([size - 1]).collect();
    let checkpoint = checkpoint(book, size, log);
    let hashes = &book.hashes()[..at(size)];
    let mut files = BTreeMap::new();
    for index in shown {
        let written = &book.written[at(index)];
        files.insert(entry_path(index), written.bytes.clone());
        let path = tree::inclusion(&Leaves(hashes), Index(index), Size(size)).expect("below size");
        let proof = Proof { index: Index(index), path, checkpoint: checkpoint.clone() };
        files.insert(proof_path(index), proof.to_bytes());
        if let Some(body) = written.body.clone().filter(|_| chosen.contains(&index)) {
            for (hash, document) in &book.documents {
                if body.windows(32).any(|bytes| bytes == hash.0) {
                    files.insert(document_path(*hash), document.clone());
                }
            }
            files.insert(body_path(index), body);
        }
    }
    files.insert("data/checkpoint".to_owned(), checkpoint);
    files.insert("data/policy.txt".to_owned(), policy::for_log(&log.log()).into_bytes());
    files.insert("bagit.txt".to_owned(), BAGIT.as_bytes().to_vec());
    files.insert("bag-info.txt".to_owned(), b"Source-Organization: A School\n".to_vec());
    Bundle(files).with_copy()
}

/// A bundle with a transparent statement of each entry, whose receipts this log signs.
pub fn with_transparent(mut bundle: Bundle, log: Holder) -> Bundle {
    let checkpoint = Checkpoint::parse(&bundle.0["data/checkpoint"]).expect("a checkpoint");
    let receipts = Receipts::new(&checkpoint, log.public());
    let signature = receipts.sign(&log.key());
    let paths: Vec<String> = bundle.0.keys().cloned().collect();
    for path in paths.iter().filter(|path| path.starts_with("data/entries/")) {
        let entry = Entry::parse(&bundle.0[path]).expect("an entry");
        let index = entry.index().0;
        let proof = Proof::parse(&bundle.0[&proof_path(index)]).expect("a proof");
        let statement = receipts.statement(&entry, &proof.path, &signature);
        bundle.0.insert(transparent_path(index), statement);
    }
    bundle
}

/// A bundle of everything.
pub fn whole(book: &Book) -> Bundle {
    of(book, book.len(), &(0..book.len()).collect::<Vec<u64>>(), LOG)
}

fn at(index: u64) -> usize {
    usize::try_from(index).expect("small")
}

impl Bundle {
    /// Derives `entries.jsonl` anew from whatever entries and bodies can be read.
    pub fn with_copy(mut self) -> Self {
        let mut copy = String::new();
        for (path, bytes) in self.0.range("data/entries/".to_owned()..) {
            let Some(name) = path.strip_prefix("data/entries/") else { break };
            let body = self.0.get(&format!("data/bodies/{}", name.replace(".cose", ".cbor")));
            if let Ok(entry) = Entry::parse(bytes) {
                let body = body.and_then(|body| Body::parse(body).ok());
                copy.push_str(&jsonl::line(&entry, body.as_ref()));
            }
        }
        self.0.insert("data/entries.jsonl".to_owned(), copy.into_bytes());
        self
    }

    /// Puts a file in, or another in its place.
    pub fn put(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(path.to_owned(), bytes.into());
        self
    }

    /// Takes a file out.
    #[track_caller]
    pub fn without(mut self, path: &str) -> Self {
        assert!(self.0.remove(path).is_some(), "{path} is there");
        self
    }

    /// Takes an entry out, with its proof and body.
    pub fn without_entry(mut self, index: u64) -> Self {
        self.0.remove(&body_path(index));
        self.without(&entry_path(index)).without(&proof_path(index)).with_copy()
    }

    /// Changes a file.
    #[track_caller]
    pub fn change(mut self, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        change(self.0.get_mut(path).expect("the file is there"));
        self
    }

    /// Changes a file as text: every `from` becomes `to`.
    #[track_caller]
    pub fn replace(self, path: &str, from: &str, to: &str) -> Self {
        self.change(path, |bytes| {
            let text = String::from_utf8(bytes.clone()).expect("text");
            assert!(text.contains(from), "{path} holds {from:?}");
            *bytes = text.replace(from, to).into_bytes();
        })
    }

    /// The files with manifests that fit.
    pub fn seal(&self) -> Files {
        let mut files: Files =
            self.0.iter().map(|(path, bytes)| (path.clone(), file(path, bytes.clone()))).collect();
        let hashes = |files: &Files, below: bool| {
            let wanted = files.iter().filter(|(path, _)| path.starts_with("data/") == below);
            manifest(wanted.map(|(path, file)| (path.as_str(), file.sha256)))
        };
        let payload = hashes(&files, true).into_bytes();
        files.insert("manifest-sha256.txt".to_owned(), file("manifest-sha256.txt", payload));
        let tags = hashes(&files, false).into_bytes();
        files.insert("tagmanifest-sha256.txt".to_owned(), file("tagmanifest-sha256.txt", tags));
        files
    }

    /// Verifies it, for a reader who brings nothing.
    pub fn verify(&self) -> Verdict {
        self.verify_for(&Reader::default())
    }

    /// Verifies it. With `PROBITY_WRITE_VECTORS`, keeps it as a vector.
    pub fn verify_for(&self, reader: &Reader) -> Verdict {
        let verdict = bundle::verify(&self.seal(), reader);
        if std::env::var_os("PROBITY_WRITE_VECTORS").is_some() && reader.older.is_none() {
            let brings = Brings { fingerprint: reader.fingerprint, ..Brings::default() };
            super::bundle_vector::write(self, &brings, &verdict);
        }
        verdict
    }

    /// Verifies it for a reader who brings files, and keeps it as a vector in the same way.
    pub fn verify_with(&self, brings: &Brings) -> Verdict {
        let verdict = bundle::verify(&self.seal(), &brings.reader());
        if std::env::var_os("PROBITY_WRITE_VECTORS").is_some() {
            super::bundle_vector::write(self, brings, &verdict);
        }
        verdict
    }
}

/// A file as whoever unpacks a bundle hands it over.
pub fn file(path: &str, bytes: Vec<u8>) -> File {
    let (size, sha256) = (bytes.len() as u64, Sha256Hash::of(&bytes));
    File { size, sha256, bytes: keeps_bytes(path).then_some(bytes) }
}
