//! What a verdict says, to either reader: that it says what was found, and nothing that wasn't.

use probity_keys::Kid;

use super::*;
use crate::book::acts::Incomplete;
use crate::book::fault::Fault;
use crate::format::hash::{EntryHash, RootHash, Sha256Hash};
use crate::verify::verdict::{
    AbsentDocument, CaseReport, Doubtful, ErasedOf, ExistedBy, FieldsOf, NotBefore, OutsideReport,
    Stated, StepBack, Witnessed, Worth,
};

/// 21 November 2026, 14:02 GMT.
const NOVEMBER: i64 = 1_795_269_720;

/// 21 June 2026, 14:02 BST.
const JUNE: i64 = 1_782_046_920;

fn verdict(subject: Subject) -> Verdict {
    let mut verdict = Verdict::begin(subject);
    verdict.school = Some("Hill School".to_owned());
    verdict.origin = Some("hill.example".to_owned());
    verdict.size = Size(12);
    verdict.entries = 12;
    verdict
}

fn ledger() -> Verdict {
    verdict(Subject::Ledger)
}

fn bundle() -> Verdict {
    verdict(Subject::Bundle)
}

fn said(verdict: &Verdict, voice: Voice) -> String {
    let all = sentences(verdict, voice);
    assert_eq!(all.last().map(String::as_str), Some(CLOSING), "no check shows more");
    all.join("\n")
}

/// Requires that some words are said and that others aren't.
#[track_caller]
fn says(verdict: &Verdict, voice: Voice, words: &[&str], not: &[&str]) {
    let text = said(verdict, voice);
    for word in words {
        assert!(text.contains(word), "`{word}` isn't said:\n{text}");
    }
    for word in not {
        assert!(!text.contains(word), "`{word}` is said:\n{text}");
    }
}

#[track_caller]
fn head_says(verdict: &Verdict, words: &[&str], not: &[&str]) {
    says(verdict, Voice::Head, words, not);
}

#[track_caller]
fn inspector_says(verdict: &Verdict, words: &[&str], not: &[&str]) {
    says(verdict, Voice::Inspector, words, not);
}

fn act(entry: u64, kind: &str, why: &str) -> Incomplete {
    Incomplete { entry: Index(entry), kind: kind.to_owned(), why: why.to_owned() }
}

fn key(kid: u8, person: u8, name: Option<&str>) -> KeyReport {
    KeyReport {
        kid: Kid([kid; 32]).to_string(),
        person: format!("{person:032x}"),
        name: name.map(str::to_owned),
        roles: vec!["dpo".to_owned(), "staff".to_owned()],
        entries: u64::from(kid),
        accepted: true,
        appointed_by: None,
        revoked_by: None,
    }
}

