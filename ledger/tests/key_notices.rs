//! Notices about keys: vectors that were made by others' libraries, and the notices that are
//! written.

mod common;

use common::vectors;
use probity_keys::{PublicKey, SigningKey};
use probity_ledger::format::entry::Entry;
use probity_ledger::format::key_notice::{
    MAX_NOTICE, MAX_REASON, Notice, NoticeFault, SignedNotice, What,
};
use probity_ledger::format::statement::Statement;

const NOW: i64 = 1_790_000_000;

#[test]
fn every_notice_vector_has_the_verdict_that_it_begins_with() {
    let mut wrong = Vec::new();
    for vector in vectors::all("key-notice") {
        let signer = PublicKey::from_bytes(&vector.hash("signer")).expect("a key");
        let found = SignedNotice::parse(&vector.content).map_err(|fault| fault.to_string());
        let found = found.and_then(|notice| {
            notice.verify(&signer).map_err(|fault| fault.to_string())?;
            Ok(notice)
        });
        match (found, &vector.refused) {
            (Ok(notice), None) => {
                // One spelling: what it says comes to the same bytes.
                assert_eq!(notice.says().signer, signer.kid(), "{}", vector.name);
                let again = notice.says().to_bytes(notice.signature());
                assert!(again == vector.content && notice.bytes() == again, "{}", vector.name);
            }
            (Err(found), Some(what)) if &found == what => {}
            (found, expected) => wrong.push(format!(
                "{}: {:?}, expected {expected:?}",
                vector.name,
                found.map(|notice| notice.says().clone())
            )),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn notice() -> Notice {
    let kid = SigningKey::from_seed([1; 32]).public().kid();
    Notice {
        kid,
        what: What::Suspect,
        suspect_since: Some(NOW - 86_400),
        reason: Some("the laptop was stolen".to_owned()),
        signer: kid,
        time: NOW,
    }
}

fn signed(notice: &Notice) -> Vec<u8> {
    notice.to_bytes(&SigningKey::from_seed([1; 32]).sign(&notice.to_sign()))
}

#[test]
fn a_notice_says_what_it_was_made_of_and_is_nothing_else() {
    let longest = "\u{2019}".repeat(MAX_REASON / 3);
    for (what, since, reason) in [
        (What::Suspect, Some(0), Some("a reason")),
        (What::Suspect, None, None),
        (What::Lost, Some(NOW), Some(longest.as_str())),
        (What::Replaced, None, None),
    ] {
        let said =
            Notice { what, suspect_since: since, reason: reason.map(str::to_owned), ..notice() };
        assert_eq!(said.check(), Ok(()));
        let bytes = signed(&said);
        assert!(bytes.len() <= MAX_NOTICE);
        let read = SignedNotice::parse(&bytes).expect("it is one");
        assert_eq!(read.says(), &said);
        assert!(read.verify(&SigningKey::from_seed([1; 32]).public()).is_ok());
        assert!(read.verify(&SigningKey::from_seed([2; 32]).public()).is_err());
        assert!(Entry::parse(&bytes).is_err() && Statement::parse(&bytes).is_err());
    }
    for said in [
        Notice { what: What::Replaced, ..notice() },
        Notice { suspect_since: Some(NOW + 1), ..notice() },
    ] {
        assert!(said.check().is_err() && SignedNotice::parse(&signed(&said)).is_err());
    }
}

#[test]
fn a_notice_has_4096_bytes_at_most() {
    let too_large =
        |length| matches!(SignedNotice::parse(&vec![0; length]), Err(NoticeFault::TooLarge { .. }));
    assert!(!too_large(MAX_NOTICE) && too_large(MAX_NOTICE + 1));
}

#[test]
fn no_bit_of_a_notice_can_be_changed() {
    let bytes = signed(&notice());
    let key = SigningKey::from_seed([1; 32]).public();
    for at in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[at / 8] ^= 1 << (at % 8);
        let taken = SignedNotice::parse(&changed).is_ok_and(|one| one.verify(&key).is_ok());
        assert!(!taken, "bit {at}");
    }
    for end in 0..bytes.len() {
        assert!(SignedNotice::parse(&bytes[..end]).is_err(), "cut at {end}");
    }
}
