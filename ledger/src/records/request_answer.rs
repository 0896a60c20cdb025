//! `request-answer`: what the school answers to a request.
//!
//! Like every record it commits to each of its fields, answered or not, so that nobody reads
//! from its shape that something was withheld because it would do serious harm.

use super::answers::Answers;
use super::common::doubts;
use super::course::Course;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::{in_future, reversed};
use super::rights::{Right, Standing};
use super::roles::REQUEST_ANSWERERS;
use crate::format::cbor::Value;

/// What the law wants told beside the copy (Art 15(1), (2) UK GDPR; policy §13.3).
const CHECKLIST: &[Field] = &[
    Field::optional("confirmed", Form::Bool, "whether data are processed at all"),
    Field::optional("purposes", Form::Bool, "what they are used for"),
    Field::optional("categories", Form::Bool, "which sorts of data they are"),
    Field::optional("recipients", Form::Bool, "to whom they go"),
    Field::optional("retention", Form::Bool, "how long they are kept"),
    Field::optional("rights", Form::Bool, "the rights to correction, erasure and the like"),
    Field::optional("source", Form::Bool, "where they come from"),
    Field::optional("automated-decisions", Form::Bool, "whether machines decide, and how"),
    Field::optional("copy", Form::Bool, "the copy of the data"),
    Field::optional("complaint-route", Form::Bool, "how to complain, to the school and beyond"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "request-answer",
    version: 1,
    title: "Answer to a request",
    about: "Decides what is given in answer to a request, what is refused or withheld, and why. \
            Signed by who answers for it, before or when the answer goes out.",
    source: "Art 12(3), (4), 15 to 21 UK GDPR; DPA 2018 Sch 2, 3; policy §3, §13.3, §13.5",
    class: Class::Permission,
    case: Some("request"),
    signers: Signers::OneOf(REQUEST_ANSWERERS),
    clear: Clear::Nothing,
    fields: &[
        Field::required("answered", Form::Date, "day on which the answer goes out"),
        Field::required(
            "outcome",
            Form::Choice(&["granted", "partly-granted", "refused", "nothing-held", "withdrawn"]),
            "what is answered",
        ),
        Field::optional(
            "method",
            Form::Choice(&["paper", "encrypted-e-mail", "portal", "in-person", "other"]),
            "how the answer goes out",
        ),
        Field::optional(
            "checklist",
            Form::Group(CHECKLIST),
            "what the answer tells: confirmed=yes; purposes=yes; and so on",
        ),
        Field::optional(
            "exemptions",
            Form::List(&Form::Text),
            "provisions on which something is refused or withheld",
        ),
        Field::optional(
            "withheld",
            Form::List(&Form::Text),
            "sorts of data that are withheld; name no pupils",
        ),
        Field::optional(
            "serious-harm",
            Form::Bool,
            "whether something is withheld as it would do serious harm; never told",
        ),
        Field::optional(
            "reasons",
            Form::Long,
            "reasons for what is refused, as who asked is told them; name no pupils",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the letter; not the data themselves"),
    ],
    required_links: &[&[Relation::Answers]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(in_future(answers, facts, "answered", "it was answered"));
    check_harm(answers, facts, &mut findings);
    let Some(course) = Course::of(facts) else {
        findings.push(Finding::new("no-request", "no request stands before this answer"));
        return findings;
    };
    let answered = answers.day("answered");
    findings.extend(reversed(course.received(), answered, "it was answered before the request"));
    if answers.text("outcome") == Some("withdrawn") {
        return findings;
    }
    if let Some(awaited) = course.awaits() {
        findings.push(Finding::new(
            "answer-before-proof",
            format!("it is answered while {awaited}, which was asked for, has not arrived"),
        ));
    }
    if answers.lacks("method") {
        findings.push(Finding::new("answer-method", "it is not said how the answer goes out"));
    }
    check_refusal(answers, &course, &mut findings);
    check_basis(answers, &course, &mut findings);
    check_told(answers, &course, &mut findings);
    findings
}

/// A refusal, whole or in part, has a provision and reasons (Art 12(4)).
fn check_refusal(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    let harm = answers.truth("serious-harm") == Some(true);
    let (refused, partly) = match answers.text("outcome") {
        Some("refused") => (true, false),
        Some("partly-granted") => (false, true),
        Some("granted") => {
            // Withheld for serious harm, nothing of it may show in what is answered.
            if !answers.lacks("withheld") && !harm {
                findings.push(Finding::new(
                    "answer-withheld",
                    "it is granted in full, and yet something is withheld",
                ));
            }
            return;
        }
        _ => return,
    };
    if answers.lacks("reasons") && !harm {
        findings.push(Finding::new(
            "refusal-reasons",
            if refused {
                "it is refused, and no reasons are given"
            } else {
                "a part is refused, and no reasons are given"
            },
        ));
    }
    if answers.lacks("exemptions") && !course.has("unfounded-or-excessive") {
        findings.push(Finding::new(
            "refusal-exemption",
            "something is refused, and no provision is named on which",
        ));
    }
    if partly && answers.lacks("withheld") {
        findings.push(Finding::new(
            "answer-withheld",
            "it is granted in part, and it is not said which sorts of data are withheld",
        ));
    }
}

/// The table of rights by basis gives none to some; that is never a ground by itself.
fn check_basis(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    if answers.text("outcome") != Some("refused") {
        return;
    }
    let (Some(kind), Some(basis), Some(received)) =
        (course.text("type"), course.text("basis"), course.received())
    else {
        return;
    };
    match Right::of_request(kind).and_then(|right| right.on_basis(basis, received)) {
        Some(Standing::Stands) => findings.push(Finding::new(
            "rights-by-basis",
            format!("{kind} is refused, and on the basis {basis} there is that right"),
        )),
        Some(Standing::NotGiven) if answers.lacks("exemptions") => findings.push(Finding::new(
            "rights-by-basis",
            format!(
                "{kind} is refused; that {basis} gives no such right is never a ground by itself"
            ),
        )),
        Some(Standing::Withdraw) => findings.push(Finding::new(
            "rights-by-basis",
            "an objection is refused where consent can be taken back at any time",
        )),
        _ => {}
    }
}

/// What an answer has to tell beside the data.
fn check_told(answers: &Answers, course: &Course<'_>, findings: &mut Vec<Finding>) {
    let wanted: Vec<&str> = match answers.text("outcome") {
        Some("granted" | "partly-granted") if course.is_for_access() => {
            CHECKLIST.iter().map(|field| field.name).collect()
        }
        Some("nothing-held") if course.is_for_access() => vec!["confirmed", "complaint-route"],
        // Whoever is refused anything is told how to complain (Art 12(4)).
        Some("refused" | "partly-granted") => vec!["complaint-route"],
        _ => return,
    };
    let told = |name: &&str| {
        let item = answers.get("checklist").and_then(|list| list.get(name));
        item.and_then(Value::as_bool) == Some(true)
    };
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !told(name)).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "answer-checklist",
            format!("the answer is not said to tell: {}", missing.join(", ")),
        ));
    }
}

