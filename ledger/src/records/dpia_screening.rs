//! `dpia-screening`: whether an initiative needs a data protection impact assessment.
//!
//! Two forms: the short one, for a product that is wanted soon (safeguards attested, five questions
//! and the lawful basis), and the ten questions, of which any yes means that a DPIA is required.

use super::answers::{Answers, part};
use super::assessing;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Field, Form, Kind, On, Signers};
use super::roles::DPO;
use super::terms::{ANSWERS, BASES};
use crate::format::cbor::Value;

/// What has to be in place where staff meet pupils by video.
const SAFEGUARDS: &[Field] = &[
    Field::optional("no-one-to-one", Form::Bool, "no adult is alone in a call with one pupil"),
    Field::optional("separate-work-account", Form::Bool, "staff use an account for work alone"),
    Field::optional("blocked-number", Form::Bool, "calls show no number of a member of staff"),
    Field::optional("no-personal-contact", Form::Bool, "staff give out no contacts of their own"),
    Field::optional("parents-account", Form::Bool, "a parent's account is used where possible"),
    Field::optional("neutral-background", Form::Bool, "staff sit before a neutral background"),
    Field::optional(
        "etiquette-and-adult-present",
        Form::Bool,
        "families know the rules: an open door, an adult in the house",
    ),
];

/// An answer and what there is to say about it.
const ANSWER: &[Field] = &[
    Field::required("answer", Form::Choice(ANSWERS), "the answer"),
    Field::optional("detail", Form::Long, "what exactly; name no pupils"),
];

/// Whether people were asked.
const CONSULTATION: &[Field] = &[
    Field::required("done", Form::Bool, "whether anybody was consulted"),
    Field::optional("who", Form::List(&Form::Text), "who was consulted; name no pupils"),
    Field::optional("why-not", Form::Long, "why nobody was consulted"),
];

/// Something to be done.
const ACTION: &[Field] = &[
    Field::required("what", Form::Text, "what is to be done"),
    Field::optional("owner", Form::Person, "who does it"),
    Field::optional("due", Form::Date, "by when"),
];

/// The questions of the short form, each answered in a word and some detail.
const SHORT: [&str; 5] = [
    "new-information",
    "new-recipients",
    "intrusive-technology",
    "significant-decisions",
    "privacy-concerns",
];

