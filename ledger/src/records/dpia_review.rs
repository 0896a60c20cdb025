//! `dpia-review`: a DPIA is looked at again, on its day or because something changed.

use jiff::ToSpan as _;

use super::answers::Answers;
use super::assessing::readable;
use super::days::{day_at, written};
use super::dpia;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "dpia-review",
    version: 1,
    title: "DPIA review",
    about: "A DPIA or screening was looked at again: because its day came, or at once because the \
            risk, the supplier, the scope or the law changed, or something went wrong.",
    source: "Art 35(11) UK GDPR",
    class: Class::Fact,
    case: Some("dpia"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "trigger",
            Form::Choice(&["date", "risk", "supplier", "scope", "law", "incident"]),
            "why now: its day, or a change of risk, supplier, scope or law, or an incident",
        ),
        Field::required("reviewed", Form::Date, "day of the review"),
        Field::required(
            "outcome",
            Form::Choice(&["no-change", "changes-needed", "new-dpia", "stopped"]),
            "what follows: nothing, changes, a new DPIA, or the processing stops",
        ),
        Field::optional("found", Form::Long, "what was found; name no pupils"),
        Field::optional("next-review", Form::Date, "day by which it is reviewed next"),
        Field::optional("documents", Form::List(&Form::Doc), "documents of the review"),
    ],
    required_links: &[],
    usual_links: &[Relation::About, Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let dpia = readable(facts, "dpia").max_by_key(|(entry, _)| entry.index);
    if dpia.is_none() && facts.latest("dpia-screening").is_none() {
        findings.push(Finding::new("on-what", "no DPIA or screening is here that it could be of"));
    }
    if answers.lacks("found") && answers.text("outcome") != Some("no-change") {
        findings.push(Finding::new("review-found", "it is not said what was found"));
    }
    if answers.text("outcome") == Some("no-change")
        && let Some((_, dpia)) = dpia
    {
        // What a ground that has fallen needs is a change.
        dpia::check_transfers(dpia, facts, &mut findings);
    }
    check_days(answers, facts, &mut findings);
    findings
}

fn check_days(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let (Some(reviewed), Some(today)) = (answers.day("reviewed"), day_at(facts.time)) else {
        return;
    };
    let mut found = |rule, text: String| findings.push(Finding::new(rule, text));
    if reviewed > today {
        found("future", format!("it is dated {}, after this record", written(reviewed)));
    }
    // The newest day that was set: by a review, an approval, the DPIA or its screening.
    let planned = [
        ("dpia-review", "next-review"),
        ("dpia-approval", "review-date"),
        ("dpia", "review-date"),
        ("dpia-screening", "review-date"),
    ];
    let due = planned
        .into_iter()
        .flat_map(|(kind, field)| {
            readable(facts, kind)
                .filter_map(move |(entry, set)| Some((entry.index, set.day(field)?)))
        })
        .max_by_key(|(index, _)| *index);
    if let Some((index, due)) = due.filter(|(_, due)| *due < reviewed) {
        found("dpia-review", format!("it was due on {} (entry {})", written(due), index.0));
    }
    if answers.text("outcome") == Some("stopped") {
        return;
    }
    match answers.day("next-review") {
        None => found("dpia-review", "no day of the next review is set".to_owned()),
        Some(next) if next < today => {
            found("dpia-review", format!("the next review was due on {}", written(next)));
        }
        Some(next) if reviewed.checked_add(1.year()).is_ok_and(|year| next > year) => {
            found("dpia-review", "the next review is more than a year away".to_owned());
        }
        Some(_) => {}
    }
}
