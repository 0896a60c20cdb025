//! The formats of `ledger`: what parses has one spelling, and others' readers agree with it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::judge;
use probity_ledger::format::body::{Body, Document, MAX_BODY};
use probity_ledger::format::cbor::{self as ours, Key, Value};
use probity_ledger::format::entry::{Entry, MAX_ENTRY, assemble};
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::format::key_notice::{MAX_NOTICE, SignedNotice};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::policy::{self, Policy};
use probity_ledger::format::proof::Proof;
use probity_ledger::format::statement::{MAX_STATEMENT, Stated, Statement};
use probity_ledger::format::submission::Submission;
use probity_ledger::format::{jsonl, tree};
use probity_ledger::records;
use signed_note::Note;

use super::{seeds, short};

/// Deterministic CBOR, with text keys and as a header.
pub fn cbor(data: &[u8]) {
    for parse in [ours::parse, ours::parse_header] {
        let found = parse(data);
        assert_eq!(found, parse(data), "parsing is a function of the bytes");
        match found {
            Ok(value) => {
                assert_eq!(value.to_bytes(), data, "one spelling");
                assert!(depth(&value) <= ours::MAX_DEPTH, "nested too deep");
                let theirs: ciborium::Value =
                    ciborium::from_reader(data).expect("ciborium accepts more than we do");
                assert_eq!(theirs, as_theirs(&value), "ciborium reads the same");
            }
            Err(error) => {
                assert!(error.at <= data.len());
                short(&error);
            }
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(pairs) => 1 + pairs.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn as_theirs(value: &Value) -> ciborium::Value {
    use ciborium::Value as Theirs;
    let key = |key: &Key| match key {
        Key::Int(number) => Theirs::from(*number),
        Key::Text(text) => Theirs::from(text.as_str()),
    };
    match value {
        Value::Null => Theirs::Null,
        Value::Bool(truth) => Theirs::Bool(*truth),
        Value::Int(number) => Theirs::from(*number),
        Value::Text(text) => Theirs::from(text.as_str()),
        Value::Bytes(bytes) => Theirs::Bytes(bytes.clone()),
        Value::Array(items) => Theirs::Array(items.iter().map(as_theirs).collect()),
        Value::Map(pairs) => {
            Theirs::Map(pairs.iter().map(|(name, value)| (key(name), as_theirs(value))).collect())
        }
    }
}

/// A signed entry as it is; or, behind a zero and the length of the header, header and payload to
/// be put together, so that changes keep the lengths around them right.
pub fn entry(data: &[u8]) {
    match data {
        [0, long, short, rest @ ..] => {
            let length = usize::from(*long) << 8 | usize::from(*short);
            let (header, payload) = rest.split_at(length.min(rest.len()));
            one_entry(&assemble(header, payload, &probity_keys::Signature([7; 64])));
        }
        _ => one_entry(data),
    }
}

/// Every entry whole and in parts.
pub fn entries() -> Vec<Vec<u8>> {
    let whole = seeds::entries();
    let parts = whole.iter().filter_map(|bytes| Entry::parse(bytes).ok()).map(|entry| {
        let (header, payload) = entry.own();
        let header = header.to_bytes();
        let length = u16::try_from(header.len()).expect("headers are short").to_be_bytes();
        [&[0][..], &length, &header, &payload.to_bytes()].concat()
    });
    let parts: Vec<Vec<u8>> = parts.collect();
    [whole, parts].concat()
}

/// An entry, and the clear fields of its kind.
fn one_entry(data: &[u8]) {
    let found = Entry::parse(data);
    assert_eq!(found, Entry::parse(data), "parsing is a function of the bytes");
    let entry = match found {
        Ok(entry) => entry,
        Err(fault) => {
            short(&fault);
            short(&judge::entry_fault(&fault));
            return;
        }
    };
    assert!(data.len() <= MAX_ENTRY);
    assert_eq!(entry.bytes(), data);
    assert_eq!(entry.hash(), tree::leaf_hash(data));
    let (header, payload) = entry.own();
    if entry.foreign_typ().is_none() {
        let again = assemble(&header.to_bytes(), &payload.to_bytes(), entry.signature());
        assert_eq!(again, data, "one spelling");
    }
    let theirs = <coset::CoseSign1 as coset::TaggedCborSerializable>::from_tagged_slice(data);
    let theirs = theirs.expect("coset accepts more than we do");
    assert_eq!(theirs.tbs_data(&[]), entry.signed_bytes(), "coset has the same bytes signed");

    let line = jsonl::line(&entry, None);
    let json: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
    assert_eq!(json["seq"], payload.seq.0);
    assert_eq!(json["iss"], header.origin.as_str());
    assert_eq!(line.find('\n'), Some(line.len() - 1), "one line");

    if let Err(fault) = judge::check_genesis(&entry) {
        short(&fault);
    }
    let kind = records::find(&payload.kind, payload.version);
    for form in kind.into_iter().map(|kind| kind.clear) {
        match ClearFields::of(form, &payload.clear, &entry) {
            Ok(clear) => assert_eq!(clear.to_value(), payload.clear, "one spelling"),
            Err(fault) => short(&fault),
        }
    }
}

/// A statement, whole or put together from its parts as an entry is ([`entry`]).
pub fn statement(data: &[u8]) {
    match data {
        [0, long, short, rest @ ..] => {
            let length = usize::from(*long) << 8 | usize::from(*short);
            let (header, payload) = rest.split_at(length.min(rest.len()));
            one_statement(&assemble(header, payload, &probity_keys::Signature([7; 64])));
        }
        _ => one_statement(data),
    }
}

fn one_statement(data: &[u8]) {
    let found = Statement::parse(data);
    assert_eq!(found, Statement::parse(data), "parsing is a function of the bytes");
    let statement = match found {
        Ok(statement) => statement,
        Err(fault) => return short(&fault),
    };
    assert!(data.len() <= MAX_STATEMENT);
    assert_eq!(statement.bytes(), data);
    assert!(
        Entry::parse(data).is_ok_and(|entry| entry.foreign_typ().is_some())
            || Entry::parse(data).is_err(),
        "nothing is an entry and a statement"
    );
    let (header, stated) = statement.parts();
    let again = assemble(&header.to_statement_bytes(), &stated.to_bytes(), statement.signature());
    assert_eq!(again, data, "one spelling");
    let theirs = <coset::CoseSign1 as coset::TaggedCborSerializable>::from_tagged_slice(data);
    let theirs = theirs.expect("coset accepts more than we do");
    assert_eq!(theirs.tbs_data(&[]), statement.signed_bytes(), "coset has the same bytes signed");
}

/// A notice about a key.
pub fn key_notice(data: &[u8]) {
    let found = SignedNotice::parse(data);
    let notice = match found {
        Ok(notice) => notice,
        Err(fault) => return short(&fault),
    };
    assert!(data.len() <= MAX_NOTICE && notice.bytes() == data);
    let said = notice.says();
    assert_eq!(said.check(), Ok(()));
    assert_eq!(said.to_bytes(notice.signature()), data, "one spelling");
    assert!(Entry::parse(data).is_err() && Statement::parse(data).is_err(), "it is nothing else");
    let theirs = <coset::CoseSign1 as coset::TaggedCborSerializable>::from_tagged_slice(data);
    let theirs = theirs.expect("coset accepts more than we do");
    assert_eq!(theirs.tbs_data(&[]), said.to_sign(), "coset has the same bytes signed");
}

/// Statements, whole and in parts, with what the entries of the vectors say.
pub fn statements() -> Vec<Vec<u8>> {
    let of = |bytes: &Vec<u8>| {
        let entry = Entry::parse(bytes).ok()?;
        let (header, payload) = entry.own();
        let payload = payload.clone();
        let stated = Stated {
            kind: payload.kind,
            version: payload.version,
            role: payload.role,
            links: payload.links,
            clear: payload.clear,
            body: payload.body,
            after: (Index(0), entry.hash()),
            expires: header.time + 1,
        };
        let (header, stated) = (header.to_statement_bytes(), stated.to_bytes());
        let length = u16::try_from(header.len()).ok()?.to_be_bytes();
        let parts = [&[0][..], &length, &header, &stated].concat();
        Some([assemble(&header, &stated, entry.signature()), parts])
    };
    seeds::entries().iter().filter_map(of).flatten().collect()
}

/// The disclosed fields of an entry.
pub fn body(data: &[u8]) {
    let found = Body::parse(data);
    assert_eq!(found, Body::parse(data), "parsing is a function of the bytes");
    match found {
        Ok(body) => {
            assert!(data.len() <= MAX_BODY && !body.is_empty());
            assert_eq!(body.to_bytes(), data, "one spelling");
            let names: BTreeSet<&str> = body.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), body.iter().count(), "every name once");
            for (name, opening) in body.iter() {
                let again =
                    probity_ledger::format::body::Opening::new(opening.salt, opening.value.clone());
                assert_eq!(again.commitment(name), opening.commitment(name));
                for document in Document::within(&opening.value) {
                    assert_eq!(Document::from_value(&document.to_value()), Some(document));
                }
            }
        }
        Err(fault) => short(&fault),
    }
}

/// The log key of the vectors, and the signed texts that it really signed.
static LOG: LazyLock<(VerifierKey, BTreeSet<String>)> = LazyLock::new(|| {
    let accepted = seeds::accepted("checkpoint", "vkey");
    let mut signed = BTreeSet::new();
    let key = VerifierKey::parse(&accepted[0].0).expect("the vectors' verifier key");
    for (_, bytes) in &accepted {
        let checkpoint = Checkpoint::parse(bytes).expect("it is accepted");
        signed.insert(checkpoint.text().to_owned());
        // A refused vector carries the signature of size 411, as libFuzzer found out.
        signed.insert(checkpoint.text().replacen("\n412\n", "\n411\n", 1));
    }
    (key, signed)
});

/// A checkpoint with the signature lines of its log and of others, such as witnesses.
pub fn checkpoint(data: &[u8]) {
    let (log, signed) = &*LOG;
    let found = Checkpoint::parse(data);
    assert_eq!(found, Checkpoint::parse(data), "parsing is a function of the bytes");
    let checkpoint = match found {
        Ok(checkpoint) => checkpoint,
        Err(fault) => return short(&fault),
    };
    assert_eq!(checkpoint.bytes(), data);
    assert!(data.starts_with(checkpoint.text().as_bytes()));
    assert_eq!(
        checkpoint.text(),
        probity_ledger::format::note::head_text(
            &checkpoint.origin,
            checkpoint.size,
            checkpoint.root
        ),
        "one spelling"
    );
    let others = checkpoint.other_lines(log);
    // signed_note reads at most a hundred lines, and none of a signature of one byte.
    if let Ok(note) = Note::from_bytes(data) {
        assert_eq!(note.text(), checkpoint.text().as_bytes(), "signed_note has the same text");
    }
    match checkpoint.verify(log) {
        Ok(()) => {
            assert!(signed.contains(checkpoint.text()), "a forged checkpoint verifies");
            let lines = data.split(|byte| *byte == b'\n').count();
            assert_eq!(others + 1, lines - 5, "one line is the log's");
        }
        Err(fault) => short(&fault),
    }
}

/// What a witness is asked to cosign.
pub fn submission(data: &[u8]) {
    let found = Submission::parse(data);
    assert_eq!(found, Submission::parse(data), "parsing is a function of the bytes");
    match found {
        Ok(submission) => {
            assert_eq!(submission.to_bytes(), data, "one spelling");
            assert!(submission.proof.len() <= 63 && submission.old <= submission.checkpoint.size);
            assert_eq!(Checkpoint::parse(submission.checkpoint.bytes()), Ok(submission.checkpoint));
            assert!(Checkpoint::parse(data).is_err(), "a request is no checkpoint");
        }
        Err(fault) => short(&fault),
    }
}

/// The checkpoints of the vectors as requests, with and without a proof.
pub fn submissions() -> Vec<Vec<u8>> {
    let proof = "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\n";
    let heads = ["old 0\n\n".to_owned(), format!("old 2\n{}\n", proof.repeat(9))];
    let notes = seeds::vectors("checkpoint");
    let all =
        notes.iter().flat_map(|note| heads.iter().map(move |h| [h.as_bytes(), note].concat()));
    all.collect()
}

/// A proof of one entry's place.
pub fn proof(data: &[u8]) {
    let found = Proof::parse(data);
    assert_eq!(found, Proof::parse(data), "parsing is a function of the bytes");
    let Some(proof) = found else { return };
    assert_eq!(proof.to_bytes(), data, "one spelling");
    assert!(proof.path.len() <= 63);
    if let Ok(checkpoint) = Checkpoint::parse(&proof.checkpoint) {
        for size in [checkpoint.size, Size(proof.index.0 + 1), Size(u64::MAX)] {
            let leaf = tree::leaf_hash(data);
            let proven =
                tree::verify_inclusion(leaf, proof.index, size, &proof.path, checkpoint.root);
            assert!(!proven, "the place of an entry that is in no tree was proven");
        }
    }
}

/// A policy: keys of logs, and witnesses.
pub fn policy(data: &[u8]) {
    let found = Policy::parse(data);
    assert_eq!(found, Policy::parse(data), "parsing is a function of the bytes");
    match found {
        Ok(policy) => {
            assert!(policy.logs.len() <= 256 && policy.witnesses.len() <= 256);
            let text = std::str::from_utf8(data).expect("a policy is text");
            for log in &policy.logs {
                assert!(text.contains(&log.to_string()), "one spelling");
            }
            let keys: BTreeSet<[u8; 32]> =
                policy.logs.iter().map(|log| log.key().to_bytes()).collect();
            assert_eq!(keys.len(), policy.logs.len(), "every log once");
            let witness_keys = policy.witnesses.iter().filter_map(|w| w.key.as_ref());
            let keys: Vec<[u8; 32]> = witness_keys.map(|key| key.key().to_bytes()).collect();
            let different: BTreeSet<&[u8; 32]> = keys.iter().collect();
            assert_eq!(different.len(), keys.len(), "no key is two witnesses");
            for witness in &policy.witnesses {
                assert!(text.contains(&witness.vkey));
                let key = witness.key.as_ref();
                assert!(key.is_none_or(|key| key.to_string() == witness.vkey), "one spelling");
            }
            let groups = policy.groups.iter().map(|group| group.name.as_str());
            let all: Vec<&str> =
                policy.witnesses.iter().map(|w| w.name.as_str()).chain(groups).collect();
            let names: BTreeSet<&str> = all.iter().copied().collect();
            assert_eq!(names.len(), all.len(), "every name once");
            let quorum = policy.quorum.as_str();
            assert!(quorum == "none" || names.contains(quorum), "a quorum of nobody");
            let members = || policy.groups.iter().flat_map(|group| &group.members);
            let once: BTreeSet<&String> = members().collect();
            assert_eq!(once.len(), members().count(), "a member of one group, once");
            assert!(!policy.is_met(&BTreeSet::new()), "met by nobody");
            let usable = policy.witnesses.iter().any(|w| w.key.is_some());
            assert!(usable || !policy.is_met(&names), "met by witnesses that never cosign");
            if let Some(log) = policy.logs.first() {
                let written = policy::for_ledger(log, &policy);
                let read = Policy::parse(written.as_bytes()).expect("what is written is read");
                assert_eq!((&read.groups, read.quorum), (&policy.groups, policy.quorum.clone()));
                assert_eq!(read.witnesses.len(), policy.witnesses.len());
            }
            let mut longer = data.to_vec();
            longer.extend_from_slice(b"\n# and nothing more\n");
            assert_eq!(Policy::parse(&longer), Ok(policy), "a comment means nothing");
        }
        Err(fault) => short(&fault),
    }
}
