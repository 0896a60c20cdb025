//! `revocation`: a key signs no longer.

use super::facts::no_findings;
use super::kind::{Class, Clear, Field, Form, Kind, Signers};
use super::roles::REPRESENTATIVES;

/// Version 1.
pub const V1: Kind = Kind {
    name: "revocation",
    version: 1,
    title: "Revocation of a key",
    about: "A key signs no longer, from this record on. If it may have been in other hands, say \
            since when. The reason is one of five words; reasons of employment never belong here.",
    source: "policy §5",
    class: Class::Governance,
    case: None,
    signers: Signers::OneOf(REPRESENTATIVES),
    clear: Clear::Revocation,
    fields: &[Field::required(
        "reason",
        Form::Choice(&["role-ended", "paused", "key-lost", "key-suspect", "replaced"]),
        "why the key signs no longer",
    )],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check: no_findings,
};
