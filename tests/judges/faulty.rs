//! Bundles that somebody changed, and made to fit again as well as they could: both verifiers
//! must find the same fault, at the same entry.

use std::collections::BTreeMap;
use std::path::Path;

use probity::work::export::{Choice, export};
use probity_keys::{PublicKey, SigningKey, log_key_from_pem};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Header, Link, Payload, Subject};
use probity_ledger::format::hash::{EntryHash, Index, Size};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::proof::Proof;
use probity_ledger::format::tree;
use probity_ledger::records;
use serde_json::json;

use super::support::bundle::{
    Parts, body_path, entry, entry_path, forge, forge_raw, plain_zip, proof_path, recopy,
    remanifest, reseal, reseal_as, set_checkpoint, unpack,
};
use super::support::{DPO, HEAD, NOW, STAFF, School, key};
use super::{agree, zipped};

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
        assert_eq!(entry(&parts, LAST).payload().kind, "note");
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
        entry(&self.parts, index).payload().clear.get("person").expect("an appointment").clone()
    }
}

fn appointment(person: Value, key: [u8; 32]) -> Value {
    Value::map([
        ("person", person),
        ("key", Value::bytes(key)),
        ("roles", Value::Array(vec![Value::text("staff")])),
        ("from", Value::Int(NOW)),
        ("until", Value::Null),
    ])
}

fn revocation(key: &PublicKey) -> Value {
    Value::map([("kid", Value::bytes(key.kid().0)), ("suspect-since", Value::Null)])
}

