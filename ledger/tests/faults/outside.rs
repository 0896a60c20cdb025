//! Outside evidence: what each rule of step 9c refuses, what cosignatures and tokens are worth,
//! and what a ledger's own home keeps of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_keys::SigningKey;
use probity_ledger::book::clear::ClearFields;
use probity_ledger::book::fault::Code;
use probity_ledger::format::cosignature::{WitnessKey, cosign};
use probity_ledger::format::hash::{Index, RootHash, Sha256Hash, Size};
use probity_ledger::format::note::{Checkpoint, head_text};
use probity_ledger::format::tree::{self, Leaves};
use probity_ledger::verify;
use probity_ledger::verify::kept::{Form, Kept};
use probity_ledger::verify::ledger::{DocumentState, Reader, Walk};
use probity_ledger::verify::look::{BodyState, Looked};
use probity_ledger::verify::times::consistency_file;
use probity_ledger::verify::verdict::{ExistedBy, NotBefore, Verdict, Worth};

use crate::common::bundle::{self, Bundle};
use crate::common::bundle_vector::Brings;
use crate::common::tsa::{self, Stamp};
use crate::common::{
    Book, DPO, HEAD, Holder, LOG, ORIGIN, OTHER_LOG, START, anchor, intact, log_key, not_genuine,
    note, revocation,
};

/// A council's witness, and a governor's.
const COUNCIL: (&str, Holder) = ("council.example/witness", Holder(31));
const GOVERNOR: (&str, Holder) = ("governor.example", Holder(32));
const LATER: i64 = START + 100_000;

fn text(book: &Book, size: u64) -> String {
    head_text(ORIGIN, Size(size), book.root(size))
}

fn line((name, holder): (&str, Holder), book: &Book, size: u64, time: i64) -> String {
    cosign(&text(book, size), time.unsigned_abs(), name, &holder.key()).expect("a cosignature")
}

/// The log's checkpoint with these lines behind its own.
fn cosigned(book: &Book, size: u64, lines: &[String]) -> Vec<u8> {
    [bundle::checkpoint(book, size, LOG), lines.concat().into_bytes()].concat()
}

fn vkey((name, holder): (&str, Holder)) -> String {
    WitnessKey::new(name, holder.public()).expect("a key name").to_string()
}

fn policy(witnesses: &[(&str, Holder)], rest: &str) -> Vec<u8> {
    let lines =
        (1..).zip(witnesses).map(|(n, witness)| format!("witness w{n} {}\n", vkey(*witness)));
    format!("{}{rest}\n", lines.collect::<String>()).into_bytes()
}

fn stamp(book: &Book, size: u64, time: &str) -> Vec<u8> {
    Stamp::new(text(book, size).as_bytes(), time).make()
}

fn consistency(book: &Book, old: u64, new: u64) -> String {
    let hashes = book.hashes();
    let leaves = &hashes[..usize::try_from(new).expect("small")];
    consistency_file(&tree::consistency(&Leaves(leaves), Size(old), Size(new)).expect("a proof"))
}

/// A bundle of everything with the head of `size` entries in it.
fn with_head(book: &Book, size: u64) -> Bundle {
    let bundle = bundle::whole(book).put(&at(size, "txt"), text(book, size));
    if size == book.len() {
        return bundle;
    }
    bundle.put(&at(size, "consistency"), consistency(book, size, book.len()))
}

fn at(size: u64, name: &str) -> String {
    format!("data/times/{size}.{name}")
}

fn roots() -> Vec<u8> {
    tsa::pem(&[&tsa::root()])
}

fn trusting() -> Brings {
    Brings { policy: policy(&[COUNCIL], "quorum w1"), tsa_roots: roots(), ..Brings::default() }
}

/// The same school with an anchor to evidence at its end.
fn anchored(evidence: &[u8], size: u64) -> Book {
    let mut book = Book::school();
    let evidence = Sha256Hash::of(evidence);
    book.add(anchor(size).clear(&ClearFields::Anchor { size: Size(size), evidence }));
    book.add(note(HEAD, "headteacher"));
    book
}

fn states(verdict: &Verdict) -> Vec<(&str, &str, Worth)> {
    verdict.outside.iter().map(|one| (one.file.as_str(), one.by.as_str(), one.state)).collect()
}

fn refused(bundle: &Bundle) {
    not_genuine(&bundle.verify(), Code::Times, None);
}

