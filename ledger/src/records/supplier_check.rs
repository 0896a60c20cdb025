//! `supplier-check`: whether a supplier can be trusted with the school's data.

use jiff::civil::Date;

use super::answers::Answers;
use super::days::{day_at, done_by, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::order::in_future;
use super::terms::{GROUNDS, ground_fault};
use crate::format::cbor::Value;

/// A document of the supplier that was looked at. A blog post or a friendly e-mail binds nobody.
const CHECKED: &[Field] = &[
    Field::required("title", Form::Text, "the document, and its version or date"),
    Field::required(
        "binding",
        Form::Choice(&["binding", "mere-assurance"]),
        "whether it binds the supplier",
    ),
    Field::optional("checked-by", Form::Person, "who read it"),
    Field::optional("checked", Form::Date, "on which day"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "supplier-check",
    version: 1,
    title: "Check of a supplier",
    about: "Looks at a supplier that is to process data for the school: what binds it, where the \
            data go and on which ground, what happens at the end, and whether it is suitable.",
    source: "Art 28, 44 to 49 UK GDPR; policy §7.1.5, §7.2",
    class: Class::Fact,
    case: Some("supplier"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("supplier", Form::Text, "who the supplier is"),
        Field::optional("service", Form::Text, "which of its services"),
        Field::optional(
            "documents-checked",
            Form::List(&Form::Group(CHECKED)),
            "each document: title=TERMS; binding=binding; checked-by=NAME; checked=2026-09-01",
        ),
        Field::optional(
            "countries",
            Form::List(&Form::Text),
            "countries in which the data are kept or seen",
        ),
        Field::optional(
            "ground",
            Form::Choice(GROUNDS),
            "ground on which they may leave the United Kingdom, if they do",
        ),
        Field::optional("ground-detail", Form::Long, "more about that ground"),
        Field::optional(
            "sub-processors",
            Form::List(&Form::Text),
            "whom the supplier uses in turn",
        ),
        Field::optional(
            "breach-clause",
            Form::Bool,
            "whether it has to tell the school of a breach without undue delay",
        ),
        Field::optional(
            "deletion-at-end",
            Form::Bool,
            "whether it has to delete or return the data at the end",
        ),
        Field::optional("settings", Form::Long, "settings under which it is to be used"),
        Field::optional("agreement-signed", Form::Date, "day on which an agreement was signed"),
        Field::optional("expires", Form::Date, "last day of the agreement"),
        Field::optional(
            "conclusion",
            Form::Choice(&["suitable", "suitable-with-settings", "unsuitable"]),
            "whether it is suitable",
        ),
        Field::optional("documents", Form::List(&Form::Doc), "the documents as they were read"),
    ],
    required_links: &[],
    usual_links: &[Relation::About, Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_documents(answers, &mut findings);
    check_agreement(answers, facts, &mut findings);
    if let Some(day) = day_at(done_by(answers, facts.time)) {
        check_transfer(answers, day, &mut findings);
    }
    let against = findings.len();
    match answers.text("conclusion") {
        None => findings.push(Finding::new("supplier-conclusion", "no conclusion is drawn")),
        Some("suitable" | "suitable-with-settings") if against > 0 => findings.push(Finding::new(
            "supplier-conclusion",
            "it is called suitable, and what was found speaks against it",
        )),
        Some("suitable-with-settings") if answers.lacks("settings") => findings.push(Finding::new(
            "supplier-conclusion",
            "it is suitable with certain settings, and it is not said which",
        )),
        Some(_) => {}
    }
    findings
}

/// What was read, by whom, and whether any of it binds the supplier.
fn check_documents(answers: &Answers, findings: &mut Vec<Finding>) {
    let read = answers.list("documents-checked");
    let part =
        |document: &Value, name| document.get(name).and_then(Value::as_text).map(str::to_owned);
    if read.is_empty() {
        findings.push(Finding::new("supplier-documents", "no document of the supplier was read"));
    } else if read.iter().all(|it| part(it, "binding").as_deref() == Some("mere-assurance")) {
        findings.push(Finding::new(
            "supplier-documents",
            "all that was read is mere assurance, which binds nobody",
        ));
    }
    for document in read {
        if let (Some(title), None) = (part(document, "title"), part(document, "checked-by")) {
            findings.push(Finding::new(
                "supplier-documents",
                format!("it is not said who read this: {title}"),
            ));
        }
    }
}

/// Art 28(3): an agreement, with what it has to say.
fn check_agreement(answers: &Answers, facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if answers.lacks("agreement-signed") {
        findings.push(Finding::new("supplier-agreement", "no agreement is said to be signed"));
    }
    findings.extend(in_future(answers, facts, "agreement-signed", "the agreement was signed"));
    if let (Some(expires), Some(day)) =
        (answers.day("expires"), day_at(done_by(answers, facts.time)))
        && expires < day
    {
        findings.push(Finding::new(
            "supplier-agreement",
            format!("the agreement expired on {}", written(expires)),
        ));
    }
    for (field, rule, lack) in [
        (
            "breach-clause",
            "supplier-breach-clause",
            "the supplier is not said to be bound to tell the school of a breach",
        ),
        (
            "deletion-at-end",
            "supplier-deletion",
            "the supplier is not said to be bound to delete or return the data at the end",
        ),
    ] {
        if answers.truth(field) != Some(true) {
            findings.push(Finding::new(rule, lack));
        }
    }
}

/// Where the data go, and whether they may on `day`.
fn check_transfer(answers: &Answers, day: Date, findings: &mut Vec<Finding>) {
    let countries = answers.list("countries");
    if countries.is_empty() {
        findings.push(Finding::new(
            "supplier-countries",
            "it is not said in which countries the data are kept or seen",
        ));
    }
    let abroad = countries.iter().filter_map(Value::as_text).find(|name| !is_at_home(name));
    match (answers.text("ground"), abroad) {
        // Nothing leaves the country, so no ground is needed.
        (Some("none") | None, None) => {}
        (Some(ground), _) => {
            let fault = ground_fault(ground, day);
            findings.extend(fault.map(|text| Finding::new("transfer-ground", text)));
        }
        (None, Some(country)) => findings.push(Finding::new(
            "transfer-ground",
            format!("no ground is named on which data may go to this country: {country}"),
        )),
    }
}

/// What is wrong on that day with the ground that a check names. None needs to be named for data
/// that stay at home.
pub(crate) fn ground_fault_of(check: &Answers, day: Date) -> Option<String> {
    let ground = check.text("ground")?;
    let mut countries = check.list("countries").iter().filter_map(Value::as_text);
    let unnamed = matches!(ground, "none" | "not-known");
    if unnamed && countries.all(is_at_home) { None } else { ground_fault(ground, day) }
}

/// Whether a country, as people write it, is the United Kingdom or a part of it.
fn is_at_home(country: &str) -> bool {
    let name = country.trim().trim_end_matches('.').to_lowercase();
    let name = name.strip_prefix("the ").unwrap_or(&name);
    matches!(
        name,
        "united kingdom"
            | "uk"
            | "u.k"
            | "gb"
            | "great britain"
            | "britain"
            | "england"
            | "scotland"
            | "wales"
            | "northern ireland"
    )
}
