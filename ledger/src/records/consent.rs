//! `consent`: permission given or refused for images and the like, purpose by purpose.

use jiff::ToSpan as _;

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use crate::format::cbor::Value;

/// What consent is asked for, each apart.
pub(super) const PURPOSES: &[&str] = &[
    "website",
    "social-media",
    "print",
    "press",
    "outside-photographer",
    "video-conference",
    "recording",
    "pupils-work",
    "biometric",
];

/// Who may give or withdraw consent for a pupil.
pub(super) const CAPACITIES: &[&str] =
    &["parent", "pupil", "social-worker", "foster-carer", "relative"];

/// One purpose and the answer for it.
const PURPOSE: &[Field] = &[
    Field::required("purpose", Form::Choice(PURPOSES), "for what"),
    Field::required("decision", Form::Choice(&["given", "refused"]), "given or refused"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "consent",
    version: 1,
    title: "Consent",
    about: "Consent for a pupil's images, work or biometric data was given or refused, purpose by \
            purpose, on wording that stays provable. The pupil is a reference, never a name.",
    source: "Art 7, 8 UK GDPR; Protection of Freedoms Act 2012 ss.26-28; policy §2.2, §11",
    class: Class::Fact,
    case: Some("consent"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("subject", Form::Ref, "the pupil's reference; never a name"),
        Field::optional("capacity", Form::Choice(CAPACITIES), "who answered, as what"),
        Field::optional(
            "parental-responsibility-checked",
            Form::Bool,
            "whether it was checked that this person has parental responsibility",
        ),
        Field::required(
            "purposes",
            Form::List(&Form::Group(PURPOSE)),
            "each purpose and its answer: purpose=website; decision=given",
        ),
        Field::optional("wording-version", Form::Text, "version of the wording that was shown"),
        Field::optional("wording-sha256", Form::Hash, "SHA-256 of that wording"),
        Field::optional(
            "method",
            Form::Text,
            "how it was given, such as paper form; name no pupils",
        ),
        Field::optional("from", Form::Date, "first day on which it holds"),
        Field::optional("until", Form::Date, "last day on which it holds"),
        Field::optional(
            "withhold-by-default",
            Form::Bool,
            "whether nothing may be published; the reason stays in the safeguarding file",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_giver(answers, &mut findings);
    if answers.lacks("wording-version") && answers.lacks("wording-sha256") {
        findings.push(Finding::new(
            "consent-wording",
            "the wording is not named, so it can't be shown what was consented to",
        ));
    }
    check_period(answers, facts, &mut findings);
    if gives(answers, "biometric") {
        if answers.text("capacity") != Some("parent") {
            findings.push(Finding::new(
                "biometric",
                "for biometric data of an under-18 a parent has to consent in writing",
            ));
        }
        let spoken = answers.text("method").is_some_and(|method| {
            let method = method.to_lowercase();
            ["spoken", "oral", "verbal", "phone"].iter().any(|word| method.contains(word))
        });
        if spoken {
            findings
                .push(Finding::new("biometric", "consent to biometric data was not in writing"));
        }
    }
    if answers.truth("withhold-by-default") == Some(true)
        && decisions(answers).any(|(_, decision)| decision == "given")
    {
        findings.push(Finding::new(
            "withhold-by-default",
            "a purpose is consented to, and images are to be withheld by default",
        ));
    }
    check_earlier(answers, facts, &mut findings);
    findings
}

fn check_giver(answers: &Answers, findings: &mut Vec<Finding>) {
    match answers.text("capacity") {
        None => {
            findings.push(Finding::new("consent-giver", "it is not said who answered, as what"));
        }
        Some("pupil") => {}
        Some(capacity) => {
            if answers.truth("parental-responsibility-checked") != Some(true) {
                findings.push(Finding::new(
                    "parental-responsibility",
                    format!("parental responsibility of the {capacity} was not checked"),
                ));
            }
        }
    }
}

fn check_period(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let (from, until) = (answers.day("from"), answers.day("until"));
    let Some(until) = until else {
        findings.push(Finding::new(
            "consent-year",
            "no last day is set; consent is asked again each school year",
        ));
        return;
    };
    let from = from.or_else(|| day_at(facts.time));
    if let Some(from) = from {
        if until < from {
            findings.push(Finding::new("time-order", "its last day is before its first"));
        } else if from.checked_add(1.year()).is_ok_and(|year| until > year) {
            findings.push(Finding::new(
                "consent-year",
                format!("it holds until {}, longer than a school year", written(until)),
            ));
        }
    }
}

/// Earlier answers about the same pupil that differ: a pupil's own refusal prevails, and
/// parents who disagree are shown.
fn check_earlier(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let earlier = facts
        .earlier("consent")
        .filter_map(|entry| Some((entry.index.0, entry.answers?)))
        .filter(|(_, before)| before.text("subject") == answers.text("subject"));
    for (index, before) in earlier {
        for (purpose, decision) in decisions(answers) {
            let differs = decisions(before).any(|(p, d)| p == purpose && d != decision);
            if !differs {
                continue;
            }
            let by_pupil = before.text("capacity") == Some("pupil");
            if by_pupil && decision == "given" && answers.text("capacity") != Some("pupil") {
                findings.push(Finding::new(
                    "pupil-refusal",
                    format!("the pupil refused {purpose} in entry {index}, and that prevails"),
                ));
            } else if !by_pupil {
                findings.push(Finding::new(
                    "consent-differs",
                    format!(
                        "entry {index} answers differently for {purpose}; if two parents disagree, \
                         neither answer settles it"
                    ),
                ));
            }
        }
    }
}

/// Each purpose with its decision.
fn decisions(answers: &Answers) -> impl Iterator<Item = (&str, &str)> {
    answers.list("purposes").iter().filter_map(|item| {
        let part = |name| item.get(name).and_then(Value::as_text);
        Some((part("purpose")?, part("decision")?))
    })
}

/// Whether consent is given for `purpose`.
fn gives(answers: &Answers, purpose: &str) -> bool {
    decisions(answers).any(|(p, d)| p == purpose && d == "given")
}
