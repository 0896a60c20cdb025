//! `paper-signature`: a person without a key signed on paper, or a body decided by minute.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles;

/// Version 1.
pub const V1: Kind = Kind {
    name: "paper-signature",
    version: 1,
    title: "Signature on paper",
    about: "Somebody who has no key signed on paper, or governors decided by minute. You record \
            it; it counts, and is always shown as signed on paper and recorded by you.",
    source: "Art 5(2) UK GDPR; policy §12.8, App 3",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("person", Form::Person, "who signed, or chaired the meeting"),
        Field::optional(
            "person-id",
            Form::Text,
            "the person's lasting identifier in this ledger, 32 hexadecimal digits, if one is known",
        ),
        Field::required("role", Form::Text, "in which role, such as chair-of-governors"),
        Field::required("date", Form::Date, "day of the signature or meeting"),
        Field::required("what", Form::Long, "what was signed or decided; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the scan or the minute"),
    ],
    required_links: &[&[
        Relation::Approves,
        Relation::Advises,
        Relation::Ratifies,
        Relation::SignsOff,
        Relation::About,
    ]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.lacks("documents") {
        findings.push(Finding::new("paper-signature", "no scan or minute is attached"));
    }
    match answers.text("person-id") {
        None => findings.push(Finding::new(
            "paper-signature",
            "the person has no identifier here, so this can't show that two people are different",
        )),
        Some(id) if !is_identifier(id) => findings.push(Finding::new(
            "paper-signature",
            format!("the identifier '{id}' is not 32 lower-case hexadecimal digits"),
        )),
        Some(id) if id == hex::encode(facts.author.person) => findings.push(Finding::new(
            "paper-signature",
            "it is recorded by the person who signed on paper, who has a key",
        )),
        Some(_) => {}
    }
    if let Some(role) = answers.text("role")
        && roles::find(role).is_none()
    {
        findings.push(Finding::new(
            "paper-signature",
            format!("'{role}' is no role of this ledger, so it completes nothing"),
        ));
    }
    if let (Some(day), Some(today)) = (answers.day("date"), day_at(facts.time))
        && day > today
    {
        findings.push(Finding::new(
            "future",
            format!("the signature is dated {}, after this record", written(day)),
        ));
    }
    findings
}

/// Whether `text` is a person's identifier: 16 bytes in lower-case hexadecimal digits.
pub(super) fn is_identifier(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