#[test]
fn heads_that_the_bundle_extends() {
    let book = Book::school();
    for size in 2..=book.len() {
        let verdict = with_head(&book, size).verify();
        intact(&verdict);
        assert!(verdict.outside.is_empty() && verdict.existed_by.is_empty());
    }
}

#[test]
fn sizes_outside_of_the_bundle() {
    let book = Book::school();
    for size in [0, 1, 9, (1 << 53) - 1] {
        refused(&bundle::whole(&book).put(&at(size, "txt"), "x"));
    }
    // A head of one entry confirms nothing that the fingerprint doesn't, however it is proven.
    let verdict = with_head(&book, 1).verify();
    not_genuine(&verdict, Code::Times, None);
    let fault = verdict.fault.expect("named");
    assert_eq!(fault.what, "the size of a head under `data/times/`");
    assert_eq!((&*fault.found, &*fault.expected), ("1", "2 to 8"));
}

#[test]
fn heads_of_another_text() {
    let book = Book::school();
    let verdict = with_head(&book, 5).without(&at(5, "txt")).verify();
    not_genuine(&verdict, Code::Times, None);
    assert_eq!(verdict.fault.expect("named").what, "`data/times/5.txt`");
    for other in [
        text(&book, 4),
        text(&book, 5).replace(ORIGIN, "example.org/other"),
        text(&book, 5) + "more\n",
        text(&book, 5).trim_end().to_owned(),
        text(&book, 5).replace("\n5\n", "\n05\n"),
    ] {
        refused(&with_head(&book, 5).put(&at(5, "txt"), other));
    }
    let other = head_text(ORIGIN, Size(8), RootHash([7; 32]));
    refused(&with_head(&book, 8).put(&at(8, "txt"), other));
}

#[test]
fn proofs_that_prove_nothing() {
    let book = Book::school();
    refused(&with_head(&book, 5).without(&at(5, "consistency")));
    refused(&with_head(&book, 5).put(&at(5, "consistency"), ""));
    refused(&with_head(&book, 5).put(&at(5, "consistency"), consistency(&book, 4, 8)));
    let proof = consistency(&book, 5, 8);
    refused(&with_head(&book, 5).put(&at(5, "consistency"), proof.trim_end()));
    refused(&with_head(&book, 5).put(&at(5, "consistency"), proof.clone() + &proof));
    refused(&with_head(&book, 5).put(&at(5, "consistency"), proof.repeat(30)));
    refused(&with_head(&book, 8).put(&at(8, "consistency"), proof));
    // The head that the school once had, but with another root: rewritten since.
    let other = head_text(ORIGIN, Size(5), RootHash([7; 32]));
    refused(&with_head(&book, 5).put(&at(5, "txt"), other));
}

#[test]
fn notes_of_another_head_or_signature() {
    let book = Book::school();
    let put = |note: Vec<u8>| with_head(&book, 5).put(&at(5, "1.note"), note);
    intact(&put(bundle::checkpoint(&book, 5, LOG)).verify());
    refused(&put(bundle::checkpoint(&book, 4, LOG)));
    refused(&put(bundle::checkpoint(&book, 5, OTHER_LOG)));
    refused(&put(b"none".to_vec()));
    let lone = format!("{}\n{}", text(&book, 5), line(COUNCIL, &book, 5, LATER));
    refused(&put(lone.into_bytes()));
    let mut changed = Book::school();
    changed.add(log_key(OTHER_LOG));
    let by_new = bundle::checkpoint(&changed, 8, OTHER_LOG);
    let bundle = bundle::of(&changed, 9, &(0..9).collect::<Vec<u64>>(), OTHER_LOG)
        .put(&at(8, "txt"), text(&changed, 8))
        .put(&at(8, "consistency"), consistency(&changed, 8, 9));
    refused(&bundle.clone().put(&at(8, "1.note"), by_new));
    intact(&bundle.put(&at(8, "1.note"), bundle::checkpoint(&changed, 8, LOG)).verify());
}

#[test]
fn files_that_have_no_place() {
    let bundle = || with_head(&Book::school(), 5);
    for name in ["note", "tsr", "0.tsr", "01.tsr", "1.txt", "1.1.tsr", "1.tsq", "TXT", ""] {
        let verdict = bundle().put(&at(5, name), "x").verify();
        not_genuine(&verdict, Code::Container, None);
    }
    not_genuine(&bundle().put("data/times/05.txt", "x").verify(), Code::Container, None);
}

