//! How a DPIA agrees with what stands before it in its case: the screening, and the approvals.

use jiff::civil::Date;

use crate::records::answers::{Answers, part};
use crate::records::approving::permits;
use crate::records::assessing::{differences, is_maybe, readable, said_special, texts};
use crate::records::days::{day_at, done_by, written};
use crate::records::facts::{Facts, Finding};

pub(super) fn check(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    check_started(answers, facts, findings);
    let newest = readable(facts, "dpia-screening").max_by_key(|(entry, _)| entry.index);
    let Some((entry, screening)) = newest else {
        findings.push(Finding::new("no-screening", "no screening stands before this DPIA"));
        return;
    };
    let place = format!("the screening (entry {})", entry.index.0);
    check_lists(answers, screening, &place, findings);
    let mut found = |rule, text: String| findings.push(Finding::new(rule, text));
    if let (Some(here), Some(there)) = (answers.text("special-data"), said_special(screening))
        && ((here == "no" && is_maybe(there)) || (is_maybe(here) && there == "no"))
    {
        found(
            "special-data",
            format!("special category data: {here} here, and {there} in {place}"),
        );
    }
    if answers.text("new-data") == Some("no") {
        for (field, what) in [
            ("new-information", "new information is collected"),
            ("new-recipients", "others get the information"),
        ] {
            let said = screening.get(field).and_then(|given| part(given, "answer"));
            if let Some(said) = said.filter(|said| is_maybe(said)) {
                found(
                    "new-data",
                    format!("no new data here, and {place} answers whether {what}: {said}"),
                );
            }
        }
    }
    match (screening.truth("transfer-abroad"), answers.lacks("transfers")) {
        (Some(false), false) => found(
            "transfer-differs",
            format!("transfers are listed, and {place} says that no data go abroad"),
        ),
        (Some(true), true) => found(
            "transfer-differs",
            format!("no transfer is listed, and {place} says that data go abroad"),
        ),
        _ => {}
    }
}

/// Purposes, people and bases, as far as both say them.
fn check_lists(answers: &Answers, screening: &Answers, place: &str, findings: &mut Vec<Finding>) {
    let bases = screening.text("basis").into_iter().collect();
    for (what, here, there) in [
        (
            "the purposes",
            texts(answers, "purposes", Some("purpose")),
            texts(screening, "purposes", None),
        ),
        ("the people concerned", texts(answers, "people", None), texts(screening, "people", None)),
        ("the lawful bases", texts(answers, "purposes", Some("basis")), bases),
    ] {
        if here.is_empty() || there.is_empty() {
            continue;
        }
        if let Some(words) = differences(&here, &there, &format!("only in {place}")) {
            findings.push(Finding::new("screening-differs", format!("{what} differ; {words}")));
        }
    }
}

/// Processing that has started had to be approved before.
fn check_started(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let approved = readable(facts, "dpia-approval")
        .filter(|(entry, _)| permits(entry.decision))
        .filter_map(|(entry, approval)| day_at(done_by(approval, entry.time)))
        .min();
    if let Some(text) = started_before(answers, approved) {
        findings.push(Finding::new("started-before-approval", text));
    }
    if answers.text("processing") == Some("planned")
        && let (Some(started), Some(today)) = (answers.day("started-on"), day_at(facts.time))
        && started <= today
    {
        findings.push(Finding::new(
            "started-before-approval",
            format!("it is called planned, and is said to have started on {}", written(started)),
        ));
    }
}

/// That processing started before it was approved on that day, or while nothing is approved, if a
/// DPIA says so.
pub(in crate::records) fn started_before(dpia: &Answers, approved: Option<Date>) -> Option<String> {
    if dpia.text("processing") != Some("started") {
        return None;
    }
    match (dpia.day("started-on"), approved) {
        (None, None) => Some("processing has started, and nothing is approved".to_owned()),
        (Some(started), None) => {
            Some(format!("processing started on {}, and nothing is approved", written(started)))
        }
        (Some(started), Some(approved)) if started < approved => Some(format!(
            "processing started on {}, before it was approved on {}",
            written(started),
            written(approved)
        )),
        _ => None,
    }
}
