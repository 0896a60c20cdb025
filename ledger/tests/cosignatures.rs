//! Cosignatures: vectors, the bytes that C2SP tlog-cosignature describes, what moves and what
//! doesn't; and the quorum of policies, rule by rule.

mod common;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{HEAD, LOG, ORIGIN, vectors};
use probity_keys::SigningKey;
use probity_ledger::format::cosignature::{
    CosignatureFault, LineFault, MAX_TIME, WitnessKey, cosign, with_lines,
};
use probity_ledger::format::hash::{RootHash, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy::{self, Policy};

const NAME: &str = "witness.example/borough";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

fn witness(seed: u8) -> WitnessKey {
    WitnessKey::new(NAME, key(seed).public()).expect("a key name")
}

fn head(size: u64) -> Checkpoint {
    let note = Checkpoint::sign(ORIGIN, Size(size), RootHash([7; 32]), &LOG.key());
    Checkpoint::parse(&note).expect("a checkpoint")
}

fn cosigned(checkpoint: &Checkpoint, seed: u8, time: u64) -> Checkpoint {
    let line = cosign(checkpoint.text(), time, NAME, &key(seed)).expect("a line");
    let note = with_lines(checkpoint, &[line]).expect("added");
    Checkpoint::parse(&note).expect("a checkpoint")
}

fn times(witness: &WitnessKey, checkpoint: &Checkpoint) -> Vec<u64> {
    witness.valid(checkpoint).iter().map(|found| found.time).collect()
}

#[test]
fn every_cosignature_vector_has_the_verdict_that_it_begins_with() {
    for vector in vectors::all("cosignature") {
        let witness = WitnessKey::parse(vector.field("vkey"));
        let found: Result<Vec<u64>, String> = match (&witness, Checkpoint::parse(&vector.content)) {
            (Err(fault), _) => Err(fault.to_string()),
            (_, Err(fault)) => Err(fault.to_string()),
            (Ok(witness), Ok(checkpoint)) => {
                let judged = witness.judge(&checkpoint).into_iter();
                judged.map(|one| one.map(|one| one.time).map_err(|why| why.to_string())).collect()
            }
        };
        match (found, &vector.refused) {
            (Ok(times), None) => {
                let times: Vec<String> = times.iter().map(u64::to_string).collect();
                assert_eq!(times.join(" "), vector.field("times"), "{}", vector.name);
            }
            (Err(found), Some(what)) => assert_eq!(&found, what, "{}", vector.name),
            (found, expected) => panic!("{}: {found:?}, expected {expected:?}", vector.name),
        }
    }
}

/// Put together by hand from the specification.
#[test]
fn the_bytes_are_those_of_the_specification() {
    use sha2::{Digest as _, Sha256};
    let checkpoint = cosigned(&head(412), 3, 1_790_000_000);
    let public = key(3).public().to_bytes();
    let id = Sha256::digest([NAME.as_bytes(), b"\n\x04", &public].concat());
    let line = checkpoint.lines().last().expect("a line");
    assert_eq!((line.name(), &line.id()[..]), (NAME, &id[..4]));
    let message = format!("cosignature/v1\ntime 1790000000\n{}", checkpoint.text());
    let signature = key(3).sign(message.as_bytes());
    let time = 1_790_000_000_u64.to_be_bytes();
    assert_eq!(line.signature(), [&time[..], &signature.0].concat());
    let data = [&[4][..], &public].concat();
    let vkey = format!("{NAME}+{}+{}", hex::encode(&id[..4]), STANDARD.encode(data));
    assert_eq!(witness(3).to_string(), vkey);
    assert_eq!(WitnessKey::parse(&vkey), Ok(witness(3)));
}

#[test]
fn a_cosignature_holds_for_one_checkpoint_one_time_and_one_witness() {
    let (one, other) = (cosigned(&head(412), 3, 1_790_000_000), head(413));
    assert_eq!(times(&witness(3), &one), [1_790_000_000]);
    assert_eq!(times(&witness(4), &one), [0; 0]);
    // Moved to another checkpoint.
    let line = one.lines().last().expect("a line");
    let moved = with_lines(&other, &[format!("{line}\n")]).expect("added");
    let moved = Checkpoint::parse(&moved).expect("a checkpoint");
    assert_eq!(witness(3).judge(&moved), [Err(CosignatureFault::Signature)]);
    // Given another time.
    let mut data = [&line.id()[..], line.signature()].concat();
    data[11] ^= 1;
    let later = format!("\u{2014} {NAME} {}\n", STANDARD.encode(data));
    let later = with_lines(&head(412), &[later]).expect("added");
    let later = Checkpoint::parse(&later).expect("a checkpoint");
    assert_eq!(witness(3).judge(&later), [Err(CosignatureFault::Signature)]);
    // Another name with the same key is another witness.
    let renamed = WitnessKey::new("other.example", key(3).public()).expect("a key name");
    assert_eq!(renamed.judge(&one), []);
}

#[test]
fn each_line_of_a_witness_is_judged() {
    let twice = cosigned(&cosigned(&head(412), 3, 1_790_000_000), 3, 1_780_000_000);
    assert_eq!(times(&witness(3), &twice), [1_790_000_000, 1_780_000_000]);
    assert_eq!(twice.verify(&LOG.log()), Ok(()));
    assert_eq!(twice.others(&LOG.log()).count(), 2);
}

#[test]
fn adding_a_line_changes_nothing_before_it_and_no_line_is_added_twice() {
    let checkpoint = head(412);
    let line = cosign(checkpoint.text(), 5, NAME, &key(3)).expect("a line");
    let note = with_lines(&checkpoint, std::slice::from_ref(&line)).expect("added");
    assert_eq!(note, [checkpoint.bytes(), line.as_bytes()].concat());
    let again = Checkpoint::parse(&note).expect("a checkpoint");
    let refused = |lines: &[String]| with_lines(&again, lines).expect_err("refused");
    assert_eq!(refused(std::slice::from_ref(&line)), LineFault::Twice);
    let new = cosign(checkpoint.text(), 6, NAME, &key(3)).expect("a line");
    assert_eq!(refused(&[new.clone(), new.clone()]), LineFault::Twice);
    let others = [
        new.trim_end().to_owned(),
        format!("{new}\n"),
        format!("\n{new}"),
        format!("{new}{new}"),
        new.replace('\u{2014}', "-"),
        new.replace(NAME, "tab\there"),
        new.replace(NAME, "bell\u{7}here"),
        String::new(),
    ];
    for other in others {
        assert_eq!(refused(std::slice::from_ref(&other)), LineFault::Form, "{other:?}");
    }
    let long = format!("\u{2014} {NAME} {}\n", "A".repeat(1 << 20));
    assert_eq!(refused(&[long]), LineFault::TooLong);
    // The longest line that fits, and one that doesn't: its name takes up what base64 can't.
    let of_length = |length: usize| {
        let left = length - "\u{2014}  \n".len();
        let name = 1 + (left - 1) % 4;
        format!("\u{2014} {} {}\n", "n".repeat(name), "A".repeat(left - name))
    };
    let room = (1 << 20) - again.bytes().len();
    let whole = with_lines(&again, &[of_length(room)]).expect("it fits");
    assert_eq!(whole.len(), 1 << 20);
    assert_eq!(refused(&[of_length(room + 1)]), LineFault::TooLong);
}

#[test]
fn a_witness_s_vkey_has_one_spelling() {
    let text = witness(3).to_string();
    for end in 0..text.len() {
        assert!(WitnessKey::parse(&text[..end]).is_err(), "{end}");
    }
    for place in 0..text.len() {
        let mut other = text.clone().into_bytes();
        other[place] = other[place].wrapping_add(1);
        let other = String::from_utf8_lossy(&other).into_owned();
        assert!(WitnessKey::parse(&other).is_err(), "{other}");
    }
    // A log's vkey is none.
    assert!(WitnessKey::parse(&LOG.log().to_string()).is_err());
    for name in ["", "a b", "a+b", "a\u{a0}b", "a\tb", "a\u{1}b"] {
        assert_eq!(WitnessKey::new(name, HEAD.public()), None, "{name:?}");
    }
    // A key name need not be an origin.
    let named = WitnessKey::new("Bezirksamt_\u{fc}ber", HEAD.public()).expect("a key name");
    assert_eq!(WitnessKey::parse(&named.to_string()), Ok(named));
}

#[test]
fn a_time_that_json_can_t_hold_is_no_time() {
    let checkpoint = head(412);
    assert!(cosign(checkpoint.text(), MAX_TIME + 1, NAME, &key(3)).is_none());
    assert_eq!(times(&witness(3), &cosigned(&checkpoint, 3, MAX_TIME)), [MAX_TIME]);
}

fn lines(more: &str) -> String {
    let vkey = |seed: u8| witness(seed).to_string();
    format!("witness a {}\nwitness b {}\nwitness c {}\n{more}\n", vkey(1), vkey(2), vkey(3))
}

fn read(more: &str) -> Policy {
    Policy::parse(lines(more).as_bytes()).unwrap_or_else(|fault| panic!("{more}: {fault}"))
}

fn met<'a>(policy: &Policy, by: impl IntoIterator<Item = &'a str>) -> bool {
    policy.is_met(&by.into_iter().collect::<BTreeSet<_>>())
}

