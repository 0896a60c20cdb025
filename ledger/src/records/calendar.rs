//! `calendar`: the terms of a school year, and the days on which the school is closed in them.

use jiff::civil::Date;

use super::answers::Answers;
use super::days::{day, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use crate::format::cbor::Value;

/// A term.
const TERM: &[Field] = &[
    Field::optional("name", Form::Text, "its name, such as autumn"),
    Field::required("from", Form::Date, "first day"),
    Field::required("to", Form::Date, "last day"),
];

/// Days within a term on which the school is closed.
const CLOSURE: &[Field] = &[
    Field::required("from", Form::Date, "first day"),
    Field::required("to", Form::Date, "last day"),
    Field::optional("reason", Form::Text, "why, such as half-term or a training day"),
];

/// Version 1.
pub const V1: Kind = Kind {
    name: "calendar",
    version: 1,
    title: "School calendar",
    about: "The terms of a school year and the closures within them. Time limits in school days \
            are counted by it.",
    source: "SI 2005/1437; policy §13.2.1",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("school-year", Form::Text, "the school year, such as 2026/27"),
        Field::required(
            "terms",
            Form::List(&Form::Group(TERM)),
            "each term: name=autumn; from=2026-09-02; to=2026-12-18",
        ),
        Field::optional(
            "closures",
            Form::List(&Form::Group(CLOSURE)),
            "each closure within a term: from=2026-10-26; to=2026-10-30; reason=half-term",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

/// Days from the first to the last.
type Span = (Date, Date);

fn check(answers: &Answers, _facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut terms = spans(answers, "terms", "term", &mut findings);
    let closures = spans(answers, "closures", "closure", &mut findings);
    terms.sort_unstable();
    for pair in terms.windows(2) {
        if pair[1].0 <= pair[0].1 {
            findings.push(Finding::new(
                "calendar",
                format!(
                    "two terms overlap: one begins on {}, and the one before ends on {}",
                    written(pair[1].0),
                    written(pair[0].1)
                ),
            ));
        }
    }
    for (from, to) in closures {
        if !terms.iter().any(|term| from <= term.1 && to >= term.0) {
            findings.push(Finding::new(
                "calendar",
                format!("a closure lies outside every term: {} to {}", written(from), written(to)),
            ));
        }
    }
    if let Some(year) = answers.text("school-year")
        && let Some((first, last)) = school_year(year)
        && !terms.iter().any(|(from, _)| (first..=last).contains(from))
    {
        findings
            .push(Finding::new("calendar", format!("no term begins in the school year {year}")));
    }
    findings
}

/// The spans of a list that run forwards; of the others it is said that they don't.
fn spans(answers: &Answers, field: &str, what: &str, findings: &mut Vec<Finding>) -> Vec<Span> {
    let end = |item: &Value, name| item.get(name).and_then(Value::as_text).and_then(day);
    let all = answers.list(field).iter();
    let all = all.filter_map(|item| Some((end(item, "from")?, end(item, "to")?)));
    let (forwards, reversed): (Vec<Span>, Vec<Span>) = all.partition(|(from, to)| from <= to);
    findings.extend(reversed.into_iter().map(|(from, to)| {
        Finding::new(
            "time-order",
            format!("a {what} ends on {}, before it begins on {}", written(to), written(from)),
        )
    }));
    forwards
}

/// The days in which the terms of a school year begin: August of its first year to July.
fn school_year(text: &str) -> Option<Span> {
    let first: i16 = text.get(..4)?.parse().ok()?;
    Some((Date::new(first, 8, 1).ok()?, Date::new(first.checked_add(1)?, 7, 31).ok()?))
}
