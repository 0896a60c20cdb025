//! `appointment`: a person's key, the roles in which it may sign, and for how long.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "appointment",
    version: 1,
    title: "Appointment",
    about: "A representative of the controller appoints a person: from now on this key signs in \
            these roles. A later appointment of the same key replaces this one.",
    source: "Art 37 to 39 UK GDPR; policy §5",
    class: Class::Governance,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Appointment,
    fields: &[
        Field::required("name", Form::Person, "name of the person appointed"),
        Field::optional(
            "qualifications",
            Form::Long,
            "what qualifies the person: training, experience, professional standing",
        ),
        Field::optional(
            "key-made",
            Form::Choice(&["by-holder-own-device", "by-holder-school-machine", "made-for-holder"]),
            "how the key was made: by its holder, on which machine, or for the holder",
        ),
        Field::optional(
            "office-held-by",
            Form::Choice(&["person", "organisation"]),
            "whether the office is the person's own or an organisation's, as with an outside DPO",
        ),
        Field::optional(
            "organisation",
            Form::Text,
            "the organisation for which the person acts, if it holds the office",
        ),
        Field::optional(
            "independence",
            Form::Long,
            "for a DPO: other duties, and why they are no conflict of interests",
        ),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match answers.text("key-made") {
        None => findings.push(Finding::new("key-made", "how the key was made is not said")),
        Some("made-for-holder") => findings.push(Finding::new(
            "key-made",
            "the key was made for its holder, so whoever made it may hold it too",
        )),
        Some(_) => {}
    }
    if answers.text("office-held-by") == Some("organisation") && answers.lacks("organisation") {
        findings.push(Finding::new(
            "organisation",
            "an organisation holds the office and is not named",
        ));
    }
    findings
}
