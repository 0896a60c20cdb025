//! `photography-permit`: somebody may take pictures of pupils at an event, and on which terms.

use super::answers::Answers;
use super::days::{day_at, done_by, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::PHOTOGRAPHY_PERMITTERS;

/// Version 1.
pub const V1: Kind = Kind {
    name: "photography-permit",
    version: 1,
    title: "Photography permit",
    about: "The leadership group permits somebody to take pictures of pupils at one planned event. \
            It replaces nobody's consent.",
    source: "policy §11.3, §11.7, §11.10.3, §11.10.4",
    class: Class::Permission,
    case: Some("consent"),
    signers: Signers::OneOf(PHOTOGRAPHY_PERMITTERS),
    clear: Clear::Nothing,
    fields: &[
        Field::required("event", Form::Text, "which event; name no pupils"),
        Field::required("event-date", Form::Date, "on which day it is"),
        Field::required("photographer", Form::Text, "who takes pictures: person, firm or paper"),
        Field::required(
            "sort",
            Form::Choice(&["school", "press", "professional", "visitor", "trip"]),
            "what sort of photography it is",
        ),
        Field::optional("identity-verified", Form::Bool, "whether their identity was verified"),
        Field::optional(
            "agreement-signed",
            Form::Bool,
            "whether they signed an agreement on what the pictures are for",
        ),
        Field::optional(
            "first-names-only",
            Form::Bool,
            "whether no more than first names may go with the pictures",
        ),
        Field::optional("supervised", Form::Bool, "whether they are never alone with pupils"),
        Field::optional("visitor-badge", Form::Bool, "whether they wear a visitor's badge"),
        Field::optional(
            "trip-devices",
            Form::Choice(&["none", "school-devices", "allowed"]),
            "devices on a trip: none, the school's, or people's own are allowed",
        ),
        Field::optional("conditions", Form::List(&Form::Text), "other conditions; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the signed agreement"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

/// What the policy asks of each sort of photography: a field that is to be `yes`, its rule, the
/// sorts, and what an inspector reads if it isn't.
const TERMS: [(&str, &str, &[&str], &str); 5] = [
    (
        "identity-verified",
        "photo-identity",
        &["press"],
        "the identity of who comes from the press is not verified",
    ),
    (
        "agreement-signed",
        "photo-agreement",
        &["press", "professional"],
        "no agreement is signed on what the pictures are for",
    ),
    ("first-names-only", "photo-names", &["press"], "the press is not held to first names only"),
    (
        "supervised",
        "photo-supervised",
        &["press", "professional", "visitor"],
        "the photographer is not said to be supervised",
    ),
    (
        "visitor-badge",
        "photo-badge",
        &["press", "professional", "visitor"],
        "the photographer is not said to wear a visitor's badge",
    ),
];

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let sort = answers.text("sort").unwrap_or_default();
    for (field, rule, sorts, lack) in TERMS {
        if sorts.contains(&sort) && answers.truth(field) != Some(true) {
            findings.push(Finding::new(rule, lack));
        }
    }
    match answers.text("trip-devices") {
        Some("allowed") => findings.push(Finding::new(
            "photo-devices",
            "people's own devices are allowed on a trip, which the policy rules out",
        )),
        None if sort == "trip" => findings.push(Finding::new(
            "photo-devices",
            "it is not said which devices may be used on the trip",
        )),
        _ => {}
    }
    let permitted = day_at(done_by(answers, facts.time));
    if let (Some(event), Some(permitted)) = (answers.day("event-date"), permitted)
        && event < permitted
    {
        findings.push(Finding::new(
            "permit-late",
            format!(
                "the event was on {}, and was permitted on {}",
                written(event),
                written(permitted)
            ),
        ));
    }
    findings
}
