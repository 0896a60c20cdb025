//! Steps 3 to 11 of a bundle: what only a bundle can get wrong.

use probity_ledger::book::fault::Code;
use probity_ledger::format::body::Body;
use probity_ledger::format::cbor::Value;
use probity_ledger::format::entry::Payload;
use probity_ledger::format::hash::{EntryHash, Index, Size};
use probity_ledger::format::note::Checkpoint;
use probity_ledger::format::policy;
use probity_ledger::format::proof::Proof;
use probity_ledger::verify::verdict::Verdict;

use crate::common::bundle::{self, Bundle, body_path, entry_path, proof_path};
use crate::common::{
    BREACH, Book, DPO, Draft, HEAD, LOG, ORIGIN, OTHER_LOG, anchor, appointment, cannot_check,
    intact, log_key, not_genuine, note, revocation, set,
};

fn school() -> Bundle {
    bundle::whole(&Book::school())
}

#[test]
fn any_choice_of_entries_is_intact() {
    let book = Book::school();
    for size in 2..=book.len() {
        for chosen in 0..size {
            let verdict = bundle::of(&book, size, &[chosen], LOG).verify();
            intact(&verdict);
            assert_eq!((verdict.size, verdict.origin.as_deref()), (Size(size), Some(ORIGIN)));
            assert!(verdict.unjudged.is_empty(), "there is nothing by others");
        }
    }
}

#[test]
fn checkpoint() {
    not_genuine(&school().without("data/checkpoint").verify(), Code::Checkpoint, None);
    not_genuine(&school().put("data/checkpoint", "text").verify(), Code::Checkpoint, None);
    let signed = |size| Checkpoint::sign(ORIGIN, Size(size), Book::school().root(1), &LOG.key());
    for size in [0, 1] {
        not_genuine(&school().put("data/checkpoint", signed(size)).verify(), Code::Size, None);
    }
}

#[test]
fn entries_in_another_form() {
    let long = school().change(&entry_path(4), |bytes| bytes.push(0));
    not_genuine(&long.verify(), Code::Encoding, 4);
    not_genuine(&school().put(&entry_path(4), "").verify(), Code::Encoding, 4);
    not_genuine(&school().put(&entry_path(4), [0xf6]).verify(), Code::Shape, 4);
}

/// Whoever hands over a bundle can't fill a screen or a log by what a refusal repeats.
#[test]
fn long_texts() {
    let begun = || bundle::whole(&Book::begun());
    let long = "a".repeat(3_000);
    let short = |verdict: &Verdict| {
        let fault = verdict.fault.as_ref().expect("a fault").to_string();
        assert!(fault.len() < 2_000, "{} bytes of refusal", fault.len());
    };
    let policy =
        format!("{}quorum {long}\n", policy::for_log(&LOG.log()).replace("quorum none\n", ""));
    let verdict = begun().put("data/policy.txt", policy).verify();
    not_genuine(&verdict, Code::Policy, None);
    short(&verdict);
    let verdict = begun().put(&format!("data/{long}"), "").verify();
    not_genuine(&verdict, Code::Container, None);
    short(&verdict);
    let mut book = Book::begun();
    book.add_values(note(HEAD, "headteacher"), |header, _| set(header, 16, Value::text(&*long)));
    let verdict = bundle::of(&book, book.len(), &[], LOG).verify();
    cannot_check(&verdict, Code::Typ, book.len() - 1);
    short(&verdict);
}

#[test]
fn names() {
    let other = Book::school().written[5].bytes.clone();
    not_genuine(&school().put(&entry_path(4), other).verify(), Code::Name, 4);
    let renumbered = |index| {
        school().change(&proof_path(4), |bytes| {
            let mut proof = Proof::parse(bytes).expect("a proof");
            proof.index = Index(index);
            *bytes = proof.to_bytes();
        })
    };
    not_genuine(&renumbered(5).verify(), Code::Name, 4);
    not_genuine(&renumbered(99).verify(), Code::Name, 4);
}