/// The ten questions of policy §12.8, of which any yes means that a DPIA is required.
const TEN: [&str; 10] = [
    "scoring",
    "automated-decisions",
    "systematic-monitoring",
    "sensitive-data",
    "large-scale",
    "matched-data",
    "vulnerable-people",
    "innovative-technology",
    "transfer-abroad",
    "prevents-right",
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "dpia-screening",
    version: 1,
    title: "DPIA screening",
    about: "Screens something new that touches personal data: what it is, what it does to \
            people's privacy, whether a DPIA is required, and whether the school goes ahead. The \
            DPO reviews it.",
    source: "Art 35(1), (3) UK GDPR; policy §12.3, §12.8",
    class: Class::Fact,
    case: Some("dpia"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "questions",
            Form::Choice(&["short", "ten-questions"]),
            "which questions: those of the short form, or the ten",
        ),
        Field::required("initiative", Form::Text, "what is screened: a product, a system, a plan"),
        Field::optional("author", Form::Person, "who prepared the screening"),
        Field::optional("school-lead", Form::Person, "who leads on data protection in the school"),
        Field::optional("dpo-reviewed", Form::Person, "which data protection officer reviewed it"),
        Field::optional("purposes", Form::List(&Form::Text), "each purpose that it serves"),
        Field::optional(
            "people",
            Form::List(&Form::Text),
            "which sorts of people are concerned: pupils, parents, staff",
        ),
        Field::optional(
            "special-data",
            Form::Choice(ANSWERS),
            "whether special category data are processed",
        ),
        Field::optional("basis", Form::Choice(BASES), "lawful basis of the processing"),
        Field::optional("basis-stated", Form::Text, "the lawful basis as the form has it"),
        Field::optional("condition", Form::Text, "condition for special category data, if any"),
        Field::optional(
            "safeguards",
            Form::Group(SAFEGUARDS),
            "which safeguards are in place: no-one-to-one=yes; blocked-number=no",
        ),
        Field::optional(
            "new-information",
            Form::Group(ANSWER),
            "whether new information about people is collected: answer=yes; detail=TEXT",
        ),
        Field::optional(
            "new-recipients",
            Form::Group(ANSWER),
            "whether anybody gets information who didn't routinely have it: answer=yes; detail=TEXT",
        ),
        Field::optional(
            "intrusive-technology",
            Form::Group(ANSWER),
            "whether its technology may be felt as intrusive: answer=potentially; detail=TEXT",
        ),
        Field::optional(
            "significant-decisions",
            Form::Group(ANSWER),
            "whether it leads to decisions that weigh on people: answer=no",
        ),
        Field::optional(
            "privacy-concerns",
            Form::Group(ANSWER),
            "whether people would expect such information to stay private: answer=no",
        ),
        Field::optional("scoring", Form::Bool, "whether people are scored, profiled or predicted"),
        Field::optional(
            "automated-decisions",
            Form::Bool,
            "whether decisions that weigh on people are made automatically",
        ),
        Field::optional(
            "systematic-monitoring",
            Form::Bool,
            "whether people are monitored systematically",
        ),
        Field::optional("sensitive-data", Form::Bool, "whether sensitive data are processed"),
        Field::optional(
            "large-scale",
            Form::Bool,
            "whether it is on a large scale: people, data, time, area",
        ),
        Field::optional(
            "matched-data",
            Form::Bool,
            "whether data gathered for different ends are matched or combined",
        ),
        Field::optional(
            "vulnerable-people",
            Form::Bool,
            "whether it concerns vulnerable people, such as children",
        ),
        Field::optional(
            "innovative-technology",
            Form::Bool,
            "whether it uses technology in a new way",
        ),
        Field::optional("transfer-abroad", Form::Bool, "whether data go to another country"),
        Field::optional(
            "prevents-right",
            Form::Bool,
            "whether it keeps people from a right, a service or a contract",
        ),
        Field::optional(
            "consultation",
            Form::Group(CONSULTATION),
            "who was consulted, or why nobody: done=no; why-not=TEXT",
        ),
        Field::optional(
            "told-how",
            Form::List(&Form::Text),
            "each way in which the people concerned are told",
        ),
        Field::optional("reasons", Form::Long, "reasons for the outcome; name no pupils"),
        Field::optional("dpia-required", Form::Bool, "whether a DPIA is required"),
        Field::optional(
            "outcome",
            Form::Choice(&["proceed", "proceed-with-dpia", "do-not-proceed"]),
            "whether the school goes ahead: at once, with a DPIA, or not",
        ),
        Field::optional("screened", Form::Date, "day of the screening"),
        Field::optional("review-date", Form::Date, "day by which it is looked at again"),
        Field::optional(
            "actions",
            Form::List(&Form::Group(ACTION)),
            "what is to be done: what=TEXT; owner=NAME; due=2026-09-30",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "documents that it rests on"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[Also {
        kind: "dpo-advice",
        roles: DPO,
        what: "the DPO's review of this screening",
        on: On::Itself,
        by_author: false,
    }],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_questions(answers, &mut findings);
    check_required(answers, &mut findings);
    check_safeguards(answers, &mut findings);
    assessing::check_dpo(answers, "dpo-reviewed", facts, &mut findings);
    check_basis(answers, &mut findings);
    assessing::check_consultation(answers, &mut findings);
    for (field, rule, lack) in [
        ("told-how", "told-how", "it is not said how the people concerned are told"),
        ("outcome", "screening-outcome", "it is not said whether the school goes ahead"),
        ("reasons", "screening-outcome", "no reasons are given for the outcome"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new(rule, lack));
        }
    }
    assessing::check_review_date(answers, facts, &mut findings);
    if let (Some(screened), Some(today)) = (answers.day("screened"), day_at(facts.time))
        && screened > today
    {
        findings.push(Finding::new(
            "future",
            format!("it is dated {}, after this record", written(screened)),
        ));
    }
    let loose: Vec<&str> = answers
        .list("actions")
        .iter()
        .filter(|action| part(action, "owner").is_none() || part(action, "due").is_none())
        .filter_map(|action| part(action, "what"))
        .collect();
    if !loose.is_empty() {
        findings.push(Finding::new(
            "action-owner",
            format!("actions have nobody who does them, or no day: {}", loose.join("; ")),
        ));
    }
    findings
}

