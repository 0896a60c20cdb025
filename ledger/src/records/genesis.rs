//! `genesis`: the first entry of a ledger.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::roles::REPRESENTATIVES;

/// The school itself.
const ESTABLISHMENT: &[Field] = &[
    Field::required("name", Form::Text, "the school's name"),
    Field::optional("urn", Form::Text, "its unique reference number, six digits"),
    Field::optional(
        "phase",
        Form::Choice(&[
            "nursery",
            "primary",
            "middle-deemed-primary",
            "middle-deemed-secondary",
            "secondary",
            "all-through",
            "sixteen-plus",
            "not-applicable",
        ]),
        "its phase of education",
    ),
];

/// Who answers for the school in law.
const CONTROLLER: &[Field] = &[
    Field::required("legal-name", Form::Text, "the controller's full legal name"),
    Field::optional(
        "form",
        Form::Choice(&["governing-body", "trust", "proprietor", "local-authority"]),
        "what the controller is in law",
    ),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "genesis",
    version: 1,
    title: "First record",
    about: "The first record of a ledger: which school it is, who answers for it in law, and \
            the key of the first representative. Its hash is the ledger's fingerprint, to be \
            written in the minutes. It is made by the command init.",
    source: "Art 4(7), 5(2), 24 UK GDPR; policy §5",
    class: Class::Governance,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Genesis,
    fields: &[
        Field::required("name", Form::Person, "name of the person who makes this ledger"),
        Field::required(
            "establishment",
            Form::Group(ESTABLISHMENT),
            "the school: its name, and its URN and phase if it has them",
        ),
        Field::optional(
            "type",
            Form::Choice(&[
                "la-maintained",
                "maintained-nursery",
                "pru",
                "non-maintained-special",
                "academy-or-free",
                "independent",
                "sixth-form",
                "other",
            ]),
            "the type of school; some time limits depend on it",
        ),
        Field::optional(
            "nation",
            Form::Choice(&["england", "wales", "scotland", "northern-ireland"]),
            "the nation whose education law applies",
        ),
        Field::required(
            "controller",
            Form::Group(CONTROLLER),
            "the data controller: its legal name and form",
        ),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, lack) in [
        ("type", "the type of school is not given; some time limits depend on it"),
        ("nation", "the nation is not given; some time limits depend on it"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new("school-type", lack));
        }
    }
    let form = answers.get("controller").and_then(|c| c.get("form")).and_then(|f| f.as_text());
    let usual = match answers.text("type") {
        Some("academy-or-free") => Some("trust"),
        Some("la-maintained" | "maintained-nursery") => Some("governing-body"),
        Some("independent") => Some("proprietor"),
        _ => None,
    };
    match (form, usual) {
        (None, _) => {
            findings
                .push(Finding::new("controller-form", "the controller's legal form is not given"));
        }
        (Some(form), Some(usual)) if form != usual => findings.push(Finding::new(
            "controller-form",
            format!(
                "the controller is said to be a {form}; for this type of school it is usually a \
                 {usual}"
            ),
        )),
        _ => {}
    }
    let urn = answers.get("establishment").and_then(|e| e.get("urn")).and_then(|u| u.as_text());
    if let Some(urn) = urn
        && !(urn.len() == 6 && urn.bytes().all(|b| b.is_ascii_digit()))
    {
        findings.push(Finding::new("urn", format!("the URN '{urn}' is not six digits")));
    }
    findings
}
