//! Who may sign: unknown keys, signatures, force, roles, and the rules of governance.

use probity_keys::Signature;
use probity_ledger::book::authority::Authority;
use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::hash::Index;
use probity_ledger::format::note::VerifierKey;
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};

use crate::common::{
    Book, DEPUTY, DPO, Draft, HEAD, Holder, LOG, OTHER_LOG, START, STRANGER, anchor, appointment,
    appointment_as, both_intact, both_not_genuine, bundle, genesis, intact, log_key, not_genuine,
    note, revocation,
};

/// A second key of the data protection officer.
const NEW_KEY: Holder = Holder(5);

/// The head teacher, the data protection officer at 2 and the deputy at 3.
fn staffed() -> Book {
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["deputy-headteacher"]));
    book
}

fn deputy(draft: Draft) -> Draft {
    draft.by(DEPUTY, "deputy-headteacher")
}

#[test]
fn unknown_key() {
    let mut book = Book::with_dpo();
    book.add(note(STRANGER, "dpo"));
    both_not_genuine(&book, Code::UnknownKey, 3);
}

/// An appointment counts from the entry after it on.
#[test]
fn unknown_key_that_appoints_itself() {
    let mut book = Book::with_dpo();
    book.add(appointment(STRANGER, &["headteacher"]).by(STRANGER, "headteacher"));
    both_not_genuine(&book, Code::UnknownKey, 3);
}

/// Somebody is appointed only after having signed.
#[test]
fn unknown_key_that_is_appointed_later() {
    let mut book = Book::with_dpo();
    book.add(note(STRANGER, "staff"));
    book.add(appointment(STRANGER, &["staff"]));
    both_not_genuine(&book, Code::UnknownKey, 3);
}

#[test]
fn unknown_key_at_entry_0() {
    let mut book = Book::empty();
    book.add(genesis().by(STRANGER, "headteacher"));
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::UnknownKey, 0);
}

/// The small-order points that signature schemes differ about; the first is the identity.
const BAD_KEYS: [&str; 4] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0200000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// A verifier key with a public key that breaks the key rule.
fn bad_log(key: &[u8], name: &str) -> Value {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let data = [&[1], key].concat();
    let id = Sha256::digest([name.as_bytes(), b"\n", &data].concat());
    let key = base64::engine::general_purpose::STANDARD.encode(data);
    Value::text(format!("{name}+{}+{key}", hex::encode(&id[..4])))
}

#[test]
fn key_rule() {
    for bad in BAD_KEYS {
        let key = hex::decode(bad).expect("hex");
        let mut book = Book::with_dpo();
        book.add(appointment(STRANGER, &["staff"]).with_clear("key", Value::bytes(&*key)));
        both_not_genuine(&book, Code::KeyRule, 3);
        let mut book = Book::with_dpo();
        let log = bad_log(&key, crate::common::ORIGIN);
        book.add(log_key(OTHER_LOG).with_clear("log", log.clone()));
        both_not_genuine(&book, Code::KeyRule, 3);
        let mut book = Book::empty();
        book.add(genesis().with_clear("log", log));
        book.add(appointment(HEAD, &["headteacher"]));
        both_not_genuine(&book, Code::KeyRule, 0);
        // The author's key is looked at first, and it is not the one declared.
        let mut book = Book::empty();
        book.add(genesis().with_clear("key", Value::bytes(&*key)));
        book.add(appointment(HEAD, &["headteacher"]));
        both_not_genuine(&book, Code::UnknownKey, 0);
    }
}

/// Two verifiers must name the same fault. What a stranger declares isn't even looked at.
#[test]
fn unknown_key_is_named_before_the_key_that_it_declares() {
    let bad = hex::decode(BAD_KEYS[1]).expect("hex");
    let mut book = Book::with_dpo();
    let draft = appointment(STRANGER, &["staff"]).by(STRANGER, "headteacher");
    book.add(draft.with_clear("key", Value::bytes(bad)));
    both_not_genuine(&book, Code::UnknownKey, 3);
}

#[test]
fn key_rule_at_entry_0() {
    let key: [u8; 32] = hex::decode(BAD_KEYS[1]).expect("hex").try_into().expect("32 bytes");
    let cose = hex::decode("a3010120062158 20".replace(' ', "")).expect("hex");
    let kid = probity_ledger::format::hash::Sha256Hash::of(&[&cose[..], &key].concat()).0;
    let mut book = Book::empty();
    book.add_with(genesis().with_clear("key", Value::bytes(key)), |header, _| {
        header.kid = probity_keys::Kid(kid);
    });
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::KeyRule, 0);
}

