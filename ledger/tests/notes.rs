//! Checkpoints, proof files and policies: vectors, and two other implementations of the
//! same C2SP specifications.

mod common;

use common::{HEAD, LOG, ORIGIN, OTHER_LOG, vectors};
use probity_ledger::format::hash::{RootHash, Size};
use probity_ledger::format::note::{Checkpoint, CheckpointFault, VerifierKey};
use probity_ledger::format::policy::{self, Policy};
use probity_ledger::format::proof::Proof;
use proptest::collection::vec;
use proptest::prelude::*;
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};

#[test]
fn every_checkpoint_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("checkpoint") {
        let log = VerifierKey::parse(vector.field("vkey")).expect("a verifier key");
        let judged = Checkpoint::parse(&vector.content).and_then(|checkpoint| {
            assert_eq!(checkpoint.bytes(), vector.content, "{}", vector.name);
            checkpoint.verify(&log)
        });
        let found = judged.err().map(|fault| match fault {
            CheckpointFault::Form(_) => fault.to_string(),
            CheckpointFault::Signature { found, .. } => found.to_owned(),
        });
        assert_eq!(found, vector.refused, "{}", vector.name);
    }
}

#[test]
fn every_proof_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("proof") {
        let found = Proof::parse(&vector.content);
        assert_eq!(found.is_some(), vector.refused.is_none(), "{}", vector.name);
        if let Some(proof) = found {
            assert_eq!(proof.to_bytes(), vector.content, "{}", vector.name);
        }
    }
}

#[test]
fn every_policy_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("policy") {
        match (Policy::parse(&vector.content), &vector.refused) {
            (Ok(_), None) => {}
            (Err(found), Some(what)) => assert!(found.ends_with(what), "{}: {found}", vector.name),
            (found, expected) => panic!("{}: {found:?}, expected {expected:?}", vector.name),
        }
    }
    let text = policy::for_log(&LOG.log());
    let read = Policy::parse(text.as_bytes()).expect("what a writer makes is read");
    assert_eq!((read.logs, read.quorum.as_str()), (vec![LOG.log()], "none"));
}

#[test]
fn a_verifier_key_has_one_spelling() {
    let text = LOG.log().to_string();
    assert_eq!(VerifierKey::parse(&text).as_ref(), Ok(&LOG.log()));
    assert_eq!(LOG.log().name(), ORIGIN);
    for end in 0..text.len() {
        assert!(VerifierKey::parse(&text[..end]).is_err(), "{end}");
    }
    for place in 0..text.len() {
        let mut other = text.clone().into_bytes();
        other[place] = other[place].wrapping_add(1);
        let other = String::from_utf8_lossy(&other).into_owned();
        assert!(VerifierKey::parse(&other).is_err(), "{other}");
    }
}

fn known(log: &VerifierKey) -> VerifierList {
    let verifier = StandardVerifier::new(&log.to_string()).expect("they read our verifier key");
    VerifierList::new(vec![Box::new(verifier)])
}

#[test]
fn others_take_our_checkpoint() {
    for size in [2, 3, 412, (1 << 53) - 1] {
        let bytes = Checkpoint::sign(ORIGIN, Size(size), RootHash([7; 32]), &LOG.key());
        let note = Note::from_bytes(&bytes).expect("signed_note reads it");
        let (verified, unverified) = note.verify(&known(&LOG.log())).expect("its key signed it");
        assert_eq!((verified.len(), unverified.len()), (1, 0));
        assert!(note.verify(&known(&OTHER_LOG.log())).is_err());
        assert_eq!(note.to_bytes(), bytes);
        let ours = Checkpoint::parse(&bytes).expect("we read it");
        assert_eq!(note.text(), ours.text().as_bytes());
        let theirs = tlog_tiles::Checkpoint::from_bytes(note.text()).expect("tlog_tiles reads it");
        assert_eq!(
            (theirs.origin(), theirs.size(), theirs.hash().0, theirs.extension()),
            (ORIGIN, size, [7; 32], "")
        );
        assert_eq!(theirs.to_bytes(), ours.text().as_bytes());
    }
}

/// A signer of theirs with the seed of one of our holders.
fn signer(log: &VerifierKey, seed: u8) -> StandardSigner {
    use base64::Engine as _;
    let text = log.to_string();
    let id = text.split('+').nth(1).expect("an id");
    let mut key = vec![1];
    key.extend([seed; 32]);
    let key = base64::engine::general_purpose::STANDARD.encode(key);
    StandardSigner::new(&format!("PRIVATE+KEY+{}+{id}+{key}", log.name())).expect("a signer")
}

#[test]
fn we_take_the_checkpoint_of_others() {
    let root = tlog_tiles::Hash([5; 32]);
    let head = tlog_tiles::Checkpoint::new(ORIGIN, 412, root, "").expect("a checkpoint");
    let mut note = Note::new(&head.to_bytes(), &[]).expect("a note");
    let witness = VerifierKey::new("witness.example", HEAD.public());
    note.add_sigs(&[&signer(&LOG.log(), LOG.0), &signer(&witness, HEAD.0)]).expect("signed");
    let bytes = note.to_bytes();
    let read = Checkpoint::parse(&bytes).expect("we read it");
    assert_eq!(read.verify(&LOG.log()), Ok(()));
    assert_eq!(read.other_lines(&LOG.log()), 1);
    assert!(read.verify(&OTHER_LOG.log()).is_err());
    assert_eq!((read.size, read.root), (Size(412), RootHash([5; 32])));
    let signed = Checkpoint::sign(ORIGIN, Size(412), RootHash([5; 32]), &LOG.key());
    assert!(bytes.starts_with(&signed), "both write the same bytes");
}

