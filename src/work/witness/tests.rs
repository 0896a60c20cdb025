//! A witness on a disk that forgets: whatever fails, and whenever, no head is cosigned that
//! contradicts one whose cosignature left. And what each answer leaves behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use probity_keys::SigningKey;
use probity_ledger::format::cosignature::WitnessKey;
use probity_ledger::format::hash::{EntryHash, RootHash, Size};
use probity_ledger::format::note::{Checkpoint, VerifierKey};
use probity_ledger::format::submission::Submission;
use probity_ledger::format::tree::{Leaves, consistency, leaf_hash, root_of};

use super::folder::{self, Against, Folder};
use super::{Answer, Cosigned, Refusal, Witness};
use crate::store::barrier::Barrier;
use crate::store::disk::Disk;
use crate::store::tests::faulty::{Fault, Faulty};
use crate::store::tests::simulated::{Simulated, Survives};
use crate::work::{WorkError, World};

const ORIGIN: &str = "hill.example/records";
const PLACE: &str = "/srv/council/witness";

fn log_key() -> SigningKey {
    SigningKey::from_seed([9; 32])
}

fn log() -> VerifierKey {
    VerifierKey::new(ORIGIN, log_key().public())
}

fn own() -> (SigningKey, WitnessKey) {
    let key = SigningKey::from_seed([3; 32]);
    let own = WitnessKey::new("borough.example", key.public()).expect("a name");
    (key, own)
}

/// The leaves of one history: the first three are those of every other one.
fn leaves(history: &str, size: u64) -> Vec<EntryHash> {
    let leaf = |n: u64| if n < 3 { format!("{n}") } else { format!("{history} {n}") };
    (0..size).map(|n| leaf_hash(leaf(n).as_bytes())).collect()
}

fn head(history: &str, size: u64) -> Checkpoint {
    let root = root_of(&leaves(history, size));
    let note = Checkpoint::sign(ORIGIN, Size(size), root, &log_key());
    Checkpoint::parse(&note).expect("a checkpoint")
}

fn request(history: &str, old: u64, size: u64) -> Vec<u8> {
    let all = leaves(history, size);
    let proof = consistency(&Leaves(&all), Size(old), Size(size)).expect("a proof");
    Submission { old: Size(old), proof, checkpoint: head(history, size) }.to_bytes()
}

/// A witness on a disk, with one ledger to look after; all of it on the medium.
fn begin(disk: &Arc<dyn Disk>) -> Result<(), WorkError> {
    let folder = Folder::on(PathBuf::from(PLACE), Arc::clone(disk));
    let (key, own) = own();
    let pem = probity_keys::log_key_to_pem(&key);
    folder.create(&folder::config(&own, true), &pem)?;
    folder.add(&log()).map(drop)
}

fn open(disk: &Arc<dyn Disk>) -> Result<Witness, WorkError> {
    let folder = Folder::on(PathBuf::from(PLACE), Arc::clone(disk));
    Witness::open(&World::real(), folder, "a test", true, |_| panic!("no passphrase is needed"))
}

fn on(disk: &Simulated) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

fn begun() -> Simulated {
    let disk = Simulated::new();
    begin(&on(&disk)).expect("a witness");
    disk.after_power_failure(Survives::Nothing)
}

fn cosigned(witness: &Witness, request: &[u8]) -> Cosigned {
    match witness.answer(&World::real(), request).expect("a sound disk") {
        Answer::Cosigned(cosigned) => cosigned,
        Answer::Refused(refusal) => panic!("{refusal}"),
    }
}

fn refused(witness: &Witness, request: &[u8]) -> Refusal {
    match witness.answer(&World::real(), request).expect("a sound disk") {
        Answer::Cosigned(cosigned) => panic!("cosigned {}", cosigned.size),
        Answer::Refused(refusal) => refusal,
    }
}

