//! The kinds of record: one file each, and the one list that names them.

pub mod answers;
pub mod common;
pub mod days;
pub mod facts;
pub mod form;
pub mod kind;
pub mod page;
pub mod roles;
pub mod schema;
pub mod spoken;
pub mod terms;

mod approving;

use kind::Kind;

/// Declares each kind's file and puts its versions on the list.
macro_rules! kinds {
    ($($file:ident: $($version:ident)+;)*) => {
        $(mod $file;)*

        /// Every kind and version that this program knows.
        pub static KINDS: &[&Kind] = &[$($(&$file::$version),+),*];
    };
}

// A new kind is one file and one line here; its place is its place in help and reference.
kinds! {
    genesis: V1;
    appointment: V1;
    acceptance: V1;
    revocation: V1;
    log_key: V1;
    anchor: V1;
    clock_correction: V1;
    policy: V1;
    approval: V1;
    correction: V1;
    exception: V1;
    ratification: V1;
    paper_signature: V1;
    note: V1;
    consent: V1;
    consent_withdrawal: V1;
    breach_report: V1;
    breach_decision: V1;
    cctv_access: V1;
    dpo_advice: V1;
    dpia_approval: V1;
    risk_acceptance: V1;
}

/// Names that no field may have: they are options of the commands that take fields. Only the
/// kind `exception` has `ratify-by` and `ratify-role` as fields: the options stand for them, and
/// nobody records an exception under an exception.
pub const RESERVED: &[&str] = &[
    "home",
    "json",
    "quiet",
    "passphrase-file",
    "color",
    "by",
    "as",
    "case",
    "attach",
    "link",
    "from-json",
    "from-jsonl",
    "dry-run",
    "exception",
    "exception-reason",
    "ratify-by",
    "ratify-role",
    "help",
    "version",
    "yes",
    "decision",
    "at",
];

/// The kind of that name and version.
#[must_use]
pub fn find(name: &str, version: u64) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name && kind.version == version)
}

/// The newest version of the kind of that name: the one that is written.
#[must_use]
pub fn newest(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().filter(|kind| kind.name == name).max_by_key(|kind| kind.version)
}

#[cfg(test)]
mod tests;
