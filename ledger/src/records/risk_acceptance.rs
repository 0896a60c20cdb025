//! `risk-acceptance`: the owner accepts what risk remains after the controls.

use super::answers::Answers;
use super::days::{day, day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::ASSET_OWNERS;
use super::terms::{IMPACTS, LEVELS, LIKELIHOODS, is_red};
use crate::format::cbor::Value;

/// A risk as it remains after the controls.
const RISK: &[Field] = &[
    Field::required("id", Form::Text, "the risk's mark in the DPIA, such as R1"),
    Field::optional("impact", Form::Choice(IMPACTS), "impact after the controls"),
    Field::optional("likelihood", Form::Choice(LIKELIHOODS), "likelihood after the controls"),
    Field::optional(
        "level",
        Form::Choice(LEVELS),
        "the level, where the DPIA uses three levels or somebody calls it high",
    ),
];

/// A control on which the acceptance rests.
const CONTROL: &[Field] = &[
    Field::required("control", Form::Text, "the control"),
    Field::required("done", Form::Bool, "whether it is in place"),
    Field::optional("date", Form::Date, "since when, or by when"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "risk-acceptance",
    version: 1,
    title: "Risk acceptance",
    about: "The owner of the data accepts the risks that remain once the controls are in place, \
            for how long, and why.",
    source: "Art 35(7)(d), 36 UK GDPR; policy §12.8, §12.9",
    class: Class::Permission,
    case: Some("dpia"),
    signers: Signers::OneOf(ASSET_OWNERS),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "risks",
            Form::List(&Form::Group(RISK)),
            "each risk after the controls: id=R1; impact=minor; likelihood=unlikely",
        ),
        Field::optional(
            "controls",
            Form::List(&Form::Group(CONTROL)),
            "each control: control=TEXT; done=yes; date=2026-09-01",
        ),
        Field::optional("reasons", Form::Long, "why the risks are acceptable; name no pupils"),
        Field::optional("conditions", Form::List(&Form::Text), "conditions of the acceptance"),
        Field::optional("until", Form::Date, "last day on which they are accepted"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let today = day_at(facts.time);
    for risk in answers.list("risks") {
        let rated = part(risk, "level").is_some()
            || (part(risk, "impact").is_some() && part(risk, "likelihood").is_some());
        if let (false, Some(id)) = (rated, part(risk, "id")) {
            findings.push(Finding::new(
                "residual-rating",
                format!("risk {id} has no rating after the controls"),
            ));
        }
    }
    for id in high_risks(answers) {
        findings.push(Finding::new(
            "dpia-consult",
            format!(
                "risk {id} stays high: processing must not start until the regulator is consulted"
            ),
        ));
    }
    for control in answers.list("controls") {
        let Some(name) = part(control, "control") else { continue };
        let later = part(control, "date").and_then(day).filter(|day| Some(*day) > today);
        let done = control.get("done").and_then(Value::as_bool);
        if done == Some(false) || later.is_some() {
            let by = later.map(|day| format!(", due {}", written(day))).unwrap_or_default();
            findings.push(Finding::new(
                "acceptance-before-controls",
                format!("the risk is accepted before a control is done: {name}{by}"),
            ));
        }
    }
    if answers.lacks("reasons") {
        findings.push(Finding::new("acceptance-reasons", "no reasons are given"));
    }
    match answers.day("until") {
        None => findings.push(Finding::new("acceptance-until", "no last day is set")),
        Some(until) if Some(until) < today => findings.push(Finding::new(
            "acceptance-until",
            format!("its last day, {}, has passed", written(until)),
        )),
        Some(_) => {}
    }
    findings
}

/// The marks of the risks that stay high: by the red cells of policy §12.9, or by name.
pub(super) fn high_risks(answers: &Answers) -> impl Iterator<Item = &str> {
    answers.list("risks").iter().filter_map(|risk| {
        let red = is_red(part(risk, "impact"), part(risk, "likelihood"));
        if red || part(risk, "level") == Some("high") { part(risk, "id") } else { None }
    })
}

fn part<'a>(group: &'a Value, name: &str) -> Option<&'a str> {
    group.get(name).and_then(Value::as_text)
}
