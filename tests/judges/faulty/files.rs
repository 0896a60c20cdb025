//! Files, containers and checkpoints that are others than they were.

use probity_ledger::format::hash::{EntryHash, Size};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::proof::Proof;
use probity_ledger::format::tree;

use super::super::support::bundle::{
    Parts, body_path, entry_path, plain_zip, proof_path, reseal_as, set_checkpoint,
    transparent_path,
};
use super::super::support::key;
use super::super::zipped;
use super::{Base, Case, LAST, ORIGIN, case, changed};

fn put(parts: &mut Parts, path: String, bytes: Vec<u8>) {
    parts.insert(path, bytes);
}

fn remove(parts: &mut Parts, path: &str) {
    parts.remove(path);
}

/// Files changed under the right manifests.
pub(super) fn files(base: &Base) -> Vec<Case> {
    let mut all = absent(base);
    all.extend(names(base));
    all.extend(statements(base));
    all.extend([
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
            changed(base, |p| put(p, body_path(5), vec![0xa0])),
            "body",
            Some(5),
        ),
        case(
            "another entry's proof",
            changed(base, |p| swap(p, &proof_path(3), &proof_path(4))),
            "name",
            Some(3),
        ),
        case("no proof", changed(base, |p| remove(p, &proof_path(3))), "proof", Some(3)),
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
    ]);
    all
}

/// Entries, policy and reading copy that are absent or others.
/// Transparent statements that aren't those of their entries.
fn statements(base: &Base) -> Vec<Case> {
    let of = transparent_path;
    vec![
        case(
            "a statement's last byte",
            changed(base, |p| flip(p, &of(5), usize::MAX)),
            "transparent",
            Some(5),
        ),
        case(
            "a byte of a receipt",
            changed(base, |p| flip(p, &of(LAST), 300)),
            "transparent",
            Some(LAST),
        ),
        case(
            "two statements changed over",
            changed(base, |p| swap(p, &of(3), &of(4))),
            "transparent",
            Some(3),
        ),
        case(
            "the entry itself as its statement",
            changed(base, |p| {
                let bare = p[&entry_path(6)].clone();
                p.insert(of(6), bare);
            }),
            "transparent",
            Some(6),
        ),
        case(
            "an empty statement",
            changed(base, |p| put(p, of(2), Vec::new())),
            "transparent",
            Some(2),
        ),
        case(
            "a statement of no entry",
            changed(base, |p| put(p, of(99), vec![1])),
            "container",
            None,
        ),
        case("no statement, allowed", changed(base, |p| remove(p, &of(5))), "", None),
        case(
            "a guide to checking by hand, allowed",
            changed(base, |p| put(p, "data/checking-by-hand.md".to_owned(), b"Trust me.".to_vec())),
            "",
            None,
        ),
    ]
}

fn absent(base: &Base) -> Vec<Case> {
    vec![
        case(
            "an appointment removed",
            changed(base, |p| without(p, 2)),
            "governance-chain",
            Some(3),
        ),
        case("entry 1 removed", changed(base, |p| without(p, 1)), "governance-chain", Some(2)),
        case("genesis removed", changed(base, |p| without(p, 0)), "missing-genesis", Some(0)),
        case("the head removed", changed(base, |p| without(p, LAST)), "missing-head", Some(LAST)),
        case("no policy", changed(base, |p| remove(p, "data/policy.txt")), "policy", None),
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
        case("no reading copy", changed(base, |p| remove(p, "data/entries.jsonl")), "jsonl", None),
    ]
}

/// Names, documents, and files that nobody asked for.
fn names(base: &Base) -> Vec<Case> {
    let document = base.parts.keys().find(|path| path.starts_with("data/documents/"));
    let document = document.expect("the bundle holds documents").clone();
    let holder = (0..=LAST)
        .find(|index| base.parts.get(&body_path(*index)).is_some_and(|body| holds(body, &document)))
        .expect("an entry names the document");
    vec![
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
                rename(p, &transparent_path(5), &transparent_path(77));
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
                put(p, format!("data/documents/{}/file.txt", "ab".repeat(32)), b"x".to_vec());
            }),
            "container",
            None,
        ),
        case(
            "two files for one document",
            changed(base, |p| put(p, format!("{document}x"), b"x".to_vec())),
            "container",
            None,
        ),
        case(
            "one file more",
            changed(base, |p| put(p, "data/more.txt".to_owned(), b"x".to_vec())),
            "container",
            None,
        ),
        case(
            "one file more at the top",
            changed(base, |p| put(p, "fetch.txt".to_owned(), b"".to_vec())),
            "container",
            None,
        ),
        case(
            "a body without an entry",
            changed(base, |p| put(p, body_path(50), b"x".to_vec())),
            "container",
            None,
        ),
        case(
            "an outside head that is none",
            changed(base, |p| put(p, "data/times/14.txt".to_owned(), b"x".to_vec())),
            "times",
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
pub(super) fn containers(base: &Base) -> Vec<Case> {
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
    let before = [&b"more"[..], &zipped(&base.parts)].concat();
    // A locator of Zip64, and no record where it leads.
    let mut astray = zipped(&base.parts);
    let end = astray.len() - 22;
    let locator =
        [&b"PK\x06\x07\0\0\0\0"[..], &(1_u64 << 60).to_le_bytes(), &[1, 0, 0, 0]].concat();
    astray.splice(end..end, locator);
    vec![
        case(
            "a byte changed under the old manifest",
            raw(&|p| flip(p, &entry_path(5), 9)),
            "manifest",
            None,
        ),
        case("a line twice in the manifest", raw(&double), "manifest", None),
        case("no manifest", raw(&|p| remove(p, "manifest-sha256.txt")), "manifest", None),
        case(
            "no manifest of the tags",
            raw(&|p| remove(p, "tagmanifest-sha256.txt")),
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
        case("no bagit.txt", raw(&|p| remove(p, "bagit.txt")), "manifest", None),
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
        case("bytes before it that its numbers don't count", before, "container", None),
        case("a Zip64 locator that leads nowhere", astray, "container", None),
        case("a damaged member", damaged, "container", None),
        case("half a zip, which is none", half, "unreadable", None),
        case("no zip", b"PK is how zips begin".to_vec(), "unreadable", None),
    ]
}

/// Checkpoints that somebody else made.
pub(super) fn checkpoints(base: &Base) -> Vec<Case> {
    let leaves = base.leaves();
    let root = tree::root_of(&leaves);
    let size = Size(leaves.len() as u64);
    let set = |note: &[u8]| changed(base, |p| set_checkpoint(p, note, &leaves));
    let note = &base.parts["data/checkpoint"];
    let other = key("another log");
    let with_line = |line: &str| set(&[note, line.as_bytes()].concat());
    vec![
        case("a checkpoint cut off", set(&note[..note.len() - 1]), "checkpoint", None),
        case("no checkpoint", changed(base, |p| remove(p, "data/checkpoint")), "checkpoint", None),
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

fn text(parts: &Parts, path: &str) -> String {
    String::from_utf8(parts[path].clone()).expect("the file is text")
}

fn replace(parts: &mut Parts, path: &str, from: &str, to: &str) {
    let old = text(parts, path);
    assert!(old.contains(from), "{path} holds {from}");
    parts.insert(path.to_owned(), old.replacen(from, to, 1).into_bytes());
}

fn without(parts: &mut Parts, index: u64) {
    let paths = [entry_path(index), proof_path(index), body_path(index), transparent_path(index)];
    for path in paths {
        parts.remove(&path);
    }
}
