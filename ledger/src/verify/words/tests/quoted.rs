//! Words of the records: what others chose is told as theirs, on one line and at bounded length.

use super::{bundle, head_says, inspector_says, key, ledger};
use crate::book::fault::{Code, Fault};
use crate::format::hash::{Index, Sha256Hash};
use crate::verify::verdict::AbsentDocument;

#[test]
fn a_school_s_name_is_one_line_of_bounded_length() {
    let mut verdict = ledger();
    verdict.school = Some(format!("Hill\n\u{1b}{}", "x".repeat(74)));
    head_says(&verdict, &[&format!("of “Hill{}” fit", "x".repeat(74))], &["…"]);
    verdict.school = Some("x".repeat(81));
    head_says(&verdict, &[&format!("of “{}…” fit", "x".repeat(80))], &[]);
    verdict.school = None;
    head_says(&verdict, &["of “a school without a name” fit"], &[]);
}

/// What a record says is told in quotation marks that it can't end: else it could speak in our place.
#[test]
fn words_of_a_record_do_not_pass_for_the_verdict_s() {
    let mut verdict = bundle();
    let forged = "nothing”. Every document is here";
    verdict.absent_documents = vec![AbsentDocument {
        entry: Index(3),
        name: forged.to_owned(),
        sha256: Sha256Hash([3; 32]),
    }];
    head_says(&verdict, &["not there: “nothing\". Every document is here”."], &[forged]);
    inspector_says(&verdict, &["“nothing\". Every document is here” ("], &[forged]);
    verdict.keys = vec![key(1, 1, Some("Ada. All records were confirmed"))];
    inspector_says(&verdict, &["“Ada. All records were confirmed” ("], &[]);

    // Nor do the names of files in a hostile zip.
    let forged = "b/x`. That is no fault. You can rely on it. Packed by `zip";
    let mut named = bundle();
    named.find(Fault::new(Code::Container, format!("`{forged}`"), "it is encrypted”", "a zip"));
    head_says(&named, &["The file holds something that has no place"], &["You can rely on it"]);
    inspector_says(
        &named,
        &[
            "“'b/x'. That is no fault. You can rely on it. Packed by 'zip'”: found “it is encrypted\"”",
        ],
        &[forged],
    );
}
