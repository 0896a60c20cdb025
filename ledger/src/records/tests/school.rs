//! Findings of the kinds on the school's own governance.

use serde_json::json;

use super::{HEAD, HOUR, NOW, OTHER, document, past, scene, with};
use crate::records::kind::Relation;

#[test]
fn a_registration_asks_about_its_fee() {
    scene("registration", "headteacher").each(
        &json!({
            "number": "Z0000000",
            "holder": "Governing Body of Hill School",
            "tier": "tier 2",
            "registered": "2026-09-10",
            "fee-expiry": "2026-10-01",
        }),
        &[
            (json!({ "fee-expiry": "2026-09-30" }), "fee", "paid until 30 September 2026"),
            (json!({ "fee-expiry": null }), "fee", "until when"),
            (json!({ "holder": null }), "registration", "not named"),
            (json!({ "registered": "2026-10-02" }), "future", "registration is dated 2 October"),
            (json!({ "fee-expiry": "2026-09-09" }), "time-order", "before the registration"),
        ],
    );
}

#[test]
fn a_succession_asks_who_answers_for_the_records() {
    let conversion = json!({
        "what": "conversion",
        "new-controller": "North Vale Trust",
        "new-controller-form": "trust",
        "effective": "2026-11-01",
        "record-book": "continues",
        "documents": document("aa"),
    });
    let succession = scene("succession", "chair-of-governors");
    succession.each(
        &conversion,
        &[
            (json!({ "new-controller": null }), "succession", "controller is not named"),
            (json!({ "new-controller-form": null }), "succession", "in law"),
            (json!({ "documents": null }), "no-document", "order"),
        ],
    );
    for what in ["merger", "transfer"] {
        succession.clean(&with(&conversion, &json!({ "what": what })));
        succession.expect(
            &with(&conversion, &json!({ "what": what, "new-controller": null })),
            "succession",
            "controller is not named",
        );
    }
    let closure = with(
        &conversion,
        &json!({
            "what": "closure",
            "new-controller": null,
            "new-controller-form": null,
            "record-book": "closed",
            "reasons": "the council keeps the records",
        }),
    );
    succession.each(
        &closure,
        &[
            (json!({ "reasons": null }), "succession", "who keeps the records"),
            (json!({ "record-book": "continues" }), "succession", "nobody is named"),
        ],
    );
}

#[test]
fn a_retention_rule_asks_where_its_period_comes_from() {
    scene("retention-rule", "headteacher").each(
        &json!({
            "record-class": "CCTV access log",
            "kinds": ["cctv-access", "note"],
            "number": 1,
            "unit": "school-years",
            "trigger": "other",
            "trigger-detail": "the end of the inquiry",
            "action": "erase",
            "law": "the school's own retention schedule, row 12",
        }),
        &[
            (json!({ "law": null }), "retention-rule", "comes from"),
            (json!({ "number": 0 }), "retention-rule", "period is 0"),
            (json!({ "trigger-detail": null }), "retention-rule", "from when"),
            (json!({ "kinds": ["note", "cctv-log"] }), "retention-rule", "'cctv-log' is no kind"),
        ],
    );
}

#[test]
fn a_notice_about_a_key_asks_since_when() {
    let suspect = json!({
        "what": "suspect",
        "kid": "ab".repeat(32),
        "suspect-since": NOW - 48 * HOUR,
        "reason": "a laptop was stolen",
    });
    scene("key-notice", "dpo").each(
        &suspect,
        &[
            (json!({ "suspect-since": null }), "key-notice", "since when"),
            (json!({ "suspect-since": NOW + 1 }), "future", "suspect from 1 October 2026"),
            (json!({ "what": "replaced" }), "key-notice", "replaced, and also"),
        ],
    );
    let no_doubt = json!({ "suspect-since": null });
    for what in ["lost", "replaced"] {
        let notice = with(&with(&suspect, &no_doubt), &json!({ "what": what }));
        scene("key-notice", "dpo").clean(&notice);
    }
}

/// The kind promises that a signature by whoever is excluded is noticed.
#[test]
fn who_is_excluded_from_a_case_and_signs_in_it_is_noticed() {
    let conflict = |person: u8, excluded: bool| {
        let answers = json!({
            "person": "A. Head",
            "person-id": hex::encode([person; 16]),
            "excluded": excluded,
            "reason": "the supplier belongs to a relative",
        });
        past("conflict", "chair-of-governors", OTHER, &answers)
    };
    let note = json!({ "text": "x" });
    let excluded = || scene("note", "headteacher").after(conflict(HEAD, true));
    excluded().expect(&note, "conflict", "excluded from this case");
    excluded().after(conflict(OTHER, false)).expect(&note, "conflict", "(entry 0)");
    excluded().after(conflict(HEAD, false)).clean(&note);
    scene("note", "headteacher").after(conflict(OTHER, true)).clean(&note);
    scene("note", "headteacher").after(conflict(HEAD, true).erased()).clean(&note);
}

