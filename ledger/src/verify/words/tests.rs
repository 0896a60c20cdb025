//! What a verdict says, to either reader: that it says what was found, and nothing that wasn't.

use probity_keys::Kid;

use super::{CLOSING, Voice, count, day, indices, moment, sentences};
use crate::format::hash::{Index, Size};
use crate::verify::verdict::{KeyReport, Subject, Verdict};

mod checked;
mod missing;
mod not_genuine;
mod outside;
mod quoted;
mod whose_word;

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
