//! `clock-correction`: an earlier entry carries a wrong time.

use super::facts::no_findings;
use super::kind::{Class, Clear, Field, Form, Kind, Relation, Signers};

/// Version 1.
pub const V1: Kind = Kind {
    name: "clock-correction",
    version: 1,
    title: "Correction of a clock",
    about: "Says that the time of an earlier record came from a wrong clock, so that records \
            with the right time may follow it.",
    source: "docs/format.md",
    class: Class::Fact,
    case: None,
    signers: Signers::AnyAppointed,
    clear: Clear::ClockCorrection,
    fields: &[Field::optional(
        "detail",
        Form::Long,
        "which machine, how it was noticed, what was done",
    )],
    required_links: &[],
    usual_links: &[Relation::About],
    also: &[],
    check: no_findings,
};
