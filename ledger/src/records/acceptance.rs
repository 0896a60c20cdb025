//! `acceptance`: the appointee's own key accepts the appointment.

use super::answers::Answers;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "acceptance",
    version: 1,
    title: "Acceptance of an appointment",
    about: "The person appointed says, with the key that the appointment names, that the key is \
            theirs and that they take up the roles.",
    source: "policy §5",
    class: Class::Fact,
    case: None,
    signers: Signers::Appointee,
    clear: Clear::Nothing,
    fields: &[
        Field::optional("name", Form::Person, "your name"),
        Field::optional("note", Form::Long, "anything to be said with it, such as a reservation"),
    ],
    required_links: &[&[Relation::Accepts]],
    usual_links: &[],
    also: &[],
    check,
};

fn check(_answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let made_for_holder = facts
        .linked_by(Relation::Accepts)
        .filter_map(|entry| entry.answers)
        .any(|answers| answers.text("key-made") == Some("made-for-holder"));
    if made_for_holder {
        vec![Finding::new(
            "key-made",
            "the key was made for its holder, so this acceptance doesn't show whose hand signed",
        )]
    } else {
        Vec::new()
    }
}
