//! `approval`: somebody approves, or refuses, an entry or documents.

use super::answers::Answers;
use super::approving;
use super::days::{done_by, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "approval",
    version: 1,
    title: "Approval",
    about: "Approves, approves with conditions, or refuses a record or documents, exactly as they \
            stand now. Signing a document makes one of these.",
    source: "Art 5(2), 24 UK GDPR",
    class: Class::Permission,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Decision,
    fields: &[
        Field::optional("conditions", Form::List(&Form::Text), "conditions of the approval"),
        Field::optional("wording", Form::Long, "the wording that is signed"),
        Field::optional("documents", Form::List(&Form::Doc), "the documents that are approved"),
    ],
    required_links: &[],
    usual_links: &[Relation::Approves],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = approving::check(answers, facts);
    if !approving::permits(facts.decision) {
        return findings;
    }
    let done = done_by(answers, facts.time);
    for entry in facts.linked_by(Relation::Approves) {
        let start = entry.answers.and_then(|answers| answers.integer("start"));
        if let (true, Some(start)) = (entry.kind == "covert-authorisation", start)
            && start < done
        {
            findings.push(Finding::new(
                "covert-approval",
                format!(
                    "it approves covert monitoring, entry {}, after its start on {}",
                    entry.index.0,
                    written_time(start)
                ),
            ));
        }
    }
    findings
}
