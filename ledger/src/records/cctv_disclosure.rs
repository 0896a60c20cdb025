//! `cctv-disclosure`: recorded images were shown or given to somebody.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::footage::check_times;
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "cctv-disclosure",
    version: 1,
    title: "CCTV disclosure",
    about: "Recorded CCTV images were shown or given to somebody outside the CCTV desk: who, which \
            images, why, who allowed it, and in which way.",
    source: "policy §10.7, §10.8",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("recipient", Form::Text, "who got the images; name no pupils"),
        Field::required(
            "organisation",
            Form::Choice(&[
                "police",
                "investigator",
                "discipline",
                "data-subject",
                "insurer",
                "court",
                "parent",
                "regulator",
                "other",
            ]),
            "what sort of recipient that is",
        ),
        Field::optional(
            "other-reason",
            Form::Long,
            "why an insurer, a parent or somebody else got them; name no pupils",
        ),
        Field::optional("authorised-by", Form::Person, "who allowed it"),
        Field::optional(
            "reference",
            Form::Text,
            "the recipient's reference, such as a crime number",
        ),
        Field::optional("cameras", Form::List(&Form::Text), "which cameras"),
        Field::optional("footage-from", Form::Time, "start of the footage"),
        Field::optional("footage-to", Form::Time, "end of the footage"),
        Field::required("disclosed", Form::Time, "when it was shown or given"),
        Field::optional(
            "method",
            Form::Choice(&[
                "viewed-on-site",
                "encrypted-copy",
                "encrypted-link",
                "hand-delivered",
                "other",
            ]),
            "in which way",
        ),
        Field::optional(
            "redaction",
            Form::Choice(&["not-needed", "faces-blurred", "extract", "not-done"]),
            "how others in the images were protected",
        ),
        Field::optional("purpose", Form::Long, "what the images are for; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the request, and the receipt"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_times(answers, facts, "disclosed", &mut findings);
    let mut found = |text: &str| findings.push(Finding::new("cctv-disclosure", text));
    match answers.text("organisation") {
        Some("parent" | "insurer" | "other") => {
            for (field, lack) in [
                ("other-reason", "the recipient is unusual, and no reason is given"),
                ("authorised-by", "the recipient is unusual, and nobody is named who allowed it"),
            ] {
                if answers.lacks(field) {
                    found(lack);
                }
            }
        }
        Some("police") if answers.lacks("reference") => {
            found("the police got images, and no reference of theirs is given");
        }
        _ => {}
    }
    if answers.lacks("purpose") {
        found("it is not said what the images are for");
    }
    if answers.lacks("method") {
        found("it is not said in which way the images were shown or given");
    }
    match answers.text("redaction") {
        Some("not-done") => found("others in the images were not protected"),
        None => found("it is not said how others in the images were protected"),
        Some(_) => {}
    }
    findings
}
