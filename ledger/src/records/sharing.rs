//! `sharing`: personal data were handed to somebody outside the school.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};
use super::terms::BASES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "sharing",
    version: 1,
    title: "Data sharing",
    about: "Personal data were handed to another school, an authority or anybody else outside: why, \
            how, and whether they arrived. For CCTV there is a record of its own.",
    source: "Art 5(1)(f), 6, 9 UK GDPR; policy §7.2, §7.4.3, §8",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("recipient", Form::Text, "who received them: an organisation or office"),
        Field::required("reason", Form::Text, "why they may be shared; name no pupils"),
        Field::optional("basis", Form::Choice(BASES), "lawful basis of sharing them"),
        Field::required(
            "content-class",
            Form::Choice(&[
                "pupil-file",
                "child-protection-file",
                "send-file",
                "exam",
                "staff",
                "other",
            ]),
            "what sort of data they are",
        ),
        Field::required(
            "method",
            Form::Choice(&[
                "encrypted",
                "courier",
                "portal",
                "hand-delivered",
                "plain-e-mail",
                "post",
            ]),
            "how they went",
        ),
        Field::required("sent", Form::Date, "on which day"),
        Field::optional("receipt-confirmed", Form::Date, "day on which receipt was confirmed"),
        Field::optional("sent-apart", Form::Bool, "whether they went apart from any other file"),
        Field::optional(
            "subject",
            Form::Ref,
            "reference of the person whose data these are; never a name",
        ),
        Field::optional(
            "documents",
            Form::List(&Form::Doc),
            "the receipt; not the data themselves",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "sent", "they were sent"));
    findings.extend(in_future(answers, facts, "receipt-confirmed", "receipt was confirmed"));
    findings.extend(reversed(
        answers.day("sent"),
        answers.day("receipt-confirmed"),
        "receipt was confirmed before anything was sent",
    ));
    if answers.lacks("basis") {
        findings.push(Finding::new("sharing-basis", "no lawful basis of sharing is named"));
    }
    let class = answers.text("content-class");
    // Files that hold special category data as a rule, and the safeguarding file always.
    let special =
        matches!(class, Some("pupil-file" | "child-protection-file" | "send-file" | "staff"));
    match answers.text("method") {
        Some("plain-e-mail") => findings.push(Finding::new(
            "sharing-method",
            if special {
                "a file that may hold special category data went by plain e-mail"
            } else {
                "personal data went by plain e-mail, which is no secure way"
            },
        )),
        Some("post") => findings.push(Finding::new(
            "sharing-method",
            "it went by post: say whether the envelope was sealed against tampering and tracked",
        )),
        _ => {}
    }
    if class == Some("child-protection-file") {
        if answers.truth("sent-apart") != Some(true) {
            findings.push(Finding::new(
                "sharing-apart",
                "a child protection file is not said to have gone apart from the pupil's main file",
            ));
        }
        if answers.lacks("receipt-confirmed") {
            findings.push(Finding::new(
                "sharing-receipt",
                "receipt of a child protection file is not confirmed",
            ));
        }
    }
    findings
}
