//! What a breach's case says so far: since when the school has been aware, who has been told,
//! and whether what is still going on was contained.
//!
//! An entry whose answers were erased says nothing. Where it might have said what is looked for,
//! nothing is held to be missing.

use super::answers::Answers;
use super::facts::{Earlier, Facts, Finding};
use super::roles::{CHAIRS, DPO, HEADS};
use crate::format::cbor::Value;

/// Who has to know of every breach (policy §9.5): the word of `breach-told`, in words, and the
/// roles in which they sign.
pub(super) const MUST_KNOW: [(&str, &str, &[&str]); 3] = [
    ("dpo", "the DPO", DPO),
    ("headteacher", "the head teacher", HEADS),
    ("chair-of-governors", "the chair of governors", CHAIRS),
];

/// When the school became aware, by the newest report.
pub(super) fn aware(facts: &Facts<'_>) -> Option<i64> {
    facts.latest("breach-report")?.answers?.integer("aware")
}

/// That no report stands before, if none does.
pub(super) fn check_report(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if facts.latest("breach-report").is_none() {
        findings.push(Finding::new("no-report", "no breach report stands before this record"));
    }
}

/// Who was told so far; `None` when one of these records can no longer be read.
pub(super) fn tellings<'a>(facts: &'a Facts<'_>) -> Option<Vec<&'a Answers>> {
    case(facts, "breach-told").map(|entry| entry.answers).collect()
}

/// Whether one of the words of a list is `word`.
pub(super) fn lists(answers: &Answers, field: &str, word: &str) -> bool {
    answers.list(field).iter().filter_map(Value::as_text).any(|one| one == word)
}

/// Whether `whom` is on record as told.
pub(super) fn is_told(tellings: &[&Answers], whom: &str) -> bool {
    tellings.iter().any(|answers| lists(answers, "whom", whom))
}

/// Whether somebody in one of `roles` signed a report of the case, and so knows of it.
pub(super) fn reported_as(facts: &Facts<'_>, roles: &[&str]) -> bool {
    case(facts, "breach-report").any(|entry| roles.contains(&entry.role))
}

/// That the breach is still going on and nothing was done to contain it, if that is so.
pub(super) fn check_contained(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let going_on = case(facts, "breach-report").max_by_key(|entry| entry.index).filter(|entry| {
        entry.answers.is_some_and(|report| report.truth("still-occurring") == Some(true))
    });
    let contains = |measure: &Earlier<'_>| {
        measure.answers.is_none_or(|answers| answers.text("purpose") == Some("containment"))
    };
    if let Some(report) = going_on
        && !case(facts, "breach-measure").any(contains)
    {
        findings.push(Finding::new(
            "still-occurring",
            format!(
                "it is still going on by entry {}, and no measure to contain it is on record",
                report.index.0
            ),
        ));
    }
}

/// The entries of a kind in this case.
pub(super) fn case<'a>(
    facts: &'a Facts<'_>,
    kind: &'static str,
) -> impl Iterator<Item = &'a Earlier<'a>> {
    facts.case.iter().filter(move |entry| entry.kind == kind)
}
