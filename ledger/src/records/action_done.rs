//! `action-done`: an action is done, not needed any more, or replaced.

use super::answers::Answers;
use super::days::day_at;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};
use super::limits::{backwards, still_to_come};

/// Version 1.
pub const V1: Kind = Kind {
    name: "action-done",
    version: 1,
    title: "Action done",
    about: "An action is done, is not needed any more, or was replaced by another. Link the \
            record that asked for it.",
    source: "Art 5(2), 24(1) UK GDPR; policy §9.8, §12.8",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("done", Form::Date, "day on which it was done or given up"),
        Field::required(
            "outcome",
            Form::Choice(&["done", "not-needed", "replaced"]),
            "whether it was done, is not needed any more, or was replaced",
        ),
        Field::optional("how", Form::Long, "how, why not, or by what; name no pupils"),
    ],
    required_links: &[&[Relation::About]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match answers.text("outcome") {
        Some("not-needed") if answers.lacks("how") => {
            findings.push(Finding::new("action", "it is not said why it is not needed"));
        }
        Some("replaced") if answers.lacks("how") => {
            findings.push(Finding::new("action", "it is not said by what it was replaced"));
        }
        _ => {}
    }
    let done = answers.day("done");
    findings.extend(still_to_come("the end of the action", done, facts));
    for action in facts.linked_by(Relation::About).filter(|entry| entry.kind == "action") {
        let set = format!("entry {} asked for it", action.index.0);
        findings.extend(backwards(("it was done", done), (&set, day_at(action.time))));
        let due = action.answers.and_then(|action| action.day("due"));
        if let Some(late) = backwards(("it was due", due), ("it was done", done)) {
            findings.push(Finding::new("action", late.text));
        }
    }
    findings
}
