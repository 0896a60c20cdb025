//! `meeting-log`: a video call with pupils, parents or staff was held.

use super::answers::Answers;
use super::days::day_at;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;

/// Version 1.
pub const V1: Kind = Kind {
    name: "meeting-log",
    version: 1,
    title: "Video meeting",
    about: "A video call was held: when, how long, how many took part and in which roles, and how \
            it was kept safe. Nobody is named but the host.",
    source: "council guidance on video calls in schools; policy §11.9",
    class: Class::Fact,
    case: Some("meeting"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("host", Form::Person, "who held the meeting"),
        Field::required("held", Form::Date, "on which day"),
        Field::optional("started", Form::Time, "when it began"),
        Field::optional("minutes", Form::Count, "how many minutes it took"),
        Field::optional("platform", Form::Text, "on which service"),
        Field::optional("purpose", Form::Text, "what it was for; name no pupils"),
        Field::optional(
            "adults-count",
            Form::Count,
            "how many adults took part, the host among them",
        ),
        Field::optional("pupils-count", Form::Count, "how many pupils took part"),
        Field::optional(
            "roles-present",
            Form::List(&Form::Text),
            "in which roles people took part, such as teacher or parent; no names",
        ),
        Field::optional(
            "second-adult",
            Form::Bool,
            "whether a second adult was there, on either side",
        ),
        Field::optional("waiting-room", Form::Bool, "whether people waited to be let in"),
        Field::optional("passcode", Form::Bool, "whether it took a passcode to come in"),
        Field::optional("locked", Form::Bool, "whether it was locked when all were there"),
        Field::optional("recorded", Form::Bool, "whether it was recorded"),
        Field::optional(
            "recording-consents",
            Form::Bool,
            "whether everybody, or their parents, agreed to the recording",
        ),
        Field::optional(
            "safeguarding-told",
            Form::Choice(&["yes", "no", "not-needed"]),
            "whether the safeguarding lead was told of anything",
        ),
        Field::optional("incident", Form::Long, "what went wrong, if anything; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

/// What is noted of every session, and its name in a sentence.
const NOTED: [(&str, &str); 4] = [
    ("started", "when it began"),
    ("minutes", "how long it took"),
    ("adults-count", "how many adults took part"),
    ("pupils-count", "how many pupils took part"),
];

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "held", "it was held"));
    let held = answers.day("held");
    if answers.integer("started").and_then(day_at).is_some_and(|day| Some(day) != held) {
        findings.push(Finding::new("time-order", "it began on another day than it was held"));
    }
    let missing: Vec<&str> =
        NOTED.iter().filter(|(field, _)| answers.lacks(field)).map(|(_, words)| *words).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "meeting-attendance",
            format!("of every session this is noted, and here it is not: {}", missing.join(", ")),
        ));
    }
    check_safeguarding(answers, &mut findings);
    for (field, lack) in [
        ("waiting-room", "people are not said to have waited to be let in"),
        ("passcode", "it is not said to have taken a passcode to come in"),
    ] {
        if answers.truth(field) != Some(true) {
            findings.push(Finding::new("meeting-entry", lack));
        }
    }
    if answers.truth("recorded") == Some(true) && answers.truth("recording-consents") != Some(true)
    {
        findings.push(Finding::new(
            "recording-consents",
            "it was recorded, and not everybody is said to have agreed",
        ));
    }
    findings
}

/// No adult is alone with a pupil; if it happened it is on record, and the safeguarding lead
/// knows.
fn check_safeguarding(answers: &Answers, findings: &mut Vec<Finding>) {
    let told = answers.text("safeguarding-told");
    let count = |field| answers.integer(field);
    let alone = count("adults-count") == Some(1)
        && count("pupils-count") == Some(1)
        && answers.truth("second-adult") != Some(true);
    if alone {
        let told = match told {
            Some("yes") => "the safeguarding lead was told",
            Some("no") => "the safeguarding lead was not told",
            Some(_) => "telling the safeguarding lead was thought not to be needed",
            None => "was the safeguarding lead told?",
        };
        findings.push(Finding::new(
            "one-to-one",
            format!("one adult was alone with one pupil: {told}"),
        ));
    }
    if !answers.lacks("incident") && told != Some("yes") {
        findings.push(Finding::new(
            "safeguarding-told",
            "something went wrong, and the safeguarding lead is not said to have been told",
        ));
    }
}
