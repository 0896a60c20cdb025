//! `consent-withdrawal`: a consent is taken back, in full or for some purposes.

use super::answers::Answers;
use super::consent::{CAPACITIES, PURPOSES};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "consent-withdrawal",
    version: 1,
    title: "Withdrawal of consent",
    about: "Somebody took consent back. Whoever received it records it. It stays open until every \
            place where copies were found is dealt with.",
    source: "Art 7(3) UK GDPR; policy §2.2, §11.3",
    class: Class::Fact,
    case: Some("consent"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("received", Form::Time, "when it reached the school"),
        Field::optional("subject", Form::Ref, "the pupil's reference; never a name"),
        Field::optional("capacity", Form::Choice(CAPACITIES), "who withdrew, as what"),
        Field::optional(
            "purposes",
            Form::List(&Form::Choice(PURPOSES)),
            "which purposes; all of them if none is named",
        ),
        Field::optional(
            "places",
            Form::List(&Form::Text),
            "places where copies were found; name no pupils",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::Withdraws],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.has_link(Relation::Withdraws) {
        findings.push(Finding::new(
            "withdrawal-of-what",
            "it links to no consent; if that is on paper, say so",
        ));
        if answers.lacks("subject") {
            findings.push(Finding::new(
                "withdrawal-of-what",
                "it names no pupil's reference, so it can't be told whose consent ends",
            ));
        }
    }
    for (field, rule, lack) in [
        ("capacity", "consent-giver", "it is not said who withdrew, as what"),
        ("purposes", "withdrawal-of-what", "no purpose is named, so it is read as all of them"),
        (
            "places",
            "withdrawal-places",
            "no places are listed where copies were looked for or found",
        ),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new(rule, lack));
        }
    }
    if answers.integer("received").is_some_and(|received| received > facts.time) {
        findings.push(Finding::new("future", "it was received after this record was made"));
    }
    findings
}
