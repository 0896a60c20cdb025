//! `control-approval`: the owner of the data approves the controls of a DPIA.

use super::answers::{Answers, part};
use super::assessing::readable;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::risk::{has_risk, is_control};
use super::roles::ASSET_OWNERS;
use crate::format::cbor::Value;

/// A control that is approved.
const CONTROL: &[Field] = &[
    Field::required("risk", Form::Text, "the mark of the risk"),
    Field::required("control", Form::Text, "the control, or the beginning of its text"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "control-approval",
    version: 1,
    title: "Approval of controls",
    about: "The owner of the data approves controls that a DPIA proposes, before they are put in \
            place. What risk remains is accepted afterwards, with a risk-acceptance.",
    source: "Art 35(7)(d) UK GDPR; policy §12.8, step four",
    class: Class::Permission,
    case: Some("dpia"),
    signers: Signers::OneOf(ASSET_OWNERS),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "controls",
            Form::List(&Form::Group(CONTROL)),
            "each control: risk=R1; control=TEXT",
        ),
        Field::optional("conditions", Form::List(&Form::Text), "conditions of the approval"),
        Field::optional("reasons", Form::Long, "why these controls are enough; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the documents that are approved"),
    ],
    required_links: &[],
    usual_links: &[Relation::Approves],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.has_link(Relation::Approves) && answers.lacks("documents") {
        findings.push(Finding::new("on-what", "it links to no record and names no document"));
    }
    for entry in facts.linked_by(Relation::Approves) {
        if entry.person == facts.author.person {
            findings.push(Finding::new(
                "self-approved",
                format!("its author wrote what it approves, entry {}", entry.index.0),
            ));
        }
        let Some(dpia) = entry.answers.filter(|_| entry.kind == "dpia") else { continue };
        for item in answers.list("controls") {
            let (Some(id), Some(named)) = (part(item, "risk"), part(item, "control")) else {
                continue;
            };
            if !has_risk(dpia, id) {
                findings.push(Finding::new(
                    "risk-unknown",
                    format!("risk {id} isn't in the DPIA (entry {})", entry.index.0),
                ));
            } else if !dpia.list("controls").iter().any(|control| is_it(control, id, named)) {
                findings.push(Finding::new(
                    "control-unknown",
                    format!("the DPIA (entry {}) has no such control of risk {id}", entry.index.0),
                ));
            }
        }
    }
    findings
}

/// The risks of a DPIA with a control that no entry of the case approves.
pub(super) fn unapproved<'a>(dpia: &'a Answers, facts: &Facts<'_>) -> Vec<&'a str> {
    let mut open: Vec<&str> = Vec::new();
    for control in dpia.list("controls") {
        let Some(id) = part(control, "risk") else { continue };
        let mut named = readable(facts, "control-approval").flat_map(|(_, a)| a.list("controls"));
        let approved = named.any(|item| {
            let text = part(item, "control");
            part(item, "risk") == Some(id) && text.is_some_and(|text| is_it(control, id, text))
        });
        if !approved && part(control, "kind") != Some("none-needed") && !open.contains(&id) {
            open.push(id);
        }
    }
    open
}

fn is_it(control: &Value, id: &str, named: &str) -> bool {
    part(control, "risk") == Some(id) && is_control(control, named)
}
