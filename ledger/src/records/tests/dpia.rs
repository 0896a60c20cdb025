//! Findings of advice, DPIA approvals and risk acceptances.

use serde_json::{Value as Json, json};

use super::assessment::dpia;
use super::{HEAD, OTHER, Scene, document, past, scene, with};
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
    // Who said that it is followed isn't told that they didn't say that it is overruled.
    for (word, lack) in [
        ("proceed-with-changes", "is followed, but is without conditions"),
        ("do-not-proceed", "is followed, and lets it go ahead"),
    ] {
        advised(word, OTHER, "approved").expect(&good, "dpia-advice", lack);
        let unsaid = json!({ "review-date": "2027-04-01" });
        advised(word, OTHER, "approved").expect(&unsaid, "dpia-advice", "doesn't say");
    }
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

/// The DPIA of the other tests, changed, with its controls approved, its risk accepted as `rating`
/// says, and the DPO's advice on it.
fn assessed(change: &Json, controls: &Json, rating: &Json) -> Scene {
    let advice = json!({ "recommendation": "proceed", "advice": "x" });
    let accepted = json!({ "risks": [with(&json!({ "id": "R1" }), rating)] });
    scene("dpia-approval", "headteacher")
        .deciding("approved")
        .linking(Relation::Approves, 0)
        .after(past("dpia", "project-lead", OTHER, &with(&dpia(), change)))
        .after(past("control-approval", "asset-owner", OTHER, &json!({ "controls": [controls] })))
        .after(past("risk-acceptance", "asset-owner", OTHER, &accepted))
        .after(past("dpo-advice", "dpo", OTHER, &advice).linking(Relation::Advises, 0))
}

#[test]
fn findings_on_the_dpia_that_is_approved() {
    let good = json!({ "advice-followed": true, "review-date": "2027-04-01" });
    let control = json!({ "risk": "R1", "control": "Staff are shown" });
    let other = json!({ "risk": "R1", "control": "Sharing is off" });
    let low = json!({ "level": "low" });
    let none = json!({});
    assessed(&none, &control, &low).clean(&good);
    let unaccepted = json!({ "id": "R9", "level": "low" });
    assessed(&none, &control, &unaccepted).expect(&good, "risk-not-accepted", "remains of risk R1");
    assessed(&none, &other, &low).expect(&good, "control-not-approved", "the controls of risk R1");
    let needless = json!({ "controls": [{ "risk": "R1", "kind": "none-needed", "text": "rare" }] });
    assessed(&needless, &other, &low).clean(&good);
    let open = json!({ "principles": [{ "question": "Can data be found?", "answer": "not-investigated" }] });
    assessed(&open, &control, &low).expect(&good, "unknown-at-approval", "not known: principles");
    let unfounded = json!({ "transfers": [{ "country": "Malaysia", "ground": "not-known" }] });
    assessed(&unfounded, &control, &low).expect(&good, "transfer-ground", "Malaysia");
    let started = json!({ "processing": "started", "started-on": "2026-09-30" });
    assessed(&started, &control, &low).expect(
        &good,
        "started-before-approval",
        "started on 30 September 2026, before it was approved on 1 October 2026",
    );
    let same_day = json!({ "processing": "started", "started-on": "2026-10-01" });
    assessed(&same_day, &control, &low).clean(&good);
    assessed(&started, &control, &low).deciding("refused").clean(&json!({}));
}

#[test]
fn what_stays_high_is_not_approved_before_the_regulator_has_replied() {
    let good = json!({ "advice-followed": true, "review-date": "2027-04-01" });
    let control = json!({ "risk": "R1", "control": "Staff are shown" });
    let high = json!({ "risks": [{
        "id": "R1", "description": "x", "scale": "three-level", "level-before": "high", "level-after": "high",
    }] });
    let (low, still, none) = (json!({ "level": "low" }), json!({ "level": "high" }), json!({}));
    let until = "processing must not start until the regulator is consulted";
    // The acceptance is the newer word on a risk.
    assessed(&high, &control, &low).clean(&good);
    assessed(&none, &control, &still).expect(&good, "dpia-consult", "risk R1 stays high (entry 2)");
    let elsewhere = json!({ "id": "R9", "level": "low" });
    assessed(&high, &control, &elsewhere).expect(&good, "dpia-consult", until);
    let reply = json!({ "risks": ["R1"], "reply-received": "2026-09-30", "outcome": "advice" });
    for rating in [&still, &elsewhere] {
        let asked =
            assessed(&high, &control, rating).after(past("ico-consultation", "dpo", OTHER, &reply));
        assert!(!asked.finds(&good).iter().any(|found| found.starts_with("dpia-consult")));
    }
    let acceptance = json!({
        "risks": [{ "id": "R1", "level": "high" }], "reasons": "x", "until": "2027-09-01",
    });
    scene("risk-acceptance", "asset-owner")
        .after(past("ico-consultation", "dpo", OTHER, &reply))
        .clean(&acceptance);
}