/// Of several faults in `clear`, a key that is refused is named only if all else is right.
#[test]
fn key_rule_comes_after_the_form_of_the_clear_fields() {
    let key = hex::decode(BAD_KEYS[1]).expect("hex");
    let bad = || appointment(STRANGER, &["staff"]).with_clear("key", Value::bytes(&*key));
    for (name, value) in [
        ("roles", Value::Array(Vec::new())),
        ("person", Value::Null),
        ("until", Value::Int(START - 2000)),
    ] {
        let mut book = Book::with_dpo();
        book.add(bad().with_clear(name, value));
        both_not_genuine(&book, Code::Clear, 3);
    }
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG).with_clear("log", bad_log(&key, "example.org/other")));
    both_not_genuine(&book, Code::Clear, 3);
    let mut book = Book::with_dpo();
    let wrong_id = format!("{}+00000000+{}", crate::common::ORIGIN, {
        let text = bad_log(&key, crate::common::ORIGIN);
        let text = text.as_text().expect("text").to_owned();
        text.rsplit('+').next().expect("a key").to_owned()
    });
    book.add(log_key(OTHER_LOG).with_clear("log", Value::text(wrong_id)));
    both_not_genuine(&book, Code::Clear, 3);
}

#[test]
fn signature() {
    for place in [0, 31, 32, 63] {
        let mut book = Book::with_dpo();
        book.add_changed(note(DPO, "dpo"), |bytes| {
            let signature = bytes.len() - 64;
            bytes[signature + place] ^= 1;
        });
        both_not_genuine(&book, Code::Signature, 3);
    }
}

#[test]
fn signature_of_zeros() {
    let mut book = Book::with_dpo();
    book.add_changed(note(DPO, "dpo"), |bytes| {
        let signature = bytes.len() - 64;
        bytes[signature..].fill(0);
    });
    both_not_genuine(&book, Code::Signature, 3);
}

#[test]
fn signature_by_another_key() {
    let mut book = Book::with_dpo();
    book.add_with(note(HEAD, "dpo"), |header, _| header.kid = DPO.kid());
    both_not_genuine(&book, Code::Signature, 3);
}

#[test]
fn signature_at_entry_0() {
    let mut book = Book::empty();
    book.add_changed(genesis(), |bytes| *bytes.last_mut().expect("bytes") ^= 1);
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::Signature, 0);
}

/// The signature of another entry by the same key.
#[test]
fn signature_carried_over() {
    let other = *Book::school().entry(7).signature();
    let mut book = Book::with_dpo();
    book.add_changed(note(DPO, "dpo"), |bytes| {
        let signature = bytes.len() - 64;
        bytes[signature..].copy_from_slice(&other.0);
    });
    both_not_genuine(&book, Code::Signature, 3);
}

/// A signature whose R carries a point of small order: verifiers that multiply by the
/// cofactor take it, this format doesn't.
#[test]
fn signature_with_torsion() {
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION};
    use curve25519_dalek::scalar::{Scalar, clamp_integer};
    use sha2::{Digest as _, Sha512};
    let seeded: [u8; 64] = Sha512::digest([DPO.0; 32]).into();
    let (secret, _) = seeded.split_first_chunk::<32>().expect("64 bytes");
    let secret = Scalar::from_bytes_mod_order(clamp_integer(*secret));
    let public = DPO.public().to_bytes();
    assert_eq!((BASE * secret).compress().to_bytes(), public);
    let nonce = Scalar::from(77_u64);
    for torsion in EIGHT_TORSION {
        let point = (BASE * nonce + torsion).compress().to_bytes();
        let sign = |message: &[u8]| {
            let hash: [u8; 64] = Sha512::digest([&point[..], &public, message].concat()).into();
            let s = nonce + Scalar::from_bytes_mod_order_wide(&hash) * secret;
            Signature([point, s.to_bytes()].concat().try_into().expect("64 bytes"))
        };
        let mut book = Book::with_dpo();
        book.add(note(DPO, "dpo"));
        let forged = sign(&book.entry(3).signed_bytes());
        let mut book = Book::with_dpo();
        book.add_changed(note(DPO, "dpo"), |bytes| {
            let signature = bytes.len() - 64;
            bytes[signature..].copy_from_slice(&forged.0);
        });
        if torsion == EIGHT_TORSION[0] {
            both_intact(&book);
        } else {
            both_not_genuine(&book, Code::Signature, 3);
        }
    }
}

#[test]
fn not_in_force_once_revoked() {
    let mut book = staffed();
    book.add(note(DPO, "dpo"));
    book.add(revocation(DPO, None));
    both_intact(&book);
    book.add(note(DPO, "dpo"));
    both_not_genuine(&book, Code::NotInForce, 6);
}

