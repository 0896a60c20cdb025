//! `breach-report`: personal data was lost, changed or seen by the wrong people, or may have been.

use super::answers::Answers;
use super::days::{SECONDS_IN_72_HOURS, day_at, occurred, written, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-report",
    version: 1,
    title: "Breach report",
    about: "Personal data was lost, stolen, changed, sent to or seen by the wrong people, or may \
            have been. Record what is known now; the 72 hours run from awareness. More can follow.",
    source: "Art 33(3), (5) UK GDPR; policy §9, App 3",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("aware", Form::Time, "when the school became aware of it, exactly"),
        Field::optional("discovered-by", Form::Person, "who discovered it"),
        Field::optional("out-of-hours", Form::Bool, "whether it was found outside working hours"),
        Field::optional(
            "source",
            Form::Choice(&["staff", "processor", "subject", "other"]),
            "who told the school: staff, a processor, a person concerned, somebody else",
        ),
        Field::optional(
            "kind",
            Form::Choice(&[
                "loss-theft",
                "inappropriate-access",
                "equipment-failure",
                "poor-destruction",
                "human-error",
                "cyber-attack",
                "hacking",
            ]),
            "what kind of breach it is",
        ),
        Field::optional(
            "nature",
            Form::List(&Form::Choice(&["confidentiality", "integrity", "availability"])),
            "what was lost: secrecy, correctness, access",
        ),
        Field::optional("still-occurring", Form::Bool, "whether it is still going on"),
        Field::optional("media", Form::List(&Form::Text), "on what: paper, e-mail, laptop, system"),
        Field::optional(
            "data-types",
            Form::List(&Form::Text),
            "which sorts of data: contact details, marks, health; name no pupils",
        ),
        Field::optional("sensitivity", Form::Text, "how sensitive the data are, and why"),
        Field::optional("protections", Form::Long, "what protected them, such as encryption"),
        Field::optional(
            "what-happened",
            Form::Long,
            "what happened, and what has become of the data; name no pupils",
        ),
        Field::optional("possible-misuse", Form::Long, "what the data could be misused for"),
        Field::optional(
            "likely-consequences",
            Form::Long,
            "what it is likely to mean for the people concerned; name no pupils",
        ),
        Field::optional(
            "people-kinds",
            Form::List(&Form::Text),
            "which sorts of people are concerned: pupils, parents, staff",
        ),
        Field::optional("people-count", Form::Count, "about how many people"),
        Field::optional("records-count", Form::Count, "about how many records"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

/// What Art 33(3) asks for, and the field that answers it.
const CONTENT: [(&str, &str); 5] = [
    ("nature", "the nature of the breach"),
    ("people-kinds", "the kinds of people concerned"),
    ("people-count", "about how many people"),
    ("records-count", "about how many records"),
    ("likely-consequences", "the likely consequences"),
];

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let missing: Vec<&str> =
        CONTENT.iter().filter(|(field, _)| answers.lacks(field)).map(|(_, part)| *part).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "breach-content",
            format!("still missing for the regulator: {}", missing.join(", ")),
        ));
    }
    match answers.truth("still-occurring") {
        Some(true) => {
            findings.push(Finding::new("still-occurring", "the breach is still going on"));
        }
        None => findings.push(Finding::new(
            "still-occurring",
            "it is not said whether the breach is still going on",
        )),
        Some(false) => {}
    }
    if answers.lacks("occurred") {
        findings.push(Finding::new("occurred-unknown", "it is not said when the breach happened"));
    }
    let Some(aware) = answers.integer("aware") else { return findings };
    if aware > facts.time {
        findings.push(Finding::new("future", "awareness is dated after this record"));
    } else if facts.time - aware > SECONDS_IN_72_HOURS {
        findings.push(Finding::new(
            "breach-72h",
            format!("it is recorded more than 72 hours after awareness ({})", written_time(aware)),
        ));
    }
    if let Some(span) = occurred(answers) {
        let before = match span.times {
            Some((from, _)) => aware < from,
            None => day_at(aware).is_some_and(|day| day < span.from),
        };
        if before {
            findings.push(Finding::new(
                "time-order",
                format!("the school was aware before it happened on {}", written(span.from)),
            ));
        }
    }
    findings
}
