//! `cctv-access`: somebody looked at recorded images.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::CCTV_DESK;

/// Version 1.
pub const V1: Kind = Kind {
    name: "cctv-access",
    version: 1,
    title: "CCTV image access",
    about: "Somebody viewed recorded CCTV images. The recording itself stays out; only its \
            hash and place are kept.",
    source: "policy §10.6",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::OneOf(CCTV_DESK),
    clear: Clear::Nothing,
    fields: &[
        Field::required("cameras", Form::List(&Form::Text), "which cameras"),
        Field::required("footage-from", Form::Time, "start of the footage that was viewed"),
        Field::required("footage-to", Form::Time, "end of the footage that was viewed"),
        Field::required("viewed-from", Form::Time, "when viewing began"),
        Field::required("viewed-to", Form::Time, "when viewing ended"),
        Field::required(
            "reason",
            Form::Choice(&[
                "crime",
                "safety",
                "damage",
                "discipline",
                "subject-access",
                "police-request",
                "maintenance",
                "other",
            ]),
            "why the images were viewed",
        ),
        Field::optional("detail", Form::Long, "more about the reason; name no pupils"),
        Field::optional("authorised-by", Form::Person, "who authorised it"),
        Field::optional("others-present", Form::List(&Form::Person), "who else was there"),
        Field::optional("related-case", Form::Text, "a case that this belongs to"),
        Field::required(
            "outcome",
            Form::Choice(&["viewed", "still", "clip"]),
            "viewed only, or a still or clip was taken",
        ),
        Field::optional("clip-sha256", Form::Hash, "SHA-256 of the still or clip"),
        Field::optional("storage-place", Form::Text, "where the still or clip is kept"),
        Field::optional("delete-by", Form::Date, "when the still or clip is to be deleted"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_times(answers, facts, &mut findings);
    if matches!(answers.text("outcome"), Some("still" | "clip")) {
        for (field, lack) in [
            ("clip-sha256", "no hash of what was taken"),
            ("storage-place", "no place where what was taken is kept"),
            ("delete-by", "no date by which what was taken is deleted"),
        ] {
            if answers.lacks(field) {
                findings.push(Finding::new("cctv-copy", lack));
            }
        }
    }
    if let (Some(last), Some(today)) = (answers.day("delete-by"), day_at(facts.time))
        && last < today
    {
        findings.push(Finding::new(
            "cctv-delete",
            format!("what was taken was to be deleted by {}", written(last)),
        ));
    }
    if answers.text("reason") == Some("other") && answers.lacks("detail") {
        findings.push(Finding::new("cctv-reason", "the reason is 'other' and nothing explains it"));
    }
    if !CCTV_DESK.contains(&facts.author.role) && answers.lacks("authorised-by") {
        findings.push(Finding::new(
            "cctv-authority",
            "its author is not authorised to view images, and nobody is named who allowed it",
        ));
    }
    findings
}

fn check_times(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for (from, to, text) in [
        ("footage-from", "footage-to", "the footage ends before it begins"),
        ("viewed-from", "viewed-to", "viewing ended before it began"),
        ("footage-from", "viewed-from", "viewing began before the footage does"),
    ] {
        if let (Some(start), Some(end)) = (answers.integer(from), answers.integer(to))
            && end < start
        {
            findings.push(Finding::new("time-order", text));
        }
    }
    if answers.integer("viewed-to").is_some_and(|end| end > facts.time) {
        findings.push(Finding::new("future", "viewing ended after this record was made"));
    }
}
