//! The kinds of record: one file each, and the one list that names them.

pub mod answers;
pub mod common;
pub mod days;
pub mod facts;
pub mod form;
pub mod kind;
pub mod page;
pub mod rights;
pub mod roles;
pub mod schema;
pub mod sheet;
pub mod spoken;
pub mod terms;

mod approving;
mod assessing;
mod breach_case;
mod course;
mod footage;
mod limits;
mod order;
pub(crate) mod risk;

pub use dpia_approval::goes_against;
use kind::Kind;
pub(crate) use supplier_check::ground_fault_of;

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
    statement: V1;
    key_notice: V1 V2;
    registration: V1;
    succession: V1;
    policy: V1;
    privacy_notice: V1;
    retention_rule: V1;
    processing_activity: V1;
    calendar: V1;
    approval: V1;
    correction: V1;
    exception: V1;
    ratification: V1;
    conflict: V1;
    paper_signature: V1;
    note: V1;
    import: V1;
    action: V1;
    action_done: V1;
    hold: V1;
    hold_release: V1;
    erasure: V1;
    checkpoint_minuted: V1;
    regulator_contact: V1;
    governance_report: V1;
    training: V1;
    dpia_screening: V1;
    dpia: V1;
    control_approval: V1;
    dpo_advice: V1;
    dpia_approval: V1;
    risk_acceptance: V1;
    ico_consultation: V1;
    dpia_review: V1;
    breach_report: V1;
    breach_told: V1;
    breach_measure: V1;
    breach_decision: V1;
    breach_investigation: V1;
    breach_signoff: V1;
    breach_review: V1;
    cctv_camera: V1;
    cctv_access: V1;
    cctv_disclosure: V1;
    cctv_deletion: V1;
    cctv_complaint: V1;
    covert_authorisation: V1;
    covert_end: V1;
    consent: V1;
    consent_withdrawal: V1;
    image_removal: V1;
    image_challenge: V1;
    photography_permit: V1;
    request: V1;
    request_step: V1;
    request_answer: V1;
    complaint: V1;
    complaint_step: V1;
    meeting_log: V1;
    supplier_check: V1;
    sharing: V1;
    control_check: V1;
    disposal: V1;
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
    "form",
    "template",
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
    "request",
    "expires-in",
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
