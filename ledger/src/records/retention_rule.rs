//! `retention-rule`: how long a class of records is kept, and what happens then.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::newest;
use super::roles::REPRESENTATIVES;
use crate::format::cbor::Value;

/// Version 1.
pub const V1: Kind = Kind {
    name: "retention-rule",
    version: 1,
    title: "Retention rule",
    about: "How long one class of records is kept, from when the time counts, what is done at \
            its end, and the law or guidance that it comes from.",
    source: "Art 5(1)(e), 17(1)(a), 30(1)(f) UK GDPR; policy §7.3",
    class: Class::Permission,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Nothing,
    fields: &[
        Field::required("record-class", Form::Text, "the class of records, such as pupil files"),
        Field::optional(
            "kinds",
            Form::List(&Form::Text),
            "the kinds of record in this book that belong to it, such as cctv-access",
        ),
        Field::required("number", Form::Count, "how many days, months or years they are kept"),
        Field::required(
            "unit",
            Form::Choice(&["days", "months", "years", "school-years"]),
            "of what",
        ),
        Field::required(
            "trigger",
            Form::Choice(&[
                "record-made",
                "case-closed",
                "end-of-school-year",
                "pupil-left",
                "staff-left",
                "superseded",
                "other",
            ]),
            "from when the time counts",
        ),
        Field::optional("trigger-detail", Form::Text, "more on that"),
        Field::required(
            "action",
            Form::Choice(&["erase", "review", "archive", "transfer"]),
            "what is done at its end",
        ),
        Field::optional("law", Form::Text, "the law or guidance that the period comes from"),
        Field::optional("documents", Form::List(&Form::Doc), "the schedule that it stands in"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("retention-rule", text));
    if answers.lacks("law") {
        ask("the law or guidance that the period comes from is not named".to_owned());
    }
    if answers.integer("number") == Some(0) {
        ask("the period is 0, so nothing would be kept at all".to_owned());
    }
    if answers.text("trigger") == Some("other") && answers.lacks("trigger-detail") {
        ask("it is not said from when the time counts".to_owned());
    }
    for kind in answers.list("kinds").iter().filter_map(Value::as_text) {
        if newest(kind).is_none() {
            ask(format!("'{kind}' is no kind of record in this book"));
        }
    }
    findings
}
