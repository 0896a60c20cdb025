//! What is doubtful, not complete, left out, erased or not there: told to both readers, and only where
//! it was found.

use probity_keys::Kid;

use super::{JUNE, NOVEMBER, head_says, inspector_says, ledger};
use crate::book::acts::Incomplete;
use crate::format::hash::{Index, Sha256Hash};
use crate::verify::verdict::{AbsentDocument, Doubtful, ErasedOf, FieldsOf, Subject};

fn act(entry: u64, kind: &str, why: &str) -> Incomplete {
    Incomplete { entry: Index(entry), kind: kind.to_owned(), why: why.to_owned() }
}

#[test]
fn doubts_and_lacks_are_told_to_both_readers() {
    let mut verdict = ledger();
    let absent = ["Not complete", "on paper", "another", "may have been in other hands", "Erased"];
    head_says(&verdict, &[], &absent);
    inspector_says(
        &verdict,
        &["Missing: Documents absent: none. Removal of the newest entries can't be seen from this"],
        &["Acts not complete", "Complete only", "authorship unproven", "Answers not there"],
    );
    let doubt = |entry, revocation, suspect_since| Doubtful {
        entry: Index(entry),
        revocation: Index(revocation),
        suspect_since,
        through_appointment: false,
    };
    verdict.doubtful = vec![doubt(4, 9, NOVEMBER), doubt(5, 8, JUNE)];
    verdict.incomplete = vec![act(3, "dpia", "missing: advice"), act(4, "hold", "missing: a")];
    verdict.on_paper = vec![act(6, "policy", "signed on paper")];
    let document = |entry, name: &str| AbsentDocument {
        entry: Index(entry),
        name: name.to_owned(),
        sha256: Sha256Hash([7; 32]),
    };
    verdict.absent_documents = vec![document(2, "plan.pdf"), document(3, "map.pdf")];
    let hash = Sha256Hash([7; 32]);
    head_says(
        &verdict,
        &[
            "a key may have been in other hands from 21 June 2026, and 2 records depend on it (4 and 5)",
            "Not complete yet: record 3 (dpia): missing: advice; record 4 (hold): missing: a.",
            "Complete only through a signature on paper: record 6 (policy): signed on paper.",
            "Named in the records and not there: “plan.pdf”, “map.pdf”.",
        ],
        &["were not opened"],
    );
    inspector_says(
        &verdict,
        &[
            "(suspect keys, revoked by entry 8 and 9): 4 and 5",
            "Acts not complete: entry 3 `dpia`: missing: advice; entry 4 `hold`: missing: a",
            "Complete only through signatures on paper: entry 6 `policy`: signed on paper",
            &format!("Documents absent: entry 2 “plan.pdf” ({hash}); entry 3 “map.pdf” ({hash})"),
        ],
        &["absent: none", "not asked"],
    );
    verdict.doubtful.truncate(1);
    verdict.answers_opened = false;
    head_says(&verdict, &["1 record depends on it (4)", "were not opened"], &[]);
    inspector_says(
        &verdict,
        &["Bodies not opened: any", "Documents absent: not asked"],
        &["plan.pdf"],
    );
}

#[test]
fn answers_that_are_not_there_are_named() {
    let of = |entry, bare| FieldsOf {
        entry: Index(entry),
        fields: vec!["what".to_owned(), "who".to_owned()],
        bare,
    };
    let mut verdict = ledger();
    verdict.withheld = vec![of(3, false), of(5, true)];
    inspector_says(
        &verdict,
        &["Answers not there, and not known to be erased: 3 and 5"],
        &["Withheld", "without their answers"],
    );
    head_says(&verdict, &[], &["Left out", "without answers"]);
    verdict.subject = Subject::Bundle;
    head_says(
        &verdict,
        &[
            "Left out of this copy, sealed in place so that they can be shown later and checked: \
             record 3 (what, who).",
            "1 record stands here without answers",
        ],
        &["record 5"],
    );
    inspector_says(
        &verdict,
        &[
            "Withheld from records that are shown: record 3 (what, who). Entries here without their answers: 1.",
        ],
        &["Answers not there"],
    );
    verdict.withheld = vec![of(5, true), of(6, true)];
    head_says(&verdict, &["2 records stand here without answers"], &["Left out"]);
    verdict.withheld.clear();
    head_says(&verdict, &[], &["without answers"]);
    inspector_says(
        &verdict,
        &["Withheld from records that are shown: nothing. "],
        &["Entries here without"],
    );
}

#[test]
fn what_was_erased_says_why_and_by_which_record() {
    let mut verdict = ledger();
    let of = |entry, fields: &[&str], by, ground| ErasedOf {
        entry: Index(entry),
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        by: Index(by),
        ground,
        time: NOVEMBER,
        kid: Kid([1; 32]),
    };
    verdict.erased = vec![
        of(3, &["what", "who"], 9, "retention"),
        of(4, &["what"], 9, "retention"),
        of(5, &["what"], 10, "request"),
    ];
    head_says(
        &verdict,
        &[
            "3 answers in records 3 and 4 were erased on 21 November 2026 under your retention rules \
             (record 9); what they said is gone and can't be checked. 1 answer in record 5 was erased \
             on 21 November 2026 because whom they are about asked for it (record 10)",
        ],
        &[],
    );
    inspector_says(
        &verdict,
        &["Erased: entry 3 `what`, `who` (entry 9, ground retention, signed by key 01010101); \
             entry 4 `what` (entry 9,"],
        &["more"],
    );
    for (ground, words) in [
        ("withdrawal", "because a consent was withdrawn"),
        ("order", "by order of a court or the regulator"),
    ] {
        verdict.erased = vec![of(3, &["what"], 9, ground)];
        head_says(&verdict, &[words], &[]);
    }
    let many = |number| (0..number).map(|entry| of(entry, &["what"], 50, "order")).collect();
    verdict.erased = many(24);
    inspector_says(&verdict, &["entry 23 `what`"], &["more"]);
    verdict.erased = many(26);
    inspector_says(&verdict, &["entry 23 `what`", "; and 2 more"], &["entry 24 `what`"]);
}
