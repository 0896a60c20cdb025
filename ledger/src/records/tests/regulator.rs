//! Findings of approvals of controls, consultations of the regulator, and reviews of DPIAs.

use serde_json::{Value as Json, json};

use super::assessment::dpia;
use super::{HEAD, HOUR, NOW, OTHER, Scene, document, past, scene, with};
use crate::records::kind::Relation;

fn after_dpia(kind: &'static str, role: &'static str, change: &Json) -> Scene {
    scene(kind, role).after(past("dpia", "project-lead", OTHER, &with(&dpia(), change)))
}

#[test]
fn findings_of_control_approvals() {
    let approving = |author| {
        scene("control-approval", "asset-owner").linking(Relation::Approves, 0).after(past(
            "dpia",
            "project-lead",
            author,
            &dpia(),
        ))
    };
    let control =
        |risk: &str, text: &str| json!({ "controls": [{ "risk": risk, "control": text }] });
    approving(OTHER).each(
        &control("R1", "Staff are  shown"),
        &[
            (control("R1", "Sharing is off"), "control-unknown", "no such control of risk R1"),
            (control("R2", "Staff are shown"), "risk-unknown", "risk R2 isn't in the DPIA"),
        ],
    );
    approving(HEAD).expect(&control("R1", "Staff"), "self-approved", "entry 0");
    let alone = scene("control-approval", "asset-owner");
    alone.expect(&control("R1", "Staff"), "on-what", "no document");
    alone.clean(&with(&control("R1", "Staff"), &json!({ "documents": document("aa") })));
}

#[test]
fn findings_of_consultations_of_the_regulator() {
    // Sent on 1 October 2026: eight weeks end on 26 November 2026, fourteen on 7 January 2027.
    let good = json!({
        "sent": NOW - HOUR,
        "reference": "IC-1",
        "risks": ["R1"],
        "reply-due": "2026-11-26",
        "outcome": "waiting",
    });
    let replied = |outcome: &str, day: &str| json!({ "outcome": outcome, "reply-received": day });
    after_dpia("ico-consultation", "dpo", &json!({})).each(
        &good,
        &[
            (json!({ "sent": null }), "ico-reply", "when the regulator was consulted"),
            (json!({ "sent": NOW + 1 }), "future", "after this record"),
            (json!({ "reply-due": null }), "ico-reply", "due on 26 November 2026, 8 weeks on"),
            (json!({ "reply-due": "2026-12-01" }), "ico-reply", "26 November 2026"),
            (json!({ "extended": true }), "ico-reply", "due on 7 January 2027, 14 weeks on"),
            (json!({ "risks": ["R7"] }), "risk-unknown", "risk R7"),
            (json!({ "reply-received": "2026-10-01" }), "ico-reply", "a reply came"),
            (replied("advice", "2026-09-30"), "time-order", "before the regulator was asked"),
            (json!({ "outcome": "advice" }), "ico-reply", "and not when"),
            (replied("prohibition", "2026-10-01"), "dpia-consult", "prohibits"),
            (replied("warning", "2026-10-01"), "dpia-consult", "warns"),
        ],
    );
    after_dpia("ico-consultation", "dpo", &json!({}))
        .clean(&with(&good, &replied("no-objection", "2026-10-01")));
    scene("ico-consultation", "dpo").expect(&good, "on-what", "no DPIA");
    after_dpia("ico-consultation", "dpo", &json!({ "processing": "started" })).expect(
        &good,
        "dpia-consult",
        "processing has started",
    );
}

#[test]
fn findings_of_dpia_reviews() {
    let good = json!({
        "trigger": "date",
        "reviewed": "2026-09-30",
        "outcome": "no-change",
        "next-review": "2027-09-30",
    });
    after_dpia("dpia-review", "project-lead", &json!({})).each(
        &good,
        &[
            (json!({ "outcome": "changes-needed" }), "review-found", "what was found"),
            (json!({ "reviewed": "2026-10-02" }), "future", "2 October 2026"),
            (json!({ "next-review": null }), "dpia-review", "no day of the next review"),
            (json!({ "next-review": "2026-09-30" }), "dpia-review", "was due on 30 September"),
            (json!({ "next-review": "2027-10-01" }), "dpia-review", "more than a year"),
        ],
    );
    let stopped =
        json!({ "outcome": "stopped", "found": "the supplier closed", "next-review": null });
    after_dpia("dpia-review", "project-lead", &json!({})).clean(&with(&good, &stopped));
    scene("dpia-review", "project-lead").expect(&good, "on-what", "no DPIA or screening");

    // The newest day that was set counts, whoever set it.
    let due = after_dpia("dpia-review", "project-lead", &json!({ "review-date": "2026-09-01" }));
    due.expect(&good, "dpia-review", "it was due on 1 September 2026 (entry 0)");
    let approval =
        past("dpia-approval", "headteacher", OTHER, &json!({ "review-date": "2026-10-01" }));
    due.after(approval.deciding("approved")).clean(&good);

    // A ground that has fallen is a reason to change something.
    let shield =
        json!({ "transfers": [{ "country": "United States", "ground": "eu-us-privacy-shield" }] });
    let fallen = || after_dpia("dpia-review", "project-lead", &shield);
    fallen().expect(&good, "transfer-ground", "no ground since 16 July 2020");
    fallen()
        .clean(&with(&good, &json!({ "outcome": "new-dpia", "found": "the ground has fallen" })));
}
