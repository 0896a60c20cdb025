//! `control-check`: somebody looked whether a safeguard is in place.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;

/// Version 1.
pub const V1: Kind = Kind {
    name: "control-check",
    version: 1,
    title: "Check of a safeguard",
    about: "Somebody looked whether a safeguard that the policy promises is really in place, and \
            what they found.",
    source: "Art 24, 32(1)(d) UK GDPR; policy §7.1, §7.4, §11.4",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "control",
            Form::Choice(&[
                "media-encrypted",
                "device-verified",
                "camera-wiped",
                "access-review",
                "auto-lock",
                "website-upload",
                "envelope",
                "cupboards",
                "backup",
                "no-notice-visit",
            ]),
            "which safeguard",
        ),
        Field::required("result", Form::Choice(&["in-order", "faults-found"]), "what came of it"),
        Field::required("checked", Form::Date, "on which day"),
        Field::optional("checker", Form::Person, "who looked, if not who records it"),
        Field::optional("place", Form::Text, "where, or which device; name no pupils"),
        Field::optional("found", Form::Long, "what was found; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "checked", "it was checked"));
    if answers.text("result") == Some("faults-found") && answers.lacks("found") {
        findings
            .push(Finding::new("control-faults", "faults were found, and it is not said which"));
    }
    findings
}
