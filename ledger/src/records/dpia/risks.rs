//! Whether each risk of a DPIA is rated, treated and looked after by somebody, and which are too
//! high to go on.

use crate::format::cbor::Value;
use crate::records::answers::{Answers, part};
use crate::records::facts::{Facts, Finding};
use crate::records::risk::{self, Risk, has_risk, is_control, list, must_not_start};

pub(super) fn check(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let risks: Vec<Risk<'_>> = risk::risks(answers).collect();
    check_ratings(&risks, answers, findings);
    check_high(&risks, facts, findings);
    check_controls(&risks, answers, findings);
    check_responsibilities(answers, findings);
}

/// A rating where each risk was found, the same where it is treated, and one that remains.
fn check_ratings(risks: &[Risk<'_>], answers: &Answers, findings: &mut Vec<Finding>) {
    let mut found = |rule, text: String| findings.push(Finding::new(rule, text));
    for (at, risk) in risks.iter().enumerate() {
        if risks[..at].iter().any(|other| other.id == risk.id) {
            found("risk-rating", format!("risk {} stands there twice", risk.id));
        }
        for control in controls(answers, risk.id) {
            if let (Some(level), Some(stated)) =
                (risk.before.level(), part(control, "level-stated"))
                && level != stated
            {
                found(
                    "risk-rating",
                    format!(
                        "risk {} is {level} where it is found, and {stated} where it is treated",
                        risk.id
                    ),
                );
            }
        }
    }
    let unrated: Vec<&str> =
        risks.iter().filter(|risk| !risk.before.is_given()).map(|risk| risk.id).collect();
    if !unrated.is_empty() {
        found("risk-rating", format!("not rated where they are found: {}", list(&unrated)));
    }
    let open: Vec<&str> =
        risks.iter().filter(|risk| !risk.after.is_given()).map(|risk| risk.id).collect();
    if !open.is_empty() {
        let effect = answers.list("controls").iter().find_map(|control| {
            let of_these = part(control, "risk").is_some_and(|id| open.contains(&id));
            part(control, "effect-stated").filter(|_| of_these)
        });
        let said = effect.map(|effect| format!("; '{effect}' is no rating")).unwrap_or_default();
        found("residual-rating", format!("not rated after the controls: {}{said}", list(&open)));
    }
}

/// The red cells of policy §12.9, and what somebody calls high.
fn check_high(risks: &[Risk<'_>], facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let high: Vec<&str> = risks.iter().filter(|risk| risk.is_high()).map(|risk| risk.id).collect();
    if !high.is_empty() && facts.latest("dpo-advice").is_none() {
        findings.push(Finding::new(
            "dpia-advice",
            format!(
                "the DPO must be consulted on what is high, and hasn't advised: {}",
                list(&high)
            ),
        ));
    }
    for risk in risks.iter().filter(|risk| risk.stays_high()) {
        if let Some(stop) = must_not_start(facts, risk.id) {
            let how = if risk.after.is_given() {
                "stays high"
            } else {
                "is high, and nothing shows that the controls lower it"
            };
            findings.push(Finding::new("dpia-consult", format!("risk {} {how}: {stop}", risk.id)));
        }
    }
}

/// A control for each risk, and a risk for each control.
fn check_controls(risks: &[Risk<'_>], answers: &Answers, findings: &mut Vec<Finding>) {
    let untreated: Vec<&str> = risks
        .iter()
        .map(|risk| risk.id)
        .filter(|id| controls(answers, id).next().is_none())
        .collect();
    if !untreated.is_empty() {
        findings.push(Finding::new(
            "risk-untreated",
            format!("without a control, or a reason why none is needed: {}", list(&untreated)),
        ));
    }
    for (field, what) in [("controls", "a control"), ("responsibilities", "a responsibility")] {
        for item in answers.list(field) {
            if let Some(id) = part(item, "risk").filter(|id| !has_risk(answers, id)) {
                findings.push(Finding::new(
                    "risk-unknown",
                    format!("{what} names risk {id}, which isn't among the risks"),
                ));
            }
        }
    }
}

/// A named officer and a deadline for each control (policy §12.8, step five).
fn check_responsibilities(answers: &Answers, findings: &mut Vec<Finding>) {
    let assigned = answers.list("responsibilities");
    let mut nobody: Vec<&str> = Vec::new();
    for control in answers.list("controls") {
        let (Some(id), Some(kind)) = (part(control, "risk"), part(control, "kind")) else {
            continue;
        };
        let is_assigned = assigned.iter().any(|item| {
            part(item, "risk") == Some(id)
                && part(item, "control").is_some_and(|named| is_control(control, named))
        });
        if kind != "none-needed" && !is_assigned && !nobody.contains(&id) {
            nobody.push(id);
        }
    }
    if !nobody.is_empty() {
        findings.push(Finding::new(
            "responsibility",
            format!("controls that nobody is responsible for: {}", list(&nobody)),
        ));
    }
    for (field, lack) in [("officer", "no officer is named for"), ("deadline", "no deadline for")] {
        let without: Vec<&str> = assigned
            .iter()
            .filter(|item| part(item, field).is_none())
            .filter_map(|item| part(item, "risk"))
            .collect();
        if !without.is_empty() {
            findings.push(Finding::new(
                "responsibility",
                format!("{lack} what is to be done about {}", list(&without)),
            ));
        }
    }
}

fn controls<'a>(answers: &'a Answers, id: &'a str) -> impl Iterator<Item = &'a Value> {
    answers.list("controls").iter().filter(move |control| part(control, "risk") == Some(id))
}
