//! `risk-acceptance`: the owner accepts what risk remains after the controls.

use jiff::civil::Date;

use super::answers::{Answers, part};
use super::assessing::readable;
use super::days::{day, day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::risk::{Rating, has_risk, is_control, list, must_not_start};
use super::roles::ASSET_OWNERS;
use super::terms::{IMPACTS, LEVELS, LIKELIHOODS};
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
        if let (false, Some(id)) = (rating(risk).is_given(), part(risk, "id")) {
            findings.push(Finding::new(
                "residual-rating",
                format!("risk {id} has no rating after the controls"),
            ));
        }
    }
    for id in high_risks(answers) {
        if let Some(stop) = must_not_start(facts, id) {
            findings.push(Finding::new("dpia-consult", format!("risk {id} stays high: {stop}")));
        }
    }
    if let Some((entry, dpia)) = readable(facts, "dpia").max_by_key(|(entry, _)| entry.index) {
        check_against(answers, (entry.index.0, dpia), today, &mut findings);
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

/// What the DPIA says of the risks that are accepted, and of the controls on which they rest.
fn check_against(
    answers: &Answers,
    (index, dpia): (u64, &Answers),
    today: Option<Date>,
    findings: &mut Vec<Finding>,
) {
    let accepted = answers.list("risks").iter().filter_map(|risk| part(risk, "id"));
    let (known, unknown): (Vec<&str>, Vec<&str>) = accepted.partition(|id| has_risk(dpia, id));
    if !unknown.is_empty() {
        findings.push(Finding::new(
            "risk-unknown",
            format!("accepted, and not in the DPIA (entry {index}): {}", list(&unknown)),
        ));
    }
    // A control is done when the DPIA has the day, or the acceptance names it, which is judged
    // there.
    let is_done = |id: &str, control: &Value| {
        let dpia = dpia.list("responsibilities").iter().any(|item| {
            let day = part(item, "completed").and_then(day).filter(|day| Some(*day) <= today);
            let named = part(item, "control").is_some_and(|named| is_control(control, named));
            part(item, "risk") == Some(id) && named && day.is_some()
        });
        let mut named = answers.list("controls").iter().filter_map(|item| part(item, "control"));
        dpia || named.any(|named| is_control(control, named))
    };
    let early: Vec<&str> = known
        .into_iter()
        .filter(|id| {
            let own = |control: &&Value| part(control, "risk") == Some(*id);
            dpia.list("controls")
                .iter()
                .filter(own)
                .filter(|control| part(control, "kind") != Some("none-needed"))
                .any(|control| !is_done(id, control))
        })
        .collect();
    if !early.is_empty() {
        findings.push(Finding::new(
            "acceptance-before-controls",
            format!(
                "accepted before the DPIA (entry {index}) shows their controls done: {}",
                list(&early)
            ),
        ));
    }
}

/// The marks of the risks that stay high: by the red cells of policy §12.9, or by name.
fn high_risks(answers: &Answers) -> impl Iterator<Item = &str> {
    let high = answers.list("risks").iter().filter(|risk| rating(risk).is_high());
    high.filter_map(|risk| part(risk, "id"))
}

/// The rating at which an acceptance takes a risk.
pub(super) fn rating(risk: &Value) -> Rating<'_> {
    Rating::within(risk, ["impact", "likelihood", "level"])
}