#[test]
fn a_quorum_is_a_witness_or_a_group_by_its_number() {
    let one = read("quorum b");
    assert!(met(&one, ["b"]) && met(&one, ["a", "b"]) && !met(&one, ["a", "c"]));
    let two = read("group g 2 a b c\nquorum g");
    assert!(met(&two, ["a", "c"]) && !met(&two, ["a"]) && !met(&two, ["a", "d", "g"]));
    let all = read("group g all a b\nquorum g");
    assert!(met(&all, ["a", "b"]) && !met(&all, ["a", "c"]));
    let any = read("group g any a b\nquorum g");
    assert!(met(&any, ["b"]) && !met(&any, ["c"]));
    let nested = read("group g any a b\ngroup h all g c\nquorum h");
    assert!(met(&nested, ["b", "c"]) && !met(&nested, ["a", "b"]) && !met(&nested, ["c"]));
}

#[test]
fn without_a_quorum_any_witness_is_enough_and_without_witnesses_nothing_is() {
    let none = read("quorum none");
    assert!(met(&none, ["c"]) && !met(&none, ["d"]) && !met(&none, []));
    let empty = Policy::parse(b"quorum none").expect("a policy");
    assert!(!met(&empty, ["a"]));
}

#[test]
fn a_witness_whose_key_is_no_witness_s_stays_and_never_cosigns() {
    let log = LOG.log();
    let text = format!("witness odd {log} https://odd.example/\nquorum odd");
    let policy = Policy::parse(text.as_bytes()).expect("a policy");
    assert_eq!(policy.witnesses[0].key, None);
    assert_eq!(policy.witnesses[0].url.as_deref(), Some("https://odd.example/"));
    assert!(!met(&policy, ["odd"]));
    let none = Policy::parse(text.replace("quorum odd", "quorum none").as_bytes());
    assert!(!met(&none.expect("a policy"), ["odd"]));
}

