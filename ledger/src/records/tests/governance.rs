//! Findings of the governance kinds, and of all kinds.

use serde_json::{Value as Json, json};

use super::{HEAD, NOW, OTHER, document, past, scene, with};
use crate::records::kind::Relation;

#[test]
fn findings_of_genesis() {
    scene("genesis", "headteacher").each(
        &json!({
            "name": "A. Head",
            "establishment": { "name": "Hill School", "urn": "123456", "phase": "primary" },
            "type": "academy-or-free",
            "nation": "england",
            "controller": { "legal-name": "Hill Trust", "form": "trust" },
        }),
        &[
            (json!({ "type": null }), "school-type", "type of school"),
            (json!({ "nation": null }), "school-type", "nation"),
            (json!({ "type": "independent" }), "controller-form", "usually a proprietor"),
            (json!({ "controller": { "legal-name": "X" } }), "controller-form", "not given"),
            (json!({ "establishment": { "name": "X", "urn": "12" } }), "urn", "six digits"),
        ],
    );
}

#[test]
fn findings_of_appointments() {
    scene("appointment", "headteacher").each(
        &json!({ "name": "B. Dpo", "key-made": "by-holder-own-device" }),
        &[
            (json!({ "key-made": null }), "key-made", "not said"),
            (json!({ "key-made": "made-for-holder" }), "key-made", "whoever made it"),
            (json!({ "office-held-by": "organisation" }), "organisation", "not named"),
        ],
    );
    let deputy = scene("appointment", "deputy-headteacher");
    let good = json!({ "name": "B", "key-made": "by-holder-own-device" });
    deputy.expect(&good, "delegation", "deputy head");
    let policy = json!({ "title": "Data", "delegations": [{ "power": "deputy-represents" }] });
    scene("appointment", "deputy-headteacher")
        .after(past("policy", "chair-of-governors", OTHER, &policy))
        .clean(&good);

    let made = |how: &str| {
        let appointment = json!({ "name": "B", "key-made": how });
        scene("acceptance", "dpo").linking(Relation::Accepts, 0).after(past(
            "appointment",
            "headteacher",
            OTHER,
            &appointment,
        ))
    };
    made("by-holder-own-device").clean(&json!({}));
    made("made-for-holder").expect(&json!({}), "key-made", "whose hand");
}

#[test]
fn kinds_with_nothing_to_find() {
    for (kind, role) in [
        ("revocation", "headteacher"),
        ("log-key", "headteacher"),
        ("anchor", "staff"),
        ("clock-correction", "staff"),
        ("note", "staff"),
    ] {
        scene(kind, role).clean(&json!({}));
    }
}

#[test]
fn findings_of_policies() {
    scene("policy", "chair-of-governors").each(
        &json!({
            "title": "Data protection",
            "ratifying-body": "Full governing board",
            "approved": "2026-07-04",
            "implemented": "2026-09-01",
            "next-review": "2027-07-01",
            "documents": document("aa"),
        }),
        &[
            (json!({ "approved": null }), "policy-adoption", "day of adoption"),
            (json!({ "ratifying-body": null }), "policy-adoption", "body"),
            (json!({ "implemented": "2026-05-01" }), "policy-adoption", "applied from 1 May 2026"),
            (json!({ "next-review": "2026-09-30" }), "policy-year", "was due on 30 September 2026"),
            (json!({ "next-review": null }), "policy-year", "no day"),
            (json!({ "documents": null }), "no-document", "not attached"),
            (json!({ "summary": "Under the DPA 1998 we …" }), "law-cited", "1998"),
            (
                json!({ "targets": [{ "rule": "x", "number": 1, "unit": "days",
                    "detail": "Data Protection Act 1998" }] }),
                "law-cited",
                "1998",
            ),
        ],
    );
}

#[test]
fn findings_of_every_kind() {
    let note = json!({ "text": "The door was open.", "occurred": { "from": "2026-09-30", "to": "2026-09-30" } });
    scene("note", "staff").each(
        &note,
        &[
            (json!({ "occurred": { "unknown": "nobody looked" } }), "occurred-unknown", "not known"),
            (json!({ "occurred": { "from": "2026-09-30", "to": "2026-10-02" } }), "future", "2 October"),
            (json!({ "occurred": { "from": NOW, "to": NOW + 1 } }), "future", "after this record"),
            (json!({ "occurred": { "from": "2026-05-01", "to": "2026-05-01" } }), "late-entry", "1 May"),
            (
                json!({ "decided-by": { "person": "C", "role": "headteacher", "date": "2026-09-01" } }),
                "not-signed",
                "as Headteacher",
            ),
            (
                json!({ "decided-by": { "person": "C", "role": "headteacher", "date": "2026-11-01" } }),
                "future",
                "decided on 1 November 2026",
            ),
            (json!({ "text": "Not investigated." }), "unknown-answer", "text"),
            (json!({ "text": "see Data Protection Act 1998" }), "law-cited", "replaced"),
            (
                json!({ "text": "access is a right by Section 45 of the DPA 2018" }),
                "law-cited",
                "law enforcement",
            ),
            (
                json!({ "text": "the principles (Data Protection Act 2018, sections 35 to 40)" }),
                "law-cited",
                "law enforcement",
            ),
        ],
    );
    // In its own day the Act of 1998 was rightly cited.
    let old =
        json!({ "text": "DPA 1998", "occurred": { "from": "2017-01-01", "to": "2017-01-01" } });
    assert_eq!(scene("note", "staff").finds(&old).len(), 1, "only the late entry");
    scene("note", "dpo").clean(&note);
    scene("note", "dpo").holding("it-lead").expect(&note, "dpo-conflict", "IT lead");
    scene("policy", "staff").expect(&json!({ "title": "x" }), "authority", "Member of staff");
    let decided = json!({ "title": "x",
        "decided-by": { "person": "C", "role": "staff", "date": "2026-09-01" } });
    scene("policy", "trust-chair").expect(&decided, "authority", "decided as Member of staff");
}

