//! Bundles kept as vectors: `tests/vectors/bundle/*.txt`, each beginning with its own verdict.
//!
//!     expect: not-genuine unknown-key 3        verdict, fault code, entry (`-` for none)
//!     fingerprint: <hex>                       what the reader brings, if anything
//!     erased: 5 text occurred by 7 request     what it reports as erased, a line each
//!     # where it comes from
//!
//!     == data/checkpoint                       a file of the bundle, in hexadecimal
//!     <hex>
//!
//! The two manifests are not written down: they fit, unless they are among the files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use probity_ledger::format::hash::EntryHash;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::{Outcome, Verdict};

use super::bundle::Bundle;

/// Most vectors that one test leaves.
const PER_TEST: usize = 3;

/// Where they lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/bundle")
}

/// The first line of a vector with that verdict.
pub fn expectation(verdict: &Verdict) -> String {
    let outcome = match verdict.verdict {
        Outcome::Intact => "intact",
        Outcome::NotGenuine => "not-genuine",
        Outcome::CannotCheck => "cannot-check",
    };
    match &verdict.fault {
        None => format!("expect: {outcome}"),
        Some(fault) => {
            let entry = fault.entry.map_or_else(|| "-".to_owned(), |index| index.to_string());
            format!("expect: {outcome} {} {entry}", fault.code.name())
        }
    }
}

/// What a verdict reports as erased, a line each.
pub fn erased(verdict: &Verdict) -> Vec<String> {
    let all = verdict.erased.iter();
    all.map(|of| format!("erased: {} {} by {} {}", of.entry, of.fields.join(" "), of.by, of.ground))
        .collect()
}

/// Writes a bundle down under the name of the running test.
pub fn write(bundle: &Bundle, reader: &Reader, verdict: &Verdict) {
    let thread = std::thread::current();
    let source = thread.name().unwrap_or("main").replace("::", "-").replace('_', "-");
    let mut text = format!("{}\n", expectation(verdict));
    if let Some(fingerprint) = reader.fingerprint {
        let _ = writeln!(text, "fingerprint: {fingerprint}");
    }
    for line in erased(verdict) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "# {}", source.replace('-', " "));
    for (path, bytes) in &bundle.0 {
        let _ = writeln!(text, "\n== {path}");
        for line in bytes.chunks(64) {
            let _ = writeln!(text, "{}", hex::encode(line));
        }
    }
    let mut free = (1..=PER_TEST).map(|number| folder().join(format!("{source}-{number}.txt")));
    if let Some(path) = free.find(|path| !path.exists()) {
        std::fs::create_dir_all(folder()).expect("the folder of vectors");
        std::fs::write(path, text).expect("a vector");
    }
}

/// A vector: its first line and those on what is erased, what the reader brings, its files.
pub fn read(text: &str) -> (Vec<String>, Reader, Bundle) {
    let mut lines = text.lines();
    let mut expected = vec![lines.next().expect("a verdict first").to_owned()];
    let mut reader = Reader::default();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut path = None;
    for line in lines {
        if let Some(name) = line.strip_prefix("== ") {
            path = Some(name.to_owned());
            files.insert(name.to_owned(), Vec::new());
        } else if let Some(fingerprint) = line.strip_prefix("fingerprint: ") {
            let bytes = hex::decode(fingerprint).expect("hexadecimal");
            reader.fingerprint = Some(EntryHash::try_from(bytes.as_slice()).expect("32 bytes"));
        } else if line.starts_with("erased: ") {
            expected.push(line.to_owned());
        } else if let Some(path) = &path {
            let file = files.get_mut(path).expect("begun above");
            file.extend(hex::decode(line).expect("hexadecimal"));
        }
    }
    (expected, reader, Bundle(files))
}
