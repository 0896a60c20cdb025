//! `exception`: a permission is taken although a rule stands against it.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles;

/// Version 1.
pub const V1: Kind = Kind {
    name: "exception",
    version: 1,
    title: "Exception",
    about: "Lets the record that follows directly be signed although a rule stands against it, \
            says why, and names the role that has to ratify it and by when.",
    source: "Art 5(2) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("rule", Form::Text, "the rule that stands against it"),
        Field::required("reason", Form::Long, "why it can't wait; name no pupils"),
        Field::optional("ratify-role", Form::Text, "the role that has to ratify it"),
        Field::optional("ratify-by", Form::Date, "the last day for the ratification"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match answers.text("ratify-role") {
        None => findings.push(Finding::new("ratification", "no role is named that has to ratify")),
        Some(role) if roles::find(role).is_none() => findings.push(Finding::new(
            "ratification",
            format!("'{role}' has to ratify, and there is no such role"),
        )),
        Some(role) if facts.author.roles.iter().any(|held| held == role) => {
            findings.push(Finding::new(
                "ratification",
                format!("its author holds the role that has to ratify it: {}", roles::title(role)),
            ));
        }
        Some(_) => {}
    }
    match (answers.day("ratify-by"), day_at(facts.time)) {
        (None, _) => {
            findings.push(Finding::new("ratification", "no day is set for the ratification"));
        }
        (Some(last), Some(today)) if last < today => findings.push(Finding::new(
            "ratification",
            format!("the last day for the ratification, {}, has passed", written(last)),
        )),
        _ => {}
    }
    findings
}