#[test]
fn not_in_force_before_and_after_its_dates() {
    let (from, until) = (START + 100, START + 500);
    let signed_at = |time: i64| {
        let mut book = Book::begun();
        let dated = appointment(DPO, &["dpo"]).with_clear("from", Value::Int(from));
        book.add(dated.with_clear("until", Value::Int(until)));
        book.add(note(DPO, "dpo").at(time));
        book
    };
    both_not_genuine(&signed_at(from - 1), Code::NotInForce, 3);
    both_intact(&signed_at(from));
    both_intact(&signed_at(until - 1));
    both_not_genuine(&signed_at(until), Code::NotInForce, 3);
    both_not_genuine(&signed_at(until + 1), Code::NotInForce, 3);
}

#[test]
fn not_in_force_in_a_role_not_named() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "headteacher"));
    both_not_genuine(&book, Code::NotInForce, 3);
}

/// The newest appointment replaces the older ones whole: roles and dates.
#[test]
fn not_in_force_under_an_older_appointment() {
    let mut book = Book::with_dpo();
    book.add(appointment(DPO, &["staff"]).with_clear("until", Value::Int(START + 1000)));
    let mut other = book.clone();
    book.add(note(DPO, "dpo"));
    both_not_genuine(&book, Code::NotInForce, 4);
    other.add(note(DPO, "staff"));
    both_intact(&other);
    other.add(note(DPO, "staff").at(START + 1000));
    both_not_genuine(&other, Code::NotInForce, 5);
}

#[test]
fn not_in_force_at_entry_0() {
    let mut book = Book::empty();
    book.add(genesis().by(HEAD, "chair-of-governors"));
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::NotInForce, 0);
}

/// The faults of an author are named in this order: key, signature, force.
#[test]
fn a_bad_signature_is_named_before_the_lack_of_force() {
    let mut book = Book::with_dpo();
    book.add_changed(note(DPO, "headteacher"), |bytes| *bytes.last_mut().expect("bytes") ^= 1);
    both_not_genuine(&book, Code::Signature, 3);
}

#[test]
fn role_that_may_not_govern() {
    for draft in [appointment(DEPUTY, &["staff"]), revocation(HEAD, None), log_key(OTHER_LOG)] {
        let mut book = Book::with_dpo();
        book.add(draft.by(DPO, "dpo"));
        both_not_genuine(&book, Code::Role, 3);
    }
}

#[test]
fn role_of_the_genesis_entry() {
    let mut book = Book::empty();
    book.add(genesis().by(HEAD, "dpo").with_clear("roles", Value::Array(vec![Value::text("dpo")])));
    book.add(appointment(HEAD, &["dpo"]).by(HEAD, "dpo"));
    both_not_genuine(&book, Code::Role, 0);
}

#[test]
fn governance_of_entry_1() {
    let first = |draft: Draft| {
        let mut book = Book::empty();
        book.add(genesis());
        book.add(draft);
        book
    };
    both_intact(&first(appointment(HEAD, &["headteacher"])));
    for bad in [
        appointment(DPO, &["headteacher"]),
        appointment_as(HEAD, DPO, &["headteacher"]),
        appointment(HEAD, &["deputy-headteacher"]),
        appointment(HEAD, &["dpo", "headteacher"]),
        log_key(OTHER_LOG),
        revocation(HEAD, None),
        genesis(),
    ] {
        both_not_genuine(&first(bad), Code::Governance, 1);
    }
    let other = first(note(HEAD, "headteacher"));
    not_genuine(&other.verify(), Code::Governance, 1);
    not_genuine(&bundle::whole(&other).verify(), Code::GovernanceChain, 1);
}

#[test]
fn governance_second_genesis() {
    let mut book = Book::with_dpo();
    book.add(genesis());
    both_not_genuine(&book, Code::Governance, 3);
}

