//! What isn't genuine: where it fails, what that means and what to do; and what it continues or
//! contradicts.

use super::{bundle, head_says, inspector_says, ledger, says, verdict};
use crate::book::fault::{Code, Fault};
use crate::format::hash::{Index, RootHash, Size};
use crate::verify::verdict::{Continuity, Subject};
use crate::verify::words::Voice;

#[test]
fn what_is_not_genuine_says_where_and_what_to_do() {
    let broken = |subject, code, entry: Option<u64>| {
        let mut verdict = verdict(subject);
        let fault = Fault::new(code, "its signature", "another", "one that verifies");
        verdict.find(match entry {
            Some(entry) => fault.at(Index(entry)),
            None => fault,
        });
        verdict
    };
    let mut signature = broken(Subject::Ledger, Code::Signature, Some(7));
    let copy =
        "Copy this folder, change nothing, tell your data protection officer today: this may";
    head_says(&signature, &["Record 7 is not as it was signed. Copy", copy], &["sound", "fit"]);
    let inspector = [
        "Not intact. First failure: entry 7: “its signature”: found “another”, expected “one that \
         verifies” (fault `signature`).",
    ];
    inspector_says(&signature, &inspector, &["Intact before it"]);
    for (sound, words) in [(1, "Record 0 is sound."), (7, "Records 0 to 6 are sound.")] {
        signature.intact_before = Some(sound);
        head_says(&signature, &[words], &[]);
        let before = format!("Intact before it: entries 0 to {}.", sound - 1);
        inspector_says(&signature, &[&before], &[]);
    }
    signature.intact_before = Some(0);
    head_says(&signature, &[], &["sound"]);
    inspector_says(&signature, &[], &["Intact before it"]);
    let whole = broken(Subject::Bundle, Code::Manifest, None);
    head_says(
        &whole,
        &[
            "This evidence bundle is not as it was made. A file in it is not the one that its own list \
           names: it was changed, added or removed after the bundle was made. Don't rely on this copy.",
        ],
        &[copy, "its signature"],
    );
    let journal = broken(Subject::Ledger, Code::Journal, Some(7));
    head_says(
        &journal,
        &["From record 7 on, what is stored can't be read", "An interrupted write leaves"],
        &["Record 7 is not", copy],
    );
    let journal = broken(Subject::Ledger, Code::Journal, None);
    head_says(
        &journal,
        &["This record book is not as it was made. What is stored can't be read", "An interrupted"],
        &[],
    );
}

#[test]
fn another_record_book_than_the_one_whose_code_was_given_is_named() {
    let mut verdict = ledger();
    verdict.find(Fault::new(Code::Genesis, "the fingerprint", "abcd", "1234").at(Index(0)));
    head_says(&verdict, &["The first record is not what it has to be."], &["whose code you gave"]);
    verdict.fingerprint.compared = true;
    head_says(
        &verdict,
        &["another record book than the one whose code you gave: its code is abcd.", "this record"],
        &["Record 0"],
    );
    let mut other = ledger();
    other.fingerprint.compared = true;
    other.find(Fault::new(Code::Genesis, "its kind", "note", "genesis").at(Index(0)));
    head_says(&other, &["The first record is not what it has to be."], &["whose code you gave"]);
    let mut other = ledger();
    other.fingerprint.compared = true;
    other.find(Fault::new(Code::Seq, "the fingerprint", "1", "0").at(Index(0)));
    head_says(&other, &["It does not stand at the place"], &["whose code you gave"]);
}