#[test]
fn proofs() {
    not_genuine(&school().without(&proof_path(4)).verify(), Code::Proof, 4);
    not_genuine(&school().put(&proof_path(4), "text").verify(), Code::Proof, 4);
    let changed = |change: &dyn Fn(&mut Proof)| {
        school().change(&proof_path(4), |bytes| {
            let mut proof = Proof::parse(bytes).expect("a proof");
            change(&mut proof);
            *bytes = proof.to_bytes();
        })
    };
    let refused = |change: &dyn Fn(&mut Proof)| {
        not_genuine(&changed(change).verify(), Code::Proof, 4);
    };
    refused(&|proof| proof.path[0][0] ^= 1);
    refused(&|proof| proof.path.swap(0, 1));
    refused(&|proof| proof.path.truncate(2));
    refused(&|proof| proof.path.push([0; 32]));
    refused(&|proof| proof.path.clear());
    intact(&changed(&|_| ()).verify());
    let other = |proof: &mut Proof| proof.checkpoint.truncate(3);
    not_genuine(&changed(&other).verify(), Code::CopyOfCheckpoint, 4);
}

/// The proof ends in another checkpoint that the log signed as well.
#[test]
fn copy_of_another_checkpoint() {
    let book = Book::school();
    let older = bundle::of(&book, 7, &[4], LOG).0[&proof_path(4)].clone();
    not_genuine(&school().put(&proof_path(4), older).verify(), Code::CopyOfCheckpoint, 4);
}

/// An entry that was never in the ledger, with a proof of another's place.
#[test]
fn an_entry_that_was_put_in() {
    let mut fork = Book::with_dpo();
    fork.add(note(DPO, "dpo"));
    let forged = school().put(&entry_path(3), fork.written[3].bytes.clone());
    not_genuine(&forged.verify(), Code::Proof, 3);
}

#[test]
fn a_foreign_genesis() {
    let mut other = Book::empty();
    other.add(crate::common::genesis().at(5));
    let forged = school().put(&entry_path(0), other.written[0].bytes.clone());
    not_genuine(&forged.verify(), Code::Proof, 0);
}

#[test]
fn ends() {
    not_genuine(&school().without_entry(0).verify(), Code::MissingGenesis, 0);
    not_genuine(&school().without_entry(7).verify(), Code::MissingHead, 7);
}

#[test]
fn governance_entries_left_out() {
    // Named is the entry whose `gov` leads nowhere.
    for (index, holder) in [(1, 2), (2, 6), (6, 7)] {
        not_genuine(&school().without_entry(index).verify(), Code::GovernanceChain, holder);
    }
    for index in [3, 4, 5] {
        intact(&school().without_entry(index).verify_but_documents());
    }
}

impl Bundle {
    /// Without documents that no entry left in it names.
    fn verify_but_documents(mut self) -> Verdict {
        if !self.0.contains_key(&body_path(4)) {
            self.0.retain(|path, _| !path.starts_with("data/documents/"));
        }
        self.verify()
    }
}

/// A revocation is hidden by the author of the last entry, who names an older `gov`.
fn hiding(after: &[Draft]) -> Book {
    let mut book = Book::with_dpo();
    let gov = book.hash(2);
    book.add(revocation(DPO, None));
    for draft in after {
        book.add_with(draft.clone(), |_, payload: &mut Payload| payload.gov = gov);
    }
    book
}

/// One false `gov` at the head is enough where no governance entry follows: the bundle can't
/// tell, and the whole ledger can. The page says so.
#[test]
fn a_hidden_revocation_shows_in_the_whole_ledger() {
    let book = hiding(&[note(DPO, "dpo")]);
    not_genuine(&book.verify(), Code::Gov, 4);
    let honest = bundle::of(&book, 5, &[4], LOG);
    not_genuine(&honest.verify(), Code::GovernanceChain, 3);
    intact(&honest.without_entry(3).verify());
}

/// An honest entry after the revocation gives it away.
#[test]
fn a_hidden_revocation_shows_by_an_honest_neighbour() {
    let mut book = Book::with_dpo();
    let gov = book.hash(2);
    book.add(revocation(DPO, None));
    book.add(note(HEAD, "headteacher"));
    book.add_with(note(DPO, "dpo"), |_, payload| payload.gov = gov);
    let forged = bundle::of(&book, 6, &[4, 5], LOG).without_entry(3);
    not_genuine(&forged.verify(), Code::Gov, 4);
}

