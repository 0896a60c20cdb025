//! `dpia-approval`: the controller approves, or refuses, what a DPIA describes.

use super::answers::{Answers, part};
use super::assessing::{self, readable};
use super::days::{day_at, done_by};
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Field, Form, Kind, On, Relation, Signers};
use super::risk::{self, list, must_not_start};
use super::risk_acceptance::rating;
use super::roles::{DPO, REPRESENTATIVES};
use super::{approving, control_approval, dpia};
use crate::format::cbor::Value;

/// Version 1.
pub const V1: Kind = Kind {
    name: "dpia-approval",
    version: 1,
    title: "DPIA approval",
    about: "The controller's representative approves, approves with conditions, or refuses a DPIA \
            or screening, exactly as it stands now. It is complete with the DPO's advice on the \
            same content; the two need not agree.",
    source: "Art 35(2), 36 UK GDPR; policy §12",
    class: Class::Permission,
    case: Some("dpia"),
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Decision,
    fields: &[
        Field::optional("conditions", Form::List(&Form::Text), "conditions of the approval"),
        Field::optional("advice-followed", Form::Bool, "whether the DPO's advice is followed"),
        Field::optional(
            "overruled-reasons",
            Form::Long,
            "why the DPO's advice is not followed, if it isn't",
        ),
        Field::optional("overruled-by", Form::Person, "who overruled the DPO's advice"),
        Field::optional("review-date", Form::Date, "day by which the DPIA is reviewed"),
        Field::optional("wording", Form::Long, "the wording that is signed"),
        Field::optional("documents", Form::List(&Form::Doc), "the documents that are approved"),
    ],
    required_links: &[],
    usual_links: &[Relation::Approves],
    also: &[Also {
        kind: "dpo-advice",
        roles: DPO,
        what: "the DPO's advice on this exact content",
        on: On::Content,
        by_author: false,
    }],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = approving::check(answers, facts);
    findings.extend(approving::on_other_files(answers, facts));
    check_advice(answers, facts, &mut findings);
    if !approving::permits(facts.decision) {
        return findings;
    }
    if facts.author.roles.iter().any(|role| DPO.contains(&role.as_str())) {
        findings.push(Finding::new(
            "one-person",
            "its author approves and also holds the office that advises",
        ));
    }
    assessing::check_review_date(answers, facts, &mut findings);
    check_accepted(facts, &mut findings);
    check_dpia(answers, facts, &mut findings);
    check_screening(facts, &mut findings);
    findings
}

/// What the newest acceptance leaves high.
fn check_accepted(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let newest = readable(facts, "risk-acceptance").max_by_key(|(entry, _)| entry.index);
    let Some((entry, accepted)) = newest else { return };
    for risk in accepted.list("risks") {
        let id = part(risk, "id").filter(|_| rating(risk).is_high());
        if let Some((id, stop)) = id.and_then(|id| Some((id, must_not_start(facts, id)?))) {
            findings.push(Finding::new(
                "dpia-consult",
                format!("risk {id} stays high (entry {}): {stop}", entry.index.0),
            ));
        }
    }
}

/// The DPIA that is approved, by a link or as the same document: whether it can be approved as it
/// stands today.
fn check_dpia(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let approved = readable(facts, "dpia")
        .filter(|(entry, _)| {
            facts.links.contains(&(Relation::Approves, entry.hash))
                || approving::on_same_content(answers, facts.links, entry)
        })
        .max_by_key(|(entry, _)| entry.index);
    let Some((entry, dpia)) = approved else { return };
    let index = entry.index.0;
    let accepted: Vec<&Value> = readable(facts, "risk-acceptance")
        .flat_map(|(_, acceptance)| acceptance.list("risks"))
        .collect();
    let is_accepted = |id: &str| accepted.iter().any(|accepted| part(accepted, "id") == Some(id));
    let mut open: Vec<&str> = Vec::new();
    for risk in risk::risks(dpia).filter(|risk| !is_accepted(risk.id)) {
        open.push(risk.id);
        if let Some(stop) =
            Some(risk.id).filter(|_| risk.stays_high()).and_then(|id| must_not_start(facts, id))
        {
            findings.push(Finding::new(
                "dpia-consult",
                format!("risk {} is not shown to be lower (entry {index}): {stop}", risk.id),
            ));
        }
    }
    if !open.is_empty() {
        findings.push(Finding::new(
            "risk-not-accepted",
            format!("approved before anybody accepted what remains of {}", list(&open)),
        ));
    }
    let unapproved = control_approval::unapproved(dpia, facts);
    if !unapproved.is_empty() {
        findings.push(Finding::new(
            "control-not-approved",
            format!("nobody has approved the controls of {}", list(&unapproved)),
        ));
    }
    dpia::check_transfers(dpia, facts, findings);
    if let Some(text) = dpia::started_before(dpia, day_at(done_by(answers, facts.time))) {
        findings.push(Finding::new("started-before-approval", text));
    }
}

/// A screening that says that a DPIA is required is not approved in its place.
fn check_screening(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for entry in facts.linked_by(Relation::Approves).filter(|e| e.kind == "dpia-screening") {
        let required = entry.answers.and_then(|screening| screening.truth("dpia-required"));
        if required == Some(true) && facts.latest("dpia").is_none() {
            findings.push(Finding::new(
                "dpia-required",
                format!("entry {} says that a DPIA is required, and none is here", entry.index.0),
            ));
        }
    }
}

/// Whether a decision lets something go ahead that the data protection officer advised otherwise on.
#[must_use]
pub fn goes_against(decision: Option<&str>, recommendation: &str) -> bool {
    match recommendation {
        "do-not-proceed" => approving::permits(decision),
        "restrict" | "proceed-with-changes" => decision == Some("approved"),
        _ => false,
    }
}

fn check_advice(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let followed = answers.truth("advice-followed");
    if followed == Some(false) {
        for (field, lack) in [
            ("overruled-reasons", "the DPO's advice is overruled without reasons"),
            ("overruled-by", "the DPO's advice is overruled and nobody is named who did it"),
        ] {
            if answers.lacks(field) {
                findings.push(Finding::new("dpia-advice", lack));
            }
        }
    }
    if !approving::permits(facts.decision) {
        return;
    }
    let given = || facts.earlier("dpo-advice").filter(|entry| DPO.contains(&entry.role));
    let advice = given()
        .filter(|entry| approving::on_same_content(answers, facts.links, entry))
        .max_by_key(|entry| entry.index);
    let Some(advice) = advice else {
        let text = if given().next().is_some() {
            "approval before advice: the DPO's advice in this case is on other content"
        } else {
            "approval before advice: the DPO has not advised on this content"
        };
        findings.push(Finding::new("dpia-advice", text));
        return;
    };
    if advice.person == facts.author.person {
        findings.push(Finding::new("one-person", "the person who advised as DPO approves"));
    }
    let recommendation = advice.answers.and_then(|answers| answers.text("recommendation"));
    if let Some(recommendation) = recommendation
        && goes_against(facts.decision, recommendation)
        && followed != Some(false)
    {
        let (word, entry) = (recommendation, advice.index.0);
        let lack = match (followed, word) {
            (Some(true), "do-not-proceed") => {
                "says that the advice is followed, and lets it go ahead all the same"
            }
            (Some(true), _) => {
                "says that the advice is followed, but is without conditions and of the same \
                 content: 'approved-with-conditions' would say how"
            }
            _ => "doesn't say that the advice is overruled",
        };
        let text = format!("the DPO advised '{word}' (entry {entry}), and this approval {lack}");
        findings.push(Finding::new("dpia-advice", text));
    }
}
