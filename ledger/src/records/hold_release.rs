//! `hold-release`: a hold ends, and erasure follows its ordinary rules again.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "hold-release",
    version: 1,
    title: "Release of a hold",
    about: "A representative of the controller ends a hold: what it held may be erased again as \
            the retention rules say.",
    source: "Art 5(1)(e), 17 UK GDPR; policy §3.3",
    class: Class::Permission,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Nothing,
    fields: &[Field::required("reason", Form::Long, "why it can end; name no pupils")],
    required_links: &[&[Relation::About]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(_answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in facts.linked_by(Relation::About) {
        if entry.kind != "hold" {
            findings.push(Finding::new(
                "hold",
                format!("entry {} is no hold but a record of kind {}", entry.index.0, entry.kind),
            ));
        } else if entry.person == facts.author.person {
            findings.push(Finding::new(
                "one-person",
                format!("the person who set the hold in entry {} releases it", entry.index.0),
            ));
        }
    }
    findings
}