#[test]
fn what_extends_is_cosigned_and_nothing_else() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    let first = cosigned(&witness, &request("one", 0, 5));
    assert_eq!((first.before, first.size), (Size(0), Size(5)));
    let note = Checkpoint::parse(&first.note).expect("a checkpoint");
    assert_eq!(note.verify(&log()), Ok(()));
    assert_eq!(own().1.valid(&note).len(), 1);
    let again = cosigned(&witness, &request("one", 5, 5));
    assert!(again.time >= first.time);
    let next = cosigned(&witness, &request("one", 5, 9));
    assert_eq!((next.before, next.size), (Size(5), Size(9)));
    // Another size than the last one, behind, before or from the beginning.
    for (old, size) in [(5, 9), (0, 9), (0, 12), (8, 12), (5, 5), (0, 3)] {
        let found = refused(&witness, &request("one", old, size));
        let (old, size) = (Size(old), Size(size));
        assert_eq!(found, Refusal::Elsewhere { seen: Size(9), old, size });
    }
    drop(witness);
    let witness = open(&on(&disk)).expect("opened again");
    assert_eq!(cosigned(&witness, &request("one", 9, 12)).before, Size(9));
}

#[test]
fn a_rewritten_history_is_refused_and_both_signed_heads_are_kept() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    cosigned(&witness, &request("one", 0, 3));
    cosigned(&witness, &request("one", 3, 7));
    let same_size = request("other", 3, 7);
    let Refusal::Rewritten { size: Size(7), kept: Some(kept) } = refused(&witness, &same_size)
    else {
        panic!("two roots for one size");
    };
    let read = |path: &Path| on(&disk).read(path, 1 << 20).expect("kept");
    assert_eq!(read(&kept), same_size);
    let seen = Checkpoint::parse(&read(&kept.with_extension("seen"))).expect("a checkpoint");
    assert_eq!((seen.verify(&log()), seen.text()), (Ok(()), head("one", 7).text()));
    // The same once more adds nothing.
    refused(&witness, &same_size);
    let kept = |against| witness.folder().proofs(ORIGIN, against).expect("listed").len();
    assert_eq!((kept(Against::Rewritten), kept(Against::Unproven)), (1, 0));
    let further = refused(&witness, &request("other", 7, 11));
    assert!(matches!(further, Refusal::Inconsistent { seen: Size(7), kept: Some(_), .. }));
    assert_eq!((kept(Against::Rewritten), kept(Against::Unproven)), (1, 1));
    // Nothing of it goes on, until somebody has put the proof elsewhere.
    let Refusal::Proven { proof, .. } = refused(&witness, &request("one", 7, 11)) else {
        panic!("a proof is kept");
    };
    assert!(proof.ends_with(".rewritten"), "{proof}");
}

#[test]
fn proofs_that_say_nothing_new_don_t_fill_the_disk() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    cosigned(&witness, &request("one", 0, 7));
    // Anybody who has a newer head can send it with hashes that prove nothing.
    for number in 0..20_u8 {
        let proof = vec![[number; 32]; 3];
        let other = Submission { old: Size(7), proof, checkpoint: head("one", 9) }.to_bytes();
        assert!(matches!(refused(&witness, &other), Refusal::Inconsistent { .. }));
    }
    for number in 0..70 {
        let other = request(&format!("history {number}"), 3, 7);
        assert!(matches!(refused(&witness, &other), Refusal::Rewritten { .. }));
    }
    let kept = |against| witness.folder().proofs(ORIGIN, against).expect("listed").len();
    assert_eq!((kept(Against::Rewritten), kept(Against::Unproven)), (64, 16));
}

#[test]
fn what_no_known_log_signed_is_refused_and_leaves_nothing() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    let by = |origin: &str, seed: u8| {
        let key = SigningKey::from_seed([seed; 32]);
        let note = Checkpoint::sign(origin, Size(3), RootHash([5; 32]), &key);
        let checkpoint = Checkpoint::parse(&note).expect("a checkpoint");
        Submission { old: Size(0), proof: Vec::new(), checkpoint }.to_bytes()
    };
    let before = disk.files(&Path::new(PLACE).join("ledgers"));
    let unknown = refused(&witness, &by("dale.example/records", 9));
    assert_eq!(unknown, Refusal::UnknownLedger("dale.example/records".to_owned()));
    assert_eq!(refused(&witness, &by(ORIGIN, 8)), Refusal::NotSigned(ORIGIN.to_owned()));
    assert!(matches!(refused(&witness, b"old 0\n"), Refusal::Unreadable(_)));
    // A proof where there can be none, and an empty tree with a root.
    let proof = Submission { proof: vec![[1; 32]], ..first() };
    assert!(matches!(refused(&witness, &proof.to_bytes()), Refusal::Inconsistent { .. }));
    let ahead = Submission { old: Size(2), ..first() };
    assert!(matches!(refused(&witness, &ahead.to_bytes()), Refusal::Elsewhere { .. }));
    let note = Checkpoint::sign(ORIGIN, Size(0), RootHash([5; 32]), &log_key());
    let empty = Checkpoint::parse(&note).expect("a checkpoint");
    let empty = Submission { checkpoint: empty, ..first() };
    assert!(matches!(refused(&witness, &empty.to_bytes()), Refusal::Inconsistent { .. }));
    assert_eq!(disk.files(&Path::new(PLACE).join("ledgers")), before);
}

