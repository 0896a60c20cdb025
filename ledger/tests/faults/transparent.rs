//! Transparent statements: an entry with a receipt by the log, or else a fault.

use probity_ledger::book::fault::Code;
use probity_ledger::format::cbor::{self, Value, parse_header, write_bytes};
use probity_ledger::format::entry::{Entry, sig_structure};
use probity_ledger::format::hash::{Index, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::proof::Proof;
use probity_ledger::format::receipt::{MAX_STATEMENT, Receipts};
use probity_ledger::verify::container::{Part, part, size_bound};
use probity_ledger::verify::ledger::Reader;
use probity_ledger::verify::verdict::Verdict;

use crate::common::bundle::{
    self, Bundle, body_path, entry_path, proof_path, transparent_path, with_transparent,
};
use crate::common::{
    BREACH, Book, DPO, Draft, HEAD, Holder, LOG, ORIGIN, OTHER_LOG, cannot_check, intact, log_key,
    not_genuine, note, set, unset,
};

fn school() -> Bundle {
    with_transparent(bundle::whole(&Book::school()), LOG)
}

/// The statement of an entry by the parts given, honest or not.
fn statement(bundle: &Bundle, of: u64, checkpoint: &[u8], log: Holder, signer: Holder) -> Vec<u8> {
    let entry = Entry::parse(&bundle.0[&entry_path(of)]).expect("an entry");
    let path = Proof::parse(&bundle.0[&proof_path(of)]).expect("a proof").path;
    let checkpoint = Checkpoint::parse(checkpoint).expect("a checkpoint");
    let receipts = Receipts::new(&checkpoint, log.public());
    receipts.statement(&entry, &path, &receipts.sign(&signer.key()))
}

fn refused(bundle: &Bundle, index: u64) {
    not_genuine(&bundle.verify(), Code::Transparent, index);
}

#[test]
fn with_and_without() {
    intact(&school().verify());
    intact(&school().without(&transparent_path(4)).verify());
    let book = Book::school();
    for size in 2..=book.len() {
        intact(&with_transparent(bundle::of(&book, size, &[0], LOG), LOG).verify());
    }
}

#[test]
fn no_statement() {
    refused(&school().put(&transparent_path(4), ""), 4);
    refused(&school().put(&transparent_path(4), [0xf6]), 4);
}

#[test]
fn longer_or_shorter() {
    refused(&school().change(&transparent_path(4), |bytes| bytes.push(0)), 4);
    refused(&school().change(&transparent_path(4), |bytes| bytes.truncate(bytes.len() - 1)), 4);
}

/// The entry as it is, and the statement of another entry.
#[test]
fn of_another_entry() {
    let bare = school().0[&entry_path(4)].clone();
    refused(&school().put(&transparent_path(4), bare), 4);
    let [own, other] = [4, 5].map(|index| school().0[&transparent_path(index)].clone());
    refused(&school().put(&transparent_path(5), own).put(&transparent_path(4), other), 4);
}

/// A statement put together by hand, whose receipt the log signs whatever it holds.
struct Forged {
    head: Value,
    proof: Vec<Value>,
    payload: Value,
    tag: &'static [u8],
    times: usize,
}

impl Forged {
    /// As it should be for an entry of the school.
    fn new(of: u64) -> Self {
        let bundle = bundle::whole(&Book::school());
        let checkpoint = Checkpoint::parse(&bundle.0["data/checkpoint"]).expect("a checkpoint");
        let receipts = Receipts::new(&checkpoint, LOG.public());
        let path = Proof::parse(&bundle.0[&proof_path(of)]).expect("a proof").path;
        let path = path.into_iter().map(Value::bytes).collect();
        let number = |n: u64| Value::Int(i64::try_from(n).expect("small"));
        Self {
            head: parse_header(receipts.head()).expect("a header"),
            proof: vec![number(8), number(of), Value::Array(path)],
            payload: Value::Null,
            tag: &[0xd2],
            times: 1,
        }
    }

    fn into_school(self, of: u64) -> Bundle {
        let head = self.head.to_bytes();
        let signature = LOG.key().sign(&sig_structure(&head, &Book::school().root(8).0));
        let mut receipt = [self.tag, &[0x84]].concat();
        write_bytes(&mut receipt, &head);
        receipt.extend([0xa1, 0x19, 0x01, 0x8c, 0xa1, 0x20, 0x81]);
        write_bytes(&mut receipt, &Value::Array(self.proof).to_bytes());
        self.payload.write(&mut receipt);
        write_bytes(&mut receipt, &signature.0);
        let entry = Book::school().written[usize::try_from(of).expect("small")].bytes.clone();
        let cut = Forged::header_end(&entry);
        let mut bytes = entry[..cut].to_vec();
        bytes.extend([0xa1, 0x19, 0x01, 0x8a]);
        let receipts = vec![Value::bytes(receipt); self.times];
        Value::Array(receipts).write(&mut bytes);
        bytes.extend(&entry[cut + 1..]);
        school().put(&transparent_path(of), bytes)
    }

    fn header_end(entry: &[u8]) -> usize {
        let mut reader = cbor::Reader::new(entry);
        reader.literal(&[0xd2], "a tag").expect("the tag");
        reader.array().expect("an array");
        reader.byte_string().expect("the protected header");
        reader.position()
    }

    fn refused(change: impl FnOnce(&mut Self)) {
        let mut forged = Self::new(4);
        change(&mut forged);
        refused(&forged.into_school(4), 4);
    }
}

#[test]
fn put_together_by_hand() {
    intact(&Forged::new(4).into_school(4).verify());
}

#[test]
fn another_issuer_or_subject() {
    let claims = |iss: &str, sub: &str| Value::map([(1, Value::text(iss)), (2, Value::text(sub))]);
    let other = claims("example.org/other", "ledger");
    Forged::refused(|forged| set(&mut forged.head, 15, other));
    Forged::refused(|forged| set(&mut forged.head, 15, claims(ORIGIN, BREACH)));
    Forged::refused(|forged| unset(&mut forged.head, 15));
}

#[test]
fn another_key_algorithm_or_type() {
    Forged::refused(|forged| set(&mut forged.head, 4, Value::bytes(OTHER_LOG.kid().0)));
    Forged::refused(|forged| set(&mut forged.head, 1, Value::Int(-8)));
    Forged::refused(|forged| unset(&mut forged.head, 16));
}

#[test]
fn another_data_structure_or_more_labels() {
    Forged::refused(|forged| set(&mut forged.head, 395, Value::Int(2)));
    Forged::refused(|forged| unset(&mut forged.head, 395));
    Forged::refused(|forged| set(&mut forged.head, 3, Value::text("text/plain")));
}

#[test]
fn another_envelope() {
    let root = Book::school().root(8).0;
    Forged::refused(|forged| forged.payload = Value::bytes(root));
    Forged::refused(|forged| forged.tag = &[]);
    Forged::refused(|forged| forged.times = 2);
}

/// The size is not signed; the checkpoint decides it. For entry 4 the hashes
/// that are hashed are the same in a tree of seven.
#[test]
fn another_size_or_place() {
    Forged::refused(|forged| forged.proof[0] = Value::Int(7));
    Forged::refused(|forged| forged.proof[1] = Value::Int(5));
    Forged::refused(|forged| forged.proof.push(Value::Null));
}

/// Of several the lowest is named.
#[test]
fn the_first_is_named() {
    refused(&school().put(&transparent_path(6), "").put(&transparent_path(2), ""), 2);
}

#[test]
fn every_byte() {
    let statement = school().0[&transparent_path(1)].clone();
    for place in 0..statement.len() {
        let changed = school().change(&transparent_path(1), |bytes| bytes[place] ^= 1);
        let files = changed.seal();
        let verdict = probity_ledger::verify::bundle::verify(&files, &Reader::default());
        not_genuine(&verdict, Code::Transparent, 1);
    }
}

#[test]
fn a_place_in_another_tree() {
    let book = Book::school();
    // The receipt that the log gave at a smaller size.
    let older = with_transparent(bundle::of(&book, 7, &[4], LOG), LOG);
    let older = older.0[&transparent_path(4)].clone();
    refused(&school().put(&transparent_path(4), older), 4);
    // The right proof, under the log's signature of another root.
    let whole = bundle::whole(&book);
    let root = book.root(5);
    let elsewhere = Checkpoint::sign(ORIGIN, Size(8), root, &LOG.key());
    let forged = statement(&whole, 4, &elsewhere, LOG, LOG);
    refused(&school().put(&transparent_path(4), forged), 4);
    // A path that was bent, though the signature is good.
    let own = school().0[&transparent_path(4)].clone();
    let hash = Proof::parse(&whole.0[&proof_path(4)]).expect("a proof").path[1];
    let at = own.windows(32).position(|bytes| bytes == hash).expect("the path stands in it");
    refused(&school().change(&transparent_path(4), |bytes| bytes[at + 7] ^= 0x10), 4);
}

fn signed_by(log: Holder, signer: Holder) -> Bundle {
    let whole = bundle::whole(&Book::school());
    let forged = statement(&whole, 4, &whole.0["data/checkpoint"], log, signer);
    school().put(&transparent_path(4), forged)
}

#[test]
fn by_another_log() {
    intact(&signed_by(LOG, LOG).verify());
    refused(&signed_by(LOG, OTHER_LOG), 4);
    refused(&signed_by(OTHER_LOG, OTHER_LOG), 4);
}

#[test]
fn by_a_person() {
    refused(&signed_by(LOG, HEAD), 4);
    refused(&signed_by(HEAD, HEAD), 4);
}

/// The checkpoint's own signature is over other bytes.
#[test]
fn under_the_signature_of_the_checkpoint() {
    let whole = bundle::whole(&Book::school());
    let checkpoint = &whole.0["data/checkpoint"];
    let note = String::from_utf8(checkpoint.clone()).expect("text");
    let data = base64(note.rsplit(' ').next().expect("a signature line").trim_end());
    let receipts = Receipts::new(&Checkpoint::parse(checkpoint).expect("one"), LOG.public());
    let signature = receipts.sign(&LOG.key()).0;
    let own = &school().0[&transparent_path(4)];
    let at = own.windows(64).position(|bytes| bytes == signature).expect("it stands in it");
    let swapped = school().change(&transparent_path(4), |bytes| {
        bytes[at..at + 64].copy_from_slice(&data[4..]);
    });
    refused(&swapped, 4);
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}

/// After a change of the log key, the new one signs from the size on that counts its entry.
#[test]
fn a_changed_log_key() {
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG));
    book.add(note(DPO, "dpo"));
    for size in 4..=5 {
        let bundle = bundle::of(&book, size, &[2], OTHER_LOG);
        intact(&with_transparent(bundle.clone(), OTHER_LOG).verify());
        refused(&with_transparent(bundle, LOG), 0);
    }
}