#[test]
fn a_conflict_asks_whom_it_keeps_from_what() {
    let note = || past("note", "staff", OTHER, &json!({ "text": "x" }));
    let good = json!({
        "person": "C. Chair",
        "person-id": "02".repeat(16),
        "excluded": true,
        "reason": "the supplier belongs to a relative",
    });
    scene("conflict", "headteacher").after(note()).each(
        &good,
        &[
            (json!({ "person-id": null }), "conflict", "no identifier"),
            (json!({ "person-id": "C. Chair" }), "conflict", "hexadecimal"),
            (
                json!({ "person-id": "01".repeat(16), "excluded": false }),
                "conflict",
                "their own conflict",
            ),
        ],
    );
    // Who has a conflict may say so, and a ban on somebody else may be lifted.
    scene("conflict", "headteacher")
        .after(note())
        .clean(&with(&good, &json!({ "person-id": "01".repeat(16) })));
    scene("conflict", "headteacher")
        .after(note())
        .clean(&with(&good, &json!({ "excluded": false })));
    scene("conflict", "headteacher").expect(&good, "conflict", "no case and no record");
}

#[test]
fn a_calendar_asks_about_days_that_do_not_fit() {
    let term = |name: &str, from: &str, to: &str| json!({ "name": name, "from": from, "to": to });
    let autumn = || term("autumn", "2026-09-02", "2026-12-18");
    let spring = || term("spring", "2027-01-05", "2027-03-25");
    let closure =
        |from: &str, to: &str| json!({ "closures": [{ "from": from, "to": to, "reason": "x" }] });
    let good = with(
        &json!({ "school-year": "2026/27", "terms": [spring(), autumn()] }),
        &closure("2026-10-26", "2026-10-30"),
    );
    scene("calendar", "administrator").each(
        &good,
        &[
            (
                json!({ "terms": [autumn(), term("spring", "2026-12-18", "2027-03-25")] }),
                "calendar",
                "one begins on 18 December 2026",
            ),
            (
                json!({ "terms": [term("autumn", "2026-12-18", "2026-09-02"), spring()] }),
                "time-order",
                "a term ends on 2 September 2026",
            ),
            (closure("2026-12-19", "2027-01-04"), "calendar", "19 December 2026 to 4 January 2027"),
            (closure("2026-10-30", "2026-10-26"), "time-order", "a closure ends on 26 October"),
            (json!({ "school-year": "2025/26" }), "calendar", "school year 2025/26"),
            (json!({ "terms": null }), "calendar", "no term begins"),
        ],
    );
    // The day after is no overlap, and a closure may reach beyond its term.
    let next_day = term("spring", "2026-12-19", "2027-03-25");
    scene("calendar", "administrator")
        .clean(&with(&good, &json!({ "terms": [autumn(), next_day] })));
    scene("calendar", "administrator").clean(&with(&good, &closure("2026-12-18", "2027-01-04")));
    scene("calendar", "administrator").clean(&with(&good, &json!({ "school-year": "this year" })));
}

#[test]
fn an_action_asks_who_and_by_when() {
    let good = json!({ "what": "Lock the cabinet", "owner": "B. Clerk", "due": "2026-10-01" });
    scene("action", "staff").each(
        &good,
        &[
            (json!({ "owner": null }), "action", "nobody"),
            (json!({ "due": null }), "action", "no day"),
            (json!({ "due": "2026-09-30" }), "action", "was due on 30 September 2026"),
        ],
    );
    let done = || {
        let action = past("action", "headteacher", OTHER, &good);
        scene("action-done", "staff").linking(Relation::About, 0).after(action)
    };
    let report = json!({ "done": "2026-10-01", "outcome": "done" });
    done().each(
        &report,
        &[
            (json!({ "done": "2026-10-02" }), "future", "2 October 2026"),
            (json!({ "done": "2026-09-30" }), "time-order", "before entry 0 asked for it on 1 Oct"),
            (json!({ "outcome": "not-needed" }), "action", "why it is not needed"),
            (json!({ "outcome": "replaced" }), "action", "by what"),
        ],
    );
    for outcome in ["not-needed", "replaced"] {
        done()
            .clean(&with(&report, &json!({ "outcome": outcome, "how": "the room was given up" })));
    }
    // Two days late; and what asks for it may be another kind of record.
    let overdue = past("action", "staff", OTHER, &with(&good, &json!({ "due": "2026-09-29" })));
    scene("action-done", "staff").linking(Relation::About, 0).after(overdue).expect(
        &report,
        "action",
        "it was due on 29 September 2026, before it was done on 1 October 2026",
    );
    scene("action-done", "staff")
        .linking(Relation::About, 0)
        .after(past("note", "staff", OTHER, &json!({ "text": "x" })))
        .clean(&report);
}