#[test]
fn a_screening_is_not_approved_in_place_of_the_dpia_that_it_asks_for() {
    let approving = |required: bool| {
        let screening =
            json!({ "questions": "short", "initiative": "x", "dpia-required": required });
        let advice = json!({ "recommendation": "proceed" });
        scene("dpia-approval", "headteacher")
            .deciding("approved")
            .linking(Relation::Approves, 0)
            .after(past("dpia-screening", "project-lead", OTHER, &screening))
            .after(past("dpo-advice", "dpo", OTHER, &advice).linking(Relation::Advises, 0))
    };
    let good = json!({ "advice-followed": true, "review-date": "2027-04-01" });
    approving(false).clean(&good);
    approving(true).expect(&good, "dpia-required", "entry 0 says that a DPIA is required");
    approving(true).after(past("dpia", "project-lead", OTHER, &dpia())).clean(&good);
}

#[test]
fn an_acceptance_is_held_against_the_dpia() {
    let done = |day: Option<&str>| {
        let duty = with(&dpia()["responsibilities"][0], &json!({ "completed": day }));
        with(&dpia(), &json!({ "responsibilities": [duty] }))
    };
    let accepting = |dpia: &Json| {
        scene("risk-acceptance", "asset-owner").after(past("dpia", "project-lead", OTHER, dpia))
    };
    let good = json!({
        "risks": [{ "id": "R1", "impact": "minor", "likelihood": "unlikely" }],
        "reasons": "small",
        "until": "2027-09-01",
    });
    accepting(&done(Some("2026-09-30"))).clean(&good);
    let early = "before the DPIA (entry 0) shows their controls done: risk R1";
    accepting(&done(None)).expect(&good, "acceptance-before-controls", early);
    accepting(&done(Some("2026-10-02"))).expect(&good, "acceptance-before-controls", early);
    let named = json!({ "controls": [{ "control": "Staff are shown", "done": true }] });
    accepting(&done(None)).clean(&with(&good, &named));
    let other = json!({ "risks": [{ "id": "R9", "level": "low" }] });
    accepting(&done(None)).expect(&with(&good, &other), "risk-unknown", "risk R9");
}

#[test]
fn a_review_on_the_day_of_the_record_is_still_to_come() {
    let approval = |review: &str| {
        let scene = scene("dpia-approval", "headteacher").deciding("approved");
        let found = scene.finds(&json!({ "review-date": review }));
        found.iter().any(|finding| finding.contains("has passed"))
    };
    assert!(approval("2026-09-30") && !approval("2026-10-01"));
}

/// Else the data protection officer, or the head, signs the wrong file without a question.
#[test]
fn advice_and_approval_by_file_ask_whether_it_is_the_dpia_s() {
    let with_file = |byte: &str| with(&dpia(), &json!({ "documents": document(byte) }));
    let advice = json!({
        "recommendation": "proceed",
        "advice": "Train staff first.",
        "documents": document("aa"),
    });
    let advising = |before: &Json| {
        scene("dpo-advice", "dpo").after(past("dpia", "project-lead", OTHER, before))
    };
    let asks = |scene: Scene, document: &Json| {
        let found = scene.finds(document);
        found.iter().any(|found| found.starts_with("on-what: it is on other files than the DPIA"))
    };
    assert!(!asks(advising(&with_file("aa")), &advice));
    assert!(asks(advising(&with_file("bb")), &advice));
    // Where the DPIA names no file, or a link tells, files don't.
    assert!(!asks(advising(&dpia()), &advice));
    assert!(!asks(advising(&with_file("bb")).linking(Relation::Advises, 0), &advice));
    let approving = |before: &Json| {
        let scene = scene("dpia-approval", "headteacher").deciding("approved");
        scene.after(past("dpia", "project-lead", OTHER, before))
    };
    let approval = json!({ "documents": document("aa") });
    assert!(!asks(approving(&with_file("aa")), &approval));
    assert!(asks(approving(&with_file("bb")), &approval));
}
