//! `checkpoint-minuted`: a checkpoint of this record book was written into the minutes.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::limits::still_to_come;

/// Version 1.
pub const V1: Kind = Kind {
    name: "checkpoint-minuted",
    version: 1,
    title: "Checkpoint minuted",
    about: "A meeting wrote the size and the root of this record book into its minutes, so that \
            a later change of what stood in it then can be shown from paper.",
    source: "Art 5(2) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("size", Form::Count, "size of the checkpoint: how many records it covers"),
        Field::required("root", Form::Hash, "its root, as 64 hexadecimal digits"),
        Field::optional("fingerprint", Form::Hash, "the record book's code, if it was minuted too"),
        Field::required("meeting", Form::Date, "day of the meeting"),
        Field::optional("body", Form::Text, "who met, such as full governing body"),
        Field::optional("minute", Form::Text, "the minute's number"),
        Field::optional("documents", Form::List(&Form::Doc), "the minutes"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: &str| findings.push(Finding::new("checkpoint-minuted", text));
    if answers.lacks("minute") && answers.lacks("documents") {
        ask("neither the minute's number nor the minutes themselves are given");
    }
    if answers.lacks("body") {
        ask("it is not said who met");
    }
    if answers.integer("size").is_some_and(|size| size < 2) {
        ask("no checkpoint covers fewer than two records");
    }
    findings.extend(still_to_come("the meeting", answers.day("meeting"), facts));
    findings
}
