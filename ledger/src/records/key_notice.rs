//! `key-notice`: a key that signs in one or more record books is suspect, lost or replaced.

use super::answers::Answers;
use super::days::written_time;
use super::facts::{Facts, Finding};
use super::kind::{Class, Clear, Field, Form, Kind, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "key-notice",
    version: 1,
    title: "Notice about a key",
    about: "Whoever signs with one key for several schools says that it is suspect, lost or \
            replaced, and each school puts that on record. It ends nothing: a representative of \
            each school has to revoke the key.",
    source: "Art 32 UK GDPR; policy §5",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required(
            "what",
            Form::Choice(&["suspect", "lost", "replaced"]),
            "what became of the key",
        ),
        Field::required("kid", Form::Hash, "thumbprint of the key, 64 hexadecimal digits"),
        Field::optional(
            "suspect-since",
            Form::Time,
            "earliest moment at which the key may have been in other hands",
        ),
        Field::optional("reason", Form::Long, "what happened; name no pupils"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check,
};

/// Version 2: with the notice that the key's holder signed, as it came.
pub const V2: Kind = Kind {
    version: 2,
    fields: &[
        Field::required(
            "what",
            Form::Choice(&["suspect", "lost", "replaced"]),
            "what became of the key",
        ),
        Field::required("kid", Form::Hash, "thumbprint of the key, 64 hexadecimal digits"),
        Field::optional(
            "suspect-since",
            Form::Time,
            "earliest moment at which the key may have been in other hands",
        ),
        Field::optional("reason", Form::Long, "what happened; name no pupils"),
        Field::optional(
            "documents",
            Form::List(&Form::Doc),
            "the notice itself (`probity key notice --attach` enters it), or a letter",
        ),
    ],
    ..V1
};

fn check(answers: &Answers, facts: &Facts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (answers.text("what"), answers.integer("suspect-since")) {
        (Some("suspect"), None) => findings.push(Finding::new(
            "key-notice",
            "it is not said since when the key may have been in other hands",
        )),
        (Some("replaced"), Some(_)) => findings.push(Finding::new(
            "key-notice",
            "the key is said to be replaced, and also to have been in other hands",
        )),
        _ => {}
    }
    if let Some(since) = answers.integer("suspect-since")
        && since > facts.time
    {
        findings.push(Finding::new(
            "future",
            format!(
                "the key is said to be suspect from {}, after this record",
                written_time(since)
            ),
        ));
    }
    findings
}
