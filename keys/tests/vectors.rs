//! Every vector of the Ed25519 rule, against this crate and against ed25519-dalek.

#![allow(clippy::disallowed_methods, reason = "the crate itself touches nothing; its tests may")]

mod common;

use std::collections::BTreeMap;

use common::{Vector, vectors};
use ed25519_dalek::VerifyingKey;
use probity_keys::{PublicKey, Signature};

/// The verdict of this crate, in the words of the vectors.
fn verdict(vector: &Vector) -> String {
    let key = match PublicKey::from_bytes(&vector.key) {
        Ok(key) => key,
        Err(fault) => return fault.to_string(),
    };
    assert_eq!(key.to_bytes(), vector.key, "{}", vector.name);
    match key.verify(&vector.message, &Signature(vector.signature)) {
        Ok(()) => "accept".into(),
        Err(fault) => fault.to_string(),
    }
}

#[test]
fn every_vector_has_the_verdict_it_names() {
    for vector in vectors() {
        assert_eq!(verdict(&vector), vector.expect, "{}", vector.name);
    }
}

#[test]
fn for_admitted_keys_the_accept_set_is_that_of_verify_strict() {
    let mut admitted = 0;
    for vector in vectors() {
        if PublicKey::from_bytes(&vector.key).is_err() {
            continue;
        }
        admitted += 1;
        let key = VerifyingKey::from_bytes(&vector.key).expect("an admitted key decodes");
        let signature = ed25519_dalek::Signature::from_bytes(&vector.signature);
        assert_eq!(
            key.verify_strict(&vector.message, &signature).is_ok(),
            vector.expect == "accept",
            "{}",
            vector.name
        );
    }
    assert!(admitted >= 40, "only {admitted} vectors have an admitted key");
}

#[test]
fn every_fault_of_the_rule_has_vectors() {
    let mut count = BTreeMap::<String, usize>::new();
    for vector in vectors() {
        *count.entry(vector.expect).or_default() += 1;
    }
    for (expect, at_least) in [
        ("accept", 7),
        ("key refused: y is not below p", 38),
        ("key refused: sign bit at x = 0", 2),
        ("key refused: not a point of the curve", 2),
        ("key refused: small order", 8),
        ("key refused: mixed order", 6),
        ("signature refused: S is not below L", 7),
        ("signature refused: R is the identity", 1),
        ("signature refused: R differs from the encoding of [S]B - [k]A", 30),
    ] {
        let found = count.remove(expect).unwrap_or_default();
        assert!(found >= at_least, "{expect}: {found} vectors, expected {at_least}");
    }
    assert!(count.is_empty(), "verdicts that the rule doesn't know: {count:?}");
}

/// That the vectors can tell verifiers apart: a verifier with the cofactor, and dalek's own
/// `verify`, which knows nothing of the key rule, accept some that are refused here.
#[test]
fn laxer_verifiers_accept_what_the_rule_refuses() {
    use ed25519_dalek::Verifier;

    let lax = |vector: &&Vector| {
        let signature = ed25519_dalek::Signature::from_bytes(&vector.signature);
        VerifyingKey::from_bytes(&vector.key)
            .is_ok_and(|key| key.verify(&vector.message, &signature).is_ok())
    };
    let vectors = vectors();
    let difference = vectors.iter().filter(|vector| vector.expect != "accept").filter(lax).count();
    // 14 small-order encodings, 3 mixed-order keys, and the identity as R.
    assert_eq!(difference, 18);
}