#[test]
fn a_governance_chain_that_does_not_fall() {
    // The head names an entry that is not a governance entry.
    let mut book = Book::with_dpo();
    book.add(note(DPO, "dpo"));
    let wrong = book.hash(3);
    book.add_with(note(DPO, "dpo"), |_, payload| payload.gov = wrong);
    not_genuine(&bundle::whole(&book).verify(), Code::GovernanceChain, 3);
    // The chain ends beside entry 0.
    let mut book = Book::begun();
    let past = book.hash(0);
    book.add_with(appointment(DPO, &["dpo"]), |_, payload| payload.gov = past);
    book.add(note(DPO, "dpo"));
    not_genuine(&bundle::whole(&book).verify(), Code::GovernanceChain, 1);
    let mut book = Book::begun();
    book.add_with(appointment(DPO, &["dpo"]), |_, payload| payload.gov = EntryHash::ZERO);
    book.add(note(DPO, "dpo"));
    not_genuine(&bundle::whole(&book).verify(), Code::GovernanceChain, 2);
}

/// A governance entry that the chain passes by.
#[test]
fn a_governance_entry_beside_the_chain() {
    let mut book = Book::with_dpo();
    let gov = book.hash(2);
    book.add(anchor(2));
    book.add_with(anchor(3), |_, payload| payload.gov = gov);
    not_genuine(&bundle::whole(&book).verify(), Code::GovernanceChain, 3);
}

#[test]
fn a_case_entry_left_out_makes_a_selection() {
    let book = Book::school();
    let whole = bundle::of(&book, 8, &[4, 5, 7], LOG).verify();
    intact(&whole);
    let case = &whole.cases[0];
    assert_eq!((case.case.as_str(), case.entries, case.newest.0, case.whole), (BREACH, 3, 7, true));
    for (chosen, entries) in [(vec![5], 2), (vec![4], 2), (vec![], 1)] {
        let verdict = bundle::of(&book, 8, &chosen, LOG).verify();
        intact(&verdict);
        assert_eq!(verdict.cases.len(), 1);
        assert_eq!((verdict.cases[0].entries, verdict.cases[0].whole), (entries, false));
    }
    let older = bundle::of(&book, 6, &[4, 5], LOG).verify();
    assert_eq!((older.cases[0].newest.0, older.cases[0].whole), (5, true));
}

/// Entries that only prove order and authority are told apart from those of which some answers are
/// withheld.
#[test]
fn an_entry_of_which_at_most_a_name_is_shown_is_bare() {
    let only = |bundle: Bundle, index, kept: &str| {
        bundle.change(&body_path(index), |bytes| {
            let body = Body::parse(bytes).expect("a body");
            *bytes = body.only(|field| field == kept).to_bytes();
        })
    };
    let book = Book::school();
    let bundle = bundle::of(&book, 8, &[2, 3, 5, 7], LOG);
    let bundle = only(only(bundle, 2, "name"), 5, "text").with_copy();
    let verdict = bundle.verify();
    intact(&verdict);
    let bare: Vec<(u64, bool)> = verdict.withheld.iter().map(|of| (of.entry.0, of.bare)).collect();
    assert_eq!(bare, [(0, true), (1, true), (2, true), (5, false), (6, true)]);
}

#[test]
fn checkpoint_signature() {
    let book = Book::school();
    let all: Vec<u64> = (0..8).collect();
    let forged = bundle::of(&book, 8, &all, OTHER_LOG);
    not_genuine(&forged.verify(), Code::CheckpointSignature, None);
    let mut book = Book::school();
    book.add(log_key(OTHER_LOG));
    let all: Vec<u64> = (0..9).collect();
    intact(&bundle::of(&book, 9, &all, OTHER_LOG).verify());
    not_genuine(&bundle::of(&book, 9, &all, LOG).verify(), Code::CheckpointSignature, None);
    intact(&bundle::of(&book, 8, &all[..8], LOG).verify());
    not_genuine(
        &bundle::of(&book, 8, &all[..8], OTHER_LOG).verify(),
        Code::CheckpointSignature,
        None,
    );
}

