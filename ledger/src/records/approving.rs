//! What every approval is asked about: that it says what it approves and on what terms, and
//! that nobody approves alone what they wrote.

use super::answers::Answers;
use super::common::{doubts, says_unknown};
use super::days::occurred;
use super::facts::{Earlier, Facts, Finding};
use super::kind::Relation;
use super::roles::{DPO, GOVERNORS};
use crate::format::cbor::Value;
use crate::format::hash::EntryHash;

/// The relations by which signatures of several people point at one content.
const POINTING: [Relation; 3] = [Relation::Approves, Relation::Advises, Relation::SignsOff];

/// Whether a decision lets the matter go ahead.
pub(super) fn permits(decision: Option<&str>) -> bool {
    matches!(decision, Some("approved" | "approved-with-conditions"))
}

/// Whether an earlier signature is on the same content: linked to the same entry, or with a
/// document of equal SHA-256.
pub(super) fn on_same_content(
    answers: &Answers,
    links: &[(Relation, EntryHash)],
    other: &Earlier<'_>,
) -> bool {
    let targets = |links: &[(Relation, EntryHash)]| -> Vec<EntryHash> {
        links.iter().filter(|(rel, _)| POINTING.contains(rel)).map(|(_, hash)| *hash).collect()
    };
    let others = targets(other.links);
    if targets(links).iter().any(|hash| others.contains(hash)) {
        return true;
    }
    other
        .answers
        .is_some_and(|other| hashes(answers).any(|hash| hashes(other).any(|other| other == hash)))
}

/// That what is signed by its files alone names none of those of the newest DPIA at hand.
pub(super) fn on_other_files(answers: &Answers, facts: &Facts<'_>) -> Option<Finding> {
    let dpia = facts.latest("dpia")?;
    let assessed = dpia.answers.filter(|dpia| hashes(dpia).next().is_some())?;
    let links = facts.links.iter().any(|(relation, _)| POINTING.contains(relation));
    if links || hashes(answers).next().is_none() {
        return None;
    }
    let same = hashes(answers).any(|hash| hashes(assessed).any(|other| other == hash));
    let text = || {
        format!("it is on other files than the DPIA in entry {}, and is not on that", dpia.index.0)
    };
    (!same).then(|| Finding::new("on-what", text()))
}

/// The hashes of the attached documents.
fn hashes(answers: &Answers) -> impl Iterator<Item = &[u8]> {
    answers
        .list("documents")
        .iter()
        .filter_map(|document| document.get("sha256").and_then(Value::as_bytes))
}

/// The findings that every approval shares.
pub(super) fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let conditions = !answers.lacks("conditions");
    match facts.decision {
        Some("approved-with-conditions") if !conditions => findings
            .push(Finding::new("conditions", "it is approved with conditions, and none is named")),
        Some("approved") if conditions => findings.push(Finding::new(
            "conditions",
            "conditions are named, and the decision is approved without conditions",
        )),
        _ => {}
    }
    if !facts.has_link(Relation::Approves) && answers.lacks("documents") {
        findings.push(Finding::new("on-what", "it links to no record and names no document"));
    }
    if let Some(span) = occurred(answers)
        && span.from != span.to
    {
        findings
            .push(Finding::new("vague-date", "the approval is dated by a span and not by a day"));
    }
    if !permits(facts.decision) {
        return findings;
    }
    for entry in facts.linked_by(Relation::Approves) {
        let alone = entry.person == facts.author.person && !counter_signed(answers, facts);
        if alone {
            findings.push(Finding::new(
                "self-approved",
                format!("its author wrote what it approves, entry {}", entry.index.0),
            ));
        }
        let Some(approved) = entry.answers else { continue };
        let unknown: Vec<&str> = approved
            .0
            .iter()
            .filter(|(_, value)| doubts(value, &says_unknown) || value.get("unknown").is_some())
            .map(|(name, _)| name.as_str())
            .collect();
        if !unknown.is_empty() {
            findings.push(Finding::new(
                "unknown-at-approval",
                format!(
                    "entry {} is approved with answers not known: {}",
                    entry.index.0,
                    unknown.join(", ")
                ),
            ));
        }
    }
    findings
}

/// Whether the DPO or a governor, another person than the author, has signed on the content.
fn counter_signed(answers: &Answers, facts: &Facts<'_>) -> bool {
    facts
        .case
        .iter()
        .chain(facts.linked)
        .filter(|entry| on_same_content(answers, facts.links, entry))
        .any(|entry| match entry.kind {
            "dpo-advice" => entry.person != facts.author.person && DPO.contains(&entry.role),
            "approval" | "dpia-approval" => {
                entry.person != facts.author.person
                    && GOVERNORS.contains(&entry.role)
                    && permits(entry.decision)
            }
            "paper-signature" => entry.answers.is_some_and(|paper| {
                let role = paper.text("role");
                let own = paper.text("person-id") == Some(&hex::encode(facts.author.person));
                !own && role.is_some_and(|role| GOVERNORS.contains(&role) || DPO.contains(&role))
            }),
            _ => false,
        })
}