fn first() -> Submission {
    Submission { old: Size(0), proof: Vec::new(), checkpoint: head("one", 3) }
}

#[test]
fn a_new_log_key_signs_from_the_day_it_is_added() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    cosigned(&witness, &request("one", 0, 3));
    let next = SigningKey::from_seed([8; 32]);
    let root = root_of(&leaves("one", 3));
    let note = Checkpoint::sign(ORIGIN, Size(3), root, &next);
    let checkpoint = Checkpoint::parse(&note).expect("a checkpoint");
    let request = Submission { old: Size(3), proof: Vec::new(), checkpoint }.to_bytes();
    assert_eq!(refused(&witness, &request), Refusal::NotSigned(ORIGIN.to_owned()));
    let log = VerifierKey::new(ORIGIN, next.public());
    assert!(witness.folder().add(&log).expect("added"));
    assert!(!witness.folder().add(&log).expect("there already"));
    cosigned(&witness, &request);
}

#[test]
fn the_time_of_a_cosignature_never_goes_back() {
    let disk = begun();
    let folder = Folder::on(PathBuf::from(PLACE), on(&disk));
    let world = World::real().with_clock(|| 1_790_000_000);
    let witness = Witness::open(&world, folder, "a test", false, |_| panic!("unattended"));
    let witness = witness.expect("opened");
    let at = |now: fn() -> i64, old, size| {
        let world = World::real().with_clock(now);
        witness.answer(&world, &request("one", old, size)).expect("a sound disk")
    };
    let time = |answer| match answer {
        Answer::Cosigned(cosigned) => cosigned.time,
        Answer::Refused(refusal) => panic!("{refusal}"),
    };
    assert_eq!(time(at(|| 1_790_000_000, 0, 3)), 1_790_000_000);
    assert_eq!(time(at(|| 1_789_999_800, 3, 4)), 1_790_000_000, "a little behind");
    let behind = at(|| 1_789_999_000, 4, 5);
    assert!(matches!(behind, Answer::Refused(Refusal::Clock { .. })), "{behind:?}");
    assert_eq!(time(at(|| 1_790_000_001, 4, 5)), 1_790_000_001);
}

#[test]
fn a_clock_that_went_far_ahead_is_refused_until_somebody_confirms_it() {
    const DAY: i64 = 86_400;
    let disk = begun();
    let at = |now: fn() -> i64| World::real().with_clock(now);
    let opened = |world: &World, confirmed| {
        let folder = Folder::on(PathBuf::from(PLACE), on(&disk));
        Witness::open(world, folder, "a test", confirmed, |_| panic!("no passphrase is needed"))
    };
    let first = at(|| 1_790_000_000);
    let month = at(|| 1_790_000_000 + 29 * DAY);
    let later = at(|| 1_790_000_000 + 80 * DAY);
    // A new witness has nothing to compare its clock with.
    let witness = opened(&first, false).expect("opened");
    let Answer::Cosigned(_) = witness.answer(&first, &request("one", 0, 3)).expect("sound") else {
        panic!("not cosigned");
    };
    // While it runs.
    let ahead = witness.answer(&later, &request("one", 3, 4)).expect("a sound disk");
    assert!(matches!(ahead, Answer::Refused(Refusal::Ahead { .. })), "{ahead:?}");
    drop(witness);
    // When it begins.
    let refused = opened(&later, false).err().expect("refused");
    assert!(refused.to_string().contains("more than 30 days after the newest cosignature"));
    assert!(refused.hint().is_some_and(|hint| hint.contains("--confirm-date")));
    drop(opened(&month, false).expect("within a month"));
    let witness = opened(&later, true).expect("confirmed");
    let Answer::Cosigned(found) = witness.answer(&later, &request("one", 3, 4)).expect("sound")
    else {
        panic!("not cosigned");
    };
    assert_eq!(found.time, 1_790_000_000 + 80 * 86_400);
    drop(witness);
    // A time that lies ahead stops its own ledger, and says nothing of the clock.
    let witness = opened(&month, false).expect("opened");
    let behind = witness.answer(&month, &request("one", 4, 5)).expect("a sound disk");
    assert!(matches!(behind, Answer::Refused(Refusal::Clock { .. })), "{behind:?}");
}

