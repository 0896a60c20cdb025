//! `dpia-approval`: the controller approves, or refuses, what a DPIA describes.

use super::answers::Answers;
use super::approving;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Field, Form, Kind, On, Relation, Signers};
use super::risk_acceptance;
use super::roles::{DPO, REPRESENTATIVES};

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
    match (answers.day("review-date"), day_at(facts.time)) {
        (None, _) => findings.push(Finding::new("dpia-review", "no review date is set")),
        (Some(review), Some(today)) if review < today => findings.push(Finding::new(
            "dpia-review",
            format!("the review date, {}, has passed", written(review)),
        )),
        _ => {}
    }
    if let Some(accepted) = facts.latest("risk-acceptance")
        && accepted
            .answers
            .is_some_and(|answers| risk_acceptance::high_risks(answers).next().is_some())
    {
        findings.push(Finding::new(
            "dpia-consult",
            format!(
                "a high risk remains (entry {}): processing must not start until the regulator is \
                 consulted",
                accepted.index.0
            ),
        ));
    }
    findings
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
    let against = match recommendation {
        Some("do-not-proceed") => true,
        Some("restrict" | "proceed-with-changes") => facts.decision == Some("approved"),
        _ => false,
    };
    if let (true, Some(recommendation)) = (against, recommendation)
        && followed != Some(false)
    {
        findings.push(Finding::new(
            "dpia-advice",
            format!(
                "the DPO advised '{recommendation}' (entry {}), and this approval doesn't say that \
                 the advice is overruled",
                advice.index.0
            ),
        ));
    }
}
