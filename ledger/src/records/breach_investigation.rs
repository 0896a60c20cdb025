//! `breach-investigation`: the report of who looked into a breach (policy App 3), and its three
//! signatures.

use super::answers::{Answers, part};
use super::breach_case::{
    MUST_KNOW, case, check_contained, check_report, is_told, reported_as, tellings,
};
use super::days::day_at;
use super::facts::{Facts, Finding};
use super::kind::{Also, Class, Clear, Field, Form, Kind, On, Relation, Signers};
use super::roles::{CHAIRS, DPO, HEADS};

/// Version 1.
pub const V1: Kind = Kind {
    name: "breach-investigation",
    version: 1,
    title: "Breach investigation report",
    about: "What an investigation of a breach found: causes, lessons, recommendations, and whether \
            the breach is logged formally. It is complete when head, DPO and chair, three people, \
            have signed it off.",
    source: "Art 33(5) UK GDPR; policy §9.6, App 3",
    class: Class::Fact,
    case: Some("breach"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::optional("incident-number", Form::Text, "the number of the incident"),
        Field::optional("incident-date", Form::Date, "day of the incident"),
        Field::optional("investigator", Form::Person, "who investigated"),
        Field::optional("report-date", Form::Date, "day of this report"),
        Field::required(
            "description",
            Form::Long,
            "what happened and what it led to, in short; name no pupils",
        ),
        Field::optional("people-count", Form::Count, "about how many people's data are involved"),
        Field::optional(
            "chronology",
            Form::List(&Form::Group(&[
                Field::required("when", Form::Time, "when"),
                Field::required("what", Form::Long, "what happened; name no pupils"),
            ])),
            "what happened when, in order",
        ),
        Field::optional(
            "information-recovered",
            Form::Long,
            "which information was recovered, and how; name no pupils",
        ),
        Field::optional(
            "telling-people",
            Form::Choice(&["told", "to-be-told", "not-told"]),
            "whether the people concerned are told",
        ),
        Field::optional(
            "telling-people-reasons",
            Form::Long,
            "why they are told or not; name no pupils",
        ),
        Field::optional(
            "contributory-factors",
            Form::List(&Form::Text),
            "what contributed to it; name no pupils",
        ),
        Field::optional(
            "root-causes",
            Form::List(&Form::Group(&[
                Field::required("id", Form::Text, "its mark, such as C1"),
                Field::required(
                    "text",
                    Form::Long,
                    "the cause, and how it led to the effect; name no pupils",
                ),
            ])),
            "the causes at the root that something can be done about",
        ),
        Field::optional(
            "lessons",
            Form::List(&Form::Group(&[
                Field::required("id", Form::Text, "its mark, such as L1"),
                Field::required("text", Form::Long, "what others can learn; name no pupils"),
            ])),
            "lessons, also from what did not cause this breach",
        ),
        Field::required(
            "type",
            Form::Choice(&["near-miss", "potential", "formal"]),
            "a near miss, a potential breach, or a formal breach",
        ),
        Field::optional("further-action", Form::Bool, "whether further action is needed"),
        Field::optional("further-action-detail", Form::Long, "which action; name no pupils"),
        Field::optional(
            "recommendations",
            Form::List(&Form::Group(&[
                Field::required("id", Form::Text, "its mark, such as R1"),
                Field::required("text", Form::Long, "what is recommended; name no pupils"),
                Field::optional(
                    "ties-to",
                    Form::Text,
                    "marks of the causes and lessons that it follows from, with commas",
                ),
                Field::optional("owner", Form::Person, "who sees to it"),
                Field::optional("due", Form::Date, "by when"),
            ])),
            "recommendations, each tied to a cause or lesson",
        ),
        Field::optional("shared-learning", Form::Long, "how others learn from it; name no pupils"),
        Field::optional("log-formally", Form::Bool, "whether the breach is logged formally"),
        Field::optional(
            "documents",
            Form::List(&Form::Doc),
            "the report as a file, and its annexes",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[
        Also {
            kind: "breach-signoff",
            roles: HEADS,
            what: "the head teacher's sign-off",
            on: On::Itself,
            by_author: true,
        },
        Also {
            kind: "breach-signoff",
            roles: DPO,
            what: "the DPO's sign-off",
            on: On::Itself,
            by_author: true,
        },
        Also {
            kind: "breach-signoff",
            roles: CHAIRS,
            what: "the chair's sign-off",
            on: On::Itself,
            by_author: true,
        },
    ],
    check,
};

/// What the report of App 3 has to say beside what is judged one by one below.
const REPORT: [(&str, &str); 10] = [
    ("incident-number", "incident number"),
    ("incident-date", "incident date"),
    ("investigator", "investigator"),
    ("report-date", "date of the report"),
    ("people-count", "number of people"),
    ("chronology", "chronology"),
    ("information-recovered", "information recovered"),
    ("contributory-factors", "contributory factors"),
    ("lessons", "lessons"),
    ("shared-learning", "how learning is shared"),
];

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_report(facts, &mut findings);
    check_contained(facts, &mut findings);
    let missing: Vec<&str> =
        REPORT.iter().filter(|(field, _)| answers.lacks(field)).map(|(_, name)| *name).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(
            "breach-investigation",
            format!("not filled in: {}", missing.join(", ")),
        ));
    }
    check_times(answers, facts, &mut findings);
    check_causes(answers, &mut findings);
    check_type(answers, &mut findings);
    check_told(answers, facts, &mut findings);
    findings
}

