//! `request-step`: what was done about a request between receipt and answer.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::answers::Answers;
use super::course::Course;
use super::days::written;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};

/// Version 1.
pub const V1: Kind = Kind {
    name: "request-step",
    version: 1,
    title: "Step on a request",
    about: "What was done about a request: acknowledged, something asked for or received, extended, \
            searched, called unfounded, escalated. Time limits are computed from these steps.",
    source: "Art 12(3) to (6) UK GDPR; Data (Use and Access) Act 2025; policy §13.1, §13.4, §13.5",
    class: Class::Fact,
    case: Some("request"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "step",
            Form::Choice(&[
                "acknowledged",
                "identity-asked",
                "identity-received",
                "authority-asked",
                "authority-received",
                "fee-asked",
                "fee-received",
                "clarification-asked",
                "clarification-answered",
                "extended",
                "searched",
                "unfounded-or-excessive",
                "escalated",
                "results-announced",
            ]),
            "what was done",
        ),
        Field::required("done", Form::Date, "on which day"),
        Field::optional("reason", Form::Long, "why, or what was said; name no pupils"),
        Field::optional(
            "doubt",
            Form::Long,
            "if proof of identity is asked for: what is in doubt; name no pupils",
        ),
        Field::optional(
            "seen",
            Form::Text,
            "sort of proof that was seen, such as a passport; keep no copy and no number",
        ),
        Field::optional("seen-by", Form::Person, "who saw the proof"),
        Field::optional("subject-told", Form::Bool, "whether who asked was told of this step"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "done", "it was done"));
    let Some(course) = Course::of(facts) else {
        findings.push(Finding::new("no-request", "no request stands before this step"));
        return findings;
    };
    let done = answers.day("done");
    findings.extend(reversed(course.received(), done, "the step was taken before the request"));
    match answers.text("step") {
        Some("identity-asked") => check_identity_asked(answers, &mut findings),
        Some("identity-received") => check_seen(answers, "identity-seen", &mut findings),
        Some("authority-received") => check_seen(answers, "authority-seen", &mut findings),
        Some("fee-asked") => check_fee(answers, &course, &mut findings),
        Some("clarification-asked") => check_clarification(answers, &course, &mut findings),
        Some("clarification-answered") if !course.has("clarification-asked") => {
            findings.push(Finding::new(
                "sar-clarify",
                "clarification is answered, and nothing recorded before asks for it",
            ));
        }
        Some("extended") => check_extension(answers, &course, &mut findings),
        Some("unfounded-or-excessive") if answers.lacks("reason") => {
            findings.push(Finding::new(
                "unfounded-reasons",
                "the request is called unfounded or excessive, and no reasons are given",
            ));
        }
        Some("results-announced") if course.text("type").is_some_and(|it| it != "exam-marks") => {
            findings.push(Finding::new(
                "exam-marks",
                "the announcement of results moves the limit only where marks were asked for",
            ));
        }
        _ => {}
    }
    check_harm(answers, facts, &mut findings);
    findings
}

/// Proof of identity is for reasonable doubt only (Art 12(6)), though the policy asks everybody.
fn check_identity_asked(answers: &Answers, findings: &mut Vec<Finding>) {
    if answers.lacks("doubt") {
        findings.push(Finding::new(
            "identity-doubt",
            "proof of identity is asked for, and no doubt about the identity is stated",
        ));
    }
}

fn check_seen(answers: &Answers, rule: &'static str, findings: &mut Vec<Finding>) {
    for (field, lack) in [
        ("seen", "it is not said what sort of proof was seen"),
        ("seen-by", "it is not said who saw the proof"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new(rule, lack));
        }
    }
}

/// Access is free unless a request is manifestly unfounded or excessive (Art 12(5)). For a copy
/// of the educational record the cost may be charged.
fn check_fee(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    let may = course.has("unfounded-or-excessive")
        || course.text("type") == Some("educational-record")
        || !answers.lacks("reason");
    if !may {
        findings.push(Finding::new(
            "request-fee",
            "a fee is asked for, the request is not called unfounded or excessive, and no other \
             reason is given",
        ));
    }
}

fn check_clarification(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    if course.text("type").is_some() && !course.is_for_access() {
        findings.push(Finding::new(
            "sar-clarify",
            "the request is not for access, so asking for clarification pauses nothing",
        ));
    } else if answers.lacks("reason") {
        findings.push(Finding::new(
            "sar-clarify",
            "it is not said why the request can't be answered without clarification",
        ));
    }
    let Some(asked) = answers.day("done") else { return };
    // While something else is awaited there is no hurry that the law knows of.
    let Some(begins) = course.begins() else { return };
    let week: Option<Date> = begins.checked_add(7.days()).ok();
    if course.is_after_month(asked) {
        findings.push(Finding::new(
            "sar-clarify",
            format!("clarification was asked on {}, when the answer was due", written(asked)),
        ));
    } else if week.is_some_and(|week| asked > week) {
        findings.push(Finding::new(
            "sar-clarify",
            format!(
                "clarification was asked on {}, more than a week after the month began on {}",
                written(asked),
                written(begins)
            ),
        ));
    }
}

/// Art 12(3): by two months where necessary; who asked is told why, within the first.
fn check_extension(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    let mut find = |text: String| findings.push(Finding::new("sar-extend", text));
    if answers.lacks("reason") {
        find("the time is extended, and no reason is given".to_owned());
    }
    if answers.truth("subject-told") != Some(true) {
        find("it is not said that who asked was told of the extension".to_owned());
    }
    if let Some(done) = answers.day("done")
        && course.is_after_month(done)
    {
        find(format!("the extension was told on {}, after the first month", written(done)));
    }
    if course.text("type") == Some("educational-record") {
        find("the time for an educational record can't be extended".to_owned());
    }
    if let Some(awaited) = course.awaits() {
        find(format!("the month hasn't begun while {awaited} is awaited, so nothing is extended"));
    }
    if course.has("unfounded-or-excessive") {
        find(
            "the request is called unfounded or excessive, which is no reason to extend".to_owned(),
        );
    }
}

/// What is withheld because it would do serious harm, nobody is told of. A step of the school's
/// own, told after such an answer, would give it away.
fn check_harm(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let withheld = facts
        .earlier("request-answer")
        .filter_map(|entry| entry.answers)
        .any(|answer| answer.truth("serious-harm") == Some(true));
    if withheld && answers.truth("subject-told") == Some(true) {
        findings.push(Finding::new(
            "serious-harm",
            "something is withheld because it would do serious harm, and who asked is told of a \
             step after that",
        ));
    }
}
