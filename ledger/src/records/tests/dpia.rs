//! Findings of advice, DPIA approvals and risk acceptances.

use serde_json::json;

use super::{HEAD, OTHER, document, past, scene, with};
use crate::records::kind::Relation;

#[test]
fn findings_of_dpo_advice() {
    let advice = |person| {
        scene("dpo-advice", "dpo").linking(Relation::Advises, 0).after(past(
            "note",
            "project-lead",
            person,
            &json!({ "text": "A new system." }),
        ))
    };
    let good = json!({ "recommendation": "proceed", "advice": "Train staff first." });
    advice(OTHER).each(
        &good,
        &[
            (json!({ "advice": null }), "dpia-advice", "not written down"),
            (json!({ "recommendation": "restrict" }), "dpia-advice", "lists no concerns"),
        ],
    );
    scene("dpo-advice", "dpo").expect(&good, "on-what", "no record");
    advice(HEAD).expect(&good, "dpo-prepared", "entry 0");
    let approval = past("dpia-approval", "headteacher", OTHER, &json!({}))
        .linking(Relation::Approves, 0)
        .deciding("approved");
    advice(OTHER).after(approval).expect(&good, "dpia-advice", "entry 1 came before");
}

#[test]
fn findings_of_dpia_approvals() {
    let advised = |recommendation: &str, adviser, decision| {
        let advice = json!({ "recommendation": recommendation });
        scene("dpia-approval", "headteacher")
            .deciding(decision)
            .linking(Relation::Approves, 0)
            .after(past("note", "project-lead", OTHER, &json!({ "text": "the DPIA" })))
            .after(past("dpo-advice", "dpo", adviser, &advice).linking(Relation::Advises, 0))
    };
    let good = json!({ "advice-followed": true, "review-date": "2027-04-01" });
    advised("proceed", OTHER, "approved").each(
        &good,
        &[
            (json!({ "review-date": null }), "dpia-review", "no review date"),
            (json!({ "review-date": "2026-09-30" }), "dpia-review", "has passed"),
            (
                json!({ "advice-followed": false, "overruled-by": "A. Head" }),
                "dpia-advice",
                "without reasons",
            ),
            (
                json!({ "advice-followed": false, "overruled-reasons": "needed" }),
                "dpia-advice",
                "nobody is named",
            ),
        ],
    );
    let overruled = json!({
        "advice-followed": false,
        "overruled-reasons": "needed in lockdown",
        "overruled-by": "A. Head",
        "review-date": "2027-04-01",
    });
    advised("do-not-proceed", OTHER, "approved").clean(&overruled);
    advised("do-not-proceed", OTHER, "approved").expect(&good, "dpia-advice", "'do-not-proceed'");
    advised("restrict", OTHER, "approved").expect(&good, "dpia-advice", "'restrict'");
    advised("restrict", OTHER, "approved-with-conditions")
        .clean(&with(&good, &json!({ "conditions": ["no recordings"] })));
    advised("proceed", OTHER, "approved-with-conditions").expect(&good, "conditions", "none");
    advised("do-not-proceed", OTHER, "refused").clean(&json!({ "advice-followed": true }));
    advised("proceed", HEAD, "approved").expect(&good, "one-person", "advised as DPO approves");
    advised("proceed", OTHER, "approved").holding("dpo-nominee").expect(
        &good,
        "one-person",
        "office that advises",
    );

    let alone = || scene("dpia-approval", "headteacher").deciding("approved");
    alone().expect(&good, "dpia-advice", "has not advised");
    alone().expect(&good, "on-what", "no document");
    let on_paper = json!({ "recommendation": "proceed", "documents": document("aa") });
    let by_document = || alone().after(past("dpo-advice", "dpo", OTHER, &on_paper));
    by_document().clean(&with(&good, &json!({ "documents": document("aa") })));
    by_document().expect(
        &with(&good, &json!({ "documents": document("bb") })),
        "dpia-advice",
        "on other content",
    );
    let risks = json!({ "risks": [{ "id": "R1", "impact": "major", "likelihood": "likely" }] });
    advised("proceed", OTHER, "approved")
        .after(past("risk-acceptance", "asset-owner", OTHER, &risks))
        .expect(&good, "dpia-consult", "entry 2");
}

#[test]
fn findings_of_risk_acceptances() {
    let risk = |impact: &str, likelihood: &str| json!({ "risks": [{ "id": "R1", "impact": impact, "likelihood": likelihood }] });
    let control = |done: bool, date: &str| json!({ "controls": [{ "control": "training", "done": done, "date": date }] });
    let good = json!({
        "risks": [{ "id": "R1", "impact": "major", "likelihood": "neither" }],
        "controls": [{ "control": "training", "done": true, "date": "2026-09-01" }],
        "reasons": "small and useful",
        "until": "2027-09-01",
    });
    scene("risk-acceptance", "asset-owner").each(
        &good,
        &[
            (risk("major", "likely"), "dpia-consult", "must not start"),
            (risk("severe", "very-likely"), "dpia-consult", "R1"),
            (json!({ "risks": [{ "id": "R1", "level": "high" }] }), "dpia-consult", "stays high"),
            (json!({ "risks": [{ "id": "R1", "impact": "minor" }] }), "residual-rating", "R1"),
            (control(false, "2026-09-01"), "acceptance-before-controls", "training"),
            (control(true, "2026-10-02"), "acceptance-before-controls", "due 2 October 2026"),
            (json!({ "reasons": null }), "acceptance-reasons", "no reasons"),
            (json!({ "until": null }), "acceptance-until", "no last day"),
            (json!({ "until": "2026-09-30" }), "acceptance-until", "has passed"),
        ],
    );
    scene("risk-acceptance", "asset-owner")
        .clean(&with(&good, &json!({ "risks": [{ "id": "R1", "level": "low" }] })));
}
