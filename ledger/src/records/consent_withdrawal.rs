//! `consent-withdrawal`: a consent is taken back, in full or for some purposes.

use super::answers::Answers;
use super::consent::{CAPACITIES, PURPOSES};
use super::facts::{Earlier, Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "consent-withdrawal",
    version: 1,
    title: "Withdrawal of consent",
    about: "Somebody took consent back. Whoever received it records it. It stays open until every \
            place where copies were found is dealt with.",
    source: "Art 7(3) UK GDPR; policy §2.2, §11.3",
    class: Class::Fact,
    case: Some("consent"),
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("received", Form::Time, "when it reached the school"),
        Field::optional("subject", Form::Ref, "the pupil's reference; never a name"),
        Field::optional("capacity", Form::Choice(CAPACITIES), "who withdrew, as what"),
        Field::optional(
            "purposes",
            Form::List(&Form::Choice(PURPOSES)),
            "which purposes; all of them if none is named",
        ),
        Field::optional(
            "places",
            Form::List(&Form::Text),
            "places where copies were found; name no pupils",
        ),
    ],
    required_links: &[],
    usual_links: &[Relation::Withdraws],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let linked: Vec<&Earlier<'_>> = facts.linked_by(Relation::Withdraws).collect();
    let is_linked = facts.has_link(Relation::Withdraws);
    // Of an entry that isn't at hand nobody can tell that it is no consent.
    let to_consent = linked.is_empty() || linked.iter().any(|entry| entry.kind == "consent");
    if !is_linked {
        findings.push(Finding::new(
            "withdrawal-of-what",
            "it links to no consent; if that is on paper, say so",
        ));
    }
    for entry in &linked {
        findings.extend(check_linked(answers, facts, entry));
    }
    if !(is_linked && to_consent) && answers.lacks("subject") {
        findings.push(Finding::new(
            "withdrawal-of-what",
            "it names no pupil's reference, so it can't be told whose consent ends",
        ));
    }
    for (field, rule, lack) in [
        ("capacity", "consent-giver", "it is not said who withdrew, as what"),
        ("purposes", "withdrawal-of-what", "no purpose is named, so it is read as all of them"),
        (
            "places",
            "withdrawal-places",
            "no places are listed where copies were looked for or found",
        ),
    ] {
        if answers.lacks(field) {
            findings.push(Finding::new(rule, lack));
        }
    }
    if answers.integer("received").is_some_and(|received| received > facts.time) {
        findings.push(Finding::new("future", "it was received after this record was made"));
    }
    findings
}

/// What it takes back is a consent, and of the same pupil. The reference of a consent may have been
/// corrected since.
fn check_linked(answers: &Answers, facts: &Facts<'_>, entry: &Earlier<'_>) -> Option<Finding> {
    if entry.kind != "consent" {
        let title = super::newest(entry.kind).map_or(entry.kind, |kind| kind.title);
        let text = format!(
            "entry {} ({title}), which it links to, is no consent: that link takes nothing back",
            entry.index.0
        );
        return Some(Finding::new("withdrawal-of-what", text));
    }
    let mut newest = entry;
    while let Some(later) = facts.earlier("consent").find(|later| {
        later.index > newest.index && later.links.contains(&(Relation::Corrects, newest.hash))
    }) {
        newest = later;
    }
    let (own, theirs) = (answers.text("subject")?, newest.answers?.text("subject")?);
    let text = || {
        format!(
            "it names {own}, and entry {}, which it takes back, is of {theirs}: one of the two \
             references is wrong, or the link is",
            newest.index.0
        )
    };
    (own != theirs).then(|| Finding::new("withdrawal-of-what", text()))
}
