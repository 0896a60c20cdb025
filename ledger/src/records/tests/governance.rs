//! Findings of the governance kinds, and of all kinds.

use serde_json::{Value as Json, json};

use super::{HEAD, NOW, OTHER, Past, document, past, scene, with};
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

#[test]
fn what_happened_until_this_record_is_neither_ahead_nor_late() {
    let occurred = |from: Json, to: Json| {
        let occurred = json!({ "from": from, "to": to });
        json!({ "text": "The door was open.", "occurred": occurred })
    };
    let note = || scene("note", "staff");
    note().clean(&occurred(json!(NOW - 1), json!(NOW)));
    note().clean(&occurred(json!("2026-10-01"), json!("2026-10-01")));
    note().clean(&occurred(json!("2026-08-31"), json!("2026-08-31")));
    let late = occurred(json!("2026-08-30"), json!("2026-08-30"));
    note().expect(&late, "late-entry", "long after 30 August 2026");
}

#[test]
fn a_decision_that_somebody_else_took_is_held_against_their_role() {
    let decided = |role: &str, date: &str| {
        let by = json!({ "person": "C", "role": role, "date": date });
        scene("policy", "trust-chair").finds(&json!({ "title": "x", "decided-by": by }))
    };
    let found = |role: &str, rule: &str| {
        decided(role, "2026-10-01").iter().any(|finding| finding.starts_with(rule))
    };
    assert!(found("staff", "authority: "));
    assert!(!found("trust-chair", "authority: "));
    // Nobody can say of a role that isn't known what it may sign.
    assert!(!found("caretaker", "authority: ") && found("caretaker", "not-signed: "));
    assert!(!found("staff", "future: "), "decided on the day of the record");
}

#[test]
fn an_author_s_own_proposal_is_signed_by_the_dpo_or_a_governor_too() {
    let own = |by: Past| {
        let note = json!({ "text": "We want a new system." });
        let approval = scene("approval", "headteacher").deciding("approved");
        let found = approval
            .linking(Relation::Approves, 0)
            .after(past("note", "project-lead", HEAD, &note))
            .after(by)
            .finds(&json!({}));
        found.iter().all(|finding| !finding.starts_with("self-approved"))
    };
    let advice = |role, person| {
        let advice = json!({ "recommendation": "proceed" });
        past("dpo-advice", role, person, &advice).linking(Relation::Advises, 0)
    };
    assert!(own(advice("dpo", OTHER)));
    assert!(!own(advice("headteacher", OTHER)) && !own(advice("dpo", HEAD)));
    let approval = |role, person, decision| {
        past("approval", role, person, &json!({})).linking(Relation::Approves, 0).deciding(decision)
    };
    assert!(own(approval("chair-of-governors", OTHER, "approved")));
    for (role, person, decision) in [
        ("chair-of-governors", HEAD, "approved"),
        ("chair-of-governors", OTHER, "refused"),
        ("staff", OTHER, "approved"),
        ("staff", HEAD, "refused"),
    ] {
        assert!(!own(approval(role, person, decision)), "{role} {person} {decision}");
    }
    let paper = |role: &str, person: u8| {
        let paper = json!({ "person": "C", "role": role, "date": "2026-09-01", "what": "x",
            "person-id": hex::encode([person; 16]) });
        past("paper-signature", "staff", OTHER, &paper).linking(Relation::Approves, 0)
    };
    assert!(own(paper("chair-of-governors", OTHER)) && own(paper("dpo", OTHER)));
    assert!(!own(paper("chair-of-governors", HEAD)) && !own(paper("staff", OTHER)));
}

#[test]
fn a_controller_has_the_form_that_its_school_usually_has() {
    for (kind, usual, other) in [
        ("academy-or-free", "trust", "proprietor"),
        ("la-maintained", "governing-body", "trust"),
        ("maintained-nursery", "governing-body", "trust"),
        ("independent", "proprietor", "trust"),
    ] {
        let found = |form: &str| {
            let genesis =
                json!({ "type": kind, "controller": { "legal-name": "Hill", "form": form } });
            let found = scene("genesis", "headteacher").finds(&genesis);
            found.iter().any(|finding| finding.starts_with("controller-form: "))
        };
        assert!(!found(usual) && found(other), "{kind}");
    }
}

#[test]
fn whoever_answers_for_the_book_after_a_closure_is_named() {
    let found = |document: Json| {
        let found = scene("succession", "headteacher").finds(&document);
        found.iter().any(|finding| finding.contains("nobody is named who answers for it"))
    };
    let closure =
        |more: &Json| with(&json!({ "what": "closure", "record-book": "continues" }), more);
    assert!(found(closure(&json!({}))));
    assert!(!found(closure(&json!({ "new-controller": "Council" }))));
    assert!(!found(closure(&json!({ "record-book": "closed" }))));
}

#[test]
fn an_erasure_rests_on_a_retention_rule_and_nothing_else() {
    let erasing = |kind| {
        let about = past(kind, "headteacher", OTHER, &json!({}));
        scene("erasure", "headteacher").linking(Relation::About, 0).after(about)
    };
    erasing("note").expect(&json!({}), "retention-rule", "entry 0 is no retention rule");
    let found = erasing("retention-rule").finds(&json!({}));
    assert!(!found.iter().any(|finding| finding.starts_with("retention-rule: ")), "{found:?}");
}

#[test]
fn only_a_policy_that_gives_the_power_gives_it() {
    let acting = |power: &str| {
        let policy = json!({ "title": "x", "delegations": [{ "power": power }] });
        scene("dpia-approval", "deputy-headteacher").deciding("approved").after(past(
            "policy",
            "headteacher",
            OTHER,
            &policy,
        ))
    };
    let found =
        |power| acting(power).finds(&json!({})).iter().any(|f| f.starts_with("delegation: "));
    assert!(!found("deputy-represents") && found("dpo-decides"));
}
