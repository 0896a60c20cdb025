//! `hold`: nothing of a case, a person, a kind or of all may be erased for now.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::due;
use super::newest;

/// Version 1.
pub const V1: Kind = Kind {
    name: "hold",
    version: 1,
    title: "Hold on erasure",
    about: "Nothing of a case, of one person, of a kind of record or of everything may be erased \
            until the hold is released, as during a request, an inquiry or a claim.",
    source: "Art 5(1)(e), 17(3), 18 UK GDPR; policy §3.3",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "scope",
            Form::Choice(&["case", "subject", "kind", "everything"]),
            "what is held: this record's case, one person, a kind of record, or everything",
        ),
        Field::optional("subject", Form::Ref, "the reference of the person whose records are held"),
        Field::optional("kind-held", Form::Text, "the kind of record that is held"),
        Field::required("reason", Form::Long, "why; name no pupils"),
        Field::optional("review-date", Form::Date, "day by which it is looked at again"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("hold", text));
    let kind = answers.text("kind-held");
    match answers.text("scope") {
        Some("case") if facts.case.is_empty() => {
            ask("it holds its case, and there is no earlier record of a case with it".to_owned());
        }
        Some("subject") if answers.lacks("subject") => {
            ask("it holds one person's records, and no reference is given: so it holds everything"
                .to_owned());
        }
        Some("kind") if kind.is_none() => {
            ask("it holds a kind of record, and none is named: so it holds everything".to_owned());
        }
        _ => {}
    }
    if let Some(kind) = kind.filter(|kind| newest(kind).is_none()) {
        ask(format!("'{kind}' is no kind of record in this book, so it holds nothing"));
    }
    findings.extend(due("hold", "the review of the hold", answers.day("review-date"), facts));
    findings
}
