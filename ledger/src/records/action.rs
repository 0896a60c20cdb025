//! `action`: something that has to be done, by whom and by when.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::due;

/// Version 1.
pub const V1: Kind = Kind {
    name: "action",
    version: 1,
    title: "Action",
    about: "Something that has to be done: what, by whom, and by when. It is open until \
            `action-done` is recorded on it.",
    source: "Art 5(2), 24(1) UK GDPR; policy §9.8, §12.8",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("what", Form::Text, "what has to be done; name no pupils"),
        Field::optional("owner", Form::Person, "who has to do it"),
        Field::optional("due", Form::Date, "day by which it is to be done"),
        Field::optional("reason", Form::Long, "why; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.lacks("owner") {
        findings.push(Finding::new("action", "nobody is named who has to do it"));
    }
    findings.extend(due("action", "the action", answers.day("due"), facts));
    findings
}