#[test]
fn a_hold_asks_what_it_holds() {
    let good = json!({
        "scope": "subject",
        "subject": "p4k9z2",
        "reason": "a claim was announced",
        "review-date": "2026-12-01",
    });
    scene("hold", "administrator").each(
        &good,
        &[
            (json!({ "subject": null }), "hold", "no reference"),
            (json!({ "scope": "kind" }), "hold", "none is named"),
            (json!({ "scope": "kind", "kind-held": "cctv-log" }), "hold", "'cctv-log' is no kind"),
            (json!({ "scope": "case" }), "hold", "no earlier record of a case"),
            (json!({ "review-date": null }), "hold", "no day"),
            (json!({ "review-date": "2026-09-30" }), "hold", "was due"),
        ],
    );
    let note = past("note", "staff", OTHER, &json!({ "text": "x" }));
    scene("hold", "staff").after(note).clean(&with(&good, &json!({ "scope": "case" })));
    for scope in [
        json!({ "scope": "kind", "kind-held": "cctv-access", "subject": null }),
        json!({ "scope": "everything", "subject": null }),
    ] {
        scene("hold", "staff").clean(&with(&good, &scope));
    }
}

#[test]
fn a_hold_is_not_released_by_who_set_it() {
    let hold = json!({ "scope": "everything", "reason": "an inquiry" });
    let release = |kind, person, before| {
        scene("hold-release", "headteacher")
            .linking(Relation::About, 0)
            .after(past(kind, "staff", person, &before))
    };
    let good = json!({ "reason": "the inquiry is over" });
    release("hold", OTHER, hold.clone()).clean(&good);
    release("hold", HEAD, hold).expect(&good, "one-person", "entry 0");
    release("note", OTHER, json!({ "text": "x" })).expect(&good, "hold", "entry 0 is no hold");
}

#[test]
fn a_minuted_checkpoint_asks_for_its_minute() {
    scene("checkpoint-minuted", "administrator").each(
        &json!({
            "size": 412,
            "root": "ab".repeat(32),
            "meeting": "2026-10-01",
            "body": "full governing body",
            "minute": "7.2",
        }),
        &[
            (json!({ "minute": null }), "checkpoint-minuted", "neither"),
            (json!({ "body": null }), "checkpoint-minuted", "who met"),
            (json!({ "size": 1 }), "checkpoint-minuted", "fewer than two"),
            (json!({ "meeting": "2026-10-02" }), "future", "meeting is dated 2 October 2026"),
        ],
    );
    let scanned = json!({ "size": 2, "root": "ab".repeat(32), "meeting": "2026-09-01",
        "body": "board", "documents": document("aa") });
    scene("checkpoint-minuted", "administrator").clean(&scanned);
}

#[test]
fn a_contact_with_the_regulator_asks_for_reference_and_reply() {
    let good = json!({
        "direction": "from-regulator",
        "sent": NOW - 24 * HOUR,
        "reference": "IC-1-AB",
        "channel": "e-mail",
        "about-what": "a complaint about the delay",
        "reply-due": "2026-10-01",
    });
    scene("regulator-contact", "dpo").each(
        &good,
        &[
            (json!({ "reference": null }), "regulator-contact", "reference"),
            (json!({ "about-what": null }), "regulator-contact", "neither said nor attached"),
            (json!({ "reply-due": "2026-09-30" }), "regulator-contact", "was due on 30 September"),
            (json!({ "reply-due": "2026-09-29" }), "time-order", "before it was sent on 30 Sept"),
            (json!({ "sent": NOW + 1 }), "future", "after this record"),
        ],
    );
    let letter = json!({ "about-what": null, "documents": document("aa"), "reply-due": null });
    scene("regulator-contact", "dpo").clean(&with(&good, &letter));
}

