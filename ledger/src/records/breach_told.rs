//! `breach-told`: somebody was told of a breach: within the school, the regulator, those concerned.

use super::answers::Answers;
use super::breach_case::{
    MUST_KNOW, aware, case, check_report, is_told, lists, reported_as, tellings,
};
use super::days::{SECONDS_IN_72_HOURS, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use crate::format::cbor::Value;

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-told",
    version: 1,
    title: "Somebody told of a breach",
    about: "Somebody was told of a breach: the DPO first, head and chair at once, then others, the \
            regulator (in phases if need be) and the people concerned. One record each time.",
    source: "Art 33(1), (3), (4), 34 UK GDPR; policy §9.5, §9.7",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "whom",
            Form::List(&Form::Choice(&[
                "dpo",
                "headteacher",
                "chair-of-governors",
                "it-lead",
                "legal",
                "hr-or-audit",
                "leadership-group",
                "governors",
                "trust",
                "police",
                "council",
                "insurer",
                "dsl",
                "communications",
                "bank",
                "staff",
                "people-concerned",
                "regulator",
                "processor",
            ])),
            "who was told",
        ),
        Field::required("told-at", Form::Time, "when they were told, exactly"),
        Field::optional(
            "how",
            Form::Choice(&[
                "phone",
                "e-mail",
                "in-person",
                "letter",
                "online-form",
                "website",
                "other",
            ]),
            "how they were told",
        ),
        Field::optional("phase", Form::Count, "which phase, if they are told bit by bit: 1, 2, 3"),
        Field::optional("reference", Form::Text, "the reference that they gave it"),
        Field::optional(
            "content",
            Form::List(&Form::Choice(&["nature", "dpo-contact", "consequences", "measures"])),
            "what the regulator was told of what the law asks for",
        ),
        Field::optional("checklist", Form::Group(CHECKLIST), "what the people concerned were told"),
        Field::optional("people-count", Form::Count, "about how many people were told"),
        Field::optional("words", Form::Long, "what they were told; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "the letter, form or e-mail"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

/// What people concerned are told (Art 34(2); policy §9.7).
const CHECKLIST: &[Field] = &[
    Field::optional("how-and-when", Form::Bool, "how and when it happened"),
    Field::optional("data-involved", Form::Bool, "which data are involved"),
    Field::optional("measures-taken", Form::Bool, "what has been done already"),
    Field::optional("protect-yourself", Form::Bool, "how they can protect themselves"),
    Field::optional("our-help", Form::Bool, "what the school can do to help"),
    Field::optional("how-to-complain", Form::Bool, "how they can complain"),
];

/// What the regulator has to be told (Art 33(3)).
const CONTENT: [(&str, &str); 4] = [
    ("nature", "the nature of the breach, with people and records"),
    ("dpo-contact", "the DPO's contact details"),
    ("consequences", "the likely consequences"),
    ("measures", "the measures taken or planned"),
];

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_report(facts, &mut findings);
    let Some(told_at) = answers.integer("told-at") else { return findings };
    if told_at > facts.time {
        findings.push(Finding::new("future", "they were told after this record was made"));
    }
    if aware(facts).is_some_and(|aware| told_at < aware) {
        findings.push(Finding::new("time-order", "they were told before the school was aware"));
    }
    if let Some(mut all) = tellings(facts) {
        all.push(answers);
        check_who_knew(answers, facts, (told_at, &all), &mut findings);
        if lists(answers, "whom", "regulator") {
            all.retain(|one| lists(one, "whom", "regulator"));
            check_regulator(facts, (told_at, &all), &mut findings);
        }
    }
    if lists(answers, "whom", "people-concerned") {
        check_people(answers, &mut findings);
    }
    findings
}

/// Policy §9.5: the DPO before anybody else, head and chair before the world outside.
fn check_who_knew(
    answers: &Answers,
    facts: &Facts<'_>,
    (told_at, all): (i64, &[&Answers]),
    findings: &mut Vec<Finding>,
) {
    let by_then: Vec<&Answers> = all
        .iter()
        .copied()
        .filter(|one| one.integer("told-at").is_some_and(|time| time <= told_at))
        .collect();
    let inner = |whom: &str| MUST_KNOW.iter().any(|(word, _, _)| *word == whom);
    let outside = answers.list("whom").iter().filter_map(Value::as_text).any(|whom| !inner(whom));
    for (word, name, roles) in MUST_KNOW {
        let matters = word == "dpo" || outside;
        if matters && !is_told(&by_then, word) && !reported_as(facts, roles) {
            findings.push(Finding::new(
                "breach-told",
                format!("nothing on record says that {name} was told before or with them"),
            ));
        }
    }
}

/// Art 33(1), (3), (4): the first word within 72 hours, and in the end all that it has to say.
fn check_regulator(
    facts: &Facts<'_>,
    (told_at, all): (i64, &[&Answers]),
    findings: &mut Vec<Finding>,
) {
    let first = all.iter().filter_map(|one| one.integer("told-at")).all(|time| told_at <= time);
    let explained = case(facts, "breach-decision")
        .any(|decision| decision.answers.is_none_or(|answers| !answers.lacks("delay-reasons")));
    if let Some(aware) = aware(facts)
        && first
        && told_at.saturating_sub(aware) > SECONDS_IN_72_HOURS
        && !explained
    {
        findings.push(Finding::new(
            "breach-72h",
            format!(
                "the regulator was told after the 72 hours, which ended on {}, and no decision \
                 gives reasons for the delay",
                written_time(aware.saturating_add(SECONDS_IN_72_HOURS))
            ),
        ));
    }
    let missing: Vec<&str> = CONTENT
        .iter()
        .filter(|(part, _)| !all.iter().any(|one| lists(one, "content", part)))
        .map(|(_, name)| *name)
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "breach-content",
            format!("the regulator has still not been told: {}", missing.join("; ")),
        ));
    }
}

/// Art 34(2) and policy §9.7.
fn check_people(answers: &Answers, findings: &mut Vec<Finding>) {
    let told = |part: &str| {
        answers.get("checklist").and_then(|list| list.get(part)).and_then(Value::as_bool)
    };
    let missing: Vec<&str> = CHECKLIST
        .iter()
        .filter(|part| told(part.name) != Some(true))
        .map(|part| part.ask)
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "breach-people",
            format!("the people concerned were not told: {}", missing.join("; ")),
        ));
    }
}
