//! `cctv-camera`: a camera, where it looks, and how long its images are kept.

use jiff::civil::Date;

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::footage::camera;
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "cctv-camera",
    version: 1,
    title: "CCTV camera",
    about: "A camera that is planned, in use or removed: where it looks, why, and how long its \
            images are kept. Link a new one to its DPIA. A change is recorded anew in its case.",
    source: "Art 35 UK GDPR; policy §10.2, §10.3, §10.5",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("camera", Form::Text, "the camera's name or number, as in other records"),
        Field::optional("type", Form::Choice(&["fixed", "dome"]), "a fixed or a dome camera"),
        Field::required("location", Form::Text, "where it is and what it looks at"),
        Field::optional(
            "area",
            Form::Choice(&[
                "entrance",
                "outdoor",
                "corridor",
                "office",
                "meeting-room",
                "support-room",
                "classroom",
                "toilet-or-changing",
                "other",
            ]),
            "what sort of place it looks at",
        ),
        Field::optional("purpose", Form::Text, "what it is for"),
        Field::optional("sound", Form::Bool, "whether it records sound"),
        Field::optional("signage", Form::Bool, "whether signs near it say that it is there"),
        Field::optional(
            "privacy-check",
            Form::Long,
            "how it was checked that nobody's privacy is taken without need; name no pupils",
        ),
        Field::optional("retention-days", Form::Count, "after how many days its images go"),
        Field::required(
            "status",
            Form::Choice(&["planned", "in-use", "removed"]),
            "whether it is planned, in use or removed",
        ),
        Field::optional("since", Form::Date, "since which day"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

/// Records that show a camera's DPIA.
const DPIA: [&str; 2] = ["dpia", "dpia-approval"];

/// Since then a DPIA is owed before a new camera is used (Art 35).
const DPIA_OWED: Date = Date::constant(2018, 5, 25);

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if answers.text("status") == Some("removed") {
        return findings;
    }
    let mut found = |rule, text: &str| findings.push(Finding::new(rule, text));
    match answers.text("area") {
        Some("classroom") => found("cctv-classroom", "the camera looks into a classroom"),
        Some("toilet-or-changing") => {
            found("cctv-private", "the camera looks into a toilet or changing room");
        }
        None => found("cctv-area", "it is not said what sort of place the camera looks at"),
        Some(_) => {}
    }
    match answers.truth("sound") {
        Some(true) => found("cctv-sound", "the camera records sound"),
        None => found("cctv-sound", "it is not said whether the camera records sound"),
        Some(false) => {}
    }
    // Signs may still be missing while the camera is planned.
    if answers.text("status") == Some("in-use") && answers.truth("signage") != Some(true) {
        found("cctv-signage", "no signs say that the camera is there");
    }
    for (field, rule, lack) in [
        ("purpose", "cctv-purpose", "it is not said what the camera is for"),
        ("privacy-check", "cctv-privacy-check", "no check of people's privacy is described"),
        ("retention-days", "cctv-delete", "it is not said after how many days its images go"),
    ] {
        if answers.lacks(field) {
            found(rule, lack);
        }
    }
    let known = answers.text("camera").is_some_and(|name| camera(facts, name).is_some());
    let old = answers.day("since").is_some_and(|since| since < DPIA_OWED);
    if !known && !old && !facts.linked_by(Relation::About).any(|entry| DPIA.contains(&entry.kind)) {
        found("cctv-dpia", "the camera is new, and it links to no DPIA");
    }
    findings
}
