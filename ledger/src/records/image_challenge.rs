//! `image-challenge`: somebody else published images of pupils, and the school asks for them to go.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};

/// Version 1.
pub const V1: Kind = Kind {
    name: "image-challenge",
    version: 1,
    title: "Challenge to a published image",
    about: "Images of pupils were published by somebody other than the school, and what was done \
            about it.",
    source: "policy §11.10.1, §11.10.2",
    class: Class::Fact,
    case: Some("consent"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("where", Form::Text, "where it was published; name no pupils"),
        Field::optional(
            "posted-by",
            Form::Choice(&["parent", "pupil", "press", "public", "other"]),
            "who published it",
        ),
        Field::required("found", Form::Date, "day on which the school came to know"),
        Field::optional("removal-asked", Form::Date, "day on which its removal was asked for"),
        Field::optional(
            "outcome",
            Form::Choice(&["removed", "refused", "no-reply", "reported", "not-pursued"]),
            "what came of it",
        ),
        Field::optional("subject", Form::Ref, "the pupil's reference; never a name"),
        Field::optional("documents", Form::List(&Form::Doc), "letters; not the image itself"),
    ],
    required_links: &[],
    usual_links: &[Relation::About, Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "found", "it was found"));
    findings.extend(in_future(answers, facts, "removal-asked", "its removal was asked for"));
    findings.extend(reversed(
        answers.day("found"),
        answers.day("removal-asked"),
        "removal was asked for before the images were found",
    ));
    if answers.lacks("removal-asked")
        && !matches!(answers.text("outcome"), Some("not-pursued" | "reported"))
    {
        findings.push(Finding::new(
            "challenge-asked",
            "nothing says that anybody was asked to remove the images",
        ));
    }
    if matches!(answers.text("outcome"), Some("refused" | "no-reply")) {
        findings.push(Finding::new(
            "challenge-open",
            "the images are still published; say later whether they were reported",
        ));
    }
    findings
}