#[test]
fn moments_counts_and_lists_are_written_as_people_do() {
    assert_eq!(moment(NOVEMBER), "21 November 2026, 14:02 GMT");
    assert_eq!(moment(JUNE), "21 June 2026, 14:02 BST");
    assert_eq!(day(NOVEMBER), "21 November 2026");
    // The day in London, not in Greenwich.
    assert_eq!(day(JUNE + 10 * 3600), "22 June 2026");
    assert_eq!(moment(i64::MAX), "9223372036854775807 seconds after 1970");
    assert_eq!(day(i64::MIN), "-9223372036854775808 seconds after 1970");
    let counted = [0, 1, 2].map(|number| count(number, "record", "records"));
    assert_eq!(counted, ["0 records", "1 record", "2 records"]);
    let list = |number: u64| indices(&(1..=number).map(Index).collect::<Vec<_>>());
    assert_eq!(list(0), "none");
    assert_eq!(list(1), "1");
    assert_eq!(list(2), "1 and 2");
    assert_eq!(list(3), "1, 2 and 3");
    assert_eq!(list(12), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 12");
    assert_eq!(list(13), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 1 more");
    assert_eq!(list(20), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more");
}

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
fn a_school_s_name_is_one_line_of_bounded_length() {
    let mut verdict = ledger();
    verdict.school = Some(format!("Hill\n\u{1b}{}", "x".repeat(74)));
    head_says(&verdict, &[&format!("of “Hill{}” fit", "x".repeat(74))], &["…"]);
    verdict.school = Some("x".repeat(81));
    head_says(&verdict, &[&format!("of “{}…” fit", "x".repeat(80))], &[]);
    verdict.school = None;
    head_says(&verdict, &["of “a school without a name” fit"], &[]);
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
        says(&verdict, voice, &["Whether it continues the head of 1 record that you kept"], &[]);
    }
    verdict.continuity = Some(continues(true));
    inspector_says(
        &verdict,
        &["Removal of entries newer than the head that you kept can't be seen."],
        &["Removal of the newest"],
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

#[test]
fn keys_are_counted_by_person_and_named() {
    let mut verdict = bundle();
    let mut second = key(0xab, 1, None);
    second.accepted = false;
    second.revoked_by = Some(Index(8));
    verdict.keys = vec![key(1, 1, Some("Amina Okafor")), second, key(3, 2, Some("R. Hale"))];
    verdict.times = Some((JUNE, NOVEMBER));
    inspector_says(
        &verdict,
        &[
            "Whose word: self-asserted. Without outside evidence, whoever holds the controlling keys \
             could have rewritten all or removed the newest. 3 keys signed in this bundle, appointed \
             to 2 persons; 2 of them accepted by their holders",
            "“Amina Okafor” (dpo, staff, key 01010101, 1 entry); name not disclosed (dpo, staff, key \
             abababab, 171 entries, not accepted, revoked by entry 8); “R. Hale” (dpo, staff, key \
             03030303, 3 entries). Times are claims, from 21 June 2026, 14:02 BST to 21 November \
             2026, 14:02 GMT.",
        ],
        &[],
    );
    verdict.subject = Subject::Ledger;
    verdict.keys.truncate(1);
    inspector_says(
        &verdict,
        &["1 key signed, appointed to 1 person; 1 of them"],
        &["in this bundle"],
    );
    verdict.relied_on = Some(Size(5));
    inspector_says(
        &verdict,
        &[
            "could have written these entries, or removed the newest. Since your checkpoint signed: \
             “Amina Okafor” (dpo, staff, key 01010101, 1 entry).",
        ],
        &["appointed to"],
    );
    verdict.keys.clear();
    inspector_says(&verdict, &["Since your checkpoint signed: nobody."], &[]);
}

#[test]
fn what_was_signed_elsewhere_names_author_and_carrier() {
    let mut verdict = ledger();
    head_says(&verdict, &[], &["On another machine"]);
    inspector_says(&verdict, &[], &["Signed elsewhere"]);
    verdict.keys = vec![key(1, 1, Some("Amina Okafor")), key(2, 2, None)];
    let one = |entry| Stated {
        entry: Index(entry),
        by: Kid([1; 32]).to_string(),
        entered_by: Kid([2; 32]).to_string(),
        after: Index(4),
    };
    verdict.stated = vec![one(7)];
    head_says(
        &verdict,
        &["On another machine: record 7 was signed by “Amina Okafor” elsewhere and entered by \
             somebody unnamed."],
        &["more"],
    );
    inspector_says(
        &verdict,
        &[
            "Signed elsewhere: entry 7 by “Amina Okafor” (key 01010101), who knew the chain up to entry \
             4; entered by name not disclosed (key 02020202).",
        ],
        &["more"],
    );
    verdict.stated = (1..=12).map(one).collect();
    head_says(&verdict, &["record 12 was signed"], &["so were"]);
    verdict.stated = (1..=14).map(one).collect();
    head_says(&verdict, &["record 12 was signed", "; so were 2 more."], &["record 13"]);
    inspector_says(&verdict, &["entry 12 by", "; and 2 more."], &["entry 13 by"]);
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

fn outside(by: &str, size: u64, time: Option<i64>, state: Worth) -> OutsideReport {
    OutsideReport { size: Size(size), file: format!("{by}.tsr"), by: by.to_owned(), time, state }
}

/// Ten records that three whom the reader trusts confirmed, and an authority the first nine.
fn confirmed() -> Verdict {
    let mut verdict = ledger();
    verdict.outside = vec![
        outside("Vale", 10, Some(JUNE), Worth::Trusted),
        outside("Dale", 10, Some(JUNE - 1), Worth::Trusted),
        outside("Late", 10, Some(JUNE + 1), Worth::Trusted),
        outside("Other", 9, Some(JUNE), Worth::Trusted),
        outside("Named by the school", 10, Some(JUNE), Worth::Claimed),
        outside("", 8, None, Worth::Invalid),
    ];
    verdict.existed_by =
        vec![ExistedBy { below: Size(9), time: JUNE }, ExistedBy { below: Size(10), time: JUNE }];
    verdict.witnessed = vec![Witnessed { size: Size(10), time: JUNE }];
    verdict.not_before = vec![NotBefore { above: Index(3), time: NOVEMBER }];
    verdict
}

#[test]
fn what_somebody_outside_confirmed_is_said_with_their_names() {
    let mut verdict = confirmed();
    head_says(
        &verdict,
        &[
            "“Dale” and “Vale”, whom you trust, confirmed the first 10 records on 21 June 2026. The \
             newest 2 rest on the word",
        ],
        &["Nobody outside", "It holds confirmations"],
    );
    inspector_says(
        &verdict,
        &[
            "Whose word: confirmed from outside up to entry 9; for what is newer, whoever holds the \
             controlling keys could have rewritten all",
            "Outside evidence: entries 0 to 8 existed in this form and order by 21 June 2026, 14:02 \
             BST, on the word of “Other” (check",
            "entries 0 to 9 existed in this form and order by 21 June 2026, 14:02 BST, on the word of \
             “Dale” and “Vale” (check",
            "entries above 3 were not put on record before 21 November 2026, 14:02 GMT",
            "itself names: Named by the school.tsr by “Named by the school” over 10 entries, 21 June",
            "not valid: .tsr over 8 entries.",
        ],
        &["self-asserted", "fewer of them"],
    );
    // What no other evidence rests on is told, too: it counts, and says no more.
    inspector_says(
        &verdict,
        &[
            "adding nothing to that: Late.tsr by “Late” over 10 entries, 21 June 2026, 14:02 BST; valid, by a",
        ],
        &[],
    );
    let mut early = verdict.clone();
    early.outside.push(OutsideReport {
        file: "data/times/11.1.note".to_owned(),
        ..outside("Too few", 11, Some(JUNE), Worth::Trusted)
    });
    inspector_says(
        &early,
        &[
            "fewer of them over one head than your list asks for: data/times/11.1.note by “Too few” over 11",
        ],
        &[],
    );
    verdict.size = Size(11);
    head_says(&verdict, &["the first 10 records", "The newest one rests"], &[]);
    verdict.size = Size(10);
    head_says(&verdict, &["confirmed all of them on 21 June 2026."], &["newest"]);
}

/// What those signed who are fewer than the list asks for is named, and nothing rests on it.
#[test]
fn of_too_few_whom_somebody_trusts_only_what_they_signed_is_said() {
    let mut verdict = confirmed();
    verdict.size = Size(10);
    verdict.existed_by.clear();
    verdict.witnessed.clear();
    for one in &mut verdict.outside {
        one.file = one.file.replace(".tsr", ".note");
    }
    let others = "It holds confirmations by “Named by the school”, whom only it vouches for";
    let too_few = "signed by “Dale”, “Late” and “Vale”, whom you trust, and at no point were the records signed \
                   by as many as your list asks for: so it rests on the word";
    head_says(
        &verdict,
        &[&format!("It is {too_few}"), others],
        &["Nobody outside has confirmed this", "“Other”", "another record book"],
    );
    // Nobody signed the newest, and the sentence doesn't say that somebody did.
    verdict.size = Size(12);
    head_says(&verdict, &[&format!("The first 10 records are {too_few}")], &["It is signed"]);
    inspector_says(
        &verdict,
        &[
            "self-asserted",
            "fewer of them over one head than your list asks for: Vale.note by “Vale” over 10",
        ],
        &["Outside evidence: ."],
    );
    verdict.list_of_another = true;
    head_says(
        &verdict,
        &["Your list is for another record book, and what those on it", others],
        &["as many as"],
    );
    inspector_says(
        &verdict,
        &["but your list is for another record book: Vale.note by “Vale” over 10"],
        &["fewer of them"],
    );
    verdict.list_of_another = false;
    verdict.outside.retain(|one| one.state != Worth::Trusted);
    head_says(
        &verdict,
        &["Nobody outside has confirmed this", "It holds confirmations by “Named by the school”"],
        &["“Vale”"],
    );
    verdict.outside.retain(|one| one.state != Worth::Claimed);
    head_says(&verdict, &["Nobody outside has confirmed this"], &["It holds confirmations"]);
    inspector_says(&verdict, &["self-asserted"], &["itself names"]);
    verdict.outside.clear();
    inspector_says(&verdict, &[], &["Outside evidence"]);
}

#[test]
fn names_from_outside_are_quoted_and_few() {
    let mut verdict = ledger();
    let pair = ExistedBy { below: Size(12), time: JUNE };
    verdict.existed_by = vec![pair];
    let trusted = |by: &str| outside(by, 12, Some(JUNE), Worth::Trusted);
    head_says(&verdict, &["nobody, whom you trust,"], &[]);
    verdict.outside = vec![trusted("Vale\n\u{1b}[31m"), trusted("Vale\n\u{1b}[31m")];
    head_says(&verdict, &["“Vale[31m”, whom you trust"], &["and"]);
    verdict.outside = vec![trusted("")];
    head_says(&verdict, &["somebody without a name, whom you trust"], &["“”"]);
    for (length, ends) in [(80, "x”"), (81, "x…”")] {
        verdict.outside = vec![trusted(&"x".repeat(length))];
        head_says(&verdict, &[&format!("“{}{ends}, whom", "x".repeat(79))], &[]);
    }
    verdict.outside = ["A", "B", "C", "D", "E"].map(trusted).to_vec();
    head_says(&verdict, &["“A”, “B”, “C”, “D” and “E”, whom"], &["more"]);
    verdict.outside.extend(["F", "G"].map(trusted));
    head_says(&verdict, &["“A”, “B”, “C”, “D”, “E” and 2 more, whom"], &["“F”"]);
    let invalid = |number| {
        (0..number).map(|at| outside(&format!("w{at}"), 1, None, Worth::Invalid)).collect()
    };
    verdict.outside = invalid(12);
    inspector_says(&verdict, &["w11.tsr by “w11” over 1 entry."], &["more"]);
    verdict.outside = invalid(15);
    inspector_says(&verdict, &["w11.tsr", "; and 3 more."], &["w12.tsr"]);
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
