//! `erasure`: answers that are to be forgotten for ever, by whom and on which ground.
//!
//! What is erased stands in clear, and no other word does: an erasure that told what it erased
//! would keep it.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Kind, On, Relation, Signers};
use super::roles::{DPO, ERASERS};

/// Version 1.
pub const V1: Kind = Kind {
    name: "erasure",
    version: 1,
    title: "Erasure",
    about: "A representative of the controller, or an administrator under a retention rule, has \
            answers of earlier records erased for ever. It is carried out as soon as the data \
            protection officer has agreed. `probity erase` writes it.",
    source: "Art 5(1)(e), 17 UK GDPR; policy §3.3, §7.3",
    class: Class::Permission,
    case: None,
    signers: Signers::OneOf(ERASERS),
    clear: Clear::Erasure,
    fields: &[],
    required_links: &[&[Relation::Erases]],
    usual_links: &[Relation::About],
    also: &[Also {
        kind: "dpo-advice",
        roles: DPO,
        what: "the DPO's advice on this erasure, or on the retention rule that it is about",
        on: On::ItselfOrRule,
        by_author: false,
    }],
    check,
};

fn check(_answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in facts.linked_by(Relation::About) {
        if entry.kind != "retention-rule" {
            findings.push(Finding::new(
                "retention-rule",
                format!(
                    "entry {} is no retention rule but a record of kind {}",
                    entry.index.0, entry.kind
                ),
            ));
        }
    }
    findings
}