#[test]
fn what_does_not_continue_says_what_it_contradicts() {
    let mut verdict = ledger();
    verdict.find(Fault::new(Code::DoesNotContinue, "a token over 5 entries", "one", "another"));
    head_says(
        &verdict,
        &["that somebody outside confirmed (a token over 5 entries)", "Copy this folder"],
        &["that you kept"],
    );
    inspector_says(
        &verdict,
        &["Does not continue: outside evidence that this record book keeps contradicts it."],
        &["the kept checkpoint", "Not intact"],
    );
    let differs = |signed, first_difference, other_ledger| Continuity::DoesNotContinue {
        size: Size(5),
        root: RootHash([1; 32]),
        signed,
        first_difference,
        other_ledger,
    };
    verdict.continuity = Some(differs(true, None, None));
    head_says(
        &verdict,
        &["that you kept a confirmation of (5 records). It was rewritten", "Keep both"],
        &["somebody outside", "What you kept is of another"],
    );
    inspector_says(
        &verdict,
        &[
            "the kept checkpoint (5 records) and this record book contradict each other; both carry \
             the ledger's key. Something in the first 5 records was changed or removed",
        ],
        &["outside evidence", "Not intact"],
    );
    verdict.continuity = Some(differs(false, Some(Index(3)), None));
    inspector_says(
        &verdict,
        &["the older one is not signed by a log key", "The first entry that differs is 3."],
        &["both carry"],
    );
    verdict.continuity = Some(differs(false, None, Some("vale.example".to_owned())));
    head_says(
        &verdict,
        &[
            "What you kept is of another record book (vale.example), not of this one (hill.example).",
        ],
        &["rewritten"],
    );
}

#[test]
fn what_was_kept_is_continued_or_that_cannot_be_told() {
    let mut verdict = ledger();
    inspector_says(&verdict, &["Removal of the newest entries can't be seen"], &["It continues"]);
    let continues =
        |signed| Continuity::Continues { size: Size(5), root: RootHash([1; 32]), signed };
    for voice in [Voice::Head, Voice::Inspector] {
        verdict.continuity = Some(continues(true));
        says(
            &verdict,
            voice,
            &["It continues the head of 5 records that you kept: nothing in those was changed"],
            &["does not carry this ledger's signature"],
        );
        verdict.continuity = Some(continues(false));
        says(&verdict, voice, &["does not carry this ledger's signature"], &[]);
        verdict.continuity = Some(Continuity::CannotTell { size: Size(1) });
        // Nobody is to hand out every record for that.
        let asked = ["head of 1 record that you kept can't be told", "made with `--continues`"];
        says(&verdict, voice, &asked, &["of everything"]);
    }
    verdict.continuity = Some(continues(true));
    inspector_says(
        &verdict,
        &["Removal of entries newer than the head that you kept can't be seen."],
        &["Removal of the newest"],
    );
}

/// Only where a record was changed after signing does it say so: a missing record, or one that is
/// signed in another role, is no changed one.
#[test]
fn each_fault_in_a_record_is_told_as_what_it_is() {
    let changed = "Record 7 is not as it was signed.";
    for (code, words) in [
        (Code::Signature, changed),
        (Code::Commitment, changed),
        // The record was just found as signed; the file beside it is another.
        (Code::Document, "at record 7. A file that came with it is not the one that the record"),
        // Its signature wasn't looked at yet, and it is one before it that was changed or taken out.
        (Code::Prev, "at record 7. It does not follow the record before it: something was changed"),
        (Code::MissingHead, "at record 7. The newest record that the confirmation counts is not"),
        (Code::MissingGenesis, "at record 7. The first record, by which all others are judged, is"),
        (Code::Role, "at record 7. It is signed in a role that may not decide this."),
        (Code::Jsonl, "at record 7. The enclosed reading copy says something else than"),
        (Code::Proof, "at record 7. Nothing proves that it has a place in the record book."),
        (Code::Transparent, "at record 7. The enclosed receipt does not belong to it."),
        (Code::NotInForce, "at record 7. Whoever signed it had no appointment for this role"),
        (Code::UnknownKey, "at record 7. It is signed with a key that nobody here was appointed"),
    ] {
        let mut verdict = bundle();
        verdict.find(Fault::new(code, "x", "y", "z").at(Index(7)));
        let not: &[&str] = if words == changed { &["The first failure"] } else { &[changed] };
        head_says(&verdict, &[words], not);
    }
}
