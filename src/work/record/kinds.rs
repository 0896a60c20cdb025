//! Which kinds somebody can record by answering their questions.

use probity_ledger::records::kind::{Class, Clear, Kind, Signers};
use probity_ledger::records::{self, KINDS};

use crate::work::WorkError;

/// The kind of that name.
///
/// # Errors
/// When this program has none, which would be a fault in it.
pub fn kind(name: &str) -> Result<&'static Kind, WorkError> {
    records::newest(name)
        .ok_or_else(|| WorkError::refused(format!("this program knows no `{name}`"), "report this"))
}

/// Why the time of an entry is wrong.
pub const CLOCK_REASONS: [&str; 4] =
    ["computer-clock-wrong", "wrong-time-zone", "wrong-date-typed", "other"];

/// The kinds that `record` writes, newest version each. Those that decide who may sign have
/// commands of their own.
pub fn recordable() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().copied().filter(|kind| {
        let newest =
            records::newest(kind.name).is_some_and(|newest| newest.version == kind.version);
        newest && kind.signers != Signers::Appointee && !has_own_command(kind.clear)
    })
}

const fn has_own_command(clear: Clear) -> bool {
    matches!(
        clear,
        Clear::Genesis | Clear::Appointment | Clear::Revocation | Clear::Statement | Clear::Erasure
    )
}

/// Whether a record of this kind can be signed under an exception.
#[must_use]
pub fn takes_exception(kind: &Kind) -> bool {
    kind.name != "exception" && kind.class != Class::Governance && kind.clear != Clear::Erasure
}
