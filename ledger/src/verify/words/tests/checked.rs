//! What was checked and against what: a record book or bundle that is intact, and what this version can't
//! judge.

use super::{bundle, head_says, inspector_says, ledger};
use crate::book::fault::{Code, Fault};
use crate::format::hash::{EntryHash, Index, RootHash, Size};
use crate::verify::verdict::{CaseReport, Outcome, StepBack, Subject};

#[test]
fn an_intact_record_book_rests_on_the_word_of_its_holders() {
    let mut verdict = ledger();
    head_says(
        &verdict,
        &[
            "These 12 records of “Hill School” fit together exactly as signed.",
            "Nobody outside has confirmed this",
            "Next: give your data protection officer or council a checkpoint",
        ],
        &["whose code you gave", "bundle", "continues", "Not complete", "Named in the records"],
    );
    verdict.fingerprint.compared = true;
    head_says(&verdict, &["It is the record book whose code you gave."], &[]);
    verdict.relied_on = Some(Size(1));
    verdict.entries = 1;
    head_says(
        &verdict,
        &[
            "1 record of “Hill School”, added since the checkpoint that you kept",
            "The 1 record before were not looked at again",
        ],
        &["These 1"],
    );
}

#[test]
fn an_intact_bundle_says_whose_it_says_it_is() {
    let mut verdict = bundle();
    verdict.entries = 3;
    head_says(
        &verdict,
        &[
            "The 3 records in this bundle are exactly as signed, and each has its place in a record \
             book of 12 records that calls itself “Hill School”.",
            "You gave no code to compare",
        ],
        &["Next: give"],
    );
    verdict.fingerprint.compared = true;
    head_says(&verdict, &["whose code you gave"], &["You gave no code"]);
}

#[test]
fn what_cannot_be_judged_is_said_with_its_first_record() {
    let mut verdict = ledger();
    verdict.find(Fault::new(Code::KindUnknown, "its kind", "`tea` 1", "a known kind").at(Index(7)));
    assert_eq!(verdict.verdict, Outcome::CannotCheck);
    verdict.unjudged_entries = 2;
    verdict.unjudged_from = Some(Index(7));
    head_says(
        &verdict,
        &["This record book could not be checked whole: 2 of 12 records, the first being record \
             7, can't be judged by this version (its kind: “`tea` 1”)."],
        &["fit together exactly"],
    );
    inspector_says(
        &verdict,
        &["Not checked whole: 2 of 12 records, the first being record 7,", "(first: entry 7: “its"],
        &["Intact:"],
    );
    verdict.unjudged_from = None;
    verdict.fault = None;
    verdict.subject = Subject::Bundle;
    head_says(
        &verdict,
        &["This evidence bundle could not be checked whole: part of it can't be judged by this"],
        &[],
    );
}

#[test]
fn an_inspector_reads_what_was_checked_and_against_what() {
    let mut verdict = ledger();
    let (hash, root) = (EntryHash([3; 32]), RootHash([4; 32]));
    verdict.fingerprint.hash = Some(hash);
    verdict.root = Some(root);
    inspector_says(
        &verdict,
        &[&format!(
            "Intact: entries 0 to 11: signatures, roles, order and fields agree with each other and \
             with fingerprint {hash} (not compared with any that you hold). Root at 12 entries: {root}."
        )],
        &["Nothing is newer", "Claimed time", "Not judged", "Reading copies", "Cases:"],
    );
    verdict.fingerprint.compared = true;
    verdict.relied_on = Some(Size(5));
    inspector_says(
        &verdict,
        &[
            "Intact: entries 5 to 11:",
            "(equal to the one given)",
            "Not looked at: entries 0 to 4, and whether acts are complete.",
        ],
        &["Nothing is newer"],
    );
    verdict.relied_on = Some(Size(12));
    inspector_says(
        &verdict,
        &[&format!(
            "Nothing is newer than the head that you kept, of 12 entries: the stored tree has its \
             root, {root}. Fingerprint {hash} (equal to the one given)."
        )],
        &["Intact:"],
    );
    let mut verdict = bundle();
    verdict.entries = 1;
    inspector_says(
        &verdict,
        &[
            "Intact: 1 entry of 12: signatures, roles and fields agree; each is proven to the \
             checkpoint of 12 entries",
            "the governance chain is whole from entry 11 down to 0.",
        ],
        &["Root at"],
    );
    verdict.clock = [4, 6].map(|entry| StepBack { entry: Index(entry), seconds: 5 }).to_vec();
    verdict.unjudged = vec!["2 signature lines".to_owned(), "a tag file".to_owned()];
    verdict.reading_copies = vec!["report.pdf".to_owned(), "list.csv".to_owned()];
    let case = |name: &str, whole| CaseReport {
        case: name.to_owned(),
        entries: 3,
        newest: Index(9),
        whole,
    };
    verdict.cases = vec![case("dpia-2026-001", true), case("breach-2026-001", false)];
    let all = [
        "Claimed time steps back at: 4 and 6.",
        "Not judged: 2 signature lines; a tag file.",
        "Reading copies, not checked beyond their hashes: report.pdf, list.csv.",
        "Cases: dpia-2026-001: by what their authors signed, nothing was left out before entry 9;",
        "breach-2026-001: a selection: other entries of this case exist.",
    ];
    inspector_says(&verdict, &all, &[]);
    head_says(&verdict, &[], &["Cases:"]);
    verdict.relied_on = Some(Size(5));
    inspector_says(&verdict, &[], &["Cases:"]);
    verdict.relied_on = None;
    verdict.subject = Subject::Ledger;
    inspector_says(&verdict, &[], &["Cases:"]);
}
