//! Bundles that somebody changed, and made to fit again as well as they could: both verifiers
//! must find the same fault, at the same entry.

use std::collections::BTreeMap;
use std::path::Path;

use probity::work::export::{Choice, export};
use probity_keys::{SigningKey, log_key_from_pem};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Header, Payload};
use probity_ledger::format::hash::EntryHash;
use probity_ledger::records;
use serde_json::json;

use super::support::bundle::{
    Parts, body_path, entry, entry_path, forge, remanifest, reseal, unpack,
};
use super::support::{HEAD, School, key};
use super::{agree, zipped};
use entries::{entries, given, governance, unjudged};
use files::{checkpoints, containers, files};

mod entries;
mod files;

const ORIGIN: &str = "example.org/northfield";
/// The last entry, a note by the head.
const LAST: u64 = 13;

/// A good bundle of everything, and the key that signs its checkpoint.
struct Base {
    parts: Parts,
    log: SigningKey,
}

impl Base {
    fn make(folder: &Path) -> Self {
        let school = School::small(folder).expect("the school can be made");
        let path = folder.join("all.zip");
        let choice = Choice { all: true, ..Choice::default() };
        export(&school.world, &school.home, &choice, &path).expect("everything can be exported");
        let pem =
            std::fs::read_to_string(school.home.keys().join("log.pem")).expect("it has a log key");
        let log = log_key_from_pem(&pem).expect("the log key can be read");
        let parts = unpack(&path);
        assert_eq!(entry(&parts, LAST).says().kind, "note");
        Self { parts, log }
    }

    fn leaves(&self) -> Vec<EntryHash> {
        (0..=LAST).map(|index| entry(&self.parts, index).hash()).collect()
    }

    /// Another last entry, with all that follows from it; its body goes.
    fn last(&self, bytes: Vec<u8>) -> Parts {
        let mut parts = self.parts.clone();
        parts.insert(entry_path(LAST), bytes);
        parts.remove(&body_path(LAST));
        reseal(&mut parts, ORIGIN, &self.log);
        parts
    }

    /// The last entry with another content, signed by somebody.
    fn forged(&self, by: &SigningKey, change: impl FnOnce(&mut Header, &mut Payload)) -> Parts {
        self.last(forge(&self.parts, LAST, by, change))
    }

    /// The last entry as a governance entry by the head.
    fn governance(&self, kind: &str, clear: Value) -> Parts {
        self.governed(&key(HEAD), "headteacher", kind, 1, clear)
    }

    fn governed(
        &self,
        by: &SigningKey,
        role: &str,
        kind: &str,
        version: u64,
        clear: Value,
    ) -> Parts {
        self.forged(by, |_, payload| {
            let fields = records::newest(kind).expect("a known kind").body_fields();
            let some = payload.body[0].1;
            let mut body: Vec<_> = fields.map(|field| (field.name.to_owned(), some)).collect();
            body.sort_by_key(|(name, _)| (name.len(), name.clone()));
            payload.body = body;
            kind.clone_into(&mut payload.kind);
            payload.version = version;
            role.clone_into(&mut payload.role);
            payload.clear = clear;
        })
    }

    fn person(&self, index: u64) -> Value {
        entry(&self.parts, index).says().clear.get("person").expect("an appointment").clone()
    }
}

type Fault = (&'static str, Option<u64>);

/// A zip, what both should find, and what else they are given.
struct Case {
    name: &'static str,
    zip: Vec<u8>,
    expected: Fault,
    more: Vec<String>,
}

fn case(name: &'static str, zip: Vec<u8>, code: &'static str, entry: Option<u64>) -> Case {
    Case { name, zip, expected: (code, entry), more: Vec::new() }
}

/// A bundle after a change of its files, with manifests that fit.
fn changed(base: &Base, change: impl FnOnce(&mut Parts)) -> Vec<u8> {
    let mut parts = base.parts.clone();
    change(&mut parts);
    remanifest(&mut parts);
    zipped(&parts)
}

fn whole(mut parts: Parts) -> Vec<u8> {
    remanifest(&mut parts);
    zipped(&parts)
}

fn look(case: &Case, folder: &Path) -> Option<String> {
    let path = folder
        .join(format!("{}.zip", case.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")));
    std::fs::write(&path, &case.zip).expect("it can be written");
    let more: Vec<&str> = case.more.iter().map(String::as_str).collect();
    let said = match agree(case.name, &path, &more) {
        Ok(said) => said,
        Err(wrong) => return Some(wrong),
    };
    let (code, entry) = case.expected;
    let verdict = match code {
        "" => "intact",
        "typ" | "kind-unknown" | "unreadable" => "cannot-check",
        _ => "not-genuine",
    };
    let entry = entry.filter(|_| !code.is_empty());
    let code = if ["", "unreadable"].contains(&code) { json!(null) } else { json!(code) };
    let wanted =
        BTreeMap::from([("verdict", json!(verdict)), ("code", code), ("entry", json!(entry))]);
    let wrong = wanted.iter().any(|(name, value)| said.get(name) != Some(value));
    wrong.then(|| format!("{}: both say {said:?}\n  expected {wanted:?}", case.name))
}

#[test]
fn the_second_verifier_agrees_on_faulty_bundles() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let base = Base::make(folder.path());
    let mut cases = files(&base);
    cases.extend(containers(&base));
    cases.extend(checkpoints(&base));
    cases.extend(entries(&base));
    cases.extend(governance(&base));
    cases.extend(unjudged(&base));
    cases.extend(given(&base, folder.path()));
    println!("{} bundles", cases.len());
    let half = |start: usize| {
        let (cases, folder) = (&cases, folder.path());
        move || {
            cases
                .iter()
                .skip(start)
                .step_by(2)
                .filter_map(|case| look(case, folder))
                .collect::<Vec<_>>()
        }
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads = [scope.spawn(half(0)), scope.spawn(half(1))];
        threads.into_iter().flat_map(|thread| thread.join().expect("no look panics")).collect()
    });
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}
