//! `policy`: a policy of the school, as it was adopted.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::POLICY_BODIES;

/// A power that the policy gives to a role.
const DELEGATION: &[Field] = &[
    Field::required(
        "power",
        Form::Choice(&["dpo-decides", "deputy-represents", "other"]),
        "what may be done: the DPO decides on breaches, the deputy head acts for the head, or other",
    ),
    Field::optional("role", Form::Text, "the role that may do it"),
    Field::optional("detail", Form::Long, "limits and conditions"),
];

/// A time limit that the school sets for itself.
const TARGET: &[Field] = &[
    Field::required("rule", Form::Text, "the rule that it tightens, such as sar-month"),
    Field::required("number", Form::Count, "how many"),
    Field::required(
        "unit",
        Form::Choice(&["hours", "days", "working-days", "school-days", "months", "years"]),
        "of what",
    ),
    Field::optional("detail", Form::Text, "what is to be done by then"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "policy",
    version: 1,
    title: "Policy",
    about: "A policy as it was adopted: which version, by whom, from when, where it is \
            published, whom it lets decide what, and when it is to be reviewed.",
    source: "Art 24(2) UK GDPR; policy cover, §14",
    class: Class::Permission,
    case: None,
    signers: Signers::OneOf(POLICY_BODIES),
    clear: Clear::Nothing,
    fields: &[
        Field::required("title", Form::Text, "title of the policy"),
        Field::optional("policy-version", Form::Text, "its version, such as 3.0"),
        Field::optional("summary", Form::Long, "what it is for"),
        Field::optional("applies-to", Form::List(&Form::Text), "whom it applies to"),
        Field::optional("developed-with", Form::List(&Form::Text), "who took part in writing it"),
        Field::optional("ratifying-body", Form::Text, "the body that adopted it"),
        Field::optional("approved", Form::Date, "day on which it was adopted"),
        Field::optional("implemented", Form::Date, "day from which it applies"),
        Field::optional("next-review", Form::Date, "day by which it is to be reviewed"),
        Field::optional("published-where", Form::List(&Form::Text), "where it can be read"),
        Field::optional("disseminated-to", Form::List(&Form::Text), "who was given it"),
        Field::optional("change-note", Form::Long, "what changed since the version before"),
        Field::optional(
            "delegations",
            Form::List(&Form::Group(DELEGATION)),
            "powers that it gives: power, role, detail",
        ),
        Field::optional(
            "targets",
            Form::List(&Form::Group(TARGET)),
            "time limits of the school's own: rule, number, unit, detail",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the policy itself"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (approved, implemented) = (answers.day("approved"), answers.day("implemented"));
    if approved.is_none() {
        let since = implemented.filter(|day| Some(*day) <= day_at(facts.time));
        let since = since.map_or_else(String::new, |day| {
            format!(", though it has applied since {}", written(day))
        });
        findings.push(Finding::new(
            "policy-adoption",
            format!("the day of adoption is left blank{since}"),
        ));
    }
    if answers.lacks("ratifying-body") {
        findings.push(Finding::new("policy-adoption", "the body that adopted it is left blank"));
    }
    if let (Some(approved), Some(implemented)) = (approved, implemented)
        && implemented < approved
    {
        findings.push(Finding::new(
            "policy-adoption",
            format!(
                "it applied from {}, before it was adopted on {}",
                written(implemented),
                written(approved)
            ),
        ));
    }
    match (answers.day("next-review"), day_at(facts.time)) {
        (None, _) => findings.push(Finding::new("policy-year", "no day of the next review is set")),
        (Some(review), Some(today)) if review < today => findings.push(Finding::new(
            "policy-year",
            format!("the next review was due on {}", written(review)),
        )),
        _ => {}
    }
    if answers.lacks("documents") {
        findings.push(Finding::new("no-document", "the policy itself is not attached"));
    }
    findings
}

/// Whether a policy gives `power`.
pub(super) fn gives(policy: &Answers, power: &str) -> bool {
    policy
        .list("delegations")
        .iter()
        .any(|item| item.get("power").and_then(|p| p.as_text()) == Some(power))
}
