//! `succession`: another controller takes over, or the school closes.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "succession",
    version: 1,
    title: "Succession of the controller",
    about: "Another controller takes over from a day, or the school closes: who answers for the \
            records from then on, and whether this record book continues. It appoints nobody: \
            the new controller's representatives are appointed as everybody is.",
    source: "Art 4(7), 5(2), 24 UK GDPR; Academies Act 2010",
    class: Class::Permission,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "what",
            Form::Choice(&["conversion", "merger", "transfer", "closure"]),
            "what happens: conversion to an academy, merger, transfer to another trust, or closure",
        ),
        Field::optional("new-controller", Form::Text, "full legal name of the new controller"),
        Field::optional(
            "new-controller-form",
            Form::Choice(&["governing-body", "trust", "proprietor", "local-authority"]),
            "what the new controller is in law",
        ),
        Field::required("effective", Form::Date, "day from which it applies"),
        Field::required(
            "record-book",
            Form::Choice(&["continues", "closed"]),
            "whether this record book continues or is closed",
        ),
        Field::optional("reasons", Form::Long, "how and why; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the order, resolution or agreement"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: &str| findings.push(Finding::new("succession", text));
    let named = !answers.lacks("new-controller");
    match (answers.text("what"), answers.text("record-book")) {
        (Some("conversion" | "merger" | "transfer"), _) if !named => {
            ask("the new controller is not named");
        }
        (Some("closure"), Some("continues")) if !named => {
            ask(
                "the record book continues after the closure, and nobody is named who answers for it",
            );
        }
        (Some("closure"), _) if !named && answers.lacks("reasons") => {
            ask("it is not said who keeps the records after the closure");
        }
        _ => {}
    }
    if named && answers.lacks("new-controller-form") {
        ask("what the new controller is in law is not said");
    }
    if answers.lacks("documents") {
        findings.push(Finding::new("no-document", "no order, resolution or agreement is attached"));
    }
    findings
}