/// Else a bundle of a few megabytes keeps whoever verifies it busy with lines that nobody needs.
#[test]
fn all_notes_together_have_a_most_of_lines() {
    let found = |lines: [usize; 2]| {
        let book = Book::school();
        let note = |lines: usize| "\n".repeat(lines + 4);
        let bundle = with_head(&book, 5)
            .put(&at(5, "1.note"), note(lines[0]))
            .put(&at(5, "2.note"), note(lines[1]));
        let verdict = verify::bundle::verify(&bundle.seal(), &Reader::default());
        not_genuine(&verdict, Code::Times, None);
        verdict.fault.expect("named").found
    };
    assert_ne!(found([40_000, 60_000]), "too many signature lines");
    assert_eq!(found([40_001, 60_000]), "too many signature lines");
    assert_eq!(found([70_000, 60_000]), "too many signature lines");
}

/// A bundle names its own witnesses, so that it could have any number of lines judged: equal ones are
/// one, and of the others no more are judged than there is room for.
#[test]
fn more_than_is_judged() {
    let book = Book::school();
    let school = format!("log {}\nwitness g {}\nquorum none\n", LOG.log(), vkey(GOVERNOR));
    let good = line(GOVERNOR, &book, 5, LATER);
    let blob = |more: u16| {
        let id = WitnessKey::new(GOVERNOR.0, GOVERNOR.1.public()).expect("a key name").id();
        let blob = STANDARD.encode([&id[..], &more.to_be_bytes()].concat());
        format!("\u{2014} {} {blob}\n", GOVERNOR.0)
    };
    let with = |lines: Vec<String>| {
        with_head(&book, 5)
            .put("data/policy.txt", school.clone())
            .put(&at(5, "1.note"), cosigned(&book, 5, &lines))
    };
    let equal = with(vec![good.clone(); 3]).verify();
    intact(&equal);
    assert_eq!(states(&equal), [("data/times/5.1.note", GOVERNOR.0, Worth::Claimed)]);
    assert!(equal.unjudged.is_empty(), "{:?}", equal.unjudged);

    // So large that the other verifiers make their own.
    let unkept = |bundle: Bundle| verify::bundle::verify(&bundle.seal(), &Reader::default());
    let many = with((0..1_030).map(blob).chain([good.clone()]).collect());
    let many = unkept(many);
    intact(&many);
    assert_eq!(many.outside.len(), 1_024);
    assert_eq!(many.unjudged, ["7 pieces of outside evidence, more than are judged"]);

    let mut all = with_head(&book, 5).put("data/policy.txt", school.clone());
    for note in 1..=11 {
        let lines: Vec<String> = (0..1_000).map(blob).collect();
        all = all.put(&at(5, &format!("{note}.note")), cosigned(&book, 5, &lines));
    }
    all = all.put(&at(5, "1.tsr"), "x");
    let all = unkept(all);
    intact(&all);
    assert_eq!(all.outside.len(), 10_000);
    assert_eq!(all.unjudged, ["1001 pieces of outside evidence, more than are judged"]);
}

