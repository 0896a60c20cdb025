//! `breach-signoff`: head, DPO or chair signs an investigation report off (policy App 3).

use super::answers::Answers;
use super::breach_case::case;
use super::days::done_by;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::BREACH_SIGNERS;

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-signoff",
    version: 1,
    title: "Sign-off of a breach investigation",
    about: "Head, DPO or chair signs a breach investigation report off, exactly as it stands now. \
            The report is complete with all three, by three people.",
    source: "policy App 3",
    class: Class::Permission,
    case: Some("breach"),
    signers: Signers::OneOf(BREACH_SIGNERS),
    clear: Clear::Nothing,
    fields: &[
        Field::optional("wording", Form::Long, "the wording that is signed"),
        Field::optional("comments", Form::Long, "comments on the report; name no pupils"),
    ],
    required_links: &[&[Relation::SignsOff]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut signed = facts.linked_by(Relation::SignsOff).peekable();
    if signed.peek().is_none() {
        findings.push(Finding::new("signoff", "it signs off no record that is at hand"));
    }
    let newest = case(facts, "breach-investigation").map(|entry| entry.index).max();
    for entry in signed {
        if entry.kind != "breach-investigation" {
            findings.push(Finding::new(
                "signoff",
                format!(
                    "entry {} is no investigation report but a record of kind {}",
                    entry.index.0, entry.kind
                ),
            ));
            continue;
        }
        if done_by(answers, facts.time) < entry.time {
            findings.push(Finding::new(
                "signoff",
                format!(
                    "it was signed off before the report, entry {}, was on record",
                    entry.index.0
                ),
            ));
        }
        if let Some(newest) = newest.filter(|newest| *newest > entry.index) {
            findings.push(Finding::new(
                "signoff",
                format!(
                    "it signs off entry {}, and a newer report stands at entry {}",
                    entry.index.0, newest.0
                ),
            ));
        }
    }
    findings
}
