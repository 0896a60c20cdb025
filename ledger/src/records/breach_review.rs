//! `breach-review`: what is learnt once the first rush is over, and to whom it is reported.

use super::answers::Answers;
use super::breach_case::{case, check_contained, is_told, lists, tellings};
use super::breach_investigation;
use super::days::{day_at, written};
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-review",
    version: 1,
    title: "Review of a breach",
    about: "Looks back on a breach after its investigation report is signed off: its causes, how \
            well the school responded, to whom that was reported, and what is left to do.",
    source: "policy §9.8",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("reviewed", Form::Date, "day of the review"),
        Field::optional("causes", Form::Long, "the causes, looking back; name no pupils"),
        Field::optional("response", Form::Long, "how well the school responded; name no pupils"),
        Field::optional(
            "reported-to",
            Form::List(&Form::Choice(&["leadership-group", "governors", "committee", "trust"])),
            "to which meetings it was reported",
        ),
        Field::optional("reported-on", Form::Date, "day of the last of these meetings"),
        Field::optional("action-plan", Form::Long, "what is to be put right; name no pupils"),
        Field::optional("policy-change", Form::Bool, "whether the breach procedure has to change"),
        Field::required(
            "outcome",
            Form::Choice(&["closed", "actions-open"]),
            "whether the matter is closed or actions are open",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the minutes or the review as a file"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_contained(facts, &mut findings);
    let reviewed = answers.day("reviewed");
    if let (Some(reviewed), Some(today)) = (reviewed, day_at(facts.time))
        && reviewed > today
    {
        findings.push(Finding::new("future", "the review is dated after this record"));
    }
    match case(facts, "breach-investigation").max_by_key(|entry| entry.index) {
        None => findings.push(Finding::new(
            "review-before-signoff",
            "no investigation report stands before this review",
        )),
        Some(report) => {
            let dated = report.answers.and_then(|answers| answers.day("report-date"));
            if let (Some(reviewed), Some(dated)) = (reviewed, dated)
                && reviewed < dated
            {
                findings.push(Finding::new(
                    "time-order",
                    format!("it was reviewed before the report of {}", written(dated)),
                ));
            }
            check_signed_off(report, facts, &mut findings);
        }
    }
    check_reported(answers, &mut findings);
    check_outcome(answers, facts, &mut findings);
    findings
}

/// The report's three signatures, by the groups of roles that its kind names.
fn check_signed_off(report: &Earlier<'_>, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let on_it = |entry: &&Earlier<'_>| entry.links.contains(&(Relation::SignsOff, report.hash));
    for also in breach_investigation::V1.also {
        let signed =
            case(facts, also.kind).filter(on_it).any(|entry| also.roles.contains(&entry.role));
        let on_paper = || {
            case(facts, "paper-signature").filter(on_it).any(|entry| {
                let role = entry.answers.map(|paper| paper.text("role"));
                role.is_none_or(|role| role.is_some_and(|role| also.roles.contains(&role)))
            })
        };
        if !signed && !on_paper() {
            findings.push(Finding::new(
                "review-before-signoff",
                format!("it is reviewed before the report has {}", also.what),
            ));
        }
    }
}

/// Policy §9.8: the next meetings of the leadership group and of the governors.
fn check_reported(answers: &Answers, findings: &mut Vec<Finding>) {
    for (word, name) in
        [("leadership-group", "the leadership group"), ("governors", "the governors")]
    {
        if !lists(answers, "reported-to", word) {
            findings.push(Finding::new(
                "breach-reported",
                format!("nothing says that it was reported to {name}"),
            ));
        }
    }
    if !answers.lacks("reported-to") && answers.lacks("reported-on") {
        findings.push(Finding::new("breach-reported", "it is not said when it was reported"));
    }
}

fn check_outcome(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    match answers.text("outcome") {
        Some("actions-open") if answers.lacks("action-plan") => findings
            .push(Finding::new("action-plan", "actions are open, and no action plan says which")),
        Some("closed") => {
            let to_tell = case(facts, "breach-investigation")
                .max_by_key(|entry| entry.index)
                .and_then(|report| report.answers)
                .is_some_and(|report| report.text("telling-people") == Some("to-be-told"));
            let told = tellings(facts).is_none_or(|all| is_told(&all, "people-concerned"));
            if to_tell && !told {
                findings.push(Finding::new(
                    "breach-people",
                    "it is closed, and the people concerned are still to be told",
                ));
            }
        }
        _ => {}
    }
}
