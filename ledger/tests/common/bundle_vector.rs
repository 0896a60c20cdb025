//! Bundles kept as vectors: `tests/vectors/bundle/*.txt`, each beginning with its own verdict.
//!
//!     expect: not-genuine unknown-key 3        verdict, fault code, entry (`-` for none)
//!     fingerprint: <hex>                       what the reader brings, if anything
//!     erased: 5 text occurred by 7 request     what it reports as erased, a line each
//!     policy: <hex>                            the reader's own policy, a file
//!     tsa-roots: <hex>                         the reader's own roots, a PEM file
//!     older: <hex>                             a checkpoint that the reader kept
//!     report: {…}                              what outside evidence comes to, as JSON
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
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::Policy;
use probity_ledger::format::timestamp::Roots;
use probity_ledger::verify::ledger::{Older, Reader};
use probity_ledger::verify::verdict::{Outcome, Verdict};

use super::bundle::Bundle;

/// Most vectors that one test leaves.
const PER_TEST: usize = 3;

/// What a reader brings, as files. Empty ones aren't there.
#[derive(Clone, Debug, Default)]
pub struct Brings {
    pub fingerprint: Option<EntryHash>,
    pub policy: Vec<u8>,
    pub tsa_roots: Vec<u8>,
    pub older: Vec<u8>,
}

impl Brings {
    fn files(&self) -> [(&'static str, &[u8]); 3] {
        [("policy", &self.policy), ("tsa-roots", &self.tsa_roots), ("older", &self.older)]
    }

    /// The same, read.
    pub fn reader(&self) -> Reader {
        let there = |file: &'_ [u8]| (!file.is_empty()).then(|| file.to_vec());
        let older = there(&self.older).map(|bytes| {
            let checkpoint = Checkpoint::parse(&bytes).expect("a checkpoint");
            Older { checkpoint, entries: Vec::new() }
        });
        Reader {
            fingerprint: self.fingerprint,
            older,
            policy: there(&self.policy).map(|text| Policy::parse(&text).expect("a policy")),
            tsa_roots: there(&self.tsa_roots).map(|pem| Roots::parse(&pem).expect("roots")),
            ..Reader::default()
        }
    }
}

/// What a verdict says of outside evidence, in one line; nothing where there is none.
pub fn report(verdict: &Verdict) -> Option<String> {
    let all = serde_json::json!({
        "outside": verdict.outside,
        "witnessed": verdict.witnessed,
        "existed_by": verdict.existed_by,
        "not_before": verdict.not_before,
        "doubtful": verdict.doubtful.iter().map(|doubt| doubt.entry.0).collect::<Vec<u64>>(),
    });
    (!verdict.outside.is_empty()).then(|| all.to_string())
}

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
pub fn write(bundle: &Bundle, brings: &Brings, verdict: &Verdict) {
    let thread = std::thread::current();
    let source = thread.name().unwrap_or("main").replace("::", "-").replace('_', "-");
    let mut text = format!("{}\n", expectation(verdict));
    if let Some(fingerprint) = brings.fingerprint {
        let _ = writeln!(text, "fingerprint: {fingerprint}");
    }
    for line in erased(verdict) {
        let _ = writeln!(text, "{line}");
    }
    for (name, file) in brings.files().into_iter().filter(|(_, file)| !file.is_empty()) {
        let _ = writeln!(text, "{name}: {}", hex::encode(file));
    }
    if let Some(report) = report(verdict) {
        let _ = writeln!(text, "report: {report}");
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

/// A vector, read.
pub struct Vector {
    /// Its first line, and those on what is erased.
    pub expected: Vec<String>,
    /// What outside evidence comes to.
    pub report: Option<String>,
    pub brings: Brings,
    pub bundle: Bundle,
}

/// Reads a vector.
pub fn read(text: &str) -> Vector {
    let mut lines = text.lines();
    let mut expected = vec![lines.next().expect("a verdict first").to_owned()];
    let (mut brings, mut report) = (Brings::default(), None);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut path = None;
    for line in lines {
        if let Some(name) = line.strip_prefix("== ") {
            path = Some(name.to_owned());
            files.insert(name.to_owned(), Vec::new());
            continue;
        }
        if let Some(path) = &path {
            let file = files.get_mut(path).expect("begun above");
            file.extend(hex::decode(line).expect("hexadecimal"));
            continue;
        }
        let bytes = |value: &str| hex::decode(value).expect("hexadecimal");
        match line.split_once(": ") {
            Some(("fingerprint", value)) => {
                brings.fingerprint =
                    Some(EntryHash::try_from(bytes(value).as_slice()).expect("32 bytes"));
            }
            Some(("policy", value)) => brings.policy = bytes(value),
            Some(("tsa-roots", value)) => brings.tsa_roots = bytes(value),
            Some(("older", value)) => brings.older = bytes(value),
            Some(("report", value)) => report = Some(value.to_owned()),
            Some(("erased", _)) => expected.push(line.to_owned()),
            _ => {}
        }
    }
    Vector { expected, report, brings, bundle: Bundle(files) }
}
