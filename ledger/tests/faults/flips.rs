//! Every byte of a bundle changed, one at a time.

use probity_ledger::verify::bundle as verifier;
use probity_ledger::verify::container::Files;
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Outcome;

use crate::common::bundle::{self, Bundle};
use crate::common::{Book, LOG};

fn outcome(files: &Files) -> Outcome {
    verifier::verify(files, &Reader::default()).verdict
}

fn full() -> Bundle {
    bundle::with_transparent(bundle::whole(&Book::school()), LOG)
        .put("data/entries.csv", "seq,time\n0,x\n")
        .put("data/schedule.csv", "1,x\n")
        .put("data/index.html", "<p>x</p>\n")
        .put("data/checking-by-hand.md", "By hand\n")
}

/// The manifests cover every file, so that no byte can be changed at all.
#[test]
fn no_byte_of_a_bundle_can_be_changed() {
    let mut files = full().seal();
    assert_eq!(outcome(&files), Outcome::Intact);
    let bundle = full();
    let paths: Vec<String> = files.keys().cloned().collect();
    for path in paths {
        let original = files[&path].clone();
        let document = || bundle.0[&path].clone();
        let bytes = original.bytes.clone().unwrap_or_else(document);
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            files.insert(path.clone(), bundle::file(&path, changed));
            assert_eq!(outcome(&files), Outcome::NotGenuine, "{path} at {place}");
        }
        files.insert(path, original);
    }
}

/// Files that nothing but the manifests holds: reading copies, as the page says.
const READING_COPIES: [&str; 5] = [
    "bag-info.txt",
    "data/entries.csv",
    "data/schedule.csv",
    "data/index.html",
    "data/checking-by-hand.md",
];

/// The copy that is derived again and compared.
const COPY: &str = "data/entries.jsonl";

/// Manifests can be made anew by anybody. What they cover is checked for its own sake, but
/// for the reading copies.
#[test]
fn no_byte_can_be_changed_under_new_manifests_but_in_reading_copies() {
    let bundle = full();
    for (path, bytes) in &bundle.0 {
        let exempt = READING_COPIES.contains(&path.as_str());
        // The copy that is checked comes last and costs most; every fifth byte will do.
        let step = if path == COPY { 5 } else { 1 };
        for place in (0..bytes.len()).step_by(step) {
            let changed = bundle.clone().change(path, |bytes| bytes[place] ^= 1);
            let expected = if exempt { Outcome::Intact } else { Outcome::NotGenuine };
            assert_eq!(outcome(&changed.seal()), expected, "{path} at {place}");
        }
    }
}

/// Files can't be left out, but for documents, bodies and what was not needed.
#[test]
fn no_file_can_be_left_out_but_what_may_be_withheld() {
    let bundle = full();
    for path in bundle.0.keys() {
        let without = bundle.clone().without(path).with_copy();
        let mut optional = READING_COPIES[1..].contains(&path.as_str())
            || path.starts_with("data/documents/")
            || path.starts_with("data/bodies/")
            || path.starts_with("data/transparent/")
            || path == COPY;
        // Without the body that names it, the document has no place.
        optional &= !path.ends_with("00000004.cbor");
        let found = outcome(&without.seal());
        let expected = if optional { Outcome::Intact } else { Outcome::NotGenuine };
        assert_eq!(found, expected, "{path}");
    }
}