#[test]
fn a_head_is_witnessed_from_the_time_that_completes_the_quorum() {
    let policy = read("group g 2 a b c\nquorum g");
    let of = |name: &str| policy.witnesses.iter().find(|w| w.name == name).expect("named");
    let (a, b, c) = (of("a"), of("b"), of("c"));
    assert_eq!(policy.met_at(&[(a, 30), (b, 20), (c, 10)]), Some(20));
    assert_eq!(policy.met_at(&[(a, 30), (a, 10), (b, 20)]), Some(20));
    assert_eq!(policy.met_at(&[(a, 10), (a, 20)]), None);
    assert_eq!(policy.met_at(&[]), None);
}

#[test]
fn the_lines_on_a_note_are_found_by_the_policy() {
    let policy = read("group g 2 a b c\nquorum g");
    let note = cosigned(&cosigned(&cosigned(&head(9), 1, 70), 9, 80), 2, 90);
    let found: Vec<(&str, u64)> =
        policy.cosigned(&note).iter().map(|(w, time)| (w.name.as_str(), *time)).collect();
    assert_eq!(found, [("a", 70), ("b", 90)]);
    assert_eq!(policy.met_at(&policy.cosigned(&note)), Some(90));
}

#[test]
fn the_policy_of_a_ledger_names_its_log_and_its_witnesses_without_addresses() {
    let own = lines("group g 2 a b c\nquorum g").replacen('\n', " https://a.example/\n", 1);
    let own = Policy::parse(own.as_bytes()).expect("a policy");
    assert_eq!(own.witnesses[0].url.as_deref(), Some("https://a.example/"));
    let text = policy::for_ledger(&LOG.log(), &own);
    let expected = format!("log {}\n{}", LOG.log(), lines("group g 2 a b c\nquorum g"));
    assert_eq!(text, expected);
    let read = Policy::parse(text.as_bytes()).expect("a policy");
    assert_eq!((read.groups, read.quorum), (own.groups, own.quorum));
}
