//! `conflict`: somebody has an interest in a matter and is kept from deciding on it.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::paper_signature::is_identifier;
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "conflict",
    version: 1,
    title: "Conflict of interests",
    about: "Somebody has an interest of their own in a case, and is kept from deciding on it; or \
            such an exclusion is lifted again. Record it in the case.",
    source: "Art 38(6) UK GDPR; policy §5",
    class: Class::Fact,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Nothing,
    fields: &[
        Field::required("person", Form::Person, "who has the conflict"),
        Field::optional(
            "person-id",
            Form::Text,
            "the person's lasting identifier in this ledger, 32 hexadecimal digits, if one is known",
        ),
        Field::required("excluded", Form::Bool, "whether the person is kept from deciding"),
        Field::required("reason", Form::Long, "what the conflict is; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("conflict", text));
    let own = hex::encode(facts.author.person);
    match answers.text("person-id") {
        None => {
            ask("the person has no identifier here, so a signature of theirs is not noticed"
                .to_owned());
        }
        Some(id) if !is_identifier(id) => {
            ask(format!("the identifier '{id}' is not 32 lower-case hexadecimal digits"));
        }
        Some(id) if id == own && answers.truth("excluded") == Some(false) => {
            ask("its author says of their own conflict that it keeps them from nothing".to_owned());
        }
        Some(_) => {}
    }
    if facts.case.is_empty() && !facts.has_link(Relation::About) {
        ask("it names no case and no record, so it is not told what it is about".to_owned());
    }
    findings
}
