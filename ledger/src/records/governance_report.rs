//! `governance-report`: what those who govern the school were told about data protection.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::{backwards, still_to_come};

/// A part and the whole that it can't exceed, each with its words.
const PARTS: [(&str, &str, &str); 2] = [
    ("requests-late-count", "requests-count", "requests answered late"),
    ("breaches-notified-count", "breaches-count", "breaches notified"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "governance-report",
    version: 1,
    title: "Report to governors",
    about: "A report on data protection to the leadership, the governors or the trust: the \
            period, the numbers, and what they were told.",
    source: "Art 5(2), 38(3), 39(1)(b) UK GDPR; policy §5, §13.5",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("period-from", Form::Date, "first day of the period"),
        Field::required("period-to", Form::Date, "last day of the period"),
        Field::required("body", Form::Text, "who is told, such as full governing body"),
        Field::required("summary", Form::Long, "what they are told; name no pupils"),
        Field::optional("requests-count", Form::Count, "how many requests came in"),
        Field::optional("requests-late-count", Form::Count, "how many of them were answered late"),
        Field::optional("breaches-count", Form::Count, "how many breaches were recorded"),
        Field::optional(
            "breaches-notified-count",
            Form::Count,
            "how many of them were notified to the regulator",
        ),
        Field::optional("complaints-count", Form::Count, "how many complaints came in"),
        Field::optional("training-count", Form::Count, "how many people were trained"),
        Field::optional("presented", Form::Date, "day on which it was presented"),
        Field::optional("documents", Form::List(&Form::Doc), "the report"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("governance-report", text));
    for (part, whole, words) in PARTS {
        match (answers.integer(part), answers.integer(whole)) {
            (Some(part), Some(whole)) if part > whole => {
                ask(format!("{part} {words} are more than {whole} altogether"));
            }
            (Some(_), None) => ask(format!("{words} are counted, and not how many altogether")),
            _ => {}
        }
    }
    let presented = answers.day("presented");
    if presented.is_none() {
        ask("it is not said when it was presented".to_owned());
    }
    let (from, to) = (answers.day("period-from"), answers.day("period-to"));
    findings.extend(backwards(("the period ends", to), ("it begins", from)));
    findings.extend(backwards(("it was presented", presented), ("the end of its period", to)));
    findings.extend(still_to_come("the presentation", presented, facts));
    findings.extend(still_to_come("the end of the period", to, facts));
    findings
}
