//! `privacy-notice`: what people are told about the use of their data, as it was published.

use super::answers::Answers;
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::{due, still_to_come};
use crate::format::cbor::Value;

/// Version 1.
pub const V1: Kind = Kind {
    name: "privacy-notice",
    version: 1,
    title: "Privacy notice",
    about: "A privacy notice as it was published: which version, for whom, where, what changed, \
            and which processors it names for the first time. Link the supplier checks and DPIAs \
            that made the change necessary.",
    source: "Art 12 to 14 UK GDPR; policy §6.2",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("title", Form::Text, "title of the notice"),
        Field::optional("notice-version", Form::Text, "its version, such as 2026-2"),
        Field::required(
            "audience",
            Form::List(&Form::Choice(&[
                "pupils",
                "younger-pupils",
                "parents",
                "staff",
                "governors",
                "visitors",
                "applicants",
                "other",
            ])),
            "whom it addresses",
        ),
        Field::optional("published", Form::Date, "day on which it was published"),
        Field::optional("published-where", Form::List(&Form::Text), "where it can be read"),
        Field::optional(
            "changes",
            Form::Long,
            "what changed since the version before; name no pupils",
        ),
        Field::optional(
            "processors-added",
            Form::List(&Form::Text),
            "processors and recipients that it names for the first time",
        ),
        Field::optional("next-review", Form::Date, "day by which it is to be reviewed"),
        Field::optional("documents", Form::List(&Form::Doc), "the notice itself"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues, Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("privacy-notice", text));
    let published = answers.day("published");
    if published.is_none() {
        ask("it is not said when it was published".to_owned());
    }
    if answers.lacks("published-where") {
        ask("it is not said where it can be read".to_owned());
    }
    let before = facts.earlier("privacy-notice").filter_map(|notice| notice.answers);
    let named: Vec<String> = before
        .chain([answers])
        .flat_map(|notice| notice.list("processors-added"))
        .filter_map(Value::as_text)
        .map(str::to_lowercase)
        .collect();
    for entry in facts.earlier("supplier-check").chain(facts.earlier("dpia")) {
        for supplier in suppliers(entry) {
            let known = supplier.to_lowercase();
            if !named.iter().any(|named| named.contains(&known)) {
                ask(format!(
                    "entry {} adds the supplier {supplier}, and no notice at hand names it",
                    entry.index.0
                ));
            }
        }
    }
    if answers.lacks("documents") {
        findings.push(Finding::new("no-document", "the notice itself is not attached"));
    }
    findings.extend(still_to_come("the publication", published, facts));
    let review = answers.day("next-review");
    findings.extend(due("privacy-notice", "the review of the notice", review, facts));
    findings
}

/// The suppliers that a check found suitable, or that a DPIA names as processors.
fn suppliers<'a>(entry: &Earlier<'a>) -> Vec<&'a str> {
    let Some(answers) = entry.answers else { return Vec::new() };
    let unsuitable = answers.text("conclusion") == Some("unsuitable");
    let checked = answers.text("supplier").filter(|_| !unsuitable);
    let processors = answers.list("processors").iter();
    let processors = processors.filter_map(|one| one.get("name").and_then(Value::as_text));
    checked.into_iter().chain(processors).collect()
}
