//! `correction`: an earlier record was wrong; both stay readable.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "correction",
    version: 1,
    title: "Correction",
    about: "Corrects an earlier record. What was wrong stays readable under it, and approvals \
            that rest on it have to be given again.",
    source: "Art 5(1)(d) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "what-changed",
            Form::Long,
            "which answers were wrong and what is right; name no pupils",
        ),
        Field::optional("reason", Form::Long, "how the mistake came about; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "documents that replace or explain"),
    ],
    required_links: &[&[Relation::Corrects]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.lacks("reason") {
        findings.push(Finding::new("correction-reason", "no reason is given for the correction"));
    }
    for entry in facts.linked_by(Relation::Corrects) {
        if entry.person != facts.author.person {
            findings.push(Finding::new(
                "corrected-by-another",
                format!("entry {} is corrected by somebody other than its author", entry.index.0),
            ));
        }
    }
    findings
}