/// The step comes after the checkpoint's signature and before the policy.
#[test]
fn the_order_of_the_steps() {
    let bad = school().put(&transparent_path(4), "").put("data/policy.txt", "");
    refused(&bad, 4);
    let bad = bad.put("data/checkpoint", bundle::checkpoint(&Book::school(), 8, OTHER_LOG));
    let checkpoint = bad.0["data/checkpoint"].clone();
    let bad = (0..8).fold(bad, |bad, index| {
        bad.change(&proof_path(index), |bytes| {
            let mut proof = Proof::parse(bytes).expect("a proof");
            proof.checkpoint.clone_from(&checkpoint);
            *bytes = proof.to_bytes();
        })
    });
    not_genuine(&bad.verify(), Code::CheckpointSignature, None);
    not_genuine(&bad.put(&body_path(3), [0xa0]).verify(), Code::Body, 3);
}

/// Behind a governance entry that can't be read, the log may have another key.
#[test]
fn behind_what_cannot_be_judged() {
    let mut book = Book::with_dpo();
    book.add(log_key(OTHER_LOG).version(2));
    let bundle = with_transparent(bundle::whole(&book), OTHER_LOG);
    cannot_check(&bundle.verify(), Code::KindUnknown, 3);
    let unjudged = |verdict: &Verdict| cannot_check(verdict, Code::KindUnknown, 3);
    unjudged(&with_transparent(bundle::whole(&book), LOG).verify());
    unjudged(&bundle.put(&transparent_path(2), "").verify());
    // Without any key at all.
    let mut book = Book::empty();
    book.add(crate::common::genesis().version(2));
    book.add(crate::common::appointment(HEAD, &["headteacher"]));
    let bundle = with_transparent(bundle::whole(&book), LOG);
    cannot_check(&bundle.verify(), Code::KindUnknown, 0);
}

