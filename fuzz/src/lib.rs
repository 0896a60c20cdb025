//! Hostile bytes for every reader of the project, and what must hold whatever they are.
//!
//! A target is one function of bytes. It panics when a property is broken: what parses has one
//! spelling, parsing is a function of the bytes alone, an error is a short text, and nothing
//! that a signature covers can be changed without notice. [`harness`] runs every target on
//! stable Rust, changes known inputs and watches the memory; `libfuzzer/` hands the same
//! functions to libFuzzer.
//!
//! What this does not protect: a reader that nothing here calls, and time. A slow answer is no
//! fault to these functions; only the harness's deadline sees it.

mod bundle;
mod formats;
mod forms;
mod found;
pub mod harness;
mod journal;
mod json;
mod keys;
mod seeds;
mod timestamps;
mod travelling;
mod words;

/// One reader under attack.
pub struct Target {
    /// Its name: that of the test, of the libFuzzer target and of its corpus.
    pub name: &'static str,
    /// Takes any bytes; panics when a property is broken.
    pub run: fn(&[u8]),
    /// Known inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Most bytes that may be allocated at once, beside [`Target::memory_per_byte`].
    pub memory: usize,
    /// Most bytes that each byte of the input may cost.
    pub memory_per_byte: usize,
    /// Whether it reads what evidence and records are made of, and what arrives most easily from
    /// strangers: these are tried four times as long as the others ([`Target::share`]).
    pub foremost: bool,
}

impl Target {
    /// How many of so many seconds it is tried for: all, or a quarter, and none of none.
    #[must_use]
    pub const fn share(&self, seconds: u64) -> u64 {
        if self.foremost { seconds } else { seconds.div_ceil(4) }
    }
}

/// Every target. The tests and `libfuzzer/` are held against this list.
pub const TARGETS: &[Target] = &[
    parser("cbor", formats::cbor, || seeds::vectors("cbor")),
    foremost("entry", formats::entry, formats::entries),
    foremost("statement", formats::statement, formats::statements),
    parser("key_notice", formats::key_notice, || seeds::vectors("key-notice")),
    foremost("body", formats::body, seeds::bodies),
    foremost("checkpoint", formats::checkpoint, || seeds::vectors("checkpoint")),
    foremost("proof", formats::proof, || seeds::vectors("proof")),
    foremost("policy", formats::policy, || seeds::vectors("policy")),
    parser("submission", formats::submission, formats::submissions),
    parser("timestamp", timestamps::timestamp, timestamps::tokens),
    parser("tsa_roots", timestamps::tsa_roots, timestamps::roots),
    foremost("key_file", keys::key_file, keys::seeds),
    foremost("record_json", json::record_json, json::seeds),
    Target {
        memory_per_byte: 1024,
        ..parser("record_form", forms::record_form, forms::form_seeds)
    },
    parser("register", forms::register, forms::register_seeds),
    parser("assessment", forms::assessment, forms::assessments),
    parser("words", words::words, words::seeds),
    Target { memory: 8 << 20, ..foremost("journal", journal::journal, journal::journals) },
    Target { memory: 8 << 20, ..parser("store", journal::store, journal::homes) },
    parser("request", travelling::request, travelling::requests),
    parser("medium", travelling::medium, travelling::media),
    parser("memory", travelling::memory, travelling::memories),
    Target { memory: 16 << 20, ..foremost("bundle", bundle::bundle, bundle::seeds) },
    Target { memory: 32 << 20, ..foremost("bundle_zip", bundle::bundle_zip, bundle::zips) },
];

const fn parser(name: &'static str, run: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { name, run, seeds, memory: 1 << 20, memory_per_byte: 256, foremost: false }
}

const fn foremost(name: &'static str, run: fn(&[u8]), seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { foremost: true, ..parser(name, run, seeds) }
}

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Longest text of a refusal, in bytes. Whoever hands over a hostile file must not be able to
/// fill a screen or a log with it.
const LONGEST_REFUSAL: usize = 16 << 10;

/// A refusal is a short text.
fn short(refusal: &impl std::fmt::Display) {
    let length = refusal.to_string().len();
    assert!(length <= LONGEST_REFUSAL, "a refusal of {length} bytes");
}

/// Runs a target by name.
///
/// # Panics
/// When there is no such target, or when it finds something.
pub fn run(name: &str, data: &[u8]) {
    let target = target(name).expect("libFuzzer's targets are on the list");
    (target.run)(data);
}