/// Words in reasons that tell of what must not be told.
const TELLING: [&str; 4] = ["harm", "abuse", "safeguarding", "child protection"];

/// What would do serious harm is withheld without a word, even that there is something (DPA 2018
/// Sch 3; policy §3.2.3).
fn check_harm(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if answers.truth("serious-harm") != Some(true) {
        return;
    }
    let tells = |text: &str| {
        let text = text.to_lowercase();
        TELLING.iter().any(|word| text.contains(word))
    };
    if answers.get("reasons").is_some_and(|reasons| doubts(reasons, &tells)) {
        findings.push(Finding::new(
            "serious-harm",
            "the reasons, which are told, speak of harm that is to be prevented by not telling",
        ));
    }
    if answers.lacks("exemptions") {
        findings.push(Finding::new(
            "serious-harm",
            "something is withheld as it would do serious harm, and no provision is named",
        ));
    }
    for entry in facts.earlier("request-step") {
        let own = |step: &Answers| matches!(step.text("step"), Some("searched" | "escalated"));
        let told = |step: &Answers| step.truth("subject-told") == Some(true);
        if entry.answers.is_some_and(|step| own(step) && told(step)) {
            findings.push(Finding::new(
                "serious-harm",
                format!(
                    "something is withheld as it would do serious harm, and who asked was told of \
                     entry {}",
                    entry.index.0
                ),
            ));
        }
    }
}
