//! `dpo-advice`: what the data protection officer advises, on exactly which content.

use super::answers::Answers;
use super::approving;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::DPO;

/// Version 1.
pub const V1: Kind = Kind {
    name: "dpo-advice",
    version: 1,
    title: "DPO's advice",
    about: "The data protection officer advises on a record or on documents, exactly as they \
            stand now. The controller may overrule the advice, with reasons and a name.",
    source: "Art 35(2), 39(1)(c) UK GDPR; policy §12.8",
    class: Class::Fact,
    case: None,
    signers: Signers::OneOf(DPO),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "recommendation",
            Form::Choice(&["proceed", "proceed-with-changes", "restrict", "do-not-proceed"]),
            "the advice in one word",
        ),
        Field::optional("advice", Form::Long, "the advice itself; name no pupils"),
        Field::optional("concerns", Form::List(&Form::Text), "each concern; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the documents advised on"),
    ],
    required_links: &[],
    usual_links: &[Relation::Advises],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.lacks("advice") {
        findings.push(Finding::new("dpia-advice", "the advice itself is not written down"));
    }
    if !facts.has_link(Relation::Advises) && answers.lacks("documents") {
        findings.push(Finding::new("on-what", "it links to no record and names no document"));
    }
    findings.extend(approving::on_other_files(answers, facts));
    if matches!(answers.text("recommendation"), Some("restrict" | "do-not-proceed"))
        && answers.lacks("concerns")
    {
        findings.push(Finding::new("dpia-advice", "it advises against and lists no concerns"));
    }
    for entry in facts.linked_by(Relation::Advises) {
        if entry.person == facts.author.person {
            findings.push(Finding::new(
                "dpo-prepared",
                format!("its author prepared what it advises on, entry {}", entry.index.0),
            ));
        }
    }
    let approved = facts
        .earlier("dpia-approval")
        .filter(|entry| approving::permits(entry.decision))
        .find(|entry| approving::on_same_content(answers, facts.links, entry));
    if let Some(approval) = approved {
        findings.push(Finding::new(
            "dpia-advice",
            format!("the approval in entry {} came before this advice", approval.index.0),
        ));
    }
    findings
}