#[test]
fn governance_appointment_of_oneself() {
    for roles in [&["headteacher"][..], &["chair-of-governors"], &["dpo"]] {
        let mut book = Book::with_dpo();
        book.add(appointment(HEAD, roles));
        both_not_genuine(&book, Code::Governance, 3);
    }
    let mut book = Book::with_dpo();
    book.add(appointment_as(NEW_KEY, HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::Governance, 3);
}

#[test]
fn governance_key_of_another_person() {
    let mut book = staffed();
    book.add(appointment_as(DPO, STRANGER, &["staff"]));
    both_not_genuine(&book, Code::Governance, 4);
    let mut book = staffed();
    book.add(deputy(appointment_as(HEAD, DPO, &["headteacher"])));
    both_not_genuine(&book, Code::Governance, 4);
}

#[test]
fn governance_revoked_key_that_returns() {
    let mut book = staffed();
    book.add(revocation(DPO, None));
    book.add(appointment(DPO, &["dpo"]));
    both_not_genuine(&book, Code::Governance, 5);
}

/// A change of key: both are in force until the older one is revoked.
#[test]
fn a_new_key_of_a_known_person() {
    let mut book = staffed();
    book.add(appointment_as(NEW_KEY, DPO, &["dpo"]));
    book.add(note(DPO, "dpo"));
    book.add(note(NEW_KEY, "dpo"));
    book.add(revocation(DPO, None));
    book.add(note(NEW_KEY, "dpo"));
    both_intact(&book);
    book.add(note(DPO, "dpo"));
    both_not_genuine(&book, Code::NotInForce, 9);
}

#[test]
fn governance_person_key_that_is_a_log_key() {
    let mut book = Book::with_dpo();
    book.add(appointment(LOG, &["staff"]));
    both_not_genuine(&book, Code::Governance, 3);
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG));
    book.add(appointment(LOG, &["staff"]));
    both_not_genuine(&book, Code::Governance, 4);
}

#[test]
fn governance_log_key_that_is_a_person_key() {
    for person in [HEAD, DPO] {
        let mut book = Book::with_dpo();
        book.add(log_key(person));
        both_not_genuine(&book, Code::Governance, 3);
    }
    let mut book = staffed();
    book.add(revocation(DPO, None));
    book.add(log_key(DPO));
    both_not_genuine(&book, Code::Governance, 5);
    let mut book = Book::empty();
    let own = VerifierKey::new(crate::common::ORIGIN, HEAD.public());
    book.add(genesis().with_clear("log", Value::text(own.to_string())));
    book.add(appointment(HEAD, &["headteacher"]));
    both_not_genuine(&book, Code::Governance, 0);
}

#[test]
fn an_earlier_log_key_may_be_named_again() {
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG));
    book.add(log_key(LOG));
    both_intact(&book);
}

#[test]
fn governance_revocation() {
    let refused = |draft: Draft| {
        let mut book = staffed();
        book.add(appointment_as(NEW_KEY, HEAD, &["headteacher"]).by(DEPUTY, "deputy-headteacher"));
        book.add(draft);
        both_not_genuine(&book, Code::Governance, 5);
    };
    refused(revocation(STRANGER, None));
    refused(revocation(LOG, None));
    refused(revocation(HEAD, None));
    refused(revocation(NEW_KEY, None));
    refused(revocation(HEAD, None).by(NEW_KEY, "headteacher"));
    let mut book = staffed();
    book.add(revocation(DPO, None));
    book.add(revocation(DPO, Some(START)));
    both_not_genuine(&book, Code::Governance, 5);
}

#[test]
fn the_founder_can_be_replaced() {
    let mut book = staffed();
    book.add(deputy(revocation(HEAD, None)));
    book.add(deputy(appointment(STRANGER, &["headteacher"])));
    book.add(anchor(5).by(STRANGER, "headteacher"));
    book.add(deputy(log_key(OTHER_LOG)));
    intact(&book.verify());
    let all: Vec<u64> = (0..book.len()).collect();
    intact(&bundle::of(&book, book.len(), &all, OTHER_LOG).verify());
    not_genuine(&bundle::of(&book, 8, &all, LOG).verify(), Code::CheckpointSignature, None);
    intact(&bundle::of(&book, 7, &all[..7], LOG).verify());
}

/// What the governance entries of a whole ledger add up to.
fn authority(book: &Book) -> Authority {
    let reader = Reader::default();
    let mut walk = Walk::begin(&reader, None, false);
    for written in &book.written {
        let looked = Looked::at(written.bytes.clone(), |_| BodyState::Closed);
        assert!(walk.step(&looked, &|_, _| DocumentState::Absent));
    }
    walk.authority().expect("entry 0 was read").clone()
}

/// Whoever asks who may sign at an entry must not be told what that entry itself decides.
#[test]
fn a_decision_counts_from_the_entry_after_it_on() {
    let mut book = staffed();
    book.add(revocation(DPO, None));
    let known = authority(&book);
    let record = known.key(&DPO.kid()).expect("a key");
    assert_eq!(record.appointment_below(Index(2)), None);
    assert_eq!(record.appointment_below(Index(3)).map(|found| found.index), Some(Index(2)));
    assert_eq!(record.revoked_below(Index(4)), None);
    assert_eq!(record.revoked_below(Index(5)).map(|found| found.index), Some(Index(4)));
    let mut book = Book::with_dpo();
    book.add(appointment(DEPUTY, &["staff"]).version(99));
    let known = authority(&book);
    assert!(!known.blind_at(Index(3)) && known.blind_at(Index(4)));
}
