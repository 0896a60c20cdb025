//! `registration`: the entry in the regulator's register of fee payers.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::{backwards, still_to_come};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "registration",
    version: 1,
    title: "Registration with the regulator",
    about: "The controller's entry in the regulator's register, and the day until which its fee \
            is paid. Record each renewal.",
    source: "Data Protection (Charges and Information) Regulations 2018; policy §6.1",
    class: Class::Fact,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Nothing,
    fields: &[
        Field::required("number", Form::Text, "the number in the regulator's register"),
        Field::optional("holder", Form::Text, "the controller in whose name it stands"),
        Field::optional("tier", Form::Text, "the tier of the fee, such as tier 2"),
        Field::optional("registered", Form::Date, "day of the registration or renewal"),
        Field::optional("fee-expiry", Form::Date, "last day for which the fee is paid"),
        Field::optional("documents", Form::List(&Form::Doc), "the certificate"),
    ],
    required_links: &[],
    usual_links: &[Relation::Continues],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (registered, expiry) = (answers.day("registered"), answers.day("fee-expiry"));
    match expiry {
        None => findings.push(Finding::new("fee", "it is not said until when the fee is paid")),
        Some(last) if Some(last) < day_at(facts.time) => {
            findings.push(Finding::new("fee", format!("the fee was paid until {}", written(last))));
        }
        Some(_) => {}
    }
    if answers.lacks("holder") {
        findings
            .push(Finding::new("registration", "the controller that is registered is not named"));
    }
    findings.extend(still_to_come("the registration", registered, facts));
    findings.extend(backwards(("the fee ends", expiry), ("the registration", registered)));
    findings
}
