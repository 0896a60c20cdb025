//! `cctv-deletion`: recorded images were deleted, and in time or not.

use jiff::ToSpan as _;

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::footage::{camera, check_times, names};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "cctv-deletion",
    version: 1,
    title: "CCTV deletion",
    about: "Recorded CCTV images were deleted or overwritten, with every copy. Link it to the \
            camera, whose record says how long images are kept.",
    source: "Art 5(1)(e) UK GDPR; policy §10.5",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::optional("cameras", Form::List(&Form::Text), "which cameras"),
        Field::optional("footage-from", Form::Time, "start of the footage"),
        Field::optional("footage-to", Form::Time, "end of the footage"),
        Field::required("deleted", Form::Time, "when it was deleted"),
        Field::optional(
            "method",
            Form::Choice(&["overwritten", "deleted", "media-destroyed"]),
            "in which way",
        ),
        Field::optional(
            "reason",
            Form::Choice(&["retention-ended", "request", "no-longer-needed"]),
            "why",
        ),
        Field::optional("copies", Form::List(&Form::Text), "stills and clips that went with it"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_times(answers, facts, "deleted", &mut findings);
    for (field, lack) in [
        ("cameras", "it is not said of which cameras"),
        ("method", "it is not said in which way"),
        ("reason", "it is not said why"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new("cctv-deletion", lack));
        }
    }
    let oldest = answers.integer("footage-from").or_else(|| answers.integer("footage-to"));
    let Some(taken) = oldest.and_then(day_at) else {
        findings.push(Finding::new("cctv-deletion", "it is not said which footage was deleted"));
        return findings;
    };
    let Some(deleted) = answers.integer("deleted").and_then(day_at) else { return findings };
    for name in names(answers) {
        let days = camera(facts, name)
            .and_then(|entry| entry.answers)
            .and_then(|camera| camera.integer("retention-days"));
        let Some(days) = days else {
            findings.push(Finding::new(
                "cctv-delete",
                format!("no record at hand says how long images of {name} are kept"),
            ));
            continue;
        };
        // A period beyond the calendar's end never runs out.
        let last = i32::try_from(days).ok().and_then(|days| taken.checked_add(days.days()).ok());
        if let Some(last) = last.filter(|last| deleted > *last) {
            findings.push(Finding::new(
                "cctv-delete",
                format!(
                    "images of {name} were kept longer than its {days} days, which ended on {}",
                    written(last)
                ),
            ));
        }
    }
    findings
}
