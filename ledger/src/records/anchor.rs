//! `anchor`: evidence from outside, so that every later entry is shown not to be older.

use super::facts::no_findings;
use super::kind::{Class, Clear, Field, Form, Kind, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "anchor",
    version: 1,
    title: "Anchor to outside evidence",
    about: "Takes the hash of a timestamp or a cosigned checkpoint into the ledger. Every later \
            record then shows that it was not made before that evidence.",
    source: "docs/format.md",
    class: Class::Governance,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Anchor,
    fields: &[
        Field::optional(
            "evidence-type",
            Form::Choice(&["timestamp", "cosigned-checkpoint"]),
            "what the evidence is",
        ),
        Field::optional("source", Form::Text, "who gave it: the timestamp service or witness"),
    ],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check: no_findings,
};
