//! `breach-decision`: how great the risk is, and whom to tell.

use super::answers::Answers;
use super::breach_case::check_contained;
use super::common::policy_gives;
use super::days::{SECONDS_IN_72_HOURS, done_by, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::{BREACH_DECIDERS, DPO};

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-decision",
    version: 1,
    title: "Breach decision",
    about: "Decides on a breach: how great the risk to people is, whether the regulator and the \
            people concerned are told, and why. May be decided again when more is known.",
    source: "Art 33(1), (5), 34 UK GDPR; policy §9.7",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::OneOf(BREACH_DECIDERS),
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "risk",
            Form::Choice(&["unlikely", "likely", "high"]),
            "risk to people's rights and freedoms",
        ),
        Field::required("notify-regulator", Form::Bool, "whether the regulator is notified"),
        Field::optional(
            "justification",
            Form::Long,
            "why the regulator is not notified; name no pupils",
        ),
        Field::optional(
            "delay-reasons",
            Form::Long,
            "why the regulator is notified later than 72 hours after awareness",
        ),
        Field::optional(
            "tell-people",
            Form::Choice(&["yes", "no", "exempt"]),
            "whether the people concerned are told",
        ),
        Field::optional(
            "exemption",
            Form::Choice(&["unintelligible", "risk-removed", "disproportionate-effort"]),
            "why they need not be told one by one, if exempt",
        ),
        Field::optional(
            "police",
            Form::Choice(&["told", "to-be-told", "not-needed"]),
            "whether the police are told",
        ),
        Field::optional("dpo-view", Form::Long, "the data protection officer's view"),
        Field::optional("advice-taken", Form::Long, "legal advice that was taken").privileged(),
    ],
    required_links: &[],
    usual_links: &[Relation::Decides],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_regulator(answers, facts, &mut findings);
    check_people(answers, &mut findings);
    check_contained(facts, &mut findings);
    if DPO.contains(&facts.author.role) {
        if !policy_gives(facts, "dpo-decides") {
            findings.push(Finding::new(
                "dpo-decides",
                "the DPO decided, and no policy at hand gives the DPO this decision",
            ));
        }
    } else if answers.lacks("dpo-view") {
        findings.push(Finding::new("dpo-view", "the DPO's view is missing"));
    }
    if answers.lacks("police") {
        findings.push(Finding::new("police", "it is not said whether the police are told"));
    }
    findings
}

/// Art 33: risk, notification, 72 hours.
fn check_regulator(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let risk = answers.text("risk");
    match answers.truth("notify-regulator") {
        Some(false) => {
            if answers.lacks("justification") {
                findings.push(Finding::new(
                    "breach-72h",
                    "the regulator is not notified and no justification is given",
                ));
            }
            if matches!(risk, Some("likely" | "high")) {
                findings.push(Finding::new(
                    "risk-notify",
                    "a risk is likely, and the regulator is not notified",
                ));
            }
        }
        Some(true) if risk == Some("unlikely") => findings.push(Finding::new(
            "risk-notify",
            "a risk is called unlikely, and yet the regulator is notified",
        )),
        _ => {}
    }
    let Some(report) = facts.latest("breach-report") else {
        findings.push(Finding::new("no-report", "no breach report stands before this decision"));
        return;
    };
    let Some(aware) = report.answers.and_then(|report| report.integer("aware")) else { return };
    let decided = done_by(answers, facts.time);
    if decided < aware {
        findings.push(Finding::new("time-order", "it was decided before the school was aware"));
    }
    if decided.saturating_sub(aware) > SECONDS_IN_72_HOURS
        && answers.truth("notify-regulator") == Some(true)
        && answers.lacks("delay-reasons")
    {
        findings.push(Finding::new(
            "breach-72h",
            format!(
                "the 72 hours ended on {}, and no reasons for the delay are given",
                written_time(aware.saturating_add(SECONDS_IN_72_HOURS))
            ),
        ));
    }
}

/// Art 34: telling the people concerned.
fn check_people(answers: &Answers, findings: &mut Vec<Finding>) {
    let high = answers.text("risk") == Some("high");
    match answers.text("tell-people") {
        None => findings.push(Finding::new(
            "breach-people",
            "it is not said whether the people concerned are told",
        )),
        Some("no") if high => findings.push(Finding::new(
            "breach-people",
            "the risk is high, and the people concerned are not told",
        )),
        Some("exempt") => match answers.text("exemption") {
            None => findings.push(Finding::new(
                "breach-people",
                "the people concerned are not told, and no exemption is named",
            )),
            Some("disproportionate-effort") if high => findings.push(Finding::new(
                "breach-people",
                "telling each person is too much effort, so a public notice is owed",
            )),
            Some(_) => {}
        },
        Some(_) => {}
    }
}
