//! The whole catalogue: what a school can put on record, room by room.

use std::collections::BTreeSet;

use crate::records::newest;

/// Who may sign, and what every matter may need.
const RECORD_BOOK: &[&str] = &[
    "genesis",
    "appointment",
    "acceptance",
    "revocation",
    "log-key",
    "anchor",
    "erasure",
    "statement",
    "clock-correction",
    "policy",
    "approval",
    "correction",
    "exception",
    "ratification",
    "paper-signature",
    "note",
];

const DPIA: &[&str] = &[
    "dpia-screening",
    "dpia",
    "control-approval",
    "dpo-advice",
    "dpia-approval",
    "risk-acceptance",
    "ico-consultation",
    "dpia-review",
];

const BREACH: &[&str] = &[
    "breach-report",
    "breach-told",
    "breach-measure",
    "breach-decision",
    "breach-investigation",
    "breach-signoff",
    "breach-review",
];

const CCTV: &[&str] = &[
    "cctv-camera",
    "cctv-access",
    "cctv-disclosure",
    "cctv-deletion",
    "cctv-complaint",
    "covert-authorisation",
    "covert-end",
];

const CONSENT_AND_IMAGES: &[&str] =
    &["consent", "consent-withdrawal", "image-removal", "image-challenge", "photography-permit"];

const REQUESTS_AND_MORE: &[&str] = &[
    "request",
    "request-step",
    "request-answer",
    "complaint",
    "complaint-step",
    "meeting-log",
    "supplier-check",
    "sharing",
    "control-check",
    "disposal",
];

const SCHOOL: &[&str] = &[
    "registration",
    "succession",
    "retention-rule",
    "key-notice",
    "conflict",
    "calendar",
    "action",
    "action-done",
    "hold",
    "hold-release",
    "checkpoint-minuted",
    "regulator-contact",
    "governance-report",
    "training",
    "privacy-notice",
    "processing-activity",
    "import",
];

/// A matter for which there is no kind would be put into a note, where nothing asks about it and
/// no register finds it.
#[test]
fn every_kind_of_the_catalogue_is_there() {
    let rooms = [RECORD_BOOK, DPIA, BREACH, CCTV, CONSENT_AND_IMAGES, REQUESTS_AND_MORE, SCHOOL];
    let catalogue: Vec<&str> = rooms.concat();
    let names: BTreeSet<&str> = catalogue.iter().copied().collect();
    assert_eq!((catalogue.len(), names.len()), (70, 70), "each of 70 kinds stands here once");
    let missing: Vec<&str> =
        catalogue.iter().copied().filter(|name| newest(name).is_none()).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no such kind");
}
