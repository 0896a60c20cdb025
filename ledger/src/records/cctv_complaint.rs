//! `cctv-complaint`: somebody complained about the cameras or asked about them.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "cctv-complaint",
    version: 1,
    title: "CCTV complaint",
    about: "Somebody complained about CCTV or asked about it. It goes to the DPO first. Record it \
            again in its case when it is answered.",
    source: "policy §10.8",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("received", Form::Date, "day on which it reached the school"),
        Field::required("what", Form::Long, "what it is about; name no pupils"),
        Field::optional("cameras", Form::List(&Form::Text), "which cameras"),
        Field::optional("subject", Form::Ref, "the reference of who complained; never a name"),
        Field::optional("passed-to", Form::Person, "who deals with it: the DPO or who helps them"),
        Field::optional(
            "outcome",
            Form::Choice(&["open", "upheld", "partly-upheld", "not-upheld", "withdrawn"]),
            "what came of it",
        ),
        Field::optional("answered", Form::Date, "day of the answer"),
        Field::optional("reply", Form::Long, "what was answered; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the letters"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |rule, text: String| findings.push(Finding::new(rule, text));
    if answers.lacks("passed-to") {
        found("cctv-complaint", "it is not said who deals with it".to_owned());
    }
    if matches!(answers.text("outcome"), Some("upheld" | "partly-upheld" | "not-upheld")) {
        for (field, lack) in [
            ("answered", "it has an outcome, and it is not said when it was answered"),
            ("reply", "it has an outcome, and it is not said what was answered"),
        ] {
            if answers.lacks(field) {
                found("cctv-complaint", lack.to_owned());
            }
        }
    }
    let (received, answered) = (answers.day("received"), answers.day("answered"));
    if let (Some(received), Some(answered)) = (received, answered)
        && answered < received
    {
        found("time-order", "it was answered before it was received".to_owned());
    }
    let later =
        [received, answered].into_iter().flatten().find(|day| Some(*day) > day_at(facts.time));
    if let Some(day) = later {
        found("future", format!("it names {}, which is after this record", written(day)));
    }
    findings
}
