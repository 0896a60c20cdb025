//! Every kind on the school's own governance, with every answer by options.

use serde_json::json;

use super::kinds::{Full, record};
use super::typed::Typed;
use crate::common::{CARETAKER, CHAIR, DPO, HEAD, OFFICE, School, findings};

const TO_DO: &[Full] = &[
    (
        "action",
        OFFICE,
        "what Lock the cabinet in the office
         owner Kofi Mensah
         due {day 7}
         reason it was found open",
        &[],
    ),
    (
        "action-done",
        CARETAKER,
        "link about={entry action}
         done {day 0}
         outcome replaced
         how by a new cabinet",
        &[],
    ),
    (
        "conflict",
        HEAD,
        "link about={entry action}
         person Kofi Mensah
         person-id {person 11}
         excluded yes
         reason the locksmith is a cousin",
        &[],
    ),
    (
        "hold",
        OFFICE,
        "scope subject
         subject p-7f3a2c
         kind-held cctv-access
         reason a claim was announced
         review-date {day 60}",
        &[],
    ),
    ("hold-release", CHAIR, "link about={entry hold}\nreason the claim was settled", &[]),
];

const SCHOOL: &[Full] = &[
    (
        "registration",
        HEAD,
        "number Z0000000
         holder Governing Body of Hillside Primary School
         tier tier 2
         registered {day -30}
         fee-expiry {day 335}
         attach {pdf certificate.pdf}",
        &[],
    ),
    (
        "succession",
        CHAIR,
        "what transfer
         new-controller North Vale Trust
         new-controller-form trust
         effective {day 40}
         record-book continues
         reasons the trust takes the school over
         attach {pdf agreement.pdf}",
        &[],
    ),
    (
        "retention-rule",
        HEAD,
        "record-class CCTV access log
         kinds cctv-access
         kinds note
         number 12
         unit months
         trigger other
         trigger-detail the end of the inquiry
         action erase
         law retention schedule, row 12
         attach {pdf schedule.pdf}",
        &[],
    ),
    (
        "calendar",
        OFFICE,
        "school-year 2026/27
         terms name=autumn; from=2026-09-02; to=2026-12-18
         terms name=spring; from=2027-01-05; to=2027-03-25
         closures from=2026-10-26; to=2026-10-30; reason=half-term",
        &[],
    ),
    (
        "key-notice",
        DPO,
        "what suspect
         kid 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         suspect-since {hours-ago 20}
         reason a laptop was stolen
         attach {pdf letter.pdf}",
        &[],
    ),
    (
        "checkpoint-minuted",
        OFFICE,
        "size {head size}
         root {head root}
         fingerprint {code minuted}
         meeting {day -1}
         body full governing body
         minute 7.2
         attach {pdf minutes.pdf}",
        &[],
    ),
    (
        "regulator-contact",
        DPO,
        "direction from-regulator
         sent {hours-ago 30}
         reference IC-0000
         channel e-mail
         about-what a complaint about a late answer
         reply-due {day 14}
         attach {pdf letter.pdf}",
        &[],
    ),
    (
        "governance-report",
        DPO,
        "period-from {day -200}
         period-to {day -20}
         body full governing body
         summary Fewer requests, one of them late
         requests-count 4
         requests-late-count 1
         breaches-count 2
         breaches-notified-count 0
         complaints-count 0
         training-count 31
         presented {day -5}
         attach {pdf report.pdf}",
        &[],
    ),
];

const DATA: &[Full] = &[
    (
        "training",
        OFFICE,
        "course Breaches in an hour
         provider Sunita Rao
         held {day -9}
         minutes 60
         roles-trained administrator
         people-count 2
         attendees s-101
         attendees s-102
         expires {day 300}
         attach {pdf attendance.pdf}",
        &[],
    ),
    (
        "privacy-notice",
        DPO,
        "title How we use pupils' data
         notice-version 2026-2
         audience pupils
         audience parents
         published {day -3}
         published-where school website
         changes a new supplier
         processors-added Chalkboard Cloud
         next-review {day 300}
         attach {pdf notice.pdf}",
        &[],
    ),
    (
        "processing-activity",
        DPO,
        "name Attendance
         owner Mary O’Neill
         purposes registers
         people-kinds pupils
         data-types presence
         special-data reasons of health
         recipients the council
         processors Chalkboard Cloud
         transfers country=France; ground=adequacy; detail=hosting
         retention 3 years
         security on the school's own server
         basis public-task
         condition substantial public interest
         next-review {day 300}
         ended {day -1}",
        &[],
    ),
    (
        "import",
        OFFICE,
        "register breaches
         origin the office's spreadsheet of breaches
         rows 12
         taken 10
         mapping two rows were empty
         attach {pdf breaches.pdf}",
        &[],
    ),
];

#[test]
fn the_school_puts_its_own_governance_on_record() {
    let school = School::begun();
    let mut typed = Typed::default();
    for full in [TO_DO, SCHOOL, DATA].into_iter().flatten() {
        record(&school, &mut typed, full);
    }
    // A list of groups is read back as it was typed.
    let terms = ["show", &typed.report("calendar")["entry"].to_string()].map(str::to_owned);
    let shown = school.ok(&terms).out;
    for words in ["autumn", "2 September 2026", "25 March 2027", "half-term"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);
}

#[test]
fn what_is_asked_about_a_basis_depends_on_the_type_of_school() {
    for (sort, asked) in [("la-maintained", true), ("independent", false)] {
        let school = School::nothing();
        let more =
            school.file("more.json", json!({ "type": sort, "nation": "england" }).to_string());
        let begin = ["init", "--school", "Hillside", "--controller", "Hillside", "--name", HEAD];
        school.ok(begin.iter().chain(&["--as", "headteacher", "--from-json", &more]));
        let activity = ["--name", "Alumni letters", "--basis", "legitimate-interests"];
        let report = school.record("processing-activity", HEAD, &activity);
        let said = findings(&report).join("\n");
        assert_eq!(said.contains("the school is one"), asked, "{said}");
        assert!(!said.contains("as most schools are"), "{said}");
        assert_eq!(school.show(&report["entry"])["findings"], report["findings"]);
    }
}