fn check_times(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let (incident, report) = (answers.day("incident-date"), answers.day("report-date"));
    if let (Some(incident), Some(report)) = (incident, report)
        && report < incident
    {
        findings.push(Finding::new("time-order", "the report is dated before the incident"));
    }
    if let (Some(report), Some(today)) = (report, day_at(facts.time))
        && report > today
    {
        findings.push(Finding::new("future", "the report is dated after this record"));
    }
    let times = answers.list("chronology").iter().map(|step| step.get("when")?.as_int());
    if !times.is_sorted() {
        findings.push(Finding::new("time-order", "the chronology is not in order"));
    }
}

/// Causes, lessons, and the recommendations that have to follow from them.
fn check_causes(answers: &Answers, findings: &mut Vec<Finding>) {
    if answers.lacks("root-causes") {
        findings.push(Finding::new("root-causes", "no root cause is named"));
    }
    let ids: Vec<&str> = [answers.list("root-causes"), answers.list("lessons")]
        .into_iter()
        .flatten()
        .filter_map(|one| part(one, "id"))
        .map(str::trim)
        .collect();
    for (at, id) in ids.iter().enumerate() {
        if ids[..at].contains(id) {
            findings.push(Finding::new(
                "root-causes",
                format!("the mark {id} stands for two causes or lessons"),
            ));
        }
    }
    for recommendation in answers.list("recommendations") {
        let Some(name) = part(recommendation, "id") else { continue };
        let ties = part(recommendation, "ties-to").unwrap_or_default();
        let ties: Vec<&str> = ties.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
        if ties.is_empty() {
            findings.push(Finding::new(
                "recommendation",
                format!("recommendation {name} is tied to no cause or lesson"),
            ));
        }
        for id in ties.iter().filter(|id| !ids.contains(id)) {
            findings.push(Finding::new(
                "recommendation",
                format!("recommendation {name} is tied to {id}, which is no cause or lesson here"),
            ));
        }
    }
}

/// What sort of breach it was, and what follows from that.
fn check_type(answers: &Answers, findings: &mut Vec<Finding>) {
    let (sort, logged) = (answers.text("type"), answers.truth("log-formally"));
    let contradiction = match (sort, logged) {
        (_, None) => Some("it is not said whether the breach is logged formally"),
        (Some("near-miss"), Some(true)) => Some("a near miss is logged formally"),
        (Some("formal"), Some(false)) => Some("a formal breach is not logged formally"),
        _ => None,
    };
    findings.extend(contradiction.map(|text| Finding::new("breach-log", text)));
    let further = match answers.truth("further-action") {
        None if sort == Some("potential") => {
            Some("it is not said whether the potential breach needs further action")
        }
        Some(true) if answers.lacks("further-action-detail") => {
            Some("further action is needed, and it is not said which")
        }
        _ => None,
    };
    findings.extend(further.map(|text| Finding::new("further-action", text)));
}

/// Who had been told by then.
fn check_told(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let tellings = tellings(facts);
    for (word, name, roles) in MUST_KNOW {
        let told = tellings.as_ref().is_none_or(|all| is_told(all, word));
        let decided = case(facts, "breach-decision").any(|entry| roles.contains(&entry.role));
        if !told && !decided && !reported_as(facts, roles) {
            findings.push(Finding::new(
                "breach-told",
                format!("nothing on record says that {name} was told"),
            ));
        }
    }
    let people = tellings.as_ref().is_none_or(|all| is_told(all, "people-concerned"));
    let to_tell = facts
        .latest("breach-decision")
        .and_then(|decision| decision.answers)
        .is_some_and(|decision| decision.text("tell-people") == Some("yes"));
    let lack = match answers.text("telling-people") {
        None => Some("it is not said whether the people concerned are told"),
        Some("to-be-told") => Some("the people concerned are still to be told"),
        Some("told") if !people => {
            Some("the people concerned are said to be told, and no record says when and how")
        }
        Some("not-told") if to_tell => {
            Some("it was decided to tell the people concerned, and they are not told")
        }
        Some("not-told") if answers.lacks("telling-people-reasons") => {
            Some("the people concerned are not told, and no reasons are given")
        }
        Some(_) => None,
    };
    findings.extend(lack.map(|text| Finding::new("breach-people", text)));
}