/// A line by a witness is ignored and reported.
#[test]
fn a_line_by_another_key() {
    use base64::Engine as _;
    let line = base64::engine::general_purpose::STANDARD.encode([7; 76]);
    let line = format!("\u{2014} witness.example {line}\n");
    let mut bundle = school();
    for (path, bytes) in &mut bundle.0 {
        if path == "data/checkpoint" || path.starts_with("data/proofs/") {
            bytes.extend_from_slice(line.as_bytes());
        }
    }
    let verdict = bundle.verify();
    intact(&verdict);
    assert_eq!(verdict.unjudged.len(), 1);
}

#[test]
fn forged_policies() {
    let refused = |text: &str| {
        not_genuine(&school().put("data/policy.txt", text).verify(), Code::Policy, None);
    };
    not_genuine(&school().without("data/policy.txt").verify(), Code::Policy, None);
    refused("");
    refused("quorum none\n");
    refused(&format!("log {}\n", LOG.log()));
    refused(&policy::for_log(&OTHER_LOG.log()));
    refused(&policy::for_log(&LOG.log()).replace("none", "any"));
    refused(&policy::for_log(&LOG.log()).replace('\n', "\r\n"));
    let more = format!("# claims\nlog {}\n{}", OTHER_LOG.log(), policy::for_log(&LOG.log()));
    intact(&school().put("data/policy.txt", more).verify());
}

#[test]
fn reading_copies() {
    let path = "data/entries.jsonl";
    not_genuine(&school().without(path).verify(), Code::Jsonl, None);
    not_genuine(&school().put(path, "").verify(), Code::Jsonl, 0);
    for (from, to, line) in [
        ("\"kind\":\"note\"", "\"kind\":\"notes\"", 4),
        ("a note", "another note", 4),
        ("\"seq\":4", "\"seq\": 4", 4),
        ("\n", "\r\n", 0),
        ("}}\n", "}}", 0),
    ] {
        not_genuine(&school().replace(path, from, to).verify(), Code::Jsonl, line);
    }
    not_genuine(&school().change(path, |b| b.push(b'\n')).verify(), Code::Jsonl, None);
    not_genuine(&school().change(path, |b| b.truncate(b.len() - 1)).verify(), Code::Jsonl, 7);
    let twice = school().change(path, |bytes| bytes.extend(bytes.clone()));
    not_genuine(&twice.verify(), Code::Jsonl, None);
    for (name, text) in [("entries.csv", "x"), ("schedule.csv", ""), ("index.html", "<p>")] {
        intact(&school().put(&format!("data/{name}"), text).verify());
    }
}

/// Faults are named in the order of the steps, whichever stands first in the bundle.
#[test]
fn the_order_of_the_steps() {
    let bad = school().put("data/policy.txt", "").put("data/entries.jsonl", "");
    not_genuine(&bad.verify(), Code::Policy, None);
    let bad = bad.put(&body_path(3), [0xa0]);
    not_genuine(&bad.verify(), Code::Body, 3);
    let bad = bad.without_entry(6);
    not_genuine(&bad.verify(), Code::GovernanceChain, 7);
    let bad = bad.without_entry(7);
    not_genuine(&bad.verify(), Code::MissingHead, 7);
    let bad = bad.without(&proof_path(5));
    not_genuine(&bad.verify(), Code::Proof, 5);
    let bad = bad.put(&entry_path(5), "");
    not_genuine(&bad.verify(), Code::Encoding, 5);
    let bad = bad.put("data/checkpoint", "");
    not_genuine(&bad.verify(), Code::Checkpoint, None);
    let bad = bad.put("bagit.txt", "");
    not_genuine(&bad.verify(), Code::Manifest, None);
    let bad = bad.put("data/stray", "");
    not_genuine(&bad.verify(), Code::Container, None);
}