/// By the reader's witness, by one that only the bundle names, by nobody known.
#[test]
fn cosignatures() {
    let book = Book::school();
    let lines = [
        line(COUNCIL, &book, 8, LATER + 5),
        line(COUNCIL, &book, 8, LATER),
        line(GOVERNOR, &book, 8, LATER + 7),
        line(("unknown.example", Holder(33)), &book, 8, LATER),
        // Moved here from another head.
        line(COUNCIL, &book, 7, LATER),
    ];
    let proofs = |bundle: Bundle, checkpoint: &[u8]| {
        (0..8).fold(bundle, |bundle, index| {
            bundle.change(&bundle::proof_path(index), |bytes| {
                let cut = bytes.windows(2).position(|two| two == b"\n\n").expect("a proof") + 2;
                bytes.truncate(cut);
                bytes.extend_from_slice(checkpoint);
            })
        })
    };
    let checkpoint = cosigned(&book, 8, &lines);
    let school = format!("log {}\nwitness g {}\nquorum none\n", LOG.log(), vkey(GOVERNOR));
    let bundle = proofs(bundle::whole(&book), &checkpoint)
        .put("data/checkpoint", checkpoint)
        .put("data/policy.txt", school);
    let nobody = bundle.verify();
    intact(&nobody);
    let here = "data/checkpoint";
    assert_eq!(states(&nobody), [(here, GOVERNOR.0, Worth::Claimed)]);
    assert!(nobody.existed_by.is_empty() && nobody.witnessed.is_empty());
    assert!(nobody.unjudged[0].starts_with("4 signature lines"), "{:?}", nobody.unjudged);

    let verdict = bundle.verify_with(&trusting());
    intact(&verdict);
    let council = (here, COUNCIL.0, Worth::Trusted);
    let wrong = (here, COUNCIL.0, Worth::Invalid);
    assert_eq!(states(&verdict), [council, council, (here, GOVERNOR.0, Worth::Claimed), wrong]);
    assert_eq!(verdict.existed_by, [ExistedBy { below: Size(8), time: LATER }], "the earliest");
    assert_eq!((verdict.witnessed[0].size, verdict.witnessed[0].time), (Size(8), LATER));
    assert!(!verdict.list_of_another);

    // Both are wanted: then the later of their earliest times.
    let both = policy(&[COUNCIL, GOVERNOR], "group both all w1 w2\nquorum both");
    let verdict = bundle.verify_with(&Brings { policy: both, ..Brings::default() });
    assert_eq!(verdict.existed_by, [ExistedBy { below: Size(8), time: LATER + 7 }]);
    // A policy for another log, and one without witnesses, confirm nothing.
    let mut other = format!("log {}\n", OTHER_LOG.log()).into_bytes();
    other.extend(policy(&[COUNCIL], "quorum w1"));
    for (policy, of_another) in [(other.clone(), true), (b"quorum none\n".to_vec(), false)] {
        let verdict = bundle.verify_with(&Brings { policy, ..Brings::default() });
        intact(&verdict);
        assert!(verdict.witnessed.is_empty() && verdict.existed_by.is_empty());
        assert_eq!(verdict.list_of_another, of_another);
    }
    // Where nobody on it signed anything, whose record book it is for isn't what is lacking.
    let unsigned = bundle::whole(&book).verify_with(&Brings { policy: other, ..Brings::default() });
    assert!(!unsigned.list_of_another);
}

/// A key that signs entries, or heads, is nobody outside.
#[test]
fn witnesses_that_are_not_outside() {
    let book = Book::school();
    for holder in [HEAD, DPO, LOG] {
        let inside = ("inside.example", holder);
        let note = cosigned(&book, 5, &[line(inside, &book, 5, LATER)]);
        let brings = Brings { policy: policy(&[inside], "quorum w1"), ..Brings::default() };
        let verdict = with_head(&book, 5).put(&at(5, "1.note"), note).verify_with(&brings);
        intact(&verdict);
        assert_eq!(states(&verdict), [("data/times/5.1.note", inside.0, Worth::Invalid)]);
        assert!(verdict.existed_by.is_empty());
    }
}

#[test]
fn tokens() {
    let book = Book::school();
    let good = stamp(&book, 5, "20261121140200Z");
    let mut altered = good.clone();
    *altered.last_mut().expect("a signature") ^= 1;
    let expired = {
        let text = text(&book, 5);
        Stamp::new(text.as_bytes(), "20370101000000Z").make()
    };
    let bundle = with_head(&book, 5)
        .put(&at(5, "1.tsr"), good)
        .put(&at(5, "2.tsr"), stamp(&book, 4, "20261121140200Z"))
        .put(&at(5, "3.tsr"), altered)
        .put(&at(5, "4.tsr"), "")
        .put(&at(5, "10.tsr"), expired);
    let file = |k: u64| format!("data/times/5.{k}.tsr");
    let name = "Example TSA";
    let found = bundle.verify_with(&trusting());
    intact(&found);
    let files: Vec<String> = [1, 10, 2, 3, 4].map(file).to_vec();
    let states = states(&found);
    let expected = [
        (files[0].as_str(), name, Worth::Trusted),
        (files[1].as_str(), name, Worth::Claimed),
        (files[2].as_str(), "", Worth::Invalid),
        (files[3].as_str(), "", Worth::Invalid),
        (files[4].as_str(), "", Worth::Invalid),
    ];
    assert_eq!(states, expected);
    assert_eq!(found.existed_by, [ExistedBy { below: Size(5), time: 1_795_269_720 }]);
    let nobody = bundle.verify();
    intact(&nobody);
    assert_eq!(nobody.outside[0].state, Worth::Claimed);
    assert!(nobody.existed_by.is_empty());
}