#[test]
fn findings_of_approvals() {
    let approval = || scene("approval", "headteacher").deciding("approved");
    approval().each(
        &json!({ "documents": document("aa") }),
        &[
            (json!({ "conditions": ["first train staff"] }), "conditions", "without conditions"),
            (json!({ "documents": null }), "on-what", "no record"),
            (
                json!({ "occurred": { "from": "2026-09-01", "to": "2026-09-30" } }),
                "vague-date",
                "span",
            ),
        ],
    );
    scene("approval", "headteacher").deciding("approved-with-conditions").expect(
        &json!({}),
        "conditions",
        "none is named",
    );

    let own = |person| {
        approval().linking(Relation::Approves, 0).after(past(
            "note",
            "project-lead",
            person,
            &json!({ "text": "We want a new system." }),
        ))
    };
    own(OTHER).clean(&json!({}));
    own(HEAD).expect(&json!({}), "self-approved", "entry 0");
    let advice = json!({ "recommendation": "proceed" });
    own(HEAD)
        .after(past("dpo-advice", "dpo", OTHER, &advice).linking(Relation::Advises, 0))
        .clean(&json!({}));
    own(HEAD)
        .after(
            past("approval", "chair-of-governors", OTHER, &json!({}))
                .linking(Relation::Approves, 0)
                .deciding("approved"),
        )
        .clean(&json!({}));
    let paper =
        json!({ "person": "C", "role": "chair-of-governors", "date": "2026-09-01", "what": "x" });
    own(HEAD)
        .after(past("paper-signature", "staff", OTHER, &paper).linking(Relation::Approves, 0))
        .clean(&json!({}));
    own(HEAD).after(past("dpo-advice", "dpo", HEAD, &advice).linking(Relation::Advises, 0)).expect(
        &json!({}),
        "self-approved",
        "",
    );

    let unknown =
        json!({ "text": "Transfers: not investigated", "occurred": { "unknown": "old" } });
    approval().linking(Relation::Approves, 0).after(past("note", "staff", OTHER, &unknown)).expect(
        &json!({}),
        "unknown-at-approval",
        "occurred, text",
    );
}

#[test]
fn findings_of_corrections_and_exceptions() {
    let correction = |person| {
        scene("correction", "staff").linking(Relation::Corrects, 0).after(past(
            "note",
            "staff",
            person,
            &json!({ "text": "x" }),
        ))
    };
    let good = json!({ "what-changed": "Tuesday, not Monday", "reason": "a slip" });
    correction(HEAD).each(&good, &[(json!({ "reason": null }), "correction-reason", "no reason")]);
    correction(OTHER).expect(&good, "corrected-by-another", "entry 0");

    let exception = json!({
        "rule": "dpia-advice",
        "reason": "lessons start on Monday",
        "ratify-role": "dpo",
        "ratify-by": "2026-10-15",
    });
    scene("exception", "headteacher").each(
        &exception,
        &[
            (json!({ "ratify-role": null }), "ratification", "no role"),
            (json!({ "ratify-role": "king" }), "ratification", "no such role"),
            (json!({ "ratify-role": "headteacher" }), "ratification", "holds the role"),
            (json!({ "ratify-by": null }), "ratification", "no day"),
            (json!({ "ratify-by": "2026-09-30" }), "ratification", "has passed"),
        ],
    );
    let ratification = |role, person, change: Json| {
        scene("ratification", role).linking(Relation::Ratifies, 0).after(past(
            "exception",
            "headteacher",
            person,
            &with(&exception, &change),
        ))
    };
    let good = json!({ "reasons": "it could not wait" });
    ratification("dpo", OTHER, json!({}))
        .each(&good, &[(json!({ "reasons": null }), "ratification", "no reasons")]);
    ratification("staff", OTHER, json!({})).expect(
        &good,
        "ratification",
        "signed as Member of staff",
    );
    ratification("dpo", HEAD, json!({})).expect(&good, "ratification", "who made the exception");
    ratification("dpo", OTHER, json!({ "ratify-by": "2026-09-30" })).expect(
        &good,
        "ratification",
        "after its last day",
    );
    scene("ratification", "dpo")
        .linking(Relation::Ratifies, 0)
        .after(past("note", "staff", OTHER, &json!({ "text": "x" })))
        .expect(&good, "ratification", "no exception");
}

#[test]
fn findings_of_paper_signatures() {
    scene("paper-signature", "administrator").each(
        &json!({
            "person": "C. Chair",
            "person-id": "02".repeat(16),
            "role": "chair-of-governors",
            "date": "2026-09-30",
            "what": "approved the policy",
            "documents": document("aa"),
        }),
        &[
            (json!({ "documents": null }), "paper-signature", "no scan"),
            (json!({ "person-id": null }), "paper-signature", "two people"),
            (json!({ "person-id": "2" }), "paper-signature", "hexadecimal"),
            (json!({ "person-id": "01".repeat(16) }), "paper-signature", "has a key"),
            (json!({ "role": "Chair" }), "paper-signature", "no role"),
            (json!({ "date": "2026-10-02" }), "future", "2 October 2026"),
        ],
    );
}
