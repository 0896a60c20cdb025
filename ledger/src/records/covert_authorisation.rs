//! `covert-authorisation`: for once, people are filmed without being told (policy §10.4).
//!
//! Both grounds have to hold, the controller is advised and approves before the start, and an end
//! is set. In toilets and changing rooms it is refused on input, whoever signs: see
//! [`REFUSED`](super::common::REFUSED).

use jiff::civil::Date;

use super::answers::Answers;
use super::days::{day_at, written, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Field, Form, Kind, On, Signers};
use super::roles::{LEADERSHIP, REPRESENTATIVES};

/// Version 1.
pub const V1: Kind = Kind {
    name: "covert-authorisation",
    version: 1,
    title: "Authorisation of covert monitoring",
    about: "Permits covert cameras in one place for one investigation, for exceptional reasons \
            only and never in toilets or changing rooms. It is complete when a representative of \
            the controller, another person, approves it before it starts.",
    source: "policy §10.4",
    class: Class::Permission,
    case: Some("cctv"),
    signers: Signers::OneOf(LEADERSHIP),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "suspected",
            Form::Bool,
            "whether there is good cause to suspect an unlawful act or serious misconduct",
        ),
        Field::required(
            "telling-would-prejudice",
            Form::Bool,
            "whether telling people would seriously prejudice what the recording is for",
        ),
        Field::required(
            "reasons",
            Form::Long,
            "why, and why nothing milder would do; name no pupils",
        ),
        Field::required("area", Form::Text, "which place is filmed"),
        Field::required(
            "area-kind",
            Form::Choice(&[
                "office",
                "store",
                "outdoor",
                "corridor",
                "classroom",
                "toilet-or-changing",
                "other",
            ]),
            "what sort of place that is",
        ),
        Field::optional(
            "controller-advised",
            Form::Time,
            "when the controller was told of the plan",
        ),
        Field::required("start", Form::Time, "when it starts"),
        Field::required(
            "longest-end",
            Form::Date,
            "the last day, whatever the investigation finds",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the plan"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[Also {
        kind: "approval",
        roles: REPRESENTATIVES,
        what: "the controller's representative's approval",
        on: On::Itself,
        by_author: false,
    }],
    check,
};

/// After so many days covert monitoring is asked about. Law and policy set no figure; four weeks
/// is this program's, so that no end is set which is none.
const LONG_DAYS: i32 = 28;

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match answers.text("area-kind") {
        Some("toilet-or-changing") => findings.push(Finding::new(
            "covert-private",
            "covert cameras in toilets and changing rooms can't be permitted",
        )),
        Some("classroom") => {
            findings.push(Finding::new("cctv-classroom", "the cameras look into a classroom"));
        }
        _ => {}
    }
    for (field, lack) in [
        ("suspected", "no unlawful act or serious misconduct is suspected"),
        ("telling-would-prejudice", "telling people would not prejudice what it is for"),
    ] {
        if answers.truth(field) == Some(false) {
            findings.push(Finding::new("covert-grounds", lack));
        }
    }
    let Some(start) = answers.integer("start") else { return findings };
    match answers.integer("controller-advised") {
        None => findings
            .push(Finding::new("covert-advised", "it is not said when the controller was advised")),
        Some(advised) if advised > start => findings.push(Finding::new(
            "covert-advised",
            format!("the controller was advised after it started, on {}", written_time(advised)),
        )),
        Some(_) => {}
    }
    if start <= facts.time {
        findings.push(Finding::new(
            "covert-approval",
            format!("it started on {}, before anybody can have approved it", written_time(start)),
        ));
    }
    if let (Some(end), Some(start), Some(today)) =
        (answers.day("longest-end"), day_at(start), day_at(facts.time))
    {
        check_end(end, start, today, &mut findings);
    }
    findings
}

fn check_end(end: Date, start: Date, today: Date, findings: &mut Vec<Finding>) {
    let days = (end - start).get_days();
    let mut found = |text: String| findings.push(Finding::new("covert-end", text));
    if days < 0 {
        found(format!("its last day, {}, is before its start", written(end)));
    } else if days > LONG_DAYS {
        found(format!("it may last {days} days, which is more than {LONG_DAYS}"));
    }
    if end < today {
        found(format!("its last day, {}, has passed", written(end)));
    }
}
