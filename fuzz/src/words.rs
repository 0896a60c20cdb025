//! Words that people type: names of cases, keys, days, moments, fingerprints, paths in bundles.

use probity::work::record::CaseChoice;
use probity::work::time;
use probity::work::verify::read_fingerprint;
use probity_keys::{Kid, check_passphrase};
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::entry::{Subject, is_name, is_origin};
use probity_ledger::format::note::VerifierKey;
use probity_ledger::verify::container::{Member, Part, number, part, relative_paths, size_bound};

use super::{seeds, short};

const NOW: i64 = 1_790_000_000;

/// Whatever takes one word or line.
pub fn words(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match VerifierKey::parse(text) {
        Ok(key) => assert_eq!(key.to_string(), text, "one spelling"),
        Err(fault) => short(&fault),
    }
    match WitnessKey::parse(text) {
        Ok(key) => assert_eq!(key.to_string(), text, "one spelling"),
        Err(fault) => short(&fault),
    }
    match Kid::from_hex(text) {
        Ok(kid) => assert_eq!(kid.to_string(), text, "one spelling"),
        Err(fault) => short(&fault),
    }
    match read_fingerprint(text) {
        Ok(hash) => {
            let digits = |c: &char| !c.is_whitespace() && *c != '-';
            let bare: String = text.chars().filter(digits).collect();
            assert_eq!(hash.to_string(), bare.to_ascii_lowercase());
        }
        Err(fault) => short(&fault),
    }
    if let Some(subject) = Subject::parse(text) {
        assert_eq!(subject.as_str(), text, "one spelling");
    }
    assert!(!is_name(text) || is_origin(text), "a name is made of what origins are made of");
    if let Err(fault) = CaseChoice::parse(text) {
        short(&fault);
    }
    if let Err(weak) = check_passphrase(text) {
        short(&weak);
    }
    moments(text);
    path(text);
}

fn moments(text: &str) {
    if let Some(day) = time::read_date(text) {
        assert_eq!(time::read_date(&day.to_string()), Some(day));
    }
    for found in [
        time::read_moment(text, Some(NOW)),
        time::read_moment(text, None),
        time::read_moment_or_day(text),
        time::read_day(text),
        time::read_end_of_day(text),
    ] {
        match found {
            Ok(seconds) => {
                short(&time::words(seconds));
                short(&time::rfc3339(seconds));
                let _ = time::year(seconds);
            }
            Err(fault) => short(&fault),
        }
    }
    let _ = time::day_words(text);
}

fn path(text: &str) {
    let found = part(text);
    assert!(size_bound(text) <= 4 << 30);
    match found {
        Some(Part::Entry(index)) => {
            assert_eq!(format!("data/entries/{}.cose", number(index)), text, "one spelling");
        }
        Some(Part::Transparent(index)) => {
            assert_eq!(format!("data/transparent/{}.cose", number(index)), text, "one spelling");
        }
        Some(Part::Document(hash)) => assert!(text.contains(&hash.to_string())),
        _ => {}
    }
    let member = |name: &str| Member { name: format!("top/{name}"), folder: false };
    match relative_paths(&[member(text)], true) {
        Ok(paths) => {
            assert_eq!(paths, [Some(text.to_owned())]);
            assert!(!text.split('/').any(|part| matches!(part, "" | "." | "..")));
            let other = text.to_ascii_uppercase();
            assert!(relative_paths(&[member(text), member(&other)], true).is_err());
        }
        Err(fault) => {
            assert!(found.is_none(), "a file that has a place may be there");
            short(&fault);
        }
    }
}

/// One or more of each.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = [
        "breach-2026-003",
        "ledger",
        "new:dpia",
        "new",
        "2026-11-21",
        "21/11/2026",
        "21 November 2026",
        "21 November 2026, 14:02 GMT",
        "2026-11-21T14:02:03+01:00",
        "14:02",
        "2026-10-25 01:30",
        "-62135596800",
        "253402300799",
        "9223372036854775807",
        "data/entries/00000017.cose",
        "data/entries/18446744073709551615.cose",
        "data/bodies/100000000.cbor",
        "data/transparent/00000017.cose",
        "data/times/7.2.tsr",
        "data/index.html",
        "../../etc/passwd",
        "A passphrase of several words",
        "c29c 4c2f-5aa0 7dcb",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    found.push(format!("data/documents/{}/file.pdf", "ab".repeat(32)).into_bytes());
    found.push("ab".repeat(32).into_bytes());
    found.extend(seeds::accepted("checkpoint", "vkey").into_iter().map(|(key, _)| key.into()));
    found
}