/// An entry that can't be judged has a statement like any other.
#[test]
fn of_an_unknown_kind() {
    let mut book = Book::with_dpo();
    book.add(Draft::new("weather-report", DPO, "dpo").answer("text", Value::text("rain")));
    let bundle = with_transparent(bundle::whole(&book), LOG);
    cannot_check(&bundle.verify(), Code::KindUnknown, 3);
    refused(&bundle.put(&transparent_path(3), ""), 3);
}

#[test]
fn places_and_sizes() {
    assert_eq!(part("data/transparent/00000017.cose"), Some(Part::Transparent(Index(17))));
    for path in ["data/transparent/17.cose", "data/transparent/00000017.cbor", "data/transparent"] {
        assert_eq!(part(path), None, "{path}");
    }
    assert_eq!(size_bound(&transparent_path(3)), 69_631);
    assert_eq!(MAX_STATEMENT, 69_631);
    // Without its entry; whatever it is.
    let stray = school().put(&transparent_path(9), "");
    not_genuine(&stray.verify(), Code::Container, None);
    intact(&school().put("data/checking-by-hand.md", "a copy").verify());
    not_genuine(&school().put("data/checking.md", "").verify(), Code::Container, None);
}

/// The longest that section 11 allows stays below the bound.
#[test]
fn the_longest_receipt() {
    let origin = "o".repeat(255);
    let size = Size((1 << 53) - 1);
    let root = Book::school().root(8);
    let checkpoint = Checkpoint::sign(&origin, size, root, &LOG.key());
    let checkpoint = Checkpoint::parse(&checkpoint).expect("a checkpoint");
    let receipts = Receipts::new(&checkpoint, LOG.public());
    let entry = Book::school().entry(4);
    let signature = receipts.sign(&LOG.key());
    let statement = receipts.statement(&entry, &[[7; 32]; 63], &signature);
    assert!(statement.len() - entry.bytes().len() < 4096, "{}", statement.len());
    assert_eq!(receipts.compare(&entry, &[[7; 32]; 63], &statement), Ok(signature));
}

/// Another program that has the log sign is given the bytes.
#[test]
fn the_log_signs_the_bytes_that_a_receipt_says() {
    let book = Book::school();
    let checkpoint = Checkpoint::parse(&bundle::checkpoint(&book, 8, LOG)).expect("a checkpoint");
    let receipts = Receipts::new(&checkpoint, LOG.public());
    assert_eq!(receipts.signed_bytes(), sig_structure(receipts.head(), &book.root(8).0));
    let signature = receipts.sign(&LOG.key());
    assert!(LOG.public().verify(receipts.signed_bytes(), &signature).is_ok());
}
