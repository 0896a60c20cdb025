//! `complaint-step`: what was done about a complaint.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};

/// Version 1.
pub const V1: Kind = Kind {
    name: "complaint-step",
    version: 1,
    title: "Step on a complaint",
    about: "What was done about a complaint: acknowledged, looked into, progress or the outcome \
            told, escalated, or taken back by who complained.",
    source: "DPA 2018 s.164A (since 19 June 2026)",
    class: Class::Fact,
    case: Some("complaint"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "step",
            Form::Choice(&[
                "acknowledged",
                "enquiry",
                "progress-told",
                "outcome",
                "escalated",
                "withdrawn",
            ]),
            "what was done",
        ),
        Field::required("done", Form::Date, "on which day"),
        Field::optional("detail", Form::Long, "what was found or said; name no pupils"),
        Field::optional(
            "outcome",
            Form::Choice(&["upheld", "partly-upheld", "not-upheld"]),
            "the outcome, if this is it",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "done", "it was done"));
    match facts.latest("complaint") {
        None => {
            findings.push(Finding::new("no-complaint", "no complaint stands before this step"));
        }
        Some(complaint) => {
            let received = complaint.answers.and_then(|complaint| complaint.day("received"));
            findings.extend(reversed(
                received,
                answers.day("done"),
                "the step was taken before the complaint was received",
            ));
        }
    }
    match (answers.text("step") == Some("outcome"), answers.lacks("outcome")) {
        (true, true) => findings.push(Finding::new(
            "complaint-outcome",
            "an outcome was reached, and it is not said whether the complaint is upheld",
        )),
        (false, false) => findings.push(Finding::new(
            "complaint-outcome",
            "an outcome is named, and this step is not the outcome",
        )),
        _ => {}
    }
    findings
}
