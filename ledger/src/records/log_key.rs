//! `log-key`: another key signs the ledger's checkpoints from now on.

use super::facts::no_findings;
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "log-key",
    version: 1,
    title: "New log key",
    about: "Another key signs the ledger's checkpoints from this record on. It signs heads of \
            the ledger and no decisions.",
    source: "docs/format.md",
    class: Class::Governance,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::LogKey,
    fields: &[Field::optional(
        "reason",
        Form::Choice(&["routine", "key-lost", "key-suspect"]),
        "why the log key changes",
    )],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check: no_findings,
};
