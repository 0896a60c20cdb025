//! Checking many signatures at once gives the answers of checking each by itself, and those of
//! ed25519-dalek.

#![allow(clippy::disallowed_methods, reason = "the crate itself touches nothing; its tests may")]

mod common;

use common::vectors;
use probity_keys::{BadSignature, PreparedKey, PublicKey, Signature, SigningKey, verify_many};

/// Numbers that look random and are the same at every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("small")
    }
}

#[test]
fn every_vector_has_the_same_answer_in_a_batch() {
    let (mut keys, mut expected) = (Vec::new(), Vec::new());
    for vector in vectors() {
        let Ok(key) = PublicKey::from_bytes(&vector.key) else { continue };
        let signature = Signature(vector.signature);
        let answer = key.verify(&vector.message, &signature);
        assert_eq!(answer.is_ok(), vector.expect == "accept", "{}", vector.name);
        keys.push((PreparedKey::new(key), vector.message, signature));
        expected.push(answer);
    }
    assert!(keys.len() >= 40, "only {} vectors have an admitted key", keys.len());
    let batch: Vec<_> = keys.iter().map(|(key, m, s)| (key, m.as_slice(), s)).collect();
    for fault in [BadSignature::SNotBelowL, BadSignature::IdentityR, BadSignature::RDiffers] {
        assert!(expected.contains(&Err(fault)), "no vector for {fault:?}");
    }
    assert_eq!(verify_many(&batch), expected);
    // One by one, and the other way round: nobody's answer depends on the company.
    for (one, expected) in batch.iter().zip(&expected) {
        assert_eq!(verify_many(&[*one]), [*expected]);
    }
    let (mut batch, mut expected) = (batch, expected);
    batch.reverse();
    expected.reverse();
    assert_eq!(verify_many(&batch), expected);
}

/// Good and damaged signatures of several keys, mixed. With `PROBITY_FULL`, a hundred thousand.
#[test]
fn damaged_signatures_among_good_ones_are_the_ones_that_are_refused() {
    let mut numbers = Numbers(0x0123_4567_89ab_cdef);
    let rounds = if std::env::var_os("PROBITY_FULL").is_some() { 1000 } else { 20 };
    let keys: Vec<SigningKey> = (0..4).map(|n| SigningKey::from_seed([n; 32])).collect();
    let prepared: Vec<PreparedKey> =
        keys.iter().map(|key| PreparedKey::new(key.public())).collect();
    let mut refused = 0;
    for _ in 0..rounds {
        let mut batch = Vec::new();
        for _ in 0..100 {
            let who = numbers.below(keys.len());
            let mut message: Vec<u8> =
                (0..numbers.below(200)).map(|_| numbers.next().to_be_bytes()[0]).collect();
            let mut signature = keys[who].sign(&message);
            let key = if numbers.below(16) == 0 { numbers.below(keys.len()) } else { who };
            match numbers.below(4) {
                0 => signature.0[numbers.below(64)] ^= 1 << numbers.below(8),
                1 if !message.is_empty() => {
                    let at = numbers.below(message.len());
                    message[at] ^= 1 << numbers.below(8);
                }
                _ => {}
            }
            batch.push((key, message, signature));
        }
        let asked: Vec<_> =
            batch.iter().map(|(key, m, s)| (&prepared[*key], m.as_slice(), s)).collect();
        let found = verify_many(&asked);
        for ((key, message, signature), found) in batch.iter().zip(found) {
            let public = keys[*key].public();
            assert_eq!(found, public.verify(message, signature));
            let strict = ed25519_dalek::VerifyingKey::from_bytes(&public.to_bytes())
                .expect("an admitted key")
                .verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0));
            assert_eq!(found.is_ok(), strict.is_ok());
            refused += usize::from(found.is_err());
        }
    }
    assert!(refused > rounds * 20, "{refused} refused in {rounds} rounds");
    assert_eq!(verify_many(&[]), []);
}
