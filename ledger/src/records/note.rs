//! `note`: anything that belongs to a case and has no kind of its own.

use super::facts::no_findings;
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "note",
    version: 1,
    title: "Note",
    about: "Anything that should be on record and has no kind of its own.",
    source: "Art 5(2) UK GDPR",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Nothing,
    fields: &[
        Field::required("text", Form::Long, "the note; name no pupils"),
        Field::optional("documents", Form::List(&Form::Doc), "documents that belong to it"),
    ],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check: no_findings,
};
