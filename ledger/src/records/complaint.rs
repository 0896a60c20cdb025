//! `complaint`: somebody complains about how their data are handled.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;
use super::request::CHANNELS;

/// Version 1.
pub const V1: Kind = Kind {
    name: "complaint",
    version: 1,
    title: "Complaint",
    about: "Somebody complains to the school about how personal data are handled. It is to be \
            acknowledged within 30 days, and answered without undue delay.",
    source: "DPA 2018 s.164A (since 19 June 2026); policy §10.8, §13",
    class: Class::Fact,
    case: Some("complaint"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("received", Form::Date, "day on which anybody at the school received it"),
        Field::required("about", Form::Long, "what is complained about; name no pupils"),
        Field::optional("channel", Form::Choice(CHANNELS), "how it came"),
        Field::optional(
            "complainant",
            Form::Choice(&["pupil", "parent", "staff", "visitor", "other"]),
            "who complains",
        ),
        Field::optional(
            "subject",
            Form::Ref,
            "reference of the person whose data these are; never a name",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the complaint, or a note of it"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "received", "it was received"));
    if answers.lacks("complainant") {
        findings.push(Finding::new("complainant", "it is not said who complains"));
    }
    findings
}