#[test]
fn one_process_signs_for_a_witness() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    assert!(open(&on(&disk)).is_err());
    drop(witness);
    open(&on(&disk)).expect("opened");
}

#[test]
fn a_state_that_is_no_cosigned_head_stops_that_ledger() {
    let disk = begun();
    let witness = open(&on(&disk)).expect("opened");
    cosigned(&witness, &request("one", 0, 3));
    let ledgers = Path::new(PLACE).join("ledgers");
    let seen = disk
        .files(&ledgers)
        .into_keys()
        .find(|name| Path::new(name).extension().is_some_and(|end| end == "seen"));
    let seen = ledgers.join(seen.expect("a head was kept"));
    for other in [head("other", 3).bytes(), b"".as_slice()] {
        on(&disk).replace(&seen, other, None).expect("written");
        assert!(witness.answer(&World::real(), &request("one", 3, 4)).is_err());
    }
}

/// One life on a disk that may fail: cosignatures that left.
fn live(disk: &Arc<dyn Disk>, history: &str, left: &mut Vec<Vec<u8>>) -> Result<(), WorkError> {
    let witness = open(disk)?;
    for size in [4, 6] {
        let seen = witness.folder().seen(ORIGIN, &own().1)?;
        let old = seen.map_or(0, |(seen, _)| seen.size.0);
        if old >= size {
            continue;
        }
        if let Answer::Cosigned(cosigned) =
            witness.answer(&World::real(), &request(history, old, size))?
        {
            left.push(cosigned.note);
        }
    }
    Ok(())
}

/// No two cosigned heads contradict each other.
fn consistent(left: &[Vec<u8>]) -> Result<(), String> {
    let heads: Vec<Checkpoint> =
        left.iter().map(|note| Checkpoint::parse(note).expect("a checkpoint")).collect();
    let of = |history: &str| {
        heads.iter().all(|found| found.text() == head(history, found.size.0).text())
    };
    if of("one") || of("other") {
        Ok(())
    } else {
        Err(format!("{} heads of two histories", heads.len()))
    }
}

/// The power fails at every change of one life, then another life cosigns another history.
fn explore(ignored: Option<Barrier>) -> Result<u64, String> {
    let begun = begun();
    for at in 0.. {
        let disk = begun.after_power_failure(Survives::Everything).ignoring(ignored);
        let faulty = Faulty::new(on(&disk));
        faulty.arm(Fault::Power, at);
        let mut left = Vec::new();
        let ended = live(&(Arc::new(faulty.clone()) as _), "one", &mut left);
        let struck = faulty.heal();
        assert!(struck || ended.is_ok(), "a sound disk");
        for survives in
            [Survives::Nothing, Survives::Everything, Survives::Lengths, Survives::Some(at)]
        {
            let after = disk.after_power_failure(survives);
            let mut left = left.clone();
            live(&on(&after), "other", &mut left)
                .map_err(|error| format!("change {at}, {survives:?}: {error}"))?;
            consistent(&left).map_err(|why| format!("change {at}, {survives:?}: {why}"))?;
        }
        if !struck {
            return Ok(at);
        }
    }
    Ok(0)
}

#[test]
fn wherever_the_power_fails_no_two_histories_are_cosigned() {
    let changes = explore(None).unwrap_or_else(|why| panic!("{why}"));
    assert!(changes > 10, "the power failed {changes} times");
}

#[test]
fn without_any_one_barrier_a_witness_forgets() {
    for barrier in [Barrier::Witness, Barrier::WitnessName] {
        let why = explore(Some(barrier)).expect_err("something breaks");
        println!("{barrier:?}: {why}");
    }
    // The folder of a new witness, whose key somebody was given.
    let gone = |ignored| {
        let disk = Simulated::new().ignoring(ignored);
        begin(&on(&disk)).expect("a witness");
        open(&on(&disk.after_power_failure(Survives::Nothing))).is_err()
    };
    assert!(!gone(None), "it is there");
    assert!(gone(Some(Barrier::WitnessFolder)), "it is gone");
}