/// Evidence that an anchor names, and evidence that it doesn't.
#[test]
fn anchors() {
    let token = stamp(&Book::school(), 8, "20261121140200Z");
    let book = anchored(&token, 8);
    let verdict = with_head(&book, 8).put(&at(8, "1.tsr"), token.clone()).verify_with(&trusting());
    intact(&verdict);
    assert_eq!(verdict.not_before, [NotBefore { above: Index(8), time: 1_795_269_720 }]);
    let nobody = with_head(&book, 8).put(&at(8, "1.tsr"), token.clone()).verify();
    assert!(nobody.not_before.is_empty(), "nobody is trusted");
    let other = stamp(&Book::school(), 8, "20261121140201Z");
    let verdict = with_head(&book, 8).put(&at(8, "1.tsr"), other).verify_with(&trusting());
    assert!(verdict.not_before.is_empty() && !verdict.existed_by.is_empty());
    // Of another size than the anchor says.
    let wrong = anchored(&token, 7);
    let verdict = with_head(&wrong, 8).put(&at(8, "1.tsr"), token).verify_with(&trusting());
    assert!(verdict.not_before.is_empty() && !verdict.existed_by.is_empty());
    // In a note, the latest that counts.
    let school = Book::school();
    let lines = [3, 9, 5].map(|more| line(COUNCIL, &school, 8, LATER + more));
    let note = cosigned(&school, 8, &lines);
    let book = anchored(&note, 8);
    let verdict = with_head(&book, 8).put(&at(8, "1.note"), note).verify_with(&trusting());
    assert_eq!(verdict.not_before, [NotBefore { above: Index(8), time: LATER + 9 }]);
    assert_eq!(verdict.existed_by, [ExistedBy { below: Size(8), time: LATER + 3 }]);
}

fn doubtful(verdict: &Verdict) -> Vec<u64> {
    verdict.doubtful.iter().map(|doubt| doubt.entry.0).collect()
}

/// What existed before a key was suspect isn't in doubt, nor what rests on it.
#[test]
fn outside_times_take_doubts_away() {
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    let size = book.len();
    book.add(note(DPO, "dpo"));
    let suspect = LATER + 50;
    book.add(revocation(DPO, Some(suspect)));
    let all = doubtful(&bundle::whole(&book).verify());
    assert_eq!(all, [3, 4]);
    let with = |time: i64| {
        let note = cosigned(&book, size, &[line(COUNCIL, &book, size, time)]);
        let bundle = with_head(&book, size).put(&at(size, "1.note"), note.clone());
        let verdict = bundle.verify_with(&trusting());
        intact(&verdict);
        let kept = Kept { file: "x".to_owned(), size: Size(size), form: Form::Note, bytes: note };
        assert_eq!(doubtful(&walk(&book, &trusting().reader(), vec![kept])), doubtful(&verdict));
        doubtful(&verdict)
    };
    assert_eq!(with(suspect + 1), all);
    assert_eq!(with(suspect), [4]);
}

fn walk(book: &Book, reader: &Reader, evidence: Vec<Kept>) -> Verdict {
    let mut walk = Walk::begin(reader, None, true).with_evidence(None, evidence);
    for written in &book.written {
        let body = written.body.clone().map_or(BodyState::Closed, BodyState::Open);
        let looked = Looked::at(written.bytes.clone(), |_| body);
        if !walk.step(&looked, &|_, _| DocumentState::Absent) {
            break;
        }
    }
    walk.finish()
}

fn kept(size: u64, name: &str, bytes: Vec<u8>) -> Kept {
    let form = if name.ends_with("note") { Form::Note } else { Form::Token };
    Kept { file: format!("ledger/times/{size}.{name}"), size: Size(size), form, bytes }
}

/// The same ledger, whose entries from 5 on were written anew with the same keys.
fn rewritten() -> Book {
    let mut book = Book::school();
    book.written.truncate(5);
    let mut other = Book::with_dpo();
    for index in 3..5 {
        other.written.push(book.written[index].clone());
    }
    for _ in 0..3 {
        other.add(note(HEAD, "headteacher"));
    }
    other
}