#[test]
fn an_extension_that_others_allow_is_refused() {
    let root = tlog_tiles::Hash([5; 32]);
    let head = tlog_tiles::Checkpoint::new(ORIGIN, 412, root, "more\n").expect("they allow it");
    let mut note = Note::new(&head.to_bytes(), &[]).expect("a note");
    note.add_sigs(&[&signer(&LOG.log(), LOG.0)]).expect("signed");
    assert!(Checkpoint::parse(&note.to_bytes()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_a_parser_fail(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Checkpoint::parse(&bytes);
        let _ = Policy::parse(&bytes);
        if let Some(proof) = Proof::parse(&bytes) {
            prop_assert_eq!(proof.to_bytes(), bytes);
        }
    }

    #[test]
    fn no_change_of_a_good_file_makes_a_parser_fail(
        place in any::<prop::sample::Index>(), insert in vec(any::<u8>(), 0..4), cut in 0_usize..4,
    ) {
        let checkpoint = Checkpoint::sign(ORIGIN, Size(9), RootHash([1; 32]), &LOG.key());
        let proof = Proof {
            index: probity_ledger::format::hash::Index(3),
            path: vec![[1; 32], [2; 32]],
            checkpoint: checkpoint.clone(),
        };
        for file in [checkpoint, proof.to_bytes(), policy::for_log(&LOG.log()).into_bytes()] {
            let start = place.index(file.len());
            let end = file.len().min(start + cut);
            let mut other = file.clone();
            other.splice(start..end, insert.iter().copied());
            if let Some(proof) = Proof::parse(&other) {
                prop_assert_eq!(proof.to_bytes(), other.clone());
            }
            if let Ok(read) = Checkpoint::parse(&other) {
                prop_assert_eq!(read.bytes(), other.as_slice());
                prop_assert!(read.verify(&LOG.log()).is_err() || other == file);
            }
            let _ = Policy::parse(&other);
        }
    }

    #[test]
    fn no_text_makes_a_verifier_key_fail(text in ".{0,60}|[a-z]{0,3}\\+[0-9a-f]{0,8}\\+[A-Za-z0-9+/=]{0,50}") {
        if let Ok(key) = VerifierKey::parse(&text) {
            prop_assert_eq!(key.to_string(), text);
        }
    }
}

#[test]
fn a_checkpoint_may_have_a_mebibyte_and_no_more() {
    let fault = |length: usize| match Checkpoint::parse(&vec![b'a'; length]) {
        Err(CheckpointFault::Form(what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(1 << 20), "no empty line before the signatures");
    assert_eq!(fault((1 << 20) + 1), "it is longer than 1 MiB");
    assert_eq!(fault((1 << 20) + 2), "it is longer than 1 MiB");
}

/// A witness is reported as not judged, whatever name it goes by.
#[test]
fn signatures_under_the_log_s_name_by_another_key_are_others() {
    let note = |holder: common::Holder, origin: &str| {
        let note = Checkpoint::sign(origin, Size(3), RootHash([5; 32]), &holder.key());
        String::from_utf8(note).expect("text")
    };
    let own = note(LOG, ORIGIN);
    let other = note(OTHER_LOG, ORIGIN);
    let line = other.lines().last().expect("a signature");
    let both = Checkpoint::parse(format!("{own}{line}\n").as_bytes()).expect("two signatures");
    assert_eq!(both.verify(&LOG.log()), Ok(()));
    assert_eq!(both.other_lines(&LOG.log()), 1);
    let alone = Checkpoint::parse(own.as_bytes()).expect("one signature");
    assert_eq!(alone.other_lines(&LOG.log()), 0);
}

#[test]
fn a_head_by_its_text_alone_and_a_note_with_the_log_s_line_alone() {
    let root = RootHash([7; 32]);
    let sign = |holder: common::Holder| Checkpoint::sign(ORIGIN, Size(5), root, &holder.key());
    let parse = |note: &[u8]| Checkpoint::parse(note).expect("a checkpoint");
    let note = sign(LOG);
    let head = Checkpoint::unsigned(parse(&note).text()).expect("a head");
    assert_eq!((&*head.origin, head.size, head.root), (ORIGIN, Size(5), root));
    assert_eq!((head.text(), head.lines().count()), (parse(&note).text(), 0));
    assert!(head.verify(&LOG.log()).is_err());
    let text = parse(&note).text().to_owned();
    for other in ["", text.trim_end(), &format!("{text}\n"), &format!("{text}more\n\nmore\n")] {
        assert_eq!(Checkpoint::unsigned(other), None, "{other:?}");
    }
    let line = String::from_utf8(sign(OTHER_LOG)).expect("text");
    let line = line.lines().last().expect("a line");
    let both = [&note[..], line.as_bytes(), b"\n"].concat();
    let alone = parse(&both).alone(&LOG.log()).expect("it carries its line");
    assert_eq!(alone.bytes(), note);
    assert_eq!(parse(&note).alone(&OTHER_LOG.log()), None);
}
