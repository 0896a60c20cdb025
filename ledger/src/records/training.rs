//! `training`: people were taught about data protection.

use super::answers::Answers;
use super::days::{day_at, written};
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::{backwards, still_to_come};

/// Version 1.
pub const V1: Kind = Kind {
    name: "training",
    version: 1,
    title: "Training",
    about: "A course or briefing on data protection: what, when, how long, and who took part, by \
            role, by number or by reference.",
    source: "Art 32(4), 39(1)(b) UK GDPR; policy §5",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("course", Form::Text, "what was taught"),
        Field::optional("provider", Form::Text, "who taught it"),
        Field::required("held", Form::Date, "day on which it was held or finished"),
        Field::optional("minutes", Form::Count, "how long it took, in minutes"),
        Field::optional(
            "roles-trained",
            Form::List(&Form::Text),
            "the roles of those who took part",
        ),
        Field::optional("people-count", Form::Count, "how many people took part"),
        Field::optional("attendees", Form::List(&Form::Ref), "references of those who took part"),
        Field::optional("expires", Form::Date, "day by which it has to be repeated"),
        Field::optional(
            "documents",
            Form::List(&Form::Doc),
            "certificates, material, attendance list",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ask = |text: String| findings.push(Finding::new("training", text));
    let (people, attendees) = (answers.integer("people-count"), answers.list("attendees").len());
    let nobody = people.is_none_or(|people| people == 0) && attendees == 0;
    if nobody && answers.lacks("roles-trained") {
        ask("nobody is named or counted who took part".to_owned());
    }
    if let Some(people) = people
        && usize::try_from(people).is_ok_and(|people| attendees > people)
    {
        ask(format!("{attendees} people are listed, and {people} counted"));
    }
    let (held, expires) = (answers.day("held"), answers.day("expires"));
    if let (Some(last), Some(today)) = (expires, day_at(facts.time))
        && last < today
    {
        ask(format!("it had to be repeated by {}", written(last)));
    }
    findings.extend(still_to_come("the training", held, facts));
    findings.extend(backwards(("it has to be repeated", expires), ("it was held", held)));
    findings
}