#[test]
fn a_report_to_governors_asks_about_numbers_that_contradict() {
    scene("governance-report", "dpo").each(
        &json!({
            "period-from": "2026-01-01",
            "period-to": "2026-08-31",
            "body": "full governing body",
            "summary": "Fewer requests than last year.",
            "requests-count": 4,
            "requests-late-count": 4,
            "breaches-count": 2,
            "breaches-notified-count": 0,
            "presented": "2026-09-20",
        }),
        &[
            (json!({ "requests-late-count": 5 }), "governance-report", "5 requests answered late"),
            (
                json!({ "breaches-notified-count": 3 }),
                "governance-report",
                "3 breaches notified are more than 2",
            ),
            (json!({ "breaches-count": null }), "governance-report", "not how many altogether"),
            (json!({ "presented": null }), "governance-report", "when it was presented"),
            (json!({ "presented": "2026-10-02" }), "future", "presentation"),
            (json!({ "presented": "2026-08-30" }), "time-order", "before the end of its period"),
            (json!({ "period-from": "2026-09-01" }), "time-order", "the period ends on 31 August"),
            (json!({ "period-to": "2026-10-02" }), "future", "end of the period"),
        ],
    );
}

#[test]
fn training_asks_who_was_there() {
    let good = json!({
        "course": "Breaches in an hour",
        "held": "2026-09-01",
        "minutes": 60,
        "people-count": 2,
        "attendees": ["s-101", "s-102"],
        "expires": "2027-09-01",
    });
    scene("training", "administrator").each(
        &good,
        &[
            (json!({ "people-count": null, "attendees": null }), "training", "nobody is named"),
            (json!({ "people-count": 0, "attendees": null }), "training", "nobody is named"),
            (json!({ "people-count": 1 }), "training", "2 people are listed, and 1 counted"),
            (json!({ "expires": "2026-09-30" }), "training", "repeated by 30 September 2026"),
            (json!({ "expires": "2026-08-31" }), "time-order", "before it was held"),
            (json!({ "held": "2026-10-02" }), "future", "training is dated 2 October 2026"),
        ],
    );
    for who in [
        json!({ "attendees": null }),
        json!({ "people-count": null }),
        json!({ "people-count": null, "attendees": null, "roles-trained": ["all staff"] }),
    ] {
        scene("training", "administrator").clean(&with(&good, &who));
    }
}

#[test]
fn an_import_asks_about_rows_and_for_the_register() {
    scene("import", "administrator").each(
        &json!({
            "register": "breaches",
            "origin": "the breach log of the office, a spreadsheet",
            "rows": 12,
            "taken": 10,
            "mapping": "two empty rows were left out",
            "documents": document("aa"),
        }),
        &[
            (json!({ "taken": 13 }), "import", "13 records were made of 12 rows"),
            (json!({ "mapping": null }), "import", "why 2 rows were left out"),
            (json!({ "documents": null }), "no-document", "register itself"),
        ],
    );
    let whole = json!({ "register": "dpia", "origin": "a folder", "rows": 3, "taken": 3,
        "documents": document("aa") });
    scene("import", "administrator").clean(&whole);
}

#[test]
fn a_policy_is_asked_about_each_date_of_its_cover() {
    // Version 3.0 applied from May 2019, a committee approved it on 4 July 2019, its review was
    // due in July 2020, and the line for the governing body's adoption stayed empty.
    let cover = json!({
        "title": "Data protection",
        "policy-version": "3.0",
        "ratifying-body": "Finance committee",
        "approved": "2019-07-04",
        "implemented": "2019-05-01",
        "next-review": "2020-07-31",
        "documents": document("aa"),
    });
    let policy = scene("policy", "chair-of-governors");
    assert_eq!(
        policy.finds(&cover),
        [
            "policy-adoption: it applied from 1 May 2019, before it was adopted on 4 July 2019",
            "policy-year: the next review was due on 31 July 2020",
        ]
    );
    let blank = json!({ "approved": null, "ratifying-body": null });
    assert_eq!(
        policy.finds(&with(&cover, &blank)),
        [
            "policy-adoption: the day of adoption is left blank, though it has applied since 1 May 2019",
            "policy-adoption: the body that adopted it is left blank",
            "policy-year: the next review was due on 31 July 2020",
        ]
    );
    // A plan that isn't in force yet: the blank is named, and no more is claimed.
    let planned =
        with(&blank, &json!({ "implemented": "2026-11-01", "next-review": "2027-07-01" }));
    policy.expect(&with(&cover, &planned), "policy-adoption", "is left blank");
    assert!(!policy.finds(&with(&cover, &planned)).concat().contains("has applied"));
}