/// Whether every question of its form is answered, and explained where it is not a plain no.
fn check_questions(answers: &Answers, findings: &mut Vec<Finding>) {
    let asked: &[&str] = match answers.text("questions") {
        Some("short") => &SHORT,
        Some("ten-questions") => &TEN,
        _ => &[],
    };
    let open: Vec<&str> = asked.iter().copied().filter(|name| answers.lacks(name)).collect();
    if !open.is_empty() {
        findings.push(Finding::new(
            "screening-questions",
            format!("questions are not answered: {}", open.join(", ")),
        ));
    }
    let bare: Vec<&str> = SHORT
        .into_iter()
        .filter(|name| {
            answers.get(name).is_some_and(|given| {
                let word = part(given, "answer");
                matches!(word, Some("yes" | "potentially")) && part(given, "detail").is_none()
            })
        })
        .collect();
    if !bare.is_empty() {
        findings.push(Finding::new(
            "screening-questions",
            format!("answered yes or potentially, without saying what: {}", bare.join(", ")),
        ));
    }
}

/// Any yes to the ten questions means that a DPIA is required (policy §12.8).
fn check_required(answers: &Answers, findings: &mut Vec<Finding>) {
    let yes: Vec<&str> = TEN.into_iter().filter(|name| answers.truth(name) == Some(true)).collect();
    let required = answers.truth("dpia-required");
    let mut found = |text: String| findings.push(Finding::new("dpia-required", text));
    match required {
        Some(false) if !yes.is_empty() => found(format!(
            "{} is answered yes, so a DPIA is required, and it says that none is",
            yes.join(", ")
        )),
        None if !yes.is_empty() => found(format!(
            "{} is answered yes, so a DPIA is required, and it doesn't say so",
            yes.join(", ")
        )),
        None if answers.text("questions") == Some("ten-questions") => {
            found("it is not said whether a DPIA is required".to_owned());
        }
        _ => {}
    }
    if required == Some(true) && answers.text("outcome") == Some("proceed") {
        found("a DPIA is required, and the outcome is to go ahead without one".to_owned());
    }
}

/// The short form stands on its safeguards, so each is attested or found.
fn check_safeguards(answers: &Answers, findings: &mut Vec<Finding>) {
    let given = answers.get("safeguards");
    if given.is_none() && answers.text("questions") != Some("short") {
        return;
    }
    let attested = |name: &str| given.and_then(|given| given.get(name)).and_then(Value::as_bool);
    let missing: Vec<&str> =
        SAFEGUARDS.iter().map(|field| field.name).filter(|n| attested(n) != Some(true)).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "safeguards",
            format!("safeguards are not attested: {}", missing.join(", ")),
        ));
    }
}

fn check_basis(answers: &Answers, findings: &mut Vec<Finding>) {
    let stated = answers.text("basis-stated");
    if let Some(letter) = stated.filter(|stated| assessing::is_letter(stated)) {
        findings.push(assessing::by_letter(letter));
    }
    if answers.lacks("basis") && stated.is_none() {
        findings.push(Finding::new("basis", "no lawful basis is named"));
    }
    if assessing::said_special(answers).is_some_and(assessing::is_maybe)
        && answers.lacks("condition")
    {
        findings.push(assessing::no_condition());
    }
    if answers.text("special-data") == Some("no") && answers.truth("sensitive-data") == Some(true) {
        findings.push(Finding::new(
            "special-data",
            "it says that no special category data are processed, and that sensitive data are",
        ));
    }
}
