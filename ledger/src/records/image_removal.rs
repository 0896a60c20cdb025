//! `image-removal`: a copy of an image is gone from one place, after consent was withdrawn.

use super::answers::Answers;
use super::days::day_at;
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};
use crate::format::cbor::Value;

/// Version 1.
pub const V1: Kind = Kind {
    name: "image-removal",
    version: 1,
    title: "Removal of images",
    about: "Images are gone from one of the places that a withdrawal of consent names. One record \
            for each place; the withdrawal stays open until all are closed and that is confirmed.",
    source: "Art 7(3), 17(1)(b), 19 UK GDPR; policy §11.3, §11.4",
    class: Class::Fact,
    case: Some("consent"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "place",
            Form::Text,
            "the place, as the withdrawal names it; name no pupils",
        ),
        Field::optional(
            "what",
            Form::Choice(&["removed", "destroyed", "cropped"]),
            "what was done there",
        ),
        Field::required("done", Form::Date, "on which day"),
        Field::optional(
            "confirmation-sent",
            Form::Date,
            "day on which who withdrew was told that it is done",
        ),
    ],
    required_links: &[&[Relation::Removes]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "done", "it was done"));
    findings.extend(in_future(answers, facts, "confirmation-sent", "it was confirmed"));
    let done = answers.day("done");
    findings.extend(reversed(
        done,
        answers.day("confirmation-sent"),
        "it was confirmed before it was done",
    ));
    if answers.lacks("what") {
        findings.push(Finding::new("removal-how", "it is not said what was done with the images"));
    }
    for entry in facts.linked_by(Relation::Removes) {
        match entry.kind {
            "consent-withdrawal" => check_withdrawal(answers, entry, &mut findings),
            "image-challenge" => {}
            other => findings.push(Finding::new(
                "removal-of-what",
                format!(
                    "entry {}, after which images were removed, is a {other} and no withdrawal",
                    entry.index.0
                ),
            )),
        }
    }
    findings
}

/// The place is one of those that the withdrawal names, and it was closed afterwards.
fn check_withdrawal(answers: &Answers, entry: &Earlier<'_>, findings: &mut Vec<Finding>) {
    let Some(withdrawal) = entry.answers else { return };
    let received = withdrawal.integer("received").and_then(day_at);
    findings.extend(reversed(
        received,
        answers.day("done"),
        "images were removed before consent was withdrawn",
    ));
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    let place = answers.text("place").unwrap_or_default();
    let listed = withdrawal
        .list("places")
        .iter()
        .filter_map(Value::as_text)
        .any(|listed| same(listed, place));
    if !listed {
        findings.push(Finding::new(
            "withdrawal-places",
            format!("the withdrawal in entry {} names no such place: {place}", entry.index.0),
        ));
    }
}
