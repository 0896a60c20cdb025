//! `ratification`: the role that an exception names stands by it.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles;

/// Version 1.
pub const V1: Kind = Kind {
    name: "ratification",
    version: 1,
    title: "Ratification of an exception",
    about: "The role that an exception names stands by it. Sign in that role.",
    source: "Art 5(2) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[Field::optional("reasons", Form::Long, "why it is ratified; name no pupils")],
    required_links: &[&[Relation::Ratifies]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.lacks("reasons") {
        findings.push(Finding::new("ratification", "no reasons are given"));
    }
    for entry in facts.linked_by(Relation::Ratifies) {
        if entry.kind != "exception" {
            findings.push(Finding::new(
                "ratification",
                format!(
                    "entry {} is no exception but a record of kind {}",
                    entry.index.0, entry.kind
                ),
            ));
            continue;
        }
        if entry.person == facts.author.person {
            findings.push(Finding::new(
                "ratification",
                "the person who made the exception ratifies it",
            ));
        }
        let Some(exception) = entry.answers else { continue };
        if let Some(role) = exception.text("ratify-role")
            && role != facts.author.role
        {
            findings.push(Finding::new(
                "ratification",
                format!(
                    "it is signed as {}, and the exception has to be ratified as {}",
                    roles::title(facts.author.role),
                    roles::title(role)
                ),
            ));
        }
        if let (Some(last), Some(today)) = (exception.day("ratify-by"), day_at(facts.time))
            && today > last
        {
            findings.push(Finding::new(
                "ratification",
                format!("it comes after its last day, {}", written(last)),
            ));
        }
    }
    findings
}
