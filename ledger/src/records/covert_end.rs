//! `covert-end`: covert monitoring has ended (policy §10.4).

use super::answers::Answers;
use super::approving::permits;
use super::days::{day_at, done_by, end_of, written};
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::roles::is_representative;

/// Version 1.
pub const V1: Kind = Kind {
    name: "covert-end",
    version: 1,
    title: "End of covert monitoring",
    about: "Covert monitoring has ended with its investigation: what came of it, what became of \
            the images, and whether the people filmed were told.",
    source: "policy §10.4",
    class: Class::Fact,
    case: Some("cctv"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("ended", Form::Time, "when it ended"),
        Field::optional("result", Form::Long, "what came of the investigation; name no pupils"),
        Field::optional(
            "footage",
            Form::Choice(&["deleted", "kept-as-evidence"]),
            "what became of the images",
        ),
        Field::optional(
            "people-told",
            Form::Choice(&["yes", "no", "not-yet"]),
            "whether the people filmed were told afterwards",
        ),
    ],
    required_links: &[&[Relation::About]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |rule, text: &str| findings.push(Finding::new(rule, text));
    if answers.lacks("result") {
        found("covert-end", "it is not said what came of the investigation");
    }
    if answers.lacks("footage") {
        found("covert-end", "it is not said what became of the images");
    }
    match answers.text("people-told") {
        None => found("covert-told", "it is not said whether the people filmed were told"),
        Some("not-yet") => found("covert-told", "the people filmed are still to be told"),
        Some(_) => {}
    }
    let ended = answers.integer("ended");
    if ended.is_some_and(|ended| ended > facts.time) {
        found("future", "it ended after this record was made");
    }
    let authorised = facts
        .linked_by(Relation::About)
        .filter(|entry| entry.kind == "covert-authorisation")
        .max_by_key(|entry| entry.index);
    let Some(authorised) = authorised else {
        found("covert-end", "it links to no authorisation of covert monitoring");
        return findings;
    };
    let Some(permitted) = authorised.answers else { return findings };
    let Some(start) = permitted.integer("start") else { return findings };
    if ended.is_some_and(|ended| ended < start) {
        found("time-order", "it ended before it started");
    }
    if let (Some(ended), Some(last)) = (ended, permitted.day("longest-end"))
        && end_of(last).is_some_and(|limit| ended > limit)
    {
        found("covert-end", &format!("it ended after its last day, {}", written(last)));
    }
    if !approved_by(authorised, start, facts) {
        found(
            "covert-approval",
            "no approval by another person for the controller stands before its start",
        );
    }
    findings
}

/// Whether a representative of the controller, another person than the author, had approved it
/// by `start`, with a key or on paper.
fn approved_by(authorised: &Earlier<'_>, start: i64, facts: &Facts<'_>) -> bool {
    let on_it = |entry: &&Earlier<'_>| entry.links.contains(&(Relation::Approves, authorised.hash));
    let in_time = |entry: &Earlier<'_>| {
        entry.answers.map_or(entry.time, |answers| done_by(answers, entry.time)) <= start
    };
    let signed = facts.earlier("approval").filter(on_it).any(|entry| {
        entry.person != authorised.person
            && permits(entry.decision)
            && is_representative(entry.role)
            && in_time(entry)
    });
    let on_paper = |entry: &Earlier<'_>| {
        entry.answers.is_none_or(|paper| {
            let own = paper.text("person-id") == Some(&hex::encode(authorised.person));
            let in_time = paper.day("date").is_none_or(|day| Some(day) <= day_at(start));
            !own && in_time && paper.text("role").is_some_and(is_representative)
        })
    };
    signed || facts.earlier("paper-signature").filter(on_it).any(on_paper)
}
