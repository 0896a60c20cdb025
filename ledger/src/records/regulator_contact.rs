//! `regulator-contact`: a letter, call or form to the regulator or from it.

use super::answers::Answers;
use super::days::{day_at, written, written_time};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::backwards;

/// Version 1.
pub const V1: Kind = Kind {
    name: "regulator-contact",
    version: 1,
    title: "Contact with the regulator",
    about: "Something was sent to the regulator or came from it: when, how, what about, under \
            which reference, and by when a reply is due.",
    source: "Art 31, 57, 58 UK GDPR; policy §5, §9.7",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "direction",
            Form::Choice(&["to-regulator", "from-regulator"]),
            "whether it went to the regulator or came from it",
        ),
        Field::required("sent", Form::Time, "when it was sent or received"),
        Field::optional("reference", Form::Text, "the regulator's reference"),
        Field::optional(
            "channel",
            Form::Choice(&["online-form", "phone", "e-mail", "letter", "meeting"]),
            "by which way",
        ),
        Field::optional("about-what", Form::Long, "what it was about; name no pupils"),
        Field::optional("reply-due", Form::Date, "day by which a reply is due"),
        Field::optional("documents", Form::List(&Form::Doc), "what was sent or received"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: &str| findings.push(Finding::new("regulator-contact", text));
    if answers.lacks("reference") {
        ask("the regulator's reference is not given");
    }
    if answers.lacks("about-what") && answers.lacks("documents") {
        ask("it is neither said nor attached what it was about");
    }
    let (sent, due) = (answers.integer("sent"), answers.day("reply-due"));
    if let (Some(due), Some(today)) = (due, day_at(facts.time))
        && due < today
    {
        ask(&format!("the reply was due on {}", written(due)));
    }
    if let Some(sent) = sent.filter(|sent| *sent > facts.time) {
        findings.push(Finding::new(
            "future",
            format!("it is said to have been sent on {}, after this record", written_time(sent)),
        ));
    }
    let sent = ("it was sent", sent.and_then(day_at));
    findings.extend(backwards(("the reply is due", due), sent));
    findings
}