#[test]
fn what_the_home_keeps() {
    let book = Book::school();
    let reader = trusting().reader();
    let note = cosigned(&book, 6, &[line(COUNCIL, &book, 6, LATER)]);
    let token = stamp(&book, 7, "20261121140200Z");
    let evidence = || vec![kept(6, "1.note", note.clone()), kept(7, "1.tsr", token.clone())];
    let verdict = walk(&book, &reader, evidence());
    intact(&verdict);
    let pair = |below, time| ExistedBy { below: Size(below), time };
    assert_eq!(verdict.existed_by, [pair(6, LATER), pair(7, 1_795_269_720)]);

    let other = rewritten();
    // Without evidence, nothing shows it.
    intact(&walk(&other, &reader, Vec::new()));
    for at in 0..2 {
        let verdict = walk(&other, &reader, vec![evidence()[at].clone()]);
        not_genuine(&verdict, Code::DoesNotContinue, None);
        let fault = verdict.fault.expect("named");
        assert!(fault.what.contains("ledger/times/"), "{fault}");
    }
    // The note carries the log's signature: it shows even to somebody who trusts nobody. A token
    // is worth what its authority is worth.
    let nobody = Reader::default();
    not_genuine(&walk(&other, &nobody, vec![evidence()[0].clone()]), Code::DoesNotContinue, None);
    intact(&walk(&other, &nobody, vec![evidence()[1].clone()]));
    // Cut below what was confirmed.
    let mut cut = Book::school();
    cut.written.truncate(5);
    for at in 0..2 {
        let verdict = walk(&cut, &reader, vec![evidence()[at].clone()]);
        not_genuine(&verdict, Code::DoesNotContinue, None);
    }
}

/// What isn't the ledger's, or is nothing, is told and changes nothing.
#[test]
fn what_the_home_keeps_by_mistake() {
    let book = Book::school();
    let other_log = Checkpoint::sign("example.org/other", Size(6), book.root(6), &LOG.key());
    let strange = SigningKey::from_seed([77; 32]);
    let not_ours = Checkpoint::sign(ORIGIN, Size(6), RootHash([7; 32]), &strange);
    for (name, bytes) in [
        ("1.note", b"none".to_vec()),
        ("1.note", other_log),
        ("1.note", not_ours),
        ("1.note", bundle::checkpoint(&book, 5, LOG)),
        ("1.tsr", b"none".to_vec()),
    ] {
        let verdict = walk(&book, &trusting().reader(), vec![kept(6, name, bytes)]);
        intact(&verdict);
        assert_eq!(verdict.outside.len(), 1);
        assert_eq!(verdict.outside[0].state, Worth::Invalid);
    }
}

/// A bundle that encloses an older head proves that it continues it, or contradicts it.
#[test]
fn an_older_head_that_is_enclosed() {
    use probity_ledger::verify::verdict::Continuity;
    let book = Book::school();
    let bundle = bundle::of(&book, 8, &[], LOG)
        .put(&at(5, "txt"), text(&book, 5))
        .put(&at(5, "consistency"), consistency(&book, 5, 8));
    let older = |bytes: Vec<u8>| Brings { older: bytes, ..Brings::default() };
    let verdict = bundle.verify_with(&older(bundle::checkpoint(&book, 5, LOG)));
    intact(&verdict);
    assert!(matches!(verdict.continuity, Some(Continuity::Continues { signed: true, .. })));
    let verdict = bundle.verify_with(&older(bundle::checkpoint(&book, 6, LOG)));
    assert!(matches!(verdict.continuity, Some(Continuity::CannotTell { .. })));
    let other = Checkpoint::sign(ORIGIN, Size(5), RootHash([7; 32]), &LOG.key());
    not_genuine(&bundle.verify_with(&older(other)), Code::DoesNotContinue, None);
}

/// Lines by keys that nobody named are counted, and nothing is said where there are none.
#[test]
fn lines_that_no_policy_names_are_counted() {
    let book = Book::school();
    let reader = trusting().reader();
    let by_council = line(COUNCIL, &book, 6, LATER);
    let both = [by_council.clone(), line(GOVERNOR, &book, 6, LATER)];
    let note = |lines: &[String]| vec![kept(6, "1.note", cosigned(&book, 6, lines))];
    let unjudged = |lines: &[String]| walk(&book, &reader, note(lines)).unjudged;
    assert!(unjudged(&[by_council]).is_empty());
    assert_eq!(unjudged(&both), ["1 signature lines by keys that no policy names"]);
}
