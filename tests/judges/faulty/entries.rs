//! Entries that their authors, or others, signed: false ones, and some that are not.

use std::path::Path;

use probity_keys::{PublicKey, SigningKey};
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::{Header, Link, Payload, Subject};
use probity_ledger::format::hash::{EntryHash, Index, Size};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::tree;

use super::super::support::bundle::{
    body_path, entry, entry_path, forge, forge_raw, recopy, reseal,
};
use super::super::support::{DPO, HEAD, NOW, STAFF, key};
use super::super::zipped;
use super::{Base, Case, LAST, ORIGIN, case, whole};

/// A last entry that its author, or somebody, signed, under a checkpoint that fits.
pub(super) fn entries(base: &Base) -> Vec<Case> {
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
        let (header, payload) = entry.own();
        (header.clone(), payload.clone())
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
    entry(&base.parts, 7).subject().clone()
}

fn link(rel: &str, entry: EntryHash) -> Link {
    Link { rel: rel.to_owned(), entry }
}

/// A last entry that would change who may sign.
pub(super) fn governance(base: &Base) -> Vec<Case> {
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
    let genesis = entry(&base.parts, 0).own().1.clear.clone();
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
pub(super) fn unjudged(base: &Base) -> Vec<Case> {
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

/// Another fingerprint, and heads that contradict.
pub(super) fn given(base: &Base, folder: &Path) -> Vec<Case> {
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
