//! `disposal`: records were destroyed at the end of their time.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;

/// Version 1.
pub const V1: Kind = Kind {
    name: "disposal",
    version: 1,
    title: "Disposal of records",
    about: "Records outside this book were destroyed: which class, under which rule, and how. What \
            this book holds is erased otherwise.",
    source: "Art 5(1)(e), (f) UK GDPR; policy §7.1.2, §7.3, §11.4",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("record-class", Form::Text, "which class of records; name no pupils"),
        Field::optional("retention-rule", Form::Text, "the rule under which their time was over"),
        Field::required(
            "method",
            Form::Choice(&["shredded", "wiped", "media-destroyed", "deleted", "contractor"]),
            "how they were destroyed",
        ),
        Field::required("disposed", Form::Date, "on which day"),
        Field::optional("quantity", Form::Text, "how much, such as 4 boxes or 1 disk"),
        Field::optional("contractor", Form::Text, "who destroyed them for the school"),
        Field::optional("certificate", Form::Text, "number of the contractor's certificate"),
        Field::optional("documents", Form::List(&Form::Doc), "the certificate"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "disposed", "they were destroyed"));
    if answers.lacks("retention-rule") {
        findings.push(Finding::new(
            "disposal-rule",
            "no rule is named under which the records could be destroyed",
        ));
    }
    let contractor = !answers.lacks("contractor");
    if answers.text("method") == Some("contractor") && !contractor {
        findings.push(Finding::new(
            "disposal-contractor",
            "a contractor destroyed them, and it is not said who",
        ));
    }
    if (contractor || answers.text("method") == Some("contractor"))
        && answers.lacks("certificate")
        && answers.lacks("documents")
    {
        findings.push(Finding::new(
            "disposal-certificate",
            "a contractor destroyed them, and there is no certificate",
        ));
    }
    findings
}
