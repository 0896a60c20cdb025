//! `processing-activity`: one row of the record of processing activities, the data map.

use super::answers::Answers;
use super::days::day_at;
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::due;
use super::terms::{BASES, GROUNDS, ground_fault};
use crate::format::cbor::Value;

/// A country to which data go.
const TRANSFER: &[Field] = &[
    Field::required("country", Form::Text, "the country"),
    Field::optional("ground", Form::Choice(GROUNDS), "the ground on which data may go there"),
    Field::optional("detail", Form::Text, "which agreement, which safeguards"),
];

/// The types of school whose governing body or proprietor is a public authority (section 7 of
/// the Data Protection Act 2018; Freedom of Information Act 2000, Schedule 1, Part IV).
const PUBLIC: [&str; 5] =
    ["la-maintained", "maintained-nursery", "pru", "academy-or-free", "sixth-form"];

/// Version 1.
pub const V1: Kind = Kind {
    name: "processing-activity",
    version: 1,
    title: "Processing activity",
    about: "One activity in the record of processing activities: whose data, which, what for, \
            who gets them, where they go, how long they are kept, and on which basis.",
    source: "Art 30(1) UK GDPR; policy §1.2",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("name", Form::Text, "name of the activity, such as attendance"),
        Field::optional("owner", Form::Person, "who answers for it in the school"),
        Field::optional("purposes", Form::List(&Form::Text), "what it is for"),
        Field::optional("people-kinds", Form::List(&Form::Text), "whose data, such as pupils"),
        Field::optional("data-types", Form::List(&Form::Text), "which data"),
        Field::optional(
            "special-data",
            Form::List(&Form::Text),
            "which data of a special category or on offences",
        ),
        Field::optional("recipients", Form::List(&Form::Text), "who gets them"),
        Field::optional("processors", Form::List(&Form::Text), "who processes them for the school"),
        Field::optional(
            "transfers",
            Form::List(&Form::Group(TRANSFER)),
            "each country outside the UK: country=France; ground=adequacy",
        ),
        Field::optional("retention", Form::Text, "how long they are kept"),
        Field::optional("security", Form::Long, "how they are protected; name no pupils"),
        Field::optional("basis", Form::Choice(BASES), "the lawful basis"),
        Field::optional("condition", Form::Text, "the condition for the special categories"),
        Field::optional("next-review", Form::Date, "day by which it is to be reviewed"),
        Field::optional("ended", Form::Date, "day on which the activity ended"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues, Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (field, lack) in [
        ("purposes", "it is not said what the data are for"),
        ("people-kinds", "it is not said whose data they are"),
        ("data-types", "it is not said which data they are"),
        ("retention", "it is not said how long the data are kept"),
        ("security", "it is not said how the data are protected"),
        ("basis", "no lawful basis is given"),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new("ropa", lack));
        }
    }
    if !answers.lacks("special-data") && answers.lacks("condition") {
        findings.push(Finding::new(
            "special-condition",
            "data of a special category are processed, and no condition is given",
        ));
    }
    check_transfers(answers, facts, &mut findings);
    if let Some(basis) = answers.text("basis") {
        check_basis(basis, facts, &mut findings);
    }
    if answers.lacks("ended") {
        let review = answers.day("next-review");
        findings.extend(due("ropa", "the review of the activity", review, facts));
    }
    findings
}

/// A transfer is judged by the day of the record, or by the day on which the activity ended.
fn check_transfers(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let today = day_at(facts.time);
    let day = answers.day("ended").map_or(today, |ended| today.map(|today| today.min(ended)));
    for transfer in answers.list("transfers") {
        let part = |name| transfer.get(name).and_then(Value::as_text);
        let fault = match (part("ground"), day) {
            (None, _) => Some("no ground is given for it".to_owned()),
            (Some(ground), Some(day)) => ground_fault(ground, day),
            (Some(_), None) => None,
        };
        if let Some(fault) = fault {
            let country = part("country").unwrap_or("another country");
            findings
                .push(Finding::new("transfer-ground", format!("data go to {country}; {fault}")));
        }
    }
}

/// What stands against a basis: the kind of school, and what other records say.
fn check_basis(basis: &str, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let legitimate = matches!(basis, "legitimate-interests" | "recognised-legitimate-interests");
    if legitimate {
        let school = facts.latest("genesis").and_then(|genesis| genesis.answers);
        match school.and_then(|school| school.text("type")) {
            Some(school) if PUBLIC.contains(&school) => findings.push(Finding::new(
                "basis",
                "legitimate interests are no basis for the tasks of a public authority, and the \
                 school is one",
            )),
            Some(_) => {}
            None => findings.push(Finding::new(
                "basis",
                "legitimate interests are no basis for the tasks of a public authority, as most \
                 schools are",
            )),
        }
    }
    for entry in facts.linked_by(Relation::About).chain(facts.linked_by(Relation::Continues)) {
        let others = bases(entry);
        if !others.is_empty() && !others.contains(&basis) {
            findings.push(Finding::new(
                "basis-differs",
                format!(
                    "it rests on {}, and entry {} on {}",
                    spoken(basis),
                    entry.index.0,
                    others.into_iter().map(spoken).collect::<Vec<_>>().join(", ")
                ),
            ));
        }
    }
}

/// The bases on which another record says that the data are processed. Whoever asks for consent
/// rests on it.
fn bases<'a>(entry: &Earlier<'a>) -> Vec<&'a str> {
    if entry.kind == "consent" {
        return vec!["consent"];
    }
    let Some(answers) = entry.answers else { return Vec::new() };
    let purposes = answers.list("purposes").iter();
    let each = purposes.filter_map(|purpose| purpose.get("basis").and_then(Value::as_text));
    answers.text("basis").into_iter().chain(each).collect()
}

fn spoken(basis: &str) -> String {
    basis.replace('-', " ")
}
