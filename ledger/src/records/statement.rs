//! `statement`: what somebody signed on a machine that has no ledger, entered by somebody who
//! has it. The statement itself says what it records ([`crate::format::statement`]).

use super::facts::no_findings;
use super::kind::{Class, Clear, Kind, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "statement",
    version: 1,
    title: "Statement signed elsewhere",
    about: "Carries what somebody signed on another machine, as they signed it, whoever enters \
            it. It counts as that record, by that person: they vouch for the chain up to the entry \
            that they knew of, and whoever enters it for the place.",
    source: "docs/format.md",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::Statement,
    fields: &[],
    required_links: &[],
    usual_links: &[],
    also: &[],
    check: no_findings,
};
