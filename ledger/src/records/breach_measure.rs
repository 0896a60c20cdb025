//! `breach-measure`: something was done to contain a breach, recover from it or soften its effect.

use super::answers::Answers;
use super::breach_case::{aware, check_report};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-measure",
    version: 1,
    title: "Measure against a breach",
    about: "Something was done about a breach: to contain it, to recover what was lost, or to make \
            its effects less bad. One record for each measure.",
    source: "Art 33(3)(d), (5) UK GDPR; policy §9.5",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("measure", Form::Long, "what was done; name no pupils"),
        Field::optional(
            "purpose",
            Form::Choice(&["containment", "recovery", "mitigation"]),
            "to stop it, to get back what was lost, or to make its effects less bad",
        ),
        Field::optional("done-by", Form::Person, "who did it"),
        Field::optional("done-at", Form::Time, "when it was done"),
        Field::optional("effect", Form::Long, "what it achieved; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_report(facts, &mut findings);
    for (field, lack) in [
        ("purpose", "it is not said whether the measure contains, recovers or mitigates"),
        ("done-by", "it is not said who did it"),
        ("done-at", "it is not said when it was done"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new("breach-measure", lack));
        }
    }
    let Some(done) = answers.integer("done-at") else { return findings };
    if done > facts.time {
        findings.push(Finding::new("future", "it was done after this record was made"));
    }
    if aware(facts).is_some_and(|aware| done < aware) {
        findings.push(Finding::new("time-order", "it was done before the school was aware"));
    }
    findings
}