/// An appointment in a form that is still to come, as the last entry but one; what follows it
/// can't be judged whole.
fn unjudged(base: &Base) -> Vec<Case> {
    let (head, nobody) = (key(HEAD), key("nobody"));
    let new = forge(&base.parts, LAST - 1, &head, |header, payload| {
        header.subject = Subject::Ledger;
        payload.case = None;
        "appointment".clone_into(&mut payload.kind);
        payload.version = 2;
        "headteacher".clone_into(&mut payload.role);
    });
    let hash = tree::leaf_hash(&new);
    let after = |by: &SigningKey, log: &SigningKey, change: &dyn Fn(&mut Vec<u8>)| {
        let mut parts = base.parts.clone();
        let mut last =
            forge(&parts, LAST, by, |_, payload| (payload.prev, payload.gov) = (hash, hash));
        change(&mut last);
        parts.insert(entry_path(LAST - 1), new.clone());
        parts.insert(entry_path(LAST), last);
        parts.remove(&body_path(LAST - 1));
        reseal(&mut parts, ORIGIN, log);
        whole(parts)
    };
    let before = Some(LAST - 1);
    vec![
        case("a note after it", after(&head, &base.log, &|_| ()), "kind-unknown", before),
        case(
            "a note by somebody whom it may appoint",
            after(&nobody, &base.log, &|_| ()),
            "kind-unknown",
            before,
        ),
        case(
            "a log key that it may have changed",
            after(&head, &nobody, &|_| ()),
            "kind-unknown",
            before,
        ),
        case(
            "a false signature after it",
            after(&head, &base.log, &|last| *last.last_mut().expect("an entry") ^= 1),
            "signature",
            Some(LAST),
        ),
    ]
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

fn text(parts: &Parts, path: &str) -> String {
    String::from_utf8(parts[path].clone()).expect("the file is text")
}

fn replace(parts: &mut Parts, path: &str, from: &str, to: &str) {
    let old = text(parts, path);
    assert!(old.contains(from), "{path} holds {from}");
    parts.insert(path.to_owned(), old.replacen(from, to, 1).into_bytes());
}

fn without(parts: &mut Parts, index: u64) {
    for path in [entry_path(index), proof_path(index), body_path(index)] {
        parts.remove(&path);
    }
}

/// Files changed under the right manifests.
fn files(base: &Base) -> Vec<Case> {
    let document = base.parts.keys().find(|path| path.starts_with("data/documents/"));
    let document = document.expect("the bundle holds documents").clone();
    let holder = (0..=LAST)
        .find(|index| base.parts.get(&body_path(*index)).is_some_and(|body| holds(body, &document)))
        .expect("an entry names the document");
    vec![
        case(
            "an entry's last byte",
            changed(base, |p| flip(p, &entry_path(5), usize::MAX)),
            "proof",
            Some(5),
        ),
        case(
            "an entry's first byte",
            changed(base, |p| flip(p, &entry_path(5), 0)),
            "encoding",
            Some(5),
        ),
        case(
            "a byte behind an entry",
            changed(base, |p| p.get_mut(&entry_path(5)).expect("it is there").push(0)),
            "encoding",
            Some(5),
        ),
        case(
            "two bodies changed over",
            changed(base, |p| swap(p, &body_path(5), &body_path(LAST))),
            "commitment",
            Some(5),
        ),
        case(
            "a body that is none",
            changed(base, |p| drop(p.insert(body_path(5), vec![0xa0]))),
            "body",
            Some(5),
        ),
        case(
            "another entry's proof",
            changed(base, |p| swap(p, &proof_path(3), &proof_path(4))),
            "name",
            Some(3),
        ),
        case("no proof", changed(base, |p| drop(p.remove(&proof_path(3)))), "proof", Some(3)),
        case(
            "a proof without its first hash",
            changed(base, |p| {
                let mut proof = Proof::parse(&p[&proof_path(3)]).expect("a proof");
                proof.path.remove(0);
                p.insert(proof_path(3), proof.to_bytes());
            }),
            "proof",
            Some(3),
        ),
        case(
            "a proof with an extra line",
            changed(base, |p| replace(p, &proof_path(3), "index 3\n", "index 3\nextra YQ==\n")),
            "proof",
            Some(3),
        ),
        case(
            "a proof at a vast index",
            changed(base, |p| replace(p, &proof_path(3), "index 3\n", "index 9007199254740992\n")),
            "proof",
            Some(3),
        ),
        case(
            "a proof at 03",
            changed(base, |p| replace(p, &proof_path(3), "index 3\n", "index 03\n")),
            "proof",
            Some(3),
        ),
        case(
            "another checkpoint in a proof",
            changed(base, |p| {
                let more =
                    [p[&proof_path(3)].as_slice(), "— example.org/witness AAAAAAAA\n".as_bytes()]
                        .concat();
                p.insert(proof_path(3), more);
            }),
            "copy-of-checkpoint",
            Some(3),
        ),
        case(
            "an appointment removed",
            changed(base, |p| without(p, 2)),
            "governance-chain",
            Some(3),
        ),
        case("entry 1 removed", changed(base, |p| without(p, 1)), "governance-chain", Some(2)),
        case("genesis removed", changed(base, |p| without(p, 0)), "missing-genesis", Some(0)),
        case("the head removed", changed(base, |p| without(p, LAST)), "missing-head", Some(LAST)),
        case("no policy", changed(base, |p| drop(p.remove("data/policy.txt"))), "policy", None),
        case(
            "another log in the policy",
            changed(base, |p| {
                let other = VerifierKey::new(ORIGIN, key("another log").public());
                p.insert(
                    "data/policy.txt".to_owned(),
                    format!("log {other}\nquorum none\n").into_bytes(),
                );
            }),
            "policy",
            None,
        ),
        case(
            "no quorum",
            changed(base, |p| replace(p, "data/policy.txt", "quorum none\n", "")),
            "policy",
            None,
        ),
        case(
            "a reading copy changed",
            changed(base, |p| replace(p, "data/entries.jsonl", "\"seq\":4", "\"seq\": 4")),
            "jsonl",
            Some(4),
        ),
        case(
            "no reading copy",
            changed(base, |p| drop(p.remove("data/entries.jsonl"))),
            "jsonl",
            None,
        ),
        case(
            "a short name",
            changed(base, |p| rename(p, &entry_path(5), "data/entries/5.cose")),
            "container",
            None,
        ),
        case(
            "another number in the name",
            changed(base, |p| {
                rename(p, &entry_path(5), &entry_path(77));
                rename(p, &proof_path(5), &proof_path(77));
                rename(p, &body_path(5), &body_path(77));
            }),
            "name",
            Some(77),
        ),
        case(
            "a document changed",
            changed(base, |p| flip(p, &document, 0)),
            "document",
            Some(holder),
        ),
        case(
            "a document that nobody names",
            changed(base, |p| {
                drop(
                    p.insert(format!("data/documents/{}/file.txt", "ab".repeat(32)), b"x".to_vec()),
                )
            }),
            "container",
            None,
        ),
        case(
            "two files for one document",
            changed(base, |p| drop(p.insert(format!("{document}x"), b"x".to_vec()))),
            "container",
            None,
        ),
        case(
            "one file more",
            changed(base, |p| drop(p.insert("data/more.txt".to_owned(), b"x".to_vec()))),
            "container",
            None,
        ),
        case(
            "one file more at the top",
            changed(base, |p| drop(p.insert("fetch.txt".to_owned(), b"".to_vec()))),
            "container",
            None,
        ),
        case(
            "a body without an entry",
            changed(base, |p| drop(p.insert(body_path(50), b"x".to_vec()))),
            "container",
            None,
        ),
        case(
            "a reserved file, allowed",
            changed(base, |p| drop(p.insert("data/times/14.txt".to_owned(), b"x".to_vec()))),
            "",
            None,
        ),
    ]
}

fn holds(body: &[u8], document: &str) -> bool {
    let hash =
        document.split('/').nth(2).and_then(|hash| hex::decode(hash).ok()).unwrap_or_default();
    body.windows(hash.len().max(1)).any(|window| window == hash)
}

fn flip(parts: &mut Parts, path: &str, at: usize) {
    let bytes = parts.get_mut(path).expect("the file is there");
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 1;
}

fn swap(parts: &mut Parts, one: &str, other: &str) {
    let (first, second) = (parts[one].clone(), parts[other].clone());
    parts.insert(one.to_owned(), second);
    parts.insert(other.to_owned(), first);
}

fn rename(parts: &mut Parts, from: &str, to: &str) {
    let bytes = parts.remove(from).expect("the file is there");
    parts.insert(to.to_owned(), bytes);
}

/// Manifests that don't fit, and zips that no bundle is.
fn containers(base: &Base) -> Vec<Case> {
    let raw = |change: &dyn Fn(&mut Parts)| {
        let mut parts = base.parts.clone();
        change(&mut parts);
        zipped(&parts)
    };
    let with = |name: &str, bytes: &[u8], mode: u32| {
        let mut members: Vec<(String, Vec<u8>, u32)> = base
            .parts
            .iter()
            .map(|(path, bytes)| (format!("evidence/{path}"), bytes.clone(), 0o100_644))
            .collect();
        members.push((name.to_owned(), bytes.to_vec(), mode));
        plain_zip(&members)
    };
    let double = |p: &mut Parts| {
        let manifest = text(p, "manifest-sha256.txt");
        let first = manifest.lines().next().expect("it lists files").to_owned();
        p.insert("manifest-sha256.txt".to_owned(), format!("{first}\n{manifest}").into_bytes());
    };
    let mut half = zipped(&base.parts);
    half.truncate(half.len() / 2);
    let mut damaged = zipped(&base.parts);
    damaged[500] ^= 1;
    vec![
        case(
            "a byte changed under the old manifest",
            raw(&|p| flip(p, &entry_path(5), 9)),
            "manifest",
            None,
        ),
        case("a line twice in the manifest", raw(&double), "manifest", None),
        case("no manifest", raw(&|p| drop(p.remove("manifest-sha256.txt"))), "manifest", None),
        case(
            "no manifest of the tags",
            raw(&|p| drop(p.remove("tagmanifest-sha256.txt"))),
            "manifest",
            None,
        ),
        case("bag-info changed", raw(&|p| flip(p, "bag-info.txt", 0)), "manifest", None),
        case(
            "another bagit.txt",
            raw(&|p| replace(p, "bagit.txt", "1.0", "0.97")),
            "manifest",
            None,
        ),
        case("no bagit.txt", raw(&|p| drop(p.remove("bagit.txt"))), "manifest", None),
        case("a name twice", with("evidence/data/checkpoint", b"x", 0o100_644), "container", None),
        case(
            "a name twice with the same bytes",
            with("evidence/data/checkpoint", &base.parts["data/checkpoint"], 0o100_644),
            "container",
            None,
        ),
        case(
            "a name in other letters",
            with("evidence/data/Checkpoint", b"x", 0o100_644),
            "container",
            None,
        ),
        case("a climbing path", with("evidence/../up.txt", b"x", 0o100_644), "container", None),
        case("an absolute path", with("/evidence/data/up.txt", b"x", 0o100_644), "container", None),
        case("a backslash", with("evidence/data\\up.txt", b"x", 0o100_644), "container", None),
        case("a colon", with("evidence/C:up.txt", b"x", 0o100_644), "container", None),
        case("an empty component", with("evidence//up.txt", b"x", 0o100_644), "container", None),
        case(
            "a link",
            with("evidence/data/index.html", b"checkpoint", 0o120_777),
            "container",
            None,
        ),
        case(
            "a second top folder",
            with("other/data/index.html", b"x", 0o100_644),
            "container",
            None,
        ),
        case("a file beside the folder", with("index.html", b"x", 0o100_644), "container", None),
        case("a folder record, allowed", with("evidence/data/times/", b"", 0o040_755), "", None),
        case("a damaged member", damaged, "container", None),
        case("half a zip, which is none", half, "unreadable", None),
        case("no zip", b"PK is how zips begin".to_vec(), "unreadable", None),
    ]
}

/// Checkpoints that somebody else made.
fn checkpoints(base: &Base) -> Vec<Case> {
    let leaves = base.leaves();
    let root = tree::root_of(&leaves);
    let size = Size(leaves.len() as u64);
    let set = |note: &[u8]| changed(base, |p| set_checkpoint(p, note, &leaves));
    let note = &base.parts["data/checkpoint"];
    let other = key("another log");
    let with_line = |line: &str| set(&[note, line.as_bytes()].concat());
    vec![
        case("a checkpoint cut off", set(&note[..note.len() - 1]), "checkpoint", None),
        case(
            "no checkpoint",
            changed(base, |p| drop(p.remove("data/checkpoint"))),
            "checkpoint",
            None,
        ),
        case(
            "signed by another key",
            set(&Checkpoint::sign(ORIGIN, size, root, &other)),
            "checkpoint-signature",
            None,
        ),
        case(
            "of another ledger",
            set(&Checkpoint::sign("example.org/other", size, root, &base.log)),
            "origin",
            Some(0),
        ),
        case("of size 1", set(&Checkpoint::sign(ORIGIN, Size(1), root, &base.log)), "size", None),
        case(
            "of another root",
            set(&Checkpoint::sign(ORIGIN, size, tree::root_of(&leaves[1..]), &base.log)),
            "proof",
            Some(0),
        ),
        case(
            "of a larger size",
            set(&Checkpoint::sign(ORIGIN, Size(15), root, &base.log)),
            "proof",
            Some(12),
        ),
        case("with a witness, allowed", with_line("— example.org/witness AAAAAAAA\n"), "", None),
        case("signed twice", with_line(&own_line(note)), "checkpoint-signature", None),
        case(
            "with a short signature",
            with_line("— example.org/witness AAAA\n"),
            "checkpoint",
            None,
        ),
        case(
            "over more entries than there are",
            changed(base, |p| {
                let mut more = leaves.clone();
                more.push(EntryHash([9; 32]));
                reseal_as(p, ORIGIN, &base.log, &more);
            }),
            "missing-head",
            Some(14),
        ),
    ]
}

fn own_line(note: &[u8]) -> String {
    let text = String::from_utf8_lossy(note).into_owned();
    let line = text.lines().last().unwrap_or_default();
    format!("{line}\n")
}

/// A last entry that its author, or somebody, signed, under a checkpoint that fits.
fn entries(base: &Base) -> Vec<Case> {
    let (head, dpo, staff, nobody) = (key(HEAD), key(DPO), key(STAFF), key("nobody"));
    let by = |key: &SigningKey, change: &dyn Fn(&mut Header, &mut Payload)| {
        whole(base.forged(key, change))
    };
    let last = Some(LAST);
    let one = |name, change: &dyn Fn(&mut Header, &mut Payload), code| {
        case(name, by(&head, change), code, last)
    };
    let (header, payload) = {
        let entry = entry(&base.parts, LAST);
        (entry.header().clone(), entry.payload().clone())
    };
    let mut signature = base.parts[&entry_path(LAST)].clone();
    let end = signature.len() - 1;
    signature[end] ^= 1;
    let mut short = base.parts[&entry_path(LAST)].clone();
    short.pop();
    let at = short.len() - 64;
    short[at] = 63;
    let typ = {
        let mut bytes = header.to_bytes();
        let end = bytes.len() - 1;
        bytes[end] = b'x';
        forge_raw(&bytes, &payload.to_bytes(), &head)
    };
    let first = entry(&base.parts, 0).hash();
    vec![
        one("signed again, allowed", &|_, _| (), ""),
        case("a signature with one bit changed", whole(base.last(signature)), "signature", last),
        case("a signature of 63 bytes", whole(base.last(short)), "shape", last),
        case("another type of object", whole(base.last(typ)), "typ", last),
        case("a key that nobody appointed", by(&nobody, &|_, _| ()), "unknown-key", last),
        case(
            "a revoked key",
            by(&staff, &|_, p| "staff".clone_into(&mut p.role)),
            "not-in-force",
            last,
        ),
        case("a role that the key doesn't hold", by(&dpo, &|_, _| ()), "not-in-force", last),
        one("before the appointment", &|h, _| h.time = NOW - 1, "not-in-force"),
        one("a later time, allowed", &|h, _| h.time = NOW + 5, ""),
        one("another index", &|_, p| p.seq = Index(LAST + 1), "name"),
        one("another ledger", &|h, _| "example.org/other".clone_into(&mut h.origin), "origin"),
        one("another entry before it", &|_, p| p.prev = first, "prev"),
        case("no chain to entry 1", by(&head, &|_, p| p.gov = first), "governance-chain", Some(1)),
        one("no chain at all", &|_, p| p.gov = EntryHash([3; 32]), "governance-chain"),
        one("a case outside a case", &|_, p| p.case = Some(first), "case"),
        one("a case that begins twice", &|h, _| h.subject = subject(base), "case"),
        one(
            "a new case, allowed",
            &|h, _| h.subject = Subject::parse("other-2026-001").expect("a case"),
            "",
        ),
        one("an unknown kind", &|_, p| "novelty".clone_into(&mut p.kind), "kind-unknown"),
        one("an unknown version", &|_, p| p.version = 99, "kind-unknown"),
        one("a field too few", &|_, p| drop(p.body.pop()), "fields"),
        one(
            "a clear field too many",
            &|_, p| p.clear = Value::map([("more", Value::Int(1))]),
            "clear",
        ),
        one("an unknown relation", &|_, p| p.links.push(link("relates", first)), "links"),
        one(
            "a link to the unknown, allowed",
            &|_, p| p.links.push(link("about", EntryHash([3; 32]))),
            "",
        ),
        one("a role in capitals", &|_, p| "Headteacher".clone_into(&mut p.role), "shape"),
    ]
}

fn subject(base: &Base) -> Subject {
    entry(&base.parts, 7).header().subject.clone()
}

fn link(rel: &str, entry: EntryHash) -> Link {
    Link { rel: rel.to_owned(), entry }
}

/// A last entry that would change who may sign.
fn governance(base: &Base) -> Vec<Case> {
    let (head, dpo, staff, fresh) = (key(HEAD), key(DPO), key(STAFF), key("fresh"));
    let last = Some(LAST);
    let one = |name, kind, clear, code| case(name, whole(base.governance(kind, clear)), code, last);
    let somebody = || Value::bytes([8; 16]);
    let fresh_key = fresh.public().to_bytes();
    let as_dpo = base.governed(&dpo, "dpo", "appointment", 1, appointment(somebody(), fresh_key));
    let newer =
        base.governed(&head, "headteacher", "appointment", 2, appointment(somebody(), fresh_key));
    let vkey = |key: &SigningKey| {
        Value::map([("log", Value::text(VerifierKey::new(ORIGIN, key.public()).to_string()))])
    };
    let genesis = entry(&base.parts, 0).payload().clear.clone();
    let anchor =
        |size| Value::map([("size", Value::Int(size)), ("evidence", Value::bytes([1; 32]))]);
    let mut other_log = base.governance("log-key", vkey(&fresh));
    recopy(&mut other_log);
    vec![
        one("somebody new, allowed", "appointment", appointment(somebody(), fresh_key), ""),
        case("by a role that may not", whole(as_dpo), "role", last),
        one("oneself", "appointment", appointment(base.person(0), fresh_key), "governance"),
        one(
            "another's key",
            "appointment",
            appointment(somebody(), dpo.public().to_bytes()),
            "governance",
        ),
        one(
            "a revoked key",
            "appointment",
            appointment(base.person(3), staff.public().to_bytes()),
            "governance",
        ),
        one(
            "a log key",
            "appointment",
            appointment(somebody(), base.log.public().to_bytes()),
            "governance",
        ),
        one("a key of small order", "appointment", appointment(somebody(), [0; 32]), "key-rule"),
        one("a second genesis", "genesis", genesis, "governance"),
        one("one's own revocation", "revocation", revocation(&head.public()), "governance"),
        one("a second revocation", "revocation", revocation(&staff.public()), "governance"),
        one("the revocation of nobody", "revocation", revocation(&fresh.public()), "governance"),
        one("a revocation, allowed", "revocation", revocation(&dpo.public()), ""),
        one("a person's key as log key", "log-key", vkey(&dpo), "governance"),
        case("a new log key that doesn't sign", whole(other_log), "checkpoint-signature", None),
        one("an anchor of what comes", "anchor", anchor(14), "clear"),
        one("an anchor, allowed", "anchor", anchor(13), ""),
        case("a newer form of appointment", whole(newer), "kind-unknown", last),
    ]
}

/// Another fingerprint, and heads that contradict.
fn given(base: &Base, folder: &Path) -> Vec<Case> {
    let good = || zipped(&base.parts);
    let with = |name, zip, more: [&str; 2], code, entry| Case {
        name,
        zip,
        expected: (code, entry),
        more: more.map(str::to_owned).to_vec(),
    };
    let keep = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("it can be written");
        path.display().to_string()
    };
    let leaves = base.leaves();
    let sign = |size: usize, leaves: &[EntryHash]| {
        Checkpoint::sign(ORIGIN, Size(size as u64), tree::root_of(leaves), &base.log)
    };
    let rewritten = keep("rewritten.zip", &whole(base.forged(&key(HEAD), |h, _| h.time = NOW + 1)));
    let same = keep("same", &base.parts["data/checkpoint"]);
    let older = keep("older", &sign(9, &leaves[..9]));
    let forged = keep("forged", &sign(9, &leaves[1..10]));
    let beside = keep("beside", &sign(14, &leaves[..13]));
    let longer = keep("longer", &sign(20, &leaves[..13]));
    let broken = keep("broken", b"no checkpoint");
    let fingerprint = leaves[0].to_string();
    vec![
        with("the right fingerprint", good(), ["--fingerprint", &fingerprint], "", None),
        with(
            "another fingerprint",
            good(),
            ["--fingerprint", &"ab".repeat(32)],
            "genesis",
            Some(0),
        ),
        with("the same head", good(), ["--since", &same], "", None),
        with("an older head", good(), ["--since", &older], "", None),
        with("a longer head", good(), ["--since", &longer], "", None),
        with(
            "an older head of another content",
            good(),
            ["--since", &forged],
            "does-not-continue",
            None,
        ),
        with("a head of the same size", good(), ["--since", &beside], "does-not-continue", None),
        with(
            "a bundle with another last entry",
            good(),
            ["--since", &rewritten],
            "does-not-continue",
            Some(LAST),
        ),
        with("something else", good(), ["--since", &broken], "unreadable", None),
    ]
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
